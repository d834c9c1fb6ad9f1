"""One experiment, measured: from the unit's tables to the moments that all its figures are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.metrics import KINDS
from keepbook.experiments.randomised import (
    analysable,
    count_in_intake,
    count_in_outcomes,
    count_in_totals,
    with_drift,
)
from keepbook.experiments.sample_ratio import SampleRatio, balance, sample_ratio
from keepbook.simulate import experiments_truth
from keepbook.stats.moments import Moments, moments_of, moments_of_totals
from keepbook.tables import Tables
from keepbook.tables.follow_up import followed, life_table, outcomes_of
from keepbook.tables.intake import Intake, admitted
from keepbook.text import catalogue
from keepbook.unit import Experiment, Unit

say = catalogue("experiments")
PRE_PERIOD = ("pre_retained", "pre_orders", "pre_revenue")
TOGETHER = ("retained", "orders", "revenue", "margin", "profit", "days_to_purchase", *PRE_PERIOD)
Arms = Mapping[str, Moments]


@dataclass(frozen=True)
class Study:
    """One experiment, measured.

    Attributes
    ----------
    experiment : as the unit file has it.
    unit : the unit's settings.
    moments : metric → variant → its moments, `margin` and `profit` among them where they are known.
    counts : variant → units that were randomised, the control first.
    intake : who counts; None for a ready table.
    each : one row per customer with outcomes, in the engine; None where only sums are known.
    life : as `life_table`; None where it is not known who bought when.
    """

    experiment: Experiment
    unit: Unit
    moments: Mapping[str, Arms]
    counts: Mapping[str, int]
    intake: Intake | None = None
    each: ir.Table | None = None
    life: pd.DataFrame | None = None

    @property
    def treatments(self) -> list[str]:
        """All variants but the control."""
        return [variant for variant in self.counts if variant != self.experiment.control]

    @property
    def clustered(self) -> bool:
        """Whether clusters were randomised."""
        return any(arm.clustered for arms in self.moments.values() for arm in arms.values())

    @property
    def customers(self) -> int:
        """Customers whose outcomes are known."""
        return max(sum(arm.customers for arm in arms.values()) for arms in self.moments.values())

    @cached_property
    def ratio(self) -> SampleRatio:
        """Whether customers fell into the arms as intended, and at all times alike."""
        ratio = sample_ratio(self.counts, self.experiment.split)
        return ratio if self.intake is None else with_drift(ratio, self.intake)

    @property
    def known_intake(self) -> Intake:
        """Who counts.

        Raises
        ------
        NotEnoughData : the experiment is a ready table.
        """
        if self.intake is None:
            raise NotEnoughData(say("no-assignments"))
        return self.intake


def study_of(tables: Tables, unit: Unit, experiment: Experiment) -> Study:
    """Measures one experiment, from whichever of its three inputs the unit has.

    Raises
    ------
    NotEnoughData : an arm is empty, or nobody in it has been followed up yet; or no metric has any value.
    """
    if experiment.totals is not None:
        found = _of_totals(tables.totals[experiment.name], unit, experiment)
    elif experiment.outcomes is not None:
        found = _of_outcomes(tables.outcomes[experiment.name], unit, experiment)
    else:
        found = _of_assignments(tables, unit, experiment)
    order = [*found.counts]  # the control first, then as the unit file has them: so they stand everywhere
    moments = {
        metric: {name: arms[name] for name in order if name in arms} for metric, arms in found.moments.items()
    }
    return replace(found, moments=moments)


def _of_assignments(tables: Tables, unit: Unit, experiment: Experiment) -> Study:
    intake = analysable(admitted(tables, experiment))
    seen = followed(intake, tables.purchases)
    each = outcomes_of(intake, seen, unit.margin)
    joint = moments_of(each, [name for name in TOGETHER if name in each.columns])
    moments: dict[str, Arms] = {
        metric: joint for metric in KINDS if metric != "profit" or metric in each.columns
    }
    own = [name for name in experiment.metrics if name not in KINDS]
    moments |= {name: moments_of(each, [name]) if name in each.columns else {} for name in own}
    life = None if intake.clustered else life_table(intake, seen, tables.window.as_of)
    return Study(experiment, unit, moments, count_in_intake(intake), intake, each, life)


def _of_outcomes(each: ir.Table, unit: Unit, experiment: Experiment) -> Study:
    names = dict.fromkeys([*experiment.metrics, *(name for name in each.columns if name == "revenue")])
    moments: dict[str, Arms] = {name: moments_of(each, [name]) for name in names}
    if not any(moments.values()):
        raise NotEnoughData(say("no-values", name=experiment.name))
    counts = count_in_outcomes(each, experiment)
    return Study(experiment, unit, _with_margin(moments, unit.margin), counts, None, each)


def _of_totals(totals: pd.DataFrame, unit: Unit, experiment: Experiment) -> Study:
    single = moments_of_totals(totals)
    names = list(dict.fromkeys(metric for _variant, metric in single))
    moments: dict[str, Arms] = {
        name: {v: arm for (v, metric), arm in single.items() if metric == name} for name in names
    }
    return Study(experiment, unit, _with_margin(moments, unit.margin), count_in_totals(totals, experiment))


def _with_margin(moments: Mapping[str, Arms], margin: float) -> dict[str, Arms]:
    """Adds the margin to the moments of a ready table that holds `revenue`."""
    made = dict(moments)
    if "revenue" in moments and "margin" not in moments:
        made["margin"] = {
            name: replace(arm, names=("margin",), mean=margin * arm.mean, cov=margin**2 * arm.cov)
            for name, arm in moments["revenue"].items()
        }
    return made


def study_balance(study: Study) -> pd.DataFrame:
    """How alike the arms were before; see `balance`. Empty where nothing is known of before."""
    arms = study.moments["retained"] if study.intake is not None else {}
    names = [name for name in PRE_PERIOD if any(name in arm.names for arm in arms.values())]
    return balance(arms, study.experiment.control, names, study.unit.alpha)


def revenue_by_arm(study: Study) -> float:
    """Money of all arms in their outcome days, from the moments that every figure is made of.

    Raises
    ------
    NotEnoughData : the table holds no revenue.
    """
    if "revenue" not in study.moments:
        raise NotEnoughData(say("no-revenue"))
    arms = study.moments["revenue"].values()
    return float(sum(arm.count * arm.mean[arm.at("revenue")] for arm in arms))


def revenue_of_purchases(study: Study, tables: Tables) -> float:
    """The same money, from the purchases.

    Raises
    ------
    NotEnoughData : it is not known who bought when.
    """
    customers = study.known_intake.customers
    rows = tables.purchases.inner_join(customers.filter(customers.is_mature), "customer_id")
    rows = rows.filter(rows.date.between(rows.begins, rows.ends))
    return float(rows.amount.sum().to_pandas() or 0)


def truth_of(unit: Unit, experiment: Experiment) -> dict[str, float] | None:
    """The true effects, metric by metric, of an experiment that the unit's simulation ran; else None."""
    if not unit.simulated:
        return None
    return experiments_truth(unit.transactions.simulation(), unit.margin).get(experiment.name)
