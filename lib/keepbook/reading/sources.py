"""Opens what a unit file names as an Ibis table of the source's own lines, unchanged, in the local engine."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import ibis

from keepbook.errors import DataError
from keepbook.reading.databases import from_database, held, quoted, views_of_duckdb
from keepbook.reading.faults import in_a_line, place
from keepbook.reading.files import view_of_files
from keepbook.reading.locate import DUCKDB_FILE, files_of, is_database, resolved
from keepbook.reading.stated import Stated
from keepbook.simulate import simulate
from keepbook.unit import Source, Unit

MEMORY = "2GB"  # the engine spills to disk beyond this; KEEPBOOK_MEMORY overrides it


@dataclass(frozen=True)
class Session:
    """An engine, the folder in which files may lie for as long as it is open, and what is open already."""

    engine: ibis.BaseBackend
    folder: Path
    opened: dict[str, tuple[ibis.Table, tuple[Stated, ...]]] = field(default_factory=dict)


@contextmanager
def open_session() -> Iterator[Session]:
    """A session for the block; what it wrote is gone behind it."""
    with tempfile.TemporaryDirectory(prefix="keepbook-", ignore_cleanup_errors=True) as spill:
        engine = new_engine(spill, os.environ.get("KEEPBOOK_MEMORY", MEMORY))
        try:
            yield Session(engine, Path(spill))
        finally:
            engine.disconnect()


def new_engine(temporary: str, memory: str) -> ibis.BaseBackend:
    """An empty DuckDB that spills to `temporary` when it needs more than `memory`."""
    try:
        engine = ibis.duckdb.connect(temp_directory=temporary, memory_limit=memory)
    except duckdb.Error:
        raise DataError(
            f"The engine cannot be given {memory!r} of memory.",
            where="environment variable KEEPBOOK_MEMORY",
            expected="a size such as 2GB or 500MB",
            do="Correct the variable, or unset it.",
        ) from None
    engine.raw_sql("SET TimeZone = 'UTC'")
    engine.raw_sql("SET preserve_insertion_order = false")
    engine.raw_sql("SET autoinstall_known_extensions = false")  # a query fetches nothing
    return engine


def open_source(name: str, unit: Unit, session: Session) -> tuple[ibis.Table, tuple[Stated, ...]]:
    """The lines of one source of the unit file as a table of the engine, and how they were read.

    Parquet, package data and DuckDB files are views, and so are CSV files that the engine can read: nothing
    is read yet. Other files are written anew into the session's folder. Any other database is read at once,
    so that the same rules clean its lines; what its `query` leaves out never travels. Once it is open, it is
    read no second time.
    """
    if name not in session.opened:
        session.opened[name] = _opened(name, unit, session)
    return session.opened[name]


def _opened(name: str, unit: Unit, session: Session) -> tuple[ibis.Table, tuple[Stated, ...]]:
    source = unit.sources[name]
    where = place(unit, name)
    parts = source.named_sources()
    if any(is_database(resolved(part, where)) for part in parts.values()):
        return from_database(name, unit, session.engine, where), ()
    views = [_make_view(part, name, alias, unit, session) for alias, part in parts.items()]
    stated = tuple(one for view in views for one in view)
    if source.query:
        return _queried(name, source, source.query.strip().rstrip(";"), session.engine), stated
    return session.engine.table(next(iter(parts))), stated


def _queried(name: str, source: Source, query: str, engine: ibis.BaseBackend) -> ibis.Table:
    view = f"keepbook_{name}_query"
    try:
        kinds = [statement.type for statement in duckdb.extract_statements(query)]
        if kinds != [duckdb.StatementType.SELECT]:
            raise duckdb.ParserException("it is not one SELECT statement")
        engine.raw_sql(f"CREATE VIEW {quoted(view)} AS SELECT * FROM (\n{query}\n)")
    except duckdb.Error as fault:
        raise DataError(
            f"The `query` of '{name}' is wrong: {in_a_line(fault)}",
            expected=f"one SELECT over {', '.join(source.named_sources())}, in DuckDB's SQL",
            do="Correct `query:` in the unit file.",
        ) from None
    return engine.table(view)


def _make_view(part: str, name: str, alias: str, unit: Unit, session: Session) -> tuple[Stated, ...]:
    """One of the parts of a source as a view called `alias`."""
    engine, source, where = session.engine, unit.sources[name], place(unit, name)
    if part == "simulate":
        made = simulate(**unit.transactions.simulation().model_dump())
        lines = held(f"keepbook_simulated_{name}", getattr(made, name), engine)
        engine.create_view(alias, lines, overwrite=True)
        return ()
    files = files_of(part, unit, where)
    if not DUCKDB_FILE.match(resolved(part, where)):
        return view_of_files(files, source, alias, session.folder, engine)
    views_of_duckdb(files[0], source, alias, engine)
    return ()
