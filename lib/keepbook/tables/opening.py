"""Opens a unit's sources, cleans them, and holds the engine open."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError, KeepbookError
from keepbook.reading.faults import place, reading
from keepbook.reading.files import PART
from keepbook.reading.locate import fingerprint
from keepbook.reading.sources import Session, open_session, open_source
from keepbook.reading.stated import Stated
from keepbook.tables.assignments import assignments_of
from keepbook.tables.attributes import order_attributes
from keepbook.tables.cleaning import days_of, masked, repeats_of, returned_orders
from keepbook.tables.costs import costs_of
from keepbook.tables.customers import customers_of
from keepbook.tables.lines import lines_of, unread_lines
from keepbook.tables.model import Tables, without_faults
from keepbook.tables.outcomes import outcomes_of, totals_of
from keepbook.tables.purchases import counted_ledger, purchases_of, window_of
from keepbook.unit import Experiment, Unit


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
    with open_session() as session:
        yield without_faults(_load(unit, session, experiments))


@contextmanager
def open_lines(unit: Unit, table: str) -> Iterator[tuple[ir.Table, tuple[Stated, ...]]]:
    """A source's own lines, as they are, and how its files were read: to look at, for the block.

    Raises
    ------
    DataError : the source is absent or unreadable.
    """
    with open_session() as session, reading(unit, table):
        session.engine.raw_sql("SET preserve_insertion_order = true")  # the first lines are those of the file
        yield open_source(table, unit, session)


def _load(unit: Unit, session: Session, experiments: bool) -> Tables:
    engine = session.engine
    mark = fingerprint(unit)
    with reading(unit, "transactions"):
        source, forms = lines_of("transactions", unit, session)
        lines = masked(source, forms)
        days = engine.create_table("keepbook_days", days_of(lines), temp=True)
        repeats = returned = None
        if unit.duplicates == "drop" or (unit.overlaps == "drop" and PART in source.columns):
            repeats = _held("repeats", masked(repeats_of(source, unit), forms), engine)
        if days.filter(days.rules == 0).returns.sum().to_pandas():
            returned = _held("returned", returned_orders(lines, repeats), engine)
        ledger = counted_ledger(days, repeats, returned, unit)
        purchases = purchases_of(days, repeats, returned, engine)
        window = window_of(purchases, unit, ledger, lines, source)
        examples, unread = unread_lines(ledger, source, forms)
        attributes = order_attributes(source, forms, returned, engine)
    with reading(unit, "customers"):
        customers: ir.Table | None = None
        met: tuple[Stated, ...] = ()
        if unit.customers:
            customers, met = customers_of(*lines_of("customers", unit, session), purchases, engine)
    with reading(unit, "costs"):
        costs, read = costs_of(*lines_of("costs", unit, session)) if unit.costs else (None, ())
    tried = partial(_experiments, unit, session, purchases, mark)
    made = tried(unit.experiments if experiments else ())
    stated = (*forms.stated, *met, *read, *made.pop("stated"))
    facts = stated, examples, unread
    return Tables(
        purchases, customers, ledger, window, mark, *facts, costs, **made, attributes=attributes, _tried=tried
    )


def _experiments(
    unit: Unit, session: Session, purchases: ir.Table, mark: str | None, experiments: tuple[Experiment, ...]
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
            lines = lines_of("assignments", unit, session)
            made["assignments"], facts, wrong = assignments_of(*lines, purchases, session.engine, assigned)
            made["stated"] += facts
            for fault in wrong.values():
                fault.where = place(unit, "assignments")
            made["faults"] |= wrong
    for one in experiments:
        for kind, read in (("outcomes", outcomes_of), ("totals", totals_of)):
            name = f"{kind} of {one.name}"
            if name in unit.sources:
                with _kept(made["faults"], (one,)), reading(unit, name):
                    made[kind][one.name], facts = read(*lines_of(name, unit, session), one, session.engine)
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


def _held(name: str, lines: ir.Table, engine: ibis.BaseBackend) -> ir.Table | None:
    """A few lines, computed once; None where there is none."""
    table = engine.create_table(f"keepbook_{name}", lines, temp=True)
    return table if table.count().to_pandas() else None
