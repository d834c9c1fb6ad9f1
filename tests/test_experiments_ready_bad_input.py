"""Ready outcomes and totals that are odd: a page that is whole, or one clear sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from experiment_pages import (
    Read,
    Shop,
    lines_of,
)

from keepbook import experiments as ex
from keepbook.errors import KeepbookError
from keepbook.tables import open_tables
from keepbook.unit import Unit


def ready(shop: Shop, home: Path, metrics: dict[str, Any], kind: str = "outcomes", **columns: Any) -> Unit:
    """A table of 100 customers in either arm, or their totals."""
    frame = pd.DataFrame({"variant": np.repeat(["none", "voucher"], 100), **columns})
    table: dict[str, Any] = {"source": "ready.csv"}
    if kind == "totals":
        rows = [
            (arm, name, len(part), part[name].sum(), (part[name] ** 2).sum())
            for arm, part in frame.groupby("variant")
            for name in columns
        ]
        frame = pd.DataFrame(rows, columns=["variant", "metric", "n", "sum", "sum_squares"])
    else:
        table["columns"] = {name: name for name in frame}
    frame.to_csv(home / "ready.csv", index=False)
    named = {"name": "e", "control": "none", "metrics": metrics, "cost": 1.0, kind: table}
    return shop(lines_of(20), experiments=[named])


KINDS = pytest.mark.parametrize("kind", ["outcomes", "totals"])
VALUES = np.random.default_rng(2).integers(0, 2, 200).astype(float)


@KINDS
def test_a_ready_table_with_revenue_makes_a_page(shop: Shop, home: Path, read_page: Read, kind: str) -> None:
    made = read_page(ready(shop, home, {"revenue": "goal"}, kind, revenue=VALUES * 10))
    assert "A ready table holds 200 customers, in the planned shares." in made.findings
    assert "The table holds outcomes alone." in made.html


@KINDS
def test_a_ready_table_without_revenue_makes_one_too(
    shop: Shop, home: Path, read_page: Read, kind: str
) -> None:
    made = read_page(ready(shop, home, {"visit": "goal"}, kind, visit=VALUES))
    assert made.label == "e: measure money first"
    assert made.reason == (
        "No metric of this test speaks of money, so nothing can be weighed. Add revenue to its metrics."
    )


@KINDS
def test_a_ready_order_value_is_told_or_compared(shop: Shop, home: Path, kind: str) -> None:
    unit = ready(shop, home, {"average_order_value": "goal"}, kind, average_order_value=10 + VALUES)
    with open_tables(unit) as tables:
        try:
            ex.study_effects(ex.study_of(tables, unit, unit.experiments[0]))
        except KeepbookError as error:
            assert "average_order_value" in str(error)


@KINDS
def test_a_ready_share_that_is_none(shop: Shop, home: Path, kind: str) -> None:
    """`retained` counted up to four."""
    unit = ready(shop, home, {"retained": "goal"}, kind, retained=VALUES * 3 + 1)
    with open_tables(unit) as tables:
        try:
            row = ex.study_effects(ex.study_of(tables, unit, unit.experiments[0])).iloc[0]
            assert row["kind"] != "share"
        except KeepbookError as error:
            assert "retained" in str(error)


def test_a_ready_outcome_that_one_arm_lacks(shop: Shop, home: Path) -> None:
    missing = np.where(np.arange(200) < 100, np.nan, VALUES)
    unit = ready(shop, home, {"revenue": "goal", "visit": "goal"}, revenue=VALUES, visit=missing)
    with open_tables(unit) as tables:
        try:
            assert ex.study_effects(ex.study_of(tables, unit, unit.experiments[0]))["effect"].isna().any()
        except KeepbookError as error:
            assert "visit" in str(error)
