"""Customers in two experiments at once: how many, and whether the arms went together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from cohort_data import ENGINE
from scipy.stats import chi2

from keepbook.tables.intake import overlaps


def assignments(*rows: tuple[str, str, str], day: str = "2024-03-01") -> Any:
    """A table of (experiment, customer, variant), as `keepbook.tables` makes it."""
    names, customers, variants = zip(*rows, strict=True)
    lines = {"experiment": names, "customer_id": customers, "variant": variants}
    ENGINE.con.register("rows", pa.table({**lines, "assigned_on": [dt.date.fromisoformat(day)] * len(rows)}))
    ENGINE.raw_sql("CREATE OR REPLACE TABLE assignments AS SELECT * FROM rows")
    return ENGINE.table("assignments")


def crossed(cells: dict[tuple[str, str], int]) -> list[tuple[str, str, str]]:
    rows, at = [], 0
    for (ours, theirs), count in cells.items():
        for _ in range(count):
            at += 1
            rows += [("this", f"c{at}", ours), ("that", f"c{at}", theirs)]
    return rows


def test_overlaps_and_their_chi_squared() -> None:
    """χ² of a fourfold table: n (ad − bc)² / the product of its margins."""
    cells = {("none", "x"): 30, ("none", "y"): 10, ("voucher", "x"): 20, ("voucher", "y"): 40}
    alone = [("this", "z1", "none"), ("that", "z2", "x"), ("third", "z3", "x"), ("third", "c1", "x")]
    made = overlaps(assignments(*crossed(cells), *alone), "this").set_index("experiment")
    statistic = 100 * (30 * 40 - 10 * 20) ** 2 / (40 * 60 * 50 * 50)
    assert sorted(made.index) == ["that", "third"]
    assert made.loc["that", "customers"] == 100
    assert made.loc["that", "pvalue"] == pytest.approx(chi2.sf(statistic, 1))
    assert made.loc["third", "customers"] == 1
    assert np.isnan(made.loc["third", "pvalue"])


def test_repeated_lines_make_no_overlap_larger() -> None:
    cells = {("none", "x"): 5, ("none", "y"): 5, ("voucher", "x"): 5, ("voucher", "y"): 5}
    made = overlaps(assignments(*crossed(cells), *crossed(cells)), "this")
    assert made["customers"].tolist() == [20]


def test_a_customer_in_several_arms_is_one_customer_of_an_overlap() -> None:
    made = overlaps(assignments(("this", "a", "none"), ("this", "a", "voucher"), ("that", "a", "x")), "this")
    assert made["customers"].sum() == 0  # and says nothing of how the arms are spread
