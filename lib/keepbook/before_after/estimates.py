"""An estimate and its uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import t as student

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True)
class Estimate:
    """Student's t around an estimate; or several of them, weighted, where its shape is unknown.

    Attributes
    ----------
    centres, scales, weights : of the t distributions, shape (G,); G = 1 where there is one only.
    df : their degrees of freedom.
    """

    centres: Floats
    scales: Floats
    weights: Floats
    df: float

    @classmethod
    def of(cls, value: float, error: float, df: float) -> Estimate:
        """One t distribution; where nothing varies all but the value is missing."""
        scale = error if error > 0 else NAN
        return cls(np.array([value]), np.array([scale]), np.ones(1), df)

    @property
    def value(self) -> float:
        return float(self.weights @ self.centres)

    @property
    def error(self) -> float:
        """Standard error; of several, half of the 95 % interval in quantiles of Student's t."""
        if len(self.scales) == 1:
            return float(self.scales[0])
        lower, upper = self.interval(0.05)
        return (upper - lower) / 2 / float(student.ppf(0.975, self.df))

    def below(self, x: float) -> float:
        """How much of the distribution lies below a value."""
        return float(self.weights @ student.cdf((x - self.centres) / self.scales, self.df))

    def above(self, x: float) -> float:
        """How much of the distribution lies above a value: the chance that the truth does (flat prior)."""
        return float(self.weights @ student.sf((x - self.centres) / self.scales, self.df))

    @property
    def pvalue(self) -> float:
        """Two-sided, that the truth is 0."""
        return 2 * min(self.below(0), self.above(0))

    def interval(self, alpha: float) -> tuple[float, float]:
        """Limits that leave alpha/2 on either side."""
        reach = student.ppf(1 - alpha / 2, self.df) * self.scales
        lower = _crossing(self.below, alpha / 2, self.centres - reach)
        return lower, _crossing(self.above, alpha / 2, self.centres + reach)

    def times(self, factor: float, less: float = 0.0) -> Estimate:
        """factor · the estimate − less, for a factor above 0."""
        return Estimate(factor * self.centres - less, factor * self.scales, self.weights, self.df)


def _crossing(mass: Callable[[float], float], tail: float, ends: Floats) -> float:
    """Where the mass is `tail`: between the least and the greatest of the single distributions' limits."""
    low, high = float(ends.min()), float(ends.max())
    if not np.isfinite(low + high) or low == high:
        return low
    room = 1e-9 * (high - low)
    return float(brentq(lambda x: mass(x) - tail, low - room, high + room, xtol=1e-12 * (high - low)))
