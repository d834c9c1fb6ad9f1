"""Before/after: what a change did that nobody assigned by lot, as far as that can be told."""

from keepbook.experiments.changes.comparison import BeforeAfter, before_after

__all__ = ["BeforeAfter", "before_after"]
