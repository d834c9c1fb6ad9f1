"""A line through a short series whose neighbours are alike, when nobody knows how much."""

import numpy as np
from scipy.special import logsumexp

from keepbook.before_after.estimates import NAN, Estimate, Floats

AUTOCORRELATIONS = np.linspace(0, 0.95, 39)  # of neighbouring periods, each as likely as any other
ROUNDING = 1e-24  # share of a series' square that is only rounding


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
            return [Estimate.of(float(row @ fit), NAN, df) for row in rows]
        half_logs = np.linalg.slogdet(spread)[1] - np.linalg.slogdet(correlation)[1] - df * np.log(squares)
        likely.append(half_logs / 2)
        centres.append(rows @ fit)
        scales.append(np.sqrt(np.einsum("ij,jk,ik->i", rows, spread, rows) * squares / df))
    weights = np.exp(np.array(likely) - logsumexp(likely))
    pairs = zip(np.array(centres).T, np.array(scales).T, strict=True)
    return [Estimate(centre, scale, weights, df) for centre, scale in pairs]
