"""A server that is not reached or lets nobody in: each cause has its message, and none tells the secret."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases_data import PLACE, Shop, fault_of, on, place_of, told, url_of, whole
from postgres import Server

from keepbook.reading.databases import postgres

FORM = "postgres://user:${PASSWORD}@host:5432/name"
ACCEPTS = "a PostgreSQL server that accepts connections"


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
