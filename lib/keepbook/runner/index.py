"""The page over all units: what each report found, side by side."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from keepbook import __version__
from keepbook.book import RECORD
from keepbook.charts import sparkline
from keepbook.errors import KeepbookError
from keepbook.findings import shown_as
from keepbook.params import Unit, load_unit, unit_names
from keepbook.report import IndexRow, Key, Link, render_index
from keepbook.runner.plan import ERROR_PAGE, ERROR_RECORD, MANIFEST, PAGE, read_json, subject_of
from keepbook.runner.publish import write
from keepbook.words import interval


def write_index(home: Path, reports: Path) -> None:
    """reports/index.html from what the reports' records say."""
    rows = [row for unit in unit_names(home) if (row := _row(unit, home, reports))]
    now = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"
    write(reports / "index.html", render_index(rows, generated_at=now, version=__version__))


def _row(unit: str, home: Path, reports: Path) -> IndexRow | None:
    folders = sorted(path for path in (reports / unit).glob("[!.]*") if path.is_dir())
    records = [record for folder in folders if (record := read_json(folder / RECORD))]
    links = [link for folder in folders for link in _links(folder)]
    if not links:
        return None
    errors = [read_json(folder / ERROR_RECORD).get("what", "") for folder in folders if _failed(folder)]
    tiles: list[dict[str, Any]] = [tile for record in records for tile in record.get("figures", [])]
    headlines = [tile for tile in tiles if tile.get("headline")] or tiles
    about = records[0] if records else _about(unit, home)
    made = max((read_json(folder / MANIFEST).get("written_at", "") for folder in folders), default="")
    return IndexRow(
        unit=unit,
        title=about.get("title", unit),
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


def _about(name: str, home: Path) -> dict[str, Any]:
    """What the unit file alone says of a unit without a report; nothing where that too is broken."""
    try:
        unit: Unit = load_unit(name, home)
    except KeepbookError:
        return {}
    return {"title": unit.title or unit.unit, "about": unit.about, "simulated": unit.simulated}


def _links(folder: Path) -> list[Link]:
    name, place = subject_of(folder.name), f"{folder.parent.name}/{folder.name}"
    links = []
    if (folder / PAGE).is_file():
        links.append(Link(name, f"{place}/{PAGE}", "stale" if _failed(folder) else "ok"))
    if _failed(folder):
        links.append(Link(name, f"{place}/{ERROR_PAGE}", "failed"))
    return links


def _failed(folder: Path) -> bool:
    return (folder / ERROR_PAGE).is_file()


def _key(tile: dict[str, Any], currency: str | None) -> Key:
    kind, value = tile["kind"], tile["value"]
    known = tile["ci_lower"] is not None and tile["ci_upper"] is not None
    limits = interval(tile["ci_lower"], tile["ci_upper"], shown_as(kind, None, value)) if known else ""
    return Key(
        label=tile["label"],
        value=shown_as(kind, currency, value)(value),
        interval=limits.replace(" ", "\N{NO-BREAK SPACE}"),
        note=tile["definition"],
        sort=value,
    )
