"""Sentences on what customers are worth: each fits its numbers, and what is not met comes first."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from keepbook.clv import Check, Choices, NewCustomerValue, Truth
from keepbook.clv.analysis import ClvAnalysis
from keepbook.clv.page import facts, tables, validation_tables
from keepbook.clv.validation.measures import BestMethod
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Tile, cash, tile_format
from keepbook.page.html import plain
from keepbook.results import Missing
from keepbook.text import BOLD, PLAIN

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


def found(choices: Choices | None = None, **changes: Any) -> ClvAnalysis:
    """An analysis whose measures are known; what follows from them it finds by itself."""
    model: Any = SimpleNamespace(process=SimpleNamespace(label="MBG/NBD", key="mbg_nbd"))
    known: dict[str, Any] = {
        "base": SimpleNamespace(customers=900, spend_to_date=9000.0),
        "model": model,
        "checks": [MET],
        "evaluation": an_evaluation(),
        "outlook": OUTLOOK,
        "forecast": SimpleNamespace(new_per_day=2.0),
        "concentration": pd.DataFrame({"customers_share": [0, 0.1, 0.5, 1], "value_share": [0, 0.6, 0.9, 1]}),
        "new_customer": NewCustomerValue(12, 20.0, 1.5, 44.0, 42.0, 46.0, 99.0, 90.0, 110.0),
        "newcomers": BORNE_OUT,
        "acquisition_cost": missing("no costs"),
        "truth": None,
    }
    asked = choices or Choices(discount_rate=0.1)
    unit: Any = SimpleNamespace(
        **vars(asked) | {"currency": "EUR", "value_months": asked.months, "prior": {}}
    )
    made = ClvAnalysis(unit, SimpleNamespace())  # type: ignore[arg-type]
    assert all(hasattr(ClvAnalysis, name) for name in known)
    made.__dict__.update(known | changes)
    return made


def missing(reason: str) -> Missing:
    return Missing(NotEnoughData(reason))


def findings(**changes: Any) -> list[str]:
    return [plain(sentence) for sentence in facts.findings(found(**changes))]


def said(**changes: Any) -> str:
    return "\n".join(findings(**changes))


# ── what is coming ──────────────────────────────────────────────────────────────────────────────────────


def test_first_the_answer_then_the_rest_by_money() -> None:
    """3,000 EUR a year; the best tenth holds 60 % of it; 730 newcomers a year at 30 % of 44 EUR each."""
    made = facts.findings(found())
    assert (
        plain(made[0])
        == "Today's 900 customers will spend about 3,000 EUR (2,700–3,300) in the next 12 months."
    )
    stakes = [one.stake for one in made]  # type: ignore[attr-defined]
    assert stakes[0] == 3000
    assert stakes[1:] == [pytest.approx(730.5 * 44 * 0.3), pytest.approx(1800)]
    assert "winning a new customer" in made[1] and "One of the best" in made[2]


def test_stakes_are_a_year_whatever_the_horizon() -> None:
    half = found(Choices(months=6), outlook=OUTLOOK.head(2))
    assert facts.findings(half)[0].stake == pytest.approx(3600)  # type: ignore[attr-defined]


def test_with_a_margin_it_is_profit_and_without_one_nobody_speaks_of_it() -> None:
    assert findings(choices=Choices(margin=0.4))[0].startswith(
        "Today's 900 customers will bring a profit of about 3,000 EUR"
    )
    tiles = facts.tiles(found())
    assert "profit" not in said() + "".join(tile.definition + tile.label for tile in tiles)


def test_one_of_the_best_is_held_against_the_lower_half() -> None:
    """A tenth holds 60 %, half of them 10 %: 6 and 0.2 times the mean, so 30 times as much."""
    assert "One of the best 90 customers is worth as much as 30 of the lower half." in said()
    flat = pd.DataFrame({"customers_share": [0.0, 1.0], "value_share": [0.0, 1.0]})
    assert "lower half" not in said(concentration=flat)
    nothing = flat.assign(value_share=float("nan"))
    assert "lower half" not in said(concentration=nothing)


# ── how far to trust it ─────────────────────────────────────────────────────────────────────────────────


def tile_of(name: str, **changes: Any) -> Tile:
    return {tile.name: tile for tile in facts.tiles(found(**changes))}[name]


def test_the_range_is_no_narrower_than_past_errors() -> None:
    """A forecast 23 % too low was followed by 1 / 0.77 of it; the model's own interval is ±10 %."""
    far = {"evaluation": an_evaluation((-0.05, -0.23))}
    value = tile_of("base_value", **far)
    assert value.value == 3000.0
    assert (value.ci_lower, value.ci_upper) == (pytest.approx(3000 * 0.77), pytest.approx(3000 / 0.77))
    assert value.basis == "past forecasts erred by up to 23 %"
    assert findings(**far)[0].endswith("will spend about 3,000 EUR (2,300–3,900) in the next 12 months.")
    near = tile_of("base_value")
    assert (near.ci_lower, near.ci_upper, near.basis) == (2700.0, 3300.0, ""), "chance alone is as wide"
    assert tile_of("new_customer_value", **far).basis == "from past errors"
    small = {"evaluation": an_evaluation((0.01, -0.01))}
    assert tile_of("new_customer_value", **small).basis == ""


def test_the_range_would_have_held_what_followed() -> None:
    for errors in ((-0.05, -0.23), (0.4, 0.1), (0.02, -0.6)):
        value = tile_of("base_value", evaluation=an_evaluation(errors))
        for error in errors:
            followed = value.value / (1 + error)
            assert value.ci_lower is not None and value.ci_upper is not None
            assert value.ci_lower <= followed * 1.0001 and followed <= value.ci_upper * 1.0001


def test_errors_of_one_direction_are_told() -> None:
    assert "All 2 forecasts made in the past were too low: customers may well spend more." in said(
        evaluation=an_evaluation((-0.05, -0.23))
    )
    assert "All 2 forecasts made in the past were too high: customers may well spend less." in said(
        evaluation=an_evaluation((0.05, 0.08))
    )
    for mixed in ((0.05, -0.02), (0.05, 0.001), (-0.09,)):
        assert "forecasts made" not in said(evaluation=an_evaluation(mixed))


def test_totals_that_were_far_off_are_an_order_of_magnitude() -> None:
    changes = {"evaluation": an_evaluation((-0.04, 1.3))}
    assert findings(**changes)[1] == (
        "Past forecasts of what customers spend were far off: take it as an order of magnitude."
    )
    assert tile_of("base_value", **changes).basis == "order of magnitude: past forecasts erred by 130 %"


def test_what_cannot_be_tested_is_said() -> None:
    changes = {"evaluation": missing("The history is too short.")}
    assert "No forecast could be tested on the past yet: the range holds chance alone." in said(**changes)
    value, tenth = tile_of("base_value", **changes), tile_of("top_tenth_share", **changes)
    assert (value.ci_lower, value.basis) == (2700.0, "not yet tested on the past")
    assert tenth.ci_lower is None and tenth.basis == "not yet tested on the past"
    lone = an_evaluation()
    lone.methods = lone.methods[lone.methods["method"] != "MBG/NBD"]
    assert "No forecast could be tested" in said(evaluation=lone)


def test_a_tenth_that_spent_less_in_tests_is_in_the_range() -> None:
    """60 % are expected; named beforehand it spent 40 and 50 %."""
    tenth = tile_of("top_tenth_share")
    assert (tenth.value, tenth.ci_lower, tenth.ci_upper) == (0.6, 0.4, 0.6)
    assert tenth.basis == "in past tests"


# ── which method came nearest ───────────────────────────────────────────────────────────────────────────


def ranking(asked: str = "auto", **best: Any) -> str:
    return plain(
        validation_tables.methods_table(an_evaluation(**best), found().model, "spend", asked).caption
    )


def test_the_best_method_with_its_margin_and_the_simple_formula() -> None:
    text = ranking()
    assert "Of 3 methods MBG/NBD came nearest; the next, BG/NBD, errs 2.1 % (0.4–4.0 %) more." in text
    assert "is clearly worse: it errs 8.0 % (3.0–14.0 %) more" in text
    assert "its total was 30 % too low (the nearest: 5 % too high)" in text
    assert "Shown here" not in text
    close = a_best_method(margin_lower=-0.01, simple_is_as_good=True, method="gradient boosting")
    text = ranking(spend=close)
    assert "more (may be chance)." in text
    assert "The simple formula (order value × rate × lifetime) is as good" in text
    assert "Shown here is MBG/NBD, which gave what happened the highest probability" in text
    assert "Shown here is MBG/NBD, as the unit's file asks." in ranking("mbg_nbd", spend=close)


def test_a_formula_that_won_is_not_compared_with_itself() -> None:
    itself = a_best_method(method="historical formula", simple_margin=0.0, simple_lower=0.0, simple_upper=0.0)
    text = ranking(spend=itself)
    assert "the historical formula came nearest" in text
    assert "So no model is better than the simple formula here" in text
    assert "is as good" not in text and "clearly worse" not in text


def test_the_cut_offs_say_how_far_off_the_model_was() -> None:
    made = found(evaluation=an_evaluation((0.05, -0.02)))
    evaluation: Any = SimpleNamespace(
        cuts=made.evaluation.cuts.assign(
            customers_all=9, customers=9, holdout_purchases=5, holdout_spend=50.0
        ),
        share=1.0,
    )
    shown = cells(validation_tables.cuts_table(evaluation, "EUR", made.past_errors))
    assert list(shown["money off by"]) == ["+5 %", "−2 %"] == list(shown["purchases off by"])
    assert "money off by" not in validation_tables.cuts_table(evaluation, "EUR").columns


# ── what a new customer may cost ────────────────────────────────────────────────────────────────────────


def test_revenue_is_no_profit() -> None:
    assert "At a margin of 30 %, winning a new customer may cost up to 13 EUR." in said()
    earned = said(choices=Choices(margin=0.4))
    assert "Winning a new customer may cost up to 44 EUR, all costs counted." in earned


@pytest.mark.parametrize(
    ("margin", "cac", "expected"),
    [
        (0.4, 11.0, "A new customer costs 11 EUR today and earns that back 4.0 times."),
        (0.4, 50.0, "A new customer costs 50 EUR today, and loses 6.00 EUR of it."),
        (1.0, 11.0, "A new customer costs 11 EUR today: that pays at a margin of 25 % or more."),
    ],
)
def test_cost_of_today_is_held_against_it(margin: float, cac: float, expected: str) -> None:
    cost = pd.DataFrame({"cac": [99.0, cac, float("nan")]})
    found_ = facts.findings(found(choices=Choices(margin=margin), acquisition_cost=cost))
    (one,) = (finding for finding in found_ if plain(finding) == expected)
    assert one.warns is ("loses" in expected)  # type: ignore[attr-defined]


def test_newcomers_who_bring_less_lower_the_figure_everywhere() -> None:
    """33 of 44 is 75 %, with 28 to 39 of 44 as its interval: 33 EUR of 44 EUR."""
    changes = {"newcomers": SEEN, "choices": Choices(margin=0.5)}
    text = said(**changes)
    assert (
        "Newcomers since 2023-10-01 bring 75 % of what was expected; their value is lowered to that." in text
    )
    assert "may cost up to 33 EUR" in text and "44" not in text
    tile = tile_of("new_customer_value", **changes)
    assert tile.value == 33.0
    assert (tile.ci_lower, tile.ci_upper) == (pytest.approx(28.0), pytest.approx(39.0))
    assert tile.basis == "lowered to what newcomers bring"
    assert "bring 75 %" not in said()
    assert (
        tile_of("new_customer_value").value
        == tile_of("new_customer_value", newcomers=missing("none")).value
        == 44
    )


# ── what is not met ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_met_comes_right_after_the_answer() -> None:
    sentences = findings(checks=[MET, CARE])
    assert sentences[1] == (
        "Read with care: Customers have hardly had time to come back: "
        "figures far ahead rest on the model alone."
    )
    many = findings(checks=[CARE] * 5)
    assert len(many) == 6
    assert many[3] == "3 more conditions are not met: see the table of conditions."
    crowded = findings(checks=[CARE] * 5, newcomers=SEEN, evaluation=an_evaluation((-0.05, -0.23)))
    assert len(crowded) == 6 and crowded[2] == "5 conditions are not met: see the table of conditions."


def test_a_stop_prints_no_figure() -> None:
    reason = missing("Not shown: the data cannot carry it (Repeat buyers).")
    names = ("outlook", "concentration", "new_customer", "newcomers", "acquisition_cost")
    stopped: dict[str, Any] = {
        "checks": [MET, CARE, STOP],
        **dict.fromkeys((*names, "truth", "evaluation", "model"), reason),
    }
    assert findings(**stopped) == [
        "What 900 customers will bring cannot be said yet; so far they have brought 9,000 EUR.",
        "Repeat buyers: 3 of 900 customers bought again. Needed: at least 30. "
        "So few cannot tell how customers differ and when they leave.",
    ]
    assert facts.tiles(found(**stopped)) == []


def test_the_estimate_is_bold_before_its_range() -> None:
    first = facts.findings(found())[0]
    assert [part.partition(PLAIN)[0] for part in first.split(BOLD)[1:]] == ["3,000 EUR"]


# ── tiles and tables ────────────────────────────────────────────────────────────────────────────────────


def test_tiles_carry_range_definition_kind_and_evidence() -> None:
    tiles = {tile.name: tile for tile in facts.tiles(found())}
    assert list(tiles) == ["base_value", "base_purchases", "top_tenth_share", "new_customer_value"]
    value = tiles["base_value"]
    assert (value.value, value.ci_lower, value.ci_upper, value.kind) == (3000.0, 2700.0, 3300.0, "money")
    assert value.label == "Will bring in 12 months"
    assert "revenue, discounted at 10 % a year" in value.definition
    assert "profit" in facts.tiles(found(choices=Choices(margin=0.2)))[0].definition
    assert all(tile.definition and tile.evidence and len(tile.label) <= 28 for tile in tiles.values())
    assert {name for name, tile in tiles.items() if tile.headline} == {"base_value", "new_customer_value"}


def test_outlook_stands_in_ranges_on_one_axis_beside_the_truth() -> None:
    truth = Truth(
        pd.DataFrame({"months": [3, 6, 12], "purchases": 310.0, "revenue": 1.0, "value": 3050.0}), 45.0
    )
    made = found(truth=truth).outlook_table
    shown = cells(made)
    assert list(shown["revenue, EUR"]) == ["1,000 (900–1,100)", "1,800 (1,600–2,000)", "3,000 (2,700–3,300)"]
    assert list(shown["in truth"]) == ["3,050"] * 3 and list(shown["purchases in truth"]) == ["310"] * 3
    assert "discounted at 10 % a year" in made.caption and "simulation" in made.caption
    assert made.name == "outlook" and list(made.data["true_value"]) == [3050.0] * 3  # type: ignore[index]
    assert "in truth" not in found().outlook_table.columns
    weekly = Truth(truth.outlook.assign(purchases=float("nan")), 45.0)
    assert "purchases in truth" not in found(truth=weekly).outlook_table.columns
    ends = [re.search(r'cx="([^"]+)"', html.html) for html in made.columns["range"][0]]
    assert [float(end[1]) for end in ends if end] == [
        pytest.approx(120 * v / 3300, abs=0.1) for v in (1000, 1800, 3000)
    ]


def test_the_models_own_interval_stays_for_analysts() -> None:
    far = found(evaluation=an_evaluation((-0.05, -0.23)))
    assert (
        list(cells(far.model_outlook_table)["revenue, discounted at 10 % a year"])[-1]
        == "3,000 (2,700–3,300)"
    )
    assert list(cells(far.outlook_table)["revenue, EUR"])[-1] == "3,000 (2,310–3,896)"


def test_names_of_customers_are_data() -> None:
    top = pd.DataFrame(
        {
            "customer_id": ["<script>alert(1)</script>", "客" * 40, "\u202eevil", "x" * 200],
            "last": pd.to_datetime("2024-06-01"),
            "frequency": 3,
            "spend_to_date": 100.0,
            "p_alive": 0.9,
            "expected_purchases": 2.0,
            "purchases_lower": 1.0,
            "purchases_upper": 4.0,
            "clv": [400.0, 300.0, 200.0, 100.0],
            "clv_lower": 50.0,
            "clv_upper": [800.0, 600.0, 300.0, float("nan")],
        }
    )
    page = tables.top_customers_table(top, Choices(), "EUR").html()
    assert "<script" not in page and "\u202e" not in page and "x" * 100 not in page
    assert page.count("kb-bar-cell") == 4
    assert f"{'客' * 29}…" in page and "客" * 30 not in page, "60 signs, of which each takes two"


def test_ranges_of_single_customers_say_what_they_held_in_tests() -> None:
    top = pd.DataFrame(
        {
            "customer_id": ["1"],
            "last": pd.to_datetime("2024-06-01"),
            **dict.fromkeys(("frequency", "spend_to_date", "p_alive"), 0.5),
            **dict.fromkeys(("expected_purchases", "purchases_lower", "purchases_upper"), 2.0),
            **dict.fromkeys(("clv", "clv_lower", "clv_upper"), 3.0),
        }
    )
    held = pd.DataFrame({"level": [0.8, 0.95, 0.95], "covered": [0.7, 0.85, 0.883]})
    told = tables.top_customers_table(top, Choices(), "EUR", held).caption
    assert "ranges meant to hold 95 % held 85–88 % of purchases" in told
    assert "In tests" not in tables.top_customers_table(top, Choices(), "EUR", held.iloc[:0]).caption
    assert "In tests" not in tables.top_customers_table(top, Choices(), "EUR").caption


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234 EUR"), (99.994, "99.99 EUR"), (-12.5, "−12.50 EUR"), (float("nan"), "–")],
)
def test_small_money_has_cents(value: float, text: str) -> None:
    assert cash(value, "EUR") == text


def test_money_and_its_limits_have_the_same_digits() -> None:
    assert plain(cash(98.0, "EUR", 90.0, 106.0)) == "98.00 EUR (90.00–106.00)"
    assert plain(cash(101.0, None, 90.0, 112.0)) == "101 (90–112)"
    assert tile_format("percent")(0.5) == "50.0 %"


def cells(table: Any) -> pd.DataFrame:
    """A table as it is written."""
    return pd.DataFrame(
        [[plain(str(cell)) for cell in row] for row in table.texts()], columns=list(table.columns)
    )


def test_methods_are_ranked_by_error_and_marked() -> None:
    evaluation = an_evaluation(spend=a_best_method(method="BG/NBD"))
    money = validation_tables.methods_table(evaluation, found().model, "spend")
    assert list(cells(money)["method"]) == ["BG/NBD (nearest)", "MBG/NBD (shown here)"]
    assert list(cells(money)["total off by"]) == ["0 %", "+5 %"]
    assert "1 cut-off" in money.caption
    purchases = validation_tables.methods_table(evaluation, found().model, "purchases")
    assert "log-likelihood" in purchases.columns and "log-likelihood" not in money.columns
    assert "Too little to learn from." in purchases.caption


def test_checks_are_told_with_what_follows() -> None:
    made = cells(tables.checks_table([MET, STOP]))
    assert list(made["met"]) == ["✓", "✗"]
    assert list(made["what follows"]) == [
        "–",
        "So few cannot tell how customers differ and when they leave.",
    ]


def test_newcomers_stand_beside_the_model_where_they_were_seen() -> None:
    months = pd.DataFrame(
        {"months": range(13), "purchases": 0.5, "value": 40.0, "lower": 39.0, "upper": 41.0}
    )
    one = found()
    table = tables.new_customer_table(months, one.new_customer, SEEN, one.choices, "EUR")
    made = cells(table)
    assert list(made["within"]) == ["first purchase", "3 months", "6 months", "12 months"]
    assert list(made["revenue seen"]) == ["–", "30.00 (25.00–35.00)", "33.00 (28.00–39.00)", "–"]
    assert "For ever, a new customer would bring 99.00 EUR (90.00–110.00)" in plain(table.caption)


def test_a_table_without_rows_says_why() -> None:
    with pytest.raises(NotEnoughData, match="too few periods"):
        tables.cost_table(pd.DataFrame({"period": [], "cost": [], "new_customers": [], "cac": []}), None)
