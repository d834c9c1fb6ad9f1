"""The tables behind what customers are worth: frames with their formats and captions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from keepbook.clv.page.figures import horizon, worth
from keepbook.errors import NotEnoughData
from keepbook.page.elements import OldTable as Table
from keepbook.page.elements import cash, counted, table_of
from keepbook.text import (
    MISSING,
    _,
    calendar_name,
    currency_suffix,
    day,
    interval,
    number,
    percent,
    plural,
    within_sentence,
)

if TYPE_CHECKING:  # see findings.value
    from keepbook.clv import Base, CustomerModel, Evaluation, Forecast, Gate, Newcomer, Truth

LATEST, PERIODS = 12, 24  # periods of costs, and ahead, that are shown; their data hold all


def outlook_table(
    frame: pd.DataFrame | NotEnoughData, base: Base, currency: str | None, truth: Truth | None
) -> Table:
    """Purchases, revenue and value by milestone."""
    if isinstance(frame, NotEnoughData):
        return frame, {}, ""
    rows = list(frame.itertuples())
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("within"): ([plural(row.months, _("month"), _("months")) for row in rows], str),
        _("purchases"): ([counted(r.purchases, r.purchases_lower, r.purchases_upper) for r in rows], str),
        _("in truth"): (truth.outlook["purchases"] if truth else [], number),
        _("revenue") + currency_suffix(currency): (
            [cash(r.revenue, None, r.revenue_lower, r.revenue_upper) for r in rows],
            str,
        ),
        worth(base.choices): ([cash(r.value, None, r.value_lower, r.value_upper) for r in rows], str),
        _("value in truth"): (truth.outlook["value"] if truth else [], lambda value: cash(value, None)),
    }
    if not truth:
        del columns[_("in truth")], columns[_("value in truth")]
    caption = _("Sums from now on, net of returns; today's customers only. Brackets: {level} intervals.")
    return table_of(columns, caption.format(level=percent(1 - base.choices.alpha, 0)))


def forecast_table(made: Forecast | NotEnoughData, base: Base, currency: str | None) -> Table:
    """Period by period: today's customers, and those still to come."""
    if isinstance(made, NotEnoughData):
        return made, {}, ""
    ahead = made.ahead.head(PERIODS)
    rows = list(ahead.itertuples())
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("period"): (
            [within_sentence(r.period_start, made.period) + ("" if r.complete else " *") for r in rows],
            str,
        ),
        _("purchases"): ([counted(r.purchases, r.purchases_lower, r.purchases_upper) for r in rows], str),
        _("revenue") + currency_suffix(currency): (
            [cash(r.revenue, None, r.revenue_lower, r.revenue_upper) for r in rows],
            str,
        ),
    }
    if made.new_per_day > 0:
        columns |= {
            _("new customers"): (ahead["new_customers"], number),
            _("their purchases"): (ahead["new_purchases"], number),
            _("their revenue"): (
                [cash(r.new_revenue, None, r.new_revenue_lower, r.new_revenue_upper) for r in rows],
                str,
            ),
        }
    caption = _(
        "Revenue net of returns, not discounted. New customers: as many a day as came in the last {days} "
        "days ({n}); their purchases count the first one too. * not a whole {period}."
    ).format(days=number(made.recent_days), n=number(made.new_per_day, 2), period=calendar_name(made.period))
    if len(ahead) < len(made.ahead):
        text = _("The first {shown} of {all}; the data of the figure hold all.")
        caption += " " + text.format(shown=number(len(ahead)), all=number(len(made.ahead)))
    return table_of(columns, caption)


def best_table(best: pd.DataFrame | NotEnoughData, base: Base, currency: str | None) -> Table:
    """The most valuable customers."""
    if isinstance(best, NotEnoughData):
        return best, {}, ""
    rows = list(best.itertuples())
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("customer"): (best["customer_id"].astype(str), str),
        _("last bought"): (pd.to_datetime(best["last"]), day),
        _("repeat purchases"): (best["frequency"], number),
        _("spent so far") + currency_suffix(currency): (best["spend_to_date"], number),
        _("active"): (best["p_alive"], lambda value: percent(value, 0)),
        _("purchases ahead"): (
            [counted(r.expected_purchases, r.purchases_lower, r.purchases_upper) for r in rows],
            str,
        ),
        _("value") + currency_suffix(currency): (
            [cash(r.clv, None, r.clv_lower, r.clv_upper) for r in rows],
            str,
        ),
    }
    caption = _(
        "By expected value over {months} ({worth}). Brackets: {level} intervals of what this one customer "
        "may do; whoever is at the top of such a list has partly been lucky, which the expectation already "
        "allows for."
    )
    choices = base.choices
    level = percent(1 - choices.alpha, 0)
    return table_of(columns, caption.format(months=horizon(choices), worth=worth(choices), level=level))


def newcomer_table(
    growing: pd.DataFrame | NotEnoughData,
    newcomer: Newcomer | NotEnoughData,
    seen: pd.DataFrame | NotEnoughData,
    base: Base,
    currency: str | None,
) -> Table:
    """What a new customer brings by milestone, and what newcomers brought."""
    if isinstance(newcomer, NotEnoughData):
        return newcomer, {}, ""
    if isinstance(growing, NotEnoughData):
        return growing, {}, ""
    shown = growing[growing["months"].isin([0, *base.choices.milestones])]
    rows = list(shown.itertuples())
    within = [
        plural(row.months, _("month"), _("months")) if row.months else _("first purchase") for row in rows
    ]
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("within"): (within, str),
        _("repeat purchases"): (shown["purchases"].to_numpy(), lambda value: number(value, 2)),
        _("value") + currency_suffix(currency): ([cash(r.value, None, r.lower, r.upper) for r in rows], str),
    }
    if isinstance(seen, pd.DataFrame) and len(seen):
        both = shown[["months"]].merge(seen, on="months", how="left")
        limits = [
            MISSING if pd.isna(r.seen) else cash(r.seen, None, r.seen_lower, r.seen_upper)
            for r in both.itertuples()
        ]
        columns |= {
            _("revenue by the model"): (both["expected"], lambda value: cash(value, None)),
            _("revenue seen"): (limits, str),
            _("of newcomers"): (both["customers"], number),
            _("since"): (both["since"], lambda value: MISSING if pd.isna(value) else day(value)),
        }
    caption = _("Value: {worth}. Revenue: net of returns, not discounted.").format(worth=worth(base.choices))
    if newcomer.lifetime == newcomer.lifetime:
        text = _(
            "For ever, a new customer would bring {value}: most of it beyond anything these data have seen."
        )
        value = cash(newcomer.lifetime, currency, newcomer.lifetime_lower, newcomer.lifetime_upper)
        caption += " " + text.format(value=value)
    return table_of(columns, caption)


def cost_table(cost: pd.DataFrame | NotEnoughData, currency: str | None) -> Table:
    """What acquisition cost, period by period."""
    if isinstance(cost, NotEnoughData):
        return cost, {}, ""
    cost = cost.tail(LATEST)
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("from"): (cost["period"], day),
        _("marketing and sales"): (cost["cost"], lambda value: cash(value, currency)),
        _("new customers"): (cost["new_customers"], number),
        _("a new customer"): (cost["cac"], lambda value: cash(value, currency)),
    }
    return table_of(
        columns,
        _(
            "The latest periods that the data cover wholly: their costs over the customers first seen in "
            "them."
        ),
    )


def cuts_table(
    evaluation: Evaluation | NotEnoughData, model: CustomerModel | NotEnoughData, currency: str | None
) -> Table:
    """The cut-offs of the past that methods were tried at."""
    if isinstance(model, NotEnoughData):
        return model, {}, ""
    if isinstance(evaluation, NotEnoughData):
        return evaluation, {}, ""
    frame = evaluation.cuts
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("known until"): (frame["cut"], day),
        _("predicted until"): (frame["end"], day),
        _("customers"): (frame["customers_all"], number),
        _("of them tried"): (frame["customers"], number),
        _("purchases"): (frame["holdout_purchases"], number),
        _("money") + currency_suffix(currency): (frame["holdout_spend"], number),
    }
    caption = _("What followed each cut-off: purchases, and money before returns, of customers known at it.")
    if evaluation.share < 1:
        text = _("{share} of the customers are tried, always the same ones.")
        caption += " " + text.format(share=percent(evaluation.share))
    return table_of(columns, caption)


def methods_table(
    evaluation: Evaluation | NotEnoughData, model: CustomerModel | NotEnoughData, target: str
) -> Table:
    """All methods for one target, over the cut-offs at which all of them could be tried."""
    if isinstance(model, NotEnoughData):
        return model, {}, ""
    if isinstance(evaluation, NotEnoughData):
        return evaluation, {}, ""
    won = evaluation.winners[target]
    cuts = pd.to_datetime(list(won.cuts))
    methods = evaluation.methods
    rows = methods[(methods["target"] == target) & methods["cut"].isin(cuts)]
    means = rows.groupby("method", sort=False)[["mae", "rmse", "gini", "top_decile", "log_likelihood"]].mean()
    biases = rows.groupby("method", sort=False)["bias"].agg(["min", "max"])
    means = means.reindex([name for name in won.compared if name in means.index]).sort_values("rmse")
    biases = biases.reindex(means.index)
    marks = {won.method: _(" (nearest)"), model.process.label: _(" (shown here)")}
    if won.method == model.process.label:
        marks[won.method] = _(" (nearest, shown here)")
    digits = 2 if target == "purchases" or means["rmse"].max() < 100 else 0
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("method"): ([f"{name}{marks.get(name, '')}" for name in means.index], str),
        _("total off by"): ([_signed_span(row["min"], row["max"]) for _i, row in biases.iterrows()], str),
        _("RMSE"): (means["rmse"].to_numpy(), lambda value: number(value, digits)),
        _("MAE"): (means["mae"].to_numpy(), lambda value: number(value, digits)),
        _("Gini"): (means["gini"].to_numpy(), lambda value: number(value, 3)),
        _("held by top tenth"): (means["top_decile"].to_numpy(), percent),
    }
    if target == "purchases":
        columns[_("log-likelihood")] = (means["log_likelihood"].to_numpy(), lambda value: number(value, 4))
    caption = _(
        "{what} per customer, means over {cuts} at which all could be tried; of the total, the range. RMSE "
        "ranks: predicting means, as totals need, makes it least, while MAE favours whoever says 0 for all "
        "who stay away. Gini: 1 ranks customers perfectly. Held by top tenth: share of what happened, of "
        "those predicted highest."
    ).format(
        what=_("Periods with a purchase") if target == "purchases" else _("Revenue before returns"),
        cuts=plural(len(cuts), _("cut-off"), _("cut-offs")),
    )
    if len(evaluation.absent) and target == "purchases":
        why = evaluation.absent.drop_duplicates("why")["why"]
        caption += " " + " ".join(why)
    return table_of(columns, caption)


def _signed_span(low: float, high: float) -> str:
    texts = [
        percent(0.0, 0) if round(v, 2) == 0 else f"{'+' if v > 0 else ''}{percent(v, 0)}" for v in (low, high)
    ]
    return texts[0] if texts[0] == texts[1] else _("{low} to {high}").format(low=texts[0], high=texts[1])


def parameters_table(model: CustomerModel | NotEnoughData, alpha: float) -> Table:
    """The fitted parameters with their doubt."""
    if isinstance(model, NotEnoughData):
        return model, {}, ""
    frame = model.parameters(alpha)
    level = percent(1 - alpha, 0)
    limits = [
        interval(row.ci_lower, row.ci_upper, lambda value: number(value, 4)) for row in frame.itertuples()
    ]
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("parameter"): (frame["parameter"], str),
        _("estimate"): (frame["estimate"], lambda value: number(value, 4)),
        _("standard error"): (frame["standard_error"], lambda value: number(value, 4)),
        _("{level} interval").format(level=level): (limits, str),
    }
    caption = _("{model} of purchases (in the unit's own time unit)").format(model=model.process.label)
    if model.spend.fit:
        caption += _(", Gamma-Gamma of spend (p, q, gamma)")
    else:
        caption += _("; every purchase counts as the mean, as {why}").format(why=model.spend.why)
    return table_of(columns, caption + ".")


def models_table(model: CustomerModel | NotEnoughData) -> Table:
    """The purchase models that were looked at, and which was chosen."""
    if isinstance(model, NotEnoughData):
        return model, {}, ""
    frame = model.comparison
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("model"): (frame["model"], str),
        _("held-out log-likelihood a customer"): (frame["holdout_log_likelihood"], lambda v: number(v, 4)),
        _("log-likelihood of all data"): (frame["log_likelihood"], lambda v: number(v, 1)),
        _("shown here"): (["✓" if chosen else "" for chosen in frame["chosen"]], str),
    }
    caption = _(
        "`model: auto` takes the one that gave held-out purchases the highest probability and whose fit to "
        "all data holds; higher is better. Missing: not fitted, or not to be tried on the past."
    )
    return table_of(columns, caption)


def gates_table(gates: list[Gate]) -> Table:
    """Every condition that figures rest on."""
    marks = {True: "✓", False: "✗"}
    columns: dict[str, tuple[Any, Callable[[Any], str]]] = {
        _("condition"): ([gate.name for gate in gates], str),
        "": ([marks[gate.passed] for gate in gates], str),
        _("found"): ([gate.measured for gate in gates], str),
        _("needed"): ([gate.needed for gate in gates], str),
        _("what follows"): ([gate.follows or MISSING for gate in gates], str),
    }
    return table_of(
        columns, _("What the figures rest on. Where a condition that stops is not met, none is shown.")
    )
