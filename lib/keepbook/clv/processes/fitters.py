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

from keepbook.clv.processes import gamma_gamma
from keepbook.clv.processes.bg_nbd import BG, MBG
from keepbook.clv.processes.fitting import Fit, maximise
from keepbook.clv.processes.pareto_nbd import PARETO
from keepbook.clv.processes.process import Process, floats
from keepbook.clv.rfm import Floats, Patterns

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
    """A purchase process behind lifetimes' method names, which lifetimes documents."""

    process: Process
    params_: pd.Series
    data: pd.DataFrame
    _simulate: Callable[..., pd.DataFrame]

    def fit(
        self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, weights: ArrayLike = 1, fit: Any = None
    ) -> Any:
        """Fits customers, or patterns with their counts as `weights`; or takes over a `Fit` made of them."""
        x, t_x, T, n = np.broadcast_arrays(*floats(frequency, recency, T, weights))
        rows = pd.DataFrame({"frequency": x.astype(int), "recency": t_x, "T": T, "customers": n})
        self.data = rows.groupby(["frequency", "recency", "T"], as_index=False).sum()
        fit = fit or maximise(self.process.objective(Patterns.of(self.data)))
        self.data = self.data.rename(columns={"customers": "weights"})
        _described(self, fit, list(self.process.names))
        self.predict = self.conditional_expected_number_of_purchases_up_to_time
        return self

    def generate_new_data(self, size: int = 1) -> pd.DataFrame:
        """So many customers simulated by lifetimes, with ages drawn from the data's own."""
        ages = self.data["T"].sample(size, replace=True, weights=self.data["weights"])
        return self._simulate(ages.to_numpy(), *self.params_, size=size)

    def conditional_expected_number_of_purchases_up_to_time(
        self, t: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        return self.process.expected_purchases(self.params_, frequency, recency, T, t)

    def conditional_probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> Floats:
        return self.process.p_alive(self.params_, frequency, recency, T)

    def expected_number_of_purchases_up_to_time(self, t: ArrayLike) -> Floats:
        return self.process.expected_new(self.params_, t)

    def probability_of_n_purchases_up_to_time(self, t: ArrayLike, n: ArrayLike) -> Floats:
        return self.process.pmf_new(self.params_, t, n)

    def conditional_probability_of_n_purchases_up_to_time(
        self, n: ArrayLike, t: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> Floats:
        return self.process.pmf_purchases(self.params_, frequency, recency, T, t, n)


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
        self, frequency: ArrayLike, monetary_value: ArrayLike, weights: ArrayLike = 1.0, fit: Any = None
    ) -> GammaGamma:
        """Fits repeat buyers with positive spend, or pairs with their counts as `weights`; or takes over a
        `Fit` made of them."""
        x, m, n = np.broadcast_arrays(*floats(frequency, monetary_value, weights))
        _described(self, fit or maximise(gamma_gamma.SpendObjective(x, m, n)), ["p", "q", "v"])
        self.data = pd.DataFrame({"frequency": x, "monetary_value": m, "weights": n})
        return self

    def conditional_expected_average_profit(
        self, frequency: ArrayLike | None = None, monetary_value: ArrayLike | None = None
    ) -> Floats:
        """Expected money per future purchase period; of a one-time buyer, the mean of all."""
        x = self.data["frequency"] if frequency is None else frequency
        m = self.data["monetary_value"] if monetary_value is None else monetary_value
        return gamma_gamma.expected_spend(self.params_, x, m)


FITTERS: dict[str, type] = {"bg_nbd": BetaGeo, "mbg_nbd": ModifiedBetaGeo, "pareto_nbd": Pareto}
