"""A whole evaluation of a shop whose truth is Pareto/NBD finds that truth, and agrees with itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from clv_validation_data import START, pareto_shop
from scipy.stats import binom

from keepbook.clv.base import Choices
from keepbook.clv.validation import evaluation as room
from keepbook.clv.validation import measures
from keepbook.clv.validation.baselines import BOOSTING, HISTORICAL, PERSISTENCE, boosting, split
from keepbook.clv.validation.evaluation import Evaluation, evaluate
from keepbook.tables import Window


@pytest.fixture(scope="module")
def shop() -> tuple[object, Window]:
    return pareto_shop(4000, seed=5)


@pytest.fixture(scope="module")
def evaluated(shop: tuple[object, Window]) -> Evaluation:
    return evaluate(*shop, Choices(months=6))


def test_every_method_stands_side_by_side(evaluated: Evaluation) -> None:
    methods = [HISTORICAL, PERSISTENCE, "BG/NBD", "MBG/NBD", "Pareto/NBD", BOOSTING]
    assert len(evaluated.cuts) == 3 and evaluated.share == 1
    newest = evaluated.methods[evaluated.methods["cut"] == evaluated.cuts.loc[0, "cut"]]
    assert list(newest["method"].unique()) == methods
    assert set(newest["target"]) == {"purchases", "spend"}
    scores = evaluated.methods.drop(columns="log_likelihood").select_dtypes("number")
    assert np.isfinite(scores).all(axis=None)
    told = set(zip(evaluated.absent["cut"], evaluated.absent["method"], strict=True))
    there = set(zip(evaluated.methods["cut"], evaluated.methods["method"], strict=True))
    assert told | there == {(cut, method) for cut in evaluated.cuts["cut"] for method in methods}
    assert not told & there


def test_the_tables_agree_with_each_other(evaluated: Evaluation) -> None:
    """Groups add up to all customers, and to what happened; so do tenths of P(alive)."""
    cuts = evaluated.cuts.set_index("cut")
    for (cut, _method, target, _kind), table in evaluated.calibration.groupby(
        ["cut", "method", "target", "kind"]
    ):
        assert table["customers"].sum() == cuts.loc[cut, "customers"]
        happened = (table["customers"] * table["actual"]).sum()
        assert happened == pytest.approx(cuts.loc[cut, f"holdout_{target}"])
    for (cut, _method), table in evaluated.alive.groupby(["cut", "method"]):
        assert table["customers"].sum() == cuts.loc[cut, "customers"]
    assert evaluated.transform.groupby(["cut", "method"])["share"].sum().to_numpy() == pytest.approx(1)


def test_the_truth_is_recovered_and_wins(evaluated: Evaluation) -> None:
    own = evaluated.methods.query("method == 'Pareto/NBD'")
    assert own["bias"].abs().max() < 0.1
    likely = evaluated.log_likelihoods
    assert max(likely, key=lambda name: likely[name]) == "Pareto/NBD"
    for target in ("purchases", "spend"):
        found = evaluated.best[target]
        assert found.method in ("Pareto/NBD", "MBG/NBD", "BG/NBD")
        assert found.simple_margin > 0 and found.simple_lower > 0
        assert found.simple_lower <= found.simple_margin <= found.simple_upper
        assert not found.simple_is_as_good


def test_counts_are_covered_and_their_transform_is_flat(evaluated: Evaluation) -> None:
    own = evaluated.coverage.query("method == 'Pareto/NBD'")
    assert (own["covered"] - own["level"]).abs().max() < 0.03
    shares = evaluated.transform.query("method == 'Pareto/NBD'")
    customers = shares["cut"].map(evaluated.cuts.set_index("cut")["customers"])
    assert ((shares["share"] - 0.1).abs() < 4 * (0.09 / customers) ** 0.5).all()


def test_who_is_alive_returns(evaluated: Evaluation) -> None:
    """Wilson's 95 % limits hold what Pareto/NBD expects of nearly every tenth, and P(alive) is above it."""
    own = evaluated.alive.query("method == 'Pareto/NBD'")
    assert (own["p_alive"] >= own["expected"]).all()
    inside = own["lower"].le(own["expected"]) & own["upper"].ge(own["expected"])
    assert binom.cdf(inside.sum(), len(own), 0.95) > 1e-3


def test_the_same_seed_gives_the_same(shop: tuple[object, Window], evaluated: Evaluation) -> None:
    again = evaluate(*shop, Choices(months=6))
    pd.testing.assert_frame_equal(again.methods, evaluated.methods)
    assert again.best == evaluated.best


def test_weeks_tell_the_same_story(shop: tuple[object, Window], evaluated: Evaluation) -> None:
    """Money does not depend on the grain of purchases, within what merging those of a week takes."""
    weekly = evaluate(*shop, Choices(months=6, time_unit="week"))
    for name in ("cut", "end", "customers"):
        assert list(weekly.cuts[name]) == list(evaluated.cuts[name])
    assert list(weekly.cuts["holdout_spend"]) == pytest.approx(list(evaluated.cuts["holdout_spend"]))
    assert (weekly.cuts["holdout_purchases"] < evaluated.cuts["holdout_purchases"]).all()
    one, other = (
        found.methods.query("method == 'Pareto/NBD' and target == 'spend'")["bias"].iloc[0]
        for found in (weekly, evaluated)
    )
    assert one == pytest.approx(other, abs=0.05)


def test_boosting_learns_without_looking_ahead(shop: tuple[object, Window]) -> None:
    purchases, window = shop
    cut = window.as_of - dt.timedelta(days=168)
    split_ = split(purchases, START, cut, window.as_of, "day")
    earlier = split(purchases, START, cut - dt.timedelta(days=168), cut, "day")
    made = boosting(split_, earlier, seed=1)
    other = split_.customers.assign(purchases_holdout=0, spend_holdout=0.0)
    again = boosting(replace(split_, customers=other), earlier, seed=1)
    assert (made.purchases == again.purchases).all() and (made.spend == again.spend).all()
    assert (made.purchases >= 0).all() and (made.spend >= 0).all()
    assert measures.gini(split_.actual["purchases"], made.purchases) > 0.6
    with pytest.raises(AssertionError, match="learns until"):
        boosting(earlier, split_, seed=1)


def test_a_hash_picks_customers(shop: tuple[object, Window], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_CUSTOMERS", 2000)
    sampled = evaluate(*shop, Choices(months=6))
    assert sampled.share == pytest.approx(0.99 * 2000 / 4000)
    newest = sampled.cuts.loc[0]
    assert newest["customers"] <= 2000 and newest["customers"] < newest["customers_all"]
    assert newest["customers"] == pytest.approx(sampled.share * newest["customers_all"], rel=0.1)


def test_the_margin_counts_a_customer_once(evaluated: Evaluation) -> None:
    """The best method rests on the cut-offs at which everybody could be tried."""
    absent = set(evaluated.absent["cut"])
    judged = evaluated.best["purchases"].cuts
    assert [pd.Timestamp(cut) for cut in judged] == [
        cut for cut in evaluated.cuts["cut"] if cut not in absent
    ]


def test_models_are_compared_where_all_were_fitted(evaluated: Evaluation) -> None:
    """The mean over 100 and 300 customers; the cut-off at which one of them is missing says nothing."""
    cuts = pd.DataFrame({"cut": [1, 2, 3], "customers": [100, 300, 50]})
    rows = [(1, "a", -1.0), (1, "b", -2.0), (2, "a", -3.0), (2, "b", -2.0), (3, "a", -9.0), (3, "c", np.nan)]
    methods = pd.DataFrame(rows, columns=["cut", "method", "log_likelihood"])
    found = replace(evaluated, cuts=cuts, methods=methods).log_likelihoods
    assert found == pytest.approx({"a": (-1.0 * 100 - 3.0 * 300) / 400, "b": -2.0})
