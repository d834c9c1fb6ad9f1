"""Sources → canonical tables, through Ibis; with a cleaning ledger that balances.

Everything per line, per order and per customer stays in the engine. A notebook holds expressions.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError, KeepbookError, UnitFileError
from keepbook.reading.amounts import MONEY
from keepbook.reading.columns import NOBODY, column_of, compared, has_column, matches
from keepbook.reading.days import ZONE_END, text_of
from keepbook.reading.evidence import first_lines
from keepbook.reading.faults import place, reading
from keepbook.reading.files import PART
from keepbook.reading.fingerprint import fingerprint
from keepbook.reading.forms import Forms, forms_of
from keepbook.reading.sources import Desk, new_engine, open_source
from keepbook.tables.assignments import assignments_of
from keepbook.tables.cleaning import (
    NO_AMOUNT,
    NO_DATE,
    days_of,
    masked,
    repeats_of,
    returned_orders,
    rules_of,
    weighed,
)
from keepbook.tables.costs import COUNTS, costs_of, with_days
from keepbook.tables.customers import customers_of
from keepbook.tables.empty import no_line, nothing_usable
from keepbook.tables.ledger import WORTH_A_WARNING, Ledger, ledger_of
from keepbook.tables.outcomes import outcomes_of, totals_of
from keepbook.tables.row_checks import numbers_in
from keepbook.unit import Experiment, Unit

__all__ = [
    "NO_AMOUNT",
    "WORTH_A_WARNING",
    "Ledger",
    "Tables",
    "Window",
    "fingerprint",
    "forms_of",
    "open_lines",
    "open_tables",
]

DAYS = ("date", "acquired_on", "period", "assigned_at", "exposed_at")
NUMBERS = ("amount", "quantity", "unit_price", "refund", "acquisition_cost", *COUNTS)
ZONED = rf"{ZONE_END}|^\d{{8}}T?\d{{4,6}}Z$"
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
    assignments : one row per usable line of the optional table, see `assignments_of`; None when absent.
    outcomes, totals : name of an experiment → its ready-made outcomes or totals, see `outcomes_of` and
        `totals_of`.
    faults : name of an experiment → why its tables cannot be used, see `with_experiments`.
    costs : one row per period and channel of the optional table, see `costs_of`; None when absent.
    ledger : what became of every line.
    window : the observed days.
    fingerprint : hash of the data; None for a database.
    stated : how the sources were read, in sentences: encoding, header, form of days and amounts.
    examples : ledger rule → its first offending lines in words, for lines that could not be read.
    unread : lines whose day or amount is written but cannot be read; blank ones are not among them.
    """

    purchases: ir.Table
    customers: ir.Table | None
    ledger: Ledger
    window: Window
    fingerprint: str | None
    stated: tuple[str, ...] = ()
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: int = 0
    costs: pd.DataFrame | None = None
    assignments: ir.Table | None = None
    outcomes: Mapping[str, ir.Table] = field(default_factory=dict)
    totals: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    faults: Mapping[str, KeepbookError] = field(default_factory=dict)
    _tried: Callable[[tuple[Experiment, ...]], dict[str, Any]] | None = None

    def with_experiment(self, experiment: Experiment) -> Tables:
        """The same, with the tables of one experiment read.

        Raises
        ------
        DataError : they are absent, unreadable, or not what the unit file says.
        """
        return _without_faults(self.with_experiments((experiment,)))

    def with_experiments(self, experiments: tuple[Experiment, ...]) -> Tables:
        """The same, with the tables of some experiments read; what is wrong with one's stands in `faults`."""
        assert self._tried is not None
        made = self._tried(experiments)
        return replace(self, stated=(*self.stated, *made.pop("stated")), **made)


@contextmanager
def open_tables(unit: Unit, *, experiments: bool = True) -> Iterator[Tables]:
    """Opens a unit's sources, cleans them and holds the engine open for the block.

    Parameters
    ----------
    experiments : whether the tables of all experiments are read too. Without them a fault there stops nothing
        else, and nothing waits for millions of assignments; `Tables.with_experiment` reads those of one.

    Raises
    ------
    DataError : a source is absent or unreadable, a column is missing, or no line is usable.
    UnitFileError : a variable of the environment is not set, or a filter would re-date first purchases.
    """
    with _desk() as desk:
        yield _without_faults(_load(unit, desk, experiments))


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


def _without_faults(tables: Tables) -> Tables:
    for fault in tables.faults.values():
        raise fault
    return tables


def _load(unit: Unit, desk: Desk, experiments: bool) -> Tables:
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
        examples, unread = _unread(ledger, source, forms)
    with reading(unit, "customers"):
        customers: ir.Table | None = None
        met: tuple[str, ...] = ()
        if unit.customers:
            customers, met = customers_of(*_lines("customers", unit, desk), purchases, engine)
    with reading(unit, "costs"):
        costs, told = costs_of(*_lines("costs", unit, desk)) if unit.costs else (None, ())
    tried = partial(_experiments, unit, desk, purchases, mark)
    made = tried(unit.experiments if experiments else ())
    stated = (*forms.stated, *met, *told, *made.pop("stated"))
    return Tables(
        purchases, customers, ledger, window, mark, stated, examples, unread, costs, **made, _tried=tried
    )


def _experiments(
    unit: Unit, desk: Desk, purchases: ir.Table, mark: str | None, experiments: tuple[Experiment, ...]
) -> dict[str, Any]:
    """The tables of some experiments, under `stated` how they were read, under `faults` what was wrong.

    Raises
    ------
    DataError : a source has changed since it was marked.
    """
    made: dict[str, Any] = {"assignments": None, "outcomes": {}, "totals": {}, "stated": [], "faults": {}}
    assigned = tuple(one for one in experiments if not one.is_ready_made)
    if unit.assignments and assigned:
        with _kept(made["faults"], assigned), reading(unit, "assignments"):
            lines = _lines("assignments", unit, desk)
            made["assignments"], told, wrong = assignments_of(*lines, purchases, desk.engine, assigned)
            made["stated"] += told
            for fault in wrong.values():
                fault.where = place(unit, "assignments")
            made["faults"] |= wrong
    for one in experiments:
        for kind, read in (("outcomes", outcomes_of), ("totals", totals_of)):
            name = f"{kind} of {one.name}"
            if name in unit.sources:
                with _kept(made["faults"], (one,)), reading(unit, name):
                    made[kind][one.name], told = read(*_lines(name, unit, desk), one, desk.engine)
                    made["stated"] += told
    if fingerprint(unit) != mark:  # some passes saw other lines than others
        raise DataError(
            "A source was changed while it was being read.",
            where=unit.path.name,
            expected="files that stay as they are for the time of a run",
            do="Run again when they are complete.",
        )
    return made


@contextmanager
def _kept(faults: dict[str, KeepbookError], experiments: tuple[Experiment, ...]) -> Iterator[None]:
    """A fault inside the block stops nothing and is put down to these experiments."""
    try:
        yield
    except KeepbookError as fault:
        faults |= {one.name: fault for one in experiments}


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
    columns, where = source.wanted, source.where
    if name == "costs":
        lines, where = with_days(lines, source)
        columns = {role: source.columns.get(role, role) for role in source.known}  # all but one are optional
    conditions = [where, source.cancelled or {}, *source.exclude.values()]
    days, numbers = compared(conditions)
    own = {name: column for name, column in columns.items() if name in source.known}  # a segment may be text
    days |= {own[name] for name in DAYS if name in own}
    numbers |= {own[name] for name in NUMBERS if name in own} | {columns[name] for name in numbers_in(source)}
    forms = forms_of(lines, sorted(days), sorted(numbers), unit, source)
    moment = columns.get("date", columns.get("assigned_at"))
    forms = replace(forms, stated=stated + forms.stated + _zone_stated(lines, moment, forms))
    if not where:
        return lines, forms
    kept = lines.filter(matches(lines, where, forms))
    here, there = kept.count().to_pandas(), lines.count().to_pandas()
    if here == there:
        return kept, forms
    others = f"{there - here:,} of {there:,} lines do not meet `where` and belong to no count below."
    return kept, replace(forms, stated=(*forms.stated, others))


def _zone_stated(lines: ir.Table, day: str | None, forms: Forms) -> tuple[str, ...]:
    """Where moments carry a zone, the zone that days are cut in decides on which day they fall."""
    if day is None or day not in lines.columns:
        return ()
    kind, form = lines[day].type(), forms.days.get(day, "iso")
    zoned = bool(kind.is_timestamp() and kind.timezone) or form in ("epoch", "epoch_ms") or "%z" in form
    if not zoned and form in ("ymd", "dmy", "mdy", "named"):
        zoned = bool(len(lines.filter(text_of(lines[day]).re_search(ZONED)).limit(1).to_pandas()))
    return (f"{day}: moments carry a zone; days are cut in {forms.unit.timezone}.",) if zoned else ()


def _unread(ledger: Ledger, source: ir.Table, forms: Forms) -> tuple[dict[str, tuple[str, ...]], int]:
    """The first lines without a day or an amount, and how many of all have one that cannot be read."""
    found, unread = {}, 0
    for rule, name in ((NO_DATE, "date"), (NO_AMOUNT, "amount")):
        if rule in set(ledger.entries["rule"]) and has_column(source, forms.source, name):
            column = column_of(source, forms.source, name)
            lost = (forms.day(column) if name == "date" else forms.number(column, MONEY)).isnull()
            found[rule] = tuple(first_lines(source, lost, column.get_name(), SHOWN))
            written = ~column.cast("string").fill_null("").strip().lower().isin(("", *NOBODY))
            unread += int(source.filter(lost & written).count().to_pandas())
    return found, unread


def _ledger(days: ir.Table, repeats: ir.Table | None, returned: ir.Table | None, unit: Unit) -> Ledger:
    sums = {name: days[name].sum().fill_null(0) for name in SUMS}
    masks = days.group_by("rules").agg(**sums).to_pandas()
    if masks.empty:
        raise no_line(unit)
    too_many = masks.iloc[:0]
    if repeats is not None:
        too_many = repeats.group_by("rules", "copy").agg(**weighed(repeats)).to_pandas()
    void = returned.agg(**weighed(returned)).to_pandas().iloc[0] if returned is not None else None
    return ledger_of(masks, too_many, void, rules_of(unit))


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
        raise nothing_usable(unit, ledger, lines, source)
    end = pd.Timestamp(last).date()
    return Window(pd.Timestamp(first).date(), unit.as_of or end, end)
