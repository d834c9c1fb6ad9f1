"""SQLite files, by Python's own driver: read only, never created, some thousand lines in memory at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from keepbook.errors import DataError
from keepbook.reading.columns import distinct
from keepbook.reading.databases.requests import DatabaseRequest, filled, known_table, quoted
from keepbook.reading.locate import files_of

PATIENCE = 10  # seconds for another program to finish writing
CHUNK = 5_000  # lines held in Python at a time
ARROW = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}
TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT GLOB 'sqlite_*'"


def from_sqlite(request: DatabaseRequest, engine: ibis.BaseBackend) -> ibis.Table:
    """The lines of a file's table or query.

    What a column is declared as binds nobody in SQLite: a column has the type that all its values have, and
    is text where they differ. Bytes are text in hexadecimal digits.
    """
    file, *more = files_of(request.part, request.unit, request.where)
    if more:
        what = f"The source stands for {len(more) + 1} files."
        raise request.as_error(what, "one SQLite file", "Name one of them as `source`.")
    try:
        with closing(_session(file)) as session:
            there = [name for (name,) in session.execute(TABLES)]
            lines = f"(\n{request.query}\n)"
            if not request.query:
                lines = quoted(known_table(request.source.table, there))
            types = _types_of(lines, session)
            return filled(request.table, types, _chunks(lines, types, session), engine)
    except (sqlite3.Error, sqlite3.Warning) as fault:
        raise _as_error(fault, file, request) from None


def _session(file: Path) -> sqlite3.Connection:
    """A transaction that sees one state of the data and cannot write."""
    session = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=PATIENCE, isolation_level=None)
    session.execute("BEGIN")
    return session


def _types_of(lines: str, session: sqlite3.Connection) -> dict[str, str]:
    """Column → type of the engine, by the kinds of values that stand in it."""
    names = [column[0] for column in session.execute(f"SELECT * FROM {lines} LIMIT 0").description]
    kinds = ", ".join(f"group_concat(DISTINCT typeof({quoted(name)}))" for name in names)
    found = session.execute(f"SELECT {kinds} FROM {lines}").fetchone()
    return dict(zip(distinct(names), map(_type, found), strict=True))


def _type(kinds: str | None) -> str:
    found = set((kinds or "text").split(",")) - {"null"}
    if found == {"integer"}:
        return "BIGINT"
    return "DOUBLE" if found and found <= {"integer", "real"} else "VARCHAR"


def _chunks(lines: str, types: dict[str, str], session: sqlite3.Connection) -> Iterator[pa.Table]:
    cursor = session.execute(f"SELECT * FROM {lines}")
    while rows := cursor.fetchmany(CHUNK):
        columns = [
            pa.array([None if value is None else _as(value, kind) for value in values], ARROW[kind])
            for kind, values in zip(types.values(), zip(*rows, strict=True), strict=True)
        ]
        yield pa.table(columns, list(types))


def _as(value: Any, kind: str) -> Any:
    if kind == "VARCHAR":
        return value.hex() if isinstance(value, bytes) else str(value)
    return float(value) if kind == "DOUBLE" else value  # Arrow takes no large whole number for a float


def _as_error(fault: Exception, file: Path, request: DatabaseRequest) -> DataError:
    said = getattr(fault, "sqlite_errorname", "")
    if request.query and said in ("SQLITE_ERROR", ""):
        return request.wrong_query(f"is wrong: {request.inline(fault)}", "SQLite")
    what = f"{file.name} cannot be read: {request.inline(fault)}."
    expected = "a SQLite database that is whole"
    do = "Check it with `PRAGMA integrity_check`, and that it may be read."
    if said == "SQLITE_NOTADB":
        what, do = f"{file.name} is no SQLite database.", "Correct `source`, or export the data again."
        expected = "a file that SQLite wrote, and that is not encrypted"
    elif said.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        what = f"{file.name} is locked: another program is writing to it."
        expected = f"a database that is free within {PATIENCE} seconds"
        do = "Run again when that program is done, or read a copy of the file."
    return request.as_error(what, expected, do)
