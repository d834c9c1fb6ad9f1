"""What all findings share: key figures, tables, and money in as many digits as it can carry."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.text import interval, money, number, percent, points

BREAK = re.compile(r" (?=\[|→|: |of )")  # where a cell of numbers goes on in the next line
LONGEST_LINE = 22  # signs of an interval on one line
SMALL = 100  # money below which cents are shown
Shown = Callable[[Any], str]
Columns = dict[str, tuple[Any, Shown]]
Table = tuple[pd.DataFrame | NotEnoughData, dict[str, Shown], str]


@dataclass(frozen=True)
class Chart:
    """A figure ready for the page.

    Attributes
    ----------
    name : file name of its data. title : its finding. caption : what is drawn, of whom, and its limits.
    alt : what a reader who cannot see it should know. svg : the picture. data : the numbers in it.
    """

    name: str
    title: str
    caption: str
    alt: str
    svg: str
    data: pd.DataFrame


@dataclass(frozen=True)
class Tile:
    """One key figure.

    Attributes
    ----------
    name : key in key_figures.json. label : what the page calls it. kind : `percent`, `points`, `number`
        (whole), `decimal` or `money`.
    value, ci_lower, ci_upper : the figure and its interval, missing where there is none.
    change, change_lower, change_upper : against what `compared` names, with its interval where one is known.
    definition : how it is counted. history : its own past, oldest first. rising_is_good : more is better.
    caveat : what is to be known of this unit's figure. headline : it stands on the page of all units.
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


def digits_of(value: float) -> int:
    """Decimals that a number can carry."""
    return 0 if abs(value) >= SMALL else 2 if abs(value) >= 0.02 or not value else 4


def shown_as(kind: str, currency: str | None = None, least: float = SMALL) -> Callable[[float], str]:
    """How a key figure of a kind is written.

    Parameters
    ----------
    least : money next to it; below 100 both are shown with cents.
    """
    known: dict[str, Callable[[float], str]] = {
        "percent": percent,
        "points": points,
        "number": number,
        "decimal": partial(number, digits=digits_of(least)),
        "money": partial(money, currency=currency, digits=2 if abs(least) < SMALL else 0),
    }
    return known[kind]


def cash(value: float, currency: str | None, lower: float | None = None, upper: float | None = None) -> str:
    """`84.83 USD [83.33, 86.26]`: an amount, with its interval where there is one."""
    show = shown_as("money", currency, value)
    if lower is None or upper is None:
        return show(value)
    return f"{show(value)} {interval(lower, upper, shown_as('money', None, value))}"


def counted(value: float, lower: float, upper: float) -> str:
    """`5,681 [5,484, 5,868]`; a decimal where there are but few."""
    show = partial(number, digits=0 if abs(value) >= 10 else 1)
    return f"{show(value)} {interval(lower, upper, show)}"


def table_of(columns: Columns, caption: str) -> Table:
    """A table as `Book.table` takes it: heading → values and how they are written."""
    frame = pd.DataFrame({name: values for name, (values, _show) in columns.items()})
    return frame, {name: show for name, (_values, show) in columns.items()}, caption


class Decision(NamedTuple):
    """The decision as the page shows it: label, reason, and kind (`good`, `bad`, `wait` or `broken`)."""

    label: str
    reason: str
    kind: str


def stacked(text: str) -> str:
    """An estimate over its interval: side by side, so many would fit neither a laptop nor A4."""
    lines = BREAK.sub("\n", text).split("\n")
    return "\n".join(line if len(line) <= LONGEST_LINE else line.replace(", ", ",\n") for line in lines)
