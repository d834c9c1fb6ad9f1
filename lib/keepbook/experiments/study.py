"""One experiment, measured: from the unit's tables to the moments that all its figures are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import KINDS, columns_of
from keepbook.experiments.effects import Wanted, effects_of
from keepbook.experiments.money import money_of, with_margin
from keepbook.experiments.randomised import analysable, in_intake, in_outcomes, in_time, in_totals
from keepbook.experiments.sample_ratio import SampleRatio, balance, sample_ratio
from keepbook.experiments.segments import Segments, by_segment, together, with_segment
from keepbook.experiments.verdict import Verdict, decide
from keepbook.simulate import experiments_truth
from keepbook.stats import survival
from keepbook.stats.moments import SIZE, Moments, moments_of, moments_of_totals
from keepbook.tables import Tables
from keepbook.tables.follow_up import followed, life_table, outcomes_of
from keepbook.tables.intake import Intake, admitted
from keepbook.text import _
from keepbook.unit import Experiment, Unit

BEFORE = ("pre_retained", "pre_orders", "pre_revenue")
TOGETHER = ("retained", "orders", "revenue", "margin", "profit", "days_to_purchase", *BEFORE)
Arms = Mapping[str, Moments]


class Waiting(NamedTuple):
    """How long customers took to come back.

    Attributes
    ----------
    curves : as `survival.curves`. means : one row per treatment: variant, control, treatment, effect, error,
        ci_lower, ci_upper, pvalue (restricted mean days without a purchase), logrank_pvalue.
    """

    curves: pd.DataFrame
    means: pd.DataFrame


@dataclass(frozen=True)
class Study:
    """One experiment, measured.

    Attributes
    ----------
    moments : metric → variant → its moments, `margin` and `profit` among them where they are known.
    counts : variant → units that were randomised, for the sample-ratio check.
    intake : who counts; None for a ready table. each : one row per customer with outcomes, in the engine;
        None where only sums are known. life : as `life_table`; None where it is not known who bought when.
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


def study(tables: Tables, unit: Unit, experiment: Experiment) -> Study:
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
    return Study(experiment, unit, moments, in_intake(intake), intake, each, life)


def _of_outcomes(each: ir.Table, unit: Unit, experiment: Experiment) -> Study:
    names = dict.fromkeys([*experiment.metrics, *(name for name in each.columns if name == "revenue")])
    moments: dict[str, Arms] = {name: moments_of(each, [name]) for name in names}
    if not any(moments.values()):
        text = _("Experiment {name}: no customer has a value of any metric.")
        raise NotEnoughData(text.format(name=experiment.name))
    counts = in_outcomes(each, experiment)
    return Study(experiment, unit, with_margin(moments, unit.margin), counts, None, each)


def _of_totals(totals: pd.DataFrame, unit: Unit, experiment: Experiment) -> Study:
    single = moments_of_totals(totals)
    names = list(dict.fromkeys(metric for _variant, metric in single))
    moments: dict[str, Arms] = {
        name: {v: arm for (v, metric), arm in single.items() if metric == name} for name in names
    }
    return Study(experiment, unit, with_margin(moments, unit.margin), in_totals(totals, experiment))


# ── what is made of it ──────────────────────────────────────────────────────────────────────────────────


def split_check(found: Study) -> SampleRatio:
    """Whether customers fell into the arms as intended, and at all times alike."""
    ratio = sample_ratio(found.counts, found.experiment.split)
    return ratio if found.intake is None else in_time(ratio, found.intake)


def balanced(found: Study) -> pd.DataFrame:
    """How alike the arms were before; see `balance`. Empty where nothing is known of before."""
    arms = found.moments["retained"] if found.intake is not None else {}
    names = [name for name in BEFORE if any(name in arm.names for arm in arms.values())]
    return balance(arms, found.experiment.control, names, found.unit.alpha)


def effects(found: Study) -> pd.DataFrame:
    """All metrics of all treatments; see `effects_of`.

    Raises
    ------
    NotEnoughData : none can be compared, unless the split is broken, which explains it.
    """
    if not _comparable(found) and not split_check(found).broken:
        units = _("clusters") if found.clustered else _("customers")
        text = _("Experiment {name}: an arm has fewer than two {units}, so there is no measure of chance.")
        raise NotEnoughData(text.format(name=found.experiment.name, units=units))
    named, alpha = found.experiment, found.unit.alpha
    wishes = {name: Wanted(one.role, one.margin, one.better) for name, one in named.metrics.items()}
    return effects_of(found.moments, wishes, named.control, alpha=alpha, planned=named.planned)


def _comparable(found: Study) -> bool:
    """Whether the control and some treatment have two units with the same metric."""
    known = ({v for v, arm in arms.items() if arm.count > 1} for arms in found.moments.values())
    return any(found.experiment.control in variants and len(variants) > 1 for variants in known)


def money(found: Study) -> pd.DataFrame:
    """What each treatment earns; see `money_of`.

    Raises
    ------
    NotEnoughData : no metric speaks of money.
    """
    if "margin" not in found.moments:
        raise NotEnoughData(_("Not shown: money. No metric of this experiment speaks of it; map `revenue`."))
    named, alpha = found.experiment, found.unit.alpha
    reached = named.rollout_to or found.customers
    return money_of(found.moments, named, reached, alpha=alpha, planned=named.planned)


def verdict(
    found: Study,
    ratio: SampleRatio,
    shown: pd.DataFrame,
    tables: Tables,
    earned: pd.DataFrame | NotEnoughData | None = None,
) -> Verdict:
    """What to do; see `decide`. `earned`: what it earns, or the reason why that is not known.

    Raises
    ------
    NotEnoughData : that reason, where a metric speaks of money and the split is sound.
    """
    if isinstance(earned, NotEnoughData) and "margin" in found.moments and not ratio.unsound:
        raise earned
    known = earned if isinstance(earned, pd.DataFrame) else None
    as_of, alpha = tables.window.as_of, found.unit.alpha
    return decide(found.experiment, ratio, shown, known, as_of, found.intake, alpha)


def lines_accounted(found: Study) -> float:
    """Lines of the assignments table under all rules together.

    Raises
    ------
    NotEnoughData : there is no such table.
    """
    return float(_intake(found).ledger["lines"].sum())


def lines_in(found: Study) -> float:
    """Lines of the assignments table that are of the experiment; raises as `lines_accounted`."""
    return float(_intake(found).lines)


def _intake(found: Study) -> Intake:
    if found.intake is None:
        raise NotEnoughData(_("Not shown: who was assigned. The table holds outcomes alone."))
    return found.intake


def waiting(found: Study) -> Waiting:
    """How long customers took to come back: all of them, also those not yet followed to the end.

    Raises
    ------
    NotEnoughData : it is not known who bought when; or clusters were drawn, which no curve here allows for.
    """
    if found.life is None:
        if found.clustered:
            raise NotEnoughData(
                _("Not shown: the days to the next purchase; clusters are drawn, see the table above.")
            )
        raise NotEnoughData(_("Not shown: the days to the next purchase. The table holds outcomes alone."))
    control, alpha = found.experiment.control, found.unit.alpha
    days = found.experiment.outcome_days + (found.experiment.first_day == "next")
    rows = []
    for variant in found.treatments:
        mean = survival.restricted_mean_difference(found.life, control, variant, days, alpha)
        test = survival.logrank(found.life, control, variant)
        rows.append({"variant": variant, **mean._asdict(), "logrank_pvalue": test.pvalue})
    return Waiting(survival.curves(found.life, alpha), pd.DataFrame(rows))


def segments(found: Study, tables: Tables, metric: str) -> list[Segments]:
    """Effects on one metric by all segments that the unit file names; see `by_segment` and `together`.

    Columns whose segments carry no answer are left out, and every part tells of them.

    Raises
    ------
    NotEnoughData : none are named, the customers are not known, or no segments carry an answer.
    """
    columns = found.experiment.segments
    if not columns:
        raise NotEnoughData(_("Not shown: for whom it works. The experiment names no `segments`."))
    if found.each is None or found.intake is None:
        raise NotEnoughData(_("Not shown: for whom it works. The table holds outcomes alone."))
    if not found.moments.get(metric):
        raise NotEnoughData(_("Not shown: for whom it works. The goal has no value that is known."))
    arm = next(iter(found.moments[metric].values()))
    names = [name for name in columns_of(metric, arm, adjust=True).all if name != SIZE]
    everybody = dict(zip(found.intake.arms["variant"], found.intake.arms["mature"].astype(int), strict=True))
    orders = tables.attributes
    parts: list[Segments] = []
    reasons: list[str] = []
    for column in columns:
        try:
            each = with_segment(found.each, column, tables.listed, tables.purchases, orders)
            parts += by_segment(
                each, found.experiment, column, metric, names, everybody, alpha=found.unit.alpha
            )
        except NotEnoughData as reason:
            reasons.append(reason.what)
    if not parts:
        raise NotEnoughData(" ".join(reasons))
    return [replace(part, not_shown=(*part.not_shown, *reasons)) for part in together(parts)]


def revenue_by_arm(found: Study) -> float:
    """Money of all arms in their outcome days, from the moments that every figure is made of.

    Raises
    ------
    NotEnoughData : the table holds no revenue.
    """
    if "revenue" not in found.moments:
        raise NotEnoughData(_("Not shown: revenue by arm. No metric of this experiment is `revenue`."))
    arms = found.moments["revenue"].values()
    return float(sum(arm.count * arm.mean[arm.at("revenue")] for arm in arms))


def revenue_seen(found: Study, tables: Tables) -> float:
    """The same money, from the purchases.

    Raises
    ------
    NotEnoughData : it is not known who bought when.
    """
    people = _intake(found).customers
    rows = tables.purchases.inner_join(people.filter(people.is_mature), "customer_id")
    rows = rows.filter(rows.date.between(rows.begins, rows.ends))
    return float(rows.amount.sum().to_pandas() or 0)


def truth_of(unit: Unit, experiment: Experiment) -> dict[str, float] | None:
    """The true effects, metric by metric, of an experiment that the unit's simulation ran; else None."""
    if not unit.simulated:
        return None
    return experiments_truth(unit.transactions.simulation(), unit.margin).get(experiment.name)
