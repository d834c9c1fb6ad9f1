"""Which language a page is in: parameter, unit file, environment; in notebooks and in runs of several."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from runner_data import Project

import keepbook as kb
from keepbook import cli
from keepbook.errors import KeepbookError, UnitFileError
from keepbook.runner import run, tasks_of
from keepbook.text import current, language, page_tag, speak
from keepbook.unit import Unit, load_unit

if TYPE_CHECKING:
    from init_data import Keepbook

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


# ── runs of several languages ───────────────────────────────────────────────────────────────────────────


def lang_of(page: Path) -> str:
    return re.search(r'<html lang="([\w-]+)"', page.read_text(encoding="utf-8"))[1]


@pytest.fixture
def tiny(units: Project) -> Project:
    units.notebook()
    return units


def test_each_further_language_has_a_tree_of_its_own(tiny: Project, no_kernel: list[str]) -> None:
    outcomes = run(tiny.home, languages=["en", "zh"])
    reports = tiny.home / "reports"
    assert sorted((o.unit, o.language) for o in outcomes) == [
        (unit, tag) for unit in ("chinese", "english", "silent") for tag in ("en", "zh")
    ]
    for folder, lang in ((reports, "en"), (reports / "zh", "zh-CN")):
        pages = [folder / "index.html", *folder.glob("[ces]*/*/index.html")]
        assert len(pages) == 4
        assert {lang_of(page) for page in pages} == {lang}
    run_record = json.loads((reports / "run.json").read_text(encoding="utf-8"))
    assert [one["language"] for one in run_record["outcomes"]] == ["en"] * 3 + ["zh"] * 3


def test_the_same_page_in_another_language_is_found_by_its_link(tiny: Project, no_kernel: list[str]) -> None:
    run(tiny.home, languages=["en", "zh", "en-XA"])
    tasks = tasks_of(tiny.home, (), (), tiny.home / "reports", ["en", "zh", "en-XA"])
    assert len(tasks) == 9
    for task in tasks:
        found = {tag: (task.folder / link).resolve() for tag, link in task.other_languages}
        assert {task.language, *found} == {"en", "zh", "en-XA"}
        assert {tag: lang_of(page) for tag, page in found.items()} == {
            tag: {"zh": "zh-CN"}.get(tag, tag) for tag in found
        }
        assert {page.parts[-3:] for page in found.values()} == {(task.unit, task.page, "index.html")}


def test_one_language_needs_no_tree_of_its_own(tiny: Project, no_kernel: list[str]) -> None:
    run(tiny.home, languages=["zh"])
    reports = tiny.home / "reports"
    assert {lang_of(page) for page in reports.rglob("index.html")} == {"zh-CN"}
    assert not (reports / "zh").exists()
    assert {outcome.status for outcome in run(tiny.home, languages=["zh", "zh"])} == {"current"}
    left = {o.unit: o.status for o in run(tiny.home)}  # as the unit files say
    assert left == {"chinese": "current", "english": "made", "silent": "made"}


def test_a_page_leads_to_itself_in_the_other_languages(tiny: Project, no_kernel: list[str]) -> None:
    """So it is made anew when there are others; then all are left alone."""
    run(tiny.home, ["english"])
    page = tiny.home / "reports" / "english" / "1_tiny" / "index.html"
    assert ">中文</a>" not in page.read_text(encoding="utf-8")
    for status in ("made", "current"):
        outcomes = run(tiny.home, ["english"], languages=["en", "zh"])
        assert [(o.language, o.status) for o in outcomes] == [("en", status), ("zh", status)]
    assert '<a href="../../zh/english/1_tiny/index.html">中文</a>' in page.read_text(encoding="utf-8")
    chinese = tiny.home / "reports" / "zh" / "english" / "1_tiny" / "index.html"
    assert '<a href="../../../english/1_tiny/index.html">English</a>' in chinese.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "environment", "lang"),
    [
        ({}, None, "en"),  # one in either: a tie
        ({"other": "zh"}, None, "en"),  # one in Chinese, one in English, one that does not say, and this one
        ({"other": "zh", "third": "zh"}, None, "zh-CN"),
        ({}, "zh", "zh-CN"),
        ({"other": "zh", "third": "zh"}, "en", "en"),
    ],
)
def test_the_page_over_all_is_in_the_language_of_most(
    more: dict[str, str],
    environment: str | None,
    lang: str,
    tiny: Project,
    no_kernel: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, tag in more.items():
        tiny.unit(name, more=f"language: {tag}\n")
    if environment:
        monkeypatch.setenv("KEEPBOOK_LANGUAGE", environment)
    run(tiny.home, ["english"])
    assert lang_of(tiny.home / "reports" / "index.html") == lang


def test_a_unit_called_like_a_language(tiny: Project, no_kernel: list[str]) -> None:
    tiny.unit("ZH")
    with pytest.raises(KeepbookError, match="The unit 'ZH' has its reports where") as caught:
        run(tiny.home, languages=["en", "zh"])
    assert caught.value.where == "params/ZH.yaml"
    assert not no_kernel
    assert {o.status for o in run(tiny.home, languages=["zh"])} == {"made"}


def test_no_page_is_made_where_a_language_is_not_there(tiny: Project, no_kernel: list[str]) -> None:
    with pytest.raises(KeepbookError, match="There is no language 'xx'"):
        run(tiny.home, languages=["en", "xx"])
    assert not no_kernel


# ── the command line ────────────────────────────────────────────────────────────────────────────────────


def test_commands_take_languages(
    tiny: Project, no_kernel: list[str], keepbook: Keepbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.home)
    code, _out, err = keepbook("run", "english", "--language", "en,zh")
    assert code == 0
    assert "english · 1_tiny · en" in err and "english · 1_tiny · zh" in err
    _code, out, _err = keepbook("list", "--language=en,zh")
    states = [line.split(maxsplit=3)[1:] for line in out.splitlines() if line.startswith("english")]
    assert states == [["1_tiny", "en", "up to date"], ["1_tiny", "zh", "up to date"]]
    keepbook("run", "english")
    _code, out, _err = keepbook("list")
    assert "english          1_tiny                   up to date\n" in out


def test_the_language_of_the_terminal(
    tiny: Project, keepbook: Keepbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.home)
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "zh")
    assert keepbook("run", "nobody", "--language", "en")[2].startswith("There is no business unit 'nobody'.")
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "en")
    code, _out, err = keepbook("run", "nobody", "--language", "zh,en")
    assert code == 2 and re.search("[\u4e00-\u9fff]", err)


@pytest.mark.parametrize("command", ["run", "list", "check"])
def test_a_language_that_is_not_there_is_refused_at_once(
    command: str, tiny: Project, keepbook: Keepbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.home)
    assert keepbook(command, "--language", "zh_CN") == (
        2,
        "",
        "There is no language 'zh_CN'.\n"
        "  expected: one of en, zh, en-XA\n"
        "  do:       Correct it; did you mean 'zh'?\n",
    )


@pytest.mark.parametrize("value", [[], ["en,zh"]])
def test_check_takes_one_language(
    value: list[str], tiny: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["check", "--language", *value])
    assert "--language" in capsys.readouterr().err


def test_a_new_unit_is_in_the_language_that_was_asked_for(home: Path, keepbook: Keepbook) -> None:
    (home / "sales.csv").write_text(LINES, encoding="utf-8")
    code, out, _err = keepbook("init", "acme", "--from", "sales.csv", "--language", "zh")
    text = (home / "params" / "acme.yaml").read_text(encoding="utf-8")
    assert code == 0 and "下一步：keepbook check acme" in out
    assert re.search("^language: zh  +# 由你指定$", text, re.MULTILINE)
    assert load_unit("acme", home).language == "zh"
    keepbook("init", "other", "--from", "sales.csv")
    assert "\nlanguage:" not in (home / "params" / "other.yaml").read_text(encoding="utf-8")
