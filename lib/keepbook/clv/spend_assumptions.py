"""What Gamma-Gamma takes for granted of spend, measured: independent of frequency, and steady in time."""

import numpy as np
import pandas as pd

from keepbook.stats import intervals
from keepbook.stats.requirements import REPEATERS


def dependence(pairs: pd.DataFrame, alpha: float = 0.05) -> tuple[float, float, float]:
    """Correlation of frequency and mean spend among repeat buyers, and its interval.

    Of money, not of its logarithm: the logarithm of a mean over few purchases is lower than that of one over
    many, so that it correlates with frequency where spend does not. On Fisher's z scale, with a standard
    error that holds whatever the distribution is, and is never below Fisher's for a normal one.

    Parameters
    ----------
    pairs : one row per distinct frequency and monetary_value with customers, as `spend_pairs`.

    Returns
    -------
    Correlation, lower, upper; missing where there are fewer than four customers, or either does not vary.

    Source: J. H. Steiger & A. R. Hakstian (1982), The asymptotic distribution of elements of a correlation
    matrix, British Journal of Mathematical and Statistical Psychology 35, 208–215 (the standard error).
    """
    x, m, n = (pairs[name].to_numpy(float) for name in ("frequency", "monetary_value", "customers"))
    total = n.sum()
    if total < 4 or np.ptp(x) == 0 or np.ptp(m) <= 1e-9 * np.abs(m).max():
        return float("nan"), float("nan"), float("nan")
    a, b = (v - np.average(v, weights=n) for v in (x, m))
    a, b = (v / np.sqrt(np.average(v**2, weights=n)) for v in (a, b))
    r = float(np.clip(np.average(a * b, weights=n), -1 + 1e-12, 1 - 1e-12))
    influence = a * b - r / 2 * (a**2 + b**2)
    free = np.sqrt(np.average(influence**2, weights=n) / total) / (1 - r**2)
    half = intervals.z_of(alpha) * max(float(free), (total - 3) ** -0.5)
    return r, float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


def drift(activity: pd.DataFrame, alpha: float = 0.05) -> tuple[float, float, float]:
    """Relative change of the mean gross money of a repeat purchase, newest against oldest third of the time.

    The interval takes time units as independent (`intervals.ratio` for each third, put together on the log
    scale).

    Parameters
    ----------
    activity : one row per time unit, as `Base.activity`: date, returning, repeat_spend.

    Returns
    -------
    Change (0.1: ten per cent more), lower, upper; missing where a third has fewer than 30 repeat purchases,
        or they cost nothing.
    """
    dates = activity["date"]
    third = (dates.max() - dates.min()) / 3
    thirds = [activity[dates <= dates.min() + third], activity[dates > dates.max() - third]]
    logs = []
    for part in thirds:
        y, x = (part[name].to_numpy(float) for name in ("repeat_spend", "returning"))
        if x.sum() < REPEATERS or y.sum() <= 0:
            return float("nan"), float("nan"), float("nan")
        limits = intervals.ratio(y.sum(), x.sum(), (y**2).sum(), (x**2).sum(), (y * x).sum(), alpha)
        low, high = (float(np.log(limit)) for limit in limits)
        logs.append((float(np.log(y.sum() / x.sum())), low, high))
    old, new = logs
    lower, upper = intervals.difference(new, old)
    return float(np.expm1(new[0] - old[0])), float(np.expm1(lower)), float(np.expm1(upper))
