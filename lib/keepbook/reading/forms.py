"""How a source writes its days and amounts, told by all of its values and not by the first that fits.

A form in which every value can be read in one way only is taken and stated. Where the values allow two
readings, such as 03/04/2011 or 1,234, nobody guesses: the error shows two lines and names the key to set.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError
from keepbook.reading.amounts import MEANT, PLAIN, bare, currency_of, kind_of_number, number_in
from keepbook.reading.days import TRIPLE, day_in, shape_of, text_of
from keepbook.reading.evidence import Evidence, first_lines, gathered
from keepbook.reading.stated import Stated, stated
from keepbook.unit import Source, Unit

TOLERATED = 0.01  # share of values in another form than the rest that the ledger may count as unreadable
MIN_HABIT = 20  # whole numbers that make a habit of grouping digits


@dataclass(frozen=True)
class Forms:
    """The forms of one source.

    Attributes
    ----------
    days : column → name of its form, or a strptime pattern; for columns of text or bare numbers.
    decimals : column → the sign before its decimals; for columns of text.
    stated : what was found.
    """

    unit: Unit
    source: Source
    days: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()

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

    Raises
    ------
    DataError : the values of a column can be read in several ways, or are written in several.
    """
    days = [name for name in days if name in lines.columns and _is_open(lines[name], day=True)]
    numbers = [name for name in numbers if name in lines.columns and _is_open(lines[name], day=False)]
    found_days = dict.fromkeys(days, source.date_format) if source.date_format else {}
    evidence = gathered(lines, [name for name in days if name not in found_days], numbers)
    found_numbers, facts = {}, []
    for name, seen in evidence.items():
        if name in days:
            found_days[name], fact = _form_of_days(seen, name, lines)
        else:
            found_numbers[name], fact = _form_of_numbers(seen, name, lines, unit, source)
        facts += [fact] if fact else []
    return Forms(unit, source, found_days, found_numbers, tuple(facts))


def _is_open(column: ir.Column, day: bool) -> bool:
    """Whether a column's type leaves open how its values are to be read."""
    kind = column.type()
    return kind.is_string() or (day and kind.is_numeric() and not kind.is_boolean())


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────


def _form_of_days(seen: Evidence, name: str, lines: ir.Table) -> tuple[str, Stated | None]:
    n = seen.others.groupby("kind").n.sum().drop("other", errors="ignore")
    if seen.plain:
        n["ymd"] = n.get("ymd", 0) + seen.plain
    kinds = n.sort_values(ascending=False)
    if kinds.empty:
        return "ymd", None
    if len(kinds) > 1 and kinds.iloc[1] >= TOLERATED * kinds.sum():
        raise _in_two_ways(name, lines, list(kinds.index[:2]))
    form = str(kinds.index[0])
    if form == "ymd" and not seen.count("ymd"):
        return (form if seen.others["kind"].notna().any() else "iso"), None
    rows = seen.others[seen.others["kind"] == form].iloc[0]
    if form == "triple":
        form = _order(rows, name, lines)
    return form, stated("day-form", column=name, form=form, example=repr(rows["example"]))


def _order(rows: pd.Series, name: str, lines: ir.Table) -> str:
    if bool(rows["first"]) != bool(rows["second"]):
        return "dmy" if rows["first"] else "mdy"
    text = text_of(lines[name])
    if rows["first"]:
        above = [text.re_extract(TRIPLE, i).try_cast("int64") > 12 for i in (1, 2)]
        shown = [line for which in above for line in first_lines(lines, which, name, 1)]
        raise DataError(
            f"Days in '{name}' are written in two orders: {' and '.join(shown)}.",
            expected="one order in all lines; where they mix, nobody can tell what 03/04 means",
            do="Export them again, as 2023-12-31.",
        )
    shown = first_lines(lines, text.re_search(TRIPLE), name, 2)
    raise DataError(
        f"Days in '{name}' can be read with the day or the month first: {' and '.join(shown)}.",
        expected="one order that the days themselves prove, or that the unit file names",
        do="Add `date_format: dmy` (day first) or `date_format: mdy` (month first) to the source.",
    )


def _in_two_ways(name: str, lines: ir.Table, both: list[str]) -> DataError:
    shape = shape_of(text_of(lines[name]))
    shown = [line for form in both for line in first_lines(lines, shape == form, name, 1)]
    return DataError(
        f"Days in '{name}' are written in several forms: {' and '.join(shown)}.",
        expected="one form; a spreadsheet turns only some texts of a column into dates, often the wrong way",
        do="Export them in one form, or say `date_format:` to leave the others out, or bring them into one "
        "with a `query:`.",
    )


# ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────


def _form_of_numbers(
    seen: Evidence, name: str, lines: ir.Table, unit: Unit, source: Source
) -> tuple[str, Stated | None]:
    _check_currencies(seen, name, lines, unit)
    if source.decimal:
        return source.decimal, None
    if not seen.others["kind"].notna().any():
        return PLAIN, None
    point, comma = seen.point + seen.count("point"), seen.count("comma")
    unclear = seen.count("either .") + seen.count("either ,")
    if point and comma and (unclear or min(point, comma) >= TOLERATED * (point + comma)):
        raise _two_signs(name, lines)
    if unclear and not point and not comma:
        decimal = _by_habit(seen)
        if decimal is None:
            raise _ambiguous(name, lines)
    else:
        decimal = "," if comma > point else "."
    return decimal, _decimals_stated(seen, name, decimal)


def _decimals_stated(seen: Evidence, name: str, decimal: str) -> Stated | None:
    """Nothing where no amount has decimals or thousands."""
    example = "none"
    for shown in ("comma" if decimal == "," else "point", "either ,", "either ."):
        if seen.count(shown) and example == "none":
            example = repr(seen.others.loc[seen.others["kind"] == shown, "example"].max())
    if example == "none" and not seen.count("comma") + seen.count("point"):
        return None
    return stated("decimals", column=name, sign=repr(decimal), example=example)


def _by_habit(seen: Evidence) -> str | None:
    """Whole numbers whose thousands always carry one sign, and smaller ones never: it groups the digits."""
    signs = {sign: count for sign in ".," if (count := seen.count(f"either {sign}"))}
    small, large = seen.small + seen.count("small"), seen.large + seen.count("large")
    if len(signs) == 1 and min(*signs.values(), small) >= MIN_HABIT and not large:
        return "," if "." in signs else "."
    return None


def _check_currencies(seen: Evidence, name: str, lines: ir.Table, unit: Unit) -> None:
    signs = sorted(set(seen.others["currency"].dropna()) - {""})
    meant = [MEANT.get(sign, sign) for sign in signs]
    for sign, currency in zip(signs, meant, strict=True):
        if currency != meant[0]:
            raise _two_currencies(name, lines, [signs[0], sign])
        known = sign in MEANT or (len(sign) == 3 and sign.isalpha())
        if unit.currency and known and unit.currency not in currency.split():
            raise _other_currency(name, currency if " " not in currency else sign, unit)


def _ambiguous(name: str, lines: ir.Table) -> DataError:
    shown = first_lines(lines, kind_of_number(bare(lines[name])).startswith("either"), name, 2)
    return DataError(
        f"Amounts in '{name}' can be thousands or have three decimals: {' and '.join(shown)}.",
        expected="amounts that show which sign stands before their decimals",
        do="Add `decimal: '.'` or `decimal: ','` to the source.",
    )


def _two_signs(name: str, lines: ir.Table) -> DataError:
    kinds = kind_of_number(bare(lines[name]))
    shown = [line for kind in ("point", "comma") for line in first_lines(lines, kinds == kind, name, 1)]
    return DataError(
        f"Amounts in '{name}' have different signs before their decimals: {' and '.join(shown)}.",
        expected="one sign",
        do="Add `decimal: '.'` or `decimal: ','` to the source; amounts that do not fit are then left out.",
    )


def _two_currencies(name: str, lines: ir.Table, currencies: list[str]) -> DataError:
    own = currency_of(bare(lines[name]))
    shown = [line for sign in currencies for line in first_lines(lines, own == sign, name, 1)]
    return DataError(
        f"Amounts in '{name}' are in several currencies: {' and '.join(shown)}.",
        expected="one currency per unit",
        do="Make one unit per currency, each with a `where:` or a `query:`, e.g. SELECT * FROM source WHERE "
        "Price LIKE '€%'.",
    )


def _other_currency(name: str, currency: str, unit: Unit) -> DataError:
    return DataError(
        f"Amounts in '{name}' are in {currency}, but the unit's currency is {unit.currency}.",
        expected=f"amounts in {unit.currency}",
        do="Correct `currency:` in the unit file, or pick the unit's lines with a `where:`.",
    )
