"""Runs all notebooks, or those named, on their defaults and writes them back clean (`make notebooks`).

Outputs stay only in cells tagged `nbval-check-output`, together with their execution count: without the
count nbval would compare nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
CHECKED = "nbval-check-output"


def refresh(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}).execute()
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if cell.cell_type == "code" and CHECKED not in tags:
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    wanted = sys.argv[1:] or [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    for notebook in (NOTEBOOKS / f"{stem}.ipynb" for stem in wanted):
        print(notebook.name)
        refresh(notebook)
