"""Masked lines → purchases, the ledger and the observed days."""

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.reading.amounts import MONEY
from keepbook.tables.cleaning import rules_of, weighed
from keepbook.tables.empty import no_line, nothing_usable
from keepbook.tables.ledger import Ledger, ledger_of
from keepbook.tables.model import Window
from keepbook.unit import Unit

SUMS = ("rows", "amount", "returns", "refunds")


def counted_ledger(days: ir.Table, repeats: ir.Table | None, returned: ir.Table | None, unit: Unit) -> Ledger:
    """What became of every line; its arguments as in `purchases_of`.

    Raises
    ------
    DataError : there is no line.
    """
    sums = {name: days[name].sum().fill_null(0) for name in SUMS}
    masks = days.group_by("rules").agg(**sums).to_pandas()
    if masks.empty:
        raise no_line(unit)
    too_many = masks.iloc[:0]
    if repeats is not None:
        too_many = repeats.group_by("rules", "copy").agg(**weighed(repeats)).to_pandas()
    void = returned.agg(**weighed(returned)).to_pandas().iloc[0] if returned is not None else None
    return ledger_of(masks, too_many, void, rules_of(unit))


def purchases_of(
    days: ir.Table, repeats: ir.Table | None, returned: ir.Table | None, engine: ibis.BaseBackend
) -> ir.Table:
    """The clean days, less repeated lines and returned orders.

    Parameters
    ----------
    days : as `days_of`. repeats, returned : masked lines, as `repeats_of` and `returned_orders`.
    """
    clean = days.filter(days.rules == 0)
    left = clean.select("customer_id", "date", **{name: clean[name].fill_null(0) for name in SUMS})
    gone = []
    if repeats is not None:
        gone.append(repeats.filter(repeats.rules == 0))
    if returned is not None:
        gone.append(returned.mutate(weight=-returned.weight))
    if gone:
        lines = ibis.union(*gone) if len(gone) > 1 else gone[0]
        taken = lines.group_by("customer_id", "date").agg(**weighed(lines))
        both = left.left_join(taken, ["customer_id", "date"])
        rest = {name: left[name] + taken[name].fill_null(0) for name in SUMS}
        left = both.select(left.customer_id, left.date, **rest).filter(lambda t: t["rows"] > 0)
    purchases = left.select(
        "customer_id",
        "date",
        amount=left.amount.cast(MONEY),
        gross=(left.amount - left.refunds).cast(MONEY),
        is_purchase=left["rows"] > left.returns,
    )
    return engine.create_table("keepbook_purchases", purchases, temp=True) if gone else purchases


def window_of(purchases: ir.Table, unit: Unit, ledger: Ledger, lines: ir.Table, source: ir.Table) -> Window:
    """The observed days.

    Raises
    ------
    DataError : no line is a purchase.
    """
    bought = purchases.filter(purchases.is_purchase)
    first, last = bought.agg(first=bought.date.min(), last=purchases.date.max()).to_pandas().iloc[0]
    if pd.isna(first):
        raise nothing_usable(unit, ledger, lines, source)
    end = pd.Timestamp(last).date()
    return Window(pd.Timestamp(first).date(), unit.as_of or end, end)
