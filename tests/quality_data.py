"""Purchases to look at for readiness: a few by hand, and a simulated shop to plant something odd in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from cohort_data import Row, buys, purchases_of, table_of

from keepbook.quality import Readiness, readiness
from keepbook.quality.rhythm import EPOCH
from keepbook.simulate import simulate
from keepbook.tables import Ledger, Tables, Window
from keepbook.unit import Unit

D = dt.date
DAY = dt.timedelta(days=1)
EMPTY = Ledger(
    pd.DataFrame({"rule": [], "rows": [], "amount": [], "matched": []}),
    0,
    0,
    *[Decimal(0)] * 2,
    0,
    Decimal(0),
)


def looked_at(
    purchases: ir.Table, first: dt.date, as_of: dt.date, unit: Unit, today: dt.date | None = None
) -> Readiness:
    return readiness(Tables(purchases, None, EMPTY, Window(first, as_of), None), unit, today=today)


def look(
    rows: list[Row], unit: Unit, as_of: dt.date | None = None, today: dt.date | None = None
) -> Readiness:
    first = min(day for _, day, _, bought in rows if bought)
    last = as_of or max(day for _, day, *_ in rows)
    return looked_at(purchases_of(rows, "ready"), first, last, unit, today)


def with_settings(unit: Unit, **changed: Any) -> Unit:
    return unit.model_copy(update=changed)


FEW = [
    *buys("a", "2024-01-05", "2024-01-20", "2024-02-03"),
    *buys("b", "2024-01-07", "2024-02-26"),
    *buys("c", "2024-02-10", "2024-03-20"),
    ("d", D(2024, 2, 12), -5.0, False),  # gave back, and never bought
    *buys("e", "2024-02-29"),
]


# ── a shop to plant things in: every day of 2023 and 2024, by day and customer ──────────────────────────────

BEGIN, LENGTH = D(2023, 1, 2), 700


def shop_of(seed: int = 1, customers: int = 1000, days: int = LENGTH, begin: dt.date = BEGIN) -> pd.DataFrame:
    """Clean simulated purchases, one row per customer and day: customer, day (number from `begin`), money."""
    lines = simulate(customers=customers, start=begin, days=days, seed=seed).transactions.to_pandas()
    lines = lines[lines["customer_id"].notna() & (lines["amount"] > 0)]
    day = (pd.to_datetime(lines["date"]) - pd.Timestamp(begin)).dt.days
    frame = pd.DataFrame({"customer": lines["customer_id"], "day": day, "money": lines["amount"]})
    return frame.groupby(["customer", "day"], as_index=False).sum()


def table(frame: pd.DataFrame, begin: dt.date = BEGIN) -> ir.Table:
    day = pa.array((frame["day"] + (begin - EPOCH).days).to_numpy("int32"), pa.int32()).cast(pa.date32())
    rows = {
        "customer_id": frame["customer"],
        "date": day,
        "money": frame["money"],
        "bought": [True] * len(frame),
    }
    return table_of(pa.table(rows), "ready")


def look_at(
    frame: pd.DataFrame,
    unit: Unit,
    *,
    as_of: int | None = None,
    begin: dt.date = BEGIN,
    today: dt.date | None = None,
) -> Readiness:
    first = begin + int(frame["day"].min()) * DAY
    last = begin + int(frame["day"].max() if as_of is None else as_of) * DAY
    return looked_at(table(frame, begin), first, last, unit, today)


def added(frame: pd.DataFrame, customer: str, days: Any, money: float = 40.0) -> pd.DataFrame:
    more = pd.DataFrame({"customer": customer, "day": days, "money": money})
    return pd.concat([frame, more]).drop_duplicates(["customer", "day"], ignore_index=True)


def moved(frame: pd.DataFrame, share: float, to: int, seed: int = 1) -> pd.DataFrame:
    """That share of the customers enters on one day: what they bought before is forgotten."""
    names = frame["customer"].unique()
    chosen = frame["customer"].isin(np.random.default_rng(seed).choice(names, int(share * len(names)), False))
    entry = pd.DataFrame({"customer": frame.loc[chosen, "customer"].unique(), "day": to, "money": 40.0})
    kept = frame[~chosen | (frame["day"] > to)]
    return pd.concat([kept, entry], ignore_index=True)


def without(frame: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    return frame[~frame["day"].between(first, last)]


def kinds(found: Readiness) -> list[str]:
    return [odd.kind for odd in found.anomalies]
