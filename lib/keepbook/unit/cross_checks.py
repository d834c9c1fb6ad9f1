"""Experiments and changes against the rest of the unit file: whether what they name is there."""

from collections.abc import Iterable, Iterator

from keepbook.errors import suggestion
from keepbook.unit.before_after import Change
from keepbook.unit.canonical import Assignments, Customers, Transactions
from keepbook.unit.experiments import BUILT_IN, BUILT_IN_SEGMENTS, OURS, Experiment
from keepbook.unit.faults import Fault, Loc, quoted, suggested


def faults_of_experiments(
    experiments: tuple[Experiment, ...],
    assignments: Assignments | None,
    customers: Customers | None,
    transactions: Transactions | None,
) -> Iterator[Fault]:
    """Faults of experiments that only show against the tables of the unit, each placed in the list."""
    yield from _names_differ([one.name for one in experiments])
    for i, one in enumerate(experiments):
        if one.is_ready_made:
            continue
        if assignments is None:
            what = f"the experiment {quoted(one.name)} needs the assignments table, and there is none"
            yield Fault((i,), what, None, "add the key assignments; or outcomes or totals to the experiment")
            continue
        yield from _metrics_there((i, "metrics"), one.metrics, assignments)
        named: dict[Loc, str] = {(i, "segments", k): name for k, name in enumerate(one.segments)}
        yield from _columns_there(named, customers, BUILT_IN_SEGMENTS, transactions)


def _metrics_there(loc: Loc, metrics: Iterable[str], assignments: Assignments) -> Iterator[Fault]:
    """Metrics that are built in, or columns of assignments under names that nothing else has."""
    own = [name for name in assignments.columns if name not in assignments.known]
    for name in metrics:
        if name in own and name.lower() in [*BUILT_IN, *assignments.known, *OURS]:
            what = f"{quoted(name)} is a name that is built in, and a column of assignments too"
            yield Fault((*loc, name), what, None, "give the column another name under assignments.columns")
        elif name not in own and name not in BUILT_IN:
            what = f"{quoted(name)} is no metric that is built in, and no column of assignments"
            hint = suggestion(name, [*BUILT_IN, *own])
            do = str(hint) if hint.name else f"add it under assignments.columns; {hint}"
            yield Fault((*loc, name), what, None, do)


def faults_of_changes(
    changes: tuple[Change, ...], unit: str, customers: Customers | None, transactions: Transactions | None
) -> Iterator[Fault]:
    """Faults of changes that only show against the rest of the unit file, each placed in the list."""
    yield from _names_differ([one.name for one in changes])
    for i, one in enumerate(changes):
        chosen: dict[Loc, str] = {(i, "treated", name): name for name in one.treated or ()}
        chosen |= {(i, "comparison", name): name for name in one.comparison or ()}
        chosen |= {(i, "cluster"): one.cluster} if one.cluster else {}
        yield from _columns_there(chosen, customers, (), transactions)
        yield from _no_later_order(chosen, customers, transactions)
        if one.comparison_unit == unit:
            what = "'comparison_unit' is this very unit"
            yield Fault((i, "comparison_unit"), what, None, "name another unit, or remove it")


def _names_differ(names: list[str]) -> Iterator[Fault]:
    """They become names of folders, which some systems hold alike whatever their capital letters."""
    for i, name in enumerate(names):
        if name.casefold() in [other.casefold() for other in names[:i]]:
            yield Fault((i, "name"), f"the name {quoted(name)} is given twice", None, "give each its own")


def _no_later_order(
    named: dict[Loc, str], customers: Customers | None, transactions: Transactions | None
) -> Iterator[Fault]:
    """Who is treated is known on the day of the change: orders after it may have come of it."""
    own = {*customers.columns, *customers.attributes} if customers else set()
    for loc, name in named.items():
        if transactions and name in transactions.by_customer and name.startswith("any_") and name not in own:
            what = f"{quoted(name)} looks at all orders, those after the change too"
            first = name.replace("any_", "first_", 1)
            yield Fault(loc, what, None, f"use {first}, or a column of the customers table")


def _columns_there(
    named: dict[Loc, str],
    customers: Customers | None,
    built_in: Iterable[str],
    transactions: Transactions | None,
) -> Iterator[Fault]:
    """Columns of the customers table: mapped, or perhaps there under this name, or made of orders."""
    mapped = {name.lower(): name for name in (*customers.columns, *customers.attributes)} if customers else {}
    from_orders = transactions.by_customer if transactions else ()
    for loc, name in named.items():
        if name in built_in:
            if name in mapped.values():
                what = f"{quoted(name)} is a segment that is built in, and a column of customers too"
                yield Fault(loc, what, None, "give the column another name under customers.columns")
        elif name in from_orders:
            continue
        elif customers is None:
            what = f"{quoted(name)} is a column of the customers table, and there is none"
            do = suggested(name, built_in) or "add the key customers, or remove this one"
            yield Fault(loc, what, None, do)
        elif mapped.get(name.lower(), name) != name:
            what = f"{quoted(name)} is called {quoted(mapped[name.lower()])} in customers.columns"
            yield Fault(loc, what, None, "write it alike")
