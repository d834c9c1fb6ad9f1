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

from keepbook.experiments import Segments, Study, Verdict
from keepbook.experiments.page import tables as experiments_tables
from keepbook.experiments.page.facts import Facts
from keepbook.experiments.page.result_table import ResultTable, effects_table
from keepbook.experiments.sample_ratio import balance, sample_ratio
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


def found(
    effects: pd.DataFrame, final: bool = True, counts: tuple[int, ...] = (), truth: Any = None
) -> Facts:
    """An experiment of which only its effects matter."""
    names = ("none", *dict.fromkeys(effects["variant"]))
    many = dict(zip(names, counts or [300] * len(names), strict=True))
    study = Study(experiment(cost=3000.0), UNIT, {}, many)
    made = Verdict("roll-out", "earns", None, final)
    return Facts(study, sample_ratio(many), effects, None, made, truth)


def table(effects: pd.DataFrame, **more: Any) -> ResultTable:
    return effects_table(found(effects, **more))


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
        ("+1.2 pp (−3.4 to +5.6 pp)", ["+1.2 pp", "(−3.4 to +5.6 pp)"]),
        ("(−3.42 to +5.61)", ["(−3.42 to +5.61)"]),
        ("1,234,567 (−1,234,567 to +2,345,678)", ["1,234,567", "(−1,234,567 to", "+2,345,678)"]),
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
    head, *rows = cells(table(effects))
    assert head[0] == "metric · arm"
    assert [row[0] for row in rows[:3]] == [f"revenue a customer, JPY\n{name}" for name in TREATMENTS]
    head, *rows = cells(experiments_tables.segments_table(segments(), "money", 0.05))
    assert head[0] == "segment · arm"
    assert rows[0][0] == f"tier: gold and platinum together\n{TREATMENTS[0]}"


def test_one_treatment_is_not_named_in_every_row(effects: pd.DataFrame) -> None:
    head, *rows = cells(table(effects[effects["variant"] == "call"]))
    assert head[0] == "metric"
    assert "call" not in str(rows)


def test_no_number_is_lost(effects: pd.DataFrame, arms: dict[str, Any]) -> None:
    row = effects.iloc[0]
    made = cells(table(effects))
    assert made[0][-1] == "n"
    assert row["carriers"] == pytest.approx(29, abs=20), "of some 90 buyers in 300"
    assert made[1][-1] == f"{row['n_control']}\n: {row['n_treatment']}\n({row['carriers']:.0f})"
    assert table(effects).data is effects, "the file holds every column of every row"
    earned = money_of({"margin": arms}, experiment(cost=3000.0), 250_000)
    money = cells(experiments_tables.money_table(earned, UNIT))
    first = earned.iloc[0]
    loss, allowed = (f"{first[name]:,.0f}" for name in ("loss_rolled_out", "max_loss"))
    assert money[1][money[0].index("loss if rolled out, of allowed")] == f"{loss}\nof {allowed}"
    assert money[1][0] == first["variant"]


def test_few_carriers_stand_beside_n(effects: pd.DataFrame) -> None:
    """From a hundred on, n says enough."""
    rows = effects.iloc[:3].assign(carriers=[99.4, 100.0, float("nan")], n_control=1536, n_treatment=1469)
    _head, *made = cells(table(rows))
    assert [row[-1] for row in made] == ["1,536\n: 1,469\n(99)", "1,536\n: 1,469", "1,536\n: 1,469"]


def test_notes_define_what_the_columns_hold(effects: pd.DataFrame, arms: dict[str, Any]) -> None:
    note = table(effects).note
    assert "of guardrails uncorrected" in note
    assert "in brackets, where below 100: how many alike" in note
    earned = money_of({"margin": arms}, experiment(cost=3000.0), 250_000)
    assert "of allowed (`max_loss`): the most" in experiments_tables.money_table(earned, UNIT).caption


# ── the table of all metrics ────────────────────────────────────────────────────────────────────────────

NAN = float("nan")
LIMITS = ("lift", "lift_lower", "lift_upper", "always_valid_lift_lower", "always_valid_lift_upper")


def moved(lift: float, *limits: float, **changes: Any) -> dict[str, Any]:
    """A row of effects whose absolute values are its lifts: the control is 1."""
    row = {"variant": "voucher", "metric": "retained", "role": "goal", "better": "higher", "margin": NAN}
    row |= dict(zip(LIMITS, (lift, *limits), strict=True)) | {"kind": "number", "effect": lift}
    row |= {"ci_lower": limits[0], "ci_upper": limits[1], "pvalue": 0.01, "pvalue_adjusted": 0.02}
    row |= {"always_valid_lower": limits[2], "always_valid_upper": limits[3], "chance_to_win": 0.99}
    row |= {"control": 1.0, "treatment": 1 + lift, "control_observed": NAN, "treatment_observed": NAN}
    row |= {"n_control": 500, "n_treatment": 500, "carriers": 200.0, "reduction": 0.0, "holds": ""}
    row |= {"holds_always_valid": "", "plain_effect": NAN, "plain_lower": NAN, "plain_upper": NAN}
    return row | changes


SETTLED = moved(0.282, 0.10, 0.50, 0.02, 0.60)
UNSETTLED = moved(0.282, 0.05, 0.55, -0.09, 0.801)
UNKNOWN = moved(0.9, NAN, NAN, NAN, NAN)


def shown(*rows: dict[str, Any], **more: Any) -> tuple[ResultTable, list[Any]]:
    """The table, and the drawings in its cells."""
    made = table(pd.DataFrame(rows), **more)
    return made, BeautifulSoup(made.html(), "html.parser").select("svg.kb-bar-cell")


def tone(drawing: Any) -> str:
    return next(name for name in drawing["class"] if name.startswith("kb-tone-")).removeprefix("kb-tone-")


def test_each_drawing_is_read_aloud_as_its_words() -> None:
    made, (drawing,) = shown(SETTLED)
    assert cells(made)[1][5] == "+28 % (+10 to +50 %)"
    assert drawing["aria-label"] == cells(made)[1][5]
    assert drawing["role"] == "img"


def test_bars_share_an_axis_and_stand_where_their_numbers_are() -> None:
    """Zero at the same place in every row; a lift twice as large lies twice as far from it."""
    rows = (moved(0.2, 0.1, 0.3, 0.0, 0.4), moved(-0.1, -0.2, 0.0, -0.3, 0.1), moved(0.4, 0.3, 0.5, 0.2, 0.6))
    _made, drawings = shown(*rows)
    zero = [float(one.select_one(".kb-zero")["d"].removeprefix("M").split()[0]) for one in drawings]
    dots = [float(one.select_one("circle")["cx"]) for one in drawings]
    assert len(set(zero)) == 1
    first, second, third = (dot - zero[0] for dot in dots)
    assert third == pytest.approx(2 * first, abs=0.2) and second == pytest.approx(-first / 2, abs=0.2)


@pytest.mark.parametrize(
    ("row", "colour"),
    [
        (SETTLED, "good"),
        (SETTLED | {"better": "lower"}, "bad"),
        (SETTLED | {"pvalue_adjusted": 0.06}, "muted"),
        (SETTLED | {"pvalue_adjusted": NAN, "pvalue": 0.06}, "muted"),
        (UNKNOWN, "muted"),
        (SETTLED | {"role": "guardrail", "margin": 0.1, "holds": "yes"}, "good"),
        (SETTLED | {"role": "guardrail", "margin": 0.1, "holds": "no", "better": "lower"}, "bad"),
        (SETTLED | {"role": "guardrail", "margin": 0.5, "holds": "yes", "better": "lower"}, "muted"),
    ],
)
def test_colour_says_whether_it_is_good(row: dict[str, Any], colour: str) -> None:
    """Not by one interval, where the title is by p corrected: a guardrail within its margin does no harm."""
    _made, (drawing,) = shown(row)
    assert tone(drawing) == colour


def test_the_title_names_the_goals_that_moved_and_agrees_with_the_colours() -> None:
    made, _drawings = shown(SETTLED, moved(-0.3, -0.5, -0.1, -0.6, 0.0, metric="orders"))
    assert made.title == "Better beyond chance: came back; Worse beyond chance: orders a customer"
    made, _drawings = shown(*(SETTLED | {"metric": name} for name in ("a", "b", "c")))
    assert made.title == "Better beyond chance: 3 goals"
    made, (drawing,) = shown(SETTLED | {"pvalue_adjusted": 0.06})
    assert (made.title, tone(drawing)) == ("No goal changed beyond chance", "muted")


def test_a_lift_without_limits_is_drawn_from_edge_to_edge() -> None:
    made, (drawing,) = shown(UNKNOWN)
    assert cells(made)[1][5] == "+90 % (no bounds)"
    assert len(drawing.select(".kb-tip")) == 2


def test_a_metric_that_is_no_lift_is_told_as_it_is() -> None:
    """Of a control not above zero there is no per cent: no drawing, but the difference."""
    made, drawings = shown(moved(NAN, NAN, NAN, NAN, NAN, effect=2.5, ci_lower=1.0, ci_upper=4.0))
    assert not drawings
    assert cells(made)[1][5] == "+2.50 (+1.00 to +4.00)"


def test_an_interval_that_reaches_far_is_cut() -> None:
    """Estimates span 30 %, so the axis has room for 30 % on either side: not for 1,600 %."""
    _made, (drawing,) = shown(moved(0.3, -0.1, 16.0, -0.4, 17.0))
    (arrow,) = drawing.select(".kb-tip")
    assert arrow["d"].startswith("M115"), "to the right"
    zero, dot = (
        float(drawing.select_one(".kb-zero")["d"].removeprefix("M").split()[0]),
        float(drawing.select_one("circle")["cx"]),
    )
    assert dot - zero > 30, "of 120 px: the estimate can be told from nothing"
    _made, (drawing,) = shown(moved(0.3, -0.1, 0.6, -0.4, 17.0))
    assert not drawing.select(".kb-tip")


def test_while_it_runs_only_any_look_counts() -> None:
    early, (drawing,) = shown(UNSETTLED, final=False)
    assert (early.title, tone(drawing)) == ("No goal changed beyond chance so far", "muted")
    assert cells(early)[1][5] == "+28 % (−9 to +80 %)"
    assert "however often one looks" in early.caption
    late, (drawing,) = shown(UNSETTLED)
    assert (late.title, tone(drawing)) == ("Better beyond chance: came back", "good")
    assert cells(late)[1][5] == "+28 % (+5 to +55 %)"
    settled, (drawing,) = shown(SETTLED, final=False)
    assert (settled.title, tone(drawing)) == ("Better so far, beyond chance: came back", "good")
    later = SETTLED | {"metric": "days_to_purchase", "better": "lower"}
    worse, (drawing,) = shown(later, final=False)
    assert (worse.title, tone(drawing)) == ("Worse so far, beyond chance: days to the next purchase", "bad")


def test_while_it_runs_a_chance_of_one_look_is_for_analysts() -> None:
    for final in (True, False):
        made, _drawings = shown(SETTLED, final=final)
        assert ("better with" in made.more) is not final


def test_what_a_guardrail_allows_is_marked() -> None:
    row = SETTLED | {"role": "guardrail", "margin": 0.1, "holds": "yes"}
    made, (drawing,) = shown(row)
    zero, limit, dot = (
        float(drawing.select_one(".kb-zero")["d"].removeprefix("M").split()[0]),
        float(drawing.select_one(".kb-limit")["d"].removeprefix("M").split()[0]),
        float(drawing.select_one("circle")["cx"]),
    )
    assert (zero - limit) / (dot - zero) == pytest.approx(0.1 / 0.282, abs=0.02), "10 % below, 28 % above"
    assert "dashed: what a guardrail allows" in made.caption
    assert "dashed" not in shown(SETTLED)[0].caption


def test_goals_come_first() -> None:
    roles = ("diagnostic", "guardrail", "goal")
    made, _drawings = shown(
        *(SETTLED | {"role": role, "metric": role, "margin": 0.1, "holds": "yes"} for role in roles)
    )
    assert [row[0] for row in cells(made)[1:]] == ["goal", "guardrail", "diagnostic"]


def test_what_only_analysts_want_is_behind_a_box() -> None:
    made, _drawings = shown(SETTLED)
    soup = BeautifulSoup(made.html(), "html.parser")
    heads = [th.get_text() for th in soup.select("thead th:not(.kb-more)")]
    assert heads == ["metric", "role", "control", "treated", "change", "change in %", "better with"]
    assert len(soup.select("thead th.kb-more")) == len(made.more) == 6
    box = soup.select_one(".kb-extended > .kb-switch input[type=checkbox]")
    assert box is not None and not box.has_attr("checked")
    assert box.parent.get_text() == "More columns"


def test_a_broken_split_shows_its_arms_and_folds_the_effects_away() -> None:
    arms = Table({"arm": (["none", "voucher"], str)}, "The arms.")
    broken = effects_table(found(pd.DataFrame([SETTLED]), counts=(3000, 2000)), arms)
    soup = BeautifulSoup(broken.html(), "html.parser")
    assert broken.title == "Not to be believed, as the split is broken"
    fold = soup.select_one("details.kb-fold")
    assert fold is not None and not fold.has_attr("open")
    assert len(soup.select("table")) == 2
    assert [t.caption.get_text() for t in soup.select("table") if not t.find_parent("details")] == [
        "The arms."
    ]
    assert "effects nevertheless" in fold.summary.get_text()
    sound = effects_table(found(pd.DataFrame([SETTLED])), arms)
    assert "<details" not in sound.html() and "The arms." not in sound.html()


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
        table(effects, truth=truth),
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
    assert page.locator(".kb-table").count() == len(tables)
    assert tables_that_do_not_fit(page) == {"screen": [], "print": []}
    page.close()


@pytest.mark.browser
def test_more_columns_show_without_a_script(browser: Any, tmp_path: Path) -> None:
    made, _drawings = shown(SETTLED)
    page_html = render(new_notebook(cells=[html_cell("", made.html())]), title="Table")
    (tmp_path / "page.html").write_text(page_html, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    more, box = page.locator("th.kb-more").first, page.get_by_label("More columns")
    assert not more.is_visible()
    box.focus()
    page.keyboard.press("Space")
    assert more.is_visible() and page.locator("p.kb-more").is_visible()
    context.close()
