"""The one pass over customers, in the engine: segment × cohort × period sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.cohorts.calendar import ROLLING_DAYS, Clock, Period, days_between, index_of, observed, start_of
from keepbook.tables import Window
from keepbook.unit import Unit

Rule = Literal["on", "on_or_after", "bracket"]
Average = Literal["pooled", "simple"]

SUMS = ["active", "leavers", "revenue", "squares", "products"]


@dataclass(frozen=True)
class Choices:
    """What an analyst chooses between when counting who stays.

    Attributes
    ----------
    period : length of cohorts and of ages.
    clock : `calendar` ages change with the calendar period; `rolling` ages are windows of 7, 30 or 90 days
        from each customer's own first day (the data are days, so windows are whole days). Cohorts are of
        the calendar either way.
    rule : `on` active in exactly that period; `on_or_after` then or later, as far as seen by `as_of`, so
        that such a share can still rise; `bracket` in a range of periods. Revenue is always that of the
        period, or range, itself.
    brackets : edges for `bracket`: (1, 2, 4, 7) means the periods 1, 2–3 and 4–6; later ones are not shown.
    average : `pooled` weighs cohorts by size, `simple` counts each once.
    warm_up : cohorts of the first so many periods of the data are flagged: their customers may be older
        than they look, because their true first purchase came before the data begin.
    exclude_warm_up : leave the flagged cohorts out.
    alpha : significance level of the intervals (Wilson for shares, linearised ratio for revenue).
    """

    period: Period = "month"
    clock: Clock = "calendar"
    rule: Rule = "on"
    brackets: tuple[int, ...] = ()
    average: Average = "pooled"
    warm_up: int = 0
    exclude_warm_up: bool = False
    alpha: float = 0.05

    @classmethod
    def of(cls, unit: Unit) -> Choices:
        """The choices of a unit file."""
        return cls(
            period=unit.cohort_period,
            clock=unit.clock,
            rule=unit.return_rule,
            brackets=unit.brackets or (),
            average=unit.average,
            warm_up=unit.warm_up,
            exclude_warm_up=unit.warm_up_cohorts == "exclude",
            alpha=unit.alpha,
        )


def triangle(purchases: ir.Table, window: Window, choices: Choices) -> pd.DataFrame:
    """Sums over the customers of each segment and cohort, period by period.

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`, and the customer's `segment`.

    Returns
    -------
    DataFrame : one row per segment, cohort and period in which anything happened: segment, cohort (first
        day), period (−1 outside every bracket), active (customers with a purchase), leavers (those of them
        never active later), revenue (net), squares and products (Σ revenue², Σ revenue · first revenue),
        earliest and latest (first days of the cohort's first and last customer, over all segments).
    """
    spans = _customer_periods(observed(purchases, window.as_of), choices)
    each = spans.group_by("customer_id").agg(
        base=spans.revenue.sum(where=spans.age == 0), last=spans.age.max(where=spans.active)
    )
    both = spans.inner_join(each, "customer_id")
    sums = both.group_by("segment", "cohort", "age").agg(
        active=both.active.sum(),
        leavers=(both.active & (both.age == both["last"])).sum(),
        revenue=both.exact.sum().cast("float64"),
        squares=(both.revenue * both.revenue).sum(),
        products=(both.revenue * both.base).sum(),
        earliest=both["first"].min(),
        latest=both["first"].max(),
    )
    frame = sums.to_pandas().rename(columns={"age": "period"})
    for day in ("cohort", "earliest", "latest"):
        frame[day] = pd.to_datetime(frame[day])
    # A segment's cell is over when the whole cohort's is: else segments would not add up to the whole.
    by_cohort = frame.groupby("cohort")
    frame["earliest"] = by_cohort["earliest"].transform("min")
    frame["latest"] = by_cohort["latest"].transform("max")
    return frame


def _customer_periods(purchases: ir.Table, choices: Choices) -> ir.Table:
    """One row per customer and period from the first purchase on: active, revenue (float and exact)."""
    bought = purchases.filter(purchases.is_purchase)
    first = bought.group_by("customer_id").agg(first=bought.date.min())
    seen = purchases.inner_join(first, "customer_id").filter(lambda t: t.date >= t["first"])
    aged = seen.select(
        "customer_id",
        "segment",
        "first",
        "is_purchase",
        "amount",
        cohort=start_of(seen["first"], choices.period),
        age=_age(seen, choices),
    )
    return aged.group_by("customer_id", "segment", "cohort", "first", "age").agg(
        active=aged.is_purchase.any(), revenue=aged.amount.cast("float64").sum(), exact=aged.amount.sum()
    )


def _age(seen: ir.Table, choices: Choices) -> ir.IntegerValue:
    if choices.clock == "rolling":
        age = days_between(seen.date, seen["first"]) // ROLLING_DAYS[choices.period]
    else:
        age = index_of(seen.date, choices.period) - index_of(seen["first"], choices.period)
    if choices.rule != "bracket":
        return age.cast("int64")
    pairs = zip(choices.brackets, choices.brackets[1:], strict=False)
    numbered = [(age.between(lo, hi - 1), number) for number, (lo, hi) in enumerate(pairs, start=1)]
    return ibis.cases((age == 0, 0), *numbered, else_=-1).cast("int64")


def fold_small(raw: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keeps the `most` largest segments and adds up the rest as "other", in order of size, "other" last."""
    size = (
        raw[raw["period"] == 0].groupby("segment")["active"].sum().sort_values(ascending=False, kind="stable")
    )
    keep = list(size.index[:most])
    named = raw.assign(segment=raw["segment"].where(raw["segment"].isin(keep), "other"))
    how = dict.fromkeys(SUMS, "sum") | {"earliest": "min", "latest": "max"}
    folded = named.groupby(["segment", "cohort", "period"], as_index=False).agg(how)
    order = {segment: i for i, segment in enumerate([*keep, "other"])}
    return folded.sort_values("segment", key=lambda s: s.map(order), kind="stable")
