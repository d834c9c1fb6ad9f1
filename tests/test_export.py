"""`keepbook export`: what it takes, what it writes where, what it says."""

from __future__ import annotations

import os
import re
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from export_data import leave_report, sheet_files, shop_with_reports
from runner_data import POSIX, Project

from keepbook import cli

FRAME = {"t": pd.DataFrame({"a": [1]})}
Keepbook = Callable[..., tuple[int, str, str]]


@pytest.fixture
def reports(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of reports of a project with a unit acme and notebooks 1_tiny and 2_other; none is there."""
    monkeypatch.delenv("KEEPBOOK_LANGUAGE", raising=False)
    folder = shop_with_reports(project, "1_tiny", "2_other")
    monkeypatch.chdir(project.home)
    return folder


@pytest.fixture
def keepbook(capsys: pytest.CaptureFixture[str]) -> Keepbook:
    """`keepbook export` with these arguments: exit code, stdout, stderr. Never a traceback."""

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            code = cli.main(["export", *arguments])
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


# ── what it writes ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.browser
def test_both_files_stand_beside_the_reports(reports: Path, keepbook: Keepbook, chromium: str) -> None:
    for page in ("1_tiny", "2_other"):
        leave_report(reports, "acme", page, FRAME)
    code, out, err = keepbook("acme")
    assert (code, err) == (0, "")
    assert names_in(reports / "acme") == ["acme-2024-12-31.pdf", "acme-2024-12-31.xlsx"]
    place = re.escape(str(reports / "acme" / "acme-2024-12-31"))
    said = rf"Wrote {place}\.xlsx \(\d+ kB, 4 sheets\)\nWrote {place}\.pdf \(\d+ kB, 2 pages\)\n"
    assert re.fullmatch(said, out)


def test_one_kind_elsewhere(reports: Path, keepbook: Keepbook, tmp_path: Path) -> None:
    leave_report(reports, "acme", "1_tiny", FRAME)
    code, out, err = keepbook("acme", "--as", "xlsx", "--to", str(tmp_path / "a" / "b"))
    assert (code, err) == (0, "") and names_in(tmp_path / "a" / "b") == ["acme-2024-12-31.xlsx"]
    assert names_in(reports / "acme") == []
    assert out.splitlines()[1:] == [
        "Not in it, as they have not been made: 2_other. To make them: keepbook run acme"
    ]


def test_reports_elsewhere(reports: Path, keepbook: Keepbook, tmp_path: Path) -> None:
    leave_report(tmp_path / "else", "acme", "1_tiny", FRAME)
    code, _out, _err = keepbook("acme", "--as", "xlsx", "--reports", str(tmp_path / "else"))
    assert code == 0 and names_in(tmp_path / "else" / "acme") == ["acme-2024-12-31.xlsx"]
    assert not reports.exists()


@pytest.mark.parametrize("planned", [True, False])
def test_a_summary_comes_first(reports: Path, keepbook: Keepbook, project: Project, planned: bool) -> None:
    """Its page is that of the unit's folder; what a run would not make is passed over."""
    if planned:
        project.notebook(name="0_summary")
    for page in ("1_tiny", "", "9_gone"):
        leave_report(reports, "acme", page, FRAME)
    assert keepbook("acme", "--as", "xlsx")[0] == 0
    sheets = list(sheet_files(reports / "acme" / "acme-2024-12-31.xlsx"))
    assert sheets == ["Contents", "0 t", "1 t", "Columns"]
    texts = list(sheet_files(reports / "acme" / "acme-2024-12-31.xlsx")["0 t"].itertext())
    assert any(text.endswith(" · acme/tables/t.parquet") for text in texts)


def test_the_reports_of_a_unit_whose_file_is_broken(
    reports: Path, keepbook: Keepbook, project: Project
) -> None:
    leave_report(reports, "acme", "6_try-one", FRAME, experiment={"name": "one", "title": "The first"})
    (project.home / "params" / "acme.yaml").write_text("unit: [", encoding="utf-8")
    assert keepbook("acme", "--as", "xlsx")[0] == 0
    assert "6 one t" in sheet_files(reports / "acme" / "acme-2024-12-31.xlsx")


def test_reports_of_several_days_are_named_after_the_last(reports: Path, keepbook: Keepbook) -> None:
    leave_report(reports, "acme", "1_tiny", as_of="2025-02-03")
    leave_report(reports, "acme", "2_other", as_of="2024-12-31")
    keepbook("acme", "--as", "xlsx")
    assert names_in(reports / "acme") == ["acme-2025-02-03.xlsx"]


# ── languages ───────────────────────────────────────────────────────────────────────────────────────────


def test_files_are_in_the_language_of_the_reports(reports: Path, keepbook: Keepbook) -> None:
    """What the terminal says is in its own."""
    leave_report(reports, "acme", "1_tiny", FRAME, language="zh")
    _code, out, _err = keepbook("acme", "--as", "xlsx")
    assert out.startswith("Wrote ")
    assert list(sheet_files(reports / "acme" / "acme-2024-12-31.xlsx")) == ["目录", "1 t", "字段说明"]


def test_both_languages_of_a_unit(reports: Path, keepbook: Keepbook, tmp_path: Path) -> None:
    leave_report(reports, "acme", "1_tiny", FRAME)
    leave_report(reports / "zh", "acme", "1_tiny", FRAME, language="zh")
    assert keepbook("acme", "--as", "xlsx", "--language", "en,zh", "--to", str(tmp_path))[0] == 0
    assert "Contents" in sheet_files(tmp_path / "acme-2024-12-31.xlsx")
    assert "目录" in sheet_files(tmp_path / "acme-2024-12-31-zh.xlsx")
    keepbook("acme", "--as", "xlsx", "--language", "zh")
    assert names_in(reports / "zh" / "acme") == ["acme-2024-12-31-zh.xlsx"]


def test_a_language_that_the_reports_are_not_in(reports: Path, keepbook: Keepbook) -> None:
    leave_report(reports, "acme", "1_tiny", FRAME, language="zh")
    code, _out, err = keepbook("acme", "--language", "en")
    assert code == 1 and names_in(reports / "acme") == []
    assert "There are no reports of 'acme' in the language 'en' to export." in err
    assert "there are reports in: zh" in err and "keepbook run acme --language en" in err
    code, _out, err = keepbook("acme", "--language", "eo")
    assert code == 2 and "There is no language 'eo'" in err


# ── requests that are wrong, and places that are ────────────────────────────────────────────────────────


def test_no_reports(reports: Path, keepbook: Keepbook) -> None:
    for more in ((), ("--language", "en")):
        code, out, err = keepbook("acme", *more)
        assert (code, out) == (1, "")
        assert "There are no reports of 'acme' to export." in err
        assert "Make them first: keepbook run acme" in err
    assert not reports.exists()


def test_an_unknown_unit(reports: Path, keepbook: Keepbook) -> None:
    leave_report(reports, "acme", "1_tiny", FRAME)
    code, out, err = keepbook("acme", "acne")
    assert (code, out) == (2, "") and "There is no business unit 'acne'" in err and "'acme'" in err
    assert names_in(reports / "acme") == [], "nothing before all is known"
    assert keepbook()[0] == 2 and keepbook("acme", "--as", "docx")[0] == 2


def test_a_place_that_cannot_be_written(reports: Path, keepbook: Keepbook, tmp_path: Path) -> None:
    leave_report(reports, "acme", "1_tiny", FRAME)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, out, err = keepbook("acme", "--as", "xlsx", "--to", str(tmp_path / "file" / "sub"))
    assert (code, out) == (1, "")
    assert "A file cannot be read or written" in err and str(tmp_path / "file") in err


def test_one_units_fault_keeps_no_other_from_being_exported(
    reports: Path, keepbook: Keepbook, project: Project
) -> None:
    project.unit("bravo")
    leave_report(reports, "bravo", "1_tiny", FRAME)
    code, out, err = keepbook("acme", "bravo", "--as", "xlsx")
    assert code == 1 and "no reports of 'acme'" in err and "bravo-2024-12-31.xlsx" in out


def test_a_damaged_table_is_told(reports: Path, keepbook: Keepbook) -> None:
    folder = leave_report(reports, "acme", "1_tiny", FRAME)
    (folder / "tables" / "t.parquet").write_bytes(b"PAR1 no more PAR1")
    code, _out, err = keepbook("acme", "--as", "xlsx")
    assert code == 1 and "A saved table cannot be read." in err and "t.parquet" in err
    assert "keepbook run acme --force" in err and names_in(reports / "acme") == []


# ── browsers ────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_browser_the_workbook_is_still_made(
    reports: Path, keepbook: Keepbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("KEEPBOOK_CHROMIUM", raising=False)
    monkeypatch.setattr("keepbook.export.chromium._usual_places", list)
    for page in ("1_tiny", "2_other"):
        leave_report(reports, "acme", page, FRAME)
    code, out, err = keepbook("acme")
    assert code == 1 and out.count("Wrote") == 1 and names_in(reports / "acme") == ["acme-2024-12-31.xlsx"]
    assert "There is no PDF, for there is no browser to print it with." in err
    assert "KEEPBOOK_CHROMIUM" in err and str(reports / "acme" / "1_tiny" / "index.html") in err
    assert keepbook("acme", "--as", "xlsx")[0] == 0, "who wants no PDF needs none"


@POSIX
def test_an_interrupted_export_leaves_nothing(project: Project, reports: Path, tmp_path: Path) -> None:
    leave_report(reports, "acme", "1_tiny", FRAME)
    slow, pid = tmp_path / "slow", tmp_path / "pid"
    slow.write_text(f"#!/bin/sh\necho $$ > '{pid}'\nexec sleep 600\n", encoding="utf-8")
    slow.chmod(slow.stat().st_mode | stat.S_IXUSR)
    started = project.start(
        "export", "acme", "--as", "pdf", KEEPBOOK_CHROMIUM=str(slow), TMPDIR=str(tmp_path)
    )
    wait_for(lambda: pid.exists() and pid.read_text().strip())
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=20)
    assert started.returncode == 130 and "Interrupted" in err and out == ""
    assert names_in(reports / "acme") == [] and not list(tmp_path.glob("keepbook-*"))
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def wait_for(condition: Callable[[], object]) -> None:
    for _try in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("never came true")
