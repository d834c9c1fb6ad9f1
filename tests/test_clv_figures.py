"""Figures of what customers are worth: titles fit their numbers, doubt and truth are drawn."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from keepbook.clv import Backtest, Choices, Truth
from keepbook.clv.page import customer_figures, figures, terms, validation_figures
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.text import catalogue

say = catalogue("clv")

CHOICES = Choices(months=12, discount_rate=0.1)
OUTLOOK = pd.DataFrame(
    {
        "months": [3, 6, 12],
        "purchases": [100.0, 180.0, 300.0],
        "purchases_lower": [90.0, 160.0, 260.0],
        "purchases_upper": [110.0, 205.0, 340.0],
        "value": [1000.0, 1800.0, 3000.0],
        "value_lower": [900.0, 1600.0, 2500.0],
        "value_upper": [1100.0, 2000.0, 3500.0],
    }
)
TRUTH = Truth(
    pd.DataFrame({"months": [3, 6, 12], "purchases": 101.0, "value": [1010.0, 1790.0, 3100.0]}), 44.0
)


def words(drawn: Chart) -> list[str]:
    return [text.get_text() for text in BeautifulSoup(drawn.svg, "html.parser").find_all("text")]


# ── what is ahead ───────────────────────────────────────────────────────────────────────────────────────


def test_outlook_names_the_last_milestone_with_its_interval() -> None:
    drawn = figures.outlook(OUTLOOK, CHOICES, "EUR")
    assert drawn.title == "Today's customers bring 3,000 EUR [2,500, 3,500] within 12 months"
    assert {"3,000", "300", "3 months", "purchases", "revenue, discounted at 10 % a year, EUR"} <= set(
        words(drawn)
    )
    assert "95 % intervals" in drawn.caption
    assert "truth" not in words(drawn)


def test_known_truth_stands_beside_the_estimates() -> None:
    drawn = figures.outlook(OUTLOOK, CHOICES, None, truth=TRUTH)
    assert words(drawn).count("truth") == 2
    assert "simulation" in drawn.caption
    assert list(drawn.data["true_value"]) == [1010.0, 1790.0, 3100.0]
    weekly = Truth(TRUTH.outlook.assign(purchases=float("nan")), 44.0)
    assert words(figures.outlook(OUTLOOK, CHOICES, None, truth=weekly)).count("truth") == 1


@pytest.mark.parametrize(
    ("choices", "named"),
    [
        (Choices(margin=1.0, discount_rate=0.1), "revenue, discounted at 10 % a year"),
        (Choices(margin=0.3, discount_rate=0.085), "margin, discounted at 8.5 % a year"),
        (Choices(margin=0.3, discount_rate=0.0), "margin"),
    ],
)
def test_without_a_margin_nobody_speaks_of_one(choices: Choices, named: str) -> None:
    assert say("value", **terms.terms_of(choices)) == named


def a_forecast(**changes: Any) -> Any:
    months = pd.date_range("2024-01-01", periods=3, freq="MS")
    ahead = pd.DataFrame(
        {
            "period_start": months,
            "period_end": months + pd.offsets.MonthEnd(),
            "complete": [True, True, False],
            "purchases": [50.0, 40.0, 3.0],
            "purchases_lower": [45.0, 35.0, 1.0],
            "purchases_upper": [55.0, 46.0, 5.0],
            "new_customers": 10.0,
            "new_purchases": [11.0, 13.0, 14.0],
        }
    )
    before = pd.date_range("2023-10-01", periods=3, freq="MS")
    past = pd.DataFrame(
        {"period_start": before, "complete": True, "actual": [40.0, 60.0, 55.0], "fitted": 50.0}
    )
    made = {"period": "month", "past": past, "ahead": ahead, "new_per_day": 0.4, "recent_days": 90}
    return SimpleNamespace(**made | changes)


def a_backtest() -> Backtest:
    tried = {"predicted": [42.0, 50.0, 55.0], "lower": [38.0, 45.0, 50.0], "upper": [46.0, 55.0, 60.0]}
    return Backtest("month", dt.date(2023, 9, 30), a_forecast().past.assign(**tried))


def test_forecast_speaks_of_whole_periods_and_names_the_scenario() -> None:
    drawn = figures.forecast(a_forecast(), CHOICES)
    assert drawn.title == "Today's customers buy 50 [45, 55] times in 2024-01, 40 in 2024-02"
    assert "if 0.4 new customers a day keep coming as in the last 90 days" in drawn.caption
    assert {"with new ones", "today's customers"} <= set(words(drawn))
    alone = figures.forecast(a_forecast(new_per_day=0.0), CHOICES)
    assert "with new ones" not in words(alone)
    assert "Nobody new has come in the last 90 days" in alone.caption


def test_forecast_without_a_whole_period_ahead() -> None:
    made = a_forecast()
    made.ahead = made.ahead.assign(complete=False)
    assert figures.forecast(made, CHOICES).title == "No whole month lies ahead"


def test_backtest_says_how_far_off_and_how_many_are_inside() -> None:
    """147 predicted, 155 bought: 5.2 % too low; the second month, 60, lies above 55."""
    drawn = validation_figures.backtest(a_backtest(), CHOICES)
    assert drawn.title == "A forecast made on 2023-09-30 would have been 5.2 % too low in total"
    assert "2 of 3 months lie within the 95 % band" in drawn.caption
    none = replace(a_backtest(), periods=a_backtest().periods.assign(complete=False))
    with pytest.raises(NotEnoughData, match="Not shown: no whole month lies behind the cut-off."):
        validation_figures.backtest(none, CHOICES)


# ── new customers ───────────────────────────────────────────────────────────────────────────────────────


def a_newcomer(months: int = 12) -> pd.DataFrame:
    value = [20.0 + 2 * month for month in range(months + 1)]
    frame = pd.DataFrame({"months": range(months + 1), "purchases": 0.1, "value": value})
    return frame.assign(lower=frame["value"] - 1, upper=frame["value"] + 1)


@pytest.mark.parametrize(
    ("cac", "said"),
    [
        (15.0, "the first purchase earns the cost back"),
        (25.0, "the cost is earned back in month 3"),
        (50.0, "the cost is not earned back within the time"),
    ],
)
def test_cost_is_drawn_and_when_it_is_earned_back(cac: float, said: str) -> None:
    cost = pd.DataFrame({"period": pd.to_datetime(["2024-01-01", "2024-02-01"]), "cac": [cac, float("nan")]})
    drawn = figures.new_customer(a_newcomer(), CHOICES, "EUR", cost=cost)
    assert drawn.title == "A new customer brings 44.00 EUR [43.00, 45.00] within 12 months"
    assert said in drawn.caption
    assert f"a new customer costs {cac:.2f} EUR" in words(drawn)


def test_newcomers_seen_are_drawn_as_margin() -> None:
    seen = pd.DataFrame(
        {"months": [6], "seen": [100.0], "seen_lower": [90.0], "seen_upper": [110.0], "expected": 90}
    )
    drawn = figures.new_customer(a_newcomer(), Choices(margin=0.5), None, newcomers=seen, truth=TRUTH)
    assert {"seen", "truth", "model", "margin"} <= set(words(drawn))
    assert "have brought" in drawn.caption
    nothing = figures.new_customer(a_newcomer(), CHOICES, None, newcomers=seen.iloc[:0], cost=None)
    assert "seen" not in words(nothing) and "cost" not in nothing.caption


def test_newcomers_who_bring_less_are_in_the_title() -> None:
    seen = pd.DataFrame(
        {"months": [6], "seen": [16.0], "seen_lower": [12.0], "seen_upper": [20.0], "expected": 32.0}
    )
    drawn = figures.new_customer(a_newcomer(), CHOICES, None, newcomers=seen)
    assert drawn.title.startswith("By the model a new customer brings 44.00 [43.00, 45.00] within 12 months")
    assert drawn.title.endswith("newcomers brought 50 % of that")
    assert "read the dashed line lower" in figures.forecast(a_forecast(), CHOICES, newcomers=seen).caption
    assert "read the dashed line lower" not in figures.forecast(a_forecast(), CHOICES).caption
    near = seen.assign(expected=17.5, seen_upper=17.0)
    assert terms.shortfall(near) is None, "nine tenths are near enough"
    assert terms.shortfall(seen.assign(seen_upper=40.0)) is None, "may be chance"


# ── who holds it ────────────────────────────────────────────────────────────────────────────────────────

CELLS = pd.DataFrame(
    {
        "bought": [0, 0, 3],
        "bought_until": [0, 0, 4],
        "silent": [0, 730, 14],
        "silent_until": [6, float("nan"), 29],
        "customers": [50, 4, 46],
        "p_alive": [0.9, 0.25, 0.755],
        "expected_purchases": [1.25, 0.04, 7.5],
        "gone": [0, 4, 11],
        "quiet": [10, 4, 6],
        "clv": 1.0,
    }
)


def test_matrix_counts_customers_and_greys_the_few() -> None:
    """15 of 100 have less than an even chance, 20 less than half a purchase ahead."""
    alive = customer_figures.rf_matrix(CELLS, CHOICES, "p_alive")
    assert alive.title.startswith("15 % of the customers are probably gone")
    assert {"90", "25", "0–6", "730+", "0", "3–4"} <= set(words(alive))
    few = BeautifulSoup(alive.svg, "html.parser").find("text", string="25")
    assert few is not None and "--kb-muted" in str(few.get("style", ""))
    ahead = customer_figures.rf_matrix(CELLS, CHOICES, "expected_purchases")
    assert ahead.title.startswith("20 % of the customers will hardly buy")
    assert {"1.2", "7.5", "0.0"} <= set(words(ahead))
    assert alive.name != ahead.name


def test_a_matrix_of_few_customers_is_drawn_without_colour() -> None:
    drawn = customer_figures.rf_matrix(CELLS.assign(customers=2), CHOICES, "expected_purchases")
    assert "7.5" in words(drawn)


def test_concentration_reads_the_curve() -> None:
    curve = pd.DataFrame({"customers_share": [0.0, 0.1, 0.5, 1.0], "value_share": [0.0, 0.6, 0.9, 1.0]})
    drawn = customer_figures.concentration(curve, CHOICES)
    assert drawn.title == "A tenth of the customers hold 60 % of the value ahead, the lower half 10 %"
    nothing = customer_figures.concentration(curve.assign(value_share=float("nan")), CHOICES)
    assert "0 %" in nothing.title


def test_the_distribution_names_the_step_of_the_middle_customer() -> None:
    steps = pd.DataFrame(
        {
            "lower": [0.0, 0.5, 1.0, 2.0],
            "upper": [0.5, 1.0, 2.0, 5.0],
            "customers_share": [0.3, 0.3, 0.2, 0.2],
            "clv_share": [0.0, 0.1, 0.2, 0.7],
        }
    )
    drawn = customer_figures.value_distribution(steps, CHOICES, "EUR")
    assert drawn.title == "60 % of the customers are worth less than 1 EUR each"
    assert {"0", "0.5", "1", "2", "5", "of value", "of customers"} <= set(words(drawn))


def cohorts(each: list[float], half: float) -> pd.DataFrame:
    starts = pd.date_range("2024-01-01", periods=len(each), freq="MS")
    frame = pd.DataFrame({"cohort": starts, "customers": 100, "each": each})
    frame["clv"] = frame["each"] * frame["customers"]
    return frame.assign(each_lower=frame["each"] - half, each_upper=frame["each"] + half)


def test_cohorts_that_may_be_alike_are_not_told_apart() -> None:
    same = customer_figures.cohort_value(cohorts([40.0, 50.0], 6.0), CHOICES, "month", "EUR")
    assert same.title == "Whenever customers first bought, one is worth about 45 EUR"
    apart = customer_figures.cohort_value(cohorts([40.0, 50.0], 4.0), CHOICES, "month", "EUR")
    assert apart.title == (
        "A customer is worth 40 EUR [36, 44] if first seen in 2024-01, 50 EUR [46, 54] if in 2024-02"
    )


def test_cohorts_without_limits_are_said_to_be_left_out() -> None:
    frame = cohorts([40.0, 50.0, 60.0], 4.0)
    frame.loc[0, ["each_lower", "each_upper"]] = float("nan")
    drawn = customer_figures.cohort_value(frame, CHOICES, "month", None)
    assert "The latest 2 of 3 cohorts are drawn." in drawn.caption
    assert len(drawn.data) == 3


# ── trust ───────────────────────────────────────────────────────────────────────────────────────────────

MODEL: Any = SimpleNamespace(process=SimpleNamespace(label="BG/NBD"))
CUTS = pd.to_datetime(["2024-03-31", "2023-12-31"])


def an_evaluation() -> Any:
    tenths = pd.DataFrame(
        {"kind": "decile", "group": ["1", "2", "10"], "predicted": [5.0, 2.0, 0.3], "actual": [5.5, 3.0, 0.3]}
    )
    often = pd.DataFrame(
        {"kind": "frequency", "group": ["0", "1"], "predicted": [1.0, 2.0], "actual": [1.1, 2.0]}
    )
    groups = pd.concat([tenths, often]).assign(target="purchases", method="BG/NBD", cut=CUTS[0])
    groups = groups.assign(lower=groups["actual"] - 0.6, upper=groups["actual"] + 0.6)
    alive = pd.DataFrame(
        {
            "bin": [1, 3, 10],
            "customers": [60, 40, 100],
            "expected": [0.05, 0.2, 0.8],
            "returned": [0.1, 0.35, 0.75],
        }
    )
    alive = alive.assign(cut=CUTS[0], method="BG/NBD", lower=0.0, upper=0.9)
    coverage = pd.DataFrame(
        {"cut": CUTS.repeat(2), "level": [0.5, 0.95] * 2, "covered": [0.48, 0.942, 0.5, 0.931]}
    )
    coverage = coverage.assign(
        method="BG/NBD", lower=coverage["covered"] - 0.01, upper=coverage["covered"] + 0.01
    )
    return SimpleNamespace(calibration=groups, alive=alive, coverage=coverage)


def test_calibration_counts_groups_whose_interval_holds_the_prediction() -> None:
    """Of the tenths, 5.0 in [4.9, 6.1] and 0.3 in [−0.3, 0.9], but not 2.0 in [2.4, 3.6]."""
    drawn = validation_figures.calibration(an_evaluation(), MODEL, CHOICES)
    assert drawn.title == "In 2 of 3 groups customers bought as often as BG/NBD said"
    shown = words(drawn)
    assert shown.index("1") < shown.index("2") < shown.index("10"), "ten comes after two"


def test_those_as_good_as_gone_are_told_apart() -> None:
    """Of 100 under 30 %: 6 + 14 came back; 3 + 8 were expected."""
    drawn = validation_figures.alive(an_evaluation(), MODEL, CHOICES)
    assert drawn.title == "Of customers under 30 % active, 20 % came back; 11 % were expected to"
    few = an_evaluation()
    few.alive = few.alive.assign(customers=[5, 5, 90])
    assert (
        validation_figures.alive(few, MODEL, CHOICES).title
        == "70 % of the customers came back; 73 % were expected to"
    )


def test_coverage_states_the_range_over_cut_offs() -> None:
    drawn = validation_figures.coverage(an_evaluation(), MODEL, CHOICES)
    assert drawn.title == "95 % intervals of a customer's purchases held 93.1 % to 94.2 % of what happened"
    assert "2023-12-31, 2024-03-31" in drawn.caption


def test_a_model_that_could_not_be_tried_is_not_judged() -> None:
    other: Any = SimpleNamespace(process=SimpleNamespace(label="Pareto/NBD"))
    for draw in (
        validation_figures.calibration,
        validation_figures.alive,
        validation_figures.coverage,
    ):
        with pytest.raises(NotEnoughData, match="Pareto/NBD could not be tried on the past"):
            draw(an_evaluation(), other, CHOICES)


@pytest.mark.parametrize(
    ("bias", "said"),
    [(0.0231, "2.3 % too high"), (-0.4, "40.0 % too low"), (0.0004, "right"), (float("nan"), "right")],
)
def test_how_far_off(bias: float, said: str) -> None:
    assert terms.off_by(bias) == said


def test_svgs_fit_into_one_page() -> None:
    """Ids of their own, nothing from outside, the same picture every time."""
    drawn = [
        figures.outlook(OUTLOOK, CHOICES, "EUR", truth=TRUTH),
        customer_figures.rf_matrix(CELLS, CHOICES, "p_alive"),
        customer_figures.rf_matrix(CELLS, CHOICES, "expected_purchases"),
        figures.forecast(a_forecast(), CHOICES),
        validation_figures.backtest(a_backtest(), CHOICES),
        validation_figures.calibration(an_evaluation(), MODEL, CHOICES),
    ]
    seen: set[str] = set()
    for one in drawn:
        ids = set(re.findall(r'\bid="([^"]+)"', one.svg))
        assert not ids & seen
        assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', one.svg)) <= ids
        assert not re.search(r'(href|src)="(?!#)', one.svg)
        assert one.title and one.caption
        seen |= ids
    assert figures.outlook(OUTLOOK, CHOICES, "EUR", truth=TRUTH).svg == drawn[0].svg


def test_figures_do_not_load_the_models() -> None:
    """They would take seconds off the start of every command."""
    import subprocess
    import sys

    code = "import sys, keepbook.book; print({'sklearn', 'lifetimes'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
    )
