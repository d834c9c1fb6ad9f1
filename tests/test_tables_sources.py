"""Files, folders and databases: the lines, customers and money of each source arrive as they are."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables_data import Shop, days, left_out, loaded

from keepbook.reading.locate import fingerprint
from keepbook.tables import open_tables

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


def test_a_mail_address_is_the_same_in_capital_letters(shop: Shop) -> None:
    table, _ = loaded(
        shop("customer_id,date,amount\nAda@X.org,2020-01-01,5\nada@x.org,2020-01-01,6\nB,2020-01-01,1\n")
    )
    assert sorted(table["customer_id"]) == ["B", "ada@x.org"]


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
