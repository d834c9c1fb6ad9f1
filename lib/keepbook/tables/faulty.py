"""Tables of experiments line by line: values as text and numbers, and lines that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.params import Assignments, Outcomes, Source, Totals
from keepbook.tables.amounts import MONEY
from keepbook.tables.columns import column_of, key_of, matches
from keepbook.tables.days import text_of
from keepbook.tables.evidence import first_lines, is_blank
from keepbook.tables.forms import Forms

NO_NUMBERS = ("experiment", "customer_id", "variant", "assigned_at", "exposed_at", "cluster", "metric")
FAULT = "keepbook fault"  # column of ours: number of a line's first fault, or 0
SHOWN = 3  # lines in a message
MEND = "Correct them, or leave such lines out with `where:`."


class Fault(NamedTuple):
    """Lines that cannot be used, or that must not be there at all.

    Attributes
    ----------
    words : what is wrong; of lines that are left out, behind a comma.
    which, column : the lines, and their column to show.
    expected : what would have been right; None: the lines are left out and counted.
    """

    words: str
    which: ir.BooleanValue
    column: str
    expected: str | None = None


def numbers_in(source: Source) -> set[str]:
    """Canonical columns of a table of experiments that hold numbers: costs, sums, outcomes of one's own."""
    ours = isinstance(source, Assignments | Outcomes | Totals)
    return source.wanted.keys() - set(NO_NUMBERS) if ours else set()


def name_of(column: ir.Column) -> ir.StringColumn:
    """Name of an experiment, arm or cluster; whole numbers are written as such, whatever their type."""
    kind = column.type()
    if kind.is_floating() or kind.is_decimal():
        return key_of(column)
    return text_of(column).nullif("")


def numbers(lines: ir.Table, forms: Forms) -> dict[str, ir.Column]:
    """Money for a cost, else floats; true is 1 and false 0."""
    made: dict[str, ir.Column] = {}
    for name in sorted(numbers_in(forms.source)):
        column = column_of(lines, forms.source, name)
        if name == "cost" and isinstance(forms.source, Assignments):
            made[name] = forms.number(column, MONEY)
            continue
        number = forms.number(column, "float64")
        number = (number.isnan() | number.isinf()).ifelse(ibis.null("float64"), number)
        if column.type().is_string() or column.type().is_boolean():
            word = column.cast("string").lower()
            number = ibis.cases((word == "true", 1.0), (word == "false", 0.0), else_=number)
        made[name] = number.cast("float64")
    return made


def by_rule(lines: ir.Table, forms: Forms) -> Iterator[Fault]:
    """Lines that the unit file itself leaves out."""
    rules = {"cancelled": forms.source.cancelled or {}} | forms.source.exclude
    for rule, conditions in rules.items():
        if conditions:
            yield Fault(f"as {rule!r}", matches(lines, conditions, forms), next(iter(conditions)))


def wrong(lines: ir.Table, made: dict[str, ir.Column], source: Source) -> Iterator[Fault]:
    """Values that are written and cannot be meant."""
    for name, value in made.items():
        own = source.wanted.get("exposed_at" if name == "exposed_on" else name, name)
        if name == "exposed_on":
            met = "a day, or blank where the customer never met the treatment"
            unread = value.isnull() & ~is_blank(lines[own])
            yield Fault(f"Days in '{own}' cannot be read", unread, own, met)
        elif value.type().is_numeric() and name != "customer_id":
            number = "a number, or blank where none is known"
            unread = value.isnull() & ~is_blank(lines[own])
            yield Fault(f"Numbers in '{own}' cannot be read", unread, own, number)
            if name == "cost" and isinstance(source, Assignments):
                yield Fault(f"Numbers in '{own}' are below zero", value < 0, own, "what it cost, from 0")


def sorted_out(
    name: str,
    lines: ir.Table,
    made: dict[str, ir.Column],
    faults: list[Fault],
    needed: str,
    engine: ibis.BaseBackend,
) -> tuple[ir.Table, list[str]]:
    """All lines in one pass, each with the number of its first fault, or 0; and what is left out, in words.

    Parameters
    ----------
    made : column → its values.
    needed : what a usable line holds, in words.

    Raises
    ------
    DataError : a fault that must not be there is, or no line is without one.
    """
    first = ibis.cases(*((fault.which.fill_null(False), i) for i, fault in enumerate(faults, 1)), else_=0)
    table = engine.create_table(f"keepbook_{name}", lines.select(**made, **{FAULT: first}), temp=True)
    counts = table.group_by(FAULT).agg(n=table.count()).to_pandas().set_index(FAULT)["n"]
    total, left_out = int(counts.sum()), []
    for i, fault in enumerate(faults, 1):
        if i not in counts.index:
            continue
        shown = ", ".join(first_lines(lines, first == i, fault.column, SHOWN))
        if fault.expected:
            raise DataError(f"{fault.words}: {shown}.", expected=fault.expected, do=MEND)
        left_out.append(f"{counts[i]:,} of {total:,} lines left out, {fault.words}: {shown}.")
    if 0 not in counts.index:
        why = " ".join(left_out)
        raise DataError(
            f"No line of the table can be used{': ' + why if why else '.'}",
            expected=f"lines with {needed}",
            do="Check `columns:` and `where:` of the table in the unit file.",
        )
    return table, left_out
