"""Tables of a change: narrow enough for a laptop and for paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from before_after_data import UNIT, alone, compared, groups
from browser_data import LAPTOP, tables_that_do_not_fit
from nbformat.v4 import new_markdown_cell, new_notebook
from report_data import html_cell

from keepbook.before_after.page import tables
from keepbook.page.elements import Table
from keepbook.report import render

YEN = 20_000.0  # a basket of 25 becomes half a million


def of_changes() -> list[Table]:
    dear = groups(gain=2 * YEN, treated=10 * YEN, comparison=10 * YEN)
    made = []
    for result in (compared(dear, clusters=12, cost=YEN), alone(gain=8.0)):
        of_unit = (tables.effects_table, tables.courses_table, tables.robust_table)
        of_unit += (tables.placebo_table, tables.money_table)
        made += [make(result, UNIT) for make in of_unit] + [tables.groups_table(result)]
    return made


@pytest.mark.browser
def test_tables_fit_a_laptop_and_a_sheet_of_paper(browser: Any, tmp_path: Path) -> None:
    made = of_changes()
    shows = [html_cell("", table.html()) for table in made]
    headings = [new_markdown_cell(f"## Section {n}") for n in (1, 2)]
    html = render(new_notebook(cells=[new_markdown_cell("# Tables"), *headings, *shows]), title="Tables")
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": LAPTOP, "height": 800})
    page.goto((tmp_path / "page.html").as_uri())
    assert page.locator(".kb-table").count() == len(made)
    assert tables_that_do_not_fit(page) == {"screen": [], "print": []}
    page.close()
