"""Figures of an experiment: titles fit their numbers, doubt is drawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from experiment_data import arm, effects_of, experiment, money_of, role, spenders

from keepbook.errors import NotEnoughData
from keepbook.experiments import Segments, profit_curves
from keepbook.experiments.page import figures as experiments_figures
from keepbook.experiments.page import lift_figure
from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.page.elements import Chart
from keepbook.plotting.canvas import BLUE, ORANGE, canvas
from keepbook.plotting.marks import apart, number_axis, percent_axis
from keepbook.stats import survival
from keepbook.text import change_format, value_format
from keepbook.unit import Metric

NAMED = experiment(cost=0.5, outcome_days=30)
UNIT: Any = SimpleNamespace(currency="EUR", alpha=0.05)


def words(drawn: Chart) -> list[str]:
    return [text.get_text() for text in BeautifulSoup(drawn.svg, "html.parser").find_all("text")]


@pytest.fixture(scope="module")
def arms() -> dict[str, Any]:
    rng = np.random.default_rng(4)
    return {"none": arm(**spenders(3000, rng)), "voucher": arm(**spenders(3000, rng, lift=0.8))}


def effects(arms: dict[str, Any], **metrics: Metric) -> pd.DataFrame:
    return effects_of(dict.fromkeys(metrics, arms), metrics, "none")


def test_lifts_lead_with_the_surest_goal(arms: dict[str, Any]) -> None:
    frame = effects(arms, retained=role("goal"), average_order_value=role("guardrail", 0.2))
    drawn = lift_figure.lifts(frame, NAMED, 0.05)
    row = frame.iloc[0]
    lift = f"+{row['lift']:.1%} [{row['lift_lower']:.1%}, {row['lift_upper']:.1%}]".replace("%", " %")
    assert drawn.title == f"Came back: {lift} against the control"
    assert {"came back", "revenue an order"} <= set(words(drawn))
    assert len(drawn.data) == 2


def test_lifts_of_chance_alone_claim_nothing(arms: dict[str, Any]) -> None:
    same = {"none": arms["none"], "voucher": arms["none"]}
    assert lift_figure.lifts(effects(same, revenue=role("goal")), NAMED, 0.05).title == (
        "No goal differs by more than chance"
    )


def test_a_broken_split_is_said_in_the_title(arms: dict[str, Any]) -> None:
    frame = effects(arms, retained=role("goal"))
    broken, sound = sample_ratio({"none": 900, "voucher": 600}), sample_ratio({"none": 900, "voucher": 910})
    assert lift_figure.lifts(frame, NAMED, 0.05, ratio=broken).title.startswith("Not to be believed")
    assert not lift_figure.lifts(frame, NAMED, 0.05, ratio=sound).title.startswith("Not to be believed")


def test_profit_shows_both_sides_of_zero(arms: dict[str, Any]) -> None:
    money = money_of({"margin": arms}, NAMED, 1000)
    drawn = experiments_figures.profit(money, profit_curves(money), UNIT)
    row = money.iloc[0]
    limits = f"[{row['profit_lower']:.2f}, {row['profit_upper']:.2f}]"
    assert (
        drawn.title == f"Treated with voucher, a customer brings +{row['profit']:.2f} EUR {limits} "
        "after cost, against the control"
    )
    assert any(word.startswith("earns: ") for word in words(drawn))
    assert any(word.startswith("loses: ") for word in words(drawn))
    curve = drawn.data[drawn.data["variant"] == "voucher"]
    area = np.trapezoid(curve["density"], curve["profit"])
    assert area == pytest.approx(0.998, abs=0.002)  # of the normal within 1.6 × 1.96 errors


def test_the_title_is_about_the_treatment_that_is_decided_on(arms: dict[str, Any]) -> None:
    """The other earns more, but the verdict is about this one."""
    money = money_of({"margin": arms}, NAMED, 1000)
    both = pd.concat([money.assign(variant="harmful", profit=99.0), money], ignore_index=True)
    curves = dict.fromkeys(("harmful", "voucher"), profit_curves(money)["voucher"])
    assert experiments_figures.profit(both, curves, UNIT, variant="voucher").title.startswith(
        "Treated with voucher"
    )
    assert experiments_figures.profit(both, curves, UNIT).title.startswith("Treated with harmful")


@pytest.mark.parametrize(
    ("near", "share", "difference"),
    [
        (0.0, "0.1 %", "+0.1 pp"),
        (0.302, "0.1 %", "+0.1 pp"),
        (0.0034, "0.12 %", "+0.12 pp"),
        (0.0008, "0.117 %", "+0.117 pp"),
    ],
)
def test_rare_shares_have_the_digits_they_need(near: float, share: str, difference: str) -> None:
    """0.117 % beside values of that size."""
    assert value_format("share", None, near)(0.00117) == share
    assert change_format("share", None, near)(0.00117) == difference


@pytest.mark.parametrize("n", [150, 500, 5000])
def test_looking_at_any_time_is_never_surer_than_one_look(n: int) -> None:
    """Thin bars of the figure are wider than thick ones, on either side."""
    rng = np.random.default_rng(n)
    few = {"none": arm(**spenders(n, rng)), "voucher": arm(**spenders(n, rng, lift=0.3))}
    rows = effects(few, retained=role("goal"), orders=role("diagnostic"))
    assert (rows["always_valid_lift_lower"].fillna(-np.inf) < rows["lift_lower"]).all()
    assert (rows["always_valid_lift_upper"].fillna(np.inf) > rows["lift_upper"]).all()


def test_profit_without_a_cost_says_why_it_is_not_drawn(arms: dict[str, Any]) -> None:
    money = money_of({"margin": arms}, experiment(), 1000)
    with pytest.raises(NotEnoughData, match="what treating a customer costs"):
        experiments_figures.profit(money, profit_curves(money), UNIT)


def test_comeback_ends_where_the_curves_end() -> None:
    life = pd.DataFrame(
        {
            "variant": ["none"] * 2 + ["voucher"] * 2,
            "day": [10, 30, 5, 30],
            "events": [10, 0, 40, 0],
            "censored": [0, 90, 0, 60],
        }
    )
    drawn = experiments_figures.comeback(survival.curves(life), NAMED, 0.05)
    assert drawn.title == "After 30 days 40.0 % of voucher have bought again, 10.0 % of none"
    assert {"none", "voucher"} <= set(words(drawn))


def test_many_and_long_names_leave_the_curves_room(recwarn: pytest.WarningsRecorder) -> None:
    names = [
        "none",
        *(f"{'W' * 1000}{i}" for i in range(2)),
        *(f"arm {i}" for i in range(30)),
        "$x^$",
        "a\u202eb",
    ]
    life = pd.DataFrame({"variant": names, "day": 30, "events": 4, "censored": 6})
    seen = words(experiments_figures.comeback(survival.curves(life), NAMED, 0.05))
    assert {"none", "W" * 39 + "…", "arm 29", "$x^$", "a\ufffdb"} <= set(seen)
    assert not list(recwarn)


def heights(drawn: Chart, names: list[str]) -> list[float]:
    """Where names stand in the figure, in points from its top."""
    texts = BeautifulSoup(drawn.svg, "html.parser").find_all("text")
    return [float(str(text["y"])) for name in names for text in texts if text.get_text() == name]


@pytest.mark.parametrize("treatments", [1, 3, 33])
@pytest.mark.parametrize("events", [0, 4, 10], ids=["nobody", "some", "all"])
def test_names_of_curves_that_end_alike_do_not_overlap(treatments: int, events: int) -> None:
    names = ["none", *(f"arm {i:02}" for i in range(treatments))]
    life = pd.DataFrame({"variant": names, "day": 30, "events": events, "censored": 10 - events})
    found = heights(experiments_figures.comeback(survival.curves(life), NAMED, 0.05), names)
    assert len(found) == len(names)
    assert np.diff(sorted(found)).min() > 11.5, "points, of a letter of 10"


def test_a_name_stands_at_its_curve_where_there_is_room() -> None:
    life = pd.DataFrame({"variant": ["none", "a", "b"], "day": 30, "events": [10, 11, 80]})
    drawn = experiments_figures.comeback(
        survival.curves(life.assign(censored=100 - life["events"])), NAMED, 0.05
    )
    none, a, b = heights(drawn, ["none", "a", "b"])
    assert b < a < none, "the higher curve's name above"
    assert drawn.svg.count("stroke-width: 0.8; stroke-linecap: round") == 2, "lines lead to the two moved"


@pytest.mark.parametrize(
    ("places", "made"),
    [
        ([10, 50, 30], [10, 50, 30]),
        ([40, 40], [35, 45]),
        ([40, 41, 40, 80], [30, 50, 40, 80]),
        ([1, 2], [0, 10]),
        ([99, 98, 97], [100, 90, 80]),
        ([50], [50]),
        ([50] * 21, list(range(0, 101, 5))),
    ],
)
def test_places_are_moved_apart_as_little_as_need_be(places: list[float], made: list[float]) -> None:
    assert apart(places, 10, 0, 100) == pytest.approx(made, abs=1)


def test_a_goal_differs_at_the_level_asked_for(arms: dict[str, Any]) -> None:
    frame = effects(arms, retained=role("goal")).assign(pvalue_adjusted=0.03)
    assert lift_figure.lifts(frame, NAMED, 0.05).title.startswith("Came back: +")
    assert lift_figure.lifts(frame, NAMED, 0.01).title == "No goal differs by more than chance"


def parts(interaction: float) -> list[Segments]:
    frame = pd.DataFrame(
        {
            "segment": ["gold", "<basic>"],
            "n_control": [100, 50],
            "n_treatment": [100, 60],
            "effect": [0.10, 0.01],
            "ci_lower": [0.05, -0.1],
            "ci_upper": [0.15, 0.12],
            "shrunk": [0.09, 0.03],
            "shrunk_lower": [0.04, -0.05],
            "shrunk_upper": [0.14, 0.11],
        }
    )
    return [Segments("tier", "voucher", "retained", frame, interaction, 7)]


def test_segments_that_differ_name_the_one_that_responds_most() -> None:
    drawn = experiments_figures.segment_effects(parts(0.0004), "share", UNIT)
    assert drawn.title == (
        "Segments by tier respond differently (p < 0.001): most, gold with +9.0 pp [+4.0 pp, +14.0 pp]"
    )
    assert "<basic> (110)" in words(drawn)
    assert "&lt;basic&gt;" in drawn.svg
    assert "7 customers" in drawn.caption


def test_segments_that_do_not_differ_claim_nothing() -> None:
    title = experiments_figures.segment_effects(parts(0.4), "share", UNIT).title
    assert (
        title == "No segment is shown to respond otherwise than the others; nearest to it is tier (p = 0.400)"
    )


# ── lifts that no look settles ──────────────────────────────────────────────────────────────────────────

NAN = float("nan")
LIMITS = ("lift", "lift_lower", "lift_upper", "always_valid_lift_lower", "always_valid_lift_upper")
UNBOUNDED, CUT = "cannot be bounded in per cent", "goes on beyond the edge"


def lift(*limits: float, **changes: Any) -> dict[str, Any]:
    """A row of effects, of which only what is drawn matters."""
    row = {"variant": "voucher", "metric": "retained", "role": "goal", "better": "higher", "margin": NAN}
    return row | dict(zip(LIMITS, limits, strict=True)) | {"pvalue": 0.01, "pvalue_adjusted": 0.02} | changes


def drawn_lifts(*rows: dict[str, Any], early: bool = False) -> Chart:
    return lift_figure.lifts(pd.DataFrame(rows), NAMED, 0.05, early=early)


SETTLED = lift(0.282, 0.10, 0.50, 0.02, 0.60)
UNSETTLED = lift(0.282, 0.05, 0.55, -0.09, 0.801)
UNKNOWN = lift(0.9, NAN, NAN, NAN, NAN)


def test_a_lift_without_limits_is_drawn_without_bounds() -> None:
    drawn = drawn_lifts(UNKNOWN)
    assert UNBOUNDED in drawn.caption
    assert CUT not in drawn.caption
    assert drawn.title == "Came back: +90.0 % against the control, not to be bounded in per cent"
    assert drawn.svg.count("stroke-dasharray") == 1
    assert BLUE not in drawn.svg, "grey, whatever its p"


def test_bounds_that_are_there_need_no_words() -> None:
    drawn = drawn_lifts(SETTLED)
    assert UNBOUNDED not in drawn.caption
    assert CUT not in drawn.caption
    assert "still runs" not in drawn.caption
    assert "stroke-dasharray" not in drawn.svg


def test_an_interval_that_reaches_far_is_cut() -> None:
    """Thick from −10 to 70 %: the axis has room for half as much on either side, not for 1,600 %."""
    drawn = drawn_lifts(lift(0.3, -0.1, 0.7, -0.4, 16.0))
    assert CUT in drawn.caption
    assert UNBOUNDED not in drawn.caption
    assert {"0 %", "100 %"} <= set(words(drawn))
    assert not {word for word in words(drawn) if word.endswith("%") and len(word) > 5}
    assert CUT not in drawn_lifts(lift(0.3, -0.1, 0.7, -0.4, 1.0)).caption


def test_while_it_runs_only_any_look_counts() -> None:
    early, late = drawn_lifts(UNSETTLED, early=True), drawn_lifts(UNSETTLED)
    assert early.title == "Nothing is settled while it runs"
    assert f'aria-label="{early.title}"' in early.html()
    assert early.caption.endswith(
        "The experiment still runs, so only the thin intervals count, and colours follow them."
    )
    assert BLUE not in early.svg
    assert late.title == "Came back: +28.2 % [5.0 %, 55.0 %] against the control"
    assert BLUE in late.svg
    settled = drawn_lifts(SETTLED, UNKNOWN | {"metric": "orders", "pvalue": 0.001}, early=True)
    assert settled.title == "Came back: +28.2 % [2.0 %, 60.0 %] so far"
    assert BLUE in settled.svg


def test_while_it_runs_a_goal_may_be_settled_for_the_worse() -> None:
    later = lift(0.1, 0.05, 0.2, 0.01, 0.3, metric="days_to_purchase", better="lower")
    drawn = drawn_lifts(later, early=True)
    assert drawn.title == "Days to the next purchase: +10.0 % [1.0 %, 30.0 %] so far"
    assert ORANGE in drawn.svg
    assert drawn_lifts(lift(0.1, NAN, NAN, NAN, NAN), early=True).title == "Nothing is settled while it runs"


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        ([0, 0.005, 0.01, 0.015], ["0.0 %", "0.5 %", "1.0 %", "1.5 %"]),
        ([0, 0.025, 0.05], ["0.0 %", "2.5 %", "5.0 %"]),
        ([0, 0.0025, 0.005], ["0.00 %", "0.25 %", "0.50 %"]),
        ([-0.2, 0, 0.2], ["−20 %", "0 %", "20 %"]),
        ([0, 0.1, 0.2, 0.30000000000000004], ["0 %", "10 %", "20 %", "30 %"]),
        ([10, 20], ["1,000 %", "2,000 %"]),
        ([0.07], ["7 %"]),
        ([], []),
    ],
)
def test_ticks_of_shares_say_what_they_are(ticks: list[float], texts: list[str]) -> None:
    with canvas(4, 3) as (_figure, ax):
        percent_axis(ax.xaxis)
        assert ax.xaxis.get_major_formatter().format_ticks(ticks) == texts


def test_ticks_of_numbers_have_at_least_the_digits_asked_for() -> None:
    with canvas(4, 3) as (_figure, ax):
        number_axis(ax.xaxis, 1)
        write = ax.xaxis.get_major_formatter().format_ticks
        assert write([0, 1000]) == ["0.0", "1,000.0"]
        assert write([0, 0.25]) == ["0.00", "0.25"]
