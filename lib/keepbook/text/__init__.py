"""Every word and number a reader sees: a catalogue of sentences a language, and formats."""

from keepbook.text.catalogue import BOLD, PLAIN, NoMessage, catalogue, marked
from keepbook.text.errors import FULL, as_error, error_lines, error_text, errors, hint
from keepbook.text.formats import (
    CENTS_BELOW,
    MISSING,
    SHORT_FROM,
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
    short,
    short_format,
    value_format,
)
from keepbook.text.language import (
    ENGLISH,
    LANGUAGE,
    PSEUDO,
    check,
    current,
    language,
    languages,
    likely,
    page_tag,
    speak,
)
from keepbook.text.names import (
    BOUND,
    age_axis,
    age_name,
    calendar_name,
    cohort_name,
    column_name,
    column_words,
    currency_suffix,
    metric_name,
    period_name,
    subject_of,
    within_sentence,
)
