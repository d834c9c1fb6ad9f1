"""What a base of patterns brings from now on: expectations, discounting, and draws that hold all doubt.

Doubt has two parts. What the parameters are: expectations at draws from the posterior. What customers then
happen to do: the variance of a sum of independent customers, from simulated ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepbook.clv.fitters import Process
from keepbook.clv.model import CustomerModel
from keepbook.clv.objective import Floats
from keepbook.clv.patterns import Patterns

INSIDE = np.polynomial.legendre.leggauss(8)  # moments within a horizon: money, a tenth of which is discounted
FOREVER = np.linspace(-14, 4.2, 56)  # log of discount × time: from nothing to where e^−w is nothing
LOOKS = 128  # posterior draws at which expectations are computed
CURVE = 7  # moments at which they are, the rest interpolated
ROWS = 600  # patterns they are computed for
SIMULATED = 2000  # customers of each kind


def discounted_alive(process: Process, params: Floats, x: Floats, T: Floats, t: float, rate: float) -> Floats:
    """Expected purchases in (T, T + t] of customers alive at T, each discounted to T at a continuous rate.

    By parts: e^(−rate t) E(t) + rate ∫ e^(−rate u) E(u) du. An endless t needs a positive rate.

    Raises
    ------
    ValueError : t is endless and the rate is not positive.
    """
    if np.isinf(t):
        if rate <= 0:
            raise ValueError("an endless horizon needs a positive discount rate")
        moment, weight = np.exp(FOREVER), np.exp(FOREVER - np.exp(FOREVER)) * (FOREVER[1] - FOREVER[0])
        return _expected(process, params, x, T, moment / rate) @ weight
    value = np.exp(-rate * t) * process.expected_alive(params, x, T, t)
    if rate == 0 or t == 0:
        return value
    node, weight = INSIDE
    moment = t * (node + 1) / 2
    inside = _expected(process, params, x, T, moment)
    return value + inside @ (rate * np.exp(-rate * moment) * weight * t / 2)


def _expected(process: Process, params: Floats, x: Floats, T: Floats, t: Floats) -> Floats:
    """Shape (rows, moments)."""
    return process.expected_alive(params, x[:, None], T[:, None], t)


@dataclass(frozen=True)
class Alike:
    """Customers of nearly one frequency and T, as far as their future is concerned once they are alive.

    Attributes
    ----------
    at : the group of each pattern. frequency, T : the groups' means over customers.
    """

    at: np.ndarray
    frequency: Floats
    T: Floats

    @classmethod
    def of(cls, patterns: Patterns) -> Alike:
        """T in steps of an eighth of itself and a tenth of the mean; frequencies above 12 in steps of an eighth."""
        x, T, n = patterns.frequency, patterns.T, patterns.customers
        step = np.where(x <= 12, np.rint(x), 12 + np.rint(8 * np.log(np.maximum(x, 12) / 12)))
        age = np.rint(12 * np.log(T / max(np.average(T, weights=n), 1) + 0.1))
        _keys, at = np.unique(np.stack([step, age]), axis=1, return_inverse=True)
        at = at.ravel()
        size = np.bincount(at, n)
        return cls(at, np.bincount(at, n * x) / size, np.bincount(at, n * T) / size)


@dataclass(frozen=True)
class Futures:
    """Simulated futures of customers alive now, per group of `Alike` and over one horizon.

    Attributes
    ----------
    alike : the groups. counts : purchases, shape (groups, simulated), ascending.
    worth : money per unit of (gamma + x m), alike and ascending by itself.
    one : Σ² of one purchase's money per unit of (gamma + x m), mean, shape (groups,).
    """

    alike: Alike
    counts: Floats
    worth: Floats
    one: Floats


def simulate_futures(model: CustomerModel, patterns: Patterns, mean_spend: float, t: float, seed: int) -> Futures:
    """Customers alive now followed for t, each under parameters of its own from the posterior."""
    alike, rng = Alike.of(patterns), np.random.default_rng(seed)
    pick = rng.integers(len(model.posterior.draws), size=SIMULATED)
    counts = model.process.draw_alive(model.posterior.draws[pick], alike.frequency, alike.T, t, rng)
    p, q, gamma = model.spend.draws[rng.permutation(len(model.spend.draws))[:SIMULATED]].T
    _p, _q, best = model.spend.params
    x = alike.frequency[:, None]
    nu = rng.standard_gamma(q + p * x, size=counts.shape)
    scale = (gamma + x * mean_spend) / (best + x * mean_spend)  # these parameters' unit in that of the best
    worth = rng.standard_gamma(np.maximum(p * counts, 1e-12)) * (counts > 0) / nu * scale
    one = np.minimum(p * (p + 1) / nu**2 * scale**2, 1e12).mean(axis=1)
    return Futures(alike, np.sort(counts, axis=1), np.sort(worth, axis=1), one)


def quantiles(sorted_: Floats, at: np.ndarray, p_alive: Floats, level: float) -> Floats:
    """Per pattern, the quantile of what it brings: nothing where gone, else as simulated in its group."""
    with np.errstate(divide="ignore", invalid="ignore"):
        among = 1 - (1 - level) / p_alive
    row = np.ceil(np.clip(among, 0, 1) * sorted_.shape[1]).astype(int) - 1
    return np.where(among > 0, sorted_[at, np.maximum(row, 0)], 0.0)


@dataclass(frozen=True)
class Total:
    """Draws of what the whole base brings until each of some moments, with both parts of doubt.

    Attributes
    ----------
    moments : time units ahead, ascending, shape (moments,).
    purchases, revenue, discounted : expectations at posterior draws, cumulative, shape (looks, moments);
        revenue is gross money, `discounted` the same at the discount rate.
    scatter_purchases, scatter_revenue : variance of customers' doings around them, cumulative, as
        (proportional part, quadratic part) at the last moment.
    """

    moments: Floats
    purchases: Floats
    revenue: Floats
    discounted: Floats
    scatter_purchases: tuple[float, float]
    scatter_revenue: tuple[float, float]

    def spread(self, what: str, seed: int, of: slice | None = None) -> Floats:
        """Draws of purchases, revenue or discounted revenue, between neighbouring moments if `of` says so.

        Parameters
        ----------
        what : name of the expectations. of : None for cumulative draws; else increments are drawn.

        Returns
        -------
        Shape (draws, moments).
        """
        mean = getattr(self, what)
        end = np.maximum(mean[:, -1:], 1e-300)
        if of is not None:
            mean = np.diff(mean, axis=1, prepend=0.0)
        linear, square = self.scatter_purchases if what == "purchases" else self.scatter_revenue
        share = mean / end
        shrunk = (end.mean() / max(getattr(self, "revenue")[:, -1].mean(), 1e-300)) ** 2 if what == "discounted" else 1
        variance = np.maximum((linear * share + square * share**2) * shrunk, 1e-300)
        many = np.repeat(mean, 8, axis=0)
        variance = np.repeat(variance, 8, axis=0)
        rng = np.random.default_rng(seed)
        shape = np.maximum(many, 1e-300) ** 2 / variance
        drawn = rng.standard_gamma(np.maximum(shape, 1e-12)) * variance / np.maximum(many, 1e-300)
        return np.where(many > 0, drawn, 0.0)


def total(model: CustomerModel, patterns: Patterns, moments: Floats, rate: float, futures: Futures) -> Total:
    """Draws of the sum over all customers.

    Parameters
    ----------
    moments : time units ahead, ascending; the last one is the horizon of `futures`.
    rate : continuous discount rate per time unit.
    """
    few, best = patterns.thin(ROWS), model.params
    knots = moments[-1] * np.sort((1 - np.cos(np.pi * (np.arange(CURVE) + 1) / CURVE)) / 2)
    row = np.linspace(0, len(model.posterior.draws) - 1, LOOKS).astype(int)
    exact = _curves(model, patterns, moments[-1:], best, model.spend.params)
    rough = _curves(model, few, knots, best, model.spend.params)
    factor = exact[:, -1:] / np.maximum(rough[:, -1:], 1e-300)
    curves = np.stack([_curves(model, few, knots, model.posterior.draws[i], model.spend.draws[i]) for i in row])
    purchases, revenue = (_between(knots, curves[:, i] * factor[i], moments) for i in range(2))
    return Total(
        moments,
        purchases,
        revenue,
        _discounted(knots, curves[:, 1] * factor[1], moments, rate),
        *_scatter(model, patterns, float(moments[-1]), futures),
    )


def _curves(model: CustomerModel, patterns: Patterns, t: Floats, params: Floats, spend: Floats) -> Floats:
    """Expected purchases and gross revenue of all customers until each t: shape (2, moments)."""
    x, T, n = patterns.frequency, patterns.T, patterns.customers
    p, q, gamma = spend
    alive = model.process.p_alive(params, x, patterns.recency, T)
    pairs, at = np.unique(np.stack([x, T]), axis=1, return_inverse=True)
    worth = p * (n * gamma + patterns.repeat_spend) / (p * x + q - 1)
    weights = [np.bincount(at.ravel(), alive * each, minlength=pairs.shape[1]) for each in (n, worth)]
    return np.array(weights) @ _expected(model.process, params, pairs[0], pairs[1], t)


def _between(knots: Floats, curves: Floats, moments: Floats) -> Floats:
    """Curves through 0 that were computed at the knots, at other moments: a polynomial of curve / t."""
    slopes = np.polynomial.chebyshev.Chebyshev.fit
    scaled = [slopes(np.sqrt(knots), curve / knots, len(knots) - 1)(np.sqrt(moments)) for curve in curves]
    return np.array(scaled) * moments


def _discounted(knots: Floats, curves: Floats, moments: Floats, rate: float) -> Floats:
    """The same curves with each purchase discounted, by parts."""
    values = np.exp(-rate * moments) * _between(knots, curves, moments)
    if rate == 0:
        return values
    node, weight = INSIDE
    for column, end in enumerate(moments):
        inside = end * (node + 1) / 2
        values[:, column] += _between(knots, curves, inside) @ (rate * np.exp(-rate * inside) * weight * end / 2)
    return values


def _scatter(
    model: CustomerModel, patterns: Patterns, t: float, futures: Futures
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Variance around the expectation over one horizon, of purchases and of gross revenue.

    Each as a part that grows with the expectation (single purchases) and one that grows with its square
    (customers differ).
    """
    at, n = futures.alike.at, patterns.customers
    alive = model.process.p_alive(model.params, patterns.frequency, patterns.recency, patterns.T)
    gamma = model.spend.params[2]
    squares = n * gamma**2 + 2 * gamma * patterns.repeat_spend + patterns.repeat_spend_squares
    mean, square = futures.counts.mean(axis=1)[at], (futures.counts**2).mean(axis=1)[at]
    worth, worth_square = futures.worth.mean(axis=1)[at], (futures.worth**2).mean(axis=1)[at]
    counted = float(n @ (alive * square - (alive * mean) ** 2))
    earned = float(squares @ (alive * worth_square - (alive * worth) ** 2))
    single = float(n @ (alive * mean))
    paid = min(float(squares @ (alive * mean * futures.one[at])), earned)
    return (min(single, counted), max(counted - single, 0.0)), (paid, earned - paid)
