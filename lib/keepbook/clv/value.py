"""What customers are worth: each of them, all together, and the next new one."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.future import PARAMETER_DRAWS, Total, discounted_alive, quantiles, simulate_futures, total
from keepbook.clv.model import CustomerModel, interval
from keepbook.clv.processes import gamma_gamma
from keepbook.clv.processes.objective import Floats

DECILES = 10


def score(base: Base, model: CustomerModel) -> ir.Table:
    """Every customer's value over the base's `choices.months`, in the engine.

    Returns
    -------
    Table, one row per customer: customer_id, first, last, frequency, recency, T, monetary_value,
        spend_to_date, p_alive, expected_purchases, purchases_lower, purchases_upper, expected_spend (per
        purchase period, net of returns), clv (discounted margin), clv_lower, clv_upper, decile (1 holds the
        most valuable tenth). Intervals hold what a customer may happen to do, and what
        the data leave open of the parameters.
    """
    choices, known = base.choices, pattern_scores(base, model)
    p, q, gamma = (float(v) for v in model.spend.params)
    paid = base.kept_share * choices.margin
    keys = ["frequency", "recency", "T"]
    both = base.rfm.inner_join(ibis.memtable(known), keys)
    never_paid = (both.frequency > 0) & (both.monetary_value <= 0)  # who never paid will not begin to
    unit = never_paid.ifelse(0.0, gamma + both.frequency * both.monetary_value)  # what simulated worth is in
    spend = p * unit / (p * both.frequency + q - 1)
    scored = both.select(
        "customer_id",
        "first",
        "last",
        *keys,
        "monetary_value",
        "spend_to_date",
        "p_alive",
        "expected_purchases",
        "purchases_lower",
        "purchases_upper",
        expected_spend=spend * base.kept_share,
        clv=spend * both.discounted * paid,
        clv_lower=unit * both.worth_lower * paid,
        clv_upper=unit * both.worth_upper * paid,
    )
    order = [scored.clv.desc(), scored.customer_id]
    return scored.mutate(decile=(ibis.ntile(DECILES).over(order_by=order) + 1).cast("int64"))


def pattern_scores(base: Base, model: CustomerModel) -> pd.DataFrame:
    """What the model says of each pattern; customers of one pattern differ in their money alone.

    Returns
    -------
    DataFrame : one row per frequency, recency and T (whole numbers): p_alive, expected_purchases, discounted
        (the same, discounted), purchases_lower, purchases_upper, worth_lower, worth_upper (discounted money
        per unit of gamma + frequency · monetary_value).
    """
    patterns, choices, process = base.patterns, base.choices, model.process
    t = choices.ahead(base.window.as_of, choices.months)
    x, T = patterns.frequency, patterns.T
    frequency, age, at = patterns.pairs
    expected = process.expected_alive(model.params, frequency, age, t)[at]
    discounted = discounted_alive(process, model.params, frequency, age, t, choices.discount)[at]
    alive = process.p_alive(model.params, x, patterns.recency, T)
    futures = simulate_futures(model, patterns, base.mean_spend, t, choices.seed)
    later = discounted / np.maximum(expected, 1e-300)
    frame = {"frequency": x, "recency": patterns.recency, "T": T}
    columns: dict[str, np.ndarray] = {n: np.rint(values).astype(np.int64) for n, values in frame.items()}
    columns |= {"p_alive": alive, "expected_purchases": alive * expected, "discounted": alive * discounted}
    for side, level in (("lower", choices.alpha / 2), ("upper", 1 - choices.alpha / 2)):
        columns[f"purchases_{side}"] = quantiles(futures.counts, futures.groups.at, alive, level)
        columns[f"worth_{side}"] = quantiles(futures.worth, futures.groups.at, alive, level) * later
    return pd.DataFrame(columns)


def total_ahead(base: Base, model: CustomerModel, moments: Floats) -> Total:
    """Draws of what today's customers bring until each moment, in time units, ascending."""
    futures = simulate_futures(model, base.patterns, base.mean_spend, float(moments[-1]), base.choices.seed)
    return total(model, base.patterns, moments, base.choices.discount, futures)


def outlook(base: Base, model: CustomerModel) -> pd.DataFrame:
    """What today's customers bring together.

    Returns
    -------
    DataFrame : one row per milestone: months, purchases, revenue (net of returns) and value (discounted
        margin), each with _lower and _upper, which hold the estimate even where it stands on the edge of what
        is possible (parameters that run away).
    """
    choices = base.choices
    months = list(choices.milestones)
    moments = np.array([choices.ahead(base.window.as_of, m) for m in months])
    drawn = total_ahead(base, model, moments)
    frame = pd.DataFrame({"months": months})
    factors = {"purchases": 1.0, "revenue": base.kept_share, "value": base.kept_share * choices.margin}
    for kind, (name, factor) in enumerate(factors.items()):
        draws = drawn.draws(kind, choices.seed + kind) * factor
        frame[name] = drawn.estimate[kind] * factor
        lower, upper = np.quantile(draws, [choices.alpha / 2, 1 - choices.alpha / 2], axis=0)
        frame[f"{name}_lower"], frame[f"{name}_upper"] = lower.clip(max=frame[name]), upper.clip(frame[name])
    return frame


@dataclass(frozen=True)
class NewCustomerValue:
    """What the next new customer is worth, first purchase included: discounted margin, in money.

    Attributes
    ----------
    months : the horizon.
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
    rng = np.random.default_rng(choices.seed)
    first = rng.normal(base.first_spend, base.first_spend_error, PARAMETER_DRAWS * 4) * paid

    def worth(params: Floats, spend: Floats, horizon: float) -> float:
        new = np.zeros(1)
        alive = process.p_alive(params, new, new, new)
        later = alive * discounted_alive(process, params, new, new, horizon, choices.discount)
        return float(later[0]) * gamma_gamma.mean_spend(spend) * paid

    def estimated(horizon: float) -> tuple[float, float, float]:
        row = np.linspace(0, len(model.posterior.draws) - 1, len(first)).astype(int)
        draws = [worth(model.posterior.draws[i], model.spend.draws[i], horizon) for i in row]
        estimate = base.first_spend * paid + worth(model.params, model.spend.params, horizon)
        lower, upper = interval(first + np.array(draws), choices.alpha)
        return estimate, min(lower, estimate), max(upper, estimate)

    lifetime = estimated(np.inf) if choices.discount > 0 else (np.nan, np.nan, np.nan)
    bought = float(process.expected_new(model.params, t))
    return NewCustomerValue(choices.months, base.first_spend * paid, bought, *estimated(t), *lifetime)


def concentration(scores: ir.Table) -> pd.DataFrame:
    """How value is spread over customers.

    Returns
    -------
    DataFrame : one row per hundredth of the customers, most valuable first: customers_share, value_share
        (cumulative, from 0 to 1).
    """
    part = scores.select("clv", part=ibis.ntile(100).over(order_by=scores.clv.desc()))
    sums = part.group_by("part").agg(value=part.clv.sum(), customers=part.count()).to_pandas()
    sums = sums.sort_values("part", ignore_index=True)
    all_value, customers = sums["value"].sum(), sums["customers"].sum()
    frame = pd.DataFrame(
        {
            "customers_share": sums["customers"].cumsum() / customers,
            "value_share": sums["value"].cumsum() / all_value if all_value > 0 else np.nan,
        }
    )
    return pd.concat(
        [pd.DataFrame({"customers_share": [0.0], "value_share": [0.0]}), frame], ignore_index=True
    )
