"""Experiments and changes of a unit file mean what is written, and have the documented defaults."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from unit_experiments_data import CHANGE, FIRST, FULL, TABLES
from unit_files import SIMULATED, load, message, told

from keepbook.unit import BUILT_IN, Metric, load_unit, unit_schema


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
    shipping, prices = unit.before_after
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
    assert unit.before_after[0].model_dump() == {
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
    one = load(home, TABLES + CHANGE + asked + "}\n").before_after[0]
    assert (one.is_alone, one.periods_before) == (is_alone, periods)


def test_every_built_in_metric_has_a_kind() -> None:
    metrics = unit_schema()["$defs"]["Experiment"]["properties"]["metrics"]["properties"]
    assert BUILT_IN.keys() == metrics.keys()
    assert {*BUILT_IN.values()} == {"share", "number", "money", "days"}


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


@pytest.mark.parametrize("key", ["experiments", "before_after"])
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
