"""What customers are worth: purchases and spend ahead of each, with intervals, from distinct patterns."""

from keepbook.clv.base import Base, Choices, count_customers, customer_base
from keepbook.clv.checks import Check, ChecksFailed, all_checks, checked, fit
from keepbook.clv.forecast import Backtest, Forecast, backtest, forecast
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.clv.new_customers import (
    NewCustomerValue,
    acquisition_cost,
    cumulative_value,
    new_customer,
    newcomers,
)
from keepbook.clv.processes.fitters import FITTERS, PROCESSES
from keepbook.clv.reckoning import (
    PastErrors,
    Reckoned,
    Shortfall,
    past_errors,
    reckoned_curve,
    reckoned_forecast,
    reckoned_newcomer,
    shortfall,
    tenth_in_the_past,
    widened,
)
from keepbook.clv.validation.evaluation import Evaluation, evaluate
from keepbook.clv.value import Truth, alive_path, outlook, score, truth_of
from keepbook.clv.views import (
    active_share,
    by_cohort,
    concentration,
    ranked,
    rf_matrix,
    share_held,
    top_customers,
    totals,
    value_distribution,
    with_attributes,
)
