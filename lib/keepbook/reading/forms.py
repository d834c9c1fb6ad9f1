"""How a source writes its days and amounts, told by all of its values and not by the first that fits.

A form in which every value can be read in one way only is taken and stated. Where the values allow two
readings, such as 03/04/2011 or 1,234, nobody guesses: the error shows two lines and names the key to set.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError
from keepbook.reading.amounts import MEANT, PLAIN, SIMPLE, bare, currency_of, kind_of_number, number_in
from keepbook.reading.days import ISO, TRIPLE, day_in, shape_of, text_of
from keepbook.reading.stated import MAX_CHARACTERS, Stated, first_examples, stated
from keepbook.unit import Source, Unit

TOLERATED = 0.01  # share of values in another form than the rest that the ledger may count as unreadable
MIN_HABIT = 20  # whole numbers that make a habit of grouping digits
DECIMAL = "Add `decimal: '.'` or `decimal: ','` to the source"


@dataclass(frozen=True)
class Forms:
    """The forms of one source."""

    unit: Unit
    source: Source
    # Column → name of its form, or a strptime pattern; for columns of text or bare numbers.
    days: Mapping[str, str]
    decimals: Mapping[str, str]  # column → the sign before its decimals; for columns of text
    stated: tuple[Stated, ...]  # what was found

    def day(self, column: ir.Column) -> ir.DateColumn:
        """A column's values as days in the unit's time zone, missing where they cannot be read."""
        return day_in(column, self.days.get(column.get_name(), "ymd"), self.unit, self.source)

    def number(self, column: ir.Column, kind: str) -> ir.NumericColumn:
        """A column's values as numbers of the engine's type `kind`, missing where they cannot be read."""
        return number_in(column, self.decimals.get(column.get_name(), "."), kind)


def forms_of(
    lines: ir.Table, days: Collection[str], numbers: Collection[str], unit: Unit, source: Source
) -> Forms:
    """Tells the forms of a source's columns, all in one pass over its lines.

    Parameters
    ----------
    days, numbers : columns that hold days or numbers; those the source lacks are left to others.
    """
    days = [name for name in days if name in lines.columns and _is_open(lines[name], day=True)]
    numbers = [name for name in numbers if name in lines.columns and _is_open(lines[name], day=False)]
    form_of = dict.fromkeys(days, source.date_format) if source.date_format else {}
    decimals, facts = {}, []
    for name, seen in _gathered(lines, [name for name in days if name not in form_of], numbers).items():
        if name in days:
            form_of[name], fact = _form_of_days(seen, name, lines)
        else:
            decimals[name], fact = _form_of_numbers(seen, name, lines, unit, source)
        facts += [fact] if fact else []
    return Forms(unit, source, form_of, decimals, tuple(facts))


def _is_open(column: ir.Column, day: bool) -> bool:
    """Whether a column's type leaves open how its values are to be read."""
    kind = column.type()
    return kind.is_string() or (day and kind.is_numeric() and not kind.is_boolean())


def _gathered(lines: ir.Table, days: Sequence[str], numbers: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Column → ways in which its values are written, the plainest ones first: kind, n, plain, example.

    Most values of most exports are in the plainest form, which costs one look. Only the others are told
    apart, each different value once: days with first and second (n of dates whose first or second part is no
    month), numbers with currency.
    """
    plain = {name: _plain_kinds(lines[name].cast("string"), name in days) for name in [*days, *numbers]}
    sums = {f"{kind} {name}": which.sum() for name, kinds in plain.items() for kind, which in kinds.items()}
    found = lines.agg(**sums).to_pandas().fillna(0).iloc[0].astype(int) if sums else {}
    ways = {}
    for name, kinds in plain.items():
        counts = {kind: found[f"{kind} {name}"] for kind in kinds}
        others = [_other_kinds(lines, name, name in days)] if counts.pop("other") else []
        first = pd.DataFrame({"kind": counts.keys(), "n": counts.values(), "plain": True})
        ways[name] = pd.concat([first, *others])
    return ways


def _plain_kinds(text: ir.StringColumn, is_day: bool) -> dict[str, ir.BooleanColumn]:
    """Which values are in the plainest form, by kind; `other` are those in none."""
    plain = text.re_search(ISO if is_day else SIMPLE).fill_null(False)
    whole, short = plain & ~text.contains("."), text.length() <= 3
    numbers = {"small": whole & short, "large": whole & ~short, "point": plain & text.contains(".")}
    return {**({"ymd": plain} if is_day else numbers), "other": ~plain & text.notnull()}


def _other_kinds(lines: ir.Table, name: str, is_day: bool) -> pd.DataFrame:
    values = lines.select(value=lines[name].cast("string"))
    odd = values.filter(~values.value.re_search(ISO if is_day else SIMPLE))
    once = odd.group_by("value").agg(n=odd.count())
    ways: pd.DataFrame = (_kinds_of_days(once) if is_day else _kinds_of_numbers(once)).to_pandas()
    return ways.dropna(subset=["kind"]).assign(plain=False)  # without blanks


def _kinds_of_days(values: ir.Table) -> ir.Table:
    text = text_of(values.value)
    first, second = _above_12(text)
    seen = values.select("n", kind=shape_of(text), text=text, first=first, second=second)
    return seen.group_by("kind").agg(
        example=seen.text.max().substr(0, MAX_CHARACTERS),
        first=seen.n.sum(where=seen["first"]).fill_null(0),
        second=seen.n.sum(where=seen.second).fill_null(0),
        n=seen.n.sum(),
    )


def _above_12(text: ir.StringColumn) -> list[ir.BooleanColumn]:
    """Whether the first, and the second, number of dates such as 03/04/2011 is no month."""
    return [text.re_extract(TRIPLE, part).try_cast("int64") > 12 for part in (1, 2)]


def _kinds_of_numbers(values: ir.Table) -> ir.Table:
    text, value = bare(values.value), values.value.strip()
    seen = values.select("n", kind=kind_of_number(text), currency=currency_of(text), value=value)
    example = seen.value.max().substr(0, MAX_CHARACTERS)
    return seen.group_by("kind", "currency").agg(example=example, n=seen.n.sum())


def _count(seen: pd.DataFrame, *kinds: str) -> int:
    return int(seen.loc[seen["kind"].isin(kinds), "n"].sum())


def _shown(lines: ir.Table, name: str, *conditions: ir.BooleanColumn, count: int = 1) -> str:
    """The first lines for which each condition holds."""
    shown = [first_examples(lines, which, name, count) for which in conditions]
    return " and ".join(str(example) for examples in shown for example in examples)


def _form_of_days(seen: pd.DataFrame, name: str, lines: ir.Table) -> tuple[str, Stated | None]:
    others = seen[~seen["plain"]]
    n = seen.groupby("kind").n.sum().drop("other", errors="ignore")
    kinds = n[n > 0].sort_values(ascending=False)
    if kinds.empty:
        return "ymd", None
    form = str(kinds.index[0])
    if len(kinds) > 1 and kinds.iloc[1] >= TOLERATED * kinds.sum():
        shape = shape_of(text_of(lines[name]))
        shown = _shown(lines, name, *(shape == kind for kind in kinds.index[:2]))
        raise DataError(
            f"Days in '{name}' are written in several forms: {shown}.",
            expected="one form; a spreadsheet turns only some texts of a column into dates, often the wrong "
            "way",
            do="Export them in one form, or say `date_format:` to leave the others out, or bring them into "
            "one with a `query:`.",
        )
    if form not in set(others["kind"]):
        return ("iso" if others.empty else form), None
    way = others[others["kind"] == form].iloc[0]
    if form == "triple":
        form = _order(way, name, lines)
    return form, stated("day-form", column=name, form=form, example=repr(way["example"]))


def _order(way: pd.Series, name: str, lines: ir.Table) -> str:
    if bool(way["first"]) != bool(way["second"]):
        return "dmy" if way["first"] else "mdy"
    text = text_of(lines[name])
    if way["first"]:
        raise DataError(
            f"Days in '{name}' are written in two orders: {_shown(lines, name, *_above_12(text))}.",
            expected="one order in all lines; where they mix, nobody can tell what 03/04 means",
            do="Export them again, as 2023-12-31.",
        )
    shown = _shown(lines, name, text.re_search(TRIPLE), count=2)
    raise DataError(
        f"Days in '{name}' can be read with the day or the month first: {shown}.",
        expected="one order that the days themselves prove, or that the unit file names",
        do="Add `date_format: dmy` (day first) or `date_format: mdy` (month first) to the source.",
    )


def _form_of_numbers(
    seen: pd.DataFrame, name: str, lines: ir.Table, unit: Unit, source: Source
) -> tuple[str, Stated | None]:
    others = seen[~seen["plain"]]
    if not others.empty:
        _check_currencies(sorted(set(others["currency"].dropna()) - {""}), name, lines, unit)
    if source.decimal:
        return source.decimal, None
    if others.empty:
        return PLAIN, None
    decimal = _decimal(seen, name, lines)
    ways = ("comma" if decimal == "," else "point", "either ,", "either .")
    examples = [others.loc[others["kind"] == way, "example"].max() for way in ways if _count(others, way)]
    if not examples and not _count(seen, "comma"):  # no amount has decimals or thousands
        return decimal, None
    example = repr(examples[0]) if examples else "none"
    return decimal, stated("decimals", column=name, sign=repr(decimal), example=example)


def _decimal(seen: pd.DataFrame, name: str, lines: ir.Table) -> str:
    """The sign before the decimals."""
    point, comma = _count(seen, "point"), _count(seen, "comma")
    unclear = _count(seen, "either .", "either ,")
    kinds = kind_of_number(bare(lines[name]))
    if point and comma and (unclear or min(point, comma) >= TOLERATED * (point + comma)):
        shown = _shown(lines, name, kinds == "point", kinds == "comma")
        raise DataError(
            f"Amounts in '{name}' have different signs before their decimals: {shown}.",
            expected="one sign",
            do=f"{DECIMAL}; amounts that do not fit are then left out.",
        )
    if not unclear or point or comma:
        return "," if comma > point else "."
    if habit := _by_habit(seen):
        return habit
    shown = _shown(lines, name, kinds.startswith("either"), count=2)
    raise DataError(
        f"Amounts in '{name}' can be thousands or have three decimals: {shown}.",
        expected="amounts that show which sign stands before their decimals",
        do=f"{DECIMAL}.",
    )


def _by_habit(seen: pd.DataFrame) -> str | None:
    """Whole numbers whose thousands always carry one sign, and smaller ones never: it groups the digits."""
    signs = {sign: count for sign in ".," if (count := _count(seen, f"either {sign}"))}
    if len(signs) != 1 or min(*signs.values(), _count(seen, "small")) < MIN_HABIT or _count(seen, "large"):
        return None
    return "," if "." in signs else "."


def _check_currencies(signs: list[str], name: str, lines: ir.Table, unit: Unit) -> None:
    meant = [MEANT.get(sign, sign) for sign in signs]
    for sign, currency in zip(signs, meant, strict=True):
        if currency != meant[0]:
            own = currency_of(bare(lines[name]))
            shown = _shown(lines, name, own == signs[0], own == sign)
            raise DataError(
                f"Amounts in '{name}' are in several currencies: {shown}.",
                expected="one currency per unit",
                do="Make one unit per currency, each with a `where:` or a `query:`, e.g. SELECT * FROM "
                "source WHERE Price LIKE '€%'.",
            )
        known = sign in MEANT or (len(sign) == 3 and sign.isalpha())
        if unit.currency and known and unit.currency not in currency.split():
            there = currency if " " not in currency else sign
            raise DataError(
                f"Amounts in '{name}' are in {there}, but the unit's currency is {unit.currency}.",
                expected=f"amounts in {unit.currency}",
                do="Correct `currency:` in the unit file, or pick the unit's lines with a `where:`.",
            )
