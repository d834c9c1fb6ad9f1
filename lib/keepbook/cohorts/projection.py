"""Where the average retention curve is heading: the shifted beta-geometric model, checked on its own past."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares, minimize
from scipy.special import digamma, gammaln
from scipy.stats import t as student

from keepbook.cohorts.retention import Retention
from keepbook.errors import DataError, NotEnoughData
from keepbook.stats.intervals import z_of
from keepbook.text import catalogue

say = catalogue("cohorts")

FEWEST_PERIODS = 3  # two parameters and one to judge them by
FEWEST_OBSERVED = 8  # a third of them held out leaves enough for three parameters
FEWEST_FITTED, HOLDOUT_SHARE = 4, 1 / 3  # the last third of the periods is predicted from the earlier ones
PRIOR_LOGS, PRIOR_SD = np.log([0.5, 2.0]), 3.0  # of alpha and beta: anything within a factor of 400 is likely
PRIOR_FREEDOM = 5  # how firmly overdispersion is held near 1

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """Each customer leaves with an own constant probability, Beta(alpha, beta) across customers.

    Source: P. S. Fader & B. G. S. Hardie (2007), How to project customer retention, Journal of Interactive
    Marketing 21(1), 76–90. Made for contracts, where leaving is seen; on purchases it describes the curve.
    """

    alpha: float
    beta: float

    def survival(self, periods: ArrayLike) -> Floats:
        """Share still there after each period: B(α, β + t) / B(α, β) (their eq. 6).

        Examples
        --------
        With α = β = 1 it is 1 / (1 + t).

        >>> ShiftedBetaGeometric(1, 1).survival([0, 1, 3]).round(4).tolist()
        [1.0, 0.5, 0.25]
        """
        t, a, b = np.asarray(periods, float), self.alpha, self.beta
        return np.exp(gammaln(b + t) + gammaln(a + b) - gammaln(b) - gammaln(a + b + t))

    def residual_lifetime(self, renewals: int, discount: float, periods: int = 5_000) -> float:
        """Discounted expected further periods of a customer about to make renewal number `renewals` + 1.

        The next payment is due now and not discounted. `discount` is the rate per period, above zero; the sum
        stops after `periods`.

        Source: P. S. Fader & B. G. S. Hardie (2010), Customer-base valuation in a contractual setting,
        Marketing Science 29(1), 85–93, eq. 6.
        """
        t = np.arange(renewals, renewals + periods)
        later = self.survival(t + 1) / self.survival(renewals)
        return float((later * np.exp(-np.log1p(discount) * (t - renewals))).sum())


def fit_survival(survivors: ArrayLike) -> ShiftedBetaGeometric:
    """Maximum likelihood from one cohort's survivors: customers, or their share, at period 0, 1, …

    Raises
    ------
    NotEnoughData : fewer than two periods, or nobody left or stayed.
    DataError : the numbers rise, or one is missing: those are no survivors.

    Source: Fader & Hardie (2007), eq. 5 and 6 and appendix B (the likelihood).

    Examples
    --------
    Their "Regular" customers, of whom 63.1 % renew once: 0.704 and 1.182.

    >>> model = fit_survival([1, 0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241])
    >>> round(model.alpha, 3), round(model.beta, 3)
    (0.704, 1.182)
    >>> model.survival([8, 9]).round(3).tolist()
    [0.22, 0.204]
    """
    counts = np.asarray(survivors, float)
    if not (np.isfinite(counts).all() and (np.diff(counts) <= 0).all()):
        raise DataError(
            "Survivors cannot rise or be missing.",
            expected="numbers that never increase",
            do="Check the curve: is it of one cohort, and are its periods in order?",
        )
    if len(counts) < FEWEST_PERIODS or counts[0] <= counts[-1] or counts[-1] <= 0:
        raise NotEnoughData(say("too-short-to-fit"))
    lost, last = -np.diff(counts) / counts[0], counts[-1] / counts[0]
    t = np.arange(len(counts))
    weight = np.r_[lost, last]  # of log S(t): those who leave after t stayed t periods

    def objective(logs: Floats) -> tuple[float, Floats]:
        """Negative log-likelihood per customer and its gradient in the logs of alpha and beta."""
        a, b = np.exp(logs)
        survival = gammaln(b + t) + gammaln(a + b) - gammaln(b) - gammaln(a + b + t)
        hazard = np.log(a / (a + b + t[:-1]))
        by_a = weight @ (digamma(a + b) - digamma(a + b + t)) + lost @ (1 / a - 1 / (a + b + t[:-1]))
        by_b = weight @ (digamma(b + t) + digamma(a + b) - digamma(b) - digamma(a + b + t))
        by_b -= lost @ (1 / (a + b + t[:-1]))
        return -float(weight @ survival + lost @ hazard), -np.array([a * by_a, b * by_b])

    bounds, options = [(-12, 12)] * 2, {"ftol": 1e-13, "gtol": 1e-9}
    found = minimize(objective, np.zeros(2), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return ShiftedBetaGeometric(*map(float, np.exp(found.x)))


@dataclass(frozen=True)
class Projection:
    """The average curve carried on, and how the same method would have done on its own past.

    Attributes
    ----------
    curve : one row per period from 1: period, observed, fitted, ci_lower, ci_upper, projected (True beyond
        the data); shares. The interval is for the share that will be observed among as many customers as in
        that period, and beyond the data as in the last one.
    holdout : one row per held-out period: period, observed, predicted, ci_lower, ci_upper, inside. Held out
        by age, not by calendar date: later cohorts' early periods are among what is fitted.
    holdout_error : mean absolute error over the holdout, in shares.
    level, model : the curve is level × model survival after period 1.
    """

    curve: pd.DataFrame
    holdout: pd.DataFrame
    holdout_error: float
    level: float
    model: ShiftedBetaGeometric


def project(retention: Retention, *, horizon: int = 6) -> Projection:
    """Projects the average curve `horizon` periods on, by a shifted beta-geometric model with its own level.

    Without a contract a customer who stays away for a period is not gone, so the fall from period 0 to 1 is
    no survival: the share in period k ≥ 1 is taken as level × S(k − 1). (For a contract nothing is lost:
    given survival to period 1 the model is again a shifted beta-geometric one, with beta + 1.) Weighted least
    squares, weights from the binomial variance, with a weak prior on alpha and beta (log-normal, median 0.5
    and 2, sd of the log 3) that carries curves too flat to tell them apart. What the model misses beyond
    the binomial noise widens the interval as an overdispersion factor, which `PRIOR_FREEDOM` degrees of
    freedom hold near 1 while periods are few; it never narrows. A change in the business is in no interval.

    Raises
    ------
    NotEnoughData : fewer than 8 complete periods after the first, nobody came back, or a rule but `on`:
        brackets are no single periods, and the end of an on-or-after curve falls because what comes later is
        not seen yet, while its early periods already know the held-out ones.

    >>> import keepbook as kb
    >>> found = project(kb.open("demo").cohorts.retention, horizon=3)
    >>> int(found.curve["projected"].sum())
    3
    >>> bool((found.curve["fitted"].diff().dropna() <= 0).all())
    True
    """
    if retention.choices.rule != "on":
        raise NotEnoughData(say("not-single-periods"), do=say("not-single-periods.do"))
    alpha, average = retention.choices.alpha, retention.average
    seen = average[average["period"] > 0]
    if len(seen) < FEWEST_OBSERVED or seen["active"].sum() == 0:
        found = int((seen["active"] > 0).sum())
        raise NotEnoughData(say("too-few-periods", needed=FEWEST_OBSERVED, found=found))
    customers = _customers_behind(seen, alpha)
    held = min(max(1, round(len(seen) * HOLDOUT_SHARE)), len(seen) - FEWEST_FITTED)
    past, _logs = _forecast(seen.iloc[:-held], customers, alpha)
    ahead = np.r_[customers, np.full(horizon, customers[-1])]
    curve, logs = _forecast(seen, ahead, alpha)
    curve["observed"] = np.r_[seen["retention"], np.full(horizon, np.nan)]
    curve["projected"] = curve["observed"].isna()
    holdout = past.tail(held).rename(columns={"fitted": "predicted"}).reset_index(drop=True)
    holdout.insert(1, "observed", seen["retention"].to_numpy()[-held:])
    holdout["inside"] = holdout["observed"].between(holdout["ci_lower"], holdout["ci_upper"])
    error = float((holdout["observed"] - holdout["predicted"]).abs().mean())
    level, a, b = map(float, np.exp(logs))
    return Projection(curve, holdout, error, level, ShiftedBetaGeometric(a, b))


def _customers_behind(seen: pd.DataFrame, alpha: float) -> Floats:
    """Customers whose binomial share would have the average's interval: their number, when it is pooled."""
    share, size = seen["retention"].to_numpy(float), seen["size"].to_numpy(float)
    sd = (seen["ci_upper"] - seen["ci_lower"]).to_numpy(float) / (2 * z_of(alpha))
    return np.minimum(_scatter(share, size) / sd**2, size)


def _scatter(share: Floats, customers: Floats) -> Floats:
    """p (1 − p), never zero: p away from 0 and 1 (Agresti & Coull 1998, The American Statistician 52)."""
    steadied = (share * customers + 2) / (customers + 4)
    return steadied * (1 - steadied)


def _share(period: Floats, logs: Floats) -> Floats:
    level, alpha, beta = np.exp(logs)
    return level * ShiftedBetaGeometric(alpha, beta).survival(period - 1)


def _fit(period: Floats, share: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Logs of level, alpha and beta, and their covariance before overdispersion."""
    begin = np.r_[np.log(max(share[0], sd[0])), PRIOR_LOGS]

    def misses(logs: Floats) -> Floats:
        return np.r_[(_share(period, logs) - share) / sd, (logs[1:] - PRIOR_LOGS) / PRIOR_SD]

    found = least_squares(misses, np.minimum(begin, -1e-3), bounds=([-12.0] * 3, [0.0, 12.0, 12.0]))
    return found.x, np.linalg.pinv(found.jac.T @ found.jac)


def _forecast(seen: pd.DataFrame, customers: Floats, alpha: float) -> tuple[pd.DataFrame, Floats]:
    """The curve with its interval in as many periods from 1 as `customers` has numbers; logs as `_fit`."""
    period, share = seen["period"].to_numpy(float), seen["retention"].to_numpy(float)
    behind = customers[: len(period)]
    sd = np.sqrt(_scatter(share, behind) / behind)
    logs, covariance = _fit(period, share, sd)
    freedom = PRIOR_FREEDOM + len(period) - len(logs)
    misfit = float((((share - _share(period, logs)) / sd) ** 2).sum())
    spread = max(1.0, (PRIOR_FREEDOM + misfit) / freedom)
    periods = np.arange(1.0, len(customers) + 1)
    fitted = _share(periods, logs)
    slope = np.column_stack([_share(periods, logs + 1e-5 * unit) - fitted for unit in np.eye(3)]) / 1e-5
    noise = _scatter(fitted, customers) / customers
    variance = spread * (np.einsum("ki,ij,kj->k", slope, covariance, slope) + noise)
    half = student.ppf(1 - alpha / 2, freedom) * np.sqrt(variance)
    frame = pd.DataFrame({"period": periods.astype(int), "fitted": fitted})
    frame["ci_lower"], frame["ci_upper"] = np.clip(fitted - half, 0, 1), np.clip(fitted + half, 0, 1)
    return frame, logs
