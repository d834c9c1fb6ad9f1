"""Who stays, in a table."""

import pandas as pd

from keepbook.cohorts import Retention
from keepbook.page.elements import Table
from keepbook.text import MISSING, catalogue, interval, number, percent, period_name

say = catalogue("cohorts")
WITHOUT_END = 10  # an upper limit so many times its estimate says nothing


def average_table(result: Retention) -> Table:
    """The average cohort, a row per period."""
    frame, level = result.average, percent(1 - result.choices.alpha, 0)
    return Table(
        {
            period_name(result.choices): (frame["label"], str),
            say("average-table.cohorts"): (frame["cohorts"], number),
            say("average-table.customers"): (frame["size"], number),
            say("average-table.active"): (frame["active"], number),
            say("average-table.return"): (frame["retention"], percent),
            say("average-table.interval", level=level): (_intervals(frame, ""), str),
            say("average-table.revenue"): (frame["revenue_retention"], percent),
            say("average-table.revenue-interval", level=level): (_intervals(frame, "revenue_"), str),
        },
        say("average-table.caption"),
    )


def _intervals(frame: pd.DataFrame, prefix: str) -> list[str]:
    """Intervals as text; missing where the upper limit says no more than that too few customers paid."""
    value = frame["revenue_retention" if prefix else "retention"]
    rows = zip(value, frame[f"{prefix}ci_lower"], frame[f"{prefix}ci_upper"], strict=True)
    return [MISSING if high > WITHOUT_END * middle > 0 else interval(low, high) for middle, low, high in rows]
