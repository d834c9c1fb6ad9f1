"""Sources → canonical tables, through Ibis; with a cleaning ledger that balances.

Everything per line, per order and per customer stays in the engine. A notebook holds expressions.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError, UnitFileError
from keepbook.params import Unit
from keepbook.tables.amounts import MONEY
from keepbook.tables.cleaning import (
    AFTER,
    NO_AMOUNT,
    NO_DATE,
    days_of,
    masked,
    repeats_of,
    returned_orders,
    rules_of,
    weighed,
)
from keepbook.tables.columns import column_of, compared, has_column, key_of, matches
from keepbook.tables.evidence import first_lines
from keepbook.tables.faults import place, reading
from keepbook.tables.files import PART
from keepbook.tables.fingerprint import fingerprint
from keepbook.tables.forms import Forms, forms_of
from keepbook.tables.ledger import Ledger, ledger_of
from keepbook.tables.sources import Desk, new_engine, open_source

__all__ = ["UNREADABLE", "Ledger", "Tables", "Window", "fingerprint", "forms_of", "open_lines", "open_tables"]

UNREADABLE = (NO_DATE, NO_AMOUNT)  # rules under which lines of unknown money may stand

DAYS = ("date", "acquired_on")
NUMBERS = ("amount", "quantity", "unit_price", "refund", "acquisition_cost")
SHOWN = 3  # lines that could not be read
SUMS = ("rows", "amount", "returns", "refunds")
MEMORY = "2GB"  # the engine spills to disk beyond this; KEEPBOOK_MEMORY overrides it


@dataclass(frozen=True)
class Window:
    """The observed days: first purchase and last observed day, both inclusive.

    `last` is the last day with a line; days from there to `as_of` look empty, whatever the reason.
    """

    start: dt.date
    as_of: dt.date
    last: dt.date | None = None

    @property
    def days(self) -> int:
        return (self.as_of - self.start).days + 1


@dataclass(frozen=True)
class Tables:
    """A unit's canonical tables, as expressions of the engine.

    Attributes
    ----------
    purchases : one row per customer and day: customer_id, date, amount (net of returns), gross (money of
        purchases alone), is_purchase (False: only returns).
    customers : one row per customer of the optional table: customer_id and text columns; None when absent.
    ledger : what became of every line.
    window : the observed days.
    fingerprint : hash of the data; None for a database.
    stated : how the sources were read, in sentences: encoding, header, form of days and amounts.
    examples : ledger rule → its first offending lines in words, for lines that could not be read.
    """

    purchases: ir.Table
    customers: ir.Table | None
    ledger: Ledger
    window: Window
    fingerprint: str | None
    stated: tuple[str, ...] = ()
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@contextmanager
def open_tables(unit: Unit) -> Iterator[Tables]:
    """Opens a unit's sources, cleans them and holds the engine open for the block.

    Raises
    ------
    DataError : a source is absent or unreadable, a column is missing, or no line is usable.
    UnitFileError : a variable of the environment is not set, or a filter would re-date first purchases.
    """
    with _desk() as desk:
        yield _load(unit, desk)


@contextmanager
def open_lines(unit: Unit, table: str) -> Iterator[tuple[ir.Table, tuple[str, ...]]]:
    """A source's own lines, as they are, and how its files were read: to look at, for the block.

    Raises
    ------
    DataError : the source is absent or unreadable.
    """
    with _desk() as desk, reading(unit, table):
        desk.engine.raw_sql("SET preserve_insertion_order = true")  # the first lines are those of the file
        yield open_source(table, unit, desk)


@contextmanager
def _desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="keepbook-", ignore_cleanup_errors=True) as spill:
        engine = new_engine(spill, os.environ.get("KEEPBOOK_MEMORY", MEMORY))
        try:
            yield Desk(engine, Path(spill))
        finally:
            engine.disconnect()


def _load(unit: Unit, desk: Desk) -> Tables:
    engine = desk.engine
    mark = fingerprint(unit)
    with reading(unit, "transactions"):
        source, forms = _lines("transactions", unit, desk)
        lines = masked(source, forms)
        days = engine.create_table("keepbook_days", days_of(lines), temp=True)
        repeats = returned = None
        if unit.duplicates == "drop" or (unit.overlaps == "drop" and PART in source.columns):
            repeats = _held("repeats", masked(repeats_of(source, unit), forms), engine)
        if days.filter(days.rules == 0).returns.sum().to_pandas():
            returned = _held("returned", returned_orders(lines, repeats), engine)
        ledger = _ledger(days, repeats, returned, unit)
        purchases = _purchases(days, repeats, returned, engine)
        window = _window(purchases, unit, ledger, lines, source)
        examples = _examples(ledger, source, forms)
    with reading(unit, "customers"):
        customers = _customers(unit, desk, purchases) if unit.customers else None
    if fingerprint(unit) != mark:  # some passes saw other lines than others
        raise DataError(
            "A source was changed while it was being read.",
            where=unit.path.name,
            expected="files that stay as they are for the time of a run",
            do="Run again when they are complete.",
        )
    return Tables(purchases, customers, ledger, window, mark, forms.stated, examples)


def _held(name: str, lines: ir.Table, engine: ibis.BaseBackend) -> ir.Table | None:
    """A few lines, computed once; None where there is none."""
    table = engine.create_table(f"keepbook_{name}", lines, temp=True)
    return table if table.count().to_pandas() else None


def _lines(name: str, unit: Unit, desk: Desk) -> tuple[ir.Table, Forms]:
    """The source's lines that belong to the unit, and how they write days and amounts."""
    source = unit.sources[name]
    day = source.columns.get("date", "date")
    if name == "transactions" and day in source.where:
        raise UnitFileError(
            f"`where` filters by the date column '{day}': customers who bought before would look new.",
            where=place(unit, "transactions.where"),
            expected="`as_of` for the last day of observation, and no first day",
            do="Remove it. Name wrong dates, such as 1900-01-01, under `exclude`, where they are counted.",
        )
    lines, stated = open_source(name, unit, desk)
    conditions = [source.where, source.cancelled or {}, *source.exclude.values()]
    days, numbers = compared(conditions)
    columns = source.wanted
    days |= {columns[name] for name in DAYS if name in columns}
    numbers |= {columns[name] for name in NUMBERS if name in columns}
    forms = forms_of(lines, sorted(days), sorted(numbers), unit, source)
    forms = replace(forms, stated=stated + forms.stated)
    return (lines.filter(matches(lines, source.where, forms)) if source.where else lines), forms


def _examples(ledger: Ledger, source: ir.Table, forms: Forms) -> dict[str, tuple[str, ...]]:
    """The first lines whose day or amount could not be read."""
    found = {}
    for rule, name in ((NO_DATE, "date"), (NO_AMOUNT, "amount")):
        if rule in set(ledger.entries["rule"]) and has_column(source, forms.source, name):
            column = column_of(source, forms.source, name)
            value = forms.day(column) if name == "date" else forms.number(column, MONEY)
            found[rule] = tuple(first_lines(source, value.isnull(), column.get_name(), SHOWN))
    return found


def _ledger(days: ir.Table, repeats: ir.Table | None, returned: ir.Table | None, unit: Unit) -> Ledger:
    sums = {name: days[name].sum().fill_null(0) for name in SUMS}
    masks = days.group_by("rules").agg(**sums).to_pandas()
    if masks.empty:
        raise _no_line(unit)
    too_many = masks.iloc[:0]
    if repeats is not None:
        too_many = repeats.group_by("rules", "copy").agg(**weighed(repeats)).to_pandas()
    void = returned.agg(**weighed(returned)).to_pandas().iloc[0] if returned is not None else None
    return ledger_of(masks, too_many, void, rules_of(unit))


def _no_line(unit: Unit) -> DataError:
    if not unit.transactions.where:
        return DataError(
            "The source holds no line.", expected="at least one line", do="Check the file: is it whole?"
        )
    wanted = " and ".join(f"'{name}'" for name in unit.transactions.where)
    return DataError(
        f"No line of the source meets `where` (on {wanted}).",
        expected="at least one line that does",
        do="Check the spelling of the values in `where`, capital letters included.",
    )


def _purchases(
    days: ir.Table, repeats: ir.Table | None, returned: ir.Table | None, engine: ibis.BaseBackend
) -> ir.Table:
    """The clean days, less repeated lines and returned orders."""
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


def _window(purchases: ir.Table, unit: Unit, ledger: Ledger, lines: ir.Table, source: ir.Table) -> Window:
    bought = purchases.filter(purchases.is_purchase)
    first, last = bought.agg(first=bought.date.min(), last=purchases.date.max()).to_pandas().iloc[0]
    if pd.isna(first):
        raise _nothing_usable(unit, ledger, lines, source)
    end = pd.Timestamp(last).date()
    return Window(pd.Timestamp(first).date(), unit.as_of or end, end)


def _nothing_usable(unit: Unit, ledger: Ledger, lines: ir.Table, source: ir.Table) -> DataError:
    worst = ledger.entries.sort_values("rows", ascending=False, kind="stable")
    if len(worst) and worst.iloc[0]["rule"] == AFTER:
        first = lines.date.min().to_pandas()
        return DataError(
            f"as_of is {unit.as_of}, before the first purchase in the data.",
            expected=f"a day from {pd.Timestamp(first).date()} on, the first in the data",
            do="Correct `as_of`, or leave it out to use the last day in the data.",
        )
    reasons = [f"{row.rule} ({row.matched:,})" for row in worst.itertuples()]
    if ledger.returns_rows:
        reasons.append(f"return without a purchase ({ledger.returns_rows:,})")
    return DataError(
        f"No line is a usable purchase: {', '.join(reasons)}.",
        expected="lines with a customer, a readable date and a positive amount",
        do=_advice(worst.iloc[0]["rule"] if len(worst) else "", unit, source),
    )


def _advice(rule: str, unit: Unit, source: ir.Table) -> str:
    """What to do about the rule that took most lines, with a value of the data where it cannot be read."""
    if rule not in (NO_DATE, NO_AMOUNT):
        return "Check `columns:` in the unit file: are date and amount mapped to the right columns?"
    column = column_of(source, unit.transactions, "date" if rule == NO_DATE else "amount").cast("string")
    example = column.min().to_pandas()
    if rule == NO_DATE:
        return (
            f"If {example!r:.40} is a date, say how it is written, e.g. date_format: '%d.%m.%Y'; "
            "else check `columns:`."
        )
    return (
        f"If {example!r:.40} is an amount, bring it into the form 1234.56 with a `query:`; "
        "else check `columns:`."
    )


def _customers(unit: Unit, desk: Desk, purchases: ir.Table) -> ir.Table:
    """The optional customers table, its key in the type of the purchases' key."""
    source = unit.customers
    assert source is not None
    lines, forms = _lines("customers", unit, desk)
    made = {"customer_id": _key_like(purchases.customer_id, key_of(column_of(lines, source, "customer_id")))}
    mapped = {name.lower() for name in source.columns}  # the engine does not tell capital letters apart
    own = [name for name in [unit.retention_by] if name and name.lower() not in mapped]
    for name in [*source.columns, *own]:
        column = column_of(lines, source, name)
        if name == "acquired_on":
            made[name] = forms.day(column)
        elif name == "acquisition_cost":
            made[name] = forms.number(column, MONEY)
        elif name != "customer_id":
            made[name] = column.cast("string").nullif("")
    kept = lines.select(**made).filter(lambda t: t.customer_id.notnull())
    table = desk.engine.create_table("keepbook_customers", kept, temp=True)
    _check_customers(table, purchases)
    return table


def _key_like(wanted: ir.Column, key: ir.Column) -> ir.Column:
    """Customer numbers in the type they have in purchases; text that is no whole number meets no purchase."""
    text = key.cast("string")
    if not wanted.type().is_integer():
        return text
    return text.re_search(r"^[+-]?\d+(\.0*)?$").ifelse(text.try_cast("int64"), ibis.null("int64"))


def _check_customers(table: ir.Table, purchases: ir.Table) -> None:
    twice = table.group_by("customer_id").agg(n=table.count()).filter(lambda t: t.n > 1)
    if len(first := twice.order_by("customer_id").limit(1).to_pandas()):
        raise DataError(
            f"The customer {first['customer_id'].iloc[0]!r:.80} has several lines in the customers table.",
            expected="one line per customer",
            do="Make the lines unique with a `query:`, e.g. SELECT DISTINCT ON (customer_id) …",
        )
    if not table.semi_join(purchases, "customer_id").count().to_pandas():
        here, there = (t.customer_id.min().to_pandas() for t in (table, purchases))
        raise DataError(
            f"No customer of the customers table has bought: {here!r:.60} there, {there!r:.60} in purchases.",
            expected="customer numbers written alike in both tables",
            do="Check `columns:` of both tables, or bring the numbers into one form with a `query:`.",
        )
