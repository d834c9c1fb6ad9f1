"""The page over all units: what each report found, side by side."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from glob import escape
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from keepbook import __version__
from keepbook.page.elements import Tile
from keepbook.page.records import RECORD, PageRecord, read_json
from keepbook.report import GLOSSARY, IndexRow, Key, Link, ToDecide, render_glossary, render_index
from keepbook.runner.entries import Entry, entry_parameter
from keepbook.runner.plan import ERROR_PAGE, PAGE, Task, tasks_of, unit_if_sound
from keepbook.runner.publish import write
from keepbook.summary.page.facts import decisions, stake_of
from keepbook.text import ENGLISH, catalogue, day, interval
from keepbook.unit import Unit, unit_names

say = catalogue("runner")
MAX_COLUMNS = 3
# Columns, by patterns of their figures' names; where a unit has none of them, what its pages hold highest.
COLUMNS = ("active_customers", "retention_*_1", "base_value")
TREND = "retention_*_1"


class Found(NamedTuple):
    """What stands of a unit's reports."""

    name: str
    unit: Unit | None  # None: its file is broken
    pages: dict[Task, PageRecord]  # of those that would be made now, and of those that a broken file hides
    kept: list[Task]  # the latter


def write_index(home: Path, reports: Path) -> None:
    """The page over all units from what the reports' records say, and the glossary beside it."""
    planned = tasks_of(home, (), (), reports) if unit_names(home) else []
    units = {name: list(tasks) for name, tasks in groupby(planned, key=lambda task: task.unit)}
    found = [one for name, tasks in units.items() if (one := _found(name, home, tasks)).pages]
    names = _columns([tile.name for one in found for tile in _tiles(one) if tile.headline])
    rows = [_row(one, names, reports) for one in found]
    items = [item for one in found for item in _to_decide(one, reports)]
    now = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"
    write(reports / "index.html", render_index(rows, items, generated_at=now, version=__version__))
    write(reports / GLOSSARY, render_glossary("index.html"))


def language_of_most(home: Path) -> str:
    """The language that most units are in; where as many are in English, that."""
    units = (unit_if_sound(name, home) for name in unit_names(home))
    counts = Counter((unit and unit.language) or ENGLISH for unit in units)
    return max(counts, key=lambda tag: (counts[tag], tag == ENGLISH), default=ENGLISH)


def _found(name: str, home: Path, tasks: Sequence[Task]) -> Found:
    """What stands of the reports that a run would make now: those of a removed experiment are passed over."""
    unit = unit_if_sound(name, home)
    kept = [] if unit else [task for planned in tasks for task in _kept(planned)]
    pages = {task: PageRecord.read(task.folder) for task in [*tasks, *kept] if _stands(task) or _failed(task)}
    return Found(name, unit, pages, kept)


def _columns(headlines: Iterable[str]) -> list[str]:
    """Patterns of the figures that make a column each: those known, then the most frequent of others."""
    names = Counter(headlines)
    known = [pattern for pattern in COLUMNS if any(fnmatchcase(name, pattern) for name in names)]
    others = [name for name, _n in names.most_common() if not any(fnmatchcase(name, one) for one in known)]
    return (known or others)[:MAX_COLUMNS]


def _tiles(found: Found) -> list[Tile]:
    """Key figures of the pages about the whole unit: what is about one experiment is none of the unit."""
    whole = [page for task, page in found.pages.items() if not entry_parameter(task.notebook)]
    return [tile for page in whole for tile in page.tiles if not tile.page]


def _row(found: Found, columns: Sequence[str], reports: Path) -> IndexRow:
    pages, tiles = found.pages, _tiles(found)
    records = [page.record for page in pages.values() if page.record]
    about = next(iter(records), None) or _about(found.unit)
    links = [link for task in pages for link in _links(task, found, reports)]
    own = next((task for task in pages if task.is_summary and _stands(task)), None)
    failed = [link for link in links if link.status == "failed"]
    readable = [link for link in links if link.status != "failed"]
    named = ((name, _first(tiles, name)) for name in columns)
    trend = _first(tiles, TREND)
    return IndexRow(
        unit=found.name,
        title=about.get("title", found.name),
        about=about.get("about") or "",
        simulated=about.get("simulated", False),
        as_of=day(dt.date.fromisoformat(about["as_of"])) if about.get("as_of") else "",
        status="ok" if not failed else "stale" if records else "failed",
        href=f"{_place(own, reports)}/{PAGE}" if own else readable[0].href if readable else "",
        notebooks=failed if own else links,
        figures=[_key(name, tile, about.get("currency")) for name, tile in named if tile],
        history=trend.history if trend and trend.kind == "percent" else (),
    )


def _first(tiles: Iterable[Tile], pattern: str) -> Tile | None:
    return next((tile for tile in tiles if fnmatchcase(tile.name, pattern)), None)


def _to_decide(found: Found, reports: Path) -> Iterator[ToDecide]:
    """Verdicts and warnings of a unit."""
    places = {page.folder: task for task, page in found.pages.items()}
    for item in decisions([page for task, page in found.pages.items() if not task.is_summary]):
        record = item.page.record
        currency = record.get("currency") or ""
        yield ToDecide(
            unit=record.get("title", found.name),
            what=item.label if record.get("verdict") else item.reason,
            href=f"{_place(places[item.page.folder], reports)}/{PAGE}",
            kind=item.kind,
            stake=item.stake,
            money=_together(stake_of(item.stake, currency)),
            group=currency,
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


def _links(task: Task, found: Found, reports: Path) -> Iterator[Link]:
    place, page = _place(task, reports), found.pages[task]
    if _stands(task):
        label = task.subject
        if verdict := page.record.get("verdict"):
            label = say("with-verdict", subject=label, verdict=verdict["label"])
        yield Link(label, f"{place}/{PAGE}", "stale" if _failed(task) or task in found.kept else "ok")
    if _failed(task):
        yield Link(task.subject, f"{place}/{ERROR_PAGE}", "failed", page.fault)


def _place(task: Task, reports: Path) -> str:
    return task.folder.relative_to(reports).as_posix()


def _stands(task: Task) -> bool:
    return (task.folder / PAGE).is_file()


def _failed(task: Task) -> bool:
    return (task.folder / ERROR_PAGE).is_file()


def _key(name: str, tile: Tile, currency: str | None) -> Key:
    show = tile.show(currency)
    lower, upper = tile.ci_lower, tile.ci_upper
    limits = "" if lower is None or upper is None else interval(lower, upper, show)
    change, tone = tile.clear_change
    return Key(
        name=name,
        label=tile.label,
        value=_together(show(tile.value)),
        sort=tile.value,
        lower=lower,
        upper=upper,
        interval=limits,
        note=tile.definition,
        group=(currency or "") if tile.kind == "money" else "",
        change=_together(change),
        tone=tone,
    )


def _together(text: str) -> str:
    """A number stays with its unit."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")
