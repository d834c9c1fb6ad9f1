"""Which retention strategy works: from assignments to a decision about money.

One way through: assignments → who counts (`tables.intake`) → outcomes of every customer, in the engine
(`tables.follow_up`) → counts, means and covariances (`stats.moments`), which are all that effects, money,
segments and the verdict are made of. What was not randomised is the subject `before_after`.
"""

from keepbook.experiments.effects import TimeToPurchase, study_effects, time_to_purchase
from keepbook.experiments.money import clv_after_test, profit_curves, study_money
from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.segments import Segments, segment_effects
from keepbook.experiments.study import (
    Randomised,
    Study,
    before_outcomes,
    revenue_by_arm,
    revenue_of_purchases,
    study_balance,
    study_of,
)
from keepbook.experiments.verdict import Verdict, study_verdict
