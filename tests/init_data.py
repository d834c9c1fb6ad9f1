"""Exports written for `keepbook init`, and the purchases of the unit it makes of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from keepbook.tables import open_tables
from keepbook.unit import Unit

Keepbook = Callable[..., tuple[int, str, str]]


def purchases(unit: Unit) -> dict[tuple[str, str], float]:
    """(customer, day) → net amount."""
    with open_tables(unit) as tables:
        rows = tables.purchases.to_pandas()
    return {(str(r.customer_id), str(r.date)[:10]): round(float(r.amount), 2) for r in rows.itertuples()}


def write_csv(path: Path, rows: list[list[Any]], encoding: str = "utf-8", delimiter: str = ",") -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
