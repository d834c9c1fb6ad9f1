"""How lines and fields are told apart: signs, quotes, titles, blank and broken lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.case import (
    COMMAS,
    GOOD,
    HEAD,
    MAP,
    SEMICOLONS,
    Case,
    broken,
    reads,
    refuses,
)

NOT_CLOSED = "has a quote that is not closed, or text behind a closing quote"
LACKS = "The source lacks the column 'customer_id' for customer_id."


def by(sign: str, line: int = 1) -> tuple[str]:
    below = f", column names in line {line}" if line > 1 else ""
    return (f"1 file: utf-8, fields separated by {sign!r}{below}.",)


def named(*names: str) -> str:
    return f"one of the columns there are: {', '.join(map(repr, names))}"


TRAILING = "customer_id,date,amount,\na,2020-01-05,5.50,\nb,2020-02-25,7,\n"
SINGLE = "'customer_id','date','amount'\n'a, the ''first''','2020-01-05','5.50'\n'b','2020-02-25','7'\n"
TITLES = 'Sales report\nPeriod:,2020\n"Shop ""North"", and South"\n\n'
WHITE = "customer_id  date       amount\na            2020-01-05   5.50\nb            2020-02-25   7\n"
TOTALS = "Total,,12.50\n"

CASES = [
    *(
        reads(f"fields separated by {sign!r}", GOOD.replace(",", sign), stated=by(sign))
        for sign in ";|^~¦\x1f"
    ),
    reads("tabs", GOOD.replace(",", "\t"), stated=by("a tab")),
    reads(
        "blanks in a csv file, named",
        GOOD.replace(",", " "),
        stated=["1 file: utf-8, columns separated by white space."],
        source={"format": "text"},
    ),
    reads(
        "a sign that nobody expects, named", GOOD.replace(",", "§"), stated=by("§"), source={"delimiter": "§"}
    ),
    refuses(
        "a sign that nobody expects",
        GOOD.replace(",", "§"),
        LACKS,
        named("customer_id§date§amount"),
        MAP,
    ),
    refuses(
        "the wrong sign, named",
        GOOD,
        LACKS,
        named("customer_id,date,amount"),
        MAP,
        source={"delimiter": ";"},
    ),
    reads(
        "decimal commas between semicolons",
        "customer_id;date;amount\na;2020-01-05;5,50\nb;2020-02-25;7,00\n",
        stated=[SEMICOLONS, "amount: decimals behind ',', such as '7,00'."],
    ),
    reads(
        "decimal commas between semicolons, and a query",
        "customer_id;date;amount\na;2020-01-05;5,50\nb;2020-02-25;7,00\n",
        stated=[SEMICOLONS, "amount: decimals behind ',', such as '7,00'."],
        source={"query": "SELECT * FROM source"},
    ),
    broken(
        "decimal commas between commas",
        HEAD + "a,2020-01-05,5,50\n",
        "line 2 of lines.csv has 4 fields, not 3: 'a,2020-01-05,5,50'",
    ),
    reads(
        "other signs within fields",
        'customer_id;date;amount\n"a;b|c,d\te";2020-01-05;5\nx,y|z;2020-01-06;6\n',
        ["a;b|c,d\te 2020-01-05 5", "x,y|z 2020-01-06 6"],
        (SEMICOLONS,),
    ),
    reads("a sep line", "sep=;\n" + GOOD.replace(",", ";"), stated=by(";", 2)),
    reads(
        "a sep line with line ends of Windows",
        ("sep=;\n" + GOOD.replace(",", ";")).replace("\n", "\r\n"),
        stated=by(";", 2),
    ),
    reads("a sep line in quotes", '"sep=|"\n' + GOOD.replace(",", "|"), stated=by("|", 2)),
    reads("a sep line above a title", "sep=;\nSales\n" + GOOD.replace(",", ";"), stated=by(";", 3)),
    reads("one title", "Sales of 2020\n" + GOOD, stated=by(",", 2)),
    reads("titles of every kind", TITLES + GOOD, stated=by(",", 5)),
    reads("a title with more signs than there are columns", "a,b,c,d,e,f\n" + GOOD, stated=by(",", 2)),
    reads("a title over two lines in quotes", '"Sales\nof 2020"\n' + GOOD, stated=by(",", 3)),
    reads("titles that nothing but the columns' names tells", "x,y,z\nu,v,w\n" + GOOD, stated=by(",", 3)),
    reads("titles and a query", TITLES + GOOD, stated=by(",", 5), source={"query": "SELECT * FROM source"}),
    reads("blank lines above", "\n\n\n" + GOOD, stated=by(",", 4)),
    reads("lines of delimiters above", ",,\n,,\n" + GOOD, stated=by(",", 3)),
    reads("thirty lines above", "".join(f"note {n},\n" for n in range(30)) + GOOD, stated=by(",", 31)),
    reads("the header's line named", "a,b,c\n1,2,3\n" + GOOD, stated=by(",", 3), source={"header": 3}),
    reads(
        "no header, names given",
        GOOD.removeprefix(HEAD),
        source={"header": False, "names": ["customer_id", "date", "amount"]},
    ),
    reads(
        "a header replaced by names",
        "k,d,m\n" + GOOD.removeprefix(HEAD),
        source={"names": ["customer_id", "date", "amount"]},
    ),
    refuses("no header", GOOD.removeprefix(HEAD), LACKS, named("a", "2020-01-05", "5.50"), MAP),
    reads("blanks around names", " customer_id , date ,amount \n" + GOOD.removeprefix(HEAD)),
    reads(
        "blanks around values",
        HEAD + " a , 2020-01-05 , 5.50 \nb,2020-02-25, 7\n",
        stated=[
            COMMAS,
            "date: year first, such as '2020-01-05'.",
            "amount: decimals behind '.', such as '5.50'.",
        ],
    ),
    reads(
        "names over two lines",
        '"customer\nid",date,amount\n' + GOOD.removeprefix(HEAD),
        source={"columns": {"customer_id": "customer\nid"}},
    ),
    reads(
        "every field in quotes",
        '"customer_id","date","amount"\n"a","2020-01-05","5.50"\n"b","2020-02-25","7"\n',
    ),
    reads("fields in single quotes", SINGLE, ["a, the 'first' 2020-01-05 5.5", "b 2020-02-25 7"]),
    reads(
        "apostrophes are no quotes",
        HEAD + "O'Brien,2020-01-05,1\nd'Arc,2020-01-06,2\n'tis,2020-01-07,3\n",
        ["'tis 2020-01-07 3", "O'Brien 2020-01-05 1", "d'Arc 2020-01-06 2"],
    ),
    reads(
        "quotes doubled",
        HEAD + '"the ""best"", they say",2020-01-05,1\n',
        ['the "best", they say 2020-01-05 1'],
    ),
    reads(
        "quotes behind backslashes",
        HEAD + '"the \\"best\\", they say",2020-01-05,1\n',
        ['the "best", they say 2020-01-05 1'],
    ),
    reads(
        "backslashes that escape nothing",
        HEAD + 'C:\\new\\table,2020-01-05,1\n"D:\\",2020-01-06,1\n',
        ["C:\\new\\table 2020-01-05 1", "D:\\ 2020-01-06 1"],
    ),
    reads(
        "a backslash before the quote that ends a field",
        '"customer_id"^"date"^"amount"\n"D:\\"^"2020-01-05"^"1"\n"E:\\"^"2020-01-06"^"2"\n',
        ["D:\\ 2020-01-05 1", "E:\\ 2020-01-06 2"],
        by("^"),
    ),
    reads("quotes within a field", HEAD + '5" pipe,2020-01-05,1\n', ['5" pipe 2020-01-05 1']),
    reads(
        "line breaks within quotes",
        HEAD + '"two\nlines",2020-01-05,1\n"three\n\nlines",2020-01-06,2\n',
        ["three\n\nlines 2020-01-06 2", "two\nlines 2020-01-05 1"],
    ),
    reads(
        "line breaks of another kind within quotes",
        (HEAD + '"two|lines",2020-01-05,1\n').replace("\n", "\r\n").replace("|", "\n"),
        ["two\nlines 2020-01-05 1"],
    ),
    reads("carriage returns only", GOOD.replace("\n", "\r")),
    reads("carriage returns and titles", (TITLES + GOOD).replace("\n", "\r"), stated=by(",", 5)),
    reads("mixed line ends", HEAD + "a,2020-01-05,5.50\r\nb,2020-02-25,7\r"),
    reads("no line end behind the last line", GOOD.rstrip("\n")),
    reads("blank lines between", GOOD.replace("\n", "\n\n")),
    reads("lines of delimiters between", GOOD.replace("5.50\n", "5.50\n,,\n"), left={"no customer": 1}),
    reads("delimiters behind every line", TRAILING),
    reads("delimiters behind every line but the header", TRAILING.replace("amount,", "amount")),
    broken(
        "fields behind every line but the header",
        TRAILING.replace("amount,", "amount").replace(",\n", ",x\n"),
        "line 2 of lines.csv has 4 fields, not 3: 'a,2020-01-05,5.50,x'",
    ),
    reads(
        "a line of totals",
        GOOD + TOTALS,
        left={"no readable date": 1},
        examples={"no readable date": ("row 3 blank",)},
    ),
    reads("a line of totals without a name", GOOD + ",,12.50\n", left={"no customer": 1}),
    broken(
        "a footer", GOOD + "2 rows exported\n", "line 4 of lines.csv has 1 field, not 3: '2 rows exported'"
    ),
    broken(
        "a short line", GOOD + "c,2020-01-01\n", "line 4 of lines.csv has 2 fields, not 3: 'c,2020-01-01'"
    ),
    broken(
        "a short line below titles",
        TITLES + GOOD + "c,2020-01-01\n",
        "line 8 of lines.csv has 2 fields, not 3: 'c,2020-01-01'",
    ),
    broken(
        "a long line",
        GOOD + "c,2020-01-01,1,2\n",
        "line 4 of lines.csv has 4 fields, not 3: 'c,2020-01-01,1,2'",
    ),
    broken(
        "a quote never closed",
        GOOD + '"c,2020-01-01,1\n',
        f"line 4 of lines.csv {NOT_CLOSED}: '\"c,2020-01-01,1'",
    ),
    broken(
        "text behind a quote",
        GOOD + '"c"d,2020-01-01,1\n',
        f"line 4 of lines.csv {NOT_CLOSED}: '\"c\"d,2020-01-01,1'",
    ),
    reads(
        "the header once more",
        GOOD + GOOD,
        left={"exact duplicate": 2, "no readable date": 1},
        examples={"no readable date": ("row 3 'date'",), "no readable amount": ("row 3 'amount'",)},
    ),
    reads("columns without names", "customer_id,,date,,amount\na,x,2020-01-05,y,5.50\nb,x,2020-02-25,y,7\n"),
    reads(
        "names that a query would trip over",
        'customer_id,date,amount,"it\'s {1}; --","x ""y"""\na,2020-01-05,5.50,1,2\nb,2020-02-25,7,1,2\n',
    ),
    reads(
        "white space between columns",
        {"lines.txt": WHITE},
        stated=["1 file: utf-8, columns separated by white space."],
    ),
    reads("a txt file with tabs", {"lines.txt": GOOD.replace(",", "\t")}, stated=by("a tab")),
    reads(
        "decimal commas between white space",
        {"lines.txt": WHITE.replace("5.50", "5,50").replace("7", "7,00")},
        stated=[
            "1 file: utf-8, columns separated by white space.",
            "amount: decimals behind ',', such as '7,00'.",
        ],
    ),
    reads("a tsv file with commas", {"lines.tsv": GOOD}),
    reads("a name of file that says nothing", {"lines.dat": GOOD}),
    reads(
        "a header of 200,000 signs",
        "customer_id,date,amount,"
        + ",".join(f"{n:>0100}" for n in range(2_000))
        + "\na,2020-01-05,5.50"
        + ",x" * 2_000
        + "\nb,2020-02-25,7"
        + "," * 2_000
        + "\n",
        duplicates="keep",
    ),
    reads(
        "a very long field",
        HEAD + f'a,2020-01-05,5.50\n"{"x" * 300_000}",,\nb,2020-02-25,7\n',
        left={"no readable date": 1},
    ),
    broken(
        "a line beyond all lines",
        HEAD + f"a,2020-01-05,{'1' * 3_000_000}\n",
        "line 2 of lines.csv is too long to be a line: is a quote above it not closed?: 'a,2020-01-05,"
        + "1" * 67
        + "'",
    ),
    reads(
        "hostile text",
        HEAD
        + '"=cmd|\' /C calc\'!A0",2020-01-05,1\n"\x1b[31mred\x1b[0m",2020-01-06,2\n'
        + "\u202eevil,2020-01-07,3\n[bold]x[/bold],2020-01-08,4\n",
        [
            "\x1b[31mred\x1b[0m 2020-01-06 2",
            "=cmd|' /C calc'!A0 2020-01-05 1",
            "[bold]x[/bold] 2020-01-08 4",
            "\u202eevil 2020-01-07 3",
        ],
    ),
    broken(
        "hostile text in a broken line",
        GOOD + "\x1b[31m\u202ec,1\n",
        "line 4 of lines.csv has 2 fields, not 3: '\\x1b[31m\\u202ec,1'",
    ),
    refuses(
        "hostile names of columns",
        "\x1b[31mwho,date,amount\na,2020-01-05,1\n",
        LACKS,
        named("�[31mwho", "date", "amount"),
        MAP,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_dialects(case: Case, home: Path) -> None:
    case.check(home)
