"""How a source's columns are read: keys, money, days, and the conditions of a unit file.

What cannot be read is missing, never an error and never a guess; the cleaning rules count it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.params import Source, Unit

MONEY = "decimal(18, 4)"  # sums of decimals do not depend on the order of the lines
SHOWN = 40  # names of columns in a message
TOTAL = "decimal(38, 4)"
HASH = "keepbook hash"
WEIGHT = "keepbook weight"  # columns of ours beside the source's own
PLAIN_DAY = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}$"
OFFSET = r"\d{1,2}:\d{2}.*(Z|z|UTC|[+-]\d{2}(:?\d{2})?)$"
MOMENT = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T]\s*\d{1,2}:\d{2}"
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
        known = [repr(name) for name in lines.columns if name != WEIGHT]
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
    return text.lower().isin(NOBODY).ifelse(ibis.null("string"), text)


def amount_of(column: ir.Column) -> ir.DecimalColumn:
    """Money, exact to four decimals; missing where it cannot be read."""
    number = column.type().is_numeric() and not column.type().is_boolean()
    return (column if number else column.cast("string").strip()).try_cast(MONEY)


@ibis.udf.scalar.builtin(name="timezone")
def _at(zone: str, moment: ibis.expr.datatypes.timestamp) -> ibis.expr.datatypes.timestamp:
    """A moment without zone, read as local time in `zone`; one with zone, shown as local time there."""


@ibis.udf.scalar.builtin(name="try_strptime")
def _parsed(text: str, form: str) -> ibis.expr.datatypes.timestamp:
    """Text → timestamp by a strptime form, missing where it does not fit."""


def day_of(column: ir.Column, unit: Unit, source: Source) -> ir.DateColumn:
    """The calendar day in the unit's time zone; missing where it cannot be read.

    A day without time of day is nobody's midnight: it is never shifted.
    """
    day = _day(column, unit, source)
    return day.between(dt.date.min, dt.date.max).ifelse(day, ibis.null("date"))  # 'infinity' is no day


def _day(column: ir.Column, unit: Unit, source: Source) -> ir.DateColumn:
    if column.type().is_date():
        return column
    if column.type().is_timestamp():
        return _local(column, bool(column.type().timezone), unit, source).date()
    text = column.cast("string").strip()
    if source.date_format:
        moment = _parsed(text, source.date_format)
        zoned = any(code in source.date_format for code in ("%z", "%Z"))
        timed = any(code in source.date_format for code in ("%H", "%I", "%X", "%c"))
        return (_local(moment, zoned, unit, source) if zoned or timed else moment).date()
    text = text.re_replace(r"\s+([+-]\d{2}:?\d{2})$", r"\1")  # 2020-06-03 17:31:48 -0400, as Shopify writes
    return ibis.cases(
        (text.re_search(PLAIN_DAY), text.try_cast("date")),
        (
            text.re_search(MOMENT) & text.re_search(OFFSET),
            _local(text.try_cast("timestamp('UTC')"), True, unit, source).date(),
        ),
        (text.re_search(MOMENT), _local(text.try_cast("timestamp"), False, unit, source).date()),
        else_=ibis.null("date"),  # the engine would read 15/3/23 as a day of the year 15
    )


def _local(moment: ir.Column, has_zone: bool, unit: Unit, source: Source) -> ir.Column:
    if has_zone:
        return _at(unit.timezone, moment)
    if source.timezone in (None, unit.timezone):
        return moment
    return _at(unit.timezone, _at(source.timezone, moment))


# ── conditions ──────────────────────────────────────────────────────────────────────────────────────────


def matches(lines: ir.Table, conditions: dict[str, Any], unit: Unit, source: Source) -> ir.BooleanColumn:
    """Lines that meet every condition, column by column; a missing value meets none."""
    verdict: ir.BooleanValue = ibis.literal(True)
    for name, condition in conditions.items():
        column = _existing(lines, name, f"the column '{name}' that a condition names", "Correct its name.")
        verdict = verdict & _meets(column, condition, unit, source)
    return verdict.fill_null(False)


def _meets(column: ir.Column, condition: Any, unit: Unit, source: Source) -> ir.BooleanValue:
    if isinstance(condition, list | tuple):
        return ibis.or_(*(_meets(column, one, unit, source) for one in condition))
    if not isinstance(condition, dict):
        return _comparable(column, condition, unit, source) == condition
    if "like" in condition:
        return column.cast("string").like(condition["like"])
    if "not" in condition:
        return ~_meets(column, condition["not"], unit, source).fill_null(False)
    bounds = []
    if condition.get("from") is not None:
        bounds.append(_comparable(column, condition["from"], unit, source) >= condition["from"])
    if condition.get("to") is not None:
        bounds.append(_comparable(column, condition["to"], unit, source) <= condition["to"])
    return ibis.and_(*bounds)


def _comparable(column: ir.Column, value: Any, unit: Unit, source: Source) -> ir.Column:
    """The column as a type its condition can be compared with (text sources hold text only)."""
    if isinstance(value, bool):
        return column.cast("string").try_cast("boolean")
    if isinstance(value, dt.date):
        return day_of(column, unit, source)
    if isinstance(value, int | float):
        exact = "decimal(38, 10)" if isinstance(value, int) else "float64"
        return column if column.type().is_numeric() else column.cast("string").strip().try_cast(exact)
    return column if column.type().is_string() else column.cast("string")
