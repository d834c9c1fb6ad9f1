"""Errors as a reader is told them: those of the machine too, with labels in the reader's language."""

import errno
from collections.abc import Callable
from typing import Any

from keepbook.errors import KeepbookError, Suggestion
from keepbook.text.catalogue import NoMessage, catalogue
from keepbook.text.formats import listed

FULL = (errno.ENOSPC, errno.EDQUOT)
MAX_TEXT = 500  # characters of an error that is not ours

say = catalogue("errors")


def errors(subject: str) -> Callable[..., KeepbookError]:
    """The errors of one subject's catalogue, as `catalogue` its sentences.

    Returns
    -------
    A function: name of a message, `where`, and the facts of the message → the error; what was expected and
    what to do are the attributes `expected` and `do` of the message, where it has them.
    """
    say = catalogue(subject)

    def error(message: str, where: object = None, **facts: Any) -> KeepbookError:
        def part(name: str) -> str | None:
            try:
                return say(f"{message}.{name}", **facts)
            except NoMessage:
                return None

        place = None if where is None else str(where)
        return KeepbookError(say(message, **facts), where=place, expected=part("expected"), do=part("do"))

    return error


wrong = errors("errors")


def error_text(error: KeepbookError) -> str:
    """What is wrong, and a line each for where, what was expected and what to do."""
    return "\n".join([error.what, *(say(label, text=text) for label, text in error.lines())])


def error_lines(error: KeepbookError) -> list[str]:
    """The lines below what is wrong, where they need not stand in a column."""
    return [" ".join(say(label, text=text).split()) for label, text in error.lines()]


def hint(suggested: Suggestion) -> str:
    """What may have been meant, or which names there are."""
    return say("hint", near=bool(suggested.name), name=suggested.name, known=listed(suggested.known))


def as_error(error: Exception) -> KeepbookError:
    """Any error as a person is told: a disk by what is wrong with it, the unforeseen as a fault of ours."""
    if isinstance(error, KeepbookError):
        return error
    if not isinstance(error, OSError):
        return KeepbookError(f"{type(error).__name__}: {error}"[:MAX_TEXT], do=say("unforeseen.do"))
    where = error.filename or None
    if error.errno in FULL:
        return wrong("disk-full", where)
    return wrong("unreadable", where, reason=error.strerror or str(error))
