"""Days as numbers from 1970-01-01 on, which no date of a source overflows."""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

EPOCH = dt.date(1970, 1, 1)
THURSDAY = 3  # the weekday of that day


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(number: int) -> dt.date:
    """The day behind its number."""
    return EPOCH + dt.timedelta(days=int(number))


def period_index(day: NDArray[np.int64], period: str) -> NDArray[np.int64]:
    """Running number of the calendar period of each day."""
    month = day.astype("M8[D]").astype("M8[M]").astype("int64")
    return {"week": (day + THURSDAY) // 7, "month": month, "quarter": month // 3}[period]
