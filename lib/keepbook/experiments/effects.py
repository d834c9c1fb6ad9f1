"""What a treatment did: every metric of every variant against the control, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import tea_tasting as tt
from scipy.stats import norm
from scipy.stats import t as student

from keepbook.errors import NotEnoughData
from keepbook.experiments.inference.bayes import Better, chance_to_win
from keepbook.experiments.inference.multiplicity import adjusted
from keepbook.experiments.inference.sequential import interval as always_valid
from keepbook.experiments.moments import SIZE, Moments, merged
from keepbook.intervals import difference, share, z_of
from keepbook.params.metrics import KINDS as BUILT_IN_KINDS
from keepbook.words import _

NAN = float("nan")
ROUNDING = 1e-12  # of a squared mean: a constant's variance, summed up in floating point
KINDS: dict[str, str] = {**BUILT_IN_KINDS, "profit": "money"}


class Columns(NamedTuple):
    """Of which columns a metric is the ratio of means, and with which the pre-period foretells it."""

    numer: str
    denom: str | None = None
    covariate: str | None = None
    covariate_denom: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(name for name in self if name)


COLUMNS = {
    "retained": Columns("retained", None, "pre_retained"),
    "orders": Columns("orders", None, "pre_orders"),
    "revenue": Columns("revenue", None, "pre_revenue"),
    "margin": Columns("margin", None, "pre_revenue"),
    "profit": Columns("profit", None, "pre_revenue"),
    "average_order_value": Columns("revenue", "orders", "pre_revenue", "pre_orders"),
}


@dataclass(frozen=True)
class Compared:
    """One metric in a treatment against the control.

    Attributes
    ----------
    n_control, n_treatment : customers. control, treatment : the metric in either, adjusted by the pre-period
        where there is one. effect : treatment − control. error : its standard error. freedom : degrees of
        freedom of Student's t. lift : effect / control, with the limits of Fieller's interval, missing where
        the control's value is too uncertain to divide by. reduction : share of the variance that the
        pre-period took away. plain_effect, plain_lower, plain_upper : without it.
    """

    n_control: int
    n_treatment: int
    control: float
    treatment: float
    effect: float
    error: float
    freedom: float
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


def columns_of(metric: str, moments: Moments, adjust: bool) -> Columns:
    """The columns behind a metric: per customer, unless the units are clusters or the metric is a ratio."""
    own = COLUMNS.get(metric, Columns(metric))
    numer, denom, covariate, covariate_denom = own
    if not adjust or covariate is None or covariate not in moments.names:
        covariate = covariate_denom = None
    if moments.clustered:
        denom = denom or SIZE
        covariate_denom = covariate and (covariate_denom or SIZE)
    return Columns(numer, denom, covariate, covariate_denom)


def kind_of(metric: str, *arms: Moments) -> str:
    """What a metric is counted in; an own column of nothing but 0 and 1 is a share."""
    if metric in KINDS or any(arm.clustered for arm in arms):
        return KINDS.get(metric, "number")
    mean = np.array([arm.mean[arm.at(metric)] for arm in arms])
    spread = [float(arm.cov[arm.at(metric), arm.at(metric)]) * (arm.count - 1) / arm.count for arm in arms]
    return "share" if np.allclose(spread, mean * (1 - mean), rtol=1e-9, atol=1e-12) else "number"


def compare(
    metric: str, control: Moments, treatment: Moments, *, alpha: float = 0.05, adjust: bool = True
) -> Compared:
    """One metric, treatment against control: means, ratios by the delta method, CUPED, clusters all alike.

    With clusters every mean per customer is a ratio of two means over clusters, so the delta method makes its
    error robust to what a cluster's customers share. Shares without a pre-period have the p-value of the
    pooled z-test and Newcombe's interval; all else Welch's t. The lift has Fieller's limits, so that it
    excludes 0 just when the effect does.

    Sources: Deng, Xu, Kohavi & Walker (2013), CUPED; Deng, Knoblich & Lu (2018), the delta method, eq. 3 and
    clusters in §3.2; Newcombe (1998), method 10; Fieller (1954), JRSS B 16, 175–185.

    Raises
    ------
    NotEnoughData : an arm has fewer than two units.
    """
    if min(control.count, treatment.count) < 2:
        units = _("clusters") if control.clustered else _("customers")
        text = _("{metric}: an arm has fewer than two {units}, so there is no measure of chance.")
        raise NotEnoughData(text.format(metric=metric, units=units))
    plain = _welch(columns_of(metric, control, adjust=False), control, treatment, alpha)
    if kind_of(metric, control, treatment) == "share" and not control.clustered:
        plain = _two_shares(metric, plain, alpha)
    columns = columns_of(metric, control, adjust)
    if not columns.covariate or not _varies(columns, control, treatment):
        return plain
    made = _welch(columns, control, treatment, alpha)
    unspread = 1 - made.error**2 / plain.error**2 if plain.error > 0 else 0.0
    return _with(made, reduction=unspread, plain=plain)


def _with(made: Compared, reduction: float, plain: Compared) -> Compared:
    changed = {"reduction": reduction, "plain_effect": plain.effect, "plain_lower": plain.ci_lower}
    return Compared(**{**vars(made), **changed, "plain_upper": plain.ci_upper})


def _varies(columns: Columns, control: Moments, treatment: Moments) -> bool:
    """Whether the pre-period can foretell anything at all."""
    both = merged((control, treatment))
    at = both.at(str(columns.covariate))
    base = both.mean[both.at(columns.covariate_denom)] if columns.covariate_denom else 1.0
    return bool(both.cov[at, at] > ROUNDING * both.mean[at] ** 2 and base > 0)


def _welch(columns: Columns, control: Moments, treatment: Moments, alpha: float) -> Compared:
    metric = tt.RatioOfMeans(*columns, confidence_level=1 - alpha, equal_var=False, use_t=True)
    arms = control.aggregates(), treatment.aggregates()
    with np.errstate(divide="ignore", invalid="ignore"):  # where nothing varies, it divides by its error
        found = metric.analyze_aggregates(*arms)
    errors = _errors(columns, control, treatment)
    variance = float((errors**2).sum())
    counts = np.array([control.count, treatment.count])
    spread = float((errors**4 / (counts - 1)).sum())
    freedom = variance**2 / spread if spread > 0 else NAN
    certain = variance > 0
    made = Compared(
        n_control=control.customers,
        n_treatment=treatment.customers,
        control=float(found.control),
        treatment=float(found.treatment),
        effect=float(found.effect_size),
        error=variance**0.5,
        freedom=freedom,
        ci_lower=float(found.effect_size_ci_lower) if certain else NAN,
        ci_upper=float(found.effect_size_ci_upper) if certain else NAN,
        pvalue=float(found.pvalue) if certain else NAN,
    )
    return _with_lift(made, errors, alpha)


def _errors(columns: Columns, control: Moments, treatment: Moments) -> np.ndarray:
    """Standard errors of the metric in both arms: the delta method at each arm's own means."""
    both = merged((control, treatment))
    slope = 0.0
    if columns.covariate:
        top, under = (
            _gradient(columns.numer, columns.denom, both),
            _gradient(columns.covariate, columns.covariate_denom, both),
        )
        slope = float(top @ both.cov @ under) / float(under @ both.cov @ under)
    found = []
    for arm in (control, treatment):
        way = _gradient(columns.numer, columns.denom, arm)
        if columns.covariate:
            way = way - slope * _gradient(columns.covariate, columns.covariate_denom, arm)
        found.append(max(float(way @ arm.cov @ way), 0.0) / arm.count)
    return np.sqrt(found)


def _gradient(numer: str, denom: str | None, arm: Moments) -> np.ndarray:
    """How a mean, or a ratio of two, follows the means of the columns."""
    way = np.zeros(len(arm.names))
    below = arm.mean[arm.at(denom)] if denom else 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        way[arm.at(numer)] += 1 / below
        if denom:
            way[arm.at(denom)] -= arm.mean[arm.at(numer)] / below**2
    return way


def _with_lift(made: Compared, errors: np.ndarray, alpha: float) -> Compared:
    """The lift and Fieller's limits: where treatment − (1 + lift) · control is not far from 0."""
    control, treatment, quantile = made.control, made.treatment, student.ppf(1 - alpha / 2, made.freedom)
    lower = upper = NAN
    a = control**2 - (quantile * errors[0]) ** 2
    c = treatment**2 - (quantile * errors[1]) ** 2
    root = (control * treatment) ** 2 - a * c
    if control > 0 and a > 0 and root >= 0:
        lower, upper = ((control * treatment + sign * root**0.5) / a - 1 for sign in (-1, 1))
    lift = made.effect / control if control > 0 else NAN
    return Compared(**{**vars(made), "lift": lift, "lift_lower": lower, "lift_upper": upper})


def _two_shares(metric: str, made: Compared, alpha: float) -> Compared:
    """The p-value of the pooled z-test, and the interval of Newcombe, which holds for rare events too."""
    test = tt.Proportion(metric, method="norm", correction=False)
    counts = {"control": made.n_control, "treatment": made.n_treatment}
    arms = [tt.aggr.Aggregates(count_=n, mean_={metric: getattr(made, arm)}) for arm, n in counts.items()]
    shares = [share(getattr(made, arm) * n, n, alpha) for arm, n in counts.items()]
    lower, upper = difference(shares[1], shares[0])
    pvalue = float(test.analyze_aggregates(*arms).pvalue) if made.error > 0 else NAN
    return Compared(**{**vars(made), "ci_lower": lower, "ci_upper": upper, "pvalue": pvalue})


# ── all metrics ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Wanted:
    """How a metric is to be judged: its role, a guardrail's margin (share of control), which way is good."""

    role: str
    margin: float | None = None
    better: Better = "higher"


def effects_of(
    moments: Mapping[str, Mapping[str, Moments]],
    wanted: Mapping[str, Wanted],
    control: str,
    *,
    alpha: float = 0.05,
    planned: int = 5000,
) -> pd.DataFrame:
    """All metrics of all treatments against the control.

    p-values of goals are corrected together over variants and metrics (Holm), those of diagnostics apart by
    their false discoveries (Benjamini–Hochberg); guardrails are not corrected away.

    Parameters
    ----------
    moments : metric → variant → its moments. planned : customers at which the always-valid interval is
        tightest, fixed before the data are seen.

    Returns
    -------
    DataFrame : one row per treatment and metric: variant, metric, role, kind, better, the fields of
        `Compared`, pvalue_adjusted, any_lower and any_upper (always-valid limits), chance_to_win, margin,
        holds (of a guardrail: `yes`, `no` or `open`).
    """
    rows = []
    for metric, wish in wanted.items():
        arms = moments[metric]
        for variant in (name for name in arms if name != control):
            found = compare(metric, arms[control], arms[variant], alpha=alpha)
            low, high = always_valid(
                found.effect, spread_of(found, alpha), found.n_control + found.n_treatment, planned, alpha
            )
            kind = kind_of(metric, *arms.values())
            row: dict[str, object] = {"variant": variant, "metric": metric, "role": wish.role, "kind": kind}
            row |= {"better": wish.better, **vars(found), "any_lower": float(low), "any_upper": float(high)}
            row["chance_to_win"] = float(chance_to_win(found.effect, spread_of(found, alpha), wish.better))
            row |= {
                "margin": wish.margin if wish.margin is not None else NAN,
                "holds": _holds(found, wish, alpha),
            }
            rows.append(row)
    return _corrected(pd.DataFrame(rows))


def spread_of(found: Compared, alpha: float) -> float:
    """The standard error, as much wider as Student's t is than the normal curve."""
    wider = student.ppf(1 - alpha / 2, found.freedom) / z_of(alpha) if found.freedom == found.freedom else 1.0
    return float(found.error * wider)


def _holds(found: Compared, wish: Wanted, alpha: float) -> str:
    """One-sided: whether a guardrail is certain to lose less than its margin, or certain to lose more."""
    if wish.role != "guardrail" or wish.margin is None:
        return ""
    if not found.control > 0:
        return "open"
    quantile = (
        student.ppf(1 - alpha, found.freedom) if found.freedom == found.freedom else norm.ppf(1 - alpha)
    )
    half, sign = quantile * found.error, 1 if wish.better == "higher" else -1
    worst, best = sign * found.effect - half, sign * found.effect + half
    allowed = -wish.margin * found.control
    return "yes" if worst > allowed else "no" if best < allowed else "open"


def _corrected(frame: pd.DataFrame) -> pd.DataFrame:
    frame["pvalue_adjusted"] = NAN
    goals, diagnostics = (frame["role"] == role for role in ("goal", "diagnostic"))
    frame.loc[goals, "pvalue_adjusted"] = adjusted(frame.loc[goals, "pvalue"].to_numpy(), "holm")
    frame.loc[diagnostics, "pvalue_adjusted"] = adjusted(frame.loc[diagnostics, "pvalue"].to_numpy(), "bh")
    return frame
