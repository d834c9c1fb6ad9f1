"""Cells that carry a type of their own (Excel, JSON) as text, and tables of such text as Parquet.

Every file kind then passes the same rules for keys, days and amounts. A number never becomes a text that
could be read as another number: `1.234` is written `1.2340`, so no rule takes its point for a thousands sign.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
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
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return number_text(repr(value))
        case Decimal():
            return number_text(str(value))
        case dt.datetime() if value.time() == dt.time.min and value.tzinfo is None:
            return value.date().isoformat()  # a spreadsheet has no days, only midnights
        case dt.datetime():
            return value.isoformat(" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
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
    """Rows of text → Parquet, a batch at a time.

    Parameters
    ----------
    names : different from each other, one per field of every row.

    Returns
    -------
    int : number of rows written.
    """
    schema = pa.schema([(name, pa.string()) for name in names])
    with pq.ParquetWriter(path, schema) as writer:
        held: list[Row] = []
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007
            held.append(row)
            if len(held) == BATCH:
                writer.write_batch(_batch(held, schema))
                held = []
        writer.write_batch(_batch(held, schema))
    return count


def _batch(rows: list[Row], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pa.record_batch([_array(column) for column in columns], schema=schema)


def _array(column: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(column, pa.string())
    except UnicodeEncodeError:
        return pa.array([cell and whole(cell) for cell in column], pa.string())


def whole(text: str) -> str:
    """Text without the halves of letters that JSON may hold and nothing else can."""
    return text.encode("utf-8", "replace").decode()
