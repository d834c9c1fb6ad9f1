"""When: whole periods around the day of a change."""

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import add

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keepbook.errors import NotEnoughData
from keepbook.text import catalogue, day
from keepbook.unit import Change

MIN_BEFORE = 2
MIN_BEFORE_ALONE = 8  # where there is nobody to compare with
PERIODS_PER_AGE = 5  # of data
YEAR = 364  # days; 52 weeks are a year too

say = catalogue("before_after")


@dataclass(frozen=True)
class Periods:
    """Whole periods in a row, counted from the date of a change."""

    edges: tuple[dt.date, ...]  # first days of the K periods, and the day after the last one
    before: int  # how many of them lie before the date

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
    def averaging(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weights that average the periods before the date, and those from it on."""
        return ~self.is_after / self.before, self.is_after / self.after

    @property
    def days(self) -> NDArray[np.int64]:
        """Length of each period."""
        return np.array([(b - a).days for a, b in zip(self.edges, self.edges[1:], strict=False)])

    @property
    def year_before(self) -> bool:
        return bool(self.days[: self.before].sum() >= YEAR)

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
    """The periods wholly between two days, of those that a change asks for, counted from its date.

    The first one begins after `start`, for customers must have bought before it to be known; without a
    comparison group so many periods after as it takes to know customers of all `ages_of` that count.
    """
    asked = change.periods_before
    if change.is_alone:
        asked = min(asked, whole_before(change, start) - 2 * ages_of(change, start) + 1)
    begins = [edge(change.date, -k, change.period) for k in range(asked, -1, -1)]
    begins = [first for first in begins if first > start]
    ends = [edge(change.date, k, change.period) for k in range(1, change.after + 1)]
    ends = [last for last in ends if last - dt.timedelta(days=1) <= as_of]
    before = len(begins) - 1
    if change.is_alone and before < MIN_BEFORE_ALONE:
        raise _too_few_for_a_trend(change, start)
    date = day(change.date)
    if before < MIN_BEFORE:
        raise NotEnoughData(say("too-few-before", start=day(start), date=date, period=change.period))
    if not ends:
        raise NotEnoughData(say("nothing-after", as_of=day(as_of), date=date))
    return Periods((*begins, *ends), before)


def whole_before(change: Change, start: dt.date) -> int:
    """How many whole periods of data lie before the date."""
    whole = 0
    while edge(change.date, -whole - 1, change.period) >= start:
        whole += 1
    return whole


def ages_of(change: Change, start: dt.date) -> int:
    """Without a comparison group: in how many periods after that of the first purchase a customer counts.

    A fifth of the whole periods of data before the date, whatever `before` asks for; fewer where less than
    eight periods would be left, but one at least. Of A ages, 2 A − 1 periods go before the first one: A to
    know who is how old, and A − 1 in which whoever is first seen may be a customer of before the data.
    """
    whole = whole_before(change, start)
    return max(min(whole // PERIODS_PER_AGE, (whole - MIN_BEFORE_ALONE + 1) // 2), 1)


def _too_few_for_a_trend(change: Change, start: dt.date) -> NotEnoughData:
    asked = change.periods_before
    facts = {"least": MIN_BEFORE_ALONE, "period": change.period, "date": day(change.date)}
    if asked < MIN_BEFORE_ALONE:
        do = say("too-few-asked.do", least=MIN_BEFORE_ALONE)
        return NotEnoughData(say("too-few-asked", asked=asked, **facts), do=do)
    do = say("too-short-for-trend.do", period=change.period)
    return NotEnoughData(say("too-short-for-trend", start=day(start), **facts), do=do)


def position(date: ir.DateValue, edges: tuple[dt.date, ...], period: str) -> ir.IntegerValue:
    """In which period a day between the first and the last edge lies, counted from 0."""
    if period == "week":
        return ((date.epoch_days() - (edges[0] - dt.date(1970, 1, 1)).days) // 7).cast("int64")
    return reduce(add, [(date >= one).cast("int64") for one in edges[1:]])
