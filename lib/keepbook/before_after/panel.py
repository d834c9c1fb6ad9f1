"""Who takes part in a comparison, and what they did: sums from the engine (long: one pass, read in one go).

Nothing per customer leaves the engine. What comes back are, per group, counts, sums over its customers and,
for every pair of periods, sums of products: all that means and their joint covariance are made of. Where
errors are clustered, what comes back is one row per cluster and period.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis.util import gen_name
from numpy.typing import NDArray

from keepbook.before_after.periods import Periods, position
from keepbook.errors import DataError, NotEnoughData
from keepbook.reading.conditions import customers_column, meets
from keepbook.tables import Tables
from keepbook.text import catalogue, day
from keepbook.unit import Change

Floats = NDArray[np.float64]

GROUPS = ("treated", "comparison")
METRICS = {"revenue": "money", "orders": "number", "retained": "share"}
MIN_CUSTOMERS = 20  # customers in a group
CLUSTERS = ["clusters", "effective", "largest"]
MIN_CLUSTERS = 4  # in a group: fewer than three degrees of freedom make intervals that say nothing
OUTSIDE = ("neither", "unlisted", "unclustered", "older")  # who take no part

say = catalogue("before_after")


@dataclass(frozen=True)
class Averages:
    """One metric of one group: means per customer in each period, and how sure they are.

    Attributes
    ----------
    customers : who take part.
    units : what is independent: they themselves; or clusters of them, counted by `effective_clusters`.
    mean : shape (K,).
    cov : covariance of the means, shape (K, K).
    scores : what each cluster adds to the means' error, indexed by cluster, its products summing to `cov`;
        None where customers are independent.
    """

    customers: int
    units: float
    mean: Floats
    cov: Floats
    scores: pd.DataFrame | None = None


@dataclass(frozen=True)
class Panel:
    """Known customers, period by period, silent ones with zeros.

    Attributes
    ----------
    periods : K whole periods.
    groups : one row per group: group (treated, comparison, and who is in none: neither, unlisted,
        unclustered), customers (known before the first period: they take part), newer (first purchase later:
        they do not); of those who take part, missing where errors are by customer: clusters, effective (as
        `effective_clusters`), largest (share of customers in the largest cluster). All customers who bought
        by the end of the window are in one row.
    averages : metric → group → its averages.
    """

    periods: Periods
    groups: pd.DataFrame
    averages: Mapping[str, Mapping[str, Averages]]


def panel_of(tables: Tables, change: Change, periods: Periods, sister: Tables | None = None) -> Panel:
    """Two groups of customers who were known before the first period.

    A customer is known from the first purchase on. Whoever came later would enter with a purchase, by
    definition, and perhaps because of the change; so both groups are closed before the panel opens, and who
    buys nothing in a period counts as 0 in it. (A closed group buys less and less: that is common to both.)

    Parameters
    ----------
    sister : tables of the unit whose customers are the comparison; None: both groups are of `tables`.

    Raises
    ------
    NotEnoughData : a group has too few customers or clusters, or the customers table is absent.
    DataError : a condition names no column, or a customer is in both groups.
    """
    sides = _sides(tables, change, sister)
    groups = _counted(sides, change, periods)
    found: dict[str, dict[str, Averages]] = {metric: {} for metric in METRICS}
    for unit, members in zip([tables, sister], sides, strict=False):
        assert unit is not None
        taking = members.filter(members.group.isin(GROUPS) & (members["first"] < periods.edges[0]))
        cells = _cells(unit.purchases, taking, periods, change.period)
        averages = (
            _by_cluster(cells, taking, periods) if change.cluster else _by_customer(cells, taking, periods)
        )
        for metric, each in averages.items():
            found[metric] |= each
    return Panel(periods, groups, found)


def groups_of(tables: Tables, change: Change, periods: Periods) -> pd.DataFrame:
    """As `Panel.groups`, without what they did; raises as `panel_of`."""
    return _counted(_sides(tables, change, None), change, periods)


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sides(tables: Tables, change: Change, sister: Tables | None) -> list[ir.Table]:
    """Customers of either unit, as `_members`."""
    own = _members(tables, change, "comparison" if sister is None else "neither")
    return [own] if sister is None else [own, _members(sister, change, None)]


def _members(tables: Tables, change: Change, others: str | None) -> ir.Table:
    """One row per customer who bought: customer_id, first (day of the first purchase), group, cluster.

    Parameters
    ----------
    others : the group of customers who are not treated, unless `comparison` says who; None: of a sister
        unit, all are for comparison.
    """
    first = first_purchases(tables)
    wanted = (("treated", change.treated), ("comparison", change.comparison)) if others else ()
    conditions = {group: condition for group, condition in wanted if condition}
    everybody = "treated" if others else "comparison"
    if not conditions and not change.cluster:
        return first.mutate(group=ibis.literal(everybody), cluster=ibis.null("string"))
    if tables.customers is None:
        raise NotEnoughData(say("no-customers-table"))
    listed = tables.customers
    inside = {group: meets(listed, condition) for group, condition in conditions.items()}
    _check_apart(listed, inside)
    rest = "neither" if "comparison" in inside else others
    group: ir.StringValue = ibis.literal(everybody)
    if inside:
        group = ibis.cases(*((met, name) for name, met in inside.items()), else_=rest)
    cluster: ir.StringValue = ibis.null("string")
    if change.cluster:
        cluster = customers_column(listed, change.cluster).cast("string")
        group = cluster.isnull().ifelse("unclustered", group)
    labels = listed.select("customer_id", group=group, cluster=cluster)
    joined = first.left_join(labels, "customer_id")
    return joined.select(first.customer_id, "first", "cluster", group=joined.group.fill_null("unlisted"))


def first_purchases(tables: Tables) -> ir.Table:
    """One row per customer: customer_id, first (day of the first purchase)."""
    bought = tables.purchases.filter(lambda t: t.is_purchase & (t.date <= tables.window.as_of))
    return bought.group_by("customer_id").agg(first=bought.date.min())


def _check_apart(listed: ir.Table, inside: Mapping[str, ir.BooleanValue]) -> None:
    if len(inside) < 2:
        return
    both = listed.filter(ibis.and_(*inside.values()))
    first = both.order_by("customer_id").limit(1).to_pandas()["customer_id"]
    if len(first):
        count = int(both.count().to_pandas())
        raise DataError(
            f"{count:,} {'customer is' if count == 1 else 'customers are'} in both groups; the first is "
            f"{first.iloc[0]!r:.60}.",
            expected="`treated` and `comparison` that no customer meets both of",
            do="Narrow one of the two, or leave `comparison` out: then all others are compared with.",
        )


def _counted(sides: list[ir.Table], change: Change, periods: Periods) -> pd.DataFrame:
    """As `Panel.groups`, where both groups have enough customers, and clusters if those are given."""
    known = [
        side.group_by("group").agg(
            customers=(side["first"] < periods.edges[0]).sum(),
            newer=(side["first"] >= periods.edges[0]).sum(),
        )
        for side in sides
    ]
    frame = pd.concat([one.to_pandas() for one in known]).groupby("group").sum()
    order = [*GROUPS, *(name for name in OUTSIDE if name in frame.index)]
    groups = frame.reindex(order, fill_value=0).astype(int)
    _check_enough(groups["customers"], periods)
    if not change.cluster:
        return groups.assign(**dict.fromkeys(CLUSTERS, float("nan"))).reset_index()
    clusters = _clusters(sides, periods)
    _check_clusters(clusters["clusters"], change)
    return groups.join(clusters).reset_index()


def _clusters(sides: list[ir.Table], periods: Periods) -> pd.DataFrame:
    """How many clusters either group has, and how unlike they are in size; columns as `Panel.groups`."""
    taking = [side.filter(side.group.isin(GROUPS) & (side["first"] < periods.edges[0])) for side in sides]
    counts = [side.group_by("group", "cluster").agg(n=side.count()).to_pandas() for side in taking]
    rows = {}
    for group, part in pd.concat(counts).groupby("group"):
        size = part["n"].to_numpy(float)
        rows[group] = (float(len(size)), effective_clusters(size), size.max() / size.sum())
    return pd.DataFrame.from_dict(rows, orient="index", columns=CLUSTERS)


def effective_clusters(size: Floats) -> float:
    """As how many clusters of one size these count: the large ones make the error. Two at least.

    Source: L. Kish (1965), Survey Sampling, §11.7.
    """
    return max(float(size.sum() ** 2 / (size**2).sum()), 2.0)


def _check_enough(size: pd.Series, periods: Periods) -> None:
    for group in GROUPS:
        if size[group] < MIN_CUSTOMERS:
            facts = {"group": group, "n": int(size[group]), "least": MIN_CUSTOMERS}
            raise NotEnoughData(say("few-customers", first=day(periods.edges[0]), **facts))


def _check_clusters(units: pd.Series, change: Change) -> None:
    for group in GROUPS:
        if units[group] < MIN_CLUSTERS:
            facts = {"group": group, "n": int(units[group]), "least": MIN_CLUSTERS}
            raise NotEnoughData(say("few-clusters", column=str(change.cluster), **facts))


# ── what they did ───────────────────────────────────────────────────────────────────────────────────────


def _cells(purchases: ir.Table, members: ir.Table, periods: Periods, period: str) -> ir.Table:
    """One row per customer and period in which anything happened: group, cluster, k, and the metrics."""
    seen = within(purchases, periods.edges).inner_join(members, "customer_id")
    seen = seen.mutate(k=position(seen.date, periods.edges, period))
    cells = seen.group_by("customer_id", "group", "cluster", "k").agg(**metrics_of(seen))
    return cells.get_backend().create_table(gen_name("keepbook"), cells, temp=True)  # used three times


def within(purchases: ir.Table, edges: tuple[dt.date, ...]) -> ir.Table:
    """Purchases from the first edge on and before the last."""
    return purchases.filter((purchases.date >= edges[0]) & (purchases.date < edges[-1]))


def metrics_of(seen: ir.Table) -> dict[str, ir.FloatingScalar]:
    """What a customer did in a period: net money, days with a purchase, and whether there was any."""
    orders = seen.is_purchase.sum()
    return {
        "revenue": seen.amount.sum().cast("float64"),
        "orders": orders.cast("float64"),
        "retained": (orders > 0).cast("float64"),
    }


def _by_customer(cells: ir.Table, members: ir.Table, periods: Periods) -> dict[str, dict[str, Averages]]:
    count = members.group_by("group").agg(n=members.count()).to_pandas().set_index("group")["n"]
    sums = cells.group_by("group", "k").agg(**{name: cells[name].sum() for name in METRICS}).to_pandas()
    later = cells.select("customer_id", later="k", **{f"{name}_later": cells[name] for name in METRICS})
    pairs = cells.inner_join(later, "customer_id").filter(lambda t: t.k <= t.later)
    products = {name: (pairs[name] * pairs[f"{name}_later"]).sum() for name in METRICS}
    crossed = pairs.group_by("group", "k", "later").agg(**products).to_pandas()
    found: dict[str, dict[str, Averages]] = {name: {} for name in METRICS}
    for group, n in count.items():
        own, both = sums[sums["group"] == group], crossed[crossed["group"] == group]
        for name in METRICS:
            total, square = np.zeros(periods.count), np.zeros((periods.count, periods.count))
            total[own["k"]] = own[name]
            square[both["k"], both["later"]] = square[both["later"], both["k"]] = both[name]
            cov = (square - np.outer(total, total) / n) / (n * (n - 1))
            found[name][str(group)] = Averages(int(n), int(n), total / n, cov)
    return found


def _by_cluster(cells: ir.Table, members: ir.Table, periods: Periods) -> dict[str, dict[str, Averages]]:
    """Means of all customers are ratios of cluster totals; their covariance by linearisation, bias-reduced.

    A cluster with a share w of the customers draws the mean towards itself, so its distance from the mean is
    too small: it is divided by √(1 − w). With G clusters alike in size that is the usual G/(G − 1); where one
    is large, that factor leaves the error too small (tests/test_before_after_clusters.py).

    Sources: W. G. Cochran (1977), Sampling Techniques, §6.4 (ratios); R. M. Bell & D. F. McCaffrey (2002),
    Bias reduction in standard errors for linear regression with multi-stage samples, Survey Methodology 28,
    169–181 (BRL, the square root).
    """
    count = members.group_by("group", "cluster").agg(n=members.count()).to_pandas()
    totals = {name: cells[name].sum() for name in METRICS}
    sums = cells.group_by("group", "cluster", "k").agg(**totals).to_pandas()
    found: dict[str, dict[str, Averages]] = {name: {} for name in METRICS}
    for group, part in count.groupby("group"):
        size = part.set_index("cluster")["n"].sort_index()
        own, n, units = (
            sums[sums["group"] == group],
            int(size.sum()),
            effective_clusters(size.to_numpy(float)),
        )
        share = (size / n).to_numpy()[:, None]
        for name in METRICS:
            wide = own.pivot(index="cluster", columns="k", values=name)
            wide = wide.reindex(index=size.index, columns=range(periods.count)).fillna(0.0)
            mean = wide.sum().to_numpy() / n
            scores = (wide / n - share * mean) / np.sqrt(1 - share)
            found[name][str(group)] = Averages(n, units, mean, (scores.T @ scores).to_numpy(), scores)
    return found
