"""A wrong source of a table gets its exact message."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit_files import CONDITION, SMALL, SOURCE, load, message, told

HEADER = "true, false, or the number of the line that holds the column names"
ENCODING = "an encoding such as utf-8, gb18030, utf-16 or cp1252"
SOURCES = {  # in line 4, below source: sales.csv in line 3
    "format: word": told(
        "'format' cannot be the text 'word'.",
        ", line 4, transactions.format",
        "'csv' or 'text' or 'excel' or 'json' or 'parquet'",
    ),
    "encoding: gb18300": told(
        "'encoding' cannot be the text 'gb18300'.",
        ", line 4, transactions.encoding",
        ENCODING,
        "Did you mean 'gb18030'?",
    ),
    "encoding: hex": told(
        "'encoding' cannot be the text 'hex'.", ", line 4, transactions.encoding", ENCODING
    ),
    "delimiter: ab": told(
        "'delimiter' cannot be the text 'ab'.",
        ", line 4, transactions.delimiter",
        "one sign such as ; or |, or the word tab",
    ),
    "decimal: komma": told(
        "'decimal' cannot be the text 'komma'.", ", line 4, transactions.decimal", "'.' or ','"
    ),
    "header: 0": told(
        "'header' cannot be the number 0.",
        ", line 4, transactions.header",
        HEADER,
    ),
    "header: yes": told(
        "'yes' stands without quotes, and YAML reads it as the truth value true.",
        ", line 4, transactions.header",
        do="Put it in quotes if it is text, write true if it is a truth value.",
    ),
    "header: 'true'": told(
        "'header' cannot be the text 'true'.",
        ", line 4, transactions.header",
        HEADER,
        "Write true, without quotes.",
    ),
    "table: sales": told(
        "The source is no database, and only a database has tables.",
        ", line 4, transactions.table",
        do="Remove the key table.",
    ),
    "date_format: yyyy-mm-dd": told(
        "'date_format' cannot be the text 'yyyy-mm-dd'.",
        ", line 4, transactions.date_format",
        "one of ymd, dmy, mdy, named, epoch, epoch_ms, excel, or a strptime pattern such as %Y%m%d",
    ),
    "timezone: Shanghai": told(
        "'timezone' cannot be the text 'Shanghai'.",
        ", line 4, transactions.timezone",
        "an IANA time zone such as UTC, Europe/Berlin or Asia/Shanghai",
        "Did you mean 'Asia/Shanghai'?",
    ),
    "columns: {date: }": told(
        "'date' cannot be empty.", ", line 4, transactions.columns.date", "the name of a column of the source"
    ),
    "columns: {date: 3}": told(
        "'date' cannot be the number 3.",
        ", line 4, transactions.columns.date",
        "the name of a column of the source",
        "Put it in quotes: '3'.",
    ),
    "columns: {custmer_id: id}": told(
        "Unknown key 'custmer_id'.",
        ", line 4, transactions.columns.custmer_id",
        do="Did you mean 'customer_id'?",
    ),
    "columns: {shop: id}": told(
        "Unknown key 'shop'.",
        ", line 4, transactions.columns.shop",
        do="Known: amount, category, channel, cost, customer_id, date, order_id, quantity, refund, "
        "unit_price.",
    ),
    "columns: {customer_id: id, order_id: id}": told(
        "The column 'id' is used twice, for customer_id and for order_id.",
        ", line 4, transactions.columns.order_id",
        do="Map each of them to a column of its own.",
    ),
    "columns: {order_id: date}": told(
        "The column 'date' is used twice, for order_id and for date.",
        ", line 4, transactions.columns.order_id",
        do="Map each of them to a column of its own.",
    ),
    "columns: {date: a, date: b}": told(
        "'date' is given twice, first in line 4.",
        ", line 4, transactions.columns.date",
        do="Keep one of them.",
    ),
    "names: [date, amount, customer_id, date]": told(
        "'names' cannot be a list.", ", line 4, transactions.names", "a list of different column names"
    ),
    "names: [date, amount, customer]": told(
        "'customer_id' is read from the column 'customer_id', which names does not hold.",
        ", line 2, transactions.columns.customer_id",
        do="Did you mean 'customer'?",
    ),
    "simulate: {days: 100}": told(
        "The source is not simulated.",
        ", line 4, transactions.simulate",
        "source: simulate",
        "Remove the key simulate.",
    ),
    "where: {country: NO}": told(
        "'NO' stands without quotes, and YAML reads it as the truth value false.",
        ", line 4, transactions.where.country",
        do="Put it in quotes if it is text, write false if it is a truth value.",
    ),
    "where: {country: [SE, NO]}": told(
        "'NO' stands without quotes, and YAML reads it as the truth value false.",
        ", line 4, transactions.where.country item 2",
        do="Put it in quotes if it is text, write false if it is a truth value.",
    ),
    "where: {shop: 007}": told(
        "'007' stands without quotes, and YAML reads it as the number 7.",
        ", line 4, transactions.where.shop",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "where: {shop: }": told("'shop' cannot be empty.", ", line 4, transactions.where.shop", CONDITION),
    "where: {shop: []}": told(
        "'shop' cannot be an empty list.", ", line 4, transactions.where.shop", CONDITION
    ),
    "where: {shop: {}}": told(
        "'shop' cannot be an empty block.", ", line 4, transactions.where.shop", CONDITION
    ),
    "where: {day: {form: 2020-01-01}}": told(
        "Unknown key 'form'.", ", line 4, transactions.where.day.form", do="Did you mean 'from'?"
    ),
    "where: {day: {from: }}": told(
        "'from' cannot be empty.",
        ", line 4, transactions.where.day.from",
        "a number, text, a day or a truth value",
    ),
    "where: {day: {from: 2020-01-02, to: 2020-01-01}}": told(
        "The range is empty: 'from' is above 'to'.", ", line 4, transactions.where.day", do="Swap the two."
    ),
    "where: {day: {from: 2020-01-01, like: x}}": told(
        "From and like cannot stand together.", ", line 4, transactions.where.day", CONDITION
    ),
    "where: {code: {like: 3}}": told(
        "'like' cannot be the number 3.", ", line 4, transactions.where.code.like", "text such as 'C%'"
    ),
    "where: {code: [85048, POST]}": told(
        "Values of different kinds are compared with one column.",
        ", line 4, transactions.where.code",
        "all text, all numbers or all days",
        "Put all of them in quotes.",
    ),
    "where: {day: 2020-02-30}": told(
        "'day' cannot be the text '2020-02-30'.", ", line 4, transactions.where.day", CONDITION
    ),
    "exclude: {postage: POST}": told(
        "'postage' cannot be the text 'POST'.",
        ", line 4, transactions.exclude.postage",
        "a block of keys and values",
    ),
}


@pytest.mark.parametrize("line", SOURCES)
def test_wrong_source_setting(home: Path, line: str) -> None:
    text = f"unit: demo\ntransactions:\n  source: sales.csv\n  {line}\n"
    assert message(home, text) == SOURCES[line]


def test_named_sources_need_a_query_and_names_fit_for_it(home: Path) -> None:
    assert message(home, "unit: demo\ntransactions: {source: {a: a.csv, b: b.csv}}\n") == told(
        "Several sources are named, but no query joins them.",
        ", line 2, transactions.query",
        do="Add the key query.",
    )
    assert message(home, "unit: demo\ntransactions: {source: {a b: a.csv}, query: SELECT 1}\n") == told(
        "'source' cannot be a block of keys.", ", line 2, transactions.source", SOURCE
    )


def test_source_is_missing(home: Path) -> None:
    assert message(home, "unit: demo\ntransactions:\n  format: csv\n") == told(
        "'source' is missing.", ", line 2, transactions.source", SOURCE, "Add the key source."
    )


def test_only_one_table_is_simulated(home: Path) -> None:
    text = "unit: demo\ntransactions: {source: a.csv}\ncustomers: {source: simulate}\n"
    assert message(home, text) == told(
        "Only this table is simulated.",
        ", line 3, customers.source",
        do="Simulate transactions too, or neither.",
    )


def test_segment_columns_are_free_where_the_table_allows_them(home: Path) -> None:
    free = "customers: {source: c.csv, columns: {tier: Level, 城市: City}}\n"
    assert load(home, SMALL + free).sources["customers"].columns == {"tier": "Level", "城市": "City"}
    fixed = "costs: {source: a.csv, columns: {tier: Level}}\n"
    assert message(home, SMALL + fixed) == told(
        "Unknown key 'tier'.",
        ", line 3, costs.columns.tier",
        do="Known: channel, leads, marketing_cost, period, sales_cost, servicing_cost.",
    )
