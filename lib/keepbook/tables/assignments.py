"""The assignments table: which customer was put into which arm of which experiment, and when."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.reading.columns import column_of, key_of
from keepbook.reading.forms import TOLERATED, Forms
from keepbook.reading.stated import Stated, stated
from keepbook.tables.arms import MAX_ARMS, MAX_LISTED, check_arms, counted, hint, listed
from keepbook.tables.customers import key_like
from keepbook.tables.row_checks import (
    FAULT,
    OURS,
    Fault,
    by_rule,
    examples_of,
    missing,
    name_of,
    numbers,
    sorted_out,
    wrong,
)
from keepbook.tables.row_checks import listed as shown_lines
from keepbook.unit import BUILT_IN, Experiment

KEY = f"{OURS}customer"
NEEDED = "an experiment, a customer, an arm and a readable day"


def assignments_of(
    lines: ir.Table,
    forms: Forms,
    purchases: ir.Table,
    engine: ibis.BaseBackend,
    experiments: Sequence[Experiment],
) -> tuple[ir.Table, tuple[Stated, ...], dict[str, DataError]]:
    """Who was put into which arm of which experiment, line by line, held by the engine.

    Parameters
    ----------
    experiments : those whose lines are to be checked; the table holds all.

    Returns
    -------
    Table : one row per usable line: experiment, customer_id (in the type of the purchases' one, which need
        not hold it), variant, assigned_on (day in the unit's time zone); and where mapped cluster (text),
        exposed_on (day), cost (money) and own columns (numbers), missing where blank.
    tuple : how the table was read and which lines are left out.
    dict : name of an experiment → what is wrong with it alone: it has no line, or its arms are not those that
        the unit file names.

    Raises
    ------
    DataError : no usable line; numbers that cannot be read, or a cost below zero; customer numbers of
        another form than in transactions.
    """
    source = forms.source
    key = key_of(column_of(lines, source, "customer_id"))
    made: dict[str, ir.Column] = {
        "experiment": name_of(column_of(lines, source, "experiment")),
        "customer_id": key_like(purchases.customer_id, key),
        "variant": name_of(column_of(lines, source, "variant")),
        "assigned_on": forms.day(column_of(lines, source, "assigned_at")),
    }
    if "cluster" in source.columns:
        made["cluster"] = name_of(column_of(lines, source, "cluster"))
    if "exposed_at" in source.columns:
        made["exposed_on"] = forms.day(column_of(lines, source, "exposed_at"))
    made |= numbers(lines, forms) | {KEY: key}
    own = source.wanted
    unlike = Fault(
        "with a customer number unlike those of transactions",
        lambda values: values["customer_id"].isnull(),  # though there is a key
        own["customer_id"],
        why=stated("left-out.unlike"),
    )
    faults = [
        *by_rule(lines, forms, made),
        missing("an experiment", "experiment", own["experiment"]),
        missing("a customer", KEY, own["customer_id"]),
        missing("an arm", "variant", own["variant"]),
        missing("a readable day", "assigned_on", own["assigned_at"]),
        unlike,
        *wrong(lines, made, source),
    ]
    all_lines, left_out = sorted_out("assignments", lines, made, faults, NEEDED, engine)
    _check_keys(all_lines, faults.index(unlike) + 1, faults, lines, made, purchases)
    table = all_lines.filter(all_lines[FAULT] == 0).drop(FAULT)
    own_faults: dict[str, DataError] = {}
    for experiment in experiments:
        try:
            check_arms(experiment, _lines_by_arm(experiment, all_lines, faults))
        except DataError as fault:
            own_faults[experiment.name] = fault
    known = _known(table, purchases, experiments)
    facts = tuple(one.of("assignments") for one in (*forms.stated, *left_out, known))
    return table, facts, own_faults


def _check_keys(
    all_lines: ir.Table,
    number: int,
    faults: list[Fault],
    lines: ir.Table,
    made: dict[str, ir.Column],
    purchases: ir.Table,
) -> None:
    """A few odd numbers are left out; many are customers whom the transactions call otherwise."""
    odd = int((all_lines[FAULT] == number).sum().to_pandas())
    total = int(all_lines.count().to_pandas())
    if odd > TOLERATED * total:
        column, shown = faults[number - 1].column, shown_lines(examples_of(number, faults, lines, made))
        raise DataError(
            f"{odd:,} of {total:,} customer numbers in '{column}' are written unlike those of transactions: "
            f"{shown}.",
            expected=f"whole numbers, such as {purchases.customer_id.min().to_pandas()}",
            do="Check `columns:` of both tables, or bring the numbers into one form with a `query:`.",
        )


def _lines_by_arm(experiment: Experiment, all_lines: ir.Table, faults: list[Fault]) -> dict[str, int]:
    """Arm → usable lines of one experiment, most first.

    Raises
    ------
    DataError : there is none.
    """
    own = all_lines.filter(all_lines.experiment == experiment.name)
    if found := counted(own.filter(own[FAULT] == 0), "variant", MAX_ARMS + 1):
        return found
    name = experiment.name
    if lost := counted(own, FAULT, MAX_LISTED):
        why = ", ".join(f"{faults[int(i) - 1].words} ({n:,})" for i, n in lost.items())
        raise DataError(
            f"No line of the experiment {name!r} can be used; left out are those {why}.",
            expected=f"lines with {NEEDED}",
            do="Correct them, or remove the experiment from the unit file.",
        )
    there = counted(all_lines.filter(all_lines[FAULT] == 0), "experiment", MAX_LISTED)
    raise DataError(
        f"The assignments table holds no line of the experiment {name!r}.",
        expected=f"one of the experiments there are: {listed(there)}",
        do=f"{hint(name, there)}Write the same name in both, or bring those of the table into one form "
        "with a `query:`.",
    )


def _known(table: ir.Table, purchases: ir.Table, experiments: Sequence[Experiment]) -> Stated:
    """How many of the customers have bought.

    Raises
    ------
    DataError : none has, and purchases are to be counted.
    """
    known = table.select("customer_id").distinct()
    everybody = int(known.count().to_pandas())
    bought = int(known.semi_join(purchases, "customer_id").count().to_pandas())
    wanted = (one.metrics for one in experiments)
    if not bought and any(name in BUILT_IN for metrics in wanted for name in metrics):
        here, there = (t.customer_id.min().to_pandas() for t in (table, purchases))
        raise DataError(
            f"No customer of the assignments has bought: {here!r:.60} there, {there!r:.60} in transactions.",
            expected="customer numbers written alike in both tables",
            do="Check `columns:` of both tables, or bring the numbers into one form with a `query:`.",
        )
    return stated(
        "assigned",
        n=int(table.count().to_pandas()),
        experiments=int(table.experiment.nunique().to_pandas()),
        bought=bought,
        customers=everybody,
    )
