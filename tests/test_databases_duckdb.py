"""DuckDB files: tables, schemas and queries, and the message for a file that is held open or is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest
from databases_data import Shop

from keepbook.errors import DataError
from keepbook.reading.databases import views_of_duckdb


@pytest.fixture
def file(home: Path) -> Path:
    with duckdb.connect(str(home / "base.duckdb")) as session:
        session.execute("CREATE SCHEMA sales")
        session.execute("CREATE TABLE orders AS SELECT 1 AS customer_id")
        session.execute("CREATE TABLE sales.orders AS SELECT 2 AS customer_id")
        session.execute('CREATE TABLE sales."Old Orders" AS SELECT 3 AS customer_id')
        session.execute("CREATE VIEW seen AS SELECT * FROM orders")
    return home / "base.duckdb"


def opened(shop: Shop, file: Path, **keys: Any) -> ibis.BaseBackend:
    engine = ibis.duckdb.connect()
    source = shop(transactions={"source": f"duckdb:{file.name}", **keys}).transactions
    views_of_duckdb(file, source, "source", engine)
    return engine


@pytest.mark.parametrize(
    ("table", "customer"),
    [("orders", 1), ("main.orders", 1), ("sales.orders", 2), ("sales.Old Orders", 3), ("seen", 1)],
)
def test_a_table_of_a_duckdb_file(shop: Shop, file: Path, table: str, customer: int) -> None:
    lines = opened(shop, file, table=table).table("source")
    assert lines.customer_id.to_pandas().tolist() == [customer]


def test_a_query_over_the_schemas_of_a_duckdb_file(shop: Shop, file: Path) -> None:
    query = 'SELECT * FROM orders UNION ALL FROM sales.orders UNION ALL FROM sales."Old Orders"'
    engine = opened(shop, file, query=query)
    assert sorted(engine.raw_sql(query).fetchall()) == [(1,), (2,), (3,)]


def test_a_table_the_duckdb_file_lacks(shop: Shop, file: Path) -> None:
    for table, close in {"Orders": "orders", "sale.orders": "sales.orders"}.items():
        with pytest.raises(DataError) as error:
            opened(shop, file, table=table)
        assert error.value.what == f"The database has no table '{table}'."
        assert error.value.expected == f"did you mean '{close}'?"


HOLD = "import duckdb, sys; base = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"


def test_a_duckdb_file_that_another_program_holds_open(shop: Shop, file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        try:
            with pytest.raises(DataError) as error:
                opened(shop, file, table="orders")
        finally:
            holder.communicate("\n")
    assert error.value.what == f"base.duckdb is held open by another program (PID {holder.pid})."
    assert error.value.expected == "a DuckDB file that nobody has open for writing"
    assert error.value.do == "Close it there, have that program open it with read_only=True, or read a copy."


def test_a_duckdb_file_that_is_none(shop: Shop, file: Path) -> None:
    for content in (b"nonsense" * 1_000, b""):
        file.write_bytes(content)
        with pytest.raises(DataError) as error:
            opened(shop, file, table="orders")
        assert error.value.what == "base.duckdb is no DuckDB database."
        assert error.value.expected == "a file that DuckDB wrote"
        assert error.value.do == "Correct `source`, or export the data again."
