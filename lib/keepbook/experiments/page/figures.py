"""What a strategy did, drawn: how likely each profit is, who came back when, and for whom it works."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from keepbook.errors import NotEnoughData
from keepbook.experiments.page.facts import amount
from keepbook.experiments.segments import Segments, segment_name
from keepbook.page.effects import Row, difference
from keepbook.page.elements import Chart, enough
from keepbook.page.html import plain
from keepbook.plotting.canvas import BLUE, GREEN, INK, MUTED, ORANGE, canvas, svg_of
from keepbook.plotting.marks import Ticks, apart, label, number_axis, percent_axis, short
from keepbook.text import catalogue, chance, metric_name, p_equals, percent, points
from keepbook.unit import Experiment, Unit

say = catalogue("experiments")
Tip = tuple[str, tuple[float, float], str]  # of a curve: its name, where it ends, its colour
COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9")  # of the variants, the control in grey
LINES = ("-", "--", ":", "-.")  # of further variants, the colours over again
NAME_HEIGHT = 13  # points that a name behind a curve takes from the one above it
MAX_OF_PAIR = 28  # signs of either name where two stand side by side


def pair(name: str, of: str) -> str:
    """Two names side by side, as a figure has room for them."""
    return f"{short(name, MAX_OF_PAIR)} · {short(of, MAX_OF_PAIR)}"


def profit(
    money: pd.DataFrame, curves: dict[str, pd.DataFrame], unit: Unit, variant: str | None = None
) -> Chart:
    """How likely each profit per customer is: what lies left of zero is the risk.

    Parameters
    ----------
    curves : treatment → as `profit_curves`. variant : the treatment that the verdict is about, of which the
        title speaks; None: the one that earns most.
    """
    rows = enough(money)[money["error"] > 0]
    if rows.empty:
        costed = money["profit"].notna().any()
        raise NotEnoughData(say("no-chance-of-profit" if costed else "no-cost-known"))
    with canvas(9.6, 0.8 + 1.9 * len(rows), rows=len(rows)) as (figure, axes):
        for ax, row in zip(np.atleast_1d(axes), rows.to_dict("records"), strict=True):
            _profit(ax, row, curves[str(row["variant"])])
        np.atleast_1d(axes)[-1].set_xlabel(say("profit.axis", currency=unit.currency))
        svg = svg_of(figure, "profit")
    own = rows[rows["variant"] == variant]
    best = own.iloc[0] if len(own) else rows.loc[rows["profit"].idxmax()]
    earned = plain(amount(best, "profit", unit, signed=True))
    title = say("profit", variant=best["variant"], profit=earned)
    caption = say("profit.caption", level=percent(1 - unit.alpha, 0))
    return Chart("profit", title, caption, svg, pd.concat(curves, names=["variant"]).reset_index(0))


def _profit(ax: Axes, row: Row, curve: pd.DataFrame) -> None:
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
    for word, share, x_place, side, colour in (
        ("earns", row["chance"], 0.985, "right", BLUE),
        ("loses", 1 - row["chance"], 0.015, "left", ORANGE),
    ):
        look = {"xycoords": "axes fraction", "ha": side, "fontsize": 10}
        label(ax, say(f"profit.{word}", chance=chance(share)), (x_place, 0.9), (0, 0), colour, **look)
    ax.set_title(short(row["variant"]), fontsize=10, loc="left", color=MUTED)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.grid(axis="y", visible=False)
    _difference_axis(ax.xaxis, "money", float(abs(x).max()))


def comeback(curves: pd.DataFrame, experiment: Experiment, alpha: float) -> Chart:
    """How many have bought again, day by day after the assignment.

    Parameters
    ----------
    curves : as `survival.curves`: variant, day, survival, lower, upper.
    """
    enough(curves)
    variants = [experiment.control, *sorted(set(curves["variant"]) - {experiment.control})]
    with canvas(9.6, max(3.8, 1 + NAME_HEIGHT / 72 * len(variants))) as (figure, ax):
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
        ax.set_xlabel(say("comeback.time-axis"))
        ax.set_ylabel(say("comeback.share-axis"))
        percent_axis(ax.yaxis)
        _named_tips(figure, ax, tips)
        svg = svg_of(figure, "comeback")
    ends = {v: 1 - curves.loc[curves["variant"] == v, "survival"].iloc[-1] for v in variants}
    treated = max(variants[1:], key=lambda variant: abs(ends[variant] - ends[variants[0]]))
    title = say(
        "comeback",
        days=experiment.outcome_days,
        share=percent(ends[treated]),
        treated=treated,
        base=percent(ends[variants[0]]),
        control=experiment.control,
    )
    caption = say("comeback.caption", level=percent(1 - alpha, 0))
    return Chart("comeback", title, caption, svg, curves)


def _named_tips(figure: Figure, ax: Axes, tips: list[Tip]) -> None:
    """Every curve's name behind its end; names of curves that end alike stand one above the other."""
    figure.draw_without_rendering()  # before that nobody knows how high the axes will be
    points_of = 72 / figure.dpi
    ends = ax.transData.transform([at for _name, at, _colour in tips])[:, 1] * points_of
    half, box = NAME_HEIGHT / 2, ax.bbox
    places = apart(ends, NAME_HEIGHT, box.y0 * points_of + half, box.y1 * points_of - half)
    for (name, at, colour), y, place in zip(tips, ends, places, strict=True):
        moved = abs(place - y) > NAME_HEIGHT / 4
        line = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 0}
        look: dict[str, Any] = {"arrowprops": {**line, "relpos": (0, 0.5)}} if moved else {}
        label(ax, name, at, (14 if moved else 5, place - y), colour, va="center", **look)


def segment_effects(parts: list[Segments], kind: str, unit: Unit) -> Chart:
    """The effect in each segment: as measured, and drawn towards the mean as far as chance explains it."""
    several = len({part.variant for part in parts}) > 1
    rows = pd.concat([part.effects.assign(by=part.column, variant=part.variant) for part in parts])
    with canvas(9.6, 1.2 + 0.36 * (len(rows) + 1.2 * len(parts))) as (figure, ax):
        ticks, at = {}, 0.0
        for part in parts:
            head = pair(part.column, part.variant) if several else short(part.column)
            look: dict[str, Any] = {"va": "center", "xycoords": ("axes fraction", "data"), "fontsize": 9}
            label(ax, head, (0, at), (4, 0), MUTED, **look)
            for row in part.effects.to_dict("records"):
                at += 1
                _segment(ax, at, row)
                name, n = segment_name(part.column, row["segment"]), row["n_control"] + row["n_treatment"]
                ticks[at] = say("segments.size", segment=short(name), n=n)
            at += 1.2
        ax.axvline(0, color=INK, linewidth=0.9)
        ax.set_yticks(list(ticks), list(ticks.values()))
        ax.set_ylim(at - 0.6, -0.6)
        metric, currency = short(metric_name(parts[0].metric)), unit.currency if kind == "money" else None
        ax.set_xlabel(say("segments.axis", metric=metric, currency=currency))
        ax.grid(axis="y", visible=False)
        _difference_axis(ax.xaxis, kind, float(rows["ci_upper"].abs().max()))
        svg = svg_of(figure, f"segments-{parts[0].metric}")
    title = _segments_title(min(parts, key=lambda part: part.interaction), kind, unit)
    left = max(part.left_out for part in parts)
    caption = say("segments.caption", level=percent(1 - unit.alpha, 0), left=left)
    return Chart(f"segments_{parts[0].metric}", title, caption, svg, rows)


def _segment(ax: Axes, at: float, row: Row) -> None:
    ax.hlines(at + 0.2, row["ci_lower"], row["ci_upper"], color=MUTED, linewidth=1)
    ax.plot(row["effect"], at + 0.2, "o", color=MUTED, markersize=5, fillstyle="none")
    ax.hlines(at - 0.1, row["shrunk_lower"], row["shrunk_upper"], color=BLUE, linewidth=3)
    ax.plot(row["shrunk"], at - 0.1, "o", color=BLUE, markersize=7)


def _difference_axis(axis: Axis, kind: str, most: float) -> None:
    """Differences of shares in percentage points, others as numbers."""
    if kind == "share":
        axis.set_major_formatter(Ticks(points, 100))
    else:
        number_axis(axis, 0 if most >= 10 else 1 if most >= 1 else 2)


def _segments_title(part: Segments, kind: str, unit: Unit) -> str:
    """Whether the segments of the column that differs most surely do differ."""
    best = part.effects.assign(kind=kind).loc[part.effects["shrunk"].idxmax()]
    return say(
        "segments",
        differ=part.interaction < unit.alpha,
        column=part.column,
        p=p_equals(part.interaction),
        segment=segment_name(part.column, best["segment"]),
        effect=plain(difference(best, "shrunk", "shrunk", unit.currency)),
    )
