"""What customers did after they were assigned, and before: one row per customer, in the engine."""

import datetime as dt

import ibis
import ibis.expr.types as ir
import pandas as pd

from keepbook.tables.intake import Intake, materialised, span


def followed(intake: Intake, purchases: ir.Table) -> ir.Table:
    """What every customer did, as far as the data go: the one pass over purchases, kept in the engine.

    Returns
    -------
    Table : one row per customer: customer_id, variant, assigned_on, is_mature, cluster and cost (where there
        are any), own columns; and of the outcome days orders (days with a purchase), revenue and waited (days
        from the assignment to the first purchase; missing without one), of the days before pre_orders and
        pre_revenue.
    """
    customers, before = intake.customers, dt.timedelta(days=intake.experiment.pre_days)
    first, last = span(intake.experiment)
    rows = purchases.filter(purchases.date.between(intake.first - before, intake.complete_on))
    rows = rows.inner_join(customers.select("customer_id", "assigned_on"), "customer_id")
    rows = rows.select(
        "customer_id",
        "is_purchase",
        money=rows.amount.cast("float64"),
        day=rows.date.delta(rows.assigned_on, unit="day").cast("int32"),
    )
    after, earlier = rows.day.between(first.days, last.days), rows.day.between(-before.days, -1)
    rows = rows.filter(after | earlier)
    later = rows.day >= 0
    done = rows.group_by("customer_id").agg(
        orders=rows.count(where=later & rows.is_purchase).cast("int32"),
        revenue=rows.money.sum(where=later),
        waited=rows.day.min(where=later & rows.is_purchase),
        pre_orders=rows.count(where=~later & rows.is_purchase).cast("int32"),
        pre_revenue=rows.money.sum(where=~later),
    )
    known = ("customer_id", "variant", "assigned_on", "is_mature", "cluster", "cost", *intake.own)
    kept = customers.select(*(name for name in known if name in customers.columns))
    each = kept.left_join(done, "customer_id").drop("customer_id_right")
    return materialised(each.fill_null(dict.fromkeys(("orders", "revenue", "pre_orders", "pre_revenue"), 0)))


def outcomes_of(intake: Intake, seen: ir.Table, margin: float) -> ir.Table:
    """Outcomes of every customer whose follow-up is complete.

    Outcomes count from the first outcome day to the last one, both counted in; the pre-period ends on the day
    before the assignment. Whoever bought nothing has zeros. Money is net of returns.

    Returns
    -------
    Table : one row per customer: variant, customer_id, assigned_on, cluster (where there is one), retained (1
        where there was a purchase), orders (days with one), revenue and margin (money), profit (margin less
        cost, where the table has costs; a blank one is 0), days_to_purchase (whole days from the assignment
        to the first purchase, at most to the end of the outcome days), pre_retained, pre_orders, pre_revenue
        (unless there is no pre-period), own columns.
    """
    each = seen.filter(seen.is_mature)
    each = each.mutate(
        retained=(each.orders > 0).cast("float64"),
        orders=each.orders.cast("float64"),
        margin=each.revenue * margin,
        days_to_purchase=each.waited.fill_null(span(intake.experiment)[1].days + 1).cast("float64"),
        pre_retained=(each.pre_orders > 0).cast("float64"),
        pre_orders=each.pre_orders.cast("float64"),
    ).drop("is_mature", "waited")
    if not intake.experiment.pre_days:
        each = each.drop("pre_retained", "pre_orders", "pre_revenue")
    if "cost" in each.columns:
        each = each.mutate(profit=each.margin - each.cost.cast("float64").fill_null(0))
    return each


def life_table(intake: Intake, seen: ir.Table, as_of: dt.date) -> pd.DataFrame:
    """When customers bought again after their assignment; those still followed are censored, not lost.

    Returns
    -------
    DataFrame : one row per variant and day on which anything ended: variant, day (whole days since the
        assignment), events (customers whose first purchase it is), censored (customers followed up to that
        day without one).
    """
    bought = seen.waited.notnull()
    so_far = ibis.literal(as_of).delta(seen.assigned_on, unit="day")
    last = ibis.least(span(intake.experiment)[1].days, so_far)
    ended = seen.group_by("variant", day=seen.waited.cast("int64").fill_null(last))
    sums = ended.agg(events=bought.sum(), censored=(~bought).sum())
    return sums.to_pandas().sort_values(["variant", "day"], ignore_index=True)
