"""What the arms' customers are worth after the test, by the unit's model of customer value."""

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import compare
from keepbook.experiments.study import Study
from keepbook.stats.moments import moments_of
from keepbook.text import catalogue

say = catalogue("experiments")


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
    control, rows = arms[study.experiment.control], []
    for variant in (name for name in study.treatments if name in arms and arms[name].count > 1):
        made = compare("ahead", control, arms[variant], alpha=study.unit.alpha)
        row = {
            name: getattr(made, name) for name in ("control", "treatment", "effect", "ci_lower", "ci_upper")
        }
        rows.append({"variant": variant, **row, "pvalue": made.pvalue})
    return pd.DataFrame(rows)
