"""How letters are written: told by the bytes, stated, and never made up."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from corpus.case import (
    AGAIN,
    GOOD,
    HEAD,
    LETTERS,
    ROWS,
    SAVE,
    Case,
    reads,
    refuses,
)


def by(encoding: str, sign: str = ",") -> tuple[str]:
    return (f"1 file: {encoding}, fields separated by {sign!r}.",)


CHINESE = {"columns": {"customer_id": "客户", "date": "日期", "amount": "金额"}}
FEW = "客户,日期,金额\na,2020-01-05,5.50\nb,2020-02-25,7\n"
MANY = "客户,日期,金额\n" + "".join(f"张三{n},2020-01-05,1\n" for n in range(9))
MANY_ROWS = [f"张三{n} 2020-01-05 1" for n in range(9)]
SIGNS = HEAD + "a,2020-01-05,￥5.50\nb,2020-02-25,￥7\n"
MUELLER = HEAD + "Jörg,2020-01-05,5.50\nMüller,2020-02-25,7\n"
MUELLER_ROWS = ["Jörg 2020-01-05 5.5", "Müller 2020-02-25 7"]
RUSSIAN = "Клиент,Дата,Сумма\nИванов,2020-01-05,5.50\nПетрова,2020-02-25,7\n"
RUSSIAN_NAMES = {"columns": {"customer_id": "Клиент", "date": "Дата", "amount": "Сумма"}}
RUSSIAN_ROWS = ["Иванов 2020-01-05 5.5", "Петрова 2020-02-25 7"]
TAIWAN = "客戶編號,訂單日期,訂單金額\n王小明,2020-01-05,5.50\n陳美麗,2020-02-25,7\n"
TAIWAN_NAMES = {"columns": {"customer_id": "客戶編號", "date": "訂單日期", "amount": "訂單金額"}}
TAIWAN_ROWS = ["王小明 2020-01-05 5.5", "陳美麗 2020-02-25 7"]
JAPAN = "顧客の名前,注文の日付,ご注文の金額\nたなか,2020-01-05,5.50\nサトウ,2020-02-25,7\n"
JAPAN_NAMES = {"columns": {"customer_id": "顧客の名前", "date": "注文の日付", "amount": "ご注文の金額"}}
JAPAN_ROWS = ["たなか 2020-01-05 5.5", "サトウ 2020-02-25 7"]

CASES = [
    reads("utf-8 with a mark", codecs.BOM_UTF8 + GOOD.encode(), stated=by("utf-8-sig")),
    reads(
        "utf-8 with a mark before a quote",
        codecs.BOM_UTF8 + GOOD.replace("customer_id", '"customer_id"').encode(),
        stated=by("utf-8-sig"),
    ),
    reads(
        "utf-8 with a mark, and the unit file says utf-8",
        codecs.BOM_UTF8 + GOOD.replace("customer_id", '"customer_id"').encode(),
        source={"encoding": "utf-8"},
    ),
    reads("utf-8 of every length of letter", HEAD + "é€😀,2020-01-05,5\n", ["é€😀 2020-01-05 5"]),
    reads("utf-16 with a mark", MUELLER.encode("utf-16"), MUELLER_ROWS, by("utf-16")),
    reads("utf-16 of the other order", codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), stated=by("utf-16")),
    reads("utf-16 without a mark", GOOD.encode("utf-16-le"), stated=by("utf-16-le")),
    reads("utf-16 without a mark, the other order", GOOD.encode("utf-16-be"), stated=by("utf-16-be")),
    reads(
        "utf-16 with tabs, as Excel writes it",
        GOOD.replace(",", "\t").encode("utf-16"),
        stated=by("utf-16", "a tab"),
    ),
    reads("Chinese utf-16 without a mark", FEW.encode("utf-16-le"), stated=by("utf-16-le"), source=CHINESE),
    reads("utf-32 with a mark", GOOD.encode("utf-32"), stated=by("utf-32")),
    refuses("utf-32 without a mark", GOOD.encode("utf-32-le"), "lines.csv holds zero bytes.", LETTERS, SAVE),
    reads(
        "utf-32 without a mark, named",
        GOOD.encode("utf-32-le"),
        stated=by("utf-32-le"),
        source={"encoding": "utf-32-le"},
    ),
    reads("gbk with few Chinese letters", FEW.encode("gbk"), stated=by("gb18030"), source=CHINESE),
    reads("gbk with many", MANY.encode("gbk"), MANY_ROWS, by("gb18030"), source=CHINESE),
    reads(
        "gbk with signs only",
        SIGNS.encode("gbk"),
        stated=[*by("gb18030"), "amount: decimals behind '.', such as '￥5.50'."],
    ),
    reads(
        "gb18030 with letters of four bytes",
        (HEAD + "䶮£,2020-01-05,5\n").encode("gb18030"),
        ["䶮£ 2020-01-05 5"],
        by("gb18030"),
    ),
    reads(
        "gbk whose first letter could be utf-8",
        (HEAD + "小明,2020-01-05,5\n张伟,2020-01-06,7\n").encode("gbk"),
        ["小明 2020-01-05 5", "张伟 2020-01-06 7"],
        by("gb18030"),
    ),
    reads(
        "gbk below a long ASCII beginning",
        GOOD.encode() + b"c,2020-03-01,1\n" * 60_000 + "张伟,2020-03-02,1\n".encode("gbk"),
        [*ROWS, "c 2020-03-01 60000", "张伟 2020-03-02 1"],
        by("gb18030"),
        duplicates="keep",
    ),
    reads("latin-1", MUELLER.encode("latin-1"), MUELLER_ROWS, by("cp1252")),
    reads(
        "cp1252 with its own euro",
        (HEAD + "a,2020-01-05,5.50 €\nb,2020-02-25,7 €\n").encode("cp1252"),
        stated=[*by("cp1252"), "amount: decimals behind '.', such as '5.50 €'."],
    ),
    reads(
        "a byte that cp1252 lacks",
        (HEAD + "Jörg\x81,2020-01-05,5\n").encode("latin-1"),
        ["Jörg\x81 2020-01-05 5"],
        by("latin-1"),
    ),
    reads("cp1251", RUSSIAN.encode("cp1251"), RUSSIAN_ROWS, by("cp1251"), source=RUSSIAN_NAMES),
    reads("big5", TAIWAN.encode("big5"), TAIWAN_ROWS, by("big5"), source=TAIWAN_NAMES),
    reads("Shift-JIS", JAPAN.encode("shift_jis"), JAPAN_ROWS, by("shift_jis"), source=JAPAN_NAMES),
    reads(
        "an encoding of one's own choice",
        RUSSIAN.encode("koi8-r"),
        RUSSIAN_ROWS,
        by("koi8-r"),
        source=RUSSIAN_NAMES | {"encoding": "koi8-r"},
    ),
    reads(
        "an encoding of one's own choice in a text file",
        {"lines.txt": RUSSIAN.replace(",", "  ").encode("cp866")},
        RUSSIAN_ROWS,
        ["1 file: cp866, columns separated by white space."],
        source=RUSSIAN_NAMES | {"encoding": "cp866"},
    ),
    refuses(
        "a wrong encoding, named",
        MUELLER.encode("latin-1"),
        "Line 2 of lines.csv is no text in utf-8.",
        LETTERS,
        "Correct `encoding:`, or export the file again.",
        source={"encoding": "utf-8"},
    ),
    refuses(
        "utf-16 named for a file that is none",
        GOOD.encode(),
        "lines.csv is no text in utf-16.",
        LETTERS,
        "Correct `encoding:`, or export the file again.",
        source={"encoding": "utf-16"},
    ),
    refuses(
        "utf-8 that breaks further down",
        MUELLER.encode() + "Jörg,2020-01-05,5.50\n".encode("latin-1"),
        "lines.csv is UTF-8 in some places and not in others.",
        LETTERS,
        SAVE,
    ),
    refuses(
        "utf-8 cut inside a letter",
        (MUELLER + "Zoë").encode()[:-1],
        "lines.csv is UTF-8 in some places and not in others.",
        LETTERS,
        SAVE,
    ),
    refuses(
        "utf-16 cut inside a letter",
        GOOD.encode("utf-16")[:-1],
        "Line 3 of lines.csv is no text in utf-16.",
        LETTERS,
        "Correct `encoding:`, or export the file again.",
    ),
    refuses(
        "zero bytes in the middle",
        GOOD + "c\x00,2020-01-01,5\n",
        "lines.csv holds zero bytes.",
        LETTERS,
        SAVE,
    ),
    refuses("nothing but zero bytes", bytes(4096), "lines.csv holds zero bytes.", LETTERS, SAVE),
    refuses(
        "a mark and nothing else",
        codecs.BOM_UTF8,
        "lines.csv is empty.",
        "a line of column names and data",
        AGAIN,
    ),
    refuses("blank lines only", "\n \n\t\n", "lines.csv is empty.", "a line of column names and data", AGAIN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_encodings(case: Case, home: Path) -> None:
    case.check(home)
