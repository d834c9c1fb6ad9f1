"""The command line: what it says, what it returns, and how soon."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from runner_data import Project

from keepbook import cli
from keepbook.console.progress import Progress
from keepbook.runner import Outcome, Task
from keepbook.runner import task as one_task


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Two units, two notebooks; the working folder is inside it."""
    monkeypatch.delenv("KEEPBOOK_HOME", raising=False)
    project = Project(tmp_path / "project")
    project.unit("acme")
    project.unit("bravo")
    project.notebook(name="1_tiny")
    project.notebook(name="2_other")
    monkeypatch.chdir(project.home / "notebooks")
    return project


@pytest.fixture
def keepbook(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`keepbook` with these arguments: exit code, stdout, stderr. Never a traceback."""

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            code = cli.main(arguments)
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


Keepbook = Callable[..., tuple[int, str, str]]


def pretend(monkeypatch: pytest.MonkeyPatch, fails: str = "") -> None:
    """Every notebook "runs" at once; those of one unit fail."""

    def made(task: Task, *_rest: object) -> Outcome:
        fault = "Too bad.\n  where:    here" if task.unit == fails else ""
        return Outcome(task.unit, task.notebook.stem, "failed" if fault else "made", 0.1, {}, fault)

    monkeypatch.setattr(one_task, "make_report", made)


# ── requests that are wrong ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "acne"], "There is no business unit 'acne'.*did you mean 'acme'"),
        (["check", "acne"], "There is no business unit 'acne'.*did you mean 'acme'"),
        (["run", "../acme"], "There is no business unit '../acme'"),
        (["run", "--only", "2_othr"], "There is no notebook '2_othr'.*did you mean '2_other'"),
        (["run", "--only", "9"], "There is no notebook '9'.*known: 1_tiny, 2_other"),
        (["run", "--jobs", "0"], "'0' is not a whole number from 1"),
        (["run", "--jobs", "-1"], "--jobs"),
        (["run", "--jobs", "two"], "'two' is not a whole number from 1"),
        (["run", "--jobs", "²"], "'²' is not a whole number from 1"),
        (["walk"], "invalid choice: 'walk'"),
        ([], "COMMAND"),
    ],
)
def test_a_wrong_request(project: Project, keepbook: Keepbook, arguments: list[str], says: str) -> None:
    code, out, err = keepbook(*arguments)
    assert (code, out) == (2, "")
    assert re.search(says, err, re.DOTALL)
    assert not (project.home / "reports").exists()


@pytest.mark.parametrize("command", ["run", "check", "list", "schema"])
def test_outside_a_project(
    command: str, keepbook: Keepbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEEPBOOK_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    code, out, err = keepbook(command)
    assert (code, out) == (2, "")
    assert err.startswith("No folder params/ was found.") and "do:" in err


@pytest.mark.parametrize(
    ("kept", "commands", "says"),
    [
        ("notebooks", ["run", "check", "list"], "There is no unit file."),
        ("params", ["run", "list"], "There is no notebook to run."),
    ],
)
def test_without_units_or_notebooks(
    kept: str, commands: list[str], says: str, project: Project, keepbook: Keepbook
) -> None:
    for folder in {"params", "notebooks"} - {kept}:
        for path in (project.home / folder).iterdir():
            path.unlink()
    for command in commands:
        code, _out, err = keepbook(command)
        assert code == 2 and err.startswith(says)


def test_debug_shows_the_traceback(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "acne", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


# ── run ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_run_says_what_was_made(
    project: Project, keepbook: Keepbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch)
    code, out, err = keepbook("run", "--only", "2", "--only", "tiny", "--jobs", "2")
    assert code == 0
    assert out == f"4 made, 0 up to date, 0 failed. Open {project.home / 'reports' / 'index.html'}\n"
    assert err.splitlines()[-1].startswith("[4/4] ✓ ")
    assert {line[6:] for line in err.splitlines()} == {
        f"✓ {unit} · {notebook}  made, 0.1 s"
        for unit in ("acme", "bravo")
        for notebook in ("1_tiny", "2_other")
    }


def test_run_says_what_failed(project: Project, keepbook: Keepbook, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, fails="bravo")
    code, out, err = keepbook("run", "--only", "1")
    assert code == 1
    assert out.startswith("1 made, 0 up to date, 1 failed.")
    assert "✗ bravo · 1_tiny  failed, 0.1 s: Too bad." in err
    assert "\nbravo · 1_tiny: Too bad.\n  where:    here\n" in err


def test_a_reports_folder_that_cannot_be_made(project: Project, keepbook: Keepbook) -> None:
    (project.home / "file").touch()
    code, _out, err = keepbook("run", "--reports", str(project.home / "file" / "reports"))
    assert code == 1
    assert "cannot be read or written" in err and "file" in err


def test_control_signs_from_data_do_not_reach_the_terminal(
    project: Project, keepbook: Keepbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(task: Task, *_rest: object) -> Outcome:
        return Outcome(task.unit, task.notebook.stem, "failed", 0.1, {}, "row 3: \x1b[2Jgone\x07 [bold]x[/]")

    monkeypatch.setattr(one_task, "make_report", made)
    _code, out, err = keepbook("run", "acme", "--only", "1")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", out + err)
    assert "[bold]x[/]" in err, "and markup is text"


def test_progress_in_a_terminal_names_what_is_being_made(project: Project, tmp_path: Path) -> None:
    """The same display on a console that records: bar, count, and the names of unit and notebook."""
    from rich.console import Console

    progress = Progress(3)
    progress.console = Console(record=True, force_terminal=True, width=80, file=(tmp_path / "o").open("w"))
    one, two = (
        Task(unit, project.home / "notebooks" / "1_tiny.ipynb", tmp_path) for unit in ("acme", "b[o]b")
    )
    progress.watch(one, None)
    progress.watch(two, None)
    progress.watch(one, Outcome("acme", "1_tiny", "made", 1.25, {}))
    progress.console.print(progress.display)
    text = progress.console.export_text()
    assert "1/3" in text and "━" in text
    assert "b[o]b · 1_tiny" in text and re.search(r"✓ acme · 1_tiny +made, 1\.2 s", text)
    assert text.count("acme") == 1, "what is finished has left the list below the bar"


def test_no_terminal_that_knows_the_signs(project: Project) -> None:
    """A scheduler's ASCII log gets question marks, not a traceback."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "keepbook.cli", "check", "acme"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0 and b"? " in done.stdout and b"acme" in done.stdout


# ── check, list, schema, help ───────────────────────────────────────────────────────────────────────────


def test_check_prints_a_page_and_goes_on_after_a_fault(project: Project, keepbook: Keepbook) -> None:
    (project.home / "data" / "dirty.csv").write_text(
        "customer_id,date,amount\nc1,2024-01-01,10\nc2,2024-01-05,20.5\n,2024-01-07,7\nc1,soon,3\n",
        encoding="utf-8",
    )
    project.unit("bravo", source="data/missing.csv")
    project.unit("delta", source="data/dirty.csv")
    project.unit("echo", more="alpha: 7\n")
    code, out, err = keepbook("check")
    assert code == 1
    assert "✓ acme" in out and "✓ delta" in out
    assert "✗ bravo\nThere is no file at 'data/missing.csv'" in err and "✗ echo" in err
    page = out[out.index("✓ delta") :]
    assert "2 customers, 2 orders (one per customer and day), 30" in page
    assert "2024-01-01 to 2024-01-05 (5 days)" in page and "No currency is set." in page
    cells = [re.split(r"\s{2,}|│|┃", line.strip()) for line in page.splitlines()]
    rows = {cell[0].strip(): [c.strip() for c in cell[1:] if c.strip()] for cell in cells}
    assert rows["kept"][0] == "2" and rows["all"][0] == "4"
    left_out = {rule: values[0] for rule, values in rows.items() if rule.startswith("left out")}
    assert len(left_out) == 2 and set(left_out.values()) == {"1"}
    assert "row 4 'soon'" in page, "the line whose date cannot be read"
    assert not (project.home / "reports").exists(), "nothing is run or written"


def test_check_of_good_units(project: Project, keepbook: Keepbook) -> None:
    code, out, err = keepbook("check", "acme")
    assert (code, err) == (0, "")
    assert "bravo" not in out
    for title in (
        "Lines of the source",
        "To look at",
        "What the data would carry",
        "Tables that are missing",
    ):
        assert title in out


def test_check_of_data_after_today_says_so(project: Project, keepbook: Keepbook) -> None:
    lines = "".join(f"c1,{year}-01-0{day},5\n" for year in (2024, 2199) for day in range(1, 6))
    (project.home / "data" / "late.csv").write_text(f"customer_id,date,amount\n{lines}", encoding="utf-8")
    project.unit("delta", source="data/late.csv")
    code, out, _err = keepbook("check", "delta")
    assert code == 0
    assert "!  5 orders are dated after today." in out


def test_list_says_the_state_of_each_report(
    project: Project, keepbook: Keepbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.unit("charlie", more="alpha: 7\n")
    code, out, _err = keepbook("list")
    assert code == 0
    lines = {tuple(line.split()[:2]): " ".join(line.split()[2:]) for line in out.splitlines()}
    assert lines["acme", "1_tiny"] == "to be made"
    assert lines["charlie", "1_tiny"].startswith("✗ ") and "alpha" in lines["charlie", "1_tiny"]
    assert len(lines) == 6


def test_schema_is_written_for_editors(project: Project, keepbook: Keepbook) -> None:
    code, _out, _err = keepbook("schema")
    assert code == 0
    schema = json.loads((project.home / "params" / "unit.schema.json").read_text(encoding="utf-8"))
    assert {"unit", "transactions"} <= set(schema["required"])
    assert keepbook("list")[1].count("acme") == 2, "and is no unit file"


def test_a_reader_that_has_seen_enough(project: Project) -> None:
    """`keepbook list | head -0`"""
    read, written = os.pipe()
    os.close(read)
    process = subprocess.Popen(
        [sys.executable, "-m", "keepbook.cli", "list"], stdout=written, stderr=subprocess.PIPE, text=True
    )
    os.close(written)
    _out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


def test_help_comes_at_once() -> None:
    """In half a second of a processor, however busy the machine is with other things."""
    seconds = []
    for _ in range(5):
        before = os.times()
        done = subprocess.run(
            [sys.executable, "-m", "keepbook.cli", "--help"], capture_output=True, check=True
        )
        after = os.times()
        seconds.append(sum(after[2:4]) - sum(before[2:4]))  # of ended children
    assert b"Retention reports" in done.stdout
    assert statistics.median(seconds) < 0.5
