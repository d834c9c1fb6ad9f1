"""What today's customers and the next new one bring, drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.page.elements import Chart
from keepbook.plotting.axes import number_axis
from keepbook.plotting.canvas import BLUE, GREEN, GRID, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import bars, label
from keepbook.text import (
    _,
    calendar_name,
    currency_suffix,
    interval,
    money,
    number,
    percent,
    plural,
    within_sentence,
)

if TYPE_CHECKING:  # figures need no model, and its packages take long to load
    from keepbook.clv import Choices, Forecast, Truth


ALIKE = 0.9  # of what the model says of a new customer: near enough
HOLLOW: dict[str, Any] = {"markersize": 7, "fillstyle": "none", "markeredgewidth": 1.8}


def earned(choices: Choices) -> str:
    """What is earned is called: revenue where no margin is known."""
    return _("revenue") if choices.margin == 1 else _("margin")


def worth(choices: Choices) -> str:
    """The same, as value is counted: `revenue, discounted at 10 % a year`."""
    if not choices.discount_rate:
        return earned(choices)
    rate = percent(choices.discount_rate, 0 if round(choices.discount_rate * 100, 6).is_integer() else 1)
    return _("{earned}, discounted at {rate} a year").format(earned=earned(choices), rate=rate)


def horizon(choices: Choices) -> str:
    """`12 months`"""
    return plural(choices.months, _("month"), _("months"))


# ── today's customers ───────────────────────────────────────────────────────────────────────────────────


def outlook(frame: pd.DataFrame, choices: Choices, currency: str | None, truth: Truth | None = None) -> Chart:
    """Purchases and value of today's customers by milestone, with intervals and, where known, the truth."""
    drawn, last = frame, frame.iloc[-1]
    if truth is not None:
        known = truth.outlook.add_prefix("true_").rename(columns={"true_months": "months"})
        drawn = frame.merge(known, on="months")
    with canvas(9.6, 3.4, columns=2, shared=False) as (figure, axes):
        heads = {"purchases": _("purchases"), "value": worth(choices) + currency_suffix(currency)}
        for ax, (name, head) in zip(axes, heads.items(), strict=True):
            _milestones(ax, drawn, name)
            ax.set_title(head, fontsize=10, loc="left", color=MUTED)
        svg = svg_of(figure, "outlook")
    title = _("Today's customers bring {value} {limits} within {months}").format(
        value=money(last.value, currency),
        limits=interval(last.value_lower, last.value_upper, number),
        months=horizon(choices),
    )
    caption = _(
        "Sums from now on, of the customers seen so far. Bars: {level} intervals of what they may happen to "
        "do and of the model's parameters; a wrong model or a season is not in them (see the test on the "
        "past)."
    ).format(level=percent(1 - choices.alpha, 0))
    if truth:
        caption += " " + _(
            "Diamonds: the truth, expected under the parameters the simulation was drawn from."
        )
    return Chart("outlook", title, caption, title, svg, drawn)


def _milestones(ax: Axes, frame: pd.DataFrame, name: str) -> None:
    place, value, upper = np.arange(len(frame)), frame[name], frame[f"{name}_upper"]
    bars(ax, place, value, frame[f"{name}_lower"], upper, BLUE, markersize=6, elinewidth=2, capsize=4)
    for x, y in zip(place, value, strict=True):
        label(ax, number(y), (x, y), (-10, 0), ha="right", va="center")
    if f"true_{name}" in frame and frame[f"true_{name}"].notna().all():
        truth = frame[f"true_{name}"]
        ax.plot(place + 0.16, truth, "D", color=ORANGE, **HOLLOW)
        label(ax, _("truth"), (place[-1] + 0.16, truth.iloc[-1]), (8, 0), ORANGE, va="center")
    ax.set_xticks(place, [plural(months, _("month"), _("months")) for months in frame["months"]])
    ax.set_xlim(-0.7, len(frame) - 0.4)
    ax.set_ylim(0, 1.12 * max(float(upper.max()), 1e-9))
    ax.grid(axis="x", visible=False)
    number_axis(ax.yaxis)


def forecast(made: Forecast, choices: Choices, seen: pd.DataFrame | None = None) -> Chart:
    """Repeat purchases period by period: as they were, as the model has them, and as they will be.

    Parameters
    ----------
    seen : what newcomers brought, as `clv.newcomers`: whether the model's new customers are too good.
    """
    past, ahead = (frame[frame["complete"]] for frame in (made.past, made.ahead))
    with canvas(9.6, 4.0) as (figure, ax):
        look = {"markersize": 4, "linewidth": 0.8, "label": _("bought")}
        ax.plot(past["period_start"], past["actual"], "o-", color=INK, **look)
        ax.plot(past["period_start"], past["fitted"], color=BLUE, linewidth=1.6, label=_("model"))
        _ahead(ax, made, ahead)
        ax.set_ylim(bottom=0)
        ax.set_ylabel(_("repeat purchases a {period}").format(period=calendar_name(made.period)))
        number_axis(ax.yaxis)
        ax.legend(loc="best", fontsize=9)
        svg = svg_of(figure, "forecast")
    title = _forecast_title(made, ahead)
    caption = _forecast_caption(made, choices)
    if made.new_per_day > 0 and (less := shortfall(seen)) is not None:
        text = _("Newcomers of late bring {ratio} of what the model says: read the dashed line lower.")
        caption += " " + text.format(ratio=percent(less.seen / less.expected, 0))
    return Chart("forecast", title, caption, title, svg, made.ahead)


def _ahead(ax: Axes, made: Forecast, ahead: pd.DataFrame) -> None:
    """Today's customers with their band, and all together if new ones keep coming."""
    if ahead.empty:
        return
    x, base = ahead["period_start"], ahead["purchases"]
    start, end = made.ahead["period_start"].iloc[0], made.ahead["period_end"].iloc[-1]
    ax.axvspan(start, end, color=GRID, alpha=0.45, linewidth=0)
    ax.fill_between(
        x, ahead["purchases_lower"], ahead["purchases_upper"], color=BLUE, alpha=0.22, linewidth=0
    )
    ax.plot(x, base, color=BLUE, linewidth=2.2)
    label(ax, _("today's customers"), (end, base.iloc[-1]), (-4, 6), BLUE, ha="right", va="bottom")
    if made.new_per_day > 0:
        both = base + ahead["new_purchases"] - ahead["new_customers"]  # the first purchase is no repeat
        ax.plot(x, both, color=GREEN, linewidth=1.6, linestyle=(0, (4, 2)))
        label(ax, _("with new ones"), (end, both.iloc[-1]), (-4, 8), GREEN, ha="right", va="bottom")
        ax.set_ymargin(0.1)


def _forecast_title(made: Forecast, ahead: pd.DataFrame) -> str:
    if ahead.empty:
        return _("No whole {period} lies ahead").format(period=calendar_name(made.period))
    first, last = ahead.iloc[0], ahead.iloc[-1]
    text = _("Today's customers buy {first} {limits} times in {when}")
    if len(ahead) > 1:
        text = _("Today's customers buy {first} {limits} times in {when}, {last} in {later}")
    return text.format(
        first=number(first.purchases),
        limits=interval(first.purchases_lower, first.purchases_upper, number),
        when=within_sentence(first.period_start, made.period),
        last=number(last.purchases),
        later=within_sentence(last.period_start, made.period),
    )


def _forecast_caption(made: Forecast, choices: Choices) -> str:
    caption = _(
        "Whole {period}s only. Left: repeat purchases of all who were customers by then, and what the fitted "
        "model says of them. Shaded: what is ahead, with {level} intervals that know of no season."
    ).format(period=calendar_name(made.period), level=percent(1 - choices.alpha, 0))
    text = _("Nobody new has come in the last {days} days, so none are expected.")
    if made.new_per_day > 0:
        text = _(
            "Dashed: with repeat purchases of those still to come, if {n} new customers a day keep coming as "
            "in the last {days} days."
        )
    return f"{caption} {text.format(n=number(made.new_per_day, 1), days=number(made.recent_days))}"


# ── new ones ────────────────────────────────────────────────────────────────────────────────────────────


def new_customer(
    growing: pd.DataFrame,
    choices: Choices,
    currency: str | None,
    seen: pd.DataFrame | None = None,
    cost: pd.DataFrame | None = None,
    truth: Truth | None = None,
) -> Chart:
    """What a new customer brings as months go by, beside what newcomers brought and what one costs."""
    last, latest = growing.iloc[-1], latest_cost(cost)
    seen = None if seen is None or seen.empty else seen
    with canvas(9.6, 3.8) as (figure, ax):
        top = _growing(ax, growing)
        if seen is not None:
            top = max(top, _newcomers(ax, seen, choices))
        if latest is not None:
            ax.axhline(latest, color=ORANGE, linewidth=1.4)
            text = _("a new customer costs {n}").format(n=money(latest, currency, _digits(latest)))
            label(ax, text, (0, latest), (4, 4), ORANGE)
            top = max(top, latest)
        if truth is not None:
            at = (last.months, truth.new_customer)
            ax.plot(*at, "D", color=ORANGE, **HOLLOW)
            label(ax, _("truth"), at, (0, -18), ORANGE, ha="center")
        ax.set_ylim(0, 1.1 * max(top, 1e-9))
        ax.set_xlabel(_("months after the first purchase"))
        ax.set_ylabel(earned(choices) + currency_suffix(currency))
        number_axis(ax.yaxis)
        svg = svg_of(figure, "new-customer")
    title = _newcomer_title(last, choices, currency, shortfall(seen))
    caption = _(
        "Mean of new customers, the first purchase counted in ({worth}). Band: {level} interval of that "
        "mean, not of a single customer."
    ).format(worth=worth(choices), level=percent(1 - choices.alpha, 0))
    if seen is not None:
        caption += " " + _(
            "Green: what those who came last, and could be followed for so long, have brought (not "
            "discounted)."
        )
    if latest is not None:
        caption += " " + _earned_back(growing, latest, choices)
    data = growing if seen is None else growing.merge(seen, on="months", how="left")
    return Chart("new_customer", title, caption, title, svg, data)


def _newcomer_title(last: pd.Series, choices: Choices, currency: str | None, less: pd.Series | None) -> str:
    """What the model says, and how much of it newcomers brought where that is clearly less."""
    digits, text = _digits(last.value), _("A new customer brings {value} {limits} within {months}")
    if less is not None:
        text = _(
            "By the model a new customer brings {value} {limits} within {months}; newcomers brought {ratio} "
            "of that"
        )
    return text.format(
        value=money(last.value, currency, digits),
        limits=interval(last.lower, last.upper, partial(number, digits=digits)),
        months=horizon(choices),
        ratio=percent(less.seen / less.expected, 0) if less is not None else "",
    )


def _growing(ax: Axes, growing: pd.DataFrame) -> float:
    """The model's line from the first purchase on; the highest of it."""
    months, last = growing["months"], growing.iloc[-1]
    ax.fill_between(months, growing["lower"], growing["upper"], color=BLUE, alpha=0.22, linewidth=0)
    ax.plot(months, growing["value"], color=BLUE, linewidth=2)
    label(ax, _("model"), (last.months, last.value), (10, 0), BLUE, va="center")
    step = max(1, 3 * round(last.months / 24))
    ax.set_xticks(np.arange(0, last.months + 1, step))
    ax.set_xlim(-0.025 * last.months, 1.1 * last.months)
    return float(growing["upper"].max())


def _earned_back(growing: pd.DataFrame, cost: float, choices: Choices) -> str:
    """When the cost of a new customer is earned back."""
    text = _("By {earned}, the cost is not earned back within the time.")
    if (growing["value"] >= cost).any():
        month = int(growing.loc[growing["value"] >= cost, "months"].iloc[0])
        text = (
            _("By {earned}, the cost is earned back in month {month}.")
            if month
            else _("By {earned}, the first purchase earns the cost back.")
        )
        return text.format(earned=earned(choices), month=number(month))
    return text.format(earned=earned(choices))


def _newcomers(ax: Axes, seen: pd.DataFrame, choices: Choices) -> float:
    """What was seen of newcomers; the highest of it."""
    value, lower, upper = (seen[name] * choices.margin for name in ("seen", "seen_lower", "seen_upper"))
    bars(ax, seen["months"], value, lower, upper, GREEN, fmt="s")
    above = (7, 5) if value.iloc[-1] >= seen["expected"].iloc[-1] * choices.margin else (7, -12)
    label(ax, _("seen"), (seen["months"].iloc[-1], value.iloc[-1]), above, GREEN)
    return float(upper.max())


def shortfall(seen: pd.DataFrame | None) -> pd.Series | None:
    """The last milestone at which newcomers brought clearly less than the model says; None where they did "
    "not."""
    if seen is None or seen.empty:
        return None
    less = seen[(seen["expected"] > seen["seen_upper"]) & (seen["seen"] < ALIKE * seen["expected"])]
    return None if less.empty else less.iloc[-1]


def latest_cost(cost: pd.DataFrame | None) -> float | None:
    """Cost of a new customer in the latest period that has one."""
    known = cost["cac"].dropna() if cost is not None and len(cost) else pd.Series(dtype=float)
    return float(known.iloc[-1]) if len(known) else None


def _digits(value: float) -> int:
    return 0 if value >= 100 else 2
