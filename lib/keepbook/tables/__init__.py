"""Sources → canonical tables, through Ibis; with a cleaning ledger that balances.

Everything per line, per order and per customer stays in the engine. A notebook holds expressions.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError, KeepbookError
from keepbook.params import Unit
from keepbook.tables.cleaning import (
    AFTER,
    DUPLICATE,
    FULLY_RETURNED,
    MONEY,
    column_of,
    customer_key,
    day_of,
    matches,
    orders_of,
    rules_of,
)
from keepbook.tables.fingerprint import fingerprint
from keepbook.tables.ledger import Ledger, ledger_of
from keepbook.tables.sources import OUR_OWN_FAULTS, bring, first_line, new_engine, open_source

__all__ = ["Ledger", "Tables", "Window", "fingerprint", "open_tables"]

MEMORY = os.environ.get("KEEPBOOK_MEMORY", "2GB")  # the engine spills to disk beyond this


@dataclass(frozen=True)
class Window:
    """The observed days: first purchase and last observed day, both inclusive."""

    start: dt.date
    as_of: dt.date

    @property
    def days(self) -> int:
        return (self.as_of - self.start).days + 1


@dataclass(frozen=True)
class Tables:
    """A unit's canonical tables, as expressions of the engine.

    Attributes
    ----------
    purchases : one row per customer and day: customer_id, date, amount (net of returns), gross (money of
        purchases alone), orders (a line without order_id is an order), is_purchase (False: only returns).
    customers : one row per customer of the optional table: customer_id and text columns; None when absent.
    ledger : what became of every line.
    window : the observed days.
    fingerprint : hash of the data; None for a database.
    """

    purchases: ir.Table
    customers: ir.Table | None
    ledger: Ledger
    window: Window
    fingerprint: str | None


@contextmanager
def open_tables(unit: Unit) -> Iterator[Tables]:
    """Opens a unit's sources, cleans them and holds the engine open for the block.

    Raises
    ------
    DataError : a source is absent or unreadable, a column is missing, or no line is usable.
    """
    with tempfile.TemporaryDirectory(prefix="keepbook-", ignore_cleanup_errors=True) as spill:
        engine = new_engine(spill, MEMORY)
        try:
            yield _load(unit, engine)
        finally:
            engine.disconnect()


def _load(unit: Unit, engine: ibis.BaseBackend) -> Tables:
    try:
        mark = fingerprint(unit)
        staged = _staged(unit, engine)
        returned = _returned_orders(staged, unit, engine)
        ledger = _ledger(staged, returned, unit)
        purchases = _purchases(staged, returned, engine)
        window = _window(purchases, unit, ledger)
        customers = _customers(unit, engine, purchases) if unit.customers else None
    except KeepbookError as fault:
        fault.where = fault.where or f"{unit.path.name}, transactions"
        raise
    except OUR_OWN_FAULTS:
        raise
    except Exception as fault:  # the engine's own: a file that vanished, a full disk, a broken line
        raise DataError(
            f"The data of '{unit.unit}' cannot be read to the end: {first_line(fault)}",
            where=f"{unit.path.name}, transactions",
            do="Check that the source is still there and whole, and that the disk has room; then run again.",
        ) from fault
    return Tables(purchases, customers, ledger, window, mark)


def _staged(unit: Unit, engine: ibis.BaseBackend) -> ir.Table:
    """Orders with their masks, brought into the local engine: the only pass over the source."""
    lines = open_source("transactions", unit, engine)
    if unit.transactions.where:
        lines = lines.filter(matches(lines, unit.transactions.where))
    return bring("staged", orders_of(lines, unit), engine)


def _returned_orders(staged: ir.Table, unit: Unit, engine: ibis.BaseBackend) -> ir.Table:
    """Order numbers whose purchases and returns cancel out: no purchase happened."""
    clean = staged.filter(staged.rules == 0, staged.order_id.notnull())
    touched = clean.filter(clean.returns > 0).select("order_id").distinct()
    totals = (
        clean.semi_join(touched, "order_id")
        .group_by("order_id")
        .agg(amount=lambda t: t.amount.sum(), purchases=lambda t: t.purchases.sum())
    )
    void = totals.filter(totals.amount <= 0, totals.purchases > 0).select("order_id")
    return engine.create_table("returned_orders", void, temp=True)


def _ledger(staged: ir.Table, returned: ir.Table, unit: Unit) -> Ledger:
    returns_amount = (staged.amount - staged.gross).sum()
    sums = {
        "rows": staged["rows"].sum(),
        "amount": staged.amount.sum(),
        "returns": staged.returns.sum(),
        "returns_amount": returns_amount,
    }
    masks = staged.group_by("rules").agg(
        **sums, copies=staged.copies.sum(), copies_amount=staged.copies_amount.sum()
    )
    frame = masks.to_pandas()
    if frame.empty:
        raise DataError(
            "The source has no line for this unit.",
            expected="at least one line" + (" that meets `where`" if unit.transactions.where else ""),
            do="Check the file" + (" and the `where` of the unit file." if unit.transactions.where else "."),
        )
    void = staged.filter(staged.rules == 0).semi_join(returned, "order_id")
    gone = void.agg(
        rows=void["rows"].sum().fill_null(0),
        amount=void.amount.sum().fill_null(0),
        returns=void.returns.sum().fill_null(0),
        returns_amount=(void.amount - void.gross).sum().fill_null(0),
    )
    return ledger_of(frame, rules_of(unit), gone.to_pandas().iloc[0])


def _purchases(staged: ir.Table, returned: ir.Table, engine: ibis.BaseBackend) -> ir.Table:
    clean = staged.filter(staged.rules == 0).anti_join(returned, "order_id")
    one_order = clean.order_id.isnull().ifelse(clean.purchases, (clean.purchases > 0).cast("int64"))
    days = clean.group_by("customer_id", "date").agg(
        amount=clean.amount.sum().cast(MONEY),
        gross=clean.gross.sum().cast(MONEY),
        orders=one_order.sum().cast("int64"),
        is_purchase=clean.purchases.sum() > 0,
    )
    return engine.create_table("purchases", days, temp=True)


def _window(purchases: ir.Table, unit: Unit, ledger: Ledger) -> Window:
    bought = purchases.filter(purchases.is_purchase)
    first, last = bought.agg(first=bought.date.min(), last=purchases.date.max()).to_pandas().iloc[0]
    if pd.isna(first):
        raise _nothing_usable(unit, ledger)
    return Window(pd.Timestamp(first).date(), unit.as_of or pd.Timestamp(last).date())


def _nothing_usable(unit: Unit, ledger: Ledger) -> DataError:
    worst = ledger.entries.sort_values("rows", ascending=False)
    reasons = [f"{row.rows:,} {row.rule}" for row in worst.itertuples()]
    if ledger.returns_rows:
        reasons.append(f"{ledger.returns_rows:,} returns without a purchase")
    if len(worst) and worst.iloc[0]["rule"] == AFTER:
        return DataError(
            f"as_of is {unit.as_of}, before the first purchase in the data.",
            expected="a day on or after the first purchase",
            do="Correct `as_of`, or leave it out to use the last day in the data.",
        )
    return DataError(
        f"None of the {ledger.rows_in:,} lines is a usable purchase: {', '.join(reasons)}.",
        expected="lines with a customer, a readable date and a positive amount",
        do="Check `columns:` in the unit file: are date and amount mapped to the right columns?",
    )


def _customers(unit: Unit, engine: ibis.BaseBackend, purchases: ir.Table) -> ir.Table:
    """The optional customers table, its key in the type of the purchases' key."""
    source = unit.customers
    assert source is not None
    lines = open_source("customers", unit, engine)
    if source.where:
        lines = lines.filter(matches(lines, source.where))
    key = customer_key(column_of(lines, source, "customer_id"))
    wanted = purchases.customer_id.type()
    columns = {"customer_id": key if key.type() == wanted else key.cast("string").try_cast(wanted)}
    for name in source.columns:
        if name == "acquired_on":
            columns[name] = day_of(lines[source.columns[name]], source, unit)
        elif name != "customer_id":
            columns[name] = column_of(lines, source, name).cast("string").nullif("")
    made = lines.select(**columns).filter(lambda t: t.customer_id.notnull())
    table = bring("customers", made, engine)
    twice = table.group_by("customer_id").agg(n=table.count()).filter(lambda t: t.n > 1).limit(1).to_pandas()
    if len(twice):
        raise DataError(
            f"The customer {twice['customer_id'].iloc[0]!r:.80} stands more than once in the customers table.",
            where=f"{unit.path.name}, customers",
            expected="one line per customer",
            do="Make the lines unique with a `query:`, e.g. SELECT DISTINCT ON (customer_id) …",
        )
    return table
