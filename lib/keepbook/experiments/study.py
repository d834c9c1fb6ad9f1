"""One experiment, measured: from the unit's tables to the moments that all its figures are made of."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from keepbook.errors import DataError, nearest
from keepbook.experiments.assigned import Intake, admitted, follow_up
from keepbook.experiments.effects import COLUMNS, KINDS, Wanted, columns_of, effects_of
from keepbook.experiments.groups import Segments, by_segment, with_segments
from keepbook.experiments.moments import Moments, merged, moments_of, moments_of_totals
from keepbook.experiments.money import PLANNED, money_of, with_money
from keepbook.experiments.outcomes import life_table, outcomes_of
from keepbook.experiments.soundness import SampleRatio, balance, sample_ratio
from keepbook.experiments.verdict import Verdict, decide
from keepbook.params import Experiment, Unit
from keepbook.tables import Tables

BEFORE = ("pre_retained", "pre_orders", "pre_revenue")
JOINT = ("retained", "orders", "revenue", "margin", "days_to_purchase", "average_order_value")
Arms = Mapping[Hashable, Moments]


@dataclass(frozen=True)
class Study:
    """One experiment, measured.

    Attributes
    ----------
    moments : metric → variant → its moments, `margin` and `profit` among them where they are known.
    counts : variant → units that were randomised, for the sample-ratio check.
    intake : who counts; None for a ready table. each : one row per customer with outcomes, in the engine; None
        where only sums are known. life : as `life_table`; None where it is not known who bought when.
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
    NotEnoughData : an arm is empty, or nobody in it has been followed up yet.
    DataError : a metric is neither built in nor a column of the table.
    """
    if experiment.totals is not None:
        return _of_totals(tables.totals[experiment.name], unit, experiment)
    if experiment.outcomes is not None:
        return _of_outcomes(tables.outcomes[experiment.name], unit, experiment)
    intake = follow_up(admitted(tables, experiment))
    each = outcomes_of(intake, tables.purchases, unit.margin)
    built = [name for name in JOINT if name in each.columns or name in COLUMNS]
    names = {name for metric in built for name in COLUMNS.get(metric, (metric,)) if name}
    before = BEFORE if experiment.pre_days else ()
    names = [
        name for name in sorted(names | {"profit"}) if name in each.columns and (name not in BEFORE or before)
    ]
    joint = moments_of(each, names)
    moments: dict[str, Arms] = dict.fromkeys(built, joint)
    if "profit" in names:
        moments["profit"] = joint
    moments |= {name: moments_of(each, [name]) for name in _own(experiment, each.columns)}
    unit_count = "clusters" if "cluster" in each.columns else "assigned"
    counts = dict(zip(intake.arms["variant"], intake.arms[unit_count].astype(int), strict=True))
    life = None if "cluster" in each.columns else life_table(intake, tables.purchases, tables.window.as_of)
    return Study(experiment, unit, moments, counts, intake, each, life)


def _of_outcomes(each: ir.Table, unit: Unit, experiment: Experiment) -> Study:
    moments: dict[str, Arms] = {
        name: moments_of(each, [name]) for name in _own(experiment, each.columns, ready=True)
    }
    if "revenue" in each.columns:
        moments |= {"revenue": moments_of(each, ["revenue"])}
    counted = each.group_by("variant").agg(n=each.count()).to_pandas().sort_values("variant")
    counts = _control_first(dict(zip(counted["variant"], counted["n"].astype(int), strict=True)), experiment)
    return Study(experiment, unit, with_money(moments, experiment, unit.margin), counts, None, each)


def _of_totals(totals: pd.DataFrame, unit: Unit, experiment: Experiment) -> Study:
    single = moments_of_totals(totals)
    names = list(dict.fromkeys(metric for _variant, metric in single))
    _check_known(experiment, names)
    moments: dict[str, Arms] = {
        name: {v: arm for (v, metric), arm in single.items() if metric == name} for name in names
    }
    counts: dict[str, int] = {}
    for (variant, _metric), arm in single.items():
        counts[variant] = max(arm.count, counts.get(variant, 0))
    return Study(
        experiment, unit, with_money(moments, experiment, unit.margin), _control_first(counts, experiment)
    )


def _control_first(counts: dict[str, int], experiment: Experiment) -> dict[str, int]:
    return {experiment.control: counts.get(experiment.control, 0)} | counts


def _own(experiment: Experiment, columns: tuple[str, ...], ready: bool = False) -> list[str]:
    """The metrics that are columns of the unit's own."""
    own = [name for name in experiment.metrics if ready or name not in KINDS]
    _check_known(experiment, columns if ready else [*columns, *KINDS])
    return own


def _check_known(experiment: Experiment, columns: list[str] | tuple[str, ...]) -> None:
    for name in experiment.metrics:
        if name not in columns:
            known = [column for column in columns if column not in ("variant", "customer_id", *BEFORE)]
            raise DataError(
                f"Experiment {experiment.name!r}: there is no metric {name!r}.",
                where=f"experiments, {experiment.name}, metrics",
                expected="a built-in metric, or a column mapped in its table",
                do=f"Correct the name: {nearest(name, known)}",
            )


# ── what is made of it ──────────────────────────────────────────────────────────────────────────────────


def split_check(found: Study) -> SampleRatio:
    """Whether customers fell into the arms as intended."""
    return sample_ratio(found.counts, found.experiment.split)


def balanced(found: Study) -> pd.DataFrame:
    """How alike the arms were before; see `balance`. Empty where nothing is known of before."""
    arms = next(iter(found.moments.values()))
    names = [name for name in BEFORE if name in next(iter(arms.values())).names]
    return balance(arms, found.experiment.control, names, found.unit.alpha)


def effects(found: Study) -> pd.DataFrame:
    """All metrics of all treatments; see `effects_of`."""
    wishes = {
        name: Wanted(one.role, one.margin, one.better) for name, one in found.experiment.metrics.items()
    }
    return effects_of(
        found.moments, wishes, found.experiment.control, alpha=found.unit.alpha, planned=planned_of(found)
    )


def planned_of(found: Study) -> int:
    """Customers at which the always-valid interval is tightest: fixed by the unit file, before the data."""
    return found.experiment.planned or PLANNED


def money(found: Study) -> pd.DataFrame | None:
    """What each treatment earns; see `money_of`. None where no metric speaks of money."""
    if "margin" not in found.moments:
        return None
    reached = found.experiment.rollout_to or found.customers
    return money_of(
        found.moments, found.experiment, reached, alpha=found.unit.alpha, planned=planned_of(found)
    )


def verdict(
    found: Study, ratio: SampleRatio, shown: pd.DataFrame, earned: pd.DataFrame | None, tables: Tables
) -> Verdict:
    """What to do; see `decide`."""
    return decide(found.experiment, ratio, shown, earned, tables.window.as_of, found.intake)


def segments(found: Study, tables: Tables, column: str, metric: str) -> list[Segments]:
    """Effects on one metric by the segments of one column; see `by_segment`.

    Raises
    ------
    NotEnoughData : the customers are not known, or their segments carry no answer.
    """
    assert found.each is not None
    each = with_segments(found.each, (column,), tables.customers, tables.purchases)
    arm = next(iter(found.moments[metric].values()))
    names = columns_of(metric, arm, adjust=True).all
    return by_segment(
        each,
        found.experiment,
        column,
        metric,
        tuple(n for n in names if n != "customers"),
        alpha=found.unit.alpha,
    )


def history(found: Study) -> Moments:
    """All arms as one group, for planning the next test on what this one saw."""
    return merged(next(iter(found.moments.values())).values())
