"""Which language a page is in: parameter, unit file, environment; in notebooks and in runs of several."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from runner_data import Project

import keepbook as kb
from keepbook.errors import KeepbookError, UnitFileError
from keepbook.runner import run
from keepbook.text import current, language, page_tag, speak
from keepbook.unit import Unit

LINES = "customer_id,date,amount\na,2024-01-01,5\nb,2024-01-03,5\na,2024-03-01,7\n"
MADE = {"en": "How this page was made", "zh": "本页的生成过程"}
OPENED = """import keepbook as kb
book = kb.open(unit)"""
SEEN = """import json, pathlib
seen = {"book": book.unit.language, "spoken": __import__("keepbook.text").text.current()}
pathlib.Path(save_to, "key_figures.json").write_text(json.dumps({"figures": [], "seen": seen}))"""

# ── which language is spoken ────────────────────────────────────────────────────────────────────────────


def test_a_block_beats_what_is_spoken_and_that_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert current() == "en"
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "en-XA")
    assert current() == "en-XA"
    speak("zh")
    with language("en"):
        assert current() == "en"
    assert current() == "zh"
    speak(None)
    assert current() == "en-XA"


def test_a_language_that_is_not_there_changes_nothing() -> None:
    speak("zh")
    with pytest.raises(KeepbookError):
        speak("xx")
    assert current() == "zh"


def test_a_page_says_which_chinese_it_is_in() -> None:
    assert page_tag() == "en"
    with language("zh"):
        assert page_tag() == "zh-CN"


# ── unit files ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tag", [None, "en", "zh"])
def test_a_unit_file_says_its_language(tag: str | None, shop: Callable[..., Unit]) -> None:
    assert shop(LINES, language=tag).language == tag


@pytest.mark.parametrize(
    ("tag", "do"),
    [
        ("zh-CN", "Did you mean 'zh'?"),
        ("ZH", "Did you mean 'zh'?"),
        ("en_US", "Did you mean 'en'?"),
        ("xx", "Correct it in the unit file."),
        (False, "Put it in quotes: YAML takes on, off, yes and no for truth values."),
    ],
)
def test_an_unknown_one_is_refused(tag: object, do: str, shop: Callable[..., Unit]) -> None:
    with pytest.raises(UnitFileError) as caught:
        shop(LINES, language=tag)
    assert caught.value.expected == "'en' or 'zh'"
    assert caught.value.where == "params/shop.yaml, line 2, language"
    assert caught.value.do == do


# ── books ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def units(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Three units: one in Chinese, one in English, one that does not say."""
    for name, more in (("chinese", "language: zh\n"), ("english", "language: en\n"), ("silent", "")):
        project.unit(name, more=more)
    monkeypatch.setenv("KEEPBOOK_HOME", str(project.home))
    return project


def says(book: kb.open) -> str:
    """The language of a page's last fold."""
    html = book.close().html
    return next(tag for tag, words in MADE.items() if words in html)


def test_a_book_speaks_its_units_language(units: Project) -> None:
    assert says(kb.open("chinese")) == "zh"
    assert says(kb.open("english")) == "en"


def test_a_parameter_beats_the_unit_file(units: Project) -> None:
    assert says(kb.open("chinese", language="en")) == "en"
    assert says(kb.open("english", language="zh")) == "zh"
    with pytest.raises(UnitFileError) as caught:
        kb.open("english", language="zk")
    assert (caught.value.where, caught.value.expected) == (
        "parameter language of unit 'english'",
        "'en' or 'zh'",
    )


def test_a_unit_that_does_not_say_follows_the_environment(
    units: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb.open("chinese")  # leaves nothing behind
    assert says(kb.open("silent")) == "en"
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "zh")
    assert says(kb.open("silent")) == "zh"
    assert says(kb.open("english")) == "en"


def test_two_books_side_by_side_each_speak_their_own(units: Project) -> None:
    chinese, english = kb.open("chinese"), kb.open("english")
    first = [chinese.cohorts.tiles[0].label, english.cohorts.tiles[0].label]
    assert first[1].isascii()
    assert [says(chinese), says(english)] == ["zh", "en"]


def test_a_block_beats_the_book(units: Project) -> None:
    book = kb.open("english")
    with kb.language("zh"):
        assert says(book) == "zh"


# ── kernels ─────────────────────────────────────────────────────────────────────────────────────────────


def seen(project: Project, unit: str, notebook: str = "9_own") -> dict[str, str]:
    path = project.folder(unit, notebook) / "key_figures.json"
    return json.loads(path.read_text(encoding="utf-8"))["seen"]


def test_a_run_makes_each_units_page_in_its_language(units: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Book, frame and record of inputs; the environment speaks where the unit file does not.

    Opened in one cell and asked in the next, to which IPython gives a context of its own.
    """
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "en-XA")
    units.notebook(OPENED, last=SEEN, name="9_own")
    run(units.home)
    for unit, tag, lang in (
        ("chinese", "zh", "zh-CN"),
        ("english", "en", "en"),
        ("silent", "en-XA", "en-XA"),
    ):
        assert seen(units, unit) == {"book": tag, "spoken": tag}
        page = (units.folder(unit, "9_own") / "index.html").read_text(encoding="utf-8")
        assert re.search(r'<html lang="([\w-]+)"', page)[1] == lang
        manifest = json.loads((units.folder(unit, "9_own") / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["inputs"]["language"] == tag


def test_the_page_of_a_failure_is_in_the_units_language(units: Project) -> None:
    units.notebook("1 / 0", name="9_own")
    run(units.home)
    for unit, lang in (("chinese", "zh-CN"), ("english", "en")):
        page = (units.folder(unit, "9_own") / "error.html").read_text(encoding="utf-8")
        assert f'<html lang="{lang}"' in page
