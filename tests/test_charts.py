"""Figures and sentences: their words fit their numbers, text stays text, and thin data draw nothing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import ibis
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from cohort_data import buys, purchases_of

from keepbook.cohorts import Choices, Retention, logo_churn, retention, retention_by, revenue_bridge
from keepbook.cohorts.page import figures as cohorts_figures
from keepbook.cohorts.page import findings as cohorts_findings
from keepbook.cohorts.page import money_figures
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.plotting.marks import sparkline
from keepbook.tables import Window

WINDOW = Window(dt.date(2024, 1, 1), dt.date(2024, 4, 15))
# January: four customers, of whom two return in February, one in March; February: two, one returns in March.
ROWS = [
    *buys("a", "2024-01-05", "2024-02-10", "2024-03-01", amount=10),
    *buys("b", "2024-01-06", "2024-02-11", amount=20),
    *buys("c", "2024-01-07", amount=30),
    *buys("d", "2024-01-08", amount=40),
    *buys("e", "2024-02-01", "2024-03-05", amount=50),
    *buys("f", "2024-02-02", amount=60),
]
HOSTILE = '$x^2$ <script>alert("1")</script> 客户'


@pytest.fixture(scope="module")
def result() -> Retention:
    return retention(purchases_of(ROWS, "charts"), WINDOW, Choices(warm_up=1))


def words(drawn: Chart) -> list[str]:
    return [text.get_text() for text in BeautifulSoup(drawn.svg, "html.parser").find_all("text")]


def test_heatmap_shows_shares_sizes_and_marks(result: Retention) -> None:
    """Month 1: 3 of 6 return (50 %); month 2: 1 of 4 (25 %). April is not over: its cells are hatched."""
    drawn = cohorts_figures.retention_heatmap(result)
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
    drawn = cohorts_figures.retention_heatmap(whole)
    assert "<pattern" not in drawn.svg
    assert "Hatched" not in drawn.caption


def test_svg_fits_into_a_page(result: Retention) -> None:
    """Text as text, page colours as variables, ids of its own, nothing from outside."""
    one, other = cohorts_figures.retention_heatmap(result).svg, cohorts_figures.retention_curve(result).svg
    for svg in (one, other):
        assert "<text" in svg
        assert "var(--kb-muted" in svg
        assert not re.search(r'(href|src)="(?!#)', svg)
        used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
        assert used <= set(re.findall(r'id="([^"]+)"', svg))
    assert not set(re.findall(r'id="([^"]+)"', one)) & set(re.findall(r'id="([^"]+)"', other))
    assert one == cohorts_figures.retention_heatmap(result).svg, "the same picture every time"


def test_hostile_segments_are_drawn_as_they_are_written(result: Retention) -> None:
    people = pd.DataFrame({"customer_id": list("abcdef"), "tier": [HOSTILE] * 3 + ["x"] * 3})
    purchases = purchases_of(ROWS, "charts")
    customers = ibis.memtable(people)
    segments = retention_by(purchases, customers, "tier", WINDOW)
    drawn = cohorts_figures.segment_curves(segments, result)
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
    drawn = cohorts_figures.segment_curves(segments, retention(purchases, WINDOW))
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
    drawn = cohorts_figures.retention_heatmap(rolling)
    assert "month" not in drawn.title
    assert "30-day period" in drawn.title
    assert "30-day periods since first purchase; % of the cohort" in words(drawn)


def test_one_day_of_data_draws_nothing() -> None:
    thin = retention(
        purchases_of(buys("a", "2024-01-05"), "thin"), Window(dt.date(2024, 1, 5), dt.date(2024, 1, 5))
    )
    for draw in (
        cohorts_figures.retention_heatmap,
        cohorts_figures.retention_curve,
        lambda r: money_figures.revenue_curve(r, None),
    ):
        with pytest.raises(NotEnoughData, match="no period after the first purchase is over yet"):
            draw(thin)


@pytest.mark.parametrize("values", [[], [0.1], [None, 0.1], [float("nan"), 0.1]])
def test_a_sparkline_needs_two_values(values: list[float | None]) -> None:
    assert sparkline(values) == ""


def test_a_sparkline_rises_with_its_values() -> None:
    points = re.search(r'points="([^"]+)"', sparkline([1, 2, 4]))
    assert points is not None
    heights = [float(pair.split(",")[1]) for pair in points[1].split()]
    assert heights == sorted(heights, reverse=True), "SVG counts downwards"


# ── sentences and tiles ─────────────────────────────────────────────────────────────────────────────────


def sentences(result: Retention) -> list[str]:
    purchases = purchases_of(ROWS, "charts")
    shop: Any = SimpleNamespace(cohort_period="month", churn_after=20, currency="EUR")
    churn = logo_churn(purchases, WINDOW, churn_after=20)
    tables: Any = SimpleNamespace(window=WINDOW)
    return cohorts_findings.cohort_findings(result, churn, NotEnoughData("too short"), tables, shop)


def test_findings_say_what_the_tables_hold(result: Retention) -> None:
    first, worth, lost = sentences(result)
    assert first.startswith("6 customers first bought between 2024-01-01 and 2024-02-29. 50.0 % [")
    assert "return in month 1, 25.0 % [" in first
    # 3 customers in two cohorts, 80 EUR from 3 who return: 3 × 1 % × 26.67
    assert "that month would bring about 1 EUR more: 3 new customers, 27 EUR from each who returns" in worth
    assert lost.startswith("In 2024-03, ")


def test_left_out_customers_are_told() -> None:
    choices = Choices(warm_up=1, exclude_warm_up=True)
    later = retention(purchases_of(ROWS, "charts"), WINDOW, choices)
    first = sentences(later)[0]
    assert first.startswith("2 customers first bought between 2024-02-01 and 2024-02-29. 4 who first appear")


def test_trend_is_called_clear_only_beyond_chance(result: Retention) -> None:
    cells = pd.DataFrame(
        {
            "cohort": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]),
            "period": 1,
            "label": "1",
            "size": 1000,
            "active": [200, 200, 300, 300],
            "complete": True,
            "warm_up": False,
            "revenue": 1.0,
        }
    )
    newer = cohorts_findings._trend(replace(result, cells=cells))
    assert newer.startswith("Newer cohorts return more often than older ones: +10.0 pp [")
    older = cohorts_findings._trend(replace(result, cells=cells.assign(active=[300, 300, 200, 200])))
    assert older.startswith("Newer cohorts return less often than older ones: −10.0 pp [")
    same = cohorts_findings._trend(replace(result, cells=cells.assign(active=[200, 210, 205, 209])))
    assert same.startswith("There is no clear change")
    older_customers = "older cohorts still hold customers of before the data begin"
    assert older_customers in older and older_customers not in newer, "the first cohort is flagged"
    later = replace(result, choices=Choices(rule="on_or_after"))
    assert cohorts_findings._trend(later) == "", "older cohorts have had longer to come back"


def test_tiles_carry_interval_change_and_definition(result: Retention) -> None:
    purchases = purchases_of(ROWS, "charts")
    shop: Any = SimpleNamespace(cohort_period="month", churn_after=20, currency="EUR")
    bridge, churn = revenue_bridge(purchases, WINDOW), logo_churn(purchases, WINDOW, churn_after=20)
    tiles = {tile.name: tile for tile in cohorts_findings.cohort_tiles(result, bridge, churn, shop)}
    first = tiles["retention_month_1"]
    assert (first.value, first.change) == (0.5, None), "two cohorts are too few to compare"
    assert first.ci_lower is not None and first.ci_lower < 0.5 < (first.ci_upper or 0)
    assert first.history == (0.5, 0.5)
    assert tiles["nrr"].value == pytest.approx(60 / 140)
    assert tiles["nrr"].change is None, "neighbouring rates share a period"
    assert all(tile.definition for tile in tiles.values())
