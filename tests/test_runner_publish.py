"""A reader finds whole reports at any moment: while they are replaced, if that fails, and on a full disk."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from runner_data import Project, statuses

from keepbook.runner import run
from keepbook.runner.publish import STAGING, staged, write

# ── publication ─────────────────────────────────────────────────────────────────────────────────────────

READER = """
import json, pathlib, sys
folder, stop = map(pathlib.Path, sys.argv[1:])
reads = sealed = 0

def seal():
    try:
        return (folder / "manifest.json").read_text()
    except FileNotFoundError:
        return ""

while not stop.exists():
    before = seal()
    page = (folder / "index.html").read_text()
    figures = json.loads((folder / "key_figures.json").read_text())
    table = (folder / "tables" / "t.csv").read_text()
    assert page.startswith("<") and page.endswith(">") and table.endswith("\\n"), "torn"
    if before and before == seal():
        sealed += 1
        runs = {page.strip("<>").split()[0], str(figures["run"]), table.split()[0], json.loads(before)["run"]}
        assert len(runs) == 1, "mixed"
    reads += 1
print(reads, sealed)
"""


def publish(folder: Path, reports: Path, number: int) -> None:
    with staged(folder, reports) as aside:
        write(aside / "tables" / "t.csv", f"{number} " * 500 + "\n")
        write(aside / "key_figures.json", json.dumps({"run": number}))
        write(aside / "index.html", "<" + f"{number} " * 2000 + ">")
        write(aside / "manifest.json", json.dumps({"run": str(number)}))


def test_a_reader_always_finds_whole_files_that_belong_together_under_their_seal(tmp_path: Path) -> None:
    folder, stop = tmp_path / "reports" / "unit" / "1_tiny", tmp_path / "stop"
    publish(folder, tmp_path / "reports", 0)
    command = [sys.executable, "-c", READER, str(folder), str(stop)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for number in range(1, 301):
        publish(folder, tmp_path / "reports", number)
    stop.touch()
    for reader in readers:
        out, _err = reader.communicate(timeout=30)
        assert reader.returncode == 0
        reads, sealed = map(int, out.split())
        assert reads >= sealed > 10


def test_publishing_takes_old_tables_and_the_error_page_away(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "unit" / "1_tiny"
    publish(folder, tmp_path / "reports", 1)
    for name in ("tables/old.csv", "error.html", "a note of mine.txt"):
        (folder / name).write_text("x", encoding="utf-8")
    publish(folder, tmp_path / "reports", 2)
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert names == {"tables/t.csv", "key_figures.json", "index.html", "manifest.json", "a note of mine.txt"}


def test_what_fails_aside_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "unit" / "1_tiny"
    publish(folder, tmp_path / "reports", 1)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(ZeroDivisionError), staged(folder, tmp_path / "reports") as aside:
        write(aside / "index.html", "half")
        raise ZeroDivisionError
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
    assert not list((tmp_path / "reports" / STAGING).iterdir())


# ── a full disk ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("a small disk cannot be mounted here (needs root)")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


FILL = """import os, pathlib
place = pathlib.Path(os.environ["KEEPBOOK_HOME"], "fill")
if unit == "greedy" and place.exists():
    pathlib.Path(save_to, "table.csv").write_bytes(b"x" * 4_000_000)"""


def test_a_full_disk_is_told_and_the_old_report_stands(project: Project, small_disk: Path) -> None:
    """First a table that does not fit; then no room at all, even for error page, index and manifest."""
    project.unit("greedy")
    project.notebook(FILL)
    reports = small_disk / "reports"
    assert statuses(run(project.home, reports=reports)) == {"greedy": "made"}
    before = {p: p.read_bytes() for p in (reports / "greedy").rglob("*") if p.is_file()}

    (project.home / "fill").touch()
    (outcome,) = run(project.home, reports=reports, force=True)
    assert outcome.status == "failed" and outcome.fault.startswith("The disk is full.")
    assert "The disk is full." in (reports / "greedy" / "1_tiny" / "error.html").read_text(encoding="utf-8")
    for said in ("error.html", "error.json"):
        (reports / "greedy" / "1_tiny" / said).unlink()
    (project.home / "fill").unlink()

    with (small_disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
        while True:
            filler.write(b"x" * 4096)
    process = project.start("run", "--force", "--reports", str(reports))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "The disk is full." in err and "Traceback" not in out + err
    assert "all units · index" in err
    assert {p: p.read_bytes() for p in (reports / "greedy").rglob("*") if p.is_file()} == before
    assert [p.name for p in reports.rglob(".*")] == [".lock"]
