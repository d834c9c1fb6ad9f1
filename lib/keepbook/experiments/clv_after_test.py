"""What lies beyond the outcome days: the arms' customers valued by the unit's model of customer value."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import compare
from keepbook.experiments.study import Study
from keepbook.stats.moments import moments_of
from keepbook.text import _


def value_ahead(found: Study, scores: ir.Table) -> pd.DataFrame:
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
    if found.each is None or found.intake is None:
        raise NotEnoughData(
            _("Not shown: what lies beyond the outcome days. The table holds outcomes alone.")
        )
    known = found.each.left_join(scores.select("customer_id", ahead="clv"), "customer_id")
    arms = moments_of(known.mutate(ahead=known.ahead.fill_null(0.0).cast("float64")), ["ahead"])
    control, rows = arms[found.experiment.control], []
    for variant in (name for name in found.treatments if name in arms and arms[name].count > 1):
        made = compare("ahead", control, arms[variant], alpha=found.unit.alpha)
        row = {
            name: getattr(made, name) for name in ("control", "treatment", "effect", "ci_lower", "ci_upper")
        }
        rows.append({"variant": variant, **row, "pvalue": made.pvalue})
    return pd.DataFrame(rows)
