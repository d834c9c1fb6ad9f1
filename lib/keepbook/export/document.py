"""A unit's pages as one document on A4: put together into one page, which a browser prints once.

One print, rather than one a page that are merged afterwards: page numbers run through, links between the
pages lead to their place, and no other program is needed. What the pages have in `<main>` is taken as it is,
without script; names of elements get a prefix, so that drawings of several pages do not meet.
"""

import re
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from keepbook.errors import printable
from keepbook.export.chromium import print_page
from keepbook.export.reports import PAGE, Report, UnitReports
from keepbook.export.sheets import shortened
from keepbook.text import catalogue

# Attributes that name elements of the page, one or several.
NAMES = ("for", "headers", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")
DROPPED = ["script", "link", "meta", "base", "template", "iframe", "object", "embed"]
HASH = re.compile(r"#([\w.:-]+)")
MAX_FOOT = 90  # characters of the title at the foot of every page
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
# Of headings: their bookmarks would run words together where a line breaks, were its space not kept; and say
# them twice, were they so tight that the top of a page cuts into them.
STYLE = """
@page { size: A4; margin: 15mm 14mm 17mm;
  @bottom-left { content: %s; width: 82%%; overflow: hidden; text-align: left; white-space: nowrap;
    font: 8pt system-ui, sans-serif; color: #5b6770; }
  @bottom-right { content: counter(page) " / " counter(pages); white-space: nowrap;
    font: 8pt system-ui, sans-serif; color: #5b6770; } }
body { margin: 0; }
h1, h2, h3, h4, h5, h6 { line-height: 1.45; white-space: break-spaces; }
.kb-bound { margin: 0 0 5mm; padding-bottom: 2mm; border-bottom: 1px solid #c9d1d8; }
.kb-bound p { max-width: none; margin: 0 0 1mm; font-size: 9pt; line-height: 1.4; color: #5b6770; }
.kb-bound a { margin-right: 1em; }
.kb-bound-page ~ .kb-bound-page { break-before: page; padding-top: 2mm; }
"""

say = catalogue("export")


def write_document(found: UnitReports, path: Path, program: str, watch: Callable[[str], None]) -> int:
    """Prints the unit's reports into a PDF, which appears whole or not at all.

    Parameters
    ----------
    found : the unit's reports.
    path : of the file.
    program : the browser.
    watch : told the browser's name before it prints.

    Returns
    -------
    int : number of pages.

    Raises
    ------
    KeepbookError : the browser made none.
    """
    html, marks = document(found)
    watch(Path(program).stem)
    with found.whole_file(path) as aside:
        return print_page(html, aside, program, marks, page=found.reports[0].folder / PAGE)


def document(found: UnitReports) -> tuple[str, list[str]]:
    """The page to print, and the names of the places in it that its first lines link to."""
    soups = [
        BeautifulSoup((r.folder / PAGE).read_text(encoding="utf-8"), "html.parser") for r in found.reports
    ]
    mains = [soup.find(id="kb-main") or soup.find("main") or soup.body or soup for soup in soups]
    styles = dict.fromkeys(tag.get_text() for soup in soups if soup.head for tag in soup.head("style"))
    marks = [f"kb-report-{number}" for number in range(1, len(mains) + 1)]
    places = {(r.folder / PAGE).as_uri(): mark for r, mark in zip(found.reports, marks, strict=True)}
    known = [{str(tag["id"]) for tag in main.find_all(id=True)} for main in mains]
    ids = dict(zip(marks, known, strict=True))
    for report, main, mark in zip(found.reports, mains, marks, strict=True):
        _prepare(main, report, mark, places, ids)
    language = next((str(soup.html["lang"]) for soup in soups if soup.html and soup.html.get("lang")), "en")
    title = printable(found.title)
    style = STYLE % _quoted(shortened(title, MAX_FOOT))
    sections = [
        f'<div class="kb-bound-page" id="{mark}">{_notice(report)}{main}</div>'
        for report, main, mark in zip(found.reports, mains, marks, strict=True)
    ]
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape(title)}</title>" + "".join(f"<style>{text}</style>" for text in [*styles, style])
    )
    body = f"{_cover(found, marks)}{''.join(sections)}"
    page = (
        f'<!DOCTYPE html><html lang="{escape(language)}" data-theme="light"><head>{head}</head>'
        f'<body class="kb-print">{body}</body></html>'
    )
    return page, marks


def _cover(found: UnitReports, marks: list[str]) -> str:
    """Unit, period, which run it is made from; and where each report is."""
    when = f"{found.made_at:%Y-%m-%d %H:%M}"
    line = say("cover", title=found.title, **found.span, when=when, version=found.version)
    if found.about.get("simulated"):
        line += f" · {say('simulated')}"
    links = [
        f'<a href="#{mark}">{escape(printable(report.subject))}</a>'
        for report, mark in zip(found.reports, marks, strict=True)
    ]
    return f'<header class="kb-bound"><p>{escape(printable(line))}</p><p>{" ".join(links)}</p></header>'


def _notice(report: Report) -> str:
    return f'<p class="kb-note">{escape(say("failed-since"))}</p>' if report.failed else ""


def _quoted(text: str) -> str:
    """Text as CSS takes it, whatever is in it."""
    return '"' + "".join(sign if sign.isalnum() else f"\\{ord(sign):x} " for sign in text) + '"'


def _prepare(main: Tag, report: Report, mark: str, places: dict[str, str], ids: dict[str, set[str]]) -> None:
    """Takes out what paper has no use for, and gives every name its prefix."""
    for tag in main.find_all(DROPPED):
        tag.decompose()
    for link in main.find_all("a"):
        _lead(link, report, mark, places, ids)
    for fold in main.select("details.kb-open-in-print"):
        fold["open"] = ""
    for heading in main.find_all(re.compile("^h[1-6]$")):
        for text in heading.find_all(string=True):
            text.replace_with(re.sub(r"\s+", " ", text))
    known = ids[mark]
    for tag in [main, *main.find_all(True)]:
        for name, value in list(tag.attrs.items()):
            tag.attrs[name] = _renamed(name, value, mark, known) if isinstance(value, str) else value
        for name in NAMES:  # lists, as Beautiful Soup reads some of them
            if isinstance(named := tag.get(name), list):
                tag[name] = " ".join(f"{mark}-{one}" if one in known else one for one in named)
    for style in main.find_all("style"):
        style.string = HASH.sub(lambda m: f"#{mark}-{m[1]}" if m[1] in known else m[0], style.get_text())


def _renamed(name: str, value: str, mark: str, known: Iterable[str]) -> str:
    """An attribute whose references to this page's elements have the prefix."""
    if name == "id":
        return f"{mark}-{value}"
    if name in NAMES:
        return " ".join(f"{mark}-{one}" if one in known else one for one in value.split())
    if name in ("href", "xlink:href") or "url(" in value:
        return HASH.sub(lambda m: f"#{mark}-{m[1]}" if m[1] in known else m[0], value)
    return value


def _lead(link: Tag, report: Report, mark: str, places: dict[str, str], ids: dict[str, set[str]]) -> None:
    """A link within the document leads to its place, one to the web stays; any other is plain text."""
    href = str(link.get("href", ""))
    if link.has_attr("download"):
        link.decompose()
        return
    target = urlsplit(urljoin((report.folder / PAGE).as_uri(), href))
    place, fragment = places.get(target._replace(fragment="").geturl()), unquote(target.fragment)
    if place and href:
        link["href"] = f"#{place}-{fragment}" if fragment in ids[place] else f"#{place}"
    elif target.scheme not in ("http", "https", "mailto"):
        link.unwrap()
