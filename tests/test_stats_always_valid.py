"""Looking as often as one likes: a published interval, and how often an A/A test cries wolf."""

from __future__ import annotations

import numpy as np
import pytest
from experiment_data import lift_of
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar
from scipy.special import lambertw
from scipy.stats import norm

from keepbook.stats import always_valid as sequential

LOOKS = 20


def limits(
    effect: ArrayLike, error: ArrayLike, n: ArrayLike, planned: ArrayLike, alpha: float = 0.05
) -> tuple[np.ndarray, np.ndarray]:
    half = sequential.half_width(error, n, planned, alpha)
    return np.asarray(effect) - half, np.asarray(effect) + half


def moments(n: int, total: float, squares: float) -> tuple[float, float]:
    """Mean, and variance of the mean."""
    return total / n, (squares - total**2 / n) / (n - 1) / n


def test_growthbooks_interval() -> None:
    """Relative lift, N* = 1000, n of both arms together: (−.55844, 1.56516) (GrowthBook test_tests.py)."""
    lift = lift_of(*moments(3000, 1396.87, 52377.9767), *moments(3461, 2422.7, 134698.29))
    found = limits(*lift, n=3000 + 3461, planned=1000, alpha=0.05)
    assert found == (pytest.approx(-0.55844, abs=5e-6), pytest.approx(1.56516, abs=5e-6))


def test_tuned_to_be_tightest_at_the_planned_size() -> None:
    """The closed form of ρ against the exact minimum, by Lambert's W and by search."""
    for alpha in (0.01, 0.05, 0.1):
        exact = -lambertw(-(alpha**2) / np.e, -1).real - 1  # ρ²·planned

        def width(scale: float, alpha: float = alpha) -> float:
            return float(sequential.half_width(1.0, 1000 * scale, 1000, alpha))

        assert width(1) < 1.002 * np.sqrt((exact + 1) / exact * (np.log(exact + 1) - 2 * np.log(alpha)))
        best = minimize_scalar(width, bounds=(0.05, 20), method="bounded").x
        assert best == pytest.approx(1, abs=0.12)
    assert sequential.half_width(1, 1000, 1000) / norm.isf(0.025) == pytest.approx(1.55, abs=0.005)
    costs = [sequential.half_width(1, k, 1) / sequential.half_width(1, k, k) for k in (0.1, 0.5, 2, 10)]
    assert costs == pytest.approx([1.27, 1.016, 1.009, 1.068], abs=0.0005)  # as its docstring tells


def test_columns_at_once_and_missing_numbers() -> None:
    low, high = limits([1.0, np.nan, 2.0], [0.5, 1.0, 0.0], [100, 100, 100], 100)
    assert np.isnan([low[1], high[1]]).all() and low[2] == high[2] == 2 and low[0] < 1 < high[0]
    assert np.isinf(sequential.half_width(1, 0, 100))  # nobody yet: anything is possible


@settings(max_examples=300, deadline=None)
@given(
    st.floats(-20, 20),
    st.floats(1e-2, 10),
    st.integers(1, 10**7),
    st.integers(1, 10**7),
    st.floats(0.001, 0.5),
)
def test_properties(effect: float, error: float, n: int, planned: int, alpha: float) -> None:
    low, high = limits(effect, error, n, planned, alpha)
    swapped = limits(-effect, error, n, planned, alpha)
    assert swapped == (-high, -low)
    assert high - low > 2 * norm.isf(alpha / 2) * error  # wider than that of a single look
    larger = limits(7 * effect, 7 * error, n, planned, alpha)
    assert larger == (pytest.approx(7 * low), pytest.approx(7 * high))


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.standard_normal(shape)


def revenue(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Nine of ten customers buy nothing; the others' spend is log-normal with a heavy tail."""
    return rng.lognormal(3, 1.2, shape) * (rng.random(shape) < 0.1)


def share(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return (rng.random(shape) < 0.05).astype(float)


def false_alarms(draw: object, runs: int, per_look: int, split: int, seed: int) -> tuple[float, float]:
    """Share of A/A tests that some look calls different: always-valid, and with the interval of one look.

    Each look adds `per_look` control customers and `split` times as many treated ones.
    """
    rng = np.random.default_rng(seed)
    wolf = np.zeros(2)
    block = max(1, 4_000_000 // (LOOKS * per_look * (1 + split)))
    for start in range(0, runs, block):
        many = min(block, runs - start)
        means, errors = [], []
        for size in (per_look, per_look * split):
            x = draw(rng, (many, LOOKS, size))  # type: ignore[operator]
            n = size * np.arange(1, LOOKS + 1)
            total, squares = x.sum(2).cumsum(1), (x**2).sum(2).cumsum(1)
            means.append(total / n)
            errors.append((squares - total**2 / n) / (n - 1) / n)
        effect, error = means[1] - means[0], np.sqrt(errors[0] + errors[1])
        n = per_look * (1 + split) * np.arange(1, LOOKS + 1)
        low, high = limits(effect, error, n, planned=n[-1])
        wolf += [((low > 0) | (high < 0)).any(1).sum(), (np.abs(effect) > 1.96 * error).any(1).sum()]
    return tuple(wolf / runs)  # type: ignore[return-value]


CASES = [
    (normal, 50, 1),
    (share, 100, 1),
    (revenue, 20, 1),
    (revenue, 100, 1),
    (revenue, 20, 3),
    (revenue, 1000, 9),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0].__name__}-{c[1]}-{c[2]}")
@pytest.mark.parametrize("runs", [300, pytest.param(5000, marks=pytest.mark.slow)])
def test_twenty_looks_keep_the_promise(case: tuple[object, int, int], runs: int) -> None:
    """At most 5 % in A/A tests, where looking twenty times with the usual interval finds 20 % and more."""
    always, usual = false_alarms(case[0], runs, case[1], case[2], seed=11)
    print(f"\n{runs} A/A tests, {LOOKS} looks: always-valid {always:.2%}, usual interval {usual:.1%}")
    assert always < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs) * (runs < 2000)
    assert usual > 0.15


def test_a_small_arm_with_hardly_a_buyer_breaks_it() -> None:
    """The limit its module names: 20 control and 180 treated customers a look, two buyers at the first."""
    always, _usual = false_alarms(revenue, 2000, 20, 9, seed=3)
    print(f"\n1 : 9, first look at two buyers: {always:.1%}")
    assert 0.12 < always < 0.17


@pytest.mark.parametrize("runs", [500, pytest.param(2000, marks=pytest.mark.slow)])
def test_it_finds_what_is_there(runs: int) -> None:
    """An effect of 4.5 errors at the planned size is found by then about as often as the boundary says.

    At the last of twenty looks the z-statistic is N(4.5, 1) and the boundary 3.035: P(z > 3.035) = 92.8 %,
    and earlier looks add some.
    """
    rng = np.random.default_rng(5)
    n = np.arange(1, LOOKS + 1) * 100
    path = np.cumsum(rng.standard_normal((runs, LOOKS)), axis=1) / np.arange(1, LOOKS + 1)
    error = 1 / np.sqrt(np.arange(1, LOOKS + 1))
    low, _high = limits(path + 4.5 / np.sqrt(LOOKS), error, n, planned=n[-1])
    found = (low > 0).any(1).mean()
    print(f"\nfound {found:.1%} of effects of 4.5 errors")
    assert 0.92 < found < 0.99


def test_looking_at_any_time_takes_half_as_many_again() -> None:
    """As the planner says: what one look finds in four of five tests, twenty looks do with 1.5 times as many.

    One look at 5 %, two-sided, asks for 1.96 errors; a decision by looking one-sided for 5 % at all of them.
    """
    rng, lift = np.random.default_rng(6), norm.isf(0.025) + norm.isf(0.2)
    for more, chance in ((1.0, (0.55, 0.65)), (1.5, (0.78, 0.85))):
        known = np.arange(1, LOOKS + 1) / LOOKS * more
        path = np.cumsum(rng.standard_normal((20_000, LOOKS)) * np.sqrt(more / LOOKS), axis=1)
        low, _high = limits(lift + path / known, known**-0.5, 5000 * known, 5000, alpha=0.1)
        found = (low > 0).any(axis=1).mean()
        print(f"\n{more} times the customers of one look: found {found:.1%}")
        assert chance[0] < found < chance[1]
