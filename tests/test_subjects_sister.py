"""The sister whose customers are compared with counts: its changes, its faults and its secrets."""

from __future__ import annotations

import pytest
import subjects_data
from runner_data import SALES, Project
from subjects_data import CHANGE, notebook, states, statuses

from keepbook.runner import run

# Fixtures; this project stands in for the empty one of conftest.py.
project, ran = subjects_data.project, subjects_data.ran


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
