"""Who counts in an experiment: its assignments, and what became of every customer in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.util import gen_name
from scipy.stats import chi2_contingency

from keepbook.errors import NotEnoughData
from keepbook.params import Experiment
from keepbook.tables import Tables
from keepbook.words import _, day

SEVERAL, EXPOSED, AFTER = "in several arms", "treated before assignment", "assigned after the data end"
AGAIN = "assigned again to the same arm"
OURS = ("experiment", "customer_id", "variant", "assigned_on", "cluster", "exposed_on", "cost")


@dataclass(frozen=True)
class Intake:
    """The customers of an experiment.

    Attributes
    ----------
    customers : one row per customer who counts, in the engine: customer_id, variant, assigned_on, begins (first
        day on which outcomes count), ends (last one), is_mature (that day lies within the observation), and
        where known cluster, cost (money) and own columns.
    arms : one row per variant, the control first: variant, assigned (customers who count), mature (of them),
        clusters (of the mature ones; missing where the customer was randomised).
    left_out : rule → customers left out under it (lines, for repeated assignments, whose first one counts).
    lines : lines of the assignments table. first, last : days of the first and the last assignment.
    overlaps : one row per other experiment that holds customers of this one in the same days, see `overlaps`.
    """

    experiment: Experiment
    customers: ir.Table
    arms: pd.DataFrame
    left_out: dict[str, int]
    lines: int
    first: dt.date
    last: dt.date
    overlaps: pd.DataFrame

    @property
    def treatments(self) -> list[str]:
        """All variants but the control."""
        return [variant for variant in self.arms["variant"] if variant != self.experiment.control]

    @property
    def mature(self) -> int:
        """Customers whose follow-up is complete."""
        return int(self.arms["mature"].sum())

    @property
    def complete_on(self) -> dt.date:
        """The day on which the last customer so far is followed up."""
        return self.last + _span(self.experiment)[1]

    @property
    def own(self) -> tuple[str, ...]:
        """Own outcome columns of the assignments table."""
        known = (*OURS, "begins", "ends", "is_mature")
        return tuple(name for name in self.customers.columns if name not in known)


def admitted(tables: Tables, experiment: Experiment) -> Intake:
    """The customers of one experiment, each once, with the days in which its outcomes count.

    A customer in several arms says nothing of either, and one who met the treatment before being assigned
    nothing of its control: both are left out, as is who was assigned after the last day of the data. Of
    several assignments to one arm the first counts.

    Raises
    ------
    NotEnoughData : an arm is empty, or nobody was assigned within the data.
    """
    assert tables.assignments is not None
    lines = tables.assignments.filter(tables.assignments.experiment == experiment.name)
    each = _each(lines).mutate(rule=_rule(tables.window.as_of))
    counts = each.group_by("rule").agg(customers=each.count(), lines=each.lines.sum()).to_pandas()
    kept = each.filter(each.rule == "").drop("rule", "lines", "arms")
    before, after = _span(experiment)
    begins, ends = (
        kept.assigned_on + ibis.interval(days=before.days),
        kept.assigned_on + ibis.interval(days=after.days),
    )
    kept = kept.mutate(begins=begins, ends=ends, is_mature=ends <= tables.window.as_of)
    customers = kept.get_backend().create_table(gen_name("keepbook"), kept, temp=True)
    arms = _arms(customers, experiment)
    span = customers.agg(first=customers.assigned_on.min(), last=customers.assigned_on.max()).to_pandas()
    _check(arms, counts, experiment)
    by_rule = counts.set_index("rule")["customers"]
    left_out = {rule: int(by_rule[rule]) for rule in (SEVERAL, EXPOSED, AFTER) if rule in by_rule}
    again = int(counts["lines"].sum() - counts["customers"].sum()) - _extra(counts)
    first, last = (pd.Timestamp(span[name].iloc[0]).date() for name in ("first", "last"))
    return Intake(
        experiment=experiment,
        customers=customers,
        arms=arms,
        left_out=left_out | ({AGAIN: again} if again else {}),
        lines=int(counts["lines"].sum()),
        first=first,
        last=last,
        overlaps=overlaps(tables.assignments, experiment.name),
    )


def _extra(counts: pd.DataFrame) -> int:
    """Lines beyond the first of customers who are left out anyway."""
    gone = counts[counts["rule"] != ""]
    return int(gone["lines"].sum() - gone["customers"].sum())


def _span(experiment: Experiment) -> tuple[dt.timedelta, dt.timedelta]:
    """Days from the assignment to the first and to the last day on which outcomes count."""
    first = 0 if experiment.first_day == "same" else 1
    return dt.timedelta(days=first), dt.timedelta(days=first + experiment.outcome_days - 1)


def _each(lines: ir.Table) -> ir.Table:
    """One row per customer: how many lines and arms, and what the first line says."""
    first = {
        name: lines[name].argmin(lines.assigned_on)
        for name in lines.columns
        if name not in ("experiment", "customer_id", "assigned_on", "exposed_on")
    }
    if "exposed_on" in lines.columns:
        first["exposed_on"] = lines.exposed_on.min()
    return lines.group_by("customer_id").agg(
        lines=lines.count(), arms=lines.variant.nunique(), assigned_on=lines.assigned_on.min(), **first
    )


def _rule(as_of: dt.date) -> ibis.Deferred:
    """The rule that a customer is left out under; empty for those who count."""
    exposed = ibis._.exposed_on < ibis._.assigned_on
    return lambda each: ibis.cases(
        (each.arms > 1, SEVERAL),
        *([(exposed.fill_null(False), EXPOSED)] if "exposed_on" in each.columns else []),
        (each.assigned_on > as_of, AFTER),
        else_="",
    )


def _arms(customers: ir.Table, experiment: Experiment) -> pd.DataFrame:
    counts = {"assigned": customers.count(), "mature": customers.is_mature.sum()}
    if "cluster" in customers.columns:
        counts["clusters"] = customers.cluster.nunique(where=customers.is_mature)
    found = customers.group_by("variant").agg(**counts).to_pandas().set_index("variant")
    named = list(experiment.split) if experiment.split else sorted(found.index)
    order = [experiment.control, *(name for name in named if name != experiment.control)]
    arms = found.reindex(order).fillna(0).astype("int64").rename_axis("variant").reset_index()
    return arms if "clusters" in arms else arms.assign(clusters=float("nan"))


def _check(arms: pd.DataFrame, counts: pd.DataFrame, experiment: Experiment) -> None:
    if not arms["assigned"].sum():
        late = int(counts.loc[counts["rule"] == AFTER, "customers"].sum())
        text = _(
            "Experiment {name}: none of {n} customers can be counted; {late} were assigned after the data end."
        )
        n = int(counts["customers"].sum())
        raise NotEnoughData(text.format(name=experiment.name, n=f"{n:,}", late=f"{late:,}"))
    if (arms["assigned"] == 0).any() or len(arms) < 2:
        empty = arms.loc[arms["assigned"] == 0, "variant"].tolist()
        text = _(
            "Experiment {name}: the arm {arm} holds no customer who counts, so there is nothing to compare."
        )
        missing = ", ".join(repr(arm) for arm in empty) or _("beside {control}").format(
            control=repr(experiment.control)
        )
        raise NotEnoughData(text.format(name=experiment.name, arm=missing))


def follow_up(intake: Intake) -> Intake:
    """The same, where somebody in every arm has been followed for all of the outcome days.

    Raises
    ------
    NotEnoughData : in some arm nobody has; it says from when on.
    """
    waiting = intake.arms.loc[intake.arms["mature"] == 0, "variant"].tolist()
    if not waiting:
        return intake
    text = _("Nobody of {arms} has been followed for {days} days yet; the first one will be on {when}.")
    when = day(intake.first + _span(intake.experiment)[1])
    raise NotEnoughData(
        text.format(arms=", ".join(map(repr, waiting)), days=intake.experiment.outcome_days, when=when)
    )


def overlaps(assignments: ir.Table, name: str) -> pd.DataFrame:
    """Other experiments that hold customers of this one.

    Returns
    -------
    DataFrame : one row per other experiment: experiment, customers (in both), pvalue (χ² test that the arms of
        both are independent; missing where either has one arm only). A small one says that the arms of the
        other are spread unevenly over the arms of this one, so that its effect mixes into this one's.
    """
    own = assignments.filter(assignments.experiment == name).select("customer_id", "variant").distinct()
    other = assignments.filter(assignments.experiment != name)
    other = other.select("experiment", "customer_id", theirs="variant").distinct()
    both = other.inner_join(own, "customer_id")
    cells = both.group_by("experiment", "variant", "theirs").agg(customers=both.count()).to_pandas()
    rows = []
    for experiment, part in cells.groupby("experiment"):
        grid = part.pivot_table(index="variant", columns="theirs", values="customers", fill_value=0)
        pvalue = chi2_contingency(grid, correction=False).pvalue if min(grid.shape) > 1 else float("nan")
        rows.append((experiment, int(grid.to_numpy().sum()), float(pvalue)))
    return pd.DataFrame(rows, columns=["experiment", "customers", "pvalue"])
