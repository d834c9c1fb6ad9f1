"""A plan notes what limits it, and refuses a past or a design that carries none."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

import numpy as np
import pytest
from planning_data import lines, tiny_shop

from keepbook.errors import DataError, NotEnoughData
from keepbook.planning import plan
from keepbook.planning.page.facts import notes
from keepbook.tables import open_tables
from keepbook.unit import Unit

# ── notes ───────────────────────────────────────────────────────────────────────────────────────────────


def test_notes(shop: Callable[..., Unit], monkeypatch: pytest.MonkeyPatch) -> None:
    unit = shop(tiny_shop(), churn_after=30)
    with open_tables(unit) as tables:
        silent = plan(tables, unit, audience="all", outcome_days=30, replications=50, lifts=[0.5, 2.0])
        text = "48.8 % of customers come back anyway, so no lift in who comes back is above 105.0 %."
        assert text in notes(silent, unit)
        monkeypatch.setattr(
            import_module("keepbook.planning.plan"), "power_with", lambda *args, **named: 0.999
        )
        short = plan(tables, unit, outcome_days=30, replications=50, lifts=[0.1])
    assert short.simulated["short"].all()
    pattern = r"revenue a customer: a lift of 10 % is found in \d+ % of simulated tests with 34 customers per"
    assert any(re.match(pattern, note) for note in notes(short, unit))


def test_notes_of_the_silent(shop: Callable[..., Unit]) -> None:
    orders = [(f"c{i}", "2024-03-01", 10.0) for i in range(50)]
    orders += [(f"c{i}", "2024-06-10", 10.0 + i) for i in range(12)]
    unit = shop(lines(*orders), churn_after=60, as_of="2024-06-30")
    with open_tables(unit) as tables:
        made = plan(tables, unit, audience="silent", outcome_days=30, pre_days=60, replications=50)
    assert made.history.available == 38 and made.history.eligible == 50
    text = "Nobody had bought in the 60 days before: only a pre-period of over 60 days helps."
    assert text in notes(made, unit)
    np.testing.assert_array_equal(made.needed["n_per_arm"][:5], made.needed["n_per_arm_cuped"][:5])


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────


def some(n: int, back: int = 0) -> str:
    orders = [(f"c{i}", "2024-05-20", 10.0) for i in range(n)]
    return lines(*orders, *((f"c{i}", "2024-06-05", 10.0) for i in range(back)))


@pytest.mark.parametrize(
    ("content", "audience", "told"),
    [
        (
            lines(("a", "2024-06-01", 1.0)),
            "active",
            "No purchase lies before 2024-05-31, 30 days before 2024-06-30: there is no past to plan on.",
        ),
        (some(3), "active", "3 customers bought in the 90 days before 2024-05-31; a plan takes 30 or more."),
        (
            some(3),
            "silent",
            "0 customers were silent for over 90 days on 2024-05-31; a plan takes 30 or more.",
        ),
        (some(29, 20), "all", "29 customers bought before 2024-05-31; a plan takes 30 or more."),
        (
            some(50),
            "active",
            "Of 50 customers 0 bought in 30 days from 2024-05-31 on; a plan takes 10 or more.",
        ),
        (
            some(50, 9),
            "active",
            "Of 50 customers 9 bought in 30 days from 2024-05-31 on; a plan takes 10 or more.",
        ),
    ],
    ids=["no past", "three", "none silent", "few at all", "nobody back", "few back"],
)
def test_too_little(shop: Callable[..., Unit], content: str, audience: str, told: str) -> None:
    unit = shop(content, as_of="2024-06-30")
    with open_tables(unit) as tables, pytest.raises(NotEnoughData) as error:
        plan(tables, unit, audience=audience, outcome_days=30)  # type: ignore[arg-type]
    assert str(error.value) == told


def test_nobody_left(shop: Callable[..., Unit]) -> None:
    """Those of the past were enough, but all but 12 of them are gone by now and nobody comes."""
    unit = shop(some(50, 12), churn_after=30, as_of="2024-07-05")
    told = "12 customers bought in the 30 days before 2024-07-05; a plan takes 30 or more."
    with open_tables(unit) as tables, pytest.raises(NotEnoughData, match=re.escape(told)):
        plan(tables, unit, outcome_days=35)


@pytest.mark.parametrize(
    ("design", "told"),
    [
        ({"audience": "activ"}, "The plan's audience cannot be 'activ'."),
        ({"outcome_days": 0}, "The plan's outcome_days cannot be 0."),
        ({"pre_days": -1}, "The plan's pre_days cannot be -1."),
        ({"alpha": 0.5}, "The plan's alpha cannot be 0.5."),
        ({"power": 1}, "The plan's power cannot be 1."),
        ({"lifts": [0.1, 0]}, "The plan's lifts cannot be [0.1, 0]."),
        ({"replications": 0}, "The plan's replications cannot be 0."),
    ],
)
def test_a_design_that_is_none(shop: Callable[..., Unit], design: dict, told: str) -> None:
    unit = shop(some(50, 20))
    with open_tables(unit) as tables, pytest.raises(DataError) as error:
        plan(tables, unit, **design)
    assert error.value.what == told and error.value.do and error.value.expected
