"""How numbers are written: which sign stands before the decimals, and what else may stand around them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.case import (
    DECIMAL,
    DECIMAL_DO,
    HEAD,
    SEMICOLONS,
    Case,
    reads,
    refuses,
    table,
)

ONE_SIGN = "one sign"
ONE_SIGN_DO = "Add `decimal: '.'` or `decimal: ','` to the source; amounts that do not fit are then left out."
ONE_CURRENCY = "one currency per unit"
ONE_CURRENCY_DO = (
    "Make one unit per currency, each with a `where:` or a `query:`, e.g. SELECT * FROM source WHERE Price "
    "LIKE '€%'."
)


def money(
    name: str,
    written: Sequence[str],
    found: Sequence[str],
    shown: str | None = None,
    *,
    sign: str = ".",
    left: int = 0,
    examples: dict[str, tuple[str, ...]] | None = None,
    **keys: Any,
) -> Case:
    """A column of amounts; `found` in their order, without those that cannot be read.

    `shown`: the example that stands for how they were read, empty where there is none; None where nothing
    had to be told.
    """
    quoted = [f'"{one}"' for one in written]
    rows = [f"c{n} 2020-01-{n % 28 + 1:02} {one}" for n, one in enumerate(found) if one]
    such = f", such as {shown!r}" if shown else ""
    told = [f"amount: decimals behind {sign!r}{such}."] if shown is not None else []
    gone = {"no readable amount": left} if left else {}
    return reads(
        name, table(quoted, "amount"), rows, [SEMICOLONS, *told], left=gone, examples=examples, **keys
    )


def unclear(name: str, written: Sequence[str], lines: str, **keys: Any) -> Case:
    what = f"Amounts in 'amount' can be thousands or have three decimals: {lines}."
    return refuses(name, table([f'"{one}"' for one in written], "amount"), what, DECIMAL, DECIMAL_DO, **keys)


def two_signs(name: str, written: Sequence[str], lines: str) -> Case:
    what = f"Amounts in 'amount' have different signs before their decimals: {lines}."
    return refuses(name, table(written, "amount"), what, ONE_SIGN, ONE_SIGN_DO)


def currencies(name: str, written: Sequence[str], lines: str) -> Case:
    what = f"Amounts in 'amount' are in several currencies: {lines}."
    return refuses(name, table(written, "amount"), what, ONE_CURRENCY, ONE_CURRENCY_DO)


PIECES = "customer_id,date,qty,price\n"
MADE = {"columns": {"quantity": "qty", "unit_price": "price"}}
GIVEN_BACK = "customer_id,date,amount,back\na,2020-01-01,10,4\nb,2020-01-02,8,-3\nc,2020-01-03,5,\n"
REFUND = {"columns": {"refund": "back"}}

CASES = [
    money("plain", ["5", "-5.50", "+7.1", "0.01"], ["5", "-5.5", "7.1", "0.01"]),
    money("decimal commas", ["5,50", "7", "0,05", ",5"], ["5.5", "7", "0.05", "0.5"], "5,50", sign=","),
    money(
        "points as thousands",
        ["1.234,50", "12.345.678,00"],
        ["1234.5", "12345678"],
        "12.345.678,00",
        sign=",",
    ),
    money("commas as thousands", ["1,234.50", "12,345,678.00"], ["1234.5", "12345678"], "12,345,678.00"),
    money("thousands and a decimal comma elsewhere", ["1.234", "5,50"], ["1234", "5.5"], "5,50", sign=","),
    money("thousands and a decimal point elsewhere", ["1,234", "5.50"], ["1234", "5.5"], "1,234"),
    money("grouped twice", ["1,234,567", "1,234"], ["1234567", "1234"], "1,234,567"),
    money("points grouped twice", ["1.234.567", "1.234"], ["1234567", "1234"], "1.234.567", sign=","),
    unclear("thousands or three decimals", ["1,234", "5", "2,500"], "row 1 '1,234' and row 3 '2,500'"),
    unclear("the same with points", ["1.234", "2.500"], "row 1 '1.234' and row 2 '2.500'"),
    unclear("the same in money", ["$1,234", "$5"], "row 1 '$1,234'"),
    unclear(
        "thousands among whole thousands without a sign",
        ["1,234"] * 30 + ["5"] * 30 + ["5000"],
        "row 1 '1,234' and row 2 '1,234'",
    ),
    money("thousands, said to be so", ["1,234", "5"], ["1234", "5"], source={"decimal": "."}),
    money("three decimals, said to be so", ["1,234", "5"], ["1.234", "5"], source={"decimal": ","}),
    money("a habit of grouping", ["1,234"] * 20 + ["5"] * 20, ["1234"] * 20 + ["5"] * 20, "1,234"),
    money("three decimals below one", ["0,500", "0,750"], ["0.5", "0.75"], "0,750", sign=","),
    money("three decimals below one, and others", ["0,500", "1,250"], ["0.5", "1.25"], "0,500", sign=","),
    money("three decimals behind a point", ["0.500", "1.250"], ["0.5", "1.25"], "0.500"),
    two_signs("two signs", ["5,50", "5.50"], "row 2 '5.50' and row 1 '5,50'"),
    two_signs("two signs and thousands", ["1.234,50", "1,234.50"], "row 2 '1,234.50' and row 1 '1.234,50'"),
    money("a stray sign among very many", ["5.50"] * 200 + ["5,50"], ["5.5"] * 200, "", left=1),
    money("lakh and crore", ["1,23,456.50", "12,34,56,789.00"], ["123456.5", "123456789"], "12,34,56,789.00"),
    money("apostrophes", ["1'234.50", "1’234’567.00"], ["1234.5", "1234567"], "1’234’567.00"),
    money("blanks", ["1 234,50", "1 234 567,00"], ["1234.5", "1234567"], "1 234,50", sign=","),
    money(
        "blanks that do not break",
        ["1\u00a0234,50", "1\u202f234\u2009567,00"],
        ["1234.5", "1234567"],
        "1\u202f234\u2009567,00",
        sign=",",
    ),
    money(
        "two numbers in a field",
        ["5 6", "12 5", "1 2345", "7"],
        ["", "", "", "7"],
        left=3,
        examples={"no readable amount": ("row 1 '5 6'", "row 2 '12 5'", "row 3 '1 2345'")},
    ),
    money("currencies before", ["$5.50", "$ 7", "-$2.00", "$-3.00"], ["5.5", "7", "-2", "-3"], "-$2.00"),
    money("currencies behind", ["5,50 €", "7€"], ["5.5", "7"], "5,50 €", sign=","),
    money("codes", ["EUR 5.50", "7 EUR", "eur 1"], ["5.5", "7", "1"], "EUR 5.50", currency="EUR"),
    money(
        "the same currency as sign and as code",
        ["5.50 €", "7.00 EUR"],
        ["5.5", "7"],
        "7.00 EUR",
        currency="EUR",
    ),
    money("Brazil", ["R$ 1.234,50"], ["1234.5"], "R$ 1.234,50", sign=",", currency="BRL"),
    money("China", ["￥１，２３４．５０", "¥7.00"], ["1234.5", "7"], "￥１，２３４．５０", currency="CNY"),
    money("China in words", ["12.50元", "7元"], ["12.5", "7"], "12.50元"),
    currencies("two signs of currencies", ["$5", "5€"], "row 1 '$5' and row 2 '5€'"),
    currencies("two codes", ["5 USD", "5 CAD"], "row 2 '5 CAD' and row 1 '5 USD'"),
    currencies("two kinds of dollar", ["US$5", "CA$5"], "row 2 'CA$5' and row 1 'US$5'"),
    refuses(
        "another currency",
        table(["5 USD", "6 USD"], "amount"),
        "Amounts in 'amount' are in USD, but the unit's currency is EUR.",
        "amounts in EUR",
        "Correct `currency:` in the unit file, or pick the unit's lines with a `where:`.",
        currency="EUR",
    ),
    refuses(
        "another currency by its sign",
        table(["£5", "£6"], "amount"),
        "Amounts in 'amount' are in GBP, but the unit's currency is EUR.",
        "amounts in EUR",
        "Correct `currency:` in the unit file, or pick the unit's lines with a `where:`.",
        currency="EUR",
    ),
    money("parentheses", ["(5.50)", "($1,000.00)", "7"], ["-5.5", "-1000", "7"], "(5.50)"),
    money("half a parenthesis", ["(5.50", "5.50)", "7"], ["", "", "7"], left=2),
    money("minus behind", ["5.50-", "1,000.00-", "7"], ["-5.5", "-1000", "7"], "5.50-"),
    money("minus of every kind", ["−5.50", "–5.50", "－5.50", "7"], ["-5.5", "-5.5", "-5.5", "7"], "－5.50"),
    money("two minuses", ["--5", "-5-", "-(5)", "7"], ["", "", "", "7"], left=3),
    money(
        "no cents",
        ["5,-", "7,–", "1.234,-", "8,--", "9,- €"],
        ["5", "7", "1234", "8", "9"],
        "9,- €",
        sign=",",
    ),
    money("no cents in Switzerland", ["5.-", "CHF 7.–", "1'234.-"], ["5", "7", "1234"], "CHF 7.–"),
    money("exponents", ["1.5e3", "2E-2", "1e2"], ["1500", "0.02", "100"], "1.5e3"),
    money("percent", ["5%", "7"], ["", "7"], left=1),
    money(
        "words and nothings",
        ["five", "", "-", "N/A", "null", "#N/A", "TRUE", "7"],
        ["", "", "", "", "", "", "", "7"],
        left=7,
    ),
    money(
        "beyond all money",
        ["99999999999999", "999999999999999", "1e30", "7"],
        ["99999999999999", "", "", "7"],
        left=2,
    ),
    money("beyond a cent", ["0.12345", "1.00005"], ["0.1235", "1.0001"], "1.00005"),
    money("leading zeros", ["007", "00.50"], ["7", "0.5"]),
    money("digits of other scripts", ["٥", "५", "7"], ["", "", "7"], left=2),
    money(
        "hexadecimal, and what a program may take for a number",
        ["0x10", "1_000", "inf", "1e400", "7"],
        ["", "", "", "", "7"],
        left=4,
    ),
    reads(
        "pieces times price",
        PIECES + 'a,2020-01-01,3,1.10\nb,2020-01-02,-1,2.5\nb,2020-01-02,"1,000.5",2\n',
        ["a 2020-01-01 3.3", "b 2020-01-02 1998.5"],
        ["1 file: utf-8, fields separated by ','.", "qty: decimals behind '.', such as '1,000.5'."],
        source=MADE,
    ),
    reads(
        "pieces times price in Germany",
        PIECES.replace(",", ";") + "a;2020-01-01;3;1,10\nb;2020-01-02;1,5;1.000,50\n",
        ["a 2020-01-01 3.3", "b 2020-01-02 1500.75"],
        [
            SEMICOLONS,
            "price: decimals behind ',', such as '1.000,50'.",
            "qty: decimals behind ',', such as '1,5'.",
        ],
        source=MADE,
    ),
    refuses(
        "pieces that can be thousands",
        PIECES + 'a,2020-01-01,"1,000",1.10\n',
        "Amounts in 'qty' can be thousands or have three decimals: row 1 '1,000'.",
        DECIMAL,
        DECIMAL_DO,
        source=MADE,
    ),
    reads(
        "pieces without a price",
        PIECES + "a,2020-01-01,3,1\nb,2020-01-02,3,\nb,2020-01-02,,3\n",
        ["a 2020-01-01 3"],
        ["1 file: utf-8, fields separated by ','."],
        left={"no readable amount": 2},
        source=MADE,
    ),
    reads(
        "what was given back",
        GIVEN_BACK,
        ["a 2020-01-01 6", "b 2020-01-02 5", "c 2020-01-03 5"],
        ["1 file: utf-8, fields separated by ','."],
        source=REFUND,
    ),
    reads(
        "what was given back, gross",
        GIVEN_BACK,
        ["a 2020-01-01 10", "b 2020-01-02 8", "c 2020-01-03 5"],
        ["1 file: utf-8, fields separated by ','."],
        source=REFUND,
        returns="gross",
    ),
    refuses(
        "amounts in a column of words",
        HEAD + "a,2020-01-01,x\nb,2020-01-02,y\n",
        "No line is a usable purchase: no readable amount (2).",
        "lines with a customer, a readable date and a positive amount",
        "If 'x' is an amount, bring it into the form 1234.56 with a `query:`; else check `columns:`.",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers(case: Case, home: Path) -> None:
    case.check(home)
