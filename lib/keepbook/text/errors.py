"""Errors as a reader is told them: those of the machine too, with labels in the reader's language."""

import errno

from keepbook.errors import KeepbookError, Suggestion
from keepbook.text.catalogue import catalogue
from keepbook.text.formats import listed

FULL = (errno.ENOSPC, errno.EDQUOT)
MAX_TEXT = 500  # characters of an error that is not ours

say = catalogue("errors")


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
    where = str(error.filename) if error.filename else None
    if error.errno in FULL:
        return KeepbookError(
            say("disk-full"), where=where, expected=say("disk-full.expected"), do=say("disk-full.do")
        )
    reason = error.strerror or str(error)
    return KeepbookError(say("unreadable", reason=reason), where=where, do=say("unreadable.do"))
