"""What a strategy earns: margin it adds less what it costs, per customer and for all whom it would reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import Compared, compare, spread_of
from keepbook.stats.always_valid import interval as always_valid
from keepbook.stats.bayes import best_of, chance_to_win, expected_loss
from keepbook.stats.intervals import z_of
from keepbook.stats.moments import Moments
from keepbook.text import _
from keepbook.unit import Experiment

CARELESS = 0.01  # share of what a control customer brings that may be lost, unless the unit file says more
UNKNOWN = dict.fromkeys(
    ("cost", "profit", "profit_lower", "profit_upper", "error", "own_error", "any_lower", "any_upper")
    + ("wide_lower", "wide_upper")
    + ("chance", "loss_rolled_out", "loss_kept"),
    float("nan"),
)


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
    DataFrame : one row per treatment: variant, control_margin (money a control customer brings), gain,
        gain_lower, gain_upper (margin added per customer, before cost; so the cost at which the treatment
        just pays), customers, max_loss (what may be lost), n (customers compared), planned, carriers (as
        `Compared.carriers`); and where a cost
        is stated, else missing: cost (per customer, more than control's), profit, profit_lower, profit_upper,
        error, own_error (of the treatment's arm alone), any_lower, any_upper (always-valid, with the
        confidence asked for on either side, shared among the treatments), wide_lower, wide_upper (the same at
        1 − alpha, as all other limits), chance (that it earns),
        loss_rolled_out, loss_kept (expected loss per customer of rolling out, and of not doing so), best
        (chance that it earns most of the treatments), loss_best (expected loss per customer of taking it
        instead of the one that does; both missing of a single treatment), total, total_lower, total_upper (of
        all customers).
    """
    rows = []
    control = experiment.control
    arms = moments["margin"]
    treatments = [name for name in arms if name != control and arms[name].count > 1]
    if control not in arms or arms[control].count < 2 or not treatments:
        raise NotEnoughData(_("Not shown: money. No treatment can be compared with the control."))
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
        "any_lower": float(low),
        "any_upper": float(high),
        "wide_lower": float(wide[0]),
        "wide_upper": float(wide[1]),
        "chance": float(chance_to_win(profit.effect, spread)),
        "loss_rolled_out": float(loss.rolled_out),
        "loss_kept": float(loss.kept),
    }


def with_margin(
    moments: Mapping[str, Mapping[str, Moments]], margin: float
) -> dict[str, Mapping[str, Moments]]:
    """Adds the margin to the moments of a ready table that holds `revenue`."""
    made = dict(moments)
    if "revenue" in moments and "margin" not in moments:
        made["margin"] = {
            name: replace(arm, names=("margin",), mean=margin * arm.mean, cov=margin**2 * arm.cov)
            for name, arm in moments["revenue"].items()
        }
    return made


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
