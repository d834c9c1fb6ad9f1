"""Intervals for shares, ratios and means of shares, on whole columns at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

Interval = tuple[NDArray[np.float64], NDArray[np.float64]]


def z_of(alpha: float) -> float:
    """Two-sided normal quantile at significance level `alpha`."""
    return float(norm.ppf(1 - alpha / 2))


def wilson(successes: ArrayLike, trials: ArrayLike, alpha: float = 0.05) -> Interval:
    """Wilson score interval of a share; missing where there are no trials.

    Source: E. B. Wilson (1927), JASA 22, 209–212. 0 of 12 gives [0, 0.2425], where Wald says [0, 0].
    """
    x, n = np.asarray(successes, float), np.asarray(trials, float)
    z = z_of(alpha)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = x / n
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        return np.clip(middle - half, 0, share), np.clip(middle + half, share, 1)


def ratio(
    top: ArrayLike,
    bottom: ArrayLike,
    top_squares: ArrayLike,
    bottom_squares: ArrayLike,
    products: ArrayLike,
    alpha: float = 0.05,
) -> Interval:
    """Interval of Σtop/Σbottom over independent customers, by linearisation, not below zero.

    Source: W. G. Cochran (1977), Sampling Techniques, §6.4: variance Σ(top − R·bottom)² / (Σbottom)².
    """
    y, x = np.asarray(top, float), np.asarray(bottom, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = y / x
        residuals = (
            np.asarray(top_squares, float)
            - 2 * estimate * np.asarray(products, float)
            + estimate**2 * np.asarray(bottom_squares, float)
        )
        half = z_of(alpha) * np.sqrt(np.clip(residuals, 0, None)) / np.abs(x)
    return np.clip(estimate - half, 0, None), estimate + half


def mean_of(estimates: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> tuple[float, float, float]:
    """Simple mean of independent estimates, its interval recovered from theirs (MOVER).

    Source: G. Y. Zou & A. Donner (2008), Statistics in Medicine 27, 1693–1702, eq. 5.
    """
    mid, low, high = (np.asarray(v, float) for v in (estimates, lower, upper))
    if mid.size == 0:
        return float("nan"), float("nan"), float("nan")
    mean = float(mid.mean())
    down = float(np.sqrt(((mid - low) ** 2).sum()) / mid.size)
    up = float(np.sqrt(((high - mid) ** 2).sum()) / mid.size)
    return mean, max(0.0, mean - down), mean + up


def difference(first: tuple[float, float, float], second: tuple[float, float, float]) -> tuple[float, float]:
    """Interval of first − second from the estimate, lower and upper limit of each (MOVER), both independent.

    With Wilson limits this is method 10 of R. G. Newcombe (1998), Statistics in Medicine 17, 873–890.
    """
    (p1, l1, u1), (p2, l2, u2) = first, second
    return float(p1 - p2 - np.hypot(p1 - l1, u2 - p2)), float(p1 - p2 + np.hypot(u1 - p1, p2 - l2))


def share(successes: float, trials: float, alpha: float = 0.05) -> tuple[float, float, float]:
    """Estimate, lower and upper limit of one share (Wilson)."""
    low, high = wilson(successes, trials, alpha)
    return float(successes / trials), float(low), float(high)
