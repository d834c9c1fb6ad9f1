"""Marks of a retention table are rare by chance and there where cohorts differ; shades are beyond chance."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from cohort_data import ROWS, WINDOW, purchases_of
from scipy.stats import binom, fisher_exact

from keepbook.cohorts import Choices, retention
from keepbook.cohorts.differences import with_differences

MONTHS = pd.date_range("2022-01-01", periods=24, freq="MS")


def table(active: np.ndarray, sizes: np.ndarray, **more: object) -> pd.DataFrame:
    """Cells with their moments, from customers active by cohort and age (from 1; missing: not there yet)."""
    rows = [
        {
            "cohort": MONTHS[c],
            "period": k + 1,
            "active": int(active[c, k]),
            "size": sizes[c],
        }
        for c, k in product(range(active.shape[0]), range(active.shape[1]))
        if np.isfinite(active[c, k])
    ]
    frame = pd.DataFrame(rows).assign(complete=True)
    frame["retention"] = frame["active"] / frame["size"]
    # everybody spends 1 in the first period, and 1 when active
    money = {"revenue": frame["active"], "squares": frame["active"], "products": frame["active"]}
    return frame.assign(**money, base=frame["size"], base_squares=frame["size"], **more)


def world(rng: np.random.Generator, sizes: np.ndarray, better: int | None = None) -> np.ndarray:
    """Customers who differ in how often they buy, and leave for good at some time; one cohort more often."""
    ages = len(sizes) - 1
    active = np.full((len(sizes), ages), np.nan)
    for c, n in enumerate(sizes):
        rate = rng.gamma(0.8, 0.4, n) * (2.5 if c == better else 1)
        left = rng.exponential(1 / rng.gamma(0.6, 1 / 6, n))
        seen = (rng.poisson(rate[:, None], (n, ages)) > 0) & (np.arange(1, ages + 1) < left[:, None])
        active[c, : ages - c] = seen.sum(axis=0)[: ages - c]
    return active


SIZES = {
    "growing": np.linspace(105, 220, 24).astype(int),
    "large": np.full(10, 800),
    "uneven": np.array([5, 10, 1500, 50, 300, 8, 900, 60, 40, 20, 500, 700]),
}


@pytest.mark.parametrize("worlds", [100, pytest.param(2000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_without_differences_few_tables_have_a_mark(sizes: np.ndarray, worlds: int) -> None:
    """No more than alpha of them; without a correction nearly every table of 24 cohorts would have one."""
    rng, marked, uncorrected = np.random.default_rng(7), 0, 0
    for _ in range(worlds):
        found = with_differences(table(world(rng, sizes), sizes), Choices())
        marked += bool(found["mark"].any())
        if len(sizes) == 24:
            low, high = binom.interval(0.95, found["size"], found.groupby("period")["active"].transform("sum")
                                       / found.groupby("period")["size"].transform("sum"))  # fmt: skip
            uncorrected += bool(((found["active"] < low) | (found["active"] > high)).any())
    assert marked / worlds <= 0.05 + 3 * (0.05 * 0.95 / worlds) ** 0.5
    assert uncorrected == 0 or uncorrected / worlds > 0.9


def test_a_cohort_that_differs_is_found() -> None:
    """One of 24, of 130 customers who buy 2.5 times as often; the others stay unmarked."""
    rng, sizes, hits, false = np.random.default_rng(8), SIZES["growing"], 0, 0
    for _ in range(40):
        found = with_differences(table(world(rng, sizes, better=5), sizes), Choices())
        own = found["cohort"] == MONTHS[5]
        hits += bool((found.loc[own, "mark"] == 1).any())
        assert not (found.loc[own, "mark"] == -1).any()
        false += int((found.loc[~own, "mark"] != 0).sum())
    assert hits >= 36
    assert false / 40 < 0.5, "of 258 cells"


def test_a_cell_is_tested_against_the_others_by_fishers_exact_test() -> None:
    """20 of 30 against 20 of 90, both ways of the other; scipy's own test, one-sided and doubled."""
    active, sizes = np.array([[20.0], [10.0], [10.0]]), np.array([30, 45, 45])
    found = with_differences(table(active, sizes), Choices())
    alone = 2 * fisher_exact([[20, 10], [20, 70]], "greater").pvalue
    # the smallest of three: Benjamini and Hochberg take it three times
    assert found["pvalue_adjusted"].iloc[0] == pytest.approx(3 * alone)
    assert found["mark"].iloc[0] == 1
    stricter = with_differences(table(active, sizes), Choices(alpha=alone))
    assert stricter["mark"].iloc[0] == 0, "at the unit's own level"


def test_what_cannot_be_compared_has_no_mark() -> None:
    active, sizes = np.array([[90.0], [10.0]]), np.array([100, 100])
    assert with_differences(table(active, sizes), Choices())["mark"].tolist() == [1, -1]
    later = with_differences(table(active, sizes), Choices(rule="on_or_after"))
    assert later["mark"].tolist() == [0, 0], "older cohorts have had longer to come back"
    open_ = table(active, sizes).assign(complete=[True, False])
    alone = with_differences(open_, Choices())
    assert alone["mark"].tolist() == [0, 0] and alone["pvalue_adjusted"].isna().all()
    assert alone["retention_shrunk"].tolist() == pytest.approx([0.9, np.nan], nan_ok=True)


def test_of_like_cohorts_nothing_but_the_average_is_left() -> None:
    """Shares as alike as 20 of 100 and 22 of 100 say nothing of cohorts; 10 and 60 of 100 nearly all."""
    sizes = np.array([100, 100])
    like = with_differences(table(np.array([[20.0], [22.0]]), sizes), Choices())
    assert like["retention_shrunk"].tolist() == pytest.approx([0.21, 0.21])
    unlike = with_differences(table(np.array([[10.0], [60.0]]), sizes), Choices())["retention_shrunk"]
    assert 0.10 < unlike[0] < 0.12 and 0.58 < unlike[1] < 0.60


def test_shrunken_shares_are_nearer_to_the_truth_than_raw_ones() -> None:
    """Cohorts' true shares are Beta distributed around 0.3 with a standard deviation of 0.05."""
    rng, sizes, errors = np.random.default_rng(9), np.full(20, 60), []
    for _ in range(50):
        truth = rng.beta(24.9, 58.1, (20, 1)) * np.ones((1, 8))
        found = with_differences(table(rng.binomial(60, truth).astype(float), sizes), Choices())
        true = np.repeat(truth[:, 0], 8)
        errors.append([((found[name] - true) ** 2).mean() for name in ("retention", "retention_shrunk")])
    raw, shrunk = np.mean(errors, axis=0)
    # sampling variance 0.0035, between cohorts 0.0025: the best linear guess errs by 0.0035 · 0.0025 / 0.006
    assert raw == pytest.approx(0.0035, rel=0.1)
    assert shrunk == pytest.approx(0.00146, rel=0.15)


def test_revenue_is_drawn_towards_its_average_too() -> None:
    """As much money as customers, so the two shrink alike; a cohort without a base has no ratio."""
    active, sizes = np.array([[10.0], [60.0], [30.0]]), np.array([100, 100, 100])
    found = with_differences(table(active, sizes), Choices())
    np.testing.assert_allclose(found["revenue_retention_shrunk"], found["retention_shrunk"], rtol=0.02)
    lost = table(active, sizes)
    lost.loc[2, "base"] = 0.0
    without = with_differences(lost, Choices())["revenue_retention_shrunk"]
    assert np.isfinite(without[:2]).all() and not np.isfinite(without[2])


def test_cells_of_a_unit_carry_them() -> None:
    cells = retention(purchases_of(ROWS, "charts"), WINDOW).cells
    first = cells[cells["period"] == 0]
    assert first[["retention_shrunk", "pvalue_adjusted"]].isna().all(axis=None)
    over = cells[(cells["period"] == 1) & cells["complete"]]
    assert over["retention_shrunk"].tolist() == pytest.approx([0.5, 0.5]), "2 of 4 and 1 of 2 are alike"
    assert (cells["mark"] == 0).all()
