"""Sample units exported: every saved table cell by cell, every page of the document."""

from __future__ import annotations

import datetime as dt
import math
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from export_data import outline_of, reports_of
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from keepbook.export import UnitReports, write_document, write_workbook
from keepbook.text import column_words, language

# Folder of sample reports, unit, language.
SAMPLES = [("all", "demo", "en"), ("all", "grocery", "en"), ("all", "tea", "zh"), ("zh", "demo", "zh")]


def shown(value: Any) -> Any:
    """A value of a table as a reader of the sheet gets it."""
    if value is None or isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def compare(found: UnitReports, path: Path) -> int:
    """Every saved table against its sheet, sheets in the order of the tables; the number of cells."""
    book = CalamineWorkbook.from_path(path)
    tables = [table for report in found.reports for table in report.tables]
    assert len(book.sheet_names) == len(tables) + 2
    cells = 0
    for name, table in zip(book.sheet_names[1:-1], tables, strict=True):
        assert name.split()[-1].endswith(table.name), f"{name} is not of {table.name}"
        columns = [column.to_pylist() for column in pq.read_table(table.path).columns]
        rows = [[shown(value) for value in row] for row in zip(*columns, strict=True)]
        sheet = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        below = [row[: len(columns)] for row in sheet[len(sheet) - len(rows) :]]
        for row, cell_row in zip(rows, below, strict=True):
            for value, cell in zip(row, cell_row, strict=True):
                # a file of Excel keeps 16 digits, as its programs do 15
                same = cell == pytest.approx(value, rel=1e-14) if isinstance(value, float) else cell == value
                assert same, f"{name}: {cell!r} instead of {value!r}"
                cells += 1
    return cells


def without_words(found: UnitReports) -> set[str]:
    """Columns that have neither a heading on the page nor one in columns.ftl."""
    return {
        f"{table.name}: {name}"
        for report in found.reports
        for table in report.tables
        for name in pq.read_schema(table.path).names
        if name not in {*table.columns, *table.columns.values()} and not column_words(name)[0]
    }


def check_document(found: UnitReports, path: Path, pages: int) -> None:
    """Its bookmarks and pages."""
    reader = PdfReader(path)
    assert len(reader.pages) == pages > len(found.reports)
    outline = outline_of(reader)
    assert [level for level, _text, _page in outline].count(1) == len(found.reports), "one a report"
    starts = [page for level, _text, page in outline if level == 1]
    assert starts == sorted(set(starts)) and starts[0] == 1, "each begins a page, in order"
    assert [page for _level, _text, page in outline] == sorted(page for _level, _text, page in outline)
    for _level, text, _page in outline:
        assert text and len(text) < 300
        assert text[: len(text) // 2] != text[len(text) // 2 :], f"said twice: {text}"
    for number, page in enumerate(reader.pages, 1):
        assert re.search(rf"(?<!\d){number} / {pages}(?!\d)", page.extract_text()), f"page {number}"


@pytest.mark.browser
@pytest.mark.parametrize(("folder", "unit", "tag"), SAMPLES, ids=lambda value: value)
def test_a_sample_unit(
    sample_reports: Path, folder: str, unit: str, tag: str, tmp_path: Path, chromium: str
) -> None:
    found = reports_of(sample_reports / folder, unit)
    assert {report.language for report in found.reports} == {tag}
    with language(tag):
        assert without_words(found) == set(), "add them to columns.ftl of every language"
        write_workbook(found, tmp_path / "a.xlsx")
        pages = write_document(found, tmp_path / "a.pdf", chromium, lambda _what: None)
    assert compare(found, tmp_path / "a.xlsx") > 10_000
    check_document(found, tmp_path / "a.pdf", pages)
