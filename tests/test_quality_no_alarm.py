"""Where all is well nothing is said: clean data, businesses with rhythms of their own, the sample units."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cohort_data import buys
from quality_data import BEGIN, D, kinds, look, look_at, shop_of

from conftest import REPOSITORY
from keepbook.quality import readiness
from keepbook.tables import open_tables
from keepbook.unit import Unit, load_unit

UNITS = sorted(path.stem for path in (REPOSITORY / "params").glob("*.yaml"))


@pytest.mark.parametrize(("customers", "days"), [(60, 365), (400, 200), (1500, 731)])
def test_clean_simulated_data_raise_no_alarm(customers: int, days: int, unit: Unit) -> None:
    for seed in range(100, 108):
        found = look_at(shop_of(seed, customers, days), unit, today=D(2026, 1, 1))
        assert (found.anomalies, found.accounts, found.negative, found.ahead) == ((), (), None, 0)


def by_day(orders: Any, begin: dt.date = BEGIN) -> pd.DataFrame:
    """So many orders on each day, of customers who come in turn; a quarter of the orders are first ones."""
    day = np.repeat(np.arange(len(orders)), orders)
    number = np.arange(len(day))
    customer = np.where(number % 4 == 0, number, np.random.default_rng(0).integers(0, number + 1) // 4 * 4)
    frame = pd.DataFrame({"customer": [f"K{i}" for i in customer], "day": day, "money": 50.0})
    return frame.drop_duplicates(["customer", "day"], ignore_index=True)


def rhythms() -> dict[str, Any]:
    """Businesses with a rhythm of their own: name → expected orders of 800 days from 2 January 2023."""
    day = np.arange(800)
    date = pd.DatetimeIndex(np.datetime64(BEGIN) + day)
    weekday, year_end = date.day_of_week, (date.month == 12) & (date.day > 23)
    summer = date.month.isin([7, 8])
    noise = np.random.default_rng(3)
    easter = np.isin(date.strftime("%m-%d"), ["04-07", "04-08", "04-09", "04-10"]) & (date.year == 2023)
    return {
        "closed on Sundays": 12 * (weekday < 6),
        "open Tuesday to Thursday": 20 * np.isin(weekday, [1, 2, 3]),
        "three orders a week": 0.6 * (weekday < 5),
        "one order a month": np.full(800, 1 / 30),
        "dated on the first of the month": 200 * (date.day == 1),
        "closed over Christmas and Easter": 30 * ~year_end * ~easter,
        "closed every July and August": 30 * ~summer,
        "a strong season": 30 * np.exp(1.2 * np.sin(day / 58)),
        "bunches": 8 * noise.gamma(2, 0.5, 800),
        "week-end sales": 10 * (1 + 4 * (weekday > 4)),
        "black fridays": 30 * (1 + 8 * ((date.month == 11) & (date.day > 23) & (date.day < 28))),
        "campaign weeks": 4 * np.repeat(noise.gamma(0.25, 4, 115), 7)[:800],
        "every second Friday": 30 * (day % 14 == 4),
        "a pilot before the opening": np.where(day < 150, 0.3, 40),
        "a sale of four days": np.where((day > 399) & (day < 404), 800, 10),
        "growing tenfold": 5 * np.exp(day / 350),
        "winding down": 40 * np.exp(-day / 120),
    }


@pytest.mark.parametrize("name", rhythms())
def test_a_rhythm_of_ones_own_is_no_oddity(name: str, unit: Unit) -> None:
    for seed in range(4):
        orders = np.random.default_rng(seed).poisson(rhythms()[name])
        assert look_at(by_day(orders), unit).anomalies == ()


def test_a_closing_that_comes_back_is_a_season_and_one_that_does_not_is_a_gap(unit: Unit) -> None:
    orders = np.full(1000, 20)
    orders[200:214] = 0
    assert kinds(look_at(by_day(orders), unit)) == ["gap"]
    orders[200 + 372 : 214 + 372] = 0  # Spring Festival moves by some days
    assert look_at(by_day(orders), unit).anomalies == ()
    moved_on = orders.copy()
    moved_on[572:586], moved_on[700:714] = 20, 0  # the other one falls in another season
    assert kinds(look_at(by_day(moved_on), unit)) == ["gap", "gap"]


def test_business_over_new_year_makes_missing_days_odd(unit: Unit) -> None:
    """The turn of the year counts as closed only for who does not sell then."""
    begin, orders = D(2022, 1, 3), np.full(1092, 30)  # to 29 December 2024
    closes = orders.copy()
    date = pd.DatetimeIndex(np.datetime64(begin) + np.arange(1092))
    closes[(date.month == 12) & (date.day > 23)] = 0
    stopped = orders.copy()
    stopped[date >= "2024-12-24"] = 0
    assert look_at(by_day(closes), unit, begin=begin, as_of=1091).anomalies == ()
    assert kinds(look_at(by_day(stopped), unit, begin=begin, as_of=1091)) == ["end"]


@pytest.mark.parametrize("name", UNITS)
def test_sample_units_raise_no_alarm(name: str) -> None:
    unit = load_unit(name, REPOSITORY)
    with open_tables(unit) as tables:
        found = readiness(tables, unit, today=D(2026, 1, 1))
    assert (found.anomalies, found.accounts, found.negative, found.ahead) == ((), (), None, 0)
    assert found.amount == pytest.approx(float(tables.ledger.amount_kept))


def test_sample_units_raise_no_alarm_wherever_their_data_end(unit: Unit) -> None:
    """Every tenth day of the florist, who has Valentine's Day and no purchase on some days."""
    florist = load_unit("floral", REPOSITORY)
    with open_tables(florist) as tables:
        bought = tables.purchases.filter(tables.purchases.is_purchase)
        frame = bought.select("customer_id", "date", money=bought.amount.cast("float64")).to_pandas()
    frame["day"] = (pd.to_datetime(frame["date"]) - pd.Timestamp(D(2017, 1, 1))).dt.days
    frame = frame.rename(columns={"customer_id": "customer"}).drop(columns="date")
    for end in range(60, 365, 10):
        assert look_at(frame[frame["day"] <= end], unit, as_of=end, begin=D(2017, 1, 1)).anomalies == ()


def test_a_handful_of_purchases_has_no_rhythm(unit: Unit) -> None:
    rows = [*buys("a", "2024-01-05"), *buys("b", *[f"2024-03-{day:02}" for day in range(1, 11)])]
    assert look(rows, unit, D(2024, 6, 30)).anomalies == ()
