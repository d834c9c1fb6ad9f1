"""Intervals hold what they say: of parameters, of totals and months, of new customers, and of each customer.

Every shop is simulated from known parameters, fitted to two years of days, and followed for another year.
What is asked is how often the truth, and what customers really did, lie inside the 95 % intervals.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from clv_data import (
    SHOPS,
    People,
    base_of,
    buyers,
    by_day,
    came_true,
    exact_times,
    known_at,
    patterns_of,
    people,
    random_shop,
)
from scipy.special import gammaln
from scipy.stats import binom, chi2, kstest, norm

from keepbook.clv import future, model, new_customers
from keepbook.clv.base import Base, Choices
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.clv.new_customers import new_customer
from keepbook.clv.processes import posterior
from keepbook.clv.processes.fitting import Prior, maximise
from keepbook.clv.processes.gamma_gamma import SpendObjective
from keepbook.clv.processes.posterior import MAX_KHAT, sample
from keepbook.clv.value import pattern_scores, total_ahead

LAST, YEAR = 729, 365  # the day on which a shop looks back, and how far it looks ahead
UNLIKELY = 1e-3  # the chance that a sound interval fails a test, were its seed another one
SEEDS = 11


# ── what a shop says, and what then came true ───────────────────────────────────────────────────────────


def modelled(of: People, key: str, **choices: object) -> tuple[pd.DataFrame, Base, CustomerModel]:
    known = known_at(of, LAST)
    base = base_of(known, LAST, Choices(model=key, **choices))  # type: ignore[arg-type]
    return known, base, fit_model(base)


def lived(key: str, seed: int, customers: int, newcomers: bool = True) -> dict[str, np.ndarray]:
    """Of one shop: the share of draws below the truth, by parameter, and below what came true, by month."""
    shop, rng = SHOPS[key], np.random.default_rng([seed, SEEDS])
    of = people(shop, customers, LAST + 1.0 + YEAR, rng)
    known, base, fitted = modelled(of, key, seed=seed + 1)
    moments = np.array([base.choices.ahead(base.window.as_of, months) for months in range(1, 13)])
    drawn = total_ahead(base, fitted, moments)
    levels = {
        "parameters": (fitted.posterior.draws < np.array(shop.params)).mean(axis=0),
        "spend": (fitted.spend.draws < np.array(shop.spend)).mean(axis=0),
        "khat": np.array([fitted.posterior.khat, fitted.spend.posterior.khat]),
    }
    for kind, came in enumerate(came_true(of, known, LAST, list(moments))):
        months = came.sum(axis=0)
        names = ("purchases", "revenue")
        levels[names[kind]] = (drawn.draws(kind, seed) < months.cumsum()).mean(axis=0)
        levels[f"{names[kind]} per month"] = (drawn.draws(kind, seed, per_period=True) < months).mean(axis=0)
    if newcomers:
        p, q, gamma = shop.spend
        worth = p * gamma / (q - 1) * (1 + float(shop.process.expected_new(shop.params, moments[-1])))
        newcomer = new_customer(replace(base, choices=replace(base.choices, discount_rate=0.0)), fitted)
        levels["newcomer"] = np.array([(newcomer.lower < worth) * 0.5 + (newcomer.upper < worth) * 0.5])
    return levels


def covered(shops: list[dict[str, np.ndarray]], name: str) -> np.ndarray:
    """Whether the truth was inside: one row per shop."""
    levels = np.array([shop[name] for shop in shops if name in shop])
    return (levels >= 0.025) & (levels <= 0.975)


def holds(name: str, shops: list[dict[str, np.ndarray]]) -> None:
    """Shares that are neither surely below 93 % nor surely above 97 %."""
    held = covered(shops, name)
    inside, of = held.sum(axis=0), len(held)
    print(f"{name}: {inside.mean() / of:.3f} of {of} shops covered, each {np.round(inside / of, 3)}")
    low, high = binom.cdf(inside, of, 0.93), binom.sf(inside - 1, of, 0.97)
    assert low.min() > UNLIKELY / len(inside), (name, inside / of)
    assert high.min() > UNLIKELY / len(inside), (name, inside / of)


def evenly(name: str, shops: list[dict[str, np.ndarray]]) -> None:
    """What came true spreads over the draws as one of them would: with sd 1 on a normal's scale.

    As far as the shops tell, and to an eighth: of Pareto/NBD the first months come true with 1.12, so that
    what is called 95 % is 92 % there.
    """
    levels = np.clip([shop[name] for shop in shops], 5e-4, 1 - 5e-4)
    spread = norm.ppf(levels).std(axis=0)
    print(f"{name}: spread {np.round(spread, 2)} (1 were exact)")
    low, high = np.sqrt(chi2.ppf([UNLIKELY / 2, 1 - UNLIKELY / 2], len(shops)) / len(shops))
    assert low < spread.min()
    assert spread.max() < max(high, 1.125)


def all_hold(shops: list[dict[str, np.ndarray]], parameters: tuple[str, ...]) -> None:
    khat = np.array([shop["khat"] for shop in shops])
    print(f"khat: largest {khat.max(axis=0).round(2)}, median {np.median(khat, axis=0).round(2)}")
    assert np.mean(khat > MAX_KHAT) < 0.01
    totals = ["purchases", "revenue"]
    for name in [*parameters, "newcomer", *totals, *(f"{kind} per month" for kind in totals)]:
        holds(name, shops)
    for name in totals:
        evenly(name, shops)


def test_intervals_hold_what_they_say_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """34 small shops of each process, with fewer draws of the posterior; the bounds are those of 102."""
    for module, name, fewer in (
        (model, "DRAWS", 400),
        (future, "PARAMETER_DRAWS", 48),
        (future, "MAX_PATTERNS", 80),
        (future, "SIMULATED_CUSTOMERS", 500),
        (new_customers, "PARAMETER_DRAWS", 80),
    ):
        monkeypatch.setattr(module, name, fewer)
    shops = [lived(key, seed, 600) for key in SHOPS for seed in range(34)]
    all_hold(shops, ("parameters", "spend"))


@pytest.mark.slow
@pytest.mark.parametrize("key", SHOPS)
def test_intervals_hold_what_they_say(key: str) -> None:
    """400 shops of 2,000 customers, 134 of them with newcomers; means over months are held to 93–97 %
    themselves. Parameters are asked for below: counted in days they are those of a process slightly other."""
    shops = [lived(key, seed, 2000, newcomers=seed % 3 == 0) for seed in range(400)]
    all_hold(shops, ("spend",))
    print("parameters, of days:", covered(shops, "parameters").mean(axis=0))
    for name in ("spend", "purchases", "revenue", "purchases per month", "revenue per month"):
        assert 0.93 < covered(shops, name).mean() < 0.97, name


@pytest.mark.slow
@pytest.mark.parametrize("key", SHOPS)
def test_intervals_of_parameters_hold(key: str) -> None:
    """400 shops of 2,000 customers in exact times, which is what the models are of."""
    shop, shops = SHOPS[key], []
    for seed in range(400):
        known = exact_times(people(shop, 2000, LAST + 1.0, np.random.default_rng([seed, SEEDS])), LAST + 1.0)
        objective = shop.process.objective(patterns_of(known))
        drawn = sample(objective, maximise(objective), 4000, seed)
        shops.append({"parameters": (drawn.draws < np.array(shop.params)).mean(axis=0)})
    holds("parameters", shops)
    assert 0.92 < covered(shops, "parameters").mean() < 0.97  # four parameters that err together: ± 1 point


@pytest.mark.slow
def test_totals_hold_in_every_ordinary_shop() -> None:
    """Also where the data leave parameters open: random shops from 200 customers and three months up.

    Purchases merge within days here, and many come every week; the lower bound is therefore that of 91 %.
    """
    rows = []
    for number in range(300):
        shop, customers, last, rng = random_shop(number)
        span = min(YEAR, last // 2)
        of = people(shop, customers, last + 1.0 + span, rng, came=0.9 * last)
        known = known_at(of, last)
        base = base_of(known, last, Choices(model=shop.key, seed=number))
        fitted = fit_model(base)
        drawn = total_ahead(base, fitted, np.array([span / 2, float(span)]))
        came = [each.sum() for each in came_true(of, known, last, [span])]
        levels = [float((drawn.draws(kind, 1)[:, -1] < came[kind]).mean()) for kind in (0, 1)]
        outside = [
            not np.quantile(drawn.draws(kind, 1)[:, -1], 0.025)
            <= drawn.estimate[kind, -1]
            <= np.quantile(drawn.draws(kind, 1)[:, -1], 0.975)
            for kind in (0, 1)
        ]
        rows.append((bool(fitted.fit.boundary), fitted.posterior.khat, *levels, any(outside)))
    ends = pd.DataFrame(rows, columns=["open", "khat", "purchases", "revenue", "outside"])
    for name in ("purchases", "revenue"):
        inside = ends[name].between(0.025, 0.975)
        print(
            name, inside.mean(), "where parameters are open", inside[ends["open"]].mean(), ends["open"].sum()
        )
        assert binom.cdf(inside.sum(), len(ends), 0.91) > UNLIKELY
    print(f"khat above 0.7: {(ends['khat'] > MAX_KHAT).sum()}, estimate outside: {ends['outside'].sum()}")
    assert (ends["khat"] > MAX_KHAT).mean() < 0.03
    assert ends["outside"].mean() < 0.01


# ── each customer ───────────────────────────────────────────────────────────────────────────────────────


def discounted(of: People, known: pd.DataFrame, rate: float) -> np.ndarray:
    """Money of each known customer in the year ahead, each day's at its worth today."""
    rows = by_day(of, LAST)
    rows = rows[(rows["period"] < 0) & (rows["period"] >= -YEAR)]
    worth = (rows["money"] * np.exp(rate * rows["period"])).groupby(rows["customer"]).sum()
    return worth.reindex(known.index).fillna(0).to_numpy()


def each_customer(key: str, seed: int, customers: int) -> pd.DataFrame:
    """One row per customer: the transform of what they bought, and whether intervals held."""
    rng = np.random.default_rng([seed, 5])
    of = people(SHOPS[key], customers, LAST + 1.0 + YEAR, rng)
    known, base, fitted = modelled(of, key)
    said = pattern_scores(base, fitted).astype({"frequency": float, "recency": float, "T": float})
    frame = known.merge(said, on=["frequency", "recency", "T"], how="left")
    bought = came_true(of, known, LAST, [YEAR])[0][:, 0]
    counts = np.arange(bought.max() + 1)
    x, T = (frame[name].to_numpy() for name in ("frequency", "T"))
    chance = fitted.process.pmf_alive(fitted.params, x[:, None], T[:, None], float(YEAR), counts[None])
    chance *= frame["p_alive"].to_numpy()[:, None]
    chance[:, 0] += 1 - frame["p_alive"]
    mine = counts[None] == bought[:, None]
    below = (chance * (counts[None] < bought[:, None])).sum(axis=1)
    unit = fitted.spend.params[2] + frame["repeat_spend"]
    money = discounted(of, known, base.choices.discount)
    inside = (counts >= frame["purchases_lower"].to_numpy()[:, None]) & (
        counts <= frame["purchases_upper"].to_numpy()[:, None]
    )
    return frame.assign(
        transform=below + rng.random(len(frame)) * (chance * mine).sum(axis=1),
        covered=(bought >= frame["purchases_lower"]) & (bought <= frame["purchases_upper"]),
        promised=(chance * inside).sum(axis=1),
        above=bought > frame["purchases_upper"],
        money_covered=(money >= unit * frame["worth_lower"] - 1e-9) & (money <= unit * frame["worth_upper"]),
        money_above=money > unit * frame["worth_upper"],
    )


@pytest.mark.parametrize(
    ("shops", "customers"), [(2, 1500), pytest.param(12, 3000, marks=pytest.mark.slow, id="full")]
)
@pytest.mark.parametrize("key", SHOPS)
def test_each_customer_s_interval_holds_what_it_says(key: str, shops: int, customers: int) -> None:
    """The randomised transform is even (Czado, Gneiting & Held 2009, Biometrics 65), and counts lie inside as
    often as the model promises: 95 % or more, since a count's interval cannot be cut to measure."""
    all_ = pd.concat([each_customer(key, seed, customers) for seed in range(shops)])
    n = len(all_)
    even = kstest(all_["transform"], "uniform")
    print(f"{key}: {n} customers, largest distance from even {even.statistic:.4f}, p {even.pvalue:.3f}")
    assert even.statistic < 1.95 / n**0.5 * 1.5  # 1.95/√n: 1 in 1,000; the fits' own error adds to it
    share, promised = all_["covered"].mean(), all_["promised"].mean()
    print(f"{key}: counts covered {share:.4f}, promised {promised:.4f}, above {all_['above'].mean():.4f}")
    assert binom.cdf(all_["covered"].sum(), n, 0.95) > UNLIKELY
    assert abs(share - promised) < 4 * (promised * (1 - promised) / n) ** 0.5 + 0.003
    busy = all_[all_["expected_purchases"] > 4]
    print(f"{key}: of {len(busy)} busy customers {busy['covered'].mean():.4f}")
    assert 0.92 < busy["covered"].mean() < 0.99
    money, over = all_["money_covered"].mean(), all_["money_above"].mean()
    print(f"{key}: money covered {money:.4f}, above {over:.4f}")
    assert 0.945 < money < 0.99  # nothing at all is inside too: half of the lower tail is not there
    assert 0.015 < over < 0.037


# ── the posterior itself ────────────────────────────────────────────────────────────────────────────────


def by_grid(pairs: pd.DataFrame, centre: np.ndarray, wide: np.ndarray, points: int = 44) -> tuple:
    """Mean and sd of log(p, q − 1, gamma) by brute force: likelihood written anew, weak prior and all."""
    axes = [np.linspace(c - 6 * w, c + 6 * w, points) for c, w in zip(centre, wide, strict=True)]
    logs = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    p, q, gamma = np.exp(logs[:, 0]), 1 + np.exp(logs[:, 1]), np.exp(logs[:, 2])
    density = np.zeros(len(logs))
    for x, m in zip(pairs["frequency"], pairs["monetary_value"], strict=True):
        density += (
            gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma) + p * x * np.log(x * m)
        )
        density -= (p * x + q) * np.log(gamma + x * m)
    start = SpendObjective(*(pairs[name].to_numpy() for name in pairs)).starts()[0]
    around = np.log(start - np.array([0.0, 1.0, 0.0]))
    density -= 0.5 * (((logs - around) / 3.0) ** 2).sum(axis=1)
    weight = np.exp(density - density.max())
    weight /= weight.sum()
    mean = weight @ logs
    return mean, np.sqrt(weight @ (logs - mean) ** 2)


def test_draws_are_those_of_a_grid() -> None:
    """Gamma-Gamma on 150 repeat buyers: mean and sd of the three log-parameters."""
    pairs = buyers(SHOPS["bg_nbd"].spend, 150, np.random.default_rng(1))
    objective = SpendObjective(*(pairs[name].to_numpy() for name in pairs))
    fit = maximise(objective)
    drawn = sample(objective, fit, 20_000, 1)
    mean, sd = by_grid(pairs, np.log(fit.params - fit.floors), np.sqrt(np.diag(fit.log_covariance)))
    logs = np.log(drawn.draws - fit.floors)
    print(
        "khat",
        round(drawn.khat, 2),
        "mean off by",
        (logs.mean(axis=0) - mean) / sd,
        "sd",
        logs.std(axis=0) / sd,
    )
    assert drawn.khat < MAX_KHAT
    assert np.abs((logs.mean(axis=0) - mean) / sd).max() < 0.05
    assert logs.std(axis=0) == pytest.approx(sd, rel=0.05)


@pytest.mark.parametrize("key", SHOPS)
def test_a_bad_proposal_is_noticed_and_mended(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth as wide as the truth, or three standard deviations off: the first k̂ is bad, the last is good,
    and the draws are those of a good proposal."""
    shop = SHOPS[key]
    of = people(shop, 1500, LAST + 1.0, np.random.default_rng(2))
    objective = shop.process.objective(patterns_of(known_at(of, LAST)))
    fit = maximise(objective)
    good = np.log(sample(objective, fit, 4000, 1).draws)
    sd = good.std(axis=0)
    off = fit.params * np.exp(3 * sd * np.array([1, 1, -1, -1]))
    for bad in (replace(fit, log_covariance=fit.log_covariance / 25), replace(fit, params=off)):
        with monkeypatch.context() as patched:
            patched.setattr(posterior, "MAX_ROUNDS", 1)
            assert sample(objective, bad, 4000, 3).khat > MAX_KHAT
        mended = sample(objective, bad, 4000, 3)
        logs = np.log(mended.draws)
        print(key, f"khat {mended.khat:.2f}")
        assert mended.khat < MAX_KHAT, "by more rounds than the one that was not enough"
        assert np.abs((logs.mean(axis=0) - good.mean(axis=0)) / sd).max() < 0.4
        assert logs.std(axis=0) == pytest.approx(sd, rel=0.2)


def test_a_strong_prior_pulls_and_a_weak_one_hardly() -> None:
    shop = SHOPS["mbg_nbd"]
    of = people(shop, 1500, LAST + 1.0, np.random.default_rng(4))
    objective = shop.process.objective(patterns_of(known_at(of, LAST)))
    free = maximise(objective)
    error = float(np.sqrt(free.log_covariance[2, 2]))
    far = float(free.params[2] * 3)
    ends = {}
    for wide in (0.01, 0.1, 1.0, 10.0):
        prior = Prior.of(objective.names, {"a": (far, wide), "s": (1.0, 0.01)})  # s is another model's
        fit = maximise(objective, prior)
        drawn = np.log(sample(objective, fit, 2000, 1, prior).draws[:, 2])
        ends[wide] = float(np.log(fit.params[2] / free.params[2]) / np.log(3)), float(drawn.std() / error)
    print("pulled by share of the way, and sd by the free one's", ends)
    pulled, width = zip(*ends.values(), strict=True)
    assert pulled[0] > 0.98
    assert np.all(np.diff(pulled) < 0)
    assert pulled[3] < 0.01
    assert width[0] < 0.1
    assert 0.85 < width[3] < 1.15
