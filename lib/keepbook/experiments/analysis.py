"""Which retention strategy works: one experiment of a unit, every result once, when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from keepbook import experiments
from keepbook.errors import NotEnoughData
from keepbook.experiments.margins import by_margin
from keepbook.page.analysis import Analysis
from keepbook.page.elements import Chart, Decision, Identity, Table, Tile
from keepbook.results import attempt, is_missing, known, needed, result
from keepbook.simulate import experiments_truth
from keepbook.text import catalogue
from keepbook.unit import Experiment

if TYPE_CHECKING:
    from keepbook.experiments.page.facts import Facts

say, say_of_page = catalogue("experiments"), catalogue("page")


@dataclass(repr=False)
class ExperimentAnalysis(Analysis):
    """What a strategy brought, of customers who were randomised: effects, money, and what to do.

    Attributes
    ----------
    entry : the experiment as the unit file has it; None: there is none, and every result is missing.
    study : customers, their outcomes and moments, see `keepbook.experiments.Study`.
    ratio : whether the arms are as large as intended, see `SampleRatio`.
    balance : how alike the arms were before, one row per treatment and column, see `study_balance`.
    effects : one row per treatment and metric, see `study_effects`.
    money : what each treatment earns, one row per treatment, see `study_money`.
    verdict : what to do and why, see `Verdict`.
    segments : effects by every segment that the unit file names, see `Segments`.
    time_to_purchase : how soon customers came back, in days, see `TimeToPurchase`.
    truth : metric → true effect, of a simulated unit; else None.

    >>> import keepbook as kb
    >>> shop = kb.open("demo")
    >>> test = shop.experiment("winback_voucher")
    >>> test.study.treatments
    ['voucher']
    >>> test.effects.columns.tolist()[:4]
    ['variant', 'metric', 'role', 'kind']
    >>> test.verdict.action
    'roll-out'
    """

    entry: Experiment | None = None

    @result
    def study(self) -> experiments.Study:
        """The experiment, measured."""
        if self.entry is None:
            raise NotEnoughData(say_of_page("no-entry", list="experiments"))
        return experiments.study_of(self.tables, self.unit, self.entry)

    @result
    def ratio(self) -> experiments.SampleRatio:
        """Whether customers fell into the arms as intended, and at all times alike."""
        return self.study.ratio

    @result
    def balance(self) -> pd.DataFrame:
        """How alike the arms were before, one row per treatment and column."""
        return experiments.study_balance(needed(self.study))

    @result
    def effects(self) -> pd.DataFrame:
        """Every metric of every treatment against the control."""
        return experiments.study_effects(self.study)

    @result
    def money(self) -> pd.DataFrame:
        """What each treatment earns, one row per treatment."""
        return experiments.study_money(self.study)

    @result
    def verdict(self) -> experiments.Verdict:
        """What to do: roll out, stop, keep running or redesign."""
        effects, study = needed(self.effects), self.study
        if "margin" in study.moments and not study.ratio.failed:
            needed(self.money)  # a metric speaks of money: without it nothing is decided
        return experiments.study_verdict(study, effects, known(self.money), self.tables.window.as_of)

    @result
    def truth(self) -> dict[str, float] | None:
        """True effects of a simulated experiment by metric; None of real data."""
        name = self.study.experiment.name
        if not self.unit.simulated:
            return None
        return experiments_truth(self.unit.transactions.simulation(), self.unit.margin).get(name)

    @result
    def time_to_purchase(self) -> experiments.TimeToPurchase:
        """How soon customers came back, day by day and on average."""
        return experiments.time_to_purchase(needed(self.study))

    @result
    def segments(self) -> list[experiments.Segments]:
        """Effects on the first goal by the segments that the unit file names."""
        return experiments.segment_effects(needed(self.study), self.tables, self._goal[0])

    @property
    def _goal(self) -> tuple[str, str]:
        """Name and kind of the first goal; no name where no metric can be compared."""
        if is_missing(self.effects):
            return "", "number"
        first = self.effects[self.effects["role"] == "goal"].iloc[0]
        return str(first["metric"]), str(first["kind"])

    # ── as pages show it ────────────────────────────────────────────────────────────────────────────────

    @property
    def _facts(self) -> Facts:
        parts = [known(part) for part in (self.effects, self.money, self.verdict, self.truth)]
        return self.page.facts.Facts(needed(self.study), self.ratio, *parts)

    @property
    def _believed(self) -> Facts:
        """The same, where the split lets an effect be believed."""
        if self.ratio.failed:
            raise NotEnoughData(say("no-effect-shown"))
        return self._facts

    @result
    def decision(self) -> Decision:
        """What to do and why; where nothing can be decided, why that is so."""
        if is_missing(self.verdict):
            return Decision(say("no-decision"), str(self.verdict), "wait")
        return self.page.verdict.decision(self._facts, self.verdict)

    @result
    def findings(self) -> list[str]:
        """Money, goals, guardrails, who counted, truth; or why there is nothing to tell."""
        if is_missing(self.study):
            return [str(self.study)]
        reasons = [str(self.effects)] if is_missing(self.effects) else []
        return [*self.page.facts.findings(self._facts, self.decision.stake), *reasons]

    @result
    def tiles(self) -> list[Tile]:
        """What is earned, or from which margin on it pays, and the first goals."""
        return [] if is_missing(self.study) else self.page.tiles.tiles(self._facts)

    @result
    def effects_table(self) -> Table:
        """Every metric against the control; where the split is broken, the arms, and effects folded away."""
        needed(self.effects)
        broken = say("split-table.broken", drifted=not self.ratio.broken)
        arms = replace(self.split_table, name="split", caption=broken) if self.ratio.failed else None
        return self.page.result_table.effects_table(self._facts, arms)

    @result
    def margin_table(self) -> Table:
        """What would be decided at every margin."""
        needed(self.money)
        scan = by_margin(self.study, needed(self.effects), self.tables.window.as_of)
        return self.page.margins.margin_table(self._facts, scan)

    @result
    def profit(self) -> Chart:
        """How likely each profit per customer is."""
        found = self._believed
        return self.page.figures.profit(found, experiments.profit_curves(needed(self.money), self.unit.alpha))

    @result
    def comeback(self) -> Chart:
        """How many have bought again, day by day."""
        return self.page.figures.comeback(self._believed, needed(self.time_to_purchase))

    @result
    def segment_effects(self) -> Chart:
        """The effect in each segment, as measured and as to be expected."""
        found = self._believed
        return self.page.segment_figure.segment_effects(needed(self.segments), self._goal[1], found)

    # ── for analysts ────────────────────────────────────────────────────────────────────────────────────

    @result
    def basis_table(self) -> Table:
        """How the decision was made, step by step."""
        return self.page.verdict.basis_table(self._facts, needed(self.verdict))

    @result
    def split_table(self) -> Table:
        """Arms as intended and as found."""
        return self.page.tables.split_table(self.ratio, self.study)

    @result
    def left_out_table(self) -> Table:
        """What became of every line of the assignments table."""
        return self.page.tables.left_out_table(self.study)

    @result
    def balance_table(self) -> Table:
        """How alike the arms were before."""
        return self.page.tables.balance_table(self.balance, self.study)

    @result
    def overlaps_table(self) -> Table:
        """Other experiments that hold the same customers."""
        return self.page.tables.overlaps_table(self.study)

    @result
    def money_table(self) -> Table:
        """What each treatment adds, costs and leaves."""
        return self.page.tables.money_table(self.money, self._believed.study.unit)

    @result
    def time_to_purchase_table(self) -> Table:
        """How much sooner customers came back."""
        alpha = self._believed.study.unit.alpha
        return self.page.tables.time_to_purchase_table(self.time_to_purchase.means, alpha)

    @result
    def segments_table(self) -> Table:
        """Effects by segment in numbers."""
        alpha = self._believed.study.unit.alpha
        return self.page.tables.segments_table(needed(self.segments), self._goal[1], alpha)

    def clv_after_test(self, scores: ir.Table) -> Table:
        """What the arms' customers are still worth after the outcome days.

        Parameters
        ----------
        scores : one row per customer with customer_id and clv, as the page of customer value has them.
        """
        clv = attempt(lambda: experiments.clv_after_test(self._believed.study, scores))
        return attempt(self.page.tables.clv_after_test_table, clv, self.unit)

    # ── what adds up ────────────────────────────────────────────────────────────────────────────────────

    @result
    def lines_add_up(self) -> Identity:
        """Every line of the assignments table stands under one rule."""
        intake = self.study.known_intake
        return Identity(say("identity-lines"), float(intake.ledger["lines"].sum()), float(intake.lines))

    @result
    def revenue_adds_up(self) -> Identity:
        """The money of the arms is the money of their customers' purchases."""
        study = needed(self.study)
        return Identity(
            say("identity-revenue"),
            experiments.revenue_by_arm(study),
            experiments.revenue_of_purchases(study, self.tables),
        )
