"""The page over all units: what is to be decided, and how each unit is, side by side."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Literal

from markupsafe import Markup, escape

from keepbook.report.frame import page, say
from keepbook.report.glossary import GLOSSARY
from keepbook.text import MISSING, percent

Status = Literal["ok", "failed", "stale"]
WORST_FIRST = ("failed", "stale", "ok")
FILTERED_FROM = 9  # units, from which on one can be looked for
SEEN = 4  # decisions that are seen at once, shared out among the currencies; the rest open
MAX_POINTS = 12  # of a trend, the newest
WIDE, TALL = 60, 20  # of a trend's drawing
FAR = 2.0  # times its value: where an interval leaves the axis of its column at the latest


@dataclass(frozen=True)
class Key:
    """One key figure of a unit, as the page over all units shows it: text, already formatted."""

    name: str  # of its column
    label: str  # heading of the column, if most units call it so
    value: str
    sort: float | None = None  # the number behind `value`; None sorts last
    lower: float | None = None  # its interval: with one it is drawn on the axis of its column
    upper: float | None = None
    interval: str = ""  # the same in words
    note: str = ""  # what the figure means; told once below the table
    group: str = ""  # currency of money: what differs in it is never compared, nor sorted together
    change: str = ""
    tone: str = ""  # of the change: `good` or `bad`


@dataclass(frozen=True)
class Link:
    """A way down from the page over all units."""

    label: str
    href: str
    status: Status = "ok"  # the report; failed: the page that says why; stale: the last good report
    reason: str = ""  # why it failed


@dataclass(frozen=True)
class ToDecide:
    """One thing that is to be decided, whatever the unit."""

    unit: str  # its title
    what: str
    href: str
    kind: str  # `good`, `bad`, `wait` or `broken`
    stake: float | None = None  # money a year that hangs on it
    money: str = ""  # the same, as it is written
    group: str = ""  # the currency


@dataclass(frozen=True)
class IndexRow:
    """One unit."""

    unit: str  # name of the unit file
    title: str
    about: str = ""
    simulated: bool = False
    as_of: str = ""  # last day of the data
    status: Status = "ok"
    href: str = ""  # of the unit's page, or of its first report; none where nothing stands
    notebooks: Sequence[Link] = ()  # its reports where it has no page of its own, and what failed
    figures: Sequence[Key] = ()
    history: Sequence[float | None] = ()  # a share in the course of time, oldest first


def render_index(
    rows: Sequence[IndexRow], to_decide: Sequence[ToDecide] = (), *, generated_at: str, version: str
) -> str:
    """What is to be decided, then all units side by side in the order given; on narrow screens cards."""
    counts = {status: sum(row.status == status for row in rows) for status in ("failed", "stale")}
    columns = [_Column(name, rows) for name in dict.fromkeys(key.name for row in rows for key in row.figures)]
    known = [value for row in rows for value in row.history if value is not None and isfinite(value)]
    return page(
        "index.html.j2",
        rows=[_index_row(row, columns, max(known, default=0.0)) for row in rows],
        columns=columns,
        to_decide=list(_strip(to_decide)),
        any_trend=bool(known),
        filtered=len(rows) >= FILTERED_FROM,
        lead=say("lead", units=len(rows), when=generated_at, **counts),
        missing=MISSING,
        version=version,
        home_link=None,
        glossary_link=GLOSSARY,
    )


# ── the strip ───────────────────────────────────────────────────────────────────────────────────────────


def _strip(items: Sequence[ToDecide]) -> Iterator[dict[str, Any]]:
    """By currency, most money first; money of different currencies is not compared. The rest stands last."""
    groups = sorted({item.group for item in items if item.stake})
    seen = max(1, SEEN // max(len(groups), 1))
    for group in groups:
        own = [item for item in items if item.stake and item.group == group]
        own.sort(key=lambda item: -abs(item.stake or 0.0))
        yield {"group": group if len(groups) > 1 else "", "seen": own[:seen], "more": own[seen:]}
    if rest := [item for item in items if not item.stake]:
        first = 0 if groups else SEEN
        yield {
            "group": say("to-decide.unpriced") if groups else "",
            "seen": rest[:first],
            "more": rest[first:],
        }


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────


class _Column:
    """A key figure of all units: its heading, its axes, and what it means."""

    def __init__(self, name: str, rows: Sequence[IndexRow]) -> None:
        keys = [key for row in rows for key in row.figures if key.name == name]
        self.name = name
        self.label = Counter(key.label for key in keys).most_common(1)[0][0]
        self.notes = list(dict.fromkeys(key.note for key in keys if key.note))
        drawn = [key for key in keys if _is_drawn(key)]
        groups = {key.group for key in drawn}
        self.axes = {group: _axis([key for key in drawn if key.group == group]) for group in groups}

    def bar(self, key: Key | None) -> Markup:
        """The point and its interval on the axis of the column; of money on that of its currency."""
        if key is None or not _is_drawn(key):
            return Markup("")
        left, right = self.axes[key.group]
        places = {"l": key.lower, "v": key.sort, "u": key.upper}
        at = {name: round(100 * (float(one or 0.0) - left) / (right - left)) for name, one in places.items()}
        beyond = " kb-on" if at["u"] > 100 else ""
        style = ";".join(f"--{name}:{min(max(place, 0), 100)}" for name, place in at.items())
        return Markup(f'<i class="kb-ci{beyond}" style="{style}"></i>')


def _is_drawn(key: Key) -> bool:
    return all(one is not None and isfinite(one) for one in (key.sort, key.lower, key.upper))


def _axis(keys: Sequence[Key]) -> tuple[float, float]:
    """From zero, or the least value, to the most; an interval that says little does not stretch it."""
    values = [(float(key.sort or 0.0), float(key.lower or 0.0), float(key.upper or 0.0)) for key in keys]
    left = min(0.0, *(max(lower, -FAR * abs(value)) for value, lower, _upper in values))
    right = max(0.0, *(min(upper, FAR * abs(value)) for value, _lower, upper in values))
    return left, right if right > left else left + 1.0


def _index_row(row: IndexRow, columns: Sequence[_Column], top: float) -> dict[str, object]:
    """A row as the template wants it."""
    by_name = {key.name: key for key in row.figures}
    return {
        **vars(row),
        "cells": [
            (column, by_name.get(column.name), column.bar(by_name.get(column.name))) for column in columns
        ],
        "trend": _trend(row.history, top),
        "failed": list(_each_reason_once([link for link in row.notebooks if link.status == "failed"])),
        "links": [link for link in row.notebooks if link.status != "failed"],
        "status_label": say(f"status-{row.status}") if row.status != "ok" else "",
        "rank": WORST_FIRST.index(row.status),
    }


def _each_reason_once(links: Sequence[Link]) -> Iterator[Link]:
    """A broken unit file is why all its reports failed."""
    told = set[str]()
    for link in links:
        yield replace(link, reason="") if link.reason in told else link
        told.add(link.reason)


def _trend(history: Sequence[float | None], top: float) -> Markup:
    """A line as small as a word, from zero to the most of all units; empty where there are too few values."""
    values = list(history)[-MAX_POINTS:]
    known = [(i, value) for i, value in enumerate(values) if value is not None and isfinite(value)]
    if len(known) < 2 or top <= 0:
        return Markup("")
    step = WIDE / (len(values) - 1)
    points = " ".join(f"{i * step:.0f},{TALL - (TALL - 2) * value / top:.0f}" for i, value in known)
    first, last = (percent(known[at][1], 0) for at in (0, -1))
    said = escape(say("trend", first=first, last=last))
    return Markup(
        f'<svg class="kb-trend" role="img" aria-label="{said}" viewBox="0 0 {WIDE} {TALL}">'
        f'<polyline points="{points}"/></svg>'
    )
