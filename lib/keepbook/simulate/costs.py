"""What acquiring and serving the simulated customers cost, per month and channel."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from keepbook.simulate.process import CHANNELS


class Price(NamedTuple):
    """What a channel costs in truth, on average: money and leads for a new customer, money for an order."""

    marketing_cost: float
    sales_cost: float
    servicing_cost: float
    leads: float


PRICES = {"web": Price(14, 2, 1.2, 6), "app": Price(9, 1, 0.8, 4), "store": Price(6, 18, 3, 2)}
"""Channel → its costs; a customer is won by the channel of the first order."""

COST_NOISE = 0.1
"""Standard deviation of the logarithm of a month's costs around the truth."""


def draw_costs(orders: pd.DataFrame, start: dt.date, days: int, seed: int) -> pa.Table:
    """Months by channels. The random numbers are the costs' own: all else stays as it was without them."""
    rng = np.random.default_rng([seed, 1])
    months = pd.period_range(start, start + dt.timedelta(days=days - 1), freq="M")
    at = pd.PeriodIndex(pd.Timestamp(start) + pd.to_timedelta(orders["day"], unit="D"), freq="M")
    cell = (at.asi8 - months.asi8[0]) * len(CHANNELS) + orders["channel"].to_numpy()
    cells = len(months) * len(CHANNELS)
    bought = np.bincount(cell, minlength=cells)
    won = np.bincount(cell[~orders.duplicated("buyer").to_numpy()], minlength=cells)
    price = {
        name: np.tile([getattr(PRICES[one], name) for one in CHANNELS], len(months)) for name in Price._fields
    }
    columns: dict[str, object] = {
        "period": np.repeat(months.start_time.values.astype("datetime64[D]"), len(CHANNELS)),
        "channel": list(CHANNELS) * len(months),
    }
    for name, times in (("marketing_cost", won), ("sales_cost", won), ("servicing_cost", bought)):
        noise = rng.lognormal(-(COST_NOISE**2) / 2, COST_NOISE, cells)
        columns[name] = (price[name] * times * noise).round(2)
    return pa.table(columns | {"leads": won + rng.poisson((price["leads"] - 1) * won)})
