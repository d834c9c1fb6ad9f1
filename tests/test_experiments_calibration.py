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
from experiment_data import arm, decide, experiment, money_of, spenders
from scipy.stats import binom

from keepbook.experiments.comparison import Compared, compare
from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.stats.moments import Moments

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


# ── hold-outs ───────────────────────────────────────────────────────────────────────────────────────────


def buyers(n: int, rng: np.random.Generator, chance: float) -> dict[str, np.ndarray]:
    """Few who buy, for unlike sums, and whether they had before, which foretells it."""
    loyal = rng.random(n) < 0.5
    retained = rng.random(n) < np.where(loyal, 1.6 * chance, 0.4 * chance)
    spent = retained * rng.lognormal(3.5, 1, n)
    return {"retained": retained.astype(float), "margin": spent, "pre_retained": loyal.astype(float)}


HOLD_OUTS = [  # metric, customers of either arm, share who buy
    ("margin", (200, 1800), 0.02),
    ("margin", (1000, 9000), 0.01),
    ("margin", (1800, 200), 0.02),
    ("retained", (100, 900), 0.02),
    ("retained", (300, 2700), 0.02),
]


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize(("metric", "sizes", "chance"), HOLD_OUTS)
def test_a_small_arm_with_few_buyers_makes_no_effect(
    metric: str, sizes: tuple[int, int], chance: float, runs: int
) -> None:
    """One-sided at 5 %, either way; by Welch's t it would be 15 to 20 %, adjusted shares over 10 %."""
    rng, gains, losses = np.random.default_rng(sizes[0]), 0, 0
    for _ in range(runs):
        found = compare(metric, *(arm(**buyers(n, rng, chance)) for n in sizes), alpha=0.1)
        gains, losses = gains + (found.ci_lower > 0), losses + (found.ci_upper < 0)
    print(f"{metric} {sizes}, {chance:.0%} buy: gains {gains / runs:.1%}, losses {losses / runs:.1%}")
    assert max(gains, losses) <= binom.ppf(0.999, runs, 0.05)


# ── decisions ───────────────────────────────────────────────────────────────────────────────────────────


def decided(rng: np.random.Generator, lift: float, cost: float) -> str:
    control, treatment = people(N, rng, 0.0), people(N, rng, lift)
    return action({"none": control, "voucher": treatment}, cost, ends="2023-12-31")


def action(arms: dict[str, Moments], cost: float, **keys: str) -> str:
    """What the rule says of a treatment at such a cost."""
    named = experiment(cost=cost, **keys)
    money = money_of({"margin": arms}, named, 1000)
    counts = {name: one.customers for name, one in arms.items()}
    row = {"variant": "voucher", "metric": "revenue", "role": "goal", "holds": "", "holds_always_valid": ""}
    n = {"n_control": counts["none"], "n_treatment": counts["voucher"]}
    ratio = sample_ratio(counts, counts)
    return decide(named, ratio, pd.DataFrame([row | n]), money, dt.date(2024, 1, 1)).action


LOOKS = 2 ** np.arange(9)  # times the customers of the first one
STARTS = [  # customers of either arm at the first look, share who buy: what it costs is what it brings
    ((50, 50), (0.0, 0.02)),
    ((50, 50), (0.01, 0.03)),
    ((50, 150), (0.01, 0.01)),
    ((50, 450), (0.01, 0.01)),
]


def coming(rng: np.random.Generator, first: int, chance: float) -> list[Moments]:
    """An arm at every look, as its customers come."""
    spent, n = buyers(first * LOOKS[-1], rng, chance)["margin"], first * LOOKS
    total, squares = spent.cumsum()[n - 1], (spent**2).cumsum()[n - 1]
    variance = (squares - total**2 / n) / (n - 1)
    return [
        Moments(("margin",), int(k), int(k), np.array([t / k]), np.array([[v]]))
        for k, t, v in zip(n, total, variance, strict=True)
    ]


@pytest.mark.parametrize("runs", [40, pytest.param(600, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("sizes", "chances"), STARTS)
def test_from_the_first_buyers_on_looking_decides_nothing_false(
    sizes: tuple[int, int], chances: tuple[float, float], runs: int
) -> None:
    """Win-backs that make buyers of nobody, rare buyers, hold-outs: roll-outs and stops at most 5 % each."""
    rng, ends = np.random.default_rng(sizes[1]), []
    cost = (chances[1] - chances[0]) * float(np.exp(3.5 + 1 / 2))
    for _ in range(runs):
        come = (coming(rng, size, chance) for size, chance in zip(sizes, chances, strict=True))
        said = (action({"none": a, "voucher": b}, cost) for a, b in zip(*come, strict=True))
        ends.append(next((what for what in said if what in ("roll-out", "stop")), "goes on"))
    shares = pd.Series(ends).value_counts()
    print(f"{sizes} at first, {chances} buy, earns nothing: {(shares / runs).round(3).to_dict()}")
    for wrong in ("roll-out", "stop"):
        assert shares.get(wrong, 0) <= binom.ppf(0.999, runs, 0.05)


def test_looking_finds_what_earns() -> None:
    """A win-back that earns twice its cost is rolled out before the last look, and not at the first."""
    rng, looks = np.random.default_rng(31), []
    for _ in range(20):
        come = (coming(rng, 50, chance) for chance in (0.01, 0.03))
        said = [action({"none": a, "voucher": b}, 0.01 * 33.1) for a, b in zip(*come, strict=True)]
        assert "stop" not in said
        looks.append(said.index("roll-out") if "roll-out" in said else len(LOOKS))
    assert (
        4 < np.median(looks) < 8
    )  # of 0, 1, …: 800 or more customers an arm, some 30 buyers, and before the last


@pytest.mark.parametrize("runs", [100, pytest.param(FULL, marks=pytest.mark.slow)])
def test_what_earns_nothing_is_seldom_rolled_out(runs: int) -> None:
    """The rule asks for a probability of 95 %, so at most one in twenty that earn just nothing may pass."""
    rng = np.random.default_rng(21)
    actions = pd.Series([decided(rng, 0.0, 0.0) for _ in range(runs)])
    print(
        f"false roll-outs: {(actions == 'roll-out').mean():.2%} of {runs}; {actions.value_counts().to_dict()}"
    )
    assert (actions == "roll-out").sum() <= binom.ppf(0.999, runs, 0.05)


@pytest.mark.parametrize("runs", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_what_earns_is_rolled_out_and_what_costs_is_stopped(runs: int) -> None:
    """Far more buyers for little, and much money for nothing."""
    rng = np.random.default_rng(22)
    good = pd.Series([decided(rng, 0.6, 0.2) for _ in range(runs)])
    bad = pd.Series([decided(rng, 0.0, 2.5) for _ in range(runs)])
    print(f"good: {good.value_counts().to_dict()}; bad: {bad.value_counts().to_dict()}")
    assert (good == "roll-out").mean() > 0.8
    assert (good == "stop").mean() < 0.01
    assert (bad == "stop").mean() > 0.8
    assert (bad == "roll-out").mean() < 0.01
