"""A run, papermill with a unit's name and papermill with its file give the same numbers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from runner_data import ROOT, Project

from keepbook.runner import run

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


def figures_in(folder: Path) -> dict[str, Any]:
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
    outcomes = run(project.home, ["cosmetics"], only=[REAL])
    assert {outcome.notebook: outcome.fault for outcome in outcomes} == {"0_summary": "", REAL: ""}
    report = project.folder("cosmetics", REAL)
    tables = tables_in(report)
    assert len(tables) >= 5
    for way in ("p", "f"):
        assert shown(tmp_path / way / "out.ipynb") == shown(report / "notebook.ipynb")
        by_hand = tables_in(tmp_path / way)
        assert by_hand.keys() == tables.keys()
        for name, table in tables.items():
            pd.testing.assert_frame_equal(by_hand[name], table, rtol=1e-10)
        recorded = figures_in(report)
        assert recorded["notebook"] == REAL, "which a run says, and papermill does not"
        assert figures_in(tmp_path / way) == recorded | {"notebook": ""}
    weekly = tables_in(tmp_path / "week")
    assert len(weekly["retention_average"]) > len(tables["retention_average"])
    assert shown(tmp_path / "week" / "out.ipynb")["findings"] != shown(report / "notebook.ipynb")["findings"]
