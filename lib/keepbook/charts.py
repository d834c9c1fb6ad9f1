"""One function per figure: takes a result, returns it drawn, titled with its finding.

Figures are SVG with text kept as text. Ink, grid and paper are CSS variables of the page, so that a figure
follows light, dark and print; data colours are from the colour-blind-safe Okabe–Ito set.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from keepbook.cohorts import BySegment, Choices, Projection, Retention
from keepbook.words import _, interval, money, number, percent, plural, points

INK, MUTED, GRID, PAPER = "#1f2429", "#5c6670", "#d9dee3", "#fffffe"
PAGE_COLOURS = {INK: "--kb-ink", MUTED: "--kb-muted", GRID: "--kb-grid", PAPER: "--kb-paper"}
BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"
SERIES = [BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW, MUTED]

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "keepbook",
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
    "axes.prop_cycle": mpl.cycler(color=SERIES),
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "figure.facecolor": "none",
    "hatch.color": MUTED,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
}
PANELS = 4  # side by side
MOST_COHORTS = MOST_PERIODS = 24  # more cannot be read; the data beside the figure hold all
UNIT_NAMES = {"week": _("week"), "month": _("month"), "quarter": _("quarter")}


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


@contextmanager
def _canvas(width: float, height: float, rows: int = 1, columns: int = 1) -> Iterator[tuple[Figure, Any]]:
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Text stays text in SVG: the reader's own fonts draw what the measuring font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, figure.subplots(rows, columns, sharex=True, sharey=True)


def _svg(figure: Figure, name: str) -> str:
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
    text = re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", text)
    return text


def _percent_axis(axis: mpl.axis.Axis, digits: int = 0) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _position: percent(value, digits)))


def _ages(ax: Axes, result: Retention, drawn: pd.DataFrame, room: float = 0.3) -> None:
    """The axis of ages, from the first period after the purchase to the last one drawn, plus room for labels."""
    ax.set_xlabel(_("{unit}s since first purchase").format(unit=UNIT_NAMES[result.choices.period]))
    if len(drawn) == 0:
        return
    first, last = int(drawn["period"].min()), int(drawn["period"].max())
    step = max(1, round((last - first) / 12))
    labels = dict(zip(result.cells["period"], result.cells["label"], strict=True))
    ticks = list(range(first, last + 1, step))
    ax.set_xticks(ticks, [labels.get(tick, str(tick)) for tick in ticks])
    ax.set_xlim(first - 0.3, last + room)


def cohort_name(start: pd.Timestamp, period: str) -> str:
    """`2017-03`, `2017-Q1`, or the Monday a week begins with."""
    if period == "month":
        return f"{start:%Y-%m}"
    return f"{start.year}-Q{start.quarter}" if period == "quarter" else f"{start:%Y-%m-%d}"


# ── retention ───────────────────────────────────────────────────────────────────────────────────────────


def headline_periods(result: Retention) -> pd.DataFrame:
    """First and last period worth naming: the last is one that at least a quarter of the customers reached."""
    after = result.average[result.average["period"] > 0]
    carried = after[after["size"] >= result.customers / 4]
    return pd.concat([after.head(1), carried.tail(1)]).drop_duplicates("period")


def retention_heatmap(result: Retention) -> Drawn:
    """Cohort × period heatmap: cohort sizes left, the average on top, incomplete cells hatched."""
    cells, average = result.cells[result.cells["period"] > 0], result.average
    starts = list(result.cohorts["cohort"])[-MOST_COHORTS:]
    periods = sorted(cells["period"].unique())[:MOST_PERIODS]
    labels = dict(zip(result.cells["period"], result.cells["label"], strict=True))
    grid = cells.pivot(index="cohort", columns="period", values="retention").reindex(index=starts, columns=periods)
    partial = cells[~cells["complete"] & cells["cohort"].isin(starts) & cells["period"].isin(periods)]
    top = average.set_index("period")["retention"].reindex(periods)
    matrix = pd.concat([top.to_frame().T, grid])
    flags = result.cohorts.set_index("cohort")["warm_up"]
    sizes = result.cohorts.set_index("cohort")["size"]
    rows = [_("average"), *[cohort_name(s, result.choices.period) + (" *" if flags[s] else "") for s in starts]]
    counts = [number(sizes.sum()), *[number(sizes[s]) for s in starts]]
    with _canvas(max(5.5, 1.9 + 0.335 * len(periods)), 0.9 + 0.27 * len(rows)) as (figure, ax):
        ax.grid(False)
        shown = matrix.to_numpy(float)
        highest = np.nanmax(shown) if np.isfinite(shown).any() else 1.0
        sns.heatmap(
            shown, ax=ax, cmap=sns.light_palette(BLUE, as_cmap=True), vmin=0, vmax=highest or 1.0, cbar=False,
            linewidths=1.2, linecolor=PAPER,
            annot=np.vectorize(lambda v: f"{v * 100:.0f}" if np.isfinite(v) else "")(shown),
            fmt="", annot_kws={"fontsize": 8.5},
        )  # fmt: skip
        for text in ax.texts:  # dark on light cells, light on dark ones; never the page's own ink
            row, column = int(text.get_position()[1]), int(text.get_position()[0])
            text.set_color("#ffffff" if shown[row, column] > 0.6 * highest else "#10161b")
        for cell in partial.itertuples():
            place = (periods.index(cell.period), starts.index(cell.cohort) + 1)
            ax.add_patch(Rectangle(place, 1, 1, fill=False, hatch="////", edgecolor=MUTED, linewidth=0))
        ax.axhline(1, color=INK, linewidth=1.5)
        ax.set_yticks(np.arange(len(rows)) + 0.5, counts, rotation=0)
        for row, name in enumerate(rows):  # two columns left of the cells: cohort, then its size
            ax.annotate(name, (0, row + 0.5), xytext=(-66, 0), textcoords="offset points", ha="right", va="center", color=INK)
        ax.set_xticks(np.arange(len(periods)) + 0.5, [labels[p] for p in periods], rotation=0)
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.set_xlabel(_("{unit}s since first purchase; % of the cohort").format(unit=UNIT_NAMES[result.choices.period]))
        ax.annotate(_("cohort"), (0, 0), xytext=(-66, 6), textcoords="offset points", ha="right", color=MUTED)
        ax.annotate(_("customers"), (0, 0), xytext=(-5, 6), textcoords="offset points", ha="right", color=MUTED)
        ax.tick_params(length=0)
        svg = _svg(figure, "retention-heatmap")
    return Drawn("retention_cells", _heatmap_title(result), _heatmap_caption(result, len(starts)), _heatmap_title(result), svg, result.cells)


def _heatmap_title(result: Retention) -> str:
    named = headline_periods(result)
    if named.empty:
        return _("No period after the first purchase is over yet")
    first, last = named.iloc[0], named.iloc[-1]
    unit = UNIT_NAMES[result.choices.period]
    if len(named) == 1:
        return _("{share} return in {unit} {age}").format(share=percent(first.retention), unit=unit, age=first.label)
    return _("{first} return in {unit} {age}, {last} in {unit} {late}").format(
        first=percent(first.retention), last=percent(last.retention), unit=unit, age=first.label, late=last.label
    )


def _heatmap_caption(result: Retention, shown: int) -> str:
    rule = {
        "on": _("bought in exactly that period"),
        "on_or_after": _("bought in that period or later"),
        "bracket": _("bought within that range of periods"),
    }[result.choices.rule]
    average = _("weighted by cohort size") if result.choices.average == "pooled" else _("each cohort counted once")
    text = _("Share of each cohort that {rule}. Average: complete cells only, {average}. Hatched: not over for the whole cohort, in no average.")
    parts = [text.format(rule=rule, average=average)]
    if result.cohorts["warm_up"].any():
        parts.append(_("* Warm-up: these customers may be older than they look, as the data begin here."))
    if shown < len(result.cohorts):
        parts.append(_("The latest {shown} of {all} cohorts are drawn.").format(shown=shown, all=number(len(result.cohorts))))
    return " ".join(parts)


def retention_curve(result: Retention) -> Drawn:
    """The average curve with its interval, every cohort thin behind it."""
    average = result.average[result.average["period"] > 0]
    later = result.cells[result.cells["complete"] & (result.cells["period"] > 0)]
    with _canvas(9.6, 4.0) as (figure, ax):
        for _cohort, cells in later.groupby("cohort"):
            ax.plot(cells["period"], cells["retention"], color=MUTED, linewidth=0.6, alpha=0.45)
        ax.fill_between(average["period"], average["ci_lower"], average["ci_upper"], color=BLUE, alpha=0.25, linewidth=0)
        ax.plot(average["period"], average["retention"], color=BLUE, linewidth=2.2, marker="o", markersize=3.5)
        ax.set_ylim(bottom=0)
        _ages(ax, result, average)
        ax.set_ylabel(_("share who return"))
        _percent_axis(ax.yaxis)
        svg = _svg(figure, "retention-curve")
    level = percent(1 - result.choices.alpha, 0)
    title = _heatmap_title(result)
    if len(average):
        first = average.iloc[0]
        title = _("The average cohort keeps {share} {interval} after one {unit}").format(
            share=percent(first.retention), interval=interval(first.ci_lower, first.ci_upper), unit=UNIT_NAMES[result.choices.period]
        )
    caption = _("Blue: average of all cohorts with its {level} interval; grey: each cohort. Complete periods only. The period of the first purchase itself (100 %) is not drawn.")
    return Drawn("retention_average", title, caption.format(level=level), title, svg, result.average)


def segment_curves(segments: BySegment, result: Retention) -> Drawn:
    """One small panel per segment on shared axes: its curve with its interval, the average of all in grey."""
    after = segments.curves[segments.curves["period"] > 0]
    names = list(after["segment"].unique())
    rows, columns = -(-len(names) // PANELS), min(PANELS, len(names))
    whole = result.average[result.average["period"] > 0]
    with _canvas(9.6, 0.6 + 1.9 * rows, rows, columns) as (figure, grid):
        for ax, name in zip(np.ravel(grid), names, strict=False):
            curve = after[after["segment"] == name]
            ax.plot(whole["period"], whole["retention"], color=MUTED, linewidth=1)
            ax.fill_between(curve["period"], curve["ci_lower"], curve["ci_upper"], color=BLUE, alpha=0.22, linewidth=0)
            ax.plot(curve["period"], curve["retention"], color=BLUE, linewidth=1.8)
            ax.set_title(f"{str(name)[:24]} ({number(curve['customers'].iloc[0])})", fontsize=10, loc="left", color=INK)
            _percent_axis(ax.yaxis)
        np.ravel(grid)[0].set_ylim(0, min(1.0, 1.3 * max(after["retention"].max(), whole["retention"].max(), 0.01)))
        for ax in np.ravel(grid)[len(names) :]:
            ax.set_visible(False)
        figure.supxlabel(_("{unit}s since first purchase").format(unit=UNIT_NAMES[result.choices.period]), fontsize=10, color=MUTED)
        svg = _svg(figure, "segment-curves")
    caption = _("Each {column} (customers in brackets) in blue with its {level} interval, the average of all in grey. The title rests on one χ² test over all segments in the first {unit}, so that looking at many of them makes no difference up.")
    caption = caption.format(column=segments.column, level=percent(1 - result.choices.alpha, 0), unit=UNIT_NAMES[result.choices.period])
    title = _segment_title(segments, result)
    return Drawn("retention_by_segment", title, caption, title, svg, segments.curves)


def _segment_title(segments: BySegment, result: Retention) -> str:
    unit = UNIT_NAMES[result.choices.period]
    if not segments.pvalue < result.choices.alpha:
        return _("No clear difference between segments after one {unit}").format(unit=unit)
    first = segments.curves[segments.curves["period"] == 1].sort_values("retention", ascending=False)
    best, worst = first.iloc[0], first.iloc[-1]
    return _("{best} returns most ({high}), {worst} least ({low}) after one {unit}").format(
        best=best.segment, high=percent(best.retention), worst=worst.segment, low=percent(worst.retention), unit=unit
    )


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def revenue_curve(result: Retention, currency: str | None) -> Drawn:
    """Revenue of the average cohort per period, as a share of its first period's."""
    average = result.average[result.average["period"] > 0]
    with _canvas(9.6, 3.8) as (figure, ax):
        ax.fill_between(average["period"], average["revenue_ci_lower"], average["revenue_ci_upper"], color=GREEN, alpha=0.22, linewidth=0)
        ax.plot(average["period"], average["revenue_retention"], color=GREEN, linewidth=2.2, marker="o", markersize=3.5)
        ax.set_ylim(bottom=0)
        _ages(ax, result, average)
        ax.set_ylabel(_("of first-period revenue"))
        _percent_axis(ax.yaxis)
        svg = _svg(figure, "revenue-curve")
    title = _("No period after the first is over yet")
    named = headline_periods(result)
    if len(named):
        last = named.iloc[-1]
        title = _("Of {hundred} in the first {unit}, {back} come back in {unit} {age}").format(
            hundred=money(100, currency), back=money(100 * last.revenue_retention, currency, 1),
            unit=UNIT_NAMES[result.choices.period], age=last.label,
        )  # fmt: skip
    caption = _("Revenue net of returns of all customers who entered, divided by the revenue of their first period; {level} interval. A first calendar period is a part of one for most customers, so read the shape rather than the level.")
    return Drawn("revenue_average", title, caption.format(level=percent(1 - result.choices.alpha, 0)), title, svg, result.average)


def revenue_rates(bridge: pd.DataFrame, choices: Choices) -> Drawn:
    """Net and gross revenue retention from period to period."""
    rates = bridge.dropna(subset=["nrr"])
    with _canvas(9.6, 3.8) as (figure, ax):
        for rate, colour, name in (("nrr", BLUE, _("net (NRR)")), ("grr", ORANGE, _("gross (GRR)"))):
            ax.fill_between(rates["period_start"], rates[f"{rate}_ci_lower"], rates[f"{rate}_ci_upper"], color=colour, alpha=0.2, linewidth=0)
            ax.plot(rates["period_start"], rates[rate], color=colour, linewidth=2, label=name)
        ax.axhline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        ax.set_ylim(bottom=0)
        ax.set_ylabel(_("of the period before"))
        _percent_axis(ax.yaxis)
        ax.legend(loc="upper left", ncols=2)
        svg = _svg(figure, "revenue-rates")
    title = _("No two periods to compare yet")
    if len(rates):
        last = rates.iloc[-1]
        title = _("In {period}, customers from before brought {share} of the revenue of the {unit} before").format(
            period=cohort_name(last.period_start, choices.period), share=percent(last.nrr, 0), unit=UNIT_NAMES[choices.period]
        )
    caption = _("Net: what customers from before spent, as a share of all revenue one {unit} earlier; includes those who came back. Gross: the same without any increase. Bands: {level} intervals. Dashed: unchanged.")
    return Drawn("revenue_bridge", title, caption.format(unit=UNIT_NAMES[choices.period], level=percent(1 - choices.alpha, 0)), title, svg, bridge)


def churn_rate(churn: pd.DataFrame, choices: Choices, churn_after: int) -> Drawn:
    """Customers gone per period, with intervals."""
    with _canvas(9.6, 3.6) as (figure, ax):
        low, high = churn["churn"] - churn["ci_lower"], churn["ci_upper"] - churn["churn"]
        ax.errorbar(
            churn["period_start"], churn["churn"], yerr=[low.clip(lower=0), high.clip(lower=0)],
            color=ORANGE, ecolor=ORANGE, elinewidth=1.2, marker="o", markersize=4, linewidth=1.6,
        )  # fmt: skip
        ax.set_ylim(bottom=0)
        ax.set_ylabel(_("of customers at its start"))
        _percent_axis(ax.yaxis)
        svg = _svg(figure, "churn-rate")
    last = churn.iloc[-1]
    title = _("{share} of customers were lost in {period}").format(share=percent(last.churn), period=cohort_name(last.period_start, choices.period))
    caption = _("Lost: a customer at the start of the {unit} who by its end has bought nothing for {days} days. Bars: {level} Wilson intervals.")
    caption = caption.format(unit=UNIT_NAMES[choices.period], days=churn_after, level=percent(1 - choices.alpha, 0))
    return Drawn("logo_churn", title, caption, title, svg, churn)


# ── projection ──────────────────────────────────────────────────────────────────────────────────────────


def projection(projected: Projection, result: Retention) -> Drawn:
    """The average curve, the model through it, where it leads, and the held-out check."""
    curve, held = projected.curve, projected.holdout
    with _canvas(9.6, 4.0) as (figure, ax):
        ax.fill_between(curve["period"], curve["ci_lower"], curve["ci_upper"], color=BLUE, alpha=0.18, linewidth=0)
        ax.plot(curve["period"], curve["fitted"], color=BLUE, linewidth=1.8, label=_("model"))
        ax.plot(held["period"], held["predicted"], color=ORANGE, linewidth=1.6, linestyle=(0, (4, 2)), label=_("predicted from the earlier periods"))
        ax.plot(curve["period"], curve["observed"], color=INK, linestyle="none", marker="o", markersize=4, label=_("observed"))
        edge = curve.loc[curve["projected"], "period"].min()
        if np.isfinite(edge):
            ax.axvspan(edge - 0.5, curve["period"].max(), color=GRID, alpha=0.5, linewidth=0)
        ax.set_ylim(bottom=0)
        _ages(ax, result, curve)
        ax.set_ylabel(_("share who return"))
        _percent_axis(ax.yaxis)
        ax.legend(loc="upper right", fontsize=9)
        svg = _svg(figure, "projection")
    last = curve.iloc[-1]
    title = _("Heading for {share} {interval} in {unit} {age}").format(
        share=percent(last.fitted), interval=interval(last.ci_lower, last.ci_upper),
        unit=UNIT_NAMES[result.choices.period], age=int(last.period),
    )  # fmt: skip
    caption = _("Shifted beta-geometric model (Fader & Hardie 2007), made for contracts: here it describes the curve, it does not explain it. Checked by predicting the last {count} from those before: off by {error} on average. Band: {level} interval for the share to be observed.")
    caption = caption.format(
        count=plural(len(held), _("observed period"), _("observed periods")),
        error=points(projected.holdout_error).lstrip("+"), level=percent(1 - result.choices.alpha, 0),
    )  # fmt: skip
    return Drawn("projection", title, caption, title, svg, projected.curve)



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
        f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="1.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{BLUE}"/></svg>'
    )
