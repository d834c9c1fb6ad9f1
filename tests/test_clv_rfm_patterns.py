"""Pairs that are binned and patterns that are thinned keep their sums and the shape of a likelihood."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from clv_rfm_data import Row, bought, table_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from keepbook.clv import rfm as engine_room
from keepbook.clv.rfm import Patterns, rfm, spend_pairs


def test_many_repeat_buyers_are_binned_finely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Amounts of 10,000 to 10,100 in cents: about a hundred bins of a hundred different values each."""
    rng = np.random.default_rng(1)
    rows: list[Row] = []
    for number in range(600):
        days = ["2024-01-01", "2024-01-10", "2024-01-20"][: 2 + number % 2]
        rows += bought(f"C{number}", *days, cents=int(rng.integers(1_000_000, 1_010_000)))
    table = rfm(table_of(rows), dt.date(2024, 1, 31), "day")
    exact = spend_pairs(table)
    monkeypatch.setattr(engine_room, "MANY", 599)
    binned = spend_pairs(table)
    assert len(binned) <= 2 * 101 < len(exact)
    for frequency, own in exact.groupby("frequency"):
        bins = binned[binned["frequency"] == frequency]
        assert own["customers"].sum() == bins["customers"].sum()
        spent = [(some["customers"] * some["monetary_value"]).sum() for some in (own, bins)]
        assert spent[0] == pytest.approx(spent[1], rel=1e-12)
        apart = np.abs(np.subtract.outer(own["monetary_value"].values, bins["monetary_value"].values))
        assert (apart.min(axis=1) <= 1.0001e-4 * own["monetary_value"]).all()
    monkeypatch.setattr(engine_room, "MANY", 600)
    pd.testing.assert_frame_equal(spend_pairs(table), exact)


def kept_sums(patterns: Patterns) -> list[float]:
    n = patterns.customers
    axes = [patterns.frequency, patterns.recency, patterns.T]
    squares = patterns.repeat_spend_squares.sum()
    return [
        *(float(n @ axis) for axis in axes),
        patterns.total,
        patterns.repeaters,
        patterns.repeat_spend.sum(),
        squares,
    ]


@st.composite
def any_patterns(draw: st.DrawFn) -> Patterns:
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    rows = draw(st.integers(1, 120))
    span = draw(st.sampled_from([0, 1, 5, 700]))
    T = rng.integers(0, span + 1, rows)
    frequency = np.minimum(rng.geometric(draw(st.sampled_from([0.05, 0.5, 1.0])), rows) - 1, T)
    recency = np.where(frequency > 0, frequency + rng.integers(0, T - frequency + 1), 0)
    frame = pd.DataFrame({"frequency": frequency, "recency": recency, "T": T}).drop_duplicates()
    spend = frame["frequency"] * rng.gamma(2, 30, len(frame))
    weight = rng.integers(1, 1000, len(frame))
    return Patterns.of(frame.assign(customers=weight, repeat_spend=spend, repeat_spend_squares=spend**2))


@settings(max_examples=200, deadline=None)
@given(patterns=any_patterns(), most=st.integers(1, 60))
def test_thin_patterns_keep_their_sums(patterns: Patterns, most: int) -> None:
    thin = patterns.thin(most)
    assert len(thin) <= most or len(thin) == len(patterns) <= most
    assert len(thin) == min(len(patterns), most)
    expected = kept_sums(patterns)
    if most == 1:  # everyone is one pattern: who came back is told no longer
        thin_sums = kept_sums(thin)
        assert thin_sums[:4] + thin_sums[5:] == pytest.approx(expected[:4] + expected[5:])
    else:
        assert kept_sums(thin) == pytest.approx(expected)
        assert thin.customers[thin.frequency == 0].sum() == patterns.total - patterns.repeaters
    assert (thin.recency <= thin.T * (1 + 1e-12)).all()
    again = patterns.thin(most)
    assert all((getattr(thin, name) == getattr(again, name)).all() for name in vars(thin))
    assert (np.diff(thin.frequency) >= 0).all()


def test_thin_patterns_that_are_few_stay_as_they_are() -> None:
    frame = pd.DataFrame({"frequency": [1, 0], "recency": [3, 0], "T": [5, 4], "customers": [2, 9]})
    patterns = Patterns.of(frame.assign(repeat_spend=[8, 0], repeat_spend_squares=[40, 0]))
    assert patterns.thin(2) is patterns
    assert patterns.frequency.tolist() == [0, 1]


def log_likelihood(logs: np.ndarray, patterns: Patterns) -> float:
    """BG/NBD, Fader, Hardie & Lee (2005), equation 6."""
    (r, alpha, a, b), x = np.exp(logs), patterns.frequency
    beta = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    with np.errstate(divide="ignore"):
        gone = np.where(x > 0, np.log(a / (b + np.maximum(x, 1) - 1)), -np.inf)
    alive, left = -(r + x) * np.log(alpha + patterns.T), gone - (r + x) * np.log(alpha + patterns.recency)
    each = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + beta + np.logaddexp(alive, left)
    return float(patterns.customers @ each)


def curvature(logs: np.ndarray, patterns: Patterns) -> np.ndarray:
    steps = 1e-3 * np.eye(4)
    at = {
        sign: np.array([[log_likelihood(logs + i + sign * j, patterns) for j in steps] for i in steps])
        for sign in (1, -1)
    }
    back = {
        sign: np.array([[log_likelihood(logs - i + sign * j, patterns) for j in steps] for i in steps])
        for sign in (1, -1)
    }
    return -(at[1] - at[-1] - back[1] + back[-1]) / 4e-6


def test_thin_patterns_keep_the_shape_of_a_likelihood() -> None:
    """Standard errors of 20,000 simulated customers, from some 10,000 patterns and from 500."""
    rng = np.random.default_rng(5)
    n, (r, alpha, a, b) = 20_000, (0.6, 60.0, 0.8, 2.4)
    rate, drop, T = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n), 1 + np.floor(730 * rng.random(n))
    moment, x, last, alive = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, dtype=bool)
    while alive.any():
        moment += rng.exponential(1 / rate)
        alive &= moment < T
        x, last = x + alive, np.where(alive, moment, last)
        alive &= rng.random(n) >= drop
    frame = pd.DataFrame({"frequency": x, "recency": np.ceil(last), "T": T})
    counted = frame.value_counts().rename("customers").reset_index()
    patterns = Patterns.of(counted.assign(repeat_spend=0.0, repeat_spend_squares=0.0))
    assert len(patterns) > 8_000
    logs = np.log([r, alpha, a, b])
    errors = [
        np.sqrt(np.diag(np.linalg.inv(curvature(logs, some)))) for some in (patterns, patterns.thin(500))
    ]
    np.testing.assert_allclose(errors[1], errors[0], rtol=0.02)
