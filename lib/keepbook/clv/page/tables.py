"""What customers are worth, in tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from keepbook.clv.page.terms import method_name, terms_of
from keepbook.page.elements import Columns, Table, cash, counted, enough
from keepbook.page.html import plain
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
    from keepbook.clv import Check, Choices, CustomerModel, Evaluation, Forecast, NewCustomerValue, Truth

say = catalogue("clv")
MAX_COST_PERIODS, MAX_PERIODS = 12, 24  # of costs, and ahead, that are shown; their data hold all
two, three, four = (partial(number, digits=digits) for digits in (2, 3, 4))
amount = partial(cash, currency=None)


def _with_limits(show: Callable[..., str], rows: pd.DataFrame, value: str, limits: str = "") -> list[str]:
    """Cells of estimates with their intervals, `<limits>_lower` and `<limits>_upper`; else as the value."""
    columns = [value, *(f"{limits or value}_{end}" for end in ("lower", "upper"))]
    estimates = rows[columns].itertuples(index=False)
    return [MISSING if pd.isna(one) else show(one, lower=low, upper=high) for one, low, high in estimates]


def outlook_table(
    outlook: pd.DataFrame, choices: Choices, currency: str | None, truth: Truth | None = None
) -> Table:
    """Purchases, revenue and value by milestone."""
    terms = terms_of(choices)
    columns: Columns = {
        say("outlook-table.within"): (outlook["months"].map(_within), str),
        say("outlook-table.purchases"): (_with_limits(counted, outlook, "purchases"), str),
    }
    if truth:
        columns[say("outlook-table.true-purchases")] = (truth.outlook["purchases"], number)
    revenue = say("outlook-table.revenue", suffix=currency_suffix(currency))
    columns[revenue] = (_with_limits(amount, outlook, "revenue"), str)
    columns[say("value", **terms)] = (_with_limits(amount, outlook, "value"), str)
    if truth:
        columns[say("outlook-table.true-value")] = (truth.outlook["value"], amount)
    return Table(columns, say("outlook-table.caption", **terms))


def forecast_table(made: Forecast, currency: str | None) -> Table:
    """Period by period: today's customers, and those still to come."""
    ahead = enough(made.ahead).head(MAX_PERIODS)
    ends = ahead["complete"].map({True: "", False: " *"})
    periods = [within_sentence(start, made.period) for start in ahead["period_start"]] + ends
    revenue = say("forecast-table.revenue", suffix=currency_suffix(currency))
    columns: Columns = {
        say("forecast-table.period"): (periods, str),
        say("forecast-table.purchases"): (_with_limits(counted, ahead, "purchases"), str),
        revenue: (_with_limits(amount, ahead, "revenue"), str),
    }
    if made.new_per_day > 0:
        columns |= {
            say("forecast-table.new-customers"): (ahead["new_customers"], number),
            say("forecast-table.new-purchases"): (ahead["new_purchases"], number),
            say("forecast-table.new-revenue"): (_with_limits(amount, ahead, "new_revenue"), str),
        }
    caption = say(
        "forecast-table.caption",
        days=made.recent_days,
        new=number(made.new_per_day, 2),
        period=calendar_name(made.period),
        hidden=len(ahead) < len(made.ahead),
        shown=len(ahead),
        periods=len(made.ahead),
    )
    return Table(columns, caption)


def top_customers_table(top: pd.DataFrame, choices: Choices, currency: str | None) -> Table:
    """The most valuable customers."""
    suffix = currency_suffix(currency)
    ahead = _with_limits(counted, top, "expected_purchases", "purchases")
    columns: Columns = {
        say("top-customers.customer"): (top["customer_id"].astype(str), str),
        say("top-customers.last"): (pd.to_datetime(top["last"]), day),
        say("top-customers.purchases"): (top["frequency"], number),
        say("top-customers.spent", suffix=suffix): (top["spend_to_date"], number),
        say("top-customers.active"): (top["p_alive"], partial(percent, digits=0)),
        say("top-customers.ahead"): (ahead, str),
        say("top-customers.value", suffix=suffix): (_with_limits(amount, top, "clv"), str),
    }
    return Table(columns, say("top-customers.caption", **terms_of(choices)))


def new_customer_table(
    value: pd.DataFrame,
    one: NewCustomerValue,
    newcomers: pd.DataFrame | None,
    choices: Choices,
    currency: str | None,
) -> Table:
    """What a new customer brings by milestone, and what newcomers brought."""
    shown = value[value["months"].isin([0, *choices.milestones])].reset_index(drop=True)
    brought = _with_limits(amount, shown.add_prefix("value_"), "value_value", "value")
    columns: Columns = {
        say("new-customer-table.within"): (shown["months"].map(_within), str),
        say("new-customer-table.purchases"): (shown["purchases"], two),
        say("new-customer-table.value", suffix=currency_suffix(currency)): (brought, str),
    }
    if newcomers is not None and len(newcomers):
        both = shown[["months"]].merge(newcomers, on="months", how="left")
        columns |= {
            say("new-customer-table.expected"): (both["expected"], amount),
            say("new-customer-table.seen"): (_with_limits(amount, both, "seen"), str),
            say("new-customer-table.customers"): (both["customers"], number),
            say("new-customer-table.since"): (both["since"], _day_or_missing),
        }
    known = one.lifetime == one.lifetime
    lifetime = cash(one.lifetime, currency, one.lifetime_lower, one.lifetime_upper) if known else None
    return Table(columns, say("new-customer-table.caption", lifetime=lifetime, **terms_of(choices)))


def _within(months: float) -> str:
    return say("horizon", months=int(months)) if months else say("new-customer-table.first")


def _day_or_missing(value: pd.Timestamp) -> str:
    return MISSING if pd.isna(value) else day(value)


def cost_table(cost: pd.DataFrame, currency: str | None) -> Table:
    """What acquisition cost, period by period."""
    cost = enough(cost).tail(MAX_COST_PERIODS)
    show = partial(cash, currency=currency)
    columns: Columns = {
        say("cost-table.from"): (cost["period"], day),
        say("cost-table.cost"): (cost["cost"], show),
        say("cost-table.customers"): (cost["new_customers"], number),
        say("cost-table.each"): (cost["cac"], show),
    }
    return Table(columns, say("cost-table.caption"), "acquisition_cost")


def cuts_table(evaluation: Evaluation, currency: str | None) -> Table:
    """The cut-offs of the past that methods were tried at."""
    cuts, share = evaluation.cuts, evaluation.share
    columns: Columns = {
        say("cuts-table.cut"): (cuts["cut"], day),
        say("cuts-table.end"): (cuts["end"], day),
        say("cuts-table.customers"): (cuts["customers_all"], number),
        say("cuts-table.tried"): (cuts["customers"], number),
        say("cuts-table.purchases"): (cuts["holdout_purchases"], number),
        say("cuts-table.money", suffix=currency_suffix(currency)): (cuts["holdout_spend"], number),
    }
    return Table(columns, say("cuts-table.caption", share=percent(share) if share < 1 else None))


def methods_table(evaluation: Evaluation, model: CustomerModel, target: str) -> Table:
    """All methods for one target, over the cut-offs at which all of them could be tried."""
    best, methods, own = evaluation.best[target], evaluation.methods, model.process.label
    rows = methods[(methods["target"] == target) & methods["cut"].isin(pd.to_datetime(list(best.cuts)))]
    means = rows.groupby("method", sort=False)[["mae", "rmse", "gini", "top_decile", "log_likelihood"]].mean()
    means = means.reindex([name for name in best.compared if name in means.index]).sort_values("rmse")
    biases = rows.groupby("method", sort=False)["bias"].agg(["min", "max"]).reindex(means.index)
    names = [
        say(
            "methods-table.marked",
            name=method_name(method),
            nearest=method == best.method,
            shown=method == own,
        )
        for method in means.index
    ]
    show = partial(number, digits=2 if target == "purchases" or means["rmse"].max() < 100 else 0)
    columns: Columns = {
        say("methods-table.method"): (names, str),
        say("methods-table.off"): ([_signed_span(*pair) for pair in biases.to_numpy()], str),
        say("methods-table.rmse"): (means["rmse"].to_numpy(), show),
        say("methods-table.mae"): (means["mae"].to_numpy(), show),
        say("methods-table.gini"): (means["gini"].to_numpy(), three),
        say("methods-table.top"): (means["top_decile"].to_numpy(), percent),
    }
    why = None
    if target == "purchases":
        columns[say("methods-table.log-likelihood")] = (means["log_likelihood"].to_numpy(), four)
        why = " ".join(evaluation.absent["why"].drop_duplicates()) or None
    caption = say("methods-table.caption", target=target, cuts=len(best.cuts), why=why)
    return Table(columns, caption, "methods_purchases" if target == "purchases" else "methods_money")


def _signed_span(low: float, high: float) -> str:
    texts = [
        percent(0.0, 0) if round(v, 2) == 0 else f"{'+' if v > 0 else ''}{percent(v, 0)}" for v in (low, high)
    ]
    return texts[0] if texts[0] == texts[1] else say("span", low=texts[0], high=texts[1])


def parameters_table(model: CustomerModel, alpha: float) -> Table:
    """The fitted parameters with their intervals."""
    frame, level = model.parameters(alpha), percent(1 - alpha, 0)
    limits = [interval(row.ci_lower, row.ci_upper, four) for row in frame.itertuples()]
    columns: Columns = {
        say("parameters-table.parameter"): (frame["parameter"], str),
        say("parameters-table.estimate"): (frame["estimate"], four),
        say("parameters-table.error"): (frame["standard_error"], four),
        say("parameters-table.interval", level=level): (limits, str),
    }
    why = "fitted" if model.spend.fit else model.spend.why
    facts = {"model": model.process.label, "why": why, "least": model.spend.least}
    return Table(columns, say("parameters-table.caption", **facts), "parameters")


def models_table(model: CustomerModel) -> Table:
    """The purchase models that were looked at, and which was chosen."""
    frame = model.comparison
    columns: Columns = {
        say("models-table.model"): (frame["model"], str),
        say("models-table.held-out"): (frame["holdout_log_likelihood"], four),
        say("models-table.log-likelihood"): (frame["log_likelihood"], partial(number, digits=1)),
        say("models-table.shown"): (["✓" if chosen else "" for chosen in frame["chosen"]], str),
    }
    return Table(columns, say("models-table.caption"))


def checks_table(checks: list[Check]) -> Table:
    """Every condition that figures rest on."""
    columns: Columns = {
        say("checks-table.name"): ([check.name for check in checks], str),
        "": (["✓" if check.passed else "✗" for check in checks], str),
        say("checks-table.measured"): ([plain(check.measured) for check in checks], str),
        say("checks-table.needed"): ([check.needed for check in checks], str),
        say("checks-table.follows"): ([check.follows or MISSING for check in checks], str),
    }
    return Table(columns, say("checks-table.caption"), "conditions", wrap=True)
