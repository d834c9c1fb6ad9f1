"""Tables of experiments line by line: values as text and numbers, and lines that cannot be used."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import ibis
import ibis.expr.types as ir
from ibis.util import gen_name

from keepbook.errors import DataError
from keepbook.reading.amounts import MONEY
from keepbook.reading.columns import column_of, key_of
from keepbook.reading.conditions import matches
from keepbook.reading.days import is_blank, text_of
from keepbook.reading.forms import Forms
from keepbook.reading.stated import Example, Stated, first_examples, stated
from keepbook.unit import Assignments, Outcomes, Source, Totals

NO_NUMBERS = ("experiment", "customer_id", "variant", "assigned_at", "exposed_at", "cluster", "metric")
NAMES = {  # column that every line must have → what the catalogue calls it
    "experiment": "experiment",
    "keepbook customer": "customer",
    "variant": "arm",
    "metric": "metric",
    "assigned_on": "day",
}
OURS = "keepbook "  # how columns begin that are dropped again
FAULT = f"{OURS}fault"  # number of a line's first fault, or 0
MAX_EXAMPLES = 3  # lines in a message
MEND = "Correct them, or leave such lines out with `where:`."

Values: TypeAlias = dict[str, ir.Column] | ir.Table  # made of a source's lines, or held by the engine


class Fault(NamedTuple):
    """Lines that cannot be used, or that must not be there at all.

    Attributes
    ----------
    words : what is wrong, as errors say it.
    which : values → the lines.
    column : the source's column to show.
    expected : what would have been right; None: the lines are left out and counted.
    why : of lines that are left out, the same for a page.
    """

    words: str
    which: Callable[[Values], ir.BooleanValue]
    column: str
    expected: str | None = None
    why: Stated | None = None


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


def missing(words: str, name: str, column: str) -> Fault:
    """Lines without a value that every line must have."""
    why = stated("left-out.without", what=NAMES[name])
    return Fault(f"without {words}", lambda values: values[name].isnull(), column, None, why)


def by_rule(lines: ir.Table, forms: Forms, made: dict[str, ir.Column]) -> Iterator[Fault]:
    """Lines that the unit file itself leaves out; what tells them is added to `made`."""
    rules = {"cancelled": forms.source.cancelled or {}} | forms.source.exclude
    for i, (rule, conditions) in enumerate(rules.items()):
        if conditions:
            made[f"{OURS}rule {i}"] = matches(lines, conditions, forms)
            why = stated("left-out.rule", rule=repr(rule))
            yield Fault(f"as {rule!r}", itemgetter(f"{OURS}rule {i}"), next(iter(conditions)), None, why)


def wrong(lines: ir.Table, made: dict[str, ir.Column], source: Source) -> Iterator[Fault]:
    """Values that are written and cannot be meant; what tells them is added to `made`."""
    columns = {name: source.wanted[name] for name in sorted(numbers_in(source))}
    if "exposed_on" in made:
        columns["exposed_on"] = source.wanted["exposed_at"]
    for name, own in columns.items():
        unread = f"{OURS}unread {name}"
        made[unread] = made[name].isnull().ifelse(~is_blank(text_of(lines[own])), False)
        what, expected = f"Numbers in '{own}'", "a number, or blank where none is known"
        if name == "exposed_on":
            what, expected = f"Days in '{own}'", "a day, or blank where the customer never met the treatment"
        yield Fault(f"{what} cannot be read", itemgetter(unread), own, expected)
    if "cost" in columns and isinstance(source, Assignments):
        what, own = f"Numbers in '{columns['cost']}' are below zero", columns["cost"]
        yield Fault(what, lambda values: values["cost"] < 0, own, "what it cost, from 0")


def sorted_out(
    name: str,
    lines: ir.Table,
    made: dict[str, ir.Column],
    faults: list[Fault],
    needed: str,
    engine: ibis.BaseBackend,
) -> tuple[ir.Table, list[Stated]]:
    """All lines in one pass, each with the number of its first fault, or 0; and what is left out.

    Parameters
    ----------
    made : column → its values.
    needed : what a usable line holds, in words.

    Raises
    ------
    DataError : a fault that must not be there is, or no line is without one.
    """
    held = engine.create_table(gen_name(f"keepbook_{name}"), lines.select(**made), temp=True)
    table = held.mutate(**{FAULT: _first(faults, held)})
    counts = table.group_by(FAULT).agg(n=table.count()).to_pandas().set_index(FAULT)["n"]
    total, left_out = int(counts.sum()), []
    for i, fault in enumerate(faults, 1):
        if i not in counts.index:
            continue
        examples = examples_of(i, faults, lines, made)
        if fault.expected:
            raise DataError(f"{fault.words}: {listed(examples)}.", expected=fault.expected, do=MEND)
        assert fault.why is not None
        rows = tuple(one.stated for one in examples)
        left_out.append(stated("left-out", n=int(counts[i]), all=total, why=fault.why, lines=rows))
    if 0 not in counts.index:
        why = " ".join(map(str, left_out))
        raise DataError(
            f"No line of the table can be used{': ' + why if why else '.'}",
            expected=f"lines with {needed}",
            do="Check `columns:` and `where:` of the table in the unit file.",
        )
    return table.drop(*(name for name in made if name.startswith(OURS))), left_out


def _first(faults: list[Fault], values: Values) -> ir.Value:
    """The number of each line's first fault, or 0."""
    masks = ((fault.which(values).fill_null(False), i) for i, fault in enumerate(faults, 1))
    return ibis.cases(*masks, else_=0)


def examples_of(
    number: int, faults: list[Fault], lines: ir.Table, made: dict[str, ir.Column]
) -> list[Example]:
    """The first lines of the source with a fault."""
    which = _first(faults[:number], made) == number
    return first_examples(lines, which, faults[number - 1].column, MAX_EXAMPLES)


def listed(examples: list[Example]) -> str:
    """`row 3 'x', row 7 blank`, for an error."""
    return ", ".join(map(str, examples))
