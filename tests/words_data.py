"""How pages speak, as numbers: words and numbers a sentence, and words that a manager need not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup

# What the main part of a page says without; its sections for analysts may.
JARGON = re.compile(
    r"\b(CUPED|Fieller|Holm|RMSE|MAE|Gini|log-likelihood|posterior|covariate|p-value|Gamma-Gamma|BG/NBD"
    r"|MBG/NBD|Pareto/NBD|heteroscedastic\w*|bootstrap|Wilson|Bonferroni)\b|k̂"
)
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z“\"(])|(?<=[。？！])")
RANGE = re.compile(r"[(（][^()（）]*\d[^()（）]*[)）]")  # behind its value, or with what it is counted in
NAMED = re.compile(  # what is a name rather than a number: days, months, periods, bands of income
    r"\b\d+-\d+K\b|\d{4}-\d{2}-\d{2}|\d{4}-(?:\d{2}|Q\d)|\d{4}年(?:\d+月)?(?:\d+日)?|第?\d+个?(?:月|周|天|季度|年)"
    r"|\b(?:month|week|quarter|day|period)s? \d+|\d[\d,]* (?:day|month|week|quarter|year)s?\b"
)
NUMBER = re.compile(r"[−+±]?\d[\d,.]*")
MAX_WORDS, MAX_NUMBERS = 20, 2
MAX_TITLE_WORDS, MAX_TITLE_NUMBERS = 12, 1
MAX_CAPTION_WORDS = 25
MAX_FINDINGS = 6
MAX_LABEL = 28  # signs of a tile's label


def sentences_of(text: str) -> list[str]:
    return [part.strip() for part in SENTENCE.split(" ".join(text.split())) if part.strip()]


def words_in(sentence: str) -> int:
    """Words and numbers; of Chinese two characters are a word."""
    han = len(re.findall(r"[\u4e00-\u9fff]", sentence))
    other = re.findall(
        r"[^\W\d_][\w'’/-]*|[−+±]?\d[\d,.]*", re.sub(r"[\u4e00-\u9fff]", " ", RANGE.sub("", sentence))
    )
    return len(other) + (han + 1) // 2


def numbers_in(sentence: str) -> int:
    return len(NUMBER.findall(NAMED.sub("", RANGE.sub("", sentence))))


def too_much(text: str, words: int = MAX_WORDS, numbers: int = MAX_NUMBERS) -> list[str]:
    """The sentences of a text that say too much at once."""
    return [
        f"{words_in(one)} words, {numbers_in(one)} numbers: {one}"
        for one in sentences_of(text)
        if words_in(one) > words or numbers_in(one) > numbers
    ]


def faults(html: str) -> list[str]:
    """What a page says against the rules, outside its sections for analysts and its foot."""
    soup = BeautifulSoup(html, "html.parser")
    found = (
        [f"more than {MAX_FINDINGS} findings"]
        if len(soup.select(".kb-headline, .kb-findings li")) > MAX_FINDINGS
        else []
    )
    for selector in (".kb-headline", ".kb-findings li", ".kb-verdict-label", ".kb-verdict-reason"):
        found += [fault for box in soup.select(selector) for fault in too_much(text_of(box))]
    for box in soup.select(".kb-analysts, .kb-ledger, .kb-provenance, .kb-code, .kb-ask, footer, pre, svg"):
        box.decompose()
    for box in soup.select(".kb-figure-title"):
        found += too_much(text_of(box), MAX_TITLE_WORDS, MAX_TITLE_NUMBERS)
    for box in soup.select(".kb-caption"):
        found += too_much(text_of(box), MAX_CAPTION_WORDS, 4)
    for box in soup.select(".kb-headline, .kb-findings, .kb-verdict, .kb-figure-title, .kb-tile"):
        found += [f"a key of the unit file: {text_of(box)}"] if box.find("code") else []
    found += [f"jargon: {word}" for word in {m[0] for m in JARGON.finditer(soup.main.get_text(" "))}]
    found += [f"long label: {label}" for label in labels_of(soup) if len(label) > MAX_LABEL]
    found += [
        f"square brackets: {m[0]}" for m in re.finditer(r"\[[−+\d][^\[\]]{0,40}\]", soup.main.get_text(" "))
    ]
    return found


def labels_of(soup: Any) -> Iterator[str]:
    for box in soup.select(".kb-tile-label"):
        yield "".join(box.find_all(string=True, recursive=False)).strip()


def text_of(box: Any) -> str:
    return " ".join(box.get_text(" ").split()).replace(" ,", ",").replace(" .", ".")
