"""The simulator keeps its word: the truth it states is the truth its rows follow."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy.integrate import dblquad
from scipy.special import roots_genlaguerre

from keepbook.errors import KeepbookError
from keepbook.simulate import TIERS, Simulated, Truth, simulate, stream_lines

START, DAYS, WINDOW = dt.date(2021, 1, 1), 1460, 30


@pytest.fixture(scope="module")
def shop() -> Simulated:
    return simulate(100_000, START, DAYS, seed=11)


@pytest.fixture(scope="module")
def rows(shop: Simulated) -> pd.DataFrame:
    frame = shop.transactions.to_pandas()
    return frame.assign(date=pd.to_datetime(frame["date"]))


@pytest.fixture(scope="module")
def purchases(rows: pd.DataFrame) -> pd.DataFrame:
    """Cleaned the naive way: what is left must be the true process and nothing else."""
    clean = rows.drop_duplicates().dropna(subset="customer_id")
    clean = clean[(clean["amount"] != 0) & ~fully_returned(clean)]
    return clean[clean["amount"] > 0]


def fully_returned(frame: pd.DataFrame) -> pd.Series:
    by_order = frame.groupby("order_id")["amount"]
    return (by_order.transform("sum").abs() < 0.005) & (by_order.transform("min") < 0)


# ---------------------------------------------------------------------------------------------- the truth

LONG_TAIL = Truth(r=0.55, alpha=10.58, s=0.61, beta=11.67)  # CDNOW's Pareto/NBD: a hard case, long windows


def by_definition(truth: Truth, age: int, window: int, rate: float, dropout: float) -> float:
    """P(a purchase in window `age`) for one customer, as the docstring defines it."""
    both = rate + dropout
    return math.exp(-dropout * age * window) * rate / both * -math.expm1(-both * window)


@pytest.mark.parametrize("truth", [truth for _, truth in TIERS.values()])
@pytest.mark.parametrize("window", [7, 30])
def test_retention_equals_the_expectation_over_both_gammas(truth: Truth, window: int) -> None:
    """By generalised Gauss-Laguerre in both rates: another formula and another quadrature."""
    x, weight_x = roots_genlaguerre(80, truth.r - 1)
    y, weight_y = roots_genlaguerre(80, truth.s - 1)
    chance = np.array(
        [[by_definition(truth, 5, window, a / truth.alpha, b / truth.beta) for b in y] for a in x]
    )
    expected = weight_x @ chance @ weight_y / (math.gamma(truth.r) * math.gamma(truth.s))
    assert truth.retention(5, window)[-1] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("age", [1, 12])
def test_retention_equals_adaptive_integration(age: int) -> None:
    """By scipy's dblquad; lambda = u^(1/r), mu = v^(1/s) take the poles out of the gamma densities."""
    t = LONG_TAIL

    def integrand(v: float, u: float) -> float:
        rate, dropout = u ** (1 / t.r), v ** (1 / t.s)
        return by_definition(t, age, 52, rate, dropout) * math.exp(-t.alpha * rate - t.beta * dropout)

    area, _ = dblquad(
        integrand, 0, (60 / t.alpha) ** t.r, 0, (60 / t.beta) ** t.s, epsabs=1e-10, epsrel=1e-10
    )
    density = t.alpha**t.r * t.beta**t.s / (math.gamma(t.r + 1) * math.gamma(t.s + 1))
    assert t.retention(age, 52)[-1] == pytest.approx(area * density, abs=1e-8)


def test_retention_without_dropout_is_that_of_the_nbd() -> None:
    """mu → 0 leaves the NBD, whose P(no purchase in w) = (alpha / (alpha + w))^r in every window."""
    truth = Truth(r=0.8, alpha=40, s=1e-12, beta=1e6)
    assert truth.retention(6, 30) == pytest.approx([1 - (40 / 70) ** 0.8] * 6, abs=1e-9)


def test_tiers_differ_clearly() -> None:
    basic, plus, gold = (truth.retention(12, WINDOW) for _, truth in TIERS.values())
    assert (plus > 1.5 * basic).all()
    assert (gold > 1.5 * plus).all()


# -------------------------------------------------------------------------------------------- the rows


@pytest.fixture(scope="module")
def active(shop: Simulated, purchases: pd.DataFrame) -> pd.DataFrame:
    """One row per customer: tier, windows (whole ones since acquisition, within the data) and, for age
    1 … 24, whether there was a purchase."""
    customers = shop.customers.to_pandas().set_index("customer_id")
    acquired = pd.to_datetime(customers["acquired_on"])
    age = (purchases["date"] - purchases["customer_id"].map(acquired)).dt.days // WINDOW
    bought = pd.crosstab(purchases["customer_id"], age) > 0
    windows = (pd.Timestamp(START) + pd.Timedelta(days=DAYS) - acquired).dt.days // WINDOW
    return bought[range(1, 25)].assign(tier=customers["tier"], windows=windows)


@pytest.mark.parametrize("tier", TIERS)
def test_empirical_retention_lies_within_binomial_error_of_the_truth(active: pd.DataFrame, tier: str) -> None:
    truth = TIERS[tier][1].retention(24, WINDOW)
    for age in (1, 2, 3, 6, 9, 12, 18, 24):
        followed = active.loc[(active["tier"] == tier) & (active["windows"] > age), age]
        expected = truth[age - 1]
        z = (followed.mean() - expected) / math.sqrt(expected * (1 - expected) / len(followed))
        assert len(followed) > 4_000
        assert abs(z) < 4, (tier, age, z)


@pytest.mark.parametrize("tier", TIERS)
def test_active_windows_add_up_to_the_truth(active: pd.DataFrame, tier: str) -> None:
    """Sharper than one age: the mean number of active windows among the first 24."""
    followed = active[(active["tier"] == tier) & (active["windows"] > 24)]
    windows = followed[range(1, 25)].sum(axis=1)
    assert abs(windows.mean() - TIERS[tier][1].retention(24, WINDOW).sum()) < 4 * windows.sem()


def test_first_purchase_is_on_the_day_of_acquisition(shop: Simulated, purchases: pd.DataFrame) -> None:
    first = purchases.groupby("customer_id")["date"].min()
    acquired = pd.to_datetime(shop.customers.to_pandas().set_index("customer_id")["acquired_on"])
    assert first.index.equals(acquired.index)
    assert (first == acquired).all()


def test_mean_spend(purchases: pd.DataFrame) -> None:
    """E = p gamma / (q - 1); first orders only, as they are independent of each other."""
    (expected,) = {truth.mean_spend for _, truth in TIERS.values()}
    first = purchases.sort_values("date", kind="stable").drop_duplicates("customer_id")["amount"]
    assert expected == pytest.approx(6 * 20 / 3)
    assert abs(first.mean() - expected) < 4 * first.sem()


def test_dirt_is_what_a_naive_count_finds(shop: Simulated, rows: pd.DataFrame) -> None:
    undone = fully_returned(rows)
    assert shop.dirt == {
        "exact duplicate": rows.duplicated().sum(),
        "no customer": rows["customer_id"].isna().sum(),
        "zero amount": (rows["amount"] == 0).sum(),
        "order fully returned": undone.sum(),
    }
    assert shop.partial_returns == ((rows["amount"] < 0) & ~undone).sum()
    assert np.allclose(rows["amount"] * 100, (rows["amount"] * 100).round(), atol=1e-6)
    assert all(count > 0.005 * len(rows) for count in [*shop.dirt.values(), shop.partial_returns])


def test_partial_returns_leave_something_of_the_order(shop: Simulated, rows: pd.DataFrame) -> None:
    clean = rows.drop_duplicates()
    clean = clean[(clean["amount"] != 0) & ~fully_returned(clean)]
    net = clean.groupby("order_id")["amount"].sum()
    assert net.min() > 0
    returned = clean[clean["amount"] < 0].merge(clean[clean["amount"] > 0], on=["order_id", "customer_id"])
    assert len(returned) == shop.partial_returns
    assert (returned["date_x"] >= returned["date_y"]).all()


def test_everything_lies_in_the_window_and_the_base_grows(shop: Simulated, rows: pd.DataFrame) -> None:
    last = pd.Timestamp(START) + pd.Timedelta(days=DAYS - 1)
    assert rows["date"].between(pd.Timestamp(START), last).all()
    acquired = pd.to_datetime(shop.customers.to_pandas()["acquired_on"])
    halves = (acquired < pd.Timestamp(START) + pd.Timedelta(days=DAYS // 2)).value_counts()
    assert halves[False] > 1.3 * halves[True]


def test_seed() -> None:
    one, same, other = (simulate(200, START, 90, seed) for seed in (1, 1, 2))
    assert one.transactions.equals(same.transactions)
    assert one.customers.equals(same.customers)
    assert not one.transactions.equals(other.transactions)


@pytest.mark.parametrize(("customers", "days"), [(1, 1), (1, 730), (3, 2)])
def test_smallest_shops(customers: int, days: int) -> None:
    shop = simulate(customers, START, days, seed=3)
    assert shop.customers.num_rows == customers
    assert shop.transactions.num_rows >= customers


@pytest.mark.parametrize(("customers", "days", "named"), [(0, 730, "customers"), (10, 0, "days")])
def test_nothing_to_simulate(customers: int, days: int, named: str) -> None:
    with pytest.raises(KeepbookError, match=rf"A simulation cannot have 0 {named}\."):
        simulate(customers, START, days, seed=1)


# ----------------------------------------------------------------------------------------- order lines


def test_stream_lines_is_exact_and_deterministic(tmp_path: Path) -> None:
    lines = 1_600_001  # more than one part
    one, same, other = (
        stream_lines(tmp_path / name, lines, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    parts = sorted(path.name for path in one.iterdir())
    assert len(parts) > 1
    assert sum(pq.read_metadata(one / part).num_rows for part in parts) == lines
    assert parts == sorted(path.name for path in same.iterdir())
    assert all((one / part).read_bytes() == (same / part).read_bytes() for part in parts)
    customers = [set(pd.read_parquet(one / part)["customer_id"]) for part in parts]
    assert len(set.union(*customers)) == sum(map(len, customers))
    assert (one / parts[0]).read_bytes() != (other / parts[0]).read_bytes()


def test_stream_lines_are_order_lines(tmp_path: Path) -> None:
    frame = pd.read_parquet(stream_lines(tmp_path / "lines", 120_000))
    orders = frame.groupby("order_id")
    assert (orders["customer_id"].nunique() == 1).all()
    assert (orders["date"].nunique() == 1).all()
    assert 2.9 < orders.size().mean() < 3.1
    assert 25 < len(frame) / frame["customer_id"].nunique() < 40
    assert frame["amount"].min() > 0
    assert frame["date"].equals(frame["date"].dt.normalize())


@pytest.mark.parametrize("lines", [1, 2, 31])
def test_a_few_lines(tmp_path: Path, lines: int) -> None:
    assert len(pd.read_parquet(stream_lines(tmp_path / "few", lines))) == lines


def test_stream_lines_refuses_a_folder_in_use(tmp_path: Path) -> None:
    stream_lines(tmp_path, 10)
    with pytest.raises(KeepbookError, match="is not empty"):
        stream_lines(tmp_path, 10)
