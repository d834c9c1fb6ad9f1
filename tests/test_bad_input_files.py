"""Broken, empty, missing and unlike files: each is told in one exact message, with line and file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bad_input_data import COLUMNS, CORRECT, FILES, GOOD, HEAD, Shop, ledger_of, message, told, unreadable

LETTERS = "an encoding such as gb18030 or cp1252 as `encoding:`, or a file in UTF-8"
SAVE = "Say `encoding:`, or save the file as CSV in UTF-8; if it is no text, correct `source`."
KINDS = "a CSV, text, Excel, JSON or Parquet file, or a zip of such"
LACKS = "The source lacks the column 'customer_id' for customer_id."
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
