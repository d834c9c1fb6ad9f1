"""What today's customers are worth, one by one and together, and what simulated ones are in truth."""

from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.future import Total, discounted_alive, quantiles, simulate_futures, total
from keepbook.clv.model import CustomerModel, interval
from keepbook.clv.processes.pareto_nbd import PARETO
from keepbook.clv.rfm import DAYS, Floats, customer_periods, rfm
from keepbook.errors import KeepbookError, suggestion
from keepbook.simulate import Tiers, tiers_of
from keepbook.simulate import Truth as Law
from keepbook.tables import Tables
from keepbook.text import catalogue, day
from keepbook.unit import Unit

say = catalogue("clv")
DECILES = 10
MAX_SUGGESTED = 5  # customers whose number is nearest to one that is unknown


def score(base: Base, model: CustomerModel) -> ir.Table:
    """Every customer's value over the base's `choices.months`, in the engine.

    Intervals hold what a customer may happen to do, and what the data leave open of the parameters.

    Returns
    -------
    Table, one row per customer: customer_id, first, last, frequency, recency, T, monetary_value,
        spend_to_date, p_alive, expected_purchases, purchases_lower, purchases_upper, expected_spend (per
        purchase period, net of returns), clv (discounted margin), clv_lower, clv_upper, decile (1 the best).
    """
    choices, known = base.choices, pattern_scores(base, model)
    p, q, gamma = (float(v) for v in model.spend.params)
    paid = base.kept_share * choices.margin
    keys = ["frequency", "recency", "T"]
    both = base.rfm.inner_join(ibis.memtable(known), keys)
    never_paid = (both.frequency > 0) & (both.monetary_value <= 0)  # who never paid will not begin to
    unit = never_paid.ifelse(0.0, gamma + both.frequency * both.monetary_value)  # what simulated worth is in
    spend = p * unit / (p * both.frequency + q - 1)
    counted = ["first", "last", *keys, "monetary_value", "spend_to_date"]
    scored = both.select(
        "customer_id",
        *counted,
        *("p_alive", "expected_purchases", "purchases_lower", "purchases_upper"),
        expected_spend=spend * base.kept_share,
        clv=spend * both.discounted * paid,
        clv_lower=unit * both.worth_lower * paid,
        clv_upper=unit * both.worth_upper * paid,
    )
    order = [scored.clv.desc(), scored.customer_id]
    return scored.mutate(decile=(ibis.ntile(DECILES).over(order_by=order) + 1).cast("int64"))


def pattern_scores(base: Base, model: CustomerModel) -> pd.DataFrame:
    """What the model says of each pattern; customers of one pattern differ in their money alone, and worth is
    discounted money per unit of gamma + frequency · monetary_value."""
    patterns, choices, process = base.patterns, base.choices, model.process
    t = choices.ahead(base.window.as_of, choices.months)
    x, T = patterns.frequency, patterns.T
    frequency, age, at = patterns.pairs
    expected = process.expected_alive(model.params, frequency, age, t)[at]
    discounted = discounted_alive(process, model.params, frequency, age, t, choices.discount)[at]
    alive = process.p_alive(model.params, x, patterns.recency, T)
    futures = simulate_futures(base, model, t)
    later = discounted / np.maximum(expected, 1e-300)
    known = {"frequency": x, "recency": patterns.recency, "T": T}
    columns: dict[str, np.ndarray] = {n: np.rint(values).astype(np.int64) for n, values in known.items()}
    columns |= {"p_alive": alive, "expected_purchases": alive * expected, "discounted": alive * discounted}
    for side, level in (("lower", choices.alpha / 2), ("upper", 1 - choices.alpha / 2)):
        columns[f"purchases_{side}"] = quantiles(futures.counts, futures.at, alive, level)
        columns[f"worth_{side}"] = quantiles(futures.worth, futures.at, alive, level) * later
    return pd.DataFrame(columns)


def total_ahead(base: Base, model: CustomerModel, moments: Floats) -> Total:
    """Draws of what today's customers bring until each moment, in time units, ascending."""
    futures = simulate_futures(base, model, float(moments[-1]))
    return total(model, base.patterns, moments, base.choices.discount, futures)


def outlook(base: Base, model: CustomerModel) -> pd.DataFrame:
    """What today's customers bring together, one row per milestone: months, purchases, revenue (net of
    returns) and value (discounted margin), each with _lower and _upper, which hold the estimate even where it
    stands on the edge of what is possible (parameters that run away).
    """
    choices = base.choices
    frame = pd.DataFrame({"months": choices.milestones})
    moments = np.array([choices.ahead(base.window.as_of, months) for months in choices.milestones])
    drawn = total_ahead(base, model, moments)
    factors = {"purchases": 1.0, "revenue": base.kept_share, "value": base.kept_share * choices.margin}
    for kind, (name, factor) in enumerate(factors.items()):
        frame[name] = drawn.estimate[kind] * factor
        lower, upper = interval(drawn.draws(kind, choices.seed + kind) * factor, choices.alpha)
        frame[f"{name}_lower"], frame[f"{name}_upper"] = lower.clip(max=frame[name]), upper.clip(frame[name])
    return frame


def alive_path(purchases: ir.Table, base: Base, model: CustomerModel, customer_id: str) -> pd.DataFrame:
    """What the fitted process says of a customer at the end of every time unit, from what was known then.

    Returns
    -------
    DataFrame : one row per time unit since the first purchase: date (its last day), frequency, recency and T
        (as of then), bought (whether it holds a purchase), p_alive; the last row is that of `score`.
    """
    as_of, unit = base.window.as_of, base.choices.time_unit
    own = purchases.filter(purchases.customer_id == customer_id, purchases.date <= as_of)
    periods = customer_periods(own, as_of, unit)
    back = periods.filter(periods["first"].notnull()).back.to_pandas().to_numpy()
    if not len(back):
        ids = base.rfm.customer_id
        near = base.rfm.order_by([ids.levenshtein(customer_id), ids]).limit(MAX_SUGGESTED).customer_id
        raise KeepbookError(
            say("unknown-customer", customer=customer_id, day=day(as_of)),
            expected=str(suggestion(customer_id, near.to_pandas())),
            do=say("unknown-customer.do"),
        )
    T = np.arange(back.max() + 1)
    bought = np.isin(T, back.max() - back)
    frequency, recency = bought.cumsum() - 1, np.maximum.accumulate(np.where(bought, T, 0))
    ago = pd.to_timedelta((back.max() - T) * DAYS[unit], unit="D")
    known = {"date": pd.Timestamp(as_of) - ago, "frequency": frequency, "recency": recency, "T": T}
    alive = model.process.p_alive(model.params, frequency, recency, T)
    return pd.DataFrame({**known, "bought": bought, "p_alive": alive})


@dataclass(frozen=True)
class Truth:
    """What estimates of a simulated unit are held against.

    Nothing is estimated but what is left to chance: whether a customer is still alive, and how fast this one
    buys, follow from the purchases seen by Bayes' rule with the true parameters as prior. (The simulation's
    time is days, and its order values are independent of all else. Orders that a simulated strategy brought
    are taken for customers' own, as by any estimate: there are few, and they raise the outlook by about 1 %.)

    Attributes
    ----------
    outlook : one row per milestone: months, purchases (missing where the unit counts weeks, for the truth
        counts days), revenue, value.
    new_customer : value over the horizon, money.
    """

    outlook: pd.DataFrame
    new_customer: float


def truth_of(unit: Unit, tables: Tables, base: Base) -> Truth | None:
    """None where the unit is not simulated, or its customers table does not tell their tiers."""
    customers = tables.customers
    if not unit.simulated or customers is None or unit.customers is None:
        return None
    column = next((name for name, own in unit.customers.columns.items() if own == "tier"), None)
    if column is None:
        return None
    customers, tiers = customers.mutate(tier=customers[column]), tiers_of(unit.transactions.simulation())
    if not set(customers.select("tier").distinct().to_pandas()["tier"]) <= set(tiers):
        return None
    daily = replace(base, choices=replace(base.choices, time_unit="day"))
    outlook = _true_outlook(daily, tiers, tables.purchases, customers)
    if base.choices.time_unit != "day":
        outlook["purchases"] = float("nan")
    return Truth(outlook, _true_newcomer(daily, tiers))


def _true_outlook(base: Base, tiers: Tiers, purchases: ir.Table, customers: ir.Table) -> pd.DataFrame:
    """`outlook` with the parameters that customers were drawn from, and each one's own tier."""
    table = rfm(purchases, base.window.as_of, "day")
    both = table.inner_join(customers.select("customer_id", "tier"), "customer_id")
    sums = both.group_by("tier", "frequency", "recency", "T").agg(
        customers=both.count(), spend=both.repeat_spend.sum(), first=both.first_spend.sum()
    )
    known, rows = sums.to_pandas(), []
    for months in base.choices.milestones:
        bought = pd.DataFrame(
            [
                _tier_ahead(known[known["tier"] == tier], truth, months, base)
                for tier, (_, truth) in tiers.items()
            ]
        ).sum()
        rows.append({"months": months, **bought})
    return pd.DataFrame(rows)


def _tier_ahead(of: pd.DataFrame, truth: Law, months: int, base: Base) -> dict[str, float]:
    """What the customers of one tier bring."""
    choices, days = base.choices, base.choices.ahead(base.window.as_of, months)
    params = np.array([truth.r, truth.alpha, truth.s, truth.beta])
    x, t_x, T, n = (of[name].to_numpy(float) for name in ("frequency", "recency", "T", "customers"))
    alive = PARETO.p_alive(params, x, t_x, T)
    spent = (of["spend"] + of["first"]).to_numpy(float)  # the first order follows the same law here
    each = truth.p * (n * truth.gamma + spent) / (truth.p * (x + 1) + truth.q - 1)
    bought = alive * PARETO.expected_alive(params, x, T, days)
    later = alive * discounted_alive(PARETO, params, x, T, days, choices.discount)
    revenue, value = float(each @ bought) * base.kept_share, float(each @ later) * base.kept_share
    return {"purchases": float(n @ bought), "revenue": revenue, "value": value * choices.margin}


def _true_newcomer(base: Base, tiers: Tiers) -> float:
    """Value of a new customer over the horizon, first purchase included, averaged over the tiers."""
    choices, total, new = base.choices, 0.0, np.zeros(1)
    days = choices.ahead(base.window.as_of, choices.months)
    for share, truth in tiers.values():
        params = np.array([truth.r, truth.alpha, truth.s, truth.beta])
        later = discounted_alive(PARETO, params, new, new, days, choices.discount)[0]
        total += share * truth.mean_spend * (1 + float(later))
    return total * base.kept_share * choices.margin
