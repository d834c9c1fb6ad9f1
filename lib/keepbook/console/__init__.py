"""Pages of a terminal: what `keepbook check` and `keepbook init` show."""
