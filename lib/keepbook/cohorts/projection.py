"""Where the average retention curve is heading: the shifted beta-geometric model, checked on its own past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import curve_fit, minimize
from scipy.special import digamma, gammaln
from scipy.stats import t as t_distribution

from keepbook.cohorts.retention import Retention
from keepbook.errors import NotEnoughData

FEWEST_PERIODS = 3  # two parameters and one to judge them by
FEWEST_OBSERVED = 8  # a third of them held out leaves enough for three parameters


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """Each customer leaves with an own constant probability, Beta(alpha, beta) across customers.

    Source: P. S. Fader & B. G. S. Hardie (2007), How to project customer retention, Journal of Interactive
    Marketing 21(1), 76–90. Made for contracts, where leaving is seen; on purchases it describes the curve.
    """

    alpha: float
    beta: float

    def survival(self, periods: ArrayLike) -> NDArray[np.float64]:
        """Share still there after each period: B(α, β + t) / B(α, β) (their eq. 6)."""
        t = np.asarray(periods, float)
        a, b = self.alpha, self.beta
        return np.exp(gammaln(b + t) + gammaln(a + b) - gammaln(b) - gammaln(a + b + t))

    def residual_lifetime(self, renewals: int, discount: float, periods: int = 5_000) -> float:
        """Discounted expected further periods of a customer about to make renewal number `renewals` + 1.

        Source: P. S. Fader & B. G. S. Hardie (2010), Customer-base valuation in a contractual setting,
        Marketing Science 29(1), 85–93, eq. 6: Σ S(t)/S(renewals) · (1 + discount)^-(t − renewals), t > renewals.
        `discount` is the rate per period.
        """
        t = np.arange(renewals, renewals + periods)
        later = self.survival(t + 1) / self.survival(renewals)
        return float((later * np.exp(-np.log1p(discount) * (t - renewals))).sum())


def fit_survival(survivors: ArrayLike) -> ShiftedBetaGeometric:
    """Maximum likelihood from one cohort's survivors.

    Parameters
    ----------
    survivors : customers, or their share, at period 0, 1, …; not increasing.

    Raises
    ------
    NotEnoughData : fewer than two periods, or nobody left or stayed.
    """
    counts = np.asarray(survivors, float)
    lost, last = -np.diff(counts) / counts[0], counts[-1] / counts[0]
    if len(counts) < FEWEST_PERIODS or lost.sum() <= 0 or last <= 0:
        raise NotEnoughData(
            "A curve can be projected only from two periods or more in which some leave and some stay."
        )
    t = np.arange(len(counts))
    weight = np.r_[lost, last]  # of log S(t): those who leave after t stayed t periods

    def objective(logs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Negative log-likelihood per customer and its gradient in the logs of alpha and beta."""
        a, b = np.exp(logs)
        survival = gammaln(b + t) + gammaln(a + b) - gammaln(b) - gammaln(a + b + t)
        hazard = np.log(a / (a + b + t[:-1]))
        by_a = weight @ (digamma(a + b) - digamma(a + b + t)) + lost @ (1 / a - 1 / (a + b + t[:-1]))
        by_b = weight @ (digamma(b + t) + digamma(a + b) - digamma(b) - digamma(a + b + t))
        by_b -= lost @ (1 / (a + b + t[:-1]))
        return -float(weight @ survival + lost @ hazard), -np.array([a * by_a, b * by_b])

    options = {"ftol": 1e-13, "gtol": 1e-9}
    found = minimize(objective, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-12, 12)] * 2, options=options)
    return ShiftedBetaGeometric(*map(float, np.exp(found.x)))


@dataclass(frozen=True)
class Projection:
    """The average curve carried on, and how the same method would have done on its own past.

    Attributes
    ----------
    curve : one row per period from 1: period, observed, fitted, ci_lower, ci_upper, projected (True beyond
        the data). The interval is for the share that will be observed.
    holdout : one row per held-out period: period, observed, predicted, ci_lower, ci_upper, inside.
    holdout_error : mean absolute error over the holdout, in shares.
    level, model : the curve is level × model survival after period 1.
    """

    curve: pd.DataFrame
    holdout: pd.DataFrame
    holdout_error: float
    level: float
    model: ShiftedBetaGeometric


def project(retention: Retention, *, horizon: int = 6, holdout_share: float = 1 / 3) -> Projection:
    """Projects the average retention curve by a shifted beta-geometric model with a level of its own.

    Without a contract a customer who stays away for a period is not gone, so the fall from period 0 to 1 is
    no survival: the share in period k ≥ 1 is taken as level × S(k − 1). (For a contract nothing is lost: given
    survival to period 1 the model is again a shifted beta-geometric one, with beta + 1.) Weighted least
    squares, weights from the binomial variance; what the model misses beyond that widens the interval as an
    overdispersion factor. A change in the business is in no interval.

    Parameters
    ----------
    retention : of the rule `on` or `on_or_after`; its average curve is carried on, with its alpha.
    horizon : periods beyond the last complete one.
    holdout_share : the last share of the observed periods is predicted from the earlier ones.

    Raises
    ------
    NotEnoughData : fewer than 8 complete periods after the first, nobody came back, or periods are brackets.
    """
    if retention.choices.rule == "bracket":
        raise NotEnoughData("A projection needs single periods; here they are brackets.")
    alpha, average = retention.choices.alpha, retention.average
    seen = average[average["period"] > 0]
    if len(seen) < FEWEST_OBSERVED or seen["active"].sum() == 0:
        raise NotEnoughData(
            f"A projection needs {FEWEST_OBSERVED} complete periods after the first in which customers "
            f"return; there are {int((seen['active'] > 0).sum())}."
        )
    held = max(1, round(len(seen) * holdout_share))
    past, _level, _model = _forecast(seen.iloc[:-held], held, alpha)
    curve, level, model = _forecast(seen, horizon, alpha)
    curve["observed"] = np.r_[seen["retention"], np.full(horizon, np.nan)]
    curve["projected"] = curve["observed"].isna()
    holdout = past.tail(held).rename(columns={"fitted": "predicted"}).reset_index(drop=True)
    holdout.insert(1, "observed", seen["retention"].to_numpy()[-held:])
    holdout["inside"] = holdout["observed"].between(holdout["ci_lower"], holdout["ci_upper"])
    error = float((holdout["observed"] - holdout["predicted"]).abs().mean())
    return Projection(curve, holdout, error, level, model)


def _share(period: NDArray[np.float64], *logs: float) -> NDArray[np.float64]:
    level, alpha, beta = np.exp(logs)
    return level * ShiftedBetaGeometric(alpha, beta).survival(period - 1)


def _forecast(seen: pd.DataFrame, beyond: int, alpha: float) -> tuple[pd.DataFrame, float, ShiftedBetaGeometric]:
    """Fit to the observed periods, and its interval for them and `beyond` more."""
    period, share = seen["period"].to_numpy(float), seen["retention"].to_numpy(float)
    steadied = (seen["active"] + 2) / (seen["size"] + 4)  # Agresti & Coull: no zero variance at 0 or 1
    sd = np.sqrt(steadied * (1 - steadied) / seen["size"]).to_numpy(float)
    begin = np.log([share[0] if share[0] > 0 else steadied.iloc[0], 0.5, 2.0])
    logs, covariance = curve_fit(_share, period, share, begin, sd, absolute_sigma=True, bounds=(-12, 12))
    freedom = len(period) - len(logs)
    spread = max(1.0, float((((share - _share(period, *logs)) / sd) ** 2).sum()) / freedom)
    periods = np.r_[period, period[-1] + np.arange(1, beyond + 1)]
    fitted = _share(periods, *logs)
    slope = np.column_stack([_share(periods, *(logs + 1e-5 * unit)) - fitted for unit in np.eye(3)]) / 1e-5
    noise = np.r_[sd, np.full(beyond, sd[-1])] ** 2
    variance = spread * (np.einsum("ki,ij,kj->k", slope, covariance, slope) + noise)
    half = t_distribution.ppf(1 - alpha / 2, freedom) * np.sqrt(variance)
    level, a, b = map(float, np.exp(logs))
    frame = pd.DataFrame({"period": periods.astype(int), "fitted": fitted})
    frame["ci_lower"], frame["ci_upper"] = np.clip(fitted - half, 0, 1), np.clip(fitted + half, 0, 1)
    return frame, level, ShiftedBetaGeometric(a, b)
