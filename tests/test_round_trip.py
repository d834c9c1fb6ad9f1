"""Whatever writes a table down, reading it gives the same customers, days and money, to the cent."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from corpus.case import archive, parquet, workbook
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from conftest import write_unit
from keepbook.tables import open_tables

Row = tuple[str, dt.date, Decimal]
NAMES = ["customer_id", "date", "amount"]
CHINESE = ["客户编号", "订单日期", "订单金额"]
MAPPED = {"columns": dict(zip(NAMES, CHINESE, strict=True))}
EPOCH = dt.datetime(1970, 1, 1, 12)

# ── how days and money are written ──────────────────────────────────────────────────────────────────────

DAYS: dict[str, Callable[[dt.date], str]] = {
    "iso": dt.date.isoformat,
    "iso with the time": lambda day: f"{day} 23:59:59",
    "iso with a zone": lambda day: f"{day}T23:59:59.123Z",
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "points": lambda day: f"{day:%Y.%m.%d}",
    "digits": lambda day: f"{day:%Y%m%d}",
    "digits with the time": lambda day: f"{day:%Y%m%d}235959",
    "Chinese": lambda day: f"{day.year}年{day.month}月{day.day}日 下午11:59",
    "day first": lambda day: f"{day:%d/%m/%Y}",
    "day first with points": lambda day: f"{day.day}.{day.month}.{day:%y}",
    "month first": lambda day: f"{day:%m/%d/%Y} 11:59 PM",
    "month first with dashes": lambda day: f"{day.month}-{day.day}-{day:%y}",
    "names": lambda day: f"{day:%d-%b-%y}".upper(),
    "long names": lambda day: f"{day:%B} {day.day}, {day.year}",
    "seconds": lambda day: str((day - EPOCH.date()).days * 86_400 + 43_200),
    "milliseconds": lambda day: str(((day - EPOCH.date()).days * 86_400 + 43_200) * 1000),
    "spreadsheet": lambda day: str((day - dt.date(1899, 12, 30)).days),
}


def grouped(money: Decimal, thousands: str, decimal: str) -> str:
    return f"{money:,.2f}".replace(",", "_").replace(".", decimal).replace("_", thousands)


MONEY: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda money: f"{money:.2f}",
    "decimal comma": lambda money: grouped(money, "", ","),
    "English": lambda money: grouped(money, ",", "."),
    "German": lambda money: grouped(money, ".", ","),
    "French": lambda money: grouped(money, "\u00a0", ","),
    "Swiss": lambda money: "CHF " + grouped(money, "'", "."),
    "dollars": lambda money: ("-" if money < 0 else "") + "$" + grouped(abs(money), ",", "."),
    "euros": lambda money: grouped(money, ".", ",") + " EUR",
    "minus behind": lambda money: grouped(abs(money), "", ".") + ("-" if money < 0 else ""),
    "accounting": lambda money: f"({abs(money):,.2f})" if money < 0 else f"{money:,.2f}",
}

# ── the files ───────────────────────────────────────────────────────────────────────────────────────────

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "cp1252", "cp1251", "big5", "shift_jis"]
TOLD = ENCODINGS[:5]  # by the bytes alone; for the others the unit file names them
DELIMITERS = [",", ";", "\t", "|", "^", "~"]
TITLES = ["", "Sales of 2020\n", 'Report, "North"\n\n']


@dataclass(frozen=True)
class Table:
    """A table, and how it is to be written."""

    rows: tuple[Row, ...]
    day: str
    money: str
    encoding: str
    delimiter: str
    end: str
    quoting: int
    title: str

    @property
    def names(self) -> list[str]:
        return CHINESE if self.encoding == "gb18030" else NAMES

    @property
    def source(self) -> dict[str, Any]:
        named = {} if self.encoding in TOLD else {"encoding": self.encoding}
        return named | (MAPPED if self.names is CHINESE else {})

    def text(self) -> list[list[str]]:
        return [[who, DAYS[self.day](day), MONEY[self.money](money)] for who, day, money in self.rows]

    def csv(self) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator=self.end, quoting=self.quoting)
        writer.writerows([self.names, *self.text()])
        return (self.title.replace("\n", self.end) + out.getvalue()).encode(self.encoding)

    def white(self) -> bytes:
        lines = [["-".join(field.split()) for field in row] for row in [self.names, *self.text()]]
        return self.end.join("   ".join(row) for row in lines).encode(self.encoding)

    def typed(self) -> list[dict[str, Any]]:
        return [dict(zip(NAMES, (who, day, float(money)), strict=True)) for who, day, money in self.rows]


def excel(table: Table) -> bytes:
    title = [[line] for line in table.title.splitlines()]
    return workbook([*title, NAMES, *(list(row.values()) for row in table.typed())])


def excel_of_text(table: Table) -> bytes:
    return workbook([NAMES, *table.text()])


def columns(table: Table) -> bytes:
    who, days, money = zip(*table.rows, strict=True)
    arrays = pa.array(who), pa.array(days), pa.array(money, pa.decimal128(18, 2))
    return parquet(dict(zip(NAMES, arrays, strict=True)))


def objects(table: Table) -> list[dict[str, Any]]:
    return [row | {"date": DAYS[table.day](row["date"])} for row in table.typed()]


def lines(table: Table) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in objects(table)).encode("utf-8")


KINDS: dict[str, Callable[[Table], bytes]] = {  # name of the file → its content; csv comes more often
    "x.csv": Table.csv,
    "x.tsv": Table.csv,
    "x.dat": Table.csv,
    "x.txt": Table.csv,
    "x.csv.gz": lambda table: gzip.compress(table.csv()),
    "x.zip": lambda table: archive({"folder/x.csv": table.csv()}),
    "x.xlsx": excel,
    "y.xlsx": excel_of_text,
    "x.json": lambda table: json.dumps({"data": {"list": objects(table)}}).encode("utf-16"),
    "x.jsonl": lines,
    "x.parquet": columns,
}

# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────

LETTERS = {
    "gb18030": "张伟王芳李娜刘洋陈静杨光赵敏黄磊",
    "cp1252": "äöüßéèçñÅ€",
    "cp1251": "ИвановПетрЩ",
    "big5": "王小明陳美麗張",
    "shift_jis": "たなかサトウ田中",
}
SIGNS = "abcXYZ0189 .,;|'\"\\-_#()&/%$=+"  # @ makes a mail of a name, whose capitals do not count
NOBODY = {"null", "none", "nan", "n/a", "-"}
MOST = Decimal("9999999.99")


@st.composite
def customers(draw: st.DrawFn, encoding: str) -> str:
    own = LETTERS.get(encoding, "äж中😀")
    who = draw(st.text(st.sampled_from(SIGNS + own * 2), min_size=1, max_size=8)).strip()
    if encoding == "gb18030":
        who += draw(st.text(st.sampled_from(own), min_size=2, max_size=3))
    usable = who and who.lower() not in NOBODY and not who.endswith(".0") and not who.startswith("'")
    return who if usable else f"K{len(who)}"


@st.composite
def tables(draw: st.DrawFn) -> Table:
    encoding = draw(st.sampled_from(ENCODINGS))
    day = draw(st.sampled_from([name for name in DAYS if name != "Chinese" or encoding in TOLD[:5]]))
    people = draw(st.lists(customers(encoding), min_size=1, max_size=5))
    row = st.tuples(
        st.sampled_from(people),
        st.dates(dt.date(1990, 1, 1), dt.date(2032, 12, 31)),
        st.decimals(-MOST, MOST, places=2).filter(bool),
    )
    proof = (people[0], dt.date(2020, 2, draw(st.integers(13, 29))), Decimal("1234.50"))
    return Table(
        rows=(*draw(st.lists(row, max_size=12)), proof),  # a day that proves the order, money that is bought
        day=day,
        money=draw(st.sampled_from([name for name in MONEY if name != "French" or encoding in TOLD[:4]])),
        encoding=encoding,
        delimiter=draw(st.sampled_from(DELIMITERS)),
        end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        title=draw(st.sampled_from(TITLES)),
    )


def comes_back(table: Table, name: str, content: bytes, source: dict[str, Any]) -> None:
    expected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for who, day, money in table.rows:
        expected[who, day.isoformat()] += money
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "params").mkdir()
        (home / name).write_bytes(content)
        unit = write_unit(home, transactions={"source": name, **source}, duplicates="keep")
        with open_tables(unit) as opened:
            found = opened.purchases.to_pandas()
            assert opened.ledger.rows_kept == opened.ledger.rows_in == len(table.rows)
            assert opened.ledger.amount_kept == sum(money for *_, money in table.rows)
            assert opened.stated
    keys = zip(found["customer_id"], found["date"].astype(str).str[:10], strict=True)
    assert dict(zip(keys, found["amount"], strict=True)) == expected


ANY = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
TEXT = ("x.csv", "x.tsv", "x.dat", "x.txt", "x.csv.gz", "x.zip")


def could_be_utf_8(table: Table) -> bool:
    """The GB18030 bytes of some Chinese words are valid UTF-8: such a file is refused, not guessed."""
    if table.encoding != "gb18030":
        return False
    names = [who.encode("gb18030") for who, _day, _money in table.rows if not who.isascii()]
    return any(name.decode("utf-8", "ignore").encode() == name for name in names)


def in_any_file(table: Table, name: str) -> None:
    assume(not could_be_utf_8(table))
    comes_back(table, name, KINDS[name](table), table.source if name in TEXT else {})


@settings(max_examples=30, derandomize=True, **ANY)
@given(table=tables(), name=st.sampled_from([*KINDS, "x.csv", "x.csv"]))
def test_a_table_comes_back(table: Table, name: str) -> None:
    in_any_file(table, name)


@pytest.mark.slow
@settings(max_examples=3000, phases=[Phase.explicit, Phase.generate], **ANY)
@given(table=tables(), name=st.sampled_from([*KINDS, "x.csv", "x.csv"]))
def test_a_table_comes_back_at_length(table: Table, name: str) -> None:
    in_any_file(table, name)


PEOPLE = st.text(st.sampled_from("abcXYZ0189_#äж中"), min_size=1, max_size=6).filter(
    lambda who: not who.isdigit()
)


@settings(max_examples=6, derandomize=True, **ANY)
@given(table=tables().filter(lambda table: table.encoding in ("utf-8", "utf-16")), who=PEOPLE)
def test_a_table_between_white_space_comes_back(table: Table, who: str) -> None:
    """Without blanks within its fields, which nothing could tell from those between."""
    plain = Table(
        **vars(table)
        | {
            "rows": tuple((who, day, money) for _, day, money in table.rows),
            "day": "iso",
            "money": "plain",
        }
    )
    comes_back(plain, "x.txt", plain.white(), {})
