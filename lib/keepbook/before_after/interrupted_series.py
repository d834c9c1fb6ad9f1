"""Interrupted time series: a change that came for everybody, against the straight trend of before.

Without a comparison group the claim is weak: whatever else changed at the date looks the same. Three things
that would look like an effect are kept out. A closed group of customers buys less and less, along a curve
that a straight line misses by as much as a real effect makes: so in every period the same ages of customers
are averaged, not the same customers; of older ones nothing is said. Months differ in length: so means are
brought to one length. And neighbouring periods are alike, more than a few of them can show: so the error is
averaged over how alike.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keepbook.before_after.did import breakdown, effect_columns, placebo_frame, study_frame
from keepbook.before_after.estimates import NAN, Estimate, Floats, regress
from keepbook.before_after.panel import CLUSTERS, METRICS, MIN_CUSTOMERS, first_purchases, metrics_of, within
from keepbook.before_after.periods import Periods, ages_of, edge, position
from keepbook.errors import NotEnoughData
from keepbook.tables import Tables
from keepbook.text import catalogue
from keepbook.unit import Change

MIN_IN_PLACEBO = 5  # periods before a placebo date

say = catalogue("before_after")


@dataclass(frozen=True)
class Series:
    """Means per customer and period, of the same ages of customers in every period."""

    periods: Periods
    ages: int
    groups: pd.DataFrame
    customers: Floats  # who count in each period, shape (K,)
    customers_after: int  # who count in any period from the date on, each of them once
    mean: Mapping[str, Floats]  # metric → mean of each period, shape (K,)
    error: Mapping[str, Floats]  # its sampling error


def series_of(tables: Tables, change: Change, periods: Periods) -> Series:
    """Means of each period over the same ages, mixed alike in every period.

    Customers count whose first purchase was 1 … A periods ago. In every period an age has the weight of all
    customers who count at that age, in all periods together, however many they are in this one.
    """
    ages, edges, first, size = _aged(tables, change, periods)
    weight = np.where(size > 0, size.sum(axis=1, keepdims=True), 0.0)
    weight, here = weight / weight.sum(axis=0), np.maximum(size, 1.0)
    mean, error = {}, {}
    for metric, (total, square) in _sums(tables, first, edges, ages, change.period).items():
        mean[metric] = (weight * total / here).sum(axis=0)
        variance = np.maximum(square / here - (total / here) ** 2, 0.0) / np.maximum(here - 1, 1.0)
        error[metric] = np.sqrt((weight**2 * variance).sum(axis=0))
    since = first["first"].between(edges[periods.before], edges[-2] - dt.timedelta(days=1))
    later = int(first.filter(since).count().to_pandas())
    return Series(periods, ages, _counted(first, edges), size.sum(axis=0), later, mean, error)


def groups_of(tables: Tables, change: Change, periods: Periods) -> pd.DataFrame:
    """As `Series.groups`, without what they did."""
    _ages, edges, first, _size = _aged(tables, change, periods)
    return _counted(first, edges)


def _aged(
    tables: Tables, change: Change, periods: Periods
) -> tuple[int, tuple[dt.date, ...], ir.Table, Floats]:
    """How many ages (A) count, edges of all periods that tell them, first purchases, customers, (A, K)."""
    ages = ages_of(change, tables.window.start)
    earlier = [edge(change.date, -k, change.period) for k in range(periods.before + ages, periods.before, -1)]
    edges = (*earlier, *periods.edges)
    first = first_purchases(tables)
    came = _cohorts(first, edges, change.period)
    count = came.group_by("cohort").agg(n=came.count()).to_pandas()
    by_cohort = np.zeros(len(edges) - 1)
    by_cohort[count["cohort"]] = count["n"]
    size = np.array([by_cohort[ages - age : len(by_cohort) - age] for age in range(1, ages + 1)])
    if size.sum(axis=0).min() < MIN_CUSTOMERS:
        facts = {"n": int(size.sum(axis=0).min()), "ages": ages, "least": MIN_CUSTOMERS}
        raise NotEnoughData(say("few-of-the-ages", **facts))
    return ages, edges, first, size


def _counted(first: ir.Table, edges: tuple[dt.date, ...]) -> pd.DataFrame:
    """Who counts in a period, who came too early and who too late to."""
    is_old, is_new = first["first"] < edges[0], first["first"] >= edges[-2]
    n, old, new = (
        first.agg(n=first.count(), old=is_old.sum(), new=is_new.sum()).to_pandas().iloc[0].astype(int)
    )
    frame = pd.DataFrame({"group": ["all", "older"], "customers": [n - old - new, old], "newer": [new, 0]})
    return frame.assign(**dict.fromkeys(CLUSTERS, NAN))


def _cohorts(first: ir.Table, edges: tuple[dt.date, ...], period: str) -> ir.Table:
    inside = first.filter((first["first"] >= edges[0]) & (first["first"] < edges[-1]))
    return inside.select("customer_id", cohort=position(inside["first"], edges, period))


def _sums(
    tables: Tables, first: ir.Table, edges: tuple[dt.date, ...], ages: int, period: str
) -> dict[str, tuple[Floats, Floats]]:
    """Metric → sums over customers, and sums of squares, by age and period, shape (A, K) each."""
    seen = within(tables.purchases, edges).inner_join(_cohorts(first, edges, period), "customer_id")
    seen = seen.mutate(k=position(seen.date, edges, period) - ages)
    seen = seen.mutate(age=seen.k + ages - seen.cohort).filter(lambda t: (t.k >= 0) & t.age.between(1, ages))
    cells = seen.group_by("customer_id", "age", "k").agg(**metrics_of(seen))
    sums = {name: cells[name].sum() for name in METRICS}
    squares = {f"{name}_squares": (cells[name] * cells[name]).sum() for name in METRICS}
    frame = cells.group_by("age", "k").agg(**sums, **squares).to_pandas()
    found = {}
    for name in METRICS:
        total, square = np.zeros((2, ages, len(edges) - 1 - ages))
        total[frame["age"] - 1, frame["k"]] = frame[name]
        square[frame["age"] - 1, frame["k"]] = frame[f"{name}_squares"]
        found[name] = (total, square)
    return found


# ── the line ────────────────────────────────────────────────────────────────────────────────────────────


class Lines(NamedTuple):
    """A straight line before period 0 and another from it on."""

    effect: Estimate  # mean distance of the second line from the first one carried on
    slope: Estimate  # of the first, per period
    level: Estimate  # distance in period 0
    bend: Estimate  # change of the slope; missing with one period from 0 on
    line: list[Estimate]  # the first one in every period
    distances: list[Estimate]  # from it, in every period from 0 on


def segmented(y: Floats, numbers: NDArray[np.int64]) -> Lines:
    """Fits both lines to means of shape (K,) in periods of these numbers, 0 the first one of the change.

    Source: A. K. Wagner et al. (2002), Segmented regression analysis of interrupted time series studies,
    Journal of Clinical Pharmacy and Therapeutics 27, 299–309.
    """
    after = numbers >= 0
    middle = numbers[after].mean()
    design = np.column_stack([np.ones(len(y)), numbers, after, after * (numbers - middle)])
    rows = [[0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 1, -middle], [0, 0, 0, 1]]
    rows += [[1, k, 0, 0] for k in numbers] + [[0, 0, 1, k - middle] for k in numbers[after]]
    p = 4 if after.sum() > 1 else 3  # one period has no slope
    effect, slope, level, bend, *others = regress(y, design[:, :p], np.array(rows, float)[:, :p])
    bend = bend if p == 4 else Estimate.of(NAN)
    return Lines(effect, slope, level, bend, others[: len(y)], others[len(y) :])


def lines_of(series: Series, metric: str) -> Lines:
    """Both lines through a metric's means, brought to periods of mean length."""
    return segmented(_even(series, metric), series.periods.numbers)


def _even(series: Series, metric: str) -> Floats:
    return _longer(series.mean[metric], metric, series.periods.days.mean() / series.periods.days)


def _longer(mean: Floats, metric: str, times: Floats) -> Floats:
    """Means as if periods were so many times as long; a share who buy, as if purchases came at random."""
    return 1 - np.maximum(1 - mean, 0) ** times if metric == "retained" else mean * times


def effect_row(series: Series, metric: str, alpha: float) -> dict[str, float]:
    """All that is said of one metric; columns as `BeforeAfter.effects`, those of a comparison missing."""
    y, periods, lines = _even(series, metric), series.periods, lines_of(series, metric)
    before, after = y[: periods.before], float(y[periods.before :].mean())
    row = effect_columns(lines.effect, alpha)
    row |= {"treated_before": float(before.mean()), "treated_after": after}
    row["counterfactual"] = after - row["effect"]
    for lift, effect in (("lift", "effect"), ("lift_lower", "ci_lower"), ("lift_upper", "ci_upper")):
        without = after - row[effect]
        row[lift] = row[effect] / without if without > 0 else NAN
    for name in ("slope", "level", "bend"):
        row |= getattr(lines, name).columns(name, alpha)
    at = np.arange(len(before)) - (len(before) - 1) / 2
    bent = regress(before, np.column_stack([np.ones(len(before)), at, at**2]), np.array([[0.0, 0.0, 1.0]]))
    row["pre_trend_pvalue"] = bent[0].pvalue  # of a square term
    return row | {"breakdown": breakdown(row, np.diff(before) - row["slope"])}


def trend(series: Series, metric: str, alpha: float) -> pd.DataFrame:
    """The line of before in every period, in the period's own length, for `BeforeAfter.levels`."""
    shown = pd.DataFrame([one.columns("counterfactual", alpha) for one in lines_of(series, metric).line])
    times = series.periods.days / series.periods.days.mean()
    return shown.apply(lambda column: _longer(column.to_numpy(), metric, times))


def distances(series: Series, metric: str, alpha: float) -> pd.DataFrame:
    """Distance from the trend in each period, as `BeforeAfter.event_study`.

    Before the date, of the means themselves, without limits. From it on, of the second fitted line: what it
    says of the period, not the period's own mean. The mean of these is the effect.
    """
    lines, before = lines_of(series, metric), series.periods.before
    off = _even(series, metric)[:before] - [one.value for one in lines.line[:before]]
    found = [*(Estimate.of(float(one)) for one in off), *lines.distances]
    return study_frame(series.periods, found, alpha)


def placebos(series: Series, metric: str, alpha: float) -> pd.DataFrame:
    """The same lines broken at earlier dates, in the periods before the true one: nothing should be found."""
    before, found = series.periods.before, {}
    y = _even(series, metric)[:before]
    for cut in range(MIN_IN_PLACEBO, before):
        found[series.periods.edges[cut]] = segmented(y, np.arange(before) - cut).effect
    return placebo_frame(found, alpha)
