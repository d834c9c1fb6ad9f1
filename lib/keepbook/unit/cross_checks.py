"""Faults that only show against the rest of the unit file, each placed in the list it is about."""

from collections.abc import Iterable, Iterator
from typing import Any

from keepbook.errors import suggestion
from keepbook.unit.before_after import Change
from keepbook.unit.canonical import Assignments, Customers, Transactions
from keepbook.unit.experiments import BUILT_IN, BUILT_IN_SEGMENTS, OURS, Experiment
from keepbook.unit.faults import Fault, Loc, quoted, suggested

Values = dict[str, Any]  # what the unit file holds before the list, but for what is wrong itself


def faults_of_experiments(experiments: tuple[Experiment, ...], values: Values) -> Iterator[Fault]:
    """Names that are given twice; metrics and segments that are not there."""
    if not {"assignments", "customers"} <= values.keys():
        return
    yield from _names_differ([one.name for one in experiments])
    for i, one in enumerate(experiments):
        if one.is_ready_made:
            continue
        if values["assignments"] is None:
            what = f"the experiment {quoted(one.name)} needs the assignments table, and there is none"
            yield Fault((i,), what, None, "add the key assignments; or outcomes or totals to the experiment")
            continue
        yield from _metrics_there((i, "metrics"), one.metrics, values["assignments"])
        named: dict[Loc, str] = {(i, "segments", k): name for k, name in enumerate(one.segments)}
        yield from _columns_there(named, values, BUILT_IN_SEGMENTS)


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


def faults_of_changes(changes: tuple[Change, ...], values: Values) -> Iterator[Fault]:
    """Names that are given twice; customers and units that cannot be compared."""
    if "customers" not in values:
        return
    yield from _names_differ([one.name for one in changes])
    for i, one in enumerate(changes):
        chosen: dict[Loc, str] = {(i, "treated", name): name for name in one.treated or ()}
        chosen |= {(i, "comparison", name): name for name in one.comparison or ()}
        chosen |= {(i, "cluster"): one.cluster} if one.cluster else {}
        yield from _columns_there(chosen, values)
        yield from _no_later_order(chosen, values)
        if one.comparison_unit == values.get("unit", ""):
            what = "'comparison_unit' is this very unit"
            yield Fault((i, "comparison_unit"), what, None, "name another unit, or remove it")


def _names_differ(names: list[str]) -> Iterator[Fault]:
    """They become names of folders, which some systems hold alike whatever their capital letters."""
    for i, name in enumerate(names):
        if name.casefold() in [other.casefold() for other in names[:i]]:
            yield Fault((i, "name"), f"the name {quoted(name)} is given twice", None, "give each its own")


def _own_columns(customers: Customers | None) -> tuple[str, ...]:
    return (*customers.columns, *customers.attributes) if customers else ()


def _from_orders(values: Values) -> tuple[str, ...]:
    transactions: Transactions | None = values.get("transactions")
    return transactions.by_customer if transactions else ()


def _no_later_order(named: dict[Loc, str], values: Values) -> Iterator[Fault]:
    """Who is treated is known on the day of the change: orders after it may have come of it."""
    of_any = {name for name in _from_orders(values) if name.startswith("any_")}
    for loc, name in named.items():
        if name in of_any.difference(_own_columns(values["customers"])):
            what = f"{quoted(name)} looks at all orders, those after the change too"
            first = name.replace("any_", "first_", 1)
            yield Fault(loc, what, None, f"use {first}, or a column of the customers table")


def _columns_there(named: dict[Loc, str], values: Values, built_in: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Columns of the customers table: mapped, or perhaps there under this name, or made of orders."""
    mapped = {name.lower(): name for name in _own_columns(values["customers"])}
    for loc, name in named.items():
        if name in built_in:
            if name in mapped.values():
                what = f"{quoted(name)} is a segment that is built in, and a column of customers too"
                yield Fault(loc, what, None, "give the column another name under customers.columns")
        elif name in _from_orders(values):
            continue
        elif values["customers"] is None:
            what = f"{quoted(name)} is a column of the customers table, and there is none"
            do = suggested(name, built_in) or "add the key customers, or remove this one"
            yield Fault(loc, what, None, do)
        elif mapped.get(name.lower(), name) != name:
            what = f"{quoted(name)} is called {quoted(mapped[name.lower()])} in customers.columns"
            yield Fault(loc, what, None, "write it alike")


def faults_of_customers(customers: Customers | None, values: Values) -> Iterator[Fault]:
    """Splits without a table; names that attributes of orders, where they are listed, have taken."""
    by = values.get("retention_by")
    if customers is None and by is not None and by not in _from_orders(values):
        what = f"'retention_by' is {quoted(by)}, but there is no customers table"
        yield Fault((), what, None, "add the key customers, or remove retention_by")
    own = {name.casefold(): name for name in _own_columns(customers)}
    for made in _from_orders(values):
        name = own.get(made.casefold())
        if customers and name and made.split("_", 1)[1] in values["transactions"].attributes:
            what = f"{quoted(name)} is made of an attribute of transactions, and a column of customers too"
            key = "attributes" if name in customers.attributes else "columns"
            yield Fault((key, name), what, None, "give one of them another name")
