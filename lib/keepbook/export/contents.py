"""The first sheet: what the unit is, what its reports found, what the others hold. And the last: columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa
from xlsxwriter.worksheet import Worksheet

from keepbook.errors import printable
from keepbook.export.columns import Column
from keepbook.export.reports import Report, Saved, UnitReports
from keepbook.export.sheets import A4, LINE, Formats, write_cell, write_prose, write_text
from keepbook.text import catalogue, number

WIDTHS = [44.0, 17.0, 17.0, 17.0, 17.0, 90.0]
DICTIONARY = [32.0, 28.0, 28.0, 100.0]

say = catalogue("export")


@dataclass(frozen=True)
class Sheet:
    """One table's sheet."""

    name: str
    report: Report
    table: Saved
    columns: list[Column]
    rows: int
    sample: pa.Table

    @property
    def about(self) -> str:
        """What the table shows, in a line."""
        return printable(self.table.title or self.table.caption or self.table.name)


class Writer:
    """Lines of a sheet, written when all are known: the file takes them in order, and links lead forward."""

    def __init__(self, page: Worksheet, widths: list[float], formats: Formats) -> None:
        self.page, self.widths, self.formats, self.row = page, widths, formats, 0
        self._cells = list[tuple[int, Callable[[], object]]]()
        for at, width in enumerate(widths):
            page.set_column(at, at, width)

    def line(self, *values: Any, kinds: Sequence[str] = (), look: Any = None) -> None:
        """One value a cell; text in a look."""
        for at, value in enumerate(values):
            if isinstance(value, str):
                self._later(write_text, self.page, self.row, at, printable(value), look)
            else:
                kind = kinds[at] if at < len(kinds) else ""
                self._later(write_cell, self.page, self.row, at, value, kind, self.formats)
        self.row += 1

    def prose(self, text: str, look: Any) -> None:
        """A sentence over all columns."""
        self._later(write_prose, self.page, self.row, printable(text), self.widths, look)
        self.row += 1

    def link(self, sheet: str, text: str, *, at: int | None = None, to: int = 0) -> None:
        """In the first cell of a line, by default the one to come: to a line of a sheet."""
        row, place = self.row if at is None else at, f"internal:'{sheet}'!A{to + 1}"
        self._cells.append((row, partial(self.page.write_url, row, 0, place, self.formats.link, text)))

    def _later(self, write: Callable[..., object], page: Worksheet, row: int, *rest: Any) -> None:
        self._cells.append((row, partial(write, page, row, *rest)))

    def finish(self) -> None:
        """Writes what was said."""
        for _row, write in sorted(self._cells, key=lambda cell: cell[0]):
            write()


def write_contents(
    page: Worksheet, found: UnitReports, sheets: list[Sheet], dictionary: str, formats: Formats
) -> None:
    """Unit, findings and key figures by report, and a list of all sheets with links."""
    write = Writer(page, WIDTHS, formats)
    write.line(found.title, look=formats(bold=True, font_size=18))
    if about := found.about.get("about"):
        write.line(about, look=formats.muted)
    top = write.row
    write.row += 2
    for label, value in _facts(found):
        write.line(label, value, kinds=("", "day"), look=formats.muted)
    for report in found.reports:
        _report(write, report, formats)
    write.row += 1
    write.link(page.get_name(), say("to-sheets"), at=top, to=write.row)
    write.line(say("sheets"), look=formats.title)
    heads = (say("sheet"), say("report"), say("rows"), say("columns"), "", say("about"))
    write.line(*heads, look=formats.head)
    for sheet in sheets:
        write.link(sheet.name, sheet.name)
        cells = (None, sheet.report.subject, sheet.rows, len(sheet.columns), None, sheet.about)
        write.line(*cells, kinds=("", "", "whole", "whole"), look=formats.prose)
    write.link(dictionary, dictionary)
    write.line(None, None, None, None, None, say("columns.about"), look=formats.prose)
    write.finish()
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.hide_gridlines(2)


def _facts(found: UnitReports) -> list[tuple[str, Any]]:
    """What the reports are about, a line each."""
    about = found.about
    lines = about.get("lines") or {}
    facts = [
        (say("unit"), found.unit),
        (say("span"), say("span.days", **found.span)),
        (say("as-of"), found.as_of),
        (say("data"), say("data.kind", simulated=bool(about.get("simulated")))),
        (say("currency"), found.currency or say("currency.none")),
    ]
    if lines:
        used = {"kept": number(lines["kept"]), "rows": number(lines["in"])}
        facts.append((say("lines"), say("lines.used", **used)))
    when = f"{found.made_at:%Y-%m-%d %H:%M}"
    return [*facts, (say("made"), say("made.when", when=when, version=found.version))]


def _report(write: Writer, report: Report, formats: Formats) -> None:
    """Decision, findings and key figures of one report."""
    record = report.record
    write.row += 1
    write.line(report.subject, look=formats(bold=True, font_size=14, bottom=1, bottom_color=LINE))
    if report.failed:
        write.prose(say("failed-since"), formats.muted)
    if verdict := record.get("verdict"):
        text = say("verdict", label=verdict.get("label", ""), reason=verdict.get("reason", ""))
        write.prose(text, formats(bold=True, text_wrap=True))
    for finding in record.get("findings", []):
        write.prose(finding, formats.prose)
    if figures := record.get("figures", []):
        heads = ("figure", "value", "lower", "upper", "change", "definition")
        write.line(*(say(head) for head in heads), look=formats.head)
    for figure in figures:
        write.line(
            *_figure(figure), kinds=("", *[figure.get("kind", "")] * 3, _changes(figure)), look=formats.prose
        )


def _figure(figure: dict[str, Any]) -> tuple[Any, ...]:
    """Label, value, interval, change, and what it means."""
    sentences = [figure.get(name) for name in ("definition", "caveat")]
    if basis := figure.get("basis"):
        sentences.append(say("basis", basis=basis))
    if figure.get("change") is not None and figure.get("compared"):
        sentences.append(say("compared", against=figure["compared"]))
    numbers = (figure.get(name) for name in ("value", "ci_lower", "ci_upper", "change"))
    return (figure.get("label", figure.get("name", "")), *numbers, " ".join(filter(None, sentences)))


def _changes(figure: dict[str, Any]) -> str:
    """How a change is written: that of a share in percentage points."""
    kind = str(figure.get("kind", ""))
    return "points" if kind == "percent" else kind


def write_columns(page: Worksheet, sheets: list[Sheet], contents: str, formats: Formats) -> None:
    """Every column of every table: where, its heading, its name in files, its meaning."""
    write = Writer(page, DICTIONARY, formats)
    write.line(say("columns"), look=formats.title)
    write.link(contents, say("back", contents=contents))
    write.line()
    write.line(say("sheet"), say("heading"), say("name"), say("definition"), look=formats.head)
    first = write.row
    for sheet in sheets:
        for column in sheet.columns:
            cells = (sheet.name, column.heading, column.id, column.definition)
            write.line(*cells, look=formats.prose)
    write.finish()
    page.autofilter(first - 1, 0, max(write.row, first) - 1, len(DICTIONARY) - 1)
    page.freeze_panes(first, 0)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(first - 1)
