"""Files and unit files that nobody thought of: each is read, or told in one message; nothing else happens."""

from __future__ import annotations

import datetime as dt
import gzip
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from corpus.case import HEAD, archive, parquet, workbook
from corpus.test_excel import locked, ods
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conftest import write_unit
from keepbook.errors import KeepbookError, UnitFileError
from keepbook.tables import open_tables
from keepbook.unit import Unit, load_unit, unit_schema

ANY: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
AT_LENGTH: dict[str, Any] = {**ANY, "phases": [Phase.explicit, Phase.generate]}

# ── files ───────────────────────────────────────────────────────────────────────────────────────────────

LINES = HEAD + "".join(f"c{n},2020-01-{n % 28 + 1:02},{n}.50\n" for n in range(30))
QUOTED = HEAD + '"a, ""b""",2020-01-05,5\n\'x\',5/13/2020,"1,234.50"\nü,2020-01-06,7\n'
CHINESE = HEAD + "张伟,2020年1月5日,￥1\n小明,2020年1月6日 下午3时,2\n"
GERMAN = "Umsätze\n\n" + LINES.replace(",", ";").replace(".50", ",50 €")
OBJECTS = (
    '[{"customer_id":"a","date":"2020-01-05","amount":5.5},\n'
    '{"customer_id":"b","date":1578182400000,"amount":"7","x":{"y":[1]}}]'
)
CELLS = [["customer_id", "date", "amount"], ["a", dt.date(2020, 1, 5), 5.5], ["b", "2020-02-25", -7]]
COLUMNS = {"customer_id": pa.array(["a"]), "date": pa.array(["2020-01-05"]), "amount": pa.array([5.5])}
SEEDS: list[tuple[str, bytes]] = [
    ("x.csv", LINES.encode()),
    ("x.csv", QUOTED.encode()),
    ("x.csv", CHINESE.encode("gbk")),
    ("x.csv", GERMAN.encode("cp1252")),
    ("x.csv", LINES.encode("utf-16")),
    ("x.txt", LINES.replace(",", "  ").encode()),
    ("x.json", OBJECTS.encode()),
    ("x.jsonl", OBJECTS.strip("[]").replace("},", "}").encode()),
    ("x.xlsx", workbook(CELLS)),
    ("x.ods", ods(CELLS)),
    ("x.xls", locked("Workbook")),
    ("x.zip", archive({"a.csv": LINES, "b/c.csv": LINES})),
    ("x.csv.gz", gzip.compress(LINES.encode())),
    ("x.parquet", parquet(COLUMNS)),
]
FRAGMENTS = [
    *(
        b'"',
        b"'",
        b",",
        b";",
        b"\n",
        b"\r",
        b"\r\n",
        b"\t",
        b"\\",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xe4\xbd",
        b"\x85",
    ),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xe2\x80\xa8",
        b"\xc2\xa0",
        b"{",
        b"}",
        b"[",
        b"]",
        b"(",
        b")",
        b"-",
        b"%",
    ),
    *(
        b"1e999",
        b"NaN",
        b"99999999999999999999",
        b"0000-00-00",
        b"2020-02-30",
        b"13/13/2020",
        b"1,234",
        b"1.234",
    ),
    *(
        b"sep=;\n",
        b",,,,",
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"PAR1",
        b"<",
        b"5,-",
        b"date",
        b"customer_id,date,amount\n",
    ),
]
NAMES = sorted({name for name, _ in SEEDS} | {"x.dat", "x.tsv", "X.CSV.GZ"})
KEYS: list[dict[str, Any]] = [
    *({"format": kind} for kind in ("csv", "text", "excel", "json", "parquet")),
    *({"encoding": name} for name in ("utf-8", "gb18030", "utf-16", "cp1252", "idna", "utf-7")),
    *({"header": place} for place in (False, 2, 99)),
    *({"delimiter": sign} for sign in (";", "tab", "~")),
    *({"decimal": sign} for sign in ".,"),
    *({"date_format": form} for form in ("ymd", "dmy", "epoch_ms", "excel", "%d.%m.%Y", "%")),
    {"names": ["customer_id", "date", "amount"]},
    {"names": ["customer_id", "date", "amount"], "header": False},
    {"sheet": "Sheet1"},
    {"query": "SELECT * FROM source"},
    {"timezone": "Asia/Shanghai"},
]
PLACE = st.floats(0, 1)
DAMAGE = st.one_of(
    st.tuples(st.just("insert"), PLACE, st.sampled_from(FRAGMENTS) | st.binary(min_size=1, max_size=20)),
    st.tuples(st.just("flip"), PLACE, st.binary(min_size=1, max_size=1)),
    st.tuples(st.just("delete"), PLACE, st.integers(1, 40)),
    st.tuples(st.just("repeat"), PLACE, st.integers(1, 80)),
    st.tuples(st.just("cut"), PLACE, st.none()),
    st.tuples(st.just("encode"), PLACE, st.sampled_from(["utf-16", "utf-32-le", "gbk", "latin-1", "cp1251"])),
)


def damaged(content: bytes, kind: str, place: float, what: Any) -> bytes:
    at = int(place * len(content))
    match kind:
        case "insert":
            return content[:at] + what + content[at:]
        case "flip":
            return content[:at] + what + content[at + 1 :]
        case "delete":
            return content[:at] + content[at + what :]
        case "repeat":
            return content[: at + what] + content[at:]
        case "cut":
            return content[:at]
        case _:
            return content.decode("utf-8", "replace").encode(what, "replace")


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    name, content = draw(st.sampled_from(SEEDS))
    for damage in draw(st.lists(DAMAGE, max_size=4)):
        content = damaged(content, *damage)
    return draw(st.sampled_from([name] * 4 + NAMES)), content


def is_read_or_told(file: tuple[str, bytes], keys: dict[str, Any]) -> None:
    name, content = file
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "params").mkdir()
        (home / name).write_bytes(content)
        unit = write_unit(home, transactions={"source": name, **keys})
        try:
            with open_tables(unit) as opened:
                assert opened.ledger.balances
                assert opened.purchases.amount.sum().to_pandas() == opened.ledger.amount_kept
                assert opened.stated
        except KeepbookError as fault:
            assert fault.what
            assert fault.do
            assert fault.where
            assert len(fault.what) < 500
            assert folder not in fault.what or "No files found" in fault.what


@settings(max_examples=36, derandomize=True, **ANY)
@given(file=files(), keys=st.sampled_from([{}] * 20 + KEYS))
def test_a_damaged_file(file: tuple[str, bytes], keys: dict[str, Any]) -> None:
    is_read_or_told(file, keys)


@pytest.mark.slow
@settings(max_examples=5000, **AT_LENGTH)
@given(file=files(), keys=st.sampled_from([{}] * 20 + KEYS))
def test_a_damaged_file_at_length(file: tuple[str, bytes], keys: dict[str, Any]) -> None:
    is_read_or_told(file, keys)


@settings(max_examples=25, derandomize=True, **ANY)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode), name=st.sampled_from(NAMES))
def test_bytes_of_any_kind(content: bytes, name: str) -> None:
    is_read_or_told((name, content), {})


@pytest.mark.slow
@settings(max_examples=2000, **AT_LENGTH)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode), name=st.sampled_from(NAMES))
def test_bytes_of_any_kind_at_length(content: bytes, name: str) -> None:
    is_read_or_told((name, content), {})


VALUE = st.sampled_from(
    [
        "",
        "-",
        "5",
        "5.50",
        "5,50",
        "1.234",
        "1,234",
        "(5)",
        "5-",
        "5,-",
        "$5",
        "5 €",
        "1e3",
        "½",
        "五",
        "12 5",
        "'",
    ]
    + ["2020-01-05", "5/1/2020", "13/1/2020", "1.13.20", "43835", "1578182400", "1578182400000", "5 Mar 2011"]
    + [
        "2020年1月5日",
        "20200105",
        "2020-01-05T23:59Z",
        "0000-00-00",
        "9999-12-31",
        "1-1-1",
        "a",
        "NULL",
        "nan",
    ]
)


@settings(max_examples=12, derandomize=True, **ANY)
@given(rows=st.lists(st.tuples(VALUE, VALUE, VALUE), min_size=8, max_size=40))
def test_days_and_amounts_of_every_kind_in_one_column(rows: list[tuple[str, str, str]]) -> None:
    text = HEAD.replace(",", ";") + "".join(";".join(row) + "\n" for row in rows)
    is_read_or_told(("x.csv", text.encode()), {})


# ── unit files ──────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = unit_schema()["properties"]
TABLE = {
    "source",
    "columns",
    "where",
    "cancelled",
    "exclude",
    "query",
    "format",
    "encoding",
    "delimiter",
    "names",
}
TABLE |= {"header", "sheet", "table", "decimal", "date_format", "timezone", "simulate"}
SCALAR = st.one_of(
    st.sampled_from(
        ["", "x", "simulate", "x.csv", "2020-01-01", "no", "~", "1e3", "${HOME}", "postgres://u:p@h/b"]
    ),
    st.sampled_from(
        ["drop", "keep", "Asia/Shanghai", "EUR", "%d.%m.%Y", "utf-8", "tab", "customer_id", "month"]
    ),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.text(max_size=8),
)
KEY = st.sampled_from([*PROPERTIES, *TABLE, "customer_id", "date", "amount", "from", "to", "like", "not"])
TREE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY | st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
UNIT = st.fixed_dictionaries(
    {"unit": st.just("x"), "transactions": st.dictionaries(st.sampled_from(sorted(TABLE)), TREE, max_size=4)},
    optional={name: TREE for name in PROPERTIES if name not in ("unit", "transactions")},
)
BROKEN = st.tuples(
    UNIT, PLACE, st.sampled_from([*"\t:-[]{}#&*!|>'\"%@`,\n\0\ufeff", "? ", "<<: ", "---\n", "  "])
)


def is_a_unit_or_told(content: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "params").mkdir()
        (Path(folder) / "params" / "x.yaml").write_bytes(content.encode("utf-8", "surrogatepass"))
        try:
            assert isinstance(load_unit("x", Path(folder)), Unit)
        except UnitFileError as fault:
            assert fault.what
            assert fault.where
            assert fault.where.startswith("params/x.yaml")
            assert fault.expected or fault.do


def written(document: Any) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


@settings(max_examples=150, derandomize=True, **ANY)
@given(document=UNIT | TREE)
def test_a_unit_file_of_any_content(document: Any) -> None:
    is_a_unit_or_told(written(document))


@settings(max_examples=100, derandomize=True, **ANY)
@given(broken=BROKEN)
def test_a_unit_file_of_any_form(broken: tuple[Any, float, str]) -> None:
    document, place, sign = broken
    text = written(document)
    at = int(place * len(text))
    is_a_unit_or_told(text[:at] + sign + text[at:])


@pytest.mark.slow
@settings(max_examples=10_000, **AT_LENGTH)
@given(broken=BROKEN, whole=st.booleans())
def test_unit_files_at_length(broken: tuple[Any, float, str], whole: bool) -> None:
    document, place, sign = broken
    text = written(document)
    at = int(place * len(text))
    is_a_unit_or_told(text if whole else text[:at] + sign + text[at:])
