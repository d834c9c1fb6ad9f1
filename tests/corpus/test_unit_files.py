"""Unit files that say how files are laid out, and unit files that somebody put together in a hurry."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from unit_files import load, message, told

from corpus.case import COMMAS, GOOD, HEAD, SEMICOLONS, Case, reads, refuses, workbook

OTHERS = "1 of 2 lines do not meet `where` and belong to no count below."
CASES = [
    reads(
        "a tab by its name",
        GOOD.replace(",", "\t"),
        stated=["1 file: utf-8, fields separated by 'a tab'."],
        source={"delimiter": "tab"},
    ),
    reads(
        "an encoding by another of its names",
        GOOD.encode("cp936"),
        stated=["1 file: gbk, fields separated by ','."],
        source={"encoding": "CP936"},
    ),
    reads("a header in its place", GOOD, source={"header": 1}),
    refuses(
        "a header behind the end",
        GOOD,
        "lines.csv has no line 9 for the column names.",
        "the number of one of the first 100 lines that are not blank",
        "Correct `header:`, or leave it out.",
        source={"header": 9},
    ),
    refuses(
        "a header behind the header",
        HEAD,
        "lines.csv has no line 3 for the column names.",
        "the number of one of the first 100 lines that are not blank",
        "Correct `header:`, or leave it out.",
        source={"header": 3},
    ),
    refuses(
        "a header behind the end of a sheet",
        {"book.xlsx": workbook([["customer_id", "date", "amount"], ["a", "2020-01-05", 5.5]])},
        "book.xlsx has no line 9 for the column names.",
        "the number of one of the first 100 lines that are not blank",
        "Correct `header:`, or leave it out.",
        source={"header": 9},
    ),
    reads(
        "a name of a column in quotes of its own",
        GOOD.replace("amount", "'amount'"),
        source={"columns": {"amount": "'amount'"}},
    ),
    reads(
        "a where with a number where the file holds text",
        GOOD.replace("5.50", "5,50")
        .replace(",", ";", 2)
        .replace("a,2020-01-05,", "a;2020-01-05;")
        .replace("b,2020-02-25,", "b;2020-02-25;"),
        ["a 2020-01-05 5.5"],
        [
            SEMICOLONS,
            "amount: decimals behind ',', such as '5,50'.",
            "1 of 2 lines do not meet `where` and belong to no count below.",
        ],
        source={"where": {"amount": 5.5}},
    ),
    reads(
        "a where with a day in the file's own form",
        HEAD + "a,31.12.2019,1\nb,25.02.2020,7\n",
        ["b 2020-02-25 7"],
        [COMMAS, "date: day before month, such as '31.12.2019'."],
        left={"old": 1},
        source={"exclude": {"old": {"date": {"to": "2019-12-31"}}}},
    ),
    refuses(
        "a pattern of days that is none",
        GOOD,
        "The source 'transactions' cannot be read: Invalid Input Error: "
        "Failed to parse format specifier %: Trailing format character %",
        None,
        "Check that it is there, whole and what the unit file says, and that the disk has room.",
        source={"date_format": "%"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_unit_files(case: Case, home: Path) -> None:
    case.check(home)


BASE = "unit: demo\ntransactions:\n  source: x.csv\n"
CORRECT = "Correct it in the unit file."
QUOTES = "Put it in quotes if it is text, write plain digits if it is a number."
PLAIN = "Put text in quotes."
FAULTS = {  # what stands in the file → what, where, expected, do
    "  encoding: utf8-mb4\n": (
        "'encoding' cannot be the text 'utf8-mb4'.",
        ", line 4, transactions.encoding",
        "an encoding such as utf-8, gb18030, utf-16 or cp1252",
        "Did you mean 'utf-8'?",
    ),
    "  encoding: base64\n": (
        "'encoding' cannot be the text 'base64'.",
        ", line 4, transactions.encoding",
        "an encoding such as utf-8, gb18030, utf-16 or cp1252",
        CORRECT,
    ),
    "  encoding: 936\n": (
        "'encoding' cannot be the number 936.",
        ", line 4, transactions.encoding",
        "an encoding such as utf-8, gb18030, utf-16 or cp1252",
        "Put it in quotes: '936'.",
    ),
    "  delimiter: '::'\n": (
        "'delimiter' cannot be the text '::'.",
        ", line 4, transactions.delimiter",
        "one sign such as ; or |, or the word tab",
        CORRECT,
    ),
    "  delimiter: comma\n": (
        "'delimiter' cannot be the text 'comma'.",
        ", line 4, transactions.delimiter",
        "one sign such as ; or |, or the word tab",
        CORRECT,
    ),
    "  header: 0\n": (
        "'header' cannot be the number 0.",
        ", line 4, transactions.header",
        "true, false, or the number of the line that holds the column names",
        CORRECT,
    ),
    "  header: first\n": (
        "'header' cannot be the text 'first'.",
        ", line 4, transactions.header",
        "true, false, or the number of the line that holds the column names",
        CORRECT,
    ),
    "  names: a, b\n": (
        "'names' cannot be the text 'a, b'.",
        ", line 4, transactions.names",
        "a list of different column names",
        CORRECT,
    ),
    "  decimal: ';'\n": (
        "'decimal' cannot be the text ';'.",
        ", line 4, transactions.decimal",
        "'.' or ','",
        CORRECT,
    ),
    "  date_format: dd.mm.yyyy\n": (
        "'date_format' cannot be the text 'dd.mm.yyyy'.",
        ", line 4, transactions.date_format",
        "one of ymd, dmy, mdy, named, epoch, epoch_ms, excel, or a strptime pattern such as %Y%m%d",
        CORRECT,
    ),
    "  sheet: 2020\n": (
        "'sheet' cannot be the number 2020.",
        ", line 4, transactions.sheet",
        "the name of one sheet",
        "Put it in quotes: '2020'.",
    ),
    "  format: xlsx\n": (
        "'format' cannot be the text 'xlsx'.",
        ", line 4, transactions.format",
        "'csv' or 'text' or 'excel' or 'json' or 'parquet'",
        CORRECT,
    ),
    "  delimeter: ';'\n": (
        "Unknown key 'delimeter'.",
        ", line 4, transactions.delimeter",
        None,
        "Did you mean 'delimiter'?",
    ),
    "overlaps: maybe\n": (
        "'overlaps' cannot be the text 'maybe'.",
        ", line 4, overlaps",
        "'drop' or 'keep'",
        CORRECT,
    ),
    "seed: 010\n": (
        "'010' stands without quotes, and YAML reads it as the number 8.",
        ", line 4, seed",
        None,
        QUOTES,
    ),
    "seed: 1:30\n": (
        "'1:30' stands without quotes, and YAML reads it as the number 90.",
        ", line 4, seed",
        None,
        QUOTES,
    ),
    f"seed: {'9' * 5000}\n": (
        f"'{'9' * 60}…' stands without quotes, and YAML reads it as a number.",
        ", line 4, seed",
        None,
        QUOTES,
    ),
    "alpha: .nan\n": (
        "'.nan' stands without quotes, and YAML reads it as a number.",
        ", line 4, alpha",
        None,
        QUOTES,
    ),
    "as_of: 2020-13-45\n": (
        "'as_of' cannot be the text '2020-13-45'.",
        ", line 4, as_of",
        "a day such as 2017-12-31",
        CORRECT,
    ),
    "  where: {NO: 1}\n": (
        "'NO' cannot be a key.",
        ", line 4, transactions.where",
        "text",
        "Put it in quotes.",
    ),
    "  where: {[a]: 1}\n": (
        "A list cannot be a key.",
        ", line 4, transactions.where",
        "text",
        "Put it in quotes.",
    ),
    "title: !!python/object/apply:os.system [exit]\n": (
        "The file uses a YAML tag (!).",
        ", line 4",
        "plain values",
        PLAIN,
    ),
    "  names: !!set {a, b}\n": ("The file uses a YAML tag (!).", ", line 4", "plain values", PLAIN),
    "title: &x [*x, *x]\n": (
        "The file uses a YAML anchor (&) or alias (*).",
        ", line 4",
        "values written out",
        "Repeat the value, or put text that begins with & or * in quotes.",
    ),
    "title: 'x\n": ("A quote is opened and never closed.", ", line 4", None, "Close it, or double it."),
    "title: a: b\n": (
        "A ':' stands where none may.",
        ", line 4",
        None,
        "Align keys; put text that holds ': ' in quotes.",
    ),
    "\ttitle: a\n": ("A tab stands where only spaces may.", ", line 4", None, "Replace tabs by spaces."),
    "unit: demo\n": ("'unit' is given twice, first in line 1.", ", line 4, unit", None, "Keep one of them."),
    "---\nunit: other\n": ("A second document begins ('---').", ", line 4", None, "Keep one unit per file."),
    "title: a\0b\n": ("The file holds the control character U+0000.", ", line 4", "text", "Delete it."),
    "title: " + "[" * 5000 + "\n": (
        "Keys and lists are nested too deeply.",
        ", line 4",
        "at most 20 levels",
        CORRECT,
    ),
    "title: " + "x" * 300_000 + "\n": (
        "The file is larger than 256 KB.",
        "",
        "a unit file",
        "Is it a data file by mistake?",
    ),
}


@pytest.mark.parametrize(
    "content", FAULTS, ids=lambda content: content.strip()[:40].encode("unicode_escape").decode()
)
def test_a_fault_in_a_unit_file(home: Path, content: str) -> None:
    assert message(home, BASE + content) == told(*FAULTS[content])


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "gb18030"])
def test_a_unit_file_in_another_encoding(home: Path, encoding: str) -> None:
    line = ", line 1" if encoding == "utf-16" else ", line 4"
    assert message(home, (BASE + "title: Ä\n").encode(encoding)) == told(
        "The file is not UTF-8 text.", line, "UTF-8", "Save it as UTF-8."
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [("", "empty"), ("# x\n", "empty"), ("demo\n", "keys"), ("- a\n", "keys"), ("~\n", "keys")],
)
def test_a_unit_file_without_keys(home: Path, content: str, what: str) -> None:
    assert (
        message(home, content)
        == {
            "empty": told("The file is empty.", "", "at least the keys unit and transactions", CORRECT),
            "keys": told("The file holds no keys.", ", line 1", "lines such as unit: demo", CORRECT),
        }[what]
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_unit_files_of_every_editor(home: Path, end: str, mark: str) -> None:
    content = mark + (BASE + "title: 🛒 商店\n").replace("\n", end)
    assert load(home, content).title == "🛒 商店"
    assert yaml.safe_load(BASE)["unit"] == "demo"
