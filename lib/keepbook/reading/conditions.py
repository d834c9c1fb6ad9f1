"""The conditions of a unit file, on a source's own lines and on canonical tables: one language for both.

A column is compared as what its condition holds. On lines the source's forms say how its text is read; in
canonical tables text is written 1234.5, 2024-03-31, true or false.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError, suggestion
from keepbook.reading.columns import existing
from keepbook.reading.forms import Forms

ANY, SEVERAL = "any_", " + "  # begins the name of a column that joins several values by this sign
EXPECTED = {
    "float64": "a number such as 1234.5",
    "date": "a day such as 2024-03-31",
    "boolean": "true or false",
}
Comparable = Callable[[ir.Value, Any], ir.Value]


def matches(lines: ir.Table, conditions: Mapping[str, Any], forms: Forms) -> ir.BooleanColumn:
    """Lines of a source that meet every condition, column by column; a missing value only a `not`."""
    verdict: ir.BooleanValue = ibis.literal(True)
    for name, condition in conditions.items():
        column = existing(lines, name, f"the column '{name}' that a condition names", "Correct its name.")
        verdict = verdict & _meets(column, condition, partial(_by_forms, forms))
    return verdict.fill_null(False)


def meets(
    table: ir.Table, conditions: Mapping[str, Any], *, called: str = "customers table", by: str = "a change"
) -> ir.BooleanValue:
    """Rows of a canonical table that meet every condition; a missing value meets none but a `not`.

    A column whose name begins with `any_` holds several values: one that meets the condition is enough.
    Messages call the table `called`, and what holds the conditions `by`.
    """
    verdict: ir.BooleanValue = ibis.literal(True)
    for name, condition in conditions.items():
        column = customers_column(table, name)
        _check_readable(table, name, condition, called, by)
        verdict = verdict & (_any_meets if name.startswith(ANY) else _meets)(column, condition, _by_kind)
    return verdict.fill_null(False)


def customers_column(customers: ir.Table, name: str) -> ir.Column:
    """A column of the customers table."""
    known = [column for column in customers.columns if column != "customer_id"]
    if name not in customers.columns:
        raise DataError(
            f"The customers table has no column '{name}', which a change names.",
            expected=f"one of the columns there are: {', '.join(map(repr, known)) or 'none'}",
            do=f"Map it under `customers: columns:`, or correct its name: {suggestion(name, known)}",
        )
    return customers[name]


def compared(conditions: Iterable[Mapping[str, Any]]) -> tuple[set[str], set[str]]:
    """The columns that conditions compare with days, and those they compare with numbers."""
    pairs = [(name, value) for block in conditions for name, one in block.items() for value in _values(one)]
    days = {name for name, value in pairs if _kind(value) == "date"}
    return days, {name for name, value in pairs if _kind(value) == "float64"}


def _meets(column: ir.Value, condition: Any, comparable: Comparable) -> ir.BooleanValue:
    if isinstance(condition, list | tuple):
        return ibis.or_(*(_meets(column, one, comparable) for one in condition))
    if not isinstance(condition, dict):
        return comparable(column, condition) == condition
    if "like" in condition:
        return column.cast("string").like(condition["like"])
    if "not" in condition:
        return ~_meets(column, condition["not"], comparable).fill_null(False)
    low, high = condition.get("from"), condition.get("to")
    above = [comparable(column, low) >= low] if low is not None else []
    below = [comparable(column, high) <= high] if high is not None else []
    return ibis.and_(*above, *below)


def _any_meets(column: ir.StringColumn, condition: Any, comparable: Comparable) -> ir.BooleanValue:
    """Whether one of several values meets the condition; none of them, for a `not`."""
    if isinstance(condition, dict) and "not" in condition:
        return ~_any_meets(column, condition["not"], comparable).fill_null(False)
    single = _closed(condition)
    return column.split(SEVERAL).map(lambda value: _meets(value, single, comparable)).anys()


def _closed(condition: Any) -> Any:
    """A condition whose texts are written as `any_` columns write a value that holds the sign itself."""
    if isinstance(condition, dict):
        return {key: _closed(one) for key, one in condition.items()}
    if isinstance(condition, list | tuple):
        return tuple(map(_closed, condition))
    return condition.replace(SEVERAL, SEVERAL.strip()) if isinstance(condition, str) else condition


def _values(condition: Any) -> Iterator[Any]:
    """The single values that a condition compares with."""
    if isinstance(condition, dict):
        condition = [value for value in condition.values() if value is not None]
    if isinstance(condition, list | tuple):
        for one in condition:
            yield from _values(one)
    else:
        yield condition


def _by_forms(forms: Forms, column: ir.Column, value: Any) -> ir.Column:
    """The column as a type its condition can be compared with (text sources hold text only)."""
    kind = _kind(value)
    if kind == "date":
        return forms.day(column)
    if kind == "float64":
        exact = "decimal(38, 10)" if isinstance(value, int) else kind
        return column if column.type().is_numeric() else forms.number(column, exact)
    text = column.cast("string")
    return text.try_cast("boolean") if kind == "boolean" else text


def _by_kind(column: ir.Value, value: Any) -> ir.Value:
    kind = _kind(value)
    return column if column.type() == ibis.dtype(kind) else column.try_cast(kind)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, dt.date):
        return "date"
    return "float64" if isinstance(value, int | float) else "string"


def _check_readable(table: ir.Table, name: str, condition: Any, called: str, by: str) -> None:
    """A value that cannot be read as what it is compared with would quietly meet nothing."""
    value, column = next(iter(_values(condition))), table[name]
    if _kind(value) == "string" or not column.type().is_string():
        return
    each = table.select(value=column.split(SEVERAL).unnest() if name.startswith(ANY) else column)
    lost = each.filter(each.value.notnull() & _by_kind(each.value, value).isnull())
    first = lost.order_by("value").limit(1).to_pandas()["value"]
    if len(first):
        raise DataError(
            f"The column '{name}' of the {called} holds {first.iloc[0]!r:.60}, which {by} compares with "
            f"{value}.",
            expected=EXPECTED[_kind(value)],
            do="Bring the column into that form with a `query:`, or compare it with text, in quotes.",
        )
