"""Frequency, recency, T and money of any history are those of the definition done by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from clv_rfm_data import CUT, END, Grain, Row, bought, frame_of, returned, table_of
from cohort_data import STARTS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keepbook.clv.rfm import rfm, with_holdout


def by_hand(rows: list[Row], cut: dt.date, end: dt.date, grain: Grain) -> pd.DataFrame:
    """One customer and one day at a time, with periods looked up in a list of their last days."""
    step = dt.timedelta(days=1 if grain == "day" else 7)
    ends = [cut]
    while ends[0] > min(row[1] for row in rows):
        ends.insert(0, ends[0] - step)
    while ends[-1] < max(end, cut):
        ends.append(ends[-1] + step)
    now = ends.index(cut)
    made = {}
    for customer in sorted({row[0] for row in rows}):
        known = [row for row in rows if row[0] == customer and row[1] <= cut]
        later = [row for row in rows if row[0] == customer and cut < row[1] <= end]
        spent: dict[int, int] = {}
        for _, day, _, gross, is_purchase in known:
            if is_purchase:
                period = next(i for i, last in enumerate(ends) if day <= last)
                spent[period] = spent.get(period, 0) + gross
        if not spent:
            continue
        first, last = min(spent), max(spent)
        repeat = sum(cents for period, cents in spent.items() if period != first) / 100
        active = {next(i for i, last in enumerate(ends) if row[1] <= last) for row in later if row[4]}
        made[customer] = {
            "first": min(row[1] for row in known if row[4]),
            "last": max(row[1] for row in known if row[4]),
            "frequency": len(spent) - 1,
            "recency": last - first,
            "T": now - first,
            "repeat_spend": repeat,
            "monetary_value": repeat / (len(spent) - 1) if len(spent) > 1 else 0.0,
            "spend_to_date": sum(row[2] for row in known) / 100,
            "first_spend": spent[first] / 100,
            "purchases_holdout": len(active),
            "spend_holdout": sum(row[3] for row in later if row[4]) / 100,
            "net_holdout": sum(row[2] for row in later) / 100,
        }
    return pd.DataFrame.from_dict(made, orient="index")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Row], dt.date, dt.date]:
    """A few customers, some of whom only returned something, a cut anywhere, and an end after it."""
    start = draw(st.sampled_from(STARTS))
    rows: list[Row] = []
    for customer in range(draw(st.integers(1, 5))):
        for offset in draw(st.lists(st.integers(0, 60), max_size=9, unique=True)):
            gross, back = draw(st.sampled_from([0, 1, 999, 12345])), draw(st.sampled_from([0, 0, 500]))
            purchase = draw(st.integers(0, 4)) > 0
            net = gross - back if purchase else -back
            rows.append(
                (f"C{customer}", start + dt.timedelta(days=offset), net, gross if purchase else 0, purchase)
            )
    rows = rows or bought("one", start.isoformat())
    cut = start + dt.timedelta(days=draw(st.integers(0, 70)))
    return rows, cut, cut + dt.timedelta(days=draw(st.integers(0, 40)))


@settings(max_examples=150, deadline=None)
@given(history=histories(), grain=st.sampled_from(["day", "week"]))
@example(history=(returned("a", "2024-01-01", 5), dt.date(2024, 1, 2), dt.date(2024, 1, 9)), grain="week")
def test_any_history_is_counted_as_by_hand(history: tuple[list[Row], dt.date, dt.date], grain: Grain) -> None:
    rows, cut, end = history
    table = table_of(rows)
    expected, ours = by_hand(rows, cut, end, grain), frame_of(with_holdout(table, cut, end, grain))
    assert list(ours.index) == list(expected.index)
    for name in expected:
        if name in ("first", "last"):
            assert list(pd.to_datetime(ours[name]).dt.date) == list(expected[name])
        else:
            np.testing.assert_allclose(ours[name], expected[name], rtol=1e-12, atol=1e-9, err_msg=name)
    alone = frame_of(rfm(table, cut, grain))
    pd.testing.assert_frame_equal(alone, ours[list(alone.columns)])
    assert (alone["recency"] <= alone["T"]).all()
    assert ((alone["frequency"] == 0) == (alone["recency"] == 0)).all()


def test_columns_and_types() -> None:
    schema = with_holdout(table_of(bought("a", "2024-01-01")), CUT, END, "week").schema()
    kinds = {name: str(kind) for name, kind in schema.items()}
    assert kinds == {
        "customer_id": "string",
        **dict.fromkeys(["first", "last"], "date"),
        **dict.fromkeys(["frequency", "recency", "T"], "int64"),
        **dict.fromkeys(["repeat_spend", "monetary_value", "spend_to_date", "first_spend"], "float64"),
        "purchases_holdout": "int64",
        **dict.fromkeys(["spend_holdout", "net_holdout"], "float64"),
    }
