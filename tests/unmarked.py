"""Words that the pseudo-language (`en-XA`) left as they are: they stand in no catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bs4 import BeautifulSoup

# Whose names they are, in every language: programs, formats, units of time zones and money.
NAMES = {"Keepbook", "HTML", "CSV", "YAML", "JSON", "Python", "UTC", "BG", "NBD", "CLV", "keepbook"}
CODE = re.compile(r"`[^`]*`")
FILE = re.compile(r"[\w./~${}*-]*(?:/|\.(?:ya?ml|csv|parquet|html|json|ipynb|bak)\b)[\w./~${}*-]*")
WORD = re.compile(r"[A-Za-z]{2,}")


def unmarked(text: str, allowed: Iterable[str] = ()) -> list[str]:
    """The ASCII words of two letters and more in a text, in order; none where every word of ours is marked.

    Parameters
    ----------
    text : what a reader sees; a page's text, not its HTML.
    allowed : what comes from data, unit files and their keys, whole: `Acme Ltd`, `cohort_period`. Code in
        backticks, file names and names of programs and formats are no words of ours anyway.
    """
    for kept in sorted(allowed, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z]){re.escape(kept)}(?![A-Za-z])", " ", text)
    for pattern in (CODE, FILE):
        text = pattern.sub(" ", text)
    return [word for word in WORD.findall(text) if word not in NAMES]


def words_of(page: str) -> str:
    """What is read on a page, and what a screen reader says."""
    soup = BeautifulSoup(page, "html.parser")
    for tag in soup.select("style, script, code, .highlight, pre.kb-data-text"):  # not data
        tag.decompose()
    attributes = ("aria-label", "alt", "title", "data-more", "data-region", "data-auto", "data-dark")
    said = [str(tag[name]) for tag in soup.find_all(True) for name in attributes if tag.has_attr(name)]
    return "\n".join([soup.get_text("\n"), *said])
