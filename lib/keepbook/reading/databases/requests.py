"""What a unit file asks of a database, and how it is told that this cannot be had."""

from typing import NamedTuple

from keepbook.errors import DataError, suggestion
from keepbook.reading.databases.filling import quoted
from keepbook.reading.faults import PLACEHOLDER, in_a_line, without_secrets
from keepbook.unit import Source, Unit

MAX_TABLES = 40  # names of tables in a message


class DatabaseRequest(NamedTuple):
    """One source in a database.

    Attributes
    ----------
    name : the table of the unit, such as transactions.
    part : the URL as the unit file has it, without its secrets.
    where : file and key.
    """

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
    """The table, if it is there.

    Raises
    ------
    DataError : it is not; the message lists what is near.
    """
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

    Parameters
    ----------
    there : schema, table, and whether the table is known without its schema.

    Raises
    ------
    DataError : it is not there; the message lists what is near.
    """
    alone = {name: (schema, name) for schema, name, near in there if near}
    in_schema = {f"{schema}.{name}": (schema, name) for schema, name, _ in there}
    if table not in in_schema:
        far = [f"{schema}.{name}" for schema, name, near in there if not near]
        table = known_table(table, [*alone, *far])
    return ".".join(map(quoted, (alone | in_schema)[table]))
