"""Figures of an experiment: titles fit their numbers, doubt is drawn, for a screen and for a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from experiment_data import SOUND, arm, effects_of, experiment, money_of, role, spenders
from words_data import MAX_TITLE_NUMBERS, MAX_TITLE_WORDS, too_much

from keepbook.errors import NotEnoughData
from keepbook.experiments import Segments, Study, TimeToPurchase, Verdict, profit_curves
from keepbook.experiments.page import figures, segment_figure
from keepbook.experiments.page.facts import Facts
from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.page.elements import Chart
from keepbook.plotting.canvas import GREEN, canvas
from keepbook.plotting.marks import apart, number_axis, percent_axis
from keepbook.stats import survival
from keepbook.text import change_format, value_format
from keepbook.unit import Metric

NAMED = experiment(cost=0.5, outcome_days=30)
UNIT: Any = SimpleNamespace(currency="EUR", alpha=0.05, margin=0.4)


def words(drawn: Chart, narrow: bool = False) -> list[str]:
    svg = drawn.drawing.narrow if narrow else drawn.drawing.wide
    return [text.get_text() for text in BeautifulSoup(svg, "html.parser").find_all("text")]


@pytest.fixture(scope="module")
def arms() -> dict[str, Any]:
    rng = np.random.default_rng(4)
    return {"none": arm(**spenders(3000, rng)), "voucher": arm(**spenders(3000, rng, lift=0.8))}


def effects(arms: dict[str, Any], **metrics: Metric) -> pd.DataFrame:
    return effects_of(dict.fromkeys(metrics, arms), metrics, "none")


def facts(
    money: pd.DataFrame | None = None,
    variant: str | None = None,
    final: bool = True,
    treatments: tuple[str, ...] = ("voucher",),
    unit: Any = UNIT,
) -> Facts:
    """Of an experiment of which only what is drawn matters."""
    study = Study(NAMED, unit, {}, dict.fromkeys(("none", *treatments), 1000))
    made = Verdict("roll-out", "earns", variant, final)
    return Facts(study, sample_ratio(SOUND), None, money, made)


def titled(drawn: Chart) -> Chart:
    assert not too_much(drawn.title, MAX_TITLE_WORDS, MAX_TITLE_NUMBERS)
    return drawn


# ── profit ──────────────────────────────────────────────────────────────────────────────────────────────


def drawn_profit(money: pd.DataFrame, **more: Any) -> Chart:
    return titled(figures.profit(facts(money, **more), profit_curves(money)))


def test_profit_shows_both_sides_of_zero(arms: dict[str, Any]) -> None:
    money = money_of({"margin": arms}, NAMED, 1000)
    drawn, row = drawn_profit(money), money.iloc[0]
    chance = "> 99.9 %" if row["chance"] > 0.999 else f"{row['chance']:.1%}".replace("%", " %")
    assert drawn.title == f"voucher pays with a chance of {chance}"
    for narrow in (False, True):
        assert any(word.startswith("earns: ") for word in words(drawn, narrow))
        assert any(word.startswith("loses: ") for word in words(drawn, narrow))
    assert GREEN in drawn.drawing.wide or "--kb-good" in drawn.drawing.wide
    curve = drawn.data[drawn.data["variant"] == "voucher"]
    area = np.trapezoid(curve["density"], curve["profit"])
    assert area == pytest.approx(0.998, abs=0.002)  # of the normal within 1.6 × 1.96 errors


def test_without_a_margin_no_profit_is_drawn_but_revenue(arms: dict[str, Any]) -> None:
    money = money_of({"margin": arms}, NAMED, 1000)
    drawn = drawn_profit(money, unit=SimpleNamespace(**{**vars(UNIT), "margin": 1.0}))
    assert drawn.title.startswith("With all revenue earned, voucher pays")
    assert drawn.measure.startswith("Revenue a customer after its cost, EUR, against none")
    assert "No margin is set" in drawn.caption
    assert drawn_profit(money).measure.startswith("Profit a customer")


def test_while_it_runs_no_chance_of_one_look_is_drawn(arms: dict[str, Any]) -> None:
    money = money_of({"margin": arms}, NAMED, 1000)
    early = drawn_profit(money, final=False)
    assert early.title == f"voucher brings +{money.iloc[0]['profit']:.2f} EUR a customer so far"
    assert "however often one looks" in early.caption
    assert not [word for word in words(early) if word.startswith(("earns", "loses"))]


def test_the_title_is_about_the_treatment_that_is_decided_on(arms: dict[str, Any]) -> None:
    """The other earns more, but the verdict is about this one."""
    money = money_of({"margin": arms}, NAMED, 1000)
    both = pd.concat([money.assign(variant="harmful", profit=99.0, gain=99.5), money], ignore_index=True)
    curves = dict.fromkeys(("harmful", "voucher"), profit_curves(money)["voucher"])
    for variant, first in (("voucher", "voucher"), (None, "harmful")):
        found = facts(both, variant=variant, treatments=("harmful", "voucher"))
        drawn = figures.profit(found, curves)
        assert drawn.title.startswith(f"{first} pays")
        assert {"harmful", "voucher"} <= set(words(drawn))


def test_of_many_treatments_those_that_earn_most_are_drawn(arms: dict[str, Any]) -> None:
    money = money_of({"margin": arms}, NAMED, 1000)
    names = [f"arm {i}" for i in range(9)]
    many = pd.concat([money.assign(variant=name, profit=float(i)) for i, name in enumerate(names)])
    curves = dict.fromkeys(names, profit_curves(money)["voucher"])
    drawn = figures.profit(facts(many, variant="arm 0", treatments=tuple(names)), curves)
    assert [name for name in names if name in words(drawn)] == ["arm 0", *names[4:]]
    assert "Not drawn: 3 treatments that earn less." in drawn.caption
    assert set(drawn.data["variant"]) == set(names), "the data hold all"


def test_few_who_carry_the_money_are_dashed(arms: dict[str, Any]) -> None:
    money = money_of({"margin": arms}, NAMED, 1000)
    for carriers in (99.0, 100.0):
        drawn = drawn_profit(money.assign(carriers=carriers))
        assert ("stroke-dasharray" in drawn.drawing.wide) is (carriers < 100)
        assert ("Dashed: few customers" in drawn.caption) is (carriers < 100)


def test_profit_without_a_cost_says_why_it_is_not_drawn(arms: dict[str, Any]) -> None:
    money = money_of({"margin": arms}, experiment(), 1000)
    with pytest.raises(NotEnoughData, match="what treating a customer costs"):
        figures.profit(facts(money), profit_curves(money))


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
    """Ranges that hold however often one looks are wider than others, on either side."""
    rng = np.random.default_rng(n)
    few = {"none": arm(**spenders(n, rng)), "voucher": arm(**spenders(n, rng, lift=0.3))}
    rows = effects(few, retained=role("goal"), orders=role("diagnostic"))
    assert (rows["always_valid_lift_lower"].fillna(-np.inf) < rows["lift_lower"]).all()
    assert (rows["always_valid_lift_upper"].fillna(np.inf) > rows["lift_upper"]).all()


# ── who came back when ──────────────────────────────────────────────────────────────────────────────────


def drawn_comeback(life: pd.DataFrame, p: float = 0.001, **more: Any) -> Chart:
    names = [name for name in dict.fromkeys(life["variant"]) if name != "none"]
    means = pd.DataFrame({"variant": names, "logrank_pvalue": p})
    time = TimeToPurchase(survival.curves(life), means)
    return figures.comeback(facts(treatments=tuple(map(str, names)), **more), time)


TWO = pd.DataFrame(
    {
        "variant": ["none"] * 2 + ["voucher"] * 2,
        "day": [10, 30, 5, 30],
        "events": [10, 0, 40, 0],
        "censored": [0, 90, 0, 60],
    }
)


@pytest.mark.parametrize(
    ("p", "final", "title"),
    [
        (0.001, True, "40.0 % of voucher bought again, more than of none"),
        (0.2, True, "No clear difference in when customers bought again"),
        (0.001, False, "So far 40.0 % of voucher have bought again"),
    ],
)
def test_comeback_ends_where_the_curves_end(p: float, final: bool, title: str) -> None:
    drawn = titled(drawn_comeback(TWO, p, final=final))
    assert drawn.title == title
    for narrow in (False, True):
        assert {"none", "voucher"} <= set(words(drawn, narrow))


def test_fewer_is_not_more() -> None:
    """The treated are those of whom fewer came back."""
    turned = TWO.assign(variant=TWO["variant"].map({"none": "voucher", "voucher": "none"}))
    assert drawn_comeback(turned).title == "10.0 % of voucher bought again, fewer than of none"


def test_what_rests_on_few_customers_is_dashed() -> None:
    many = TWO.assign(events=10 * TWO["events"], censored=10 * TWO["censored"])
    assert "Dashed: fewer than 100 customers." in drawn_comeback(TWO).caption
    assert "stroke-dasharray" in drawn_comeback(TWO).drawing.wide
    assert "Dashed" not in drawn_comeback(many).caption
    assert "stroke-dasharray" not in drawn_comeback(many).drawing.wide


def test_every_point_of_a_curve_can_be_read_out() -> None:
    page = BeautifulSoup(drawn_comeback(TWO).html(), "html.parser")
    said = [line for svg in page.find_all("svg") for line in str(svg["data-points"]).split("\n")]
    assert any("voucher | day 30: 40.0 % (" in line for line in said)


def test_many_and_long_names_leave_the_curves_room(recwarn: pytest.WarningsRecorder) -> None:
    names = [
        "none",
        *(f"{'W' * 1000}{i}" for i in range(2)),
        *(f"arm {i}" for i in range(30)),
        "$x^$",
        "a\u202eb",
    ]
    life = pd.DataFrame({"variant": names, "day": 30, "events": 4, "censored": 6})
    drawn = drawn_comeback(life)
    assert {"none", "W" * 27 + "…", "arm 29", "$x^$", "a\ufffdb"} <= set(words(drawn))
    assert {"none", "W" * 13 + "…", "arm 29", "$x^$", "a\ufffdb"} <= set(words(drawn, narrow=True))
    assert not list(recwarn)


def heights(drawn: Chart, names: list[str], narrow: bool) -> list[float]:
    """Where names stand in the figure, in points from its top."""
    svg = drawn.drawing.narrow if narrow else drawn.drawing.wide
    texts = BeautifulSoup(svg, "html.parser").find_all("text")
    return [float(str(text["y"])) for name in names for text in texts if text.get_text() == name]


@pytest.mark.parametrize("treatments", [1, 3, 33])
@pytest.mark.parametrize("events", [0, 4, 10], ids=["nobody", "some", "all"])
def test_names_of_curves_that_end_alike_do_not_overlap(treatments: int, events: int) -> None:
    names = ["none", *(f"arm {i:02}" for i in range(treatments))]
    life = pd.DataFrame({"variant": names, "day": 30, "events": events, "censored": 10 - events})
    drawn = drawn_comeback(life)
    for narrow in (False, True):
        found = heights(drawn, names, narrow)
        assert len(found) == len(names)
        assert np.diff(sorted(found)).min() > 11.5, "points, of a letter of 10"


def test_a_name_stands_at_its_curve_where_there_is_room() -> None:
    life = pd.DataFrame({"variant": ["none", "a", "b"], "day": 30, "events": [100, 110, 800]})
    drawn = drawn_comeback(life.assign(censored=1000 - life["events"]))
    none, a, b = heights(drawn, ["none", "a", "b"], narrow=False)
    assert b < a < none, "the higher curve's name above"
    leaders = [
        n for n in BeautifulSoup(drawn.drawing.wide, "html.parser").find_all("path") if _thin(n, drawn)
    ]
    assert len(leaders) == 2, "lines lead to the two moved"


def _thin(path: Any, drawn: Chart) -> bool:
    """Whether a path has the width of a leading line, by its style or its class."""
    look = str(path.get("style", ""))
    for name in path.get("class") or ():
        look += drawn.drawing.wide.partition(f".{name}{{")[2].partition("}")[0]
    return "stroke-width:0.8" in look.replace(" ", "") and "stroke-linecap:round" in look.replace(" ", "")


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


# ── for whom it works ───────────────────────────────────────────────────────────────────────────────────


def part(
    segments: dict[str, float], interaction: float = 0.4, column: str = "tier", **changes: Any
) -> Segments:
    """Segments with what is to be expected in each."""
    frame = pd.DataFrame({"segment": [*segments], "shrunk": [*segments.values()]})
    frame = frame.assign(n_control=100, n_treatment=60, effect=frame["shrunk"] + 0.01)
    for name, reach in (("ci", 0.06), ("shrunk", 0.05)):
        middle = frame["effect" if name == "ci" else name]
        frame = frame.assign(**{f"{name}_lower": middle - reach, f"{name}_upper": middle + reach})
    return Segments(column, "voucher", "retained", frame.assign(**changes), interaction, 7)


GOLD = {"gold": 0.09, "<basic>": 0.03}


def test_segments_that_differ_name_the_one_that_responds_most() -> None:
    drawn = titled(segment_figure.segment_effects([part(GOLD, 0.0004)], "share", facts()))
    assert drawn.title == "By tier, gold responds most: +9.0 pp"
    for narrow in (False, True):
        assert "<basic> (160)" in words(drawn, narrow)
    assert "&lt;basic&gt;" in drawn.drawing.wide
    assert "7 customers" in drawn.caption
    assert "Dashed" not in drawn.caption


def test_segments_that_do_not_differ_claim_nothing() -> None:
    title = "No segment clearly responds otherwise than the others"
    assert segment_figure.segment_effects([part(GOLD)], "share", facts()).title == title
    early = segment_figure.segment_effects([part(GOLD, 0.0004)], "share", facts(final=False))
    assert early.title == title, "one look counts for nothing while it runs"


@pytest.mark.parametrize(
    ("segments", "order"),
    [
        ({"high": 0.3, "never": 0.1, "low": 0.2, "middle": 0.1}, ["low", "middle", "high", "never"]),
        ({"north": 0.1, "south": 0.3, "east": 0.2}, ["south", "east", "north"]),
        ({"2024-Q2": 0.3, "2023-Q4": 0.1, "2024-Q1": 0.2}, ["2023-Q4", "2024-Q1", "2024-Q2"]),
    ],
    ids=["natural", "by value", "in time"],
)
def test_segments_stand_in_their_natural_order_else_by_value(
    segments: dict[str, float], order: list[str]
) -> None:
    named = {"no purchase before" if name == "never" else name: value for name, value in segments.items()}
    made = segment_figure.ordered(part(named).effects)["segment"].tolist()
    assert made == ["no purchase before" if name == "never" else name for name in order]


def test_small_segments_are_dashed_and_long_intervals_end_in_arrows() -> None:
    small = part(GOLD, n_control=[50, 30], n_treatment=[50, 30])
    assert "Dashed: fewer than 100 customers." in (
        segment_figure.segment_effects([small], "share", facts()).caption
    )
    far = part(GOLD, ci_upper=[9.0, 0.1])
    drawn = segment_figure.segment_effects([far], "share", facts())
    assert "An arrow: it goes on." in drawn.caption
    assert not [word for word in words(drawn) if word.endswith("pp") and float(word[1:-3]) > 60]
    assert "An arrow" not in segment_figure.segment_effects([part(GOLD)], "share", facts()).caption


def test_long_names_leave_the_segments_room() -> None:
    """In the narrower drawing, too, an axis is as wide as it is with short names."""
    names = {"客" * 40: 0.09, "W" * 60: 0.03}
    long, few = (segment_figure.segment_effects([part(of)], "share", facts()).drawing for of in (names, GOLD))
    for drawn, plain in zip(long, few, strict=True):
        assert room_of_axes(drawn) == pytest.approx(room_of_axes(plain), abs=3)
    assert f"{'客' * 11}… (160)" in words(segment_figure.segment_effects([part(names)], "share", facts()))


def room_of_axes(svg: str) -> float:
    """How wide the axes are, in points: all in them is clipped there."""
    return max(float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"[^>]*/></clipPath>', svg))


def test_columns_and_arms_have_a_panel_each() -> None:
    parts = [part(GOLD, column=column) for column in ("tier", "shop")]
    parts += [replace(one, variant="call") for one in parts]
    drawn = segment_figure.segment_effects(parts, "share", facts(treatments=("voucher", "call")))
    heads = {f"{column} · {arm}" for column in ("tier", "shop") for arm in ("voucher", "call")}
    for narrow in (False, True):
        assert heads <= set(words(drawn, narrow))


# ── ticks ───────────────────────────────────────────────────────────────────────────────────────────────


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
