"""A unit's customers as the models see them: counts and sums from the engine, small enough to hold."""

import datetime as dt
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis.util import gen_name

from keepbook.clv.choices import Choices
from keepbook.clv.patterns import Patterns
from keepbook.clv.rfm import DAYS, patterns_of, rfm, spend_pairs
from keepbook.tables import Window


@dataclass(frozen=True)
class Base:
    """The customer base at the end of observation.

    Attributes
    ----------
    rfm : one row per customer, as `rfm`, in the engine.
    patterns : distinct (frequency, recency, T) with counts.
    pairs : distinct (frequency, monetary_value) of repeat buyers with positive spend, with counts.
    activity : one row per time unit with a purchase, as `activity`.
    window : the observed days.
    choices : how it is counted.
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
    """Sums up all customers seen by the end of the window.

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`; rows after the window count nowhere.
    """
    table = computed(rfm(purchases, window.as_of, choices.time_unit))
    sums = table.agg(
        first=table.first_spend.mean(), spread=table.first_spend.std(), net=table.spend_to_date.sum()
    )
    first, spread, net = sums.to_pandas().iloc[0]
    patterns = patterns_of(table)
    seen = purchases.filter(purchases.date <= window.as_of)
    gross = float(seen.gross.sum(where=seen.is_purchase).to_pandas() or 0)
    return Base(
        rfm=table,
        patterns=patterns,
        pairs=spend_pairs(table),
        activity=activity(purchases, window.as_of, choices),
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


def activity(
    purchases: ir.Table, anchor: dt.date, choices: Choices, until: dt.date | None = None
) -> pd.DataFrame:
    """What happened in each time unit.

    Parameters
    ----------
    anchor : a day that time units end on; customers first seen after it are left out.
    until : last day to count; None for the anchor itself.

    Returns
    -------
    DataFrame : one row per time unit with a purchase: date (its last day), new (customers whose first it is),
        returning (other customers who buy), first_spend and repeat_spend (gross money of either).
    """
    until, days = until or anchor, DAYS[choices.time_unit]
    bought = purchases.filter(purchases.is_purchase & (purchases.date <= until))
    back = (np.datetime64(anchor, "D").astype(int).item() - bought.date.epoch_days()).cast("int64")
    spans = bought.select("customer_id", "gross", back=(back // days).cast("int64"))
    spans = spans.group_by("customer_id", "back").agg(gross=spans.gross.sum())
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
    dates = pd.Timestamp(anchor) - pd.to_timedelta(frame.pop("back") * days, unit="D")
    frame.insert(0, "date", dates)
    return frame
