"""A unit in short: what the records of its pages say, chosen and put together when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.page.analysis import Analysis
from keepbook.page.cards import Cards
from keepbook.page.elements import Chart, Identity, Table, Tile
from keepbook.page.heat_table import HeatTable
from keepbook.page.records import ENTRIES, ERROR_RECORD, PREVIOUS, RECORD, PageRecord, in_language, read_json
from keepbook.results import known, needed, result
from keepbook.summary.activity import Activity, activity
from keepbook.summary.changes import Move, moves
from keepbook.summary.choice import Item, findings_that_matter
from keepbook.text import catalogue, current

say = catalogue("summary")
LISTS = dict(zip(ENTRIES, ("experiments", "before_after"), strict=True))
CURVE = ("period", "label", "size", "active", "retention", "ci_lower", "ci_upper")
# What is drawn again: a table that a page saved → its columns that are needed.
SHRUNK = ("retention_shrunk", "revenue_retention_shrunk")
CELLS = ("retention_cells", (*CURVE, "cohort", "complete", "warm_up", "mark", *SHRUNK))
AVERAGE = ("retention_average", (*CURVE, "revenue_retention"))
SEGMENTS = ("retention_by_segment", (*CURVE, "segment"))
AHEAD = ("period_start", "period_end", "complete", "revenue", "revenue_lower", "revenue_upper")
FORECAST = ("forecast", (*AHEAD, "new_customers", "new_revenue"))


@dataclass(repr=False)
class SummaryAnalysis(Analysis):
    """The pages of a unit, in short.

    Attributes
    ----------
    records : folder of the unit's reports; a folder each.
    pages : what each page says of itself, see `PageRecord`; missing where there is none yet.
    activity : customers who bought lately, and how that moved, see `Activity`.
    to_decide : verdicts and warnings, by the money that hangs on them.
    moves : what changed since the last run with earlier data, beyond chance.

    >>> import keepbook as kb
    >>> kb.open("demo").summary().activity.customers
    1867
    """

    records: Path = field(default_factory=Path)

    @result
    def pages(self) -> list[PageRecord]:
        """Records of the pages that the unit has now, in their order."""
        entries = {kind: [one.name for one in getattr(self.unit, name)] for kind, name in LISTS.items()}
        found = {folder: PageRecord.read(folder) for folder in self._folders()}
        kept = {
            folder: page
            for folder, page in found.items()
            if page.entry is None or page.entry[1] in entries[page.entry[0]]
        }
        if not kept:
            raise NotEnoughData(say("no-pages", unit=self.unit.unit))
        return sorted(kept.values(), key=lambda page: _place(page, entries))

    def _folders(self) -> list[Path]:
        places = self.records.iterdir() if self.records.is_dir() else ()
        return sorted({path for path in places for name in (RECORD, ERROR_RECORD) if (path / name).is_file()})

    @result
    def activity(self) -> Activity:
        """Customers who bought in the unit's `churn_after` days, now and some days before."""
        found = activity(self.tables, self.unit.churn_after, self.unit.alpha)
        if found is None:
            raise NotEnoughData(say("too-short", days=self.unit.churn_after))
        return found

    @result
    def to_decide(self) -> list[Item]:
        """Verdicts and warnings of all pages."""
        return self.page.facts.decisions(needed(self.pages))

    @result
    def last_run(self) -> Mapping[str, Any]:
        """This summary's record of the last run whose data ended earlier; empty where there is none."""
        found = [in_language(read_json(self.records / name)) for name in (RECORD, PREVIOUS)]
        today = f"{self.tables.window.as_of}"
        earlier = [one for one in found if one.get("as_of", today) < today]
        return max(earlier, key=lambda one: str(one["as_of"]), default={})

    @result
    def moves(self) -> list[Move]:
        """What changed since then, beyond chance."""
        return moves(needed(self.pages), self.last_run, self.unit.alpha)

    def saved(self, page: str, table: str, columns: Sequence[str] = ()) -> pd.DataFrame:
        """A table that a page left beside itself.

        Parameters
        ----------
        page : name of its notebook, behind the number. columns : that are needed; older pages may lack some.
        """
        for one in needed(self.pages):
            path = one.folder / "tables" / f"{table}.parquet"
            if one.name.partition("_")[2] == page and path.is_file():
                frame = pd.read_parquet(path)
                if set(columns) <= set(frame.columns):
                    return frame
        raise NotEnoughData(say("no-table", page=page))

    def title_of(self, page: str, table: str) -> str:
        """What a page found in a figure that it drew of a table; empty where it is in another language."""
        records = [one.record for one in needed(self.pages) if one.name.partition("_")[2] == page]
        own = (record for record in records if record.get("language") == current())
        found = (one["title"] for record in own for one in record.get("tables", ()) if one["name"] == table)
        return next(found, "")

    @property
    def remembered(self) -> dict[str, list[str]]:
        """What the next summary must know of this one: the pages that there were, and those that failed."""
        pages = known(self.pages) or []
        return {
            "pages": [page.name for page in pages],
            "failed": [page.name for page in pages if page.fault],
        }

    # ── as the page shows it ────────────────────────────────────────────────────────────────────────────

    @result
    def decisions(self) -> Cards:
        """What is to be decided, and what failed."""
        return self.page.facts.cards(needed(self.pages), self.to_decide, self.unit)

    @result
    def findings(self) -> list[str]:
        """What most money hangs on, of all pages without a verdict."""
        found = findings_that_matter(needed(self.pages))
        return [self.page.facts.linked(page, finding) for page, finding in found]

    @result
    def tiles(self) -> list[Tile]:
        """Active customers and the key figures of the pages."""
        return self.page.facts.tiles(known(self.pages) or [], known(self.activity))

    @result
    def retention_table(self) -> HeatTable:
        """The retention table, as the page of cohorts has it."""
        title = self.title_of("cohort_retention", CELLS[0])
        return self.page.figures.retention_table(self._cells, self._average, self.unit, title)

    @result
    def curve(self) -> Chart:
        """The average cohort's curve."""
        return self.page.figures.curve(self._cells, self._average)

    @result
    def segments(self) -> Chart:
        """The curve of each segment, on shared axes."""
        title = self.title_of("cohort_retention", SEGMENTS[0])
        return self.page.figures.segments(self.saved("cohort_retention", *SEGMENTS), self._average, title)

    @result
    def value_ahead(self) -> Chart:
        """What today's customers will bring, period by period."""
        return self.page.figures.value_ahead(self.saved("clv", *FORECAST), self.unit.currency)

    @property
    def _cells(self) -> pd.DataFrame:
        return self.saved("cohort_retention", *CELLS)

    @property
    def _average(self) -> pd.DataFrame:
        return self.saved("cohort_retention", *AVERAGE)

    @result
    def changes_table(self) -> Table:
        """What changed since the last report, beyond chance."""
        return self.page.facts.changes_table(needed(self.pages), self.moves, self.last_run, self.unit)

    @result
    def health_table(self) -> Table:
        """What is to be known of the data, and of the pages."""
        return self.page.facts.health_table(known(self.pages) or [], self.tables, self.unit)

    # ── what adds up ────────────────────────────────────────────────────────────────────────────────────

    @result
    def customers_add_up(self) -> Identity:
        """Active customers before, with those gained and without those lost."""
        found = self.activity
        return Identity(say("identity-customers"), found.before + found.gained - found.lost, found.customers)

    @result
    def lines_add_up(self) -> Identity:
        """Lines kept and left out are all lines."""
        ledger = self.tables.ledger
        return Identity(
            say("identity-lines"), ledger.rows_kept + int(ledger.entries["rows"].sum()), ledger.rows_in
        )


def _place(page: PageRecord, entries: dict[str, list[str]]) -> tuple[str, int, str]:
    """As the bar has them: by the number of the notebook, then as the unit file lists them."""
    at = entries[page.entry[0]].index(page.entry[1]) if page.entry else 0
    return page.name.partition("-")[0], at, page.name
