"""The past as if a test had begun then: who could have been in it, what they did, and who came after them."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.stats.moments import Moments, merged, moments_of
from keepbook.tables import Tables, Window
from keepbook.tables.follow_up import followed, outcomes_of
from keepbook.tables.intake import Intake, materialised
from keepbook.text import catalogue, day
from keepbook.unit import Experiment, Unit

Audience = Literal["active", "silent", "all"]
AUDIENCES: tuple[Audience, ...] = ("active", "silent", "all")
METRICS = ("retained", "orders", "revenue")
COLUMNS = (*METRICS, *(f"pre_{metric}" for metric in METRICS))
MAX_SILENT_DAYS = 730  # after which nobody is written to any more
MAX_INTAKE_WEEKS = 26  # whose newcomers are counted
MIN_CUSTOMERS, MIN_BUYERS = 30, 10  # to plan with; of them those who bought, on whom revenue rests
EVERYBODY, BUYERS, OTHERS = "everybody", "buyers", "others"

say = catalogue("planning")


@dataclass(frozen=True)
class History:
    """What the past says of the customers of the next test."""

    audience: Audience
    anchor: dt.date  # the past day on which the test is taken to have begun
    eligible: int  # customers it would have had
    retained: float  # share of them who bought in the outcome days
    orders: float  # days with a purchase in the outcome days, per customer
    revenue: float  # net money in the outcome days, per customer
    had_bought: bool  # whether any of them had bought in the pre-period
    available: int  # customers eligible on `as_of`
    per_week: float  # customers who become eligible each week after that, each once; missing without weeks
    weeks: int  # whole weeks before `as_of` in which they were counted


@dataclass(frozen=True)
class Baseline:
    """The history with what sizes and simulations are made of."""

    history: History
    everybody: Moments
    buyers: Moments  # of those who bought in the outcome days
    outcomes: ir.Table  # one row per eligible customer, in the engine, as `outcomes_of`


def baseline_of(tables: Tables, unit: Unit, audience: Audience, outcome_days: int, pre_days: int) -> Baseline:
    """What became of those who were eligible on the last day whose outcome days are over."""
    window, silence = tables.window, silence_of(audience, unit.churn_after)
    bought = tables.purchases.filter(tables.purchases.is_purchase & (tables.purchases.date <= window.as_of))
    anchor = window.as_of - dt.timedelta(days=outcome_days)
    if window.start >= anchor:
        raise NotEnoughData(say("no-past", anchor=day(anchor), days=outcome_days, as_of=day(window.as_of)))
    customers = materialised(eligible(bought, anchor, silence))
    found = int(customers.count().to_pandas())
    _check_enough(found, anchor, audience, unit.churn_after)
    experiment = Experiment(name="plan", control=EVERYBODY, outcome_days=outcome_days, pre_days=pre_days)
    assigned = customers.mutate(variant=ibis.literal(EVERYBODY), assigned_on=ibis.literal(anchor))
    assigned, none = assigned.mutate(is_mature=ibis.literal(True)), pd.DataFrame()
    intake = Intake(experiment, assigned, none, none, 0, anchor, anchor, none)
    outcomes = outcomes_of(intake, followed(intake, tables.purchases), unit.margin)
    names = [name for name in COLUMNS if name in outcomes.columns]
    parts = moments_of(outcomes.mutate(variant=(outcomes.retained > 0).ifelse(BUYERS, OTHERS)), names)
    everybody, buyers = merged(parts.values()), parts.get(BUYERS)
    if buyers is None or buyers.count < MIN_BUYERS:
        facts = {"n": found, "bought": buyers.count if buyers else 0, "days": outcome_days}
        raise NotEnoughData(say("few-buyers", anchor=day(anchor), fewest=MIN_BUYERS, **facts))
    available = int(eligible(bought, window.as_of, silence).count().to_pandas())
    weeks = weeks_of(window, unit.churn_after)
    came = newcomers(bought, window.as_of - dt.timedelta(weeks=weeks), window.as_of, silence) if weeks else 0
    if available + came < MIN_CUSTOMERS:
        _check_enough(available, window.as_of, audience, unit.churn_after)
    history = History(
        audience=audience,
        anchor=anchor,
        eligible=found,
        **{name: float(everybody.mean[everybody.at(name)]) for name in METRICS},
        had_bought=bool(pre_days and everybody.mean[everybody.at("pre_orders")]),
        available=available,
        per_week=came / weeks if weeks else float("nan"),
        weeks=weeks,
    )
    return Baseline(history, everybody, buyers, outcomes)


def silence_of(audience: Audience, churn_after: int) -> tuple[int, int]:
    """Fewest and most days since the last purchase; a customer is gone from `churn_after` + 1 on."""
    fewest = churn_after + 1 if audience == "silent" else 1
    return fewest, churn_after if audience == "active" else max(MAX_SILENT_DAYS, churn_after, fewest)


def eligible(bought: ir.Table, on: dt.date, silence: tuple[int, int]) -> ir.Table:
    """Customers (customer_id) whose last purchase before a day is neither too recent nor too long ago."""
    before = bought.filter(bought.date < on)
    last = before.group_by("customer_id").agg(last=before.date.max())
    fewest, most = (dt.timedelta(days=days) for days in silence)
    return last.filter(last["last"].between(on - most, on - fewest)).select("customer_id")


def newcomers(bought: ir.Table, since: dt.date, until: dt.date, silence: tuple[int, int]) -> int:
    """Customers who become eligible after one day and up to another, and were not on the first; each once."""
    wait = ibis.interval(days=silence[0])
    recent = bought.filter((bought.date >= since - dt.timedelta(days=silence[0])) & (bought.date < until))
    following = recent.date.lead().over(group_by="customer_id", order_by="date")
    spells = recent.mutate(following=following, entered=recent.date + wait)
    quiet = spells.following.isnull() | (spells.following >= spells.entered)
    entered = spells.filter(quiet & (spells.entered <= until))
    new = entered.anti_join(eligible(bought, since, silence), "customer_id")
    return int(new.customer_id.nunique().to_pandas())


def weeks_of(window: Window, churn_after: int) -> int:
    """Whole weeks before `as_of`, as far as `churn_after` days before them show who was eligible already."""
    return min(MAX_INTAKE_WEEKS, max((window.days - 1 - churn_after) // 7, 0))


def _check_enough(found: int, on: dt.date, audience: Audience, churn_after: int) -> None:
    if found < MIN_CUSTOMERS:
        facts = {"n": found, "days": churn_after, "day": day(on), "fewest": MIN_CUSTOMERS}
        raise NotEnoughData(say("few-customers", audience=audience, **facts))
