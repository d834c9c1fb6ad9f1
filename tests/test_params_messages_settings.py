"""A wrong setting, given in the file or as a parameter, gets its exact message; many are told at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from params_messages_data import RATE, SETTINGS
from unit_files import SIMULATED, message, told

# ── in the file ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("line", SETTINGS)
def test_wrong_setting(home: Path, line: str) -> None:
    assert message(home, SIMULATED + line + "\n") == SETTINGS[line]


@pytest.mark.parametrize(
    ("brackets", "expected"),
    [
        (
            "[2, 1]",
            "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7",
        ),
        (
            "[1, 1]",
            "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7",
        ),
        ("[5]", "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7"),
        ("[]", "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7"),
    ],
)
def test_brackets_that_are_none(home: Path, brackets: str, expected: str) -> None:
    text = SIMULATED + f"return_rule: bracket\nbrackets: {brackets}\n"
    assert message(home, text) == told(f"'brackets' cannot be {brackets}.", ", line 5, brackets", expected)


def test_item_of_a_list(home: Path) -> None:
    text = SIMULATED + "return_rule: bracket\nbrackets:\n  - 1\n  - two\n"
    assert message(home, text) == told(
        "Item 2 of 'brackets' cannot be the text 'two'.",
        ", line 7, brackets item 2",
        "a whole number, at least 1",
    )


def test_everything_wrong_is_told_at_once(home: Path) -> None:
    text = "unit: demo\nhorison: 3\nwarm_up: 010\nwarm_up: 2\n"
    text += "transactions:\n  source: a.csv\n  columns: {dat: x}\n"
    assert message(home, text, alpha=5) == (
        "'alpha' cannot be the number 5.\n"
        "  where:    parameter alpha of unit 'demo'\n"
        "  expected: a number, above 0 and below 0.5\n"
        "  do:       Write 0.05 for 5 %.\n"
        "  also:     line 2, horison: Unknown key 'horison'. Did you mean 'horizon'?\n"
        "  also:     line 3, warm_up: '010' stands without quotes, and YAML reads it as the number 8. "
        "Put it in quotes if it is text, write plain digits if it is a number.\n"
        "  also:     line 4, warm_up: 'warm_up' is given twice, first in line 3. Keep one of them.\n"
        "  also:     line 7, transactions.columns.dat: Unknown key 'dat'. Did you mean 'date'?"
    )


def test_ten_faults_are_told_and_the_rest_counted(home: Path) -> None:
    text = SIMULATED + "".join(f"columns{i}: 1\n" for i in range(13))
    lines = message(home, text).splitlines()
    assert lines[0] == "Unknown key 'columns0'."
    assert [line.split(":")[1].strip() for line in lines if "also" in line][:-1] == [
        f"line {5 + i}, columns{1 + i}" for i in range(9)
    ]
    assert lines[-1] == "  also:     and 3 more"


# ── as a parameter ──────────────────────────────────────────────────────────────────────────────────────

PARAMETERS: list[tuple[dict[str, Any], str]] = [
    (
        {"horison": 3},
        "Unknown key 'horison'.\n"
        "  where:    parameter horison of unit 'demo'\n"
        "  do:       Did you mean 'horizon'?",
    ),
    (
        {"alpha": "0.1"},
        "'alpha' cannot be the text '0.1'.\n"
        "  where:    parameter alpha of unit 'demo'\n"
        "  expected: a number, above 0 and below 0.5\n"
        "  do:       Write 0.1, without quotes.",
    ),
    (
        {"return_rule": True},
        "'return_rule' cannot be the truth value true.\n"
        "  where:    parameter return_rule of unit 'demo'\n"
        "  expected: 'on' or 'on_or_after' or 'bracket'\n"
        "  do:       Put it in quotes: YAML takes on, off, yes and no for truth values.",
    ),
    (
        {"as_of": dt.datetime(2024, 12, 31, 10)},
        "'as_of' cannot be the text '2024-12-31T10:00:00'.\n"
        "  where:    parameter as_of of unit 'demo'\n"
        "  expected: a day such as 2017-12-31\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"horizon": 10**5000},
        "The number is too large.\n"
        "  where:    parameter horizon of unit 'demo'\n"
        "  expected: at most 18 digits\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"alpha": float("nan")},
        "'alpha' cannot be the number nan.\n"
        "  where:    parameter alpha of unit 'demo'\n"
        "  expected: a finite number\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"title": object()},
        "'title' cannot be a value of type object.\n"
        "  where:    parameter title of unit 'demo'\n"
        "  expected: text\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"transactions": {"source": "a.csv", 10**5000: 2}},
        "A key cannot be a very large number.\n"
        "  where:    parameter transactions of unit 'demo'\n"
        "  expected: text\n"
        "  do:       Put it in quotes.",
    ),
    (
        {"discount_rate": 10},
        "'discount_rate' cannot be the number 10.\n"
        "  where:    parameter discount_rate of unit 'demo'\n"
        f"  expected: {RATE}\n"
        "  do:       Write 0.1 for 10 %.",
    ),
    (
        {"margin": float("nan")},
        "'margin' cannot be the number nan.\n"
        "  where:    parameter margin of unit 'demo'\n"
        "  expected: a finite number\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"unit": "cdnow"},
        "'unit' is 'cdnow', but the file is called demo.yaml.\n"
        "  where:    parameter unit of unit 'demo'\n"
        "  do:       Write unit: demo, or rename the file.",
    ),
]


@pytest.mark.parametrize(
    ("overrides", "expected"), PARAMETERS, ids=[next(iter(overrides)) for overrides, _ in PARAMETERS]
)
def test_wrong_parameter(home: Path, overrides: dict[str, Any], expected: str) -> None:
    assert message(home, SIMULATED, **overrides) == expected


def test_a_condition_that_holds_itself(home: Path) -> None:
    endless: dict[str, Any] = {}
    endless["not"] = endless
    told = message(home, SIMULATED, transactions={"source": "a.csv", "where": {"a": endless}})
    assert told.startswith("Keys and lists are nested too deeply.\n")
