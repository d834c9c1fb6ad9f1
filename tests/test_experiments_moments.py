"""Counts, means and covariances from the engine are those of NumPy."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE
from experiment_data import arm

from keepbook.stats.moments import SIZE, Moments, merged, moments_by, moments_of


def random_table(rng: np.random.Generator, n: int, clusters: int | None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "variant": rng.choice(["a", "b"], n),
            "tier": rng.choice(["x", "y", "z"], n),
            "revenue": rng.lognormal(5, 2, n),
            "orders": rng.poisson(1, n).astype(float),
            "rated": np.where(rng.random(n) < 0.2, np.nan, rng.normal(1e6, 1, n)),
        }
    )
    if clusters:
        frame["cluster"] = "s" + pd.Series(rng.integers(0, clusters, n) ** 2 // clusters).astype(str)
    return frame


def engine_table(frame: pd.DataFrame, name: str) -> Any:
    ENGINE.con.register("rows", pa.Table.from_pandas(frame))
    ENGINE.raw_sql(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM rows")
    return ENGINE.table(name)


def same(found: Moments, known: Moments) -> None:
    assert found.names == known.names
    assert (found.count, found.customers, found.clustered) == (known.count, known.customers, known.clustered)
    np.testing.assert_allclose(found.mean, known.mean, rtol=1e-10)
    np.testing.assert_allclose(found.cov, known.cov, rtol=1e-7, atol=1e-9 * np.abs(known.cov).max())


@pytest.mark.parametrize("clusters", [None, 12])
@pytest.mark.parametrize("seed", [1, 2])
def test_moments_are_those_of_numpy(seed: int, clusters: int | None) -> None:
    frame = random_table(np.random.default_rng(seed), 500, clusters)
    table, names = engine_table(frame, "counted"), ["revenue", "orders", "rated"]
    known = frame.dropna()
    whole, parts = moments_of(table, names), moments_by(table, names, "variant", "tier")
    assert sorted(whole) == ["a", "b"]
    assert sorted(parts) == sorted(product("ab", "xyz"))
    for key, found in {**{(v,): m for v, m in whole.items()}, **parts}.items():
        own = known[known[["variant", "tier"]].iloc[:, : len(key)].eq(list(key)).all(axis=1)]
        columns = {name: own[name].to_numpy() for name in names}
        same(found, arm(own["cluster"].to_numpy() if clusters else None, **columns))
        assert found.customers == len(own)
        assert (SIZE in found.names) is bool(clusters)


def test_merged_groups_are_one_group() -> None:
    frame = random_table(np.random.default_rng(3), 300, None).dropna()
    names = ["revenue", "orders"]
    parts = [arm(**{name: part[name].to_numpy() for name in names}) for _, part in frame.groupby("tier")]
    one = arm(**{name: frame.iloc[:1][name].to_numpy() for name in names})  # whose spread is not known
    whole = arm(**{name: pd.concat([frame, frame.iloc[:1]])[name].to_numpy() for name in names})
    same(merged([*parts, replace(one, cov=np.full((2, 2), np.nan))]), whole)
