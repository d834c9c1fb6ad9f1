"""How many customers are active, and how that moved lately."""

import datetime as dt
from dataclasses import dataclass
from math import sqrt

from keepbook.stats.intervals import z_of
from keepbook.tables import Tables

APART = 30  # days between the two counts
COUNTS = ("customers", "before", "gained", "lost")


@dataclass(frozen=True)
class Activity:
    """Customers who bought lately, on the last day and some days before."""

    customers: int  # with a purchase in the last `days`, on the last observed day
    before: int  # the same so many days earlier
    gained: int  # who are active now and were not then, new customers among them
    lost: int  # who were active then and are not now
    days: int
    apart: int  # days between the two
    change_lower: float  # of customers − before
    change_upper: float


def activity(tables: Tables, days: int, alpha: float = 0.05) -> Activity | None:
    """Counts active customers, who have a purchase in the last `days`; None where the data are too short.

    Whom chance alone gains and loses is taken for Poisson: the variance of the change is gained + lost.
    """
    window, bought = tables.window, tables.purchases.filter(tables.purchases.is_purchase)
    then = window.as_of - dt.timedelta(days=APART)
    if window.days < days + APART:
        return None
    bought = bought.filter(bought.date <= window.as_of)
    last = bought.group_by("customer_id").agg(
        now=(bought.date > window.as_of - dt.timedelta(days=days)).any(),
        was=((bought.date > then - dt.timedelta(days=days)) & (bought.date <= then)).any(),
    )
    counts = last.agg(
        customers=last.now.sum(),
        before=last.was.sum(),
        gained=(last.now & ~last.was).sum(),
        lost=(last.was & ~last.now).sum(),
    ).to_pandas()
    found = {name: int(counts[name].fillna(0).iloc[0]) for name in COUNTS}
    change, error = found["customers"] - found["before"], z_of(alpha) * sqrt(found["gained"] + found["lost"])
    return Activity(**found, days=days, apart=APART, change_lower=change - error, change_upper=change + error)
