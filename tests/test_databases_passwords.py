"""A password reaches the server as it is, whatever signs it holds, and no message tells a part of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from databases_data import MAPPED, PLACE, WORD, Row, Shop, fault_of, lines_of, on, result_of, told, whole
from postgres import Server

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
