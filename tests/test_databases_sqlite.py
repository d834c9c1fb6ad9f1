"""SQLite files: the numbers of the same lines as CSV, types as the values have them, the file untouched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import ibis
import pytest
from databases_data import (
    CORRECT,
    MAPPED,
    NAMES,
    PLACE,
    Shop,
    csv_of,
    days,
    fault_of,
    made_lines,
    result_of,
    told,
)

from keepbook.reading.databases import from_database, sqlite


@pytest.fixture
def base(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / "base.db", isolation_level=None)) as session:
        yield session


def in_sqlite(**keys: Any) -> dict[str, Any]:
    return {"source": "sqlite://base.db", **keys}


def test_sqlite_gives_what_the_same_lines_give_as_csv(shop: Shop, base: sqlite3.Connection) -> None:
    lines = made_lines()
    base.execute("CREATE TABLE orders (who TEXT, placed_at DATETIME, amount DECIMAL(10, 2), order_id, note)")
    base.execute("BEGIN")
    base.executemany(
        "INSERT INTO orders VALUES (?, ?, ?, ?, ?)",
        [(who, moment, float(amount), order, note) for who, moment, amount, order, note in lines],
    )
    base.execute("COMMIT")
    expected = result_of(
        shop(csv_of(NAMES, lines), transactions={"columns": MAPPED}, timezone="Asia/Shanghai")
    )
    for keys in ({"table": "orders"}, {"query": "SELECT * FROM orders;"}):
        unit = shop(transactions=in_sqlite(columns=MAPPED, **keys), timezone="Asia/Shanghai")
        assert result_of(unit) == expected
    assert len(expected[0]) > 1_000


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["1", "NULL", "9007199254740993"], "int64", [1, None, 9007199254740993]),
        (["1", "2.5"], "float64", [1.0, 2.5]),
        (["0.1 + 0.2", "NULL"], "float64", [0.30000000000000004, None]),
        (["1", "'007'"], "string", ["1", "007"]),
        (["1.5", "'x'", "NULL"], "string", ["1.5", "x", None]),
        (["x'00ff'", "'y'"], "string", ["00ff", "y"]),
        (["NULL"], "string", [None]),
        (["''", "'密码'"], "string", ["", "密码"]),
    ],
)
@pytest.mark.parametrize("declared", ["", "INTEGER", "TEXT", "BLOB"])
def test_a_column_has_the_type_of_its_values_whatever_is_declared(
    shop: Shop, base: sqlite3.Connection, values: list[str], kind: str, expected: list[Any], declared: str
) -> None:
    base.execute(f"CREATE TABLE t (v {declared})")
    query = " UNION ALL ".join(f"SELECT {value} AS v" for value in values)
    base.execute(f"CREATE VIEW w AS {query}")
    lines = from_database("transactions", shop(transactions=in_sqlite(table="w")), ibis.duckdb.connect(), "")
    assert str(lines.v.type()) == kind
    assert lines.to_pyarrow()["v"].to_pylist() == expected


def test_sqlite_days_as_text_and_as_numbers(shop: Shop, base: sqlite3.Connection) -> None:
    base.execute("CREATE TABLE sales (customer_id, date, amount)")
    base.execute("INSERT INTO sales VALUES (7, '2024-03-01T16:30:00Z', '9.5'), ('8', '2024-03-01', 3)")
    unit = shop(transactions=in_sqlite(table="sales"), timezone="Asia/Shanghai")
    assert days(unit) == [("7", "2024-03-02", 9.5), ("8", "2024-03-01", 3.0)]
    base.execute("UPDATE sales SET date = 20240301")
    unit = shop(transactions=in_sqlite(table="sales", date_format="%Y%m%d"))
    assert [day for _, day, _ in days(unit)] == ["2024-03-01"] * 2


def test_a_sqlite_file_is_read_and_nothing_else(shop: Shop, home: Path, base: sqlite3.Connection) -> None:
    base.execute("CREATE TABLE sales (customer_id, date, amount)")
    base.execute("INSERT INTO sales VALUES (7, '2024-03-01', 5)")
    before = (home / "base.db").read_bytes()
    where = f"{PLACE}, source sqlite://base.db"
    expected = "one SELECT in SQLite's SQL; Keepbook only reads"
    for query, said in {
        "DELETE FROM sales": 'near "DELETE": syntax error',
        "DROP TABLE sales": 'near "DROP": syntax error',
        "UPDATE sales SET amount = 0 RETURNING *": 'near "UPDATE": syntax error',
        "SELECT * FROM sale": "no such table: sale",
        "SELECT amoun FROM sales": "no such column: amoun",
        "ATTACH 'other.db' AS other": 'near "AS": syntax error',
    }.items():
        assert str(fault_of(shop(transactions=in_sqlite(query=query)))) == told(
            f"The `query` of 'transactions' is wrong: {said}.", where=where, expected=expected, do=CORRECT
        )
    several = fault_of(
        shop(transactions=in_sqlite(query="SELECT 1); DELETE FROM sales; SELECT * FROM (SELECT 1"))
    )
    assert several.what.startswith("The `query` of 'transactions' is wrong: ")
    assert (home / "base.db").read_bytes() == before
    assert sorted(path.name for path in home.iterdir()) == ["base.db", "params"]


def test_a_sqlite_table_that_is_not_there(shop: Shop, base: sqlite3.Connection) -> None:
    base.execute("CREATE TABLE sales (customer_id INTEGER PRIMARY KEY AUTOINCREMENT, date, amount)")
    assert str(fault_of(shop(transactions=in_sqlite(table="Sales")))) == told(
        "The database has no table 'Sales'.",
        expected="did you mean 'sales'?",
        do="Name one of them as `table:`.",
    )
    assert fault_of(shop(transactions=in_sqlite())).expected == "known: sales"
    assert fault_of(shop(transactions=in_sqlite(table="sales"))).what == "The source holds no line."


def test_a_file_that_is_no_sqlite_database(shop: Shop, home: Path) -> None:
    (home / "base.db").write_bytes(b"customer_id,date,amount\n" * 100)
    assert str(fault_of(shop(transactions=in_sqlite(table="sales")))) == told(
        "base.db is no SQLite database.",
        where=f"{PLACE}, source sqlite://base.db",
        expected="a file that SQLite wrote, and that is not encrypted",
        do="Correct `source`, or export the data again.",
    )


def test_a_broken_sqlite_database(shop: Shop, home: Path, base: sqlite3.Connection) -> None:
    base.execute("CREATE TABLE sales (customer_id, date, amount)")
    base.execute("BEGIN")
    base.executemany("INSERT INTO sales VALUES (?, '2024-03-01', 5)", [(f"c{n}",) for n in range(5_000)])
    base.execute("COMMIT")
    whole_file = (home / "base.db").read_bytes()
    (home / "base.db").write_bytes(whole_file[:8192] + b"\xff" * 4096 + whole_file[12288:])
    assert str(fault_of(shop(transactions=in_sqlite(table="sales")))) == told(
        "base.db cannot be read: database disk image is malformed.",
        where=f"{PLACE}, source sqlite://base.db",
        expected="a SQLite database that is whole",
        do="Check it with `PRAGMA integrity_check`, and that it may be read.",
    )


def test_a_sqlite_database_that_is_being_written(
    shop: Shop, base: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    base.execute("CREATE TABLE sales (customer_id, date, amount)")
    base.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(sqlite, "PATIENCE", 1)
    assert str(fault_of(shop(transactions=in_sqlite(table="sales")))) == told(
        "base.db is locked: another program is writing to it.",
        where=f"{PLACE}, source sqlite://base.db",
        expected="a database that is free within 1 seconds",
        do="Run again when that program is done, or read a copy of the file.",
    )


def test_a_sqlite_file_that_is_not_there_is_not_made(shop: Shop, home: Path) -> None:
    for keys in ({"table": "sales"}, {"query": "SELECT 1"}):
        assert (
            fault_of(shop(transactions=in_sqlite(**keys))).what == "There is no file at 'sqlite://base.db'."
        )
    assert not (home / "base.db").exists()


def test_a_sqlite_file_whose_last_writer_crashed_is_left_as_it_is(
    shop: Shop, home: Path, base: sqlite3.Connection
) -> None:
    """What stands in its log only is read from there; to tidy up is its owner's business."""
    base.execute("PRAGMA journal_mode = wal")
    base.execute("CREATE TABLE sales AS SELECT 7 AS customer_id, '2024-03-01' AS date, 5 AS amount")
    for ending in ("", "-wal"):
        (home / f"crashed.db{ending}").write_bytes((home / f"base.db{ending}").read_bytes())
    before = (home / "crashed.db").read_bytes(), (home / "crashed.db-wal").read_bytes()
    unit = shop(transactions={"source": "sqlite://crashed.db", "table": "sales"})
    assert days(unit) == [(7, "2024-03-01", 5.0)]
    assert ((home / "crashed.db").read_bytes(), (home / "crashed.db-wal").read_bytes()) == before


def test_a_sqlite_file_with_an_awkward_name(shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_FILE", "a b#c%20d")
    monkeypatch.setenv("DB_URL", "sqlite://a b#c%20d.db")
    with closing(sqlite3.connect(home / "a b#c%20d.db")) as session:
        session.execute("CREATE TABLE sales AS SELECT 7 AS customer_id, '2024-03-01' AS date, 5 AS amount")
        session.commit()
    for source in (
        "sqlite://a b#c%20d.db",
        "sqlite://${DB_FILE}.db",
        f"sqlite:///{home}/a b#c%20d.db",
        "${DB_URL}",
    ):
        assert days(shop(transactions={"source": source, "table": "sales"})) == [(7, "2024-03-01", 5.0)]
