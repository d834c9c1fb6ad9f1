"""What is believed of an effect after the data, and what a wrong decision is expected to cost."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr
from scipy.stats import norm

Better = Literal["higher", "lower"]
Numbers = NDArray[np.float64]
BENDS = np.linspace(-9, 9, 4001)  # standard errors from the mean within which a normal curve is anything


class Posterior(NamedTuple):
    """A normal belief about an effect, in the effect's units."""

    mean: Numbers
    sd: Numbers


class ExpectedLoss(NamedTuple):
    """What a decision is expected to lose against the better one, in the effect's units (≥ 0)."""

    rolled_out: Numbers  # the treatment is rolled out, yet worse
    kept: Numbers  # the control is kept, yet worse


class Best(NamedTuple):
    """Which of several is the best, as far as is known; one number for each of them."""

    chance: Numbers  # that it is; together 1
    loss: Numbers  # expected, of taking it instead of the one that truly is, in the means' units (≥ 0)


class Lift(NamedTuple):
    """Effect relative to the control's mean, and its standard error."""

    lift: Numbers
    error: Numbers


def posterior(effect: ArrayLike, error: ArrayLike, prior_sd: ArrayLike | None = None) -> Posterior:
    """Belief about the true effect after it was estimated as `effect` ± `error`.

    Parameters
    ----------
    effect, error : estimate and standard error; any matching shapes.
    prior_sd : spread of true effects around zero that was expected before, in the effect's units; None: flat.

    Source: A. Gelman et al. (2014), Bayesian Data Analysis, 3rd ed., eq. 2.10, with prior mean 0.

    Examples
    --------
    An effect of 3 ± 2 where effects of ± 1 were expected: the weight is 1 / (1 + 4).

    >>> mean, sd = posterior(3, 2, prior_sd=1)
    >>> round(float(mean), 4), round(float(sd), 4)
    (0.6, 0.8944)
    """
    mean, sd = np.asarray(effect, float), np.asarray(error, float)
    if prior_sd is None:
        return Posterior(mean, sd)
    with np.errstate(divide="ignore"):
        weight = 1 / (1 + (sd / np.asarray(prior_sd, float)) ** 2)
    return Posterior(weight * mean, np.sqrt(weight) * sd)


def chance_to_win(
    effect: ArrayLike, error: ArrayLike, better: Better = "higher", *, prior_sd: ArrayLike | None = None
) -> Numbers:
    """Probability that the treatment is truly better than the control.

    Without any error it is 1 or 0, and one half where there is no effect either. Missing stays missing.

    Examples
    --------
    >>> round(float(chance_to_win(1.96, 1)), 3), round(float(chance_to_win(1.96, 1, "lower")), 3)
    (0.975, 0.025)
    """
    mean, sd = _gain(effect, error, better, prior_sd)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = ndtr(mean / sd)
    return np.where((mean == 0) & (sd == 0), 0.5, chance)


def expected_loss(
    effect: ArrayLike, error: ArrayLike, better: Better = "higher", *, prior_sd: ArrayLike | None = None
) -> ExpectedLoss:
    """E[max(−d, 0)] of rolling out and E[max(d, 0)] of keeping, d the true gain by the treatment.

    Source: C. Stucchio (2015), Bayesian A/B Testing at VWO; here for the normal, in closed form.

    Examples
    --------
    Nothing is known but a standard error of 1: either choice loses 1 / √(2π).

    >>> [round(float(loss), 4) for loss in expected_loss(0, 1)]
    [0.3989, 0.3989]
    """
    mean, sd = _gain(effect, error, better, prior_sd)
    return ExpectedLoss(rolled_out=_mean_above_zero(-mean, sd), kept=_mean_above_zero(mean, sd))


def best_of(means: ArrayLike, errors: ArrayLike) -> Best:
    """Of several independent arms, each known as mean ± error: how likely each is the best of them.

    By integrals over the largest, whose cumulative distribution is the product of all theirs: the trapezoid
    rule over points that lie close wherever one of the curves bends, good to 1e-5. Missing where there is but
    one arm, or one of them without an error.

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


def relative(
    mean_control: ArrayLike,
    var_of_mean_control: ArrayLike,
    mean_treatment: ArrayLike,
    var_of_mean_treatment: ArrayLike,
) -> Lift:
    """Lift of one mean over an independent other, its error by the delta method.

    Missing where the control's mean is not positive: a percentage of it would say nothing.

    Source: A. Deng, U. Knoblich & J. Lu (2018), Applying the Delta Method in Metric Analytics, KDD.

    Examples
    --------
    From 10 to 12, with variances 0.25 and 0.36: √(0.36 / 10² + (12 / 10²)² · 0.25) = √0.0072.

    >>> lift, error = relative(10, 0.25, 12, 0.36)
    >>> round(float(lift), 4), round(float(error**2), 4)
    (0.2, 0.0072)
    """
    base = np.asarray(mean_control, float)
    base = np.where(base > 0, base, np.nan)
    top = np.asarray(mean_treatment, float)
    variance = np.asarray(var_of_mean_treatment, float) / base**2
    variance = variance + (top / base**2) ** 2 * np.asarray(var_of_mean_control, float)
    return Lift(top / base - 1, np.sqrt(variance))


def _gain(effect: ArrayLike, error: ArrayLike, better: Better, prior_sd: ArrayLike | None) -> Posterior:
    mean, sd = posterior(effect, error, prior_sd)
    return Posterior({"higher": 1, "lower": -1}[better] * mean, sd)


def _mean_above_zero(mean: Numbers, sd: Numbers) -> Numbers:
    """E[max(d, 0)], d ~ N(mean, sd²)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = mean / sd
        expected = np.maximum(mean * ndtr(z) + sd * norm.pdf(z), 0)  # it can fall below by rounding
    return np.where(sd == 0, np.maximum(mean, 0), expected)
