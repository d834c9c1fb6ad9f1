"""Calendar, currency, names and the order of lines change no verdict, and a million lines take seconds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cohort_data import ENGINE
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_data import BEGIN, DAY, D, added, kinds, look_at, looked_at, moved, shop_of, without

from keepbook.quality import Readiness
from keepbook.simulate import stream_lines
from keepbook.tables import Window
from keepbook.unit import Unit

PLANTED = {
    "nothing": lambda shop: shop,
    "gap": lambda shop: without(shop, 300, 320),
    "migration": lambda shop: moved(shop, 0.2, 200),
    "far": lambda shop: added(shop, "C000007", [5000]),
    "guest": lambda shop: added(shop, "guest", np.arange(600)),
    "end": lambda shop: shop[shop["day"] < 680],
}


def shifted(found: Readiness, days: int) -> Readiness:
    by = days * DAY
    window = Window(found.window.start + by, found.window.as_of + by)
    odd = tuple(replace(one, first=one.first + by, last=one.last + by) for one in found.anomalies)
    return replace(found, window=window, anomalies=odd)


@pytest.mark.parametrize("name", PLANTED)
def test_another_calendar_with_the_same_days_changes_no_verdict(name: str, unit: Unit) -> None:
    """After 28 years weekdays and leap years are the same; before 1970 too."""
    shop = PLANTED[name](shop_of())
    here = look_at(shop, unit, as_of=max(699, shop["day"].max()))
    for days in (10_227, -3 * 10_227):
        there = look_at(shop, unit, as_of=max(699, shop["day"].max()), begin=BEGIN + days * DAY)
        assert there == shifted(here, days)


@settings(max_examples=12, deadline=None)
@given(name=st.sampled_from(sorted(PLANTED)), weeks=st.integers(-4, 4), seed=st.integers(1, 3))
def test_a_shift_by_weeks_changes_nothing_odd(name: str, weeks: int, seed: int, unit: Unit) -> None:
    shop, begin = PLANTED[name](shop_of(seed)), BEGIN + weeks * 7 * DAY
    here, there = look_at(shop, unit, as_of=None), look_at(shop, unit, as_of=None, begin=begin)
    assert kinds(there) == kinds(here)
    assert [odd.first for odd in there.anomalies] == [odd.first + weeks * 7 * DAY for odd in here.anomalies]
    assert (there.accounts, there.one_time, there.interval) == (here.accounts, here.one_time, here.interval)


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(sorted(PLANTED)), times=st.sampled_from([0.01, 100.0, 7.0]), seed=st.integers(0, 99)
)
def test_currency_names_and_order_of_lines_change_no_verdict(
    name: str, times: float, seed: int, unit: Unit
) -> None:
    shop = PLANTED[name](shop_of())
    here = look_at(shop, unit)
    other = shop.sample(frac=1, random_state=seed).assign(money=shop["money"] * times)
    other["customer"] = other["customer"].map(lambda name: name if name == "guest" else f"é{name[::-1]}")
    there = look_at(other, unit)
    assert there.anomalies == here.anomalies
    assert [a.days for a in there.accounts] == [a.days for a in here.accounts]
    assert there.amount == pytest.approx(here.amount * times, rel=1e-3)
    assert (there.cohorts, there.kept, there.lost) == (here.cohorts, here.kept, here.lost)


def test_a_million_lines_take_seconds(tmp_path: Path, unit: Unit) -> None:
    folder = stream_lines(tmp_path / "lines", 1_000_000)
    ENGINE.raw_sql(
        f"""
        CREATE OR REPLACE TABLE million AS
        SELECT customer_id, CAST(date AS DATE) AS date, CAST(sum(amount) AS DECIMAL(18, 4)) AS amount,
               CAST(sum(amount) AS DECIMAL(18, 4)) AS gross, true AS is_purchase
        FROM '{folder}/*.parquet' GROUP BY 1, 2
        """
    )
    started = time.perf_counter()
    found = looked_at(ENGINE.table("million"), D(2022, 1, 1), D(2024, 6, 30), unit)
    seconds = time.perf_counter() - started
    assert seconds < 3
    assert (found.anomalies, found.accounts) == ((), ())
    assert found.customers > 20_000
