"""Who stays, drawn: the retention table, curves of one unit or several, segments, where the curve leads."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd

from keepbook.cohorts import BySegment, Choices, Projection, Retention
from keepbook.cohorts.page.facts import (
    Change,
    Outlier,
    bought_between,
    level_of,
    projection_facts,
    reached,
    title_facts,
)
from keepbook.cohorts.retention import pvalue_alike
from keepbook.errors import DataError, NotEnoughData
from keepbook.page.age_curves import (
    FEW_CUSTOMERS,
    HEADROOM,
    MOST_COHORTS,
    age_axes,
    average_curve,
    few,
    readings,
)
from keepbook.page.elements import Chart
from keepbook.page.heat_table import HeatTable
from keepbook.page.order import in_order
from keepbook.plotting.canvas import BLUE, GRID, INK, MUTED, draw, read_out
from keepbook.plotting.marks import band, label, label_ends, short
from keepbook.text import (
    age_axis,
    age_name,
    catalogue,
    cohort_name,
    interval,
    listed,
    percent,
    period_name,
)

say = catalogue("cohorts")
LONGEST_IN_TITLE, LONGEST_IN_PANEL = 24, 18  # signs of a segment's name
MANY_MARKS = 0.1  # of the cells that were tested
FEWEST_IN_PANEL = 30  # customers of a segment, whose curve would say nothing
LOOKS = ((BLUE, "-"), (INK, "-"), (MUTED, "-"), (BLUE, "--"), (INK, "--"), (MUTED, "--"))
OWN_NAMES = ("other", "not stated")  # of segments that are none


def after_first(frame: pd.DataFrame) -> pd.DataFrame:
    """The periods after the first purchase; NotEnoughData where there is none yet."""
    after = frame[frame["period"] > 0]
    if after.empty:
        raise NotEnoughData(say("no-later-period"))
    return after


# ── the table of all cohorts ────────────────────────────────────────────────────────────────────────────


def heatmap(result: Retention, currency: str | None = None) -> HeatTable:
    """Cohort × period: the average on top, cells that differ from the others marked."""
    choices, shown = result.choices, after_first(result.cells)
    facts: dict[str, Any] = {"hidden": len(result.cohorts) > MOST_COHORTS, "drawn": MOST_COHORTS}
    facts |= {"cohorts": len(result.cohorts), "average": choices.average, "left": result.left_out}
    caption = say("heatmap.caption", marks=bool(shown["mark"].any()), period=period_name(choices), **facts)
    title = say("heatmap", **_what_stands_out(result))
    return HeatTable("retention_cells", title, caption, result.cells, result.average, currency)


def _what_stands_out(result: Retention) -> dict[str, Any]:
    """Whether newer cohorts differ from older ones, one cohort from all others, or none."""
    facts = title_facts(result) | {"cohort": None, "tenths": None}
    change, first = Change.of(result, 1), reached(result, 1)
    if not facts["ages"] or len(result.cohorts) < 2:
        return facts | {"found": "few" if not facts["ages"] else "one"}
    if result.choices.rule == "on_or_after":
        return facts | {"found": "longer"}
    if change and change.verdict != "same":
        return facts | {"found": change.verdict}
    if outlier := Outlier.of(result):
        facts |= {"cohort": cohort_name(outlier.cohort, result.choices.period)}
        return facts | {"found": "above" if outlier.above else "below"}
    tested = result.cells.dropna(subset=["pvalue_adjusted"])
    if (share := (tested["mark"] != 0).mean()) > 0:
        return facts | {"found": "many" if share > MANY_MARKS else "some"}
    lost = set((10 * (1 - first["retention"])).round())
    every = len(lost) == 1 and 1 <= min(lost) <= 9 and not few(first).any()
    return facts | {"found": "every" if every else "alike", "tenths": int(min(lost)) if every else None}


# ── curves ──────────────────────────────────────────────────────────────────────────────────────────────


def curve(result: Retention) -> Chart:
    """The average curve with its interval, every cohort thin behind it."""
    average = after_first(result.average)
    drawing = average_curve(result.cells, result.average, result.choices)
    facts = title_facts(result) | bought_between(result) | {"level": level_of(result.choices)}
    facts |= {"rule": result.choices.rule, "few": bool(few(average).any()), "fewest": FEW_CUSTOMERS}
    return Chart.of(say, "curve", "retention_average", drawing, result.average, **facts)


def compared_curves(units: Mapping[str, Retention]) -> Chart:
    """The average curve of every unit, by its title, each with a look of its own.

    Raises
    ------
    DataError : the units are not counted alike.
    """
    choices = _counted_alike(units)
    curves = {title: after_first(found.average) for title, found in units.items()}
    longest = max(curves.values(), key=len)
    top = max(curve["ci_upper"][~few(curve)].max() for curve in curves.values())
    highest = max(curve["retention"].max() for curve in curves.values())

    def paint(ax: Any, narrow: bool) -> None:
        ends = []
        for (title, curve), (colour, style) in zip(curves.items(), cycle(LOOKS), strict=False):
            look: dict[str, Any] = {"linewidth": 2, "linestyle": style}
            texts = readings(curve, choices, short(title))
            band(ax, curve, "retention", "ci", colour, texts=texts, few=few(curve), **look)
            last = curve.iloc[-1]
            ends.append((last["period"], last["retention"], short(title, LONGEST_IN_PANEL), colour))
        ax.set_ylim(0, max(np.nan_to_num(top), 1.05 * highest) or 1)
        age_axes(ax, longest, choices, narrow)
        label_ends(ax, ends)

    first = pd.DataFrame({title: curve.iloc[0] for title, curve in curves.items()}).T
    facts = _extremes(first.astype({"size": int, "active": int, "retention": float}), choices)
    facts |= {"age": age_name(choices, first["label"].iloc[0]), "level": level_of(choices)}
    facts |= {"few": any(few(curve).any() for curve in curves.values()), "fewest": FEW_CUSTOMERS}
    data = pd.concat(curves, names=["unit"]).reset_index(level=0)
    name = "retention_compared"
    facts |= {"period": period_name(choices), "axis": age_axis(choices)}
    return Chart.of(say, "compared-curves", name, draw(name, paint), data, **facts)


def _counted_alike(units: Mapping[str, Retention]) -> Choices:
    first, *others = (found.choices for found in units.values())
    for other in others:
        if (other.period, other.clock, other.rule) != (first.period, first.clock, first.rule):
            raise DataError(
                "The units are counted differently, so their curves cannot be compared.",
                expected=f"{first.period}, {first.clock} and {first.rule} in all of them",
                do="Give cohort_period, clock and return_rule to compare() for all of them.",
            )
    return first


def _extremes(first: pd.DataFrame, choices: Choices) -> dict[str, Any]:
    """Who returns most and least, by name, among groups of enough customers that differ beyond chance."""
    large = first[~few(first)]
    differ = len(large) >= 2 and pvalue_alike(large) < choices.alpha
    if not differ:
        return {"differ": len(large) < 2 and "few" or "no", "best": None, "worst": None}
    ranked = large["retention"].sort_values(ascending=False)
    names = [short(name_of(str(name)), LONGEST_IN_TITLE) for name in (ranked.index[0], ranked.index[-1])]
    return {"differ": "yes", "best": names[0], "worst": names[1]}


# ── segments ────────────────────────────────────────────────────────────────────────────────────────────


def name_of(segment: str, folded: int = 0) -> str:
    """What a segment is called: its own name, or ours for what is none."""
    return say(f"segment-{segment.replace(' ', '-')}", n=folded) if segment in OWN_NAMES else segment


def _words(segments: BySegment) -> str:
    """What the segments are by."""
    return segments.column.replace("_", " ")


def segment_curves(segments: BySegment, result: Retention) -> Chart:
    """One small panel per segment on shared axes: its curve with its interval, the average of all in grey."""
    after, choices = after_first(segments.curves), result.choices
    whole = result.average[result.average["period"] > 0]
    first = after[after["period"] == 1].set_index("segment")
    enough = first[first["customers"] >= FEWEST_IN_PANEL]
    if len(enough) < 2:
        raise NotEnoughData(say("no-large-segments", column=_words(segments), fewest=FEWEST_IN_PANEL))
    names = in_order({str(name): share for name, share in enough["retention"].items()})
    own = {name: after[after["segment"] == name] for name in names}
    solid = [curve.loc[~few(curve), "ci_upper"] for curve in own.values()]
    top = max((part.max() for part in [*solid, whole["retention"]] if len(part)), default=0.0)

    def paint(axes: Any, narrow: bool) -> None:
        for ax, (name, curve) in zip(np.atleast_1d(axes), own.items(), strict=True):
            title, size = short(name_of(name, segments.folded), LONGEST_IN_PANEL), curve["customers"].iloc[0]
            ax.plot(whole["period"], whole["retention"], color=MUTED, linewidth=1)
            texts = readings(curve, choices, title)
            band(ax, curve, "retention", "ci", BLUE, texts=texts, few=few(curve), linewidth=1.8)
            ax.set_title(say("segments.panel", name=title, n=int(size)), loc="left", color=INK)
            ax.set_ylim(0, min(HEADROOM * top, 1.05) or 1)
            age_axes(ax, whole, choices, narrow=True)
            ax.set_xlabel("")

    small = [short(name_of(str(name)), LONGEST_IN_PANEL) for name in first.index.difference(enough.index)]
    facts = _extremes(first, choices) | {"column": _words(segments), "small": listed(small) or None}
    facts |= {"level": level_of(choices), "period": period_name(choices), "others": segments.folded}
    facts |= {"few": any(few(curve).any() for curve in own.values()), "fewest": FEW_CUSTOMERS}
    facts |= {"axis": age_axis(choices), "age": age_name(choices, first["label"].iloc[0])}
    name, across = "retention_by_segment", 4 if len(names) in (4, 7, 8) else 3
    drawing = draw(name, paint, 1.9, narrow_height=1.75, panels=len(names), across=across)
    return Chart.of(say, "segments", name, drawing, segments.curves, **facts)


# ── projection ──────────────────────────────────────────────────────────────────────────────────────────


def projection_curve(projected: Projection, result: Retention) -> Chart:
    """The average curve, the model through it, where it leads, and the held-out check."""
    curve, held, choices = projected.curve, projected.holdout, result.choices
    seen, last = curve[~curve["projected"]], curve.iloc[-1]
    named = curve.assign(label=curve["period"].astype(str))

    def paint(ax: Any, narrow: bool) -> None:
        band(ax, curve, "fitted", "ci", BLUE, linewidth=1.8)
        ax.plot(held["period"], held["predicted"], color=MUTED, linewidth=1.8, linestyle=(0, (4, 2)))
        ax.plot(seen["period"], seen["observed"], "o", color=INK, markersize=4)
        read_out(ax, curve["period"], curve["observed"].fillna(curve["fitted"]), _ahead_of(named, choices))
        if curve["projected"].any():
            edge = curve.loc[curve["projected"], "period"].min()
            ax.axvspan(edge - 0.5, curve["period"].max() + 0.3, color=GRID, alpha=0.5, linewidth=0)
        ax.set_ylim(0, 1.05 * max(curve["ci_upper"].max(), seen["observed"].max()))
        age_axes(ax, named, choices, narrow)
        label(ax, say("projection.observed"), (seen["period"].iloc[0], seen["observed"].iloc[0]), (8, 2))
        label_ends(ax, [(last["period"], last["fitted"], say("projection.model"), BLUE)])

    facts = {"share": percent(last.fitted, 0), "level": level_of(choices)}
    limits = interval(last.ci_lower, last.ci_upper, lambda value: percent(value, 0))
    facts |= {"limits": limits, "period": period_name(choices), "axis": age_axis(choices)}
    facts |= projection_facts(projected, result)
    return Chart.of(say, "projection", "projection", draw("projection", paint), curve, **facts)


def _ahead_of(curve: pd.DataFrame, choices: Choices) -> list[str]:
    """What is said of each age: what was observed, or is expected."""
    return [
        say(
            "projection.reading",
            ahead=bool(row.projected),
            age=age_name(choices, row.label),
            share=percent(row.fitted if row.projected else row.observed),
            limits=interval(row.ci_lower, row.ci_upper),
        )
        for row in curve.itertuples(index=False)
    ]
