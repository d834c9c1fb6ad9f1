"""Sentences by name: what facts may be, what a missing one says, languages, and what it costs."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from statistics import median
from string import ascii_letters
from threading import Barrier

import numpy as np
import pytest

from keepbook.errors import KeepbookError
from keepbook.text import ENGLISH, PSEUDO, catalogue, current, language, languages, marked, number
from keepbook.text.language import FOLDER

ENGLISH_SHOP = """
hello = Hello { $name }, 100 % welcome.
    .title = Title of `{ $name }` in the shop
lines = { $n ->
    [0] no line
    [one] { $n } line
   *[other] { $n } lines
}
open = It is { $open ->
    [yes] open
    [none] unknown
   *[no] closed
}
code = Set `warm_up`, then wait.
strong = <b>{ $value }</b> it is
"""
GERMAN_SHOP = """
hello = Hallo { $name }, zu 100 % willkommen.
lines = { $n ->
    [one] { $n } Zeile
   *[other] { $n } Zeilen
}
"""
CACHES = ("messages", "_bundle", "_learn", "_pattern")


def forget() -> None:
    """As in a new process."""
    for name in CACHES:
        getattr(import_module("keepbook.text.catalogue"), name).cache_clear()
    import_module("keepbook.text.formats")._signs.cache_clear()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of two languages, made for the test."""
    for tag, text in (("en", ENGLISH_SHOP), ("de", GERMAN_SHOP)):
        (tmp_path / tag).mkdir()
        (tmp_path / tag / "shop.ftl").write_text(text, encoding="utf-8")
    for name in ("errors", "formats"):  # what an error is put together with
        shutil.copy(FOLDER / ENGLISH / f"{name}.ftl", tmp_path / ENGLISH)
    for module in ("catalogue", "language"):
        monkeypatch.setattr(import_module(f"keepbook.text.{module}"), "FOLDER", tmp_path)
    forget()
    yield tmp_path
    forget()


say = catalogue("shop")


# ── messages and facts ──────────────────────────────────────────────────────────────────────────────────


def test_facts_stand_in_their_sentence(shop: Path) -> None:
    assert say("hello", name="Ann {$n} %s") == "Hello Ann {$n} %s, 100 % welcome."
    assert say("hello.title", name="x") == "Title of `x` in the shop"
    assert say("hello", name="客" * 5000) == f"Hello {'客' * 5000}, 100 % welcome.", "names may be long"
    assert say("strong", value="5 %") == "\ue0005 %\ue001 it is"


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "no line"), (1, "1 line"), (2, "2 lines"), (1234567, "1,234,567 lines"), (np.int64(21), "21 lines")],
)
def test_whole_numbers_are_right_for_plurals(shop: Path, n: int, said: str) -> None:
    assert say("lines", n=n) == said


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (True, "It is open"),
        (False, "It is closed"),
        (None, "It is unknown"),
        (np.bool_(True), "It is open"),
        (np.bool_(False), "It is closed"),
        (np.str_("yes"), "It is open"),
    ],
)
def test_truth_and_nothing_select(shop: Path, fact: object, said: str) -> None:
    assert say("open", open=fact) == said


@pytest.mark.parametrize("fact", [1.5, np.float64(2), float("nan"), [1], b"x"])
def test_what_is_not_written_yet_is_refused(shop: Path, fact: object) -> None:
    """How many digits a number has is not for the catalogue to say."""
    for message, name in (("hello", "name"), ("lines", "n")):
        with pytest.raises(TypeError, match=f"{name}: a .* must be formatted first"):
            say(message, **{name: fact})


@pytest.mark.parametrize("message", ["nothing", "hello.nothing", "lines.title"])
def test_a_message_that_is_not_there_is_named_with_its_file(shop: Path, message: str) -> None:
    with pytest.raises(KeyError, match=f"en/shop.ftl has no message '{message}'"):
        say(message)


@pytest.mark.parametrize(("message", "fact"), [("hello", "name"), ("hello.title", "name"), ("lines", "n")])
def test_a_fact_that_is_not_given_is_named_with_its_message(shop: Path, message: str, fact: str) -> None:
    for given in ({}, {"other": "x"}, {"other": 3}):
        with pytest.raises(KeyError, match=f"en/shop.ftl, {message}: .*{fact}"):
            say(message, **given)


def test_a_file_that_cannot_be_read_says_where(shop: Path) -> None:
    (shop / "en" / "shop.ftl").write_text("fine = Fine\nbad = { $n ->\n", encoding="utf-8")
    with pytest.raises(KeyError, match="en/shop.ftl cannot be read near: .*bad ="):
        say("fine")


# ── languages ───────────────────────────────────────────────────────────────────────────────────────────


def test_two_languages_in_one_process(shop: Path) -> None:
    assert current() == ENGLISH and say("lines", n=2000) == "2,000 lines"
    with language("de"):
        assert say("hello", name="Ann") == "Hallo Ann, zu 100 % willkommen."
        assert (say("lines", n=1), say("lines", n=2000)) == ("1 Zeile", "2.000 Zeilen")
        assert number(1234.5, 1) == "1.234,5"
        with language("en"):
            assert say("lines", n=2) == "2 lines"
        assert say("lines", n=2) == "2 Zeilen"
    assert say("lines", n=2) == "2 lines" and number(1234.5, 1) == "1,234.5"


def test_what_a_language_lacks_is_said_in_english(shop: Path) -> None:
    with language("de"):
        assert say("code") == "Set `warm_up`, then wait."
        with pytest.raises(KeyError, match="de/shop.ftl has no message 'nothing'"):
            say("nothing")


def test_a_sentence_that_a_language_lacks_is_not_taken_from_what_all_share(shop: Path) -> None:
    """A format is called `money`; a subject's own message of that name, still in English, goes before."""
    (shop / "en" / "shop.ftl").write_text("money = It pays { $profit }.\n", encoding="utf-8")
    (shop / "de" / "formats.ftl").write_text("money = { $amount } { $currency }\n", encoding="utf-8")
    forget()
    with language("de"):
        assert say("money", profit="5") == "It pays 5."
        assert catalogue("other")("money", amount="5", currency="EUR") == "5 EUR"


def test_threads_learn_side_by_side(shop: Path) -> None:
    """Each finds every message, though all ask for their first at once."""
    names = [f"m{i}" for i in range(40)]
    (shop / "en" / "shop.ftl").write_text("".join(f"{name} = {name} said\n" for name in names))
    together = Barrier(8)

    def ask() -> list[str]:
        together.wait()
        return [say(name) for name in names]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            forget()
            with ThreadPoolExecutor(8) as pool:
                found = [work.result() for work in [pool.submit(ask) for _ in range(8)]]
            assert found == [[f"{name} said" for name in names]] * 8
    finally:
        sys.setswitchinterval(before)


def test_the_language_is_left_even_after_an_error(shop: Path) -> None:
    with pytest.raises(ZeroDivisionError), language("de"):
        raise ZeroDivisionError
    assert current() == ENGLISH


def test_the_environment_says_which_language_where_nothing_else_does(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEPBOOK_LANGUAGE", "de")
    assert say("lines", n=2) == "2 Zeilen"
    with language("en"):
        assert say("lines", n=2) == "2 lines"


def test_an_unknown_language_is_refused_with_those_there_are(shop: Path) -> None:
    assert languages() == ["de", "en"]
    with pytest.raises(KeepbookError) as caught, language("dee"):
        pass
    assert str(caught.value) == (
        "There is no language 'dee'.\n"
        "  expected: one of de, en, en-XA\n"
        "  do:       Correct it; did you mean 'de'?"
    )


# ── the pseudo-language ─────────────────────────────────────────────────────────────────────────────────


def test_the_pseudo_language_marks_letters_but_no_names_and_no_facts(shop: Path) -> None:
    """Before, within and behind code that is a fact; in every variant."""
    with language(PSEUDO):
        assert say("code") == "Śéť `warm_up`, ťĥéń ẃáíť."
        assert say("hello", name="Ann") == "Ĥéĺĺó Ann, 100 % ẃéĺćóḿé."
        assert say("hello.title", name="plan") == "Ťíťĺé óƒ `plan` íń ťĥé śĥóṕ"
        assert (say("lines", n=0), say("lines", n=1200)) == ("ńó ĺíńé", "1,200 ĺíńéś")
        assert say("strong", value="5 %") == "\ue0005 %\ue001 íť íś"
    assert say("code") == "Set `warm_up`, then wait.", "English is as it was"


def test_marks_leave_no_letter_of_ours() -> None:
    assert not any(sign.isascii() for sign in marked(ascii_letters))
    assert len(set(marked(ascii_letters))) == len(ascii_letters), "and it can be read"
    assert marked("a `b` a `b`") == "á `b` á `b`"


# ── what it costs ───────────────────────────────────────────────────────────────────────────────────────


def test_the_first_sentence_of_a_page_comes_at_once() -> None:
    """CPU time of reading formats, shared and the largest subject, beside a loop of some 40 ms: 30 ms are
    allowed, and a busy or slow machine takes longer for both."""
    folder = import_module("keepbook.text.language").FOLDER / ENGLISH
    largest = max(folder.glob("*.ftl"), key=lambda path: path.stat().st_size).stem
    names = import_module("keepbook.text.catalogue").messages(ENGLISH, largest)
    first = next(name for name in names if not name.startswith("-"))  # a term is no message
    ratios = []
    for _ in range(7):
        forget()
        began = time.process_time()
        import_module("keepbook.text.catalogue")._pattern(ENGLISH, largest, first)
        read = time.process_time()
        sum(i * i for i in range(600_000))
        ratios.append((read - began) / (time.process_time() - read))
    assert median(ratios) < 0.75, f"{largest}: {median(ratios):.1f} times as long"


def test_a_simple_sentence_costs_no_more_than_a_format() -> None:
    """A table of a thousand shares, a heatmap: 30 µs allowed, of which 2 to 3 are used where it is quiet."""
    from keepbook.text import percent

    began = time.process_time()
    for n in range(5000):
        percent(n / 5000)
    assert (time.process_time() - began) / 5000 < 30e-6
