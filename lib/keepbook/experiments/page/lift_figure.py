"""Every metric of a retention strategy against the control, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.errors import NotEnoughData
from keepbook.experiments.page.figures import ROW, pair
from keepbook.page.elements import Chart
from keepbook.plotting.axes import percent_axis
from keepbook.plotting.canvas import BLUE, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import short
from keepbook.text import _, interval, metric_name, percent

if TYPE_CHECKING:  # figures need no statistics, and their packages take long to load
    from keepbook.experiments import SampleRatio
    from keepbook.unit import Experiment

ONE_LOOK, ANY_LOOK = ("lift_lower", "lift_upper"), ("any_lift_lower", "any_lift_upper")
BEYOND = 0.5  # of what estimates and thick intervals take: room on either side for thin ones
NARROWEST = 0.1  # lift that the axis shows to either side where there are no intervals
THIN = 0.9  # points


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
    rows = effects[effects["lift"].notna()].reset_index(drop=True)
    if rows.empty:
        raise NotEnoughData(_("Not shown: no metric has a value of the control to compare with."))
    edges = _edges(rows)
    with canvas(9.6, 1.1 + ROW * len(rows)) as (figure, ax):
        ax.set_xlim(*edges)
        for at, row in rows.iterrows():
            _lift(ax, int(str(at)), row, early)
        ax.axvline(0, color=INK, linewidth=0.9)
        several = rows["variant"].nunique() > 1
        names = [(metric_name(r.metric), r.variant) for r in rows.itertuples()]
        ax.set_yticks(range(len(rows)), [pair(*name) if several else short(name[0]) for name in names])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlabel(_("difference from {control}, % of it").format(control=short(experiment.control)))
        ax.grid(axis="y", visible=False)
        percent_axis(ax.xaxis)
        svg = svg_of(figure, "lifts")
    goals = rows[rows["role"] == "goal"]
    title = _title_early(goals) if early else _title(goals, alpha)
    if ratio is not None and ratio.broken:
        title = _("Not to be believed, for the split is broken. {title}").format(title=title)
    caption = _caption(rows, edges, early).format(level=percent(1 - alpha, 0), control=experiment.control)
    return Chart("effects", title, caption, title, svg, effects)


def _edges(rows: pd.DataFrame) -> tuple[float, float]:
    """Where the axis ends: thin intervals may reach so far that nothing else could be read."""
    guards = rows[rows["role"] == "guardrail"]
    margins = -guards["margin"].where(guards["better"] == "higher", -guards["margin"])
    needed = np.append(rows[["lift", *ONE_LOOK]].to_numpy(float), [*margins.to_numpy(float), 0.0])
    low, high = float(np.nanmin(needed)), float(np.nanmax(needed))
    room = BEYOND * (high - low) or NARROWEST
    least, most = (rows[name].fillna(far) for name, far in zip(ANY_LOOK, (-np.inf, np.inf), strict=True))
    low, high = max(min(least.min(), low), low - room), min(max(most.max(), high), high + room)
    rim = 0.04 * (high - low) or NARROWEST
    return low - rim, high + rim


def _known(row: pd.Series, limits: tuple[str, str]) -> bool:
    return bool(np.isfinite([float(row[name]) for name in limits]).all())


def _lift(ax: Axes, at: int, row: pd.Series, early: bool) -> None:
    good = 1 if row["better"] == "higher" else -1
    low, high = (good * row[name] for name in (ANY_LOOK if early else ONE_LOOK))
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
    edges, bounded = ax.get_xlim(), _known(row, ANY_LOOK)
    low, high = (row[name] for name in ANY_LOOK) if bounded else (-np.inf, np.inf)
    colour = colour if bounded else MUTED
    ends = max(low, edges[0]), min(high, edges[1])
    ax.plot(ends, [at, at], color=colour, linewidth=THIN, linestyle="-" if bounded else (0, (4, 3)))
    for place, head, beyond in ((0, "<", low < edges[0]), (1, ">", high > edges[1])):
        if beyond:
            look: dict[str, Any] = {"color": colour, "markersize": 6, "clip_on": False, "zorder": 3}
            ax.plot([place], [at], head, transform=ax.get_yaxis_transform(), **look)


def _caption(rows: pd.DataFrame, edges: tuple[float, float], early: bool) -> str:
    """What is drawn; of arrowheads only where there are some."""
    text = _(
        "Dots: estimates, thick: {level} intervals of a single look, thin: intervals that hold however often "
        "one looks. Blue: better than {control}, orange: worse, grey: may be chance. Dashed: as far as a "
        "guardrail may fall."
    )
    low, high = (rows[name] for name in ANY_LOOK)
    bounded = np.isfinite(low) & np.isfinite(high)
    if (~bounded).any():
        text += " " + _("Dashed with arrows: cannot be bounded in per cent.")
    if (bounded & ((low < edges[0]) | (high > edges[1]))).any():
        text += " " + _("Thin with an arrow: goes on beyond the edge.")
    if early:
        text += " " + _(
            "The experiment still runs, so only the thin intervals count, and colours follow them."
        )
    return text


def _title(goals: pd.DataFrame, alpha: float) -> str:
    """The goal that was moved most surely, and which way."""
    moved = goals[goals["pvalue_adjusted"] < alpha]
    if moved.empty:
        return _("No goal differs by more than chance")
    first = moved.loc[moved["pvalue_adjusted"].idxmin()]
    text = _("{metric}: {lift} {limits} against the control")
    if not _known(first, ONE_LOOK):
        text = _("{metric}: {lift} against the control, not to be bounded in per cent")
    return _told(text, first, ONE_LOOK, goals)


def _title_early(goals: pd.DataFrame) -> str:
    """As `_title`, by what holds however often one looks."""
    low, high = (goals[name] for name in ANY_LOOK)
    moved = goals[(low > 0) | (high < 0)]
    if moved.empty:
        return _("Nothing is settled while it runs")
    first = moved.loc[moved["pvalue"].idxmin()]
    return _told(_("{metric}: {lift} {limits} so far"), first, ANY_LOOK, goals)


def _told(text: str, row: pd.Series, limits: tuple[str, str], goals: pd.DataFrame) -> str:
    name = metric_name(row["metric"])
    if goals["variant"].nunique() > 1:
        name += f" ({short(row['variant'])})"
    lift = f"{'+' if row['lift'] > 0 else ''}{percent(row['lift'])}"
    between = interval(*(row[name] for name in limits))
    return text.format(metric=name[:1].upper() + name[1:], lift=lift, limits=between)
