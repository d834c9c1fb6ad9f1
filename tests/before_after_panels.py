"""Panels of customers made in a test, and the same sums done by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from cohort_data import ENGINE, table_of
from numpy.typing import NDArray

from keepbook.before_after.panel import Averages
from keepbook.before_after.periods import Periods
from keepbook.tables import Tables, Window
from keepbook.unit import Change

Floats = NDArray[np.float64]

DATE = dt.date(2024, 1, 1)  # a Monday


def change(**fields: Any) -> Change:
    return Change.model_validate({"name": "shipping", "date": DATE, "period": "week"} | fields)


def weeks(before: int, after: int) -> Periods:
    return Periods(tuple(DATE + dt.timedelta(weeks=k) for k in range(-before, after + 1)), before)


def tables(
    rows: pd.DataFrame,
    people: Mapping[str, Any] | None = None,
    start: str = "2023-01-01",
    as_of: str = "2024-12-31",
    name: str = "changed",
) -> Tables:
    """Tables of a unit.

    Parameters
    ----------
    rows : customer, date, money, bought. people : columns of the customers table, `customer_id` among them.
    """
    columns = {"customer_id": rows["customer"], "date": rows["date"], "money": rows["money"]}
    purchases = table_of(pa.table({**columns, "bought": rows["bought"]}), name)
    customers = None
    if people is not None:
        ENGINE.con.register("people", pa.table(dict(people)))
        ENGINE.raw_sql(f"CREATE OR REPLACE TABLE {name}_people AS SELECT * FROM people")
        customers = ENGINE.table(f"{name}_people")
    window = Window(dt.date.fromisoformat(start), dt.date.fromisoformat(as_of))
    return Tables(purchases, customers, None, window, None)  # type: ignore[arg-type]


def rows_of(panel: Floats, names: list[str], before: int, first: str = "2023-01-15") -> pd.DataFrame:
    """A first purchase of everybody long before, and one in the middle of each week with money in `panel`.

    Parameters
    ----------
    panel : money, shape (customers, weeks); 0 is no purchase.
    """
    who, when = np.nonzero(panel)
    day = pd.to_datetime(DATE) + pd.to_timedelta((when - before) * 7 + 3, unit="D")
    customers = np.array(names)
    known = pd.DataFrame({"customer": customers, "date": pd.Timestamp(first), "money": 5.0, "bought": True})
    bought = pd.DataFrame(
        {"customer": customers[who], "date": day, "money": panel[who, when], "bought": True}
    )
    return pd.concat([known, bought], ignore_index=True)


def shop(rng: np.random.Generator, customers: int, periods: int) -> Floats:
    """Skewed money with nine zeros in ten: some buy often, most hardly ever; shape (customers, periods).

    Its mean is 3 · exp(0.625) = 5.60 in every period.
    """
    often = rng.beta(0.3, 2.7, customers)[:, None]
    dear = np.exp(rng.normal(0, 0.5, customers))[:, None]
    money = 30 * dear * np.exp(rng.normal(0, 1.0, (customers, periods)))
    return np.where(rng.random((customers, periods)) < often, money, 0.0)


SHOP_MEAN = 3 * float(np.exp(0.625))


def averages(panel: Floats, cluster: NDArray[np.int64] | None = None) -> Averages:
    """Means and their covariance by hand, of customers or of clusters of them."""
    n, mean = len(panel), panel.mean(axis=0)
    if cluster is None:
        return Averages(n, n, mean, np.cov(panel.T) / n)
    share = pd.Series(cluster).value_counts(normalize=True).sort_index()
    off = pd.DataFrame(panel - mean).groupby(cluster).sum() / n
    scores = off.div((1 - share) ** 0.5, axis=0)
    return Averages(n, 1 / float(share @ share), mean, (scores.T @ scores).to_numpy(), scores)
