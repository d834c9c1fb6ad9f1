"""Every way a decision can go, and its dates by hand."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from experiment_data import (
    DAY,
    OVER,
    SOUND,
    N,
    arm,
    decide,
    earning,
    effects_of,
    experiment,
    guarded,
    intake_of,
    judged,
    measured,
    role,
    with_error,
)
from scipy.optimize import brentq

from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.experiments.verdict import Verdict
from keepbook.stats.always_valid import half_width

SETTLED = 1.6448536  # standard errors from zero at which 95 % are reached
LIKELY = 0.8416212  # and how many more, to reach them in 80 % of tests


# ── every branch ────────────────────────────────────────────────────────────────────────────────────────


def test_a_broken_split_decides_alone() -> None:
    for money in ((), (earning(),), (earning(profit=-9),)):
        made = judged(*money, counts={"none": 600, "voucher": 400}, effects=measured(guarded("no")))
        assert (made.action, made.ground, made.variant) == ("redesign", "broken-split", None)


@pytest.mark.parametrize(("counts", "broken"), [((555, 445), True), ((552, 448), False)])
def test_a_split_is_broken_from_a_thousandth_on(counts: tuple[int, int], broken: bool) -> None:
    """χ² of 1,000 is d² / 250, d half the difference: 12.1 and 10.816, and one in a thousand is 10.828."""
    made = judged(earning(), counts=dict(zip(SOUND, counts, strict=True)))
    assert (made.ground == "broken-split") is broken


def test_a_split_that_drifted_decides_alone() -> None:
    """Beyond chance and by enough to matter: either alone is none."""
    for p, apart, ground in ((1e-9, 0.3, "drift"), (1e-9, 0.02, "earns"), (0.01, 0.3, "earns")):
        ratio = sample_ratio(SOUND)._replace(drift_pvalue=p, drift_apart=apart)
        made = decide(
            experiment(**OVER),
            ratio,
            measured(),
            pd.DataFrame([earning()]),
            DAY("2024-04-29"),
            intake_of(experiment(**OVER)),
        )
        assert made.ground == ground


def test_what_earns_is_rolled_out() -> None:
    made = judged(earning(), effects=measured(guarded("yes")))
    assert made == Verdict("roll-out", "earns", "voucher", True)


def test_what_loses_is_stopped() -> None:
    assert judged(earning(profit=-1)) == Verdict("stop", "loses", "voucher", True)


def test_nothing_to_gain_is_stopped() -> None:
    """-0.1 ± 0.1 pays with 16 %; without it one is expected to lose 0.1 · (φ(1) - 0.1587) = 0.0083."""
    assert judged(earning(profit=-0.1, error=0.1)).ground == "nothing-to-gain"
    assert judged(earning(profit=-0.1, error=0.1, max_loss=0.0083)).ground == "too-few"
    assert judged(earning(profit=-0.1, error=0.1, max_loss=0.0084)).ground == "nothing-to-gain"


@pytest.mark.parametrize(("z", "action"), [(SETTLED - 0.001, "redesign"), (SETTLED + 0.001, "roll-out")])
def test_the_confidence_asked_for(z: float, action: str) -> None:
    assert judged(earning(profit=0.2 * z)).action == action
    assert judged(earning(profit=0.2 * z), confidence=0.94).action == "roll-out"
    assert (judged(earning(profit=-0.2 * z)).ground == "loses") is (action == "roll-out")


def test_a_probable_profit_that_may_lose_much_is_not_rolled_out() -> None:
    """At 1.7 errors the expected loss is error · (φ(1.7) - 1.7·Φ(-1.7)) = 0.0183 errors."""
    assert judged(earning(profit=1.7, error=1.0, max_loss=0.0184)).action == "roll-out"
    assert judged(earning(profit=1.7, error=1.0, max_loss=0.0182)).action == "redesign"


def test_a_broken_guardrail_stops_what_earns() -> None:
    made = judged(earning(), effects=measured(guarded("no"), guarded("open", metric="retained")))
    assert made == Verdict("stop", "guardrail", "voucher", True, ("complaints",))


def test_an_open_guardrail_holds_up_what_earns() -> None:
    """0.1 ± 0.1 from its margin: (1.645 + 0.842)² = 6.18 times as many show it in four tests of five."""
    made = judged(earning(), effects=measured(guarded("open")))
    assert (made.action, made.ground, made.guardrails) == ("redesign", "guardrail-open", ("complaints",))
    assert made.needed == math.ceil(2 * N * (SETTLED + LIKELY) ** 2)
    assert judged(earning(profit=-1), effects=measured(guarded("open"))).ground == "loses"


def test_an_open_guardrail_beyond_its_margin_is_never_shown() -> None:
    low = guarded("open", effect=-0.2)
    assert judged(earning(), effects=measured(low)).needed is None
    assert judged(earning(), effects=measured(guarded("open", effect=0.2, better="lower"))).needed is None


def test_the_hardest_guardrail_sets_the_number() -> None:
    both = measured(guarded("open", error=0.3), guarded("open", metric="retained"))
    assert judged(earning(), effects=both).needed == math.ceil(2 * N * ((SETTLED + LIKELY) * 3) ** 2)


def test_no_cost() -> None:
    row = earning() | dict.fromkeys(("profit", "error"), math.nan)
    assert judged(row) == Verdict("redesign", "no-cost", "voucher", True)
    assert judged(row, effects=measured(guarded("no"))).ground == "guardrail"


def test_no_money() -> None:
    assert judged() == Verdict("redesign", "no-money", None, True)


def test_a_ready_table_is_over_where_its_end_was_planned() -> None:
    """1.8 errors above zero: enough for one look, and not for many."""
    for keys, ground in (({"ends": "2023-12-31"}, "earns"), ({}, "too-few")):
        named, ratio = experiment(**keys), sample_ratio(SOUND)
        row = pd.DataFrame([earning(profit=0.2 * 1.8)])
        made = decide(named, ratio, measured(), row, DAY("2024-01-01"))
        assert (made.ground, made.final) == (ground, bool(keys))
    named = experiment(ends="2024-01-02")
    assert not decide(named, ratio, measured(), row, DAY("2024-01-01")).final  # it is still to come


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
    assert made.needed == math.ceil(2 * 20 * (SETTLED + LIKELY) ** 2)


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
        assert judged(earning(profit=unsure), **early).ground == "too-early"
        assert judged(earning(profit=unsure)).ground == ground
    assert judged(earning(profit=-0.1, error=0.1), **early).action == "keep-running"  # no "nothing-to-gain"


def test_while_few_carry_the_money_it_waits_for_the_end() -> None:
    """From 20 on, of the smaller arm's share. At the planned end they count as they are."""
    few, enough = (earning(carriers=carriers) for carriers in (19.9, 20.0))
    assert judged(few, as_of="2024-04-28").ground == "too-early"
    assert judged(few).action == "roll-out"
    assert judged(enough, as_of="2024-04-28").action == "roll-out"
    made = judged(earning(profit=4.0, carriers=10.0), ends=None, as_of="2024-04-28")
    assert made.needed is not None
    assert 2 * 2 * N <= made.needed <= 2 * 2 * N * 1.01  # twice as many, until twice as many carry it


def test_while_few_carry_a_guardrail_it_stops_nothing_early() -> None:
    """No complaint among 60, and 17 among 540: 17 · 60/600 = 1.7 carry it, far from 20."""
    arms = {"none": arm(complaints=np.repeat([1.0, 0.0], [17, 523])), "voucher": arm(complaints=np.zeros(60))}
    wish = {"complaints": role("guardrail", 0.1)}
    found = effects_of({"complaints": arms}, wish, "none").iloc[0]
    assert found["carriers"] == pytest.approx(1.7, rel=0.01)
    assert found["holds_always_valid"] == "open"


def test_keep_running_until_a_day_by_hand() -> None:
    """1,000 customers in 31 days; what is needed comes at that rate, and is then followed up 30 days.

    No end is planned: the test above tells how many are needed, and 1000/31 a day are assigned.
    """
    made = judged(earning(profit=1, error=0.5), ends=None, as_of="2024-04-15")
    assert (made.action, made.ground) == ("keep-running", "too-early")
    assert made.needed is not None
    days = math.ceil((made.needed - 1000) / (1000 / 31))
    assert days > 20
    assert made.until == DAY("2024-03-31") + dt.timedelta(days=days)
    assert made.decide_on == made.until + dt.timedelta(days=29)


def test_how_many_are_needed_at_a_planned_end_by_hand() -> None:
    """2 ± 2 must become 2 ± 2/(1.645 + 0.842), to be above zero by 1.645 errors in four of five tests. That
    takes 6.183 times as many."""
    made = judged(earning(profit=2, error=2))
    assert made.needed is not None
    assert 6183 <= made.needed <= 6183 * 1.01


@pytest.mark.parametrize("profit", [2.0, 1e-6])
def test_when_a_planned_end_is_reached_it_is_waited_for_those_to_be_followed_up(profit: float) -> None:
    """They are assigned already, so waiting costs nothing, be it hopeless; no look makes the plan longer."""
    made = judged(earning(profit=profit, error=2, max_loss=1e-9), as_of="2024-04-15")
    assert (made.action, made.ground) == ("keep-running", "too-early")
    assert (made.until, made.decide_on) == (None, DAY("2024-04-29"))


def test_a_planned_end_stands_however_many_more_would_be_needed() -> None:
    made = judged(earning(profit=2, error=2), as_of="2024-04-15", ends="2024-06-30")
    assert (made.until, made.decide_on) == (
        DAY("2024-06-30"),
        DAY("2024-07-29"),
    )  # 30 days, that day included


def test_what_would_take_over_a_year_is_designed_anew() -> None:
    """Rate 1000/31, and (2 · (3.04 + 0.84))² = 60 times as many: five years."""
    made = judged(earning(profit=1, error=2), ends=None, as_of="2024-04-15")
    assert (made.action, made.ground, made.until) == ("redesign", "too-few", None)
    assert made.needed is not None
    assert judged(earning(profit=1, error=0.5), ends=None, as_of="2024-04-15").action == "keep-running"


def test_an_effect_of_nothing_is_out_of_reach() -> None:
    made = judged(earning(profit=1e-6, error=1, max_loss=1e-9), ends=None, as_of="2024-04-15")
    assert made == Verdict("redesign", "too-few", "voucher", False, (), None, None)


def test_too_few_at_the_end_is_designed_anew() -> None:
    made = judged(earning(profit=2, error=2, max_loss=1e-3))
    assert (made.action, made.ground, made.until) == ("redesign", "too-few", None)
    assert made.needed is not None


def test_when_nobody_comes_any_more_it_does_not_run_on() -> None:
    """No end was planned. A month after the last assignment, all followed up, none are waited for."""
    row = earning(profit=2, error=1)
    assert judged(row, ends=None, as_of="2024-04-30").action == "keep-running"  # 30 days later
    assert judged(row, ends=None, as_of="2024-05-01").action == "redesign"
    assert judged(row, ends=None, as_of="2024-05-01", outcome_days=60).action == "keep-running"


def test_without_a_planned_end_the_always_valid_interval_must_be_reached() -> None:
    """Customers at which it is as small as what is seen in four of five tests, by root finding."""
    planned, error, profit = 5000, 0.5, 1.0
    row = earning(profit=profit, error=error, max_loss=9)
    made = judged(row, ends=None, as_of="2024-04-15")
    assert made.ground == "too-early"

    def short_of(n: float) -> float:
        narrower = error * math.sqrt(2 * N / n)
        return float(half_width(narrower, n, planned, 0.1)) - (profit - LIKELY * narrower)

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
        assert made.action != "roll-out"


def test_before_the_end_a_guardrail_stops_only_what_is_certain_at_any_look() -> None:
    """Two errors beyond its margin: harmed by one look, and within what is seen once in many looks."""
    error = 0.01 * math.sqrt(1 + 1.1**2)
    arms = {"none": with_error(1.0, 0.01, 2500), "voucher": with_error(1.1 + 2 * error, 0.01, 2500)}
    wish = {"complaints": role("guardrail", 0.1, "lower")}
    effects = effects_of({"complaints": arms}, wish, "none", planned=5000)
    assert effects["always_valid_lower"].iloc[0] < 0.1
    assert judged(earning(), effects=effects).ground == "guardrail"
    assert judged(earning(), effects=effects, as_of="2024-04-28").ground != "guardrail"


# ── several treatments ──────────────────────────────────────────────────────────────────────────────────


def test_the_best_of_several_is_judged() -> None:
    made = judged(earning("call", 0.9), earning("voucher", 1.0), earning("mail", -3))
    assert (made.action, made.variant) == ("roll-out", "voucher")


@pytest.mark.parametrize(("treatments", "z"), [(1, 1.6449), (2, 1.9600), (5, 2.3263)])
def test_several_treatments_share_the_confidence(treatments: int, z: float) -> None:
    """5 % among 1, 2 and 5: normal quantiles of 95, 97.5 and 99 %."""
    rest = [earning(f"v{i}", -9) for i in range(treatments - 1)]
    for shift, rolled_out in ((-0.001, False), (0.001, True)):
        made = judged(earning(profit=0.2 * (z + shift)), *rest)
        assert (made.action == "roll-out") is rolled_out


def test_a_treatment_that_harms_gives_way_to_one_that_does_not() -> None:
    effects = measured(guarded("no"), guarded("yes", "call"), variants=("voucher", "call"))
    made = judged(earning("voucher", 2.0), earning("call", 1.0), effects=effects)
    assert (made.action, made.variant) == ("roll-out", "call")
    both = measured(guarded("no"), guarded("no", "call"), variants=("voucher", "call"))
    made = judged(earning("voucher", 2.0), earning("call", 1.0), effects=both)
    assert (made.ground, made.variant) == ("guardrail", "voucher")


def test_a_treatment_that_may_harm_gives_way_to_one_that_is_ready() -> None:
    """The first earns a little more, but its guardrail is open; the second is ready to be rolled out."""
    effects = measured(guarded("open"), guarded("yes", "call"), variants=("voucher", "call"))
    made = judged(earning("voucher", 1.05), earning("call", 1.0), effects=effects)
    assert (made.action, made.variant) == ("roll-out", "call")
    late = judged(earning("voucher", 1.05), earning("call", 0.1), effects=effects)
    assert (late.ground, late.variant) == ("guardrail-open", "voucher")


def test_the_confidence_that_was_asked_for_is_told() -> None:
    assert judged(earning()).asked == pytest.approx(0.95)
    rows = [earning(f"v{i}", 0.3) for i in range(4)]
    assert judged(*rows).asked == pytest.approx(0.9875)


def test_treatments_share_the_level_of_a_guardrail() -> None:
    """1.8 errors within its margin: unharmed at 5 % alone (1.645), open at 2.5 % of two (1.960)."""
    error = 0.01 * math.sqrt(1 + 1.1**2)
    arms = {"none": with_error(1.0, 0.01), "a": with_error(1.1 - 1.8 * error, 0.01)}
    wish = {"complaints": role("guardrail", 0.1, "lower")}
    assert effects_of({"complaints": arms}, wish, "none")["holds"].tolist() == ["yes"]
    two = arms | {"b": arms["a"]}
    assert effects_of({"complaints": two}, wish, "none")["holds"].tolist() == ["open", "open"]


def test_customers_of_all_arms_are_counted() -> None:
    """1,500 are there; of two treatments each has 2.5 %: a guardrail takes (1.960 + 0.842)² times as many."""
    effects = measured(guarded("open"), variants=("voucher", "call"))
    made = judged(earning("voucher", 2.0), earning("call", -1.0), effects=effects)
    assert made.needed == math.ceil(3 * N * (1.9599640 + LIKELY) ** 2)
