"""A unit's own page from the reports beside it: what is there, what is missing, and what would break it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from summary_data import (
    COHORTS,
    TEST,
    VALUE,
    experiment,
    forecast,
    put,
    record,
    shown,
    tile,
    triangle,
    verdict,
)

from conftest import REPOSITORY
from keepbook.book import Book
from keepbook.page.records import PREVIOUS, RECORD
from keepbook.summary import activity
from keepbook.tables import open_tables
from keepbook.text import language
from keepbook.unit import Unit

Shop = Callable[..., Unit]
BUYS = """customer_id,date,amount
new,2024-12-20,10
stays,2024-06-01,10
stays,2024-11-20,10
back,2024-03-01,10
back,2024-12-05,10
gone,2024-09-05,10
never,2024-01-01,10
edge,2024-10-03,10
over,2024-10-02,10
"""


@pytest.fixture
def book(shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A unit with one experiment, whose reports are to be put into `reports`."""
    monkeypatch.setenv("KEEPBOOK_HOME", str(home))
    assigned = (
        "experiment,customer_id,variant,assigned_at\nvoucher,new,a,2024-12-01\nvoucher,back,b,2024-12-01\n"
    )
    trials = [{"name": "voucher", "title": "Voucher", "control": "a"}]
    shop(BUYS, assignments=assigned, experiments=trials, as_of="2024-12-31", currency="EUR")
    return Book("shop", save_to=str(home / "out"))


@pytest.fixture
def reports(home: Path) -> Path:
    return home / "reports" / "shop"


def soup_of(book: Book, folder: Path) -> BeautifulSoup:
    return BeautifulSoup(shown(book, folder), "html.parser")


def texts(soup: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(one.get_text(" ").split()).replace(" .", ".") for one in soup.select(selector)]


# ── active customers ────────────────────────────────────────────────────────────────────────────────────


def test_active_customers_by_hand(shop: Shop) -> None:
    """90 days up to 2024-12-31 begin on 10-03; 30 days before they end on 12-01, from 09-03 on.

    Now: new, stays, back, edge. Then: stays, gone, edge, over. So new and back are gained, gone and over
    lost.
    """
    with open_tables(shop(BUYS, as_of="2024-12-31")) as tables:
        found = activity(tables, 90)
    assert found is not None
    assert (found.customers, found.before, found.gained, found.lost) == (4, 4, 2, 2)
    assert (found.change_lower, found.change_upper) == pytest.approx((-3.92, 3.92), abs=0.001)  # 1.96 · √4
    assert found.before + found.gained - found.lost == found.customers


def test_too_short_a_history_counts_nobody(shop: Shop) -> None:
    lines = "customer_id,date,amount\na,2024-09-03,10\nb,2024-12-31,10\n"
    for days, known in ((90, True), (91, False)):
        with open_tables(shop(lines, as_of="2024-12-31")) as tables:
            assert tables.window.days == 120
            assert (activity(tables, days) is not None) is known


# ── what is there ───────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_page(book: Book, reports: Path) -> None:
    put(reports, COHORTS, record(("They stay.", 5.0), figures=[tile("retention_month_1", 0.3, 0.29, 0.31)]))
    put(
        reports,
        VALUE,
        record(("They pay.", 900.0), figures=[tile("base_value", 640000, 5e5, 7e5, kind="money")]),
    )
    put(reports, TEST, record("Design.", **experiment(), **verdict("Voucher: stop", "bad", 70.0)))
    soup = soup_of(book, reports)
    assert texts(soup, ".kb-cards .kb-verdict-label") == ["Voucher: stop"]
    assert soup.select_one(".kb-cards a")["href"] == f"{TEST}/index.html"
    assert texts(soup, ".kb-card-note") == ["70 EUR a year"]
    assert texts(soup, ".kb-verdict-reason") == ["Because."] and texts(soup, ".kb-more p") == ["Well."]
    assert texts(soup, ".kb-findings li") == ["They pay. Customer value", "They stay. Cohort retention"]
    assert [link["href"] for link in soup.select(".kb-findings a")] == [
        f"{VALUE}/index.html",
        f"{COHORTS}/index.html",
    ]
    assert [one["data-tile"] for one in soup.select(".kb-tile")] == [
        "active_customers",
        "retention_month_1",
        "base_value",
    ]
    assert [link["href"] for link in soup.select(".kb-tile-value a")] == [
        f"{COHORTS}/index.html#at-at",
        f"{VALUE}/index.html#at-at",
    ]
    assert "This is the first report." in soup.get_text()
    made = json.loads((book.save_to / RECORD).read_text(encoding="utf-8"))
    assert made["pages"] == [COHORTS, VALUE, TEST] and made["failed"] == []


def test_a_unit_with_one_page_and_no_tables(book: Book, reports: Path) -> None:
    put(reports, COHORTS, record("They stay."))
    soup = soup_of(book, reports)
    notes = texts(soup, ".kb-note")
    assert notes[0].startswith("Nothing is to be decided")
    assert sum("the page of cohorts has not been made" in note for note in notes) == 1, "told once"
    assert sum("the page of customer value has not been made" in note for note in notes) == 1
    assert len(texts(soup, ".kb-again")) == 2 and not soup.select("figure.kb-figure svg")


@pytest.mark.parametrize("there", [False, True])
def test_without_reports_it_says_what_to_run(there: bool, book: Book, reports: Path) -> None:
    if there:
        reports.mkdir(parents=True)
        (reports / "mine").mkdir()
    soup = soup_of(book, reports)
    assert texts(soup, ".kb-note") == [
        "There is no report of this unit yet. Make them first: keepbook run shop."
    ]
    assert [one["data-tile"] for one in soup.select(".kb-tile")] == ["active_customers"]
    assert len(soup.select(".kb-identity")) == 2, "what needs no report is there"
    assert "shop.summary" not in soup.get_text()
    assert repr(book.summary().decisions) == book.summary(str(reports)).decisions.reason.what, (
        "the project's own"
    )


def test_experiments_that_are_gone_are_passed_over(book: Book, reports: Path) -> None:
    put(reports, TEST, record(**experiment(), **verdict("Voucher: stop", "bad")))
    put(
        reports,
        "6_strategy_comparison-old",
        record(**experiment("old", "Old"), **verdict("Old: stop", "bad")),
    )
    assert texts(soup_of(book, reports), ".kb-verdict-label") == ["Voucher: stop"]


def test_a_page_that_failed_says_so_and_what_stands_is_older(book: Book, reports: Path) -> None:
    put(reports, COHORTS, record("They stay."))
    old = record("Old.", as_of="2024-11-30", **experiment(), **verdict("Voucher: stop", "bad", 500.0))
    put(reports, TEST, old, fault="The file is gone.")
    put(reports, VALUE, None, fault="Out of memory.")
    soup = soup_of(book, reports)
    assert texts(soup, ".kb-cards .kb-verdict-label") == [
        "Could not be made: Customer value",
        "Could not be made: Voucher",
        "Voucher: stop",
    ]
    assert [link["href"] for link in soup.select(".kb-cards a")] == [
        f"{VALUE}/error.html",
        f"{TEST}/error.html",
        f"{TEST}/index.html",
    ]
    assert texts(soup, ".kb-verdict-broken .kb-verdict-reason") == ["Out of memory.", "The file is gone."]
    assert texts(soup, ".kb-card-note") == [
        "What stands is of data to 2024-11-30.",
        "500 EUR a year, from the last good report",
    ]
    made = json.loads((book.save_to / RECORD).read_text(encoding="utf-8"))
    assert made["failed"] == [VALUE, TEST]


def test_what_changed_since_the_report_before(book: Book, reports: Path) -> None:
    then = record(as_of="2024-11-30", figures=[tile("retention_month_1", 0.5, 0.49, 0.51)])
    put(reports, COHORTS, record(figures=[tile("retention_month_1", 0.3, 0.29, 0.31)]), before=then)
    old = record(as_of="2024-11-30", **experiment(), **verdict("Voucher: wait", "wait"))
    put(reports, TEST, record(**experiment(), **verdict("Voucher: stop", "bad")), before=old)
    (reports / RECORD).write_text(json.dumps({"as_of": "2024-11-30", "pages": [], "failed": [COHORTS]}))
    table = next(
        one for one in soup_of(book, reports).select("table") if "in the last report" in one.get_text()
    )
    assert [texts(row, "td, th") for row in table.select("tbody tr")] == [
        ["Voucher", "Voucher: wait", "Voucher: stop"],
        ["retention month 1", "50 % (49–51 %)", "30 % (29–31 %)"],
        ["Cohort retention", "could not be made", "made again"],
    ]
    assert table.caption.get_text() == (
        "What is otherwise than in the report of data to 2024-11-30, as far as it is more than chance."
    )


def test_nothing_changed_is_said_too(book: Book, reports: Path) -> None:
    same = [tile("retention_month_1", 0.3, 0.29, 0.31)]
    put(reports, COHORTS, record(figures=same), before=record(as_of="2024-11-30", figures=same))
    assert (
        "Nothing changed by more than chance since the report of data to 2024-11-30."
        in soup_of(book, reports).get_text()
    )


def test_the_last_run_is_the_latest_with_earlier_data(book: Book, reports: Path) -> None:
    """The summary's own record is not yet replaced while it is made."""
    put(reports, COHORTS, record())
    for now, before, found in (
        ("2024-11-30", "2024-10-31", "2024-11-30"),
        ("2024-12-31", "2024-10-31", "2024-10-31"),
        ("2025-01-31", "2024-10-31", "2024-10-31"),
        ("2024-12-31", "2024-12-31", ""),
    ):
        (reports / RECORD).write_text(json.dumps({"as_of": now}))
        (reports / PREVIOUS).write_text(json.dumps({"as_of": before}))
        assert book.summary(str(reports)).last_run.get("as_of", "") == found


def test_it_is_said_in_the_readers_language(
    shop: Shop, home: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records hold their words in each; what a record lacks stays as it is."""
    monkeypatch.setenv("KEEPBOOK_HOME", str(home))
    shop(BUYS, as_of="2024-12-31", currency="CNY", language="zh")
    words = {
        "findings": ["客户留了下来。"],
        "figures": [{"label": "次月留存率", "definition": "说明"}],
        "verdict": {},
    }
    figure = tile("retention_month_1", 0.3, 0.29, 0.31)
    put(reports, COHORTS, record("They stay.", figures=[figure], texts={"zh": words}))
    soup = soup_of(Book("shop", save_to=str(home / "out")), reports)
    assert texts(soup, ".kb-findings li") == ["客户留了下来。 同期群留存"]
    assert [label.contents[0] for label in soup.select(".kb-tile-label")] == ["活跃客户", "次月留存率"]


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    """The page of the demo unit with the tables that its page of cohorts saves."""
    folder = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEEPBOOK_HOME", str(REPOSITORY))
        triangle(folder)
        put(folder, COHORTS, record("They stay."))
        put(folder, VALUE, record("They pay."))
        forecast(folder, [100.0, 90.0, 80.0], new=5.0)
        return BeautifulSoup(shown(Book("demo"), folder), "html.parser")


def test_the_table_and_the_curves_are_those_of_their_page(drawn: BeautifulSoup) -> None:
    assert len(drawn.select(".kb-heat tbody tr")) == 25, "24 cohorts and the average"
    titles = texts(drawn, ".kb-figure-title")
    assert len(titles) == 4 and titles[2] == "Without new customers, revenue falls by 20 % until 2025-03"
    assert titles[3] == "gold come back most, basic least"
    panels = [text for text in texts(drawn, "#at-segments .kb-wide text") if "(" in text]
    assert panels == ["basic (2,015)", "plus (1,380)", "gold (605)"]


@pytest.mark.parametrize(
    ("revenue", "title"),
    [
        ([100.0, 104.0], "Even without new customers, revenue holds until 2025-02"),
        ([100.0, 110.0], "Without new customers, revenue still rises by 10 % until 2025-02"),
        ([0.0, 0.0], "Even without new customers, revenue holds until 2025-02"),
        ([50.0], "Even without new customers, revenue holds until 2025-01"),
    ],
)
def test_value_ahead_says_where_it_goes(revenue: list[float], title: str, book: Book, reports: Path) -> None:
    put(reports, VALUE, record())
    forecast(reports, revenue)
    assert repr(book.summary(str(reports)).value_ahead) == title


def test_tables_of_an_older_page_are_not_drawn(book: Book, reports: Path) -> None:
    put(reports, VALUE, record())
    forecast(reports, [1.0, 2.0])
    import pandas as pd

    path = reports / VALUE / "tables" / "forecast.parquet"
    pd.read_parquet(path).drop(columns="new_revenue").to_parquet(path)
    assert "has not been made, or had too few data" in repr(book.summary(str(reports)).value_ahead)


# ── names that break pages ──────────────────────────────────────────────────────────────────────────────

HARD = {
    "script": "<script>alert(1)</script>",
    "long": "A very long name of a voucher " * 7,
    "turned": "\u202eתל אביב",
    "emoji": "Flowers 💐🌷",
    "chinese": "北京市朝阳区三里屯路十九号院太古里南区一层旗舰店会员中心客户运营管理部门第一组第二",
}


@pytest.mark.parametrize("name", HARD)
def test_hostile_names(name: str, book: Book, reports: Path) -> None:
    hard = HARD[name]
    figure = tile("base_value", 1.0, 0.5, 2.0, label=hard, definition=hard, basis=hard)
    put(reports, VALUE, record((hard, 5.0), figures=[figure], fault=hard))
    put(
        reports,
        TEST,
        record(**experiment(title=hard), **verdict(f"{hard}: stop", "bad", 7.0, hard)),
        fault=hard,
    )
    soup = soup_of(book, reports)
    assert not soup.find_all(["script", "img"])
    assert "\u202e" not in soup.get_text()
    labels = texts(soup, ".kb-verdict-label")
    assert len(labels) == 2 and all(0 < len(label) <= 120 for label in labels)
    assert hard.split()[0].lstrip("\u202e") in soup.get_text()


def test_a_language_is_left_as_it_was(book: Book, reports: Path) -> None:
    put(reports, COHORTS, record("They stay."))
    with language("zh"):
        assert book.summary(str(reports)).activity.days == 90
    assert dt.date.fromisoformat(json.loads((reports / COHORTS / RECORD).read_text())["as_of"]) == dt.date(
        2024, 12, 31
    )
