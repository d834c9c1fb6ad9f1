"""Decisions side by side, each leading to the page that it is from."""

import re
from dataclasses import dataclass
from html import escape

from keepbook.page import html
from keepbook.text import catalogue

say = catalogue("page")
MAX_CARDS = 4  # that are seen at once; more of them open
AFTER_FIRST = re.compile(r"(?<=[.?!])\s+|(?<=[。？！])(?=.)")  # sentence of a reason, where it is laid out


@dataclass(frozen=True)
class Card:
    """One decision in few words."""

    label: str  # what to do
    reason: str
    kind: str  # what it means: `good`, `bad`, `wait` or `broken`
    note: str = ""  # in small below it, such as the money at stake
    page: str = ""  # link of the page that it is from

    def html(self) -> str:
        """As it stands among others."""
        label = f"<bdi>{escape(self.label)}</bdi>"
        if self.page:
            label = f'<a href="{escape(self.page)}">{label}</a>'
        note = f'<p class="kb-card-note">{html.said(self.note)}</p>' if self.note else ""
        first, *rest = AFTER_FIRST.split(self.reason, maxsplit=1)
        reason = f'<p class="kb-verdict-reason">{html.said(first)}</p>' if first else ""
        if rest:
            reason += f"{_fold(say('cards-more'))}<p>{html.said(rest[0])}</p></details>"
        return (
            f'<li class="kb-verdict kb-verdict-{escape(self.kind)}">'
            f'<p class="kb-verdict-label">{label}</p>{reason}{note}</li>'
        )


@dataclass(frozen=True)
class Cards:
    """Several of them, the most urgent first."""

    cards: tuple[Card, ...]

    def html(self) -> str:
        """Side by side on a screen, below each other on a phone."""
        first, rest = self.cards[:MAX_CARDS], self.cards[MAX_CARDS:]
        more = f"{_fold(say('cards-others', n=len(rest)))}{_list(rest)}</details>" if rest else ""
        return _list(first) + more

    def _repr_html_(self) -> str:
        return html.style() + self.html()

    def __repr__(self) -> str:
        return "\n".join(html.plain(card.label) for card in self.cards)


def _list(cards: tuple[Card, ...]) -> str:
    return f'<ul class="kb-cards">{"".join(card.html() for card in cards)}</ul>'


def _fold(words: str) -> str:
    return f'<details class="kb-more kb-open-in-print"><summary>{escape(words)}</summary>'
