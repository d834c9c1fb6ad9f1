"""Purchases with money before and after returns, made in a test, and what is known of a customer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
from cohort_data import ENGINE

from keepbook.clv.rfm import rfm

Row = tuple[
    str, dt.date, int, int, bool
]  # customer, day, cents net, cents gross, whether anything was bought
Grain = Literal["day", "week"]
CUT = dt.date(1997, 9, 30)
END = dt.date(1998, 6, 30)


def table_of(rows: list[Row], name: str = "rfm_purchases") -> ir.Table:
    """Purchases as `keepbook.tables` makes them."""
    customer, day, net, gross, bought = zip(*rows, strict=True)
    money = [pa.array([Decimal(cents).scaleb(-2) for cents in column]) for column in (net, gross)]
    lines = pa.table(
        {"customer_id": customer, "date": day, "amount": money[0], "gross": money[1], "bought": bought}
    )
    ENGINE.con.register("rfm_rows", lines)
    ENGINE.raw_sql(
        f"""
        CREATE OR REPLACE TABLE {name} AS
        SELECT customer_id, CAST(date AS DATE) AS date, CAST(amount AS DECIMAL(18, 4)) AS amount,
               CAST(gross AS DECIMAL(18, 4)) AS gross, bought AS is_purchase
        FROM rfm_rows
        """
    )
    return ENGINE.table(name)


def bought(customer: str, *days: str, cents: int = 1000) -> list[Row]:
    return [(customer, dt.date.fromisoformat(day), cents, cents, True) for day in days]


def returned(customer: str, day: str, cents: int) -> list[Row]:
    return [(customer, dt.date.fromisoformat(day), -cents, 0, False)]


def frame_of(table: ir.Table) -> pd.DataFrame:
    return table.to_pandas().set_index("customer_id").sort_index()


def row_of(rows: list[Row], as_of: str, grain: Grain, customer: str = "a") -> dict[str, Any]:
    return dict(frame_of(rfm(table_of(rows), dt.date.fromisoformat(as_of), grain)).loc[customer])


def known_of(rows: list[Row], as_of: str, grain: Grain) -> list[int]:
    found = row_of(rows, as_of, grain)
    return [found["frequency"], found["recency"], found["T"]]
