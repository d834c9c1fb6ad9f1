"""Maximum likelihood by trust-region Newton steps in log-parameters, with a verdict on how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from keepbook.clv.processes.process import Objective, Slopes
from keepbook.clv.rfm import Floats

MAX_STEPS = 100
MIN_GAIN = 1e-7  # expected gain of one more Newton step, in log-likelihood
MAX_FACTOR = 1e5  # times the start: a parameter that ran so far is on its way to infinity, or to its floor
MIN_CURVATURE = 0.05  # in log-parameters: a standard error is then a factor of 80, and nothing is known
WEAK_LOG_SD = 3.0  # log_sd of the weak prior: a factor of 20 either way is nothing special, one of 400 is


@dataclass(frozen=True)
class Prior:
    """A log-normal prior on some parameters."""

    centre: Floats  # logarithm of the median, per parameter
    precision: Floats  # 1 / log_sd², 0 where there is none

    @classmethod
    def of(cls, names: tuple[str, ...], known: Mapping[str, tuple[float, float]] | None) -> Prior:
        """From parameter → (median, log_sd); names of other models' parameters are none of its business."""
        known = known or {}
        pairs = [known.get(name, (1.0, np.inf)) for name in names]
        return cls(np.log([median for median, _sd in pairs]), np.array([sd**-2.0 for _m, sd in pairs]))

    def log_density(self, params: Floats) -> Floats:
        """Up to a constant, at each row of `params`."""
        return -0.5 * ((np.log(params) - self.centre) ** 2 @ self.precision)


class WithWeakPrior(Objective):
    """An objective times a weak log-normal prior around the first of its starts, which has the data's scale.

    A parameter that the data hold is not moved by it: at a log_sd of 0.2 by a hundredth of that, if at all.
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.names, self.floors = objective.names, objective.floors
        self.cells, self.weight = objective.cells, objective.weight
        self._anchor = np.log(objective.starts()[0] - self.floors)

    def starts(self) -> list[Floats]:
        return self.objective.starts()

    def slopes(self, params: Floats) -> Slopes:
        own, above = self.objective.slopes(params), params - self.floors
        away = (np.log(above) - self._anchor) / WEAK_LOG_SD**2
        hessian = own.hessian - np.diag((1 / WEAK_LOG_SD**2 - away) / above**2)
        return Slopes(own.value + float(self._pull(params)), own.gradient - away / above, hessian)

    def values(self, params: Floats) -> Floats:
        return self.objective.values(params) + self._pull(params)

    def _pull(self, params: Floats) -> Floats:
        away = (np.log(params - self.floors) - self._anchor) / WEAK_LOG_SD
        return -0.5 * (away**2).sum(axis=-1)


@dataclass(frozen=True)
class Fit:
    """Where the likelihood (times the prior) is largest."""

    names: tuple[str, ...]  # the parameters
    params: Floats
    floors: Floats
    log_likelihood: float  # at `params`, without the prior
    # Of the parameters, the inverse of the observed information; shape (parameters, parameters); missing on
    # the diagonal for those in `boundary`.
    covariance: Floats
    # The same of log(parameter − floor), in which the likelihood is closest to a parabola; nothing along
    # directions that the data leave open.
    log_covariance: Floats
    converged: bool  # one more Newton step would gain nothing
    # Names of parameters that the data leave open: the likelihood is flat there, or rises for ever.
    boundary: tuple[str, ...]
    weight: float  # customers behind it

    @property
    def standard_errors(self) -> Floats:
        """Of the parameters; missing where the data leave them open."""
        return np.sqrt(np.where(np.diag(self.covariance) > 0, np.diag(self.covariance), np.nan))


def maximise(objective: Objective, prior: Prior | None = None) -> Fit:
    """The best of the objective's starts, the later ones tried only where the first does not end well.

    Where none does, there may still be a summit between the slopes that rise for ever: it is looked for from
    the one under the weak prior of `WithWeakPrior`. Look at `converged` and `boundary` before using the fit.
    """
    prior = prior or Prior.of(objective.names, None)

    def height(fit: Fit) -> float:
        return fit.log_likelihood + float(prior.log_density(fit.params))

    best: Fit | None = None
    for start in objective.starts():
        fit = _from(start, objective, prior)
        if best is None or height(fit) > height(best) + MIN_GAIN:
            best = fit
        if fit.converged and not fit.boundary:
            break
    assert best is not None
    if best.boundary and not isinstance(objective, WithWeakPrior):
        inside = _from(maximise(WithWeakPrior(objective), prior).params, objective, prior)
        if height(inside) > height(best) + MIN_GAIN:
            return inside
    return best


def _from(start: Floats, objective: Objective, prior: Prior) -> Fit:
    """One climb from one start."""
    origin = np.log(start - objective.floors)
    seen: dict[bytes, Slopes] = {}

    def at(logs: Floats) -> Slopes:  # asked for value, gradient and Hessian at the same point
        if logs.tobytes() not in seen:
            seen[logs.tobytes()] = _per_customer(logs, objective, prior)
        return seen[logs.tobytes()]

    radii = {"initial_trust_radius": 1.0, "max_trust_radius": 4.0}
    try:
        found = minimize(
            lambda logs: at(logs).value,
            origin,
            jac=lambda logs: at(logs).gradient,
            hess=lambda logs: at(logs).hessian,
            method="trust-exact",
            options={"gtol": 1e-9, "maxiter": MAX_STEPS, **radii},
        )
        highest = found.x
    except OverflowError:  # SciPy's own step, on a plain that is flat to the last digit
        highest = np.frombuffer(min(seen, key=lambda point: seen[point].value))
    return _judged(highest, origin, objective, prior)


def _per_customer(logs: Floats, objective: Objective, prior: Prior) -> Slopes:
    """Chain rule: parameters are floor + exp(log-parameter)."""
    above = np.exp(np.clip(logs, -80, 80))
    params = objective.floors + above
    slopes = objective.slopes(params)
    ratio = above / params  # d log(parameter) / d log-parameter
    away = np.log(params) - prior.centre
    gradient = slopes.gradient * above - prior.precision * away * ratio
    hessian = slopes.hessian * np.outer(above, above) + np.diag(slopes.gradient * above)
    hessian -= np.diag(prior.precision * (ratio**2 + away * ratio * (1 - ratio)))
    value = slopes.value + float(prior.log_density(params))
    with np.errstate(invalid="ignore"):
        scaled = Slopes(-value / objective.weight, -gradient / objective.weight, -hessian / objective.weight)
    return scaled if np.isfinite(value) else Slopes(np.inf, np.zeros_like(gradient), np.eye(len(gradient)))


def _judged(logs: Floats, origin: Floats, objective: Objective, prior: Prior) -> Fit:
    """The end of a climb: is it a summit, and one that the data hold in every direction?"""
    slopes = _per_customer(logs, objective, prior)
    above = np.exp(np.clip(logs, -80, 80))
    params = objective.floors + above
    curvature, axes = np.linalg.eigh(slopes.hessian * objective.weight)
    firm = curvature > MIN_CURVATURE
    step = axes.T @ (slopes.gradient * objective.weight)
    gain = float((step[firm] ** 2 / curvature[firm]).sum() / 2)
    open_ = np.abs(logs - origin) > np.log(MAX_FACTOR)
    open_ |= (np.abs(axes[:, ~firm]) > 0.5).any(axis=1)
    inverse = (axes[:, firm] / curvature[firm]) @ axes[:, firm].T
    covariance = inverse * np.outer(above, above)
    covariance[open_, open_] = np.nan
    return Fit(
        names=objective.names,
        params=params,
        floors=objective.floors,
        log_likelihood=float(objective.values(params[None])[0]),
        covariance=covariance,
        log_covariance=inverse,
        converged=bool(gain < MIN_GAIN * max(1.0, objective.weight * 1e-6)),
        boundary=tuple(np.array(objective.names)[open_]),
        weight=objective.weight,
    )
