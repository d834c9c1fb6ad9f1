"""Days at which predictions are tried, and a shop whose truth is Pareto/NBD."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
from cohort_data import ENGINE

from keepbook.tables import Window

START = dt.date(2024, 1, 1)
CUT, END = dt.date(2024, 4, 9), dt.date(2024, 5, 29)  # day 99 of the data, and 50 days on
DAYS = 540
TRUTH = (0.8, 30.0, 0.6, 120.0)


def pareto_shop(customers: int, seed: int, name: str = "pareto") -> tuple[object, Window]:
    """Customers who arrive over the first year and a half, buy and leave by TRUTH, and pay by Gamma-Gamma."""
    rng = np.random.default_rng(seed)
    r, alpha, s, beta = TRUTH
    came = rng.integers(0, DAYS - 30, customers)
    rate, left = rng.gamma(r, 1 / alpha, customers), rng.exponential(1 / rng.gamma(s, 1 / beta, customers))
    length = np.minimum(left, DAYS - came)
    many = rng.poisson(rate * length)
    who = np.r_[np.arange(customers), np.repeat(np.arange(customers), many)]
    day = np.r_[came, np.repeat(came, many) + np.floor(rng.random(many.sum()) * np.repeat(length, many))]
    own = rng.gamma(4, 1 / 20, customers)
    money = rng.gamma(6, 1 / own[who])
    days = pd.DataFrame({"customer_id": who, "day": day.astype(int), "money": money})
    days = days.groupby(["customer_id", "day"], as_index=False)["money"].sum()
    days["date"] = pd.Timestamp(START) + pd.to_timedelta(days["day"], unit="D")
    ENGINE.con.register("rows", pa.Table.from_pandas(days, preserve_index=False))
    ENGINE.raw_sql(
        f"""
        CREATE OR REPLACE TABLE {name} AS
        SELECT customer_id::VARCHAR AS customer_id, date::DATE AS date, money::DECIMAL(18, 4) AS amount,
               money::DECIMAL(18, 4) AS gross, TRUE AS is_purchase
        FROM rows
        """
    )
    return ENGINE.table(name), Window(START, START + dt.timedelta(days=DAYS - 1))
