"""`where` and `exclude` pick the lines they say, by text, number and day, whatever the kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from tables_data import Shop, left_out, loaded

from keepbook.tables import open_tables

ROWS = [  # customer, date, amount, shop, sku, flag, big
    ("a", "2020-01-01", "1", "North", "100", "true", "9007199254740993"),
    ("b", "2020-01-02", "2", "South", "85", "false", "9007199254740992"),
    ("c", "2020-01-03", "4", "NO", "1000", "true", "5"),
    ("d", "2020-01-04", "8", "", "POST", "false", "6"),
]
NAMES = ["customer_id", "date", "amount", "shop", "sku", "flag", "big"]


def write_rows(home: Path, kind: str) -> str:
    if kind == "csv":
        text = "\n".join(",".join(row) for row in [NAMES, *ROWS])
        (home / "rows.csv").write_text(text)
    elif kind == "txt":
        text = "\n".join("  ".join(value or "-" for value in row) for row in [NAMES, *ROWS])
        (home / "rows.txt").write_text(text)
    else:
        columns = dict(zip(NAMES, zip(*ROWS, strict=True), strict=True))
        table = pa.table(columns).to_pandas()
        table = table.assign(
            date=pd.to_datetime(table["date"]),
            amount=table["amount"].astype(float),
            shop=table["shop"].replace("", None),
            flag=table["flag"] == "true",
            big=table["big"].astype("int64"),
        )
        table.to_parquet(home / "rows.parquet")
    return f"rows.{kind}"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ({"shop": "NO"}, "c"),
        ({"shop": ["North", "South"]}, "ab"),
        ({"shop": {"like": "%o%"}}, "ab"),
        ({"shop": {"not": "South"}}, "acd"),
        ({"shop": {"not": ["South", "NO"]}}, "ad"),
        ({"sku": {"from": 90, "to": 1000}}, "ac"),  # as numbers: as text '85' would be above '1000'
        ({"sku": "100"}, "a"),
        ({"amount": {"from": 2}}, "bcd"),
        ({"amount": {"to": 2.5}}, "ab"),
        ({"amount": 4}, "c"),
        ({"flag": True}, "ac"),
        ({"big": 9007199254740993}, "a"),  # its neighbour is the same 64-bit float
        ({"shop": {"not": "South"}, "flag": True}, "ac"),
    ],
)
def test_where(shop: Shop, home: Path, kind: str, condition: dict[str, Any], who: str) -> None:
    source = {"source": write_rows(home, kind), "where": condition}
    frame, ledger = loaded(shop(transactions=source))
    assert "".join(frame["customer_id"]) == who
    assert ledger.rows_in == len(who)


@pytest.mark.parametrize("kind", ["csv", "txt", "parquet"])
@pytest.mark.parametrize(
    ("day", "who"),
    [
        ("2020-01-02", "acd"),
        ({"from": "2020-01-03"}, "ab"),
        ({"to": "2020-01-02"}, "cd"),
        ("2019-01-01", "abcd"),
    ],
)
def test_wrong_days_are_excluded_by_name(shop: Shop, home: Path, kind: str, day: Any, who: str) -> None:
    source = {"source": write_rows(home, kind), "exclude": {"wrong day": {"date": day}}}
    frame, ledger = loaded(shop(transactions=source))
    assert "".join(frame["customer_id"]) == who
    assert ledger.rows_in == 4
    assert left_out(ledger).get("wrong day", 0) == 4 - len(who)


def test_a_day_in_a_condition_is_read_like_the_dates_of_the_source(shop: Shop) -> None:
    lines = "customer_id,date,amount\na,01.01.1900,1\na,03.06.2020,2\n"
    source = {"date_format": "%d.%m.%Y", "exclude": {"placeholder": {"date": "1900-01-01"}}}
    assert left_out(loaded(shop(lines, transactions=source))[1]) == {"placeholder": 1}


def test_lines_of_others_and_buyers_nobody_knows_are_stated(shop: Shop) -> None:
    lines = "customer_id,date,amount,shop\na,2020-01-01,5,N\nb,2020-01-02,6,N\nc,2020-01-02,6,S\n"
    unit = shop(lines, transactions={"where": {"shop": "N"}}, customers="customer_id,tier\na,gold\n")
    with open_tables(unit) as tables:
        assert tuple(map(str, tables.stated[-2:])) == (
            "1 of 3 lines do not meet `where` and belong to no count below.",
            "1 of 2 buyers are in the customers table; 'b' is not.",
        )
