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
from typing import Any

import pandas as pd

from keepbook.book import fragments
from keepbook.book.fragments import Html
from keepbook.book.saving import plain, save_frame, save_large
from keepbook.charts import Drawn, sparkline
from keepbook.errors import KeepbookError, NotEnoughData, printable
from keepbook.findings import Tile, shown_as
from keepbook.params import load_unit
from keepbook.tables import NO_AMOUNT, WORTH_A_WARNING, open_tables
from keepbook.words import MISSING, _, day, interval, money, number, percent, points

__all__ = ["RECORD", "VERSIONS", "Book", "Html"]

SCHEMA = 1  # of key_figures.json
RECORD = "key_figures.json"
LONG_SILENCE = 31  # days without a line before `as_of` that a reader should know of
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
        self.tables = self._open.enter_context(open_tables(self.unit))
        self._tiles: list[Tile] = []
        self._findings: list[str] = []
        self._saved: list[str] = []
        self._told: set[str] = set()
        self._identities: list[dict[str, Any]] = []

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

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────

    def opening(self) -> Html:
        """Whose report this is, what it covers, and what became of the data."""
        unit, window = self.unit, self.tables.window
        simulated = _("simulated data") if unit.simulated else ""
        badge = f'<span class="kb-simulated">{simulated}</span>' if simulated else ""
        covers = _("{start} to {end}").format(start=day(window.start), end=day(window.as_of))
        facts = {_("Period"): covers, _("Data as of"): day(window.as_of), _("Unit"): unit.unit}
        items = "".join(f"<span>{key} <b>{escape(value)}</b></span>" for key, value in facts.items())
        title = f"<bdi>{escape(unit.title or unit.unit)}</bdi> {badge}"
        head = (
            f'<div class="kb-banner"><p class="kb-banner-title">{title}</p>'
            f'<p class="kb-banner-about">{escape(unit.about or "")}</p>'
            f'<p class="kb-banner-facts">{items}</p></div>'
        )
        if window.last and (gap := (window.as_of - window.last).days) > LONG_SILENCE:
            text = _(
                "The data end on {last}, {days} days before `as_of`: if they are not complete, all that "
                "follows counts missing days as days without purchases."
            )
            head += self.note(text.format(last=day(window.last), days=number(gap))).html
        return Html(
            fragments.style() + head + self._ledger(),
            f"{unit.title or unit.unit}: {covers} {simulated}".strip(),
        )

    def _ledger(self) -> str:
        ledger, currency = self.tables.ledger, self.unit.currency
        rows = [
            (rule, number(count), MISSING if rule == NO_AMOUNT else money(amount, currency), number(matched))
            for rule, count, amount, matched in ledger.entries.itertuples(index=False)
        ]
        kept = _("Lines used: {kept} of {all} ({share})").format(
            kept=number(ledger.rows_kept),
            all=number(ledger.rows_in),
            share=percent(ledger.rows_kept / ledger.rows_in),
        )
        if ledger.returns_rows:
            kept += ", " + _(
                "{count} of them returns, {money}, which lower revenue and are no purchase"
            ).format(count=number(ledger.returns_rows), money=money(float(ledger.returns_amount), currency))
        rows.append((_("kept"), number(ledger.rows_kept), money(float(ledger.amount_kept), currency), ""))
        rows.append((_("all lines"), number(ledger.rows_in), money(float(ledger.amount_in), currency), ""))
        heads = [_("rule"), _("lines"), _("amount"), _("lines that break it")]
        body = fragments.table(heads, rows, numeric=[1, 2, 3]) + self._reading()
        unread = self.tables.unread / ledger.rows_in
        warning = ""
        if unread >= WORTH_A_WARNING:
            text = _(
                "{share} of the lines have a date or an amount that cannot be read; their money is missing "
                "here."
            )
            warning = self.note(text.format(share=percent(unread))).html
        return f'<details class="kb-ledger"><summary>{escape(kept)}</summary>{body}</details>{warning}'

    def _reading(self) -> str:
        """How the sources were read, and the first lines that could not be."""
        said = [*dict.fromkeys(self.tables.stated)]
        said += [f"{rule}: {', '.join(lines)}" for rule, lines in self.tables.examples.items() if lines]
        items = "".join(f"<li><bdi>{escape(printable(words))}</bdi></li>" for words in said)
        return f'<p>{_("How it was read")}:</p><ul class="kb-reading">{items}</ul>' if said else ""

    def findings(self, sentences: list[str]) -> Html:
        """The answer, in sentences."""
        self._findings += sentences
        return Html(fragments.sentences(sentences), "\n".join(sentences))

    def tiles(self, tiles: list[Tile]) -> Html:
        """Key figures; they also go into the record."""
        self._tiles += tiles
        return Html(
            f'<div class="kb-tiles">{"".join(map(self._tile, tiles))}</div>',
            "\n".join(t.label for t in tiles),
        )

    def _tile(self, tile: Tile) -> str:
        show = shown_as(tile.kind, None, tile.value)
        unit = (
            f"<small>{escape(self.unit.currency)}</small>"
            if tile.kind == "money" and self.unit.currency
            else ""
        )
        lines = [
            f'<p class="kb-tile-label">{escape(tile.label)}</p>',
            f'<p class="kb-tile-value">{show(tile.value)} {unit}</p>',
        ]
        if tile.ci_lower is not None and tile.ci_upper is not None:
            level = percent(1 - self.unit.alpha, 0)
            lines.append(
                f'<p class="kb-tile-interval">{interval(tile.ci_lower, tile.ci_upper, show)} · {level}</p>'
            )
        if tile.change is not None:
            lines.append(self._change(tile))
        lines.append(sparkline(tile.history))
        lines.append(f'<p class="kb-tile-note">{escape(f"{tile.definition} {tile.caveat}".strip())}</p>')
        return f'<div class="kb-tile">{"".join(lines)}</div>'

    @staticmethod
    def _change(tile: Tile) -> str:
        """The change, in colour only where its interval leaves no doubt about its direction."""
        assert tile.change is not None
        kind = doubt = ""
        if tile.change_lower is not None and tile.change_upper is not None:
            if tile.change_lower > 0 or tile.change_upper < 0:
                kind = "kb-good" if (tile.change > 0) == tile.rising_is_good else "kb-bad"
            else:
                doubt = _(" (may be chance)")
        arrow = "▲" if tile.change > 0 else "▼" if tile.change < 0 else "="
        amount = points(tile.change) if tile.kind == "percent" else shown_as(tile.kind)(tile.change)
        against = f"<span>{escape(tile.compared)}</span>"
        return f'<p class="kb-tile-change {kind}">{arrow} {amount}{doubt} {against}</p>'

    def figure(self, draw: Callable[..., Drawn], *results: Any, **beside: Any) -> Html:
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
        wrap: bool = False,
    ) -> Html:
        """The columns of a frame that have a format, as a table; a reason instead of a frame is told.

        Parameters
        ----------
        name : file name of the frame's data; without one they are not saved. wrap : long texts may be broken.
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
        link = self._save_table(name, frame) if name else ""
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
        return Html(f'<p class="kb-note">{fragments.said(sentence)}</p>', sentence)

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
        digits = 0 if left.is_integer() else 2
        text = f"{claim}: {number(left, digits)} = {number(right, digits)}"
        self._identities.append({"claim": claim, "left": left, "right": right})
        return Html(f'<p class="kb-identity">✓ {escape(text)}</p>', text)

    def close(self) -> Html:
        """Writes the record and shows what produced this page; the last cell of every notebook."""
        self._open.close()
        run = {
            _("unit file"): f"{self.unit.path.name} ({self.unit.file_hash[:12]})",
            _("data"): self.tables.fingerprint or _("database"),
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
        }
        text = json.dumps(plain(record), ensure_ascii=False, indent=1, allow_nan=False)
        self.save_to.mkdir(parents=True, exist_ok=True)
        (self.save_to / RECORD).write_text(text, encoding="utf-8")
