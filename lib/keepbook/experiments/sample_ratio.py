"""Sample-ratio mismatch: whether customers fell into the arms as intended, before any effect."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, chisquare

from keepbook.errors import DataError
from keepbook.experiments.comparison import ROUNDING, value_of
from keepbook.stats.intervals import z_of
from keepbook.stats.moments import SIZE, Floats, Moments
from keepbook.text import catalogue

say = catalogue("experiments")
BROKEN = 0.001  # p of a sample-ratio check below which no result is to be believed
MAX_DRIFT = 0.05  # of an arm's customers; a share that drifts by less moves no outcome that can be seen
MAX_STRETCHES, MIN_CUSTOMERS = 8, 10  # of the time of assignment; customers of the smallest arm in each
UNLIKE = 0.1  # standardised difference from which readers call arms unlike


class SampleRatio(NamedTuple):
    """The χ² test that customers fell into the arms as intended.

    Attributes
    ----------
    arms : one row per variant: variant, customers, share, expected_share.
    srm_pvalue : of the test.
    drift_pvalue, drift_apart : as `drift`; missing where it is not known when customers were assigned.
    """

    arms: pd.DataFrame
    srm_pvalue: float
    drift_pvalue: float = float("nan")
    drift_apart: float = float("nan")

    @property
    def broken(self) -> bool:
        """So unlikely by chance that something lost or doubled customers."""
        return self.srm_pvalue < BROKEN

    @property
    def drifted(self) -> bool:
        """The arms' shares changed while customers were assigned: beyond chance, and enough to matter."""
        return self.drift_pvalue < BROKEN and self.drift_apart >= MAX_DRIFT

    @property
    def failed(self) -> bool:
        """No difference between the arms is to be believed."""
        return self.broken or self.drifted


def sample_ratio(
    counts: Mapping[str, int], split: Mapping[str, float] | None = None, customers: ir.Table | None = None
) -> SampleRatio:
    """Whether customers fell into the arms as intended, and, as `drift`, at all times alike.

    Parameters
    ----------
    counts : variant → units that were randomised. split : variant → intended weight; None for equal ones.

    Raises
    ------
    DataError : nobody at all, fewer than two arms, or an arm that no weight was intended for.
    """
    weights = split or dict.fromkeys(counts, 1.0)
    total = sum(counts.values())
    if len(weights) < 2 or not total:
        raise DataError(
            say("unchecked-split", customers=total, arms=len(weights)),
            expected=say("unchecked-split.expected"),
            do=say("unchecked-split.do"),
        )
    stray = [name for name in counts if weights.get(name, 0) <= 0 and counts[name]]
    if stray or min(weights.values()) <= 0:
        names = ", ".join(map(repr, stray or [name for name, weight in weights.items() if weight <= 0]))
        raise DataError(
            say("no-weight", names=names), expected=say("no-weight.expected"), do=say("no-weight.do")
        )
    found = np.array([counts.get(name, 0) for name in weights], float)
    expected = np.array(list(weights.values()), float) / sum(weights.values())
    frame = pd.DataFrame({"variant": list(weights), "customers": found.astype("int64")})
    frame["share"], frame["expected_share"] = found / found.sum(), expected
    pvalue = float(chisquare(found, expected * found.sum()).pvalue)
    return SampleRatio(frame, pvalue, *(() if customers is None else drift(customers)))


def drift(customers: ir.Table) -> tuple[float, float]:
    """Whether the arms had the same shares from the first assignment to the last.

    Where a treatment is given to ever more customers, those of the control came earlier, and a season or a
    trend looks like an effect although the split as a whole is as found. Days are gathered into stretches of
    like many customers, `MAX_STRETCHES` at most. Missing where all were assigned within one of them.

    Parameters
    ----------
    customers : one row per customer: variant, assigned_on.

    Returns
    -------
    p of the χ² test that they had; share of an arm's customers that would have had to come at another time.
    """
    rows = customers.group_by("assigned_on", "variant").agg(n=customers.count()).to_pandas()
    by_day = rows.pivot_table(index="assigned_on", columns="variant", values="n", aggfunc="sum", fill_value=0)
    arrived = by_day.sum(axis=1).cumsum()
    room = max(min(MAX_STRETCHES, int(by_day.to_numpy().sum(axis=0).min() // MIN_CUSTOMERS)), 1)
    stretch = np.minimum((arrived - 1) * room // arrived.iloc[-1], room - 1)
    table = by_day.groupby(stretch).sum().to_numpy()
    if min(table.shape) < 2:
        return float("nan"), float("nan")
    when = table / table.sum(axis=0)
    apart = float(np.abs(when[:, :, None] - when[:, None, :]).sum(axis=0).max() / 2)
    return float(chi2_contingency(table, correction=False).pvalue), apart


def balance(
    arms: Mapping[str, Moments], control: str, names: Sequence[str], alpha: float = 0.05
) -> pd.DataFrame:
    """How alike the arms were before the experiment; of fewer than two units nothing can be said.

    Returns
    -------
    DataFrame : one row per treatment and pre-period column: variant, column, control, treatment (means per
        customer), difference (standardised: over the pooled standard deviation, of clusters' means where
        clusters were drawn; missing where both means are 0, for nothing is known then), bound (what chance
        alone exceeds once in 1 / alpha), unlike (beyond the bound and beyond 0.1).

    References
    ----------
    Austin (2009), Statistics in Medicine 28, 3083–3107 (standardised differences and their spread).
    """
    rows = []
    spread_known = [name for name, arm in arms.items() if arm.count > 1]
    for variant in (name for name in spread_known if name != control and control in spread_known):
        pair = arms[control], arms[variant]
        bound = z_of(alpha) * sum(1 / arm.count for arm in pair) ** 0.5
        for name in names:
            (before, own), (after, theirs) = (
                value_of(name, SIZE if arm.clustered else None, arm) for arm in pair
            )
            spread = ((_variance(pair[0], own) + _variance(pair[1], theirs)) / 2) ** 0.5
            apart = _apart(before, after, spread)
            rows.append((variant, name, before, after, apart, bound, abs(apart) > max(bound, UNLIKE)))
    columns = ["variant", "column", "control", "treatment", "difference", "bound", "unlike"]
    return pd.DataFrame(rows, columns=columns)


def _apart(control: float, treatment: float, spread: float) -> float:
    """How many standard deviations; where all customers of an arm are alike, none or beyond any bound."""
    if spread > 0:
        return (treatment - control) / spread
    if control == treatment == 0:
        return float("nan")
    return 0.0 if np.isclose(control, treatment) else float(np.copysign(np.inf, treatment - control))


def _variance(arm: Moments, way: Floats) -> float:
    """Per unit, along a gradient; 0 where it is but rounding."""
    made = float(way @ arm.cov @ way)
    return made if made > ROUNDING * float(way**2 @ (np.diag(arm.cov) + arm.mean**2)) else 0.0
