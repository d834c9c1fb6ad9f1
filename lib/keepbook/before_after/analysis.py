"""What a change did that was not assigned at random, of one unit: every result once, when it is asked for."""

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from keepbook.before_after.comparison import BeforeAfter, before_after
from keepbook.before_after.verdict import Verdict, verdict_of
from keepbook.errors import NotEnoughData
from keepbook.page import html
from keepbook.page.analysis import Analysis
from keepbook.page.elements import Chart, Decision, Identity, Table, Tile, tiles_of
from keepbook.reading.conditions import customers_column, meets
from keepbook.results import is_missing, known, result
from keepbook.simulate import experiments_truth
from keepbook.tables import Tables
from keepbook.text import catalogue
from keepbook.unit import Change

say = catalogue("before_after")


@dataclass
class BeforeAfterAnalysis(Analysis):
    """What a change brought: customers before and after it, against others or against their trend.

    Where the unit file names no change, every result is missing.

    Attributes
    ----------
    change : what was introduced, when and for whom, as the unit file says.
    sister : tables of the unit that is compared with, where it is another one.
    comparison : effects, money, checks, see `keepbook.before_after.BeforeAfter`.
    verdict : what may be said of keeping the change, see `Verdict`.
    truth : metric → true effect per customer and month, of simulated data.

    >>> import keepbook as kb
    >>> shop = kb.open("demo")
    >>> shipping = shop.before_after("free_shipping")
    >>> shipping.comparison.kind
    'difference-in-differences'
    >>> shipping.comparison.effects["metric"].tolist()
    ['revenue', 'orders', 'retained']
    """

    change: Change
    sister: Tables | None = None  # of the unit that is compared with, where it is another one

    @result
    def comparison(self) -> BeforeAfter:
        """Customers before and after the change: effects, money, checks."""
        return before_after(self.tables, self.change, self.unit.margin, self.unit.alpha, sister=self.sister)

    @result
    def verdict(self) -> Verdict:
        """What may be said of keeping the change."""
        return verdict_of(self.comparison)

    @result
    def truth(self) -> dict[str, float] | None:
        """Metric → true effect per customer and month, where the change was simulated."""
        if not self.unit.simulated:
            return None
        return experiments_truth(self.unit.transactions.simulation(), self.unit.margin).get(self.change.name)

    @property
    def decision(self) -> Decision:
        """What may be said of keeping the change, and why; also where nothing could be compared."""
        if is_missing(self.comparison):
            return self.page.decision.no_decision(self.comparison.reason, known(self.change))
        return self.page.decision.decision(self.comparison, self.unit)

    @property
    def findings(self) -> list[str]:
        """Money, what may speak against it, who was compared; the decision says why there are none."""
        comparison = known(self.comparison)
        return self.page.facts.findings(comparison, self.unit, self.truth) if comparison else []

    @property
    def tiles(self) -> list[Tile]:
        """Money and what decides; none where a check fails."""
        comparison = known(self.comparison)
        return self.page.facts.tiles(comparison, self.unit) if comparison else []

    @result
    def levels(self) -> Chart:
        """Both groups over the periods, and what was to be expected."""
        return self.page.figures.levels(self.comparison, self.unit)

    @result
    def event_study(self) -> Chart:
        """How far each period lies from what was to be expected."""
        return self.page.figures.event_study(self.comparison, self.unit, self.truth)

    @result
    def placebo(self) -> Chart:
        """What the same comparison finds at earlier dates."""
        return self.page.figures.placebo(self.comparison, self.unit)

    @result
    def effects_table(self) -> Table:
        """Every metric as it was, and as was to be expected."""
        return self.page.tables.effects_table(self.comparison, self.unit, self.truth)

    @result
    def courses_table(self) -> Table:
        """Every metric of both groups before and after."""
        return self.page.tables.courses_table(self.comparison, self.unit)

    @result
    def checks_line(self) -> str:
        """How each check came out, in a line."""
        return self.page.checks.checks_line(self.comparison)

    @result
    def checks_table(self) -> Table:
        """What the data can say against the comparison."""
        return self.page.tables.checks_table(self.comparison)

    @result
    def placebo_table(self) -> Table:
        """Effects at dates at which nothing was introduced."""
        return self.page.tables.placebo_table(self.comparison, self.unit)

    @result
    def robust_table(self) -> Table:
        """The effects under other assumptions, and how much would undo them."""
        return self.page.tables.robust_table(self.comparison, self.unit)

    @result
    def money_table(self) -> Table:
        """What it earns, per customer and period, per customer, and of all."""
        return self.page.tables.money_table(self.comparison, self.unit)

    @result
    def groups_table(self) -> Table:
        """Who takes part, and who does not."""
        return self.page.tables.groups_table(self.comparison)

    @result
    def notes_table(self) -> Table:
        """How customers and periods were chosen."""
        return self.page.tables.notes_table(self.comparison)

    def _repr_html_(self) -> str:
        shown = [self.decision.html(), html.sentences(self.findings), tiles_of(self.tiles, self.unit)]
        return html.style() + "".join(shown)

    @result
    def money_adds_up(self) -> Identity:
        """With a comparison group, the money that is drawn is the money of these customers' purchases."""
        if not self.comparison.compared:
            raise NotEnoughData(say("ages-do-not-add-up"))
        rows = self.comparison.levels[self.comparison.levels["metric"] == "revenue"]
        if rows.empty:
            raise NotEnoughData(say("no-revenue"))
        size = self.comparison.groups.set_index("group")["customers"]
        drawn = float((rows["mean"] * rows["group"].map(size)).sum())
        return Identity(say("identity-money"), drawn, self._spent("treated") + self._spent("comparison"))

    @result
    def effect_adds_up(self) -> Identity:
        """The effect is the mean of the periods from the date on."""
        first, study = self.comparison.effects.iloc[0], self.comparison.event_study
        after = study[(study["metric"] == first["metric"]) & (study["period"] >= 0)]
        return Identity(say("identity-effect"), float(after["effect"].mean()), float(first["effect"]))

    @result
    def customers_add_up(self) -> Identity:
        """Every customer is in one group."""
        grouped = float(self.comparison.groups[["customers", "newer"]].to_numpy().sum())
        counted = sum(_buyers(unit) for unit in (self.tables, self.sister) if unit)
        return Identity(say("identity-customers"), grouped, float(counted))

    def _spent(self, group: str) -> float:
        """A group's money in the periods, from the purchases of those who had bought before the first one."""
        rows, periods = self._purchases_of(group), self.comparison.periods
        begins, ends = periods["start"].min().date(), periods["end"].max().date()
        known = rows.filter(rows.is_purchase & (rows.date < begins)).select("customer_id").distinct()
        inside = rows.filter(rows.date.between(begins, ends)).semi_join(known, "customer_id")
        return float(inside.amount.sum().to_pandas() or 0)

    def _purchases_of(self, group: str) -> ir.Table:
        change, is_treated = self.change, group == "treated"
        tables = self.tables if is_treated or self.sister is None else self.sister
        listed: Any = tables.customers
        met, asked = [], change.treated if is_treated else change.comparison
        if asked:
            met.append(meets(listed, asked))
        elif change.treated and not self.sister:
            met.append(~meets(listed, change.treated))
        if change.cluster:
            met.append(customers_column(listed, change.cluster).notnull())
        return tables.purchases.semi_join(listed.filter(*met), "customer_id") if met else tables.purchases


def _buyers(tables: Tables) -> int:
    rows = tables.purchases
    bought = rows.filter(rows.is_purchase & (rows.date <= tables.window.as_of))
    return int(bought.customer_id.nunique().to_pandas())
