"""Who counts in an experiment: what became of every customer in its assignments, and who is in others too."""

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd
from scipy.stats import chi2_contingency

from keepbook.errors import NotEnoughData
from keepbook.tables.cleaning import materialised
from keepbook.tables.model import Tables
from keepbook.text import catalogue, day, listed
from keepbook.unit import Experiment

say = catalogue("experiments")
SEVERAL_ARMS, EXPOSED, TOO_LATE, REPEATED = "several-arms", "exposed", "too-late", "repeated"
SHARED_CLUSTER, NO_CLUSTER, COUNTED = "shared-cluster", "no-cluster", "counted"
# Their places in this order are in the engine.
RULES = (SEVERAL_ARMS, EXPOSED, TOO_LATE, SHARED_CLUSTER, NO_CLUSTER, COUNTED)
OURS = ("experiment", "customer_id", "variant", "assigned_on", "cluster", "exposed_on", "cost")


@dataclass(frozen=True)
class Intake:
    """The customers of an experiment."""

    experiment: Experiment  # as the unit file has it
    # One row per customer who counts, in the engine: customer_id, variant, assigned_on, begins (first day
    # on which outcomes count), ends (last one), is_mature (that day lies within the observation), and where
    # known cluster, cost (money) and own columns.
    customers: ir.Table
    # One row per variant, the control first: variant, assigned (customers who count), mature (of them),
    # clusters (of the mature ones; missing where the customer was randomised), uncosted (of the mature
    # ones, where the table has costs and theirs is blank).
    arms: pd.DataFrame
    # One row per rule: rule (see `rule_name`), customers, lines; the last row are those who count.
    ledger: pd.DataFrame
    lines: int  # lines of the assignments table that are of this experiment
    first: dt.date  # days of the first and the last assignment that counts
    last: dt.date
    overlaps: pd.DataFrame  # one row per other experiment that holds customers of this one, see `overlaps`

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


def taken_in(tables: Tables, experiment: Experiment) -> Intake:
    """The customers of one experiment, each once, with the days in which its outcomes count.

    A customer in several arms says nothing of either, and one who met the treatment before being assigned
    nothing of its control: both are left out, as is who was assigned only after the last day of the data, and
    who belongs to a cluster whose customers are in several arms. Of several assignments to one arm the first
    counts, and what is dated after the last day of the data says nothing of those before. An arm may be
    empty; that nobody counts at all is an error.
    """
    assignments = tables.assignments
    assert assignments is not None
    lines = _used(assignments.filter(assignments.experiment == experiment.name))
    by_now = lines.assigned_on <= tables.window.as_of
    each = materialised(_each(lines.filter(by_now)).mutate(rule=_rule).drop("several"))
    each = materialised(_without_shared(each)) if "cluster" in each.columns else each
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
        gone = ledger.set_index("rule")["customers"].fillna(0)
        reasons = rule_counts(gone[gone > 0])
        raise NotEnoughData(say("nobody", name=experiment.name, n=int(gone.sum()), reasons=reasons))
    days = customers.agg(first=customers.assigned_on.min(), last=customers.assigned_on.max()).to_pandas()
    first, last = (pd.Timestamp(moment).date() for moment in days.iloc[0])
    count, others = int(lines.count().to_pandas()), overlaps(assignments, experiment.name)
    return Intake(experiment, customers, arms, ledger, count, first, last, others)


def _ledger(each: ir.Table, late: ir.Table) -> pd.DataFrame:
    """Rule → customers and lines; of customers who count, the lines after the first stand apart.

    Of lines after the last day of the data, those customers are told who have no other.
    """
    counts = each.group_by("rule").agg(customers=each.count(), lines=each.lines.sum()).to_pandas()
    found = counts.set_index("rule").astype("int64").reindex(range(len(RULES))).fillna(0)
    found.index = pd.Index(RULES, name="rule")
    new = late.anti_join(each, "customer_id").customer_id.nunique()
    found.loc[TOO_LATE] = [int(new.to_pandas()), int(late.count().to_pandas())]
    again = found.loc[COUNTED, "lines"] - found.loc[COUNTED, "customers"]
    found.loc[COUNTED, "lines"] -= again
    found.loc[REPEATED] = [float("nan"), again]
    last = found.loc[[COUNTED]]
    rest = found[found["lines"] > 0].drop(COUNTED, errors="ignore")
    return pd.concat([rest, last]).reset_index()


def _used(lines: ir.Table) -> ir.Table:
    """The lines without the columns in which this experiment says nothing, as another of the table may."""
    optional = [name for name in lines.columns if name not in OURS[:4]]
    if not optional:
        return lines
    used = lines.agg(**{name: lines[name].notnull().any() for name in optional}).to_pandas().iloc[0]
    return lines.drop(*(name for name in optional if not used[name]))


def span(experiment: Experiment) -> tuple[dt.timedelta, dt.timedelta]:
    """Days from the assignment to the first and to the last day on which outcomes count."""
    first = 0 if experiment.first_day == "same" else 1
    return dt.timedelta(days=first), dt.timedelta(days=first + experiment.outcome_days - 1)


def _each(lines: ir.Table) -> ir.Table:
    """One row per customer: how many lines, whether in several arms, and what the first line says.

    Most have one line, which is taken as it is: to sum up the few others takes little time and memory.
    """
    counts = lines.group_by("customer_id").agg(lines=lines.count())
    again = materialised(counts.filter(counts.lines > 1))
    more = lines.semi_join(again, "customer_id")
    own = [name for name in lines.columns if name not in ("experiment", "customer_id", "exposed_on")]
    first = {name: more[name].argmin(more.assigned_on) for name in own}
    if "exposed_on" in lines.columns:
        first["exposed_on"] = more.exposed_on.min()
    first |= {"lines": more.count().cast("int32"), "several": more.variant.min() != more.variant.max()}
    several = more.group_by("customer_id").agg(**first)
    once = lines.anti_join(again, "customer_id").mutate(lines=ibis.literal(1, "int32"), several=False)
    return ibis.union(once.select(several.columns), several)


def _rule(each: ir.Table) -> ir.Value:
    """The rule that a customer is left out under, or `counted`: its place in `RULES`."""
    cases = [(each.several, RULES.index(SEVERAL_ARMS))]
    if "exposed_on" in each.columns:
        cases.append(((each.exposed_on < each.assigned_on).fill_null(False), RULES.index(EXPOSED)))
    if "cluster" in each.columns:
        cases.append((each.cluster.isnull(), RULES.index(NO_CLUSTER)))
    return ibis.cases(*cases, else_=RULES.index(COUNTED))


def _without_shared(each: ir.Table) -> ir.Table:
    """The rule `SHARED_CLUSTER` for customers whose cluster was not put into one arm as a whole."""
    counts = RULES.index(COUNTED)
    kept = each.filter(each.rule == counts)
    whole = kept.group_by("cluster").agg(several=kept.variant.min() != kept.variant.max())
    both = each.left_join(whole, "cluster").drop("cluster_right")
    shared = (both.rule == counts) & both.several.fill_null(False)
    return both.mutate(rule=shared.ifelse(RULES.index(SHARED_CLUSTER), both.rule)).drop("several")


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


def rule_name(rule: str) -> str:
    """What a rule of the ledger is called."""
    return say("intake-rule", rule=rule)


def rule_counts(counts: pd.Series) -> str:
    """How many under each rule, of a series by rule: `9 in several arms, 4 assigned after the data end`."""
    return listed(say("intake-rule-count", rule=str(rule), n=int(n)) for rule, n in counts.items())


def with_arms(intake: Intake) -> Intake:
    """The same, where somebody in every arm counts; an error where an arm is empty."""
    arms, experiment = intake.arms, intake.experiment
    if (arms["assigned"] > 0).all() and len(arms) > 1:
        return intake
    empty = arms.loc[arms["assigned"] == 0, "variant"]
    names = listed(map(repr, empty)) or None
    raise NotEnoughData(say("empty-arm", name=experiment.name, arms=names, control=repr(experiment.control)))


def follow_up(intake: Intake) -> Intake:
    """The same, where somebody in every arm was followed to the end; an error says when that will be."""
    early = intake.arms.loc[intake.arms["mature"] == 0, "variant"].tolist()
    if not early:
        return intake
    first = intake.customers.filter(intake.customers.variant.isin(early)).assigned_on.min().to_pandas()
    when = day(pd.Timestamp(first).date() + span(intake.experiment)[1])
    days = str(intake.experiment.outcome_days)
    raise NotEnoughData(say("not-followed-up", arms=listed(map(repr, early)), days=days, when=when))


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
    ours = _in_one_arm(own.semi_join(other, "customer_id")).drop("experiment")
    both = theirs.inner_join(ours, "customer_id")
    cells = both.group_by("experiment", "variant", "theirs").agg(customers=both.count()).to_pandas()
    rows = []
    for experiment, part in cells.groupby("experiment"):
        grid = part.pivot_table(index="variant", columns="theirs", values="customers", fill_value=0)
        pvalue = chi2_contingency(grid, correction=False).pvalue if min(grid.shape) > 1 else float("nan")
        rows.append((experiment, int(grid.to_numpy().sum()), float(pvalue)))
    return pd.DataFrame(rows, columns=columns)


def _in_one_arm(lines: ir.Table) -> ir.Table:
    """Customers of each experiment who are in one of its arms alone."""
    arms = {"variant": lines.variant.min(), "last": lines.variant.max()}
    each = lines.group_by("experiment", "customer_id").agg(**arms)
    return each.filter(each.variant == each["last"]).drop("last")
