"""Executed notebook → one HTML file that needs nothing else; the index over all units; the page of a failure.

Pages load nothing. A Content-Security-Policy forbids every request and admits the page's one script by its
hash, so text from data that slipped through unescaped can neither run nor phone home. `_disarm` removes the
attempts themselves beforehand, which keeps the browser's console quiet. Formulas are not typeset: notebooks
use no LaTeX, hence no MathML.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import nbformat
from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML, ansi2html

from keepbook import __version__
from keepbook.errors import printable
from keepbook.text import MISSING, _, plural

ASSETS = Path(__file__).parent / "assets"

Status = Literal["ok", "failed", "stale"]


@dataclass(frozen=True)
class Key:
    """One key figure of a unit, as the index shows it: text, already formatted."""

    label: str
    """Column heading; equal labels share a column."""
    value: str
    interval: str = ""
    note: str = ""
    """What the figure means; told once below the table."""
    sort: float | None = None
    """The number behind `value`; None sorts last."""


@dataclass(frozen=True)
class Link:
    """A way down from the index."""

    label: str
    href: str
    status: Status = "ok"
    """ok: the report; failed: the page that says why; stale: the last good report."""


@dataclass(frozen=True)
class IndexRow:
    """One unit on the index."""

    unit: str
    """Name of the unit file."""
    title: str
    about: str = ""
    simulated: bool = False
    as_of: str = ""
    """Last day of the data."""
    status: Status = "ok"
    note: str = ""
    """What went wrong, in one line."""
    generated_at: str = ""
    notebooks: Sequence[Link] = ()
    figures: Sequence[Key] = ()
    spark: str = ""
    """Inline SVG."""


@dataclass(frozen=True)
class Entry:
    """One line of the contents."""

    level: int
    """2 or 3."""
    text: str
    href: str


def render(notebook: nbformat.NotebookNode, *, title: str, home_link: str | None = None) -> str:
    """One self-contained HTML page from an executed notebook.

    Parameters
    ----------
    notebook : nbformat 4, outputs included. Cells tagged `remove-report` are left out.
    title : of the page; also its h1 when the notebook has none.
    home_link : href of the index, relative to where the page will lie; None leaves it out.

    Returns
    -------
    The page. It makes no request: images stay only as `data:` URIs, an image from elsewhere is reduced to
    its alt text. LaTeX is shown as it was typed.
    """
    soup = BeautifulSoup(_cells(notebook), "html.parser")
    _disarm(soup)
    _one_h1(soup, title)
    contents = _contents(soup)
    _wrap_wide(soup)
    return _page("report.html.j2", title=title, home_link=home_link, contents=contents, body=_markup(soup))


def render_index(rows: Sequence[IndexRow], *, generated_at: str, version: str) -> str:
    """All units side by side: a sortable table, on narrow screens a card each.

    Parameters
    ----------
    rows : one per unit, in the order of first display.
    generated_at : when, as text.
    version : of Keepbook.
    """
    labels = list(dict.fromkeys(key.label for row in rows for key in row.figures))
    return _page(
        "index.html.j2",
        rows=[_index_row(row) for row in rows],
        labels=labels,
        legend=_legend(rows, labels),
        any_spark=any(row.spark for row in rows),
        lead=_lead(rows, generated_at),
        missing=MISSING,
        version=version,
        home_link=None,
    )


def render_error(
    *,
    unit: str,
    notebook: str,
    error: str,
    where: Iterable[tuple[str, str]] = (),
    cell: str | None = None,
    traceback: str | None = None,
    previous: str | None = None,
    home_link: str | None = None,
) -> str:
    """The page that stands where a report would have been.

    Parameters
    ----------
    unit, notebook : what was run, as the reader knows them.
    error : what is wrong, in a sentence.
    where : labelled lines as `KeepbookError.lines()` gives them: where, expected, do.
    cell : source of the cell that failed.
    traceback : folded away; ANSI colours are understood.
    previous : href of the last good report.
    home_link : href of the index.
    """
    labels = {"where": _("Where"), "expected": _("What was expected"), "do": _("What to do")}
    return _page(
        "error.html.j2",
        heading=_("{notebook} could not be made for {unit}").format(notebook=notebook, unit=unit),
        unit=unit,
        notebook=notebook,
        error=error,
        where=[{"key": key, "label": labels.get(key, key), "text": text} for key, text in where],
        cell=Markup(Highlight2HTML(pygments_lexer="ipython3")(cell)) if cell else None,
        traceback=Markup(ansi2html(traceback)) if traceback else None,
        previous=previous,
        home_link=home_link,
    )


# ── the frame ────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _environment() -> Environment:
    """The templates; everything printed is escaped unless it is Markup."""
    return Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _policy(script: str) -> str:
    """Nothing from anywhere, styles as they stand, and this one script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "script-src": f"'sha256-{digest}'",
        "img-src": "data:",
        "font-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _page(template: str, **values: object) -> str:
    """The whole page, without signs that turn text around: titles and names are in it."""
    script = _asset("report.js")
    frame = {
        "_": _,
        "lang": _("en"),  # translators: the language tag of this translation
        "policy": _policy(script),
        "script": Markup(script),
        "styles": Markup(_asset("page.css") + _asset("report.css")),
        "version": __version__,
    }
    return printable(_environment().get_template(template).render(frame | values))


# ── the notebook's cells ─────────────────────────────────────────────────────────────────────────────────


def _cells(notebook: nbformat.NotebookNode) -> str:
    """The cells as HTML. Outputs that need a script (widgets, JavaScript) fall back to their text."""
    exporter = HTMLExporter(
        template_name="basic",
        template_file="cells.html.j2",
        extra_template_paths=[str(ASSETS)],
        exclude_anchor_links=True,
        config={
            "NbConvertBase": {"display_data_priority": _DISPLAY_PRIORITY},
            "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {"remove-report"}},
        },
    )
    exporter.environment.globals["_"] = _
    body, _resources = exporter.from_notebook_node(notebook)
    return body


_DISPLAY_PRIORITY = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]

_DROPPED = {"script", "link", "meta", "base", "iframe", "frame", "frameset", "object", "embed", "applet"}
_DROPPED |= {"noscript", "template", "title"}
_LOADING = {"src", "srcset", "href", "xlink:href", "poster", "background", "data", "action", "formaction"}
_LOADING |= {"ping", "longdesc"}
_PAINT = {"style", "fill", "stroke", "filter", "mask", "clip-path", "cursor"}
_PAINT |= {"marker-start", "marker-mid", "marker-end"}
_LOCAL = re.compile(r"#|data:(image|font)/")
_CLICKABLE = re.compile(r"(?![a-z][a-z0-9+.-]*:|//)|https?:|mailto:")
_REMOTE_CSS = re.compile(r"@import|url\(\s*+[\"']?+(?!#|data:)|image-set\(|\\", re.IGNORECASE)


def _disarm(soup: BeautifulSoup) -> None:
    """Take out whatever would run or load; links stay, since only a click follows them."""
    for node in [node for node in soup.descendants if isinstance(node, PreformattedString)]:
        node.extract()  # comments, doctypes, processing instructions
    for tag in soup.find_all(_DROPPED):
        if tag.name != "title" or not tag.find_parent("svg"):
            tag.decompose()
    for style in soup.find_all("style"):
        if _REMOTE_CSS.search(style.get_text()):
            style.decompose()
    for tag in soup.find_all(True):
        for name in [name for name in tag.attrs if not _harmless(tag, name)]:
            del tag[name]


def _harmless(tag: Tag, name: str) -> bool:
    """Whether an attribute neither runs nor loads anything."""
    value = tag[name]
    text = re.sub(r"[\x00-\x20]+", "", value if isinstance(value, str) else " ".join(value)).lower()
    if name.startswith("on") or name == "srcdoc":
        return False
    if name == "href" and tag.name in ("a", "area"):
        return bool(_CLICKABLE.match(text))
    if name in _LOADING:
        return bool(_LOCAL.match(text))
    return name not in _PAINT or not _REMOTE_CSS.search(text)


def _one_h1(soup: BeautifulSoup, title: str) -> None:
    """Exactly one h1: the notebook's first, or the title; to a screen reader no level is skipped."""
    for heading in soup.find_all("h1")[1:]:
        heading.name = "h2"
    if soup.h1 is None:
        soup.insert(0, soup.new_tag("h1", string=title))
    path: list[int] = []
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        level = int(heading.name[1])
        path = [*(above for above in path if above < level), level]
        if len(path) != level:
            heading["aria-level"] = str(len(path))


def _contents(soup: BeautifulSoup) -> list[Entry]:
    """The h2 and h3 with an id each that nothing else in the page has."""
    headings = [tag for tag in soup.find_all(["h2", "h3"]) if tag.get_text(strip=True)]
    mine = set(map(id, headings))
    taken = {str(tag["id"]) for tag in soup.find_all(id=True) if id(tag) not in mine} | {"kb-main"}
    entries = []
    for heading in headings:
        text = heading.get_text(" ", strip=True)
        wanted = str(heading.get("id") or "") or re.sub(r"\W+", "-", text).strip("-") or "section"
        free = next(name for name in _numbered(wanted) if name not in taken)
        taken.add(free)
        heading["id"] = free
        entries.append(Entry(int(heading.name[1]), text, "#" + quote(free, safe="")))
    return entries


def _numbered(name: str) -> Iterable[str]:
    yield name
    for number in count(2):
        yield f"{name}-{number}"


def _wrap_wide(soup: BeautifulSoup) -> None:
    """Tables and drawings get a box of their own to scroll in; a drawing tells it its natural width."""
    for table in soup.find_all("table"):
        if not table.find_parent(["table"]) and not table.find_parent(class_="kb-table"):
            table.wrap(soup.new_tag("div", attrs={"class": "kb-scroll"}))
    for svg in soup.select("figure.kb-figure svg, .kb-svg > svg"):
        if svg.find_parent("svg"):
            continue
        width = str(svg.get("width", ""))
        if re.fullmatch(r"[\d.]+(pt|px)?", width):
            natural = width if width[-1] in "tx" else f"{width}px"
            svg["style"] = f"--kb-natural:{natural};{svg.get('style', '')}"
        if not svg.has_attr("role"):
            svg["role"] = "img"
        if svg.parent is not None and svg.parent.name == "figure":
            svg.wrap(soup.new_tag("div", attrs={"class": "kb-scroll"}))


def _markup(soup: BeautifulSoup) -> Markup:
    return Markup(str(soup))


# ── the index ────────────────────────────────────────────────────────────────────────────────────────────


def _index_row(row: IndexRow) -> dict[str, object]:
    """A row as the template wants it."""
    labels = {"ok": _("Up to date"), "failed": _("Failed"), "stale": _("Out of date")}
    readable = [link for link in row.notebooks if link.status != "failed"]
    spark = BeautifulSoup(row.spark, "html.parser")
    _disarm(spark)
    return {
        **vars(row),
        "spark": _markup(spark),
        "by_label": {key.label: key for key in row.figures},
        "main_link": readable[0].href if readable else None,
        "status_label": labels[row.status],
        "rank": ("failed", "stale", "ok").index(row.status),
    }


def _legend(rows: Sequence[IndexRow], labels: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Each column's definition; several where units count differently."""
    notes = {
        label: dict.fromkeys(k.note for row in rows for k in row.figures if k.label == label and k.note)
        for label in labels
    }
    return [(label, list(found)) for label, found in notes.items() if found]


def _lead(rows: Sequence[IndexRow], generated_at: str) -> str:
    """How many units, how many need attention, when."""
    failed = sum(row.status == "failed" for row in rows)
    stale = sum(row.status == "stale" for row in rows)
    parts = [plural(len(rows), _("business unit"), _("business units"))]
    parts += [_("{count} failed").format(count=failed)] if failed else []
    parts += [_("{count} out of date").format(count=stale)] if stale else []
    return _("{parts}. Put together {when}.").format(parts=", ".join(parts), when=generated_at)
