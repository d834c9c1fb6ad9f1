"""What a notebook holds: a unit, its tables, an analysis of every subject, and ways to show and to save.

Showing is HTML of escaped text; saving happens only when the run says where (`save_to`).
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from copy import copy
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from keepbook.book.frame import VERSIONS, closing, opening
from keepbook.book.record import Record
from keepbook.book.showing import Showing
from keepbook.errors import DataError, NotEnoughData, UnitFileError, suggestion
from keepbook.page.analysis import Analysis
from keepbook.page.elements import Decision
from keepbook.page.html import Html
from keepbook.page.records import RECORD
from keepbook.results import Missing, known
from keepbook.tables import Tables, open_tables
from keepbook.tables.rows import Rows
from keepbook.text import LANGUAGE, catalogue, speak
from keepbook.unit import Unit, load_unit

if TYPE_CHECKING:
    from keepbook.before_after.analysis import BeforeAfterAnalysis
    from keepbook.experiments.analysis import ExperimentAnalysis
    from keepbook.summary.analysis import SummaryAnalysis

say = catalogue("page")
# Folder of a subject → the class in its analysis.py.
SUBJECTS = {"cohorts": "CohortAnalysis", "clv": "ClvAnalysis", "planning": "PlanningAnalysis"}
ENTRIES = {"experiments": "experiment", "before_after": "change"}  # list → an entry of it, in the record


class Book(Showing):
    """One unit, opened.

    Parameters
    ----------
    unit : business unit, a file in params/.
    save_to : folder for tables and key figures; None only looks.
    language : of what is shown; None means "as the unit's file says, else as `KEEPBOOK_LANGUAGE` does". Of
        several open books the one last used speaks its own.
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
    summary : all of it in short, from the pages that were made, a `SummaryAnalysis`.

    Raises
    ------
    UnitFileError : there is no such unit, or its file or a setting is wrong.
    DataError : a source cannot be read.

    >>> import keepbook as kb
    >>> shop = kb.open("demo", cohort_period="quarter")
    >>> shop.cohorts.retention.customers
    4000
    """

    def __init__(
        self,
        unit: str,
        *,
        notebook: str = "",
        save_to: str | None = None,
        language: str | None = None,
        **settings: Any,
    ) -> None:
        self.started = time.perf_counter()
        run = os.environ.get("KEEPBOOK_NOTEBOOK", "")
        if run:  # of the runner, whose language may be another than the unit file's
            language = language or os.environ.get(LANGUAGE)
        self.notebook = notebook or run
        self.save_to = Path(save_to) if save_to else None
        self.unit = load_unit(unit, language=language, **settings)
        speak(self.unit.language)
        self._open = ExitStack()
        self.tables = self._opened(self.unit)
        self.record = Record()
        self._told: set[str] = set()
        self._entries: dict[tuple[str, str | None], Any] = {}  # analyses of experiments and changes
        self._others: dict[str, tuple[Unit, Tables]] = {}  # units that this one is compared with
        self._entry: Any = None  # of a list of the unit file, that the page is about
        self._entry_tables: Tables | None = None  # with its own, where it has some

    # ── subjects ────────────────────────────────────────────────────────────────────────────────────────

    def __getattribute__(self, name: str) -> Any:
        """Whatever a book is asked for is said in its own language, whichever book was opened last."""
        if not name.startswith("_") and "unit" in (own := object.__getattribute__(self, "__dict__")):
            speak(own["unit"].language)
        return object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        """The analysis of a subject, made when first asked for."""
        if name not in SUBJECTS:
            raise AttributeError(f"a book has no '{name}'; its subjects: {', '.join(SUBJECTS)}")
        analysis = getattr(import_module(f"keepbook.{name}.analysis"), SUBJECTS[name])
        self.__dict__[name] = analysis(self.unit, self.tables)
        return self.__dict__[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *SUBJECTS]

    def _repr_html_(self) -> str:
        return str(self.opening().html)

    def __repr__(self) -> str:
        return str(self.opening())

    @property
    def customers(self) -> Rows:
        """One row per customer: the columns of the customers table, and what orders carry.

        >>> import keepbook as kb
        >>> kb.open("demo").customers.columns[:3]
        ('customer_id', 'tier', 'region')
        """
        table = self.tables.customers
        bought = self.tables.purchases.filter(self.tables.purchases.is_purchase)
        return Rows(bought.select("customer_id").distinct() if table is None else table)

    @property
    def purchases(self) -> Rows:
        """One row per customer and day: amount (money, net of returns), gross, is_purchase.

        >>> import keepbook as kb
        >>> kb.open("demo").purchases.columns
        ('customer_id', 'date', 'amount', 'gross', 'is_purchase')
        """
        return Rows(self.tables.purchases, ranked_by="amount")

    def filter(self, **conditions: Any) -> Book:
        """The same unit with those customers alone who meet every condition.

        Parameters
        ----------
        **conditions : column of `customers` → a value, a list of values, {"from": …, "to": …}, {"like": "C%"}
            or {"not": …}. What an order carries is first_<name> of the first order, any_<name> of any.

        Raises
        ------
        DataError : there is no such column, or nobody meets the conditions. UnitFileError : one is none.

        >>> import keepbook as kb
        >>> north = kb.open("demo").filter(region="north")
        >>> north.customers.to_pandas()["region"].unique().tolist()
        ['north']
        """
        chosen = self.customers.filter(**conditions)
        if not len(chosen):
            raise DataError(
                "No customer meets the conditions.",
                where=", ".join(f"{name}: {value!r}" for name, value in conditions.items()),
                do="Look at `customers`, which shows what the columns hold.",
            )
        book = copy(self)
        for name in SUBJECTS:
            book.__dict__.pop(name, None)
        book.tables = self.tables.narrowed(chosen.table)
        book.record, book._told, book._entries = Record(), set(), {}
        book._entry = book._entry_tables = None
        return book

    def experiment(self, name: str | None = None) -> ExperimentAnalysis:
        """What a strategy brought: an experiment of the unit file by its name; without one the first.

        Its own tables are read now, so that a fault in them stops no other page.

        Raises
        ------
        UnitFileError : no experiment has the name. DataError : its own tables cannot be read.
        KeepbookError : the book is filtered.

        >>> import keepbook as kb
        >>> kb.open("demo").experiment("winback_voucher").study.treatments
        ['voucher']
        """
        from keepbook.experiments.analysis import ExperimentAnalysis

        if ("experiments", name) not in self._entries:
            entry = known(self._entry_of("experiments", name))
            tables = self.tables.with_experiments((entry,)).without_faults() if entry else self.tables
            self._entry_tables = tables
            self._entries["experiments", name] = ExperimentAnalysis(self.unit, tables, entry)
        return self._entries["experiments", name]

    def before_after(self, name: str | None = None) -> BeforeAfterAnalysis:
        """What a change brought that was not assigned at random; without a name, the first of the unit file.

        Raises
        ------
        UnitFileError : no change has the name. DataError : the unit it is compared with cannot be read.

        >>> import keepbook as kb
        >>> kb.open("demo").before_after("free_shipping").change.period
        'month'
        """
        from keepbook.before_after.analysis import BeforeAfterAnalysis

        if ("before_after", name) not in self._entries:
            entry = self._entry_of("before_after", name)
            sister = self.comparison_unit(entry.comparison_unit) if entry else None
            self._entries["before_after", name] = BeforeAfterAnalysis(self.unit, self.tables, entry, sister)
        return self._entries["before_after", name]

    def summary(self, records: str | None = None) -> SummaryAnalysis:
        """The unit in short, from the records of its pages.

        Parameters
        ----------
        records : folder that holds a folder of each; None: that of the project's reports.

        >>> import keepbook as kb
        >>> [tile.name for tile in kb.open("demo").summary().tiles][:1]
        ['active_customers']
        """
        from keepbook.summary.analysis import SummaryAnalysis

        place = Path(records) if records else self.unit.home / "reports" / self.unit.unit
        found = SummaryAnalysis(self.unit, self.tables, place)
        self.record.more |= found.remembered
        return found

    def _entry_of(self, kind: Literal["experiments", "before_after"], name: str | None) -> Any:
        """The entry of a list that the page is about, without a name the first; it goes into the record."""
        one, entries = ENTRIES[kind], {entry.name: entry for entry in getattr(self.unit, kind)}
        if name is not None and name not in entries:
            near = str(suggestion(name, entries)) if entries else f"an entry of {kind}; there is none yet"
            raise UnitFileError(
                f"There is no {one} {name!r}.",
                where=f"params/{self.unit.path.name}, {kind}",
                expected=near,
                do=f"Correct the name, or add the {one} to the unit file.",
            )
        if not entries:
            return Missing(NotEnoughData(say("no-entry", list=kind)))
        self._entry = entries[name] if name else next(iter(entries.values()))
        self.record.more[one] = {"name": self._entry.name, "title": self._entry.title}
        return self._entry

    def _analysis_of(self, decision: Decision) -> Analysis | None:
        return next((one for one in self._entries.values() if one.decision == decision), None)

    def comparison_unit(self, name: str | None) -> Tables | None:
        """The tables of another unit, as its own file has them, open as long as the book; None without name.

        They live in an engine of their own, so that no expression can hold both units.
        """
        if name is None:
            return None
        if name not in self._others:
            unit = load_unit(name, self.unit.home)
            self._others[name] = unit, self._opened(unit)
        return self._others[name][1]

    def _opened(self, unit: Unit) -> Tables:
        """Tables of a unit; what is made of them works without the book, too, until that is closed."""
        tables = self._open.enter_context(open_tables(unit, experiments=False))
        tables.purchases.get_backend().open_with = self._open
        return tables

    # ── the first and the last cell ─────────────────────────────────────────────────────────────────────

    def opening(self) -> Html:
        """Whose page this is, and what it covers."""
        return opening(self.unit, self._entry_tables or self.tables)

    def close(self) -> Html:
        """Writes the record, shows what the page rests on; the last cell of every notebook."""
        self._open.close()
        if self.save_to:
            self.record.write(self.save_to, self.notebook, self.unit, self.tables)
        seconds = time.perf_counter() - self.started
        tables = self._entry_tables or self.tables
        return Html(closing(self.unit, tables, self._others, seconds, self._entry), say("done"))
