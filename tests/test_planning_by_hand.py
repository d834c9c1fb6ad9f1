"""Supply, duration and a whole plan are those counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest
from planning_data import lines, tiny_shop

from keepbook.planning import Plan, plan
from keepbook.planning.history import eligible, newcomers, silence_of, weeks_of
from keepbook.planning.page.facts import notes
from keepbook.planning.sample_size import ready_on, weeks_until
from keepbook.tables import Window, open_tables
from keepbook.unit import Unit

# ── supply ──────────────────────────────────────────────────────────────────────────────────────────────

SHOP = {  # churn_after is 10; a test begins on 1 March 2024 and takes customers until the 15th
    "A": ["2024-02-25", "2024-03-05"],  # active on 1 March, and never silent until the 15th
    "B": ["2024-03-03"],  # new; silent from the 14th on
    "C": ["2024-01-01", "2024-03-14"],  # silent on 1 March, active from the 15th on
    "D": ["2024-03-15"],  # active from the 16th on
    "E": ["2024-02-20"],  # bought 10 days before: active on 1 March, silent from the 2nd on
    "F": ["2024-02-19"],  # bought 11 days before: silent on 1 March
    "G": ["2024-03-01"],  # buys on the day itself: new on the 2nd, silent from the 12th on
    "H": ["2024-03-02", "2024-03-13"],  # new on the 3rd; silent on the 13th, on which it buys
    "I": ["2024-03-02", "2024-03-12"],  # new on the 3rd; never silent
    "J": ["2022-03-01"],  # silent for 731 days on 1 March
    "K": ["2022-03-02"],  # silent for 730
}


@pytest.fixture
def bought() -> ir.Table:
    rows = [(name, dt.date.fromisoformat(day)) for name, days in SHOP.items() for day in days]
    table = ibis.memtable(pd.DataFrame(rows, columns=["customer_id", "date"]))
    return table.mutate(date=table.date.cast("date"))


@pytest.mark.parametrize(
    ("audience", "stock", "flow"), [("active", "AE", 5), ("silent", "CFK", 4), ("all", "ACEFK", 4)]
)
def test_supply(bought: ir.Table, audience: str, stock: str, flow: int) -> None:
    """New are B, C, G, H, I as active ones; B, E, G, H as silent ones; B, G, H, I as either."""
    silence = silence_of(audience, 10)  # type: ignore[arg-type]
    there = eligible(bought, dt.date(2024, 3, 1), silence).to_pandas()["customer_id"]
    assert "".join(sorted(there)) == stock
    assert newcomers(bought, dt.date(2024, 3, 1), dt.date(2024, 3, 15), silence) == flow


def test_weeks_that_show_who_is_new() -> None:
    """With 90 days before them, as many whole weeks as there are up to 26."""

    def weeks(days: int) -> int:
        as_of = dt.date(2024, 12, 31)
        return weeks_of(Window(as_of - dt.timedelta(days=days), as_of), 90)

    assert [weeks(days) for days in (60, 96, 97, 103, 104, 271, 272, 999)] == [0, 0, 1, 1, 2, 25, 26, 26]


# ── a whole plan ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def tiny(shop: Callable[..., Unit]) -> Iterator[Plan]:
    unit = shop(tiny_shop(), churn_after=30)
    with open_tables(unit) as tables:
        yield plan(tables, unit, outcome_days=30, replications=100)


def test_duration(tiny: Plan) -> None:
    history = replace(tiny.history, available=100, per_week=7.0)
    weeks = weeks_until([60, 100, 101, 107, 108], history)
    assert weeks.tolist() == [0, 0, 1, 1, 2]
    assert weeks_until([60, 101], replace(history, per_week=0.0)).tolist() == [0, np.inf]
    assert weeks_until([60, 101], replace(history, per_week=np.nan)).tolist() == [0, np.inf]
    days = ready_on([0, 2, 52, 53, np.inf], dt.date(2024, 6, 30), 30)
    assert days[:3].strftime("%Y-%m-%d").tolist() == ["2024-07-30", "2024-08-13", "2025-07-29"]
    assert days[3:].isna().all()  # 371 days of enrolment


def test_history(tiny: Plan) -> None:
    history = tiny.history
    assert history.anchor == dt.date(2024, 5, 31)
    assert (history.eligible, history.retained, history.orders) == (40, 0.5, 0.75)
    assert history.revenue == pytest.approx((20 * 20 + 10 * 30) / 40)
    assert history.available == 20  # those of June; on 30 June the others have been silent for 41 days
    assert (history.weeks, history.per_week) == (21, pytest.approx(40 / 21))  # since 4 February


def test_frames_hold_together(tiny: Plan) -> None:
    assert tiny.needed.columns.tolist() == [
        "metric",
        "lift",
        "effect",
        "n_per_arm",
        "n_per_arm_cuped",
        "weeks",
        "ready_on",
    ]
    assert (tiny.needed.groupby("metric").size() == 5).all()
    np.testing.assert_allclose(
        tiny.needed.query("metric == 'orders'")["effect"], 0.75 * tiny.needed["lift"][:5]
    )
    row = tiny.needed.query("metric == 'retained' and lift == 0.5").iloc[0]
    assert (
        row["n_per_arm"] == 58
    )  # statsmodels' samplesize_proportions_2indep_onetail(0.25, 0.5, 0.8) is 57.67
    assert row["weeks"] == np.ceil((2 * 58 - 20) / (40 / 21))
    assert row["ready_on"] == pd.Timestamp("2024-06-30") + pd.Timedelta(days=51 * 7 + 30)
    first = tiny.detectable.query("metric == 'revenue'")
    assert first["customers"].tolist() == [5, 10, 20, int(20 + 13 * 40 / 21), int(20 + 26 * 40 / 21)]
    assert first["weeks"].tolist() == [0, 0, 0, 13, 26]
    known = first.dropna()
    np.testing.assert_allclose(known["mde"], known["mde_lift"] * tiny.history.revenue)
    assert (tiny.simulated["lower"] <= tiny.simulated["power"]).all()
    assert (tiny.simulated["n_per_arm"] <= (20 + 26 * 40 / 21) / 2).all()
    assert set(tiny.false_positive["metric"]) == {"retained", "orders", "revenue"}


def test_the_pre_period_sharpens(shop: Callable[..., Unit]) -> None:
    """Whoever spends five times as much does so again: nearly all of the variance is foretold."""
    orders = [("old", "2023-01-01", 5.0)]
    for i in range(200):
        level = 1 + i % 5
        orders.append((f"c{i}", "2024-05-20", 10.0 * level))
        orders += [(f"c{i}", "2024-06-05", 10.0 * level + i % 3)] if i % 20 else []
    unit = shop(lines(*orders), churn_after=30, as_of="2024-06-30")
    with open_tables(unit) as tables:
        with_it = plan(tables, unit, outcome_days=30, replications=50).needed
        without = plan(tables, unit, outcome_days=30, pre_days=0, replications=50).needed
    revenue = with_it["metric"] == "revenue"
    first, last = with_it[revenue], without[revenue]
    np.testing.assert_allclose(first["n_per_arm"], last["n_per_arm"])
    np.testing.assert_allclose(last["n_per_arm"], last["n_per_arm_cuped"])
    assert (first["n_per_arm_cuped"] < 0.7 * first["n_per_arm"]).all()
    smallest = first.iloc[0]  # a lift of 2 % adds next to nothing to the variance
    assert smallest["n_per_arm_cuped"] < 0.35 * smallest["n_per_arm"]


def test_what_does_not_vary_cannot_be_planned(shop: Callable[..., Unit]) -> None:
    """Everybody comes back once and spends 10.10, as before: no metric varies, none has a lift."""
    orders = [(f"c{i}", day, 10.10) for i in range(50) for day in ("2024-05-20", "2024-06-05")]
    unit = shop(lines(*orders), as_of="2024-06-30")
    with open_tables(unit) as tables:
        made = plan(tables, unit, outcome_days=30, replications=20)
    assert made.history.retained == 1
    assert made.needed[["n_per_arm", "n_per_arm_cuped", "weeks"]].isna().all(axis=None)
    assert made.detectable[["mde", "mde_plain"]].isna().all(axis=None)
    assert made.simulated.empty and made.false_positive.empty
    assert notes(made, unit)[:3] == [
        "100.0 % of customers come back anyway, so no lift in who comes back is above 0.0 %.",
        "orders a customer: it is the same for all customers, or not above 0, so no lift can be planned.",
        "revenue a customer: it is the same for all customers, or not above 0, so no lift can be planned.",
    ]
