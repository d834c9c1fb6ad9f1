"""Kernels run side by side without meeting, and leave the environment as it was."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from runner_data import POSIX, Project

from keepbook.runner import kernel, run

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


def test_the_environment_is_as_before(
    project: Project, no_kernel: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(project.home.parent))
    project.unit("a")
    project.notebook()
    run(project.home)
    assert os.environ["TMPDIR"] == str(project.home.parent) and "KEEPBOOK_HOME" not in os.environ
