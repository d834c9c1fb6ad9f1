"""PostgreSQL for real: a table or a query gives what the same lines give as a file, whatever their types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from databases_data import (
    MAPPED,
    NAMES,
    Row,
    Shop,
    copy_in,
    csv_of,
    days,
    fault_of,
    lines_of,
    on,
    result_of,
    told,
)
from postgres import Server

from keepbook.tables import open_tables

CAPITALS = {"customer_id": "Who", "date": "Placed At", "amount": "AMOUNT", "order_id": "Order"}


@pytest.mark.parametrize(
    ("keys", "zone"),
    [
        pytest.param({"table": "orders"}, "UTC", id="table"),
        pytest.param({"table": "orders"}, "America/New_York", id="table, New York"),
        pytest.param({"table": "sales.orders"}, "Asia/Shanghai", id="table of a schema"),
        pytest.param({"table": "public.orders"}, "Asia/Shanghai", id="schema in sight"),
        pytest.param({"table": "seen"}, "Asia/Shanghai", id="view"),
        pytest.param({"table": "Order Lines", "columns": CAPITALS}, "Asia/Shanghai", id="capitals"),
        pytest.param({"query": "SELECT * FROM orders;"}, "Asia/Kolkata", id="query"),
        pytest.param({"query": "TABLE sales.orders -- all"}, "Asia/Shanghai", id="query with a comment"),
        pytest.param({"query": "SELECT * FROM orders WHERE order_id LIKE 'o%'"}, "UTC", id="query with a %"),
    ],
)
def test_a_table_gives_what_the_same_lines_give_as_csv(
    shop: Shop, server: Server, orders: list[Row], keys: dict[str, Any], zone: str
) -> None:
    here = result_of(shop(transactions=on(server, **{"columns": MAPPED} | keys), timezone=zone))
    file = csv_of(NAMES, orders)
    there = result_of(shop(file, transactions={"columns": MAPPED}, timezone=zone))
    assert here == there
    assert len(here[0]) > 1_000 and len(here[1]) >= 3  # or there was nothing to compare
    assert here[2] == sum(line[2] for line in orders)


@pytest.mark.parametrize(
    ("kind", "zone", "day"),
    [
        ("timestamptz", None, "2024-03-02"),  # 16:30 in UTC is half past midnight in Shanghai
        ("timestamp", None, "2024-03-01"),  # a clock on the shop's wall
        ("timestamp", "UTC", "2024-03-02"),
        ("date", "UTC", "2024-03-01"),  # a day is nobody's midnight
    ],
)
def test_days_are_cut_in_the_units_zone(
    shop: Shop, server: Server, kind: str, zone: str | None, day: str
) -> None:
    value = f"'2024-03-01 16:30:00+00'::{kind}"
    query = f"SELECT 1 AS customer_id, {value} AS date, 5 AS amount"
    source = on(server, query=query) | ({"timezone": zone} if zone else {})
    assert days(shop(transactions=source, timezone="Asia/Shanghai")) == [(1, day, 5.0)]


def test_a_query_cuts_days_in_the_units_zone_too(shop: Shop, server: Server) -> None:
    query = "SELECT 1 AS customer_id, timestamptz '2024-03-01 16:30Z'::date AS date, 5 AS amount"
    assert days(shop(transactions=on(server, query=query), timezone="Asia/Shanghai"))[0][1] == "2024-03-02"
    assert days(shop(transactions=on(server, query=query)))[0][1] == "2024-03-01"


@pytest.mark.parametrize(
    ("column", "expected", "kind"),
    [
        ("7::smallint", 7, "int64"),
        ("9007199254740993::bigint", 9007199254740993, "int64"),
        ("'0b5e8fd0-59ee-4bd0-9e3c-31c3b3b1e111'::uuid", "0b5e8fd0-59ee-4bd0-9e3c-31c3b3b1e111", "string"),
        ("' 007 '", "007", "string"),
        ("'a7'::char(9)", "a7", "string"),
        ("13085.0::numeric", "13085", "string"),
        ("12345678901234567890::numeric(20)", "12345678901234567890", "string"),
        ("99999999999999999999999999999999999999::numeric(38)", "9" * 38, "string"),
        ("13085::float8", "13085", "string"),
        ("ARRAY[1, 2]", "{1,2}", "string"),
        ("ARRAY[1.5::numeric(3, 1)]", "{1.5}", "string"),
        ("int4range(1, 3)", "[1,3)", "string"),
        ("'{\"id\": 7}'::jsonb", '{"id": 7}', "string"),
        ("true", "true", "string"),
    ],
)
def test_customers_of_every_type(shop: Shop, server: Server, column: str, expected: Any, kind: str) -> None:
    query = f"SELECT {column} AS customer_id, date '2024-03-01' AS date, 5 AS amount"
    with open_tables(shop(transactions=on(server, query=query))) as tables:
        assert str(tables.purchases.customer_id.type()) == kind
        assert tables.purchases.customer_id.to_pandas().tolist() == [expected]


@pytest.mark.parametrize(
    "amount",
    [
        "1234.56::numeric",
        "1234.56::numeric(6, 2)",
        "1234.56::numeric(30, 2)",
        "1234.56::float8",
        "1234.56::real::numeric(9, 2)",
        "'1234.56'",
        "2469.12 / 2",
        "1234.560000000000000000000001",
    ],
)
def test_amounts_of_every_type(shop: Shop, server: Server, amount: str) -> None:
    query = f"SELECT 'a' AS customer_id, date '2024-03-01' AS date, {amount} AS amount"
    assert result_of(shop(transactions=on(server, query=query)))[2] == Decimal("1234.56")


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        ("NULL::text AS customer_id", "no customer"),
        ("'' AS customer_id", "no customer"),
        ("NULL::date AS date", "no readable date"),
        ("'infinity'::timestamptz AS date", "no readable date"),
        ("'infinity'::date AS date", "no readable date"),
        ("'0044-03-15 BC'::date AS date", "no readable date"),
        ("NULL::numeric AS amount", "no readable amount"),
        ("'NaN'::numeric AS amount", "no readable amount"),
        ("'Infinity'::float8 AS amount", "no readable amount"),
        ("1e30::numeric AS amount", "no readable amount"),
    ],
)
def test_what_cannot_be_read_is_counted(shop: Shop, server: Server, column: str, rule: str) -> None:
    good = {"customer_id": "'a'", "date": "date '2024-03-01'", "amount": "5"}
    bad = {**good, column.rpartition(" ")[2]: column.partition(" AS ")[0]}
    query = " UNION ALL ".join(
        f"SELECT {', '.join(f'{value} AS {name}' for name, value in line.items())}" for line in (good, bad)
    )
    if "NULL::date" not in query and rule == "no readable date":
        query = query.replace("date '2024-03-01'", f"'2024-03-01'::{column.split('::')[1].split()[0]}")
    rules = result_of(shop(transactions=on(server, query=query)))[1]
    assert [(name, rows) for name, rows, *_ in rules if rows] == [(rule, 1)]


def test_missing_text_is_not_empty_text(server: Server, shop: Shop) -> None:
    query = (
        "SELECT NULL AS a, '' AS b, NULL AS c UNION ALL SELECT 'x', '\"', E'\\n' UNION ALL SELECT ',', '', ''"
    )
    assert sorted(lines_of(shop(transactions=on(server, query=query))), key=str) == [
        (",", "", ""),
        ("x", '"', "\n"),
        (None, "", None),
    ]
    alone = shop(transactions=on(server, query="SELECT NULL AS a UNION ALL SELECT ''"))
    assert sorted(lines_of(alone), key=str) == [("",), (None,)]


def test_columns_that_differ_by_capital_letters_alone(shop: Shop, server: Server) -> None:
    query = "SELECT 1 AS customer_id, date '2024-03-01' AS date, 5 AS \"Total\", 6 AS total, 7 AS total"
    unit = shop(transactions=on(server, query=query, columns={"amount": "total"}))
    assert str(fault_of(unit)) == told(
        "The source lacks the column 'total' for amount.",
        expected="one of the columns there are: 'customer_id', 'date', 'Total (2)', 'total (3)', 'total (4)'",
        do="Map it under `columns:` in the unit file.",
    )


def test_an_empty_table(shop: Shop, server: Server) -> None:
    copy_in(server, "nothing", "customer_id int, date date, amount numeric", [])
    assert fault_of(shop(transactions=on(server, table="nothing"))).what == "The source holds no line."


def test_conditions_and_customers_of_a_database(shop: Shop, server: Server, orders: list[Row]) -> None:
    people = on(server, query="SELECT DISTINCT who, left(who, 4) AS tier FROM orders WHERE trim(who) <> ''")
    people["columns"] = {"customer_id": "who", "tier": "tier"}
    keys = on(server, table="orders", columns=MAPPED, where={"note": "a,b", "amount": {"from": 100}})
    with open_tables(shop(transactions=keys, customers=people)) as tables:
        expected = [line for line in orders if line[4] == "a,b" and line[2] >= 100]
        assert tables.ledger.rows_in == len(expected) > 100
        assert tables.customers is not None
        assert tables.customers.count().to_pandas() == 200
        assert tables.fingerprint is None
