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
from keepbook.tables import Tables
from keepbook.text import _, day, number, plural
from keepbook.unit import Experiment

SEVERAL, EXPOSED, AFTER = "in several arms", "treated before assignment", "assigned after the data end"
SHARED, NOWHERE = "in a cluster of several arms", "without a cluster"
AGAIN, COUNTED = "assigned again to the same arm", "counted"
RULES = (SEVERAL, EXPOSED, AFTER, SHARED, NOWHERE, COUNTED)  # the engine holds their places
OURS = ("experiment", "customer_id", "variant", "assigned_on", "cluster", "exposed_on", "cost")


@dataclass(frozen=True)
class Intake:
    """The customers of an experiment.

    Attributes
    ----------
    customers : one row per customer who counts, in the engine: customer_id, variant, assigned_on, begins
        (first day on which outcomes count), ends (last one), is_mature (that day lies within the
        observation), and where known cluster, cost (money) and own columns.
    arms : one row per variant, the control first: variant, assigned (customers who count), mature (of them),
        clusters (of the mature ones; missing where the customer was randomised), uncosted (of the mature
        ones, where the table has costs and theirs is blank).
    ledger : one row per rule: rule, customers, lines; the last row are those who count.
    lines : lines of the assignments table that are of this experiment. first, last : days of the first and
        the last assignment that counts.
    overlaps : one row per other experiment that holds customers of this one, see `overlaps`.
    """

    experiment: Experiment
    customers: ir.Table
    arms: pd.DataFrame
    ledger: pd.DataFrame
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
    def clustered(self) -> bool:
        """Whether clusters were randomised."""
        return "cluster" in self.customers.columns

    @property
    def left_out(self) -> int:
        """Customers who were assigned and do not count."""
        return int(self.ledger.loc[self.ledger["rule"] != COUNTED, "customers"].sum())

    @property
    def uncosted(self) -> int:
        """Treated customers whose own cost is blank; it counts as 0."""
        return int(self.arms.set_index("variant").loc[self.treatments, "uncosted"].sum())

    @property
    def complete_on(self) -> dt.date:
        """The day on which the last customer so far is followed up."""
        return self.last + span(self.experiment)[1]

    @property
    def own(self) -> tuple[str, ...]:
        """Own outcome columns of the assignments table."""
        known = (*OURS, "begins", "ends", "is_mature")
        return tuple(name for name in self.customers.columns if name not in known)


def admitted(tables: Tables, experiment: Experiment) -> Intake:
    """As `taken_in`, where there is something to compare.

    Raises
    ------
    NotEnoughData : an arm is empty, or nobody was assigned within the data.
    """
    return with_arms(taken_in(tables, experiment))


def taken_in(tables: Tables, experiment: Experiment) -> Intake:
    """The customers of one experiment, each once, with the days in which its outcomes count.

    A customer in several arms says nothing of either, and one who met the treatment before being assigned
    nothing of its control: both are left out, as is who was assigned only after the last day of the data, and
    who belongs to a cluster whose customers are in several arms. Of several assignments to one arm the first
    counts, and what is dated after the last day of the data says nothing of those before.

    Raises
    ------
    NotEnoughData : nobody counts. (One arm may be empty.)
    """
    assert tables.assignments is not None
    lines = _used(tables.assignments.filter(tables.assignments.experiment == experiment.name))
    by_now = lines.assigned_on <= tables.window.as_of
    each = held(_each(lines.filter(by_now)).mutate(rule=_rule).drop("several"))
    each = held(_without_shared(each)) if "cluster" in each.columns else each
    ledger = _ledger(each, lines.filter(~by_now))
    before, after = span(experiment)
    kept = each.filter(each.rule == RULES.index(COUNTED)).drop("rule", "lines")
    customers = kept.mutate(
        begins=kept.assigned_on + ibis.interval(days=before.days),
        ends=kept.assigned_on + ibis.interval(days=after.days),
        is_mature=kept.assigned_on <= tables.window.as_of - after,
    )
    arms = _arms(customers, experiment)
    if not arms["assigned"].sum():
        raise _nobody(ledger, experiment)
    days = customers.agg(first=customers.assigned_on.min(), last=customers.assigned_on.max()).to_pandas()
    first, last = (pd.Timestamp(days[name].iloc[0]).date() for name in ("first", "last"))
    count = int(lines.count().to_pandas())
    return Intake(
        experiment, customers, arms, ledger, count, first, last, overlaps(tables.assignments, experiment.name)
    )


def _ledger(each: ir.Table, late: ir.Table) -> pd.DataFrame:
    """Rule → customers and lines; of customers who count, the lines after the first stand apart.

    Of lines after the last day of the data, those customers are told who have no other.
    """
    counts = each.group_by("rule").agg(customers=each.count(), lines=each.lines.sum()).to_pandas()
    found = counts.set_index("rule").astype("int64").reindex(range(len(RULES))).fillna(0)
    found.index = pd.Index(RULES, name="rule")
    new = late.anti_join(each, "customer_id").customer_id.nunique()
    found.loc[AFTER] = [int(new.to_pandas()), int(late.count().to_pandas())]
    again = found.loc[COUNTED, "lines"] - found.loc[COUNTED, "customers"]
    found.loc[COUNTED, "lines"] -= again
    found.loc[AGAIN] = [float("nan"), again]
    shown = found[(found["lines"] > 0) | (found.index == COUNTED)]
    return shown.drop(COUNTED).pipe(lambda rest: pd.concat([rest, shown.loc[[COUNTED]]])).reset_index()


def _used(lines: ir.Table) -> ir.Table:
    """The lines without the columns in which this experiment says nothing, as another of the table may."""
    optional = [name for name in lines.columns if name not in OURS[:4]]
    if not optional:
        return lines
    said = lines.agg(**{name: lines[name].notnull().any() for name in optional}).to_pandas().iloc[0]
    return lines.drop(*(name for name in optional if not said[name]))


def held(table: ir.Table) -> ir.Table:
    """The same rows, computed once and held by the engine."""
    return table.get_backend().create_table(gen_name("keepbook"), table, temp=True)


def span(experiment: Experiment) -> tuple[dt.timedelta, dt.timedelta]:
    """Days from the assignment to the first and to the last day on which outcomes count."""
    first = 0 if experiment.first_day == "same" else 1
    return dt.timedelta(days=first), dt.timedelta(days=first + experiment.outcome_days - 1)


def _each(lines: ir.Table) -> ir.Table:
    """One row per customer: how many lines, whether in several arms, and what the first line says.

    Most customers have one line, which is taken as it is: to sum up the few others takes a fraction of the
    time and memory.
    """
    counts = lines.group_by("customer_id").agg(lines=lines.count())
    again = held(counts.filter(counts.lines > 1))
    more = lines.semi_join(again, "customer_id")
    own = [name for name in lines.columns if name not in ("experiment", "customer_id", "exposed_on")]
    first = {name: more[name].argmin(more.assigned_on) for name in own}
    if "exposed_on" in lines.columns:
        first["exposed_on"] = more.exposed_on.min()
    several = more.group_by("customer_id").agg(
        **first, lines=more.count().cast("int32"), several=more.variant.min() != more.variant.max()
    )
    once = lines.anti_join(again, "customer_id").mutate(lines=ibis.literal(1, "int32"), several=False)
    return ibis.union(once.select(several.columns), several)


def _rule(each: ir.Table) -> ir.Value:
    """The rule that a customer is left out under, or `counted`: its place in `RULES`."""
    cases = [(each.several, RULES.index(SEVERAL))]
    if "exposed_on" in each.columns:
        cases.append(((each.exposed_on < each.assigned_on).fill_null(False), RULES.index(EXPOSED)))
    if "cluster" in each.columns:
        cases.append((each.cluster.isnull(), RULES.index(NOWHERE)))
    return ibis.cases(*cases, else_=RULES.index(COUNTED))


def _without_shared(each: ir.Table) -> ir.Table:
    """The rule `SHARED` for customers whose cluster was not put into one arm as a whole."""
    counts = RULES.index(COUNTED)
    sound = each.filter(each.rule == counts)
    whole = sound.group_by("cluster").agg(several=sound.variant.min() != sound.variant.max())
    both = each.left_join(whole, "cluster").drop("cluster_right")
    shared = (both.rule == counts) & both.several.fill_null(False)
    return both.mutate(rule=shared.ifelse(RULES.index(SHARED), both.rule)).drop("several")


def _arms(customers: ir.Table, experiment: Experiment) -> pd.DataFrame:
    counts = {"assigned": customers.count(), "mature": customers.is_mature.sum()}
    if "cluster" in customers.columns:
        counts["clusters"] = customers.cluster.nunique(where=customers.is_mature)
    if "cost" in customers.columns:
        counts["uncosted"] = (customers.is_mature & customers.cost.isnull()).sum()
    found = customers.group_by("variant").agg(**counts).to_pandas().set_index("variant")
    named = list(experiment.split) if experiment.split else sorted(found.index)
    order = [experiment.control, *(name for name in named if name != experiment.control)]
    arms = found.reindex(order).fillna(0).astype("int64").rename_axis("variant").reset_index()
    unknown = {"clusters": float("nan"), "uncosted": 0}
    return arms.assign(**{name: value for name, value in unknown.items() if name not in arms})


def _nobody(ledger: pd.DataFrame, experiment: Experiment) -> NotEnoughData:
    of = ledger.set_index("rule")["customers"]
    n = plural(int(of.sum()), _("customer"), _("customers"))
    why = ", ".join(f"{number(count)} {_(str(rule))}" for rule, count in of.items() if count > 0)
    text = _("Experiment {name}: none of {n} can be counted: {why}.")
    return NotEnoughData(text.format(name=experiment.name, n=n, why=why))


def with_arms(intake: Intake) -> Intake:
    """The same, where somebody in every arm counts.

    Raises
    ------
    NotEnoughData : an arm is empty.
    """
    arms, experiment = intake.arms, intake.experiment
    if (arms["assigned"] > 0).all() and len(arms) > 1:
        return intake
    empty = arms.loc[arms["assigned"] == 0, "variant"].tolist()
    text = _("Experiment {name}: the arm {arm} holds no customer who counts, so there is nothing to compare.")
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
    late = intake.customers.filter(intake.customers.variant.isin(waiting)).assigned_on.min().to_pandas()
    when = day(pd.Timestamp(late).date() + span(intake.experiment)[1])
    raise NotEnoughData(
        text.format(arms=", ".join(map(repr, waiting)), days=intake.experiment.outcome_days, when=when)
    )


def overlaps(assignments: ir.Table, name: str) -> pd.DataFrame:
    """Other experiments that hold customers of this one.

    Returns
    -------
    DataFrame : one row per other experiment: experiment, customers (in one arm of either, at whatever time;
        who is in several counts nowhere), pvalue (χ² test that the arms of both are independent; missing
        where either has one arm only). A small one says that the arms of the other are spread unevenly over
        the arms of this one, so that its effect mixes into this one's.
    """
    own = assignments.filter(assignments.experiment == name)
    other = assignments.filter(assignments.experiment != name)
    columns = ["experiment", "customers", "pvalue"]
    if not other.limit(1).count().to_pandas():
        return pd.DataFrame(columns=columns)
    theirs = _in_one_arm(other).rename(theirs="variant")
    both = theirs.inner_join(
        _in_one_arm(own.semi_join(other, "customer_id")).drop("experiment"), "customer_id"
    )
    cells = both.group_by("experiment", "variant", "theirs").agg(customers=both.count()).to_pandas()
    rows = []
    for experiment, part in cells.groupby("experiment"):
        grid = part.pivot_table(index="variant", columns="theirs", values="customers", fill_value=0)
        pvalue = chi2_contingency(grid, correction=False).pvalue if min(grid.shape) > 1 else float("nan")
        rows.append((experiment, int(grid.to_numpy().sum()), float(pvalue)))
    return pd.DataFrame(rows, columns=columns)


def _in_one_arm(lines: ir.Table) -> ir.Table:
    """Customers of each experiment who are in one of its arms alone."""
    each = lines.group_by("experiment", "customer_id").agg(
        variant=lines.variant.min(), last=lines.variant.max()
    )
    return each.filter(each.variant == each["last"]).drop("last")
