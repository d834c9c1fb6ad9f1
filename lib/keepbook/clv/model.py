"""The fitted model of a base: when its customers buy, what a purchase is worth, and how sure that is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.choices import Choices
from keepbook.clv.processes import gamma_gamma
from keepbook.clv.processes.fitters import FITTERS, PROCESSES, GammaGamma
from keepbook.clv.processes.fitting import Fit, Prior, maximise
from keepbook.clv.processes.objective import Floats
from keepbook.clv.processes.posterior import Posterior, sample
from keepbook.clv.processes.process import Process
from keepbook.clv.validation.evaluation import Evaluation
from keepbook.errors import NotEnoughData
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
    params : Gamma-Gamma's p, q, gamma.
    draws : shape (draws, 3), what the data leave possible of them.
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
    process : BG, MBG or PARETO.
    fit, posterior : its parameters and what the data leave possible of them.
    fitter : the same as an object of lifetimes.
    spend : what a purchase period is worth.
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

    def parameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """One row per parameter: parameter, estimate, standard_error, ci_lower, ci_upper (posterior)."""
        parts = [(self.fit, self.posterior.draws)]
        if self.spend.fit:
            parts.append((self.spend.fit, self.spend.draws))
        rows = [
            (name, value, error, *np.quantile(draws[:, i], [alpha / 2, 1 - alpha / 2]))
            for fit, draws in parts
            for i, (name, value, error) in enumerate(
                zip(fit.names, fit.params, fit.standard_errors, strict=True)
            )
        ]
        return pd.DataFrame(rows, columns=["parameter", "estimate", "standard_error", "ci_lower", "ci_upper"])


def fit_model(base: Base, evaluation: Evaluation | None = None) -> CustomerModel:
    """Fits the unit's model; with `auto`, the one of the three that predicted held-out purchases best.

    Without a holdout, `auto` takes the highest likelihood: all three have four parameters.

    Raises
    ------
    NotEnoughData : nobody came back, so there is no process to fit.
    """
    choices = base.choices
    if base.repeaters == 0:
        raise NotEnoughData(say("nobody-bought-twice"))
    wanted = [p for p in PROCESSES if choices.model in ("auto", p.key)]
    held_out = evaluation.log_likelihoods if evaluation is not None else {}
    if choices.model == "auto" and held_out:
        best = max(PROCESSES, key=lambda process: held_out.get(process.label, -np.inf))
        fits = {best: _fit(best, base)}
    else:
        fits = {process: _fit(process, base) for process in wanted}
        best = max(fits, key=lambda process: fits[process].log_likelihood)
    fit = fits[best]
    prior = Prior.of(best.names, choices.prior)
    posterior = sample(best.objective(base.patterns), fit, DRAWS, choices.seed, prior)
    comparison = pd.DataFrame(
        {
            "model": [process.label for process in PROCESSES],
            "log_likelihood": [fits[p].log_likelihood if p in fits else np.nan for p in PROCESSES],
            "holdout_log_likelihood": [held_out.get(p.label, np.nan) for p in PROCESSES],
            "chosen": [process is best for process in PROCESSES],
        }
    )
    fitter = FITTERS[best.key]().fit_patterns(base.patterns, fit)
    return CustomerModel(
        best, fit, posterior, fitter, fit_spend(base.pairs, base.mean_spend, choices), comparison
    )


def _fit(process: Process, base: Base) -> Fit:
    return maximise(process.objective(base.patterns), Prior.of(process.names, base.choices.prior))


def fit_spend(pairs: pd.DataFrame, mean_spend: float, choices: Choices) -> Spend:
    """Gamma-Gamma on the pairs of repeat buyers; the plain mean where it cannot be fitted.

    Parameters
    ----------
    pairs : one row per distinct frequency and monetary_value, with customers, as `spend_pairs`.
    mean_spend : money per repeat period, for everybody where there is too little to tell them apart.
    """
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
    return Spend(fit.params, posterior.draws, fit, posterior, GammaGamma().fit_pairs(x, m, n, fit))


def interval(draws: Floats, alpha: float) -> tuple[float, float]:
    """The central interval of draws."""
    lower, upper = np.quantile(draws, [alpha / 2, 1 - alpha / 2])
    return float(lower), float(upper)
