"""The notebooks keep the house rules, so that nbval compares something and a reader can follow."""

from __future__ import annotations

import re
import statistics
from pathlib import Path

import nbformat
import pytest
from papermill.inspection import inspect_notebook

from keepbook.unit import Unit

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
CHECKED = "nbval-check-output"
CHOSEN = {"experiment": "experiment", "change": "before_after"}  # parameter → what a book is asked for
OF_THE_RUN = {"unit", "save_to", "records", *CHOSEN}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def test_nbval_has_cells_to_compare(notebook: nbformat.NotebookNode) -> None:
    """nbval skips a cell without an execution count, so a cleared notebook passes whatever it computes."""
    checked = [cell for cell in code(notebook) if CHECKED in tags(cell)]
    assert len(checked) >= 2
    for cell in checked:
        assert cell.execution_count
        assert any("text/plain" in output.get("data", {}) for output in cell.outputs)


def test_committed_clean(notebook: nbformat.NotebookNode) -> None:
    for cell in code(notebook):
        if CHECKED not in tags(cell):
            assert cell.outputs == []
            assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}
    assert set(notebook.metadata) == {"keepbook", "kernelspec", "language_info"}
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert all(re.fullmatch(r"[a-z][a-z-]*", cell.id) for cell in notebook.cells), (
        "ids are names, so that diffs stay small"
    )


def test_cells_are_short_and_hold_no_logic(notebook: nbformat.NotebookNode) -> None:
    cells = [cell for cell in code(notebook) if "parameters" not in tags(cell)]
    lengths = [len([line for line in cell.source.splitlines() if line.strip()]) for cell in cells]
    assert statistics.median(lengths) <= 4
    assert max(lengths) <= 15
    assert not [
        cell.id for cell in cells if re.search(r"^\s*(def|class|for|while) ", cell.source, re.MULTILINE)
    ]


def test_no_number_from_data_is_typed_into_prose(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d+(\.\d+)? ?%|\d{3,}", cell.source), cell.id


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_the_units_own_settings(path: Path) -> None:
    """Named as in the unit file; all but the unit default to "as the unit's file says"; each explained."""
    parameters = inspect_notebook(str(path))
    assert next(iter(parameters)) == "unit"
    assert set(parameters) - OF_THE_RUN <= set(Unit.model_fields)
    for name, parameter in parameters.items():
        assert parameter["inferred_type_name"] != "None", name
        assert parameter["help"], name
        assert name == "unit" or parameter["default"] == "None", name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_parameter_reaches_the_book(path: Path) -> None:
    source = "\n".join(cell.source for cell in code(nbformat.read(path, as_version=4)))
    for name in inspect_notebook(str(path)):
        handed = f"shop.{CHOSEN[name]}({name})" if name in CHOSEN else f"{name}={name}"
        assert name == "unit" or handed in source, f"{name} is declared, but not handed on"
