"""Difference-in-differences: what changed for the treated, less what changed for the comparison group.

It rests on parallel trends: without the change, both groups' means would have moved alike. That cannot be
proved. What the periods before the date can say against it is said in four ways: a joint test, a straight
trend carried on, placebo dates, and how large a lasting move of the gap would undo the finding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import f as fisher
from scipy.stats import t as student

from keepbook.before_after.estimates import NAN, Estimate, Floats
from keepbook.before_after.panel import Averages
from keepbook.before_after.periods import Periods

ROUNDING = 1e-12  # share of a covariance that is only rounding
MEANS = ("treated_before", "treated_after", "comparison_before", "comparison_after")


@dataclass(frozen=True)
class Pair:
    """The means of both groups as one vector: K of the treated, then K of the comparison."""

    mean: Floats  # shape (2K,)
    # (covariance, shape (2K, 2K), and its degrees of freedom) of each independent source of error: the two
    # groups; or all clusters at once, where some hold customers of both. Clusters of unlike sizes have
    # fewer than they are: see `panel.effective_clusters`.
    parts: tuple[tuple[Floats, float], ...]

    @classmethod
    def of(cls, averages: Mapping[str, Averages], apart: bool) -> Pair:
        """Of one metric; `apart`: clusters of the two groups are different ones, whatever their names."""
        treated, comparison = averages["treated"], averages["comparison"]
        mean = np.concatenate([treated.mean, comparison.mean])
        k, nothing = len(treated.mean), np.zeros_like(treated.cov)
        parts = (
            (np.block([[treated.cov, nothing], [nothing, nothing]]), treated.units - 1.0),
            (np.block([[nothing, nothing], [nothing, comparison.cov]]), comparison.units - 1.0),
        )
        if apart or treated.scores is None or comparison.scores is None:
            return cls(mean, parts)
        shared = treated.scores.index.intersection(comparison.scores.index)
        if shared.empty:
            return cls(mean, parts)
        both = parts[0][0] + parts[1][0]
        cross = treated.scores.loc[shared].to_numpy().T @ comparison.scores.loc[shared].to_numpy()
        both[:k, k:], both[k:, :k] = cross, cross.T
        return cls(mean, ((both, min(parts[0][1], parts[1][1])),))

    @property
    def cov(self) -> Floats:
        """Covariance of the means, shape (2K, 2K)."""
        return np.sum([cov for cov, _df in self.parts], axis=0)

    @staticmethod
    def gap(weights: Floats) -> Floats:
        """Rows that contrast periods of treated − comparison, from rows that contrast periods."""
        return np.concatenate([weights, -weights], axis=-1)

    def estimate(self, row: Floats, value: float | None = None) -> Estimate:
        """A contrast of means; or, with `value`, of a function of them whose gradient `row` is."""
        found = float(row @ self.mean) if value is None else value
        error = float(np.sqrt(self._spread(row[None, :])[0, 0]))
        return Estimate.of(found, error, self.df(row[None, :]))

    def _spread(self, rows: Floats) -> Floats:
        """Covariance of contrasts; what is only rounding, because they do not vary, is 0."""
        cov = self.cov
        whole, most = rows @ cov @ rows.T, np.abs(rows) @ np.abs(cov) @ np.abs(rows).T
        return np.where(np.abs(whole) > ROUNDING * most, whole, 0.0)

    def df(self, rows: Floats) -> float:
        """Degrees of freedom of p contrasts together; Welch's for one.

        Source: K. Krishnamoorthy & J. Yu (2004), Modified Nel and Van der Merwe test for the multivariate
        Behrens–Fisher problem, Statistics & Probability Letters 66, 161–169.
        """
        whole = self._spread(rows)
        if np.linalg.matrix_rank(whole) < len(rows):
            return NAN
        p, total = len(rows), 0.0
        for cov, df in self.parts:
            share = rows @ cov @ rows.T @ np.linalg.inv(whole)
            total += (np.trace(share @ share) + np.trace(share) ** 2) / df
        return float((p + p**2) / total)

    def joint_pvalue(self, rows: Floats) -> float:
        """That p contrasts are all 0: Hotelling's T², as F(p, ν − p + 1). Missing where they are too many.

        Source: as `df`.
        """
        p, df = len(rows), self.df(rows)
        if not df > p - 1:  # also where it is missing
            return NAN
        found = rows @ self.mean
        squared = float(found @ np.linalg.solve(self._spread(rows), found))
        return float(fisher.sf(squared * (df - p + 1) / (df * p), p, df - p + 1))

    def ratio(self, top: Floats, bottom: Floats, alpha: float) -> tuple[float, float, float]:
        """top / bottom − 1 of two contrasts, with Fieller's limits.

        They hold 0 when the interval of top − bottom does. Missing where the bottom is not surely above 0.

        Source: E. C. Fieller (1954), JRSS B 16, 175–185.
        """
        a, b = float(top @ self.mean), float(bottom @ self.mean)
        quantile = float(student.ppf(1 - alpha / 2, self.df((top - bottom)[None, :])))
        aa, ab, bb = top @ self.cov @ top, top @ self.cov @ bottom, bottom @ self.cov @ bottom
        square, middle = b**2 - quantile**2 * bb, a * b - quantile**2 * ab
        root = middle**2 - square * (a**2 - quantile**2 * aa)
        lift = a / b - 1 if b > 0 else NAN
        if not (b > 0 and square > 0 and root >= 0):
            return lift, NAN, NAN
        return lift, float((middle - root**0.5) / square) - 1, float((middle + root**0.5) / square) - 1


def effect_of(pair: Pair, periods: Periods) -> Estimate:
    """The mean from the date on less the mean before, of treated less comparison, per customer and period."""
    before, after = periods.averaging
    return pair.estimate(pair.gap(after - before))


def effect_row(pair: Pair, periods: Periods, alpha: float) -> dict[str, float]:
    """All that is said of one metric; columns as `BeforeAfter.effects`."""
    before, after = periods.averaging
    means = [float(weights @ mean) for mean in np.split(pair.mean, 2) for weights in (before, after)]
    row = dict(zip(MEANS, means, strict=True)) | effect_columns(effect_of(pair, periods), alpha)
    expected = np.concatenate([before, after - before])
    row["counterfactual"] = float(expected @ pair.mean)
    lift = pair.ratio(np.concatenate([after, np.zeros(periods.count)]), expected, alpha)
    row |= dict(zip(("lift", "lift_lower", "lift_upper"), lift, strict=True))
    row |= _in_proportion(pair, means, before, after).columns("proportional", alpha)
    numbers = periods.numbers
    centred = np.where(periods.is_after, 0.0, numbers - numbers[: periods.before].mean())
    slope = centred / (centred @ centred)  # per period, of a straight line through those before the date
    trended = after - before - float((after - before) @ numbers) * slope
    for name, weights in (("gap_before", before), ("slope", slope), ("trended", trended)):
        row |= pair.estimate(pair.gap(weights)).columns(name, alpha)
    each = np.eye(periods.count)[: periods.before]
    row["pre_trend_pvalue"] = pair.joint_pvalue(pair.gap(np.diff(each, axis=0)))
    return row | {"breakdown": breakdown(row, np.diff(pair.gap(each) @ pair.mean))}


def effect_columns(found: Estimate, alpha: float) -> dict[str, float]:
    """An effect as `BeforeAfter.effects` has it."""
    columns = found.columns("effect", alpha, "ci")
    return columns | {"error": found.error, "df": found.df, "pvalue": found.pvalue}


def _in_proportion(pair: Pair, means: list[float], before: Floats, after: Floats) -> Estimate:
    """The effect if the comparison's change had carried over in proportion, not in amount (delta method).

    Where the groups' levels differ the two assumptions differ, and the data do not tell which one is right.

    Source: J. M. Wooldridge (2023), Simple approaches to nonlinear difference-in-differences with panel data,
    Econometrics Journal 26, C31–C66: parallel trends of exponential means.
    """
    t0, t1, c0, c1 = means
    if min(t0, c0) <= 0:
        return Estimate.of(NAN)
    gradient = np.concatenate([after - before * c1 / c0, -t0 / c0 * (after - before * c1 / c0)])
    return pair.estimate(gradient, t1 - t0 * c1 / c0)


def breakdown(row: Mapping[str, float], moves: Floats) -> float:
    """How large a lasting move must be to undo the finding, in largest moves seen before the date.

    The nearest limit of the interval over the largest move from one period before the date to the next; 0
    where the interval holds 0. After A. Rambachan & J. Roth (2023), A more credible approach to parallel
    trends, Review of Economic Studies 90, 2555–2591, but simpler: the move happens once, and chance is not
    taken out of the moves seen, which with few customers makes the doubt look larger.
    """
    largest, nearest = float(np.abs(moves).max()), max(row["ci_lower"], -row["ci_upper"], 0.0)
    return nearest / largest if largest > 0 else NAN


def event_study(pair: Pair, periods: Periods, alpha: float) -> pd.DataFrame:
    """The gap in each period less its mean before the date: one row per period, as `BeforeAfter.event_study`.

    The mean, and not the last period before, is what all are compared with: one noisy period would move
    the whole picture, and the mean of the effects from the date on is then the effect itself.
    """
    before, _after = periods.averaging
    found = [pair.estimate(pair.gap(one - before)) for one in np.eye(periods.count)]
    return study_frame(periods, found, alpha)


def study_frame(periods: Periods, found: Iterable[Estimate], alpha: float) -> pd.DataFrame:
    """One estimate a period, as `BeforeAfter.event_study`."""
    frame = pd.DataFrame([one.columns("effect", alpha, "ci") for one in found])
    frame.insert(0, "period", periods.numbers)
    frame.insert(1, "start", periods.edges[:-1])
    return frame


def counterfactual(pair: Pair, periods: Periods, alpha: float) -> pd.DataFrame:
    """The mean of the treated before the date, and from there what the comparison did, for `levels`."""
    before, _after = periods.averaging
    rows = [np.concatenate([before, one - before]) for one in np.eye(periods.count)]
    return pd.DataFrame([pair.estimate(row).columns("counterfactual", alpha) for row in rows])


def placebos(pair: Pair, periods: Periods, alpha: float) -> pd.DataFrame:
    """The same comparison at every earlier date, from periods before the true one: it should find nothing."""
    found = {}
    for cut in range(1, periods.before):
        weights = np.zeros(periods.count)
        weights[:cut], weights[cut : periods.before] = -1 / cut, 1 / (periods.before - cut)
        found[periods.edges[cut]] = pair.estimate(pair.gap(weights))
    return placebo_frame(found, alpha)


def placebo_frame(found: Mapping[dt.date, Estimate], alpha: float) -> pd.DataFrame:
    """Date → estimate as `BeforeAfter.placebo`."""
    rows = [
        {"date": date, **one.columns("effect", alpha, "ci"), "pvalue": one.pvalue}
        for date, one in found.items()
    ]
    return pd.DataFrame(rows, columns=["date", "effect", "ci_lower", "ci_upper", "pvalue"])
