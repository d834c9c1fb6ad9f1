"""Days that stand out: far from all others, a thin end, peaks and gaps."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keepbook.quality.rhythm import FEWEST_OPEN, NEAR, Rhythm, date_of, rhythm_of

# What is worth a look. The bounds are wide: a false alarm costs more trust than a miss.
AROUND = 56  # days before and after that say what is usual: eight weeks, shorter than a season
MOVES = 21  # days by which a yearly closing moves from year to year (Spring Festival)
APART = 28  # days between a far date and all others: enough to open a cohort of its own
FEW, FEW_DAYS = 0.01, 5  # far dates hold at most one order in a hundred, or are but a few default days
PEAK = {"new": 0.10, "orders": 0.05, "money": 0.10}  # of everything on one day; a year's best day stays below
TIMES = 20.0  # times the usual, and customers at least: a florist's Valentine's Day brings 12 times the usual
ABOVE_THIRD = 5.0  # and times the third best day around: sales, and the first days of a panel, come in rows
BEST = 0.99  # money: times the best day in a hundred, since contracts are skewed, but not as much
THIN, SIGMAS = 1 / 4, 5.0  # a last week with less than a quarter of the usual: lulls are not as deep


@dataclass(frozen=True)
class Anomaly:
    """Days that stand out, `first` to `last` inclusive."""

    # `gap` (no purchase), `far` (from all other days), `end` (too few purchases up to the last day), or
    # what peaks on one day: `new` (first purchases), `orders` (customers who buy), `money`.
    kind: str
    first: dt.date
    last: dt.date
    count: float = 0  # orders, first purchases or money on these days, and what the days around let expect
    usual: float = 0
    share: float = 0  # of all orders, first purchases or money
    apart: int = 0  # days after all others; negative before them

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def anomalies_of(days: pd.DataFrame, as_of: int) -> tuple[Anomaly, ...]:
    """Days that stand out.

    Parameters
    ----------
    days : one row per day with a purchase: day (number, ascending), orders, new (first purchases), money.
    as_of : number of the last observed day.
    """
    low, high, far = _far(days)
    near, whole = days.iloc[low:high], high == len(days)
    rhythm = rhythm_of(near, as_of if whole else int(near["day"].iloc[-1]))
    return (*far, *(_end(rhythm) if whole else ()), *_peaks(near), *_gaps(rhythm))


def _anomaly(rhythm: Rhythm, kind: str, first: int, end: int, count: float, usual: float) -> Anomaly:
    return Anomaly(kind, date_of(rhythm.begin + first), date_of(rhythm.begin + end - 1), count, usual)


def _far(days: pd.DataFrame) -> tuple[int, int, list[Anomaly]]:
    """Where the near days begin and end among all, and what lies before and after them."""
    day, orders, size = days["day"].to_numpy(), days["orders"].to_numpy(), len(days)
    edges, few = (np.flatnonzero(np.diff(day) > APART) + 1).tolist(), max(FEW * orders.sum(), 1)
    low = max((i for i in edges if orders[:i].sum() <= few or i <= FEW_DAYS), default=0)
    high = min((i for i in edges if orders[i:].sum() <= few or size - i <= FEW_DAYS), default=size)
    if low >= high:
        return 0, size, []
    rhythm, found = rhythm_of(days.iloc[low:high], int(day[high - 1])), []
    for first, end, edge, since in ((0, low, low, 0), (high, size, high, len(rhythm.orders) - AROUND)):
        apart = int(day[edge] - day[edge - 1]) if first < end else 0
        if rhythm.strange(apart * rhythm.rate(since, since + AROUND), rhythm.waits):
            count, share = float(orders[first:end].sum()), orders[first:end].sum() / orders.sum()
            apart = apart if first else -apart
            found.append(Anomaly("far", date_of(day[first]), date_of(day[end - 1]), count, 0, share, apart))
        else:
            low, high = (low, size) if first else (0, high)
    return low, high, found


def _gaps(rhythm: Rhythm) -> list[Anomaly]:
    bought, found = np.flatnonzero(rhythm.orders).tolist(), []
    for before, after in ((a, b) for a, b in zip(bought, bought[1:], strict=False) if b - a > FEWEST_OPEN):
        # Without the two days beside the gap: that there is a purchase is how they were found.
        usual = min(rhythm.rate(before - AROUND, before), rhythm.rate(after + 1, after + 1 + AROUND))
        if expected := rhythm.empty(before + 1, after, usual, rhythm.waits):
            found.append(_anomaly(rhythm, "gap", before + 1, after, 0, expected))
    return [gap for gap in found if not any(_same_season(gap, other) for other in found)]


def _same_season(gap: Anomaly, other: Anomaly) -> bool:
    """Whether a gap of another year, at least half as long, falls on the same days of the year."""
    days = (other.first - gap.first).days + (other.days - gap.days) / 2
    years = round(days / 365.25)
    return years != 0 and abs(days - 365.25 * years) <= MOVES + gap.days / 2 and other.days >= gap.days / 2


def _peaks(days: pd.DataFrame) -> list[Anomaly]:
    found: dict[dt.date, Anomaly] = {}
    for kind, share in PEAK.items():
        of = days[kind].to_numpy(float)
        for i in np.flatnonzero((of >= share * of.sum()) & (len(of) > NEAR)):
            near = np.sort(np.concatenate([of[max(i - NEAR, 0) : i], of[i + 1 : i + 1 + NEAR]]))
            day, usual = date_of(days["day"].iloc[i]), float(np.median(near))
            least = np.quantile(np.delete(of, i), BEST) if kind == "money" else 1
            if of[i] >= max(TIMES * usual, TIMES * least, ABOVE_THIRD * near[-3]):
                found.setdefault(day, Anomaly(kind, day, day, of[i], usual, of[i] / of.sum()))
    return list(found.values())


def _end(rhythm: Rhythm) -> list[Anomaly]:
    """No purchase up to the last day, or hardly any in its last week."""
    end, last = len(rhythm.orders), int(np.flatnonzero(rhythm.orders)[-1]) + 1
    if expected := rhythm.empty(last, end, rhythm.rate(last - 1 - AROUND, last - 1), 1):
        return [_anomaly(rhythm, "end", last, end, 0, expected)]
    openness = rhythm.open[-7:]
    if end < AROUND + 7 or (openness > 0).sum() < FEWEST_OPEN:
        return []
    weeks = rhythm.orders[-AROUND - 7 :].reshape(-1, 7).sum(axis=1)
    seen, usual = weeks[-1], float(np.median(weeks[:-1]) * openness.sum()) / 7
    thin = seen < THIN * usual and usual - seen > SIGMAS * (rhythm.scatter * usual) ** 0.5
    return [_anomaly(rhythm, "end", end - 7, end, seen, usual)] if thin else []
