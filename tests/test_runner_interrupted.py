"""One run at a time; one that is cut off leaves whole reports and no kernel, and the next one goes on."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from runner_data import POSIX, WHOLE, Project, statuses

from keepbook.runner import run
from keepbook.runner.lock import locked
from keepbook.runner.publish import STAGING


def wait_for(condition, seconds: float = 30) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


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
    with locked(tmp_path / "reports") as scratch:
        assert scratch.is_dir()
    assert precious.is_dir() and not scratch.exists()
