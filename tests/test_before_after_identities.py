"""What must add up on the before/after page: against sums done with pandas, and by breaking it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from before_after_data import WEEKS, alone, groups, shop_of
from before_after_panels import DATE, change, tables

from keepbook.before_after import before_after
from keepbook.before_after.identities import (
    customers_counted,
    customers_grouped,
    mean_of_periods,
    money_counted,
    money_of_levels,
)
from keepbook.errors import NotEnoughData

PANELS = groups(gain=2.0, n=60)
ROWS, PEOPLE = shop_of(PANELS, clusters=5)
FIRST = pd.Timestamp(DATE) - pd.Timedelta(weeks=WEEKS)


def late() -> pd.DataFrame:
    """Two who take no part: one comes within the periods, one only sent something back before. And money
    before and after the periods."""
    return pd.DataFrame(
        {
            "customer": ["late", "back", "back", "T0", "C0"],
            "date": pd.to_datetime(["2024-01-10", "2023-06-01", "2024-01-10", "2023-06-01", "2024-06-01"]),
            "money": [999.0, -5.0, 999.0, 999.0, 999.0],
            "bought": [True, False, True, True, True],
        }
    )


@pytest.mark.parametrize(
    ("asked", "out"),
    [
        ({"treated": {"got": "yes"}}, ()),
        ({"treated": {"got": "yes"}, "comparison": {"shop": ["C1", "C2"]}}, ("C0", "C3", "C4")),
        ({"treated": {"got": "yes"}, "cluster": "shop"}, ("C0",)),
    ],
)
def test_money_and_customers_add_up(asked: dict[str, Any], out: tuple[str, ...]) -> None:
    more = {"customer_id": ["late", "back"], "got": ["yes", "yes"], "shop": ["T0", "T0"]}
    people = {name: [*values, *more[name]] for name, values in PEOPLE.items()}
    if "cluster" in asked:
        people["shop"] = [None if shop in out else shop for shop in people["shop"]]
    unit = tables(pd.concat([ROWS, late()], ignore_index=True), people)
    found = before_after(unit, change(before=WEEKS, after=WEEKS, **asked))
    inside = ROWS[ROWS["date"].between(FIRST, pd.Timestamp(DATE) + pd.Timedelta(weeks=WEEKS, days=-1))]
    shops = dict(zip(PEOPLE["customer_id"], PEOPLE["shop"], strict=True))
    expected = inside[~inside["customer"].map(shops).isin(out)]["money"].sum()
    assert money_of_levels(found) == pytest.approx(expected, rel=1e-9)
    assert money_counted(found, unit) == pytest.approx(expected, rel=1e-9)
    assert customers_grouped(found) == customers_counted(found, unit) == 122


def test_two_units_add_up() -> None:
    own, other = (ROWS[ROWS["customer"].str.startswith(letter)] for letter in "TC")
    unit, sister = tables(own), tables(other, name="sister")
    found = before_after(unit, change(comparison_unit="deli", before=WEEKS, after=WEEKS), sister=sister)
    assert customers_grouped(found) == customers_counted(found, unit, sister) == 120
    assert money_of_levels(found) == pytest.approx(sum(panel.sum() for panel in PANELS), rel=1e-9)
    assert money_counted(found, unit, sister) == pytest.approx(money_of_levels(found), rel=1e-9)


def test_a_mean_that_is_wrong_is_noticed() -> None:
    unit = tables(ROWS, PEOPLE)
    found = before_after(unit, change(treated={"got": "yes"}, before=WEEKS, after=WEEKS))
    wrong = replace(found, levels=found.levels.assign(mean=found.levels["mean"] + 0.01))
    assert money_of_levels(wrong) - money_counted(wrong, unit) == pytest.approx(0.01 * 120 * 2 * WEEKS)


def test_the_effect_is_the_mean_of_its_periods() -> None:
    found = before_after(tables(ROWS, PEOPLE), change(treated={"got": "yes"}, before=WEEKS, after=WEEKS))
    assert mean_of_periods(found) == pytest.approx(found.effects["effect"].iloc[0], rel=1e-12)
    lone = alone(gain=3.0)
    assert mean_of_periods(lone) == pytest.approx(lone.effects["effect"].iloc[0], rel=1e-9)


def test_what_cannot_be_added_up_says_so() -> None:
    with pytest.raises(NotEnoughData, match="every age of customers has the same weight"):
        money_of_levels(alone())
    asked = change(treated={"got": "yes"}, metrics=("orders",), before=WEEKS, after=WEEKS)
    with pytest.raises(NotEnoughData, match="`revenue` is not among the metrics"):
        money_of_levels(before_after(tables(ROWS, PEOPLE), asked))
