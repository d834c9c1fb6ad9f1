"""The simple baselines predict what they do by hand, from what is known at the cut alone."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from clv_validation_data import CUT, END, START
from cohort_data import Row, buys, purchases_of, shops
from hypothesis import given, settings
from hypothesis import strategies as st

from keepbook.clv.validation.baselines import (
    HISTORICAL,
    PERSISTENCE,
    Split,
    expected_lifetime,
    historical,
    persistence,
    split,
)

PREDICTED = ["bought_1", "bought_2", "bought_4", "spent_1", "spent_2", "spent_4", "before", "lately"]
THREE = [
    *buys("A", "2024-01-01", amount=10.0),
    *buys("A", "2024-02-10", amount=20.0),
    *buys("A", "2024-04-01", amount=30.0),
    *buys("A", "2024-05-01", "2024-05-29", amount=40.0),
    *buys("A", "2024-05-30", amount=99.0),  # the day after
    *buys("B", "2024-01-05", amount=5.0),
    ("B", dt.date(2024, 4, 20), -5.0, False),  # brings it back
    *buys("C", "2024-04-04", amount=8.0),
    *buys("C", "2024-04-08", amount=12.0),
    *buys("D", "2024-04-10", amount=1.0),  # not known yet
]


def known(rows: list[Row], cut: dt.date = CUT, end: dt.date = END, time_unit: str = "day") -> Split:
    return split(purchases_of(rows, "evaluated"), START, cut, end, time_unit)  # type: ignore[arg-type]


def test_what_is_known_at_a_cut_by_hand() -> None:
    frame = known(THREE).customers.set_index("customer_id")
    assert list(frame.index) == ["A", "B", "C"]
    assert list(frame["bought_1"]) == [1, 0, 2], "of the 50 days up to the cut"
    assert list(frame["bought_2"]) == [1, 0, 2] and list(frame["bought_4"]) == [1, 0, 2]
    assert list(frame["spent_1"]) == [30, 0, 20]
    assert list(frame["before"]) == [2, 1, 0] and list(frame["lately"]) == [1, 0, 2]
    assert list(frame["purchases_holdout"]) == [2, 0, 0] and list(frame["spend_holdout"]) == [80, 0, 0]
    assert list(frame["net_holdout"]) == [80, -5, 0]
    assert known(THREE).horizon == 50 and known(THREE).stretch == 50


def test_weeks_count_once() -> None:
    """Weeks end on the cut's weekday: 03-27 … 04-02, 04-03 … 04-09; four of them, halves of 14 before."""
    rows = buys("A", "2024-01-01", "2024-03-28", "2024-04-01", "2024-04-03", "2024-04-09", amount=10.0)
    split_ = known(rows, end=CUT + dt.timedelta(days=28), time_unit="week")
    frame = split_.customers
    assert split_.horizon == 4 and split_.stretch == 4
    assert (
        list(frame["bought_1"]) == [2] and list(frame["bought_2"]) == [2] and list(frame["bought_4"]) == [1]
    )
    assert list(frame["spent_1"]) == [40] and list(frame["spent_4"]) == [20]


def test_the_formula_by_hand() -> None:
    """Of A and B, who bought in the older 50 days, B did not in the newer: half are lost in 50 days."""
    split_ = known(THREE)
    lifetime = 0.5 * 50 / np.log(2)
    assert expected_lifetime(split_) == pytest.approx(lifetime)
    made = historical(split_)
    assert made.method == HISTORICAL
    assert list(made.purchases) == pytest.approx([2 / 99 * lifetime, 0, 1 / 28 * lifetime])
    assert list(made.spend) == pytest.approx([2 / 99 * lifetime * 20, 0, 1 / 28 * lifetime * 10])


def test_nobody_lost_stays_for_the_whole_horizon_and_all_lost_hardly() -> None:
    stayed = known(buys("A", "2024-01-02", "2024-03-01"))
    assert expected_lifetime(stayed) == 50
    gone = known(buys("A", "2024-01-02") + buys("B", "2024-01-03"))
    churn = 2 / 2.5  # as if half a customer more had been there and stayed
    assert expected_lifetime(gone) == pytest.approx(churn * 50 / -np.log(1 - churn))


def test_the_past_once_more_by_hand() -> None:
    """C is five days old, and counted as if bought over four weeks."""
    made = persistence(known(THREE))
    assert made.method == PERSISTENCE
    assert list(made.purchases) == pytest.approx([1, 0, 50 / 28])
    assert list(made.spend) == pytest.approx([30, 0, 12 * 50 / 28])


@settings(max_examples=25, deadline=None)
@given(shops(days=150), st.integers(0, 10**6))
def test_nothing_after_the_cut_leaks(shop: tuple[list[Row], dt.date, dt.date], seed: int) -> None:
    rows, start, _as_of = shop
    cut = start + dt.timedelta(days=80)
    end = cut + dt.timedelta(days=28)
    days = np.random.default_rng(seed).integers(1, 60, 5)
    later = [
        (row[0], cut + dt.timedelta(days=int(day)), 77.0, True) for row, day in zip(rows, days, strict=False)
    ]
    taken = {(customer, day) for customer, day, *_ in later}
    kept = [row for row in rows if row[:2] not in taken]
    seen = []
    for table in (kept, kept + list({(c, d): (c, d, m, b) for c, d, m, b in later}.values())):
        split_ = split(purchases_of(table, "evaluated"), start, cut, end, "day")
        predicted = [
            values for made in (historical(split_), persistence(split_)) for values in made.targets.values()
        ]
        seen.append((split_.customers[["customer_id", "frequency", *PREDICTED]], predicted))
    pd.testing.assert_frame_equal(seen[0][0], seen[1][0])
    for one, other in zip(seen[0][1], seen[1][1], strict=True):
        assert list(one) == list(other)
