"""Marks and axes: lines with bands, points with intervals, words beside them, and what ticks say."""

import math
from collections.abc import Callable, Sequence
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, MaxNLocator
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from keepbook.errors import printable
from keepbook.plotting.canvas import IN_TEXT, INK, read_out
from keepbook.text import SHORT_FROM, cohort_name, number, percent
from keepbook.text import short as short_number

Floats = NDArray[np.float64]
LONGEST_NAME = 40  # signs of a name in a figure
MAX_TICKS = 4
MAX_PERIODS = 6  # whose names stand side by side
MOST_DIGITS = 12  # of a tick


class Ticks(Formatter):
    """Ticks in as many digits as tell each of them as it is: 0.5 and 1.5 are not 0 and 2.

    Parameters
    ----------
    show : value and digits → text. times : what it shows of a value of 1. digits : the fewest.
    brief : how large ones are written, in thousands or millions, where nothing of a tick is lost by it.
    """

    def __init__(
        self,
        show: Callable[[float, int], str],
        times: float = 1,
        digits: int = 0,
        brief: Callable[[float], str] | None = None,
    ) -> None:
        self._show, self._times, self._fewest = show, times, digits
        self._digits, self._brief, self._is_brief = digits, brief, False

    def set_locs(self, locs: Any) -> None:
        """All ticks, before the first of them is written."""
        values = np.unique(np.asarray(locs, float)) * self._times
        near = 1e-4 * (np.diff(values).min() if len(values) > 1 else 1)  # of a step: no digit is lost
        enough = range(self._fewest, MOST_DIGITS)
        exact = (n for n in enough if (np.abs(values.round(n) - values) <= near).all())
        self._digits = next(exact, MOST_DIGITS)
        large = values[values != 0]
        told = all(math.isclose(float(f"{one:.3g}"), one) and abs(one) > 0.999 * SHORT_FROM for one in large)
        self._is_brief = bool(len(large)) and told

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self._brief(x) if self._brief and self._is_brief else self._show(x, self._digits)


def few_ticks() -> MaxNLocator:
    """Zero and three more at most: a reader wants the size, not the scale."""
    return MaxNLocator(MAX_TICKS, steps=[1, 2, 2.5, 5, 10])


def percent_axis(axis: Axis) -> None:
    """Shares as per cent, at few ticks."""
    axis.set_major_locator(few_ticks())
    axis.set_major_formatter(Ticks(percent, 100))


def number_axis(axis: Axis, digits: int = 0) -> None:
    """Numbers at few ticks, in so many digits or as many more as these need; large ones as 20K."""
    axis.set_major_locator(few_ticks())
    axis.set_major_formatter(Ticks(number, digits=digits, brief=short_number))


def period_axis(ax: Axes, starts: Sequence[pd.Timestamp], period: str, narrow: bool = False) -> None:
    """Periods of the calendar by their names, as many as there is room for."""
    step = -(-len(starts) // (MAX_TICKS if narrow else MAX_PERIODS))
    shown = list(starts)[::-1][::step][::-1]
    ax.set_xticks(shown, [cohort_name(start, period) for start in shown])


def short(name: object, signs: int = LONGEST_NAME) -> str:
    """A name from data, as a figure has room for it: on one line, cut where it is very long.

    Chinese characters take the room of two signs.

    >>> short("returning customers", 10), short("沉默客户唤醒券", 10)
    ('returning…', '沉默客户…')
    """
    text = printable(" ".join(str(name).split()))
    room = np.cumsum([2 if east_asian_width(sign) in "WF" else 1 for sign in text])
    return text if not len(room) or room[-1] <= signs else f"{text[: int((room < signs).sum())]}…"


def band(
    ax: Axes,
    frame: pd.DataFrame,
    value: str,
    limits: str,
    colour: str,
    *,
    texts: Sequence[str] = (),
    few: pd.Series | None = None,
    **line: Any,
) -> None:
    """A line over the periods of a frame, and its interval (`<limits>_lower`, `<limits>_upper`) as a band.

    Parameters
    ----------
    texts : what is said of each point when a reader asks; none: nothing can be read out.
    few : True where so few customers are behind a point that it is drawn dashed and pale.
    """
    x = frame["period" if "period" in frame else "period_start"]
    lower, upper = (frame[f"{limits}_{side}"] for side in ("lower", "upper"))
    ax.fill_between(x, lower, upper, color=colour, alpha=0.22, linewidth=0)
    if few is not None and few.any():
        ax.plot(
            x, frame[value], color=colour, **line | {"linestyle": (0, (2, 2)), "alpha": 0.6, "label": None}
        )
        ax.plot(x, frame[value].where(~few), color=colour, **line)
    else:
        ax.plot(x, frame[value], color=colour, **line)
    if len(texts):
        read_out(ax, x, frame[value], texts)


def label(
    ax: Axes, text: str, at: tuple[Any, Any], shift: tuple[float, float], colour: str = INK, **look: Any
) -> None:
    """A word beside what it names, so many points away from it."""
    colour = IN_TEXT.get(colour, colour)
    ax.annotate(text, at, xytext=shift, textcoords="offset points", color=colour, **look)


def bars(
    ax: Axes,
    place: Any,
    value: pd.Series,
    lower: pd.Series,
    upper: pd.Series,
    colour: str,
    *,
    texts: Sequence[str] = (),
    **look: Any,
) -> None:
    """Points with their intervals; `texts`: what is said of each when a reader asks."""
    sides = [(value - lower).clip(lower=0), (upper - value).clip(lower=0)]
    drawn: dict[str, Any] = {"fmt": "o", "markersize": 5, "elinewidth": 1.6, "capsize": 3} | look
    ax.errorbar(place, value, yerr=sides, color=colour, **drawn)
    if len(texts):
        read_out(ax, place, value, texts)


def clipped_bars(
    ax: Axes,
    place: Any,
    value: pd.Series,
    lower: pd.Series,
    upper: pd.Series,
    colour: str,
    edges: tuple[float, float],
    **look: Any,
) -> None:
    """As `bars`, within the edges of the axis: an interval that goes on beyond one ends in an arrow there."""
    bars(ax, place, value, lower.clip(*edges), upper.clip(*edges), colour, **look)
    for edge, sign, beyond in ((edges[0], "v", lower < edges[0]), (edges[1], "^", upper > edges[1])):
        out = np.asarray(place)[beyond.to_numpy(bool)]
        if len(out):  # an unclipped line without points has no bounds, and no layout comes of it
            ax.plot(out, [edge] * len(out), sign, color=colour, markersize=6, clip_on=False)
    ax.set_ylim(*edges)


def label_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]], gap: float = 0.07) -> None:
    """Names at the right ends of lines, moved apart until none lies on another.

    Parameters
    ----------
    ends : x and y of a line's end, its name, its colour. gap : between two names, as a share of the axis.
    """
    bottom, top = ax.get_ylim()
    heights = apart([y for _x, y, _name, _colour in ends], gap * (top - bottom), bottom, top)
    for (x, _y, name, colour), height in zip(ends, heights, strict=True):
        label(ax, short(name), (x, height), (6, 0), colour, va="center", annotation_clip=False)


def apart(places: Sequence[float] | Floats, gap: float, lowest: float, highest: float) -> Floats:
    """Places moved as little as need be until each is a gap away from the next, in the order they had.

    Least squares under that condition. Where not all fit between the lowest and the highest place, the gaps
    are smaller.
    """
    wanted = np.asarray(places, float)
    order = np.argsort(wanted, kind="stable")
    steps = np.arange(len(wanted)) * min(gap, (highest - lowest) / max(len(wanted) - 1, 1))
    moved = isotonic_regression(wanted[order] - steps).x
    made = np.empty(len(wanted))
    made[order] = np.clip(moved, lowest, highest - steps[-1]) + steps
    return made
