"""Experiments and changes of a unit file: what they mean, and the exact message for what is wrong."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from unit_files import SIMULATED, NoDays, load, message, told

from keepbook.errors import UnitFileError
from keepbook.params import BUILT_IN, KINDS, Change, Experiment, Metric, Unit, load_unit, unit_schema

TABLES = """\
unit: demo
transactions: {source: lines.csv}
customers: {source: people.csv, columns: {tier: Level, shop: Shop}}
assignments: {source: arms.csv, columns: {complaints: n, spend: s}}
"""
FIRST = "experiments:\n  - {name: winback, control: none"  # line 5; what follows belongs to the experiment
CHANGE = "changes:\n  - {name: shipping, date: 2024-04-01"  # likewise
READY = "outcomes: {source: o.csv, columns: {variant: segment, spend: spend}}"
FULL = """\
experiments:
  - name: winback_voucher
    title: Win-back voucher
    question: Does a voucher bring lost customers back?
    control: no_voucher
    split: {no_voucher: 1, voucher: 1, call: 0.5}
    outcome_days: 30
    pre_days: 0
    first_day: next
    ends: 2024-06-30
    metrics:
      retained: goal
      revenue: {role: goal}
      average_order_value: {role: guardrail, margin: 0.05}
      days_to_purchase: diagnostic
      complaints: {role: guardrail, margin: 0.1, better: lower}
    cost: {voucher: 1.5, call: 6}
    max_loss: 0.05
    confidence: 0.9
    rollout_to: 5000
    segments: [tier, cohort, rfm, region]
  - name: hillstrom
    control: No E-Mail
    metrics: {spend: goal}
    cost: 0
    outcomes: {source: "postgres://u:${PW}@h/db", table: mails, columns: {variant: segment, spend: spend}}
  - name: banner
    control: a
    metrics: {revenue: goal}
    totals: {source: totals.csv}
changes:
  - name: free_shipping
    date: 2024-04-01
    treated: {tier: gold}
    comparison: {tier: [plus, basic], city: {like: "B%"}}
    period: week
    before: 8
    after: 4
    cluster: shop
    metrics: [revenue]
    cost: 0.8
  - {name: prices, date: 2024-05-01, comparison_unit: deli}
"""

# ── what they mean ──────────────────────────────────────────────────────────────────────────────────────


def test_full(home: Path) -> None:
    unit = load(home, TABLES + FULL)
    winback, hillstrom, banner = unit.experiments
    assert winback.title == "Win-back voucher"
    assert winback.split == {"no_voucher": 1, "voucher": 1, "call": 0.5}
    assert (winback.outcome_days, winback.pre_days, winback.first_day) == (30, 0, "next")
    assert winback.ends == dt.date(2024, 6, 30)
    assert winback.metrics == {
        "retained": Metric(role="goal"),
        "revenue": Metric(role="goal"),
        "average_order_value": Metric(role="guardrail", margin=0.05),
        "days_to_purchase": Metric(role="diagnostic", better="lower"),
        "complaints": Metric(role="guardrail", margin=0.1, better="lower"),
    }
    assert winback.goals == ("retained", "revenue")
    assert (winback.max_loss, winback.confidence, winback.rollout_to) == (0.05, 0.9, 5000)
    assert winback.segments == ("tier", "cohort", "rfm", "region")
    assert [one.is_ready_made for one in unit.experiments] == [False, True, True]
    assert hillstrom.outcomes is not None
    assert hillstrom.outcomes.wanted == {"variant": "segment", "spend": "spend"}
    assert banner.totals is not None
    assert list(banner.totals.wanted) == ["variant", "metric", "n", "sum", "sum_squares"]
    shipping, prices = unit.changes
    assert shipping.comparison == {"tier": ("plus", "basic"), "city": {"like": "B%"}}
    assert (shipping.period, shipping.before, shipping.after, shipping.cluster) == ("week", 8, 4, "shop")
    assert (shipping.metrics, shipping.cost) == (("revenue",), 0.8)
    assert (prices.treated, prices.comparison_unit) == (None, "deli")


def test_defaults(home: Path) -> None:
    unit = load(home, TABLES + FIRST + "}\n" + CHANGE + "}\n")
    assert unit.experiments[0].model_dump() == {
        "name": "winback",
        "title": "winback",
        "question": None,
        "control": "none",
        "split": None,
        "outcome_days": 60,
        "pre_days": 90,
        "first_day": "same",
        "ends": None,
        "planned": 5000,
        "metrics": {
            "retained": {"role": "goal", "margin": None, "better": "higher"},
            "revenue": {"role": "goal", "margin": None, "better": "higher"},
            "orders": {"role": "diagnostic", "margin": None, "better": "higher"},
            "average_order_value": {"role": "diagnostic", "margin": None, "better": "higher"},
            "days_to_purchase": {"role": "diagnostic", "margin": None, "better": "lower"},
        },
        "cost": None,
        "max_loss": None,
        "confidence": 0.95,
        "rollout_to": None,
        "segments": (),
        "outcomes": None,
        "totals": None,
    }
    assert unit.changes[0].model_dump() == {
        "name": "shipping",
        "title": "shipping",
        "question": None,
        "date": dt.date(2024, 4, 1),
        "treated": None,
        "comparison": None,
        "comparison_unit": None,
        "period": "month",
        "before": None,
        "after": 6,
        "cluster": None,
        "metrics": ("revenue", "orders", "retained"),
        "cost": None,
    }


@pytest.mark.parametrize(
    ("asked", "is_alone", "periods"),
    [
        ("", True, 12),
        (", before: 9", True, 9),
        (", treated: {tier: gold}", False, 6),
        (", comparison_unit: deli", False, 6),
        (", treated: {tier: gold}, before: 9", False, 9),
    ],
)
def test_periods_before_by_who_is_compared(home: Path, asked: str, is_alone: bool, periods: int) -> None:
    one = load(home, TABLES + CHANGE + asked + "}\n").changes[0]
    assert (one.is_alone, one.periods_before) == (is_alone, periods)


def test_every_built_in_metric_has_a_kind() -> None:
    assert BUILT_IN.keys() == KINDS.keys()


@pytest.mark.parametrize(
    ("cost", "of"),
    [
        ("", {"none": 0, "voucher": None}),
        (", cost: 1.5", {"none": 0, "voucher": 1.5, "call": 1.5}),
        (", cost: {voucher: 1.5}", {"none": 0, "voucher": 1.5, "call": None}),
        (", cost: {voucher: 1.5, none: 0.25}", {"none": 0.25, "voucher": 1.5}),
        (", cost: 0", {"none": 0, "voucher": 0}),
    ],
)
def test_what_a_customer_costs(home: Path, cost: str, of: dict[str, float | None]) -> None:
    experiment = load(home, TABLES + FIRST + cost + "}\n").experiments[0]
    assert {arm: experiment.cost_of(arm) for arm in of} == of


def test_their_sources_are_sources_of_the_unit(home: Path) -> None:
    unit = load(home, TABLES + FULL)
    assert list(unit.sources) == [
        "transactions",
        "customers",
        "assignments",
        "outcomes of hillstrom",
        "totals of banner",
    ]
    assert unit.sources["outcomes of hillstrom"] is unit.experiments[1].outcomes


def test_columns_of_customers_that_settings_name(home: Path) -> None:
    text = TABLES.replace("customers:", "retention_by: tier\ncustomers:")
    assert load(home, text + FULL).columns_of_customers == ["tier", "region", "city", "shop"]
    assert load(home, SIMULATED).columns_of_customers == []


@pytest.mark.parametrize("key", ["experiments", "changes"])
def test_a_list_whose_items_are_commented_out_is_empty(home: Path, key: str) -> None:
    assert getattr(load(home, f"{SIMULATED}{key}:\n#  - name: a\n"), key) == ()


def test_lists_may_be_given_as_parameters(home: Path) -> None:
    (home / "params" / "demo.yaml").write_text(TABLES)
    given = [{"name": "a", "control": "b", "split": {"b": 1, "c": 1}, "ends": dt.date(2024, 1, 1)}]
    assert load_unit("demo", home, experiments=given).experiments[0].ends == dt.date(2024, 1, 1)


def test_the_simulated_shop_assigns_where_it_is_told_to(home: Path) -> None:
    text = "unit: demo\ntransactions: {source: simulate, simulate: {experiments: true}}\n"
    assert load(home, text + "assignments: {source: simulate}\n" + FIRST + "}\n").simulated
    assert message(home, SIMULATED + "assignments: {source: simulate}\n") == told(
        "The simulated shop runs no experiments.",
        ", line 4, assignments.source",
        do="Write experiments: true under transactions.simulate.",
    )


# ── what is wrong ───────────────────────────────────────────────────────────────────────────────────────

SPLIT = "two or more arms with a weight above 0: {control: 1, voucher: 1}"
ROLE = "goal or diagnostic, or {role: guardrail, margin: 0.05}"
METRICS = "lines such as retained: goal"
SHARE = "a share of the control's value, above 0 and at most 1: 5 % is 0.05"
COST = "money from 0 per treated customer, for all alike or by arm: 1.5, or {voucher: 1.5, call: 6}"
NAME = "letters, digits, _ and -, a letter or digit first, at most 64 signs, no name Windows reserves"
TREATED = "conditions on columns of the customers table, such as {tier: gold}"


def wrong(what: str, key: str, expected: str | None = None, do: str | None = None) -> str:
    return told(what, f", line 6, experiments item 1{key}", expected, do)


EXPERIMENTS = {  # behind name: winback, control: none
    ", split: {nobody: 1, voucher: 1}": wrong(
        "'none' is no arm of 'split'.", ".control", do="Known: nobody, voucher."
    ),
    ", split: {None: 1, voucher: 1}": wrong(
        "'none' is no arm of 'split'.", ".control", do="Did you mean 'None'?"
    ),
    ", split: {none: 1}": wrong("'split' cannot be a block of keys.", ".split", SPLIT),
    ", split: {}": wrong("'split' cannot be an empty block.", ".split", SPLIT),
    ", split: [none, voucher]": wrong("'split' cannot be a list.", ".split", SPLIT),
    ", split: {none: 1, voucher: 0}": wrong(
        "'voucher' cannot be the number 0.", ".split.voucher", "a number, above 0"
    ),
    ", split: {none: 1, voucher: -1}": wrong(
        "'voucher' cannot be the number -1.", ".split.voucher", "a number, above 0"
    ),
    ", split: {none: 1, voucher: half}": wrong(
        "'voucher' cannot be the text 'half'.", ".split.voucher", "a number, above 0"
    ),
    ", split: {none: 1, NO: 1, voucher: 1}": wrong(
        "'NO' cannot be a key.", ".split", "text", "Put it in quotes."
    ),
    ", split: {none: 1, 1: 1, voucher: 1}": wrong(
        "'1' cannot be a key.", ".split", "text", "Put it in quotes."
    ),
    ", outcome_days: 0": wrong(
        "'outcome_days' cannot be the number 0.", ".outcome_days", "a whole number, at least 1"
    ),
    ", pre_days: -1": wrong("'pre_days' cannot be the number -1.", ".pre_days", "a whole number, at least 0"),
    ", first_day: nxt": wrong(
        "'first_day' cannot be the text 'nxt'.",
        ".first_day",
        "'same' or 'next'",
        "Did you mean 'next'?",
    ),
    ", ends: 30.6.2024": wrong("'ends' cannot be the text '30.6.2024'.", ".ends", "a day such as 2017-12-31"),
    ", outcome_day: 30": wrong(
        "Unknown key 'outcome_day'.", ".outcome_day", do="Did you mean 'outcome_days'?"
    ),
    ", metrics: [retained]": wrong("'metrics' cannot be a list.", ".metrics", METRICS),
    ", metrics: {}": wrong(
        "No metric has the role goal.", ".metrics", METRICS, "Give the metric that decides the role goal."
    ),
    ", metrics: {revenue: diagnostic}": wrong(
        "No metric has the role goal.", ".metrics", METRICS, "Give the metric that decides the role goal."
    ),
    ", metrics: {retained: gaol}": wrong(
        "'retained' cannot be the text 'gaol'.", ".metrics.retained", ROLE, "Did you mean 'goal'?"
    ),
    ", metrics: {retained: 1}": wrong("'retained' cannot be the number 1.", ".metrics.retained", ROLE),
    ", metrics: {retained: }": wrong("'retained' cannot be empty.", ".metrics.retained", ROLE),
    ", metrics: {retained: goal, revenue: guardrail}": wrong(
        "The guardrail 'revenue' has no margin.",
        ".metrics.revenue",
        SHARE,
        "Write revenue: {role: guardrail, margin: 0.05} for 5 %.",
    ),
    ", metrics: {retained: goal, revenue: {role: guardrail}}": wrong(
        "'role' is 'guardrail', but 'margin' is missing.",
        ".metrics.revenue.margin",
        SHARE,
        "Add margin: 0.05 for 5 %.",
    ),
    ", metrics: {retained: {role: goal, margin: 0.05}}": wrong(
        "'margin' is given, but 'role' is 'goal'.",
        ".metrics.retained.margin",
        do="Remove margin, or write role: guardrail.",
    ),
    ", metrics: {retained: goal, revenue: {role: guardrail, margin: 5}}": wrong(
        "'margin' cannot be the number 5.", ".metrics.revenue.margin", SHARE, "Write 0.05 for 5 %."
    ),
    ", metrics: {retained: {role: goal, beter: lower}}": wrong(
        "Unknown key 'beter'.", ".metrics.retained.beter", do="Did you mean 'better'?"
    ),
    ", metrics: {retained: {role: goal, better: low}}": wrong(
        "'better' cannot be the text 'low'.",
        ".metrics.retained.better",
        "'higher' or 'lower'",
        "Did you mean 'lower'?",
    ),
    ", metrics: {retained: {better: lower}}": wrong(
        "'role' is missing.",
        ".metrics.retained.role",
        "'goal' or 'guardrail' or 'diagnostic'",
        "Add the key role.",
    ),
    ", metrics: {retaned: goal}": wrong(
        "'retaned' is no metric that is built in, and no column of assignments.",
        ".metrics.retaned",
        do="Did you mean 'retained'?",
    ),
    ", metrics: {complants: goal}": wrong(
        "'complants' is no metric that is built in, and no column of assignments.",
        ".metrics.complants",
        do="Did you mean 'complaints'?",
    ),
    ", metrics: {nps: goal}": wrong(
        "'nps' is no metric that is built in, and no column of assignments.",
        ".metrics.nps",
        do="Add it under assignments.columns; known: average_order_value, complaints, days_to_purchase, "
        "margin, orders, retained, revenue, spend.",
    ),
    ", metrics: {cluster: goal}": wrong(
        "'cluster' is no metric that is built in, and no column of assignments.",
        ".metrics.cluster",
        do="Add it under assignments.columns; known: average_order_value, complaints, days_to_purchase, "
        "margin, orders, retained, revenue, spend.",
    ),
    ", cost: -1": wrong("'cost' cannot be the number -1.", ".cost", COST),
    ", cost: free": wrong("'cost' cannot be the text 'free'.", ".cost", COST),
    ", cost: true": wrong("'cost' cannot be the truth value true.", ".cost", COST),
    ", cost: {}": wrong("'cost' cannot be an empty block.", ".cost", COST),
    ", cost: {voucher: -1}": wrong(
        "'voucher' cannot be the number -1.", ".cost.voucher", "money from 0 per treated customer"
    ),
    ", cost: {NO: 1, voucher: 1}": wrong("'NO' cannot be a key.", ".cost", "text", "Put it in quotes."),
    ", split: {none: 1, voucher: 1}, cost: {vouchr: 1, voucher: 1}": wrong(
        "'vouchr' is no arm of 'split'.", ".cost.vouchr", do="Did you mean 'voucher'?"
    ),
    ", split: {none: 1, voucher: 1, call: 1}, cost: {voucher: 1}": wrong(
        "'cost' says nothing of the arm 'call'.", ".cost", do="Add call: 0 if it costs nothing."
    ),
    ", max_loss: 0": wrong("'max_loss' cannot be the number 0.", ".max_loss", "a number, above 0"),
    ", confidence: 95": wrong(
        "'confidence' cannot be the number 95.",
        ".confidence",
        "a probability above 0.5 and below 1: 95 % is 0.95",
        "Write 0.95 for 95 %.",
    ),
    ", confidence: 0.5": wrong(
        "'confidence' cannot be the number 0.5.",
        ".confidence",
        "a probability above 0.5 and below 1: 95 % is 0.95",
    ),
    ", rollout_to: 0": wrong(
        "'rollout_to' cannot be the number 0.", ".rollout_to", "a whole number, at least 1"
    ),
    ", segments: tier": wrong("'segments' cannot be the text 'tier'.", ".segments", "a list"),
    ", segments: [tier, tier]": wrong("'tier' is given twice.", ".segments item 2", do="Keep one."),
    ", segments: [Tier]": wrong(
        "'Tier' is called 'tier' in customers.columns.", ".segments item 1", do="Write it alike."
    ),
    ", outcomes: visits.csv": wrong(
        "'outcomes' cannot be the text 'visits.csv'.",
        ".outcomes",
        "a block of keys and values",
        "Put it under the key source: 'visits.csv'.",
    ),
    f", metrics: {{spend: goal}}, {READY}, totals: {{source: t.csv}}": wrong(
        "'outcomes' and 'totals' are both given.", ".totals", do="Keep one of them."
    ),
    ", metrics: {spend: goal}, outcomes: {source: simulate, columns: {spend: s}}": wrong(
        "Outcomes are not simulated.",
        ".outcomes.source",
        "a source of your own",
        "Simulate the assignments instead.",
    ),
    f", {READY}": wrong(
        "'metrics' is missing.",
        ".metrics",
        METRICS,
        "Add the key metrics, and name what 'outcomes' holds.",
    ),
    ", totals: {source: t.csv}": wrong(
        "'metrics' is missing.", ".metrics", METRICS, "Add the key metrics, and name what 'totals' holds."
    ),
    f", metrics: {{spend: goal, retained: diagnostic}}, {READY}": wrong(
        "'outcomes' maps no column 'retained'.",
        ".metrics.retained",
        do="Add retained under outcomes.columns, or remove it.",
    ),
    f", metrics: {{spent: goal}}, {READY}": wrong(
        "'outcomes' maps no column 'spent'.", ".metrics.spent", do="Did you mean 'spend'?"
    ),
    f", metrics: {{spend: goal}}, segments: [rfm], {READY}": wrong(
        "'segments' needs customers, and 'outcomes' names none.", ".segments", do="Remove the key segments."
    ),
    ", metrics: {spend: goal}, totals: {source: t.csv, columns: {mean: m}}": wrong(
        "Unknown key 'mean'.",
        ".totals.columns.mean",
        do="Known: metric, n, sum, sum_squares, variant.",
    ),
}


@pytest.mark.parametrize("keys", EXPERIMENTS)
def test_wrong_experiment(home: Path, keys: str) -> None:
    assert message(home, f"{TABLES}{FIRST}{keys}}}\n") == EXPERIMENTS[keys]


NAMES = {
    "{control: a}": wrong("'name' is missing.", ".name", NAME, "Add the key name."),
    "{name: win back, control: a}": wrong("'name' cannot be the text 'win back'.", ".name", NAME),
    "{name: a}": wrong("'control' is missing.", ".control", "text", "Add the key control."),
    "{name: a, control: NO}": wrong(
        "'NO' stands without quotes, and YAML reads it as the truth value false.",
        ".control",
        do="Put it in quotes if it is text, write false if it is a truth value.",
    ),
    "{name: a, control: 1}": wrong(
        "'control' cannot be the number 1.", ".control", "text", "Put it in quotes: '1'."
    ),
    "winback": wrong(
        "Item 1 of 'experiments' cannot be the text 'winback'.", "", "a block of keys and values"
    ),
}


@pytest.mark.parametrize("item", NAMES)
def test_wrong_name_or_control(home: Path, item: str) -> None:
    assert message(home, f"{TABLES}experiments:\n  - {item}\n") == NAMES[item]


@pytest.mark.parametrize("key", ["experiments", "changes"])
def test_a_block_where_a_list_should_be(home: Path, key: str) -> None:
    assert message(home, f"{TABLES}{key}:\n  winback: {{control: a}}\n") == told(
        f"'{key}' cannot be a block of keys.",
        f", line 5, {key}",
        "a list of blocks, each of which begins with '- name:'",
    )


def test_names_differ_in_more_than_capital_letters(home: Path) -> None:
    two = "experiments:\n  - {name: a, control: x}\n  - {name: A, control: x}\n"
    assert message(home, TABLES + two) == told(
        "The name 'A' is given twice.", ", line 7, experiments item 2.name", do="Give each its own."
    )
    two = "changes:\n  - {name: a, date: 2024-01-01}\n  - {name: a, date: 2024-01-01}\n"
    assert message(home, TABLES + two) == told(
        "The name 'a' is given twice.", ", line 7, changes item 2.name", do="Give each its own."
    )


def test_experiments_need_assignments_or_what_came_of_them(home: Path) -> None:
    text = f"experiments:\n  - {{name: b, control: x, metrics: {{spend: goal}}, {READY}}}\n"
    assert load(home, SIMULATED + text).experiments[0].is_ready_made
    assert message(home, f"{SIMULATED}{text}  - {{name: a, control: x}}\n") == told(
        "The experiment 'a' needs the assignments table, and there is none.",
        ", line 6, experiments item 2",
        do="Add the key assignments; or outcomes or totals to the experiment.",
    )


def test_segments_need_the_customers_table(home: Path) -> None:
    text = "unit: demo\ntransactions: {source: a.csv}\nassignments: {source: b.csv}\n"
    assert load(home, text + FIRST + ", segments: [cohort, rfm]}\n").experiments
    assert message(home, text + FIRST + ", segments: [cohort, tier]}\n") == told(
        "'tier' is a column of the customers table, and there is none.",
        ", line 5, experiments item 1.segments item 2",
        do="Add the key customers, or remove this one.",
    )
    assert message(home, text + FIRST + ", segments: [cohrt]}\n") == told(
        "'cohrt' is a column of the customers table, and there is none.",
        ", line 5, experiments item 1.segments item 1",
        do="Did you mean 'cohort'?",
    )


@pytest.mark.parametrize("name", ["revenue", "Revenue", "profit", "assigned_on"])
def test_a_metric_that_could_mean_two_things(home: Path, name: str) -> None:
    text = TABLES.replace("spend: s", f"{name}: s") + f"{FIRST}, metrics: {{{name}: goal}}}}\n"
    assert message(home, text) == wrong(
        f"'{name}' is a name that is built in, and a column of assignments too.",
        f".metrics.{name}",
        do="Give the column another name under assignments.columns.",
    )


def test_a_segment_that_could_mean_two_things(home: Path) -> None:
    text = TABLES.replace("shop: Shop", "cohort: Shop") + f"{FIRST}, segments: [cohort]}}\n"
    assert message(home, text) == wrong(
        "'cohort' is a segment that is built in, and a column of customers too.",
        ".segments item 1",
        do="Give the column another name under customers.columns.",
    )


def test_a_column_of_assignments_that_is_perhaps_misspelt(home: Path) -> None:
    text = TABLES.replace("complaints: n", "clusters: n")
    assert message(home, text) == told(
        "Unknown key 'clusters'.", ", line 4, assignments.columns.clusters", do="Did you mean 'cluster'?"
    )
    assert load(home, text + FIRST + ", metrics: {clusters: goal}}\n").experiments[0].goals == ("clusters",)


@pytest.mark.parametrize("table", ["customers", "assignments", "surveys"])
def test_names_of_columns_differ_in_more_than_capital_letters(home: Path, table: str) -> None:
    text = (
        SIMULATED.replace("simulate", "b.csv") + f"{table}: {{source: a.csv, columns: {{%s: a, mark: b}}}}\n"
    )
    for written, told_of, other in (("Mark", "mark", "Mark"), ("Customer_ID", "Customer_ID", "customer_id")):
        assert message(home, text % written) == told(
            f"'{told_of}' differs from '{other}' in capital letters only.",
            f", line 4, {table}.columns.{told_of}",
            do="Give it another name.",
        )


def changed(what: str, key: str, expected: str | None = None, do: str | None = None) -> str:
    return told(what, f", line 6, changes item 1{key}", expected, do)


CHANGES = {  # behind name: shipping, date: 2024-04-01
    ", treated: {}": changed("'treated' cannot be an empty block.", ".treated", TREATED),
    ", treated: gold": changed("'treated' cannot be the text 'gold'.", ".treated", TREATED),
    ", treated: {tier: []}": changed(
        "'tier' cannot be an empty list.",
        ".treated.tier",
        "a value, a list of values, {from: …, to: …}, {like: 'C%'} or {not: …}",
    ),
    ", treated: {Tier: gold}": changed(
        "'Tier' is called 'tier' in customers.columns.", ".treated.Tier", do="Write it alike."
    ),
    ", comparison: {tier: gold}": changed(
        "'comparison' is given, but 'treated' is missing.",
        ".comparison",
        TREATED,
        "Add the key treated, or remove comparison.",
    ),
    ", treated: {tier: gold}, comparison: {tier: gold}": changed(
        "'comparison' and 'treated' are the same customers.", ".comparison", do="Correct one of them."
    ),
    ", treated: {tier: gold}, comparison: {tier: plus}, comparison_unit: deli": changed(
        "'comparison' and 'comparison_unit' are both given.", ".comparison_unit", do="Keep one of them."
    ),
    ", comparison_unit: demo": changed(
        "'comparison_unit' is this very unit.", ".comparison_unit", do="Name another unit, or remove it."
    ),
    ", comparison_unit: ../deli": changed(
        "'comparison_unit' cannot be the text '../deli'.", ".comparison_unit", NAME
    ),
    ", period: day": changed("'period' cannot be the text 'day'.", ".period", "'week' or 'month'"),
    ", before: 1": changed("'before' cannot be the number 1.", ".before", "a whole number, at least 2"),
    ", after: 0": changed("'after' cannot be the number 0.", ".after", "a whole number, at least 1"),
    ", metrics: []": changed(
        "'metrics' cannot be an empty list.", ".metrics", "a list of some of revenue, orders, retained"
    ),
    ", metrics: [orders, orders]": changed("'orders' is given twice.", ".metrics item 2", do="Keep one."),
    ", metrics: [order]": changed(
        "Item 1 of 'metrics' cannot be the text 'order'.",
        ".metrics item 1",
        "'revenue' or 'orders' or 'retained'",
        "Did you mean 'orders'?",
    ),
    ", cost: -1": changed("'cost' cannot be the number -1.", ".cost", "a number, at least 0"),
    ", when: 2024-01-01": changed(
        "Unknown key 'when'.",
        ".when",
        do="Known: after, before, cluster, comparison, comparison_unit, cost, date, metrics, name, period, "
        "question, title, treated.",
    ),
}


@pytest.mark.parametrize("keys", CHANGES)
def test_wrong_change(home: Path, keys: str) -> None:
    assert message(home, f"{TABLES}{CHANGE}{keys}}}\n") == CHANGES[keys]


@pytest.mark.parametrize("key", ["treated: {tier: gold}", "cluster: tier"])
def test_some_customers_are_told_apart_by_the_customers_table(home: Path, key: str) -> None:
    where = ".treated.tier" if "treated" in key else ".cluster"
    assert message(home, f"{SIMULATED}{CHANGE}, {key}}}\n") == told(
        "'tier' is a column of the customers table, and there is none.",
        f", line 5, changes item 1{where}",
        do="Add the key customers, or remove this one.",
    )


def test_a_change_needs_its_day(home: Path) -> None:
    assert message(home, SIMULATED + "changes:\n  - {name: a}\n") == told(
        "'date' is missing.", ", line 5, changes item 1.date", "a day such as 2017-12-31", "Add the key date."
    )


# ── schema ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    return Draft202012Validator(unit_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, NoDays)))


ACCEPTED = [
    FULL,
    FIRST + "}\n",
    FIRST + ", title: , cost: , split: , ends: , outcomes: , totals: }\n",
    FIRST + ", metrics: {spend: goal}, totals: , " + READY + "}\n",
    CHANGE + ", comparison: , comparison_unit: , treated: }\n",
    "experiments:\nchanges:\n",
    "experiments: []\n",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_schema_accepts_what_loads(schema: Draft202012Validator, home: Path, text: str) -> None:
    assert isinstance(load(home, TABLES + text), Unit)
    assert [error.message for error in schema.iter_errors(as_json(TABLES + text))] == []


BEYOND_THE_SCHEMA = (  # what is wrong only beside other keys or other parts of the file
    *("is no arm of", "says nothing of the arm", "no metric that is built in", "No metric has the role"),
    *("given twice", "is called", "are not simulated", "'metrics' is missing", "maps no column"),
    *("needs customers", "are the same customers", "but 'treated' is missing", "this very unit"),
    *("cannot be a key", "text '../deli'"),
)
REFUSED = [(f"{FIRST}{keys}}}\n", text) for keys, text in EXPERIMENTS.items()]
REFUSED += [(f"{CHANGE}{keys}}}\n", text) for keys, text in CHANGES.items()]
REFUSED += [(f"experiments:\n  - {item}\n", text) for item, text in NAMES.items()]


@pytest.mark.parametrize(
    "text", [keys for keys, text in REFUSED if not any(sign in text for sign in BEYOND_THE_SCHEMA)]
)
def test_schema_refuses_what_is_wrong(schema: Draft202012Validator, text: str) -> None:
    assert not schema.is_valid(as_json(TABLES + text))


# ── whatever comes in ───────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(
    ["a", "b", "goal", "guardrail", "revenue", "tier", "cohort", "simulate", "2024-01-01", ""]
)
SCALARS = WORDS | st.none() | st.booleans() | st.integers(-2, 10**19) | st.floats() | st.text(max_size=3)
KEYS = st.sampled_from(
    [
        "a",
        "b",
        "revenue",
        "retained",
        "role",
        "margin",
        "better",
        "source",
        "columns",
        "variant",
        "not",
        "like",
    ]
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


def any_of(model: type[Experiment | Change], needed: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    whole = {name: st.just(value) | TREES for name, value in needed.items()}
    return st.fixed_dictionaries(
        whole, optional=dict.fromkeys(model.model_fields.keys() - needed.keys(), TREES)
    )


EXPERIMENT = any_of(Experiment, {"name": "a", "control": "b", "metrics": {"revenue": "goal"}})
ONE_CHANGE = any_of(Change, {"name": "a", "date": "2024-01-01"})


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("scratch")
    (home / "params").mkdir()
    return home


@settings(max_examples=200, deadline=None)
@given(experiments=st.lists(EXPERIMENT, max_size=2) | TREES, changes=st.lists(ONE_CHANGE, max_size=2) | TREES)
def test_anything_loads_or_is_told(scratch: Path, experiments: Any, changes: Any) -> None:
    values = {**yaml.safe_load(TABLES), "experiments": experiments, "changes": changes}
    try:
        unit = load(scratch, yaml.safe_dump(values, allow_unicode=True).encode())
    except UnitFileError as error:
        assert error.what and error.where and error.do
        assert "pydantic" not in str(error)
    else:
        assert all(one.goals and one.title for one in unit.experiments)
