"""Secrets reach no file and no terminal, and what is no secret stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from runner_data import Project

from keepbook.runner.secrets import hider

SECRET = "p@ss/w\"örd&<1>'x"
LEAK = """import os
print(os.environ["KB_TEST_PW"])
[os.environ["KB_TEST_PW"]]"""


def test_secrets_reach_no_file_and_no_terminal(project: Project) -> None:
    """`open` prints its password in the notebook and succeeds; `shut` has it in the engine's own message."""
    project.unit("open", more="about: password is ${KB_TEST_PW}\n")
    project.unit("shut", source="nosuch://me:${KB_TEST_PW}@host/db", more="  table: t\n")
    project.notebook(
        LEAK, 'if unit == "shut":\n    from keepbook.book import Book\n    Book(unit, notebook="1_tiny")'
    )
    said = ""
    for command, code in (("run", 1), ("check", 1)):
        process = project.start(command, KB_TEST_PW=SECRET)
        said += "".join(process.communicate(timeout=120))
        assert process.returncode == code
    files = project.all_bytes()
    assert b"${KB_TEST_PW}" in files[project.folder("open") / "notebook.ipynb"], "else nothing is proved"
    assert (project.folder("shut") / "error.html") in files and "nosuch" in said
    for text in (said, *(content.decode(errors="replace") for content in files.values())):
        for piece in (SECRET, "%C3%B6rd", "örd", "\\u00f6rd"):
            assert piece not in text


def test_hiding_knows_every_quoting_and_spares_what_is_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit_file = tmp_path / "u.yaml"
    unit_file.write_text("source: ${KB_URL} ${KB_PORT} ${KB_EMPTY} ${KB_UNSET}", encoding="utf-8")
    monkeypatch.setenv("KB_URL", "postgres://me:t0p%2Fsecret@host/db")
    monkeypatch.setenv("KB_PORT", "5432")
    monkeypatch.setenv("KB_EMPTY", "")
    hide = hider(unit_file)
    assert hide("as t0p/secret, t0p%2Fsecret at port 5432") == "as ${KB_URL}, ${KB_URL} at port 5432"
    assert hide("to postgres://me:t0p%2Fsecret@host/db!") == "to ${KB_URL}!"


def test_a_part_of_a_path_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a shop called `span` would be taken out of the page's own markup."""
    unit_file = tmp_path / "u.yaml"
    unit_file.write_text("source: data/${KB_SHOP}.csv", encoding="utf-8")
    monkeypatch.setenv("KB_SHOP", "span")
    assert hider(unit_file)("<span>") == "<span>"
