"""Ready outcomes of an experiment are read from files and databases, or refused in one exact message."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from assignments_data import MEND, Shop, ready, told

from keepbook.errors import DataError
from keepbook.tables import open_tables


def test_hillstrom(shop: Shop, shared_data: Path) -> None:
    """Counts and sums as published for the e-mail test of 64,000 customers."""
    names = {"variant": "segment", **{name: name for name in ("visit", "conversion", "spend")}}
    source = {"source": str(shared_data / "hillstrom.parquet"), "columns": names}
    metrics = {"visit": "goal", "conversion": "goal", "spend": "goal"}
    with open_tables(ready(shop, "outcomes", source, metrics, control="No E-Mail")) as tables:
        each = tables.outcomes["mail"]
        assert {
            name: str(kind) for name, kind in each.schema().items() if name != "variant"
        } == dict.fromkeys(metrics, "float64")
        sums = {name: each[name].sum() for name in metrics}
        found = each.group_by("variant").agg(n=each.count(), **sums).to_pandas().set_index("variant")
        assert "outcomes of mail: 64,000 customers in 3 arms." in map(str, tables.stated)
        assert tables.assignments is None
    assert found.loc["No E-Mail"].tolist() == pytest.approx([21_306, 2_262, 122, 13_908.33])
    assert found.loc["Mens E-Mail"].tolist() == pytest.approx([21_307, 3_894, 267, 30_311.69])
    assert found.loc["Womens E-Mail"].tolist() == pytest.approx([21_387, 3_238, 189, 23_038.11])


def test_outcomes_are_missing_where_blank(shop: Shop, home: Path) -> None:
    (home / "o.csv").write_text("variant,spend\nnone,1.5\nmail,\n,7\nmail,2\n")
    source = {"source": "o.csv", "columns": {"spend": "spend"}}
    with open_tables(ready(shop, "outcomes", source, {"spend": "goal"})) as tables:
        found = tables.outcomes["mail"].to_pandas().sort_values(["variant", "spend"])
        assert found["spend"].fillna(-1).tolist() == [2, -1, 1.5]
        assert "outcomes of mail: 1 of 4 lines left out, without an arm: row 3 blank." in map(
            str, tables.stated
        )


def test_outcomes_in_a_database(shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name under which an experiment's source is known holds blanks, which SQL must survive."""
    with sqlite3.connect(home / "marketing-db-77.sqlite") as database:
        database.execute("CREATE TABLE mails (arm TEXT, eur REAL)")
        database.executemany("INSERT INTO mails VALUES (?, ?)", [("none", 1), ("mail", 2), ("mail", 4)])
    monkeypatch.setenv("MARKETING", "marketing-db-77")
    source = {"source": "sqlite://${MARKETING}.sqlite", "columns": {"variant": "arm", "spend": "eur"}}
    for keys in ({"table": "mails"}, {"query": "SELECT * FROM mails WHERE eur > 0"}):
        unit = ready(shop, "outcomes", {**source, **keys}, {"spend": "goal"})
        with open_tables(unit) as tables:
            assert tables.outcomes["mail"].spend.sum().to_pandas() == 7
            assert tables.fingerprint is None
    unit = ready(shop, "outcomes", {**source, "table": "mail"}, {"spend": "goal"})
    with pytest.raises(DataError) as error, open_tables(unit):
        pass
    assert "marketing-db-77" not in str(error.value)
    assert error.value.where is not None
    assert error.value.where.startswith("params/shop.yaml, outcomes of mail")


def test_outcomes_by_a_query(shop: Shop, home: Path) -> None:
    (home / "o.csv").write_text("variant,spend\nnone,1\nmail,2\nmail,3\n")
    query = "SELECT variant, spend::double * 2 AS spend FROM source"
    source = {"source": "o.csv", "query": query, "columns": {"spend": "spend"}}
    with open_tables(ready(shop, "outcomes", source, {"spend": "goal"})) as tables:
        assert tables.outcomes["mail"].spend.sum().to_pandas() == 12
    source["query"] = "SELECT x FROM source"
    with pytest.raises(DataError, match="The `query` of 'outcomes of mail' is wrong"):
        open_tables(ready(shop, "outcomes", source, {"spend": "goal"})).__enter__()


WHERE = "outcomes of mail"
OUTCOMES = {
    "variant,spend\nnone,1\nmail,much\n": told(
        "Numbers in 'spend' cannot be read: row 2 'much'.",
        "a number, or blank where none is known",
        MEND,
        WHERE,
    ),
    "variant,spend\nnone,1\nNone,2\n": told(
        "'None' (1 line) is an arm of the experiment 'mail' that `split` does not name.",
        "one of 'none', 'mail'",
        "Did you mean 'none'? Name it in `split` and say its weight, or correct it in the table; `where:` "
        "leaves lines out.",
        WHERE,
    ),
    "variant,spend\n,1\n": told(
        "No line of the table can be used: 1 of 1 lines left out, without an arm: row 1 blank.",
        "lines with an arm",
        "Check `columns:` and `where:` of the table in the unit file.",
        WHERE,
    ),
    "segment,spend\nnone,1\n": told(
        "The source lacks the column 'variant' for variant.",
        "one of the columns there are: 'segment', 'spend'",
        "Map it under `columns:` in the unit file.",
        WHERE,
    ),
}


@pytest.mark.parametrize("content", OUTCOMES)
def test_what_cannot_be_outcomes_is_told(shop: Shop, home: Path, content: str) -> None:
    (home / "o.csv").write_text(content)
    source = {"source": "o.csv", "columns": {"spend": "spend"}}
    unit = ready(shop, "outcomes", source, {"spend": "goal"}, split={"none": 1, "mail": 1})
    with pytest.raises(DataError) as error, open_tables(unit):
        pass
    assert str(error.value) == OUTCOMES[content]
