"""New customers: how their worth grows, and whether those who came lately bear it out."""

import datetime as dt

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.model import CustomerModel
from keepbook.clv.processes.gamma_gamma import mean_spend
from keepbook.clv.processes.objective import Floats
from keepbook.clv.value import NewCustomerValue
from keepbook.stats import intervals

PARAMETER_DRAWS = 512  # from the posterior
MIN_NEWCOMERS = 30  # newcomers whose mean is worth looking at


def cumulative_value(base: Base, model: CustomerModel, new_customer: NewCustomerValue) -> pd.DataFrame:
    """How the value of a new customer grows, month by month.

    Each month's purchases are discounted at its middle; what that leaves out is put right at the end.

    Returns
    -------
    DataFrame : one row per month from 0, the first purchase: months, purchases (repeat ones so far), value,
        lower, upper; the last row is that of `new_customer`.
    """
    choices, nothing = base.choices, np.zeros(1)
    months = np.arange(choices.months + 1)
    t = np.array([choices.ahead(base.window.as_of, int(m)) if m else 0.0 for m in months])
    off = np.exp(-choices.discount * (t[1:] + t[:-1]) / 2)
    paid = base.kept_share * choices.margin

    def later(params: Floats, spend: Floats) -> Floats:
        bought = model.process.expected_new(params, t)
        return np.concatenate([nothing, np.cumsum(np.diff(bought) * off)]) * mean_spend(spend) * paid

    rng = np.random.default_rng(choices.seed)
    first = rng.normal(base.first_spend, base.first_spend_error, PARAMETER_DRAWS) * paid
    row = np.linspace(0, len(model.posterior.draws) - 1, PARAMETER_DRAWS).astype(int)
    drawn = first[:, None] + np.array([later(model.posterior.draws[i], model.spend.draws[i]) for i in row])
    lower, upper = np.quantile(drawn, [choices.alpha / 2, 1 - choices.alpha / 2], axis=0)
    estimate = new_customer.first + later(model.params, model.spend.params)
    share = t / t[-1]
    columns = {
        "value": (estimate, new_customer.value),
        "lower": (lower, new_customer.lower),
        "upper": (upper, new_customer.upper),
    }
    frame = pd.DataFrame({"months": months, "purchases": model.process.expected_new(model.params, t)})
    return frame.assign(**{name: line + share * (end - line[-1]) for name, (line, end) in columns.items()})


def newcomers(purchases: ir.Table, base: Base, model: CustomerModel) -> pd.DataFrame:
    """What those who came lately brought, beside what the model says of a new customer.

    A model of all customers knows one kind of new customer. Where the first ones in the data were customers
    long before (a panel), or where another kind is acquired today, the latest to have been followed for long
    enough tell: those who first bought in the later half of the time that allows it, or the later half of
    the customers where that is fewer than 30.

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`.

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
        limits = intervals.ratio(total, n, squares, n, total, base.choices.alpha)
        lower, upper = (float(limit) for limit in limits)
    bought = float(model.process.expected_new(model.params, base.choices.ahead(as_of, months)))
    expected = (base.first_spend + bought * mean_spend(model.spend.params)) * base.kept_share
    return months, pd.Timestamp(since), pd.Timestamp(until), int(n), total / n, lower, upper, expected


def _count(customers: ir.Table, since: dt.date) -> int:
    return int(customers.filter(customers["first"] >= since).count().to_pandas())
