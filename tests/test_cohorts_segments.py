"""Curves of segments sum to the whole, differ as Pearson's test says, and recover simulated tiers."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ALL_CHOICES, Row, buys, purchases_of, shops, table_of
from hypothesis import given, settings
from hypothesis import strategies as st

from keepbook.cohorts import Choices, retention, retention_by
from keepbook.errors import DataError, NotEnoughData
from keepbook.simulate import TIERS, simulate
from keepbook.tables import Window

D = dt.date


# ── segments ────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=15, deadline=None)
@given(
    shop=shops(),
    choices=ALL_CHOICES.filter(lambda c: c.average == "pooled" and not c.exclude_warm_up),
    segments=st.lists(st.sampled_from(["A", "B", "C", "D", None]), min_size=7, max_size=7),
    most=st.integers(1, 5),
)
def test_segments_sum_to_the_whole(
    shop: tuple[list[Row], dt.date, dt.date], choices: Choices, segments: list[str | None], most: int
) -> None:
    """Also folded to "other", where on-or-after counts of several segments have to be added."""
    rows, start, as_of = shop
    frame = pd.DataFrame(
        {"customer_id": [f"C{i}" for i in range(7)], "tier": pd.Series(segments, dtype="string")}
    )
    table, window = purchases_of(rows), Window(start, as_of)
    whole = retention(table, window, choices)
    curves = retention_by(table, ibis.memtable(frame), "tier", window, choices, most=most).curves
    assert curves["segment"].nunique() <= most + 1
    sums = curves.groupby("period")[["size", "active"]].sum()
    expected = whole.average.set_index("period")[["size", "active"]]
    pd.testing.assert_frame_equal(sums, expected, check_dtype=False)
    if len(curves):
        shown = curves.drop_duplicates("segment")
        seen = {c for c in {r[0] for r in rows} if any(r[0] == c and r[3] and r[1] <= as_of for r in rows)}
        names = {c: (segments[int(c[1:])] if c[1:].isdigit() else None) or "not stated" for c in seen}
        for row in shown[shown["segment"] != "other"].itertuples():
            assert row.customers == sum(name == row.segment for name in names.values())


def test_small_segments_fold_to_other_by_size() -> None:
    sizes = {"big": 5, "middle": 3, "small": 2, "tiny": 1}
    rows = [row for name, n in sizes.items() for i in range(n) for row in buys(f"{name}{i}", "2024-01-05")]
    rows += buys("nameless", "2024-01-05")
    frame = pd.DataFrame({"customer_id": [r[0] for r in rows[:-1]]})
    frame["kind"] = frame["customer_id"].str.rstrip("0123456789")
    window = Window(D(2024, 1, 5), D(2024, 2, 29))
    curves = retention_by(purchases_of(rows), ibis.memtable(frame), "kind", window, most=2).curves
    assert list(dict.fromkeys(curves["segment"])) == ["big", "middle", "other"]
    assert list(curves.drop_duplicates("segment")["customers"]) == [5, 3, 4]
    every = retention_by(purchases_of(rows), ibis.memtable(frame), "kind", window, most=9).curves
    assert dict(every.drop_duplicates("segment")[["segment", "customers"]].to_numpy()) == {
        **sizes,
        "not stated": 1,
    }


def test_on_or_after_of_other_adds_segments_with_different_gaps() -> None:
    """By hand: B returns in month 2 alone, C in month 3 alone: in month 2 both are still on-or-after."""
    rows = [
        *buys("a1", "2024-01-02"),
        *buys("a2", "2024-01-02"),
        *buys("b", "2024-01-02", "2024-03-02"),
        *buys("c", "2024-01-02", "2024-04-02"),
    ]
    frame = pd.DataFrame({"customer_id": ["a1", "a2", "b", "c"], "kind": ["A", "A", "B", "C"]})
    window, choices = Window(D(2024, 1, 2), D(2024, 4, 30)), Choices(rule="on_or_after")
    curves = retention_by(purchases_of(rows), ibis.memtable(frame), "kind", window, choices, most=1).curves
    assert list(curves.loc[curves["segment"] == "other", "active"]) == [2, 2, 2, 1]


def test_segments_test_is_pearsons() -> None:
    """30 of 50 against 20 of 50: χ² = 4.0 on one degree of freedom, p = 0.0455 (any table of χ²)."""
    rows = [
        row
        for kind, back in (("A", 30), ("B", 20))
        for i in range(50)
        for row in buys(f"{kind}{i}", "2024-01-05", *["2024-02-05"] * (i < back))
    ]
    frame = pd.DataFrame({"customer_id": sorted({r[0] for r in rows})})
    frame["kind"] = frame["customer_id"].str[0]
    result = retention_by(
        purchases_of(rows), ibis.memtable(frame), "kind", Window(D(2024, 1, 5), D(2024, 2, 29))
    )
    assert result.pvalue == pytest.approx(0.0455, abs=5e-5)


def test_segments_say_what_they_need() -> None:
    table, window = purchases_of(buys("a", "2024-01-05")), Window(D(2024, 1, 5), D(2024, 2, 29))
    frame = ibis.memtable(pd.DataFrame({"customer_id": ["a"], "tier": ["x"]}))
    with pytest.raises(NotEnoughData, match="needs the table `customers`"):
        retention_by(table, None, "tier", window)
    with pytest.raises(DataError, match="no column 'teir'") as fault:
        retention_by(table, frame, "teir", window)
    assert "tier" in str(fault.value)
    with pytest.raises(NotEnoughData, match="warm-up"):
        retention_by(table, frame, "tier", window, Choices(warm_up=1, exclude_warm_up=True))


# ── recovery ────────────────────────────────────────────────────────────────────────────────────────────


def simulated(people: int, seed: int) -> tuple[ir.Table, ir.Table, Window]:
    shop = simulate(people, D(2023, 1, 1), 540, seed)
    rows = shop.transactions.to_pandas().drop_duplicates().dropna(subset="customer_id")
    by_order = rows.groupby("order_id")["amount"]
    undone = (by_order.transform("sum").abs() < 0.005) & (by_order.transform("min") < 0)
    rows = rows[(rows["amount"] > 0) & ~undone]
    days = (
        rows.groupby(["customer_id", "date"], as_index=False).agg(money=("amount", "sum")).assign(bought=True)
    )
    table = table_of(pa.Table.from_pandas(days), f"shop{people}")
    return table, ibis.memtable(shop.customers.to_pandas()), Window(D(2023, 1, 1), D(2024, 6, 23))


def errors_by_tier(people: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rolling 30-day retention minus truth, and that in binomial standard errors, tier by age 1 … 12."""
    table, people_table, window = simulated(people, seed)
    curves = retention_by(table, people_table, "tier", window, Choices(clock="rolling")).curves
    off, scaled = [], []
    for tier, (_, truth) in TIERS.items():
        curve = curves[curves["segment"] == tier].set_index("period").loc[1:12]
        expected = truth.retention(12, 30)
        off.append(curve["retention"].to_numpy() - expected)
        scaled.append(off[-1] / np.sqrt(expected * (1 - expected) / curve["size"].to_numpy()))
    return np.array(off), np.array(scaled)


def test_simulated_tiers_come_back_and_more_data_are_tighter() -> None:
    few, _ = errors_by_tier(1_500, 3)
    many, scaled = errors_by_tier(40_000, 4)
    assert np.abs(scaled).max() < 4 and np.sqrt((scaled**2).mean()) < 1.5
    assert np.abs(many).mean() < np.abs(few).mean() / 2
