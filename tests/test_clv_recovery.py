"""The truth of simulated customers is found again, and what is said of the future depends on no unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import ibis
import numpy as np
import pandas as pd
import pytest
from clv_data import (
    BY_KEY,
    SHOPS,
    START,
    Shop,
    base_of,
    buyers,
    exact_times,
    known_at,
    patterns_of,
    people,
    purchases_of,
    random_shop,
)
from mpmath import exp as mp_exp
from mpmath import gamma, hyperu, mpf, quad
from scipy.special import roots_legendre
from scipy.stats import beta as beta_law
from scipy.stats import chi2
from scipy.stats import gamma as gamma_law

from keepbook.clv.base import Base, Choices, customer_base
from keepbook.clv.forecast import forecast
from keepbook.clv.future import discounted_alive
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.clv.new_customers import new_customer
from keepbook.clv.processes import fitting
from keepbook.clv.processes.bg_nbd import BG, MBG
from keepbook.clv.processes.fitting import Fit, Prior, maximise
from keepbook.clv.processes.gamma_gamma import SpendObjective
from keepbook.clv.processes.pareto_nbd import PARETO
from keepbook.clv.rfm import rfm
from keepbook.clv.value import outlook, total_ahead
from keepbook.tables import Window

UNLIKELY = 1e-4  # a test of chance fails by chance once in ten thousand, were its seed another one
BUSY = {  # several weeks between purchases, so that even 500 customers say something of every parameter
    "bg_nbd": Shop("bg_nbd", (0.9, 20.0, 0.8, 2.6)),
    "mbg_nbd": Shop("mbg_nbd", (1.1, 22.0, 0.9, 2.6)),
    "pareto_nbd": Shop("pareto_nbd", (0.9, 20.0, 0.8, 120.0)),
}
RATES = [np.log1p(yearly) / 365.25 for yearly in (0.01, 0.10, 0.90)]


# ── recovery ────────────────────────────────────────────────────────────────────────────────────────────


def fitted(shop: Shop, customers: int, seed: int, grid: bool = False) -> Fit:
    """Two years of a shop in exact times, or counted in days."""
    of = people(shop, customers, 730.0, np.random.default_rng([seed, customers]))
    known = known_at(of, 729) if grid else exact_times(of, 730.0)
    return maximise(shop.process.objective(patterns_of(known)))


def fitted_spend(shop: Shop, customers: int, seed: int) -> Fit:
    pairs = buyers(shop.spend, customers, np.random.default_rng([seed, customers]))
    return maximise(SpendObjective(*(pairs[name].to_numpy() for name in pairs)))


def missed(fit: Fit, truth: tuple[float, ...]) -> tuple[np.ndarray, float]:
    """Error of each log-parameter, and χ² of all together by what the fit says of them (expected: 1 each)."""
    error = np.log((fit.params - fit.floors) / (np.array(truth) - fit.floors))
    return error, float(error @ np.linalg.solve(fit.log_covariance, error)) / len(error)


def recovered(name: str, fits: dict[int, list[Fit]], truth: tuple[float, ...], near: float = 1.5) -> None:
    """Errors are as large as the fits say, and fall with the root of the customers."""
    size, own, total = {}, 0.0, 0
    for customers, made in fits.items():
        assert all(fit.converged and not fit.boundary for fit in made)
        errors, surprise = zip(*(missed(fit, truth) for fit in made), strict=True)
        size[customers] = float(np.sqrt(np.mean(np.square(errors))))
        free = len(made) * len(truth)
        own, total = own + sum(surprise) * len(truth), total + free
        print(f"{name} n={customers}: rms error of log {size[customers]:.4f}, χ²/df {np.mean(surprise):.3f}")
    least, most = chi2.ppf([UNLIKELY / 2, 1 - UNLIKELY / 2], total)
    assert least < own < most
    small, large = min(fits), max(fits)
    per_tenfold = (size[small] / size[large]) ** (1 / np.log10(large / small))
    print(f"{name}: ten times the customers, error / {per_tenfold:.2f} (√10 = 3.16)")
    assert 10**0.5 / near < per_tenfold < 10**0.5 * near


@pytest.mark.parametrize("key", BUSY)
def test_the_truth_is_found_and_the_error_falls_with_the_root_of_customers(key: str) -> None:
    shop = BUSY[key]
    fits = {n: [fitted(shop, n, seed) for seed in range(times)] for n, times in ((500, 16), (5000, 10))}
    recovered(key, fits, shop.params)


@pytest.mark.slow
@pytest.mark.parametrize("key", BUSY)
def test_the_truth_is_found_up_to_50000_customers(key: str) -> None:
    shop, sizes = BUSY[key], ((500, 60), (5000, 25), (50_000, 10))
    fits = {n: [fitted(shop, n, seed) for seed in range(times)] for n, times in sizes}
    recovered(key, fits, shop.params, near=1.2)


@pytest.mark.parametrize("times", [(20, 10, 2), pytest.param((200, 100, 40), marks=pytest.mark.slow)])
def test_the_truth_of_spend_is_found(times: tuple[int, ...]) -> None:
    shop, sizes = SHOPS["bg_nbd"], dict(zip((500, 5000, 50_000), times, strict=True))
    fits = {n: [fitted_spend(shop, n, seed) for seed in range(k)] for n, k in sizes.items()}
    recovered("gamma_gamma", fits, shop.spend)


@pytest.mark.parametrize("key", SHOPS)
def test_days_instead_of_moments_cost_little(key: str) -> None:
    """Counted in days, purchases of one day merge, and T begins and ends at midnight. Both bend estimates; in
    a shop of three months between purchases by less than a tenth."""
    shop, exact = SHOPS[key], fitted(SHOPS[key], 6000, 1)
    grid = fitted(shop, 6000, 1, grid=True)
    apart = grid.params / exact.params - 1
    print(key, "days against moments:", np.round(apart, 4))
    assert np.abs(apart).max() < 0.10
    ahead = [shop.process.expected_new(fit.params, 365.0) for fit in (exact, grid)]
    assert float(ahead[1]) == pytest.approx(float(ahead[0]), rel=0.02)


# ── the maximiser ───────────────────────────────────────────────────────────────────────────────────────


def climbed(number: int, starts: int) -> dict:
    """One random shop: how its fit ended, and how much higher other starts get (the truth, and around it)."""
    shop, customers, last, rng = random_shop(number)
    known = known_at(people(shop, customers, last + 1.0, rng, came=0.9 * last), last)
    objective = shop.process.objective(patterns_of(known))
    fit, truth = maximise(objective), np.array(shop.params)
    nothing = Prior.of(objective.names, None)
    other = [truth * np.exp(rng.normal(0, wide, 4)) for wide in (0, *[1.0] * (starts - 1))]
    best = max(fitting._from(start, objective, nothing).log_likelihood for start in other)
    far = bool(np.abs(np.log(fit.params / truth)).max() > np.log(1000))
    at_truth = float(objective.values(truth[None])[0])
    again = int((known["frequency"] > 0).sum())
    return {
        "number": number,
        "customers": len(known),
        "again": again,
        "converged": fit.converged,
        "boundary": fit.boundary,
        "far": far,
        "below_truth": at_truth - fit.log_likelihood,
        "missed": best - fit.log_likelihood,
    }


@pytest.mark.parametrize(
    ("units", "starts"), [(45, 1), pytest.param(400, 4, marks=pytest.mark.slow, id="full")]
)
def test_the_summit_is_found_in_every_ordinary_shop(units: int, starts: int) -> None:
    """Or it is said that there is none: where the likelihood rises for ever, the fit says which parameters
    ran away, and on that slope no start within reason ends much higher: by 1 in log-likelihood at most."""
    ends = pd.DataFrame([climbed(number, starts) for number in range(units)])
    ran = ends["boundary"].map(bool)
    print(ends.groupby(ran)[["customers", "again"]].median())
    print(f"{units} shops: {(~ends.converged).sum()} did not converge, {ran.sum()} without a summit")
    assert ends["converged"].all()
    assert ends["below_truth"].max() <= 1e-6
    assert ends["missed"][~ran].max() < 1e-3
    assert ends["missed"].max() < 1
    assert (ends["far"] & ~ran).mean() < 0.01  # a summit a factor of 1,000 from the truth: of small shops
    assert ran.mean() < 0.2
    assert ends["again"][ran].median() < ends["again"][~ran].median()  # it is few data that leave them open


# ── units ───────────────────────────────────────────────────────────────────────────────────────────────


def customers_of(key: str, customers: int = 1200, seed: int = 3) -> pd.DataFrame:
    of = people(SHOPS[key], customers, 730.0, np.random.default_rng(seed))
    return exact_times(of, 730.0)


def both(known: pd.DataFrame, **choices: object) -> tuple[Base, CustomerModel]:
    base = base_of(known, 729, Choices(**choices))  # type: ignore[arg-type]
    return base, fit_model(base)


@pytest.mark.parametrize("key", SHOPS)
def test_days_and_weeks_give_the_same_answer(key: str) -> None:
    known = customers_of(key, 250)
    days, in_days = both(known, model=key)
    weeks, in_weeks = both(
        known.assign(recency=known["recency"] / 7, T=known["T"] / 7), model=key, time_unit="week"
    )
    scale = np.array([1, 7, 1, 7 if key == "pareto_nbd" else 1])
    assert in_weeks.params * scale == pytest.approx(in_days.params, rel=1e-6)
    assert in_weeks.fit.log_likelihood - known["frequency"].sum() * np.log(7) == pytest.approx(
        in_days.fit.log_likelihood, abs=1e-6
    )
    ahead, ahead_in_weeks = outlook(days, in_days), outlook(weeks, in_weeks)
    best = ["purchases", "revenue", "value"]
    pd.testing.assert_frame_equal(ahead_in_weeks[best], ahead[best], rtol=1e-6)
    pd.testing.assert_frame_equal(ahead_in_weeks, ahead, rtol=0.01)  # draws part where a comparison flips
    if key == "pareto_nbd":
        one, other = new_customer(days, in_days), new_customer(weeks, in_weeks)
        names = ("first", "purchases", "value", "lifetime")
        assert [getattr(other, n) for n in names] == pytest.approx([getattr(one, n) for n in names], rel=1e-6)


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=[] if key == "pareto_nbd" else [pytest.mark.slow]) for key in SHOPS]
)
def test_a_grain_of_weeks_brings_about_the_same_money(key: str) -> None:
    """Purchases of a week merge, so there are fewer and dearer ones; what they bring is the same.

    Not quite: whole periods from first purchase to today leave out half a period of silence on average, the
    parts of the first one and of today's. Of weeks that overstates what comes by some 4 % here, of days by
    less than 1 %.
    """
    of = people(SHOPS[key], 2500, 730.0, np.random.default_rng(4))
    table = purchases_of(of)
    window = Window(START, START + dt.timedelta(days=729))
    choices = (Choices(time_unit="day", model=key), Choices(time_unit="week", model=key))
    days, weeks = (customer_base(table, window, one) for one in choices)
    assert days.patterns.repeat_spend.sum() > weeks.patterns.repeat_spend.sum()  # some merged with the first
    one, other = (outlook(base, fit_model(base)).iloc[-1] for base in (days, weeks))
    apart = {name: float(other[name] / one[name] - 1) for name in ("purchases", "revenue", "value")}
    half = (one["revenue_upper"] - one["revenue_lower"]) / 2 / one["revenue"]
    print(key, "weeks against days:", {k: round(v, 4) for k, v in apart.items()}, f"half-width {half:.3f}")
    assert abs(apart["revenue"]) < 0.06
    assert abs(apart["value"]) < 0.06
    assert -0.12 < apart["purchases"] < 0.03


def test_counting_agrees_with_the_engine() -> None:
    """What `rfm` makes of purchases is what pandas counts, in days and in weeks."""
    of = people(SHOPS["mbg_nbd"], 400, 500.0, np.random.default_rng(5))
    table = purchases_of(of)
    for unit, days in (("day", 1), ("week", 7)):
        frame = rfm(table, START + dt.timedelta(days=399), unit).to_pandas()  # type: ignore[arg-type]
        frame.index = frame.pop("customer_id").str[1:].astype(int)
        wanted = known_at(of, 399, days)
        got = frame.sort_index()[list(wanted)].astype(float)
        assert (got.index == wanted.index).all()
        assert got.to_numpy() == pytest.approx(wanted.to_numpy(), abs=0.01)


# ── discounting ─────────────────────────────────────────────────────────────────────────────────────────

ORDINARY = {
    "bg_nbd": [(0.2426, 30.9, 0.7929, 2.4259), (0.9, 80.0, 0.8, 2.6), (1.5, 4.0, 1.0, 1.0)],
    "mbg_nbd": [(0.525, 43.3, 0.891, 1.614), (1.1, 90.0, 0.9, 2.6)],
    "pareto_nbd": [(0.5532, 74.0, 0.6063, 81.7), (0.9, 80.0, 1.0, 300.0), (2.0, 20.0, 2.5, 90.0)],
}
HISTORIES = [(0, 0.0), (0, 400.0), (5, 100.0), (60, 700.0)]


def by_force(key: str, params: tuple, x: int, T: float, t: float, rate: float) -> float:
    """∫ of the discounted rate of purchases, over time in closed form and over λ and p (or μ) numerically."""
    r, alpha = params[:2]
    node, weight = roots_legendre(500)
    low, high = (1 / (1 + np.exp(side * 30 * node)) for side in (-1, 1))  # probabilities, dense at both ends

    def spread(law, *shape: float, scale: float = 1.0) -> np.ndarray:
        return np.where(node < 0, law.ppf(low, *shape, scale=scale), law.isf(high, *shape, scale=scale))

    fast = spread(gamma_law, r + x, scale=1 / (alpha + T))[:, None]
    if key == "pareto_nbd":
        leaves = spread(gamma_law, params[2], scale=1 / (params[3] + T))[None]
    else:
        leaves = fast * spread(beta_law, params[2], params[3] + x + (key == "mbg_nbd"))[None]
    mass = weight * low * high
    gone = leaves + rate
    seen = -np.expm1(-gone * t) / gone
    return float(mass @ (fast * seen) @ mass) / float(mass.sum()) ** 2


@pytest.mark.parametrize("rate", RATES, ids=["1%", "10%", "90%"])
@pytest.mark.parametrize(("key", "params"), [(k, p) for k, many in ORDINARY.items() for p in many])
def test_discounting_is_the_integral_over_everything_hidden(key: str, params: tuple, rate: float) -> None:
    x, T = (np.array(column, float) for column in zip(*HISTORIES, strict=True))
    worst = 0.0
    for t in (30.0, 365.0, 1826.0, np.inf):
        got = discounted_alive(BY_KEY[key], np.array(params), x, T, t, rate)
        wanted = [by_force(key, params, *history, t, rate) for history in HISTORIES]
        worst = max(worst, float(np.abs(got / wanted - 1).max()))
    print(f"{key} {params}: {worst:.1e}")
    assert worst < (2e-5 if rate < RATES[2] else 2e-4)


@pytest.mark.parametrize("params", ORDINARY["pareto_nbd"])
@pytest.mark.parametrize("rate", RATES, ids=["1%", "10%", "90%"])
def test_endless_pareto_is_the_published_closed_form(params: tuple, rate: float) -> None:
    """Fader, Hardie & Lee (2005), "RFM and CLV", Journal of Marketing Research 42(4), eq. (3), with L their
    likelihood: DERT = α^r β^s δ^(s−1) Γ(r+x+1) Ψ(s, s; δ(β+T)) / (Γ(r) (α+T)^(r+x+1) L)."""
    r, alpha, s, beta = map(mpf, params)
    delta = mpf(rate)
    for x, t_x, T in ((0, 0, 400), (3, 250, 300), (40, 690, 700)):
        likelihood = mp_exp(mpf(float(PARETO.log_likelihood(params, x, t_x, T))))
        top = alpha**r * beta**s * delta ** (s - 1) * gamma(r + x + 1) * hyperu(s, s, delta * (beta + T))
        published = top / (gamma(r) * (alpha + T) ** (r + x + 1) * likelihood)
        later = discounted_alive(
            PARETO, np.array(params), np.array([x * 1.0]), np.array([T * 1.0]), np.inf, rate
        )
        ours = float(PARETO.p_alive(params, x, t_x, T) * later[0])
        assert ours == pytest.approx(float(published), rel=1e-6)


def test_finite_pareto_is_that_of_mpmath() -> None:
    """(r + x) / (alpha + T) · ∫ from 0 to t of e^−δu ((beta + T) / (beta + T + u))^s du."""
    for params in ORDINARY["pareto_nbd"]:
        r, alpha, s, beta = map(mpf, params)
        for (x, T), t in zip(HISTORIES, (30, 365, 1826, 365), strict=True):

            def alive(u: mpf, left: mpf = beta + T, s: mpf = s) -> mpf:
                return mp_exp(-RATES[2] * u) * (left / (left + u)) ** s

            wanted = float((r + x) / (alpha + T) * quad(alive, [0, t / 9, t]))
            of = np.array([x * 1.0]), np.array([T])
            got = discounted_alive(PARETO, np.array(params), *of, float(t), RATES[2])
            assert float(got[0]) == pytest.approx(wanted, rel=3e-5)


@pytest.mark.parametrize("process", [BG, MBG, PARETO], ids=lambda process: process.key)
def test_discounting_grows_with_time_and_falls_with_the_rate(process) -> None:
    params, x, T = np.array([0.6, 40.0, 0.9, 2.0]), np.array([0.0, 4, 30]), np.array([0.0, 300, 700])
    times = [0.0, 1e-6, 1.0, 30, 365, 1826, 7300]
    values = np.array([discounted_alive(process, params, x, T, t, RATES[1]) for t in times])
    assert (values[0] == 0).all()
    assert (np.diff(values, axis=0) > 0).all()
    endless = discounted_alive(process, params, x, T, np.inf, RATES[1])
    assert (endless > values[-1]).all()
    by_rate = [discounted_alive(process, params, x, T, 365.0, rate) for rate in (0.0, *RATES)]
    assert (np.diff(by_rate, axis=0) < 0).all()
    assert by_rate[0] == pytest.approx(process.expected_alive(params, x, T, 365.0), rel=1e-12)
    with pytest.raises(ValueError, match="positive discount rate"):
        discounted_alive(process, params, x, T, np.inf, 0.0)


def test_months_are_exact_days_of_the_calendar() -> None:
    day = dt.date
    for as_of, months, days in [
        (day(2023, 1, 31), 1, 28),
        (day(2024, 1, 31), 1, 29),
        (day(2024, 2, 29), 12, 365),
        (day(2023, 3, 1), 12, 366),
        (day(2023, 12, 31), 2, 60),
        (day(2023, 6, 30), 60, 1827),
    ]:
        assert Choices().ahead(as_of, months) == days
        assert Choices(time_unit="week").ahead(as_of, months) == pytest.approx(days / 7, rel=1e-15)
    year = Choices(discount_rate=0.25).discount * 365.25
    assert np.exp(-year) == pytest.approx(1 / 1.25, rel=1e-12)
    assert Choices(discount_rate=0.25, time_unit="week").discount == pytest.approx(
        year / 365.25 * 7, rel=1e-12
    )


# ── the same from every side ────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def shop() -> tuple[ibis.Table, Base, CustomerModel]:
    table = purchases_of(people(SHOPS["pareto_nbd"], 1500, 730.0, np.random.default_rng(6)), "parts")
    base = customer_base(table, Window(START, START + dt.timedelta(days=729)), Choices(model="pareto_nbd"))
    return table, base, fit_model(base)


def over(base: Base, **choices: object) -> Base:
    return replace(base, choices=replace(base.choices, **choices))  # type: ignore[arg-type]


def test_a_horizon_is_the_sum_of_its_parts(shop: tuple) -> None:
    table, base, model = shop
    whole = outlook(base, model).set_index("months")
    for months in (3, 6):
        alone = outlook(over(base, months=months), model).iloc[-1]
        for name in ("purchases", "revenue", "value"):
            assert alone[name] == pytest.approx(whole.loc[months, name], rel=1e-3)
    ahead = forecast(base, model, "month").ahead
    assert ahead["period_start"].iloc[0] == pd.Timestamp(base.window.as_of) + pd.Timedelta(days=1)
    assert (ahead["period_end"].shift() + pd.Timedelta(days=1) == ahead["period_start"])[1:].all()
    assert (ahead["period_end"].iloc[-1] - pd.Timestamp(base.window.as_of)).days == 365
    for name in ("purchases", "revenue"):
        assert ahead[name].sum() == pytest.approx(whole.loc[12, name], rel=1e-9)


@pytest.mark.parametrize("months", [12, 60])
def test_every_week_ahead_is_what_the_model_expects(shop: tuple, months: int) -> None:
    """The curve is interpolated and its patterns are thinned: neither may be seen, far ahead either."""
    _table, base, model = shop
    ends = np.arange(7.0, months * 30.4, 7.0)
    some = np.unique(np.r_[0:4, np.linspace(4, len(ends) - 1, 12).astype(int)])
    of = base.patterns
    alive = PARETO.p_alive(model.params, of.frequency, of.recency, of.T) * of.customers
    exact = [alive @ PARETO.expected_alive(model.params, of.frequency, of.T, t) for t in ends[some]]
    got = total_ahead(base, model, ends).estimate[0][some]
    print(f"{months} months: {np.abs(got / exact - 1).max():.1e}")
    assert got == pytest.approx(exact, rel=1e-3)


def test_a_margin_scales_value_and_no_discount_leaves_revenue(shop: tuple) -> None:
    _table, base, model = shop
    full, part = outlook(base, model), outlook(over(base, margin=0.3), model)
    sides = ["value", "value_lower", "value_upper"]
    assert part[sides].to_numpy() == pytest.approx(0.3 * full[sides].to_numpy(), rel=1e-12)
    pd.testing.assert_frame_equal(part.drop(columns=sides), full.drop(columns=sides))
    one, other = (new_customer(over(base, margin=m), model) for m in (1.0, 0.3))
    fields = ("first", "value", "lower", "upper", "lifetime", "lifetime_lower", "lifetime_upper")
    for name in fields:
        assert getattr(other, name) == pytest.approx(0.3 * getattr(one, name), rel=1e-12)
    free = outlook(over(base, discount_rate=0.0), model)
    assert free["value"].to_numpy() == pytest.approx(free["revenue"].to_numpy(), rel=1e-9)
    assert np.isnan(new_customer(over(base, discount_rate=0.0), model).lifetime)
    assert (full["value"] < full["revenue"]).all()
    for name in ("purchases", "revenue", "value"):
        assert (np.diff(full[name]) > 0).all()


def test_a_new_customer_s_value_is_the_first_purchase_and_the_integral(shop: tuple) -> None:
    _table, base, model = shop
    worth, p, q, g = new_customer(base, model), *model.spend.params
    mean = p * g / (q - 1)
    rate = np.log(1.1) / 365.25
    for t, got in ((365.0, worth.value), (np.inf, worth.lifetime)):
        later = by_force("pareto_nbd", tuple(model.params), 0, 0.0, t, rate)
        assert got == pytest.approx(base.first_spend + mean * later, rel=1e-4)
    assert worth.lower < worth.value < worth.upper < worth.lifetime_upper
