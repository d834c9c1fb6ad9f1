"""What goes wrong on the server: tables, rights, queries and broken readings are told; nothing is changed."""

from __future__ import annotations

import threading
import time

import pytest
from databases_data import CORRECT, MAPPED, WORD, Row, Shop, fault_of, on, place_of, told, url_of, whole
from postgres import Server

from keepbook.errors import DataError
from keepbook.tables import open_tables

ONE_SELECT = "one SELECT in PostgreSQL's SQL; Keepbook only reads"


def test_a_table_that_is_not_there(shop: Shop, server: Server, orders: list[Row]) -> None:
    do = "Name one of them as `table:`."
    for name, close in {
        "Orders": "orders",
        "ordres": "orders",
        "order lines": "Order Lines",
        "sale.orders": "sales.orders",
    }.items():
        assert str(fault_of(shop(transactions=on(server, table=name)))) == told(
            f"The database has no table '{name}'.", expected=f"did you mean '{close}'?", do=do
        )


def test_a_table_that_only_another_schema_holds(shop: Shop, server: Server) -> None:
    server.run("DROP TABLE IF EXISTS sales.returned", "CREATE TABLE sales.returned (id int)")
    assert str(fault_of(shop(transactions=on(server, table="returned")))) == told(
        "The database has no table 'returned'.",
        expected="did you mean 'sales.returned'?",
        do="Name one of them as `table:`.",
    )


def test_a_database_of_many_tables_and_of_none(shop: Shop, server: Server) -> None:
    if not server.run("SELECT 1 FROM pg_database WHERE datname = 'many'", base="postgres"):
        server.run("CREATE DATABASE many", base="postgres")
    source = url_of(server).replace("/shop", "/many")
    unit = shop(transactions={"source": source, "table": "zzz"})
    assert str(fault_of(unit)) == told(
        "The database has no table 'zzz'.",
        expected="a table; there is none",
        do="Is it the right database?",
    )
    server.run(*(f"CREATE TABLE t{n:03} (id int)" for n in range(100)), base="many")
    first = ", ".join(f"t{n:03}" for n in range(40))
    assert fault_of(unit).expected == f"known: {first} and 60 more"


def test_a_table_one_may_not_read(shop: Shop, server: Server) -> None:
    server.run(
        "DROP SCHEMA IF EXISTS vault CASCADE",
        "CREATE SCHEMA vault",
        "CREATE TABLE vault.gold (id int)",
        "DROP TABLE IF EXISTS hidden",
        "CREATE TABLE hidden (id int)",
        "REVOKE ALL ON hidden FROM keeper",
    )
    for table, what in {"hidden": "table hidden", "vault.gold": "schema vault"}.items():
        assert str(fault_of(shop(transactions=on(server, table=table)))) == told(
            f"The user may not read this: permission denied for {what}.",
            where=place_of(server),
            expected="the right to read it",
            do="Have its owner GRANT SELECT on the table, and USAGE on its schema, to the user of the URL.",
        )


def test_a_column_that_is_not_there(shop: Shop, server: Server, orders: list[Row]) -> None:
    columns = {**MAPPED, "amount": "total"}
    assert str(fault_of(shop(transactions=on(server, table="orders", columns=columns)))) == told(
        "The source lacks the column 'total' for amount.",
        expected="one of the columns there are: 'who', 'placed_at', 'amount', 'order_id', 'note'",
        do="Map it under `columns:` in the unit file.",
    )


@pytest.mark.parametrize(
    ("query", "reason", "hint"),
    [
        ("SELEC * FROM orders", 'is wrong: syntax error at or near "SELEC".', ""),
        ("SELECT * FROM ordres", 'is wrong: relation "ordres" does not exist.', ""),
        (
            "SELECT who,\n  amoun\nFROM orders",
            'is wrong in line 2: column "amoun" does not exist.',
            ' Perhaps you meant to reference the column "orders.amount".',
        ),
        ("SELECT 1; SELECT 2", "is wrong: cannot insert multiple commands into a prepared statement.", ""),
        ("SELECT 1) TO PROGRAM 'true' --", 'is wrong: syntax error at or near ")".', ""),
        ("SELECT 1 / (amount - amount) FROM orders", "is wrong: division by zero.", ""),
        ("SHOW TimeZone", "does something other than read.", ""),
        ("-- nothing", "does something other than read.", ""),
    ],
)
def test_a_query_that_is_wrong(
    shop: Shop, server: Server, orders: list[Row], query: str, reason: str, hint: str
) -> None:
    assert str(fault_of(shop(transactions=on(server, query=query)))) == told(
        f"The `query` of 'transactions' {reason}",
        where=place_of(server),
        expected=ONE_SELECT,
        do=CORRECT + hint,
    )


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM stock",
        "DELETE FROM stock RETURNING *",
        "WITH gone AS (DELETE FROM stock RETURNING *) SELECT * FROM gone",
        "UPDATE stock SET pieces = 0",
        "WITH now AS (UPDATE stock SET pieces = 0 RETURNING *) SELECT * FROM now",
        "INSERT INTO stock VALUES (2) RETURNING *",
        "TRUNCATE stock",
        "DROP TABLE stock",
        "COMMIT",
        "SELECT * INTO copied FROM stock",
        "SELECT * FROM wipe()",
        "SELECT nextval('counter')",
        "SELECT * FROM stock FOR UPDATE",
        "CALL nothing()",
    ],
)
def test_a_query_cannot_change_anything(shop: Shop, server: Server, query: str) -> None:
    server.run(
        "DROP TABLE IF EXISTS stock CASCADE",
        "CREATE TABLE stock AS SELECT 1 AS pieces",
        "DROP SEQUENCE IF EXISTS counter",
        "CREATE SEQUENCE counter",
        "GRANT ALL ON SEQUENCE counter TO keeper",
        "ALTER TABLE stock OWNER TO keeper",
        "CREATE OR REPLACE FUNCTION wipe() RETURNS SETOF int LANGUAGE sql AS 'DELETE FROM stock RETURNING 1'",
        "CREATE OR REPLACE PROCEDURE nothing() LANGUAGE sql AS 'DELETE FROM stock'",
        "GRANT CREATE ON SCHEMA public TO keeper",
    )
    assert str(fault_of(shop(transactions=on(server, query=query)))) == told(
        "The `query` of 'transactions' does something other than read.",
        where=place_of(server),
        expected=ONE_SELECT,
        do=CORRECT,
    )
    assert server.run("SELECT pieces, (SELECT is_called FROM counter) FROM stock") == [(1, False)]
    assert server.run("SELECT to_regclass('copied')") == [(None,)]


ENDLESS = "SELECT n AS customer_id FROM generate_series(1, 1000000000000) AS n"


def stop_while_it_reads(server: Server) -> None:
    busy = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'keepbook' AND query LIKE 'COPY%'"
    end = time.monotonic() + 20
    while server.run(busy) == [(0,)] and time.monotonic() < end:
        time.sleep(0.02)
    server.stop()


def test_a_server_that_stops_in_the_middle(shop: Shop, server: Server) -> None:
    unit = shop(transactions=on(server, query=ENDLESS))
    end = threading.Thread(target=stop_while_it_reads, args=[server])
    end.start()
    try:
        fault = fault_of(unit)
    finally:
        end.join()
        server.start()
    reasons = {  # whether the server can still say so depends on what it was sending
        "terminating connection due to administrator command",
        "consuming input failed: server closed the connection unexpectedly",
    }
    assert str(fault) in {
        told(
            f"The database broke off while it was read: {reason}.",
            where=place_of(server),
            expected="all lines or none: half of them would give wrong numbers",
            do="Run again when the server is up; if it ends long queries, ask for more time or read less.",
        )
        for reason in reasons
    }
    assert WORD not in whole(fault)


def test_a_server_that_ends_long_queries(shop: Shop, server: Server) -> None:
    server.run("ALTER ROLE keeper SET statement_timeout = '200ms'")
    try:
        fault = fault_of(shop(transactions=on(server, query=ENDLESS)))
    finally:
        server.run("ALTER ROLE keeper RESET ALL")
    what = "The database broke off while it was read: canceling statement due to statement timeout."
    assert fault.what == what


def test_nobody_stays_connected(shop: Shop, server: Server) -> None:
    for query in ("SELECT 1 AS customer_id, date '2024-03-01' AS date, 5 AS amount", "SELECT", "nonsense"):
        try:
            with open_tables(shop(transactions=on(server, query=query))):
                pass
        except DataError:
            pass
    left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'keepbook'"
    end = time.monotonic() + 5
    while server.run(left) != [(0,)]:
        assert time.monotonic() < end
        time.sleep(0.05)
