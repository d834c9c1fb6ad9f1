"""Figures of a change that was not drawn by lot: titles fit their numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from before_after_data import UNIT, WEEKS, alone, by_hand, compared, groups
from bs4 import BeautifulSoup

from keepbook.before_after.page import figures
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart

GAIN = groups(gain=2)
RESULT = compared(GAIN, cost=0.2)
NINETY: Any = SimpleNamespace(currency="EUR", alpha=0.10, margin=1.0)
BARE: Any = SimpleNamespace(currency=None, alpha=0.05, margin=1.0)


def words(drawn: Chart) -> list[str]:
    return [text.get_text() for text in BeautifulSoup(drawn.svg, "html.parser").find_all("text")]


def test_levels_name_what_was_and_what_was_to_be_expected() -> None:
    hand, drawn = by_hand(GAIN), figures.levels(RESULT, UNIT)
    assert drawn.title == (
        f"Revenue a customer and week: {hand['after']:.2f} EUR from 2024-01-01 on; {hand['expected']:.2f} "
        "EUR were to be expected without the change"
    )
    shown = words(drawn)
    assert {"those who got it", "comparison", "to be expected without the change"} <= set(shown)
    assert {
        "revenue a customer and week, EUR",
        "orders a customer and week",
        "share who buy in a week",
    } <= set(shown)
    assert "from 2024-01-01 on" in shown and "2023-11-20" in shown and "weeks that begin on" in shown
    assert "95 % bands" in drawn.caption and "All periods are whole." in drawn.caption


def test_periods_that_are_not_over_are_told() -> None:
    drawn = figures.levels(compared(GAIN, after=80), BARE)
    assert "of 80 weeks from that day on, 52 are over" in drawn.caption


def test_months_are_named_as_months_where_they_are() -> None:
    monthly = compared(GAIN, period="month", before=3, after=2)
    shown = words(figures.levels(monthly, UNIT))
    assert "2024-01" in shown and "2023-10" in shown
    midway = compared(GAIN, period="month", before=3, after=2, date="2024-01-15")
    shown = words(figures.levels(midway, UNIT))
    assert "2023-10-15" in shown and "2023-10" not in shown


def test_event_study_says_whether_the_gap_had_been_moving() -> None:
    row = RESULT.effects.iloc[0]
    drawn = figures.event_study(RESULT, NINETY)
    assert drawn.title == (
        f"From 2024-01-01 on the gap in revenue moved by +{row.effect:.2f} EUR [+{row.ci_lower:.2f}, "
        f"+{row.ci_upper:.2f}]; before it did not move beyond chance"
    )
    assert {"revenue, EUR", "orders", "share who buy, percentage points", "weeks from 2024-01-01"} <= set(
        words(drawn)
    )
    assert "90 % intervals" in drawn.caption
    drifting = figures.event_study(compared(groups(drift=1.5)), UNIT)
    assert drifting.title.endswith("; but it had been moving before")
    open_ = RESULT.checks.assign(holds="open")
    unknown = figures.event_study(replace(RESULT, checks=open_), UNIT)
    assert unknown.title.endswith("; whether it had been moving before cannot be told")


def test_placebo_counts_the_dates_and_names_the_one_that_fails() -> None:
    drawn = figures.placebo(RESULT, UNIT)
    assert drawn.title == "At 5 earlier dates, when nothing was introduced, nothing is found beyond chance"
    shown = words(drawn)
    assert [word for word in shown if re.fullmatch(r"\d{4}-\d\d-\d\d", word)] == [
        "2023-11-27",
        "2023-12-04",
        "2023-12-11",
        "2023-12-18",
        "2023-12-25",
        "2024-01-01",
    ]
    drifting = compared(groups(drift=1.5))
    worst = drifting.placebo[drifting.placebo["metric"] == "revenue"].set_index("date")["pvalue"].idxmin()
    title = figures.placebo(drifting, UNIT).title
    assert title.startswith(f"At {worst}, when nothing was introduced, the same comparison finds an effect")


def test_dates_that_could_not_be_tried_are_not_drawn() -> None:
    untried = RESULT.placebo.assign(pvalue=float("nan"))
    with pytest.raises(NotEnoughData, match="there is no earlier date"):
        figures.placebo(replace(RESULT, placebo=untried), UNIT)
    half = RESULT.placebo.assign(pvalue=RESULT.placebo["pvalue"].mask(RESULT.placebo["metric"] != "revenue"))
    drawn = figures.placebo(replace(RESULT, placebo=half), UNIT)
    assert "At 5 earlier dates" in drawn.title


def test_a_change_for_all_is_drawn_against_its_trend() -> None:
    result = alone(gain=-8.0)
    levels = figures.levels(result, UNIT)
    assert "those who count" in words(levels) and "comparison" not in words(levels)
    assert "straight line fitted to the periods before 2024-01-01" in levels.caption
    assert "Means of customers 1 to 6 weeks after their first purchase, others in every" in levels.caption
    gap = figures.event_study(result, UNIT)
    assert re.match(
        r"From 2024-01-01 on revenue lay −\d\.\d\d EUR \[−\d\.\d\d, .*\] off its trend; ", gap.title
    )
    assert "no data, but the distance of a second straight line" in gap.caption
    assert figures.placebo(result, UNIT).title.startswith("At 5 earlier dates")


def test_one_metric_fills_the_figure() -> None:
    result = compared(GAIN, metrics=("retained",))
    assert result.deciding["metric"] == "retained"
    for draw in (figures.levels, figures.event_study, figures.placebo):
        assert "revenue" not in " ".join(words(draw(result, UNIT)))
    assert " pp" in figures.event_study(result, UNIT).title


def test_where_nobody_differs_nothing_breaks() -> None:
    """Everybody buys in every week: a share of 1 that does not vary has no interval."""
    panels = tuple(panel * 0 + 10.0 for panel in groups(n=30))
    result = compared((panels[0] + 1.0, panels[1]))
    assert result.effects.set_index("metric").loc["retained", "effect"] == pytest.approx(0, abs=1e-12)
    for draw in (figures.levels, figures.event_study):
        assert draw(result, BARE).svg
    with pytest.raises(NotEnoughData):
        figures.placebo(result, BARE)


def test_svgs_fit_into_one_page() -> None:
    """Ids of their own, nothing from outside, the same picture every time; greys are those of the page."""
    drawn = [
        draw(RESULT, UNIT)
        for draw in (
            figures.levels,
            figures.event_study,
            figures.placebo,
        )
    ]
    seen: set[str] = set()
    for one in drawn:
        ids = set(re.findall(r'\bid="([^"]+)"', one.svg))
        assert not ids & seen
        assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', one.svg)) <= ids
        assert not re.search(r'(href|src)="(?!#)', one.svg)
        assert not re.search(r"(?<!, )#(1f2429|5c6670|d9dee3)", one.svg), "not dark on dark"
        assert one.title and one.caption
        assert isinstance(one.data, pd.DataFrame) and len(one.data)
        seen |= ids
    assert figures.levels(RESULT, UNIT).svg == drawn[0].svg
    assert len({one.name for one in drawn}) == 3
    assert len(drawn[0].data) == 3 * 2 * 2 * WEEKS
