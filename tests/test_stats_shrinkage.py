"""Segments: a published meta-analysis, the same posterior by brute force, and how often intervals hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from keepbook.stats.shrinkage import credible, heterogeneity, shrunken

# D. B. Rubin (1981), J. Educational Statistics 6: the eight schools, as in Gelman et al., Table 5.2.
SCHOOLS = pd.DataFrame(
    {"effect": [28.0, 8, -3, 7, -1, 1, 18, 12], "error": [15.0, 10, 16, 11, 9, 11, 10, 18]},
    index=list("ABCDEFGH"),
)
# G. A. Colditz et al. (1994), JAMA 271: 13 trials of BCG, cases and others, vaccinated and not.
BCG = """4 119 11 128; 6 300 29 274; 3 228 11 209; 62 13536 248 12619; 33 5036 47 5761; 180 1361 372 1079;
8 2537 10 619; 505 87886 499 87892; 29 7470 45 7232; 17 1699 65 1600; 186 50448 141 27197; 5 2493 3 2338;
27 16886 29 17825"""


def bcg() -> tuple[np.ndarray, np.ndarray]:
    """Log risk ratios and their standard errors."""
    a, b, c, d = np.array([row.split() for row in BCG.split(";")], float).T
    return np.log(a / (a + b) / (c / (c + d))), np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_bcg_trials() -> None:
    """Q(12) = 152.2330 as the R package metafor prints for its dat.bcg."""
    effects, errors = bcg()
    found = heterogeneity(effects, errors)
    assert (found.q, found.df) == (pytest.approx(152.2330, abs=5e-5), 12)
    assert found.pvalue < 1e-20


def test_the_eight_schools_hardly_differ() -> None:
    """Q by hand: weighted mean 7.69, Q 4.71 on 7, below its expectation."""
    found = heterogeneity(SCHOOLS["effect"], SCHOOLS["error"])
    assert found.q == pytest.approx(4.71, abs=0.005)
    assert found.pvalue == pytest.approx(0.696, abs=0.0005)


def by_brute_force(y: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd of each true effect, from a grid over the mean and the spread both, not over the spread."""
    s2 = 1 / (1 / error**2).mean()
    tau = np.sqrt(s2) * np.exp(np.linspace(-9, 9, 1200))
    total, first, second = 0.0, np.zeros(len(y)), np.zeros(len(y))
    for t in tau:
        sd = np.sqrt(error**2 + t**2)
        mu = np.linspace(y.min() - 8 * sd.max(), y.max() + 8 * sd.max(), 1501)
        density = norm.pdf(y[:, None], mu, sd[:, None]).prod(axis=0) * (mu[1] - mu[0])
        weight = density * 2 * t * t / (s2 + t**2)  # prior of τ², and dτ² = 2τ² d log τ
        keep = t**2 / sd**2
        mean = keep[:, None] * y[:, None] + (1 - keep)[:, None] * mu
        total += weight.sum()
        first += (weight * mean).sum(axis=1)
        second += (weight * (mean**2 + (keep * error**2)[:, None])).sum(axis=1)
    mean = first / total
    return mean, np.sqrt(second / total - mean**2)


@pytest.mark.parametrize(
    "frame",
    [
        SCHOOLS,
        pd.DataFrame(dict(zip(("effect", "error"), bcg(), strict=True))),
        pd.DataFrame({"effect": [1.0, 4.0], "error": [1.0, 2.0]}),
        pd.DataFrame({"effect": [0.0, 10.0, -3.0], "error": [0.5, 1.0, 5.0]}),
    ],
    ids=["schools", "bcg", "two", "three"],
)
def test_the_posterior_by_brute_force(frame: pd.DataFrame) -> None:
    found = shrunken(frame)
    mean, sd = by_brute_force(frame["effect"].to_numpy(), frame["error"].to_numpy())
    np.testing.assert_allclose(found["shrunk"], mean, atol=0.01 * frame["error"].max())
    np.testing.assert_allclose(found["shrunk_error"], sd, rtol=0.01)
    np.testing.assert_allclose(
        found["shrunk_upper"] - found["shrunk"], 1.96 * found["shrunk_error"], rtol=1e-4
    )


def test_the_eight_schools_are_drawn_together() -> None:
    """As by Gelman et al. with a prior flat in τ (Table 5.3, medians of skewed posteriors)."""
    found = shrunken(SCHOOLS)
    np.testing.assert_allclose(found["shrunk"], [10, 8, 7, 8, 5, 6, 10, 8], atol=3)
    assert list(found.index) == list("ABCDEFGH")


def test_what_has_no_error_is_left_out() -> None:
    frame = pd.DataFrame(
        {
            "segment": list("abcde"),
            "effect": [1.0, 2.0, 3.0, np.nan, 5.0],
            "error": [1.0, 1.0, 0.0, 1.0, np.nan],
        }
    )
    found = shrunken(frame)
    alone = shrunken(frame.head(2))
    pd.testing.assert_frame_equal(found.head(2), alone)
    assert found.iloc[2:, 3:].isna().all(axis=None)
    assert heterogeneity(frame["effect"], frame["error"]) == heterogeneity([1, 2], [1, 1])
    assert shrunken(frame.iloc[[0, 2, 3]]).iloc[:, 3:].isna().all(axis=None)
    one = heterogeneity([1.0], [1.0])
    assert one.df == 0 and np.isnan([one.q, one.pvalue]).all()
    assert heterogeneity([], []).df == 0 and shrunken(frame.head(0)).empty


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(0.05, 20)), min_size=2, max_size=12),
    st.floats(-100, 100),
    st.floats(0.01, 100),
)
def test_properties(pairs: list[tuple[float, float]], shift: float, rate: float) -> None:
    """Swapped arms flip; another currency rescales; a common shift shifts; no segment passes the others."""
    frame = pd.DataFrame(pairs, columns=["effect", "error"])
    found = shrunken(frame)
    flipped = shrunken(frame.assign(effect=-frame["effect"]))
    np.testing.assert_allclose(flipped["shrunk"], -found["shrunk"], atol=1e-9)
    np.testing.assert_allclose(flipped["shrunk_lower"], -found["shrunk_upper"], atol=1e-8)
    moved = shrunken(frame.assign(effect=rate * (frame["effect"] + shift), error=rate * frame["error"]))
    np.testing.assert_allclose(moved["shrunk"], rate * (found["shrunk"] + shift), atol=1e-6 * rate)
    np.testing.assert_allclose(moved["shrunk_error"], rate * found["shrunk_error"], rtol=1e-6)
    span = frame["effect"].min() - 1e-9, frame["effect"].max() + 1e-9
    assert found["shrunk"].between(*span).all()
    here, there = (heterogeneity(f["effect"], f["error"]) for f in (frame, moved))
    assert there.q == pytest.approx(here.q, rel=1e-6, abs=1e-6)
    assert 0 <= here.pvalue <= 1


# ─────────────────────────────────────────────────────────────────────────────────────────────── credibility

# C. A. Hachemeister (1975): average claims of five US states and their weights over twelve quarters, and what
# the R package actuar prints of their Bühlmann-Straub model: credibility factors, and the variance within.
STATES = [2060.921, 1511.224, 1805.843, 1352.976, 1599.829], [100155.0, 19895, 13735, 4152, 36110]
WITHIN, FACTORS = 139_120_026, [0.9847404, 0.9276352, 0.8984754, 0.7279092, 0.9587911]


def test_hachemeisters_states() -> None:
    """Each is drawn towards their mean by the published factor, whatever else is drawn with it."""
    values, weights = map(np.array, STATES)
    means = np.full(5, values @ weights / weights.sum())
    found = credible(values, means, WITHIN / weights, weights, ["US"] * 5)
    np.testing.assert_allclose((found - means) / (values - means), FACTORS, atol=2e-6)
    twice = credible(
        [*values, *values / 10],
        [*means, *means / 10],
        [*WITHIN / weights, *WITHIN / weights / 100],
        [*weights, *weights],
        ["US"] * 5 + ["a tenth"] * 5,
        [1.0] * 5 + [0.1] * 5,
    )
    np.testing.assert_allclose(twice[:5], found)
    np.testing.assert_allclose(twice[5:], found / 10)


def test_shares_of_equal_trials_by_hand() -> None:
    """Bats of B. Efron & C. Morris (1975): 18 players, 45 trials. Of a distance is kept what the variance of
    their shares has beyond chance."""
    hits = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
    share, mean = hits / 45, hits.sum() / 45 / 18
    chance = mean * (1 - mean) / 45
    kept = 1 - chance / share.var(ddof=1)
    found = credible(share, np.full(18, mean), np.full(18, chance), np.full(18, 45), np.zeros(18))
    np.testing.assert_allclose(found, mean + kept * (share - mean))
    assert 0 < kept < 0.2, "mostly luck"


def test_of_one_alone_and_of_what_is_missing() -> None:
    assert credible([0.3], [0.3], [0.01], [10], ["a"]).tolist() == [0.3]
    found = credible([0.1, 0.5, np.nan], [0.3, 0.3, 0.3], [0.001, 0.001, 0.001], [10, 10, 10], ["a"] * 3)
    assert np.isnan(found[2]) and 0.1 < found[0] < 0.3 < found[1] < 0.5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 400)), min_size=2, max_size=12))
def test_nobody_is_drawn_beyond_the_mean(counts: list[tuple[int, int]]) -> None:
    active, size = np.array(counts, float).T
    share, mean = active / size, active.sum() / size.sum()
    scatter = mean * (1 - mean)
    scale = np.full(len(size), np.sqrt(scatter))
    found = credible(share, np.full(len(size), mean), scatter / size, size, np.zeros(len(size)), scale)
    low, high = np.minimum(share, mean), np.maximum(share, mean)
    assert ((found >= low - 1e-12) & (found <= high + 1e-12)).all()


# --------------------------------------------------------------------------------------------- calibration

SPREADS = (0.0, 0.3, 1.0, 3.0, 10.0)  # true sd between segments, in units of the middle error


def coverage(runs: int, k: int, spread: float, seed: int) -> float:
    """Share of segments whose 95 % interval holds the true effect; log errors have an sd of 0.5."""
    rng = np.random.default_rng(seed)
    holds = 0.0
    for _ in range(runs):
        error = np.exp(rng.normal(0, 0.5, k))
        truth = 1 + spread * rng.standard_normal(k)
        frame = pd.DataFrame({"effect": truth + error * rng.standard_normal(k), "error": error})
        found = shrunken(frame)
        holds += ((found["shrunk_lower"] <= truth) & (truth <= found["shrunk_upper"])).mean()
    return holds / runs


@pytest.mark.parametrize("k", [2, 3, 5, 12])
@pytest.mark.parametrize("runs", [150, pytest.param(4000, marks=pytest.mark.slow)])
def test_coverage_over_segments(k: int, runs: int) -> None:
    """95 % over spreads together; at no spread below 93.5 %. The fewer true differences, the more is held."""
    found = [coverage(runs, k, spread, seed=k) for spread in SPREADS]
    print(f"\n{k} segments, spreads {SPREADS}:", [f"{c:.2%}" for c in found])
    allowed = 3 * np.sqrt(0.05 * 0.95 / runs / (k if runs > 1000 else 1))
    assert min(found) > 0.935 - allowed
    assert 0.94 - allowed < np.mean(found) < 0.975 + allowed


@pytest.mark.parametrize("runs", [400, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("k", [2, 4, 10])
def test_the_luckiest_of_equal_segments_is_rarely_significant(k: int, runs: int) -> None:
    """No effect anywhere: plain intervals find one in some segment in 1 − 0.95^k of all cases."""
    rng = np.random.default_rng(k)
    wrong, plain, differs = 0, 0, 0
    for _ in range(runs):
        frame = pd.DataFrame({"error": np.exp(rng.normal(0, 0.5, k))})
        frame["effect"] = frame["error"] * rng.standard_normal(k)
        found = shrunken(frame)
        wrong += bool(((found["shrunk_lower"] > 0) | (found["shrunk_upper"] < 0)).any())
        plain += bool((frame["effect"].abs() > 1.96 * frame["error"]).any())
        differs += heterogeneity(frame["effect"], frame["error"]).pvalue < 0.05
    print(f"\n{k} segments: shrunken {wrong / runs:.2%}, plain {plain / runs:.1%}, Q {differs / runs:.2%}")
    binomial = 3 * np.sqrt(0.05 * 0.95 / runs)
    assert wrong / runs < 0.07 + binomial
    assert abs(plain / runs - (1 - 0.95**k)) < 0.015 + 3 * np.sqrt(0.25 / runs)
    assert abs(differs / runs - 0.05) < binomial


@pytest.mark.parametrize("runs", [200, pytest.param(3000, marks=pytest.mark.slow)])
def test_the_best_segment_is_not_believed_blindly(runs: int) -> None:
    """The winner's curse: the best of eight shows too much; its shrunken effect hardly."""
    rng = np.random.default_rng(6)
    plain, drawn = [], []
    for _ in range(runs):
        truth = rng.normal(1, 1, 8)
        frame = pd.DataFrame({"effect": truth + rng.standard_normal(8), "error": 1.0})
        found = shrunken(frame)
        best = found["shrunk"].to_numpy().argmax()
        plain.append(frame["effect"].iloc[best] - truth[best])
        drawn.append(found["shrunk"].iloc[best] - truth[best])
    print(f"\nbest of eight, excess in errors: plain {np.mean(plain):.3f}, shrunken {np.mean(drawn):.3f}")
    assert np.mean(plain) > 0.8 and abs(np.mean(drawn)) < 0.15 + 3 * np.std(drawn) / np.sqrt(runs)


@pytest.mark.parametrize("runs", [300, pytest.param(5000, marks=pytest.mark.slow)])
def test_small_segments_know_that_their_error_is_a_guess(runs: int) -> None:
    """Six customers an arm: with the degrees of freedom 95 % are held, without them too few."""
    rng = np.random.default_rng(7)
    holds = np.zeros(2)
    for _ in range(runs):
        truth = rng.normal(0, 3, 4)
        x, y = rng.normal(0, 2, (4, 6)), rng.normal(truth[:, None], 2, (4, 6))
        error = np.sqrt(x.var(axis=1, ddof=1) / 6 + y.var(axis=1, ddof=1) / 6)
        frame = pd.DataFrame({"effect": y.mean(axis=1) - x.mean(axis=1), "error": error})
        for i, found in enumerate((shrunken(frame.assign(df=10)), shrunken(frame))):
            holds[i] += ((found["shrunk_lower"] <= truth) & (truth <= found["shrunk_upper"])).mean() / runs
    print(f"\nsmall segments: {holds[0]:.2%} with df, {holds[1]:.2%} without")
    assert holds[0] > 0.94 - 3 * np.sqrt(0.05 * 0.95 / runs / 4) and holds[1] < holds[0] - 0.01
