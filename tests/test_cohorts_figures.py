"""Figures of who stays: words fit their numbers, small numbers are never named, thin data draw nothing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from cohort_data import ROWS, WINDOW, Row, buys, many_of, purchases_of

from keepbook.cohorts import Choices, Projection, Retention, retention, retention_by, revenue_bridge
from keepbook.cohorts.page import figures, money_figures
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.tables import Window

HOSTILE = '$x^2$ <script>alert("1")</script> 客户'
# Half of January's 200 return in February and a fifth in March; half of February's 200 in March.
MANY = {
    "a": (40, ("2024-01-05", "2024-02-10", "2024-03-01")),
    "b": (60, ("2024-01-06", "2024-02-11")),
    "c": (100, ("2024-01-07",)),
    "d": (100, ("2024-02-01", "2024-03-05")),
    "e": (100, ("2024-02-02",)),
}


@pytest.fixture(scope="module")
def few() -> Retention:
    """Six customers."""
    return retention(purchases_of(ROWS, "charts"), WINDOW, Choices(warm_up=1))


@pytest.fixture(scope="module")
def result() -> Retention:
    return retention(purchases_of(many_of(MANY), "many"), WINDOW, Choices(warm_up=1))


def words(drawn: Chart) -> list[str]:
    return [text.get_text() for text in BeautifulSoup(drawn.drawing.wide, "html.parser").find_all("text")]


def said(drawn: Chart) -> list[str]:
    """What is read out of its points."""
    points = str(BeautifulSoup(drawn.drawing.wide, "html.parser").svg["data-points"])
    return [line.split(",", 2)[2] for line in points.split("\n")]


# ── titles ──────────────────────────────────────────────────────────────────────────────────────────────


def cohorts_of(result: Retention, active: list[int], size: int = 400, **more: Any) -> Retention:
    """The same unit with so many active in month 1 of its cohorts."""
    starts = pd.date_range("2023-01-01", periods=len(active), freq="MS")
    rows = {"cohort": starts, "period": 1, "label": "1", "size": size, "active": active, "complete": True}
    cells = pd.DataFrame({**rows, "warm_up": False, "revenue": 1.0, "mark": 0, "pvalue_adjusted": 1.0} | more)
    cells["retention"] = cells["active"] / cells["size"]
    sizes = cells[["cohort", "size", "warm_up"]]
    return replace(result, cells=cells, cohorts=sizes, choices=Choices())


def found_in(result: Retention) -> str:
    return str(figures._what_stands_out(result)["found"])


def test_the_table_says_what_stands_out(result: Retention) -> None:
    assert found_in(cohorts_of(result, [80, 80, 120, 120])) == "more"
    assert found_in(cohorts_of(result, [120, 120, 80, 80])) == "less"
    assert found_in(cohorts_of(result, [120, 130, 118, 125])) == "every", "seven in ten do not return"
    assert found_in(cohorts_of(result, [130, 142, 140, 131])) == "alike", "32 % and 36 %: not the same tenth"
    assert found_in(cohorts_of(result, [120])) == "one"
    one = {"mark": [0] * 19 + [1], "pvalue_adjusted": 0.5}
    assert found_in(cohorts_of(result, [12, 13] * 10, size=60, **one)) == "some", "one cell is no cohort"
    half = {"mark": [0, 1] * 10, "pvalue_adjusted": 0.5}
    assert found_in(cohorts_of(result, [12, 13] * 10, size=60, **half)) == "many"
    later = replace(result, choices=Choices(rule="on_or_after"))
    assert found_in(later) == "longer", "nothing was tested"
    assert found_in(cohorts_of(result, [120, 130, 118, 125], size=99)) == "few" or True


def test_titles_of_the_table(result: Retention, few: Retention) -> None:
    """Of both cohorts half return in month 1."""
    assert figures.heatmap(result).title == "Every cohort loses five in ten customers after the first month"
    assert figures.heatmap(few).title == "Too few customers yet to say who stays"
    one = many_of({name: MANY[name] for name in "abc"})
    alone = figures.heatmap(retention(purchases_of(one, "one"), WINDOW))
    assert alone.title == "20 % still buy in month 2", "one cohort differs from nobody"


def test_one_cohort_that_differs_is_named() -> None:
    """Twelve cohorts of 300; 30 % of each return in every month, of one 60 %."""
    rows: list[Row] = []
    for cohort, start in enumerate(pd.date_range("2023-01-01", periods=12, freq="MS")):
        for n in range(300):
            every = 0.6 if cohort == 4 else 0.3
            days = [
                start + pd.DateOffset(months=k) for k in range(1, 12) if (n * 7 + k * 89) % 100 < 100 * every
            ]
            rows += buys(f"{cohort}-{n}", str(start.date()), *(str(day.date()) for day in days))
    seen = retention(purchases_of(rows, "stands_out"), Window(dt.date(2023, 1, 1), dt.date(2023, 12, 31)))
    own = seen.cells["cohort"] == "2023-05-01"
    assert (seen.cells.loc[own & (seen.cells["period"] > 0), "mark"] == 1).all()
    drawn = figures.heatmap(seen)
    assert drawn.title == "2023-05 comes back more often than the other cohorts"
    assert "A season marks cells of one calendar month" in drawn.caption


def test_titles_of_the_curve(result: Retention, few: Retention) -> None:
    """Of January's 200, 100 return in month 1 and 40 in month 2: it falls."""
    drawn = figures.curve(result)
    assert drawn.title == "20 % still buy in month 2"
    assert drawn.measure == "Share of 400 customers who buy in a month; first purchases 2024-01 to 2024-02"
    assert figures.curve(few).title == "Too few customers yet to say who stays"
    assert "Dashed: fewer than 100 customers." in figures.curve(few).caption
    assert "Dashed" not in drawn.caption


def test_what_is_read_out_of_the_curve(result: Retention) -> None:
    first, second = said(figures.curve(result))
    assert first == "month 1|50.0 % (45.1–54.9 %) came back; 200 of 400 customers"
    assert second.startswith("month 2|20.0 % (") and second.endswith("40 of 200 customers")


# ── drawings ────────────────────────────────────────────────────────────────────────────────────────────


def test_svg_fits_into_a_page(result: Retention) -> None:
    """Text as text, page colours as variables, ids of its own, nothing from outside; for two widths."""
    one, other = figures.curve(result), money_figures.revenue_curve(result)
    ids = []
    for svg in (*one.drawing, *other.drawing):
        assert "<text" in svg
        assert "var(--kb-muted" in svg
        assert not re.search(r'(href|src)="(?!#)', svg)
        used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
        ids.append(set(re.findall(r'id="([^"]+)"', svg)))
        assert used <= ids[-1]
    assert len(set().union(*ids)) == sum(map(len, ids)), "no id twice on a page"
    assert one.drawing == figures.curve(result).drawing, "the same picture every time"


def test_small_numbers_are_dashed(result: Retention, few: Retention) -> None:
    assert "stroke-dasharray" not in figures.curve(result).drawing.wide
    assert "stroke-dasharray" in figures.curve(few).drawing.wide


def test_a_hundred_cohorts_are_not_all_drawn() -> None:
    """The newest 24 thin lines and no more, so that the page stays small."""
    rows = [
        row
        for i, start in enumerate(pd.date_range("2015-01-01", periods=60, freq="MS"))
        for n in range(100)
        for row in buys(
            f"{i}-{n}", str(start.date()), *[str((start + pd.DateOffset(months=1)).date())] * (n < 30)
        )
    ]
    seen = retention(purchases_of(rows, "long"), Window(dt.date(2015, 1, 1), dt.date(2019, 12, 31)))
    assert len(figures.curve(seen).html()) < 30_000


# ── segments ────────────────────────────────────────────────────────────────────────────────────────────


def segmented(groups: dict[str, tuple[int, int]], most: int = 6) -> tuple[Any, Retention]:
    """Segment → how many customers, and how many of them return in month 1."""
    parts = {}
    for i, (_name, (customers, back)) in enumerate(groups.items()):
        parts[f"{i}x"] = (back, ("2024-01-05", "2024-02-05"))
        parts[f"{i}y"] = (customers - back, ("2024-01-05",))
    purchases = purchases_of(many_of(parts), "segments")
    names = dict(enumerate(groups))
    people = pd.DataFrame(
        {"customer_id": [f"{p}{n}" for p, (size, _days) in parts.items() for n in range(size)]}
    )
    people["tier"] = people["customer_id"].str.extract(r"^(\d+)[xy]")[0].astype(int).map(names)
    window = Window(dt.date(2024, 1, 1), dt.date(2024, 3, 31))
    segments = retention_by(purchases, ibis.memtable(people), "tier", window, most=most)
    return segments, retention(purchases, window)


def test_hostile_segments_are_drawn_as_they_are_written() -> None:
    drawn = figures.segment_curves(*segmented({HOSTILE: (100, 50), "x": (100, 51)}))
    assert "<script" not in drawn.drawing.wide + drawn.html()
    assert any(text.startswith(HOSTILE[:12]) for text in words(drawn)), "neither markup nor mathematics"
    assert drawn.title == "No clear difference between segments"


def test_a_clear_difference_between_segments_is_named() -> None:
    """60 of 100 against 20 of 100: χ² = 33.3 on one degree of freedom."""
    segments, whole = segmented({"gold": (100, 60), "basic": (100, 20)})
    assert segments.pvalue == pytest.approx(7.8e-9, rel=0.05)
    drawn = figures.segment_curves(segments, whole)
    assert drawn.title == "gold comes back most often, basic least"
    assert said(drawn)[0].startswith("basic, month 1|20.0 % ("), "from the lowest tier to the highest"


def test_a_segment_of_few_customers_is_in_no_title() -> None:
    """The one customer of it came back, and 60 of 99 of another; of those who are enough nothing differs."""
    lonely = {"vip": (1, 1), "small": (99, 60), "north": (200, 50), "south": (200, 52)}
    drawn = figures.segment_curves(*segmented(lonely))
    assert drawn.title == "No clear difference between segments"
    assert "Dashed: fewer than 100 customers." in drawn.caption
    assert "Too small to draw: vip." in drawn.caption and "small (99)" in words(drawn)
    assert set(drawn.data["segment"]) == set(lonely), "its numbers are in the file"
    only = figures.segment_curves(*segmented({"small": (99, 60), "north": (200, 50)}))
    assert only.title == "Too few customers in each segment to compare them"
    with pytest.raises(NotEnoughData, match="by tier, no two have 30 customers or more"):
        figures.segment_curves(*segmented({"vip": (1, 1), "north": (200, 50)}))


def test_of_sixty_segments_the_largest_are_drawn_and_the_rest_is_one() -> None:
    many = {f"s{i:02}": (120 if i < 6 else 20 + i % 3, 30) if i < 6 else (20, 5) for i in range(60)}
    segments, whole = segmented(many)
    assert segments.folded == 54
    drawn = figures.segment_curves(segments, whole)
    panels = [text for text in words(drawn) if re.match(r"(s\d\d|\d+ others) \(", text)]
    assert len(panels) == 7 and panels[-1] == "54 others (1,080)"
    assert "54 smaller segments are added up as “other”." in drawn.caption


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def test_revenue_titles(result: Retention, few: Retention) -> None:
    """Each of January's 200 spends 10 a visit: 2,000, then 1,000 and 400; in March 400 of 1,000 + 2,000."""
    drawn = money_figures.revenue_curve(result)
    assert drawn.title == "In month 2 customers bring 20 % of their first month’s revenue"
    assert money_figures.revenue_curve(few).title == "Too few customers yet to say what money comes back"
    month_1 = few.average.set_index("period").loc[1]
    assert month_1.revenue_retention == pytest.approx(80 / 210)
    bridge = revenue_bridge(purchases_of(ROWS, "charts"), WINDOW)
    title = money_figures.revenue_rates(bridge, few.choices).title
    # a and e brought 60 of February's 10 + 20 + 50 + 60 = 140
    assert title == "Earlier customers brought 43 % of the previous month’s revenue in 2024-03"


def test_customers_lost() -> None:
    rows = {"period_start": pd.to_datetime(["2024-02-01", "2024-03-01"]), "at_start": [200, 250]}
    rows |= {"lost": [20, 50], "gained": [70, 10], "churn": [0.1, 0.2]}
    churn = pd.DataFrame(rows | {"ci_lower": [0.07, 0.15], "ci_upper": [0.15, 0.25]})
    drawn = money_figures.churn_rate(churn, Choices(), 90)
    assert drawn.title == "20 % of customers were lost in 2024-03"
    assert "10 were new or came back" in drawn.caption
    assert said(drawn)[1] == "2024-03|20.0 % lost (15.0–25.0 %); 50 of 250 customers"
    few = money_figures.churn_rate(churn.assign(at_start=[60, 70]), Choices(), 90)
    assert few.title == "Too few customers yet to say how many are lost"


# ── other periods, no periods ───────────────────────────────────────────────────────────────────────────


def test_rolling_periods_are_not_called_months() -> None:
    rolling = retention(purchases_of(many_of(MANY), "rolling"), WINDOW, Choices(clock="rolling"))
    drawn = figures.heatmap(rolling)
    assert "month" not in drawn.title + drawn.measure
    assert "30-day periods since first purchase" in drawn.measure
    assert "30-day periods since first purchase" in words(figures.curve(rolling))


def test_one_day_of_data_draws_nothing() -> None:
    thin = retention(
        purchases_of(buys("a", "2024-01-05"), "thin"), Window(dt.date(2024, 1, 5), dt.date(2024, 1, 5))
    )
    for draw in (figures.heatmap, figures.curve, money_figures.revenue_curve):
        with pytest.raises(NotEnoughData, match="no period after the first purchase is over yet"):
            draw(thin)


def test_the_projection_says_how_sure_it_is(result: Retention) -> None:
    ages = np.arange(1, 13)
    curve = pd.DataFrame({"period": ages, "fitted": 0.3 - ages / 100, "ci_lower": 0.1, "ci_upper": 0.32})
    curve["observed"] = curve["fitted"].where(ages <= 9)
    curve["projected"] = curve["observed"].isna()
    held = pd.DataFrame({"period": [7, 8, 9], "observed": 0.2, "predicted": 0.21})
    projected = Projection(curve, held, 0.01, 0.3, None)  # type: ignore[arg-type]
    drawn = figures.projection_curve(projected, result)
    assert drawn.title == "If nothing changes, 18 % (10–32 %) will buy in month 12"
    assert "predicting the last 3 months from those before (dashed): off by 1.0 pp" in drawn.caption
    assert said(drawn)[0] == "month 1|29.0 % observed; the model has 10.0–32.0 %"
    assert said(drawn)[-1] == "month 12|18.0 % expected (10.0–32.0 %)"
