"""A database that cannot be opened or lacks a table is told, and no message holds its secret."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import duckdb
import ibis
import pytest
from bad_input_data import CORRECT, FILES, GOOD, Shop, message, told, unreadable

from keepbook.errors import KeepbookError
from keepbook.tables import open_tables

URL = "a URL that Ibis knows, such as postgres://user:${PASSWORD}@host/name"
RUNNING = "Check `source`, and that the database is running."
SECRET = "s3cret/p@ss#w:rd?"


def whole(error: BaseException) -> str:
    """Everything a person, a log or a notebook might show of an error."""
    return f"{error}{error!r}{''.join(traceback.format_exception(error))}"


def test_a_variable_that_is_not_set(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KB_PASSWORD", raising=False)
    source = {"source": "postgres://u:${KB_PASSWORD}@h/base", "table": "sales"}
    assert message(shop(transactions=source)) == told(
        "The environment variable KB_PASSWORD is not set.",
        expected="its value, which takes the place of ${KB_PASSWORD}",
        do="Set KB_PASSWORD in the shell that starts Keepbook or JupyterLab.",
    )


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            lambda url: OSError(f"no route to {url}"),
            told(
                "The mysql database cannot be opened: no route to mysql://u:${KB_PASSWORD}@h/base",
                expected=URL,
                do=RUNNING,
            ),
        ),
        (
            lambda url: RuntimeError("password s3cret/p@ss#w:rd? of u is wrong"),
            told(
                "The mysql database cannot be opened: password ${KB_PASSWORD} of u is wrong",
                expected=URL,
                do=RUNNING,
            ),
        ),
        (
            lambda url: TypeError("connect() got an unknown keyword 's3cret'"),
            told(
                "The mysql database cannot be opened: connect() got an unknown keyword '${KB_PASSWORD}'",
                expected=URL,
                do=RUNNING,
            ),
        ),
        (
            lambda url: ValueError(f"port is 'rd' in {url}"),
            told(
                "The URL of the database (mysql://…) cannot be understood.",
                expected=URL,
                do=RUNNING,
            ),
        ),
        (
            lambda url: ImportError("no psycopg"),
            told(
                "No driver for mysql is installed.",
                expected=URL,
                do="pip install 'ibis-framework[mysql]'",
            ),
        ),
    ],
)
def test_a_database_that_cannot_be_opened_keeps_the_secret(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: Callable[[str], Exception], expected: str
) -> None:
    monkeypatch.setenv("KB_PASSWORD", SECRET)
    urls = []

    def refuse(url: str) -> None:
        urls.append(url)
        raise fault(url)

    monkeypatch.setattr(ibis, "connect", refuse)
    source = {"source": "mysql://u:${KB_PASSWORD}@h/base", "table": "sales"}
    with pytest.raises(KeepbookError) as error, open_tables(shop(transactions=source)):
        pass
    assert str(error.value) == expected
    assert urls == ["mysql://u:s3cret%2Fp%40ss%23w%3Ard%3F@h/base"]
    assert not [piece for piece in ("s3cret", "p@ss", "p%40ss") if piece in whole(error.value)]


def test_a_whole_url_may_be_the_secret(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_URL", "nosuchthing://user:s3cret@host.example/base")
    unit = shop(transactions={"source": "${KB_URL}", "query": "SELECT 1"})
    with pytest.raises(KeepbookError) as error, open_tables(unit):
        pass
    assert str(error.value) == told(
        "The URL of the database (nosuchthing://…) cannot be understood.", expected=URL, do=RUNNING
    )
    assert "s3cret" not in whole(error.value)


def test_a_secret_in_what_a_database_says_while_it_is_read(
    shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_PLACE", "s3cret")
    (home / "s3cret.csv").write_text(GOOD + "b\n")
    with pytest.raises(KeepbookError) as error, open_tables(shop(transactions={"source": "${KB_PLACE}.csv"})):
        pass
    assert str(error.value) == unreadable("line 3 of ${KB_PLACE}.csv has 1 field, not 3: 'b'")
    assert "s3cret" not in whole(error.value)
    (home / "s3cret.csv").unlink()
    assert message(shop(transactions={"source": "${KB_PLACE}.csv"})) == told(
        "There is no file at '${KB_PLACE}.csv'.", expected=FILES, do=CORRECT
    )


@pytest.mark.parametrize("scheme", ["duckdb:", "duckdb://", "sqlite://"])
def test_a_database_file_that_is_not_there_is_not_made(shop: Shop, home: Path, scheme: str) -> None:
    assert message(shop(transactions={"source": f"{scheme}base.db", "table": "sales"})) == told(
        f"There is no file at '{scheme}base.db'.",
        where=f"params/shop.yaml, transactions, looked at {home}/base.db",
        expected=FILES,
        do=CORRECT,
    )
    assert not (home / "base.db").exists()


def test_a_table_the_database_lacks(shop: Shop, home: Path) -> None:
    with duckdb.connect(str(home / "base.duckdb")) as base:
        base.execute("CREATE TABLE sales AS SELECT 1 AS customer_id")
    lacks = {"expected": "did you mean 'sales'?", "do": "Name one of them as `table:`."}
    assert message(shop(transactions={"source": "duckdb:base.duckdb", "table": "Sales"})) == told(
        "The database has no table 'Sales'.", **lacks
    )
    none = {"expected": "known: sales", "do": "Name one of them as `table:`."}
    assert message(shop(transactions={"source": "duckdb:base.duckdb"})) == told(
        "The database needs a `table` or a `query`.", **none
    )


def test_a_database_joined_with_a_file(shop: Shop) -> None:
    parts = {"lines": "lines.csv", "people": "postgres://h/base"}
    query = "SELECT * FROM lines JOIN people USING (customer_id)"
    assert message(shop(GOOD, transactions={"source": parts, "query": query})) == told(
        "A database cannot be joined with other sources.",
        expected="one database URL as `source`",
        do="Join inside the database with `query:`.",
    )
