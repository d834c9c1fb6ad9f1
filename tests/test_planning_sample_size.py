"""Sizes, effects and power are those of textbooks, of other packages and of treated customers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tea_tasting as tt
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from planning_data import money, share
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from keepbook.planning.sample_size import Variation, needed_per_arm, power_with, smallest_lift

Floats = NDArray[np.float64]


@pytest.mark.parametrize(
    ("p1", "p2", "power", "n"),
    [
        (0.10, 0.12, 0.8, 3841),  # by hand, Fleiss et al. (2003), eq. 4.14: 3840.85
        (0.50, 0.75, 0.9, 77),  # the examples of R's ?power.prop.test: n = 76.7
        (0.05, 0.06, 0.8, 8158),  # by hand: 8157.73
    ],
)
def test_two_shares(p1: float, p2: float, power: float, n: int) -> None:
    theirs = samplesize_proportions_2indep_onetail(p2 - p1, p1, power, alpha=0.05)
    assert np.ceil(theirs) == n
    assert needed_per_arm(share(p1), [p2 / p1 - 1], 0.05, power, adjust=False) == [n]


def test_power_of_two_shares() -> None:
    """R's ?power.prop.test: 50 in each arm find 50 % → 75 % with a power of 0.740; and Cohen's arcsine."""
    assert round(power_with(share(0.5), 0.5, 50, 0.05, adjust=True), 3) == 0.740
    found_with = power_with(share(0.1), 0.2, 3841, 0.05, adjust=True)
    assert found_with == pytest.approx(0.8, abs=5e-5)
    size = 2 * (np.arcsin(np.sqrt(0.12)) - np.arcsin(np.sqrt(0.10)))
    assert NormalIndPower().power(size, 3841, 0.05) == pytest.approx(found_with, abs=1e-3)


@pytest.mark.parametrize("rho", [0.0, 0.6])
@pytest.mark.parametrize("customers", [400_000, 40_000_000])
def test_many_customers_agree_with_tea_tasting_and_statsmodels(rho: float, customers: int) -> None:
    """They know one deviation for both arms; it is right as the effect, and what it adds to it, goes to 0."""
    variation = Variation("revenue", 20.0, 900.0, 400.0, rho * 30 * 20, 40.0, 2500.0)
    lift = smallest_lift(variation, [customers], 0.05, 0.8, adjust=True)[0]
    aggregates = tt.aggr.Aggregates(
        count_=10_000,
        mean_={"x": 20.0, "pre": 15.0},
        var_={"x": 900.0, "pre": 400.0},
        cov_={("pre", "x"): rho * 600},
    )
    metric = tt.Mean("x", "pre", alpha=0.05, power=0.8, n_obs=customers)
    theirs = metric.solve_power_from_aggregates(aggregates, "rel_effect_size")[0].rel_effect_size
    assert lift == pytest.approx(theirs, rel=0.02 if customers < 1e6 else 0.002)
    size = TTestIndPower().solve_power(nobs1=customers / 2, alpha=0.05, power=0.8)
    assert theirs == pytest.approx(size * 30 * np.sqrt(1 - rho**2) / 20, rel=2e-3)  # at 4e7 it is rough


def treated(x: Floats, affected: float, rng: np.random.Generator, *, is_share: bool) -> Floats:
    """What is put in, customer by customer: some buy on top what a buyer bought."""
    top = rng.choice(x[x > 0], len(x)) * (rng.random(len(x)) < affected)
    return np.minimum(x + top, 1) if is_share else x + top


@pytest.mark.parametrize("is_share", [True, False])
def test_deviations_are_those_of_treated_customers(is_share: bool) -> None:
    """Against 800,000 of them, with and without what the pre-period takes away by regression."""
    rng = np.random.default_rng(3)
    rate = rng.gamma(1.5, 0.5, 800_000)
    x, pre = rng.poisson(rate) * rng.gamma(3, 4, len(rate)), rng.poisson(rate).astype(float)
    x = (x > 0).astype(float) if is_share else x
    variation = money(x, pre)
    variation = replace(variation, metric="retained") if is_share else variation
    after = treated(x, float(variation.affected(0.4)), rng, is_share=is_share)
    assert after.mean() == pytest.approx(1.4 * x.mean(), rel=0.01)
    control, treatment = variation.deviations(0.4, False)
    assert (control, treatment) == (pytest.approx(x.std(), rel=0.01), pytest.approx(after.std(), rel=0.01))
    slope = np.polyfit(np.concatenate([pre, pre]), np.concatenate([x, after]), 1)[0]
    control, treatment = variation.deviations(0.4, True)
    assert control == pytest.approx((x - slope * pre).std(), rel=0.01)
    assert treatment == pytest.approx((after - slope * pre).std(), rel=0.01)


variations = st.one_of(
    st.floats(0.02, 0.9).map(share),
    st.builds(
        lambda p, added, ratio, rho: Variation(
            "revenue",
            p * added,
            p * ratio * added**2 - (p * added) ** 2,
            1.0,
            rho * (p * ratio * added**2 - (p * added) ** 2) ** 0.5,
            added,
            ratio * added**2,
        ),
        st.floats(0.02, 0.95),
        st.floats(0.01, 1e6),
        st.floats(1.1, 500),
        st.floats(0, 0.99),
    ),
)


@given(variations, st.integers(50, 10**7), st.floats(1.1, 50), st.booleans())
def test_more_customers_find_smaller_effects(variation: Variation, n: int, more: float, adjust: bool) -> None:
    few, many = smallest_lift(variation, [n, int(n * more)], 0.05, 0.8, adjust=adjust)
    assume(few == few)
    assert many < few
    loose = smallest_lift(variation, [n], 0.1, 0.8, adjust=adjust)[0]
    assert loose < few


@given(variations, st.floats(0.005, 0.5), st.booleans())
def test_size_effect_and_power_are_one_relation(variation: Variation, lift: float, adjust: bool) -> None:
    assume(lift <= variation.largest_lift)
    n = needed_per_arm(variation, [lift], 0.05, 0.8, adjust=adjust)[0]
    assume(30 < n < 1e7)
    assert smallest_lift(variation, [2 * n], 0.05, 0.8, adjust=adjust)[0] == pytest.approx(lift, rel=0.02)
    assert 0.795 < power_with(variation, lift, int(n), 0.05, adjust=adjust) < 0.82


def test_a_lift_without_room_is_missing() -> None:
    """Of 90 % who come back anyway at most all do: a lift of 1/9."""
    assert share(0.9).largest_lift == pytest.approx(1 / 9)
    assert np.isnan(needed_per_arm(share(0.9), [0.1, 0.2], 0.05, 0.8, adjust=False)).tolist() == [False, True]
    assert np.isnan(smallest_lift(share(0.9), [20, 2000], 0.05, 0.8, adjust=False)).tolist() == [True, False]
    everybody, nothing = share(1.0), Variation("revenue", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for variation in (everybody, nothing):
        assert variation.largest_lift == 0
        assert np.isnan(needed_per_arm(variation, [0.1], 0.05, 0.8, adjust=True)).all()
        assert np.isnan(smallest_lift(variation, [100], 0.05, 0.8, adjust=True)).all()
