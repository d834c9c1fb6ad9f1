"""Every way a decision can go, its dates by hand, and what must not change it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from experiment_data import arm, experiment, spenders
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from keepbook.experiments.assigned import Intake
from keepbook.experiments.compared import Compared, compare
from keepbook.experiments.effects import Wanted, effects_of
from keepbook.experiments.inference.sequential import half_width
from keepbook.experiments.moments import SIZE, Moments
from keepbook.experiments.money import money_of
from keepbook.experiments.soundness import sample_ratio
from keepbook.experiments.verdict import Verdict, decide
from keepbook.params import Experiment

DAY = dt.date.fromisoformat
N = 500  # customers in an arm
SOUND = {"none": N, "voucher": N}
OVER = {"ends": "2024-03-31", "outcome_days": 30}
SETTLED = 1.6448536  # standard errors from zero at which 95 % are reached


def intake_of(
    named: Experiment, first: str = "2024-03-01", last: str = "2024-03-31", assigned: int = N
) -> Intake:
    """An intake of which only days and counts are looked at."""
    counts = {"assigned": assigned, "mature": assigned, "clusters": math.nan}
    arms = pd.DataFrame({"variant": ["none", "voucher"], **counts})
    nothing = pd.DataFrame()
    return Intake(named, None, arms, nothing, 0, DAY(first), DAY(last), nothing)  # type: ignore[arg-type]


def earning(variant: str = "voucher", profit: float = 1.0, error: float = 0.2, **more: float) -> dict:
    """A row of money of 1,000 customers."""
    row = {"variant": variant, "gain": profit + 1, "profit": profit, "error": error, "max_loss": 0.1}
    return row | {"n": 2 * N, "planned": 5000} | more


def measured(
    *rows: Mapping[str, object], n: int = N, variants: tuple[str, ...] = ("voucher",)
) -> pd.DataFrame:
    """Effects: the goal of every variant, and more rows."""
    goals = [
        {"variant": name, "metric": "revenue", "role": "goal", "holds": "", "holds_any": ""}
        for name in variants
    ]
    counts = {"n_control": n, "n_treatment": n}
    return pd.DataFrame([row | counts for row in [*goals, *map(dict, rows)]])


def guarded(
    holds: str,
    variant: str = "voucher",
    metric: str = "complaints",
    effect: float = 0.0,
    error: float = 0.1,
    better: str = "higher",
) -> dict:
    """A guardrail with a margin of a tenth; the control, 1, is known exactly."""
    row = {"variant": variant, "metric": metric, "role": "guardrail", "holds": holds, "holds_any": holds}
    row |= {"better": better, "margin": 0.1, "control": 1.0, "treatment": 1 + effect, "effect": effect}
    return row | {"error": error, "error_control": 0.0, "error_treatment": error}


def judged(
    *money: dict,
    effects: pd.DataFrame | None = None,
    as_of: str = "2024-04-29",
    counts: dict[str, int] = SOUND,
    assigned: int = N,
    **keys: Any,
) -> Verdict:
    """The verdict on an experiment assigned in March: by default over, its last day followed up today."""
    named = experiment(**(OVER | keys))
    return decide(
        named,
        sample_ratio(counts),
        measured(variants=tuple(row["variant"] for row in money)) if effects is None else effects,
        pd.DataFrame(money) if money else None,
        DAY(as_of),
        intake_of(named, assigned=assigned),
    )


def with_error(mean: float, error: float, n: int = 100_000) -> Moments:
    return Moments(("complaints",), n, n, np.array([mean]), np.array([[error**2 * n]]))


# ── every branch ────────────────────────────────────────────────────────────────────────────────────────


def test_a_broken_split_decides_alone() -> None:
    for money in ((), (earning(),), (earning(profit=-9),)):
        made = judged(*money, counts={"none": 600, "voucher": 400}, effects=measured(guarded("no")))
        assert (made.action, made.ground, made.variant) == ("redesign", "broken split", None)


@pytest.mark.parametrize(("counts", "broken"), [((555, 445), True), ((552, 448), False)])
def test_a_split_is_broken_from_a_thousandth_on(counts: tuple[int, int], broken: bool) -> None:
    """χ² of 1,000 is d² / 250, d half the difference: 12.1 and 10.816, and one in a thousand is 10.828."""
    made = judged(earning(), counts=dict(zip(SOUND, counts, strict=True)))
    assert (made.ground == "broken split") is broken


def test_what_earns_is_rolled_out() -> None:
    made = judged(earning(), effects=measured(guarded("yes")))
    assert made == Verdict("roll out", "earns", "voucher", True)


def test_what_loses_is_stopped() -> None:
    assert judged(earning(profit=-1)) == Verdict("stop", "loses", "voucher", True)


def test_nothing_to_gain_is_stopped() -> None:
    """-0.1 ± 0.1 pays with 16 %; without it one is expected to lose 0.1 · (φ(1) - 0.1587) = 0.0083."""
    assert judged(earning(profit=-0.1, error=0.1)).ground == "nothing to gain"
    assert judged(earning(profit=-0.1, error=0.1, max_loss=0.0083)).ground == "too few"
    assert judged(earning(profit=-0.1, error=0.1, max_loss=0.0084)).ground == "nothing to gain"


@pytest.mark.parametrize(("z", "action"), [(SETTLED - 0.001, "redesign"), (SETTLED + 0.001, "roll out")])
def test_the_confidence_asked_for(z: float, action: str) -> None:
    assert judged(earning(profit=0.2 * z)).action == action
    assert judged(earning(profit=0.2 * z), confidence=0.94).action == "roll out"
    assert (judged(earning(profit=-0.2 * z)).ground == "loses") is (action == "roll out")


def test_a_probable_profit_that_may_lose_much_is_not_rolled_out() -> None:
    """At 1.7 errors the expected loss is error · (φ(1.7) - 1.7·Φ(-1.7)) = 0.0183 errors."""
    assert judged(earning(profit=1.7, error=1.0, max_loss=0.0184)).action == "roll out"
    assert judged(earning(profit=1.7, error=1.0, max_loss=0.0182)).action == "redesign"


def test_a_broken_guardrail_stops_what_earns() -> None:
    made = judged(earning(), effects=measured(guarded("no"), guarded("open", metric="retained")))
    assert made == Verdict("stop", "guardrail", "voucher", True, ("complaints",))


def test_an_open_guardrail_holds_up_what_earns() -> None:
    """0.1 ± 0.1 from its margin: (1.645 · 0.1 / 0.1)² = 2.706 times as many customers would show it."""
    made = judged(earning(), effects=measured(guarded("open")))
    assert (made.action, made.ground, made.guardrails) == ("redesign", "guardrail open", ("complaints",))
    assert made.needed == math.ceil(2 * N * SETTLED**2)
    assert judged(earning(profit=-1), effects=measured(guarded("open"))).ground == "loses"


def test_an_open_guardrail_beyond_its_margin_is_never_shown() -> None:
    low = guarded("open", effect=-0.2)
    assert judged(earning(), effects=measured(low)).needed is None
    assert judged(earning(), effects=measured(guarded("open", effect=0.2, better="lower"))).needed is None


def test_the_hardest_guardrail_sets_the_number() -> None:
    both = measured(guarded("open", error=0.3), guarded("open", metric="retained"))
    assert judged(earning(), effects=both).needed == math.ceil(2 * N * (SETTLED * 3) ** 2)


def test_no_cost() -> None:
    row = earning() | dict.fromkeys(("profit", "error"), math.nan)
    assert judged(row) == Verdict("redesign", "no cost", "voucher", True)
    assert judged(row, effects=measured(guarded("no"))).ground == "guardrail"


def test_no_money() -> None:
    assert judged() == Verdict("redesign", "no money", None, True)


def test_a_ready_table_is_over_where_its_end_was_planned() -> None:
    """1.8 errors above zero: enough for one look, and not for many."""
    for keys, ground in (({"ends": "2023-12-31"}, "earns"), ({}, "too few")):
        named, ratio = experiment(**keys), sample_ratio(SOUND)
        row = pd.DataFrame([earning(profit=0.2 * 1.8)])
        made = decide(named, ratio, measured(), row, DAY("2024-01-01"))
        assert (made.ground, made.final) == (ground, bool(keys))


def test_who_goes_on_assigning_after_the_planned_end_has_none() -> None:
    named = experiment(ends="2024-03-30", outcome_days=30)
    row = pd.DataFrame([earning(profit=0.2 * 1.8)])
    made = decide(named, sample_ratio(SOUND), measured(), row, DAY("2024-06-30"), intake_of(named))
    assert not made.final


def test_clusters_are_counted_where_they_are_drawn() -> None:
    """20 an arm: what is short by a factor takes that many times the clusters, not the customers."""
    named = experiment(**OVER)
    intake = intake_of(named)
    intake.arms["clusters"] = 20
    row = pd.DataFrame([earning()])
    made = decide(named, sample_ratio(SOUND), measured(guarded("open")), row, DAY("2024-04-29"), intake)
    assert made.needed == math.ceil(2 * 20 * SETTLED**2)


# ── before the end ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ends", "as_of", "final"),
    [
        ("2024-03-31", "2024-04-29", True),  # 30 days from 31 March, that day counted in
        ("2024-03-31", "2024-04-28", False),
        ("2024-04-29", "2024-04-29", True),
        ("2024-04-30", "2024-04-29", False),
        ("2024-03-15", "2024-04-28", False),  # somebody came after the planned end
        (None, "2024-12-31", False),
    ],
)
def test_when_an_experiment_is_over(ends: str | None, as_of: str, final: bool) -> None:
    assert judged(earning(), ends=ends, as_of=as_of).final is final


def test_outcomes_from_the_next_day_take_one_day_more() -> None:
    assert not judged(earning(), first_day="next", as_of="2024-04-29").final
    assert judged(earning(), first_day="next", as_of="2024-04-30").final


def test_before_the_end_only_the_always_valid_interval_counts() -> None:
    """One-sided 95 % at any of many looks are limits of 90 % on both sides."""
    early, reach = {"as_of": "2024-04-28"}, float(half_width(0.2, 2 * N, 5000, 0.1))
    assert reach > 1.5 * 0.2 * SETTLED
    for sign, ground in ((1, "earns"), (-1, "loses")):
        sure, unsure = sign * reach * 1.01, sign * reach * 0.99
        assert judged(earning(profit=sure), **early).ground == ground
        assert judged(earning(profit=unsure), **early).ground == "too early"
        assert judged(earning(profit=unsure)).ground == ground
    assert judged(earning(profit=-0.1, error=0.1), **early).action == "keep running"  # no "nothing to gain"


def test_very_uneven_arms_of_few_customers_wait_for_the_end() -> None:
    uneven = measured().assign(n_control=900, n_treatment=100)
    assert judged(earning(), effects=uneven, as_of="2024-04-28").ground == "too early"
    assert judged(earning(), effects=uneven).action == "roll out"
    for n in ((9000, 1000), (900, 300)):
        many = measured().assign(n_control=n[0], n_treatment=n[1])
        assert judged(earning(), effects=many, as_of="2024-04-28").action == "roll out"


def test_keep_running_until_a_day_by_hand() -> None:
    """1,000 customers in 31 days; what is needed comes at that rate, and is then followed up 30 days.

    2 ± 2 must become 2 ± 2/1.645, which takes 2.706 times as many: 1,706 more at 1000/31 a day take 53 days.
    """
    made = judged(earning(profit=2, error=2), as_of="2024-04-15")
    assert (made.action, made.ground) == ("keep running", "too early")
    assert made.needed is not None
    assert 2706 <= made.needed <= 2706 * 1.04
    days = math.ceil((made.needed - 1000) / (1000 / 31))
    assert 53 <= days <= 57
    assert made.until == DAY("2024-04-29") + dt.timedelta(days=days)


def test_keep_running_to_the_planned_end_where_that_is_later() -> None:
    made = judged(earning(profit=2, error=2), as_of="2024-04-15", ends="2024-12-31")
    assert made.until == DAY("2025-01-29")  # 30 days from the last day of December


def test_what_would_take_over_a_year_is_designed_anew() -> None:
    """Rate 1000/31: 366 days from 15 April are over on 16 April 2025, 352 days after the last follow-up."""
    made = judged(earning(profit=1, error=4), as_of="2024-04-15")  # (4 · 1.645)² = 43 times
    assert made.action == "redesign"
    assert made.ground == "too few"
    assert made.until is not None
    assert (made.until - DAY("2024-04-15")).days > 366
    assert judged(earning(profit=1, error=2), as_of="2024-04-15").action == "keep running"


def test_an_effect_of_nothing_is_out_of_reach() -> None:
    made = judged(earning(profit=1e-6, error=1, max_loss=1e-9), as_of="2024-04-15")
    assert made == Verdict("redesign", "too few", "voucher", False, (), None, None)


def test_too_few_at_the_end_is_designed_anew() -> None:
    made = judged(earning(profit=2, error=2, max_loss=1e-3))
    assert (made.action, made.ground, made.until) == ("redesign", "too few", None)
    assert made.needed is not None


def test_when_nobody_comes_any_more_it_does_not_run_on() -> None:
    """No end was planned. A month after the last assignment, all followed up, none are waited for."""
    row = earning(profit=2, error=2)
    assert judged(row, ends=None, as_of="2024-04-30").action == "keep running"  # 30 days later
    assert judged(row, ends=None, as_of="2024-05-01").action == "redesign"
    assert judged(row, ends=None, as_of="2024-05-01", outcome_days=60).action == "keep running"


def test_without_a_planned_end_the_always_valid_interval_must_be_reached() -> None:
    """Customers at which half the always-valid interval is as small as the effect, by root finding."""
    planned, error, profit = 5000, 0.5, 1.0
    row = earning(profit=profit, error=error, max_loss=9)
    made = judged(row, ends=None, as_of="2024-04-15")
    assert made.ground == "too early"

    def short_of(n: float) -> float:
        return float(half_width(error * math.sqrt(2 * N / n), n, planned, 0.1)) - profit

    needed = brentq(short_of, 2 * N, 100 * 2 * N)
    assert needed > 1.5 * 2 * N
    assert made.needed == pytest.approx(needed, rel=0.05)


@pytest.mark.parametrize("treatments", [1, 20])
def test_it_is_not_easier_before_the_end_than_at_it(treatments: int) -> None:
    """3.05 errors are 99.886 %: short of 99.9 %, and of 95 % shared among 20 twice over, 99.75 % each…

    …at the end; looks may be taken as often as one likes before it, so that it must take more.
    """
    confidence = 0.999 if treatments == 1 else 0.98
    wide = float(half_width(1.0, 5000, 5000))
    assert wide < 3.05
    rows = [earning(f"v{i}", -9) for i in range(treatments - 1)]
    best = earning("best", 3.05, 1.0, max_loss=9, n=5000)
    for as_of in ("2024-04-29", "2024-04-28"):
        made = judged(best, *rows, as_of=as_of, confidence=confidence)
        assert made.action != "roll out"


def test_before_the_end_a_guardrail_stops_only_what_is_certain_at_any_look() -> None:
    """Two errors beyond its margin: harmed by one look, and within what is seen once in many looks."""
    error = 0.01 * math.sqrt(1 + 1.1**2)
    arms = {"none": with_error(1.0, 0.01, 2500), "voucher": with_error(1.1 + 2 * error, 0.01, 2500)}
    wish = {"complaints": Wanted("guardrail", 0.1, "lower")}
    effects = effects_of({"complaints": arms}, wish, "none", planned=5000)
    assert effects["any_lower"].iloc[0] < 0.1
    assert judged(earning(), effects=effects).ground == "guardrail"
    assert judged(earning(), effects=effects, as_of="2024-04-28").ground != "guardrail"


# ── several treatments ──────────────────────────────────────────────────────────────────────────────────


def test_the_best_of_several_is_judged() -> None:
    made = judged(earning("call", 0.9), earning("voucher", 1.0), earning("mail", -3))
    assert (made.action, made.variant) == ("roll out", "voucher")


@pytest.mark.parametrize(("treatments", "z"), [(1, 1.6449), (2, 1.9600), (5, 2.3263)])
def test_several_treatments_share_the_confidence(treatments: int, z: float) -> None:
    """5 % among 1, 2 and 5: normal quantiles of 95, 97.5 and 99 %."""
    rest = [earning(f"v{i}", -9) for i in range(treatments - 1)]
    for shift, rolled_out in ((-0.001, False), (0.001, True)):
        made = judged(earning(profit=0.2 * (z + shift)), *rest)
        assert (made.action == "roll out") is rolled_out


def test_a_treatment_that_harms_gives_way_to_one_that_does_not() -> None:
    effects = measured(guarded("no"), guarded("yes", "call"), variants=("voucher", "call"))
    made = judged(earning("voucher", 2.0), earning("call", 1.0), effects=effects)
    assert (made.action, made.variant) == ("roll out", "call")
    both = measured(guarded("no"), guarded("no", "call"), variants=("voucher", "call"))
    made = judged(earning("voucher", 2.0), earning("call", 1.0), effects=both)
    assert (made.ground, made.variant) == ("guardrail", "voucher")


def test_customers_of_all_arms_are_counted() -> None:
    """Two treatments and the control: 1,500 are there, and an open guardrail takes 2.706 times as many."""
    effects = measured(guarded("open"), variants=("voucher", "call"))
    made = judged(earning("voucher", 2.0), earning("call", -1.0), effects=effects)
    assert made.needed == math.ceil(3 * N * SETTLED**2)


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def money(control: Moments, treatment: Moments, **keys: Any) -> pd.Series:
    named = experiment(**keys)
    return money_of({"margin": {"none": control, "voucher": treatment}}, named, 1000).iloc[0]


def test_money_by_hand() -> None:
    """Means 1 and 3 of 100 each, variances 100/99 of spread 1 around them, a cost of 0.5."""
    control, treatment = arm(margin=np.tile([0.0, 2.0], 50)), arm(margin=np.tile([2.0, 4.0], 50))
    found = money(control, treatment, cost=0.5, rollout_to=7)
    error = math.sqrt(2 / 99)
    assert (found["gain"], found["cost"], found["profit"]) == pytest.approx((2, 0.5, 1.5))
    assert found["max_loss"] == pytest.approx(0.03)
    half = 1.9720175 * error  # Student's t, 198 degrees of freedom
    assert (found["profit_lower"], found["profit_upper"]) == pytest.approx((1.5 - half, 1.5 + half), rel=1e-7)
    assert found["error"] == pytest.approx(error * 1.9720175 / 1.9599640, rel=1e-7)
    z = 1.5 / found["error"]
    assert found["chance"] == pytest.approx(norm.cdf(z))
    lost = found["error"] * (norm.pdf(z) - z * norm.sf(z))
    assert found["loss_rolled_out"] == pytest.approx(lost, rel=1e-4)
    assert found["loss_kept"] == pytest.approx(1.5 + lost)


def test_the_control_may_cost_something_too() -> None:
    control, treatment = arm(margin=np.arange(10.0)), arm(margin=np.arange(10.0) + 3)
    assert money(control, treatment, cost={"none": 0.5, "voucher": 2})["cost"] == pytest.approx(1.5)
    assert money(control, treatment, cost={"voucher": 2})["cost"] == pytest.approx(2)
    assert np.isnan(money(control, treatment, cost={"none": 2})["cost"])
    assert np.isnan(money(control, treatment)["profit"])


def test_what_earns_is_rolled_out_though_the_control_brings_nothing() -> None:
    """Silent customers: none of the control comes back, half of the treated spend 20."""
    arms = {"none": arm(margin=np.zeros(N)), "voucher": arm(margin=np.tile([0.0, 20.0], N // 2))}
    named = experiment(cost=1.0)
    row = money_of({"margin": arms}, named, 1000).iloc[0]
    assert row["profit_lower"] > 8
    assert judged(row.to_dict()).action == "roll out"


# ── guardrails ──────────────────────────────────────────────────────────────────────────────────────────


def holds(control: float, treatment: float, errors: tuple[float, float], margin: float, better: str) -> str:
    arms = {"none": with_error(control, errors[0]), "voucher": with_error(treatment, errors[1])}
    wish = Wanted("guardrail", margin, better)  # type: ignore[arg-type]
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
        wish = Wanted("guardrail", 1.0, "lower")
        passed += effects_of({"complaints": arms}, {"complaints": wish}, "none")["holds"].iloc[0] == "yes"
    assert passed <= 27  # what a binomial of 5 % exceeds once in a thousand


# ── what must not change ────────────────────────────────────────────────────────────────────────────────

KINDS = ("retained", "orders", "revenue", "average_order_value")
SIGNED = ("effect", "plain_effect")
LIMITS = (("ci_lower", "ci_upper"), ("plain_lower", "plain_upper"))
ALIKE = ("error", "freedom", "pvalue", "reduction")


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
    wish = {metric: Wanted("goal")}
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
        "retained": Wanted("goal"),
        "revenue": Wanted("goal"),
        "average_order_value": Wanted("guardrail", 0.3),
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
    for name in ("effect", "error", "ci_lower", "ci_upper", "any_lower", "any_upper"):
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
    assert (found.control_seen, found.treatment_seen) == (0, 0.4)
