"""What a new customer costs, beside what one is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from keepbook.clv.base import Base


def acquisition_cost(base: Base, costs: pd.DataFrame) -> pd.DataFrame:
    """Marketing and sales cost per new customer, period by period.

    A period of the costs lasts until the next one begins; the last one as long as the one before it (a month
    when it is alone). Only periods that the observation covers wholly are counted.

    Parameters
    ----------
    costs : one row per period and channel, as `Tables.costs`.

    Returns
    -------
    DataFrame : one row per period: period, cost (money), new_customers, cac (money per new customer; missing
        where nobody came).
    """
    per_period = costs.groupby("period", sort=True)[["marketing_cost", "sales_cost"]].sum().sum(axis=1)
    starts = pd.DatetimeIndex(per_period.index)
    last = starts[-1] + (starts[-1] - starts[-2] if len(starts) > 1 else pd.DateOffset(months=1))
    if (starts.day == 1).all():
        last = starts[-1] + pd.DateOffset(months=1 if len(starts) < 2 else _months(starts[-2], starts[-1]))
    ends = starts[1:].append(pd.DatetimeIndex([last]))
    new, dates = base.activity["new"].to_numpy(float), base.activity["date"].to_numpy()
    summed = np.concatenate([[0.0], np.cumsum(new)])
    came = summed[np.searchsorted(dates, ends.to_numpy())] - summed[np.searchsorted(dates, starts.to_numpy())]
    frame = pd.DataFrame({"period": starts, "cost": per_period.to_numpy(float), "new_customers": came})
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["cac"] = np.where(came > 0, frame["cost"] / came, np.nan)
    covered = (ends <= pd.Timestamp(base.window.as_of) + pd.Timedelta(days=1)) & (
        starts >= pd.Timestamp(base.window.start)
    )
    return frame[np.asarray(covered)].reset_index(drop=True)


def _months(earlier: pd.Timestamp, later: pd.Timestamp) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
