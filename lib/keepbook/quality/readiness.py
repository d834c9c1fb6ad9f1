"""What a unit's data hold, and whether they will carry the analyses.

Lines and customers are summed up in the engine; one row per day comes to Python.
"""

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.quality.anomalies import Anomaly, anomalies_of
from keepbook.quality.rhythm import NEAR, day_number, period_index
from keepbook.stats.intervals import wilson
from keepbook.tables import Tables, Window
from keepbook.unit import Unit

ROLLING_DAYS = {"week": 7, "month": 30, "quarter": 90}  # as the cohorts count
COUNTS = ("customers", "orders", "repeaters", "loyal", "active", "kept", "lost")

# Customers who may be many: guest accounts, placeholders, and whoever buys as no person does.
OFTEN, HALF = 5.0, 0.5  # five times as often as 95 % of customers, on half of all days: no person does
MOST_MONEY, EVEN = 1 / 3, 15  # of all money, and times an even share: sums of money rest on this one
NEGATIVE = 0.01  # of customers or money; fewer are returns of what was bought before the data begin
MAX_ACCOUNTS = 3  # accounts; who sees three looks for more
SOMEBODY = (
    "guest|gast|invitado|invité|ospite|walk-?in|laufkunde|barverkauf|anonymous|anonym|anon|unknown|unbekannt|"
    "inconnu|undefined|dummy|default|tests?|sample|no ?name|cash|散客|游客|匿名|未知|测试|零售|客户"
)
ROLE = r"user|customer|checkout|account|client|order|kunde|客户|用户|\d{1,3}"
PLACEHOLDER = rf"^(({SOMEBODY})([ _-]?({ROLE})|@.*)?|no-?reply@.*|-\d|0{{8}}-[0-]+)$"
NUMBER = r"^(0+|9{3,}|1{4,}|12345\d*)$"  # may be somebody's own number: it counts when it buys like many


@dataclass(frozen=True)
class Account:
    """A customer who may be many, by name (`placeholder`) or by shares of days with orders and of money."""

    customer: str
    days: int
    share_of_days: float
    share_of_money: float
    placeholder: bool


@dataclass(frozen=True)
class Readiness:
    """What a unit's data hold, and what stands out in them."""

    customers: int  # with a purchase; their days with a purchase
    orders: int
    amount: float  # money, net of returns
    window: Window  # the observed days
    months: int  # complete calendar months in it
    # Share of customers with a purchase on one day only, and its Wilson limits at `alpha`.
    one_time: tuple[float, float, float]
    # Days that stand out: far ones, the end, peaks, gaps; far ones are not looked at for the others.
    anomalies: tuple[Anomaly, ...]
    ahead: int  # near orders after today
    accounts: tuple[Account, ...]  # customers who may be many
    # Customers who gave back more than they paid, and that money; None where they hardly matter.
    negative: tuple[int, float] | None
    # Length of period → cohorts whose next period is over, and customers in the median one.
    cohorts: dict[str, tuple[int, float]]
    repeaters: int  # customers with a purchase on two days at least, on three
    loyal: int
    # Median over repeaters of their mean days between purchases, missing where there are none.
    interval: float
    quiet: int  # days from the last purchase to the last day
    active: int  # customers of the last `churn_after` days
    kept: int  # customers of the `churn_after` days before those who bought, or did not, in the last ones
    lost: int


def readiness(tables: Tables, unit: Unit, *, today: dt.date | None = None) -> Readiness:
    """Looks at a unit's clean purchases up to `as_of`; nothing is changed or left out.

    Orders later than tomorrow (which `today` may be in the unit's zone) are counted; None counts none.
    """
    window = tables.window
    start, as_of = day_number(window.start), day_number(window.as_of)
    purchases = tables.purchases.filter(tables.purchases.date <= window.as_of)
    each = _each(purchases, as_of - unit.churn_after, unit.churn_after)
    sums, days = _sums(each), _days(purchases, each)
    anomalies = anomalies_of(days, as_of)
    end = min((day_number(one.first) for one in anomalies if one.apart > 0), default=as_of + 1)
    late = days["day"].between(day_number(today) + 2 if today else end, end, inclusive="left")
    once, customers = sums["customers"] - sums["repeaters"], sums["customers"]
    low, high = wilson(once, customers, unit.alpha)
    return Readiness(
        amount=float(sums["amount"]),
        window=window,
        months=int(np.diff(period_index(np.array([start - 1, as_of + 1]), "month"))[0]) - 1,
        one_time=(once / customers, float(low), float(high)),
        anomalies=anomalies,
        ahead=int(days.loc[late, "orders"].sum()),
        accounts=_accounts(each, sums, len(days)),
        negative=_negative(sums),
        cohorts=_cohorts(days[days["new"] > 0], as_of, unit),
        interval=float(sums["interval"]),
        quiet=as_of - int(days["day"].iloc[-1]),
        **{name: int(sums[name]) for name in COUNTS},
    )


def _cohorts(new: pd.DataFrame, as_of: int, unit: Unit) -> dict[str, tuple[int, float]]:
    """Cohorts that `keepbook.cohorts` shows with a complete next period, from the days of first purchases."""
    ages, found = unit.brackets[1] - 1 if unit.brackets else 1, {}
    own = period_index(new["day"].to_numpy(), unit.cohort_period)
    new = new[own >= own[0] + (unit.warm_up if unit.warm_up_cohorts == "exclude" else 0)]
    for period, length in ROLLING_DAYS.items():
        each = new.groupby(period_index(new["day"].to_numpy(), period)).agg(
            size=("new", "sum"), last=("day", "max")
        )
        over = each.index + ages < period_index(np.array([as_of + 1]), period)[0]
        if unit.clock == "rolling":
            over = each["last"] + (ages + 1) * length - 1 <= as_of
        found[period] = int(over.sum()), float(each.loc[over, "size"].median())
    return found


def _accounts(each: ir.Table, sums: pd.Series, days: int) -> tuple[Account, ...]:
    """Customers who may be many, those with most days first."""
    name, money = each.customer_id.cast("string").lower(), sums["amount"]
    like_many = each.days >= OFTEN * sums["often"]
    busy = like_many & (each.days >= HALF * days) & ibis.literal(days > 2 * NEAR)
    rich = (each.amount >= max(MOST_MONEY, EVEN / sums["customers"]) * money) & ibis.literal(money > 0)
    named = name.re_search(PLACEHOLDER) | (name.re_search(NUMBER) & like_many)
    found = each.filter(each.days > 0, busy | rich | named).mutate(named=named)
    rows = found.order_by(found.days.desc(), "customer_id").limit(MAX_ACCOUNTS).to_pandas()
    return tuple(
        Account(str(r.customer_id), int(r.days), r.days / days, float(r.amount) / (money or 1), bool(r.named))
        for r in rows.itertuples()
    )


def _negative(sums: pd.Series) -> tuple[int, float] | None:
    """Customers who gave back more than they paid, and that money; None where they hardly matter."""
    count, money = int(sums["below"]), float(sums["below_amount"])
    matter = count >= NEGATIVE * sums["customers"] or -money >= NEGATIVE * abs(sums["amount"])
    return (count, money) if count and matter else None


# ── in the engine ───────────────────────────────────────────────────────────────────────────────────────


def _each(purchases: ir.Table, edge: int, span: int) -> ir.Table:
    """One row per customer: days with a purchase, first, last, money; bought in the span to `edge`, after."""
    bought, day = purchases.is_purchase, purchases.date.epoch_days()
    return purchases.group_by("customer_id").agg(
        days=bought.sum(),
        first=day.min(where=bought),
        last=day.max(where=bought),
        amount=purchases.amount.sum(),
        before=(bought & (day > edge - span) & (day <= edge)).any(),
        after=(bought & (day > edge)).any(),
    )


def _sums(each: ir.Table) -> pd.Series:
    """Sums over customers; those who only gave back count in the money alone."""
    bought, again, below = each.days > 0, each.days > 1, each.amount < 0
    sums = each.agg(
        customers=bought.sum(),
        orders=each.days.sum(),
        amount=each.amount.sum().cast("float64"),
        repeaters=again.sum(),
        loyal=(each.days > 2).sum(),
        interval=((each["last"] - each["first"]) / (each.days - 1)).median(where=again),
        often=each.days.quantile(0.95, where=bought),
        kept=(each.before & each.after).sum(),
        lost=(each.before & ~each.after).sum(),
        active=each.after.sum(),
        below=below.sum(),
        below_amount=each.amount.sum(where=below).fill_null(0).cast("float64"),
    )
    return sums.to_pandas().astype(float).iloc[0]


def _days(purchases: ir.Table, each: ir.Table) -> pd.DataFrame:
    """One row per day with a purchase: day (number), orders, new (first purchases), money before returns."""
    bought = purchases.filter(purchases.is_purchase)
    days = bought.group_by(day=bought.date.epoch_days()).agg(
        orders=bought.count(), money=bought.gross.sum().cast("float64")
    )
    new = each.filter(each.days > 0).group_by(day="first").agg(new=lambda t: t.count())
    frame = days.to_pandas().merge(new.to_pandas(), on="day", how="left").fillna({"new": 0})
    return frame.astype({"day": "int64"}).sort_values("day", ignore_index=True)
