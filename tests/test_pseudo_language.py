"""In the pseudo-language every word of ours is marked: what the command line says stands in a catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from runner_data import Project
from unmarked import unmarked, words_of

from conftest import REPOSITORY
from keepbook import cli
from keepbook.runner import run
from keepbook.tables import open_tables
from keepbook.text import catalogue
from keepbook.unit import Unit, load_unit

OPTION = re.compile(r"(?<!\S)\[?--?[a-z][\w-]*")
COMMANDS = {"run", "init", "check", "export", "list", "schema"}
CHOICES = {"xlsx", "pdf", "both"}  # of export
TABLES = {"customers", "costs", "surveys", "interactions", "assignments", "transactions"}


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "en-XA")
    monkeypatch.setenv("COLUMNS", "400")  # no sentence is broken


def left_by(
    capsys: pytest.CaptureFixture[str], *arguments: str, allowed: Iterable[str] = ()
) -> tuple[int, list[str]]:
    """Exit code, and the words of a command's output that no catalogue holds."""
    try:
        code = cli.main(arguments)
    except SystemExit as stop:  # argparse
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    assert out + err
    return code, unmarked(OPTION.sub("", out + err), allowed)


@pytest.mark.parametrize("command", ["", *sorted(COMMANDS)])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_by(capsys, *filter(None, [command]), "--help", allowed=COMMANDS | CHOICES) == (0, [])


def names_in(unit: Unit) -> set[str]:
    """What a unit file and its data name."""
    with open_tables(unit) as tables:
        assert tables.assignments is not None
        arms = set(tables.assignments.variant.as_table().distinct().execute()["variant"])
    entries = {text for one in (*unit.experiments, *unit.before_after) for text in (one.name, one.title)}
    return {str(unit.title), str(unit.currency), *unit.transactions.exclude, *arms, *entries, *TABLES}


def test_code_stays_code_where_a_fact_stands_in_it() -> None:
    advice = {"enough": False, "least": 4, "size": 100, "better-cohorts": 9, "better-size": "200"}
    facts = {"cohorts": 2, "clock": "calendar", "period": "month", "n": 5, "error": "1.0", "better": "week"}
    said = catalogue("console")("retention", **facts, **advice)
    assert "`cohort_period: week`" in said and unmarked(said) == []


def test_check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    demo = load_unit("demo", REPOSITORY)
    assert left_by(capsys, "check", "demo", allowed=names_in(demo)) == (0, [])


@pytest.fixture
def project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    project.unit("acme")
    project.notebook()
    monkeypatch.chdir(project.home)
    return project


def test_list_before_and_after_a_run(
    project: Project, no_kernel: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    data = {"acme", "1_tiny", str(project.home)}
    assert left_by(capsys, "list", allowed=data) == (0, [])
    assert left_by(capsys, "run", allowed=data) == (0, [])
    assert left_by(capsys, "list", allowed=data) == (0, [])


@pytest.mark.parametrize("arguments", [["run", "acne"], ["run", "--only", "9"], ["check", "acne"]])
def test_wrong_requests(arguments: list[str], project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    data = {"acme", "acne", "1_tiny", "tiny", str(project.home), "keepbook init acne"}
    assert left_by(capsys, *arguments, allowed=data) == (2, [])


def test_another_language_makes_the_reports_anew(
    project: Project, no_kernel: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [outcome.status for outcome in run(project.home)] == ["made"]
    assert [outcome.status for outcome in run(project.home)] == ["current"]
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "en")
    assert [outcome.status for outcome in run(project.home)] == ["made"]


def test_a_language_that_is_not_there(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "xx")
    assert cli.main(["list"]) == 2
    assert capsys.readouterr().err.startswith(
        "There is no language 'xx'.\n  expected: one of en, zh, en-XA\n"
    )


def test_a_notebook_that_is_none(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Terminal, page and index; their frames are looked through in test_report_language."""
    project.notebook().rename(project.home / "notebooks" / "2_cohort_retention.ipynb").write_text("{}")
    data = {"acme", "2_cohort_retention", str(project.home), "keepbook run"}
    assert cli.main(["run"]) == 1
    said = "".join(capsys.readouterr())
    reports = project.home / "reports"
    page = words_of((reports / "acme" / "2_cohort_retention" / "error.html").read_text(encoding="utf-8"))
    reader = re.search("ŕéáďéŕ śáýś: (.*)", page)  # in the words of the program that reads it
    assert reader and unmarked((page + said).replace(reader[1], ""), data) == []
    index = words_of((reports / "index.html").read_text(encoding="utf-8"))
    assert unmarked(index, data) == []
    assert left_by(capsys, "list", allowed=data) == (0, [])


PAGES = {  # what stands on demo's pages of its unit file and data, and names that no language has words for
    *("demo", "Demo shop (simulated)", "EUR", "basic", "plus", "gold", "north", "east", "south", "west"),
    "A shop whose customers are drawn from a known truth, with returns and dirty lines mixed in",
    *(
        "tier",
        "region",
        "depot",
        "cohort",
        "rfm",
        "costs",
        "assignments",
        "alpha",
        "beta",
        "gamma",
        "web",
        "app",
        "store",
    ),
    *("pandas", "numpy", "scipy", "duckdb", "ibis-framework", "lifetimes", "seaborn"),
}


def test_every_page_of_a_unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings, figures, tables, ledger and the notebook's own words, through real kernels."""
    assert cli.main(["run", "demo", "--reports", str(tmp_path)]) == 0
    capsys.readouterr()
    demo, texts = load_unit("demo", REPOSITORY), set(PAGES)
    for one in (*demo.experiments, *demo.before_after):
        texts |= {one.name, one.title, str(one.question), *(getattr(one, "split", None) or {})}
    texts |= {name.replace("_", " ") for name in texts}
    pages = sorted(tmp_path.rglob("index.html"))
    assert len(pages) == 9  # of all units, of this one, and seven reports
    for page in pages:
        words = re.sub(r"\b(?=[a-f]*\d)[0-9a-f]{8,}\b", " ", words_of(page.read_text(encoding="utf-8")))
        assert not unmarked(words, texts), f"{page.parent.name}: words that stand in no catalogue"
