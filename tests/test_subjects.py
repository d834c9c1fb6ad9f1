"""One report for each experiment and each change of a unit: planned, picked, made, listed, and let go of.

Most notebooks "run" without a kernel here; one run is real, from unit file to page.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from test_runner import SALES, Project

from keepbook import cli
from keepbook.errors import KeepbookError
from keepbook.runner import Outcome, attempt, run, tasks_of
from keepbook.runner.entries import listing_of

STRATEGY, CHANGE, PLAIN = "6_strategy_comparison", "7_before_after", "2_cohort_retention"
TRIED = """assignments: {source: data/assignments.csv}
experiments:
  - {name: winback_voucher, title: Win-back voucher, control: none}
  - {name: call, control: none}
"""
CHANGED = """changes:
  - {name: free_shipping, title: Free shipping, date: 2024-04-01, comparison_unit: deli}
  - {name: new_shop, date: 2024-06-01}
"""
HOSTILE = 'Win <b>back</b> & "voucher" 挽回券'


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
        tile = {"label": f"Tile of {path.stem}", "value": 0.5, "kind": "percent", "definition": "d"}
        tile |= {"ci_lower": None, "ci_upper": None, "history": [], "headline": True}
        record = {"title": parameters["unit"], "figures": [tile]}
        record |= {"verdict": {"label": "roll out", "reason": "r"}} if about else {}
        record |= {"experiment": {"name": about, "title": f"{about} as it was called"}} if about else {}
        Path(parameters["save_to"], "key_figures.json").write_text(json.dumps(record), encoding="utf-8")
        return nbformat.read(path, as_version=4)

    monkeypatch.setattr(attempt, "execute", execute)
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


BOTH = [f"{STRATEGY}-winback_voucher", f"{STRATEGY}-call"]
CHANGES = [f"{CHANGE}-free_shipping", f"{CHANGE}-new_shop"]


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
        ("unit: str = 'a'\nchange = None", "changes"),
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
    listing = listing_of(path)
    assert (listing.key if listing else None) == key


@pytest.mark.parametrize(
    "content", ["", "not json", "[]", '{"cells": 3}', '{"cells": [3, {}]}', '{"cells": [{"metadata": []}]}']
)
def test_what_is_no_notebook_declares_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "n.ipynb").write_text(content, encoding="utf-8")
    assert listing_of(tmp_path / "n.ipynb") is None
    assert listing_of(tmp_path / "absent.ipynb") is None


def test_planning_loads_nothing_heavy(project: Project) -> None:
    code = (
        "import sys; from pathlib import Path; from keepbook.runner import tasks_of\n"
        "print(len(tasks_of(Path('.').resolve(), (), (), Path('r'))), *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, *modules = done.stdout.split()
    assert count == "6"
    assert not {"papermill", "nbclient", "nbconvert", "matplotlib"} & set(modules)


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


# ── from the unit file to the page ──────────────────────────────────────────────────────────────────────

REAL = (
    "from keepbook.book import Book\n"
    f'book = Book(unit, notebook="{STRATEGY}", save_to=save_to)\nbook.opening()',
    'strategy = book.choose("experiments", experiment)\n'
    'label = {"winback_voucher": "roll <i>out</i>", "call": "stop"}[strategy.name]\n'
    'book.verdict(label, f"Because of {strategy.title}.", "good")',
    "book.close()",
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
    assert record["experiment"] == {"name": "winback_voucher", "title": HOSTILE}
    assert record["verdict"] == {
        "label": "roll <i>out</i>", "reason": f"Because of {HOSTILE}.", "kind": "good",
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
    execute = attempt.execute

    def fails(path: Path, parameters: dict[str, str], scratch: Path) -> nbformat.NotebookNode:
        if parameters.get("experiment") == "call":
            raise KeepbookError("Too bad.", do="Nothing.")
        return execute(path, parameters, scratch)

    monkeypatch.setattr(attempt, "execute", fails)
    outcomes = statuses(run(project.home, ["acme"], force=True))
    assert {page for page, status in outcomes.items() if status == "failed"} == {BOTH[1]}
    words = listed(project)
    assert words[BOTH[0]] == "Strategy: Win-back voucher – roll out"
    assert words[BOTH[1]] == "Strategy: call – roll out last good report"
    assert words[f"{BOTH[1]}/error.html"] == "Strategy: call why it failed"
    error = (project.home / "reports" / "acme" / BOTH[1] / "error.html").read_text(encoding="utf-8")
    assert "Strategy: call could not be made for acme" in error


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


# ── the sister whose customers are compared with ────────────────────────────────────────────────────────


@pytest.mark.parametrize("changed", ["data", "unit file"])
def test_what_changes_in_the_sister_makes_the_comparison_anew(
    project: Project, ran: list[tuple[str, str]], capsys: pytest.CaptureFixture[str], changed: str
) -> None:
    run(project.home, ["acme"])
    assert set(statuses(run(project.home, ["acme"])).values()) == {"current"}
    assert set(states(capsys).values()) == {"up to date"}
    if changed == "data":
        (project.home / "data" / "deli.csv").write_text(SALES + "c1,2024-12-30,5\n", encoding="utf-8")
    else:
        project.unit("deli", source="data/deli.csv", more="returns: gross\n")
    stale = {page for page, state in states(capsys).items() if state == "to be made"}
    made = {page for page, status in statuses(run(project.home, ["acme"])).items() if status == "made"}
    assert made == stale == {f"{CHANGE}-free_shipping"}, "the other change has no sister"
    assert set(statuses(run(project.home, ["acme"])).values()) == {"current"}


@pytest.mark.parametrize(
    ("fault", "says"),
    [("absent", "There is no unit 'deli'"), ("broken", "params/deli.yaml"), ("no data", "params/deli.yaml")],
)
def test_a_fault_of_the_sister_names_the_sisters_file(
    project: Project,
    ran: list[tuple[str, str]],
    capsys: pytest.CaptureFixture[str],
    fault: str,
    says: str,
) -> None:
    if fault == "absent":
        (project.home / "params" / "deli.yaml").unlink()
    elif fault == "broken":
        project.unit("deli", source="data/deli.csv", more="alpha: 7\n")
    else:
        (project.home / "data" / "deli.csv").unlink()
    assert states(capsys)[f"{CHANGE}-free_shipping"].startswith("✗")
    outcomes = {outcome.notebook: outcome for outcome in run(project.home, ["acme"])}
    assert {page for page, one in outcomes.items() if one.status == "failed"} == {f"{CHANGE}-free_shipping"}
    assert says in outcomes[f"{CHANGE}-free_shipping"].fault


def test_secrets_of_the_sister_reach_no_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SISTER_PW", "hush-hush-42")
    project.unit("deli", source="data/deli.csv", more="about: the password is ${KB_SISTER_PW}\n")
    leak = 'import os, json, pathlib\nprint(os.environ["KB_SISTER_PW"])'
    leave = 'pathlib.Path(save_to, "key_figures.json").write_text(json.dumps({"figures": []}))'
    notebook(project, CHANGE, "change", leak, leave)
    (outcome,) = run(project.home, ["acme"], only=["free_shipping"])
    assert outcome.fault == ""
    files = project.all_bytes()
    page = files[project.home / "reports" / "acme" / f"{CHANGE}-free_shipping" / "index.html"]
    assert b"${KB_SISTER_PW}" in page, "else nothing is proved"
    assert not [path for path, content in files.items() if b"hush-hush-42" in content]


# ── on the terminal ─────────────────────────────────────────────────────────────────────────────────────


def test_list_keeps_its_columns(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.unit("a_unit_with_quite_a_long_name", source="data/deli.csv")
    assert cli.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7
    assert len({line.index("to be made") for line in lines}) == 1
    assert {tuple(line.split()[:2]) for line in lines} >= {("acme", page) for page in [*BOTH, *CHANGES]}


def test_run_says_which_experiment_failed_and_where_its_page_is(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail: Callable[..., object] = lambda *_args: (_ for _ in ()).throw(KeepbookError("Too bad.", do="-"))  # noqa: E731
    monkeypatch.setattr(attempt, "execute", fail)
    assert cli.main(["run", "acme", "--only", "call"]) == 1
    said = capsys.readouterr()
    page = project.home / "reports" / "acme" / BOTH[1] / "error.html"
    assert page.is_file()
    assert f"acme · {BOTH[1]}: Too bad." in said.err and str(page) in said.err
    assert said.out.startswith("0 made, 0 up to date, 1 failed.")
