"""Unit files: the exact message for each thing that is wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from unit_files import CONDITION, NAME, SIMULATED, SMALL, SOURCE, load, message, told

RATE = "a yearly share, at least 0 and below 1: 10 % is 0.10"
MARGIN = "a share of revenue, above 0 and at most 1: 30 % is 0.30"
PRIOR = "lines such as r: {median: 0.5, log_sd: 1}"
OPINION = "{median: …, log_sd: …}: about two thirds lie within a factor e^log_sd of the median"

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
        "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7",
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
    "discount_rate: 10": told(
        "'discount_rate' cannot be the number 10.", ", line 4, discount_rate", RATE, "Write 0.1 for 10 %."
    ),
    "discount_rate: 1": told(
        "'discount_rate' cannot be the number 1.", ", line 4, discount_rate", RATE, "Write 0.01 for 1 %."
    ),
    "discount_rate: 8.5": told(
        "'discount_rate' cannot be the number 8.5.", ", line 4, discount_rate", RATE, "Write 0.085 for 8.5 %."
    ),
    "discount_rate: 10 %": told(
        "'discount_rate' cannot be the text '10 %'.", ", line 4, discount_rate", RATE, "Write 0.1 for 10 %."
    ),
    "discount_rate: ten %": told(
        "'discount_rate' cannot be the text 'ten %'.", ", line 4, discount_rate", RATE
    ),
    "discount_rate: 0,10": told(
        "'discount_rate' cannot be the text '0,10'.",
        ", line 4, discount_rate",
        RATE,
        "Write 0.10, with a point.",
    ),
    "discount_rate: -0.1": told(
        "'discount_rate' cannot be the number -0.1.", ", line 4, discount_rate", RATE
    ),
    "discount_rate: .nan": told(
        "'.nan' stands without quotes, and YAML reads it as a number.",
        ", line 4, discount_rate",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "discount_rate: 1e-1": told(
        "'discount_rate' cannot be the text '1e-1'.",
        ", line 4, discount_rate",
        RATE,
        "Write 0.1, without quotes.",
    ),
    "discount_rate:": told("'discount_rate' cannot be empty.", ", line 4, discount_rate", RATE),
    "discount_rate: no": told(
        "'no' stands without quotes, and YAML reads it as the truth value false.",
        ", line 4, discount_rate",
        do="Put it in quotes if it is text, write false if it is a truth value.",
    ),
    "margin: 30": told(
        "'margin' cannot be the number 30.", ", line 4, margin", MARGIN, "Write 0.3 for 30 %."
    ),
    "margin: 30%": told(
        "'margin' cannot be the text '30%'.", ", line 4, margin", MARGIN, "Write 0.3 for 30 %."
    ),
    "margin: 0": told("'margin' cannot be the number 0.", ", line 4, margin", MARGIN),
    "margin: -0.3": told("'margin' cannot be the number -0.3.", ", line 4, margin", MARGIN),
    "margin: 150": told("'margin' cannot be the number 150.", ", line 4, margin", MARGIN),
    "value_months: 0": told(
        "'value_months' cannot be the number 0.",
        ", line 4, value_months",
        "a whole number, at least 1 and at most 60",
    ),
    "value_months: 61": told(
        "'value_months' cannot be the number 61.",
        ", line 4, value_months",
        "a whole number, at least 1 and at most 60",
    ),
    "value_months: 1.5": told(
        "'value_months' cannot be the number 1.5.",
        ", line 4, value_months",
        "a whole number, at least 1 and at most 60",
    ),
    "value_months: 012": told(
        "'012' stands without quotes, and YAML reads it as the number 10.",
        ", line 4, value_months",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "time_unit: month": told(
        "'time_unit' cannot be the text 'month'.", ", line 4, time_unit", "'day' or 'week'"
    ),
    "time_unit: Weeks": told(
        "'time_unit' cannot be the text 'Weeks'.",
        ", line 4, time_unit",
        "'day' or 'week'",
        "Did you mean 'week'?",
    ),
    "model: BG/NBD": told(
        "'model' cannot be the text 'BG/NBD'.",
        ", line 4, model",
        "'auto' or 'bg_nbd' or 'mbg_nbd' or 'pareto_nbd'",
        "Did you mean 'bg_nbd'?",
    ),
    "prior: [r]": told("'prior' cannot be a list.", ", line 4, prior", PRIOR),
    "prior: 3": told("'prior' cannot be the number 3.", ", line 4, prior", PRIOR),
    "prior: {r: 0.5}": told("'r' cannot be the number 0.5.", ", line 4, prior.r", OPINION),
    "prior: {r: }": told("'r' cannot be empty.", ", line 4, prior.r", OPINION),
    "prior: {r: {median: 0, log_sd: 1}}": told(
        "'median' cannot be the number 0.", ", line 4, prior.r.median", "a number, above 0"
    ),
    "prior: {r: {median: 1, log_sd: -1}}": told(
        "'log_sd' cannot be the number -1.", ", line 4, prior.r.log_sd", "a number, above 0"
    ),
    "prior: {r: {median: 1}}": told(
        "'log_sd' is missing.", ", line 4, prior.r.log_sd", "a number, above 0", "Add the key log_sd."
    ),
    "prior: {r: {median: 1, log_sd: 1, sd: 1}}": told(
        "Unknown key 'sd'.", ", line 4, prior.r.sd", do="Known: log_sd, median."
    ),
    "prior: {r: {median: 1, log_sd: .nan}}": told(
        "'.nan' stands without quotes, and YAML reads it as a number.",
        ", line 4, prior.r.log_sd",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "prior: {alhpa: {median: 1, log_sd: 1}}": told(
        "Unknown key 'alhpa'.", ", line 4, prior.alhpa", do="Did you mean 'alpha'?"
    ),
    "prior: {alhpa: {unit: x}}": told(
        "Unknown key 'alhpa'.", ", line 4, prior.alhpa", do="Did you mean 'alpha'?"
    ),
    "prior: {lambda: {median: 1, log_sd: 1}}": told(
        "Unknown key 'lambda'.", ", line 4, prior.lambda", do="Known: a, alpha, b, beta, gamma, p, q, r, s."
    ),
    "model: bg_nbd\nprior: {s: {median: 1, log_sd: 1}}": told(
        "'model' is 'bg_nbd', which has no parameter 's'.",
        ", line 5, prior.s",
        "r, alpha, a, b; of spend p, q, gamma",
        "Remove it, or write model: pareto_nbd.",
    ),
    "model: pareto_nbd\nprior: {b: {median: 1, log_sd: 1}, q: {median: 4, log_sd: 1}}": told(
        "'model' is 'pareto_nbd', which has no parameter 'b'.",
        ", line 5, prior.b",
        "r, alpha, s, beta; of spend p, q, gamma",
        "Remove it, or write model: bg_nbd or mbg_nbd.",
    ),
    "model: mbg_nbd\nprior: {bta: {median: 1, log_sd: 1}}": told(
        "Unknown key 'bta'.", ", line 5, prior.bta", do="Known: a, alpha, b, gamma, p, q, r."
    ),
}


@pytest.mark.parametrize("line", SETTINGS)
def test_wrong_setting(home: Path, line: str) -> None:
    assert message(home, SIMULATED + line + "\n") == SETTINGS[line]


@pytest.mark.parametrize(
    ("brackets", "expected"),
    [
        (
            "[2, 1]",
            "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7",
        ),
        (
            "[1, 1]",
            "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7",
        ),
        ("[5]", "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7"),
        ("[]", "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7"),
    ],
)
def test_brackets_that_are_none(home: Path, brackets: str, expected: str) -> None:
    text = SIMULATED + f"return_rule: bracket\nbrackets: {brackets}\n"
    assert message(home, text) == told(f"'brackets' cannot be {brackets}.", ", line 5, brackets", expected)


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
        "  expected: a day such as 2017-12-31\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"horizon": 10**5000},
        "The number is too large.\n"
        "  where:    parameter horizon of unit 'demo'\n"
        "  expected: at most 18 digits\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"alpha": float("nan")},
        "'alpha' cannot be the number nan.\n"
        "  where:    parameter alpha of unit 'demo'\n"
        "  expected: a finite number\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"title": object()},
        "'title' cannot be a value of type object.\n"
        "  where:    parameter title of unit 'demo'\n"
        "  expected: text\n"
        "  do:       Correct the parameter.",
    ),
    (
        {"transactions": {"source": "a.csv", 10**5000: 2}},
        "A key cannot be a very large number.\n"
        "  where:    parameter transactions of unit 'demo'\n"
        "  expected: text\n"
        "  do:       Put it in quotes.",
    ),
    (
        {"discount_rate": 10},
        "'discount_rate' cannot be the number 10.\n"
        "  where:    parameter discount_rate of unit 'demo'\n"
        f"  expected: {RATE}\n"
        "  do:       Write 0.1 for 10 %.",
    ),
    (
        {"margin": float("nan")},
        "'margin' cannot be the number nan.\n"
        "  where:    parameter margin of unit 'demo'\n"
        "  expected: a finite number\n"
        "  do:       Correct the parameter.",
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
