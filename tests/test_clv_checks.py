"""What the data cannot carry is said: every check on both sides of its bound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cohort_data import Row, buys, purchases_of
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from words_data import JARGON, too_much

from keepbook.clv.base import Base, Choices, customer_base
from keepbook.clv.checks import Check, base_checks, model_checks, typical_interval
from keepbook.clv.model import CustomerModel, Spend, dependence, drift
from keepbook.clv.processes.bg_nbd import BG
from keepbook.clv.processes.fitting import Fit
from keepbook.clv.processes.posterior import Posterior
from keepbook.clv.rfm import Patterns
from keepbook.tables import Window
from keepbook.text import catalogue

START = dt.date(2024, 1, 1)


def at(day: int) -> str:
    return (START + dt.timedelta(days=day)).isoformat()


def shop(customers: int = 600, days: int = 360, seed: int = 1) -> list[Row]:
    """Somebody new now and then, who buys every 20 to 90 days for a while; the last day has a purchase."""
    rng = np.random.default_rng(seed)
    rows = buys("last", at(days - 1))
    for i in range(customers - 1):
        first, gap = int(rng.integers(0, days)), int(rng.integers(20, 90))
        stops = first + int(rng.exponential(150))
        on = range(first, min(stops, days - 1) + 1, gap)
        rows += buys(f"C{i}", *map(at, on), amount=float(rng.integers(5, 50)))
    return rows


def base_of(rows: list[Row], days: int = 360, **choices: object) -> Base:
    window = Window(START, START + dt.timedelta(days=days - 1))
    settings = {"months": 6, **choices}
    return customer_base(purchases_of(rows, "checked"), window, Choices(**settings))  # type: ignore[arg-type]


def check(base: Base, name: str) -> Check:
    return next(one for one in base_checks(base) if one.name == name)


@pytest.fixture(scope="module")
def sound() -> Base:
    return base_of(shop())


def test_sound_data_pass_every_check(sound: Base) -> None:
    failed = [one for one in base_checks(sound) if not one.passed]
    assert not failed
    assert not [one for one in base_checks(sound) if one.stops or one.follows]
    assert all(one.measured and one.needed for one in base_checks(sound))


@pytest.mark.parametrize(
    ("customers", "passed"),
    [(500, True), (499, False)],
)
def test_customers(customers: int, passed: bool) -> None:
    found = check(base_of(shop(customers)), "Customers")
    assert (found.passed, found.stops, found.measured) == (passed, False, f"{customers} customers")
    assert bool(found.follows) is not passed


def test_nobody_is_told() -> None:
    empty = Patterns(*[np.array([])] * 7)
    [found] = base_checks(replace(base_of(shop(3)), patterns=empty))
    assert found.stops and found.follows == "There is nobody to speak of."


def often(days: int, gap: int = 10) -> list[Row]:
    """Fifty customers, all of the first days, who buy every `gap` days."""
    return [row for i in range(50) for row in buys(f"C{i}", *(at(day) for day in range(i % 9, days, gap)))]


def test_history_is_measured_against_the_usual_time_between_purchases() -> None:
    """180 days are enough for purchases 45 days apart, not for such as are 60 days apart: that takes 240."""
    assert check(base_of(often(180, 45), 180), "History").passed
    assert not check(base_of(often(179, 40), 179), "History").passed
    found = check(base_of(often(181, 60), 181), "History")
    assert not found.passed and not found.stops
    assert (
        found.measured == "181 days, purchases typically 60 days apart"
        and found.needed == "at least 240 days"
    )


def test_less_than_two_usual_times_stop() -> None:
    assert check(base_of(often(119, 60), 119), "History").stops
    assert not check(base_of(often(120, 60), 120), "History").stops


def test_a_few_weeks_stop() -> None:
    assert check(base_of(often(27, 5), 27), "History").stops
    assert not check(base_of(often(28, 5), 28), "History").stops
    weekly = check(base_of(often(21, 7), 21, time_unit="week"), "History")
    assert weekly.stops and weekly.measured == "21 days, purchases typically 7 days apart, 3 whole weeks"
    assert weekly.follows == "The history is too short: a forecast takes 56 days or more."
    longer = check(base_of(often(42, 7), 42, time_unit="week"), "History")
    assert longer.stops and longer.follows.endswith("Counting by days takes less than counting by weeks.")
    assert not check(base_of(often(42, 7), 42), "History").stops, "and so it does"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60), st.integers(1, 5)), min_size=1, max_size=20))
def test_the_usual_time_is_that_of_each_customer(rows: list[tuple[int, int, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["frequency", "recency", "customers"])
    frame = frame.groupby(["frequency", "recency"], as_index=False).sum()
    frame = frame.assign(T=60, repeat_spend=0.0, repeat_spend_squares=0.0)
    each = frame.loc[frame.index.repeat(frame["customers"])]
    each = each[each["frequency"] > 0]
    gaps = np.sort(each["recency"] / each["frequency"])
    found = typical_interval(Patterns.of(frame))
    assert np.isnan(found) if not len(gaps) else found in (gaps[(len(gaps) - 1) // 2], gaps[len(gaps) // 2])


def test_a_quiet_end() -> None:
    rows = shop(days=360)
    assert check(base_of(rows, 390), "Latest order").passed
    found = check(base_of(rows, 391), "Latest order")
    assert not found.passed and not found.stops and found.measured == "31 days, since 2024-12-25"
    assert "then date the report to that day" in found.follows and "2024-12-25" in found.follows


def test_weeks_do_not_blur_the_last_day() -> None:
    assert (
        check(base_of(shop(days=360), 365, time_unit="week"), "Latest order").measured
        == "5 days, since 2024-12-25"
    )


def once(customers: int) -> list[Row]:
    return [row for i in range(customers) for row in buys(f"O{i}", at(i % 360))]


@pytest.mark.parametrize(("again", "passed"), [(30, True), (29, False), (1, False), (0, False)])
def test_repeat_buyers(again: int, passed: bool) -> None:
    rows = once(700) + [row for i in range(again) for row in buys(f"R{i}", at(i), at(i + 40))]
    found = check(base_of(rows), "Repeat buyers")
    assert (found.passed, found.stops) == (passed, not passed)
    assert found.measured == f"{again} of {700 + again} customers bought again"
    assert ("Nobody bought twice" in found.follows) is (again == 0)


def test_three_times() -> None:
    twice = [row for i in range(600) for row in buys(f"R{i}", at(i % 300), at(i % 300 + 40 + i % 7))]
    found = check(base_of(twice), "Customers who bought three times")
    assert not found.passed and not found.stops and found.measured == "0 customers"
    assert check(base_of(twice + buys("one", at(0), at(5), at(9))), "Customers who bought three times").passed


def test_customers_who_are_all_alike_stop() -> None:
    rows = [row for i in range(600) for row in buys(f"C{i}", *map(at, range(0, 360, 30)))]
    assert check(base_of(rows), "Differences").stops
    assert not check(base_of(rows + buys("other", at(3))), "Differences").stops


def test_customers_of_the_last_day_alone() -> None:
    """T = 0 for everybody."""
    rows = [row for i in range(600) for row in buys(f"C{i}", at(359))]
    stopped = [one.name for one in base_checks(base_of(rows)) if one.stops]
    assert "Repeat buyers" in stopped and "Differences" in stopped


def test_free_purchases() -> None:
    """Of 100 repeat buyers five, six, or all paid nothing."""

    def asked(free: int) -> Check:
        rows = [
            (f"R{i}", START + dt.timedelta(days=day), 0.0 if i < free else 10.0 + i, True)
            for i in range(100)
            for day in (i, i + 50 + i % 9)
        ]
        return check(base_of(rows), "Purchases with a price")

    assert asked(5).passed
    assert not asked(6).passed and not asked(6).stops
    assert asked(6).measured == "6 of 100 repeat buyers (6.0 %) paid nothing"
    assert asked(100).stops and "no money to predict" in asked(100).follows


@pytest.mark.parametrize(
    ("back", "passed", "stops"), [(0, True, False), (50, True, False), (51, False, False), (100, False, True)]
)
def test_returns(back: int, passed: bool, stops: bool) -> None:
    """Each of 100 customers buys for 100 twice, and brings so much of it back."""
    rows = [row for i in range(100) for row in buys(f"C{i}", at(i), at(i + 50 + i % 9), amount=100.0)]
    rows += [(f"C{i}", START + dt.timedelta(days=i + 5), -2.0 * back, False) for i in range(100) if back]
    found = check(base_of(rows), "Returns")
    assert (found.passed, found.stops) == (passed, stops)
    assert found.measured == f"{100 - back}.0 % of revenue is left after returns"


def test_a_horizon_longer_than_the_history_is_said(sound: Base) -> None:
    """2024-12-25 and 11 months are 335 days, 12 months 365: the history has 360."""
    assert check(replace(sound, choices=replace(sound.choices, months=11)), "Horizon").passed
    found = check(replace(sound, choices=replace(sound.choices, months=12)), "Horizon")
    assert not found.passed and not found.stops
    assert found.measured == "12 months ahead, 365 days" and found.needed == "at most the 360 days of history"
    assert found.follows.startswith("Beyond 360 days ahead")


# ── spend ───────────────────────────────────────────────────────────────────────────────────────────────


def pairs_of(*rows: tuple[float, float, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["frequency", "monetary_value", "customers"])


def test_dependence_by_hand() -> None:
    """A fourfold table 30, 20, 20, 30: r = 0.2, standard error of z √((1 − r²) / 100) / (1 − r²)."""
    table = pairs_of((1, 10, 30), (1, 20, 20), (2, 10, 20), (2, 20, 30))
    r, lower, upper = dependence(table)
    error = np.sqrt(0.96 / 100) / 0.96
    assert r == pytest.approx(0.2)
    assert (lower, upper) == pytest.approx(
        tuple(np.tanh(np.arctanh(0.2) + s * 1.959964 * error) for s in (-1, 1))
    )


def test_dependence_of_normal_columns_is_fishers() -> None:
    """On the z scale 1 / √n, whatever the correlation is."""
    z = np.random.default_rng(1).standard_normal((2, 5000))
    for r in (0.0, 0.5, 0.9):
        pairs = zip(z[0], 9 + r * z[0] + (1 - r**2) ** 0.5 * z[1], [1] * 5000, strict=True)
        found, lower, upper = dependence(pairs_of(*pairs))
        assert found == pytest.approx(r, abs=0.05)
        half = (np.arctanh(upper) - np.arctanh(lower)) / 2
        assert half == pytest.approx(1.96 / 5000**0.5, rel=0.1)


def test_dependence_is_never_surer_than_fisher() -> None:
    """An even fourfold table: r = 0, and 1 / √(n − 3) above 1 / √n."""
    even = pairs_of((1, 10, 25), (1, 20, 25), (2, 10, 25), (2, 20, 25))
    assert dependence(even) == pytest.approx((0, -np.tanh(1.959964 / 97**0.5), np.tanh(1.959964 / 97**0.5)))


@given(st.floats(0.01, 1000), st.floats(0.1, 10))
def test_dependence_has_no_unit(money: float, times: float) -> None:
    table = pairs_of((1, 10, 30), (1, 20, 25), (2, 10, 20), (5, 25, 30))
    other = table.assign(monetary_value=table["monetary_value"] * money, frequency=table["frequency"] * times)
    assert dependence(other) == pytest.approx(dependence(table))


@pytest.mark.parametrize(
    "table", [pairs_of(), pairs_of((1, 10, 3)), pairs_of((1, 10, 50)), pairs_of((1, 10, 50), (2, 10, 50))]
)
def test_dependence_of_nothing_is_missing(table: pd.DataFrame) -> None:
    assert np.isnan(dependence(table)).all()


def test_independent_spend_is_not_accused() -> None:
    """Gamma-Gamma's own truth: the 95 % interval misses 0 in 5 % of samples, within binomial error."""
    rng, times, inside = np.random.default_rng(1), 200, 0
    for _ in range(times):
        x = 1 + rng.negative_binomial(0.6, 0.15, 1000)
        money = rng.gamma(6 * x) / rng.gamma(4, 1 / 20, 1000) / x
        _r, lower, upper = dependence(pairs_of(*zip(x, money, [1] * 1000, strict=True)))
        inside += lower <= 0 <= upper
    assert binom.cdf(inside, times, 0.95) > 1e-3


@pytest.mark.parametrize(("power", "says"), [(0.5, "spends more each time"), (-0.5, "spends less each time")])
def test_dependent_spend_is_said(sound: Base, power: float, says: str) -> None:
    rng = np.random.default_rng(1)
    x = 1 + rng.negative_binomial(0.6, 0.15, 1000)
    money = rng.gamma(6 * x) / rng.gamma(4, 1 / 20, 1000) / x * x**power
    pairs = pairs_of(*zip(x, money, [1] * 1000, strict=True))
    found = check(replace(sound, pairs=pairs), "Spend independent of frequency")
    assert not found.passed and not found.stops and says in found.follows


def activity_of(*means: float, purchases: int = 40) -> pd.DataFrame:
    """Thirty days a mean."""
    days = np.repeat(means, 30)
    dates = pd.date_range(START, periods=len(days))
    money = days * purchases * np.resize([0.98, 1.02], len(days))
    return pd.DataFrame({"date": dates, "returning": purchases, "repeat_spend": money})


def test_drift_by_hand() -> None:
    """From 20 to 23; the middle is not looked at."""
    change, lower, upper = drift(activity_of(20, 500, 23))
    assert change == pytest.approx(0.15)
    assert 0.12 < lower < 0.15 < upper < 0.18
    back, down, up = drift(activity_of(23, 500, 20))
    assert (1 + back, 1 + down, 1 + up) == pytest.approx((1 / 1.15, 1 / (1 + upper), 1 / (1 + lower)))


def test_drift_needs_purchases() -> None:
    assert np.isnan(drift(activity_of(20, 20, 20, purchases=0))).all()
    assert np.isnan(drift(activity_of(0, 20, 20))).all()
    assert np.isnan(drift(activity_of(20, 20, 23).iloc[:0])).all()


def test_spend_is_weighted_by_purchases() -> None:
    """A day of one dear purchase is no tenth of ten days."""
    table = activity_of(20, 20, 20)
    table.loc[80, ["returning", "repeat_spend"]] = (1, 2000)
    usual = table.loc[60:].drop(80)
    expected = (usual["repeat_spend"].sum() + 2000) / (usual["returning"].sum() + 1)
    old = table.loc[:29, "repeat_spend"].sum() / table.loc[:29, "returning"].sum()
    assert drift(table)[0] == pytest.approx(expected / old - 1)


@pytest.mark.parametrize(("newest", "says"), [(23, "understated"), (17, "overstated"), (20.8, "")])
def test_drifting_spend_is_said(sound: Base, newest: float, says: str) -> None:
    """Four per cent is no drift worth a word, however sure."""
    activity = activity_of(20, 20, newest)
    assert not drift(activity)[1] < 0 < drift(activity)[2], "chance does not explain it"
    found = check(replace(sound, activity=activity), "Steady spend")
    assert found.passed is (not says) and not found.stops and says in found.follows


# ── the fitted model ────────────────────────────────────────────────────────────────────────────────────


def fitted(
    converged: bool = True, boundary: tuple[str, ...] = (), khat: float = 0.2, spend: bool = True
) -> CustomerModel:
    fit = Fit(BG.names, np.ones(4), np.zeros(4), -1.0, np.eye(4), np.eye(4), converged, boundary, 100.0)
    posterior = Posterior(np.ones((9, 4)), khat, 9.0)
    flat = np.ones(3)
    money = Spend(
        flat, flat[None], fit if spend else None, posterior if spend else None, why="" if spend else "few"
    )
    return CustomerModel(BG, fit, posterior, None, money, pd.DataFrame())


@pytest.mark.parametrize(
    ("model", "failed", "stops"),
    [
        (fitted(), [], False),
        (fitted(boundary=("a", "b")), ["Purchase model", "Spend model"], False),
        (fitted(converged=False), ["Purchase model", "Spend model"], True),
        (fitted(khat=0.71), ["Draws of the purchase model", "Draws of the spend model"], False),
        (fitted(khat=0.7), [], False),
        (fitted(spend=False), ["Spend model"], False),
    ],
)
def test_the_fit_is_judged(model: CustomerModel, failed: list[str], stops: bool) -> None:
    found = model_checks(model)
    assert [one.name for one in found if not one.passed] == failed
    assert any(one.stops for one in found) is stops
    assert all(bool(one.follows) is not one.passed for one in found)


def test_open_parameters_are_named_and_what_follows_is_said_in_words() -> None:
    first = model_checks(fitted(boundary=("a", "b")))[0]
    assert first.measured == "a, b open" and "whether they ever leave" in first.follows


def test_what_follows_may_stand_among_the_findings() -> None:
    """Short sentences in plain words: no keys of the unit file, no jargon."""
    text = catalogue("clv")
    found = [
        *base_checks(base_of(once(50), 60)),
        *model_checks(fitted(boundary=("a", "b"))),
        *base_checks(base_of(often(27, 5), 20)),
    ]
    said = [one.follows for one in found if one.follows]
    assert len(said) >= 5
    for follows in said:
        sentence = text("read-with-care", follows=follows)
        assert not too_much(sentence) and not JARGON.search(sentence) and "`" not in sentence, sentence


@pytest.mark.parametrize(
    "make", [lambda: shop(600), lambda: once(50), lambda: often(30, 7)], ids=["shop", "once", "often"]
)
def test_no_check_speaks_of_nan(make: Callable[[], list[Row]]) -> None:
    for one in base_checks(base_of(make())):
        assert "nan" not in " ".join((one.measured, one.needed, one.follows)).lower().split()
        assert one.passed or one.follows
        assert not (one.passed and one.stops)
