"""Where revenue and customers went: the identities, and counting by hand."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cohort_data import ENGINE, Row, buys, later, purchases_of, shops, start_of
from hypothesis import given, settings
from hypothesis import strategies as st

from keepbook.cohorts import logo_churn, revenue_bridge
from keepbook.tables import Window

D = dt.date
PERIODS = st.sampled_from(["week", "month", "quarter"])
COUNTS = ["at_start", "lost", "gained", "at_end"]
COLUMNS = ["period_start", "period_end", *COUNTS, "churn", "ci_lower", "ci_upper"]
PARTS = ["starting", "churned", "contraction", "expansion", "reactivation", "new", "ending"]


def test_a_published_bridge() -> None:
    """Of 100, 10 churned and 10 contracted, 10 came by expansion: gross 20 %, net 10 %."""
    spent = {"gone": (10, 0), "less": (30, 20), "more": (20, 30), "same": (40, 40)}
    rows: list[Row] = []
    for customer, (before, now) in spent.items():
        rows += buys(customer, "2024-01-01", amount=before)
        rows += buys(customer, "2024-02-09", amount=now) if now else []
    row = revenue_bridge(purchases_of(rows), Window(D(2024, 1, 1), D(2024, 2, 29))).iloc[0]
    assert list(row[PARTS]) == [100, 10, 10, 10, 0, 0, 90]
    assert (row["grr"], row["nrr"]) == (pytest.approx(0.80), pytest.approx(0.90))
    assert row["grr_ci_lower"] < 0.80 < row["grr_ci_upper"] <= 1


def test_those_who_come_back_count_in_nrr_and_new_ones_do_not() -> None:
    rows = [
        *buys("a", "2024-01-01", "2024-02-01", "2024-03-01"),
        *buys("back", "2024-01-05", "2024-03-05", amount=4.0),
        *buys("new", "2024-03-05", amount=99.0),
    ]
    row = revenue_bridge(purchases_of(rows), Window(D(2024, 1, 1), D(2024, 3, 31))).iloc[1]
    assert (row["reactivation"], row["new"]) == (4, 99)
    assert (row["nrr"], row["grr"]) == (pytest.approx(1.4), pytest.approx(1.0))
    assert row["grr_ci_upper"] == 1


def test_part_of_a_first_period_is_no_base() -> None:
    """Data from 25 January: February's rates would compare a month with a week."""
    rows = [*buys("a", "2024-01-25", "2024-02-01", "2024-03-01")]
    frame = revenue_bridge(purchases_of(rows), Window(D(2024, 1, 25), D(2024, 3, 31)))
    assert list(frame["nrr"].isna()) == [True, False]
    assert list(frame["starting"]) == [10, 10] and frame["complete"].all()


def test_the_running_period_has_money_but_no_rates() -> None:
    rows = [*buys("a", "2024-01-01", "2024-02-01", "2024-03-01")]
    frame = revenue_bridge(purchases_of(rows), Window(D(2024, 1, 1), D(2024, 3, 30)))
    assert list(frame["complete"]) == [True, False]
    assert frame["ending"].iloc[1] == 10 and frame.iloc[1][["nrr", "grr", "nrr_ci_upper"]].isna().all()


def bridge_by_hand(rows: list[Row], start: dt.date, as_of: dt.date, period: str) -> list[dict[str, Any]]:
    money: dict[tuple[str, dt.date], float] = defaultdict(float)
    first = {c: min(r[1] for r in rows if r[0] == c and r[3]) for c in {r[0] for r in rows if r[3]}}
    for customer, day, amount, _ in rows:
        if customer in first and first[customer] <= day <= as_of:
            money[customer, start_of(day, period)] += amount
    found, then = [], start_of(start, period)
    while (now := later(then, 1, period)) <= as_of:
        sums = dict.fromkeys([*PARTS, "refunds"], 0.0)
        for customer, day in first.items():
            net = round(money[customer, now], 6)
            was, is_now = max(round(money[customer, then], 6), 0), max(net, 0)
            sums["starting"] += was
            sums["ending"] += is_now
            sums["refunds"] += min(net, 0)
            if start_of(day, period) == now:
                sums["new"] += is_now
            elif was == 0:
                sums["reactivation"] += is_now
            elif is_now == 0:
                sums["churned"] += was
            else:
                sums["contraction" if is_now < was else "expansion"] += abs(is_now - was)
        cut = then == start_of(start, period) and start != then
        over = later(now, 1, period) - dt.timedelta(days=1) <= as_of
        found.append({"period_start": pd.Timestamp(now), "complete": over, "rated": over and not cut, **sums})
        then = now
    return found


@settings(max_examples=25, deadline=None)
@given(shop=shops(), period=PERIODS)
def test_the_bridge_equals_counting_by_hand(shop: tuple[list[Row], dt.date, dt.date], period: Any) -> None:
    rows, start, as_of = shop
    frame = revenue_bridge(purchases_of(rows), Window(start, as_of), period=period)
    expected = bridge_by_hand(rows, start, as_of, period)
    assert len(frame) == len(expected)
    for (_, row), hand in zip(frame.iterrows(), expected, strict=True):
        assert (row["period_start"], row["complete"]) == (hand["period_start"], hand["complete"])
        for name in [*PARTS, "refunds"]:
            assert row[name] == pytest.approx(hand[name], abs=1e-6), name
        if hand["rated"] and hand["starting"] > 0:
            kept = hand["starting"] - hand["churned"] - hand["contraction"]
            gained = hand["expansion"] + hand["reactivation"]
            assert row["grr"] == pytest.approx(kept / hand["starting"])
            assert row["nrr"] == pytest.approx((kept + gained) / hand["starting"])
        else:
            assert row[["nrr", "grr", "nrr_ci_lower", "grr_ci_upper"]].isna().all()


@settings(max_examples=15, deadline=None)
@given(shop=shops(), period=PERIODS)
def test_the_bridge_adds_up(shop: tuple[list[Row], dt.date, dt.date], period: Any) -> None:
    rows, start, as_of = shop
    frame = revenue_bridge(purchases_of(rows), Window(start, as_of), period=period)
    kept = frame["starting"] - frame["churned"] - frame["contraction"]
    np.testing.assert_allclose(
        kept + frame["expansion"] + frame["reactivation"] + frame["new"], frame["ending"], atol=1e-6
    )
    np.testing.assert_allclose(frame["ending"].iloc[:-1], frame["starting"].iloc[1:], atol=1e-6)
    rated = frame.dropna(subset=["nrr"])
    assert (rated["grr"] <= 1 + 1e-12).all() and (rated["grr"] <= rated["nrr"] + 1e-12).all()
    for rate in ("nrr", "grr"):
        assert (rated[f"{rate}_ci_lower"] <= rated[rate] + 1e-9).all()
        assert (rated[rate] <= rated[f"{rate}_ci_upper"] + 1e-9).all()
    after = [*rows, *((c, as_of + dt.timedelta(days=1), 50.0, True) for c in {r[0] for r in rows})]
    unique = list({(r[0], r[1]): r for r in after}.values())
    later_data = revenue_bridge(purchases_of(unique), Window(start, as_of), period=period)
    pd.testing.assert_frame_equal(frame, later_data)


# ------------------------------------------------------------------------------------------- lost customers


def churn_by_hand(
    rows: list[Row], start: dt.date, as_of: dt.date, period: str, churn_after: int
) -> list[tuple[dt.date, dt.date, int, int, int, int]]:
    bought: dict[str, list[dt.date]] = defaultdict(list)
    for customer, day, _, is_purchase in rows:
        if is_purchase and day <= as_of:
            bought[customer].append(day)

    def there(on: dt.date) -> set[str]:
        """Bought before that day, and at most `churn_after` days before it."""
        return {c for c, days in bought.items() if any(0 < (on - day).days <= churn_after for day in days)}

    found, begin = [], start_of(start, period)
    while (end := later(begin, 1, period)) <= as_of + dt.timedelta(days=1):
        if (begin - start).days >= churn_after:
            old, new = there(begin), there(end)
            last = end - dt.timedelta(days=1)
            found.append((begin, last, len(old), len(old - new), len(new - old), len(new)))
        begin = end
    return found


@settings(max_examples=60, deadline=None)
@given(shop=shops(), period=PERIODS, churn_after=st.sampled_from([1, 5, 14, 31, 60, 120]))
def test_churn_equals_counting_by_hand(
    shop: tuple[list[Row], dt.date, dt.date], period: Any, churn_after: int
) -> None:
    """With rules shorter and longer than the period, and customers who lapse and return within one."""
    rows, start, as_of = shop
    frame = logo_churn(purchases_of(rows), Window(start, as_of), period=period, churn_after=churn_after)
    expected = churn_by_hand(rows, start, as_of, period, churn_after)
    found = [
        (row.period_start.date(), row.period_end.date(), *(int(getattr(row, name)) for name in COUNTS))
        for row in frame.itertuples()
    ]
    assert found == expected
    assert list(frame.columns) == COLUMNS
    assert (frame["at_start"] - frame["lost"] + frame["gained"] == frame["at_end"]).all()
    assert list(frame["at_start"].iloc[1:]) == list(frame["at_end"].iloc[:-1])
    seen = frame[frame["at_start"] > 0]
    np.testing.assert_allclose(seen["churn"], seen["lost"] / seen["at_start"])
    assert frame.loc[frame["at_start"] == 0, ["churn", "ci_lower", "ci_upper"]].isna().all(axis=None)


def test_churn_of_one_customer_by_hand() -> None:
    """Last bought on 10 January, gone after 30 days: a customer until 9 February, so lost in February."""
    rows = [*buys("first", "2023-12-01"), *buys("a", "2024-01-10"), *buys("back", "2024-01-02", "2024-02-20")]
    frame = logo_churn(purchases_of(rows), Window(D(2023, 12, 1), D(2024, 3, 31)), churn_after=30)
    row = frame.set_index("period_start").loc[pd.Timestamp("2024-02-01")]
    assert (row["at_start"], row["lost"], row["at_end"]) == (2, 1, 1)
    assert (row["ci_lower"], row["ci_upper"]) == (  # Wilson of 1 of 2, by its formula at z = 1.959964
        pytest.approx(0.0945, abs=5e-5),
        pytest.approx(0.9055, abs=5e-5),
    )


def test_churn_needs_data_as_long_as_its_rule() -> None:
    table = purchases_of(buys("a", "2024-01-01", "2024-02-15"))
    short = logo_churn(table, Window(D(2024, 1, 1), D(2024, 2, 29)), churn_after=90)
    assert short.empty and list(short.columns) == COLUMNS
    assert len(logo_churn(table, Window(D(2024, 1, 1), D(2024, 4, 30)), churn_after=90)) == 1


def test_a_million_customer_days_are_quick() -> None:
    """Aggregation stays in the engine: what comes back is one row per period."""
    ENGINE.raw_sql(
        """
        CREATE OR REPLACE TABLE million_bridge AS
        SELECT i % 100_000 AS customer_id,
               DATE '2021-01-01' + CAST(i % 100_000 % 700 + i // 100_000 * 37 + hash(i) % 30 AS INT) AS date,
               CAST(5 + i % 95 AS DECIMAL(18, 4)) AS amount, TRUE AS is_purchase
        FROM range(1_000_000) t(i)
        """
    )
    window = Window(D(2021, 1, 1), D(2023, 12, 31))
    for measure in (revenue_bridge, logo_churn):
        began = time.perf_counter()
        frame = measure(ENGINE.table("million_bridge"), window)
        assert time.perf_counter() - began < 6, measure.__name__
        assert 30 <= len(frame) <= 36
