"""Customers by repeat purchases and silence, as a table in shades: what a model says of each group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from keepbook.clv.page.terms import terms_of
from keepbook.page import html
from keepbook.page.elements import Chart, enough
from keepbook.plotting.canvas import Drawing
from keepbook.text import catalogue, estimate, interval, number, percent

if TYPE_CHECKING:  # a table needs no model, and its packages take long to load
    from keepbook.clv import Choices

say = catalogue("clv")
SHADES = 9  # of the page's own: five pale ones with dark text, four deep ones with light text
MIN_CUSTOMERS = 5  # of a cell, for its mean to say something


@dataclass(frozen=True)
class Matrix(Chart):
    """A figure that is a table: its cells are read out as points of a drawing are."""

    table: str = ""

    def html(self, foot: str = "") -> str:
        """As it stands on a page: the finding above, the table under its measure, caption and foot."""
        return (
            f'<figure class="kb-figure kb-full" id="{escape(html.anchor(self.name))}">'
            f'<h3 class="kb-figure-title">{html.said(self.title)}</h3>{self.table}'
            f'<figcaption class="kb-caption">{html.said(self.caption)}</figcaption>{foot}</figure>'
        )


def rf_matrix(frame: pd.DataFrame, choices: Choices, value: str, **facts: Any) -> Matrix:
    """Customers by repeat purchases and days since the last one: `p_alive` or `expected_purchases`.

    Parameters
    ----------
    facts : more that the caption states.
    """
    alive = value == "p_alive"
    message = "alive-matrix" if alive else "purchases-matrix"
    share = percent(frame["gone" if alive else "quiet"].sum() / frame["customers"].sum(), 0)
    if "active" in facts:
        facts["active"] = estimated_share(*facts["active"])
    facts |= {"share": share, "few": MIN_CUSTOMERS, **terms_of(choices)}
    show = partial(percent, digits=0) if alive else partial(number, digits=1)
    words = {name: say(f"{message}{name}", **facts) for name in ("", ".measure", ".caption")}
    body = _table(enough(frame), value, show, 1.0 if alive else None, words[".measure"])
    kept = [
        *(name for name in frame if name not in ("p_alive", "expected_purchases", "gone", "quiet")),
        value,
        "gone" if alive else "quiet",
    ]
    made: dict[str, Any] = {"measure": words[".measure"], "table": body}
    return Matrix(f"matrix_{value}", words[""], words[".caption"], Drawing("", ""), frame[kept], **made)


def estimated_share(value: float, lower: float, upper: float) -> str:
    """`73 % (71–75 %)`"""
    show = partial(percent, digits=0)
    return estimate(show(value), interval(lower, upper, show))


def _table(
    frame: pd.DataFrame, value: str, show: Callable[[float], str], most: float | None, measure: str
) -> str:
    steady = frame.loc[frame["customers"] >= MIN_CUSTOMERS, value]
    top = most or max(float(steady.max()) if len(steady) else 0.0, 1e-9)
    bought, silent = (_spans(frame, name) for name in ("bought", "silent"))
    cells = {(row.silent, row.bought): row for row in frame.itertuples()}
    head = "".join(f'<th scope="col">{text}</th>' for text in bought.values())
    body = ""
    for start, days in silent.items():
        row = "".join(_cell(cells.get((start, often)), value, show, top) for often in bought)
        body += f'<tr><th scope="row">{days}</th>{row}</tr>'
    # What is read out of a cell: the script fills in the heads of its row and column, and what it holds.
    pattern = escape(say("matrix-cells.reading", days="$", bought="$", found="$", n="$"))
    corner = escape(say("matrix-cells.corner"))
    return (
        f'<div class="kb-table kb-heat"><table data-say="{pattern}"><caption>{html.said(measure)}</caption>'
        f'<thead><tr><th scope="col">{corner}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(cell: Any, value: str, show: Callable[[float], str], top: float) -> str:
    """One group: shaded where it holds customers enough, its number in any case."""
    if cell is None:
        return "<td></td>"
    own, found = getattr(cell, value), show(getattr(cell, value))
    part = np.sqrt(own / top) if value == "expected_purchases" else own / top  # few purchases differ, too
    shade = int(np.clip(part * SHADES, 0, SHADES - 1))
    look = f' class="kb-s{shade}"' if cell.customers >= MIN_CUSTOMERS else ""
    return f'<td{look} data-t="|{escape(found)}|{number(cell.customers)}">{found}</td>'


def _spans(frame: pd.DataFrame, name: str) -> dict[float, str]:
    """Where each group begins → `3–4`, `5`, `89+`."""
    ends = dict(frame[[name, f"{name}_until"]].drop_duplicates().to_numpy(float))
    return {start: _span(start, ends[start]) for start in sorted(ends)}


def _span(start: float, end: float) -> str:
    if np.isnan(end):
        return f"{number(start)}+"
    return number(start) if start == end else f"{number(start)}–{number(end)}"
