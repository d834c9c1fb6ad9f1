"""The page over all units, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bs4 import BeautifulSoup
from markupsafe import Markup

from keepbook.report.disarm import disarm
from keepbook.report.frame import page, say
from keepbook.text import MISSING

Status = Literal["ok", "failed", "stale"]
WORST_FIRST = ("failed", "stale", "ok")


@dataclass(frozen=True)
class Key:
    """One key figure of a unit, as the index shows it: text, already formatted."""

    label: str  # column heading; equal labels share a column
    value: str
    interval: str = ""
    note: str = ""  # what the figure means; told once below the table
    sort: float | None = None  # the number behind `value`; None sorts last


@dataclass(frozen=True)
class Link:
    """A way down from the index."""

    label: str
    href: str
    status: Status = "ok"  # the report; failed: the page that says why; stale: the last good report


@dataclass(frozen=True)
class IndexRow:
    """One unit on the index."""

    unit: str  # name of the unit file
    title: str
    about: str = ""
    simulated: bool = False
    as_of: str = ""  # last day of the data
    status: Status = "ok"
    note: str = ""  # what went wrong, in one line
    generated_at: str = ""
    notebooks: Sequence[Link] = ()
    figures: Sequence[Key] = ()
    spark: str = ""  # inline SVG


def render_index(rows: Sequence[IndexRow], *, generated_at: str, version: str) -> str:
    """All units side by side, in the order given: a sortable table, on narrow screens a card each."""
    counts = {status: sum(row.status == status for row in rows) for status in ("failed", "stale")}
    labels = list(dict.fromkeys(key.label for row in rows for key in row.figures))
    return page(
        "index.html.j2",
        rows=[_index_row(row) for row in rows],
        labels=labels,
        legend=_legend(rows, labels),
        any_spark=any(row.spark for row in rows),
        lead=say("lead", units=len(rows), when=generated_at, **counts),
        missing=MISSING,
        version=version,
        home_link=None,
    )


def _index_row(row: IndexRow) -> dict[str, object]:
    """A row as the template wants it."""
    readable = [link for link in row.notebooks if link.status != "failed"]
    spark = BeautifulSoup(row.spark, "html.parser")
    disarm(spark)
    return {
        **vars(row),
        "spark": Markup(str(spark)),
        "by_label": {key.label: key for key in row.figures},
        "main_link": readable[0].href if readable else None,
        "status_label": say(f"status-{row.status}"),
        "rank": WORST_FIRST.index(row.status),
    }


def _legend(rows: Sequence[IndexRow], labels: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Each column's definition; several where units count differently."""
    notes = {
        label: dict.fromkeys(k.note for row in rows for k in row.figures if k.label == label and k.note)
        for label in labels
    }
    return [(label, list(found)) for label, found in notes.items() if found]
