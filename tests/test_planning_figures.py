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
from keepbook.text import BOLD, PLAIN


def words(drawn: Chart) -> list[set[str]]:
    """Of the drawing for a screen, and of that for a phone."""
    return [
        {text.get_text() for text in BeautifulSoup(svg, "html.parser").find_all("text")}
        for svg in drawn.drawing
    ]


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
    stated = {"audience": "active", "power": 0.8, "alpha": 0.05, "outcome_days": 60}
    return SimpleNamespace(**{**stated, **known, **changes})


def test_detectable_speaks_of_the_customers_there_are() -> None:
    drawn = figures.detectable(a_plan())
    assert drawn.title == "Active customers today: a test finds a lift of 20 % or more"
    assert figures.detectable(a_plan(audience="silent")).title.startswith("Silent customers today: ")
    for shown in words(drawn):
        assert {"came back", "revenue a customer", "there today", "customers in the test"} <= shown
    assert "a chance of 80 %, at 5 % significance, 60 days after" in drawn.caption
    for svg in drawn.drawing:
        points = str(BeautifulSoup(svg, "html.parser").svg["data-points"])  # type: ignore[index]
        assert "came back | 1,000 customers find a lift of 20 %" in points
        assert "revenue a customer | 1,000 customers find a lift of 50 %" in points


def test_what_the_days_before_take_away_is_told_where_it_is_drawn() -> None:
    assert "Dashed: without what customers did before." in figures.detectable(a_plan()).caption
    rows = a_plan().detectable
    same = rows.assign(mde_lift_plain=rows["mde_lift"])
    assert "Dashed" not in figures.detectable(a_plan(detectable=same)).caption


def test_nothing_detectable_is_a_reason() -> None:
    rows = a_plan().detectable.assign(mde_lift=float("nan"))
    with pytest.raises(NotEnoughData, match="no effect of any size"):
        figures.detectable(a_plan(detectable=rows))


def test_power_that_falls_short_of_the_formula_is_named() -> None:
    drawn = figures.simulated_power(a_plan())
    assert drawn.title == "Simulated tests find less than the formula promises"
    assert drawn.measure.endswith("; less in: revenue a customer")
    fine = a_plan().simulated.assign(short=False)
    drawn = figures.simulated_power(a_plan(simulated=fine))
    assert drawn.title == "Simulated tests find what the formula promises" and "less in" not in drawn.measure
    assert f"came back {BOLD}5.0 %{PLAIN} (3.0–7.0 %)" in drawn.caption
    for shown, svg in zip(words(drawn), drawn.drawing, strict=True):
        assert {"came back", "revenue a customer", "20 %"} <= shown
        assert "lift 20 %, 500 per arm | found in 80 % of simulated tests" in svg
        assert "lift 20 %, 700 per arm | found in 50 % of simulated tests" in svg
    with pytest.raises(NotEnoughData, match="No lift has room"):
        figures.simulated_power(a_plan(simulated=fine.head(0)))
