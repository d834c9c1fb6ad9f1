"""How days are written: the form is told by the whole column, and the day is the one of the unit's zone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.case import (
    ONE_FORM,
    ONE_FORM_DO,
    ORDER,
    ORDER_DO,
    SEMICOLONS,
    USABLE,
    Case,
    reads,
    refuses,
    table,
)

WORDS = {
    "ymd": "year first",
    "dmy": "day before month",
    "mdy": "month before day",
    "named": "month by name",
    "epoch": "seconds since 1970",
    "epoch_ms": "milliseconds since 1970",
    "excel": "day numbers of a spreadsheet",
}
SHANGHAI, BERLIN, NEW_YORK = "Asia/Shanghai", "Europe/Berlin", "America/New_York"


def days(
    name: str,
    written: Sequence[str],
    found: Sequence[str],
    form: str | None = "ymd",
    shown: str | None = None,
    *,
    left: int = 0,
    zoned: bool = False,
    **keys: Any,
) -> Case:
    """A column of days; `found` in their order, empty for one that cannot be read.

    `form`: what is stated; None where the days are of the plainest form. `shown`: its example. `zoned`: that
    moments carry a zone is stated, too.
    """
    rows = [f"c{n} {one} 1" for n, one in enumerate(found) if one]
    told = [f"date: {WORDS[form]}, such as {shown or max(written)!r}."] if form else []
    if zoned or form in ("epoch", "epoch_ms"):
        told.append(f"date: moments carry a zone; days are cut in {keys.get('timezone', 'UTC')}.")
    gone = {"no readable date": left} if left else {}
    return reads(name, table([f'"{one}"' for one in written]), rows, [SEMICOLONS, *told], left=gone, **keys)


def two_forms(name: str, written: Sequence[str], lines: str) -> Case:
    what = f"Days in 'date' are written in several forms: {lines}."
    return refuses(name, table(written), what, ONE_FORM, ONE_FORM_DO)


def unclear(name: str, written: Sequence[str], lines: str) -> Case:
    what = f"Days in 'date' can be read with the day or the month first: {lines}."
    return refuses(name, table(written), what, ORDER, ORDER_DO)


def nothing(name: str, written: Sequence[str], example: str) -> Case:
    """A column none of which is a day."""
    return refuses(
        name,
        table(written),
        f"No line is a usable purchase: no readable date ({len(written)}).",
        USABLE,
        f"If {example!r} is a date, say how it is written, e.g. date_format: '%d.%m.%Y'; "
        "else check `columns:`.",
    )


CASES = [
    days("iso", ["2020-01-05", "2020-12-31 23:59:59.999"], ["2020-01-05", "2020-12-31"], None),
    days("iso without zeros", ["2020-1-5", "2020-1-5 9:05"], ["2020-01-05", "2020-01-05"], None),
    days(
        "iso with offsets",
        ["2020-06-03T03:31:48+05:30", "2020-06-03T23:31:48-0400", "2020-06-03T23:31:48Z"],
        ["2020-06-02", "2020-06-04", "2020-06-03"],
        shown="2020-06-03T23:31:48Z",
        zoned=True,
    ),
    days(
        "iso with fractions",
        ["2020-06-03T23:31:48.123456Z", "2020-06-03 23:31:48,123"],
        ["2020-06-03", "2020-06-03"],
        zoned=True,
    ),
    days(
        "iso basic",
        ["20200603", "20200604T233148Z", "20200605T2331"],
        ["2020-06-03", "2020-06-04", "2020-06-05"],
        timezone="UTC",
        zoned=True,
    ),
    days("digits only", ["20200603", "20191231"], ["2020-06-03", "2019-12-31"]),
    days("digits only, with the time", ["20200603233148", "202006040005"], ["2020-06-03", "2020-06-04"]),
    days(
        "year first with slashes and points",
        ["2020/6/3", "2020.06.04", "2020/06/05 10:00"],
        ["2020-06-03", "2020-06-04", "2020-06-05"],
    ),
    days("day first", ["31/12/2019", "1/2/2020"], ["2019-12-31", "2020-02-01"], "dmy"),
    days("day first with points", ["31.12.2019", "01.02.2020 10:30"], ["2019-12-31", "2020-02-01"], "dmy"),
    days("day first with dashes", ["31-12-2019", "1-2-2020 23:59:59"], ["2019-12-31", "2020-02-01"], "dmy"),
    days("month first", ["12/31/2019", "1/2/2020"], ["2019-12-31", "2020-01-02"], "mdy"),
    days(
        "month first, AM and PM",
        ["12/31/2019 12:00 AM", "1/2/2020 11:59:59 p.m."],
        ["2019-12-31", "2020-01-02"],
        "mdy",
    ),
    days(
        "two digits of the year",
        ["31.12.19", "1.2.68", "1.2.69"],
        ["2019-12-31", "2068-02-01", "1969-02-01"],
        "dmy",
    ),
    days(
        "proved by one day of very many",
        ["1/2/2020"] * 500 + ["1/13/2020"],
        ["2020-01-02"] * 500 + ["2020-01-13"],
        "mdy",
        duplicates="keep",
    ),
    unclear("day or month first", ["03/04/2011", "05/06/2011"], "row 1 '03/04/2011' and row 2 '05/06/2011'"),
    unclear("day or month first, of one line", ["3.4.11"], "row 1 '3.4.11'"),
    days("day or month first, said", ["03/04/2011"], ["2011-04-03"], None, source={"date_format": "dmy"}),
    days("month or day first, said", ["03/04/2011"], ["2011-03-04"], None, source={"date_format": "mdy"}),
    days(
        "a form said that not all have",
        ["13/04/2011", "04/13/2011"],
        ["2011-04-13", ""],
        None,
        left=1,
        source={"date_format": "dmy"},
    ),
    refuses(
        "two orders",
        table(["31/12/2019", "12/31/2019"]),
        "Days in 'date' are written in two orders: row 1 '31/12/2019' and row 2 '12/31/2019'.",
        "one order in all lines; where they mix, nobody can tell what 03/04 means",
        "Export them again, as 2023-12-31.",
    ),
    days(
        "months by name",
        ["5 Mar 2011", "March 6, 2011", "Mon, 7 March 2011", "8th Mar 2011"],
        ["2011-03-05", "2011-03-06", "2011-03-07", "2011-03-08"],
        "named",
    ),
    days(
        "months by name as Oracle writes them",
        ["05-MAR-11", "31-DEC-99"],
        ["2011-03-05", "1999-12-31"],
        "named",
    ),
    days(
        "months by name, with the time",
        ["Mar 5, 2011 11:59 PM", "5 Mar 2011 00:00:00"],
        ["2011-03-05", "2011-03-05"],
        "named",
    ),
    days(
        "September in England",
        ["5 Sept 2011", "6 Sep 2011", "September 7, 2011"],
        ["2011-09-05", "2011-09-06", "2011-09-07"],
        "named",
    ),
    nothing("months of another language", ["5. März 2011", "6. März 2011"], "5. März 2011"),
    days(
        "Chinese",
        ["2011年3月5日", "2011年12月31日 23时59分", "2011 年 3 月 6 日"],
        ["2011-03-05", "2011-12-31", "2011-03-06"],
    ),
    days(
        "Chinese halves of the day",
        ["2011年3月5日 上午12时05分", "2011年3月5日 下午11:59:59"],
        ["2011-03-05", "2011-03-05"],
    ),
    days(
        "Chinese halves of the day behind slashes",
        ["2011/3/5 上午 12:05:00", "2011/3/6 下午 11:59"],
        ["2011-03-05", "2011-03-06"],
    ),
    days(
        "Chinese halves of the day, elsewhere",
        ["2011年3月5日 上午12时05分", "2011年3月5日 下午11:59:59"],
        ["2011-03-04", "2011-03-05"],
        source={"timezone": SHANGHAI},
        timezone="UTC",
    ),
    days(
        "Chinese with the day of the week",
        ["2011年3月5日 星期六", "2011年3月6日 周日 10:00"],
        ["2011-03-05", "2011-03-06"],
    ),
    days(
        "Fxiaoke in its own zone",
        ["1517328000000"],
        ["2018-01-31"],
        "epoch_ms",
        timezone=SHANGHAI,
    ),
    days("Fxiaoke without a zone", ["1517328000000"], ["2018-01-30"], "epoch_ms"),
    days(
        "Fxiaoke with a zone of the source only",
        ["1517328000000"],
        ["2018-01-30"],
        "epoch_ms",
        source={"timezone": SHANGHAI},
    ),
    days(
        "milliseconds of the last century",
        ["946684799999", "946684800000"],
        ["1999-12-31", "2000-01-01"],
        "epoch_ms",
        "946684800000",
    ),
    days("seconds", ["1517328000", "1517327999.75"], ["2018-01-30", "2018-01-30"], "epoch"),
    nothing("digits of no known form", ["2011030512", "2011030611"], "2011030512"),
    days(
        "a spreadsheet's numbers",
        ["43831", "43831.999", "43832"],
        ["2020-01-01", "2020-01-01", "2020-01-02"],
        "excel",
        timezone=SHANGHAI,
    ),
    two_forms(
        "a spreadsheet's numbers among texts",
        ["43831", "13/01/2020", "43832"],
        "row 1 '43831' and row 2 '13/01/2020'",
    ),
    two_forms(
        "year first and day first",
        ["2020-01-05", "2020-01-06", "13/01/2020"],
        "row 1 '2020-01-05' and row 3 '13/01/2020'",
    ),
    two_forms(
        "seconds and milliseconds",
        ["1517328000", "1517328000000", "1517328000"],
        "row 1 '1517328000' and row 2 '1517328000000'",
    ),
    days(
        "another form among very many",
        ["2020-01-05"] * 200 + ["13/01/2020"],
        ["2020-01-05"] * 200 + [""],
        None,
        left=1,
        duplicates="keep",
    ),
    days("one form for two columns", ["2020-01-05"], ["2020-01-05"], None),
    days(
        "a night that lost an hour",
        ["2020-03-29 02:30:00", "2020-03-29 23:30:00"],
        ["2020-03-29", "2020-03-29"],
        None,
        source={"timezone": BERLIN},
        timezone="UTC",
    ),
    days(
        "a night that won an hour",
        ["2020-10-25 02:30:00", "2020-10-25 00:30:00"],
        ["2020-10-25", "2020-10-24"],
        None,
        source={"timezone": BERLIN},
        timezone="UTC",
    ),
    days(
        "the hours of summer and of winter",
        ["2018-07-01 03:59", "2018-01-01 04:59"],
        ["2018-06-30", "2017-12-31"],
        None,
        source={"timezone": "UTC"},
        timezone=NEW_YORK,
    ),
    days(
        "a plain day is never moved",
        ["2020-01-05", "2020-01-05 00:00"],
        ["2020-01-05", "2020-01-04"],
        None,
        source={"timezone": SHANGHAI},
        timezone=NEW_YORK,
    ),
    days(
        "days that no calendar has",
        ["2020-02-30", "2019-02-29", "2020-13-01", "2020-00-10", "0000-00-00", "2020-06-31", "2020-02-29"],
        [""] * 6 + ["2020-02-29"],
        None,
        left=6,
    ),
    days(
        "days that no calendar has, day first",
        ["31/02/2020", "29/02/2019", "29/02/2020"],
        ["", "", "2020-02-29"],
        "dmy",
        left=2,
    ),
    days(
        "times that no clock has",
        ["2020-01-05 25:00", "2020-01-05 10:61", "2020-01-05 10:00"],
        ["", "", "2020-01-05"],
        None,
        left=2,
    ),
    days("nothings", ["", "NULL", "-", "n/a", "2020-01-05"], ["", "", "", "", "2020-01-05"], None, left=4),
    nothing("words", ["soon", "later"], "later"),
    nothing("months only", ["2020-01", "2020-02"], "2020-01"),
    days(
        "a pattern of one's own",
        ["05|03|2011", "31|12|2011"],
        ["2011-03-05", "2011-12-31"],
        None,
        source={"date_format": "%d|%m|%Y"},
    ),
    days(
        "doubled and unbreakable blanks",
        ["2020-01-05  10:00", "\u00a02020-01-06 "],
        ["2020-01-05", "2020-01-06"],
        shown="2020-01-06",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_days(case: Case, home: Path) -> None:
    case.check(home)
