"""A unit's customers as the models see them: counts and sums from the engine, and how they are counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis.util import gen_name

from keepbook.clv.rfm import DAYS, Patterns, TimeUnit, patterns_of, periods_back, rfm, spend_pairs
from keepbook.tables import Window
from keepbook.unit import Unit

YEAR = 365.25  # days
MILESTONES = (1, 3, 6, 12, 24, 36, 60)  # months ahead that people speak of


@dataclass(frozen=True)
class Choices:
    """What an analyst chooses when counting what customers are worth.

    Attributes
    ----------
    time_unit : grain of the purchase process; purchases of one day, or week, count once.
    model : `bg_nbd`, `mbg_nbd`, `pareto_nbd`, or `auto` for the one that predicted held-out purchases best.
    months : calendar months ahead that value is counted.
    discount_rate : a year; money due in a year is worth 1 / (1 + rate) of itself now.
    margin : share of revenue that is earned.
    alpha : significance level of intervals.
    seed : of the random draws.
    prior : parameter → (median, log_sd), log-normal, of parameters in the time unit.
    """

    time_unit: TimeUnit = "day"
    model: str = "auto"
    months: int = 12
    discount_rate: float = 0.10
    margin: float = 1.0
    alpha: float = 0.05
    seed: int = 1
    prior: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, unit: Unit) -> Choices:
        """The choices of a unit file."""
        same = ("time_unit", "model", "discount_rate", "margin", "alpha", "seed")
        prior = {name: (known.median, known.log_sd) for name, known in (unit.prior or {}).items()}
        return cls(**{name: getattr(unit, name) for name in same}, months=unit.value_months, prior=prior)

    @property
    def discount(self) -> float:
        """Continuous rate per time unit."""
        return float(np.log1p(self.discount_rate) * DAYS[self.time_unit] / YEAR)

    @property
    def milestones(self) -> tuple[int, ...]:
        """Months ahead to speak of, the last one `months`."""
        return (*(m for m in MILESTONES if m < self.months and (m > 1 or self.months < 3)), self.months)

    def ahead(self, as_of: dt.date, months: int) -> float:
        """Time units from `as_of` to the same day so many calendar months later: exact days."""
        later = pd.Timestamp(as_of) + pd.DateOffset(months=months)
        return (later.date() - as_of).days / DAYS[self.time_unit]


@dataclass(frozen=True)
class Base:
    """The customer base at the end of observation.

    Attributes
    ----------
    rfm : one row per customer, as `rfm`, in the engine.
    patterns : distinct (frequency, recency, T) with counts.
    pairs : distinct (frequency, monetary_value) of repeat buyers with positive spend, with counts.
    activity : one row per time unit with a purchase, as `activity`.
    kept_share : net revenue as a share of what purchases cost: what returns leave.
    first_spend, first_spend_error : mean money of a customer's first period (gross), and its standard error.
    spend_to_date : net money of all customers so far.
    """

    rfm: ir.Table
    patterns: Patterns
    pairs: pd.DataFrame
    activity: pd.DataFrame
    window: Window
    choices: Choices
    kept_share: float
    first_spend: float
    first_spend_error: float
    spend_to_date: float

    @property
    def customers(self) -> int:
        """Who bought anything by the end of observation."""
        return round(self.patterns.total)

    @property
    def repeaters(self) -> int:
        """Customers with a repeat purchase."""
        return round(self.patterns.repeaters)

    @property
    def loyal(self) -> int:
        """Customers with three purchase periods or more."""
        return round(float(self.patterns.customers[self.patterns.frequency >= 2].sum()))

    @property
    def unspendable(self) -> int:
        """Repeat buyers whose repeat purchases cost nothing."""
        return self.repeaters - int(self.pairs["customers"].sum())

    @property
    def mean_spend(self) -> float:
        """Money per repeat period, of all such periods together (gross); of first ones if there is none."""
        periods = float(self.patterns.frequency @ self.patterns.customers)
        return float(self.patterns.repeat_spend.sum()) / periods if periods else self.first_spend


def customer_base(purchases: ir.Table, window: Window, choices: Choices) -> Base:
    """Sums up all customers of `Tables.purchases` seen by the end of the window."""
    table = computed(rfm(purchases, window.as_of, choices.time_unit))
    sums = [table.first_spend.mean(), table.first_spend.std(), table.spend_to_date.sum()]
    first, spread, net = table.agg(sums).to_pandas().iloc[0]
    patterns = patterns_of(table)
    seen = purchases.filter(purchases.date <= window.as_of)
    gross = float(seen.gross.sum(where=seen.is_purchase).to_pandas() or 0)
    return Base(
        rfm=table,
        patterns=patterns,
        pairs=spend_pairs(table),
        activity=activity(purchases, window.as_of, choices.time_unit, window.as_of),
        window=window,
        choices=choices,
        kept_share=float(np.clip(float(net) / gross, 0, 1)) if gross > 0 else 1.0,
        first_spend=float(first),
        first_spend_error=float(np.nan_to_num(spread)) / max(patterns.total, 1) ** 0.5,
        spend_to_date=float(net),
    )


def count_customers(purchases: ir.Table, as_of: dt.date) -> int:
    """Customers with a purchase by a day, counted in the engine."""
    bought = purchases.filter(purchases.is_purchase, purchases.date <= as_of)
    return int(bought.customer_id.nunique().to_pandas())


def computed(table: ir.Table) -> ir.Table:
    """The table worked out once; it lives as long as its engine (Ibis' own cache outlives it, noisily)."""
    return table.get_backend().create_table(gen_name("keepbook"), table, temp=True)


def activity(purchases: ir.Table, anchor: dt.date, time_unit: TimeUnit, until: dt.date) -> pd.DataFrame:
    """What happened in each time unit until a day. Time units end on `anchor`; who came after it is left out.

    Returns
    -------
    DataFrame : one row per time unit with a purchase: date (its last day), new (customers whose first it is),
        returning (other customers who buy), first_spend and repeat_spend (gross money of either).
    """
    days = DAYS[time_unit]
    bought = purchases.filter(purchases.is_purchase & (purchases.date <= until))
    spans = bought.group_by("customer_id", back=periods_back(bought.date, anchor, days))
    spans = spans.agg(gross=bought.gross.sum())
    firsts = spans.group_by("customer_id").agg(first=spans.back.max()).filter(lambda t: t["first"] >= 0)
    both = spans.inner_join(firsts, "customer_id")
    new = both.back == both["first"]
    frame = both.group_by("back").agg(
        new=new.sum(),
        returning=(~new).sum(),
        first_spend=both.gross.sum(where=new).fill_null(0).cast("float64"),
        repeat_spend=both.gross.sum(where=~new).fill_null(0).cast("float64"),
    )
    frame = frame.to_pandas().sort_values("back", ascending=False, ignore_index=True)
    frame.insert(0, "date", pd.Timestamp(anchor) - pd.to_timedelta(frame.pop("back") * days, unit="D"))
    return frame
