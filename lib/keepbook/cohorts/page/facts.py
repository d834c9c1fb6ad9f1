"""Who stays: the facts that findings, tiles and figures share, and the table of the average cohort."""

from typing import Any, NamedTuple

import pandas as pd

from keepbook.cohorts import Choices, Projection, Retention
from keepbook.page.age_curves import FEW_CUSTOMERS
from keepbook.page.elements import Shows, Table
from keepbook.stats.intervals import difference, share
from keepbook.text import (
    MISSING,
    age_name,
    catalogue,
    cohort_name,
    interval,
    number,
    percent,
    period_name,
    points,
    short_format,
)
from keepbook.text import estimate as before_interval

say = catalogue("cohorts")
RECENT_COHORTS = 6  # behind what one more percentage point is worth
CUSTOMERS_GO_ON = 2  # ages that the newest cohort has at most, where new customers still come
PERIODS_A_YEAR = {"week": 365.25 / 7, "month": 12.0, "quarter": 4.0}
HARDLY_FALLS = 0.85  # of those who come back half-way, still there at the end
WITHOUT_END = 10  # an upper limit so many times its estimate says nothing


def after_first(result: Retention) -> pd.DataFrame:
    """The average, period by period, after the first purchase."""
    return result.average[result.average["period"] > 0]


def named_periods(result: Retention, fewest: int = FEW_CUSTOMERS) -> pd.DataFrame:
    """First and last period worth naming: the last that at least a quarter of the customers reached."""
    after = after_first(result)
    carried = after[after["size"] >= max(result.customers / 4, fewest)]
    return pd.concat([carried.head(1), carried.tail(1)]).drop_duplicates("period")


def title_facts(result: Retention) -> dict[str, Any]:
    """The last share that a title may speak of, and whether the curve has all but stopped falling by then."""
    named, choices = named_periods(result), result.choices
    facts: dict[str, Any] = {"ages": len(named), "period": period_name(choices)}
    if named.empty:
        return facts
    last = named.iloc[-1]
    facts |= {"share": percent(last.retention, 0), "age": age_name(choices, last.label)}
    return facts | level_facts(result, last)


def level_facts(result: Retention, last: pd.Series) -> dict[str, Any]:
    """Whether the same cohorts had hardly more customers from the first age on, or else half-way."""
    cells = result.cells[result.cells["complete"]]
    there = cells["cohort"].isin(cells.loc[cells["period"] == last.period, "cohort"])
    for age in dict.fromkeys([1, int(last.period) // 2]):
        then = cells[(cells["period"] == age) & there]
        if len(then) and 1 <= age < last.period and last.active >= HARDLY_FALLS * then["active"].sum():
            return {"slow": True, "from": age_name(result.choices, then["label"].iloc[0])}
    return {"slow": False, "from": None}


def level_of(choices: Choices) -> str:
    """The level of intervals: `95 %`."""
    return percent(1 - choices.alpha, 0)


def bought_between(result: Retention) -> dict[str, Any]:
    """How many customers a figure is of, and in which periods they came."""
    starts, period = result.cohorts["cohort"], result.choices.period
    ends = [cohort_name(day, period) for day in (starts.min(), starts.max())]
    return {"n": result.customers, "start": ends[0], "end": ends[1]}


def estimated(row: Any, value: float, digits: int | None = None) -> str:
    """A share before its interval, in as many digits as that leaves."""
    limits = (row.ci_lower, row.ci_upper)
    show = short_format("percent", None, value, *limits)
    return before_interval(show(value), interval(*limits, show))


# ── newer and older cohorts ─────────────────────────────────────────────────────────────────────────────


def reached(result: Retention, period: int) -> pd.DataFrame:
    """The complete cells of one age, oldest cohort first."""
    cells = result.cells
    return cells[(cells["period"] == period) & cells["complete"]].sort_values("cohort")


class Outlier(NamedTuple):
    """The one cohort that most of the table's marks stand in."""

    cohort: pd.Timestamp
    above: bool  # or below the others

    @classmethod
    def of(cls, result: Retention) -> "Outlier | None":
        """None where marks are few, scattered, or point both ways."""
        marked = result.cells[result.cells["mark"] != 0]
        if marked.empty:
            return None
        counts = marked.groupby("cohort")["mark"].agg(["size", "sum"])
        most = counts["size"].idxmax()
        marks, balance = int(counts.loc[most, "size"]), int(counts.loc[most, "sum"])
        alone = len(result.cohorts) > 2 and 2 * marks > len(marked) and marks == abs(balance) > 1
        return cls(most, balance > 0) if alone else None


class Change(NamedTuple):
    """The newer half of the cohorts less the older, at one age."""

    value: float
    lower: float
    upper: float
    since: pd.Timestamp  # the first of the newer ones

    @property
    def verdict(self) -> str:
        """What may be said of it beyond chance."""
        return "more" if self.lower > 0 else "less" if self.upper < 0 else "same"

    @classmethod
    def of(cls, result: Retention, period: int) -> "Change | None":
        """None where there are fewer than four cohorts, or where older ones have had longer to come back.

        One that stands out alone makes no trend: it counts on neither side.
        """
        settled, outlier = reached(result, period), Outlier.of(result)
        settled = settled[~settled["warm_up"]]
        settled = settled[settled["cohort"] != outlier.cohort] if outlier else settled
        if len(settled) < 4 or result.choices.rule == "on_or_after":
            return None
        middle, alpha = len(settled) // 2, result.choices.alpha
        halves = settled.iloc[:middle], settled.iloc[middle:]
        before, last = (share(half["active"].sum(), half["size"].sum(), alpha) for half in halves)
        return cls(last[0] - before[0], *difference(last, before), since=settled["cohort"].iloc[middle])


# ── what one more percentage point is worth ─────────────────────────────────────────────────────────────


class Worth(NamedTuple):
    """One more percentage point of a cohort in its first period: arithmetic on the newest, no forecast."""

    gain: float  # money a cohort
    size: float  # new customers a cohort
    each: float  # money of each who comes back, in that period
    a_year: float  # money of all cohorts of a year

    @classmethod
    def of(cls, result: Retention) -> "Worth | None":
        """None where nobody came back, where new customers came long ago, or returns of all ages count."""
        first, newest = reached(result, 1).tail(RECENT_COHORTS), result.cohorts["cohort"].max()
        ages = result.cells.loc[result.cells["cohort"] == newest, "period"]
        over = len(ages) == 0 or ages.max() > CUSTOMERS_GO_ON
        if first["active"].sum() == 0 or result.choices.rule == "on_or_after" or over:
            return None
        each, size = first["revenue"].sum() / first["active"].sum(), first["size"].mean()
        gain = float(size * 0.01 * each)
        return cls(gain, float(size), float(each), gain * PERIODS_A_YEAR[result.choices.period])


# ── projection ──────────────────────────────────────────────────────────────────────────────────────────


def projection_facts(projected: Projection, result: Retention) -> dict[str, Any]:
    """How far a projection goes, and how far it was off where it could be checked."""
    return {
        "age": age_name(result.choices, str(projected.curve["period"].iloc[-1])),
        "held": len(projected.holdout),
        "error": points(projected.holdout_error).lstrip("+"),
    }


# ── table ───────────────────────────────────────────────────────────────────────────────────────────────


def average_table(result: Retention) -> Table:
    """The average cohort, a row per period."""
    choices, numbers = result.choices, dict.fromkeys(("cohorts", "size", "active"), number)
    rows = result.average.assign(
        interval=_intervals(result.average, "retention", "ci"),
        revenue_interval=_intervals(result.average, "revenue_retention", "revenue_ci"),
    )
    shows: Shows = {"label": str, **numbers, "retention": percent, "interval": str}
    shows |= {"revenue_retention": percent, "revenue_interval": str}
    facts = {"clock": choices.clock, "period": choices.period, "level": level_of(choices)}
    return Table.of(say, "average-table", rows, shows, **facts)


def _intervals(frame: pd.DataFrame, value: str, limits: str) -> list[str]:
    """Intervals as text; missing where the upper limit says no more than that too few customers paid."""
    rows = frame[[value, f"{limits}_lower", f"{limits}_upper"]].itertuples(index=False)
    return [MISSING if high > WITHOUT_END * middle > 0 else interval(low, high) for middle, low, high in rows]
