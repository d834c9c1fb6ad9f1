"""A change that was not assigned at random, before and after it, drawn."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from keepbook.before_after import BeforeAfter
from keepbook.before_after.checks import Row
from keepbook.before_after.page.checks import facts_of
from keepbook.before_after.page.facts import Truth, comparable_truth
from keepbook.before_after.verdict import failed_check
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.page.html import plain
from keepbook.plotting.canvas import BLUE, GRID, INK, MUTED, Drawing, draw, read_out
from keepbook.plotting.marks import MAX_TICKS, Ticks, clipped_bars, few_ticks, number_axis, percent_axis
from keepbook.text import (
    Show,
    catalogue,
    change_format,
    cohort_name,
    currency_suffix,
    day,
    estimate,
    interval,
    number,
    percent,
    short,
    value_format,
)
from keepbook.unit import Unit

say = catalogue("before_after")
DASHED: Any = (0, (4, 2.5))
ZERO_BELOW = 0.4  # of the top: an axis whose least value lies below begins at zero
ROOM = 1.5  # times the middle interval: what is wider leaves the frame
ROW = 0.42  # inches of an earlier date

Paint = Callable[[Axes, Row, bool, bool], None]  # axes, metric, whether it is the first, or for a phone


def _each_metric(name: str, result: BeforeAfter, paint: Paint, height: float) -> Drawing:
    """A panel a metric, each on axes of its own."""
    rows = result.effects.to_dict("records")

    def paint_all(axes: Any, narrow: bool) -> None:
        for ax, row in zip(np.atleast_1d(axes), rows, strict=True):
            paint(ax, row, row is rows[0], narrow)

    return draw(name, paint_all, height, panels=len(rows), shared=False)


def _title(ax: Axes, row: Row, unit: Unit, change: bool) -> None:
    """The metric and its unit, over its panel."""
    currency = currency_suffix(unit.currency) if row["kind"] == "money" else ""
    kind = row["kind"] if change else "other"
    ax.set_title(
        say("panel-title", metric=row["metric"], kind=kind, currency=currency), loc="left", color=MUTED
    )


# ── levels ──────────────────────────────────────────────────────────────────────────────────────────────


def levels(result: BeforeAfter, unit: Unit) -> Chart:
    """Each metric of both groups over the periods, and what was to be expected of the treated."""
    facts, row, asked = facts_of(result, unit), result.deciding, result.change.after

    def paint(ax: Axes, one: Row, first: bool, narrow: bool) -> None:
        own = result.levels[result.levels["metric"] == one["metric"]]
        _after(ax, result)
        _courses(ax, own, result, one, unit)
        _title(ax, one, unit, change=False)
        _value_axis(ax, one["kind"], own)
        _dates(ax, result, narrow)
        if first:
            ax.figure.legend(loc="outside upper left", ncols=2 if narrow else 3)

    drawing = _each_metric("levels", result, paint, 2.7)
    facts |= {"asked": asked, "over": None if facts["after"] == asked else facts["after"]}
    facts |= {"metric": row["metric"], "state": _state(result), "above": row["effect"] > 0}
    facts["lift"] = plain(_size(row, unit))
    return Chart.of(say, "levels", "levels", drawing, result.levels, **facts)


def _state(result: BeforeAfter) -> str:
    """Whether the effect on the metric that decides is to be believed, and is beyond chance."""
    row = result.deciding
    if failed_check(result):
        return "failed"
    return "beyond" if row["ci_lower"] * row["ci_upper"] > 0 else "chance"


def _size(row: Row, unit: Unit) -> str:
    """How far from what was to be expected, in per cent of it where that is known."""
    if pd.notna(row["lift"]):
        return percent(abs(row["lift"]), 0)
    return change_format(row["kind"], unit.currency, row["effect"])(abs(row["effect"])).lstrip("+")


def _courses(ax: Axes, rows: pd.DataFrame, result: BeforeAfter, row: Row, unit: Unit) -> None:
    currency = unit.currency if row["kind"] == "money" else None
    show = value_format(row["kind"], currency, row["treated_after"])
    for group, own in rows.groupby("group", sort=False):
        colour, marker = (MUTED, "s") if group == "comparison" else (BLUE, "o")
        name = say(f"levels.{group}")
        ax.fill_between(own["period"], own["lower"], own["upper"], color=colour, alpha=0.15, linewidth=0)
        ax.plot(own["period"], own["mean"], color=colour, marker=marker, markersize=4.5, label=name)
        _read_out(ax, own, "mean", name, result, show)
    own, name = rows[rows["counterfactual"].notna()], say("levels.expected")
    if not result.compared:
        lower, upper = own["counterfactual_lower"], own["counterfactual_upper"]
        ax.fill_between(own["period"], lower, upper, color=MUTED, alpha=0.14, linewidth=0)
    ax.plot(own["period"], own["counterfactual"], color=INK, linewidth=1.6, linestyle=DASHED, label=name)
    _read_out(ax, own[own["period"] >= 0], "counterfactual", name, result, show)


def _read_out(ax: Axes, rows: pd.DataFrame, value: str, name: str, result: BeforeAfter, show: Show) -> None:
    texts = [
        say("levels.reading", when=_when(result, start), name=name, value=show(at))
        for start, at in zip(rows["start"], rows[value], strict=True)
    ]
    read_out(ax, rows["period"], rows[value], texts)


def _when(result: BeforeAfter, start: Any) -> str:
    """A period's name: a month, or the day on which it begins."""
    return cohort_name(pd.Timestamp(start), "month" if _by_calendar(result) else "week")


def _by_calendar(result: BeforeAfter) -> bool:
    """Whether the periods are months of the calendar."""
    return result.change.period == "month" and result.change.date.day == 1


def _after(ax: Axes, result: BeforeAfter) -> None:
    """The time from the date on, shaded."""
    first, last = int(result.periods["period"].min()), int(result.periods["period"].max())
    ax.axvspan(-0.5, last + 0.5, color=GRID, alpha=0.4, linewidth=0, zorder=0)
    ax.axvline(-0.5, color=INK, linewidth=1)
    ax.set_xlim(first - 0.5, last + 0.5)
    ax.grid(axis="x", visible=False)


def _dates(ax: Axes, result: BeforeAfter, narrow: bool) -> None:
    """The period that begins on the date, and where there is room the first."""
    frame = result.periods
    named = [frame["period"].min(), 0] if narrow or _by_calendar(result) else [0]
    ticks = frame[frame["period"].isin(named)]
    ax.set_xticks(ticks["period"], [_when(result, start) for start in ticks["start"]])
    for text in ax.get_xticklabels() if len(ticks) > 1 else []:  # the first would stand beyond the axis
        text.set_horizontalalignment("left")


def _value_axis(ax: Axes, kind: str, rows: pd.DataFrame) -> None:
    known = rows[["lower", "upper", "mean", "counterfactual"]].to_numpy(float)
    least, most = float(np.nanmin(known)), float(np.nanmax(known))
    if 0 <= least < ZERO_BELOW * most:
        ax.set_ylim(0, 1.06 * most)
    if kind == "share":
        percent_axis(ax.yaxis)
    else:
        number_axis(ax.yaxis, 0 if most >= 5 else 1 if most >= 0.5 else 2)


# ── period by period ────────────────────────────────────────────────────────────────────────────────────


def event_study(result: BeforeAfter, unit: Unit, truth: Truth = None) -> Chart:
    """The gap between the groups in each period, less its mean before the date; metric by metric.

    Without a comparison group the distance from the trend: of the means before the date, and from it on of
    the line fitted to them.
    """
    known, facts = comparable_truth(result, truth), facts_of(result, unit)

    def paint(ax: Axes, one: Row, first: bool, narrow: bool) -> None:
        own = result.event_study[result.event_study["metric"] == one["metric"]]
        _after(ax, result)
        _gaps(ax, own, one, partial(_at_period, result, one, unit))
        if one["metric"] in known:
            ax.plot(own["period"].max(), known[one["metric"]], "D", mfc="none", mec=INK, markersize=7)
            value = change_format(one["kind"], unit.currency, one["effect"])(known[one["metric"]])
            text = f"{say('event-study.truth')} | {value}"
            read_out(ax, [own["period"].max()], [known[one["metric"]]], [text])
        _title(ax, one, unit, change=True)
        _difference_axis(ax.yaxis, one["kind"])
        ax.xaxis.set_major_locator(MaxNLocator(MAX_TICKS, integer=True))

    drawing = _each_metric("event_study", result, paint, 2.7)
    metric = result.deciding["metric"]
    facts |= {"metric": metric, "pre_trend": result.credibility("pre_trend", metric), "truth": bool(known)}
    return Chart.of(say, "event-study", "event_study", drawing, result.event_study, **facts)


def _gaps(ax: Axes, rows: pd.DataFrame, row: Row, say_of: Callable[[Any], str]) -> None:
    last, edges = rows["period"].max() + 0.5, _frame(pd.concat([rows, pd.DataFrame([row])]))
    ax.fill_between([-0.5, last], row["ci_lower"], row["ci_upper"], color=BLUE, alpha=0.2, linewidth=0)
    ax.plot([-0.5, last], [row["effect"]] * 2, color=BLUE, linewidth=1.4)
    ax.axhline(0, color=INK, linewidth=0.9)
    small = {"markersize": 4.5, "elinewidth": 1.3, "capsize": 0}
    for own, colour in ((rows[rows["period"] < 0], MUTED), (rows[rows["period"] >= 0], BLUE)):
        texts = [say_of(one) for one in own.itertuples()]
        limits = (own["ci_lower"], own["ci_upper"])
        clipped_bars(ax, own["period"], own["effect"], *limits, colour, edges, texts=texts, **small)


def _frame(rows: pd.DataFrame) -> tuple[float, float]:
    """What is drawn of an axis of differences: zero, all values, and no interval far wider than most."""
    value = rows["effect"]
    room = ROOM * float(((rows["ci_upper"] - rows["ci_lower"]) / 2).fillna(0.0).median())
    least = min(0.0, float(rows["ci_lower"].fillna(value).clip(lower=value - room).min()))
    most = max(0.0, float(rows["ci_upper"].fillna(value).clip(upper=value + room).max()))
    edge = 0.06 * (most - least) or 1.0
    return least - edge, most + edge


def _at_period(result: BeforeAfter, row: Row, unit: Unit, one: Any) -> str:
    return say("event-study.reading", when=_when(result, one.start), value=_with_limits(row, unit, one))


def _with_limits(row: Row, unit: Unit, one: Any) -> str:
    """A difference and its interval, in the digits of the metric's effect."""
    bare = change_format(row["kind"], None, row["effect"])
    known = pd.notna(one.ci_lower)
    limits = interval(one.ci_lower, one.ci_upper, bare)
    text = change_format(row["kind"], unit.currency, row["effect"])(one.effect)
    return plain(estimate(text, limits)) if known else text


def _difference_axis(axis: Axis, kind: str) -> None:
    """Signed differences, shares in percentage points, at few ticks."""
    axis.set_major_locator(few_ticks())
    times = 100 if kind == "share" else 1
    shown = Ticks(lambda x, digits: _signed(x, number(x * times, digits)), times, brief=_brief)
    axis.set_major_formatter(shown)


def _signed(value: float, text: str) -> str:
    return f"{'+' if value > 0 else ''}{text}"


def _brief(value: float) -> str:
    return _signed(value, short(value))


# ── earlier dates ───────────────────────────────────────────────────────────────────────────────────────


def placebo(result: BeforeAfter, unit: Unit) -> Chart:
    """What the same comparison finds at earlier dates, above what it finds at the true one."""
    tried = result.placebo[result.placebo["pvalue"].notna()]
    dates = sorted(tried["date"].unique())
    if not dates:
        raise NotEnoughData(say("no-placebo"))

    def paint(ax: Axes, one: Row, first: bool, narrow: bool) -> None:
        earlier = tried[tried["metric"] == one["metric"]].sort_values("date")
        own = pd.concat([earlier, pd.DataFrame([one]).assign(date=result.change.date)])
        _at_dates(ax, own, one, unit)
        _title(ax, one, unit, change=True)
        _difference_axis(ax.xaxis, one["kind"])
        named = first or narrow
        ax.set_yticks(range(len(own)), [day(date) for date in own["date"]] if named else [""] * len(own))

    drawing = _each_metric("placebo", result, paint, 0.9 + ROW * (len(dates) + 1))
    facts = facts_of(result, unit)
    facts |= {"true": facts["date"], "dates": len(dates), "date": _found_at(result)}
    return Chart.of(say, "placebo", "placebo", drawing, result.placebo, **facts)


def _at_dates(ax: Axes, rows: pd.DataFrame, metric: Row, unit: Unit) -> None:
    """Earlier dates, and last the true one."""
    last, edges = len(rows) - 1, _frame(rows)
    for at, one in enumerate(rows.itertuples()):
        colour, width, size = (MUTED, 1.5, 5) if at < last else (BLUE, 3, 7)
        ends = np.clip([one.ci_lower, one.ci_upper], *edges)
        ax.hlines(at, *ends, color=colour, linewidth=width)
        for end, edge, arrow in ((one.ci_lower, edges[0], "<"), (one.ci_upper, edges[1], ">")):
            if not edges[0] <= end <= edges[1]:
                ax.plot(edge, at, arrow, color=colour, markersize=6, clip_on=False)
        ax.plot(one.effect, at, "o", color=colour, markersize=size)
        text = say("event-study.reading", when=day(one.date), value=_with_limits(metric, unit, one))
        read_out(ax, [one.effect], [at], [text])
    ax.axvline(0, color=INK, linewidth=0.9)
    ax.axhline(last - 0.5, color=GRID, linewidth=0.8)
    ax.set(xlim=edges, ylim=(last + 0.6, -0.6))
    ax.grid(axis="y", visible=False)


def _found_at(result: BeforeAfter) -> str | None:
    """The date at which something was found that cannot be there; None where there is none."""
    failed = result.checks[(result.checks["check"] == "placebo") & (result.checks["holds"] == "no")]
    return day(failed["date"].iloc[0]) if len(failed) else None
