"""Errors of ours leave a kernel as data: whatever they say, nothing is read out of printed text."""

from __future__ import annotations

import json
import os
import re

import pytest
from runner_data import Project

from keepbook.errors import DataError, KeepbookError
from keepbook.runner import run

ODD = """from keepbook.errors import DataError
error = DataError("Row 3:\\n  where:    in the text", expected="a day\\n  do:  nothing", do="Mend  it.")"""
RAISED = "raise error"
SHOWN = """class Shown:
    def _repr_html_(self):
        raise error
Shown()"""

SEEN = """import json, os, pathlib
seen = {key: os.environ[key] for key in ("KEEPBOOK_NOTEBOOK", "KEEPBOOK_LANGUAGE")}
pathlib.Path(save_to, "key_figures.json").write_text(json.dumps({"figures": [], "seen": seen}))"""


def test_a_dictionary_and_back() -> None:
    error = DataError("It is gone.", where="here", do="Look for it.")
    assert error.to_dict() == {"what": "It is gone.", "where": "here", "do": "Look for it."}
    assert str(KeepbookError.from_dict(error.to_dict())) == str(error)


@pytest.mark.parametrize("cell", [RAISED, SHOWN], ids=["raised", "while a value is shown"])
def test_an_error_arrives_part_by_part(cell: str, project: Project) -> None:
    """One whose text looks like another one's labelled lines, and that has no `where` of its own."""
    project.unit("odd")
    project.notebook(ODD, cell)
    (outcome,) = run(project.home)
    record = json.loads((project.folder("odd") / "error.json").read_text(encoding="utf-8"))
    assert record == {
        "what": "Row 3:\n  where:    in the text",
        "where": "1_tiny.ipynb, In [4]",  # behind the parameters, twice
        "expected": "a day\n  do:  nothing",
        "do": "Mend  it.",
    }
    assert outcome.fault.endswith("\n  do:       Mend  it.")
    page = (project.folder("odd") / "error.html").read_text(encoding="utf-8")
    assert "DataError" in re.search(r"<details class=\"kb-traceback\">.*?</details>", page, re.DOTALL)[0]


def test_only_the_message_is_shown_in_a_notebook() -> None:
    error = KeepbookError("It is gone.", do="Look for it.")
    assert error._render_traceback_() == ["It is gone.\n  do:       Look for it."]


def test_a_kernel_knows_its_notebook_and_the_language(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "en-XA")
    project.unit("a")
    project.notebook(last=SEEN, name="9_own")
    run(project.home)
    record = json.loads((project.folder("a", "9_own") / "key_figures.json").read_text(encoding="utf-8"))
    assert record["seen"] == {"KEEPBOOK_NOTEBOOK": "9_own", "KEEPBOOK_LANGUAGE": "en-XA"}
    assert "KEEPBOOK_NOTEBOOK" not in os.environ
