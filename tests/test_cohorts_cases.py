"""Published examples and single cases of retention give exactly the numbers worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest
from cohort_data import Row, buys, purchases_of

from keepbook.cohorts import Choices, Retention, customers, retention
from keepbook.errors import NotEnoughData
from keepbook.tables import Window

D = dt.date


def cell(result: Retention, cohort: str, period: int) -> pd.Series:
    cells = result.cells
    found = cells[(cells["cohort"] == pd.Timestamp(cohort)) & (cells["period"] == period)]
    assert len(found) == 1
    return found.iloc[0]


def three_cohorts() -> ir.Table:
    """1000 → 500, 500 → 400, and 700 → 10 in a period that is not over on 20 April."""
    rows: list[Row] = []
    for month, size, back in ((1, 1000, 500), (2, 500, 400), (3, 700, 10)):
        for i in range(size):
            again = [f"2024-{month + 1:02}-07"] if i < back else []
            rows += buys(f"{month}-{i}", f"2024-{month:02}-05", *again)
    return purchases_of(rows)


# ── published ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("rule", "active", "percent"), [("on_or_after", 6633, 68.8), ("on", 6594, 68.4)])
def test_amplitudes_example(rule: Any, active: int, percent: float) -> None:
    """Amplitude's worked example: 9,644 in the cohort; 39 of them skip the period and return after it."""
    rows = []
    for i in range(9644):
        rows += buys(
            f"C{i}", "2024-01-15", *["2024-02-10"] * (i < 6594), *["2024-03-10"] * (6594 - 500 <= i < 6633)
        )
    result = retention(purchases_of(rows), Window(D(2024, 1, 15), D(2024, 3, 31)), Choices(rule=rule))
    found = cell(result, "2024-01-01", 1)
    assert (found["size"], found["active"]) == (9644, active)
    assert round(100 * found["retention"], 1) == percent


@pytest.mark.parametrize(("average", "expected"), [("pooled", 0.60), ("simple", 0.65)])
def test_pooled_and_simple_average_leave_the_incomplete_cohort_out(average: Any, expected: float) -> None:
    result = retention(three_cohorts(), Window(D(2024, 1, 5), D(2024, 4, 20)), Choices(average=average))
    row = result.average.set_index("period").loc[1]
    assert row["retention"] == pytest.approx(expected, abs=1e-12)
    assert row["cohorts"] == 2
    unfinished = cell(result, "2024-03-01", 1)
    assert unfinished["active"] == 10 and not unfinished["complete"]
    assert (
        unfinished[["retention", "ci_lower", "ci_upper", "revenue_retention", "revenue_ci_upper"]]
        .isna()
        .all()
    )


def test_a_cohort_nobody_returns_from_stays_in_the_average() -> None:
    rows = [*buys("a", "2024-01-05", "2024-02-05"), *buys("b", "2024-02-05")]
    for average in ("pooled", "simple"):
        result = retention(
            purchases_of(rows), Window(D(2024, 1, 5), D(2024, 3, 31)), Choices(average=average)
        )  # type: ignore[arg-type]
        row = result.average.set_index("period").loc[1]
        assert (row["retention"], row["cohorts"]) == (0.5, 2)


def test_none_of_twelve_has_wilsons_limits() -> None:
    rows = [row for i in range(12) for row in buys(str(i), "2024-01-05")]
    found = cell(retention(purchases_of(rows), Window(D(2024, 1, 5), D(2024, 2, 29))), "2024-01-01", 1)
    assert found["complete"] and found["retention"] == 0 and found["ci_lower"] == 0
    assert found["ci_upper"] == pytest.approx(0.2425, abs=5e-5)


# ── single cases ────────────────────────────────────────────────────────────────────────────────────────


def test_complete_cells_without_activity_are_zero_and_cells_to_come_are_absent() -> None:
    rows = [*buys("a", "2024-01-05", "2024-04-05"), *buys("b", "2024-01-06")]
    cells = retention(purchases_of(rows), Window(D(2024, 1, 5), D(2024, 4, 10))).cells
    assert list(cells["period"]) == [0, 1, 2, 3]
    assert list(cells["retention"])[:3] == [1.0, 0.0, 0.0] and np.isnan(cells["retention"].iloc[3])
    assert list(cells["revenue_retention"])[1:3] == [0.0, 0.0]
    assert list(cells["complete"]) == [True, True, True, False]


def test_a_rolling_cell_is_over_with_its_last_customers_window() -> None:
    """The cohort's last customer starts on 31 January: the second window ends on 30 March (60 days on)."""
    rows = [*buys("early", "2024-01-01", "2024-02-05"), *buys("late", "2024-01-31")]
    for as_of, over in ((D(2024, 3, 29), False), (D(2024, 3, 30), True)):
        result = retention(purchases_of(rows), Window(D(2024, 1, 1), as_of), Choices(clock="rolling"))
        assert cell(result, "2024-01-01", 1)["complete"] == over


def test_a_rolling_cohort_is_not_over_while_customers_can_still_join_it() -> None:
    """One customer of 1 January: the first 7 days are over on the 8th, but the quarter's cohort is not."""
    result = retention(
        purchases_of(buys("a", "2024-01-01")), Window(D(2024, 1, 1), D(2024, 1, 31)), Choices(clock="rolling")
    )
    assert cell(result, "2024-01-01", 0)["complete"]
    result = retention(
        purchases_of(buys("a", "2024-01-01")), Window(D(2024, 1, 1), D(2024, 1, 30)), Choices(clock="rolling")
    )
    assert not cell(result, "2024-01-01", 0)["complete"]


@pytest.mark.parametrize("clock", ["calendar", "rolling"])
@pytest.mark.parametrize("rule", ["on", "on_or_after", "bracket"])
@pytest.mark.parametrize("average", ["pooled", "simple"])
def test_one_customer_and_one_day(clock: Any, rule: Any, average: Any) -> None:
    choices = Choices(clock=clock, rule=rule, brackets=(1, 2), average=average)
    for people in (1, 5):
        rows = [row for i in range(people) for row in buys(str(i), "2024-02-29")]
        result = retention(purchases_of(rows), Window(D(2024, 2, 29), D(2024, 2, 29)), choices)
        assert result.customers == people and len(result.cells) == 1
        assert len(result.average) == (clock == "calendar")


def test_returns_make_nobody_active_and_do_not_date_a_customer() -> None:
    rows = [
        ("a", D(2024, 1, 3), -5.0, False),
        *buys("a", "2024-02-03"),
        ("a", D(2024, 3, 3), -4.0, False),
        ("b", D(2024, 1, 9), -1.0, False),
    ]
    result = retention(purchases_of(rows), Window(D(2024, 2, 3), D(2024, 3, 31)))
    assert result.customers == 1
    found = cell(result, "2024-02-01", 1)
    assert (found["active"], found["revenue"]) == (0, -4.0)
    assert found["revenue_retention"] == pytest.approx(-0.4)
    assert found["revenue_ci_lower"] <= -0.4 <= found["revenue_ci_upper"]


def test_warm_up_flags_or_excludes_the_first_periods() -> None:
    rows = [*buys("a", "2024-01-31"), *buys("b", "2024-02-01"), *buys("c", "2024-03-01", "2024-04-02")]
    window = Window(D(2024, 1, 31), D(2024, 4, 30))
    flagged = retention(purchases_of(rows), window, Choices(warm_up=2))
    assert list(flagged.cohorts["warm_up"]) == [True, True, False] and flagged.left_out == 0
    left = retention(purchases_of(rows), window, Choices(warm_up=2, exclude_warm_up=True))
    assert (left.customers, left.left_out) == (1, 2)
    assert left.average.set_index("period").loc[1, "retention"] == 1.0
    with pytest.raises(NotEnoughData, match="Every cohort lies in the warm-up of 9 months .* 3 customers"):
        retention(purchases_of(rows), window, Choices(warm_up=9, exclude_warm_up=True))


def test_no_purchase_by_as_of_says_so() -> None:
    with pytest.raises(NotEnoughData, match="no purchase up to 2023-12-31"):
        retention(purchases_of(buys("a", "2024-01-05")), Window(D(2023, 1, 1), D(2023, 12, 31)))


def test_the_first_period_is_certain() -> None:
    row = retention(three_cohorts(), Window(D(2024, 1, 5), D(2024, 4, 20))).average.iloc[0]
    names = ["retention", "ci_lower", "ci_upper", "revenue_retention", "revenue_ci_lower", "revenue_ci_upper"]
    assert list(row[names]) == [1.0] * 6


def test_customers_counts_purchasers_within_days() -> None:
    rows = [
        *buys("a", "2024-01-01", "2024-01-10"),
        *buys("b", "2024-01-11"),
        ("c", D(2024, 1, 11), -1.0, False),
    ]
    table = purchases_of(rows)
    assert customers(table) == 2
    assert customers(table, until=D(2024, 1, 10), days=1) == 1
    assert customers(table, until=D(2024, 1, 11), days=2) == 2
    assert customers(table, until=pd.NaT, days=2) == 0
