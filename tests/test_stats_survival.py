"""Time to the next purchase: published curves, other packages on data with ties, and calibration."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf, logrank, ttest_ind
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from keepbook.stats import survival

# The waltons data of lifelines 0.30.3 (MIT licence; lifelines/datasets/waltons_dataset.csv, 163 rows of T, E
# and group): day → customers. Nobody of miR-137 is censored.
CONTROL = {7: 1, 17: 1, 32: 1, 33: 1, 38: 2, 41: 7, 45: 9, 48: 8, 51: 3, 53: 7, 54: 2, 56: 18, 58: 4, 60: 15}
CONTROL |= {61: 9, 63: 9, 66: 3, 68: 9, 69: 12, 75: 1}
CENSORED = {7: 1, 45: 1, 60: 1, 61: 2, 68: 1, 69: 1}
MIR = {6: 1, 9: 3, 13: 3, 15: 2, 19: 3, 22: 4, 26: 5, 29: 5, 33: 2, 36: 2, 43: 1, 47: 1, 62: 2}


def life_of(variant: str, events: dict[int, int], censored: dict[int, int]) -> pd.DataFrame:
    days = sorted(events.keys() | censored.keys())
    return pd.DataFrame(
        {
            "variant": variant,
            "day": days,
            "events": [events.get(d, 0) for d in days],
            "censored": [censored.get(d, 0) for d in days],
        }
    )


def waltons() -> pd.DataFrame:
    return pd.concat([life_of("control", CONTROL, CENSORED), life_of("miR-137", MIR, {})], ignore_index=True)


def tabled(variant: str, time: np.ndarray, bought: np.ndarray) -> pd.DataFrame:
    """One row per customer → life table."""
    day, at = np.unique(time, return_inverse=True)
    return pd.DataFrame(
        {
            "variant": variant,
            "day": day,
            "events": np.bincount(at, bought),
            "censored": np.bincount(at, ~bought),
        }
    )


# ---------------------------------------------------------------------------------------------- published


def test_waltons_together() -> None:
    """lifelines' waltons: median 56, S(30) .827224, S(50) .616817; the limits are lifelines 0.30.3's."""
    curve = survival.curves(waltons().assign(variant="all")).set_index("day")
    assert curve["at_risk"].iloc[0] == 163
    assert curve.loc[:30, "survival"].iloc[-1] == pytest.approx(0.827224, abs=5e-7)
    assert curve.loc[:50, "survival"].iloc[-1] == pytest.approx(0.616817, abs=5e-7)
    assert curve.index[(curve["survival"] <= 0.5).argmax()] == 56
    limits = curve.loc[[33, 56], ["lower", "upper"]].to_numpy()
    np.testing.assert_allclose(limits, [[0.732496, 0.856023], [0.352689, 0.504680]], atol=5e-7)


def test_waltons_by_group() -> None:
    """Log-rank 122.249126; medians 58, 26, areas to day 50 of 47.977873, 25 by lifelines."""
    life = waltons()
    found = survival.logrank(life, "control", "miR-137")
    assert found.statistic == pytest.approx(122.249126, abs=5e-7) and found.pvalue < 1e-27
    means = [survival.restricted_mean(life, arm, 50).mean for arm in ("control", "miR-137")]
    assert means == pytest.approx([47.977873, 25.0], abs=5e-7)
    for arm, median in (("control", 58), ("miR-137", 26)):
        curve = survival.curves(life[life["variant"] == arm])
        assert curve["day"][(curve["survival"] <= 0.5).argmax()] == median


def test_by_hand() -> None:
    """Four customers: bought on days 0, 2 and 5, one followed to day 3. S is ¾, ½, 0.

    To day 4: 2·¾ + 2·½ = 2½ days; variance (2½²/(4·3) + 1²/(3·2)) · 4/3 = 11/12. Nine days are reached
    because all bought by then; where two are followed to day 3 only, four days are and five are not.
    """
    life = life_of("a", {0: 1, 2: 1, 5: 1}, {3: 1})
    curve = survival.curves(life)
    assert list(curve["day"]) == [0, 2, 5] and list(curve["at_risk"]) == [4, 3, 1]
    np.testing.assert_allclose(curve["survival"], [0.75, 0.5, 0], atol=1e-12)
    assert survival.restricted_mean(life, "a", 4) == pytest.approx((2.5, np.sqrt(11 / 12), 4))
    assert survival.restricted_mean(life, "a", 9).mean == pytest.approx(2 * 0.75 + 3 * 0.5)
    open_end = life_of("a", {0: 1, 2: 1}, {3: 2})
    assert survival.restricted_mean(open_end, "a", 4).mean == pytest.approx(2.5)  # days 0 to 3 were seen
    assert np.isnan(survival.restricted_mean(open_end, "a", 5).mean)


def test_nobody_everybody_and_no_arm() -> None:
    life = pd.concat([life_of("a", {}, {10: 5}), life_of("b", {0: 7}, {})], ignore_index=True)
    curve = survival.curves(life).set_index("variant")
    assert curve.loc["a", ["day", "at_risk", "survival"]].tolist() == [10, 5, 1]
    assert curve.loc["b", ["day", "at_risk", "survival"]].tolist() == [0, 7, 0]
    assert curve[["lower", "upper"]].isna().all(axis=None)
    assert survival.restricted_mean(life, "a", 10) == (10, 0, 5)
    assert survival.restricted_mean(life, "b", 10) == (0, 0, 7)
    found = survival.restricted_mean_difference(life, "a", "b", 10)
    assert found.effect == -10 and np.isnan([found.ci_lower, found.ci_upper, found.pvalue]).all()
    for missing in (survival.logrank(life, "a", "c"), survival.restricted_mean(life, "c", 10)[:2]):
        assert np.isnan(missing).all()
    assert np.isnan(survival.logrank(life[life["variant"] == "a"], "a", "b")).all()
    assert survival.curves(life.head(0)).empty


# ----------------------------------------------------------------------------------------- other packages


def purchases(
    rng: np.random.Generator, n: int, chance: float, days: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days seen, whether bought, and the truth: a purchase each day with `chance`, staggered follow-up."""
    truth = rng.geometric(chance, n) - 1
    followed = rng.integers(0, days + 1, n)
    return np.minimum(truth, followed), truth <= followed, truth


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")  # scipy's, once all have bought
@pytest.mark.parametrize("seed", range(8))
def test_against_other_packages(seed: int) -> None:
    """Many ties, censoring on event days: statsmodels and scipy find the same curves and tests."""
    rng = np.random.default_rng(seed)
    arms = {arm: purchases(rng, 40 + 30 * seed, p, 25)[:2] for arm, p in (("a", 0.05), ("b", 0.08))}
    life = pd.concat([tabled(arm, *seen) for arm, seen in arms.items()], ignore_index=True)
    curves = survival.curves(life)
    for arm, (time, bought) in arms.items():
        ours = curves[(curves["variant"] == arm) & (curves["events"] > 0)]
        theirs = SurvfuncRight(time, bought)
        np.testing.assert_array_equal(ours["day"], theirs.surv_times)
        np.testing.assert_array_equal(ours["at_risk"], theirs.n_risk)
        np.testing.assert_allclose(ours["survival"], theirs.surv_prob, atol=1e-12)
        sample = ecdf(CensoredData(uncensored=time[bought], right=time[~bought])).sf
        limits = sample.confidence_interval(method="log-log")
        at = np.searchsorted(sample.quantiles, ours["day"])
        np.testing.assert_allclose(ours["lower"], limits.low.probabilities[at], atol=1e-9)
        np.testing.assert_allclose(ours["upper"], limits.high.probabilities[at], atol=1e-9)
        errors = theirs.surv_prob_se[theirs.surv_times < 20]
        assert survival.restricted_mean(life, arm, 1).error == pytest.approx(  # one day: the error of S(0)
            errors[0] * np.sqrt(time.size / (time.size - 1)) if theirs.surv_times[0] == 0 else 0
        )
    found = survival.logrank(life, "a", "b")
    time, bought = (np.concatenate([arms["a"][i], arms["b"][i]]) for i in (0, 1))
    group = np.repeat(["a", "b"], [arms["a"][0].size, arms["b"][0].size])
    assert found == pytest.approx(survdiff(time, bought, group))
    samples = (CensoredData(uncensored=t[b], right=t[~b]) for t, b in arms.values())
    assert found.statistic == pytest.approx(logrank(*samples).statistic ** 2)


@pytest.mark.parametrize("seed", range(5))
def test_without_censoring_it_is_welchs_test(seed: int) -> None:
    """When all are followed to the last day, the restricted mean is the mean of min(day, days)."""
    rng = np.random.default_rng(seed)
    control, treatment = rng.geometric(0.03, 50) - 1, rng.geometric(0.05, 90) - 1
    life = pd.concat(
        [
            tabled(arm, np.minimum(day, 44), day < 45)
            for arm, day in (("control", control), ("treatment", treatment))
        ]
    )
    found = survival.restricted_mean_difference(life, "control", "treatment", 45, alpha=0.1)
    x, y = np.minimum(control, 45), np.minimum(treatment, 45)
    theirs = ttest_ind(y, x, equal_var=False)
    limits = theirs.confidence_interval(0.9)
    assert (found.control, found.treatment) == pytest.approx((x.mean(), y.mean()))
    assert (found.pvalue, found.df) == pytest.approx((theirs.pvalue, theirs.df))
    assert (found.ci_lower, found.ci_upper) == pytest.approx((limits.low, limits.high))


# ---------------------------------------------------------------------------------------------- properties


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), min_size=4, max_size=60),
    st.integers(2, 7),
)
def test_properties(people: list[tuple[int, bool, bool]], factor: int) -> None:
    """Arms swap; a life table in pieces and in any order is the same; many customers sharpen, not move."""
    time, bought, treated = (np.array(column) for column in zip(*people, strict=True))
    life = pd.concat([tabled("ab"[int(arm)], time[treated == arm], bought[treated == arm]) for arm in (0, 1)])
    pieces = pd.concat([tabled("ab"[int(t)], np.array([d]), np.array([b])) for d, b, t in people[::-1]])
    curves = survival.curves(life)
    again = survival.curves(pieces).sort_values(["variant", "day"], ignore_index=True)
    pd.testing.assert_frame_equal(curves, again, check_dtype=False)
    inside = curves["survival"].between(0, 1, inclusive="neither")
    assert (curves["lower"] <= curves["survival"] + 1e-12)[inside].all()
    assert (curves["survival"] <= curves["upper"] + 1e-12)[inside].all()
    there, back = survival.logrank(life, "a", "b"), survival.logrank(life, "b", "a")
    np.testing.assert_allclose(there, back, atol=1e-9)
    first = survival.restricted_mean_difference(life, "a", "b", 8)
    second = survival.restricted_mean_difference(life, "b", "a", 8)
    np.testing.assert_allclose(first.effect, -second.effect)
    np.testing.assert_allclose([first.ci_lower, first.pvalue], [-second.ci_upper, second.pvalue])
    many = life.assign(events=life["events"] * factor, censored=life["censored"] * factor)
    if not np.isnan(first.control):
        assert survival.restricted_mean(many, "a", 8).mean == pytest.approx(first.control)
        assert 0 <= first.control <= 8


def test_ten_million_customers_cost_no_more_than_their_days() -> None:
    n = 10_000_000
    rng = np.random.default_rng(1)
    events = rng.multinomial(n // 10, np.full(60, 1 / 60))
    life = pd.concat(
        [
            pd.DataFrame({"variant": arm, "day": range(60), "events": events, "censored": 0})
            for arm in ("a", "b")
        ],
        ignore_index=True,
    )
    life.loc[[59, 119], "censored"] = n - n // 10
    found = survival.restricted_mean_difference(life, "a", "b", 60)
    assert found.effect == 0 and found.pvalue == 1 and survival.logrank(life, "a", "b").pvalue == 1
    expected = (events * np.arange(60)).sum() / n + 60 * 0.9
    assert found.control == pytest.approx(expected, rel=1e-12)


# --------------------------------------------------------------------------------------------- calibration


def rates(runs: int, n: int, seed: int) -> tuple[float, float, float]:
    """A/A false positives of log-rank and restricted mean; coverage of the latter's interval with an effect.

    30 days; 60 % of the follow-ups end earlier. The true mean of min(T, 30) with daily chance p is
    Σ (1 − p)^(t + 1), t = 0 … 29.
    """
    rng = np.random.default_rng(seed)
    true = [((1 - p) ** np.arange(1, 31)).sum() for p in (0.03, 0.05)]
    wrong = np.zeros(2)
    holds = 0
    for _ in range(runs):
        frames = []
        for arm, p, size in (("a", 0.03, n), ("b", 0.03, n), ("c", 0.05, 2 * n)):
            time, bought, _truth = purchases(rng, size, p, 45)
            late = time > 29
            frames.append(tabled(arm, np.where(late, 29, time), bought & ~late))
        life = pd.concat(frames, ignore_index=True)
        wrong[0] += survival.logrank(life, "a", "b").pvalue < 0.05
        wrong[1] += survival.restricted_mean_difference(life, "a", "b", 30).pvalue < 0.05
        found = survival.restricted_mean_difference(life, "a", "c", 30)
        holds += found.ci_lower <= true[1] - true[0] <= found.ci_upper
    return float(wrong[0] / runs), float(wrong[1] / runs), holds / runs


@pytest.mark.parametrize(
    ("runs", "n"),
    [
        (400, 150),
        pytest.param(4000, 60, marks=pytest.mark.slow),
        pytest.param(4000, 400, marks=pytest.mark.slow),
    ],
)
def test_calibration(runs: int, n: int) -> None:
    """False positives at 5 % and coverage at 95 %, within binomial error and half a point for n = 60."""
    tested, meant, covered = rates(runs, n, seed=n)
    print(f"\n{runs} runs of {n}: log-rank {tested:.2%}, restricted mean {meant:.2%}, coverage {covered:.2%}")
    allowed = 3 * np.sqrt(0.05 * 0.95 / runs) + 0.005
    assert max(abs(tested - 0.05), abs(meant - 0.05), abs(covered - 0.95)) < allowed


@pytest.mark.parametrize("runs", [300, pytest.param(3000, marks=pytest.mark.slow)])
def test_coverage_of_the_curve(runs: int) -> None:
    """The limits of S(10) with 60 customers, 3 to 4 % of whom buy each day."""
    rng = np.random.default_rng(9)
    holds = []
    for _ in range(runs):
        curve = survival.curves(tabled("a", *purchases(rng, 60, 0.035, 45)[:2]))
        at = curve[curve["day"] <= 10].iloc[-1]
        holds.append(at["lower"] <= 0.965**11 <= at["upper"])
    print(f"\ncoverage of S(10): {np.mean(holds):.2%}")
    assert abs(np.mean(holds) - 0.95) < 3 * np.sqrt(0.05 * 0.95 / runs) + 0.01
