"""Simulated tests are analysed as on the page, and find what the formula says."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from planning_data import cells, money, share, within
from statsmodels.stats.power import TTestIndPower

from keepbook.experiments.comparison import compare
from keepbook.planning.sample_size import needed_per_arm, power_with
from keepbook.planning.simulation import Arm, detections, draw, pvalues
from keepbook.stats.moments import Moments

Floats = NDArray[np.float64]


# ── the analysis of simulated tests is the page's ───────────────────────────────────────────────────────


def arm(x: Floats, pre: Floats, metric: str) -> Moments:
    return Moments(
        (metric, f"pre_{metric}"), len(x), len(x), np.array([x.mean(), pre.mean()]), np.cov(x, pre)
    )


def drawn(arms: list[Moments]) -> Arm:
    return Arm(
        arms[0].count,
        *(np.array([one.mean[i] for one in arms]) for i in (0, 1)),
        *(np.array([one.cov[i, j] for one in arms]) for i, j in ((0, 0), (1, 1), (0, 1))),
    )


@pytest.mark.parametrize("metric", ["retained", "revenue"])
@pytest.mark.parametrize("before", ["varies", "constant"])
def test_pvalues_are_those_of_the_page(metric: str, before: str) -> None:
    rng = np.random.default_rng(8)
    arms: tuple[list[Moments], list[Moments]] = ([], [])
    for _replication in range(25):
        for one, n, level in zip(arms, (80, 90), (0.4, 0.5), strict=True):
            pre = rng.integers(0, 2, n).astype(float) if before == "varies" else np.ones(n)
            x = (rng.random(n) < level + 0.2 * (pre - 0.5)).astype(float)
            x = x * rng.gamma(1, 20, n) if metric == "revenue" else x
            one.append(arm(x, pre, metric))
    expected = [compare(metric, *pair).pvalue for pair in zip(*arms, strict=True)]
    ours = pvalues(drawn(arms[0]), drawn(arms[1]), share=metric == "retained")
    np.testing.assert_allclose(ours, expected, rtol=1e-9)
    assert min(expected) < 0.05 < 0.5 < max(expected)


def test_where_nothing_varies_nothing_is_found() -> None:
    one = Arm(50, *(np.array([value]) for value in (1.0, 1.0, 0.0, 0.0, 0.0)))
    assert np.isnan(pvalues(one, one, share=True)).all() and np.isnan(pvalues(one, one, share=False)).all()


@pytest.mark.parametrize("is_share", [True, False])
def test_drawn_arms_have_the_moments_of_arms_drawn_one_by_one(is_share: bool) -> None:
    rng = np.random.default_rng(12)
    pre = rng.poisson(1, 500).astype(float)
    x = rng.poisson(0.3 + 0.4 * pre) * rng.gamma(2, 5, 500)
    x = (x > 0).astype(float) if is_share else x
    own, n = cells(x, pre, is_share=is_share), 80
    ours = draw(own, n, 0.3, 4000, np.random.default_rng(1))
    (shift, scale), (pre_shift, pre_scale) = own.units
    rows = []
    for _replication in range(4000):
        at = rng.integers(500, size=n)
        top = rng.choice(x[x > 0], n) * (rng.random(n) < 0.3)
        after = np.minimum(x[at] + top, 1) if is_share else x[at] + top
        cov = np.cov((after - shift) / scale, (pre[at] - pre_shift) / pre_scale)
        rows.append((after.mean(), pre[at].mean(), cov[0, 0], cov[1, 1], cov[0, 1]))
    theirs = np.array(rows)
    theirs[:, 0], theirs[:, 1] = (theirs[:, 0] - shift) / scale, (theirs[:, 1] - pre_shift) / pre_scale
    for mine, other in zip(ours[1:], theirs.T, strict=True):
        error = np.sqrt((mine.var() + other.var()) / 4000)
        assert abs(mine.mean() - other.mean()) < 4 * error
        assert mine.std() == pytest.approx(other.std(), rel=0.08)


# ── what simulated tests find ───────────────────────────────────────────────────────────────────────────


def usual(rng: np.random.Generator, n: int = 2000) -> tuple[Floats, Floats]:
    """Revenue of customers who differ: two in five buy, and as before."""
    rate = rng.gamma(2, 0.3, n)
    return rng.poisson(rate) * rng.gamma(4, 5, n), rng.poisson(1.5 * rate) * rng.gamma(4, 5, n)


@pytest.mark.parametrize("kind", ["share", "money"])
def test_simulated_tests_find_what_the_formula_says(kind: str) -> None:
    x, pre = usual(np.random.default_rng(2))
    is_share = kind == "share"
    x = (x > 0).astype(float) if is_share else x
    variation = share(x.mean()) if is_share else money(x, pre)
    own = cells(x, None if is_share else pre, is_share=is_share)
    for i, lift in enumerate((0.15, 0.3)):
        n = int(needed_per_arm(variation, [lift], 0.05, 0.8, adjust=True)[0])
        for size in (n, n // 2):
            promised = power_with(variation, lift, size, 0.05, adjust=True)
            rng = np.random.default_rng([3, i, size])
            affected = float(variation.affected(lift))
            hits = detections(own, size, affected, alpha=0.05, replications=1500, rng=rng)
            assert within(hits / 1500, promised, 1500, errors=4)


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_nothing_is_found_in_alpha_of_tests_of_nothing(alpha: float) -> None:
    x, pre = usual(np.random.default_rng(4))
    for own in (cells(x, pre), cells((x > 0).astype(float), is_share=True)):
        hits = detections(own, 400, 0.0, alpha=alpha, replications=3000, rng=np.random.default_rng(5))
        assert within(hits / 3000, alpha, 3000)


def test_simulation_shows_what_one_deviation_for_both_arms_leaves_out() -> None:
    """Where few customers bring most of the money, what is bought on top varies as much as all the rest."""
    rng = np.random.default_rng(3)
    x = (rng.random(3000) < 0.3) * np.exp(rng.normal(0, 2, 3000))
    variation, run = money(x), {"alpha": 0.05, "replications": 2000}
    usual_size = TTestIndPower().solve_power(
        0.5 * variation.mean / variation.variance**0.5, alpha=0.05, power=0.8
    )
    affected = float(variation.affected(0.5))
    short = detections(cells(x), int(usual_size), affected, rng=np.random.default_rng(1), **run) / 2000
    assert short < 0.8 - 4 * np.sqrt(0.8 * 0.2 / 2000)
    ours = int(needed_per_arm(variation, [0.5], 0.05, 0.8, adjust=False)[0])
    assert ours > 1.15 * usual_size
    held = detections(cells(x), ours, affected, rng=np.random.default_rng(1), **run) / 2000
    assert held > 0.8 - 3 * np.sqrt(0.8 * 0.2 / 2000)


@pytest.mark.slow
def test_nothing_is_found_in_alpha_of_tests_at_length() -> None:
    x, pre = usual(np.random.default_rng(4))
    hits = detections(cells(x, pre), 300, 0.0, alpha=0.05, replications=40_000, rng=np.random.default_rng(5))
    assert within(hits / 40_000, 0.05, 40_000)
