"""Sentences and key figures of who stays: they say what the tables hold."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from cohort_data import ROWS, WINDOW, purchases_of

from keepbook.cohorts import Choices, Retention, logo_churn, retention, revenue_bridge
from keepbook.cohorts.page.facts import _trend, findings, tiles
from keepbook.page.html import plain
from keepbook.text import BOLD, PLAIN


@pytest.fixture(scope="module")
def result() -> Retention:
    return retention(purchases_of(ROWS, "charts"), WINDOW, Choices(warm_up=1))


def sentences(result: Retention) -> list[str]:
    purchases = purchases_of(ROWS, "charts")
    shop: Any = SimpleNamespace(cohort_period="month", churn_after=20, currency="EUR")
    churn = logo_churn(purchases, WINDOW, churn_after=20)
    tables: Any = SimpleNamespace(window=WINDOW)
    return findings(result, churn, None, tables, shop)


def bold(sentence: str) -> list[str]:
    """What the catalogue emphasises in it."""
    return re.findall(f"{BOLD}(.*?){PLAIN}", sentence)


def test_findings_say_what_the_tables_hold(result: Retention) -> None:
    first, worth, lost = map(plain, sentences(result))
    assert first.startswith("6 customers first bought between 2024-01-01 and 2024-02-29. 50.0 % [")
    assert "return in month 1, 25.0 % [" in first
    # 3 customers in two cohorts, 80 EUR from 3 who return: 3 × 1 % × 26.67
    assert "that month would bring about 1 EUR more: 3 new customers, 27 EUR from each who returns" in worth
    assert lost.startswith("In 2024-03, ")


def test_estimates_before_their_intervals_are_emphasised(result: Retention) -> None:
    """The shares alone: neither counts nor money, and nothing without an interval."""
    first, worth, lost = sentences(result)
    assert bold(first) == ["50.0 %", "25.0 %"]
    assert bold(worth) == []
    for sentence, count in ((first, 2), (lost, 1)):
        assert len(re.findall(rf"{PLAIN} \[[^\]]+ %\]", sentence)) == count, "an interval behind each of them"


def test_left_out_customers_are_told() -> None:
    choices = Choices(warm_up=1, exclude_warm_up=True)
    later = retention(purchases_of(ROWS, "charts"), WINDOW, choices)
    first = plain(sentences(later)[0])
    assert first.startswith("2 customers first bought between 2024-02-01 and 2024-02-29. 4 who first appear")


def test_trend_is_called_clear_only_beyond_chance(result: Retention) -> None:
    cells = pd.DataFrame(
        {
            "cohort": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]),
            "period": 1,
            "label": "1",
            "size": 1000,
            "active": [200, 200, 300, 300],
            "complete": True,
            "warm_up": False,
            "revenue": 1.0,
        }
    )
    newer = plain(_trend(replace(result, cells=cells)))
    assert newer.startswith("Newer cohorts return more often than older ones: +10.0 pp [")
    older = plain(_trend(replace(result, cells=cells.assign(active=[300, 300, 200, 200]))))
    assert older.startswith("Newer cohorts return less often than older ones: −10.0 pp [")
    same = plain(_trend(replace(result, cells=cells.assign(active=[200, 210, 205, 209]))))
    assert same.startswith("There is no clear change")
    older_customers = "older cohorts still hold customers of before the data begin"
    assert older_customers in older and older_customers not in newer, "the first cohort is flagged"
    later = replace(result, choices=Choices(rule="on_or_after"))
    assert _trend(later) == "", "older cohorts have had longer to come back"


def test_tiles_carry_interval_change_and_definition(result: Retention) -> None:
    purchases = purchases_of(ROWS, "charts")
    shop: Any = SimpleNamespace(cohort_period="month", churn_after=20, currency="EUR")
    bridge, churn = revenue_bridge(purchases, WINDOW), logo_churn(purchases, WINDOW, churn_after=20)
    shown = {tile.name: tile for tile in tiles(result, bridge, churn, shop)}
    first = shown["retention_month_1"]
    assert (first.value, first.change) == (0.5, None), "two cohorts are too few to compare"
    assert first.ci_lower is not None and first.ci_lower < 0.5 < (first.ci_upper or 0)
    assert first.history == (0.5, 0.5)
    assert shown["nrr"].value == pytest.approx(60 / 140)
    assert shown["nrr"].change is None, "neighbouring rates share a period"
    assert all(tile.definition for tile in shown.values())
