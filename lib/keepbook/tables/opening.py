"""Opens a unit's sources, cleans them, and holds the engine open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError, KeepbookError, UnitFileError
from keepbook.reading.amounts import MONEY
from keepbook.reading.columns import NOBODY, column_of, has_column
from keepbook.reading.conditions import compared, matches
from keepbook.reading.days import ZONE_END, text_of
from keepbook.reading.faults import place, reading
from keepbook.reading.files import PART
from keepbook.reading.forms import Forms, forms_of
from keepbook.reading.locate import fingerprint
from keepbook.reading.sources import Session, open_session, open_source
from keepbook.reading.stated import Stated, first_examples, stated
from keepbook.tables.cleaning import (
    AFTER,
    NO_AMOUNT,
    NO_DATE,
    days_of,
    masked,
    materialised,
    purchases_of,
    repeats_of,
    returned_orders,
)
from keepbook.tables.costs import COUNTS, costs_of, with_days
from keepbook.tables.customers import customers_of, order_attributes
from keepbook.tables.experiments import assignments_of, outcomes_of, totals_of
from keepbook.tables.ledger import Ledger, ledger_of
from keepbook.tables.model import Tables, Window
from keepbook.tables.row_checks import MAX_EXAMPLES, numbers_in
from keepbook.unit import Experiment, Unit

DAYS = ("date", "acquired_on", "period", "assigned_at", "exposed_at")
NUMBERS = ("amount", "quantity", "unit_price", "refund", "acquisition_cost", *COUNTS)
UNREAD = {  # rule → what to do if a value that it took is what it should be
    NO_DATE: "is a date, say how it is written, e.g. date_format: '%d.%m.%Y'",
    NO_AMOUNT: "is an amount, bring it into the form 1234.56 with a `query:`",
}
ZONED = rf"{ZONE_END}|^\d{{8}}T?\d{{4,6}}Z$"


@contextmanager
def open_tables(unit: Unit, *, experiments: bool = True) -> Iterator[Tables]:
    """Opens a unit's sources, cleans them and holds the engine open for the block.

    Parameters
    ----------
    experiments : whether the tables of all experiments are read too. Without them a fault there stops nothing
        else, and nothing waits for millions of assignments; `Tables.with_experiments` reads those of some.
    """
    with open_session() as session:
        tables = _load(unit, session)
        yield tables.with_experiments(unit.experiments if experiments else ()).without_faults()


@contextmanager
def open_lines(unit: Unit, table: str) -> Iterator[tuple[ir.Table, tuple[Stated, ...]]]:
    """A source's own lines, as they are, and how its files were read: to look at, for the block."""
    with open_session() as session, reading(unit, table):
        session.engine.raw_sql("SET preserve_insertion_order = true")  # the first lines are those of the file
        yield open_source(table, unit, session)


def _load(unit: Unit, session: Session) -> Tables:
    """The tables, those of experiments not yet read."""
    mark = fingerprint(unit)
    with reading(unit, "transactions"):
        source, forms = _lines_of("transactions", unit, session)
        lines = masked(source, forms)
        days = materialised(days_of(lines))
        repeats = returned = None
        if unit.duplicates == "drop" or (unit.overlaps == "drop" and PART in source.columns):
            repeats = _held(masked(repeats_of(source, unit), forms))
        if days.filter(days.rules == 0).returns.sum().to_pandas():
            returned = _held(returned_orders(lines, repeats))
        ledger = ledger_of(days, repeats, returned, unit)
        purchases = purchases_of(days, repeats, returned)
        window = _window(purchases, unit, ledger, lines, source)
        examples, unread = _unread_lines(ledger, source, forms)
        attributes = order_attributes(source, forms, returned)
    customers, costs, facts = None, None, forms.stated
    if unit.customers:
        with reading(unit, "customers"):
            customers, met = customers_of(*_lines_of("customers", unit, session), purchases)
            facts += met
    if unit.costs:
        with reading(unit, "costs"):
            costs, read = costs_of(*_lines_of("costs", unit, session))
            facts += read
    tried = partial(_experiments, unit, session, purchases, mark)
    found = Tables(purchases, customers, ledger, window, mark, facts, examples, unread, costs)
    return replace(found, attributes=attributes, _tried=tried)


def _held(lines: ir.Table) -> ir.Table | None:
    """A few lines, computed once; None where there is none."""
    table = materialised(lines)
    return table if table.count().to_pandas() else None


def _window(purchases: ir.Table, unit: Unit, ledger: Ledger, lines: ir.Table, source: ir.Table) -> Window:
    """The observed days; an error where no line is a purchase."""
    bought = purchases.filter(purchases.is_purchase)
    first, last = bought.agg(first=bought.date.min(), last=purchases.date.max()).to_pandas().iloc[0]
    if pd.isna(first):
        raise _nothing_usable(unit, ledger, lines, source)
    end = pd.Timestamp(last).date()
    return Window(pd.Timestamp(first).date(), unit.as_of or end, end)


def _nothing_usable(unit: Unit, ledger: Ledger, lines: ir.Table, source: ir.Table) -> DataError:
    """Every line broke a rule: which rules took them, and what to do about the first."""
    worst = ledger.entries.sort_values("rows", ascending=False, kind="stable")
    rule = worst.iloc[0]["rule"] if len(worst) else ""
    if rule == AFTER:
        first = lines.date.min().to_pandas()
        return DataError(
            f"as_of is {unit.as_of}, before the first purchase in the data.",
            expected=f"a day from {pd.Timestamp(first).date()} on, the first in the data",
            do="Correct `as_of`, or leave it out to use the last day in the data.",
        )
    do = "Check `columns:` in the unit file: are date and amount mapped to the right columns?"
    if rule in UNREAD:
        column = column_of(source, unit.transactions, "date" if rule == NO_DATE else "amount")
        do = f"If {column.cast('string').min().to_pandas()!r:.40} {UNREAD[rule]}; else check `columns:`."
    reasons = [f"{row.rule} ({row.matched:,})" for row in worst.itertuples()]
    if ledger.returns_rows:
        reasons.append(f"return without a purchase ({ledger.returns_rows:,})")
    return DataError(
        f"No line is a usable purchase: {', '.join(reasons)}.",
        expected="lines with a customer, a readable date and a positive amount",
        do=do,
    )


# ── the lines of a source ───────────────────────────────────────────────────────────────────────────────


def _lines_of(name: str, unit: Unit, session: Session) -> tuple[ir.Table, Forms]:
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
    lines, facts = open_source(name, unit, session)
    columns, where = source.wanted, source.where
    if name == "costs":
        lines, where = with_days(lines, source)
        columns = {role: source.columns.get(role, role) for role in source.known}  # all but one are optional
    days, numbers = compared([where, source.cancelled or {}, *source.exclude.values()])
    own = {role: column for role, column in columns.items() if role in source.known}  # a segment may be text
    days |= {own[role] for role in DAYS if role in own}
    numbers |= {own[role] for role in NUMBERS if role in own} | {columns[role] for role in numbers_in(source)}
    forms = forms_of(lines, sorted(days), sorted(numbers), unit, source)
    facts += forms.stated + _zone(lines, columns.get("date", columns.get("assigned_at")), forms)
    if where:
        kept = lines.filter(matches(lines, where, forms))
        here, there = int(kept.count().to_pandas()), int(lines.count().to_pandas())
        facts += (stated("others", others=there - here, n=there),) if here < there else ()
        lines = kept
    return lines, replace(forms, stated=facts)


def _zone(lines: ir.Table, day: str | None, forms: Forms) -> tuple[Stated, ...]:
    """Where moments carry a zone, the zone that days are cut in decides on which day they fall."""
    if day is None or day not in lines.columns:
        return ()
    kind, form = lines[day].type(), forms.days.get(day, "iso")
    zoned = bool(kind.is_timestamp() and kind.timezone) or form in ("epoch", "epoch_ms") or "%z" in form
    if not zoned and form in ("ymd", "dmy", "mdy", "named"):
        zoned = bool(len(lines.filter(text_of(lines[day]).re_search(ZONED)).limit(1).to_pandas()))
    return (stated("zone", column=day, zone=forms.unit.timezone),) if zoned else ()


def _unread_lines(
    ledger: Ledger, source: ir.Table, forms: Forms
) -> tuple[dict[str, tuple[Stated, ...]], int]:
    """The first lines without a day or an amount, and how many of all have one that cannot be read."""
    found, unread = {}, 0
    for rule, name in ((NO_DATE, "date"), (NO_AMOUNT, "amount")):
        if rule in set(ledger.entries["rule"]) and has_column(source, forms.source, name):
            column = column_of(source, forms.source, name)
            lost = (forms.day(column) if name == "date" else forms.number(column, MONEY)).isnull()
            examples = first_examples(source, lost, column.get_name(), MAX_EXAMPLES)
            found[rule] = tuple(one.stated for one in examples)
            written = ~column.cast("string").fill_null("").strip().lower().isin(("", *NOBODY))
            unread += int(source.filter(lost & written).count().to_pandas())
    return found, unread


# ── the tables of experiments ───────────────────────────────────────────────────────────────────────────


def _experiments(
    unit: Unit, session: Session, purchases: ir.Table, mark: str | None, experiments: tuple[Experiment, ...]
) -> dict[str, Any]:
    """The tables of some experiments, under `stated` how they were read, under `faults` what was wrong."""
    made: dict[str, Any] = {"assignments": None, "outcomes": {}, "totals": {}, "stated": [], "faults": {}}
    assigned = tuple(one for one in experiments if not one.is_ready_made)
    if unit.assignments and assigned:
        with _kept(made["faults"], assigned), reading(unit, "assignments"):
            lines = _lines_of("assignments", unit, session)
            made["assignments"], facts, wrong = assignments_of(*lines, purchases, assigned)
            made["stated"] += facts
            made["faults"] |= wrong
    for one in experiments:
        for kind, read in (("outcomes", outcomes_of), ("totals", totals_of)):
            name = f"{kind} of {one.name}"
            if name in unit.sources:
                with _kept(made["faults"], (one,)), reading(unit, name):
                    made[kind][one.name], facts = read(*_lines_of(name, unit, session), one)
                    made["stated"] += facts
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
