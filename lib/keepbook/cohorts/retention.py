"""Who stays: cohort × period triangles by customers and by revenue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from keepbook.cohorts import intervals
from keepbook.cohorts.calendar import ROLLING_DAYS, Clock, Period, days_between, index_of, shift, start_of
from keepbook.errors import DataError, NotEnoughData, nearest
from keepbook.params import Unit
from keepbook.tables import Window

Rule = Literal["on", "on_or_after", "bracket"]
Average = Literal["pooled", "simple"]

MOMENTS = ["revenue", "squares", "products", "base", "base_squares"]
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Choices:
    """What an analyst chooses between when counting who stays.

    Attributes
    ----------
    period : length of cohorts and of ages.
    clock : `calendar` ages change with the calendar period; `rolling` ages are windows of 7, 30 or 90 days
        from each customer's own first day (the data are days, so windows are whole days).
    rule : `on` active in exactly that period; `on_or_after` then or later; `bracket` in a range of periods.
    brackets : edges for `bracket`: (1, 2, 4, 7) means the periods 1, 2–3 and 4–6.
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


@dataclass(frozen=True)
class Retention:
    """Retention of every cohort, and of the average one.

    Attributes
    ----------
    cells : one row per cohort and period that has begun: cohort (first day), period (age, 0-based), label,
        size, active, complete, warm_up, retention, ci_lower, ci_upper, revenue, revenue_retention,
        revenue_ci_lower, revenue_ci_upper. Rates are missing where the period is not over for the whole
        cohort; `active` and `revenue` then count what was seen so far.
    average : one row per period: period, label, cohorts, size, active, retention, ci_lower, ci_upper,
        revenue_retention, revenue_ci_lower, revenue_ci_upper, over complete cells only.
    cohorts : one row per cohort: cohort, size, warm_up.
    left_out : customers in warm-up cohorts, when these are excluded.
    choices : what the numbers were counted by.
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

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`.
    window : observed days; periods not over by `window.as_of` are incomplete.
    """
    choices = choices or Choices()
    raw = _triangle(purchases.mutate(segment=ibis.literal("")), choices)
    cells, left_out = _cells(raw, window, choices)
    return Retention(
        cells=cells.drop(columns=MOMENTS[1:]),
        average=_average(cells, choices),
        cohorts=cells.loc[cells["period"] == 0, ["cohort", "size", "warm_up"]].reset_index(drop=True),
        left_out=left_out,
        choices=choices,
    )


@dataclass(frozen=True)
class BySegment:
    """The average retention curve of each segment.

    Attributes
    ----------
    column : what the segments are. curves : one row per segment and period: segment, customers, then as
        `Retention.average`; largest segment first, customers without a value are "not stated".
    pvalue : Pearson's χ² test that all segments return alike in the first period; missing when only one does.
    """

    column: str
    curves: pd.DataFrame
    pvalue: float


def retention_by(
    purchases: ir.Table,
    customers: ir.Table | None,
    column: str | None,
    window: Window,
    choices: Choices | None = None,
    *,
    most: int = 6,
) -> BySegment:
    """Retention by any column of the customers table.

    Parameters
    ----------
    purchases, window, choices : as for `retention`.
    customers : one row per customer with `customer_id` and `column`.
    most : the largest segments shown; the rest become "other".

    Raises
    ------
    NotEnoughData : there is no customers table, or no column is named.
    DataError : the table has no such column.
    """
    if customers is None or column is None:
        raise NotEnoughData(
            "Retention by segment is not shown: it needs the table `customers`, and `retention_by` naming one of its columns."
        )
    if column not in customers.columns:
        known = [name for name in customers.columns if name != "customer_id"]
        raise DataError(
            f"The customers table has no column '{column}'.",
            where="retention_by",
            expected=nearest(column, known),
            do="Name one of them, or map it under customers: columns:.",
        )
    choices = choices or Choices()
    segments = customers.select("customer_id", segment=customers[column].cast("string"))
    joined = purchases.left_join(segments, "customer_id")
    own = [joined[name] for name in purchases.columns]
    raw = _triangle(joined.select(*own, segment=joined.segment.fill_null(NOT_STATED)), choices)
    curves = []
    for segment, part in _fold_small(raw, most).groupby("segment", sort=False):
        cells, _left_out = _cells(part, window, choices)
        people = int(cells.loc[cells["period"] == 0, "size"].sum())
        curve = _average(cells, choices)
        curve.insert(0, "segment", segment)
        curve.insert(1, "customers", people)
        curves.append(curve)
    frame = pd.concat(curves, ignore_index=True)
    return BySegment(column, frame, _alike(frame[frame["period"] == 1]))


def _alike(first: pd.DataFrame) -> float:
    counts = np.array([first["active"], first["size"] - first["active"]], float)
    if counts.shape[1] < 2 or not counts.sum(axis=1).all():
        return float("nan")
    return float(chi2_contingency(counts, correction=False).pvalue)


def customers(purchases: ir.Table, *, until: dt.date | pd.Timestamp | None = None, days: int | None = None) -> int:
    """Customers with a purchase, or with one in the `days` days up to and including `until`."""
    bought = purchases.filter(purchases.is_purchase)
    if until is not None and days is not None:
        if pd.isna(until):
            return 0
        last = pd.Timestamp(until).date()
        bought = bought.filter(bought.date <= last, bought.date > last - dt.timedelta(days=days))
    return int(bought.customer_id.nunique().to_pandas())


# ── in the engine ───────────────────────────────────────────────────────────────────────────────────────


def _triangle(purchases: ir.Table, choices: Choices) -> pd.DataFrame:
    """Segment × cohort × period sums: the only step that touches customers."""
    customers = purchases.filter(purchases.is_purchase).group_by("customer_id")
    first = customers.agg(first=lambda t: t.date.min())
    seen = purchases.inner_join(first, "customer_id").filter(lambda t: t.date >= t.first)
    aged = seen.select(
        "customer_id",
        "segment",
        "first",
        "is_purchase",
        amount=seen.amount.cast("float64"),
        exact=seen.amount,
        cohort=start_of(seen.first, choices.period),
        age=_age(seen, choices),
    )
    spans = aged.group_by("customer_id", "segment", "cohort", "first", "age").agg(
        active=aged.is_purchase.any(), revenue=aged.amount.sum(), exact=aged.exact.sum()
    )
    base = spans.filter(spans.age == 0).select("customer_id", base=spans.revenue)
    both = spans.inner_join(base, "customer_id")
    sums = both.group_by("segment", "cohort", "age").agg(
        active=both.active.sum(),
        revenue=both.exact.sum().cast("float64"),
        squares=(both.revenue * both.revenue).sum(),
        products=(both.revenue * both.base).sum(),
        last_first=both.first.max(),
    )
    frame = sums.to_pandas()
    if choices.rule == "on_or_after":
        frame = _with_later_activity(frame, spans)
    return frame.rename(columns={"age": "period"})


def _age(seen: ir.Table, choices: Choices) -> ir.IntegerValue:
    if choices.clock == "rolling":
        age = days_between(seen.date, seen.first) // ROLLING_DAYS[choices.period]
    else:
        age = index_of(seen.date, choices.period) - index_of(seen.first, choices.period)
    if choices.rule != "bracket":
        return age.cast("int64")
    # Ages become the number of their bracket; those before the first or after the last fall out as −1.
    edges = choices.brackets
    numbered = [(age == 0, 0)]
    numbered += [(age.between(lo, hi - 1), i + 1) for i, (lo, hi) in enumerate(zip(edges, edges[1:], strict=False))]
    return ibis.cases(*numbered, else_=-1).cast("int64")


def _with_later_activity(frame: pd.DataFrame, spans: ir.Table) -> pd.DataFrame:
    """Replaces `active` by the customers whose last active period is this one or a later one."""
    last = spans.filter(spans.active).group_by("customer_id", "segment", "cohort").agg(age=spans.age.max())
    counts = last.group_by("segment", "cohort", "age").agg(leavers=last.count()).to_pandas()
    key = ["segment", "cohort", "age"]
    merged = frame.merge(counts, on=key, how="left").fillna({"leavers": 0}).sort_values(key, ascending=False)
    merged["active"] = merged.groupby(["segment", "cohort"])["leavers"].cumsum().astype(int)
    return merged.drop(columns="leavers")


def _fold_small(raw: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keeps the largest segments and adds up the rest as "other", in order of size."""
    size = raw[raw["period"] == 0].groupby("segment")["active"].sum().sort_values(ascending=False)
    keep = list(size.index[:most])
    named = raw.assign(segment=raw["segment"].where(raw["segment"].isin(keep), "other"))
    sums = {name: "sum" for name in ("active", "revenue", "squares", "products")}
    folded = named.groupby(["segment", "cohort", "period"], as_index=False).agg({**sums, "last_first": "max"})
    order = {segment: i for i, segment in enumerate([*keep, "other"])}
    return folded.sort_values("segment", key=lambda s: s.map(order), kind="stable")


# ── small frames ────────────────────────────────────────────────────────────────────────────────────────


def _cells(raw: pd.DataFrame, window: Window, choices: Choices) -> tuple[pd.DataFrame, int]:
    """Sums → every cell that has begun, with rates, intervals, completeness and warm-up flags."""
    raw = raw.assign(cohort=pd.to_datetime(raw["cohort"]), last_first=pd.to_datetime(raw["last_first"]))
    start = raw[raw["period"] == 0].set_index("cohort")
    cells = _begun(start, window, choices).merge(
        raw.drop(columns=["last_first", "segment"]), on=["cohort", "period"], how="left"
    )
    counted = ["active", "revenue", "squares", "products"]
    cells[counted] = cells[counted].fillna(0)
    cells["active"] = cells["active"].astype(int)
    for name, source in (("size", "active"), ("base", "revenue"), ("base_squares", "squares")):
        cells[name] = cells["cohort"].map(start[source])
    if choices.rule == "on_or_after":
        cells = _carry_later_activity(cells)
    first_day = pd.Timestamp(window.start)
    edge = shift(pd.Series([first_day]), choices.warm_up, choices.period).iloc[0]
    cells["warm_up"] = cells["cohort"] < edge
    left_out = 0
    if choices.exclude_warm_up:
        left_out = int(cells.loc[cells["warm_up"] & (cells["period"] == 0), "size"].sum())
        cells = cells[~cells["warm_up"]].reset_index(drop=True)
    return _with_rates(cells, choices.alpha), left_out


def _begun(start: pd.DataFrame, window: Window, choices: Choices) -> pd.DataFrame:
    """Every cohort × period that has begun by `as_of`, and whether it is over for the whole cohort."""
    as_of = pd.Timestamp(window.as_of)
    spans = _period_spans(window, choices)
    grid = start[["last_first"]].reset_index().merge(spans, how="cross")
    closed = shift(grid["cohort"], 1, choices.period) - pd.Timedelta(days=1) <= as_of
    if choices.clock == "rolling":
        length = ROLLING_DAYS[choices.period]
        begins = grid["last_first"] + pd.to_timedelta(grid["begin"] * length, unit="D")
        ends = grid["last_first"] + pd.to_timedelta(grid["end"] * length - 1, unit="D")
    else:
        begins = shift(grid["cohort"], grid["begin"], choices.period)
        ends = shift(grid["cohort"], grid["end"], choices.period) - pd.Timedelta(days=1)
    grid["complete"] = closed & (ends <= as_of)
    return grid.loc[(begins <= as_of) | (grid["period"] == 0), ["cohort", "period", "label", "complete"]]


def _period_spans(window: Window, choices: Choices) -> pd.DataFrame:
    """One row per period: its number, label, first age and the age after its last."""
    if choices.rule == "bracket":
        pairs = [(0, 1), *zip(choices.brackets, choices.brackets[1:], strict=False)]
        labels = [str(lo) if hi == lo + 1 else f"{lo}–{hi - 1}" for lo, hi in pairs]
    else:
        days = ROLLING_DAYS[choices.period] if choices.clock == "rolling" else {"week": 7}.get(choices.period, 28)
        pairs = [(i, i + 1) for i in range(window.days // days + 2)]
        labels = [str(lo) for lo, _ in pairs]
    return pd.DataFrame(pairs, columns=["begin", "end"]).assign(period=range(len(pairs)), label=labels)


def _carry_later_activity(cells: pd.DataFrame) -> pd.DataFrame:
    """A period in which nobody bought still holds everybody who came back after it."""
    ordered = cells.sort_values(["cohort", "period"], ascending=[True, False])
    ordered["active"] = ordered.groupby("cohort")["active"].cummax()
    return ordered.sort_values(["cohort", "period"]).reset_index(drop=True)


def _with_rates(cells: pd.DataFrame, alpha: float) -> pd.DataFrame:
    over = cells["complete"]
    cells["retention"] = (cells["active"] / cells["size"]).where(over)
    low, high = intervals.wilson(cells["active"], cells["size"], alpha)
    cells["ci_lower"], cells["ci_upper"] = pd.Series(low).where(over), pd.Series(high).where(over)
    base = cells["base"].where(cells["base"] > 0)
    cells["revenue_retention"] = (cells["revenue"] / base).where(over)
    low, high = intervals.ratio(*_ratio_parts(cells.assign(base=base)), alpha)
    cells["revenue_ci_lower"], cells["revenue_ci_upper"] = pd.Series(low).where(over), pd.Series(high).where(over)
    return cells.sort_values(["cohort", "period"]).reset_index(drop=True)


def _ratio_parts(frame: pd.DataFrame) -> tuple[pd.Series, ...]:
    return tuple(frame[name] for name in ("revenue", "base", "squares", "base_squares", "products"))


def _average(cells: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """The average cohort, period by period, over complete cells."""
    over = cells[cells["complete"]]
    sums = over.groupby("period").agg(
        label=("label", "first"),
        cohorts=("cohort", "count"),
        size=("size", "sum"),
        active=("active", "sum"),
        **{name: (name, "sum") for name in MOMENTS},
    )
    frame = sums.reset_index()
    if choices.average == "pooled":
        frame["retention"] = frame["active"] / frame["size"]
        frame["ci_lower"], frame["ci_upper"] = intervals.wilson(frame["active"], frame["size"], choices.alpha)
        frame["revenue_retention"] = frame["revenue"] / frame["base"].where(frame["base"] > 0)
        low, high = intervals.ratio(*_ratio_parts(frame), choices.alpha)
        frame["revenue_ci_lower"], frame["revenue_ci_upper"] = low, high
        return frame.drop(columns=MOMENTS)
    for prefix, value in (("", "retention"), ("revenue_", "revenue_retention")):
        names = [value, f"{prefix}ci_lower", f"{prefix}ci_upper"]
        known = over.dropna(subset=[value]).groupby("period")
        means = known[names].apply(lambda part, names=names: pd.Series(_mean(part, names), index=names))
        frame[names] = frame["period"].map(means.to_dict("index")).apply(pd.Series)[names] if len(means) else np.nan
    return frame.drop(columns=MOMENTS)


def _mean(part: pd.DataFrame, names: list[str]) -> tuple[float, float, float]:
    return intervals.mean_of(*(part[name] for name in names))
