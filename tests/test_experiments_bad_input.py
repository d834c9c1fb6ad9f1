"""What a person gets who gives bad input to an experiment: one clear sentence each, and a whole page."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup
from experiment_pages import (
    ARMS,
    HEAD,
    N,
    Read,
    Shop,
    arms_of,
    lines_of,
    own,
    refused,
    told,
    unit_of,
)

from keepbook import experiments as ex
from keepbook.errors import KeepbookError
from keepbook.tables import open_tables
from keepbook.unit import Unit

# ── arms ────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_arm_without_a_line(shop: Shop) -> None:
    assert refused(unit_of(shop, arms_of(arms=("none",)), split={"none": 1, "voucher": 1})) == told(
        "No line is in the arm 'voucher' of the experiment 'e', which `split` names.",
        "one of the arms there are: 'none' (120 lines)",
        "Correct `split`, or the arms in the table.",
    )


@pytest.mark.parametrize(
    ("split", "arm"), [(None, "beside 'none'"), ({"none": 1, "voucher": 1}, "'voucher'")]
)
def test_an_arm_of_whom_nobody_counts(
    shop: Shop, read_page: Read, split: dict[str, int] | None, arm: str
) -> None:
    """All of the treated had met the treatment before."""
    met = arms_of(60, ("none",), more=",") + arms_of(60, ("voucher",), more=",2024-02-01").replace(",c", ",d")
    made = read_page(unit_of(shop, met, head=f"{ARMS},exposed_at", split=split))
    assert made.label == "No decision yet"
    assert made.reason == (
        f"Experiment e: the arm {arm} holds no customer who counts, so there is nothing to compare."
    )


def test_a_misspelt_arm(shop: Shop) -> None:
    arms = arms_of().replace("e,c1,voucher", "e,c1,vouchre")
    assert refused(unit_of(shop, arms, split={"none": 1, "voucher": 1})) == told(
        "'vouchre' (1 line) is an arm of the experiment 'e' that `split` does not name.",
        "one of 'none', 'voucher'",
        "Did you mean 'voucher'? Name it in `split` and say its weight, or correct it in the table; "
        "`where:` leaves lines out.",
    )
    assert refused(unit_of(shop, control="non")) == told(
        "No line is in the arm 'non' of the experiment 'e', which `control` names.",
        "one of the arms there are: 'none' (60 lines), 'voucher' (60 lines)",
        "Did you mean 'none'? Correct `control`, or the arms in the table.",
    )


@pytest.mark.parametrize(
    "strays",
    [1, 2],
)
def test_without_a_split_a_misspelt_arm_breaks_it(shop: Shop, read_page: Read, strays: int) -> None:
    """60 : 59 : 1, or 60 : 58 : 2, where a third each is supposed."""
    arms = arms_of()
    for i in (1, 3)[:strays]:
        arms = arms.replace(f"e,c{i},voucher", f"e,c{i},vouchre")
    made = read_page(unit_of(shop, arms))
    assert made.label == "e: check the split first"
    assert made.reason.startswith("vouchre holds")
    assert f"60 : {60 - strays} : {strays} are not" in made.html
    assert "or an arm is misspelt" in made.html


def test_a_cost_that_forgets_an_arm(shop: Shop) -> None:
    """Profits of some and gains before cost of others cannot be ranked."""
    three = arms_of(arms=("none", "voucher", "call"))
    assert refused(unit_of(shop, three, cost={"voucher": 2})) == told(
        "`cost` leaves out arms of the experiment 'e': 'call' (40 lines).",
        "a cost for every arm but 'none', as profits are compared",
        "Add call: 0 to `cost` if it costs nothing, or correct the arm in the table.",
    )
    with open_tables(unit_of(shop, three, cost={"voucher": 2, "call": 0})):
        pass


def test_a_stray_arm_that_is_not_followed_up_keeps_no_broken_split_waiting(
    shop: Shop, read_page: Read
) -> None:
    made = read_page(unit_of(shop, arms_of().replace("e,c1,voucher,2024-03-01", "e,c1,vouchre,2024-06-20")))
    assert made.label == "e: check the split first"
    assert "60 : 59 : 1 are not" in made.html


@pytest.mark.parametrize("people", [2, 3])
def test_a_handful_of_customers(shop: Shop, read_page: Read, people: int) -> None:
    made = read_page(unit_of(shop, arms_of(people)))
    assert (made.label, made["figures"]) == ("No decision yet", [])
    assert made.reason.endswith("an arm has fewer than two customers, so there is no measure of chance.")


def test_two_customers_in_either_arm(shop: Shop, first_screen: Read) -> None:
    made = first_screen(unit_of(shop, arms_of(4)))
    assert "roll out" not in made.label


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────


def test_assigned_after_the_data_end(shop: Shop, first_screen: Read) -> None:
    made = first_screen(unit_of(shop, arms_of(day="2024-07-01")))
    assert made.reason == (
        "Experiment e: none of 120 customers can be counted: 120 assigned after the data end."
    )


def test_nobody_is_followed_up_yet(shop: Shop, first_screen: Read) -> None:
    """30 days from 2 June, that day counted in, end on 1 July, a day after the data."""
    made = first_screen(unit_of(shop, arms_of(day="2024-06-02")))
    assert made.reason == (
        "Nobody of 'none', 'voucher' has been followed for 30 days yet; the first one will be on 2024-07-01."
    )


def test_an_arm_that_began_late_is_followed_up_late(shop: Shop) -> None:
    arms = arms_of(60, ("none",)) + arms_of(60, ("voucher",), "2024-06-10").replace(",c", ",d")
    assert refused(unit_of(shop, arms)) == (
        "Nobody of 'voucher' has been followed for 30 days yet; the first one will be on 2024-07-09."
    )


def test_one_moment_in_different_zones_is_one_day(shop: Shop) -> None:
    moments = ["2024-03-01T23:30:00Z", "2024-03-02T07:30:00+08:00", "2024-03-01T18:30:00-05:00"]
    arms = "".join(f"e,c{i},{('none', 'voucher')[i % 2]},{moments[i % 3]}\n" for i in range(12))
    for zone, day in (("UTC", "2024-03-01"), ("Asia/Shanghai", "2024-03-02")):
        unit = unit_of(shop, arms, timezone=zone)
        with open_tables(unit) as tables:
            intake = ex.study_of(tables, unit, unit.experiments[0]).intake
        assert intake is not None
        assert (str(intake.first), str(intake.last)) == (day, day)


# ── outcomes ────────────────────────────────────────────────────────────────────────────────────────────


def nobody_bought() -> str:
    """All purchases were before the assignment, but for somebody else's on the last day."""
    kept = [line for line in lines_of().splitlines() if "," in line and line.split(",")[1] < "2024-03-01"]
    return "\n".join([HEAD.strip(), *kept]) + "\nlast,2024-06-30,1\n"


def test_all_outcomes_alike(shop: Shop, read_page: Read) -> None:
    made = read_page(unit_of(shop, lines=nobody_bought()))
    assert made.label.startswith(("e: redesign", "e: stop"))
    assert "Came back: 0.0 %; all values are alike, so chance cannot be told." in made.findings


def test_of_outcomes_all_alike_nothing_false_is_said(shop: Shop, first_screen: Read) -> None:
    made = first_screen(unit_of(shop, lines=nobody_bought(), ends=None))
    assert "holds zero" not in made.html
    assert "bolder" not in made.reason


def test_revenue_below_zero(shop: Shop, read_page: Read) -> None:
    """More is sent back than bought."""
    lines = lines_of() + "".join(f"c{i},2024-03-10,-400\n" for i in range(N))
    made = read_page(unit_of(shop, lines=lines))
    assert "roll out" not in made.label
    levels = BeautifulSoup(made.html, "html.parser").find("th", string=re.compile("^revenue a customer"))
    assert levels is not None
    texts = [cell.get_text() for cell in levels.find_parent("tr").find_all("td")]
    assert all(re.match(r"−\d+", text) for text in texts[1:3]), texts


def test_revenue_that_cannot_be_read_is_no_revenue(shop: Shop, read_page: Read) -> None:
    lines = lines_of() + "c1,2024-03-05,much\nc1,2024-03-06,\n"
    made = read_page(unit_of(shop, lines=lines))
    assert made.html.count("no readable amount") >= 1


# ── metrics of one's own ────────────────────────────────────────────────────────────────────────────────


def test_a_metric_that_is_not_there(shop: Shop) -> None:
    with pytest.raises(KeepbookError) as error:
        unit_of(shop, metrics={"revenue": "goal", "calls": "diagnostic"})
    assert str(error.value).startswith(
        "'calls' is no metric that is built in, and no column of assignments.\n"
        "  where:    params/shop.yaml, line 10, experiments item 1.metrics.calls\n"
        "  do:       Add it under assignments.columns; known: "
    )


def test_a_metric_that_only_the_treated_have(shop: Shop, first_screen: Read) -> None:
    unit = unit_of(
        shop, **own(lambda i: str(i % 3) if i % 2 else ""), metrics={"revenue": "goal", "calls": "diagnostic"}
    )
    assert first_screen(unit).label


def test_a_metric_that_only_the_control_has(shop: Shop) -> None:
    unit = unit_of(
        shop, **own(lambda i: "" if i % 2 else str(i % 3)), metrics={"revenue": "goal", "calls": "goal"}
    )
    with open_tables(unit) as tables:
        study = ex.study_of(tables, unit, unit.experiments[0])
        try:
            named = list(ex.study_effects(study)["metric"])
        except KeepbookError as told_instead:
            named = [str(told_instead)]
    assert any("calls" in name for name in named)


@pytest.mark.parametrize("role", ["goal", "diagnostic", {"role": "guardrail", "margin": 0.1}])
def test_a_metric_without_any_value_here_leaves_the_others(shop: Shop, read_page: Read, role: Any) -> None:
    """Another experiment of the table has it; here it may be filled in later."""
    made = own(lambda _i: "")
    made["arms"] += made["arms"].replace("e,c", "f,c").replace("2024-03-01,", "2024-03-01,1")
    unit = unit_of(shop, **made, metrics={"revenue": "goal", "calls": role})
    with open_tables(unit) as tables:
        rows = ex.study_effects(ex.study_of(tables, unit, unit.experiments[0])).set_index("metric")
    assert rows.loc["revenue", "effect"] == rows.loc["revenue", "effect"]
    assert rows.loc["calls", ["n_control", "n_treatment"]].tolist() == [0, 0]
    assert np.isnan(rows.loc["calls", "effect"])
    assert "roll out" not in read_page(unit).label


@pytest.mark.parametrize("name", ["customers"])
def test_a_metric_may_be_called_as_we_call_a_column(shop: Shop, name: str) -> None:
    unit = unit_of(shop, **own(lambda i: str(i % 5), name), metrics={name: "goal"})
    with open_tables(unit) as tables:
        row = ex.study_effects(ex.study_of(tables, unit, unit.experiments[0])).iloc[0]
    assert (row["control"], row["treatment"]) == pytest.approx((2, 2))


def test_a_metric_called_waited(shop: Shop) -> None:
    """Allowed or refused; but not refused as a name that is not there."""
    try:
        unit = unit_of(shop, **own(lambda i: str(i % 5), "waited"), metrics={"waited": "goal"})
    except KeepbookError as error:
        assert "'waited' is a name that is built in" in str(error)
        return
    with open_tables(unit) as tables:
        row = ex.study_effects(ex.study_of(tables, unit, unit.experiments[0])).iloc[0]
    assert row["control"] == pytest.approx(2)


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def test_no_cost_is_said_and_rolls_nothing_out(shop: Shop, read_page: Read) -> None:
    """The treated buy for 50 more, so that anything would pay."""
    lines = lines_of() + "".join(f"c{i},2024-03-10,{40 + i % 7}\n" for i in range(1, N, 2))
    made = read_page(unit_of(shop, lines=lines, cost=None, margin=0.5))
    assert made.label == "e: state its cost first"
    assert made.reason.startswith("It adds 2")
    assert "What voucher costs is not stated (<code>cost</code>). It adds 2" in made.html
    assert "Not shown: what treating a customer costs is not in the unit file" in made.html
    assert [figure["name"] for figure in made["figures"]] == ["effect_retained", "effect_revenue"]


def harmed(shop: Shop, **keys: Any) -> Unit:
    """Complaints of a tenth of the control and of half of the treated."""
    made = own(lambda i: str(int(i % 4 == 1 if i % 2 else i % 20 == 0)), "complaints")
    guardrail = {"role": "guardrail", "margin": 0.1, "better": "lower"}
    return unit_of(shop, **made, metrics={"revenue": "goal", "complaints": guardrail}, **keys)


def test_a_broken_guardrail(shop: Shop, first_screen: Read) -> None:
    made = first_screen(harmed(shop))
    assert made.label == "e: stop, it does harm"
    assert made.reason == "It does more harm than you allow: complaints."


def test_complaints_do_not_fall_when_they_rise(shop: Shop, read_page: Read) -> None:
    made = read_page(harmed(shop)).html
    assert "complaints falls" not in made
    assert "voucher harms what it must not: complaints rises by more than its margin" in made


def test_a_broken_guardrail_without_a_cost(shop: Shop, first_screen: Read) -> None:
    assert "–" not in first_screen(harmed(shop, cost=None)).reason


def test_a_loss_costs_money_and_not_less_than_nothing(shop: Shop, first_screen: Read) -> None:
    made = first_screen(unit_of(shop, cost=50))
    assert made.label == "e: stop, it loses money"
    assert not re.search(r"would cost −", made.reason)


def test_no_margin_makes_up_for_a_cost_above_the_gain(shop: Shop, first_screen: Read) -> None:
    lines = lines_of() + "".join(f"c{i},2024-03-10,{10 + i % 7}\n" for i in range(1, N, 2))
    made = first_screen(unit_of(shop, lines=lines, cost=50))
    assert "margin" not in made.reason
    assert "margin_needed" not in [figure["name"] for figure in made["figures"]]


# ── many arms ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_arm_is_in_the_curve(shop: Shop, read_page: Read) -> None:
    arms = ("none", *(f"arm{i}" for i in range(7)))
    made = read_page(unit_of(shop, arms_of(240, arms), lines_of(240)))
    pictures = BeautifulSoup(made.html, "html.parser").find_all("svg")
    curve = next(svg for svg in pictures if "Share who have bought" in svg.get_text())
    assert set(arms) <= {text.get_text().strip() for text in curve.find_all("text")}


def test_figures_of_several_treatments_have_names_of_their_own(shop: Shop, first_screen: Read) -> None:
    made = first_screen(unit_of(shop, arms_of(arms=("none", "voucher", "call"))))
    names = [figure["name"] for figure in made["figures"]]
    assert len(set(names)) == len(names)
