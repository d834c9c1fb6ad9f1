"""What a person is told when something is wrong: what, where, what was expected, what to do."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Text, some of it from data, without the signs that a terminal would obey, or that turn text around."""
    return CONTROL.sub("�", text)


class KeepbookError(Exception):
    """A fault a person can mend; printed as it is, without a traceback.

    Parameters
    ----------
    what : the fault in one sentence.
    where : file, key, column or first offending row.
    expected : what would have been right.
    do : the next step.
    """

    def __init__(
        self, what: str, *, where: str | None = None, expected: str | None = None, do: str | None = None
    ) -> None:
        self.what, self.where, self.expected, self.do = what, where, expected, do
        super().__init__(what)

    def __reduce__(self) -> tuple[object, ...]:
        """Keyword arguments do not survive pickling by themselves."""
        return _unpickled, (type(self), self.what, self.__dict__)

    def lines(self) -> list[tuple[str, str]]:
        """The labelled lines that are present, in reading order."""
        labelled = (("where", self.where), ("expected", self.expected), ("do", self.do))
        return [(label, text) for label, text in labelled if text]

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  {label + ':':<9} {text}" for label, text in self.lines())])


def _unpickled(kind: type[KeepbookError], what: str, state: dict[str, object]) -> KeepbookError:
    error = kind(what)
    error.__dict__.update(state)
    return error


class UnitFileError(KeepbookError):
    """The unit file, or a parameter given instead of one of its keys, is wrong."""


class DataError(KeepbookError):
    """A source cannot be opened or does not hold what its unit file says."""


class NotEnoughData(KeepbookError):
    """The data are sound but too few to carry the answer."""


class Suggestion(NamedTuple):
    """What somebody may have meant by a name that is unknown.

    Attributes
    ----------
    name : the nearest known one; None where none is near. known : all of them, sorted.
    """

    name: str | None
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"did you mean '{self.name}'?" if self.name else f"known: {', '.join(self.known)}"


def suggestion(name: str, known: Iterable[str]) -> Suggestion:
    """Help with a misspelt name.

    >>> suggestion("revenu", ["orders", "revenue"]).name
    'revenue'
    """
    known = list(known)
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return Suggestion(close[0] if close else None, tuple(sorted(known)))


def from_text(text: str) -> KeepbookError | None:
    """The error behind its own printed form, as it comes back from a kernel; None for any other text."""
    parts, label = {"what": ""}, "what"
    for line in text.split("\n"):
        start = re.match(r"  (where|expected|do): +", line)
        if start:
            label, line = start[1], line[start.end() :]
        parts[label] = f"{parts[label]}\n{line}" if parts.get(label) else line
    what = parts.pop("what")
    return KeepbookError(what, **parts) if what and parts else None


def as_error(error: Exception) -> KeepbookError:
    """Any error as a person is told: a disk by what is wrong with it, the unforeseen as a fault of ours."""
    if isinstance(error, KeepbookError):
        return error
    if not isinstance(error, OSError):
        return KeepbookError(
            f"{type(error).__name__}: {error}"[:500],
            do="This is a fault of Keepbook: please report it, with what the same command says with --debug.",
        )
    where = str(error.filename) if error.filename else None
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return KeepbookError(
            "The disk is full.",
            where=where,
            expected="room for the report; what was there before still stands",
            do="Make room, then run again.",
        )
    return KeepbookError(
        f"A file cannot be read or written: {error.strerror or error}.",
        where=where,
        do="Check that it is there and may be read and written, then run again.",
    )
