"""Whom a condition of the unit file means, on the canonical customers table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError, suggestion


def meets(customers: ir.Table, conditions: Mapping[str, Any]) -> ir.BooleanValue:
    """Customers who meet every condition, column by column; a missing value meets none but a `not`.

    Segment columns are text. They are compared with numbers written 1234.5, with days written 2024-03-31 and
    with truth values written true or false.

    Raises
    ------
    DataError : a column is absent, or holds a value that cannot be compared.
    """
    verdict: ir.BooleanValue = ibis.literal(True)
    for name, condition in conditions.items():
        column = column_of(customers, name)
        _check_readable(customers, name, condition)
        verdict = verdict & _meets(column, condition)
    return verdict.fill_null(False)


def column_of(customers: ir.Table, name: str) -> ir.Column:
    """A column of the customers table.

    Raises
    ------
    DataError : it has none of this name.
    """
    known = [column for column in customers.columns if column != "customer_id"]
    if name not in known:
        raise DataError(
            f"The customers table has no column '{name}', which a change names.",
            expected=f"one of the columns there are: {', '.join(map(repr, known)) or 'none'}",
            do=f"Map it under `customers: columns:`, or correct its name: {suggestion(name, known)}",
        )
    return customers[name]


def _meets(column: ir.Column, condition: Any) -> ir.BooleanValue:
    if isinstance(condition, list | tuple):
        return ibis.or_(*(_meets(column, one) for one in condition))
    if not isinstance(condition, dict):
        return _comparable(column, condition) == condition
    if "like" in condition:
        return column.cast("string").like(condition["like"])
    if "not" in condition:
        return ~_meets(column, condition["not"]).fill_null(False)
    bounds = []
    if condition.get("from") is not None:
        bounds.append(_comparable(column, condition["from"]) >= condition["from"])
    if condition.get("to") is not None:
        bounds.append(_comparable(column, condition["to"]) <= condition["to"])
    return ibis.and_(*bounds)


def _comparable(column: ir.Column, value: Any) -> ir.Column:
    kind = _kind(value)
    return column if column.type() == ibis.dtype(kind) else column.try_cast(kind)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, dt.date):
        return "date"
    return "float64" if isinstance(value, int | float) else "string"


def _values(condition: Any) -> Iterator[Any]:
    if isinstance(condition, dict):
        condition = [value for value in condition.values() if value is not None]
    if isinstance(condition, list | tuple):
        for one in condition:
            yield from _values(one)
    else:
        yield condition


def _check_readable(customers: ir.Table, name: str, condition: Any) -> None:
    """A value that cannot be read as what it is compared with would quietly meet nothing."""
    words = {
        "float64": "a number such as 1234.5",
        "date": "a day such as 2024-03-31",
        "boolean": "true or false",
    }
    value = next(iter(_values(condition)))
    column = customers[name]
    if _kind(value) == "string" or not column.type().is_string():
        return
    lost = customers.filter(column.notnull() & _comparable(column, value).isnull())
    first = lost.select(value=lost[name]).order_by("value").limit(1).to_pandas()["value"]
    if len(first):
        raise DataError(
            f"The column '{name}' of the customers table holds {first.iloc[0]!r:.60}, which a change "
            f"compares with {value}.",
            expected=words[_kind(value)],
            do="Bring the column into that form with a `query:`, or compare it with text, in quotes.",
        )
