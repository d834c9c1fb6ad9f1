"""BG/NBD and MBG/NBD: purchases at random while alive, and after each one a chance to leave for good.

A customer buys at rate λ ~ Gamma(r, alpha) and leaves after a purchase with probability p ~ Beta(a, b). In
BG/NBD the first purchase is exempt, so that every one-time buyer counts as alive; in MBG/NBD it is not.

Given a customer alive at T, λ ~ Gamma(r + x, alpha + T) and p ~ Beta(a, b + x) (MBG/NBD: b + x + 1), both
independent. All that is predicted follows from that without the hypergeometric function, whose published
form loses its digits where a ≈ 1 and diverges elsewhere.

References
----------
Fader, Hardie & Lee (2005), "Counting your customers the easy way", Marketing Science 24(2).
Batislam, Denizel & Filiztekin (2007), "Empirical validation and comparison of models for customer base
analysis", International Journal of Research in Marketing 24(3).
Hoppe & Wagner (2007), "Customer base analysis: the case for a central variant of the Betageometric/NBD
model", Marketing JRM 3(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike
from scipy.special import betaincc
from scipy.stats import nbinom

from keepbook.clv.processes.process import Distinct, Objective, Process, Slopes, chunks, floats, tails
from keepbook.clv.rfm import Floats, Patterns

STEP = 0.07  # of the trapezoidal sum over p: 1e-10 over the whole grid of the tests
REACH = 42.0  # a density e⁻⁴² below its peak is nothing
CHUNK = 20_000  # rows of some hundred nodes at a time: 25 MB
CELLS = 8_000  # rows, or points × rows, at a time: what stays in a processor's cache, on one thread


@dataclass(frozen=True)
class BetaGeometric(Process):
    """A purchase process whose customers leave by a coin tossed after each purchase."""

    key: str
    label: str
    extra: int  # tosses beyond those after repeat purchases: 0 in BG/NBD, 1 in MBG/NBD
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def objective(self, patterns: Patterns) -> BetaGeometricObjective:
        return BetaGeometricObjective(self.extra, patterns)

    def log_stayed(self, params: Floats, x: Floats, T: Floats) -> Floats:
        _r, _alpha, a, b = np.asarray(params, float)
        return log_heads(a, b, x + self.extra)

    def log_odds_gone(self, params: Floats, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        r, alpha, a, b = np.asarray(params, float)
        x, t_x, T = floats(x, t_x, T)
        tossed = x + self.extra
        silence = (r + x) * np.log1p((T - t_x) / (alpha + t_x))
        odds = np.log(a) - np.log(np.where(tossed > 0, b + (tossed - 1), 1)) + silence
        return np.where(tossed > 0, odds, -np.inf)

    def expected_alive(self, params: Floats, x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Floats:
        # E over p ~ Beta(a, b + x) of (1 − (1 + p t / (alpha + T))^−(r + x)) / p, that over λ done. The
        # sum over p is trapezoidal, see `_beta_nodes`: 1e-10 wherever the mass is.
        r, alpha, a, b = np.asarray(params, float)
        x, T, t = np.broadcast_arrays(*floats(x, T, t))
        rate, horizon = (r + x).ravel(), (t / (alpha + T)).ravel()
        tosses = Distinct.of((x + self.extra).ravel())
        p, weight = _beta_nodes(a, b + tosses.values)
        total = np.empty(x.size)
        for rows in chunks(x.size, CHUNK):
            chance, share = p[tosses.at[rows]], weight[tosses.at[rows]]
            gone = -np.expm1(-rate[rows, None] * np.log1p(chance * horizon[rows, None]))
            total[rows] = (share * gone / chance).sum(axis=1)
        return total.reshape(x.shape)

    def pmf_alive(self, params: Floats, x: ArrayLike, T: ArrayLike, t: ArrayLike, n: ArrayLike) -> Floats:
        # Either n purchases and no coin fell, or the n-th coin did: two positive terms, nothing cancels.
        r, alpha, a, b = np.asarray(params, float)
        x, T, t, n = np.broadcast_arrays(*floats(x, T, t, n))
        shape, tossed, chance = r + x, x + self.extra, (alpha + T) / (alpha + T + t)
        stayed = np.exp(log_heads(a, b, tossed + n) - log_heads(a, b, tossed))  # E[(1 − p)ⁿ]
        left = stayed * a / np.maximum(b + x + self.extra + n - 1, 1e-300)  # E[p (1 − p)ⁿ⁻¹]
        at_least = np.where(n > 0, betaincc(shape, np.maximum(n, 1), chance), 0)
        return stayed * nbinom.pmf(n, shape, chance) + left * at_least

    def draw_alive(self, params: Floats, x: Floats, T: Floats, t: float, rng: Generator) -> Floats:
        r, alpha, a, b = params.T
        x, T = x[:, None], T[:, None]
        rate = rng.standard_gamma(r + x) / (alpha + T)
        chance = np.clip(rng.beta(a, b + x + self.extra), 1e-300, 1 - 1e-12)
        bought = rng.poisson(rate * t)
        leaves_after = np.ceil(np.log(rng.random(chance.shape)) / np.log1p(-chance))
        return np.minimum(bought, np.maximum(leaves_after, 1))


BG = BetaGeometric("bg_nbd", "BG/NBD", extra=0)
MBG = BetaGeometric("mbg_nbd", "MBG/NBD", extra=1)


def log_heads(a: float, b: float, tosses: Floats) -> Floats:
    """log E[(1 − p)ⁿ] for p ~ Beta(a, b) and whole n, as a sum that no large a or b swamps."""
    n = np.rint(tosses).astype(np.int64)
    summed = -np.cumsum(np.log1p(a / (b + np.arange(n.max(initial=0)))))
    return np.concatenate([[0.0], summed])[n]


def _beta_nodes(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Nodes and weights, shape (len(b), nodes), for expectations over p ~ Beta(a, b)."""
    # In z = logit(p) the density is a peak with exponential flanks, steep or endless as a and b have it:
    # nodes lie evenly in v, z = mode + s sinh(v), from where it begins to be anything to where it ends.
    mode = np.log(a / b)[:, None]
    scale = np.minimum(np.sqrt((a + b) / (a * b)), 1.0)[:, None]
    low, high = (np.arcsinh(_reach(a, b[:, None], side) / scale) for side in (-1, 1))
    nodes = int(np.ceil((low + high).max() / STEP))
    v = -low + (low + high) * np.linspace(0, 1, nodes)
    log_p, log_q = _log_shares(mode + scale * np.sinh(v))
    log_weight = a * log_p + b[:, None] * log_q
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True)) * np.cosh(v)
    return np.exp(np.maximum(log_p, -690)), weight / weight.sum(axis=1, keepdims=True)


def _log_shares(logit: Floats) -> tuple[Floats, Floats]:
    """log p and log(1 − p)."""
    return -np.logaddexp(0, -logit), -np.logaddexp(0, logit)


def _reach(a: float, b: Floats, side: int) -> Floats:
    """How far from its mode in logit(p) the density of Beta(a, b) falls to e^−REACH of it, by bisection."""
    mode = np.log(a / b)
    log_p, log_q = _log_shares(mode)
    near, far = np.zeros_like(mode), 2 * REACH / np.minimum(a, b) + 2 * REACH
    for _step in range(40):
        middle = (near + far) / 2
        at_p, at_q = _log_shares(mode + side * middle)
        inside = a * (at_p - log_p) + b * (at_q - log_q) > -REACH
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return far


class BetaGeometricObjective(Objective):
    """The log-likelihood of BG/NBD or MBG/NBD over patterns, with its exact gradient and Hessian.

    All but one term depend on x alone or on T alone, and are summed over the distinct ones; the silence since
    t_x takes one logarithm and one exponential per pattern.
    """

    names = BetaGeometric.names
    floors = np.zeros(4)

    def __init__(self, extra: int, patterns: Patterns) -> None:
        x, n = patterns.frequency, patterns.customers
        self.cells, self.weight = len(x), float(n.sum())
        self._above = tails(x, n)  # of frequency
        self._tossed = np.append(np.full(extra, self.weight), self._above)  # with an i-th toss, i = 0, …
        self._T = Distinct.of(patterns.T)
        self._at_T, self._bought_by_T = self._T.sums(n), self._T.sums(n * x)
        left = x + extra > 0  # who may have gone
        self.x, self.n, self.t_x = x[left], n[left], Distinct.of(patterns.recency[left])
        self.last_T = self._T.at[left]
        self.tosses = Distinct.of(self.x + extra - 1)
        self._mean_T = float(np.average(patterns.T, weights=n)) or 1.0
        self._mean_x = float(np.average(x, weights=n))

    def starts(self) -> list[Floats]:
        alpha = self._mean_T / (4 * max(self._mean_x, 0.05))
        guesses = ((0.5, 0.8, 2.5), (1.5, 0.5, 5), (0.2, 2, 2))
        return [np.array([r, alpha * r / 0.5, a, b]) for r, a, b in guesses]

    def slopes(self, params: Floats) -> Slopes:
        _r, alpha, _a, b = params
        late, early = alpha + self._T.values, alpha + self.t_x.values
        tables = (np.log(late), np.log(early), 1 / late, 1 / early, 1 / (b + self.tosses.values))
        gone = (self._gone(params, tables, rows) for rows in chunks(len(self.x), CELLS))
        return sum(gone, start=self._separable(params))

    def _gone(self, params: Floats, tables: tuple[Floats, ...], rows: slice) -> Slopes:
        """Σ n log(1 + odds of having gone) over some rows. The tables hold log(alpha + T), log(alpha + t_x),
        1 / (alpha + T), 1 / (alpha + t_x) and 1 / (b + tosses) at the distinct values of each."""
        r, _alpha, a, _b = params
        log_late, log_early, late, early, heads = tables
        T, t_x, toss, n = self.last_T[rows], self.t_x.at[rows], self.tosses.at[rows], self.n[rows]
        k, silence, closer = r + self.x[rows], log_late[T] - log_early[t_x], late[T] - early[t_x]
        odds = k * silence + np.log(a * heads)[toss]
        small = np.exp(-np.abs(odds))
        likely = np.where(odds > 0, 1.0, small) / (1 + small)
        gone, faster = n * likely, k * closer
        bend = gone * (1 - likely)  # second derivative by the log-odds
        by_silence, by_closer = bend * silence, bend * faster
        per_toss = [np.bincount(toss, v, len(heads)) for v in (gone, bend, by_silence, by_closer)]
        gone_of, bend_of, silence_of, closer_of = per_toss
        half = np.zeros((4, 4))  # the upper triangle, its diagonal halved
        curved = (gone * k) @ (early[t_x] ** 2 - late[T] ** 2)
        half[0, :2] = by_silence @ silence / 2, by_silence @ faster + gone @ closer
        half[0, 2:] = silence_of.sum() / a, -heads @ silence_of
        half[1, 1:] = (by_closer @ faster + curved) / 2, closer_of.sum() / a, -heads @ closer_of
        half[2, 2:] = (bend_of.sum() - gone_of.sum()) / a**2 / 2, -heads @ bend_of / a
        half[3, 3] = heads**2 @ (bend_of + gone_of) / 2
        gradient = np.array([gone @ silence, gone @ faster, gone_of.sum() / a, -heads @ gone_of])
        value = n @ (np.maximum(odds, 0) + np.log(1 + small))
        return Slopes(float(value), gradient, half + half.T)

    def _separable(self, params: Floats) -> Slopes:
        """The terms that depend on x alone, or on T alone."""
        r, alpha, a, b = params
        steps, coins = r + np.arange(len(self._above)), np.arange(len(self._tossed))
        heads, all_ = b + coins, a + b + coins
        observed = alpha + self._T.values
        exposure, waited = r * self._at_T + self._bought_by_T, np.log1p(self._T.values / alpha)
        value = self._above @ np.log(steps) - self._tossed @ np.log1p(a / heads)
        value -= r * (self._at_T @ waited) + self._bought_by_T @ np.log(observed)
        by_r = self._above @ (1 / steps) - self._at_T @ waited
        by_alpha = self.weight * r / alpha - exposure @ (1 / observed)
        gradient = np.array([by_r, by_alpha, -self._tossed @ (1 / all_), self._tossed @ (a / heads / all_)])
        hessian = np.zeros((4, 4))
        hessian[0, 0] = -self._above @ steps**-2.0
        hessian[0, 1] = hessian[1, 0] = self.weight / alpha - self._at_T @ (1 / observed)
        hessian[1, 1] = -self.weight * r / alpha**2 + exposure @ observed**-2.0
        hessian[2, 2] = hessian[2, 3] = hessian[3, 2] = self._tossed @ all_**-2.0
        hessian[3, 3] = -self._tossed @ (a * (2 * heads + a) / (heads * all_) ** 2)
        return Slopes(float(value), gradient, hessian)

    def values(self, params: Floats) -> Floats:
        points = np.atleast_2d(params)
        each = max(1, CELLS // max(self.cells, 1))  # points at a time
        parts = [self._values(points[at : at + each].T[:, None]) for at in range(0, len(points), each)]
        return np.concatenate(parts)

    def _values(self, params: Floats) -> Floats:
        """At several points, each parameter of shape (1, points): a row's points lie side by side."""
        r, alpha, a, b = params
        at_T, at_t = (np.log(alpha + moment.values[:, None]) for moment in (self._T, self.t_x))
        odds = at_T[self.last_T]
        odds -= at_t[self.t_x.at]
        odds *= r + self.x[:, None]
        odds += (np.log(a) - np.log(b + self.tosses.values[:, None]))[self.tosses.at]
        gone = np.maximum(odds, 0) + np.log(1 + np.exp(-np.abs(odds)))  # log(1 + e^odds), fast and to 1e-16
        value = self._above @ np.log(r + np.arange(len(self._above))[:, None]) + self.n @ gone
        value -= self._tossed @ np.log1p(a / (b + np.arange(len(self._tossed))[:, None]))
        value -= r[0] * (self._at_T @ np.log1p(self._T.values[:, None] / alpha))
        return value - self._bought_by_T @ at_T
