"""Units of a few lines as tests of the tables read them: days, money, and what the ledger left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from keepbook.tables import Ledger, open_tables
from keepbook.unit import Unit

Shop = Callable[..., Unit]


def loaded(unit: Unit) -> tuple[pd.DataFrame, Ledger]:
    """Purchases by customer and day, and the ledger."""
    with open_tables(unit) as tables:
        frame = tables.purchases.order_by(["customer_id", "date"]).to_pandas()
        return frame.assign(date=frame["date"].astype(str).str[:10]), tables.ledger


def days(unit: Unit) -> list[tuple[Any, ...]]:
    """(customer, day, amount, is_purchase) of every row."""
    frame, _ = loaded(unit)
    columns = ["customer_id", "date", "amount", "is_purchase"]
    return [(who, day, float(money), bought) for who, day, money, bought in frame[columns].values]


def left_out(ledger: Ledger) -> dict[str, int]:
    """Rule → lines charged to it; a rule may be broken by lines that are all charged to earlier ones."""
    charged = zip(ledger.entries["rule"], ledger.entries["rows"], strict=True)
    return {rule: rows for rule, rows in charged if rows}


def matched(ledger: Ledger) -> dict[str, int]:
    return dict(zip(ledger.entries["rule"], ledger.entries["matched"], strict=True))
