"""What is believed of an effect after the data, and what a wrong decision is expected to cost."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr
from scipy.stats import norm

Better = Literal["higher", "lower"]
Numbers = NDArray[np.float64]
BENDS = np.linspace(-9, 9, 4001)  # standard errors from the mean within which a normal curve is anything


class ExpectedLoss(NamedTuple):
    """What a decision is expected to lose against the better one, in the effect's units (≥ 0)."""

    rolled_out: Numbers  # the treatment is rolled out, yet worse
    kept: Numbers  # the control is kept, yet worse


class Best(NamedTuple):
    """Which of several is the best, as far as is known; one number for each of them."""

    chance: Numbers  # that it is; together 1
    loss: Numbers  # expected, of taking it instead of the one that truly is, in the means' units (≥ 0)


def chance_to_win(effect: ArrayLike, error: ArrayLike, better: Better = "higher") -> Numbers:
    """Probability that the treatment is truly better than the control, under a flat prior.

    Without any error it is 1 or 0, and one half where there is no effect either. Missing stays missing.

    >>> round(float(chance_to_win(1.96, 1)), 3), round(float(chance_to_win(1.96, 1, "lower")), 3)
    (0.975, 0.025)
    """
    mean, sd = np.asarray(effect, float), np.asarray(error, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = ndtr((mean if better == "higher" else -mean) / sd)
    return np.where((mean == 0) & (sd == 0), 0.5, chance)


def expected_loss(effect: ArrayLike, error: ArrayLike) -> ExpectedLoss:
    """E[max(−d, 0)] of rolling out and E[max(d, 0)] of keeping, d the true gain by the treatment.

    Source: C. Stucchio (2015), Bayesian A/B Testing at VWO; here for the normal, in closed form.

    Examples
    --------
    Nothing is known but a standard error of 1: either choice loses 1 / √(2π).

    >>> [round(float(loss), 4) for loss in expected_loss(0, 1)]
    [0.3989, 0.3989]
    """
    mean, sd = np.asarray(effect, float), np.asarray(error, float)
    return ExpectedLoss(rolled_out=_mean_above_zero(-mean, sd), kept=_mean_above_zero(mean, sd))


def best_of(means: ArrayLike, errors: ArrayLike) -> Best:
    """Of several independent arms, each known as mean ± error: how likely each is the best of them.

    By integrals over the largest, whose cumulative distribution is the product of all theirs, good to 1e-5.
    Missing where there is but one arm, or one of them without an error.

    Source: C. Stucchio (2015), Bayesian A/B Testing at VWO, for two; here for any number, by the normal.

    Examples
    --------
    Three arms alike: the largest of three standard normals is expected at 3 / (2√π).

    >>> chance, loss = best_of([0, 0, 0], [1, 1, 1])
    >>> chance.round(4).tolist(), loss.round(4).tolist()
    ([0.3333, 0.3333, 0.3333], [0.8463, 0.8463, 0.8463])
    """
    mean, sd = np.asarray(means, float), np.asarray(errors, float)
    if len(mean) < 2 or not (sd > 0).all():
        nothing = np.full(mean.shape, np.nan)
        return Best(nothing, nothing)
    at = np.unique(mean[:, None] + sd[:, None] * BENDS)
    z = (at - mean[:, None]) / sd[:, None]
    below = norm.logcdf(z)
    density = norm.pdf(z) / sd[:, None] * np.exp(below.sum(axis=0) - below)
    chance = np.trapezoid(density, at, axis=1)
    largest = at[-1] - np.trapezoid(np.exp(below.sum(axis=0)), at)
    return Best(chance / chance.sum(), np.maximum(largest - mean, 0))


def _mean_above_zero(mean: Numbers, sd: Numbers) -> Numbers:
    """E[max(d, 0)], d ~ N(mean, sd²)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = mean / sd
        expected = np.maximum(mean * ndtr(z) + sd * norm.pdf(z), 0)  # it can fall below by rounding
    return np.where(sd == 0, np.maximum(mean, 0), expected)
