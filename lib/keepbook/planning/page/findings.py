"""What the next test needs, in sentences, key figures and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Columns, Tile, cash, table_of
from keepbook.page.elements import OldTable as Table
from keepbook.text import MISSING, _, day, metric_name, number, percent, plural

if TYPE_CHECKING:  # see findings.strategy
    from keepbook.planning.plan import Plan

AIM = 0.10  # a lift that a manager can hope for
DECIDED = _(
    "All this is of a test with a planned end (`ends`). One that may be decided at any look takes half as "
    "many customers again; and one that has to show a profit takes the more, the more of its gain the "
    "treatment costs: three to four times as many where it costs half."
)


def plan_findings(
    active: Plan | NotEnoughData, silent: Plan | NotEnoughData, currency: str | None
) -> list[str]:
    """Who could take part, and what a test could find when: of the active, and of the silent."""
    sentences = []
    for plan in (active, silent):
        if isinstance(plan, NotEnoughData):
            sentences.append(plan.what)
        else:
            sentences += [_today(plan, currency), _aims(plan), *plan.notes]
    told = [sentence for sentence in sentences if sentence]
    return [*told, DECIDED] if any(not isinstance(plan, NotEnoughData) for plan in (active, silent)) else told


def _today(plan: Plan, currency: str | None) -> str:
    """Who there is, and what they could find."""
    history = plan.history
    text = _(
        "{who}: {n} today, {more} more a week. Of the {past} of {anchor}, {share} came back within {days} "
        "and brought {revenue} each."
    )
    who = {"active": _("Bought lately"), "silent": _("Silent"), "all": _("All")}
    said = text.format(
        who=who[plan.who],
        n=plural(history.available, _("customer"), _("customers")),
        more=number(history.per_week, 0 if history.per_week >= 10 else 1),
        past=number(history.eligible),
        anchor=day(history.anchor),
        share=percent(history.retained),
        days=plural(plan.outcome_days, _("day"), _("days")),
        revenue=cash(history.revenue, currency),
    )
    today = plan.detectable[plan.detectable["customers"] == history.available].dropna(subset=["mde_lift"])
    if today.empty:
        return said
    text = _("A test of all of today's finds lifts from: {least}.")
    least = ", ".join(f"{metric_name(r.metric)} {percent(r.mde_lift, 0)}" for r in today.itertuples())
    return f"{said} {text.format(least=least)}"


def _aims(plan: Plan) -> str:
    """What it takes to find a lift worth hoping for."""
    parts = [part for metric in ("retained", "revenue") if (part := _aim(plan, metric))]
    if not parts:
        return ""
    text = _("To find a lift of {lift} with a chance of {power} takes, in either arm: {parts}.")
    return text.format(lift=percent(AIM, 0), power=percent(plan.power, 0), parts="; ".join(parts))


def _aim(plan: Plan, metric: str) -> str:
    rows = plan.needed[(plan.needed["metric"] == metric) & (plan.needed["lift"].round(6) == AIM)]
    if rows.empty or pd.isna(rows["n_per_arm_cuped"].iloc[0]):
        return ""
    row = rows.iloc[0]
    when = _("more than come in a year: a bolder treatment is needed")
    if not pd.isna(row["ready_on"]):
        when = _("started today, the answer is there on {day}").format(day=day(row["ready_on"]))
    n = plural(int(row["n_per_arm_cuped"]), _("customer"), _("customers"))
    return _("{n} for {metric} ({when})").format(n=n, metric=metric_name(metric), when=when)


def plan_tiles(active: Plan | NotEnoughData, silent: Plan | NotEnoughData) -> list[Tile]:
    """Customers there are, and the smallest lift in who comes back that they would show."""
    tiles = []
    for plan, words in ((active, _("active")), (silent, _("silent"))):
        if isinstance(plan, NotEnoughData):
            continue
        text = _("Customers who could take part today, half of them treated.")
        label = _("Customers for a test: {who}").format(who=words)
        tiles.append(Tile(f"available_{plan.who}", label, plan.history.available, text, kind="number"))
        least = plan.detectable[
            (plan.detectable["metric"] == "retained")
            & (plan.detectable["customers"] == plan.history.available)
        ].dropna(subset=["mde_lift"])
        if len(least):
            text = _(
                "Smallest lift in the share who come back that all of them show with a chance of {power}."
            )
            label = _("Lift it finds: {who}").format(who=words)
            tile = Tile(
                f"detectable_{plan.who}",
                label,
                float(least["mde_lift"].iloc[0]),
                text.format(power=percent(plan.power, 0)),
            )
            tiles.append(tile)
    return tiles


def needed_table(plan: Plan | NotEnoughData) -> Table:
    """Customers and weeks for each metric and lift."""
    if isinstance(plan, NotEnoughData):
        return plan, {}, ""
    rows = plan.needed
    columns: Columns = {
        _("metric"): (rows["metric"].map(metric_name), str),
        _("lift"): (rows["lift"], lambda value: percent(value, 0)),
        _("per arm"): (rows["n_per_arm_cuped"], number),
        _("without the pre-period"): (rows["n_per_arm"], number),
        _("weeks of enrolment"): (rows["weeks"], number),
        _("answer on"): ([MISSING if pd.isna(one) else day(one) for one in rows["ready_on"]], str),
    }
    caption = _(
        "Customers in either arm that find the lift with a chance of {power}. Weeks: until so many are "
        "there, with those of today and those who come. Answer: {days} later; – where enrolment takes over a "
        "year, or there is no room for such a lift."
    )
    days = plural(plan.outcome_days, _("day"), _("days"))
    return table_of(columns, caption.format(power=percent(plan.power, 0), days=days))
