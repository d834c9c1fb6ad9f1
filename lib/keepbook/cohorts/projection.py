"""Where the average retention curve is heading: the shifted beta-geometric model, checked on its own past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression, minimize
from scipy.special import gammaln

from keepbook.errors import NotEnoughData

FEWEST_PERIODS = 3  # two parameters and one to judge them by
REPEATS = 200  # resampled sets of cohorts behind an interval


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

    def residual_lifetime(self, renewals: int, discount: float, periods: int = 20_000) -> float:
        """Discounted expected further periods of a customer about to make renewal number `renewals` + 1.

        Source: P. S. Fader & B. G. S. Hardie (2010), Customer-base valuation in a contractual setting,
        Marketing Science 29(1), 85–93, eq. 6: Σ S(t)/S(renewals) · (1 + discount)^-(t − renewals), t > renewals.
        `discount` is the rate per period.
        """
        t = np.arange(renewals, renewals + periods)
        return float((self.survival(t + 1) / self.survival(renewals) / (1 + discount) ** (t - renewals)).sum())


def fit_survival(survivors: ArrayLike) -> ShiftedBetaGeometric:
    """Maximum likelihood from one cohort's survivors.

    Parameters
    ----------
    survivors : customers at period 0, 1, …; not increasing.

    Raises
    ------
    NotEnoughData : fewer than two periods, or nobody left or stayed.
    """
    counts = np.asarray(survivors, float)
    lost, last = -np.diff(counts), counts[-1]
    if len(counts) < FEWEST_PERIODS or lost.sum() <= 0 or last <= 0:
        raise NotEnoughData("A curve can be projected only from two periods or more in which some leave and some stay.")
    t = np.arange(1, len(counts))

    def negative_log_likelihood(logs: NDArray[np.float64]) -> float:
        a, b = np.exp(logs)
        survival = gammaln(b + np.r_[0, t]) + gammaln(a + b) - gammaln(b) - gammaln(a + b + np.r_[0, t])
        leave = np.log(a / (a + b + t - 1)) + survival[:-1]
        return -float(lost @ leave + last * survival[-1]) / counts[0]

    found = minimize(
        negative_log_likelihood, np.zeros(2), method="L-BFGS-B", bounds=[(-12, 12)] * 2, options={"ftol": 1e-14}
    )
    return ShiftedBetaGeometric(*np.exp(found.x))


@dataclass(frozen=True)
class Projection:
    """The average curve carried on, and how the same method would have done on its own past.

    Attributes
    ----------
    curve : one row per period: period, observed, fitted, ci_lower, ci_upper, projected (True beyond the data).
    holdout : one row per held-out period: period, observed, predicted, ci_lower, ci_upper, inside.
    holdout_error : mean absolute error over the holdout, in shares.
    model : fitted on all periods.
    """

    curve: pd.DataFrame
    holdout: pd.DataFrame
    holdout_error: float
    model: ShiftedBetaGeometric


def project(
    cells: pd.DataFrame, *, horizon: int = 6, alpha: float = 0.05, seed: int = 1, holdout_share: float = 1 / 3
) -> Projection:
    """Projects the pooled average of complete cells by the shifted beta-geometric model.

    The curve is first made non-increasing (weighted isotonic regression), since survival cannot rise. The
    interval comes from resampling whole cohorts, so it holds the differences between cohorts; a change in
    the business is in no interval.

    Parameters
    ----------
    cells : `Retention.cells`, of the rules `on` or `on_or_after`.
    horizon : periods beyond the last complete one.
    holdout_share : the last share of the observed periods is predicted from the earlier ones.

    Raises
    ------
    NotEnoughData : fewer than 6 complete periods after the first, or fewer than 3 cohorts.
    """
    over = cells[cells["complete"]]
    active = over.pivot(index="cohort", columns="period", values="active").to_numpy(float)
    sizes = over[over["period"] == 0].sort_values("cohort")["size"].to_numpy(float)
    observed, cohorts = active.shape[1] - 1, active.shape[0]
    if observed < 2 * FEWEST_PERIODS or cohorts < FEWEST_PERIODS:
        raise NotEnoughData(
            f"A projection needs {2 * FEWEST_PERIODS} complete periods and {FEWEST_PERIODS} cohorts; "
            f"there are {max(observed, 0)} and {cohorts}."
        )
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, cohorts, size=(REPEATS, cohorts))
    known = observed - max(1, round(observed * holdout_share))
    pooled = _pooled(active, sizes)
    past = _forecast(active[:, : known + 1], sizes, draws, observed, alpha)
    full = _forecast(active, sizes, draws, observed + horizon, alpha)
    full["observed"] = np.r_[pooled, np.full(horizon, np.nan)]
    full["projected"] = full["period"] > observed
    held = past[past["period"] > known].rename(columns={"fitted": "predicted"}).reset_index(drop=True)
    held.insert(1, "observed", pooled[known + 1 :])
    held["inside"] = held["observed"].between(held["ci_lower"], held["ci_upper"])
    error = float((held["observed"] - held["predicted"]).abs().mean())
    return Projection(full, held, error, _fit(active, sizes))


def _pooled(active: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    exposed = np.where(np.isnan(active), 0, sizes[:, None]).sum(axis=0)
    return np.nansum(active, axis=0) / exposed


def _fit(active: NDArray[np.float64], sizes: NDArray[np.float64]) -> ShiftedBetaGeometric:
    exposed = np.where(np.isnan(active), 0, sizes[:, None]).sum(axis=0)
    falling = isotonic_regression(_pooled(active, sizes), weights=exposed, increasing=False).x
    return fit_survival(falling / falling[0] * sizes.sum())


def _forecast(
    active: NDArray[np.float64], sizes: NDArray[np.float64], draws: NDArray[np.int64], last: int, alpha: float
) -> pd.DataFrame:
    """Fit and interval for the periods 0 to `last`, from cohorts as they are and as resampled."""
    periods = np.arange(last + 1)
    curves = []
    for draw in draws:
        resampled = active[draw]
        if not np.isnan(resampled).all(axis=0).any():  # a draw without the oldest cohorts lacks the late periods
            curves.append(_fit(resampled, sizes[draw]).survival(periods))
    low, high = np.quantile(curves, [alpha / 2, 1 - alpha / 2], axis=0)
    fitted = _fit(active, sizes).survival(periods)
    return pd.DataFrame({"period": periods, "fitted": fitted, "ci_lower": low, "ci_upper": high})
