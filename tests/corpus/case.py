"""One case of the corpus: files, what the unit file says of them, and what must come of it."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from conftest import write_unit
from keepbook.errors import KeepbookError
from keepbook.tables import open_tables

Content = str | bytes
Files = Content | Mapping[str, Content]

HEAD = "customer_id,date,amount\n"
ROWS = ("a 2020-01-05 5.5", "b 2020-02-25 7")  # what GOOD holds
GOOD = HEAD + "a,2020-01-05,5.50\nb,2020-02-25,7\n"
COMMAS = "1 file: utf-8, fields separated by ','."
SEMICOLONS = "1 file: utf-8, fields separated by ';'."

AGAIN = "Export it again."
CHECK = "Check that it is there, whole and what the unit file says, and that the disk has room."
KINDS = "a CSV, text, Excel, JSON or Parquet file, or a zip of such"
CORRECT = "Export it again as CSV or Excel, or correct `source`."
LETTERS = "an encoding such as gb18030 or cp1252 as `encoding:`, or a file in UTF-8"
SAVE = "Say `encoding:`, or save the file as CSV in UTF-8; if it is no text, correct `source`."
MAP = "Map it under `columns:` in the unit file."
USABLE = "lines with a customer, a readable date and a positive amount"
ONE_FORM = "one form; a spreadsheet turns only some texts of a column into dates, often the wrong way"
ONE_FORM_DO = (
    "Export them in one form, or say `date_format:` to leave the others out, or bring them into one with a "
    "`query:`."
)
ORDER = "one order that the days themselves prove, or that the unit file names"
ORDER_DO = "Add `date_format: dmy` (day first) or `date_format: mdy` (month first) to the source."
DECIMAL = "amounts that show which sign stands before their decimals"
DECIMAL_DO = "Add `decimal: '.'` or `decimal: ','` to the source."


@dataclass(frozen=True)
class Case:
    """What goes in, and what must come out.

    Attributes
    ----------
    files : content of lines.csv, or name → content; several are read as the folder that holds them.
    source : keys of `transactions` beside or instead of `source`.
    settings : keys at the top of the unit file.
    rows : `customer day money` per customer and day, sorted; None where nothing may be read.
    left : rule of the ledger → lines left out under it.
    examples : rule of the ledger → lines shown for it.
    stated : how the file was read.
    told : the whole message, where there must be one.
    """

    name: str
    files: Files
    source: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[str, ...] | None = None
    left: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, tuple[str, ...]] | None = None
    stated: tuple[str, ...] = ()
    told: str = ""

    def __str__(self) -> str:
        return self.name

    def check(self, home: Path) -> None:
        if self.told:
            with pytest.raises(KeepbookError) as fault, open_tables(self.unit(home)):
                pass
            assert str(fault.value).replace(str(home), "HOME") == self.told
            return
        with open_tables(self.unit(home)) as opened:
            found = opened.purchases.to_pandas()
            entries = opened.ledger.entries
            left = dict(zip(entries["rule"], entries["rows"], strict=True))
            assert sorted(map(row, found.itertuples(index=False))) == sorted(self.rows or ())
            assert {rule: n for rule, n in left.items() if n} == self.left
            assert tuple(map(str, opened.stated)) == self.stated
            if self.examples is not None:
                examples = {rule: tuple(map(str, lines)) for rule, lines in opened.examples.items()}
                assert examples == self.examples

    def unit(self, home: Path) -> Any:
        (home / "data").mkdir()
        files = {"lines.csv": self.files} if isinstance(self.files, str | bytes) else self.files
        for name, content in files.items():
            path = home / "data" / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        own = {"source": f"data/{next(iter(files))}" if len(files) == 1 else "data", **self.source}
        return write_unit(home, transactions=own, **self.settings)


def row(purchase: Any) -> str:
    return f"{purchase.customer_id} {str(purchase.date)[:10]} {purchase.amount.normalize():f}"


def reads(
    name: str,
    files: Files,
    rows: Sequence[str] = ROWS,
    stated: Sequence[str] = (COMMAS,),
    *,
    left: Mapping[str, int] | None = None,
    examples: Mapping[str, tuple[str, ...]] | None = None,
    source: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Case:
    """A case that is read."""
    return Case(name, files, source or {}, settings, tuple(rows), left or {}, examples, tuple(stated))


def refuses(
    name: str,
    files: Files,
    what: str,
    expected: str | None,
    do: str,
    *,
    where: str = "params/shop.yaml, transactions",
    source: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Case:
    """A case that gives one message."""
    lines = [
        what,
        f"  where:    {where}",
        *([f"  expected: {expected}"] if expected else []),
        f"  do:       {do}",
    ]
    return Case(name, files, source or {}, settings, told="\n".join(lines))


def broken(name: str, files: Files, reason: str, **keys: Any) -> Case:
    """A case in which the engine meets what it cannot read."""
    return refuses(name, files, f"The source 'transactions' cannot be read: {reason}", None, CHECK, **keys)


# ── files that a program writes ─────────────────────────────────────────────────────────────────────────


def table(values: Sequence[str], column: str = "date", delimiter: str = ";") -> str:
    """A file in which one column holds these values; day and money of the others are plain."""
    plain = {"date": [f"2020-01-{n % 28 + 1:02}" for n in range(len(values))], "amount": ["1"] * len(values)}
    plain[column] = list(values)
    lines = [delimiter.join((f"c{n}", *(plain[name][n] for name in plain))) for n in range(len(values))]
    return "\n".join([delimiter.join(("customer_id", *plain)), *lines, ""])


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]] | Sequence[Sequence[Any]],
    dress: Callable[[Any, dict[str, Any]], None] | None = None,
    **options: Any,
) -> bytes:
    """An Excel file; `dress` may merge, hide and the like, given the book and its sheets by title."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd", **options})
    made = {}
    for title, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}).items():
        made[title] = sheet = book.add_worksheet(title)
        for i, cells in enumerate(rows):
            for j, cell in enumerate(cells):
                if cell is not None:
                    write = {dt.date: sheet.write_datetime, str: sheet.write_string}.get(
                        type(cell), sheet.write
                    )
                    write(i, j, cell)
    if dress:
        dress(book, made)
    book.close()
    return content.getvalue()


def archive(members: Mapping[str, Content], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as file:
        for name, inside in members.items():
            file.writestr(name, inside)
    return content.getvalue()


def parquet(columns: Mapping[str, pa.Array]) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), content)
    return content.getvalue()
