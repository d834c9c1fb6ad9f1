"""Strategies tried on the simulated customers: three experiments and a change, with what they do in truth.

    winback_voucher  works: who has been silent is likelier to order once more, most of all in one tier
    contact_cadence  does nothing
    loyalty_tier     does nothing, and is broken: most of the silent customers of its treated arm were lost
    free_shipping    a change, not drawn by lot: customers of two regions of four order more for six months

Every customer's outcome is drawn both ways, with the strategy and without, and the arm decides which of the
two happens. So the true effect is a mean over the very customers who took part, and nothing in it is
estimated (Rubin 1974; Imbens & Rubin 2015, "Causal Inference", ch. 1). Strategies only ever *add* orders.
"""

import datetime as dt
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from keepbook.simulate.effects import Effects, Population, Window, difference, orders_on
from keepbook.simulate.free_shipping import SHIPPING_REGIONS, free_shipping
from keepbook.simulate.process import ids
from keepbook.simulate.truth import TIERS, Floats, Ints

OUTCOME_DAYS = 60
"""Outcomes of an experiment count on this many days, that of the assignment being the first."""


class Design(NamedTuple):
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


VOUCHER = Design("winback_voucher", "no_voucher", "voucher", 0.75, 0.87, (90, math.inf), 0.9)
DESIGNS = (
    Design("loyalty_tier", "no_tier", "tier", 0.78, 0.86, (0, 365), 0.0, pilot=True, lost=0.9),
    VOUCHER,
    Design("contact_cadence", "monthly", "weekly", 0.875, 0.895, (0, 90), 0.4),
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


class Simulation(NamedTuple):
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


def run_experiments(
    population: Population, orders: pd.DataFrame, start: dt.date, days: int, seed: int
) -> Simulation:
    """Runs one experiment after the other, each with random numbers of its own: all else stays as it was.

    Parameters
    ----------
    orders : genuine orders: buyer, day, amount, channel (numbers).
    """
    window = Window(start, days)
    where, lot, shipping, *rngs = np.random.default_rng([seed, 2]).spawn(3 + len(DESIGNS))
    depot = where.integers(len(REGIONS) * DEPOTS, size=len(population.tier))
    region = np.array(REGIONS)[depot // DEPOTS]
    pilot = lot.random(len(population.tier)) < PILOT
    happened = orders[["buyer", "day", "amount", "channel"]]
    shipped, effects = free_shipping(
        population, happened, np.isin(region, SHIPPING_REGIONS), window, shipping
    )
    happened = pd.concat([happened, shipped])
    assignments = []
    for design, rng in zip(DESIGNS, rngs, strict=True):
        drawn = _assigned(design, population, happened, pilot == design.pilot, window, rng)
        brought = _voucher_orders(population, drawn, rng) if design is VOUCHER else happened.iloc[:0]
        if len(drawn):
            effects[design.name] = _effect(happened, brought, drawn, len(population.tier))
        treated = drawn.loc[drawn["treated"], "buyer"]
        happened = pd.concat([happened, brought[brought["buyer"].isin(treated)]])
        assignments.append(_lines(design, drawn, start))
    names = [f"{REGIONS[i // DEPOTS]} {i % DEPOTS + 1}" for i in range(len(REGIONS) * DEPOTS)]
    return Simulation(
        orders=happened.iloc[len(orders) :],
        assignments=pa.concat_tables(assignments),
        effects=effects,
        region=region,
        depot=np.array(names)[depot],
    )


def _assigned(
    design: Design,
    population: Population,
    happened: pd.DataFrame,
    may: npt.NDArray[np.bool_],
    window: Window,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Looks at every customer on one day by lot, and assigns who then qualifies.

    Returns
    -------
    DataFrame : one row per customer assigned: buyer, day, second (of that day), treated.
    """
    opens, closes = round(design.opens * window.days), round(design.closes * window.days)
    closes = min(closes, window.days - OUTCOME_DAYS + 1)  # so that all are followed to the end
    many = len(population.tier)
    day = rng.integers(opens, max(closes, opens + 1), many)
    silent = _silent(happened, day)
    fewest, too_many = design.silent
    drawn = pd.DataFrame(
        {
            "buyer": np.arange(many),
            "day": day,
            "second": rng.integers(8 * 3600, 20 * 3600, many),
            "treated": rng.random(many) < 0.5,
        }
    )
    qualified = may & (silent >= fewest) & (silent < too_many) & (closes > opens)
    lost = drawn["treated"] & (silent >= LOST_AFTER) & (rng.random(many) < design.lost)
    return drawn[qualified & ~lost]


def _silent(happened: pd.DataFrame, on: Ints) -> Floats:
    """Days since each customer's last purchase before a day of his own; missing where there is none."""
    before = happened[happened["day"].to_numpy() < on[happened["buyer"]]]
    last = np.full(len(on), -np.inf)
    np.maximum.at(last, before["buyer"], before["day"])
    return np.where(np.isfinite(last), on - last, np.nan)


def _voucher_orders(population: Population, drawn: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The orders that the voucher brings, or would have brought, from those assigned."""
    uptake = np.array([UPTAKE[tier] for tier in TIERS])[population.tier[drawn["buyer"]]]
    takes = drawn[rng.random(len(drawn)) < uptake]
    after = 1 + (UPTAKE_DAYS * rng.random(len(takes)) ** 1.5).astype(np.int64)
    return orders_on(population, takes["buyer"].to_numpy(), takes["day"].to_numpy() + after, rng)


def _effect(
    happened: pd.DataFrame, brought: pd.DataFrame, drawn: pd.DataFrame, many: int
) -> dict[str, float]:
    """Mean over all who were assigned, in either arm."""
    begins = np.full(many, -1)
    begins[drawn["buyer"]] = drawn["day"]
    return difference(happened, brought, begins, OUTCOME_DAYS).iloc[drawn["buyer"]].mean().to_dict()


def _lines(design: Design, drawn: pd.DataFrame, start: dt.date) -> pa.Table:
    """The assignments of one experiment, by time."""
    drawn = drawn.sort_values(["day", "second"], kind="stable")
    treated = drawn["treated"].to_numpy()
    second = (drawn["day"] * 86_400 + drawn["second"]).to_numpy()
    return pa.table(
        {
            "experiment": pa.array([design.name] * len(drawn), pa.string()),
            "customer_id": ids("C", drawn["buyer"].to_numpy()),
            "variant": pa.array(np.where(treated, design.treatment, design.control), pa.string()),
            "assigned_at": pa.array(np.datetime64(start, "s") + second),
            "cluster": pa.nulls(len(drawn), pa.string()),
            "cost": np.where(treated, design.cost, 0.0),
        },
        schema=ASSIGNMENTS,
    )
