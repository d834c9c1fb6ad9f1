"""One experiment: who was randomised, and the moments that all its figures are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import KINDS
from keepbook.experiments.sample_ratio import SampleRatio, balance, sample_ratio
from keepbook.stats.moments import Moments, moments_of, moments_of_totals
from keepbook.tables import Tables
from keepbook.tables.follow_up import followed, life_table, outcomes_of
from keepbook.tables.intake import Intake, follow_up, taken_in, with_arms
from keepbook.text import catalogue
from keepbook.unit import Experiment, Unit

say = catalogue("experiments")
PRE_PERIOD = ("pre_retained", "pre_orders", "pre_revenue")
TOGETHER = ("retained", "orders", "revenue", "margin", "profit", "days_to_purchase", *PRE_PERIOD)
Arms = dict[str, Moments]


@dataclass(frozen=True)
class Randomised:
    """An experiment before its outcomes.

    Attributes
    ----------
    experiment : as the unit file has it.
    counts : variant → units that were randomised, the control first.
    ratio : as `sample_ratio`; None where it is not known yet: clusters are counted once followed up.
    intake : who counts; None for a ready table.
    lacking : why there is nothing to analyse yet; None where there is.
    """

    experiment: Experiment
    counts: dict[str, int]
    ratio: SampleRatio | None
    intake: Intake | None = None
    lacking: NotEnoughData | None = None


def before_outcomes(tables: Tables, experiment: Experiment) -> Randomised:
    """What can be told of an experiment without counting what its customers did.

    Raises
    ------
    NotEnoughData : nobody counts.
    """
    if experiment.is_ready_made:
        counts = _ready_counts(tables, experiment)
        return Randomised(experiment, counts, sample_ratio(counts, experiment.split))
    intake = taken_in(tables, experiment)
    lacking = None
    try:
        _analysable(with_arms(intake))
    except NotEnoughData as reason:
        lacking = reason
    counts = _counts(intake)
    known = len(counts) > 1 and (not intake.clustered or all(counts.values()))
    return Randomised(experiment, counts, _ratio(counts, intake) if known else None, intake, lacking)


def _ratio(counts: Mapping[str, int], intake: Intake) -> SampleRatio:
    """With the drift of the shares, where customers were randomised."""
    return sample_ratio(counts, intake.experiment.split, None if intake.clustered else intake.customers)


def _analysable(intake: Intake) -> Intake:
    """As `follow_up`; a broken split has nothing to wait for, as long as anything is there to look at."""
    mature = intake.arms.set_index("variant")["mature"] > 0
    comparable = mature[intake.experiment.control] and mature[intake.treatments].any()
    known = comparable and not intake.clustered  # clusters are counted once followed up
    broken = known and sample_ratio(_counts(intake), intake.experiment.split).broken
    return intake if broken else follow_up(intake)


def _counts(intake: Intake) -> dict[str, int]:
    """Variant → customers; or clusters of which somebody has been followed up."""
    unit_count = "clusters" if intake.clustered else "assigned"
    return dict(zip(intake.arms["variant"], intake.arms[unit_count].astype(int), strict=True))


def _ready_counts(tables: Tables, experiment: Experiment) -> dict[str, int]:
    """Variant → lines of a ready table; of sums, customers of whom most is known, where metrics differ."""
    if experiment.totals is not None:
        found = tables.totals[experiment.name].groupby("variant")["n"].max()
    else:
        each = tables.outcomes[experiment.name]
        found = (
            each.group_by("variant").agg(n=each.count()).to_pandas().set_index("variant")["n"].sort_index()
        )
    counts = {str(variant): int(n) for variant, n in found.items()}
    named = {name: counts[name] for name in experiment.split or () if name in counts}
    return {experiment.control: counts.get(experiment.control, 0)} | named | counts


# ── with outcomes ───────────────────────────────────────────────────────────────────────────────────────


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
        if self.intake is None:
            return sample_ratio(self.counts, self.experiment.split)
        return _ratio(self.counts, self.intake)

    @property
    def known_intake(self) -> Intake:
        """Who counts; nobody is known where the experiment is a ready table."""
        if self.intake is None:
            raise NotEnoughData(say("no-assignments"))
        return self.intake


def study_of(tables: Tables, unit: Unit, experiment: Experiment) -> Study:
    """Measures one experiment, from whichever of its three inputs the unit has.

    Raises
    ------
    NotEnoughData : an arm is empty, or nobody in it has been followed up yet; or no metric has any value.
    """
    found = (_of_ready if experiment.is_ready_made else _of_assignments)(tables, unit, experiment)
    order = [*found.counts]  # the control first, then as the unit file has them: so they stand everywhere
    moments = {
        metric: {name: arms[name] for name in order if name in arms} for metric, arms in found.moments.items()
    }
    return replace(found, moments=moments)


def _of_assignments(tables: Tables, unit: Unit, experiment: Experiment) -> Study:
    intake = _analysable(with_arms(taken_in(tables, experiment)))
    seen = followed(intake, tables.purchases)
    each = outcomes_of(intake, seen, unit.margin)
    joint = moments_of(each, [name for name in TOGETHER if name in each.columns])
    moments = {metric: joint for metric in KINDS if metric != "profit" or metric in each.columns}
    own = [name for name in experiment.metrics if name not in KINDS]
    moments |= {name: moments_of(each, [name]) if name in each.columns else {} for name in own}
    life = None if intake.clustered else life_table(intake, seen, tables.window.as_of)
    return Study(experiment, unit, moments, _counts(intake), intake, each, life)


def _of_ready(tables: Tables, unit: Unit, experiment: Experiment) -> Study:
    each = None
    if experiment.totals is not None:
        moments = moments_of_totals(tables.totals[experiment.name])
    else:
        each = tables.outcomes[experiment.name]
        names = dict.fromkeys([*experiment.metrics, *(name for name in each.columns if name == "revenue")])
        moments = {name: moments_of(each, [name]) for name in names}
        if not any(moments.values()):
            raise NotEnoughData(say("no-values", name=experiment.name))
    if "revenue" in moments and "margin" not in moments:
        moments["margin"] = {
            name: replace(arm, names=("margin",), mean=unit.margin * arm.mean, cov=unit.margin**2 * arm.cov)
            for name, arm in moments["revenue"].items()
        }
    return Study(experiment, unit, moments, _ready_counts(tables, experiment), None, each)


def study_balance(study: Study) -> pd.DataFrame:
    """How alike the arms were before; see `balance`. Empty where nothing is known of before."""
    arms = study.moments["retained"] if study.intake is not None else {}
    names = [name for name in PRE_PERIOD if any(name in arm.names for arm in arms.values())]
    return balance(arms, study.experiment.control, names, study.unit.alpha)


def revenue_by_arm(study: Study) -> float:
    """Money of all arms in their outcome days, from the moments that every figure is made of."""
    if "revenue" not in study.moments:
        raise NotEnoughData(say("no-revenue"))
    arms = study.moments["revenue"].values()
    return float(sum(arm.count * arm.mean[arm.at("revenue")] for arm in arms))


def revenue_of_purchases(study: Study, tables: Tables) -> float:
    """The same money, from the purchases."""
    customers = study.known_intake.customers
    rows = tables.purchases.inner_join(customers.filter(customers.is_mature), "customer_id")
    rows = rows.filter(rows.date.between(rows.begins, rows.ends))
    return float(rows.amount.sum().to_pandas() or 0)
