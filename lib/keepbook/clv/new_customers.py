"""New customers: what the next one is worth, how that grows, what lately came, and what acquisition costs."""

import datetime as dt
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.future import discounted_alive
from keepbook.clv.model import CustomerModel, interval
from keepbook.clv.processes.gamma_gamma import mean_spend
from keepbook.clv.rfm import Floats
from keepbook.errors import NotEnoughData
from keepbook.stats import intervals
from keepbook.text import catalogue

say = catalogue("clv")
PARAMETER_DRAWS = 512  # from the posterior
MIN_NEWCOMERS = 30  # newcomers whose mean is worth looking at


@dataclass(frozen=True)
class NewCustomerValue:
    """What the next new customer is worth, first purchase included: discounted margin, in money.

    Attributes
    ----------
    first : margin of the first purchase period (mean of all customers so far).
    purchases : expected repeat purchases within the horizon.
    value, lower, upper : over the horizon, with its interval.
    lifetime, lifetime_lower, lifetime_upper : for ever; missing without a discount rate, for the sum then
        need not end.
    """

    months: int
    first: float
    purchases: float
    value: float
    lower: float
    upper: float
    lifetime: float
    lifetime_lower: float
    lifetime_upper: float


def new_customer(base: Base, model: CustomerModel) -> NewCustomerValue:
    """The expected value of a customer who buys for the first time today, and how sure that average is."""
    choices, process = base.choices, model.process
    t = choices.ahead(base.window.as_of, choices.months)
    paid = base.kept_share * choices.margin
    first = _first_margins(base)

    def worth(params: Floats, spend: Floats, horizon: float) -> float:
        new = np.zeros(1)
        alive = process.p_alive(params, new, new, new)
        later = alive * discounted_alive(process, params, new, new, horizon, choices.discount)
        return float(later[0]) * mean_spend(spend) * paid

    def estimated(horizon: float) -> tuple[float, float, float]:
        draws = [worth(*point, horizon) for point in model.draws(PARAMETER_DRAWS)]
        estimate = base.first_spend * paid + worth(model.params, model.spend.params, horizon)
        lower, upper = map(float, interval(first + np.array(draws), choices.alpha))
        return estimate, min(lower, estimate), max(upper, estimate)

    lifetime = estimated(np.inf) if choices.discount > 0 else (np.nan, np.nan, np.nan)
    bought = float(process.expected_new(model.params, t))
    return NewCustomerValue(choices.months, base.first_spend * paid, bought, *estimated(t), *lifetime)


def _first_margins(base: Base) -> Floats:
    """Draws of the margin of the mean first purchase."""
    rng, paid = np.random.default_rng(base.choices.seed), base.kept_share * base.choices.margin
    return rng.normal(base.first_spend, base.first_spend_error, PARAMETER_DRAWS) * paid


def cumulative_value(base: Base, model: CustomerModel, new_customer: NewCustomerValue) -> pd.DataFrame:
    """How the value of a new customer grows, month by month.

    Each month's purchases are discounted at its middle; what that leaves out is put right at the end.

    Returns
    -------
    DataFrame : one row per month from 0, the first purchase: months, purchases (repeat ones so far), value,
        lower, upper; the last row is that of `new_customer`.
    """
    choices = base.choices
    months = np.arange(choices.months + 1)
    t = np.array([choices.ahead(base.window.as_of, int(m)) if m else 0.0 for m in months])
    off = np.exp(-choices.discount * (t[1:] + t[:-1]) / 2)
    paid = base.kept_share * choices.margin

    def later(params: Floats, spend: Floats) -> Floats:
        bought = model.process.expected_new(params, t)
        return np.concatenate([[0.0], np.cumsum(np.diff(bought) * off)]) * mean_spend(spend) * paid

    drawn = [later(*point) for point in model.draws(PARAMETER_DRAWS)]
    lower, upper = interval(_first_margins(base)[:, None] + np.array(drawn), choices.alpha)
    estimate = new_customer.first + later(model.params, model.spend.params)
    share = t / t[-1]
    frame = pd.DataFrame({"months": months, "purchases": model.process.expected_new(model.params, t)})
    for name, line in {"value": estimate, "lower": lower, "upper": upper}.items():
        frame[name] = line + share * (getattr(new_customer, name) - line[-1])
    return frame


def newcomers(purchases: ir.Table, base: Base, model: CustomerModel) -> pd.DataFrame:
    """What those who came lately brought, beside what the model says of a new customer.

    A model of all customers knows one kind of new customer. Where the first ones in the data were customers
    long before (a panel), or where another kind is acquired today, the latest to have been followed for long
    enough tell: those who first bought in the later half of the time that allows it, or the later half of
    the customers where that is fewer than 30.

    Returns
    -------
    DataFrame : one row per milestone that 30 customers have been followed for: months, since and until (days
        of the first purchases), customers, seen, seen_lower, seen_upper (revenue net of returns a customer in
        those months, first purchase included, not discounted; interval of the mean), expected (the model's).
    """
    rows = [_seen(purchases, base, model, months) for months in base.choices.milestones]
    names = ["months", "since", "until", "customers", "seen", "seen_lower", "seen_upper", "expected"]
    return pd.DataFrame([row for row in rows if row], columns=names)


def _seen(purchases: ir.Table, base: Base, model: CustomerModel, months: int) -> tuple | None:
    as_of = base.window.as_of
    until = (pd.Timestamp(as_of) - pd.DateOffset(months=months)).date()
    followed = base.rfm.filter(base.rfm["first"] <= until).select("customer_id", "first")
    since = base.window.start + (until - base.window.start) / 2
    if _count(followed, since) < MIN_NEWCOMERS:
        days = followed["first"].epoch_days().quantile(0.5).to_pandas()
        if np.isnan(days) or _count(followed, base.window.start) < 2 * MIN_NEWCOMERS:
            return None
        since = dt.date(1970, 1, 1) + dt.timedelta(days=int(days))
    late = followed.filter(followed["first"] >= since)
    spent = purchases.inner_join(late, "customer_id")
    spent = spent.filter(spent.date.epoch_days() - spent["first"].epoch_days() <= (as_of - until).days)
    each = spent.group_by("customer_id").agg(net=spent.amount.sum().cast("float64"))
    sums = each.agg(n=each.count(), total=each.net.sum(), squares=(each.net**2).sum()).to_pandas()
    n, total, squares = (float(value) for value in sums.iloc[0])
    lower = upper = float("nan")
    if total > 0:
        lower, upper = map(float, intervals.ratio(total, n, squares, n, total, base.choices.alpha))
    bought = float(model.process.expected_new(model.params, base.choices.ahead(as_of, months)))
    expected = (base.first_spend + bought * mean_spend(model.spend.params)) * base.kept_share
    return months, pd.Timestamp(since), pd.Timestamp(until), int(n), total / n, lower, upper, expected


def _count(customers: ir.Table, since: dt.date) -> int:
    return int(customers.filter(customers["first"] >= since).count().to_pandas())


def acquisition_cost(base: Base, costs: pd.DataFrame | None) -> pd.DataFrame:
    """Marketing and sales cost per new customer, period by period, of those the observation covers wholly.

    Returns
    -------
    DataFrame : one row per period: period (its first day), cost (money), new_customers, cac (money per new
        customer; missing where nobody came).
    """
    first, last = pd.Timestamp(base.window.start), pd.Timestamp(base.window.as_of)
    if costs is None:
        raise NotEnoughData(say("no-costs"))
    spent = costs.assign(cost=costs["marketing_cost"] + costs["sales_cost"])
    frame = spent.groupby("period", as_index=False).agg({"last_day": "max", "cost": "sum"})
    frame = frame[(frame["period"] >= first) & (frame["last_day"] <= last)].reset_index(drop=True)
    came = np.concatenate([[0.0], base.activity["new"].cumsum()])
    before = np.searchsorted(base.activity["date"], frame["period"], side="left")
    until = np.searchsorted(base.activity["date"], frame.pop("last_day"), side="right")
    frame["new_customers"] = came[until] - came[before]
    frame["cac"] = frame["cost"] / frame["new_customers"].where(frame["new_customers"] > 0)
    return frame
