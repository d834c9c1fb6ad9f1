"""How a table of text is laid out: the sign between fields, the quote, and the line of column names.

All three are told by the file's beginning. Where the unit file names columns, the line that holds them is the
header: no guess is left. Else it is the first line whose fields are all filled, differ and are no values.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from keepbook.errors import DataError, printable
from keepbook.reading.columns import distinct

DELIMITERS = ",;\t|^~¦\x1f"
STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a line that Excel writes and obeys
VALUE = re.compile(r"[\s$€£¥+-]*\d[\d\s.,:/%-]*")
WITHIN = rf"[^{DELIMITERS}\r\n]"  # a sign that neither begins nor ends a field
ESCAPED = re.compile(rf"\\\"{WITHIN}")
DOUBLED = re.compile(rf"{WITHIN}\"\"{WITHIN}")
MAX_RECORDS = 100  # records
csv.field_size_limit(2_000_000)  # characters, as in DuckDB


@dataclass(frozen=True)
class Dialect:
    """How a file separates its fields, and where its data begin.

    `skipped` are the lines above that of the column names, or above the data where there are none; `names`
    are the fields of that line as they stand, or of the first line of data.
    """

    delimiter: str
    quote: str
    escape: str
    skipped: int
    names: tuple[str, ...]


def dialect_of(head: str, wanted: Collection[str], delimiter: str | None, header: bool | int) -> Dialect:
    """The dialect of a file that begins with `head`, in whole lines; LookupError where no line is `header`.

    `wanted` are column names that should be there; a delimiter None and a header True mean: find out.
    """
    stated = STATED.match(head)
    body = head[stated.end() :] if stated else head
    quote = _quote(body)
    escape = "\\" if ESCAPED.search(body) and not DOUBLED.search(body) else quote
    signs = "\t" if delimiter == "tab" else delimiter or (stated[1] if stated else DELIMITERS)
    best: tuple[tuple[float, ...], Dialect] | None = None
    for sign in signs:
        records, lines = _records(body, sign, quote, escape, bool(stated))
        row = header_row(records, wanted) if header is True else 0
        if not isinstance(header, bool):
            row = next((i for i, line in enumerate(lines) if line >= header - 1), len(lines))
        if row >= len(records):
            continue
        width = _width(records)
        alike = sum(len(record) == width for record in records) / len(records)
        known = len(set(wanted) & {name.strip() for name in records[row]})
        score = (known, alike >= 0.8 and width > 1, alike if width > 1 else 0, width)
        found = Dialect(sign, quote, escape, lines[row], tuple(records[row]))
        if best is None or score > best[0]:
            best = score, found
    if best is None:
        raise LookupError(header)
    return best[1]


def no_such_line(file: Path, header: int) -> DataError:
    """What to say where the line of column names is not where the unit file says."""
    return DataError(
        f"{file.name} has no line {header} for the column names.",
        expected=f"the number of one of the first {MAX_RECORDS} lines that are not blank",
        do="Correct `header:`, or leave it out.",
    )


def _quote(head: str) -> str:
    """The double quote, but where fields stand in single ones."""
    single = len(re.findall(r"(?m)(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n])", head))
    return "'" if single > head.count('"') and single >= 4 else '"'


def _records(text: str, sign: str, quote: str, escape: str, start: int) -> tuple[list[list[str]], list[int]]:
    """The first records that are not blank, and how many lines stand above each; `start` above the text."""
    lines = io.StringIO(text, newline="")
    other = {"doublequote": True} if escape == quote else {"doublequote": False, "escapechar": escape}
    reader = csv.reader(lines, delimiter=sign, quotechar=quote, **other)
    records: list[list[str]] = []
    above: list[int] = []
    line = start
    with suppress(csv.Error):  # a field without end: not this sign
        for record in reader:
            if any(field.strip() for field in record):
                records.append(record)
                above.append(line)
            line = start + reader.line_num
            if len(records) == MAX_RECORDS:
                break
    return records, above


def _width(records: Sequence[Sequence[str]]) -> int:
    """The number of fields that most records have."""
    return Counter(map(len, records)).most_common(1)[0][0]


def header_row(records: Sequence[Sequence[str]], wanted: Collection[str]) -> int:
    """Which record holds the column names: the one with most of those that are wanted, if any has one."""
    found = [len(set(wanted) & {name.strip() for name in record}) for record in records]
    if max(found, default=0):
        return found.index(max(found))
    width = _width(records) if records else 1
    for i, record in enumerate(records[:20]):
        names = [name.strip() for name in record]
        if len(names) >= width and all(names) and not any(VALUE.fullmatch(name) for name in names):
            return i
    wide = (i for i, record in enumerate(records) if sum(bool(f.strip()) for f in record) > width / 2)
    return next(wide, 0)


def told_apart(fields: Sequence[str]) -> tuple[str, ...]:
    """Column names without blanks around them; one left blank or used twice gets its position, from 0."""
    clean = (printable(name).strip().lstrip("\ufeff") for name in fields)  # a unit file can hold no other
    return distinct([name or f"column{i}" for i, name in enumerate(clean)])
