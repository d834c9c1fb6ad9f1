"""Who stays, drawn: the heatmap, the average curve, segments, and where the curve is heading."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from keepbook.cohorts import BySegment, Projection, Retention
from keepbook.cohorts.page.ages import after_first, ages
from keepbook.page.elements import Chart
from keepbook.plotting.axes import percent_axis
from keepbook.plotting.canvas import (
    BLUE,
    DARK_TEXT,
    GRID,
    INK,
    LIGHT_TEXT,
    MUTED,
    ORANGE,
    PAPER,
    canvas,
    svg_of,
)
from keepbook.plotting.marks import band
from keepbook.text import (
    age_axis,
    age_name,
    catalogue,
    cohort_name,
    interval,
    number,
    percent,
    period_name,
    points,
)

say = catalogue("cohorts")

PANELS = 4  # side by side
MOST = 24  # more cohorts or periods cannot be read; the data beside the figure hold all


def headline_periods(result: Retention) -> pd.DataFrame:
    """First and last period worth naming: the last that at least a quarter of the customers reached."""
    after = result.average[result.average["period"] > 0]
    carried = after[after["size"] >= result.customers / 4]
    return pd.concat([after.head(1), carried.tail(1)]).drop_duplicates("period")


# ── heatmap ─────────────────────────────────────────────────────────────────────────────────────────────


def heatmap(result: Retention) -> Chart:
    """Cohort × period heatmap: cohort sizes left, the average on top, incomplete cells hatched."""
    cells = after_first(result.cells)
    cohorts = result.cohorts.tail(MOST)
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
        ax.set_xlabel(say("heatmap-axis", clock=result.choices.clock, period=result.choices.period))
        ax.tick_params(length=0)
        svg = svg_of(figure, "retention-heatmap")
    title = _heatmap_title(result)
    return Chart("retention_cells", title, _heatmap_caption(result), title, svg, result.cells)


def _colour_cells(ax: Axes, shares: np.ndarray) -> None:
    known = np.isfinite(shares)
    highest = float(shares[known].max()) if known.any() else 0.0
    texts = np.where(known, np.char.mod("%.0f", np.nan_to_num(shares) * 100), "")
    sns.heatmap(
        shares,
        ax=ax,
        cmap=sns.light_palette(BLUE, as_cmap=True),
        vmin=0,
        vmax=highest or 1.0,
        cbar=False,
        linewidths=1.2,
        linecolor=PAPER,
        annot=texts,
        fmt="",
        annot_kws={"fontsize": 8.5},
    )
    for text in ax.texts:
        column, row = (int(place) for place in text.get_position())
        text.set_color(LIGHT_TEXT if shares[row, column] > 0.6 * highest else DARK_TEXT)
    ax.grid(False)
    ax.axhline(1, color=INK, linewidth=1.5)


def _hatch_incomplete(ax: Axes, cells: pd.DataFrame, cohorts: list[pd.Timestamp], periods: list[int]) -> None:
    shown = cells["cohort"].isin(cohorts) & cells["period"].isin(periods)
    for cell in cells[shown & ~cells["complete"]].itertuples():
        place = (periods.index(cell.period), cohorts.index(cell.cohort) + 1)
        ax.add_patch(Rectangle(place, 1, 1, fill=False, hatch="////", edgecolor=MUTED, linewidth=0))


def _name_rows(ax: Axes, cohorts: pd.DataFrame, result: Retention) -> None:
    """Two columns left of the cells: which cohort, and how many customers it holds."""
    names = [
        cohort_name(row.cohort, result.choices.period) + (" *" if row.warm_up else "")
        for row in cohorts.itertuples()
    ]
    ax.set_ylabel("")
    sizes = [number(result.customers), *map(number, cohorts["size"])]
    ax.set_yticks(np.arange(len(sizes)) + 0.5, sizes, rotation=0)
    outside: dict[str, Any] = {"textcoords": "offset points", "ha": "right"}
    for row, name in enumerate([say("heatmap.average"), *names]):
        ax.annotate(name, (0, row + 0.5), xytext=(-66, 0), va="center", color=INK, **outside)
    ax.annotate(say("heatmap.cohort"), (0, 0), xytext=(-66, 6), color=MUTED, **outside)
    ax.annotate(say("heatmap.customers"), (0, 0), xytext=(-5, 6), color=MUTED, **outside)


def _heatmap_title(result: Retention) -> str:
    named = headline_periods(result)
    if named.empty:
        return say("heatmap", ages=0)
    first, last = named.iloc[0], named.iloc[-1]
    return say(
        "heatmap",
        ages=len(named),
        share=percent(first.retention),
        age=age_name(result.choices, first.label),
        share_last=percent(last.retention),
        age_last=age_name(result.choices, last.label),
    )


def _heatmap_caption(result: Retention) -> str:
    return say(
        "heatmap.caption",
        rule=result.choices.rule,
        average=result.choices.average,
        open=not result.cells["complete"].all(),
        warm_up=result.cohorts["warm_up"].any(),
        hidden=len(result.cohorts) > MOST,
        drawn=MOST,
        cohorts=len(result.cohorts),
    )


# ── curves ──────────────────────────────────────────────────────────────────────────────────────────────


def curve(result: Retention) -> Chart:
    """The average curve with its interval, every cohort thin behind it."""
    average = after_first(result.average)
    later = result.cells[result.cells["complete"] & (result.cells["period"] > 0)]
    with canvas(9.6, 4.0) as (figure, ax):
        for _cohort, cells in later.groupby("cohort"):
            ax.plot(cells["period"], cells["retention"], color=MUTED, linewidth=0.6, alpha=0.45)
        band(
            ax, average, "retention", "ci_lower", "ci_upper", BLUE, linewidth=2.2, marker="o", markersize=3.5
        )
        ax.set_ylim(bottom=0)
        ages(ax, result, average)
        ax.set_ylabel(say("return-axis"))
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "retention-curve")
    first = average.iloc[0]
    title = say(
        "curve",
        share=percent(first.retention),
        limits=interval(first.ci_lower, first.ci_upper),
        age=age_name(result.choices, first.label),
    )
    caption = say("curve.caption", level=percent(1 - result.choices.alpha, 0))
    return Chart("retention_average", title, caption, title, svg, result.average)


def segment_curves(segments: BySegment, result: Retention) -> Chart:
    """One small panel per segment on shared axes: its curve with its interval, the average of all in grey."""
    after = after_first(segments.curves)
    whole = result.average[result.average["period"] > 0]
    names = list(after["segment"].unique())
    rows, columns = -(-len(names) // PANELS), min(PANELS, len(names))
    highest = max(after["retention"].max(), whole["retention"].max(), 0.01)
    with canvas(9.6, 0.6 + 1.9 * rows, rows, columns) as (figure, grid):
        panels = np.ravel(grid)
        for ax, name in zip(panels, names, strict=False):
            curve = after[after["segment"] == name]
            ax.plot(whole["period"], whole["retention"], color=MUTED, linewidth=1)
            band(ax, curve, "retention", "ci_lower", "ci_upper", BLUE, linewidth=1.8)
            title = f"{str(name)[:24]} ({number(curve['customers'].iloc[0])})"
            ax.set_title(title, fontsize=10, loc="left", color=INK, parse_math=False)
            percent_axis(ax.yaxis)
        panels[0].set_ylim(0, min(1.0, 1.3 * highest))
        for ax in panels[len(names) :]:
            ax.set_visible(False)
        figure.supxlabel(age_axis(result.choices), fontsize=10, color=MUTED)
        svg = svg_of(figure, "segment-curves")
    caption = say(
        "segments.caption",
        column=segments.column,
        level=percent(1 - result.choices.alpha, 0),
        period=period_name(result.choices),
    )
    title = _segment_title(segments, result)
    return Chart("retention_by_segment", title, caption, title, svg, segments.curves)


def _segment_title(segments: BySegment, result: Retention) -> str:
    first = segments.curves[segments.curves["period"] == 1].sort_values("retention", ascending=False)
    differ = segments.pvalue < result.choices.alpha
    facts = {}
    if differ:
        best, worst = first.iloc[0], first.iloc[-1]
        facts = {"best": best.segment, "high": percent(best.retention)}
        facts |= {"worst": worst.segment, "low": percent(worst.retention)}
    return say("segments", differ=differ, period=period_name(result.choices), **facts)


def projection_curve(projected: Projection, result: Retention) -> Chart:
    """The average curve, the model through it, where it leads, and the held-out check."""
    curve, held = projected.curve, projected.holdout
    with canvas(9.6, 4.0) as (figure, ax):
        band(ax, curve, "fitted", "ci_lower", "ci_upper", BLUE, linewidth=1.8, label=say("projection.model"))
        ax.plot(
            held["period"],
            held["predicted"],
            color=ORANGE,
            linewidth=1.6,
            linestyle=(0, (4, 2)),
            label=say("projection.predicted"),
        )
        observed = {"color": INK, "linestyle": "none", "marker": "o", "markersize": 4}
        ax.plot(curve["period"], curve["observed"], label=say("projection.observed"), **observed)
        if curve["projected"].any():
            edge = curve.loc[curve["projected"], "period"].min()
            ax.axvspan(edge - 0.5, curve["period"].max() + 0.3, color=GRID, alpha=0.5, linewidth=0)
        ax.set_ylim(bottom=0)
        ages(ax, result, curve)
        ax.set_ylabel(say("return-axis"))
        percent_axis(ax.yaxis)
        ax.legend(loc="lower left", fontsize=9)
        svg = svg_of(figure, "projection")
    last = curve.iloc[-1]
    title = say(
        "projection",
        share=percent(last.fitted),
        limits=interval(last.ci_lower, last.ci_upper),
        period=period_name(result.choices),
        last=int(last.period),
    )
    caption = say(
        "projection.caption",
        held=len(held),
        error=points(projected.holdout_error).lstrip("+"),
        level=percent(1 - result.choices.alpha, 0),
    )
    return Chart("projection", title, caption, title, svg, projected.curve)
