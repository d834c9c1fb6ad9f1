"""Who takes part in a comparison, and what they did: sums from the engine.

Nothing per customer leaves the engine. What comes back are, per group, counts, sums over its customers and,
for every pair of periods, sums of products: all that means and their joint covariance are made of. Where
errors are clustered, what comes back is one row per cluster and period.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis.util import gen_name

from keepbook.before_after.estimates import NAN, Floats
from keepbook.before_after.periods import Periods, position
from keepbook.errors import DataError, NotEnoughData
from keepbook.reading.conditions import customers_column, meets
from keepbook.tables import Tables
from keepbook.text import catalogue, day
from keepbook.unit import Change

GROUPS = ("treated", "comparison")
METRICS = {"revenue": "money", "orders": "number", "retained": "share"}
MIN_CUSTOMERS = 20  # customers in a group
CLUSTERS = ["clusters", "effective", "largest"]
MIN_CLUSTERS = 4  # in a group: fewer than three degrees of freedom make intervals that say nothing
OUTSIDE = ("neither", "unlisted", "unclustered", "older")  # who take no part

say = catalogue("before_after")


@dataclass(frozen=True)
class Averages:
    """One metric of one group: means per customer in each period, and how sure they are."""

    customers: int
    units: float  # what is independent: the customers; or clusters, counted by `effective_clusters`
    mean: Floats  # shape (K,)
    cov: Floats  # of the means, shape (K, K)
    scores: pd.DataFrame | None = None  # what each cluster adds to the error; their products sum to `cov`


@dataclass(frozen=True)
class Panel:
    """Known customers, period by period: groups as `BeforeAfter.groups`; metric → group → its averages."""

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
    """
    sides = _sides(tables, change, sister)
    groups = _counted(sides, change, periods)
    found: dict[str, dict[str, Averages]] = {metric: {} for metric in METRICS}
    for unit, members in zip([tables, sister], sides, strict=False):
        assert unit is not None
        taking = _taking_part(members, periods)
        cells = _cells(unit.purchases, taking, periods, change.period)
        measure = _by_cluster if change.cluster else _by_customer
        for metric, group, averages in measure(cells, taking, periods):
            found[metric][group] = averages
    return Panel(periods, groups, found)


def groups_of(tables: Tables, change: Change, periods: Periods) -> pd.DataFrame:
    """As `Panel.groups`, without what they did."""
    return _counted(_sides(tables, change, None), change, periods)


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sides(tables: Tables, change: Change, sister: Tables | None) -> list[ir.Table]:
    """Customers of either unit, as `_members`."""
    own = _members(tables, change, "comparison" if sister is None else "neither")
    return [own] if sister is None else [own, _members(sister, change, None)]


def _members(tables: Tables, change: Change, others: str | None) -> ir.Table:
    """One row per customer who bought: customer_id, first (day of the first purchase), group, cluster.

    Those who are not treated are in the group `others`, unless `comparison` says who; None: of a sister
    unit, all are for comparison.
    """
    first = first_purchases(tables)
    wanted = (("treated", change.treated), ("comparison", change.comparison)) if others else ()
    conditions = {group: condition for group, condition in wanted if condition}
    group: ir.StringValue = ibis.literal("treated" if others else "comparison")
    cluster: ir.StringValue = ibis.null("string")
    if not conditions and not change.cluster:
        return first.mutate(group=group, cluster=cluster)
    if tables.customers is None:
        raise NotEnoughData(say("no-customers-table"))
    listed = tables.customers
    inside = {group: meets(listed, condition) for group, condition in conditions.items()}
    if len(inside) == 2:
        _check_apart(listed.filter(ibis.and_(*inside.values())))
    if inside:
        rest = "neither" if "comparison" in inside else others
        group = ibis.cases(*((met, name) for name, met in inside.items()), else_=rest)
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


def _check_apart(both: ir.Table) -> None:
    first = both.order_by("customer_id").limit(1).to_pandas()["customer_id"]
    if len(first):
        count = int(both.count().to_pandas())
        raise DataError(
            f"{count:,} {'customer is' if count == 1 else 'customers are'} in both groups; the first is "
            f"{first.iloc[0]!r:.60}.",
            expected="`treated` and `comparison` that no customer meets both of",
            do="Narrow one of the two, or leave `comparison` out: then all others are compared with.",
        )


def _taking_part(members: ir.Table, periods: Periods) -> ir.Table:
    return members.filter(members.group.isin(GROUPS) & (members["first"] < periods.edges[0]))


def _counted(sides: list[ir.Table], change: Change, periods: Periods) -> pd.DataFrame:
    """As `Panel.groups`, where both groups have enough customers, and clusters if those are given."""
    begin = periods.edges[0]
    known = [
        side.group_by("group").agg(
            customers=(side["first"] < begin).sum(), newer=(side["first"] >= begin).sum()
        )
        for side in sides
    ]
    frame = pd.concat([one.to_pandas() for one in known]).groupby("group").sum()
    order = [*GROUPS, *(name for name in OUTSIDE if name in frame.index)]
    groups = frame.reindex(order, fill_value=0).astype(int)
    _check_enough(groups["customers"], MIN_CUSTOMERS, "few-customers", first=day(begin))
    if not change.cluster:
        return groups.assign(**dict.fromkeys(CLUSTERS, NAN)).reset_index()
    clusters = _clusters([_taking_part(side, periods) for side in sides])
    _check_enough(clusters["clusters"], MIN_CLUSTERS, "few-clusters", column=str(change.cluster))
    return groups.join(clusters).reset_index()


def _check_enough(count: pd.Series, least: int, message: str, **facts: str) -> None:
    for group in GROUPS:
        if count[group] < least:
            raise NotEnoughData(say(message, group=group, n=int(count[group]), least=least, **facts))


def _clusters(sides: list[ir.Table]) -> pd.DataFrame:
    """How many clusters either group has, and how unlike they are in size; columns as `Panel.groups`."""
    counts = [side.group_by("group", "cluster").agg(n=side.count()).to_pandas() for side in sides]
    rows = {}
    for group, size in pd.concat(counts).groupby("group")["n"]:
        rows[group] = (float(len(size)), effective_clusters(size.to_numpy(float)), size.max() / size.sum())
    return pd.DataFrame.from_dict(rows, orient="index", columns=CLUSTERS)


def effective_clusters(size: Floats) -> float:
    """As how many clusters of one size these count: the large ones make the error. Two at least.

    Source: L. Kish (1965), Survey Sampling, §11.7.
    """
    return max(float(size.sum() ** 2 / (size**2).sum()), 2.0)


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
    bought = (orders > 0).cast("float64")
    return {
        "revenue": seen.amount.sum().cast("float64"),
        "orders": orders.cast("float64"),
        "retained": bought,
    }


def _by_customer(cells: ir.Table, members: ir.Table, periods: Periods) -> Iterator[tuple[str, str, Averages]]:
    count = members.group_by("group").agg(n=members.count()).to_pandas().set_index("group")["n"]
    sums = cells.group_by("group", "k").agg(**{name: cells[name].sum() for name in METRICS}).to_pandas()
    later = cells.select("customer_id", later="k", **{f"{name}_later": cells[name] for name in METRICS})
    pairs = cells.inner_join(later, "customer_id").filter(lambda t: t.k <= t.later)
    products = {name: (pairs[name] * pairs[f"{name}_later"]).sum() for name in METRICS}
    crossed = pairs.group_by("group", "k", "later").agg(**products).to_pandas()
    for group, n in count.items():
        own, both = sums[sums["group"] == group], crossed[crossed["group"] == group]
        for name in METRICS:
            total, square = np.zeros(periods.count), np.zeros((periods.count, periods.count))
            total[own["k"]] = own[name]
            square[both["k"], both["later"]] = square[both["later"], both["k"]] = both[name]
            cov = (square - np.outer(total, total) / n) / (n * (n - 1))
            yield name, str(group), Averages(int(n), int(n), total / n, cov)


def _by_cluster(cells: ir.Table, members: ir.Table, periods: Periods) -> Iterator[tuple[str, str, Averages]]:
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
    for group, part in count.groupby("group"):
        own, size = sums[sums["group"] == group], part.set_index("cluster")["n"].sort_index()
        n, units = int(size.sum()), effective_clusters(size.to_numpy(float))
        share = (size / n).to_numpy()[:, None]
        for name in METRICS:
            wide = own.pivot(index="cluster", columns="k", values=name)
            wide = wide.reindex(index=size.index, columns=range(periods.count)).fillna(0.0)
            mean = wide.sum().to_numpy() / n
            scores = (wide / n - share * mean) / np.sqrt(1 - share)
            yield name, str(group), Averages(n, units, mean, (scores.T @ scores).to_numpy(), scores)
