"""Columns are recognised: measured on exports of many systems, written down by somebody else."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pytest
import yaml

from keepbook.drafting.presets import presets_of
from keepbook.drafting.roles import Roles, profiles_of, roles_of, words_of
from keepbook.errors import UnitFileError

EXPORTS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "headers.yaml").read_text(encoding="utf-8")
)
CORE = {"customer_id", "date", "amount", "order_id", "quantity", "unit_price", "acquired_on"}


def unseen(export: dict[str, Any]) -> bool:
    """Half of the exports were never looked at while the words were collected: they are the honest half."""
    return zlib.crc32(export["name"].encode()) % 2 == 1


@cache
def found_in(name: str) -> Roles:
    export = next(export for export in EXPORTS if export["name"] == name)
    lines = ibis.memtable(pd.DataFrame(export["rows"], columns=export["columns"]))
    return roles_of(profiles_of(lines), export["kind"])


def verdicts(exports: list[dict[str, Any]]) -> Iterator[tuple[str, bool, bool, bool, bool]]:
    """role, given, wanted, right, sure: one per role that an export has or is said to have."""
    for export in exports:
        truth = {
            role: names if isinstance(names, list) else [names] for role, names in export["roles"].items()
        }
        segments = truth.pop("segments", [])
        found = found_in(export["name"])
        for role in sorted(truth.keys() | found.guesses.keys()):
            column = found.column(role)
            sure = role in found.guesses and found.guesses[role].sure
            yield role, column is not None, role in truth, column in truth.get(role, ()), sure
        if export["kind"] == "customers":
            yield from (("segment", True, True, name in segments, False) for name in found.segments)
            lost = [name for name in segments[:3] if name not in found.segments]
            yield from (("segment", False, True, False, False) for _ in lost)


def measured(rows: list[tuple[str, bool, bool, bool, bool]]) -> tuple[float, float]:
    """Precision: right ones of those given; recall: right ones of those there are."""
    right = sum(ok for _, _, _, ok, _ in rows)
    given = sum(given for _, given, *_ in rows)
    wanted = sum(wanted for _, _, wanted, *_ in rows)
    return right / max(given, 1), right / max(wanted, 1)


def test_the_exam_is_long_enough() -> None:
    assert len(EXPORTS) >= 130
    assert Counter(export["kind"] for export in EXPORTS)["customers"] >= 30
    assert sum(any("\u4e00" <= sign <= "\u9fff" for sign in "".join(e["columns"])) for e in EXPORTS) >= 30
    assert 50 <= sum(map(unseen, EXPORTS)) <= 85


def test_precision_and_recall(capsys: pytest.CaptureFixture[str]) -> None:
    halves = {
        "looked at": list(verdicts([export for export in EXPORTS if not unseen(export)])),
        "never looked at": list(verdicts([export for export in EXPORTS if unseen(export)])),
    }
    with capsys.disabled():
        print(f"\nrecognition of {len(EXPORTS)} exports      precision  recall     n")
        for half, rows in halves.items():
            core = [row for row in rows if row[0] in CORE]
            for label, some in ((f"{half}, all roles", rows), (f"{half}, who, when, how much", core)):
                precision, recall = measured(some)
                print(f"  {label:<40} {precision:8.1%} {recall:7.1%} {len(some):5}")
        both = [row for rows in halves.values() for row in rows]
        for role in sorted({row[0] for row in both}):
            precision, recall = measured([row for row in both if row[0] == role])
            print(f"    {role:<38} {precision:8.1%} {recall:7.1%} {sum(row[0] == role for row in both):5}")
    precision, recall = measured(halves["never looked at"])
    assert precision >= 0.90
    assert recall >= 0.80
    sure = [row for row in halves["never looked at"] if row[4]]
    assert sum(right for *_, right, _ in sure) / len(sure) >= 0.95  # who says so should know


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("InvoiceDate", "invoice date"),
        ("invoice_date", "invoice date"),
        (" Invoice Date (UTC) ", "invoice date"),
        ("CustomerID", "customer id"),
        ("Order #", "order no"),
        ("Account_Name.id", "account name id"),
        ("订单金额(元)", "订单金额"),
        ("ＴＯＴＡＬ", "total"),
        ("\ufeffName", "name"),
    ],
)
def test_names_become_words(name: str, words: str) -> None:
    assert words_of(name) == words


def test_a_number_with_point_nought_is_a_customer_and_no_money() -> None:
    rows = [(f"{n}.0", f"2020-01-{n + 1:02}", "12.50") for n in range(9)]
    lines = ibis.memtable(pd.DataFrame(rows, columns=["Customer ID", "Day", "Total"]))
    found = roles_of(profiles_of(lines), "transactions")
    assert {role: guess.column for role, guess in found.guesses.items()} == {
        "customer_id": "Customer ID",
        "date": "Day",
        "amount": "Total",
    }


def test_names_alone_are_not_believed() -> None:
    rows = [("soon", "red", "a"), ("later", "blue", "b")] * 5
    lines = ibis.memtable(pd.DataFrame(rows, columns=["Order Date", "Total Amount", "Customer"]))
    assert roles_of(profiles_of(lines), "transactions").guesses.keys() == {"customer_id"}


# ── presets ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_preset_is_met_by_an_export_of_its_system(tmp_path: Path) -> None:
    met = {
        name
        for name, preset in presets_of(tmp_path).items()
        for export in EXPORTS
        if export["kind"] == preset.table and not preset.lacking(export["columns"])
    }
    assert met == set(presets_of(tmp_path))
    assert {"zoho_invoices", "zoho_deals", "fxiaoke_sales_orders", "fxiaoke_accounts"} <= met


def test_no_preset_takes_an_export_of_another_system(tmp_path: Path) -> None:
    for name, preset in presets_of(tmp_path).items():
        system = name.split("_")[0]
        taken = [e["name"] for e in EXPORTS if e["kind"] == preset.table and not preset.lacking(e["columns"])]
        assert [other for other in taken if system not in other] == []


def test_a_preset_of_the_project_comes_first(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    own = "about: ours\ntable: transactions\nneeds: [date]\ncolumns: {date: [When]}\n"
    (tmp_path / "presets" / "zoho_deals.yaml").write_text(own, encoding="utf-8")
    assert presets_of(tmp_path)["zoho_deals"].about == "ours"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "about: x\ntable: transactions\nneeds: [date]\ncolumns: {}\n",
            "needs 'date', which columns does not name",
        ),
        ("about: x\ncolour: red\n", "unknown key 'colour'"),
        ("- a list\n", "'list' object has no attribute 'keys'"),
    ],
)
def test_a_preset_that_is_none(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UnitFileError) as error:
        presets_of(tmp_path)
    assert str(error.value) == "\n".join(
        [
            f"The preset own cannot be read: {what}.",
            "  where:    presets/own.yaml",
            "  expected: the keys about, cancelled, columns, needs, table, timezone, unpaid, won",
            "  do:       Compare it with those that come with Keepbook, or remove it.",
        ]
    )
