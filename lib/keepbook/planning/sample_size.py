"""From the variation of the past to customers needed and effects that can be found: the closed form."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from keepbook.planning.history import METRICS, Baseline, History
from keepbook.stats.moments import Moments
from keepbook.stats.power import LONGEST_TEST, minimum_effect, sample_size
from keepbook.stats.power import power as power_of

Floats = NDArray[np.float64]
LIFTS = (0.02, 0.05, 0.10, 0.20, 0.50)
SHARES_OF_AVAILABLE = (0.25, 0.5, 1.0)  # of those available now
WEEKS_AHEAD = (13, 26)  # weeks of enrolment
FLAT = 1e-20  # variance, as a share of the mean's square, that rounding leaves where nothing varies
MAX_ROUNDS = 40  # of the fixed point, each of which more than halves what is missing


@dataclass(frozen=True)
class Variation:
    """How a metric varies between customers, and how it would under a treatment that works.

    A treatment is taken to work through purchases that would not have been made: a share of customers, by
    lot, buys on top what a customer who bought in the outcome days bought. For `retained` those who had not
    bought are buyers then, and the others change nothing. So the treated vary more than the control, and by
    as much as such purchases do; a lift of everybody's revenue alike would promise too much.
    """

    metric: str
    mean: float  # per customer, today
    variance: float  # between customers
    pre_variance: float  # of the same metric in the pre-period; 0 where that foretells nothing
    covariance: float  # of both
    extra: float  # mean of what is bought on top
    extra_squares: float  # mean of its square

    @property
    def largest_lift(self) -> float:
        """The largest lift there is room for: everybody buys on top. 0 where no lift can be spoken of."""
        if not (self.variance > 0 and self.mean > 0 and self.extra > 0):
            return 0.0
        return self.extra * (1 - self.mean if self.metric == "retained" else 1) / self.mean

    def affected(self, lift: ArrayLike) -> Floats:
        """Share of customers who buy on top."""
        return np.asarray(lift, float) / self.largest_lift

    def deviations(self, lift: ArrayLike, adjust: bool) -> tuple[Floats, Floats]:
        """Standard deviations of control and treatment; with `adjust`, of what the pre-period leaves open."""
        affected = self.affected(lift)
        treated = self.variance + affected * self.extra_squares - (affected * self.extra) ** 2
        control, covariance = np.full_like(affected, self.variance), np.full_like(affected, self.covariance)
        if self.metric == "retained":
            share = self.mean + affected * (1 - self.mean)
            treated, covariance = share * (1 - share), covariance * (1 - affected)
        if adjust and self.pre_variance > 0:
            slope = (self.covariance + covariance) / (2 * self.pre_variance)
            control = control - 2 * slope * self.covariance + slope**2 * self.pre_variance
            treated = treated - 2 * slope * covariance + slope**2 * self.pre_variance
        return np.sqrt(np.clip(control, 0, None)), np.sqrt(np.clip(treated, 0, None))

    def is_plain_share(self, adjust: bool) -> bool:
        """Whether the analysis is the z-test of two shares, and not Welch's t."""
        return self.metric == "retained" and not (adjust and self.pre_variance > 0)

    def share_errors(self, lift: ArrayLike) -> tuple[Floats, Floats]:
        """√n times the standard error of the difference of two shares: pooled as the test takes it, and true.

        Source: J. L. Fleiss, B. Levin & M. C. Paik (2003), Statistical Methods for Rates and Proportions,
        eq. 4.14, without the correction for continuity, which the test does not make either.
        """
        share = self.mean * (1 + np.asarray(lift, float))
        both = (self.mean + share) / 2
        own = self.mean * (1 - self.mean) + share * (1 - share)
        return np.sqrt(2 * both * (1 - both)), np.sqrt(np.clip(own, 0, None))


def variations_of(baseline: Baseline) -> dict[str, Variation]:
    """Metric → its variation in the past."""
    everybody, buyers, found = baseline.everybody, baseline.buyers, {}
    for metric in METRICS:
        at, before = everybody.at(metric), f"pre_{metric}"
        extra = float(buyers.mean[at])
        pre_variance = _variance(everybody, before) if before in everybody.names else 0.0
        found[metric] = Variation(
            metric,
            mean=float(everybody.mean[at]),
            variance=_variance(everybody, metric),
            pre_variance=pre_variance,
            covariance=float(everybody.cov[at, everybody.at(before)]) if pre_variance else 0.0,
            extra=extra,
            extra_squares=float(buyers.cov[at, at]) * (buyers.count - 1) / buyers.count + extra**2,
        )
    return found


def _variance(moments: Moments, name: str) -> float:
    """Of a column; 0 where all that varies is the last digit."""
    at = moments.at(name)
    variance = float(moments.cov[at, at])
    return variance if variance > FLAT * float(moments.mean[at]) ** 2 else 0.0


def smallest_lift(
    variation: Variation, customers: ArrayLike, alpha: float, power: float, *, adjust: bool
) -> Floats:
    """The smallest lift found with so many customers, half of them treated; missing without room for it."""
    n = np.asarray(customers, float)
    treated = np.floor(n / 2)
    if not variation.largest_lift:
        return np.full_like(n, np.nan)
    lift = np.zeros_like(n)
    for _round in range(MAX_ROUNDS):
        lift = np.minimum(lift, variation.largest_lift)
        if variation.is_plain_share(adjust):
            none, some = variation.share_errors(lift)
            effect = (norm.isf(alpha / 2) * none + norm.ppf(power) * some) / np.sqrt(n / 2)
        else:
            effect = minimum_effect(*variation.deviations(lift, adjust), n - treated, treated, alpha, power)
        lift = effect / variation.mean
    return np.where(lift <= variation.largest_lift, lift, np.nan)


def needed_per_arm(
    variation: Variation, lifts: ArrayLike, alpha: float, power: float, *, adjust: bool
) -> Floats:
    """Customers in each arm that find a lift; missing without room for it."""
    wanted = np.asarray(lifts, float)
    if not variation.largest_lift:
        return np.full_like(wanted, np.nan)
    room = wanted <= variation.largest_lift
    wanted = np.where(room, wanted, variation.largest_lift)
    if variation.is_plain_share(adjust):
        none, some = variation.share_errors(wanted)
        root = (norm.isf(alpha / 2) * none + norm.ppf(power) * some) / (wanted * variation.mean)
        size = np.ceil(root**2)
    else:
        deviations = variation.deviations(wanted, adjust)
        size = sample_size(wanted * variation.mean, *deviations, alpha, power).control
    return np.where(room, size, np.nan)


def power_with(variation: Variation, lift: float, n: int, alpha: float, *, adjust: bool) -> float:
    """Chance that n customers in each arm find a lift that there is room for."""
    effect = lift * variation.mean
    if not variation.is_plain_share(adjust):
        return float(power_of(effect, *variation.deviations(lift, adjust), n, n, alpha))
    none, some = variation.share_errors(lift)
    shift, edge = effect * n**0.5, norm.isf(alpha / 2) * none
    with np.errstate(divide="ignore"):
        return float(norm.cdf((shift - edge) / some) + norm.cdf((-shift - edge) / some))


def weeks_until(customers: ArrayLike, history: History) -> Floats:
    """Whole weeks of enrolment until so many are in the test, beginning with those available; or infinite."""
    missing = np.clip(np.asarray(customers, float) - history.available, 0, None)
    with np.errstate(divide="ignore", invalid="ignore"):
        weeks = np.ceil(missing / (history.per_week if history.per_week > 0 else 0.0))
    return np.where(missing == 0, 0.0, weeks)


def ready_on(weeks: ArrayLike, as_of: dt.date, outcome_days: int) -> pd.DatetimeIndex:
    """The first day on which all outcomes are known; missing where enrolment takes over a year."""
    days = np.asarray(weeks, float) * 7
    later = pd.to_timedelta(np.where(days <= LONGEST_TEST, days + outcome_days, np.nan), unit="D")
    return pd.DatetimeIndex(pd.Timestamp(as_of) + later)


def needed(
    variations: Mapping[str, Variation], history: History, alpha: float, power: float, lifts: Sequence[float]
) -> pd.DataFrame:
    """What it takes to find each lift; see `Plan.needed`."""
    parts = []
    for metric, variation in variations.items():
        part = pd.DataFrame({"metric": metric, "lift": lifts, "effect": np.asarray(lifts) * variation.mean})
        for name, adjust in (("n_per_arm", False), ("n_per_arm_cuped", True)):
            part[name] = needed_per_arm(variation, lifts, alpha, power, adjust=adjust)
        parts.append(part.assign(weeks=weeks_until(2 * part["n_per_arm_cuped"], history)))
    return pd.concat(parts, ignore_index=True)


def detectable(
    variations: Mapping[str, Variation], history: History, alpha: float, power: float
) -> pd.DataFrame:
    """What can be found with those available, and with those who come; see `Plan.detectable`."""
    weeks, customers = sizes_ahead(history)
    parts = []
    for metric, variation in variations.items():
        part = pd.DataFrame({"metric": metric, "customers": customers, "weeks": weeks})
        for end, adjust in (("", True), ("_plain", False)):
            lift = smallest_lift(variation, customers, alpha, power, adjust=adjust)
            part[f"mde{end}"], part[f"mde_lift{end}"] = lift * variation.mean, lift
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def sizes_ahead(history: History) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Weeks of enrolment and customers in the test: parts of those available now, and those of later on."""
    ahead = [(0, int(part * history.available)) for part in SHARES_OF_AVAILABLE]
    if history.per_week > 0:
        ahead += [(weeks, int(history.available + weeks * history.per_week)) for weeks in WEEKS_AHEAD]
    kept = [(weeks, n) for weeks, n in ahead if n >= 4]  # two in either arm
    weeks, customers = np.array(kept, dtype="int64").reshape(-1, 2).T
    return weeks, customers
