"""Who stays: cohort × period triangles by customers and by revenue."""

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from keepbook.cohorts.differences import with_differences
from keepbook.cohorts.triangle import MOMENTS, Choices, average_of, cells_of, fold_small, triangle
from keepbook.errors import DataError, NotEnoughData, suggestion
from keepbook.tables import Window
from keepbook.text import catalogue, day

say = catalogue("cohorts")


@dataclass(frozen=True)
class Retention:
    """Retention of every cohort, and of the average one.

    Attributes
    ----------
    cells : one row per cohort and period that has begun for any of its customers: cohort (first day), period
        (age, 0-based; the number of the bracket for `bracket`), label, size, active (customers), complete,
        warm_up, retention (active / size), ci_lower, ci_upper, revenue (money, net of returns),
        revenue_retention (revenue / the cohort's revenue in period 0; missing where that is not positive),
        revenue_ci_lower, revenue_ci_upper, retention_shrunk, revenue_retention_shrunk (the two shares drawn
        towards the average of their age by what chance alone could do), pvalue_adjusted (that the cell is
        like the others of its age, adjusted for all cells), mark (1 above and -1 below them where that is
        beyond `alpha`, else 0). Rates are missing where the period is not over for the whole cohort;
        `active` and `revenue` then count what was seen so far. Period 0 is 100 % by definition, and neither
        shrunk nor tested.
    average : one row per period with a complete cell: period, label, cohorts, size, active, retention,
        ci_lower, ci_upper, revenue_retention, revenue_ci_lower, revenue_ci_upper, over complete cells only.
        The intervals hold these cohorts' own chance; how much cohorts differ is not in them.
    cohorts : one row per cohort: cohort, size, warm_up.
    left_out : customers in warm-up cohorts, when these are excluded.
    """

    cells: pd.DataFrame
    average: pd.DataFrame
    cohorts: pd.DataFrame
    left_out: int
    choices: Choices

    @property
    def customers(self) -> int:
        """Customers in the cohorts shown."""
        return int(self.cohorts["size"].sum())


def retention(purchases: ir.Table, window: Window, choices: Choices | None = None) -> Retention:
    """Cohort retention by customers and by revenue.

    A customer enters the cohort of the period of the first purchase ever seen; nothing later re-dates it.
    Days with returns alone make nobody active, but their money counts from the first purchase on.

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`.
    window : observed days; periods not over by `window.as_of` are incomplete, rows after it count nowhere.

    Examples
    --------
    Three customers first bought in January; one of them came back in February, and spent half as much.

    >>> import datetime as dt
    >>> purchases = ibis.memtable(
    ...     {
    ...         "customer_id": ["a", "b", "c", "a"],
    ...         "date": [dt.date(2024, 1, 5), dt.date(2024, 1, 9), dt.date(2024, 1, 20), dt.date(2024, 2, 3)],
    ...         "amount": [10.0, 20.0, 30.0, 30.0],
    ...         "is_purchase": True,
    ...     }
    ... )
    >>> found = retention(purchases, Window(dt.date(2024, 1, 1), dt.date(2024, 2, 29)))
    >>> found.average[["label", "size", "active"]].to_numpy().tolist()
    [['0', 3, 3], ['1', 3, 1]]
    >>> found.average["revenue_retention"].tolist()
    [1.0, 0.5]
    """
    choices = choices or Choices()
    found, left_out, _folded = _segments(purchases.mutate(segment=ibis.literal("")), window, choices)
    cells, average = found[""], average_of(found[""], choices)
    compared = with_differences(cells, choices).drop(columns=MOMENTS[1:])
    for frame in (compared, average):  # so that a saved table can be drawn again
        frame.attrs = {"period": choices.period, "clock": choices.clock, "rule": choices.rule}
    return Retention(
        cells=compared,
        average=average,
        cohorts=cells.loc[cells["period"] == 0, ["cohort", "size", "warm_up"]].reset_index(drop=True),
        left_out=left_out,
        choices=choices,
    )


def _segments(
    purchases: ir.Table, window: Window, choices: Choices, most: int = 1
) -> tuple[dict[str, pd.DataFrame], int, int]:
    """Segment → its cells, the largest first; how many customers are left out as warm-up; and how many
    segments "other" holds.
    """
    raw = triangle(purchases, window, choices)
    if raw.empty:
        raise NotEnoughData(say("no-purchase", as_of=day(window.as_of)), do=say("no-purchase.do"))
    found, left_out = {}, 0
    for segment, part in fold_small(raw, most).groupby("segment", sort=False):
        cells, warm_up = cells_of(part, window, choices)
        left_out += warm_up
        if len(cells):
            found[str(segment)] = cells
    if not found:
        what = say("all-warm-up", warm_up=choices.warm_up, unit=choices.period, left_out=left_out)
        raise NotEnoughData(what, where="warm_up, warm_up_cohorts", do=say("all-warm-up.do"))
    return found, left_out, max(raw["segment"].nunique() - most, 0)


@dataclass(frozen=True)
class BySegment:
    """The average retention curve of each segment.

    Attributes
    ----------
    curves : one row per segment and period: segment, customers, then as `Retention.average`; largest segment
        first, "other" last, customers without a value are "not stated". A cell counts when it is over for
        the whole cohort, so that segments add up to `Retention.average`.
    pvalue : Pearson's χ² test that all segments return alike in period 1; missing when there are not two
        segments, or everybody or nobody returns.
    folded : segments that "other" adds up.
    """

    column: str
    curves: pd.DataFrame
    pvalue: float
    folded: int = 0


def retention_by(
    purchases: ir.Table,
    customers: ir.Table | None,
    column: str | None,
    window: Window,
    choices: Choices | None = None,
    *,
    most: int = 6,
) -> BySegment:
    """Retention by any column of the customers table, of the `most` largest segments and of the "other".

    Raises
    ------
    DataError : the table has no such column.
    """
    if customers is None or column is None:
        raise NotEnoughData(say("no-segments"))
    if column not in customers.columns:
        known = [name for name in customers.columns if name != "customer_id"]
        raise DataError(
            f"The customers table has no column '{column}'.",
            where="retention_by",
            expected=str(suggestion(column, known)),
            do="Name one of them, or map it under customers: columns:.",
        )
    choices = choices or Choices()
    segments = customers.select("customer_id", segment=customers[column].cast("string"))
    joined = purchases.left_join(segments, "customer_id")
    own = [joined[name] for name in purchases.columns]
    named = joined.select(*own, segment=joined.segment.fill_null("not stated"))
    curves, (found, _left_out, folded) = [], _segments(named, window, choices, most)
    for segment, cells in found.items():
        curve = average_of(cells, choices)
        curve.insert(0, "segment", segment)
        curve.insert(1, "customers", int(cells.loc[cells["period"] == 0, "size"].sum()))
        curves.append(curve)
    frame = pd.concat(curves, ignore_index=True)
    return BySegment(column, frame, pvalue_alike(frame[frame["period"] == 1]), folded)


def pvalue_alike(first: pd.DataFrame) -> float:
    """Pearson's χ² test that all groups (rows: size, active) return alike; missing if it cannot be made."""
    counts = np.array([first["active"], first["size"] - first["active"]], float)
    if counts.shape[1] < 2 or not counts.sum(axis=1).all():
        return float("nan")
    return float(chi2_contingency(counts, correction=False).pvalue)


def customers(purchases: ir.Table, *, until: dt.date | pd.Timestamp | None = None, days: int = 0) -> int:
    """Customers with a purchase, or with one in the `days` days up to and including `until`."""
    bought = purchases.filter(purchases.is_purchase)
    if until is not None:
        if pd.isna(until):
            return 0
        last = pd.Timestamp(until).date()
        bought = bought.filter(bought.date <= last, bought.date > last - dt.timedelta(days=days))
    return int(bought.customer_id.nunique().to_pandas())
