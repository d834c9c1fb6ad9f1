"""Reports as a run leaves them, made without one: pages, records, tables with whatever is in them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from pypdf import PdfReader
from runner_data import Project

from keepbook.export import UnitReports, read_reports

AS_OF, MADE = "2024-12-31", "2025-01-07T08:09:10.123+00:00"
HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "http://a.example/x", "mailto:a@b.example"]
HOSTILE += ["<r><t>x</t></r>", "_x0041_", "客户 🙂 \u202e", "a\x01b", "", "  x  ", "<b>&amp;", "007", "1e5"]
PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-theme="auto"><head><meta charset="utf-8"><title>{title}</title>
<style>h2 {{ margin: 0; }}</style><script>alert(1)</script></head><body><header>Bar</header>
<main id="kb-main">{body}</main></body></html>"""


def leave_report(
    reports: Path,
    unit: str,
    page: str,
    tables: Mapping[str, pd.DataFrame] | None = None,
    *,
    body: str = "<h1>A page</h1>",
    language: str = "en",
    saved: Mapping[str, Mapping[str, Any]] | None = None,
    **record: Any,
) -> Path:
    """Writes one report's folder.

    Parameters
    ----------
    tables : name → frame. saved : name → what the record says of it, beside its name.
    body : of the page. **record : more of the record.
    """
    folder = reports / unit / page if page else reports / unit
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    tables = tables or {}
    for name, frame in tables.items():
        frame.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    words = {name: {"title": "", "measure": "", "caption": f"Of {name}.", "columns": {}} for name in tables}
    made = {
        "schema": 1,
        "unit": unit,
        "title": "A shop",
        "about": "Sells things",
        "notebook": page,
        "simulated": False,
        "currency": "EUR",
        "start": "2023-01-01",
        "as_of": AS_OF,
        "lines": {"in": 1200, "kept": 1000},
        "findings": [],
        "figures": [],
        "tables": [{"name": name, **words[name], **(saved or {}).get(name, {})} for name in tables],
        **record,
    }
    manifest = {"written_at": MADE, "versions": {"keepbook": "9.8.7"}, "inputs": {"language": language}}
    (folder / "key_figures.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    text = PAGE.format(lang=language, title=made["title"], body=body)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder


def change_record(folder: Path, **record: Any) -> None:
    """Says something else in a report's record."""
    path = folder / "key_figures.json"
    made = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(made | record), encoding="utf-8")


def reports_of(reports: Path, unit: str = "acme") -> UnitReports:
    """All that stand of a unit, in order of their names, which are their subjects, too."""
    folders = sorted(path.parent for path in (reports / unit).glob("*/manifest.json"))
    return read_reports(unit, [(folder.name, f"Report {folder.name}", folder) for folder in folders])


def shop_with_reports(project: Project, *names: str) -> Path:
    """A project with a unit acme and notebooks of these names; the folder of its reports."""
    project.unit("acme")
    for name in names or ("1_tiny",):
        project.notebook(name=name)
    return project.home / "reports"


def parts_of(path: Path) -> dict[str, str]:
    """The files in a workbook that are text, by their names."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


NAMESPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheet_files(path: Path) -> dict[str, ElementTree.Element]:
    """Name of a sheet → its XML, in order."""
    parts = parts_of(path)
    names = [
        sheet.attrib["name"]
        for sheet in ElementTree.fromstring(parts["xl/workbook.xml"]).iterfind("x:sheets/x:sheet", NAMESPACE)
    ]
    return {
        name: ElementTree.fromstring(parts[f"xl/worksheets/sheet{number}.xml"])
        for number, name in enumerate(names, 1)
    }


def number_formats(path: Path, sheet: str, row: int) -> list[str]:
    """Number formats of the cells of a row (from 1), as a reader of the file finds them; `General`: empty."""
    styles = ElementTree.fromstring(parts_of(path)["xl/styles.xml"])
    codes = {
        one.attrib["numFmtId"]: one.attrib["formatCode"] for one in styles.iterfind(".//x:numFmt", NAMESPACE)
    }
    builtin = {"0": "", "1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "10": "0.00%"}
    looks = [x.attrib["numFmtId"] for x in styles.iterfind("x:cellXfs/x:xf", NAMESPACE)]
    cells = sheet_files(path)[sheet].iterfind(f".//x:row[@r='{row}']/x:c", NAMESPACE)
    return [{**builtin, **codes}[looks[int(cell.attrib.get("s", 0))]] for cell in cells]


def outline_of(reader: PdfReader) -> list[tuple[int, str, int]]:
    """Level, text and page (from 1) of every bookmark, in order."""

    def walk(items: list[Any], level: int) -> list[tuple[int, str, int]]:
        found = []
        for item in items:
            if isinstance(item, list):
                found += walk(item, level + 1)
            else:
                found.append((level, str(item.title), reader.get_destination_page_number(item) + 1))
        return found

    return walk(reader.outline, 1)
