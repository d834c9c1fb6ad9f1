"""What a strategy did, drawn: how likely each profit is, and who came back when."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis

from keepbook.errors import NotEnoughData
from keepbook.experiments.effects import TimeToPurchase
from keepbook.experiments.page.amounts import LONGEST_ARM
from keepbook.experiments.page.facts import Facts
from keepbook.page.effects import Row
from keepbook.page.elements import Chart, enough
from keepbook.plotting.canvas import BLUE, GREEN, INK, MUTED, ORANGE, draw, read_out
from keepbook.plotting.marks import Ticks, apart, few_ticks, label, number_axis, percent_axis, short
from keepbook.stats.bayes import chance_to_win
from keepbook.text import (
    catalogue,
    chance,
    change_format,
    interval,
    number,
    percent,
    points,
    value_format,
)

say = catalogue("experiments")
LINES = ("-", "--", ":", "-.")  # of the treatments, all in the colour of what was done
FEW = 100  # customers below which what is drawn is dashed
NAME_HEIGHT = 13  # points that a name behind a curve takes from the one above it
NAME_SIGNS = {True: 14, False: 28}  # of a name behind a curve, on a phone and on a screen
MAX_CURVES, MAX_READINGS = 6, 120


# ── profit ──────────────────────────────────────────────────────────────────────────────────────────────


def profit(found: Facts, curves: Mapping[str, pd.DataFrame]) -> Chart:
    """How likely each profit per customer is: what lies left of zero is the risk.

    Parameters
    ----------
    curves : treatment → as `profit_curves`.
    """
    money = enough(pd.DataFrame(found.money_rows))
    rows = money[money["error"] > 0]
    if rows.empty:
        costed = money["profit"].notna().any()
        raise NotEnoughData(say("no-chance-of-profit" if costed else "no-cost-known"))
    best = found.decided_on if found.decided_on and found.decided_on["error"] > 0 else rows.iloc[0].to_dict()
    others = rows[rows["variant"] != best["variant"]].sort_values("profit", ascending=False)
    drawn = [best, *others.head(MAX_CURVES - 1).to_dict("records")]
    reach = max(float(curves[str(row["variant"])]["profit"].abs().max()) for row in drawn)

    def paint(axes: Any, narrow: bool) -> None:
        for ax, row in zip(np.atleast_1d(axes), drawn, strict=True):
            _profit(ax, row, curves[str(row["variant"])], len(drawn) > 1, found)
            difference_axis(ax.xaxis, "money", reach)

    unit = found.study.unit
    facts: dict[str, Any] = {"variant": short(best["variant"], LONGEST_ARM), "chance": chance(best["chance"])}
    facts |= {"profit": change_format("money", unit.currency, best["profit"])(best["profit"])}
    facts |= {"few": bool(best["carriers"] < FEW), "left": len(rows) - len(drawn)}
    return Chart.of(
        say,
        "profit",
        "profit",
        draw("profit", paint, 2.3, panels=len(drawn)),
        pd.concat(curves, names=["variant"]).reset_index(0),
        early=found.early,
        revenue=found.margin_unset,
        currency=unit.currency,
        control=short(found.study.experiment.control),
        level=found.level,
        **facts,
    )


def _profit(ax: Axes, row: Row, curve: pd.DataFrame, several: bool, found: Facts) -> None:
    x, y = curve["profit"].to_numpy(), curve["density"].to_numpy()
    for side, colour in ((x >= 0, GREEN), (x <= 0, ORANGE)):
        edge = np.append(x[side], 0.0) if side.any() and (x < 0).any() and (x > 0).any() else x[side]
        height = np.interp(edge, x, y)
        order = np.argsort(edge)
        ax.fill_between(edge[order], 0, height[order], color=colour, alpha=0.4, linewidth=0)
    ax.plot(x, y, color=INK, linewidth=1, linestyle="--" if row["carriers"] < FEW else "-")
    ax.axvline(0, 0, 0.82, color=INK, linewidth=0.9)
    floor = -0.08 * y.max()
    ax.plot([row["profit_lower"], row["profit_upper"]], [floor, floor], color=INK, linewidth=2.5)
    ax.plot([row["profit"]], [floor], "o", color=INK, markersize=6)
    words = (
        ("earns", row["chance"], 0.99, "right", GREEN),
        ("loses", 1 - row["chance"], 0.01, "left", ORANGE),
    )
    for word, share, place, side, colour in () if found.early else words:  # a chance at one look
        look = {"xycoords": "axes fraction", "ha": side}
        label(ax, say(f"profit.{word}", chance=chance(share)), (place, 0.9), (0, 0), colour, **look)
    if several:
        ax.set_title(short(row["variant"], NAME_SIGNS[False]), loc="left", color=MUTED)
    ax.set_ylim(2 * floor, 1.3 * y.max())
    ax.set_yticks([])
    ax.grid(axis="y", visible=False)
    show = value_format("money", found.study.unit.currency, row["profit"])
    at = x[:: max(len(x) // 16, 1)]
    more = [chance(float(chance_to_win(row["profit"] - one, row["error"]))) for one in at]
    texts = [say("profit.reading", profit=show(one), chance=c) for one, c in zip(at, more, strict=True)]
    read_out(ax, at, np.interp(at, x, y), texts)


def difference_axis(axis: Axis, kind: str, most: float) -> None:
    """Differences of shares in percentage points, others as numbers; few ticks."""
    if kind == "share":
        axis.set_major_locator(few_ticks())
        axis.set_major_formatter(Ticks(lambda x, digits: points(x, digits) if x else number(0), 100))
    else:
        number_axis(axis, 0 if most >= 10 else 1 if most >= 1 else 2)


# ── who came back when ──────────────────────────────────────────────────────────────────────────────────


def comeback(found: Facts, time: TimeToPurchase) -> Chart:
    """How many have bought again, day by day after the assignment."""
    experiment, curves = found.study.experiment, enough(time.curves)
    variants = [experiment.control, *sorted(set(curves["variant"]) - {experiment.control})]
    looks = [(MUTED, "-"), *((BLUE, line) for line, _again in product(LINES, variants))]
    height = max(3.3, 1 + NAME_HEIGHT / 72 * len(variants))
    every = max(len(curves) // MAX_READINGS, 1)

    def paint(ax: Axes, narrow: bool) -> None:
        tips = []
        for variant, look in zip(variants, looks, strict=False):
            own = curves[curves["variant"] == variant]
            _curve(ax, own, *look)
            day, share = own["day"].to_numpy(), 1 - own["survival"].to_numpy()
            texts = [_reading(str(variant), row) for row in own.iloc[::every].to_dict("records")]
            read_out(ax, day[::every], share[::every], texts)
            tips.append((short(variant, NAME_SIGNS[narrow]), (float(day[-1]), float(share[-1])), look[0]))
        ax.set_ylim(bottom=0)
        ax.set_xlim(0, experiment.outcome_days)
        percent_axis(ax.yaxis)
        number_axis(ax.xaxis)
        _named_tips(ax, tips)

    ends = {v: 1 - curves.loc[curves["variant"] == v, "survival"].iloc[-1] for v in variants}
    decided = found.verdict.variant if found.verdict else None
    treated = (
        decided if decided in ends else max(variants[1:], key=lambda v: abs(ends[v] - ends[variants[0]]))
    )
    p = time.means.set_index("variant")["logrank_pvalue"].get(treated, np.nan)
    return Chart.of(
        say,
        "comeback",
        "comeback",
        draw("comeback", paint, height),
        curves,
        differ=bool(p < found.study.unit.alpha) and not found.early,
        early=found.early,
        more=bool(ends[treated] > ends[variants[0]]),
        days=experiment.outcome_days,
        share=percent(ends[treated]),
        treated=short(treated, LONGEST_ARM),
        control=short(experiment.control, LONGEST_ARM),
        level=found.level,
        few=bool((curves["at_risk"] < FEW).any()),
    )


def _curve(ax: Axes, own: pd.DataFrame, colour: str, line: str) -> None:
    """One arm's share of customers who have bought, with its band; dashed and pale where few are left."""
    day = np.concatenate([[0], own["day"]])
    known = own[["survival", "lower", "upper"]].to_numpy(float)
    back = 1 - np.vstack([[1.0, np.nan, np.nan], known])
    few = np.concatenate([[own["at_risk"].iloc[0] < FEW], own["at_risk"] < FEW])
    ax.fill_between(day, back[:, 2], back[:, 1], step="post", color=colour, alpha=0.22, linewidth=0)
    steps: dict[str, Any] = {"where": "post", "color": colour}
    if few.any():
        ax.step(day, back[:, 0], linewidth=1.4, linestyle=(0, (2, 2)), alpha=0.7, **steps)
    ax.step(day, np.where(few, np.nan, back[:, 0]), linewidth=2, linestyle=line, **steps)


def _reading(variant: str, row: Row) -> str:
    show = percent(1 - row["survival"])
    limits = interval(1 - row["upper"], 1 - row["lower"])
    return say("comeback.reading", variant=short(variant), day=number(row["day"]), share=show, limits=limits)


def _named_tips(ax: Axes, tips: Sequence[tuple[str, tuple[float, float], str]]) -> None:
    """Every curve's name behind its end; names of curves that end alike stand one above the other."""
    ax.figure.draw_without_rendering()  # type: ignore[union-attr]  # before, nobody knows how high the axes are
    points_of = 72 / ax.figure.dpi
    ends = ax.transData.transform([at for _name, at, _colour in tips])[:, 1] * points_of
    half, box = NAME_HEIGHT / 2, ax.bbox
    places = apart(ends, NAME_HEIGHT, box.y0 * points_of + half, box.y1 * points_of - half)
    for (name, at, colour), y, place in zip(tips, ends, places, strict=True):
        moved = abs(place - y) > NAME_HEIGHT / 4
        line = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 0}
        look: dict[str, Any] = {"arrowprops": {**line, "relpos": (0, 0.5)}} if moved else {}
        label(
            ax, name, at, (14 if moved else 5, place - y), colour, va="center", annotation_clip=False, **look
        )
