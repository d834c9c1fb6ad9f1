"""For whom a strategy works, drawn: the effect in each segment, held back where small segments shout."""

import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from keepbook.experiments.page.amounts import LONGEST_ARM
from keepbook.experiments.page.facts import Facts
from keepbook.experiments.page.figures import FEW, difference_axis
from keepbook.experiments.segments import NEVER, Segments, segment_name
from keepbook.page.effects import Row, difference
from keepbook.page.elements import Chart
from keepbook.page.html import plain
from keepbook.page.order import in_order
from keepbook.plotting.canvas import BLUE, INK, MUTED, PAPER, draw, read_out
from keepbook.plotting.marks import label, short
from keepbook.text import catalogue, change_format, currency_suffix, metric_name

say = catalogue("experiments")
MAX_BEYOND = 1.0  # of what the estimates span: room on either side for intervals
ROW_HEIGHT = 0.45  # inches, of a name and what stands below it
ACROSS = 2
NAME_SIGNS = 24
PERIOD = re.compile(r"\d{4}(-Q\d|-\d\d)?")  # in the order of time
Span = tuple[float, float]


def segment_effects(parts: list[Segments], kind: str, found: Facts) -> Chart:
    """The effect in each segment: as measured, and drawn towards the mean as far as chance explains it."""
    frames = [ordered(part.effects) for part in parts]
    rows = pd.concat(
        [
            frame.assign(by=part.column, variant=part.variant)
            for part, frame in zip(parts, frames, strict=True)
        ]
    )
    edges, most = _edges(rows), max(map(len, frames))
    several, unit = found.several, found.study.unit

    def paint(axes: Any, narrow: bool) -> None:
        for ax, part, frame in zip(np.atleast_1d(axes), parts, frames, strict=True):
            head = f"{part.column} · {part.variant}" if several else part.column
            ax.set_title(short(head, 2 * NAME_SIGNS - 8), loc="left", color=MUTED)
            for at, row in enumerate(frame.to_dict("records")):
                _segment(ax, at, row | {"kind": kind}, part, edges)
            ax.axvline(0, color=INK, linewidth=0.9)
            ax.set(yticks=[], xlim=edges, ylim=(most - 0.4, -0.5))
            ax.grid(axis="y", visible=False)
            difference_axis(ax.xaxis, kind, max(map(abs, edges)))

    metric = parts[0].metric
    name = f"segments_{metric}"
    first = min(parts, key=lambda part: part.interaction)
    best = first.effects.loc[first.effects["shrunk"].idxmax()]
    return Chart.of(
        say,
        "segments",
        name,
        draw(name, paint, 0.6 + ROW_HEIGHT * most, panels=len(parts), across=ACROSS),
        rows,
        differ=first.interaction < unit.alpha and not found.early,
        column=short(first.column, LONGEST_ARM),
        segment=short(segment_name(first.column, best["segment"]), LONGEST_ARM),
        effect=change_format(kind, unit.currency, best["shrunk"])(best["shrunk"]),
        metric=short(metric_name(metric)) + (currency_suffix(unit.currency) if kind == "money" else ""),
        level=found.level,
        early=found.early,
        left=max(part.left_out for part in parts),
        few=bool((_customers(rows) < FEW).any()),
        cut=bool((_limits(rows)[:, 0] < edges[0]).any() or (_limits(rows)[:, 1] > edges[1]).any()),
    )


def ordered(effects: pd.DataFrame) -> pd.DataFrame:
    """Segments in their natural order, else by what is to be expected in them."""
    rows = effects.set_index("segment", drop=False)
    values = {str(name): float(value) for name, value in rows["shrunk"].items() if name != NEVER}
    names = sorted(values) if all(map(PERIOD.fullmatch, values)) else in_order(values)
    return rows.loc[[*names, *([NEVER] if NEVER in rows.index else [])]].reset_index(drop=True)


def _customers(rows: pd.DataFrame) -> pd.Series:
    return rows["n_control"] + rows["n_treatment"]


def _limits(rows: pd.DataFrame) -> Any:
    """The least and the highest end of both intervals of every row."""
    low, high = (rows[[f"ci_{end}", f"shrunk_{end}"]].to_numpy(float) for end in ("lower", "upper"))
    return np.column_stack([low.min(axis=1), high.max(axis=1)])


def _edges(rows: pd.DataFrame) -> Span:
    """Where the axis ends: one interval of few customers would leave nothing else to be read."""
    needed = np.append(rows[["effect", "shrunk", "shrunk_lower", "shrunk_upper"]].to_numpy(float), 0.0)
    low, high, limits = needed.min(), needed.max(), _limits(rows)
    room = MAX_BEYOND * (high - low)
    rim = 0.04 * (high - low) or 1.0
    return float(max(limits.min(), low - room) - rim), float(min(limits.max(), high + room) + rim)


def _segment(ax: Axes, at: int, row: Row, part: Segments, edges: Span) -> None:
    """A segment's name, and below it the effect to be expected and the measured one."""
    n = int(row["n_control"] + row["n_treatment"])
    name = short(segment_name(part.column, row["segment"]), NAME_SIGNS)
    text = say("segments.size", segment=name, n=n)
    look: dict[str, Any] = {"va": "center", "xycoords": ("axes fraction", "data"), "in_layout": False}
    ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.5}  # so that no line runs through the words
    label(ax, text, (0, at - 0.22), (2, 0), bbox=ground, **look)
    line = (0, (2, 2)) if n < FEW else "-"
    _whisker(ax, at + 0.14, (row["shrunk_lower"], row["shrunk_upper"]), edges, BLUE, 3, line)
    ax.plot(row["shrunk"], at + 0.14, "o", color=BLUE, markersize=7)
    _whisker(ax, at + 0.34, (row["ci_lower"], row["ci_upper"]), edges, MUTED, 1, line)
    ax.plot(row["effect"], at + 0.34, "o", color=MUTED, markersize=5, fillstyle="none")
    said = (plain(difference(row, *names)) for names in (("shrunk", "shrunk"), ("effect", "ci")))
    expected, measured = said
    read_out(
        ax,
        [row["shrunk"]],
        [at + 0.14],
        [say("segments.reading", segment=name, expected=expected, measured=measured)],
    )


def _whisker(
    ax: Axes,
    at: float,
    limits: Span,
    edges: Span,
    colour: str,
    width: float,
    line: Any,
) -> None:
    """An interval within the edges; where it goes on, an arrow."""
    low, high = limits
    ax.hlines(at, max(low, edges[0]), min(high, edges[1]), color=colour, linewidth=width, linestyle=line)
    for edge, head, beyond in ((edges[0], "<", low < edges[0]), (edges[1], ">", high > edges[1])):
        if beyond:
            ax.plot([edge], [at], head, color=colour, markersize=6, clip_on=False)
