"""What must add up on the before/after page: against sums done with pandas, and by breaking it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from before_after_data import UNIT, WEEKS, alone, groups, shop_of
from before_after_panels import DATE, change, tables

from keepbook.before_after import BeforeAfter
from keepbook.before_after.analysis import BeforeAfterAnalysis
from keepbook.tables import Tables

PANELS = groups(gain=2.0, n=60)
ROWS, PEOPLE = shop_of(PANELS, clusters=5)
FIRST = pd.Timestamp(DATE) - pd.Timedelta(weeks=WEEKS)


def analysis(unit: Tables, sister: Tables | None = None, **asked: Any) -> BeforeAfterAnalysis:
    wanted = {"before": WEEKS, "after": WEEKS} | asked
    return BeforeAfterAnalysis(UNIT, unit, change(**wanted), sister)


def with_result(comparison: BeforeAfter, unit: Tables | None = None) -> BeforeAfterAnalysis:
    """An analysis that has come to this result."""
    made = analysis(unit or tables(ROWS, PEOPLE), treated={"got": "yes"})
    made.__dict__["comparison"] = comparison
    return made


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
    found = analysis(unit, **asked)
    inside = ROWS[ROWS["date"].between(FIRST, pd.Timestamp(DATE) + pd.Timedelta(weeks=WEEKS, days=-1))]
    shops = dict(zip(PEOPLE["customer_id"], PEOPLE["shop"], strict=True))
    expected = inside[~inside["customer"].map(shops).isin(out)]["money"].sum()
    assert found.money_adds_up.left == pytest.approx(expected, rel=1e-9)
    assert found.money_adds_up.right == pytest.approx(expected, rel=1e-9)
    assert found.customers_add_up.left == found.customers_add_up.right == 122


def test_two_units_add_up() -> None:
    own, other = (ROWS[ROWS["customer"].str.startswith(letter)] for letter in "TC")
    unit, sister = tables(own), tables(other, name="sister")
    found = analysis(unit, sister, comparison_unit="deli")
    assert found.customers_add_up.left == found.customers_add_up.right == 120
    money = found.money_adds_up
    assert money.left == pytest.approx(sum(panel.sum() for panel in PANELS), rel=1e-9)
    assert money.right == pytest.approx(money.left, rel=1e-9)


def test_a_mean_that_is_wrong_is_noticed() -> None:
    unit = tables(ROWS, PEOPLE)
    found = analysis(unit, treated={"got": "yes"}).comparison
    wrong = replace(found, levels=found.levels.assign(mean=found.levels["mean"] + 0.01))
    money = with_result(wrong, unit).money_adds_up
    assert money.left - money.right == pytest.approx(0.01 * 120 * 2 * WEEKS)


def test_the_effect_is_the_mean_of_its_periods() -> None:
    found = analysis(tables(ROWS, PEOPLE), treated={"got": "yes"})
    assert found.effect_adds_up.left == pytest.approx(found.comparison.effects["effect"].iloc[0], rel=1e-12)
    lone = alone(gain=3.0)
    assert with_result(lone).effect_adds_up.left == pytest.approx(lone.effects["effect"].iloc[0], rel=1e-9)


def test_what_cannot_be_added_up_says_so() -> None:
    assert "every age of customers has the same weight" in str(with_result(alone()).money_adds_up)
    asked = analysis(tables(ROWS, PEOPLE), treated={"got": "yes"}, metrics=("orders",))
    assert "`revenue` is not among the metrics" in str(asked.money_adds_up)
