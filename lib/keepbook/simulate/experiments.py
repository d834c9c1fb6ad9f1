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

from keepbook.simulate.process import TIERS, Bools, Floats, Ints, Population, draw_orders, ids

# Experiment or change → metric → mean effect per customer who took part (per month, for a change).
Effects = dict[str, dict[str, float]]
OUTCOME_DAYS = 60  # on which outcomes of an experiment count, that of the assignment being the first


class Design(NamedTuple):
    """One experiment, half of whose customers are treated."""

    name: str
    control: str
    treatment: str
    opens: float  # when customers are assigned, as shares of the window
    closes: float
    # Fewest days, and the first number of days too many, since a customer's last purchase.
    silent: tuple[float, float]
    cost: float  # money per treated customer
    pilot: bool = False  # held with the `PILOT` customers, or with all others
    lost: float = 0.0  # share of the treated silent for `LOST_AFTER` days and more whom a fault loses


VOUCHER = Design("winback_voucher", "no_voucher", "voucher", 0.75, 0.87, (90, math.inf), 0.9)
DESIGNS = (
    Design("loyalty_tier", "no_tier", "tier", 0.78, 0.86, (0, 365), 0.0, pilot=True, lost=0.9),
    VOUCHER,
    Design("contact_cadence", "monthly", "weekly", 0.875, 0.895, (0, 90), 0.4),
)
PILOT = 0.3  # share of customers, drawn by lot, who are kept for the experiment with the loyalty tier
LOST_AFTER = 90
UPTAKE = {"basic": 0.07, "plus": 0.30, "gold": 0.10}  # share whom the voucher makes order once more
UPTAKE_DAYS = 45  # that order comes within so many days of the assignment, rather sooner than later

SHIPPING = "free_shipping"
SHIPPING_REGIONS = ("north", "east")
SHIPPING_FROM, SHIPPING_MONTHS = 0.49, 6  # from the first month after this share of the window, so many
SHIPPING_LIFT = 0.4  # while it lasts, living customers of these regions order so much more often
KNOWN_MONTHS = 6  # it is for customers who had bought before this many months before it began

REGIONS = ("north", "south", "east", "west")
DEPOTS = 5  # per region; each customer is served by one, whatever the tier

ASSIGNMENTS = pa.schema(
    {
        "experiment": pa.string(),
        "customer_id": pa.string(),
        "variant": pa.string(),
        "assigned_at": pa.timestamp("s"),
        "cluster": pa.string(),
        "cost": pa.float64(),
    }
)


class Tried(NamedTuple):
    """The orders that the strategies brought, what `Simulated` tells of them, and where each customer is."""

    orders: pd.DataFrame
    assignments: pa.Table
    effects: Effects
    region: npt.NDArray[np.str_]
    depot: npt.NDArray[np.str_]


def run_experiments(
    population: Population, orders: pd.DataFrame, start: dt.date, days: int, seed: int
) -> Tried:
    """Runs one experiment after the other, each with random numbers of its own: all else stays as it was."""
    where, lot, shipping, *rngs = np.random.default_rng([seed, 2]).spawn(3 + len(DESIGNS))
    depot = where.integers(len(REGIONS) * DEPOTS, size=len(population.tier))
    region = np.array(REGIONS)[depot // DEPOTS]
    pilot = lot.random(len(population.tier)) < PILOT
    happened = orders[["buyer", "day", "amount", "channel"]]
    brought, effects = _free_shipping(population, happened, region, start, days, shipping)
    happened = pd.concat([happened, brought])
    assignments = []
    for design, rng in zip(DESIGNS, rngs, strict=True):
        drawn = _assigned(design, happened, pilot == design.pilot, days, rng)
        brought = _voucher_orders(population, drawn, rng) if design is VOUCHER else happened.iloc[:0]
        if len(drawn):
            begins = np.full(len(pilot), -1)
            begins[drawn["buyer"]] = drawn["day"]
            effect = _difference(happened, brought, begins, OUTCOME_DAYS).iloc[drawn["buyer"]]
            effects[design.name] = effect.mean().to_dict()
        treated = drawn.loc[drawn["treated"], "buyer"]
        happened = pd.concat([happened, brought[brought["buyer"].isin(treated)]])
        assignments.append(_lines(design, drawn, start))
    names = [f"{name} {number}" for name in REGIONS for number in range(1, DEPOTS + 1)]
    added = happened.iloc[len(orders) :]
    return Tried(added, pa.concat_tables(assignments), effects, region, np.array(names)[depot])


def _assigned(
    design: Design, happened: pd.DataFrame, may: Bools, days: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Looks at every customer on one day by lot, and assigns those who then qualify."""
    opens, closes = round(design.opens * days), round(design.closes * days)
    closes = min(closes, days - OUTCOME_DAYS + 1)  # so that all are followed to the end
    many = len(may)
    day = rng.integers(opens, max(closes, opens + 1), many)
    silent = _silent(happened, day)
    fewest, too_many = design.silent
    second = rng.integers(8 * 3600, 20 * 3600, many)
    treated = rng.random(many) < 0.5
    qualified = may & (silent >= fewest) & (silent < too_many) & (closes > opens)
    lost = treated & (silent >= LOST_AFTER) & (rng.random(many) < design.lost)
    drawn = pd.DataFrame({"buyer": np.arange(many), "day": day, "second": second, "treated": treated})
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
    return draw_orders(population, takes["buyer"].to_numpy(), takes["day"].to_numpy() + after, rng)


def _lines(design: Design, drawn: pd.DataFrame, start: dt.date) -> pa.Table:
    """The assignments of one experiment, by time."""
    drawn = drawn.sort_values(["day", "second"], kind="stable")
    treated = drawn["treated"].to_numpy()
    return pa.table(
        {
            "experiment": [design.name] * len(drawn),
            "customer_id": ids("C", drawn["buyer"].to_numpy()),
            "variant": np.where(treated, design.treatment, design.control),
            "assigned_at": np.datetime64(start, "s") + (drawn["day"] * 86_400 + drawn["second"]).to_numpy(),
            "cluster": [None] * len(drawn),
            "cost": np.where(treated, design.cost, 0.0),
        },
        schema=ASSIGNMENTS,
    )


def _free_shipping(
    population: Population,
    happened: pd.DataFrame,
    region: npt.NDArray[np.str_],
    start: dt.date,
    days: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, Effects]:
    """More orders of living customers, at a higher rate for as long as it lasts; and its effect per month."""
    day_0 = pd.Timestamp(start)
    first = day_0 + pd.Timedelta(days=round(SHIPPING_FROM * days)) + pd.offsets.MonthBegin()
    months = pd.date_range(first, periods=SHIPPING_MONTHS, freq="MS")
    whole = months[(months - day_0).days + months.days_in_month <= days]
    known_before = (first - pd.DateOffset(months=KNOWN_MONTHS) - day_0).days
    concerned = np.isin(region, SHIPPING_REGIONS) & (population.acquired < known_before)
    if whole.empty or not concerned.any():
        return happened.iloc[:0], {}
    begin, end = (whole[0] - day_0).days, (whole[-1] - day_0).days + whole[-1].days_in_month
    gone = np.minimum(population.acquired + population.lifetime, end)
    alive = np.clip(gone - begin, 0, None) * concerned  # days of it
    buyer = np.repeat(np.arange(len(alive)), rng.poisson(SHIPPING_LIFT * population.rate * alive))
    day = np.floor(begin + rng.random(len(buyer)) * alive[buyer]).astype(np.int64)
    brought = draw_orders(population, buyer, day, rng)
    effect = []
    for month in whole:
        begins = np.full(len(alive), (month - day_0).days)
        effect.append(_difference(happened, brought, begins, month.days_in_month)[concerned].mean())
    return brought, {SHIPPING: pd.concat(effect, axis=1).mean(axis=1).to_dict()}


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
