"""Marks: lines with bands, points with intervals, words beside them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from keepbook.errors import printable
from keepbook.plotting.canvas import BLUE, IN_TEXT, INK

Floats = NDArray[np.float64]
LONGEST_NAME = 40  # signs of a name in a figure


def short(name: object, signs: int = LONGEST_NAME) -> str:
    """A name from data, as a figure has room for it: on one line, cut where it is very long."""
    text = printable(" ".join(str(name).split()))
    return text if len(text) <= signs else f"{text[: signs - 1]}…"


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


def apart(places: Sequence[float] | Floats, gap: float, lowest: float, highest: float) -> Floats:
    """Places moved as little as need be until each is a gap away from the next, in the order they had.

    Least squares under that condition, by pooling neighbours that are too close. Where not all fit between
    the lowest and the highest place, the gaps are smaller.
    """
    wanted = np.asarray(places, float)
    order = np.argsort(wanted, kind="stable")
    steps = np.arange(len(wanted)) * min(gap, (highest - lowest) / max(len(wanted) - 1, 1))
    pools: list[tuple[float, int]] = []
    for place in wanted[order] - steps:
        pools.append((float(place), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (below, few), (above, more) = pools[-2:]
            pools[-2:] = [((below * few + above * more) / (few + more), few + more)]
    moved = np.repeat([mean for mean, _n in pools], [n for _mean, n in pools])
    made = np.empty(len(wanted))
    made[order] = np.clip(moved, lowest, highest - steps[-1]) + steps
    return made
