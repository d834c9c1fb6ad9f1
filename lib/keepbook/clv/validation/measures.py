"""How near predictions came to what happened: error, ranking and calibration per customer, and by chance."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from keepbook.stats import intervals

Floats = NDArray[np.float64]

TENTH = 0.1
BLOCKS = 4_000  # of customers; their sums are drawn again in their stead
DRAWS = 1_000  # of a bootstrap: the ends of a 95 % interval to about a tenth of its width
EDGES, LABELS = (0, 1, 2, 3, 4, 7), ("0", "1", "2", "3", "4–6", "7+")


def bias(actual: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Σ predicted / Σ actual − 1; missing where nothing happened."""
    y, f, w = _columns(actual, predicted, weights)
    total = float(w @ y)
    return float(w @ f) / total - 1 if total else float("nan")


def mae(actual: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean absolute error per customer. It is least for the median: half of most bases never come back."""
    y, f, w = _columns(actual, predicted, weights)
    return float(np.average(np.abs(f - y), weights=w))


def rmse(actual: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Root of the mean squared error per customer. It is least for the mean, which adds up to totals."""
    y, f, w = _columns(actual, predicted, weights)
    return float(np.sqrt(np.average((f - y) ** 2, weights=w)))


def gains(actual: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """The share of all that happened, held by the customers predicted highest.

    Customers of equal prediction stand together and share alike, so that a method that says the same of
    everybody draws the diagonal, whatever order the customers come in. With `predicted` = `actual` this is
    the Lorenz curve, from the top.

    Returns
    -------
    Share of customers from 0 to 1, and the share of `actual` held by the highest of them; straight between.
    """
    y, f, w = _columns(actual, predicted, weights)
    values, at = np.unique(-f, return_inverse=True)
    customers = np.bincount(at, w, len(values)).cumsum()
    held = np.bincount(at, w * y, len(values)).cumsum()
    total = float(w @ y)
    share = held / total if total else np.full(len(held), np.nan)
    return np.r_[0, customers / customers[-1]], np.r_[0, share]


def gini(actual: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Normalised Gini: how much of the order of customers a prediction finds.

    Twice the area between `gains` and the diagonal, over the same for the true order: 1 for that order, 0
    for none, below 0 for one turned round. Missing where all customers did the same.
    """
    own, best = (_area(*gains(actual, order, weights)) for order in (predicted, actual))
    return own / best if best > 1e-12 else float("nan")


def top_share(
    actual: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None, top: float = TENTH
) -> float:
    """Share of all that happened held by the `top` share of customers predicted highest.

    A group of equal predictions on the edge counts as far as it is needed, so that a method that says the
    same of everybody captures 10 % with a tenth of them.
    """
    return float(np.interp(top, *gains(actual, predicted, weights)))


def _area(customers: Floats, held: Floats) -> float:
    return float(2 * np.trapezoid(held, customers) - 1)


def by_frequency(frequency: ArrayLike) -> NDArray[np.str_]:
    """Repeat purchases in groups: 0, 1, 2, 3, 4–6, 7+."""
    return np.array(LABELS)[np.digitize(np.asarray(frequency, float), EDGES[1:])]


def by_decile(predicted: ArrayLike) -> NDArray[np.int64]:
    """Tenths of customers by prediction, 1 the highest.

    Equal predictions stay together, in the tenth that the middle of them falls into; so there may be fewer
    than ten groups, and groups of unequal size.
    """
    values, at, counts = np.unique(-np.asarray(predicted, float), return_inverse=True, return_counts=True)
    middle = counts.cumsum() - counts / 2
    tenth = np.ceil(10 * middle / counts.sum()).astype(np.int64)
    return np.clip(tenth, 1, 10)[at]


def calibration(
    actual: ArrayLike, predicted: ArrayLike, group: ArrayLike, alpha: float = 0.05
) -> pd.DataFrame:
    """What was predicted of groups of customers beside what they did.

    Returns
    -------
    DataFrame : one row per group, in its order: group, customers, predicted and actual (means per customer),
        lower and upper (interval of the mean of `actual` over customers like these, on the log scale, see
        `intervals.ratio`; for a group that did nothing, as if those who return did what others who did).
    """
    y, f, w = _columns(actual, predicted, None)
    names, at = np.unique(np.asarray(group), return_inverse=True)
    n, total, squares = (np.bincount(at, v, len(names)) for v in (w, y, y**2))
    scale = float(y[y > 0].mean()) if (y > 0).any() else 1.0
    lower, upper = intervals.ratio(total / scale, n, squares / scale**2, n, total / scale, alpha)
    return pd.DataFrame(
        {
            "group": names,
            "customers": n.astype(np.int64),
            "predicted": np.bincount(at, f, len(names)) / n,
            "actual": total / n,
            "lower": lower * scale,
            "upper": upper * scale,
        }
    )


def bootstrap(
    sums: ArrayLike, statistic: Callable[[Floats], Floats], *, seed: int, draws: int = DRAWS
) -> Floats:
    """A statistic of column totals, when the customers are drawn again and again with replacement.

    Many customers are first put at random into `BLOCKS` blocks of one size, give or take one, whose sums are
    drawn in their stead: the totals have the same variance, at a fraction of the time.

    Parameters
    ----------
    sums : shape (customers, columns): what each customer adds to the totals. All columns are drawn together:
        a comparison of two of them is paired, and a customer who counts at several cut-offs is drawn once.
    statistic : totals of shape (draws, columns) → the statistic of each draw, along the first axis.

    Source: B. Efron (1979), Bootstrap methods, Annals of Statistics 7(1), 1–26.
    """
    own = np.asarray(sums, float)
    rng = np.random.default_rng(seed)
    if len(own) > BLOCKS:
        block = rng.permutation(len(own)) % BLOCKS
        own = np.column_stack([np.bincount(block, column, BLOCKS) for column in own.T])
    n = len(own)
    taken = rng.multinomial(n, np.full(n, 1 / n), size=draws)
    return statistic(taken @ own)


def difference(
    actual: ArrayLike, first: ArrayLike, second: ArrayLike, *, seed: int, alpha: float = 0.05
) -> tuple[float, float, float]:
    """RMSE of `first` less that of `second` over the same customers, and its bootstrap interval.

    Below 0 where `first` is nearer. Percentile interval of the paired bootstrap over customers.
    """
    y = np.asarray(actual, float)
    squares = [(np.asarray(f, float) - y) ** 2 for f in (first, second)]
    drawn = bootstrap(
        np.column_stack([*squares, np.ones(len(y))]),
        lambda t: np.sqrt(t[:, 0] / t[:, 2]) - np.sqrt(t[:, 1] / t[:, 2]),
        seed=seed,
    )
    lower, upper = percentiles(drawn, alpha)
    return rmse(y, first) - rmse(y, second), lower, upper


def percentiles(drawn: Floats, alpha: float) -> tuple[float, float]:
    """Interval that leaves `alpha` / 2 of the draws on either side."""
    lower, upper = np.quantile(drawn, [alpha / 2, 1 - alpha / 2])
    return float(lower), float(upper)


def _columns(
    actual: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    y, f = np.asarray(actual, float), np.asarray(predicted, float)
    return y, f, np.ones(len(y)) if weights is None else np.asarray(weights, float)
