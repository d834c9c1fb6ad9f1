"""Predictions judged on the past: measures and contestants by hand, models against published holdouts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE, Row, buys, purchases_of, shops
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from keepbook.clv.choices import Choices
from keepbook.clv.processes.geometric import BG, MBG
from keepbook.clv.processes.pareto import PARETO
from keepbook.clv.trials import backtest, measures
from keepbook.clv.trials import evaluation as room
from keepbook.clv.trials.backtest import predict
from keepbook.clv.trials.contestants import (
    BOOSTING,
    NAIVE,
    SIMPLE,
    Prediction,
    Split,
    boosting,
    expected_lifetime,
    historical,
    persistence,
    split,
)
from keepbook.clv.trials.evaluation import Evaluation, evaluate, origins_of
from keepbook.clv.trials.winners import Cut, winner
from keepbook.errors import NotEnoughData
from keepbook.tables import Window

START = dt.date(2024, 1, 1)
PREDICTED = ["bought_1", "bought_2", "bought_4", "spent_1", "spent_2", "spent_4", "before", "lately"]
numbers = st.lists(st.integers(0, 9), min_size=2, max_size=40)


# ── measures ────────────────────────────────────────────────────────────────────────────────────────────


def test_errors_by_hand() -> None:
    actual, predicted = [0, 2, 4], [1, 1, 1]
    assert measures.bias(actual, predicted) == pytest.approx(3 / 6 - 1)
    assert measures.mae(actual, predicted) == pytest.approx((1 + 1 + 3) / 3)
    assert measures.rmse(actual, predicted) == pytest.approx(((1 + 1 + 9) / 3) ** 0.5)
    assert np.isnan(measures.bias([0, 0], [1, 1]))


def test_ranking_by_hand() -> None:
    """Ranked 1, 3, 0: a third of customers hold 1/4, two thirds all. In the true order, 3/4 and all."""
    actual, predicted = [0, 1, 3], [1, 9, 5]
    customers, held = measures.gains(actual, predicted)
    assert customers == pytest.approx([0, 1 / 3, 2 / 3, 1]) and held == pytest.approx([0, 0.25, 1, 1])
    area = (0.25 / 2 + (0.25 + 1) / 2 + 1) / 3
    best = (0.75 / 2 + (0.75 + 1) / 2 + 1) / 3
    assert measures.gini(actual, predicted) == pytest.approx((2 * area - 1) / (2 * best - 1))
    assert measures.gini(actual, actual) == pytest.approx(1)
    assert measures.gini(actual, [3, 2, 1]) == pytest.approx(-1)
    assert np.isnan(measures.gini([2, 2, 2], predicted)) and np.isnan(measures.gini([0, 0, 0], predicted))


def test_the_top_tenth_by_hand() -> None:
    actual = np.array([5, 3, 1, 1, 0, 0, 0, 0, 0, 0])
    assert measures.top_share(actual, -np.arange(10)) == pytest.approx(0.5)
    assert measures.top_share(actual, [2, 2, 1, 1, 1, 1, 1, 1, 1, 1]) == pytest.approx((5 + 3) / 2 / 10)
    assert measures.top_share(actual, actual, top=0.2) == pytest.approx(0.8)


@given(numbers, st.floats(0, 5))
def test_who_says_the_same_of_everybody_finds_no_order(actual: list[int], prediction: float) -> None:
    predicted = [prediction] * len(actual)
    if sum(actual):
        assert measures.top_share(actual, predicted) == pytest.approx(0.1)
    if len(set(actual)) > 1:
        assert measures.gini(actual, predicted) == pytest.approx(0, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=2, max_size=30), st.randoms())
def test_the_order_of_customers_is_no_matter(pairs: list[tuple[int, int]], random: object) -> None:
    turned = list(pairs)
    random.shuffle(turned)  # type: ignore[attr-defined]
    (y, f), (y2, f2) = (np.array(rows, float).T for rows in (pairs, turned))
    if y.sum() and np.ptp(y):
        assert measures.gini(y, f) == pytest.approx(measures.gini(y2, f2))
        assert -1 - 1e-9 <= measures.gini(y, f) <= 1 + 1e-9
        assert measures.top_share(y, f) == pytest.approx(measures.top_share(y2, f2))
        assert measures.top_share(y, f) <= measures.top_share(y, y) + 1e-12


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(1, 4)), min_size=2, max_size=20))
def test_a_weight_is_so_many_customers(rows: list[tuple[int, int, int]]) -> None:
    y, f, w = np.array(rows, float).T
    each = [np.repeat(column, w.astype(int)) for column in (y, f)]
    for measure in (measures.bias, measures.mae, measures.rmse, measures.gini, measures.top_share):
        assert measure(y, f, w) == pytest.approx(measure(*each), nan_ok=True)


def test_groups_by_hand() -> None:
    assert list(measures.by_frequency([0, 1, 2, 3, 4, 6, 7, 400])) == [
        "0",
        "1",
        "2",
        "3",
        "4–6",
        "4–6",
        "7+",
        "7+",
    ]
    assert list(measures.by_decile(np.arange(20))) == [10 - i // 2 for i in range(20)]
    assert set(measures.by_decile([3.0] * 50)) == {5}, "a tie is one group, where its middle falls"
    tied = measures.by_decile([9] * 4 + [1] * 16)
    assert set(tied[:4]) == {1} and set(tied[4:]) == {6}


def test_calibration_by_hand() -> None:
    table = measures.calibration([0, 0, 1, 3, 2, 2], [1, 1, 1, 2, 2, 2], ["a", "a", "b", "b", "b", "b"])
    assert list(table["group"]) == ["a", "b"] and list(table["customers"]) == [2, 4]
    assert list(table["predicted"]) == [1, 7 / 4] and list(table["actual"]) == [0, 2]
    assert table.loc[0, "lower"] == 0 and table.loc[0, "upper"] > 0, "none of two does not mean never"
    assert table.loc[1, "lower"] < 2 < table.loc[1, "upper"]


@given(st.floats(0.01, 1000))
def test_calibration_has_the_unit_of_what_happened(scale: float) -> None:
    actual, group = np.array([0, 0, 1, 3, 2, 2.0]), ["a", "a", "b", "b", "b", "b"]
    one, other = (measures.calibration(actual * s, actual * s, group) for s in (1, scale))
    for name in ("predicted", "actual", "lower", "upper"):
        assert list(one[name] * scale) == pytest.approx(list(other[name]))


def test_group_means_are_covered() -> None:
    """Skewed counts in groups of 40: their interval holds the true mean about as often as it says."""
    rng = np.random.default_rng(1)
    counts = rng.negative_binomial(0.8, 0.4, (1000, 40))
    table = measures.calibration(counts.ravel(), counts.ravel(), np.repeat(np.arange(1000), 40))
    inside = table["lower"].le(1.2) & table["upper"].ge(1.2)  # 0.8 · 0.6 / 0.4
    assert 0.92 <= inside.mean() <= 0.98


def test_the_bootstrap_knows_the_error_of_a_mean() -> None:
    """Also where customers are put into blocks first."""
    rng = np.random.default_rng(1)
    for n in (500, 3 * measures.BLOCKS):
        values = rng.standard_exponential(n)
        own = np.column_stack([values, np.ones(n)])
        drawn = measures.bootstrap(own, lambda t: t[:, 0] / t[:, 1], seed=1)
        assert drawn.mean() == pytest.approx(values.mean(), abs=4 * values.std() / n**0.5 / 30)
        assert drawn.std() == pytest.approx(values.std() / n**0.5, rel=0.12)
        assert (drawn == measures.bootstrap(own, lambda t: t[:, 0] / t[:, 1], seed=1)).all()


def test_the_difference_of_two_methods_is_paired() -> None:
    rng = np.random.default_rng(1)
    actual, noise = rng.poisson(2, 800), rng.standard_normal(800)
    assert measures.difference(actual, noise, noise, seed=1) == (0, 0, 0)
    estimate, lower, upper = measures.difference(actual, actual + noise, actual + 1.01 * noise, seed=1)
    assert estimate == pytest.approx(-0.01 * (noise**2).mean() ** 0.5)
    assert upper < 0, "one error is 1.01 times the other's for every customer: no doubt about it"
    assert upper - lower < 0.002


def test_the_difference_is_covered() -> None:
    """RMSE 1 against 1.2: the 95 % interval holds −0.2 in 95 % of samples, within binomial error."""
    rng, times = np.random.default_rng(2), 150
    inside = 0
    for seed in range(times):
        errors = rng.standard_normal((2, 250)) * [[1.0], [1.2]]
        _, lower, upper = measures.difference(np.zeros(250), *errors, seed=seed)
        inside += lower <= -0.2 <= upper
    assert binom.cdf(inside, times, 0.95) > 1e-3


# ── contestants ─────────────────────────────────────────────────────────────────────────────────────────

CUT, END = dt.date(2024, 4, 9), dt.date(2024, 5, 29)  # day 99 of the data, and 50 days on

THREE = [
    *buys("A", "2024-01-01", amount=10.0),
    *buys("A", "2024-02-10", amount=20.0),
    *buys("A", "2024-04-01", amount=30.0),
    *buys("A", "2024-05-01", "2024-05-29", amount=40.0),
    *buys("A", "2024-05-30", amount=99.0),  # the day after
    *buys("B", "2024-01-05", amount=5.0),
    ("B", dt.date(2024, 4, 20), -5.0, False),  # brings it back
    *buys("C", "2024-04-04", amount=8.0),
    *buys("C", "2024-04-08", amount=12.0),
    *buys("D", "2024-04-10", amount=1.0),  # not known yet
]


def known(rows: list[Row], cut: dt.date = CUT, end: dt.date = END, time_unit: str = "day") -> Split:
    return split(purchases_of(rows, "evaluated"), START, cut, end, time_unit)  # type: ignore[arg-type]


def test_what_is_known_at_a_cut_by_hand() -> None:
    frame = known(THREE).customers.set_index("customer_id")
    assert list(frame.index) == ["A", "B", "C"]
    assert list(frame["bought_1"]) == [1, 0, 2], "of the 50 days up to the cut"
    assert list(frame["bought_2"]) == [1, 0, 2] and list(frame["bought_4"]) == [1, 0, 2]
    assert list(frame["spent_1"]) == [30, 0, 20]
    assert list(frame["before"]) == [2, 1, 0] and list(frame["lately"]) == [1, 0, 2]
    assert list(frame["purchases_holdout"]) == [2, 0, 0] and list(frame["spend_holdout"]) == [80, 0, 0]
    assert list(frame["net_holdout"]) == [80, -5, 0]
    assert known(THREE).horizon == 50 and known(THREE).stretch == 50


def test_weeks_count_once() -> None:
    """Weeks end on the cut's weekday: 03-27 … 04-02, 04-03 … 04-09; four of them, halves of 14 before."""
    rows = buys("A", "2024-01-01", "2024-03-28", "2024-04-01", "2024-04-03", "2024-04-09", amount=10.0)
    split_ = known(rows, end=CUT + dt.timedelta(days=28), time_unit="week")
    frame = split_.customers
    assert split_.horizon == 4 and split_.stretch == 4
    assert (
        list(frame["bought_1"]) == [2] and list(frame["bought_2"]) == [2] and list(frame["bought_4"]) == [1]
    )
    assert list(frame["spent_1"]) == [40] and list(frame["spent_4"]) == [20]


def test_the_formula_by_hand() -> None:
    """Of A and B, who bought in the older 50 days, B did not in the newer: half are lost in 50 days."""
    split_ = known(THREE)
    lifetime = 0.5 * 50 / np.log(2)
    assert expected_lifetime(split_) == pytest.approx(lifetime)
    made = historical(split_)
    assert made.method == SIMPLE
    assert list(made.purchases) == pytest.approx([2 / 99 * lifetime, 0, 1 / 28 * lifetime])
    assert list(made.spend) == pytest.approx([2 / 99 * lifetime * 20, 0, 1 / 28 * lifetime * 10])


def test_nobody_lost_stays_for_the_whole_horizon_and_all_lost_hardly() -> None:
    stayed = known(buys("A", "2024-01-02", "2024-03-01"))
    assert expected_lifetime(stayed) == 50
    gone = known(buys("A", "2024-01-02") + buys("B", "2024-01-03"))
    churn = 2 / 2.5  # as if half a customer more had been there and stayed
    assert expected_lifetime(gone) == pytest.approx(churn * 50 / -np.log(1 - churn))


def test_the_past_once_more_by_hand() -> None:
    """C is five days old, and counted as if bought over four weeks."""
    made = persistence(known(THREE))
    assert made.method == NAIVE
    assert list(made.purchases) == pytest.approx([1, 0, 50 / 28])
    assert list(made.spend) == pytest.approx([30, 0, 12 * 50 / 28])


@settings(max_examples=25, deadline=None)
@given(shops(days=150), st.integers(0, 10**6))
def test_nothing_after_the_cut_leaks(shop: tuple[list[Row], dt.date, dt.date], seed: int) -> None:
    rows, start, _as_of = shop
    cut = start + dt.timedelta(days=80)
    end = cut + dt.timedelta(days=28)
    days = np.random.default_rng(seed).integers(1, 60, 5)
    later = [
        (row[0], cut + dt.timedelta(days=int(day)), 77.0, True) for row, day in zip(rows, days, strict=False)
    ]
    taken = {(customer, day) for customer, day, *_ in later}
    kept = [row for row in rows if row[:2] not in taken]
    seen = []
    for table in (kept, kept + list({(c, d): (c, d, m, b) for c, d, m, b in later}.values())):
        split_ = split(purchases_of(table, "evaluated"), start, cut, end, "day")
        predicted = [
            values for made in (historical(split_), persistence(split_)) for values in made.targets.values()
        ]
        seen.append((split_.customers[["customer_id", "frequency", *PREDICTED]], predicted))
    pd.testing.assert_frame_equal(seen[0][0], seen[1][0])
    for one, other in zip(seen[0][1], seen[1][1], strict=True):
        assert list(one) == list(other)


# ── a shop whose truth is Pareto/NBD ────────────────────────────────────────────────────────────────────

DAYS = 540
TRUTH = (0.8, 30.0, 0.6, 120.0)


def pareto_shop(customers: int, seed: int, name: str = "pareto") -> tuple[object, Window]:
    """Customers who arrive over the first year and a half, buy and leave by TRUTH, and pay by Gamma-Gamma."""
    rng = np.random.default_rng(seed)
    r, alpha, s, beta = TRUTH
    came = rng.integers(0, DAYS - 30, customers)
    rate, left = rng.gamma(r, 1 / alpha, customers), rng.exponential(1 / rng.gamma(s, 1 / beta, customers))
    length = np.minimum(left, DAYS - came)
    many = rng.poisson(rate * length)
    who = np.r_[np.arange(customers), np.repeat(np.arange(customers), many)]
    day = np.r_[came, np.repeat(came, many) + np.floor(rng.random(many.sum()) * np.repeat(length, many))]
    own = rng.gamma(4, 1 / 20, customers)
    money = rng.gamma(6, 1 / own[who])
    days = pd.DataFrame({"customer_id": who, "day": day.astype(int), "money": money})
    days = days.groupby(["customer_id", "day"], as_index=False)["money"].sum()
    days["date"] = pd.Timestamp(START) + pd.to_timedelta(days["day"], unit="D")
    ENGINE.con.register("rows", pa.Table.from_pandas(days, preserve_index=False))
    ENGINE.raw_sql(
        f"""
        CREATE OR REPLACE TABLE {name} AS
        SELECT customer_id::VARCHAR AS customer_id, date::DATE AS date, money::DECIMAL(18, 4) AS amount,
               money::DECIMAL(18, 4) AS gross, TRUE AS is_purchase
        FROM rows
        """
    )
    return ENGINE.table(name), Window(START, START + dt.timedelta(days=DAYS - 1))


@pytest.fixture(scope="module")
def shop() -> tuple[object, Window]:
    return pareto_shop(4000, seed=5)


@pytest.fixture(scope="module")
def evaluated(shop: tuple[object, Window]) -> Evaluation:
    return evaluate(*shop, Choices(months=6))


def test_every_method_stands_side_by_side(evaluated: Evaluation) -> None:
    methods = [SIMPLE, NAIVE, "BG/NBD", "MBG/NBD", "Pareto/NBD", BOOSTING]
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
        found = evaluated.winners[target]
        assert found.method in ("Pareto/NBD", "MBG/NBD", "BG/NBD")
        assert found.simple_margin > 0 and found.simple_lower > 0
        assert found.simple_lower <= found.simple_margin <= found.simple_upper
        assert not found.simple_is_as_good and not evaluated.simple_is_as_good[target]


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
    assert again.winners == evaluated.winners


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
    monkeypatch.setattr(room, "MOST", 2000)
    sampled = evaluate(*shop, Choices(months=6))
    assert sampled.share == pytest.approx(0.99 * 2000 / 4000)
    newest = sampled.cuts.loc[0]
    assert newest["customers"] <= 2000 and newest["customers"] < newest["customers_all"]
    assert newest["customers"] == pytest.approx(sampled.share * newest["customers_all"], rel=0.1)


# ── published numbers ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sample() -> Split:
    """The 1/10 sample of CDNOW at 30 September 1997, and its 39 weeks of holdout."""
    origin = find_spec("lifetimes")
    assert origin and origin.origin
    lines = pd.read_csv(
        Path(origin.origin).parent / "datasets" / "CDNOW_sample.txt",
        sep=r"\s+",
        names=["master", "customer_id", "date", "quantity", "money"],
        dtype={"customer_id": str, "date": str},
    )
    days = lines.groupby(["customer_id", "date"], as_index=False)["money"].sum()
    rows = [
        (customer, dt.datetime.strptime(date, "%Y%m%d").date(), float(money), True)
        for customer, date, money in days.itertuples(index=False)
    ]
    table = purchases_of(rows, "cdnow_sample")
    return split(table, dt.date(1997, 1, 1), dt.date(1997, 9, 30), dt.date(1998, 6, 30), "day")


@pytest.mark.parametrize(
    ("process", "total", "mae", "rmse"),
    [(BG, 1653.4, 0.7855, 1.608), (MBG, 1576.7, 0.7648, 1.607), (PARETO, 1665.5, 0.7545, 1.603)],
)
def test_the_published_holdout(sample: Split, process: object, total: float, mae: float, rmse: float) -> None:
    """CDNOW's sample, with lifetimes 0.11.3: 2,357 customers, 1,882 repeat purchases."""
    made, actual = predict(process, sample), sample.actual["purchases"]  # type: ignore[arg-type]
    assert len(actual) == 2357 and actual.sum() == 1882
    assert made.purchases.sum() == pytest.approx(total, abs=0.05)
    assert measures.mae(actual, made.purchases) == pytest.approx(mae, abs=0.00005)
    assert measures.rmse(actual, made.purchases) == pytest.approx(rmse, abs=0.0005)


@pytest.mark.parametrize("process", [BG, MBG, PARETO], ids=lambda process: process.key)
def test_probabilities_of_what_happened(sample: Split, process: object) -> None:
    """They are probabilities, and what is below and at zero purchases is what does not return."""
    made, actual = predict(process, sample), sample.actual["purchases"]  # type: ignore[arg-type]
    for values in (made.at, made.below, made.below + made.at, made.p_return, made.p_alive):
        assert (values >= 0).all() and (values <= 1 + 1e-9).all()
    none = actual == 0
    assert (made.below[none] == 0).all()
    assert made.at[none] == pytest.approx(1 - made.p_return[none])
    assert (made.p_return <= made.p_alive + 1e-12).all()
    levels = backtest.coverage(made, 0.05)
    assert (levels["covered"].diff().dropna() > 0).all()


def test_the_margin_counts_a_customer_once(evaluated: Evaluation) -> None:
    """The winner rests on the cut-offs at which everybody could be tried."""
    absent = set(evaluated.absent["cut"])
    judged = evaluated.winners["purchases"].cuts
    assert [pd.Timestamp(cut) for cut in judged] == [
        cut for cut in evaluated.cuts["cut"] if cut not in absent
    ]


# ── the winner ──────────────────────────────────────────────────────────────────────────────────────────


def contest(n: int = 400, **errors: np.ndarray) -> list[Cut]:
    """One cut-off at which everybody bought twice, and each method was off by so much."""
    customers = pd.DataFrame(
        {"customer_id": [f"C{i}" for i in range(n)], "purchases_holdout": 2, "spend_holdout": 2}
    )
    split_ = Split(START, CUT, END, "day", customers)
    names = {"simple": SIMPLE}
    made = {names.get(m, m): Prediction(names.get(m, m), 2 + off, 2 + off) for m, off in errors.items()}
    return [Cut(split_, made)]


def test_the_winner_by_hand() -> None:
    """Off by ±0.5, ±0.6 and ±1, right in total."""
    sign = np.resize([1.0, -1.0], 400)
    found = winner("purchases", contest(simple=sign, model=sign / 2, other=0.6 * sign), seed=1, alpha=0.05)
    assert (found.method, found.runner_up, found.compared) == ("model", "other", (SIMPLE, "model", "other"))
    assert found.error == pytest.approx(0.5)
    assert (found.margin, found.simple_margin) == pytest.approx((0.2, 1.0))
    assert (found.margin_lower, found.margin_upper) == pytest.approx((0.2, 0.2))
    assert (found.bias, found.simple_bias) == pytest.approx((0, 0))
    assert not found.simple_is_as_good


def test_the_formula_can_win_or_be_as_good() -> None:
    rng = np.random.default_rng(1)
    noise, other = rng.standard_normal((2, 400))
    best = winner("spend", contest(simple=noise / 2, model=noise), seed=1, alpha=0.05)
    assert best.method == SIMPLE and best.simple_is_as_good
    assert (best.simple_margin, best.simple_lower, best.simple_upper) == (0, 0, 0)
    even = winner("spend", contest(simple=noise, model=other), seed=1, alpha=0.05)
    assert even.simple_is_as_good, "by chance alone one of two equals is ahead"
    slightly = winner("spend", contest(simple=1.01 * noise, model=noise), seed=1, alpha=0.05)
    assert slightly.simple_lower > 0 and slightly.simple_is_as_good, "sure, and not worth a model"


def test_a_customer_seen_twice_is_drawn_once() -> None:
    """Two cut-offs that say the same of the same customers are no more than one."""
    noise, other = np.random.default_rng(1).standard_normal((2, 400))
    once = winner("purchases", contest(simple=noise, model=other), seed=1, alpha=0.05)
    twice = winner("purchases", 2 * contest(simple=noise, model=other), seed=1, alpha=0.05)
    assert replace(twice, cuts=once.cuts) == once


def test_models_are_compared_where_all_were_fitted(evaluated: Evaluation) -> None:
    """The mean over 100 and 300 customers; the cut-off at which one of them is missing says nothing."""
    cuts = pd.DataFrame({"cut": [1, 2, 3], "customers": [100, 300, 50]})
    rows = [(1, "a", -1.0), (1, "b", -2.0), (2, "a", -3.0), (2, "b", -2.0), (3, "a", -9.0), (3, "c", np.nan)]
    methods = pd.DataFrame(rows, columns=["cut", "method", "log_likelihood"])
    found = replace(evaluated, cuts=cuts, methods=methods).log_likelihoods
    assert found == pytest.approx({"a": (-1.0 * 100 - 3.0 * 300) / 400, "b": -2.0})


def test_a_wrong_total_is_no_draw() -> None:
    """Nearly the same error per customer, but 20 % too much in all."""
    noise = np.resize([3.0, -3.0], 4000)
    found = winner("purchases", contest(4000, simple=noise + 0.4, model=noise), seed=1, alpha=0.05)
    assert found.simple_margin < 0.02 and found.simple_bias == pytest.approx(0.2)
    assert not found.simple_is_as_good


# ── data that cannot carry it ───────────────────────────────────────────────────────────────────────────


def at(day: int) -> str:
    return (START + dt.timedelta(days=day)).isoformat()


def window_of(days: int) -> Window:
    return Window(START, START + dt.timedelta(days=days - 1))


@pytest.mark.parametrize("days", [84, 90, 365, 546, 731, 3000])
@pytest.mark.parametrize("months", [1, 3, 12, 60])
def test_cut_offs_leave_enough_to_learn_from(days: int, months: int) -> None:
    window = window_of(days)
    origins = origins_of(window, months)
    assert len(origins) == 3 and origins[0][1] == window.as_of
    for cut, end in origins:
        assert 28 <= (end - cut).days <= min(months * 30.5, days / 3) and (end - cut).days % 7 == 0
        assert (cut - window.start).days + 1 >= (end - cut).days and end <= window.as_of
    assert [cut for cut, _ in origins] == sorted({cut for cut, _ in origins}, reverse=True)


def test_a_short_history_is_told() -> None:
    with pytest.raises(
        NotEnoughData, match="The history of 83 days is too short to be tested on itself: that takes 84"
    ):
        origins_of(window_of(83), 12)
    rows = [row for i in range(50) for row in buys(f"C{i}", at(i % 20), at(20))]
    with pytest.raises(NotEnoughData, match="history of 21 days"):
        evaluate(purchases_of(rows, "short"), window_of(21), Choices(time_unit="week"))


def test_one_time_buyers_alone_are_told() -> None:
    rows = [row for i in range(900) for row in buys(f"C{i}", at(i % 300))]
    with pytest.raises(NotEnoughData, match="only 0 customers had bought again; judging a method takes 30"):
        evaluate(purchases_of(rows, "one_timers"), window_of(300), Choices())


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("money", [10.0, 0.0])
def test_customers_who_are_all_alike_make_no_nonsense(money: float) -> None:
    """Everybody buys on the same days, for the same money or none: no error, nothing infinite."""
    rows = [row for i in range(600) for row in buys(f"C{i}", *map(at, range(0, 360, 30)), amount=money)]
    found = evaluate(purchases_of(rows, "alike"), window_of(360), Choices())
    scores = found.methods.query("target == 'purchases'")
    assert np.isfinite(scores[["bias", "mae", "rmse", "top_decile"]]).all(axis=None)
    assert scores["gini"].isna().all(), "there is no order to find"
    assert (scores["log_likelihood"].dropna() <= 0).all()
    assert np.isfinite(found.methods.query("target == 'spend'")[["mae", "rmse"]]).all(axis=None)
    assert found.winners["purchases"].simple_is_as_good in (True, False)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_holdout_in_which_nothing_happened() -> None:
    """Errors there are, but no share of nothing."""
    rng = np.random.default_rng(1)
    days = {i: sorted({int(day) for day in rng.integers(0, 200, 3)}) for i in range(600)}
    rows = [row for i, on in days.items() for row in buys(f"C{i}", *map(at, on))]
    found = evaluate(purchases_of(rows, "ended"), window_of(400), Choices())
    newest = found.methods[found.methods["cut"] == found.cuts.loc[0, "cut"]]
    assert found.cuts.loc[0, "holdout_purchases"] == 0
    assert newest[["bias", "gini", "top_decile"]].isna().all(axis=None)
    assert np.isfinite(newest[["mae", "rmse"]]).all(axis=None)
    assert np.isfinite(found.winners["purchases"].error)


def test_too_little_to_learn_from_is_told() -> None:
    rows = [row for i in range(60) for row in buys(f"C{i}", at(i % 40), at(i % 40 + 30), at(i % 40 + 200))]
    found = evaluate(purchases_of(rows, "small"), window_of(300), Choices())
    why = found.absent.query("method == @BOOSTING")["why"]
    assert "too little to learn from" in why.iloc[0] and "of 60 customers" in why.iloc[0]
    assert BOOSTING not in set(found.methods["method"])
