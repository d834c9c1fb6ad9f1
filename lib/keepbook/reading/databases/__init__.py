"""Databases: their lines become a table or a view of the local engine; a password never leaves this room.

PostgreSQL and SQLite are read by their own drivers, in a session that cannot write and a few thousand lines
at a time. Ibis, which reads all others, finds the columns of a query by creating a view, which neither a
read-only session nor a standby server allows, and it holds a whole result of SQLite in memory.
DuckDB files are attached to the engine, which reads them in place.
"""

import hashlib
import re
from pathlib import Path

import duckdb
import ibis

from keepbook.errors import DataError
from keepbook.reading.databases.postgres import from_postgres
from keepbook.reading.databases.requests import DatabaseRequest, held, known_table, quoted, relation
from keepbook.reading.databases.sqlite import from_sqlite
from keepbook.reading.faults import in_a_line
from keepbook.reading.locate import resolved
from keepbook.unit import Source, Unit

CHUNK = 20_000  # lines that Ibis holds in Python at a time
READERS = {"postgres": from_postgres, "postgresql": from_postgres, "sqlite": from_sqlite}
HELD_OPEN = re.compile(r"Could not set lock|used by another process|Unique file handle conflict")
NO_DUCKDB = "not a valid DuckDB database file"
INSIDE = """
SELECT schema_name, table_name, schema_name = 'main' FROM duckdb_tables() WHERE database_name = $file
UNION ALL
SELECT schema_name, view_name, schema_name = 'main' FROM duckdb_views()
WHERE database_name = $file AND NOT internal
"""


def from_database(name: str, unit: Unit, engine: ibis.BaseBackend, where: str) -> ibis.Table:
    """The lines of a database's table or query, held by the engine."""
    part, *others = unit.sources[name].named_sources().values()
    if others:
        raise DataError(
            "A database cannot be joined with other sources.",
            expected="one database URL as `source`",
            do="Join inside the database with `query:`.",
        )
    scheme = re.split(r"[:+]", resolved(part, where))[0].lower()
    try:
        return READERS.get(scheme, _through_ibis)(DatabaseRequest(name, unit, part, where), engine)
    except DataError as fault:
        fault.__context__ = None  # a driver's own error may hold the password
        raise


def _through_ibis(request: DatabaseRequest, engine: ibis.BaseBackend) -> ibis.Table:
    database = _connected(request)
    try:
        if request.source.query:
            lines = database.sql(request.source.query)
        else:
            lines = database.table(known_table(request.source.table, database.list_tables()))
        return held(request.table, lines.to_pyarrow_batches(chunk_size=CHUNK), engine)
    finally:
        database.disconnect()


def _connected(request: DatabaseRequest) -> ibis.BaseBackend:
    url = resolved(request.part, request.where)
    scheme = url.partition("://")[0].lower()
    do = "Check `source`, and that the database is running."
    try:
        return ibis.connect(url)
    except ImportError:
        what, do = f"No driver for {scheme} is installed.", f"pip install 'ibis-framework[{scheme}]'"
    except ValueError:  # its text may hold any part of the URL
        what = f"The URL of the database ({scheme}://…) cannot be understood."
    except Exception as fault:
        what = f"The {scheme} database cannot be opened: {request.inline(fault)}"
    raise DataError(
        what, expected="a URL that Ibis knows, such as postgres://user:${PASSWORD}@host/name", do=do
    )


def views_of_duckdb(path: Path, source: Source, alias: str, engine: ibis.BaseBackend) -> None:
    """A file's table as a view called `alias`; for a query alone, all its tables under their own names."""
    file = _attached(path, engine)
    there = engine.con.execute(INSIDE, {"file": file}).fetchall()
    if source.query and not source.table and isinstance(source.source, str):
        for schema in {schema for schema, _, _ in there}:
            engine.raw_sql(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        wanted = {name: name for name in (f"{quoted(schema)}.{quoted(table)}" for schema, table, _ in there)}
    else:
        table = source.table or (alias if source.query else None)
        wanted = {quoted(alias): relation(table, there)}
    for view, name in wanted.items():
        engine.raw_sql(f"CREATE OR REPLACE VIEW {view} AS SELECT * FROM {file}.{name}")


def _attached(path: Path, engine: ibis.BaseBackend) -> str:
    """The engine's name for the file."""
    file = f"file_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    if file in engine.list_catalogs():
        return file
    try:
        engine.attach(str(path), name=file, read_only=True)
    except duckdb.Error as fault:
        text = in_a_line(fault)
        if HELD_OPEN.search(text):
            holder = re.search(r" \(PID \d+\)", text)
            raise DataError(
                f"{path.name} is held open by another program{holder[0] if holder else ''}.",
                expected="a DuckDB file that nobody has open for writing",
                do="Close it there, have that program open it with read_only=True, or read a copy.",
            ) from None
        if NO_DUCKDB in text:
            raise DataError(
                f"{path.name} is no DuckDB database.",
                expected="a file that DuckDB wrote",
                do="Correct `source`, or export the data again.",
            ) from None
        raise
    return file
