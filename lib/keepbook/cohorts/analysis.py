"""Who stays, of one unit: every result once, when it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook.cohorts.projection import Projection, project
from keepbook.cohorts.retention import BySegment, Retention, customers, retention, retention_by
from keepbook.cohorts.revenue import logo_churn, revenue_bridge
from keepbook.cohorts.triangle import Choices
from keepbook.page.analysis import Analysis
from keepbook.page.elements import Chart, Identity, Table, Tile
from keepbook.page.heat_table import HeatTable
from keepbook.results import known, result
from keepbook.text import catalogue

say = catalogue("cohorts")
GAINS, LOSSES = ["starting", "expansion", "reactivation", "new"], ["churned", "contraction"]


@dataclass(repr=False)
class CohortAnalysis(Analysis):
    """Who stays: retention of cohorts by customers and by money, customers lost, and where the curve leads.

    Attributes
    ----------
    choices : how it is counted, as the unit's settings say.
    retention : cells, average and cohorts, see `keepbook.cohorts.Retention`.
    bridge : revenue from period to period, one row per calendar period, see `revenue_bridge`.
    churn : customers lost, one row per calendar period, see `logo_churn`.
    projection : where the average curve is heading, checked on its own past, see `Projection`.
    by_segment : curves by the unit's `retention_by`; `by(column)` gives those of another column.

    >>> import keepbook as kb
    >>> shop = kb.open("demo")
    >>> shop.cohorts.retention.customers
    4000
    >>> shop.cohorts.by("region").curves.columns.tolist()[:4]
    ['segment', 'customers', 'period', 'label']
    """

    @property
    def choices(self) -> Choices:
        """How it is counted, as the unit's settings say."""
        return Choices.of(self.unit)

    @result
    def retention(self) -> Retention:
        """Cohort × period: customers and revenue; cells, average and cohorts."""
        return retention(self.tables.purchases, self.tables.window, self.choices)

    @result
    def bridge(self) -> pd.DataFrame:
        """Revenue from one calendar period to the next, one row per period, see `revenue_bridge`."""
        return revenue_bridge(self.tables.purchases, self.tables.window, **self._calendar)

    @result
    def churn(self) -> pd.DataFrame:
        """Customers lost by the unit's rule, one row per calendar period, see `logo_churn`."""
        days = self.unit.churn_after
        return logo_churn(self.tables.purchases, self.tables.window, churn_after=days, **self._calendar)

    @result
    def projection(self) -> Projection:
        """Where the average curve is heading, checked on its own past."""
        return project(self.retention, horizon=self.unit.horizon)

    @result
    def by_segment(self) -> BySegment:
        """The average curve of each segment by the unit's `retention_by`."""
        return self.by(self.unit.retention_by)

    def by(self, column: str | None) -> BySegment:
        """The average curve of each segment by a column of the customers table; raises as `retention_by`."""
        tables = self.tables
        return retention_by(tables.purchases, tables.customers, column, tables.window, self.choices)

    @property
    def _calendar(self) -> dict[str, Any]:
        return {"period": self.choices.period, "alpha": self.choices.alpha}

    @result
    def findings(self) -> list[str]:
        """Who stays and what that is worth, whether it changes, who is lost, where it leads."""
        projection = known(self.projection)
        return self.page.findings.findings(self.retention, self.churn, projection, self.unit)

    @result
    def tiles(self) -> list[Tile]:
        """First and later retention, customers lost, and net revenue retention."""
        return self.page.findings.tiles(self.retention, self.bridge, self.churn, self.unit)

    @result
    def heatmap(self) -> HeatTable:
        """Cohort × period: the share active in each, and at a switch the share of revenue."""
        return self.page.figures.heatmap(self.retention, self.unit.currency)

    @result
    def curves(self) -> Chart:
        """The average curve, every cohort thin behind it."""
        return self.page.figures.curve(self.retention)

    @result
    def average_table(self) -> Table:
        """The average curve in numbers."""
        return self.page.facts.average_table(self.retention)

    @result
    def segment_curves(self) -> Chart:
        """A panel per segment."""
        return self.page.figures.segment_curves(self.by_segment, self.retention)

    @result
    def projection_curve(self) -> Chart:
        """The average curve carried on, beside what the model had predicted of its past."""
        return self.page.figures.projection_curve(self.projection, self.retention)

    @result
    def revenue_curve(self) -> Chart:
        """Revenue of the average cohort as a share of its first period's."""
        return self.page.money_figures.revenue_curve(self.retention)

    @result
    def revenue_rates(self) -> Chart:
        """Net and gross revenue retention, period by period."""
        return self.page.money_figures.revenue_rates(self.bridge, self.choices)

    @result
    def churn_rate(self) -> Chart:
        """Customers lost, period by period."""
        return self.page.money_figures.churn_rate(self.churn, self.choices, self.unit.churn_after)

    @result
    def customers_add_up(self) -> Identity:
        """Every customer stands in exactly one cohort, or was left out by the unit's warm-up rule."""
        counted = self.retention.customers + self.retention.left_out
        return Identity(say("identity-customers"), counted, customers(self.tables.purchases))

    @result
    def money_adds_up(self) -> Identity:
        """What customers spent one period earlier, less losses, plus gains, is what they spend now."""
        flows = self.bridge[GAINS].sum().sum() - self.bridge[LOSSES].sum().sum()
        return Identity(say("identity-money"), flows, self.bridge["ending"].sum())

    @result
    def churn_adds_up(self) -> Identity:
        """The customers left at the end, counted a second time from their purchases."""
        end, days = self.churn["period_end"].max(), self.unit.churn_after
        recent = customers(self.tables.purchases, until=end, days=days)
        return Identity(say("identity-churn"), self.churn["at_end"].tail(1).sum(), recent)


@dataclass
class CohortComparison:
    """Who stays in several units: title of a unit → its analysis."""

    units: Mapping[str, CohortAnalysis]

    @result
    def curves(self) -> Chart:
        """The average curve of every unit in one chart."""
        from keepbook.cohorts.page.figures import compared_curves

        return compared_curves({title: one.retention for title, one in self.units.items()})
