"""Ways to show what was found, and to save it beside the page; all of it goes into the record."""

import math
from collections.abc import Iterator
from copy import copy
from html import escape
from pathlib import Path
from typing import Any

from keepbook.book.record import Record, SavedTable, save_frame, save_large, tsv_of
from keepbook.errors import KeepbookError, NotEnoughData
from keepbook.page import html
from keepbook.page.analysis import Analysis
from keepbook.page.cards import Cards
from keepbook.page.elements import Chart, Decision, Export, Identity, Table, tiles_of
from keepbook.page.heat_table import HeatTable
from keepbook.page.html import Foot, Html
from keepbook.page.records import Words, texts_of
from keepbook.results import Missing, is_missing
from keepbook.tables import Tables
from keepbook.text import catalogue, current, day, language, languages, number
from keepbook.text.catalogue import messages
from keepbook.unit import Unit

say = catalogue("page")
MAX_EMBEDDED = 40_000  # signs of a table that a page carries itself; a longer one lies beside it
EMBEDDED_DIGITS = 7  # of a number in it
SAID = ("findings", "tiles", "decision")  # of an analysis: what is asked again in another language


class Showing:
    """What a notebook shows of its unit.

    >>> import keepbook as kb
    >>> shop = kb.open("demo")
    >>> shop.figure(shop.cohorts.heatmap)
    No cohort differs from the others beyond chance
    >>> shop.identity(shop.cohorts.customers_add_up)
    customers in cohorts + left out = customers with a purchase: 4,000 = 4,000
    """

    unit: Unit
    tables: Tables
    notebook: str  # its name, for the record
    save_to: Path | None  # folder for tables and key figures; None only looks
    record: Record  # what was said so far
    _told: set[str]  # reasons that the page has given

    def headline(self, analysis: Analysis) -> Html:
        """The first finding of an analysis, in large; the others are for `findings` to show."""
        sentences = analysis.findings
        if is_missing(sentences):
            return self._reason(sentences.reason)
        first = sentences[:1]
        self._told.update(first)
        self._take_findings(analysis, first)
        text = "".join(f'<p class="kb-headline">{html.sentence(one)}</p>' for one in first)
        return Html(text, html.plain("\n".join(first)))

    def findings(self, analysis: Analysis) -> Html:
        """The answer of an analysis in sentences, but for what `headline` said; they go into the record."""
        sentences = analysis.findings
        if is_missing(sentences):
            return self._reason(sentences.reason)
        rest = [one for one in sentences if one not in self._told]
        self._take_findings(analysis, rest)
        return Html(html.sentences(rest), html.plain("\n".join(rest)))

    def tiles(self, analysis: Analysis) -> Html:
        """Key figures of an analysis; they also go into the record."""
        tiles = analysis.tiles
        if is_missing(tiles):
            return self._reason(tiles.reason)
        self.record.tiles += tiles
        for words, again in self._in_other_languages(analysis):
            words.figures += [texts_of(tile) for tile in again.tiles]
        return Html(tiles_of(tiles, self.unit), "\n".join(tile.label for tile in tiles))

    def decision(self, decision: Decision) -> Html:
        """What to do and why; the page of all units shows the words too."""
        if isinstance(decision, Missing):
            return self._reason(decision.reason)
        self._told.add(decision.reason)
        self.record.more["verdict"] = _plain_words(decision) | {"stake": decision.stake}
        for words, again in self._in_other_languages(self._analysis_of(decision)):
            words.verdict = _plain_words(again.decision)
        return Html(decision.html(), html.plain(repr(decision)))

    def cards(self, cards: Cards) -> Html:
        """Decisions of other pages, side by side; where there is none, the reason."""
        if isinstance(cards, Missing):
            return self._reason(cards.reason)
        return Html(cards.html(), html.plain(repr(cards)))

    def _take_findings(self, analysis: Analysis, sentences: list[str]) -> None:
        """Into the record, in every language there is."""
        self.record.findings += sentences
        places = [analysis.findings.index(sentence) for sentence in sentences]
        for words, again in self._in_other_languages(analysis):
            words.findings += [html.plain(again.findings[place]) for place in places]

    def _in_other_languages(self, analysis: Any) -> Iterator[tuple[Words, Any]]:
        """The words of the record and the analysis, in each other language that its subject is written in.

        What it found stays; only what it says is said again.
        """
        package, _dot, subject = type(analysis).__module__.removesuffix(".analysis").rpartition(".")
        for tag in languages() if package == "keepbook" and self.save_to else ():
            if tag == current() or not messages(tag, subject):
                continue
            again = copy(analysis)
            for name in SAID:
                again.__dict__.pop(name, None)
            with language(tag):
                yield self.record.texts.setdefault(tag, Words()), again

    def _analysis_of(self, decision: Decision) -> Analysis | None:
        """The analysis that came to a decision."""
        return None

    def figure(self, chart: Chart | HeatTable) -> Html:
        """A chart with a link to its data; where it is missing, the reason."""
        return self._with_data(chart)

    def table(self, table: Table) -> Html:
        """A table, with a link to its data where it has a name; where it is missing, the reason."""
        return self._with_data(table)

    def _with_data(self, element: Chart | HeatTable | Table) -> Html:
        if isinstance(element, Missing):
            return self._reason(element.reason)
        opens = isinstance(element, Chart)  # a table is there to be looked at already
        return Html(element.html(self._foot(element).html(opens)), html.plain(repr(element)))

    def _foot(self, element: Chart | HeatTable | Table) -> Foot:
        """The data of an element: in the page unless they are long, and beside it where it is saved."""
        source = say("foot-source", unit=self.unit.title or self.unit.unit, day=day(self.tables.window.as_of))
        if not element.name:
            return Foot(source)
        frame = element.frame if isinstance(element, Table) and element.data is None else element.data
        text = tsv_of(element.brief if isinstance(element, HeatTable) else frame, EMBEDDED_DIGITS)
        href = ""
        if self.save_to is not None:
            save_frame(frame, self.save_to / "tables", element.name)
            self.record.tables.append(SavedTable.of(element))
            href = f"tables/{element.name}.csv"
        return Foot(source, text if len(text) <= MAX_EMBEDDED else "", element.name, href)

    def export(self, export: Export) -> Html:
        """A table of the engine saved beside the report, as Parquet and CSV, with links to both."""
        if isinstance(export, Missing):
            return self._reason(export.reason)
        if self.save_to is None:
            return self.note(say("not-saved", caption=export.caption))
        save_large(export.rows, self.save_to / "tables", export.name)
        self.record.tables.append(SavedTable.of(export))
        links = [
            f'<a class="kb-data" href="tables/{export.name}.{end}" download>{say(f"data-{end}")}</a>'
            for end in ("csv", "parquet")
        ]
        return Html(f'<p class="kb-export">{escape(export.caption)} {" ".join(links)}</p>', export.caption)

    def note(self, sentence: str) -> Html:
        """A plain sentence, e.g. why something is not shown."""
        return html.note(sentence)

    def line(self, text: str) -> Html:
        """A line of the page itself; where it is missing, the reason."""
        if isinstance(text, Missing):
            return self._reason(text.reason)
        return Html(f'<p class="kb-line">{html.sentence(text)}</p>', html.plain(text))

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
        text = say("identity", claim=claim, left=number(left, digits), right=number(right, digits))
        self.record.identities.append({"claim": claim, "left": left, "right": right})
        return Html(f'<p class="kb-identity">✓ {escape(text)}</p>', text)


def _plain_words(decision: Decision) -> dict[str, str]:
    return {name: html.plain(text) for name, text in decision._asdict().items() if isinstance(text, str)}
