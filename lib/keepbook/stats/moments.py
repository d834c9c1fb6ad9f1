"""Counts, means and covariances of outcomes: all that an analysis needs of its customers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import tea_tasting as tt
from numpy.typing import NDArray

SIZE = "keepbook size"  # of a unit: 1 for a customer, their number for a cluster

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """What is known of one group.

    Attributes
    ----------
    names : the columns, in the order of `mean` and `cov`.
    count : units, which are customers or, where clusters were randomised, clusters.
    customers : customers in them.
    mean : shape (columns,), per unit.
    cov : shape (columns, columns), sample covariances over units.
    clustered : whether units are clusters, and their columns sums over customers.
    """

    names: tuple[str, ...]
    count: int
    customers: int
    mean: Floats
    cov: Floats
    clustered: bool = False

    def at(self, name: str) -> int:
        """Where a column stands."""
        return self.names.index(name)

    def aggregates(self) -> tt.aggr.Aggregates:
        """The same as tea-tasting takes it."""
        pairs = combinations_with_replacement(range(len(self.names)), 2)
        return tt.aggr.Aggregates(
            count_=self.count,
            mean_=dict(zip(self.names, self.mean.tolist(), strict=True)),
            var_=dict(zip(self.names, np.diag(self.cov).tolist(), strict=True)),
            cov_={(self.names[i], self.names[j]): float(self.cov[i, j]) for i, j in pairs},
        )


def moments_of(each: ir.Table, names: Sequence[str]) -> dict[str, Moments]:
    """Moments of every variant, summed up in the engine.

    Parameters
    ----------
    each : one row per customer with variant, numbers under `names`, and `cluster` where clusters were
        randomised: then a cluster's columns are the sums of its customers', and a mean per customer is a
        ratio of two means over clusters. Rows in which one of `names` is missing count nowhere.

    Returns
    -------
    Variant → its moments.

    Examples
    --------
    >>> import ibis
    >>> each = ibis.memtable({"variant": ["a", "a", "b", "b"], "spend": [1.0, 3.0, 5.0, 7.0]})
    >>> found = moments_of(each, ["spend"])
    >>> found["b"].count, found["b"].mean.tolist(), found["b"].cov.tolist()
    (2, [6.0], [[2.0]])
    """
    return {key[0]: moments for key, moments in _summed(each, names, ("variant",))}


def moments_by(each: ir.Table, names: Sequence[str], column: str) -> dict[tuple[str, str], Moments]:
    """As `moments_of`, for every variant and value of a column: (variant, value) → its moments."""
    return {(key[0], key[1]): moments for key, moments in _summed(each, names, ("variant", column))}


def _summed(
    each: ir.Table, names: Sequence[str], by: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Moments]]:
    names = tuple(dict.fromkeys(names))
    known = each.drop_null(names, how="any").mutate(**{SIZE: 1.0})
    clustered = "cluster" in each.columns
    columns = (*names, SIZE) if clustered else names
    if clustered:
        known = known.group_by(*by, "cluster").agg(**{name: known[name].sum() for name in columns})
    sums = {f"mean {name}": known[name].mean() for name in columns}
    for i, j in combinations_with_replacement(range(len(columns)), 2):
        sums[f"cov {i} {j}"] = known[columns[i]].cov(known[columns[j]], how="sample")
    frame = known.group_by(*by).agg(count=known.count(), size=known[SIZE].sum(), **sums).to_pandas()
    for row in frame.to_dict("records"):
        mean = np.array([row[f"mean {name}"] for name in columns], float)
        cov = np.empty((len(columns), len(columns)))
        for i, j in combinations_with_replacement(range(len(columns)), 2):
            cov[i, j] = cov[j, i] = row[f"cov {i} {j}"]
        key = tuple(str(row[name]) for name in by)
        yield key, Moments(columns, int(row["count"]), int(row["size"]), mean, cov, clustered)


def moments_of_totals(totals: pd.DataFrame) -> dict[tuple[str, str], Moments]:
    """Moments of one metric each, from counts and sums that somebody else made.

    Parameters
    ----------
    totals : one row per variant and metric: variant, metric, n, sum, sum_squares.

    Returns
    -------
    (variant, metric) → its moments, with the one column.

    Examples
    --------
    Customers who spent 1 and 3, and 5 and 7.

    >>> totals = pd.DataFrame(
    ...     {"variant": ["a", "b"], "metric": "spend", "n": 2, "sum": [4, 12], "sum_squares": [10, 74]}
    ... )
    >>> found = moments_of_totals(totals)["b", "spend"]
    >>> found.mean.tolist(), found.cov.tolist()
    ([6.0], [[2.0]])
    """
    made = {}
    for row in totals.itertuples():
        mean = row.sum / row.n
        variance = max(row.sum_squares - row.sum * mean, 0.0) / max(row.n - 1, 1)
        made[row.variant, row.metric] = Moments(
            (row.metric,), int(row.n), int(row.n), np.array([mean]), np.array([[variance]])
        )
    return made


def merged(groups: Iterable[Moments]) -> Moments:
    """The groups as one: exact (Chan, Golub & LeVeque 1983, eq. 2.1).

    Examples
    --------
    1, 3, 5 and 7 together: a mean of 4, and (9 + 1 + 1 + 9) / 3.

    >>> totals = pd.DataFrame(
    ...     {"variant": ["a", "b"], "metric": "spend", "n": 2, "sum": [4, 12], "sum_squares": [10, 74]}
    ... )
    >>> both = merged(moments_of_totals(totals).values())
    >>> both.count, both.mean.tolist(), both.cov.round(4).tolist()
    (4, [4.0], [[6.6667]])
    """
    groups = list(groups)
    count = sum(group.count for group in groups)
    mean = sum((group.count * group.mean for group in groups), np.zeros(len(groups[0].mean))) / count
    square = sum(
        (group.count - 1) * np.nan_to_num(group.cov)
        + group.count * np.outer(group.mean - mean, group.mean - mean)
        for group in groups
    )
    customers = sum(group.customers for group in groups)
    return Moments(
        groups[0].names, count, customers, mean, np.asarray(square) / max(count - 1, 1), groups[0].clustered
    )
