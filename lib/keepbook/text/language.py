"""The language that a reader's words are in: one at a time, switched without a new process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from keepbook.errors import suggestion

FOLDER = Path(__file__).parent  # one folder a language, one catalogue file a subject
ENGLISH = "en"  # what the notebooks are written in, and what a language falls back to
PSEUDO = "en-XA"  # CLDR's pseudo-language: English with an accent on every letter of ours, to find the others
LANGUAGE = "KEEPBOOK_LANGUAGE"  # environment variable: the tag of one

PAGES = {"zh": "zh-CN"}  # language of a page where its tag says more than that of the folder

_chosen: ContextVar[str | None] = ContextVar("language", default=None)  # by a block
# By `speak`. A variable of the module: a kernel runs each cell in a context of its own, which does not know
# what the cell before set.
_spoken: str | None = None


def languages() -> list[str]:
    """The languages that there are, by their tags."""
    return sorted(path.name for path in FOLDER.iterdir() if any(path.glob("*.ftl")))


def current() -> str:
    """The language in force: that of the block, else the one spoken, else the environment's, else English."""
    return _chosen.get() or _spoken or os.environ.get(LANGUAGE) or ENGLISH


def speak(tag: str | None) -> None:
    """From now on everything outside a block of `language` is said in this language; None takes it back.

    >>> speak("zh")
    >>> current()
    'zh'
    >>> speak(None)
    """
    global _spoken
    if tag is not None and tag != _spoken:
        check(tag)
    _spoken = tag


def page_tag() -> str:
    """The language in force as a page carries it: `zh-CN`.

    >>> with language("zh"):
    ...     page_tag()
    'zh-CN'
    """
    return PAGES.get(current(), current())


def check(tag: str) -> None:
    """Refuses a language that there is no catalogue of."""
    if tag not in (known := [*languages(), PSEUDO]):
        from keepbook.text.errors import hint, listed, wrong

        near = suggestion(likely(tag) or tag, known)
        raise wrong("no-language", tag=tag, known=listed(known), hint=hint(near))


def likely(tag: str) -> str | None:
    """The language that is meant by a longer tag, or by one in capitals.

    >>> likely("zh_CN"), likely("EN"), likely("xx")
    ('zh', 'en', None)
    """
    base = tag.lower().replace("_", "-").partition("-")[0]
    return base if base in languages() else None


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
    check(tag)
    token = _chosen.set(tag)
    try:
        yield
    finally:
        _chosen.reset(token)
