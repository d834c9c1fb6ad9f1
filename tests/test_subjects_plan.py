"""There is one report to make for each experiment and each change of a unit file, and each can be picked."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import subjects_data
from runner_data import Project
from subjects_data import BOTH, CHANGE, CHANGES, PLAIN, STRATEGY, TRIED, notebook, pages

from keepbook import cli
from keepbook.errors import KeepbookError
from keepbook.runner import tasks_of
from keepbook.runner.entries import LISTS, entry_parameter

# Fixtures; this project stands in for the empty one of conftest.py.
project = subjects_data.project


# ── what there is to make ───────────────────────────────────────────────────────────────────────────────


def test_one_report_for_each_experiment_and_change_in_the_order_of_the_file(project: Project) -> None:
    assert pages(project) == [PLAIN, *BOTH, *CHANGES]


def test_without_experiments_or_changes_there_is_nothing_to_say(project: Project) -> None:
    assert pages(project, "deli") == [PLAIN]


def test_what_a_notebook_is_made_for_is_said_by_its_parameters_not_by_its_name(project: Project) -> None:
    notebook(project, "8_looks", "experiment")
    assert pages(project)[-2:] == ["8_looks-winback_voucher", "8_looks-call"]
    notebook(project, STRATEGY)
    assert STRATEGY in pages(project)


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("experiment: str = None  # name", "experiments"),
        ("unit: str = 'a'\nchange = None", "before_after"),
        ("experiment: typing.Optional[str]=None", "experiments"),
        ("experiments: int = 3\nexperiment_days = 4", None),
        ("# experiment = 1\nif True:\n    experiment = 2", None),
        ("experiment == None", None),
        ("text = 'the experiment: x = 1'", None),
    ],
)
def test_a_declaration_is_read_without_running_anything(tmp_path: Path, source: str, key: str | None) -> None:
    cells = [
        nbformat.v4.new_code_cell("change = experiment = 1"),
        nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("change = 2", metadata={"tags": ["parameters"]}),
    ]
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert LISTS.get(entry_parameter(path)) == key


@pytest.mark.parametrize(
    "content", ["", "not json", "[]", '{"cells": 3}', '{"cells": [3, {}]}', '{"cells": [{"metadata": []}]}']
)
def test_what_is_no_notebook_declares_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "n.ipynb").write_text(content, encoding="utf-8")
    assert entry_parameter(tmp_path / "n.ipynb") is None
    assert entry_parameter(tmp_path / "absent.ipynb") is None


def test_planning_loads_nothing_heavy(project: Project) -> None:
    code = (
        "import sys; from pathlib import Path; from keepbook.runner import tasks_of\n"
        "print(len(tasks_of(Path('.').resolve(), (), (), Path('r'))), *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, *modules = done.stdout.split()
    assert count == "6"
    assert not {"papermill", "nbclient", "nbconvert", "matplotlib"} & set(modules)


def test_list_keeps_its_columns(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.unit("a_unit_with_quite_a_long_name", source="data/deli.csv")
    assert cli.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7
    assert len({line.index("to be made") for line in lines}) == 1
    assert {tuple(line.split()[:2]) for line in lines} >= {("acme", page) for page in [*BOTH, *CHANGES]}


# ── picking ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("only", "picked"),
    [
        (("6",), BOTH),
        (("strategy_comparison",), BOTH),
        (("6_strategy_comparison.ipynb",), BOTH),
        (("6_strategy_comparison-call",), [f"{STRATEGY}-call"]),
        (("winback_voucher",), [f"{STRATEGY}-winback_voucher"]),
        (("new_shop", "2", "call", "call"), [PLAIN, f"{STRATEGY}-call", f"{CHANGE}-new_shop"]),
    ],
)
def test_picks(project: Project, only: tuple[str, ...], picked: list[str]) -> None:
    assert pages(project, only=only) == picked


def test_a_name_that_is_a_notebook_and_an_experiment_is_the_notebook(project: Project) -> None:
    project.unit("acme", more=TRIED.replace("call", '"2"'))
    assert pages(project, only=("2",)) == [PLAIN]
    assert pages(project, only=(f"{STRATEGY}-2",)) == [f"{STRATEGY}-2"]


@pytest.mark.parametrize(
    ("pick", "hint"),
    [
        ("winback_vouchr", "did you mean 'winback_voucher'"),
        ("6_strategy_comparison-cal", "did you mean '6_strategy_comparison-call'"),
        ("6_strategy_comparisn", "did you mean '6_strategy_comparison'"),
        ("zzz", "known: .*call.*free_shipping"),
    ],
)
def test_a_pick_that_is_not_there(project: Project, pick: str, hint: str) -> None:
    with pytest.raises(KeepbookError, match=f"There is no notebook '{pick}'") as caught:
        pages(project, only=(pick,))
    assert re.search(hint, caught.value.expected or "") and "broken" not in str(caught.value)


def test_a_pick_that_a_broken_file_may_hide(project: Project) -> None:
    project.unit("acme", more="alpha: 7\n" + TRIED)
    with pytest.raises(KeepbookError, match=r"params/acme\.yaml") as caught:
        pages(project, only=("call",))
    assert "broken" in (caught.value.expected or "")


def test_a_pick_that_leaves_nothing_to_make(project: Project) -> None:
    with pytest.raises(KeepbookError, match="There is nothing to make of 7"):
        pages(project, "deli", only=("7",))
    tasks = tasks_of(project.home, (), ["7"], project.home)
    assert {task.unit for task in tasks} == {"acme"}, "others have some"
