"""Cohort × period: the one pass over customers, in the engine, and the rates of every cell that has begun."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.stats import intervals
from keepbook.tables import Window
from keepbook.unit import Unit

Period = Literal["week", "month", "quarter"]

PANDAS = {"week": "W-SUN", "month": "M", "quarter": "Q"}
ROLLING_DAYS = {"week": 7, "month": 30, "quarter": 90}
SUMS = ["active", "leavers", "revenue", "squares", "products"]
MOMENTS = ["revenue", "squares", "products", "base", "base_squares"]
RATES = ["retention", "ci_lower", "ci_upper"]
REVENUE_RATES = ["revenue_retention", "revenue_ci_lower", "revenue_ci_upper"]


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
    clock: Literal["calendar", "rolling"] = "calendar"
    rule: Literal["on", "on_or_after", "bracket"] = "on"
    brackets: tuple[int, ...] = ()
    average: Literal["pooled", "simple"] = "pooled"
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


def index_of(date: ir.DateValue, period: Period) -> ir.IntegerValue:
    """Running number of a date's calendar period (weeks begin on Monday), so that ages are differences."""
    if period == "week":
        return (date.truncate("W").epoch_days() + 3) // 7  # 1970-01-01 was a Thursday
    if period == "month":
        return date.year() * 12 + date.month()
    return date.year() * 4 + date.quarter()


def shift(starts: pd.Series, by: pd.Series | int, period: Period) -> pd.Series:
    """First days of the calendar periods `by` periods after those that begin on `starts`."""
    periods = pd.PeriodIndex(starts, freq=PANDAS[period]) + np.asarray(by)
    return pd.Series(periods.start_time, index=starts.index)


def since_first(purchases: ir.Table, as_of: dt.date) -> ir.Table:
    """What was seen up to `as_of`, from each customer's `first` purchase on; later rows count nowhere."""
    seen = purchases.filter(purchases.date <= as_of)
    bought = seen.filter(seen.is_purchase)
    first = bought.group_by("customer_id").agg(first=bought.date.min())
    return seen.inner_join(first, "customer_id").filter(lambda t: t.date >= t["first"])


def triangle(purchases: ir.Table, window: Window, choices: Choices) -> pd.DataFrame:
    """Sums over customers, from `Tables.purchases` with a customer's `segment`.

    One row per segment, cohort and period in which anything happened: segment, cohort (first day), period (−1
    outside every bracket), active (customers with a purchase), leavers (those of them never active later),
    revenue (net), squares and products (Σ revenue², Σ revenue · first revenue), earliest and latest (first
    days of the cohort's first and last customer, over all segments).
    """
    spans = _customer_periods(since_first(purchases, window.as_of), choices)
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


def _customer_periods(seen: ir.Table, choices: Choices) -> ir.Table:
    """One row per customer and period from the first purchase on: active, revenue (float and exact)."""
    cohort, age = seen["first"].truncate(choices.period), _age(seen, choices)
    aged = seen.select("customer_id", "segment", "first", "is_purchase", "amount", cohort=cohort, age=age)
    return aged.group_by("customer_id", "segment", "cohort", "first", "age").agg(
        active=aged.is_purchase.any(), revenue=aged.amount.cast("float64").sum(), exact=aged.amount.sum()
    )


def _age(seen: ir.Table, choices: Choices) -> ir.IntegerValue:
    if choices.clock == "rolling":
        days = seen.date.epoch_days() - seen["first"].epoch_days()
        age = days // ROLLING_DAYS[choices.period]
    else:
        age = index_of(seen.date, choices.period) - index_of(seen["first"], choices.period)
    if choices.rule != "bracket":
        return age.cast("int64")
    pairs = zip(choices.brackets, choices.brackets[1:], strict=False)
    numbered = [(age.between(lo, hi - 1), number) for number, (lo, hi) in enumerate(pairs, start=1)]
    return ibis.cases((age == 0, 0), *numbered, else_=-1).cast("int64")


def fold_small(raw: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keeps the `most` largest segments and adds up the rest as "other", in order of size, "other" last."""
    size = raw[raw["period"] == 0].groupby("segment")["active"].sum()
    keep = list(size.sort_values(ascending=False, kind="stable").index[:most])
    named = raw.assign(segment=raw["segment"].where(raw["segment"].isin(keep), "other"))
    how = dict.fromkeys(SUMS, "sum") | {"earliest": "min", "latest": "max"}
    folded = named.groupby(["segment", "cohort", "period"], as_index=False).agg(how)
    order = {segment: i for i, segment in enumerate([*keep, "other"])}
    return folded.sort_values("segment", key=lambda s: s.map(order), kind="stable")


def cells_of(raw: pd.DataFrame, window: Window, choices: Choices) -> tuple[pd.DataFrame, int]:
    """One segment's sums → every cell that has begun, as `Retention.cells` with `MOMENTS`; and `left_out`."""
    start = raw[raw["period"] == 0].set_index("cohort")
    sums = raw[["cohort", "period", *SUMS]]
    cells = _begun(start, window, choices).merge(sums, on=["cohort", "period"], how="left")
    cells[SUMS] = cells[SUMS].fillna(0)  # it has begun, and nothing happened
    if choices.rule == "on_or_after":  # whoever is active for the last time then or later
        cells["active"] = cells[::-1].groupby("cohort")["leavers"].cumsum()
    cells["active"] = cells["active"].astype(int)
    for name, source in (("size", "active"), ("base", "revenue"), ("base_squares", "squares")):
        cells[name] = cells["cohort"].map(start[source])
    edge = shift(pd.Series([pd.Timestamp(window.start)]), choices.warm_up, choices.period).iloc[0]
    cells["warm_up"] = cells["cohort"] < edge
    left_out = 0
    if choices.exclude_warm_up:
        left_out = int(cells.loc[cells["warm_up"] & (cells["period"] == 0), "size"].sum())
        cells = cells[~cells["warm_up"]].reset_index(drop=True)
    rated, names = _rates(cells.drop(columns="leavers"), choices.alpha), [*RATES, *REVENUE_RATES]
    rated[names] = rated[names].where(rated["complete"])
    return rated, left_out


def _begun(start: pd.DataFrame, window: Window, choices: Choices) -> pd.DataFrame:
    """Every cohort × period that has begun for somebody by `as_of`, and whether it is over for everybody.

    It is over once nobody can join the cohort any more and the window of its last customer has passed.
    """
    as_of = pd.Timestamp(window.as_of)
    grid = start[["earliest", "latest"]].reset_index().merge(_spans(start, window, choices), how="cross")
    closed = shift(grid["cohort"], 1, choices.period) - pd.Timedelta(days=1) <= as_of
    if choices.clock == "rolling":
        length = ROLLING_DAYS[choices.period]
        begins = grid["earliest"] + pd.to_timedelta(grid["begin"] * length, unit="D")
        ends = grid["latest"] + pd.to_timedelta(grid["end"] * length - 1, unit="D")
    else:
        begins = shift(grid["cohort"], grid["begin"], choices.period)
        ends = shift(grid["cohort"], grid["end"], choices.period) - pd.Timedelta(days=1)
    grid["complete"] = closed & (ends <= as_of)
    begun = grid.loc[begins <= as_of, ["cohort", "period", "label", "complete"]]
    return begun.sort_values(["cohort", "period"])


def _spans(start: pd.DataFrame, window: Window, choices: Choices) -> pd.DataFrame:
    """One row per period: its number, label, first age and the age after its last."""
    if choices.rule == "bracket":
        pairs = [(0, 1), *zip(choices.brackets, choices.brackets[1:], strict=False)]
        labels = [str(lo) if hi == lo + 1 else f"{lo}–{hi - 1}" for lo, hi in pairs]
    else:
        february = 2 if choices.clock == "calendar" and choices.period != "week" else 0
        shortest = ROLLING_DAYS[choices.period] - february
        days = (pd.Timestamp(window.as_of) - start.index.min()).days
        pairs = [(i, i + 1) for i in range(days // shortest + 1)]
        labels = [str(lo) for lo, _ in pairs]
    return pd.DataFrame(pairs, columns=["begin", "end"]).assign(period=range(len(pairs)), label=labels)


def _rates(frame: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Retention by customers and by revenue, with intervals. Period 0 is 100 % by definition."""
    frame = frame.copy()
    by_definition = frame["period"] == 0
    low, high = intervals.wilson(frame["active"], frame["size"], alpha)
    frame["retention"] = frame["active"] / frame["size"]
    frame["ci_lower"] = pd.Series(low, frame.index).mask(by_definition, 1.0)
    frame["ci_upper"] = pd.Series(high, frame.index).mask(by_definition, 1.0)
    base = frame["base"].where(frame["base"] > 0)
    low, high = intervals.ratio(
        frame["revenue"], base, frame["squares"], frame["base_squares"], frame["products"], alpha
    )
    frame["revenue_retention"] = frame["revenue"] / base
    frame["revenue_ci_lower"], frame["revenue_ci_upper"] = low, high
    return frame


def average_of(cells: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """The average cohort, period by period, over complete cells: as `Retention.average`."""
    over = cells[cells["complete"]]
    sums = over.groupby("period").agg(
        label=("label", "first"),
        cohorts=("cohort", "count"),
        size=("size", "sum"),
        active=("active", "sum"),
        **{name: (name, "sum") for name in MOMENTS},
    )
    if choices.average == "pooled":
        return _rates(sums.reset_index(), choices.alpha).drop(columns=MOMENTS)
    shares, revenue = (_simple_means(over, names, choices.alpha) for names in (RATES, REVENUE_RATES))
    return sums.join(shares).join(revenue).reset_index().drop(columns=MOMENTS)


def _simple_means(over: pd.DataFrame, names: list[str], alpha: float) -> pd.DataFrame:
    """Mean over cohorts of a rate and its interval; one row per period in which any cohort has the rate."""
    means = {}
    for period, part in over.dropna(subset=[names[0]]).groupby("period"):
        if period == 0:
            means[period] = (1.0, 1.0, 1.0)  # by definition
        elif names[0] == "retention":
            means[period] = intervals.mean_of_shares(part["active"], part["size"], alpha)
        else:
            means[period] = intervals.mean_of(*(part[name] for name in names))
    return pd.DataFrame.from_dict(means, orient="index", columns=names, dtype=float)
