"""What a notebook shows and saves: text from data is text, tables are safe to open, wrong sums are loud."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from keepbook.book import Book, Html
from keepbook.charts import Drawn
from keepbook.errors import KeepbookError, NotEnoughData
from keepbook.findings import Tile

HOSTILE = "<script>alert(1)</script> \"quoted\" 'single' & <b>bold</b>\nnew line 客户 🙂"
UNIT = """unit: shop
title: {title}
about: {title}
currency: EUR
transactions:
  source: data/sales.csv
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose only unit has a hostile title."""
    for folder in ("params", "data"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "sales.csv").write_text(
        "customer_id,date,amount\nc1,2024-01-01,10\nc1,2024-02-05,20.5\nc2,2024-02-07,7\nc2,soon,3\n",
        encoding="utf-8",
    )
    unit_file = UNIT.format(title=json.dumps(HOSTILE, ensure_ascii=False))
    (tmp_path / "params" / "shop.yaml").write_text(unit_file, encoding="utf-8")
    monkeypatch.delenv("KEEPBOOK_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tile(**changes: object) -> Tile:
    known = Tile(
        name="t", label="T", value=0.5, definition="d", ci_lower=0.4, ci_upper=0.6, history=(0.4, 0.5)
    )
    return dataclasses.replace(known, **changes)  # type: ignore[arg-type]


def draw(frame: pd.DataFrame) -> Drawn:
    return Drawn(svg="<svg></svg>", title=HOSTILE, caption=HOSTILE, alt=HOSTILE, name="drawn", data=frame)


def record_of(folder: Path) -> dict:  # type: ignore[type-arg]
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads((folder / "key_figures.json").read_text(encoding="utf-8"), parse_constant=refuse)


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────


def test_text_from_data_is_text_wherever_it_is_shown(home: Path) -> None:
    book = Book("shop", notebook="test")
    frame = pd.DataFrame({HOSTILE: [HOSTILE], "n": [1]})
    shown = {
        "opening": book.opening(),
        "findings": book.findings([HOSTILE]),
        "tiles": book.tiles([tile(label=HOSTILE, definition=HOSTILE)]),
        "change": book.tiles([tile(change=0.1, change_lower=0.05, change_upper=0.2, compared=HOSTILE)]),
        "figure": book.figure(draw, frame),
        "table": book.table(frame, {HOSTILE: str, "n": str}, HOSTILE),
        "note": book.note(HOSTILE),
        "too little": book.figure(draw, NotEnoughData(HOSTILE)),
        "identity": book.identity(HOSTILE, 1, 1),
    }
    for name, html in shown.items():
        soup = BeautifulSoup(html.html, "html.parser")
        assert not soup.find(["script", "b"], string=re.compile("alert|bold")), name
        words = " ".join(soup.get_text(" ").split())
        assert " ".join(HOSTILE.split()) in words, name
    figure = BeautifulSoup(shown["figure"].html, "html.parser").figure
    assert figure is not None and figure["aria-label"] == HOSTILE
    assert set(figure.attrs) == {"class", "role", "aria-label"}, "no attribute broken out of its quotes"


def test_plain_text_stands_in_where_no_html_is_shown(home: Path) -> None:
    book = Book("shop", notebook="test")
    assert repr(book.findings(["One.", "Two."])) == "One.\nTwo."
    assert repr(book.identity("a = b", 1234, 1234)) == "a = b: 1,234 = 1,234"
    assert Html("<p>x</p>", "x") == Html("<p>x</p>", "y"), "the same picture"


# ── sums ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, 2), (1_000_000.00, 1_000_000.02), (0.0, float("nan")), (float("nan"), float("nan"))],
)
def test_an_identity_that_does_not_hold_is_loud(home: Path, left: float, right: float) -> None:
    with pytest.raises(KeepbookError, match="do not add up: claim") as caught:
        Book("shop", notebook="test").identity("claim", np.float64(left), right)
    assert str(caught.value.expected) == f"{float(left)!r} = {float(right)!r}"


def test_identities_go_into_the_record(home: Path) -> None:
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    book.identity("a = b", np.int64(3), 3.0)
    book.close()
    assert record_of(home / "out")["identities"] == [{"claim": "a = b", "left": 3.0, "right": 3.0}]


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────


def test_looking_writes_nothing(home: Path) -> None:
    before = sorted(home.rglob("*"))
    book = Book("shop", notebook="test")
    book.opening()
    figure = book.figure(draw, pd.DataFrame({"n": [1]}))
    book.tiles([tile()])
    book.close()
    assert sorted(home.rglob("*")) == before
    assert "tables/" not in figure.html


def test_cells_a_spreadsheet_would_run_are_defused_in_csv_alone(home: Path) -> None:
    starts = ["=1+1", "+1", "-1", "@x", "\tx"]
    frame = pd.DataFrame(
        {
            "text": [*starts, "\rx", "plain", "a=b", ""],
            "=2+2": pd.Categorical(["=x"] * 9),
            "number": np.linspace(-4, 4, 9),
            "whole": range(-9, 0),
            "missing": [None, "@y"] + ["z"] * 7,
        }
    )
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    book.figure(draw, frame)
    csv = pd.read_csv(home / "out" / "tables" / "drawn.csv", keep_default_na=False, lineterminator="\n")
    assert list(csv.columns) == ["text", "'=2+2", "number", "whole", "missing"]
    assert list(csv["text"]) == [*(f"'{start}" for start in starts), "'�x", "plain", "a=b", ""]
    assert set(csv["'=2+2"]) == {"'=x"}
    assert list(csv["missing"])[:2] == ["", "'@y"]
    pd.testing.assert_series_equal(csv["number"], frame["number"], check_dtype=False)
    assert list(csv["whole"]) == list(range(-9, 0)), "negative numbers are numbers"
    parquet = pd.read_parquet(home / "out" / "tables" / "drawn.parquet")
    assert list(parquet["text"]) == list(frame["text"]) and "=2+2" in parquet.columns


def test_the_record_is_strict_json_with_intervals(home: Path) -> None:
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    book.opening()
    book.findings([HOSTILE])
    book.tiles(
        [tile(value=np.float64(0.25)), tile(name="gap", ci_lower=None, history=(float("nan"), np.int64(2)))]
    )
    book.close()
    record = record_of(home / "out")
    assert record["schema"] == 1
    assert (record["unit"], record["title"], record["simulated"]) == ("shop", HOSTILE, False)
    assert record["lines"] == {"in": 4, "kept": 3} and record["findings"] == [HOSTILE]
    first, second = record["figures"]
    assert (first["value"], first["ci_lower"], first["ci_upper"]) == (0.25, 0.4, 0.6)
    assert second["ci_lower"] is None and second["history"] == [None, 2]


def test_a_simulated_unit_says_so(home: Path) -> None:
    (home / "params" / "drawn.yaml").write_text(
        "unit: drawn\ntransactions:\n  source: simulate\n  simulate: {customers: 60, days: 200}\n",
        encoding="utf-8",
    )
    book = Book("drawn", notebook="test", save_to=str(home / "out"))
    opening = book.opening()
    assert '<span class="kb-simulated">simulated data</span>' in opening.html and "simulated" in repr(opening)
    book.close()
    assert record_of(home / "out")["simulated"] is True
    assert 'kb-simulated">' not in Book("shop", notebook="test").opening().html


def test_a_parameter_that_is_none_leaves_the_choice_to_the_unit_file(home: Path) -> None:
    assert Book("shop", notebook="test", alpha=None).unit.alpha == 0.05
    assert Book("shop", notebook="test", alpha=0.1).unit.alpha == 0.1
    with pytest.raises(KeepbookError, match="cohort_perid"):
        Book("shop", notebook="test", cohort_perid="week")
