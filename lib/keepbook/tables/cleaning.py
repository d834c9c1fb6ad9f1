"""Turns a source's lines into orders, and counts every line that is left out under a named rule.

Each line carries a bit mask of the rules it breaks. Grouping by that mask together with customer, day and
order makes one pass over the source yield both the clean orders and the ledger, whatever the engine.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.params import Source, Unit

MONEY = "decimal(18, 4)"  # sums of decimals do not depend on the order of the lines
DUPLICATE = "exact duplicate"
NO_CUSTOMER = "no customer"
NO_DATE = "no readable date"
NO_AMOUNT = "no readable amount"
CANCELLED = "cancelled order"
AFTER = "after as_of"
ZERO = "zero amount"
RETURN = "return"
FULLY_RETURNED = "order fully returned"


def rules_of(unit: Unit) -> list[str]:
    """The unit's ledger rules in the order in which a line is charged to them.

    Duplicates are counted before all of these, orders fully returned after them.
    """
    own = list(unit.transactions.exclude)
    cancelled = [CANCELLED] if unit.transactions.cancelled else []
    after = [AFTER] if unit.as_of else []
    zero = [ZERO] if unit.zero_amounts == "drop" else []
    returned = [RETURN] if unit.returns == "gross" else []
    return [*own, NO_CUSTOMER, NO_DATE, NO_AMOUNT, *cancelled, *after, *zero, *returned]


def orders_of(lines: ir.Table, unit: Unit) -> ir.Table:
    """Lines → one row per broken-rules mask × customer × day × order.

    Returns
    -------
    Table : rules (bit i set: `rules_of(unit)[i]` is broken; 0 = clean), customer_id, date, order_id (all
        missing where rules ≠ 0), rows, copies (rows including exact duplicates), amount, copies_amount,
        gross (positive amounts only), purchases (lines that are not returns), returns (negative lines).
    """
    source = unit.transactions
    if unit.duplicates == "drop":
        lines = lines.group_by(lines.columns).agg(copies_=lines.count())
    else:
        lines = lines.mutate(copies_=ibis.literal(1, type="int64"))
    typed = lines.select(
        customer_id=customer_key(column_of(lines, source, "customer_id")),
        date=day_of(column_of(lines, source, "date"), source, unit),
        amount=amount_of(column_of(lines, source, "amount")),
        order_id=column_of(lines, source, "order_id").cast("string")
        if has_column(lines, source, "order_id")
        else ibis.null("string"),
        copies=lines.copies_,
        **{f"own_{i}": matches(lines, rule) for i, rule in enumerate(source.exclude.values())},
        cancelled=matches(lines, source.cancelled) if source.cancelled else ibis.literal(False),
    )
    masked = typed.mutate(rules=_mask(typed, unit))
    clean = masked.rules == 0
    grouped = masked.group_by(
        rules=masked.rules,
        customer_id=clean.ifelse(masked.customer_id, ibis.null(masked.customer_id.type())),
        date=clean.ifelse(masked.date, ibis.null("date")),
        order_id=clean.ifelse(masked.order_id, ibis.null("string")),
    )
    amount = masked.amount.fill_null(0)
    return grouped.agg(
        rows=masked.count(),
        copies=masked.copies.sum(),
        amount=amount.sum(),
        copies_amount=(amount * masked.copies).sum(),
        gross=(amount > 0).ifelse(amount, 0).sum(),
        purchases=(amount >= 0).cast("int64").sum(),
        returns=(amount < 0).cast("int64").sum(),
    )


def _mask(typed: ir.Table, unit: Unit) -> ir.IntegerColumn:
    broken = {
        NO_CUSTOMER: typed.customer_id.isnull(),
        NO_DATE: typed.date.isnull(),
        NO_AMOUNT: typed.amount.isnull(),
        # Net of returns, a cancellation with a negative amount stays as money; its order is no purchase.
        CANCELLED: typed.cancelled & ((typed.amount >= 0) if unit.returns == "net" else ibis.literal(True)),
        AFTER: typed.date > ibis.literal(unit.as_of or dt.date.max),
        ZERO: typed.amount == 0,
        RETURN: typed.amount < 0,
    }
    broken |= {name: typed[f"own_{i}"] for i, name in enumerate(unit.transactions.exclude)}
    bits = [
        broken[name].fill_null(False).ifelse(1 << bit, 0).cast("int64")
        for bit, name in enumerate(rules_of(unit))
    ]
    total = bits[0]
    for bit in bits[1:]:
        total = total + bit
    return total


# ── columns ─────────────────────────────────────────────────────────────────────────────────────────────


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
    return _existing(lines, own, f"the column '{own}' for {name}")


def _existing(lines: ir.Table, column: str, what: str) -> ir.Column:
    if column not in lines.columns:
        there = ", ".join(f"'{c}'" for c in lines.columns if c != "copies_")
        raise DataError(
            f"The source lacks {what}.",
            expected=f"one of the columns there are: {there}",
            do="Map it under `columns:` in the unit file.",
        )
    return lines[column]


def customer_key(column: ir.Column) -> ir.Column:
    """Customer number: whole numbers stay numbers, text is trimmed, blank is missing."""
    if column.type().is_integer():
        return column.cast("int64")
    if column.type().is_floating():  # a number column with gaps arrives as 13085.0
        whole = column.try_cast("int64")
        text = (whole.cast("float64") == column).ifelse(whole.cast("string"), column.cast("string"))
        return column.isnan().ifelse(ibis.null("string"), text)
    return column.cast("string").strip().nullif("")


def amount_of(column: ir.Column) -> ir.DecimalColumn:
    """Money, exact to four decimals; missing where it cannot be read."""
    if column.type().is_string():
        return column.strip().try_cast(MONEY)
    return column.try_cast(MONEY)


@ibis.udf.scalar.builtin(name="timezone")
def _at(zone: str, moment: ibis.expr.datatypes.timestamp) -> ibis.expr.datatypes.timestamp:  # type: ignore[empty-body]
    """A moment without zone, read as local time in `zone`; one with zone, shown as local time there."""


@ibis.udf.scalar.builtin(name="try_strptime")
def _parsed(text: str, form: str) -> ibis.expr.datatypes.timestamp:  # type: ignore[empty-body]
    """Text → timestamp by a strptime form, missing where it does not fit."""


def day_of(column: ir.Column, source: Source, unit: Unit) -> ir.DateColumn:
    """The calendar day in the unit's time zone; missing where it cannot be read.

    A day without time of day is nobody's midnight: it is never shifted.
    """
    if column.type().is_date():
        return column
    if column.type().is_timestamp():
        return _local(column, bool(column.type().timezone), source, unit).date()
    text = column.cast("string").strip()
    if source.date_format:
        moment = _parsed(text, source.date_format)
        timed = any(code in source.date_format for code in ("%H", "%I", "%X", "%c"))
        return (_local(moment, False, source, unit) if timed else moment).date()
    with_offset = text.re_search(r"\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$")
    with_time = text.re_search(r"\d{1,2}:\d{2}")
    return ibis.cases(
        (with_offset, _local(text.try_cast("timestamp('UTC')"), True, source, unit).date()),
        (with_time, _local(text.try_cast("timestamp"), False, source, unit).date()),
        else_=text.try_cast("date"),
    )


def _local(moment: ir.Column, has_zone: bool, source: Source, unit: Unit) -> ir.Column:
    if has_zone:
        return _at(unit.timezone, moment)
    if source.timezone in (None, unit.timezone):
        return moment
    return _at(unit.timezone, _at(source.timezone, moment))


# ── conditions ──────────────────────────────────────────────────────────────────────────────────────────


def matches(lines: ir.Table, conditions: dict[str, Any]) -> ir.BooleanColumn:
    """Lines that meet every condition, column by column; a missing value meets none."""
    verdict: ir.BooleanValue = ibis.literal(True)
    for name, condition in conditions.items():
        column = _existing(lines, name, f"the column '{name}' that a condition names")
        verdict = verdict & _meets(column, condition)
    return verdict.fill_null(False)


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
    """The column as a type its condition can be compared with (text sources hold text only)."""
    if isinstance(value, bool):
        return column.try_cast("boolean")
    if isinstance(value, dt.date):
        return column.try_cast("date")
    if isinstance(value, int | float):
        return column.try_cast("float64") if column.type().is_string() else column
    return column if column.type().is_string() else column.cast("string")
