"""Runs: what is made, what is left alone, what a failure leaves behind, and what a reader can see meanwhile.

Most notebooks here are three cells written by the test, run in real kernels; the real one is run where its
numbers are the point.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from keepbook.errors import KeepbookError
from keepbook.params import load_unit
from keepbook.runner import Outcome, Task, attempt, kernel, plan, run, tasks_of
from keepbook.runner.alone import alone
from keepbook.runner.publish import STAGING, staged, write
from keepbook.runner.secrets import hider

ROOT = Path(__file__).parents[1]
SALES = "customer_id,date,amount\n" + "".join(
    f"c{c},2024-{month:02}-{1 + c:02},{10 + c}\n"
    for c in range(9)
    for month in range(1 + c % 3, 13, 1 + c % 3)
)
RECORD = """import json, pathlib
record = {"schema": 1, "unit": unit, "figures": []}
pathlib.Path(save_to, "key_figures.json").write_text(json.dumps(record))"""
WHOLE = {"index.html", "key_figures.json", "manifest.json", "notebook.ipynb"}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and file locks of POSIX")


@dataclasses.dataclass
class Project:
    """A project folder in the making."""

    home: Path

    def unit(self, name: str, *, source: str = "data/sales.csv", more: str = "") -> Path:
        for folder in ("params", "notebooks", "data"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        if source == "data/sales.csv":
            (self.home / source).write_text(SALES, encoding="utf-8")
        path = self.home / "params" / f"{name}.yaml"
        path.write_text(f'unit: "{name}"\ntransactions:\n  source: "{source}"\n{more}', encoding="utf-8")
        return path

    def notebook(self, *cells: str, name: str = "1_tiny", last: str | None = RECORD) -> Path:
        parameters = nbformat.v4.new_code_cell('unit: str = "demo"\nsave_to: str = None')
        parameters.metadata["tags"] = ["parameters"]
        code = [nbformat.v4.new_code_cell(cell) for cell in (*cells, *([last] if last else []))]
        title = nbformat.v4.new_markdown_cell("# Tiny")
        notebook = nbformat.v4.new_notebook(cells=[title, parameters, *code])
        path = self.home / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def folder(self, unit: str, notebook: str = "1_tiny") -> Path:
        return self.home / "reports" / unit / notebook

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """`keepbook` as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "keepbook.cli", *arguments],
            cwd=self.home,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job behind & ignores it
        )

    def all_bytes(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (self.home / "reports").rglob("*") if path.is_file()}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("KEEPBOOK_HOME", raising=False)
    return Project(tmp_path / "project")


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notebooks "run" without a kernel, where what happens around them is the point; returns who was run."""
    ran: list[str] = []

    def execute(path: Path, parameters: dict[str, str], scratch: Path) -> nbformat.NotebookNode:
        ran.append(parameters["unit"])
        Path(parameters["save_to"], "key_figures.json").write_text('{"figures": []}', encoding="utf-8")
        return nbformat.read(path, as_version=4)

    monkeypatch.setattr(attempt, "execute", execute)
    return ran


def statuses(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.unit: outcome.status for outcome in outcomes}


def text_of(page: str, without: str = "style") -> str:
    return re.sub(rf"<(style|script|{without})\b.*?</\1>", "", page, flags=re.DOTALL)


def wait_for(condition, seconds: float = 30) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


# ── failure isolation: one run with every kind of trouble, over good reports made before ───────────────────

TROUBLE = """import os, sys, pathlib
trouble = unit if pathlib.Path(os.environ["KEEPBOOK_HOME"], "trouble").exists() else None
if trouble == "raises":
    raise ValueError("five <b>apples</b> are missing")
if trouble == "killed":
    os.kill(os.getpid(), 9)
if trouble == "exits":
    sys.exit(0)
if trouble == "exits_hard":
    os._exit(0)
if trouble == "vanishes":
    os.remove(pathlib.Path(os.environ["KEEPBOOK_HOME"], "data/vanishing.csv"))"""
THEN = """if trouble == "vanishes":
    from keepbook.book import Book
    Book(unit, notebook="1_tiny")"""
MAYBE = 'if trouble != "unfinished":\n    ' + RECORD.replace("\n", "\n    ")
TROUBLES = {
    "broken": "fortnight",
    "missing": "There is no file at 'data/missing.csv'",
    "raises": "ValueError: five &lt;b&gt;apples&lt;/b&gt; are missing",
    "killed": "kernel died",
    "exits": "The notebook ended itself before its last cell",
    "exits_hard": "kernel died",
    "vanishes": "There is no file at 'data/vanishing.csv'",
    "unfinished": "The notebook ended without its record",
}


@dataclasses.dataclass
class Troubled:
    project: Project
    first: list[Outcome]
    second: list[Outcome]
    before: dict[Path, bytes]
    code: str


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Troubled:
    project = Project(tmp_path_factory.mktemp("troubled"))
    for name in (*TROUBLES, "sound"):
        project.unit(name)
    for name in ("missing", "vanishing"):
        (project.home / "data" / f"{name}.csv").write_text(SALES, encoding="utf-8")
    project.unit("missing", source="data/missing.csv")
    project.unit("vanishes", source="data/vanishing.csv")
    project.notebook(TROUBLE, THEN, last=MAYBE)
    first = run(project.home, jobs=4)
    before = project.all_bytes()
    (project.home / "trouble").touch()
    (project.home / "data" / "missing.csv").unlink()
    project.unit("broken", more="cohort_period: fortnight\n")
    return Troubled(project, first, run(project.home, jobs=4, force=True), before, TROUBLE)


def test_without_trouble_every_unit_is_made(troubled: Troubled) -> None:
    assert set(statuses(troubled.first).values()) == {"made"}


def test_trouble_stays_with_its_unit(troubled: Troubled) -> None:
    assert statuses(troubled.second) == dict.fromkeys(TROUBLES, "failed") | {"sound": "made"}
    assert [outcome.unit for outcome in troubled.second] == sorted([*TROUBLES, "sound"])


@pytest.mark.parametrize("unit", TROUBLES)
def test_error_page_says_what_where_expected_and_what_to_do(troubled: Troubled, unit: str) -> None:
    page = (troubled.project.folder(unit) / "error.html").read_text(encoding="utf-8")
    assert TROUBLES[unit] in page.replace("&#39;", "'")
    for label in ("Where", "What was expected", "What to do"):
        assert label in page
    assert "Traceback" not in text_of(page, without="details")
    assert STAGING not in page
    if unit in ("raises", "killed", "exits", "exits_hard"):
        assert "apples" in page and "trouble" in page, "the failing cell's code"


@pytest.mark.parametrize("unit", TROUBLES)
def test_the_old_report_stands_beside_the_error_page(troubled: Troubled, unit: str) -> None:
    folder = troubled.project.folder(unit)
    kept = {path: content for path, content in troubled.before.items() if folder in path.parents}
    assert {path.name for path in kept} == WHOLE
    assert all(path.read_bytes() == content for path, content in kept.items())
    assert 'href="index.html"' in (folder / "error.html").read_text(encoding="utf-8")


def test_the_index_shows_who_failed(troubled: Troubled) -> None:
    index = (troubled.project.home / "reports" / "index.html").read_text(encoding="utf-8")
    for unit in TROUBLES:
        assert f"{unit}/1_tiny/error.html" in index
    assert "sound/1_tiny/index.html" in index and "sound/1_tiny/error.html" not in index


def test_the_run_manifest_says_how_each_ended(troubled: Troubled) -> None:
    manifest = json.loads((troubled.project.home / "reports" / "run.json").read_text(encoding="utf-8"))
    assert manifest["schema"] == 1
    assert {"keepbook", "papermill", "duckdb", "pandas"} <= manifest["versions"].keys()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", manifest["written_at"])
    ends = {outcome["unit"]: outcome for outcome in manifest["outcomes"]}
    assert {unit: end["status"] for unit, end in ends.items()} == statuses(troubled.second)
    assert all(bool(end["fault"]) == (end["status"] == "failed") for end in ends.values())
    assert ends["sound"]["seconds"] > 0.1, "a kernel takes longer"


def test_a_report_says_what_it_was_made_from(troubled: Troubled) -> None:
    project = troubled.project
    manifest = json.loads((project.folder("sound") / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["schema"], manifest["unit"], manifest["status"]) == (1, "sound", "made")
    unit_file = (project.home / "params" / "sound.yaml").read_bytes()
    notebook = (project.home / "notebooks" / "1_tiny.ipynb").read_bytes()
    assert manifest["inputs"]["unit_file"] == hashlib.sha256(unit_file).hexdigest()
    assert manifest["inputs"]["notebook"] == hashlib.sha256(notebook).hexdigest()
    assert manifest["inputs"]["data"] and manifest["inputs"]["library"] == plan.library_hash()


def test_nothing_is_left_lying_about(troubled: Troubled) -> None:
    reports = troubled.project.home / "reports"
    assert not (reports / STAGING).exists()
    assert [p.name for p in reports.rglob(".*")] == [".lock"]


def test_the_published_notebook_holds_no_path_of_the_run(troubled: Troubled) -> None:
    text = (troubled.project.folder("sound") / "notebook.ipynb").read_text(encoding="utf-8")
    assert STAGING not in text and str(troubled.project.home) not in text
    assert nbformat.reads(text, as_version=4).cells


# ── before a kernel starts ──────────────────────────────────────────────────────────────────────────────


def test_a_broken_unit_starts_no_kernel(project: Project, no_kernel: list[str]) -> None:
    project.unit("fine")
    project.unit("broken", more="cohort_period: fortnight\n")
    project.notebook()
    assert statuses(run(project.home)) == {"broken": "failed", "fine": "made"}
    assert no_kernel == ["fine"]


@pytest.mark.parametrize(
    ("content", "says"),
    [("not json", "This is no Jupyter notebook."), ('{"cells": 3}', "This is no Jupyter notebook.")],
)
def test_a_file_that_is_no_notebook(project: Project, content: str, says: str) -> None:
    project.unit("fine")
    project.notebook().write_text(content, encoding="utf-8")
    (outcome,) = run(project.home)
    assert outcome.status == "failed" and outcome.fault.startswith(says)


def test_a_notebook_without_the_runs_parameters(project: Project) -> None:
    """papermill would only log a warning, and the notebook would show another unit under this one's name."""
    project.unit("fine")
    path = project.notebook()
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = 'unit = "demo"'
    nbformat.write(notebook, path)
    (outcome,) = run(project.home)
    assert "does not take the parameter 'save_to'" in outcome.fault


# ── what is up to date ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_up_to_date_is_left_alone(project: Project, no_kernel: list[str]) -> None:
    project.unit("a")
    project.unit("b")
    project.notebook()
    assert statuses(run(project.home)) == {"a": "made", "b": "made"}
    before = project.all_bytes()
    assert statuses(run(project.home)) == {"a": "current", "b": "current"}
    assert statuses(run(project.home, ["b"], force=True)) == {"b": "made"}
    assert sorted(no_kernel) == ["a", "b", "b"]
    untouched = [path for path in before if project.folder("a") in path.parents]
    assert untouched and all(path.read_bytes() == before[path] for path in untouched)


@pytest.mark.parametrize("change", ["unit file", "data", "notebook", "library"])
def test_each_change_alone_triggers_a_new_run(
    change: str, project: Project, no_kernel: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.unit("a")
    project.notebook()
    run(project.home)
    if change == "unit file":
        project.unit("a", more="alpha: 0.1\n")
    elif change == "data":
        (project.home / "data" / "sales.csv").write_text(SALES + "c1,2024-12-30,5\n", encoding="utf-8")
    elif change == "notebook":
        project.notebook("1 + 1")
    else:
        shutil.copytree(ROOT / "lib" / "keepbook", project.home / "copy")
        with (project.home / "copy" / "words.py").open("a", encoding="utf-8") as words:
            words.write("# changed\n")
        monkeypatch.setattr(plan, "files", lambda package: project.home / "copy")
        plan.library_hash.cache_clear()
    try:
        assert statuses(run(project.home)) == {"a": "made"}
        assert statuses(run(project.home)) == {"a": "current"}
    finally:
        plan.library_hash.cache_clear()


def test_a_report_that_lost_a_page_or_failed_since_is_made_again(
    project: Project, no_kernel: list[str]
) -> None:
    project.unit("a")
    project.notebook()
    for spoil in ("nothing", "index.html", "manifest.json", "error.html"):
        if spoil == "error.html":
            (project.folder("a") / spoil).write_text("the last run failed", encoding="utf-8")
        else:
            (project.folder("a") / spoil).unlink(missing_ok=True)
        assert statuses(run(project.home)) == {"a": "made"}, spoil
        assert not (project.folder("a") / "error.html").exists()
    assert statuses(run(project.home)) == {"a": "current"}


def test_data_only_a_database_knows_are_never_taken_for_unchanged(project: Project) -> None:
    task = Task("a", project.notebook(), project.folder("a"))
    inputs = {"unit_file": "1", "data": None, "notebook": "2", "library": "3"}
    write(task.folder / "index.html", "page")
    write(task.folder / "manifest.json", json.dumps({"inputs": inputs}))
    assert not plan.is_current(task, inputs)


def test_picks(project: Project) -> None:
    project.unit("a")
    for name in ("2_cohort_retention", "3_clv"):
        project.notebook(name=name)
    for pick in ("2", "cohort_retention", "2_cohort_retention", "2_cohort_retention.ipynb"):
        (task,) = tasks_of(project.home, (), [pick], project.home)
        assert task.notebook.stem == "2_cohort_retention"
    assert len(tasks_of(project.home, ["a", "a"], ["3", "2", "3"], project.home)) == 2
    with pytest.raises(KeepbookError, match="did you mean '3_clv'"):
        tasks_of(project.home, (), ["3_cvl"], project.home)


# ── kernels side by side ────────────────────────────────────────────────────────────────────────────────

WHERE = """import json, os, pathlib, tempfile
from ipykernel.connect import get_connection_file
seen = {"unit": unit, "cwd": os.getcwd(), "pid": os.getpid()}
seen |= {"file": get_connection_file(), "temp": tempfile.gettempdir()}
seen |= {"transport": json.loads(pathlib.Path(seen["file"]).read_text())["transport"]}
pathlib.Path(save_to, "key_figures.json").write_text(json.dumps({"figures": [], "seen": seen}))"""


@pytest.mark.parametrize("count", [6, pytest.param(24, marks=pytest.mark.slow)])
def test_kernels_side_by_side(
    count: int, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = ["010", "NO", "1e3", "true", "null", "2024-01-31"] + [f"u{i}" for i in range(count - 6)]
    for name in names:
        project.unit(name)
    project.notebook(last=WHERE)
    monkeypatch.chdir(tmp_path)
    outcomes = run(project.home, jobs=4)
    assert {outcome.fault for outcome in outcomes} == {""}
    seen = {}
    for name in names:
        record = json.loads((project.folder(name) / "key_figures.json").read_text(encoding="utf-8"))
        seen[name] = record["seen"]
    assert {name: s["unit"] for name, s in seen.items()} == {name: name for name in names}, "text stays text"
    assert {s["cwd"] for s in seen.values()} == {str(tmp_path)}
    assert len({s["pid"] for s in seen.values()}) == len({s["file"] for s in seen.values()}) == count
    if sys.platform != "win32":
        assert {s["transport"] for s in seen.values()} == {"ipc"}
        assert max(len(s["file"]) for s in seen.values()) < 90
    assert not any(Path(s["file"]).parent.exists() or Path(s["temp"]).exists() for s in seen.values())
    assert not kernel.Kernel.living


@POSIX
def test_sockets_keep_a_short_path_when_the_temporary_folder_has_a_long_one(tmp_path: Path) -> None:
    long = tmp_path / ("long" * 30)
    long.mkdir()
    folder = kernel._folder(long)
    folder.rmdir()
    assert len(str(folder)) < 90


# ── one run at a time, and runs that are cut off ────────────────────────────────────────────────────────

BLOCK = """import os, pathlib, time
here = pathlib.Path(os.environ["KEEPBOOK_HOME"])
if unit == "slow" and (here / "block").exists():
    (here / "pid").write_text(f"{os.getpid()} {os.getppid()}")
    time.sleep(600)"""


@pytest.fixture
def blocked(project: Project) -> Iterator[tuple[Project, subprocess.Popen[str], int]]:
    """A run with one report finished whose other kernel will not end; its process, and that kernel's pid."""
    project.unit("fast")
    project.unit("slow")
    project.notebook(BLOCK)
    (project.home / "block").touch()
    process = project.start("run", "--jobs", "2")
    try:
        pid, sealed = project.home / "pid", project.folder("fast") / "manifest.json"
        wait_for(lambda: pid.exists() and pid.read_text() and sealed.exists(), 60)
        yield project, process, int(pid.read_text().split()[0])
    finally:
        process.kill()
        process.communicate()


def scratch_of(project: Project) -> Path:
    return Path((project.home / "reports" / ".lock").read_text(encoding="utf-8").partition(" ")[2])


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def assert_only_whole_reports(project: Project) -> None:
    assert {path.name for path in project.folder("fast").iterdir()} == WHOLE
    visible = [path.name for path in (project.home / "reports").iterdir() if path.name[0] != "."]
    assert visible == ["fast"]


@POSIX
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_whole_reports_and_no_kernel(
    sign: signal.Signals, blocked: tuple[Project, subprocess.Popen[str], int]
) -> None:
    project, process, pid = blocked
    scratch = scratch_of(project)
    assert scratch.is_dir()
    if sign == signal.SIGINT:
        second = project.start("run")
        _out, err = second.communicate(timeout=60)
        assert second.returncode == 2
        assert err.startswith(f"Another run, process {process.pid}, is making reports here.")
        assert "Traceback" not in err
    process.send_signal(sign)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Finished reports stand" in err and "Traceback" not in err
    wait_for(lambda: not is_running(pid), 5)
    assert_only_whole_reports(project)
    assert not (project.home / "reports" / STAGING).exists() and not scratch.exists()


@POSIX
def test_a_killed_run_is_cleared_and_resumed_by_the_next(
    blocked: tuple[Project, subprocess.Popen[str], int],
) -> None:
    project, process, pid = blocked
    scratch = scratch_of(project)
    process.kill()
    process.communicate()
    wait_for(lambda: not is_running(pid), 10)  # the kernel notices that its parent is gone
    assert_only_whole_reports(project)
    assert list((project.home / "reports" / STAGING).iterdir()) and scratch.is_dir(), "else nothing is proved"
    (project.home / "block").unlink()
    assert statuses(run(project.home)) == {"fast": "current", "slow": "made"}
    assert not (project.home / "reports" / STAGING).exists() and not scratch.exists()


def test_a_lock_file_cannot_name_a_folder_to_delete(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / ".lock").write_text(f"1 {precious}", encoding="utf-8")
    with alone(tmp_path / "reports") as scratch:
        assert scratch.is_dir()
    assert precious.is_dir() and not scratch.exists()


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


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────────────

SECRET = "p@ss/w\"örd&<1>'x"
LEAK = """import os
print(os.environ["KB_TEST_PW"])
[os.environ["KB_TEST_PW"]]"""


def test_secrets_reach_no_file_and_no_terminal(project: Project) -> None:
    """`open` prints its password in the notebook and succeeds; `shut` has it in the engine's own message."""
    project.unit("open", more="about: password is ${KB_TEST_PW}\n")
    project.unit("shut", source="nosuch://me:${KB_TEST_PW}@host/db", more="  table: t\n")
    project.notebook(
        LEAK, 'if unit == "shut":\n    from keepbook.book import Book\n    Book(unit, notebook="1_tiny")'
    )
    said = ""
    for command, code in (("run", 1), ("check", 1)):
        process = project.start(command, KB_TEST_PW=SECRET)
        said += "".join(process.communicate(timeout=120))
        assert process.returncode == code
    files = project.all_bytes()
    assert b"${KB_TEST_PW}" in files[project.folder("open") / "notebook.ipynb"], "else nothing is proved"
    assert (project.folder("shut") / "error.html") in files and "nosuch" in said
    for text in (said, *(content.decode(errors="replace") for content in files.values())):
        for piece in (SECRET, "%C3%B6rd", "örd", "\\u00f6rd"):
            assert piece not in text


def test_hiding_knows_every_quoting_and_spares_what_is_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit_file = tmp_path / "u.yaml"
    unit_file.write_text("source: ${KB_URL} ${KB_PORT} ${KB_EMPTY} ${KB_UNSET}", encoding="utf-8")
    monkeypatch.setenv("KB_URL", "postgres://me:t0p%2Fsecret@host/db")
    monkeypatch.setenv("KB_PORT", "5432")
    monkeypatch.setenv("KB_EMPTY", "")
    hide = hider(unit_file)
    assert hide("as t0p/secret, t0p%2Fsecret at port 5432") == "as ${KB_URL}, ${KB_URL} at port 5432"
    assert hide("to postgres://me:t0p%2Fsecret@host/db!") == "to ${KB_URL}!"


def test_a_part_of_a_path_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a shop called `span` would be taken out of the page's own markup."""
    unit_file = tmp_path / "u.yaml"
    unit_file.write_text("source: data/${KB_SHOP}.csv", encoding="utf-8")
    monkeypatch.setenv("KB_SHOP", "span")
    assert hider(unit_file)("<span>") == "<span>"


# ── the same numbers whichever way ──────────────────────────────────────────────────────────────────────

REAL = "2_cohort_retention"
CELLS = ("findings", "cohorts-identity", "money-identity", "churn-identity")


def papermill_process(project: Project, out: Path, *arguments: str) -> subprocess.Popen[str]:
    """`papermill` as an analyst calls it, from JupyterLab's working folder."""
    command = [sys.executable, "-m", "papermill", f"{REAL}.ipynb", str(out / "out.ipynb"), *arguments]
    out.mkdir()
    return subprocess.Popen(
        [*command, "-p", "save_to", str(out), "--no-progress-bar"],
        cwd=project.home / "notebooks",
        stderr=subprocess.PIPE,
        text=True,
    )


def shown(notebook: Path) -> dict[str, str]:
    cells = {cell.id: cell for cell in nbformat.read(notebook, as_version=4).cells}
    return {name: cells[name].outputs[0].data["text/plain"] for name in CELLS}


def tables_in(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_parquet(path) for path in (folder / "tables").glob("*.parquet")}


def figures_in(folder: Path) -> object:
    """Key figures to ten digits: the engine adds up in parallel, so that the sixteenth may differ."""
    text = (folder / "key_figures.json").read_text(encoding="utf-8")
    return json.loads(text, parse_float=lambda number: f"{float(number):.10g}")


def test_papermill_by_hand_gives_the_same_numbers(project: Project, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "notebooks", project.home / "notebooks")
    (project.home / "params").mkdir()
    shutil.copy(ROOT / "params" / "cosmetics.yaml", project.home / "params")
    ways = {
        "p": ("-p", "unit", "cosmetics"),
        "f": ("-f", str(project.home / "params" / "cosmetics.yaml")),
        "week": ("-p", "unit", "cosmetics", "-p", "cohort_period", "week"),
    }
    processes = [papermill_process(project, tmp_path / way, *arguments) for way, arguments in ways.items()]
    for process in processes:
        _out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
    (outcome,) = run(project.home, ["cosmetics"], only=[REAL])
    assert outcome.fault == ""
    report = project.folder("cosmetics", REAL)
    tables = tables_in(report)
    assert len(tables) >= 5
    for way in ("p", "f"):
        assert shown(tmp_path / way / "out.ipynb") == shown(report / "notebook.ipynb")
        by_hand = tables_in(tmp_path / way)
        assert by_hand.keys() == tables.keys()
        for name, table in tables.items():
            pd.testing.assert_frame_equal(by_hand[name], table, rtol=1e-10)
        assert figures_in(tmp_path / way) == figures_in(report)
    weekly = tables_in(tmp_path / "week")
    assert len(weekly["retention_average"]) > len(tables["retention_average"])
    assert shown(tmp_path / "week" / "out.ipynb")["findings"] != shown(report / "notebook.ipynb")["findings"]


# ── small things ────────────────────────────────────────────────────────────────────────────────────────


def test_the_environment_is_as_before(
    project: Project, no_kernel: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(project.home.parent))
    project.unit("a")
    project.notebook()
    run(project.home)
    assert os.environ["TMPDIR"] == str(project.home.parent) and "KEEPBOOK_HOME" not in os.environ


def test_a_simulated_unit_is_labelled_in_the_index_even_without_a_report(
    project: Project, no_kernel: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.unit("drawn", source="simulate", more="  simulate:\n    customers: 50\n    days: 200\n")
    project.notebook()
    monkeypatch.setattr(attempt, "render", lambda *args, **kwargs: 1 / 0)
    (outcome,) = run(project.home)
    assert "ZeroDivisionError" in outcome.fault
    assert load_unit("drawn", project.home).simulated
    index = (project.home / "reports" / "index.html").read_text(encoding="utf-8")
    assert "simulated" in text_of(index).lower()


def test_watch_is_told_of_every_start_and_end(project: Project, no_kernel: list[str]) -> None:
    project.unit("a")
    project.unit("b")
    project.notebook()
    told: list[tuple[str, str]] = []

    def watch(task: Task, outcome: Outcome | None) -> None:
        told.append((task.unit, outcome.status if outcome else "starts"))

    run(project.home, jobs=1, watch=watch)
    assert told == [("a", "starts"), ("a", "made"), ("b", "starts"), ("b", "made")]
