"""The page of this subject."""
