"""What the next test needs: the facts that findings and tiles state."""

from collections.abc import Iterator, Sequence

import pandas as pd

from keepbook.page.elements import Tile, cash
from keepbook.planning import Plan
from keepbook.results import is_missing
from keepbook.text import catalogue, day, listed, metric_name, number, percent
from keepbook.unit import Unit

say = catalogue("planning")
AIM = 0.10  # a lift that a manager can hope for


def findings(plans: Sequence[Plan], unit: Unit) -> list[str]:
    """Who could take part, and what a test could find when, plan by plan; or why there is no plan.

    Parameters
    ----------
    plans : of which some may be missing.
    """
    sentences: list[str] = []
    for plan in plans:
        if is_missing(plan):
            sentences.append(plan.reason.what)
        else:
            sentences += [_today(plan, unit), *_aims(plan), *notes(plan, unit)]
    return sentences if all(map(is_missing, plans)) else [*sentences, say("planned-end")]


def _today(plan: Plan, unit: Unit) -> str:
    """Who there is, and what they could find."""
    history, today = plan.history, _found_today(plan)
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
        lifts=listed(f"{metric_name(row.metric)} {percent(row.mde_lift, 0)}" for row in today.itertuples())
        or None,
    )


def _found_today(plan: Plan) -> pd.DataFrame:
    """The rows of `detectable` of a test with all customers available now, where it finds anything."""
    rows = plan.detectable
    return rows[rows["customers"] == plan.history.available].dropna(subset=["mde_lift"])


def _aims(plan: Plan) -> Iterator[str]:
    """What it takes to find a lift worth hoping for."""
    rows = plan.needed[plan.needed["lift"].round(6) == AIM].set_index("metric")
    rows = rows.reindex(["retained", "revenue"]).dropna(subset=["n_per_arm_cuped"])
    parts = [
        say(
            "aim-part",
            n=int(row.n_per_arm_cuped),
            metric=metric_name(str(row.Index)),
            day=None if pd.isna(row.ready_on) else day(row.ready_on),
        )
        for row in rows.itertuples()
    ]
    if parts:
        both = say("between-parts").join(parts)
        yield say("aim", lift=percent(AIM, 0), power=percent(plan.power, 0), parts=both)


def notes(plan: Plan, unit: Unit) -> list[str]:
    """What limits the plan."""
    said = [*_short(plan), *_inflated(plan), *_no_room(plan)]
    if plan.pre_days and not plan.history.had_bought:
        said.append(say("nobody-before", days=plan.pre_days, most=max(plan.pre_days, unit.churn_after)))
    if not plan.history.weeks:
        said.append(say("intake-unknown"))
    elif not plan.history.per_week:
        said.append(say("no-intake", weeks=plan.history.weeks))
    return said


def _short(plan: Plan) -> Iterator[str]:
    """Metrics with less simulated power than the formula says; the worst row of each."""
    rows = plan.simulated
    for metric, own in rows[rows["short"]].groupby("metric", sort=False):
        worst = own.loc[(own["formula"] - own["power"]).idxmax()]
        yield say(
            "short",
            metric=str(metric),
            lift=percent(worst["lift"], 0),
            n=int(worst["n_per_arm"]),
            power=percent(worst["power"], 0),
            formula=percent(worst["formula"], 0),
        )


def _inflated(plan: Plan) -> Iterator[str]:
    """Metrics whose tests find too much where there is nothing."""
    rows = plan.false_positive
    for row in rows[rows["inflated"]].itertuples():
        facts = {"rate": percent(row.rate), "alpha": percent(plan.alpha, 0)}
        yield say("inflated", metric=row.metric, n=int(row.n_per_arm), **facts)


def _no_room(plan: Plan) -> Iterator[str]:
    """Metrics in which no lift, or not the largest one planned for, has room."""
    for metric, largest in plan.largest_lift.items():
        if metric == "retained" and largest < plan.needed["lift"].max():
            yield say("little-room", share=percent(plan.history.retained), most=percent(largest))
        elif not largest:
            yield say("no-room", metric=metric)


def tiles(plans: Sequence[Plan]) -> list[Tile]:
    """Customers there are, and the smallest lift in who comes back that they would show."""
    return [tile for plan in plans for tile in _tiles(plan)]


def _tiles(plan: Plan) -> Iterator[Tile]:
    yield Tile(
        name=f"available_{plan.audience}",
        label=say("tile-available", audience=plan.audience),
        value=plan.history.available,
        definition=say("tile-available.definition"),
        kind="number",
    )
    today = _found_today(plan)
    for lift in today.loc[today["metric"] == "retained", "mde_lift"].head(1):
        yield Tile(
            name=f"detectable_{plan.audience}",
            label=say("tile-detectable", audience=plan.audience),
            value=float(lift),
            definition=say("tile-detectable.definition", power=percent(plan.power, 0)),
        )
