"""Purchases tables made in a test, and the calendar done by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import strategies as st

from keepbook.cohorts import Choices
from keepbook.tables import Window

Row = tuple[str, dt.date, float, bool]  # customer, day, money net of returns, whether anything was bought

ENGINE = ibis.duckdb.connect()


def purchases_of(rows: Iterable[Row], name: str = "purchases") -> ir.Table:
    """The table as `keepbook.tables` makes it: one row per customer and day."""
    customer, day, money, bought = zip(*rows, strict=True)
    return table_of(pa.table({"customer_id": customer, "date": day, "money": money, "bought": bought}), name)


def table_of(rows: pa.Table, name: str) -> ir.Table:
    ENGINE.con.register("rows", rows)
    ENGINE.raw_sql(
        f"""
        CREATE OR REPLACE TABLE {name} AS
        SELECT customer_id, CAST(date AS DATE) AS date, CAST(money AS DECIMAL(18, 4)) AS amount,
               greatest(amount, 0) AS gross, bought AS is_purchase
        FROM rows
        """
    )
    return ENGINE.table(name)


def buys(customer: str, *days: str, amount: float = 10.0) -> list[Row]:
    return [(customer, dt.date.fromisoformat(day), amount, True) for day in days]


def many_of(groups: dict[str, tuple[int, tuple[str, ...]]], amount: float = 10.0) -> list[Row]:
    """Prefix → how many customers, and the days on which each of them buys."""
    return [
        row
        for prefix, (customers, days) in groups.items()
        for n in range(customers)
        for row in buys(f"{prefix}{n}", *days, amount=amount)
    ]


WINDOW = Window(dt.date(2024, 1, 1), dt.date(2024, 4, 15))
# January: four customers, of whom two return in February, one in March; February: two, one returns in March.
ROWS = [
    *buys("a", "2024-01-05", "2024-02-10", "2024-03-01", amount=10),
    *buys("b", "2024-01-06", "2024-02-11", amount=20),
    *buys("c", "2024-01-07", amount=30),
    *buys("d", "2024-01-08", amount=40),
    *buys("e", "2024-02-01", "2024-03-05", amount=50),
    *buys("f", "2024-02-02", amount=60),
]


def start_of(day: dt.date, period: str) -> dt.date:
    if period == "week":
        return day - dt.timedelta(days=day.weekday())
    month = day.month if period == "month" else {1: 1, 2: 4, 3: 7, 4: 10}[(day.month + 2) // 3]
    return dt.date(day.year, month, 1)


def later(start: dt.date, periods: int, period: str) -> dt.date:
    """First day of the period so many periods on, one at a time."""
    for _ in range(periods):
        days = {"week": 7, "month": 31, "quarter": 92}[
            period
        ]  # always reaches the next one, never the one after
        start = start_of(start + dt.timedelta(days=days), period)
    return start


# Over New Year (2019 and 2026 end within an ISO week; 2020 has 53), over leap days, in mid-month.
STARTS = [
    dt.date(2019, 12, 20),
    dt.date(2020, 2, 20),
    dt.date(2023, 12, 31),
    dt.date(2024, 1, 30),
    dt.date(2026, 12, 28),
]


@st.composite
def shops(draw: st.DrawFn, days: int = 300) -> tuple[list[Row], dt.date, dt.date]:
    """Rows of a few customers (some with returns alone), the first purchase, an as_of anywhere after it."""
    start = draw(st.sampled_from(STARTS))
    rows: list[Row] = []
    for customer in range(draw(st.integers(1, 7))):
        for offset in draw(st.lists(st.integers(0, days), max_size=7, unique=True)):
            cents, bought = draw(st.integers(-3000, 9000)), draw(st.integers(0, 4)) > 0
            money = (abs(cents) if bought and cents % 5 else -abs(cents)) / 100
            rows.append((f"C{customer}", start + dt.timedelta(days=offset), money, bought))
    if not any(bought for *_, bought in rows):
        rows.append(("one", start, 5.0, True))
    first = min(day for _, day, _, bought in rows if bought)
    return rows, first, first + dt.timedelta(days=draw(st.integers(0, days + 40)))


ALL_CHOICES = st.builds(
    Choices,
    period=st.sampled_from(["week", "month", "quarter"]),
    clock=st.sampled_from(["calendar", "rolling"]),
    rule=st.sampled_from(["on", "on_or_after", "bracket"]),
    brackets=st.sampled_from([(1, 2, 4, 7), (1, 3), (2, 5, 6), (1,)]),
    average=st.sampled_from(["pooled", "simple"]),
    warm_up=st.integers(0, 3),
    exclude_warm_up=st.booleans(),
)
