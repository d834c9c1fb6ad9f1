"""What a page is made of: charts, tables, tiles, decisions, sums. Each draws itself in Jupyter."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page import html
from keepbook.text import (
    CENTS_BELOW,
    Show,
    catalogue,
    digits_of,
    estimate,
    interval,
    money,
    number,
    percent,
    points,
)

say = catalogue("page")
BREAK = re.compile(r" (?=\[|→|: |of )")  # where a cell of numbers goes on in the next line
LONGEST_LINE = 22  # signs of an interval on one line

Columns = dict[str, tuple[Any, Callable[[Any], str]]]  # heading → values, and how they are written


@dataclass(frozen=True)
class Chart:
    """A figure with what has to be said of it.

    Attributes
    ----------
    name : file name of its data.
    title : its finding.
    caption : what is drawn, of whom, and its limits.
    alt : what a reader who cannot see it should know.
    svg : the picture.
    data : the numbers in it.
    """

    name: str
    title: str
    caption: str
    alt: str
    svg: str
    data: pd.DataFrame

    def html(self, link: str = "") -> str:
        """As it stands on a page, with a link to its data."""
        return html.chart(self.title, self.caption, self.alt, self.svg, link)

    def _repr_html_(self) -> str:
        return html.style() + self.html()

    def __repr__(self) -> str:
        return self.title


@dataclass(frozen=True)
class Table:
    """A small table of a page.

    Attributes
    ----------
    columns : heading → values, one a row, and how they are written.
    caption : what the columns mean.
    name : file name of its data; without one they are not saved.
    data : what is saved instead of the columns, where these hold texts: the numbers behind them.
    wrap : long texts may be broken.
    """

    columns: Columns
    caption: str
    name: str = ""
    data: pd.DataFrame | None = None
    wrap: bool = False

    @property
    def frame(self) -> pd.DataFrame:
        """The values, a row each, under their headings."""
        return pd.DataFrame({heading: values for heading, (values, _show) in self.columns.items()})

    def texts(self) -> list[tuple[str, ...]]:
        """The cells as they are written, a row each."""
        shows = [show for _values, show in self.columns.values()]
        rows = self.frame.itertuples(index=False, name=None)
        return [tuple(show(value) for value, show in zip(row, shows, strict=True)) for row in rows]

    def html(self, link: str = "") -> str:
        """As it stands on a page, with a link to its data."""
        frame = self.frame
        numeric = [i for i, kind in enumerate(frame.dtypes) if pd.api.types.is_numeric_dtype(kind)]
        body = html.table(list(self.columns), self.texts(), numeric, self.wrap)
        return html.captioned(body, self.caption, link)

    def _repr_html_(self) -> str:
        return html.style() + self.html()

    def __repr__(self) -> str:
        return self.caption


@dataclass(frozen=True)
class Tile:
    """One key figure.

    Attributes
    ----------
    name : key in key_figures.json.
    label : what the page calls it.
    value : the figure; its unit is that of its kind.
    definition : how it is counted.
    ci_lower, ci_upper : its interval; None where there is none.
    change, change_lower, change_upper : against what `compared` names, with its interval where one is known.
    compared : what the change is against.
    kind : `percent`, `points`, `number` (whole), `decimal` or `money`.
    history : its own past, oldest first.
    rising_is_good : more is better.
    caveat : what is to be known of this unit's figure.
    headline : it stands on the page of all units.
    """

    name: str
    label: str
    value: float
    definition: str
    ci_lower: float | None = None
    ci_upper: float | None = None
    change: float | None = None
    change_lower: float | None = None
    change_upper: float | None = None
    compared: str = ""
    kind: str = "percent"
    history: tuple[float, ...] = ()
    rising_is_good: bool = True
    caveat: str = ""
    headline: bool = False


class Decision(NamedTuple):
    """The decision as the page shows it.

    Attributes
    ----------
    label : what to do, in a few words.
    reason : why.
    kind : what it means: `good`, `bad`, `wait` or `broken`.
    """

    label: str
    reason: str
    kind: str

    def html(self) -> str:
        """As it stands on a page."""
        return html.decision(self.label, self.reason, self.kind)

    def _repr_html_(self) -> str:
        return html.style() + self.html()

    def __repr__(self) -> str:
        return f"{self.label}: {self.reason}"


class Identity(NamedTuple):
    """Two ways to the same sum.

    Attributes
    ----------
    claim : what is the same, in words.
    left, right : the sums; they must agree to a cent.
    """

    claim: str
    left: float
    right: float


class Export(NamedTuple):
    """A table of the engine that is saved beside a page.

    Attributes
    ----------
    name : its file's.
    rows : an Ibis table, in the order it is to be written in.
    caption : what it holds.
    """

    name: str
    rows: Any
    caption: str


def enough(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, where it has a row to show.

    Raises
    ------
    NotEnoughData : it has none.
    """
    if frame.empty:
        raise NotEnoughData(say("too-few-periods"))
    return frame


# ── how figures are written ─────────────────────────────────────────────────────────────────────────────


def tile_format(kind: str, currency: str | None = None, near: float = CENTS_BELOW) -> Show:
    """How key figures of a kind are written, in as many digits as one next to them can carry."""
    known: dict[str, Show] = {
        "percent": percent,
        "points": points,
        "number": number,
        "decimal": partial(number, digits=digits_of(near)),
        "money": partial(money, currency=currency, digits=digits_of(near)),
    }
    return known[kind]


def cash(value: float, currency: str | None, lower: float | None = None, upper: float | None = None) -> str:
    """An amount, in bold before its interval where there is one: `84.83 USD [83.33, 86.26]`."""
    show = tile_format("money", currency, value)
    if lower is None or upper is None:
        return show(value)
    return estimate(show(value), interval(lower, upper, tile_format("money", None, value)))


def counted(value: float, lower: float, upper: float) -> str:
    """A count in bold before its interval; a decimal where there are but few: `5,681 [5,484, 5,868]`."""
    show = partial(number, digits=0 if abs(value) >= 10 else 1)
    return estimate(show(value), interval(lower, upper, show))


def stacked(text: str) -> str:
    """An estimate over its interval: side by side, so many would fit neither a laptop nor A4."""
    lines = BREAK.sub("\n", text).split("\n")
    return "\n".join(line if len(line) <= LONGEST_LINE else line.replace(", ", ",\n") for line in lines)
