"""What a strategy earns: margin it adds less what it costs, per customer and for all whom it would reach."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import norm

from keepbook.experiments.effects import compare, spread_of
from keepbook.experiments.inference.bayes import chance_to_win, expected_loss
from keepbook.experiments.inference.sequential import interval as always_valid
from keepbook.experiments.moments import Moments
from keepbook.intervals import z_of
from keepbook.params import Experiment

NAN = float("nan")
CARELESS = (
    0.01  # share of what a control customer brings that one may lose unless the unit file says otherwise
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
    moments : `margin` and, where the cost is known, `profit` → variant → its moments. customers : whom the
        strategy would reach.

    Returns
    -------
    DataFrame : one row per treatment: variant, control_margin (money a control customer brings), gain,
        gain_lower, gain_upper (margin added per customer, before cost; so the cost at which the treatment
        just pays), cost (per customer, more than control's), profit, profit_lower, profit_upper, error,
        any_lower, any_upper (always-valid), chance (that it earns), loss_rolled_out, loss_kept (expected loss
        per customer of rolling out, and of not doing so), max_loss (what may be lost), total, total_lower,
        total_upper (of all customers), customers. All but the first four are missing where no cost is stated.
    """
    rows = []
    control = experiment.control
    for variant in (name for name in moments["margin"] if name != control):
        gain = compare("margin", moments["margin"][control], moments["margin"][variant], alpha=alpha)
        row = {"variant": variant, "control_margin": gain.control, "gain": gain.effect}
        row |= {"gain_lower": gain.ci_lower, "gain_upper": gain.ci_upper, "customers": customers}
        row["max_loss"] = experiment.max_loss or CARELESS * max(gain.control, 0.0)
        if "profit" in moments:
            row |= _earned(moments["profit"], control, variant, gain.effect, alpha, planned)
        rows.append(row)
    frame = pd.DataFrame(rows)
    for name in (
        "cost",
        "profit",
        "profit_lower",
        "profit_upper",
        "error",
        "chance",
        "any_lower",
        "any_upper",
    ):
        frame[name] = frame.get(name, NAN)
    for name in ("loss_rolled_out", "loss_kept"):
        frame[name] = frame.get(name, NAN)
    for name in ("", "_lower", "_upper"):
        frame[f"total{name}"] = frame[f"profit{name}"] * frame["customers"]
    return frame


def _earned(
    arms: Mapping[str, Moments], control: str, variant: str, gain: float, alpha: float, planned: int
) -> dict[str, float]:
    found = compare("profit", arms[control], arms[variant], alpha=alpha)
    spread = spread_of(found, alpha)
    loss = expected_loss(found.effect, spread)
    low, high = always_valid(found.effect, spread, found.n_control + found.n_treatment, planned, alpha)
    return {
        "cost": gain - found.effect,
        "profit": found.effect,
        "profit_lower": found.ci_lower,
        "profit_upper": found.ci_upper,
        "error": spread,
        "any_lower": float(low),
        "any_upper": float(high),
        "chance": float(chance_to_win(found.effect, spread)),
        "loss_rolled_out": float(loss.rolled_out),
        "loss_kept": float(loss.kept),
    }


def with_money(
    moments: dict[str, Mapping[str, Moments]], experiment: Experiment, margin: float
) -> dict[str, Mapping[str, Moments]]:
    """Adds margin and profit to the moments of a ready table that holds `revenue`."""
    if "revenue" not in moments or "margin" in moments:
        return moments
    made = {variant: _scaled(arm, "margin", margin, 0.0) for variant, arm in moments["revenue"].items()}
    added = {**moments, "margin": made}
    if experiment.cost is not None and "profit" not in moments:
        added["profit"] = {
            variant: _scaled(arm, "profit", 1.0, float(experiment.cost_of(str(variant)) or 0))
            for variant, arm in made.items()
        }
    return added


def _scaled(arm: Moments, name: str, factor: float, less: float) -> Moments:
    """factor · the arm's one column − less, under another name."""
    return Moments(
        (name,), arm.count, arm.customers, factor * arm.mean - less, factor**2 * np.asarray(arm.cov)
    )


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
