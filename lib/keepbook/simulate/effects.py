"""What strategies bring: orders by the customers' own law, and the difference to each customer."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd

from keepbook.simulate.process import CHANNELS, Lives, cents
from keepbook.simulate.truth import Floats, Ints

Effects = dict[str, dict[str, float]]
"""Experiment or change → metric → mean effect per customer who took part (per month, for a change)."""


class Population(NamedTuple):
    """The simulated customers, one element each: tier (number), day of acquisition, the laws they follow."""

    tier: Ints
    acquired: Ints
    lives: Lives
    spend_rate: Floats
    spend_shape: Floats


class Window(NamedTuple):
    """The simulated days: the first one, and how many."""

    start: dt.date
    days: int


def orders_on(population: Population, buyer: Ints, day: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Orders of these customers on these days, worth what their own law says."""
    amount = cents(rng.gamma(population.spend_shape[buyer], 1 / population.spend_rate[buyer]))
    channel = rng.choice(len(CHANNELS), len(buyer), p=list(CHANNELS.values()))
    return pd.DataFrame({"buyer": buyer, "day": day, "amount": amount, "channel": channel})


def difference(happened: pd.DataFrame, brought: pd.DataFrame, begins: Ints, length: int) -> pd.DataFrame:
    """One row per customer: retained, orders and revenue with the orders that are brought, less without."""
    return _outcomes(pd.concat([happened, brought]), begins, length) - _outcomes(happened, begins, length)


def _outcomes(orders: pd.DataFrame, begins: Ints, length: int) -> pd.DataFrame:
    """One row per customer: retained (1 or 0), orders (days with one), revenue, within `length` days."""
    since = orders["day"].to_numpy() - begins[orders["buyer"]]
    inside = orders[(since >= 0) & (since < length)]
    bought = np.bincount(inside.drop_duplicates(["buyer", "day"])["buyer"], minlength=len(begins))
    revenue = np.bincount(inside["buyer"], inside["amount"], minlength=len(begins))
    return pd.DataFrame(
        {"retained": (bought > 0).astype(float), "orders": bought.astype(float), "revenue": revenue}
    )
