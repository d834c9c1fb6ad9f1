"""Databases by URL: their lines are streamed into the local engine; a password never leaves this module."""

from __future__ import annotations

import ibis
import pyarrow as pa

from keepbook.errors import DataError, nearest
from keepbook.params import Unit
from keepbook.tables.faults import in_a_line, without_secrets
from keepbook.tables.locate import files_of, resolved


def from_database(name: str, unit: Unit, engine: ibis.BaseBackend, where: str) -> ibis.Table:
    """The lines of a database's table or query, held by the engine.

    Raises
    ------
    DataError : the database cannot be opened, or its table or query is wrong.
    """
    source = unit.sources[name]
    part, *others = source.named_sources().values()
    if others:
        raise DataError(
            "A database cannot be joined with other sources.",
            expected="one database URL as `source`",
            do="Join inside the database with `query:`.",
        )
    database = _connected(part, unit, where)
    try:
        if source.query:
            lines = database.sql(source.query)
        else:
            lines = database.table(known_table(source.table, database.list_tables()))
        return held(f"keepbook_{name}_lines", lines.to_pyarrow_batches(), engine)
    finally:
        database.disconnect()


def _connected(part: str, unit: Unit, where: str) -> ibis.BaseBackend:
    """The only place that hands out a secret: what the other side says about it is not passed on unseen."""
    url = resolved(part, where)
    scheme = url.partition("://")[0].lower()
    if scheme == "sqlite":  # would make the file that is not there
        url = f"sqlite://{files_of(part, unit, where)[0]}"
    do = "Check `source`, and that the database is running."
    try:
        return ibis.connect(url)
    except ImportError:
        what, do = f"No driver for {scheme} is installed.", f"pip install 'ibis-framework[{scheme}]'"
    except ValueError:  # its text may hold any part of the URL
        what = f"The URL of the database ({scheme}://…) cannot be understood."
    except Exception as fault:
        what = f"The {scheme} database cannot be opened: {without_secrets(in_a_line(fault), unit)}"
    raise DataError(
        what, expected="a URL that Ibis knows, such as postgres://user:${PASSWORD}@host/name", do=do
    )


def known_table(table: str | None, there: list[str]) -> str:
    """The table, if it is there.

    Raises
    ------
    DataError : it is not; the message lists what is near.
    """
    if table in there:
        return table
    raise DataError(
        f"The database has no table '{table}'." if table else "The database needs a `table` or a `query`.",
        expected=nearest(table or "", there) if there else "a table; there is none",
        do="Name one of them as `table:`." if there else "Is it the right database?",
    )


def held(name: str, arrow: pa.Table | pa.RecordBatchReader, engine: ibis.BaseBackend) -> ibis.Table:
    """Arrow data as a table of the engine, which may spill it to disk."""
    engine.con.register("keepbook_arrow", arrow)
    engine.raw_sql(f"CREATE TEMP TABLE {name} AS SELECT * FROM keepbook_arrow")
    engine.con.unregister("keepbook_arrow")
    return engine.table(name)
