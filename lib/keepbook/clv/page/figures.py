"""What today's customers and the next new one bring, drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.clv.page.terms import latest_cost, terms_of
from keepbook.page.elements import Chart
from keepbook.plotting.canvas import BLUE, GRID, INK, MUTED, draw, read_out
from keepbook.plotting.marks import band, bars, label_ends, number_axis
from keepbook.text import (
    calendar_name,
    catalogue,
    cohort_name,
    currency_suffix,
    day,
    estimate,
    interval,
    money,
    number,
    percent,
    within_sentence,
)

if TYPE_CHECKING:  # figures need no model, and its packages take long to load
    from keepbook.clv import Choices, Forecast, Shortfall, Truth

say = catalogue("clv")
HOLLOW: dict[str, Any] = {"markersize": 7, "fillstyle": "none", "markeredgewidth": 1.8}
RIGHT = 1.03  # of the last month: where the axis of months ends
STEADY = 0.05  # a change of the purchases a day that is not worth a title
ROOM, NARROW_ROOM = 0.14, 0.3  # of the axis of days, that a tick's name takes


def forecast(made: Forecast, choices: Choices, less: Shortfall | None = None) -> Chart:
    """Repeat purchases period by period: as they were, as the model has them, and as they will be."""
    past, ahead = (frame[frame["complete"]] for frame in (made.past, made.ahead))
    period, new = calendar_name(made.period), made.new_per_day > 0

    def paint(ax: Axes, narrow: bool) -> None:
        ax.plot(past["period_start"], past["actual"], "o-", color=INK, markersize=4, linewidth=0.8)
        texts = [_reading("past", row, made.period) for row in past.itertuples()]
        read_out(ax, past["period_start"], past["actual"], texts)
        ax.plot(past["period_start"], past["fitted"], color=BLUE, linewidth=1.6)
        ends = _draw_ahead(ax, made, ahead)
        ax.set(ylim=(0, None))
        ax.grid(axis="x", visible=False)
        number_axis(ax.yaxis)
        dates = [
            *past["period_start"].iloc[:1],
            *ahead["period_start"].iloc[:1],
            *ahead["period_start"].iloc[-1:],
        ]
        _few_dates(ax, dates, made.period, NARROW_ROOM if narrow else ROOM)
        if ends:
            label_ends(ax, ends)

    facts = _change(made, ahead) | {
        "period": period,
        "days": made.recent_days,
        "new": number(made.new_per_day, 1) if new else None,
        "ratio": percent(less.ratio, 0) if new and less else None,
    }
    return Chart.of(say, "forecast", "forecast", draw("forecast", paint, 3.2), made.ahead, **facts)


def _draw_ahead(ax: Axes, made: Forecast, ahead: pd.DataFrame) -> list[tuple[Any, float, str, str]]:
    """Today's customers with their band, and all together if new ones keep coming; the ends of both lines."""
    if ahead.empty:
        return []
    start, end = made.ahead["period_start"].iloc[0], made.ahead["period_end"].iloc[-1]
    ax.axvspan(start, end, color=GRID, alpha=0.45, linewidth=0)
    texts = [_reading("ahead", row, made.period) for row in ahead.itertuples()]
    band(ax, ahead, "purchases", "purchases", BLUE, linewidth=2.2, texts=texts)
    ends = [(end, float(ahead["purchases"].iloc[-1]), say("forecast.today"), BLUE)]
    if made.new_per_day > 0:
        both = ahead["purchases"] + ahead["new_purchases"] - ahead["new_customers"]  # the first is no repeat
        ax.plot(ahead["period_start"], both, color=BLUE, linewidth=1.6, linestyle=(0, (4, 2)))
        ends.append((end, float(both.iloc[-1]), say("forecast.with-new"), BLUE))
    return ends


def _reading(when: str, row: Any, period: str) -> str:
    named = cohort_name(row.period_start, period)
    if when == "past":
        return say("forecast.was", when=named, n=number(row.actual), model=number(row.fitted))
    limits = interval(row.purchases_lower, row.purchases_upper, number)
    return say("forecast.will-be", when=named, n=estimate(number(row.purchases), limits))


def _few_dates(ax: Axes, dates: list[pd.Timestamp], period: str, room: float) -> None:
    """The given days as ticks, where their names have room."""
    left, right = ax.get_xlim()
    kept: list[pd.Timestamp] = []
    for date in sorted(dates, reverse=True):
        at = [ax.convert_xunits(one) for one in (date, *kept[-1:])]
        if len(at) < 2 or at[1] - at[0] > room * (right - left):
            kept.append(date)
    ax.set_xticks(kept, [cohort_name(date, period) for date in kept])


def _change(made: Forecast, ahead: pd.DataFrame) -> dict[str, Any]:
    """How purchases a day change from the first whole period ahead to the last."""
    if ahead.empty:
        return {"change": "none"}
    lengths = (ahead["period_end"] - ahead["period_start"]).dt.days + 1
    a_day = (ahead["purchases"] / lengths).to_numpy()
    moved = a_day[-1] / a_day[0] - 1 if a_day[0] > 0 else 0.0
    change = "steady" if abs(moved) < STEADY else "fall" if moved < 0 else "rise"
    last = within_sentence(ahead["period_start"].iloc[-1], made.period)
    return {"change": change, "share": percent(abs(moved), 0), "when": last}


def new_customer(
    curve: pd.DataFrame,
    choices: Choices,
    currency: str | None,
    *,
    model: pd.DataFrame | None = None,
    newcomers: pd.DataFrame | None = None,
    less: Shortfall | None = None,
    cost: pd.DataFrame | None = None,
    truth: Truth | None = None,
) -> Chart:
    """What to reckon with of a new customer month by month, beside what newcomers brought and one costs.

    Parameters
    ----------
    model : what the model says, drawn where newcomers brought clearly less.
    """
    last, latest, terms, data = curve.iloc[-1], latest_cost(cost), terms_of(choices), curve
    right = RIGHT * float(last.months)
    seen = newcomers is not None and not newcomers.empty
    if newcomers is not None and seen:
        data = curve.merge(newcomers, on="months", how="left")

    def paint(ax: Axes, narrow: bool) -> None:
        tops, ends = [float(curve["upper"].max())], []
        _reckoned_line(ax, curve, currency)
        ends.append((right, last.value, say("new-customer-curve.reckoned"), BLUE))
        if less is not None and model is not None:
            ax.plot(model["months"], model["value"], color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
            ends.append((right, float(model["value"].iloc[-1]), say("new-customer-curve.model"), MUTED))
            tops.append(float(model["value"].max()))
        if newcomers is not None and seen:
            tops.append(_newcomers(ax, newcomers, choices, currency))
        if latest is not None:
            tops.append(latest)
            ax.axhline(latest, color=INK, linewidth=1)
            ends.append((right, latest, say("new-customer-curve.cost"), INK))
        if truth is not None:
            ax.plot(last.months, truth.new_customer, "D", color=INK, **HOLLOW)
        ax.set(ylim=(0, 1.1 * max(*tops, 1e-9)), xlabel=say("new-customer-curve.months"))
        ax.grid(axis="x", visible=False)
        number_axis(ax.yaxis)
        label_ends(ax, ends)

    facts = {
        "case": _case(curve, less, latest, choices),
        "share": percent(curve["value"].iloc[0] / last.value, 0) if last.value > 0 else None,
        "ratio": percent(less.ratio, 0) if less else None,
        "payback": _payback(curve, latest) if latest is not None and choices.margin != 1 else None,
        "seen": seen,
        "truth": truth is not None,
        "suffix": currency_suffix(currency),
    }
    drawing = draw("new-customer", paint, 3.0)
    return Chart.of(say, "new-customer-curve", "new_customer", drawing, data, **facts, **terms)


def _case(curve: pd.DataFrame, less: Shortfall | None, cost: float | None, choices: Choices) -> str:
    """What the title speaks of."""
    if less is not None:
        return "less"
    if cost is not None and choices.margin != 1:
        paid = _payback(curve, cost)
        return "never" if paid == "never" else "at-once" if paid == 0 else "payback"
    return "first" if curve["value"].iloc[-1] > 0 else "nothing"


def _reckoned_line(ax: Axes, curve: pd.DataFrame, currency: str | None) -> None:
    """The line to reckon with, from the first purchase on."""
    months, last = curve["months"], curve.iloc[-1]
    digits = _digits(last.value)
    show = partial(number, digits=digits)
    texts = [
        say(
            "new-customer-curve.reading",
            months=int(row.months),
            amount=estimate(money(row.value, currency, digits), interval(row.lower, row.upper, show)),
        )
        for row in curve.itertuples()
    ]
    band(
        ax,
        curve.assign(period=months, limits_lower=curve["lower"], limits_upper=curve["upper"]),
        "value",
        "limits",
        BLUE,
        linewidth=2,
        texts=texts,
    )
    step = max(1, round(last.months / 4))
    ax.set_xticks(np.arange(0, last.months + 1, step))
    ax.set_xlim(-0.025 * last.months, RIGHT * last.months)


def _payback(curve: pd.DataFrame, cost: float) -> int | str:
    """The month in which the cost of a new customer is earned back."""
    earned = curve.loc[curve["value"] >= cost, "months"]
    return int(earned.iloc[0]) if len(earned) else "never"


def _newcomers(ax: Axes, newcomers: pd.DataFrame, choices: Choices, currency: str | None) -> float:
    """What was seen of newcomers; the highest of it."""
    value, lower, upper = (newcomers[name] * choices.margin for name in ("seen", "seen_lower", "seen_upper"))
    show = partial(number, digits=_digits(float(value.iloc[-1])))
    texts = [
        say(
            "new-customer-curve.seen-reading",
            months=int(row.months),
            since=day(row.since) if "since" in newcomers else None,
            n=int(row.customers) if "customers" in newcomers else None,
            amount=estimate(
                f"{show(value[i])}{currency_suffix(currency)}", interval(lower[i], upper[i], show)
            ),
        )
        for i, row in zip(newcomers.index, newcomers.itertuples(), strict=True)
    ]
    bars(ax, newcomers["months"], value, lower, upper, INK, fmt="s", texts=texts)
    return float(upper.max())


def _digits(value: float) -> int:
    return 0 if value >= 100 else 2
