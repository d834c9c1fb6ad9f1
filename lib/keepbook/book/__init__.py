"""What a notebook holds: a unit, its tables, an analysis of every subject, and ways to show and to save.

Showing is HTML of escaped text; saving happens only when the run says where (`save_to`).
"""

from __future__ import annotations

import datetime as dt
import math
import os
import platform
import time
from contextlib import ExitStack
from copy import copy
from html import escape
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from keepbook.book.opening import opening
from keepbook.book.record import RECORD, Record
from keepbook.book.saving import save_frame, save_large
from keepbook.errors import KeepbookError, NotEnoughData, UnitFileError, suggestion
from keepbook.page import html
from keepbook.page.analysis import Analysis
from keepbook.page.elements import Chart, Decision, Export, Identity, Table
from keepbook.page.html import Html
from keepbook.page.tiles import tiles_of
from keepbook.results import Missing, is_missing, known
from keepbook.tables import Tables, open_tables
from keepbook.tables.rows import Rows
from keepbook.text import catalogue, number
from keepbook.unit import Unit, load_unit

if TYPE_CHECKING:
    from keepbook.before_after.analysis import BeforeAfterAnalysis
    from keepbook.experiments.analysis import ExperimentAnalysis

__all__ = ["RECORD", "VERSIONS", "Book", "Html"]

say = catalogue("page")
VERSIONS = ("keepbook", "pandas", "numpy", "scipy", "duckdb", "ibis-framework", "lifetimes", "seaborn")
SUBJECTS = {  # folder of a subject → the class in its analysis.py
    "cohorts": "CohortAnalysis",
    "clv": "ClvAnalysis",
    "planning": "PlanningAnalysis",
}
ENTRIES = {"experiments": "experiment", "before_after": "change"}  # list → an entry of it, in the record


class Book:
    """One unit, opened.

    Parameters
    ----------
    unit : business unit, a file in params/.
    save_to : folder for tables and key figures; None only looks.
    **settings : any setting of the unit file; None means "as the unit's file says".

    Attributes
    ----------
    unit : its settings.
    tables : its canonical tables, as expressions of the engine.
    customers, purchases : tables that show their rows, see `Rows`.
    cohorts : who stays, a `CohortAnalysis`.
    clv : what customers are worth, a `ClvAnalysis`.
    before_after : what a change brought, by its name, a `BeforeAfterAnalysis`.
    planning : what the next test could find, a `PlanningAnalysis`.

    Raises
    ------
    UnitFileError : there is no such unit, or its file or a setting is wrong.
    DataError : a source cannot be read.

    Examples
    --------
    >>> import keepbook as kb
    >>> shop = kb.open("demo", cohort_period="quarter")
    >>> shop.cohorts.retention.customers
    4000
    """

    def __init__(self, unit: str, *, notebook: str = "", save_to: str | None = None, **settings: Any) -> None:
        self.started = time.perf_counter()
        self.notebook = notebook or os.environ.get("KEEPBOOK_NOTEBOOK", "")
        self.save_to = Path(save_to) if save_to else None
        self.unit = load_unit(unit, **settings)
        self._open = ExitStack()
        self.tables = self._open.enter_context(open_tables(self.unit, experiments=False))
        self.record = Record()
        self._told: set[str] = set()
        self._entries: dict[tuple[str, str | None], Any] = {}  # analyses of experiments and changes
        self._others: dict[str, tuple[Unit, Tables]] = {}  # units that this one is compared with
        self._entry: Any = None  # of a list of the unit file, that the page is about
        self._entry_tables: Tables | None = None  # with its own, where it has some

    # ── subjects ────────────────────────────────────────────────────────────────────────────────────────

    def __getattr__(self, name: str) -> Any:
        """The analysis of a subject, made when first asked for."""
        if name not in SUBJECTS:
            raise AttributeError(f"a book has no '{name}'; its subjects: {', '.join(SUBJECTS)}")
        analysis = getattr(import_module(f"keepbook.{name}.analysis"), SUBJECTS[name])
        self.__dict__[name] = self._kept(analysis(self.unit, self.tables))
        return self.__dict__[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *SUBJECTS]

    def _repr_html_(self) -> str:
        return str(self.opening().html)

    def __repr__(self) -> str:
        return str(self.opening())

    @property
    def customers(self) -> Rows:
        """One row per customer: the columns of the customers table, and what orders carry."""
        table = self.tables.customers
        bought = self.tables.purchases.filter(self.tables.purchases.is_purchase)
        return Rows(bought.select("customer_id").distinct() if table is None else table)

    @property
    def purchases(self) -> Rows:
        """One row per customer and day: amount (money, net of returns), gross, is_purchase."""
        return Rows(self.tables.purchases, ranked_by="amount")

    def filter(self, **conditions: Any) -> Book:
        """The same unit with those customers alone who meet every condition.

        Parameters
        ----------
        **conditions : column of `customers` → a value, a list of values, {"from": …, "to": …}, {"like": "C%"}
            or {"not": …}. What an order carries is first_<name> of the first order, any_<name> of any.

        Examples
        --------
        >>> import keepbook as kb
        >>> north = kb.open("demo").filter(region="north")
        >>> north.customers.to_pandas()["region"].unique().tolist()
        ['north']
        """
        book = copy(self)
        for name in SUBJECTS:
            book.__dict__.pop(name, None)
        book.tables = self.tables.narrowed(self.customers.filter(**conditions).table)
        book.record, book._told, book._entries = Record(), set(), {}
        return book

    def experiment(self, name: str | None = None) -> ExperimentAnalysis:
        """What a strategy brought: an experiment of the unit file by its name; without one the first.

        Its own tables are read now, so that a fault in them stops no other page.

        Raises
        ------
        UnitFileError : no experiment has the name. DataError : its own tables cannot be read.
        KeepbookError : the book is filtered.
        """
        from keepbook.experiments.analysis import ExperimentAnalysis

        if ("experiments", name) not in self._entries:
            entry = known(self._entry_of("experiments", name))
            tables = self._entry_tables = self.tables.with_experiment(entry) if entry else self.tables
            self._entries["experiments", name] = self._kept(ExperimentAnalysis(self.unit, tables, entry))
        return self._entries["experiments", name]

    def before_after(self, name: str | None = None) -> BeforeAfterAnalysis:
        """What a change brought that was not assigned at random; without a name, the first of the unit file.

        Raises
        ------
        UnitFileError : no change has the name. DataError : the unit it is compared with cannot be read.
        """
        from keepbook.before_after.analysis import BeforeAfterAnalysis

        if ("before_after", name) not in self._entries:
            entry = self._entry_of("before_after", name)
            sister = self.comparison_unit(entry.comparison_unit) if entry else None
            self._entries["before_after", name] = self._kept(
                BeforeAfterAnalysis(self.unit, self.tables, entry, sister)
            )
        return self._entries["before_after", name]

    def _entry_of(self, kind: Literal["experiments", "before_after"], name: str | None) -> Any:
        """The entry of a list of the unit file that the page is about; its name and title go into the record.

        Returns
        -------
        The entry, without a name the first; `Missing` where the list is empty.
        """
        one, entries = ENTRIES[kind], {entry.name: entry for entry in getattr(self.unit, kind)}
        if name is not None and name not in entries:
            raise UnitFileError(
                f"There is no {one} {name!r}.",
                where=f"params/{self.unit.path.name}, {kind}",
                expected=str(suggestion(name, entries))
                if entries
                else f"an entry of {kind}; there is none yet",
                do=f"Correct the name, or add the {one} to the unit file.",
            )
        if not entries:
            return Missing(NotEnoughData(say("no-entry", list=kind)))
        self._entry = entries[name] if name else next(iter(entries.values()))
        self.record.more[one] = {"name": self._entry.name, "title": self._entry.title}
        return self._entry

    def comparison_unit(self, name: str | None) -> Tables | None:
        """The tables of another unit, as its own file has them; open as long as the book.

        They live in an engine of their own, so that no expression can hold both units.

        Parameters
        ----------
        name : the unit; None where nothing is compared with another one.

        Raises
        ------
        UnitFileError, DataError : as for any unit; they name that unit's file.
        """
        if name is None:
            return None
        if name not in self._others:
            unit = load_unit(name, self.unit.home)
            self._others[name] = unit, self._open.enter_context(open_tables(unit, experiments=False))
        return self._others[name][1]

    def _kept(self, analysis: Any) -> Any:
        """An analysis that holds on to its book, whose tables are closed with it."""
        analysis.book = self
        return analysis

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────

    def opening(self) -> Html:
        """Whose report this is, what it covers, and what became of the data."""
        return opening(self.unit, self._entry_tables or self.tables, self._entry)

    def findings(self, analysis: Analysis) -> Html:
        """The answer of an analysis, in sentences; they also go into the record."""
        sentences = analysis.findings
        if is_missing(sentences):
            return self._reason(sentences.reason)
        self.record.findings += sentences
        return Html(html.sentences(sentences), html.plain("\n".join(sentences)))

    def tiles(self, analysis: Analysis) -> Html:
        """Key figures of an analysis; they also go into the record."""
        tiles = analysis.tiles
        if is_missing(tiles):
            return self._reason(tiles.reason)
        self.record.tiles += tiles
        return Html(tiles_of(tiles, self.unit), "\n".join(tile.label for tile in tiles))

    def decision(self, decision: Decision) -> Html:
        """What to do and why; the page of all units shows the words too."""
        if isinstance(decision, Missing):
            return self._reason(decision.reason)
        self._told.add(decision.reason)
        facts = {name: html.plain(text) for name, text in decision._asdict().items()}
        self.record.more["verdict"] = facts
        return Html(decision.html(), html.plain(repr(decision)))

    def figure(self, chart: Chart) -> Html:
        """A chart with a link to its data; where it is missing, the reason."""
        return self._with_data(chart)

    def table(self, table: Table) -> Html:
        """A table, with a link to its data where it has a name; where it is missing, the reason."""
        return self._with_data(table)

    def _with_data(self, element: Chart | Table) -> Html:
        if isinstance(element, Missing):
            return self._reason(element.reason)
        data = element.data if element.data is not None else getattr(element, "frame", None)
        link = self._save_table(element.name, data) if element.name else ""
        return Html(element.html(link), html.plain(repr(element)))

    def export(self, export: Export) -> Html:
        """A table of the engine saved beside the report, as Parquet and CSV, with links to both."""
        if isinstance(export, Missing):
            return self._reason(export.reason)
        if self.save_to is None:
            return self.note(say("not-saved", caption=export.caption))
        save_large(export.rows, self.save_to / "tables", export.name)
        self.record.tables.append(export.name)
        links = [
            f'<a class="kb-data" href="tables/{export.name}.{end}" download>{say(f"data-{end}")}</a>'
            for end in ("csv", "parquet")
        ]
        return Html(f'<p class="kb-export">{escape(export.caption)} {" ".join(links)}</p>', export.caption)

    def note(self, sentence: str) -> Html:
        """A plain sentence, e.g. why something is not shown."""
        return html.note(sentence)

    def _reason(self, reason: NotEnoughData) -> Html:
        """Why something is not shown; a reason that the page has told already, in a word."""
        if reason.what in self._told:
            again = say("said-above")
            return Html(f'<p class="kb-again">{again}</p>', again)
        self._told.add(reason.what)
        return self.note(reason.what)

    def identity(self, identity: Identity) -> Html:
        """An accounting identity: both sides must agree to a cent; where one is missing, the reason.

        Raises
        ------
        KeepbookError : they do not.
        """
        if isinstance(identity, Missing):
            return self._reason(identity.reason)
        claim, left, right = identity.claim, float(identity.left), float(identity.right)
        if not math.isclose(left, right, rel_tol=1e-9, abs_tol=0.005):
            raise KeepbookError(
                f"The numbers of this section do not add up: {claim}.",
                where=f"{self.unit.unit}, {self.notebook}",
                expected=f"{left!r} = {right!r}",
                do="This is a fault of Keepbook: please report it with the unit file.",
            )
        digits = 0 if round(left, 2).is_integer() else 2  # sums differ in their last bits from run to run
        text = f"{claim}: {number(left, digits)} = {number(right, digits)}"
        self.record.identities.append({"claim": claim, "left": left, "right": right})
        return Html(f'<p class="kb-identity">✓ {escape(text)}</p>', text)

    def close(self) -> Html:
        """Writes the record and shows what produced this page; the last cell of every notebook."""
        self._open.close()
        rows = "".join(
            f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in self._made().items()
        )
        if self.save_to:
            self.record.write(self.save_to, self.notebook, self.unit, self.tables)
        return Html(
            f'<details class="kb-provenance"><summary>{say("made")}</summary><dl>{rows}</dl></details>',
            say("done"),
        )

    def _made(self) -> dict[str, str]:
        """What this page was made of, by what, and when."""
        database = say("made.database")
        sisters = {
            say("made.sister", unit=name): f"{_file_of(unit)}, {tables.fingerprint or database}"
            for name, (unit, tables) in self._others.items()
        }
        return {
            say("made.unit-file"): _file_of(self.unit),
            say("made.data"): self.tables.fingerprint or database,
            **sisters,
            say("made.seed"): str(self.unit.seed),
            say("made.took"): f"{number(time.perf_counter() - self.started, 1)} s",
            say("made.written"): f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC",
            "Python": platform.python_version(),
            **{name: version(name) for name in VERSIONS},
        }

    def _save_table(self, name: str, frame: Any) -> str:
        if self.save_to is None:
            return ""
        save_frame(frame, self.save_to / "tables", name)
        self.record.tables.append(name)
        return f'<a class="kb-data" href="tables/{name}.csv" download>{say("data-csv")}</a>'


def _file_of(unit: Unit) -> str:
    return f"{unit.path.name} ({unit.file_hash[:12]})"
