"""Experiments made up for tests, customer by customer: what `keepbook.experiments` is held against."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keepbook.experiments.moments import SIZE, Moments
from keepbook.params import Experiment

Floats = NDArray[np.float64]


def arm(cluster: NDArray[np.int64] | None = None, **columns: Floats) -> Moments:
    """The moments of an arm by NumPy, not by the engine."""
    frame = pd.DataFrame(columns).astype(float)
    customers = len(frame)
    if cluster is not None:
        frame = frame.assign(**{SIZE: 1.0}).groupby(cluster).sum()
    cov = np.atleast_2d(np.cov(frame.to_numpy().T, ddof=1)) if len(frame) > 1 else np.zeros((1, 1))
    return Moments(
        tuple(frame), len(frame), customers, frame.mean().to_numpy(), cov, clustered=cluster is not None
    )


def spenders(n: int, rng: np.random.Generator, buys: float = 0.1, lift: float = 0.0) -> dict[str, Floats]:
    """Customers of whom most buy nothing: revenue with 90 % zeros and a long tail, and what they did before.

    Who bought before is likelier to buy again. `lift` adds buyers, as a share of those there would be.
    """
    loyal = rng.gamma(0.6, 1 / 0.6, n)
    chance = np.minimum(buys * loyal * (1 + lift), 0.95)
    before, after = rng.poisson(buys * loyal), rng.binomial(1, chance)
    orders = after * (1 + rng.poisson(0.3, n))
    basket = rng.lognormal(3.2, 0.6, n)
    spent, spent_before = (count * basket * rng.lognormal(0, 0.5, n) for count in (orders, before))
    return {
        "retained": after.astype(float),
        "orders": orders.astype(float),
        "revenue": spent,
        "margin": spent,
        "profit": spent,
        "pre_retained": (before > 0).astype(float),
        "pre_orders": before.astype(float),
        "pre_revenue": spent_before,
    }


def experiment(**settings: object) -> Experiment:
    """An experiment of a unit file."""
    return Experiment.model_validate({"name": "voucher", "control": "none", **settings})
