"""What an analyst chooses when counting what customers are worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from keepbook.clv.rfm import DAYS, TimeUnit
from keepbook.unit import Unit

YEAR = 365.25  # days
MILESTONES = (1, 3, 6, 12, 24, 36, 60)  # months ahead that people speak of


@dataclass(frozen=True)
class Choices:
    """What an analyst chooses when counting what customers are worth.

    Attributes
    ----------
    time_unit : grain of the purchase process; purchases of one day, or week, count once.
    model : `bg_nbd`, `mbg_nbd`, `pareto_nbd`, or `auto` for the one that predicted held-out purchases best.
    months : calendar months ahead that value is counted.
    discount_rate : a year; money due in a year is worth 1 / (1 + rate) of itself now.
    margin : share of revenue that is earned.
    alpha : significance level of intervals.
    seed : of the random draws.
    prior : parameter → (median, log_sd), log-normal, of parameters in the time unit.
    """

    time_unit: TimeUnit = "day"
    model: str = "auto"
    months: int = 12
    discount_rate: float = 0.10
    margin: float = 1.0
    alpha: float = 0.05
    seed: int = 1
    prior: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, unit: Unit) -> Choices:
        """The choices of a unit file."""
        prior = {name: (known.median, known.log_sd) for name, known in (unit.prior or {}).items()}
        return cls(
            time_unit=unit.time_unit,
            model=unit.model,
            months=unit.value_months,
            discount_rate=unit.discount_rate,
            margin=unit.margin,
            alpha=unit.alpha,
            seed=unit.seed,
            prior=prior,
        )

    @property
    def discount(self) -> float:
        """Continuous rate per time unit."""
        return float(np.log1p(self.discount_rate) * DAYS[self.time_unit] / YEAR)

    @property
    def milestones(self) -> tuple[int, ...]:
        """Months ahead to speak of, the last one `months`."""
        return (*(m for m in MILESTONES if m < self.months and (m > 1 or self.months < 3)), self.months)

    def ahead(self, as_of: dt.date, months: int) -> float:
        """Time units from `as_of` to the same day so many calendar months later: exact days."""
        later = pd.Timestamp(as_of) + pd.DateOffset(months=months)
        return (later.date() - as_of).days / DAYS[self.time_unit]
