"""A report's page is inert towards hostile data, easy to find one's way in, and complete."""

from __future__ import annotations

import re
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from report_data import HOSTILE, html_cell, sample_notebook

from keepbook.report import render


@pytest.fixture(scope="module")
def page() -> str:
    return render(sample_notebook(), title="Demo: who stays", home_link="../../index.html")


@pytest.fixture(scope="module")
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


# ── hostile data ────────────────────────────────────────────────────────────────────────────────────────


def test_hostile_text_is_text(page: str, soup: BeautifulSoup) -> None:
    assert "alert(1)" not in soup.script.string
    assert soup.find(string=re.compile(re.escape("Küchen & 厨房")))
    names = [tag.get_text() for tag in soup.select(".kb-table tbody th")]
    assert HOSTILE in names
    assert any(HOSTILE in tag.get_text() for tag in soup.select(".kb-output > pre"))


def test_an_image_from_elsewhere_leaves_its_alt_text(soup: BeautifulSoup) -> None:
    image = soup.find("img", alt="A tracked picture")
    assert image is not None and not image.has_attr("src")
    kept = soup.find("img", src=re.compile("^data:image/gif"))
    assert kept is not None and not kept.has_attr("srcset")


def test_links_stay_but_scripts_in_them_do_not(soup: BeautifulSoup) -> None:
    assert soup.find("a", string="read")["href"] == "https://example.org/read"
    assert not soup.find("a", string="click").has_attr("href")
    assert soup.select_one("a.kb-data")["href"] == "tables/curve.csv"


def test_local_paint_survives() -> None:
    drawing = '<svg><rect fill="url(#g)" style="clip-path: url(\'#c\')" stroke="var(--kb-ink)"/></svg>'
    soup = BeautifulSoup(render(new_notebook(cells=[html_cell("x", drawing)]), title="T"), "html.parser")
    rect = soup.find("rect")
    assert rect["fill"] == "url(#g)" and rect["style"] == "clip-path: url('#c')"


# ── contents and headings ───────────────────────────────────────────────────────────────────────────────


def test_contents_lead_to_unique_headings(soup: BeautifulSoup) -> None:
    links = soup.select(".kb-contents a")
    texts = [link.get_text() for link in links]
    assert texts == [
        "The first months decide", "By segment", "按客户分群", "Every cohort in figures", "For analysts",
        "Limits", "Limits",
    ]  # fmt: skip
    targets = [heading["id"] for heading in soup.main.select(":is(h2, h3):not(figure *)")]
    assert len(set(targets)) == len(texts)
    assert targets[2] == "按客户分群"
    assert targets[3] == "Every-cohort-in-figures"  # the form markdown links use
    assert [unquote(link["href"])[1:] for link in links] == targets


def test_heading_avoids_an_id_that_is_taken() -> None:
    cells = [html_cell("x", '<p id="Limits">taken</p><h2>Limits</h2><h2>?!</h2><h2> </h2>')]
    soup = BeautifulSoup(render(new_notebook(cells=cells), title="T"), "html.parser")
    assert [tag.get("id") for tag in soup.main.find_all("h2")] == ["Limits-2", "section", None]
    assert len(soup.select(".kb-contents a")) == 2


def test_title_becomes_the_heading_where_there_is_none() -> None:
    page = render(new_notebook(cells=[new_markdown_cell("# One\n\n# Two")]), title="T")
    assert [tag.name for tag in BeautifulSoup(page, "html.parser").main.find_all(re.compile("^h"))] == [
        "h1",
        "h2",
    ]
    page = render(new_notebook(cells=[]), title=HOSTILE)
    soup = BeautifulSoup(page, "html.parser")
    assert soup.h1.get_text() == HOSTILE and soup.title.get_text() == HOSTILE
    assert not soup.select(".kb-contents")


# ── cells and outputs ───────────────────────────────────────────────────────────────────────────────────


def test_code_is_folded_but_there(soup: BeautifulSoup) -> None:
    code = soup.select("details.kb-code")
    assert not [cell for cell in code if cell.has_attr("open")]
    summaries = [cell.summary.get_text().strip() for cell in code]
    assert "Code: parameters" in summaries
    assert "Code: parameters of this run" in summaries
    assert "shop.figure(shop.cohorts.heatmap)" in [cell.pre.get_text().strip() for cell in code]
    assert "In [" not in soup.main.get_text() and "In\xa0[" not in soup.main.get_text()
    assert soup.find(id="kb-show-code")["aria-pressed"] == "false"


def test_cells_not_for_the_report_are_gone(page: str) -> None:
    assert "Not for the report" not in page and "secret_plan" not in page


def test_warnings_are_folded(soup: BeautifulSoup) -> None:
    (messages,) = soup.select("details.kb-messages")
    assert messages.summary.get_text() == "Messages"
    assert "12 dates lie <after> as_of" in messages.pre.get_text()


def test_wide_things_scroll_by_themselves(soup: BeautifulSoup) -> None:
    assert all(table.find_parent(class_=["kb-scroll", "kb-table"]) for table in soup.find_all("table"))
    assert not soup.select(".kb-table .kb-scroll")


def test_outputs_that_need_a_script_fall_back_to_text() -> None:
    data = {"application/javascript": "alert(5)", "text/plain": "<Chart>"}
    cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    page = render(new_notebook(cells=[cell]), title="T")
    assert "alert(5)" not in page and "&lt;Chart&gt;" in page


def test_svg_output_is_inline_and_searchable() -> None:
    svg = '<?xml version="1.0"?><!DOCTYPE svg><!-- c --><svg width="300"><text>留存</text></svg>'
    cell = new_code_cell("x", outputs=[new_output("display_data", data={"image/svg+xml": svg})])
    page = render(new_notebook(cells=[cell]), title="T")
    assert "留存</text>" in page and 'role="img"' in page
    assert "<?xml" not in page and page.count("DOCTYPE") == 1 and "<!-- c" not in page


def test_the_notebook_is_left_as_it_was() -> None:
    notebook = sample_notebook()
    before = nbformat.writes(notebook)
    render(notebook, title="T")
    assert nbformat.writes(notebook) == before


def test_page_without_figures_is_small() -> None:
    notebook = sample_notebook()
    notebook.cells = [cell for cell in notebook.cells if "heatmap" not in cell.source]
    assert len(render(notebook, title="T").encode()) < 120_000
