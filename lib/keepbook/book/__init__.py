"""What a notebook holds: its unit, its tables, and ways to show and to save what it found.

Showing is HTML of escaped text; saving happens only when the run says where (`save_to`).
"""

from __future__ import annotations

import datetime as dt
import json
import math
import platform
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from keepbook.book.opening import opening
from keepbook.book.saving import plain, save_frame, save_large
from keepbook.errors import KeepbookError, NotEnoughData, UnitFileError, suggestion
from keepbook.page import html as fragments
from keepbook.page.elements import Chart, Tile
from keepbook.page.html import Html
from keepbook.page.tiles import tile_of
from keepbook.tables import Tables, open_tables
from keepbook.text import _, day, number
from keepbook.unit import Unit, load_unit

__all__ = ["RECORD", "VERSIONS", "Book", "Html"]

SCHEMA = 1  # of key_figures.json
RECORD = "key_figures.json"
ENTRIES = {  # list of the unit file → its entry, in the record and in words; what it shows
    "experiments": ("experiment", _("what a strategy brought")),
    "changes": ("change", _("what a change brought")),
}
VERSIONS = ("keepbook", "pandas", "numpy", "scipy", "duckdb", "ibis-framework", "lifetimes", "seaborn")


class Book:
    """One unit opened for one notebook.

    Parameters
    ----------
    unit : business unit, a file in params/.
    notebook : name of the notebook, for the record.
    save_to : folder for tables and key figures; None only looks.
    **settings : the notebook's parameters; None means "as the unit's file says".
    """

    def __init__(self, unit: str, *, notebook: str, save_to: str | None = None, **settings: Any) -> None:
        self.started = time.perf_counter()
        self.notebook = notebook
        self.save_to = Path(save_to) if save_to else None
        self.unit = load_unit(unit, **settings)
        self._open = ExitStack()
        self.tables = self._open.enter_context(open_tables(self.unit, experiments=False))
        self._tiles: list[Tile] = []
        self._findings: list[str] = []
        self._saved: list[str] = []
        self._told: set[str] = set()
        self._identities: list[dict[str, Any]] = []
        self._sisters: dict[str, tuple[Unit, Tables]] = {}
        self._entry: Any = None  # of a list of the unit file, that the page is about
        self._more: dict[str, dict[str, str]] = {}  # of the record, where there is such a thing

    # ── measures that may find too little ───────────────────────────────────────────────────────────────

    @staticmethod
    def attempt(measure: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The measure's result, or the reason (NotEnoughData) why the data cannot carry it.

        Where one of `args` is such a reason itself, it is handed on; one of `kwargs` is the measure's affair.
        """
        for arg in args:
            if isinstance(arg, NotEnoughData):
                return arg
        try:
            return measure(*args, **kwargs)
        except NotEnoughData as reason:
            return reason

    def optional(self, table: str, shows: str) -> Any:
        """A table that the unit may have, or the reason why what it would have shown is not there."""
        found = getattr(self.tables, table, None)
        if found is not None:
            return found
        text = _("Not shown: {shows}. It needs the table `{table}` in the unit file.")
        return NotEnoughData(text.format(shows=shows, table=table))

    # ── what the page is about ──────────────────────────────────────────────────────────────────────────

    def choose(self, kind: Literal["experiments", "changes"], name: str | None) -> Any:
        """The entry of a list of the unit file that the page is about; its name and title go into the record.

        `tables` hold an experiment's own tables from then on: a fault in them stops no other page.

        Parameters
        ----------
        name : of the entry; None takes the first.

        Returns
        -------
        The entry, or the reason (NotEnoughData) why there is none: the list is empty.

        Raises
        ------
        UnitFileError : no entry has the name. DataError : the tables of an experiment cannot be read.
        """
        one, shows = ENTRIES[kind]
        known = {entry.name: entry for entry in getattr(self.unit, kind)}
        if name is not None and name not in known:
            raise UnitFileError(
                f"There is no {one} {name!r}.",
                where=f"params/{self.unit.path.name}, {kind}",
                expected=str(suggestion(name, known)) if known else f"an entry of {kind}; there is none yet",
                do=f"Correct the name, or add the {one} to the unit file.",
            )
        if not known:
            text = _("Not shown: {shows}. It needs `{kind}` in the unit file.")
            return NotEnoughData(text.format(shows=shows, kind=kind))
        entry = next(iter(known.values())) if name is None else known[name]
        if kind == "experiments":
            self.tables = self.tables.with_experiment(entry)
        self._entry = entry
        self._more[one] = {"name": entry.name, "title": entry.title}
        return entry

    def sister(self, name: str | None) -> Tables | None:
        """The tables of another unit, as its own file has them; open as long as the book.

        They live in an engine of their own, so that no expression can hold both units.

        Parameters
        ----------
        name : the unit; None where nothing is compared with another one.

        Returns
        -------
        Its tables; None without a name.

        Raises
        ------
        UnitFileError, DataError : as for any unit; they name the sister's file.
        """
        if name is None:
            return None
        if name not in self._sisters:
            unit = load_unit(name, self.unit.home)
            self._sisters[name] = unit, self._open.enter_context(open_tables(unit, experiments=False))
        return self._sisters[name][1]

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────

    def opening(self) -> Html:
        """Whose report this is, what it covers, and what became of the data."""
        return opening(self.unit, self.tables, self._entry)

    def findings(self, sentences: list[str]) -> Html:
        """The answer, in sentences."""
        self._findings += sentences
        return Html(fragments.sentences(sentences), "\n".join(sentences))

    def sentences(self, texts: list[str]) -> Html:
        """What a section says; unlike findings these do not go into the record."""
        return Html(fragments.sentences(texts), "\n".join(texts))

    def verdict(self, label: str, reason: str, kind: Literal["good", "bad", "wait", "broken"]) -> Html:
        """The decision in a few words, large, and below it why; the page of all units shows the words too."""
        self._told.add(reason)
        self._more["verdict"] = {"label": label, "reason": reason, "kind": kind}
        return Html(
            f'<div class="kb-verdict kb-verdict-{escape(kind)}">'
            f'<p class="kb-verdict-label">{escape(label)}</p>'
            f'<p class="kb-verdict-reason">{fragments.said(reason)}</p></div>',
            f"{label}: {reason}",
        )

    def tiles(self, tiles: list[Tile]) -> Html:
        """Key figures; they also go into the record."""
        self._tiles += tiles
        return Html(
            f'<div class="kb-tiles">{"".join(tile_of(tile, self.unit) for tile in tiles)}</div>',
            "\n".join(t.label for t in tiles),
        )

    def figure(self, draw: Callable[..., Chart], *results: Any, **beside: Any) -> Html:
        """A chart of results; where one of them is a reason, that reason instead.

        Parameters
        ----------
        **beside : what may be missing from the chart; a reason there is left out.
        """
        for result in results:
            if isinstance(result, NotEnoughData):
                return self._reason(result)
            if isinstance(result, pd.DataFrame) and result.empty:
                return self.note(_("Not shown: the data cover too few periods for it."))
        known = {name: None if isinstance(one, NotEnoughData) else one for name, one in beside.items()}
        try:
            drawn = draw(*results, **known)
        except NotEnoughData as reason:
            return self._reason(reason)
        link = self._save_table(drawn.name, drawn.data)
        return Html(
            f'<figure class="kb-figure" role="img" aria-label="{escape(drawn.alt)}">'
            f'<h4 class="kb-figure-title">{fragments.said(drawn.title)}</h4>{drawn.svg}'
            f"<figcaption>{fragments.said(drawn.caption)} {link}</figcaption></figure>",
            drawn.title,
        )

    def table(
        self,
        frame: pd.DataFrame | NotEnoughData,
        formats: Mapping[str, Callable[[Any], str]],
        caption: str,
        *,
        name: str = "",
        data: pd.DataFrame | None = None,
        wrap: bool = False,
    ) -> Html:
        """The columns of a frame that have a format, as a table; a reason instead of a frame is told.

        Parameters
        ----------
        name : file name of the frame's data; without one they are not saved. data : what is saved instead,
            where the frame holds texts: the numbers behind them. wrap : long texts may be broken.
        """
        if isinstance(frame, NotEnoughData):
            return self._reason(frame)
        if frame.empty:
            return self.note(_("Not shown: the data cover too few periods for it."))
        rows = [
            tuple(show(value) for value, show in zip(row, formats.values(), strict=True))
            for row in frame[list(formats)].itertuples(index=False)
        ]
        numeric = [i for i, column in enumerate(formats) if pd.api.types.is_numeric_dtype(frame[column])]
        body = fragments.table(list(formats), rows, numeric, wrap)
        link = self._save_table(name, frame if data is None else data) if name else ""
        below = f"{fragments.said(caption)} {link}".rstrip()
        return Html(f'<figure class="kb-figure">{body}<figcaption>{below}</figcaption></figure>', caption)

    def export(self, name: str, rows: Any, caption: str) -> Html:
        """A table of the engine saved beside the report, as Parquet and CSV, with links to both.

        Parameters
        ----------
        rows : an Ibis table, or the reason why there is none.
        """
        if isinstance(rows, NotEnoughData):
            return self._reason(rows)
        if self.save_to is None:
            return self.note(_("{caption} Nothing is saved: `save_to` says where.").format(caption=caption))
        save_large(rows, self.save_to / "tables", name)
        self._saved.append(name)
        kinds = {"csv": _("Data (CSV)"), "parquet": _("Data (Parquet)")}
        links = [
            f'<a class="kb-data" href="tables/{name}.{end}" download>{text}</a>'
            for end, text in kinds.items()
        ]
        return Html(f'<p class="kb-export">{escape(caption)} {" ".join(links)}</p>', caption)

    def note(self, sentence: str) -> Html:
        """A plain sentence, e.g. why something is not shown."""
        return fragments.note(sentence)

    def _reason(self, reason: NotEnoughData) -> Html:
        """Why something is not shown; a reason that the page has told already, in a word."""
        if reason.what in self._told:
            again = _("Not shown, as said above.")
            return Html(f'<p class="kb-again">{again}</p>', again)
        self._told.add(reason.what)
        return self.note(reason.what)

    def identity(self, claim: str, left: float | NotEnoughData, right: float | NotEnoughData) -> Html:
        """An accounting identity, checked: both sides must agree to a cent. A reason for a side is told.

        Raises
        ------
        KeepbookError : they do not.
        """
        for side in (left, right):
            if isinstance(side, NotEnoughData):
                return self._reason(side)
        left, right = float(left), float(right)  # type: ignore[arg-type]
        if not math.isclose(left, right, rel_tol=1e-9, abs_tol=0.005):
            raise KeepbookError(
                f"The numbers of this section do not add up: {claim}.",
                where=f"{self.unit.unit}, {self.notebook}",
                expected=f"{left!r} = {right!r}",
                do="This is a fault of Keepbook: please report it with the unit file.",
            )
        digits = 0 if round(left, 2).is_integer() else 2  # sums differ in their last bits from run to run
        text = f"{claim}: {number(left, digits)} = {number(right, digits)}"
        self._identities.append({"claim": claim, "left": left, "right": right})
        return Html(f'<p class="kb-identity">✓ {escape(text)}</p>', text)

    def close(self) -> Html:
        """Writes the record and shows what produced this page; the last cell of every notebook."""
        self._open.close()
        run = {
            _("unit file"): f"{self.unit.path.name} ({self.unit.file_hash[:12]})",
            _("data"): self.tables.fingerprint or _("database"),
            **{
                _("beside it: {unit}").format(unit=name): f"{unit.path.name} ({unit.file_hash[:12]}), "
                + (tables.fingerprint or _("database"))
                for name, (unit, tables) in self._sisters.items()
            },
            _("seed"): str(self.unit.seed),
            _("took"): f"{time.perf_counter() - self.started:.1f} s",
            _("written"): f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC",
            "Python": platform.python_version(),
            **{name: version(name) for name in VERSIONS},
        }
        if self.save_to:
            self._write_record()
        rows = [(escape(key), escape(value)) for key, value in run.items()]
        body = "".join(f"<dt>{key}</dt><dd>{value}</dd>" for key, value in rows)
        return Html(
            f'<details class="kb-provenance"><summary>{_("How this page was made")}</summary>'
            f"<dl>{body}</dl></details>",
            _("done"),
        )

    # ── saving ──────────────────────────────────────────────────────────────────────────────────────────

    def _save_table(self, name: str, frame: pd.DataFrame) -> str:
        if self.save_to is None:
            return ""
        save_frame(frame, self.save_to / "tables", name)
        self._saved.append(name)
        return f'<a class="kb-data" href="tables/{name}.csv" download>{_("Data (CSV)")}</a>'

    def _write_record(self) -> None:
        assert self.save_to is not None
        unit, window, ledger = self.unit, self.tables.window, self.tables.ledger
        record = {
            "schema": SCHEMA,
            "unit": unit.unit,
            "title": unit.title or unit.unit,
            "about": unit.about,
            "notebook": self.notebook,
            "simulated": unit.simulated,
            "currency": unit.currency,
            "start": day(window.start),
            "as_of": day(window.as_of),
            "lines": {"in": ledger.rows_in, "kept": ledger.rows_kept},
            "amount": {"in": float(ledger.amount_in), "kept": float(ledger.amount_kept)},
            "findings": self._findings,
            "figures": [asdict(tile) for tile in self._tiles],
            "tables": self._saved,
            "identities": self._identities,
            **self._more,
        }
        text = json.dumps(plain(record), ensure_ascii=False, indent=1, allow_nan=False)
        self.save_to.mkdir(parents=True, exist_ok=True)
        (self.save_to / RECORD).write_text(text, encoding="utf-8")
