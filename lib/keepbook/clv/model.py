"""The fitted model of a base: when its customers buy, what a purchase is worth, and how sure that is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keepbook.clv.base import Base, Choices
from keepbook.clv.processes import gamma_gamma
from keepbook.clv.processes.fitters import FITTERS, PROCESSES, GammaGamma
from keepbook.clv.processes.fitting import Fit, Prior, maximise
from keepbook.clv.processes.posterior import Posterior, sample
from keepbook.clv.processes.process import Process
from keepbook.clv.rfm import Floats
from keepbook.clv.validation.evaluation import Evaluation
from keepbook.errors import NotEnoughData
from keepbook.stats import intervals
from keepbook.stats.requirements import REPEATERS
from keepbook.text import catalogue

say = catalogue("clv")
DRAWS = 4000
MIN_SPENDERS = 30  # repeat buyers with positive spend, for three parameters
MIN_SPREAD = 1e-6  # relative spread of spends below which there is nothing to model
NO_DIFFERENCE = (1e3, 1e12)  # p and q of Gamma-Gamma with no difference between customers


@dataclass(frozen=True)
class Spend:
    """What a purchase period is worth.

    Attributes
    ----------
    params, draws : Gamma-Gamma's p, q, gamma, and what the data leave possible of them, shape (draws, 3).
    fit, posterior, fitter : behind them; None where there is too little to fit, and every purchase counts as
        the unit's mean (p and q then say: no difference between customers).
    why : there is none: fewer repeat buyers with positive spend than `least` (`few`), or all spend `alike`;
        else empty.
    """

    params: Floats
    draws: Floats
    fit: Fit | None = None
    posterior: Posterior | None = None
    fitter: GammaGamma | None = None
    why: str = ""
    least: int = MIN_SPENDERS


@dataclass(frozen=True)
class CustomerModel:
    """A purchase process and a model of spend, fitted on one base.

    Attributes
    ----------
    fit, posterior : its parameters and what the data leave possible of them.
    fitter : the same as an object of lifetimes.
    comparison : one row per process: model, log_likelihood (of the base), holdout_log_likelihood (a customer,
        mean over cut-offs; missing without a holdout), chosen.
    """

    process: Process
    fit: Fit
    posterior: Posterior
    fitter: object
    spend: Spend
    comparison: pd.DataFrame

    @property
    def params(self) -> Floats:
        """Of the purchase process."""
        return self.fit.params

    def draws(self, most: int) -> list[tuple[Floats, Floats]]:
        """Parameters of the process and of spend that the data leave possible: so many of the draws."""
        rows = np.linspace(0, len(self.posterior.draws) - 1, most).astype(int)
        return [(self.posterior.draws[row], self.spend.draws[row]) for row in rows]

    def parameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """One row per parameter: parameter, estimate, standard_error, ci_lower, ci_upper (posterior)."""
        fits = [(self.fit, self.posterior)]
        if self.spend.fit and self.spend.posterior:
            fits.append((self.spend.fit, self.spend.posterior))
        parts = []
        for fit, posterior in fits:
            lower, upper = interval(posterior.draws, alpha)
            names = {"parameter": fit.names, "estimate": fit.params, "standard_error": fit.standard_errors}
            parts.append(pd.DataFrame({**names, "ci_lower": lower, "ci_upper": upper}))
        return pd.concat(parts, ignore_index=True)


def fit_model(base: Base, evaluation: Evaluation | None = None) -> CustomerModel:
    """Fits the unit's model; with `auto`, the one of the three that predicted held-out purchases best.

    Without a holdout, `auto` takes the highest likelihood: all three have four parameters.
    """
    choices = base.choices
    if base.repeaters == 0:
        raise NotEnoughData(say("nobody-bought-twice"))
    held_out = evaluation.log_likelihoods if evaluation is not None else {}
    tried = [process for process in PROCESSES if choices.model in ("auto", process.key)]
    if choices.model == "auto" and held_out:
        tried = [max(PROCESSES, key=lambda process: held_out.get(process.label, -np.inf))]
    fits = {
        process: maximise(process.objective(base.patterns), Prior.of(process.names, choices.prior))
        for process in tried
    }
    best = max(fits, key=lambda process: fits[process].log_likelihood)
    fit = fits[best]
    prior = Prior.of(best.names, choices.prior)
    posterior = sample(best.objective(base.patterns), fit, DRAWS, choices.seed, prior)
    comparison = pd.DataFrame({"model": [process.label for process in PROCESSES]})
    comparison["log_likelihood"] = [fits[p].log_likelihood if p in fits else np.nan for p in PROCESSES]
    comparison["holdout_log_likelihood"] = comparison["model"].map(held_out).astype(float)
    comparison["chosen"] = [process is best for process in PROCESSES]
    known = base.patterns
    fitter = FITTERS[best.key]().fit(known.frequency, known.recency, known.T, known.customers, fit)
    spend = fit_spend(base.pairs, base.mean_spend, choices)
    return CustomerModel(best, fit, posterior, fitter, spend, comparison)


def fit_spend(pairs: pd.DataFrame, mean_spend: float, choices: Choices) -> Spend:
    """Gamma-Gamma on the pairs of repeat buyers, as `spend_pairs`; where it cannot be fitted, the mean money
    of a repeat period for everybody."""
    x, m, n = (pairs[name].to_numpy(float) for name in ("frequency", "monetary_value", "customers"))
    flat = np.array([[*NO_DIFFERENCE, max(mean_spend, 0.0) * (NO_DIFFERENCE[1] - 1) / NO_DIFFERENCE[0]]])
    if n.sum() < MIN_SPENDERS:
        return Spend(flat[0], np.repeat(flat, DRAWS, axis=0), why="few")
    middle = np.average(m, weights=n)
    if np.average((m / middle - 1) ** 2, weights=n) < MIN_SPREAD:
        return Spend(flat[0], np.repeat(flat, DRAWS, axis=0), why="alike")
    objective = gamma_gamma.SpendObjective(x, m, n)
    prior = Prior.of(objective.names, choices.prior)
    fit = maximise(objective, prior)
    posterior = sample(objective, fit, DRAWS, choices.seed + 1, prior)
    return Spend(fit.params, posterior.draws, fit, posterior, GammaGamma().fit(x, m, n, fit))


def interval(draws: Floats, alpha: float) -> Floats:
    """Lower and upper limit of draws, along their first axis."""
    return np.quantile(draws, [alpha / 2, 1 - alpha / 2], axis=0)


def dependence(pairs: pd.DataFrame, alpha: float = 0.05) -> tuple[float, float, float]:
    """Correlation of frequency and mean spend among repeat buyers, and its interval.

    Of money, not of its logarithm: the logarithm of a mean over few purchases is lower than that of one over
    many, so that it correlates with frequency where spend does not. On Fisher's z scale, with a standard
    error that holds whatever the distribution is, and is never below Fisher's for a normal one.

    Returns
    -------
    Correlation, lower, upper; missing where there are fewer than four customers, or either does not vary.

    Source: J. H. Steiger & A. R. Hakstian (1982), The asymptotic distribution of elements of a correlation
    matrix, British Journal of Mathematical and Statistical Psychology 35, 208–215 (the standard error).
    """
    x, m, n = (pairs[name].to_numpy(float) for name in ("frequency", "monetary_value", "customers"))
    total = n.sum()
    if total < 4 or np.ptp(x) == 0 or np.ptp(m) <= 1e-9 * np.abs(m).max():
        return float("nan"), float("nan"), float("nan")
    a, b = (v - np.average(v, weights=n) for v in (x, m))
    a, b = (v / np.sqrt(np.average(v**2, weights=n)) for v in (a, b))
    r = float(np.clip(np.average(a * b, weights=n), -1 + 1e-12, 1 - 1e-12))
    influence = a * b - r / 2 * (a**2 + b**2)
    free = np.sqrt(np.average(influence**2, weights=n) / total) / (1 - r**2)
    half = intervals.z_of(alpha) * max(float(free), (total - 3) ** -0.5)
    return r, float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


def drift(activity: pd.DataFrame, alpha: float = 0.05) -> tuple[float, float, float]:
    """Relative change of the mean gross money of a repeat purchase, newest against oldest third of the time.

    The interval takes time units as independent (`intervals.ratio` for each third, put together on the log
    scale).

    Returns
    -------
    Change (0.1: ten per cent more), lower, upper; missing where a third has fewer than 30 repeat purchases,
        or they cost nothing.
    """
    dates = activity["date"]
    third = (dates.max() - dates.min()) / 3
    thirds = [activity[dates <= dates.min() + third], activity[dates > dates.max() - third]]
    logs = []
    for part in thirds:
        y, x = (part[name].to_numpy(float) for name in ("repeat_spend", "returning"))
        if x.sum() < REPEATERS or y.sum() <= 0:
            return float("nan"), float("nan"), float("nan")
        limits = intervals.ratio(y.sum(), x.sum(), (y**2).sum(), (x**2).sum(), (y * x).sum(), alpha)
        low, high = (float(np.log(limit)) for limit in limits)
        logs.append((float(np.log(y.sum() / x.sum())), low, high))
    old, new = logs
    lower, upper = intervals.difference(new, old)
    return float(np.expm1(new[0] - old[0])), float(np.expm1(lower)), float(np.expm1(upper))
