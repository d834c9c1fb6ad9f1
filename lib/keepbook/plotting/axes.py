"""Axes: what their ticks say."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter

from keepbook.text import number, percent

MOST_DIGITS = 6  # of a tick


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
