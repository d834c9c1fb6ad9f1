"""What a unit file asks of a database, what it is told where that cannot be had, and lines for the engine."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import ibis
import pyarrow as pa

from keepbook.errors import DataError, suggestion
from keepbook.reading.faults import PLACEHOLDER, in_a_line, without_secrets
from keepbook.unit import Source, Unit

MAX_TABLES = 40  # names of tables in a message
ARRIVED = "keepbook_arrow"
SHORT = 10  # digits, with sign and point, of which any are exact in DECIMAL(18, 9) or do not fit it


class DatabaseRequest(NamedTuple):
    """The table `name` of a unit in a database; `part` is its URL in the unit file, without secrets."""

    name: str
    unit: Unit
    part: str
    where: str

    @property
    def source(self) -> Source:
        return self.unit.sources[self.name]

    @property
    def query(self) -> str | None:
        return self.source.query and self.source.query.strip().rstrip(";")

    @property
    def table(self) -> str:
        """The engine's table that is to hold the lines."""
        return f"keepbook_{self.name}_lines"

    @property
    def is_secret(self) -> bool:
        """Whether the whole URL stands in a variable."""
        return bool(PLACEHOLDER.fullmatch(self.part))

    def inline(self, fault: Exception) -> str:
        """What a driver says, in a line, without secrets and full stop."""
        return without_secrets(in_a_line(fault), self.unit).rstrip(".")

    def as_error(self, what: str, expected: str, do: str) -> DataError:
        """An error that shows the URL, and of its secrets the names."""
        return DataError(what, where=f"{self.where}, source {self.part}", expected=expected, do=do)

    def wrong_query(self, reason: str, dialect: str, hint: str | None = None) -> DataError:
        """An error about the unit's query."""
        do = "Correct `query:` in the unit file."
        return self.as_error(
            f"The `query` of '{self.name}' {reason}.",
            f"one SELECT in {dialect}'s SQL; Keepbook only reads",
            f"{do} {without_secrets(hint, self.unit)}" if hint else do,
        )


def known_table(table: str | None, there: list[str]) -> str:
    """The table, if it is there; the error where it is not lists what is near."""
    if table in there:
        return table
    near = suggestion(table or "", there)
    hint = str(near) if there else "a table; there is none"
    if not near.name and len(there) > MAX_TABLES:
        hint = f"{suggestion('', sorted(there)[:MAX_TABLES])} and {len(there) - MAX_TABLES:,} more"
    raise DataError(
        f"The database has no table '{table}'." if table else "The database needs a `table` or a `query`.",
        expected=hint,
        do="Name one of them as `table:`." if there else "Is it the right database?",
    )


def relation(table: str | None, there: list[tuple[str, str, bool]]) -> str:
    """The table as SQL names it; a unit file may write its schema and a dot before it.

    `there` has schema, table, and whether the table is known without its schema.
    """
    alone = {name: (schema, name) for schema, name, near in there if near}
    in_schema = {f"{schema}.{name}": (schema, name) for schema, name, _ in there}
    if table not in in_schema:
        far = [f"{schema}.{name}" for schema, name, near in there if not near]
        table = known_table(table, [*alone, *far])
    return ".".join(map(quoted, (alone | in_schema)[table]))


def held(name: str, arrow: pa.Table | pa.RecordBatchReader, engine: ibis.BaseBackend) -> ibis.Table:
    """Arrow data as a table of the engine, which may spill it to disk."""
    engine.con.register(ARRIVED, arrow)
    engine.raw_sql(f"CREATE TEMP TABLE {quoted(name)} AS SELECT * FROM {ARRIVED}")
    engine.con.unregister(ARRIVED)
    return engine.table(name)


def filled(
    name: str, types: dict[str, str], chunks: Iterable[pa.Table], engine: ibis.BaseBackend
) -> ibis.Table:
    """Chunks of lines as a table of the engine; what does not fit its column's type is missing.

    `types` are the engine's, by column; a chunk may hold any as text.
    """
    columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in types.items())
    values = ", ".join(_cast(quoted(column), kind) for column, kind in types.items())
    engine.raw_sql(f"CREATE TEMP TABLE {quoted(name)} ({columns})")
    for chunk in chunks:  # not pulled by the engine: it would wrap what goes wrong into errors of its own
        engine.con.register(ARRIVED, chunk)
        engine.raw_sql(f"INSERT INTO {quoted(name)} SELECT {values} FROM {ARRIVED}")
        engine.con.unregister(ARRIVED)
    return engine.table(name)


def _cast(column: str, kind: str) -> str:
    if kind == "DATE":  # the engine would take 0044-03-15 BC for a day after Christ
        return f"TRY_CAST(replace({column}, 'BC', '(BC)') AS DATE)"
    size = re.match(r"DECIMAL\((\d+)", kind)
    if not size or int(size[1]) <= 18:
        return f"TRY_CAST({column} AS {kind})"
    # The engine reads wide decimals thirty times slower than narrow ones, and most numbers are short.
    short = f"CASE WHEN length({column}) <= {SHORT} THEN TRY_CAST({column} AS DECIMAL(18, 9)) END"
    return f"coalesce(TRY_CAST({short} AS {kind}), TRY_CAST({column} AS {kind}))"


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever signs are in it."""
    return '"' + name.replace('"', '""') + '"'
