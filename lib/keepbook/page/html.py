"""Pieces of the page: HTML of escaped text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from importlib.resources import files
from typing import Any

import numpy as np

from keepbook.errors import printable
from keepbook.text import BOLD, PLAIN, catalogue

say = catalogue("page")
SORTED_FROM = 4  # rows from which on a table sorts by its headings
BAR_WIDTH = 120  # px of a point with its interval in a cell

EMPHASIS = re.compile(f"{BOLD}([^{BOLD}{PLAIN}]*){PLAIN}")  # in pairs: names in data may hold either sign
CODE = re.compile(r"`([^`<>]+)`")
POINTS = re.compile(r'data-points="([^"]*)"')
ACCENT = "var(--kb-accent, #0072b2)"
NUMBER = r"[−+±]?\d[\d,.]*[KMBT]?(?: (?:%|pp\b|[A-Z]{3}\b))?"
TOGETHER = re.compile(  # on one line: a day, an interval, a number with its unit
    rf"\b\d{{4}}-\d{{2}}(?:-\d{{2}})?\b|{NUMBER}(?:–| to ){NUMBER}"
    r"|[−+±]?\d[\d,.]*[KMBT]? (?:%|pp\b|[A-Z]{3}\b)"
)


@dataclass(frozen=True)
class Html:
    """A fragment of the page; as plain text where no HTML is shown."""

    html: str
    text: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Names from data and unit files are in it: signs that turn text around go, wherever it is shown."""
        object.__setattr__(self, "html", printable(self.html))
        object.__setattr__(self, "text", printable(self.text))

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def style() -> str:
    """The look of the fragments, for JupyterLab; a report brings the same sheet for the whole page."""
    return f"<style>{files('keepbook').joinpath('assets/page.css').read_text(encoding='utf-8')}</style>"


def plain(text: str) -> str:
    """A sentence without the catalogue's emphasis."""
    return text.replace(BOLD, "").replace(PLAIN, "")


def said(text: str) -> str:
    """A sentence, escaped: `names` as code, days and numbers with their unit kept on one line."""
    kept = TOGETHER.sub(r'<span class="kb-together">\g<0></span>', escape(plain(text)))
    return CODE.sub(r"<code>\1</code>", kept)


def note(sentence: str) -> Html:
    """A plain sentence, set apart."""
    return Html(f'<p class="kb-note">{said(sentence)}</p>', plain(sentence))


def sentences(texts: Sequence[str]) -> str:
    """A list of findings, with the catalogue's emphasis."""
    items = "".join(f"<li>{sentence(text)}{_from(text)}</li>" for text in texts)
    return f'<ul class="kb-findings">{items}</ul>' if texts else ""


def _from(finding: Any) -> str:
    """A link to the page that a finding is from, where that is another one."""
    name, href = getattr(finding, "page", None) or ("", "")
    return f' <a class="kb-from" href="{escape(href)}"><bdi>{escape(name)}</bdi></a>' if href else ""


def sentence(text: str) -> str:
    """A sentence, escaped, with the catalogue's emphasis."""
    kept = TOGETHER.sub(r'<span class="kb-together">\g<0></span>', escape(text))
    bold = EMPHASIS.sub(r"<strong>\1</strong>", CODE.sub(r"<code>\1</code>", kept))
    return plain(bold)


@dataclass(frozen=True)
class Foot:
    """What stands below a figure or table: its data, to look at and to take away, and their source."""

    source: str = ""  # unit and last day of the data
    data: str = ""  # lines of cells between tabs, so that a mailed page keeps them
    name: str = ""  # of the file
    href: str = ""  # of the file beside the page, where it was saved

    def html(self, opens: bool = True) -> str:
        """As it stands below a figure; `opens`: the data can be looked at as a table, too."""
        parts = []
        if self.data:
            table = say("foot-table") if opens else ""
            parts.append(
                f'<span class="kb-take" data-name="{escape(self.name)}" data-table="{table}"'
                f' data-copy="{say("foot-copy")}" data-copied="{say("foot-copied")}"></span>'
            )
        if self.href:
            parts.append(f'<a class="kb-data" href="{self.href}" download>{say("data-csv")}</a>')
        if self.source:
            parts.append(f'<span class="kb-source">{escape(self.source)}</span>')
        line = f'<div class="kb-foot-line">{"".join(parts)}</div>' if parts else ""
        return line + (f'<pre class="kb-data-text" hidden>{escape(self.data)}</pre>' if self.data else "")


def chart(name: str, title: str, measure: str, caption: str, pictures: Sequence[str], foot: str = "") -> str:
    """A figure: its finding above, what is drawn below that, the picture for each width, caption and foot."""
    wide, narrow = (_described(picture, title, measure or caption) for picture in pictures)
    said_of = [[text for _x, _y, text in _readings(svg)] for svg in (wide, narrow)]
    if said_of[0] == said_of[1]:  # told once: the script looks them up in the first of the two
        places = "&#10;".join(f"{x},{y}," for x, y, _text in _readings(narrow))
        narrow = POINTS.sub(f'data-points="{places}"', narrow, count=1)
    measured = f'<p class="kb-measure">{said(measure)}</p>' if measure else ""
    return (
        f'<figure class="kb-figure" id="{escape(anchor(name))}">'
        f'<h3 class="kb-figure-title">{said(title)}</h3>{measured}'
        f'<div class="kb-drawing"><div class="kb-wide">{wide}</div>'
        f'<div class="kb-narrow">{narrow}</div></div>'
        f'<figcaption class="kb-caption">{said(caption)}</figcaption>{foot}</figure>'
    )


def anchor(name: str) -> str:
    """Where on its page a figure or table stands."""
    return f"at-{name}"


def _readings(svg: str) -> list[list[str]]:
    """What can be read out of a drawing, as it stands in its attribute: places and texts."""
    found = POINTS.search(svg)
    return [line.split(",", 2) for line in found[1].split("&#10;") if line] if found else []


def _described(svg: str, title: str, measure: str) -> str:
    """A drawing with a name and a description for whoever cannot see it."""
    said_of = [unescape(text) for _x, _y, text in _readings(svg)]
    ends = say("alt-points", n=len(said_of), first=said_of[0], last=said_of[-1]) if said_of else ""
    words = f"<title>{escape(plain(title))}</title><desc>{escape(plain(f'{measure} {ends}'.strip()))}</desc>"
    return re.sub(r"<svg ([^>]*)>", lambda found: f'<svg role="img" {found[1]}>{words}', svg, count=1)


def captioned(name: str, body: str, foot: str = "") -> str:
    """A table that brings its caption, with its foot."""
    place = f' id="{escape(anchor(name))}"' if name else ""
    return f'<figure class="kb-figure kb-full"{place}>{body}{foot}</figure>'


def decision(label: str, reason: str, kind: str) -> str:
    """The decision in a few words, large, and below it why."""
    return (
        f'<div class="kb-verdict kb-verdict-{escape(kind)}">'
        f'<p class="kb-verdict-label">{escape(label)}</p>'
        f'<p class="kb-verdict-reason">{said(reason)}</p></div>'
    )


def table(
    heads: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    numeric: Sequence[int],
    *,
    caption: str = "",
    values: Sequence[tuple[Any, ...]] = (),
    wrap: bool = False,
    more: Sequence[int] = (),
) -> str:
    """A table of texts that sorts by its headings; columns of numbers stand to the right.

    Parameters
    ----------
    values : what is behind the texts, to sort by. wrap : long texts may be broken. A cell that is `Html` is
        taken as it is. more : columns that only `with_switch` shows.
    """
    classes = [("num " * (i in numeric) + "kb-more" * (i in more)).strip() for i in range(len(heads))]
    kinds = [f'class="{names}"' if names else "" for names in classes]
    head = "".join(f'<th scope="col" {kind}>{escape(h)}</th>' for h, kind in zip(heads, kinds, strict=True))
    body = ""
    for i, row in enumerate(rows):
        behind = values[i] if values else [None] * len(row)
        cells = [_cell(*cell) for cell in zip(range(len(row)), row, behind, kinds, strict=True)]
        body += f"<tr>{''.join(cells)}</tr>"
    look = "kb-table kb-wrap" if wrap else "kb-table"
    named = f"<caption>{said(caption)}</caption>" if caption else ""
    sorts = " data-sort" if len(rows) >= SORTED_FROM else ""
    return (
        f'<div class="{look}"><table{sorts}>{named}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(column: int, text: Any, value: Any, kind: str) -> str:
    inner = text.html if isinstance(text, Html) else escape(plain(str(text)))
    known = isinstance(value, float | int) and not isinstance(value, bool) and value == value
    by = f' data-v="{value:.6g}"' if known else ""
    return f'<th scope="row" {kind}{by}>{inner}</th>' if column == 0 else f"<td {kind}{by}>{inner}</td>"


def as_drawn(cell: Html) -> Any:
    """How a column of drawings is written: each as it is, while a table writes all else as text."""
    return cell


def with_switch(body: str, words: str) -> str:
    """A table whose further columns, and whatever else is `kb-more`, show once the box below it is ticked."""
    box = f'<label class="kb-switch"><input type="checkbox">{escape(words)}</label>'
    return f'<div class="kb-extended">{body}{box}</div>'


def interval_bar(
    value: float,
    lower: float,
    upper: float,
    axis: tuple[float, float],
    text: str = "",
    tone: str = "accent",
    *,
    limit: float | None = None,
    truth: float | None = None,
) -> Html:
    """A point and its interval on the axis of its column, as small as a word; arrows where it goes on.

    Parameters
    ----------
    axis : least and most of the whole column. text : what is read aloud. tone : accent, good, bad or muted.
    limit : a bound to hold the interval against, dashed. truth : what is known of simulated data, hollow.
    """
    left, right = axis
    scale = BAR_WIDTH / ((right - left) or 1.0)

    def at(place: float) -> float:
        return min(max((place - left) * scale, 0.0), BAR_WIDTH)

    marks = ""
    if left < 0 < right:
        marks += f'<path class="kb-zero" d="M{at(0):.1f} 0V20"/>'
    if lower == lower and upper == upper:
        marks += f'<path class="kb-whisker" d="M{at(lower):.1f} 10H{at(upper):.1f}"/>'
        marks += '<path class="kb-tip" d="M5 6L0 10L5 14"/>' if lower < left else ""
        end = BAR_WIDTH
        marks += f'<path class="kb-tip" d="M{end - 5} 6L{end} 10L{end - 5} 14"/>' if upper > right else ""
    if limit is not None and left <= limit <= right:
        marks += f'<path class="kb-limit" d="M{at(limit):.1f} 1V19"/>'
    if value == value:
        marks += f'<circle cx="{at(value):.1f}" cy="10" r="4"/>'
    if truth is not None and left <= truth <= right:
        marks += f'<circle class="kb-truth" cx="{at(truth):.1f}" cy="10" r="6.5"/>'
    role = f'role="img" aria-label="{escape(plain(text))}"' if text else 'aria-hidden="true"'
    svg = (
        f'<svg class="kb-bar-cell kb-tone-{tone}" {role} viewBox="-5 0 {BAR_WIDTH + 10} 20"'
        f' width="{BAR_WIDTH + 10}" height="20">{marks}</svg>'
    )
    return Html(svg, text)


def sparkline(values: Sequence[float | None]) -> str:
    """A word-sized line of a figure's own past; empty when there are fewer than two values."""
    known = [(i, v) for i, v in enumerate(values) if v is not None and np.isfinite(v)]
    if len(known) < 2:
        return ""
    low, high = min(v for _i, v in known), max(v for _i, v in known)
    scale, last = (high - low) or 1.0, len(values) - 1
    points = [(2 + 76 * i / last, 20 - 16 * (v - low) / scale) for i, v in known]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        '<svg class="kb-spark" viewBox="0 0 80 24" width="80" height="24" aria-hidden="true">'
        f'<polyline points="{line}" fill="none" stroke="{ACCENT}" stroke-width="1.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{ACCENT}"/></svg>'
    )
