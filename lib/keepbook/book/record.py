"""What a report leaves for other programs: its findings, key figures and sums, as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from keepbook.book.saving import plain
from keepbook.page.elements import Tile
from keepbook.page.html import plain as without_emphasis
from keepbook.tables import Tables
from keepbook.unit import Unit

SCHEMA = 1
RECORD = "key_figures.json"


@dataclass
class Record:
    """What is said on a page while it is made.

    Attributes
    ----------
    tiles : key figures. findings : sentences. tables : names of saved ones. identities : sums that agreed.
    more : what only some pages have: the experiment or change they are about, and its verdict.
    """

    tiles: list[Tile] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, dict[str, str]] = field(default_factory=dict)

    def write(self, folder: Path, notebook: str, unit: Unit, tables: Tables) -> None:
        """Writes `key_figures.json` into a folder."""
        window, ledger = tables.window, tables.ledger
        record = {
            "schema": SCHEMA,
            "unit": unit.unit,
            "title": unit.title or unit.unit,
            "about": unit.about,
            "notebook": notebook,
            "simulated": unit.simulated,
            "currency": unit.currency,
            "start": f"{window.start}",
            "as_of": f"{window.as_of}",
            "lines": {"in": ledger.rows_in, "kept": ledger.rows_kept},
            "amount": {"in": float(ledger.amount_in), "kept": float(ledger.amount_kept)},
            "findings": [without_emphasis(sentence) for sentence in self.findings],
            "figures": [asdict(tile) for tile in self.tiles],
            "tables": self.tables,
            "identities": self.identities,
            **self.more,
        }
        text = json.dumps(plain(record), ensure_ascii=False, indent=1, allow_nan=False)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RECORD).write_text(without_emphasis(text), encoding="utf-8")
