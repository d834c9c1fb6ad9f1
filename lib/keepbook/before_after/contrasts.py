"""Contrasts of two groups' means over periods, with degrees of freedom for few customers or clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import f as fisher
from scipy.stats import t as student

from keepbook.before_after.estimates import Estimate, Floats
from keepbook.before_after.panel import Averages

NAN = float("nan")
ROUNDING = 1e-12


@dataclass(frozen=True)
class Pair:
    """The means of both groups as one vector: K of the treated, then K of the comparison.

    Attributes
    ----------
    mean : shape (2K,).
    parts : (covariance, shape (2K, 2K), and its degrees of freedom) of each independent source of error: the
        two groups; or all clusters at once, where some hold customers of both. Clusters of unlike sizes have
        fewer than they are: see `panel.effective_clusters`.
    """

    mean: Floats
    parts: tuple[tuple[Floats, float], ...]

    @classmethod
    def of(cls, averages: Mapping[str, Averages], apart: bool) -> Pair:
        """The pair of one metric's averages.

        Parameters
        ----------
        apart : clusters of the two groups are different ones, whatever their names.
        """
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
