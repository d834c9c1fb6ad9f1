"""DuckDB files: attached to the engine, which reads them in place."""

import hashlib
import re
from pathlib import Path

import duckdb
import ibis

from keepbook.errors import DataError
from keepbook.reading.databases.filling import quoted
from keepbook.reading.databases.requests import relation
from keepbook.reading.faults import in_a_line
from keepbook.unit import Source

HELD_OPEN = re.compile(r"Could not set lock|used by another process|Unique file handle conflict")
NO_DUCKDB = "not a valid DuckDB database file"
INSIDE = """
SELECT schema_name, table_name, schema_name = 'main' FROM duckdb_tables() WHERE database_name = $file
UNION ALL
SELECT schema_name, view_name, schema_name = 'main' FROM duckdb_views()
WHERE database_name = $file AND NOT internal
"""


def views_of_duckdb(path: Path, source: Source, alias: str, engine: ibis.BaseBackend) -> None:
    """A file's table as a view called `alias`; for a query alone, all its tables under their own names.

    Raises
    ------
    DataError : it is no DuckDB file, another program has it open for writing, or the table is not there.
    """
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
