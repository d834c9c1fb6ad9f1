"""Lines in a database and in a file, what is read of them, and the messages that tests compare."""

from __future__ import annotations

import csv
import io
import random
import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import ibis
import pytest
from postgres import Server

from keepbook.errors import KeepbookError
from keepbook.reading.databases import from_database
from keepbook.tables import open_tables
from keepbook.unit import Unit

Shop = Callable[..., Unit]
Row = tuple[Any, ...]
WORD = "pass word"  # of the user keeper, in SHOP_PASSWORD
PLACE = "params/shop.yaml, transactions"
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


def lines_of(unit: Unit) -> list[Row]:
    """The lines as they arrive."""
    lines = from_database("transactions", unit, ibis.duckdb.connect(), PLACE)
    return [tuple(line.values()) for line in lines.to_pyarrow().to_pylist()]


# ── a table on the server that conftest starts ──────────────────────────────────────────────────────────


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


# ── orders ──────────────────────────────────────────────────────────────────────────────────────────────

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


def csv_of(names: str, lines: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names.split())
    writer.writerows([["" if value is None else value for value in line] for line in lines])
    return text.getvalue()
