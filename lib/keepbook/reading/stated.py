"""How sources were read, as facts: the id of a message and what it speaks of; words come when it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias, Union

from keepbook.text import catalogue

Fact: TypeAlias = Union[str, int, "Stated", tuple["Stated", ...]]

say = catalogue("tables")


@dataclass(frozen=True)
class Stated:
    """One thing that was found while reading; as text, the sentence on it.

    Parameters
    ----------
    message : its id in the catalogue `tables`.
    facts : name → what it speaks of.
    table : the table it is about, where that is not the transactions.
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
        return ", ".join(map(str, fact))
    return str(fact) if isinstance(fact, Stated) else fact
