"""Data that cannot carry an evaluation are told; what they do carry is free of nonsense."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from clv_validation_data import START
from cohort_data import buys, purchases_of

from keepbook.clv.base import Choices
from keepbook.clv.validation.baselines import BOOSTING
from keepbook.clv.validation.evaluation import evaluate, origins_of
from keepbook.errors import NotEnoughData
from keepbook.tables import Window


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
    assert found.best["purchases"].simple_is_as_good in (True, False)


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
    assert np.isfinite(found.best["purchases"].error)


def test_too_little_to_learn_from_is_told() -> None:
    rows = [row for i in range(60) for row in buys(f"C{i}", at(i % 40), at(i % 40 + 30), at(i % 40 + 200))]
    found = evaluate(purchases_of(rows, "small"), window_of(300), Choices())
    why = found.absent.query("method == @BOOSTING")["why"]
    assert "too little to learn from" in why.iloc[0] and "of 60 customers" in why.iloc[0]
    assert BOOSTING not in set(found.methods["method"])
