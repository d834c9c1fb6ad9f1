"""The best method, its margin and the interval of it are those worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from clv_validation_data import CUT, END, START

from keepbook.clv.validation.baselines import HISTORICAL, Prediction, Split
from keepbook.clv.validation.measures import Cut, best_method


def one_cut(n: int = 400, **errors: np.ndarray) -> list[Cut]:
    """One cut-off at which everybody bought twice, and each method was off by so much."""
    customers = pd.DataFrame(
        {"customer_id": [f"C{i}" for i in range(n)], "purchases_holdout": 2, "spend_holdout": 2}
    )
    split_ = Split(START, CUT, END, "day", customers)
    names = {"simple": HISTORICAL}
    made = {names.get(m, m): Prediction(names.get(m, m), 2 + off, 2 + off) for m, off in errors.items()}
    return [Cut(split_, made)]


def test_the_best_method_by_hand() -> None:
    """Off by ±0.5, ±0.6 and ±1, right in total."""
    sign = np.resize([1.0, -1.0], 400)
    found = best_method(
        "purchases", one_cut(simple=sign, model=sign / 2, other=0.6 * sign), seed=1, alpha=0.05
    )
    assert (found.method, found.runner_up, found.compared) == (
        "model",
        "other",
        (HISTORICAL, "model", "other"),
    )
    assert found.error == pytest.approx(0.5)
    assert (found.margin, found.simple_margin) == pytest.approx((0.2, 1.0))
    assert (found.margin_lower, found.margin_upper) == pytest.approx((0.2, 0.2))
    assert (found.bias, found.simple_bias) == pytest.approx((0, 0))
    assert not found.simple_is_as_good


def test_the_formula_can_be_best_or_as_good() -> None:
    rng = np.random.default_rng(1)
    noise, other = rng.standard_normal((2, 400))
    best = best_method("spend", one_cut(simple=noise / 2, model=noise), seed=1, alpha=0.05)
    assert best.method == HISTORICAL and best.simple_is_as_good
    assert (best.simple_margin, best.simple_lower, best.simple_upper) == (0, 0, 0)
    even = best_method("spend", one_cut(simple=noise, model=other), seed=1, alpha=0.05)
    assert even.simple_is_as_good, "by chance alone one of two equals is ahead"
    slightly = best_method("spend", one_cut(simple=1.01 * noise, model=noise), seed=1, alpha=0.05)
    assert slightly.simple_lower > 0 and slightly.simple_is_as_good, "sure, and not worth a model"


def test_a_customer_seen_twice_is_drawn_once() -> None:
    """Two cut-offs that say the same of the same customers are no more than one."""
    noise, other = np.random.default_rng(1).standard_normal((2, 400))
    once = best_method("purchases", one_cut(simple=noise, model=other), seed=1, alpha=0.05)
    twice = best_method("purchases", 2 * one_cut(simple=noise, model=other), seed=1, alpha=0.05)
    assert replace(twice, cuts=once.cuts) == once


def test_a_wrong_total_is_no_draw() -> None:
    """Nearly the same error per customer, but 20 % too much in all."""
    noise = np.resize([3.0, -3.0], 4000)
    found = best_method("purchases", one_cut(4000, simple=noise + 0.4, model=noise), seed=1, alpha=0.05)
    assert found.simple_margin < 0.02 and found.simple_bias == pytest.approx(0.2)
    assert not found.simple_is_as_good
