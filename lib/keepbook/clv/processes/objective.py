"""What every likelihood here is to a maximiser: a sum over weighted rows, with gradient and Hessian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Slopes:
    """A log-likelihood at one point, by the parameters themselves.

    Attributes
    ----------
    value : log-likelihood. gradient : shape (parameters,). hessian : shape (parameters, parameters).
    """

    value: float
    gradient: Floats
    hessian: Floats


class Objective(Protocol):
    """A log-likelihood of data already summed up.

    Attributes
    ----------
    names : its parameters, in order. floors : the value each of them lies above.
    cells : logarithms that one evaluation takes, about. weight : customers the data stand for.
    """

    names: tuple[str, ...]
    floors: Floats
    cells: int
    weight: float

    def starts(self) -> list[Floats]:
        """Points to start from, best guess first."""

    def slopes(self, params: Floats) -> Slopes:
        """Value, gradient and Hessian at one point."""

    def values(self, params: Floats) -> Floats:
        """Log-likelihood at each row of `params`, shape (points, parameters)."""


def tails(frequency: Floats, customers: Floats) -> Floats:
    """Customers with a frequency above 0, 1, … up to the largest: shape (largest,).

    Sums over Γ(r + x) / Γ(r) and its kin need no more than these, and lose no digits to Γ.
    """
    counts = np.bincount(frequency.astype(np.int64), weights=customers)
    return np.cumsum(counts[::-1])[::-1][1:].astype(float)


def softplus(odds: Floats) -> Floats:
    """log(1 + eˣ) to 1e-16, from the two functions a processor computes many at a time."""
    value: Floats = np.maximum(odds, 0) + np.log(1 + np.exp(-np.abs(odds)))
    return value


def log_sum(terms: Floats) -> Floats:
    """log Σ exp over the columns, shape (rows, columns) → (rows,)."""
    largest = terms.max(axis=1)
    total: Floats = largest + np.log(np.exp(terms - largest[:, None]).sum(axis=1))
    return total


def rising(start: float, steps: Floats) -> Floats:
    """log Γ(start + n) / Γ(start) for whole n, without the digits that Γ of a large start loses."""
    n = np.rint(steps).astype(np.int64)
    return np.concatenate([[0.0], np.cumsum(np.log(start + np.arange(n.max(initial=0))))])[n]


@dataclass(frozen=True)
class Distinct:
    """The distinct values of a column, and where each row finds its own.

    Logarithms are then taken once a value, not once a row.
    """

    values: Floats
    at: NDArray[np.int64]

    @classmethod
    def of(cls, column: Floats) -> Distinct:
        values, at = np.unique(column, return_inverse=True)
        return cls(values, at)

    def sums(self, weights: Floats) -> Floats:
        """Σ weights per distinct value."""
        return np.bincount(self.at, weights=weights, minlength=len(self.values)).astype(float)
