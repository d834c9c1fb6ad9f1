"""What a person gets who gives bad input to an experiment: one clear sentence each, and a page that is whole.

Most pages here are the cells of the notebook run in this process; one goes through a kernel to its HTML.
"""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import REPOSITORY, write_unit

from keepbook import experiments as ex
from keepbook.errors import KeepbookError
from keepbook.params import Unit
from keepbook.runner import run
from keepbook.tables import open_tables

Shop = Callable[..., Unit]
Read = Callable[[Unit], "Page"]
NOTEBOOK = REPOSITORY / "notebooks" / "6_strategy_comparison.ipynb"
CELLS = [
    cell
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code" and "clv.fit" not in "".join(cell["source"])  # of another page; takes long
]
SAID = next(i for i, cell in enumerate(CELLS) if "book.findings" in "".join(cell["source"])) + 1
HEAD = "customer_id,date,amount\n"
ARMS = "experiment,customer_id,variant,assigned_at"
NEVER_SAID = re.compile(r"\bnan\b|\bNaN\b|\bNone\b|\binf\b|Traceback|NaT")
N = 120


class Page(dict):
    """A page as it stands: the verdict and all that is said, and the HTML."""

    label: str
    reason: str
    html: str
    findings: list[str]


def page(unit: Unit, monkeypatch: pytest.MonkeyPatch, whole: bool) -> Page:
    """Runs the notebook's code cells one after the other, as a kernel does; or only those of the findings."""
    monkeypatch.setenv("KEEPBOOK_HOME", str(unit.home))
    names: dict[str, Any] = {}
    shown: list[str] = []
    for cell in CELLS if whole else [*CELLS[:SAID], CELLS[-1]]:
        source = "".join(cell["source"])
        if "parameters" in cell["metadata"].get("tags", ()):
            source += f"\nunit, save_to = 'shop', {str(unit.home / 'out')!r}"
        tree = ast.parse(source)
        last = tree.body[-1]
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(tree.body[:-1], []), str(NOTEBOOK), "exec"), names)
            value = eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)
            shown.append(value.html if hasattr(value, "html") else repr(value))
        else:
            exec(compile(tree, str(NOTEBOOK), "exec"), names)
    record = json.loads((unit.home / "out" / "key_figures.json").read_text(encoding="utf-8"))
    made = Page(record)
    made.label, made.reason = record["verdict"]["label"], record["verdict"]["reason"]
    made.findings, made.html = record["findings"], "\n".join(shown)
    text = BeautifulSoup(made.html, "html.parser").get_text(" ")
    assert not NEVER_SAID.search(text), NEVER_SAID.search(text)
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """The whole page of a unit's experiment."""
    return lambda unit: page(unit, monkeypatch, whole=True)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Its first screen: the verdict, key figures and findings."""
    return lambda unit: page(unit, monkeypatch, whole=False)


def lines_of(n: int = N, seed: int = 1, money: Callable[[float], float] = float) -> str:
    """Customers who buy now and then from January to June; the last day is 30 June."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", "2024-06-30").strftime("%Y-%m-%d")
    rows = [
        f"c{i},{days[at]},{money(spent):.2f}\n"
        for i in range(n)
        for at, spent in zip(rng.integers(0, len(days), 6), rng.lognormal(3, 0.5, 6), strict=True)
    ]
    return HEAD + "".join(rows) + "last,2024-06-30,1\n"


def arms_of(
    n: int = N, arms: tuple[str, ...] = ("none", "voucher"), day: str = "2024-03-01", more: str = ""
) -> str:
    """Customers in turn in the arms."""
    return "".join(f"e,c{i},{arms[i % len(arms)]},{day}{more}\n" for i in range(n))


def unit_of(
    shop: Shop, arms: str | None = None, lines: str | None = None, head: str = ARMS, **keys: Any
) -> Unit:
    top = {name: keys.pop(name) for name in ("timezone", "margin", "customers", "as_of") if name in keys}
    named = {"name": "e", "control": "none", "outcome_days": 30, "ends": "2024-03-01", "cost": 1.0} | keys
    named = {name: value for name, value in named.items() if value is not None}
    return shop(lines or lines_of(), assignments=f"{head}\n{arms or arms_of()}", experiments=[named], **top)


def refused(unit: Unit) -> str:
    with pytest.raises(KeepbookError) as error, open_tables(unit) as tables:
        ex.study(tables, unit, unit.experiments[0])
    return str(error.value)


def told(what: str, expected: str, do: str, where: str = "params/shop.yaml, assignments") -> str:
    return f"{what}\n  where:    {where}\n  expected: {expected}\n  do:       {do}"


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
def test_an_arm_of_whom_nobody_counts(shop: Shop, read: Read, split: dict[str, int] | None, arm: str) -> None:
    """All of the treated had met the treatment before."""
    met = arms_of(60, ("none",), more=",") + arms_of(60, ("voucher",), more=",2024-02-01").replace(",c", ",d")
    made = read(unit_of(shop, met, head=f"{ARMS},exposed_at", split=split))
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
def test_without_a_split_a_misspelt_arm_breaks_it(shop: Shop, read: Read, strays: int) -> None:
    """60 : 59 : 1, or 60 : 58 : 2, where a third each is supposed."""
    arms = arms_of()
    for i in (1, 3)[:strays]:
        arms = arms.replace(f"e,c{i},voucher", f"e,c{i},vouchre")
    made = read(unit_of(shop, arms))
    assert made.label == "Redesign: the split is broken"
    assert f"60 : {60 - strays} : {strays} where 33 % : 33 % : 33 % was intended" in made.reason


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


def test_a_stray_arm_that_is_not_followed_up_keeps_no_broken_split_waiting(shop: Shop, read: Read) -> None:
    made = read(unit_of(shop, arms_of().replace("e,c1,voucher,2024-03-01", "e,c1,vouchre,2024-06-20")))
    assert made.label == "Redesign: the split is broken"
    assert "60 : 59 : 1 where" in made.reason


@pytest.mark.parametrize("people", [2, 3])
def test_a_handful_of_customers(shop: Shop, read: Read, people: int) -> None:
    made = read(unit_of(shop, arms_of(people)))
    assert (made.label, made["figures"]) == ("No decision yet", [])
    assert made.reason.endswith("an arm has fewer than two customers, so there is no measure of chance.")


def test_two_customers_in_either_arm(shop: Shop, said: Read) -> None:
    made = said(unit_of(shop, arms_of(4)))
    assert made.label != "Roll out voucher"


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────


def test_assigned_after_the_data_end(shop: Shop, said: Read) -> None:
    made = said(unit_of(shop, arms_of(day="2024-07-01")))
    assert made.reason == (
        "Experiment e: none of 120 customers can be counted: 120 assigned after the data end."
    )


def test_nobody_is_followed_up_yet(shop: Shop, said: Read) -> None:
    """30 days from 2 June, that day counted in, end on 1 July, a day after the data."""
    made = said(unit_of(shop, arms_of(day="2024-06-02")))
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
            intake = ex.study(tables, unit, unit.experiments[0]).intake
        assert intake is not None
        assert (str(intake.first), str(intake.last)) == (day, day)


# ── outcomes ────────────────────────────────────────────────────────────────────────────────────────────


def nobody_bought() -> str:
    """All purchases were before the assignment, but for somebody else's on the last day."""
    kept = [line for line in lines_of().splitlines() if "," in line and line.split(",")[1] < "2024-03-01"]
    return "\n".join([HEAD.strip(), *kept]) + "\nlast,2024-06-30,1\n"


def test_all_outcomes_alike(shop: Shop, read: Read) -> None:
    made = read(unit_of(shop, lines=nobody_bought()))
    assert made.label.startswith(("Redesign", "Stop"))
    assert made.findings[2].startswith("Came back: 0.0 % against 0.0 %; all values are alike")


def test_of_outcomes_all_alike_nothing_false_is_said(shop: Shop, said: Read) -> None:
    reason = said(unit_of(shop, lines=nobody_bought(), ends=None)).reason
    assert "holds zero" not in reason
    assert "beyond any test" not in reason


def test_revenue_below_zero(shop: Shop, read: Read) -> None:
    """More is sent back than bought."""
    lines = lines_of() + "".join(f"c{i},2024-03-10,-400\n" for i in range(N))
    made = read(unit_of(shop, lines=lines))
    assert made.label != "Roll out voucher"
    assert re.search(r"revenue a customer: −\d+\.?\d* against −\d+", made.findings[2])


def test_revenue_that_cannot_be_read_is_no_revenue(shop: Shop, read: Read) -> None:
    lines = lines_of() + "c1,2024-03-05,much\nc1,2024-03-06,\n"
    made = read(unit_of(shop, lines=lines))
    assert made.html.count("no readable amount") >= 1


# ── metrics of one's own ────────────────────────────────────────────────────────────────────────────────


def own(value: Callable[[int], str], name: str = "calls") -> dict[str, str]:
    rows = "".join(f"e,c{i},{('none', 'voucher')[i % 2]},2024-03-01,{value(i)}\n" for i in range(N))
    return {"arms": rows, "head": f"{ARMS},{name}"}


def test_a_metric_that_is_not_there(shop: Shop) -> None:
    with pytest.raises(KeepbookError) as error:
        unit_of(shop, metrics={"revenue": "goal", "calls": "diagnostic"})
    assert str(error.value).startswith(
        "'calls' is no metric that is built in, and no column of assignments.\n"
        "  where:    params/shop.yaml, line 10, experiments item 1.metrics.calls\n"
        "  do:       Add it under assignments.columns; known: "
    )


def test_a_metric_that_only_the_treated_have(shop: Shop, said: Read) -> None:
    unit = unit_of(
        shop, **own(lambda i: str(i % 3) if i % 2 else ""), metrics={"revenue": "goal", "calls": "diagnostic"}
    )
    assert said(unit).label


def test_a_metric_that_only_the_control_has(shop: Shop) -> None:
    unit = unit_of(
        shop, **own(lambda i: "" if i % 2 else str(i % 3)), metrics={"revenue": "goal", "calls": "goal"}
    )
    with open_tables(unit) as tables:
        study = ex.study(tables, unit, unit.experiments[0])
        try:
            named = list(ex.effects(study)["metric"])
        except KeepbookError as told_instead:
            named = [str(told_instead)]
    assert any("calls" in name for name in named)


@pytest.mark.parametrize("role", ["goal", "diagnostic", {"role": "guardrail", "margin": 0.1}])
def test_a_metric_without_any_value_here_leaves_the_others(shop: Shop, read: Read, role: Any) -> None:
    """Another experiment of the table has it; here it may be filled in later."""
    made = own(lambda _i: "")
    made["arms"] += made["arms"].replace("e,c", "f,c").replace("2024-03-01,", "2024-03-01,1")
    unit = unit_of(shop, **made, metrics={"revenue": "goal", "calls": role})
    with open_tables(unit) as tables:
        rows = ex.effects(ex.study(tables, unit, unit.experiments[0])).set_index("metric")
    assert rows.loc["revenue", "effect"] == rows.loc["revenue", "effect"]
    assert rows.loc["calls", ["n_control", "n_treatment"]].tolist() == [0, 0]
    assert np.isnan(rows.loc["calls", "effect"])
    assert read(unit).label != "Roll out voucher"


@pytest.mark.parametrize("name", ["customers"])
def test_a_metric_may_be_called_as_we_call_a_column(shop: Shop, name: str) -> None:
    unit = unit_of(shop, **own(lambda i: str(i % 5), name), metrics={name: "goal"})
    with open_tables(unit) as tables:
        row = ex.effects(ex.study(tables, unit, unit.experiments[0])).iloc[0]
    assert (row["control"], row["treatment"]) == pytest.approx((2, 2))


def test_a_metric_called_waited(shop: Shop) -> None:
    """Allowed or refused; but not refused as a name that is not there."""
    try:
        unit = unit_of(shop, **own(lambda i: str(i % 5), "waited"), metrics={"waited": "goal"})
    except KeepbookError as error:
        assert "'waited' is a name that is built in" in str(error)
        return
    with open_tables(unit) as tables:
        row = ex.effects(ex.study(tables, unit, unit.experiments[0])).iloc[0]
    assert row["control"] == pytest.approx(2)


# ── ready tables ────────────────────────────────────────────────────────────────────────────────────────


def ready(shop: Shop, home: Path, metrics: dict[str, Any], kind: str = "outcomes", **columns: Any) -> Unit:
    """A table of 100 customers in either arm, or their totals."""
    frame = pd.DataFrame({"variant": np.repeat(["none", "voucher"], 100), **columns})
    table: dict[str, Any] = {"source": "ready.csv"}
    if kind == "totals":
        rows = [
            (arm, name, len(part), part[name].sum(), (part[name] ** 2).sum())
            for arm, part in frame.groupby("variant")
            for name in columns
        ]
        frame = pd.DataFrame(rows, columns=["variant", "metric", "n", "sum", "sum_squares"])
    else:
        table["columns"] = {name: name for name in frame}
    frame.to_csv(home / "ready.csv", index=False)
    named = {"name": "e", "control": "none", "metrics": metrics, "cost": 1.0, kind: table}
    return shop(lines_of(20), experiments=[named])


KINDS = pytest.mark.parametrize("kind", ["outcomes", "totals"])
VALUES = np.random.default_rng(2).integers(0, 2, 200).astype(float)


@KINDS
def test_a_ready_table_with_revenue_makes_a_page(shop: Shop, home: Path, read: Read, kind: str) -> None:
    made = read(ready(shop, home, {"revenue": "goal"}, kind, revenue=VALUES * 10))
    assert made.findings[0] == "200 customers in a ready table: none 100, voucher 100."
    assert "The table holds outcomes alone." in made.html


@KINDS
def test_a_ready_table_without_revenue_makes_one_too(shop: Shop, home: Path, read: Read, kind: str) -> None:
    made = read(ready(shop, home, {"visit": "goal"}, kind, visit=VALUES))
    assert made.label == "No money is measured"
    assert made.reason == (
        "No metric of this experiment speaks of money; map `revenue` for a decision about it."
    )


@KINDS
def test_a_ready_order_value_is_told_or_compared(shop: Shop, home: Path, kind: str) -> None:
    unit = ready(shop, home, {"average_order_value": "goal"}, kind, average_order_value=10 + VALUES)
    with open_tables(unit) as tables:
        try:
            ex.effects(ex.study(tables, unit, unit.experiments[0]))
        except KeepbookError as error:
            assert "average_order_value" in str(error)


@KINDS
def test_a_ready_share_that_is_none(shop: Shop, home: Path, kind: str) -> None:
    """`retained` counted up to four."""
    unit = ready(shop, home, {"retained": "goal"}, kind, retained=VALUES * 3 + 1)
    with open_tables(unit) as tables:
        try:
            row = ex.effects(ex.study(tables, unit, unit.experiments[0])).iloc[0]
            assert row["kind"] != "share"
        except KeepbookError as error:
            assert "retained" in str(error)


def test_a_ready_outcome_that_one_arm_lacks(shop: Shop, home: Path) -> None:
    missing = np.where(np.arange(200) < 100, np.nan, VALUES)
    unit = ready(shop, home, {"revenue": "goal", "visit": "goal"}, revenue=VALUES, visit=missing)
    with open_tables(unit) as tables:
        try:
            assert ex.effects(ex.study(tables, unit, unit.experiments[0]))["effect"].isna().any()
        except KeepbookError as error:
            assert "visit" in str(error)


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def test_no_cost_is_said_and_rolls_nothing_out(shop: Shop, read: Read) -> None:
    """The treated buy for 50 more, so that anything would pay."""
    lines = lines_of() + "".join(f"c{i},2024-03-10,{40 + i % 7}\n" for i in range(1, N, 2))
    made = read(unit_of(shop, lines=lines, cost=None, margin=0.5))
    assert made.label == "State the cost first"
    assert made.reason.startswith("What voucher costs is not stated (`cost`). It adds 2")
    assert "Not shown: what treating a customer costs is not in the unit file" in made.html
    assert [figure["name"] for figure in made["figures"]] == ["effect_retained", "effect_revenue"]


def harmed(shop: Shop, **keys: Any) -> Unit:
    """Complaints of a tenth of the control and of half of the treated."""
    made = own(lambda i: str(int(i % 4 == 1 if i % 2 else i % 20 == 0)), "complaints")
    guardrail = {"role": "guardrail", "margin": 0.1, "better": "lower"}
    return unit_of(shop, **made, metrics={"revenue": "goal", "complaints": guardrail}, **keys)


def test_a_broken_guardrail(shop: Shop, said: Read) -> None:
    made = said(harmed(shop))
    assert made.label == "Stop: it does harm"
    assert made.reason.startswith("voucher harms what it must not: complaints ")


def test_complaints_do_not_fall_when_they_rise(shop: Shop, said: Read) -> None:
    assert "complaints falls" not in said(harmed(shop)).reason


def test_a_broken_guardrail_without_a_cost(shop: Shop, said: Read) -> None:
    assert "–" not in said(harmed(shop, cost=None)).reason


def test_a_loss_costs_money_and_not_less_than_nothing(shop: Shop, said: Read) -> None:
    made = said(unit_of(shop, cost=50))
    assert made.label == "Stop: it loses money"
    assert not re.search(r"would cost −", made.reason)


def test_no_margin_makes_up_for_a_cost_above_the_gain(shop: Shop, said: Read) -> None:
    lines = lines_of() + "".join(f"c{i},2024-03-10,{10 + i % 7}\n" for i in range(1, N, 2))
    made = said(unit_of(shop, lines=lines, cost=50))
    assert not re.search(r"it pays from a margin of 100 %", " ".join(made.findings))


# ── many arms ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_arm_is_in_the_curve(shop: Shop, read: Read) -> None:
    arms = ("none", *(f"arm{i}" for i in range(7)))
    made = read(unit_of(shop, arms_of(240, arms), lines_of(240)))
    pictures = BeautifulSoup(made.html, "html.parser").find_all("svg")
    curve = next(svg for svg in pictures if "have bought again" in svg.get_text())
    assert set(arms) <= {text.get_text().strip() for text in curve.find_all("text")}


def test_figures_of_several_treatments_have_names_of_their_own(shop: Shop, said: Read) -> None:
    made = said(unit_of(shop, arms_of(arms=("none", "voucher", "call"))))
    names = [figure["name"] for figure in made["figures"]]
    assert len(set(names)) == len(names)


# ── hostile names ───────────────────────────────────────────────────────────────────────────────────────

SCRIPT, FORMULA, RIGHT = "<script>alert(1)</script>", "=cmd()", "v\u202egnp.exe"
LONG, EMOJI, PICTURE = "x" * 1000, "🎁 & `kind` {0} %s", '"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("name", ["a $\\frac{$ b", "$x^$"])
def test_a_name_with_dollars_is_no_formula(shop: Shop, read: Read, name: str) -> None:
    assert name in read(unit_of(shop, arms_of(arms=("none", name)))).reason


def test_a_metric_with_dollars_is_no_formula(shop: Shop, read: Read) -> None:
    name = "$\\frac{$"
    made = own(lambda i: str(i % 5), name)
    assert read(unit_of(shop, **made, metrics={"revenue": "goal", name: "goal"})).label


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a unit whose arms, titles and segments are meant to do harm, through a kernel."""
    home = tmp_path_factory.mktemp("hostile")
    for folder in ("params", "notebooks"):
        (home / folder).mkdir()
    (home / "notebooks" / NOTEBOOK.name).write_bytes(NOTEBOOK.read_bytes())
    arms = (SCRIPT, FORMULA, RIGHT, LONG, EMOJI)
    frame = pd.DataFrame({"experiment": "e", "customer_id": [f"c{i}" for i in range(400)]})
    frame["variant"] = [arms[i % 5] for i in range(400)]
    frame["assigned_at"] = "2024-03-01"
    tiers = pd.DataFrame({"customer_id": frame["customer_id"]})
    tiers["tier"] = [(PICTURE, "=1+1")[i // 5 % 2] for i in range(400)]
    write_unit(
        home,
        lines_of(400),
        customers=tiers.to_csv(index=False),
        assignments=frame.to_csv(index=False),
        experiments=[
            {
                "name": "e",
                "title": f"{PICTURE} {RIGHT}",
                "question": SCRIPT,
                "control": SCRIPT,
                "outcome_days": 30,
                "ends": "2024-03-01",
                "cost": 1.0,
                "segments": ["tier"],
            }
        ],
    )
    (outcome,) = run(home, jobs=1, reports=home / "reports")
    assert (outcome.status, outcome.fault) == ("made", "")
    return home / "reports" / "shop"


def test_hostile_names_are_text_on_the_page(hostile: Path) -> None:
    (path,) = hostile.glob("*/index.html")
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    assert not [tag for tag in soup.find_all("script") if "alert" in tag.get_text()]
    assert not soup.find_all(lambda tag: any(name.startswith("on") for name in tag.attrs))
    assert not soup.find_all("img", src="x")
    text = soup.get_text(" ")
    for name in (SCRIPT, FORMULA, EMOJI, PICTURE):
        assert name in text or name.replace("`", "") in text, name
    assert "Traceback" not in text


def test_hostile_names_are_no_formulas(hostile: Path) -> None:
    (folder,) = hostile.glob("*/tables")
    read = 0
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    read += 1
                    number = re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", cell)
                    assert number or not cell.startswith(("=", "+", "-", "@", "\t")), (path.name, cell)
    assert read > 100
    assert any("'=cmd()" in path.read_text(encoding="utf-8") for path in folder.glob("*.csv"))


def test_names_that_turn_text_around_do_not(hostile: Path) -> None:
    (path,) = hostile.glob("*/index.html")
    assert "\u202e" not in path.read_text(encoding="utf-8")


def test_no_warning_is_on_the_page(hostile: Path) -> None:
    (path,) = hostile.glob("*/notebook.ipynb")
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            assert output.get("name") != "stderr", output
