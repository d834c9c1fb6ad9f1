"""One metric against the control: guardrails, what must not change it, and edges."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from experiment_data import (
    DAY,
    OVER,
    SOUND,
    N,
    arm,
    decide,
    effects_of,
    experiment,
    intake_of,
    money_of,
    role,
    spenders,
    with_error,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from keepbook.experiments.comparison import Compared, compare
from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.stats.moments import SIZE, Moments

# ── guardrails ──────────────────────────────────────────────────────────────────────────────────────────


def holds(control: float, treatment: float, errors: tuple[float, float], margin: float, better: str) -> str:
    arms = {"none": with_error(control, errors[0]), "voucher": with_error(treatment, errors[1])}
    wish = role("guardrail", margin, better)  # type: ignore[arg-type]
    return str(effects_of({"complaints": arms}, {"complaints": wish}, "none")["holds"].iloc[0])


@pytest.mark.parametrize(
    ("control", "treatment", "better", "state"),
    [
        (1.0, 1.00, "higher", "yes"),
        (1.0, 0.70, "higher", "no"),
        (1.0, 0.90, "higher", "open"),
        (1.0, 1.00, "lower", "yes"),
        (1.0, 1.30, "lower", "no"),
        (1.0, 1.10, "lower", "open"),
        (1.0, 1.50, "higher", "yes"),
        (1.0, 0.10, "lower", "yes"),
        (0.0, 0.02, "lower", "open"),
    ],
)
def test_a_guardrail_is_unharmed_harmed_or_open(
    control: float, treatment: float, better: str, state: str
) -> None:
    """A tenth of the control may be lost, known to ± 0.02 in either arm: ± 0.047 for the difference."""
    assert holds(control, treatment, (0.02, 0.02), 0.1, better) == state


NO_CONSTANT = "the margin is a share of a control that is itself an estimate: its error is left out"


def test_a_margin_is_a_share_of_an_estimate() -> None:
    """Unharmed by half if T < 1.5 C: T - 1.5 C has the variance e² + 1.5² e², not e² + e².

    C = 1, T = 1.2, e = 0.12: (1.5 - 1.2) / (0.12 √3.25) = 1.387 errors, short of 1.645; (1.5 - 1.2) /
    (0.12 √2) = 1.77 would be enough. And T = 0.7 where half may be lost, e = 0.1: 0.2 / (0.1 √1.25) = 1.789.
    """
    assert holds(1.0, 1.2, (0.12, 0.12), 0.5, "lower") == "open"
    assert holds(1.0, 0.7, (0.1, 0.1), 0.5, "higher") == "yes"


def test_what_was_not_there_before_harms() -> None:
    """No complaints in the control, 0.1 ± 0.02 in the treated: more than any share of nothing."""
    assert holds(0.0, 0.1, (0.0, 0.02), 0.1, "lower") == "no"


def test_what_harms_by_its_margin_is_seldom_called_unharmed() -> None:
    """Twice as many complaints where at most twice as many are allowed: one in twenty may pass."""
    rng, runs = np.random.default_rng(9), 300
    passed = 0
    for _ in range(runs):
        arms = {
            "none": arm(complaints=rng.poisson(0.05, 2000)),
            "voucher": arm(complaints=rng.poisson(0.1, 2000)),
        }
        wish = role("guardrail", 1.0, "lower")
        passed += effects_of({"complaints": arms}, {"complaints": wish}, "none")["holds"].iloc[0] == "yes"
    assert passed <= 27  # what a binomial of 5 % exceeds once in a thousand


# ── what must not change ────────────────────────────────────────────────────────────────────────────────

KINDS = ("retained", "orders", "revenue", "average_order_value")
SIGNED = ("effect", "plain_effect")
LIMITS = (("ci_lower", "ci_upper"), ("plain_lower", "plain_upper"))
ALIKE = ("error", "df", "pvalue", "reduction")


@st.composite
def two_arms(draw: st.DrawFn) -> tuple[Moments, Moments, str]:
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    sizes = draw(st.integers(30, 200)), draw(st.integers(30, 200))
    clusters = draw(st.booleans())
    made = []
    for n in sizes:
        shop = np.arange(n) % 10 if clusters else None
        made.append(arm(shop, **spenders(n, rng, buys=0.4, lift=draw(st.sampled_from([0.0, 0.5])))))
    return made[0], made[1], draw(st.sampled_from(KINDS))


@settings(max_examples=40, deadline=None)
@given(two_arms())
def test_swapping_the_arms_flips_the_effect(arms: tuple[Moments, Moments, str]) -> None:
    control, treatment, metric = arms
    one, other = compare(metric, control, treatment), compare(metric, treatment, control)
    close = {"rel": 1e-9, "abs": 1e-12, "nan_ok": True}
    for name in SIGNED:
        assert getattr(one, name) == pytest.approx(-getattr(other, name), **close)
    for low, high in LIMITS:
        assert getattr(one, low) == pytest.approx(-getattr(other, high), **close)
        assert getattr(one, high) == pytest.approx(-getattr(other, low), **close)
    for name in ALIKE:
        assert getattr(one, name) == pytest.approx(getattr(other, name), **close)
    wish = {metric: role("goal")}
    chance, rest = (
        effects_of({metric: {"none": a, "voucher": b}}, wish, "none")["chance_to_win"].iloc[0]
        for a, b in ((control, treatment), (treatment, control))
    )
    assert chance + rest == pytest.approx(1)


def shifted(group: Moments, name: str, by: float) -> Moments:
    """The same customers, of whom each had so much more before; of clusters their sums."""
    size = group.mean[group.at(SIZE)] if group.clustered else 1.0
    mean, cov, at = group.mean.copy(), group.cov.copy(), group.at(name)
    mean[at] += by * size
    if group.clustered:
        more = by * cov[group.at(SIZE)]
        cov[at, :] += more
        cov[:, at] += more
        cov[at, at] += by**2 * group.cov[group.at(SIZE), group.at(SIZE)]
    return replace(group, mean=mean, cov=cov)


@settings(max_examples=40, deadline=None)
@given(two_arms(), st.sampled_from([-50.0, 3.0, 1000.0]))
def test_a_constant_before_changes_nothing(arms: tuple[Moments, Moments, str], constant: float) -> None:
    control, treatment, metric = arms
    metric = "revenue" if metric == "average_order_value" else metric
    moved = [shifted(group, f"pre_{metric}", constant) for group in (control, treatment)]
    one, other = compare(metric, control, treatment), compare(metric, *moved)
    for name in (*SIGNED, *LIMITS[0], *ALIKE, "control", "treatment"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-5, abs=1e-8), name


def in_other_money(group: Moments, rate: float) -> Moments:
    by = np.array(
        [rate if name in ("revenue", "margin", "profit", "pre_revenue") else 1 for name in group.names]
    )
    return replace(group, mean=group.mean * by, cov=group.cov * np.outer(by, by))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([0.01, 7.1, 1e4]))
def test_another_currency_scales_money_and_decides_alike(seed: int, rate: float) -> None:
    rng = np.random.default_rng(seed)
    arms = {"none": arm(**spenders(N, rng)), "voucher": arm(**spenders(N, rng, lift=0.4))}
    wanted = {
        "retained": role("goal"),
        "revenue": role("goal"),
        "average_order_value": role("guardrail", 0.3),
    }
    made = []
    for scale in (1.0, rate):
        groups = {name: in_other_money(group, scale) for name, group in arms.items()}
        named = experiment(cost=0.5 * scale, **OVER)
        effects = effects_of(dict.fromkeys(wanted, groups), wanted, "none")
        row = money_of({"margin": groups}, named, 1000)
        verdict = decide(named, sample_ratio(SOUND), effects, row, DAY("2024-04-29"), intake_of(named))
        made.append((effects, row.iloc[0], verdict))
    (effects, row, verdict), (scaled, scaled_row, scaled_verdict) = made
    assert scaled_verdict == verdict
    for name in (
        "pvalue",
        "pvalue_adjusted",
        "chance_to_win",
        "lift",
        "lift_lower",
        "lift_upper",
        "reduction",
    ):
        np.testing.assert_allclose(scaled[name], effects[name], rtol=1e-7)
    assert list(scaled["holds"]) == list(effects["holds"])
    by = np.where(effects["kind"] == "money", rate, 1)
    for name in ("effect", "error", "ci_lower", "ci_upper", "always_valid_lower", "always_valid_upper"):
        np.testing.assert_allclose(scaled[name], effects[name] * by, rtol=1e-7)
    for name in (
        "gain",
        "profit",
        "error",
        "max_loss",
        "loss_rolled_out",
        "loss_kept",
        "total",
        "total_upper",
    ):
        assert scaled_row[name] == pytest.approx(rate * row[name], rel=1e-7)
    assert scaled_row["chance"] == pytest.approx(row["chance"])


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 300))
def test_noise_as_a_past_does_not_widen_the_interval(seed: int, n: int) -> None:
    """With arms of one size the slope is that of least squares, which cannot add to the spread."""
    rng = np.random.default_rng(seed)
    made = [arm(revenue=rng.lognormal(3, 1, n), pre_revenue=rng.lognormal(3, 1, n)) for _ in "ab"]
    found = compare("revenue", *made)
    assert found.reduction >= -2 / n
    assert found.error <= compare("revenue", *made, adjust=False).error * (1 + 1 / n)


# ── edges of the comparison ─────────────────────────────────────────────────────────────────────────────

TEA = "the package's interval of the lift, which is not used, breaks on such numbers"


def test_a_control_that_brings_next_to_nothing() -> None:
    """Returns eat up what was bought: a mean of 0.001 ± 1."""
    control, treatment = arm(revenue=np.tile([-10.0, 10.002], 50)), arm(revenue=np.tile([-9.0, 11.0], 50))
    assert compare("revenue", control, treatment).effect == pytest.approx(0.999)


def test_one_order_in_either_arm() -> None:
    """Its value varies by nothing, and by rounding a little less."""
    for spent in np.linspace(10, 99, 90) / 7:
        arms = [arm(revenue=np.eye(50)[0] * value, orders=np.eye(50)[0]) for value in (spent, 2 * spent)]
        found: Compared = compare("average_order_value", *arms)
        assert found.effect == pytest.approx(spent)
        assert math.isnan(found.pvalue)


def test_an_arm_without_orders_before_is_compared_all_the_same() -> None:
    now, before = np.tile([0.0, 1.0], 20), np.eye(40)[0]
    control = arm(revenue=now * 10, orders=now, pre_revenue=before * 0, pre_orders=before * 0)
    treatment = arm(revenue=now * 12, orders=now, pre_revenue=before * 9, pre_orders=before)
    assert compare("average_order_value", control, treatment).effect == pytest.approx(2)


def test_all_of_one_arm_and_none_of_the_other() -> None:
    """Pooled z of 0 and 40 of 40: 1 / √(1/4 · 2/40) = 8.94."""
    found = compare("retained", arm(retained=np.zeros(40)), arm(retained=np.ones(40)))
    assert found.pvalue == pytest.approx(2 * norm.sf(math.sqrt(80)))


def test_an_adjusted_share_is_a_share() -> None:
    """None of the control came back, of whom 36 of 60 had bought before; 24 of the treated, who all did."""
    before = np.repeat([1.0, 0.0], [36, 24])
    control = arm(retained=np.zeros(60), pre_retained=before)
    treatment = arm(retained=1 - before, pre_retained=1 - before)
    found = compare("retained", control, treatment)
    assert (found.control_observed, found.treatment_observed) == (0, 0.4)
