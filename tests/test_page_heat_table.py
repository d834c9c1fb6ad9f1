"""The retention table: what stands in its cells, its shades and marks, from a page or from its saved data."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from cohort_data import ROWS, WINDOW, Row, buys, many_of, purchases_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from keepbook.book.record import save_frame, tsv_of
from keepbook.cohorts import Choices, Retention, retention
from keepbook.cohorts.page.figures import heatmap
from keepbook.page.heat_table import HeatTable, Scale
from keepbook.report import render
from keepbook.tables import Window
from keepbook.text import language

MONTHS = pd.date_range("2022-01-01", periods=25, freq="MS")


@pytest.fixture(scope="module")
def result() -> Retention:
    """January's six: two of four return in February, one in March; April is not over."""
    return retention(purchases_of(ROWS, "heat"), WINDOW, Choices(warm_up=1))


@pytest.fixture(scope="module")
def full() -> Retention:
    """24 cohorts and 23 ages, all over, none of them marked but for those of May 2022, who all return."""
    rows: list[Row] = []
    for c in range(24):
        for n in range(60 + 5 * c):
            back = 0.95 if c == 4 else 0.3
            days = [
                f"{MONTHS[c + k].date()}" for k in range(1, 24 - c) if (n * 7 + k * 37) % 100 < 100 * back
            ]
            rows += buys(f"{c}-{n}", f"{MONTHS[c].date()}", *days, amount=1.0 + n % 9)
    return retention(purchases_of(rows, "heat_full"), Window(dt.date(2022, 1, 1), dt.date(2023, 12, 31)))


def drawn(result: Retention, **changes: Any) -> Tag:
    """The figure as a page has it."""
    table = replace(heatmap(result, "EUR"), **changes)
    figure = BeautifulSoup(table.html(), "html.parser").figure
    assert figure is not None
    return figure


def rows_of(figure: Tag) -> dict[str, list[Tag]]:
    """Name of a row → its cells."""
    return {row.th.get_text(): row.find_all("td") for row in figure.tbody.find_all("tr")}


def texts(cells: list[Tag], view: str = "b") -> list[str]:
    return [cell.find(view).get_text() if cell.find(view) else cell.get_text() for cell in cells]


def told(figure: Tag, cell: Tag) -> list[str]:
    """What the script reads out of a cell: in full, or the table's pattern with what the cell holds."""
    bare, *facts = str(cell["data-t"]).split("|")
    if bare:
        return [bare, *facts]
    row, heads = cell.parent, figure.thead.find_all("th")
    facts = [row.th.get_text(), heads[row.find_all(["th", "td"]).index(cell)].get_text(), *facts]
    pieces = str(figure.table["data-say"]).split("$")
    filled = "".join(p + f for p, f in zip(pieces, [*facts, *[""] * len(pieces)][: len(pieces)], strict=True))
    return filled.rstrip("|").split("|")


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────


def test_cells_hold_shares_sizes_and_the_average_on_top(result: Retention) -> None:
    """Month 1: 3 of 6 return (50 %); month 2: 1 of 4 (25 %). Revenue: 10 + 20 of January's 100."""
    rows = rows_of(drawn(result))
    assert list(rows) == ["average", "2024-01", "2024-02"]
    assert texts(rows["average"])[:3] == ["6", "50", "25"]
    assert texts(rows["2024-01"])[:3] == ["4", "50", "25"]
    assert texts(rows["2024-01"], "i")[1:3] == ["30", "10"]
    assert texts(rows["2024-02"])[:3] == ["2", "50", "…"]


def test_the_table_is_one_to_machines_too(result: Retention) -> None:
    figure = drawn(result)
    assert figure["id"] == "at-retention_cells"
    assert [head.get_text() for head in figure.thead.find_all("th")] == ["cohort", "customers", "1", "2", "3"]
    assert all(head["scope"] == "col" for head in figure.thead.find_all("th"))
    assert all(row.th["scope"] == "row" for row in figure.tbody.find_all("tr"))
    width = len(figure.thead.find_all("th"))
    for row in figure.tbody.find_all("tr"):
        assert sum(int(cell.get("colspan", 1)) for cell in row.find_all(["td", "th"])) == width
    caption = figure.table.caption
    assert (
        caption.b.get_text() == "Of each cohort, % who bought in that month, by months since first purchase"
    )
    assert "Revenue in % of the cohort’s first month" in caption.i.get_text()


def test_what_is_read_out_of_a_cell(result: Retention) -> None:
    """Name, share with its range, counts beside the average, and the share of revenue."""
    figure = drawn(result)
    rows = rows_of(figure)
    assert told(figure, rows["2024-01"][1]) == [
        "2024-01, month 1",
        "50.0 % (15.0–85.0 %) came back",
        "2 of 4 customers; average 50.0 %",
        told(figure, rows["2024-01"][1])[3],
    ]
    assert re.fullmatch(r"Revenue 30\.0 % \(.*\); average 38\.1 %", told(figure, rows["2024-01"][1])[3])
    assert told(figure, rows["average"][1])[0::2] == ["average, month 1", "6 customers, 2 cohorts"]
    assert told(figure, rows["2024-02"][2]) == ["2024-02, month 2", "0 of 2 customers so far: not over yet"]


@pytest.mark.parametrize("tag", ["en", "zh", "en-XA"])
@pytest.mark.parametrize("rule", ["on", "on_or_after"])
def test_patterns_say_what_whole_sentences_would(full: Retention, tag: str, rule: str) -> None:
    """In each language, whatever the order of its words."""
    counted = {**full.cells.attrs, "rule": rule}
    cells = full.cells.copy()
    cells.attrs = counted
    with language(tag):
        table = replace(heatmap(full), data=cells)
        figure = BeautifulSoup(table.html(), "html.parser").figure
        object.__setattr__(table, "_pattern", "")
        plain = BeautifulSoup(table.html(), "html.parser").figure
    assert figure is not None and plain is not None
    patterned = [told(figure, cell) for cell in figure.select("td[data-t]")]
    assert patterned == [str(cell["data-t"]).split("|") for cell in plain.select("td[data-t]")]
    assert len(str(figure).encode()) < 0.8 * len(str(plain).encode()), "and in fewer bytes"


def test_incomplete_cells_are_open_and_warm_up_cohorts_starred(result: Retention) -> None:
    figure = drawn(result)
    open_ = figure.select("td.kb-open")
    assert len(open_) == 2 and not any("▴" in cell.get_text() or "▾" in cell.get_text() for cell in open_)
    assert [head.get_text() for head in figure.select("th.kb-early")] == ["2024-01"]
    legend = figure.select_one(".kb-heat-legend")
    assert legend is not None
    assert [sign.get_text()[:8] for sign in legend.find_all("span")] == ["dashed: ", "* data b"]
    whole = retention(purchases_of(ROWS, "heat"), Window(WINDOW.start, dt.date(2024, 3, 31)))
    assert not drawn(whole).select("td.kb-open, th.kb-early, .kb-heat-legend span")


# ── marks and shades ────────────────────────────────────────────────────────────────────────────────────


def test_marks_are_those_of_the_data_alone(full: Retention) -> None:
    figure = drawn(full)
    for cohort, cells in rows_of(figure).items():
        marks = [{"▴": 1, "▾": -1}.get(text[-1:], 0) for text in texts(cells[1:])]
        own = full.cells[(full.cells["cohort"].dt.strftime("%Y-%m") == cohort) & (full.cells["period"] > 0)]
        assert [mark for mark in marks if mark] == [mark for mark in own["mark"] if mark], cohort
        assert not any(sign in text for cell in cells for sign in "▴▾" for text in texts([cell], "i"))
    marked = [cell for cell in figure.select("td[data-t]") if "▴" in cell.get_text()]
    assert len(marked) == 19, "May's, in all of its months"
    assert all(told(figure, cell)[-1] == "above the other cohorts beyond chance" for cell in marked)


def test_shades_are_of_the_shrunken_share_never_of_the_raw_one(result: Retention) -> None:
    """Both cohorts are drawn to 50 %, whatever their own 0 of 2 and 4 of 4 would look like."""
    cells = result.cells.copy()
    first = (cells["period"] == 1) & cells["complete"]
    cells.loc[first, "retention"] = [1.0, 0.0]
    cells.attrs = result.cells.attrs
    shades = [
        row[1]["class"][0] for name, row in rows_of(drawn(result, data=cells)).items() if name != "average"
    ]
    assert shades[0] == shades[1] == "kb-s8"
    cells.loc[first, "retention_shrunk"] = [0.5, 0.3]
    apart = [
        row[1]["class"][0] for name, row in rows_of(drawn(result, data=cells)).items() if name != "average"
    ]
    assert apart[0] == "kb-s8" and apart[1] < "kb-s4"


def test_shades_begin_at_half_of_the_highest_share() -> None:
    """So that 19 % beside 20 % do not look like nothing beside all."""
    scale = Scale.of(pd.Series([0.19, 0.20, np.nan]))
    assert scale == (0.10, 0.20)
    assert (scale.shade(0.20), scale.shade(0.19), scale.shade(0.10)) == (8, 8, 0)
    assert Scale.of(pd.Series([0.02, 0.20])).lowest == 0.02
    assert Scale.of(pd.Series([0.0, 0.0])).shade(0.0) == 0
    assert Scale.of(pd.Series([], dtype=float)).shade(0.5) == 0


def test_small_shares_keep_a_digit() -> None:
    assert Scale.of(pd.Series([0.012, 0.034])).show(0.0123) == "1.2"
    assert Scale.of(pd.Series([0.12, 0.34])).show(0.123) == "12"


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────


def test_one_cohort() -> None:
    alone = retention(purchases_of(many_of({"a": (5, ("2024-01-05", "2024-02-03"))}), "heat_one"), WINDOW)
    rows = rows_of(drawn(alone))
    assert list(rows) == ["average", "2024-01"]
    assert texts(rows["2024-01"])[:2] == texts(rows["average"])[:2] == ["5", "100"]


def test_of_a_hundred_and_twenty_cohorts_the_newest_24_are_shown() -> None:
    starts = pd.date_range("2014-01-01", periods=120, freq="MS")
    rows = [
        row
        for i, start in enumerate(starts)
        for n in range(3)
        for row in buys(f"{i}-{n}", f"{start.date()}", f"{(start + pd.DateOffset(months=1 + n)).date()}")
    ]
    window = Window(dt.date(2014, 1, 1), dt.date(2023, 12, 31))
    long = retention(purchases_of([row for row in rows if row[1] <= window.as_of], "heat_long"), window)
    table = heatmap(long)
    figure = BeautifulSoup(table.html(), "html.parser")
    names = [head.get_text() for head in figure.select("tbody th")]
    assert names == ["average", *(f"{start:%Y-%m}" for start in starts[-24:])]
    assert len(figure.select("thead th")) == 2 + 23
    assert "The newest 24 of 120 cohorts are shown; the file has all." in table.caption
    assert table.data["cohort"].nunique() == 120
    assert figure.select_one("tbody td").get_text() == "360", "the average is of all"
    assert len(table.html()) < 60_000


def test_the_full_table_and_its_data_leave_room_for_the_rest_of_a_page(full: Retention) -> None:
    """Of 250 kB: 24 cohorts, 23 ages, both views, and the data that a page carries itself."""
    table = heatmap(full, "EUR")
    assert len(table.html().encode()) < 60_000
    assert len(tsv_of(table.brief, 7)) < 40_000, "else the page would not carry it"
    raw = table.data[table.data["period"] > 0]
    kept = table.brief.loc[raw.index]
    assert (kept["retention"] - raw["retention"]).abs().max() <= 5.01e-4
    assert (kept["active"] / kept["size"] == raw["retention"]).all(), "counts are exact"
    assert (kept["revenue"] - raw["revenue"]).abs().max() <= 0.005


def test_without_revenue_there_is_no_switch(result: Retention) -> None:
    names = ["revenue_retention", "revenue_ci_lower", "revenue_ci_upper", "revenue_retention_shrunk"]
    cells, average = result.cells.copy(), result.average.copy()
    later = cells["period"] > 0
    cells.loc[later, names], average.loc[average["period"] > 0, names[:3]] = np.nan, np.nan
    figure = drawn(result, data=cells, average=average)
    assert not figure.select("input, i")
    assert told(figure, rows_of(figure)["2024-01"][1])[-1] == "2 of 4 customers; average 50.0 %"


def test_a_cohort_whose_first_money_went_back_has_no_share_of_revenue() -> None:
    rows = [*ROWS, ("g", dt.date(2024, 3, 1), 10.0, True), ("g", dt.date(2024, 3, 20), -10.0, False)]
    seen = retention(purchases_of(rows, "heat_refund"), Window(WINDOW.start, dt.date(2024, 4, 30)))
    figure = drawn(seen)
    cell = rows_of(figure)["2024-03"][1]
    assert texts([cell]) == ["0"] and texts([cell], "i") == ["–"]
    assert (
        cell["class"] == [cell["class"][0]] and told(figure, cell)[-1] == "0 of 1 customers; average 42.9 %"
    )


# ── from saved data ─────────────────────────────────────────────────────────────────────────────────────


def test_a_saved_table_is_drawn_again_as_it_was(full: Retention, tmp_path: Path) -> None:
    """As the unit's own page does it, from the record's folder: the words too."""
    table = heatmap(full, "EUR")
    save_frame(table.data, tmp_path, "retention_cells")
    save_frame(full.average, tmp_path, "retention_average")
    cells, average = (
        pd.read_parquet(tmp_path / f"retention_{name}.parquet") for name in ("cells", "average")
    )
    again = HeatTable("retention_cells", table.title, table.caption, cells, average, "EUR")
    assert again.html() == table.html()
    assert again.measure == table.measure


def test_hostile_words_are_words(result: Retention) -> None:
    hostile = "<script>alert(1)</script> \"' & $x^2$"
    table = replace(heatmap(result), title=hostile, caption=hostile, name='a"b')
    assert "<script" not in table.html()
    assert BeautifulSoup(table.html(), "html.parser").h3.get_text() == hostile


# ── in a browser ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def page_of(full: Retention, tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = [new_output("execute_result", {"text/html": heatmap(full, "EUR").html()}, execution_count=1)]
    cells = [new_markdown_cell("# Who stays?"), new_code_cell("1", outputs=outputs)]
    path = tmp_path_factory.mktemp("heat") / "page.html"
    path.write_text(render(new_notebook(cells=cells), title="T"), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Any, page_of: Path) -> Any:
    contexts = []

    def open_(width: int = 1280, **look: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, **look)
        contexts.append(context)
        page = context.new_page()
        page.goto(page_of.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


def tip(page: Any) -> list[str]:
    return str(page.locator("#kb-tip").inner_text()).splitlines()


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_switch_shows_revenue_without_a_script_too(opened: Any, script: bool) -> None:
    page = opened(java_script_enabled=script)
    cell = page.locator("tbody tr").nth(1).locator("td").nth(1)
    assert page.get_by_role("radio", name="Customers").is_checked()
    before = cell.inner_text()
    page.get_by_text("Revenue", exact=True).click()
    assert page.get_by_role("radio", name="Revenue").is_checked()
    assert cell.inner_text() != before
    assert "Revenue in %" in page.locator("caption").inner_text()
    page.get_by_role("radio", name="Customers").check(force=True)
    assert cell.inner_text() == before


@pytest.mark.browser
def test_cells_are_read_out_by_mouse_and_keys(opened: Any) -> None:
    page = opened()
    cells = page.locator("tbody tr").nth(5).locator("td[data-t]")
    cells.nth(2).hover()
    assert tip(page)[0] == "2022-05, month 3" and tip(page)[-1] == "above the other cohorts beyond chance"
    page.locator("td[data-t]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert tip(page)[0] == "2022-01, month 2" and len(tip(page)) == 4
    page.keyboard.press("Escape")
    assert not page.locator("#kb-tip").is_visible()


@pytest.mark.browser
def test_24_months_fit_a_laptop_and_paper_and_scroll_on_a_phone(opened: Any) -> None:
    wide = "box => [box.scrollWidth - box.clientWidth, box.clientWidth]"
    page = opened()
    over, room = page.locator(".kb-heat").evaluate(wide)
    assert over <= 0 and room <= 1088
    sizes = page.locator("td[data-t]").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().width)"
    )
    assert min(sizes) >= 26
    fonts = page.locator("td[data-t]").evaluate_all("all => all.map(one => getComputedStyle(one).fontSize)")
    assert set(fonts) == {"13px"}
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})  # A4 less its margins
    assert page.locator("table").evaluate("table => table.getBoundingClientRect().right") <= 680
    assert not page.get_by_text("Revenue", exact=True).is_visible()
    phone = opened(390)
    assert phone.locator(".kb-heat").evaluate(wide)[0] > 0
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator(".kb-heat").evaluate("box => { box.scrollLeft = 300; }")
    first = phone.locator("tbody th").nth(3).bounding_box()
    assert first is not None and first["x"] < 30, "the row's name stays in sight"


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_number_is_legible_on_its_shade(opened: Any, scheme: str) -> None:
    from pages_data import PALE

    page = opened(color_scheme=scheme, bypass_csp=True)
    assert page.evaluate(PALE) == []
    page.get_by_text("Revenue", exact=True).click()
    assert page.evaluate(PALE) == []
    shades = page.locator("td[data-t]").evaluate_all(
        "all => [...new Set(all.map(one => getComputedStyle(one).backgroundColor))]"
    )
    assert len(shades) >= 4, "or nothing was looked at"
