"""What a simulated unit's customers bring in truth, to hold the estimates against."""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.future import discounted_alive
from keepbook.clv.processes.objective import Floats
from keepbook.clv.processes.pareto_nbd import PARETO
from keepbook.clv.rfm import DAYS, rfm
from keepbook.simulate import TIERS
from keepbook.tables import Tables
from keepbook.unit import Unit


@dataclass(frozen=True)
class Truth:
    """What estimates of a simulated unit are held against.

    Attributes
    ----------
    outlook : one row per milestone, as `true_outlook`; purchases are missing where the unit counts weeks, for
        the truth counts days.
    new_customer : value over the horizon, money.
    """

    outlook: pd.DataFrame
    new_customer: float


def truth_of(unit: Unit, tables: Tables, base: Base) -> Truth | None:
    """None where the unit is not simulated, or its customers table does not tell their tiers."""
    customers = tables.customers
    if not unit.simulated or customers is None or "tier" not in customers.columns:
        return None
    if not set(customers.select("tier").distinct().to_pandas()["tier"]) <= set(TIERS):
        return None
    outlook = true_outlook(base, tables.purchases, customers)
    if base.choices.time_unit != "day":
        outlook["purchases"] = float("nan")
    return Truth(outlook, true_new_customer(base))


def true_outlook(base: Base, purchases: ir.Table, customers: ir.Table) -> pd.DataFrame:
    """`outlook` with the parameters that the simulation drew its customers from, and each one's own tier.

    Nothing is estimated but what is left to chance: whether a customer is still alive, and how fast this one
    buys, follow from the purchases seen by Bayes' rule with the true parameters as prior. (The simulation's
    time is days, and its order values are independent of all else. Orders that a simulated strategy brought
    are taken for customers' own, as by any estimate: there are few, and they raise the outlook by about 1 %.)

    Parameters
    ----------
    purchases : as `Tables.purchases`. customers : one row per customer with customer_id and tier.

    Returns
    -------
    DataFrame : one row per milestone: months, purchases, revenue, value.
    """
    table = rfm(purchases, base.window.as_of, "day")
    both = table.inner_join(customers.select("customer_id", "tier"), "customer_id")
    sums = both.group_by("tier", "frequency", "recency", "T").agg(
        customers=both.count(), spend=both.repeat_spend.sum(), first=both.first_spend.sum()
    )
    known = sums.to_pandas()
    rows = []
    for months in base.choices.milestones:
        days = base.choices.ahead(base.window.as_of, months) * _unit_days(base)
        bought = pd.DataFrame([_tier_ahead(known, tier, days, base) for tier in TIERS]).sum()
        rows.append({"months": months, **bought})
    return pd.DataFrame(rows)


def _tier_ahead(known: pd.DataFrame, tier: str, days: float, base: Base) -> dict[str, float]:
    """What the customers of one tier bring."""
    truth, of = TIERS[tier][1], known[known["tier"] == tier]
    params = np.array([truth.r, truth.alpha, truth.s, truth.beta])
    x, t_x, T, n = (of[name].to_numpy(float) for name in ("frequency", "recency", "T", "customers"))
    alive = PARETO.p_alive(params, x, t_x, T)
    spent = (of["spend"] + of["first"]).to_numpy(float)  # the first order follows the same law here
    each = truth.p * (n * truth.gamma + spent) / (truth.p * (x + 1) + truth.q - 1)
    bought = alive * PARETO.expected_alive(params, x, T, days)
    later = alive * discounted_alive(PARETO, params, x, T, days, _daily(base))
    kept = base.kept_share
    return {
        "purchases": float(n @ bought),
        "revenue": float(each @ bought) * kept,
        "value": float(each @ later) * kept * base.choices.margin,
    }


def true_new_customer(base: Base, shares: Mapping[str, float] | None = None) -> float:
    """Value of a new customer over the horizon, first purchase included, averaged over the tiers.

    Parameters
    ----------
    shares : share of each tier; None for the simulation's own.
    """
    days = base.choices.ahead(base.window.as_of, base.choices.months) * _unit_days(base)
    total, new = 0.0, np.zeros(1)
    for tier, (share, truth) in TIERS.items():
        params: Floats = np.array([truth.r, truth.alpha, truth.s, truth.beta])
        later = discounted_alive(PARETO, params, new, new, days, _daily(base))[0]
        total += (shares or {}).get(tier, share) * truth.mean_spend * (1 + float(later))
    return total * base.kept_share * base.choices.margin


def _unit_days(base: Base) -> int:
    return DAYS[base.choices.time_unit]


def _daily(base: Base) -> float:
    return base.choices.discount / _unit_days(base)
