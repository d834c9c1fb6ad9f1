"""Intervals: published values, hand calculations, and how often they hold the truth.

Where the outcome is a count, coverage is added up exactly over all outcomes; elsewhere it is simulated, with
the allowance of three binomial standard errors stated as `within`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from keepbook.stats.intervals import difference, mean_of, mean_of_shares, ratio, share, wilson

Floats = NDArray[np.float64]


def within(nominal: float, n: int) -> float:
    """The lowest coverage that n draws make credible for a nominal one."""
    return nominal - 3 * float(np.sqrt(nominal * (1 - nominal) / n))


# ---------------------------------------------------------------------------------------------- published


def test_wilson() -> None:
    """0 of 12, and the four of R. G. Newcombe (1998), Stat. in Med. 17, 857–872, Table I."""
    assert wilson(0, 12)[0] == 0 and wilson(0, 12)[1] == pytest.approx(0.2425, abs=5e-5)
    for (x, n), (low, high) in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0000, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert wilson(x, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_wilson_holds_the_share_and_is_missing_without_trials() -> None:
    n = np.repeat(np.arange(1, 60), 60)
    x = np.minimum(np.tile(np.arange(60), 59), n)
    low, high = wilson(x, n)
    assert (low >= 0).all() and (low <= x / n).all() and (x / n <= high).all() and (high <= 1).all()
    np.testing.assert_allclose(low, 1 - wilson(n - x, n)[1], atol=1e-12)  # gone instead of stayed
    assert np.isnan(wilson(0, 0)).all() and np.isnan(share(0, 0)).all()


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombes_examples(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    """R. G. Newcombe (1998), Statistics in Medicine 17, 873–890, Table II, method 10."""
    found = difference(share(*first), share(*second))
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    swapped = difference(share(*second), share(*first))
    assert swapped == (pytest.approx(-high, abs=5e-5), pytest.approx(-low, abs=5e-5))


def test_mean_of_by_hand() -> None:
    """Mean 0.4; √(0.1² + 0.1²)/2 = 0.0707 down, √(0.1² + 0.2²)/2 = 0.1118 up."""
    assert mean_of([0.5, 0.3], [0.4, 0.2], [0.6, 0.5]) == pytest.approx((0.4, 0.32929, 0.51180), abs=5e-6)
    assert mean_of([0.2], [0.1], [0.4]) == pytest.approx((0.2, 0.1, 0.4))
    assert np.isnan(mean_of([], [], [])).all()


def test_mean_of_shares_by_hand() -> None:
    """Shares 1/2 and 1/4 of 10 and 40: mean 0.375 on 4/(1/10 + 1/40) = 32 trials, as 12 of 32."""
    low, high = wilson(12, 32)
    assert mean_of_shares([5, 10], [10, 40]) == pytest.approx((0.375, float(low), float(high)))
    assert mean_of_shares([3, 4], [20, 20]) == pytest.approx(share(7, 40))
    assert np.isnan(mean_of_shares([], [])).all()


def test_ratio_by_hand() -> None:
    """Four customers spent 10 each and now 0, 10, 5, 5: R = 0.5, residuals −5, 5, 0, 0, so the standard error
    is √50/40 = 0.17678, or 0.35355 of R; effectively 1/0.35355² = 8 customers, t(0.975; 8) = 2.3060;
    0.5·exp(∓2.3060·0.35355) = 0.2213 and 1.1299.
    """
    low, high = ratio(20, 40, 0 + 100 + 25 + 25, 4 * 100, 10 * 20)
    assert (low, high) == (pytest.approx(0.2213, abs=1e-4), pytest.approx(1.1299, abs=1e-4))


def test_ratio_where_nobody_returns_is_missing_or_negative() -> None:
    assert ratio(0, 120, 0, 12 * 100, 0) == (0, pytest.approx(0.2425, abs=5e-5))  # Wilson's 0 of 12
    low, high = ratio(-5, 100, 25, 1000, 50)
    assert low < -0.05 < high
    assert np.isnan(ratio(5, np.nan, 25, 1000, 50)).all()
    assert ratio(70, 70, 900, 900, 900) == (1, 1)  # everybody spent exactly the same again


# --------------------------------------------------------------------------------------- exact coverage


def test_wilsons_coverage() -> None:
    """Over p from 1 % to 99 % its mean is nominal for every cohort size; the worst single p is above 83 %."""
    p = np.linspace(0.01, 0.99, 197)
    for n in (12, 40, 150, 1000):
        x = np.arange(n + 1)
        low, high = wilson(x, np.full(n + 1, n))
        holds = (low[:, None] <= p) & (p <= high[:, None])
        coverage = (binom.pmf(x[:, None], n, p) * holds).sum(0)
        assert 0.945 < coverage.mean() < 0.962
        assert coverage.min() > 0.83


@pytest.mark.parametrize("p", [0.05, 0.2, 0.5])
@pytest.mark.parametrize(("m", "n"), [(40, 40), (60, 200), (150, 150)])
def test_coverage_of_a_difference(p: float, m: int, n: int) -> None:
    """Of independent shares p + 0.1 and p; method 10 lies between 94 and 98 % here."""
    x, y = np.arange(m + 1), np.arange(n + 1)
    low1, high1 = wilson(x, np.full(m + 1, m))
    low2, high2 = wilson(y, np.full(n + 1, n))
    limits = [[difference((a / m, low1[a], high1[a]), (b / n, low2[b], high2[b])) for b in y] for a in x]
    low, high = np.moveaxis(np.array(limits), 2, 0)
    chance = np.outer(binom.pmf(x, m, p + 0.1), binom.pmf(y, n, p))
    assert 0.935 < chance[(low <= 0.1) & (high >= 0.1)].sum() < 0.985
    null = np.outer(binom.pmf(x, m, p), binom.pmf(y, n, p))
    assert 0.01 < null[(low > 0) | (high < 0)].sum() < 0.065  # A/A: the "clear" differences of no difference


def test_two_equal_halves_differ_clearly_in_one_of_twenty() -> None:
    """A/A, as `findings` compares newer with older cohorts: 4,000 nulls of two halves, p = 0.2."""
    rng = np.random.default_rng(7)
    halves = rng.binomial(1200, 0.2, 4000), rng.binomial(900, 0.2, 4000)
    limits = np.array([difference(share(a, 1200), share(b, 900)) for a, b in zip(*halves, strict=True)])
    clear = ((limits[:, 0] > 0) | (limits[:, 1] < 0)).mean()
    assert abs(clear - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 4000)


# ----------------------------------------------------------------------------------- simulated coverage


AVERAGES = {  # sizes of cohorts, and their own shares, which differ
    "twelve mixed": ([30, 50, 80, 40, 200, 120, 60, 90, 35, 70, 150, 100], np.linspace(0.12, 0.30, 12)),
    "forty of ten": ([10] * 40, np.linspace(0.02, 0.08, 40)),
    "two hundreds": ([100, 300], np.array([0.1, 0.2])),
}


def averages_coverage(case: str, runs: int, seed: int) -> tuple[float, float]:
    """Of the pooled and of the simple average."""
    sizes, p = np.array(AVERAGES[case][0]), AVERAGES[case][1]
    active = np.random.default_rng(seed).binomial(sizes, p, (runs, len(sizes)))
    low, high = wilson(active.sum(1), np.full(runs, sizes.sum()))
    truth = (sizes * p).sum() / sizes.sum()
    pooled = float(((low <= truth) & (truth <= high)).mean())
    means = [mean_of_shares(counts, sizes) for counts in active]
    return pooled, float(np.mean([lo <= p.mean() <= hi for _, lo, hi in means]))


@pytest.mark.parametrize("case", AVERAGES)
def test_coverage_of_averages(case: str) -> None:
    """Nominal or a little above (cohorts that differ have less noise than assumed)."""
    for coverage in averages_coverage(case, 3000, 5):
        assert within(0.95, 3000) < coverage < 0.98


@pytest.mark.slow
@pytest.mark.parametrize("case", AVERAGES)
def test_coverage_of_averages_at_length(case: str) -> None:
    for coverage in averages_coverage(case, 40_000, 6):
        assert 0.94 < coverage < 0.98


def spends(rng: np.random.Generator, runs: int, people: int, q: float, chance: float, mean: float) -> Floats:
    """Gamma-gamma: each customer's own rate, then `mean` extra orders in the first and in a later period."""
    rate = rng.gamma(q, 1 / 20, (runs, people))
    orders = 1 + rng.poisson(0.3, (runs, people))
    before = rng.gamma(6.0 * orders) / rate
    again = (1 + rng.poisson(mean, (runs, people))) * (rng.random((runs, people)) < chance)
    now = np.where(again > 0, rng.gamma(6.0 * np.maximum(again, 1)) / rate, 0.0)
    return np.stack([before, now])


def ratio_coverage(runs: int, people: int, q: float, chance: float, seed: int) -> float:
    before, now = spends(np.random.default_rng(seed), runs, people, q, chance, 0.6)
    sums = [(a * b).sum(1) for a, b in ((now, 1), (before, 1), (now, now), (before, before), (now, before))]
    low, high = ratio(*sums)
    truth = chance * 1.6 / 1.3
    return float(((low <= truth) & (truth <= high)).mean())


# people, spend's q (4: usual; 2.2: hardly a variance), share who return → lowest coverage to accept
RATIOS = [
    (20, 4.0, 0.1, 0.94),
    (20, 4.0, 0.6, 0.93),
    (50, 4.0, 0.3, 0.94),
    (100, 4.0, 0.1, 0.94),
    (300, 4.0, 0.3, 0.94),
    (1000, 4.0, 0.6, 0.94),
    (20, 2.2, 0.6, 0.91),  # honest: three points too low for 20 customers with the heaviest tail
    (50, 2.2, 0.3, 0.93),
    (100, 2.2, 0.3, 0.93),
    (300, 2.2, 0.1, 0.93),
    (1000, 2.2, 0.3, 0.94),
]


@pytest.mark.parametrize(("people", "q", "chance", "lowest"), RATIOS)
def test_coverage_of_the_revenue_ratio(people: int, q: float, chance: float, lowest: float) -> None:
    runs = 100_000 // people if people < 100 else 1000
    coverage = ratio_coverage(runs, people, q, chance, seed=people)
    assert within(lowest, runs) < coverage < 0.995


@pytest.mark.slow
@pytest.mark.parametrize(("people", "q", "chance", "lowest"), RATIOS)
def test_coverage_of_the_revenue_ratio_at_length(people: int, q: float, chance: float, lowest: float) -> None:
    runs = 20_000_000 // people if people > 500 else 40_000
    assert lowest - 0.005 < ratio_coverage(min(runs, 40_000), people, q, chance, seed=1) < 0.995


def bridge_coverage(runs: int, people: int, seed: int) -> tuple[float, float]:
    """NRR and GRR of a base of which a third buy in a month; truth from a large draw of the same process."""
    rng = np.random.default_rng(seed)

    def rates_of(many: int, size: int, hold: Callable[..., NDArray[np.bool_] | Floats]) -> list:
        lapsed = rng.random((many, size)) < 0.6
        before, now = spends(rng, many, size, 4.0, 0.35, 0.3)
        before = np.where(lapsed, 0, before)
        tops = [now, np.minimum(now, before)]
        return [hold(before, top) for top in tops]

    truths = rates_of(400, 5000, lambda before, top: top.sum() / before.sum())

    def limits(before: Floats, top: Floats) -> tuple[Floats, Floats]:
        return ratio(top.sum(1), before.sum(1), (top**2).sum(1), (before**2).sum(1), (top * before).sum(1))

    return tuple(
        float(((low <= truth) & (truth <= high)).mean())
        for truth, (low, high) in zip(truths, rates_of(runs, people, limits), strict=True)
    )  # type: ignore[return-value]


@pytest.mark.parametrize("people", [60, 500])
def test_coverage_of_nrr_and_grr(people: int) -> None:
    for coverage in bridge_coverage(1500, people, seed=people):
        assert within(0.94, 1500) < coverage < 0.985


@pytest.mark.slow
@pytest.mark.parametrize("people", [60, 200, 500])
def test_coverage_of_nrr_and_grr_at_length(people: int) -> None:
    for coverage in bridge_coverage(20_000, people, seed=people):
        assert 0.935 < coverage < 0.975
