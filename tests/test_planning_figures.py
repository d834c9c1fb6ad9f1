"""Figures of the next test: titles fit their numbers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.planning.page import figures


def words(drawn: Chart) -> list[str]:
    return [text.get_text() for text in BeautifulSoup(drawn.svg, "html.parser").find_all("text")]


def a_plan(**changes: Any) -> Any:
    rows = pd.DataFrame(
        {
            "metric": ["retained", "retained", "revenue"],
            "customers": [500, 1000, 1000],
            "mde_lift": [0.3, 0.2, 0.5],
            "mde_lift_plain": [0.3, 0.21, 0.6],
        }
    )
    simulated = pd.DataFrame(
        {
            "metric": ["retained", "revenue"],
            "lift": [0.2, 0.2],
            "n_per_arm": [500, 700],
            "power": [0.8, 0.5],
            "lower": [0.76, 0.46],
            "upper": [0.84, 0.54],
            "formula": [0.8, 0.8],
            "short": [False, True],
        }
    )
    false = pd.DataFrame(
        {
            "metric": ["retained"],
            "n_per_arm": [500],
            "rate": [0.05],
            "lower": [0.03],
            "upper": [0.07],
            "replications": [500],
        }
    )
    history = SimpleNamespace(available=1000, anchor=pd.Timestamp("2024-11-01"))
    known = {"detectable": rows, "simulated": simulated, "false_positive": false, "history": history}
    return SimpleNamespace(power=0.8, alpha=0.05, outcome_days=60, **{**known, **changes})


def test_detectable_speaks_of_the_customers_there_are() -> None:
    drawn = figures.detectable(a_plan())
    assert drawn.title == "A test of today's 1,000 customers finds a lift of 20 % or more in: came back"
    assert {"came back", "revenue a customer", "there today"} <= set(words(drawn))


def test_nothing_detectable_is_a_reason() -> None:
    rows = a_plan().detectable.assign(mde_lift=float("nan"))
    with pytest.raises(NotEnoughData, match="no effect of any size"):
        figures.detectable(a_plan(detectable=rows))


def test_power_that_falls_short_of_the_formula_is_named() -> None:
    assert figures.simulated_power(a_plan()).title == (
        "Simulated tests find less than the formula promises in: revenue a customer"
    )
    fine = a_plan().simulated.assign(short=False)
    drawn = figures.simulated_power(a_plan(simulated=fine))
    assert drawn.title == "Simulated tests find what the formula promises"
    assert "came back 5.0 % [3.0 %, 7.0 %]" in drawn.caption
