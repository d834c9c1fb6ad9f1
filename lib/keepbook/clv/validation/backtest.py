"""The purchase models on a cut-off: fitted to what was known there, judged by what followed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keepbook.clv.processes import gamma_gamma
from keepbook.clv.processes.fitting import Fit, Prior, maximise
from keepbook.clv.processes.process import Process
from keepbook.clv.rfm import Patterns
from keepbook.clv.validation.baselines import MIN_REPEATERS, Floats, Prediction, Split
from keepbook.errors import NotEnoughData
from keepbook.stats import intervals
from keepbook.text import catalogue, day

say = catalogue("clv")
Priors = Mapping[str, tuple[float, float]]
MIN_SPREAD = 1e-3  # relative spread of spends below which there is nothing to model
LEVELS = (0.5, 0.8, 0.95)
CHUNK = 50_000  # counts whose probability is asked for at a time
TENTHS = 10


@dataclass(frozen=True)
class ModelPrediction(Prediction):
    """A model's whole distribution for the holdout, per customer."""

    fit: Fit  # of the purchase model, at the cut-off
    p_alive: Floats  # at the cut-off
    below: Floats  # probability of fewer purchases than happened
    at: Floats  # and of just as many
    p_return: Floats  # probability of at least one

    @property
    def log_likelihood(self) -> float:
        """Mean over customers of the log-probability of what happened."""
        return float(np.log(np.maximum(self.at, 1e-300)).mean())


def predict(
    process: Process, known: Split, prior: Priors | None = None, money: Floats | None = None
) -> ModelPrediction:
    """Fits a purchase model to a cut-off, and predicts the holdout at the optimum.

    Parameters
    ----------
    prior : parameter → (median, log_sd).
    money : `spend_per_purchase`, which is the same for all purchase models; None computes it.
    """
    c = known.customers
    again = int((c["frequency"] > 0).sum())
    if again < MIN_REPEATERS:
        raise NotEnoughData(say("too-few-to-fit", cut=day(known.cut), again=again, least=MIN_REPEATERS))
    groups = c.groupby(["frequency", "T", "recency"], sort=True)
    sums = groups.agg(customers=("T", "size"), repeat_spend=("repeat_spend", "sum")).reset_index()
    patterns = Patterns.of(sums.assign(repeat_spend_squares=np.nan))  # not needed here
    objective = process.objective(patterns)
    fit = maximise(objective, Prior.of(objective.names, prior))
    if not (fit.converged and np.isfinite(fit.params).all()):
        raise NotEnoughData(say("no-fit", model=process.label, cut=day(known.cut)))
    alive = process.p_alive(fit.params, patterns.frequency, patterns.recency, patterns.T)[groups.ngroup()]
    expected, same, fewer, none = _counts(process, fit.params, known)
    if not (np.isfinite(expected).all() and same.max() <= 1 + 1e-6):  # parameters beyond what a number holds
        raise NotEnoughData(say("parameters-run-away", model=process.label, cut=day(known.cut)))
    happened = c["purchases_holdout"].to_numpy() > 0
    purchases = alive * expected
    return ModelPrediction(
        method=process.label,
        purchases=purchases,
        spend=purchases * (spend_per_purchase(known, prior) if money is None else money),
        fit=fit,
        p_alive=alive,
        below=alive * fewer + (1 - alive) * happened,
        at=alive * same + (1 - alive) * ~happened,
        p_return=alive * (1 - none),
    )


def _counts(process: Process, params: Floats, known: Split) -> tuple[Floats, Floats, Floats, Floats]:
    """Given alive, of each customer: expected purchases, P(as many as happened), P(fewer), P(none).

    These depend on frequency and T alone; of each such pair, every count up to the largest that happened.
    """
    groups = known.customers.groupby(["frequency", "T"], sort=True)
    at, happened = groups.ngroup().to_numpy(), known.customers["purchases_holdout"].to_numpy(np.int64)
    pairs = groups["purchases_holdout"].max().reset_index()
    frequency, T = (pairs[name].to_numpy(float) for name in ("frequency", "T"))
    most = pairs["purchases_holdout"].to_numpy(np.int64)
    first = np.r_[0, np.cumsum(most + 1)]
    row = np.repeat(np.arange(len(most)), most + 1)
    count = np.arange(first[-1]) - first[row]
    mass = np.empty(len(row))
    for start in range(0, len(row), CHUNK):
        part = slice(start, start + CHUNK)
        pair = row[part]
        mass[part] = process.pmf_alive(params, frequency[pair], T[pair], known.horizon, count[part])
    up_to = np.cumsum(mass)
    before = np.r_[0.0, up_to][first[:-1]]
    here = first[at] + happened
    expected = process.expected_alive(params, frequency, T, known.horizon)
    same = mass[here]
    with np.errstate(invalid="ignore"):
        fewer = np.where(happened > 0, np.clip(up_to[here] - before[at] - same, 0, 1), 0.0)  # rounding apart
    return expected[at], same, fewer, mass[first[:-1]][at]


def spend_per_purchase(known: Split, prior: Priors | None = None) -> Floats:
    """Expected gross money of a period with a purchase, per customer, by Gamma-Gamma.

    Fitted to those whose repeat purchases cost something; whoever came back and paid nothing is taken to go
    on so. Where fewer than 30 paid, or all paid the same, the others get the mean of all.
    """
    c = known.customers
    paid = (c["frequency"] > 0) & (c["monetary_value"] > 0)
    free = (c["frequency"] > 0) & ~paid
    mean = float(c["repeat_spend"].sum() / max(c["frequency"].sum(), 1))
    money = c["monetary_value"][paid]
    if len(money) >= MIN_REPEATERS and money.std() > MIN_SPREAD * money.mean():
        groups = c[paid].groupby(["frequency", "monetary_value"], sort=True)
        pairs = groups.size().reset_index(name="customers")
        columns = (pairs[name].to_numpy(float) for name in ("frequency", "monetary_value", "customers"))
        objective = gamma_gamma.SpendObjective(*columns)
        fit = maximise(objective, Prior.of(objective.names, prior))
        values = gamma_gamma.expected_spend(fit.params, c["frequency"], c["monetary_value"])
        if fit.converged and np.isfinite(values).all():
            return np.where(free, 0.0, values)
    return np.where(free, 0.0, mean)


def alive(prediction: ModelPrediction, known: Split, alpha: float) -> pd.DataFrame:
    """P(alive) in tenths (1: up to 0.1) beside who came back, which not all who are alive need do in time.

    One row per tenth that has customers: p_alive (mean), expected (mean probability of a purchase), returned
    (share with one), lower, upper (Wilson).
    """
    frame = pd.DataFrame(
        {
            "bin": np.clip(np.ceil(prediction.p_alive * TENTHS), 1, TENTHS).astype(int),
            "p_alive": prediction.p_alive,
            "expected": prediction.p_return,
            "returned": known.actual["purchases"] > 0,
        }
    )
    groups = frame.groupby("bin")
    table = groups.mean()
    table.insert(0, "customers", groups.size())
    back = groups["returned"].sum()
    table["lower"], table["upper"] = intervals.wilson(back, table["customers"], alpha)
    return table.reset_index()


def coverage(prediction: ModelPrediction, alpha: float) -> pd.DataFrame:
    """How often the central interval of a customer's count held what happened.

    A count has no interval of exactly 80 %. Where one of its values lies across an end of the interval, it
    counts as inside for the share of its probability that does: the randomised interval, with the average
    over its coin in place of a coin. One row per level, with the interval of that share.
    """
    rows = []
    for level in LEVELS:
        inside = _overlap(prediction, (1 - level) / 2, (1 + level) / 2)
        share = float(inside.mean())
        half = intervals.z_of(alpha) * float(inside.std()) / len(inside) ** 0.5
        rows.append((level, len(inside), share, max(share - half, 0.0), min(share + half, 1.0)))
    return pd.DataFrame(rows, columns=["level", "customers", "covered", "lower", "upper"])


def transform(prediction: ModelPrediction) -> pd.DataFrame:
    """The probability integral transform of the counts, its randomness averaged: even where all is well.

    Source: C. Czado, T. Gneiting & L. Held (2009), Predictive model assessment for count data, Biometrics 65,
    1254–1261, §2.1.
    """
    shares = [float(_overlap(prediction, i / TENTHS, (i + 1) / TENTHS).mean()) for i in range(TENTHS)]
    return pd.DataFrame({"bin": range(1, TENTHS + 1), "share": shares})


def _overlap(prediction: ModelPrediction, low: float, high: float) -> Floats:
    """Of the stretch of probability that what happened takes up, the share between two levels."""
    width = np.maximum(prediction.at, 1e-12)
    inside = np.minimum(prediction.below + width, high) - np.maximum(prediction.below, low)
    return np.asarray(np.clip(inside / width, 0, 1))
