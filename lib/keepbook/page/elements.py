"""What a page is made of: charts, tables, tiles, decisions, sums. Each draws itself in Jupyter."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, NamedTuple, Self

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page import html
from keepbook.page.finding import Finding as Finding
from keepbook.plotting.canvas import Drawing
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
    short_format,
)
from keepbook.unit import Unit

say = catalogue("page")
BREAK = re.compile(r" (?=\(|→|: |of )|(?<=.)(?=（)")  # where a cell of numbers goes on in the next line
BETWEEN = re.compile(r"( to|–|至) ?")  # both ends of an interval
LONGEST_LINE = 22  # signs of an interval on one line

Say = Callable[..., str]
Shows = dict[str, Say]  # column → how its values are written
Columns = dict[str, tuple[Any, Callable[[Any], str]]]  # heading → values, and how they are written


@dataclass(frozen=True)
class Chart:
    """A figure with what has to be said of it."""

    name: str  # file name of its data, the numbers in it; where on the page it stands
    title: str  # its finding: at most twelve words and one number
    caption: str  # what a reader must know of it, and its limits
    drawing: Drawing
    data: pd.DataFrame
    measure: str = ""  # what is drawn, in which unit, of whom and when

    @classmethod
    def of(
        cls, words: Say, message: str, name: str, drawing: Drawing, data: pd.DataFrame, /, **facts: Any
    ) -> Self:
        """A figure of which a message, its `.measure` and its `.caption` speak."""
        title, measure, caption = (words(message + part, **facts) for part in ("", ".measure", ".caption"))
        return cls(name, title, caption, drawing, data, measure)

    def html(self, foot: str = "") -> str:
        """As it stands on a page; below it its foot."""
        return html.chart(self.name, self.title, self.measure, self.caption, self.drawing, foot)

    def _repr_html_(self) -> str:
        return html.style() + self.html()

    def __repr__(self) -> str:
        return self.title


@dataclass(frozen=True)
class Table:
    """A small table of a page."""

    columns: Columns
    caption: str
    name: str = ""  # file name of its data; without one they are not saved
    # What is saved instead of the columns, where these hold texts: the numbers behind them.
    data: pd.DataFrame | None = None
    wrap: bool = False  # long texts may be broken
    ids: tuple[str, ...] = ()  # of the columns in the code, where they have other names there

    @classmethod
    def of(
        cls, words: Say, message: str, rows: pd.DataFrame, shows: Shows, /, name: str = "", **facts: Any
    ) -> Self:
        """Columns of a frame under a message's attributes of the same names, with its `.caption`."""
        columns = {words(f"{message}.{id_}", **facts): (rows[id_], show) for id_, show in shows.items()}
        return cls(columns, words(f"{message}.caption", **facts), name, ids=tuple(shows))

    @property
    def headings(self) -> dict[str, str]:
        """Name of a column in the code → its heading."""
        return dict(zip(self.ids or self.columns, self.columns, strict=True))

    @property
    def frame(self) -> pd.DataFrame:
        """The values, a row each, under their headings."""
        return pd.DataFrame({heading: values for heading, (values, _show) in self.columns.items()})

    def texts(self) -> list[tuple[Any, ...]]:
        """The cells as they are written, a row each; a cell may also be drawn (`Html`)."""
        shows = [show for _values, show in self.columns.values()]
        rows = self.frame.itertuples(index=False, name=None)
        return [tuple(show(value) for value, show in zip(row, shows, strict=True)) for row in rows]

    def html(self, foot: str = "") -> str:
        """As it stands on a page; below it its foot."""
        frame = self.frame
        numeric = [i for i, kind in enumerate(frame.dtypes) if pd.api.types.is_numeric_dtype(kind)]
        values = list(frame.itertuples(index=False, name=None))
        look: dict[str, Any] = {"caption": self.caption, "values": values, "wrap": self.wrap}
        return html.captioned(self.name, html.table(list(self.columns), self.texts(), numeric, **look), foot)

    def _repr_html_(self) -> str:
        return html.style() + self.html()

    def __repr__(self) -> str:
        return self.caption


@dataclass(frozen=True)
class Tile:
    """One key figure: the one to reckon with, with whatever correction the page itself makes."""

    name: str  # key in key_figures.json
    label: str  # at most 28 signs
    value: float  # the figure; its unit is that of its kind
    definition: str  # behind the question mark
    ci_lower: float | None = None  # no narrower than the method's error on the unit's own past
    ci_upper: float | None = None
    basis: str = ""  # in a few words, where the range comes from something else than chance
    change: float | None = None  # against what `compared` names, with its interval where one is known
    change_lower: float | None = None
    change_upper: float | None = None
    compared: str = ""
    kind: str = "percent"  # `percent`, `points`, `number` (whole), `decimal` or `money`
    history: tuple[float, ...] = ()  # its own past, oldest first
    rising_is_good: bool = True
    caveat: str = ""  # what is to be known of this unit's figure
    headline: bool = False  # it stands on the page of all units
    evidence: str = ""  # name of the figure or table that shows it
    page: str = ""  # link of the page that has the evidence, where that is another one

    @classmethod
    def of(
        cls, words: Say, message: str, facts: Mapping[str, Any], name: str, estimate: Any, **look: Any
    ) -> Self:
        """A figure, and the limits of its interval, of which a message and its `.definition` speak."""
        value, lower, upper = map(float, estimate)
        definition = words(f"{message}.definition", **facts)
        return cls(name, words(message, **facts), value, definition, lower, upper, **look)

    def show(self, currency: str | None) -> Show:
        """How the figure and its range are written: in the digits that the range leaves."""
        limits = (math.nan if end is None else end for end in (self.ci_lower, self.ci_upper))
        return short_format(self.kind, currency if self.kind == "money" else None, self.value, *limits)

    def html(self, unit: Unit) -> str:
        """As it stands on a page, in four lines; it leads to its evidence."""
        show = self.show(unit.currency)
        ask, what = escape(say("definition-of", label=self.label)), f"{self.definition} {self.caveat}"
        value = f"{show(self.value)}"
        if self.evidence:
            place = f"{self.page}#{html.anchor(self.evidence)}"
            value = f'<a href="{escape(place)}">{value}</a>'
        lines = [
            f'<div class="kb-tile-label">{escape(self.label)}<details class="kb-ask"><summary '
            f'aria-label="{ask}">?</summary><p>{escape(what.strip())}</p></details></div>',
            f'<p class="kb-tile-value">{value}</p>',
            f'<p class="kb-tile-range">{self._range(show)}</p>',
            f'<p class="kb-tile-change">{self._change()}</p>'
            if self.compared or self.change is not None
            else "",
        ]
        return f'<div class="kb-tile" data-tile="{escape(self.name)}">{"".join(lines)}</div>'

    def _range(self, show: Show) -> str:
        if self.ci_lower is None or self.ci_upper is None:
            return escape(self.basis)
        limits = interval(self.ci_lower, self.ci_upper, show)
        return escape(say("range-and-basis", range=limits, basis=self.basis) if self.basis else limits)

    def _change(self) -> str:
        """The change, where its interval leaves no doubt about its direction; else that there is none."""
        against, (amount, tone) = escape(self.compared), self.clear_change
        if self.change is None:
            return against
        if not amount:
            return say("no-clear-change", against=against or None)
        return f'<b class="kb-{tone}">{amount}</b> {against}'

    @property
    def clear_change(self) -> tuple[str, str]:
        """The change as it is written, and whether it is `good` or `bad`; nothing where it may be chance."""
        lower, upper = self.change_lower, self.change_upper
        if self.change is None or (lower is not None and upper is not None and lower <= 0 <= upper):
            return "", ""
        arrow = "▲" if self.change > 0 else "▼" if self.change < 0 else "="
        amount = points(self.change) if self.kind == "percent" else tile_format(self.kind)(self.change)
        return f"{arrow} {amount}", "good" if (self.change > 0) == self.rising_is_good else "bad"


def tiles_of(tiles: list[Tile], unit: Unit) -> str:
    """Key figures side by side."""
    return f'<div class="kb-tiles">{"".join(tile.html(unit) for tile in tiles)}</div>'


class Decision(NamedTuple):
    """The decision as the page shows it: what to do, in a few words, and why."""

    label: str
    reason: str
    kind: str  # what it means: `good`, `bad`, `wait` or `broken`
    stake: float | None = None  # money a year that hangs on it, in the unit's currency, where it is known

    def html(self) -> str:
        """The words in large, and why below them."""
        return html.decision(self.label, self.reason, self.kind)

    def _repr_html_(self) -> str:
        return html.style() + self.html()

    def __repr__(self) -> str:
        return f"{self.label}: {self.reason}"


class Identity(NamedTuple):
    """Two ways to the same sum, which must agree to a cent, and the claim in words."""

    claim: str
    left: float
    right: float


class Export(NamedTuple):
    """A table of the engine that is saved beside a page: an Ibis table, in the order to be written in."""

    name: str
    rows: Any
    caption: str


def enough(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame; NotEnoughData where it has no row to show."""
    if frame.empty:
        raise NotEnoughData(say("too-few-periods"))
    return frame


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
    """An amount, in bold before its interval where there is one: `84.83 USD (83.33–86.26)`."""
    digits = digits_of(value)
    text = money(value, currency, digits)
    if lower is None or upper is None:
        return text
    return estimate(text, interval(lower, upper, partial(number, digits=digits)))


def counted(value: float, lower: float, upper: float) -> str:
    """A count in bold before its interval; a decimal where there are but few: `5,681 (5,484–5,868)`."""
    show = partial(number, digits=0 if abs(value) >= 10 else 1)
    return estimate(show(value), interval(lower, upper, show))


def stacked(text: str) -> str:
    """An estimate over its interval: side by side, so many would fit neither a laptop nor A4."""
    lines = BREAK.sub("\n", text).split("\n")
    return "\n".join(
        line if len(line) <= LONGEST_LINE else BETWEEN.sub(r"\g<1>\n", line, count=1) for line in lines
    )
