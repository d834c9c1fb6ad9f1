"""What an experiment of a given size can find, by both arms' own deviations and for whole columns at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import nctdtrinc
from scipy.stats import nct
from scipy.stats import t as student

Numbers = NDArray[np.float64]
ROUNDS = 40  # each halves the distance in log n; going all the way (∝ 1/effect²) swings at tiny n
LONGEST_TEST = 366  # days that a test may still take; later it is better designed anew
FEWEST = 2  # customers in an arm that still have a variance


class Size(NamedTuple):
    """Customers needed in each arm, rounded up."""

    control: Numbers
    treatment: Numbers


def power(
    effect: ArrayLike,
    sd_control: ArrayLike,
    sd_treatment: ArrayLike,
    n_control: ArrayLike,
    n_treatment: ArrayLike,
    alpha: float = 0.05,
) -> Numbers:
    """Chance that Welch's two-sided test finds a true absolute `effect` (in the units of the deviations).

    By the noncentral t with Welch's degrees of freedom.

    >>> round(float(power(0.5, 1, 1, 64, 64)), 2)
    0.8
    """
    error, df = _precision(sd_control, sd_treatment, n_control, n_treatment)
    shift, critical = np.abs(np.asarray(effect, float)) / error, student.isf(alpha / 2, df)
    return nct.sf(critical, df, shift) + nct.cdf(-critical, df, shift)


def minimum_effect(
    sd_control: ArrayLike,
    sd_treatment: ArrayLike,
    n_control: ArrayLike,
    n_treatment: ArrayLike,
    alpha: float = 0.05,
    power: float = 0.8,
) -> Numbers:
    """Smallest true absolute effect that is found with the chance `power`, on its own side of zero.

    >>> round(float(minimum_effect(1, 1, 64, 64)), 2)
    0.5
    """
    error, df = _precision(sd_control, sd_treatment, n_control, n_treatment)
    return nctdtrinc(df, 1 - power, student.isf(alpha / 2, df)) * error


def sample_size(
    effect: ArrayLike,
    sd_control: ArrayLike,
    sd_treatment: ArrayLike,
    alpha: float = 0.05,
    power: float = 0.8,
    share: float = 0.5,
) -> Size:
    """Customers needed to find a true absolute `effect` with the chance `power`; infinitely many for none.

    Parameters
    ----------
    share : of all customers who get the treatment, 0 < share < 1.

    Examples
    --------
    J. Cohen (1992), A power primer, Psychological Bulletin 112, Table 2: a medium and a small effect.

    >>> [int(n) for n in sample_size(0.5, 1, 1)], [int(n) for n in sample_size(0.2, 1, 1)]
    ([64, 64], [394, 394])
    """
    size = np.abs(np.asarray(effect, float))
    wanted = np.where(size > 0, size, np.nan)
    total = np.full(np.broadcast_shapes(size.shape, np.shape(sd_control), np.shape(sd_treatment)), 1e9)
    for _ in range(ROUNDS):
        found = minimum_effect(sd_control, sd_treatment, total * (1 - share), total * share, alpha, power)
        total = np.maximum(total * found / wanted, FEWEST / min(share, 1 - share))
    total = np.where(size == 0, np.inf, total)
    return Size(np.ceil(total * (1 - share)), np.ceil(total * share))


def _precision(
    sd_control: ArrayLike, sd_treatment: ArrayLike, n_control: ArrayLike, n_treatment: ArrayLike
) -> tuple[Numbers, Numbers]:
    """Standard error of the difference of the means, and Welch's degrees of freedom."""
    n, m = np.asarray(n_control, float), np.asarray(n_treatment, float)
    control, treatment = np.asarray(sd_control, float) ** 2 / n, np.asarray(sd_treatment, float) ** 2 / m
    df = (control + treatment) ** 2 / (control**2 / (n - 1) + treatment**2 / (m - 1))
    return np.sqrt(control + treatment), df
