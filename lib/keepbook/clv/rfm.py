"""The one pass over customers, in the engine: frequency, recency, T and spend of each, and their patterns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from heapq import heapify, heappop, heappush
from typing import Literal

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
TimeUnit = Literal["day", "week"]
DAYS: dict[TimeUnit, int] = {"day": 1, "week": 7}

AXES = ("frequency", "recency", "T")
SUMS = ("customers", "payers", "repeat_spend", "repeat_spend_squares")
EXACT = "decimal(18, 4)"  # sums of decimals do not depend on the order of the lines
MANY = 200_000  # repeat buyers above which their spend is binned
BIN = 1e-4  # relative width of a bin: far finer than any price list
EPOCH = dt.date(1970, 1, 1)


def rfm(purchases: ir.Table, as_of: dt.date, time_unit: TimeUnit) -> ir.Table:
    """What a purchase process knows of each customer who bought by `as_of`.

    Only what was bought makes frequency, recency and T; a day of returns alone takes money off
    `spend_to_date` and does nothing else. Periods are days, or whole weeks that *end* on the weekday of
    `as_of`, counted back from it: the last week is complete, and what comes after `as_of` is in none.

    Returns
    -------
    Table, one row per customer: customer_id, first and last (dates of purchases), frequency (periods after
    the first with a purchase; those of one period count once), recency (from the first one's period to the
    last one's) and T (to that of `as_of`), all three whole numbers of time units; repeat_spend (gross, of
    periods after the first), monetary_value (repeat_spend / frequency; 0 where frequency is 0),
    spend_to_date (net), first_spend (gross, of the first period). An expression: every use is another pass.
    """
    return _customers(purchases, as_of, None, time_unit)


def with_holdout(purchases: ir.Table, cut: dt.date, end: dt.date, time_unit: TimeUnit) -> ir.Table:
    """`rfm` as it was known at `cut`, and beside it what the same customers did until `end`.

    Periods after the cut are days, or weeks that begin the day after it; the last one may be cut short.

    Returns
    -------
    Table, one row per customer who bought by `cut`: the columns of `rfm`, purchases_holdout (periods with a
    purchase after `cut` and up to `end`), spend_holdout (gross) and net_holdout of those days.
    """
    return _customers(purchases, cut, end, time_unit)


def _customers(purchases: ir.Table, anchor: dt.date, end: dt.date | None, time_unit: TimeUnit) -> ir.Table:
    spans = customer_periods(purchases.filter(purchases.date <= (end or anchor)), anchor, time_unit)
    later: dict[str, ir.Value] = {}
    seen = None
    if end is not None:
        seen = spans.back >= 0
        later["purchases_holdout"] = spans["first"].count(where=~seen)
        later["spend_holdout"] = spans.gross.sum(where=~seen).fill_null(0).cast("float64")
        later["net_holdout"] = spans.net.sum(where=~seen).fill_null(0).cast("float64")
    sums = spans.group_by("customer_id").agg(
        first=spans["first"].min(),
        last=spans["last"].max(where=seen),
        periods=spans["first"].count(where=seen),
        gross=spans.gross.sum(where=seen),
        first_gross=_gross_of_first(spans.gross, spans["first"]),
        net=spans.net.sum(where=seen),
        **later,
    )
    sums = sums.filter(sums["first"] <= anchor)
    oldest, newest = (periods_back(sums[day], anchor, DAYS[time_unit]) for day in ("first", "last"))
    frequency = sums.periods - 1
    repeat_spend = (sums.gross - sums.first_gross).cast("float64")
    return sums.select(
        "customer_id",
        "first",
        "last",
        frequency=frequency,
        recency=oldest - newest,
        T=oldest,
        repeat_spend=repeat_spend,
        monetary_value=(frequency > 0).ifelse(repeat_spend / frequency, 0.0),
        spend_to_date=sums.net.cast("float64"),
        first_spend=sums.first_gross.cast("float64"),
        **{name: sums[name] for name in later},
    )


@ibis.udf.agg.builtin(name="arg_min")
def _gross_of_first(gross: dtypes.decimal, first: dtypes.date) -> dtypes.Decimal(18, 4):  # type: ignore[valid-type]
    """The value of the row with the least day; rows without one are passed over. Ibis would sort instead."""


def customer_periods(purchases: ir.Table, anchor: dt.date, time_unit: TimeUnit) -> ir.Table:
    """One row per customer and period in which anything happened: customer_id, back (periods before the
    anchor's; below 0 after it), gross, net, and first and last day of a purchase, missing with returns alone.
    """
    bought = purchases.is_purchase
    day = bought.ifelse(purchases.date, ibis.null("date"))
    back = periods_back(purchases.date, anchor, DAYS[time_unit])
    gross = bought.ifelse(purchases.gross, 0).cast(EXACT)
    rows = purchases.select("customer_id", back=back, gross=gross, net=purchases.amount, first=day, last=day)
    if time_unit == "day":  # a customer's day is one row already
        return rows
    return rows.group_by("customer_id", "back").agg(
        gross=rows.gross.sum().cast(EXACT),
        net=rows.net.sum(),
        first=rows["first"].min(),
        last=rows["last"].max(),
    )


def periods_back(date: ir.DateValue, anchor: dt.date, days: int) -> ir.IntegerValue:
    """Whole periods from a date to the anchor's, rounded down for dates after it too."""
    ahead = (anchor - EPOCH).days - date.epoch_days()
    return (ahead if days == 1 else ahead // days).cast("int64")


def patterns_of(table: ir.Table) -> Patterns:
    """The distinct (frequency, recency, T) of a table of `rfm`, with counts and sums of spend."""
    sums = table.group_by("frequency", "recency", "T").agg(
        customers=table.count(),
        payers=((table.frequency == 0) | (table.repeat_spend > 0)).sum(),
        repeat_spend=table.repeat_spend.cast(EXACT).sum().cast("float64"),
        repeat_spend_squares=(table.repeat_spend * table.repeat_spend).sum(),
    )
    return Patterns.of(sums.to_pandas())


def spend_pairs(table: ir.Table) -> pd.DataFrame:
    """What repeat buyers spend a period, as a model of spend needs it.

    Customers who never came back, or whose repeat purchases cost nothing, say nothing of it and are left
    out. Of more than 200,000 repeat buyers, those of one frequency whose values differ by less than one in
    ten thousand stand together under their mean.

    Returns
    -------
    DataFrame : one row per frequency and monetary_value, by both: frequency, monetary_value, customers.
    """
    bought = table.filter((table.frequency > 0) & (table.monetary_value > 0))
    if bought.count().to_pandas() > MANY:
        grouped = bought.group_by("frequency", bin=(bought.monetary_value.ln() / BIN).floor().cast("int64"))
        binned = grouped.agg(monetary_value=bought.monetary_value.mean(), customers=bought.count())
        pairs = binned.drop("bin")
    else:
        pairs = bought.group_by("frequency", "monetary_value").agg(customers=bought.count())
    return pairs.to_pandas().sort_values(["frequency", "monetary_value"], ignore_index=True)


@dataclass(frozen=True)
class Patterns:
    """Customers by what a purchase process knows of them, one row per distinct (frequency, recency, T).

    Attributes
    ----------
    frequency : periods with a repeat purchase.
    recency : first to last purchase, in time units.
    T : first purchase to the end of observation, in time units.
    customers : how many customers are of this pattern.
    payers : those of them whose repeat purchases cost something, or who made none yet.
    repeat_spend, repeat_spend_squares : Σ and Σ² over them of what each spent in repeat periods.
    """

    frequency: Floats
    recency: Floats
    T: Floats
    customers: Floats
    payers: Floats
    repeat_spend: Floats
    repeat_spend_squares: Floats

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Patterns:
        """From a frame with a column for each array, none repeated; without `payers` everybody pays."""
        missing = {"payers": frame["customers"], "repeat_spend": 0.0, "repeat_spend_squares": 0.0}
        frame = frame.assign(**{name: value for name, value in missing.items() if name not in frame})
        ordered = frame.sort_values(["frequency", "T", "recency"], kind="stable")
        return cls(*(ordered[one.name].to_numpy(dtype=np.float64) for one in fields(cls)))

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def total(self) -> float:
        """Customers in all."""
        return float(self.customers.sum())

    @property
    def repeaters(self) -> float:
        """Customers with a repeat purchase."""
        return float(self.customers[self.frequency > 0].sum())

    @property
    def pairs(self) -> tuple[Floats, Floats, Ints]:
        """The distinct (frequency, T), all that counts of who is alive; and which each pattern has."""
        changes = (np.diff(self.frequency) != 0) | (np.diff(self.T) != 0)
        at = np.concatenate([[0], np.cumsum(changes)])
        first = np.concatenate([[0], np.flatnonzero(changes) + 1])
        return self.frequency[first], self.T[first], at

    def thin(self, most: int) -> Patterns:
        """At most so many rows, neighbours put together, where a likelihood is wanted many times over.

        The group that loses most by standing for one pattern is cut in two, again and again, at its mean and
        along the axis that loses most (a k-d tree). What it loses is the customers' squared distance from the
        group's mean, on scales that only steer where groups are fine: those on which a likelihood of the
        BG/NBD kind bends, √(1 + x), (t + c) / (1 + x) and (T + c) / √(1 + x), c a tenth of the mean T.

        A likelihood over the groups keeps its shape (with 500 rows standard errors change by about 1 %), but
        its top moves, and over a million customers by several standard errors: whoever looks around a maximum
        found on all patterns adds the difference of the two gradients there, times the distance from it.

        A group's frequency, recency and T are means over its customers, so not whole numbers. Kept to
        rounding: customers, those with frequency 0 (never grouped with others unless `most` is 1), both sums
        of spend, and Σ frequency, Σ recency and Σ T over customers.
        """
        if len(self) <= most:
            return self
        group = np.zeros(len(self), dtype=np.intp)
        if most < 2:
            return self._grouped(group)
        around = 0.1 * float(np.average(self.T, weights=self.customers)) + 1e-9
        points = np.column_stack([getattr(self, name) for name in AXES])
        halves = np.flatnonzero(self.frequency == 0), np.flatnonzero(self.frequency > 0)
        heap = [self._node(points, rows, around) for rows in halves if len(rows)]
        heapify(heap)
        while len(heap) < most and heap[0][0] < 0:
            _, _, axis, middle, rows = heappop(heap)
            low = points[rows, axis] <= middle
            for half in (rows[low], rows[~low]):
                heappush(heap, self._node(points, half, around))
        for number, (*_, rows) in enumerate(heap):
            group[rows] = number
        return self._grouped(group)

    def _node(self, points: Floats, rows: Ints, around: float) -> tuple[float, int, int, float, Ints]:
        """What a group loses (below zero: the heap begins with the worst), and where to cut it. Its first row
        makes it differ from all others before arrays are compared."""
        weight, own = self.customers[rows], points[rows]
        mean = weight @ own / weight.sum()
        several = own.max(axis=0) > own.min(axis=0)
        root = np.sqrt(1 + mean[0])
        scale = np.array([root, (mean[1] + around) / root**2, (mean[2] + around) / root])
        loss = np.where(several, weight @ (own - mean) ** 2 / scale**2, 0.0)
        axis = int(loss.argmax())
        # Between the ends even where rounding puts the mean of nearly equal values on one of them.
        middle = float(np.clip(mean[axis], own[:, axis].min(), np.nextafter(own[:, axis].max(), -np.inf)))
        return -float(loss[axis]), int(rows[0]), axis, middle, rows

    def _grouped(self, group: Ints) -> Patterns:
        """Rows of the same group as one: sums, and means over customers."""
        sums = {name: np.bincount(group, getattr(self, name)) for name in SUMS}
        axes = {name: np.bincount(group, self.customers * getattr(self, name)) for name in AXES}
        means = {name: summed / sums["customers"] for name, summed in axes.items()}
        return Patterns.of(pd.DataFrame(means | sums))
