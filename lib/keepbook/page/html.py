"""Pieces of the page: HTML of escaped text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files

from keepbook.errors import printable

ESTIMATE = re.compile(r"([−+]?[\d,.]*\d(?: (?:%|pp|[A-Z]{3}))?)(?= \[[−+\d])")  # a number before its interval
BOLD = "\x02"  # stands for a tag until the text is escaped
CODE = re.compile(r"`([^`<>]+)`")
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


def said(text: str) -> str:
    """A sentence, escaped: `names` as code, days and numbers with their unit kept on one line."""
    return CODE.sub(r"<code>\1</code>", TOGETHER.sub(r'<span class="kb-together">\g<0></span>', escape(text)))


def note(sentence: str) -> Html:
    """A plain sentence, set apart."""
    return Html(f'<p class="kb-note">{said(sentence)}</p>', sentence)


def sentences(texts: Sequence[str]) -> str:
    """A list of findings, their estimates in bold."""
    items = [said(ESTIMATE.sub(rf"{BOLD}\1{BOLD}", text)) for text in texts]
    bold = [re.sub(f"{BOLD}(.*?){BOLD}", r"<strong>\1</strong>", item) for item in items]
    return f'<ul class="kb-findings">{"".join(f"<li>{item}</li>" for item in bold)}</ul>'


def table(heads: list[str], rows: Sequence[tuple[str, ...]], numeric: list[int], wrap: bool = False) -> str:
    """A table of texts; columns of numbers stand to the right.

    Parameters
    ----------
    wrap : long texts go on in the next line.
    """
    kinds = ['class="num"' if i in numeric else "" for i in range(len(heads))]
    head = "".join(f"<th {kind}>{escape(h)}</th>" for h, kind in zip(heads, kinds, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f"<td {kind}>{escape(str(v))}</td>" for v, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    look = "kb-table kb-wrap" if wrap else "kb-table"
    return f'<div class="{look}"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
