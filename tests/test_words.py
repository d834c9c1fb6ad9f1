"""The rules of how pages speak notice what breaks them."""

from __future__ import annotations

import pytest
from words_data import faults, numbers_in, sentences_of, too_much, words_in


@pytest.mark.parametrize(
    ("sentence", "words", "numbers"),
    [
        ("Today's 4,000 customers will spend about 640K EUR in the next 12 months (550–730K).", 13, 2),
        ("Three forecasts made in the past were off by up to 14 %.", 12, 1),
        ("In 2024-11 16 % of customers were lost.", 8, 1),
        ("今天的4,000位客户未来12个月预计消费约64万元（55万–73万元）。", 15, 2),
    ],
)
def test_words_and_numbers_are_counted_as_a_reader_does(sentence: str, words: int, numbers: int) -> None:
    assert abs(words_in(sentence) - words) <= 2
    assert numbers_in(sentence) == numbers


def test_sentences_end_where_they_end() -> None:
    assert sentences_of("It pays. Is it 4.5 EUR? Yes, e.g. for gold.") == [
        "It pays.", "Is it 4.5 EUR?", "Yes, e.g. for gold.",
    ]  # fmt: skip
    assert sentences_of("值得推广。再看一眼！") == ["值得推广。", "再看一眼！"]


def test_long_sentences_and_many_numbers_are_noticed() -> None:
    long = "Customers who bought " + "often and " * 10 + "late."
    assert len(too_much(f"{long} Short one.")) == 1
    assert too_much("Of 10, 20 and 30 none came.")
    assert not too_much("Of 10 customers, 3 came back (1–6) within 60 days of 2024-03-01.")


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ('<p class="kb-headline">Set <code>margin</code>.</p>', "a key of the unit file"),
        ("<p>The RMSE is small.</p>", "jargon: RMSE"),
        ('<h3 class="kb-figure-title">From 10 % it fell to 5 %</h3>', "1 words, 2 numbers"[1:]),
        ("<p>It is [12 %, 13 %].</p>", "square brackets"),
        ('<div class="kb-tile-label">Customers who came back again<details></details></div>', "long label"),
        ('<ul class="kb-findings">' + "<li>One.</li>" * 7 + "</ul>", "more than 6 findings"),
    ],
)
def test_each_rule_notices_its_fault(part: str, fault: str) -> None:
    (found,) = faults(f"<main>{part}</main>")
    assert fault in found
    assert not faults("<main><p class='kb-headline'>30 % (29–32 %) come back in month 1.</p></main>")


def test_sections_for_analysts_may_say_more() -> None:
    page = "<main><details class='kb-analysts'><p>The RMSE of CUPED.</p></details></main>"
    assert not faults(page)
