"""A mapping, condition, format or query that does not fit the data is told, with what would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bad_input_data import GOOD, Shop, message, told, unreadable

from keepbook.errors import KeepbookError


def test_a_column_mapped_twice_never_reaches_the_data(shop: Shop) -> None:
    with pytest.raises(KeepbookError) as error:
        shop(GOOD, transactions={"columns": {"date": "amount"}})
    assert error.value.what == "The column 'amount' is used twice, for date and for amount."


def test_a_filter_by_date_would_make_old_customers_look_new(shop: Shop) -> None:
    unit = shop(
        "customer_id,day,amount\na,2020-01-01,5\n",
        transactions={"columns": {"date": "day"}, "where": {"day": {"from": "2020-01-01"}}},
    )
    assert message(unit) == told(
        "`where` filters by the date column 'day': customers who bought before would look new.",
        where="params/shop.yaml, transactions.where",
        expected="`as_of` for the last day of observation, and no first day",
        do="Remove it. Name wrong dates, such as 1900-01-01, under `exclude`, where they are counted.",
    )


def test_a_where_that_nothing_meets(shop: Shop) -> None:
    assert message(shop(GOOD, transactions={"where": {"customer_id": "A"}})) == told(
        "No line of the source meets `where` (on 'customer_id').",
        expected="at least one line that does",
        do="Check the spelling of the values in `where`, capital letters included.",
    )


@pytest.mark.parametrize(
    "key", [{"where": {"shop": 1}}, {"cancelled": {"shop": 1}}, {"exclude": {"x": {"shop": 1}}}]
)
def test_a_condition_on_a_column_there_is_not(shop: Shop, key: dict[str, Any]) -> None:
    assert message(shop(GOOD, transactions=key)) == told(
        "The source lacks the column 'shop' that a condition names.",
        expected="one of the columns there are: 'customer_id', 'date', 'amount'",
        do="Correct its name.",
    )


def test_a_date_format_there_is_not(shop: Shop) -> None:
    assert message(shop(GOOD, transactions={"date_format": "%Q"})) == unreadable(
        "Invalid Input Error: Failed to parse format specifier %Q: "
        "Unrecognized format for strftime/strptime: %Q"
    )


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELEC * FROM source", 'Parser Error: syntax error at or near "SELEC"'),
        ("SELECT nope FROM source", 'Binder Error: Referenced column "nope" not found in FROM clause!'),
        ("SELECT * FROM orders", "Catalog Error: Table with name orders does not exist!"),
        ("SELECT 1; DROP VIEW source", "it is not one SELECT statement"),
        (
            "SELECT amount * amount FROM source",
            "Binder Error: No function matches the given name and argument types '*(VARCHAR, VARCHAR)'. "
            "You might need to add explicit type casts.",
        ),
    ],
)
def test_a_wrong_query(shop: Shop, query: str, reason: str) -> None:
    assert message(shop(GOOD, transactions={"query": query})) == told(
        f"The `query` of 'transactions' is wrong: {reason}",
        expected="one SELECT over source, in DuckDB's SQL",
        do="Correct `query:` in the unit file.",
    )


def test_a_query_that_fails_on_a_line(shop: Shop) -> None:
    query = "SELECT customer_id, date, amount::INT AS amount FROM source"
    assert message(shop(GOOD + "b,2020-01-02,x\n", transactions={"query": query})) == unreadable(
        "Conversion Error: Could not convert string 'x' to INT32 when casting from source column amount"
    )


def test_a_query_is_one_select(shop: Shop, home: Path) -> None:
    target = home / "written.csv"
    query = f"SELECT * FROM source); COPY (SELECT 42) TO '{target}'; SELECT * FROM (SELECT 1"
    assert "The `query` of 'transactions' is wrong" in message(
        shop("customer_id,date,amount\na,2020-01-01,5\n", transactions={"query": query})
    )
    assert not target.exists()
