"""Which retention strategy works: from assignments to a decision about money."""
