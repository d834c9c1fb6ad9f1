"""An estimate and its uncertainty; and estimates from a short series whose neighbours are alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import logsumexp
from scipy.stats import t as student

Floats = NDArray[np.float64]
NAN = float("nan")
AUTOCORRELATIONS = np.linspace(0, 0.95, 39)  # of neighbouring periods, each as likely as any other
ROUNDING = 1e-24  # share of a series' square that is only rounding


@dataclass(frozen=True)
class Estimate:
    """Student's t around an estimate; or several of them, weighted, where its shape is unknown."""

    centres: Floats  # of the t distributions, shape (G,); G = 1 where there is one only
    scales: Floats
    weights: Floats
    df: float  # of all of them

    @classmethod
    def of(cls, value: float, error: float = NAN, df: float = NAN) -> Estimate:
        """One t distribution; where nothing varies all but the value is missing."""
        scale = error if error > 0 else NAN
        return cls(np.array([value]), np.array([scale]), np.ones(1), df)

    @property
    def value(self) -> float:
        """Its mean."""
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

    def columns(self, name: str, alpha: float, limits: str = "") -> dict[str, float]:
        """The estimate under a name, and its limits under the same or another one."""
        lower, upper = self.interval(alpha)
        return {name: self.value, f"{limits or name}_lower": lower, f"{limits or name}_upper": upper}

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


def regress(y: Floats, design: Floats, rows: Floats) -> list[Estimate]:
    """Linear contrasts of a regression with first-order autocorrelated errors.

    For each autocorrelation in turn, generalised least squares give Student's t around the contrast; how
    likely the series makes it (the restricted likelihood) weighs it, beside a flat prior on 0 … 0.95.
    Averaged over that range, intervals hold the truth as often as they say, in a series of any length. For a
    single autocorrelation they may hold it more often (for none: 99 % instead of 95 %) or a little less.

    Newey–West errors, the usual choice, need long series: with 8 periods before and 6 after a date they find
    an effect where there is none in 14 to 36 % of cases, for 5 % meant (tests/test_before_after_series.py).

    Parameters
    ----------
    y : shape (T,). design : shape (T, p), p < T. rows : shape (contrasts, p).

    Source: D. A. Harville (1974), Bayesian inference for variance components using only error contrasts,
    Biometrika 61, 383–385 (the restricted likelihood); A. Zellner & G. C. Tiao (1964), Bayesian analysis of
    the regression model with autocorrelated errors, JASA 59, 763–778 (the average).
    """
    length, p = design.shape
    df = length - p
    apart = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
    likely, centres, scales = [], [], []
    for one in AUTOCORRELATIONS:
        correlation = one**apart / (1 - one**2)
        weighed = np.linalg.solve(correlation, design)
        spread = np.linalg.inv(design.T @ weighed)
        fit = spread @ (weighed.T @ y)
        left = y - design @ fit
        squares = float(left @ np.linalg.solve(correlation, left))
        if squares <= ROUNDING * float(y @ y):
            return [Estimate.of(float(row @ fit), df=df) for row in rows]
        half_logs = np.linalg.slogdet(spread)[1] - np.linalg.slogdet(correlation)[1] - df * np.log(squares)
        likely.append(half_logs / 2)
        centres.append(rows @ fit)
        scales.append(np.sqrt(np.einsum("ij,jk,ik->i", rows, spread, rows) * squares / df))
    weights = np.exp(np.array(likely) - logsumexp(likely))
    pairs = zip(np.array(centres).T, np.array(scales).T, strict=True)
    return [Estimate(centre, scale, weights, df) for centre, scale in pairs]
