"""How long customers took to buy again: all of them, also those not yet followed to the end."""

from typing import NamedTuple

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.study import Study
from keepbook.stats import survival
from keepbook.text import catalogue

say = catalogue("experiments")


class TimeToPurchase(NamedTuple):
    """Time from the assignment to the next purchase, of every arm.

    Attributes
    ----------
    curves : share without a purchase by day, as `survival.curves`.
    means : one row per treatment: variant, control, treatment, effect, error, df, ci_lower, ci_upper, pvalue
        (restricted mean days without a purchase), logrank_pvalue.
    """

    curves: pd.DataFrame
    means: pd.DataFrame


def time_to_purchase(study: Study) -> TimeToPurchase:
    """Curves of all arms, and every treatment's mean against the control's.

    Raises
    ------
    NotEnoughData : it is not known who bought when; or clusters were drawn, which no curve here allows for.
    """
    if study.life is None:
        raise NotEnoughData(say("no-time-to-purchase", clustered=study.clustered))
    control, alpha = study.experiment.control, study.unit.alpha
    days = study.experiment.outcome_days + (study.experiment.first_day == "next")
    rows = []
    for variant in study.treatments:
        mean = survival.restricted_mean_difference(study.life, control, variant, days, alpha)
        test = survival.logrank(study.life, control, variant)
        rows.append({"variant": variant, **mean._asdict(), "logrank_pvalue": test.pvalue})
    return TimeToPurchase(survival.curves(study.life, alpha), pd.DataFrame(rows))
