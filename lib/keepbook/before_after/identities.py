"""What must add up in a before/after comparison, counted a second way, from the purchases themselves."""

import ibis
import ibis.expr.types as ir

from keepbook.before_after.comparison import BeforeAfter
from keepbook.errors import NotEnoughData
from keepbook.reading.conditions import customers_column, meets
from keepbook.tables import Tables
from keepbook.text import catalogue
from keepbook.unit import Change

say = catalogue("before_after")


def customers_grouped(result: BeforeAfter) -> float:
    """Customers of all groups, those who take no part among them."""
    return float(result.groups[["customers", "newer"]].to_numpy().sum())


def customers_counted(result: BeforeAfter, tables: Tables, sister: Tables | None = None) -> float:
    """Customers with a purchase, of both units where two are compared."""
    units = [tables, sister] if result.change.comparison_unit else [tables]
    return float(sum(_bought(unit).customer_id.nunique().to_pandas() for unit in units if unit))


def money_of_levels(result: BeforeAfter) -> float:
    """Revenue of both groups in all periods, from the means that are drawn.

    Raises
    ------
    NotEnoughData : there is one group only, whose ages are weighted alike; or revenue was not asked for.
    """
    if not result.compared:
        raise NotEnoughData(say("ages-do-not-add-up"))
    rows = result.levels[result.levels["metric"] == "revenue"]
    if rows.empty:
        raise NotEnoughData(say("no-revenue"))
    size = result.groups.set_index("group")["customers"]
    return float((rows["mean"] * rows["group"].map(size)).sum())


def money_counted(result: BeforeAfter, tables: Tables, sister: Tables | None = None) -> float:
    """The same money, from the purchases of the customers who take part."""
    other = sister if result.change.comparison_unit else tables
    assert other is not None
    sides = ((tables, "treated"), (other, "comparison"))
    return sum(_spent(_of_group(unit, result.change, group), result) for unit, group in sides)


def mean_of_periods(result: BeforeAfter) -> float:
    """The effects in the single periods from the date on, averaged; of the first metric."""
    rows = result.event_study
    own = rows[(rows["metric"] == result.effects["metric"].iloc[0]) & (rows["period"] >= 0)]
    return float(own["effect"].mean())


def _bought(tables: Tables) -> ir.Table:
    rows = tables.purchases
    return rows.filter(rows.is_purchase & (rows.date <= tables.window.as_of))


def _of_group(tables: Tables, change: Change, group: str) -> ir.Table:
    """Purchases of one group's customers."""
    asked, others = (change.treated, None) if group == "treated" else (change.comparison, change.treated)
    if group == "comparison" and change.comparison_unit:
        others = None
    if not (asked or others or change.cluster):
        return tables.purchases
    listed = tables.customers
    assert listed is not None
    met: ir.BooleanValue = ibis.literal(True)
    if asked:
        met = meets(listed, asked)
    elif others:
        met = ~meets(listed, others)
    if change.cluster:
        met = met & customers_column(listed, change.cluster).notnull()
    return tables.purchases.semi_join(listed.filter(met), "customer_id")


def _spent(rows: ir.Table, result: BeforeAfter) -> float:
    """Money in the periods, of customers who had bought before the first one."""
    begins, ends = result.periods["start"].min().date(), result.periods["end"].max().date()
    known = rows.filter(rows.is_purchase & (rows.date < begins)).select("customer_id").distinct()
    inside = rows.filter(rows.date.between(begins, ends)).semi_join(known, "customer_id")
    return float(inside.amount.sum().to_pandas() or 0)
