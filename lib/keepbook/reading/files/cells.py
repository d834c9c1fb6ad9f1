"""Cells that carry a type of their own (Excel, JSON) as text, and tables of such text as Parquet.

Every file kind then passes the same rules for keys, days and amounts. A number never becomes a text that
could be read as another number: `1.234` is written `1.2340`, so no rule takes its point for a thousands sign.
JSON is a dump of a web interface: a list of objects, one object per line, or wrapped in an answer.
"""

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keepbook.errors import DataError
from keepbook.reading.files.dialect import told_apart
from keepbook.reading.files.texts import TextFile

BATCH = 50_000  # rows held in Python at a time
LONGEST = 2000  # digits; 1e999999999 in full would fill the memory
Row = tuple[str | None, ...]
ONE_GROUP = re.compile(r"-?\d{1,3}\.\d{3}")
NO_JSON = (ValueError, RecursionError)
MAX_DEPTH = 4  # objects inside objects that become columns of their own


def cell_text(value: Any) -> str | None:
    """A cell as text: numbers in full, days and times in ISO form, blank as missing."""
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case float():
            return number_text(repr(value))
        case dt.datetime() if value.time() == dt.time.min and value.tzinfo is None:
            return value.date().isoformat()  # a spreadsheet has no days, only midnights
    return str(value)


def number_text(written: str) -> str:
    """A number's digits in full, safe from being read with its point as a thousands sign."""
    if "e" in written or "E" in written:
        number = Decimal(written)
        if abs(number.adjusted()) > LONGEST:
            return written
        written = format(number, "f")
    written = written.removesuffix(".0")
    return f"{written}0" if ONE_GROUP.fullmatch(written) else written


def write_text_table(path: Path, names: Sequence[str], rows: Iterable[Row]) -> int:
    """Rows of text, one field per name, → Parquet, a batch at a time; the number of rows."""
    schema = pa.schema([(name, pa.string()) for name in names])
    rows, count = iter(rows), 0
    with pq.ParquetWriter(path, schema) as writer:
        while batch := list(islice(rows, BATCH)):
            columns = [_array(column) for column in zip(*batch, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            count += len(batch)
    return count


def _array(column: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(column, pa.string())
    except UnicodeEncodeError:
        return pa.array([cell and whole(cell) for cell in column], pa.string())


def whole(text: str) -> str:
    """Text without the halves of letters that JSON may hold and nothing else can."""
    return text.encode("utf-8", "replace").decode()


def text_of_json(file: TextFile, path: Path, wanted: Collection[str]) -> tuple[str, ...]:
    """The file's objects as Parquet: one row each, every column text.

    An object inside an object gives columns such as `Account.name`; a list of one value gives that value, any
    other list its JSON text. Returns the column names, in the order in which they appear.
    """
    file.head()  # or it is empty
    names: dict[str, None] = {}
    for record in _records(file, wanted):
        names |= dict.fromkeys(record)
    if not names:
        raise DataError(
            f"{file.path.name} holds no objects.", expected="a list of JSON objects", do="Export it again."
        )
    columns = told_apart(list(map(whole, names)))
    write_text_table(path, columns, (tuple(map(record.get, names)) for record in _records(file, wanted)))
    return columns


def _records(file: TextFile, wanted: Collection[str]) -> Iterator[dict[str, str | None]]:
    for number, entry in enumerate(_objects(file, wanted), 1):
        if not isinstance(entry, dict):
            raise DataError(
                f"Entry {number} of {file.path.name} is no object: {json.dumps(entry)[:60]}.",
                expected="objects such as {…} only",
                do="Export it again, or correct `source`.",
            )
        yield dict(_fields(entry, "", 1))


def _objects(file: TextFile, wanted: Collection[str]) -> Iterable[Any]:
    """One by one where each stands on a line of its own, so that a long dump need not fit into memory."""
    with file.text() as text:
        lines = (line for line in text if not line.isspace())
        first, second = next(lines, ""), next(lines, "")
    with suppress(*NO_JSON):
        if second and isinstance(_parsed(first), dict):
            return _lines(file)
    with file.text() as text:
        try:
            return _table_in(_parsed(text.read()), wanted)
        except NO_JSON as fault:
            raise _no_json(file, getattr(fault, "lineno", None)) from None


def _lines(file: TextFile) -> Iterator[Any]:
    with file.text() as text:
        for number, line in enumerate(text, 1):
            try:
                if not line.isspace():
                    yield _parsed(line)
            except NO_JSON:
                raise _no_json(file, number) from None


def _parsed(text: str) -> Any:
    """Numbers stay the digits they are; NaN is missing."""
    text = text.lstrip("\ufeff")
    return json.loads(text, parse_int=str, parse_float=number_text, parse_constant=lambda _: None)


def _table_in(root: Any, wanted: Collection[str]) -> list[Any]:
    """The list of objects; inside an answer such as {"data": {"list": […]}} the one with most wanted keys."""
    if isinstance(root, list):
        return root
    if not isinstance(root, dict):
        return [root]
    found: list[list[Any]] = []
    layer = [root]
    for _ in range(MAX_DEPTH):
        values = [value for one in layer for value in one.values()]
        lists = [value for value in values if isinstance(value, list) and value]
        found += [one for one in lists if isinstance(one[0], dict)]
        layer = [value for value in values if isinstance(value, dict)]
    return max(found, key=lambda one: (len(set(wanted) & set(one[0])), len(one)), default=[root])


def _fields(entry: dict[str, Any], above: str, depth: int) -> Iterator[tuple[str, str | None]]:
    for key, value in entry.items():
        if isinstance(value, dict) and value and depth < MAX_DEPTH:
            yield from _fields(value, f"{above}{key}.", depth + 1)
            continue
        if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict | list):
            value = value[0]
        if isinstance(value, bool | dict | list):
            value = json.dumps(value, ensure_ascii=False)
        yield f"{above}{key}", value or None


def _no_json(file: TextFile, line: int | None) -> DataError:
    place = f"Line {line} of {file.path.name}" if line else file.path.name
    return DataError(
        f"{place} is no JSON.",
        expected="a list of JSON objects, or one object per line",
        do="Export it again: is it whole? If it is no JSON, correct `source` or `format`.",
    )
