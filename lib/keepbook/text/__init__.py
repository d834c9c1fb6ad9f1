"""Every word and number a reader sees: a catalogue of sentences a language, and formats."""

from keepbook.text.catalogue import BOLD, PLAIN, catalogue, marked
from keepbook.text.errors import FULL, as_error, error_lines, error_text, hint
from keepbook.text.formats import (
    CENTS_BELOW,
    MISSING,
    Show,
    chance,
    change_format,
    day,
    digits_of,
    estimate,
    interval,
    joined,
    listed,
    money,
    number,
    p_equals,
    percent,
    points,
    pvalue,
    value_format,
)
from keepbook.text.language import ENGLISH, LANGUAGE, PSEUDO, current, language, languages
from keepbook.text.names import (
    age_axis,
    age_name,
    calendar_name,
    cohort_name,
    currency_suffix,
    metric_name,
    period_name,
    within_sentence,
)

__all__ = [
    "BOLD",
    "CENTS_BELOW",
    "ENGLISH",
    "FULL",
    "LANGUAGE",
    "MISSING",
    "PLAIN",
    "PSEUDO",
    "Show",
    "age_axis",
    "age_name",
    "as_error",
    "calendar_name",
    "catalogue",
    "chance",
    "change_format",
    "cohort_name",
    "currency_suffix",
    "current",
    "day",
    "digits_of",
    "error_lines",
    "error_text",
    "estimate",
    "hint",
    "interval",
    "joined",
    "language",
    "languages",
    "listed",
    "marked",
    "metric_name",
    "money",
    "number",
    "p_equals",
    "percent",
    "period_name",
    "points",
    "pvalue",
    "value_format",
    "within_sentence",
]


def _(text: str) -> str:
    """Until every sentence stands in a catalogue: the text as it is."""
    return text


def plural(count: int, one: str, many: str) -> str:
    """Until then, too: `1 cohort`, `2 cohorts`."""
    return f"{number(count)} {one if count == 1 else many}"


equals = p_equals
