"""Power: Cohen's tables, other packages, and simulated experiments."""

from __future__ import annotations

import numpy as np
import pytest
import tea_tasting as tt
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind
from statsmodels.stats.power import TTestIndPower

from keepbook.stats import power


def test_cohens_table() -> None:
    """J. Cohen (1992), A power primer, Psychological Bulletin 112, Table 2: n per arm at power .80, α .05."""
    size = power.sample_size([0.2, 0.5, 0.8], 1, 1)
    assert list(size.control) == list(size.treatment)
    np.testing.assert_allclose(size.control, [393, 64, 26], atol=1)


@pytest.mark.parametrize(("n", "effect"), [(20, 0.9), (60, 0.5), (200, 0.25), (50_000, 0.02)])
def test_against_statsmodels_and_tea_tasting(n: int, effect: float) -> None:
    ours = float(power.power(effect, 1, 1, n, n))
    assert ours == pytest.approx(TTestIndPower().power(effect, n, 0.05), abs=1e-6)
    data = tt.aggr.Aggregates(count_=2 * n, mean_={"x": 5.0}, var_={"x": 1.0}, cov_={})
    theirs = tt.Mean("x", effect_size=effect, alpha=0.05, n_obs=2 * n).solve_power_from_aggregates(
        data, "power"
    )
    assert ours == pytest.approx(theirs[0].power, abs=1e-6)
    found = tt.Mean("x", effect_size=effect, alpha=0.05, power=0.8).solve_power_from_aggregates(data, "n_obs")
    assert sum(power.sample_size(effect, 1, 1)) == pytest.approx(found[0].n_obs, abs=3)


@settings(max_examples=150, deadline=None)
@given(
    st.floats(0.1, 10),
    st.floats(0.1, 10),
    st.integers(6, 10**6),
    st.integers(6, 10**6),
    st.floats(0.6, 0.95),
    st.floats(0.01, 0.2),
)
def test_the_three_agree(s: float, t: float, n: int, m: int, wanted: float, alpha: float) -> None:
    effect = power.minimum_effect(s, t, n, m, alpha, wanted)
    assert power.power(effect, s, t, n, m, alpha) == pytest.approx(wanted, abs=0.004)
    assert power.power(-effect, s, t, n, m, alpha) == power.power(effect, s, t, n, m, alpha)
    assert power.minimum_effect(3 * s, 3 * t, n, m, alpha, wanted) == pytest.approx(3 * effect)
    size = power.sample_size(effect, s, t, alpha, wanted, share=m / (n + m))
    assert sum(size) == pytest.approx(n + m, rel=1e-4, abs=2.5)


def test_no_effect_and_huge_ones() -> None:
    assert power.power(0, 1, 2, 100, 50, 0.05) == pytest.approx(0.05)
    assert power.power(50, 1, 1, 10_000, 10_000) == pytest.approx(1)
    assert np.isinf(power.sample_size(0, 1, 1)).all()
    assert max(power.sample_size(1e6, 1, 1)) <= 3


@pytest.mark.parametrize("runs", [3000, pytest.param(40_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("n", "m", "t"), [(30, 30, 1.0), (25, 60, 2.0), (200, 50, 0.5)])
def test_simulated_experiments_find_as_many(n: int, m: int, t: float, runs: int) -> None:
    rng = np.random.default_rng(2)
    effect = float(power.minimum_effect(1, t, n, m))
    control, treatment = rng.normal(0, 1, (runs, n)), rng.normal(effect, t, (runs, m))
    found = (ttest_ind(treatment, control, axis=1, equal_var=False).pvalue < 0.05).mean()
    print(f"\nn {n}, {m}, sd 1, {t}: wanted 80 %, found {found:.2%}")
    assert abs(found - 0.8) < 0.005 + 3 * np.sqrt(0.8 * 0.2 / runs)
