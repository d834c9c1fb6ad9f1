"""What all figures share: canvas, colours of the page, axes, and SVG that fits into one."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter

from keepbook.cohorts import Choices, Retention
from keepbook.errors import NotEnoughData, printable
from keepbook.words import _, number, percent

INK, MUTED, GRID, PAPER = "#1f2429", "#5c6670", "#d9dee3", "#fffffe"
PAGE_COLOURS = {INK: "--kb-ink", MUTED: "--kb-muted", GRID: "--kb-grid", PAPER: "--kb-paper"}
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"
IN_TEXT = {
    BLUE: "#00659e",
    ORANGE: "#b04301",
    GREEN: "#00705b",
}  # words in a data colour, dark enough to read
PAGE_COLOURS |= {IN_TEXT[BLUE]: "--kb-accent", IN_TEXT[ORANGE]: "--kb-bad", IN_TEXT[GREEN]: "--kb-good"}
LIGHT_TEXT, DARK_TEXT = "#ffffff", "#10161b"  # on coloured cells, whatever the page's own ink is

LONGEST_NAME = 40  # signs of a name in a figure
MOST_DIGITS = 6  # of a tick

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "keepbook",
    "text.parse_math": False,  # a name from data may hold dollars
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "figure.facecolor": "none",
    "hatch.color": MUTED,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
}
CALENDAR = {"week": _("week"), "month": _("month"), "quarter": _("quarter")}
ROLLING = {"week": _("7-day period"), "month": _("30-day period"), "quarter": _("90-day period")}
CALENDAR_AXIS = {
    "week": _("weeks since first purchase"),
    "month": _("months since first purchase"),
    "quarter": _("quarters since first purchase"),
}
ROLLING_AXIS = {
    "week": _("7-day periods since first purchase"),
    "month": _("30-day periods since first purchase"),
    "quarter": _("90-day periods since first purchase"),
}


@dataclass(frozen=True)
class Drawn:
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


def short(name: object, signs: int = LONGEST_NAME) -> str:
    """A name from data, as a figure has room for it: on one line, cut where it is very long."""
    text = printable(" ".join(str(name).split()))
    return text if len(text) <= signs else f"{text[: signs - 1]}…"


def period_name(choices: Choices) -> str:
    """What one period is called in a sentence."""
    return (ROLLING if choices.clock == "rolling" else CALENDAR)[choices.period]


def age_axis(choices: Choices) -> str:
    """What the axis of ages is called."""
    return (ROLLING_AXIS if choices.clock == "rolling" else CALENDAR_AXIS)[choices.period]


def when(start: pd.Timestamp, period: str) -> str:
    """As `cohort_name`, within a sentence."""
    name = cohort_name(start, period)
    return _("the week of {monday}").format(monday=name) if period == "week" else name


def age_name(choices: Choices, label: str) -> str:
    """`month 3`; `month 3 or later` where that is what is counted; `months 4–6`."""
    period = period_name(choices)
    if choices.rule == "on_or_after":
        return _("{period} {age} or later").format(period=period, age=label)
    many = "–" in label
    return (_("{period}s {age}") if many else _("{period} {age}")).format(period=period, age=label)


def cohort_name(start: pd.Timestamp, period: str) -> str:
    """`2017-03`, `2017-Q1`, or the Monday a week begins with."""
    if period == "month":
        return f"{start:%Y-%m}"
    return f"{start.year}-Q{start.quarter}" if period == "quarter" else f"{start:%Y-%m-%d}"


@contextmanager
def canvas(
    width: float, height: float, rows: int = 1, columns: int = 1, shared: bool = True
) -> Iterator[tuple[Figure, Any]]:
    """A figure of so many inches with its axes, in the house style; several share theirs by default."""
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Text stays text in SVG: the reader's own fonts draw what the measuring font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, figure.subplots(rows, columns, sharex=shared, sharey=shared)


def svg_of(figure: Figure, name: str) -> str:
    """The figure as inline SVG: scalable, with page colours, its ids unlike those of other figures."""
    file = io.StringIO()
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    for colour, variable in PAGE_COLOURS.items():
        text = text.replace(colour, f"var({variable}, {colour})")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", text)


def band(ax: Axes, frame: pd.DataFrame, value: str, lower: str, upper: str, colour: str, **line: Any) -> None:
    """A line over the ages of a frame, with its interval as a band."""
    ax.fill_between(frame["period"], frame[lower], frame[upper], color=colour, alpha=0.22, linewidth=0)
    ax.plot(frame["period"], frame[value], color=colour, **line)


def label(
    ax: Axes, text: str, at: tuple[Any, Any], shift: tuple[float, float], colour: str = INK, **look: Any
) -> None:
    """A word beside what it names, so many points away from it."""
    colour = IN_TEXT.get(colour, colour)
    ax.annotate(text, at, xytext=shift, textcoords="offset points", color=colour, **look)


def bars(
    ax: Axes, place: Any, value: pd.Series, lower: pd.Series, upper: pd.Series, colour: str, **look: Any
) -> None:
    """Points with their intervals."""
    sides = [(value - lower).clip(lower=0), (upper - value).clip(lower=0)]
    drawn: dict[str, Any] = {"fmt": "o", "markersize": 5, "elinewidth": 1.6, "capsize": 3} | look
    ax.errorbar(place, value, yerr=sides, color=colour, **drawn)


class Ticks(Formatter):
    """Ticks in as many digits as tell each of them as it is: 0.5 and 1.5 are not 0 and 2.

    Parameters
    ----------
    show : value and digits → text. times : what it shows of a value of 1. digits : the fewest.
    """

    def __init__(self, show: Callable[[float, int], str], times: float = 1, digits: int = 0) -> None:
        self._show, self._times, self._fewest = show, times, digits
        self._digits = digits

    def set_locs(self, locs: Any) -> None:
        """All ticks, before the first of them is written."""
        values = np.unique(np.asarray(locs, float)) * self._times
        near = 1e-4 * (np.diff(values).min() if len(values) > 1 else 1)  # of a step: no digit is lost
        enough = range(self._fewest, MOST_DIGITS)
        exact = (n for n in enough if (np.abs(values.round(n) - values) <= near).all())
        self._digits = next(exact, MOST_DIGITS)

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self._show(x, self._digits)


def percent_axis(axis: Axis) -> None:
    """Shares as per cent."""
    axis.set_major_formatter(Ticks(percent, 100))


def number_axis(axis: Axis, digits: int = 0) -> None:
    """Numbers with separators of thousands, in so many digits or as many more as ticks need."""
    axis.set_major_formatter(Ticks(number, digits=digits))


def after_first(frame: pd.DataFrame) -> pd.DataFrame:
    """The periods after the first purchase.

    Raises
    ------
    NotEnoughData : there is none yet.
    """
    after = frame[frame["period"] > 0]
    if after.empty:
        raise NotEnoughData(_("Not shown: no period after the first purchase is over yet."))
    return after


def ages(ax: Axes, result: Retention, drawn: pd.DataFrame) -> None:
    """The axis of ages, from the first period after the purchase to the last one drawn."""
    ax.set_xlabel(age_axis(result.choices))
    first, last = int(drawn["period"].min()), int(drawn["period"].max())
    step = max(1, round((last - first) / 12))
    labels = dict(zip(result.cells["period"], result.cells["label"], strict=True))
    ticks = list(range(first, last + 1, step))
    ax.set_xticks(ticks, [labels.get(tick, str(tick)) for tick in ticks])
    ax.set_xlim(first - 0.3, last + 0.3)


def sparkline(values: Sequence[float | None]) -> str:
    """A word-sized line of a figure's own past; empty when there are fewer than two values."""
    known = [(i, v) for i, v in enumerate(values) if v is not None and np.isfinite(v)]
    if len(known) < 2:
        return ""
    low, high = min(v for _i, v in known), max(v for _i, v in known)
    scale, last = (high - low) or 1.0, len(values) - 1
    points_ = [(2 + 76 * i / last, 20 - 16 * (v - low) / scale) for i, v in known]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points_)
    x, y = points_[-1]
    return (
        '<svg class="kb-spark" viewBox="0 0 80 24" width="80" height="24" aria-hidden="true">'
        f'<polyline points="{line}" fill="none" stroke="var(--kb-accent, {BLUE})" stroke-width="1.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="var(--kb-accent, {BLUE})"/></svg>'
    )
