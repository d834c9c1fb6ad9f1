"""What a unit's data hold, and what is odd about them: whether they will carry the analyses.

Lines and customers are summed up in the engine; one row per day comes to Python.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keepbook.stats.intervals import wilson
from keepbook.tables import Tables, Window
from keepbook.unit import Unit

# What is worth a look. The bounds are wide: a false alarm costs more trust than a miss.
RARE = 9.0  # e⁻⁹: at random one export in 8,000 would show the like; real customers come in bunches
AROUND = 56  # days before and after that say what is usual: eight weeks, shorter than a season
CLOSED = 0.25  # a weekday with less than a quarter of an even share of the orders is closed
FEWEST_OPEN = 5  # days that should have been open: Easter takes four, a missing week five at least
TURN_OF_YEAR = (*range(1224, 1232), 101)  # month and day: whole trades close then, unless this unit is open
OPEN_THEN = 1 / 3  # on so many of these days, the one missing included
MOVES = 21  # days by which a yearly closing moves from year to year (Spring Festival)
APART = 28  # days between a far date and all others: enough to open a cohort of its own
FEW, FEW_DAYS = 0.01, 5  # far dates hold at most one order in a hundred, or are but a few default days
NEAR = 14  # days with purchases on either side: two weeks of a daily shop
PEAK = {"new": 0.10, "orders": 0.05, "money": 0.10}  # of everything on one day; a year's best day stays below
TIMES = 20.0  # times the usual, and customers at least: a florist's Valentine's Day brings 12 times the usual
ABOVE_THIRD = 5.0  # and times the third best day around: sales, and the first days of a panel, come in rows
BEST = 0.99  # money: times the best day in a hundred, since contracts are skewed, but not as much
THIN, SIGMAS = 1 / 4, 5.0  # a last week with less than a quarter of the usual: lulls are not as deep
OFTEN, HALF = 5.0, 0.5  # five times as often as 95 % of customers, on half of all days: no person does
MOST_MONEY, EVEN = 1 / 3, 15  # of all money, and times an even share: sums of money rest on this one
NEGATIVE = 0.01  # of customers or money; fewer are returns of what was bought before the data begin
SHOWN = 3  # accounts; who sees three looks for more
SOMEBODY = (
    "guest|gast|invitado|invité|ospite|walk-?in|laufkunde|barverkauf|anonymous|anonym|anon|unknown|unbekannt|"
    "inconnu|undefined|dummy|default|tests?|sample|no ?name|cash|散客|游客|匿名|未知|测试|零售|客户"
)
ROLE = r"user|customer|checkout|account|client|order|kunde|客户|用户|\d{1,3}"
PLACEHOLDER = rf"^(({SOMEBODY})([ _-]?({ROLE})|@.*)?|no-?reply@.*|-\d|0{{8}}-[0-]+)$"
NUMBER = r"^(0+|9{3,}|1{4,}|12345\d*)$"  # may be somebody's own number: it counts when it buys like many

EPOCH = dt.date(1970, 1, 1)
THURSDAY = 3  # the weekday of that day
CHI2_MEDIAN = 0.4549  # of one degree of freedom
ROLLING_DAYS = {"week": 7, "month": 30, "quarter": 90}  # as the cohorts count
COUNTS = ("customers", "orders", "repeaters", "loyal", "active", "kept", "lost")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Odd:
    """Days that stand out, `first` to `last` inclusive.

    Attributes
    ----------
    kind : `gap` (no purchase), `far` (from all other days), `end` (too few purchases up to the last day), or
        what peaks on one day: `new` (first purchases), `orders` (customers who buy), `money`.
    count, usual : orders, first purchases or money on these days, and what the days around let expect.
    share : of all orders, first purchases or money. apart : days after all others; negative before them.
    """

    kind: str
    first: dt.date
    last: dt.date
    count: float = 0
    usual: float = 0
    share: float = 0
    apart: int = 0

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Account:
    """A customer who may be many, by name (`placeholder`) or by shares of days with orders and of money."""

    customer: str
    days: int
    share_of_days: float
    share_of_money: float
    placeholder: bool


@dataclass(frozen=True)
class Readiness:
    """What a unit's data hold, and what is odd about them.

    Attributes
    ----------
    customers, orders : with a purchase; their days with a purchase. amount : money, net of returns.
    window : the observed days. months : complete calendar months in it.
    one_time : share of customers with a purchase on one day only, and its Wilson limits at `alpha`.
    odd : days that stand out: far ones, the end, peaks, gaps. Far ones are not looked at for the others.
    ahead : near orders after today. accounts : customers who may be many. negative : customers who gave
        back more than they paid, and that money; None where they hardly matter.
    cohorts : length of period → cohorts whose next period is over, and customers in the median one.
    repeaters, loyal : customers with a purchase on two days at least, on three. interval : median over
        repeaters of their mean days between purchases, missing where there are none.
    quiet : days from the last purchase to the last day. active : customers of the last `churn_after` days.
    kept, lost : customers of the `churn_after` days before those who bought, or did not, in the last ones.
    """

    customers: int
    orders: int
    amount: float
    window: Window
    months: int
    one_time: tuple[float, float, float]
    odd: tuple[Odd, ...]
    ahead: int
    accounts: tuple[Account, ...]
    negative: tuple[int, float] | None
    cohorts: dict[str, tuple[int, float]]
    repeaters: int
    loyal: int
    interval: float
    quiet: int
    active: int
    kept: int
    lost: int


def readiness(tables: Tables, unit: Unit, *, today: dt.date | None = None) -> Readiness:
    """Looks at a unit's clean purchases up to `as_of`; nothing is changed or left out.

    Parameters
    ----------
    today : orders later than tomorrow (which today may be in the unit's zone) are counted; None counts none.
    """
    window = tables.window
    start, as_of = _number(window.start), _number(window.as_of)
    purchases = tables.purchases.filter(tables.purchases.date <= window.as_of)
    each = _each(purchases, as_of - unit.churn_after, unit.churn_after)
    sums, days = _sums(each), _days(purchases, each)
    odd = _odd(days, as_of)
    end = min((_number(one.first) for one in odd if one.apart > 0), default=as_of + 1)
    late = days["day"].between(_number(today) + 2 if today else end, end, inclusive="left")
    return Readiness(
        amount=float(sums["amount"]),
        window=window,
        months=int(np.diff(_index(np.array([start - 1, as_of + 1]), "month"))[0]) - 1,
        one_time=_share(sums["customers"] - sums["repeaters"], sums["customers"], unit.alpha),
        odd=odd,
        ahead=int(days.loc[late, "orders"].sum()),
        accounts=_accounts(each, sums, len(days)),
        negative=_negative(sums),
        cohorts=_cohorts(days[days["new"] > 0], as_of, unit),
        interval=float(sums["interval"]),
        quiet=as_of - int(days["day"].iloc[-1]),
        **{name: int(sums[name]) for name in COUNTS},
    )


# ── in the engine ───────────────────────────────────────────────────────────────────────────────────────


def _each(purchases: ir.Table, edge: int, span: int) -> ir.Table:
    """One row per customer: days with a purchase, first, last, money; bought in the span to `edge`, after."""
    bought, day = purchases.is_purchase, purchases.date.epoch_days()
    return purchases.group_by("customer_id").agg(
        days=bought.sum(),
        first=day.min(where=bought),
        last=day.max(where=bought),
        amount=purchases.amount.sum(),
        before=(bought & (day > edge - span) & (day <= edge)).any(),
        after=(bought & (day > edge)).any(),
    )


def _sums(each: ir.Table) -> pd.Series:
    """Sums over customers; those who only gave back count in the money alone."""
    bought, again, below = each.days > 0, each.days > 1, each.amount < 0
    sums = each.agg(
        customers=bought.sum(),
        orders=each.days.sum(),
        amount=each.amount.sum().cast("float64"),
        repeaters=again.sum(),
        loyal=(each.days > 2).sum(),
        interval=((each["last"] - each["first"]) / (each.days - 1)).median(where=again),
        often=each.days.quantile(0.95, where=bought),
        kept=(each.before & each.after).sum(),
        lost=(each.before & ~each.after).sum(),
        active=each.after.sum(),
        below=below.sum(),
        below_amount=each.amount.sum(where=below).fill_null(0).cast("float64"),
    )
    return sums.to_pandas().astype(float).iloc[0]


def _days(purchases: ir.Table, each: ir.Table) -> pd.DataFrame:
    """One row per day with a purchase: day (number), orders, new (first purchases), money before returns."""
    bought = purchases.filter(purchases.is_purchase)
    days = bought.group_by(day=bought.date.epoch_days()).agg(
        orders=bought.count(), money=bought.gross.sum().cast("float64")
    )
    new = each.filter(each.days > 0).group_by(day="first").agg(new=lambda t: t.count())
    frame = days.to_pandas().merge(new.to_pandas(), on="day", how="left").fillna({"new": 0})
    return frame.astype({"day": "int64"}).sort_values("day", ignore_index=True)


def _accounts(each: ir.Table, sums: pd.Series, days: int) -> tuple[Account, ...]:
    name, money = each.customer_id.cast("string").lower(), sums["amount"]
    like_many = each.days >= OFTEN * sums["often"]
    busy = like_many & (each.days >= HALF * days) & ibis.literal(days > 2 * NEAR)
    rich = (each.amount >= max(MOST_MONEY, EVEN / sums["customers"]) * money) & ibis.literal(money > 0)
    named = name.re_search(PLACEHOLDER) | (name.re_search(NUMBER) & like_many)
    found = each.filter(each.days > 0, busy | rich | named).mutate(named=named)
    rows = found.order_by(found.days.desc(), "customer_id").limit(SHOWN).to_pandas()
    return tuple(
        Account(str(r.customer_id), int(r.days), r.days / days, float(r.amount) / (money or 1), bool(r.named))
        for r in rows.itertuples()
    )


def _negative(sums: pd.Series) -> tuple[int, float] | None:
    count, money = int(sums["below"]), float(sums["below_amount"])
    matter = count >= NEGATIVE * sums["customers"] or -money >= NEGATIVE * abs(sums["amount"])
    return (count, money) if count and matter else None


def _share(part: float, whole: float, alpha: float) -> tuple[float, float, float]:
    """A share with its Wilson interval."""
    low, high = wilson(part, whole, alpha)
    return part / whole, float(low), float(high)


def _cohorts(new: pd.DataFrame, as_of: int, unit: Unit) -> dict[str, tuple[int, float]]:
    """Cohorts that `keepbook.cohorts` shows with a complete next period, from the days of first purchases."""
    ages, found = unit.brackets[1] - 1 if unit.brackets else 1, {}
    own = _index(new["day"].to_numpy(), unit.cohort_period)
    new = new[own >= own[0] + (unit.warm_up if unit.warm_up_cohorts == "exclude" else 0)]
    for period, length in ROLLING_DAYS.items():
        cohort, end = _index(new["day"].to_numpy(), period), _index(np.array([as_of + 1]), period)[0]
        each = new.groupby(cohort).agg(size=("new", "sum"), last=("day", "max"))
        over = each.index + ages < end
        if unit.clock == "rolling":
            over = each["last"] + (ages + 1) * length - 1 <= as_of
        found[period] = int(over.sum()), float(each.loc[over, "size"].median())
    return found


# ── in time: days are numbers from 1970-01-01 on, which no date of a source overflows ───────────────────


def _number(day: dt.date) -> int:
    return (day - EPOCH).days


def _date(number: int) -> dt.date:
    return EPOCH + dt.timedelta(days=int(number))


def _index(day: NDArray[np.int64], period: str) -> NDArray[np.int64]:
    """Running number of the calendar period of each day."""
    month = day.astype("M8[D]").astype("M8[M]").astype("int64")
    return {"week": (day + THURSDAY) // 7, "month": month, "quarter": month // 3}[period]


@dataclass(frozen=True)
class _Rhythm:
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

    def odd(self, kind: str, first: int, end: int, count: float, usual: float) -> Odd:
        return Odd(kind, _date(self.begin + first), _date(self.begin + end - 1), count, usual)


def _rhythm(days: pd.DataFrame, last: int) -> _Rhythm:
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
    return _Rhythm(begin, orders, openness, _scatter(orders), len(days))


def _scatter(orders: Floats) -> float:
    """Weeks against the four around them; by the median, which gaps and peaks do not move."""
    weeks = orders[: len(orders) // 7 * 7].reshape(-1, 7).sum(axis=1)
    around = (weeks[:-4] + weeks[1:-3] + weeks[3:-1] + weeks[4:]) / 4 if len(weeks) > 4 else np.zeros(0)
    squares = (weeks[2:-2][around > 0] - around[around > 0]) ** 2 / (1.25 * around[around > 0])
    return max(1.0, float(np.median(squares)) / CHI2_MEDIAN) if len(squares) else 1.0


def _odd(days: pd.DataFrame, as_of: int) -> tuple[Odd, ...]:
    low, high, far = _far(days)
    near, whole = days.iloc[low:high], high == len(days)
    rhythm = _rhythm(near, as_of if whole else int(near["day"].iloc[-1]))
    return (*far, *(_end(rhythm) if whole else ()), *_peaks(near), *_gaps(rhythm))


def _far(days: pd.DataFrame) -> tuple[int, int, list[Odd]]:
    """Where the near days begin and end among all, and what lies before and after them."""
    day, orders, size = days["day"].to_numpy(), days["orders"].to_numpy(), len(days)
    edges, few = (np.flatnonzero(np.diff(day) > APART) + 1).tolist(), max(FEW * orders.sum(), 1)
    low = max((i for i in edges if orders[:i].sum() <= few or i <= FEW_DAYS), default=0)
    high = min((i for i in edges if orders[i:].sum() <= few or size - i <= FEW_DAYS), default=size)
    if low >= high:
        return 0, size, []
    rhythm, found = _rhythm(days.iloc[low:high], int(day[high - 1])), []
    for first, end, edge, since in ((0, low, low, 0), (high, size, high, len(rhythm.orders) - AROUND)):
        apart = int(day[edge] - day[edge - 1]) if first < end else 0
        if rhythm.strange(apart * rhythm.rate(since, since + AROUND), rhythm.waits):
            count, share = float(orders[first:end].sum()), orders[first:end].sum() / orders.sum()
            apart = apart if first else -apart
            found.append(Odd("far", _date(day[first]), _date(day[end - 1]), count, 0, share, apart))
        else:
            low, high = (low, size) if first else (0, high)
    return low, high, found


def _gaps(rhythm: _Rhythm) -> list[Odd]:
    bought, found = np.flatnonzero(rhythm.orders).tolist(), []
    for before, after in ((a, b) for a, b in zip(bought, bought[1:], strict=False) if b - a > FEWEST_OPEN):
        # Without the two days beside the gap: that there is a purchase is how they were found.
        usual = min(rhythm.rate(before - AROUND, before), rhythm.rate(after + 1, after + 1 + AROUND))
        if expected := rhythm.empty(before + 1, after, usual, rhythm.waits):
            found.append(rhythm.odd("gap", before + 1, after, 0, expected))
    return [gap for gap in found if not any(_same_season(gap, other) for other in found)]


def _same_season(gap: Odd, other: Odd) -> bool:
    """Whether a gap of another year, at least half as long, falls on the same days of the year."""
    days = (other.first - gap.first).days + (other.days - gap.days) / 2
    years = round(days / 365.25)
    return years != 0 and abs(days - 365.25 * years) <= MOVES + gap.days / 2 and other.days >= gap.days / 2


def _peaks(days: pd.DataFrame) -> list[Odd]:
    found: dict[dt.date, Odd] = {}
    for kind, share in PEAK.items():
        of = days[kind].to_numpy(float)
        for i in np.flatnonzero((of >= share * of.sum()) & (len(of) > NEAR)):
            near = np.sort(np.concatenate([of[max(i - NEAR, 0) : i], of[i + 1 : i + 1 + NEAR]]))
            day, usual = _date(days["day"].iloc[i]), float(np.median(near))
            least = np.quantile(np.delete(of, i), BEST) if kind == "money" else 1
            if of[i] >= max(TIMES * usual, TIMES * least, ABOVE_THIRD * near[-3]):
                found.setdefault(day, Odd(kind, day, day, of[i], usual, of[i] / of.sum()))
    return list(found.values())


def _end(rhythm: _Rhythm) -> list[Odd]:
    """No purchase up to the last day, or hardly any in its last week."""
    end, last = len(rhythm.orders), int(np.flatnonzero(rhythm.orders)[-1]) + 1
    if expected := rhythm.empty(last, end, rhythm.rate(last - 1 - AROUND, last - 1), 1):
        return [rhythm.odd("end", last, end, 0, expected)]
    openness = rhythm.open[-7:]
    if end < AROUND + 7 or (openness > 0).sum() < FEWEST_OPEN:
        return []
    weeks = rhythm.orders[-AROUND - 7 :].reshape(-1, 7).sum(axis=1)
    seen, usual = weeks[-1], float(np.median(weeks[:-1]) * openness.sum()) / 7
    thin = seen < THIN * usual and usual - seen > SIGMAS * (rhythm.scatter * usual) ** 0.5
    return [rhythm.odd("end", end - 7, end, seen, usual)] if thin else []
