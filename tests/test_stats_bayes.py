"""Beliefs about an effect: published numbers, integrals done another way, and whether chances come true."""

from __future__ import annotations

import numpy as np
import pytest
from experiment_data import lift_of
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.stats import norm

from keepbook.stats import bayes

EFFECTS = st.floats(-1e6, 1e6, allow_subnormal=False)
ERRORS = st.floats(1e-6, 1e6)


def test_growthbooks_example() -> None:
    """49/100 against 51/100 with a flat prior (GrowthBook, tests of its Bayesian engine)."""
    lift = lift_of(0.49, 0.49 * 0.51 / 100, 0.51, 0.51 * 0.49 / 100)
    assert lift[0] == pytest.approx(0.04082, abs=5e-6)
    assert bayes.chance_to_win(*lift) == pytest.approx(0.60918, abs=5e-6)
    loss = bayes.expected_loss(*lift)
    assert (loss.kept, loss.rolled_out) == (
        pytest.approx(0.0814, abs=5e-6),
        pytest.approx(0.04058, abs=5e-6),
    )


@pytest.mark.parametrize(("effect", "error"), [(0.3, 1.0), (-2.0, 0.5), (0.0, 3.0), (4.0, 1.5)])
def test_losses_are_the_integrals_they_claim_to_be(effect: float, error: float) -> None:
    def over(a: float, b: float) -> float:
        return quad(lambda d: abs(d) * norm.pdf(d, effect, error), a, b, epsabs=1e-13)[0]

    loss = bayes.expected_loss(effect, error)
    assert loss.rolled_out == pytest.approx(over(effect - 12 * error, min(0, effect + 12 * error)), abs=1e-9)
    assert loss.kept == pytest.approx(over(max(0, effect - 12 * error), effect + 12 * error), abs=1e-9)


@pytest.mark.parametrize("errors", [(0.5, 0.8), (1e-4, 50.0), (3.0, 3.0)])
def test_the_better_of_two_in_closed_form(errors: tuple[float, float]) -> None:
    """Clark (1961), The greatest of a finite set of random variables, Operations Research 9, eqs. 1 and 2."""
    mean, apart = np.array([1.0, 1.4]), np.hypot(*errors)
    z = (mean[0] - mean[1]) / apart
    largest = mean[0] * norm.cdf(z) + mean[1] * norm.cdf(-z) + apart * norm.pdf(z)
    found = bayes.best_of(mean, errors)
    assert found.chance == pytest.approx([norm.cdf(z), norm.cdf(-z)], abs=1e-5)
    assert found.loss == pytest.approx(largest - mean, abs=1e-5 * apart)


def test_the_best_of_many_by_drawing_them() -> None:
    rng, mean, error = np.random.default_rng(5), np.array([0, 0.3, 0.2, -1]), np.array([0.1, 1, 0.3, 2])
    drawn = rng.normal(mean, error, (1_000_000, 4))
    found = bayes.best_of(mean, error)
    assert found.chance == pytest.approx(np.bincount(drawn.argmax(axis=1)) / len(drawn), abs=0.003)
    assert found.loss == pytest.approx(drawn.max(axis=1).mean() - mean, abs=0.006)


def test_arms_alike_are_equally_likely_to_be_the_best() -> None:
    """The expected largest of three standard normals is 3 / (2 √π)."""
    found = bayes.best_of([2.0, 2.0, 2.0], [1.0, 1.0, 1.0])
    assert found.chance == pytest.approx([1 / 3] * 3)
    assert found.loss == pytest.approx([1.5 / np.sqrt(np.pi)] * 3, abs=1e-6)


@pytest.mark.parametrize("errors", [[1.0], [1.0, 0.0], [1.0, float("nan")]])
def test_the_best_of_one_or_of_unknown_ones_is_not_told(errors: list[float]) -> None:
    found = bayes.best_of(np.zeros(len(errors)), errors)
    assert np.isnan(found.chance).all()
    assert np.isnan(found.loss).all()


def believed(effect: ArrayLike, error: ArrayLike, prior_sd: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of a true effect, where effects of ± `prior_sd` were expected around zero.

    A. Gelman et al. (2014), Bayesian Data Analysis, 3rd ed., eq. 2.10.
    """
    weight = 1 / (1 + (np.asarray(error) / prior_sd) ** 2)
    return weight * np.asarray(effect), np.sqrt(weight) * np.asarray(error)


def test_without_error_and_without_numbers() -> None:
    effect, error = [1.0, -1.0, 0.0, np.nan, 1.0], [0.0, 0.0, 0.0, 1.0, np.nan]
    np.testing.assert_array_equal(bayes.chance_to_win(effect, error), [1, 0, 0.5, np.nan, np.nan])
    loss = bayes.expected_loss(effect, error)
    np.testing.assert_array_equal(loss.rolled_out, [0, 1, 0, np.nan, np.nan])
    np.testing.assert_array_equal(loss.kept, [1, 0, 0, np.nan, np.nan])


@settings(max_examples=300, deadline=None)
@given(EFFECTS, ERRORS)
def test_swapping_arms_and_direction(effect: float, error: float) -> None:
    chance = bayes.chance_to_win(effect, error)
    assert 0 <= chance <= 1
    assert bayes.chance_to_win(-effect, error) == pytest.approx(1 - chance, abs=1e-12)
    assert bayes.chance_to_win(-effect, error, "lower") == chance
    ours, theirs = (bayes.expected_loss(sign * effect, error) for sign in (1, -1))
    assert ours == tuple(reversed(theirs)) and min(ours) >= 0
    assert ours.kept - ours.rolled_out == pytest.approx(effect, abs=1e-9 * max(abs(effect), error))


@settings(max_examples=200, deadline=None)
@given(EFFECTS, ERRORS, st.floats(1e-3, 1e3))
def test_another_currency_changes_only_the_losses_units(effect: float, error: float, rate: float) -> None:
    assert bayes.chance_to_win(rate * effect, rate * error) == pytest.approx(
        bayes.chance_to_win(effect, error), abs=1e-9
    )
    here, there = bayes.expected_loss(effect, error), bayes.expected_loss(rate * effect, rate * error)
    np.testing.assert_allclose(there, rate * np.array(here), rtol=1e-6, atol=1e-9 * rate * error)


def calibration(runs: int, seed: int) -> tuple[np.ndarray, np.ndarray, float, float, float]:
    """Winners by tenth of the chance, claimed and true; worst distance in se; claimed loss, its distance."""
    rng = np.random.default_rng(seed)
    truth, error = rng.normal(0, 2, runs), rng.uniform(0.5, 4, runs)
    effect = truth + error * rng.standard_normal(runs)
    mean, sd = believed(effect, error, prior_sd=2)
    chance = bayes.chance_to_win(mean, sd)
    tenth = np.minimum((chance * 10).astype(int), 9)
    n = np.bincount(tenth, minlength=10)
    claimed = np.bincount(tenth, chance, 10) / n
    came = np.bincount(tenth, truth > 0, 10) / n
    claimed_loss = bayes.expected_loss(mean, sd).rolled_out
    true_loss = np.maximum(-truth, 0)
    distance = np.abs((true_loss - claimed_loss).mean()) / ((true_loss - claimed_loss).std() / np.sqrt(runs))
    worst = np.abs(came - claimed) / np.sqrt(claimed * (1 - claimed) / n)
    return claimed, came, float(worst.max()), float(claimed_loss.mean()), float(distance)


@pytest.mark.parametrize("runs", [20_000, pytest.param(2_000_000, marks=pytest.mark.slow)])
def test_chances_come_true_as_often_as_they_say(runs: int) -> None:
    """True effects as the prior says: in each tenth as many treatments win as claimed, and losses add up."""
    claimed, came, worst, loss, distance = calibration(runs, seed=3)
    print("\nclaimed", claimed.round(4), "\ncame   ", came.round(4), "\nloss claimed", round(loss, 4))
    assert worst < 3.5 and distance < 3.5
    assert claimed[0] < 0.1 and claimed[9] > 0.9


def test_a_flat_prior_believes_too_much_when_most_strategies_do_little() -> None:
    """The reason for a prior: effects of ± 1 measured with ± 2 look like sure winners far too often."""
    rng = np.random.default_rng(4)
    truth = rng.normal(0, 1, 100_000)
    effect = truth + 2 * rng.standard_normal(truth.size)
    sure = bayes.chance_to_win(effect, 2) > 0.975
    assert (truth[sure] > 0).mean() < 0.92
    sure = bayes.chance_to_win(*believed(effect, 2, prior_sd=1)) > 0.975
    assert (truth[sure] > 0).mean() > 0.96
