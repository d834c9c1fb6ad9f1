"""Cells that carry a type of their own (Excel, JSON) as text, and tables of such text as Parquet.

Every file kind then passes the same rules for keys, days and amounts. A number never becomes a text that
could be read as another number: `1.234` is written `1.2340`, so no rule takes its point for a thousands sign.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 50_000  # rows held in Python at a time
LONGEST = 2000  # digits; 1e999999999 in full would fill the memory
Row = tuple[str | None, ...]
ONE_GROUP = re.compile(r"-?\d{1,3}\.\d{3}")


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
