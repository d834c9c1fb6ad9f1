"""A million customer-days are counted in the engine, within seconds."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import ibis.expr.types as ir
import pandas as pd
import pytest
from cohort_data import ENGINE

from keepbook.cohorts import retention
from keepbook.tables import Window

D = dt.date


def test_a_million_customer_days_stay_in_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    ENGINE.raw_sql(
        """
        CREATE OR REPLACE TABLE million AS
        SELECT 'C' || (i % 100_000) AS customer_id,
               DATE '2021-01-01' + CAST(i % 100_000 % 700 + i // 100_000 * 37 + hash(i) % 30 AS INT) AS date,
               CAST(5 + i % 95 AS DECIMAL(18, 4)) AS amount, CAST(5 + i % 95 AS DECIMAL(18, 4)) AS gross,
               1::BIGINT AS orders, TRUE AS is_purchase
        FROM range(1_000_000) t(i)
        """
    )
    fetched = []
    to_pandas = ir.Table.to_pandas

    def counted(table: ir.Table, *args: Any, **kwargs: Any) -> pd.DataFrame:
        fetched.append(to_pandas(table, *args, **kwargs))
        return fetched[-1]

    monkeypatch.setattr(ir.Table, "to_pandas", counted)
    began = time.perf_counter()
    result = retention(ENGINE.table("million"), Window(D(2021, 1, 1), D(2023, 12, 31)))
    took = time.perf_counter() - began
    assert result.customers == 100_000
    assert sum(map(len, fetched)) < 1_500, "cells, never customers"
    assert took < 5, f"{took:.1f} s"
