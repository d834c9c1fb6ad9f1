"""Faults of a unit file: what they hold, and how a person is told of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, TypeVar

from pydantic_core import PydanticCustomError

from keepbook.errors import UnitFileError, suggestion

Loc = tuple[str | int, ...]
Schema = dict[str, Any]
T = TypeVar("T")

MAX_FAULTS = 10  # faults told at once; the rest are counted
MAX_CHARACTERS = 60  # characters of a value that a message repeats
USER = r"://[^\s:/@]*:"
ARGUMENT = r"[?&;](?i:password|passwd|pwd|secret|token)="
MASK = re.compile(f"({USER}|{ARGUMENT}).+", re.DOTALL)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    loc: Loc = ()  # key path, relative to the field whose validator raises it
    what: str = ""  # as in `KeepbookError`; with `what` left empty all three follow from the schema
    expected: str | None = None
    do: str | None = None
    line: int | None = None  # line in the unit file, counted from 1; None where the file holds no such key


class UnitFileFaults(UnitFileError):
    """Several faults in one error: the first is the headline, the others follow as `also`."""

    also: tuple[str, ...] = ()

    def lines(self) -> list[tuple[str, str]]:
        return [*super().lines(), *(("also", text) for text in self.also)]


@dataclass(frozen=True)
class Place:
    """What is being read, so that a fault can say where it stands."""

    file: str  # as shown to the reader, e.g. `params/demo.yaml`
    unit: str = ""
    given: frozenset[str] = frozenset()  # keys that came as parameters instead of from the file
    lines: Mapping[Loc, int] = field(default_factory=dict)  # key path → line in the file

    def line(self, loc: Loc) -> int | None:
        """Line of a key, or of the nearest block around it."""
        around = (self.lines[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in self.lines)
        return next(around, None)

    def is_given(self, loc: Loc) -> bool:
        return bool(loc) and loc[0] in self.given

    def where(self, fault: Fault) -> str:
        """`params/demo.yaml, line 7, transactions.columns.date`, or the parameter."""
        key = key_path(fault.loc)
        if self.is_given(fault.loc):
            return f"parameter {key} of unit {quoted(self.unit)}"
        line = fault.line and f"line {fault.line}"
        return ", ".join(part for part in (self.file, line, key) if part)

    def error(self, faults: list[Fault]) -> UnitFileError:
        """All faults as one error, parameters first, then by line."""
        placed = [fault if fault.line else replace(fault, line=self.line(fault.loc)) for fault in faults]
        placed.sort(key=lambda fault: -1 if self.is_given(fault.loc) else fault.line or inf)
        first, *others = placed
        what, do = sentence(first.what), sentence(first.do) if first.do else self._correct(first.loc)
        error = UnitFileFaults(what, where=self.where(first), expected=first.expected, do=do)
        error.also = tuple(self._in_one_line(fault) for fault in others[: MAX_FAULTS - 1])
        if len(others) >= MAX_FAULTS:
            error.also += (f"and {len(others) - MAX_FAULTS + 1} more",)
        return error

    def _correct(self, loc: Loc) -> str:
        return "Correct the parameter." if self.is_given(loc) else "Correct it in the unit file."

    def _in_one_line(self, fault: Fault) -> str:
        where = self.where(fault).removeprefix(f"{self.file}, ")
        expected = fault.expected and f"expected: {fault.expected}"
        return f"{where}: {' '.join(sentence(part) for part in (fault.what, expected, fault.do) if part)}"


# ── showing keys and values ─────────────────────────────────────────────────────────────────────────────


def quoted(text: str) -> str:
    """Text as a message may repeat it: one line, escaped, cut, and without a password."""
    text = MASK.sub(r"\1***", text)
    return repr(text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}…")


def sentence(text: str) -> str:
    """Capital first, full stop last."""
    return text[:1].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


def passwords(url: str) -> list[str]:
    """What stands where a URL holds a password: between user and the last @, or as an argument."""
    before_host = re.search(f"{USER}(.+)", url.rpartition("@")[0], re.DOTALL)
    return [*(before_host.groups() if before_host else ()), *re.findall(f"{ARGUMENT}([^&;]+)", url)]


def key_path(loc: Loc) -> str:
    """`transactions.columns.date`; the second value of a list is `brackets item 2`."""
    parts = [f" item {key + 1}" if isinstance(key, int) else f".{bare(key)}" for key in loc]
    return "".join(parts).removeprefix(".")


def bare(key: str) -> str:
    """A key as it stands in a path: quoted only where it must be."""
    return key if re.fullmatch(r"[\w -]{1,60}", key) else quoted(key)


def cannot_be(loc: Loc, value: Any) -> str:
    """`'alpha' cannot be the number 5`"""
    *block, last = loc
    subject = quoted(last) if isinstance(last, str) else f"item {last + 1}"
    of = f" of {quoted(str(block[-1]))}" if isinstance(last, int) and block else ""
    return f"{subject}{of} cannot be {shown(value)}"


def shown(value: Any) -> str:
    """What was read, with its kind: `the text '5'`."""
    match value:
        case None:
            return "empty"
        case bool():
            return f"the truth value {str(value).lower()}"
        case int() if abs(value) > 10**40:  # Python refuses to print very long ones
            return "a very large number"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {quoted(value)}"
        case list() | tuple():
            return "a list" if value else "an empty list"
        case dict():
            return "a block of keys" if value else "an empty block"
        case _:
            return f"a value of type {type(value).__name__}"


# ── as validators raise them ────────────────────────────────────────────────────────────────────────────


def problem(*faults: Fault) -> PydanticCustomError:
    """What a validator of the model raises."""
    return PydanticCustomError("keepbook", "{text}", {"text": faults[0].what, "faults": faults})


def faultless(value: T, faults: Iterable[Fault]) -> T:
    """The value, where nothing is wrong with it; else its faults are raised."""
    if faults := list(faults):
        raise problem(*faults)
    return value


def suggested(name: str, known: Iterable[str]) -> str | None:
    """`did you mean 'orders'?`; None where no name is near."""
    hint = suggestion(name, known)
    return str(hint) if hint.name else None


def unknown_key(loc: Loc, known: Iterable[str]) -> Fault:
    """A key that means nothing here, with the nearest that does."""
    key = str(loc[-1])
    return Fault(loc, f"unknown key {quoted(key)}", None, str(suggestion(key, known)))
