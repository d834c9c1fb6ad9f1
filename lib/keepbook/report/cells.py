"""Executed notebook → the page of a report, and the page that stands where it would have been."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

import nbformat
from bs4 import BeautifulSoup
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML, ansi2html

from keepbook.report.disarm import disarm
from keepbook.report.frame import ASSETS, page, say
from keepbook.report.glossary import GLOSSARY

COMPONENTS = (ASSETS / "page.css").read_text(encoding="utf-8")
DISPLAY_PRIORITY = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]


@dataclass(frozen=True)
class Heading:
    """One line of the contents; its level is 2 or 3."""

    level: int
    text: str
    href: str


@dataclass(frozen=True)
class BarLink:
    """One page of the bar."""

    label: str
    href: str
    current: bool = False


def render(
    notebook: nbformat.NotebookNode,
    *,
    title: str,
    bar: Sequence[BarLink] = (),
    languages: Sequence[BarLink] = (),
    home_link: str | None = None,
) -> str:
    """One self-contained HTML page from an executed notebook.

    It makes no request: images stay only as `data:` URIs, an image from elsewhere is reduced to its alt text.
    LaTeX is shown as it was typed. A section whose heading's cell is tagged `analysts` is folded away.

    Parameters
    ----------
    notebook : nbformat 4, outputs included. Cells tagged `remove-report` are left out.
    title : of the page; also its h1 when the notebook has none.
    bar, languages : this page and its sisters; the same page in other languages.
    home_link : href of the index, relative to where the page will lie; None leaves it out.
    """
    soup = BeautifulSoup(_cells(notebook), "html.parser")
    disarm(soup)
    for sheet in soup.find_all("style"):
        if sheet.get_text() == COMPONENTS:
            sheet.decompose()  # the page has it
    _one_h1(soup, title)
    contents = _contents(soup)
    _fold_for_analysts(soup)
    _wrap_wide(soup)
    glossary = home_link and home_link.replace("index.html", GLOSSARY)
    frame = {
        "glossary_link": glossary,
        "title": title,
        "home_link": home_link,
        "contents": contents,
        "bar": bar,
        "languages": languages,
    }
    return page("report.html.j2", **frame, body=Markup(str(soup)))


def _fold_for_analysts(soup: BeautifulSoup) -> None:
    """A section that begins with a cell tagged `analysts` becomes a fold, up to the next section."""
    for first in soup.select(".kb-tag-analysts"):
        heading = first.find(["h2", "h3"])
        section = [first]
        for cell in first.find_next_siblings():
            if cell.find(["h1", "h2"]) is not None or "kb-tag-analysts" in cell["class"]:
                break
            if cell.select_one(".kb-provenance"):
                break
            section.append(cell)
        fold = soup.new_tag("details", attrs={"class": "kb-analysts"})
        summary = soup.new_tag("summary")
        first.insert_before(fold)
        if heading is not None:
            summary.append(heading.extract())
        fold.append(summary)
        for cell in section:
            fold.append(cell.extract())


def _cells(notebook: nbformat.NotebookNode) -> str:
    """The cells as HTML. Outputs that need a script (widgets, JavaScript) fall back to their text."""
    exporter = HTMLExporter(
        template_name="basic",
        template_file="cells.html.j2",
        extra_template_paths=[str(ASSETS)],
        exclude_anchor_links=True,
        config={
            "NbConvertBase": {"display_data_priority": DISPLAY_PRIORITY},
            "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {"remove-report"}},
        },
    )
    exporter.environment.globals["say"] = say
    body, _resources = exporter.from_notebook_node(notebook)
    return body


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


def _contents(soup: BeautifulSoup) -> list[Heading]:
    """The h2 and h3 with an id each that nothing else in the page has."""
    found = soup.find_all(["h2", "h3"])
    headings = [tag for tag in found if tag.get_text(strip=True) and not tag.find_parent("figure")]
    mine = set(map(id, headings))
    taken = {str(tag["id"]) for tag in soup.find_all(id=True) if id(tag) not in mine} | {"kb-main"}
    entries = []
    for heading in headings:
        text = heading.get_text(" ", strip=True)
        wanted = str(heading.get("id") or "") or re.sub(r"\W+", "-", text).strip("-") or "section"
        free = next(name for name in _numbered(wanted) if name not in taken)
        taken.add(free)
        heading["id"] = free
        entries.append(Heading(int(heading.name[1]), text, "#" + quote(free, safe="")))
    return entries


def _numbered(name: str) -> Iterable[str]:
    yield name
    for number in count(2):
        yield f"{name}-{number}"


def _wrap_wide(soup: BeautifulSoup) -> None:
    """Tables and drawings that are not ours get a box of their own to scroll in."""
    for table in soup.find_all("table"):
        if not table.find_parent(["table"]) and not table.find_parent(class_="kb-table"):
            table.wrap(soup.new_tag("div", attrs={"class": "kb-scroll"}))
    for svg in soup.select(".kb-svg > svg"):
        if not svg.has_attr("role"):
            svg["role"] = "img"


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
    error, where : what is wrong, and the labelled lines below it, as `KeepbookError.lines()` gives them.
    cell, traceback : source of the cell that failed; where it stopped, in ANSI colours.
    previous, home_link : href of the last good report; of the index.
    """
    return page(
        "error.html.j2",
        heading=say("not-made", notebook=notebook, unit=unit),
        unit=unit,
        notebook=notebook,
        error=error,
        where=[{"key": key, "label": say(f"label-{key}"), "text": text} for key, text in where],
        cell=Markup(Highlight2HTML(pygments_lexer="ipython3")(cell)) if cell else None,
        traceback=Markup(ansi2html(traceback)) if traceback else None,
        previous=previous,
        home_link=home_link,
    )
