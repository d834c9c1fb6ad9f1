"""Periods: calendar weeks, months and quarters, and rolling windows of whole days."""

import datetime as dt
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd

Period = Literal["week", "month", "quarter"]
Clock = Literal["calendar", "rolling"]

PANDAS = {"week": "W-SUN", "month": "M", "quarter": "Q"}
ENGINE = {"week": "W", "month": "M", "quarter": "Q"}
ROLLING_DAYS = {"week": 7, "month": 30, "quarter": 90}


def start_of(date: ir.DateValue, period: Period) -> ir.DateValue:
    """First day of the calendar period a date falls in (weeks begin on Monday)."""
    return date.truncate(ENGINE[period])


def index_of(date: ir.DateValue, period: Period) -> ir.IntegerValue:
    """Running number of a date's calendar period, so that ages are differences."""
    if period == "week":
        return (date.truncate("W").epoch_days() + 3) // 7  # 1970-01-01 was a Thursday
    if period == "month":
        return date.year() * 12 + date.month()
    return date.year() * 4 + date.quarter()


def number_of(day: dt.date, period: Period) -> int:
    """`index_of` for one day, outside the engine."""
    if period == "week":
        return (day - dt.date(1969, 12, 29)).days // 7
    return day.year * 12 + day.month if period == "month" else day.year * 4 + (day.month + 2) // 3


def shift(starts: pd.Series, by: pd.Series | int, period: Period) -> pd.Series:
    """First days of the calendar periods `by` periods after those that begin on `starts`."""
    periods = pd.PeriodIndex(starts, freq=PANDAS[period]) + np.asarray(by)
    return pd.Series(periods.start_time, index=starts.index)


def days_between(later: ir.DateValue, earlier: ir.DateValue) -> ir.IntegerValue:
    """Whole days between two dates."""
    return later.epoch_days() - earlier.epoch_days()


def observed(purchases: ir.Table, as_of: dt.date) -> ir.Table:
    """What was seen up to and including `as_of`: later rows count nowhere."""
    return purchases.filter(purchases.date <= as_of)
