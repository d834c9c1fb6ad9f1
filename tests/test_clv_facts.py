"""Sentences on what customers are worth: each fits its numbers, and what is not met comes first."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from keepbook.clv import Check, Choices, NewCustomerValue, Truth
from keepbook.clv.page import facts, tables
from keepbook.clv.results import ClvResults
from keepbook.clv.validation.measures import BestMethod
from keepbook.errors import NotEnoughData
from keepbook.page.elements import cash, tile_format
from keepbook.page.html import plain
from keepbook.results import Missing
from keepbook.text import BOLD, PLAIN

UNIT: Any = SimpleNamespace(currency="EUR", alpha=0.05)
MET = Check("customers", True, facts={"n": 900, "least": 500})
NEITHER = {"gap": None, "weeks": None}
CARE = Check("history", False, facts={"n": 90, "wanted": 180, "least": 28, "too_short": False, **NEITHER})
STOP = Check("repeat-buyers", False, True, {"repeaters": 3, "customers": 900, "least": 30})
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


def a_best_method(**changes: Any) -> BestMethod:
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
    return BestMethod(**known | changes)


def an_evaluation(biases: tuple[float, ...] = (0.05, -0.02), **best: BestMethod) -> Any:
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
        best={"spend": a_best_method(), "purchases": a_best_method(target="purchases")} | best,
        share=1.0,
    )


def found(choices: Choices | None = None, **changes: Any) -> Any:
    """Results as the analysis has them; reasons stand as `Missing`."""
    model: Any = SimpleNamespace(process=SimpleNamespace(label="MBG/NBD", key="mbg_nbd"))
    known: dict[str, Any] = {
        "unit": UNIT,
        "choices": choices or Choices(discount_rate=0.1),
        "base": SimpleNamespace(customers=900, spend_to_date=9000.0),
        "model": model,
        "checks": [MET],
        "evaluation": an_evaluation(),
        "outlook": OUTLOOK,
        "active_share": (0.4, 0.35, 0.45),
        "concentration": pd.DataFrame({"customers_share": [0, 0.1, 0.5, 1], "value_share": [0, 0.6, 0.9, 1]}),
        "new_customer": NewCustomerValue(12, 20.0, 1.5, 44.0, 42.0, 46.0, 99.0, 90.0, 110.0),
        "newcomers": BORNE_OUT,
        "acquisition_cost": missing("no costs"),
        "truth": None,
    }
    assert all(hasattr(ClvResults, name) for name in known.keys() - {"unit"})
    return SimpleNamespace(**known | changes)


def missing(reason: str) -> Missing:
    return Missing(NotEnoughData(reason))


def findings(**changes: Any) -> list[str]:
    return [plain(sentence) for sentence in facts.findings(found(**changes))]


def said(**changes: Any) -> str:
    return "\n".join(findings(**changes))


# ── what is coming ──────────────────────────────────────────────────────────────────────────────────────


def test_first_the_answer_last_the_decision() -> None:
    sentences = findings()
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
    assert "truth" not in said(truth=missing("not shown"))


def test_of_many_milestones_three_are_spoken_of() -> None:
    many = pd.concat([OUTLOOK, OUTLOOK.assign(months=[24, 36, 60])])
    assert list(facts.milestones_told(many)["months"]) == [3, 12, 60]
    assert list(facts.milestones_told(OUTLOOK.head(1))["months"]) == [3]


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
    text = said(evaluation=missing("The history is too short."))
    assert "How far to trust this cannot be tested yet: The history is too short." in text
    assert "methods" not in text
    lone = an_evaluation()
    lone.methods = lone.methods[lone.methods["method"] != "MBG/NBD"]
    assert "MBG/NBD could not be tried on the past" in said(evaluation=lone)


def test_the_best_method_with_its_margin_and_the_simple_formula() -> None:
    text = said()
    assert "Of 3 methods MBG/NBD came nearest to what each customer spent" in text
    assert "; the next, BG/NBD, errs 2.1 % [0.4 %, 4.0 %] more." in text
    assert "is clearly worse: it errs 8.0 % [3.0 %, 14.0 %] more" in text
    assert "its total was 30 % too low (the nearest: 5 % too high)" in text
    assert "Shown here" not in text
    close = a_best_method(margin_lower=-0.01, simple_is_as_good=True, method="gradient boosting")
    text = said(evaluation=an_evaluation(spend=close))
    assert "more (may be chance)." in text
    assert "The simple formula (order value × rate × lifetime) is as good" in text
    assert "To how often they bought it was MBG/NBD." in text
    assert "Shown here is MBG/NBD, which gave what happened the highest probability" in text
    chosen = said(choices=Choices(model="mbg_nbd"), evaluation=an_evaluation(spend=close))
    assert "Shown here is MBG/NBD, as the unit's file asks." in chosen


def test_a_formula_that_won_is_not_compared_with_itself() -> None:
    itself = a_best_method(method="historical formula", simple_margin=0.0, simple_lower=0.0, simple_upper=0.0)
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
    assert expected in said(choices=Choices(margin=margin), acquisition_cost=cost)


def test_newcomers_who_bring_less_lower_what_one_may_cost() -> None:
    """33 of 44 is 75 %: 33 EUR of 44 EUR."""
    text = said(newcomers=SEEN, choices=Choices(margin=0.5))
    assert (
        "those who came since 2023-10-01 brought 75 % of what the model says in their first 6 months" in text
    )
    assert "So winning one may cost at most 33.00 EUR" in text
    assert "brought 75 %" not in said()
    assert "44.00 EUR, all costs" in said(newcomers=missing("none"), choices=Choices(margin=0.5))


# ── what is not met ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_met_comes_first() -> None:
    sentences = findings(checks=[MET, CARE])
    assert sentences[0] == (
        "Read with care: Who will come back has hardly had the time to: figures far ahead rest on the model "
        "alone. (History: 90 days; needed: at least 180 days.)"
    )
    assert sentences[1].startswith("Today's 900 customers")
    many = findings(checks=[CARE] * 5)
    assert many[3] == "Nor are these met: History, History; see the conditions below."


def test_a_stop_prints_no_figure() -> None:
    reason = missing("Not shown: the data cannot carry it (Repeat buyers).")
    names = ("outlook", "active_share", "concentration", "new_customer", "newcomers", "acquisition_cost")
    more = ("truth", "evaluation", "model")
    stopped = {"checks": [MET, CARE, STOP], **dict.fromkeys(names + more, reason)}
    sentences = findings(**stopped)
    assert (
        sentences[0]
        == "What 900 customers will bring cannot be said yet; so far they have brought 9,000 EUR."
    )
    assert sentences[1] == (
        "Repeat buyers: 3 of 900 customers bought again; needed: at least 30. So few cannot tell how "
        "purchase rates differ and when customers leave."
    )
    assert sentences[2].startswith("Nor is this met: History")
    assert len(sentences) == 3
    assert facts.tiles(found(**stopped)) == []


def test_estimates_are_bold_before_their_intervals() -> None:
    first = facts.findings(found())[0]
    bold = [part.partition(PLAIN)[0] for part in first.split(BOLD)[1:]]
    assert bold == ["100", "1,000 EUR", "180", "1,800 EUR", "300", "3,000 EUR"]


# ── tiles and tables ────────────────────────────────────────────────────────────────────────────────────


def test_tiles_carry_interval_definition_and_kind() -> None:
    tiles = {tile.name: tile for tile in facts.tiles(found())}
    assert set(tiles) == {"base_value", "base_purchases", "active_share", "new_customer_value"}
    value = tiles["base_value"]
    assert (value.value, value.ci_lower, value.ci_upper, value.kind) == (3000.0, 2700.0, 3300.0, "money")
    assert value.label == "Today's customers bring in 12 months"
    assert "revenue, discounted at 10 % a year" in value.definition
    assert "margin" in facts.tiles(found(choices=Choices(margin=0.2)))[0].definition
    assert all(tile.definition for tile in tiles.values())


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234 EUR"), (99.994, "99.99 EUR"), (-12.5, "−12.50 EUR"), (float("nan"), "–")],
)
def test_small_money_has_cents(value: float, text: str) -> None:
    assert cash(value, "EUR") == text


def test_money_and_its_limits_have_the_same_digits() -> None:
    assert plain(cash(98.0, "EUR", 90.0, 106.0)) == "98.00 EUR [90.00, 106.00]"
    assert plain(cash(101.0, None, 90.0, 112.0)) == "101 [90, 112]"
    assert tile_format("percent")(0.5) == "50.0 %"


def cells(table: Any) -> pd.DataFrame:
    """A table as it is written."""
    return pd.DataFrame([map(plain, row) for row in table.texts()], columns=list(table.columns))


def test_methods_are_ranked_by_error_and_marked() -> None:
    evaluation = an_evaluation(spend=a_best_method(method="BG/NBD"))
    money = tables.methods_table(evaluation, found().model, "spend")
    assert list(cells(money)["method"]) == ["BG/NBD (nearest)", "MBG/NBD (shown here)"]
    assert list(cells(money)["total off by"]) == ["0 %", "+5 %"]
    assert "1 cut-off" in money.caption
    purchases = tables.methods_table(evaluation, found().model, "purchases")
    assert "log-likelihood" in purchases.columns and "log-likelihood" not in money.columns
    assert "Too little to learn from." in purchases.caption


def test_checks_are_told_with_what_follows() -> None:
    made = cells(tables.checks_table([MET, STOP]))
    assert list(made[""]) == ["✓", "✗"]
    assert list(made["what follows"]) == [
        "–",
        "So few cannot tell how purchase rates differ and when customers leave.",
    ]


def test_newcomers_stand_beside_the_model_where_they_were_seen() -> None:
    months = pd.DataFrame(
        {"months": range(13), "purchases": 0.5, "value": 40.0, "lower": 39.0, "upper": 41.0}
    )
    one = found()
    table = tables.new_customer_table(months, one.new_customer, SEEN, one.choices, "EUR")
    made = cells(table)
    assert list(made["within"]) == ["first purchase", "3 months", "6 months", "12 months"]
    assert list(made["revenue seen"]) == ["–", "30.00 [25.00, 35.00]", "33.00 [28.00, 39.00]", "–"]
    assert "For ever, a new customer would bring 99.00 EUR [90.00, 110.00]" in plain(table.caption)


def test_a_table_without_rows_says_why() -> None:
    with pytest.raises(NotEnoughData, match="too few periods"):
        tables.cost_table(pd.DataFrame({"period": [], "cost": [], "new_customers": [], "cac": []}), None)
