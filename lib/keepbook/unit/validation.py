"""Pydantic's findings as faults, in words that the JSON schema of the unit file holds."""

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from math import isfinite, nan
from typing import Any

from pydantic import ValidationError

from keepbook.unit.faults import Fault, Loc, Schema, cannot_be, quoted, unknown_key

KINDS: dict[str | None, str] = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
}
BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "at least",
    "exclusiveMaximum": "below",
    "maximum": "at most",
}
RENAMED: dict[Loc, str] = {("changes",): "before_after"}  # keys of older unit files


def faults_in(error: ValidationError, schema: Schema) -> Iterator[Fault]:
    """Pydantic's findings in plain words; what was expected comes from the JSON schema."""
    for finding in error.errors():
        loc, value = finding["loc"], finding["input"]
        match finding["type"]:
            case "missing":
                key = str(loc[-1])
                yield Fault(loc, f"'{key}' is missing", expected(at(schema, loc)), f"add the key {key}")
            case "extra_forbidden" if loc in RENAMED:
                now = RENAMED[loc]
                do = f"write {now}: instead of {loc[-1]}:"
                yield Fault(loc, f"the key {quoted(str(loc[-1]))} is called {quoted(now)} now", None, do)
            case "extra_forbidden":
                yield unknown_key(loc, at(schema, loc[:-1])["properties"])
            case "keepbook":
                for fault in finding["ctx"]["faults"]:
                    at_key = (*loc, *fault.loc)
                    made = fault if fault.what else _not_as_expected(at_key, value, schema)
                    yield replace(made, loc=at_key, do=fault.do or made.do)
            case _:
                yield _not_as_expected(loc, value, schema)


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
    if node.get("format") == "date":
        return "a day such as 2017-12-31"
    stated = [f"{word} {node[bound]}" for bound, word in BOUNDS.items() if bound in node]
    bounds = f", {' and '.join(stated)}" if stated else ""
    return KINDS.get(_kind(node), "a block of keys and values") + bounds


def _kind(node: Schema) -> str | None:
    kind = node.get("type")
    return kind[0] if isinstance(kind, list) else kind


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
