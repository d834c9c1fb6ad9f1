"""The past as if a test had begun then: who could have been in it, what they did, and who came after them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
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
from keepbook.text import _, day, number
from keepbook.unit import Experiment, Unit

Who = Literal["active", "silent", "all"]
WHO: tuple[Who, ...] = ("active", "silent", "all")
METRICS = ("retained", "orders", "revenue")
COLUMNS = (*METRICS, *(f"pre_{metric}" for metric in METRICS))
BEYOND = 730  # days of silence after which nobody is written to any more
WEEKS = 26  # of supply that are counted
FEWEST, FEWEST_BUYERS = 30, 10  # customers to plan with; of them those who bought, on whom revenue rests
EVERYBODY, BUYERS, OTHERS = "everybody", "buyers", "others"


@dataclass(frozen=True)
class History:
    """What the past says of the customers of the next test.

    Attributes
    ----------
    who : `active`, `silent` or `all`. anchor : the past day on which the test is taken to have begun.
    eligible : customers it would have had. retained, orders, revenue : what they did in the outcome days, per
        customer (a share, days with a purchase, net money).
    available : customers eligible on `as_of`. per_week : customers who become eligible each week after that,
        each counted once, as in the last `weeks` whole weeks; missing where `weeks` is 0.
    """

    who: Who
    anchor: dt.date
    eligible: int
    retained: float
    orders: float
    revenue: float
    available: int
    per_week: float
    weeks: int


@dataclass(frozen=True)
class Past:
    """The history with what sizes and simulations are made of.

    Attributes
    ----------
    everybody, buyers : moments of all eligible customers, and of those who bought in the outcome days.
    each : one row per eligible customer with outcomes, in the engine, as `outcomes_of`.
    """

    history: History
    everybody: Moments
    buyers: Moments
    each: ir.Table


def past_of(tables: Tables, unit: Unit, who: Who, outcome_days: int, pre_days: int) -> Past:
    """What became of those who were eligible on the last day whose outcome days are over.

    Raises
    ------
    NotEnoughData : too few customers were eligible then, or are now, or too few of them bought again.
    """
    window, silence = tables.window, silence_of(who, unit.churn_after)
    bought = tables.purchases.filter(tables.purchases.is_purchase & (tables.purchases.date <= window.as_of))
    anchor = window.as_of - dt.timedelta(days=outcome_days)
    if window.start >= anchor:
        text = _("No purchase lies before {anchor}, {days} days before {as_of}: there is no past to plan on.")
        raise NotEnoughData(
            text.format(anchor=day(anchor), days=number(outcome_days), as_of=day(window.as_of))
        )
    people = materialised(eligible(bought, anchor, silence))
    found = int(people.count().to_pandas())
    _check_people(found, anchor, who, unit.churn_after)
    intake = _intake(people, anchor, outcome_days, pre_days)
    each = outcomes_of(intake, followed(intake, tables.purchases), unit.margin)
    buyers, everybody = _moments(each)
    if buyers.count < FEWEST_BUYERS:
        text = _(
            "Of {n} customers {bought} bought in {days} days from {anchor} on; a plan takes {fewest} or more."
        )
        words = {"n": number(found), "bought": number(buyers.count), "days": number(outcome_days)}
        raise NotEnoughData(text.format(**words, anchor=day(anchor), fewest=FEWEST_BUYERS))
    available = int(eligible(bought, window.as_of, silence).count().to_pandas())
    weeks = weeks_of(window, unit.churn_after)
    came = newcomers(bought, window.as_of - dt.timedelta(weeks=weeks), window.as_of, silence) if weeks else 0
    per_week = came / weeks if weeks else float("nan")
    if available + came < FEWEST:
        _check_people(available, window.as_of, who, unit.churn_after)
    means = {name: float(everybody.mean[everybody.at(name)]) for name in METRICS}
    history = History(who, anchor, found, **means, available=available, per_week=per_week, weeks=weeks)
    return Past(history, everybody, buyers, each)


def _moments(each: ir.Table) -> tuple[Moments, Moments]:
    """Of those who bought in the outcome days, and of everybody."""
    names = [name for name in COLUMNS if name in each.columns]
    parts = moments_of(each.mutate(variant=(each.retained > 0).ifelse(BUYERS, OTHERS)), names)
    everybody = merged(parts.values())
    none = Moments(everybody.names, 0, 0, everybody.mean * 0, everybody.cov * 0)
    return parts.get(BUYERS, none), everybody


def silence_of(who: Who, churn_after: int) -> tuple[int, int]:
    """Fewest and most days since the last purchase; a customer is gone from `churn_after` + 1 on."""
    spans: Mapping[Who, tuple[int, int]] = {
        "active": (1, churn_after),
        "silent": (churn_after + 1, max(BEYOND, churn_after + 1)),
        "all": (1, max(BEYOND, churn_after)),
    }
    return spans[who]


def eligible(bought: ir.Table, on: dt.date, silence: tuple[int, int]) -> ir.Table:
    """Customers whose last purchase before a day is neither too recent nor too long ago.

    Parameters
    ----------
    bought : one row per customer and day with a purchase.

    Returns
    -------
    Table : one row per customer: customer_id.
    """
    before = bought.filter(bought.date < on)
    last = before.group_by("customer_id").agg(last=before.date.max())
    fewest, most = (dt.timedelta(days=days) for days in silence)
    return last.filter(last["last"].between(on - most, on - fewest)).select("customer_id")


def newcomers(bought: ir.Table, since: dt.date, until: dt.date, silence: tuple[int, int]) -> int:
    """Customers who become eligible after one day and up to another, and were not on the first.

    A test takes a customer once, so who is eligible, is not, and is again counts once.
    """
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
    return min(WEEKS, max((window.days - 1 - churn_after) // 7, 0))


def _check_people(found: int, on: dt.date, who: Who, churn_after: int) -> None:
    if found >= FEWEST:
        return
    texts: dict[Who, str] = {
        "active": _("{n} customers bought in the {days} days before {day}; a plan takes {fewest} or more."),
        "silent": _(
            "{n} customers were silent for over {days} days on {day}; a plan takes {fewest} or more."
        ),
        "all": _("{n} customers bought before {day}; a plan takes {fewest} or more."),
    }
    words = {"n": number(found), "days": number(churn_after), "day": day(on)}
    raise NotEnoughData(texts[who].format(**words, fewest=FEWEST))


def _intake(people: ir.Table, anchor: dt.date, outcome_days: int, pre_days: int) -> Intake:
    """All of them in one arm, assigned on one day."""
    experiment = Experiment(name="plan", control=EVERYBODY, outcome_days=outcome_days, pre_days=pre_days)
    customers = people.mutate(
        variant=ibis.literal(EVERYBODY), assigned_on=ibis.literal(anchor), is_mature=ibis.literal(True)
    )
    return Intake(experiment, customers, pd.DataFrame(), pd.DataFrame(), 0, anchor, anchor, pd.DataFrame())
