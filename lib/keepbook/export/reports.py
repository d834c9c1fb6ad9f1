"""What stands of a unit's reports, and whether it stayed so while it was read."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from keepbook.text import day, errors

PAGE, RECORD, MANIFEST, FAILED = "index.html", "key_figures.json", "manifest.json", "error.html"
NOTHING_SAID: dict[str, Any] = {
    "name": "",
    "title": "",
    "measure": "",
    "caption": "",
    "columns": {},
}  # of a saved table

wrong = errors("export")


class Saved(NamedTuple):
    """One saved table, and the words that stand around it on the page."""

    name: str
    path: Path
    title: str
    measure: str
    caption: str
    columns: dict[str, str]  # name in the code → heading on the page


@dataclass(frozen=True)
class Report:
    """One report as it stands in its folder."""

    page: str  # its name: `6_strategy_comparison-winback_voucher`
    subject: str  # as a reader knows it: `Strategy: Win-back voucher`
    folder: Path
    record: dict[str, Any]
    manifest: dict[str, Any]

    @property
    def place(self) -> tuple[str, ...]:
        """Its folder, from that of all reports on; a summary's is the unit's own."""
        unit = str(self.record["unit"])
        return (unit,) if self.folder.name == unit else (unit, self.folder.name)

    @property
    def language(self) -> str:
        """Tag of the language it is written in."""
        return str(self.manifest.get("inputs", {}).get("language", ""))

    @property
    def failed(self) -> bool:
        """Whether the last run could not make it anew, so that this is the last good one."""
        return (self.folder / FAILED).is_file()

    @property
    def tables(self) -> list[Saved]:
        """The saved tables in the order of the page; one that was saved twice is there once."""
        listed = self.record.get("tables", [])  # up to 0.2.0 of names alone
        said = {one["name"]: one for one in (x if isinstance(x, dict) else {"name": x} for x in listed)}
        places = {name: self.folder / "tables" / f"{name}.parquet" for name in said}
        return [
            Saved(path=places[name], **{word: one.get(word, other) for word, other in NOTHING_SAID.items()})
            for name, one in said.items()
            if places[name].is_file()
        ]

    def stands(self) -> bool:
        """Whether it is still the report that was read."""
        return _object(self.folder / MANIFEST) == self.manifest


@dataclass(frozen=True)
class UnitReports:
    """The reports of one unit, in order."""

    unit: str
    reports: tuple[Report, ...]

    @property
    def about(self) -> dict[str, Any]:
        """The newest record, for what all of them say of the unit."""
        return max((report.record for report in self.reports), key=lambda record: record.get("as_of", ""))

    @property
    def title(self) -> str:
        """As the unit file has it."""
        return str(self.about.get("title") or self.unit)

    @property
    def currency(self) -> str | None:
        """Code of the unit's money."""
        return self.about.get("currency")

    @property
    def as_of(self) -> date:
        """Last day of the data."""
        return date.fromisoformat(self.about["as_of"])

    @property
    def span(self) -> dict[str, str]:
        """First and last day, as the language writes them."""
        days = {"start": self.about.get("start"), "end": self.about["as_of"]}
        return {name: day(date.fromisoformat(text) if text else None) for name, text in days.items()}

    @property
    def made_at(self) -> datetime:
        """When the last of them was made, in UTC."""
        return max(datetime.fromisoformat(report.manifest["written_at"]) for report in self.reports)

    @property
    def version(self) -> str:
        """Of the Keepbook that made the last of them."""
        last = max(self.reports, key=lambda report: report.manifest["written_at"])
        return str(last.manifest.get("versions", {}).get("keepbook", ""))

    @contextmanager
    def whole_file(self, path: Path) -> Iterator[Path]:
        """Where to write a file that takes its place when the block ends well, and vanishes when it does not.

        Raises
        ------
        KeepbookError : a report was made anew meanwhile.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        # not hidden: a confined browser (snap) does not see such files
        aside = path.with_name(f"{path.stem}.{uuid4().hex[:8]}.part{path.suffix}")
        try:
            yield aside
            if changed := [report.page for report in self.reports if not report.stands()]:
                raise wrong("made-meanwhile", self.unit, report=changed[0])
            aside.replace(path)
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)


def read_reports(unit: str, places: Iterable[tuple[str, str, Path]]) -> UnitReports:
    """The reports that stand whole, of those that there may be.

    Parameters
    ----------
    unit : its name.
    places : name, subject and folder of each, in order.

    Raises
    ------
    KeepbookError : none stands.
    """
    reports = []
    for page, subject, folder in places:
        manifest, record = _object(folder / MANIFEST), _object(folder / RECORD)
        if (
            {"written_at"} <= manifest.keys()
            and {"unit", "as_of"} <= record.keys()
            and (folder / PAGE).is_file()
        ):
            reports.append(Report(page, subject, folder, record, manifest))
    if not reports:
        raise wrong("no-reports", unit=unit)
    return UnitReports(unit, tuple(reports))


def _object(path: Path) -> dict[str, Any]:
    """The file's object; empty where it is absent or no JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
