"""Intervals for shares, ratios and means of shares, on whole columns at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm
from scipy.stats import t as student

MIN_DF = 3  # degrees of freedom; fewer make intervals that say nothing

Interval = tuple[NDArray[np.float64], NDArray[np.float64]]


def z_of(alpha: float) -> float:
    """Two-sided normal quantile at significance level `alpha`.

    >>> round(z_of(0.05), 3)
    1.96
    """
    return float(norm.ppf(1 - alpha / 2))


def wilson(successes: ArrayLike, trials: ArrayLike, alpha: float = 0.05) -> Interval:
    """Wilson score interval of a share; missing where there are no trials.

    Source: E. B. Wilson (1927), JASA 22, 209–212. 0 of 12 gives [0, 0.2425], where Wald says [0, 0].

    Examples
    --------
    R. G. Newcombe (1998), Statistics in Medicine 17, 857–872, Table I, has 81 of 263.

    >>> low, high = wilson([0, 81], [12, 263])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 0.2553], [0.2425, 0.3662])
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
    """Interval of Σtop/Σbottom over independent customers, by linearisation on the log scale.

    The variance is Σ(top − R·bottom)² / (Σbottom)². Money is skewed, and a symmetric interval misses high
    ratios: on the log scale, with Student's t for as many customers as effectively carry the top,
    R² / variance (three at least), coverage stays near nominal down to small cohorts. Where the top is zero
    the upper limit is Wilson's for none of as many customers as effectively carry the bottom,
    (Σbottom)² / Σbottom², as if those who return spent what they spent before. Where it is negative
    (returns exceed purchases) the interval is symmetric.

    Source: W. G. Cochran (1977), Sampling Techniques, §6.4 (the variance). The effective numbers are Kish's
    (1965, Survey Sampling, §11.7); how well it covers is measured in tests/test_stats_intervals.py.

    Examples
    --------
    Two customers spent 1 and 2, then 2 and 4: each twice as much, so there is no doubt.

    >>> low, high = ratio(2 + 4, 1 + 2, 2**2 + 4**2, 1**2 + 2**2, 2 * 1 + 4 * 2)
    >>> float(low), float(high)
    (2.0, 2.0)
    """
    y, x, yy, xx, yx = (np.asarray(v, float) for v in (top, bottom, top_squares, bottom_squares, products))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        estimate = y / x
        residuals = np.clip(yy - 2 * estimate * yx + estimate**2 * xx, 0, None)
        error = np.sqrt(residuals) / np.abs(x)
        spread = error / np.abs(estimate)  # of the logarithm
        quantile = student.ppf(1 - alpha / 2, np.maximum(spread**-2.0, MIN_DF))
        quantile = np.where(spread > 0, quantile, 0)
        low, high = estimate * np.exp(-quantile * spread), estimate * np.exp(quantile * spread)
        below = estimate < 0
        low = np.where(below, estimate - quantile * error, low)
        high = np.where(below, estimate + quantile * error, high)
        _none, most = wilson(0 * x, x**2 / xx, alpha)
        return np.where(estimate == 0, 0, low), np.where(estimate == 0, most, high)


def mean_of(estimates: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> tuple[float, float, float]:
    """Simple mean of independent estimates, its interval recovered from theirs (MOVER).

    Missing when there is none.

    Source: G. Y. Zou & A. Donner (2008), Statistics in Medicine 27, 1693–1702, eq. 5.

    Examples
    --------
    Half widths of 0.03 and 0.04: √(0.03² + 0.04²) / 2 = 0.025.

    >>> mean, low, high = mean_of([0.2, 0.4], [0.17, 0.36], [0.23, 0.44])
    >>> round(mean, 3), round(low, 3), round(high, 3)
    (0.3, 0.275, 0.325)
    """
    mid, low, high = (np.asarray(v, float) for v in (estimates, lower, upper))
    if mid.size == 0:
        return float("nan"), float("nan"), float("nan")
    mean = float(mid.mean())
    down = float(np.sqrt(((mid - low) ** 2).sum()) / mid.size)
    up = float(np.sqrt(((high - mid) ** 2).sum()) / mid.size)
    return mean, mean - down, mean + up


def mean_of_shares(
    successes: ArrayLike, trials: ArrayLike, alpha: float = 0.05
) -> tuple[float, float, float]:
    """Simple mean of independent shares, and its Wilson interval at the effective number of trials k²/Σ(1/n).

    With equal n these are all trials together. (MOVER of many small shares' own limits covers too little.)

    Examples
    --------
    10 of 50 and 20 of 50, as 30 of 100.

    >>> [round(limit, 6) for limit in mean_of_shares([10, 20], [50, 50])] == [
    ...     round(limit, 6) for limit in share(30, 100)
    ... ]
    True
    """
    x, n = np.asarray(successes, float), np.asarray(trials, float)
    if x.size == 0:
        return float("nan"), float("nan"), float("nan")
    mean, effective = float((x / n).mean()), float(x.size**2 / (1 / n).sum())
    low, high = wilson(mean * effective, effective, alpha)
    return mean, float(low), float(high)


def difference(first: tuple[float, float, float], second: tuple[float, float, float]) -> tuple[float, float]:
    """Interval of first − second from the estimate, lower and upper limit of each (MOVER), both independent.

    With Wilson limits this is method 10 of R. G. Newcombe (1998), Statistics in Medicine 17, 873–890.

    Examples
    --------
    56 of 70 against 48 of 80, as in Newcombe's Table II.

    >>> low, high = difference(share(56, 70), share(48, 80))
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    (p1, l1, u1), (p2, l2, u2) = first, second
    return float(p1 - p2 - np.hypot(p1 - l1, u2 - p2)), float(p1 - p2 + np.hypot(u1 - p1, p2 - l2))


def share(successes: float, trials: float, alpha: float = 0.05) -> tuple[float, float, float]:
    """Estimate, lower and upper limit of one share (Wilson); missing where there are no trials.

    >>> [round(limit, 4) for limit in share(81, 263)]
    [0.308, 0.2553, 0.3662]
    """
    low, high = wilson(successes, trials, alpha)
    return float(successes / trials) if trials else float("nan"), float(low), float(high)
