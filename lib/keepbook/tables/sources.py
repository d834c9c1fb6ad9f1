"""Opens what a unit file names as an Ibis table of the source's own lines, unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis

from keepbook.errors import DataError, KeepbookError, nearest
from keepbook.params import Source, Unit, resolve_secrets
from keepbook.simulate import Simulated, simulate
from keepbook.tables.locate import DUCKDB, files_of, is_database

OUR_OWN_FAULTS = (KeepbookError, NameError, AttributeError, TypeError, AssertionError)


def open_source(name: str, unit: Unit, engine: ibis.BaseBackend) -> ibis.Table:
    """The lines of one source of the unit file, in the engine that holds them.

    Files, package data and simulated data are views in `engine`; a database URL stays where it is.

    Raises
    ------
    DataError : the source is absent, unreadable, or its query fails.
    """
    source = unit.sources[name]
    where = f"{unit.path.name}, {name}"
    parts = source.named_sources()
    try:
        if any(is_database(part) for part in parts.values()):
            return _from_database(parts, source, where)
        views = [_view_of(part, source, alias, unit, engine, where) for alias, part in parts.items()]
        return engine.sql(source.query) if source.query else views[0]
    except OUR_OWN_FAULTS:
        raise
    except Exception as fault:  # every engine has an exception family of its own
        raise DataError(
            f"The source '{name}' cannot be read: {first_line(fault)}",
            where=where,
            do="Check that the file or database is what the unit file says, and its `format`, `table` or `query`.",
        ) from fault


def first_line(fault: BaseException) -> str:
    """The first non-empty line of an engine's message: the rest is its own dump."""
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(fault).__name__


def _from_database(parts: dict[str, str], source: Source, where: str) -> ibis.Table:
    if len(parts) > 1:
        raise DataError(
            "A database cannot be joined with other sources.",
            where=where,
            expected="one database URL as `source`",
            do="Join inside the database with `query:`.",
        )
    (url,) = parts.values()
    database = ibis.connect(resolve_secrets(url, where=where))
    return database.sql(source.query) if source.query else _table(database, source.table, where)


def _view_of(
    part: str, source: Source, alias: str, unit: Unit, engine: ibis.BaseBackend, where: str
) -> ibis.Table:
    """One named source as a view called `alias`."""
    if part == "simulate":
        table = "customers" if source is unit.customers else "transactions"
        frame = getattr(_simulated(unit), table)
        return engine.create_view(alias, engine.create_table(f"simulated_{table}", ibis.memtable(frame)), overwrite=True)
    files = files_of(part, unit)
    if part.startswith(DUCKDB):
        engine.attach(str(files[0]), name=f"{alias}_file", read_only=True)
        inside = _table(engine, source.table, where, database=f"{alias}_file")
        return engine.create_view(alias, inside, overwrite=True)
    kind = source.format or {".parquet": "parquet", ".txt": "text"}.get(files[0].suffix.lower(), "csv")
    reader = {"parquet": _parquet, "csv": _csv, "text": _white_space_text}[kind]
    return reader(engine, [str(file) for file in files], source, alias)


def _table(engine: ibis.BaseBackend, table: str | None, where: str, database: str | None = None) -> ibis.Table:
    place = {"database": (database, "main")} if database else {}
    known = engine.list_tables(**place)
    if table not in known:
        raise DataError(
            f"The database has no table '{table}'." if table else "The database needs a `table` or a `query`.",
            where=where,
            expected=nearest(table or "", known) if known else "a table; there is none",
            do="Name one of them as `table:`.",
        )
    return engine.table(table, **place)


def _simulated(unit: Unit) -> Simulated:
    spec = unit.transactions.simulation()
    return simulate(spec.customers, spec.start, spec.days, spec.seed)


def _parquet(engine: ibis.BaseBackend, files: list[str], source: Source, alias: str) -> ibis.Table:
    return engine.read_parquet(files, table_name=alias)


def _csv(engine: ibis.BaseBackend, files: list[str], source: Source, alias: str) -> ibis.Table:
    """Every field as text: what cannot be read later is counted in the ledger, not a crash here."""
    options: dict[str, Any] = {"all_varchar": True, "header": source.header}
    if source.names:
        options["names"] = list(source.names)
    return engine.read_csv(files, table_name=alias, **options)


def _white_space_text(engine: ibis.BaseBackend, files: list[str], source: Source, alias: str) -> ibis.Table:
    """Columns separated by any run of white space, names from the first line or from `names`."""
    with Path(files[0]).open(encoding="utf-8", errors="replace") as file:
        first = file.readline().split()
    names = list(source.names or (first if source.header else [f"column{i}" for i in range(len(first))]))
    lines = engine.read_csv(
        files,
        table_name=f"{alias}_lines",
        columns={"line": "VARCHAR"},
        delim="\x01",
        quote="",
        escape="",
        header=source.header,
        auto_detect=False,
    )
    fields = lines.line.strip().re_split(r"\s+")
    columns = {name: fields[i] for i, name in enumerate(names)}
    return engine.create_view(alias, lines.select(**columns), overwrite=True)


def new_engine(temporary: str, memory: str) -> ibis.BaseBackend:
    """An empty DuckDB that spills to `temporary` when it needs more than `memory`."""
    engine = ibis.duckdb.connect(temp_directory=temporary, memory_limit=memory)
    engine.raw_sql("SET TimeZone = 'UTC'")
    engine.raw_sql("SET preserve_insertion_order = false")
    return engine


def bring(name: str, table: ibis.Table, engine: ibis.BaseBackend) -> ibis.Table:
    """A table computed where its data are, its result held in the local engine under `name`."""
    if table.get_backend() is engine:
        return engine.create_table(name, table, temp=True)
    engine.con.register(f"{name}_batches", table.to_pyarrow_batches())
    engine.raw_sql(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_batches")
    return engine.table(name)
