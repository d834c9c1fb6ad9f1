"""A file that is no unit file gets its exact message."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit_files import NAME, message, told

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
