"""Difference-in-differences: statsmodels and scipy on the same customers, by hand, and error rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from before_after_panels import SHOP_MEAN, Floats, averages, shop, weeks
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from keepbook.before_after import did
from keepbook.before_after.did import Pair
from keepbook.before_after.panel import Averages
from keepbook.before_after.periods import Periods


def pair_of(treated: Floats, comparison: Floats, clusters: tuple | None = None, apart: bool = False) -> Pair:
    own, other = clusters or (None, None)
    return Pair.of({"treated": averages(treated, own), "comparison": averages(comparison, other)}, apart)


def row_of(treated: Floats, comparison: Floats, periods: Periods, alpha: float = 0.05) -> dict[str, float]:
    return did.effect_row(pair_of(treated, comparison), periods, alpha)


def long(treated: Floats, comparison: Floats, periods: Periods) -> pd.DataFrame:
    """One row per customer and period, for a regression."""
    both = np.concatenate([treated, comparison])
    frame = pd.DataFrame(both).stack().rename("y").rename_axis(["who", "k"]).reset_index()
    frame["treated"] = (frame["who"] < len(treated)) * 1
    frame["after"] = (frame["k"] >= periods.before) * 1
    return frame


# ────────────────────────────────────────────────────────────────────────────────────── against others


def test_by_hand() -> None:
    """Means 10 → 16 of the treated and 8 → 11 of the comparison: 6 − 3 = 3, on 13 expected: 23.08 %.

    In proportion the treated would have come to 10 · 11/8 = 13.75: 2.25.
    """
    treated, comparison = np.array([[7.0, 9, 15], [13, 11, 17]]), np.array([[6.0, 8, 11], [10, 8, 11]])
    row = row_of(treated, comparison, weeks(2, 1))
    assert row["effect"] == 3 and row["counterfactual"] == 13
    assert row["lift"] == pytest.approx(3 / 13)
    assert row["proportional"] == pytest.approx(2.25)
    assert (row["treated_before"], row["treated_after"]) == (10, 16)
    assert (row["comparison_before"], row["comparison_after"]) == (8, 11)
    # changes of single customers: 7, 5 and 4, 2: variances 2 and 2, of means 1 and 1
    assert row["error"] == pytest.approx(2**0.5) and row["df"] == pytest.approx(2)
    assert row["gap_before"] == 2


@pytest.mark.parametrize("sizes", [(40, 40), (25, 200)])
def test_effect_is_welchs_t_on_each_customers_change(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    periods = weeks(5, 3)
    groups = [shop(rng, n, 8) for n in sizes]
    row = row_of(*groups, periods)
    changes = [panel[:, 5:].mean(axis=1) - panel[:, :5].mean(axis=1) for panel in groups]
    test = stats.ttest_ind(*changes, equal_var=False)
    limits = test.confidence_interval(0.95)
    expected = {"effect": changes[0].mean() - changes[1].mean(), "pvalue": test.pvalue, "df": test.df}
    expected |= {"ci_lower": limits.low, "ci_upper": limits.high}
    assert {name: row[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_effect_is_that_of_a_regression_with_fixed_effects() -> None:
    """statsmodels, a fixed effect for every customer and period, errors clustered by customer.

    Its sandwich divides by n where the unbiased variance divides by n − 1; with groups alike in size that is
    one factor for all.
    """
    rng = np.random.default_rng(5)
    periods, n = weeks(4, 3), 30
    treated, comparison = shop(rng, n, 7), shop(rng, n, 7)
    frame = long(treated, comparison, periods)
    fitted = smf.ols("y ~ treated:after + C(who) + C(k)", frame).fit(
        cov_type="cluster", cov_kwds={"groups": frame["who"], "use_correction": False}
    )
    row = row_of(treated, comparison, periods)
    assert row["effect"] == pytest.approx(fitted.params["treated:after"], rel=1e-9)
    assert row["error"] == pytest.approx(fitted.bse["treated:after"] * (n / (n - 1)) ** 0.5, rel=1e-9)


def test_event_study_by_brute_force() -> None:
    """Each customer's distance from the own mean before, period by period; Welch's t on it."""
    rng = np.random.default_rng(7)
    periods = weeks(4, 3)
    groups = [shop(rng, n, 7) for n in (50, 80)]
    found = did.event_study(pair_of(*groups), periods, 0.10)
    assert found["period"].tolist() == [-4, -3, -2, -1, 0, 1, 2]
    for k, row in found.iterrows():
        off = [panel[:, k] - panel[:, :4].mean(axis=1) for panel in groups]
        test = stats.ttest_ind(*off, equal_var=False)
        limits = test.confidence_interval(0.90)
        assert row["effect"] == pytest.approx(off[0].mean() - off[1].mean(), rel=1e-9)
        assert (row["ci_lower"], row["ci_upper"]) == pytest.approx((limits.low, limits.high), rel=1e-9)
    effect = row_of(*groups, periods)["effect"]
    assert found["effect"].iloc[4:].mean() == pytest.approx(effect, rel=1e-12)
    assert found["effect"].iloc[:4].mean() == pytest.approx(0, abs=1e-12)


def test_joint_covariance_by_brute_force() -> None:
    rng = np.random.default_rng(8)
    groups = [shop(rng, n, 6) for n in (50, 80)]
    rows = Pair.gap(np.diff(np.eye(6)[:4], axis=0))
    pair = pair_of(*groups)
    moves = [np.diff(panel[:, :4], axis=1) for panel in groups]
    expected = sum(np.cov(one.T) / len(one) for one in moves)
    np.testing.assert_allclose(rows @ pair.cov @ rows.T, expected, rtol=1e-9)
    np.testing.assert_allclose(rows @ pair.mean, moves[0].mean(axis=0) - moves[1].mean(axis=0), rtol=1e-9)


def test_pre_trend_is_hotellings_test() -> None:
    """Against a comparison group without any error it is the one-sample test: T² (n − p) / (p (n − 1))."""
    rng = np.random.default_rng(9)
    periods, n, p = weeks(4, 2), 40, 3
    treated = rng.normal(0, 1, (n, 6)).cumsum(axis=1)
    fixed = Averages(10**6, 10**6, np.zeros(6), np.zeros((6, 6)))
    pair = Pair.of({"treated": averages(treated), "comparison": fixed}, True)
    moves = np.diff(treated[:, :4], axis=1)
    squared = n * moves.mean(axis=0) @ np.linalg.solve(np.cov(moves.T), moves.mean(axis=0))
    expected = stats.f.sf(squared * (n - p) / (p * (n - 1)), p, n - p)
    assert did.effect_row(pair, periods, 0.05)["pre_trend_pvalue"] == pytest.approx(expected, rel=1e-9)
    assert pair.df(Pair.gap(np.diff(np.eye(6)[:4], axis=0))) == pytest.approx(n - 1)


def test_pre_trend_as_a_regressions_wald_test() -> None:
    rng = np.random.default_rng(10)
    periods, n = weeks(4, 2), 400
    groups = [shop(rng, n, 6) for _ in range(2)]
    frame = long(*groups, periods)
    frame["event"] = np.where(frame["treated"] == 1, frame["k"] + 1, 0)  # period 0 is left out of the dummies
    dummies = pd.get_dummies(frame["event"], prefix="e", dtype=float).drop(columns=["e_0", "e_1"])
    fitted = smf.ols("y ~ e_2 + e_3 + e_4 + e_5 + e_6 + C(who) + C(k)", frame.join(dummies)).fit(
        cov_type="cluster", cov_kwds={"groups": frame["who"], "use_correction": False}
    )
    wald = fitted.wald_test("e_2 = 0, e_3 = 0, e_4 = 0", scalar=True, use_f=False).statistic
    pair = pair_of(*groups)
    rows = Pair.gap(np.diff(np.eye(6)[:4], axis=0))
    squared = wald * (n - 1) / n
    df = pair.df(rows)
    expected = stats.f.sf(squared * (df - 2) / (df * 3), 3, df - 2)
    assert pair.joint_pvalue(rows) == pytest.approx(expected, rel=1e-6)
    assert 2 * (n - 1) * 0.5 < df < 2 * (n - 1)


# ──────────────────────────────────────────────────────────────────────────────────── derived quantities


def test_slope_and_the_trend_carried_on() -> None:
    """np.polyfit on each customer's periods before the date, and its line carried on to those after."""
    rng = np.random.default_rng(11)
    periods = weeks(5, 3)
    groups = [shop(rng, n, 8) for n in (60, 60)]
    row = row_of(*groups, periods)
    slopes = [np.polyfit(np.arange(-5, 0), panel[:, :5].T, 1)[0] for panel in groups]
    test = stats.ttest_ind(*slopes, equal_var=False)
    assert row["slope"] == pytest.approx(slopes[0].mean() - slopes[1].mean(), rel=1e-9)
    assert row["slope_lower"] == pytest.approx(test.confidence_interval().low, rel=1e-9)
    left = [
        panel[:, 5:].mean(axis=1)
        - np.array(
            [np.polyval(np.polyfit(np.arange(-5, 0), one, 1), [0, 1, 2]).mean() for one in panel[:, :5]]
        )
        for panel in groups
    ]
    assert row["trended"] == pytest.approx(left[0].mean() - left[1].mean(), rel=1e-9)
    limits = stats.ttest_ind(*left, equal_var=False).confidence_interval()
    assert (row["trended_lower"], row["trended_upper"]) == pytest.approx((limits.low, limits.high), rel=1e-9)


def test_lift_holds_zero_when_the_effect_does_and_is_fiellers() -> None:
    """Fieller's limits are where the effect of a counterfactual scaled by 1 + lift is just significant."""
    rng = np.random.default_rng(12)
    periods = weeks(4, 4)
    treated, comparison = shop(rng, 2000, 8), shop(rng, 3000, 8)
    row = row_of(treated, comparison, periods)
    assert (row["lift_lower"] < 0 < row["lift_upper"]) == (row["ci_lower"] < 0 < row["ci_upper"])
    for limit in (row["lift_lower"], row["lift_upper"]):
        own = treated[:, 4:].mean(axis=1) - (1 + limit) * treated[:, :4].mean(axis=1)
        others = (1 + limit) * (comparison[:, 4:].mean(axis=1) - comparison[:, :4].mean(axis=1))
        error = (own.var(ddof=1) / len(own) + others.var(ddof=1) / len(others)) ** 0.5
        reach = stats.t.ppf(0.975, row["df"])
        assert abs(own.mean() - others.mean()) / error == pytest.approx(reach, rel=1e-6)


def test_in_proportion_by_numeric_delta_method() -> None:
    rng = np.random.default_rng(13)
    periods = weeks(4, 4)
    pair = pair_of(shop(rng, 500, 8), shop(rng, 700, 8))
    row = did.effect_row(pair, periods, 0.05)

    def effect(mean: Floats) -> float:
        t0, t1, c0, c1 = mean[:4].mean(), mean[4:8].mean(), mean[8:12].mean(), mean[12:].mean()
        return t1 - t0 * c1 / c0

    step = 1e-5
    gradient = np.array(
        [(effect(pair.mean + h) - effect(pair.mean - h)) / (2 * step) for h in step * np.eye(16)]
    )
    error = (gradient @ pair.cov @ gradient) ** 0.5
    assert row["proportional"] == pytest.approx(effect(pair.mean))
    half = stats.t.ppf(0.975, pair.df(gradient[None, :])) * error
    assert row["proportional_upper"] - row["proportional"] == pytest.approx(half, rel=1e-6)


def test_breakdown_by_hand() -> None:
    """Gaps 1, 4, 2 before the date: the largest move is 3. An interval from 6 up stands up to twice that."""
    pair = Pair.of(
        {
            "treated": Averages(400, 400, np.array([1.0, 4, 2, 11.0]), np.eye(4) * 0.09),
            "comparison": Averages(400, 400, np.zeros(4), np.zeros((4, 4))),
        },
        True,
    )
    row = did.effect_row(pair, weeks(3, 1), 0.05)
    assert row["effect"] == pytest.approx(11 - 7 / 3)
    assert row["breakdown"] == pytest.approx(row["ci_lower"] / 3)
    flat = did.effect_row(pair_of(np.ones((30, 4)), np.ones((30, 4))), weeks(3, 1), 0.05)
    assert (
        flat["effect"] == 0 and np.isnan([flat["pvalue"], flat["breakdown"], flat["pre_trend_pvalue"]]).all()
    )
    assert np.isnan([flat["error"], flat["ci_lower"], flat["df"], flat["lift_lower"]]).all()


def test_placebo_dates_use_the_periods_before_alone() -> None:
    rng = np.random.default_rng(14)
    periods = weeks(4, 3)
    treated, comparison = shop(rng, 60, 7), shop(rng, 60, 7)
    found = did.placebos(pair_of(treated, comparison), periods, 0.05)
    assert found["date"].tolist() == list(periods.edges[1:4])
    for cut, row in zip((1, 2, 3), found.to_dict("records"), strict=True):
        expected = (
            row_of(treated[:, :4], comparison[:, :4], Periods(periods.edges[:5], cut)) if cut > 1 else None
        )
        before = [p[:, :cut].mean(axis=1) for p in (treated, comparison)]
        after = [p[:, cut:4].mean(axis=1) for p in (treated, comparison)]
        test = stats.ttest_ind(after[0] - before[0], after[1] - before[1], equal_var=False)
        assert row["pvalue"] == pytest.approx(test.pvalue, rel=1e-9)
        assert expected is None or row["effect"] == pytest.approx(expected["effect"], rel=1e-9)


# ───────────────────────────────────────────────────────────────────────────────────────────── properties

panels = st.integers(0, 10_000)


@settings(max_examples=25, deadline=None)
@given(panels, st.floats(-50, 50), st.integers(2, 5), st.integers(1, 4))
def test_properties(seed: int, constant: float, before: int, after: int) -> None:
    rng = np.random.default_rng(seed)
    periods = weeks(before, after)
    treated, comparison = shop(rng, 40, before + after), shop(rng, 50, before + after)
    row = row_of(treated, comparison, periods)
    shown = ("effect", "error", "ci_lower", "ci_upper", "pvalue", "slope", "pre_trend_pvalue", "trended")

    def same(other: dict[str, Any], sign: int = 1) -> bool:
        names = [n for n in shown if sign == 1 or n in ("error", "pvalue", "pre_trend_pvalue")]
        return [other[n] for n in names] == pytest.approx(
            [row[n] for n in names], rel=1e-6, abs=1e-9, nan_ok=True
        )

    shock = rng.normal(0, 20, before + after)
    assert same(row_of(treated + constant, comparison, periods))  # one group is always so much above
    assert same(row_of(treated + shock, comparison + shock, periods))  # what happens to both
    swapped = row_of(comparison, treated, periods)
    assert same(swapped, -1) and swapped["effect"] == pytest.approx(-row["effect"], abs=1e-9)
    assert swapped["ci_lower"] == pytest.approx(-row["ci_upper"], abs=1e-9)
    scaled = row_of(3 * treated, 3 * comparison, periods)  # another currency
    assert scaled["effect"] == pytest.approx(3 * row["effect"]) and scaled["pvalue"] == pytest.approx(
        row["pvalue"], nan_ok=True
    )
    assert scaled["lift"] == pytest.approx(row["lift"], nan_ok=True)
    assert scaled["breakdown"] == pytest.approx(row["breakdown"], nan_ok=True)


# ─────────────────────────────────────────────────────────────────────────────────────────── error rates


def rates(
    runs: int,
    sizes: tuple[int, int],
    seed: int,
    lift: float = 0.0,
    clusters: int | None = None,
    drift: float = 0.0,
    unlike: float = 0.0,
) -> dict[str, float]:
    """How often, over simulated panels of 6 + 6 periods, intervals hold the truth and tests reject.

    Parameters
    ----------
    clusters : per group, each with a level and ups and downs of its own. drift : of the treated, per period.
    unlike : standard deviation of the logarithm of a cluster's size.
    """
    rng, periods, seen = np.random.default_rng(seed), weeks(6, 6), []
    level = SHOP_MEAN * (np.exp(0.09) if clusters else 1)
    for _ in range(runs):
        groups: list[Floats] = [shop(rng, n, 12) for n in sizes]
        members: list[NDArray[np.int64]] | None = None
        if clusters:
            members = [_members(rng, n, clusters, unlike) for n in sizes]
            moods = [
                np.exp(0.3 * rng.normal(0, 1, (clusters, 1)) + 0.3 * rng.normal(0, 1, (clusters, 12)))
                for _ in sizes
            ]
            groups = [g * mood[m] for g, mood, m in zip(groups, moods, members, strict=True)]
        groups[0] = groups[0] * np.where(periods.is_after, 1 + lift, 1) * (1 + drift * np.arange(12))
        pair = pair_of(*groups, clusters=tuple(members) if members else None, apart=True)
        row, placebo = did.effect_row(pair, periods, 0.05), did.placebos(pair, periods, 0.05)
        truth = lift * level
        seen.append(
            {
                "covered": row["ci_lower"] <= truth <= row["ci_upper"],
                "found": row["pvalue"] < 0.05,
                "lift_covered": not (
                    lift < row["lift_lower"] or row["lift_upper"] < lift
                ),  # missing says nothing
                "proportional": row["proportional_lower"] <= truth <= row["proportional_upper"],
                "pre_trend": row["pre_trend_pvalue"] < 0.05,
                "placebo": placebo["pvalue"].min() * len(placebo) < 0.05,
                "slope": not row["slope_lower"] <= 0 <= row["slope_upper"],
            }
        )
    return pd.DataFrame(seen).mean().to_dict()


def _members(rng: np.random.Generator, n: int, clusters: int, unlike: float) -> NDArray[np.int64]:
    """The cluster of every customer; two at least in each."""
    size = np.exp(unlike * rng.normal(0, 1, clusters))
    drawn = rng.choice(clusters, n - 2 * clusters, p=size / size.sum())
    return np.r_[np.repeat(np.arange(clusters), 2), drawn]


def allowance(runs: int, share: float = 0.05) -> float:
    return 3 * (share * (1 - share) / runs) ** 0.5


def assert_honest(found: dict[str, float], runs: int, room: float = 0.0) -> None:
    """Within three binomial standard errors, and `room`, of nominal; tests of several things may be below."""
    reach = allowance(runs) + room
    assert abs(found["covered"] - 0.95) < reach
    assert abs(found["proportional"] - 0.95) < reach + 0.01
    assert found["lift_covered"] > 0.95 - reach
    assert max(found["pre_trend"], found["placebo"], found["slope"]) < 0.05 + reach


def test_nothing_is_found_where_there_is_nothing() -> None:
    found = rates(300, (300, 300), seed=1)
    assert_honest(found, 300)
    assert found["found"] < 0.05 + allowance(300)


def test_a_known_lift_is_recovered() -> None:
    found = rates(200, (3000, 3000), seed=3, lift=0.3)
    assert_honest(found, 200)
    assert found["found"] > 0.9


def test_a_drift_before_the_date_is_seen() -> None:
    found = rates(60, (8000, 8000), seed=4, drift=0.12)
    assert min(found["pre_trend"], found["slope"], found["placebo"]) > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(100, 100), (300, 300), (1000, 200), (2000, 2000)])
def test_error_rates_at_length(sizes: tuple[int, int]) -> None:
    assert_honest(rates(2000, sizes, seed=sum(sizes)), 2000, room=0.01)  # 94–96 %, and the draw


@pytest.mark.slow
def test_coverage_of_a_lift_at_length() -> None:
    assert_honest(rates(2000, (1000, 300), seed=5, lift=0.3), 2000, room=0.01)
