"""A run makes what changed and what was picked, leaves alone what is up to date, and tells who watches."""

from __future__ import annotations

import json
import shutil

import pytest
from runner_data import ROOT, SALES, Project, statuses

from keepbook.errors import KeepbookError
from keepbook.runner import Outcome, Task, plan, run, tasks_of
from keepbook.runner.publish import write

# ── what is up to date ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_up_to_date_is_left_alone(project: Project, no_kernel: list[str]) -> None:
    project.unit("a")
    project.unit("b")
    project.notebook()
    assert statuses(run(project.home)) == {"a": "made", "b": "made"}
    before = project.all_bytes()
    assert statuses(run(project.home)) == {"a": "current", "b": "current"}
    assert statuses(run(project.home, ["b"], force=True)) == {"b": "made"}
    assert sorted(no_kernel) == ["a", "b", "b"]
    untouched = [path for path in before if project.folder("a") in path.parents]
    assert untouched and all(path.read_bytes() == before[path] for path in untouched)


@pytest.mark.parametrize("change", ["unit file", "data", "notebook", "library"])
def test_each_change_alone_triggers_a_new_run(
    change: str, project: Project, no_kernel: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.unit("a")
    project.notebook()
    run(project.home)
    if change == "unit file":
        project.unit("a", more="alpha: 0.1\n")
    elif change == "data":
        (project.home / "data" / "sales.csv").write_text(SALES + "c1,2024-12-30,5\n", encoding="utf-8")
    elif change == "notebook":
        project.notebook("1 + 1")
    else:
        shutil.copytree(ROOT / "lib" / "keepbook", project.home / "copy")
        with (project.home / "copy" / "words.py").open("a", encoding="utf-8") as words:
            words.write("# changed\n")
        monkeypatch.setattr(plan, "files", lambda package: project.home / "copy")
        plan.library_hash.cache_clear()
    try:
        assert statuses(run(project.home)) == {"a": "made"}
        assert statuses(run(project.home)) == {"a": "current"}
    finally:
        plan.library_hash.cache_clear()


def test_a_report_that_lost_a_page_or_failed_since_is_made_again(
    project: Project, no_kernel: list[str]
) -> None:
    project.unit("a")
    project.notebook()
    for spoil in ("nothing", "index.html", "manifest.json", "error.html"):
        if spoil == "error.html":
            (project.folder("a") / spoil).write_text("the last run failed", encoding="utf-8")
        else:
            (project.folder("a") / spoil).unlink(missing_ok=True)
        assert statuses(run(project.home)) == {"a": "made"}, spoil
        assert not (project.folder("a") / "error.html").exists()
    assert statuses(run(project.home)) == {"a": "current"}


def test_data_only_a_database_knows_are_never_taken_for_unchanged(project: Project) -> None:
    task = Task("a", project.notebook(), project.folder("a"))
    inputs = {"unit_file": "1", "data": None, "notebook": "2", "library": "3"}
    write(task.folder / "index.html", "page")
    write(task.folder / "manifest.json", json.dumps({"inputs": inputs}))
    assert not plan.is_current(task, inputs)


# ── picking and watching ────────────────────────────────────────────────────────────────────────────────


def test_picks(project: Project) -> None:
    project.unit("a")
    for name in ("2_cohort_retention", "3_clv"):
        project.notebook(name=name)
    for pick in ("2", "cohort_retention", "2_cohort_retention", "2_cohort_retention.ipynb"):
        (task,) = tasks_of(project.home, (), [pick], project.home)
        assert task.notebook.stem == "2_cohort_retention"
    assert len(tasks_of(project.home, ["a", "a"], ["3", "2", "3"], project.home)) == 2
    with pytest.raises(KeepbookError, match="did you mean '3_clv'"):
        tasks_of(project.home, (), ["3_cvl"], project.home)


def test_watch_is_told_of_every_start_and_end(project: Project, no_kernel: list[str]) -> None:
    project.unit("a")
    project.unit("b")
    project.notebook()
    told: list[tuple[str, str]] = []

    def watch(task: Task, outcome: Outcome | None) -> None:
        told.append((task.unit, outcome.status if outcome else "starts"))

    run(project.home, jobs=1, watch=watch)
    assert told == [("a", "starts"), ("a", "made"), ("b", "starts"), ("b", "made")]
