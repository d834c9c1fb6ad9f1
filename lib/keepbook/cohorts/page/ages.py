"""The axis of ages: periods since the first purchase."""

import pandas as pd
from matplotlib.axes import Axes

from keepbook.cohorts import Retention
from keepbook.errors import NotEnoughData
from keepbook.text import age_axis, catalogue

say = catalogue("cohorts")


def after_first(frame: pd.DataFrame) -> pd.DataFrame:
    """The periods after the first purchase.

    Raises
    ------
    NotEnoughData : there is none yet.
    """
    after = frame[frame["period"] > 0]
    if after.empty:
        raise NotEnoughData(say("no-later-period"))
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
