"""Every metric of a retention strategy against the control, drawn."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.errors import NotEnoughData
from keepbook.experiments.page.facts import capitalised, named
from keepbook.experiments.page.figures import pair
from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.page.effects import signed_percent
from keepbook.page.elements import Chart, enough
from keepbook.plotting.canvas import BLUE, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import percent_axis, short
from keepbook.text import catalogue, interval, metric_name, percent
from keepbook.unit import Experiment

say = catalogue("experiments")
ROW_HEIGHT = 0.42  # inches
ONE_LOOK, ALWAYS_VALID = ("lift_lower", "lift_upper"), ("always_valid_lift_lower", "always_valid_lift_upper")
MAX_BEYOND = 0.5  # of what estimates and thick intervals take: room on either side for thin ones
MIN_REACH = 0.1  # lift that the axis shows to either side where there are no intervals
THIN_LINE = 0.9  # points


def lifts(
    effects: pd.DataFrame,
    experiment: Experiment,
    alpha: float,
    ratio: SampleRatio | None = None,
    early: bool = False,
) -> Chart:
    """Every metric against the control, in per cent of it, by one look and for all looks.

    Parameters
    ----------
    early : the experiment still runs, so only what holds however often one looks says anything.
    """
    rows = enough(effects)[effects["lift"].notna()].reset_index(drop=True)
    if rows.empty:
        raise NotEnoughData(say("no-lift"))
    edges = _edges(rows)
    with canvas(9.6, 1.1 + ROW_HEIGHT * len(rows)) as (figure, ax):
        ax.set_xlim(*edges)
        for at, row in rows.iterrows():
            _lift(ax, int(str(at)), row, early)
        ax.axvline(0, color=INK, linewidth=0.9)
        several = rows["variant"].nunique() > 1
        names = [(metric_name(r.metric), r.variant) for r in rows.itertuples()]
        ax.set_yticks(range(len(rows)), [pair(*name) if several else short(name[0]) for name in names])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlabel(say("lifts.axis", control=short(experiment.control)))
        ax.grid(axis="y", visible=False)
        percent_axis(ax.xaxis)
        svg = svg_of(figure, "lifts")
    title = capitalised(_title(rows[rows["role"] == "goal"], alpha, early))
    if ratio is not None and ratio.broken:
        title = say("lifts.broken", title=title)
    low, high = (rows[name] for name in ALWAYS_VALID)
    bounded = np.isfinite(low) & np.isfinite(high)
    caption = say(
        "lifts.caption",
        level=percent(1 - alpha, 0),
        control=experiment.control,
        unbounded=not bounded.all(),
        cut=(bounded & ((low < edges[0]) | (high > edges[1]))).any(),
        early=early,
    )
    return Chart("effects", title, caption, svg, effects)


def _edges(rows: pd.DataFrame) -> tuple[float, float]:
    """Where the axis ends: thin intervals may reach so far that nothing else could be read."""
    guards = rows[rows["role"] == "guardrail"]
    margins = -guards["margin"].where(guards["better"] == "higher", -guards["margin"])
    needed = np.append(rows[["lift", *ONE_LOOK]].to_numpy(float), [*margins.to_numpy(float), 0.0])
    low, high = float(np.nanmin(needed)), float(np.nanmax(needed))
    room = MAX_BEYOND * (high - low) or MIN_REACH
    least, most = (rows[name].fillna(far) for name, far in zip(ALWAYS_VALID, (-np.inf, np.inf), strict=True))
    low, high = max(min(least.min(), low), low - room), min(max(most.max(), high), high + room)
    rim = 0.04 * (high - low) or MIN_REACH
    return low - rim, high + rim


def _known(row: pd.Series, limits: tuple[str, str]) -> bool:
    return bool(np.isfinite([float(row[name]) for name in limits]).all())


def _lift(ax: Axes, at: int, row: pd.Series, early: bool) -> None:
    good = 1 if row["better"] == "higher" else -1
    low, high = (good * row[name] for name in (ALWAYS_VALID if early else ONE_LOOK))
    colour = BLUE if low > 0 and high > 0 else ORANGE if low < 0 and high < 0 else MUTED
    _thin(ax, at, row, colour)
    if _known(row, ONE_LOOK):
        thick: dict[str, Any] = {"linewidth": 3.2, "solid_capstyle": "butt", "alpha": 0.4 if early else 1.0}
        ax.plot([row[name] for name in ONE_LOOK], [at, at], color=colour, **thick)
    ax.plot([row["lift"]], [at], "o", color=colour, markersize=7)
    if row["role"] == "guardrail":
        ax.plot(
            [-good * row["margin"]] * 2, [at - 0.4, at + 0.4], color=INK, linewidth=1.2, linestyle=(0, (3, 2))
        )


def _thin(ax: Axes, at: int, row: pd.Series, colour: str) -> None:
    """The interval of any look; where there is none, all of the axis. Arrowheads where it goes on."""
    edges, bounded = ax.get_xlim(), _known(row, ALWAYS_VALID)
    low, high = (row[name] for name in ALWAYS_VALID) if bounded else (-np.inf, np.inf)
    colour = colour if bounded else MUTED
    ends = max(low, edges[0]), min(high, edges[1])
    ax.plot(ends, [at, at], color=colour, linewidth=THIN_LINE, linestyle="-" if bounded else (0, (4, 3)))
    for place, head, beyond in ((0, "<", low < edges[0]), (1, ">", high > edges[1])):
        if beyond:
            look: dict[str, Any] = {"color": colour, "markersize": 6, "clip_on": False, "zorder": 3}
            ax.plot([place], [at], head, transform=ax.get_yaxis_transform(), **look)


def _title(goals: pd.DataFrame, alpha: float, early: bool) -> str:
    """The goal that was moved most surely, and which way; while it runs, by what is always valid."""
    limits, tested = (ALWAYS_VALID, "pvalue") if early else (ONE_LOOK, "pvalue_adjusted")
    low, high = (goals[name] for name in limits)
    moved = goals[(low > 0) | (high < 0) if early else goals[tested] < alpha]
    if moved.empty:
        return say("lifts", early=early, moved=False)
    first = moved.loc[moved[tested].idxmin()]
    return say(
        "lifts",
        early=early,
        moved=True,
        bounded=_known(first, limits),
        lift=signed_percent(first["lift"]),
        limits=interval(*(first[name] for name in limits)),
        **named(first, goals["variant"].nunique() > 1) | {"variant": short(first["variant"])},
    )
