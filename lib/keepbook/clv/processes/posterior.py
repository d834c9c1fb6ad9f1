"""Draws from what the data leave possible: Laplace's normal as proposal, weighted by the true likelihood.

The proposal is a Student t around the optimum in log-parameters. Pareto-smoothed importance weights say
how good it is (k̂); where it is not, it is moved to what the weights show and tried again.

Few data leave some parameters open: the likelihood then tends to a constant above zero as they run away, and
no finite posterior exists without a prior. So a very weak one is always there (`WithWeakPrior`).

References
----------
Vehtari, Simpson, Gelman, Yao & Gabry (2024), "Pareto smoothed importance sampling", JMLR 25(72): k̂ ≤ 0.7.
Zhang & Stephens (2009), "A new and efficient estimation method for the generalized Pareto distribution",
Technometrics 51(3).
"""

from dataclasses import dataclass

import numpy as np

from keepbook.clv.processes.fitting import Fit, Prior, WithWeakPrior, maximise
from keepbook.clv.processes.process import Objective
from keepbook.clv.rfm import Floats

STUDENT_DF = 8.0  # tails heavier than any likelihood's
MAX_KHAT = 0.7
MAX_ROUNDS = 6
VAGUE_LOG_SD = 1.0  # log_sd of a parameter from where the likelihood is not shaped like its own top
MIN_EFFECTIVE = 0.1  # share of the draws that weights must be worth for a proposal to be moved by them
MAX_CELLS = 2e7  # draws × logarithms that are worth the wait: two seconds
MIN_PROPOSED = 200
NORMAL_ABOVE = 30_000  # customers make the posterior a normal in the log-parameters


@dataclass(frozen=True)
class Posterior:
    """Parameters that the data leave possible, all equally likely."""

    draws: Floats  # shape (draws, parameters), in the order of the fit's names
    # K̂ of the importance weights; above 0.7 the draws are not to be relied on. Missing where there are so
    # many customers that the normal around the optimum was taken as it is.
    khat: float
    effective: float  # draws that the weighted ones are worth


def sample(
    objective: Objective, fit: Fit, draws: int = 4000, seed: int = 1, prior: Prior | None = None
) -> Posterior:
    """Draws from the posterior under the prior, and the weak one of `WithWeakPrior`.

    The proposal lies around the fit, the optimum under `prior`; where that leaves parameters open, around
    the one under the weak prior as well. Where the likelihood would take long, it is computed at fewer points
    than draws: with so many customers it is so narrow that few describe it.
    """
    prior = prior or Prior.of(objective.names, None)
    target, rng = WithWeakPrior(objective), np.random.default_rng(seed)
    if fit.boundary or np.diag(fit.log_covariance).max() > VAGUE_LOG_SD**2:
        fit = maximise(target, prior)
    centre, root = np.log(fit.params - fit.floors), _root(fit.log_covariance)
    if objective.weight > NORMAL_ABOVE:
        logs = centre + rng.standard_normal((draws, root.shape[1])) @ root.T
        return Posterior(objective.floors + np.exp(logs), float("nan"), draws)
    proposed = int(np.clip(MAX_CELLS // max(objective.cells, 1), MIN_PROPOSED, draws))
    best = np.inf, np.empty(0), np.empty(0)
    for _round in range(MAX_ROUNDS):
        logs, log_density = _student(centre, root, proposed, rng)
        with np.errstate(all="ignore"):  # a proposal's far ends
            params = objective.floors + np.exp(logs)
            log_ratio = target.values(params) + prior.log_density(params) - log_density
        log_ratio = np.where(np.isfinite(log_ratio), log_ratio, -np.inf)
        weight, khat = smoothed(log_ratio)
        if khat < best[0]:
            best = khat, weight, params
        if khat <= MAX_KHAT:
            break
        centre, root = _moved(logs, log_ratio)
    khat, weight, params = best
    chosen = _systematic(weight, draws, rng)
    return Posterior(params[chosen], khat, float(1 / (weight**2).sum()))


def _moved(logs: Floats, log_ratio: Floats) -> tuple[Floats, Floats]:
    """Centre and root of a proposal such as the weights show it, a little wider. Weights that rest on a few
    draws are flattened first (a power of them), else those few would be all that is left of it."""
    power = 1.0
    while True:
        weight = np.exp(power * (log_ratio - log_ratio.max()))
        weight /= weight.sum()
        if 1 / (weight**2).sum() >= MIN_EFFECTIVE * len(weight) or power < 1e-3:
            break
        power *= 0.8
    centre = weight @ logs
    away = logs - centre
    return centre, _root((away * weight[:, None]).T @ away * 1.2)


def _root(covariance: Floats) -> Floats:
    """A with A Aᵀ = covariance, one column per direction that varies."""
    size, axes = np.linalg.eigh(covariance)
    varies = size > 1e-14 * max(size.max(), 1e-300)
    return axes[:, varies] * np.sqrt(size[varies])


def _student(centre: Floats, root: Floats, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draws of a multivariate Student t and their log-density up to a constant."""
    dimension = root.shape[1]
    z = rng.standard_normal((draws, dimension)) / np.sqrt(rng.chisquare(STUDENT_DF, (draws, 1)) / STUDENT_DF)
    log_density = -(STUDENT_DF + dimension) / 2 * np.log1p((z**2).sum(axis=1) / STUDENT_DF)
    return centre + z @ root.T, log_density


def smoothed(log_ratio: Floats) -> tuple[Floats, float]:
    """Normalised importance weights, their largest replaced by quantiles of a generalised Pareto; and k̂."""
    weight = np.exp(log_ratio - log_ratio.max())
    many = int(np.ceil(min(0.2 * len(weight), 3 * np.sqrt(len(weight)))))
    order = np.argsort(weight)
    cut = weight[order[-many - 1]]
    excess = weight[order[-many:]] - cut
    if many < 5 or excess[-1] <= 1e-12 * max(cut, 1e-300):
        return weight / weight.sum(), 0.0  # all alike
    khat, sigma = _generalised_pareto(np.maximum(excess, 1e-300))
    middle = (np.arange(many) + 0.5) / many
    quantile = sigma * np.expm1(-khat * np.log1p(-middle)) / khat if khat else -sigma * np.log1p(-middle)
    weight[order[-many:]] = np.minimum(cut + quantile, 1.0)
    return weight / weight.sum(), khat


def _generalised_pareto(excess: Floats) -> tuple[float, float]:
    """Shape k̂ (drawn a little to 0.5, as Vehtari et al. do) and scale, of ascending excesses."""
    n = len(excess)
    grid = 30 + int(np.sqrt(n))
    quartile = excess[int(n / 4 + 0.5) - 1]
    theta = 1 / excess[-1] + (1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3 * quartile)
    shape = np.log1p(-theta[:, None] * excess).mean(axis=1)
    likelihood = n * (np.log(-theta / shape) - shape - 1)
    weight = 1 / np.exp(likelihood - likelihood[:, None]).sum(axis=1)
    best = float((theta * weight).sum() / weight.sum())
    k = float(np.log1p(-best * excess).mean())
    return (n * k + 10 * 0.5) / (n + 10), -k / best


def _systematic(weight: Floats, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Rows chosen with frequencies as close to their weights as whole numbers allow, in random order."""
    points = (np.arange(draws) + rng.random()) / draws
    chosen = np.searchsorted(np.cumsum(weight), points).clip(0, len(weight) - 1)
    return rng.permutation(chosen)
