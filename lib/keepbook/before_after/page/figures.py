"""A change that was not drawn by lot, before and after it, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.plotting.axes import number_axis, percent_axis
from keepbook.plotting.canvas import BLUE, GRID, INK, MUTED, canvas, svg_of
from keepbook.plotting.marks import bars, label
from keepbook.text import (
    _,
    calendar_name,
    change_format,
    currency_suffix,
    day,
    interval,
    percent,
    plural,
    value_format,
)

if TYPE_CHECKING:  # figures need no statistics, and their packages take long to load
    from keepbook.before_after.comparison import BeforeAfter

MEASURED = {
    "revenue": {"month": _("revenue a customer and month"), "week": _("revenue a customer and week")},
    "orders": {"month": _("orders a customer and month"), "week": _("orders a customer and week")},
    "retained": {"month": _("share who buy in a month"), "week": _("share who buy in a week")},
}
SHORT = {"revenue": _("revenue"), "orders": _("orders"), "retained": _("share who buy")}
MANY = {"month": _("months"), "week": _("weeks")}
SINCE = {"month": _("months from {date}"), "week": _("weeks from {date}")}
STEPS = [1, 2, 5, 10]  # of axes
DASHED: Any = (0, (4, 2.5))
NEAR_ZERO = 0.4  # of the top: an axis whose least value lies below begins at zero


def measured(metric: str, period: str) -> str:
    """`revenue a customer and month`: a metric with what it is counted per."""
    return MEASURED[metric][period]


def bare(metric: str) -> str:
    """`revenue`: a metric where what it is counted per is said already."""
    return SHORT[metric]


def headline(found: BeforeAfter) -> dict[str, Any]:
    """The row of effects that decides: revenue, or the first metric where it was not asked for."""
    rows = found.effects.set_index("metric", drop=False)
    return dict(rows.loc["revenue"] if "revenue" in rows.index else rows.iloc[0])


# ── the two groups ──────────────────────────────────────────────────────────────────────────────────────


def levels(found: BeforeAfter, currency: str | None, alpha: float) -> Chart:
    """Each metric of both groups over the periods, and what was to be expected of the treated."""
    effects, compared = found.effects, found.kind == "difference-in-differences"
    with canvas(9.6, 0.9 + 1.9 * len(effects), rows=len(effects), shared=False) as (figure, axes):
        panels = np.atleast_1d(axes)
        for ax, row in zip(panels, effects.to_dict("records"), strict=True):
            own = found.levels[found.levels["metric"] == row["metric"]]
            _courses(ax, own, compared)
            _after(ax, found, named=ax is panels[0])
            name = measured(row["metric"], found.change.period)
            name += currency_suffix(currency) if row["kind"] == "money" else ""
            ax.set_title(name, fontsize=10, loc="left", color=MUTED)
            _value_axis(ax, row["kind"], own)
            _dates(ax, found, named=ax is panels[-1])
        _legend(figure, panels[0])
        svg = svg_of(figure, "levels")
    title = _levels_title(found, currency)
    return Chart("levels", title, _levels_caption(found, alpha), title, svg, found.levels)


def _courses(ax: Axes, rows: pd.DataFrame, compared: bool) -> None:
    looks: dict[str, tuple[str, dict[str, Any]]] = {
        "treated": (_("those who got it"), {"color": BLUE, "marker": "o"}),
        "all": (_("those who count"), {"color": BLUE, "marker": "o"}),
        "comparison": (_("comparison"), {"color": MUTED, "marker": "s"}),
    }
    for group, own in rows.groupby("group", sort=False):
        name, look = looks[str(group)]
        ax.fill_between(
            own["period"], own["lower"], own["upper"], color=look["color"], alpha=0.15, linewidth=0
        )
        ax.plot(own["period"], own["mean"], label=name, linewidth=1.9, markersize=4.5, **look)
    own = rows[rows["counterfactual"].notna()]
    if not compared:
        ax.fill_between(
            own["period"],
            own["counterfactual_lower"],
            own["counterfactual_upper"],
            color=MUTED,
            alpha=0.14,
            linewidth=0,
        )
    name = _("to be expected without the change")
    ax.plot(own["period"], own["counterfactual"], color=INK, linewidth=1.6, linestyle=DASHED, label=name)


def _after(ax: Axes, found: BeforeAfter, named: bool = False) -> None:
    """The date, and the time from it on."""
    last = int(found.periods["period"].max())
    ax.axvspan(-0.5, last + 0.5, color=GRID, alpha=0.4, linewidth=0, zorder=0)
    ax.axvline(-0.5, color=INK, linewidth=1)
    ax.set_xlim(int(found.periods["period"].min()) - 0.5, last + 0.5)
    ax.grid(axis="x", visible=False)
    if named:
        text = _("from {date} on").format(date=day(found.change.date))
        label(ax, text, (-0.5, 1.0), (5, 4), MUTED, xycoords=("data", "axes fraction"), fontsize=9)


def _dates(ax: Axes, found: BeforeAfter, named: bool) -> None:
    """First days of the periods; every panel has the ticks, the last one their names."""
    frame, date = found.periods, found.change.date
    step = max(1, -(-len(frame) // 12))
    ticks = frame[frame["period"] % step == 0]
    short = found.change.period == "month" and date.day == 1
    names = [f"{start:%Y-%m}" if short else day(start) for start in ticks["start"]]
    ax.set_xticks(ticks["period"], names if named else [])
    if named:
        ax.set_xlabel(_("months") if short else _("{periods} that begin on").format(periods=_periods(found)))


def _periods(found: BeforeAfter) -> str:
    return MANY[found.change.period]


def _value_axis(ax: Axes, kind: str, rows: pd.DataFrame) -> None:
    known = rows[["lower", "upper", "mean", "counterfactual"]].to_numpy(float)
    least, most = float(np.nanmin(known)), float(np.nanmax(known))
    if 0 <= least < NEAR_ZERO * most:
        ax.set_ylim(0, 1.06 * most)
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=STEPS))
    if kind == "share":
        percent_axis(ax.yaxis)
    else:
        number_axis(ax.yaxis, 0 if most >= 5 else 1 if most >= 0.5 else 2)


def _legend(figure: Figure, ax: Axes) -> None:
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper left", ncols=3, fontsize=10)


def _levels_title(found: BeforeAfter, currency: str | None) -> str:
    row = headline(found)
    show = value_format(row["kind"], currency, row["treated_after"])
    name = measured(row["metric"], found.change.period)
    text = _("{metric}: {after} from {date} on; {expected} were to be expected without the change")
    return text.format(
        metric=name[:1].upper() + name[1:],
        after=show(row["treated_after"]),
        expected=show(row["counterfactual"]),
        date=day(found.change.date),
    )


def _levels_caption(found: BeforeAfter, alpha: float) -> str:
    level = percent(1 - alpha, 0)
    if found.kind == "difference-in-differences":
        text = _(
            "Means of the same customers in every period, with {level} bands; who buys nothing counts as 0. "
            "Dashed: the level of the treated before {date}, moved as the comparison moved. Before that day "
            "it should run along the treated; after it, the distance is the effect."
        )
    else:
        text = _(
            "Means of customers {ages} after their first purchase, others in every period, with {level} "
            "bands; an age weighs the same in all periods, by all the customers who count at that age. "
            "Dashed: a straight line fitted to the periods before {date}, with its band; from that day on it "
            "is carried on, no data. The distance from it is the effect."
        )
    words = {"level": level, "date": day(found.change.date), "ages": found.ages}
    return f"{text.format(**words)} {_whole(found)}"


def _whole(found: BeforeAfter) -> str:
    """That every period is whole, and how many are not over yet."""
    asked, seen = found.change.after, int(found.periods["is_after"].sum())
    if seen == asked:
        return _("All periods are whole.")
    text = _("All periods are whole; of {asked} from that day on, {seen} are over.")
    return text.format(asked=plural(asked, calendar_name(found.change.period), _periods(found)), seen=seen)


# ── the gap ─────────────────────────────────────────────────────────────────────────────────────────────


def event_study(found: BeforeAfter, currency: str | None, alpha: float) -> Chart:
    """The gap between the groups in each period, less its mean before the date; metric by metric.

    Without a comparison group the distance from the trend: of the means before the date, and from it on of
    the line fitted to them.
    """
    effects = found.effects
    with canvas(9.6, 3.5, columns=len(effects), shared=False) as (figure, axes):
        for ax, row in zip(np.atleast_1d(axes), effects.to_dict("records"), strict=True):
            own = found.event_study[found.event_study["metric"] == row["metric"]]
            _after(ax, found)
            _gaps(ax, own, row)
            _difference_title(ax, row, currency)
            _difference_axis(ax.yaxis, row["kind"], own)
            ax.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        words = SINCE[found.change.period].format(date=day(found.change.date))
        figure.supxlabel(words, fontsize=10, color=MUTED)
        svg = svg_of(figure, "event-study")
    title = _gap_title(found, currency)
    level = percent(1 - alpha, 0)
    text = _(
        "Dots: those who got it less the comparison, less the mean of that before {date}; bars: {level} "
        "intervals, of each period by itself. Grey, before: they should lie around zero. Blue band: the "
        "effect, the mean from that day on, with its interval."
    )
    alone = _(
        "Grey, before {date}: distance of each period from the trend; it should lie around zero, without a "
        "bend. Blue, from that day on: no data, but the distance of a second straight line, fitted to those "
        "periods, with {level} intervals. Band: the effect, its mean, with its interval."
    )
    compared = found.kind == "difference-in-differences"
    caption = (text if compared else alone).format(level=level, date=day(found.change.date))
    return Chart("event_study", title, caption, title, svg, found.event_study)


def _gaps(ax: Axes, rows: pd.DataFrame, row: dict[str, Any]) -> None:
    last = rows["period"].max() + 0.5
    ax.fill_between([-0.5, last], row["ci_lower"], row["ci_upper"], color=BLUE, alpha=0.2, linewidth=0)
    ax.plot([-0.5, last], [row["effect"]] * 2, color=BLUE, linewidth=1.4)
    ax.axhline(0, color=INK, linewidth=0.9)
    small = {"markersize": 4.5, "elinewidth": 1.3, "capsize": 0}
    for own, colour in ((rows[rows["period"] < 0], MUTED), (rows[rows["period"] >= 0], BLUE)):
        bars(ax, own["period"], own["effect"], own["ci_lower"], own["ci_upper"], colour, **small)


def _difference_title(ax: Axes, row: dict[str, Any], currency: str | None) -> None:
    unit = {"money": currency_suffix(currency), "share": _(", percentage points")}.get(row["kind"], "")
    ax.set_title(SHORT[row["metric"]] + unit, fontsize=10, loc="left", color=MUTED)


def _difference_axis(axis: Axis, kind: str, rows: pd.DataFrame) -> None:
    times = 100 if kind == "share" else 1
    most = times * float(np.nanmax(np.abs(rows[["effect", "ci_lower", "ci_upper"]].to_numpy(float))))
    digits = 0 if most >= 5 else 1 if most >= 0.5 else 2
    axis.set_major_locator(MaxNLocator(6, steps=STEPS))
    axis.set_major_formatter(FuncFormatter(lambda value, _at: _signed(value * times, digits)))


def _signed(value: float, digits: int) -> str:
    text = f"{value:+,.{digits}f}".replace("-", "−")
    return text if any(sign in text for sign in "123456789") else "0"


def _gap_title(found: BeforeAfter, currency: str | None) -> str:
    row = headline(found)
    words = {
        "metric": SHORT[row["metric"]],
        "date": day(found.change.date),
        "effect": change_format(row["kind"], currency, row["effect"])(row["effect"]),
        "limits": interval(row["ci_lower"], row["ci_upper"], change_format(row["kind"], None, row["effect"])),
        "before": _before(found, row["metric"]),
    }
    if found.kind == "difference-in-differences":
        return _("From {date} on the gap in {metric} moved by {effect} {limits}; {before}").format(**words)
    return _("From {date} on {metric} lay {effect} {limits} off its trend; {before}").format(**words)


def _before(found: BeforeAfter, metric: str) -> str:
    """What the time before the date says of it."""
    held = standing(found, "pre_trend", metric)
    if found.kind == "difference-in-differences":
        return {
            "yes": _("before it did not move beyond chance"),
            "no": _("but it had been moving before"),
        }.get(held, _("whether it had been moving before cannot be told"))
    return {
        "yes": _("before it was straight, as far as can be seen"),
        "no": _("but it was not straight before"),
    }.get(held, _("whether it was straight before cannot be told"))


def standing(found: BeforeAfter, check: str, metric: str = "") -> str:
    """How a check came out: yes, no or open; empty where it was not made."""
    rows = found.checks
    own = rows[(rows["check"] == check) & (rows["metric"] == metric)]["holds"]
    return str(own.iloc[0]) if len(own) else ""


# ── dates at which nothing happened ─────────────────────────────────────────────────────────────────────


def placebo(found: BeforeAfter, currency: str | None, alpha: float) -> Chart:
    """What the same comparison finds at earlier dates, above what it finds at the true one."""
    tried = found.placebo[found.placebo["pvalue"].notna()]
    effects, dates = found.effects, sorted(tried["date"].unique())
    if not dates:
        raise NotEnoughData(_("Not shown: there is no earlier date to try the comparison on."))
    with canvas(9.6, 1.2 + 0.27 * (len(dates) + 1), columns=len(effects), shared=False) as (figure, axes):
        panels = np.atleast_1d(axes)
        for ax, row in zip(panels, effects.to_dict("records"), strict=True):
            own = tried[tried["metric"] == row["metric"]].sort_values("date")
            _at_dates(ax, own, row)
            _difference_title(ax, row, currency)
            _difference_axis(ax.xaxis, row["kind"], pd.concat([own, pd.DataFrame([row])]))
            named = ax is panels[0]
            ax.set_yticks(range(len(dates) + 1), [*map(day, dates), day(found.change.date)] if named else [])
        svg = svg_of(figure, "placebo")
    title = _placebo_title(found, len(dates))
    caption = _(
        "The comparison at earlier dates, from the periods before {date} alone: grey, with {level} intervals "
        "of each date by itself. Blue, last: at the true date. Of several grey ones some may miss zero by "
        "chance; the check allows for their number."
    ).format(level=percent(1 - alpha, 0), date=day(found.change.date))
    return Chart("placebo", title, caption, title, svg, found.placebo)


def _at_dates(ax: Axes, rows: pd.DataFrame, row: dict[str, Any]) -> None:
    own = [*rows[["effect", "ci_lower", "ci_upper"]].itertuples(index=False)]
    for at, (value, lower, upper) in enumerate(own):
        ax.hlines(at, lower, upper, color=MUTED, linewidth=1.5)
        ax.plot(value, at, "o", color=MUTED, markersize=5)
    ax.hlines(len(own), row["ci_lower"], row["ci_upper"], color=BLUE, linewidth=3)
    ax.plot(row["effect"], len(own), "o", color=BLUE, markersize=7)
    ax.axvline(0, color=INK, linewidth=0.9)
    ax.axhline(len(own) - 0.5, color=GRID, linewidth=0.8)
    ax.set_ylim(len(own) + 0.6, -0.6)
    ax.grid(axis="y", visible=False)


def _placebo_title(found: BeforeAfter, dates: int) -> str:
    """The date at which something was found that cannot be there; or that there is none."""
    failed = found.checks[(found.checks["check"] == "placebo") & (found.checks["holds"] == "no")]
    if len(failed):
        return str(failed["sentence"].iloc[0]).rstrip(".")
    n = plural(dates, _("earlier date"), _("earlier dates"))
    return _("At {n}, when nothing was introduced, nothing is found beyond chance").format(n=n)
