"""Examples in docstrings run on the sample units of this repository, each opened once."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import keepbook


@pytest.fixture(scope="session", autouse=True)
def _sample_units() -> Iterator[None]:
    from keepbook.book import Book

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEEPBOOK_HOME", str(Path(__file__).resolve().parents[1]))
        patch.setattr(keepbook, "open", cache(Book), raising=False)
        yield
