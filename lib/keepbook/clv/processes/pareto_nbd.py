"""Pareto/NBD: purchases at random while alive, and a lifetime that ends unnoticed at any moment.

A customer buys at rate λ ~ Gamma(r, alpha) and leaves at rate μ ~ Gamma(s, beta). With the moment of leaving
y written out, both expectations are powers and one smooth integral remains:

    L = Γ(r + x) / Γ(r) · alpha^r · beta^s · { (alpha + T)^−(r + x) · (beta + T)^−s
                                        + s ∫ from t_x to T of (alpha + y)^−(r + x) (beta + y)^−(s + 1) dy }

Its parts are positive, so that nothing cancels; the published hypergeometric form loses all digits from
x = 132 on, the best customers.

References
----------
Schmittlein, Morrison & Colombo (1987), "Counting your customers", Management Science 33(1).
Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions", eq. (8)–(10), (26).
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike
from scipy.special import exprel
from scipy.stats import nbinom

from keepbook.clv.processes.process import Objective, Process, Slopes, chunks, floats, log_sum, tails
from keepbook.clv.rfm import Floats, Patterns

NODES, FIT_NODES = np.polynomial.legendre.leggauss(64), np.polynomial.legendre.leggauss(24)
REACH = 36.0  # where the integrand has fallen by e⁻³⁶ it is nothing
CHUNK = 4_096  # rows × nodes at a time


class ParetoNBD(Process):
    """A purchase process whose customers leave at any moment, at a rate of their own."""

    key, label = "pareto_nbd", "Pareto/NBD"
    names = ("r", "alpha", "s", "beta")

    def objective(self, patterns: Patterns) -> ParetoObjective:
        return ParetoObjective(patterns)

    def log_stayed(self, params: Floats, x: Floats, T: Floats) -> Floats:
        _r, _alpha, s, beta = np.asarray(params, float)
        return -s * np.log1p(T / beta)

    def log_odds_gone(self, params: Floats, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        params = np.asarray(params, float)
        x, t_x, T = np.broadcast_arrays(*floats(x, t_x, T))
        odds = np.empty(x.size)
        for rows in chunks(x.size, CHUNK):
            odds[rows] = _log_odds(params, x.ravel()[rows], t_x.ravel()[rows], T.ravel()[rows])
        return odds.reshape(x.shape)

    def expected_alive(self, params: Floats, x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Floats:
        # (r + x) / (alpha + T) · (beta + T) / (s − 1) · [1 − ((beta + T) / (beta + T + t))^(s − 1)], written
        # so that s = 1 is a point like any other.
        r, alpha, s, beta = np.asarray(params, float)
        x, T, t = floats(x, T, t)
        longer = np.log1p(t / (beta + T))
        return (r + x) / (alpha + T) * (beta + T) * longer * exprel(-(s - 1) * longer)

    def pmf_alive(self, params: Floats, x: ArrayLike, T: ArrayLike, t: ArrayLike, n: ArrayLike) -> Floats:
        # Alive throughout, or gone at a moment y between: a sum by Gauss–Legendre in log(beta + T + y).
        r, alpha, s, beta = np.asarray(params, float)
        x, T, t, n = np.broadcast_arrays(*floats(x, T, t, n))
        bought = (n[..., None], (r + x)[..., None])
        log_stay = -s * np.log1p(t / (beta + T))[..., None]
        node, weight = NODES
        log_survival = log_stay * (node + 1) / 2  # the lifetime's own distribution, cut at t
        y = (beta + T)[..., None] * np.expm1(-log_survival / s)
        share = np.exp(log_survival) * -log_stay * weight / 2
        observed = (alpha + T)[..., None]
        gone = (share * nbinom.pmf(*bought, observed / (observed + y))).sum(axis=-1)
        stayed = nbinom.pmf(n, r + x, (alpha + T) / (alpha + T + t))
        return np.exp(log_stay[..., 0]) * stayed + gone

    def draw_alive(self, params: Floats, x: Floats, T: Floats, t: float, rng: Generator) -> Floats:
        r, alpha, s, beta = params.T
        x, T = x[:, None], T[:, None]
        rate = rng.standard_gamma(r + x) / (alpha + T)
        with np.errstate(over="ignore"):
            left = (beta + T) * np.expm1(rng.standard_exponential(rate.shape) / s)  # Lomax: μ integrated out
        return rng.poisson(rate * np.minimum(t, left)).astype(float)


PARETO = ParetoNBD()


def _log_odds(params: Floats, x: Floats, t_x: Floats, T: Floats) -> Floats:
    r, alpha, s, beta = params
    log_a, log_b, terms = _moments(params, x, t_x, T, NODES)
    terms += (r + x)[:, None] * (np.log(alpha + T)[:, None] - log_a)
    terms += s * (np.log(beta + T)[:, None] - log_b) - log_b
    return np.log(s) + log_sum(terms)


def _moments(
    params: Floats, x: Floats, t_x: Floats, T: Floats, nodes: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """log(alpha + y), log(beta + y) and log weights, shape (rows, nodes), of moments y of leaving since t_x:
    Gauss–Legendre in log(m + y), m the smaller of alpha and beta, as far as the integrand is anything."""
    r, alpha, s, beta = params
    low, high = min(alpha, beta), max(alpha, beta)
    with np.errstate(over="ignore"):
        cut = np.minimum((alpha + t_x) * np.expm1(REACH / (r + x)), (beta + t_x) * np.expm1(REACH / s))
    span = np.log1p(np.minimum(T - t_x, cut) / (low + t_x))[:, None]
    node, weight = nodes
    near = np.log(low + t_x)[:, None] + span * (node + 1) / 2
    far = np.log((high - low) + np.exp(near))
    log_weight = np.log(np.maximum(span, 1e-300)) + np.log(weight / 2) + near
    return (near, far, log_weight) if alpha <= beta else (far, near, log_weight)


class ParetoObjective(Objective):
    """The log-likelihood of Pareto/NBD over patterns.

    Per pattern it is the logarithm of a sum of positive terms — alive, or left at one of the nodes — so its
    derivatives are means and covariances of theirs.
    """

    names = ParetoNBD.names
    floors = np.zeros(4)

    def __init__(self, patterns: Patterns) -> None:
        self.x, self.t_x = patterns.frequency, patterns.recency
        self.T, self.n = patterns.T, patterns.customers
        self.cells, self.weight = len(self.x) * len(FIT_NODES[0]), float(self.n.sum())
        self._above = tails(self.x, self.n)
        self._mean_T = float(np.average(self.T, weights=self.n)) or 1.0
        self._mean_x = float(np.average(self.x, weights=self.n))

    def starts(self) -> list[Floats]:
        alpha, mean_T = self._mean_T / (4 * max(self._mean_x, 0.05)), self._mean_T
        guesses = ((0.5, 0.5, 0.8), (1.5, 1.0, 2.0), (0.2, 0.3, 0.2))
        return [np.array([r, alpha * r / 0.5, s, mean_T * s * times]) for r, s, times in guesses]

    def slopes(self, params: Floats) -> Slopes:
        r, alpha, s, beta = params
        steps, n = r + np.arange(len(self._above)), self.weight
        value = self._above @ np.log(steps) + n * (r * np.log(alpha) + s * np.log(beta))
        first = [self._above @ (1 / steps) + n * np.log(alpha), n * r / alpha, n * np.log(beta), n * s / beta]
        gradient, hessian = np.array(first), np.zeros((4, 4))
        hessian[0, 0] = -self._above @ steps**-2.0
        hessian[0, 1] = hessian[1, 0] = n / alpha
        hessian[1, 1] = -n * r / alpha**2
        hessian[2, 3] = hessian[3, 2] = n / beta
        hessian[3, 3] = -n * s / beta**2
        mixtures = (self._mixture(params, rows) for rows in chunks(len(self.x), CHUNK))
        return sum(mixtures, start=Slopes(float(value), gradient, hessian))

    def _terms(self, params: Floats, rows: slice) -> tuple[Floats, Floats, Floats]:
        """Logarithm of each positive term, log(alpha + y) and log(beta + y); the last column is "alive"."""
        r, alpha, s, beta = params
        x, T = self.x[rows], self.T[rows]
        log_a, log_b, log_weight = _moments(params, x, self.t_x[rows], T, FIT_NODES)
        log_weight += np.log(s) - log_b
        log_a = np.column_stack([log_a, np.log(alpha + T)])
        log_b = np.column_stack([log_b, np.log(beta + T)])
        terms = -(r + x)[:, None] * log_a - s * log_b
        terms[:, :-1] += log_weight
        return terms, log_a, log_b

    def _mixture(self, params: Floats, rows: slice) -> Slopes:
        """The logarithm of the braces, summed over some patterns."""
        r, _alpha, s, _beta = params
        terms, log_a, log_b = self._terms(params, rows)
        n, k = self.n[rows], (r + self.x[rows])[:, None]
        whole = log_sum(terms)
        share = np.exp(terms - whole[:, None])
        near_a, near_b = np.exp(-log_a), np.exp(-log_b)
        left = np.append(np.ones(terms.shape[1] - 1), 0)  # whose integrand holds s and one power more
        slope = np.stack([-log_a, -k * near_a, left / s - log_b, -(s + left) * near_b])
        mean = (slope * share).sum(axis=2)
        weight = share * n[:, None]
        flat = slope.reshape(4, -1)
        hessian = (flat * weight.ravel()) @ flat.T - (mean * n) @ mean.T
        hessian[0, 1] -= (weight * near_a).sum()
        hessian[1, 1] += (weight * k * near_a**2).sum()
        hessian[2, 2] -= (weight * left).sum() / s**2
        hessian[2, 3] -= (weight * near_b).sum()
        hessian[3, 3] += (weight * (s + left) * near_b**2).sum()
        hessian[1, 0], hessian[3, 2] = hessian[0, 1], hessian[2, 3]
        return Slopes(float(n @ whole), mean @ n, hessian)

    def values(self, params: Floats) -> Floats:
        return np.array([self._value(point) for point in np.atleast_2d(params)])

    def _value(self, params: Floats) -> float:
        r, alpha, s, beta = params
        steps = r + np.arange(len(self._above))
        value = self._above @ np.log(steps) + self.weight * (r * np.log(alpha) + s * np.log(beta))
        for rows in chunks(len(self.x), CHUNK):
            value += self.n[rows] @ log_sum(self._terms(params, rows)[0])
        return float(value)
