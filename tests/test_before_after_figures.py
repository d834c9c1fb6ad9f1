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


def words(drawn: Chart) -> list[set[str]]:
    """Of the drawing for a screen, and of that for a phone."""
    return [
        {text.get_text() for text in BeautifulSoup(svg, "html.parser").find_all("text")}
        for svg in drawn.drawing
    ]


def told(svg: str) -> list[str]:
    """What is said of each point."""
    element = BeautifulSoup(svg, "html.parser").svg
    assert element is not None
    return [line.split(",", 2)[2] for line in str(element["data-points"]).split("\n")]


def test_levels_name_what_was_and_what_was_to_be_expected() -> None:
    hand, drawn = by_hand(GAIN), figures.levels(RESULT, UNIT)
    lift = hand["effect"] / hand["expected"]
    assert drawn.title == f"Revenue was {lift:.0%} above what was expected".replace("%", " %")
    assert drawn.measure.endswith("those who got it and the others; shaded from 2024-01-01 on")
    assert "95 % bands" in drawn.caption and drawn.caption.endswith("All periods are whole.")
    for shown in words(drawn):
        assert {"those who got it", "comparison", "expected without it"} <= shown
        assert {"revenue, EUR", "orders", "share who buy", "2024-01-01"} <= shown
    assert "2023-11-20" in words(drawn)[1], "a phone has room for the first period"


def test_levels_are_read_out() -> None:
    """Each group in each period, and what was to be expected from the date on; three metrics."""
    first, (seen, _other) = "2023-11-20", GAIN
    for svg in figures.levels(RESULT, UNIT).drawing:
        said = told(svg)
        assert len(said) == 3 * (2 * 2 * WEEKS + WEEKS)
        assert said[0] == f"{first} | those who got it: {seen[:, 0].mean():.2f} EUR"
        assert sum("expected without it" in one for one in said) == 3 * WEEKS


def test_the_title_claims_no_more_than_the_decision() -> None:
    assert figures.levels(compared(groups(gain=-3)), UNIT).title.endswith("% below what was expected")
    near = figures.levels(compared(groups(seed=3)), UNIT)
    assert near.title == "Revenue is within chance of what was expected"
    failed = figures.levels(compared(groups(drift=1.5)), UNIT)
    assert failed.title == "Revenue as measured, not an effect of the change"


def test_periods_that_are_not_over_are_told() -> None:
    drawn = figures.levels(compared(GAIN, after=80), BARE)
    assert "Of 80 weeks from that day on, 52 are over." in drawn.caption


def test_months_are_named_as_months_where_they_are() -> None:
    monthly = compared(GAIN, period="month", before=3, after=2)
    for shown in words(figures.levels(monthly, UNIT)):
        assert "2024-01" in shown and "2023-10" in shown
    midway = compared(GAIN, period="month", before=3, after=2, date="2024-01-15")
    wide, narrow = words(figures.levels(midway, UNIT))
    assert "2024-01-15" in wide & narrow and "2023-10-15" in narrow and "2023-10" not in wide | narrow


def test_event_study_says_whether_the_gap_had_been_moving() -> None:
    drawn = figures.event_study(RESULT, NINETY)
    assert drawn.title == "Before the change the gap did not move beyond chance"
    for shown in words(drawn):
        assert {"revenue, EUR", "orders", "share who buy, pp"} <= shown
    assert "by weeks from 2024-01-01" in drawn.measure and "90 % of each week by itself" in drawn.caption
    study, row = RESULT.event_study, RESULT.event_study.iloc[0]
    for svg in drawn.drawing:
        assert len(told(svg)) == len(study) == 3 * 2 * WEEKS
        assert told(svg)[0] == (
            f"2023-11-20 | {row.effect:+.2f} EUR ({row.ci_lower:+.2f} to {row.ci_upper:+.2f})".replace(
                "-0.", "−0."
            )
            .replace("(-", "(−")
            .replace("to -", "to −")
            .replace("| -", "| −")
        )
    drifting = figures.event_study(compared(groups(drift=1.5)), UNIT)
    assert drifting.title == "The gap had been moving before the change"
    open_ = RESULT.checks.assign(holds="open")
    unknown = figures.event_study(replace(RESULT, checks=open_), UNIT)
    assert unknown.title == "Whether the gap had been moving before cannot be told"


def test_an_interval_far_wider_than_the_others_leaves_the_frame_in_an_arrow() -> None:
    """The frame holds zero, every value, and no more than half as much again as the middle interval."""
    rows = pd.DataFrame(
        {"effect": [1.0, 1.0, 2.0], "ci_lower": [0.0, 0.0, -50.0], "ci_upper": [2.0, 2.0, 54.0]}
    )
    least, most = figures._frame(rows)
    edge = 0.06 * (3.5 - 0.0)
    assert (least, most) == (pytest.approx(0.0 - edge), pytest.approx(3.5 + edge))
    unknown = rows.assign(ci_lower=float("nan"), ci_upper=float("nan"))
    assert figures._frame(unknown) == (pytest.approx(-0.12), pytest.approx(2.12))


def test_large_amounts_are_cut_short_at_the_axes() -> None:
    dear = compared(tuple(panel * 1e11 for panel in GAIN), cost=2e10)  # type: ignore[arg-type]
    for draw in (figures.levels, figures.event_study, figures.placebo):
        for shown in words(draw(dear, UNIT)):
            assert any(re.fullmatch(r"[+−]?\d+B", word) for word in shown)
            assert not any(word.endswith(",000") for word in shown)


def test_the_truth_is_drawn_hollow_where_it_is_known() -> None:
    truth = {"revenue": 5.3}
    monthly = replace(RESULT, change=RESULT.change.model_copy(update={"period": "month"}))
    drawn = figures.event_study(monthly, UNIT, truth)
    assert drawn.caption.endswith("hollow: the truth.")
    assert all("in truth | +5.30 EUR" in told(svg) for svg in drawn.drawing)
    weekly = figures.event_study(RESULT, UNIT, truth)
    assert "hollow" not in weekly.caption and "in truth" not in "".join(weekly.drawing)


def test_placebo_counts_the_dates_and_names_the_one_that_fails() -> None:
    drawn = figures.placebo(RESULT, UNIT)
    assert drawn.title == "At 5 earlier dates nothing is found beyond chance"
    dates = ["2023-11-27", "2023-12-04", "2023-12-11", "2023-12-18", "2023-12-25", "2024-01-01"]
    for svg, shown in zip(drawn.drawing, words(drawn), strict=True):
        assert {word for word in shown if re.fullmatch(r"\d{4}-\d\d-\d\d", word)} == set(dates)
        assert [one.split(" | ")[0] for one in told(svg)] == 3 * dates
    drifting = compared(groups(drift=1.5))
    worst = drifting.placebo[drifting.placebo["metric"] == "revenue"].set_index("date")["pvalue"].idxmin()
    assert figures.placebo(drifting, UNIT).title == f"At {worst} an effect is found where none can be"


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
    for shown in words(levels):
        assert "those who count" in shown and "comparison" not in shown
    assert "a straight line through the weeks before, carried on" in levels.caption
    assert "Means of customers 1 to 6 weeks after their first purchase, others in every" in levels.caption
    gap = figures.event_study(result, UNIT)
    assert gap.title == "Before the change revenue followed a straight line"
    assert gap.measure.startswith("Distance from the trend before")
    assert "no data, but a second straight line" in gap.caption
    assert figures.placebo(result, UNIT).title.startswith("At 5 earlier dates")


def test_one_metric_fills_the_figure() -> None:
    result = compared(GAIN, metrics=("retained",))
    assert result.deciding["metric"] == "retained"
    for draw in (figures.levels, figures.event_study, figures.placebo):
        for shown in words(draw(result, UNIT)):
            assert not any("revenue" in word for word in shown)


@pytest.mark.filterwarnings("error:constrained_layout")
def test_where_nobody_differs_nothing_breaks() -> None:
    """Everybody buys in every week: a share of 1 that does not vary has no interval."""
    panels = tuple(panel * 0 + 10.0 for panel in groups(n=30))
    result = compared((panels[0] + 1.0, panels[1]))
    assert result.effects.set_index("metric").loc["retained", "effect"] == pytest.approx(0, abs=1e-12)
    for draw in (figures.levels, figures.event_study):
        assert all(draw(result, BARE).drawing)
    with pytest.raises(NotEnoughData):
        figures.placebo(result, BARE)


def test_svgs_fit_into_one_page() -> None:
    """Ids of their own, nothing from outside, the same picture every time; greys are those of the page."""
    drawn = [draw(RESULT, UNIT) for draw in (figures.levels, figures.event_study, figures.placebo)]
    seen: set[str] = set()
    for one in drawn:
        for svg in one.drawing:
            ids = set(re.findall(r'\bid="([^"]+)"', svg))
            assert not ids & seen
            assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg)) <= ids
            assert not re.search(r'(href|src)="(?!#)', svg)
            assert not re.search(r"(?<!, )#(1f2429|5c6670|d9dee3)", svg), "not dark on dark"
            seen |= ids
        assert one.title and one.measure and one.caption and len(one.title.split()) <= 12
        assert isinstance(one.data, pd.DataFrame) and len(one.data)
    assert figures.levels(RESULT, UNIT).drawing == drawn[0].drawing
    assert len({one.name for one in drawn}) == 3
    assert len(drawn[0].data) == 3 * 2 * 2 * WEEKS
