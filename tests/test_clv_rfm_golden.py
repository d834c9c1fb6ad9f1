"""CDNOW's sample is counted as published and as lifetimes does; its patterns and pairs are its customers."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest
from clv_rfm_data import CUT, END, frame_of, table_of

from keepbook.clv.rfm import patterns_of, rfm, spend_pairs, with_holdout


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """Sample number, day and dollars of each line."""
    spec = find_spec("lifetimes")
    assert spec and spec.origin
    path = Path(spec.origin).parent / "datasets" / "CDNOW_sample.txt"
    names = ["master", "customer_id", "date", "number", "dollars"]
    frame = pd.read_csv(path, sep=r"\s+", header=None, names=names, dtype={"customer_id": str, "date": str})
    return frame.assign(date=pd.to_datetime(frame["date"], format="%Y%m%d"))


@pytest.fixture(scope="module")
def cdnow(lines: pd.DataFrame) -> ir.Table:
    days = lines.groupby(["customer_id", "date"], as_index=False)["dollars"].sum()
    cents = (days["dollars"] * 100).round().astype(int)
    rows = zip(days["customer_id"], days["date"].dt.date, cents, cents, [True] * len(days), strict=True)
    return table_of(list(rows), "cdnow_purchases")


def test_cdnow_first_customer_and_base(cdnow: ir.Table) -> None:
    """Fader, Hardie & Lee's sample of CDNOW: x=2, t_x=30.43, T=38.86 weeks; 2,357 customers."""
    frame = frame_of(rfm(cdnow, CUT, "day"))
    first = frame.loc["0001"]
    assert len(frame) == 2357
    assert [first["frequency"], round(first["recency"] / 7, 2), round(first["T"] / 7, 2)] == [2, 30.43, 38.86]
    patterns = patterns_of(rfm(cdnow, CUT, "day"))
    assert patterns.total == 2357
    assert patterns.repeaters == (frame["frequency"] > 0).sum()


def test_cdnow_holdout(cdnow: ir.Table) -> None:
    """1,882 repeat transactions in the 39 weeks after the cut (CLVTools, lifetimes)."""
    assert (END - CUT).days == 39 * 7
    frame = frame_of(with_holdout(cdnow, CUT, END, "day"))
    assert len(frame) == 2357
    assert frame["purchases_holdout"].sum() == 1882


def test_cdnow_money_goes_nowhere(cdnow: ir.Table, lines: pd.DataFrame) -> None:
    """First, repeat and holdout spend are all the sample's dollars."""
    frame = frame_of(with_holdout(cdnow, CUT, END, "week"))
    held = frame[["first_spend", "repeat_spend", "spend_holdout"]].sum().sum()
    assert held == pytest.approx(lines["dollars"].sum(), abs=0.005)
    assert frame["spend_to_date"].sum() == pytest.approx(
        lines["dollars"][lines["date"] <= "1997-09-30"].sum()
    )


def test_lifetimes_agrees_by_day(cdnow: ir.Table, lines: pd.DataFrame) -> None:
    from lifetimes.utils import summary_data_from_transaction_data

    theirs = summary_data_from_transaction_data(
        lines, "customer_id", "date", "dollars", observation_period_end=pd.Timestamp(CUT), freq="D"
    ).sort_index()
    ours = frame_of(rfm(cdnow, CUT, "day"))
    assert list(ours.index) == list(theirs.index)
    for name in ("frequency", "recency", "T"):
        assert (ours[name] == theirs[name]).all(), name
    # Days cost nothing there too: lifetimes leaves them in the mean, as we do.
    np.testing.assert_allclose(ours["monetary_value"], theirs["monetary_value"], rtol=0, atol=1e-9)


def test_patterns_are_the_customers(cdnow: ir.Table) -> None:
    table = rfm(cdnow, CUT, "week")
    frame, patterns = frame_of(table), patterns_of(table)
    frame["squares"] = frame["repeat_spend"] ** 2
    by = frame.groupby(["frequency", "T", "recency"])
    expected = by.agg(n=("first", "size"), spend=("repeat_spend", "sum"), squares=("squares", "sum"))
    found = np.column_stack([patterns.frequency, patterns.T, patterns.recency])
    assert found.tolist() == [list(map(float, key)) for key in expected.index]
    np.testing.assert_array_equal(patterns.customers, expected["n"])
    np.testing.assert_allclose(patterns.repeat_spend, expected["spend"])
    np.testing.assert_allclose(patterns.repeat_spend_squares, expected["squares"])


def test_pairs_are_the_repeat_buyers(cdnow: ir.Table) -> None:
    table = rfm(cdnow, CUT, "day")
    frame, pairs = frame_of(table), spend_pairs(table)
    repeat = frame[(frame["frequency"] > 0) & (frame["monetary_value"] > 0)]
    assert pairs["customers"].sum() == len(repeat)
    assert pairs[["frequency", "monetary_value"]].apply(tuple, axis=1).is_monotonic_increasing
    assert not pairs.duplicated(["frequency", "monetary_value"]).any()
    assert (pairs["frequency"] * pairs["monetary_value"] * pairs["customers"]).sum() == pytest.approx(
        repeat["repeat_spend"].sum()
    )
