"""One shop: its transactions as dirty as a real export, its customers and its costs."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from keepbook.simulate.costs import draw_costs
from keepbook.simulate.dirt import with_dirt
from keepbook.simulate.effects import Effects, Population
from keepbook.simulate.experiments import ASSIGNMENTS, run_experiments
from keepbook.simulate.process import (
    CHANNELS,
    acquisition_days,
    at_least_one,
    dates,
    draw_lives,
    draw_orders,
    draw_purchases,
    ids,
)
from keepbook.simulate.truth import TIERS, Truth


@dataclass(frozen=True)
class Simulated:
    """One simulated shop.

    Parameters
    ----------
    transactions : one row per order or return line: customer_id (text, missing where the shop lost it),
        order_id (text), date (day), amount (money, cents; negative on returns), channel (text).
    customers : one row per customer: customer_id (text), acquired_on (day of the first purchase),
        tier ("basic", "plus" or "gold"); with experiments also region and depot (text).
    costs : one row per calendar month of the window and channel: period (first day of the month), channel
        (text), marketing_cost, sales_cost and servicing_cost (money), leads. Each cost is its channel's
        `PRICES` times the month's new customers, or genuine orders, times noise of mean 1; leads are the new
        customers and a Poisson count of those who were not won.
    truth : tier → the parameters its customers were drawn from.
    dirt : ledger rule → rows that correct cleaning leaves out under it.
    partial_returns : rows with a negative amount that correct cleaning keeps as money, not as a purchase.
    assignments : one row per customer and experiment: experiment, customer_id, variant (text), assigned_at
        (moment), cluster (text; missing, for each customer was drawn alone), cost (money). Empty without
        experiments.
    effects : experiment → metric (retained, orders, revenue) → mean, over its customers in both arms, of the
        outcome with the treatment less the outcome without it; for the change, per customer it concerned and
        month. None of one that the window is too short for.
    """

    transactions: pa.Table
    customers: pa.Table
    costs: pa.Table
    truth: dict[str, Truth]
    dirt: dict[str, int]
    partial_returns: int
    assignments: pa.Table
    effects: Effects


class Settings(Protocol):
    """The arguments of `simulate`."""

    customers: int
    start: dt.date
    days: int
    seed: int
    experiments: bool


def simulate(
    customers: int = 4000,
    start: dt.date = dt.date(2023, 1, 1),
    days: int = 730,
    seed: int = 1,
    experiments: bool = False,
) -> Simulated:
    """Simulate a shop: three tiers of customers, a growing base, and an export as dirty as real ones.

    Parameters
    ----------
    customers : customers acquired within the window, each with at least one purchase.
    start : first day of the window.
    days : length of the window; nothing happens after its last day.
    seed : the same seed gives the same rows.
    experiments : whether retention strategies were tried. Lines of the orders they brought are added, by day;
        all other rows, and the costs, are the same without.

    Raises
    ------
    KeepbookError : no customers, or no days.
    """
    at_least_one("customers", customers)
    at_least_one("days", days)
    rng = np.random.default_rng(seed)
    truths = [truth for _, truth in TIERS.values()]
    tier = rng.choice(len(truths), customers, p=[share for share, _ in TIERS.values()])
    acquired = np.sort(acquisition_days(customers, days, rng))
    lives = draw_lives([truths[i] for i in tier], rng)
    buyer, day = draw_purchases(lives, acquired, days, rng)
    spend_rate = rng.gamma([truths[i].q for i in tier], 1 / np.array([truths[i].gamma for i in tier]))
    population = Population(tier, acquired, lives, spend_rate, np.array([truths[i].p for i in tier]))
    orders = draw_orders(buyer, day, spend_rate, population.spend_shape, rng)
    rows, dirt, partial_returns = with_dirt(orders, acquired, days, rng)
    who = {
        "customer_id": ids("C", np.arange(customers)),
        "acquired_on": dates(start, acquired),
        "tier": pa.array(np.array(list(TIERS))[tier], pa.string()),
    }
    if experiments:
        tried = run_experiments(population, orders, start, days, seed)
        rows = _with_orders(rows, tried.orders)
        who |= {"region": pa.array(tried.region), "depot": pa.array(tried.depot)}
    return Simulated(
        transactions=_transactions(rows, start),
        customers=pa.table(who),
        costs=draw_costs(orders, start, days, seed),
        truth={name: truth for name, (_, truth) in TIERS.items()},
        dirt=dirt,
        partial_returns=partial_returns,
        assignments=tried.assignments if experiments else ASSIGNMENTS.empty_table(),
        effects=tried.effects if experiments else {},
    )


def experiments_truth(settings: Settings, margin: float = 1.0) -> Effects:
    """The true effects of a simulated unit's strategies, to hold the estimates against.

    Parameters
    ----------
    settings : those of the simulation, as a unit file states them.
    margin : share of revenue that is earned.

    Returns
    -------
    As `Simulated.effects`, and of each also margin, which is profit before what the strategy costs; empty
    where the simulation tries none.
    """
    s = settings
    effects = simulate(s.customers, s.start, s.days, s.seed, s.experiments).effects
    return {name: each | {"margin": each["revenue"] * margin} for name, each in effects.items()}


def _with_orders(rows: pd.DataFrame, brought: pd.DataFrame) -> pd.DataFrame:
    """The rows, and further orders under numbers that are free, by day."""
    number = rows["order"].max() + 1 + np.arange(len(brought))
    return pd.concat([rows, brought.assign(order=number)]).sort_values("day", kind="stable")


def _transactions(rows: pd.DataFrame, start: dt.date) -> pa.Table:
    buyer = rows["buyer"].to_numpy()
    return pa.table(
        {
            "customer_id": pc.if_else(pa.array(buyer >= 0), ids("C", buyer), pa.scalar(None, pa.string())),
            "order_id": ids("O", rows["order"].to_numpy()),
            "date": dates(start, rows["day"].to_numpy()),
            "amount": rows["amount"].to_numpy(),
            "channel": pa.array(np.array(list(CHANNELS))[rows["channel"].to_numpy()], pa.string()),
        }
    )
