"""Who the customers are that hold the value, drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from keepbook.clv.page.terms import terms_of
from keepbook.page.elements import Chart, enough
from keepbook.plotting.canvas import BLUE, MUTED, ORANGE, PAPER, canvas, cell_text, svg_of
from keepbook.plotting.marks import bars, label, number_axis, percent_axis, short
from keepbook.text import (
    catalogue,
    chance,
    cohort_name,
    currency_suffix,
    day,
    interval,
    money,
    number,
    percent,
    within_sentence,
)

if TYPE_CHECKING:  # figures need no model, and its packages take long to load
    from keepbook.clv import Choices, CustomerModel

say = catalogue("clv")
MIN_CUSTOMERS = 5  # of a cell, for its mean to say something
TOP = 0.1  # of the customers


def rf_matrix(frame: pd.DataFrame, choices: Choices, value: str) -> Chart:
    """Customers by repeat purchases and days since the last one: `p_alive` or `expected_purchases`."""
    grid = enough(frame).pivot(index="silent", columns="bought", values=value)
    counts = frame.pivot(index="silent", columns="bought", values="customers")
    alive = value == "p_alive"
    show = (lambda share: number(100 * share)) if alive else partial(number, digits=1)
    with canvas(9.6, 0.9 + 0.33 * len(grid)) as (figure, ax):
        _cells(ax, grid.to_numpy(float), counts.to_numpy(float), show, alive)
        ax.set_xticks(np.arange(grid.shape[1]) + 0.5, _spans(frame, "bought", grid.columns), rotation=0)
        ax.set_yticks(np.arange(len(grid)) + 0.5, _spans(frame, "silent", grid.index), rotation=0)
        ax.set(xlabel=say("matrix-cells.purchases"), ylabel=say("matrix-cells.days"))
        ax.tick_params(length=0)
        svg = svg_of(figure, f"matrix-{value.replace('_', '-')}")
    share = percent(frame["gone" if alive else "quiet"].sum() / frame["customers"].sum(), 0)
    facts = {"share": share, "few": MIN_CUSTOMERS, **terms_of(choices)}
    message = "alive-matrix" if alive else "purchases-matrix"
    return Chart.of(say, message, f"matrix_{value}", svg, frame, **facts)


def _cells(ax: Axes, grid: np.ndarray, counts: np.ndarray, show: Any, alive: bool) -> None:
    """Cells in colour where they hold customers enough, their numbers in all."""
    known = np.isfinite(grid)
    steady = known & (np.nan_to_num(counts) >= MIN_CUSTOMERS)
    top = 1.0 if alive or not steady.any() else max(float(grid[steady].max()), 1e-9)
    norm = PowerNorm(1.0 if alive else 0.5, vmin=0, vmax=top)
    cells, palette = np.ma.masked_where(~steady, grid), sns.light_palette(BLUE, as_cmap=True)
    ax.pcolormesh(cells, cmap=palette, norm=norm, edgecolors=PAPER, linewidth=1.2)
    ax.invert_yaxis()
    ax.spines[:].set_visible(False)
    for row, column in zip(*np.nonzero(known), strict=True):
        value = grid[row, column]
        colour = cell_text(strong=float(norm(value)) > 0.6) if steady[row, column] else MUTED
        ax.text(column + 0.5, row + 0.5, show(value), ha="center", va="center", fontsize=9, color=colour)
    ax.grid(False)


def _spans(frame: pd.DataFrame, name: str, starts: pd.Index) -> list[str]:
    """`3–4`, `5`, `89+`"""
    ends = dict(frame[[name, f"{name}_until"]].drop_duplicates().to_numpy(float))
    return [_span(start, ends[start]) for start in starts]


def _span(start: float, end: float) -> str:
    if np.isnan(end):
        return f"{number(start)}+"
    return number(start) if start == end else f"{number(start)}–{number(end)}"


def share_held(curve: pd.DataFrame, top: float) -> float:
    """Share of value that the most valuable share of customers holds."""
    return float(np.interp(top, curve["customers_share"], curve["value_share"]))


def concentration(curve: pd.DataFrame, choices: Choices) -> Chart:
    """The Lorenz curve, most valuable first, with what the best tenth holds."""
    share, half = share_held(curve, TOP), share_held(curve, 0.5)
    if not np.isfinite(share):
        share = half = 0.0  # nobody is worth anything
    facts = {"top": percent(share, 0), "low": percent(1 - half, 0), **terms_of(choices)}
    with canvas(6.4, 4.2) as (figure, ax):
        ax.plot(curve["customers_share"], curve["value_share"], color=BLUE, linewidth=2.2)
        ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        ax.plot([TOP, TOP, 0], [0, share, share], color=ORANGE, linewidth=1)
        ax.plot([TOP], [share], "o", color=ORANGE, markersize=6)
        label(ax, say("concentration.tenth", **facts), (TOP, share), (10, -6), ORANGE, va="top")
        label(ax, say("concentration.equal"), (0.55, 0.55), (6, -8), MUTED, va="top")
        ax.set(xlim=(0, 1), ylim=(0, 1.02))
        ax.set(xlabel=say("concentration.customers"), ylabel=say("concentration.value"))
        percent_axis(ax.xaxis)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "concentration")
    return Chart.of(say, "concentration", "concentration", svg, curve, **facts)


def value_distribution(frame: pd.DataFrame, choices: Choices, currency: str | None) -> Chart:
    """How many customers are worth how much, and what they hold together."""
    place, terms = np.arange(len(enough(frame))), terms_of(choices)
    with canvas(9.6, 3.6) as (figure, ax):
        of_customers, of_value = say("value-distribution.customers"), say("value-distribution.value")
        sides = ((-0.2, MUTED, of_customers, "customers_share"), (0.2, BLUE, of_value, "clv_share"))
        for shift, colour, text, name in sides:
            ax.bar(place + shift, frame[name], width=0.38, color=colour)
            peak = int(frame[name].to_numpy().argmax())
            label(ax, text, (peak + shift, float(frame[name].iloc[peak])), (0, 4), colour, ha="center")
        edges = [*frame["lower"], frame["upper"].iloc[-1]]
        ax.set_xticks(np.arange(len(edges)) - 0.5, [number(edge, _edge_digits(edge)) for edge in edges])
        highest = float(frame[["customers_share", "clv_share"]].to_numpy().max())
        ax.set(xlim=(-0.6, len(frame) - 0.4), ylim=(0, 1.15 * highest))
        ax.set_xlabel(say("value-distribution.axis", suffix=currency_suffix(currency), **terms))
        ax.grid(axis="x", visible=False)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "clv-spread")
    middle = int(np.searchsorted(frame["customers_share"].cumsum(), 0.5))
    most = frame["upper"].iloc[min(middle, len(frame) - 1)]
    share = frame.loc[frame["upper"] <= most, "customers_share"].sum()
    facts = {"share": percent(share, 0), "amount": money(most, currency, _edge_digits(most)), **terms}
    return Chart.of(say, "value-distribution", "clv_spread", svg, frame, **facts)


def cohort_value(frame: pd.DataFrame, choices: Choices, period: str, currency: str | None) -> Chart:
    """What a customer is worth from now on, by when they first bought."""
    drawn = frame.dropna(subset=["each_lower"])
    place, mean = np.arange(len(drawn)), float(frame["clv"].sum() / frame["customers"].sum())
    with canvas(9.6, 3.8) as (figure, ax):
        bars(ax, place, drawn["each"], drawn["each_lower"], drawn["each_upper"], BLUE)
        ax.axhline(mean, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        label(ax, say("cohort-value.all", mean=number(mean, _digits(mean))), (-0.55, mean), (0, 4), MUTED)
        step = max(1, round(len(drawn) / 12))
        ax.set_xticks(place[::step], [cohort_name(start, period) for start in drawn["cohort"]][::step])
        highest = float(min(drawn["each_upper"].max(), 4 * drawn["each"].max()))
        ax.set(xlim=(-0.6, len(drawn) - 0.4), ylim=(0, 1.1 * highest), xlabel=say("cohort-value.first"))
        ax.set_ylabel(say("cohort-value.axis", suffix=currency_suffix(currency)))
        ax.grid(axis="x", visible=False)
        number_axis(ax.yaxis, 0 if mean >= 5 else 1)
        svg = svg_of(figure, "cohort-value")
    facts = _extremes(drawn, mean, period, currency) | {
        "hidden": len(drawn) < len(frame),
        "drawn": len(drawn),
        "cohorts": len(frame),
        **terms_of(choices),
    }
    return Chart.of(say, "cohort-value", "clv_by_cohort", svg, frame, **facts)


def _extremes(drawn: pd.DataFrame, mean: float, period: str, currency: str | None) -> dict[str, Any]:
    """The range; where every interval holds the mean of all, there is none to speak of."""
    if drawn["each_lower"].le(mean).all() and drawn["each_upper"].ge(mean).all():
        return {"same": True, "mean": money(mean, currency, _digits(mean))}
    low, high = drawn.loc[drawn["each"].idxmin()], drawn.loc[drawn["each"].idxmax()]
    return {
        "same": False,
        "low": money(low.each, currency, _digits(low.each)),
        "low_limits": _limits(low),
        "then": within_sentence(low.cohort, period),
        "high": money(high.each, currency, _digits(high.each)),
        "high_limits": _limits(high),
        "later": within_sentence(high.cohort, period),
    }


def _limits(cohort: pd.Series) -> str:
    return interval(cohort.each_lower, cohort.each_upper, partial(number, digits=_digits(cohort.each)))


def _edge_digits(value: float) -> int:
    return 0 if value >= 1 or value == 0 else int(np.ceil(-np.log10(value)))


def _digits(value: float) -> int:
    return 0 if value >= 10 else 2


def alive_path(path: pd.DataFrame, customer_id: str, model: CustomerModel, choices: Choices) -> Chart:
    """P(alive) of one customer since the first purchase, purchases marked."""
    bought, last = path[path["bought"]], path.iloc[-1]
    with canvas(9.6, 3.2) as (figure, ax):
        ax.plot(path["date"], path["p_alive"], color=BLUE, linewidth=1.6)
        dots = say("alive-path.bought")
        ax.plot(bought["date"], bought["p_alive"], "o", color=ORANGE, markersize=5, label=dots)
        ax.set(ylim=(0, 1.05), ylabel=say("alive-path.axis"))
        ax.legend(loc="lower left", fontsize=9)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "alive-path")
    facts = {
        "day": day(last.date),
        "unit": choices.time_unit,
        "customer": short(customer_id),
        "chance": chance(last.p_alive),
        "purchases": len(bought),
        "model": model.process.label,
        "once_active": model.process.key == "bg_nbd",
    }
    return Chart.of(say, "alive-path", "alive_path", svg, path, **facts)
