"""Errors as a reader is told them: those of the machine too, with labels in the reader's language."""

from __future__ import annotations

import errno

from keepbook.errors import KeepbookError
from keepbook.text.catalogue import catalogue

FULL = (errno.ENOSPC, errno.EDQUOT)
LONGEST = 500  # signs of an error that is not ours

say = catalogue("errors")


def error_text(error: KeepbookError) -> str:
    """What is wrong, and a line each for where, what was expected and what to do."""
    return "\n".join([error.what, *(say(label, text=text) for label, text in error.lines())])


def as_error(error: Exception) -> KeepbookError:
    """Any error as a person is told: a disk by what is wrong with it, the unforeseen as a fault of ours."""
    if isinstance(error, KeepbookError):
        return error
    if not isinstance(error, OSError):
        return KeepbookError(f"{type(error).__name__}: {error}"[:LONGEST], do=say("unforeseen.do"))
    where = str(error.filename) if error.filename else None
    if error.errno in FULL:
        return KeepbookError(
            say("disk-full"), where=where, expected=say("disk-full.expected"), do=say("disk-full.do")
        )
    reason = error.strerror or str(error)
    return KeepbookError(say("unreadable", reason=reason), where=where, do=say("unreadable.do"))
