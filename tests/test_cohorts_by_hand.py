"""Who stays, by every rule, is what one counts by hand, whatever names, money and later days are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from cohort_data import ALL_CHOICES, Row, later, purchases_of, shops, start_of
from hypothesis import given, settings
from hypothesis import strategies as st

from keepbook.cohorts import Choices, retention
from keepbook.errors import NotEnoughData
from keepbook.tables import Window

ROLLING = {"week": 7, "month": 30, "quarter": 90}


# ── counting by hand ────────────────────────────────────────────────────────────────────────────────────


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


# ── properties ──────────────────────────────────────────────────────────────────────────────────────────


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
