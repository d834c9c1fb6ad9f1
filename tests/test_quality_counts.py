"""What data hold is counted: by hand on a few customers, and as pandas and the cohort notebook count it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cohort_data import Row, buys, purchases_of, shops
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_data import DAY, FEW, D, look, with_settings

from keepbook.cohorts import Choices, retention
from keepbook.stats import intervals
from keepbook.tables import Window
from keepbook.unit import Unit

# ── counted by hand ─────────────────────────────────────────────────────────────────────────────────────


def test_a_small_unit_counted_by_hand(unit: Unit) -> None:
    found = look(FEW, with_settings(unit, churn_after=30), D(2024, 3, 31))
    assert (found.customers, found.orders, found.amount) == (4, 8, 75.0)
    assert (found.repeaters, found.loyal) == (3, 1)
    assert found.interval == 39, "the median of 29/2 (a), 50 (b) and 39 (c) days"
    assert found.months == 2, "January began on the 5th"
    assert found.quiet == 11, "20 to 31 March"
    assert (found.kept, found.lost) == (1, 3), (
        "a, b, c and e bought from 1 February to 1 March; c again later"
    )
    assert found.active == 1
    assert found.negative == (1, -5.0)
    # Weeks of 1 January (a, b), 5 February (c), 26 February (e); quarters: the next one is not over.
    assert found.cohorts["month"] == (2, 2.0) and found.cohorts["week"] == (3, 1.0)
    assert found.cohorts["quarter"][0] == 0 and np.isnan(found.cohorts["quarter"][1])
    assert (found.anomalies, found.accounts, found.ahead) == ((), (), 0)


def test_one_time_buyers_with_wilsons_limits(unit: Unit) -> None:
    share, low, high = look(FEW, unit).one_time
    assert share == 0.25, "e alone"
    assert (round(low, 4), round(high, 4)) == (0.0456, 0.6994), "Wilson for 1 of 4, after Wilson (1927)"
    rows = [row for i in range(12) for row in buys(f"c{i}", "2024-01-05", "2024-02-05")]
    share, low, high = look(rows, unit).one_time
    assert (share, low, round(high, 4)) == (0, 0, 0.2425), "0 of 12: Wilson"


def test_nothing_after_the_last_day_counts(unit: Unit) -> None:
    later = [*FEW, *buys("a", "2024-05-01"), *buys("z", "2024-06-01"), ("b", D(2024, 6, 2), -99.0, False)]
    assert look(later, unit, D(2024, 3, 31)) == replace(
        look(FEW, unit, D(2024, 3, 31)), cohorts=look(later, unit, D(2024, 3, 31)).cohorts
    )


def test_a_single_purchase(unit: Unit) -> None:
    found = look(buys("a", "2024-01-05"), unit)
    assert (found.customers, found.orders, found.repeaters, found.anomalies) == (1, 1, 0, ())
    assert np.isnan(found.interval) and found.cohorts["month"][0] == 0


@pytest.mark.parametrize(
    ("start", "as_of", "months"),
    [
        (D(2024, 1, 1), D(2024, 1, 30), 0),
        (D(2024, 1, 1), D(2024, 1, 31), 1),
        (D(2024, 1, 2), D(2024, 2, 29), 1),
        (D(2023, 12, 31), D(2024, 3, 15), 2),
        (D(1969, 11, 1), D(1970, 2, 28), 4),
    ],
)
def test_complete_months(start: dt.date, as_of: dt.date, months: int, unit: Unit) -> None:
    assert look([("a", start, 1.0, True)], unit, as_of).months == months


def test_who_is_kept_or_lost_by_the_day(unit: Unit) -> None:
    """31 March less 30 days is 1 March: the span before it is 31 January, excluded, to 1 March, included."""
    rows = [
        *buys("too early", "2024-01-31", "2024-03-02"),
        *buys("first day, kept", "2024-02-01", "2024-03-02"),
        *buys("last day, lost", "2024-03-01"),
        *buys("new", "2024-03-31"),
    ]
    found = look(rows, with_settings(unit, churn_after=30))
    assert (found.kept, found.lost, found.active) == (1, 1, 3)


def test_orders_after_today(unit: Unit) -> None:
    rows = buys("a", "2024-03-01", "2024-03-02", "2024-03-03", "2024-03-09")
    assert look(rows, unit, today=D(2024, 3, 1)).ahead == 2, "the 2nd may be today elsewhere"
    assert look(rows, unit, today=D(2024, 3, 9)).ahead == 0
    assert look(rows, unit).ahead == 0, "nobody said what day it is"


# ── what must hold for any data ─────────────────────────────────────────────────────────────────────────


@settings(max_examples=30, deadline=None)
@given(shop=shops(), alpha=st.sampled_from([0.05, 0.1]))
def test_counts_agree_with_pandas(shop: tuple[list[Row], dt.date, dt.date], alpha: float, unit: Unit) -> None:
    rows, _first, as_of = shop
    found = look(rows, with_settings(unit, alpha=alpha), as_of)
    frame = pd.DataFrame(rows, columns=["customer", "day", "money", "bought"])
    seen = frame[frame["day"] <= as_of]
    days = seen[seen["bought"]].groupby("customer")["day"].agg(["count", "min", "max"])
    assert (found.customers, found.orders) == (len(days), days["count"].sum())
    assert (found.repeaters, found.loyal) == ((days["count"] > 1).sum(), (days["count"] > 2).sum())
    assert found.one_time[0] == (days["count"] == 1).mean()
    limits = intervals.wilson((days["count"] == 1).sum(), len(days), alpha)
    assert found.one_time[1:] == pytest.approx(limits, abs=1e-12)
    assert found.amount == pytest.approx(seen["money"].sum(), abs=0.01)
    edge = as_of - unit.churn_after * DAY
    bought = seen[seen["bought"]]
    after = set(bought.loc[bought["day"] > edge, "customer"])
    span = (bought["day"] > edge - unit.churn_after * DAY) & (bought["day"] <= edge)
    before = set(bought.loc[span, "customer"])
    assert (found.active, found.kept, found.lost) == (len(after), len(before & after), len(before - after))


CHOICES = st.fixed_dictionaries(
    {
        "cohort_period": st.sampled_from(["week", "month", "quarter"]),
        "clock": st.sampled_from(["calendar", "rolling"]),
        "brackets": st.sampled_from([None, (1, 2), (1, 3, 4), (2, 4)]),
        "warm_up": st.integers(0, 2),
        "warm_up_cohorts": st.sampled_from(["flag", "exclude"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(shop=shops(), chosen=CHOICES)
def test_cohorts_are_those_the_notebook_shows(
    shop: tuple[list[Row], dt.date, dt.date], chosen: dict[str, Any], unit: Unit
) -> None:
    rows, first, as_of = shop
    rule = "bracket" if chosen["brackets"] else "on"
    chosen_unit = with_settings(unit, return_rule=rule, **chosen)
    complete, size = look(rows, chosen_unit, as_of).cohorts[chosen["cohort_period"]]
    choices = replace(Choices.of(chosen_unit), exclude_warm_up=False)
    cells = retention(purchases_of(rows, "ready"), Window(first, as_of), choices).cells
    if chosen["warm_up_cohorts"] == "exclude":
        cells = cells[~cells["warm_up"]]
    over = cells[(cells["period"] == 1) & cells["complete"]]
    assert complete == len(over)
    assert size == over["size"].median() or (np.isnan(size) and over.empty)
