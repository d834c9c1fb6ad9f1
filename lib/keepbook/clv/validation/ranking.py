"""Methods ranked: which came nearest, by how much, and whether the simple formula does as well."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keepbook.clv.validation import measures
from keepbook.clv.validation.baselines import HISTORICAL, Floats, Prediction, Split

MIN_ERROR_GAIN, MIN_BIAS_GAIN = 0.02, 0.05  # of the error, and of the total: not worth a model


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

    Attributes
    ----------
    target : `purchases` or `spend`.
    method : its id.
    cuts : cut-offs at which all of `compared` could be tried, on which this rests.
    compared : ids of all methods that were.
    error : its root mean squared error.
    runner_up, margin, margin_lower, margin_upper : the next best, and how much larger its error is; an
        interval that reaches below 0 says that chance may have decided.
    simple_margin, simple_lower, simple_upper : the same for the historical formula; 0 where that is nearest.
    bias, simple_bias : Σ predicted / Σ actual − 1 over these cut-offs, of the method and of the formula.
    simple_is_as_good : the formula is not clearly worse. It is where its error is larger by more than 2 %, or
        its total further from the truth by more than 5 points, and chance alone does not explain that.
    """

    target: str
    method: str
    cuts: tuple[dt.date, ...]
    compared: tuple[str, ...]
    error: float
    runner_up: str
    margin: float
    margin_lower: float
    margin_upper: float
    simple_margin: float
    simple_lower: float
    simple_upper: float
    bias: float
    simple_bias: float
    simple_is_as_good: bool


def best_method(target: str, cuts: list[Cut], *, seed: int, alpha: float) -> BestMethod:
    """The nearest method for one target.

    Compared are the methods of the cut-off at which most could be tried (the newest of several), at every
    cut-off at which all of them could.
    """
    compared = max((list(one.predictions) for one in cuts), key=len)
    judged = [one for one in cuts if set(compared) <= set(one.predictions)]
    total = _Totals(_sums(target, judged, compared), len(compared))
    errors, biases = total.errors(total.own), total.biases(total.own)
    drawn = measures.bootstrap(total.sums, lambda totals: totals, seed=seed)
    drawn_errors, drawn_biases = total.errors(drawn), total.biases(drawn)
    best, second = (int(i) for i in np.argsort(errors[0], kind="stable")[:2])
    simple = compared.index(HISTORICAL)

    def margin(other: int) -> tuple[float, float, float]:
        """How much larger another method's error is than the best one's."""
        estimate = float(errors[0, other] / errors[0, best] - 1)
        lower, upper = measures.percentiles(drawn_errors[:, other] / drawn_errors[:, best] - 1, alpha)
        return estimate, lower, upper

    def further(biases: Floats) -> Floats:
        """How much further the formula's total is from the truth than the best one's."""
        return np.abs(biases[:, simple]) - np.abs(biases[:, best])

    worse, worse_lower, _upper = margin(simple)
    off, off_lower = float(further(biases)[0]), measures.percentiles(further(drawn_biases), alpha)[0]
    clearly = (worse > MIN_ERROR_GAIN and worse_lower > 0) or (off > MIN_BIAS_GAIN and off_lower > 0)
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
        simple_is_as_good=not clearly,
    )


def _sums(target: str, cuts: list[Cut], methods: list[str]) -> Floats:
    """What each customer adds over the cut-offs: squared errors and predictions per method, count, actual."""
    ids = pd.concat([one.known.customers["customer_id"] for one in cuts])
    who, names = pd.factorize(ids)
    actual = np.concatenate([one.known.actual[target] for one in cuts])
    predicted = [np.concatenate([one.predictions[m].targets[target] for one in cuts]) for m in methods]
    columns = [(values - actual) ** 2 for values in predicted] + predicted + [np.ones(len(actual)), actual]
    return np.column_stack([np.bincount(who, column, len(names)) for column in columns])


@dataclass(frozen=True)
class _Totals:
    """Sums per customer, and what their totals say of each of so many methods."""

    sums: Floats
    methods: int

    @property
    def own(self) -> Floats:
        """Totals of the customers there are, in one row."""
        return self.sums.sum(axis=0, keepdims=True)

    def errors(self, totals: Floats) -> Floats:
        """Root mean squared errors, shape (rows, methods)."""
        root: Floats = np.sqrt(totals[:, : self.methods] / totals[:, -2:-1])
        return np.maximum(root, 1e-12)  # nobody is nearer than this, lest one divides by it

    def biases(self, totals: Floats) -> Floats:
        """Σ predicted / Σ actual − 1, shape (rows, methods); missing where nothing happened."""
        with np.errstate(invalid="ignore", divide="ignore"):
            off: Floats = totals[:, self.methods : -2] / totals[:, -1:] - 1
        return np.where(np.isfinite(off), off, np.nan)
