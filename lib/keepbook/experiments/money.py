"""What a strategy earns: margin it adds less what it costs, per customer and for all whom it would reach."""

from dataclasses import replace

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import norm

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import NAN, Compared, compare, spread_of
from keepbook.experiments.study import Study
from keepbook.stats.always_valid import half_width
from keepbook.stats.bayes import best_of, chance_to_win, expected_loss
from keepbook.stats.intervals import z_of
from keepbook.stats.moments import moments_of
from keepbook.text import catalogue

say = catalogue("experiments")
CARELESS = 0.01  # share of what a control customer brings that may be lost, unless the unit file says more
POINTS = 81  # of a curve


def study_money(study: Study) -> pd.DataFrame:
    """What each treatment earns against the control.

    What the estimate leaves open is taken as normal around it, which is the posterior under a flat prior; few
    clusters widen it as Student's t does.

    Raises
    ------
    NotEnoughData : no metric speaks of money, or no arm can be compared with the control.

    Returns
    -------
    DataFrame : one row per treatment, all money per customer unless it says otherwise:
        variant : its name. control_margin : what a control customer brings.
        gain, gain_lower, gain_upper : margin added before cost; so the cost at which it just pays.
        customers : whom it would reach. n : customers compared. planned : as in the unit file.
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
    if "margin" not in study.moments:
        raise NotEnoughData(say("no-money-metric"))
    named, arms = study.experiment, study.moments["margin"]
    known = [name for name in arms if arms[name].count > 1]
    treatments = [name for name in known if name != named.control]
    if named.control not in known or not treatments:
        raise NotEnoughData(say("no-money-compared"))
    looks = 2 * (1 - named.confidence) / len(treatments)
    frame = pd.DataFrame([_earned(study, variant, looks) for variant in treatments])
    frame["best"], frame["loss_best"] = best_of(frame["profit"], frame["own_error"])
    for name in ("", "_lower", "_upper"):
        frame[f"total{name}"] = frame[f"profit{name}"] * frame["customers"]
    return frame


def _earned(study: Study, variant: str, looks: float) -> dict[str, object]:
    """A row of `study_money`; `looks` : level of the always-valid interval that decides."""
    named, alpha, arms = study.experiment, study.unit.alpha, study.moments["margin"]
    gain = compare("margin", arms[named.control], arms[variant], alpha=alpha)
    profit = _profit(study, variant, gain)
    spread, n = spread_of(profit, alpha), profit.n_control + profit.n_treatment
    loss = expected_loss(profit.effect, spread)
    deciding, wide = (float(half_width(spread, n, named.planned, level)) for level in (looks, alpha))
    return {
        "variant": variant,
        "control_margin": gain.control,
        "gain": gain.effect,
        "gain_lower": gain.ci_lower,
        "gain_upper": gain.ci_upper,
        "customers": named.rollout_to or study.customers,
        "max_loss": named.max_loss or CARELESS * max(abs(gain.control), abs(gain.treatment)),
        "n": gain.n_control + gain.n_treatment,
        "planned": named.planned,
        "carriers": gain.carriers,
        "cost": gain.effect - profit.effect,
        "profit": profit.effect,
        "profit_lower": profit.ci_lower,
        "profit_upper": profit.ci_upper,
        "error": spread,
        "own_error": profit.error_treatment * spread / profit.error if profit.error > 0 else NAN,
        "decision_lower": profit.effect - deciding,
        "decision_upper": profit.effect + deciding,
        "always_valid_lower": profit.effect - wide,
        "always_valid_upper": profit.effect + wide,
        "chance": float(chance_to_win(profit.effect, spread)),
        "loss_rolled_out": float(loss.rolled_out),
        "loss_kept": float(loss.kept),
    }


def _profit(study: Study, variant: str, gain: Compared) -> Compared:
    """Margin less cost: each customer's own where the table has it, else the same of all in an arm.

    Own costs are taken off as their mean differs between the arms, so that gain, cost and profit add up; the
    error is that of each customer's margin less cost. Missing where no cost is stated.
    """
    named = study.experiment
    if "profit" in study.moments:
        arms = study.moments["profit"]
        found = compare("profit", arms[named.control], arms[variant], alpha=study.unit.alpha)
        return _less(found, _plain(gain) - _plain(found) - gain.effect + found.effect)
    treated, spared = named.cost_of(variant), named.cost_of(named.control)
    if treated is None:
        return replace(_less(gain, NAN), error=NAN)
    return _less(gain, treated - (spared or 0.0))


def _plain(found: Compared) -> float:
    """The effect without the pre-period."""
    return found.effect if np.isnan(found.plain_effect) else found.plain_effect


def _less(found: Compared, cost: float) -> Compared:
    """The same, so much lower."""
    low, high = found.ci_lower - cost, found.ci_upper - cost
    return replace(found, effect=found.effect - cost, ci_lower=low, ci_upper=high)


def profit_curves(earned: pd.DataFrame, alpha: float = 0.05) -> dict[str, pd.DataFrame]:
    """Treatment → how likely each profit per customer is (profit, density), where its cost is known."""
    curves = {}
    for row in earned[earned["error"] > 0].itertuples():
        at = row.profit + np.linspace(-1.6, 1.6, POINTS) * z_of(alpha) * row.error
        density = norm.pdf(at, row.profit, row.error)
        curves[str(row.variant)] = pd.DataFrame({"profit": at, "density": density})
    return curves


def clv_after_test(study: Study, scores: ir.Table) -> pd.DataFrame:
    """What a customer of each arm is still expected to bring at the end of the observation.

    The model knows each customer's purchases, those of the outcome days among them, but not why they were
    made: an order that a voucher brought counts as a habit of the customer's own. So where a strategy brings
    purchases forward or buys them, the difference is too large, and an upper bound of what lasts.

    Parameters
    ----------
    scores : one row per customer with customer_id and clv (discounted margin ahead, money).

    Returns
    -------
    DataFrame : one row per treatment: variant, control, treatment (money per customer, those who never bought
        counted as 0), effect, ci_lower, ci_upper, pvalue. What the model leaves open is not in the intervals.

    Raises
    ------
    NotEnoughData : it is not known who was in the experiment, or no arm can be compared.
    """
    if study.each is None or study.intake is None:
        raise NotEnoughData(say("no-clv-after-test"))
    known = study.each.left_join(scores.select("customer_id", "clv"), "customer_id")
    arms = moments_of(known.mutate(ahead=known.clv.fill_null(0.0).cast("float64")), ["ahead"])
    rows = []
    for variant in (name for name in study.treatments if name in arms and arms[name].count > 1):
        made = compare("ahead", arms[study.experiment.control], arms[variant], alpha=study.unit.alpha)
        rows.append({"variant": variant, **vars(made)})
    columns = ["variant", "control", "treatment", "effect", "ci_lower", "ci_upper", "pvalue"]
    return pd.DataFrame(rows, columns=columns)
