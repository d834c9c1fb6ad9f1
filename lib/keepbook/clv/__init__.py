"""What customers are worth: purchases and spend ahead of each, with their doubt, from distinct patterns."""

from keepbook.clv.acquisition import acquisition_cost
from keepbook.clv.base import Base, customer_base
from keepbook.clv.checks import Gate
from keepbook.clv.choices import Choices
from keepbook.clv.fitted import all_gates, examine, fit, sound
from keepbook.clv.forecast import Forecast, forecast
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.clv.newcomers import growing, newcomers
from keepbook.clv.processes.fitters import FITTERS, PROCESSES
from keepbook.clv.truth import Truth, truth_of
from keepbook.clv.validation.evaluation import Evaluation, evaluate
from keepbook.clv.value import Newcomer, concentration, new_customer, outlook, score
from keepbook.clv.views import active, best, by_cohort, last_value, matrix, of, ranked, scored, spread, sums

__all__ = [
    "FITTERS",
    "PROCESSES",
    "Base",
    "Choices",
    "CustomerModel",
    "Evaluation",
    "Forecast",
    "Gate",
    "Newcomer",
    "Truth",
    "acquisition_cost",
    "active",
    "all_gates",
    "best",
    "by_cohort",
    "concentration",
    "customer_base",
    "evaluate",
    "examine",
    "fit",
    "fit_model",
    "forecast",
    "growing",
    "last_value",
    "matrix",
    "new_customer",
    "newcomers",
    "of",
    "outlook",
    "ranked",
    "score",
    "scored",
    "sound",
    "spread",
    "sums",
    "truth_of",
]
