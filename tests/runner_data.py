"""Project folders made in a test, and how runs over them ended.

Most notebooks here are three cells, run in real kernels; the real one is run where its numbers are the point.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from keepbook.runner import Outcome

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


def statuses(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.unit: outcome.status for outcome in outcomes}
