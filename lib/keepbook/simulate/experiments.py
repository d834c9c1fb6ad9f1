"""Strategies tried on the simulated customers: three experiments and a change, with what they do in truth.

    winback_voucher  works: who has been silent is likelier to order once more, most of all in one tier
    contact_cadence  does nothing
    loyalty_tier     does nothing, and is broken: most of the silent customers of its treated arm were lost
    free_shipping    a change, not drawn by lot: customers of two regions of four order more for six months

Every customer's outcome is drawn both ways, with the strategy and without, and the arm decides which of the
two happens. So the true effect is a mean over the very customers who took part, and nothing in it is
estimated (Rubin 1974; Imbens & Rubin 2015, "Causal Inference", ch. 1). Strategies only ever *add* orders.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from keepbook.simulate.process import CHANNELS, Lives, cents, ids
from keepbook.simulate.truth import TIERS, Floats, Ints

Effects = dict[str, dict[str, float]]
"""Experiment or change → metric → mean effect per customer who took part (per month, for a change)."""

OUTCOME_DAYS = 60
"""Outcomes of an experiment count on this many days, that of the assignment being the first."""


class Trial(NamedTuple):
    """One experiment, half of whose customers are treated.

    Attributes
    ----------
    opens, closes : when customers are assigned, as shares of the window.
    silent : fewest days, and the first number of days too many, since a customer's last purchase.
    cost : money per treated customer.
    pilot : held with the `PILOT` customers, or with all others.
    lost : share of the treated silent for `LOST_AFTER` days and more whom a fault loses.
    """

    name: str
    control: str
    treatment: str
    opens: float
    closes: float
    silent: tuple[float, float]
    cost: float
    pilot: bool = False
    lost: float = 0.0


VOUCHER = Trial("winback_voucher", "no_voucher", "voucher", 0.75, 0.87, (90, math.inf), 0.9)
TRIALS = (
    Trial("loyalty_tier", "no_tier", "tier", 0.78, 0.86, (0, 365), 0.0, pilot=True, lost=0.9),
    VOUCHER,
    Trial("contact_cadence", "monthly", "weekly", 0.875, 0.895, (0, 90), 0.4),
)

PILOT = 0.3
"""Share of customers, drawn by lot, who are kept for the experiment with the loyalty tier."""

LOST_AFTER = 90

UPTAKE = {"basic": 0.07, "plus": 0.30, "gold": 0.10}
"""Tier → share of customers whom the voucher makes order once more."""

UPTAKE_DAYS = 45
"""That order comes within so many days of the assignment, rather sooner than later."""

REGIONS = ("north", "south", "east", "west")
DEPOTS = 5
"""Depots per region; each customer is served by one, whatever the tier."""

SHIPPING = "free_shipping"
SHIPPING_REGIONS = ("north", "east")
SHIPPING_FROM, SHIPPING_MONTHS = 0.49, 6
"""It begins with the first month after this share of the window, and lasts so many months."""

SHIPPING_LIFT = 0.4
"""While it lasts, living customers of these regions order so much more often."""

KNOWN_MONTHS = 6
"""It is for customers who had bought before this many months before it began."""

ASSIGNMENTS = pa.schema(
    [
        ("experiment", pa.string()),
        ("customer_id", pa.string()),
        ("variant", pa.string()),
        ("assigned_at", pa.timestamp("s")),
        ("cluster", pa.string()),
        ("cost", pa.float64()),
    ]
)


class People(NamedTuple):
    """The simulated customers, one element each: tier (number), day of acquisition, the laws they follow."""

    tier: Ints
    acquired: Ints
    lives: Lives
    spend_rate: Floats
    spend_shape: Floats


class Strategies(NamedTuple):
    """What the strategies made of a shop.

    Attributes
    ----------
    orders : one row per order they brought: buyer, day, amount, channel (numbers).
    assignments, effects : as in `Simulated`.
    region, depot : one element per customer.
    """

    orders: pd.DataFrame
    assignments: pa.Table
    effects: Effects
    region: npt.NDArray[np.str_]
    depot: npt.NDArray[np.str_]


class _Window(NamedTuple):
    start: dt.date
    days: int


def strategies(people: People, orders: pd.DataFrame, start: dt.date, days: int, seed: int) -> Strategies:
    """Tries one strategy after the other, each with random numbers of its own: all else stays as it was.

    Parameters
    ----------
    orders : genuine orders: buyer, day, amount, channel (numbers).
    """
    window = _Window(start, days)
    where, lot, shipping, *rngs = np.random.default_rng([seed, 2]).spawn(3 + len(TRIALS))
    depot = where.integers(len(REGIONS) * DEPOTS, size=len(people.tier))
    region = np.array(REGIONS)[depot // DEPOTS]
    pilot = lot.random(len(people.tier)) < PILOT
    happened = orders[["buyer", "day", "amount", "channel"]]
    shipped, effects = _free_shipping(people, happened, np.isin(region, SHIPPING_REGIONS), window, shipping)
    happened = pd.concat([happened, shipped])
    assignments = []
    for trial, rng in zip(TRIALS, rngs, strict=True):
        drawn = _assigned(trial, people, happened, pilot == trial.pilot, window, rng)
        brought = _vouched(people, drawn, rng) if trial is VOUCHER else happened.iloc[:0]
        if len(drawn):
            effects[trial.name] = _effect(happened, brought, drawn, len(people.tier))
        treated = drawn.loc[drawn["treated"], "buyer"]
        happened = pd.concat([happened, brought[brought["buyer"].isin(treated)]])
        assignments.append(_lines(trial, drawn, start))
    names = [f"{REGIONS[i // DEPOTS]} {i % DEPOTS + 1}" for i in range(len(REGIONS) * DEPOTS)]
    return Strategies(
        orders=happened.iloc[len(orders) :],
        assignments=pa.concat_tables(assignments),
        effects=effects,
        region=region,
        depot=np.array(names)[depot],
    )


def _assigned(
    trial: Trial,
    people: People,
    happened: pd.DataFrame,
    may: npt.NDArray[np.bool_],
    window: _Window,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Looks at every customer on one day by lot, and assigns who then qualifies.

    Returns
    -------
    DataFrame : one row per customer assigned: buyer, day, second (of that day), treated.
    """
    opens, closes = round(trial.opens * window.days), round(trial.closes * window.days)
    closes = min(closes, window.days - OUTCOME_DAYS + 1)  # so that all are followed to the end
    many = len(people.tier)
    day = rng.integers(opens, max(closes, opens + 1), many)
    silent = _silent(happened, day)
    fewest, too_many = trial.silent
    drawn = pd.DataFrame(
        {
            "buyer": np.arange(many),
            "day": day,
            "second": rng.integers(8 * 3600, 20 * 3600, many),
            "treated": rng.random(many) < 0.5,
        }
    )
    qualified = may & (silent >= fewest) & (silent < too_many) & (closes > opens)
    lost = drawn["treated"] & (silent >= LOST_AFTER) & (rng.random(many) < trial.lost)
    return drawn[qualified & ~lost]


def _silent(happened: pd.DataFrame, on: Ints) -> Floats:
    """Days since each customer's last purchase before a day of his own; missing where there is none."""
    before = happened[happened["day"].to_numpy() < on[happened["buyer"]]]
    last = np.full(len(on), -np.inf)
    np.maximum.at(last, before["buyer"], before["day"])
    return np.where(np.isfinite(last), on - last, np.nan)


def _vouched(people: People, drawn: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The orders that the voucher brings, or would have brought, from those assigned."""
    uptake = np.array([UPTAKE[tier] for tier in TIERS])[people.tier[drawn["buyer"]]]
    takes = drawn[rng.random(len(drawn)) < uptake]
    after = 1 + (UPTAKE_DAYS * rng.random(len(takes)) ** 1.5).astype(np.int64)
    return _orders_on(people, takes["buyer"].to_numpy(), takes["day"].to_numpy() + after, rng)


def _free_shipping(
    people: People,
    happened: pd.DataFrame,
    concerned: npt.NDArray[np.bool_],
    window: _Window,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, Effects]:
    """More orders of living customers, at a higher rate for as long as it lasts; and its effect per month."""
    months = list(_months(window))
    concerned = concerned & (people.acquired < _known_before(window))
    if not months or not concerned.any():
        return happened.iloc[:0], {}
    begins, ends = months[0][0], sum(months[-1])
    alive = np.clip(np.minimum(people.acquired + people.lives.lifetime, ends) - begins, 0, None) * concerned
    buyer = np.repeat(np.arange(len(alive)), rng.poisson(SHIPPING_LIFT * people.lives.rate * alive))
    day = np.floor(begins + rng.random(len(buyer)) * alive[buyer]).astype(np.int64)
    brought = _orders_on(people, buyer, day, rng)
    effect = [
        _difference(happened, brought, np.full(len(alive), first), length)[concerned].mean()
        for first, length in months
    ]
    return brought, {SHIPPING: pd.concat(effect, axis=1).mean(axis=1).to_dict()}


def _months(window: _Window) -> Iterator[tuple[int, int]]:
    """First day (number) and length of the whole months for which free shipping lasts."""
    first = _first_month(window)
    for month in pd.period_range(first, periods=SHIPPING_MONTHS, freq="M"):
        begins = _day_of(month.start_time, window)
        if begins + month.days_in_month <= window.days:
            yield begins, month.days_in_month


def _first_month(window: _Window) -> pd.Timestamp:
    return (
        pd.Timestamp(window.start)
        + pd.Timedelta(days=round(SHIPPING_FROM * window.days))
        + pd.offsets.MonthBegin()
    )


def _known_before(window: _Window) -> int:
    return _day_of(_first_month(window) - pd.DateOffset(months=KNOWN_MONTHS), window)


def _day_of(moment: pd.Timestamp, window: _Window) -> int:
    return (moment - pd.Timestamp(window.start)).days


def _orders_on(people: People, buyer: Ints, day: Ints, rng: np.random.Generator) -> pd.DataFrame:
    """Orders of these customers on these days, worth what their own law says."""
    amount = cents(rng.gamma(people.spend_shape[buyer], 1 / people.spend_rate[buyer]))
    channel = rng.choice(len(CHANNELS), len(buyer), p=list(CHANNELS.values()))
    return pd.DataFrame({"buyer": buyer, "day": day, "amount": amount, "channel": channel})


def _effect(
    happened: pd.DataFrame, brought: pd.DataFrame, drawn: pd.DataFrame, many: int
) -> dict[str, float]:
    """Mean over all who were assigned, in either arm."""
    begins = np.full(many, -1)
    begins[drawn["buyer"]] = drawn["day"]
    return _difference(happened, brought, begins, OUTCOME_DAYS).iloc[drawn["buyer"]].mean().to_dict()


def _difference(happened: pd.DataFrame, brought: pd.DataFrame, begins: Ints, length: int) -> pd.DataFrame:
    """One row per customer: retained, orders and revenue with the orders that are brought, less without."""
    return _outcomes(pd.concat([happened, brought]), begins, length) - _outcomes(happened, begins, length)


def _outcomes(orders: pd.DataFrame, begins: Ints, length: int) -> pd.DataFrame:
    """One row per customer: retained (1 or 0), orders (days with one), revenue, within `length` days."""
    since = orders["day"].to_numpy() - begins[orders["buyer"]]
    inside = orders[(since >= 0) & (since < length)]
    bought = np.bincount(inside.drop_duplicates(["buyer", "day"])["buyer"], minlength=len(begins))
    revenue = np.bincount(inside["buyer"], inside["amount"], minlength=len(begins))
    return pd.DataFrame(
        {"retained": (bought > 0).astype(float), "orders": bought.astype(float), "revenue": revenue}
    )


def _lines(trial: Trial, drawn: pd.DataFrame, start: dt.date) -> pa.Table:
    """The assignments of one experiment, by time."""
    drawn = drawn.sort_values(["day", "second"], kind="stable")
    treated = drawn["treated"].to_numpy()
    second = (drawn["day"] * 86_400 + drawn["second"]).to_numpy()
    return pa.table(
        {
            "experiment": pa.array([trial.name] * len(drawn), pa.string()),
            "customer_id": ids("C", drawn["buyer"].to_numpy()),
            "variant": pa.array(np.where(treated, trial.treatment, trial.control), pa.string()),
            "assigned_at": pa.array(np.datetime64(start, "s") + second),
            "cluster": pa.nulls(len(drawn), pa.string()),
            "cost": np.where(treated, trial.cost, 0.0),
        },
        schema=ASSIGNMENTS,
    )
