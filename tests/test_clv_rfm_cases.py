"""Traps of the calendar, returns and free things are counted as they should."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from clv_rfm_data import Grain, bought, frame_of, known_of, returned, row_of, table_of

from keepbook.clv.rfm import patterns_of, rfm, spend_pairs, with_holdout
from keepbook.tables import open_tables
from keepbook.unit import Unit

# ── traps of the calendar ───────────────────────────────────────────────────────────────────────────────


def test_purchases_after_as_of_in_the_same_week_do_not_leak() -> None:
    """2024-01-31 is a Wednesday; lifetimes counts what is bought on the Thursday and Friday after it."""
    rows = bought("a", "2024-01-03", "2024-01-24")
    later = bought("a", "2024-02-01", "2024-02-02") + bought("new", "2024-02-01")
    assert known_of(rows + later, "2024-01-31", "week") == known_of(rows, "2024-01-31", "week") == [1, 3, 4]
    assert list(frame_of(rfm(table_of(rows + later), dt.date(2024, 1, 31), "week")).index) == ["a"]


def test_purchases_of_one_week_are_one() -> None:
    """Weeks end on a Wednesday here, so Thursday to Wednesday is one, over the weekend and the New Year."""
    rows = bought("a", "2023-12-28", "2023-12-31", "2024-01-01", "2024-01-03", "2024-01-04")
    found = row_of(rows, "2024-01-31", "week")
    assert [found[name] for name in ("frequency", "recency", "T")] == [1, 1, 4]
    assert (found["first_spend"], found["repeat_spend"], found["monetary_value"]) == (40, 10, 10)
    assert known_of(rows, "2024-01-31", "day") == [4, 7, 34]


@pytest.mark.parametrize(("first", "weeks"), [("2024-01-25", 0), ("2024-01-24", 1), ("2024-01-18", 1)])
def test_the_last_week_is_complete(first: str, weeks: int) -> None:
    assert known_of(bought("a", first), "2024-01-31", "week") == [0, 0, weeks]


def test_a_holdout_week_begins_the_day_after_the_cut() -> None:
    rows = bought("a", "2024-01-03", "2024-01-31", "2024-02-01", "2024-02-07", "2024-02-08", "2024-02-21")
    table = table_of(rows)
    cut, end = dt.date(2024, 1, 31), dt.date(2024, 2, 20)
    assert with_holdout(table, cut, end, "week").to_pandas()["purchases_holdout"].tolist() == [2]
    assert with_holdout(table, cut, end, "day").to_pandas()["purchases_holdout"].tolist() == [3]
    assert with_holdout(table, cut, end, "week").to_pandas()["spend_holdout"].tolist() == [30]


@pytest.mark.parametrize("grain", ["day", "week"])
def test_a_customer_of_the_last_day_has_a_T_of_0(grain: Grain) -> None:
    rows = bought("a", "2024-01-31") + bought("b", "2023-12-01")
    assert known_of(rows, "2024-01-31", grain) == [0, 0, 0]
    patterns = patterns_of(rfm(table_of(rows), dt.date(2024, 1, 31), grain))
    assert (patterns.T[0], patterns.total) == (0, 2)


def test_moments_on_the_cut_day_belong_to_it(shop: Callable[..., Unit]) -> None:
    """A purchase a second before midnight is of the day; the zone decides which day that is."""
    lines = (
        "customer_id,date,amount\n"
        "a,2024-01-01T10:00:00+00:00,10\n"
        "a,2024-01-31T22:59:59+00:00,20\n"
        "a,2024-01-31T23:00:00+00:00,40\n"
    )
    unit = shop(lines, timezone="Europe/Berlin")
    with open_tables(unit) as tables:
        found = rfm(tables.purchases, dt.date(2024, 1, 31), "day").to_pandas().iloc[0]
        later = with_holdout(tables.purchases, dt.date(2024, 1, 31), dt.date(2024, 2, 1), "day").to_pandas()
    assert (found["frequency"], found["recency"], found["repeat_spend"]) == (1, 30, 20)
    assert (later["purchases_holdout"].item(), later["spend_holdout"].item()) == (1, 40)


# ── returns and free things ─────────────────────────────────────────────────────────────────────────────


def test_days_of_returns_only_take_money_off() -> None:
    rows = bought("a", "2024-01-01", "2024-01-10") + returned("a", "2024-01-20", 300)
    rows += returned("never bought", "2024-01-05", 100)
    frame = frame_of(rfm(table_of(rows), dt.date(2024, 1, 31), "day"))
    assert list(frame.index) == ["a"]
    assert frame.loc["a", ["frequency", "recency", "T"]].tolist() == [1, 9, 30]
    assert frame.loc["a", ["spend_to_date", "repeat_spend", "first_spend"]].tolist() == [17, 10, 10]
    assert str(frame.loc["a", "last"])[:10] == "2024-01-10"


def test_a_return_before_the_first_purchase_is_no_first_purchase() -> None:
    rows = returned("a", "2024-01-01", 300) + bought("a", "2024-01-11")
    found = row_of(rows, "2024-01-31", "week")
    assert (str(found["first"])[:10], found["T"], found["spend_to_date"]) == ("2024-01-11", 2, 7)


def test_returns_after_the_cut_are_of_the_holdout() -> None:
    rows = bought("a", "2024-01-01", "2024-02-02") + returned("a", "2024-02-05", 2500)
    frame = with_holdout(table_of(rows), dt.date(2024, 1, 31), dt.date(2024, 2, 29), "day").to_pandas()
    columns = ["spend_to_date", "purchases_holdout", "spend_holdout", "net_holdout"]
    assert frame.iloc[0][columns].tolist() == [10, 1, 10, -15]


def test_free_things_are_purchases_without_money() -> None:
    """Where the unit keeps them: they count in frequency, and say nothing of what a purchase is worth."""
    rows = bought("a", "2024-01-01") + bought("a", "2024-01-10", cents=0) + bought("b", "2024-01-01")
    rows += bought("b", "2024-01-02")
    table = rfm(table_of(rows), dt.date(2024, 1, 31), "day")
    assert row_of(rows, "2024-01-31", "day")["frequency"] == 1
    assert row_of(rows, "2024-01-31", "day")["monetary_value"] == 0
    assert patterns_of(table).repeaters == 2
    assert spend_pairs(table).to_dict("records") == [{"frequency": 1, "monetary_value": 10.0, "customers": 1}]


def test_nobody_bought_by_the_cut() -> None:
    table = rfm(table_of(bought("a", "2024-02-01")), dt.date(2024, 1, 31), "week")
    assert table.to_pandas().empty
    assert (len(patterns_of(table)), patterns_of(table).total, len(spend_pairs(table))) == (0, 0, 0)
