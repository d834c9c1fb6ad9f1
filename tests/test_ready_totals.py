"""Ready totals of an experiment are read as they are, or refused in one exact message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from assignments_data import MEND, Shop, ready, told

from keepbook.errors import DataError
from keepbook.tables import Tables, open_tables

SUMS = "variant,metric,n,sum,sum_squares\n"
GROWTHBOOK = SUMS + "none,revenue,3407,1396.87,52377.9767\nmail,revenue,3461,2422.7,134698.29\n"


def totals(shop: Shop, home: Path, content: str, **keys: Any) -> Tables:
    (home / "t.csv").write_text(content)
    with open_tables(ready(shop, "totals", {"source": "t.csv", **keys}, {"revenue": "goal"})) as tables:
        return tables


def test_totals(shop: Shop, home: Path) -> None:
    """Built-in names are welcome: they are names of lines here."""
    tables = totals(shop, home, GROWTHBOOK + "mail,visits,3461,20,20\n,,1,1,1\n")
    found = tables.totals["mail"]
    assert list(found.columns) == ["variant", "metric", "n", "sum", "sum_squares"]
    assert found.to_numpy().tolist() == [
        ["mail", "revenue", 3461, 2422.7, 134698.29],
        ["mail", "visits", 3461, 20, 20],
        ["none", "revenue", 3407, 1396.87, 52377.9767],
    ]
    assert (str(found["n"].dtype), str(found["sum"].dtype)) == ("int64", "float64")
    assert "totals of mail: 1 of 4 lines left out, without an arm: row 4 blank." in map(str, tables.stated)


TOTALS = {
    SUMS + "none,revenue,3,3,3\nmail,revenue,3,,3\n": told(
        "The total of 'revenue' in the arm 'mail' lacks a number.",
        "n, sum and sum_squares in every line",
        "Correct it in the table.",
        "totals of mail",
    ),
    SUMS + "none,revenue,0,0,0\nmail,revenue,3,3,3\n": told(
        "The total of 'revenue' in the arm 'none' has an n that is no number of customers.",
        "a whole number from 1",
        "Correct it in the table.",
        "totals of mail",
    ),
    SUMS + "none,revenue,2.5,0,0\nmail,revenue,3,3,3\n": told(
        "The total of 'revenue' in the arm 'none' has an n that is no number of customers.",
        "a whole number from 1",
        "Correct it in the table.",
        "totals of mail",
    ),
    SUMS + "none,revenue,4,8,15.9\nmail,revenue,3,3,3\n": told(
        "The total of 'revenue' in the arm 'none' has a sum of squares that is too small for its sum.",
        "the sum of the squares of all values, not the square of their sum or a variance",
        "Correct it in the table.",
        "totals of mail",
    ),
    SUMS + "none,revenue,4,8,16\nmail,revenue,3,3,3\nnone,revenue,4,8,16\n": told(
        "The total of 'revenue' in the arm 'none' is given twice.",
        "one line per variant and metric",
        "Add the lines up by variant and metric with a `query:`.",
        "totals of mail",
    ),
    SUMS + "none,revenue,4,8,16\nmail,visits,3,3,3\n": told(
        "There is no total of the metric 'revenue' in the arm 'mail'.",
        "a line for every arm and every metric of the experiment",
        "Add it, or correct `metrics`: those there are: revenue, visits.",
        "totals of mail",
    ),
    SUMS + "none,Revenue,4,8,16\nmail,Revenue,3,3,3\n": told(
        "There is no total of the metric 'revenue' in the arm 'mail'.",
        "a line for every arm and every metric of the experiment",
        "Did you mean 'Revenue'? Add it, or correct `metrics`: those there are: Revenue.",
        "totals of mail",
    ),
    SUMS + "none,revenue,4,8,16\n": told(
        "All lines of the experiment 'mail' are in the arm 'none'.",
        "a second arm to compare it with",
        "Check `where:` and what `variant` is mapped to under `columns:`.",
        "totals of mail",
    ),
    SUMS + "none,revenue,four,8,16\nmail,revenue,3,3,3\n": told(
        "Numbers in 'n' cannot be read: row 1 'four'.",
        "a number, or blank where none is known",
        MEND,
        "totals of mail",
    ),
    "variant,metric,n,sum\nnone,revenue,4,8\n": told(
        "The source lacks the column 'sum_squares' for sum_squares.",
        "one of the columns there are: 'variant', 'metric', 'n', 'sum'",
        "Map it under `columns:` in the unit file.",
        "totals of mail",
    ),
}


@pytest.mark.parametrize("content", TOTALS)
def test_what_cannot_be_totals_is_told(shop: Shop, home: Path, content: str) -> None:
    with pytest.raises(DataError) as error:
        totals(shop, home, content)
    assert str(error.value) == TOTALS[content]


def test_many_lines_are_no_totals(shop: Shop, home: Path) -> None:
    with pytest.raises(DataError, match="more than 10,000 lines"):
        totals(shop, home, SUMS + "none,revenue,4,8,16\n" * 10_001)
