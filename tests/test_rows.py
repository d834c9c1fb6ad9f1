"""Rows show themselves, escaped and counted; they are chosen as a unit file chooses, and saved safely."""

from __future__ import annotations

import datetime as dt
import doctest
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pytest

from keepbook.errors import DataError, KeepbookError
from keepbook.tables import Rows, rows

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d"],
        "region": ["north", "south", "north", None],
        "any_channel": ["app + web", "web", None, "store"],
        "p_alive": [0.9, 0.2, 0.04, 0.3],
        "clv": [10.0, 1234.5, 70.0, None],
        "since": [dt.date(2024, 1, 31), dt.date(2024, 2, 1), dt.date(2024, 3, 1), dt.date(2024, 4, 1)],
    }
)


@pytest.fixture
def customers() -> Rows:
    return Rows(ibis.memtable(CUSTOMERS), ranked_by="clv")


def who(found: Rows) -> str:
    return "".join(found.to_pandas()["customer_id"])


def test_examples_run() -> None:
    assert doctest.testmod(rows).failed == 0


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"region": "north"}, "ac"),
        ({"region": {"not": "north"}}, "bd"),  # who has none is not in the north
        ({"region": "north", "p_alive": {"to": 0.3}}, "c"),
        ({"p_alive": {"from": 0.2, "to": 0.3}}, "bd"),
        ({"region": ["north", "south"]}, "abc"),
        ({"region": {"like": "s%"}}, "b"),
        ({"any_channel": "web"}, "ab"),
        ({"any_channel": {"not": "web"}}, "cd"),
        ({"since": {"from": "2024-02-01", "to": "2024-03-01"}}, "bc"),
        ({"customer_id": "d"}, "d"),
        ({}, "abcd"),
    ],
)
def test_filter(customers: Rows, conditions: dict[str, Any], expected: str) -> None:
    found = customers.filter(**conditions)
    assert who(found.sort("customer_id")) == expected
    assert len(found) == len(expected) and len(customers) == 4


def test_sort_and_top(customers: Rows) -> None:
    assert who(customers.sort("clv")) == "acbd"  # who has none stands last, either way
    assert who(customers.sort("clv", descending=True)) == "bcad"
    assert who(customers.top(2)) == "bc"
    assert who(customers.top(2, region="north")) == "ca"
    assert who(customers.top(1, by="p_alive")) == "a"


def test_what_is_shown(customers: Rows) -> None:
    html = customers._repr_html_()
    assert "<th>customer_id</th>" in html and "<td>1,234.50</td>" in html and "<td>0.04</td>" in html
    assert html.endswith("<p>4 rows</p>") and html.count("<tr>") == 5
    many = Rows(ibis.memtable({"n": range(1200)}))
    assert many._repr_html_().count("<tr>") == 21
    assert many._repr_html_().endswith("<p>1,200 rows, the first 20 shown</p>")
    assert Rows(ibis.memtable({"n": range(20)}))._repr_html_().endswith("<p>20 rows</p>")
    assert repr(customers).splitlines()[-1] == "4 rows"


def test_what_data_hold_is_escaped() -> None:
    hostile = Rows(ibis.memtable({"<b>": ["<script>alert(1)</script>", "\u202eabc"]}))
    html = hostile._repr_html_()
    assert "<script>" not in html and "<b>" not in html and "&lt;script&gt;" in html and "\u202e" not in html


def test_files(customers: Rows, tmp_path: Path) -> None:
    sorted_ = customers.sort("customer_id")
    path = sorted_.to_csv(tmp_path / "out" / "list.csv")
    assert path.read_bytes().startswith(
        b"customer_id,region,any_channel,p_alive,clv,since\na,north,app + web,0.9,"
    )
    whole = ibis.read_parquet(sorted_.to_parquet(tmp_path / "list.parquet"))
    pd.testing.assert_frame_equal(whole.to_pandas(), sorted_.to_pandas())


def test_a_column_that_is_not_there(customers: Rows) -> None:
    for call in (lambda: customers.filter(regoin="north"), lambda: customers.sort("regoin")):
        with pytest.raises(DataError) as error:
            call()
        assert (error.value.what, error.value.expected) == (
            "There is no column 'regoin'.",
            "did you mean 'region'?",
        )


@pytest.mark.parametrize(
    ("condition", "what"),
    [
        ({"above": 3}, "Unknown key 'above'."),
        ({"from": 3, "to": 1}, "The range is empty: 'from' is above 'to'."),
        ([], "'clv' cannot be an empty list."),
        (None, "'clv' cannot be empty."),
    ],
)
def test_a_condition_that_is_none(customers: Rows, condition: Any, what: str) -> None:
    with pytest.raises(KeepbookError) as error:
        customers.filter(clv=condition)
    assert error.value.what == what and error.value.do


def test_text_compared_with_a_number(customers: Rows) -> None:
    with pytest.raises(DataError) as error:
        customers.filter(region={"from": 3})
    assert (
        error.value.what
        == "The column 'region' of the table holds 'north', which the filter compares with 3."
    )


def test_a_table_ranked_by_nothing() -> None:
    with pytest.raises(DataError, match="ranked by no column"):
        Rows(ibis.memtable({"n": [1]})).top(1)
