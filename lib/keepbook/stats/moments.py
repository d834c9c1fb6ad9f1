"""Counts, means and covariances of outcomes: all that an analysis needs of its customers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

SIZE = "keepbook size"  # of a unit: 1 for a customer, their number for a cluster

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """What is known of one group."""

    names: tuple[str, ...]  # the columns, in the order of `mean` and `cov`
    count: int  # units, which are customers or, where clusters were randomised, clusters
    customers: int  # customers in them
    mean: Floats  # shape (columns,), per unit
    cov: Floats  # shape (columns, columns), sample covariances over units
    clustered: bool = False  # whether units are clusters, and their columns sums over customers

    def at(self, name: str) -> int:
        """Where a column stands."""
        return self.names.index(name)


def moments_of(each: ir.Table, names: Sequence[str]) -> dict[str, Moments]:
    """Variant → its moments, summed up in the engine.

    Parameters
    ----------
    each : one row per customer with variant, numbers under `names`, and `cluster` where clusters were
        randomised: then a cluster's columns are the sums of its customers', and a mean per customer is a
        ratio of two means over clusters. Rows in which one of `names` is missing count nowhere.

    >>> import ibis
    >>> each = ibis.memtable({"variant": ["a", "a", "b", "b"], "spend": [1.0, 3.0, 5.0, 7.0]})
    >>> found = moments_of(each, ["spend"])
    >>> found["b"].count, found["b"].mean.tolist(), found["b"].cov.tolist()
    (2, [6.0], [[2.0]])
    """
    return {variant: moments for (variant,), moments in moments_by(each, names, "variant").items()}


def moments_by(each: ir.Table, names: Sequence[str], *by: str) -> dict[tuple[str, ...], Moments]:
    """As `moments_of`, for every combination of the values of some columns."""
    known = each.drop_null(list(names), how="any").mutate(**{SIZE: 1.0})
    clustered = "cluster" in each.columns
    columns = (*dict.fromkeys(names), *([SIZE] if clustered else []))
    if clustered:
        known = known.group_by(*by, "cluster").agg(**{name: known[name].sum() for name in columns})
    pairs = list(combinations_with_replacement(range(len(columns)), 2))
    sums = {f"mean {name}": known[name].mean() for name in columns}
    for i, j in pairs:
        sums[f"cov {i} {j}"] = known[columns[i]].cov(known[columns[j]], how="sample")
    frame = known.group_by(*by).agg(count=known.count(), size=known[SIZE].sum(), **sums).to_pandas()
    found = {}
    for row in frame.to_dict("records"):
        mean = np.array([row[f"mean {name}"] for name in columns], float)
        cov = np.empty((len(columns), len(columns)))
        for i, j in pairs:
            cov[i, j] = cov[j, i] = row[f"cov {i} {j}"]
        key = tuple(str(row[name]) for name in by)
        found[key] = Moments(columns, int(row["count"]), int(row["size"]), mean, cov, clustered)
    return found


def moments_of_totals(totals: pd.DataFrame) -> dict[str, dict[str, Moments]]:
    """Moments of one metric each, from counts and sums that somebody else made: metric → variant → its own.

    Parameters
    ----------
    totals : one row per variant and metric: variant, metric, n, sum, sum_squares.

    Examples
    --------
    Customers who spent 5 and 7.

    >>> row = {"variant": "b", "metric": "spend", "n": 2, "sum": 12, "sum_squares": 74}
    >>> found = moments_of_totals(pd.DataFrame([row]))["spend"]["b"]
    >>> found.mean.tolist(), found.cov.tolist()
    ([6.0], [[2.0]])
    """
    made: dict[str, dict[str, Moments]] = {}
    for row in totals.itertuples():
        n, mean = int(row.n), row.sum / row.n
        variance = max(row.sum_squares - row.sum * mean, 0.0) / max(n - 1, 1)
        moments = Moments((row.metric,), n, n, np.array([mean]), np.array([[variance]]))
        made.setdefault(row.metric, {})[row.variant] = moments
    return made


def merged(groups: Iterable[Moments]) -> Moments:
    """The groups as one: exact (Chan, Golub & LeVeque 1983, eq. 2.1).

    Examples
    --------
    1 and 3 with 5 and 7: a mean of 4, and (9 + 1 + 1 + 9) / 3.

    >>> both = merged(Moments(("spend",), 2, 2, np.array([mean]), np.array([[2.0]])) for mean in (2.0, 6.0))
    >>> both.mean.tolist(), both.cov.round(4).tolist()
    ([4.0], [[6.6667]])
    """
    groups = list(groups)
    first, count = groups[0], sum(group.count for group in groups)
    mean = sum((group.count * group.mean for group in groups), np.zeros(len(first.mean))) / count
    square = sum(
        (group.count - 1) * np.nan_to_num(group.cov)
        + group.count * np.outer(group.mean - mean, group.mean - mean)
        for group in groups
    )
    customers, cov = sum(group.customers for group in groups), np.asarray(square) / max(count - 1, 1)
    return Moments(first.names, count, customers, mean, cov, first.clustered)
