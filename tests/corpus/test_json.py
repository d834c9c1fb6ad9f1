"""JSON: dumps of web interfaces in every wrapping, and what only calls itself JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.case import (
    AGAIN,
    GOOD,
    MAP,
    ROWS,
    USABLE,
    Case,
    Content,
    reads,
    refuses,
)

A: dict[str, Any] = {"customer_id": "a", "date": "2020-01-05", "amount": 5.5}
B: dict[str, Any] = {"customer_id": "b", "date": "2020-02-25", "amount": 7}
LIST = json.dumps([A, B])
LINES = f"{json.dumps(A)}\n{json.dumps(B)}\n"
JSON = ("1 file: JSON.",)
OBJECTS = "a list of JSON objects, or one object per line"
WHOLE = "Export it again: is it whole? If it is no JSON, correct `source` or `format`."


def found(name: str, content: Content, *args: Any, stated: tuple[str, ...] = JSON, **keys: Any) -> Case:
    return reads(name, {"dump.json": content}, *args, stated=stated, **keys)


def without(name: str, content: Content, *, line: int | None = None) -> Case:
    place = f"Line {line} of dump.json" if line else "dump.json"
    return refuses(name, {"dump.json": content}, f"{place} is no JSON.", OBJECTS, WHOLE)


def no_object(name: str, content: Content, entry: str) -> Case:
    what = f"Entry {entry}."
    return refuses(
        name,
        {"dump.json": content},
        what,
        "objects such as {…} only",
        "Export it again, or correct `source`.",
    )


NONE_READABLE = {"no readable amount": 1}
ONLY_B = ROWS[1:]
DEEP = {
    "customer": {"id": "a", "address": {"city": "x"}},
    "when": {"date": "2020-01-05"},
    "amount": [5.5],
    "tags": ["x", "y"],
}
DEEP_NAMES = {
    "columns": {"customer_id": "customer.id", "date": "when.date"},
    "where": {"customer.address.city": "x", "tags": '["x", "y"]'},
}
FXIAOKE = {
    "code": 0,
    "data": {
        "total": 1,
        "dataList": [
            {
                "account_id": "6f1",
                "order_time": 1517328000000,
                "order_amount": "1250.00",
                "owner": ["1000"],
                "name": None,
            }
        ],
    },
}
FXIAOKE_NAMES = {"columns": {"customer_id": "account_id", "date": "order_time", "amount": "order_amount"}}

CASES = [
    found("a list", LIST),
    found("a list over many lines", json.dumps([A, B], indent=2)),
    found("lines", LINES),
    found("lines with blank ones between", LINES.replace("\n", "\n\n \n")),
    found("lines with ends of Windows", LINES.replace("\n", "\r\n")),
    found("a mark", "\ufeff" + LIST),
    found("a mark before lines", "\ufeff" + LINES),
    found("utf-16", LIST.encode("utf-16")),
    found("one object", json.dumps(A), ROWS[:1]),
    found("an answer", json.dumps({"ok": True, "data": {"page": 1, "list": [A, B]}})),
    found(
        "an answer with a longer list of something else",
        json.dumps({"errors": [{"x": n} for n in range(9)], "data": [A, B]}),
    ),
    found(
        "Fxiaoke",
        json.dumps(FXIAOKE),
        ["6f1 2018-01-31 1250"],
        source=FXIAOKE_NAMES,
        timezone="Asia/Shanghai",
        stated=(
            *JSON,
            "order_time: milliseconds since 1970, such as '1517328000000'.",
            "order_time: moments carry a zone; days are cut in Asia/Shanghai.",
        ),
    ),
    found("objects in objects", json.dumps([DEEP]), ROWS[:1], source=DEEP_NAMES),
    found("numbers as text", LIST.replace("5.5", '"5.50"').replace("7}", '"7"}')),
    found(
        "three decimals",
        LIST.replace("5.5", "1.234"),
        ["a 2020-01-05 1.234", ROWS[1]],
        stated=(*JSON, "amount: decimals behind '.', such as '1.2340'."),
    ),
    found("exponents", LIST.replace("5.5", "5.5e0").replace("7}", "70E-1}")),
    found(
        "a number too long for any program",
        LIST.replace("5.5", "1" * 5000),
        ONLY_B,
        left=NONE_READABLE,
        examples={"no readable amount": (f"row 1 '{'1' * 60}'",)},
    ),
    found("a number larger than any", LIST.replace("5.5", "5.5e999"), ONLY_B, left=NONE_READABLE),
    found(
        "a number that would fill the memory if written out",
        LIST.replace("5.5", "1e999999999"),
        ONLY_B,
        left=NONE_READABLE,
    ),
    found(
        "no number", LIST.replace("5.5", "NaN").replace("7}", '7, "x": Infinity}'), ONLY_B, left=NONE_READABLE
    ),
    found(
        "null and blank",
        json.dumps([A | {"amount": None}, B | {"amount": ""}, B]),
        ONLY_B,
        left={"no readable amount": 2},
    ),
    found(
        "zero is not blank",
        json.dumps([A | {"amount": 0}, B]),
        ["a 2020-01-05 0", ROWS[1]],
        zero_amounts="keep",
    ),
    found("truth values", json.dumps([A | {"amount": True}, B]), ONLY_B, left=NONE_READABLE),
    found(
        "objects that lack a key",
        json.dumps([A, {"customer_id": "b", "day": "2020-02-25", "amount": 7}]),
        ROWS[:1],
        left={"no readable date": 1},
    ),
    found("a key twice", LIST.replace('{"customer_id": "a"', '{"customer_id": "x", "customer_id": "a"')),
    found("half a letter", LIST.replace('"a"', '"\\ud83d"'), ["? 2020-01-05 5.5", ROWS[1]]),
    found("half a letter in a key", LIST.replace('"amount": 7', '"amount": 7, "\\ud83d": 1')),
    found("a zero byte in a text", LIST.replace('"a"', '"a\\u0000"'), ["a\0 2020-01-05 5.5", ROWS[1]]),
    found("a key without a name", LIST.replace('"amount": 7', '"amount": 7, "": 1')),
    reads("lines called txt", {"dump.txt": LINES}, stated=JSON),
    reads("a list called csv", {"dump.csv": LIST}, stated=JSON),
    reads("lines called jsonl", {"dump.jsonl": LINES}, stated=JSON),
    found(
        "lists within lists within reason", json.dumps([A | {"x": json.loads("[" * 50 + "]" * 50)}]), ROWS[:1]
    ),
    without("lists within lists without end", "[" * 100_000),
    without("lists within lists, and an end", '[{"x": ' + "[" * 50_000 + "]" * 50_000 + "}]"),
    without("objects within objects without end", '{"a":' * 100_000 + "\n1\n"),
    without("cut off", LIST[:-20], line=1),
    without("cut off in the last line", LINES[:-9], line=2),
    without("a comma too many", LIST.replace("}]", "},]"), line=1),
    without("a remark above", "// made today\n" + LIST, line=1),
    without(
        "objects over several lines, one behind the other",
        json.dumps(A, indent=1) + "\n" + json.dumps(B, indent=1),
        line=6,
    ),
    without("csv", GOOD, line=1),
    no_object("numbers", "[1, 2, 3]", '1 of dump.json is no object: "1"'),
    no_object("one number", "5", '1 of dump.json is no object: "5"'),
    no_object("null", "null", "1 of dump.json is no object: null"),
    no_object("a number among objects", LINES + "[7]\n", '3 of dump.json is no object: ["7"]'),
    no_object("a very long entry", json.dumps(["x" * 1000]), f'1 of dump.json is no object: "{"x" * 59}'),
    refuses(
        "an empty list", {"dump.json": "[]"}, "dump.json holds no objects.", "a list of JSON objects", AGAIN
    ),
    refuses(
        "an empty object", {"dump.json": "{}"}, "dump.json holds no objects.", "a list of JSON objects", AGAIN
    ),
    refuses("nothing", {"dump.json": ""}, "dump.json is empty.", "a line of column names and data", AGAIN),
    refuses(
        "keys that differ in capitals only",
        {"dump.json": json.dumps([A | {"Amount": 1}])},
        "The source lacks the column 'amount' for amount.",
        "one of the columns there are: 'customer_id', 'date', 'amount (2)', 'Amount (3)'",
        MAP,
    ),
    refuses(
        "a list per column",
        {"dump.json": json.dumps({"customer_id": ["a"] * 2, "date": ["2020-01-05"] * 2, "amount": [1, 2]})},
        "No line is a usable purchase: no readable date (1), no readable amount (1).",
        USABLE,
        'If \'["2020-01-05", "2020-01-05"]\' is a date, say how it is written, '
        "e.g. date_format: '%d.%m.%Y'; else check `columns:`.",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_json(case: Case, home: Path) -> None:
    case.check(home)
