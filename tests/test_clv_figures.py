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

from keepbook.clv import Backtest, Choices, PastErrors, Reckoned, Shortfall, Truth
from keepbook.clv.page import customer_figures, figures, matrix, terms, validation_figures
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.page.html import plain
from keepbook.text import catalogue, language

say = catalogue("clv")

CHOICES = Choices(months=12, discount_rate=0.1)
TRUTH = Truth(
    pd.DataFrame({"months": [3, 6, 12], "purchases": 101.0, "value": [1010.0, 1790.0, 3100.0]}), 44.0
)


def words(drawn: Chart) -> list[str]:
    """What is written in a drawing; the same on a phone, but for what has no room there."""
    wide, narrow = (
        [text.get_text() for text in BeautifulSoup(svg, "html.parser").find_all("text")]
        for svg in drawn.drawing
    )
    assert set(narrow) <= set(wide) or {one for one in narrow if not one[0].isdigit()} <= set(wide)
    return wide


def read(drawn: Chart) -> list[str]:
    """What is said of the points of a drawing."""
    svg = BeautifulSoup(drawn.drawing.wide, "html.parser").find("svg")
    assert svg is not None
    return [plain(line.split(",", 2)[2]) for line in str(svg["data-points"]).split("\n") if line]


# ── what is ahead ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("choices", "named"),
    [
        (Choices(margin=1.0, discount_rate=0.1), "revenue, discounted at 10 % a year"),
        (Choices(margin=0.3, discount_rate=0.085), "profit, discounted at 8.5 % a year"),
        (Choices(margin=0.3, discount_rate=0.0), "profit"),
    ],
)
def test_without_a_margin_nobody_speaks_of_profit(choices: Choices, named: str) -> None:
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


def test_forecast_says_how_purchases_change_a_day_and_names_the_scenario() -> None:
    """50 in 31 days, then 40 in 29: 14 % less a day."""
    drawn = figures.forecast(a_forecast(), CHOICES)
    assert drawn.title == "Purchases of today's customers fall by 14 % until 2024-02"
    assert "if 0.4 new customers a day keep coming, as in the last 90 days" in drawn.caption
    assert {"with new", "today's", "2023-10", "2024-02"} <= set(words(drawn))
    assert read(drawn)[0] == "2023-10 | 40 bought; the model: 50"
    assert "2024-01 | 50 (45–55) expected" in read(drawn)
    alone = figures.forecast(a_forecast(new_per_day=0.0), CHOICES)
    assert "with new" not in words(alone)
    assert "Nobody new has come in the last 90 days" in alone.caption


@pytest.mark.parametrize(
    ("later", "title"),
    [(48.0, "Today's customers will go on buying about as often"), (60.0, "rise by 28 % until 2024-02")],
)
def test_a_small_change_is_none(later: float, title: str) -> None:
    made = a_forecast()
    made.ahead.loc[1, "purchases"] = later
    assert title in figures.forecast(made, CHOICES).title


def test_forecast_without_a_whole_period_ahead() -> None:
    made = a_forecast()
    made.ahead = made.ahead.assign(complete=False)
    assert figures.forecast(made, CHOICES).title == "No whole month lies ahead"


def past(money: list[float], purchases: list[float] | None = None) -> PastErrors:
    cuts = pd.to_datetime(["2024-05-07", "2024-01-09", "2023-09-12"][: len(money)])
    known = {"cut": cuts, "end": cuts + pd.Timedelta(days=238), "money_error": money}
    return PastErrors(pd.DataFrame({**known, "purchases_error": purchases or money}))


def test_past_forecasts_say_how_far_off_each_was() -> None:
    drawn = validation_figures.past_forecasts(past([0.02, -0.006, -0.14], [0.02, -0.04, -0.14]), CHOICES)
    assert drawn.title == "Forecasts made in the past were off by up to 14 %"
    assert "looked 238 days ahead" in drawn.caption and "less than the 12 months above" in drawn.caption
    assert "2 % too high, 4 % too low, 14 % too low" in drawn.caption
    assert "2024-05 to 2024-12: 2 % too high" in words(drawn)
    assert read(drawn)[2] == "2023-09 to 2024-05 | 14 % too low"
    short = validation_figures.past_forecasts(past([0.1]), Choices(months=6))
    assert "months above" not in short.caption
    right = validation_figures.past_forecasts(past([0.001, -0.002]), CHOICES)
    assert right.title == "Forecasts made in the past were right to a per cent"
    assert validation_figures.past_forecasts(past([-1.0]), CHOICES).title.endswith("100 %")


def test_backtest_says_how_far_off_and_how_many_are_inside() -> None:
    """147 predicted, 155 bought: 5.2 % too low; the second month, 60, lies above 55."""
    drawn = validation_figures.backtest(a_backtest(), CHOICES)
    assert drawn.title == "A forecast made on 2023-09-30 was 5 % too low in total"
    assert "2 of 3 months lie within the band" in drawn.caption and "95 % interval" in drawn.measure
    assert read(drawn)[1] == "2023-11 | 60 bought; forecast: 50 (45–55)"
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
        (15.0, "The first purchase earns back what a new customer costs"),
        (25.0, "A new customer's cost is earned back in month 3"),
        (50.0, "A new customer's cost is not earned back in 12 months"),
    ],
)
def test_cost_is_drawn_and_when_profit_earns_it_back(cac: float, said: str) -> None:
    cost = pd.DataFrame({"period": pd.to_datetime(["2024-01-01", "2024-02-01"]), "cac": [cac, float("nan")]})
    drawn = figures.new_customer(a_newcomer(), Choices(margin=0.5), "EUR", cost=cost)
    assert drawn.title == said
    assert "cost" in words(drawn)
    revenue = figures.new_customer(a_newcomer(), CHOICES, "EUR", cost=cost)
    assert revenue.title == "The first purchase makes 45 % of a new customer's value", (
        "revenue earns nothing back"
    )
    assert "cost" in words(revenue)


def test_newcomers_seen_are_drawn_as_profit() -> None:
    seen = pd.DataFrame(
        {"months": [6], "seen": [100.0], "seen_lower": [90.0], "seen_upper": [110.0], "expected": 90}
    )
    drawn = figures.new_customer(a_newcomer(), Choices(margin=0.5), None, newcomers=seen, truth=TRUTH)
    assert "profit" in drawn.measure and "squares: what newcomers brought" in drawn.measure
    assert "hollow: the truth" in drawn.measure
    assert read(drawn)[-1] == "newcomers | 50.00 (45.00–55.00) in 6 months"
    assert read(drawn)[12] == "month 12 | 44.00 (43.00–45.00)"
    nothing = figures.new_customer(a_newcomer(), CHOICES, None, newcomers=seen.iloc[:0], cost=None)
    assert "newcomers" not in nothing.measure and "cost" not in words(nothing)


def test_newcomers_who_bring_less_are_in_the_title_and_the_model_is_dashed() -> None:
    less = Shortfall(0.5, 0.4, 0.6, 6, pd.Timestamp("2024-01-01"))
    lowered = a_newcomer().assign(value=a_newcomer()["value"] / 2)
    drawn = figures.new_customer(lowered, CHOICES, None, model=a_newcomer(), less=less)
    assert drawn.title == "Newcomers bring 50 % of what the model says"
    assert {"expected", "model"} <= set(words(drawn))
    assert "model" not in words(figures.new_customer(lowered, CHOICES, None, model=a_newcomer()))
    assert "Read it lower" in figures.forecast(a_forecast(), CHOICES, less).caption
    assert "Read it lower" not in figures.forecast(a_forecast(), CHOICES).caption


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


def cells_of(made: matrix.Matrix) -> dict[str, tuple[str, str]]:
    """What the page's script says of a cell → its text and its classes."""
    table = BeautifulSoup(made.html(), "html.parser").table
    assert table is not None
    said = {}
    for row in table.select("tbody tr"):
        for cell in row.select("[data-t]"):
            place = row.find_all(["th", "td"]).index(cell)
            heads = [row.th.get_text() if row.th else "", table.select("thead th")[place].get_text()]
            told = str(table["data-say"])
            for fact in (*heads, *str(cell["data-t"]).split("|")[1:]):
                told = told.replace("$", fact, 1)
            said[told] = cell.get_text(), " ".join(cell.get("class") or [])
    return said


def test_matrix_counts_customers_and_leaves_the_few_unshaded() -> None:
    """15 of 100 have less than an even chance, 20 less than half a purchase ahead."""
    facts = {"active": (0.7, 0.65, 0.75), "model": "BG/NBD", "once_active": True}
    alive = matrix.rf_matrix(CELLS, CHOICES, "p_alive", **facts)
    assert alive.title == "15 % of the customers are probably gone"
    assert "By BG/NBD, 70 % (65–75 %) of all are expected to be still active." in plain(alive.caption)
    assert "counts whoever bought once as active" in alive.caption
    shown = cells_of(alive)
    assert shown["Silent for 0–6 days, 0 repeat purchases | 90 %, mean of 50 customers"] == ("90 %", "kb-s8")
    assert shown["Silent for 730+ days, 0 repeat purchases | 25 %, mean of 4 customers"] == ("25 %", "")
    assert shown["Silent for 14–29 days, 3–4 repeat purchases | 76 %, mean of 46 customers"] == (
        "76 %",
        "kb-s6",
    )
    ahead = matrix.rf_matrix(CELLS, CHOICES, "expected_purchases")
    assert ahead.title == "20 % of the customers will hardly buy again"
    assert {text for text, _look in cells_of(ahead).values()} == {"1.2", "7.5", "0.0"}
    assert alive.name != ahead.name


def test_a_matrix_has_a_caption_heads_and_its_data_and_more_is_never_paler() -> None:
    made = matrix.rf_matrix(CELLS, CHOICES, "expected_purchases")
    table = BeautifulSoup(made.html("<p>foot</p>"), "html.parser")
    assert table.caption is not None and "Mean purchases expected in 12 months" in table.caption.get_text()
    assert [one.get_text() for one in table.select("thead th[scope=col]")][1:] == ["0", "3–4"]
    assert [one.get_text() for one in table.select("tbody th[scope=row]")] == ["0–6", "14–29", "730+"]
    assert table.find("p", string="foot") is not None and not table.find("svg")
    assert {"expected_purchases", "quiet", "clv"} <= set(made.data) and "p_alive" not in made.data
    rising = [CELLS.assign(expected_purchases=value, customers=50) for value in (0.1, 1.0, 4.0)]
    looks = [
        cells_of(matrix.rf_matrix(pd.concat([one.head(1), CELLS.tail(1)]), CHOICES, "expected_purchases"))
        for one in rising
    ]
    shades = [int(next(iter(look.values()))[1].removeprefix("kb-s")) for look in looks]
    assert shades == sorted(shades) and shades[0] < shades[-1]


@pytest.mark.parametrize(("tag", "often"), [("en", "0 repeat"), ("zh", "复购0次")])
def test_every_language_reads_a_cell_in_the_order_of_the_script(tag: str, often: str) -> None:
    with language(tag):
        told = next(iter(cells_of(matrix.rf_matrix(CELLS, CHOICES, "expected_purchases"))))
    places = [told.index(part) for part in ("0–6", often, "1.2", "50")]
    assert places == sorted(places)


def test_a_matrix_of_few_customers_has_no_shade() -> None:
    made = cells_of(matrix.rf_matrix(CELLS.assign(customers=2), CHOICES, "expected_purchases"))
    assert {look for _text, look in made.values()} == {""}
    assert "7.5" in {text for text, _look in made.values()}


def test_concentration_reads_the_curve() -> None:
    curve = pd.DataFrame({"customers_share": [0.0, 0.1, 0.5, 1.0], "value_share": [0.0, 0.6, 0.9, 1.0]})
    drawn = customer_figures.concentration(curve, Reckoned(0.6, 0.4, 0.6), 0.1, CHOICES)
    assert plain(drawn.title) == "A tenth of the customers hold 60 % (40–60 %) of the value ahead"
    assert "The lower half hold 10 %." in drawn.caption and "named beforehand" in drawn.caption
    assert read(drawn)[0] == "tenth 1 | 60 % of the value" and len(read(drawn)) == 10
    untested = customer_figures.concentration(curve, Reckoned(0.6, float("nan"), float("nan")), 0.1, CHOICES)
    assert untested.title == "A tenth of the customers hold 60 % of the value ahead"
    assert "No test on the past" in untested.caption
    nothing = customer_figures.concentration(
        curve.assign(value_share=float("nan")), Reckoned(0, 0, 0), 0, CHOICES
    )
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
    assert read(drawn)[0] == "0–0.5 | 30.0 % of customers"


def cohorts(each: list[float], half: float) -> pd.DataFrame:
    starts = pd.date_range("2024-01-01", periods=len(each), freq="MS")
    frame = pd.DataFrame({"cohort": starts, "customers": 100, "each": each})
    frame["clv"] = frame["each"] * frame["customers"]
    return frame.assign(each_lower=frame["each"] - half, each_upper=frame["each"] + half)


def test_cohorts_that_may_be_alike_are_not_told_apart() -> None:
    same = customer_figures.cohort_value(cohorts([40.0, 50.0], 6.0), CHOICES, "month", "EUR")
    assert same.title == "Whenever customers first bought, they are worth about the same"
    apart = customer_figures.cohort_value(cohorts([40.0, 50.0], 4.0), CHOICES, "month", "EUR", worst=0.14)
    assert apart.title == "Customers of 2024-02 are worth most, those of 2024-01 least"
    assert "not the 14 % by which past totals were off" in apart.caption
    assert "chance alone." in same.caption
    assert read(apart) == [
        "2024-01 | 40 EUR (36–44), 100 customers",
        "2024-02 | 50 EUR (46–54), 100 customers",
    ]


def test_one_of_many_cohorts_lies_outside_by_chance() -> None:
    """5.5 from the mean at half a width of 4.5 is outside of two; 4.9 is not outside of 24."""
    one = customer_figures.cohort_value(cohorts([45.0, 56.0], 4.5), CHOICES, "month", "EUR")
    assert one.title.startswith("Customers of 2024-02")
    many = customer_figures.cohort_value(cohorts([45.0] * 23 + [50.1], 4.5), CHOICES, "month", "EUR")
    assert many.title.startswith("Whenever")
    far = customer_figures.cohort_value(cohorts([45.0] * 23 + [60.0], 4.5), CHOICES, "month", "EUR")
    assert far.title == "Customers of 2025-12 are worth most, those of 2024-01 least"


def test_no_title_speaks_of_few_customers() -> None:
    frame = cohorts([40.0, 41.0, 90.0], 4.0)
    frame.loc[2, "customers"] = 99
    drawn = customer_figures.cohort_value(
        frame.assign(clv=frame["each"] * frame["customers"]), CHOICES, "month", None
    )
    assert "2024-03" not in drawn.title and "Pale: fewer than 100 customers." in drawn.caption
    small = customer_figures.cohort_value(frame.assign(customers=20), CHOICES, "month", None)
    assert small.title == "Too few customers a month to tell one from another"
    alone = customer_figures.cohort_value(frame.head(1), CHOICES, "month", None)
    assert alone.title == "All customers first bought in the same month"


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
    assert drawn.title == "In 2 of 3 groups customers bought as often as predicted"
    shown = [line.partition(" | ")[0] for line in read(drawn)][2:]
    assert shown == ["1", "2", "10"], "ten comes after two"


def test_those_as_good_as_gone_are_told_apart() -> None:
    """Of 100 under 30 %: 6 + 14 came back; 3 + 8 were expected."""
    drawn = validation_figures.alive(an_evaluation(), MODEL, CHOICES)
    assert drawn.title == "Of customers under 30 % active, 20 % came back"
    assert drawn.caption.startswith("11 % were expected to.")
    assert read(drawn)[0] == "60 customers, 0–10 % active | 10 % came back; 5 % expected"
    few = an_evaluation()
    few.alive = few.alive.assign(customers=[5, 5, 90])
    all_of_them = validation_figures.alive(few, MODEL, CHOICES)
    assert all_of_them.title == "70 % of the customers came back"
    assert all_of_them.caption.startswith("73 % were expected to.")


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
        figures.new_customer(a_newcomer(), CHOICES, "EUR", truth=TRUTH),
        figures.forecast(a_forecast(), CHOICES),
        customer_figures.cohort_value(cohorts([40.0, 50.0], 6.0), CHOICES, "month", "EUR"),
        validation_figures.past_forecasts(past([0.1, -0.1]), CHOICES),
        validation_figures.backtest(a_backtest(), CHOICES),
        validation_figures.calibration(an_evaluation(), MODEL, CHOICES),
        validation_figures.alive(an_evaluation(), MODEL, CHOICES),
        validation_figures.coverage(an_evaluation(), MODEL, CHOICES),
    ]
    seen: set[str] = set()
    for one in drawn:
        for svg in one.drawing:
            ids = set(re.findall(r'\bid="([^"]+)"', svg))
            assert not ids & seen
            assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg)) <= ids
            assert not re.search(r'(href|src)="(?!#)', svg)
            seen |= ids
        assert one.title and one.measure and one.caption
        assert read(one)
    again = figures.new_customer(a_newcomer(), CHOICES, "EUR", truth=TRUTH)
    assert again.drawing == drawn[0].drawing


def test_figures_do_not_load_the_models() -> None:
    """They would take seconds off the start of every command."""
    import subprocess
    import sys

    code = "import sys, keepbook.book; print({'sklearn', 'lifetimes'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
    )
