"""For whom a strategy works: effects by segment, held back where small segments shout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.comparison import columns_of, compare, spread_of
from keepbook.experiments.study import Study
from keepbook.stats.moments import SIZE, Moments, moments_by
from keepbook.stats.multiplicity import adjusted
from keepbook.stats.shrinkage import heterogeneity, shrunken
from keepbook.tables import Tables
from keepbook.tables.customers import OrderAttributes
from keepbook.text import catalogue

say = catalogue("experiments")
SEGMENT, KNOWN = "keepbook segment", "keepbook known"  # names that no column of a table has
MIN_CUSTOMERS = 30  # customers in either arm of a segment; fewer carry no interval worth drawing
MAX_SEGMENTS = 12  # segments of a column; more are no segments
TIERS = {1: "low", 2: "middle", 3: "high"}
NEVER = "no purchase before"


@dataclass(frozen=True)
class Segments:
    """Effects of one treatment on one metric, by the segments of one column.

    Attributes
    ----------
    column, variant, metric : what.
    effects : one row per segment: segment, n_control, n_treatment, control, effect, error, ci_lower,
        ci_upper, pvalue, pvalue_adjusted (see `together`; until then as pvalue), shrunk, shrunk_lower,
        shrunk_upper (drawn towards the mean of all segments as far as chance alone explains differences).
    interaction : p of the test that the effect is the same in all.
    left_out : customers in segments too small to tell, or without a segment.
    not_shown : why other columns, or other treatments by this one, are not shown, in sentences.
    """

    column: str
    variant: str
    metric: str
    effects: pd.DataFrame
    interaction: float
    left_out: int
    not_shown: tuple[str, ...] = ()


def segment_effects(study: Study, tables: Tables, metric: str) -> list[Segments]:
    """Effects on one metric by all segments that the unit file names; see `by_segment` and `together`.

    Columns whose segments carry no answer are left out, and every part tells of them.

    Raises
    ------
    NotEnoughData : none are named, the customers are not known, or no segments carry an answer.
    """
    if not study.experiment.segments:
        raise NotEnoughData(say("no-segments-named"))
    if study.each is None or study.intake is None:
        raise NotEnoughData(say("no-segments-known"))
    if not study.moments.get(metric):
        raise NotEnoughData(say("no-segments-goal"))
    parts: list[Segments] = []
    reasons: list[str] = []
    for column in study.experiment.segments:
        try:
            parts += by_segment(study, with_segment(study.each, column, tables), column, metric)
        except NotEnoughData as reason:
            reasons.append(reason.what)
    if not parts:
        raise NotEnoughData(" ".join(reasons))
    return [replace(part, not_shown=(*part.not_shown, *reasons)) for part in together(parts)]


def with_segment(each: ir.Table, column: str, tables: Tables) -> ir.Table:
    """The customers of an experiment, with the segment of one column that the unit file names as `SEGMENT`.

    `cohort` is the quarter of the first purchase (the year, where there are more than eleven); `rfm` a tier
    by recency, frequency and money: the sum of the thirds (1 to 3) in each, low to 4, middle to 7, high from
    8. Both know only purchases before the assignment, for later ones are outcomes; so do attributes of orders
    (first_<name>, any_<name>). Any other name is a column of the customers table.

    Raises
    ------
    NotEnoughData : the customers table lacks such a column, or there is none.
    """
    customers, attributes = tables.customers_table, tables.attributes
    own = customers is not None and column in customers.columns
    if attributes and column in attributes.columns and not own:
        return _with_attribute(each, column, attributes)
    if column in BEFOREHAND:
        segments = BEFOREHAND[column](_before(each, tables.purchases))
    elif customers is None or not own:
        raise NotEnoughData(say("segments-no-column", column=column))
    else:
        segments = customers.select("customer_id", **{SEGMENT: customers[column]})
    each = each.left_join(segments, "customer_id").drop("customer_id_right")
    return each.mutate(**{SEGMENT: each[SEGMENT].fill_null(NEVER)}) if column in BEFOREHAND else each


def segment_name(column: str, segment: str) -> str:
    """What a segment is called: one that is built in as the catalogue has it, another as the data do."""
    if column not in BEFOREHAND or segment not in (*TIERS.values(), NEVER):
        return str(segment)
    return say("built-in-segment", segment="never" if segment == NEVER else segment)


def _with_attribute(each: ir.Table, column: str, attributes: OrderAttributes) -> ir.Table:
    """The same for an attribute of orders; missing for who bought before, and never with a value."""
    known = attributes.before(column, each).rename({SEGMENT: column}).mutate(**{KNOWN: True})
    joined = each.left_join(known, "customer_id").drop("customer_id_right")
    segment = joined[KNOWN].fill_null(False).ifelse(joined[SEGMENT], NEVER)
    return joined.mutate(**{SEGMENT: segment}).drop(KNOWN)


def _before(each: ir.Table, purchases: ir.Table) -> ir.Table:
    """Days with a purchase that were known on the day before the assignment."""
    rows = purchases.inner_join(each.select("customer_id", "assigned_on"), "customer_id")
    return rows.filter((rows.date < rows.assigned_on) & rows.is_purchase)


def _cohort(rows: ir.Table) -> ir.Table:
    firsts = rows.group_by("customer_id").agg(first=rows.date.min())
    year, quarter = firsts["first"].year().cast("string"), firsts["first"].quarter().cast("string")
    quarters = firsts.select(quarter=year + "-Q" + quarter).distinct().count().to_pandas()
    return firsts.select(
        "customer_id", **{SEGMENT: year + "-Q" + quarter if quarters < MAX_SEGMENTS else year}
    )


def _rfm(rows: ir.Table) -> ir.Table:
    known = rows.group_by("customer_id").agg(
        silent=(rows.assigned_on.epoch_days() - rows.date.epoch_days()).min(),
        bought=rows.count(),
        spent=rows.amount.cast("float64").sum(),
    )
    thirds = [
        ibis.ntile(3).over(order_by=[order, known.customer_id])
        for order in (known.silent.desc(), known.bought, known.spent)
    ]
    scored = known.select("customer_id", score=thirds[0] + thirds[1] + thirds[2] + 3)
    tier = ibis.cases((scored.score <= 4, TIERS[1]), (scored.score <= 7, TIERS[2]), else_=TIERS[3])
    return scored.select("customer_id", **{SEGMENT: tier})


BEFOREHAND = {"cohort": _cohort, "rfm": _rfm}


def by_segment(study: Study, each: ir.Table, column: str, metric: str) -> list[Segments]:
    """Effects on one metric by the segments of one column, for each treatment; `each` : as `with_segment`.

    Raises
    ------
    NotEnoughData : of no treatment are two segments large enough and not all alike, or there are too many.
    """
    control, alpha = study.experiment.control, study.unit.alpha
    everybody = study.known_intake.arms.set_index("variant")["mature"]
    arm = next(iter(study.moments[metric].values()))
    names = [name for name in columns_of(metric, arm, adjust=True) if name and name != SIZE]
    arms = moments_by(each.filter(each[SEGMENT].notnull()), names, "variant", SEGMENT)
    segments = sorted({segment for _variant, segment in arms})
    if len(segments) > MAX_SEGMENTS:
        raise NotEnoughData(say("segments-too-many", column=column, n=len(segments), most=MAX_SEGMENTS))
    made: list[Segments] = []
    reasons: list[str] = []
    for variant in study.treatments:
        pairs = {name: (arms.get((control, name)), arms.get((variant, name))) for name in segments}
        of = {"column": column, "arm": variant, "several": len(study.treatments) > 1}
        try:
            frame = _effects(pairs, of, metric, alpha)
        except NotEnoughData as reason:
            reasons.append(reason.what)
            continue
        counted = int(frame[["n_control", "n_treatment"]].to_numpy().sum())
        both = int(everybody[[control, variant]].sum())
        test = heterogeneity(frame["effect"].to_numpy(), frame["error"].to_numpy())
        made.append(Segments(column, variant, metric, shrunken(frame, alpha), test.pvalue, both - counted))
    if not made:
        raise NotEnoughData(" ".join(reasons))
    return [replace(part, not_shown=tuple(reasons)) for part in made]


def _effects(
    pairs: Mapping[str, tuple[Moments | None, ...]], of: Mapping[str, object], metric: str, alpha: float
) -> pd.DataFrame:
    """One row per segment that is large enough."""
    rows = []
    for segment, pair in pairs.items():
        if any(arm is None or arm.customers < MIN_CUSTOMERS or arm.count < 2 for arm in pair):
            continue
        found = compare(metric, *pair, alpha=alpha)  # type: ignore[arg-type]
        row = {"segment": segment, **{k: v for k, v in vars(found).items() if not k.startswith("plain")}}
        rows.append(row | {"error": spread_of(found, alpha)})
    frame = pd.DataFrame(rows)
    if len(frame) < 2:
        raise NotEnoughData(say("segments-too-small", **of, n=MIN_CUSTOMERS))
    if (frame["error"] > 0).sum() < 2:
        raise NotEnoughData(say("segments-alike", **of, metric=metric))
    return frame.drop(columns="df").assign(pvalue_adjusted=frame["pvalue"])


def together(parts: Sequence[Segments]) -> list[Segments]:
    """The same, p corrected for all that is looked at on one page (Holm).

    Segments of all columns and treatments are one family, their interaction tests another. The effects on
    everybody are not among them: they were planned, segments are a search.
    """
    sizes = [len(part.effects) for part in parts]
    pvalues = np.concatenate([part.effects["pvalue"].to_numpy(float) for part in parts])
    each = np.split(adjusted(pvalues, "holm"), np.cumsum(sizes)[:-1])
    interactions = adjusted([part.interaction for part in parts], "holm")
    return [
        replace(part, effects=part.effects.assign(pvalue_adjusted=own), interaction=float(interaction))
        for part, own, interaction in zip(parts, each, interactions, strict=True)
    ]
