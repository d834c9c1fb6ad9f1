"""What is believed of an effect after the data, and what a wrong decision is expected to cost."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr
from scipy.stats import norm

Better = Literal["higher", "lower"]
Numbers = NDArray[np.float64]


class Posterior(NamedTuple):
    """A normal belief about an effect, in the effect's units."""

    mean: Numbers
    sd: Numbers


class ExpectedLoss(NamedTuple):
    """What a decision is expected to lose against the better one, in the effect's units (≥ 0)."""

    rolled_out: Numbers  # the treatment is rolled out, yet worse
    kept: Numbers  # the control is kept, yet worse


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
    """
    mean, sd = _gain(effect, error, better, prior_sd)
    return ExpectedLoss(rolled_out=_mean_above_zero(-mean, sd), kept=_mean_above_zero(mean, sd))


def relative(
    mean_control: ArrayLike,
    var_of_mean_control: ArrayLike,
    mean_treatment: ArrayLike,
    var_of_mean_treatment: ArrayLike,
) -> Lift:
    """Lift of one mean over an independent other, its error by the delta method.

    Missing where the control's mean is not positive: a percentage of it would say nothing.

    Source: A. Deng, U. Knoblich & J. Lu (2018), Applying the Delta Method in Metric Analytics, KDD.
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
