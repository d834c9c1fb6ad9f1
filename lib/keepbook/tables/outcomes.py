"""Outcomes of an experiment that are there already: one row per customer, or added up by arm."""

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError
from keepbook.reading.columns import column_of
from keepbook.reading.forms import Forms
from keepbook.reading.stated import Stated, stated
from keepbook.tables.arms import MAX_ARMS, check_arms, counted, hint
from keepbook.tables.row_checks import FAULT, by_rule, missing, name_of, numbers, sorted_out, wrong
from keepbook.unit import Experiment

MAX_TOTALS = 10_000  # totals; more are no totals
ROUNDING = 1e-6  # by which sums that were written with few digits may contradict each other
NEEDED = {"variant": "an arm", "metric": "a metric"}
ADD_UP = "Add the lines up by variant and metric with a `query:`."


def outcomes_of(
    lines: ir.Table, forms: Forms, experiment: Experiment, engine: ibis.BaseBackend
) -> tuple[ir.Table, tuple[Stated, ...]]:
    """Outcomes of an experiment, customer by customer, held by the engine.

    Returns
    -------
    Table : one row per usable line: variant (text) and the columns that are mapped (numbers, missing where
        blank).
    tuple : how the table was read and which lines are left out.

    Raises
    ------
    DataError : no usable line, a number that cannot be read, or other arms than the unit file names.
    """
    name = f"outcomes of {experiment.name}"
    table, facts = _read(name, lines, forms, engine)
    arms = counted(table, "variant", MAX_ARMS + 1)
    check_arms(experiment, arms)
    facts.append(stated("arms", n=sum(arms.values()), arms=len(arms)))
    return table, tuple(one.of(name) for one in facts)


def totals_of(
    lines: ir.Table, forms: Forms, experiment: Experiment, engine: ibis.BaseBackend
) -> tuple[pd.DataFrame, tuple[Stated, ...]]:
    """Outcomes of an experiment, added up.

    Returns
    -------
    DataFrame : one row per variant and metric, by both: variant, metric (text), n (customers), sum,
        sum_squares (of the metric over them).
    tuple : how the table was read and which lines are left out.

    Raises
    ------
    DataError : as `outcomes_of`; a line that lacks a number, or whose numbers no values add up to; a metric
        that an arm has no line or several lines for.
    """
    name = f"totals of {experiment.name}"
    table, facts = _read(name, lines, forms, engine)
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


def _read(
    name: str, lines: ir.Table, forms: Forms, engine: ibis.BaseBackend
) -> tuple[ir.Table, list[Stated]]:
    own = forms.source.wanted
    texts = [text for text in NEEDED if text in own]
    made: dict[str, ir.Column] = {text: name_of(column_of(lines, forms.source, text)) for text in texts}
    made |= numbers(lines, forms)
    faults = [*by_rule(lines, forms, made), *(missing(NEEDED[text], text, own[text]) for text in texts)]
    faults += wrong(lines, made, forms.source)
    needed = " and ".join(NEEDED[text] for text in texts)
    table, left_out = sorted_out(name, lines, made, faults, needed, engine)
    return table.filter(table[FAULT] == 0).drop(FAULT), [*forms.stated, *left_out]


def _check_totals(frame: pd.DataFrame) -> None:
    """Every line holds three numbers that some values add up to: Σx² is at least (Σx)² / n."""
    n, total, squares = frame["n"], frame["sum"], frame["sum_squares"]
    lacking = frame[["n", "sum", "sum_squares"]].isna().any(axis=1)
    least = total**2 / n.where(n > 0)
    for which, what, expected in (
        (lacking, "lacks a number", "n, sum and sum_squares in every line"),
        ((n < 1) | (n % 1 != 0), "has an n that is no number of customers", "a whole number from 1"),
        (
            squares < least * (1 - ROUNDING),
            "has a sum of squares that is too small for its sum",
            "the sum of the squares of all values, not the square of their sum or a variance",
        ),
        (frame.duplicated(["variant", "metric"]), "is given twice", "one line per variant and metric"),
    ):
        for _, row in frame[which].head(1).iterrows():
            raise DataError(
                f"The total of {row['metric']!r:.60} in the arm {row['variant']!r:.60} {what}.",
                expected=expected,
                do=ADD_UP if what == "is given twice" else "Correct it in the table.",
            )


def _check_metrics(frame: pd.DataFrame, experiment: Experiment) -> None:
    there = sorted(set(frame["metric"]))
    for name in experiment.metrics:
        having = set(frame.loc[frame["metric"] == name, "variant"])
        for arm in sorted(set(frame["variant"]) - having):
            raise DataError(
                f"There is no total of the metric {name!r:.60} in the arm {arm!r:.60}.",
                expected="a line for every arm and every metric of the experiment",
                do=f"{hint(name, set(there) - {name})}Add it, or correct `metrics`: those there are: "
                f"{', '.join(there)}.",
            )
