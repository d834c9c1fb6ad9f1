"""What a base of patterns brings from now on: expectations, discounting, and draws.

Draws hold two uncertainties. What the parameters are: expectations at draws from the posterior. What
customers then happen to do: the variance of a sum of independent customers, from simulated ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepbook.clv.base import Base
from keepbook.clv.model import CustomerModel
from keepbook.clv.processes.process import Process
from keepbook.clv.rfm import Floats, Patterns

NODE, WEIGHT = np.polynomial.legendre.leggauss(8)
INSIDE = ((NODE + 1) / 2) ** 2, WEIGHT * (NODE + 1) / 2  # shares of a horizon, most early on; their weights
LOG_TIMES = np.linspace(-14, 4.2, 56)  # log of discount × time: from nothing to where e^−w is nothing
PARAMETER_DRAWS = 128  # from the posterior, at which expectations are computed
KNOTS = 7  # moments at which they are, the rest interpolated
MAX_PATTERNS = 600  # they are computed for
SIMULATED_CUSTOMERS = 2000  # of each group
CHANCE_DRAWS = 16  # of what customers happen to do, per draw of the parameters


def discounted_alive(process: Process, params: Floats, x: Floats, T: Floats, t: float, rate: float) -> Floats:
    """Expected purchases in (T, T + t] of customers alive at T, each discounted to T at a continuous rate.

    By parts: e^(−rate t) E(t) + rate ∫ e^(−rate u) E(u) du. An endless t needs a positive rate.
    """
    if np.isinf(t):
        if rate <= 0:
            raise ValueError("an endless horizon needs a positive discount rate")
        weight = np.exp(LOG_TIMES - np.exp(LOG_TIMES)) * (LOG_TIMES[1] - LOG_TIMES[0])
        return _expected(process, params, x, T, np.exp(LOG_TIMES) / rate) @ weight
    value = np.exp(-rate * t) * process.expected_alive(params, x, T, t)
    if rate == 0 or t == 0:
        return value
    share, weight = INSIDE
    inside = _expected(process, params, x, T, share * t)
    return value + inside @ (rate * np.exp(-rate * share * t) * weight * t)


def _expected(process: Process, params: Floats, x: Floats, T: Floats, t: Floats) -> Floats:
    """Shape (rows, moments)."""
    return process.expected_alive(params, x[:, None], T[:, None], t)


@dataclass(frozen=True)
class Futures:
    """Simulated futures of customers alive now, over one horizon, by groups of nearly one frequency and T.

    Attributes
    ----------
    at : the group of each pattern.
    counts : purchases, shape (groups, simulated), ascending.
    worth : money per unit of (gamma + x m), of the same shape, ascending by itself.
    single_squares : Σ² of one purchase's money per unit of (gamma + x m), mean, shape (groups,).
    """

    at: np.ndarray
    counts: Floats
    worth: Floats
    single_squares: Floats


def simulate_futures(base: Base, model: CustomerModel, t: float) -> Futures:
    """Customers alive now followed for t, each under parameters of its own from the posterior."""
    rng = np.random.default_rng(base.choices.seed)
    at, frequency, T = _groups(base.patterns)
    pick = rng.integers(len(model.posterior.draws), size=SIMULATED_CUSTOMERS)
    counts = model.process.draw_alive(model.posterior.draws[pick], frequency, T, t, rng)
    p, q, gamma = model.spend.draws[rng.integers(len(model.spend.draws), size=SIMULATED_CUSTOMERS)].T
    _p, _q, gamma_estimate = model.spend.params
    x = frequency[:, None]
    nu = rng.standard_gamma(q + p * x, size=counts.shape)
    unit = np.maximum(gamma_estimate + x * base.mean_spend, 1e-300)  # nothing where nothing was ever paid
    scale = (gamma + x * base.mean_spend) / unit
    worth = rng.standard_gamma(np.maximum(p * counts, 1e-12)) * (counts > 0) / nu * scale
    single_squares = np.minimum(p * (p + 1) / nu**2 * scale**2, 1e12).mean(axis=1)
    return Futures(at, np.sort(counts, axis=1), np.sort(worth, axis=1), single_squares)


def _groups(patterns: Patterns) -> tuple[np.ndarray, Floats, Floats]:
    """The group of each pattern, and mean frequency and T of each: T in steps of a twelfth (of itself and a
    tenth of the mean), frequencies above 12 of an eighth."""
    x, T, n = patterns.frequency, patterns.T, patterns.customers
    step = np.where(x <= 12, np.rint(x), 12 + np.rint(8 * np.log(np.maximum(x, 12) / 12)))
    age = np.rint(12 * np.log(T / max(np.average(T, weights=n), 1) + 0.1))
    _keys, at = np.unique(1000 * step + age, return_inverse=True)
    size = np.bincount(at, n)
    return at, np.bincount(at, n * x) / size, np.bincount(at, n * T) / size


def quantiles(sorted_: Floats, at: np.ndarray, p_alive: Floats, level: float) -> Floats:
    """Per pattern, the quantile of what it brings: nothing where gone, else as simulated in its group."""
    with np.errstate(divide="ignore", invalid="ignore"):
        among = 1 - (1 - level) / p_alive
    row = np.ceil(np.clip(among, 0, 1) * sorted_.shape[1]).astype(int) - 1
    return np.where(among > 0, sorted_[at, np.maximum(row, 0)], 0.0)


@dataclass(frozen=True)
class Total:
    """What the whole base brings until each of some moments, with draws that hold both parts of uncertainty.

    Attributes
    ----------
    moments : time units ahead, ascending, shape (moments,).
    estimate : purchases, revenue (gross money) and discounted revenue at the fitted parameters, cumulative,
        shape (3, moments).
    by_parameters : the same at posterior draws, shape (3, draws, moments).
    variance : variance of what customers happen to do around the first two until the last moment, shape
        (2, 2): the part that grows with the expectation, and the part that grows with time squared.
    """

    moments: Floats
    estimate: Floats
    by_parameters: Floats
    variance: Floats

    def draws(self, kind: int, seed: int, per_period: bool = False) -> Floats:
        """Draws of purchases (0), revenue (1) or discounted revenue (2), shape (draws, moments): from now on,
        or between neighbouring moments."""
        mean, end = self.by_parameters[kind], np.maximum(self.by_parameters[kind][:, -1:], 1e-300)
        lasts = self.moments / self.moments[-1]
        if per_period:
            mean, lasts = np.diff(mean, axis=1, prepend=0.0), np.diff(lasts, prepend=0.0)
        mean = np.repeat(np.maximum(mean, 1e-300), CHANCE_DRAWS, axis=0)
        share = mean / np.repeat(end, CHANCE_DRAWS, axis=0)
        linear, square = self.variance[min(kind, 1)]
        _bought, earned, later = self.estimate[:, -1]
        smaller = (later / earned) ** 2 if kind == 2 and earned > 0 else 1.0
        variance = np.maximum(smaller * (linear * share + square * lasts**2), 1e-300)
        rng = np.random.default_rng(seed)
        return rng.standard_gamma(np.maximum(mean**2 / variance, 1e-12)) * variance / mean


def total(model: CustomerModel, patterns: Patterns, moments: Floats, rate: float, futures: Futures) -> Total:
    """What all customers bring together until each moment ahead, ascending, the last one the horizon of the
    futures; `rate` discounts continuously."""
    few = patterns.thin(MAX_PATTERNS)
    knots = moments[-1] * (1 - np.cos(np.pi * (np.arange(KNOTS) + 1) / KNOTS)) / 2
    points = [(model.params, model.spend.params), *model.draws(PARAMETER_DRAWS)]
    rough = np.stack([_curves(model, few, knots, *point) for point in points])
    bought, earned = (_between(knots, rough[:, i], moments) for i in range(2))
    later = _discounted(knots, rough[:, 1], moments, rate)
    exact = _exact(model, patterns, float(moments[-1]), rate)
    curves = np.stack([bought, earned, later])
    computed = _curves(model, few, moments, *points[0])[[0, 1, 1]]
    interpolated = np.stack([bought, earned, earned])[:, 0]
    curves *= (computed / np.maximum(interpolated, 1e-300))[:, None]
    curves *= (exact / np.maximum(curves[:, 0, -1], 1e-300))[:, None, None]  # thinned patterns, put right
    # A sum never falls; the polynomial may, between knots of parameters that run away.
    curves = np.minimum.accumulate(curves[..., ::-1], axis=-1)[..., ::-1]
    return Total(moments, curves[:, 0], curves[:, 1:], _variance(model, patterns, futures))


def _exact(model: CustomerModel, patterns: Patterns, t: float, rate: float) -> Floats:
    """Purchases, revenue and discounted revenue of all patterns over one horizon, as fitted."""
    pairs, (alive, worth) = _pooled(model, patterns, model.params, model.spend.params)
    expected = model.process.expected_alive(model.params, *pairs, t)
    later = discounted_alive(model.process, model.params, *pairs, t, rate)
    return np.array([alive @ expected, worth @ expected, worth @ later])


def _pooled(
    model: CustomerModel, patterns: Patterns, params: Floats, spend: Floats
) -> tuple[tuple[Floats, Floats], Floats]:
    """Distinct frequency and T; and of each pair, customers alive and their money a purchase."""
    x, T, n = patterns.frequency, patterns.T, patterns.customers
    p, q, gamma = spend
    alive = model.process.p_alive(params, x, patterns.recency, T)
    frequency, age, at = patterns.pairs
    worth = p * (patterns.payers * gamma + patterns.repeat_spend) / (p * x + q - 1)
    weights = [np.bincount(at, alive * each) for each in (n, worth)]
    return (frequency, age), np.array(weights)


def _curves(model: CustomerModel, patterns: Patterns, t: Floats, params: Floats, spend: Floats) -> Floats:
    """Expected purchases and gross revenue of all customers until each t: shape (2, moments)."""
    pairs, weights = _pooled(model, patterns, params, spend)
    return weights @ _expected(model.process, params, *pairs, t)


def _between(knots: Floats, curves: Floats, moments: Floats) -> Floats:
    """Curves through 0 that were computed at the knots, at other moments: a polynomial of curve / t in √t."""

    def terms(t: Floats) -> Floats:
        return np.polynomial.chebyshev.chebvander(2 * np.sqrt(t / knots[-1]) - 1, len(knots) - 1)

    weights = terms(moments) @ np.linalg.inv(terms(knots))
    return (curves / knots) @ weights.T * moments


def _discounted(knots: Floats, curves: Floats, moments: Floats, rate: float) -> Floats:
    """The same curves with each purchase discounted, by parts."""
    values = np.exp(-rate * moments) * _between(knots, curves, moments)
    if rate == 0:
        return values
    share, weight = INSIDE
    inside = moments[:, None] * share
    height = _between(knots, curves, inside.ravel()).reshape(-1, *inside.shape)
    return values + (height * rate * np.exp(-rate * inside) * weight).sum(axis=2) * moments


def _variance(model: CustomerModel, patterns: Patterns, futures: Futures) -> Floats:
    """As `Total.variance`."""
    # Single purchases come by chance (the part that grows with the expectation), and customers' own rates
    # differ from what is known of them. That part grows with time squared, not with the expectation's
    # square: when some have left, who is still there is the larger a difference.
    at, n = futures.at, patterns.customers
    alive = model.process.p_alive(model.params, patterns.frequency, patterns.recency, patterns.T)
    gamma = model.spend.params[2]
    squares = patterns.payers * gamma**2 + 2 * gamma * patterns.repeat_spend + patterns.repeat_spend_squares
    mean, square = futures.counts.mean(axis=1)[at], (futures.counts**2).mean(axis=1)[at]
    worth, worth_square = futures.worth.mean(axis=1)[at], (futures.worth**2).mean(axis=1)[at]
    counted = float(n @ (alive * square - (alive * mean) ** 2))
    earned = float(squares @ (alive * worth_square - (alive * worth) ** 2))
    single = min(float(n @ (alive * mean)), counted)
    paid = min(float(squares @ (alive * mean * futures.single_squares[at])), earned)
    return np.array([[single, counted - single], [paid, earned - paid]])
