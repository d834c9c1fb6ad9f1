"""Excel files: titles, sheets that belong together and those that do not, cells of every type."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path
from typing import Any

import pytest

from corpus.case import (
    AGAIN,
    CORRECT,
    GOOD,
    KINDS,
    MAP,
    ONE_FORM,
    ONE_FORM_DO,
    ROWS,
    Case,
    archive,
    reads,
    refuses,
    workbook,
)

NAMES = ["customer_id", "date", "amount"]
A, B = ["a", dt.date(2020, 1, 5), 5.5], ["b", dt.date(2020, 2, 25), 7]
TABLE = [NAMES, A, B]
OPENS = "an Excel file (xlsx, xls, xlsb or ods) that opens without a password"
SAVE_IT = "Open it in a spreadsheet program and save it again, as xlsx or as CSV in UTF-8."
TWO_FORMS = "Days in 'date' are written in several forms: row {} and row {}."


def sheet(title: str = "Sheet1", line: int = 1, aside: str = "") -> str:
    below = f", column names in line {line}" if line > 1 else ""
    return f"1 file: sheet {title!r}{below}{f' (not the sheets {aside})' if aside else ''}."


def book(*args: Any, **options: Any) -> dict[str, bytes]:
    return {"book.xlsx": workbook(*args, **options)}


def locked(stream: str) -> bytes:
    """A compound file of Microsoft's with one empty stream, as Excel wraps what it encrypts."""

    def entry(name: str, kind: int, child: int) -> bytes:
        raw = name.encode("utf-16-le") + bytes(2)
        links = struct.pack("<HBBiii", len(raw), kind, 1, -1, -1, child)
        return raw.ljust(64, b"\0") + links + bytes(36) + struct.pack("<iQ", -2, 0)

    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, -2, 0, -2, 0)
    head += struct.pack("<109i", 0, *[-1] * 108)
    sectors = struct.pack("<128i", -3, -2, *[-1] * 126)
    return head + sectors + (entry("Root Entry", 5, 1) + entry(stream, 2, -1)).ljust(512, b"\0")


def ods(rows: list[list[Any]]) -> bytes:
    """A file as LibreOffice writes it."""

    def cell(value: Any) -> str:
        kind, own = "float", f'office:value="{value}"'
        if isinstance(value, dt.date):
            kind, own = "date", f'office:date-value="{value.isoformat()}"'
        if isinstance(value, str):
            kind, own = "string", ""
        start = f'<table:table-cell office:value-type="{kind}" {own}>'
        return f"{start}<text:p>{value}</text:p></table:table-cell>"

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    scheme = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{scheme}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{scheme}:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return archive({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def torn(content: bytes) -> bytes:
    """An archive with rubbish in the middle of its content."""
    middle = content.index(b"content.xml") + 60
    return content[:middle] + b"\xff" * 40 + content[middle + 40 :]


def merged(book: Any, sheets: dict[str, Any]) -> None:
    sheets["Sheet1"].merge_range(0, 0, 0, 2, "Sales of 2020")


def hidden(book: Any, sheets: dict[str, Any]) -> None:
    sheets["Old"].hide()


def formulas(book: Any, sheets: dict[str, Any]) -> None:
    for i, (formula, value) in enumerate([("=A2", "a"), ("=B2", "2020-01-06"), ("=C2*2", 11)]):
        sheets["Sheet1"].write_formula(3, i, formula, None, value)


def errors(book: Any, sheets: dict[str, Any]) -> None:
    sheets["Sheet1"].write_formula(3, 2, "=1/0", None, "#DIV/0!")
    sheets["Sheet1"].write_formula(4, 2, "=NA()", None, "#N/A")


def coloured(book: Any, sheets: dict[str, Any]) -> None:
    """Columns and rows that were touched and look used."""
    sheets["Sheet1"].write_blank(50, 9, None, book.add_format({"bg_color": "red"}))


OLD = ["z", dt.date(2019, 1, 1), 1000]
CASES = [
    reads("a sheet", book(TABLE), stated=[sheet()]),
    reads("titles", book([["Sales"], [], ["by", None, "us"], *TABLE]), stated=[sheet(line=4)]),
    reads("names in row 7", book([[]] * 6 + TABLE), stated=[sheet(line=7)]),
    reads("a title over merged cells", book([[], *TABLE], merged), stated=[sheet(line=2)]),
    reads(
        "the row of names, named",
        book([["x", "y", "z"], [], *TABLE]),
        stated=[sheet(line=3)],
        source={"header": 3},
    ),
    reads("no names", book([A, B]), stated=[sheet()], source={"header": False, "names": NAMES}),
    reads("names replaced", book([["k", "d", "m"], A, B]), stated=[sheet()], source={"names": NAMES}),
    refuses(
        "too many names",
        book(TABLE),
        "No sheet of book.xlsx has 4 columns, as many as `names` has names.",
        "a name for every column, in order, and data below",
        "Correct `names:`, or say which sheet it is with `sheet:`.",
        source={"names": [*NAMES, "shop"]},
    ),
    reads("blank columns and rows", book([[None, *NAMES], [None, *A], [], [None, *B]]), stated=[sheet()]),
    reads("cells that only look used", book(TABLE, coloured), stated=[sheet()]),
    reads(
        "a row of totals",
        book([*TABLE, ["Total", None, 12.5]]),
        stated=[sheet()],
        left={"no readable date": 1},
    ),
    reads(
        "a sheet per month", book({"Jan": [NAMES, A], "Feb": [NAMES, B]}), stated=[sheet("Jan"), sheet("Feb")]
    ),
    reads(
        "a sheet per month, the titles of unlike height",
        book({"Jan": [["January"], NAMES, A], "Feb": [NAMES, B]}),
        stated=[sheet("Jan", 2), sheet("Feb")],
    ),
    reads(
        "a column added in February",
        book({"Jan": [NAMES, A], "Feb": [[*NAMES, "shop"], [*B, "x"]]}),
        stated=[sheet("Jan"), sheet("Feb"), "Columns that only some files have are left aside: shop."],
    ),
    reads(
        "columns in another order in February",
        book({"Jan": [NAMES, A], "Feb": [NAMES[::-1], B[::-1]]}),
        stated=[sheet("Jan"), sheet("Feb")],
    ),
    reads(
        "one sheet of several",
        book({"Jan": TABLE, "Feb": [NAMES, OLD]}),
        stated=[sheet("Jan")],
        source={"sheet": "Jan"},
    ),
    reads(
        "sheets of other tables",
        book({"People": [["customer_id", "name"]] + [["a", "x"]] * 9, "Orders": TABLE, "Notes": [["x"]]}),
        stated=[sheet("Orders", aside="'People', 'Notes'")],
    ),
    reads(
        "a sheet without anything",
        book({"Orders": TABLE, "Sheet2": []}),
        stated=[sheet("Orders", aside="'Sheet2'")],
    ),
    reads(
        "a hidden sheet",
        book({"New": TABLE, "Old": [NAMES, OLD]}, hidden),
        stated=[sheet("New", aside="'Old', which is hidden")],
    ),
    reads(
        "a hidden sheet, named",
        book({"New": [NAMES, OLD], "Old": TABLE}, hidden),
        stated=[sheet("Old")],
        source={"sheet": "Old"},
    ),
    refuses(
        "a sheet there is not",
        book({"Jan": TABLE}),
        "book.xlsx has no sheet 'Jann'.",
        "did you mean 'Jan'?",
        "Correct `sheet:` in the unit file.",
        source={"sheet": "Jann"},
    ),
    reads(
        "sheets that overlap",
        book({"A": [NAMES, A, B], "B": [NAMES, B, B]}),
        ["a 2020-01-05 5.5", "b 2020-02-25 14"],
        [sheet("A"), sheet("B")],
        left={"in several files": 1},
        duplicates="keep",
    ),
    reads(
        "days as numbers",
        book([NAMES, ["a", 43835, 5.5], ["b", 43886.75, 7]]),
        stated=[sheet(), "date: day numbers of a spreadsheet, such as '43886.75'."],
    ),
    reads(
        "days as text",
        book([NAMES, ["a", "5.1.2020", 5.5], ["b", "25.2.2020", 7]]),
        stated=[sheet(), "date: day before month, such as '5.1.2020'."],
    ),
    refuses(
        "days as days and as text",
        book([NAMES, A, ["b", "25.02.2020", 7]]),
        TWO_FORMS.format("2 '25.02.2020'", "1 '2020-01-05'"),
        ONE_FORM,
        ONE_FORM_DO,
    ),
    refuses(
        "days as days and as numbers",
        book([NAMES, A, ["b", 43886, 7]]),
        TWO_FORMS.format("2 '43886'", "1 '2020-01-05'"),
        ONE_FORM,
        ONE_FORM_DO,
    ),
    reads(
        "days with the time",
        book([NAMES, ["a", dt.datetime(2020, 1, 5, 23, 59, 59), 5.5], ["b", dt.datetime(2020, 2, 25), 7]]),
        stated=[sheet()],
    ),
    reads("days counted from 1904", book(TABLE, date_1904=True), stated=[sheet()]),
    reads(
        "numbers as text",
        book([NAMES, ["a", "2020-01-05", "5.50"], ["b", "2020-02-25", "7"]]),
        stated=[sheet()],
    ),
    reads(
        "numbers as text with decimal commas",
        book([NAMES, ["a", "2020-01-05", "5,50"], ["b", "2020-02-25", "7,00"]]),
        stated=[sheet(), "amount: decimals behind ',', such as '7,00'."],
    ),
    refuses(
        "numbers and text with decimal commas",
        book([NAMES, A, ["b", B[1], "7,25"]]),
        "Amounts in 'amount' have different signs before their decimals: row 1 '5.5' and row 2 '7,25'.",
        "one sign",
        "Add `decimal: '.'` or `decimal: ','` to the source; amounts that do not fit are then left out.",
    ),
    reads(
        "numbers with three decimals",
        book([NAMES, ["a", A[1], 1.234], ["b", B[1], 1234.567]]),
        ["a 2020-01-05 1.234", "b 2020-02-25 1234.567"],
        [sheet(), "amount: decimals behind '.', such as '1234.567'."],
    ),
    reads(
        "numbers that binary fractions blur",
        book([NAMES, ["a", A[1], 0.1 + 0.2], ["b", B[1], 1e-7 + 7]]),
        ["a 2020-01-05 0.3", "b 2020-02-25 7"],
        [sheet(), "amount: decimals behind '.', such as '7.0000001'."],
    ),
    reads(
        "numbers of customers",
        book([NAMES, [13085.0, A[1], 5.5], ["13086", B[1], 7]]),
        ["13085 2020-01-05 5.5", "13086 2020-02-25 7"],
        [sheet()],
    ),
    reads("formulas", book(TABLE, formulas), [*ROWS, "a 2020-01-06 11"], [sheet()]),
    reads(
        "errors of formulas",
        book([*TABLE, ["c", A[1], None], ["d", A[1], None]], errors),
        stated=[sheet()],
        left={"no readable amount": 2},
    ),
    reads(
        "truth values", book([*TABLE, ["c", A[1], True]]), stated=[sheet()], left={"no readable amount": 1}
    ),
    reads("xlsm", {"book.xlsm": workbook(TABLE)}, stated=[sheet()]),
    reads("ods", {"book.ods": ods(TABLE)}, stated=[sheet()]),
    reads("xlsx called csv", {"book.csv": workbook(TABLE)}, stated=[sheet()]),
    reads("xlsx called xls", {"book.xls": workbook(TABLE)}, stated=[sheet()]),
    reads("csv called xlsx", {"book.xlsx": GOOD}),
    reads(
        "tabs called xls, as web sites do",
        {"book.xls": GOOD.replace(",", "\t").encode("utf-16")},
        stated=["1 file: utf-16, fields separated by 'a tab'."],
    ),
    refuses(
        "a web page called xls",
        {"book.xls": "<html><table><tr><td>customer_id</td></tr></table></html>"},
        "book.xls is a web page or XML, whatever its name says.",
        KINDS,
        CORRECT,
    ),
    refuses(
        "protected by a password",
        {"book.xlsx": locked("EncryptedPackage")},
        "book.xlsx is protected by a password.",
        OPENS,
        SAVE_IT,
    ),
    refuses(
        "cut off",
        {"book.xlsx": workbook(TABLE)[:3000]},
        "book.xlsx is no Excel file, or damaged.",
        OPENS,
        SAVE_IT,
    ),
    refuses(
        "torn inside",
        {"book.ods": torn(ods(TABLE))},
        "book.ods is no Excel file, or damaged.",
        OPENS,
        SAVE_IT,
    ),
    refuses(
        "torn where its reader trips",
        {"book.xls": locked("Workbook")[:1100]},
        "book.xls is no Excel file, or damaged.",
        OPENS,
        SAVE_IT,
    ),
    refuses("zeros", {"book.xls": bytes(5000)}, "book.xls is no Excel file, or damaged.", OPENS, SAVE_IT),
    refuses(
        "no data", book([NAMES]), "book.xlsx holds no table.", "a sheet with column names and data", AGAIN
    ),
    refuses("no cell", book([]), "book.xlsx holds no table.", "a sheet with column names and data", AGAIN),
    refuses(
        "a missing column",
        book([["who", "date", "amount"], A]),
        "The source lacks the column 'customer_id' for customer_id.",
        "one of the columns there are: 'who', 'date', 'amount'",
        MAP,
    ),
    refuses(
        "a bomb",
        {"book.xlsx": archive({"xl/workbook.xml": "x", "xl/sheet1.xml": b"0" * 70_000_000})},
        "book.xlsx would unpack to 70 MB.",
        "at most 100 times its own size, and room on the disk",
        "If that is right, unpack it yourself and name the files.",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_excel(case: Case, home: Path) -> None:
    case.check(home)
