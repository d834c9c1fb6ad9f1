"""The page over all units: what each report found, side by side."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from glob import escape
from pathlib import Path
from typing import Any

from keepbook import __version__
from keepbook.page.elements import tile_format
from keepbook.page.html import sparkline
from keepbook.page.records import ERROR_RECORD, RECORD, read_json
from keepbook.report import GLOSSARY, IndexRow, Key, Link, render_glossary, render_index
from keepbook.runner.entries import Entry, entry_parameter
from keepbook.runner.plan import (
    ERROR_PAGE,
    MANIFEST,
    PAGE,
    Task,
    tasks_of,
    unit_if_sound,
)
from keepbook.runner.publish import write
from keepbook.text import ENGLISH, catalogue, interval
from keepbook.unit import Unit, unit_names

say = catalogue("runner")


def write_index(home: Path, reports: Path) -> None:
    """The page over all units from what the reports' records say, and the glossary beside it."""
    rows = [row for unit in unit_names(home) if (row := _row(unit, home, reports))]
    now = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"
    write(reports / "index.html", render_index(rows, generated_at=now, version=__version__))
    write(reports / GLOSSARY, render_glossary("index.html"))


def language_of_most(home: Path) -> str:
    """The language that most units are in; where as many are in English, that."""
    units = (unit_if_sound(name, home) for name in unit_names(home))
    counts = Counter((unit and unit.language) or ENGLISH for unit in units)
    return max(counts, key=lambda tag: (counts[tag], tag == ENGLISH), default=ENGLISH)


def _row(name: str, home: Path, reports: Path) -> IndexRow | None:
    """What stands of the reports that a run would make now: those of a removed experiment are passed over."""
    unit, tasks = unit_if_sound(name, home), tasks_of(home, [name], (), reports)
    kept = [] if unit else [task for planned in tasks for task in _kept(planned)]
    records = {task: record for task in [*tasks, *kept] if (record := read_json(task.folder / RECORD))}
    links = [link for task in tasks for link in _links(task, records.get(task, {}), _failed(task))]
    links += [link for task in kept for link in _links(task, records.get(task, {}), stale=True)]
    if not links:
        return None
    errors = [read_json(task.folder / ERROR_RECORD).get("what", "") for task in tasks if _failed(task)]
    # what is about one experiment is no figure of the unit
    whole = [record for task, record in records.items() if not entry_parameter(task.notebook)]
    tiles: list[dict[str, Any]] = [tile for record in whole for tile in record.get("figures", [])]
    headlines = [tile for tile in tiles if tile.get("headline")] or tiles
    about = next(iter(records.values()), None) or _about(unit)
    made = max((read_json(task.folder / MANIFEST).get("written_at", "") for task in tasks), default="")
    return IndexRow(
        unit=name,
        title=about.get("title", name),
        about=about.get("about") or "",
        simulated=about.get("simulated", False),
        as_of=about.get("as_of", ""),
        status="ok" if not errors else "stale" if records else "failed",
        note=" ".join(errors),
        generated_at=made[:16].replace("T", " "),
        notebooks=links,
        figures=[_key(tile, about.get("currency")) for tile in headlines],
        spark=sparkline(tiles[0]["history"]) if tiles else "",
    )


def _about(unit: Unit | None) -> dict[str, Any]:
    """What the unit file alone says of a unit without a report; nothing where that too is broken."""
    return {"title": unit.title, "about": unit.about, "simulated": unit.simulated} if unit else {}


def _kept(task: Task) -> Iterator[Task]:
    """The reports of single entries that stand while a broken unit file hides which entries there are."""
    if parameter := entry_parameter(task.notebook):
        for folder in sorted(task.folder.parent.glob(f"{escape(task.page)}-*")):
            name = folder.name.removeprefix(f"{task.page}-")
            about = read_json(folder / RECORD).get(parameter) or {}
            entry = Entry(parameter, name, about.get("title", name))
            yield Task(task.unit, task.notebook, folder, entry)


def _links(task: Task, record: dict[str, Any], stale: bool) -> Iterator[Link]:
    place = task.unit if task.is_summary else f"{task.unit}/{task.folder.name}"
    if (task.folder / PAGE).is_file():
        label = task.subject
        if verdict := record.get("verdict"):
            label = say("with-verdict", subject=label, verdict=verdict["label"])
        yield Link(label, f"{place}/{PAGE}", "stale" if stale else "ok")
    if _failed(task):
        yield Link(task.subject, f"{place}/{ERROR_PAGE}", "failed")


def _failed(task: Task) -> bool:
    return (task.folder / ERROR_PAGE).is_file()


def _key(tile: dict[str, Any], currency: str | None) -> Key:
    kind, value = tile["kind"], tile["value"]
    known = tile["ci_lower"] is not None and tile["ci_upper"] is not None
    limits = interval(tile["ci_lower"], tile["ci_upper"], tile_format(kind, None, value)) if known else ""
    return Key(
        label=tile["label"],
        value=tile_format(kind, currency, value)(value),
        interval=limits.replace(" ", "\N{NO-BREAK SPACE}"),
        note=tile["definition"],
        sort=value,
    )
