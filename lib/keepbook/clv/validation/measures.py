"""How near predictions came to what happened, per customer and by chance, and which method came nearest."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from keepbook.clv.validation.baselines import HISTORICAL, Floats, Prediction, Split
from keepbook.stats import intervals

T = TypeVar("T")
TENTH = 0.1
BLOCKS = 4_000  # of customers; their sums are drawn again in their stead
DRAWS = 1_000  # of a bootstrap: the ends of a 95 % interval to about a tenth of its width
EDGES, LABELS = (0, 1, 2, 3, 4, 7), ("0", "1", "2", "3", "4–6", "7+")
MIN_ERROR_GAIN, MIN_BIAS_GAIN = 0.02, 0.05  # of the error, and of the total: not worth a model


def bias(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Σ predicted / Σ actual − 1; missing where nothing happened."""
    total = float(np.sum(actual))
    return float(np.sum(predicted)) / total - 1 if total else float("nan")


def mae(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean absolute error per customer. It is least for the median: half of most bases never come back."""
    return float(np.mean(np.abs(np.subtract(predicted, actual))))


def rmse(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Root of the mean squared error per customer. It is least for the mean, which adds up to totals."""
    return float(np.sqrt(np.mean(np.subtract(predicted, actual) ** 2)))


def gains(actual: ArrayLike, predicted: ArrayLike) -> tuple[Floats, Floats]:
    """The share of all that happened, held by the customers predicted highest.

    Customers of equal prediction stand together and share alike, so that a method that says the same of
    everybody draws the diagonal, whatever order the customers come in. With `predicted` = `actual` this is
    the Lorenz curve, from the top.

    Returns the share of customers from 0 to 1, and that of `actual` held by the highest of them.
    """
    values, at = np.unique(-np.asarray(predicted, float), return_inverse=True)
    customers = np.bincount(at).cumsum()
    held = np.bincount(at, np.asarray(actual, float), len(values)).cumsum()
    share = held / held[-1] if held[-1] else np.full(len(held), np.nan)
    return np.r_[0, customers / customers[-1]], np.r_[0, share]


def gini(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Normalised Gini: how much of the order of customers a prediction finds.

    Twice the area between `gains` and the diagonal, over the same for the true order: 1 for that order, 0
    for none, below 0 for one turned round. Missing where all customers did the same.
    """
    curves = (gains(actual, order) for order in (predicted, actual))
    own, best = (float(2 * np.trapezoid(held, customers) - 1) for customers, held in curves)
    return own / best if best > 1e-12 else float("nan")


def top_decile(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Share of all that happened held by the tenth of the customers predicted highest.

    A group of equal predictions on the edge counts as far as it is needed, so that a method that says the
    same of everybody captures 10 % with a tenth of them.
    """
    return float(np.interp(TENTH, *gains(actual, predicted)))


def by_frequency(frequency: ArrayLike) -> NDArray[np.str_]:
    """Repeat purchases in groups: 0, 1, 2, 3, 4–6, 7+."""
    return np.array(LABELS)[np.digitize(np.asarray(frequency, float), EDGES[1:])]


def by_decile(predicted: ArrayLike) -> NDArray[np.int64]:
    """Tenths of customers by prediction, 1 the highest; equal ones stay together, where their middle is."""
    _values, at, counts = np.unique(-np.asarray(predicted, float), return_inverse=True, return_counts=True)
    middle = counts.cumsum() - counts / 2
    tenth = np.ceil(10 * middle / counts.sum()).astype(np.int64)
    return np.clip(tenth, 1, 10)[at]


def calibration(
    actual: ArrayLike, predicted: ArrayLike, group: ArrayLike, alpha: float = 0.05
) -> pd.DataFrame:
    """What was predicted of groups of customers beside what they did.

    One row per group, in its order: means per customer, and the interval of that of `actual` over customers
    like these, on the log scale, see `intervals.ratio`; for a group that did nothing, as if those who return
    did what others who did.
    """
    y = np.asarray(actual, float)
    names, at = np.unique(np.asarray(group), return_inverse=True)
    n = np.bincount(at)
    total, squares, expected = (np.bincount(at, np.asarray(v, float)) for v in (y, y**2, predicted))
    scale = float(y[y > 0].mean()) if (y > 0).any() else 1.0
    lower, upper = intervals.ratio(total / scale, n, squares / scale**2, n, total / scale, alpha)
    means = {"predicted": expected / n, "actual": total / n, "lower": lower * scale, "upper": upper * scale}
    return pd.DataFrame({"group": names, "customers": n, **means})


# ── by chance ───────────────────────────────────────────────────────────────────────────────────────────


def bootstrap(sums: ArrayLike, statistic: Callable[[Floats], T], *, seed: int) -> T:
    """A statistic of column totals, when the customers are drawn again and again with replacement.

    Many customers are first put at random into `BLOCKS` blocks of one size, give or take one, whose sums are
    drawn in their stead: the totals have the same variance, at a fraction of the time.

    Parameters
    ----------
    sums : shape (customers, columns): what each customer adds to the totals. All columns are drawn together:
        a comparison of two of them is paired, and a customer who counts at several cut-offs is drawn once.

    Source: B. Efron (1979), Bootstrap methods, Annals of Statistics 7(1), 1–26.
    """
    own = np.asarray(sums, float)
    rng = np.random.default_rng(seed)
    if len(own) > BLOCKS:
        block = rng.permutation(len(own)) % BLOCKS
        own = np.column_stack([np.bincount(block, column, BLOCKS) for column in own.T])
    n = len(own)
    taken = rng.multinomial(n, np.full(n, 1 / n), size=DRAWS)
    return statistic(taken @ own)


def percentiles(drawn: Floats, alpha: float) -> tuple[float, float]:
    """Interval that leaves `alpha` / 2 of the draws on either side."""
    lower, upper = np.quantile(drawn, [alpha / 2, 1 - alpha / 2])
    return float(lower), float(upper)


# ── the nearest method ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Cut:
    """One cut-off with all predictions made there, by method."""

    known: Split
    predictions: dict[str, Prediction]


@dataclass(frozen=True)
class BestMethod:
    """The method that came nearest for one target, and by how much.

    Nearest is the least root mean squared error per customer, least for whoever predicts means, as totals
    need; the mean absolute error favours whoever predicts 0 for the half that does not come back.
    Margins are errors relative to its own, less 1, with percentile intervals of a bootstrap in which a
    customer is drawn with all cut-offs at once.
    """

    target: str  # `purchases` or `spend`
    method: str
    cuts: tuple[dt.date, ...]  # cut-offs at which all of `compared` could be tried, on which this rests
    compared: tuple[str, ...]  # ids of all methods that were
    error: float  # root mean squared, of `method`
    # The next best, and how much larger its error is; an interval that reaches below 0 says that chance may
    # have decided.
    runner_up: str
    margin: float
    margin_lower: float
    margin_upper: float
    simple_margin: float  # the same for the historical formula; 0 where that is nearest
    simple_lower: float
    simple_upper: float
    bias: float  # Σ predicted / Σ actual − 1 over these cut-offs, of the method and of the formula
    simple_bias: float
    # The formula is not clearly worse. It is where its error is larger by more than 2 %, or its total
    # further from the truth by more than 5 points, and chance alone does not explain that.
    simple_is_as_good: bool


def best_method(target: str, cuts: list[Cut], *, seed: int, alpha: float) -> BestMethod:
    """The nearest of the methods of the cut-off at which most could be tried, wherever all of them could."""
    compared = max((list(one.predictions) for one in cuts), key=len)
    judged = [one for one in cuts if set(compared) <= set(one.predictions)]
    sums, scores = _sums(target, judged, compared), partial(_errors_and_biases, methods=len(compared))
    errors, biases = scores(sums.sum(axis=0, keepdims=True))
    drawn_errors, drawn_biases = bootstrap(sums, scores, seed=seed)
    best, second = (int(i) for i in np.argsort(errors[0], kind="stable")[:2])
    simple = compared.index(HISTORICAL)

    def margin(other: int) -> tuple[float, float, float]:
        """How much larger another method's error is than the best one's."""
        own, drawn = (table[:, other] / table[:, best] - 1 for table in (errors, drawn_errors))
        return float(own[0]), *percentiles(drawn, alpha)

    worse, worse_lower, _upper = margin(simple)
    # How much further the formula's total is from the truth than the best one's.
    off, drawn = (np.abs(table[:, simple]) - np.abs(table[:, best]) for table in (biases, drawn_biases))
    further = off[0] > MIN_BIAS_GAIN and percentiles(drawn, alpha)[0] > 0
    return BestMethod(
        target,
        compared[best],
        tuple(one.known.cut for one in judged),
        tuple(compared),
        float(errors[0, best]),
        compared[second],
        *margin(second),
        *margin(simple),
        bias=float(biases[0, best]),
        simple_bias=float(biases[0, simple]),
        simple_is_as_good=not (further or (worse > MIN_ERROR_GAIN and worse_lower > 0)),
    )


def _sums(target: str, cuts: list[Cut], methods: list[str]) -> Floats:
    """What each customer adds over the cut-offs: squared errors and predictions per method, count, actual."""
    ids = pd.concat([one.known.customers["customer_id"] for one in cuts])
    who, names = pd.factorize(ids)
    actual = np.concatenate([one.known.actual[target] for one in cuts])
    predicted = [np.concatenate([one.predictions[m].targets[target] for one in cuts]) for m in methods]
    columns = [(values - actual) ** 2 for values in predicted] + predicted + [np.ones(len(actual)), actual]
    return np.column_stack([np.bincount(who, column, len(names)) for column in columns])


def _errors_and_biases(totals: Floats, methods: int) -> tuple[Floats, Floats]:
    """Of totals of `_sums`, a row each: root mean squared errors, and Σ predicted / Σ actual − 1."""
    errors = np.sqrt(totals[:, :methods] / totals[:, -2:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        biases = totals[:, methods:-2] / totals[:, -1:] - 1
    # Nobody is nearer than 1e-12, lest one divides by it.
    return np.maximum(errors, 1e-12), np.where(np.isfinite(biases), biases, np.nan)
