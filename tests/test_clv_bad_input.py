"""Customers that no model was made for: a finite sound number or a sentence; no traceback, warning or NaN."""

from __future__ import annotations

import datetime as dt
import sys
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
from clv_data import SHOPS, by_day, people
from cohort_data import Row, buys, purchases_of

from keepbook import clv
from keepbook.clv import future, model, new_customers
from keepbook.clv.base import Base, Choices, customer_base
from keepbook.clv.forecast import backtest, forecast
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.clv.new_customers import new_customer
from keepbook.clv.value import outlook, score
from keepbook.clv.views import concentration
from keepbook.errors import KeepbookError, NotEnoughData, UnitFileError
from keepbook.tables import Window, open_tables
from keepbook.unit import Unit

START = dt.date(2024, 1, 1)
prediction = sys.modules["keepbook.clv.forecast"]  # the function in the package hides the module
MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd")


def at(day: int) -> str:
    return (START + dt.timedelta(days=day)).isoformat()


def ordinary(
    customers: int, days: int, seed: int = 1, money: float | None = None, busy: int = 4
) -> list[Row]:
    """Simulated customers of the first two thirds of some days."""
    shop = SHOPS["bg_nbd"]
    of = people(
        shop._replace(params=(0.9, 80.0 / busy, 0.8, 2.6)),
        customers,
        days,
        np.random.default_rng(seed),
        days / 1.5,
    )
    rows = by_day(of, days - 1)
    return [
        (
            f"C{row.customer}",
            START + dt.timedelta(days=days - 1 - row.period),
            money or round(row.money, 2) + 0.01,
            True,
        )
        for row in rows.itertuples()
    ]


def all_on(customers: int, *days: int, amount: float | None = None, letter: str = "C") -> list[Row]:
    """Customers who all buy on the same days."""
    return [
        row
        for i in range(customers)
        for row in buys(f"{letter}{i}", *map(at, days), amount=amount or 5.0 + i)
    ]


def far_apart() -> list[Row]:
    """What a purchase costs, from 5 to 5e11."""
    return [
        row
        for i in range(60)
        for row in buys(f"C{i}", *map(at, range(0, 100, 3 + i % 7)), amount=5 * 10.0 ** (i % 12))
    ]


def spoilt(rows: list[Row], money: Callable[[int, float], float]) -> list[Row]:
    """Other money for each customer number."""
    return [(c, day, money(int(c[1:]), m), bought) for c, day, m, bought in rows]


def with_returns(rows: list[Row], times: float) -> list[Row]:
    """Every third purchase comes back the day after, so many times over."""
    taken = {(customer, day) for customer, day, *_ in rows}
    back = [(c, day + dt.timedelta(days=1), -times * m, False) for c, day, m, _ in rows[::3]]
    return rows + [row for row in back if row[:2] not in taken]


# name → rows, days of history, choices
SHOPS_OF_ALL_KINDS: dict[str, tuple[list[Row], int, dict]] = {
    "nothing costs anything": (spoilt(ordinary(80, 200), lambda _i, _m: 0.0), 200, {}),
    "half of them pay nothing": (spoilt(ordinary(80, 200), lambda i, m: m * (i % 2)), 200, {}),
    "more comes back than was bought": (with_returns(ordinary(80, 200), 10), 200, {}),
    "one-time buyers only": ([row for i in range(100) for row in buys(f"C{i}", at(i % 50))], 90, {}),
    "every customer identical": (all_on(60, 0, 10, 20, amount=9.0), 60, {}),
    "identical but for one": (all_on(60, 0, 10, 20, amount=9.0) + buys("D1", at(3)), 60, {}),
    "T is 0": (all_on(60, 0), 1, {}),
    "T is 1": (all_on(60, 0, 1), 2, {}),
    "a horizon far longer than the history": (ordinary(80, 40, busy=10), 40, {"months": 60}),
    "three weeks, by the week": (ordinary(200, 21, busy=12), 21, {"time_unit": "week"}),
    "a single repeater": (
        [row for i in range(100) for row in buys(f"C{i}", at(i % 50))] + buys("C0", at(70)),
        90,
        {},
    ),
    "3,000 purchases among others": (ordinary(200, 3000) + buys("D1", *map(at, range(3000))), 3000, {}),
    "3,000 purchases of the only one": (buys("D1", *map(at, range(3000))), 3000, {}),
    "one customer": (buys("D1", at(3)), 30, {}),
    "two customers": (buys("D1", at(3)) + buys("D2", at(3), at(13)), 30, {}),
    "all buy every day": (all_on(40, *range(30)), 30, {}),
    "all spend the same": (ordinary(80, 200, money=10.0), 200, {}),
    "very dear": (spoilt(ordinary(80, 200), lambda _i, m: m * 1e9), 200, {}),
    "very cheap": (spoilt(ordinary(80, 200), lambda i, _m: 1e-4 * (1 + i % 2)), 200, {}),
    "twelve powers of ten apart": (far_apart(), 100, {}),
    "on the first and the last day": (all_on(50, 0, 99), 100, {}),
    "half on the last, half in the middle": (all_on(25, 0, 99) + all_on(25, 0, 50, letter="D"), 100, {}),
    "nobody for years": (ordinary(100, 100), 1500, {}),
    "a dozen": (ordinary(12, 150), 150, {}),
    "no discount": (ordinary(80, 200), 200, {"discount_rate": 0.0}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _warnings_are_errors() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="ibis")
        yield


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether figures are finite takes fewer draws than how wide their intervals are."""
    for module, name, few in (
        (model, "DRAWS", 400),
        (future, "PARAMETER_DRAWS", 12),
        (future, "SIMULATED_CUSTOMERS", 300),
        (new_customers, "PARAMETER_DRAWS", 16),
        (prediction, "PARAMETER_DRAWS", 8),
    ):
        monkeypatch.setattr(module, name, few)


def made(name: str, key: str, **more: object) -> tuple:
    rows, days, choices = SHOPS_OF_ALL_KINDS[name]
    purchases = purchases_of(rows, "bad")
    window = Window(START, START + dt.timedelta(days=days - 1))
    return purchases, customer_base(purchases, window, Choices(**{"model": key, **choices, **more}))


def finite(frame: pd.DataFrame, *but: str) -> None:
    for name in frame.columns.difference(but):
        column = frame[name]
        assert column.notna().all(), name
        if pd.api.types.is_numeric_dtype(column):
            assert np.isfinite(column.to_numpy(float)).all(), name


def everything(purchases, base: Base, fitted: CustomerModel) -> None:
    """Every figure that a page could show, looked at."""
    finite(fitted.parameters(), "standard_error")  # missing where the data leave a parameter open
    assert np.isfinite(fitted.posterior.draws).all()
    assert (fitted.posterior.draws > 0).all()
    finite(scores := score(base, fitted).to_pandas())
    assert len(scores) == base.customers
    assert scores["p_alive"].between(0, 1).all()
    assert (scores["clv"] >= 0).all()
    for what in ("purchases", "clv"):
        assert (scores[f"{what}_lower"] >= 0).all()
        assert (scores[f"{what}_lower"] <= scores[f"{what}_upper"]).all()
    finite(ahead := outlook(base, fitted))
    for what in ("purchases", "revenue", "value"):
        assert (ahead[f"{what}_lower"] <= ahead[what] * (1 + 1e-12)).all()
        assert (ahead[what] <= ahead[f"{what}_upper"] * (1 + 1e-12)).all()
        assert (np.diff(ahead[what]) >= -1e-9).all()
    assert scores["expected_purchases"].sum() == pytest.approx(
        ahead["purchases"].iloc[-1], rel=1e-6, abs=1e-9
    )
    newcomer = new_customer(base, fitted)
    assert np.isfinite([newcomer.first, newcomer.purchases, newcomer.value]).all()
    assert newcomer.lower <= newcomer.value <= newcomer.upper
    endless = [newcomer.lifetime, newcomer.lifetime_lower, newcomer.lifetime_upper]
    assert np.isfinite(endless).all() == (base.choices.discount_rate > 0)
    shares = concentration(score(base, fitted))
    finite(shares, *(["value_share"] if scores["clv"].sum() == 0 else []))
    told = forecast(base, fitted, "month")
    finite(told.past)
    finite(told.ahead)
    try:
        finite(backtest(purchases, base, fitted, "month").periods)
    except NotEnoughData as reason:
        assert reason.what.endswith(".")


def sentence(error: KeepbookError) -> None:
    """One that a reader may be shown."""
    assert error.what[0].isupper()
    assert error.what.endswith(".")
    assert "nan" not in error.what.lower().split()


# in CI each kind of shop with one model, `make test-slow` with all of them
EACH = [
    pytest.param(name, key, id=f"{name}-{key}", marks=[pytest.mark.slow] if (i + j) % 4 else [])
    for i, name in enumerate(SHOPS_OF_ALL_KINDS)
    for j, key in enumerate(["auto", *MODELS])
]


@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize(("name", "key"), EACH)
def test_a_finite_number_or_a_sentence(name: str, key: str) -> None:
    """Past the checks, which stop most of these: what lies behind them has to hold by itself."""
    purchases, base = made(name, key)
    try:
        fitted = fit_model(base)
    except NotEnoughData as error:
        assert base.repeaters == 0
        return sentence(error)
    return everything(purchases, base, fitted)


@pytest.mark.slow
@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize("key", ["auto", *MODELS])
@pytest.mark.parametrize("name", SHOPS_OF_ALL_KINDS)
def test_a_finite_number_or_a_sentence_by_the_week(name: str, key: str) -> None:
    purchases, base = made(name, key, time_unit="week")
    try:
        fitted = fit_model(base)
    except NotEnoughData as error:
        return sentence(error)
    return everything(purchases, base, fitted)


STOPPED = [
    "nothing costs anything",
    "more comes back than was bought",
    "one-time buyers only",
    "every customer identical",
    "T is 0",
    "T is 1",
    "three weeks, by the week",
    "a single repeater",
    "3,000 purchases of the only one",
    "one customer",
    "two customers",
    "all buy every day",
    "a dozen",
]


@pytest.mark.parametrize("name", STOPPED)
def test_what_no_data_can_carry_is_not_printed(name: str) -> None:
    _purchases, base = made(name, "auto")
    with pytest.raises(NotEnoughData) as told:
        clv.fit(base)
    sentence(told.value)


def test_one_time_buyers_are_told_apart_from_bad_luck() -> None:
    _purchases, base = made("one-time buyers only", "auto")
    with pytest.raises(NotEnoughData, match="^Nobody has bought a second time, so nothing can be said"):
        fit_model(base)


def test_nobody_at_all() -> None:
    """Only returns, or everybody after the end of observation."""
    for rows in ([("D1", START, -3.0, False)], buys("D1", at(50))):
        window = Window(START, START + dt.timedelta(days=29))
        base = customer_base(purchases_of(rows, "nobody"), window, Choices())
        assert base.customers == 0
        with pytest.raises(NotEnoughData) as told:
            clv.fit(base)
        sentence(told.value)
        with pytest.raises(NotEnoughData):
            fit_model(base)


def test_the_best_customer_is_not_lost() -> None:
    """3,000 purchases in 3,000 days: still there, and one a day to come, unless this is the last year."""
    _purchases, base = made("3,000 purchases among others", "pareto_nbd")
    best = score(base, fit_model(base)).to_pandas().set_index("customer_id").loc["D1"]
    assert best["frequency"] == 2999
    assert best["p_alive"] > 0.99
    assert 330 < best["expected_purchases"] < 366
    assert 10 < best["purchases_lower"] < 250
    assert 350 < best["purchases_upper"] < 420
    assert best["decile"] == 1


def test_free_purchases_say_nothing_of_money() -> None:
    _purchases, base = made("nothing costs anything", "auto")
    fitted = fit_model(base)
    assert fitted.spend.why
    ahead = outlook(base, fitted)
    assert (ahead["purchases"] > 0).all()
    assert (ahead[["revenue", "revenue_upper", "value", "value_upper"]] == 0).all(axis=None)


def test_what_comes_back_is_taken_off() -> None:
    """Returns of more than everything: nothing is left, and nobody is worth less than nothing."""
    _purchases, base = made("more comes back than was bought", "auto")
    assert base.kept_share == 0
    assert base.spend_to_date < 0
    assert (outlook(base, fit_model(base))["value"] == 0).all()


# ── from a file ─────────────────────────────────────────────────────────────────────────────────────────


def lines(rows: list[Row]) -> str:
    return "customer_id,date,amount\n" + "".join(f"{c},{day},{money}\n" for c, day, money, _ in rows)


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({"discount_rate": 10}, "0.10"),
        ({"discount_rate": -0.1}, "discount_rate"),
        ({"margin": 0}, "margin"),
        ({"margin": 40}, "0.4"),
        ({"value_months": 0}, "value_months"),
        ({"value_months": 61}, "value_months"),
        ({"time_unit": "month"}, "time_unit"),
        ({"model": "bgnbd"}, "bg_nbd"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(
    shop: Callable[..., Unit], settings: dict, wanted: str
) -> None:
    with pytest.raises(UnitFileError) as told:
        shop(lines(buys("a", at(0))), **settings)
    assert wanted in str(told.value)


@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize("fault", ["nan", "", pytest.param("inf", marks=pytest.mark.slow), "1e400"])
def test_an_amount_that_is_no_number_reaches_no_figure(shop: Callable[..., Unit], fault: str) -> None:
    """The line is told of and left out: the customers are those without it, and so is their money."""
    rows = ordinary(60, 200)
    with open_tables(shop(lines(rows) + f"C1,{at(199)},{fault}\n", as_of=at(199))) as tables:
        base = customer_base(tables.purchases, tables.window, Choices(model="pareto_nbd"))
        assert np.isfinite([base.first_spend, base.kept_share]).all()
        assert base.spend_to_date == pytest.approx(sum(money for *_, money, _bought in rows), abs=0.01)
        assert base.customers == len({customer for customer, *_ in rows})
        finite(outlook(base, fit_model(base)))


@pytest.mark.usefixtures("few_draws")
def test_zero_and_negative_amounts_from_a_file(shop: Callable[..., Unit]) -> None:
    """Who only ever gives back is no customer."""
    rows = ordinary(80, 200)
    odd = "".join(f"Z{i},{at(10 + i)},{money}\n" for i, money in enumerate([0, -5, -0.01, 0]))
    with open_tables(shop(lines(rows) + odd, as_of=at(199))) as tables:
        base = customer_base(tables.purchases, tables.window, Choices(model="pareto_nbd"))
        assert base.customers == len({customer for customer, *_ in rows})
        assert 0.99 < base.kept_share <= 1
        finite(outlook(base, fit_model(base)))
