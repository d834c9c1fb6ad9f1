"""What the page's script adds: reading out, the data below a figure, sorting, sliders."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from nbformat.v4 import new_notebook
from report_data import HOSTILE, html_cell, sample_notebook

from keepbook.page import html
from keepbook.report import render

pytestmark = pytest.mark.browser

STEPS = """[{"margin": "10 %", "says": "stop", "kind": "bad"},
{"margin": "20 %", "says": "go", "kind": "good"}]"""
CELLS = """<div class="kb-table"><table><thead><tr><th>cohort</th><th>1</th><th>2</th></tr></thead><tbody>
<tr><th scope="row">2024-01</th><td data-t="a1|first">30</td><td data-t="a2|second">20</td></tr>
<tr><th scope="row">2024-02</th><td data-t="b1|third">31</td><td></td></tr></tbody></table></div>"""
SORTED = html.table(
    ["name", "amount"],
    [("b10", "1,200 EUR"), ("b9", "–"), ("a", "80 EUR"), ("c", "900 EUR")],
    numeric=[1],
    values=[("b10", 1200.0), ("b9", float("nan")), ("a", 80.0), ("c", 900.0)],
)


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("script") / "report.html"
    cells = sample_notebook().cells
    slider = (
        f'<div class="kb-slider" hidden><input type="range" min="0" max="1" value="0" aria-label="margin" '
        f'data-steps=\'{STEPS}\'><b data-out="margin"></b> <i data-out="says"></i></div>'
    )
    cells += [html_cell("x", f'<div id="{name}">{part}</div>') for name, part in
              (("slider", slider), ("cells", CELLS), ("sorted", SORTED))]  # fmt: skip
    path.write_text(render(new_notebook(cells=cells), title="T"), encoding="utf-8")
    return path


@pytest.fixture
def page(browser, report):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, has_touch=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text))
    opened.goto(report.as_uri())
    yield opened
    context.close()
    assert faults == []


def test_the_script_keeps_its_size(report: Path) -> None:
    source = report.read_text(encoding="utf-8").partition("<script>")[2].partition("</script>")[0]
    assert 1_000 < len(source.encode()) <= 8_000


def tip(page) -> str:
    box = page.locator("#kb-tip")
    return box.inner_text() if box.is_visible() else ""


def test_a_point_is_read_out_by_mouse_touch_and_keys(page) -> None:
    drawing = page.locator(".kb-wide svg")
    drawing.hover(position={"x": 60, "y": 20})
    assert tip(page).startswith("month 1\n37%") and HOSTILE.split()[0] in tip(page)
    drawing.hover(position={"x": 660, "y": 200})
    assert tip(page).startswith("month 12\n9%")
    page.mouse.move(1, 1)
    assert tip(page) == ""
    drawing.focus()
    for key, said in (("ArrowRight", "month 1\n"), ("ArrowRight", "month 2"), ("ArrowLeft", "month 1\n"),
                      ("ArrowLeft", "month 12")):  # fmt: skip
        page.keyboard.press(key)
        assert tip(page).startswith(said)
    page.keyboard.press("Escape")
    assert tip(page) == "" and page.locator(".kb-dot").count() == 0
    drawing.tap(position={"x": 60, "y": 20})
    assert tip(page).startswith("month 1\n")


def test_the_drawing_has_a_name_and_a_description(page) -> None:
    drawing = page.locator(".kb-wide svg")
    assert drawing.get_attribute("role") == "img"
    assert drawing.locator("title").first.text_content() == "Two in three new customers never return"
    said = drawing.locator("desc").first.text_content()
    assert said.startswith("Share who came back, by month 12 points, from month 1") and "month 12" in said


def test_cells_are_read_out_and_arrows_lead_from_one_to_the_next(page) -> None:
    first = page.locator("#cells [data-t]").first
    first.hover()
    assert tip(page) == "a1\nfirst"
    first.focus()
    for key, said in (("ArrowRight", "a2\nsecond"), ("ArrowLeft", "a1\nfirst"), ("ArrowDown", "b1\nthird"),
                      ("ArrowRight", "b1\nthird")):  # fmt: skip
        page.keyboard.press(key)
        assert tip(page) == said
    page.keyboard.press("Escape")
    assert tip(page) == ""
    assert page.locator('#cells [tabindex="0"]').count() == 1


def test_data_of_a_figure_are_shown_copied_and_saved_from_the_page_itself(page, tmp_path) -> None:
    foot = page.locator(".kb-foot-line").first
    assert foot.locator("a").count() == 0, "a link to a file beside the page is dead in a mail"
    button = foot.get_by_role("button", name="Table")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    shown = page.locator(".kb-foot-line + .kb-table td").all_inner_texts()
    assert shown[:3] == ["1", "a,b", "0.37"] and shown[4].startswith("<script>")
    with page.expect_download() as download:
        foot.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == "curve.csv"
    saved = Path(download.value.path())
    assert saved.read_bytes().startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(saved)
    assert list(frame.columns) == ["month", "name", "share"]
    assert frame["name"].tolist() == ["a,b", HOSTILE] and frame["share"].tolist() == [0.37, 0.325]
    foot.get_by_role("button", name="Copy").click()
    foot.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").split("\n")[1] == "1\ta,b\t0.37"


def test_a_table_sorts_by_what_is_behind_its_cells(page) -> None:
    def names() -> list[str]:
        return page.locator("#sorted tbody th").all_inner_texts()

    heads = page.locator("#sorted thead th")
    heads.nth(1).locator("button").click()
    assert names() == ["b10", "c", "a", "b9"] and heads.nth(1).get_attribute("aria-sort") == "descending"
    heads.nth(1).locator("button").click()
    assert names() == ["a", "c", "b10", "b9"] and heads.nth(1).get_attribute("aria-sort") == "ascending"
    heads.nth(0).locator("button").click()
    assert names() == ["a", "b9", "b10", "c"] and heads.nth(1).get_attribute("aria-sort") == "none"


def test_a_slider_says_what_holds_at_its_place(page) -> None:
    box = page.locator(".kb-slider")
    assert box.is_visible() and box.locator("b").inner_text() == "10 %"
    box.locator("input").focus()
    page.keyboard.press("ArrowRight")
    assert (box.locator("b").inner_text(), box.locator("i").inner_text()) == ("20 %", "go")
    assert box.get_attribute("data-kind") == "good"


def test_without_a_script_everything_can_be_read(browser, report) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator(".kb-wide svg").is_visible()
    assert page.locator("#sorted tbody th").all_inner_texts() == ["b10", "b9", "a", "c"]
    assert page.locator(".kb-foot-line a").first.get_attribute("href") == "tables/curve.csv"
    ask = page.locator(".kb-ask").first
    ask.locator("summary").click()
    assert ask.locator("p").is_visible() and ask.locator("p").inner_text() == "Of those new."
    assert not page.locator(".kb-slider").is_visible() and not page.locator("#kb-theme").is_visible()
    context.close()
