"""The index puts units side by side, marks failures and simulations, and escapes everything."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from report_data import HOSTILE, index_rows

from keepbook.report import render_index


def test_index_puts_equal_figures_under_one_heading() -> None:
    soup = BeautifulSoup(render_index(index_rows(), generated_at="2025-03-02", version="9.9"), "html.parser")
    heads = [head.get_text() for head in soup.select("thead th")]
    assert heads == [
        "Unit", "Kept in month 3", "Net revenue retention", "Customers",
        "First figure, cohort by cohort", "State", "Reports",
    ]  # fmt: skip
    assert {len(row.find_all(["th", "td"])) for row in soup.select("tbody tr")} == {len(heads)}
    assert "6 business units, 1 failed, 1 out of date" in soup.select_one(".kb-lead").get_text()
    assert "9.9" in soup.footer.get_text()
    first = soup.select("tbody tr")[0]
    assert [cell.get("data-value") for cell in first.select(".kb-key")] == ["31", "80.0", "9000.0"]


def test_index_marks_failures_and_simulations() -> None:
    soup = BeautifulSoup(render_index(index_rows(), generated_at="now", version="1"), "html.parser")
    failed = soup.select_one(".kb-row-failed")
    assert failed.select_one(".kb-status").get_text() == "Failed"
    assert "column 'amount'" in failed.select_one(".kb-reason").get_text()
    links = {link["href"]: link.find_parent("li").get_text(" ", strip=True) for link in failed.select("li a")}
    assert links["web/2_cohort_retention/error.html"].endswith("why it failed")
    assert links["web/2_cohort_retention/index.html"].endswith("last good report")
    assert failed.select_one(".kb-unit-title a")["href"] == "web/2_cohort_retention/index.html"
    (badge,) = soup.select(".kb-simulated")
    assert badge.find_parent("tr")["data-search"].startswith("demo")


def test_index_escapes_everything() -> None:
    soup = BeautifulSoup(render_index(index_rows(), generated_at=HOSTILE, version=HOSTILE), "html.parser")
    row = soup.select("tbody tr")[-1]
    assert row.select_one(".kb-unit-title").get_text() == HOSTILE
    assert [tag.get_text() for tag in row.select(".kb-key small")] == [HOSTILE]
    assert HOSTILE in [tag.get_text() for tag in soup.select(".kb-legend dd")]
    assert row.select_one("a")["href"] == 'a"b.html'
    assert not row.select("script") and not soup.select("img")


@pytest.mark.parametrize(("units", "there"), [(8, False), (9, True)])
def test_index_offers_a_filter_when_there_are_many(units: int, there: bool) -> None:
    page = render_index(index_rows(units), generated_at="now", version="1")
    assert ('id="kb-filter"' in page) is there


def test_index_without_units_says_what_to_do() -> None:
    assert "keepbook run" in render_index([], generated_at="now", version="1")
