"""What a purchase process can be asked, and what every likelihood here is to a maximiser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from keepbook.clv.rfm import Floats, Patterns


@dataclass(frozen=True)
class Slopes:
    """A log-likelihood at one point, with gradient and Hessian by the parameters themselves."""

    value: float
    gradient: Floats
    hessian: Floats

    def __add__(self, other: Slopes) -> Slopes:
        gradient, hessian = self.gradient + other.gradient, self.hessian + other.hessian
        return Slopes(self.value + other.value, gradient, hessian)


class Objective(Protocol):
    """A log-likelihood of data already summed up."""

    names: tuple[str, ...]  # its parameters, in order
    floors: Floats  # the value each of them lies above
    cells: int  # logarithms that one evaluation takes, about
    weight: float  # customers the data stand for

    def starts(self) -> list[Floats]:
        """Points to start from, best guess first."""

    def slopes(self, params: Floats) -> Slopes:
        """Value, gradient and Hessian at one point."""

    def values(self, params: Floats) -> Floats:
        """Log-likelihood at each row of `params`, shape (points, parameters)."""


class Process(ABC):
    """A model of when customers buy. Arguments of one method broadcast; time is in the fit's own units.

    A customer has made x repeat purchases, the last one t_x after the first, and was first seen T ago.
    """

    key: str  # its name in unit files, and for readers
    label: str
    names: ClassVar[tuple[str, ...]]  # its parameters, in order

    @abstractmethod
    def objective(self, patterns: Patterns) -> Objective:
        """The log-likelihood of patterns, for a maximiser."""

    @abstractmethod
    def log_stayed(self, params: Floats, x: Floats, T: Floats) -> Floats:
        """Logarithm of P(still there at T, after x repeat purchases)."""

    @abstractmethod
    def log_odds_gone(self, params: Floats, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Logarithm of P(gone) / P(alive) at T; −∞ for a one-time buyer in BG/NBD."""

    @abstractmethod
    def expected_alive(self, params: Floats, x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Floats:
        """Expected purchases in (T, T + t] of a customer alive at T."""

    @abstractmethod
    def pmf_alive(self, params: Floats, x: ArrayLike, T: ArrayLike, t: ArrayLike, n: ArrayLike) -> Floats:
        """P(n purchases in (T, T + t] | alive at T)."""

    @abstractmethod
    def draw_alive(self, params: Floats, x: Floats, T: Floats, t: float, rng: Generator) -> Floats:
        """Purchases in (T, T + t] if alive at T: shape (rows of x and T, rows of `params`)."""

    def log_likelihood(self, params: Floats, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Log-likelihood per customer (BG/NBD: Fader, Hardie & Lee 2005, eq. 6; Pareto/NBD: Fader & Hardie
        2005, eq. 8, integral form)."""
        r, alpha, *_ = np.asarray(params, float)
        x, T = floats(x, T)
        bought = rising(r, x) - x * np.log(alpha + T) - r * np.log1p(T / alpha)
        return bought + self.log_stayed(params, x, T) + np.logaddexp(0, self.log_odds_gone(params, x, t_x, T))

    def p_alive(self, params: Floats, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """P(alive at T); in BG/NBD 1 for every one-time buyer."""
        return expit(-self.log_odds_gone(params, x, t_x, T))

    def expected_purchases(
        self, params: Floats, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, t: ArrayLike
    ) -> Floats:
        """Expected purchases in (T, T + t] (BG/NBD: Fader, Hardie & Lee 2005, eq. 10; Pareto/NBD: Fader &
        Hardie 2005, eq. 26)."""
        return self.p_alive(params, x, t_x, T) * self.expected_alive(params, x, T, t)

    def expected_new(self, params: Floats, t: ArrayLike) -> Floats:
        """Expected repeat purchases of a new customer in the first t (eq. 9; eq. 17)."""
        return self.expected_purchases(params, 0.0, 0.0, 0.0, t)

    def pmf_purchases(
        self, params: Floats, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, t: ArrayLike, n: ArrayLike
    ) -> Floats:
        """P(n purchases in (T, T + t])."""
        alive = self.p_alive(params, x, t_x, T)
        return alive * self.pmf_alive(params, x, T, t, n) + (1 - alive) * (np.asarray(n) == 0)

    def pmf_new(self, params: Floats, t: ArrayLike, n: ArrayLike) -> Floats:
        """P(n repeat purchases of a new customer in the first t) (BG/NBD: eq. 8)."""
        return self.pmf_purchases(params, 0.0, 0.0, 0.0, t, n)


def floats(*columns: ArrayLike) -> list[Floats]:
    """Each as an array of floats."""
    return [np.asarray(column, float) for column in columns]


def chunks(rows: int, size: int) -> list[slice]:
    """So many rows in parts that a processor keeps at hand."""
    return [slice(start, start + size) for start in range(0, rows, size)]


def tails(frequency: Floats, customers: Floats) -> Floats:
    """Customers with a frequency above 0, 1, … up to the largest: shape (largest,).

    Sums over Γ(r + x) / Γ(r) and its kin need no more than these, and lose no digits to Γ.
    """
    counts = np.bincount(frequency.astype(np.int64), weights=customers)
    return np.cumsum(counts[::-1])[::-1][1:].astype(float)


def log_sum(terms: Floats) -> Floats:
    """log Σ exp over the columns, shape (rows, columns) → (rows,)."""
    largest = terms.max(axis=1)
    return largest + np.log(np.exp(terms - largest[:, None]).sum(axis=1))


def rising(start: float, steps: Floats) -> Floats:
    """log Γ(start + n) / Γ(start) for whole n, without the digits that Γ of a large start loses."""
    n = np.rint(steps).astype(np.int64)
    return np.concatenate([[0.0], np.cumsum(np.log(start + np.arange(n.max(initial=0))))])[n]


@dataclass(frozen=True)
class Distinct:
    """The distinct values of a column, and where each row finds its own: one logarithm a value, not a row."""

    values: Floats
    at: NDArray[np.int64]

    @classmethod
    def of(cls, column: Floats) -> Distinct:
        return cls(*np.unique(column, return_inverse=True))

    def sums(self, weights: Floats) -> Floats:
        """Σ weights per distinct value."""
        return np.bincount(self.at, weights=weights, minlength=len(self.values)).astype(float)
