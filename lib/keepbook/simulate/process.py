"""Who comes, how long they stay, when they buy and for how much: the process without any dirt."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from keepbook.errors import KeepbookError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CHANNELS = {"web": 0.55, "app": 0.30, "store": 0.15}  # channel → share of orders
GROWTH = 1.0  # on the last day this many more customers are acquired, relative to the first


@dataclass(frozen=True)
class Truth:
    """Parameters of one segment: when its customers buy, and what an order is worth.


    References
    ----------
    Schmittlein, Morrison & Colombo (1987), "Counting your customers", Management Science 33(1).
    Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions".
    Fader & Hardie (2013), "The Gamma-Gamma model of monetary value".
    """

    r: float  # shape, and rate in days, of the gamma over lambda; a living customer buys r / alpha a day
    alpha: float
    # Shape, and rate in days, of the gamma over mu; half the customers are gone after beta * (2 ** (1 / s)
    # - 1) days.
    s: float
    beta: float
    p: float = 6.0  # shape of the gamma over one customer's order values
    # Shape, and rate in money, of the gamma over that gamma's rate; q > 2 keeps the variance finite.
    q: float = 4.0
    gamma: float = 20.0

    @property
    def mean_spend(self) -> float:
        """Mean order value in money, E = p * gamma / (q - 1) (Fader & Hardie 2013)."""
        return self.p * self.gamma / (self.q - 1)

    def retention(self, ages: int, window_days: int) -> Floats:
        """Share of customers who buy at least once k = 1 … `ages` windows after their first purchase.

        With w = `window_days` this is P(a purchase in [k w, (k + 1) w) days after the first)
        = E[exp(-mu k w) * lambda / (lambda + mu) * (1 - exp(-(lambda + mu) w))], the expectation over both
        gammas. Asking *when* in the window the first purchase falls separates them:

            integral over t in [0, w) of  E[lambda exp(-lambda t)] * E[exp(-mu (k w + t))]
            = integral of  r alpha^r / (alpha + t)^(r + 1) * (beta / (beta + k w + t))^s

        One smooth dimension remains, and 64 Gauss-Legendre nodes in y = log(1 + t / alpha) give it to about
        machine precision.
        """
        node, weight = np.polynomial.legendre.leggauss(64)
        span = np.log1p(window_days / self.alpha)
        y = span * (node + 1) / 2
        waited = self.alpha * np.expm1(y)
        start = window_days * np.arange(1, ages + 1)[:, None]
        alive = (self.beta / (self.beta + start + waited)) ** self.s
        total: Floats = (alive * (span / 2 * weight * self.r * np.exp(-self.r * y))).sum(axis=1)
        return total


TIERS: dict[str, tuple[float, Truth]] = {
    "basic": (0.50, Truth(r=0.6, alpha=70, s=0.5, beta=120)),
    "plus": (0.35, Truth(r=1.0, alpha=50, s=0.5, beta=200)),
    "gold": (0.15, Truth(r=1.8, alpha=42, s=0.4, beta=400)),
}
"""Tier → share of customers and truth. Order values are alike in all tiers, so that spend stays independent
of the purchase rate in the pooled data too, as Gamma-Gamma requires."""


class Population(NamedTuple):
    """The simulated customers, one element each, and the law that each follows unasked."""

    tier: Ints  # its place in `TIERS`
    acquired: Ints  # number of the day of the first order
    rate: Floats  # orders a day while alive
    lifetime: Floats  # days from the first order to the end
    spend_shape: Floats  # of the gamma over order values
    spend_rate: Floats


def acquisition_days(customers: int, days: int, rng: np.random.Generator) -> Ints:
    """Day numbers of first purchases: density rising linearly by `GROWTH` (inverse CDF)."""
    u = rng.random(customers)
    at = 2 * u * (1 + GROWTH / 2) / (1 + np.sqrt(1 + 2 * u * GROWTH * (1 + GROWTH / 2)))
    return (days * at).astype(np.int64)


def draw_lives(truths: Sequence[Truth], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Rate and lifetime of one customer per truth, as in `Population`."""
    r, alpha, s, beta = np.array([(truth.r, truth.alpha, truth.s, truth.beta) for truth in truths]).T
    rate, dropout = rng.gamma(r, 1 / alpha), rng.gamma(s, 1 / beta)
    with np.errstate(divide="ignore"):  # a dropout rate of 0 is a customer who never leaves
        return rate, rng.standard_exponential(len(truths)) / dropout


def draw_purchases(
    rate: Floats, lifetime: Floats, acquired: Ints, days: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Buyer and day number of every order, by buyer, the first one at 0:00 of the day of acquisition.

    Given rate and lifetime, purchases are a Poisson process: a Poisson count of uniform moments.
    """
    active = np.minimum(lifetime, days - acquired)
    first = np.arange(len(acquired))
    again = np.repeat(first, rng.poisson(rate * active))
    later = np.floor(acquired[again] + rng.random(len(again)) * active[again]).astype(np.int64)
    buyer, day = np.concatenate([first, again]), np.concatenate([acquired, later])
    by_buyer = np.argsort(buyer, kind="stable")
    return buyer[by_buyer], day[by_buyer]


def draw_orders(population: Population, buyer: Ints, day: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Orders of these customers on these days, worth what their own law says; channel is a number."""
    amount = cents(rng.gamma(population.spend_shape[buyer], 1 / population.spend_rate[buyer]))
    channel = rng.choice(len(CHANNELS), len(buyer), p=list(CHANNELS.values()))
    return pd.DataFrame({"buyer": buyer, "day": day, "amount": amount, "channel": channel})


def ids(letter: str, number: Ints) -> pa.Array:
    """Names of customers or orders: number 0 of "C" is "C000001"."""
    return pc.binary_join_element_wise(letter, pc.utf8_lpad(pc.cast(number + 1, pa.string()), 6, "0"), "")


def dates(start: dt.date, day: Ints) -> pa.Array:
    """Day numbers as days of the calendar; number 0 is the first day of the window."""
    return pa.array(np.datetime64(start, "D") + day)


def cents(amount: Floats) -> Floats:
    """Rounded to cents, and never to nothing: a genuine order has an amount."""
    return np.maximum(amount.round(2), 0.01)


def at_least_one(name: str, value: int) -> None:
    """Refuses a simulation of nothing."""
    if value < 1:
        raise KeepbookError(
            f"A simulation cannot have {value} {name}.",
            where=name,
            expected="a whole number from 1",
            do="Correct it.",
        )
