"""Several files as one table: exports that overlap, columns that come and go, and which lines count twice."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest

from conftest import write_unit
from corpus.case import (
    AGAIN,
    COMMAS,
    GOOD,
    HEAD,
    ONE_FORM,
    ONE_FORM_DO,
    ROWS,
    SEMICOLONS,
    Case,
    Content,
    broken,
    parquet,
    reads,
    refuses,
    workbook,
)
from keepbook.tables import open_tables

TWO = ("2 files: utf-8, fields separated by ','.",)
ASIDE = "Columns that only some files have are left aside: shop."
ALIKE = "the columns that the other files have; this one has {}"
RENAME = "Rename the column in that file, or leave the file out of `source`."

# January holds two equal lines of a customer who bought the same twice a day, February repeats one of them
# and holds one line three times: who counts what is written out below for every choice.
JANUARY = ["a,2020-01-05,5.50"] * 2 + ["b,2020-01-31,7"]
FEBRUARY = ["a,2020-01-05,5.50", "b,2020-01-31,7"] + ["c,2020-02-01,2"] * 3
MARCH = ["c,2020-02-01,2", "d,2020-03-01,1"]
EXPORTS = {
    f"{month}.csv": HEAD + "\n".join(lines) + "\n"
    for month, lines in {"1": JANUARY, "2": FEBRUARY, "3": MARCH}.items()
}
THREE = ("3 files: utf-8, fields separated by ','.",)
EXPECTED = {  # duplicates, overlaps → lines of a, b, c and d that stay; in several files; exact duplicates
    ("keep", "keep"): ((3, 2, 4, 1), 0, 0),
    ("keep", "drop"): ((2, 1, 3, 1), 3, 0),
    ("drop", "keep"): ((1, 1, 1, 1), 0, 6),
    ("drop", "drop"): ((1, 1, 1, 1), 3, 3),
}
FIRST = (("a", "2020-01-05", 5.5), ("b", "2020-01-31", 7), ("c", "2020-02-01", 2), ("d", "2020-03-01", 1))


def chosen(duplicates: str, overlaps: str) -> Case:
    stay, several, exact = EXPECTED[duplicates, overlaps]
    rows = [f"{who} {day} {n * money:g}" for n, (who, day, money) in zip(stay, FIRST, strict=True)]
    left = {rule: n for rule, n in (("in several files", several), ("exact duplicate", exact)) if n}
    return reads(
        f"duplicates: {duplicates}, overlaps: {overlaps}",
        EXPORTS,
        rows,
        THREE,
        left=left,
        duplicates=duplicates,
        overlaps=overlaps,
    )


A, B = HEAD + "a,2020-01-05,5.50\n", HEAD + "b,2020-02-25,7\n"
TYPES = {"customer_id": pa.string(), "date": pa.string(), "amount": pa.float64()}


def columns(*lines: tuple[str, str, float], **types: pa.DataType) -> bytes:
    kinds = TYPES | types
    return parquet(
        {
            name: pa.array(values, kinds[name])
            for name, values in zip(kinds, zip(*lines, strict=True), strict=True)
        }
    )


ONE, OTHER = ("a", "2020-01-05", 5.5), ("b", "2020-02-25", 7.0)
PARTS: dict[str, Content] = {"1.parquet": columns(ONE, OTHER), "2.parquet": columns(OTHER, OTHER)}
CASES = [
    *(chosen(*choice) for choice in product(("keep", "drop"), repeat=2)),
    reads(
        "the same file twice",
        {"1.csv": GOOD, "copy of 1.csv": GOOD},
        stated=TWO,
        left={"in several files": 2},
    ),
    reads(
        "the same file twice, kept",
        {"1.csv": GOOD, "copy of 1.csv": GOOD},
        ["a 2020-01-05 11", "b 2020-02-25 14"],
        TWO,
        duplicates="keep",
        overlaps="keep",
    ),
    reads(
        "the same file twice, by a query",
        {"1.csv": GOOD, "2.csv": GOOD},
        stated=TWO,
        left={"exact duplicate": 2},
        source={"query": "SELECT * FROM source"},
    ),
    reads(
        "the same lines in two encodings",
        {
            "1.csv": HEAD + "Jörg,2020-01-05,5.50\n",
            "2.csv": (HEAD + "Jörg,2020-01-05,5.50\n").encode("latin-1"),
        },
        ["Jörg 2020-01-05 5.5"],
        [COMMAS, COMMAS.replace("utf-8", "cp1252")],
        left={"in several files": 1},
    ),
    reads(
        "lines that a column sets apart",
        {
            "1.csv": HEAD.replace("\n", ",at\n") + "a,2020-01-05,5,9:00\n",
            "2.csv": HEAD.replace("\n", ",at\n") + "a,2020-01-05,5,9:01\n",
        },
        ["a 2020-01-05 10"],
        TWO,
    ),
    reads(
        "another order of columns",
        {"1.csv": A, "2.csv": "amount,customer_id,date\n7,b,2020-02-25\n"},
        stated=TWO,
    ),
    reads(
        "another order of columns in the same lines",
        {"1.csv": GOOD, "2.csv": "amount,customer_id,date\n7,b,2020-02-25\n"},
        stated=TWO,
        left={"in several files": 1},
    ),
    reads(
        "a column added",
        {"1.csv": A, "2.csv": "customer_id,date,amount,shop\nb,2020-02-25,7,x\n"},
        stated=[*TWO, ASIDE],
    ),
    reads(
        "a column added, and the same lines",
        {"1.csv": GOOD, "2.csv": "customer_id,date,amount,shop\nb,2020-02-25,7,x\n"},
        stated=[*TWO, ASIDE],
        left={"in several files": 1},
    ),
    refuses(
        "a column added that is wanted",
        {"1.csv": A, "2.csv": "customer_id,date,amount,shop\nb,2020-02-25,7,x\n"},
        "The column 'shop' is missing in 1.csv (utf-8, fields separated by ',').",
        ALIKE.format("'customer_id', 'date', 'amount'"),
        RENAME,
        source={"where": {"shop": "x"}},
    ),
    refuses(
        "a column called otherwise",
        {"1.csv": A, "2.csv": "customer_id,date,total\nb,2020-02-25,7\n"},
        "The column 'amount' is missing in 2.csv (utf-8, fields separated by ',').",
        ALIKE.format("'customer_id', 'date', 'total'"),
        RENAME,
    ),
    refuses(
        "nothing in common",
        {"1.csv": A, "2.csv": "x,y\n1,2\n"},
        "The column 'customer_id' is missing in 2.csv (utf-8, fields separated by ',').",
        ALIKE.format("'x', 'y'"),
        RENAME,
    ),
    reads("unlike delimiters", {"1.csv": A, "2.csv": B.replace(",", ";")}, stated=[COMMAS, SEMICOLONS]),
    reads(
        "unlike titles",
        {"1.csv": A, "2.csv": "February\n\n" + B},
        stated=[COMMAS, COMMAS[:-1] + ", column names in line 3."],
    ),
    refuses(
        "days in two forms",
        {"1.csv": A, "2.csv": B.replace("2020-02-25", "25.02.2020")},
        "Days in 'date' are written in several forms: row 2 '25.02.2020' and row 1 '2020-01-05'.",
        ONE_FORM,
        ONE_FORM_DO,
    ),
    refuses(
        "one empty file",
        {"1.csv": A, "2.csv": ""},
        "2.csv is empty.",
        "a line of column names and data",
        AGAIN,
    ),
    reads("one file without lines", {"1.csv": GOOD, "2.csv": HEAD}, stated=TWO),
    broken(
        "a broken line in one of them",
        {"1.csv": A, "2.csv": B + "c,1\n"},
        "line 3 of 2.csv has 2 fields, not 3: 'c,1'",
    ),
    reads(
        "files of one name in two folders",
        {
            "1/x.json": '[{"customer_id":"a","date":"2020-01-05","amount":5.5}]',
            "2/x.json": '[{"customer_id":"b","date":"2020-02-25","amount":7}]',
        },
        stated=["2 files: JSON."],
    ),
    reads("names that the engine takes for patterns", {"[1].csv": A, "*.csv": B}, stated=TWO),
    reads(
        "Parquet that overlaps",
        PARTS,
        ["a 2020-01-05 5.5", "b 2020-02-25 14"],
        ["2 files: Parquet."],
        left={"in several files": 1},
        duplicates="keep",
    ),
    refuses(
        "Parquet of unlike types",
        {"1.parquet": columns(ONE), "2.parquet": columns(OTHER, amount=pa.float32())},
        "The column 'amount' is float in 2.parquet, but double in 1.parquet.",
        "one type in all files",
        "Write the files alike, or convert the column in each.",
    ),
]


def test_the_choices_are_what_a_count_by_hand_gives() -> None:
    """The table above, counted once more by a program that knows nothing of the engine."""
    files = [Counter(lines) for lines in (JANUARY, FEBRUARY, MARCH)]
    every = sum(files, Counter())
    for (duplicates, overlaps), (stay, several, exact) in EXPECTED.items():
        most = {
            line: max(file[line] for file in files) if overlaps == "drop" else n for line, n in every.items()
        }
        left = {line: 1 if duplicates == "drop" else n for line, n in most.items()}
        assert tuple(left[line] for line in sorted(left)) == stay
        assert sum(every.values()) - sum(most.values()) == several
        assert sum(most.values()) - sum(left.values()) == exact


def test_two_tables_of_one_unit_may_come_from_one_workbook(home: Path) -> None:
    """Neither is read in place of the other."""
    sheets = {
        "Orders": [["customer_id", "date", "amount"], ["a", "2020-01-05", 5.5], ["b", "2020-02-25", 7]],
        "People": [["customer_id", "tier"], ["a", "gold"]],
    }
    (home / "book.xlsx").write_bytes(workbook(sheets))
    unit = write_unit(
        home,
        transactions={"source": "book.xlsx", "sheet": "Orders"},
        customers={"source": "book.xlsx", "sheet": "People", "columns": {"tier": "tier"}},
    )
    with open_tables(unit) as opened:
        assert opened.customers is not None
        assert opened.customers.to_pandas().to_numpy().tolist() == [["a", "gold"]]
        assert opened.purchases.count().to_pandas() == len(ROWS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_overlaps(case: Case, home: Path) -> None:
    case.check(home)
