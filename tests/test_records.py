"""Records hold a page's words in every language there is, and are read in the one in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keepbook.book import Book
from keepbook.page.elements import Decision
from keepbook.page.records import PREVIOUS, RECORD, PageRecord, in_language
from keepbook.text import language

ROOT = Path(__file__).parents[1]


def made(folder: Path, tag: str) -> dict[str, Any]:
    """The record of a page of the demo unit in a language."""
    book = Book("demo", save_to=str(folder), language=tag, notebook="test")
    book.headline(book.planning)
    book.tiles(book.planning)
    book.findings(book.planning)
    book.decision(book.before_after("free_shipping").decision)
    book.close()
    text = (folder / RECORD).read_text(encoding="utf-8")
    # to ten digits: the engine adds up side by side, so that the sixteenth differs from run to run
    return json.loads(text, parse_float=lambda number: float(f"{float(number):.10g}"))


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Language → the record of the same page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEEPBOOK_HOME", str(ROOT))
        return {tag: made(tmp_path_factory.mktemp(tag), tag) for tag in ("en", "zh")}


@pytest.mark.parametrize(("here", "there"), [("en", "zh"), ("zh", "en")])
def test_a_record_says_it_all_in_the_other_language_too(
    here: str, there: str, records: dict[str, dict[str, Any]]
) -> None:
    ours, theirs = records[here], records[there]
    assert ours["language"] == here
    with language(there):
        again, same = in_language(ours), in_language(theirs)
    assert same == theirs, "nothing is changed in its own language"
    assert len(again["findings"]) > 3 and len(again["figures"]) == 4
    for key in ("findings", "figures", "stakes", "verdict"):
        assert again[key] == theirs[key], key


def test_numbers_are_the_same_whatever_the_language(records: dict[str, dict[str, Any]]) -> None:
    numbers = [
        [
            (tile["name"], tile["value"], tile["ci_lower"], tile["ci_upper"], tile["kind"])
            for tile in one["figures"]
        ]
        for one in records.values()
    ]
    assert numbers[0] == numbers[1]


def test_what_a_language_lacks_is_said_in_the_pages_own() -> None:
    record = {"language": "en", "findings": ["a", "b"], "figures": [{"label": "x", "value": 1}], "texts": {}}
    with language("zh"):
        assert in_language(record) == record
        record["texts"] = {"zh": {"findings": ["甲"], "figures": [{"label": "某"}], "verdict": {}}}
        said = in_language(record)
    assert said["findings"] == ["a", "b"], "not as many: it cannot be told which is which"
    assert said["figures"] == [{"label": "某", "value": 1}]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"figures": [{"label": "no value"}], "as_of": "2024-01-31"}']
)
def test_a_broken_or_old_record_is_no_failure(text: str, tmp_path: Path) -> None:
    folder = tmp_path / "2_cohort_retention"
    folder.mkdir()
    (folder / RECORD).write_text(text, encoding="utf-8")
    found = PageRecord.read(folder)
    assert (found.tiles, found.findings, found.before, found.fault) == ([], [], {}, "")
    assert (found.title, found.entry) == ("Cohort retention", None)


def test_only_an_earlier_record_is_the_one_before(tmp_path: Path) -> None:
    for day, known in (("2024-02-29", False), ("2024-03-31", False), ("2024-01-31", True)):
        (tmp_path / RECORD).write_text(json.dumps({"as_of": "2024-02-29"}), encoding="utf-8")
        (tmp_path / PREVIOUS).write_text(json.dumps({"as_of": day}), encoding="utf-8")
        assert bool(PageRecord.read(tmp_path).before) is known


def test_a_decision_of_nobody_is_recorded_in_one_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEPBOOK_HOME", str(ROOT))
    book = Book("demo", save_to=str(tmp_path), notebook="test")
    book.decision(Decision("wait", "Because.", "wait", 5.0))
    book.close()
    record = json.loads((tmp_path / RECORD).read_text(encoding="utf-8"))
    assert record["verdict"] == {"label": "wait", "reason": "Because.", "kind": "wait", "stake": 5.0}
    assert record["texts"] == {}
