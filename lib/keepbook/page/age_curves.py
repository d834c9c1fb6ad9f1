"""Curves of shares by age: their axis, and the average cohort's curve with every cohort behind it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from keepbook.page.html import plain
from keepbook.plotting.canvas import BLUE, MUTED, Drawing, draw
from keepbook.plotting.marks import band, label, label_ends, percent_axis
from keepbook.text import age_axis, age_name, catalogue, estimate, interval, number, percent
from keepbook.text.names import Ages

say = catalogue("page")
FEW_CUSTOMERS = 100  # behind a share, below which it is drawn dashed and no title speaks of it
MOST_COHORTS = 24  # that can be read; more of them are in the data
MOST_TICKS, MOST_NARROW_TICKS = 12, 6
HEADROOM = 1.25  # above the highest share: the bands of thin data have no end


class Counted(NamedTuple):
    """How the ages of a saved table are counted."""

    period: str
    clock: str
    rule: str

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "Counted":
        """As the table says that carries it in its `attrs`, which Parquet keeps."""
        return cls(*(frame.attrs[name] for name in cls._fields))


def few(frame: pd.DataFrame) -> pd.Series:
    """Where so few customers are behind a share that little can be said."""
    return frame["size"] < FEW_CUSTOMERS


def age_axes(ax: Any, frame: pd.DataFrame, ages: Ages, narrow: bool = False) -> None:
    """Shares by age, from the first to the last age of a frame with period and label."""
    named = dict(zip(frame["period"], frame["label"], strict=True))
    first, last = min(named), max(named)
    step = max(1, round((last - first) / (MOST_NARROW_TICKS if narrow else MOST_TICKS)))
    ticks = range(first, last + 1, step)
    ax.set_xticks(list(ticks), [named.get(tick, str(tick)) for tick in ticks])
    ax.set(xlim=(first - 0.3, last + 0.3), xlabel=age_axis(ages))
    percent_axis(ax.yaxis)


def readings(frame: pd.DataFrame, ages: Ages, who: str = "") -> list[str]:
    """What is said of each share of a curve when a reader asks."""
    return [
        say(
            "curve-reading",
            who=who or None,
            age=age_name(ages, row.label),
            share=plain(estimate(percent(row.retention), interval(row.ci_lower, row.ci_upper))),
            active=number(row.active),
            size=number(row.size),
        )
        for row in frame.itertuples(index=False)
    ]


def average_curve(
    cells: pd.DataFrame, average: pd.DataFrame, ages: Ages, name: str = "retention_average"
) -> Drawing:
    """The average curve with its interval, the newest cohorts thin behind it.

    Parameters
    ----------
    cells, average : as `Retention.cells` and `Retention.average`, or as these were saved.
    """
    average, thin = average[average["period"] > 0], few(average[average["period"] > 0])
    later = cells[cells["complete"] & (cells["period"] > 0) & ~few(cells)]
    newest = sorted(cells["cohort"].unique())[-MOST_COHORTS:]
    lines = [line for cohort, line in later.groupby("cohort") if cohort in newest]
    drawn = [average["retention"], average["ci_upper"][~thin], *(line["retention"] for line in lines)]
    top = max((values.max() for values in drawn if len(values)), default=0.0)

    def paint(ax: Any, narrow: bool) -> None:
        for line in [] if narrow else lines:  # on a phone they would be one grey
            ax.plot(line["period"], line["retention"], color=MUTED, linewidth=0.6, alpha=0.45)
        look: Mapping[str, Any] = {"linewidth": 2.2, "marker": "o", "markersize": 3.5}
        band(ax, average, "retention", "ci", BLUE, texts=readings(average, ages), few=thin, **look)
        ax.set_ylim(0, 1.05 * top or 1)
        age_axes(ax, average, ages, narrow)
        if lines and not narrow:
            highest = max(lines, key=lambda line: line["retention"].iloc[0]).iloc[0]
            label(ax, say("curve-each"), (highest["period"], highest["retention"]), (6, 2), MUTED)
        last = average.iloc[-1]
        label_ends(ax, [(last["period"], last["retention"], say("curve-average"), BLUE)])

    return draw(name, paint)
