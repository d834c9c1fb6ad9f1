"""What the treatments did: every metric of every variant against the control, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from keepbook.experiments.compared import NAN, Compared, compare, kind_of, spread_of
from keepbook.experiments.inference.bayes import Better, chance_to_win
from keepbook.experiments.inference.multiplicity import adjusted
from keepbook.experiments.inference.sequential import half_width
from keepbook.experiments.inference.sequential import interval as always_valid
from keepbook.experiments.moments import Moments


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
        pvalue_adjusted, any_lower and any_upper (always-valid limits), chance_to_win, margin, holds and
        holds_any (of a guardrail, at one look and however often: `yes`, `no` or `open`).
    """
    treatments = dict.fromkeys(name for arms in moments.values() for name in arms if name != control)
    rows = []
    for metric, wish in wanted.items():
        arms = moments[metric]
        for variant in treatments:
            found = _or_unknown(metric, arms.get(control), arms.get(variant), alpha)
            spread, n = spread_of(found, alpha), found.n_control + found.n_treatment
            low, high = always_valid(found.effect, spread, max(n, 1), planned, alpha)
            row: dict[str, object] = {"variant": variant, "metric": metric, "role": wish.role}
            row |= {"kind": kind_of(metric, *arms.values()), "better": wish.better, **vars(found)}
            row |= {"any_lower": float(low), "any_upper": float(high)}
            row["chance_to_win"] = float(chance_to_win(found.effect, spread, wish.better))
            row |= {"margin": NAN if wish.margin is None else wish.margin}
            row |= {"holds": holds(found, wish, alpha), "holds_any": holds(found, wish, alpha, planned)}
            rows.append(row)
    return _corrected(pd.DataFrame(rows))


def _or_unknown(metric: str, control: Moments | None, treatment: Moments | None, alpha: float) -> Compared:
    """As `compare`; where an arm cannot be compared, how many customers there are and nothing else."""
    if control is None or treatment is None or min(control.count, treatment.count) < 2:
        sizes = (arm.customers if arm else 0 for arm in (control, treatment))
        return Compared(*sizes, *[NAN] * 8)
    return compare(metric, control, treatment, alpha=alpha)


def holds(found: Compared, wish: Wanted, alpha: float, planned: int | None = None) -> str:
    """Whether a guardrail is certain to lose less than its margin (`yes`), or more (`no`), one-sided.

    The margin is a share of a control that is estimated too: what is tested is treatment − (1 ∓ margin) ·
    control, with the errors of both.

    Parameters
    ----------
    planned : None for one look; customers at which the always-valid bound is tightest, for many.
    """
    if wish.role != "guardrail" or wish.margin is None:
        return ""
    sign = 1 if wish.better == "higher" else -1
    allowed = 1 - sign * wish.margin
    room = sign * (found.treatment - allowed * found.control)
    error = float(np.hypot(found.error_treatment, allowed * found.error_control))
    if not error > 0 or (sign > 0 and not found.control > 0):
        return "open"
    known = found.freedom == found.freedom
    reach = error * float(student.ppf(1 - alpha, found.freedom) if known else norm.ppf(1 - alpha))
    if planned is not None:
        wider = reach / float(norm.ppf(1 - alpha))  # as much as Student's t is
        reach = float(half_width(wider, found.n_control + found.n_treatment, planned, 2 * alpha))
    return "yes" if room > reach else "no" if room < -reach else "open"


def _corrected(frame: pd.DataFrame) -> pd.DataFrame:
    frame["pvalue_adjusted"] = NAN
    goals, diagnostics = (frame["role"] == role for role in ("goal", "diagnostic"))
    frame.loc[goals, "pvalue_adjusted"] = adjusted(frame.loc[goals, "pvalue"].to_numpy(), "holm")
    frame.loc[diagnostics, "pvalue_adjusted"] = adjusted(frame.loc[diagnostics, "pvalue"].to_numpy(), "bh")
    return frame
