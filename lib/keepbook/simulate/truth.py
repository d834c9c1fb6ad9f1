"""What the simulated customers are drawn from: parameters, and what follows from them by calculation."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Truth:
    """Parameters of one segment: when its customers buy, and what an order is worth.

    Parameters
    ----------
    r, alpha : shape, and rate in days, of the gamma over lambda; a living customer buys r / alpha a day.
    s, beta : shape, and rate in days, of the gamma over mu; half the customers are gone after
        beta * (2 ** (1 / s) - 1) days.
    p : shape of the gamma over one customer's order values.
    q, gamma : shape, and rate in money, of the gamma over that gamma's rate; q > 2 keeps the variance finite.

    References
    ----------
    Schmittlein, Morrison & Colombo (1987), "Counting your customers", Management Science 33(1).
    Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions".
    Fader & Hardie (2013), "The Gamma-Gamma model of monetary value".
    """

    r: float
    alpha: float
    s: float
    beta: float
    p: float = 6.0
    q: float = 4.0
    gamma: float = 20.0

    @property
    def mean_spend(self) -> float:
        """Mean order value in money, E = p * gamma / (q - 1) (Fader & Hardie 2013)."""
        return self.p * self.gamma / (self.q - 1)

    def retention(self, ages: int, window_days: int) -> Floats:
        """Share of customers who buy at least once k windows after their first purchase.

        With w = `window_days` this is P(a purchase in [k w, (k + 1) w) days after the first)
        = E[exp(-mu k w) * lambda / (lambda + mu) * (1 - exp(-(lambda + mu) w))], the expectation over both
        gammas. Asking *when* in the window the first purchase falls separates them:

            integral over t in [0, w) of  E[lambda exp(-lambda t)] * E[exp(-mu (k w + t))]
            = integral of  r alpha^r / (alpha + t)^(r + 1) * (beta / (beta + k w + t))^s

        One smooth dimension remains, and 64 Gauss-Legendre nodes in y = log(1 + t / alpha) give it to about
        machine precision.

        Parameters
        ----------
        ages : number of windows, k = 1 … ages.
        window_days : width w of a window in days.

        Returns
        -------
        Array of shape (ages,): the probability for k = 1 … ages.
        """
        node, weight = np.polynomial.legendre.leggauss(64)
        span = np.log1p(window_days / self.alpha)
        y = span * (node + 1) / 2
        waited = self.alpha * np.expm1(y)
        start = window_days * np.arange(1, ages + 1)[:, None]
        alive = (self.beta / (self.beta + start + waited)) ** self.s
        total: Floats = (alive * (span / 2 * weight * self.r * np.exp(-self.r * y))).sum(axis=1)
        return total


TIERS: dict[str, tuple[float, Truth]] = {
    "basic": (0.50, Truth(r=0.6, alpha=70, s=0.5, beta=120)),
    "plus": (0.35, Truth(r=1.0, alpha=50, s=0.5, beta=200)),
    "gold": (0.15, Truth(r=1.8, alpha=42, s=0.4, beta=400)),
}
"""Tier → share of customers and truth. Order values are alike in all tiers, so that spend stays independent
of the purchase rate in the pooled data too, as Gamma-Gamma requires."""
