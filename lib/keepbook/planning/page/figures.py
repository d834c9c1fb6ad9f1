"""What the next test could find, drawn."""

from typing import Any

import numpy as np
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.planning import Plan
from keepbook.plotting.canvas import BLUE, MUTED, draw, read_out
from keepbook.plotting.marks import bars, label, label_ends, number_axis, percent_axis
from keepbook.text import catalogue, day, estimate, interval, listed, metric_name, percent

say = catalogue("planning")
LOOKS = ((BLUE, "o"), (MUTED, "s"), (MUTED, "^"))  # of metrics: the first is the one to plan by


def detectable(plan: Plan) -> Chart:
    """The smallest effect that a test of so many customers finds, metric by metric."""
    rows = plan.detectable.dropna(subset=["mde_lift"])
    if rows.empty:
        raise NotEnoughData(say("nothing-detectable"))
    now = plan.history.available
    sharpened = rows["mde_lift_plain"] > rows["mde_lift"] * 1.005

    def paint(ax: Any, narrow: bool) -> None:
        ends = []
        for (metric, own), (colour, marker) in zip(rows.groupby("metric", sort=False), LOOKS, strict=False):
            ax.plot(own["customers"], own["mde_lift"], marker=marker, color=colour, markersize=6, linewidth=2)
            plain = own[sharpened[own.index]]
            ax.plot(plain["customers"], plain["mde_lift_plain"], "--", color=colour, linewidth=1)
            ends.append(
                (own["customers"].iloc[-1], own["mde_lift"].iloc[-1], metric_name(str(metric)), colour)
            )
            read_out(ax, own["customers"], own["mde_lift"], [_detected(row) for row in own.itertuples()])
        ax.axvline(now, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        label(ax, say("detectable.today"), (now, 1.0), (4, -10), MUTED, xycoords=("data", "axes fraction"))
        ax.set(xlim=(0, 1.05 * float(rows["customers"].max())), ylim=(0, None))
        ax.set(xlabel=say("detectable.customers-axis"))
        percent_axis(ax.yaxis)
        number_axis(ax.xaxis)
        label_ends(ax, ends)

    facts = {"power": percent(plan.power, 0), "alpha": percent(plan.alpha, 0), "days": plan.outcome_days}
    today = rows[rows["customers"] == now]
    first = (today if len(today) else rows).iloc[0]
    facts |= {"lift": percent(first["mde_lift"], 0), "audience": plan.audience}
    facts |= {"sharpened": bool(sharpened.any())}
    name = f"detectable_{plan.audience}"
    return Chart.of(say, "detectable", name, draw(name, paint), rows, **facts)


def _detected(row: Any) -> str:
    lift = percent(row.mde_lift, 0)
    return say("detectable.reading", metric=metric_name(row.metric), n=int(row.customers), lift=lift)


def simulated_power(plan: Plan) -> Chart:
    """How often simulated tests on the unit's own customers find an effect, beside the formula's promise."""
    rows = plan.simulated
    if rows.empty:
        raise NotEnoughData(say("nothing-simulated"))
    metrics = list(dict.fromkeys(rows["metric"]))

    def paint(axes: Any, narrow: bool) -> None:
        for i, (ax, metric) in enumerate(zip(np.atleast_1d(axes), metrics, strict=True)):
            _power_of(ax, rows[rows["metric"] == metric])
            ax.set_title(metric_name(metric), loc="left", color=MUTED)
            ax.tick_params(labelleft=narrow or i == 0)

    name = f"simulated_power_{plan.audience}"
    drawing = draw(name, paint, 2.8, panels=len(metrics), shared=False)  # some have no room for a lift
    short = rows.loc[rows["short"], "metric"].unique()
    facts: dict[str, Any] = {"audience": plan.audience, "short": listed(map(metric_name, short)) or None}
    false = plan.false_positive
    facts |= {"anchor": day(plan.history.anchor), "n": int(false["replications"].iloc[0])}
    facts |= {"rates": say("between-parts").join(_false(plan))}
    return Chart.of(say, "simulated-power", name, drawing, rows, **facts)


def _power_of(ax: Any, own: pd.DataFrame) -> None:
    place = np.arange(len(own))
    texts = [
        say("simulated-power.reading", lift=percent(r.lift, 0), n=int(r.n_per_arm), found=percent(r.power, 0))
        for r in own.itertuples()
    ]
    bars(ax, place, own["power"], own["lower"], own["upper"], BLUE, texts=texts)
    ax.plot(place, own["formula"], "_", color=MUTED, markersize=18, markeredgewidth=2.5)
    ax.set_xticks(place, [percent(lift, 0) for lift in own["lift"]])
    ax.set(xlim=(-0.6, len(own) - 0.4), ylim=(0, 1.05), xlabel=say("simulated-power.lift-axis"))
    percent_axis(ax.yaxis)


def _false(plan: Plan) -> list[str]:
    """How often an effect is found where none is, metric by metric."""
    return [
        say(
            "simulated-power.rate",
            metric=metric_name(row.metric),
            rate=estimate(percent(row.rate), interval(row.lower, row.upper)),
        )
        for row in plan.false_positive.itertuples()
    ]
