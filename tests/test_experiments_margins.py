"""At which margin a decision flips: the same verdict at every margin, and a slider that says what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup
from experiment_data import arm, experiment, spenders
from test_experiments_consistent import AS_OF, Unit, measured

from keepbook.errors import NotEnoughData
from keepbook.experiments import Study, study_effects, study_money, study_verdict
from keepbook.experiments.margins import AtMargin, at_margin, by_margin
from keepbook.experiments.page.facts import Facts
from keepbook.experiments.page.margins import MarginTable, margin_table
from keepbook.experiments.page.verdict import decision
from keepbook.experiments.sample_ratio import sample_ratio
from keepbook.stats.moments import Moments


def study_with(margin: float, own_cost: bool = False, **named: Any) -> Study:
    """Two arms whose margins are that share of their revenue, customer by customer."""
    rng, arms = np.random.default_rng(3), {}
    for name, lift in (("none", 0.0), ("voucher", 0.4)):
        columns = spenders(3000, rng, lift=lift)
        columns["margin"] = margin * columns["revenue"]
        spent = (rng.random(3000) < 0.5) * (0.4 if name == "voucher" else 0.0)
        columns["profit"] = columns["margin"] - spent
        arms[name] = arm(**(columns if own_cost else {k: v for k, v in columns.items() if k != "profit"}))
    metrics = ("revenue", "retained", "orders", "margin", *(("profit",) if own_cost else ()))
    settings: dict[str, Any] = {
        "ends": "2024-03-31",
        "cost": None if own_cost else 0.2,
        "metrics": {"orders": "goal"},
    } | named
    counts = dict.fromkeys(arms, 3000)
    study = Study(experiment(**settings), Unit(margin), dict.fromkeys(metrics, arms), counts)  # type: ignore[arg-type]
    study.__dict__["ratio"] = sample_ratio(counts)
    return study


def scan_of(study: Study) -> list[AtMargin]:
    return by_margin(study, study_effects(study), AS_OF)


def shown(study: Study) -> MarginTable:
    effects, money = study_effects(study), study_money(study)
    found = Facts(study, study.ratio, effects, money, study_verdict(study, effects, money, AS_OF))
    return margin_table(found, by_margin(study, effects, AS_OF))


# ── the measure ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("own_cost", [False, True], ids=["one cost for all", "a cost of each"])
@pytest.mark.parametrize("margin", [0.05, 0.35, 1.0])
def test_another_margin_is_as_if_each_customer_had_had_it(own_cost: bool, margin: float) -> None:
    """Moments rescaled, against moments of customers whose margins were another share from the beginning."""
    moved, anew = at_margin(study_with(0.5, own_cost), margin), study_with(margin, own_cost)
    assert moved.unit.margin == margin
    for metric, arms in anew.moments.items():
        for name, wanted in arms.items():
            found = moved.moments[metric][name]
            assert found.names == wanted.names
            assert found.mean == pytest.approx(wanted.mean)
            assert found.cov == pytest.approx(wanted.cov, rel=1e-9, abs=1e-12)
    left, right = study_money(moved).iloc[0], study_money(anew).iloc[0]
    for name in ("gain", "cost", "profit", "profit_lower", "profit_upper", "chance", "max_loss"):
        assert left[name] == pytest.approx(right[name]), name


def test_at_the_units_own_margin_it_is_the_units_own_verdict() -> None:
    for margin in (0.123, 0.3, 1.0):
        study = study_with(margin)
        own = study_verdict(study, study_effects(study), study_money(study), AS_OF)
        (there,) = (one for one in scan_of(study) if one.margin == margin)
        assert there.verdict == own


def test_every_verdict_is_that_of_a_unit_with_this_margin() -> None:
    scan = {round(one.margin, 2): one for one in scan_of(study_with(1.0))}
    assert [*scan] == [round(share / 100, 2) for share in range(1, 101)]
    for margin in (0.02, 0.10, 0.25, 0.60):
        study = study_with(margin)
        wanted = study_verdict(study, study_effects(study), study_money(study), AS_OF)
        assert scan[margin].verdict == wanted


def test_a_guardrail_of_margin_is_looked_at_with_each_margin() -> None:
    """A metric in money is another one at another margin; a share is not."""
    guarded = {"revenue": "goal", "margin": {"role": "guardrail", "margin": 0.1}}
    one, other = (scan_of(study_with(1.0, metrics=guarded))[i] for i in (9, 49))
    ratio = other.effects["control"].iloc[1] / one.effects["control"].iloc[1]
    assert ratio == pytest.approx(5)
    assert other.effects["control"].iloc[0] == one.effects["control"].iloc[0]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cost": None}, "what treating a customer costs"),
        ({"counts": {"none": 3000, "voucher": 2000}}, "the split is broken"),
        ({"moments": "no revenue"}, "holds margins of its own"),
        ({"moments": "no margin"}, "No metric of this experiment speaks of it"),
    ],
)
def test_where_no_margin_decides_the_reason_is_said(changes: dict[str, Any], reason: str) -> None:
    study = study_with(0.5, cost=changes.get("cost", 0.2))
    if "counts" in changes:
        study.__dict__["ratio"] = sample_ratio(changes["counts"])
    gone = {"no revenue": "revenue", "no margin": "margin"}.get(changes.get("moments", ""))
    if gone:
        study = replace(study, moments={name: arms for name, arms in study.moments.items() if name != gone})
        study.__dict__["ratio"] = sample_ratio(study.counts)
    with pytest.raises(NotEnoughData, match=reason):
        by_margin(study, study_effects(study), AS_OF)


def test_margins_that_a_ready_table_brings_are_not_rescaled() -> None:
    """Revenue and margin both measured: margin is no share of revenue that could be another one."""
    study = study_with(0.5)
    alone: dict[str, Moments] = {
        name: replace(each, names=("margin",), mean=each.mean[3:4] * rise, cov=each.cov[3:4, 3:4])
        for (name, each), rise in zip(study.moments["margin"].items(), (1.0, 1.3), strict=True)
    }
    study = replace(study, moments={**study.moments, "margin": alone})
    with pytest.raises(NotEnoughData, match="holds margins of its own"):
        by_margin(study, study_effects(study), AS_OF)


# ── as the page shows it ────────────────────────────────────────────────────────────────────────────────


def test_the_slider_says_at_each_margin_what_the_page_would_say() -> None:
    study = study_with(1.0)
    made = shown(study)
    assert [step["margin"] for step in made.steps] == [f"{share} %" for share in range(5, 101, 5)]
    for step in made.steps:
        there = at_margin(study, float(step["margin"].removesuffix(" %")) / 100)
        effects, money = study_effects(there), study_money(there)
        own = study_verdict(there, effects, money, AS_OF)
        page = decision(Facts(there, there.ratio, effects, money, own), own)
        if own.ground != "earns" or there.unit.margin < 1:  # else it is the margin that is asked for
            assert page.label == f"voucher: {step['decision']}"
            assert page.kind == step["kind"]
        assert f"{money.iloc[0]['profit']:+.2f}".replace("-", "−") in step["profit"]
    assert {"bad", "wait", "good"} == {step["kind"] for step in made.steps}


def test_the_place_where_it_flips_is_said_without_a_script() -> None:
    study = study_with(1.0)
    made, actions = shown(study), {round(100 * one.margin): one.verdict.action for one in scan_of(study)}
    rolls = min(share for share in actions if all(actions[more] == "roll-out" for more in range(share, 101)))
    stops = max(share for share in actions if all(actions[less] == "stop" for less in range(1, share + 1)))
    assert 1 < stops < rolls < 100
    words = f"roll out from a margin of {rolls} % on, stop up to {stops} %; between, nothing is settled."
    assert made.measure == f"By the rule: {words}"
    row = study_money(study).iloc[0]
    least, best, worst = (100 * 0.2 / row[name] for name in ("gain", "gain_upper", "gain_lower"))
    assert made.title == f"It pays if your margin is above {least:.1f} % ({best:.1f}–{worst:.1f} %)" or (
        made.title == f"It pays if your margin is above {least:.0f} % ({best:.0f}–{worst:.0f} %)"
    )
    assert stops / 100 < worst / 100 and rolls > best


def test_the_slider_stands_at_the_units_own_margin() -> None:
    for margin, at in ((0.4, "40 % (yours)"), (0.425, "42.5 % (yours)"), (1.0, "50 %")):
        made = shown(study_with(margin))
        assert made.steps[made.start]["margin"] == at


def test_where_no_margin_flips_it_there_is_no_slider() -> None:
    made = shown(study_with(1.0, cost=99.0))
    assert made.title == "It pays at no margin, for it costs more than it adds"
    assert made.measure == "Whatever the margin, the rule stops it."
    assert "kb-slider" not in made.html()
    free = shown(study_with(1.0, cost=0.0))
    assert (free.title, free.measure) == (
        "It pays at any margin",
        "Whatever the margin, the rule rolls it out.",
    )


def test_all_margins_stand_in_a_table_that_prints_and_is_saved() -> None:
    made = shown(study_with(1.0))
    soup = BeautifulSoup(made.html(), "html.parser")
    assert len(soup.select("details table tbody tr")) == len(made.steps) == 20
    assert made.data is not None and made.data["margin_of_revenue"].tolist() == pytest.approx(
        [i / 20 for i in range(1, 21)]
    )


def test_the_slider_is_hidden_without_a_script_and_holds_its_steps() -> None:
    soup = BeautifulSoup(shown(study_with(1.0)).html(), "html.parser")
    box, slider = soup.select_one(".kb-slider"), soup.select_one("input[type=range]")
    assert box is not None and box.has_attr("hidden") and slider is not None
    steps = json.loads(str(slider["data-steps"]))
    assert int(str(slider["max"])) == len(steps) - 1
    outs = {str(out["data-out"]) for out in soup.select("[data-out]")}
    assert outs | {"kind"} == set(steps[0])
    assert soup.select_one("label")["for"] == slider["id"]  # type: ignore[index]


def test_of_several_treatments_the_one_that_is_decided_on_there_is_named() -> None:
    found = measured(4000, 0.5, 0.2, 1.0, True, treatments=3)
    assert found.effects is not None
    made = margin_table(found, by_margin(found.study, found.effects, AS_OF))
    for step in made.steps:
        if step["kind"] == "good":
            assert step["decision"].removeprefix("roll out ") in step["profit"]


@pytest.mark.browser
def test_the_slider_moves_by_keyboard(browser: Any, tmp_path: Any) -> None:
    from nbformat.v4 import new_notebook
    from report_data import html_cell

    from keepbook.report import render

    made = shown(study_with(1.0))
    (tmp_path / "page.html").write_text(
        render(new_notebook(cells=[html_cell("", made.html())]), title="T"), encoding="utf-8"
    )
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    slider = page.get_by_role("slider")
    slider.focus()
    for _once in range(3):
        page.keyboard.press("ArrowRight")
    step = made.steps[made.start + 3]
    for name in ("margin", "profit", "decision"):
        assert page.locator(f'[data-out="{name}"]').text_content() == step[name]
    assert page.locator(".kb-slider").get_attribute("data-kind") == step["kind"]
    assert slider.get_attribute("aria-valuetext") == step["margin"]
    page.close()
