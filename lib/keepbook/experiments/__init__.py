"""Which retention strategy works: from assignments to a decision about money.

One way through: assignments → who counts (`tables.intake`) → outcomes of every customer, in the engine
(`tables.follow_up`) → counts, means and covariances (`stats.moments`), which are all that effects, money,
segments and the verdict are made of. What was not randomised is the subject `before_after`.
"""

from keepbook.experiments.clv_after_test import value_ahead
from keepbook.experiments.money import profit_curves
from keepbook.experiments.randomised import Randomised, randomised
from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.segments import Segments
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
from keepbook.tables.intake import Intake

__all__ = [
    "Randomised",
    "Intake",
    "SampleRatio",
    "Segments",
    "Study",
    "Verdict",
    "Waiting",
    "balanced",
    "randomised",
    "effects",
    "lines_accounted",
    "lines_in",
    "money",
    "profit_curves",
    "revenue_by_arm",
    "revenue_seen",
    "segments",
    "split_check",
    "study",
    "truth_of",
    "value_ahead",
    "verdict",
    "waiting",
]
