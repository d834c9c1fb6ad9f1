"""What the treatments did: every metric against the control, the time to purchase, and how sure that is."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import NAN, Compared, compare, kind_of, lift_limits, spread_of
from keepbook.experiments.study import Study
from keepbook.stats import survival
from keepbook.stats.always_valid import STEADY, half_width
from keepbook.stats.bayes import chance_to_win
from keepbook.stats.intervals import difference, share
from keepbook.stats.moments import Moments
from keepbook.stats.multiplicity import adjusted
from keepbook.text import catalogue
from keepbook.unit import Metric

say = catalogue("experiments")


def study_effects(study: Study) -> pd.DataFrame:
    """All metrics of all treatments against the control.

    p-values of goals are corrected together over variants and metrics (Holm), those of diagnostics apart by
    their false discoveries (Benjamini–Hochberg); guardrails are not corrected away.

    Returns
    -------
    DataFrame : one row per treatment and metric: variant, metric, role, kind, better, the fields of
        `Compared` (missing but for n where an arm has fewer than two units or none with the metric),
        pvalue_adjusted, always_valid_lower and always_valid_upper, always_valid_lift_lower and
        always_valid_lift_upper (of the lift), chance_to_win, margin, holds and holds_always_valid (of a
        guardrail, at one look and however often: `yes`, `no` or `open`; several treatments share its
        significance level, since the best is chosen).

    Raises
    ------
    NotEnoughData : none can be compared, unless the split is broken, which explains it.
    """
    named, alpha = study.experiment, study.unit.alpha
    if not _comparable(study) and not study.ratio.broken:
        raise NotEnoughData(say("one-unit", name=named.name, clustered=study.clustered))
    variants = dict.fromkeys(name for arms in study.moments.values() for name in arms)
    treatments = [name for name in variants if name != named.control]
    rows = []
    for metric, wanted in named.metrics.items():
        arms = study.moments[metric]
        for variant in treatments:
            found = _compared(metric, arms.get(named.control), arms.get(variant), alpha)
            row: dict[str, object] = {"variant": variant, "metric": metric, "role": wanted.role}
            row |= {"kind": kind_of(metric, *arms.values()), "better": wanted.better, **vars(found)}
            row |= _always_valid(found, alpha, named.planned)
            row["chance_to_win"] = float(chance_to_win(found.effect, spread_of(found, alpha), wanted.better))
            row["margin"] = NAN if wanted.margin is None else wanted.margin
            shared = alpha / len(treatments)
            row["holds"] = _holds(found, wanted, shared)
            row["holds_always_valid"] = _holds(found, wanted, shared, named.planned)
            rows.append(row)
    frame = pd.DataFrame(rows).assign(pvalue_adjusted=NAN)
    goals, diagnostics = (frame["role"] == role for role in ("goal", "diagnostic"))
    frame.loc[goals, "pvalue_adjusted"] = adjusted(frame.loc[goals, "pvalue"], "holm")
    frame.loc[diagnostics, "pvalue_adjusted"] = adjusted(frame.loc[diagnostics, "pvalue"], "bh")
    return frame


def _comparable(study: Study) -> bool:
    """Whether the control and some treatment have two units with the same metric."""
    known = ({v for v, arm in arms.items() if arm.count > 1} for arms in study.moments.values())
    return any(study.experiment.control in variants and len(variants) > 1 for variants in known)


def _compared(metric: str, control: Moments | None, treatment: Moments | None, alpha: float) -> Compared:
    """As `compare`; where an arm cannot be compared, how many customers there are and nothing else."""
    if control is None or treatment is None or min(control.count, treatment.count) < 2:
        n_control, n_treatment = (arm.customers if arm else 0 for arm in (control, treatment))
        return Compared(n_control, n_treatment, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN)
    return compare(metric, control, treatment, alpha=alpha)


def _always_valid(found: Compared, alpha: float, planned: int) -> dict[str, float]:
    """The always-valid limits of the effect, and of the lift as Fieller would have them."""
    n = max(found.n_control + found.n_treatment, 1)
    half = float(half_width(spread_of(found, alpha), n, planned, alpha))
    lift_low, lift_high = lift_limits(found, half / found.error if found.error > 0 else NAN)
    limits = {"always_valid_lower": found.effect - half, "always_valid_upper": found.effect + half}
    return limits | {"always_valid_lift_lower": lift_low, "always_valid_lift_upper": lift_high}


def _holds(found: Compared, wanted: Metric, alpha: float, planned: int | None = None) -> str:
    """Whether a guardrail is certain to lose less than its margin (`yes`), or more (`no`), one-sided.

    `planned` : None for one look; customers at which the always-valid bound is tightest, for many.
    """
    if wanted.role != "guardrail" or wanted.margin is None:
        return ""
    enough = STEADY / 2 if planned is None else STEADY
    if not (found.carriers >= enough or found.as_share and planned is None):  # a share has limits of its own
        return "open"
    sign = 1 if wanted.better == "higher" else -1
    if not found.error > 0 or (sign > 0 and not found.control > 0):
        return "open"
    low, high = _excess(found, 1 - sign * wanted.margin, alpha, planned)
    if sign < 0:
        low, high = -high, -low
    return "yes" if low > 0 else "no" if high < 0 else "open"


def _excess(found: Compared, allowed: float, alpha: float, planned: int | None) -> tuple[float, float]:
    """One-sided limits of treatment − allowed · control, with the errors of both; of shares, Wilson's.

    Source for shares: G. Y. Zou & A. Donner (2008), Statistics in Medicine 27, 1693–1702, eq. 5 (MOVER).
    """
    if found.as_share and planned is None:
        control = share(found.control * found.n_control, found.n_control, 2 * alpha)
        treatment = share(found.treatment * found.n_treatment, found.n_treatment, 2 * alpha)
        return difference(treatment, (allowed * control[0], allowed * control[1], allowed * control[2]))
    error = float(np.hypot(found.error_treatment, allowed * found.error_control))
    known = found.df == found.df
    reach = error * float(student.ppf(1 - alpha, found.df) if known else norm.ppf(1 - alpha))
    if planned is not None:
        wider = reach / float(norm.ppf(1 - alpha))  # as much as Student's t is
        reach = float(half_width(wider, found.n_control + found.n_treatment, planned, 2 * alpha))
    middle = found.treatment - allowed * found.control
    return middle - reach, middle + reach


# ── time to purchase, also of those not yet followed to the end ─────────────────────────────────────────


class TimeToPurchase(NamedTuple):
    """Time from the assignment to the next purchase, of every arm.

    Attributes
    ----------
    curves : share without a purchase by day, as `survival.curves`.
    means : one row per treatment: variant, control, treatment, effect, error, df, ci_lower, ci_upper, pvalue
        (restricted mean days without a purchase), logrank_pvalue.
    """

    curves: pd.DataFrame
    means: pd.DataFrame


def time_to_purchase(study: Study) -> TimeToPurchase:
    """Curves of all arms, and every treatment's mean against the control's.

    Raises
    ------
    NotEnoughData : it is not known who bought when; or clusters were drawn, which no curve here allows for.
    """
    if study.life is None:
        raise NotEnoughData(say("no-time-to-purchase", clustered=study.clustered))
    control, alpha = study.experiment.control, study.unit.alpha
    days = study.experiment.outcome_days + (study.experiment.first_day == "next")
    rows = []
    for variant in study.treatments:
        mean = survival.restricted_mean_difference(study.life, control, variant, days, alpha)
        test = survival.logrank(study.life, control, variant)
        rows.append({"variant": variant, **mean._asdict(), "logrank_pvalue": test.pvalue})
    return TimeToPurchase(survival.curves(study.life, alpha), pd.DataFrame(rows))
