"""Faults of a unit file: how they are told, and how pydantic's findings become them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from math import inf, isfinite, nan
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from keepbook.errors import UnitFileError, suggestion

Loc = tuple[str | int, ...]
Schema = dict[str, Any]

LISTED = 10  # faults told at once; the rest are counted
SHOWN = 60  # characters of a value that a message repeats
USER = r"://[^\s:/@]*:"
ARGUMENT = r"[?&;](?i:password|passwd|pwd|secret|token)="
MASK = re.compile(f"({USER}|{ARGUMENT}).+", re.DOTALL)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    loc : key path, relative to the field whose validator raises it.
    what, expected, do : as in `KeepbookError`; with `what` left empty all three follow from the schema.
    line : line in the unit file, counted from 1; None where the file holds no such key.
    """

    loc: Loc = ()
    what: str = ""
    expected: str | None = None
    do: str | None = None
    line: int | None = None


class UnitFileFaults(UnitFileError):
    """Several faults in one error: the first is the headline, the others follow as `also`."""

    also: tuple[str, ...] = ()

    def lines(self) -> list[tuple[str, str]]:
        return [*super().lines(), *(("also", text) for text in self.also)]


@dataclass(frozen=True)
class Place:
    """What is being read, so that a fault can say where it stands.

    Parameters
    ----------
    file : the unit file as shown to the reader, e.g. `params/demo.yaml`.
    unit : name of the unit.
    given : keys that came as parameters instead of from the file.
    lines : key path → line in the file.
    """

    file: str
    unit: str = ""
    given: frozenset[str] = frozenset()
    lines: Mapping[Loc, int] = field(default_factory=dict)

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
        error.also = tuple(self._in_one_line(fault) for fault in others[: LISTED - 1])
        if len(others) >= LISTED:
            error.also += (f"and {len(others) - LISTED + 1} more",)
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
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


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


# ── from pydantic ───────────────────────────────────────────────────────────────────────────────────────


def problem(*faults: Fault) -> PydanticCustomError:
    """What a validator of the model raises."""
    return PydanticCustomError("keepbook", "{text}", {"text": faults[0].what, "faults": faults})


def faults_in(error: ValidationError, schema: Schema) -> Iterator[Fault]:
    """Pydantic's findings in plain words; what was expected comes from the JSON schema."""
    for finding in error.errors():
        loc, value = finding["loc"], finding["input"]
        match finding["type"]:
            case "missing":
                key = str(loc[-1])
                yield Fault(loc, f"'{key}' is missing", expected(at(schema, loc)), f"add the key {key}")
            case "extra_forbidden":
                yield unknown_key(loc, at(schema, loc[:-1])["properties"])
            case "keepbook":
                for fault in finding["ctx"]["faults"]:
                    inner = replace(fault, loc=(*loc, *fault.loc))
                    yield inner if fault.what else _not_as_expected(inner.loc, value, schema)
            case _:
                yield _not_as_expected(loc, value, schema)


def unknown_key(loc: Loc, known: Iterable[str]) -> Fault:
    """A key that means nothing here, with the nearest that does."""
    key = str(loc[-1])
    return Fault(loc, f"unknown key {quoted(key)}", None, str(suggestion(key, known)))


def _not_as_expected(loc: Loc, value: Any, schema: Schema) -> Fault:
    node = at(schema, loc)
    return Fault(loc, cannot_be(loc, value), expected(node), _advice(node, value))


# ── words from the JSON schema ──────────────────────────────────────────────────────────────────────────


def at(schema: Schema, loc: Loc) -> Schema:
    """The part of a JSON schema that speaks about one key path."""
    node = schema
    for key in loc:
        node = _plain(node, schema)
        own = node.get("properties", {}).get(key)
        node = (
            node.get("items", {}) if isinstance(key, int) else own or node.get("additionalProperties") or {}
        )
    return _plain(node, schema)


def _plain(node: Schema, schema: Schema) -> Schema:
    """The node behind `$ref` and `or null`; what stands beside those words counts too."""
    if "$ref" in node:
        target = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        return _plain(target, schema) | _without(node, "$ref")
    options = [option for option in node.get("anyOf", []) if option != {"type": "null"}]
    return _plain(options[0], schema) | _without(node, "anyOf") if len(options) == 1 else node


def _without(node: Schema, keyword: str) -> Schema:
    return {key: value for key, value in node.items() if key != keyword}


def expected(node: Schema) -> str:
    """What a schema asks for, in words."""
    if "errorMessage" in node:
        return str(node["errorMessage"])
    if "enum" in node:
        return " or ".join(repr(value) for value in node["enum"])
    match _kind(node):
        case "integer":
            return "a whole number" + _bounds(node)
        case "number":
            return "a number" + _bounds(node)
        case "boolean":
            return "true or false"
        case "string":
            return "a day such as 2017-12-31" if node.get("format") == "date" else "text"
        case "array":
            return "a list"
        case _:
            return "a block of keys and values"


def _kind(node: Schema) -> str | None:
    kind = node.get("type")
    return kind[0] if isinstance(kind, list) else kind


def _bounds(node: Schema) -> str:
    words = {
        "exclusiveMinimum": "above",
        "minimum": "at least",
        "exclusiveMaximum": "below",
        "maximum": "at most",
    }
    stated = [f"{word} {node[bound]}" for bound, word in words.items() if bound in node]
    return f", {' and '.join(stated)}" if stated else ""


def _advice(node: Schema, value: Any) -> str | None:
    """The next step where what was meant can be told from what was written."""
    kind = _kind(node)
    number = _number_in(value)
    if "enum" in node:
        if isinstance(value, bool):
            return "put it in quotes: YAML takes on, off, yes and no for truth values"
        close = get_close_matches(str(value).lower(), node["enum"], n=1)
        return f"did you mean '{close[0]}'?" if close else None
    if kind == "string" and isinstance(value, int | float) and "format" not in node:
        return f"put it in quotes: '{str(value).lower()}'"
    if kind == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return f"write {value.lower()}, without quotes"
    if _is_share(node) and isinstance(value, str) and value.rstrip().endswith("%"):
        share = _number_in(value.rstrip()[:-1])
        return f"write {share / 100:g} for {share:g} %" if share is not None else None
    if kind == "number" and isinstance(value, str) and re.fullmatch(r"\d*,\d{1,2}", value):
        return f"write {value.replace(',', '.')}, with a point"
    if kind in ("integer", "number") and number is not None:
        if isinstance(value, str):
            return f"write {number:g}, without quotes"
        if kind == "integer" and isinstance(value, float) and value.is_integer():
            return f"write {int(number)}, without decimals"
        if _is_share(node) and node.get("exclusiveMinimum", 0) < number / 100 < 1:
            return f"write {number / 100:g} for {number:g} %"
    if kind == "object" and isinstance(value, str) and "source" in node.get("properties", {}):
        return f"put it under the key source: {quoted(value)}"
    return None


def _is_share(node: Schema) -> bool:
    """Whether a number is bounded by 1, so that one above it may be meant in per cent."""
    most = node.get("exclusiveMaximum", node.get("maximum"))
    return _kind(node) == "number" and most is not None and most <= 1


def _number_in(value: Any) -> float | None:
    try:
        number = nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
