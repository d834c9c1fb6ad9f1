"""`keepbook init` says what cannot be and writes nothing, over no file and from no hostile value."""

from __future__ import annotations

from pathlib import Path

import pytest
from init_data import Keepbook, write_csv

from keepbook.unit import load_unit


def test_a_file_that_is_there_is_not_written_over(keepbook: Keepbook, home: Path) -> None:
    (home / "o.csv").write_text("Customer ID,Order Date,Total\n1,2023-01-15,5\n")
    path = home / "params" / "acme.yaml"
    path.write_text("unit: acme\n# precious\n")
    code, out, err = keepbook("init", "acme", "--from", "o.csv")
    assert (code, out) == (2, "")
    assert err == (
        "There is a unit 'acme' already.\n"
        "  where:    params/acme.yaml\n"
        "  expected: a new name\n"
        "  do:       Choose another name, or add --force to write over it; the old file is kept as .bak.\n"
    )
    assert "precious" in path.read_text()
    assert keepbook("init", "acme", "--from", "o.csv", "--force")[0] == 0
    assert "precious" in (home / "params" / "acme.yaml.bak").read_text()
    assert load_unit("acme", home).transactions.source == "o.csv"


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (("con", "--from", "o.csv"), "'unit' cannot be the text 'con'."),
        (("acme", "--from", "nix.csv"), "There is no file at 'nix.csv'."),
        (("acme", "--from", "o.csv", "--preset", "zoho_deal"), "There is no preset 'zoho_deal'."),
        (
            ("acme", "--from", "o.csv", "--preset", "zoho_deals"),
            "The preset zoho_deals does not fit: the export has no column for date.",
        ),
        (("acme", "--from", "o.csv", "--timezone", "Shanghai"), "'timezone' cannot be the text 'Shanghai'."),
        (("acme", "--from", "o.csv", "--set", "encoding"), "'encoding' is no setting."),
        (("acme", "--from", "o.csv", "--set", "encodign=gbk"), "Unknown key 'encodign'."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_written(
    keepbook: Keepbook, home: Path, arguments: tuple[str, ...], first: str
) -> None:
    (home / "o.csv").write_text("Customer ID,Order Date,Total\n1,2023-01-15,5\n")
    code, out, err = keepbook("init", *arguments)
    assert (code, out, err.splitlines()[0]) == (2, "", first)
    assert "  do: " in err
    assert list((home / "params").iterdir()) == []


def test_hostile_names_and_values_stay_comments_and_text(keepbook: Keepbook, home: Path) -> None:
    """Column names and values land in YAML comments, on a terminal, and as YAML text."""
    name, value = "Total [red]\x1b[31m: #", "1\x1b]0;x\x07"
    write_csv(
        home / "o.csv", [["Customer: {a}", "Order Date", name], [f"{value}\nunit: evil", "2023-01-15", "5"]]
    )
    code, out, err = keepbook("init", "acme", "--from", "o.csv", "--set", "decimal=.")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    text = (home / "params" / "acme.yaml").read_text(encoding="utf-8")
    assert "\nunit: evil" not in text
    assert load_unit("acme", home).transactions.columns["customer_id"] == "Customer: {a}"
