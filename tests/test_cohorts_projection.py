"""The projection: published forecasts, exact curves given back, and how often its interval holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from cohort_data import buys, purchases_of
from numpy.typing import NDArray

from keepbook.cohorts import (
    Choices,
    Projection,
    Retention,
    ShiftedBetaGeometric,
    fit_survival,
    project,
    retention,
)
from keepbook.errors import DataError, NotEnoughData
from keepbook.stats.intervals import mean_of_shares, wilson
from keepbook.tables import Window

# Fader & Hardie (2007)
HIGH_END = [0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491]
REGULAR = [0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241]


@pytest.mark.parametrize(
    ("survival", "alpha", "beta", "forecast"),
    [
        (HIGH_END, 0.668, 3.806, [0.460, 0.436, 0.414, 0.395, 0.378]),
        (REGULAR, 0.704, 1.182, [0.220, 0.204, 0.191, 0.180, 0.170]),
    ],
)
def test_fader_and_hardies_table(
    survival: list[float], alpha: float, beta: float, forecast: list[float]
) -> None:
    model = fit_survival([1.0, *survival])
    assert (model.alpha, model.beta) == (pytest.approx(alpha, abs=5e-4), pytest.approx(beta, abs=5e-4))
    np.testing.assert_allclose(model.survival(np.arange(8, 13)), forecast, atol=5e-4)


def test_counts_fit_as_shares_do() -> None:
    by_share, by_count = fit_survival([1.0, *REGULAR]), fit_survival(np.array([1.0, *REGULAR]) * 5000)
    assert by_count.alpha == pytest.approx(by_share.alpha, rel=1e-5)


def test_discounted_expected_residual_lifetime() -> None:
    """Fader & Hardie (2010): a High End customer after seven renewals, 10 % a year: 7.530."""
    assert fit_survival([1.0, *HIGH_END]).residual_lifetime(7, 0.10) == pytest.approx(7.530, abs=5e-4)


def test_survival_is_the_product_of_its_renewal_rates() -> None:
    """Their eq. 7: the retention rate of period t is (β + t − 1)/(α + β + t − 1)."""
    model, t = ShiftedBetaGeometric(0.7, 1.2), np.arange(1, 30)
    np.testing.assert_allclose(model.survival(t), np.cumprod((1.2 + t - 1) / (1.9 + t - 1)), rtol=1e-10)


@pytest.mark.parametrize("survivors", [[100, 60], [100, 100, 100], [100, 40, 0], [0, 0, 0]])
def test_too_little_to_fit(survivors: list[int]) -> None:
    with pytest.raises(NotEnoughData, match="two periods or more"):
        fit_survival(survivors)


@pytest.mark.parametrize("survivors", [[100, 60, 70], [100, np.nan, 50]])
def test_no_survivors_at_all(survivors: list[float]) -> None:
    with pytest.raises(DataError, match="rise or be missing"):
        fit_survival(survivors)


# --------------------------------------------------------------------------------------------- the curve


def result_of(active: NDArray[np.float64], sizes: NDArray[np.int64], choices: Choices) -> Retention:
    """Cohort c of K has K − c complete periods after the first; `active` is cohorts × periods from 0."""
    rows = []
    for k in range(active.shape[1]):
        over = np.arange(len(sizes)) <= len(sizes) - k
        counts, people = active[over, k], sizes[over]
        mean = mean_of_shares(counts, people, choices.alpha)
        if choices.average == "pooled":
            mean = (
                counts.sum() / people.sum(),
                *map(float, wilson(counts.sum(), people.sum(), choices.alpha)),
            )
        rows.append((k, str(k), len(people), people.sum(), counts.sum(), *mean))
    columns = ["period", "label", "cohorts", "size", "active", "retention", "ci_lower", "ci_upper"]
    empty = pd.DataFrame()
    return Retention(empty, pd.DataFrame(rows, columns=columns), empty, 0, choices)


def exact(level: float, alpha: float, beta: float, periods: int, size: int = 10**8) -> Retention:
    share = np.r_[1.0, level * ShiftedBetaGeometric(alpha, beta).survival(np.arange(periods))]
    low, high = wilson(share * size, np.full(periods + 1, size))
    average = pd.DataFrame({"period": np.arange(periods + 1), "cohorts": 1, "size": size, "retention": share})
    average = average.assign(active=(share * size).round().astype(int), ci_lower=low, ci_upper=high)
    return Retention(pd.DataFrame(), average, pd.DataFrame(), 0, Choices())


@pytest.mark.parametrize(("level", "alpha", "beta"), [(0.3, 0.7, 3.8), (0.9, 0.7, 1.2), (0.05, 2.0, 20.0)])
def test_a_curve_of_the_model_is_given_back(level: float, alpha: float, beta: float) -> None:
    found = project(exact(level, alpha, beta, 24), horizon=12)
    assert (found.level, found.model.alpha, found.model.beta) == (
        pytest.approx(level, rel=2e-3),
        pytest.approx(alpha, rel=2e-2),
        pytest.approx(beta, rel=2e-2),
    )
    expected = level * ShiftedBetaGeometric(alpha, beta).survival(np.arange(36))
    np.testing.assert_allclose(found.curve["fitted"], expected, atol=2e-4)
    assert found.holdout["inside"].all() and found.holdout_error < 1e-3


def test_a_contract_is_the_same_model_with_one_more_renewal() -> None:
    """Survival given period 1 is shifted beta-geometric with β + 1: here 0.668 and 4.806, level S(1)."""
    share = ShiftedBetaGeometric(0.668, 3.806).survival(np.arange(25))
    made = exact(0.5, 1, 1, 24)
    low, high = wilson(share * 1e8, np.full(25, 1e8))
    average = made.average.assign(
        retention=share, active=(share * 1e8).astype(int), ci_lower=low, ci_upper=high
    )
    found = project(Retention(made.cells, average, made.cohorts, 0, Choices()))
    assert found.level == pytest.approx(share[1], rel=1e-3)
    assert found.model.alpha == pytest.approx(0.668, rel=2e-2)
    assert found.model.beta == pytest.approx(4.806, rel=2e-2)


def test_shape_of_the_result() -> None:
    found = project(exact(0.3, 0.7, 3.8, 12), horizon=5)
    assert list(found.curve.columns) == ["period", "fitted", "ci_lower", "ci_upper", "observed", "projected"]
    assert list(found.curve["period"]) == list(range(1, 18))
    assert list(found.curve["projected"]) == [False] * 12 + [True] * 5
    assert found.curve["observed"].isna().equals(found.curve["projected"])
    assert list(found.holdout["period"]) == [9, 10, 11, 12]
    assert not project(exact(0.3, 0.7, 3.8, 12), horizon=0).curve["projected"].any()


@pytest.mark.parametrize("shape", ["flat", "rising", "zeros", "tiny", "all", "cliff"])
def test_curves_the_model_does_not_know_stay_finite(shape: str) -> None:
    """Intervals are never missing, never outside [0, 1] and always hold the fitted share."""
    k, sizes = np.arange(13), np.full(12, 40)
    share = {
        "flat": 0.2 + 0 * k,
        "rising": 0.1 + 0.02 * k,
        "zeros": np.where(k == 1, 0.1, 0.0),
        "tiny": np.where(k == 9, 0.03, 0.0),
        "all": 1.0 + 0 * k,
        "cliff": np.where(k < 7, 0.5, 0.02),
    }[shape]
    found = project(result_of(np.round(np.outer(sizes, share)), sizes, Choices()), horizon=12)
    for frame, middle in ((found.curve, "fitted"), (found.holdout, "predicted")):
        limits = frame[["ci_lower", middle, "ci_upper"]].to_numpy()
        assert np.isfinite(limits).all() and (np.diff(limits, axis=1) >= -1e-9).all()
        assert limits.min() >= 0 and limits.max() <= 1 + 1e-9
    assert (np.diff(found.curve["fitted"]) <= 1e-12).all()


def test_a_misfit_widens_the_interval() -> None:
    """Seasons the model cannot follow: the same curve with a wave of ±30 % is projected with more doubt."""
    k, sizes = np.arange(25), np.full(24, 2000)
    calm = np.r_[1.0, 0.3 * ShiftedBetaGeometric(0.7, 3.8).survival(k[:-1])]
    widths = []
    for share in (calm, calm * np.where(k > 0, 1 + 0.3 * np.sin(k * np.pi / 3), 1)):
        curve = project(result_of(np.round(np.outer(sizes, share)), sizes, Choices())).curve
        widths.append((curve["ci_upper"] - curve["ci_lower"]).iloc[-1])
    assert widths[1] > 2 * widths[0]


def test_what_cannot_be_projected_says_why() -> None:
    rows = [row for i in range(6) for row in buys(str(i), "2024-01-05", "2024-02-05")]
    table, window = (
        purchases_of(rows),
        Window(*(pd.Timestamp(d).date() for d in ("2024-01-05", "2024-12-31"))),
    )
    assert len(project(retention(table, window)).curve) == 11 + 6
    for rule in ("bracket", "on_or_after"):
        with pytest.raises(NotEnoughData, match="single period"):
            project(retention(table, window, Choices(rule=rule, brackets=(1, 2))))  # type: ignore[arg-type]
    early = Window(window.start, pd.Timestamp("2024-08-31").date())
    with pytest.raises(NotEnoughData, match="8 complete periods"):
        project(retention(table, early))
    once = purchases_of([row for i in range(6) for row in buys(str(i), "2024-01-05")])
    with pytest.raises(NotEnoughData, match="there are 0"):
        project(retention(once, window))


# --------------------------------------------------------------------------------------------- coverage


Draw = Callable[[np.random.Generator, int, int], NDArray[np.bool_]]


def contract_like(level: float, alpha: float, beta: float) -> Draw:
    """The model itself: a lifetime of the customer's own, and while alive a purchase with chance `level`."""

    def draw(rng: np.random.Generator, people: int, periods: int) -> NDArray[np.bool_]:
        lifetime = rng.geometric(np.clip(rng.beta(alpha, beta, people), 1e-9, 1))
        alive = lifetime[:, None] > np.arange(periods)
        return alive & (rng.random((people, periods)) < level)

    return draw


def pareto_nbd(rng: np.random.Generator, people: int, periods: int) -> NDArray[np.bool_]:
    """Not the model: rates differ between customers (the simulator's tier "plus", 30-day windows)."""
    rate = rng.gamma(1.0, 1 / 50, people)[:, None]
    lifetime = rng.exponential(1 / rng.gamma(0.5, 1 / 200, people))[:, None]
    exposed = np.clip(lifetime - 30 * np.arange(1, periods + 1), 0, 30)
    return rng.random((people, periods)) < -np.expm1(-rate * exposed)


TRUTHS: dict[str, Draw] = {
    "contract": contract_like(1.0, 0.668, 4.806),
    "level 0.3": contract_like(0.3, 0.7, 3.8),
    "level 0.08": contract_like(0.08, 0.7, 3.8),
    "nearly flat": contract_like(0.2, 0.05, 20.0),
    "Pareto/NBD": pareto_nbd,
}


def simulated(rng: np.random.Generator, draw: Draw, cohorts: int, people: int, choices: Choices) -> Retention:
    sizes = rng.poisson(people, cohorts)
    active = np.zeros((cohorts, cohorts + 1))
    active[:, 0] = sizes
    for c, size in enumerate(sizes):
        active[c, 1 : cohorts - c + 1] = draw(rng, size, cohorts - c).sum(0)
    return result_of(active, sizes, choices)


def coverage(
    truth: str, cohorts: int, people: int, runs: int, choices: Choices, seed: int = 5
) -> tuple[float, float]:
    """Share of held-out periods inside their interval: over all, and for the last one (the oldest cohort)."""
    rng = np.random.default_rng(seed)
    draws: list[Projection] = [
        project(simulated(rng, TRUTHS[truth], cohorts, people, choices), horizon=0) for _ in range(runs)
    ]
    inside = np.array([found.holdout["inside"] for found in draws])
    return float(inside.mean()), float(inside[:, -1].mean())


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize(("cohorts", "average"), [(10, "simple"), (24, "pooled")])
def test_the_interval_holds_what_comes(truth: str, cohorts: int, average: str) -> None:
    """Near 95 %, a little above: the interval never narrows below the binomial noise. 40 runs."""
    overall, last = coverage(truth, cohorts, 300, 40, Choices(average=average))  # type: ignore[arg-type]
    assert overall > 0.91 and last > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 40)


@pytest.mark.slow
@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("people", [60, 500, 5000])
@pytest.mark.parametrize(
    ("cohorts", "average"), [(9, "pooled"), (12, "pooled"), (24, "pooled"), (24, "simple")]
)
def test_the_interval_holds_what_comes_at_length(truth: str, people: int, cohorts: int, average: str) -> None:
    overall, last = coverage(truth, cohorts, people, 200, Choices(average=average))  # type: ignore[arg-type]
    assert overall > 0.94 and last > 0.91


def test_eighty_percent_intervals_hold_about_eighty_percent() -> None:
    """So the interval is no blanket: 60 runs of 8 held-out periods."""
    overall, _last = coverage("level 0.3", 24, 500, 60, Choices(alpha=0.2))
    assert 0.74 < overall < 0.92
