"""What the next test could find, drawn."""

import numpy as np

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.planning import Plan
from keepbook.plotting.canvas import BLUE, GREEN, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import bars, label, number_axis, percent_axis
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
            plain = own[own["mde_lift_plain"] > own["mde_lift"] * 1.005]
            ax.plot(plain["customers"], plain["mde_lift_plain"], "--", color=colour, linewidth=1)
            last = own.iloc[-1]
            label(ax, metric_name(str(metric)), (last.customers, last.mde_lift), (8, 0), colour, va="center")
        now = plan.history.available
        ax.axvline(now, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        label(ax, say("detectable.today"), (now, 1.0), (4, -10), MUTED, xycoords=("data", "axes fraction"))
        ax.set(xlim=(0, 1.22 * float(rows["customers"].max())), ylim=(0, None))
        ax.set(xlabel=say("detectable.customers-axis"), ylabel=say("detectable.lift-axis"))
        percent_axis(ax.yaxis)
        number_axis(ax.xaxis)
        svg = svg_of(figure, "detectable")
    facts = {"power": percent(plan.power, 0), "alpha": percent(plan.alpha, 0), "days": plan.outcome_days}
    today = rows[rows["customers"] == now]
    first = (today if len(today) else rows).iloc[0]
    n, lift = int(first["customers"]), percent(first["mde_lift"], 0)
    title = say("detectable", n=n, lift=lift, metric=metric_name(first["metric"]))
    return Chart("detectable", title, say("detectable.caption", **facts), svg, rows)


def simulated_power(plan: Plan) -> Chart:
    """How often simulated tests on the unit's own customers find an effect, beside the formula's promise."""
    rows = plan.simulated
    if rows.empty:
        raise NotEnoughData(say("nothing-simulated"))
    metrics = list(dict.fromkeys(rows["metric"]))
    with canvas(9.6, 3.4, columns=len(metrics)) as (figure, axes):
        panels = np.atleast_1d(axes)
        for ax, metric in zip(panels, metrics, strict=True):
            own = rows[rows["metric"] == metric]
            place, simulated = np.arange(len(own)), say("simulated-power.simulated")
            bars(ax, place, own["power"], own["lower"], own["upper"], INK, label=simulated)
            look = {"markersize": 18, "markeredgewidth": 2.5, "label": say("simulated-power.formula")}
            ax.plot(place, own["formula"], "_", color=BLUE, **look)
            names = [f"{percent(r.lift, 0)}\n{number(r.n_per_arm)}" for r in own.itertuples()]
            ax.set_xticks(place, names)
            ax.set(xlim=(-0.6, len(own) - 0.4), ylim=(0, 1.05), xlabel=say("simulated-power.lift-axis"))
            ax.set_title(metric_name(metric), fontsize=10, loc="left", color=MUTED)
            ax.grid(axis="x", visible=False)
            percent_axis(ax.yaxis)
        panels[0].set_ylabel(say("simulated-power.found-axis"))
        panels[0].legend(loc="lower right", fontsize=9)
        svg = svg_of(figure, "simulated-power")
    short = rows.loc[rows["short"], "metric"].unique()
    title = say("simulated-power", short=listed(map(metric_name, short)) or None)
    false, rates = plan.false_positive, []
    for row in false.itertuples():
        facts = {"rate": percent(row.rate), "limits": interval(row.lower, row.upper)}
        rates.append(say("simulated-power.rate", metric=metric_name(row.metric), **facts))
    n, said = int(false["replications"].iloc[0]), say("between-parts").join(rates)
    caption = say("simulated-power.caption", n=n, anchor=day(plan.history.anchor), rates=said)
    return Chart("simulated_power", title, caption, svg, rows)
