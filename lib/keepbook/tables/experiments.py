"""The tables of experiments: who was put into which arm, and outcomes that are there already."""

from collections.abc import Sequence

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError
from keepbook.reading.columns import column_of, key_of
from keepbook.reading.faults import place
from keepbook.reading.forms import TOLERATED, Forms
from keepbook.reading.stated import Stated, first_examples, stated
from keepbook.tables.customers import ALIKE, key_like, nobody_bought
from keepbook.tables.row_checks import (
    FAULT,
    MAX_ARMS,
    MAX_EXAMPLES,
    MAX_LISTED,
    Fault,
    check_arms,
    checked,
    did_you_mean,
    first_fault,
    lines_by,
    name_of,
    numbers,
    with_counts,
)
from keepbook.unit import BUILT_IN, Experiment

ASSIGNED = "an experiment, a customer, an arm and a readable day"
MAX_TOTALS = 10_000  # totals; more are no totals
ROUNDING = 1e-6  # by which sums that were written with few digits may contradict each other
ADD_UP = "Add the lines up by variant and metric with a `query:`."


def assignments_of(
    lines: ir.Table, forms: Forms, purchases: ir.Table, experiments: Sequence[Experiment]
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
    made |= numbers(lines, forms)
    needed = {
        "experiment": made["experiment"],
        "customer_id": key,
        "variant": made["variant"],
        "assigned_at": made["assigned_on"],
    }
    unlike = Fault(
        "with a customer number unlike those of transactions",
        made["customer_id"].isnull(),  # though there is a key
        source.wanted["customer_id"],
        why=stated("left-out.unlike"),
    )
    all_lines, left_out, faults = checked(lines, forms, made, needed, [unlike])
    _check_keys(all_lines, lines, faults[: faults.index(unlike) + 1], purchases)
    table = all_lines.filter(all_lines[FAULT] == 0).drop(FAULT)
    own_faults: dict[str, DataError] = {}
    for experiment in experiments:
        try:
            check_arms(experiment, _lines_by_arm(experiment, all_lines, faults))
        except DataError as fault:
            fault.where = place(forms.unit, "assignments")
            own_faults[experiment.name] = fault
    known = _known(table, purchases, experiments)
    facts = tuple(one.of("assignments") for one in (*forms.stated, *left_out, known))
    return table, facts, own_faults


def _check_keys(all_lines: ir.Table, lines: ir.Table, faults: list[Fault], purchases: ir.Table) -> None:
    """A few odd numbers (the last of the faults) are left out; many are customers called otherwise."""
    odd = int((all_lines[FAULT] == len(faults)).sum().to_pandas())
    total = int(all_lines.count().to_pandas())
    if odd > TOLERATED * total:
        column = faults[-1].column
        shown = first_examples(lines, first_fault(faults) == len(faults), column, MAX_EXAMPLES)
        raise DataError(
            f"{odd:,} of {total:,} customer numbers in '{column}' are written unlike those of transactions: "
            f"{', '.join(map(str, shown))}.",
            expected=f"whole numbers, such as {purchases.customer_id.min().to_pandas()}",
            do=ALIKE,
        )


def _lines_by_arm(experiment: Experiment, all_lines: ir.Table, faults: list[Fault]) -> dict[str, int]:
    """Arm → usable lines of one experiment, most first; an error where there is none."""
    name = experiment.name
    own = all_lines.filter(all_lines.experiment == name)
    if found := lines_by(own.filter(own[FAULT] == 0), "variant", MAX_ARMS + 1):
        return found
    if lost := lines_by(own, FAULT, MAX_LISTED):
        why = ", ".join(f"{faults[int(i) - 1].words} ({n:,})" for i, n in lost.items())
        raise DataError(
            f"No line of the experiment {name!r} can be used; left out are those {why}.",
            expected=f"lines with {ASSIGNED}",
            do="Correct them, or remove the experiment from the unit file.",
        )
    there = lines_by(all_lines.filter(all_lines[FAULT] == 0), "experiment", MAX_LISTED)
    raise DataError(
        f"The assignments table holds no line of the experiment {name!r}.",
        expected=f"one of the experiments there are: {with_counts(there)}",
        do=f"{did_you_mean(name, there)}Write the same name in both, or bring those of the table into one "
        "form with a `query:`.",
    )


def _known(table: ir.Table, purchases: ir.Table, experiments: Sequence[Experiment]) -> Stated:
    """How many of the customers have bought; an error where none has, and purchases are to be counted."""
    known = table.select("customer_id").distinct()
    bought = int(known.semi_join(purchases, "customer_id").count().to_pandas())
    if not bought and any(name in BUILT_IN for one in experiments for name in one.metrics):
        raise nobody_bought(table, purchases, "assignments", "transactions")
    return stated(
        "assigned",
        n=int(table.count().to_pandas()),
        experiments=int(table.experiment.nunique().to_pandas()),
        bought=bought,
        customers=int(known.count().to_pandas()),
    )


# ── outcomes that are there already ─────────────────────────────────────────────────────────────────────


def outcomes_of(lines: ir.Table, forms: Forms, experiment: Experiment) -> tuple[ir.Table, tuple[Stated, ...]]:
    """Outcomes of an experiment, customer by customer, held by the engine.

    Returns
    -------
    Table : one row per usable line: variant (text) and the columns that are mapped (numbers, missing where
        blank).
    tuple : how the table was read and which lines are left out.
    """
    name = f"outcomes of {experiment.name}"
    table, facts = _read(lines, forms)
    arms = lines_by(table, "variant", MAX_ARMS + 1)
    check_arms(experiment, arms)
    facts.append(stated("arms", n=sum(arms.values()), arms=len(arms)))
    return table, tuple(one.of(name) for one in facts)


def totals_of(
    lines: ir.Table, forms: Forms, experiment: Experiment
) -> tuple[pd.DataFrame, tuple[Stated, ...]]:
    """Outcomes of an experiment, added up.

    Returns
    -------
    DataFrame : one row per variant and metric, by both: variant, metric (text), n (customers), sum,
        sum_squares (of the metric over them).
    tuple : how the table was read and which lines are left out.
    """
    name = f"totals of {experiment.name}"
    table, facts = _read(lines, forms)
    frame = table.order_by("variant", "metric").limit(MAX_TOTALS + 1).to_pandas()
    if len(frame) > MAX_TOTALS:
        raise DataError(
            f"The table has more than {MAX_TOTALS:,} lines.",
            expected="one line per variant and metric",
            do=ADD_UP,
        )
    _check_totals(frame)
    arms = frame.groupby("variant").size().sort_values(ascending=False, kind="stable")
    check_arms(experiment, {str(arm): int(n) for arm, n in arms.items()})
    _check_metrics(frame, experiment)
    columns = {"n": "int64", "sum": "float64", "sum_squares": "float64"}
    return frame[["variant", "metric", *columns]].astype(columns), tuple(one.of(name) for one in facts)


def _read(lines: ir.Table, forms: Forms) -> tuple[ir.Table, list[Stated]]:
    source = forms.source
    names: dict[str, ir.Column] = {
        column: name_of(column_of(lines, source, column))
        for column in ("variant", "metric")
        if column in source.wanted
    }
    table, left_out, _ = checked(lines, forms, names | numbers(lines, forms), names)
    return table.filter(table[FAULT] == 0).drop(FAULT), [*forms.stated, *left_out]


def _check_totals(frame: pd.DataFrame) -> None:
    """Every line holds three numbers that some values add up to: Σx² is at least (Σx)² / n."""
    n, total, squares = frame["n"], frame["sum"], frame["sum_squares"]
    lacking = frame[["n", "sum", "sum_squares"]].isna().any(axis=1)
    too_small = squares < total**2 / n.where(n > 0) * (1 - ROUNDING)
    of_squares = "the sum of the squares of all values, not the square of their sum or a variance"
    correct = "Correct it in the table."
    for which, what, expected, do in (
        (lacking, "lacks a number", "n, sum and sum_squares in every line", correct),
        ((n < 1) | (n % 1 != 0), "has an n that is no number of customers", "a whole number from 1", correct),
        (too_small, "has a sum of squares that is too small for its sum", of_squares, correct),
        (
            frame.duplicated(["variant", "metric"]),
            "is given twice",
            "one line per variant and metric",
            ADD_UP,
        ),
    ):
        if which.any():
            row = frame[which].iloc[0]
            raise DataError(
                f"The total of {row['metric']!r:.60} in the arm {row['variant']!r:.60} {what}.",
                expected=expected,
                do=do,
            )


def _check_metrics(frame: pd.DataFrame, experiment: Experiment) -> None:
    there = sorted(set(frame["metric"]))
    for name in experiment.metrics:
        having = set(frame.loc[frame["metric"] == name, "variant"])
        for arm in sorted(set(frame["variant"]) - having):
            raise DataError(
                f"There is no total of the metric {name!r:.60} in the arm {arm!r:.60}.",
                expected="a line for every arm and every metric of the experiment",
                do=f"{did_you_mean(name, set(there) - {name})}Add it, or correct `metrics`: those there are: "
                f"{', '.join(there)}.",
            )
