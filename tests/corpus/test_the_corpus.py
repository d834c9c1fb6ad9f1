"""The corpus itself: how large it is, and that no case of it says nothing."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from corpus.case import Case

MODULES = sorted(file.stem for file in Path(__file__).parent.glob("test_*.py") if file != Path(__file__))
CASES: list[Case] = [case for name in MODULES for case in import_module(f"corpus.{name}").CASES]


def test_the_corpus_does_not_shrink() -> None:
    assert len(CASES) >= 380


def test_no_case_hides_another() -> None:
    assert len({(case.name, repr(case.files)) for case in CASES}) == len(CASES)
    assert not [case.name for case in CASES if not case.told and not case.stated]


def test_every_message_says_what_to_do() -> None:
    told = [case.told for case in CASES if case.told]
    assert len(told) >= 110
    assert not [text for text in told if not re.search(r"\n  where:    .+\n(.*\n)?  do:       .+\.$", text)]
