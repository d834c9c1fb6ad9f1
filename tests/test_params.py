"""Unit files: what loads, in which order values win, and the exact message for each thing that is wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from keepbook.errors import UnitFileError
from keepbook.params import (
    Simulation,
    Unit,
    find_home,
    load_unit,
    resolve_secrets,
    unit_names,
    unit_schema,
)

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


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "params").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def _no_home_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEEPBOOK_HOME", raising=False)


def load(home: Path, content: str | bytes, name: str = "demo", **overrides: Any) -> Unit:
    content = content.encode() if isinstance(content, str) else content
    (home / "params" / f"{name}.yaml").write_bytes(content)
    return load_unit(name, home, **overrides)


def message(home: Path, content: str | bytes, **overrides: Any) -> str:
    with pytest.raises(UnitFileError) as error:
        load(home, content, **overrides)
    return str(error.value)


# ── what loads ──────────────────────────────────────────────────────────────────────────────────────────


def test_small_file_gets_the_documented_defaults(home: Path) -> None:
    unit = load(home, SMALL)
    assert unit.model_dump(exclude={"transactions"}) == {
        "unit": "demo",
        "title": "demo",
        "about": None,
        "currency": None,
        "timezone": "UTC",
        "as_of": None,
        "returns": "net",
        "duplicates": "drop",
        "zero_amounts": "drop",
        "cohort_period": "month",
        "clock": "calendar",
        "return_rule": "on",
        "brackets": None,
        "average": "pooled",
        "warm_up": 1,
        "warm_up_cohorts": "flag",
        "churn_after": 90,
        "retention_by": None,
        "horizon": 6,
        "alpha": 0.05,
        "seed": 1,
        "customers": None,
        "costs": None,
        "surveys": None,
        "interactions": None,
        "assignments": None,
    }
    assert unit.transactions.model_dump() == {
        "source": "simulate",
        "format": None,
        "table": None,
        "query": None,
        "header": True,
        "names": None,
        "date_format": None,
        "timezone": None,
        "columns": {},
        "where": {},
        "cancelled": None,
        "exclude": {},
        "simulate": None,
    }
    assert unit.transactions.simulation() == Simulation(
        customers=4000, start=dt.date(2023, 1, 1), days=730, seed=1
    )


def test_full_file(home: Path) -> None:
    unit = load(home, SHOP)
    assert (unit.title, unit.brackets, unit.alpha) == ("Shop", (1, 2, 4), 0.1)
    assert unit.as_of == dt.date(2011, 11, 30)
    assert unit.transactions.where == {
        "Country": ("NO", "France"),
        "Day": {"from": dt.date(2009, 12, 1), "to": dt.date(2011, 12, 9)},
        "Price": {"from": 0.01},
    }
    assert unit.transactions.cancelled == {"Invoice": {"like": "C%"}}
    assert unit.transactions.exclude["not a sale"] == {"Kind": {"not": "sale"}}
    assert list(unit.sources) == ["transactions", "customers"]
    assert list(unit.sources["transactions"].named_sources()) == ["lines", "products"]
    assert unit.customers is not None
    assert unit.customers.named_sources() == {"source": "postgres://keeper:${SHOP_PASSWORD}@db/shop"}


def test_unit_knows_its_file(home: Path) -> None:
    unit = load(home, SMALL)
    assert unit.path == (home / "params" / "demo.yaml").resolve()
    assert unit.home == home.resolve()
    assert unit.file_hash == hashlib.sha256(SMALL.encode()).hexdigest()
    assert unit.simulated
    assert not load(home, TEXT_FILE).simulated


def test_unit_cannot_be_changed(home: Path) -> None:
    unit = load(home, SMALL)
    with pytest.raises(ValidationError):
        unit.alpha = 0.2  # type: ignore[misc]


@pytest.mark.parametrize("written", ["2017-12-31", '"2017-12-31"', "'2017-12-31'"])
def test_day_with_and_without_quotes(home: Path, written: str) -> None:
    assert load(home, SMALL + f"as_of: {written}\n").as_of == dt.date(2017, 12, 31)


def test_byte_order_mark_and_windows_line_ends(home: Path) -> None:
    content = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()
    assert load(home, content).unit == "demo"


@pytest.mark.parametrize("name", ["cdnow", "2017", "2017-12-31", "deli_2", "客户", "café", "हिन्दी", "a" * 64])
def test_names_a_unit_may_have(home: Path, name: str) -> None:
    assert load(home, f"unit: '{name}'\ntransactions: {{source: simulate}}", name).unit == name


def test_name_is_found_however_the_file_system_spells_its_accents(home: Path) -> None:
    apart = unicodedata.normalize("NFD", "café")
    (home / "params" / f"{apart}.yaml").write_text("unit: café\ntransactions: {source: simulate}", "utf-8")
    assert unit_names(home) == ["café"]
    assert load_unit("café", home).unit == load_unit(apart, home).unit == "café"


# ── precedence: parameter, file, default ────────────────────────────────────────────────────────────────


def test_parameter_beats_file_and_file_beats_default(home: Path) -> None:
    file = SMALL + "cohort_period: quarter\nhorizon: 3\n"
    assert load(home, SMALL).cohort_period == "month"
    assert load(home, file).cohort_period == "quarter"
    unit = load(home, file, cohort_period="week")
    assert (unit.cohort_period, unit.horizon) == ("week", 3)


def test_none_means_as_the_file_says(home: Path) -> None:
    unit = load(home, SMALL + "horizon: 3\n", horizon=None, cohort_period=None, as_of=None)
    assert (unit.horizon, unit.cohort_period, unit.as_of) == (3, "month", None)


@pytest.mark.parametrize("value", ["2024-12-31", dt.date(2024, 12, 31)])
def test_day_as_parameter(home: Path, value: Any) -> None:
    assert load(home, SMALL + "as_of: 2020-01-01\n", as_of=value).as_of == dt.date(2024, 12, 31)


def test_list_as_parameter(home: Path) -> None:
    unit = load(home, SMALL, return_rule="bracket", brackets=[1, 3])
    assert unit.brackets == (1, 3)


def test_a_source_as_parameter_replaces_the_whole_source(home: Path) -> None:
    unit = load(home, TEXT_FILE, transactions={"source": "new.csv", "where": {"day": {"from": "2020-01-01"}}})
    assert unit.transactions.source == "new.csv"
    assert (unit.transactions.names, unit.transactions.columns) == (None, {})
    assert unit.transactions.where == {"day": {"from": dt.date(2020, 1, 1)}}


def test_every_key_as_parameter_says_what_the_file_says(home: Path) -> None:
    """This is what `papermill -f` does."""
    assert load(home, SHOP, **yaml.load(SHOP, NoDays)) == load(home, SHOP)


def test_a_parameter_mends_the_file(home: Path) -> None:
    assert load(home, SMALL + "horizon: 010\n", horizon=10).horizon == 10


def test_another_return_rule_leaves_the_brackets_of_the_file_behind(home: Path) -> None:
    assert load(home, SMALL + "return_rule: bracket\nbrackets: [1, 2]\n", return_rule="on").brackets is None


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────

NAME = "letters, digits, _ and -, a letter or digit first, at most 64 signs, no name Windows reserves"
CONDITION = "a value, a list of values, {from: …, to: …}, {like: 'C%'} or {not: …}"
SOURCE = (
    "a path, package:NAME/path, duckdb:FILE, a database URL, simulate, or several of them by name for a query"
)


def told(what: str, where: str, expected: str | None = None, do: str | None = None) -> str:
    lines = [what, f"  where:    params/demo.yaml{where}"]
    lines += [f"  expected: {expected}"] if expected else []
    lines += [f"  do:       {do}"] if do else []
    return "\n".join(lines)


SETTINGS = {
    "alpha: 5": told(
        "'alpha' cannot be the number 5.",
        ", line 4, alpha",
        "a number, above 0 and below 0.5",
        "Write 0.05 for 5 %.",
    ),
    "alpha: 1e-2": told(
        "'alpha' cannot be the text '1e-2'.",
        ", line 4, alpha",
        "a number, above 0 and below 0.5",
        "Write 0.01, without quotes.",
    ),
    "warm_up: -1": told(
        "'warm_up' cannot be the number -1.", ", line 4, warm_up", "a whole number, at least 0"
    ),
    "warm_up: true": told(
        "'warm_up' cannot be the truth value true.", ", line 4, warm_up", "a whole number, at least 0"
    ),
    "warm_up: 010": told(
        "'010' stands without quotes, and YAML reads it as the number 8.",
        ", line 4, warm_up",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "warm_up: 08": told(
        "'warm_up' cannot be the text '08'.",
        ", line 4, warm_up",
        "a whole number, at least 0",
        "Write 8, without quotes.",
    ),
    "churn_after: 1:30": told(
        "'1:30' stands without quotes, and YAML reads it as the number 90.",
        ", line 4, churn_after",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "alpha: 1.0e+999": told(
        "'1.0e+999' stands without quotes, and YAML reads it as a number.",
        ", line 4, alpha",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "alpha: .inf": told(
        "'.inf' stands without quotes, and YAML reads it as a number.",
        ", line 4, alpha",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "horizon: 61": told(
        "'horizon' cannot be the number 61.", ", line 4, horizon", "a whole number, at least 0 and at most 60"
    ),
    "seed: 1.0": told(
        "'seed' cannot be the number 1.0.",
        ", line 4, seed",
        "a whole number, at least 0",
        "Write 1, without decimals.",
    ),
    "seed: 999999999999999999999999": told(
        "The number is too large.",
        ", line 4, seed",
        "at most 18 digits",
    ),
    "seed: " + "9" * 5000 + "": told(
        f"'{'9' * 60}…' stands without quotes, and YAML reads it as a number.",
        ", line 4, seed",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "clock: roling": told(
        "'clock' cannot be the text 'roling'.",
        ", line 4, clock",
        "'calendar' or 'rolling'",
        "Did you mean 'rolling'?",
    ),
    "return_rule: on": told(
        "'on' stands without quotes, and YAML reads it as the truth value true.",
        ", line 4, return_rule",
        do="Put it in quotes if it is text, write true if it is a truth value.",
    ),
    "return_rule: bracket": told(
        "'return_rule' is 'bracket', but 'brackets' is missing.",
        ", brackets",
        "ascending whole numbers, each at least 1, such as [1, 2, 4, 8]",
        "Add the key brackets, or choose the return_rule 'on' or 'on_or_after'.",
    ),
    "brackets: [1, 2]": told(
        "'brackets' is given, but 'return_rule' is 'on'.",
        ", line 4, brackets",
        do="Remove brackets, or write return_rule: bracket.",
    ),
    "{return_rule: bracket}": told("A key has no ':' behind it.", ", line 4", do="Write key: value."),
    "title: 2017": told(
        "'title' cannot be the number 2017.", ", line 4, title", "text", "Put it in quotes: '2017'."
    ),
    "currency: usd": told(
        "'currency' cannot be the text 'usd'.", ", line 4, currency", "three capital letters such as USD"
    ),
    "timezone: Europe/Berlinn": told(
        "'timezone' cannot be the text 'Europe/Berlinn'.",
        ", line 4, timezone",
        "an IANA time zone such as UTC, Europe/Berlin or Asia/Shanghai",
        "Did you mean 'Europe/Berlin'?",
    ),
    "timezone: ../../etc/passwd": told(
        "'timezone' cannot be the text '../../etc/passwd'.",
        ", line 4, timezone",
        "an IANA time zone such as UTC, Europe/Berlin or Asia/Shanghai",
    ),
    "as_of: 2017-02-30": told(
        "'as_of' cannot be the text '2017-02-30'.", ", line 4, as_of", "a day such as 2017-12-31"
    ),
    "as_of: 31.12.2017": told(
        "'as_of' cannot be the text '31.12.2017'.", ", line 4, as_of", "a day such as 2017-12-31"
    ),
    "as_of: 2017-12-31 10:00:00": told(
        "'as_of' cannot be the text '2017-12-31 10:00:00'.", ", line 4, as_of", "a day such as 2017-12-31"
    ),
    "as_of: 20171231": told(
        "'as_of' cannot be the number 20171231.", ", line 4, as_of", "a day such as 2017-12-31"
    ),
    "alpha:": told("'alpha' cannot be empty.", ", line 4, alpha", "a number, above 0 and below 0.5"),
    "alpha: [0.05]": told("'alpha' cannot be a list.", ", line 4, alpha", "a number, above 0 and below 0.5"),
    "horison: 3": told("Unknown key 'horison'.", ", line 4, horison", do="Did you mean 'horizon'?"),
    "retention_by: tier": told(
        "'retention_by' is 'tier', but there is no customers table.",
        ", customers",
        do="Add the key customers, or remove retention_by.",
    ),
    "about: x\nabout: y": told(
        "'about' is given twice, first in line 4.", ", line 5, about", do="Keep one of them."
    ),
    "2017: x": told("'2017' cannot be a key.", ", line 4", "text", "Put it in quotes."),
    "? [a]\n: b": told("A list cannot be a key.", ", line 4", "text", "Put it in quotes."),
    'about: "a\\0b"': told(
        "'a\\x00b' holds the control character U+0000.", ", line 4, about", "text", "Delete it."
    ),
    "cohort_period: '" + "x" * 61 + "'": told(
        f"'cohort_period' cannot be the text '{'x' * 60}…'.",
        ", line 4, cohort_period",
        "'week' or 'month' or 'quarter'",
    ),
    'clock: "a\\n<script>\'\\u202e"': told(
        "'clock' cannot be the text \"a\\n<script>'\\u202e\".",
        ", line 4, clock",
        "'calendar' or 'rolling'",
    ),
}


@pytest.mark.parametrize("line", SETTINGS)
def test_wrong_setting(home: Path, line: str) -> None:
    assert message(home, SIMULATED + line + "\n") == SETTINGS[line]


@pytest.mark.parametrize(
    ("brackets", "expected"),
    [
        ("[2, 1]", "ascending whole numbers, each at least 1, such as [1, 2, 4, 8]"),
        ("[1, 1]", "ascending whole numbers, each at least 1, such as [1, 2, 4, 8]"),
    ],
)
def test_brackets_out_of_order(home: Path, brackets: str, expected: str) -> None:
    text = SIMULATED + f"return_rule: bracket\nbrackets: {brackets}\n"
    assert message(home, text) == told("'brackets' cannot be a list.", ", line 5, brackets", expected)


def test_item_of_a_list(home: Path) -> None:
    text = SIMULATED + "return_rule: bracket\nbrackets:\n  - 1\n  - two\n"
    assert message(home, text) == told(
        "Item 2 of 'brackets' cannot be the text 'two'.",
        ", line 7, brackets item 2",
        "a whole number, at least 1",
    )


FILES: dict[str | bytes, str] = {
    "": told("The file is empty.", "", "at least the keys unit and transactions"),
    "# nothing yet\n": told("The file is empty.", "", "at least the keys unit and transactions"),
    "- unit: demo\n": told("The file holds no keys.", ", line 1", "lines such as unit: demo"),
    "just text": told("The file holds no keys.", ", line 1", "lines such as unit: demo"),
    b"unit: demo\nabout: caf\xe9\n": told(
        "The file is not UTF-8 text.", ", line 2", "UTF-8", "Save it as UTF-8."
    ),
    "unit: demo\nabout: a\x01b\n": told(
        "The file holds the control character U+0001.", ", line 2", "text", "Delete it."
    ),
    b"x" * 300_000: told(
        "The file is larger than 256 KB.", "", "a unit file", "Is it a data file by mistake?"
    ),
    "unit: demo\ntransactions:\n\tsource: simulate\n": told(
        "A tab stands where only spaces may.", ", line 3", do="Replace tabs by spaces."
    ),
    "unit: demo\nabout: now: here\n": told(
        "A ':' stands where none may.", ", line 2", do="Align keys; put text that holds ': ' in quotes."
    ),
    'unit: "demo\n': told("A quote is opened and never closed.", ", line 1", do="Close it, or double it."),
    "unit: [demo\n": told("A '[' has no ']', or a comma is missing.", ", line 1", do="Write [a, b]."),
    "unit: {a: b\n": told("A '{' has no '}', or a comma is missing.", ", line 1", do="Write {a: 1, b: 2}."),
    "unit: demo\nabout: @home\n": told(
        "Text begins with a sign that YAML keeps for itself.", ", line 2", do="Put it in quotes."
    ),
    'unit: "C:\\data"\n': told(
        "In double quotes a backslash has a meaning of its own.", ", line 1", do="Use single quotes or '/'."
    ),
    'unit: "\\UFFFFFFFF"\n': told(
        "In double quotes a backslash has a meaning of its own.", ", line 1", do="Use single quotes or '/'."
    ),
    "unit: demo\n---\nunit: demo\n": told(
        "A second document begins ('---').", ", line 2", do="Keep one unit per file."
    ),
    "unit: demo\nabout: &x [a]\n": told(
        "The file uses a YAML anchor (&) or alias (*).",
        ", line 2",
        "values written out",
        "Repeat the value, or put text that begins with & or * in quotes.",
    ),
    "unit: demo\nabout: *x\n": told(
        "The file uses a YAML anchor (&) or alias (*).",
        ", line 2",
        "values written out",
        "Repeat the value, or put text that begins with & or * in quotes.",
    ),
    "unit: !!python/object/apply:os.getcwd []\n": told(
        "The file uses a YAML tag (!).", ", line 1", "plain values", "Put text in quotes."
    ),
    "unit: " + "[" * 50_000: told("Keys and lists are nested too deeply.", ", line 1", "at most 20 levels"),
    "unit: NO\ntransactions: {source: simulate}\n": told(
        "'NO' stands without quotes, and YAML reads it as the truth value false.",
        ", line 1, unit",
        do="Put it in quotes if it is text, write false if it is a truth value.",
    ),
    "unit: 2017\ntransactions: {source: simulate}\n": told(
        "'unit' cannot be the number 2017.", ", line 1, unit", NAME, "Put it in quotes: '2017'."
    ),
    "unit: ../demo\ntransactions: {source: simulate}\n": told(
        "'unit' cannot be the text '../demo'.", ", line 1, unit", NAME
    ),
    "unit: cdnow\ntransactions: {source: simulate}\n": told(
        "'unit' is 'cdnow', but the file is called demo.yaml.",
        ", line 1, unit",
        do="Write unit: demo, or rename the file.",
    ),
    "transactions: {source: simulate}\n": told("'unit' is missing.", ", unit", NAME, "Add the key unit."),
    "unit: demo\n": told(
        "'transactions' is missing.",
        ", transactions",
        "a block of keys and values",
        "Add the key transactions.",
    ),
    "unit: demo\ntransactions: sales.csv\n": told(
        "'transactions' cannot be the text 'sales.csv'.",
        ", line 2, transactions",
        "a block of keys and values",
        "Put it under the key source: 'sales.csv'.",
    ),
}


@pytest.mark.parametrize("content", FILES, ids=lambda content: repr(content)[:40])
def test_wrong_file(home: Path, content: str | bytes) -> None:
    assert message(home, content) == FILES[content]


SOURCES = {  # in line 4, below source: sales.csv in line 3
    "format: excel": told(
        "'format' cannot be the text 'excel'.",
        ", line 4, transactions.format",
        "'csv' or 'text' or 'parquet'",
    ),
    "header: yes": told(
        "'yes' stands without quotes, and YAML reads it as the truth value true.",
        ", line 4, transactions.header",
        do="Put it in quotes if it is text, write true if it is a truth value.",
    ),
    "header: 'true'": told(
        "'header' cannot be the text 'true'.",
        ", line 4, transactions.header",
        "true or false",
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
        "a strptime pattern such as %Y%m%d or %d.%m.%Y",
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
        do="Known: amount, category, channel, cost, customer_id, date, order_id.",
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
    fixed = "assignments: {source: a.csv, columns: {tier: Level}}\n"
    assert message(home, SMALL + fixed) == told(
        "Unknown key 'tier'.",
        ", line 3, assignments.columns.tier",
        do="Known: assigned_at, cluster, customer_id, experiment, variant.",
    )


def test_everything_wrong_is_told_at_once(home: Path) -> None:
    text = "unit: demo\nhorison: 3\nwarm_up: 010\nwarm_up: 2\n"
    text += "transactions:\n  source: a.csv\n  columns: {dat: x}\n"
    assert message(home, text, alpha=5) == (
        "'alpha' cannot be the number 5.\n"
        "  where:    parameter alpha of unit 'demo'\n"
        "  expected: a number, above 0 and below 0.5\n"
        "  do:       Write 0.05 for 5 %.\n"
        "  also:     line 2, horison: Unknown key 'horison'. Did you mean 'horizon'?\n"
        "  also:     line 3, warm_up: '010' stands without quotes, and YAML reads it as the number 8. "
        "Put it in quotes if it is text, write plain digits if it is a number.\n"
        "  also:     line 4, warm_up: 'warm_up' is given twice, first in line 3. Keep one of them.\n"
        "  also:     line 7, transactions.columns.dat: Unknown key 'dat'. Did you mean 'date'?"
    )


def test_ten_faults_are_told_and_the_rest_counted(home: Path) -> None:
    text = SIMULATED + "".join(f"columns{i}: 1\n" for i in range(13))
    lines = message(home, text).splitlines()
    assert lines[0] == "Unknown key 'columns0'."
    assert [line.split(":")[1].strip() for line in lines if "also" in line][:-1] == [
        f"line {5 + i}, columns{1 + i}" for i in range(9)
    ]
    assert lines[-1] == "  also:     and 3 more"


# ── parameters ──────────────────────────────────────────────────────────────────────────────────────────

PARAMETERS: list[tuple[dict[str, Any], str]] = [
    (
        {"horison": 3},
        "Unknown key 'horison'.\n"
        "  where:    parameter horison of unit 'demo'\n"
        "  do:       Did you mean 'horizon'?",
    ),
    (
        {"alpha": "0.1"},
        "'alpha' cannot be the text '0.1'.\n"
        "  where:    parameter alpha of unit 'demo'\n"
        "  expected: a number, above 0 and below 0.5\n"
        "  do:       Write 0.1, without quotes.",
    ),
    (
        {"return_rule": True},
        "'return_rule' cannot be the truth value true.\n"
        "  where:    parameter return_rule of unit 'demo'\n"
        "  expected: 'on' or 'on_or_after' or 'bracket'\n"
        "  do:       Put it in quotes: YAML takes on, off, yes and no for truth values.",
    ),
    (
        {"as_of": dt.datetime(2024, 12, 31, 10)},
        "'as_of' cannot be the text '2024-12-31T10:00:00'.\n"
        "  where:    parameter as_of of unit 'demo'\n"
        "  expected: a day such as 2017-12-31",
    ),
    (
        {"horizon": 10**5000},
        "The number is too large.\n"
        "  where:    parameter horizon of unit 'demo'\n"
        "  expected: at most 18 digits",
    ),
    (
        {"alpha": float("nan")},
        "'alpha' cannot be the number nan.\n"
        "  where:    parameter alpha of unit 'demo'\n"
        "  expected: a finite number",
    ),
    (
        {"title": object()},
        "'title' cannot be a value of type object.\n"
        "  where:    parameter title of unit 'demo'\n"
        "  expected: text",
    ),
    (
        {"transactions": {"source": "a.csv", 10**5000: 2}},
        "A key cannot be a very large number.\n"
        "  where:    parameter transactions of unit 'demo'\n"
        "  expected: text\n"
        "  do:       Put it in quotes.",
    ),
    (
        {"unit": "cdnow"},
        "'unit' is 'cdnow', but the file is called demo.yaml.\n"
        "  where:    parameter unit of unit 'demo'\n"
        "  do:       Write unit: demo, or rename the file.",
    ),
]


@pytest.mark.parametrize(
    ("overrides", "expected"), PARAMETERS, ids=[next(iter(overrides)) for overrides, _ in PARAMETERS]
)
def test_wrong_parameter(home: Path, overrides: dict[str, Any], expected: str) -> None:
    assert message(home, SIMULATED, **overrides) == expected


def test_a_condition_that_holds_itself(home: Path) -> None:
    endless: dict[str, Any] = {}
    endless["not"] = endless
    told = message(home, SIMULATED, transactions={"source": "a.csv", "where": {"a": endless}})
    assert told.startswith("Keys and lists are nested too deeply.\n")


# ── finding units ───────────────────────────────────────────────────────────────────────────────────────


def test_unit_names(home: Path) -> None:
    for name in ("b.yaml", "a.yml", "unit.schema.json", ".hidden.yaml", "notes.txt"):
        (home / "params" / name).touch()
    (home / "params" / "folder.yaml").mkdir()
    assert unit_names(home) == ["a", "b"]


def absent(name: Any, home: Path) -> str:
    with pytest.raises(UnitFileError) as error:
        load_unit(name, home)
    return str(error.value)


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "a\\b", "", ".", "-a", "_a", "a b", "CON", "lpt1", "a" * 65, "a\n"]
)
def test_names_no_unit_may_have(home: Path, name: str) -> None:
    (home / "x.yaml").write_text("unit: x\ntransactions: {source: simulate}")
    shown = repr(name if len(name) <= 60 else name[:60] + "…")
    assert absent(name, home) == (
        f"'unit' cannot be the text {shown}.\n  where:    parameter unit\n  expected: {NAME}"
    )


def test_name_that_is_no_text(home: Path) -> None:
    assert absent(False, home).splitlines()[0] == "'unit' cannot be the truth value false."


def test_absent_unit(home: Path) -> None:
    assert absent("demo", home) == (
        "There is no unit 'demo'.\n"
        f"  where:    {home.resolve()}/params\n"
        "  expected: a file params/demo.yaml; there is no unit yet\n"
        "  do:       Correct the name, or write params/demo.yaml."
    )
    for name in ("demo", "cdnow"):
        (home / "params" / f"{name}.yaml").touch()
    assert absent("demoo", home) == (
        "There is no unit 'demoo'.\n"
        f"  where:    {home.resolve()}/params\n"
        "  expected: one of cdnow, demo\n"
        "  do:       Did you mean 'demo'?"
    )


def test_unit_with_two_files(home: Path) -> None:
    for suffix in ("yaml", "yml"):
        (home / "params" / f"demo.{suffix}").write_text(SMALL)
    assert absent("demo", home) == (
        "The unit 'demo' has two files.\n"
        "  where:    params/demo.yaml and params/demo.yml\n"
        "  do:       Keep one of them."
    )


def test_home_is_the_nearest_folder_above_with_params(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = home / "notebooks" / "deep"
    deep.mkdir(parents=True)
    assert find_home(deep) == home.resolve()
    monkeypatch.chdir(deep)
    assert find_home() == home.resolve()


def test_python_package_called_params_is_no_home(home: Path) -> None:
    package = home / "lib" / "keepbook" / "params"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    assert find_home(package.parent) == home.resolve()


def test_home_from_the_environment(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPBOOK_HOME", str(home))
    assert find_home(Path("/")) == home.resolve()
    monkeypatch.setenv("KEEPBOOK_HOME", "/nowhere")
    with pytest.raises(UnitFileError) as error:
        find_home(home)
    assert str(error.value) == (
        "KEEPBOOK_HOME is '/nowhere', where there is no folder params/.\n"
        "  expected: a folder that holds params/\n"
        "  do:       Correct KEEPBOOK_HOME, or unset it."
    )


def test_no_home(tmp_path: Path) -> None:
    with pytest.raises(UnitFileError) as error:
        find_home(tmp_path)
    assert str(error.value) == (
        "No folder params/ was found.\n"
        f"  where:    {tmp_path.resolve()} and the folders above it\n"
        "  do:       Go to the project folder, or set KEEPBOOK_HOME to it."
    )


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────────────

URL = "postgres://keeper:${SHOP_PASSWORD}@db/shop"


def test_secret_is_resolved_only_on_request(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hunter2")
    unit = load(home, f'unit: demo\ntransactions: {{source: "{URL}", table: sales}}\n')
    assert resolve_secrets(URL, where="here") == "postgres://keeper:hunter2@db/shop"
    for text in (repr(unit), str(unit), str(unit.model_dump()), unit.model_dump_json(), repr(unit.sources)):
        assert "SHOP_PASSWORD" in text
        assert "hunter2" not in text


@pytest.mark.parametrize("value", [None, ""])
def test_environment_variable_is_missing(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    if value is not None:
        monkeypatch.setenv("SHOP_PASSWORD", value)
    with pytest.raises(UnitFileError) as error:
        resolve_secrets(URL, where="demo.yaml, transactions")
    assert str(error.value) == (
        "The environment variable SHOP_PASSWORD is not set.\n"
        "  where:    demo.yaml, transactions\n"
        "  expected: its value, which takes the place of ${SHOP_PASSWORD}\n"
        "  do:       Set SHOP_PASSWORD in the shell that starts Keepbook or JupyterLab."
    )


@pytest.mark.parametrize("text", ["${}", "${my-var}", "${A", "${1}"])
def test_placeholder_that_names_no_variable(text: str) -> None:
    with pytest.raises(UnitFileError) as error:
        resolve_secrets(f"x://{text}", where="here")
    assert str(error.value) == (
        f"'{text}' names no environment variable.\n"
        "  where:    here\n"
        "  expected: ${NAME}, of letters, digits and _"
    )


def test_text_without_placeholders_stays() -> None:
    assert resolve_secrets("data/$x/{a}.csv", where="here") == "data/$x/{a}.csv"


@pytest.mark.parametrize(
    "source",
    [
        "postgres://keeper:hunter2@db/shop",
        "postgres://keeper:hun@ter2/hunter2@db/shop",
        "postgres://keeper:${A}hunter2@db/shop",
        "postgres://db/shop?user=keeper&password=hunter2",
    ],
)
def test_password_written_out_is_refused_and_not_repeated(home: Path, source: str) -> None:
    expected = told(
        "A password is written out in the source.",
        ", line 2, transactions.source",
        "the name of an environment variable instead, such as ${DB_PASSWORD}",
        "Set that variable, write its name, and change the password if this file was shared.",
    )
    assert message(home, f'unit: demo\ntransactions: {{source: "{source}", table: t}}\n') == expected
    named = f'unit: demo\ntransactions: {{source: {{a: "{source}"}}, query: SELECT 1}}\n'
    assert message(home, named) == expected


@pytest.mark.parametrize(
    "line",
    [
        "transactions: {source: a.csv, format: '%s'}",
        "transactions: {source: a.csv, '%s': 1}",
        "transactions: {source: ['%s']}",
        "transactions: '%s'",
        "timezone: '%s'",
        "'%s': x",
        "'%s': x\n'%s': y",
        "transactions: {source: a.csv, columns: {date: '%s', amount: '%s'}}",
        "transactions: {source: a.csv, names: ['%s', b], columns: {date: '%s'}}",
        "transactions: {source: a.csv, exclude: {'%s': 3}}",
        "transactions: {source: a.csv, where: {'%s': {'%s': 3}}}",
        "clock: %s '",
        "retention_by: '%s'",
    ],
)
def test_password_in_the_wrong_place_is_not_repeated(home: Path, line: str) -> None:
    """Long enough that cutting the value would cut the @ off, by which a password is known."""
    url = "postgres://keeper:hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2@db/shop"
    assert "hunter2" not in message(home, f"unit: demo\n{line.replace('%s', url)}\n")


# ── schema ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    Draft202012Validator.check_schema(unit_schema())
    return Draft202012Validator(unit_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, NoDays)))


@pytest.mark.parametrize("text", [SMALL, SHOP, TEXT_FILE, SMALL + "title:\nas_of:\ncustomers:\n"])
def test_schema_accepts_what_loads(schema: Draft202012Validator, home: Path, text: str) -> None:
    assert load(home, text)
    assert [error.message for error in schema.iter_errors(as_json(text))] == []


NOT_IN_THE_SCHEMA = {
    "seed: 1.0",  # JSON knows no difference between 1 and 1.0
    "timezone: Europe/Berlinn",  # nor all time zones
    "timezone: ../../etc/passwd",
    "retention_by: tier",  # nor conditions across tables
    'about: "a\\0b"',
    "seed: 999999999999999999999999",
    "seed: " + "9" * 5000,
    "warm_up: 010",  # nor how YAML reads what it never sees
    "churn_after: 1:30",
    "about: x\nabout: y",
    "? [a]\n: b",
    "{return_rule: bracket}",
}


@pytest.mark.parametrize("line", sorted(SETTINGS.keys() - NOT_IN_THE_SCHEMA))
def test_schema_refuses_wrong_settings(schema: Draft202012Validator, line: str) -> None:
    assert not schema.is_valid(as_json(SIMULATED + line))


@pytest.mark.parametrize(
    "line",
    [
        "format: excel",
        "header: 'true'",
        "date_format: yyyy-mm-dd",
        "columns: {date: }",
        "columns: {custmer_id: id}",
        "where: {shop: []}",
        "where: {shop: }",
        "where: {shop: {}}",
        "where: {day: {form: 2020-01-01}}",
        "where: {day: {from: 2020-01-01, like: x}}",
        "where: {code: {like: 3}}",
        "where: {code: {not: {like: 3}}}",
        "exclude: {postage: POST}",
    ],
)
def test_schema_refuses_wrong_source_settings(schema: Draft202012Validator, line: str) -> None:
    assert schema.is_valid(as_json("unit: demo\ntransactions:\n  source: sales.csv\n"))
    assert not schema.is_valid(as_json(f"unit: demo\ntransactions:\n  source: sales.csv\n  {line}\n"))


def blocks(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from blocks(child)


def test_schema_helps_with_every_key() -> None:
    schema = unit_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for name, block in {"": schema, **schema["$defs"]}.items():
        assert name == "Condition" or block["additionalProperties"] is False
        for key, field in block.get("properties", {}).items():
            assert field.get("description"), f"{name}.{key}"
            assert field.get("title") or "$ref" in field, f"{name}.{key}"


# ── whatever comes in ───────────────────────────────────────────────────────────────────────────────────

KEYS = st.sampled_from(sorted(Unit.model_fields)) | st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.datetimes()
    | st.sampled_from(["on", "NO", "010", "bracket", "simulate", "UTC", "x://a:b@c", "${X}"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["source", "columns", "where", "from", "not", "like", "a"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("scratch")
    (home / "params").mkdir()
    return home


def loads_or_says_why(home: Path, content: bytes, **overrides: Any) -> None:
    try:
        unit = load(home, content, **overrides)
    except UnitFileError as error:
        assert error.what and error.where
        assert "pydantic" not in str(error) and "Traceback" not in str(error)
    else:
        assert unit.unit == "demo"


@settings(max_examples=200, deadline=None)
@given(values=st.dictionaries(KEYS, SCALARS, max_size=6))
def test_any_flat_mapping(scratch: Path, values: dict[str, Any]) -> None:
    content = yaml.safe_dump(values, allow_unicode=True).encode("utf-8", "surrogatepass")
    loads_or_says_why(scratch, content)


@settings(max_examples=200, deadline=None)
@given(values=st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_mapping_beside_what_is_needed(scratch: Path, values: dict[str, Any]) -> None:
    values = {"unit": "demo", "transactions": {"source": "simulate"}} | values
    loads_or_says_why(scratch, yaml.safe_dump(values).encode())


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass"))
)
@example(b"%YAML " + b"9" * 5000 + b".1\n---\na: 1")
@example(b"? ? ? ? a")
def test_any_content(scratch: Path, content: bytes) -> None:
    loads_or_says_why(scratch, content)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="unit: demo\ntransactions{}[],&*!|>'\"#%@`-?\t\\0x1.~<=", max_size=60))
def test_any_yaml_like_text(scratch: Path, text: str) -> None:
    loads_or_says_why(scratch, text.encode())


@settings(max_examples=200, deadline=None)
@given(
    values=st.dictionaries(
        KEYS.filter(lambda key: key not in ("name", "home", "content")), VALUES, max_size=4
    )
)
def test_any_parameters(scratch: Path, values: dict[str, Any]) -> None:
    loads_or_says_why(scratch, SMALL.encode(), **values)


def test_import_needs_neither_engine_nor_notebook() -> None:
    code = "import keepbook.params, sys; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"pandas", "numpy", "ibis", "duckdb", "papermill", "jsonschema", "matplotlib", "IPython"}
    assert not heavy & set(modules)
