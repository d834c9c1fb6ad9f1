"""Returns and the dirt of an export, added to genuine orders."""

import numpy as np
import pandas as pd

from keepbook.simulate.process import cents
from keepbook.simulate.truth import Floats, Ints

DIRT = {
    "exact duplicate": 0.015,
    "no customer": 0.02,
    "zero amount": 0.01,
    "order fully returned": 0.02,
    "partial return": 0.03,
}
"""Occasions of each kind of dirt per genuine order."""


def with_dirt(
    orders: pd.DataFrame, acquired: Ints, days: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, int], int]:
    """Genuine orders and added dirt by day; rows added per ledger rule; partial returns added."""
    many = {kind: round(share * len(orders)) for kind, share in DIRT.items()}
    lost, free, undone = many["no customer"], many["zero amount"], many["order fully returned"]
    extra = orders.iloc[rng.integers(len(orders), size=lost + free + undone)].copy()
    extra["order"] = len(orders) + np.arange(len(extra))
    first = acquired[extra["buyer"]]
    extra["day"] = first + (rng.random(len(extra)) * (days - first)).astype(np.int64)
    bought = extra[lost + free :]
    kept = orders[orders["amount"] >= 1]  # so that part of it is at least a cent
    kept = kept.sample(min(many["partial return"], len(kept)), random_state=rng)
    kinds = {
        "exact duplicate": orders.sample(many["exact duplicate"], random_state=rng),
        "no customer": extra[:lost].assign(buyer=-1),
        "zero amount": extra[lost : lost + free].assign(amount=0.0),
        "order fully returned": pd.concat([bought, _returned(bought, np.ones(undone), days, rng)]),
    }
    partial = _returned(kept, rng.uniform(0.1, 0.6, len(kept)), days, rng)
    rows = pd.concat([orders, *kinds.values(), partial]).sort_values("day", kind="stable")
    return rows, {rule: len(added) for rule, added in kinds.items()}, len(partial)


def _returned(orders: pd.DataFrame, share: Floats, days: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return lines, up to two weeks after the order, that take back a share of its amount."""
    day = np.minimum(orders["day"] + rng.integers(1, 15, len(orders)), days - 1)
    return orders.assign(day=day, amount=-cents(orders["amount"].to_numpy() * share))
