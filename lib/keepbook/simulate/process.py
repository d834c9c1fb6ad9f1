"""Who comes, how long they stay, when they buy and for how much: the process without any dirt."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from keepbook.errors import KeepbookError
from keepbook.simulate.truth import Floats, Ints, Truth

CHANNELS = {"web": 0.55, "app": 0.30, "store": 0.15}

GROWTH = 1.0
"""On the last day this many more customers are acquired, relative to the first."""


def acquisition_days(customers: int, days: int, rng: np.random.Generator) -> Ints:
    """Day numbers of first purchases: density rising linearly by `GROWTH` (inverse CDF)."""
    u = rng.random(customers)
    at = 2 * u * (1 + GROWTH / 2) / (1 + np.sqrt(1 + 2 * u * GROWTH * (1 + GROWTH / 2)))
    return (days * at).astype(np.int64)


class Lives(NamedTuple):
    """What each customer does unasked: orders a day while alive, and days from the first order to the end."""

    rate: Floats
    lifetime: Floats


def draw_lives(truths: Sequence[Truth], rng: np.random.Generator) -> Lives:
    """Rate and lifetime of one customer per truth."""
    r, alpha, s, beta = np.array([(truth.r, truth.alpha, truth.s, truth.beta) for truth in truths]).T
    rate, dropout = rng.gamma(r, 1 / alpha), rng.gamma(s, 1 / beta)
    with np.errstate(divide="ignore"):  # a dropout rate of 0 is a customer who never leaves
        lifetime = rng.standard_exponential(len(truths)) / dropout
    return Lives(rate, lifetime)


def draw_purchases(lives: Lives, acquired: Ints, days: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Buyer and day number of every order, by buyer, the first one at 0:00 of the day of acquisition.

    Given rate and lifetime, purchases are a Poisson process: a Poisson count of uniform moments.
    """
    active = np.minimum(lives.lifetime, days - acquired)
    repeats = rng.poisson(lives.rate * active)
    first = np.arange(len(acquired))
    again = np.repeat(first, repeats)
    later = np.floor(acquired[again] + rng.random(len(again)) * active[again]).astype(np.int64)
    buyer, day = np.concatenate([first, again]), np.concatenate([acquired, later])
    by_buyer = np.argsort(buyer, kind="stable")
    return buyer[by_buyer], day[by_buyer]


def draw_orders(
    buyer: Ints, day: Ints, spend_rate: Floats, p: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Genuine orders, numbered by day: order, buyer, day, amount, channel (number)."""
    by_day = np.argsort(day, kind="stable")
    buyer, day = buyer[by_day], day[by_day]
    return pd.DataFrame(
        {
            "order": np.arange(len(buyer)),
            "buyer": buyer,
            "day": day,
            "amount": cents(rng.gamma(p[buyer], 1 / spend_rate[buyer])),
            "channel": rng.choice(len(CHANNELS), len(buyer), p=list(CHANNELS.values())),
        }
    )


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
    """Refuses a simulation of nothing.

    Raises
    ------
    KeepbookError : the value is below 1.
    """
    if value < 1:
        raise KeepbookError(
            f"A simulation cannot have {value} {name}.",
            where=name,
            expected="a whole number from 1",
            do="Correct it.",
        )
