"""What the next test needs, in sentences and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from keepbook.charts import metric_name
from keepbook.errors import NotEnoughData
from keepbook.findings.shared import Columns, Table, table_of
from keepbook.words import MISSING, _, day, number, percent, plural

if TYPE_CHECKING:  # see findings.strategy
    from keepbook.experiments import Plan

AIM = 0.10  # a lift that a manager can hope for


def plan_findings(plan: Plan | NotEnoughData) -> list[str]:
    """Who could take part, and what a test could find when."""
    if isinstance(plan, NotEnoughData):
        return [plan.what]
    history = plan.history
    text = _(
        "{n} could take part today ({who}), and {week} more come each week; of those of {anchor}, {share} "
        "came back "
        "within {days}."
    )
    who = {"active": _("bought lately"), "silent": _("silent for long"), "all": _("all")}
    return [
        text.format(
            n=plural(history.available, _("customer"), _("customers")),
            who=who[plan.who],
            week=number(history.per_week),
            anchor=day(history.anchor),
            share=percent(history.retained),
            days=plural(plan.outcome_days, _("day"), _("days")),
        ),
        *filter(None, (_aim(plan, metric) for metric in ("retained", "revenue"))),
        *plan.notes,
    ]


def _aim(plan: Plan, metric: str) -> str:
    """What it takes to find a lift worth hoping for."""
    rows = plan.needed[(plan.needed["metric"] == metric) & (plan.needed["lift"].round(6) == AIM)]
    if rows.empty or pd.isna(rows["n_per_arm_cuped"].iloc[0]):
        return ""
    row = rows.iloc[0]
    text = _("To find a lift of {lift} in {metric}, {n} are needed in either arm: {when}.")
    when = _("more than come in a year, so choose a bolder treatment or a metric nearer to it")
    if not pd.isna(row["ready_on"]):
        when = _("started today, the answer is there on {day}").format(day=day(row["ready_on"]))
    return text.format(
        lift=percent(AIM, 0),
        metric=metric_name(metric),
        n=plural(int(row["n_per_arm_cuped"]), _("customer"), _("customers")),
        when=when,
    )


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
        "there, with those "
        "of today and those who come. Answer: {days} later; – where enrolment takes over a year, or there is "
        "no "
        "room for such a lift."
    )
    days = plural(plan.outcome_days, _("day"), _("days"))
    return table_of(columns, caption.format(power=percent(plan.power, 0), days=days))
