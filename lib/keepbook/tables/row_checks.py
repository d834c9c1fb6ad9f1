"""Tables of experiments: their values, lines that cannot be used, and arms that cannot be meant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError, suggestion
from keepbook.reading.amounts import MONEY
from keepbook.reading.columns import column_of, key_of
from keepbook.reading.conditions import matches
from keepbook.reading.days import is_blank, text_of
from keepbook.reading.forms import Forms
from keepbook.reading.stated import Stated, first_examples, stated
from keepbook.tables.cleaning import materialised
from keepbook.unit import Assignments, Experiment, Outcomes, Source, Totals

NO_NUMBERS = ("experiment", "customer_id", "variant", "assigned_at", "exposed_at", "cluster", "metric")
NEEDED = {  # column that every line must have → what errors, and the catalogue, call its value
    "experiment": ("an experiment", "experiment"),
    "customer_id": ("a customer", "customer"),
    "variant": ("an arm", "arm"),
    "metric": ("a metric", "metric"),
    "assigned_at": ("a readable day", "day"),
}
FAULT = "keepbook fault"  # number of a line's first fault, or 0
MAX_EXAMPLES = 3  # lines in a message
MAX_ARMS = 50  # nobody tries so many arms: these are likely numbers of customers
MAX_LISTED = 10  # experiments or arms in a message


class Fault(NamedTuple):
    """Lines that cannot be used, or that must not be there at all."""

    words: str  # what is wrong, as errors say it
    which: ir.BooleanValue  # for every line of the source whether it is so
    column: str  # the source's column to show
    expected: str | None = None  # what would have been right; None: the lines are left out and counted
    why: Stated | None = None  # of lines that are left out, what is wrong, for a page


def numbers_in(source: Source) -> set[str]:
    """Canonical columns of a table of experiments that hold numbers: costs, sums, outcomes of one's own."""
    ours = isinstance(source, Assignments | Outcomes | Totals)
    return source.wanted.keys() - set(NO_NUMBERS) if ours else set()


def name_of(column: ir.Column) -> ir.StringColumn:
    """Name of an experiment, arm or cluster; whole numbers are written as such, whatever their type."""
    kind = column.type()
    return key_of(column) if kind.is_floating() or kind.is_decimal() else text_of(column).nullif("")


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


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────


def checked(
    lines: ir.Table,
    forms: Forms,
    made: Mapping[str, ir.Column],
    needed: Mapping[str, ir.Column],
    more: Sequence[Fault] = (),
) -> tuple[ir.Table, list[Stated], list[Fault]]:
    """All lines in one pass, each with the number of its first fault; what is left out; and the faults.

    Parameters
    ----------
    made : column → its values.
    needed : column that every line must have → its values.
    more : further faults.
    """
    faults = [*_by_rule(lines, forms), *_missing(needed, forms), *more, *_wrong(lines, made, forms.source)]
    fault_of = first_fault(faults)
    table = materialised(lines.select(**made, **{FAULT: fault_of}))
    counts = table.group_by(FAULT).agg(n=table.count()).to_pandas().set_index(FAULT)["n"].to_dict()
    left_out = []
    for i in sorted(counts.keys() - {0}):
        fault = faults[i - 1]
        examples = first_examples(lines, fault_of == i, fault.column, MAX_EXAMPLES)
        if fault.expected:
            raise DataError(
                f"{fault.words}: {', '.join(map(str, examples))}.",
                expected=fault.expected,
                do="Correct them, or leave such lines out with `where:`.",
            )
        assert fault.why is not None
        shown = tuple(one.stated for one in examples)
        left_out.append(stated("left-out", n=counts[i], all=sum(counts.values()), why=fault.why, lines=shown))
    if 0 not in counts:
        why = " ".join(map(str, left_out))
        raise DataError(
            f"No line of the table can be used{': ' + why if why else '.'}",
            expected=f"lines with {in_words(needed)}",
            do="Check `columns:` and `where:` of the table in the unit file.",
        )
    return table, left_out, faults


def in_words(needed: Iterable[str]) -> str:
    """`an experiment, a customer and an arm`: what every line must have."""
    *most, last = (NEEDED[column][0] for column in needed)
    return f"{', '.join(most)} and {last}" if most else last


def first_fault(faults: Sequence[Fault]) -> ir.IntegerValue:
    """The number, from 1, of each line's first fault; 0 without one."""
    return ibis.cases(*((fault.which.fill_null(False), i) for i, fault in enumerate(faults, 1)), else_=0)


def _by_rule(lines: ir.Table, forms: Forms) -> Iterator[Fault]:
    """Lines that the unit file itself leaves out."""
    rules = {"cancelled": forms.source.cancelled or {}} | forms.source.exclude
    for rule, conditions in rules.items():
        if conditions:
            why = stated("left-out.rule", rule=repr(rule))
            yield Fault(f"as {rule!r}", matches(lines, conditions, forms), next(iter(conditions)), why=why)


def _missing(needed: Mapping[str, ir.Column], forms: Forms) -> Iterator[Fault]:
    """Lines without a value that every line must have."""
    for name, value in needed.items():
        words, what = NEEDED[name]
        why = stated("left-out.without", what=what)
        yield Fault(f"without {words}", value.isnull(), forms.source.wanted[name], why=why)


def _wrong(lines: ir.Table, made: Mapping[str, ir.Column], source: Source) -> Iterator[Fault]:
    """Values that are written and cannot be meant."""

    def unread(name: str, own: str, what: str, expected: str) -> Fault:
        which = made[name].isnull().ifelse(~is_blank(text_of(lines[own])), False)
        return Fault(f"{what} in '{own}' cannot be read", which, own, expected)

    own = source.wanted
    for name in sorted(numbers_in(source)):
        yield unread(name, own[name], "Numbers", "a number, or blank where none is known")
    if "exposed_on" in made:
        expected = "a day, or blank where the customer never met the treatment"
        yield unread("exposed_on", own["exposed_at"], "Days", expected)
    if "cost" in made and isinstance(source, Assignments):
        what = f"Numbers in '{own['cost']}' are below zero"
        yield Fault(what, made["cost"] < 0, own["cost"], "what it cost, from 0")


# ── arms ────────────────────────────────────────────────────────────────────────────────────────────────


def lines_by(table: ir.Table, column: str, most: int) -> dict[str, int]:
    """Value → its lines, most first."""
    each = table.group_by(column).agg(n=table.count())
    found = each.order_by(each.n.desc(), column).limit(most).to_pandas()
    return dict(zip(found[column], map(int, found["n"]), strict=True))


def with_counts(found: Mapping[str, int]) -> str:
    """`'control' (500 lines), 'voucher' (1 line)`."""
    first = [f"{name!r:.60} ({n:,} line{'s' * (n != 1)})" for name, n in [*found.items()][:MAX_LISTED]]
    return ", ".join(first) + (f" and {len(found) - MAX_LISTED:,} more" if len(found) > MAX_LISTED else "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`Did you mean 'voucher'? `, or nothing where no name is near."""
    meant = suggestion(name, known).name
    return f"Did you mean '{meant}'? " if meant else ""


def check_arms(experiment: Experiment, found: Mapping[str, int]) -> None:
    """An error where the arms that are found (arm → its lines) are not those that the unit file names.

    Nor may they be too few, or so many that they can be no arms, or one have no cost beside those that have.
    """
    of = f"of the experiment {experiment.name!r}"
    if len(found) > MAX_ARMS:
        raise DataError(
            f"The table holds more than {MAX_ARMS} arms {of}, such as {next(iter(found))!r:.60}.",
            expected="a few arms, such as control and voucher",
            do="Check what `variant` is mapped to under `columns:`.",
        )
    split = experiment.split or {}
    cost = experiment.cost if isinstance(experiment.cost, dict) else {}
    if strange := [arm for arm in found if split and arm not in split]:
        raise DataError(
            f"{with_counts({strange[0]: found[strange[0]]})} is an arm {of} that `split` does not name.",
            expected=f"one of {', '.join(map(repr, split))}",
            do=f"{did_you_mean(strange[0], split)}Name it in `split` and say its weight, or correct it in "
            "the table; `where:` leaves lines out.",
        )
    named = {"split": split, "control": [experiment.control], "cost": cost}
    if absent := [(key, arm) for key, arms in named.items() for arm in arms if arm not in found]:
        key, arm = absent[0]
        raise DataError(
            f"No line is in the arm {arm!r:.60} {of}, which `{key}` names.",
            expected=f"one of the arms there are: {with_counts(found)}",
            do=f"{did_you_mean(arm, found)}Correct `{key}`, or the arms in the table.",
        )
    if free := {arm: n for arm, n in found.items() if cost and arm not in (*cost, experiment.control)}:
        first = next(iter(free))
        raise DataError(
            f"`cost` leaves out arms {of}: {with_counts(free)}.",
            expected=f"a cost for every arm but {experiment.control!r:.60}, as profits are compared",
            do=f"{did_you_mean(first, cost)}Add {first:.60}: 0 to `cost` if it costs nothing, or correct the "
            "arm in the table.",
        )
    if len(found) < 2:
        raise DataError(
            f"All lines {of} are in the arm {experiment.control!r:.60}.",
            expected="a second arm to compare it with",
            do="Check `where:` and what `variant` is mapped to under `columns:`.",
        )
