"""One metric in one treatment against the control, and how sure the difference is."""

from dataclasses import dataclass, replace

import numpy as np
import tea_tasting as tt
from scipy.stats import t as student

from keepbook.errors import NotEnoughData
from keepbook.experiments.metrics import Columns, columns_of, kind_of
from keepbook.stats.intervals import difference, share, z_of
from keepbook.stats.moments import Floats, Moments, merged
from keepbook.text import catalogue

say = catalogue("experiments")
NAN = float("nan")
MIN_CLUSTERS = 10  # in an arm; fewer are compared without the pre-period
MIN_LIKE_SIZES = 0.8  # the smaller arm by the larger one; more unlike, and Welch's error cannot be relied on
ROUNDING = 1e-12  # share that is no variance, but what summing up in floating point leaves


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
    carriers : units that carry the metric, see `_carried`; with few of them its error is not to be relied on.
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
    if min(control.count, treatment.count) < 2:
        raise NotEnoughData(say("one-unit-of-metric", metric=metric, clustered=control.clustered))
    plain = _welch(columns_of(metric, control, adjust=False), control, treatment, alpha)
    plain = replace(
        plain,
        control_observed=plain.control,
        treatment_observed=plain.treatment,
        carriers=_carried(columns_of(metric, control, adjust=False), control, treatment),
    )
    if kind_of(metric, control, treatment) == "share" and not control.clustered:
        plain = _two_shares(metric, plain, alpha)
    columns = columns_of(metric, control, adjust and not _few_clusters(control, treatment))
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
        carriers=plain.carriers,
    )


def _carried(columns: Columns, control: Moments, treatment: Moments) -> float:
    """Units alike that would carry the sum of both arms, (Σx)² / Σx², times the smaller arm's share of units.

    Of a share it is those who did it; of money fewer than the buyers, since some spend much more than others
    (Kish 1965, Survey Sampling, §11.7). A metric that may be negative has few wherever its sum is near zero.
    """
    both, counts = merged((control, treatment)), (control.count, treatment.count)
    at = both.at(columns.numer)
    square = float(both.mean[at]) ** 2
    whole = both.count * square / (square + float(both.cov[at, at])) if square else 0.0
    return whole * min(counts) / sum(counts)


def _few_clusters(control: Moments, treatment: Moments) -> bool:
    """So few that the slope by the pre-period is mostly noise, and adjusting adds more than it takes."""
    return control.clustered and min(control.count, treatment.count) < MIN_CLUSTERS


def _varies(columns: Columns, control: Moments, treatment: Moments) -> bool:
    """Whether the pre-period can foretell anything at all."""
    both = merged((control, treatment))
    at, below = both.at(str(columns.covariate)), columns.covariate_denom
    based = all(arm.mean[arm.at(below)] > 0 for arm in (control, treatment)) if below else True
    return bool(both.cov[at, at] > ROUNDING * both.mean[at] ** 2 and based)


def _welch(columns: Columns, control: Moments, treatment: Moments, alpha: float) -> Compared:
    means, errors = _adjusted(columns, control, treatment)
    counts = np.array([_carriers(columns, arm) for arm in (control, treatment)])
    alike = _of_one_variance(errors, control, treatment)
    common = bool((alike**2).sum() > (errors**2).sum())
    errors = alike if common else errors
    effect, error = float(means[1] - means[0]), float((errors**2).sum() ** 0.5)
    spread = float((errors**4 / (counts - 1)).sum())
    df = NAN if not spread > 0 else float(counts.sum() - 2) if common else error**4 / spread
    lower = upper = pvalue = NAN
    if error > 0:
        reach = float(student.ppf(1 - alpha / 2, df)) * error
        lower, upper = effect - reach, effect + reach
        pvalue = float(2 * student.sf(abs(effect) / error, df))
        if columns.denom is None:
            tested = _by_tea_tasting(columns, control, treatment, alpha, common)
            lower, upper, pvalue = tested or (lower, upper, pvalue)
    made = Compared(
        n_control=control.customers,
        n_treatment=treatment.customers,
        control=float(means[0]),
        treatment=float(means[1]),
        effect=effect,
        error=error,
        df=df,
        ci_lower=lower,
        ci_upper=upper,
        pvalue=pvalue,
        error_control=float(errors[0]),
        error_treatment=float(errors[1]),
    )
    return _with_lift(made, alpha)


def _of_one_variance(errors: Floats, control: Moments, treatment: Moments) -> Floats:
    """The arms' errors if both spread alike; nothing where they are of like size, and it matters little."""
    n = np.array([control.count, treatment.count], float)
    if n.min() >= MIN_LIKE_SIZES * n.max():
        return np.zeros(2)
    variance = float(((n - 1) * n * errors**2).sum() / (n - 1).sum())
    made: Floats = np.sqrt(variance / n)
    return made


def _by_tea_tasting(
    columns: Columns, control: Moments, treatment: Moments, alpha: float, common: bool
) -> tuple[float, float, float] | None:
    """Interval and p-value of a mean; None where its own arithmetic gives out.

    Beside them it reckons a relative interval on the logarithm, which overflows where the control is near
    zero, and it takes the root of variances that rounding has put below zero.
    """
    metric = tt.Mean(
        columns.numer, columns.covariate, confidence_level=1 - alpha, equal_var=common, use_t=True
    )
    try:
        with np.errstate(all="ignore"):
            found = metric.analyze_aggregates(control.aggregates(), treatment.aggregates())
    except (OverflowError, ValueError):
        return None
    return float(found.effect_size_ci_lower), float(found.effect_size_ci_upper), float(found.pvalue)


def _carriers(columns: Columns, arm: Moments) -> float:
    """Units that carry the metric: all, or of a ratio as many alike as would spread its base as much.

    Of customers few of whom ordered, those who did carry the revenue an order; of clusters of unlike sizes
    the large ones carry the mean (Kish 1965, Survey Sampling, §11.7). Two at least.
    """
    if columns.denom is None:
        return float(arm.count)
    at = arm.at(columns.denom)
    square = float(arm.mean[at]) ** 2
    return max(arm.count * square / (square + float(arm.cov[at, at])) if square else 0.0, 2.0)


@np.errstate(invalid="ignore")  # an arm without a single order has no value an order
def _adjusted(columns: Columns, control: Moments, treatment: Moments) -> tuple[Floats, Floats]:
    """The metric in both arms and its standard errors: the delta method at each arm's own means."""
    both, slope, middle = merged((control, treatment)), 0.0, 0.0
    before = columns.covariate, columns.covariate_denom
    if columns.covariate:
        top, under = _gradient(columns.numer, columns.denom, both), _gradient(*before, both)
        slope = float(top @ both.cov @ under) / float(under @ both.cov @ under)
        middle = _value(*before, both)
    means, errors = [], []
    for arm in (control, treatment):
        way, value = _gradient(columns.numer, columns.denom, arm), _value(columns.numer, columns.denom, arm)
        if columns.covariate:
            way = way - slope * _gradient(*before, arm)
            value -= slope * (_value(*before, arm) - middle)
        means.append(value)
        variance, terms = float(way @ arm.cov @ way), float(np.abs(way) @ np.sqrt(np.diag(arm.cov))) ** 2
        errors.append((variance / arm.count) ** 0.5 if variance > ROUNDING * terms else 0.0)
    return np.array(means), np.array(errors)


def _value(numer: str | None, denom: str | None, arm: Moments) -> float:
    """A mean, or a ratio of two."""
    below = float(arm.mean[arm.at(denom)]) if denom else 1.0
    return float(arm.mean[arm.at(str(numer))]) / below if below else NAN


def _gradient(numer: str | None, denom: str | None, arm: Moments) -> Floats:
    """How a mean, or a ratio of two, follows the means of the columns."""
    way = np.zeros(len(arm.names))
    below = arm.mean[arm.at(denom)] if denom else 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        way[arm.at(str(numer))] += 1 / below
        if denom:
            way[arm.at(denom)] -= arm.mean[arm.at(str(numer))] / below**2
    return way


def _with_lift(made: Compared, alpha: float) -> Compared:
    lower, upper = lift_limits(made, float(student.ppf(1 - alpha / 2, made.df)))
    lift = made.effect / made.control if made.control > 0 else NAN
    return replace(made, lift=lift, lift_lower=lower, lift_upper=upper)


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


def _two_shares(metric: str, made: Compared, alpha: float) -> Compared:
    """The p-value of the pooled z-test, and the interval of Newcombe, which holds for rare events too.

    Where everybody in one arm and nobody in the other did it, the error is that of this interval.
    """
    if made.control == made.treatment and made.control in (0, 1):
        return made
    test = tt.Proportion(metric, method="norm", correction=False)
    counts = {"control": made.n_control, "treatment": made.n_treatment}
    arms = [tt.aggr.Aggregates(count_=n, mean_={metric: getattr(made, arm)}) for arm, n in counts.items()]
    shares = [share(getattr(made, arm) * n, n, alpha) for arm, n in counts.items()]
    lower, upper = difference(shares[1], shares[0])
    with np.errstate(all="ignore"):
        pvalue = float(test.analyze_aggregates(*arms).pvalue)
    error = made.error or (upper - lower) / 2 / z_of(alpha)
    return replace(made, ci_lower=lower, ci_upper=upper, pvalue=pvalue, error=error, as_share=True)


def spread_of(found: Compared, alpha: float) -> float:
    """The standard error, as much wider as Student's t is than the normal curve."""
    wider = student.ppf(1 - alpha / 2, found.df) / z_of(alpha) if found.df == found.df else 1.0
    return float(found.error * wider)
