"""Whether the lot fell alike: at all times, and in what customers had done before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE
from experiment_data import arm
from scipy.stats import binom, chi2

from keepbook.experiments.sample_ratio import balance, drift

FIRST = pd.Timestamp("2024-03-01")


def assigned(days: np.ndarray, treated: np.ndarray) -> tuple[float, float]:
    """Of customers assigned on these days after the first, treated or not."""
    rows = pd.DataFrame(
        {
            "assigned_on": (FIRST + pd.to_timedelta(days, "D")).date,
            "variant": np.where(treated, "voucher", "none"),
        }
    )
    ENGINE.con.register("rows", pa.Table.from_pandas(rows, preserve_index=False))
    ENGINE.raw_sql("CREATE OR REPLACE TABLE drifting AS SELECT * FROM rows")
    return drift(ENGINE.table("drifting"))


def test_two_stretches_by_hand() -> None:
    """20 an arm make two stretches: 12 of the first 20 treated, 8 of the last. χ² is 4 · 2² / 10 = 1.6."""
    treated = np.repeat([True, False, True, False], [12, 8, 8, 12])
    days = np.repeat([0, 9], 20)
    pvalue, apart = assigned(days, treated)
    assert pvalue == pytest.approx(chi2.sf(1.6, 1))
    assert apart == pytest.approx(0.2)  # 12 and 8 of 20 in the first stretch


def test_one_day_has_no_drift() -> None:
    assert np.isnan(assigned(np.zeros(100), np.arange(100) % 2 == 0)).all()


def test_ever_more_treated_are_found() -> None:
    """A tenth treated at first, half later."""
    rng, days = np.random.default_rng(1), np.arange(1000) // 20
    pvalue, apart = assigned(days, rng.random(1000) < np.where(days < 25, 0.1, 0.5))
    assert pvalue < 1e-6
    assert 0.3 < apart < 0.6  # 1/6 of the treated came in the half in which 9/14 of the others did: 0.476


@pytest.mark.parametrize("runs", [100, pytest.param(2000, marks=pytest.mark.slow)])
def test_a_steady_lot_is_seldom_said_to_drift(runs: int) -> None:
    """Also where many come on few days, and one arm is small."""
    rng = np.random.default_rng(2)
    days = rng.poisson(5 * rng.random(3000) ** 2 * 10)
    found = np.array([assigned(days, rng.random(3000) < 0.1)[0] for _ in range(runs)])
    hits = int((found < 0.05).sum())
    print(f"a steady lot: p < .05 in {hits / runs:.1%} of {runs}")
    low, high = binom.interval(0.999, runs, 0.05)
    assert low <= hits <= high


# ── alike before ────────────────────────────────────────────────────────────────────────────────────────


def apart(
    control: list[float], treated: list[float], cluster: np.ndarray | None = None
) -> tuple[float, bool]:
    """The standardised difference of two arms, and whether they are called unlike."""
    arms = {name: arm(cluster, x=np.array(each)) for name, each in (("none", control), ("voucher", treated))}
    row = balance(arms, "none", ["x"]).iloc[0]
    return row["difference"], row["unlike"]


def test_a_difference_by_hand() -> None:
    """Means 1 and 2, both with a variance of 1."""
    assert apart([0, 1, 2], [1, 2, 3]) == (pytest.approx(1.0), False)  # three an arm: chance goes up to 1.6
    assert apart([0, 1, 2] * 10, [1, 2, 3] * 10) == (pytest.approx(1 / (20 / 29) ** 0.5), True)


@pytest.mark.parametrize("clusters", [None, np.arange(60) % 7], ids=["customers", "clusters"])
def test_arms_in_which_all_are_alike(clusters: np.ndarray | None) -> None:
    """All 0 says nothing; all alike otherwise does."""
    none, one, two = ([value] * 60 for value in (0.0, 0.1, 0.2))
    assert np.isnan(apart(none, none, clusters)[0])
    assert not apart(none, none, clusters)[1]
    assert apart(one, one, clusters) == (0.0, False)
    assert apart(none, two, clusters) == (np.inf, True)
    assert apart(two, one, clusters) == (-np.inf, True)
