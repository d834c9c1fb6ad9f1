"""Pieces of the page: HTML of escaped text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files

import numpy as np

from keepbook.errors import printable
from keepbook.text import BOLD, PLAIN

EMPHASIS = re.compile(f"{BOLD}([^{BOLD}{PLAIN}]*){PLAIN}")  # in pairs: names in data may hold either sign
CODE = re.compile(r"`([^`<>]+)`")
ACCENT = "var(--kb-accent, #0072b2)"
TOGETHER = re.compile(  # on one line: an interval, a day, a number with its unit
    r"\[[−+\d][^\[\]<>]{0,40}\]|\b\d{4}-\d{2}(?:-\d{2})?\b|[−+±]?\d[\d,.]* (?:%|pp\b|[A-Z]{3}\b)"
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
    items = []
    for text in texts:
        kept = TOGETHER.sub(r'<span class="kb-together">\g<0></span>', escape(text))
        bold = EMPHASIS.sub(r"<strong>\1</strong>", CODE.sub(r"<code>\1</code>", kept))
        items.append(f"<li>{plain(bold)}</li>")
    return f'<ul class="kb-findings">{"".join(items)}</ul>'


def chart(title: str, caption: str, svg: str, link: str) -> str:
    """A figure with its title above, read aloud to whoever cannot see it, and its caption below."""
    return (
        f'<figure class="kb-figure" role="img" aria-label="{escape(plain(title))}">'
        f'<h4 class="kb-figure-title">{said(title)}</h4>{svg}'
        f"<figcaption>{said(caption)} {link}</figcaption></figure>"
    )


def captioned(body: str, caption: str, link: str) -> str:
    """A table with its caption below."""
    below = f"{said(caption)} {link}".rstrip()
    return f'<figure class="kb-figure">{body}<figcaption>{below}</figcaption></figure>'


def decision(label: str, reason: str, kind: str) -> str:
    """The decision in a few words, large, and below it why."""
    return (
        f'<div class="kb-verdict kb-verdict-{escape(kind)}">'
        f'<p class="kb-verdict-label">{escape(label)}</p>'
        f'<p class="kb-verdict-reason">{said(reason)}</p></div>'
    )


def table(heads: list[str], rows: Sequence[tuple[str, ...]], numeric: list[int], wrap: bool = False) -> str:
    """A table of texts; columns of numbers stand to the right, and long texts may `wrap`."""
    kinds = ['class="num"' if i in numeric else "" for i in range(len(heads))]
    head = "".join(f"<th {kind}>{escape(h)}</th>" for h, kind in zip(heads, kinds, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f"<td {kind}>{escape(plain(str(v)))}</td>" for v, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    look = "kb-table kb-wrap" if wrap else "kb-table"
    return f'<div class="{look}"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


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
