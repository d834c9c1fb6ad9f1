"""What the next test needs: the facts that findings, tiles and the table state."""

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from keepbook.page.elements import Table, Tile, cash
from keepbook.planning import Plan
from keepbook.results import is_missing
from keepbook.text import MISSING, catalogue, day, listed, metric_name, number, percent
from keepbook.unit import Unit

say = catalogue("planning")
AIM = 0.10  # a lift that a manager can hope for


def findings(plans: Sequence[Plan], unit: Unit) -> list[str]:
    """Who could take part, and what a test could find when, plan by plan; or why there is no plan."""
    sentences: list[str] = []
    for plan in plans:
        if is_missing(plan):
            sentences.append(plan.reason.what)
        else:
            sentences += [_today(plan, unit), *_aims(plan), *notes(plan, unit)]
    return sentences if all(map(is_missing, plans)) else [*sentences, say("planned-end")]


def _today(plan: Plan, unit: Unit) -> str:
    """Who there is, and what they could find."""
    history, today = plan.history, _found_today(plan).itertuples()
    return say(
        "today",
        audience=plan.audience,
        n=history.available,
        more=number(history.per_week, 0 if history.per_week >= 10 else 1),
        past=history.eligible,
        anchor=day(history.anchor),
        share=percent(history.retained),
        days=plan.outcome_days,
        revenue=cash(history.revenue, unit.currency),
        lifts=listed(f"{metric_name(row.metric)} {percent(row.mde_lift, 0)}" for row in today) or None,
    )


def _found_today(plan: Plan) -> pd.DataFrame:
    """The rows of `detectable` of a test with all customers available now, where it finds anything."""
    rows = plan.detectable
    return rows[rows["customers"] == plan.history.available].dropna(subset=["mde_lift"])


def _aims(plan: Plan) -> Iterator[str]:
    """What it takes to find a lift worth hoping for."""
    rows = plan.needed[plan.needed["lift"].round(6) == AIM].set_index("metric")
    rows = rows.reindex(["retained", "revenue"]).dropna(subset=["n_per_arm_cuped"])
    parts = []
    for metric, n, ready in rows[["n_per_arm_cuped", "ready_on"]].itertuples():
        ready = None if pd.isna(ready) else day(ready)
        parts.append(say("aim-part", n=int(n), metric=metric_name(metric), day=ready))
    if parts:
        both = say("between-parts").join(parts)
        yield say("aim", lift=percent(AIM, 0), power=percent(plan.power, 0), parts=both)


def notes(plan: Plan, unit: Unit) -> list[str]:
    """What limits the plan: power below the formula's (the worst row of a metric), false alarms, no room."""
    said, short, false = [], plan.simulated[plan.simulated["short"]], plan.false_positive
    for metric, own in short.groupby("metric", sort=False):
        worst = own.loc[(own["formula"] - own["power"]).idxmax()]
        shares = {name: percent(worst[name], 0) for name in ("lift", "power", "formula")}
        said.append(say("short", metric=str(metric), n=int(worst["n_per_arm"]), **shares))
    for row in false[false["inflated"]].itertuples():
        rates = {"rate": percent(row.rate), "alpha": percent(plan.alpha, 0)}
        said.append(say("inflated", metric=row.metric, n=int(row.n_per_arm), **rates))
    for metric, largest in plan.largest_lift.items():
        if metric == "retained" and largest < plan.needed["lift"].max():
            retained = percent(plan.history.retained)
            said.append(say("little-room", share=retained, most=percent(largest)))
        elif not largest:
            said.append(say("no-room", metric=metric))
    if plan.pre_days and not plan.history.had_bought:
        said.append(say("nobody-before", days=plan.pre_days, most=max(plan.pre_days, unit.churn_after)))
    if not plan.history.weeks:
        said.append(say("intake-unknown"))
    elif not plan.history.per_week:
        said.append(say("no-intake", weeks=plan.history.weeks))
    return said


def tiles(plans: Sequence[Plan]) -> list[Tile]:
    """Customers there are, and the smallest lift in who comes back that they would show."""
    found = []
    for plan in plans:
        if is_missing(plan):
            continue
        who, label = plan.audience, say("tile-available", audience=plan.audience)
        definition = say("tile-available.definition")
        found.append(Tile(f"available_{who}", label, plan.history.available, definition, kind="number"))
        for row in _found_today(plan).query("metric == 'retained'").head(1).itertuples():
            definition = say("tile-detectable.definition", power=percent(plan.power, 0))
            label = say("tile-detectable", audience=who)
            found.append(Tile(f"detectable_{who}", label, float(row.mde_lift), definition))
    return found


def needed_table(plan: Plan) -> Table:
    """Customers and weeks for each metric and lift."""
    rows = plan.needed
    return Table(
        {
            say("needed.metric"): (rows["metric"].map(metric_name), str),
            say("needed.lift"): (rows["lift"], partial(percent, digits=0)),
            say("needed.per-arm"): (rows["n_per_arm_cuped"], number),
            say("needed.plain"): (rows["n_per_arm"], number),
            say("needed.weeks"): (rows["weeks"], number),
            say("needed.ready"): ([MISSING if pd.isna(one) else day(one) for one in rows["ready_on"]], str),
        },
        say("needed.caption", power=percent(plan.power, 0), days=plan.outcome_days),
        name=f"needed_{plan.audience}",
    )
