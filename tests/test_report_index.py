"""The page over all units: what is to be decided first, then units side by side; nothing unescaped."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from bs4 import BeautifulSoup
from report_data import HOSTILE, decisions, index_rows

from keepbook.report import IndexRow, Key, ToDecide, render_index


def made(rows: Sequence[IndexRow], items: Sequence[ToDecide] = (), **facts: str) -> BeautifulSoup:
    page = render_index(rows, items, **{"generated_at": "now", "version": "1"} | facts)
    return BeautifulSoup(page, "html.parser")


def key(value: float, lower: float, upper: float, group: str = "", name: str = "x") -> Key:
    return Key(name, name, f"{value:g}", value, lower, upper, group=group)


def places(soup: BeautifulSoup) -> list[list[int]]:
    """Where the ends and the point of every interval stand, in per cent of their axis."""
    return [[int(at) for at in re.findall(r":(\d+)", str(bar["style"]))] for bar in soup.select("i.kb-ci")]


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────


def test_equal_figures_stand_under_one_heading() -> None:
    soup = made(index_rows(), generated_at="2025-03-02", version="9.9")
    heads = [head.get_text() for head in soup.select("thead th")]
    assert heads == ["Unit", "Kept in month 3", "Value ahead", "Customers", "Newer cohorts", "Data to"]
    assert {len(row.find_all(["th", "td"])) for row in soup.select("tbody tr")} == {len(heads)}
    assert "6 units, 1 failed, 1 out of date" in soup.select_one(".kb-lead").get_text()
    first = soup.select("tbody tr")[0]
    assert [cell.get("data-v") for cell in first.select(".kb-key")] == ["0.31", "9000", "9000"]
    assert first.select(".kb-key")[2].get_text(" ", strip=True) == "9,000 ▲ 12"
    assert first.select_one(".kb-key .kb-good").get_text() == "▲ 12"


def test_a_figure_that_a_unit_calls_otherwise_says_so() -> None:
    rows = [
        IndexRow(f"u{n}", f"U{n}", figures=[Key("back", label, "1", 1.0)]) for n, label in enumerate("aab")
    ]
    soup = made(rows)
    assert soup.select("thead th")[1].get_text() == "a", "as most call it"
    assert [small.get_text() for small in soup.select(".kb-key small")] == ["b"]


def test_a_column_has_one_axis_from_zero() -> None:
    rows = [
        IndexRow(f"u{n}", f"U{n}", figures=[key(*one)]) for n, one in enumerate([(20, 10, 30), (40, 20, 50)])
    ]
    assert places(made(rows)) == [[20, 40, 60], [40, 80, 100]]


def test_money_of_another_currency_has_an_axis_of_its_own() -> None:
    rows = [
        IndexRow("a", "A", figures=[key(40, 30, 50, "EUR")]),
        IndexRow("b", "B", figures=[key(4000, 3000, 5000, "JPY")]),
        IndexRow("c", "C", figures=[key(20, 15, 25, "EUR")]),
    ]
    soup = made(rows)
    assert places(soup) == [[60, 80, 100], [60, 80, 100], [30, 40, 50]]
    assert [cell["data-g"] for cell in soup.select("td.kb-key")] == ["EUR", "JPY", "EUR"]


def test_an_interval_without_end_does_not_stretch_the_axis() -> None:
    rows = [IndexRow("a", "A", figures=[key(10, 5, 1e9)]), IndexRow("b", "B", figures=[key(10, 5, 15)])]
    soup = made(rows)
    assert places(soup) == [[25, 50, 100], [25, 50, 75]]
    assert ["kb-on" in bar["class"] for bar in soup.select("i.kb-ci")] == [True, False], "it goes on"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_figure_that_is_not_known_is_not_drawn(value: float | None) -> None:
    soup = made([IndexRow("a", "A", figures=[Key("x", "x", "–", value, 1.0, 2.0)])])
    assert places(soup) == []


def test_trends_have_one_scale() -> None:
    rows = [IndexRow("a", "A", history=[0.1, 0.1]), IndexRow("b", "B", history=[0.2, None, 0.4])]
    rows += [IndexRow("c", "C", history=[0.3]), IndexRow("d", "D")]
    soup = made(rows)
    lines = [line["points"] for line in soup.select(".kb-trend polyline")]
    assert lines == ["0,16 60,16", "0,11 60,2"], "0.4 is the most: two pixels from the top; 0 the bottom"
    assert soup.select_one(".kb-trend")["aria-label"] == "from 10 % to 10 %"


def test_the_state_is_told_only_where_it_is_not_up_to_date() -> None:
    soup = made(index_rows())
    assert [state.get_text(strip=True) for state in soup.select(".kb-status")] == ["Failed", "Out of date"]
    failed = soup.select_one(".kb-row-failed")
    assert "column 'amount'" in failed.select_one(".kb-reason").get_text()
    links = {link["href"]: link.find_parent("li").get_text(" ", strip=True) for link in failed.select("li a")}
    assert "why it failed" in links["web/2_cohort_retention/error.html"]
    assert links["web/2_cohort_retention/index.html"].endswith("last good report")
    assert failed.select_one(".kb-unit-title a")["href"] == "web/2_cohort_retention/index.html"
    (badge,) = soup.select(".kb-simulated")
    assert badge.find_parent("tr")["data-search"].startswith("demo")
    assert [row.select_one(".kb-unit-title a") for row in soup.select("tbody tr")].count(None) == 1


# ── what is to be decided ───────────────────────────────────────────────────────────────────────────────


def told(soup: BeautifulSoup) -> list[tuple[str, list[str], list[str]]]:
    """Heading of each list, what is seen of it, and what opens."""
    found: list[tuple[str, list[str], list[str]]] = []
    for tag in soup.select(".kb-todo h3, .kb-todo div > ul, .kb-todo details"):
        if tag.name == "h3":
            found.append((tag.get_text(), [], []))
            continue
        at = 2 if tag.name == "details" else 1
        if not found or any(found[-1][at:]):
            found.append(("", [], []))
        found[-1][at].extend(item.a.get_text() for item in tag.select("li"))
    return found


def test_decisions_are_ranked_by_money_within_a_currency() -> None:
    """Four are seen, two of each currency; what has no price opens."""
    assert told(made(index_rows(), decisions())) == [
        ("EUR", ["Call: stop", "Voucher: roll out"], []),
        ("USD", ["Mail: wait", HOSTILE], []),
        ("Without a sum", [], ["Loyalty tier: redesign"]),
    ]


def test_one_currency_needs_no_heading() -> None:
    items = [item for item in decisions() if item.group != "USD"]
    assert told(made(index_rows(), items)) == [
        ("", ["Call: stop", "Voucher: roll out"], []),
        ("Without a sum", [], ["Loyalty tier: redesign"]),
    ]


def test_without_money_all_stand_as_they_come() -> None:
    assert told(made(index_rows(), decisions()[:1])) == [("", ["Loyalty tier: redesign"], [])]


def test_more_currencies_than_places_have_one_each() -> None:
    items = [ToDecide("U", f"{n}", "x.html", "wait", 10.0 + n, "", f"C{n % 5}") for n in range(10)]
    assert told(made(index_rows(), items)) == [(f"C{n}", [f"{5 + n}"], [f"{n}"]) for n in range(5)]


def test_each_says_of_which_unit_and_how_much() -> None:
    first = made(index_rows(), decisions()).select_one(".kb-todo li")
    assert first.get_text(" ", strip=True) == "Call: stop Grocery 9,000 EUR a year"
    assert first.a["href"] == "grocery/6/index.html" and first["class"] == ["kb-todo-bad"]


def test_what_is_less_urgent_opens() -> None:
    items = [ToDecide("U", f"{n}", "x.html", "wait", float(n), f"{n}", "EUR") for n in range(1, 21)]
    soup = made(index_rows(), items)
    assert [item.a.get_text() for item in soup.select(".kb-todo div > ul > li")] == [
        "20",
        "19",
        "18",
        "17",
    ]
    assert len(soup.select(".kb-todo details li")) == 16
    assert soup.select_one(".kb-todo summary").get_text() == "16 more"


def test_nothing_to_decide_leaves_no_strip() -> None:
    assert not made(index_rows()).select(".kb-todo")


# ── all of it ───────────────────────────────────────────────────────────────────────────────────────────


def test_everything_is_escaped() -> None:
    soup = made(index_rows(), decisions(), generated_at=HOSTILE, version=HOSTILE)
    row = soup.select("tbody tr")[-1]
    assert row.select_one(".kb-unit-title").get_text() == HOSTILE
    assert [tag.get_text() for tag in row.select(".kb-key b")] == [HOSTILE, HOSTILE]
    assert [tag.get_text() for tag in row.select(".kb-key small")] == [HOSTILE, HOSTILE]
    assert HOSTILE in [tag.get_text() for tag in soup.select(".kb-legend dd")]
    assert row.select_one("a")["href"] == 'a"b.html'
    assert len(soup.find_all("script")) == 1 and not soup.select("img")


@pytest.mark.parametrize(("units", "there"), [(8, False), (9, True)])
def test_it_offers_a_filter_when_there_are_many(units: int, there: bool) -> None:
    assert bool(made(index_rows(units)).select("#kb-filter")) is there


def test_without_units_it_says_what_to_do() -> None:
    assert "keepbook run" in made([]).get_text()
