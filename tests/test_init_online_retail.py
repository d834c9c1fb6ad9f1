"""Online Retail II goes from its export to its report in one init, without an edit."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from init_data import Keepbook

from keepbook.tables import open_tables
from keepbook.unit import load_unit

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def online_retail(shared_data: Path, lines: int | None) -> list[list[Any]]:
    table = pq.read_table(shared_data / "online_retail_ii.parquet")
    table = table.slice(0, lines) if lines else table
    return [table.column_names, *map(list, zip(*(c.to_pylist() for c in table.columns), strict=True))]


def as_gbk(rows: list[list[Any]], folder: Path) -> str:
    """As Excel in China saves it: GBK, days unpadded and year first; £ is not in it."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(rows[0])
    for row in rows[1:]:
        day = row[4]
        out.writerow([*row[:4], f"{day.year}/{day.month}/{day.day} {day.hour}:{day.minute:02}", *row[5:]])
    (folder / "retail.csv").write_bytes(text.getvalue().encode("gb18030"))
    return "retail.csv"


def as_excel(rows: list[list[Any]], folder: Path) -> str:
    book = xlsxwriter.Workbook(
        str(folder / "retail.xlsx"), {"constant_memory": True, "default_date_format": "d/m/yy"}
    )
    sheets = [book.add_worksheet("Year 2009-2010"), book.add_worksheet("Year 2010-2011")]
    half = min(525_461, len(rows) // 2)
    for sheet, part in zip(sheets, (rows[1 : half + 1], rows[half + 1 :]), strict=True):
        sheet.write(0, 0, "Online Retail II: all transactions of a UK wholesaler")
        sheet.write_row(2, 0, rows[0])
        for i, row in enumerate(part, 3):
            for j, value in enumerate(row):
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(i, j, value)
                elif value is not None:
                    sheet.write(i, j, value)
    book.close()
    return "retail.xlsx"


@pytest.mark.parametrize("form", [as_gbk, as_excel])
@pytest.mark.parametrize("lines", [40_000, pytest.param(None, marks=pytest.mark.slow)])
def test_online_retail_from_its_export_to_its_report(
    keepbook: Keepbook, home: Path, shared_data: Path, form: Callable[..., str], lines: int | None
) -> None:
    """One init, no edit, one run; the same money as the typed table holds."""
    rows = online_retail(shared_data, lines)
    shutil.copytree(NOTEBOOKS, home / "notebooks", ignore=shutil.ignore_patterns(".*"))
    code, out, err = keepbook("init", "acme", "--from", form(rows, home), "--currency", "GBP")
    assert (code, err) == (0, "")
    code, out, err = keepbook("check", "acme")
    assert (code, err) == (0, "")
    assert keepbook("run", "acme")[0] == 0
    made = json.loads((home / "reports/acme/2_cohort_retention/key_figures.json").read_text(encoding="utf-8"))
    assert made["lines"]["in"] == len(rows) - 1
    money = sum(round(row[3] * row[5], 4) for row in rows[1:])
    assert made["amount"]["in"] == pytest.approx(money, abs=0.01)
    if lines is None:
        known = {"exact duplicate": 34_335, "no customer": 235_151}
        if form is as_excel:  # the sheets overlap by nine days
            known = {"in several files": 22_523, "exact duplicate": 34_335 - 22_523, "no customer": 235_151}
        with open_tables(load_unit("acme", home)) as tables:
            left = dict(tables.ledger.entries[["rule", "rows"]].itertuples(index=False))
        assert {rule: left[rule] for rule in known} == known
