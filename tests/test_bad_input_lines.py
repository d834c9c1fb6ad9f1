"""Lines that cannot be used are in the ledger, or told where none is left; odd names come through whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bad_input_data import GOOD, HEAD, Shop, ledger_of, message, told

from keepbook.tables import open_tables

USABLE = "lines with a customer, a readable date and a positive amount"
MAPPED = "Check `columns:` in the unit file: are date and amount mapped to the right columns?"


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


@pytest.mark.parametrize(
    "day", ["15/3/23", "3/15/2023", "15.3.23", "epoch", "15/3/23 10:00", "15/3/23 10:00+02"]
)
def test_a_day_in_another_form_than_named_is_none(shop: Shop, day: str) -> None:
    unit = shop(f"customer_id,date,amount\na,{day},5\nb,2023-03-15,7\n", transactions={"date_format": "ymd"})
    with open_tables(unit) as opened:
        assert opened.ledger.entries.values.tolist() == [["no readable date", 1, Decimal(5), 1]]
        examples = {rule: tuple(map(str, lines)) for rule, lines in opened.examples.items()}
        assert examples == {"no readable date": (f"row 1 '{day}'",)}


@pytest.mark.parametrize("nobody", ["", "  ", "NULL", "None", "nan", "N/A", "-", "\u00a0"])
def test_what_exports_write_for_no_customer_is_none(shop: Shop, nobody: str) -> None:
    lines = f"customer_id,date,amount\n{nobody},2020-01-01,5\na\u00a0,2020-01-01,7\n"
    assert [row[:2] for row in ledger_of(shop(lines)).entries.values.tolist()] == [["no customer", 1]]
