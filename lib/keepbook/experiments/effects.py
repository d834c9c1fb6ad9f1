"""What the treatments did: every metric of every variant against the control, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from keepbook.experiments.comparison import NAN, Compared, compare, kind_of, lift_limits, spread_of
from keepbook.stats.always_valid import STEADY, half_width
from keepbook.stats.always_valid import interval as always_valid
from keepbook.stats.bayes import Better, chance_to_win
from keepbook.stats.intervals import difference, share
from keepbook.stats.moments import Moments
from keepbook.stats.multiplicity import adjusted


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
        `Compared` (missing but for n where an arm has fewer than two units or none with the metric),
        pvalue_adjusted, any_lower and any_upper (always-valid limits), any_lift_lower and any_lift_upper (of
        the lift), chance_to_win, margin, holds and holds_any (of a guardrail, at one look and however often:
        `yes`, `no` or `open`; several treatments share its significance level, since the best is chosen).
    """
    treatments = dict.fromkeys(name for arms in moments.values() for name in arms if name != control)
    rows = []
    for metric, wish in wanted.items():
        arms = moments[metric]
        for variant in treatments:
            found = _or_unknown(metric, arms.get(control), arms.get(variant), alpha)
            row: dict[str, object] = {"variant": variant, "metric": metric, "role": wish.role}
            row |= {"kind": kind_of(metric, *arms.values()), "better": wish.better, **vars(found)}
            row |= _at_any_look(found, alpha, planned)
            row["chance_to_win"] = float(chance_to_win(found.effect, spread_of(found, alpha), wish.better))
            row["margin"] = NAN if wish.margin is None else wish.margin
            shared = alpha / len(treatments)
            row |= {"holds": holds(found, wish, shared), "holds_any": holds(found, wish, shared, planned)}
            rows.append(row)
    return _corrected(pd.DataFrame(rows))


def _at_any_look(found: Compared, alpha: float, planned: int) -> dict[str, float]:
    """The always-valid limits of the effect, and of the lift as Fieller would have them."""
    spread, n = spread_of(found, alpha), max(found.n_control + found.n_treatment, 1)
    low, high = always_valid(found.effect, spread, n, planned, alpha)
    wider = float(half_width(spread, n, planned, alpha)) / found.error if found.error > 0 else NAN
    lift_low, lift_high = lift_limits(found, wider)
    limits = {"any_lower": float(low), "any_upper": float(high)}
    return limits | {"any_lift_lower": lift_low, "any_lift_upper": lift_high}


def _or_unknown(metric: str, control: Moments | None, treatment: Moments | None, alpha: float) -> Compared:
    """As `compare`; where an arm cannot be compared, how many customers there are and nothing else."""
    if control is None or treatment is None or min(control.count, treatment.count) < 2:
        n_control, n_treatment = (arm.customers if arm else 0 for arm in (control, treatment))
        return Compared(n_control, n_treatment, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN)
    return compare(metric, control, treatment, alpha=alpha)


def holds(found: Compared, wish: Wanted, alpha: float, planned: int | None = None) -> str:
    """Whether a guardrail is certain to lose less than its margin (`yes`), or more (`no`), one-sided.

    The margin is a share of a control that is estimated too: what is tested is treatment − (1 ∓ margin) ·
    control, with the errors of both; of shares that nothing before explains, with Wilson's limits of both.

    Parameters
    ----------
    planned : None for one look; customers at which the always-valid bound is tightest, for many.

    It is open as long as too few carry the metric for its bound to hold: a share has limits of its own.
    """
    if wish.role != "guardrail" or wish.margin is None:
        return ""
    enough = STEADY / 2 if planned is None else STEADY
    if not (found.carriers >= enough or found.as_share and planned is None):
        return "open"
    sign = 1 if wish.better == "higher" else -1
    allowed = 1 - sign * wish.margin
    if not found.error > 0 or (sign > 0 and not found.control > 0):
        return "open"
    low, high = _excess(found, allowed, alpha, planned)
    if sign < 0:
        low, high = -high, -low
    return "yes" if low > 0 else "no" if high < 0 else "open"


def _excess(found: Compared, allowed: float, alpha: float, planned: int | None) -> tuple[float, float]:
    """One-sided limits of treatment − allowed · control.

    Source for shares: G. Y. Zou & A. Donner (2008), Statistics in Medicine 27, 1693–1702, eq. 5 (MOVER).
    """
    if found.as_share and planned is None:
        control, treatment = (
            share(value * n, n, 2 * alpha)
            for value, n in ((found.control, found.n_control), (found.treatment, found.n_treatment))
        )
        return difference(treatment, (allowed * control[0], allowed * control[1], allowed * control[2]))
    error = float(np.hypot(found.error_treatment, allowed * found.error_control))
    known = found.freedom == found.freedom
    reach = error * float(student.ppf(1 - alpha, found.freedom) if known else norm.ppf(1 - alpha))
    if planned is not None:
        wider = reach / float(norm.ppf(1 - alpha))  # as much as Student's t is
        reach = float(half_width(wider, found.n_control + found.n_treatment, planned, 2 * alpha))
    middle = found.treatment - allowed * found.control
    return middle - reach, middle + reach


def _corrected(frame: pd.DataFrame) -> pd.DataFrame:
    frame["pvalue_adjusted"] = NAN
    goals, diagnostics = (frame["role"] == role for role in ("goal", "diagnostic"))
    frame.loc[goals, "pvalue_adjusted"] = adjusted(frame.loc[goals, "pvalue"].to_numpy(), "holm")
    frame.loc[diagnostics, "pvalue_adjusted"] = adjusted(frame.loc[diagnostics, "pvalue"].to_numpy(), "bh")
    return frame
