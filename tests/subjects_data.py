"""A unit with two experiments and two changes, a sister with neither, and what is said of their reports."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from runner_data import SALES, Project

from keepbook import cli
from keepbook.runner import Outcome, tasks_of
from keepbook.runner import task as one_task

STRATEGY, CHANGE, PLAIN = "6_strategy_comparison", "7_before_after", "2_cohort_retention"
TRIED = """assignments: {source: data/assignments.csv}
experiments:
  - {name: winback_voucher, title: Win-back voucher, control: none}
  - {name: call, control: none}
"""
CHANGED = """before_after:
  - {name: free_shipping, title: Free shipping, date: 2024-04-01, comparison_unit: deli}
  - {name: new_shop, date: 2024-06-01}
"""
BOTH = [f"{STRATEGY}-winback_voucher", f"{STRATEGY}-call"]
CHANGES = [f"{CHANGE}-free_shipping", f"{CHANGE}-new_shop"]


def notebook(project: Project, name: str, parameter: str = "", *cells: str) -> Path:
    source = 'unit: str = "demo"\n' + f"{parameter}: str = None  # which one\n" * bool(parameter)
    first = nbformat.v4.new_code_cell(source + "save_to: str = None", metadata={"tags": ["parameters"]})
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    cells_ = [nbformat.v4.new_markdown_cell("# Does it work?"), first, *code]
    path = project.home / "notebooks" / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells_), path)
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Unit acme with two experiments and two changes, deli with neither; three notebooks."""
    project = Project(tmp_path / "project")
    project.unit("acme", more=TRIED + CHANGED)
    project.unit("deli", source="data/deli.csv")
    (project.home / "data" / "deli.csv").write_text(SALES, encoding="utf-8")
    arms = [
        f"{name},c{c},{arm}" for name in ("winback_voucher", "call") for c, arm in ((1, "none"), (2, "sent"))
    ]
    (project.home / "data" / "assignments.csv").write_text(
        "experiment,customer_id,variant,assigned_at\n" + "".join(f"{arm},2024-03-01\n" for arm in arms),
        encoding="utf-8",
    )
    for name, parameter in ((PLAIN, ""), (STRATEGY, "experiment"), (CHANGE, "change")):
        notebook(project, name, parameter)
    monkeypatch.chdir(project.home)
    return project


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Notebooks "run" without a kernel and leave one tile and a verdict; who was run, on what."""
    calls: list[tuple[str, str]] = []

    def execute(path: Path, parameters: dict[str, str], scratch: Path) -> nbformat.NotebookNode:
        about = next((parameters[name] for name in ("experiment", "change") if name in parameters), "")
        calls.append((path.stem, about))
        tile = {
            "name": path.stem,
            "label": f"Tile of {path.stem}",
            "value": 0.5,
            "kind": "percent",
            "definition": "d",
        }
        tile |= {"ci_lower": None, "ci_upper": None, "history": [], "headline": True}
        record = {"title": parameters["unit"], "figures": [tile]}
        record |= {"verdict": {"label": "roll out", "reason": "r"}} if about else {}
        record |= {"experiment": {"name": about, "title": f"{about} as it was called"}} if about else {}
        Path(parameters["save_to"], "key_figures.json").write_text(json.dumps(record), encoding="utf-8")
        return nbformat.read(path, as_version=4)

    monkeypatch.setattr(one_task, "execute", execute)
    return calls


def pages(project: Project, unit: str = "acme", only: tuple[str, ...] = ()) -> list[str]:
    tasks = tasks_of(project.home, [unit], only, project.home / "reports")
    assert all(task.folder == project.home / "reports" / unit / task.page for task in tasks)
    return [task.page for task in tasks]


def statuses(outcomes: list[Outcome], unit: str = "acme") -> dict[str, str]:
    return {outcome.notebook: outcome.status for outcome in outcomes if outcome.unit == unit}


def listed(project: Project, unit: str = "acme") -> dict[str, str]:
    """What the index links to for a unit: page, and the words for it."""
    index = (project.home / "reports" / "index.html").read_text(encoding="utf-8")
    items = [item for item in BeautifulSoup(index, "html.parser").select(".kb-links li") if item.a]
    words = {str(item.a["href"]): item.get_text(" ", strip=True) for item in items if item.a}
    mine = {href: text for href, text in words.items() if href.startswith(f"{unit}/")}
    assert all((project.home / "reports" / href).is_file() for href in mine)
    return {href.removeprefix(f"{unit}/").removesuffix("/index.html"): text for href, text in mine.items()}


def states(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What `keepbook list` says of the reports of acme."""
    capsys.readouterr()
    assert cli.main(["list"]) == 0
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    return {page: state for unit, page, state in lines if unit == "acme"}
