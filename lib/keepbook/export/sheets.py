"""Names of sheets, and cells: text stays text, numbers are numbers, days are days."""

import datetime as dt
import math
import re
from decimal import Decimal
from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from keepbook.errors import printable

MAX_NAME = 31  # characters of a sheet's name, as Excel counts them
MAX_TEXT = 32_767  # characters of a cell
MAX_WHOLE = 10**15  # beyond it a spreadsheet keeps 15 digits only
FORBIDDEN = re.compile(r"[\[\]:*?/\\']|\s+")
RESERVED = "history"
FIRST_DAY = dt.date(1900, 3, 1)  # before it spreadsheets disagree about the calendar
A4, INK, MUTED, LINE, HEAD, LINK = 9, "#1a2733", "#5b6770", "#c9d1d8", "#eef2f5", "#1f6fb2"
CHARACTERS = 1.15  # of a column's width for one character of text, some being wide
LINE_HEIGHT = 15  # points


class SheetNames:
    """Names that Excel takes, each once.

    >>> names = SheetNames()
    >>> names.of("2", "", "retention_cells"), names.of("6", "winback_voucher", "segments_retained")
    ('2 retention_cells', '6 winback_vo… segments_retained')
    """

    def __init__(self) -> None:
        self._taken = {RESERVED}

    def of(self, number: str, about: str, table: str) -> str:
        """Of a table: number of its report, what that is about, and its name; `about` is cut first."""
        number, about, table = (
            FORBIDDEN.sub(" ", printable(text)).strip() for text in (number, about, table)
        )
        room = MAX_NAME - _units(f"{number}  {table}")
        about = shortened(about, max(room, 8)) if about else ""
        return self.free(" ".join(filter(None, (number, about, table))) or "-")

    def free(self, name: str) -> str:
        """The name, cut where it is too long, and numbered where it is taken."""
        number, chosen = 1, shortened(name, MAX_NAME)
        while chosen.lower() in self._taken:
            number += 1
            chosen = f"{shortened(name, MAX_NAME - len(str(number)) - 1)} {number}"
        self._taken.add(chosen.lower())
        return chosen


def shortened(text: str, room: int) -> str:
    """Text in at most so many UTF-16 units, with an ellipsis where it was cut."""
    if _units(text) <= room:
        return text
    while _units(text) > room - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def wide(text: str) -> float:
    """Width of a text in characters; those of East Asia take two.

    >>> wide("abc"), wide("客户")
    (3, 4)
    """
    return sum(2 if ord(sign) >= 0x2E80 else 1 for sign in text)


class Formats:
    """The formats of a workbook, in the unit's money."""

    def __init__(self, book: Workbook, currency: str | None) -> None:
        self._book, self._made, self._plain = book, dict[tuple[Any, ...], Format](), dict[str, Format]()
        code = f' "{currency.replace(chr(34), "")}"' if currency else ""
        self.numbers = {
            "percent": "0.0%",
            "points": "+0.0%;-0.0%;0.0%",
            "money": f"#,##0.00{code};[Red]-#,##0.00{code}",
            "whole": "#,##0",
            "number": "#,##0",
            "decimal": "#,##0.00",
            "small": "0.0000",
            "id": "0",
            "day": "yyyy-mm-dd",
            "time": "yyyy-mm-dd hh:mm:ss",
        }

    def __call__(self, kind: str = "", **look: Any) -> Format:
        """A format, made once."""
        if not look and kind in self._plain:  # of nearly every cell
            return self._plain[kind]
        whole = {"valign": "top", "font_color": INK, **look}
        if kind in self.numbers:
            whole["num_format"] = self.numbers[kind]
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(whole)
        if not look:
            self._plain[kind] = self._made[key]
        return self._made[key]

    @cached_property
    def title(self) -> Format:
        """Of the first line of a sheet."""
        return self(bold=True, font_size=14)

    @cached_property
    def muted(self) -> Format:
        """Of what stands around the numbers."""
        return self(font_color=MUTED)

    @cached_property
    def prose(self) -> Format:
        """Of sentences."""
        return self(text_wrap=True)

    @cached_property
    def head(self) -> Format:
        """Of a heading over a column."""
        return self(bold=True, text_wrap=True, valign="vcenter", bg_color=HEAD, bottom=1, bottom_color=LINE)

    @cached_property
    def link(self) -> Format:
        """Of a link to another sheet."""
        return self(font_color=LINK, underline=1)


def write_cell(sheet: Worksheet, row: int, column: int, value: Any, kind: str, formats: Formats) -> None:
    """A value with its type; nothing where there is none. Text is never a formula nor a link."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, formats())
    elif isinstance(value, int | float | Decimal):
        _write_number(sheet, row, column, value, kind, formats)
    elif isinstance(value, dt.date) and _as_day(value) >= FIRST_DAY:
        timed = isinstance(value, dt.datetime) and value.time() != dt.time()
        sheet.write_datetime(row, column, value, formats("time" if timed else "day"))
    elif value is not None:
        write_text(sheet, row, column, f"{value}", formats())


def _as_day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _write_number(
    sheet: Worksheet, row: int, column: int, value: float | Decimal, kind: str, formats: Formats
) -> None:
    if isinstance(value, int) and abs(value) >= MAX_WHOLE:
        write_text(sheet, row, column, str(value), formats())
    elif math.isfinite(value):
        sheet.write_number(row, column, value, formats(kind))
    elif not math.isnan(value):
        write_text(sheet, row, column, "∞" if value > 0 else "−∞", formats())


def write_text(sheet: Worksheet, row: int, column: int, text: str, look: Format | None = None) -> None:
    """Text as it is, cut at what a cell holds."""
    text = shortened(text, MAX_TEXT) if len(text) > MAX_TEXT // 2 else text
    if text.startswith("<r>") and text.endswith("</r>"):  # what XlsxWriter takes for XML of its own
        sheet.write_rich_string(row, column, text[:1], look, text[1:], look)
    else:
        sheet.write_string(row, column, text, look)


def write_prose(sheet: Worksheet, row: int, text: str, widths: list[float], look: Format) -> None:
    """A sentence across columns of these widths; a spreadsheet adapts no row to merged cells by itself."""
    lines = sum(max(1, math.ceil(wide(line) * CHARACTERS / sum(widths))) for line in text.split("\n"))
    sheet.set_row(row, LINE_HEIGHT * lines)
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", look)
    write_text(sheet, row, 0, text, look)
