"""Frequency, recency and T: against published numbers, lifetimes, and the definition done by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE, STARTS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from keepbook.clv import rfm as engine_room
from keepbook.clv.patterns import Patterns
from keepbook.clv.rfm import patterns_of, rfm, spend_pairs, with_holdout
from keepbook.params import Unit
from keepbook.tables import open_tables

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


# ── the CDNOW sample ────────────────────────────────────────────────────────────────────────────────────


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


# ── the definition, by hand ─────────────────────────────────────────────────────────────────────────────


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


# ── traps of the calendar ───────────────────────────────────────────────────────────────────────────────


def test_purchases_after_as_of_in_the_same_week_do_not_leak() -> None:
    """2024-01-31 is a Wednesday; lifetimes counts what is bought on the Thursday and Friday after it."""
    rows = bought("a", "2024-01-03", "2024-01-24")
    later = bought("a", "2024-02-01", "2024-02-02") + bought("new", "2024-02-01")
    assert known_of(rows + later, "2024-01-31", "week") == known_of(rows, "2024-01-31", "week") == [1, 3, 4]
    assert list(frame_of(rfm(table_of(rows + later), dt.date(2024, 1, 31), "week")).index) == ["a"]


def test_purchases_of_one_week_are_one() -> None:
    """Weeks end on a Wednesday here, so Thursday to Wednesday is one, over the weekend and the New Year."""
    rows = bought("a", "2023-12-28", "2023-12-31", "2024-01-01", "2024-01-03", "2024-01-04")
    found = row_of(rows, "2024-01-31", "week")
    assert [found[name] for name in ("frequency", "recency", "T")] == [1, 1, 4]
    assert (found["first_spend"], found["repeat_spend"], found["monetary_value"]) == (40, 10, 10)
    assert known_of(rows, "2024-01-31", "day") == [4, 7, 34]


@pytest.mark.parametrize(("first", "weeks"), [("2024-01-25", 0), ("2024-01-24", 1), ("2024-01-18", 1)])
def test_the_last_week_is_complete(first: str, weeks: int) -> None:
    assert known_of(bought("a", first), "2024-01-31", "week") == [0, 0, weeks]


def test_a_holdout_week_begins_the_day_after_the_cut() -> None:
    rows = bought("a", "2024-01-03", "2024-01-31", "2024-02-01", "2024-02-07", "2024-02-08", "2024-02-21")
    table = table_of(rows)
    cut, end = dt.date(2024, 1, 31), dt.date(2024, 2, 20)
    assert with_holdout(table, cut, end, "week").to_pandas()["purchases_holdout"].tolist() == [2]
    assert with_holdout(table, cut, end, "day").to_pandas()["purchases_holdout"].tolist() == [3]
    assert with_holdout(table, cut, end, "week").to_pandas()["spend_holdout"].tolist() == [30]


@pytest.mark.parametrize("grain", ["day", "week"])
def test_a_customer_of_the_last_day_has_a_T_of_0(grain: Grain) -> None:
    rows = bought("a", "2024-01-31") + bought("b", "2023-12-01")
    assert known_of(rows, "2024-01-31", grain) == [0, 0, 0]
    patterns = patterns_of(rfm(table_of(rows), dt.date(2024, 1, 31), grain))
    assert (patterns.T[0], patterns.total) == (0, 2)


def test_moments_on_the_cut_day_belong_to_it(shop: Callable[..., Unit]) -> None:
    """A purchase a second before midnight is of the day; the zone decides which day that is."""
    lines = (
        "customer_id,date,amount\n"
        "a,2024-01-01T10:00:00+00:00,10\n"
        "a,2024-01-31T22:59:59+00:00,20\n"
        "a,2024-01-31T23:00:00+00:00,40\n"
    )
    unit = shop(lines, timezone="Europe/Berlin")
    with open_tables(unit) as tables:
        found = rfm(tables.purchases, dt.date(2024, 1, 31), "day").to_pandas().iloc[0]
        later = with_holdout(tables.purchases, dt.date(2024, 1, 31), dt.date(2024, 2, 1), "day").to_pandas()
    assert (found["frequency"], found["recency"], found["repeat_spend"]) == (1, 30, 20)
    assert (later["purchases_holdout"].item(), later["spend_holdout"].item()) == (1, 40)


# ── returns and free things ─────────────────────────────────────────────────────────────────────────────


def test_days_of_returns_only_take_money_off() -> None:
    rows = bought("a", "2024-01-01", "2024-01-10") + returned("a", "2024-01-20", 300)
    rows += returned("never bought", "2024-01-05", 100)
    frame = frame_of(rfm(table_of(rows), dt.date(2024, 1, 31), "day"))
    assert list(frame.index) == ["a"]
    assert frame.loc["a", ["frequency", "recency", "T"]].tolist() == [1, 9, 30]
    assert frame.loc["a", ["spend_to_date", "repeat_spend", "first_spend"]].tolist() == [17, 10, 10]
    assert str(frame.loc["a", "last"])[:10] == "2024-01-10"


def test_a_return_before_the_first_purchase_is_no_first_purchase() -> None:
    rows = returned("a", "2024-01-01", 300) + bought("a", "2024-01-11")
    found = row_of(rows, "2024-01-31", "week")
    assert (str(found["first"])[:10], found["T"], found["spend_to_date"]) == ("2024-01-11", 2, 7)


def test_returns_after_the_cut_are_of_the_holdout() -> None:
    rows = bought("a", "2024-01-01", "2024-02-02") + returned("a", "2024-02-05", 2500)
    frame = with_holdout(table_of(rows), dt.date(2024, 1, 31), dt.date(2024, 2, 29), "day").to_pandas()
    columns = ["spend_to_date", "purchases_holdout", "spend_holdout", "net_holdout"]
    assert frame.iloc[0][columns].tolist() == [10, 1, 10, -15]


def test_free_things_are_purchases_without_money() -> None:
    """Where the unit keeps them: they count in frequency, and say nothing of what a purchase is worth."""
    rows = bought("a", "2024-01-01") + bought("a", "2024-01-10", cents=0) + bought("b", "2024-01-01")
    rows += bought("b", "2024-01-02")
    table = rfm(table_of(rows), dt.date(2024, 1, 31), "day")
    assert row_of(rows, "2024-01-31", "day")["frequency"] == 1
    assert row_of(rows, "2024-01-31", "day")["monetary_value"] == 0
    assert patterns_of(table).repeaters == 2
    assert spend_pairs(table).to_dict("records") == [{"frequency": 1, "monetary_value": 10.0, "customers": 1}]


def test_nobody_bought_by_the_cut() -> None:
    table = rfm(table_of(bought("a", "2024-02-01")), dt.date(2024, 1, 31), "week")
    assert table.to_pandas().empty
    assert (len(patterns_of(table)), patterns_of(table).total, len(spend_pairs(table))) == (0, 0, 0)


# ── patterns and pairs ──────────────────────────────────────────────────────────────────────────────────


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


def test_many_repeat_buyers_are_binned_finely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Amounts of 10,000 to 10,100 in cents: about a hundred bins of a hundred different values each."""
    rng = np.random.default_rng(1)
    rows: list[Row] = []
    for number in range(600):
        days = ["2024-01-01", "2024-01-10", "2024-01-20"][: 2 + number % 2]
        rows += bought(f"C{number}", *days, cents=int(rng.integers(1_000_000, 1_010_000)))
    table = rfm(table_of(rows), dt.date(2024, 1, 31), "day")
    exact = spend_pairs(table)
    monkeypatch.setattr(engine_room, "MANY", 599)
    binned = spend_pairs(table)
    assert len(binned) <= 2 * 101 < len(exact)
    for frequency, own in exact.groupby("frequency"):
        bins = binned[binned["frequency"] == frequency]
        assert own["customers"].sum() == bins["customers"].sum()
        spent = [(some["customers"] * some["monetary_value"]).sum() for some in (own, bins)]
        assert spent[0] == pytest.approx(spent[1], rel=1e-12)
        apart = np.abs(np.subtract.outer(own["monetary_value"].values, bins["monetary_value"].values))
        assert (apart.min(axis=1) <= 1.0001e-4 * own["monetary_value"]).all()
    monkeypatch.setattr(engine_room, "MANY", 600)
    pd.testing.assert_frame_equal(spend_pairs(table), exact)


def kept_sums(patterns: Patterns) -> list[float]:
    n = patterns.customers
    axes = [patterns.frequency, patterns.recency, patterns.T]
    squares = patterns.repeat_spend_squares.sum()
    return [
        *(float(n @ axis) for axis in axes),
        patterns.total,
        patterns.repeaters,
        patterns.repeat_spend.sum(),
        squares,
    ]


@st.composite
def any_patterns(draw: st.DrawFn) -> Patterns:
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    rows = draw(st.integers(1, 120))
    span = draw(st.sampled_from([0, 1, 5, 700]))
    T = rng.integers(0, span + 1, rows)
    frequency = np.minimum(rng.geometric(draw(st.sampled_from([0.05, 0.5, 1.0])), rows) - 1, T)
    recency = np.where(frequency > 0, frequency + rng.integers(0, T - frequency + 1), 0)
    frame = pd.DataFrame({"frequency": frequency, "recency": recency, "T": T}).drop_duplicates()
    spend = frame["frequency"] * rng.gamma(2, 30, len(frame))
    weight = rng.integers(1, 1000, len(frame))
    return Patterns.of(frame.assign(customers=weight, repeat_spend=spend, repeat_spend_squares=spend**2))


@settings(max_examples=200, deadline=None)
@given(patterns=any_patterns(), most=st.integers(1, 60))
def test_thin_patterns_keep_their_sums(patterns: Patterns, most: int) -> None:
    thin = patterns.thin(most)
    assert len(thin) <= most or len(thin) == len(patterns) <= most
    assert len(thin) == min(len(patterns), most)
    expected = kept_sums(patterns)
    if most == 1:  # everyone is one pattern: who came back is told no longer
        thin_sums = kept_sums(thin)
        assert thin_sums[:4] + thin_sums[5:] == pytest.approx(expected[:4] + expected[5:])
    else:
        assert kept_sums(thin) == pytest.approx(expected)
        assert thin.customers[thin.frequency == 0].sum() == patterns.total - patterns.repeaters
    assert (thin.recency <= thin.T * (1 + 1e-12)).all()
    again = patterns.thin(most)
    assert all((getattr(thin, name) == getattr(again, name)).all() for name in vars(thin))
    assert (np.diff(thin.frequency) >= 0).all()


def test_thin_patterns_that_are_few_stay_as_they_are() -> None:
    frame = pd.DataFrame({"frequency": [1, 0], "recency": [3, 0], "T": [5, 4], "customers": [2, 9]})
    patterns = Patterns.of(frame.assign(repeat_spend=[8, 0], repeat_spend_squares=[40, 0]))
    assert patterns.thin(2) is patterns
    assert patterns.frequency.tolist() == [0, 1]


def log_likelihood(logs: np.ndarray, patterns: Patterns) -> float:
    """BG/NBD, Fader, Hardie & Lee (2005), equation 6."""
    (r, alpha, a, b), x = np.exp(logs), patterns.frequency
    beta = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    with np.errstate(divide="ignore"):
        gone = np.where(x > 0, np.log(a / (b + np.maximum(x, 1) - 1)), -np.inf)
    alive, left = -(r + x) * np.log(alpha + patterns.T), gone - (r + x) * np.log(alpha + patterns.recency)
    each = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + beta + np.logaddexp(alive, left)
    return float(patterns.customers @ each)


def curvature(logs: np.ndarray, patterns: Patterns) -> np.ndarray:
    steps = 1e-3 * np.eye(4)
    at = {
        sign: np.array([[log_likelihood(logs + i + sign * j, patterns) for j in steps] for i in steps])
        for sign in (1, -1)
    }
    back = {
        sign: np.array([[log_likelihood(logs - i + sign * j, patterns) for j in steps] for i in steps])
        for sign in (1, -1)
    }
    return -(at[1] - at[-1] - back[1] + back[-1]) / 4e-6


def test_thin_patterns_keep_the_shape_of_a_likelihood() -> None:
    """Standard errors of 20,000 simulated customers, from some 10,000 patterns and from 500."""
    rng = np.random.default_rng(5)
    n, (r, alpha, a, b) = 20_000, (0.6, 60.0, 0.8, 2.4)
    rate, drop, T = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n), 1 + np.floor(730 * rng.random(n))
    moment, x, last, alive = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, dtype=bool)
    while alive.any():
        moment += rng.exponential(1 / rate)
        alive &= moment < T
        x, last = x + alive, np.where(alive, moment, last)
        alive &= rng.random(n) >= drop
    frame = pd.DataFrame({"frequency": x, "recency": np.ceil(last), "T": T})
    counted = frame.value_counts().rename("customers").reset_index()
    patterns = Patterns.of(counted.assign(repeat_spend=0.0, repeat_spend_squares=0.0))
    assert len(patterns) > 8_000
    logs = np.log([r, alpha, a, b])
    errors = [
        np.sqrt(np.diag(np.linalg.inv(curvature(logs, some)))) for some in (patterns, patterns.thin(500))
    ]
    np.testing.assert_allclose(errors[1], errors[0], rtol=0.02)
