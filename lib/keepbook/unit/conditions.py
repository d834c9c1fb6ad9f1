"""Conditions on a column, as `where`, `cancelled` and `exclude` hold them."""

import datetime as dt
from typing import Annotated, Any

from pydantic import PlainValidator, TypeAdapter, ValidationError, WithJsonSchema
from typing_extensions import TypeAliasType

from keepbook.errors import UnitFileError
from keepbook.unit.faults import Fault, Loc, Schema, cannot_be, problem, sentence, unknown_key
from keepbook.unit.scalars import day_or_same
from keepbook.unit.validation import faults_in

WORDS = "a value, a list of values, {from: …, to: …}, {like: 'C%'} or {not: …}"
KEYS = {"from", "to", "like", "not"}
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_BOUND: Schema = {"type": ["string", "number"]}


def _block(properties: Schema, **bounds: Any) -> Schema:
    return {"type": "object", "properties": properties, **bounds, "additionalProperties": False}


CONDITION_SCHEMA: Schema = {
    "description": f"What a column must be: {WORDS}. Bounds are inclusive.",
    "errorMessage": WORDS,
    "anyOf": [
        _SCALAR,
        {"type": "array", "items": _SCALAR, "minItems": 1},
        _block({"from": _BOUND, "to": _BOUND}, minProperties=1),
        _block({"like": {"type": "string", "pattern": r"\S"}}, required=["like"]),
        _block({"not": {"$ref": "#/$defs/Condition"}}, required=["not"]),
    ],
}


def _condition(value: Any) -> Any:
    """A condition with its days as `date`: text, YAML days and parameters then mean the same."""
    match value:
        case dict() if unknown := value.keys() - KEYS:
            raise problem(unknown_key((min(unknown),), KEYS))
        case dict() if value and value.keys() <= {"from", "to"}:
            return _range(value)
        case dict() if len(value) > 1:
            raise problem(Fault((), f"{' and '.join(sorted(value))} cannot stand together", WORDS))
        case {"not": inner}:
            return {"not": _condition(inner)}
        case {"like": str(pattern)} if pattern.strip():
            return value
        case {"like": other}:
            raise problem(Fault(("like",), cannot_be(("like",), other), "text such as 'C%'"))
        case tuple() | list() if value:
            singles = tuple(_single(item, (i,)) for i, item in enumerate(value))
            _of_one_kind(singles)
            return singles
        case str() | bool() | int() | float() | dt.date():
            return _single(value, ())
    raise problem(Fault())


def _range(value: dict[str, Any]) -> dict[str, Any]:
    bounds = {key: _single(bound, (key,)) for key, bound in value.items()}
    _of_one_kind(tuple(bounds.values()))
    if len(bounds) == 2 and bounds["from"] > bounds["to"]:
        raise problem(Fault((), "the range is empty: 'from' is above 'to'", None, "swap the two"))
    return bounds


def _single(value: Any, loc: Loc) -> Any:
    if isinstance(value, str | bool | int | float | dt.date):
        return day_or_same(value)
    raise problem(Fault(loc, cannot_be(loc, value), "a number, text, a day or a truth value"))


def _of_one_kind(values: tuple[Any, ...]) -> None:
    """Numbers compare with numbers and text with text: `[85048, POST]` would quietly match one of them."""
    if len({float if type(value) is int else type(value) for value in values}) > 1:
        what = "values of different kinds are compared with one column"
        raise problem(Fault((), what, "all text, all numbers or all days", "put all of them in quotes"))


Condition = TypeAliasType("Condition", Annotated[Any, PlainValidator(_condition), WithJsonSchema({})])


def condition_of(column: str, value: Any) -> Any:
    """A condition that comes from elsewhere, as a unit file would hold it."""
    try:
        return TypeAdapter(dict[str, Condition]).validate_python({column: value})[column]
    except ValidationError as error:
        schema = {"properties": {column: CONDITION_SCHEMA}}
        fault = next(faults_in(error, schema))
        do = sentence(fault.do) if fault.do else "Correct the condition."
        raise UnitFileError(
            sentence(fault.what), where=column, expected=fault.expected or WORDS, do=do
        ) from None
