"""Databases: their lines become a table or a view of the local engine; a password never leaves this room.

PostgreSQL and SQLite are read by their own drivers, in a session that cannot write and a few thousand lines
at a time. Ibis, which reads all others, finds the columns of a query by creating a view, which neither a
read-only session nor a standby server allows, and it holds a whole result of SQLite in memory.
"""

import re

import ibis

from keepbook.errors import DataError
from keepbook.reading.databases.duckdb_file import views_of_duckdb
from keepbook.reading.databases.filling import held, quoted
from keepbook.reading.databases.postgres import from_postgres
from keepbook.reading.databases.requests import DatabaseRequest, known_table
from keepbook.reading.databases.sqlite import from_sqlite
from keepbook.reading.locate import resolved
from keepbook.unit import Unit

__all__ = ["from_database", "held", "known_table", "quoted", "views_of_duckdb"]

CHUNK = 20_000  # lines that Ibis holds in Python at a time
READERS = {"postgres": from_postgres, "postgresql": from_postgres, "sqlite": from_sqlite}


def from_database(name: str, unit: Unit, engine: ibis.BaseBackend, where: str) -> ibis.Table:
    """The lines of a database's table or query, held by the engine.

    Raises
    ------
    DataError : the database cannot be opened or read, or its table or query is wrong.
    UnitFileError : a variable of the environment is not set.
    """
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
