"""Tables of an experiment: complete, and narrow enough for a laptop and for paper."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from browser_data import LAPTOP, tables_that_do_not_fit
from bs4 import BeautifulSoup
from experiment_data import arm, effects_of, experiment, money_of, role, spenders
from nbformat.v4 import new_markdown_cell, new_notebook
from report_data import html_cell

from keepbook.experiments import Segments
from keepbook.experiments.page import tables as experiments_tables
from keepbook.experiments.sample_ratio import balance
from keepbook.page.elements import Table, stacked
from keepbook.report import render

YEN = 20_000.0  # a basket of 25 becomes half a million
UNIT: Any = SimpleNamespace(currency="JPY", alpha=0.05, margin=0.4, value_months=12)
TREATMENTS = ("e-mail and printed voucher", "voucher_of_ten_percent_off_everything", "call")
METRICS = ("revenue", "retained", "orders", "average_order_value")


@pytest.fixture(scope="module")
def arms() -> dict[str, Any]:
    """Four arms with long names and large money."""
    rng, made = np.random.default_rng(8), {}
    for name in ("none", *TREATMENTS):
        columns = spenders(300, rng, buys=0.3)
        dear = ("revenue", "margin", "profit", "pre_revenue")
        made[name] = arm(**{key: each * (YEN if key in dear else 1) for key, each in columns.items()})
    return made


@pytest.fixture(scope="module")
def effects(arms: dict[str, Any]) -> pd.DataFrame:
    wanted = {metric: role("goal" if metric == "revenue" else "guardrail", 0.15) for metric in METRICS}
    return effects_of(dict.fromkeys(METRICS, arms), wanted, "none")


def segments() -> list[Segments]:
    """Two columns of two segments for every treatment."""
    frame = pd.DataFrame(
        {
            "segment": ["gold and platinum together", "basic"],
            "n_control": [1000, 500],
            "n_treatment": [1000, 600],
            "effect": [-123_456.0, 90_123.0],
            "ci_lower": [-1_234_567.0, -98_765.0],
            "ci_upper": [987_654.0, 234_567.0],
            "pvalue_adjusted": [0.0002, 0.4],
            "shrunk": [-12_345.0, 12_345.0],
            "shrunk_lower": [-934_567.0, -98_765.0],
            "shrunk_upper": [912_345.0, 134_567.0],
        }
    )
    return [Segments(by, name, "revenue", frame, 0.03, 5) for by in ("tier", "shop") for name in TREATMENTS]


def cells(table: Table) -> list[list[str]]:
    """Texts of the rows, heads first."""
    rows = BeautifulSoup(table.html(), "html.parser").find_all("tr")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows]


# ── what a cell holds ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("+1.2 pp [−3.4 pp, +5.6 pp]", ["+1.2 pp", "[−3.4 pp, +5.6 pp]"]),
        ("[−3.42, +5.61]", ["[−3.42, +5.61]"]),
        ("1,234,567 [−1,234,567, +2,345,678]", ["1,234,567", "[−1,234,567,", "+2,345,678]"]),
        ("12.3 % → 14.5 %", ["12.3 %", "→ 14.5 %"]),
        ("1,536 : 1,469", ["1,536", ": 1,469"]),
        ("0.12 of 0.19", ["0.12", "of 0.19"]),
        ("–", ["–"]),
    ],
)
def test_a_cell_of_several_numbers_is_stacked(text: str, lines: list[str]) -> None:
    assert stacked(text).split("\n") == lines
    assert " ".join(stacked(text).split()) == text


def test_rows_of_several_arms_are_named_whole_in_their_first_cell(effects: pd.DataFrame) -> None:
    """It is the cell that stays in sight on a phone."""
    head, *rows = cells(experiments_tables.effects_table(effects, UNIT, None))
    assert head[0] == "metric · arm"
    assert [row[0] for row in rows[:3]] == [f"revenue a customer, JPY\n{name}" for name in TREATMENTS]
    head, *rows = cells(experiments_tables.segments_table(segments(), "money", 0.05))
    assert head[0] == "segment · arm"
    assert rows[0][0] == f"tier: gold and platinum together\n{TREATMENTS[0]}"


def test_one_treatment_is_not_named_in_every_row(effects: pd.DataFrame) -> None:
    one = effects[effects["variant"] == "call"]
    for table in (
        experiments_tables.effects_table(one, UNIT, None),
        experiments_tables.details_table(one, UNIT),
    ):
        head, *rows = cells(table)
        assert head[0] == "metric"
        assert "call" not in str(rows)


def test_no_number_is_lost(effects: pd.DataFrame, arms: dict[str, Any]) -> None:
    row = effects.iloc[0]
    details = cells(experiments_tables.details_table(effects, UNIT))
    assert details[0][-1] == "n"
    assert row["carriers"] == pytest.approx(29, abs=20), "of some 90 buyers in 300"
    assert details[1][-1] == f"{row['n_control']}\n: {row['n_treatment']}\n({row['carriers']:.0f})"
    earned = money_of({"margin": arms}, experiment(cost=3000.0), 250_000)
    money = cells(experiments_tables.money_table(earned, UNIT))
    first = earned.iloc[0]
    loss, allowed = (f"{first[name]:,.0f}" for name in ("loss_rolled_out", "max_loss"))
    assert money[1][money[0].index("loss if rolled out, of allowed")] == f"{loss}\nof {allowed}"
    assert money[1][0] == first["variant"]


def test_few_carriers_stand_beside_n(effects: pd.DataFrame) -> None:
    """From a hundred on, n says enough."""
    rows = effects.iloc[:3].assign(carriers=[99.4, 100.0, float("nan")], n_control=1536, n_treatment=1469)
    _head, *made = cells(experiments_tables.details_table(rows, UNIT))
    assert [row[-1] for row in made] == ["1,536\n: 1,469\n(99)", "1,536\n: 1,469", "1,536\n: 1,469"]


def test_captions_define_what_the_columns_hold(effects: pd.DataFrame, arms: dict[str, Any]) -> None:
    assert "of guardrails uncorrected" in experiments_tables.effects_table(effects, UNIT, None).caption
    earned = money_of({"margin": arms}, experiment(cost=3000.0), 250_000)
    assert "of allowed (`max_loss`): the most" in experiments_tables.money_table(earned, UNIT).caption
    assert (
        "in brackets, where below 100: how many alike"
        in experiments_tables.details_table(effects, UNIT).caption
    )


# ── how alike the arms were ─────────────────────────────────────────────────────────────────────────────


def before(control: list[float], treated: list[float], cluster: Any = None) -> pd.DataFrame:
    """The balance of two arms of customers who bought so often."""
    columns = (
        {"pre_orders": np.array(each), "pre_revenue": 9.0 * np.array(each)} for each in (control, treated)
    )
    made = {name: arm(cluster, **own) for name, own in zip(("none", "voucher"), columns, strict=True)}
    return balance(made, "none", ["pre_orders", "pre_revenue"])


def study_of(clustered: bool = False, **named: Any) -> Any:
    return SimpleNamespace(experiment=experiment(**named), unit=UNIT, clustered=clustered)


def test_nobody_who_bought_before_is_not_called_alike() -> None:
    table = experiments_tables.balance_table(before([0, 0, 0], [0, 0, 0]), study_of(pre_days=45))
    assert table.caption == (
        "Nobody bought in the 45 days before the assignment, so it says nothing; a longer `pre_days` would."
    )
    _head, *rows = cells(table)
    assert [(row[0], row[3], row[5]) for row in rows] == [
        ("orders before", "–", "–"),
        ("revenue before, JPY", "–", "–"),
    ]


def test_balance_tells_of_how_many_days() -> None:
    table = experiments_tables.balance_table(before([0, 1, 2], [1, 2, 3]), study_of(pre_days=1))
    assert table.caption.startswith(
        "Means per customer in the 1 day before the assignment. Beyond what chance"
    )
    assert "clusters" not in table.caption
    assert "says nothing" not in table.caption
    assert cells(table)[1][1:] == ["1.000", "2.000", "1.000", "±1.600", "yes"]  # 1.96 √(2/3)


def test_balance_of_clusters_says_of_what_its_deviations_are() -> None:
    shops = np.array([0, 0, 1, 1, 2, 2])
    table = experiments_tables.balance_table(
        before([0, 1, 2, 0, 1, 1], [1, 2, 0, 3, 1, 1], shops), study_of(clustered=True)
    )
    assert table.caption.endswith("Differences are in standard deviations of the clusters' means.")


def test_one_thing_nothing_is_known_of_is_told_apart() -> None:
    found = before([0, 1, 2], [1, 2, 3]).assign(difference=[0.1, float("nan")])
    table = experiments_tables.balance_table(found, study_of())
    assert [row[-1] for row in cells(table)[1:]] == ["yes", "–"]
    assert table.caption.startswith("Means per customer in the 90 days before the assignment.")
    assert table.caption.endswith("–: 0 in both arms, which says nothing.")


# ── how wide they are ───────────────────────────────────────────────────────────────────────────────────


def of_an_experiment(effects: pd.DataFrame, arms: dict[str, Any]) -> list[Table]:
    earned = money_of({"margin": arms}, experiment(cost=3000.0), 250_000)
    truth = dict.fromkeys(METRICS, 0.0)
    ahead = effects[effects["metric"] == "revenue"]
    waiting = ahead.assign(logrank_pvalue=0.2, control=41.6, treatment=40.3)
    alike = pd.DataFrame({"variant": TREATMENTS, "column": "pre_revenue", "control": 1234567.891})
    alike = alike.assign(treatment=alike["control"], difference=-0.012, bound=0.072, unlike=False)
    return [
        experiments_tables.balance_table(alike, study_of(clustered=True)),
        experiments_tables.effects_table(effects, UNIT, truth),
        experiments_tables.details_table(effects, UNIT),
        experiments_tables.money_table(earned, UNIT),
        experiments_tables.clv_after_test_table(ahead, UNIT),
        experiments_tables.time_to_purchase_table(waiting, 0.05),
        experiments_tables.segments_table(segments(), "money", 0.05),
    ]


@pytest.mark.browser
def test_tables_fit_a_laptop_and_a_sheet_of_paper(
    browser: Any, tmp_path: Path, effects: pd.DataFrame, arms: dict[str, Any]
) -> None:
    tables = of_an_experiment(effects, arms)
    shows = [html_cell("", table.html()) for table in tables]
    headings = [new_markdown_cell(f"## Section {n}") for n in (1, 2)]
    html = render(new_notebook(cells=[new_markdown_cell("# Tables"), *headings, *shows]), title="Tables")
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": LAPTOP, "height": 800})
    page.goto((tmp_path / "page.html").as_uri())
    assert page.locator(".kb-toc-side").is_visible(), "the contents take their room"
    assert page.locator(".kb-table").count() == len(tables)
    assert tables_that_do_not_fit(page) == {"screen": [], "print": []}
    page.close()
