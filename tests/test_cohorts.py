"""Who stays, counted by every rule: against published numbers and against counting by hand."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE, Row, buys, later, purchases_of, shops, start_of, table_of
from hypothesis import given, settings
from hypothesis import strategies as st

from keepbook.cohorts import Choices, Retention, customers, retention, retention_by
from keepbook.errors import DataError, NotEnoughData
from keepbook.simulate import TIERS, simulate
from keepbook.tables import Window

D = dt.date
ROLLING = {"week": 7, "month": 30, "quarter": 90}


def cell(result: Retention, cohort: str, period: int) -> pd.Series:
    cells = result.cells
    found = cells[(cells["cohort"] == pd.Timestamp(cohort)) & (cells["period"] == period)]
    assert len(found) == 1
    return found.iloc[0]


# ---------------------------------------------------------------------------------------------- published


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


def three_cohorts() -> ir.Table:
    """1000 → 500, 500 → 400, and 700 → 10 in a period that is not over on 20 April."""
    rows: list[Row] = []
    for month, size, back in ((1, 1000, 500), (2, 500, 400), (3, 700, 10)):
        for i in range(size):
            again = [f"2024-{month + 1:02}-07"] if i < back else []
            rows += buys(f"{month}-{i}", f"2024-{month:02}-05", *again)
    return purchases_of(rows)


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


# --------------------------------------------------------------------------------------- counting by hand


def edges_of(choices: Choices, longest: int) -> list[tuple[int, int]]:
    if choices.rule == "bracket":
        return [(0, 1), *zip(choices.brackets, choices.brackets[1:], strict=False)]
    return [(k, k + 1) for k in range(longest)]


def by_hand(rows: list[Row], start: dt.date, as_of: dt.date, choices: Choices) -> tuple[dict, dict, int]:
    """Cells, average and customers left out, one customer and one day at a time."""
    mine: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[1] <= as_of:
            mine[row[0]].append(row)
    first = {c: min(r[1] for r in seen if r[3]) for c, seen in mine.items() if any(r[3] for r in seen)}
    cohorts: dict[dt.date, list[str]] = defaultdict(list)
    for customer, day in first.items():
        cohorts[start_of(day, choices.period)].append(customer)

    def window(customer: str, cohort: dt.date, lo: int, hi: int) -> tuple[dt.date, dt.date]:
        """First day of the range of ages and first day after it."""
        if choices.clock == "rolling":
            length = dt.timedelta(days=ROLLING[choices.period])
            return first[customer] + lo * length, first[customer] + hi * length
        return later(cohort, lo, choices.period), later(cohort, hi, choices.period)

    cells, left_out = {}, 0
    edge = later(start_of(start, choices.period), choices.warm_up, choices.period)
    for cohort, members in cohorts.items():
        if choices.exclude_warm_up and cohort < edge:
            left_out += len(members)
            continue
        closed = later(cohort, 1, choices.period) <= as_of + dt.timedelta(days=1)
        for number, (lo, hi) in enumerate(edges_of(choices, 90)):
            spans = {c: window(c, cohort, lo, hi) for c in members}
            if min(begin for begin, _ in spans.values()) > as_of:
                continue
            active = revenue = base = 0.0
            for c, (begin, end) in spans.items():
                until = dt.date.max if choices.rule == "on_or_after" else end
                active += any(r[3] and begin <= r[1] < until for r in mine[c])
                revenue += sum(r[2] for r in mine[c] if begin <= r[1] < end and r[1] >= first[c])
                begin0, end0 = window(c, cohort, 0, 1)
                base += sum(r[2] for r in mine[c] if first[c] <= r[1] < end0)
            over = closed and max(end for _, end in spans.values()) <= as_of + dt.timedelta(days=1)
            cells[cohort, number] = (len(members), int(active), over, cohort < edge, revenue, base)
    average = {}
    for number in {number for _, number in cells}:
        over = [c for (_, k), c in cells.items() if k == number and c[2]]
        if over and choices.average == "pooled":
            share, base = sum(c[1] for c in over) / sum(c[0] for c in over), sum(c[5] for c in over)
            average[number] = (len(over), share, sum(c[4] for c in over) / base if base > 1e-9 else None)
        elif over:
            ratios = [c[4] / c[5] for c in over if c[5] > 1e-9]
            share = sum(c[1] / c[0] for c in over) / len(over)
            average[number] = (len(over), share, sum(ratios) / len(ratios) if ratios else None)
    return cells, average, left_out


ALL_CHOICES = st.builds(
    Choices,
    period=st.sampled_from(["week", "month", "quarter"]),
    clock=st.sampled_from(["calendar", "rolling"]),
    rule=st.sampled_from(["on", "on_or_after", "bracket"]),
    brackets=st.sampled_from([(1, 2, 4, 7), (1, 3), (2, 5, 6), (1,)]),
    average=st.sampled_from(["pooled", "simple"]),
    warm_up=st.integers(0, 3),
    exclude_warm_up=st.booleans(),
)


@settings(max_examples=70, deadline=None)
@given(shop=shops(), choices=ALL_CHOICES)
def test_every_choice_equals_counting_by_hand(
    shop: tuple[list[Row], dt.date, dt.date], choices: Choices
) -> None:
    agrees_with_counting_by_hand(shop, choices)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(shop=shops(500), choices=ALL_CHOICES)
def test_every_choice_equals_counting_by_hand_at_length(
    shop: tuple[list[Row], dt.date, dt.date], choices: Choices
) -> None:
    agrees_with_counting_by_hand(shop, choices)


def agrees_with_counting_by_hand(shop: tuple[list[Row], dt.date, dt.date], choices: Choices) -> None:
    rows, start, as_of = shop
    cells, average, left_out = by_hand(rows, start, as_of, choices)
    if not cells:
        with pytest.raises(NotEnoughData, match="warm-up"):
            retention(purchases_of(rows), Window(start, as_of), choices)
        return
    result = retention(purchases_of(rows), Window(start, as_of), choices)
    assert result.left_out == left_out
    found = {(row.cohort.date(), row.period): row for row in result.cells.itertuples()}
    assert found.keys() == cells.keys()
    for key, (size, active, over, warm, revenue, base) in cells.items():
        row = found[key]
        assert (row.size, row.active, row.complete, row.warm_up) == (size, active, over, warm), key
        assert row.revenue == pytest.approx(revenue, abs=1e-9)
        assert row.retention == pytest.approx(active / size) if over else np.isnan(row.retention)
        if over and base > 1e-9:
            assert row.revenue_retention == pytest.approx(revenue / base, abs=1e-9)
            assert row.revenue_ci_lower <= row.revenue_retention + 1e-9 <= row.revenue_ci_upper + 2e-9
        elif base < -1e-9 or not over:
            assert np.isnan(row.revenue_retention) and np.isnan(row.revenue_ci_upper)
    means = {row.period: row for row in result.average.itertuples()}
    assert means.keys() == average.keys()
    for number, (cohorts, share, money) in average.items():
        assert means[number].cohorts == cohorts
        assert means[number].retention == pytest.approx(share)
        assert means[number].ci_lower - 1e-12 <= share <= means[number].ci_upper + 1e-12
        if money is not None:
            assert means[number].revenue_retention == pytest.approx(money, abs=1e-9)


# ------------------------------------------------------------------------------------------ single cases


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


# -------------------------------------------------------------------------------------------- properties


@settings(max_examples=15, deadline=None)
@given(
    shop=shops(),
    choices=ALL_CHOICES.filter(lambda c: not c.exclude_warm_up),
    factor=st.sampled_from([0.25, 8.0]),
)
def test_other_money_other_names_and_later_days_change_no_rate(
    shop: tuple[list[Row], dt.date, dt.date], choices: Choices, factor: float
) -> None:
    rows, start, as_of = shop
    names = {f"C{i}": f"D{9 - i}" for i in range(9)}
    other = [(names.get(c, c), day, money * factor, bought) for c, day, money, bought in reversed(rows)]
    after = as_of + dt.timedelta(days=1)
    other += [
        ("new", after, 7.0, True),
        *((c, after, 3.0, True) for c in {names.get(r[0], r[0]) for r in rows}),
    ]
    other = list({(r[0], r[1]): r for r in other[::-1]}.values())
    ours = retention(purchases_of(rows), Window(start, as_of), choices)
    theirs = retention(purchases_of(other), Window(start, as_of), choices)
    money = ["revenue"]
    pd.testing.assert_frame_equal(ours.cells.drop(columns=money), theirs.cells.drop(columns=money), atol=1e-9)
    pd.testing.assert_frame_equal(ours.average, theirs.average, atol=1e-9)
    np.testing.assert_allclose(ours.cells["revenue"] * factor, theirs.cells["revenue"], atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(shop=shops(), choices=ALL_CHOICES.filter(lambda c: c.rule != "bracket" and not c.exclude_warm_up))
def test_sizes_sum_to_customers_and_cells_to_revenue(
    shop: tuple[list[Row], dt.date, dt.date], choices: Choices
) -> None:
    rows, start, as_of = shop
    result = retention(purchases_of(rows), Window(start, as_of), choices)
    first = {c: min(r[1] for r in rows if r[0] == c and r[3]) for c in {r[0] for r in rows if r[3]}}
    assert result.customers == sum(day <= as_of for day in first.values())
    total = sum(r[2] for r in rows if r[0] in first and first[r[0]] <= r[1] <= as_of)
    assert result.cells["revenue"].sum() == pytest.approx(total, abs=1e-9)


# ---------------------------------------------------------------------------------------------- segments


@settings(max_examples=15, deadline=None)
@given(
    shop=shops(),
    choices=ALL_CHOICES.filter(lambda c: c.average == "pooled" and not c.exclude_warm_up),
    segments=st.lists(st.sampled_from(["A", "B", "C", "D", None]), min_size=7, max_size=7),
    most=st.integers(1, 5),
)
def test_segments_sum_to_the_whole(
    shop: tuple[list[Row], dt.date, dt.date], choices: Choices, segments: list[str | None], most: int
) -> None:
    """Also folded to "other", where on-or-after counts of several segments have to be added."""
    rows, start, as_of = shop
    frame = pd.DataFrame(
        {"customer_id": [f"C{i}" for i in range(7)], "tier": pd.Series(segments, dtype="string")}
    )
    table, window = purchases_of(rows), Window(start, as_of)
    whole = retention(table, window, choices)
    curves = retention_by(table, ibis.memtable(frame), "tier", window, choices, most=most).curves
    assert curves["segment"].nunique() <= most + 1
    sums = curves.groupby("period")[["size", "active"]].sum()
    expected = whole.average.set_index("period")[["size", "active"]]
    pd.testing.assert_frame_equal(sums, expected, check_dtype=False)
    if len(curves):
        shown = curves.drop_duplicates("segment")
        seen = {c for c in {r[0] for r in rows} if any(r[0] == c and r[3] and r[1] <= as_of for r in rows)}
        names = {c: (segments[int(c[1:])] if c[1:].isdigit() else None) or "not stated" for c in seen}
        for row in shown[shown["segment"] != "other"].itertuples():
            assert row.customers == sum(name == row.segment for name in names.values())


def test_small_segments_fold_to_other_by_size() -> None:
    sizes = {"big": 5, "middle": 3, "small": 2, "tiny": 1}
    rows = [row for name, n in sizes.items() for i in range(n) for row in buys(f"{name}{i}", "2024-01-05")]
    rows += buys("nameless", "2024-01-05")
    frame = pd.DataFrame({"customer_id": [r[0] for r in rows[:-1]]})
    frame["kind"] = frame["customer_id"].str.rstrip("0123456789")
    window = Window(D(2024, 1, 5), D(2024, 2, 29))
    curves = retention_by(purchases_of(rows), ibis.memtable(frame), "kind", window, most=2).curves
    assert list(dict.fromkeys(curves["segment"])) == ["big", "middle", "other"]
    assert list(curves.drop_duplicates("segment")["customers"]) == [5, 3, 4]
    every = retention_by(purchases_of(rows), ibis.memtable(frame), "kind", window, most=9).curves
    assert dict(every.drop_duplicates("segment")[["segment", "customers"]].to_numpy()) == {
        **sizes,
        "not stated": 1,
    }


def test_on_or_after_of_other_adds_segments_with_different_gaps() -> None:
    """By hand: B returns in month 2 alone, C in month 3 alone: in month 2 both are still on-or-after."""
    rows = [
        *buys("a1", "2024-01-02"),
        *buys("a2", "2024-01-02"),
        *buys("b", "2024-01-02", "2024-03-02"),
        *buys("c", "2024-01-02", "2024-04-02"),
    ]
    frame = pd.DataFrame({"customer_id": ["a1", "a2", "b", "c"], "kind": ["A", "A", "B", "C"]})
    window, choices = Window(D(2024, 1, 2), D(2024, 4, 30)), Choices(rule="on_or_after")
    curves = retention_by(purchases_of(rows), ibis.memtable(frame), "kind", window, choices, most=1).curves
    assert list(curves.loc[curves["segment"] == "other", "active"]) == [2, 2, 2, 1]


def test_segments_test_is_pearsons() -> None:
    """30 of 50 against 20 of 50: χ² = 4.0 on one degree of freedom, p = 0.0455 (any table of χ²)."""
    rows = [
        row
        for kind, back in (("A", 30), ("B", 20))
        for i in range(50)
        for row in buys(f"{kind}{i}", "2024-01-05", *["2024-02-05"] * (i < back))
    ]
    frame = pd.DataFrame({"customer_id": sorted({r[0] for r in rows})})
    frame["kind"] = frame["customer_id"].str[0]
    result = retention_by(
        purchases_of(rows), ibis.memtable(frame), "kind", Window(D(2024, 1, 5), D(2024, 2, 29))
    )
    assert result.pvalue == pytest.approx(0.0455, abs=5e-5)


def test_segments_say_what_they_need() -> None:
    table, window = purchases_of(buys("a", "2024-01-05")), Window(D(2024, 1, 5), D(2024, 2, 29))
    frame = ibis.memtable(pd.DataFrame({"customer_id": ["a"], "tier": ["x"]}))
    with pytest.raises(NotEnoughData, match="needs the table `customers`"):
        retention_by(table, None, "tier", window)
    with pytest.raises(DataError, match="no column 'teir'") as fault:
        retention_by(table, frame, "teir", window)
    assert "tier" in str(fault.value)
    with pytest.raises(NotEnoughData, match="warm-up"):
        retention_by(table, frame, "tier", window, Choices(warm_up=1, exclude_warm_up=True))


# ---------------------------------------------------------------------------------------------- recovery


def simulated(people: int, seed: int) -> tuple[ir.Table, ir.Table, Window]:
    shop = simulate(people, D(2023, 1, 1), 540, seed)
    rows = shop.transactions.to_pandas().drop_duplicates().dropna(subset="customer_id")
    by_order = rows.groupby("order_id")["amount"]
    undone = (by_order.transform("sum").abs() < 0.005) & (by_order.transform("min") < 0)
    rows = rows[(rows["amount"] > 0) & ~undone]
    days = (
        rows.groupby(["customer_id", "date"], as_index=False).agg(money=("amount", "sum")).assign(bought=True)
    )
    table = table_of(pa.Table.from_pandas(days), f"shop{people}")
    return table, ibis.memtable(shop.customers.to_pandas()), Window(D(2023, 1, 1), D(2024, 6, 23))


def errors_by_tier(people: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rolling 30-day retention minus truth, and that in binomial standard errors, tier by age 1 … 12."""
    table, people_table, window = simulated(people, seed)
    curves = retention_by(table, people_table, "tier", window, Choices(clock="rolling")).curves
    off, scaled = [], []
    for tier, (_, truth) in TIERS.items():
        curve = curves[curves["segment"] == tier].set_index("period").loc[1:12]
        expected = truth.retention(12, 30)
        off.append(curve["retention"].to_numpy() - expected)
        scaled.append(off[-1] / np.sqrt(expected * (1 - expected) / curve["size"].to_numpy()))
    return np.array(off), np.array(scaled)


def test_simulated_tiers_come_back_and_more_data_are_tighter() -> None:
    few, _ = errors_by_tier(1_500, 3)
    many, scaled = errors_by_tier(40_000, 4)
    assert np.abs(scaled).max() < 4 and np.sqrt((scaled**2).mean()) < 1.5
    assert np.abs(many).mean() < np.abs(few).mean() / 2


# ------------------------------------------------------------------------------------------------- speed


def test_a_million_customer_days_stay_in_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    ENGINE.raw_sql(
        """
        CREATE OR REPLACE TABLE million AS
        SELECT 'C' || (i % 100_000) AS customer_id,
               DATE '2021-01-01' + CAST(i % 100_000 % 700 + i // 100_000 * 37 + hash(i) % 30 AS INT) AS date,
               CAST(5 + i % 95 AS DECIMAL(18, 4)) AS amount, CAST(5 + i % 95 AS DECIMAL(18, 4)) AS gross,
               1::BIGINT AS orders, TRUE AS is_purchase
        FROM range(1_000_000) t(i)
        """
    )
    fetched = []
    to_pandas = ir.Table.to_pandas

    def counted(table: ir.Table, *args: Any, **kwargs: Any) -> pd.DataFrame:
        fetched.append(to_pandas(table, *args, **kwargs))
        return fetched[-1]

    monkeypatch.setattr(ir.Table, "to_pandas", counted)
    began = time.perf_counter()
    result = retention(ENGINE.table("million"), Window(D(2021, 1, 1), D(2023, 12, 31)))
    took = time.perf_counter() - began
    assert result.customers == 100_000
    assert sum(map(len, fetched)) < 1_500, "cells, never customers"
    assert took < 5, f"{took:.1f} s"
