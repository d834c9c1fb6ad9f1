"""How long until the next purchase, when not everybody has bought yet.

All functions take a life table: one row per variant and day, with the customers whose first purchase after
assignment is that day (`events`) and those whose follow-up ends with that day without one (`censored`). Day 0
is the day of assignment. Who is censored on a day was at risk during it: censored after the day's events.
Rows of one variant and day are added up. The work is per day, whatever the number of customers.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2
from scipy.stats import t as student

from keepbook.stats.intervals import z_of

Numbers = NDArray[np.float64]


class LogRank(NamedTuple):
    """Test of two equal survival curves: χ² on one degree of freedom."""

    statistic: float
    pvalue: float


class RestrictedMean(NamedTuple):
    """Mean days without a purchase, its standard error, and the customers it rests on."""

    mean: float
    error: float
    customers: float


class RestrictedMeanDifference(NamedTuple):
    """Treatment − control in mean days without a purchase; below zero they come back sooner."""

    control: float
    treatment: float
    effect: float
    error: float
    df: float = float("nan")
    ci_lower: float = float("nan")
    ci_upper: float = float("nan")
    pvalue: float = float("nan")


class _Curve(NamedTuple):
    day: Numbers
    at_risk: Numbers
    events: Numbers
    survival: Numbers  # at the end of the day
    jumps: Numbers  # Greenwood's events / (at_risk · (at_risk − events))


def curves(life: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Share of customers without a purchase, by Kaplan and Meier.

    Parameters
    ----------
    life : life table: variant, day, events, censored.

    Returns
    -------
    DataFrame : one row per variant and day with an event, and one for its last day of follow-up: variant,
        day, at_risk (at the start of the day), events, survival (at its end), lower, upper (pointwise,
        log–log; missing while nobody has bought, and once everybody has).

    Source: E. L. Kaplan & P. Meier (1958), JASA 53, 457–481; Greenwood's variance; the log–log scale after
    J. D. Kalbfleisch & R. L. Prentice (1980), The Statistical Analysis of Failure Time Data.

    Examples
    --------
    Of four customers one buys on day 1 and one on day 2: ¾, then ¾ · ⅔.

    >>> life = pd.DataFrame({"variant": "a", "day": [1, 2, 3], "events": [1, 1, 0], "censored": [0, 0, 2]})
    >>> curves(life)[["at_risk", "survival"]].round(4).to_numpy().tolist()
    [[4.0, 0.75], [3.0, 0.5], [2.0, 0.5]]
    """
    frames = []
    for variant in life["variant"].unique():
        curve = _curve(life, variant)
        frame = pd.DataFrame(curve._asdict()).assign(day=curve.day.astype(int), variant=variant)
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(curve.survival)
            spread = z_of(alpha) * np.sqrt(curve.jumps.cumsum()) / np.abs(log)
            frame["lower"], frame["upper"] = np.exp(log * np.exp(spread)), np.exp(log * np.exp(-spread))
        inside = (curve.survival > 0) & (curve.survival < 1)
        frame.loc[~inside, ["lower", "upper"]] = np.nan
        kept = curve.events > 0
        kept[-1:] = True
        frames.append(frame[kept])
    names = ["variant", "day", "at_risk", "events", "survival", "lower", "upper"]
    return pd.concat(frames, ignore_index=True)[names] if frames else pd.DataFrame(columns=names)


def logrank(life: pd.DataFrame, control: str, treatment: str) -> LogRank:
    """Log-rank test of equal times to purchase; missing where nobody bought or an arm is empty.

    Source: N. Mantel (1966), Cancer Chemotherapy Reports 50, 163–170 (variance with ties: hypergeometric).

    Examples
    --------
    Bought less expected: 2 − 1.5 on day 1, 0 − 0.4 on day 2; variances 0.5357 and 0.24; 0.1² / 0.7757.

    >>> rows = [("a", 1, 1, 0), ("a", 2, 1, 0), ("a", 3, 0, 2), ("b", 1, 2, 0), ("b", 3, 0, 2)]
    >>> life = pd.DataFrame(rows, columns=["variant", "day", "events", "censored"])
    >>> round(logrank(life, "a", "b").statistic, 4)
    0.0129
    """
    first, second = _curve(life, control), _curve(life, treatment)
    days = np.union1d(first.day, second.day)
    (others, others_bought), (ours, ours_bought) = _on(first, days), _on(second, days)
    n, bought = others + ours, others_bought + ours_bought
    share = ours / n
    varies = (n - bought) / np.maximum(n - 1, 1)  # of one customer nothing is left to vary
    variance = float((bought * share * (1 - share) * varies).sum())
    if not variance > 0:
        return LogRank(float("nan"), float("nan"))
    statistic = float((ours_bought - bought * share).sum()) ** 2 / variance
    return LogRank(statistic, float(chi2.sf(statistic, 1)))


def restricted_mean(life: pd.DataFrame, variant: str, days: int) -> RestrictedMean:
    """Mean days without a purchase within the first `days`: the area under the curve.

    A customer who buys on day d contributes d days (0 on the day of assignment), who does not buy, `days`.
    Missing where the curve does not reach that far: nobody is followed to the last of the days, and not
    everybody bought before.

    The variance is Greenwood's, times n / (n − 1): without censoring before `days` mean and error are exactly
    those of the mean of min(day of purchase, days).

    Source: J. P. Klein & M. L. Moeschberger (2003), Survival Analysis, 2nd ed., eqs. 4.5.1–4.5.2; P. Royston
    & M. K. B. Parmar (2013), BMC Medical Research Methodology 13, 152 (the measure in randomised trials).

    Examples
    --------
    Days 1, 2, 3 and 3: a mean of 2.25, with an error of √(2.75 / 3 / 4).

    >>> life = pd.DataFrame({"variant": "a", "day": [1, 2, 3], "events": [1, 1, 0], "censored": [0, 0, 2]})
    >>> mean, error, customers = restricted_mean(life, "a", 3)
    >>> round(mean, 4), round(error, 4), customers
    (2.25, 0.4787, 4.0)
    """
    curve = _curve(life, variant)
    n = float(curve.at_risk[0]) if len(curve.day) else 0.0
    if n < 2 or (curve.day[-1] < days - 1 and curve.survival[-1] > 0):
        return RestrictedMean(float("nan"), float("nan"), n)
    inside = curve.day < days
    knots = np.concatenate([[0.0], curve.day[inside], [days]])
    areas = np.concatenate([[1.0], curve.survival[inside]]) * np.diff(knots)
    left = areas[::-1].cumsum()[::-1][1:]  # from each day to the last
    variance = (left**2 * curve.jumps[inside]).sum() * n / (n - 1)
    return RestrictedMean(float(areas.sum()), float(np.sqrt(variance)), n)


def restricted_mean_difference(
    life: pd.DataFrame, control: str, treatment: str, days: int, alpha: float = 0.05
) -> RestrictedMeanDifference:
    """Difference of the arms' `restricted_mean`, by Welch's t; missing where one of them is.

    Without censoring before `days` it is exactly Welch's test of min(day of purchase, days).

    Examples
    --------
    Days 1, 1, 3 and 3 against 1, 2, 3 and 3.

    >>> rows = [("a", 1, 1, 0), ("a", 2, 1, 0), ("a", 3, 0, 2), ("b", 1, 2, 0), ("b", 3, 0, 2)]
    >>> life = pd.DataFrame(rows, columns=["variant", "day", "events", "censored"])
    >>> round(restricted_mean_difference(life, "a", "b", 3).effect, 4)
    -0.25
    """
    first, second = (restricted_mean(life, arm, days) for arm in (control, treatment))
    effect, error = second.mean - first.mean, float(np.hypot(first.error, second.error))
    found = RestrictedMeanDifference(first.mean, second.mean, effect, error)
    if not error > 0:
        return found
    df = error**4 / sum(arm.error**4 / (arm.customers - 1) for arm in (first, second))
    half = float(student.isf(alpha / 2, df)) * error
    pvalue = float(2 * student.sf(abs(effect) / error, df))
    return found._replace(df=df, ci_lower=effect - half, ci_upper=effect + half, pvalue=pvalue)


def _curve(life: pd.DataFrame, variant: str) -> _Curve:
    """One variant's curve: a point for each day in its life table."""
    days = life[life["variant"] == variant].groupby("day")[["events", "censored"]].sum().astype(float)
    days = days[days.sum(axis=1) > 0]
    bought = days["events"].to_numpy()
    at_risk = days.sum(axis=1).to_numpy()[::-1].cumsum()[::-1]
    left = at_risk - bought
    jumps = np.divide(bought, at_risk * left, out=np.zeros_like(bought), where=left > 0)
    return _Curve(days.index.to_numpy(float), at_risk, bought, np.cumprod(left / at_risk), jumps)


def _on(curve: _Curve, days: Numbers) -> tuple[Numbers, Numbers]:
    """Customers at risk and events on each of `days`, a superset of the curve's own."""
    at_risk = np.append(curve.at_risk, 0)[np.searchsorted(curve.day, days)]
    events = np.zeros_like(days)
    events[np.searchsorted(days, curve.day)] = curve.events
    return at_risk, events
