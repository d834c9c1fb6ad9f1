"""The customers table: who stands twice, lacks a column or never meets the purchases is told."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bad_input_data import COLUMNS, GOOD, HEAD, Shop, message, told

from keepbook.tables import open_tables

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
