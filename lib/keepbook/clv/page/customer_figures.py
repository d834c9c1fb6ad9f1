"""Who the customers are that hold the value, drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from keepbook.clv.page.figures import horizon, worth
from keepbook.page.elements import Chart
from keepbook.plotting.axes import number_axis, percent_axis
from keepbook.plotting.canvas import BLUE, DARK_TEXT, LIGHT_TEXT, MUTED, ORANGE, PAPER, canvas, svg_of
from keepbook.plotting.marks import bars, label
from keepbook.text import _, cohort_name, currency_suffix, interval, money, number, percent, within_sentence

if TYPE_CHECKING:  # figures need no model, and its packages take long to load
    from keepbook.clv import Choices

FEW = 5  # customers of a cell whose mean says little
TOP = 0.1  # of the customers


# ── frequency and recency ───────────────────────────────────────────────────────────────────────────────


def matrix(frame: pd.DataFrame, choices: Choices, value: str) -> Chart:
    """Customers by repeat purchases and days since the last one: `p_alive` or `expected_purchases`."""
    rows, columns = sorted(frame["silent"].unique()), sorted(frame["bought"].unique())
    grid, counts = (
        frame.pivot(index="silent", columns="bought", values=name).reindex(index=rows, columns=columns)
        for name in (value, "customers")
    )
    alive = value == "p_alive"
    show = (lambda share: number(100 * share)) if alive else partial(number, digits=1)
    with canvas(9.6, 0.9 + 0.33 * len(rows)) as (figure, ax):
        _cells(ax, grid.to_numpy(float), counts.to_numpy(float), show, alive)
        ax.set_xticks(np.arange(len(columns)) + 0.5, _spans(frame, "bought", columns), rotation=0)
        ax.set_yticks(np.arange(len(rows)) + 0.5, _spans(frame, "silent", rows), rotation=0)
        ax.set_xlabel(_("repeat purchases so far"))
        ax.set_ylabel(_("days since the last purchase"))
        ax.tick_params(length=0)
        svg = svg_of(figure, f"matrix-{value.replace('_', '-')}")
    share = percent(frame["gone" if alive else "quiet"].sum() / frame["customers"].sum(), 0)
    title = _("{share} of the customers are probably gone: less than an even chance that they still buy")
    what = _("Mean probability that a customer is still active, %.")
    if not alive:
        title = _("{share} of the customers will hardly buy: less than half a purchase expected in {months}")
        what = _("Mean purchases expected in the next {months}.")
    rest = _(
        "Cells of fewer than {few} customers in grey, empty ones hold nobody. Customers of one cell differ "
        "in how long they have been customers."
    )
    caption = f"{what} {rest}".format(months=horizon(choices), few=FEW)
    title = title.format(share=share, months=horizon(choices))
    return Chart(f"matrix_{value}", title, caption, title, svg, frame)


def _cells(ax: Axes, grid: np.ndarray, counts: np.ndarray, show: Any, alive: bool) -> None:
    """Cells in colour where they hold customers enough, their numbers in all."""
    known = np.isfinite(grid)
    steady = known & (np.nan_to_num(counts) >= FEW)
    top = 1.0 if alive or not steady.any() else max(float(grid[steady].max()), 1e-9)
    norm = PowerNorm(1.0 if alive else 0.5, vmin=0, vmax=top)
    cells = np.ma.masked_where(~steady, grid)
    ax.pcolormesh(
        cells, cmap=sns.light_palette(BLUE, as_cmap=True), norm=norm, edgecolors=PAPER, linewidth=1.2
    )
    ax.invert_yaxis()
    ax.spines[:].set_visible(False)
    for row, column in zip(*np.nonzero(known), strict=True):
        dark = DARK_TEXT if float(norm(grid[row, column])) <= 0.6 else LIGHT_TEXT
        colour = dark if steady[row, column] else MUTED
        place = (column + 0.5, row + 0.5)
        ax.text(*place, show(grid[row, column]), ha="center", va="center", fontsize=9, color=colour)
    ax.grid(False)


def _spans(frame: pd.DataFrame, name: str, starts: list[float]) -> list[str]:
    """`3–4`, `5`, `89+`"""
    ends = dict(frame[[name, f"{name}_until"]].drop_duplicates().to_numpy(float))
    texts = {start: f"{number(start)}–{number(ends[start])}" for start in starts}
    texts |= {start: number(start) for start in starts if ends[start] == start}
    texts |= {start: f"{number(start)}+" for start in starts if np.isnan(ends[start])}
    return [texts[start] for start in starts]


# ── concentration ───────────────────────────────────────────────────────────────────────────────────────


def share_held(curve: pd.DataFrame, top: float) -> float:
    """Share of value that the most valuable share of customers holds."""
    return float(np.interp(top, curve["customers_share"], curve["value_share"]))


def concentration(curve: pd.DataFrame, choices: Choices) -> Chart:
    """The Lorenz curve, most valuable first, with what the best tenth holds."""
    held, half = share_held(curve, TOP), share_held(curve, 0.5)
    if not np.isfinite(held):
        held = half = 0.0  # nobody is worth anything
    with canvas(6.4, 4.2) as (figure, ax):
        ax.plot(curve["customers_share"], curve["value_share"], color=BLUE, linewidth=2.2)
        ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        ax.plot([TOP, TOP, 0], [0, held, held], color=ORANGE, linewidth=1)
        ax.plot([TOP], [held], "o", color=ORANGE, markersize=6)
        text = _("the best tenth: {share}").format(share=percent(held, 0))
        label(ax, text, (TOP, held), (10, -6), ORANGE, va="top")
        label(ax, _("if all were alike"), (0.55, 0.55), (6, -8), MUTED, va="top")
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1.02)
        ax.set_xlabel(_("share of customers, most valuable first"))
        ax.set_ylabel(_("share of value"))
        percent_axis(ax.xaxis)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "concentration")
    title = _("A tenth of the customers hold {top} of the value ahead, the lower half {low}")
    title = title.format(top=percent(held, 0), low=percent(1 - half, 0))
    caption = _(
        "Expected value of each customer over {months}, summed from the most valuable down. What will happen "
        "is spread wider still: chance adds to what is expected."
    ).format(months=horizon(choices))
    return Chart("concentration", title, caption, title, svg, curve)


def spread(frame: pd.DataFrame, choices: Choices, currency: str | None) -> Chart:
    """How many customers are worth how much, and what they hold together."""
    place = np.arange(len(frame))
    with canvas(9.6, 3.6) as (figure, ax):
        sides = {"customers_share": (-0.2, MUTED, _("of customers")), "clv_share": (0.2, BLUE, _("of value"))}
        for name, (shift, colour, text) in sides.items():
            ax.bar(place + shift, frame[name], width=0.38, color=colour)
            peak = int(frame[name].to_numpy().argmax())
            label(ax, text, (peak + shift, float(frame[name].iloc[peak])), (0, 4), colour, ha="center")
        edges = [*frame["lower"], frame["upper"].iloc[-1]]
        ax.set_xticks(np.arange(len(edges)) - 0.5, [_edge(edge) for edge in edges])
        ax.set_xlim(-0.6, len(frame) - 0.4)
        ax.set_xlabel(
            _("value of a customer over {months}").format(months=horizon(choices)) + currency_suffix(currency)
        )
        ax.set_ylim(0, 1.15 * float(frame[list(sides)].to_numpy().max()))
        ax.grid(axis="x", visible=False)
        percent_axis(ax.yaxis)
        svg = svg_of(figure, "clv-spread")
    middle = int(np.searchsorted(frame["customers_share"].cumsum(), 0.5))
    most = frame["upper"].iloc[min(middle, len(frame) - 1)]
    share = frame.loc[frame["upper"] <= most, "customers_share"].sum()
    title = _("{share} of the customers are worth less than {amount} each")
    title = title.format(share=percent(share, 0), amount=f"{_edge(most)} {currency or ''}".strip())
    caption = _("Customers by expected value ({worth}). Grey: their share of customers, blue: of all value.")
    return Chart("clv_spread", title, caption.format(worth=worth(choices)), title, svg, frame)


def _edge(value: float) -> str:
    return number(value, 0 if value >= 1 or value == 0 else int(np.ceil(-np.log10(value))))


# ── cohorts ─────────────────────────────────────────────────────────────────────────────────────────────


def cohort_value(frame: pd.DataFrame, choices: Choices, period: str, currency: str | None) -> Chart:
    """What a customer is worth from now on, by when they first bought."""
    shown = frame.dropna(subset=["each_lower"])
    place, mean = np.arange(len(shown)), float(frame["clv"].sum() / frame["customers"].sum())
    with canvas(9.6, 3.8) as (figure, ax):
        bars(ax, place, shown["each"], shown["each_lower"], shown["each_upper"], BLUE)
        ax.axhline(mean, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        label(ax, _("all: {n}").format(n=_small(mean)), (-0.55, mean), (0, 4), MUTED)
        step = max(1, round(len(shown) / 12))
        ax.set_xticks(place[::step], [cohort_name(start, period) for start in shown["cohort"]][::step])
        ax.set_xlim(-0.6, len(shown) - 0.4)
        ax.set_ylim(0, 1.1 * float(min(shown["each_upper"].max(), 4 * shown["each"].max())))
        ax.set_xlabel(_("first purchase"))
        ax.set_ylabel(_("a customer") + currency_suffix(currency))
        ax.grid(axis="x", visible=False)
        number_axis(ax.yaxis, 0 if mean >= 5 else 1)
        svg = svg_of(figure, "cohort-value")
    title = _cohort_title(shown, mean, period, currency)
    caption = _(
        "Expected value a customer over the next {months}, those who are gone counted in; bars: {level} "
        "intervals of the cohort's mean. Older cohorts hold more who have left; of the newest the model "
        "knows least."
    ).format(months=horizon(choices), level=percent(1 - choices.alpha, 0))
    if len(shown) < len(frame):
        drawn = _("The latest {shown} of {all} cohorts are drawn.")
        caption += " " + drawn.format(shown=number(len(shown)), all=number(len(frame)))
    return Chart("clv_by_cohort", title, caption, title, svg, frame)


def _cohort_title(shown: pd.DataFrame, mean: float, period: str, currency: str | None) -> str:
    """The range; where every interval holds the mean of all, there is none to speak of."""
    if ((shown["each_lower"] <= mean) & (shown["each_upper"] >= mean)).all():
        text = _("Whenever customers first bought, one is worth about {mean}")
        return text.format(mean=money(mean, currency, _digits(mean)))
    low, high = shown.loc[shown["each"].idxmin()], shown.loc[shown["each"].idxmax()]
    text = _(
        "A customer is worth {low} {low_limits} if first seen in {then}, {high} {high_limits} if in {later}"
    )
    return text.format(
        low=money(low.each, currency, _digits(low.each)),
        low_limits=interval(low.each_lower, low.each_upper, partial(number, digits=_digits(low.each))),
        then=within_sentence(low.cohort, period),
        high=money(high.each, currency, _digits(high.each)),
        high_limits=interval(high.each_lower, high.each_upper, partial(number, digits=_digits(high.each))),
        later=within_sentence(high.cohort, period),
    )


def _digits(value: float) -> int:
    return 0 if value >= 10 else 2


def _small(value: float) -> str:
    return number(value, _digits(value))
