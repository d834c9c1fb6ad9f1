"""What the models are measured against: a formula, the past repeated, and gradient boosting.

Each predicts purchases and money of every customer from what was known at a cut-off alone.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from keepbook.clv.rfm import DAYS, EPOCH, TimeUnit, with_holdout
from keepbook.errors import NotEnoughData
from keepbook.text import catalogue, day

Floats = NDArray[np.float64]

say = catalogue("clv")
HISTORICAL, PERSISTENCE, BOOSTING = "historical formula", "same as last period", "gradient boosting"
MIN_AGE = 28  # days; over less, a second purchase the day after the first would be a habit of 180 a year
LAGS = (1, 2, 4)  # parts of the holdout's length that recent purchases are counted over
TREES: dict[str, Any] = {"loss": "poisson", "learning_rate": 0.06, "max_iter": 100, "early_stopping": False}
TREES |= {"max_leaf_nodes": 15, "min_samples_leaf": 40, "l2_regularization": 1.0}
MIN_CUSTOMERS, MIN_REPEATERS = 500, 30  # to learn from, and such as bought again; fewer teach trees chance


@dataclass(frozen=True)
class Split:
    """What was known of each customer at a cut-off, and what they did afterwards."""

    start: dt.date  # first day of the data, last day known, last day predicted
    cut: dt.date
    end: dt.date
    time_unit: TimeUnit  # grain of the counts
    # One row per customer who bought by `cut`: the columns of `with_holdout`; bought_1, bought_2, bought_4
    # and spent_1, … (periods with a purchase, and their gross money, in the last whole, half and quarter of
    # a holdout's length before the cut); before and lately (periods with a purchase in the older and the
    # newer of two stretches of `stretch` time units that end at the cut).
    customers: pd.DataFrame

    @property
    def horizon(self) -> int:
        """Length of the holdout in time units."""
        return (self.end - self.cut).days // DAYS[self.time_unit]

    @property
    def stretch(self) -> int:
        """Time units that make one period of the past: as many as in the holdout, or half of those known."""
        known = ((self.cut - self.start).days + 1) // DAYS[self.time_unit]
        return max(min(self.horizon, known // 2), 1)

    @property
    def age(self) -> pd.Series:
        """Time units since each customer's first purchase, four weeks at least."""
        return self.customers["T"].clip(lower=MIN_AGE // DAYS[self.time_unit])

    @property
    def actual(self) -> dict[str, Floats]:
        """Target → what happened, per customer."""
        return {name: self.customers[f"{name}_holdout"].to_numpy(float) for name in ("purchases", "spend")}


@dataclass(frozen=True)
class Prediction:
    """A method's expectation for the holdout: each customer's periods with a purchase, and gross money."""

    method: str
    purchases: Floats
    spend: Floats

    @property
    def targets(self) -> dict[str, Floats]:
        """Target → what was predicted."""
        return {"purchases": self.purchases, "spend": self.spend}


def split(purchases: ir.Table, start: dt.date, cut: dt.date, end: dt.date, time_unit: TimeUnit) -> Split:
    """Customers as known at `cut`, and what they did until `end`, whole time units later."""
    bare = Split(start, cut, end, time_unit, pd.DataFrame())
    recent = _recent(purchases, bare)
    known = with_holdout(purchases, cut, end, time_unit)
    joined = known.left_join(recent, "customer_id").drop("customer_id_right")
    counted = [name for name in recent.columns if name != "customer_id"]
    filled = joined.mutate(**{name: joined[name].fill_null(0) for name in counted})
    return replace(bare, customers=filled.to_pandas().sort_values("customer_id", ignore_index=True))


def _recent(purchases: ir.Table, bare: Split) -> ir.Table:
    """Periods with a purchase, and their money, counted back from the cut, per customer."""
    horizon, stretch, days = bare.horizon, bare.stretch, DAYS[bare.time_unit]
    oldest = bare.cut - dt.timedelta(days=max(horizon, 2 * stretch) * days)
    seen = purchases.filter(purchases.is_purchase, purchases.date <= bare.cut, purchases.date > oldest)
    back = (bare.cut - EPOCH).days - seen.date.epoch_days()
    dated = seen.select("customer_id", "gross", back=(back // days).cast("int64"))
    periods = dated.group_by("customer_id", "back").agg(gross=dated.gross.sum())
    sums: dict[str, ir.Scalar] = {}
    for lag in LAGS:
        within = periods.back < max(horizon // lag, 1)
        sums[f"bought_{lag}"] = within.sum().cast("int64")
        sums[f"spent_{lag}"] = periods.gross.sum(where=within).cast("float64")
    sums["lately"] = (periods.back < stretch).sum().cast("int64")
    sums["before"] = ((periods.back >= stretch) & (periods.back < 2 * stretch)).sum().cast("int64")
    return periods.group_by("customer_id").agg(**sums)


def historical(known: Split) -> Prediction:
    """Order value × purchase rate × expected lifetime.

    A customer's own order value (gross money per period with a purchase) and purchase rate (repeat purchases
    over `age`), and a lifetime for all: of those who bought in the older stretch of the past, the share who
    did not in the newer one is the churn of a stretch, constant in time, and the lifetime is what it leaves
    of the horizon. That everybody is still a customer at the cut-off is part of the formula.
    """
    c = known.customers
    rate = c["frequency"] / known.age
    value = (c["repeat_spend"] + c["first_spend"]) / (c["frequency"] + 1)
    purchases = (rate * expected_lifetime(known)).to_numpy(float)
    return Prediction(HISTORICAL, purchases, purchases * value.to_numpy(float))


def expected_lifetime(known: Split) -> float:
    """Time units of the horizon for which a customer is expected to stay, by the churn of the past."""
    there = known.customers["before"] > 0
    lost = (there & (known.customers["lately"] == 0)).sum()
    if not lost:
        return float(known.horizon)
    churn = lost / max(there.sum(), lost + 0.5)  # all lost: as if half a customer more had stayed
    rate = -np.log1p(-churn) / known.stretch
    return float(-np.expm1(-rate * known.horizon) / rate)


def persistence(known: Split) -> Prediction:
    """What a customer did in the last stretch as long as the holdout, once more.

    Whoever is younger than that carries on at the own repeat purchases, and money, per `age`.
    """
    c = known.customers
    old, ahead = c["T"] >= known.horizon, known.horizon / known.age
    purchases = np.where(old, c["bought_1"], c["frequency"] * ahead)
    return Prediction(PERSISTENCE, purchases, np.where(old, c["spent_1"], c["repeat_spend"] * ahead))


def boosting(known: Split, earlier: Split, *, seed: int) -> Prediction:
    """Gradient boosting that learnt on an earlier cut-off of the same unit what follows from what.

    Both targets are fitted by the Poisson loss: it aims at the mean, as what adds up to totals must, stays
    above zero, and weighs an error by the size of what is expected, so that a few big spenders do not make
    every tree. Of money, which is no count, it needs nothing but the mean to follow the model (C. Gourieroux,
    A. Monfort & A. Trognon 1984, Pseudo maximum likelihood methods: theory, Econometrica 52, 681–700).

    Parameters
    ----------
    known : what to predict. earlier : what to learn from; it ends where `known` is cut.
    """
    if earlier.end != known.cut:
        raise AssertionError(f"learns until {earlier.end}, predicts from {known.cut}")
    customers = len(earlier.customers)
    active = int((earlier.customers["purchases_holdout"] > 0).sum())
    if customers < MIN_CUSTOMERS or active < MIN_REPEATERS:
        least = {"least": MIN_CUSTOMERS, "repeaters": MIN_REPEATERS}
        what = say("too-little-to-learn", cut=day(earlier.cut), customers=customers, active=active, **least)
        raise NotEnoughData(what)
    learnt, asked = _features(earlier), _features(known)
    found = {}
    for target, actual in earlier.actual.items():
        scale = float(actual.mean())
        if scale <= 0:  # free items alone
            found[target] = np.zeros(len(asked))
            continue
        trees = HistGradientBoostingRegressor(**TREES, random_state=seed)
        # Threads that wait for each other on a busy machine take 20 times as long.
        with threadpool_limits(1, user_api="openmp"):
            trees.fit(learnt, np.maximum(actual, 0) / scale)
            found[target] = trees.predict(asked) * scale
    return Prediction(BOOSTING, found["purchases"], found["spend"])


def _features(known: Split) -> Floats:
    """What trees may look at; ratios too, since those to be predicted are older than those learnt from."""
    c, age, since = known.customers, known.age, known.customers["T"] - known.customers["recency"]
    names = ("frequency", "recency", "T", "monetary_value", "spend_to_date", "first_spend")
    columns = [c[name] for name in names]
    columns += [since, since / age, c["frequency"] / age, c["spend_to_date"] / age]
    columns += [c[f"{what}_{lag}"] for lag in LAGS for what in ("bought", "spent")]
    return np.column_stack([column.to_numpy(float) for column in columns])
