"""Difference-in-differences: what changed for the treated, less what changed for the comparison group.

It rests on parallel trends: without the change, both groups' means would have moved alike. That cannot be
proved. What the periods before the date can say against it is said in four ways: a joint test, a straight
trend carried on, placebo dates, and how large a lasting move of the gap would undo the finding.
"""

from typing import Any

import numpy as np
import pandas as pd

from keepbook.before_after.contrasts import NAN, Pair
from keepbook.before_after.estimates import Estimate, Floats
from keepbook.before_after.periods import Periods

PLACEBO = ("effect", "ci_lower", "ci_upper", "pvalue")


def average_over(which: Floats) -> Floats:
    """Weights that average the periods marked."""
    return which / which.sum()


def before_after_weights(periods: Periods) -> tuple[Floats, Floats]:
    """Weights that average the periods before the date, and those from it on."""
    after = periods.is_after.astype(float)
    return average_over(1 - after), average_over(after)


def effect_of(pair: Pair, periods: Periods) -> Estimate:
    """The mean from the date on less the mean before, of treated less comparison, per customer and period."""
    before, after = before_after_weights(periods)
    return pair.estimate(pair.gap(after - before))


def effect_row(pair: Pair, periods: Periods, alpha: float) -> dict[str, float]:
    """All that is said of one metric; columns as `BeforeAfter.effects`."""
    before, after = before_after_weights(periods)
    nothing = np.zeros(periods.count)
    found = effect_of(pair, periods)
    row = _four_means(pair, before, after) | columns_of(found, alpha)
    counterfactual = np.concatenate([before, after - before])
    row["counterfactual"] = float(counterfactual @ pair.mean)
    lift = pair.ratio(np.concatenate([after, nothing]), counterfactual, alpha)
    row |= dict(zip(("lift", "lift_lower", "lift_upper"), lift, strict=True))
    return (
        row
        | _in_proportion(pair, before, after, alpha)
        | _sensitivity(pair, periods, found, alpha)
        | _gap_before(pair, before, alpha)
    )


def columns_of(found: Estimate, alpha: float, name: str = "") -> dict[str, float]:
    """An estimate as columns: of the effect itself, or under a name with its limits alone."""
    lower, upper = found.interval(alpha)
    if name:
        return {name: found.value, f"{name}_lower": lower, f"{name}_upper": upper}
    limits = {"ci_lower": lower, "ci_upper": upper, "pvalue": found.pvalue}
    return {"effect": found.value, "error": found.error, "df": found.df, **limits}


def _four_means(pair: Pair, before: Floats, after: Floats) -> dict[str, float]:
    treated, comparison = np.split(pair.mean, 2)
    groups = {"treated": treated, "comparison": comparison}
    spans = {"before": before, "after": after}
    return {f"{group}_{span}": float(w @ mean) for group, mean in groups.items() for span, w in spans.items()}


def _in_proportion(pair: Pair, before: Floats, after: Floats, alpha: float) -> dict[str, float]:
    """The effect if the comparison's change had carried over in proportion, not in amount (delta method).

    Where the groups' levels differ the two assumptions differ, and the data do not tell which one is right.

    Source: J. M. Wooldridge (2023), Simple approaches to nonlinear difference-in-differences with panel data,
    Econometrics Journal 26, C31–C66: parallel trends of exponential means.
    """
    means = _four_means(pair, before, after)
    t0, t1, c0, c1 = (
        means[name] for name in ("treated_before", "treated_after", "comparison_before", "comparison_after")
    )
    if min(t0, c0) <= 0:
        return dict.fromkeys(("proportional", "proportional_lower", "proportional_upper"), NAN)
    gradient = np.concatenate([after - before * c1 / c0, -t0 / c0 * (after - before * c1 / c0)])
    return columns_of(pair.estimate(gradient, t1 - t0 * c1 / c0), alpha, "proportional")


def _gap_before(pair: Pair, before: Floats, alpha: float) -> dict[str, float]:
    """How far apart the groups were before the date."""
    return columns_of(pair.estimate(pair.gap(before)), alpha, "gap_before")


# ── sensitivity ──────────────────────────────────────────────────────────────────────────────────────────


def _sensitivity(pair: Pair, periods: Periods, found: Estimate, alpha: float) -> dict[str, float]:
    before, after = before_after_weights(periods)
    slope = trend_weights(periods)
    distance = float((after - before) @ periods.numbers)
    row = columns_of(pair.estimate(pair.gap(slope)), alpha, "slope")
    row |= columns_of(pair.estimate(pair.gap(after - before - distance * slope)), alpha, "trended")
    row["pre_trend_pvalue"] = pair.joint_pvalue(
        pair.gap(np.diff(np.eye(periods.count)[: periods.before], axis=0))
    )
    return row | {"breakdown": _breakdown(pair, periods, found.interval(alpha))}


def trend_weights(periods: Periods) -> Floats:
    """Weights that give the slope per period of a straight line through the periods before the date."""
    centred = np.where(periods.is_after, 0.0, periods.numbers - periods.numbers[: periods.before].mean())
    return centred / (centred @ centred)


def _breakdown(pair: Pair, periods: Periods, interval: tuple[float, float]) -> float:
    """How large a lasting move of the gap must be to undo the finding, in largest moves seen before the date.

    The nearest limit of the interval over the largest change of the gap from one period before the date to
    the next; 0 where the interval holds 0. After A. Rambachan & J. Roth (2023), A more credible approach to
    parallel trends, Review of Economic Studies 90, 2555–2591, but simpler: the move happens once, and
    chance is not taken out of the changes seen, which with few customers makes the doubt look larger.
    """
    gap = pair.gap(np.eye(periods.count)[: periods.before]) @ pair.mean
    largest, nearest = float(np.abs(np.diff(gap)).max()), max(interval[0], -interval[1], 0.0)
    return nearest / largest if largest > 0 else NAN


def event_study(pair: Pair, periods: Periods, alpha: float) -> pd.DataFrame:
    """The gap in each period less its mean before the date: one row per period, as `BeforeAfter.event_study`.

    The mean, and not the last period before, is what all are compared with: one noisy period would move
    the whole picture, and the mean of the effects from the date on is then the effect itself.
    """
    before, _after = before_after_weights(periods)
    rows: list[dict[str, Any]] = []
    for k, one in enumerate(np.eye(periods.count)):
        lower, upper = (found := pair.estimate(pair.gap(one - before))).interval(alpha)
        limits = {"ci_lower": lower, "ci_upper": upper}
        rows.append(
            {"period": int(periods.numbers[k]), "start": periods.edges[k], "effect": found.value, **limits}
        )
    return pd.DataFrame(rows)


def counterfactual(pair: Pair, periods: Periods, alpha: float) -> pd.DataFrame:
    """The mean of the treated before the date, and from there what the comparison did: one row per period.

    Columns: counterfactual, counterfactual_lower, counterfactual_upper.
    """
    before, _after = before_after_weights(periods)
    rows = [np.concatenate([before, one - before]) for one in np.eye(periods.count)]
    return pd.DataFrame([columns_of(pair.estimate(row), alpha, "counterfactual") for row in rows])


def placebos(pair: Pair, periods: Periods, alpha: float) -> pd.DataFrame:
    """The same comparison at every earlier date, from periods before the true one: it should find nothing."""
    rows = []
    for cut in range(1, periods.before):
        weights = np.zeros(periods.count)
        weights[:cut], weights[cut : periods.before] = -1 / cut, 1 / (periods.before - cut)
        shown = columns_of(pair.estimate(pair.gap(weights)), alpha)
        rows.append({"date": periods.edges[cut]} | {name: shown[name] for name in PLACEBO})
    return pd.DataFrame(rows, columns=["date", *PLACEBO])
