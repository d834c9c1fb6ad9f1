"""The workbook of a unit: what is in it is what the tables hold, whatever that is."""

from __future__ import annotations

import datetime as dt
import gc
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from export_data import (
    AS_OF,
    HOSTILE,
    NAMESPACE,
    change_record,
    leave_report,
    number_formats,
    parts_of,
    reports_of,
    sheet_files,
)
from python_calamine import CalamineWorkbook

from keepbook.errors import KeepbookError
from keepbook.export import workbook, write_workbook
from keepbook.export.columns import kind_of
from keepbook.export.sheets import MAX_NAME, SheetNames
from keepbook.text import language

DAY, MOMENT = dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 13, 14, 15)


def written(reports: Path, out: Path) -> Path:
    """The workbook of what stands."""
    path = out / "acme.xlsx"
    write_workbook(reports_of(reports), path)
    return path


def rows_of(path: Path, sheet: str) -> list[list[Any]]:
    """All cells of a sheet, empty ones as ""."""
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def below_head(path: Path, sheet: str, first_heading: str) -> tuple[list[Any], list[list[Any]]]:
    """Headings of a table's sheet, and its rows."""
    rows = rows_of(path, sheet)
    head = next(at for at, row in enumerate(rows) if row[0] == first_heading and len(rows) > at)
    width = max((at + 1 for at, cell in enumerate(rows[head]) if cell != ""), default=1)
    return rows[head][:width], [row[:width] for row in rows[head + 1 :]]


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────


def test_cells_hold_what_the_table_holds_with_their_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "app_visits": [1, -2, 3],
            "retention": [0.25, np.nan, 1.0],
            "on": pd.Series([DAY, None, dt.date(1999, 12, 31)], dtype=object),
            "at": pd.to_datetime([MOMENT, pd.NaT, dt.datetime(2024, 1, 1)]),
            "sure": [True, False, True],
            "note": ["x", None, "007"],
            "far": [math.inf, -math.inf, 0.5],
        }
    )
    leave_report(tmp_path, "acme", "1_tiny", {"mixed": frame})
    head, rows = below_head(written(tmp_path, tmp_path), "1 mixed", "app_visits")
    assert head == ["app_visits", "Retention", "on", "at", "sure", "note", "far"]
    assert rows == [
        [1.0, 0.25, DAY, MOMENT, True, "x", "∞"],
        [-2.0, "", "", "", False, "", "−∞"],
        [3.0, 1.0, dt.date(1999, 12, 31), dt.date(2024, 1, 1), True, "007", 0.5],
    ]


def test_text_from_data_stays_text(tmp_path: Path) -> None:
    """No formula, no link, no number, no markup of the file's own; and no apostrophe of the CSV's."""
    frame = pd.DataFrame({"=note": HOSTILE, "n": range(len(HOSTILE))})
    leave_report(
        tmp_path,
        "acme",
        "1_tiny",
        {"hostile": frame},
        title="=1+1",
        saved={"hostile": {"title": '=HYPERLINK("http://a.example")', "caption": "<r><t>c</t></r>"}},
        findings=["=1+1", "<r><t>f</t></r>"],
    )
    path = written(tmp_path, tmp_path)
    _head, rows = below_head(path, "1 hostile", "=note")
    assert [row[0] for row in rows] == HOSTILE
    for name, part in parts_of(path).items():
        assert "<f>" not in part and "<f " not in part, name
        assert "a.example" not in part or "worksheets/sheet" in name, "no relation leads out"
    links = [
        link.attrib
        for sheet in sheet_files(path).values()
        for link in sheet.iterfind(".//x:hyperlink", NAMESPACE)
    ]
    assert links and all(set(link) <= {"ref", "location", "display"} for link in links)
    first = [row[0] for row in rows_of(path, "Contents")]
    assert first[0] == "=1+1" and "<r><t>f</t></r>" in first


def test_long_text_and_long_numbers_keep_what_a_cell_can_hold(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["x" * 40_000, "客" * 32_767], "key": [2**60 + 1, 12]})
    leave_report(tmp_path, "acme", "1_tiny", {"long": frame})
    _head, rows = below_head(written(tmp_path, tmp_path), "1 long", "text")
    assert rows[0][0] == "x" * 32_766 + "…" and rows[1][0] == "客" * 32_767
    assert rows[0][1] == str(2**60 + 1), "a number would lose its last digits"
    assert rows[1][1] == 12


def test_days_before_the_calendars_of_spreadsheets_are_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"on": pd.Series([dt.date(1753, 1, 1), dt.date(1900, 3, 1)], dtype=object)})
    leave_report(tmp_path, "acme", "1_tiny", {"old": frame})
    _head, rows = below_head(written(tmp_path, tmp_path), "1 old", "on")
    assert rows == [["1753-01-01"], [dt.date(1900, 3, 1)]]


def test_a_table_that_is_longer_than_a_sheet_is_cut_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 20)
    monkeypatch.setattr(workbook, "BATCH", 7)
    leave_report(tmp_path, "acme", "1_tiny", {"long": pd.DataFrame({"n": range(30)})})
    rows = rows_of(written(tmp_path, tmp_path), "1 long")
    assert len(rows) == 20, "as many as a sheet holds"
    said = next(row[0] for row in rows if str(row[0]).startswith("These are the first"))
    shown = [row[0] for row in rows if isinstance(row[0], float)]
    assert shown == [float(n) for n in range(len(shown))]
    assert said.startswith(f"These are the first {len(shown)} of 30 rows,")
    assert said.endswith("All are in acme/1_tiny/tables/long.parquet.")


def test_an_empty_table_has_its_headings(tmp_path: Path) -> None:
    leave_report(tmp_path, "acme", "1_tiny", {"none": pd.DataFrame({"a": [], "b": []})})
    assert below_head(written(tmp_path, tmp_path), "1 none", "a") == (["a", "b"], [])


# ── formats ─────────────────────────────────────────────────────────────────────────────────────────────


def test_numbers_are_written_as_what_they_are(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "cohort": pd.to_datetime(["2024-01-01"]),
            "customers": [1234],
            "retention": [0.25],
            "ci_lower": [0.2],
            "revenue": [12.5],
            "pvalue": [0.01],
            "customer_id": [17],
            "weight": [12.25],
        }
    )
    leave_report(tmp_path, "acme", "1_tiny", {"t": frame})
    path = written(tmp_path, tmp_path)
    row = len(rows_of(path, "1 t"))
    money = '#,##0.00 "EUR";[Red]-#,##0.00 "EUR"'
    assert number_formats(path, "1 t", row) == [
        "yyyy-mm-dd", "#,##0", "0.0%", "0.0%", money, "0.0000", "0", "#,##0.00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("value_share", "percent"),
        ("value", "money"),
        ("pvalue", "small"),
        ("new", "money"),
        ("new_customers", "decimal"),
        ("expected_purchases", "decimal"),
        ("lift_lower", "percent"),
        ("control_observed", "decimal"),
    ],
)
def test_kinds_by_name(column: str, kind: str) -> None:
    import pyarrow as pa

    assert kind_of(column, pa.float64()) == kind


def test_limits_are_written_as_what_stands_left_of_them(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"revenue": [9.0], "retention": [0.5], "revenue_ci_lower": [0.4], "clv": [5.0], "clv_upper": [6.0]}
    )
    leave_report(tmp_path, "acme", "1_tiny", {"t": frame}, currency=None)
    path = written(tmp_path, tmp_path)
    found = number_formats(path, "1 t", len(rows_of(path, "1 t")))
    assert found == ["#,##0.00;[Red]-#,##0.00", "0.0%", "0.0%", *["#,##0.00;[Red]-#,##0.00"] * 2]


# ── sheets ──────────────────────────────────────────────────────────────────────────────────────────────


def test_sheets_have_names_that_excel_takes() -> None:
    names = SheetNames()
    asked = [
        ("1", "", "[a]:b*c?d/e\\f'g"),
        ("6", "🙂" * 60, "effects"),
        ("6", "🙂" * 60, "effects"),
        ("6", "x" * 60, "y" * 60),
        ("6", "x" * 60, "y" * 60),
        ("", "", ""),
        ("", "", "History"),
        ("2", "", "RETENTION"),
        ("2", "", "retention"),
        ("1", "", "a\u202eb\x00c\n"),
    ]
    given = [names.of(*one) for one in asked]
    assert len({name.lower() for name in given}) == len(given)
    for name in given:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= MAX_NAME
        assert not set(name) & set("[]:*?/\\'\n\x00\u202e") and name.lower() != "history"
    assert given[0] == "1 a  b c d e f g"
    assert given[1].startswith("6 🙂") and given[1].endswith("… effects"), "what it is about is cut first"
    assert given[7:9] == ["2 RETENTION", "2 retention 2"]


def test_the_first_sheet_says_what_was_found_and_leads_to_the_others(tmp_path: Path) -> None:
    figure = {
        "name": "return",
        "label": "Return in month 1",
        "value": 0.302,
        "definition": "Share who buy again.",
        "ci_lower": 0.28,
        "ci_upper": 0.32,
        "change": -0.02,
        "compared": "newer half",
        "kind": "percent",
        "caveat": "Few.",
        "basis": "off by 2 % in the past",
    }
    amount = figure | {"label": "Value", "value": 12.5, "kind": "money", "ci_lower": None, "ci_upper": None}
    leave_report(
        tmp_path,
        "acme",
        "2_cohorts",
        {"cells": pd.DataFrame({"a": [1, 2], "b": [3, 4]})},
        findings=["30.2 % return."],
        figures=[figure, amount | {"change": None}],
        verdict={"label": "Roll out", "reason": "it pays."},
        saved={"cells": {"title": "A finding"}},
    )
    leave_report(tmp_path, "acme", "3_value", {"cells": pd.DataFrame({"a": [1]})}, simulated=True)
    path = written(tmp_path, tmp_path)
    sheets = sheet_files(path)
    assert list(sheets) == ["Contents", "2 cells", "3 cells", "Columns"]
    rows = rows_of(path, "Contents")
    facts = {row[0]: row[1] for row in rows}
    assert rows[0][0] == "A shop"
    assert facts["Unit"] == "acme" and facts["Data as of"] == dt.date.fromisoformat(AS_OF)
    assert facts["Period"] == "2023-01-01 to 2024-12-31" and facts["Currency"] == "EUR"
    assert facts["Lines used"] == "1,000 of 1,200"
    assert facts["Reports made"] == "2025-01-07 08:09 UTC, by Keepbook 9.8.7"
    texts = [row[0] for row in rows]
    assert {"Report 2_cohorts", "Roll out: it pays.", "30.2 % return."} <= {*texts}
    at = texts.index("Return in month 1")
    meaning = "Share who buy again. Few. (off by 2 % in the past) Change: newer half."
    assert rows[at][:6] == ["Return in month 1", 0.302, 0.28, 0.32, -0.02, meaning]
    assert rows[at + 1][:6] == [
        "Value",
        12.5,
        "",
        "",
        "",
        "Share who buy again. Few. (off by 2 % in the past)",
    ]
    assert number_formats(path, "Contents", at + 1)[1:5] == ["0.0%"] * 3 + ["+0.0%;-0.0%;0.0%"]
    listed = {row[0]: row[1:6] for row in rows[texts.index("Sheets") :]}
    assert listed["2 cells"] == ["Report 2_cohorts", 2.0, 2.0, "", "A finding"]
    links = {
        link.attrib["ref"]: link.attrib["location"]
        for link in sheets["Contents"].iterfind(".//x:hyperlink", NAMESPACE)
    }
    assert links[f"A{texts.index('2 cells') + 1}"] == "'2 cells'!A1"
    assert f"'Contents'!A{texts.index('Sheets') + 1}" in links.values(), "from the top to the list"
    back = [link.attrib["location"] for link in sheets["3 cells"].iterfind(".//x:hyperlink", NAMESPACE)]
    assert back == ["'Contents'!A1"]


def test_a_sheet_says_what_its_table_is_and_where_it_is_from(tmp_path: Path) -> None:
    words = {"title": "A finding", "measure": "Share", "caption": "Of whom. " * 40}
    leave_report(tmp_path, "acme", "2_cohorts", {"t": pd.DataFrame({"a": [1]})}, saved={"t": words})
    path = written(tmp_path, tmp_path)
    rows = rows_of(path, "2 t")
    assert [row[0] for row in rows[:3]] == ["A finding", "Share", words["caption"]]
    assert rows[3][:2] == [
        "← Contents",
        "Report 2_cohorts · data as of 2024-12-31 · acme/2_cohorts/tables/t.parquet",
    ]
    sheet = sheet_files(path)["2 t"]
    pane = sheet.find(".//x:pane", NAMESPACE)
    assert pane is not None and pane.attrib["ySplit"] == "5" and pane.attrib["state"] == "frozen"
    filtered = sheet.find("x:autoFilter", NAMESPACE)
    assert filtered is not None and filtered.attrib["ref"] == "A5:A6"
    height = sheet.find(".//x:row[@r='3']", NAMESPACE)
    assert height is not None and float(height.attrib["ht"]) >= 3 * 15, "a caption of 360 signs takes lines"


def test_columns_have_the_words_of_the_page_and_what_is_known_of_them(tmp_path: Path) -> None:
    """By heading or by name in the code, whichever the file has."""
    by_name = pd.DataFrame({"customers": [1], "own": [2], "clv_lower": [3.0]})
    by_heading = pd.DataFrame({"客户数": [1], "留存": [0.5]})
    headings = {
        "t": {"columns": {"own": "My own"}},
        "u": {"columns": {"customers": "客户数", "retention": "留存"}},
    }
    leave_report(tmp_path, "acme", "1_tiny", {"t": by_name, "u": by_heading}, saved=headings)
    path = written(tmp_path, tmp_path)
    assert below_head(path, "1 t", "Customers")[0] == [
        "Customers", "My own", "Customer lifetime value, lower limit",
    ]  # fmt: skip
    assert number_formats(path, "1 u", len(rows_of(path, "1 u"))) == ["#,##0", "0.0%"]
    _head, rows = below_head(path, "Columns", "Sheet")
    assert rows[0] == ["1 t", "Customers", "customers", "Number of customers"]
    assert rows[1] == ["1 t", "My own", "own", ""]
    assert rows[4][:3] == ["1 u", "留存", "retention"] and rows[4][3].startswith("Share of the cohort")
    notes = [part for name, part in parts_of(path).items() if name.startswith("xl/comments")]
    assert any("customers: Number of customers" in part for part in notes)


def test_chinese(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customers": [1], "clv_lower": [2.0]})
    leave_report(tmp_path, "acme", "1_tiny", {"t": frame}, currency="CNY", findings=["4000位客户。"])
    with language("zh"):
        path = written(tmp_path, tmp_path)
    assert list(sheet_files(path)) == ["目录", "1 t", "字段说明"]
    assert below_head(path, "1 t", "客户数")[0] == ["客户数", "客户生命周期价值下限"]
    facts = {row[0]: row[1] for row in rows_of(path, "目录")}
    assert (
        facts["统计区间"] == "2023年1月1日至2024年12月31日"
        and facts["使用的数据行"] == "共1,200行，使用1,000行"
    )


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_reports_give_the_same_bytes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customers": [1, 2], "note": ["a", "b"]})
    leave_report(tmp_path, "acme", "1_tiny", {"t": frame, "u": frame}, findings=["x"])
    first = written(tmp_path, tmp_path / "a").read_bytes()
    assert first == written(tmp_path, tmp_path / "b").read_bytes()
    assert "2025-01-07T08:09:10Z" in parts_of(tmp_path / "a" / "acme.xlsx")["docProps/core.xml"]


def test_a_table_saved_twice_or_gone_is_no_sheet_too_many(tmp_path: Path) -> None:
    twice = [{"name": "t", "title": name, "caption": "", "columns": {}} for name in ("first", "last")]
    lost = {"name": "lost", "title": "", "caption": "", "columns": {}}
    leave_report(tmp_path, "acme", "1_tiny", {"t": pd.DataFrame({"a": [1]})})
    folder = leave_report(tmp_path, "acme", "2_more", {"t": pd.DataFrame({"a": [1]})})
    change_record(folder, tables=[*twice, lost])
    path = written(tmp_path, tmp_path)
    assert list(sheet_files(path)) == ["Contents", "1 t", "2 t", "Columns"]
    assert rows_of(path, "2 t")[0][0] == "last"


def test_reports_of_an_older_keepbook_name_their_tables_alone(tmp_path: Path) -> None:
    folder = leave_report(tmp_path, "acme", "1_tiny", {"t": pd.DataFrame({"a": [1]})})
    change_record(folder, tables=["t"])
    assert rows_of(written(tmp_path, tmp_path), "1 t")[0] == ["t", ""]


def test_a_report_made_anew_meanwhile_leaves_what_was_there(tmp_path: Path) -> None:
    folder = leave_report(tmp_path, "acme", "1_tiny", {"t": pd.DataFrame({"a": [1]})})
    before = written(tmp_path, tmp_path).read_bytes()
    found = reports_of(tmp_path)

    def made_anew(_sheet: str) -> None:
        (folder / "manifest.json").unlink()

    with pytest.raises(KeepbookError, match="A report was made anew while it was read: 1_tiny"):
        write_workbook(found, tmp_path / "acme.xlsx", made_anew)
    assert (tmp_path / "acme.xlsx").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []


def test_a_workbook_that_is_broken_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(workbook.tempfile, "tempdir", str(scratch))
    leave_report(tmp_path, "acme", "1_tiny", {name: pd.DataFrame({"a": [1]}) for name in "tu"})

    def interrupted(sheet: str) -> None:
        if sheet == "1 u":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_workbook(reports_of(tmp_path), tmp_path / "out" / "acme.xlsx", interrupted)
    gc.collect()
    assert not list((tmp_path / "out").iterdir()) and not list(scratch.iterdir())


def test_a_report_without_its_seal_is_not_taken(tmp_path: Path) -> None:
    leave_report(tmp_path, "acme", "1_tiny")
    half = leave_report(tmp_path, "acme", "2_half")
    (half / "index.html").unlink()
    assert [report.page for report in reports_of(tmp_path).reports] == ["1_tiny"]
