"""How many orders a day lets expect: weekdays, closing days, and the scatter of weeks.

Days are numbers from 1970-01-01 on, which no date of a source overflows.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

EPOCH, THURSDAY = dt.date(1970, 1, 1), 3  # and its weekday
RARE = 9.0  # e⁻⁹: at random one export in 8,000 would show the like; real customers come in bunches
CLOSED = 0.25  # a weekday with less than a quarter of an even share of the orders is closed
FEWEST_OPEN = 5  # days that should have been open: Easter takes four, a missing week five at least
TURN_OF_YEAR = (*range(1224, 1232), 101)  # month and day: whole trades close then, unless this unit is open
OPEN_THEN = 1 / 3  # on so many of these days, the one missing included
NEAR = 14  # days with purchases on either side: two weeks of a daily shop
CHI2_MEDIAN = 0.4549  # of one degree of freedom
Floats = NDArray[np.float64]


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


@dataclass(frozen=True)
class Rhythm:
    """Day by day from `begin` on: orders, and openness (1 on an average day, 0 when closed).

    `scatter`: variance of weeks over their mean, 1 at random. `waits`: days with a purchase.
    """

    begin: int
    orders: Floats
    open: Floats
    scatter: float
    waits: int

    def rate(self, first: int, end: int) -> float:
        """Orders on a day of average openness, from `first` to before `end`; 0 where none is open."""
        days = slice(max(first, 0), max(end, 0))
        openness = self.open[days].sum()
        return float(self.orders[days].sum() / openness) if openness else 0.0

    def strange(self, expected: float, chances: int) -> bool:
        """Whether so many orders are absent by no chance; a few days with a purchase have no rhythm."""
        return bool(expected > (np.log(chances) + RARE) * self.scatter and self.waits > 2 * NEAR)

    def empty(self, first: int, end: int, usual: float, chances: int) -> float:
        """Orders expected from `first` to before `end`; 0 where it is no surprise that there are none."""
        openness = self.open[first:end]
        expected = usual * float(openness.sum())
        surprise = (openness > 0).sum() >= FEWEST_OPEN and self.strange(expected, chances)
        return expected if surprise else 0.0


def rhythm_of(days: pd.DataFrame, last: int) -> Rhythm:
    """The rhythm of days with purchases: day (number, ascending) and orders; up to the day `last`."""
    begin = int(days["day"].iloc[0])
    orders = np.zeros(last - begin + 1)
    orders[days["day"] - begin] = days["orders"]
    number = begin + np.arange(len(orders))
    weekday = (number + THURSDAY) % 7
    share = 7 * np.bincount(weekday, orders, 7) / orders.sum()
    dates = pd.DatetimeIndex(number.astype("M8[D]"))
    turn = np.isin(dates.month * 100 + dates.day, TURN_OF_YEAR)
    turn &= (orders[turn] > 0).sum() < OPEN_THEN * turn.sum()
    openness = np.where(turn | (share < CLOSED)[weekday], 0.0, share[weekday])
    return Rhythm(begin, orders, openness, _scatter(orders), len(days))


def _scatter(orders: Floats) -> float:
    """Weeks against the four around them; by the median, which gaps and peaks do not move."""
    weeks = orders[: len(orders) // 7 * 7].reshape(-1, 7).sum(axis=1)
    around = (weeks[:-4] + weeks[1:-3] + weeks[3:-1] + weeks[4:]) / 4 if len(weeks) > 4 else np.zeros(0)
    squares = (weeks[2:-2][around > 0] - around[around > 0]) ** 2 / (1.25 * around[around > 0])
    return max(1.0, float(np.median(squares)) / CHI2_MEDIAN) if len(squares) else 1.0
