"""One metric in one treatment against the control, and how sure the difference is."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from keepbook.errors import NotEnoughData
from keepbook.stats.intervals import difference, share, z_of
from keepbook.stats.moments import SIZE, Floats, Moments, merged
from keepbook.text import catalogue
from keepbook.unit import BUILT_IN

say = catalogue("experiments")
NAN = float("nan")
MIN_CLUSTERS = 10  # in an arm; of fewer the slope by the pre-period is mostly noise, which adjusting adds
MIN_LIKE_SIZES = 0.8  # the smaller arm by the larger one; more unlike, and Welch's error cannot be relied on
ROUNDING = 1e-12  # share that is no variance, but what summing up in floating point leaves
NEVER_SHARES = ("orders",)  # though nobody may have ordered twice
KINDS: dict[str, str] = {**BUILT_IN, "profit": "money"}


class Columns(NamedTuple):
    """Of which columns a metric is the ratio of means, and with which the pre-period foretells it."""

    numer: str
    denom: str | None = None
    covariate: str | None = None
    covariate_denom: str | None = None


COLUMNS = {
    "retained": Columns("retained", None, "pre_retained"),
    "orders": Columns("orders", None, "pre_orders"),
    "revenue": Columns("revenue", None, "pre_revenue"),
    "margin": Columns("margin", None, "pre_revenue"),
    "profit": Columns("profit", None, "pre_revenue"),
    "average_order_value": Columns("revenue", "orders", "pre_revenue", "pre_orders"),
}


def columns_of(metric: str, moments: Moments, adjust: bool) -> Columns:
    """The columns behind a metric: per customer, unless the units are clusters or the metric is a ratio."""
    own = COLUMNS.get(metric, Columns(metric))
    if not {own.numer, own.denom or own.numer} <= set(moments.names):  # a ready table has the metric itself
        own = Columns(metric)
    numer, denom, covariate, covariate_denom = own
    if not adjust or covariate is None or covariate not in moments.names:
        covariate = covariate_denom = None
    if moments.clustered:
        denom = denom or SIZE
        covariate_denom = covariate and (covariate_denom or SIZE)
    return Columns(numer, denom, covariate, covariate_denom)


def kind_of(metric: str, *arms: Moments) -> str:
    """What a metric is counted in; a column of nothing but 0 and 1 is a share, whatever its name."""
    kind = KINDS.get(metric, "number")
    if kind not in ("share", "number") or any(arm.clustered or metric not in arm.names for arm in arms):
        return kind
    mean = np.array([arm.mean[arm.at(metric)] for arm in arms])
    spread = [float(arm.cov[arm.at(metric), arm.at(metric)]) * (arm.count - 1) / arm.count for arm in arms]
    ones = np.allclose(spread, mean * (1 - mean), rtol=1e-9, atol=1e-12) and metric not in NEVER_SHARES
    return "share" if ones else "number"


@dataclass(frozen=True)
class Compared:
    """One metric in a treatment against the control.

    Attributes
    ----------
    n_control, n_treatment : customers.
    control, treatment : the metric in either, adjusted by the pre-period where there is one.
    effect : treatment − control, in the metric's unit, as all that follows but for shares and p.
    error : its standard error.
    df : degrees of freedom of Student's t.
    ci_lower, ci_upper : limits of the effect.
    pvalue : of no effect.
    lift : effect / control, a share; missing where the control is not above zero.
    lift_lower, lift_upper : Fieller's limits; missing where the control is too uncertain to divide by.
    reduction : share of the variance that the pre-period took away.
    plain_effect, plain_lower, plain_upper : the effect without the pre-period.
    error_control, error_treatment : standard errors of either.
    control_observed, treatment_observed : the metric in either, as it was.
    carriers : units alike that would carry the sum of both arms, times the smaller arm's share of units: of a
        share those who did it; with few of them the error is not to be relied on. A metric that may be
        negative has few wherever its sum is near zero.
    as_share : whether it was compared as a share, by the limits of both, and not adjusted.
    """

    n_control: int
    n_treatment: int
    control: float
    treatment: float
    effect: float
    error: float
    df: float
    ci_lower: float
    ci_upper: float
    pvalue: float
    lift: float = NAN
    lift_lower: float = NAN
    lift_upper: float = NAN
    reduction: float = 0.0
    plain_effect: float = NAN
    plain_lower: float = NAN
    plain_upper: float = NAN
    error_control: float = NAN
    error_treatment: float = NAN
    control_observed: float = NAN
    treatment_observed: float = NAN
    carriers: float = NAN
    as_share: bool = False


def compare(
    metric: str, control: Moments, treatment: Moments, *, alpha: float = 0.05, adjust: bool = True
) -> Compared:
    """One metric, treatment against control: means, ratios by the delta method, CUPED, clusters all alike.

    With clusters every mean per customer is a ratio of two means over clusters, so the delta method makes its
    error robust to what a cluster's customers share. Shares without a pre-period have the p-value of the
    pooled z-test and Newcombe's interval; all else Welch's t. The lift has Fieller's limits, so that it
    excludes 0 just when the effect does.

    With arms of unlike size the error is that of a common variance where this is the larger one: an arm that
    by chance has few buyers has a low mean and a low variance at once, and Welch's t takes its word for both.
    Of nothing done to 9 in 10 customers, 1 % of whom buy, Welch's finds a gain one-sided at 5 % in 15 of 100
    tests (tests/test_experiments_calibration.py holds it to the nominal level).

    Sources: Deng, Xu, Kohavi & Walker (2013), CUPED; Deng, Knoblich & Lu (2018), the delta method, eq. 3 and
    clusters in §3.2; Newcombe (1998), method 10; Fieller (1954), JRSS B 16, 175–185.

    Raises
    ------
    NotEnoughData : an arm has fewer than two units.
    """
    units = min(control.count, treatment.count)
    if units < 2:
        raise NotEnoughData(say("one-unit-of-metric", metric=metric, clustered=control.clustered))
    plain = _welch(columns_of(metric, control, adjust=False), control, treatment, alpha)
    if kind_of(metric, control, treatment) == "share" and not control.clustered:
        plain = _two_shares(plain, alpha)
    few_clusters = control.clustered and units < MIN_CLUSTERS
    columns = columns_of(metric, control, adjust and not few_clusters)
    if not columns.covariate or not _varies(columns, control, treatment):
        return plain
    made = _welch(columns, control, treatment, alpha)
    return replace(
        made,
        reduction=1 - made.error**2 / plain.error**2 if plain.error > 0 else 0.0,
        plain_effect=plain.effect,
        plain_lower=plain.ci_lower,
        plain_upper=plain.ci_upper,
        control_observed=plain.control,
        treatment_observed=plain.treatment,
    )


def _varies(columns: Columns, control: Moments, treatment: Moments) -> bool:
    """Whether the pre-period can foretell anything at all."""
    both = merged((control, treatment))
    at, below = both.at(str(columns.covariate)), columns.covariate_denom
    based = all(arm.mean[arm.at(below)] > 0 for arm in (control, treatment)) if below else True
    return bool(both.cov[at, at] > ROUNDING * both.mean[at] ** 2 and based)


def _welch(columns: Columns, control: Moments, treatment: Moments, alpha: float) -> Compared:
    arms = (control, treatment)
    means, errors = _adjusted(columns, control, treatment)
    # of a ratio those who carry its base: of clusters of unlike sizes the large ones carry the mean
    counts = np.array([max(_alike(arm, columns.denom), 2.0) if columns.denom else arm.count for arm in arms])
    alike = _of_one_variance(errors, control, treatment)
    common = bool((alike**2).sum() > (errors**2).sum())
    errors = alike if common else errors
    effect, error = float(means[1] - means[0]), float((errors**2).sum() ** 0.5)
    spread = float((errors**4 / (counts - 1)).sum())
    df = NAN if not spread > 0 else float(counts.sum() - 2) if common else error**4 / spread
    quantile = float(student.ppf(1 - alpha / 2, df))
    smaller = min(control.count, treatment.count) / (control.count + treatment.count)
    made = Compared(
        n_control=control.customers,
        n_treatment=treatment.customers,
        control=float(means[0]),
        treatment=float(means[1]),
        effect=effect,
        error=error,
        df=df,
        ci_lower=effect - quantile * error,
        ci_upper=effect + quantile * error,
        pvalue=float(2 * student.sf(abs(effect) / error, df)) if error > 0 else NAN,
        lift=effect / float(means[0]) if means[0] > 0 else NAN,
        error_control=float(errors[0]),
        error_treatment=float(errors[1]),
        control_observed=float(means[0]),
        treatment_observed=float(means[1]),
        carriers=_alike(merged(arms), columns.numer) * smaller,
    )
    lower, upper = lift_limits(made, quantile)
    return replace(made, lift_lower=lower, lift_upper=upper)


def _of_one_variance(errors: Floats, control: Moments, treatment: Moments) -> Floats:
    """The arms' errors if both spread alike; nothing where they are of like size, and it matters little."""
    n = np.array([control.count, treatment.count], float)
    if n.min() >= MIN_LIKE_SIZES * n.max():
        return np.zeros(2)
    variance = float(((n - 1) * n * errors**2).sum() / (n - 1).sum())
    made: Floats = np.sqrt(variance / n)
    return made


def _alike(arm: Moments, name: str) -> float:
    """Units alike that would carry the sum of a column, (Σx)² / Σx² (Kish 1965, Survey Sampling, §11.7)."""
    at = arm.at(name)
    square = float(arm.mean[at]) ** 2
    return arm.count * square / (square + float(arm.cov[at, at])) if square else 0.0


@np.errstate(divide="ignore", invalid="ignore")  # an arm without a single order has no value an order
def _adjusted(columns: Columns, control: Moments, treatment: Moments) -> tuple[Floats, Floats]:
    """The metric in both arms and its standard errors: the delta method at each arm's own means."""
    both, slope, middle = merged((control, treatment)), 0.0, 0.0
    metric, before = (columns.numer, columns.denom), (columns.covariate, columns.covariate_denom)
    if columns.covariate:
        _value, top = value_of(*metric, both)
        middle, under = value_of(*before, both)
        slope = float(top @ both.cov @ under) / float(under @ both.cov @ under)
    means, errors = [], []
    for arm in (control, treatment):
        value, way = value_of(*metric, arm)
        if columns.covariate:
            foretold, way_before = value_of(*before, arm)
            value, way = value - slope * (foretold - middle), way - slope * way_before
        means.append(value)
        variance, terms = float(way @ arm.cov @ way), float(np.abs(way) @ np.sqrt(np.diag(arm.cov))) ** 2
        errors.append((variance / arm.count) ** 0.5 if variance > ROUNDING * terms else 0.0)
    return np.array(means), np.array(errors)


def value_of(numer: str | None, denom: str | None, arm: Moments) -> tuple[float, Floats]:
    """A mean, or a ratio of two, and how it follows the means of the columns."""
    way, at = np.zeros(len(arm.names)), arm.at(str(numer))
    below = arm.mean[arm.at(denom)] if denom else np.float64(1)
    way[at] += 1 / below
    if denom:
        way[arm.at(denom)] -= arm.mean[at] / below**2
    return float(arm.mean[at] / below) if below else NAN, way


def lift_limits(made: Compared, quantile: float) -> tuple[float, float]:
    """Fieller's limits: the lifts at which treatment − (1 + lift) · control is so many errors from 0."""
    control, treatment = made.control, made.treatment
    a = control**2 - (quantile * made.error_control) ** 2
    c = treatment**2 - (quantile * made.error_treatment) ** 2
    root = (control * treatment) ** 2 - a * c
    if not (control > 0 and a > 0 and root >= 0):
        return NAN, NAN
    low, high = ((control * treatment + sign * root**0.5) / a - 1 for sign in (-1, 1))
    return low, high


def _two_shares(made: Compared, alpha: float) -> Compared:
    """The p-value of the pooled z-test, and the interval of Newcombe, which holds for rare events too.

    Where everybody in one arm and nobody in the other did it, the error is that of this interval.
    """
    if made.control == made.treatment and made.control in (0, 1):
        return made
    n, m = made.n_control, made.n_treatment
    control, treatment = made.control * n, made.treatment * m
    pooled = (control + treatment) / (n + m)
    z = made.effect / (pooled * (1 - pooled) * (1 / n + 1 / m)) ** 0.5
    lower, upper = difference(share(treatment, m, alpha), share(control, n, alpha))
    error = made.error or (upper - lower) / 2 / z_of(alpha)
    pvalue = float(2 * norm.sf(abs(z)))
    return replace(made, ci_lower=lower, ci_upper=upper, pvalue=pvalue, error=error, as_share=True)


def spread_of(found: Compared, alpha: float) -> float:
    """The standard error, as much wider as Student's t is than the normal curve."""
    wider = student.ppf(1 - alpha / 2, found.df) / z_of(alpha) if found.df == found.df else 1.0
    return float(found.error * wider)
