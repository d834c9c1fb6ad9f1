"""Gamma-Gamma: what a purchase is worth, given how many were seen and their mean.

A customer's purchases are Gamma(p, ν) with ν ~ Gamma(q, gamma), whatever the purchase rate is. q is held
above 1, for below it the mean spend of a new customer does not exist.

References
----------
Colombo & Jiang (1999), "A stochastic RFM model", Journal of Interactive Marketing 13(3).
Fader & Hardie (2013), "The Gamma-Gamma model of monetary value", eq. (1a), (5).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, polygamma, psi

from keepbook.clv.processes.process import Distinct, Objective, Slopes, floats
from keepbook.clv.rfm import Floats


def expected_spend(params: ArrayLike, frequency: ArrayLike, monetary_value: ArrayLike) -> Floats:
    """Expected money per future purchase period (Fader & Hardie 2013, eq. 5); broadcasts."""
    p, q, gamma = np.asarray(params, float)
    x, m = floats(frequency, monetary_value)
    return p * (gamma + x * m) / (p * x + q - 1)


def mean_spend(params: ArrayLike) -> float:
    """Expected money per purchase period of a new customer."""
    return float(expected_spend(params, 0.0, 0.0))


class SpendObjective(Objective):
    """The log-likelihood of Gamma-Gamma over (frequency, mean spend) pairs, all positive."""

    names = ("p", "q", "gamma")
    floors = np.array([0.0, 1.0, 0.0])

    def __init__(self, frequency: Floats, monetary_value: Floats, customers: Floats) -> None:
        self.money, self.n = frequency * monetary_value, customers
        self.x = Distinct.of(frequency)
        self.at_x, self.cells, self.weight = self.x.sums(customers), len(frequency), float(customers.sum())
        self._log_money = self.x.sums(customers * np.log(self.money))
        self._jacobian = float(customers @ np.log(monetary_value))
        self._mean = float(np.average(monetary_value, weights=customers))

    def starts(self) -> list[Floats]:
        """Such that the mean spend is that of the data."""
        return [np.array([p, q, self._mean * (q - 1) / p]) for p, q in ((4.0, 4.0), (1.0, 3.0), (20.0, 2.0))]

    def slopes(self, params: Floats) -> Slopes:
        p, q, gamma = params
        x, n = self.x.values, self.at_x
        total, near = np.log(gamma + self.money), 1 / (gamma + self.money)
        shape = p * x + q
        logs, nears, squares = (self.x.sums(self.n * v) for v in (total, near, near**2))
        value = n @ (gammaln(shape) - gammaln(p * x)) + self.weight * (q * np.log(gamma) - gammaln(q))
        value += p * (x @ self._log_money) - shape @ logs - self._jacobian
        by_p = x @ (n * (psi(shape) - psi(p * x)) + self._log_money - logs)
        by_q = n @ psi(shape) + self.weight * (np.log(gamma) - psi(q)) - logs.sum()
        gradient = np.array([by_p, by_q, self.weight * q / gamma - shape @ nears])
        curve = polygamma(1, shape)
        hessian = np.empty((3, 3))
        hessian[0, 0] = (n * x**2) @ (curve - polygamma(1, p * x))
        hessian[0, 1] = hessian[1, 0] = (n * x) @ curve
        hessian[0, 2] = hessian[2, 0] = -x @ nears
        hessian[1, 1] = n @ curve - self.weight * polygamma(1, q)
        hessian[1, 2] = hessian[2, 1] = self.weight / gamma - nears.sum()
        hessian[2, 2] = -self.weight * q / gamma**2 + shape @ squares
        return Slopes(float(value), gradient, hessian)

    def values(self, params: Floats) -> Floats:
        return np.array([self._value(point) for point in np.atleast_2d(params)])

    def _value(self, params: Floats) -> float:
        p, q, gamma = params
        x, n, shape = self.x.values, self.at_x, params[0] * self.x.values + params[1]
        logs = self.x.sums(self.n * np.log(gamma + self.money))
        value = n @ (gammaln(shape) - gammaln(p * x)) + self.weight * (q * np.log(gamma) - gammaln(q))
        return float(value + p * (x @ self._log_money) - shape @ logs - self._jacobian)
