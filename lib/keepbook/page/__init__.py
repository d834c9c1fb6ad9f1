"""What every page is made of: tiles, tables, verdicts, figures, and their HTML."""
