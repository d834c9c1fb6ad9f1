"""What a metric is made of, and what it is counted in."""

from typing import NamedTuple

import numpy as np

from keepbook.stats.moments import SIZE, Moments
from keepbook.unit import BUILT_IN

NEVER_SHARES = ("orders",)  # though nobody may have ordered twice
KINDS: dict[str, str] = {**BUILT_IN, "profit": "money"}


class Columns(NamedTuple):
    """Of which columns a metric is the ratio of means, and with which the pre-period foretells it."""

    numer: str
    denom: str | None = None
    covariate: str | None = None
    covariate_denom: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(name for name in self if name)


COLUMNS = {
    "retained": Columns("retained", None, "pre_retained"),
    "orders": Columns("orders", None, "pre_orders"),
    "revenue": Columns("revenue", None, "pre_revenue"),
    "margin": Columns("margin", None, "pre_revenue"),
    "profit": Columns("profit", None, "pre_revenue"),
    "average_order_value": Columns("revenue", "orders", "pre_revenue", "pre_orders"),
}


def columns_of(metric: str, moments: Moments, adjust: bool) -> Columns:
    """The columns behind a metric: per customer, unless the units are clusters or the metric is a ratio."""
    own = COLUMNS.get(metric, Columns(metric))
    if not {own.numer, own.denom or own.numer} <= set(moments.names):  # a ready table has the metric itself
        own = Columns(metric)
    numer, denom, covariate, covariate_denom = own
    if not adjust or covariate is None or covariate not in moments.names:
        covariate = covariate_denom = None
    if moments.clustered:
        denom = denom or SIZE
        covariate_denom = covariate and (covariate_denom or SIZE)
    return Columns(numer, denom, covariate, covariate_denom)


def kind_of(metric: str, *arms: Moments) -> str:
    """What a metric is counted in; a column of nothing but 0 and 1 is a share, whatever its name."""
    kind = KINDS.get(metric, "number")
    if kind not in ("share", "number") or any(arm.clustered or metric not in arm.names for arm in arms):
        return kind
    mean = np.array([arm.mean[arm.at(metric)] for arm in arms])
    spread = [float(arm.cov[arm.at(metric), arm.at(metric)]) * (arm.count - 1) / arm.count for arm in arms]
    ones = np.allclose(spread, mean * (1 - mean), rtol=1e-9, atol=1e-12) and metric not in NEVER_SHARES
    return "share" if ones else "number"
