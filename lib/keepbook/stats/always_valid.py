"""Intervals that hold however often one looks, and whenever one stops.

Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy & A. Ramdas (2024), Time-uniform central limit
theory and asymptotic confidence sequences, Annals of Statistics 52, 2613–2640 (arXiv 2103.06476): the
two-sided sequence by Robbins' normal mixture, and the closed form for its ρ in their appendix.

It is asymptotic, and what counts is not customers but those who carry the sum. Begun at the first buyers, up
to one test in five errs where arms are 1 : 9 or few buy, and one in three where a win-back that costs what it
brings makes buyers of nobody. From `STEADY` on it keeps the promise (tests/test_experiments_calibration.py).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

STEADY = 20  # carriers, see `Compared.carriers`, before which no look counts


def half_width(
    error: ArrayLike, n: ArrayLike, planned: ArrayLike, alpha: float = 0.05
) -> NDArray[np.float64]:
    """Half the width of the always-valid interval: with chance 1 − alpha *all* looks' hold the effect.

    √n·error · √(2 (nρ² + 1) / (n²ρ²) · log(√(nρ² + 1) / α)), with ρ² so that it is tightest at `planned`.

    Parameters
    ----------
    error : standard error of the estimate now.
    n : customers it rests on now, all arms compared together.
    planned : customers at which it shall be tightest, fixed before the first look. There it is 1.55 times as
        wide as an interval of one look (alpha .05). Being wrong costs little: at half or twice as many it is
        1 to 2 % wider than one planned for that many, at ten times 7 %, at a tenth 27 %.

    Examples
    --------
    At the planned size, against the 1.96 errors of an interval of one look:

    >>> round(float(half_width(1, 1000, 1000)) / 1.96, 2)
    1.55
    """
    tuned = -2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)  # ρ² · planned
    times = tuned * np.asarray(n, float) / np.asarray(planned, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        bound = (times + 1) / times * (np.log(times + 1) - 2 * np.log(alpha))
    return np.asarray(error, float) * np.sqrt(bound)
