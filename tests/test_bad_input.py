"""Bad input to the tables: each kind gives its exact message or its line in the ledger, no traceback."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepbook import tables
from keepbook.errors import KeepbookError
from keepbook.params import Unit
from keepbook.tables import Ledger, open_tables

Shop = Callable[..., Unit]
HEAD = "customer_id,date,amount\n"
GOOD = HEAD + "a,2020-01-01,5\n"
CHECK = "Check that it is there, whole and what the unit file says, and that the disk has room."
CORRECT = "Correct the path (it starts at the folder that holds params/), or put the file there."
FILES = "a data file, a folder of such files, or a pattern that matches some"
USABLE = "lines with a customer, a readable date and a positive amount"
MAPPED = "Check `columns:` in the unit file: are date and amount mapped to the right columns?"
LETTERS = "an encoding such as gb18030 or cp1252 as `encoding:`, or a file in UTF-8"
SAVE = "Say `encoding:`, or save the file as CSV in UTF-8; if it is no text, correct `source`."
KINDS = "a CSV, text, Excel, JSON or Parquet file, or a zip of such"
URL = "a URL that Ibis knows, such as postgres://user:${PASSWORD}@host/name"
RUNNING = "Check `source`, and that the database is running."


def told(
    what: str,
    *,
    where: str = "params/shop.yaml, transactions",
    expected: str | None = None,
    do: str | None = None,
) -> str:
    """The printed form of an error, spelt out here and not taken from the code."""
    lines = {"where:   ": where, "expected:": expected, "do:      ": do}
    return "\n".join([what, *(f"  {label} {text}" for label, text in lines.items() if text)])


def unreadable(reason: str) -> str:
    return told(f"The source 'transactions' cannot be read: {reason}", do=CHECK)


def message(unit: Unit) -> str:
    with pytest.raises(KeepbookError) as error, open_tables(unit):
        pass
    return str(error.value)


def ledger_of(unit: Unit) -> Ledger:
    with open_tables(unit) as opened:
        return opened.ledger


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────

LACKS = "The source lacks the column 'customer_id' for customer_id."
COLUMNS = "Map it under `columns:` in the unit file."
NOT_CLOSED = "has a quote that is not closed, or text behind a closing quote"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            "",
            told("lines.csv is empty.", expected="a line of column names and data", do="Export it again."),
            id="empty file",
        ),
        pytest.param(
            HEAD,
            told(
                "The source holds no line.", expected="at least one line", do="Check the file: is it whole?"
            ),
            id="header only",
        ),
        pytest.param(
            "customer,date,amount\na,2020-01-01,5\n",
            told(LACKS, expected="one of the columns there are: 'customer', 'date', 'amount'", do=COLUMNS),
            id="missing column",
        ),
        pytest.param(
            "Customer_ID,date,amount,Amount\na,2020-01-01,5,6\n",
            told(
                LACKS,
                expected="one of the columns there are: 'Customer_ID', 'date', 'amount (2)', 'Amount (3)'",
                do=COLUMNS,
            ),
            id="two columns of one name",
        ),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff",
            told(
                "lines.csv is a picture.",
                expected=KINDS,
                do="Export it again as CSV or Excel, or correct `source`.",
            ),
            id="picture",
        ),
        pytest.param(
            b"customer_id\x00\x01,date,amount\n",
            told("lines.csv holds zero bytes.", expected=LETTERS, do=SAVE),
            id="zero bytes",
        ),
        pytest.param(
            b"Export\n\n" + GOOD.encode() + "Jörg,2020-01-01,5\nMüller,5\n".encode("latin-1"),
            unreadable("line 6 of lines.csv has 2 fields, not 3: 'Müller,5'"),
            id="a broken line below a title, in latin-1",
        ),
        pytest.param(
            HEAD + 'a,2020-01-01,"5\nb,2020-01-02,6\n',
            unreadable(f"line 2 of lines.csv {NOT_CLOSED}: 'a,2020-01-01,\"5'"),
            id="unbalanced quote",
        ),
        pytest.param(
            HEAD + 'a,2020-01-01,5\n"b"x,2020-01-02,6\n',
            unreadable(f"line 3 of lines.csv {NOT_CLOSED}: '\"b\"x,2020-01-02,6'"),
            id="text behind a quote",
        ),
        pytest.param(
            GOOD + "b,2020-01-02\n",
            unreadable("line 3 of lines.csv has 2 fields, not 3: 'b,2020-01-02'"),
            id="too few fields",
        ),
        pytest.param(
            GOOD + "b,2020-01-02,1,000.00\n",
            unreadable("line 3 of lines.csv has 4 fields, not 3: 'b,2020-01-02,1,000.00'"),
            id="thousands separator",
        ),
        pytest.param(
            HEAD + "a,2020-01-01,99999999999999\na,2020-01-01,99999999999998\n",
            unreadable(
                'Conversion Error: Casting value "199999999999997.0000" to type DECIMAL(18,4) failed: '
                "value is out of range! when casting from source column sum(amount)"
            ),
            id="a day's sum beyond all money",
        ),
    ],
)
def test_a_broken_csv_file(shop: Shop, content: str | bytes, expected: str) -> None:
    assert message(shop(content)) == expected


def test_a_broken_line_far_down_is_named_by_its_number(shop: Shop) -> None:
    content = HEAD + "a,2020-01-01,5\n" * 400_000 + "b,2020-01-02\n" + "a,2020-01-01,5\n" * 400_000
    broken = "line 400002 of lines.csv has 2 fields, not 3: 'b,2020-01-02'"
    assert message(shop(content)) == unreadable(broken)


def test_no_line_of_a_csv_file_is_taken_for_a_comment_or_a_title(shop: Shop) -> None:
    lines = HEAD + "".join(f"#{n},2020-01-01,1\n" for n in range(50)) + "a,2020-01-01,1\n"
    assert ledger_of(shop(lines)).rows_kept == 51
    assert ledger_of(shop("Sales of 2020\n\n" + GOOD)).rows_in == 1


def test_two_thousand_columns(shop: Shop) -> None:
    names = [f"c{n}" for n in range(1_997)]
    wide = f"customer_id,date,amount,{','.join(names)}\na,2020-01-01,5{',x' * 1_997}\n"
    assert ledger_of(shop(wide)).amount_kept == 5


def test_a_missing_column_among_very_many(shop: Shop) -> None:
    names = [f"c{n}" for n in range(97)]
    listed = ", ".join(map(repr, ["customer_id", "date", "amount", *names[:37]]))
    wide = f"customer_id,date,amount,{','.join(names)}\n"
    assert message(shop(wide, transactions={"columns": {"date": "day"}})) == told(
        "The source lacks the column 'day' for date.",
        expected=f"one of the columns there are: {listed} and 60 more",
        do=COLUMNS,
    )


@pytest.mark.parametrize("format", [None, "csv", "text", "parquet"])
def test_no_file(shop: Shop, home: Path, format: str | None) -> None:
    assert message(shop(transactions={"source": "nix.csv", "format": format})) == told(
        "There is no file at 'nix.csv'.",
        where=f"params/shop.yaml, transactions, looked at {home}/nix.csv",
        expected=FILES,
        do=CORRECT,
    )


def test_a_folder_without_data(shop: Shop, home: Path) -> None:
    (home / "exports").mkdir()
    (home / "exports" / "notes.docx").write_text("x")
    assert message(shop(transactions={"source": "exports"})) == told(
        "There is no data in the folder 'exports'.",
        where=f"params/shop.yaml, transactions, looked at {home}/exports",
        expected=FILES,
        do=CORRECT,
    )


def test_a_folder_of_unlike_files(shop: Shop, home: Path) -> None:
    (home / "d").mkdir()
    (home / "d" / "1.csv").write_text(GOOD)
    (home / "d" / "2.csv").write_text("date,customer_id,total\n2020-01-01,a,5\n")
    assert message(shop(transactions={"source": "d"})) == told(
        "The column 'amount' is missing in 2.csv (utf-8, fields separated by ',').",
        expected="the columns that the other files have; this one has 'date', 'customer_id', 'total'",
        do="Rename the column in that file, or leave the file out of `source`.",
    )
    pq.write_table(pa.table({"customer_id": ["a"]}), home / "d" / "3.parquet")
    assert message(shop(transactions={"source": "d"})) == told(
        "The files are of several kinds: csv, parquet.",
        expected="one kind of file",
        do="Name the files by a pattern such as data/*.parquet.",
    )


def test_names_that_do_not_fit(shop: Shop) -> None:
    names = ["customer_id", "date", "amount", "shop"]
    assert message(shop(GOOD, transactions={"names": names})) == told(
        "`names` has 4 names, but lines.csv has 3 columns.",
        expected="3 names",
        do="Name every column, in order.",
    )


def test_a_text_file_with_a_line_of_another_length(shop: Shop, home: Path) -> None:
    (home / "x.txt").write_text("customer_id date amount\na 2020-01-01 5\n\n  b  2020-01-02 6 7 \n")
    reason = "Invalid Input Error: a line does not have 3 fields: 'b  2020-01-02 6 7'"
    assert message(shop(transactions={"source": "x.txt"})) == unreadable(reason)


@pytest.mark.parametrize("content", [b"", b"PAR1" + 50 * b"x"])
def test_a_broken_parquet_file(shop: Shop, home: Path, content: bytes) -> None:
    (home / "x.parquet").write_bytes(content)
    assert message(shop(transactions={"source": "x.parquet"})) == told(
        "x.parquet is no whole Parquet file.", expected="a Parquet file", do="Write it again."
    )


def test_a_parquet_file_broken_inside(shop: Shop, home: Path) -> None:
    column = pa.array([f"customer {n}" for n in range(1000)])
    pq.write_table(pa.table({"customer_id": column, "date": column, "amount": column}), home / "x.parquet")
    content = bytearray((home / "x.parquet").read_bytes())
    content[60:400] = bytes(340)
    (home / "x.parquet").write_bytes(content)
    assert message(shop(transactions={"source": "x.parquet"})).startswith(
        "The source 'transactions' cannot be read: Invalid Input Error: Failed to read file \"x.parquet\""
    )


def test_a_package_that_is_not_installed(shop: Shop) -> None:
    assert message(shop(transactions={"source": "package:no_such_thing/x.csv"})) == told(
        "The package 'no_such_thing' is not installed.",
        where="params/shop.yaml, transactions, source package:no_such_thing/x.csv",
        do="Install it into the environment that runs Keepbook, e.g. pip install no_such_thing.",
    )


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        ("a,2020-01-01,0\nb,2020-01-02,0.00\n", "zero amount (2)"),
        ("a,2020-01-01,-1\nb,2020-01-02,-2\n", "return without a purchase (2)"),
        ("a,2020-01-01,0\nb,2020-01-02,-2\n", "zero amount (1), return without a purchase (1)"),
        ("a,soon,1\n,2020-01-01,5\n,2020-01-02,5\n", "no customer (2), no readable date (1)"),
    ],
)
def test_no_usable_line(shop: Shop, lines: str, reasons: str) -> None:
    assert message(shop(HEAD + lines)) == told(
        f"No line is a usable purchase: {reasons}.", expected=USABLE, do=MAPPED
    )


@pytest.mark.parametrize("who", ["one", "two"])
def test_one_customer_and_one_day_are_enough(shop: Shop, who: str) -> None:
    with open_tables(shop(HEAD + f"one,2020-01-01,5\n{who},2020-01-01,6\n")) as opened:
        assert opened.window.days == 1
        assert opened.purchases.count().to_pandas() == len({"one", who})
        assert opened.ledger.amount_kept == 11


def test_as_of_before_the_data(shop: Shop) -> None:
    lines = HEAD + "a,2020-01-03,5\na,2020-01-02,5\nb,,5\n"
    assert message(shop(lines, as_of="2020-01-01")) == told(
        "as_of is 2020-01-01, before the first purchase in the data.",
        expected="a day from 2020-01-02 on, the first in the data",
        do="Correct `as_of`, or leave it out to use the last day in the data.",
    )


def test_dates_after_as_of_are_a_line_of_the_ledger(shop: Shop) -> None:
    ledger = ledger_of(shop(GOOD + "a,2020-01-02,7\nb,2199-01-01,8\n", as_of="2020-01-01"))
    assert ledger.entries.values.tolist() == [["after as_of", 2, Decimal(15), 2]]


def test_an_amount_that_is_none_is_a_line_of_the_ledger(shop: Shop) -> None:
    none = [
        "",
        "ten",
        "5 XYZ",
        "1.2.3",
        '"1,00.00"',
        "NaN",
        "-inf",
        "1e15",
        "1e400",
        "0x10",
        "--5",
        "٥",
        "INV1",
    ]
    ledger = ledger_of(shop(GOOD + "".join(f"a,2020-01-02,{amount}\n" for amount in none)))
    assert ledger.entries.values.tolist() == [["no readable amount", len(none), Decimal(0), len(none)]]


def test_amounts_that_are_no_numbers_in_a_parquet_file(shop: Shop, home: Path) -> None:
    amount = [5.0, np.nan, np.inf, -np.inf, 1e300, None]
    table = pa.table({"customer_id": ["a"] * 6, "date": ["2020-01-01"] * 6, "amount": amount})
    pq.write_table(table, home / "x.parquet")
    ledger = ledger_of(shop(transactions={"source": "x.parquet"}, duplicates="keep"))
    assert ledger.entries.values.tolist() == [["no readable amount", 5, Decimal(0), 5]]
    day = {"source": "x.parquet", "columns": {"amount": "date", "date": "amount"}}
    assert message(shop(transactions=day)) == told(
        "No line is a usable purchase: no readable date (6), no readable amount (6).",
        expected=USABLE,
        do="If '-inf' is a date, say how it is written, e.g. date_format: '%d.%m.%Y'; else check `columns:`.",
    )


def test_dates_and_amounts_that_nothing_tells_are_shown(shop: Shop) -> None:
    odd = "customer_id,date,amount\na,7. heinäkuuta 2024,sixty\n"
    assert message(shop(odd)) == told(
        "No line is a usable purchase: no readable date (1), no readable amount (1).",
        expected=USABLE,
        do="If '7. heinäkuuta 2024' is a date, say how it is written, e.g. date_format: '%d.%m.%Y'; else "
        "check `columns:`.",
    )
    readable = shop(odd, transactions={"date_format": "%d. heinäkuuta %Y"})
    assert message(readable) == told(
        "No line is a usable purchase: no readable amount (1).",
        expected=USABLE,
        do="If 'sixty' is an amount, bring it into the form 1234.56 with a `query:`; else check `columns:`.",
    )


NAMES = [
    "<script>alert(1)</script>",
    "O'Brien; DROP TABLE x; --",
    'the "best", they say',
    "two\nlines",
    "王小明",
    "🛒👩‍👧",
    "=1+1",
    "%s {0} ${HOME} \\n",
]


def test_customer_names_come_through_unharmed(shop: Shop, home: Path) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in NAMES]
    lines = HEAD + "".join(f"{name},2020-01-0{n + 1},5\n" for n, name in enumerate(quoted))
    people = "customer_id,tier\n" + "".join(f"{name},{name}\n" for name in quoted)
    conditions = {"customer_id": {"not": ["nobody's", 'no "body"']}}
    with open_tables(shop(lines, customers=people, transactions={"where": conditions})) as opened:
        assert opened.customers is not None
        assert opened.purchases.order_by("date").customer_id.to_pandas().tolist() == NAMES
        pairs = opened.customers.to_pandas()
        assert sorted(pairs["customer_id"]) == sorted(NAMES)
        assert (pairs["customer_id"] == pairs["tier"]).all()
    for n, name in enumerate(NAMES):
        only = shop(lines, transactions={"where": {"customer_id": name}})
        assert ledger_of(only).rows_in == 1, n


# ── the unit file ───────────────────────────────────────────────────────────────────────────────────────


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


# ── customers ───────────────────────────────────────────────────────────────────────────────────────────

CUSTOMERS = "params/shop.yaml, customers"


def test_a_customer_who_stands_twice_in_the_customers_table(shop: Shop) -> None:
    assert message(shop(GOOD, customers="customer_id,tier\na,gold\nb,x\n a,silver\n")) == told(
        "The customer 'a' has several lines in the customers table.",
        where=CUSTOMERS,
        expected="one line per customer",
        do="Make the lines unique with a `query:`, e.g. SELECT DISTINCT ON (customer_id) …",
    )


def test_customer_numbers_as_text_there_and_as_numbers_here(shop: Shop, home: Path) -> None:
    numbers = pa.table({"customer_id": [7, 8], "date": ["2020-01-01"] * 2, "amount": [5.0, 6.0]})
    pq.write_table(numbers, home / "x.parquet")
    people = "customer_id,tier\n007,gold\n8.0,silver\n9.5,x\nnine,y\n,z\n"
    with open_tables(shop(transactions={"source": "x.parquet"}, customers=people)) as opened:
        assert opened.customers is not None
        joined = opened.purchases.join(opened.customers, "customer_id").order_by("customer_id")
        assert joined.tier.to_pandas().tolist() == ["gold", "silver"]
        assert str(opened.customers.customer_id.type()) == "int64"
    pq.write_table(pa.table({"customer_id": [7, 8], "tier": ["gold", "x"]}), home / "people.parquet")
    people_file = {"source": "people.parquet", "columns": {"tier": "tier"}}
    with open_tables(shop(HEAD + "7,2020-01-01,5\n", customers=people_file)) as opened:
        assert opened.customers is not None
        joined = opened.purchases.join(opened.customers, "customer_id")
        assert joined.tier.to_pandas().tolist() == ["gold"]


def test_customer_numbers_that_never_meet(shop: Shop) -> None:
    assert message(shop(HEAD + "007,2020-01-01,5\n", customers="customer_id,tier\n7,gold\n")) == told(
        "No customer of the customers table has bought: '7' there, '007' in purchases.",
        where=CUSTOMERS,
        expected="customer numbers written alike in both tables",
        do="Check `columns:` of both tables, or bring the numbers into one form with a `query:`.",
    )


@pytest.mark.parametrize("column", ["acquired_on", "acquisition_cost", "tier"])
def test_a_column_the_customers_table_lacks(shop: Shop, column: str) -> None:
    people = {"source": "lines.csv", "columns": {column: "nix"}}
    assert message(shop(GOOD, customers=people)) == told(
        f"The source lacks the column 'nix' for {column}.",
        where=CUSTOMERS,
        expected="one of the columns there are: 'customer_id', 'date', 'amount'",
        do=COLUMNS,
    )


def test_a_split_by_a_column_the_customers_table_lacks(shop: Shop) -> None:
    unit = shop(GOOD, customers={"source": "lines.csv"}, retention_by="tier")
    assert message(unit).startswith("The source lacks the column 'tier' for tier.\n  where:    " + CUSTOMERS)


# ── databases and their secrets ─────────────────────────────────────────────────────────────────────────

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


# ── the machine ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("query", [None, "SELECT * FROM source"])
def test_a_source_that_disappears_while_it_is_read(
    shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch, query: str | None
) -> None:
    open_source = tables.open_source

    def open_and_lose(*args: Any) -> ibis.Table:
        lines = open_source(*args)
        (home / "lines.csv").unlink()
        return lines

    monkeypatch.setattr(tables, "open_source", open_and_lose)
    assert message(shop(GOOD, transactions={"query": query})) == unreadable(
        f'IO Error: No files found that match the pattern "{home}/lines.csv"'
    )


def test_a_file_one_may_not_read(shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal is played: root, who runs many a test, may read everything."""
    unit, opens = shop(GOOD), Path.open

    def refuse(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name == "lines.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return opens(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    assert message(unit) == unreadable(f"[Errno 13] Permission denied: '{home}/lines.csv'")


def test_a_full_disk(shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 300_000
    distinct = pa.array([f"customer number {n} with a long name" for n in range(rows)])
    lines = pa.table({"customer_id": distinct, "date": ["2020-01-01"] * rows, "amount": [1.0] * rows})
    pq.write_table(lines, home / "x.parquet")
    new_engine = tables.new_engine

    def small_engine(spill: str, memory: str) -> ibis.BaseBackend:
        engine = new_engine(spill, memory)
        engine.raw_sql("SET max_temp_directory_size = '1MB'")
        return engine

    monkeypatch.setattr(tables, "new_engine", small_engine)
    monkeypatch.setenv("KEEPBOOK_MEMORY", "30MB")
    assert message(shop(transactions={"source": "x.parquet"})) == unreadable(
        "memory is full, and so is the disk for temporary files: free some (TMPDIR), or raise KEEPBOOK_MEMORY"
    )


def test_memory_of_no_size(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPBOOK_MEMORY", "lots")
    assert message(shop(GOOD)) == told(
        "The engine cannot be given 'lots' of memory.",
        where="environment variable KEEPBOOK_MEMORY",
        expected="a size such as 2GB or 500MB",
        do="Correct the variable, or unset it.",
    )


def test_a_fault_of_ours_is_not_blamed_on_the_source(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistake(*args: Any) -> None:
        raise TypeError("ours")

    monkeypatch.setattr(tables, "open_source", mistake)
    with pytest.raises(TypeError, match="ours"), open_tables(shop(GOOD)):
        pass


# ── what would be a wrong number without a word ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "day", ["15/3/23", "3/15/2023", "15.3.23", "epoch", "15/3/23 10:00", "15/3/23 10:00+02"]
)
def test_a_day_in_another_form_than_named_is_none(shop: Shop, day: str) -> None:
    unit = shop(f"customer_id,date,amount\na,{day},5\nb,2023-03-15,7\n", transactions={"date_format": "ymd"})
    with open_tables(unit) as opened:
        assert opened.ledger.entries.values.tolist() == [["no readable date", 1, Decimal(5), 1]]
        assert opened.examples == {"no readable date": (f"row 1 '{day}'",)}


def test_parquet_files_of_different_types_are_not_cast(shop: Shop, home: Path) -> None:
    (home / "parts").mkdir()
    for name, amount in (("a", [1, 2]), ("b", [0.4, 3.5])):
        table = pa.table({"customer_id": ["x", "y"], "date": ["2020-01-01"] * 2, "amount": amount})
        pq.write_table(table, home / "parts" / f"{name}.parquet")
    assert message(shop(transactions={"source": "parts"})) == told(
        "The column 'amount' is double in b.parquet, but int64 in a.parquet.",
        expected="one type in all files",
        do="Write the files alike, or convert the column in each.",
    )


@pytest.mark.parametrize("nobody", ["", "  ", "NULL", "None", "nan", "N/A", "-", "\u00a0"])
def test_what_exports_write_for_no_customer_is_none(shop: Shop, nobody: str) -> None:
    lines = f"customer_id,date,amount\n{nobody},2020-01-01,5\na\u00a0,2020-01-01,7\n"
    assert [row[:2] for row in ledger_of(shop(lines)).entries.values.tolist()] == [["no customer", 1]]


def test_a_query_is_one_select(shop: Shop, home: Path) -> None:
    target = home / "written.csv"
    query = f"SELECT * FROM source); COPY (SELECT 42) TO '{target}'; SELECT * FROM (SELECT 1"
    assert "The `query` of 'transactions' is wrong" in message(
        shop("customer_id,date,amount\na,2020-01-01,5\n", transactions={"query": query})
    )
    assert not target.exists()
