"""What the next test could find, drawn."""

import numpy as np
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.planning import Plan
from keepbook.plotting.axes import number_axis, percent_axis
from keepbook.plotting.canvas import BLUE, GREEN, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import bars, label
from keepbook.text import catalogue, day, interval, listed, metric_name, number, percent

say = catalogue("planning")
COLOURS = (BLUE, ORANGE, GREEN)


def detectable(plan: Plan) -> Chart:
    """The smallest effect that a test of so many customers finds, metric by metric."""
    rows = plan.detectable.dropna(subset=["mde_lift"])
    if rows.empty:
        raise NotEnoughData(say("nothing-detectable"))
    with canvas(9.6, 3.6) as (figure, ax):
        for (metric, own), colour in zip(rows.groupby("metric", sort=False), COLOURS, strict=False):
            ax.plot(own["customers"], own["mde_lift"], "o-", color=colour, markersize=6, linewidth=2)
            plain = own[(own["mde_lift_plain"] > own["mde_lift"] * 1.005)]
            ax.plot(plain["customers"], plain["mde_lift_plain"], "--", color=colour, linewidth=1)
            last = own.iloc[-1]
            label(ax, metric_name(str(metric)), (last.customers, last.mde_lift), (8, 0), colour, va="center")
        now = plan.history.available
        ax.axvline(now, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        label(ax, say("detectable.today"), (now, 1.0), (4, -10), MUTED, xycoords=("data", "axes fraction"))
        ax.set_xlim(0, 1.22 * float(rows["customers"].max()))
        ax.set_ylim(0, None)
        ax.set_xlabel(say("detectable.customers-axis"))
        ax.set_ylabel(say("detectable.lift-axis"))
        percent_axis(ax.yaxis)
        number_axis(ax.xaxis)
        svg = svg_of(figure, "detectable")
    facts = {"power": percent(plan.power, 0), "alpha": percent(plan.alpha, 0), "days": plan.outcome_days}
    caption = say("detectable.caption", **facts)
    title = _detectable_title(plan, rows)
    return Chart("detectable", title, caption, title, svg, rows)


def _detectable_title(plan: Plan, rows: pd.DataFrame) -> str:
    today = rows[rows["customers"] == plan.history.available]
    first = (today if len(today) else rows).iloc[0]
    return say(
        "detectable",
        n=int(first["customers"]),
        lift=percent(first["mde_lift"], 0),
        metric=metric_name(first["metric"]),
    )


def simulated_power(plan: Plan) -> Chart:
    """How often simulated tests on the unit's own customers find an effect, beside the formula's promise."""
    rows = plan.simulated
    if rows.empty:
        raise NotEnoughData(say("nothing-simulated"))
    metrics = list(dict.fromkeys(rows["metric"]))
    with canvas(9.6, 3.4, columns=len(metrics)) as (figure, axes):
        for ax, metric in zip(np.atleast_1d(axes), metrics, strict=True):
            own = rows[rows["metric"] == metric]
            place = np.arange(len(own))
            simulated, formula = say("simulated-power.simulated"), say("simulated-power.formula")
            bars(ax, place, own["power"], own["lower"], own["upper"], INK, label=simulated)
            look = {"markersize": 18, "markeredgewidth": 2.5, "label": formula}
            ax.plot(place, own["formula"], "_", color=BLUE, **look)
            names = [f"{percent(r.lift, 0)}\n{number(r.n_per_arm)}" for r in own.itertuples()]
            ax.set_xticks(place, names)
            ax.set_xlabel(say("simulated-power.lift-axis"))
            ax.set_title(metric_name(metric), fontsize=10, loc="left", color=MUTED)
            ax.set_xlim(-0.6, len(own) - 0.4)
            ax.set_ylim(0, 1.05)
            ax.grid(axis="x", visible=False)
            percent_axis(ax.yaxis)
        np.atleast_1d(axes)[0].set_ylabel(say("simulated-power.found-axis"))
        np.atleast_1d(axes)[0].legend(loc="lower right", fontsize=9)
        svg = svg_of(figure, "simulated-power")
    short = rows.loc[rows["short"], "metric"].unique()
    title = say("simulated-power", short=listed(map(metric_name, short)) or None)
    return Chart("simulated_power", title, _simulated_caption(plan), title, svg, rows)


def _simulated_caption(plan: Plan) -> str:
    rates = [
        say(
            "simulated-power.rate",
            metric=metric_name(row.metric),
            rate=percent(row.rate),
            limits=interval(row.lower, row.upper),
        )
        for row in plan.false_positive.itertuples()
    ]
    return say(
        "simulated-power.caption",
        n=int(plan.false_positive["replications"].iloc[0]),
        anchor=day(plan.history.anchor),
        rates=say("between-parts").join(rates),
    )
