"""The one pass over customers, in the engine: frequency, recency, T and spend of each, and their patterns."""

import datetime as dt
from typing import Literal

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir
import pandas as pd

from keepbook.clv.patterns import Patterns

TimeUnit = Literal["day", "week"]
DAYS: dict[TimeUnit, int] = {"day": 1, "week": 7}

EXACT = "decimal(18, 4)"  # sums of decimals do not depend on the order of the lines
MANY = 200_000  # repeat buyers above which their spend is binned
BIN = 1e-4  # relative width of a bin: far finer than any price list
EPOCH = dt.date(1970, 1, 1)


def rfm(purchases: ir.Table, as_of: dt.date, time_unit: TimeUnit) -> ir.Table:
    """What a purchase process knows of each customer who bought by `as_of`.

    Only what was bought makes frequency, recency and T; a day of returns alone takes money off
    `spend_to_date` and does nothing else. Periods are days, or whole weeks that *end* on the weekday of
    `as_of`, counted back from it: the last week is complete, and what comes after `as_of` is in none.

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`; rows after `as_of` count nowhere.

    Returns
    -------
    Table, one row per customer: customer_id, first and last (dates of purchases), frequency (periods after
    the first with a purchase; those of one period count once), recency (from the first one's period to the
    last one's) and T (to that of `as_of`), all three whole numbers of time units; repeat_spend (gross, of
    periods after the first), monetary_value (repeat_spend / frequency; 0 where frequency is 0),
    spend_to_date (net), first_spend (gross, of the first period). An expression: every use of it
        is another pass.
    """
    spans = customer_periods(purchases.filter(purchases.date <= as_of), as_of, time_unit)
    customers = spans.group_by("customer_id").agg(
        first=spans["first"].min(),
        last=spans["last"].max(),
        periods=spans["first"].count(),
        gross=spans.gross.sum(),
        first_gross=_gross_of_first(spans.gross, spans["first"]),
        net=spans.net.sum(),
    )
    return _finished(customers.filter(customers["first"].notnull()), as_of, time_unit)


def with_holdout(purchases: ir.Table, cut: dt.date, end: dt.date, time_unit: TimeUnit) -> ir.Table:
    """`rfm` as it was known at `cut`, and beside it what the same customers did until `end`.

    Periods after the cut are days, or weeks that begin the day after it; the last one may be cut short.

    Returns
    -------
    Table, one row per customer who bought by `cut`: the columns of `rfm`, purchases_holdout (periods with a
    purchase after `cut` and up to `end`), spend_holdout (gross) and net_holdout of those days.
    """
    spans = customer_periods(purchases.filter(purchases.date <= end), cut, time_unit)
    seen = spans.back >= 0
    customers = spans.group_by("customer_id").agg(
        first=spans["first"].min(),
        last=spans["last"].max(where=seen),
        periods=spans["first"].count(where=seen),
        gross=spans.gross.sum(where=seen),
        first_gross=_gross_of_first(spans.gross, spans["first"]),
        net=spans.net.sum(where=seen),
        purchases_holdout=spans["first"].count(where=~seen),
        spend_holdout=spans.gross.sum(where=~seen).fill_null(0).cast("float64"),
        net_holdout=spans.net.sum(where=~seen).fill_null(0).cast("float64"),
    )
    return _finished(customers.filter(customers["first"] <= cut), cut, time_unit)


@ibis.udf.agg.builtin(name="arg_min")
def _gross_of_first(gross: dtypes.decimal, first: dtypes.date) -> dtypes.Decimal(18, 4):  # type: ignore[valid-type]
    """The value of the row with the least day; rows without one are passed over. Ibis would sort instead."""


def customer_periods(purchases: ir.Table, anchor: dt.date, time_unit: TimeUnit) -> ir.Table:
    """One row per customer and period in which anything happened.

    Returns
    -------
    Table : customer_id, back (periods before the anchor's; below 0 after it), gross, net, and the first and
        last day of a purchase; missing where there were only returns.
    """
    bought = purchases.is_purchase
    day = bought.ifelse(purchases.date, ibis.null("date"))
    rows = purchases.select(
        "customer_id",
        back=_back(purchases.date, anchor, DAYS[time_unit]),
        gross=bought.ifelse(purchases.gross, 0).cast(EXACT),
        net=purchases.amount,
        first=day,
        last=day,
    )
    if time_unit == "day":  # a customer's day is one row already
        return rows
    return rows.group_by("customer_id", "back").agg(
        gross=rows.gross.sum().cast(EXACT),
        net=rows.net.sum(),
        first=rows["first"].min(),
        last=rows["last"].max(),
    )


def _back(date: ir.DateValue, anchor: dt.date, days: int) -> ir.IntegerValue:
    """Whole periods from a date to the anchor's, rounded down for dates after it too."""
    ahead = (anchor - EPOCH).days - date.epoch_days()
    return (ahead if days == 1 else ahead // days).cast("int64")


def _finished(customers: ir.Table, anchor: dt.date, time_unit: TimeUnit) -> ir.Table:
    frequency = customers.periods - 1
    oldest, newest = (_back(customers[day], anchor, DAYS[time_unit]) for day in ("first", "last"))
    repeat_spend = (customers.gross - customers.first_gross).cast("float64")
    columns = {
        "first": customers["first"],
        "last": customers["last"],
        "frequency": frequency,
        "recency": oldest - newest,
        "T": oldest,
        "repeat_spend": repeat_spend,
        "monetary_value": (frequency > 0).ifelse(repeat_spend / frequency, 0.0),
        "spend_to_date": customers.net.cast("float64"),
        "first_spend": customers.first_gross.cast("float64"),
    }
    after = [name for name in customers.columns if name.endswith("_holdout")]
    return customers.select("customer_id", **columns, **{name: customers[name] for name in after})


def patterns_of(table: ir.Table) -> Patterns:
    """The distinct (frequency, recency, T) of a table of `rfm`, with counts and sums of spend."""
    spend = table.repeat_spend.cast(EXACT)
    sums = table.group_by("frequency", "recency", "T").agg(
        customers=table.count(),
        payers=((table.frequency == 0) | (table.repeat_spend > 0)).sum(),
        repeat_spend=spend.sum().cast("float64"),
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
        binned = bought.select(
            "frequency", "monetary_value", bin=(bought.monetary_value.ln() / BIN).floor().cast("int64")
        )
        pairs = binned.group_by("frequency", "bin").agg(
            monetary_value=binned.monetary_value.mean(), customers=binned.count()
        )
    else:
        pairs = bought.group_by("frequency", "monetary_value").agg(customers=bought.count())
    frame = pairs.select("frequency", "monetary_value", "customers").to_pandas()
    return frame.sort_values(["frequency", "monetary_value"], ignore_index=True)
