"""What a new customer costs, beside what one is worth."""

import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.errors import NotEnoughData
from keepbook.text import catalogue

say = catalogue("clv")


def acquisition_cost(base: Base, costs: pd.DataFrame | None) -> pd.DataFrame:
    """Marketing and sales cost per new customer, period by period, of those the observation covers wholly.

    Parameters
    ----------
    costs : one row per period and channel, as `Tables.costs`; None where the unit has no such table.

    Returns
    -------
    DataFrame : one row per period: period (its first day), cost (money), new_customers, cac (money per new
        customer; missing where nobody came).

    Raises
    ------
    NotEnoughData : there is no table of costs.
    """
    first, last = pd.Timestamp(base.window.start), pd.Timestamp(base.window.as_of)
    if costs is None:
        raise NotEnoughData(say("no-costs"))
    spent = costs.assign(cost=costs["marketing_cost"] + costs["sales_cost"])
    frame = spent.groupby("period", as_index=False).agg(last_day=("last_day", "max"), cost=("cost", "sum"))
    frame = frame[(frame["period"] >= first) & (frame["last_day"] <= last)].reset_index(drop=True)
    came = np.concatenate([[0.0], base.activity["new"].cumsum()])
    before = np.searchsorted(base.activity["date"], frame["period"], side="left")
    until = np.searchsorted(base.activity["date"], frame.pop("last_day"), side="right")
    frame["new_customers"] = came[until] - came[before]
    frame["cac"] = frame["cost"] / frame["new_customers"].where(frame["new_customers"] > 0)
    return frame
