"""What kind a file is: told by its first bytes where they tell, else by its suffix."""

import re
from collections.abc import Collection
from pathlib import Path

from keepbook.errors import DataError
from keepbook.reading.files.archives import members_of
from keepbook.reading.files.dialect import Dialect, dialect_of, no_such_line
from keepbook.reading.files.texts import TextFile, binary, text_file
from keepbook.reading.locate import kind_of
from keepbook.unit import Source

NOT_DATA = {  # what a file begins with → what it is
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"<": "a web page or XML, whatever its name says",
    b"SQLite format 3": "an SQLite database: write sqlite:// before its path",
    b"\x1f\x8b": "packed with gzip, but its name does not end in .gz",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard",
    b"\xfd7zXZ": "packed with xz",
    b"BZh91AY": "packed with bzip2",
}
OBJECTS = re.compile(rb'(?:\[\s*)?\{\s*"')
TEXT = re.compile(rb"\xff\xfe|\xfe\xff|[\t\r\n\x20-\xff]*$")


def is_zip(file: Path) -> bool:
    """Whether a file is an archive of files, and not a spreadsheet, which is packed alike."""
    inside = {one.filename for one in members_of(file)}
    if not inside:
        return kind_of(file) == "zip"
    return not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & inside


def kind_of_file(file: Path, source: Source, wanted: Collection[str]) -> str:
    """What a file is: by its first bytes where they tell, else by its suffix."""
    with binary(file) as content:
        head = content.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "excel"
    if what := next((what for sign, what in NOT_DATA.items() if head.startswith(sign)), None):
        raise DataError(
            f"{file.name} is {what}.",
            expected="a CSV, text, Excel, JSON or Parquet file, or a zip of such",
            do="Export it again as CSV or Excel, or correct `source`.",
        )
    kind = kind_of(file)
    if kind in ("csv", "parquet", "json"):
        return "json" if kind == "csv" and OBJECTS.match(head) else kind
    if kind == "excel" and not TEXT.match(head):  # else a text that only calls itself xls
        return kind
    if head.startswith((b"{", b"[")):
        return "json"
    text = text_file(file, source.encoding)
    fields = dialect_in(text, wanted, source.delimiter, source.header).names
    apart = first_line(text.head())  # by white space
    fewer = len(set(wanted) & set(fields)) < len(set(wanted) & set(apart))
    return "text" if kind == "text" and (fewer or len(fields) < 2) else "csv"


def first_line(head: str) -> list[str]:
    """The fields of the first line that is not blank, by white space."""
    return next(filter(None, map(str.split, head.splitlines())))


def dialect_in(text: TextFile, wanted: Collection[str], delimiter: str | None, header: bool | int) -> Dialect:
    """How a CSV file's fields are separated and named.

    Raises
    ------
    DataError : it is empty, or has no such line of column names.
    """
    try:
        return dialect_of(text.head(), wanted, delimiter, header)
    except LookupError:
        raise (text.empty() if isinstance(header, bool) else no_such_line(text.path, header)) from None
