"""Reports of a unit, written as their records have them, and what a summary makes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from keepbook.book import Book
from keepbook.page.records import ERROR_RECORD, PREVIOUS, RECORD

COHORTS, VALUE, TEST = "2_cohort_retention", "3_clv", "6_strategy_comparison-voucher"


def tile(
    name: str, value: float, low: float | None = None, high: float | None = None, **more: Any
) -> dict[str, Any]:
    """One as a record has it."""
    made = {"name": name, "label": name.replace("_", " "), "value": value, "definition": "As counted."}
    return (
        made
        | {"ci_lower": low, "ci_upper": high, "kind": "percent", "headline": True, "evidence": "at"}
        | more
    )


def record(*findings: str | tuple[str, float], as_of: str = "2024-12-31", **more: Any) -> dict[str, Any]:
    """What a page leaves; a finding may bring its stake."""
    said = [one if isinstance(one, tuple) else (one, None) for one in findings]
    made = {"schema": 1, "unit": "shop", "title": "Shop", "language": "en", "currency": "EUR", "figures": []}
    made |= {"start": "2024-01-01", "as_of": as_of, "settings": {"churn_after": 90}}
    made |= {"findings": [text for text, _stake in said], "stakes": [stake for _text, stake in said]}
    return made | {"warn": [False] * len(said)} | more


def verdict(
    label: str, kind: str, stake: float | None = None, reason: str = "Because. Well."
) -> dict[str, Any]:
    return {"verdict": {"label": label, "reason": reason, "kind": kind, "stake": stake}}


def experiment(name: str = "voucher", title: str = "Voucher") -> dict[str, Any]:
    return {"experiment": {"name": name, "title": title}}


def put(
    folder: Path, page: str, now: dict[str, Any] | None, before: dict[str, Any] | None = None, fault: str = ""
) -> Path:
    """The report of a page: its record, the one before, why it failed."""
    place = folder / page
    place.mkdir(parents=True, exist_ok=True)
    for name, content in (
        (RECORD, now),
        (PREVIOUS, before),
        (ERROR_RECORD, {"what": fault} if fault else None),
    ):
        if content is not None:
            (place / name).write_text(json.dumps(content), encoding="utf-8")
    return place


def forecast(folder: Path, revenue: Sequence[float], new: float = 0.0) -> None:
    """The table of the page of customer value that a summary draws: money a month."""
    starts = pd.date_range("2025-01-01", periods=len(revenue), freq="MS")
    rows = pd.DataFrame(
        {"period_start": starts, "period_end": starts + pd.offsets.MonthEnd(0), "complete": True}
    )
    rows["revenue"] = revenue
    rows["revenue_lower"], rows["revenue_upper"] = 0.9 * rows["revenue"], 1.1 * rows["revenue"]
    rows["new_customers"], rows["new_revenue"] = new, new
    place = folder / VALUE / "tables"
    place.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(place / "forecast.parquet", index=False)


def triangle(folder: Path, unit: str = "demo") -> None:
    """The tables of the page of cohorts, as that page saves them."""
    book = Book(unit, save_to=str(folder / COHORTS))
    for name in ("heatmap", "curves", "segment_curves"):
        book.figure(getattr(book.cohorts, name))


def shown(book: Book, folder: Path) -> str:
    """The whole page of a summary as its notebook has it, without a kernel."""
    summary = book.summary(str(folder))
    parts = [
        book.opening(),
        book.cards(summary.decisions),
        book.tiles(summary),
        book.figure(summary.retention_table),
        book.findings(summary),
        book.figure(summary.curve),
        book.figure(summary.value_ahead),
        book.figure(summary.segments),
        book.table(summary.changes_table),
        book.table(summary.health_table),
        book.identity(summary.customers_add_up),
        book.identity(summary.lines_add_up),
        book.close(),
    ]
    return "".join(part.html for part in parts)
