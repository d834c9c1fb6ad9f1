"""Unit files that tests of `keepbook.unit` begin with, and the messages they compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from keepbook.errors import UnitFileError
from keepbook.unit import Unit, load_unit

SIMULATED = "unit: demo\ntransactions:\n  source: simulate\n"  # three lines: what follows begins in line 4

SMALL = """\
unit: demo
transactions: {source: simulate}
"""

SHOP = """\
# yaml-language-server: $schema=unit.schema.json
unit: demo
title: Shop
about: A shop that sells things.
currency: GBP
timezone: Europe/London
as_of: 2011-11-30
returns: gross
return_rule: bracket
brackets: [1, 2, 4]
retention_by: tier
alpha: 0.1
transactions:
  source:
    lines: data/*.parquet
    products: "package:shop/products.csv"
  query: SELECT * FROM lines JOIN products USING (sku)
  timezone: Asia/Shanghai
  columns: {customer_id: Customer ID, date: InvoiceDate, amount: Amount, order_id: Invoice}
  where:
    Country: ["NO", France]
    Day: {from: 2009-12-01, to: "2011-12-09"}
    Price: {from: 0.01}
  cancelled: {Invoice: {like: "C%"}}
  exclude:
    no product: {StockCode: [POST, DOT, M]}
    not a sale: {Kind: {not: sale}}
customers:
  source: "postgres://keeper:${SHOP_PASSWORD}@db/shop"
  table: customers
  columns: {customer_id: id, tier: level}
"""

TEXT_FILE = """\
unit: demo
transactions:
  source: package:lifetimes/datasets/CDNOW_master.txt
  format: text
  header: false
  names: [id, day, number, dollars]
  date_format: "%Y%m%d"
  columns: {customer_id: id, date: day, amount: dollars}
"""


class NoDays(yaml.SafeLoader):
    """YAML as papermill and JSON have it: days are text."""

    yaml_implicit_resolvers = {
        sign: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
        for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load(home: Path, content: str | bytes, name: str = "demo", **overrides: Any) -> Unit:
    content = content.encode() if isinstance(content, str) else content
    (home / "params" / f"{name}.yaml").write_bytes(content)
    return load_unit(name, home, **overrides)


def message(home: Path, content: str | bytes, **overrides: Any) -> str:
    with pytest.raises(UnitFileError) as error:
        load(home, content, **overrides)
    return str(error.value)


NAME = "letters, digits, _ and -, a letter or digit first, at most 64 signs, no name Windows reserves"
CONDITION = "a value, a list of values, {from: …, to: …}, {like: 'C%'} or {not: …}"
SOURCE = (
    "a path, package:NAME/path, duckdb:FILE, a database URL, simulate, or several of them by name for a query"
)


def told(what: str, where: str, expected: str | None = None, do: str | None = None) -> str:
    lines = [what, f"  where:    params/demo.yaml{where}"]
    lines += [f"  expected: {expected}"] if expected else []
    lines += [f"  do:       {do or 'Correct it in the unit file.'}"]
    return "\n".join(lines)
