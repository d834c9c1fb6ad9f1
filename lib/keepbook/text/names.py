"""What periods, ages and metrics are called, in every subject alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from babel.dates import format_date

from keepbook.text.catalogue import NoMessage, catalogue
from keepbook.text.formats import _locale
from keepbook.text.language import ENGLISH, PSEUDO, current

if TYPE_CHECKING:
    import pandas as pd

BOUND = re.compile(r"(.*?)_?(?:ci_)?(lower|upper)")  # a limit of the column whose name stands before it
METRICS = ("retained", "orders", "revenue", "margin", "profit", "average_order_value", "days_to_purchase")

say = catalogue("shared")
_column = catalogue("columns")
_report = catalogue("runner")


class Ages(Protocol):
    """How periods after the first purchase are cut."""

    @property
    def period(self) -> str: ...
    @property
    def clock(self) -> str: ...
    @property
    def rule(self) -> str: ...


def metric_name(metric: str) -> str:
    """What a metric is called; an own column by its own name.

    >>> metric_name("retained"), metric_name("app_visits")
    ('came back', 'app visits')
    """
    return say(f"metric-{metric}") if metric in METRICS else metric.replace("_", " ")


def currency_suffix(currency: str | None) -> str:
    """The currency behind the name of an axis or a column.

    >>> currency_suffix("EUR"), currency_suffix(None)
    (', EUR', '')
    """
    return say("currency-suffix", currency=currency) if currency else ""


def column_words(name: str) -> tuple[str, str]:
    """Heading of a column of a saved table, and what is in it; both empty where that is not known.

    >>> column_words("retention")
    ('Retention', 'Share of the cohort that bought in the period')
    >>> column_words("retention_lower")[0], column_words("app_visits")
    ('Retention, lower limit', ('', ''))
    """
    if said := _said(name):
        return said
    if (bound := BOUND.fullmatch(name)) and (said := _said(bound[1])):
        return _column(f"bound-{bound[2]}", of=said[0]), _column("bound.definition", of=said[0])
    return "", ""


def _said(name: str) -> tuple[str, str] | None:
    message = f"column-{name}".replace("_", "-").lower()
    try:
        return _column(message), _column(f"{message}.definition")
    except NoMessage:
        return None


def column_name(column: object) -> str:
    """A column of a saved table: its name, in other languages behind their word for it.

    >>> column_name("retention")
    'retention'
    """
    name = str(column)
    heading = "" if current() in (ENGLISH, PSEUDO) else column_words(name)[0]
    return f"{heading} {name}".strip()


def period_name(choices: Ages) -> str:
    """What one period is called in a sentence."""
    return say("period", clock=choices.clock, period=choices.period)


def calendar_name(period: str) -> str:
    """The same, where periods are those of the calendar: `month`.

    >>> calendar_name("quarter")
    'quarter'
    """
    return say("period", clock="calendar", period=period)


def age_axis(choices: Ages) -> str:
    """What the axis of ages is called."""
    return say("age-axis", clock=choices.clock, period=choices.period)


def age_name(choices: Ages, label: str) -> str:
    """`month 3`; `month 3 or later` where that is what is counted; `months 4–6`.

    >>> from keepbook.cohorts import Choices
    >>> age_name(Choices(), "3"), age_name(Choices(rule="on_or_after", clock="rolling"), "3")
    ('month 3', '30-day period 3 or later')
    """
    kind = "later" if choices.rule == "on_or_after" else "several" if "–" in label else "one"
    return say("age", kind=kind, clock=choices.clock, period=choices.period, age=label)


def cohort_name(start: pd.Timestamp, period: str) -> str:
    """`2017-03`, `2017-Q1`, or the Monday a week begins with.

    >>> import pandas as pd
    >>> first = pd.Timestamp("2017-01-02")
    >>> cohort_name(first, "month"), cohort_name(first, "quarter"), cohort_name(first, "week")
    ('2017-01', '2017-Q1', '2017-01-02')
    """
    pattern = say("day" if period == "week" else period)
    return str(format_date(start.date(), pattern, locale=_locale(current())))


def within_sentence(start: pd.Timestamp, period: str) -> str:
    """As `cohort_name`: `2017-03`, but `the week of 2017-03-06`.

    >>> import pandas as pd
    >>> within_sentence(pd.Timestamp("2017-03-06"), "week")
    'the week of 2017-03-06'
    """
    name = cohort_name(start, period)
    return say("week-of", monday=name) if period == "week" else name


def subject_of(stem: str) -> str:
    """What a report is about: the name of its notebook, or of its folder, in the reader's words.

    >>> subject_of("2_cohort_retention"), subject_of("9_my_own")
    ('Cohort retention', 'My own')
    """
    name = stem.partition("-")[0].partition("_")[2] or stem
    try:
        return _report(f"subject-{name}")
    except NoMessage:  # a notebook of somebody's own
        return name.replace("_", " ").capitalize()
