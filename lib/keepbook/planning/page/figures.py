"""What the next test could find, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.plotting.axes import number_axis, percent_axis
from keepbook.plotting.canvas import BLUE, GREEN, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import bars, label
from keepbook.text import _, day, metric_name, number, percent, plural

if TYPE_CHECKING:  # see charts.strategy
    from keepbook.planning.plan import Plan

COLOURS = (BLUE, ORANGE, GREEN)


def detectable(plan: Plan) -> Chart:
    """The smallest effect that a test of so many customers finds, metric by metric."""
    rows = plan.detectable.dropna(subset=["mde_lift"])
    if rows.empty:
        raise NotEnoughData(
            _("Not shown: with the customers there are, no effect of any size would be found.")
        )
    with canvas(9.6, 3.6) as (figure, ax):
        for (metric, own), colour in zip(rows.groupby("metric", sort=False), COLOURS, strict=False):
            ax.plot(own["customers"], own["mde_lift"], "o-", color=colour, markersize=6, linewidth=2)
            plain = own[(own["mde_lift_plain"] > own["mde_lift"] * 1.005)]
            ax.plot(plain["customers"], plain["mde_lift_plain"], "--", color=colour, linewidth=1)
            last = own.iloc[-1]
            label(ax, metric_name(str(metric)), (last.customers, last.mde_lift), (8, 0), colour, va="center")
        now = plan.history.available
        ax.axvline(now, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        label(ax, _("there today"), (now, 1.0), (4, -10), MUTED, xycoords=("data", "axes fraction"))
        ax.set_xlim(0, 1.22 * float(rows["customers"].max()))
        ax.set_ylim(0, None)
        ax.set_xlabel(_("customers in the test, half of them treated"))
        ax.set_ylabel(_("smallest lift it finds"))
        percent_axis(ax.yaxis)
        number_axis(ax.xaxis)
        svg = svg_of(figure, "detectable")
    caption = _(
        "Found with a chance of {power}, at {alpha} significance, {days} after the last one is assigned. "
        "Full lines: with what customers did before (CUPED), dashed: without. Right of today: those who come "
        "in 13 and 26 weeks."
    ).format(
        power=percent(plan.power, 0),
        alpha=percent(plan.alpha, 0),
        days=plural(plan.outcome_days, _("day"), _("days")),
    )
    title = _detectable_title(plan, rows)
    return Chart("detectable", title, caption, title, svg, rows)


def _detectable_title(plan: Plan, rows: pd.DataFrame) -> str:
    today = rows[rows["customers"] == plan.history.available]
    first = (today if len(today) else rows).iloc[0]
    text = _("A test of today's {n} finds a lift of {lift} or more in: {metric}")
    return text.format(
        n=plural(int(first["customers"]), _("customer"), _("customers")),
        lift=percent(first["mde_lift"], 0),
        metric=metric_name(first["metric"]),
    )


def simulated_power(plan: Plan) -> Chart:
    """How often simulated tests on the unit's own customers find an effect, beside the formula's promise."""
    rows = plan.simulated
    if rows.empty:
        raise NotEnoughData(
            _("Not shown: simulated tests. No lift has room on top of what customers do anyway.")
        )
    metrics = list(dict.fromkeys(rows["metric"]))
    with canvas(9.6, 3.4, columns=len(metrics)) as (figure, axes):
        for ax, metric in zip(np.atleast_1d(axes), metrics, strict=True):
            own = rows[rows["metric"] == metric]
            place = np.arange(len(own))
            bars(ax, place, own["power"], own["lower"], own["upper"], INK, label=_("simulated"))
            look = {"markersize": 18, "markeredgewidth": 2.5, "label": _("formula")}
            ax.plot(place, own["formula"], "_", color=BLUE, **look)
            names = [f"{percent(r.lift, 0)}\n{number(r.n_per_arm)}" for r in own.itertuples()]
            ax.set_xticks(place, names)
            ax.set_xlabel(_("lift; customers per arm"))
            ax.set_title(metric_name(metric), fontsize=10, loc="left", color=MUTED)
            ax.set_xlim(-0.6, len(own) - 0.4)
            ax.set_ylim(0, 1.05)
            ax.grid(axis="x", visible=False)
            percent_axis(ax.yaxis)
        np.atleast_1d(axes)[0].set_ylabel(_("found"))
        np.atleast_1d(axes)[0].legend(loc="lower right", fontsize=9)
        svg = svg_of(figure, "simulated-power")
    title = _("Simulated tests find what the formula promises")
    if rows["short"].any():
        title = _("Simulated tests find less than the formula promises in: {metrics}")
        short = rows.loc[rows["short"], "metric"].unique()
        title = title.format(metrics=", ".join(map(metric_name, short)))
    rates = "; ".join(
        f"{metric_name(r.metric)} {percent(r.rate)} [{percent(r.lower)}, {percent(r.upper)}]"
        for r in plan.false_positive.itertuples()
    )
    caption = _(
        "Each dot: {n} tests drawn from the customers of {anchor} with a lift put in through additional "
        "purchases, analysed as this page does. Where nothing is put in, an effect is found in: {rates}."
    ).format(
        n=number(plan.false_positive["replications"].iloc[0]), anchor=day(plan.history.anchor), rates=rates
    )
    return Chart("simulated_power", title, caption, title, svg, rows)
