"""Which cells differ from the other cohorts of their age, and what of a cell is more than chance."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom

from keepbook.cohorts.triangle import Choices
from keepbook.stats.multiplicity import adjusted
from keepbook.stats.shrinkage import credible

Floats = NDArray[np.float64]


def with_differences(cells: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """Cells with their moments → the same with what `Retention.cells` says of shrunken shares and marks.

    A cell is tested against the other complete cells of its age by Fisher's exact test, so that it is no part
    of what it is compared with; the p-values of all cells together are adjusted (Benjamini & Hochberg), since
    of 276 cells a dozen leave a 95 % interval by chance. Cells of one cohort share customers, which makes
    them alike: without differences, no more than about `alpha` of all tables have a mark
    (tests/test_cohorts_differences.py).
    Money is not tested: few customers carry it, and marks would stand in more tables than `alpha` says.
    """
    over = cells["complete"] & (cells["period"] > 0)
    tested = cells[over]
    found = pd.DataFrame({"pvalue_adjusted": np.nan, "mark": 0}, index=cells.index)
    found["retention_shrunk"], found["revenue_retention_shrunk"] = np.nan, np.nan
    found.loc[over, "retention_shrunk"] = _shares(tested)
    found.loc[over, "revenue_retention_shrunk"] = _ratios(tested)
    if choices.rule != "on_or_after":  # older cohorts have had longer to come back
        pvalues = adjusted(_exact(tested), "bh")
        others = _sum_of(tested, "active") - tested["active"], _sum_of(tested, "size") - tested["size"]
        above = tested["retention"] > others[0] / others[1].where(others[1] > 0)
        found.loc[over, "pvalue_adjusted"] = pvalues
        found.loc[over, "mark"] = np.where(pvalues <= choices.alpha, np.where(above, 1, -1), 0)
    return cells.join(found[["retention_shrunk", "revenue_retention_shrunk", "pvalue_adjusted", "mark"]])


def _sum_of(cells: pd.DataFrame, column: str) -> pd.Series:
    """Of all cells of the same age."""
    return cells.groupby("period")[column].transform("sum")


def _exact(cells: pd.DataFrame) -> Floats:
    """Fisher's exact test of each cell against the others of its age, both sides; missing for one alone."""
    everybody, active = _sum_of(cells, "size"), _sum_of(cells, "active")
    seen, size = cells["active"].to_numpy(), cells["size"].to_numpy()
    fewer = hypergeom.cdf(seen, everybody, active, size)
    more = hypergeom.sf(seen - 1, everybody, active, size)
    alone = (everybody == size).to_numpy()
    return np.where(alone, np.nan, np.minimum(2 * np.minimum(fewer, more), 1.0))


def _shares(cells: pd.DataFrame) -> Floats:
    mean = _sum_of(cells, "active") / _sum_of(cells, "size")
    scatter, size = mean * (1 - mean), cells["size"]
    return credible(cells["retention"], mean, scatter / size, size, cells["period"], np.sqrt(scatter))


def _ratios(cells: pd.DataFrame) -> Floats:
    """Of revenue to that of the first period; differences in truth are as large a part of the mean.

    How much customers differ around the mean is taken from all cohorts: one alone would often hide it.
    """
    rated = cells.where(cells["base"] > 0)  # elsewhere there is no ratio
    names = ["revenue", "base", "squares", "products", "base_squares", "size"]
    sums = rated[names].groupby(cells["period"]).transform("sum")
    mean = sums["revenue"] / sums["base"]
    residuals = sums["squares"] - 2 * mean * sums["products"] + mean**2 * sums["base_squares"]
    variance = (residuals / sums["size"]).clip(lower=0) * rated["size"] / rated["base"] ** 2
    ratio = rated["revenue"] / rated["base"]
    return credible(ratio, mean, variance, rated["base"], cells["period"], mean.clip(lower=0))
