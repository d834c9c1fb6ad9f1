"""lifetimes' fitters, fitted on patterns and with predictions that hold everywhere.

They are lifetimes objects, so whatever lifetimes offers on a fitter works on them; what it gets wrong on a
current stack (NaN for the best customers, asymmetric covariance, unchecked convergence) is replaced.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from keepbook.clv.patterns import Patterns
from keepbook.clv.processes import gamma_gamma
from keepbook.clv.processes.bg_nbd import BG, MBG
from keepbook.clv.processes.fitting import Fit, maximise
from keepbook.clv.processes.objective import Floats
from keepbook.clv.processes.pareto_nbd import PARETO
from keepbook.clv.processes.process import Process

with warnings.catch_warnings():  # its import silences FutureWarning everywhere, and sets an option that went
    warnings.simplefilter("ignore")
    from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
    from lifetimes import generate_data as simulated

PROCESSES: tuple[Process, ...] = (BG, MBG, PARETO)


def _described(fitter: Any, fit: Fit, names: list[str]) -> None:
    """Parameters with their covariance, under lifetimes' own names."""
    fitter.params_ = pd.Series(fit.params, index=names)
    fitter.variance_matrix_ = pd.DataFrame(fit.covariance, index=names, columns=names)
    fitter.standard_errors_ = pd.Series(fit.standard_errors, index=names)
    reach = float(norm.ppf(0.975)) * fitter.standard_errors_
    limits = {"lower 95% bound": fitter.params_ - reach, "upper 95% bound": fitter.params_ + reach}
    fitter.confidence_intervals_ = pd.DataFrame(limits)
    fitter.log_likelihood_ = fit.log_likelihood
    fitter._negative_log_likelihood_ = -fit.log_likelihood / fit.weight
    fitter.fit_ = fit


class _PurchaseFitter:
    """A purchase process behind lifetimes' method names."""

    process: Process
    params_: pd.Series
    data: pd.DataFrame
    _simulate: Callable[..., pd.DataFrame]

    def fit(
        self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None
    ) -> Any:
        """Fits customers, or patterns with their counts as `weights`; no other option is needed."""
        columns = {"frequency": frequency, "recency": recency, "T": T}
        rows = pd.DataFrame({name: np.asarray(values, float) for name, values in columns.items()})
        rows["customers"] = 1.0 if weights is None else np.asarray(weights, float)
        grouped = rows.groupby(list(columns), as_index=False)["customers"].sum()
        return self.fit_patterns(Patterns.of(grouped.assign(repeat_spend=0.0, repeat_spend_squares=0.0)))

    def fit_patterns(self, patterns: Patterns, fit: Fit | None = None) -> Any:
        """Fits patterns, or takes over a fit made of them."""
        _described(self, fit or maximise(self.process.objective(patterns)), list(self.process.names))
        names = {"frequency": patterns.frequency.astype(int), "recency": patterns.recency}
        self.data = pd.DataFrame(names | {"T": patterns.T, "weights": patterns.customers})
        self.predict = self.conditional_expected_number_of_purchases_up_to_time
        return self

    def generate_new_data(self, size: int = 1) -> pd.DataFrame:
        """So many customers simulated by lifetimes, with ages drawn from the data's own."""
        ages = self.data["T"].sample(size, replace=True, weights=self.data["weights"])
        return self._simulate(ages.to_numpy(), *self.params_, size=size)

    def conditional_expected_number_of_purchases_up_to_time(
        self, t: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Expected purchases in (T, T + t]."""
        return self.process.expected_purchases(self.params_, frequency, recency, T, t)

    def conditional_probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        """P(alive at T)."""
        return self.process.p_alive(self.params_, frequency, recency, T)

    def expected_number_of_purchases_up_to_time(self, t: ArrayLike) -> Floats:
        """Expected repeat purchases of a new customer in the first t."""
        return self.process.expected_new(self.params_, t)

    def probability_of_n_purchases_up_to_time(self, t: ArrayLike, n: ArrayLike) -> Floats:
        """P(n repeat purchases of a new customer in the first t)."""
        return self.process.pmf_new(self.params_, t, n)

    def conditional_probability_of_n_purchases_up_to_time(
        self, n: ArrayLike, t: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        """P(n purchases in (T, T + t])."""
        alive = self.process.p_alive(self.params_, frequency, recency, T)
        bought = self.process.pmf_alive(self.params_, frequency, T, t, n)
        return alive * bought + (1 - alive) * (np.asarray(n) == 0)


class BetaGeo(_PurchaseFitter, BetaGeoFitter):
    """BG/NBD as a lifetimes `BetaGeoFitter`."""

    process = BG
    _simulate = staticmethod(simulated.beta_geometric_nbd_model)


class ModifiedBetaGeo(_PurchaseFitter, ModifiedBetaGeoFitter):
    """MBG/NBD as a lifetimes `ModifiedBetaGeoFitter`."""

    process = MBG
    _simulate = staticmethod(simulated.modified_beta_geometric_nbd_model)


class Pareto(_PurchaseFitter, ParetoNBDFitter):
    """Pareto/NBD as a lifetimes `ParetoNBDFitter`."""

    process = PARETO
    _simulate = staticmethod(simulated.pareto_nbd_model)


class GammaGamma(GammaGammaFitter):
    """Gamma-Gamma as a lifetimes `GammaGammaFitter`, with q held above 1; lifetimes calls gamma `v`."""

    def fit(
        self, frequency: ArrayLike, monetary_value: ArrayLike, weights: ArrayLike | None = None
    ) -> GammaGamma:
        """Fits repeat buyers with positive spend, or pairs with their counts as `weights`."""
        x, m = np.asarray(frequency, float), np.asarray(monetary_value, float)
        n = np.ones_like(x) if weights is None else np.asarray(weights, float)
        return self.fit_pairs(x, m, n)

    def fit_pairs(
        self, frequency: Floats, monetary_value: Floats, customers: Floats, fit: Fit | None = None
    ) -> GammaGamma:
        """Fits (frequency, mean spend) pairs, or takes over a fit made of them."""
        objective = gamma_gamma.SpendObjective(frequency, monetary_value, customers)
        _described(self, fit or maximise(objective), ["p", "q", "v"])
        columns = {"frequency": frequency, "monetary_value": monetary_value, "weights": customers}
        self.data = pd.DataFrame(columns)
        return self

    def conditional_expected_average_profit(
        self, frequency: ArrayLike | None = None, monetary_value: ArrayLike | None = None
    ) -> Floats:
        """Expected money per future purchase period; of a one-time buyer, the mean of all."""
        x = self.data["frequency"] if frequency is None else frequency
        m = self.data["monetary_value"] if monetary_value is None else monetary_value
        return gamma_gamma.expected_spend(self.params_, x, m)


FITTERS: dict[str, type] = {"bg_nbd": BetaGeo, "mbg_nbd": ModifiedBetaGeo, "pareto_nbd": Pareto}
