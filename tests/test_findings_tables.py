"""Tables of a change: narrow enough for a laptop and for paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import before_after_data
import pytest
from before_after_data import alone, compared, groups
from browser_data import LAPTOP, tables_that_do_not_fit
from nbformat.v4 import new_markdown_cell, new_notebook
from report_data import html_cell

from keepbook.before_after.page import tables as before_after_tables
from keepbook.before_after.page.verdict import Changed
from keepbook.page.elements import OldTable, Table
from keepbook.report import render

YEN = 20_000.0  # a basket of 25 becomes half a million


def shown(table: OldTable) -> str:
    """As a notebook shows it."""
    frame, formats, caption = table
    return Table({name: (frame[name], show) for name, show in formats.items()}, caption).html()


def of_changes() -> list[OldTable]:
    dear = groups(gain=2 * YEN, treated=10 * YEN, comparison=10 * YEN)
    tables = []
    for result in (compared(dear, clusters=12, cost=YEN), alone(gain=8.0)):
        tables += [
            before_after_tables.change_effects_table(Changed(result), before_after_data.UNIT),
            before_after_tables.change_robust_table(result, 0.05),
            before_after_tables.change_placebo_table(result, 0.05),
            before_after_tables.change_money_table(result, before_after_data.UNIT),
            before_after_tables.change_groups_table(result),
        ]
    return tables


@pytest.mark.browser
def test_tables_fit_a_laptop_and_a_sheet_of_paper(browser: Any, tmp_path: Path) -> None:
    tables = of_changes()
    shows = [html_cell("", shown(table)) for table in tables]
    headings = [new_markdown_cell(f"## Section {n}") for n in (1, 2)]
    html = render(new_notebook(cells=[new_markdown_cell("# Tables"), *headings, *shows]), title="Tables")
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": LAPTOP, "height": 800})
    page.goto((tmp_path / "page.html").as_uri())
    assert page.locator(".kb-toc-side").is_visible(), "the contents take their room"
    assert page.locator(".kb-table").count() == len(tables)
    assert tables_that_do_not_fit(page) == {"screen": [], "print": []}
    page.close()
