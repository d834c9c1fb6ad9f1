"""The language that a reader's words are in: one at a time, switched without a new process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from keepbook.errors import KeepbookError, suggestion

FOLDER = Path(__file__).parent  # one folder a language, one catalogue file a subject
ENGLISH = "en"  # what the notebooks are written in, and what a language falls back to
PSEUDO = "en-XA"  # CLDR's pseudo-language: English with an accent on every letter of ours, to find the others
LANGUAGE = "KEEPBOOK_LANGUAGE"  # environment variable: the tag of one

_chosen: ContextVar[str | None] = ContextVar("language", default=None)


def languages() -> list[str]:
    """The languages that there are, by their tags."""
    return sorted(path.name for path in FOLDER.iterdir() if any(path.glob("*.ftl")))


def current() -> str:
    """The language in force: the one switched to, else the environment's, else English."""
    return _chosen.get() or os.environ.get(LANGUAGE) or ENGLISH


@contextmanager
def language(tag: str) -> Iterator[None]:
    """Everything said within the block is said in this language.

    Raises
    ------
    KeepbookError : there is no catalogue of it.

    >>> with language("en-XA"):
    ...     current()
    'en-XA'
    >>> current()
    'en'
    """
    if tag not in (known := [*languages(), PSEUDO]):
        raise KeepbookError(
            f"There is no language '{tag}'.",
            expected=f"one of {', '.join(known)}",
            do=f"Correct it; {suggestion(tag, known)}",
        )
    token = _chosen.set(tag)
    try:
        yield
    finally:
        _chosen.reset(token)
