"""What the strategy page says: the decision fits its evidence, and every number its interval."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from experiment_data import arm, effects_of, experiment, money_of, role, spenders
from words_data import faults, sentences_of, too_much

from keepbook.experiments import SampleRatio, Segments, Study, Verdict
from keepbook.experiments.analysis import ExperimentAnalysis
from keepbook.experiments.page import tables as experiments_tables
from keepbook.experiments.page.facts import MAX_FINDINGS, Facts, findings
from keepbook.experiments.page.result_table import effects_table
from keepbook.experiments.page.tiles import tiles
from keepbook.experiments.page.verdict import basis_table, decision
from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.page.elements import Decision
from keepbook.page.html import plain

UNIT: Any = SimpleNamespace(currency="EUR", alpha=0.05, margin=0.4, value_months=12)
NAMED = experiment(
    title="Voucher by mail",
    cost=0.5,
    rollout_to=5000,
    metrics={"revenue": "goal", "retained": {"role": "guardrail", "margin": 0.1}},
)
SOUND = sample_ratio({"none": 3000, "voucher": 3010})
BROKEN = sample_ratio({"none": 3000, "voucher": 2000})


@pytest.fixture(scope="module")
def found() -> Facts:
    """3,000 customers an arm, 60 % more buyers among the treated."""
    rng = np.random.default_rng(4)
    arms = {"none": arm(**spenders(3000, rng)), "voucher": arm(**spenders(3010, rng, lift=0.6))}
    moments = dict.fromkeys(("revenue", "retained", "margin"), arms)
    wanted = {"revenue": role("goal"), "retained": role("guardrail", 0.1)}
    effects = effects_of(moments, wanted, "none")
    money = money_of(moments, NAMED, 5000)
    study = Study(NAMED, UNIT, moments, {"none": 3000, "voucher": 3010})
    return Facts(study, SOUND, effects, money, Verdict("roll-out", "earns", "voucher", True, asked=0.95))


def said(found: Facts, **changes: Any) -> Facts:
    return Facts(**{**vars(found), **changes})


def in_unit(found: Facts, unit: Any) -> Facts:
    return said(found, study=replace(found.study, unit=unit))


def decided(found: Facts) -> Decision:
    assert found.verdict is not None
    return decision(found, found.verdict)


def basis(found: Facts) -> str:
    """What analysts read of how it was decided, in one text."""
    assert found.verdict is not None
    return " ".join(says.text for _step, says in basis_table(found, found.verdict).texts())


def unset(found: Facts) -> Facts:
    """The same where no margin is set."""
    return in_unit(found, SimpleNamespace(**{**vars(UNIT), "margin": 1.0}))


def sentences(found: Facts) -> list[str]:
    """The findings without their emphasis."""
    return [plain(sentence) for sentence in findings(found)]


def verdict(action: str, ground: str, **more: Any) -> Any:
    known: dict[str, Any] = {
        "variant": "voucher",
        "final": True,
        "guardrails": (),
        "needed": None,
        "until": None,
        "asked": 0.95,
    }
    return Verdict(action, ground, **{**known, **more})  # type: ignore[arg-type]


# ── the decision ────────────────────────────────────────────────────────────────────────────────────────


def test_a_roll_out_names_profit_range_and_chance(found: Facts) -> None:
    made, row = decided(found), found.money.iloc[0]  # type: ignore[union-attr]
    assert made.label == "Voucher by mail: roll out"
    assert made.kind == "good"
    assert (
        f"+{row['profit']:.2f} EUR (+{row['profit_lower']:.2f} to +{row['profit_upper']:.2f})" in made.reason
    )
    assert "> 99.9 %" in made.reason or f"{row['chance']:.1%}".replace("%", " %") in made.reason
    assert f"For 5,000 customers that is {row['profit'] * 5000:,.0f} EUR" in basis(found)
    assert made.stake == pytest.approx(row["profit"] * 5000)


def test_without_a_margin_it_is_the_margin_that_is_asked_for(found: Facts) -> None:
    """What pays only because all revenue counts as earned is rolled out by nobody."""
    made, gain = decided(unset(found)), found.money.iloc[0]["gain"]  # type: ignore[union-attr]
    assert (made.label, made.kind) == ("Voucher by mail: set the margin first", "wait")
    assert f"It pays if your margin is above {0.5 / gain * 100:.0f} % (" in made.reason
    assert made.reason.endswith("You have not set one.")
    assert f"it pays from a margin of {0.5 / gain * 100:.0f} % (" in basis(unset(found))
    assert "No `margin` is set" not in basis(found)


def test_what_costs_nothing_more_needs_no_margin(found: Facts) -> None:
    free = said(unset(found), money=found.money.assign(cost=0.0))  # type: ignore[union-attr]
    assert decided(free).label == "Voucher by mail: roll out"


def test_a_broken_split_decides_alone(found: Facts) -> None:
    study = replace(found.study, experiment=NAMED.model_copy(update={"split": {"none": 1, "voucher": 1}}))  # type: ignore[type-var]
    broken = said(found, ratio=BROKEN, verdict=verdict("redesign", "broken-split"), study=study)
    made = decided(broken)
    assert (made.label, made.kind, made.stake) == (
        "Voucher by mail: redesign, the split is broken", "broken", None,
    )  # fmt: skip
    assert made.reason.startswith("none holds 60 % of the customers; 50 % were planned.")
    assert "The split is broken: 3,000 : 2,000 where 50 % : 50 % was intended (p < 0.001)" in basis(broken)


@pytest.mark.parametrize(
    ("made", "label", "reason", "words"),
    [
        (
            verdict("stop", "loses"),
            "stop, it loses money",
            "It loses with a chance of",
            "Rolled out to 5,000 customers it would lose",
        ),
        (
            verdict("stop", "loses", final=False),
            "stop, it loses money",
            "The evidence is enough before the end",
            "lies below zero",
        ),
        (
            verdict("stop", "nothing-to-gain"),
            "stop, too little to gain",
            "A gain worth waiting for is unlikely.",
            "What going without it may lose",
        ),
        (
            verdict("stop", "guardrail", guardrails=("retained",)),
            "stop, it does harm",
            "It does more harm than you allow: came back.",
            "came back falls by more than its margin",
        ),
        (
            verdict("roll-out", "earns", final=False),
            "roll out",
            "The evidence is enough before the end",
            "lies above zero",
        ),
        (
            verdict(
                "keep-running",
                "too-early",
                final=False,
                needed=900,
                until=dt.date(2025, 3, 1),
                decide_on=dt.date(2025, 4, 1),
            ),
            "keep running until 2025-03-01",
            "Not settled yet",
            "900 customers settle it with a chance of 80 %",
        ),
        (
            verdict("redesign", "too-few", needed=40_000),
            "redesign, too small to tell",
            "About 40,000 customers would settle it.",
            "About 40,000 customers would settle it with a chance of 80 %",
        ),
        (
            verdict("redesign", "too-few"),
            "redesign, too small to tell",
            "Try something bolder.",
            "beyond any test of reasonable size",
        ),
        (
            verdict("redesign", "too-few", final=False, needed=9),
            "redesign, too small to tell",
            "About 9 customers would settle it.",
            "No planned end is stated (`ends`), so only the interval",
        ),
        (
            verdict("redesign", "guardrail-open", guardrails=("retained",), needed=70_000),
            "redesign, harm is not ruled out",
            "That it does no harm is not shown: came back. About 70,000 customers would show it.",
            "not shown that came back falls by less than its margin; about 70,000 customers",
        ),
        (
            verdict("redesign", "guardrail-open", guardrails=("retained",)),
            "redesign, harm is not ruled out",
            "It seems to do more harm than you allow: came back. That is not certain.",
            "But came back seems to fall by more than its margin allows.",
        ),
        (
            verdict("redesign", "no-cost"),
            "state its cost first",
            "It pays if treating one costs less.",
            "is not stated (`cost`)",
        ),
        (
            verdict("redesign", "no-money", variant=None),
            "measure money first",
            "No metric of this test speaks of money",
            "map `revenue`",
        ),
    ],
)
def test_every_verdict_has_its_words(
    found: Facts, made: Verdict, label: str, reason: str, words: str
) -> None:
    """A few of them for everybody, without names of settings; all of them for analysts."""
    open_ends = {"profit_lower": -1.0, "always_valid_lower": -1.0} if "too-" in made.ground else {}
    shown = said(found, verdict=made, money=found.money.assign(**open_ends))  # type: ignore[union-attr]
    decision = decided(shown)
    assert decision.label == f"Voucher by mail: {label}"
    assert reason in decision.reason
    assert words in basis(shown)
    assert "{" not in decision.reason + basis(shown)
    assert "`" not in decision.label + decision.reason
    assert not too_much(decision.label) + too_much(decision.reason)
    assert len(sentences_of(decision.reason)) <= 2


def test_what_the_range_shows_but_the_rule_does_not_yet_is_not_too_small(found: Facts) -> None:
    """A rule may ask for more than the range does, as with several treatments: then that is said."""
    final = decided(said(found, verdict=verdict("redesign", "too-few", needed=9)))
    assert final.label.endswith("redesign, not sure enough")
    assert final.reason.startswith("Not sure enough by your rule: +")
    later = verdict("keep-running", "too-early", final=False, decide_on=dt.date(2025, 4, 1))
    assert decided(said(found, verdict=later)).reason.startswith("Not sure enough yet by your rule: +")


def test_a_goal_that_got_worse_is_said_where_it_is_rolled_out(found: Facts) -> None:
    effects = found.effects.assign(effect=-1.0)  # type: ignore[union-attr]
    made = decided(said(found, effects=effects))
    assert made.reason.endswith("But this got worse, beyond chance: revenue a customer.")


@pytest.mark.parametrize(
    ("made", "stake"),
    [
        (verdict("roll-out", "earns"), 10_000.0),
        (verdict("stop", "loses"), 0.0),
        (verdict("keep-running", "too-early", final=False, decide_on=dt.date(2025, 4, 1)), 10_000.0),
        (verdict("redesign", "too-few"), 10_000.0),
    ],
)
def test_what_hangs_on_a_decision_is_money_of_all_whom_it_reaches(
    found: Facts, made: Verdict, stake: float
) -> None:
    """2.00 a customer for 5,000: what a roll-out brings and waiting leaves open; stopping avoids a loss."""
    money = found.money.assign(profit=2.0, total=10_000.0)  # type: ignore[union-attr]
    assert decided(said(found, verdict=made, money=money)).stake == stake
    losing = found.money.assign(profit=-2.0, total=-10_000.0)  # type: ignore[union-attr]
    turned = {"roll-out": 0.0, "stop": 10_000.0}.get(made.action, 10_000.0)
    assert decided(said(found, verdict=made, money=losing)).stake == turned


def test_how_much_hangs_on_it_in_a_year_is_known_where_the_reach_is_stated(found: Facts) -> None:
    study = replace(found.study, experiment=NAMED.model_copy(update={"rollout_to": None}))  # type: ignore[type-var]
    unstated = said(found, study=study)
    assert decided(unstated).stake is None
    assert "a year" not in sentences(unstated)[0]
    assert "5,000 customers a year" in sentences(found)[0]


def test_without_a_cost_what_it_adds_hangs_on_it(found: Facts) -> None:
    nan = float("nan")
    money = found.money.assign(gain=3.0, customers=5000, profit=nan, total=nan, cost=nan)  # type: ignore[union-attr]
    assert decided(said(found, verdict=verdict("redesign", "no-cost"), money=money)).stake == 15_000.0


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (verdict("stop", "guardrail", guardrails=("{calls}",)), "{calls} rises by more than its margin."),
        (
            verdict("redesign", "guardrail-open", guardrails=("{calls}", "retained"), needed=7),
            "{calls} rises by less than its margin and came back falls by less than its margin; about 7 ",
        ),
        (
            verdict("redesign", "guardrail-open", guardrails=("{calls}",)),
            "But {calls} seems to rise by more than its margin allows.",
        ),
    ],
)
def test_a_guardrail_is_harmed_in_its_own_direction(found: Facts, made: Verdict, words: str) -> None:
    retained = found.effects[found.effects["metric"] == "retained"]  # type: ignore[index,union-attr]
    effects = pd.concat([found.effects, retained.assign(metric="{calls}", better="lower")])  # type: ignore[list-item]
    assert words in basis(said(found, effects=effects, verdict=made))


def test_a_loss_is_an_amount_with_its_interval_turned_round(found: Facts) -> None:
    row = {"total": -500.0, "total_lower": -900.0, "total_upper": 200.0}
    money = found.money.assign(**row)  # type: ignore[union-attr]
    shown = said(found, money=money, verdict=verdict("stop", "loses"))
    assert "it would lose 500 EUR (−200 to 900)." in basis(shown)


def test_an_early_interval_that_few_customers_carry_does_not_count(found: Facts) -> None:
    """It is not said to hold zero where it does not."""
    early = verdict("redesign", "too-few", final=False, needed=9)
    words = {-1.0: "it holds zero", 0.5: "it cannot be relied on while so few customers carry the money"}
    for lower, said_so in words.items():
        money = found.money.assign(decision_lower=lower, decision_upper=2.0)  # type: ignore[union-attr]
        assert said_so in basis(said(found, money=money, verdict=early))


def test_at_the_end_an_interval_that_few_customers_carry_is_called_unsure(found: Facts) -> None:
    for few in (True, False):
        made = said(found, verdict=verdict("roll-out", "earns", few=few))
        assert ("Few customers carry this money" in decided(made).reason) is few
        assert ("Few customers carry this money" in basis(made)) is few


def test_whether_an_end_was_planned_is_told_apart(found: Facts) -> None:
    early = verdict("roll-out", "earns", final=False)
    assert "No planned end is stated (`ends`), yet the interval" in basis(said(found, verdict=early))
    study = replace(found.study, experiment=NAMED.model_copy(update={"ends": dt.date(2025, 1, 1)}))  # type: ignore[type-var]
    planned = said(found, verdict=early, study=study)
    assert "The planned end is not reached, yet the interval" in basis(planned)


def test_the_confidence_asked_for_is_told(found: Facts) -> None:
    """Four treatments share 5 %: 98.75 %."""
    open_ = verdict("redesign", "too-few")
    assert "a probability of 95 % is asked for" in basis(said(found, verdict=open_))
    study = replace(found.study, counts=dict.fromkeys(("none", "voucher", "b", "c", "d"), 1000))  # type: ignore[type-var]
    shared = said(found, study=study, verdict=verdict("redesign", "too-few", asked=0.9875))
    words = "a probability of 98.8 % (95 % shared among 4 treatments) is asked for"
    assert words in basis(shared)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("yes", "that is not settled"),
        ("no", "it does harm, or harm is not ruled out"),
        ("open", "it does harm, or harm is not ruled out"),
    ],
)
def test_why_the_decision_is_not_about_the_one_that_seems_to_earn_most(
    found: Facts, state: str, why: str
) -> None:
    """Call earns most; voucher is likelier to be the best, for call is known less well, and is decided on."""
    row = found.money.iloc[0].to_dict()  # type: ignore[union-attr]
    rows = [row | {"best": 0.6}, row | {"variant": "call", "profit": row["profit"] + 1, "best": 0.4}]
    effects = pd.concat([found.effects, found.effects.assign(variant="call")], ignore_index=True)  # type: ignore[list-item, union-attr]
    guards = effects["role"].eq("guardrail") & effects["variant"].eq("call")
    effects.loc[guards, "holds"] = state
    told = sentences(said(found, money=pd.DataFrame(rows), effects=effects))
    assert f"call seems to earn more than voucher, but {why}." in told


def test_while_it_runs_only_intervals_count_that_hold_however_often_one_looks(found: Facts) -> None:
    """In the findings, in the key figures, in the table and in the reason; and no chance of a single look."""
    later = {"needed": 900, "decide_on": dt.date(2025, 3, 1)}
    early = said(found, verdict=verdict("keep-running", "too-early", final=False, **later))
    text = " ".join(sentences(early))
    goal, row = found.effects.iloc[0], found.money.iloc[0]  # type: ignore[union-attr]
    assert f"(+{goal['always_valid_lower']:.2f} to +{goal['always_valid_upper']:.2f})" in text
    assert f"{goal['ci_lower']:.2f}" not in text
    assert "so far" in text
    total = row["customers"] * row["always_valid_lower"], row["customers"] * row["always_valid_upper"]
    assert f"({total[0]:,.0f}–{total[1]:,.0f}) after its cost" in text
    figures = {tile.name: tile for tile in tiles(early)}
    assert (figures["profit"].ci_lower, figures["profit"].ci_upper) == (
        row["always_valid_lower"],
        row["always_valid_upper"],
    )
    assert figures["total"].ci_lower == pytest.approx(row["always_valid_lower"] * row["customers"])
    assert figures["effect_revenue"].ci_lower == goal["always_valid_lower"]
    limits = f"(+{row['always_valid_lower']:.2f} to +{row['always_valid_upper']:.2f})"
    assert f"{limits} a customer after its cost" in decided(early).reason
    assert "%" not in decided(early).reason
    assert "however often one looks" in effects_table(early).caption


@pytest.mark.parametrize(
    ("until", "ends", "label", "words"),
    [
        (
            "2025-03-01",
            None,
            "keep running until 2025-03-01",
            "Go on assigning until 2025-03-01, and decide on",
        ),
        (
            "2025-03-01",
            "2025-03-01",
            "keep running until 2025-03-01",
            "until 2025-03-01, as planned, and decide on",
        ),
        (None, None, "wait until 2025-04-30", "Enough are assigned: decide on 2025-04-30"),
    ],
)
def test_until_when_to_assign_and_when_to_decide(
    found: Facts, until: str | None, ends: str | None, label: str, words: str
) -> None:
    day = dt.date.fromisoformat
    named = NAMED.model_copy(update={"ends": ends and day(ends)})
    made = verdict(
        "keep-running",
        "too-early",
        final=False,
        needed=900,
        until=until and day(until),
        decide_on=day("2025-04-30"),
    )
    told = decided(said(found, study=replace(found.study, experiment=named), verdict=made))  # type: ignore[type-var]
    assert told.label == f"Voucher by mail: {label}"
    assert "2025-04-30" in f"{told.label} {told.reason}"
    shown = basis(said(found, study=replace(found.study, experiment=named), verdict=made))  # type: ignore[type-var]
    assert words in shown
    assert "2025-04-30, when all are followed up." in shown


def test_a_drifting_split_says_what_to_look_at(found: Facts) -> None:
    ratio = SOUND._replace(drift_pvalue=1e-9, drift_apart=0.38)
    made = said(found, ratio=ratio, verdict=verdict("redesign", "drift", variant=None, final=False))
    told = decided(made)
    assert (told.label, told.kind) == ("Voucher by mail: redesign, the arms' shares changed", "broken")
    assert "(p < 0.001): 38 % of an arm would have had to come at another time" in basis(made)
    assert "no effect is stated" in " ".join(sentences(made))


def test_an_unstated_split_is_asked_for(found: Facts) -> None:
    """3,000 and 2,000 are nearest to 2 : 1 in whole numbers of the smaller arm."""
    broken = verdict("redesign", "broken-split", variant=None, final=False)
    made = said(found, ratio=BROKEN, verdict=broken)
    told = decided(made)
    assert told.label == "Voucher by mail: check the split first"
    assert told.reason.startswith("none holds 60 % of the customers; with equal arms it would be 50 %.")
    assert "`split: {none: 2, voucher: 1}`" in basis(made)


def test_what_costs_more_than_it_brings_is_not_called_a_small_gain(found: Facts) -> None:
    money = found.money.assign(profit=-0.3)  # type: ignore[union-attr]
    made = decided(said(found, money=money, verdict=verdict("stop", "nothing-to-gain")))
    assert made.label == "Voucher by mail: stop, it does not pay"


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        (12_345, "About 12,400 customers would settle it with a chance of 80 %"),
        (60_200, "beyond any test of reasonable size: try something bolder"),  # over ten times 6,000
    ],
)
def test_what_a_larger_test_would_take(found: Facts, needed: int, words: str) -> None:
    made = said(found, verdict=verdict("redesign", "too-few", needed=needed))
    assert words in basis(made)
    assert ("12,400" in decided(made).reason) is (needed == 12_345)


def test_key_figures_are_of_the_treatment_that_is_decided_on(found: Facts) -> None:
    """The one that earns most does harm: the verdict and its tiles are about the other."""
    row = found.money.iloc[0].to_dict()  # type: ignore[union-attr]
    money = pd.DataFrame([row | {"variant": "harmful", "profit": 9.0}, row])
    made = tiles(said(found, money=money))
    assert [tile.label for tile in made[:2]] == ["Profit a customer", "Profit a year"]
    assert made[0].value == row["profit"]
    assert "treated with voucher" in made[0].definition


@pytest.mark.parametrize(
    ("gain", "words", "tile"),
    [
        ((4.0, 2.0, 8.0), "it pays from a margin of 25 % (12–50 %) on.", (0.25, 0.125, 0.5, "")),
        (
            (4.0, 0.5, 8.0),
            "from a margin of 25 % (≥ 12 %) on, and may not pay at any.",
            (0.25, None, None, "≥ 12 %"),
        ),
        ((0.5, -1.0, 2.0), "even so it costs more than it adds.", None),
    ],
)
def test_from_which_margin_on_it_pays(
    found: Facts, gain: tuple[float, ...], words: str, tile: tuple[Any, ...] | None
) -> None:
    """A cost of 1 by what it adds: 1 / 4, from 1 / 8 to 1 / 2; no profit is stated while no margin is set."""
    names = dict(zip(("gain", "gain_lower", "gain_upper"), gain, strict=True))
    money = found.money.assign(cost=1.0, **names)  # type: ignore[union-attr]
    made = said(unset(found), money=money)
    assert words in basis(made)
    figures = {one.name: one for one in tiles(made)}
    assert "profit" not in figures and "total" not in figures
    needed = figures.get("margin_needed")
    shown = needed and (needed.value, needed.ci_lower, needed.ci_upper, needed.basis)
    assert shown == tile
    assert figures["revenue"].value == gain[0] * 5000


def test_without_an_experiment_the_reason_is_told_once() -> None:
    nothing = ExperimentAnalysis(UNIT, SimpleNamespace(), None)  # type: ignore[arg-type]
    reason = "Not shown: what a strategy brought. It needs `experiments` in the unit file."
    assert nothing.decision == ("No decision yet", reason, "wait", None)
    assert nothing.findings == [reason]
    assert nothing.tiles == []
    assert repr(nothing.effects_table) == repr(nothing.clv_after_test(None)) == reason  # type: ignore[arg-type]


# ── findings and tiles ──────────────────────────────────────────────────────────────────────────────────


def test_findings_give_money_goal_and_guardrail_with_intervals(found: Facts) -> None:
    text = " ".join(sentences(found))
    row, money = found.effects.iloc[0], found.money.iloc[0]  # type: ignore[union-attr]
    assert f"+{row['effect']:.2f} EUR (+{row['ci_lower']:.2f} to +{row['ci_upper']:.2f})" in text
    assert "in the planned shares" in text
    assert "Not harmed: came back." in text
    total, lower, upper = (5000 * money[name] for name in ("profit", "profit_lower", "profit_upper"))
    assert (
        f"Rolled out to 5,000 customers a year, it would bring {total:,.0f} EUR ({lower:,.0f}–{upper:,.0f}) "
        "after its cost."
    ) in text


def test_findings_rank_by_the_money_that_hangs_on_them(found: Facts) -> None:
    first, *others = findings(found, 10_000.0)
    assert first.stake == 10_000.0  # type: ignore[attr-defined]
    assert not [one for one in others if getattr(one, "stake", None)]


def test_findings_are_few_short_and_plain(found: Facts) -> None:
    """With three treatments, two goals, a guardrail and a truth there is most to say."""
    rows = [found.money.iloc[0].to_dict() | {"variant": name, "best": 0.3} for name in ("voucher", "b", "c")]  # type: ignore[union-attr]
    goals = found.effects.assign(role="goal")  # type: ignore[union-attr]
    effects = pd.concat([goals, found.effects.iloc[1:]], ignore_index=True)  # type: ignore[list-item, union-attr]
    study = replace(found.study, counts=dict.fromkeys(("none", "voucher", "b", "c"), 1000))  # type: ignore[type-var]
    made = said(found, study=study, money=pd.DataFrame(rows), effects=effects, truth={"revenue": 1.0})
    items = "".join(f"<li>{sentence}</li>" for sentence in sentences(made))
    assert len(sentences(made)) == MAX_FINDINGS
    assert not faults(f"<main><ul class='kb-findings'>{items}</ul></main>")


def test_levels_are_told_as_they_were(found: Facts) -> None:
    """24 less 20 are 4, of which what customers did before explains one."""
    effects = found.effects.assign(  # type: ignore[union-attr]
        control=20.5,
        treatment=23.5,
        effect=3.0,
        control_observed=20.0,
        treatment_observed=24.0,
        plain_effect=4.0,
    )
    made = said(found, effects=effects)
    assert "Revenue a customer: 24.00 EUR, a change of +3.00 EUR (" in " ".join(sentences(made))
    frame = effects_table(made).frame
    assert frame[["metric", "control", "treated"]].iloc[0].tolist() == [
        "revenue a customer, EUR",
        "20.00",
        "24.00",
    ]


def test_a_goal_that_chance_explains_is_no_change(found: Facts) -> None:
    effects = found.effects.assign(pvalue_adjusted=0.06)  # type: ignore[union-attr]
    assert "Revenue a customer: no clear change, " in " ".join(sentences(said(found, effects=effects)))


def test_before_the_planned_end_a_guardrail_is_told_for_all_looks(found: Facts) -> None:
    effects = found.effects.assign(holds="no", holds_always_valid="open")  # type: ignore[union-attr]
    early = said(found, effects=effects, verdict=verdict("keep-running", "too-early", final=False, needed=9))
    late = said(found, effects=effects)
    assert "Harmed by more than you allow: came back." in sentences(late)
    assert "Harm not ruled out: came back." in sentences(early)
    for made, counting, other, head in (
        (late, "harmed", "open", "looking any time"),
        (early, "open", "harmed", "one look"),
    ):
        frame = effects_table(made).frame
        assert frame["role"].tolist() == ["goal", f"guardrail 10 %: {counting}"]
        assert frame[head].iloc[1].endswith(f"\n{other}"), "analysts read the other one, too"


def test_a_broken_split_states_no_effect(found: Facts) -> None:
    broken = said(found, ratio=BROKEN, truth={"revenue": 0.0})
    text = " ".join(sentences(broken))
    assert "not in the planned shares: no effect is stated" in text
    assert "it does nothing" in text
    assert "EUR" not in text
    assert [tile.name for tile in tiles(broken)] == ["share_none", "share_voucher"]


def test_truth_stands_beside_the_estimate(found: Facts) -> None:
    known = said(found, truth={"revenue": 2.5, "unknown": 1.0})
    assert "The data are simulated: in truth revenue a customer changes by +2.50 EUR." in sentences(known)
    table = effects_table(known)
    assert list(table.frame["in truth"]) == ["+2.50", "–"]
    assert table.html().count("kb-truth") == 1
    assert "hollow: the truth" in table.caption
    assert "in truth" not in effects_table(found).columns
    assert "hollow" not in effects_table(found).caption


def test_tiles_hold_their_estimates_and_lead_to_their_evidence(found: Facts) -> None:
    made = tiles(found)
    assert [tile.name for tile in made] == ["profit", "total", "effect_revenue"]
    assert [tile.evidence for tile in made] == ["profit", "profit", "effects"]
    for tile in made:
        assert tile.ci_lower is not None and tile.ci_upper is not None
        assert tile.ci_lower < tile.value < tile.ci_upper
        assert tile.compared == ""
        assert len(tile.label) <= 28
        assert not tile.headline


def test_money_without_a_cost_shows_what_it_may_cost(found: Facts) -> None:
    free = money_of(found.study.moments, experiment(), 5000)  # type: ignore[union-attr]
    frame = experiments_tables.money_table(free, UNIT).frame
    assert frame["profit a customer"].tolist() == ["–"]
    assert frame["cost"].tolist() == ["–"]
    assert "(" in frame["added = break-even cost"].iloc[0]


def test_values_that_are_all_alike_make_no_p(found: Facts) -> None:
    alike = {"none": arm(revenue=np.ones(50)), "voucher": arm(revenue=np.ones(50))}
    effects = effects_of({"revenue": alike}, {"revenue": role("goal")}, "none")
    text = " ".join(sentences(said(found, effects=effects)))
    assert "all values are alike, so chance cannot be told" in text


def test_names_from_data_stay_text(found: Facts) -> None:
    odd = "<b>{x}</b>"
    ratio = SampleRatio(SOUND.arms.replace("voucher", odd), SOUND.srm_pvalue)
    money = found.money.replace("voucher", odd)  # type: ignore[union-attr]
    made = said(found, ratio=ratio, money=money, verdict=verdict("roll-out", "earns", variant=odd))
    several = replace(made.study, counts=dict.fromkeys(("none", odd, "b"), 1000))  # type: ignore[type-var]
    assert odd in decided(said(made, study=several)).label
    assert odd in experiments_tables.split_table(ratio, found.study).frame["arm"].tolist()


def test_which_of_several_treatments_earns_most(found: Facts) -> None:
    rows = [found.money.iloc[0].to_dict() | {"variant": name} for name in ("voucher", "call", "mail")]  # type: ignore[union-attr]
    most = pd.DataFrame(rows).assign(
        profit=[1.0, 1.4, 0.2], best=[0.3, 0.62, 0.08], loss_best=[0.5, 0.214, 0.9], max_loss=0.1
    )
    best = said(found, money=most, verdict=verdict("stop", "loses", variant="call"))
    assert (
        "Of 3 treatments call earns most with a chance of 62 %; expect somewhat less, for the best was lucky."
    ) in sentences(best)
    assert "instead of the treatment that truly earns most is expected to lose 0.21 EUR" in basis(best)
    losing = said(
        found, money=most.assign(profit=[-1.4, -1.0, -2.2]), verdict=verdict("stop", "loses", variant="call")
    )
    assert "call loses least with a chance of 62 %." in " ".join(sentences(losing))
    alone = sentences(found)
    assert not any("earns most" in sentence for sentence in alone)


def test_segments_say_how_much_is_left_of_each() -> None:
    frame = pd.DataFrame(
        {
            "segment": ["a", "b"],
            "n_control": [100, 50],
            "n_treatment": [100, 60],
            "effect": [1.0, -2.0],
            "ci_lower": [0.5, -5.0],
            "ci_upper": [1.5, 1.0],
            "pvalue_adjusted": [0.0002, 0.4],
            "shrunk": [0.9, -0.2],
            "shrunk_lower": [0.4, -2.0],
            "shrunk_upper": [1.4, 1.6],
        }
    )
    parts = [Segments("tier", "voucher", "revenue", frame, 0.03, 5, ("Not shown: effects by region.",))]
    made = experiments_tables.segments_table(parts, "money", 0.05)
    table, caption = made.frame, made.caption
    assert table["to be expected"].tolist() == ["+0.90 (+0.40 to +1.40)", "−0.20 (−2.00 to +1.60)"]
    assert "Holm" in caption
    assert caption.endswith(" Not shown: effects by region.")
