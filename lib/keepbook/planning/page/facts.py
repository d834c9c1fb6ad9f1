"""What the next test needs: the facts that findings, tiles and the table state."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Columns, Shows, Table, Tile
from keepbook.planning import Plan
from keepbook.results import is_missing
from keepbook.stats.power import LONGEST_TEST
from keepbook.text import MISSING, catalogue, day, metric_name, number, percent
from keepbook.unit import Unit

say = catalogue("planning")
_whole = partial(percent, digits=0)
AIM = 0.10  # a lift that a manager can hope for
BOLD_FROM = 0.25  # a lift that only a bold offer brings
LONGEST_ENROLMENT = LONGEST_TEST // 7  # weeks


def findings(plans: Sequence[Plan], unit: Unit) -> list[str]:
    """What a test of each group could show, and what it takes to show what one may hope for; or why not."""
    made = [plan for plan in plans if not is_missing(plan)]
    reasons = [plan.reason.what for plan in plans if is_missing(plan)]
    sentences = [*map(_today, made), *(aim for plan in made for aim in _aim(plan)), *reasons]
    return [*sentences, say("planned-end")] if made else sentences


def _today(plan: Plan) -> str:
    """What a test of all who are there would show."""
    found = _found_today(plan)
    came_back = found[found["metric"] == "retained"]["mde_lift"]
    lift = float(came_back.iloc[0]) if len(came_back) else None
    return say(
        "today",
        audience=plan.audience,
        n=plan.history.available,
        lift=None if lift is None else percent(lift, 0),
        bold=lift is not None and lift > BOLD_FROM,
    )


def _found_today(plan: Plan) -> pd.DataFrame:
    """The rows of `detectable` of a test with all customers available now, where it finds anything."""
    rows = plan.detectable
    return rows[rows["customers"] == plan.history.available].dropna(subset=["mde_lift"])


def _aim(plan: Plan) -> Iterator[str]:
    """What it takes to show that a tenth more come back, and when the answer would be there."""
    rows = plan.needed[(plan.needed["lift"].round(6) == AIM) & (plan.needed["metric"] == "retained")]
    for row in rows.dropna(subset=["n_per_arm_cuped"]).itertuples():
        ready = None if pd.isna(row.ready_on) else day(row.ready_on)
        n = int(row.n_per_arm_cuped)
        yield say("aim", audience=plan.audience, lift=percent(AIM, 0), n=n, day=ready)


def notes(plan: Plan, unit: Unit) -> list[str]:
    """What limits the plan: power below the formula's (the worst row of a metric), false alarms, no room."""
    said, short, false = [], plan.simulated[plan.simulated["short"]], plan.false_positive
    for metric, own in short.groupby("metric", sort=False):
        worst = own.loc[(own["formula"] - own["power"]).idxmax()]
        shares = {name: percent(worst[name], 0) for name in ("lift", "power", "formula")}
        said.append(say("short", metric=metric_name(str(metric)), n=int(worst["n_per_arm"]), **shares))
    for row in false[false["inflated"]].itertuples():
        rates = {"rate": percent(row.rate), "alpha": percent(plan.alpha, 0)}
        said.append(say("inflated", metric=metric_name(row.metric), n=int(row.n_per_arm), **rates))
    for metric, largest in plan.largest_lift.items():
        if metric == "retained" and largest < plan.needed["lift"].max():
            retained = percent(plan.history.retained)
            said.append(say("little-room", share=retained, most=percent(largest)))
        elif not largest:
            said.append(say("no-room", metric=metric_name(metric)))
    if plan.pre_days and not plan.history.had_bought:
        said.append(say("nobody-before", days=plan.pre_days, most=max(plan.pre_days, unit.churn_after)))
    if not plan.history.weeks:
        said.append(say("intake-unknown"))
    elif not plan.history.per_week:
        said.append(say("no-intake", weeks=plan.history.weeks))
    return said


def notes_table(plans: Sequence[Plan], unit: Unit) -> Table:
    """What limits the plans, a row each; without rows there is nothing to show."""
    rows = [(plan.audience, note) for plan in plans if not is_missing(plan) for note in notes(plan, unit)]
    if not rows:
        raise NotEnoughData(say("no-notes"))
    who = [say("audience", audience=audience) for audience, _note in rows]
    columns: Columns = {
        say("notes.audience"): (who, str),
        say("notes.note"): ([note for _who, note in rows], str),
    }
    return Table(columns, say("notes.caption"), wrap=True)


def tiles(plans: Sequence[Plan]) -> list[Tile]:
    """Customers there are, and the smallest lift in who comes back that they would show."""
    found = []
    for plan in plans:
        if is_missing(plan):
            continue
        facts = {"audience": plan.audience, "power": percent(plan.power, 0), "days": plan.outcome_days}
        who, evidence = plan.audience, f"detectable_{plan.audience}"
        per_week = number(plan.history.per_week, 0 if plan.history.per_week >= 10 else 1)
        found.append(
            Tile(
                f"available_{who}",
                say("tile-available", **facts),
                plan.history.available,
                say("tile-available.definition", **facts),
                basis=say("tile-available.basis", more=per_week),
                kind="number",
                evidence=f"needed_{who}",
            )
        )
        for row in _found_today(plan).query("metric == 'retained'").head(1).itertuples():
            label, definition = say("tile-detectable", **facts), say("tile-detectable.definition", **facts)
            basis = say("tile-detectable.basis", share=percent(plan.history.retained, 0))
            name = f"detectable_{who}"
            found.append(Tile(name, label, float(row.mde_lift), definition, basis=basis, evidence=evidence))
    return found


def needed_table(plan: Plan) -> Table:
    """What it takes to show that more customers come back, lift by lift."""
    return Table.of(
        say,
        "needed",
        plan.needed[plan.needed["metric"] == "retained"].assign(ready=_ready),
        {"lift": _whole, "n_per_arm_cuped": number, "weeks": _weeks, "ready": str},
        f"needed_{plan.audience}",
        **_asked(plan),
    )


def needed_of_all(plan: Plan) -> Table:
    """What each lift of each metric takes, with and without what customers did before."""
    shows: Shows = {"metric": metric_name, "lift": _whole, "n_per_arm_cuped": number, "n_per_arm": number}
    shows |= {"weeks": number, "ready": str}
    rows, name = plan.needed.assign(ready=_ready), f"needed_all_{plan.audience}"
    return Table.of(say, "needed-all", rows, shows, name, **_asked(plan))


def _asked(plan: Plan) -> dict[str, Any]:
    return {"power": percent(plan.power, 0), "days": plan.outcome_days}


def _ready(rows: pd.DataFrame) -> list[str]:
    return [MISSING if pd.isna(one) else day(one) for one in rows["ready_on"]]


def _weeks(weeks: float) -> str:
    """Of enrolment; nobody waits for more than a year."""
    return say("above", value=number(LONGEST_ENROLMENT)) if weeks > LONGEST_ENROLMENT else number(weeks)
