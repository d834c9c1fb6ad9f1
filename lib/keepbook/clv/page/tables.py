"""What customers are worth, in tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from keepbook.clv.page.terms import terms_of
from keepbook.page import html
from keepbook.page.elements import Columns, Shows, Table, cash, counted, enough
from keepbook.page.html import Html, plain
from keepbook.plotting.marks import short
from keepbook.text import (
    MISSING,
    calendar_name,
    catalogue,
    currency_suffix,
    day,
    interval,
    number,
    percent,
    within_sentence,
)

if TYPE_CHECKING:  # tables need no model, and its packages take long to load
    from keepbook.clv import (
        Check,
        Choices,
        Forecast,
        NewCustomerValue,
        Truth,
    )

say = catalogue("clv")
LONGEST_NAME = 60  # signs of a customer's number in a table
MAX_COST_PERIODS, MAX_PERIODS = 6, 24  # of costs, and ahead, that are shown; their data hold all
two = partial(number, digits=2)
amount = partial(cash, currency=None)


def _with_limits(show: Callable[..., str], rows: pd.DataFrame, value: str, limits: str = "") -> list[str]:
    """Cells of estimates with their intervals, `<limits>_lower` and `<limits>_upper`; else as the value."""
    columns = [value, *(f"{limits or value}_{end}" for end in ("lower", "upper"))]
    estimates = rows[columns].itertuples(index=False)
    return [MISSING if pd.isna(one) else show(one, lower=low, upper=high) for one, low, high in estimates]


def outlook_table(
    outlook: pd.DataFrame, choices: Choices, currency: str | None, truth: Truth | None = None
) -> Table:
    """Value to reckon with by milestone, its ranges on one axis, and the purchases behind it."""
    rows = outlook.assign(
        within=outlook["months"].map(_within),
        purchases=_with_limits(counted, outlook, "purchases"),
        value_text=_with_limits(amount, outlook, "value"),
        range=_bars(outlook, "value"),
    )
    shows: Shows = {"within": str, "value_text": str, "range": _drawn, "purchases": str}
    data = outlook
    if truth:
        known = truth.outlook.add_prefix("true_").rename(columns={"true_months": "months"})
        data = outlook.merge(known, on="months")
        rows = rows.assign(true_value=data["true_value"], true_purchases=data["true_purchases"])
        shows |= {"true_value": amount}
        if data["true_purchases"].notna().all():
            shows |= {"true_purchases": number}
    facts = {"suffix": currency_suffix(currency), "truth": truth is not None, **terms_of(choices)}
    made = Table.of(say, "outlook-table", rows, shows, "outlook", **facts)
    return replace(made, data=data)


def model_outlook_table(outlook: pd.DataFrame, choices: Choices, currency: str | None) -> Table:
    """Purchases, revenue and value by milestone, with the model's own intervals."""
    rows = outlook.assign(
        within=outlook["months"].map(_within),
        purchases=_with_limits(counted, outlook, "purchases"),
        revenue=_with_limits(amount, outlook, "revenue"),
        value=_with_limits(amount, outlook, "value"),
    )
    shows: Shows = dict.fromkeys(("within", "purchases", "revenue", "value"), str)
    facts = {"suffix": currency_suffix(currency), **terms_of(choices)}
    return Table.of(say, "model-outlook-table", rows, shows, **facts)


def _bars(rows: pd.DataFrame, value: str, limits: str = "") -> list[Html]:
    """Each estimate and its interval, drawn on one axis from 0 on."""
    lower, upper = (f"{limits or value}_{end}" for end in ("lower", "upper"))
    known = rows[upper].replace(np.inf, np.nan).dropna()
    axis = (0.0, max(float(known.max()) if len(known) else 0.0, float(rows[value].max()), 1e-9))
    estimates = rows[[value, lower, upper]].astype(float).itertuples(index=False)
    return [html.interval_bar(one, low, high, axis) for one, low, high in estimates]


def _drawn(cell: Html) -> Any:
    return cell


def forecast_table(made: Forecast, currency: str | None) -> Table:
    """Period by period: today's customers, and those still to come."""
    ahead, new = enough(made.ahead).head(MAX_PERIODS), made.new_per_day > 0
    rows = ahead.assign(
        period=[within_sentence(start, made.period) for start in ahead["period_start"]],
        purchases=_with_limits(counted, ahead, "purchases"),
        revenue=_with_limits(amount, ahead, "revenue"),
    )
    rows["period"] += ahead["complete"].map({True: "", False: " *"})
    shows: Shows = dict.fromkeys(("period", "purchases", "revenue"), str)
    if new:
        rows["new_revenue"] = _with_limits(amount, ahead, "new_revenue")
        shows |= {"new_customers": number, "new_purchases": number, "new_revenue": str}
    facts: dict[str, Any] = {
        "suffix": currency_suffix(currency),
        "days": made.recent_days,
        "new": number(made.new_per_day, 2),
        "period": calendar_name(made.period),
        "hidden": len(ahead) < len(made.ahead),
        "shown": len(ahead),
        "periods": len(made.ahead),
    }
    return Table.of(say, "forecast-table", rows, shows, **facts)


def top_customers_table(
    top: pd.DataFrame, choices: Choices, currency: str | None, coverage: pd.DataFrame | None = None
) -> Table:
    """The most valuable customers, their ranges on one axis.

    Parameters
    ----------
    coverage : how often such ranges held what happened, of the model shown, as `Evaluation.coverage`.
    """
    rows = top.assign(
        customer_id=top["customer_id"].astype(str),
        last=pd.to_datetime(top["last"]),
        expected_purchases=_with_limits(counted, top, "expected_purchases", "purchases"),
        range=_bars(top, "clv"),
    )
    shows: Shows = {"customer_id": partial(short, signs=LONGEST_NAME), "clv": amount, "range": _drawn}
    shows |= {"expected_purchases": str, "p_alive": partial(percent, digits=0), "last": day}
    shows |= {"frequency": number, "spend_to_date": number}
    facts = {"suffix": currency_suffix(currency), "held": None, **terms_of(choices)}
    if coverage is not None and len(coverage):
        widest = coverage[coverage["level"] == coverage["level"].max()]
        show = partial(percent, digits=0)
        facts |= {"held": interval(widest["covered"].min(), widest["covered"].max(), show)}
        facts |= {"widest": show(float(widest["level"].iloc[0]))}
    return Table.of(say, "top-customers", rows, shows, **facts)


def new_customer_table(
    value: pd.DataFrame,
    one: NewCustomerValue,
    newcomers: pd.DataFrame | None,
    choices: Choices,
    currency: str | None,
) -> Table:
    """What a new customer brings by milestone, and what newcomers brought."""
    rows = value[value["months"].isin([0, *choices.milestones])]
    if newcomers is not None and len(newcomers):
        rows = rows.merge(newcomers, on="months", how="left")
        rows["seen"] = _with_limits(amount, rows, "seen")
    rows["within"] = rows["months"].map(_within)
    rows["value"] = _with_limits(amount, rows.add_prefix("value_"), "value_value", "value")
    shows: Shows = {"within": str, "purchases": two, "value": str}
    if "seen" in rows:
        shows |= {"expected": amount, "seen": str, "customers": number, "since": _day_or_missing}
    known = one.lifetime == one.lifetime
    lifetime = cash(one.lifetime, currency, one.lifetime_lower, one.lifetime_upper) if known else None
    facts = {"lifetime": lifetime, "suffix": currency_suffix(currency), **terms_of(choices)}
    return Table.of(say, "new-customer-table", rows, shows, **facts)


def _within(months: float) -> str:
    return say("horizon", months=int(months)) if months else say("new-customer-table.first")


def _day_or_missing(value: pd.Timestamp) -> str:
    return MISSING if pd.isna(value) else day(value)


def cost_table(cost: pd.DataFrame, currency: str | None) -> Table:
    """What acquisition cost, period by period."""
    show = partial(cash, currency=currency)
    shows: Shows = {"period": day, "cost": show, "new_customers": number, "cac": show}
    made = Table.of(say, "cost-table", enough(cost).tail(MAX_COST_PERIODS), shows, "acquisition_cost")
    return replace(made, data=cost)


def checks_table(checks: list[Check]) -> Table:
    """Every condition that figures rest on."""
    columns: Columns = {
        say("checks-table.name"): ([check.name for check in checks], str),
        say("checks-table.met"): (["✓" if check.passed else "✗" for check in checks], str),
        say("checks-table.measured"): ([plain(check.measured) for check in checks], str),
        say("checks-table.needed"): ([check.needed for check in checks], str),
        say("checks-table.follows"): ([check.follows or MISSING for check in checks], str),
    }
    return Table(columns, say("checks-table.caption"), "conditions", wrap=True)
