"""What the analysis promises, kept over many made-up experiments: false positives, coverage, decisions.

Every route is run on experiments in which nothing was done: 2,000 of them with `make test-slow`, fewer in CI.
A rate may miss the nominal one by what a binomial of as many runs does once in a thousand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from experiment_data import arm, experiment, spenders
from scipy.stats import binom

from keepbook.experiments.compared import Compared, compare
from keepbook.experiments.moments import Moments
from keepbook.experiments.money import money_of
from keepbook.experiments.soundness import sample_ratio
from keepbook.experiments.verdict import decide

FULL, TRIMMED = 2000, 200
RUNS = [TRIMMED, pytest.param(FULL, marks=pytest.mark.slow)]
N = 1500  # customers in an arm
Route = Callable[[int, np.random.Generator, float], Moments]


def within(hits: int, runs: int, nominal: float) -> bool:
    """Whether so many hits are no surprise at the nominal rate: once in a thousand they are."""
    low, high = binom.interval(0.999, runs, nominal)
    return bool(low <= hits <= high)


def people(n: int, rng: np.random.Generator, lift: float) -> Moments:
    return arm(**spenders(n, rng, lift=lift))


def shops(n: int, rng: np.random.Generator, lift: float) -> Moments:
    """n / 50 shops of different sizes, whose customers share their shop's luck."""
    shop = np.repeat(np.arange(n // 50), rng.integers(20, 80, n // 50))
    chance = 0.1 * rng.gamma(8, 1 / 8, n // 50)[shop]
    bought = rng.binomial(1, np.minimum(chance * (1 + lift), 1))
    spent = bought * rng.lognormal(3.2, 0.8, len(shop))
    before = rng.binomial(1, np.minimum(chance, 1)) * rng.lognormal(3.2, 0.8, len(shop))
    return arm(shop, retained=bought.astype(float), revenue=spent, pre_revenue=before)


ROUTES: dict[str, tuple[str, bool, Route]] = {
    "share": ("retained", False, people),
    "share, adjusted": ("retained", True, people),
    "mean": ("revenue", False, people),
    "mean, adjusted": ("revenue", True, people),
    "ratio": ("average_order_value", False, people),
    "ratio, adjusted": ("average_order_value", True, people),
    "clusters, share": ("retained", False, shops),
    "clusters, mean": ("revenue", True, shops),
}


def trials(route: str, runs: int, lift: float = 0.0) -> list[Compared]:
    metric, adjust, made = ROUTES[route]
    rng = np.random.default_rng([sorted(ROUTES).index(route), round(100 * lift)])
    return [compare(metric, made(N, rng, 0.0), made(N, rng, lift), adjust=adjust) for _ in range(runs)]


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize("route", ROUTES)
def test_nothing_done_is_seldom_called_an_effect(route: str, runs: int) -> None:
    hits = sum(one.pvalue < 0.05 for one in trials(route, runs))
    print(f"{route}: {hits / runs:.2%} of {runs} null experiments have p < .05")
    assert within(hits, runs, 0.05)


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize("route", ROUTES)
def test_a_known_lift_is_recovered_and_intervals_hold_it(route: str, runs: int) -> None:
    """30 % more buyers, the truth being what arms of a million customers show."""
    metric, _adjust, made = ROUTES[route]
    rng = np.random.default_rng(3)
    large = compare(metric, made(1_000_000, rng, 0.0), made(1_000_000, rng, 0.3), adjust=False)
    found = trials(route, runs, lift=0.3)
    effects = np.array([one.effect for one in found])
    assert abs(effects.mean() - large.effect) < 4 * (effects.std() / runs**0.5 + large.error)
    held = sum(one.ci_lower <= large.effect <= one.ci_upper for one in found)
    lifts = sum(one.lift_lower <= large.lift <= one.lift_upper for one in found)
    print(f"{route}: effects held {held / runs:.2%}, lifts held {lifts / runs:.2%}")
    assert within(held, runs, 0.95)
    assert within(lifts, runs, 0.95)


@pytest.mark.parametrize("runs", RUNS)
def test_the_pre_period_does_not_widen_the_interval(runs: int) -> None:
    found = trials("mean, adjusted", runs)
    reductions = np.array([one.reduction for one in found])
    print(f"variance taken away by the pre-period: {reductions.mean():.1%}, at worst {reductions.min():.2%}")
    assert reductions.min() > -0.01
    assert reductions.mean() > 0.01


@pytest.mark.parametrize("runs", RUNS)
def test_what_foretells_nothing_costs_nothing(runs: int) -> None:
    """Against noise as covariate, the adjusted error is the plain one but for sampling error."""
    rng = np.random.default_rng(8)
    for _ in range(runs // 10):
        made = [arm(revenue=rng.lognormal(3, 1, N), pre_revenue=rng.lognormal(3, 1, N)) for _ in "ab"]
        assert compare("revenue", *made).reduction > -0.01


# ── decisions ───────────────────────────────────────────────────────────────────────────────────────────


def decided(rng: np.random.Generator, lift: float, cost: float) -> str:
    control, treatment = people(N, rng, 0.0), people(N, rng, lift)
    arms = {"none": control, "voucher": treatment}
    named = experiment(cost=cost, ends="2023-12-31")
    money = money_of({"margin": arms}, named, 1000)
    effects = pd.DataFrame(
        [
            {
                "variant": "voucher",
                "metric": "revenue",
                "role": "goal",
                "holds": "",
                "holds_any": "",
                "n_control": N,
                "n_treatment": N,
            }
        ]
    )
    return decide(named, sample_ratio({"none": N, "voucher": N}), effects, money, dt.date(2024, 1, 1)).action


@pytest.mark.parametrize("runs", RUNS)
def test_what_earns_nothing_is_seldom_rolled_out(runs: int) -> None:
    """The rule asks for a probability of 95 %, so at most one in twenty that earn just nothing may pass."""
    rng = np.random.default_rng(21)
    actions = pd.Series([decided(rng, 0.0, 0.0) for _ in range(runs)])
    print(
        f"false roll-outs: {(actions == 'roll out').mean():.2%} of {runs}; {actions.value_counts().to_dict()}"
    )
    assert (actions == "roll out").sum() <= binom.ppf(0.999, runs, 0.05)


@pytest.mark.parametrize("runs", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_what_earns_is_rolled_out_and_what_costs_is_stopped(runs: int) -> None:
    """Far more buyers for little, and much money for nothing."""
    rng = np.random.default_rng(22)
    good = pd.Series([decided(rng, 0.6, 0.2) for _ in range(runs)])
    bad = pd.Series([decided(rng, 0.0, 2.5) for _ in range(runs)])
    print(f"good: {good.value_counts().to_dict()}; bad: {bad.value_counts().to_dict()}")
    assert (good == "roll out").mean() > 0.8
    assert (good == "stop").mean() < 0.01
    assert (bad == "stop").mean() > 0.8
    assert (bad == "roll out").mean() < 0.01
