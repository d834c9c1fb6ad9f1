"""A unit's reports as one workbook: what they found, and every saved table on a sheet of its own.

Tables are read from their Parquet files and written row by row, so that memory stays flat. What is in cells
comes from data: it is written as what it is, never as a formula or a link. The same reports give the same
bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from keepbook.errors import printable
from keepbook.export.columns import Column, columns_of
from keepbook.export.contents import Sheet, write_columns, write_contents
from keepbook.export.reports import UnitReports
from keepbook.export.sheets import A4, Formats, SheetNames, wide, write_cell, write_prose, write_text
from keepbook.text import catalogue, day, errors, number

MAX_ROWS = 1_048_576  # of a sheet, its heading included
SAMPLE = 200  # rows by which widths and formats are chosen
BATCH = 20_000  # rows read at once
NARROW, BROAD, OTHERS = 9.0, 60.0, 8.43  # characters of a column; the last of one that nobody set
PROSE = 100  # characters of a line of a sentence above a table
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}

say, wrong = catalogue("export"), errors("export")
Watch = Callable[[str], None]


def write_workbook(found: UnitReports, path: Path, watch: Watch = lambda what: None) -> int:
    """Writes the workbook, whole or not at all.

    Parameters
    ----------
    found : the unit's reports.
    path : of the file.
    watch : told of each sheet before it is written.

    Returns
    -------
    int : number of its sheets.

    Raises
    ------
    KeepbookError : a saved table is damaged; a report was made anew meanwhile.
    """
    names = SheetNames()
    first, last = names.free(say("contents")), names.free(say("columns"))
    sheets = _sheets(found, names)
    with found.whole_file(path) as aside, tempfile.TemporaryDirectory(prefix="keepbook-") as scratch:
        book = Workbook(str(aside), OPTIONS | {"tmpdir": scratch})
        book.use_zip64()
        book.set_properties(
            {
                "title": printable(found.title),
                "comments": say("made-by", version=found.version),
                "created": found.made_at.replace(tzinfo=None, microsecond=0),
            }
        )
        formats = Formats(book, found.currency)
        front = book.add_worksheet(first)
        pages = [book.add_worksheet(sheet.name) for sheet in sheets]
        back = book.add_worksheet(last)
        write_contents(front, found, sheets, last, formats)
        for page, sheet in zip(pages, sheets, strict=True):
            watch(sheet.name)
            write_table(page, sheet, first, formats)
        write_columns(back, sheets, first, formats)
        book.close()
    return len(sheets) + 2


def _sheets(found: UnitReports, names: SheetNames) -> list[Sheet]:
    """What there is to write: names are known before the first sheet is, for it links to all."""
    sheets = []
    for report in found.reports:
        stem, _dash, about = report.page.partition("-")
        number_, _line, rest = stem.partition("_")
        for table in report.tables:
            with _opened(table.path, found.unit) as file:
                sample = pa.Table.from_batches(
                    (batch for batch, _ in zip(file.iter_batches(SAMPLE), range(1), strict=False)),
                    file.schema_arrow,
                )
                columns = columns_of(file.schema_arrow, table.columns, sample)
                name = names.of(number_ if number_.isdecimal() else rest or stem, about, table.name)
                sheets.append(Sheet(name, report, table, columns, file.metadata.num_rows, sample))
    return sheets


@contextmanager
def _opened(path: Path, unit: str) -> Iterator[pq.ParquetFile]:
    """A saved table; what Arrow finds wrong with it is told as an error."""
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except pa.ArrowException as error:
        raise wrong("damaged-table", path, unit=unit) from error


def write_table(page: Worksheet, sheet: Sheet, contents: str, formats: Formats) -> None:
    """Title, caption, where it is from, headings, rows."""
    widths = _widths(sheet)
    for at, width in enumerate(widths):
        page.set_column(at, at, width)
    head = _above(page, sheet, contents, widths, formats)
    room = MAX_ROWS - head - 1
    for at, column in enumerate(sheet.columns):
        write_text(page, head, at, printable(column.heading), formats.head)
        if column.definition:
            note = say("note", name=column.id, definition=column.definition)
            page.write_comment(head, at, note, {"author": "", "x_scale": 1.6, "font_size": 9})
    _rows(page, sheet, head + 1, room, formats)
    last = head + min(sheet.rows, room)
    page.autofilter(head, 0, last, max(len(sheet.columns) - 1, 0))
    page.freeze_panes(head + 1, 1 if len(widths) > 1 and widths[0] <= 30 else 0)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(head)
    page.set_footer(f"&L{sheet.name.replace('&', '&&')}&R&P / &N")


def _above(page: Worksheet, sheet: Sheet, contents: str, widths: list[float], formats: Formats) -> int:
    """What stands above the headings; returns the headings' row."""
    table, report = sheet.table, sheet.report
    write_text(page, 0, 0, sheet.about, formats.title)
    row = 1
    for text in filter(None, (table.measure, table.caption if table.title else "")):
        write_prose(page, row, printable(text), _across(widths), formats.prose)
        row += 1
    source = "/".join([*report.place, "tables", table.path.name])
    as_of = day(date.fromisoformat(report.record["as_of"]))
    page.write_url(row, 0, f"internal:'{contents}'!A1", formats.link, say("back", contents=contents))
    write_text(
        page,
        row,
        1,
        say("source", report=printable(report.subject), as_of=as_of, source=source),
        formats.muted,
    )
    row += 1
    if sheet.rows > MAX_ROWS - row - 2:
        shown, rows = number(MAX_ROWS - row - 2), number(sheet.rows)
        write_text(page, row, 0, say("cut", shown=shown, rows=rows, source=source), formats(bold=True))
        row += 1
    return row


def _across(widths: list[float]) -> list[float]:
    """Widths of as many columns, from the first on, as a sentence needs; those behind the table too."""
    all_widths = [*widths, *[OTHERS] * 12]
    needed = next((n for n, total in enumerate(accumulate(all_widths), 1) if total >= PROSE), len(all_widths))
    return all_widths[:needed]


def _widths(sheet: Sheet) -> list[float]:
    """So that headings break between words, and what is written in most cells fits."""
    widths = []
    for column in sheet.columns:
        words = max((wide(word) for word in column.heading.split()), default=0)
        values = [_length(value, column) for value in sheet.sample.column(column.name).to_pylist()]
        longest = max([words + 3, min(wide(column.heading) + 3, 18), *values])
        widths.append(min(max(longest, NARROW), BROAD))
    return widths


def _length(value: Any, column: Column) -> float:
    if value is None or column.kind == "text":
        return wide(f"{value if value is not None else ''}".partition("\n")[0][:80]) + 1
    return len(f"{value:,.2f}") + (6 if column.kind == "money" else 2)


def _rows(page: Worksheet, sheet: Sheet, row: int, room: int, formats: Formats) -> None:
    """The first `room` rows."""
    end = row + min(sheet.rows, room)
    kinds: Sequence[str] = [column.kind for column in sheet.columns]
    with _opened(sheet.table.path, sheet.report.record["unit"]) as file:
        for batch in file.iter_batches(BATCH):
            for values in zip(*(values.to_pylist() for values in batch.columns), strict=True):
                if row >= end:
                    return
                for at, value in enumerate(values):
                    write_cell(page, row, at, value, kinds[at], formats)
                row += 1
