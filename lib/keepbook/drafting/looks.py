"""What the values of every column of an export look like, from its first lines."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.reading.amounts import bare, kind_of_number
from keepbook.reading.days import shape_of, text_of

SAMPLE = 2_000  # lines
DAYS_OF_DIGITS = ("epoch", "epoch_ms", "excel")
MAX_EXAMPLES = 3


@dataclass(frozen=True)
class Look:
    """One column.

    Attributes
    ----------
    n : values that are not blank, in the sample of `rows` lines.
    distinct : different ones among them.
    days, day_numbers, numbers, whole, mails, codes : shares of the values that are written days, numbers that
        can be days (epoch, spreadsheet), numbers, whole numbers, e-mail addresses, three capital letters.
    negative, letters : shares below zero; with a letter in them.
    length : mean number of characters.
    examples : the first different ones.
    """

    rows: int
    n: int
    distinct: int
    days: float
    day_numbers: float
    numbers: float
    whole: float
    mails: float
    codes: float
    negative: float
    letters: float
    length: float
    examples: tuple[str, ...]


def looks_of(lines: ir.Table) -> dict[str, Look]:
    """Column → what its values look like."""
    names = [name for name in lines.columns if not name.startswith("keepbook ")]
    head = lines.select(**{name: lines[name].cast("string") for name in names}).limit(SAMPLE).to_pandas()
    tall = head.reset_index(names="row").melt("row", var_name="column", value_name="value").dropna()
    tall = tall[tall["value"].str.strip() != ""]
    counts = _counts_of(ibis.memtable(tall)) if len(tall) else pd.DataFrame()
    return {
        name: _look(counts.loc[name] if name in counts.index else None, len(head), head[name])
        for name in names
    }


def _counts_of(values: ir.Table) -> pd.DataFrame:
    """One row per column: counts of what its values look like."""
    text, number = text_of(values.value), bare(values.value)
    seen = values.select("column", "value", shape=shape_of(text), kind=kind_of_number(number), text=text)
    counts = seen.group_by("column").agg(
        n=seen.count(),
        distinct=seen.text.nunique(),
        days=seen["shape"].isin(("ymd", "triple", "named")).mean(),
        day_numbers=seen["shape"].isin(DAYS_OF_DIGITS).mean(),
        numbers=(seen.kind != "other").mean(),
        whole=(seen.kind.isin(("small", "large")) | seen.text.re_search(r"^\d+\.0$")).mean(),
        mails=seen.text.re_search(r"^[^@\s]+@[^@\s]+\.[^@\s]+$").mean(),
        codes=seen.text.re_search(r"^[A-Z]{3}$").mean(),
        negative=seen.text.re_search(r"^[-(]").mean(),
        letters=seen.text.re_search(r"\p{L}").mean(),
        length=seen.text.length().mean(),
    )
    frame: pd.DataFrame = counts.to_pandas()
    return frame.fillna(0).set_index("column")


def _look(counts: pd.Series | None, rows: int, values: pd.Series) -> Look:
    if counts is None:
        return Look(rows, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ())
    filled = values.dropna()
    examples = tuple(filled[filled.str.strip() != ""].drop_duplicates().head(MAX_EXAMPLES))
    shares = {name: float(counts[name]) for name in counts.index if name not in ("n", "distinct")}
    return Look(rows, int(counts["n"]), int(counts["distinct"]), **shares, examples=examples)
