"""A unit's own page is made last, from its other reports, in the unit's folder, and never harms those."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from runner_data import Project, statuses

from keepbook.errors import KeepbookError
from keepbook.page.records import PREVIOUS, PageRecord
from keepbook.runner import Outcome, Task, run, tasks_of
from keepbook.runner import task as one_task
from keepbook.runner.publish import staged, write

SUMMARY, FIRST, SECOND = "0_summary", "1_first", "2_second"
PAGES = [SUMMARY, FIRST, SECOND]


class Ran:
    """Notebooks "run" without a kernel: which, in which order, and what a summary found."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.seen: dict[str, dict[str, PageRecord]] = {}
        self.fails: set[tuple[str, str]] = set()
        self.as_of = "2024-12-31"
        self.lock = threading.Lock()

    def execute(self, path: Path, parameters: dict[str, Any], scratch: Path) -> nbformat.NotebookNode:
        unit, page = parameters["unit"], path.stem
        with self.lock:
            self.calls.append((unit, page))
            if page == SUMMARY:
                folder = Path(parameters["records"])
                self.seen[unit] = {one: PageRecord.read(folder / one) for one in (FIRST, SECOND)}
        if (unit, page) in self.fails:
            raise KeepbookError("Too bad.", do="Nothing.")
        record = {"as_of": self.as_of, "findings": [f"{page} of {unit}"], "figures": []}
        write(Path(parameters["save_to"], "key_figures.json"), json.dumps(record))
        write(Path(parameters["save_to"], "tables", "t.csv"), "a\n1\n")
        return nbformat.read(path, as_version=4)

    def order(self, unit: str = "a") -> list[str]:
        return [page for one, page in self.calls if one == unit]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    ran = Ran()
    monkeypatch.setattr(one_task, "execute", ran.execute)
    return ran


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    for unit in ("a", "b"):
        project.unit(unit)
    for name in PAGES:
        project.notebook(name=name)
    path = project.home / "notebooks" / f"{SUMMARY}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source += "\nrecords: str = None"
    nbformat.write(notebook, path)
    return project


def made(outcomes: list[Outcome], unit: str = "a") -> list[str]:
    return [one.notebook for one in outcomes if one.unit == unit and one.status == "made"]


def pages_of(project: Project, unit: str = "a") -> list[Path]:
    folder = project.home / "reports" / unit
    return [folder, folder / FIRST, folder / SECOND]


# ── order ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_it_is_made_last_of_its_unit_and_stands_first_in_the_bar(
    jobs: int, project: Project, ran: Ran
) -> None:
    outcomes = run(project.home, jobs=jobs)
    assert [(one.unit, one.notebook) for one in outcomes] == [(u, page) for u in "ab" for page in PAGES]
    for unit in ("a", "b"):
        assert ran.order(unit)[-1] == SUMMARY and len(ran.order(unit)) == 3
        assert [one.record["findings"] for one in ran.seen[unit].values()] == [
            [f"{FIRST} of {unit}"],
            [f"{SECOND} of {unit}"],
        ], "it found the records of this run"
    for folder, here in zip(pages_of(project), PAGES, strict=True):
        page = BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser")
        bar = page.select(".kb-bar nav a")
        assert [link.get_text() for link in bar] == ["← All units", "Summary", "First", "Second"]
        assert (folder / bar[0]["href"]).resolve() == project.home / "reports" / "index.html"
        assert [link.get_text() for link in bar if link.has_attr("aria-current")] == [
            bar[PAGES.index(here) + 1].get_text()
        ]
        for link in bar[1:]:
            assert link["href"].startswith("#") or (folder / link["href"]).is_file()


def test_a_unit_does_not_wait_for_another(project: Project, ran: Ran) -> None:
    run(project.home, jobs=1)
    assert ran.calls.index(("a", SUMMARY)) < ran.calls.index(("b", FIRST))


def test_each_language_has_one_of_its_own(project: Project, ran: Ran) -> None:
    run(project.home, ["a"], languages=["en", "zh"], jobs=2)
    reports = project.home / "reports"
    for folder in (reports / "a", reports / "zh" / "a"):
        assert {path.name for path in folder.iterdir()} >= {"index.html", "manifest.json", FIRST, SECOND}
        home = BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser").select_one(
            ".kb-bar a"
        )
        assert home is not None and (folder / str(home["href"])).resolve() == folder.parent / "index.html"
    assert ran.order().count(SUMMARY) == 2


# ── what is up to date ──────────────────────────────────────────────────────────────────────────────────


def test_it_is_made_again_with_any_report_of_its_unit(project: Project, ran: Ran) -> None:
    run(project.home)
    assert set(statuses(run(project.home)).values()) == {"current"}
    assert made(run(project.home, ["a"], only=["1"], force=True)) == [SUMMARY, FIRST]
    (project.home / "reports" / "a" / SECOND / "manifest.json").unlink()
    outcomes = run(project.home)
    assert made(outcomes) == [SUMMARY, SECOND] and made(outcomes, "b") == []


def test_a_pick_that_makes_nothing_new_leaves_it(project: Project, ran: Ran) -> None:
    run(project.home)
    assert statuses(run(project.home, ["a"], only=["1"])) == {"a": "current"}
    assert len(ran.calls) == 6


def test_a_pick_of_it_alone_makes_it_alone(project: Project, ran: Ran) -> None:
    assert [task.page for task in tasks_of(project.home, ["a"], ["0"], project.home)] == [SUMMARY]
    assert [task.page for task in tasks_of(project.home, ["a"], ["summary", "2"], project.home)] == [
        SUMMARY,
        SECOND,
    ]
    assert [task.page for task in tasks_of(project.home, ["a"], ["2"], project.home)] == [SUMMARY, SECOND]


# ── failures ────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_made_though_a_report_fails_and_knows_why(project: Project, ran: Ran) -> None:
    run(project.home, ["a"])
    ran.fails = {("a", SECOND)}
    outcomes = run(project.home, ["a"], force=True)
    assert made(outcomes) == [SUMMARY, FIRST]
    failed = ran.seen["a"][SECOND]
    assert failed.fault == "Too bad." and failed.record["findings"], "the last good record is there, too"
    ran.fails = set()
    assert made(run(project.home, ["a"])) == [SUMMARY, SECOND], "it came back, so the summary is new"
    assert ran.seen["a"][SECOND].fault == ""


def test_a_failure_alone_makes_it_anew(project: Project, ran: Ran) -> None:
    run(project.home, ["a"])
    ran.fails = {("a", SECOND)}
    assert made(run(project.home, ["a"], only=["2"], force=True)) == [SUMMARY]
    assert made(run(project.home, ["a"], only=["1"])) == []


def test_its_own_failure_leaves_the_reports(project: Project, ran: Ran) -> None:
    run(project.home, ["a"])
    before = project.all_bytes()
    ran.fails = {("a", SUMMARY)}
    (project.home / "reports" / "a" / "manifest.json").unlink()
    assert made(run(project.home, ["a"])) == []
    folder = project.home / "reports" / "a"
    error = (folder / "error.html").read_text(encoding="utf-8")
    assert "Too bad." in error and 'href="index.html"' in error and 'href="../index.html"' in error
    kept = {
        path: text
        for path, text in before.items()
        if path.parent.parent == folder or path.parent.name == "tables"
    }
    assert len(kept) > 8 and all(path.read_bytes() == text for path, text in kept.items())


# ── its folder holds the others ─────────────────────────────────────────────────────────────────────────


def test_publishing_it_leaves_what_is_below(tmp_path: Path) -> None:
    unit = tmp_path / "reports" / "a"
    below = [unit / FIRST / "index.html", unit / FIRST / "tables" / "t.csv", unit / "tables" / "index.html"]
    for path in below:
        write(path, "x")
    write(unit / "tables" / "old.csv", "x")
    with staged(unit, tmp_path / "reports") as aside:
        write(aside / "tables" / "new.csv", "y")
        write(aside / "index.html", "y")
    assert all(path.read_text(encoding="utf-8") == "x" for path in below)
    assert not (unit / "tables" / "old.csv").exists(), "its own old tables go"


# ── the record before ───────────────────────────────────────────────────────────────────────────────────


def last_days(project: Project, page: str = FIRST) -> tuple[str, str]:
    """Of the record of a page, and of the one before."""
    found = PageRecord.read(project.home / "reports" / "a" / page)
    return found.record["as_of"], found.before.get("as_of", "")


def test_the_record_before_later_data_is_kept(project: Project, ran: Ran) -> None:
    days = ["2024-01-31", "2024-01-31", "2024-02-29", "2024-02-29", "2024-01-31", "2024-03-31"]
    seen = []
    for ran.as_of in days:
        run(project.home, ["a"], force=True)
        seen.append(last_days(project))
    assert seen == [
        ("2024-01-31", ""),
        ("2024-01-31", ""),
        ("2024-02-29", "2024-01-31"),
        ("2024-02-29", "2024-01-31"),
        ("2024-01-31", ""),  # looked at again: nothing earlier is known
        ("2024-03-31", "2024-01-31"),
    ]
    assert (project.home / "reports" / "a" / PREVIOUS).is_file(), "of the summary, too"


def test_a_failed_report_keeps_both(project: Project, ran: Ran) -> None:
    run(project.home, ["a"])
    ran.as_of = "2025-01-31"
    run(project.home, ["a"], force=True)
    ran.fails, ran.as_of = {("a", FIRST)}, "2025-02-28"
    run(project.home, ["a"], force=True)
    assert last_days(project) == ("2025-01-31", "2024-12-31")


def test_the_published_notebook_holds_no_path(project: Project) -> None:
    project.notebook("1 + 1", name=SUMMARY)
    path = project.home / "notebooks" / f"{SUMMARY}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source += "\nrecords: str = None"
    notebook.cells[-1].source = (
        "import pathlib\nassert pathlib.Path(records).is_dir()\n" + notebook.cells[-1].source
    )
    nbformat.write(notebook, path)
    outcomes = run(project.home, ["a"])
    assert [outcome.fault for outcome in outcomes] == ["", "", ""]
    text = (project.home / "reports" / "a" / "notebook.ipynb").read_text(encoding="utf-8")
    assert str(project.home) not in text and "records" in text


def test_a_task_knows_its_folder(project: Project) -> None:
    tasks = tasks_of(project.home, ["a"], (), Path("reports"))
    assert [task.folder for task in tasks] == [
        Path("reports/a"),
        Path("reports/a", FIRST),
        Path("reports/a", SECOND),
    ]
    assert [task.is_summary for task in tasks] == [True, False, False]
    assert isinstance(tasks[0], Task) and tasks[0].page == SUMMARY
