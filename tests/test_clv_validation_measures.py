"""Measures of a prediction are those worked out by hand, and their intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from keepbook.clv.validation import measures

numbers = st.lists(st.integers(0, 9), min_size=2, max_size=40)


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
    assert measures.top_decile(actual, -np.arange(10)) == pytest.approx(0.5)
    assert measures.top_decile(actual, [2, 2, 1, 1, 1, 1, 1, 1, 1, 1]) == pytest.approx((5 + 3) / 2 / 10)
    assert np.interp(0.2, *measures.gains(actual, actual)) == pytest.approx(0.8)


@given(numbers, st.floats(0, 5))
def test_who_says_the_same_of_everybody_finds_no_order(actual: list[int], prediction: float) -> None:
    predicted = [prediction] * len(actual)
    if sum(actual):
        assert measures.top_decile(actual, predicted) == pytest.approx(0.1)
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
        assert measures.top_decile(y, f) == pytest.approx(measures.top_decile(y2, f2))
        assert measures.top_decile(y, f) <= measures.top_decile(y, y) + 1e-12


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


def difference(first: np.ndarray, second: np.ndarray, seed: int) -> tuple[float, float]:
    """Interval of the RMSE of `first` less that of `second`, of their errors by customer."""
    own = np.column_stack([first**2, second**2, np.ones(len(first))])
    drawn = measures.bootstrap(own, lambda t: np.sqrt(t[:, :2] / t[:, 2:]), seed=seed)
    return measures.percentiles(drawn[:, 0] - drawn[:, 1], 0.05)


def test_the_difference_of_two_methods_is_paired() -> None:
    noise = np.random.default_rng(1).standard_normal(800)
    assert difference(noise, noise, seed=1) == (0, 0)
    lower, upper = difference(noise, 1.01 * noise, seed=1)
    assert lower < -0.01 * (noise**2).mean() ** 0.5 < upper
    assert upper < 0, "one error is 1.01 times the other's for every customer: no doubt about it"
    assert upper - lower < 0.002


def test_the_difference_is_covered() -> None:
    """RMSE 1 against 1.2: the 95 % interval holds −0.2 in 95 % of samples, within binomial error."""
    rng, times = np.random.default_rng(2), 150
    inside = 0
    for seed in range(times):
        lower, upper = difference(*(rng.standard_normal((2, 250)) * [[1.0], [1.2]]), seed=seed)
        inside += lower <= -0.2 <= upper
    assert binom.cdf(inside, times, 0.95) > 1e-3
