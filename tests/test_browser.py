"""Pages in a real browser: quiet, self-contained, usable by mouse, keyboard, phone and printer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from report_data import HOSTILE, decisions, index_rows, sample_error, sample_notebook

from keepbook.report import render, render_index

pytestmark = pytest.mark.browser

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    """One file of each kind."""
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "report": render(sample_notebook(), title="Demo: who stays", home_link="index.html"),
        "index": render_index(index_rows(12), decisions(), generated_at="2025-03-02", version="0.1.0"),
        "error": sample_error(),
    }
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def visit(browser, pages) -> Iterator[Callable]:
    """Open a page and, when the test is over, insist that it was quiet and asked for nothing."""
    contexts, noise, requests = [], [], []

    def open_page(name: str, viewport: dict[str, int] = DESKTOP, scheme: str = "light"):
        context = browser.new_context(viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("dialog", lambda dialog: (noise.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(pages[name].as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    own = {path.as_uri() for path in pages.values()}
    assert [url for url in requests if not url.startswith("data:") and url.split("#")[0] not in own] == []
    assert noise == []


def eventually(page, condition: str) -> None:
    """Wait for a condition. Playwright's own waiting evals inside the page, which the policy forbids."""
    for _try in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


def overflow(page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def background(page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", ["report", "index", "error"])
def test_page_is_quiet_and_fits(visit, name, viewport) -> None:
    page = visit(name, viewport)
    eventually(page, "!document.getElementById('kb-theme').hidden")  # the script was admitted
    assert overflow(page) <= 0


def test_the_fixture_notices_noise(browser, pages) -> None:
    """A page without our cleaning does trip the checks above; otherwise they would prove nothing."""
    page = browser.new_page()
    noise = []
    page.on("console", lambda message: noise.append(message.text))
    hostile = '<p onclick="alert(1)"></p><img src="http://127.0.0.1:9/a.png"><script>alert(2)</script>'
    bad = pages["error"].with_name("bad.html")
    bad.write_text(
        pages["error"].read_text(encoding="utf-8").replace("</main>", hostile + "</main>"), "utf-8"
    )
    page.goto(bad.as_uri())
    page.close()
    assert any("Content Security Policy" in text for text in noise)


def test_hostile_text_shows_as_text(visit) -> None:
    report, index, error = visit("report"), visit("index"), visit("error")
    assert HOSTILE in report.locator(".kb-table tbody th").all_inner_texts()
    assert HOSTILE in index.locator(".kb-unit-title").all_inner_texts()
    assert HOSTILE in error.locator(".kb-where").inner_text()
    report.get_by_text("click", exact=True).click()
    assert report.url.endswith("report.html")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("at", [0, 2, 4])
def test_contents_lead_to_the_section_and_close(visit, at, viewport) -> None:
    page = visit("report", viewport)
    menu = page.locator(".kb-contents")
    link = menu.locator("a").nth(at)
    assert not link.is_visible()
    menu.locator("summary").click()
    text = link.inner_text()
    link.click()
    assert menu.get_attribute("open") is None
    heading = page.locator("main :is(h2, h3)", has_text=text).first
    box = heading.bounding_box()
    assert box and 0 <= box["y"] < viewport["height"]
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None


def test_a_section_for_analysts_is_folded_until_a_link_leads_into_it(visit) -> None:
    page = visit("report")
    fold = page.locator("details.kb-analysts")
    assert fold.locator("summary").first.inner_text() == "For analysts"
    assert not page.locator("#at-method").is_visible()
    assert page.locator(".kb-provenance summary").is_visible()  # the foot is in no fold
    page.evaluate("location.hash = '#at-method'")
    eventually(page, "document.querySelector('details.kb-analysts').open")
    assert page.locator("#at-method").is_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_one_button_shows_and_hides_all_code(visit, viewport) -> None:
    page = visit("report", viewport)
    code = page.locator("details.kb-code:not(.kb-analysts *) pre")
    button = page.locator("#kb-show-code")
    shown = [code.nth(at).is_visible() for at in range(code.count())]
    assert len(shown) > 5 and not any(shown)
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert all(code.nth(at).is_visible() for at in range(code.count()))
    assert overflow(page) <= 0
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert not any(code.nth(at).is_visible() for at in range(code.count()))


def test_code_marks_show_only_when_code_is_asked_for(visit) -> None:
    page = visit("report")
    marks = page.locator("details.kb-code:not(.kb-analysts *) > summary")
    assert marks.count() > 5 and not any(mark.is_visible() for mark in marks.all())
    page.locator("#kb-show-code").click()
    assert all(mark.is_visible() for mark in marks.all())


@pytest.mark.parametrize("name", ["report", "index", "error"])
def test_theme_button_changes_the_page_and_is_remembered(visit, name) -> None:
    page = visit(name)
    button = page.locator("#kb-theme")
    light = background(page)
    seen = []
    for _turn in range(3):
        button.click()
        seen.append((button.inner_text(), background(page) == light))
    assert seen == [("Theme: light", True), ("Theme: dark", False), ("Theme: auto", True)]
    button.click()
    button.click()
    for _try in range(5):  # a write to storage reaches the disk's keeper a moment after the click
        page.reload()
        if button.inner_text() == "Theme: dark":
            break
    assert button.inner_text() == "Theme: dark" and background(page) != light


def test_theme_follows_the_system_until_told_otherwise(visit) -> None:
    light, dark = visit("report"), visit("report", scheme="dark")
    assert background(light) == "rgb(255, 255, 255)" != background(dark)
    dark.locator("#kb-theme").click()
    assert background(dark) == background(light)


def test_wide_tables_scroll_inside_their_box_and_say_so(visit) -> None:
    page = visit("report", PHONE)
    (box,) = page.locator(".kb-html > .kb-table").all()
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    hint = box.evaluate("box => getComputedStyle(box, '::before').content")
    assert "Scroll sideways" in hint
    assert box.get_attribute("tabindex") == "0"
    narrow = page.locator(".kb-scroll:has(> table.dataframe)")
    assert narrow.get_attribute("data-more") is None


def test_a_phone_has_a_drawing_of_its_own(visit) -> None:
    for viewport, shown, hidden in ((DESKTOP, "wide", "narrow"), (PHONE, "narrow", "wide")):
        page = visit("report", viewport)
        assert page.locator(f".kb-{shown} svg").is_visible()
        assert not page.locator(f".kb-{hidden} svg").is_visible()
        size = page.locator(f".kb-{shown} svg text").first.evaluate(
            "text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a"
        )
        assert size >= 13


def test_phone_shows_two_tiles_a_row(visit) -> None:
    boxes = [tile.bounding_box() for tile in visit("report", PHONE).locator(".kb-tile").all()]
    assert [round(box["y"]) for box in boxes[:2]] == [round(boxes[0]["y"])] * 2
    assert boxes[2]["y"] > boxes[0]["y"] and boxes[2]["x"] == boxes[0]["x"]


def test_text_lines_stay_readable(visit) -> None:
    page = visit("report")
    paragraph = page.locator(".kb-prose > p", has_text="Patience")
    lines = paragraph.evaluate(
        "p => { const r = document.createRange(); r.selectNodeContents(p); "
        "return new Set([...r.getClientRects()].map(line => Math.round(line.top))).size }"
    )
    assert 60 <= len(paragraph.inner_text()) / lines <= 95


def test_print_leaves_out_the_controls_and_is_light(visit) -> None:
    page = visit("report", scheme="dark")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    for selector in (".kb-bar", ".kb-messages", ".kb-code", ".kb-foot-line", ".kb-ask"):
        assert not page.locator(selector).first.is_visible(), selector
    assert page.locator(".kb-tile").first.is_visible()
    assert background(page) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('main a')).textDecorationLine") == "none"


def test_print_opens_what_should_be_read(visit) -> None:
    page = visit("report")
    fold = page.locator("details.kb-provenance")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert fold.get_attribute("open") is not None
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert fold.get_attribute("open") is None


def test_keyboard_reaches_the_content_first(visit) -> None:
    page = visit("report")
    page.keyboard.press("Tab")
    skip = page.locator(".kb-skip")
    assert skip.evaluate("link => link === document.activeElement && link.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "kb-main"
    page.locator("#kb-show-code").focus()
    page.keyboard.press("Space")
    assert page.locator("#kb-show-code").get_attribute("aria-pressed") == "true"


def column(page, at: int) -> list[str]:
    return page.locator(f".kb-units tbody tr > :nth-child({at})").evaluate_all(
        "cells => cells.map(cell => cell.dataset.v)"
    )


def test_index_sorts_both_ways_with_missing_values_last(visit) -> None:
    page = visit("index")
    head = page.locator("thead th").nth(1)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    values = column(page, 2)
    known = [float(value) for value in values if value]
    assert known == sorted(known, reverse=True) and len(known) == 10
    assert values[10:] == ["", ""]
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert [float(value) for value in column(page, 2) if value] == sorted(known)
    assert column(page, 2)[10:] == ["", ""]


def test_index_sorts_money_within_its_currency_alone(visit) -> None:
    page = visit("index")
    head = page.locator("thead th").nth(2)
    assert head.inner_text().startswith("Value ahead")
    for descending in (True, False):
        head.locator("button").click()
        cells = page.locator(".kb-units tbody tr > :nth-child(3)").evaluate_all(
            "cells => cells.map(cell => [cell.dataset.g || '', cell.dataset.v])"
        )
        groups = [group for group, value in cells if value]
        assert len([1 for before, after in pairwise(groups) if before != after]) == 2, "each stands together"
        for group in ("EUR", "USD"):
            own = [float(value) for one, value in cells if one == group and value]
            assert own == sorted(own, reverse=descending) and len(own) > 3
        assert [value for _group, value in cells][-2:] == ["", ""]


def test_index_sorts_names_and_marks_one_column(visit) -> None:
    page = visit("index")
    page.locator("thead th").nth(1).locator("button").click()
    page.locator("thead th").nth(0).locator("button").click()
    titles = [title for title in column(page, 1) if title != HOSTILE]
    assert titles == sorted(titles)
    assert page.locator('[aria-sort="ascending"], [aria-sort="descending"]').count() == 1


def test_index_filter_narrows_the_list(visit) -> None:
    page = visit("index")
    page.locator("#kb-filter").fill("WEB shop")
    rows = page.locator(".kb-units tbody tr")
    assert [row.is_visible() for row in rows.all()].count(True) == 1
    assert page.locator("#kb-filter-count").inner_text() == "1 / 12"
    page.locator("#kb-filter").fill("")
    assert all(row.is_visible() for row in rows.all())


def test_index_is_a_table_on_the_desk_and_cards_on_the_phone(visit) -> None:
    def tops(page) -> set[int]:
        cells = page.locator(".kb-units tbody tr").first.locator(".kb-key").all()
        return {round(cell.bounding_box()["y"]) for cell in cells}

    assert len(tops(visit("index"))) == 1
    phone = visit("index", PHONE)
    assert len(tops(phone)) == 2
    label = phone.locator("td.kb-key").first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Kept in month 3"'
