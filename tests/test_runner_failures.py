"""Trouble stays with its unit: an error page says what to do, and stands beside the old report."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from pathlib import Path

import nbformat
import pytest
from runner_data import RECORD, SALES, WHOLE, Project, statuses

from keepbook.runner import Outcome, plan, run
from keepbook.runner import task as one_task
from keepbook.runner.publish import STAGING
from keepbook.unit import load_unit


def text_of(page: str, without: str = "style") -> str:
    return re.sub(rf"<(style|script|{without})\b.*?</\1>", "", page, flags=re.DOTALL)


# ── one run with every kind of trouble, over good reports made before ───────────────────────────────────

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


# ── after it has ended ──────────────────────────────────────────────────────────────────────────────────


def test_a_simulated_unit_is_labelled_in_the_index_even_without_a_report(
    project: Project, no_kernel: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.unit("drawn", source="simulate", more="  simulate:\n    customers: 50\n    days: 200\n")
    project.notebook()
    monkeypatch.setattr(one_task, "render", lambda *args, **kwargs: 1 / 0)
    (outcome,) = run(project.home)
    assert "ZeroDivisionError" in outcome.fault
    assert load_unit("drawn", project.home).simulated
    index = (project.home / "reports" / "index.html").read_text(encoding="utf-8")
    assert "simulated" in text_of(index).lower()
