"""Turns a source's lines into orders, and counts every line that is left out under a named rule.

Each line carries a bit mask of the rules it breaks. Grouping by that mask together with customer, day and
order makes one pass over the source yield both the clean orders and the ledger, whatever the engine.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from keepbook.params import Unit
from keepbook.tables.columns import COPIES, amount_of, column_of, day_of, has_column, key_of, matches

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


def typed(lines: ir.Table, unit: Unit) -> ir.Table:
    """Lines → canonical types; exact duplicates merged where the unit drops them.

    Returns
    -------
    Table : customer_id, date, amount, order_id (each missing where it cannot be read), copies (lines that
        were exactly alike), own_0 … (whether the unit's exclude rule applies), cancelled.
    """
    source = unit.transactions
    if unit.duplicates == "drop":
        lines = lines.group_by(lines.columns).agg(**{COPIES: lines.count()})
    return lines.select(
        customer_id=key_of(column_of(lines, source, "customer_id")),
        date=day_of(column_of(lines, source, "date"), unit, source),
        amount=amount_of(column_of(lines, source, "amount")),
        order_id=key_of(column_of(lines, source, "order_id"))
        if has_column(lines, source, "order_id")
        else ibis.null("string"),
        copies=lines[COPIES] if unit.duplicates == "drop" else ibis.literal(1, type="int64"),
        **{f"own_{i}": matches(lines, rule, unit, source) for i, rule in enumerate(source.exclude.values())},
        cancelled=matches(lines, source.cancelled, unit, source) if source.cancelled else ibis.literal(False),
    )


def orders_of(lines: ir.Table, unit: Unit) -> ir.Table:
    """Lines → one row per broken-rules mask × customer × day × order.

    Returns
    -------
    Table : rules (bit i set: `rules_of(unit)[i]` is broken; 0 = clean), customer_id, date, order_id (all
        missing where rules ≠ 0), rows, copies (rows including exact duplicates), amount, copies_amount,
        gross (positive amounts only), purchases (lines that are not returns), returns (negative lines).
    """
    ready = typed(lines, unit)
    masked = ready.mutate(rules=_mask(ready, unit))
    clean = masked.rules == 0
    grouped = masked.group_by(
        rules=masked.rules,
        customer_id=clean.ifelse(masked.customer_id, ibis.null(masked.customer_id.type())),
        date=clean.ifelse(masked.date, ibis.null("date")),
        order_id=clean.ifelse(masked.order_id, ibis.null(masked.order_id.type())),
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


def _mask(ready: ir.Table, unit: Unit) -> ir.IntegerColumn:
    broken = {
        NO_CUSTOMER: ready.customer_id.isnull(),
        NO_DATE: ready.date.isnull(),
        NO_AMOUNT: ready.amount.isnull(),
        # Net of returns, a cancellation with a negative amount stays as money; its order is no purchase.
        CANCELLED: ready.cancelled & ((ready.amount >= 0) if unit.returns == "net" else ibis.literal(True)),
        AFTER: ready.date > ibis.literal(unit.as_of or dt.date.max),
        ZERO: ready.amount == 0,
        RETURN: ready.amount < 0,
    }
    own = len(unit.transactions.exclude)
    verdicts = [ready[f"own_{i}"] for i in range(own)] + [broken[name] for name in rules_of(unit)[own:]]
    mask = ibis.literal(0, type="int64")
    for bit, verdict in enumerate(verdicts):
        mask = mask + verdict.fill_null(False).ifelse(1 << bit, 0).cast("int64")
    return mask
