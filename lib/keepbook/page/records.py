"""What pages say of themselves to others: records, beside each page, and how they are read.

Runs are planned by them, so nothing heavy is loaded with them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keepbook.page.finding import Finding
from keepbook.text import current, subject_of

if TYPE_CHECKING:
    from keepbook.page.elements import Tile

RECORD = "key_figures.json"
PREVIOUS = "previous.json"  # the record of the last run whose data ended earlier
ERROR_RECORD = "error.json"  # why the last run could not make the page
ENTRIES = ("experiment", "change")  # what a page may be about, other than the unit as a whole


@dataclass
class Words:
    """What a page says in one language, in the order of what the record holds."""

    findings: list[str] = field(default_factory=list)
    figures: list[dict[str, str]] = field(default_factory=list)  # the texts of each tile
    verdict: dict[str, str] = field(default_factory=dict)


def texts_of(tile: Tile) -> dict[str, str]:
    """Those fields of a tile that are words."""
    return {name: getattr(tile, name) for name in ("label", "definition", "basis", "compared", "caveat")}


def read_json(path: Path) -> dict[str, Any]:
    """The file's object; empty when it is absent or no JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def in_language(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record whose words are in the language in force, as far as it has them in that language."""
    words = record.get("texts", {}).get(current())
    if not words or record.get("language") == current():
        return dict(record)
    said = dict(record)  # its `language` stays that of what is not said again, such as titles of figures
    for name in ("findings", "figures"):
        if len(words.get(name, ())) == len(record.get(name, ())):
            said[name] = words[name]
    if said.get("figures") is not record.get("figures"):
        said["figures"] = [
            tile | spoken for tile, spoken in zip(record["figures"], words["figures"], strict=True)
        ]
    if "verdict" in record:
        said["verdict"] = record["verdict"] | words.get("verdict", {})
    return said


@dataclass(frozen=True)
class PageRecord:
    """What one page of a unit says of itself, in the language in force."""

    folder: Path
    record: Mapping[str, Any]  # empty where the page was never made
    before: Mapping[str, Any]  # of the last run whose data ended earlier; empty where there is none
    fault: str = ""  # why the last run could not make the page; what stands is older

    @classmethod
    def read(cls, folder: Path) -> PageRecord:
        """What stands in the folder of a report."""
        record = in_language(read_json(folder / RECORD))
        before = in_language(read_json(folder / PREVIOUS))
        earlier = before.get("as_of", "") < record.get("as_of", "")
        fault = read_json(folder / ERROR_RECORD).get("what", "")
        return cls(folder, record, before if earlier else {}, str(fault))

    @property
    def name(self) -> str:
        """Of the report: `2_cohort_retention`, `6_strategy_comparison-winback_voucher`."""
        return self.folder.name

    @property
    def entry(self) -> tuple[str, str] | None:
        """What the page is about and its name; None: the unit as a whole."""
        found = (
            (kind, about["name"])
            for kind in ENTRIES
            if isinstance(about := self.record.get(kind), dict) and "name" in about
        )
        return next(found, None)

    @property
    def title(self) -> str:
        """What the page is about, in few words: `Customer value`, `Win-back voucher`."""
        about = next((self.record[kind] for kind in ENTRIES if self.record.get(kind)), None)
        return str(about["title"]) if about else subject_of(self.name)

    @property
    def tiles(self) -> list[Tile]:
        """Its key figures."""
        return tiles_in(self.record)

    @property
    def findings(self) -> list[Finding]:
        """Its answer in sentences, each with the money that hangs on it."""
        sentences = self.record.get("findings", [])
        unknown = [None] * len(sentences)
        stakes, warn = (self.record.get(name) or unknown for name in ("stakes", "warn"))
        facts = zip(sentences, stakes, warn, strict=False)
        return [Finding(text, stake, bool(warns)) for text, stake, warns in facts]


def tiles_in(record: Mapping[str, Any]) -> list[Tile]:
    """The key figures of a record; one that lacks what a tile needs, as older ones may, is passed over."""
    from keepbook.page.elements import Tile

    known, tiles = {one.name for one in fields(Tile)}, []
    for figure in record.get("figures", []):
        try:
            tiles.append(Tile(**{name: value for name, value in figure.items() if name in known}))
        except TypeError:
            continue
    return tiles
