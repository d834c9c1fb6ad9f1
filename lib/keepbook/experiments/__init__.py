"""Which retention strategy works: from assignments to a decision about money.

One way through: assignments → who counts (`assigned`) → outcomes of every customer, in the engine
(`outcomes`) → counts, means and covariances (`moments`), which are all that effects, money, segments and the
verdict are made of. What was not drawn by lot goes another way, `changes`, and is never called an experiment.
"""

from keepbook.experiments.assigned import Intake
from keepbook.experiments.beyond import value_ahead
from keepbook.experiments.changes import (
    BeforeAfter,
    before_after,
    customers_grouped,
    customers_seen,
    effect_stated,
    mean_of_periods,
    money_of_levels,
    money_seen,
    taking_part,
)
from keepbook.experiments.drawn import Drawn, drawn
from keepbook.experiments.groups import Segments
from keepbook.experiments.money import profit_curves
from keepbook.experiments.planner import Plan, plan, returned, returned_seen, spent, spent_seen
from keepbook.experiments.soundness import SampleRatio
from keepbook.experiments.study import (
    Study,
    Waiting,
    balanced,
    effects,
    lines_accounted,
    lines_in,
    money,
    revenue_by_arm,
    revenue_seen,
    segments,
    split_check,
    study,
    truth_of,
    verdict,
    waiting,
)
from keepbook.experiments.verdict import Verdict

__all__ = [
    "BeforeAfter",
    "Drawn",
    "Intake",
    "Plan",
    "SampleRatio",
    "Segments",
    "Study",
    "Verdict",
    "Waiting",
    "balanced",
    "before_after",
    "customers_grouped",
    "customers_seen",
    "drawn",
    "effect_stated",
    "effects",
    "lines_accounted",
    "lines_in",
    "mean_of_periods",
    "money",
    "money_of_levels",
    "money_seen",
    "plan",
    "profit_curves",
    "returned",
    "returned_seen",
    "revenue_by_arm",
    "revenue_seen",
    "segments",
    "spent",
    "spent_seen",
    "split_check",
    "study",
    "taking_part",
    "truth_of",
    "value_ahead",
    "verdict",
    "waiting",
]
