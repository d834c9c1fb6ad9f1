"""When: whole periods around the day of a change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import add

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keepbook.errors import NotEnoughData
from keepbook.text import _, day, number
from keepbook.unit import Change

FEWEST_BEFORE = 2
FEWEST_ALONE = 8  # where there is nobody to compare with
AGES_OF = 5  # periods of data make one age
WORDS = {"month": "months", "week": "weeks"}


@dataclass(frozen=True)
class Periods:
    """Whole periods in a row, counted from the date of a change.

    Attributes
    ----------
    edges : first days of the K periods, and the day after the last one, shape (K + 1,).
    before : how many of the periods lie before the date.
    """

    edges: tuple[dt.date, ...]
    before: int

    @property
    def count(self) -> int:
        return len(self.edges) - 1

    @property
    def after(self) -> int:
        return self.count - self.before

    @property
    def numbers(self) -> NDArray[np.int64]:
        """−before … after − 1; 0 is the period that begins on the date."""
        return np.arange(self.count) - self.before

    @property
    def is_after(self) -> NDArray[np.bool_]:
        return self.numbers >= 0

    @property
    def days(self) -> NDArray[np.int64]:
        """Length of each period."""
        return np.array([(b - a).days for a, b in zip(self.edges, self.edges[1:], strict=False)])

    def frame(self) -> pd.DataFrame:
        """One row per period: period (0 begins on the date), start, end (its last day), days, is_after."""
        edges = pd.to_datetime(list(self.edges))
        columns = {"period": self.numbers, "start": edges[:-1], "end": edges[1:] - pd.Timedelta(days=1)}
        return pd.DataFrame(columns | {"days": self.days, "is_after": self.is_after})


def edge(date: dt.date, count: int, period: str) -> dt.date:
    """The day so many periods after a date; months are of the calendar: 31 January, 29 February, 31 March."""
    step = pd.DateOffset(months=count) if period == "month" else pd.Timedelta(weeks=count)
    return (pd.Timestamp(date) + step).date()


def periods_of(change: Change, start: dt.date, as_of: dt.date) -> Periods:
    """The periods wholly between two days, of those that a change asks for.

    They are counted from the date itself, so that no period holds days of before and after. The first one
    begins after `start`, for customers must have bought before it to be known; without a comparison group so
    many periods after as it takes to know customers of all `ages_of` that count.

    Raises
    ------
    NotEnoughData : fewer than two whole periods before the date, without a comparison group fewer than eight;
        or none from it on.
    """
    asked = change.periods_before
    if change.is_alone:
        asked = min(asked, whole_before(change, start) - 2 * ages_of(change, start) + 1)
    begins = [edge(change.date, -k, change.period) for k in range(asked, -1, -1)]
    begins = [first for first in begins if first > start]
    ends = [edge(change.date, k, change.period) for k in range(1, change.after + 1)]
    ends = [last for last in ends if last - dt.timedelta(days=1) <= as_of]
    before, words = len(begins) - 1, {"periods": _(WORDS[change.period]), "date": day(change.date)}
    if change.is_alone and before < FEWEST_ALONE:
        raise _too_few(change, start, words)
    if before < FEWEST_BEFORE:
        text = _(
            "Two whole {periods} before {date} are needed, and customers known before them; "
            "data begin on {start}."
        )
        raise NotEnoughData(text.format(start=day(start), **words))
    if not ends:
        text = _("No whole period from {date} on has been observed yet; data end on {as_of}.")
        raise NotEnoughData(text.format(as_of=day(as_of), **words))
    return Periods((*begins, *ends), before)


def whole_before(change: Change, start: dt.date) -> int:
    """How many whole periods of data lie before the date."""
    whole = 0
    while edge(change.date, -whole - 1, change.period) >= start:
        whole += 1
    return whole


def ages_of(change: Change, start: dt.date) -> int:
    """Without a comparison group: in how many periods after that of the first purchase a customer counts.

    A fifth of the whole periods of data before the date, whatever `before` asks for, so that the same people
    count. Of A ages, 2 A − 1 periods go before the first one: A to know who is how old, and A − 1 because
    who is first seen in these may be an old customer of before the data. Fewer ages where less than eight
    periods would be left, but one at least.
    """
    whole = whole_before(change, start)
    return max(min(whole // AGES_OF, (whole - FEWEST_ALONE + 1) // 2), 1)


def _too_few(change: Change, start: dt.date, words: dict[str, str]) -> NotEnoughData:
    """Why a trend cannot be drawn: too few periods are asked for, or the data are too short."""
    least = number(FEWEST_ALONE)
    if change.periods_before < FEWEST_ALONE:
        text = _(
            "Without a comparison group {least} whole {periods} before {date} are needed; {n} are asked for."
        )
        return NotEnoughData(
            text.format(least=least, n=number(change.periods_before), **words),
            do=_("Set `before` to {least} or more, or leave it out.").format(least=least),
        )
    text = _(
        "Without a comparison group {least} whole {periods} before {date} are needed, and one more before "
        "them from which customers are known; data begin on {start}."
    )
    shorter = _("Set `period: week`, so that more periods fit in, or name customers to compare with.")
    other = _("Name customers to compare with (`treated` or `comparison_unit`).")
    return NotEnoughData(
        text.format(least=least, start=day(start), **words), do=shorter if change.period == "month" else other
    )


def position(date: ir.DateValue, edges: tuple[dt.date, ...], period: str) -> ir.IntegerValue:
    """In which period a day between the first and the last edge lies, counted from 0."""
    if period == "week":
        return ((date.epoch_days() - (edges[0] - dt.date(1970, 1, 1)).days) // 7).cast("int64")
    return reduce(add, [(date >= one).cast("int64") for one in edges[1:]])
