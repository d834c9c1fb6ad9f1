"""What today's customers and the next new one bring, drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.clv.page.terms import latest_cost, shortfall, terms_of
from keepbook.page.elements import Chart
from keepbook.plotting.canvas import BLUE, GREEN, GRID, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import band, bars, label, number_axis
from keepbook.text import (
    calendar_name,
    catalogue,
    currency_suffix,
    interval,
    money,
    number,
    percent,
    within_sentence,
)

if TYPE_CHECKING:  # figures need no model, and its packages take long to load
    from keepbook.clv import Choices, Forecast, Truth

say = catalogue("clv")
HOLLOW: dict[str, Any] = {"markersize": 7, "fillstyle": "none", "markeredgewidth": 1.8}


def outlook(frame: pd.DataFrame, choices: Choices, currency: str | None, truth: Truth | None = None) -> Chart:
    """Purchases and value of today's customers by milestone, with intervals and, where known, the truth."""
    drawn, last, terms = frame, frame.iloc[-1], terms_of(choices)
    if truth is not None:
        known = truth.outlook.add_prefix("true_").rename(columns={"true_months": "months"})
        drawn = frame.merge(known, on="months")
    with canvas(9.6, 3.4, columns=2, shared=False) as (figure, axes):
        for ax, name in zip(axes, ("purchases", "value"), strict=True):
            _milestones(ax, drawn, name)
            head = say(f"outlook.{name}", suffix=currency_suffix(currency), **terms)
            ax.set_title(head, fontsize=10, loc="left", color=MUTED)
        svg = svg_of(figure, "outlook")
    limits = interval(last.value_lower, last.value_upper, number)
    facts = {"amount": money(last.value, currency), "limits": limits, "truth": truth is not None}
    return Chart.of(say, "outlook", "outlook", svg, drawn, **facts, **terms)


def _milestones(ax: Axes, frame: pd.DataFrame, name: str) -> None:
    place, value, upper = np.arange(len(frame)), frame[name], frame[f"{name}_upper"]
    bars(ax, place, value, frame[f"{name}_lower"], upper, BLUE, markersize=6, elinewidth=2, capsize=4)
    for x, y in zip(place, value, strict=True):
        label(ax, number(y), (x, y), (-10, 0), ha="right", va="center")
    if f"true_{name}" in frame and frame[f"true_{name}"].notna().all():
        truth = frame[f"true_{name}"]
        ax.plot(place + 0.16, truth, "D", color=ORANGE, **HOLLOW)
        label(ax, say("outlook.truth"), (place[-1] + 0.16, truth.iloc[-1]), (8, 0), ORANGE, va="center")
    ax.set_xticks(place, [say("horizon", months=int(months)) for months in frame["months"]])
    ax.set(xlim=(-0.7, len(frame) - 0.4), ylim=(0, 1.12 * max(float(upper.max()), 1e-9)))
    ax.grid(axis="x", visible=False)
    number_axis(ax.yaxis)


def forecast(made: Forecast, choices: Choices, newcomers: pd.DataFrame | None = None) -> Chart:
    """Repeat purchases period by period: as they were, as the model has them, and as they will be."""
    past, ahead = (frame[frame["complete"]] for frame in (made.past, made.ahead))
    period, less = calendar_name(made.period), shortfall(newcomers)
    with canvas(9.6, 4.0) as (figure, ax):
        bought, fitted, x = say("forecast.bought"), say("forecast.model"), past["period_start"]
        ax.plot(x, past["actual"], "o-", color=INK, markersize=4, linewidth=0.8, label=bought)
        ax.plot(x, past["fitted"], color=BLUE, linewidth=1.6, label=fitted)
        _draw_ahead(ax, made, ahead)
        ax.set(ylim=(0, None), ylabel=say("forecast.axis", period=period))
        number_axis(ax.yaxis)
        ax.legend(loc="best", fontsize=9)
        svg = svg_of(figure, "forecast")
    new = made.new_per_day > 0
    facts = _ends(made, ahead) | {
        "period": period,
        "level": percent(1 - choices.alpha, 0),
        "days": made.recent_days,
        "new": number(made.new_per_day, 1) if new else None,
        "ratio": percent(less.ratio, 0) if new and less else None,
    }
    return Chart.of(say, "forecast", "forecast", svg, made.ahead, **facts)


def _draw_ahead(ax: Axes, made: Forecast, ahead: pd.DataFrame) -> None:
    """Today's customers with their band, and all together if new ones keep coming."""
    if ahead.empty:
        return
    base = ahead["purchases"]
    start, end = made.ahead["period_start"].iloc[0], made.ahead["period_end"].iloc[-1]
    ax.axvspan(start, end, color=GRID, alpha=0.45, linewidth=0)
    band(ax, ahead, "purchases", "purchases", BLUE, linewidth=2.2)
    label(ax, say("forecast.today"), (end, base.iloc[-1]), (-4, 6), BLUE, ha="right", va="bottom")
    if made.new_per_day > 0:
        both = base + ahead["new_purchases"] - ahead["new_customers"]  # the first purchase is no repeat
        ax.plot(ahead["period_start"], both, color=GREEN, linewidth=1.6, linestyle=(0, (4, 2)))
        label(ax, say("forecast.with-new"), (end, both.iloc[-1]), (-4, 8), GREEN, ha="right", va="bottom")
        ax.set_ymargin(0.1)


def _ends(made: Forecast, ahead: pd.DataFrame) -> dict[str, Any]:
    """The first and the last whole period ahead."""
    if ahead.empty:
        return {"periods": 0}
    first, last = ahead.iloc[0], ahead.iloc[-1]
    return {
        "periods": len(ahead),
        "first": number(first.purchases),
        "limits": interval(first.purchases_lower, first.purchases_upper, number),
        "when": within_sentence(first.period_start, made.period),
        "last": number(last.purchases),
        "later": within_sentence(last.period_start, made.period),
    }


def new_customer(
    value: pd.DataFrame,
    choices: Choices,
    currency: str | None,
    newcomers: pd.DataFrame | None = None,
    cost: pd.DataFrame | None = None,
    truth: Truth | None = None,
) -> Chart:
    """What a new customer brings as months go by, beside what newcomers brought and what one costs."""
    last, latest, terms, data = value.iloc[-1], latest_cost(cost), terms_of(choices), value
    digits, less, tops = _digits(last.value), shortfall(newcomers), [float(value["upper"].max())]
    seen = newcomers is not None and not newcomers.empty
    with canvas(9.6, 3.8) as (figure, ax):
        _model_line(ax, value)
        if newcomers is not None and seen:
            tops.append(_newcomers(ax, newcomers, choices))
            data = value.merge(newcomers, on="months", how="left")
        if latest is not None:
            tops.append(latest)
            ax.axhline(latest, color=ORANGE, linewidth=1.4)
            text = say("new-customer-curve.cost", cost=money(latest, currency, _digits(latest)))
            label(ax, text, (0, latest), (4, 4), ORANGE)
        if truth is not None:
            at = (last.months, truth.new_customer)
            ax.plot(*at, "D", color=ORANGE, **HOLLOW)
            label(ax, say("new-customer-curve.truth"), at, (0, -18), ORANGE, ha="center")
        worth = say("new-customer-curve.axis", suffix=currency_suffix(currency), **terms)
        ax.set(ylim=(0, 1.1 * max(*tops, 1e-9)), xlabel=say("new-customer-curve.months"), ylabel=worth)
        number_axis(ax.yaxis)
        svg = svg_of(figure, "new-customer")
    facts = {
        "amount": money(last.value, currency, digits),
        "limits": interval(last.lower, last.upper, partial(number, digits=digits)),
        "ratio": percent(less.ratio, 0) if less else None,
        "seen": seen,
        "payback": None if latest is None else _payback(value, latest),
    }
    return Chart.of(say, "new-customer-curve", "new_customer", svg, data, **facts, **terms)


def _model_line(ax: Axes, value: pd.DataFrame) -> None:
    """The model's line from the first purchase on."""
    months, last = value["months"], value.iloc[-1]
    ax.fill_between(months, value["lower"], value["upper"], color=BLUE, alpha=0.22, linewidth=0)
    ax.plot(months, value["value"], color=BLUE, linewidth=2)
    label(ax, say("new-customer-curve.model"), (last.months, last.value), (10, 0), BLUE, va="center")
    step = max(1, 3 * round(last.months / 24))
    ax.set_xticks(np.arange(0, last.months + 1, step))
    ax.set_xlim(-0.025 * last.months, 1.1 * last.months)


def _payback(value: pd.DataFrame, cost: float) -> int | str:
    """The month in which the cost of a new customer is earned back."""
    earned = value.loc[value["value"] >= cost, "months"]
    return int(earned.iloc[0]) if len(earned) else "never"


def _newcomers(ax: Axes, newcomers: pd.DataFrame, choices: Choices) -> float:
    """What was seen of newcomers; the highest of it."""
    value, lower, upper = (newcomers[name] * choices.margin for name in ("seen", "seen_lower", "seen_upper"))
    months = newcomers["months"]
    bars(ax, months, value, lower, upper, GREEN, fmt="s")
    above = value.iloc[-1] >= newcomers["expected"].iloc[-1] * choices.margin
    shift = (7, 5 if above else -12)
    label(ax, say("new-customer-curve.seen"), (months.iloc[-1], value.iloc[-1]), shift, GREEN)
    return float(upper.max())


def _digits(value: float) -> int:
    return 0 if value >= 100 else 2
