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
class Profile:
    """One column.

    Attributes
    ----------
    n : values that are not blank, in the sample.
    distinct : different ones among them.
    days, day_numbers, numbers, whole, mails, codes : shares of the values that are written days, numbers that
        can be days (epoch, spreadsheet), numbers, whole numbers, e-mail addresses, three capital letters.
    letters : share of those with a letter in them.
    length : mean number of characters.
    examples : the first different ones.
    """

    n: int = 0
    distinct: int = 0
    days: float = 0
    day_numbers: float = 0
    numbers: float = 0
    whole: float = 0
    mails: float = 0
    codes: float = 0
    letters: float = 0
    length: float = 0
    examples: tuple[str, ...] = ()


def profiles_of(lines: ir.Table) -> dict[str, Profile]:
    """Column → what its values look like."""
    names = [name for name in lines.columns if not name.startswith("keepbook ")]
    head = lines.select(**{name: lines[name].cast("string") for name in names}).limit(SAMPLE).to_pandas()
    tall = head.melt(var_name="column", value_name="value").dropna()
    tall = tall[tall["value"].str.strip() != ""]
    profiles = dict.fromkeys(names, Profile())
    if len(tall):
        for name, counts in _counts_of(ibis.memtable(tall)).iterrows():
            own = tall.loc[tall["column"] == name, "value"]
            examples = tuple(own.drop_duplicates().head(MAX_EXAMPLES))
            n, distinct = int(counts.pop("n")), int(counts.pop("distinct"))
            profiles[str(name)] = Profile(n, distinct, **counts.map(float), examples=examples)
    return profiles


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
        letters=seen.text.re_search(r"\p{L}").mean(),
        length=seen.text.length().mean(),
    )
    frame: pd.DataFrame = counts.to_pandas()
    return frame.fillna(0).set_index("column")
