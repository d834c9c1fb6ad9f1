"""p-values that know how many were looked at."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import false_discovery_control


def adjusted(pvalues: ArrayLike, method: Literal["holm", "bh"] = "holm") -> NDArray[np.float64]:
    """Adjusted p-values of one family, in the order given; missing ones stay so and do not count.

    Parameters
    ----------
    method : `holm` bounds the chance of any false finding (S. Holm 1979, Scand. J. Statist. 6, 65–70), `bh`
        the expected share of false ones among the findings (Y. Benjamini & Y. Hochberg 1995, JRSS B 57,
        289–300).

    Examples
    --------
    Holm: 3 · 0.01, 2 · 0.02, and not below it. Benjamini–Hochberg: 0.01 · 3 / 1, 0.02 · 3 / 2, 0.04 · 3 / 3.

    >>> adjusted([0.01, 0.02, 0.04]).round(4).tolist()
    [0.03, 0.04, 0.04]
    >>> adjusted([0.01, 0.02, 0.04], "bh").round(4).tolist()
    [0.03, 0.03, 0.04]
    """
    found = np.array(pvalues, float)
    known = np.flatnonzero(~np.isnan(found))
    if method == "bh" and known.size:
        found[known] = false_discovery_control(found[known])
    elif method == "holm":  # by hand: statsmodels' collects all garbage at each call, a quarter of a second
        known = known[np.argsort(found[known])]
        stepped = np.maximum.accumulate(found[known] * np.arange(known.size, 0, -1))
        found[known] = np.minimum(stepped, 1)
    return found
