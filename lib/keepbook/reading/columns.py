"""How a source's columns are read: keys, money, days, and the conditions of a unit file.

What cannot be read is missing, never an error and never a guess; the cleaning rules count it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.reading.amounts import MONEY
from keepbook.reading.forms import Forms
from keepbook.unit import Source

SHOWN = 40  # names of columns in a message
TOTAL = "decimal(38, 4)"
HASH = "keepbook hash"
WEIGHT = "keepbook weight"  # columns of ours beside the source's own
COPY = "keepbook copy"
NOBODY = ("", "null", "none", "nan", "n/a", "-")  # what exports write for no customer


def has_column(lines: ir.Table, source: Source, name: str) -> bool:
    """Whether the source holds the canonical column, mapped or under its own name."""
    return name in source.columns or name in lines.columns


def column_of(lines: ir.Table, source: Source, name: str) -> ir.Column:
    """The source's column behind a canonical name.

    Raises
    ------
    DataError : the source has no such column; the message lists those there are.
    """
    own = source.columns.get(name, name)
    return _existing(
        lines, own, f"the column '{own}' for {name}", "Map it under `columns:` in the unit file."
    )


def _existing(lines: ir.Table, column: str, what: str, do: str) -> ir.Column:
    if column not in lines.columns:
        known = [repr(name) for name in lines.columns if not name.startswith("keepbook ")]
        there = ", ".join(known[:SHOWN]) + (f" and {len(known) - SHOWN:,} more" if known[SHOWN:] else "")
        raise DataError(
            f"The source lacks {what}.",
            expected=f"one of the columns there are: {there}",
            do=do,
        )
    return lines[column]


def key_of(column: ir.Column) -> ir.Column:
    """Number of a customer or order: whole numbers stay numbers, text is trimmed, blank is missing."""
    kind = column.type()
    if kind.is_integer() and not kind.is_uint64():
        return column.cast("int64")
    if kind.is_floating() or kind.is_decimal():  # a number column with gaps arrives as 13085.0
        whole = column.try_cast("int64")
        text = (whole.cast(kind) == column).ifelse(whole.cast("string"), column.cast("string"))
        return text.nullif("nan")
    text = column.cast("string").re_replace(r"^[\s\p{Z}]+|[\s\p{Z}]+$", "")
    text = text.endswith(".0").ifelse(
        text.re_replace(r"^(\d+)\.0$", r"\1"), text
    )  # as the same column of numbers
    text = text.contains("@").ifelse(text.lower(), text)  # mail does not tell capital letters apart
    return text.lower().isin(NOBODY).ifelse(ibis.null("string"), text)


def amount_of(lines: ir.Table, forms: Forms) -> ir.DecimalColumn:
    """Money, exact to four decimals; missing where it cannot be read."""
    source = forms.source
    if source.is_made("amount"):
        pieces, price = (forms.number(column_of(lines, source, name), "float64") for name in source.instead)
        amount = (pieces * price).round(4).try_cast(MONEY)
    else:
        amount = forms.number(column_of(lines, source, "amount"), MONEY)
    if "refund" not in source.columns or forms.unit.returns == "gross":
        return amount
    refund = forms.number(column_of(lines, source, "refund"), MONEY).fill_null(0)
    return (amount - refund.abs()).cast(MONEY)  # some systems write what they gave back below zero


# ── conditions ──────────────────────────────────────────────────────────────────────────────────────────


def matches(lines: ir.Table, conditions: dict[str, Any], forms: Forms) -> ir.BooleanColumn:
    """Lines that meet every condition, column by column; a missing value meets none."""
    verdict: ir.BooleanValue = ibis.literal(True)
    for name, condition in conditions.items():
        column = _existing(lines, name, f"the column '{name}' that a condition names", "Correct its name.")
        verdict = verdict & _meets(column, condition, forms)
    return verdict.fill_null(False)


def _meets(column: ir.Column, condition: Any, forms: Forms) -> ir.BooleanValue:
    if isinstance(condition, list | tuple):
        return ibis.or_(*(_meets(column, one, forms) for one in condition))
    if not isinstance(condition, dict):
        return _comparable(column, condition, forms) == condition
    if "like" in condition:
        return column.cast("string").like(condition["like"])
    if "not" in condition:
        return ~_meets(column, condition["not"], forms).fill_null(False)
    bounds = []
    if condition.get("from") is not None:
        bounds.append(_comparable(column, condition["from"], forms) >= condition["from"])
    if condition.get("to") is not None:
        bounds.append(_comparable(column, condition["to"], forms) <= condition["to"])
    return ibis.and_(*bounds)


def _comparable(column: ir.Column, value: Any, forms: Forms) -> ir.Column:
    """The column as a type its condition can be compared with (text sources hold text only)."""
    if isinstance(value, bool):
        return column.cast("string").try_cast("boolean")
    if isinstance(value, dt.date):
        return forms.day(column)
    if isinstance(value, int | float):
        exact = "decimal(38, 10)" if isinstance(value, int) else "float64"
        return column if column.type().is_numeric() else forms.number(column, exact)
    return column if column.type().is_string() else column.cast("string")


def compared(conditions: Iterable[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """The columns that conditions compare with days, and those they compare with numbers."""
    days: set[str] = set()
    numbers: set[str] = set()
    for block in conditions:
        for name, condition in block.items():
            kinds = [type(value) for value in _values(condition)]
            days |= {name} if dt.date in kinds else set()
            numbers |= {name} if int in kinds or float in kinds else set()
    return days, numbers


def _values(condition: Any) -> Iterator[Any]:
    if isinstance(condition, dict):
        condition = list(condition.values())
    if isinstance(condition, list | tuple):
        for one in condition:
            yield from _values(one)
    else:
        yield condition
