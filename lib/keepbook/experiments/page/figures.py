"""What a retention strategy did, drawn."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from numpy.typing import NDArray

from keepbook.errors import NotEnoughData
from keepbook.page.elements import Chart
from keepbook.plotting.axes import Ticks, number_axis, percent_axis
from keepbook.plotting.canvas import BLUE, GREEN, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import apart, label, short
from keepbook.text import (
    _,
    chance,
    change_format,
    currency_suffix,
    interval,
    metric_name,
    number,
    p_equals,
    percent,
    plural,
    points,
    value_format,
)

if TYPE_CHECKING:  # figures need no statistics, and their packages take long to load
    from keepbook.experiments import Segments
    from keepbook.unit import Experiment

Floats = NDArray[np.float64]
Tip = tuple[str, tuple[float, float], str]  # of a curve: its name, where it ends, its colour
COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9")  # of the variants, the control in grey
LINES = ("-", "--", ":", "-.")  # of further variants, the colours over again
ROW = 0.42  # inches
NAME = 13  # points that a name behind a curve takes from the one above it
PAIR = 28  # signs of either name where two stand side by side


def pair(name: str, of: str) -> str:
    """Two names side by side, as a figure has room for them."""
    return f"{short(name, PAIR)} · {short(of, PAIR)}"


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def profit(
    earned: pd.DataFrame,
    curves: dict[str, pd.DataFrame],
    currency: str | None,
    alpha: float,
    variant: str | None = None,
) -> Chart:
    """How likely each profit per customer is: what lies left of zero is the risk.

    Parameters
    ----------
    curves : treatment → as `experiments.profit_curves`. variant : the treatment that the verdict is about, of
        which the title speaks; None: the one that earns most.
    """
    rows = earned[earned["error"] > 0]
    if rows.empty and earned["profit"].notna().any():
        raise NotEnoughData(_("Not shown: how likely each profit is. All values are alike."))
    if rows.empty:
        raise NotEnoughData(_("Not shown: what treating a customer costs is not in the unit file (`cost`)."))
    with canvas(9.6, 0.8 + 1.9 * len(rows), rows=len(rows)) as (figure, axes):
        for ax, row in zip(np.atleast_1d(axes), rows.to_dict("records"), strict=True):
            _profit(ax, row, curves[str(row["variant"])], currency)
        np.atleast_1d(axes)[-1].set_xlabel(_("profit a customer, after cost") + currency_suffix(currency))
        svg = svg_of(figure, "profit")
    own = rows[rows["variant"] == variant]
    best = own.iloc[0] if len(own) else rows.loc[rows["profit"].idxmax()]
    title = _(
        "Treated with {variant}, a customer brings {profit} {limits} after cost, against the control"
    ).format(
        variant=best["variant"],
        profit=change_format("money", currency, best["profit"])(best["profit"]),
        limits=interval(
            best["profit_lower"], best["profit_upper"], value_format("money", None, best["profit"])
        ),
    )
    caption = _(
        "Profit: what is earned more, less cost, against the control. The higher the curve, the likelier; "
        "orange: it loses. Line below: {level} interval."
    ).format(level=percent(1 - alpha, 0))
    return Chart("profit", title, caption, title, svg, pd.concat(curves, names=["variant"]).reset_index(0))


def _profit(ax: Axes, row: dict, curve: pd.DataFrame, currency: str | None) -> None:
    x, y = curve["profit"].to_numpy(), curve["density"].to_numpy()
    for side, colour in ((x >= 0, BLUE), (x <= 0, ORANGE)):
        edge = np.append(x[side], 0.0) if side.any() and (x < 0).any() and (x > 0).any() else x[side]
        height = np.interp(edge, x, y)
        order = np.argsort(edge)
        ax.fill_between(edge[order], 0, height[order], color=colour, alpha=0.45, linewidth=0)
    ax.plot(x, y, color=INK, linewidth=1)
    ax.axvline(0, color=INK, linewidth=0.9)
    floor = -0.08 * y.max()
    ax.plot([row["profit_lower"], row["profit_upper"]], [floor, floor], color=INK, linewidth=2.5)
    ax.plot([row["profit"]], [floor], "o", color=INK, markersize=6)
    for share, side, colour in ((row["chance"], 1, BLUE), (1 - row["chance"], -1, ORANGE)):
        word = _("earns: {p}") if side > 0 else _("loses: {p}")
        place = (0.985 if side > 0 else 0.015, 0.9)
        look = {"xycoords": "axes fraction", "ha": "right" if side > 0 else "left", "fontsize": 10}
        label(ax, word.format(p=chance(share)), place, (0, 0), colour, **look)
    ax.set_title(short(row["variant"]), fontsize=10, loc="left", color=MUTED)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.grid(axis="y", visible=False)
    number_axis(ax.xaxis, 0 if abs(x).max() >= 10 else 1 if abs(x).max() >= 1 else 2)


# ── time ────────────────────────────────────────────────────────────────────────────────────────────────


def comeback(curves: pd.DataFrame, experiment: Experiment, alpha: float) -> Chart:
    """How many have bought again, day by day after the assignment.

    Parameters
    ----------
    curves : as `experiments.inference.survival.curves`: variant, day, survival, lower, upper.
    """
    variants = [experiment.control, *sorted(set(curves["variant"]) - {experiment.control})]
    with canvas(9.6, max(3.8, 1 + NAME / 72 * len(variants))) as (figure, ax):
        looks = [(MUTED, "-"), *((colour, line) for line, colour in product(LINES, COLOURS))]
        tips: list[Tip] = []
        for at, variant in enumerate(variants):
            colour, line = looks[at % len(looks)]
            own = curves[curves["variant"] == variant]
            day = np.concatenate([[0], own["day"]])
            known = own[["survival", "lower", "upper"]].to_numpy(float)
            back = 1 - np.vstack([[1.0, np.nan, np.nan], known])
            ax.fill_between(day, back[:, 2], back[:, 1], step="post", color=colour, alpha=0.22, linewidth=0)
            ax.step(day, back[:, 0], where="post", color=colour, linewidth=2, linestyle=line)
            tips.append((short(variant), (float(day[-1]), float(back[-1, 0])), colour))
        ax.set_ylim(bottom=0)
        ax.set_xlim(0, experiment.outcome_days * 1.16)
        ax.set_xlabel(_("days since the assignment"))
        ax.set_ylabel(_("have bought again"))
        percent_axis(ax.yaxis)
        _named_tips(figure, ax, tips)
        svg = svg_of(figure, "comeback")
    ends = {v: 1 - curves.loc[curves["variant"] == v, "survival"].iloc[-1] for v in variants}
    treated = max(variants[1:], key=lambda variant: abs(ends[variant] - ends[variants[0]]))
    title = _("After {days} days {share} of {treated} have bought again, {base} of {control}").format(
        days=plural(experiment.outcome_days, _("day"), _("days")).partition(" ")[0],
        share=percent(ends[treated]),
        treated=treated,
        base=percent(ends[variants[0]]),
        control=experiment.control,
    )
    caption = _(
        "Share with a purchase since the assignment (one less Kaplan–Meier), with {level} bands. All who "
        "count are in it; those not yet followed to the end count for as long as they were."
    ).format(level=percent(1 - alpha, 0))
    return Chart("comeback", title, caption, title, svg, curves)


def _named_tips(figure: Figure, ax: Axes, tips: list[Tip]) -> None:
    """Every curve's name behind its end; names of curves that end alike stand one above the other."""
    figure.draw_without_rendering()  # before that nobody knows how high the axes will be
    points_of = 72 / figure.dpi
    own = ax.transData.transform([at for _name, at, _colour in tips])[:, 1] * points_of
    half, box = NAME / 2, ax.bbox
    places = apart(own, NAME, box.y0 * points_of + half, box.y1 * points_of - half)
    for (name, at, colour), y, place in zip(tips, own, places, strict=True):
        moved = abs(place - y) > NAME / 4
        line = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 0}
        look: dict[str, Any] = {"arrowprops": {**line, "relpos": (0, 0.5)}} if moved else {}
        label(ax, name, at, (14 if moved else 5, place - y), colour, va="center", **look)


# ── for whom ────────────────────────────────────────────────────────────────────────────────────────────


def segment_effects(parts: list[Segments], kind: str, currency: str | None, alpha: float) -> Chart:
    """The effect in each segment: as measured, and drawn towards the mean as far as chance explains it."""
    several = len({part.variant for part in parts}) > 1
    rows = pd.concat([part.effects.assign(by=part.column, variant=part.variant) for part in parts])
    with canvas(9.6, 1.2 + 0.36 * (len(rows) + 1.2 * len(parts))) as (figure, ax):
        ticks, at = {}, 0.0
        for part in parts:
            head = pair(part.column, part.variant) if several else short(part.column)
            label(
                ax, head, (0, at), (4, 0), MUTED, va="center", xycoords=("axes fraction", "data"), fontsize=9
            )
            for row in part.effects.to_dict("records"):
                at += 1
                _segment(ax, at, row)
                ticks[at] = f"{short(row['segment'])} ({number(row['n_control'] + row['n_treatment'])})"
            at += 1.2
        ax.axvline(0, color=INK, linewidth=0.9)
        ax.set_yticks(list(ticks), list(ticks.values()))
        ax.set_ylim(at - 0.6, -0.6)
        name = _("effect on: {metric}").format(metric=short(metric_name(parts[0].metric)))
        ax.set_xlabel(name + currency_suffix(currency if kind == "money" else None))
        ax.grid(axis="y", visible=False)
        _differences(ax.xaxis, kind, float(rows["ci_upper"].abs().max()))
        svg = svg_of(figure, f"segments-{parts[0].metric}")
    title = _segments_title(min(parts, key=lambda part: part.interaction), kind, currency, alpha)
    caption = _(
        "Customers in brackets. Grey, hollow: as measured, with {level} intervals. Blue: what is to be "
        "expected, drawn towards the mean of all as far as chance alone explains the differences."
    ).format(level=percent(1 - alpha, 0))
    if gone := max(part.left_out for part in parts):
        text = _("Left out: up to {n} in segments too small, or in none.")
        caption += " " + text.format(n=plural(gone, _("customer"), _("customers")))
    return Chart(f"segments_{parts[0].metric}", title, caption, title, svg, rows)


def _segment(ax: Axes, at: float, row: dict) -> None:
    ax.hlines(at + 0.2, row["ci_lower"], row["ci_upper"], color=MUTED, linewidth=1)
    ax.plot(row["effect"], at + 0.2, "o", color=MUTED, markersize=5, fillstyle="none")
    ax.hlines(at - 0.1, row["shrunk_lower"], row["shrunk_upper"], color=BLUE, linewidth=3)
    ax.plot(row["shrunk"], at - 0.1, "o", color=BLUE, markersize=7)


def _differences(axis: Axis, kind: str, most: float) -> None:
    """Differences of shares in percentage points, others as numbers."""
    if kind == "share":
        axis.set_major_formatter(Ticks(points, 100))
    else:
        number_axis(axis, 0 if most >= 10 else 1 if most >= 1 else 2)


def _segments_title(parts: Segments, kind: str, currency: str | None, alpha: float) -> str:
    rows, doubt = parts.effects, f"(p {p_equals(parts.interaction)})"
    if not parts.interaction < alpha:
        text = _(
            "No segment is shown to respond otherwise than the others; nearest to it is {column} {doubt}"
        )
        return text.format(column=parts.column, doubt=doubt)
    best = rows.loc[rows["shrunk"].idxmax()]
    show = change_format(kind, currency, best["shrunk"])
    text = _("Segments by {column} respond differently {doubt}: most, {segment} with {effect} {limits}")
    limits = interval(best["shrunk_lower"], best["shrunk_upper"], change_format(kind, None, best["shrunk"]))
    return text.format(
        column=parts.column, doubt=doubt, segment=best["segment"], effect=show(best["shrunk"]), limits=limits
    )
