"""What a source's values look like: counted in the engine, so that a form can be told from all of them.

The plainest form, which most values of most exports have, costs one look. Only what is not of it is told
apart, and each different value once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.reading.amounts import SIMPLE, bare, currency_of, kind_of_number
from keepbook.reading.days import ISO, TRIPLE, shape_of, text_of
from keepbook.reading.stated import Stated, stated

MAX_CHARACTERS = 60  # characters of a value
NO_VALUE = ("", "-", "?", "null", "none", "nan", "nat", "n/a")


@dataclass(frozen=True)
class Evidence:
    """How the values of one column are written.

    Attributes
    ----------
    plain : values in the plainest form.
    small, large, point : those that are whole numbers of up to three digits, of more, and with decimals.
    others : one row per way in which other values are written: kind (None: blank), n, example; for days also
        first, second (n of dates whose first or second part is above 12, so is no month); for numbers
        currency.
    """

    plain: int
    small: int
    large: int
    point: int
    others: pd.DataFrame

    def count(self, kind: str) -> int:
        """Values of a kind other than the plainest."""
        return int(self.others.loc[self.others["kind"] == kind, "n"].sum())


def gathered(lines: ir.Table, days: Sequence[str], numbers: Sequence[str]) -> dict[str, Evidence]:
    """The evidence of each column; those of `days` and `numbers` have one of two kinds of evidence."""
    sums: dict[str, ir.Scalar] = {}
    for name in [*days, *numbers]:
        text = lines[name].cast("string")
        plain = text.re_search(ISO if name in days else SIMPLE).fill_null(False)
        whole = plain & ~text.contains(".")
        sums |= {
            f"plain {name}": plain.sum(),
            f"small {name}": (whole & (text.length() <= 3)).sum(),
            f"large {name}": (whole & (text.length() > 3)).sum(),
            f"other {name}": (~plain & text.notnull()).sum(),
        }
    found = lines.agg(**sums).to_pandas().fillna(0).iloc[0].astype(int) if sums else {}
    return {name: _of_column(lines, name, name in days, found) for name in [*days, *numbers]}


def _of_column(lines: ir.Table, name: str, is_day: bool, found: pd.Series) -> Evidence:
    plain, small, large = (int(found[f"{label} {name}"]) for label in ("plain", "small", "large"))
    others = pd.DataFrame({"kind": [], "n": [], "example": [], "currency": []})
    if found[f"other {name}"]:
        text = lines.select(value=lines[name].cast("string"))
        odd = text.filter(~text.value.re_search(ISO if is_day else SIMPLE))
        once = odd.group_by("value").agg(n=odd.count())
        others = (_kinds_of_days(once) if is_day else _kinds_of_numbers(once)).to_pandas()
    return Evidence(plain, small, large, plain - small - large, others)


def _kinds_of_days(values: ir.Table) -> ir.Table:
    text = text_of(values.value)
    triple = text.re_search(TRIPLE)
    part = {
        i: triple.ifelse(text.re_extract(TRIPLE, i), ibis.null("string")).try_cast("int64") for i in (1, 2)
    }
    seen = values.select("n", kind=shape_of(text), text=text, first=part[1] > 12, second=part[2] > 12)
    return seen.group_by("kind").agg(
        example=seen.text.max().substr(0, MAX_CHARACTERS),
        first=seen.n.sum(where=seen["first"]).fill_null(0),
        second=seen.n.sum(where=seen.second).fill_null(0),
        n=seen.n.sum(),
    )


def _kinds_of_numbers(values: ir.Table) -> ir.Table:
    text = bare(values.value)
    seen = values.select(
        "n", kind=kind_of_number(text), currency=currency_of(text), value=values.value.strip()
    )
    return seen.group_by("kind", "currency").agg(
        example=seen.value.max().substr(0, MAX_CHARACTERS), n=seen.n.sum()
    )


def is_blank(column: ir.Column) -> ir.BooleanColumn:
    """Whether a value says that there is none."""
    text = text_of(column)
    return text.isnull() | text.lower().isin(NO_VALUE)


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


def first_lines(lines: ir.Table, which: ir.BooleanColumn, column: str, count: int) -> list[str]:
    """`row 3 '03/04/2011'`: the first lines a condition holds for, as errors show them."""
    return [str(example) for example in first_examples(lines, which, column, count)]


def first_examples(lines: ir.Table, which: ir.BooleanColumn, column: str, count: int) -> list[Example]:
    """The first lines a condition holds for."""
    lines.get_backend().raw_sql("SET preserve_insertion_order = true")  # for once, the file's own order
    numbered = lines.mutate(keepbook_row=ibis.row_number(), keepbook_shown=which)
    shown = numbered.filter(numbered.keepbook_shown)
    rows = shown.select("keepbook_row", value=shown[column].cast("string")).order_by("keepbook_row")
    found = rows.limit(count).to_pandas()
    return [Example(int(row) + 1, _shown(value)) for row, value in found.itertuples(index=False)]


def _shown(value: object) -> str | None:
    return repr(value[:MAX_CHARACTERS]) if isinstance(value, str) and value.strip() else None
