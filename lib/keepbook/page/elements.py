"""What a page is made of: charts, tables, tiles, decisions, sums. Each draws itself in Jupyter."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, NamedTuple, Self

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
from keepbook.unit import Unit

say = catalogue("page")
BREAK = re.compile(r" (?=\[|→|: |of )")  # where a cell of numbers goes on in the next line
LONGEST_LINE = 22  # signs of an interval on one line

Say = Callable[..., str]
Shows = dict[str, Say]  # column → how its values are written
Columns = dict[str, tuple[Any, Callable[[Any], str]]]  # heading → values, and how they are written


@dataclass(frozen=True)
class Chart:
    """A figure with what has to be said of it."""

    name: str  # file name of its data, the numbers in it
    title: str  # its finding
    caption: str  # what is drawn, of whom, and its limits
    svg: str
    data: pd.DataFrame

    @classmethod
    def of(cls, words: Say, message: str, name: str, svg: str, data: pd.DataFrame, /, **facts: Any) -> Self:
        """A figure of which a message and its `.caption` speak."""
        return cls(name, words(message, **facts), words(f"{message}.caption", **facts), svg, data)

    def html(self, link: str = "") -> str:
        """As it stands on a page, with a link to its data."""
        return html.chart(self.title, self.caption, self.svg, link)

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
    """One key figure."""

    name: str  # key in key_figures.json
    label: str
    value: float  # the figure; its unit is that of its kind
    definition: str
    ci_lower: float | None = None
    ci_upper: float | None = None
    change: float | None = None  # against what `compared` names, with its interval where one is known
    change_lower: float | None = None
    change_upper: float | None = None
    compared: str = ""
    kind: str = "percent"  # `percent`, `points`, `number` (whole), `decimal` or `money`
    history: tuple[float, ...] = ()  # its own past, oldest first
    rising_is_good: bool = True
    caveat: str = ""  # what is to be known of this unit's figure
    headline: bool = False  # it stands on the page of all units

    @classmethod
    def of(
        cls, words: Say, message: str, facts: Mapping[str, Any], name: str, estimate: Any, **look: Any
    ) -> Self:
        """A figure, and the limits of its interval, of which a message and its `.definition` speak."""
        value, lower, upper = map(float, estimate)
        definition = words(f"{message}.definition", **facts)
        return cls(name, words(message, **facts), value, definition, lower, upper, **look)

    def html(self, unit: Unit) -> str:
        """As it stands on a page, in the unit's currency and at its level of confidence."""
        show = tile_format(self.kind, None, self.value)
        currency = f"<small>{escape(unit.currency)}</small>" if self.kind == "money" and unit.currency else ""
        lines = [
            f'<p class="kb-tile-label">{escape(self.label)}</p>',
            f'<p class="kb-tile-value">{show(self.value)} {currency}</p>',
        ]
        if self.ci_lower is not None and self.ci_upper is not None:
            limits, level = interval(self.ci_lower, self.ci_upper, show), percent(1 - unit.alpha, 0)
            lines.append(f'<p class="kb-tile-interval">{limits} <span>· {level}</span></p>')
        if self.change is not None:
            lines.append(self._change_html(self.change))
        lines.append(html.sparkline(self.history))
        lines.append(f'<p class="kb-tile-note">{escape(f"{self.definition} {self.caveat}".strip())}</p>')
        return f'<div class="kb-tile">{"".join(lines)}</div>'

    def _change_html(self, change: float) -> str:
        """The change, in colour only where its interval leaves no doubt about its direction."""
        kind = doubt = ""
        if self.change_lower is not None and self.change_upper is not None:
            if self.change_lower > 0 or self.change_upper < 0:
                kind = "kb-good" if (change > 0) == self.rising_is_good else "kb-bad"
            else:
                doubt = f" {say('may-be-chance')}"
        arrow = "▲" if change > 0 else "▼" if change < 0 else "="
        amount = points(change) if self.kind == "percent" else tile_format(self.kind)(change)
        against = f"<span>{escape(self.compared)}</span>"
        return f'<p class="kb-tile-change {kind}">{arrow} {amount}{doubt} {against}</p>'


def tiles_of(tiles: list[Tile], unit: Unit) -> str:
    """Key figures side by side."""
    return f'<div class="kb-tiles">{"".join(tile.html(unit) for tile in tiles)}</div>'


class Decision(NamedTuple):
    """The decision as the page shows it: what to do, in a few words, and why."""

    label: str
    reason: str
    kind: str  # what it means: `good`, `bad`, `wait` or `broken`

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
    """An amount, in bold before its interval where there is one: `84.83 USD [83.33, 86.26]`."""
    digits = digits_of(value)
    text = money(value, currency, digits)
    if lower is None or upper is None:
        return text
    return estimate(text, interval(lower, upper, partial(number, digits=digits)))


def counted(value: float, lower: float, upper: float) -> str:
    """A count in bold before its interval; a decimal where there are but few: `5,681 [5,484, 5,868]`."""
    show = partial(number, digits=0 if abs(value) >= 10 else 1)
    return estimate(show(value), interval(lower, upper, show))


def stacked(text: str) -> str:
    """An estimate over its interval: side by side, so many would fit neither a laptop nor A4."""
    lines = BREAK.sub("\n", text).split("\n")
    return "\n".join(line if len(line) <= LONGEST_LINE else line.replace(", ", ",\n") for line in lines)
