"""Intervals and p-values that hold however often one looks, and whenever one stops.

Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy & A. Ramdas (2024), Time-uniform central limit
theory and asymptotic confidence sequences, Annals of Statistics 52, 2613–2640 (arXiv 2103.06476): the
two-sided sequence by Robbins' normal mixture, and the closed form for its ρ in their appendix.

It is asymptotic, and what counts is not customers but those who carry the sum. Begun at the first buyers, up
to one test in five errs where arms are 1 : 9 or few buy, and one in three where a win-back that costs what it
brings makes buyers of nobody. From `STEADY` on it keeps the promise (tests/test_experiments_calibration.py).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keepbook.stats.intervals import Interval

Numbers = NDArray[np.float64]
STEADY = 20  # carriers, see `Compared.carriers`, before which no look counts


def half_width(error: ArrayLike, n: ArrayLike, planned: ArrayLike, alpha: float = 0.05) -> Numbers:
    """Half the width of the always-valid interval, in units of `error`.

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
    times = _information(n, planned, alpha)
    with np.errstate(invalid="ignore", divide="ignore"):
        bound = (times + 1) / times * (np.log(times + 1) - 2 * np.log(alpha))
    return np.asarray(error, float) * np.sqrt(bound)


def interval(
    effect: ArrayLike, error: ArrayLike, n: ArrayLike, planned: ArrayLike, alpha: float = 0.05
) -> Interval:
    """Always-valid interval of an effect: with chance 1 − alpha *all* looks' hold it. See `half_width`.

    Examples
    --------
    >>> low, high = interval(0.4, 0.1, 500, 1000)
    >>> round(float(low + high) / 2, 3), bool(high - low == 2 * half_width(0.1, 500, 1000))
    (0.4, True)
    """
    half, middle = half_width(error, n, planned, alpha), np.asarray(effect, float)
    return middle - half, middle + half


def pvalue(
    effect: ArrayLike, error: ArrayLike, n: ArrayLike, planned: ArrayLike, alpha: float = 0.05
) -> Numbers:
    """Always-valid p-value of no effect; at most alpha exactly when `interval` leaves out zero.

    One over the mixture likelihood ratio, 1 at most: √(nρ² + 1) · exp(−z²/2 · nρ² / (nρ² + 1)).

    Source: R. Johari, P. Koomen, L. Pekelis & D. Walsh (2022), Operations Research 70, 1806–1821, §4 (mSPRT).

    Examples
    --------
    An effect that its interval just touches zero with, and none at all:

    >>> edge = half_width(0.1, 500, 1000)
    >>> round(float(pvalue(edge, 0.1, 500, 1000)), 4), float(pvalue(0, 0.1, 500, 1000))
    (0.05, 1.0)
    """
    times = _information(n, planned, alpha)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.asarray(effect, float) / np.asarray(error, float)
        return np.minimum(np.sqrt(times + 1) * np.exp(-(z**2) / 2 * times / (times + 1)), 1)


def _information(n: ArrayLike, planned: ArrayLike, alpha: float) -> Numbers:
    """nρ²: customers now, in units of the mixture's own."""
    tuned = -2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)
    return tuned * np.asarray(n, float) / np.asarray(planned, float)
