"""Figures of who stays: their words fit their numbers, text stays text, and thin data draw nothing."""

from __future__ import annotations

import datetime as dt
import re

import ibis
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from cohort_data import ROWS, WINDOW, buys, purchases_of

from keepbook.cohorts import Choices, Retention, retention, retention_by, revenue_bridge
from keepbook.cohorts.page import figures, money_figures
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.tables import Window

HOSTILE = '$x^2$ <script>alert("1")</script> 客户'


@pytest.fixture(scope="module")
def result() -> Retention:
    return retention(purchases_of(ROWS, "charts"), WINDOW, Choices(warm_up=1))


def words(drawn: Chart) -> list[str]:
    return [text.get_text() for text in BeautifulSoup(drawn.svg, "html.parser").find_all("text")]


def test_heatmap_shows_shares_sizes_and_marks(result: Retention) -> None:
    """Month 1: 3 of 6 return (50 %); month 2: 1 of 4 (25 %). April is not over: its cells are hatched."""
    drawn = figures.heatmap(result)
    assert drawn.title == "50.0 % return in month 1, 25.0 % in month 2"
    shown = words(drawn)
    assert shown.count("50") == 3  # the average, January and February in month 1
    assert shown.count("25") == 2
    assert {"6", "4", "2", "2024-01 *", "2024-02"} <= set(shown)
    patterns = BeautifulSoup(drawn.svg, "html.parser").find_all("pattern")
    assert patterns, "incomplete cells are hatched"
    assert "Hatched" in drawn.caption
    assert "Warm-up" in drawn.caption


def test_without_incomplete_cells_nothing_is_hatched() -> None:
    whole = retention(purchases_of(ROWS, "charts"), Window(WINDOW.start, dt.date(2024, 3, 31)))
    drawn = figures.heatmap(whole)
    assert "<pattern" not in drawn.svg
    assert "Hatched" not in drawn.caption


def test_svg_fits_into_a_page(result: Retention) -> None:
    """Text as text, page colours as variables, ids of its own, nothing from outside."""
    one, other = figures.heatmap(result).svg, figures.curve(result).svg
    for svg in (one, other):
        assert "<text" in svg
        assert "var(--kb-muted" in svg
        assert not re.search(r'(href|src)="(?!#)', svg)
        used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
        assert used <= set(re.findall(r'id="([^"]+)"', svg))
    assert not set(re.findall(r'id="([^"]+)"', one)) & set(re.findall(r'id="([^"]+)"', other))
    assert one == figures.heatmap(result).svg, "the same picture every time"


def test_hostile_segments_are_drawn_as_they_are_written(result: Retention) -> None:
    people = pd.DataFrame({"customer_id": list("abcdef"), "tier": [HOSTILE] * 3 + ["x"] * 3})
    purchases = purchases_of(ROWS, "charts")
    customers = ibis.memtable(people)
    segments = retention_by(purchases, customers, "tier", WINDOW)
    drawn = figures.segment_curves(segments, result)
    assert "<script" not in drawn.svg
    assert any(text.startswith(HOSTILE[:24]) for text in words(drawn)), "neither markup nor mathematics"
    assert drawn.title == "The data show no clear difference between segments after one month"


def test_a_clear_difference_between_segments_is_named(result: Retention) -> None:
    """60 of 100 against 20 of 100: χ² = 33.3 on one degree of freedom."""
    rows = [row for n in range(60) for row in buys(f"a{n}", "2024-01-05", "2024-02-05")]
    rows += [row for n in range(60, 100) for row in buys(f"a{n}", "2024-01-05")]
    rows += [row for n in range(20) for row in buys(f"b{n}", "2024-01-05", "2024-02-05")]
    rows += [row for n in range(20, 100) for row in buys(f"b{n}", "2024-01-05")]
    purchases = purchases_of(rows, "two_segments")
    people = pd.DataFrame({"customer_id": [f"{s}{n}" for s in "ab" for n in range(100)]})
    people["tier"] = people["customer_id"].str[0].map({"a": "gold", "b": "basic"})
    customers = ibis.memtable(people)
    segments = retention_by(purchases, customers, "tier", WINDOW)
    assert segments.pvalue == pytest.approx(7.8e-9, rel=0.05)
    drawn = figures.segment_curves(segments, retention(purchases, WINDOW))
    assert drawn.title == "gold returns most (60.0 %), basic least (20.0 %) after one month"


def test_revenue_titles(result: Retention) -> None:
    """Month 1: (10 + 20 + 50) of 210; March: a and e brought 60 of February's 10 + 20 + 50 + 60 = 140."""
    drawn = money_figures.revenue_curve(result, "EUR")
    assert drawn.title.endswith("come back in month 2")
    bridge = revenue_bridge(purchases_of(ROWS, "charts"), WINDOW)
    title = money_figures.revenue_rates(bridge, result.choices).title
    assert title == "In 2024-03, earlier customers brought 43 % of the revenue of the month before"
    month_1 = result.average.set_index("period").loc[1]
    assert month_1.revenue_retention == pytest.approx(80 / 210)


def test_rolling_periods_are_not_called_months() -> None:
    rolling = retention(purchases_of(ROWS, "charts"), WINDOW, Choices(clock="rolling"))
    drawn = figures.heatmap(rolling)
    assert "month" not in drawn.title
    assert "30-day period" in drawn.title
    assert "30-day periods since first purchase; % of the cohort" in words(drawn)


def test_one_day_of_data_draws_nothing() -> None:
    thin = retention(
        purchases_of(buys("a", "2024-01-05"), "thin"), Window(dt.date(2024, 1, 5), dt.date(2024, 1, 5))
    )
    for draw in (
        figures.heatmap,
        figures.curve,
        lambda r: money_figures.revenue_curve(r, None),
    ):
        with pytest.raises(NotEnoughData, match="no period after the first purchase is over yet"):
            draw(thin)
