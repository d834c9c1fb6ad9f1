"""What a purchase process can be asked: the same questions of BG/NBD, MBG/NBD and Pareto/NBD."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from keepbook.clv.patterns import Patterns
from keepbook.clv.processes.objective import Floats, Objective


class Process(ABC):
    """A model of when customers buy. Arguments of one method broadcast; time is in the fit's own units.

    Attributes
    ----------
    key, label : its name in unit files, and for readers. names : its parameters, in order.
    """

    key: str
    label: str
    names: ClassVar[tuple[str, ...]]

    @abstractmethod
    def objective(self, patterns: Patterns) -> Objective:
        """The log-likelihood of patterns, for a maximiser."""

    @abstractmethod
    def log_likelihood(
        self, params: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Log-likelihood per customer."""

    @abstractmethod
    def log_odds_gone(
        self, params: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Logarithm of P(gone) / P(alive) at T."""

    @abstractmethod
    def expected_alive(self, params: ArrayLike, frequency: ArrayLike, T: ArrayLike, t: ArrayLike) -> Floats:
        """Expected purchases in (T, T + t] of a customer alive at T."""

    @abstractmethod
    def pmf_alive(
        self, params: ArrayLike, frequency: ArrayLike, T: ArrayLike, t: ArrayLike, n: ArrayLike
    ) -> Floats:
        """P(n purchases in (T, T + t] | alive at T)."""

    @abstractmethod
    def draw_alive(
        self, params: Floats, frequency: Floats, T: Floats, t: float, rng: np.random.Generator
    ) -> Floats:
        """Purchases in (T, T + t] of customers alive at T, one draw per row and point of `params`.

        Parameters
        ----------
        params : shape (draws, 4). frequency, T : shape (rows,).

        Returns
        -------
        Counts of shape (rows, draws).
        """

    def p_alive(self, params: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """P(alive at T); in BG/NBD 1 for every one-time buyer."""
        return expit(-self.log_odds_gone(params, frequency, recency, T))

    def expected_purchases(
        self, params: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, t: ArrayLike
    ) -> Floats:
        """Expected purchases in (T, T + t] (BG/NBD: Fader, Hardie & Lee 2005, eq. 10; Pareto/NBD: Fader &
        Hardie 2005, eq. 26)."""
        alive = self.p_alive(params, frequency, recency, T)
        return alive * self.expected_alive(params, frequency, T, t)

    def expected_new(self, params: ArrayLike, t: ArrayLike) -> Floats:
        """Expected repeat purchases of a new customer in the first t (eq. 9; eq. 17)."""
        return self.expected_purchases(params, 0.0, 0.0, 0.0, t)

    def pmf_new(self, params: ArrayLike, t: ArrayLike, n: ArrayLike) -> Floats:
        """P(n repeat purchases of a new customer in the first t) (BG/NBD: eq. 8)."""
        alive = self.p_alive(params, 0.0, 0.0, 0.0)
        return alive * self.pmf_alive(params, 0.0, 0.0, t, n) + (1 - alive) * (np.asarray(n) == 0)
