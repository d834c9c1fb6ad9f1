"""Who stays, of one unit and of several: results once, reasons that travel along, sums that agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from cohort_data import ROWS

import keepbook as kb
from keepbook.cohorts import analysis
from keepbook.cohorts.analysis import CohortAnalysis
from keepbook.errors import DataError, KeepbookError, NotEnoughData
from keepbook.results import is_missing
from keepbook.text import BOLD, PLAIN
from keepbook.unit import Unit

LINES = "customer_id,date,amount\n" + "".join(f"{who},{day},{money}\n" for who, day, money, _bought in ROWS)
TIERS = "customer_id,tier\na,gold\nb,gold\nc,gold\nd,basic\ne,basic\nf,basic\n"
NO_SEGMENTS = "Retention by segment is not shown: it needs the table `customers`"
TOO_SHORT = "A projection needs 8 complete periods after the first in which customers return; there are 2."


@pytest.fixture
def opened(home: Path, shop: Callable[..., Unit], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Six customers, of whom three of six return in month 1 and one of four in month 2."""
    monkeypatch.setenv("KEEPBOOK_HOME", str(home))

    def open_(**settings: Any) -> Any:
        shop(LINES, as_of="2024-04-15", churn_after=20, **settings)
        return kb.open("shop")

    return open_


def test_an_analysis_measures_each_result_once(
    opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, measure = [], analysis.retention
    monkeypatch.setattr(analysis, "retention", lambda *args: measured.append(1) or measure(*args))
    cohorts = opened().cohorts
    assert isinstance(cohorts, CohortAnalysis) and not measured, "nothing before it is asked for"
    assert cohorts.retention.customers == 6
    assert cohorts.heatmap.title == "Too few customers yet to say who stays"
    assert str(cohorts.findings[0]).startswith(f"{BOLD}50 %{PLAIN} (")
    assert [tile.value for tile in cohorts.tiles][:1] == [0.5]
    assert cohorts.average_table.texts()[1][:5] == ("1", "2", "6", "3", "50.0 %")
    assert len(measured) == 1


def test_its_sums_agree(opened: Callable[..., Any]) -> None:
    """Six customers; 140 spent in February and 60 in March, whose last purchase is on the 5th."""
    shop = opened()
    people, money, lost = (
        shop.cohorts.customers_add_up,
        shop.cohorts.money_adds_up,
        shop.cohorts.churn_adds_up,
    )
    assert people.left == people.right == 6
    assert money.left == pytest.approx(money.right) and money.right == 140 + 60  # and nothing in April
    assert lost.left == lost.right == 0, "nobody bought in the last 20 days of March"
    assert repr(shop.identity(people)) == (
        "customers in cohorts + left out = customers with a purchase: 6 = 6"
    )


def test_a_warm_up_that_is_left_out_is_counted_too(opened: Callable[..., Any]) -> None:
    cohorts = opened(warm_up=1, warm_up_cohorts="exclude").cohorts
    assert (cohorts.retention.customers, cohorts.retention.left_out) == (2, 4)
    assert cohorts.customers_add_up.left == cohorts.customers_add_up.right == 6


def test_what_the_data_cannot_carry_is_missing_with_all_that_rests_on_it(opened: Callable[..., Any]) -> None:
    shop = opened()
    for missing, drawn, reason in (
        ("by_segment", "segment_curves", NO_SEGMENTS),
        ("projection", "projection_curve", TOO_SHORT),
    ):
        for name in (missing, drawn):
            found = getattr(shop.cohorts, name)
            assert is_missing(found) and str(found).startswith(reason)
    with pytest.raises(NotEnoughData, match="there are 2"):
        len(shop.cohorts.projection.curve)
    assert len(shop.cohorts.findings) == 3, "the others stand"
    first, again = shop.figure(shop.cohorts.projection_curve), shop.figure(shop.cohorts.projection_curve)
    assert (repr(first), repr(again)) == (TOO_SHORT, "Not shown, as said above.")


def test_without_any_cohort_everything_is_missing_for_one_reason(opened: Callable[..., Any]) -> None:
    cohorts = opened(warm_up=9, warm_up_cohorts="exclude").cohorts
    reasons = {str(getattr(cohorts, name)) for name in ("findings", "tiles", "heatmap", "average_table")}
    assert reasons == {
        "Every cohort lies in the warm-up of 9 months and is left out, with 6 customers.\n"
        "  where:    warm_up, warm_up_cohorts\n"
        "  do:       Set a shorter `warm_up`, or `warm_up_cohorts: flag`."
    }


def test_segments_by_the_unit_file_or_by_any_column(opened: Callable[..., Any]) -> None:
    """Month 1: gold two of three, basic one of three."""
    cohorts = opened(customers=TIERS, retention_by="tier").cohorts
    for segments in (cohorts.by_segment, cohorts.by("tier")):
        first = segments.curves[segments.curves["period"] == 1].set_index("segment")["active"]
        assert first.to_dict() == {"gold": 2, "basic": 1}
    with pytest.raises(DataError, match="no column 'tear'"):
        cohorts.by("tear")


def test_an_analysis_shows_itself(opened: Callable[..., Any]) -> None:
    cohorts = opened().cohorts
    page = BeautifulSoup(cohorts._repr_html_(), "html.parser")
    assert [item.strong.get_text() for item in page.select(".kb-findings li") if item.strong][:1] == ["50 %"]
    assert len(page.select(".kb-tile")) == len(cohorts.tiles) > 0
    assert repr(cohorts) == "keepbook.cohorts of shop"


# ── several units ───────────────────────────────────────────────────────────────────────────────────────


def write_sister(home: Path, rows: str, more: str = "") -> None:
    (home / "deli.csv").write_text(f"customer_id,date,amount\n{rows}", encoding="utf-8")
    (home / "params" / "deli.yaml").write_text(
        f"unit: deli\ntitle: Deli\nas_of: 2024-04-15\n{more}transactions: {{source: deli.csv}}\n",
        encoding="utf-8",
    )


def visits(returning: int, customers: int = 100) -> str:
    first = "".join(f"{n},2024-01-05,5\n" for n in range(customers))
    return first + "".join(f"{n},2024-02-05,5\n" for n in range(returning))


def test_units_side_by_side(opened: Callable[..., Any], home: Path) -> None:
    opened(title="Shop")
    write_sister(home, visits(50))
    same = kb.compare("shop", "deli")
    assert repr(same) == "Shop · Deli"
    assert same.cohorts.curves.title == "Too few customers in each unit to compare them"
    assert same.cohorts.curves.data["unit"].unique().tolist() == ["Shop", "Deli"]
    for svg in same.cohorts.curves.drawing:
        names = [text.get_text() for text in BeautifulSoup(svg, "html.parser").find_all("text")]
        assert {"Shop", "Deli"} <= set(names), "at the ends of their lines"


def test_units_without_a_difference(opened: Callable[..., Any], home: Path) -> None:
    opened(title="Shop")
    write_sister(home, visits(50))
    (home / "lines.csv").write_text(f"customer_id,date,amount\n{visits(51)}", encoding="utf-8")
    curves = kb.compare("shop", "deli").cohorts.curves
    assert curves.title == "No clear difference between the units in month 1"
    assert curves.measure == "Share who buy in each unit, by months since first purchase"


def test_a_clear_difference_between_units_is_named(opened: Callable[..., Any], home: Path) -> None:
    """60 of 100 against 20 of 100: χ² = 33.3 on one degree of freedom."""
    opened(title="Shop")
    write_sister(home, visits(60))
    (home / "lines.csv").write_text(f"customer_id,date,amount\n{visits(20)}", encoding="utf-8")
    title = kb.compare("shop", "deli").cohorts.curves.title
    assert title == "Customers of Deli come back most often, of Shop least"


def test_what_cannot_be_compared_is_refused(opened: Callable[..., Any], home: Path) -> None:
    opened()
    write_sister(home, visits(50), "cohort_period: week\n")
    with pytest.raises(KeepbookError, match="nothing to compare"):
        kb.compare("shop")
    with pytest.raises(DataError, match="counted differently"):
        kb.compare("shop", "deli").cohorts.curves  # noqa: B018
    alike = kb.compare("shop", "deli", cohort_period="month").cohorts.curves
    assert alike.data["period"].max() == 2
