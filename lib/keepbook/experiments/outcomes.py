"""What customers did after they were assigned, and before: one row per customer, in the engine."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.util import gen_name

from keepbook.experiments.assigned import Intake


def outcomes_of(intake: Intake, purchases: ir.Table, margin: float) -> ir.Table:
    """Outcomes of every customer whose follow-up is complete.

    Outcomes count from the first outcome day to the last one, both counted in; the pre-period ends on the day
    before the assignment. Whoever bought nothing has zeros. Money is net of returns.

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`. margin : share of revenue that is earned.

    Returns
    -------
    Table : one row per customer: variant, customer_id, cluster (where there is one), retained (1 where there
        was a purchase), orders (days with one), revenue and margin (money), profit (margin less cost, where
        each customer's own cost is known), days_to_purchase (whole days from the assignment
        to the first purchase, at most to the end of the outcome days), pre_retained, pre_orders, pre_revenue
        (unless there is no pre-period), own columns.
    """
    experiment, people = intake.experiment, intake.customers.filter(intake.customers.is_mature)
    spans = people.select(
        "customer_id",
        "begins",
        "ends",
        "assigned_on",
        opens=people.assigned_on - ibis.interval(days=experiment.pre_days),
    )
    rows = purchases.inner_join(spans, "customer_id")
    after = rows.date.between(rows.begins, rows.ends)
    before = (rows.date >= rows.opens) & (rows.date < rows.assigned_on)
    rows = rows.filter(after | before)
    money = rows.amount.cast("float64")
    done = rows.group_by("customer_id").agg(
        orders=(after & rows.is_purchase).sum(),
        revenue=money.sum(where=after),
        bought_on=rows.date.min(where=after & rows.is_purchase),
        pre_orders=(before & rows.is_purchase).sum(),
        pre_revenue=money.sum(where=before),
    )
    known = ("variant", "customer_id", "assigned_on", "ends", "cluster", "cost", *intake.own)
    kept = [name for name in known if name in people.columns]
    each = people.select(*kept).left_join(done, "customer_id").drop("customer_id_right")
    numbers = ("orders", "revenue", "pre_orders", "pre_revenue")
    each = each.mutate(**{name: each[name].fill_null(0).cast("float64") for name in numbers})
    waited = (
        each.bought_on.fill_null(each.ends + ibis.interval(days=1)).epoch_days()
        - each.assigned_on.epoch_days()
    )
    each = each.mutate(
        days_to_purchase=waited.cast("float64"),
        retained=(each.orders > 0).cast("float64"),
        pre_retained=(each.pre_orders > 0).cast("float64"),
        margin=each.revenue * margin,
    ).drop("bought_on", "ends")
    if not experiment.pre_days:
        each = each.drop("pre_retained", "pre_orders", "pre_revenue")
    if "cost" in each.columns:
        each = each.mutate(profit=each.margin - each.cost.cast("float64").fill_null(0))
    return each.get_backend().create_table(gen_name("keepbook"), each, temp=True)


def life_table(intake: Intake, purchases: ir.Table, as_of: dt.date) -> pd.DataFrame:
    """When customers bought again after their assignment; those still followed are censored, not lost.

    Returns
    -------
    DataFrame : one row per variant and day on which anything ended: variant, day (whole days since the
        assignment), events (customers whose first purchase it is), censored (customers followed up to that
        day without one).
    """
    people = intake.customers
    rows = purchases.filter(purchases.is_purchase).inner_join(
        people.select("customer_id", "begins", "ends"), "customer_id"
    )
    rows = rows.filter(rows.date.between(rows.begins, rows.ends))
    firsts = rows.group_by("customer_id").agg(bought_on=rows.date.min())
    each = people.left_join(firsts, "customer_id")
    last = ibis.least(each.ends, ibis.literal(as_of))
    bought = each.bought_on.notnull()
    days = ibis.coalesce(each.bought_on, last).epoch_days() - each.assigned_on.epoch_days()
    sums = each.group_by("variant", day=days.cast("int64")).agg(events=bought.sum(), censored=(~bought).sum())
    return sums.to_pandas().sort_values(["variant", "day"], ignore_index=True)
