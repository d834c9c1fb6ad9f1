"""What customers are worth: purchases and spend ahead of each, with intervals, from distinct patterns."""

from keepbook.clv.acquisition import acquisition_cost
from keepbook.clv.alive_path import alive_path
from keepbook.clv.base import Base, count_customers, customer_base
from keepbook.clv.checked_fit import ChecksFailed, all_checks, checked, fit
from keepbook.clv.checks import Check
from keepbook.clv.choices import Choices
from keepbook.clv.forecast import Backtest, Forecast, backtest, forecast
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.clv.newcomers import cumulative_value, newcomers
from keepbook.clv.processes.fitters import FITTERS, PROCESSES
from keepbook.clv.truth import Truth, truth_of
from keepbook.clv.validation.evaluation import Evaluation, evaluate
from keepbook.clv.value import NewCustomerValue, concentration, new_customer, outlook, score
from keepbook.clv.views import (
    active_share,
    by_cohort,
    ranked,
    rf_matrix,
    scored,
    top_customers,
    totals,
    value_distribution,
    with_attributes,
)

__all__ = [
    "FITTERS",
    "PROCESSES",
    "Backtest",
    "Base",
    "Check",
    "ChecksFailed",
    "Choices",
    "CustomerModel",
    "Evaluation",
    "Forecast",
    "NewCustomerValue",
    "Truth",
    "acquisition_cost",
    "active_share",
    "alive_path",
    "all_checks",
    "backtest",
    "by_cohort",
    "checked",
    "concentration",
    "count_customers",
    "cumulative_value",
    "customer_base",
    "evaluate",
    "fit",
    "fit_model",
    "forecast",
    "new_customer",
    "newcomers",
    "outlook",
    "ranked",
    "rf_matrix",
    "score",
    "scored",
    "top_customers",
    "totals",
    "truth_of",
    "value_distribution",
    "with_attributes",
]
