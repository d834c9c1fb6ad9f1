"""What customers are worth, of one unit, in numbers: every result once, when it is asked for."""

from functools import cached_property

import ibis.expr.types as ir
import pandas as pd

from keepbook import clv
from keepbook.clv.base import computed
from keepbook.clv.forecast import Period
from keepbook.page.analysis import Analysis
from keepbook.results import is_missing, known, needed, result

MIN_DAYS_BY_MONTH = 180  # of history, for a forecast by months; of less it is by weeks


class ClvResults(Analysis):
    """Model, customers and what they will bring; `ClvAnalysis` adds the page."""

    @property
    def choices(self) -> clv.Choices:
        """How it is counted."""
        return clv.Choices.of(self.unit)

    @cached_property
    def base(self) -> clv.Base:
        """The customer base at the end of observation, whether or not it can carry a model."""
        return clv.customer_base(self.tables.purchases, self.tables.window, self.choices)

    @result
    def checked_base(self) -> clv.Base:
        """The base, where no check of it stops."""
        return clv.checked(self.base)

    @result
    def evaluation(self) -> clv.Evaluation:
        """Every method on the unit's own past."""
        base = self.checked_base
        return clv.evaluate(self.tables.purchases, base.window, base.choices)

    @result
    def model(self) -> clv.CustomerModel:
        """Purchase process and spend, fitted, where no check stops."""
        return clv.fit(self.checked_base, known(self.evaluation))

    @result
    def likeliest_scores(self) -> ir.Table:
        """One row per customer by the likeliest process; no method is tried on the past, so it is quick."""
        return computed(clv.score(self.base, clv.fit(self.base)))

    @cached_property
    def checks(self) -> list[clv.Check]:
        """Conditions that figures rest on, met or not."""
        return clv.all_checks(self.base, self.model.reason if is_missing(self.model) else self.model)

    @result
    def truth(self) -> clv.Truth | None:
        """What estimates are held against; None but of simulated units."""
        return clv.truth_of(self.unit, self.tables, self.checked_base)

    @result
    def outlook(self) -> pd.DataFrame:
        """What today's customers bring together, one row per milestone."""
        return clv.outlook(self.checked_base, self.model)

    @result
    def past_errors(self) -> clv.PastErrors:
        """How far the model's totals were off on the unit's own past."""
        return clv.past_errors(self.evaluation, self.model.process.label)

    @result
    def reckoned(self) -> pd.DataFrame:
        """The outlook to reckon with: its ranges are no narrower than past errors."""
        return clv.widened(needed(self.outlook), known(self.past_errors))

    @result
    def reckoned_forecast(self) -> clv.Forecast:
        """The forecast, its ranges no narrower than past errors."""
        return clv.reckoned_forecast(needed(self.forecast), known(self.past_errors))

    @result
    def reckoned_newcomer(self) -> clv.Reckoned:
        """What to reckon with of a new customer: lowered where newcomers brought clearly less."""
        less, errors = self.newcomer_shortfall, known(self.past_errors)
        return clv.reckoned_newcomer(needed(self.new_customer), less, errors)

    @result
    def newcomer_shortfall(self) -> clv.Shortfall | None:
        """How far newcomers stay behind the model, where they clearly do."""
        return clv.shortfall(known(self.newcomers))

    @result
    def reckoned_curve(self) -> pd.DataFrame:
        """How that grows, one row per month."""
        return clv.reckoned_curve(needed(self.cumulative_value), self.reckoned_newcomer)

    @result
    def top_tenth(self) -> clv.Reckoned:
        """Share of value that the best tenth holds, and what such a tenth spent on the past."""
        share = clv.share_held(needed(self.concentration), 0.1)
        evaluation = known(self.evaluation)
        if evaluation is None:
            return clv.Reckoned(share, float("nan"), float("nan"))
        return clv.tenth_in_the_past(evaluation, self.model.process.label, share)

    @result
    def lower_half(self) -> float:
        """Share of value that the less valuable half of the customers holds."""
        return 1 - clv.share_held(needed(self.concentration), 0.5)

    @result
    def forecast(self) -> clv.Forecast:
        """Purchases and revenue by calendar period, past and ahead."""
        return clv.forecast(self.checked_base, self.model, self._period)

    @result
    def backtest(self) -> clv.Backtest:
        """The same forecast made on a day of the past, beside what followed."""
        return clv.backtest(self.tables.purchases, self.checked_base, self.model, self._period)

    @property
    def _period(self) -> Period:
        return "month" if self.tables.window.days >= MIN_DAYS_BY_MONTH else "week"

    @result
    def scores(self) -> ir.Table:
        """Every customer's probability of being active, purchases and value ahead."""
        return computed(clv.score(self.checked_base, self.model))

    @result
    def totals(self) -> pd.Series:
        """Customers, expected_purchases, clv and spend_to_date of all."""
        return clv.totals(self.scores)

    @result
    def active_share(self) -> tuple[float, float, float]:
        """Share of customers expected to be active, with its interval."""
        return clv.active_share(self.checked_base, self.model)

    @result
    def concentration(self) -> pd.DataFrame:
        """Share of value by share of customers, most valuable first."""
        return clv.concentration(self.scores)

    @result
    def value_distribution(self) -> pd.DataFrame:
        """Customers by value, in steps of 1, 2 and 5."""
        return clv.value_distribution(self.scores)

    @result
    def rf_matrix(self) -> pd.DataFrame:
        """Customers by repeat purchases and days since the last one."""
        return clv.rf_matrix(self.checked_base, self.scores)

    @result
    def by_cohort(self) -> pd.DataFrame:
        """What customers are worth by when they first bought."""
        return clv.by_cohort(self.checked_base, self.model, self.scores, self.unit.cohort_period)

    @result
    def new_customer(self) -> clv.NewCustomerValue:
        """What the next new customer is worth, first purchase included."""
        return clv.new_customer(self.checked_base, self.model)

    @result
    def cumulative_value(self) -> pd.DataFrame:
        """How the value of a new customer grows, one row per month."""
        return clv.cumulative_value(self.checked_base, self.model, self.new_customer)

    @result
    def newcomers(self) -> pd.DataFrame:
        """What those who came lately brought, beside what the model says."""
        return clv.newcomers(self.tables.purchases, self.checked_base, self.model)

    @result
    def acquisition_cost(self) -> pd.DataFrame:
        """Cost of a new customer, one row per period of the costs table."""
        return clv.acquisition_cost(self.checked_base, self.tables.costs)
