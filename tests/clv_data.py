"""Customers simulated one by one, purchase by purchase: what the CLV models are held against.

Nothing here is the library's: waiting times are drawn and coins tossed one purchase after the other, money is
drawn per purchase, and days are counted with pandas. So a fault in the library's formulas, in its own
simulation or in its counting shows as a difference.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from cohort_data import table_of
from numpy.typing import NDArray

from keepbook.clv.base import Base, Choices
from keepbook.clv.processes.fitters import PROCESSES
from keepbook.clv.processes.process import Process
from keepbook.clv.rfm import Patterns
from keepbook.tables import Window

Floats = NDArray[np.float64]

START = dt.date(2023, 1, 1)
BY_KEY: dict[str, Process] = {process.key: process for process in PROCESSES}


class Shop(NamedTuple):
    """The truth: a process with its parameters in days, and Gamma-Gamma's in money."""

    key: str
    params: tuple[float, float, float, float]
    spend: tuple[float, float, float] = (6.0, 4.0, 20.0)

    @property
    def process(self) -> Process:
        return BY_KEY[self.key]


# Ordinary shops: somebody alive buys every three months or so, half leave within a year or two. Rarely then
# are two purchases of one customer on one day, which a count of days sees as one.
SHOPS = {
    "bg_nbd": Shop("bg_nbd", (0.9, 80.0, 0.8, 2.6)),
    "mbg_nbd": Shop("mbg_nbd", (1.1, 90.0, 0.9, 2.6)),
    "pareto_nbd": Shop("pareto_nbd", (0.9, 80.0, 0.8, 300.0)),
}


@dataclass(frozen=True)
class People:
    """What customers did, in days since the shop opened.

    Attributes
    ----------
    first : moment of the first purchase, shape (customers,).
    buyer, moment, money : of each purchase, the first ones included, by buyer and moment.
    """

    first: Floats
    buyer: NDArray[np.int64]
    moment: Floats
    money: Floats


def people(shop: Shop, customers: int, until: float, rng: np.random.Generator, came: float = 730.0) -> People:
    """Customers who come evenly within the first `came` days and are followed until a moment."""
    first = np.sort(rng.uniform(0, came, customers))
    left = until - first
    moments = _pareto(shop.params, left, rng) if shop.key == "pareto_nbd" else _coins(shop, left, rng)
    who = np.concatenate([np.arange(customers), *(i for i, _m in moments)])
    when = np.concatenate([first, *(first[i] + m for i, m in moments)])
    order = np.lexsort((when, who))
    p, q, gamma = shop.spend
    dear = rng.gamma(q, 1 / gamma, customers)
    money = rng.gamma(p, 1 / dear[who])
    return People(first, who[order], when[order], money[order])


def _coins(shop: Shop, left: Floats, rng: np.random.Generator) -> list[tuple[np.ndarray, Floats]]:
    """One purchase of everybody still there at a time, after each a coin (MBG/NBD: after the first too)."""
    r, alpha, a, b = shop.params
    rate, leaves = rng.gamma(r, 1 / alpha, len(left)), rng.beta(a, b, len(left))
    there = np.arange(len(left))
    if shop.key == "mbg_nbd":
        there = there[rng.random(len(there)) >= leaves]
    now, bought = np.zeros(len(left)), []
    while len(there):
        with np.errstate(divide="ignore", over="ignore"):
            now[there] += rng.exponential(1 / rate[there])
        there = there[now[there] < left[there]]
        bought.append((there, now[there]))
        there = there[rng.random(len(there)) >= leaves[there]]
    return bought


def _pareto(params: tuple, left: Floats, rng: np.random.Generator) -> list[tuple[np.ndarray, Floats]]:
    """One purchase of everybody still there at a time, until their lifetime is over."""
    r, alpha, s, beta = params
    rate, leaves = rng.gamma(r, 1 / alpha, len(left)), rng.gamma(s, 1 / beta, len(left))
    with np.errstate(divide="ignore", over="ignore"):
        end = np.minimum(left, rng.exponential(1 / leaves))
        there, now, bought = np.arange(len(left)), np.zeros(len(left)), []
        while len(there):
            now[there] += rng.exponential(1 / rate[there])
            there = there[now[there] < end[there]]
            bought.append((there, now[there]))
    return bought


# ── counted ─────────────────────────────────────────────────────────────────────────────────────────────


def exact_times(of: People, end: float) -> pd.DataFrame:
    """What is known at a moment of those who came before it, time in days and parts of them: no grid."""
    seen = of.moment < end
    frame = pd.DataFrame({"customer": of.buyer, "moment": of.moment, "money": of.money})[seen]
    spans = frame.groupby("customer").agg(
        first=("moment", "min"), last=("moment", "max"), bought=("moment", "size"), money=("money", "sum")
    )
    first_spend = frame.groupby("customer")["money"].first()
    return pd.DataFrame(
        {
            "frequency": spans["bought"] - 1.0,
            "recency": spans["last"] - spans["first"],
            "T": end - spans["first"],
            "first_spend": first_spend,
            "repeat_spend": (spans["money"] - first_spend).where(spans["bought"] > 1, 0.0),
        }
    )


def by_day(of: People, last: int, days: int = 1) -> pd.DataFrame:
    """One row per customer and period with a purchase up to the day `last`: customer, period, money.

    Periods are counted back from the one that ends on `last`; 0 is that one, negative ones come after it.
    """
    day = np.floor(of.moment).astype(np.int64)
    frame = pd.DataFrame({"customer": of.buyer, "period": (last - day) // days, "money": of.money})
    return frame.groupby(["customer", "period"], as_index=False)["money"].sum()


def known_at(of: People, last: int, days: int = 1) -> pd.DataFrame:
    """What `rfm` says of each customer at the end of the day `last`, counted anew."""
    rows = by_day(of, last, days)
    rows = rows[rows["period"] >= 0].sort_values(["customer", "period"], ascending=[True, False])
    each = rows.groupby("customer")
    known = each["period"].agg(T="max", newest="min", periods="count").astype(float)
    known["frequency"], known["recency"] = known["periods"] - 1, known["T"] - known["newest"]
    known["first_spend"] = each["money"].first()
    known["repeat_spend"] = (each["money"].sum() - known["first_spend"]).where(known["frequency"] > 0, 0.0)
    return known[["frequency", "recency", "T", "first_spend", "repeat_spend"]]


def came_true(of: People, known: pd.DataFrame, last: int, moments: list[float]) -> tuple[Floats, Floats]:
    """What the known customers do in each stretch of days after `last`: days with a purchase, and money.

    Returns
    -------
    Two arrays of shape (customers, moments): between the moment before (or `last`) and each of `moments`.
    """
    rows = by_day(of, last)
    rows = rows[(rows["period"] < 0) & rows["customer"].isin(known.index)]
    stretch = np.searchsorted(moments, -rows["period"].to_numpy())
    inside = stretch < len(moments)
    place = known.index.get_indexer(rows["customer"].to_numpy()[inside])
    counts, money = np.zeros((2, len(known), len(moments)))
    np.add.at(counts, (place, stretch[inside]), 1.0)
    np.add.at(money, (place, stretch[inside]), rows["money"].to_numpy()[inside])
    return counts, money


def patterns_of(known: pd.DataFrame) -> Patterns:
    """Distinct (frequency, recency, T) with counts and sums of spend."""
    spend = known["repeat_spend"]
    frame = known[["frequency", "recency", "T"]].assign(customers=1.0, spend=spend, squares=spend**2)
    sums = frame.groupby(["frequency", "recency", "T"], as_index=False).sum()
    return Patterns.of(sums.rename(columns={"spend": "repeat_spend", "squares": "repeat_spend_squares"}))


def pairs_of(known: pd.DataFrame) -> pd.DataFrame:
    """Distinct frequency and mean spend of repeat buyers."""
    again = known[known["frequency"] > 0]
    frame = pd.DataFrame(
        {"frequency": again["frequency"], "monetary_value": again["repeat_spend"] / again["frequency"]}
    )
    return frame.groupby(["frequency", "monetary_value"]).size().rename("customers").reset_index()


def base_of(known: pd.DataFrame, last: int, choices: Choices) -> Base:
    """A base without an engine: everything that models and totals ask for."""
    first = known["first_spend"]
    return Base(
        rfm=None,  # type: ignore[arg-type]
        patterns=patterns_of(known),
        pairs=pairs_of(known),
        activity=pd.DataFrame(),
        window=Window(START, START + dt.timedelta(days=last)),
        choices=choices,
        kept_share=1.0,
        first_spend=float(first.mean()),
        first_spend_error=float(first.std() / len(first) ** 0.5),
        spend_to_date=float(first.sum() + known["repeat_spend"].sum()),
    )


def buyers(spend: tuple[float, float, float], customers: int, rng: np.random.Generator) -> pd.DataFrame:
    """Repeat buyers alone: frequency and mean of so many purchases, each drawn by itself, as `pairs_of`."""
    p, q, gamma = spend
    frequency = rng.geometric(0.3, customers)
    dear = np.repeat(rng.gamma(q, 1 / gamma, customers), frequency)
    money = pd.Series(rng.gamma(p, 1 / dear)).groupby(np.repeat(np.arange(customers), frequency)).mean()
    return pd.DataFrame({"frequency": frequency * 1.0, "monetary_value": money, "customers": 1.0})


def random_shop(number: int) -> tuple[Shop, int, int, np.random.Generator]:
    """A shop out of a wide range, how many customers it has, and the day on which it looks back."""
    rng = np.random.default_rng([number, 99])

    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    r, gap = between(0.15, 5), between(7, 180)
    if number % 3 == 2:
        s = between(0.2, 3)
        key, params = "pareto_nbd", (r, r * gap, s, s * between(60, 2000))
    else:
        leaves, alike = between(0.03, 0.6), between(0.5, 15)
        key, params = ("bg_nbd", "mbg_nbd")[number % 3], (r, r * gap, leaves * alike, (1 - leaves) * alike)
    customers, last = int(between(200, 4000)), int(between(90, 1000))
    q, p = 1 + between(0.5, 10), between(0.5, 20)
    return Shop(key, params, (p, q, 30 * (q - 1) / p)), customers, last, rng


def purchases_of(of: People, name: str = "simulated") -> ir.Table:
    """The purchases table as `keepbook.tables` makes it."""
    rows = by_day(of, 0)
    days = np.datetime64(START, "D") - rows["period"].to_numpy()
    who = pa.array("C" + rows["customer"].astype(str).str.zfill(6))
    columns = {"customer_id": who, "date": days, "money": rows["money"].to_numpy()}
    return table_of(pa.table(columns | {"bought": np.ones(len(rows), bool)}), name)
