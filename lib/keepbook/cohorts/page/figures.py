"""Who stays, drawn: the heatmap, curves of one unit or several, segments, and where the curve is heading."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from keepbook.cohorts import BySegment, Choices, Projection, Retention
from keepbook.cohorts.page.facts import headline_periods, level_of, projection_facts
from keepbook.cohorts.retention import pvalue_alike
from keepbook.errors import DataError, NotEnoughData
from keepbook.page.elements import Chart
from keepbook.plotting.canvas import BLUE, GREEN, GRID, INK, MUTED, ORANGE, PAPER, canvas, cell_text, svg_of
from keepbook.plotting.marks import band, percent_axis, short
from keepbook.text import age_axis, age_name, catalogue, cohort_name, interval, number, percent, period_name

say = catalogue("cohorts")
PANELS = 4  # side by side
MOST = 24  # more cohorts or periods cannot be read; the data beside the figure hold all


def after_first(frame: pd.DataFrame) -> pd.DataFrame:
    """The periods after the first purchase; NotEnoughData where there is none yet."""
    after = frame[frame["period"] > 0]
    if after.empty:
        raise NotEnoughData(say("no-later-period"))
    return after


def age_axes(ax: Axes, result: Retention, drawn: pd.DataFrame, name: str) -> None:
    """Shares by age, from the first period after the purchase to the last one drawn."""
    first, last = int(drawn["period"].min()), int(drawn["period"].max())
    ticks = list(range(first, last + 1, max(1, round((last - first) / 12))))
    labels = dict(zip(result.cells["period"], result.cells["label"], strict=True))
    ax.set_xticks(ticks, [labels.get(tick, str(tick)) for tick in ticks])
    ax.set(xlim=(first - 0.3, last + 0.3), ylim=(0, None), xlabel=age_axis(result.choices), ylabel=name)
    percent_axis(ax.yaxis)


def heatmap(result: Retention) -> Chart:
    """Cohort × period heatmap: cohort sizes left, the average on top, incomplete cells hatched."""
    choices, cells, cohorts = result.choices, after_first(result.cells), result.cohorts.tail(MOST)
    periods = sorted(cells["period"].unique())[:MOST]
    grid = cells.pivot(index="cohort", columns="period", values="retention")
    top = result.average.set_index("period")["retention"].reindex(periods)
    matrix = np.vstack([top, grid.reindex(index=cohorts["cohort"], columns=periods)]).astype(float)
    with canvas(max(5.5, 1.9 + 0.335 * len(periods)), 0.9 + 0.27 * len(matrix)) as (figure, ax):
        _colour_cells(ax, matrix)
        _hatch_incomplete(ax, cells, list(cohorts["cohort"]), periods)
        _name_rows(ax, cohorts, result)
        labels = dict(zip(cells["period"], cells["label"], strict=True))
        ax.set_xticks(np.arange(len(periods)) + 0.5, [labels[period] for period in periods], rotation=0)
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.set(xlabel=say("heatmap-axis", clock=choices.clock, period=choices.period), ylabel="")
        ax.tick_params(length=0)
        svg = svg_of(figure, "retention-heatmap")
    facts = _headline(result) | {
        "rule": choices.rule,
        "average": choices.average,
        "open": not result.cells["complete"].all(),
        "warm_up": result.cohorts["warm_up"].any(),
        "hidden": len(result.cohorts) > MOST,
        "drawn": MOST,
        "cohorts": len(result.cohorts),
    }
    return Chart.of(say, "heatmap", "retention_cells", svg, result.cells, **facts)


def _colour_cells(ax: Axes, shares: np.ndarray) -> None:
    known = np.isfinite(shares)
    highest = float(shares[known].max()) if known.any() else 0.0
    texts = np.where(known, np.char.mod("%.0f", np.nan_to_num(shares) * 100), "")
    palette = sns.light_palette(BLUE, as_cmap=True)
    look = {"cbar": False, "linewidths": 1.2, "linecolor": PAPER, "annot_kws": {"fontsize": 8.5}}
    sns.heatmap(shares, ax=ax, cmap=palette, vmin=0, vmax=highest or 1.0, annot=texts, fmt="", **look)
    for text in ax.texts:
        column, row = (int(place) for place in text.get_position())
        text.set_color(cell_text(strong=shares[row, column] > 0.6 * highest))
    ax.grid(False)
    ax.axhline(1, color=INK, linewidth=1.5)


def _hatch_incomplete(ax: Axes, cells: pd.DataFrame, cohorts: list[pd.Timestamp], periods: list[int]) -> None:
    shown = cells["cohort"].isin(cohorts) & cells["period"].isin(periods)
    for cell in cells[shown & ~cells["complete"]].itertuples():
        place = (periods.index(cell.period), cohorts.index(cell.cohort) + 1)
        ax.add_patch(Rectangle(place, 1, 1, fill=False, hatch="////", edgecolor=MUTED, linewidth=0))


def _name_rows(ax: Axes, cohorts: pd.DataFrame, result: Retention) -> None:
    """Two columns left of the cells: which cohort, and how many customers it holds."""
    names = [cohort_name(start, result.choices.period) for start in cohorts["cohort"]]
    marked = [name + (" *" if early else "") for name, early in zip(names, cohorts["warm_up"], strict=True)]
    sizes = [number(result.customers), *map(number, cohorts["size"])]
    ax.set_yticks(np.arange(len(sizes)) + 0.5, sizes, rotation=0)
    outside: dict[str, Any] = {"textcoords": "offset points", "ha": "right"}
    for row, name in enumerate([say("heatmap.average"), *marked]):
        ax.annotate(name, (0, row + 0.5), xytext=(-66, 0), va="center", color=INK, **outside)
    ax.annotate(say("heatmap.cohort"), (0, 0), xytext=(-66, 6), color=MUTED, **outside)
    ax.annotate(say("heatmap.customers"), (0, 0), xytext=(-5, 6), color=MUTED, **outside)


def _headline(result: Retention) -> dict[str, Any]:
    """First and last share worth naming."""
    named = headline_periods(result)
    if named.empty:
        return {"ages": 0}
    first, last = named.iloc[0], named.iloc[-1]
    return {
        "ages": len(named),
        "share": percent(first.retention),
        "age": age_name(result.choices, first.label),
        "share_last": percent(last.retention),
        "age_last": age_name(result.choices, last.label),
    }


def curve(result: Retention) -> Chart:
    """The average curve with its interval, every cohort thin behind it."""
    average = after_first(result.average)
    later = result.cells[result.cells["complete"] & (result.cells["period"] > 0)]
    with canvas(9.6, 4.0) as (figure, ax):
        for _cohort, cells in later.groupby("cohort"):
            ax.plot(cells["period"], cells["retention"], color=MUTED, linewidth=0.6, alpha=0.45)
        band(ax, average, "retention", "ci", BLUE, linewidth=2.2, marker="o", markersize=3.5)
        age_axes(ax, result, average, say("return-axis"))
        svg = svg_of(figure, "retention-curve")
    first = average.iloc[0]
    facts = {"share": percent(first.retention), "limits": interval(first.ci_lower, first.ci_upper)}
    facts |= {"age": age_name(result.choices, first.label), "level": level_of(result.choices)}
    return Chart.of(say, "curve", "retention_average", svg, result.average, **facts)


def compared_curves(units: Mapping[str, Retention]) -> Chart:
    """The average curve of every unit, by its title, each in a colour of its own.

    Raises
    ------
    DataError : the units are not counted alike.
    """
    choices = _counted_alike(units)
    curves = {title: after_first(found.average) for title, found in units.items()}
    with canvas(9.6, 4.0) as (figure, ax):
        for (title, curve), colour in zip(curves.items(), cycle((BLUE, ORANGE, GREEN, INK)), strict=False):
            band(ax, curve, "retention", "ci", colour, linewidth=2, label=short(title))
        longest = max(units, key=lambda title: len(curves[title]))
        age_axes(ax, units[longest], curves[longest], say("return-axis"))
        ax.legend(loc="upper right")
        svg = svg_of(figure, "compared-curves")
    first = pd.DataFrame({title: curve.iloc[0] for title, curve in curves.items()}).T
    facts = _extremes(pvalue_alike(first) < choices.alpha, first["retention"].astype(float))
    facts |= {"age": age_name(choices, first["label"].iloc[0]), "level": level_of(choices)}
    data = pd.concat(curves, names=["unit"]).reset_index(level=0)
    return Chart.of(say, "compared-curves", "retention_compared", svg, data, **facts)


def _counted_alike(units: Mapping[str, Retention]) -> Choices:
    first, *others = (found.choices for found in units.values())
    for other in others:
        if (other.period, other.clock, other.rule) != (first.period, first.clock, first.rule):
            raise DataError(
                "The units are counted differently, so their curves cannot be compared.",
                expected=f"{first.period}, {first.clock} and {first.rule} in all of them",
                do="Give cohort_period, clock and return_rule to compare() for all of them.",
            )
    return first


def _extremes(differ: bool, shares: pd.Series) -> dict[str, Any]:
    """Who returns most and least, by name, where they differ."""
    if not differ:
        return {"differ": False}
    ranked = shares.sort_values(ascending=False)
    facts = {"best": str(ranked.index[0]), "high": percent(ranked.iloc[0])}
    return facts | {"worst": str(ranked.index[-1]), "low": percent(ranked.iloc[-1]), "differ": True}


def segment_curves(segments: BySegment, result: Retention) -> Chart:
    """One small panel per segment on shared axes: its curve with its interval, the average of all in grey."""
    after, choices = after_first(segments.curves), result.choices
    whole = result.average[result.average["period"] > 0]
    names = list(after["segment"].unique())
    rows, columns = -(-len(names) // PANELS), min(PANELS, len(names))
    highest = max(after["retention"].max(), whole["retention"].max(), 0.01)
    with canvas(9.6, 0.6 + 1.9 * rows, rows, columns) as (figure, grid):
        panels = np.ravel(grid)
        for ax, name in zip(panels, names, strict=False):
            curve = after[after["segment"] == name]
            ax.plot(whole["period"], whole["retention"], color=MUTED, linewidth=1)
            band(ax, curve, "retention", "ci", BLUE, linewidth=1.8)
            title = f"{str(name)[:24]} ({number(curve['customers'].iloc[0])})"
            ax.set_title(title, fontsize=10, loc="left", color=INK, parse_math=False)
            percent_axis(ax.yaxis)
        panels[0].set_ylim(0, min(1.0, 1.3 * highest))
        for ax in panels[len(names) :]:
            ax.set_visible(False)
        figure.supxlabel(age_axis(choices), fontsize=10, color=MUTED)
        svg = svg_of(figure, "segment-curves")
    first = segments.curves[segments.curves["period"] == 1].set_index("segment")["retention"]
    facts = _extremes(segments.pvalue < choices.alpha, first)
    facts |= {"column": segments.column, "level": level_of(choices), "period": period_name(choices)}
    return Chart.of(say, "segments", "retention_by_segment", svg, segments.curves, **facts)


def projection_curve(projected: Projection, result: Retention) -> Chart:
    """The average curve, the model through it, where it leads, and the held-out check."""
    curve, held = projected.curve, projected.holdout
    with canvas(9.6, 4.0) as (figure, ax):
        band(ax, curve, "fitted", "ci", BLUE, linewidth=1.8, label=say("projection.model"))
        dashed = {"linewidth": 1.6, "linestyle": (0, (4, 2)), "label": say("projection.predicted")}
        ax.plot(held["period"], held["predicted"], color=ORANGE, **dashed)
        observed = {"marker": "o", "markersize": 4, "label": say("projection.observed")}
        ax.plot(curve["period"], curve["observed"], color=INK, linestyle="none", **observed)
        if curve["projected"].any():
            edge = curve.loc[curve["projected"], "period"].min()
            ax.axvspan(edge - 0.5, curve["period"].max() + 0.3, color=GRID, alpha=0.5, linewidth=0)
        age_axes(ax, result, curve, say("return-axis"))
        ax.legend(loc="lower left", fontsize=9)
        svg = svg_of(figure, "projection")
    last = curve.iloc[-1]
    facts = {"share": percent(last.fitted), "limits": interval(last.ci_lower, last.ci_upper)}
    facts |= {"level": level_of(result.choices), **projection_facts(projected, result)}
    return Chart.of(say, "projection", "projection", svg, curve, **facts)
