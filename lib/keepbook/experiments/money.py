"""What a strategy earns: margin it adds less what it costs, per customer and for all whom it would reach."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import Compared, compare, spread_of
from keepbook.experiments.study import Study
from keepbook.stats.always_valid import interval as always_valid
from keepbook.stats.bayes import best_of, chance_to_win, expected_loss
from keepbook.stats.intervals import z_of
from keepbook.stats.moments import Moments
from keepbook.text import catalogue
from keepbook.unit import Experiment

say = catalogue("experiments")
CARELESS = 0.01  # share of what a control customer brings that may be lost, unless the unit file says more
UNKNOWN = dict.fromkeys(
    (
        "cost",
        "profit",
        "profit_lower",
        "profit_upper",
        "error",
        "own_error",
        "decision_lower",
        "decision_upper",
    )
    + ("always_valid_lower", "always_valid_upper")
    + ("chance", "loss_rolled_out", "loss_kept"),
    float("nan"),
)


def study_money(study: Study) -> pd.DataFrame:
    """What each treatment of a study earns; see `money_of`.

    Raises
    ------
    NotEnoughData : no metric speaks of money, or no arm can be compared.
    """
    if "margin" not in study.moments:
        raise NotEnoughData(say("no-money-metric"))
    named, alpha = study.experiment, study.unit.alpha
    reached = named.rollout_to or study.customers
    return money_of(study.moments, named, reached, alpha=alpha, planned=named.planned)


def money_of(
    moments: Mapping[str, Mapping[str, Moments]],
    experiment: Experiment,
    customers: int,
    *,
    alpha: float = 0.05,
    planned: int = 5000,
) -> pd.DataFrame:
    """What each treatment earns against the control.

    What the estimate leaves open is taken as normal around it, which is the posterior under a flat prior; few
    clusters widen it as Student's t does.

    Parameters
    ----------
    moments : `margin`, and `profit` where each customer's own cost is known → variant → its moments.
    customers : whom the strategy would reach.

    Raises
    ------
    NotEnoughData : no arm can be compared with the control.

    Returns
    -------
    DataFrame : one row per treatment, all money per customer unless it says otherwise:
        variant : its name. control_margin : what a control customer brings.
        gain, gain_lower, gain_upper : margin added before cost; so the cost at which it just pays.
        customers : whom it would reach. n : customers compared. planned : as given.
        max_loss : what may be lost. carriers : as `Compared.carriers`.
        And where a cost is stated, else missing:
        cost : more than control's. profit, profit_lower, profit_upper : gain less cost.
        error : standard error of the profit. own_error : of the treatment's arm alone.
        decision_lower, decision_upper : always-valid, with the confidence asked for on either side, shared
        among the treatments. always_valid_lower, always_valid_upper : the same at 1 − alpha.
        chance : that rolling it out earns. loss_rolled_out, loss_kept : expected loss of it, and of not.
        best : chance that it earns most of the treatments. loss_best : expected loss of taking it instead of
        the one that does; both missing of a single treatment.
        total, total_lower, total_upper : profit of all customers.
    """
    rows = []
    control = experiment.control
    arms = moments["margin"]
    treatments = [name for name in arms if name != control and arms[name].count > 1]
    if control not in arms or arms[control].count < 2 or not treatments:
        raise NotEnoughData(say("no-money-compared"))
    looks = 2 * (1 - experiment.confidence) / len(treatments)
    for variant in treatments:
        gain = compare("margin", arms[control], arms[variant], alpha=alpha)
        row = {"variant": variant, "control_margin": gain.control, "gain": gain.effect}
        row |= {"gain_lower": gain.ci_lower, "gain_upper": gain.ci_upper, "customers": customers}
        row["max_loss"] = experiment.max_loss or CARELESS * max(abs(gain.control), abs(gain.treatment))
        row |= {"n": gain.n_control + gain.n_treatment, "planned": planned, "carriers": gain.carriers}
        rows.append(
            row | _earned(_profit(moments, experiment, variant, gain, alpha), gain, alpha, planned, looks)
        )
    frame = pd.DataFrame(rows)
    frame["best"], frame["loss_best"] = best_of(frame["profit"], frame["own_error"])
    for name in ("", "_lower", "_upper"):
        frame[f"total{name}"] = frame[f"profit{name}"] * frame["customers"]
    return frame


def _profit(
    moments: Mapping[str, Mapping[str, Moments]],
    experiment: Experiment,
    variant: str,
    gain: Compared,
    alpha: float,
) -> Compared | None:
    """Margin less cost: each customer's own where the table has it, else the same of all in an arm.

    Own costs are taken off as their mean differs between the arms, so that gain, cost and profit add up; the
    error is that of each customer's margin less cost.
    """
    if "profit" in moments:
        arms = moments["profit"]
        found = compare("profit", arms[experiment.control], arms[variant], alpha=alpha)
        return _less(found, _plain(gain) - _plain(found) - gain.effect + found.effect)
    treated, spared = experiment.cost_of(variant), experiment.cost_of(experiment.control)
    if treated is None:
        return None
    return _less(gain, treated - (spared or 0.0))


def _plain(found: Compared) -> float:
    """The effect without the pre-period."""
    return found.effect if np.isnan(found.plain_effect) else found.plain_effect


def _less(found: Compared, cost: float) -> Compared:
    """The same, so much lower."""
    low, high = found.ci_lower - cost, found.ci_upper - cost
    return replace(found, effect=found.effect - cost, ci_lower=low, ci_upper=high)


def _earned(
    profit: Compared | None, gain: Compared, alpha: float, planned: int, looks: float
) -> dict[str, float]:
    if profit is None:
        return UNKNOWN
    spread = spread_of(profit, alpha)
    loss = expected_loss(profit.effect, spread)
    n = profit.n_control + profit.n_treatment
    low, high = always_valid(profit.effect, spread, n, planned, looks)
    wide = always_valid(profit.effect, spread, n, planned, alpha)
    return {
        "cost": gain.effect - profit.effect,
        "profit": profit.effect,
        "profit_lower": profit.ci_lower,
        "profit_upper": profit.ci_upper,
        "error": spread,
        "own_error": profit.error_treatment * spread / profit.error if profit.error > 0 else float("nan"),
        "decision_lower": float(low),
        "decision_upper": float(high),
        "always_valid_lower": float(wide[0]),
        "always_valid_upper": float(wide[1]),
        "chance": float(chance_to_win(profit.effect, spread)),
        "loss_rolled_out": float(loss.rolled_out),
        "loss_kept": float(loss.kept),
    }


def profit_curves(earned: pd.DataFrame, alpha: float = 0.05, points: int = 81) -> dict[str, pd.DataFrame]:
    """How likely each profit per customer is, for each treatment whose cost is known.

    Returns
    -------
    Treatment → DataFrame, one row per point: profit, density.
    """
    curves = {}
    for row in earned[earned["error"] > 0].itertuples():
        at = row.profit + np.linspace(-1.6, 1.6, points) * z_of(alpha) * row.error
        curves[str(row.variant)] = pd.DataFrame(
            {"profit": at, "density": norm.pdf(at, row.profit, row.error)}
        )
    return curves
