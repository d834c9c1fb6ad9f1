"""Reports of experiments and changes are made, listed and let go of, each for itself.

Most notebooks "run" without a kernel here; one run is real, from unit file to page.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import subjects_data
from bs4 import BeautifulSoup
from runner_data import Project
from subjects_data import (
    BOTH,
    CHANGE,
    CHANGED,
    CHANGES,
    PLAIN,
    STRATEGY,
    TRIED,
    listed,
    notebook,
    states,
    statuses,
)

from keepbook import cli
from keepbook.errors import KeepbookError
from keepbook.runner import run
from keepbook.runner import task as one_task

# Fixtures; this project stands in for the empty one of conftest.py.
project, ran = subjects_data.project, subjects_data.ran

HOSTILE = 'Win <b>back</b> & "voucher" 挽回券'


# ── from the unit file to the page ──────────────────────────────────────────────────────────────────────

REAL = (
    "import keepbook as kb\n"
    "from keepbook.page.elements import Decision\n"
    "shop = kb.open(unit, save_to=save_to)\n"
    "strategy = shop.experiment(experiment).entry\nshop.opening()",
    'label = {"winback_voucher": "roll <i>out</i>", "call": "stop"}[strategy.name]\n'
    'shop.decision(Decision(label, f"Because of {strategy.title}.", "good"))',
    "shop.close()",
)


def test_each_experiment_gets_its_page_and_its_words_on_the_index(project: Project) -> None:
    project.unit("acme", more=TRIED.replace("Win-back voucher", json.dumps(HOSTILE)))
    notebook(project, STRATEGY, "experiment", *REAL)
    outcomes = run(project.home, ["acme"], only=["6"], jobs=2)
    assert [outcome.fault for outcome in outcomes] == ["", ""]
    assert statuses(outcomes) == dict.fromkeys(BOTH, "made")
    unit = project.home / "reports" / "acme"
    assert sorted(path.name for path in unit.iterdir()) == sorted(BOTH), "side by side, nothing nested"
    record = json.loads((unit / BOTH[0] / "key_figures.json").read_text(encoding="utf-8"))
    assert record["notebook"] == STRATEGY
    assert record["experiment"] == {"name": "winback_voucher", "title": HOSTILE}
    assert record["verdict"] == {
        "label": "roll <i>out</i>", "reason": f"Because of {HOSTILE}.", "kind": "good", "stake": None,
    }  # fmt: skip
    page = BeautifulSoup((unit / BOTH[0] / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert page.title is not None and page.title.get_text() == f"acme – {HOSTILE} – Does it work?"
    assert [p.get_text() for p in page.select(".kb-verdict.kb-verdict-good > p")] == [
        "roll <i>out</i>",
        f"Because of {HOSTILE}.",
    ]
    assert listed(project) == {
        BOTH[0]: f"Strategy: {HOSTILE} – roll <i>out</i>",
        BOTH[1]: "Strategy: call – stop",
    }
    manifest = json.loads((unit / BOTH[1] / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["unit"], manifest["notebook"]) == ("acme", BOTH[1])
    told = json.loads((project.home / "reports" / "run.json").read_text(encoding="utf-8"))
    assert [outcome["notebook"] for outcome in told["outcomes"]] == BOTH


def test_each_is_up_to_date_for_itself(project: Project, ran: list[tuple[str, str]]) -> None:
    run(project.home, jobs=1)
    assert ran == [
        (PLAIN, ""), (STRATEGY, "winback_voucher"), (STRATEGY, "call"),
        (CHANGE, "free_shipping"), (CHANGE, "new_shop"), (PLAIN, ""),
    ]  # fmt: skip
    (project.home / "reports" / "acme" / BOTH[1] / "manifest.json").unlink()
    made = [key for key, status in statuses(run(project.home)).items() if status == "made"]
    assert made == [BOTH[1]]


def test_figures_of_single_experiments_are_no_columns_of_the_index(
    project: Project, ran: list[tuple[str, str]]
) -> None:
    run(project.home)
    index = (project.home / "reports" / "index.html").read_text(encoding="utf-8")
    assert f"Tile of {PLAIN}" in index
    assert f"Tile of {STRATEGY}" not in index and f"Tile of {CHANGE}" not in index


def test_a_failure_stays_with_its_experiment(
    project: Project, ran: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(project.home, ["acme"])
    execute = one_task.execute

    def fails(path: Path, parameters: dict[str, str], scratch: Path) -> nbformat.NotebookNode:
        if parameters.get("experiment") == "call":
            raise KeepbookError("Too bad.", do="Nothing.")
        return execute(path, parameters, scratch)

    monkeypatch.setattr(one_task, "execute", fails)
    outcomes = statuses(run(project.home, ["acme"], force=True))
    assert {page for page, status in outcomes.items() if status == "failed"} == {BOTH[1]}
    words = listed(project)
    assert words[BOTH[0]] == "Strategy: Win-back voucher – roll out"
    assert words[BOTH[1]] == "Strategy: call – roll out last good report"
    assert words[f"{BOTH[1]}/error.html"] == "Strategy: call why it failed Too bad."
    error = (project.home / "reports" / "acme" / BOTH[1] / "error.html").read_text(encoding="utf-8")
    assert "Strategy: call could not be made for acme" in error


def test_run_says_which_experiment_failed_and_where_its_page_is(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail: Callable[..., object] = lambda *_args: (_ for _ in ()).throw(KeepbookError("Too bad.", do="-"))  # noqa: E731
    monkeypatch.setattr(one_task, "execute", fail)
    assert cli.main(["run", "acme", "--only", "call"]) == 1
    said = capsys.readouterr()
    page = project.home / "reports" / "acme" / BOTH[1] / "error.html"
    assert page.is_file()
    assert f"acme · {BOTH[1]}: Too bad." in said.err and str(page) in said.err
    assert said.out.startswith("0 made, 0 up to date, 1 failed.")


# ── what is no longer there ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("now", ["", "  - {name: voucher_2, title: Win-back voucher, control: none}\n"])
def test_a_removed_or_renamed_experiment_is_listed_no_more_but_stays_on_disk(
    project: Project, ran: list[tuple[str, str]], capsys: pytest.CaptureFixture[str], now: str
) -> None:
    run(project.home, ["acme"])
    old = project.home / "reports" / "acme" / BOTH[0]
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    first = next(line for line in TRIED.splitlines(keepends=True) if "winback" in line)
    project.unit("acme", more=TRIED.replace(first, now) + CHANGED)
    run(project.home, ["acme"])
    new = [f"{STRATEGY}-voucher_2"] if now else []
    assert sorted(listed(project)) == sorted([PLAIN, *new, BOTH[1], *CHANGES])
    assert {path: path.read_bytes() for path in before} == before
    assert set(states(capsys)) == {PLAIN, *new, BOTH[1], *CHANGES}


def test_a_page_of_the_whole_unit_gives_way_to_those_of_its_experiments(
    project: Project, ran: list[tuple[str, str]]
) -> None:
    """As where the notebook took no `experiment` when it was made."""
    notebook(project, STRATEGY)
    run(project.home, ["acme"])
    assert STRATEGY in listed(project)
    notebook(project, STRATEGY, "experiment")
    run(project.home, ["acme"])
    assert set(listed(project)) == {PLAIN, *BOTH, *CHANGES}
    assert (project.home / "reports" / "acme" / STRATEGY / "index.html").is_file()


# ── a broken unit file ──────────────────────────────────────────────────────────────────────────────────


def test_a_broken_unit_file_gets_its_error_pages(project: Project, ran: list[tuple[str, str]]) -> None:
    project.unit("acme", more="alpha: 7\n" + TRIED + CHANGED)
    outcomes = run(project.home)
    assert statuses(outcomes) == dict.fromkeys([PLAIN, STRATEGY, CHANGE], "failed")
    assert statuses(outcomes, "deli") == {PLAIN: "made"}
    for page in (PLAIN, STRATEGY, CHANGE):
        error = (project.home / "reports" / "acme" / page / "error.html").read_text(encoding="utf-8")
        assert "params/acme.yaml" in error and "alpha" in error


def test_while_a_unit_file_is_broken_its_last_good_reports_are_still_to_be_found(
    project: Project, ran: list[tuple[str, str]]
) -> None:
    run(project.home, ["acme"])
    project.unit("acme", more="alpha: 7\n" + TRIED + CHANGED)
    run(project.home, ["acme"])
    words = listed(project)
    assert words[f"{STRATEGY}/error.html"] == "Strategy why it failed"
    assert words[BOTH[0]] == "Strategy: winback_voucher as it was called – roll out last good report"
    assert set(BOTH + CHANGES) < set(words)
    project.unit("acme", more=TRIED + CHANGED)
    assert set(statuses(run(project.home, ["acme"])).values()) == {"current", "made"}
    assert set(listed(project)) == {PLAIN, *BOTH, *CHANGES}, "and the error pages are gone from it"
