"""How sources were read, as facts: the id of a message and what it speaks of; words come when it is shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias, Union

import ibis
import ibis.expr.types as ir

from keepbook.text import catalogue, day, listed

Fact: TypeAlias = Union[str, int, dt.date, "Stated", tuple["Stated", ...]]

MAX_CHARACTERS = 60  # of a value that is shown

say = catalogue("tables")


@dataclass(frozen=True)
class Stated:
    """One thing that was found while reading; as text, the sentence on it.

    `message` is its id in the catalogue `tables`; `table` is empty where it is about the transactions.
    """

    message: str
    facts: tuple[tuple[str, Fact], ...] = ()
    table: str = ""

    def __str__(self) -> str:
        text = say(self.message, **{name: _in_words(fact) for name, fact in self.facts})
        return say("of-table", table=self.table, sentence=text) if self.table else text

    def of(self, table: str) -> Stated:
        """The same, of another table than the transactions."""
        return replace(self, table=table)


def stated(message: str, **facts: Fact) -> Stated:
    """A fact by its message: `stated("zone", column="date", zone="UTC")`."""
    return Stated(message, tuple(facts.items()))


def _in_words(fact: Fact) -> str | int:
    if isinstance(fact, tuple):
        return listed(map(str, fact))
    if isinstance(fact, dt.date):
        return day(fact)
    return str(fact) if isinstance(fact, Stated) else fact


class Example(NamedTuple):
    """A line of a source, counted from 1 below the column names, and what it holds; None: nothing."""

    row: int
    value: str | None

    def __str__(self) -> str:
        return f"row {self.row:,} {self.value or 'blank'}"

    @property
    def stated(self) -> Stated:
        """The same for a page, in the reader's language."""
        return stated("example", row=self.row, value=self.value or "none")


def first_examples(lines: ir.Table, which: ir.BooleanColumn, column: str, count: int) -> list[Example]:
    """The first lines a condition holds for; as text, as errors show them: `row 3 '03/04/2011'`."""
    lines.get_backend().raw_sql("SET preserve_insertion_order = true")  # for once, the file's own order
    numbered = lines.mutate(keepbook_row=ibis.row_number(), keepbook_shown=which)
    shown = numbered.filter(numbered.keepbook_shown)
    rows = shown.select("keepbook_row", value=shown[column].cast("string")).order_by("keepbook_row")
    found = rows.limit(count).to_pandas()
    values = [value if isinstance(value, str) and value.strip() else None for value in found["value"]]
    pairs = zip(found["keepbook_row"], values, strict=True)
    return [Example(int(row) + 1, value and repr(value[:MAX_CHARACTERS])) for row, value in pairs]
