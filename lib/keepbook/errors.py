"""What a person is told when something is wrong: what, where, what was expected, what to do."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
MIME_TYPE = "application/vnd.keepbook.error+json"  # of an error on its way from a kernel to the runner


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

    def to_dict(self) -> dict[str, str]:
        """What is wrong, and the labelled lines that are present, by their labels."""
        return {"what": self.what, **dict(self.lines())}

    @classmethod
    def from_dict(cls, parts: Mapping[str, str]) -> KeepbookError:
        """The error of which `to_dict` says this."""
        return cls(parts["what"], **{name: parts.get(name) for name in ("where", "expected", "do")})

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the message is enough, as a person is meant to mend it."""
        return [printable(str(self))]

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
    """What somebody may have meant by a name that is unknown."""

    name: str | None  # the nearest known one, where one is near
    known: tuple[str, ...]  # all of them, sorted

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


# ── out of a kernel ─────────────────────────────────────────────────────────────────────────────────────


def load_ipython_extension(shell: Any) -> None:
    """Makes a kernel hand over what went wrong as data, next to the message; the runner loads this."""
    show = shell.showtraceback

    def showtraceback(exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if isinstance(error, KeepbookError):
            details = "".join(traceback.format_exception(error))
            shell.display_pub.publish({MIME_TYPE: {**error.to_dict(), "traceback": details}})
        elif isinstance(error, OSError):
            shell.display_pub.publish({MIME_TYPE: {"errno": error.errno}})
        show(exc_tuple, *args, **kwargs)

    shell.showtraceback = showtraceback  # both for what a cell raises, and for what showing its value raises
