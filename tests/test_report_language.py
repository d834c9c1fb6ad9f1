"""A report in another language comes from that language's catalogue alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from report_data import HOSTILE, decisions, html_cell, index_rows
from unmarked import unmarked, words_of

from keepbook.report import in_language, render, render_error, render_index
from keepbook.text import language

MODULES = [import_module(f"keepbook.text.{name}") for name in ("language", "catalogue")]
SENTENCES = Path(MODULES[0].__file__ or "").parent

GERMAN = {
    "report": """
contents = Inhalt
show-code = Code zeigen
code-parameters = : Parameter
lead = { $units ->
    [one] Ein Geschäftsbereich
   *[other] { $units } Geschäftsbereiche
}. Erstellt { $when }.
""",
    "cohorts": """
cell-title =
    # Wer bleibt?

    Wie viele Kunden <b>wiederkommen</b>.

    - {"*"}zuerst{"*"}
    - danach
cell-limits = ## Grenzen
""",
}


def notebook(**metadata: object) -> nbformat.NotebookNode:
    cells = [
        new_markdown_cell("# Who stays?\n\nHow many customers <b>come back</b>.", id="title"),
        new_code_cell("unit = 1", id="parameters", metadata={"tags": ["parameters"]}),
        html_cell("x", "<p>1,234</p>"),
        new_markdown_cell("## Limits", id="limits"),
        new_markdown_cell("## Only in English", id="other"),
    ]
    return new_notebook(cells=cells, metadata=metadata)


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language that has but these few sentences."""
    folder = tmp_path / "text"
    shutil.copytree(SENTENCES / "en", folder / "en")
    (folder / "de").mkdir()
    for subject, sentences in GERMAN.items():
        (folder / "de" / f"{subject}.ftl").write_text(sentences, encoding="utf-8")
    for module in MODULES:
        monkeypatch.setattr(module, "FOLDER", folder)
    forget()
    yield
    forget()


def forget() -> None:
    """What is known of any language."""
    for name in ("messages", "_bundle", "_learn", "_pattern"):
        getattr(MODULES[1], name).cache_clear()


def test_a_report_appears_in_another_language(german: None) -> None:
    source = notebook(keepbook={"subject": "cohorts"})
    with language("de"):
        page = render(in_language(source), title="Wer bleibt?")
    soup = BeautifulSoup(page, "html.parser")
    assert soup.html["lang"] == "de"
    assert [tag.get_text() for tag in soup.main.find_all(["h1", "h2"])] == [
        "Wer bleibt?", "Grenzen", "Only in English",
    ]  # fmt: skip
    assert soup.find("b").get_text() == "wiederkommen"
    assert [item.get_text() for item in soup.main.find_all("li")] == ["zuerst", "danach"]
    assert soup.find(id="kb-show-code").get_text() == "Code zeigen"
    assert "Code: Parameter" in [tag.get_text().strip() for tag in soup.find_all("summary")]
    assert "1,234" in soup.get_text() and "Skip to the content" in soup.get_text(), (
        "English where there is none"
    )
    assert source.cells[0].source.startswith("# Who stays?"), "and the notebook is as it was"


def test_the_page_over_all_units_does_so_too(german: None) -> None:
    with language("de"):
        assert "9 Geschäftsbereiche. Erstellt heute." in render_index(
            index_rows(9), generated_at="heute", version="1"
        )


def test_somebodys_own_notebook_stays_as_it_is(german: None) -> None:
    with language("de"):
        assert in_language(notebook()).cells[0].source == notebook().cells[0].source


def test_in_english_nothing_is_looked_up() -> None:
    source = notebook(keepbook={"subject": "nowhere"})
    assert in_language(source) is source


# ── the pseudo-language ─────────────────────────────────────────────────────────────────────────────────


def test_prose_is_marked_and_its_syntax_is_not() -> None:
    source = (
        '# One\n\n<details class="x"><summary>Two &amp; three</summary>\n\n`four` [five](#six) '
        "https://example.org/seven\n\n```\neight\n```\n\n| a | b |\n|---|---|\n</details>"
    )
    made = new_notebook(cells=[new_markdown_cell(source)], metadata={"keepbook": {"subject": "cohorts"}})
    with language("en-XA"):
        (cell,) = in_language(made).cells
    assert cell.source == (
        '# Óńé\n\n<details class="x"><summary>Ťẃó &amp; ťĥŕéé</summary>\n\n`four` [ƒíṽé](#six) '
        "https://example.org/seven\n\n```\neight\n```\n\n| á | ƀ |\n|---|---|\n</details>"
    )


def test_no_word_around_the_cells_is_left() -> None:
    source = notebook(keepbook={"subject": "cohorts"})
    with language("en-XA"):
        page = render(in_language(source), title="1")
    assert unmarked(words_of(page), ["unit"]) == []


def test_no_word_of_the_page_over_all_units_is_left() -> None:
    rows = [row for row in index_rows(12) if row.unit != "odd"]
    data = {text for row in rows for text in (row.title, row.about)}
    data |= {text for row in rows for key in row.figures for text in (key.label, key.note)}
    data |= {text for row in rows for link in row.notebooks for text in (link.label, link.reason)}
    items = [item for item in decisions() if item.what != HOSTILE]
    data |= {text for item in items for text in (item.unit, item.what, item.money)} | {"EUR", "USD"}
    with language("en-XA"):
        for page in (rows, []):
            said = words_of(render_index(page, items if page else (), generated_at="2025", version="1"))
            assert unmarked(said, {*data, "keepbook run"}) == []


def test_no_word_of_a_failures_page_is_left() -> None:
    lines = [("where", "W1"), ("expected", "E1"), ("do", "D1")]
    with language("en-XA"):
        page = render_error(
            unit="1",
            notebook="2",
            error="3",
            where=lines,
            cell="4",
            traceback="5",
            previous="6",
        )
    assert unmarked(words_of(page)) == []
