"""The plan of the next test: textbook sizes, other packages', supply counted by hand, and simulated tests."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest
import tea_tasting as tt
from conftest import REPOSITORY
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from keepbook.errors import DataError, NotEnoughData
from keepbook.experiments.compared import compare
from keepbook.experiments.moments import Moments
from keepbook.experiments.planner import Plan, plan, planning
from keepbook.experiments.planner.past import eligible, newcomers, silence_of, weeks_of
from keepbook.experiments.planner.simulation import Cells, Drawn, cells_of, draw, found, pvalues
from keepbook.experiments.planner.sizes import (
    Spread,
    needed_per_arm,
    power_with,
    ready_on,
    smallest_lift,
    weeks_to,
)
from keepbook.params import Unit, load_unit
from keepbook.tables import Tables, Window, open_tables

Floats = NDArray[np.float64]
FRAMES = ("needed", "detectable", "simulated", "false_positive")


def share(present: float, pre_variance: float = 0.0, covariance: float = 0.0) -> Spread:
    """Of `retained`: those who buy on top count as buyers."""
    return Spread("retained", present, present * (1 - present), pre_variance, covariance, 1.0, 1.0)


def money(x: Floats, pre: Floats | None = None) -> Spread:
    """Of revenue, in which everybody with a positive amount is a buyer."""
    cov = np.cov(x, pre if pre is not None else np.zeros(len(x)))
    bought = x[x > 0]
    return Spread(
        "revenue", x.mean(), cov[0, 0], cov[1, 1], cov[0, 1], bought.mean(), float((bought**2).mean())
    )


def cells(x: Floats, pre: Floats | None = None, *, is_share: bool = False) -> Cells:
    """Every customer a cell of one's own."""
    before = pre if pre is not None else np.zeros(len(x))
    return Cells(np.ones(len(x), int), x, before, x > 0, is_share)


def within(rate: float, truth: float, n: int, errors: float = 3.5) -> bool:
    """So many binomial standard errors; at 3.5 chance alone breaks one of 2,000."""
    return bool(abs(rate - truth) < errors * np.sqrt(truth * (1 - truth) / n))


# ── sizes against textbooks and other packages ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("p1", "p2", "power", "n"),
    [
        (0.10, 0.12, 0.8, 3841),  # by hand, Fleiss et al. (2003), eq. 4.14: 3840.85
        (0.50, 0.75, 0.9, 77),  # the examples of R's ?power.prop.test: n = 76.7
        (0.05, 0.06, 0.8, 8158),  # by hand: 8157.73
    ],
)
def test_two_shares(p1: float, p2: float, power: float, n: int) -> None:
    theirs = samplesize_proportions_2indep_onetail(p2 - p1, p1, power, alpha=0.05)
    assert np.ceil(theirs) == n
    assert needed_per_arm(share(p1), [p2 / p1 - 1], 0.05, power, adjust=False) == [n]


def test_power_of_two_shares() -> None:
    """R's ?power.prop.test: 50 in each arm find 50 % → 75 % with a power of 0.740; and Cohen's arcsine."""
    assert round(power_with(share(0.5), 0.5, 50, 0.05, adjust=True), 3) == 0.740
    found_with = power_with(share(0.1), 0.2, 3841, 0.05, adjust=True)
    assert found_with == pytest.approx(0.8, abs=5e-5)
    size = 2 * (np.arcsin(np.sqrt(0.12)) - np.arcsin(np.sqrt(0.10)))
    assert NormalIndPower().power(size, 3841, 0.05) == pytest.approx(found_with, abs=1e-3)


@pytest.mark.parametrize("rho", [0.0, 0.6])
@pytest.mark.parametrize("customers", [400_000, 40_000_000])
def test_many_customers_agree_with_tea_tasting_and_statsmodels(rho: float, customers: int) -> None:
    """They know one deviation for both arms; it is right as the effect, and what it adds to it, goes to 0."""
    spread = Spread("revenue", 20.0, 900.0, 400.0, rho * 30 * 20, 40.0, 2500.0)
    lift = smallest_lift(spread, [customers], 0.05, 0.8, adjust=True)[0]
    aggregates = tt.aggr.Aggregates(
        count_=10_000,
        mean_={"x": 20.0, "pre": 15.0},
        var_={"x": 900.0, "pre": 400.0},
        cov_={("pre", "x"): rho * 600},
    )
    metric = tt.Mean("x", "pre", alpha=0.05, power=0.8, n_obs=customers)
    theirs = metric.solve_power_from_aggregates(aggregates, "rel_effect_size")[0].rel_effect_size
    assert lift == pytest.approx(theirs, rel=0.02 if customers < 1e6 else 0.002)
    size = TTestIndPower().solve_power(nobs1=customers / 2, alpha=0.05, power=0.8)
    assert theirs == pytest.approx(size * 30 * np.sqrt(1 - rho**2) / 20, rel=2e-3)  # at 4e7 it is rough


def treated(x: Floats, reached: float, rng: np.random.Generator, *, is_share: bool) -> Floats:
    """What is put in, customer by customer: some buy on top what a buyer bought."""
    top = rng.choice(x[x > 0], len(x)) * (rng.random(len(x)) < reached)
    return np.minimum(x + top, 1) if is_share else x + top


@pytest.mark.parametrize("is_share", [True, False])
def test_deviations_are_those_of_treated_customers(is_share: bool) -> None:
    """Against 800,000 of them, with and without what the pre-period takes away by regression."""
    rng = np.random.default_rng(3)
    rate = rng.gamma(1.5, 0.5, 800_000)
    x, pre = rng.poisson(rate) * rng.gamma(3, 4, len(rate)), rng.poisson(rate).astype(float)
    x = (x > 0).astype(float) if is_share else x
    spread = money(x, pre)
    spread = replace(spread, metric="retained") if is_share else spread
    after = treated(x, float(spread.reached(0.4)), rng, is_share=is_share)
    assert after.mean() == pytest.approx(1.4 * x.mean(), rel=0.01)
    control, treatment = spread.deviations(0.4, False)
    assert (control, treatment) == (pytest.approx(x.std(), rel=0.01), pytest.approx(after.std(), rel=0.01))
    slope = np.polyfit(np.concatenate([pre, pre]), np.concatenate([x, after]), 1)[0]
    control, treatment = spread.deviations(0.4, True)
    assert control == pytest.approx((x - slope * pre).std(), rel=0.01)
    assert treatment == pytest.approx((after - slope * pre).std(), rel=0.01)


spreads = st.one_of(
    st.floats(0.02, 0.9).map(share),
    st.builds(
        lambda p, added, ratio, rho: Spread(
            "revenue",
            p * added,
            p * ratio * added**2 - (p * added) ** 2,
            1.0,
            rho * (p * ratio * added**2 - (p * added) ** 2) ** 0.5,
            added,
            ratio * added**2,
        ),
        st.floats(0.02, 0.95),
        st.floats(0.01, 1e6),
        st.floats(1.1, 500),
        st.floats(0, 0.99),
    ),
)


@given(spreads, st.integers(50, 10**7), st.floats(1.1, 50), st.booleans())
def test_more_customers_find_smaller_effects(spread: Spread, n: int, more: float, adjust: bool) -> None:
    few, many = smallest_lift(spread, [n, int(n * more)], 0.05, 0.8, adjust=adjust)
    assume(few == few)
    assert many < few
    loose = smallest_lift(spread, [n], 0.1, 0.8, adjust=adjust)[0]
    assert loose < few


@given(spreads, st.floats(0.005, 0.5), st.booleans())
def test_size_effect_and_power_are_one_relation(spread: Spread, lift: float, adjust: bool) -> None:
    assume(lift <= spread.most)
    n = needed_per_arm(spread, [lift], 0.05, 0.8, adjust=adjust)[0]
    assume(30 < n < 1e7)
    assert smallest_lift(spread, [2 * n], 0.05, 0.8, adjust=adjust)[0] == pytest.approx(lift, rel=0.02)
    assert 0.795 < power_with(spread, lift, int(n), 0.05, adjust=adjust) < 0.82


def test_a_lift_without_room_is_missing() -> None:
    """Of 90 % who come back anyway at most all do: a lift of 1/9."""
    assert share(0.9).most == pytest.approx(1 / 9)
    assert np.isnan(needed_per_arm(share(0.9), [0.1, 0.2], 0.05, 0.8, adjust=False)).tolist() == [False, True]
    assert np.isnan(smallest_lift(share(0.9), [20, 2000], 0.05, 0.8, adjust=False)).tolist() == [True, False]
    everybody, nothing = share(1.0), Spread("revenue", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for spread in (everybody, nothing):
        assert spread.most == 0
        assert np.isnan(needed_per_arm(spread, [0.1], 0.05, 0.8, adjust=True)).all()
        assert np.isnan(smallest_lift(spread, [100], 0.05, 0.8, adjust=True)).all()


# ── the analysis of simulated tests is the page's ───────────────────────────────────────────────────────


def arm(x: Floats, pre: Floats, metric: str) -> Moments:
    return Moments(
        (metric, f"pre_{metric}"), len(x), len(x), np.array([x.mean(), pre.mean()]), np.cov(x, pre)
    )


def drawn(arms: list[Moments]) -> Drawn:
    return Drawn(
        arms[0].count,
        *(np.array([one.mean[i] for one in arms]) for i in (0, 1)),
        *(np.array([one.cov[i, j] for one in arms]) for i, j in ((0, 0), (1, 1), (0, 1))),
    )


@pytest.mark.parametrize("metric", ["retained", "revenue"])
@pytest.mark.parametrize("before", ["varies", "constant"])
def test_pvalues_are_those_of_the_page(metric: str, before: str) -> None:
    rng = np.random.default_rng(8)
    arms: tuple[list[Moments], list[Moments]] = ([], [])
    for _replication in range(25):
        for one, n, level in zip(arms, (60, 90), (0.4, 0.5), strict=True):
            pre = rng.integers(0, 2, n).astype(float) if before == "varies" else np.ones(n)
            x = (rng.random(n) < level + 0.2 * (pre - 0.5)).astype(float)
            x = x * rng.gamma(1, 20, n) if metric == "revenue" else x
            one.append(arm(x, pre, metric))
    expected = [compare(metric, *pair).pvalue for pair in zip(*arms, strict=True)]
    ours = pvalues(drawn(arms[0]), drawn(arms[1]), share=metric == "retained")
    np.testing.assert_allclose(ours, expected, rtol=1e-9)
    assert min(expected) < 0.05 < 0.5 < max(expected)


def test_where_nothing_varies_nothing_is_found() -> None:
    one = Drawn(50, *(np.array([value]) for value in (1.0, 1.0, 0.0, 0.0, 0.0)))
    assert np.isnan(pvalues(one, one, share=True)).all() and np.isnan(pvalues(one, one, share=False)).all()


@pytest.mark.parametrize("is_share", [True, False])
def test_drawn_arms_have_the_moments_of_arms_drawn_one_by_one(is_share: bool) -> None:
    rng = np.random.default_rng(12)
    pre = rng.poisson(1, 500).astype(float)
    x = rng.poisson(0.3 + 0.4 * pre) * rng.gamma(2, 5, 500)
    x = (x > 0).astype(float) if is_share else x
    own, n = cells(x, pre, is_share=is_share), 80
    ours = draw(own, n, 0.3, 4000, np.random.default_rng(1))
    (shift, scale), (pre_shift, pre_scale) = own.units
    rows = []
    for _replication in range(4000):
        at = rng.integers(500, size=n)
        top = rng.choice(x[x > 0], n) * (rng.random(n) < 0.3)
        after = np.minimum(x[at] + top, 1) if is_share else x[at] + top
        cov = np.cov((after - shift) / scale, (pre[at] - pre_shift) / pre_scale)
        rows.append((after.mean(), pre[at].mean(), cov[0, 0], cov[1, 1], cov[0, 1]))
    theirs = np.array(rows)
    theirs[:, 0], theirs[:, 1] = (theirs[:, 0] - shift) / scale, (theirs[:, 1] - pre_shift) / pre_scale
    for mine, other in zip(ours[1:], theirs.T, strict=True):
        error = np.sqrt((mine.var() + other.var()) / 4000)
        assert abs(mine.mean() - other.mean()) < 4 * error
        assert mine.std() == pytest.approx(other.std(), rel=0.08)


# ── what simulated tests find ───────────────────────────────────────────────────────────────────────────


def usual(rng: np.random.Generator, n: int = 2000) -> tuple[Floats, Floats]:
    """Revenue of customers who differ: two in five buy, and as before."""
    rate = rng.gamma(2, 0.3, n)
    return rng.poisson(rate) * rng.gamma(4, 5, n), rng.poisson(1.5 * rate) * rng.gamma(4, 5, n)


@pytest.mark.parametrize("kind", ["share", "money"])
def test_simulated_tests_find_what_the_formula_says(kind: str) -> None:
    x, pre = usual(np.random.default_rng(2))
    is_share = kind == "share"
    x = (x > 0).astype(float) if is_share else x
    spread = share(x.mean()) if is_share else money(x, pre)
    own = cells(x, None if is_share else pre, is_share=is_share)
    for i, lift in enumerate((0.15, 0.3)):
        n = int(needed_per_arm(spread, [lift], 0.05, 0.8, adjust=True)[0])
        for size in (n, n // 2):
            promised = power_with(spread, lift, size, 0.05, adjust=True)
            rng = np.random.default_rng([3, i, size])
            hits = found(own, size, float(spread.reached(lift)), alpha=0.05, replications=1500, rng=rng)
            assert within(hits / 1500, promised, 1500, errors=4)


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_nothing_is_found_in_alpha_of_tests_of_nothing(alpha: float) -> None:
    x, pre = usual(np.random.default_rng(4))
    for own in (cells(x, pre), cells((x > 0).astype(float), is_share=True)):
        hits = found(own, 400, 0.0, alpha=alpha, replications=3000, rng=np.random.default_rng(5))
        assert within(hits / 3000, alpha, 3000)


def test_simulation_shows_what_one_deviation_for_both_arms_leaves_out() -> None:
    """Where few customers bring most of the money, what is bought on top varies as much as all the rest."""
    rng = np.random.default_rng(3)
    x = (rng.random(3000) < 0.3) * np.exp(rng.normal(0, 2, 3000))
    spread, run = money(x), {"alpha": 0.05, "replications": 2000}
    usual_size = TTestIndPower().solve_power(
        0.5 * spread.present / spread.variance**0.5, alpha=0.05, power=0.8
    )
    reached = float(spread.reached(0.5))
    short = found(cells(x), int(usual_size), reached, rng=np.random.default_rng(1), **run) / 2000
    assert short < 0.8 - 4 * np.sqrt(0.8 * 0.2 / 2000)
    ours = int(needed_per_arm(spread, [0.5], 0.05, 0.8, adjust=False)[0])
    assert ours > 1.15 * usual_size
    held = found(cells(x), ours, reached, rng=np.random.default_rng(1), **run) / 2000
    assert held > 0.8 - 3 * np.sqrt(0.8 * 0.2 / 2000)


@pytest.mark.slow
def test_nothing_is_found_in_alpha_of_tests_at_length() -> None:
    x, pre = usual(np.random.default_rng(4))
    hits = found(cells(x, pre), 300, 0.0, alpha=0.05, replications=40_000, rng=np.random.default_rng(5))
    assert within(hits / 40_000, 0.05, 40_000)


# ── supply, counted by hand ─────────────────────────────────────────────────────────────────────────────

SHOP = {  # churn_after is 10; a test begins on 1 March 2024 and takes customers until the 15th
    "A": ["2024-02-25", "2024-03-05"],  # active on 1 March, and never silent until the 15th
    "B": ["2024-03-03"],  # new; silent from the 14th on
    "C": ["2024-01-01", "2024-03-14"],  # silent on 1 March, active from the 15th on
    "D": ["2024-03-15"],  # active from the 16th on
    "E": ["2024-02-20"],  # bought 10 days before: active on 1 March, silent from the 2nd on
    "F": ["2024-02-19"],  # bought 11 days before: silent on 1 March
    "G": ["2024-03-01"],  # buys on the day itself: new on the 2nd, silent from the 12th on
    "H": ["2024-03-02", "2024-03-13"],  # new on the 3rd; silent on the 13th, on which it buys
    "I": ["2024-03-02", "2024-03-12"],  # new on the 3rd; never silent
    "J": ["2022-03-01"],  # silent for 731 days on 1 March
    "K": ["2022-03-02"],  # silent for 730
}


@pytest.fixture
def bought() -> ir.Table:
    rows = [(name, dt.date.fromisoformat(day)) for name, days in SHOP.items() for day in days]
    table = ibis.memtable(pd.DataFrame(rows, columns=["customer_id", "date"]))
    return table.mutate(date=table.date.cast("date"))


@pytest.mark.parametrize(
    ("who", "stock", "flow"), [("active", "AE", 5), ("silent", "CFK", 4), ("all", "ACEFK", 4)]
)
def test_supply(bought: ir.Table, who: str, stock: str, flow: int) -> None:
    """New are B, C, G, H, I as active ones; B, E, G, H as silent ones; B, G, H, I as either."""
    silence = silence_of(who, 10)  # type: ignore[arg-type]
    there = eligible(bought, dt.date(2024, 3, 1), silence).to_pandas()["customer_id"]
    assert "".join(sorted(there)) == stock
    assert newcomers(bought, dt.date(2024, 3, 1), dt.date(2024, 3, 15), silence) == flow


def test_weeks_that_show_who_is_new() -> None:
    """With 90 days before them, as many whole weeks as there are up to 26."""

    def weeks(days: int) -> int:
        as_of = dt.date(2024, 12, 31)
        return weeks_of(Window(as_of - dt.timedelta(days=days), as_of), 90)

    assert [weeks(days) for days in (60, 96, 97, 103, 104, 271, 272, 999)] == [0, 0, 1, 1, 2, 25, 26, 26]


def test_duration(tiny: Plan) -> None:
    history = replace(tiny.history, available=100, per_week=7.0)
    weeks = weeks_to([60, 100, 101, 107, 108], history)
    assert weeks.tolist() == [0, 0, 1, 1, 2]
    assert weeks_to([60, 101], replace(history, per_week=0.0)).tolist() == [0, np.inf]
    assert weeks_to([60, 101], replace(history, per_week=np.nan)).tolist() == [0, np.inf]
    days = ready_on([0, 2, 52, 53, np.inf], dt.date(2024, 6, 30), 30)
    assert days[:3].strftime("%Y-%m-%d").tolist() == ["2024-07-30", "2024-08-13", "2025-07-29"]
    assert days[3:].isna().all()  # 371 days of enrolment


# ── a whole plan, by hand ───────────────────────────────────────────────────────────────────────────────


def lines(*orders: tuple[str, str, float]) -> str:
    return "customer_id,date,amount\n" + "".join(f"{who},{day},{amount}\n" for who, day, amount in orders)


def tiny_shop() -> str:
    """40 customers of 20 May; 20 of them back in June, 10 twice. A test of 30 days begins on 31 May."""
    orders = [("first", "2024-01-01", 5.0), ("late", "2024-06-30", 99.0)]
    for i in range(40):
        orders.append((f"c{i}", "2024-05-20", 10.0 + i % 7))
        orders += [(f"c{i}", "2024-06-05", 20.0)] if i < 20 else []
        orders += [(f"c{i}", "2024-06-29", 30.0)] if i < 10 else []
    orders.append(("c39", "2024-06-30", 1000.0))  # the 31st day
    return lines(*orders)


@pytest.fixture
def tiny(shop: Callable[..., Unit]) -> Iterator[Plan]:
    unit = shop(tiny_shop(), churn_after=30)
    with open_tables(unit) as tables:
        yield plan(tables, unit, outcome_days=30, replications=100)


def test_history(tiny: Plan) -> None:
    history = tiny.history
    assert history.anchor == dt.date(2024, 5, 31)
    assert (history.eligible, history.retained, history.orders) == (40, 0.5, 0.75)
    assert history.revenue == pytest.approx((20 * 20 + 10 * 30) / 40)
    assert history.available == 20  # those of June; on 30 June the others have been silent for 41 days
    assert (history.weeks, history.per_week) == (21, pytest.approx(40 / 21))  # since 4 February


def test_frames_hold_together(tiny: Plan) -> None:
    assert tiny.needed.columns.tolist() == [
        "metric",
        "lift",
        "effect",
        "n_per_arm",
        "n_per_arm_cuped",
        "weeks",
        "ready_on",
    ]
    assert (tiny.needed.groupby("metric").size() == 5).all()
    np.testing.assert_allclose(
        tiny.needed.query("metric == 'orders'")["effect"], 0.75 * tiny.needed["lift"][:5]
    )
    row = tiny.needed.query("metric == 'retained' and lift == 0.5").iloc[0]
    assert (
        row["n_per_arm"] == 58
    )  # statsmodels' samplesize_proportions_2indep_onetail(0.25, 0.5, 0.8) is 57.67
    assert row["weeks"] == np.ceil((2 * 58 - 20) / (40 / 21))
    assert row["ready_on"] == pd.Timestamp("2024-06-30") + pd.Timedelta(days=51 * 7 + 30)
    first = tiny.detectable.query("metric == 'revenue'")
    assert first["customers"].tolist() == [5, 10, 20, int(20 + 13 * 40 / 21), int(20 + 26 * 40 / 21)]
    assert first["weeks"].tolist() == [0, 0, 0, 13, 26]
    known = first.dropna()
    np.testing.assert_allclose(known["mde"], known["mde_lift"] * tiny.history.revenue)
    assert (tiny.simulated["lower"] <= tiny.simulated["power"]).all()
    assert (tiny.simulated["n_per_arm"] <= (20 + 26 * 40 / 21) / 2).all()
    assert set(tiny.false_positive["metric"]) == {"retained", "orders", "revenue"}


def test_the_pre_period_sharpens(shop: Callable[..., Unit]) -> None:
    """Whoever spends five times as much does so again: nearly all of the variance is foretold."""
    orders = [("old", "2023-01-01", 5.0)]
    for i in range(200):
        level = 1 + i % 5
        orders.append((f"c{i}", "2024-05-20", 10.0 * level))
        orders += [(f"c{i}", "2024-06-05", 10.0 * level + i % 3)] if i % 20 else []
    unit = shop(lines(*orders), churn_after=30, as_of="2024-06-30")
    with open_tables(unit) as tables:
        with_it = plan(tables, unit, outcome_days=30, replications=50).needed
        without = plan(tables, unit, outcome_days=30, pre_days=0, replications=50).needed
    revenue = with_it["metric"] == "revenue"
    first, last = with_it[revenue], without[revenue]
    np.testing.assert_allclose(first["n_per_arm"], last["n_per_arm"])
    np.testing.assert_allclose(last["n_per_arm"], last["n_per_arm_cuped"])
    assert (first["n_per_arm_cuped"] < 0.7 * first["n_per_arm"]).all()
    smallest = first.iloc[0]  # a lift of 2 % adds next to nothing to the variance
    assert smallest["n_per_arm_cuped"] < 0.35 * smallest["n_per_arm"]


def test_what_does_not_vary_cannot_be_planned(shop: Callable[..., Unit]) -> None:
    """Everybody comes back once and spends 10.10, as before: no metric varies, none has a lift."""
    orders = [(f"c{i}", day, 10.10) for i in range(50) for day in ("2024-05-20", "2024-06-05")]
    unit = shop(lines(*orders), as_of="2024-06-30")
    with open_tables(unit) as tables:
        made = plan(tables, unit, outcome_days=30, replications=20)
    assert made.history.retained == 1
    assert made.needed[["n_per_arm", "n_per_arm_cuped", "weeks"]].isna().all(axis=None)
    assert made.detectable[["mde", "mde_plain"]].isna().all(axis=None)
    assert made.simulated.empty and made.false_positive.empty
    assert made.notes[:3] == (
        "retained: 100.0 % of customers come back anyway, so no lift is above 0.0 %.",
        "orders: it is the same for all customers, or not above 0, so no lift can be planned.",
        "revenue: it is the same for all customers, or not above 0, so no lift can be planned.",
    )


# ── notes and refusals ──────────────────────────────────────────────────────────────────────────────────


def test_notes(shop: Callable[..., Unit], monkeypatch: pytest.MonkeyPatch) -> None:
    unit = shop(tiny_shop(), churn_after=30)
    with open_tables(unit) as tables:
        silent = plan(tables, unit, who="all", outcome_days=30, replications=50, lifts=[0.5, 2.0])
        assert "retained: 48.8 % of customers come back anyway, so no lift is above 105.0 %." in silent.notes
        monkeypatch.setattr(planning, "power_with", lambda *args, **named: 0.999)
        short = plan(tables, unit, outcome_days=30, replications=50, lifts=[0.1])
    assert short.simulated["short"].all()
    pattern = r"revenue: a lift of 10 % is found in \d+ % of simulated tests with 34 customers per arm, where"
    assert any(re.match(pattern, note) for note in short.notes)


def test_notes_of_the_silent(shop: Callable[..., Unit]) -> None:
    orders = [(f"c{i}", "2024-03-01", 10.0) for i in range(50)]
    orders += [(f"c{i}", "2024-06-10", 10.0 + i) for i in range(12)]
    unit = shop(lines(*orders), churn_after=60, as_of="2024-06-30")
    with open_tables(unit) as tables:
        made = plan(tables, unit, who="silent", outcome_days=30, pre_days=60, replications=50)
    assert made.history.available == 38 and made.history.eligible == 50
    text = "Nobody had bought in the 60 days before: only a pre-period of over 60 days helps."
    assert text in made.notes
    np.testing.assert_array_equal(made.needed["n_per_arm"][:5], made.needed["n_per_arm_cuped"][:5])


def some(n: int, back: int = 0) -> str:
    orders = [(f"c{i}", "2024-05-20", 10.0) for i in range(n)]
    return lines(*orders, *((f"c{i}", "2024-06-05", 10.0) for i in range(back)))


@pytest.mark.parametrize(
    ("content", "who", "told"),
    [
        (
            lines(("a", "2024-06-01", 1.0)),
            "active",
            "No purchase lies before 2024-05-31, 30 days before 2024-06-30: there is no past to plan on.",
        ),
        (some(3), "active", "3 customers bought in the 90 days before 2024-05-31; a plan takes 30 or more."),
        (
            some(3),
            "silent",
            "0 customers were silent for over 90 days on 2024-05-31; a plan takes 30 or more.",
        ),
        (some(29, 20), "all", "29 customers bought before 2024-05-31; a plan takes 30 or more."),
        (
            some(50),
            "active",
            "Of 50 customers 0 bought in 30 days from 2024-05-31 on; a plan takes 10 or more.",
        ),
        (
            some(50, 9),
            "active",
            "Of 50 customers 9 bought in 30 days from 2024-05-31 on; a plan takes 10 or more.",
        ),
    ],
    ids=["no past", "three", "none silent", "few at all", "nobody back", "few back"],
)
def test_too_little(shop: Callable[..., Unit], content: str, who: str, told: str) -> None:
    unit = shop(content, as_of="2024-06-30")
    with open_tables(unit) as tables, pytest.raises(NotEnoughData) as error:
        plan(tables, unit, who=who, outcome_days=30)  # type: ignore[arg-type]
    assert str(error.value) == told


def test_nobody_left(shop: Callable[..., Unit]) -> None:
    """Those of the past were enough, but all but 12 of them are gone by now and nobody comes."""
    unit = shop(some(50, 12), churn_after=30, as_of="2024-07-05")
    told = "12 customers bought in the 30 days before 2024-07-05; a plan takes 30 or more."
    with open_tables(unit) as tables, pytest.raises(NotEnoughData, match=re.escape(told)):
        plan(tables, unit, outcome_days=35)


@pytest.mark.parametrize(
    ("design", "told"),
    [
        ({"who": "activ"}, "The plan's who cannot be 'activ'."),
        ({"outcome_days": 0}, "The plan's outcome_days cannot be 0."),
        ({"pre_days": -1}, "The plan's pre_days cannot be -1."),
        ({"alpha": 0.5}, "The plan's alpha cannot be 0.5."),
        ({"power": 1}, "The plan's power cannot be 1."),
        ({"lifts": [0.1, 0]}, "The plan's lifts cannot be [0.1, 0]."),
        ({"replications": 0}, "The plan's replications cannot be 0."),
    ],
)
def test_a_design_that_is_none(shop: Callable[..., Unit], design: dict, told: str) -> None:
    unit = shop(some(50, 20))
    with open_tables(unit) as tables, pytest.raises(DataError) as error:
        plan(tables, unit, **design)
    assert error.value.what == told and error.value.do and error.value.expected


# ── the demo unit ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[Tables, Unit]]:
    unit = load_unit("demo", REPOSITORY)
    with open_tables(unit) as tables:
        yield tables, unit


def test_the_demo_shop(demo: tuple[Tables, Unit]) -> None:
    """The past summed up by pandas; power and false alarms within their binomial errors."""
    made = plan(*demo)
    rows = demo[0].purchases.to_pandas()
    rows = rows.assign(date=pd.to_datetime(rows["date"]), amount=rows["amount"].astype(float))
    bought, anchor = rows[rows["is_purchase"]], pd.Timestamp(made.history.anchor)
    last = bought[bought["date"] < anchor].groupby("customer_id")["date"].max()
    people = last.index[last >= anchor - pd.Timedelta(days=90)]
    after = rows[rows["customer_id"].isin(people) & (rows["date"] >= anchor)]
    after = after[after["date"] < anchor + pd.Timedelta(days=60)]
    assert made.history.eligible == len(people)
    bought = after[after["is_purchase"]]
    assert made.history.retained == pytest.approx(bought["customer_id"].nunique() / len(people))
    assert made.history.orders == pytest.approx(len(bought) / len(people))
    assert made.history.revenue == pytest.approx(after["amount"].sum() / len(people))
    for row in made.simulated.itertuples():
        assert within(row.power, row.formula, 500, errors=4)
    for row in made.false_positive.itertuples():
        assert within(row.rate, 0.05, 500, errors=4)


def test_the_same_seed_gives_the_same_plan(demo: tuple[Tables, Unit]) -> None:
    once, again, other = (plan(*demo, seed=seed, replications=60) for seed in (5, 5, 6))
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(once, name), getattr(again, name), rtol=1e-12)
    assert not once.simulated["power"].equals(other.simulated["power"])
    pd.testing.assert_frame_equal(once.needed, other.needed, rtol=1e-12)


def test_cells_keep_the_moments(demo: tuple[Tables, Unit]) -> None:
    """Money is put together by tenths: the mean stays, and all but 0.2 % of the variance."""
    tables, unit = demo
    past = planning.past_of(tables, unit, "active", 60, 90)
    for metric, spread in planning.spreads_of(past).items():
        own = cells_of(past.each, spread)
        assert own.count.sum() == past.history.eligible
        assert np.average(own.x, weights=own.count) == pytest.approx(spread.present, rel=1e-12)
        cov = np.cov(own.x, own.pre, fweights=own.count)
        exact = 1e-9 if metric != "revenue" else 2e-3
        assert cov[0, 0] == pytest.approx(spread.variance, rel=exact)
        assert cov[0, 1] == pytest.approx(spread.covariance, rel=exact, abs=1e-9)
        assert len(own.count) < past.history.eligible / 2
