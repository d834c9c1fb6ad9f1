"""Sentences on what customers are worth: each fits its numbers, and what is not met comes first."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from keepbook.clv.page.findings import Worth, value_findings
from keepbook.clv.page.tiles import value_tiles

from keepbook.clv import Choices, Gate, Newcomer, Truth
from keepbook.clv.page import findings as room
from keepbook.clv.page import tables as clv_tables
from keepbook.clv.validation.ranking import Winner
from keepbook.errors import NotEnoughData
from keepbook.page.elements import cash, shown_as

UNIT: Any = SimpleNamespace(currency="EUR", alpha=0.05)
MET = Gate("Customers", True, False, "900 customers", "at least 500", "")
CARE = Gate("History", False, False, "90 days", "at least 180 days", "Few had time to come back.")
STOP = Gate("Repeat buyers", False, True, "3 of 900 customers bought again", "at least 30", "Too few.")
OUTLOOK = pd.DataFrame(
    {
        "months": [3, 6, 12],
        "purchases": [100.0, 180.0, 300.0],
        "purchases_lower": [90.0, 160.0, 260.0],
        "purchases_upper": [110.0, 205.0, 340.0],
        "value": [1000.0, 1800.0, 3000.0],
        "value_lower": [900.0, 1600.0, 2700.0],
        "value_upper": [1100.0, 2000.0, 3300.0],
        "revenue": [1010.0, 1830.0, 3100.0],
        "revenue_lower": [900.0, 1600.0, 2700.0],
        "revenue_upper": [1100.0, 2000.0, 3300.0],
    }
)
SEEN = pd.DataFrame(
    {
        "months": [3, 6],
        "since": pd.to_datetime(["2024-01-01", "2023-10-01"]),
        "customers": [50, 40],
        "seen": [30.0, 33.0],
        "seen_lower": [25.0, 28.0],
        "seen_upper": [35.0, 39.0],
        "expected": [31.0, 44.0],
    }
)
BORNE_OUT = SEEN.assign(expected=[31.0, 33.5])


def a_winner(**changes: Any) -> Winner:
    known: dict[str, Any] = {
        "target": "spend",
        "method": "MBG/NBD",
        "cuts": (dt.date(2024, 3, 31),),
        "compared": ("historical formula", "BG/NBD", "MBG/NBD"),
        "error": 50.0,
        "runner_up": "BG/NBD",
        "margin": 0.021,
        "margin_lower": 0.004,
        "margin_upper": 0.04,
        "simple_margin": 0.08,
        "simple_lower": 0.03,
        "simple_upper": 0.14,
        "bias": 0.05,
        "simple_bias": -0.3,
        "simple_is_as_good": False,
    }
    return Winner(**known | changes)


def an_evaluation(biases: tuple[float, ...] = (0.05, -0.02), **winners: Winner) -> Any:
    cuts = pd.to_datetime([f"{2024 - n}-03-31" for n in range(len(biases))])
    rows = [
        (cut, "MBG/NBD", target, bias, 1.0, 2.0, 0.7, 0.4 + 0.1 * n, -0.8)
        for n, (cut, bias) in enumerate(zip(cuts, biases, strict=True))
        for target in ("purchases", "spend")
    ]
    names = ["cut", "method", "target", "bias", "mae", "rmse", "gini", "top_decile", "log_likelihood"]
    other = [(cuts[0], "BG/NBD", "spend", -0.001, 1.0, 1.5, 0.7, 0.4, float("nan"))]
    covered = pd.DataFrame({"cut": cuts, "method": "MBG/NBD", "level": 0.95, "covered": 0.94})
    return SimpleNamespace(
        cuts=pd.DataFrame({"cut": cuts, "end": cuts + pd.Timedelta(days=91)}),
        methods=pd.DataFrame(rows + other, columns=names),
        coverage=covered,
        absent=pd.DataFrame(
            {"cut": cuts[:1], "method": "gradient boosting", "why": "Too little to learn from."}
        ),
        winners={"spend": a_winner(), "purchases": a_winner(target="purchases")} | winners,
        share=1.0,
    )


def found(choices: Choices | None = None, **changes: Any) -> Worth:
    base: Any = SimpleNamespace(
        customers=900, spend_to_date=9000.0, choices=choices or Choices(discount_rate=0.1)
    )
    model: Any = SimpleNamespace(process=SimpleNamespace(label="MBG/NBD", key="mbg_nbd"))
    known: dict[str, Any] = {
        "base": base,
        "model": model,
        "gates": [MET],
        "evaluation": an_evaluation(),
        "outlook": OUTLOOK,
        "active": (0.4, 0.35, 0.45),
        "held": pd.DataFrame({"customers_share": [0, 0.1, 0.5, 1], "value_share": [0, 0.6, 0.9, 1]}),
        "newcomer": Newcomer(12, 20.0, 1.5, 44.0, 42.0, 46.0, 99.0, 90.0, 110.0),
        "seen": BORNE_OUT,
        "cost": NotEnoughData("no costs"),
        "truth": None,
    }
    return Worth(**known | changes)


def said(**changes: Any) -> str:
    return "\n".join(value_findings(found(**changes), UNIT))


# ── what is coming ──────────────────────────────────────────────────────────────────────────────────────


def test_first_the_answer_last_the_decision() -> None:
    sentences = value_findings(found(), UNIT)
    assert sentences[0] == (
        "Today's 900 customers will buy 100 [90, 110] times for 1,000 EUR [900, 1,100] within 3 months, "
        "180 [160, 205] times for 1,800 EUR [1,600, 2,000] within 6 months and "
        "300 [260, 340] times for 3,000 EUR [2,700, 3,300] within 12 months (revenue, discounted at 10 % a "
        "year)."
    )
    assert sentences[-1].startswith(
        "A new customer brings 44.00 EUR [42.00, 46.00] of revenue within 12 months"
    )


def test_known_truth_is_told() -> None:
    truth = Truth(pd.DataFrame({"months": [12], "purchases": [310.0], "value": [3050.0]}), 45.0)
    assert "In truth, which is known of simulated data, it is 310 times and 3,050 EUR in 12 months." in said(
        truth=truth
    )
    weekly = Truth(truth.outlook.assign(purchases=float("nan")), 45.0)
    assert "it is 3,050 EUR in 12 months" in said(truth=weekly)
    assert "truth" not in said(truth=NotEnoughData("not shown"))


def test_of_many_milestones_three_are_spoken_of() -> None:
    many = pd.concat([OUTLOOK, OUTLOOK.assign(months=[24, 36, 60])])
    assert list(room._spoken(many)["months"]) == [3, 12, 60]
    assert list(room._spoken(OUTLOOK.head(1))["months"]) == [3]


def test_who_holds_it_and_who_is_left() -> None:
    text = said()
    assert "40 % [35 %, 45 %] of the customers are expected to be still active." in text
    assert "The most valuable tenth (90 customers) hold 60 % of the value ahead, the lower half 10 %." in text
    assert "the tenth named beforehand then spent 40 % to 50 % of all" in text
    bg: Any = SimpleNamespace(process=SimpleNamespace(label="BG/NBD", key="bg_nbd"))
    assert "(BG/NBD counts whoever bought once as active)" in said(model=bg)


# ── how far to trust it ─────────────────────────────────────────────────────────────────────────────────


def test_bias_of_every_cut_off_is_told_and_held_against_the_intervals() -> None:
    """The interval is ±10 %."""
    text = said()
    assert (
        "91 days ahead from 2 cut-offs (latest first), the total of revenue was 5 % too high and 2 % too low"
        in text
    )
    assert "The intervals above are as wide as that." in text
    assert "95 % intervals held what happened for 94.0 % of them" in text
    far = said(evaluation=an_evaluation((-0.05, -0.23)))
    assert "the total of revenue was 5 % and 23 % too low" in far
    assert "The intervals above (±10 %) hold chance, not this: plan totals with ±23 %." in far


def test_totals_that_were_far_off_are_no_plan() -> None:
    assert "totals are an order of magnitude, no plan" in said(evaluation=an_evaluation((-0.04, 1.3)))


def test_what_cannot_be_tested_is_said() -> None:
    text = said(evaluation=NotEnoughData("The history is too short."))
    assert "How far to trust this cannot be tested yet: The history is too short." in text
    assert "methods" not in text
    lone = an_evaluation()
    lone.methods = lone.methods[lone.methods["method"] != "MBG/NBD"]
    assert "MBG/NBD could not be tried on the past" in said(evaluation=lone)


def test_the_winner_with_its_margin_and_the_simple_formula() -> None:
    text = said()
    assert "Of 3 methods MBG/NBD came nearest to what each customer spent" in text
    assert "; the next, BG/NBD, errs 2.1 % [0.4 %, 4.0 %] more." in text
    assert "is clearly worse: it errs 8.0 % [3.0 %, 14.0 %] more" in text
    assert "its total was 30 % too low (the nearest: 5 % too high)" in text
    assert "Shown here" not in text
    close = a_winner(margin_lower=-0.01, simple_is_as_good=True, method="gradient boosting")
    text = said(evaluation=an_evaluation(spend=close))
    assert "more (may be chance)." in text
    assert "The simple formula (order value × rate × lifetime) is as good" in text
    assert "To how often they bought it was MBG/NBD." in text
    assert "Shown here is MBG/NBD, which gave what happened the highest probability" in text
    chosen = said(choices=Choices(model="mbg_nbd"), evaluation=an_evaluation(spend=close))
    assert "Shown here is MBG/NBD, as the unit's file asks." in chosen


def test_a_formula_that_won_is_not_compared_with_itself() -> None:
    itself = a_winner(method="historical formula", simple_margin=0.0, simple_lower=0.0, simple_upper=0.0)
    text = said(evaluation=an_evaluation(spend=itself))
    assert "the historical formula came nearest to what each customer spent" in text
    assert "So no model is better than the simple formula here" in text
    assert "is as good" not in text and "clearly worse" not in text


# ── what a new customer may cost ────────────────────────────────────────────────────────────────────────


def test_revenue_is_no_margin() -> None:
    text = said()
    assert "So winning one may cost at most 44.00 EUR times your margin, all costs counted" in text
    assert ": 13.20 EUR if that is 30 %" in text
    earned = said(choices=Choices(margin=0.4))
    assert "of margin within 12 months" in earned
    assert "So winning one may cost at most 44.00 EUR, all costs counted." in earned
    assert "revenue" not in earned.splitlines()[-1]


@pytest.mark.parametrize(
    ("margin", "cac", "expected"),
    [
        (0.4, 11.0, "Today one costs 11.00 EUR: that is earned back 4.0 times."),
        (0.4, 50.0, "Today one costs 50.00 EUR, more than that: each new customer loses 6.00 EUR."),
        (
            1.0,
            11.0,
            "Today one costs 11.00 EUR: it takes a margin of 25 % to earn that back within the time.",
        ),
    ],
)
def test_cost_of_today_is_held_against_it(margin: float, cac: float, expected: str) -> None:
    cost = pd.DataFrame({"cac": [99.0, cac, float("nan")]})
    assert expected in said(choices=Choices(margin=margin), cost=cost)


def test_newcomers_who_bring_less_lower_what_one_may_cost() -> None:
    """33 of 44 is 75 %: 33 EUR of 44 EUR."""
    text = said(seen=SEEN, choices=Choices(margin=0.5))
    assert (
        "those who came since 2023-10-01 brought 75 % of what the model says in their first 6 months" in text
    )
    assert "So winning one may cost at most 33.00 EUR" in text
    assert "brought 75 %" not in said()
    assert "44.00 EUR, all costs" in said(seen=NotEnoughData("none"), choices=Choices(margin=0.5))


# ── what is not met ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_met_comes_first() -> None:
    sentences = value_findings(found(gates=[MET, CARE]), UNIT)
    assert sentences[0] == (
        "Read with care: Few had time to come back. (History: 90 days; needed: at least 180 days.)"
    )
    assert sentences[1].startswith("Today's 900 customers")
    many = value_findings(found(gates=[CARE] * 5), UNIT)
    assert many[3] == "Nor are these met: History, History; see the conditions below."


def test_a_stop_prints_no_figure() -> None:
    reason = NotEnoughData("Not shown: the data cannot carry it (Repeat buyers).")
    names = ("outlook", "active", "held", "newcomer", "seen", "cost", "truth", "evaluation", "model")
    stopped = found(gates=[MET, CARE, STOP], **dict.fromkeys(names, reason))
    sentences = value_findings(stopped, UNIT)
    assert (
        sentences[0]
        == "What 900 customers will bring cannot be said yet; so far they have brought 9,000 EUR."
    )
    assert sentences[1] == "Repeat buyers: 3 of 900 customers bought again; needed: at least 30. Too few."
    assert sentences[2].startswith("Nor is this met: History")
    assert len(sentences) == 3
    assert value_tiles(stopped) == []


# ── tiles and tables ────────────────────────────────────────────────────────────────────────────────────


def test_tiles_carry_interval_definition_and_kind() -> None:
    tiles = {tile.name: tile for tile in value_tiles(found())}
    assert set(tiles) == {"base_value", "base_purchases", "active_share", "new_customer_value"}
    value = tiles["base_value"]
    assert (value.value, value.ci_lower, value.ci_upper, value.kind) == (3000.0, 2700.0, 3300.0, "money")
    assert value.label == "Today's customers bring in 12 months"
    assert "revenue, discounted at 10 % a year" in value.definition
    assert "margin" in value_tiles(found(choices=Choices(margin=0.2)))[0].definition
    assert all(tile.definition for tile in tiles.values())


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234 EUR"), (99.994, "99.99 EUR"), (-12.5, "−12.50 EUR"), (float("nan"), "–")],
)
def test_small_money_has_cents(value: float, text: str) -> None:
    assert cash(value, "EUR") == text


def test_money_and_its_limits_have_the_same_digits() -> None:
    assert cash(98.0, "EUR", 90.0, 106.0) == "98.00 EUR [90.00, 106.00]"
    assert cash(101.0, None, 90.0, 112.0) == "101 [90, 112]"
    assert shown_as("percent")(0.5) == "50.0 %"


def test_tables_hand_a_reason_on() -> None:
    reason = NotEnoughData("why")
    base: Any = None
    for made in (
        clv_tables.outlook_table(reason, base, None, None),
        clv_tables.forecast_table(reason, base, None),
        clv_tables.best_table(reason, base, None),
        clv_tables.newcomer_table(reason, reason, reason, base, None),
        clv_tables.cost_table(reason, None),
        clv_tables.cuts_table(an_evaluation(), reason, None),
        clv_tables.cuts_table(reason, found().model, None),
        clv_tables.methods_table(an_evaluation(), reason, "spend"),
        clv_tables.methods_table(reason, found().model, "spend"),
        clv_tables.parameters_table(reason, 0.05),
        clv_tables.models_table(reason),
    ):
        assert made[0] is reason


def test_methods_are_ranked_by_error_and_marked() -> None:
    evaluation = an_evaluation(spend=a_winner(method="BG/NBD"))
    frame, formats, caption = clv_tables.methods_table(evaluation, found().model, "spend")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["method"]) == ["BG/NBD (nearest)", "MBG/NBD (shown here)"]
    assert list(frame["total off by"]) == ["0 %", "+5 %"]
    assert set(formats) == set(frame.columns)
    assert "1 cut-off" in caption
    purchases = clv_tables.methods_table(evaluation, found().model, "purchases")
    assert "log-likelihood" in purchases[1] and "log-likelihood" not in formats
    assert "Too little to learn from." in purchases[2]


def test_gates_are_told_with_what_follows() -> None:
    frame, _formats, _caption = clv_tables.gates_table([MET, STOP])
    assert isinstance(frame, pd.DataFrame)
    assert list(frame[""]) == ["✓", "✗"]
    assert list(frame["what follows"]) == ["–", "Too few."]


def test_newcomers_stand_beside_the_model_where_they_were_seen() -> None:
    months = pd.DataFrame(
        {"months": range(13), "purchases": 0.5, "value": 40.0, "lower": 39.0, "upper": 41.0}
    )
    one = found()
    frame, _formats, caption = clv_tables.newcomer_table(months, one.newcomer, SEEN, one.base, "EUR")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["within"]) == ["first purchase", "3 months", "6 months", "12 months"]
    assert list(frame["revenue seen"]) == ["–", "30.00 [25.00, 35.00]", "33.00 [28.00, 39.00]", "–"]
    assert "For ever, a new customer would bring 99.00 EUR [90.00, 110.00]" in caption
