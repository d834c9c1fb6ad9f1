"""Packed files: what is in them, what must not come out of them, and what is damaged."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from corpus.case import (
    CORRECT,
    GOOD,
    HEAD,
    KINDS,
    ROWS,
    Case,
    Content,
    archive,
    broken,
    reads,
    refuses,
    workbook,
)

A, B = HEAD + "a,2020-01-05,5.50\n", HEAD + "b,2020-02-25,7\n"
TWO = ("2 files: utf-8, fields separated by ','.",)
WHOLE = "a whole zip archive without a password or archives in it"
UNPACK = "Export it again, or unpack it and name the file."
DATA = "CSV, text, Excel, JSON or Parquet files in the archive"


def zipped(members: dict[str, Content]) -> dict[str, Content]:
    return {"x.zip": archive(members)}


def changed(content: bytes, place: int, value: int) -> dict[str, Content]:
    """An archive with a byte changed in the head of its first member, and in the directory's copy of it."""
    inside = bytearray(content)
    inside[6 + place] = inside[inside.index(b"PK\x01\x02") + 8 + place] = value
    return {"x.zip": bytes(inside)}


def cannot(name: str, files: dict[str, Content], what: str) -> Case:
    return refuses(name, files, f"x.zip {what}.", WHOLE, UNPACK)


def is_no_data(name: str, content: Content, what: str) -> Case:
    return refuses(name, {"x.csv": content}, f"x.csv is {what}.", KINDS, CORRECT)


def no_gzip(name: str, content: Content, why: str) -> Case:
    what = f"x.csv.gz cannot be unpacked: {why}."
    return refuses(name, {"x.csv.gz": content}, what, "a whole gzip file", "Export it again.")


TORN = bytearray(archive({"a.csv": A + "".join(f"c{n},2020-01-01,{n}\n" for n in range(999))}))
TORN[60:90] = b"\xff" * 30
PACKED = gzip.compress(GOOD.encode())
TORN_GZIP = bytearray(gzip.compress("".join(f"{n},{n * n}\n" for n in range(9999)).encode()))
TORN_GZIP[100:160] = b"\xff" * 60

CASES = [
    reads("one file", zipped({"a.csv": GOOD})),
    reads("several files", zipped({"b.csv": B, "a.csv": A}), stated=TWO),
    reads("files in folders, of one name", zipped({"1/q/a.csv": A, "2/q/a.csv": B}), stated=TWO),
    reads("an archive called csv", {"x.csv": archive({"a.csv": GOOD})}),
    reads(
        "archives of one name in two folders",
        {"1/x.zip": archive({"a.csv": A}), "2/x.zip": archive({"a.csv": B})},
        stated=TWO,
    ),
    reads("gzip within zip", zipped({"a.csv.gz": PACKED})),
    reads(
        "Excel within zip",
        zipped(
            {
                "a.xlsx": workbook(
                    [["customer_id", "date", "amount"], ["a", "2020-01-05", 5.5], ["b", "2020-02-25", 7]]
                )
            }
        ),
        stated=["1 file: sheet 'Sheet1'."],
    ),
    reads(
        "gbk within zip",
        zipped({"订单.csv": (HEAD + "张伟,2020-01-05,1\n").encode("gbk")}),
        ["张伟 2020-01-05 1"],
        ["1 file: gb18030, fields separated by ','."],
    ),
    reads(
        "what a Mac adds",
        zipped({"a.csv": GOOD, "__MACOSX/._a.csv": b"\0\5\x16", "._a.csv": b"\0", ".DS_Store": b"\0"}),
    ),
    reads("files that hold no data", zipped({"a.csv": GOOD, "read me.docx": b"x", "logo.png": b"x"})),
    reads("names that lead elsewhere", zipped({"../../a.csv": A, "/etc/b.csv": B}), stated=TWO),
    reads("names that lead elsewhere on Windows", zipped({"..\\..\\a.csv": A, "C:\\b.csv": B}), stated=TWO),
    cannot(
        "an archive within",
        zipped({"a.csv": A, "b.zip": archive({"b.csv": B})}),
        "holds another archive, 'b.zip'",
    ),
    cannot("a password", changed(archive({"a.csv": A}), 0, 1), "is locked by a password"),
    cannot("a packing that nobody knows", changed(archive({"a.csv": A}), 2, 99), "is damaged"),
    cannot("cut off", {"x.zip": archive({"a.csv": A})[:60]}, "is no whole zip archive"),
    cannot("torn", {"x.zip": bytes(TORN)}, "is no whole zip archive"),
    cannot("no archive", {"x.zip": A}, "is no whole zip archive"),
    refuses(
        "nothing in it",
        zipped({}),
        "x.zip holds no data file.",
        DATA,
        "Correct `source`, or unpack it and name the file.",
    ),
    refuses(
        "no data in it",
        zipped({"read me.docx": b"x"}),
        "x.zip holds no data file.",
        DATA,
        "Correct `source`, or unpack it and name the file.",
    ),
    refuses(
        "an empty file in it",
        zipped({"a.csv": b""}),
        "a.csv is empty.",
        "a line of column names and data",
        "Export it again.",
    ),
    refuses(
        "kinds in it",
        zipped({"a.csv": A, "b.json": "[]"}),
        "The files are of several kinds: csv, json.",
        "one kind of file",
        "Name the files by a pattern such as data/*.parquet.",
    ),
    refuses(
        "a bomb",
        zipped({"a.csv": b"0" * 70_000_000}),
        "x.zip would unpack to 70 MB.",
        "at most 100 times its own size, and room on the disk",
        "If that is right, unpack it yourself and name the files.",
    ),
    broken(
        "a broken line in it", zipped({"a.csv": GOOD + "c,1\n"}), "line 4 of a.csv has 2 fields, not 3: 'c,1'"
    ),
    reads("gzip", {"x.csv.gz": PACKED}),
    reads("gzip in capitals", {"X.CSV.GZ": PACKED}),
    reads(
        "gzip of gbk",
        {"x.csv.gz": gzip.compress((HEAD + "张伟,2020-01-05,1\n").encode("gbk"))},
        ["张伟 2020-01-05 1"],
        ["1 file: gb18030, fields separated by ','."],
    ),
    reads(
        "gzip of white space",
        {"x.txt.gz": gzip.compress(GOOD.replace(",", "  ").encode())},
        stated=["1 file: utf-8, columns separated by white space."],
    ),
    reads(
        "gzip of JSON lines",
        {"x.jsonl.gz": gzip.compress(b'{"customer_id":"a","date":"2020-01-05","amount":5.5}\n')},
        ROWS[:1],
        ["1 file: JSON."],
    ),
    no_gzip(
        "gzip cut off", PACKED[:-12], "Compressed file ended before the end-of-stream marker was reached"
    ),
    no_gzip("no gzip", GOOD, "Not a gzipped file (b'cu')"),
    refuses(
        "gzip torn",
        {"x.csv.gz": bytes(TORN_GZIP)},
        "x.csv.gz cannot be unpacked: it is damaged.",
        "a whole gzip file",
        "Export it again.",
    ),
    refuses(
        "gzip of nothing",
        {"x.csv.gz": gzip.compress(b"")},
        "x.csv.gz is empty.",
        "a line of column names and data",
        "Export it again.",
    ),
    is_no_data("gzip without its suffix", PACKED, "packed with gzip, but its name does not end in .gz"),
    is_no_data("RAR", b"Rar!\x1a\x07\0", "a RAR archive"),
    is_no_data("7-Zip", b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    is_no_data("Zstandard", b"\x28\xb5\x2f\xfd\x04", "packed with Zstandard"),
    is_no_data("PDF", b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    is_no_data("a web page", "\n\n<!DOCTYPE html><html></html>", "a web page or XML, whatever its name says"),
    is_no_data("a database", b"SQLite format 3\0", "an SQLite database: write sqlite:// before its path"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_archives(case: Case, home: Path) -> None:
    case.check(home)
