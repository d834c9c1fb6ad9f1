"""What customers are worth, of one unit: results, and the page made of them."""

from keepbook import clv
from keepbook.clv.results import ClvResults
from keepbook.page.elements import Chart, Export, Identity, Table, Tile
from keepbook.results import known, result
from keepbook.tables.rows import Rows
from keepbook.text import catalogue

say = catalogue("clv")


class ClvAnalysis(ClvResults):
    """What customers are worth: who is active, what each will bring, and what a new one may cost.

    Attributes
    ----------
    choices : how it is counted, as the unit's settings say.
    customers : one row per customer, the most valuable first: p_alive, purchases and value ahead, intervals.
    base : the customer base at the end of observation, see `keepbook.clv.Base`.
    checks : conditions that figures rest on, see `Check`; where one of them stops, there is no model.
    evaluation : every method on the unit's own past, see `Evaluation`.
    model : purchase process and spend, fitted, see `CustomerModel`.
    scores : one row per customer, a table of the engine, see `score`.
    outlook : what today's customers bring, one row per milestone in months, money, see `outlook`.
    forecast : purchases and revenue by week or month, past and ahead, see `Forecast`.
    active_share : customers expected to be active, a share with its lower and upper limit.
    new_customer : what the next one is worth, money, see `NewCustomerValue`.
    acquisition_cost : money per new customer, one row per period of the costs table.

    >>> import keepbook as kb
    >>> clv = kb.open("demo").clv
    >>> clv.model.process.label, round(clv.outlook["value"].iloc[-1] / 1000)
    ('Pareto/NBD', 639)
    >>> clv.customers.top(3, region="north").to_pandas()["customer_id"].tolist()
    ['C001450', 'C002930', 'C000536']
    >>> len(clv.customers.filter(p_alive={"to": 0.3}))
    290
    >>> clv.alive_path("C000536")
    C000536 is 75 % likely to be still active
    """

    @result
    def customers(self) -> Rows:
        """The scores with the columns of the customers table, to be ranked and filtered, one row each.

        Columns: customer_id, first and last (day of a purchase), frequency (repeat purchases), recency and T
        (time units), monetary_value (money a repeat purchase), spend_to_date, p_alive, expected_purchases,
        purchases_lower, purchases_upper, expected_spend (money a purchase), clv, clv_lower and clv_upper
        (money), decile (1 the most valuable), and those of the customers table.
        """
        return Rows(clv.with_attributes(clv.ranked(self.scores), self.tables.customers), ranked_by="clv")

    @result
    def findings(self) -> list[str]:
        """What is not met, what is coming, how far to trust it, who holds it, what a new one may cost."""
        return self.page.facts.findings(self)

    @result
    def tiles(self) -> list[Tile]:
        """Value and purchases of the base, the share still active, and the value of a new customer."""
        return self.page.facts.tiles(self)

    @result
    def forecast_chart(self) -> Chart:
        """Repeat purchases period by period, past and ahead."""
        return self.page.figures.forecast(self.reckoned_forecast, self.choices, self.newcomer_shortfall)

    @result
    def outlook_table(self) -> Table:
        """Value and purchases of today's customers by milestone, to reckon with."""
        table, truth = self.page.tables.outlook_table, known(self.truth)
        return table(self.reckoned, self.choices, self.unit.currency, truth)

    @result
    def model_outlook_table(self) -> Table:
        """Purchases, revenue and value by milestone, with the model's own intervals."""
        return self.page.tables.model_outlook_table(self.outlook, self.choices, self.unit.currency)

    @result
    def past_forecasts(self) -> Chart:
        """How far forecasts of the past were off."""
        return self.page.validation_figures.past_forecasts(self.past_errors, self.choices)

    @result
    def forecast_table(self) -> Table:
        """Period by period: today's customers, and those still to come, with the model's own intervals."""
        return self.page.tables.forecast_table(self.forecast, self.unit.currency)

    @result
    def value_by_tenth(self) -> Chart:
        """What each tenth of the customers holds, the most valuable first."""
        figure = self.page.customer_figures.concentration
        return figure(self.concentration, self.top_tenth, self.lower_half, self.choices)

    @result
    def value_histogram(self) -> Chart:
        """How many customers are worth how much, and what they hold together."""
        histogram = self.page.customer_figures.value_distribution
        return histogram(self.value_distribution, self.choices, self.unit.currency)

    @result
    def alive_matrix(self) -> Chart:
        """P(alive) by repeat purchases and days since the last one."""
        once_active = self.model.process.key == "bg_nbd"
        facts = {"active": self.active_share, "model": self.model.process.label, "once_active": once_active}
        return self.page.matrix.rf_matrix(self.rf_matrix, self.choices, "p_alive", **facts)

    @result
    def purchases_matrix(self) -> Chart:
        """Purchases ahead by repeat purchases and days since the last one."""
        return self.page.matrix.rf_matrix(self.rf_matrix, self.choices, "expected_purchases")

    def alive_path(self, customer_id: str) -> Chart:
        """P(alive) of one customer at the end of every day (or week) since the first purchase.

        Where there is no such customer, the error names the nearest.
        """
        path = clv.alive_path(self.tables.purchases, self.checked_base, self.model, str(customer_id))
        return self.page.customer_figures.alive_path(path, str(customer_id), self.model, self.choices)

    @result
    def cohort_values(self) -> Chart:
        """What a customer is worth from now on, by when they first bought."""
        errors, figure = known(self.past_errors), self.page.customer_figures.cohort_value
        worst = errors.worst if errors is not None else None
        return figure(self.by_cohort, self.choices, self.unit.cohort_period, self.unit.currency, worst)

    @result
    def top_customers(self) -> Table:
        """The most valuable customers."""
        top = clv.top_customers(self.scores)
        tried, made = known(self.evaluation), self.page.tables.top_customers_table
        own = None if tried is None else tried.coverage[tried.coverage["method"] == self.model.process.label]
        return made(top, self.choices, self.unit.currency, own)

    @result
    def export(self) -> Export:
        """All customers, the most valuable first."""
        return Export("customers", clv.ranked(self.scores), say("export"))

    @result
    def new_customer_curve(self) -> Chart:
        """What to reckon with of a new customer as months go by, beside newcomers and cost."""
        beside = {
            "model": self.cumulative_value,
            "newcomers": known(self.newcomers),
            "less": self.newcomer_shortfall,
            "cost": known(self.acquisition_cost),
            "truth": known(self.truth),
        }
        return self.page.figures.new_customer(self.reckoned_curve, self.choices, self.unit.currency, **beside)

    @result
    def new_customer_table(self) -> Table:
        """The same by milestone, in numbers."""
        beside = (known(self.newcomers), self.choices, self.unit.currency)
        return self.page.tables.new_customer_table(self.cumulative_value, self.new_customer, *beside)

    @result
    def cost_table(self) -> Table:
        """What acquisition cost, period by period."""
        return self.page.tables.cost_table(self.acquisition_cost, self.unit.currency)

    @result
    def backtest_chart(self) -> Chart:
        """A forecast made on a day of the past, beside what followed."""
        return self.page.validation_figures.backtest(self.backtest, self.choices)

    @result
    def cuts_table(self) -> Table:
        """The cut-offs of the past that methods were tried at."""
        shown, errors = self._shown_evaluation, known(self.past_errors)
        return self.page.validation_tables.cuts_table(shown, self.unit.currency, errors)

    @result
    def methods_purchases(self) -> Table:
        """All methods, by how near they came to purchases."""
        return self._methods("purchases")

    @result
    def methods_money(self) -> Table:
        """All methods, by how near they came to money."""
        return self._methods("spend")

    def _methods(self, target: str) -> Table:
        shown, asked, made = self._shown_evaluation, self.choices.model, self.page.validation_tables
        return made.methods_table(shown, self.model, target, asked)

    @property
    def _shown_evaluation(self) -> clv.Evaluation:
        """The evaluation; without a model the reason is that of the model."""
        return self.model and self.evaluation  # type: ignore[return-value]

    @result
    def calibration_chart(self) -> Chart:
        """Predicted and actual purchases of groups of customers."""
        return self.page.validation_figures.calibration(self.evaluation, self.model, self.choices)

    @result
    def alive_chart(self) -> Chart:
        """P(alive) at the cut-off against who returned after it."""
        return self.page.validation_figures.alive(self.evaluation, self.model, self.choices)

    @result
    def coverage_chart(self) -> Chart:
        """How often intervals for single customers held what happened."""
        return self.page.validation_figures.coverage(self.evaluation, self.model, self.choices)

    @result
    def checks_table(self) -> Table:
        """Every condition that figures rest on."""
        return self.page.tables.checks_table(self.checks)

    @result
    def models_table(self) -> Table:
        """The purchase models that were looked at, and which was chosen."""
        return self.page.validation_tables.models_table(self.model)

    @result
    def parameters_table(self) -> Table:
        """The fitted parameters with their intervals."""
        return self.page.validation_tables.parameters_table(self.model, self.unit.alpha)

    @result
    def values_add_up(self) -> Identity:
        """The customers' values, one by one, and the value of all."""
        return Identity(say("identity-value"), self.totals["clv"], self.outlook["value"].iloc[-1])

    @result
    def customers_add_up(self) -> Identity:
        """Every customer is scored once."""
        bought = clv.count_customers(self.tables.purchases, self.tables.window.as_of)
        return Identity(say("identity-customers"), self.totals["customers"], bought)

    @result
    def cohorts_add_up(self) -> Identity:
        """Every customer stands in one cohort."""
        parts = self.by_cohort["clv"].sum()
        return Identity(say("identity-cohorts"), parts, self.outlook["value"].iloc[-1])

    @result
    def spend_adds_up(self) -> Identity:
        """What customers spent so far is the money of the lines kept."""
        return Identity(say("identity-spend"), self.totals["spend_to_date"], self.base.spend_to_date)
