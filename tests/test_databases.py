"""Databases for real: a PostgreSQL server of our own, DuckDB and SQLite files; numbers, secrets, messages."""

from __future__ import annotations

import csv
import io
import random
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import ibis
import pytest
from postgres import Server, serving

from keepbook.errors import DataError, KeepbookError
from keepbook.params import Unit
from keepbook.tables import open_tables
from keepbook.tables.databases import from_database, postgres, sqlite, views_of_duckdb

Shop = Callable[..., Unit]
Row = tuple[Any, ...]
WORD = "pass word"  # of the user keeper, in SHOP_PASSWORD
PLACE = "params/shop.yaml, transactions"
FORM = "postgres://user:${PASSWORD}@host:5432/name"
ACCEPTS = "a PostgreSQL server that accepts connections"
ONE_SELECT = "one SELECT in PostgreSQL's SQL; Keepbook only reads"
CORRECT = "Correct `query:` in the unit file."


def told(what: str, *, where: str = PLACE, expected: str, do: str) -> str:
    """The printed form of an error, spelt out here and not taken from the code."""
    return f"{what}\n  where:    {where}\n  expected: {expected}\n  do:       {do}"


def fault_of(unit: Unit) -> KeepbookError:
    with pytest.raises(KeepbookError) as error, open_tables(unit):
        pass
    return error.value


def whole(error: BaseException) -> str:
    """Everything a person, a log or a notebook might show of an error, and of what led to it."""
    shown, found = "", [error]
    while found:
        one = found.pop()
        shown += f"{one}{one!r}{vars(one)}{''.join(traceback.format_exception(one))}"
        found += [other for other in (one.__cause__, one.__context__) if other]
    return shown


def result_of(unit: Unit) -> tuple[list[Row], list[Row], Decimal]:
    """Purchases, the ledger's rules, and the money that came in."""
    with open_tables(unit) as tables:
        names = ["customer_id", "date", "amount", "gross", "is_purchase"]
        frame = tables.purchases.select(names).order_by(names).to_pandas()
        purchases = [(who, str(day)[:10], *rest) for who, day, *rest in frame.values.tolist()]
        return purchases, tables.ledger.entries.values.tolist(), tables.ledger.amount_in


def days(unit: Unit) -> list[Row]:
    """(customer, day, amount) of every row."""
    return [(who, day, float(amount)) for who, day, amount, *_ in result_of(unit)[0]]


# ── a server of our own ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    with serving() as server:
        server.run(
            f"CREATE ROLE keeper LOGIN PASSWORD '{WORD}'",
            "CREATE SCHEMA sales",
            "GRANT USAGE ON SCHEMA sales TO keeper",
            "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO keeper",
        )
        yield server


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("SHOP_PASSWORD", WORD)
    return running


def url_of(server: Server) -> str:
    return f"postgres://keeper:${{SHOP_PASSWORD}}@127.0.0.1:{server.port}/shop"


def place_of(server: Server) -> str:
    return f"{PLACE}, source {url_of(server)}"


def on(server: Server, **keys: Any) -> dict[str, Any]:
    """Keys of `transactions`."""
    return {"source": url_of(server), **keys}


def copy_in(server: Server, table: str, columns: str, lines: list[Row]) -> None:
    """A table of these lines, None where there is nothing."""
    import psycopg

    with psycopg.connect(server.dsn("shop")) as session, session.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
        cursor.execute(f"CREATE TABLE {table} ({columns})")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)


def csv_of(names: str, lines: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names.split())
    writer.writerows([["" if value is None else value for value in line] for line in lines])
    return text.getvalue()


# ── the same numbers as from a file ─────────────────────────────────────────────────────────────────────

NAMES = "who placed_at amount order_id note"
COLUMNS = "who text, placed_at timestamptz, amount numeric(12, 2), order_id text, note text"
MAPPED = {"customer_id": "who", "date": "placed_at", "order_id": "order_id"}
AWKWARD = ["plain", "a,b", 'say "hi"', "two\nlines", "密码", " blank ", "tab\there", "\\N", "\\.", None]


def made_lines(count: int = 3_000) -> list[Row]:
    """Orders over a year, with all that the ledger counts: repeats, returns, gaps, nothing paid."""
    chance = random.Random(7)
    lines: list[Row] = []
    for number in range(count):
        day = f"2023-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        moment = f"{day} {chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00+00:00"
        who = chance.choice([None, "  ", *(f"客户 {n}" for n in range(200))])
        cents = chance.choice([0, -chance.randint(1, 5_000), *(chance.randint(1, 90_000) for _ in range(8))])
        line = (who, moment, Decimal(cents) / 100, f"o{number // 2}", chance.choice(AWKWARD))
        lines += [line] * chance.choice([1, 1, 1, 2])
    return [(*line[:4], None if line[4] is None else f"{line[4]}") for line in lines]


@pytest.fixture(scope="module")
def orders(running: Server) -> list[Row]:
    lines = made_lines()
    copy_in(running, "orders", COLUMNS, lines)
    copy_in(running, "sales.orders", COLUMNS, lines)
    running.run(
        "CREATE VIEW seen AS SELECT * FROM orders",
        'CREATE TABLE "Order Lines" AS SELECT who AS "Who", placed_at AS "Placed At", amount AS "AMOUNT", '
        'order_id AS "Order", note FROM orders',
    )
    return lines


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


def lines_of(unit: Unit) -> list[Row]:
    """The lines as they arrive."""
    lines = from_database("transactions", unit, ibis.duckdb.connect(), PLACE)
    return [tuple(line.values()) for line in lines.to_pyarrow().to_pylist()]


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


# ── in bounded memory ───────────────────────────────────────────────────────────────────────────────────

MEASURE = """
    import re, tempfile
    from pathlib import Path
    from keepbook.params import load_unit
    from keepbook.tables.databases import from_database
    from keepbook.tables.sources import new_engine

    def peak():  # getrusage would tell the peak of the process that started this one
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

    with tempfile.TemporaryDirectory() as spill:
        engine = new_engine(spill, "50MB")
        from_database("customers", load_unit("shop"), engine, "here")
        before = peak()
        lines = from_database("transactions", load_unit("shop"), engine, "here")
        print(peak() - before, lines.count().to_pandas(), lines.note.length().sum().to_pandas())
"""
WIDTH = 1_000


def growth_while_reading(home: Path, rows: int) -> int:
    """MB by which memory grows while all lines are read; a first small reading has loaded what is needed."""
    script = textwrap.dedent(MEASURE)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=home, capture_output=True, text=True, check=True
    )
    grown, count, signs = map(int, done.stdout.split())
    assert (count, signs) == (rows, rows * WIDTH)
    return grown


@pytest.mark.parametrize(
    "rows", [pytest.param(150_000, id="trimmed"), pytest.param(1_000_000, marks=pytest.mark.slow, id="full")]
)
@pytest.mark.parametrize("kind", ["postgres", "sqlite"])
def test_memory_does_not_grow_with_the_lines(
    shop: Shop, home: Path, server: Server, kind: str, rows: int
) -> None:
    """150 MB and 1 GB of text, against 50 MB for the engine and what a few thousand lines take."""
    if not Path("/proc/self/status").exists():
        pytest.skip("there is no /proc, which tells the peak of memory")
    if kind == "postgres":
        source, note, series = (
            url_of(server),
            f"repeat(md5(n::text), 32)::varchar({WIDTH})",
            "generate_series(1, {})",
        )
        query = f"SELECT n AS customer_id, left({note}, {WIDTH}) AS note FROM {series} AS n"
    else:
        sqlite3.connect(home / "base.db").close()
        source = "sqlite://base.db"
        query = (
            "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {}) "
            f"SELECT n AS customer_id, substr(hex(zeroblob({WIDTH})), 1, {WIDTH}) AS note FROM s"
        )
    shop(
        transactions={"source": source, "query": query.format(rows)},
        customers={"source": source, "query": query.format(10)},
    )
    assert growth_while_reading(home, rows) < 200


# ── passwords ───────────────────────────────────────────────────────────────────────────────────────────

AWKWARD_WORDS = [
    "a+b",
    "a%b",
    "%41%2B",
    "a@b",
    "a/b",
    "a:b",
    "a#b",
    "a?b",
    "a b",
    " a ",
    "a'b",
    'a"b',
    "a\\b",
    "a\\'b' host=evil",
    "a&b=c;d",
    "${HOME}",
    "$SHOP_PASSWORD",
    "{0} %s",
    "Grüße",
    "e\u0301",
    "密码🔑",
    "+%@/:#? '\"\\ä",
    "x" * 300,
]


@pytest.mark.parametrize("word", AWKWARD_WORDS)
def test_a_password_arrives_as_it_is(
    shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    from psycopg import sql

    role = sql.SQL("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD {}").format(word)
    server.run(role.as_string(None))
    stored = server.run("SELECT rolpassword FROM pg_authid WHERE rolname = 'guest'")
    assert stored[0][0].startswith("SCRAM-SHA-256$")  # so that the server compares it, and in this form
    rest = f"127.0.0.1:{server.port}/shop"
    monkeypatch.setenv("ITS_PASSWORD", word)
    monkeypatch.setenv("ITS_URL", f"postgresql://guest:{quote(word, safe='')}@{rest}")
    sources = [
        f"postgres://guest:${{ITS_PASSWORD}}@{rest}",
        f"postgresql://{rest}?user=guest&password=${{ITS_PASSWORD}}",
        "${ITS_URL}",
    ]
    for source in sources:
        assert lines_of(shop(transactions={"source": source, "query": "SELECT current_user"})) == [("guest",)]


def test_a_whole_url_in_the_environment_has_tables(
    shop: Shop, server: Server, orders: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = f"keeper:{quote(WORD)}@127.0.0.1:{server.port}/shop"
    expected = result_of(shop(transactions=on(server, table="orders", columns=MAPPED)))
    for scheme in ("postgres", "postgresql", "POSTGRES", "postgresql+psycopg2"):
        monkeypatch.setenv("DB_URL", f"{scheme}://{rest}")
        unit = shop(transactions={"source": "${DB_URL}", "table": "orders", "columns": MAPPED})
        assert result_of(unit) == expected


@pytest.mark.parametrize("word", ["a@b", "a/b", "123/b", "a%b", "1:2/@", "a@b/c?d"])
def test_a_password_not_encoded_in_a_whole_url(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """No part of it may be taken for a host, a port or a name, and told."""
    monkeypatch.setenv("DB_URL", f"postgres://keeper:{word}@127.0.0.1/shop")
    fault = fault_of(shop(transactions={"source": "${DB_URL}", "table": "orders"}))
    assert str(fault) == told(
        "The URL of the database (postgres://…) cannot be understood.",
        where=f"{PLACE}, source ${{DB_URL}}",
        expected="postgres://user:password@host:5432/name, "
        "where the password has %40 for @, %2F for / and %25 for %",
        do="Correct ${DB_URL}, or write postgres://user:${PASSWORD}@host:5432/name as `source`: "
        "a password of its own may hold any sign.",
    )
    assert word not in whole(fault)


# ── what goes wrong on the way to the server ────────────────────────────────────────────────────────────


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A wrong password that no message may hold, as it is or encoded."""
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret/p@ss word")
    return "s3cret"


def test_a_wrong_password(shop: Shop, server: Server, secret: str) -> None:
    fault = fault_of(shop(transactions=on(server, table="orders")))
    assert str(fault) == told(
        "The server refuses the user or the password.",
        where=place_of(server),
        expected="a user the server knows, and that user's password",
        do="Check the user in `source`, and the value of ${SHOP_PASSWORD}.",
    )
    assert secret not in whole(fault)


def test_a_wrong_password_in_a_whole_url(shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", f"postgres://keeper:s3cret@127.0.0.1:{server.port}/shop")
    fault = fault_of(shop(transactions={"source": "${DB_URL}", "table": "orders"}))
    assert str(fault) == told(
        "The server refuses the user or the password.",
        where=f"{PLACE}, source ${{DB_URL}}",
        expected="a user the server knows, and that user's password",
        do="Check the user in ${DB_URL} and the password, where % is written %25.",
    )
    assert "s3cret" not in whole(fault)


def test_no_password(shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("PGPASSFILE", str(home / "none"))
    source = f"postgres://keeper@127.0.0.1:{server.port}/shop"
    assert str(fault_of(shop(transactions={"source": source, "table": "orders"}))) == told(
        "The server asks for a password.",
        where=f"{PLACE}, source {source}",
        expected=FORM,
        do="Write ${PASSWORD} behind the user in `source`, and set that variable.",
    )


def test_an_unknown_host(shop: Shop, secret: str) -> None:
    source = "postgres://keeper:${SHOP_PASSWORD}@no.such.host.invalid/shop"
    fault = fault_of(shop(transactions={"source": source, "table": "orders"}))
    assert str(fault) == told(
        "This machine does not know the host of the database.",
        where=f"{PLACE}, source {source}",
        expected=ACCEPTS,
        do="Correct the host in `source`; if it is right, check the network.",
    )
    assert secret not in whole(fault)


@pytest.fixture
def port() -> Iterator[tuple[int, Callable[[], None]]]:
    """A port that is taken and silent, and a way to close it."""
    with socket.socket() as ear:
        ear.bind(("127.0.0.1", 0))
        ear.listen()
        yield ear.getsockname()[1], ear.close


def test_a_closed_port(shop: Shop, port: tuple[int, Callable[[], None]], secret: str) -> None:
    number, close = port
    close()
    source = f"postgres://keeper:${{SHOP_PASSWORD}}@127.0.0.1:{number}/shop"
    fault = fault_of(shop(transactions={"source": source, "table": "orders"}))
    assert str(fault) == told(
        "No server answers at the host and port of the database.",
        where=f"{PLACE}, source {source}",
        expected=ACCEPTS,
        do="Check host and port in `source`, and that the server is running.",
    )
    assert secret not in whole(fault)


def test_a_server_that_says_nothing(
    shop: Shop, port: tuple[int, Callable[[], None]], secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert int(postgres.DEFAULTS["connect_timeout"]) <= 30
    monkeypatch.setitem(postgres.DEFAULTS, "connect_timeout", "2")
    source = f"postgres://keeper:${{SHOP_PASSWORD}}@127.0.0.1:{port[0]}/shop"
    begin = time.monotonic()
    fault = fault_of(shop(transactions={"source": source, "table": "orders"}))
    assert time.monotonic() - begin < 8
    assert str(fault) == told(
        "The database does not answer in time.",
        where=f"{PLACE}, source {source}",
        expected=ACCEPTS,
        do="Check host, port and firewalls; a slow server gets a minute with "
        "?connect_timeout=60 in `source`.",
    )
    assert secret not in whole(fault)


def test_an_unknown_database(shop: Shop, server: Server) -> None:
    source = url_of(server).replace("/shop", "/shoop")
    assert str(fault_of(shop(transactions={"source": source, "table": "orders"}))) == told(
        "The server has no database of that name.",
        where=f"{PLACE}, source {source}",
        expected=FORM,
        do="Correct the name at the end of `source`.",
    )


def test_a_server_that_refuses_for_a_reason_of_its_own(
    shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_HOST", "127.0.0.1")
    source = f"{url_of(server)}?sslmode=require".replace("127.0.0.1", "${SHOP_HOST}")
    fault = fault_of(shop(transactions={"source": source, "table": "orders"}))
    assert str(fault) == told(
        'The database cannot be opened: connection to server at "${SHOP_HOST}", '
        f"port {server.port} failed: server does not support SSL, but SSL was required.",
        where=f"{PLACE}, source {source}",
        expected=ACCEPTS,
        do="Check `source`, and that the server lets this user in from this machine.",
    )


@pytest.mark.parametrize("rest", ["host:none/shop", "host/shop?nonsense=1", "host/%zz", "a@host/shop"])
def test_a_url_that_is_none(shop: Shop, secret: str, rest: str) -> None:
    source = f"postgres://keeper:${{SHOP_PASSWORD}}@{rest}"
    fault = fault_of(shop(transactions={"source": source, "table": "orders"}))
    assert str(fault) == told(
        "The URL of the database (postgres://…) cannot be understood.",
        where=f"{PLACE}, source {source}",
        expected=FORM,
        do="Correct `source`.",
    )
    assert secret not in whole(fault)


def test_a_variable_that_is_not_set(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    source = "postgres://keeper:${SHOP_PASSWORD}@127.0.0.1/shop"
    assert str(fault_of(shop(transactions={"source": source, "table": "orders"}))) == told(
        "The environment variable SHOP_PASSWORD is not set.",
        expected="its value, which takes the place of ${SHOP_PASSWORD}",
        do="Set SHOP_PASSWORD in the shell that starts Keepbook or JupyterLab.",
    )


def test_no_driver(shop: Shop, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    source = "postgres://keeper:${SHOP_PASSWORD}@127.0.0.1/shop"
    fault = fault_of(shop(transactions={"source": source, "table": "orders"}))
    assert str(fault) == told(
        "No driver for PostgreSQL is installed.",
        where=f"{PLACE}, source {source}",
        expected="the package psycopg with its library",
        do="pip install 'psycopg[binary]'",
    )
    assert secret not in whole(fault)


# ── what goes wrong on the server ───────────────────────────────────────────────────────────────────────


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


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────────────────


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


# ── DuckDB files ────────────────────────────────────────────────────────────────────────────────────────


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
