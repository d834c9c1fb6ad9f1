"""What a notebook shows and saves: text from data is text, tables are safe to open, wrong sums are loud."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from keepbook.book import Book
from keepbook.errors import DataError, KeepbookError, NotEnoughData, UnitFileError
from keepbook.page.elements import Chart, Decision, Export, Identity, Table, Tile
from keepbook.page.html import Html
from keepbook.plotting.canvas import Drawing
from keepbook.results import Missing, is_missing
from keepbook.text import BOLD, PLAIN, estimate, number, percent

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


def draw(frame: pd.DataFrame) -> Chart:
    return Chart(
        drawing=Drawing("<svg ></svg>", "<svg ></svg>"),
        title=HOSTILE,
        caption=HOSTILE,
        name="drawn",
        data=frame,
    )


@dataclasses.dataclass
class Said:
    """What an analysis says."""

    findings: Any = dataclasses.field(default_factory=list)
    tiles: Any = dataclasses.field(default_factory=list)


def missing(reason: str) -> Any:
    return Missing(NotEnoughData(reason))


def record_of(folder: Path) -> dict:  # type: ignore[type-arg]
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads((folder / "key_figures.json").read_text(encoding="utf-8"), parse_constant=refuse)


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────


def test_text_from_data_is_text_wherever_it_is_shown(home: Path) -> None:
    book = Book("shop", notebook="test")
    frame = pd.DataFrame({HOSTILE: [HOSTILE], "n": [1]})
    changed = tile(change=0.1, change_lower=0.05, change_upper=0.2, compared=HOSTILE)
    shown = {
        "opening": book.opening(),
        "decision": book.decision(Decision(HOSTILE, f"Why: {HOSTILE}", "good")),
        "findings": book.findings(Said([HOSTILE])),
        "tiles": book.tiles(Said(tiles=[tile(label=HOSTILE, definition=HOSTILE)])),
        "change": book.tiles(Said(tiles=[changed])),
        "figure": book.figure(draw(frame)),
        "table": book.table(Table({HOSTILE: ([HOSTILE], str), "n": ([1], str)}, HOSTILE)),
        "note": book.note(HOSTILE),
        "too little": book.figure(missing(f"For want of data: {HOSTILE}")),
        "identity": book.identity(Identity(HOSTILE, 1, 1)),
        "export": book.export(Export("all", book.tables.purchases, HOSTILE)),
    }
    for name, html in shown.items():
        soup = BeautifulSoup(html.html, "html.parser")
        assert not soup.find(["script", "b"], string=re.compile("alert|bold")), name
        words = " ".join(soup.get_text(" ").split())
        assert " ".join(HOSTILE.split()) in words, name
    figure = BeautifulSoup(shown["figure"].html, "html.parser").figure
    assert (
        figure is not None and [title.get_text() for title in figure.select("svg > title")] == [HOSTILE] * 2
    )
    assert set(figure.attrs) == {"class", "id"}, "no attribute broken out of its quotes"
    assert all(set(svg.attrs) == {"role"} for svg in figure.find_all("svg"))


def test_names_are_code_and_numbers_stay_with_their_unit(home: Path) -> None:
    html = Book("shop", notebook="test").note("Set `margin`: 5 % (4–6 %) of 84.83 USD since 2024-01-05.").html
    soup = BeautifulSoup(html, "html.parser")
    assert [code.get_text() for code in soup.find_all("code")] == ["margin"]
    together = [span.get_text() for span in soup.find_all(class_="kb-together")]
    assert together == ["5 %", "4–6 %", "84.83 USD", "2024-01-05"]


def test_estimates_are_bold_and_nothing_else(home: Path) -> None:
    """What the catalogue emphasises; `<b>` in a text from data is text, and so it is in the record."""
    times, spent = estimate("1,234", "1,200–1,300"), estimate("84.83 USD", "83.33–86.26")
    sentence = f"They buy {times} times for {spent}; 9 of 10 <b>[x]</b> 5 [y]."
    words = "They buy 1,234 (1,200–1,300) times for 84.83 USD (83.33–86.26); 9 of 10 <b>[x]</b> 5 [y]."
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    shown = book.findings(Said([sentence]))
    soup = BeautifulSoup(shown.html, "html.parser")
    assert [strong.get_text() for strong in soup.find_all("strong")] == ["1,234", "84.83 USD"]
    assert soup.li is not None and soup.li.get_text() == words == repr(shown)
    book.close()
    assert record_of(home / "out")["findings"] == [words]


def test_signs_of_emphasis_in_data_open_nothing(home: Path) -> None:
    names = [f"a {BOLD}b", f"{PLAIN}c {BOLD}d", f"{estimate('5 %', '4–6 %')} of {BOLD}{BOLD}x"]
    html = Book("shop", notebook="test").findings(Said(names)).html
    assert html.count("<strong>") == html.count("</strong>") == 1
    assert [item.get_text() for item in BeautifulSoup(html, "html.parser").select("li")] == [
        "a b",
        "c d",
        "5 % (4–6 %) of x",
    ]


def test_money_is_shown_with_its_currency_and_cents_where_small(home: Path) -> None:
    book = Book("shop", notebook="test")
    tiles = [
        tile(kind="money", value=1234.5, ci_lower=1200, ci_upper=1300),
        tile(kind="money", value=8.5, ci_lower=8, ci_upper=9),
    ]
    soup = BeautifulSoup(book.tiles(Said(tiles=tiles)).html, "html.parser")
    assert [p.get_text() for p in soup.select(".kb-tile-value")] == ["1,200 EUR", "8.50 EUR"]
    assert [p.get_text() for p in soup.select(".kb-tile-range")] == [
        "1,200–1,300 EUR",
        "8.00–9.00 EUR",
    ]


# ── reasons ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reason_is_told_once(home: Path) -> None:
    book, reason = Book("shop", notebook="test", save_to=str(home / "out")), missing("Not shown: too few.")
    first = book.figure(reason)
    again = [
        book.figure(reason),
        book.table(reason),
        book.export(reason),
        book.identity(reason),
        book.decision(reason),
        book.findings(Said(reason)),
        book.tiles(Said(tiles=reason)),
    ]
    assert repr(first) == "Not shown: too few." and "kb-note" in first.html
    assert {repr(one) for one in again} == {"Not shown, as said above."}
    assert repr(book.figure(missing("Another."))) == "Another."
    book.close()
    record = record_of(home / "out")
    assert not any(record[name] for name in ("findings", "figures", "tables", "identities"))
    assert "verdict" not in record and not (home / "out" / "tables").exists()


def test_plain_text_stands_in_where_no_html_is_shown(home: Path) -> None:
    book = Book("shop", notebook="test")
    assert repr(book.findings(Said(["One.", "Two."]))) == "One.\nTwo."
    assert repr(book.identity(Identity("a = b", 1234, 1234))) == "a = b: 1,234 = 1,234"
    assert Html("<p>x</p>", "x") == Html("<p>x</p>", "y"), "the same picture"


# ── what the page is about ──────────────────────────────────────────────────────────────────────────────

TRIED = """assignments: {source: data/assignments.csv}
experiments:
  - {name: voucher, title: A voucher, control: none}
  - {name: call, control: none}
before_after:
  - {name: new_shop, date: 2024-02-01, comparison_unit: deli}
"""


def write_deli(home: Path, more: str = "") -> None:
    (home / "data" / "deli.csv").write_text("customer_id,date,amount\nd1,2024-03-01,4\n", encoding="utf-8")
    (home / "params" / "deli.yaml").write_text(
        f"unit: deli\ntransactions: {{source: data/deli.csv}}\n{more}", encoding="utf-8"
    )


@pytest.fixture
def tried(home: Path) -> Path:
    """The project, with what its unit tried, and another unit to compare with."""
    with (home / "params" / "shop.yaml").open("a", encoding="utf-8") as file:
        file.write(TRIED)
    arms = [
        ("voucher", "c1", "none"),
        ("voucher", "c2", "sent"),
        ("call", "c1", "none"),
        ("call", "c2", "done"),
    ]
    lines = "".join(f"{','.join(arm)},2024-01-10\n" for arm in arms)
    (home / "data" / "assignments.csv").write_text(
        f"experiment,customer_id,variant,assigned_at\n{lines}", encoding="utf-8"
    )
    write_deli(home)
    return home


@pytest.mark.parametrize(
    ("kind", "name", "chosen"),
    [
        ("experiments", None, {"experiment": {"name": "voucher", "title": "A voucher"}}),
        ("experiments", "call", {"experiment": {"name": "call", "title": "call"}}),
        ("before_after", "new_shop", {"change": {"name": "new_shop", "title": "new_shop"}}),
    ],
)
def test_what_the_page_is_about_is_chosen_and_recorded(
    tried: Path, kind: str, name: str | None, chosen: dict[str, dict[str, str]]
) -> None:
    book = Book("shop", notebook="test", save_to=str(tried / "out"))
    ask = {"experiments": book.experiment, "before_after": book.before_after}[kind]
    (about,) = chosen.values()
    analysis = ask(name)
    entry = analysis.entry if kind == "experiments" else analysis.change
    assert entry in getattr(book.unit, kind) and entry.name == about["name"]
    assert ask(name) is analysis, "measured once"
    assert about["title"] in BeautifulSoup(book.close().html, "html.parser").get_text()
    record = record_of(tried / "out")
    assert {key: record[key] for key in ("experiment", "change") if key in record} == chosen
    assert "verdict" not in record


def test_a_name_that_is_not_in_the_unit_file(tried: Path) -> None:
    with pytest.raises(UnitFileError) as caught:
        Book("shop", notebook="test").experiment("vouchr")
    assert str(caught.value) == (
        "There is no experiment 'vouchr'.\n"
        "  where:    params/shop.yaml, experiments\n"
        "  expected: did you mean 'voucher'?\n"
        "  do:       Correct the name, or add the experiment to the unit file."
    )


def test_without_an_entry_there_is_a_reason_but_no_name_is_passed_over(home: Path) -> None:
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    for found, reason in (
        (book.before_after().comparison, "Not shown: what a change brought. It needs `before_after`"),
        (book.experiment().study, "Not shown: what a strategy brought. It needs `experiments`"),
    ):
        assert is_missing(found) and found.reason.what == f"{reason} in the unit file."
    with pytest.raises(UnitFileError, match="There is no experiment 'voucher'"):
        book.experiment("voucher")
    with pytest.raises(UnitFileError, match="There is no change 'voucher'"):
        book.before_after("voucher")
    book.close()
    assert not {"experiment", "change"} & record_of(home / "out").keys()


def test_the_decision_is_shown_and_recorded(home: Path) -> None:
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    five = estimate("5 %", "1–9 %")
    shown = book.decision(Decision("wait", f"Until `ends`: {five}.", "wait"))
    box = BeautifulSoup(shown.html, "html.parser").div
    assert box is not None and box["class"] == ["kb-verdict", "kb-verdict-wait"]
    assert [p.get_text() for p in box.find_all("p")] == ["wait", "Until ends: 5 % (1–9 %)."]
    assert repr(shown) == "wait: Until `ends`: 5 % (1–9 %)."
    again = book.figure(missing(f"Until `ends`: {five}."))
    assert repr(again) == "Not shown, as said above."
    book.close()
    assert record_of(home / "out")["verdict"] == {
        "label": "wait", "reason": "Until `ends`: 5 % (1–9 %).", "kind": "wait", "stake": None,
    }  # fmt: skip


def test_another_unit_is_opened_beside_and_closed_with_the_book(tried: Path) -> None:
    book = Book("shop", notebook="test")
    assert book.comparison_unit(None) is None
    deli = book.comparison_unit("deli")
    assert deli is not None
    purchases, window = deli.purchases, deli.window
    assert purchases.select("customer_id", "amount").to_pandas().values.tolist() == [["d1", 4]]
    assert (str(window.start), str(window.as_of)) == ("2024-03-01", "2024-03-01")
    assert book.comparison_unit("deli") is deli, "opened once"
    assert book.tables.purchases.count().to_pandas() == 3, "the unit's own are still there"
    made = BeautifulSoup(book.close().html, "html.parser").get_text(" ")
    assert re.search(r"beside it: deli deli\.yaml \(\w{12}\), \w{16}", made)
    with pytest.raises(Exception, match="(?i)clos|connect"):
        purchases.count().to_pandas()


def test_a_fault_of_another_unit_names_its_own_file(tried: Path) -> None:
    book = Book("shop", notebook="test")
    with pytest.raises(UnitFileError, match="There is no unit 'delhi'"):
        book.comparison_unit("delhi")
    write_deli(tried, "alpha: 7\n")
    with pytest.raises(UnitFileError) as wrong:
        book.comparison_unit("deli")
    write_deli(tried)
    (tried / "data" / "deli.csv").unlink()
    with pytest.raises(DataError) as absent:
        book.comparison_unit("deli")
    assert all("params/deli.yaml" in str(caught.value.where) for caught in (wrong, absent))


# ── sums ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, 2), (1_000_000.00, 1_000_000.02), (0.0, float("nan")), (float("nan"), float("nan"))],
)
def test_an_identity_that_does_not_hold_is_loud(home: Path, left: float, right: float) -> None:
    with pytest.raises(KeepbookError, match="do not add up: claim") as caught:
        Book("shop", notebook="test").identity(Identity("claim", np.float64(left), right))
    assert str(caught.value.expected) == f"{float(left)!r} = {float(right)!r}"


def test_identities_go_into_the_record(home: Path) -> None:
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    book.identity(Identity("a = b", np.int64(3), 3.0))
    book.close()
    assert record_of(home / "out")["identities"] == [{"claim": "a = b", "left": 3.0, "right": 3.0}]


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────


def test_looking_writes_nothing(home: Path) -> None:
    before = sorted(home.rglob("*"))
    book = Book("shop", notebook="test")
    book.opening()
    figure = book.figure(draw(pd.DataFrame({"n": [1]})))
    book.tiles(Said(tiles=[tile()]))
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
    book.figure(draw(frame))
    csv = pd.read_csv(home / "out" / "tables" / "drawn.csv", keep_default_na=False, lineterminator="\n")
    assert list(csv.columns) == ["text", "'=2+2", "number", "whole", "missing"]
    assert list(csv["text"]) == [*(f"'{start}" for start in starts), "'�x", "plain", "a=b", ""]
    assert set(csv["'=2+2"]) == {"'=x"}
    assert list(csv["missing"])[:2] == ["", "'@y"]
    pd.testing.assert_series_equal(csv["number"], frame["number"], check_dtype=False)
    assert list(csv["whole"]) == list(range(-9, 0)), "negative numbers are numbers"
    parquet = pd.read_parquet(home / "out" / "tables" / "drawn.parquet")
    assert list(parquet["text"]) == list(frame["text"]) and "=2+2" in parquet.columns


def test_a_table_is_saved_by_its_name_as_shown_or_as_the_numbers_behind_it(home: Path) -> None:
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    columns = {"customers": ([1200, 7], number), "tier": (["gold", "=x"], str)}
    shown = {
        name: book.table(Table(columns, f"Caption of {name}.", name=name, data=data))
        for name, data in (("own", None), ("behind", pd.DataFrame({"n": [1.5]})), ("", None))
    }
    soup = BeautifulSoup(shown["own"].html, "html.parser")
    assert [cell.get_text() for cell in soup.select("tbody td, tbody th")] == ["1,200", "gold", "7", "=x"]
    assert repr(shown["own"]) == "Caption of own." and 'href="tables/own.csv"' in shown["own"].html
    assert "href" not in shown[""].html
    tables = home / "out" / "tables"
    assert (tables / "own.csv").read_text(encoding="utf-8-sig").split() == [
        "customers,tier", "1200,gold", "7,'=x",
    ]  # fmt: skip
    assert pd.read_parquet(tables / "behind.parquet").to_dict("list") == {"n": [1.5]}
    book.close()
    headings = {"customers": "customers", "tier": "tier"}
    assert record_of(home / "out")["tables"] == [
        {"name": name, "title": "", "measure": "", "caption": f"Caption of {name}.", "columns": headings}
        for name in ("own", "behind")
    ]


def test_the_record_says_what_a_saved_table_is_about(home: Path) -> None:
    """The words of a figure, and the headings of a table beside the names its columns have in the code."""
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    book.figure(draw(pd.DataFrame({"n": [1]})))
    words = {"t.n": "Customers", "t.share": "Share of all", "t.caption": "By tier."}
    rows = pd.DataFrame({"n": [3], "share": [0.5], "unsaid": ["x"]})
    shows = {"n": number, "share": percent}
    book.table(Table.of(lambda id_, **_facts: words[id_], "t", rows, shows, name="tiers"))
    book.close()
    drawn, tiers = record_of(home / "out")["tables"]
    assert drawn["name"] == "drawn" and drawn["columns"] == {}
    assert (drawn["title"], drawn["caption"]) == (HOSTILE, HOSTILE)
    assert tiers == {
        "name": "tiers",
        "title": "",
        "measure": "",
        "caption": "By tier.",
        "columns": {"n": "Customers", "share": "Share of all"},
    }


def test_an_export_of_the_engine_is_safe_to_open(home: Path) -> None:
    """As the small tables: text defused in CSV alone, numbers as they are; in the order they came in."""
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    ids = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain", 'a,"b"', "客\u202e户", "a=b", None]
    frame = pd.DataFrame({"customer_id": ids, "=n": range(11), "clv": np.linspace(-1 / 3, 3, 11)})
    book.tables.purchases.get_backend().con.register("rows_frame", frame)
    rows = book.tables.purchases.get_backend().table("rows_frame").order_by("=n")
    html = book.export(Export("customers", rows, "All of them.")).html
    assert 'href="tables/customers.csv"' in html and 'href="tables/customers.parquet"' in html
    csv = pd.read_csv(home / "out" / "tables" / "customers.csv", keep_default_na=False)
    assert list(csv.columns) == ["customer_id", "'=n", "clv"]
    assert list(csv["customer_id"])[:6] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'�x"]
    assert list(csv["customer_id"])[6:] == ["plain", 'a,"b"', "客�户", "a=b", ""]
    assert list(csv["'=n"]) == list(range(11)), "in the order they came in"
    assert list(csv["clv"]) == pytest.approx(list(frame["clv"]), abs=1e-6)
    parquet = pd.read_parquet(home / "out" / "tables" / "customers.parquet")
    assert list(parquet["customer_id"])[:10] == ids[:10] and list(parquet["clv"]) == list(frame["clv"])
    book.close()
    assert record_of(home / "out")["tables"] == [
        {"name": "customers", "title": "", "measure": "", "caption": "All of them.", "columns": {}}
    ]


def test_an_export_without_a_place_writes_nothing(home: Path) -> None:
    before = sorted(home.rglob("*"))
    book = Book("shop", notebook="test")
    said = repr(book.export(Export("customers", book.tables.purchases, "All of them.")))
    assert said == "All of them. Nothing is saved: `save_to` says where."
    assert sorted(home.rglob("*")) == before


def test_the_record_is_strict_json_with_intervals(home: Path) -> None:
    book = Book("shop", notebook="test", save_to=str(home / "out"))
    book.opening()
    gap = tile(name="gap", ci_lower=None, history=(float("nan"), np.int64(2)))
    book.findings(Said([HOSTILE]))
    book.tiles(Said(tiles=[tile(value=np.float64(0.25)), gap]))
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


def test_a_broken_experiment_stops_its_own_page_alone(home: Path, shop, monkeypatch) -> None:
    """The assignments hold no line of it: other pages open, its own says so."""
    monkeypatch.setenv("KEEPBOOK_HOME", str(home))
    (home / "arms.csv").write_text(
        "experiment,customer_id,variant,assigned_at\nother,a,x,2024-01-02\nother,b,y,2024-01-02\n"
    )
    shop(
        "customer_id,date,amount\na,2024-01-01,5\nb,2024-01-03,5\n",
        assignments={"source": "arms.csv"},
        experiments=[{"name": "voucher", "control": "x"}],
    )
    book = Book("shop", notebook="any")
    assert book.tables.assignments is None
    with pytest.raises(DataError, match="holds no line of the experiment 'voucher'"):
        book.experiment()


def test_one_book_opens_every_experiment_of_its_unit() -> None:
    """The assignments are read once; each is what a book of its own finds."""
    book = Book("demo", notebook="test")
    together = {one.name: book.experiment(one.name) for one in book.unit.experiments}
    assert len(together) > 1
    for name, analysis in together.items():
        alone = Book("demo", notebook="test").experiment(name)
        assert analysis.study.counts == alone.study.counts
        assert analysis.ratio.srm_pvalue == alone.ratio.srm_pvalue
