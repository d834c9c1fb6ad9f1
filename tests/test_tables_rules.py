"""Returns, cancellations, zeros, duplicates: each rule by hand, and any lines against a naive reader."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_data import Shop, days, left_out, loaded

from conftest import write_unit
from keepbook.errors import DataError
from keepbook.tables import open_tables
from keepbook.unit import Unit

HEAD = "customer_id,date,amount,order_id\n"


def test_returns_are_money_on_their_own_day_and_no_purchase(shop: Shop) -> None:
    lines = HEAD + "a,2020-01-01,10,1\na,2020-01-05,-4,1\nb,2020-01-02,7,2\nb,2020-01-09,-7,R2\n"
    unit = shop(lines)
    assert days(unit) == [
        ("a", "2020-01-01", 10.0, True),
        ("a", "2020-01-05", -4.0, False),
        ("b", "2020-01-02", 7.0, True),
        ("b", "2020-01-09", -7.0, False),
    ]
    _, ledger = loaded(unit)
    assert (ledger.returns_rows, ledger.returns_amount, ledger.amount_kept) == (2, -11, 6)
    assert days(shop(lines, returns="gross")) == [
        ("a", "2020-01-01", 10.0, True),
        ("b", "2020-01-02", 7.0, True),
    ]


def test_an_order_fully_returned_is_no_purchase(shop: Shop) -> None:
    lines = (
        HEAD
        + "a,2020-01-01,10,1\na,2020-01-08,-10,1\na,2020-02-01,5,2\nb,2020-01-02,4,3\nb,2020-01-02,-6,3\n"
    )
    unit = shop(lines)
    assert days(unit) == [("a", "2020-02-01", 5.0, True)]
    _, ledger = loaded(unit)
    assert left_out(ledger) == {"order fully returned": 4}
    assert ledger.returns_rows == 0
    # Before the return is known, the order stands.
    assert days(shop(lines, as_of="2020-01-05"))[0] == ("a", "2020-01-01", 10.0, True)


def test_equal_order_numbers_of_two_customers_are_two_orders(shop: Shop) -> None:
    lines = HEAD + "a,2020-01-01,10,1\nb,2020-01-01,-10,1\nb,2020-01-01,3,2\n"
    assert days(shop(lines)) == [("a", "2020-01-01", 10.0, True), ("b", "2020-01-01", -7.0, True)]


def test_a_blank_order_number_is_no_order(shop: Shop) -> None:
    lines = HEAD + 'a,2020-01-01,10,\na,2020-01-01,20,""\na,2020-01-02,-90," "\n'
    assert days(shop(lines)) == [("a", "2020-01-01", 30.0, True), ("a", "2020-01-02", -90.0, False)]


def test_lines_flagged_as_cancelled(shop: Shop) -> None:
    lines = "customer_id,date,amount,state\na,2020-01-01,10,x\na,2020-01-02,5,\nb,2020-01-03,-3,x\n"
    flagged = {"cancelled": {"state": "x"}}
    assert days(shop(lines, transactions=flagged)) == [
        ("a", "2020-01-02", 5.0, True),
        ("b", "2020-01-03", -3.0, False),
    ]
    unit = shop(lines, transactions=flagged, returns="gross")
    assert days(unit) == [("a", "2020-01-02", 5.0, True)]
    assert left_out(loaded(unit)[1]) == {"cancelled order": 2}
    free = shop(lines + "a,2020-01-04,0,x\n", transactions=flagged, zero_amounts="keep")
    assert left_out(loaded(free)[1]) == {"cancelled order": 2}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, [("a", "2020-01-01", 5.0, True)]),
        ({"zero_amounts": "keep"}, [("a", "2020-01-01", 5.0, True), ("a", "2020-01-02", 0.0, True)]),
        ({"duplicates": "keep"}, [("a", "2020-01-01", 10.0, True)]),
    ],
)
def test_zeros_and_duplicates(shop: Shop, choice: dict[str, str], expected: list[Any]) -> None:
    lines = "customer_id,date,amount\na,2020-01-01,5\na,2020-01-01,5\na,2020-01-02,0\n"
    assert days(shop(lines, **choice)) == expected


def test_lines_that_differ_in_an_unused_column_are_no_duplicates(shop: Shop) -> None:
    lines = "customer_id,date,amount,time\na,2020-01-01,5,10:00\na,2020-01-01,5,10:01\n"
    assert days(shop(lines)) == [("a", "2020-01-01", 10.0, True)]


def test_a_line_is_charged_to_the_first_rule_it_breaks(shop: Shop) -> None:
    lines = HEAD + "t,2020-01-01,9,\n,soon,0,\na,2020-01-01,x,\na,2020-01-02,1,\n"
    rules = {"exclude": {"no customer": {"customer_id": "t"}}}  # a rule of one's own may be called anything
    _, ledger = loaded(shop(lines, transactions=rules))
    assert ledger.entries.drop(columns="amount").values.tolist() == [
        ["no customer", 1, 1],
        ["no customer", 1, 1],
        ["no readable date", 0, 1],
        ["no readable amount", 1, 1],
        ["zero amount", 0, 1],
    ]


def test_blank_days_and_amounts_are_not_unread(shop: Shop) -> None:
    lines = "customer_id,date,amount\na,2020-01-01,5\na,,6\na,2020-01-02,\na,soon,7\na,2020-01-03,much\n"
    with open_tables(shop(lines)) as tables:
        assert tables.unread == 2
        assert {rule: tuple(map(str, lines)) for rule, lines in tables.examples.items()} == {
            "no readable date": ("row 2 blank", "row 4 'soon'"),
            "no readable amount": ("row 3 blank", "row 5 'much'"),
        }


# ── any lines at all ────────────────────────────────────────────────────────────────────────────────────

FIELDS = ["customer_id", "date", "amount", "order_id", "state"]
DAYS = {f"2020-01-0{n}": dt.date(2020, 1, n) for n in range(1, 6)} | {"2020-01-03 23:59": dt.date(2020, 1, 3)}
MONEY = {text: Decimal(text) for text in ("10", "-10", "3.5", "-3.5", "0", "0.00", "-0", "1e1", " 7 ", "-20")}
LINE = st.tuples(
    st.sampled_from(["", " ", "a", " a", "b", '<b>"', "客户"]),
    st.sampled_from([*DAYS, "", "2020-02-30", "soon"]),
    st.sampled_from([*MONEY, "", "x", "1,5", "NaN", "inf", "1e30"]),
    st.sampled_from(["", "1", "2", " 2"]),
    st.sampled_from(["", "", "void"]),
)


def naive(lines: list[tuple[str, ...]], unit: Unit) -> tuple[Counter[str], dict[Any, list[Any]]]:
    """The rules once more, line by line in plain Python: rows per rule, and customer × day → purchases."""
    out: Counter[str] = Counter()
    if unit.duplicates == "drop":
        out["exact duplicate"] = len(lines) - len(set(lines))
        lines = list(dict.fromkeys(lines))
    net, kept = unit.returns == "net", []
    for customer, day_text, money_text, order, state in lines:
        who, day, money = customer.strip(), DAYS.get(day_text), MONEY.get(money_text)
        if not who:
            out["no customer"] += 1
        elif day is None:
            out["no readable date"] += 1
        elif money is None:
            out["no readable amount"] += 1
        elif state == "void" and (money >= 0 or not net):
            out["cancelled order"] += 1
        elif unit.as_of and day > unit.as_of:
            out["after as_of"] += 1
        elif money == 0 and unit.zero_amounts == "drop":
            out["zero amount"] += 1
        elif money < 0 and not net:
            out["return"] += 1
        else:
            kept.append((who, day, money, order.strip()))
    orders = defaultdict(list)
    for who, _, money, order in kept:
        orders[who, order].append(money)
    table: dict[Any, list[Any]] = {}
    for who, day, money, order in kept:
        whole = orders[who, order]
        if order and min(whole) < 0 <= max(whole) and sum(whole) <= 0:
            out["order fully returned"] += 1
            continue
        row = table.setdefault((who, str(day)), [Decimal(0), Decimal(0), False])
        row[0] += money
        if money >= 0:
            row[1] += money
            row[2] = True
    return +out, table


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    lines=st.lists(LINE, min_size=1, max_size=30),
    returns=st.sampled_from(["net", "gross"]),
    duplicates=st.sampled_from(["drop", "keep"]),
    zero_amounts=st.sampled_from(["drop", "keep"]),
    as_of=st.sampled_from([None, "2020-01-03"]),
)
def test_any_lines_are_read_as_a_naive_reader_reads_them(
    lines: list[tuple[str, ...]], **choices: str | None
) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([FIELDS, *lines])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "params").mkdir()
        void = {"cancelled": {"state": "void"}, "date_format": "ymd", "decimal": "."}
        unit = write_unit(Path(folder), out.getvalue(), transactions=void, **choices)
        counts, expected = naive(lines, unit)
        if not any(bought for *_, bought in expected.values()):
            with pytest.raises(DataError):
                loaded(unit)
            return
        frame, ledger = loaded(unit)
    assert ledger.balances
    assert ledger.rows_in == len(lines)
    assert left_out(ledger) == counts
    assert {(who, day): rest for who, day, *rest in frame.values.tolist()} == expected
    assert ledger.amount_kept == sum(net for net, *_ in expected.values())
