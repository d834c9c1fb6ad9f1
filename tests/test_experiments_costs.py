"""What treatments cost: from the unit file or the table, of all alike or of each customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from experiment_units import ARMS, HEAD, LAST, Shop, many, measured

from keepbook import experiments as ex
from keepbook.experiments.page.tables import left_out_table
from keepbook.tables import open_tables

PEOPLE = 40


def random_lines(seed: int = 1, pre: bool = True) -> str:
    rng = np.random.default_rng(seed)
    rows = [
        f"c{i},2024-0{month}-{day:02},{money:.2f}\n"
        for i in range(PEOPLE)
        for month, day, money in zip(
            rng.integers(1 if pre else 3, 5, 6), rng.integers(1, 29, 6), rng.lognormal(3, 1, 6), strict=True
        )
    ]
    return HEAD + "".join(rows) + LAST


def earned(shop: Shop, own: Callable[[int], str] | None, **keys: Any) -> pd.Series:
    """Money of an experiment on 40 customers; `own`: each customer's cost, in the table."""
    rows = "".join(
        f"e,c{i},{('none', 'voucher')[i % 2]},2024-03-01{',' + own(i) if own else ''}\n"
        for i in range(PEOPLE)
    )
    unit = shop(
        random_lines(),
        assignments=f"{ARMS}{',cost' if own else ''}\n{rows}",
        experiments=[many("e", **keys)],
    )
    with open_tables(unit) as tables:
        return ex.study_money(measured(unit, tables, "e").study).iloc[0]


@pytest.mark.parametrize(("pre_days", "near"), [(0, 1e-9), (60, 0.01)])
def test_the_same_cost_of_everybody_from_either_place(shop: Shop, pre_days: int, near: float) -> None:
    """The pre-period foretells margin less cost a little otherwise than margin: the error is not the same."""
    stated = earned(shop, None, cost=1.5, pre_days=pre_days)
    in_table = earned(shop, lambda i: "1.5" if i % 2 else "0", pre_days=pre_days)
    for name in ("gain", "cost", "profit"):
        assert in_table[name] == pytest.approx(stated[name], rel=1e-9), name
    for name in ("profit_lower", "profit_upper", "error", "chance"):
        assert in_table[name] == pytest.approx(stated[name], rel=near), name


def test_costs_of_each_customer(shop: Shop) -> None:
    """0, 2, 4 … of the treated, a tenth of it of the control: the mean difference, and money less cost."""
    cost = {i: i if i % 2 else i / 10 for i in range(PEOPLE)}
    made = earned(shop, lambda i: f"{cost[i]:.1f}", pre_days=0, cost=99)  # the table is nearer
    more = np.mean([cost[i] for i in range(1, PEOPLE, 2)]) - np.mean([cost[i] for i in range(0, PEOPLE, 2)])
    assert made["cost"] == pytest.approx(more)
    assert made["profit"] == pytest.approx(made["gain"] - more)


def test_a_blank_cost_of_the_treated_is_nothing_and_counted(shop: Shop) -> None:
    """Every fourth of the treated has none written; nobody asks what the control costs."""
    rows = "".join(
        f"e,c{i},{('none', 'voucher')[i % 2]},2024-03-01,{'' if i % 2 == 0 or i % 8 == 1 else 2}\n"
        for i in range(PEOPLE)
    )
    unit = shop(random_lines(), assignments=f"{ARMS},cost\n{rows}", experiments=[many("e", pre_days=0)])
    with open_tables(unit) as tables:
        made = measured(unit, tables, "e").study
    assert made.intake is not None
    assert made.intake.uncosted == PEOPLE // 8
    assert "The cost of 5 treated customers is blank and counts as 0." in left_out_table(made).caption
    assert ex.study_money(made).iloc[0]["cost"] == pytest.approx(2 * 3 / 4)


def test_no_cost_anywhere_is_no_cost_of_zero(shop: Shop) -> None:
    made = earned(shop, lambda _i: "")
    assert np.isnan([made["cost"], made["profit"], made["chance"], made["total"]]).all()
    assert made["gain_lower"] < made["gain"] < made["gain_upper"]
