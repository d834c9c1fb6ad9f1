"""The figure to reckon with: one rule, checked by hand values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from keepbook.clv import (
    NewCustomerValue,
    PastErrors,
    Shortfall,
    past_errors,
    reckoned_curve,
    reckoned_newcomer,
    shortfall,
    tenth_in_the_past,
    widened,
)
from keepbook.clv.reckoning import factor
from keepbook.errors import NotEnoughData

ONE = NewCustomerValue(12, 20.0, 1.5, 44.0, 42.0, 46.0, 99.0, 90.0, 110.0)
SINCE = pd.Timestamp("2024-01-01")


def errors(money: list[float], purchases: list[float] | None = None) -> PastErrors:
    cuts = pd.to_datetime([f"{2024 - n}-06-30" for n in range(len(money))])
    known = {"cut": cuts, "end": cuts + pd.Timedelta(days=91), "money_error": money}
    return PastErrors(pd.DataFrame({**known, "purchases_error": purchases or money}))


@pytest.mark.parametrize(
    ("off", "least"),
    [([0.25], 1.25), ([-0.2], 1.25), ([0.25, -0.5], 2.0), ([0.0], 1.0), ([np.nan, 0.1], 1.1), ([], 1.0)],
)
def test_the_factor_is_the_least_that_holds_all_that_followed(off: list[float], least: float) -> None:
    assert factor(pd.Series(off, dtype=float)) == pytest.approx(least)
    for error in pd.Series(off, dtype=float).dropna():
        assert 1 / least <= 1 / (1 + error) * (1 + 1e-12) and 1 / (1 + error) <= least * (1 + 1e-12)


def test_errors_are_those_of_the_method_at_each_cut_newest_first() -> None:
    cuts = pd.to_datetime(["2023-12-31", "2024-06-30"])
    rows = [
        (cut, method, target, bias)
        for cut, biases in zip(cuts, ((0.1, 0.2, 0.9), (-0.1, -0.2, 0.8)), strict=True)
        for method, target, bias in zip(
            ("own", "own", "other"), ("spend", "purchases", "spend"), biases, strict=True
        )
    ]
    evaluation: Any = SimpleNamespace(
        cuts=pd.DataFrame({"cut": cuts, "end": cuts + pd.Timedelta(days=28)}),
        methods=pd.DataFrame(rows, columns=["cut", "method", "target", "bias"]),
    )
    found = past_errors(evaluation, "own")
    assert list(found.cuts["money_error"]) == [-0.1, 0.1]
    assert list(found.cuts["purchases_error"]) == [-0.2, 0.2]
    assert (found.days, found.worst) == (28, 0.1)
    assert found.money_factor == pytest.approx(1 / 0.9) and found.purchases_factor == pytest.approx(1.25)
    for untried in ("other", "nobody"):
        with pytest.raises(NotEnoughData, match="could be tried on the past"):
            past_errors(evaluation, untried)


@pytest.mark.parametrize(
    ("money", "way"),
    [([-0.1, -0.2], "low"), ([0.1, 0.2], "high"), ([0.1, -0.2], None), ([-0.1], None), ([-0.1, 0.002], None)],
)
def test_a_direction_takes_two_errors_of_a_per_cent(money: list[float], way: str | None) -> None:
    assert errors(money).one_sided == way


@pytest.mark.parametrize(("off", "rough"), [(0.49, False), (0.51, True), (-0.32, False), (-0.34, True)])
def test_beyond_half_as_much_again_it_is_an_order_of_magnitude(off: float, rough: bool) -> None:
    """A forecast a third too low was followed by half as much again."""
    assert errors([off]).is_rough == rough


FRAME = pd.DataFrame(
    {
        "months": [3, 12],
        "purchases": [100.0, 300.0],
        "purchases_lower": [95.0, 240.0],
        "purchases_upper": [105.0, 360.0],
        "value": [1000.0, 3000.0],
        "value_lower": [900.0, 2900.0],
        "value_upper": [1100.0, 3100.0],
    }
)


def test_ranges_are_widened_never_narrowed_and_estimates_stay() -> None:
    made = widened(FRAME, errors([0.25], [0.1]))
    assert list(made["value"]) == [1000.0, 3000.0] and list(made["months"]) == [3, 12]
    assert list(made["value_lower"]) == [800.0, 2400.0]
    assert list(made["value_upper"]) == [1250.0, 3750.0]
    assert list(made["purchases_lower"]) == [pytest.approx(100 / 1.1), 240.0]
    assert list(made["purchases_upper"]) == [pytest.approx(110.0), 360.0]
    pd.testing.assert_frame_equal(widened(FRAME, None), FRAME)
    pd.testing.assert_frame_equal(widened(FRAME, errors([0.0])), FRAME)


def test_a_forecast_of_nothing_leaves_everything_open() -> None:
    made = widened(FRAME.assign(value=[0.0, 10.0]), errors([-1.0]))
    assert list(made["value_upper"]) == [1100.0, np.inf]
    assert list(made["value_lower"]) == [0.0, 0.0]


def test_a_new_customer_is_lowered_to_what_newcomers_bring() -> None:
    plain = reckoned_newcomer(ONE, None)
    assert plain == (44.0, 42.0, 46.0)
    assert reckoned_newcomer(ONE, None, errors([0.25])) == (44.0, 35.2, 55.0)
    less = Shortfall(0.5, 0.4, 0.6, 6, SINCE)
    assert reckoned_newcomer(ONE, less) == (22.0, pytest.approx(17.6), pytest.approx(26.4))
    assert reckoned_newcomer(ONE, less, errors([0.5])) == (22.0, pytest.approx(22 / 1.5), 33.0)


def test_a_shortfall_is_clear_and_of_a_tenth_or_more() -> None:
    seen = pd.DataFrame(
        {
            "months": [3, 6],
            "since": SINCE,
            "seen": [20.0, 16.0],
            "seen_lower": [18.0, 12.0],
            "seen_upper": [22.0, 20.0],
            "expected": [20.0, 32.0],
        }
    )
    assert shortfall(seen) == Shortfall(0.5, 0.375, 0.625, 6, SINCE)
    assert shortfall(seen.assign(expected=[20.0, 17.5], seen_upper=17.0)) is None, (
        "nine tenths are near enough"
    )
    assert shortfall(seen.assign(seen_upper=40.0)) is None, "may be chance"
    assert shortfall(None) is None and shortfall(seen.iloc[:0]) is None


def a_curve() -> pd.DataFrame:
    value = np.linspace(20.0, 44.0, 13)
    return pd.DataFrame(
        {"months": range(13), "purchases": 0.1, "value": value, "lower": value - 1, "upper": value + 1}
    )


@pytest.mark.parametrize(
    "less", [None, Shortfall(0.75, 0.6, 0.9, 6, SINCE), Shortfall(0.25, 0.2, 0.3, 6, SINCE)]
)
def test_the_curve_ends_at_the_figure_to_reckon_with(less: Shortfall | None) -> None:
    one = NewCustomerValue(12, 20.0, 1.5, 44.0, 43.0, 45.0, 99.0, 90.0, 110.0)
    reckoned = reckoned_newcomer(one, less, errors([0.1]))
    made = reckoned_curve(a_curve(), reckoned)
    last = made.iloc[-1]
    assert (last.value, last.lower, last.upper) == tuple(map(pytest.approx, reckoned))
    assert (made["value"].diff().dropna() > 0).all()
    assert (made["lower"] <= made["value"]).all() and (made["value"] <= made["upper"]).all()
    first = 20.0 if less is None or less.ratio == 0.75 else 5.0  # lowered itself, where 11 is all one brings
    assert made["value"].iloc[0] == pytest.approx(first)


def test_a_curve_that_does_not_grow_is_scaled() -> None:
    flat = a_curve().assign(value=20.0, lower=19.0, upper=21.0)
    one = NewCustomerValue(12, 20.0, 0.0, 20.0, 19.0, 21.0, 99.0, 90.0, 110.0)
    made = reckoned_curve(flat, reckoned_newcomer(one, None))
    assert (made["value"] == 20.0).all() and made["lower"].iloc[-1] == 19.0


def test_a_tenth_has_the_range_of_what_it_spent_in_tests() -> None:
    methods = pd.DataFrame(
        {"method": ["own", "own", "other"], "target": "spend", "top_decile": [0.48, 0.56, 0.1]}
    )
    evaluation: Any = SimpleNamespace(methods=methods)
    assert tenth_in_the_past(evaluation, "own", 0.66) == (0.66, 0.48, 0.66)
    assert tenth_in_the_past(evaluation, "own", 0.4) == (0.4, 0.4, 0.56)
    untried = tenth_in_the_past(evaluation, "nobody", 0.66)
    assert untried.value == 0.66 and np.isnan(untried.lower) and np.isnan(untried.upper)
