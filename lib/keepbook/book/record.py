"""What a report leaves for other programs: findings and key figures as JSON, tables safe to open."""

import csv
import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from keepbook.page.elements import Chart, Export, Table, Tile
from keepbook.page.heat_table import HeatTable
from keepbook.page.html import plain as without_emphasis
from keepbook.page.records import RECORD, Words
from keepbook.tables import Tables
from keepbook.tables.rows import quoted, write_csv
from keepbook.text import column_name, current
from keepbook.unit import Unit
from keepbook.unit.settings import Settings

SCHEMA = 1
COUNTING = {*Settings.model_fields} - {"unit", "title", "about", "language", "as_of", "seed"}
DIGITS = 12  # of a number in CSV: the engine adds up side by side, so its last digits differ from run to run


class SavedTable(NamedTuple):
    """What a saved table is about: the words that stand around it on the page."""

    name: str  # of its files
    title: str  # the finding of the figure drawn from it; empty where there is none
    measure: str  # what the figure draws
    caption: str
    columns: dict[str, str]  # name in the code → heading on the page, where there is one

    @classmethod
    def of(cls, element: Chart | HeatTable | Table | Export) -> "SavedTable":
        """The words of what is shown or saved."""
        title = measure = ""
        if isinstance(element, Chart | HeatTable):
            title, measure = element.title, element.measure
        columns = element.headings if isinstance(element, Table) else {}
        return cls(element.name, title, measure, element.caption, columns)


@dataclass
class Record:
    """What is said on a page while it is made."""

    tiles: list[Tile] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    tables: list[SavedTable] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)  # sums that agreed
    # What only some pages have: the experiment or change they are about, and its verdict.
    more: dict[str, Any] = field(default_factory=dict)
    # The words again in the other languages there are, for pages that are not in this one's.
    texts: dict[str, Words] = field(default_factory=dict)

    def write(self, folder: Path, notebook: str, unit: Unit, tables: Tables) -> None:
        """Writes `key_figures.json` into a folder."""
        window, ledger = tables.window, tables.ledger
        record = {
            "schema": SCHEMA,
            "unit": unit.unit,
            "title": unit.title or unit.unit,
            "about": unit.about,
            "notebook": notebook,
            "language": current(),
            "simulated": unit.simulated,
            "currency": unit.currency,
            "start": f"{window.start}",
            "as_of": f"{window.as_of}",
            "settings": unit.model_dump(mode="json", include=COUNTING),
            "lines": {"in": ledger.rows_in, "kept": ledger.rows_kept},
            "unread": tables.unread,
            "amount": {"in": float(ledger.amount_in), "kept": float(ledger.amount_kept)},
            "findings": [without_emphasis(sentence) for sentence in self.findings],
            "stakes": [getattr(sentence, "stake", None) for sentence in self.findings],
            "warn": [getattr(sentence, "warns", False) for sentence in self.findings],
            "figures": [asdict(tile) for tile in self.tiles],
            "tables": [table._asdict() for table in self.tables],
            "identities": self.identities,
            **self.more,
            "texts": {tag: asdict(words) for tag, words in self.texts.items()},
        }
        text = json.dumps(plain(record), ensure_ascii=False, indent=1, allow_nan=False)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RECORD).write_text(without_emphasis(text), encoding="utf-8")


def save_frame(frame: pd.DataFrame, folder: Path, name: str) -> None:
    """A small table: Parquet for programs, CSV for people, with the mark by which Excel knows UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / f"{name}.csv").write_text(csv_of(frame), encoding="utf-8-sig", newline="")


def csv_of(frame: pd.DataFrame, digits: int = DIGITS) -> str:
    """A table as CSV that is safe to open, with the reader's words beside the names of its columns."""
    named = defused(frame.rename(columns=column_name))
    return str(named.to_csv(index=False, float_format=f"%.{digits}g", lineterminator="\n"))


def tsv_of(frame: pd.DataFrame, digits: int) -> str:
    """A table as lines of cells between tabs, for a page to carry: no cell holds a tab or a line's end."""
    named = defused(frame.rename(columns=column_name)).rename(columns=one_line)
    text = [name for name in named.columns if not pd.api.types.is_numeric_dtype(named[name])]
    flat = named.assign(**{name: named[name].map(one_line) for name in text})
    look = {"sep": "\t", "index": False, "float_format": f"%.{digits}g", "lineterminator": "\n"}
    return str(flat.to_csv(**look, quoting=csv.QUOTE_NONE, quotechar="\x1f"))


def one_line(value: Any) -> Any:
    """Text without tabs and ends of lines."""
    return " ".join(value.split()) if isinstance(value, str) else value


def save_large(rows: Any, folder: Path, name: str) -> None:
    """A table of the engine in its order, as Parquet and as CSV, written by the engine: memory stays flat."""
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(folder / f"{name}.parquet")
    write_csv(rows, folder / f"{name}.csv")


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe, in headings too."""
    text = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: frame[name].map(quoted) for name in text}).rename(columns=quoted)


def plain(value: Any) -> Any:
    """NumPy scalars, tuples and missing numbers → what JSON knows."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
