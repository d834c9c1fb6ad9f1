"""One shop: its transactions as dirty as a real export, its customers and its costs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from keepbook.errors import KeepbookError, suggestion
from keepbook.simulate.experiments import (
    ASSIGNMENTS,
    DEPOTS,
    DESIGNS,
    REGIONS,
    SHIPPING,
    Effects,
    run_experiments,
)
from keepbook.simulate.process import (
    CHANNELS,
    TIERS,
    Floats,
    Ints,
    Population,
    Truth,
    acquisition_days,
    at_least_one,
    cents,
    dates,
    draw_lives,
    draw_orders,
    draw_purchases,
    ids,
)

DIRT = {  # occasions of each kind of dirt per genuine order
    "exact duplicate": 0.015,
    "no customer": 0.02,
    "zero amount": 0.01,
    "order fully returned": 0.02,
    "partial return": 0.03,
}
# What may be called in another way, and the columns that it stands in.
NAMES = (*TIERS, *CHANNELS, *REGIONS, SHIPPING, *(name for one in DESIGNS for name in one[:3]))
COLUMNS_OF_NAMES = {"tier", "region", "depot", "channel", "experiment", "variant"}
COST_NOISE = 0.1  # standard deviation of the logarithm of a month's costs around the truth


Tiers = dict[str, tuple[float, Truth]]


class Price(NamedTuple):
    """Money and leads that a customer costs the channel of the first order, and money that an order costs."""

    marketing_cost: float
    sales_cost: float
    servicing_cost: float
    leads: float


PRICES = {"web": Price(14, 2, 1.2, 6), "app": Price(9, 1, 0.8, 4), "store": Price(6, 18, 3, 2)}


@dataclass(frozen=True)
class Simulated:
    """One simulated shop."""

    # One row per order or return line: customer_id (text, missing where the shop lost it), order_id (text),
    # date (day), amount (money, cents; negative on returns), channel (text).
    transactions: pa.Table
    # One row per customer: customer_id (text), acquired_on (day of the first purchase), tier ("basic",
    # "plus" or "gold"); with experiments also region and depot (text).
    customers: pa.Table
    # One row per calendar month of the window and channel: period (first day of the month), channel (text),
    # marketing_cost, sales_cost and servicing_cost (money), leads. Each cost is its channel's `PRICES`
    # times the month's new customers, or genuine orders, times noise of mean 1; leads are the new customers
    # and a Poisson count of those who were not won.
    costs: pa.Table
    dirt: dict[str, int]  # ledger rule → rows that correct cleaning leaves out under it
    # Rows with a negative amount that correct cleaning keeps as money, not as a purchase.
    partial_returns: int
    # One row per customer and experiment: experiment, customer_id, variant (text), assigned_at (moment),
    # cluster (text; missing, for each customer was drawn alone), cost (money). Empty without experiments.
    assignments: pa.Table
    # Experiment → metric (retained, orders, revenue) → mean, over its customers in both arms, of the
    # outcome with the treatment less the outcome without it; for the change, per customer it concerned and
    # month. None of one that the window is too short for.
    effects: Effects


def simulate(
    customers: int = 4000,
    start: dt.date = dt.date(2023, 1, 1),
    days: int = 730,
    seed: int = 1,
    experiments: bool = False,
    names: Mapping[str, str] = MappingProxyType({}),
    price_level: float = 1.0,
) -> Simulated:
    """Simulate a shop: three tiers of customers, a growing base, and an export as dirty as real ones.

    Parameters
    ----------
    customers : acquired within the window, each with at least one purchase.
    start, days : first day and length of the window; nothing happens after its last day.
    seed : the same seed gives the same rows.
    experiments : whether retention strategies were tried. Lines of the orders they brought are added, by day;
        all other rows, and the costs, are the same without.
    names : what a tier, region, channel, experiment or arm is called instead: `{"gold": "金卡"}`. A depot is
        called as its region is.
    price_level : factor on all money.
    """
    at_least_one("customers", customers)
    at_least_one("days", days)
    _check_names(names)
    rng = np.random.default_rng(seed)
    tier = rng.choice(len(TIERS), customers, p=[share for share, _ in TIERS.values()])
    truths = [list(TIERS.values())[i][1] for i in tier]
    acquired = np.sort(acquisition_days(customers, days, rng))
    rate, lifetime = draw_lives(truths, rng)
    buyer, day = draw_purchases(rate, lifetime, acquired, days, rng)
    spend_shape = np.array([truth.p for truth in truths])
    scale = price_level * np.array([truth.gamma for truth in truths])
    spend_rate = rng.gamma([truth.q for truth in truths], 1 / scale)
    population = Population(tier, acquired, rate, lifetime, spend_shape, spend_rate)
    by_day = np.argsort(day, kind="stable")
    orders = draw_orders(population, buyer[by_day], day[by_day], rng).assign(order=np.arange(len(day)))
    rows, dirt, partial_returns = _with_dirt(orders, acquired, days, rng)
    who = {
        "customer_id": ids("C", np.arange(customers)),
        "acquired_on": dates(start, acquired),
        "tier": pa.array(np.array(list(TIERS))[tier], pa.string()),
    }
    assignments, effects = ASSIGNMENTS.empty_table(), {}
    if experiments:
        tried = run_experiments(population, orders, start, days, seed)
        assignments, effects = tried.assignments, {names.get(k, k): v for k, v in tried.effects.items()}
        brought = tried.orders.assign(order=rows["order"].max() + 1 + np.arange(len(tried.orders)))
        rows = pd.concat([rows, brought]).sort_values("day", kind="stable")
        who |= {"region": pa.array(tried.region), "depot": pa.array(tried.depot)}
    return Simulated(
        transactions=_named(_transactions(rows, start), names),
        customers=_named(pa.table(who), names),
        costs=_named(_costs(orders, start, days, seed, price_level), names),
        dirt=dirt,
        partial_returns=partial_returns,
        assignments=_named(_dearer(assignments, price_level), names),
        effects=effects,
    )


def experiments_truth(settings: Any, margin: float = 1.0) -> Effects:
    """The true effects of a simulated unit's strategies, to hold the estimates against.

    As `Simulated.effects`, and of each also margin, which is profit before what the strategy costs; empty
    where the simulation tries none.

    Parameters
    ----------
    settings : the arguments of `simulate`, as a unit file states them.
    margin : share of revenue that is earned.
    """
    effects = simulate(**vars(settings)).effects
    return {name: each | {"margin": each["revenue"] * margin} for name, each in effects.items()}


def tiers_of(settings: Any) -> Tiers:
    """Tier, as the data call it → share of customers and truth, its money at the simulation's price level.

    Parameters
    ----------
    settings : the arguments of `simulate`, as a unit file states them.
    """
    return {
        settings.names.get(tier, tier): (share, replace(truth, gamma=truth.gamma * settings.price_level))
        for tier, (share, truth) in TIERS.items()
    }


def _check_names(names: Mapping[str, str]) -> None:
    for name in names:
        if name not in NAMES:
            raise KeepbookError(
                f"The simulator has nothing called '{name}'.",
                where=f"names, {name}",
                expected=f"one of {', '.join(NAMES)}",
                do=f"Correct it; {suggestion(name, NAMES)}",
            )


def _named(table: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """The same table with other names in its columns of names."""
    depots = {
        f"{old} {n}": f"{names[old]} {n}" for old in REGIONS if old in names for n in range(1, DEPOTS + 1)
    }
    for column in COLUMNS_OF_NAMES & {*table.column_names} if names else ():
        renamed = table[column].to_pandas().replace({**names, **depots})
        table = table.set_column(table.column_names.index(column), column, pa.array(renamed, pa.string()))
    return table


def _dearer(assignments: pa.Table, price_level: float) -> pa.Table:
    cost = pc.multiply(assignments["cost"], price_level)
    return assignments.set_column(assignments.column_names.index("cost"), "cost", cost)


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


def _with_dirt(
    orders: pd.DataFrame, acquired: Ints, days: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, int], int]:
    """Genuine orders and added dirt by day; rows added per ledger rule; partial returns added."""
    many = {kind: round(share * len(orders)) for kind, share in DIRT.items()}
    lost, free, undone = many["no customer"], many["zero amount"], many["order fully returned"]
    extra = orders.iloc[rng.integers(len(orders), size=lost + free + undone)].copy()
    extra["order"] = len(orders) + np.arange(len(extra))
    first = acquired[extra["buyer"]]
    extra["day"] = first + (rng.random(len(extra)) * (days - first)).astype(np.int64)
    bought = extra[lost + free :]
    kept = orders[orders["amount"] >= 1]  # so that part of it is at least a cent
    kept = kept.sample(min(many["partial return"], len(kept)), random_state=rng)
    kinds = {
        "exact duplicate": orders.sample(many["exact duplicate"], random_state=rng),
        "no customer": extra[:lost].assign(buyer=-1),
        "zero amount": extra[lost : lost + free].assign(amount=0.0),
        "order fully returned": pd.concat([bought, _returned(bought, np.ones(undone), days, rng)]),
    }
    partial = _returned(kept, rng.uniform(0.1, 0.6, len(kept)), days, rng)
    rows = pd.concat([orders, *kinds.values(), partial]).sort_values("day", kind="stable")
    return rows, {rule: len(added) for rule, added in kinds.items()}, len(partial)


def _returned(orders: pd.DataFrame, share: Floats, days: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return lines, up to two weeks after the order, that take back a share of its amount."""
    day = np.minimum(orders["day"] + rng.integers(1, 15, len(orders)), days - 1)
    return orders.assign(day=day, amount=-cents(orders["amount"].to_numpy() * share))


def _costs(orders: pd.DataFrame, start: dt.date, days: int, seed: int, price_level: float) -> pa.Table:
    """Months by channels. The random numbers are the costs' own: all else stays as it was without them."""
    rng = np.random.default_rng([seed, 1])
    months = pd.period_range(start, start + dt.timedelta(days=days - 1), freq="M")
    at = pd.PeriodIndex(pd.Timestamp(start) + pd.to_timedelta(orders["day"], unit="D"), freq="M")
    cell = (at.asi8 - months.asi8[0]) * len(CHANNELS) + orders["channel"].to_numpy()
    cells = len(months) * len(CHANNELS)
    bought = np.bincount(cell, minlength=cells)
    won = np.bincount(cell[~orders.duplicated("buyer").to_numpy()], minlength=cells)
    price = pd.DataFrame([PRICES[channel] for channel in CHANNELS] * len(months))
    columns: dict[str, object] = {
        "period": np.repeat(months.start_time.values.astype("datetime64[D]"), len(CHANNELS)),
        "channel": list(CHANNELS) * len(months),
    }
    for name, times in (("marketing_cost", won), ("sales_cost", won), ("servicing_cost", bought)):
        noise = rng.lognormal(-(COST_NOISE**2) / 2, COST_NOISE, cells)
        columns[name] = (price_level * price[name].to_numpy() * times * noise).round(2)
    return pa.table(columns | {"leads": won + rng.poisson((price["leads"].to_numpy() - 1) * won)})
