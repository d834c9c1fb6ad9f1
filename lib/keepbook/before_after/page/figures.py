"""A change that was not assigned at random, before and after it, drawn."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from keepbook.before_after import BeforeAfter
from keepbook.before_after.checks import Row
from keepbook.before_after.page.checks import check_sentence, facts_of
from keepbook.before_after.page.facts import numbers
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.page.html import plain
from keepbook.plotting.canvas import BLUE, GRID, INK, MUTED, canvas, svg_of
from keepbook.plotting.marks import bars, label, number_axis, percent_axis
from keepbook.text import catalogue, cohort_name, currency_suffix, day, number
from keepbook.unit import Unit

say = catalogue("before_after")
STEPS = [1, 2, 5, 10]  # of axes
DASHED: Any = (0, (4, 2.5))
ZERO_BELOW = 0.4  # of the top: an axis whose least value lies below begins at zero


def levels(result: BeforeAfter, unit: Unit) -> Chart:
    """Each metric of both groups over the periods, and what was to be expected of the treated."""
    effects, facts = result.effects, facts_of(result, unit)
    with canvas(9.6, 0.9 + 1.9 * len(effects), rows=len(effects), shared=False) as (figure, axes):
        panels = np.atleast_1d(axes)
        for ax, row in zip(panels, effects.to_dict("records"), strict=True):
            own = result.levels[result.levels["metric"] == row["metric"]]
            _courses(ax, own, result.compared)
            _after(ax, result, named=ax is panels[0])
            name = say("metric-per-period", metric=row["metric"], period=result.change.period)
            _title(ax, name + (currency_suffix(unit.currency) if row["kind"] == "money" else ""))
            _value_axis(ax, row["kind"], own)
            _dates(ax, result, named=ax is panels[-1])
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=3, fontsize=10)
        svg = svg_of(figure, "levels")
    asked = result.change.after
    title = say("levels", **numbers(result.deciding, unit.currency), **facts)
    over = None if facts["after"] == asked else facts["after"]
    caption = say("levels.caption", asked=asked, over=over, **facts)
    return Chart("levels", title, caption, svg, result.levels)


def _title(ax: Axes, text: str) -> None:
    ax.set_title(text, fontsize=10, loc="left", color=MUTED)


def _courses(ax: Axes, rows: pd.DataFrame, compared: bool) -> None:
    for group, own in rows.groupby("group", sort=False):
        colour, marker = (MUTED, "s") if group == "comparison" else (BLUE, "o")
        look: dict[str, Any] = {"linewidth": 1.9, "markersize": 4.5, "color": colour, "marker": marker}
        ax.fill_between(own["period"], own["lower"], own["upper"], color=colour, alpha=0.15, linewidth=0)
        ax.plot(own["period"], own["mean"], label=say(f"levels.{group}"), **look)
    own = rows[rows["counterfactual"].notna()]
    if not compared:
        lower, upper = own["counterfactual_lower"], own["counterfactual_upper"]
        ax.fill_between(own["period"], lower, upper, color=MUTED, alpha=0.14, linewidth=0)
    name = say("levels.expected")
    ax.plot(own["period"], own["counterfactual"], color=INK, linewidth=1.6, linestyle=DASHED, label=name)


def _after(ax: Axes, result: BeforeAfter, named: bool = False) -> None:
    """The date, and the time from it on."""
    last = int(result.periods["period"].max())
    ax.axvspan(-0.5, last + 0.5, color=GRID, alpha=0.4, linewidth=0, zorder=0)
    ax.axvline(-0.5, color=INK, linewidth=1)
    ax.set_xlim(int(result.periods["period"].min()) - 0.5, last + 0.5)
    ax.grid(axis="x", visible=False)
    if named:
        text = say("levels.from", date=day(result.change.date))
        label(ax, text, (-0.5, 1.0), (5, 4), MUTED, xycoords=("data", "axes fraction"), fontsize=9)


def _dates(ax: Axes, result: BeforeAfter, named: bool) -> None:
    """First days of the periods; every panel has the ticks, the last one their names."""
    frame, date = result.periods, result.change.date
    step = max(1, -(-len(frame) // 12))
    ticks = frame[frame["period"] % step == 0]
    short = result.change.period == "month" and date.day == 1
    names = [cohort_name(start, "month" if short else "week") for start in ticks["start"]]
    ax.set_xticks(ticks["period"], names if named else [])
    if named:
        ax.set_xlabel(say("levels.months" if short else "levels.begin-axis", period=result.change.period))


def _value_axis(ax: Axes, kind: str, rows: pd.DataFrame) -> None:
    known = rows[["lower", "upper", "mean", "counterfactual"]].to_numpy(float)
    least, most = float(np.nanmin(known)), float(np.nanmax(known))
    if 0 <= least < ZERO_BELOW * most:
        ax.set_ylim(0, 1.06 * most)
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=STEPS))
    if kind == "share":
        percent_axis(ax.yaxis)
    else:
        number_axis(ax.yaxis, 0 if most >= 5 else 1 if most >= 0.5 else 2)


def event_study(result: BeforeAfter, unit: Unit) -> Chart:
    """The gap between the groups in each period, less its mean before the date; metric by metric.

    Without a comparison group the distance from the trend: of the means before the date, and from it on of
    the line fitted to them.
    """
    effects, row, facts = result.effects, result.deciding, facts_of(result, unit)
    with canvas(9.6, 3.5, columns=len(effects), shared=False) as (figure, axes):
        for ax, one in zip(np.atleast_1d(axes), effects.to_dict("records"), strict=True):
            own = result.event_study[result.event_study["metric"] == one["metric"]]
            _after(ax, result)
            _gaps(ax, own, one)
            _difference_title(ax, one, unit)
            _difference_axis(ax.yaxis, one["kind"], own)
            ax.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        figure.supxlabel(say("event-study.axis", **facts), fontsize=10, color=MUTED)
        svg = svg_of(figure, "event-study")
    pre_trend = result.credibility("pre_trend", row["metric"])
    title = plain(say("event-study", pre_trend=pre_trend, **numbers(row, unit.currency), **facts))
    caption = say("event-study.caption", **facts)
    return Chart("event_study", title, caption, svg, result.event_study)


def _gaps(ax: Axes, rows: pd.DataFrame, row: Row) -> None:
    last = rows["period"].max() + 0.5
    ax.fill_between([-0.5, last], row["ci_lower"], row["ci_upper"], color=BLUE, alpha=0.2, linewidth=0)
    ax.plot([-0.5, last], [row["effect"]] * 2, color=BLUE, linewidth=1.4)
    ax.axhline(0, color=INK, linewidth=0.9)
    small = {"markersize": 4.5, "elinewidth": 1.3, "capsize": 0}
    for own, colour in ((rows[rows["period"] < 0], MUTED), (rows[rows["period"] >= 0], BLUE)):
        bars(ax, own["period"], own["effect"], own["ci_lower"], own["ci_upper"], colour, **small)


def _difference_title(ax: Axes, row: Row, unit: Unit) -> None:
    currency = currency_suffix(unit.currency) if row["kind"] == "money" else ""
    _title(ax, say("panel-title", metric=row["metric"], kind=row["kind"], currency=currency))


def _difference_axis(axis: Axis, kind: str, rows: pd.DataFrame) -> None:
    times = 100 if kind == "share" else 1
    most = times * float(np.nanmax(np.abs(rows[["effect", "ci_lower", "ci_upper"]].to_numpy(float))))
    digits = 0 if most >= 5 else 1 if most >= 0.5 else 2
    axis.set_major_locator(MaxNLocator(6, steps=STEPS))
    axis.set_major_formatter(FuncFormatter(lambda value, _at: _signed(value * times, digits)))


def _signed(value: float, digits: int) -> str:
    text = number(value, digits)
    if not any(sign in text for sign in "123456789"):
        return number(0)
    return f"+{text}" if value > 0 else text


def placebo(result: BeforeAfter, unit: Unit) -> Chart:
    """What the same comparison finds at earlier dates, above what it finds at the true one."""
    tried = result.placebo[result.placebo["pvalue"].notna()]
    effects, dates = result.effects, sorted(tried["date"].unique())
    if not dates:
        raise NotEnoughData(say("no-placebo"))
    with canvas(9.6, 1.2 + 0.27 * (len(dates) + 1), columns=len(effects), shared=False) as (figure, axes):
        panels = np.atleast_1d(axes)
        for ax, row in zip(panels, effects.to_dict("records"), strict=True):
            earlier = tried[tried["metric"] == row["metric"]].sort_values("date")
            own = pd.concat([earlier, pd.DataFrame([row])])
            _at_dates(ax, own)
            _difference_title(ax, row, unit)
            _difference_axis(ax.xaxis, row["kind"], own)
            named = ax is panels[0]
            ax.set_yticks(range(len(dates) + 1), [*map(day, dates), day(result.change.date)] if named else [])
        svg = svg_of(figure, "placebo")
    title = _placebo_title(result, len(dates))
    caption = say("placebo.caption", **facts_of(result, unit))
    return Chart("placebo", title, caption, svg, result.placebo)


def _at_dates(ax: Axes, rows: pd.DataFrame) -> None:
    """Earlier dates, and last the true one."""
    last = len(rows) - 1
    for at, row in enumerate(rows.itertuples()):
        colour, width, size = (MUTED, 1.5, 5) if at < last else (BLUE, 3, 7)
        ax.hlines(at, row.ci_lower, row.ci_upper, color=colour, linewidth=width)
        ax.plot(row.effect, at, "o", color=colour, markersize=size)
    ax.axvline(0, color=INK, linewidth=0.9)
    ax.axhline(last - 0.5, color=GRID, linewidth=0.8)
    ax.set_ylim(last + 0.6, -0.6)
    ax.grid(axis="y", visible=False)


def _placebo_title(result: BeforeAfter, dates: int) -> str:
    """The date at which something was found that cannot be there; or that there is none."""
    failed = result.checks[(result.checks["check"] == "placebo") & (result.checks["holds"] == "no")]
    if len(failed):
        return check_sentence(result, "placebo", failed["metric"].iloc[0]).rstrip(".")
    return say("placebo", dates=dates)
