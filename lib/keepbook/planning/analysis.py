"""The next test of one unit: a plan for customers who bought lately, and one for silent ones."""

import datetime as dt
from dataclasses import dataclass

import ibis.expr.types as ir

from keepbook.page.analysis import Analysis
from keepbook.page.elements import Chart, Identity, Table, Tile
from keepbook.planning.history import eligible, silence_of
from keepbook.planning.plan import Plan, plan
from keepbook.results import result
from keepbook.text import catalogue

say = catalogue("planning")


@dataclass
class PlanningAnalysis(Analysis):
    """The next test: how many customers it takes, how long, and how small an effect it can find.

    `keepbook.planning.plan` makes plans of other designs.

    Attributes
    ----------
    active : plan for customers who bought in the unit's `churn_after` days, see `Plan`.
    silent : plan for those who bought longer ago, but within two years.

    >>> import keepbook as kb
    >>> shop = kb.open("demo")
    >>> shop.planning.active.history.available
    1875
    >>> shop.planning.silent.needed.columns.tolist()[:4]
    ['metric', 'lift', 'effect', 'n_per_arm']
    """

    @result
    def active(self) -> Plan:
        """A test with customers who bought in the unit's `churn_after` days."""
        return plan(self.tables, self.unit, audience="active")

    @result
    def silent(self) -> Plan:
        """A test with those who bought longer ago, but within two years."""
        return plan(self.tables, self.unit, audience="silent")

    @result
    def findings(self) -> list[str]:
        """Who could take part, and what a test could find when: of the active, and of the silent."""
        return self.page.facts.findings([self.active, self.silent], self.unit)

    @result
    def tiles(self) -> list[Tile]:
        """Customers there are, and the smallest lift in who comes back that they would show."""
        return self.page.facts.tiles([self.active, self.silent])

    @result
    def detectable_active(self) -> Chart:
        """The smallest effect that a test of so many active customers finds."""
        return self.page.figures.detectable(self.active)

    @result
    def detectable_silent(self) -> Chart:
        """The smallest effect that a test of so many silent customers finds."""
        return self.page.figures.detectable(self.silent)

    @result
    def needed_active(self) -> Table:
        """Active customers and weeks it takes to show that more come back."""
        return self.page.facts.needed_table(self.active)

    @result
    def needed_silent(self) -> Table:
        """Silent customers and weeks it takes to show that more come back."""
        return self.page.facts.needed_table(self.silent)

    @result
    def needed_of_all_active(self) -> Table:
        """Active customers and weeks for each metric and lift."""
        return self.page.facts.needed_of_all(self.active)

    @result
    def needed_of_all_silent(self) -> Table:
        """Silent customers and weeks for each metric and lift."""
        return self.page.facts.needed_of_all(self.silent)

    @result
    def notes_table(self) -> Table:
        """What limits the plans."""
        return self.page.facts.notes_table([self.active, self.silent], self.unit)

    @result
    def power_active(self) -> Chart:
        """How often simulated tests with active customers find an effect."""
        return self.page.figures.simulated_power(self.active)

    @result
    def power_silent(self) -> Chart:
        """How often simulated tests with silent customers find an effect."""
        return self.page.figures.simulated_power(self.silent)

    @result
    def customers_add_up(self) -> Identity:
        """Active customers of the past who came back, as the plan has them and from their purchases."""
        history, rows = self.active.history, self._bought
        came_back = rows.filter(rows.is_purchase).customer_id.nunique().to_pandas()
        return Identity(say("identity-customers"), history.retained * history.eligible, float(came_back))

    @result
    def money_adds_up(self) -> Identity:
        """Their money in the outcome days, counted both ways."""
        history, spent = self.active.history, self._bought.amount.sum().to_pandas()
        return Identity(say("identity-money"), history.revenue * history.eligible, float(spent or 0))

    @property
    def _bought(self) -> ir.Table:
        """Purchases of the eligible customers in the outcome days."""
        anchor, purchases = self.active.history.anchor, self.tables.purchases
        last = anchor + dt.timedelta(days=self.active.outcome_days - 1)
        silence = silence_of(self.active.audience, self.unit.churn_after)
        customers = eligible(purchases.filter(purchases.is_purchase), anchor, silence)
        return purchases.filter(purchases.date.between(anchor, last)).semi_join(customers, "customer_id")
