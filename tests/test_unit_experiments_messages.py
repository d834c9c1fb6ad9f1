"""A wrong experiment or change of a unit file gets its exact message."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit_experiments_data import CHANGE, CHANGES, EXPERIMENTS, FIRST, NAMES, READY, TABLES, wrong
from unit_files import SIMULATED, load, message, told

# ── experiments ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("keys", EXPERIMENTS)
def test_wrong_experiment(home: Path, keys: str) -> None:
    assert message(home, f"{TABLES}{FIRST}{keys}}}\n") == EXPERIMENTS[keys]


@pytest.mark.parametrize("item", NAMES)
def test_wrong_name_or_control(home: Path, item: str) -> None:
    assert message(home, f"{TABLES}experiments:\n  - {item}\n") == NAMES[item]


@pytest.mark.parametrize("key", ["experiments", "before_after"])
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
    two = "before_after:\n  - {name: a, date: 2024-01-01}\n  - {name: a, date: 2024-01-01}\n"
    assert message(home, TABLES + two) == told(
        "The name 'a' is given twice.", ", line 7, before_after item 2.name", do="Give each its own."
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


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("keys", CHANGES)
def test_wrong_change(home: Path, keys: str) -> None:
    assert message(home, f"{TABLES}{CHANGE}{keys}}}\n") == CHANGES[keys]


@pytest.mark.parametrize("key", ["treated: {tier: gold}", "cluster: tier"])
def test_some_customers_are_told_apart_by_the_customers_table(home: Path, key: str) -> None:
    where = ".treated.tier" if "treated" in key else ".cluster"
    assert message(home, f"{SIMULATED}{CHANGE}, {key}}}\n") == told(
        "'tier' is a column of the customers table, and there is none.",
        f", line 5, before_after item 1{where}",
        do="Add the key customers, or remove this one.",
    )


def test_the_key_changes_has_a_new_name(home: Path) -> None:
    assert message(home, SIMULATED + "changes:\n  - {name: a, date: 2024-01-01}\n") == told(
        "The key 'changes' is called 'before_after' now.",
        ", line 4, changes",
        do="Write before_after: instead of changes:.",
    )


def test_a_change_needs_its_day(home: Path) -> None:
    assert message(home, SIMULATED + "before_after:\n  - {name: a}\n") == told(
        "'date' is missing.",
        ", line 5, before_after item 1.date",
        "a day such as 2017-12-31",
        "Add the key date.",
    )
