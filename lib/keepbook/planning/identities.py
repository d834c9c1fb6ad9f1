"""The past that a plan rests on, counted a second way: straight from the purchases."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from keepbook.planning.past import eligible, silence_of
from keepbook.planning.plan import Plan
from keepbook.tables import Tables
from keepbook.unit import Unit


def returned(plan: Plan) -> float:
    """Customers of the past who came back, as the plan has them."""
    return plan.history.retained * plan.history.eligible


def spent(plan: Plan) -> float:
    """Their money in the outcome days, as the plan has it."""
    return plan.history.revenue * plan.history.eligible


def returned_seen(plan: Plan, tables: Tables, unit: Unit) -> float:
    """The same customers, from the purchases."""
    rows = _since(plan, tables, unit)
    return float(rows.filter(rows.is_purchase).customer_id.nunique().to_pandas())


def spent_seen(plan: Plan, tables: Tables, unit: Unit) -> float:
    """The same money, from the purchases."""
    return float(_since(plan, tables, unit).amount.sum().to_pandas() or 0)


def _since(plan: Plan, tables: Tables, unit: Unit) -> ir.Table:
    """Customer-days within the outcome days of who was eligible."""
    anchor, purchases = plan.history.anchor, tables.purchases
    people = eligible(purchases.filter(purchases.is_purchase), anchor, silence_of(plan.who, unit.churn_after))
    last = anchor + dt.timedelta(days=plan.outcome_days - 1)
    return purchases.filter(purchases.date.between(anchor, last)).semi_join(people, "customer_id")
