"""Who was put into which arm, and whether the sample ratio is as intended: before any outcome."""

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.sample_ratio import SampleRatio, drift, sample_ratio
from keepbook.tables import Tables
from keepbook.tables.intake import Intake, follow_up, taken_in, with_arms
from keepbook.unit import Experiment


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
    if experiment.totals is not None:
        counts = count_in_totals(tables.totals[experiment.name], experiment)
    elif experiment.outcomes is not None:
        counts = count_in_outcomes(tables.outcomes[experiment.name], experiment)
    else:
        return _from_intake(taken_in(tables, experiment))
    return Randomised(experiment, counts, sample_ratio(counts, experiment.split))


def _from_intake(intake: Intake) -> Randomised:
    lacking = None
    try:
        analysable(with_arms(intake))
    except NotEnoughData as reason:
        lacking = reason
    counts = count_in_intake(intake)
    ratio = None
    if len(counts) > 1 and (not intake.clustered or all(counts.values())):
        ratio = with_drift(sample_ratio(counts, intake.experiment.split), intake)
    return Randomised(intake.experiment, counts, ratio, intake, lacking)


def with_drift(ratio: SampleRatio, intake: Intake) -> SampleRatio:
    """The same, and whether the shares were the same at all times, where customers were randomised."""
    if intake.clustered:
        return ratio
    found = drift(intake.customers)
    return ratio._replace(drift_pvalue=found.pvalue, drift_apart=found.apart)


def analysable(intake: Intake) -> Intake:
    """As `follow_up`; a broken split has nothing to wait for, as long as anything is there to look at."""
    mature = intake.arms.set_index("variant")["mature"] > 0
    comparable = mature[intake.experiment.control] and mature[intake.treatments].any()
    known = comparable and not intake.clustered  # clusters are counted once followed up
    broken = known and sample_ratio(count_in_intake(intake), intake.experiment.split).broken
    return intake if broken else follow_up(intake)


# ── units that were randomised, by variant ──────────────────────────────────────────────────────────────


def count_in_intake(intake: Intake) -> dict[str, int]:
    """Customers; or clusters of which somebody has been followed up."""
    unit_count = "clusters" if intake.clustered else "assigned"
    return dict(zip(intake.arms["variant"], intake.arms[unit_count].astype(int), strict=True))


def count_in_outcomes(each: ir.Table, experiment: Experiment) -> dict[str, int]:
    """Lines of a ready table."""
    found = each.group_by("variant").agg(n=each.count()).to_pandas().sort_values("variant")
    return _control_first(dict(zip(found["variant"], found["n"].astype(int), strict=True)), experiment)


def count_in_totals(totals: pd.DataFrame, experiment: Experiment) -> dict[str, int]:
    """Customers of whom most is known, where metrics differ."""
    most = totals.groupby("variant")["n"].max()
    return _control_first({str(variant): int(n) for variant, n in most.items()}, experiment)


def _control_first(counts: dict[str, int], experiment: Experiment) -> dict[str, int]:
    named = {name: counts[name] for name in experiment.split or () if name in counts}
    return {experiment.control: counts.get(experiment.control, 0)} | named | counts
