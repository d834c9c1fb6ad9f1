"""A moment falls on the day of the unit's time zone; what is no day is counted and not guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables_data import Shop, days, left_out, loaded

from keepbook.tables import open_tables

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


@pytest.mark.parametrize(
    ("text", "own", "unit", "day"),
    [
        ("2020-06-03", SHANGHAI, NEW_YORK, "2020-06-03"),  # a plain day is never shifted
        ("2020-06-03T17:31:48+05:30", None, "UTC", "2020-06-03"),
        ("2020-06-03T03:31:48+05:30", None, "UTC", "2020-06-02"),
        ("2020-06-03T23:31:48+05:30", None, SHANGHAI, "2020-06-04"),
        ("2020-06-03T23:31:48+05:30", NEW_YORK, SHANGHAI, "2020-06-04"),  # its own offset wins
        ("2020-06-03 23:31:48 -0400", None, "UTC", "2020-06-04"),
        ("2020-06-03 23:31:48-04", None, "UTC", "2020-06-04"),
        ("2020-06-03 23:31:48 UTC", None, SHANGHAI, "2020-06-04"),
        ("2020-06-03T23:31:48.123Z", None, SHANGHAI, "2020-06-04"),
        ("2018-01-30 16:00:00", "UTC", SHANGHAI, "2018-01-31"),
        ("2018-01-31 00:00:00", SHANGHAI, "UTC", "2018-01-30"),
        ("2018-01-31 00:00", None, SHANGHAI, "2018-01-31"),  # no zone anywhere: the unit's own
        ("2018-07-01 03:59", "UTC", NEW_YORK, "2018-06-30"),  # four hours in summer
        ("2018-01-01 04:59", "UTC", NEW_YORK, "2017-12-31"),  # five in winter
        ("2020/6/3", None, "UTC", "2020-06-03"),
    ],
)
def test_a_moment_falls_on_the_day_of_the_units_zone(
    shop: Shop, text: str, own: str | None, unit: str, day: str
) -> None:
    made = shop(f'customer_id,date,amount\na,"{text}",1\n', transactions={"timezone": own}, timezone=unit)
    assert [row[1] for row in days(made)] == [day]


@pytest.mark.parametrize(
    ("text", "form", "own", "unit", "day"),
    [
        ("31.12.2019", "%d.%m.%Y", SHANGHAI, NEW_YORK, "2019-12-31"),
        ("12/31/19 11:30 PM", "%m/%d/%y %I:%M %p", NEW_YORK, "UTC", "2020-01-01"),
        ("31.12.2019 23:30 +0530", "%d.%m.%Y %H:%M %z", NEW_YORK, "UTC", "2019-12-31"),
    ],
)
def test_a_date_format_of_ones_own(shop: Shop, text: str, form: str, own: str, unit: str, day: str) -> None:
    source = {"timezone": own, "date_format": form}
    made = shop(f'customer_id,date,amount\na,"{text}",1\n', transactions=source, timezone=unit)
    assert [row[1] for row in days(made)] == [day]


def test_what_is_no_day_is_counted_and_not_guessed(shop: Shop) -> None:
    none = ["soon", "2020-02-30", "2020-06-03_junk", "20201303", "infinity", "290000-01-01", "03.06.2020"]
    none += ["0", "", "2020-06-03T25:00", "2020-06-03 junk", "2020-06-03 15:31 PM"]
    lines = "".join(f"a,{text},1\n" for text in none)
    given = {"date_format": "ymd"}
    _, ledger = loaded(shop(f"customer_id,date,amount\na,2020-01-01,2\n{lines}", transactions=given))
    assert left_out(ledger) == {"no readable date": len(none)}


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (pa.timestamp("ns"), "2019-12-31"),
        (pa.timestamp("us"), "2019-12-31"),
        (pa.timestamp("s"), "2019-12-31"),
        (pa.timestamp("us", "UTC"), "2020-01-01"),
        (pa.timestamp("ms", "Asia/Shanghai"), "2020-01-01"),
        (pa.date32(), "2020-01-01"),
    ],
)
def test_typed_moments_of_a_parquet_file(shop: Shop, home: Path, kind: pa.DataType, day: str) -> None:
    moment = pa.array([dt.datetime(2020, 1, 1, 4, 30)]).cast(kind)
    pq.write_table(pa.table({"customer_id": [1], "date": moment, "amount": [1.5]}), home / "x.parquet")
    unit = shop(transactions={"source": "x.parquet", "timezone": "Europe/Berlin"}, timezone="UTC")
    shifted = shop(
        transactions={"source": "x.parquet", "timezone": SHANGHAI},
        timezone="UTC",
    )
    assert [row[1] for row in days(unit)] == ["2020-01-01"]
    assert [row[1] for row in days(shifted)] == [day]


def test_as_of_is_the_last_day_and_later_lines_are_in_the_ledger(shop: Shop) -> None:
    lines = "customer_id,date,amount\na,2020-01-01,1\na,2020-01-31 23:59,2\na,2020-02-01 00:00,4\n"
    with open_tables(shop(lines, as_of="2020-01-31")) as tables:
        assert tables.ledger.entries.values.tolist() == [["after as_of", 1, Decimal(4), 1]]
        assert tables.ledger.amount_kept == 3
        assert (tables.window.as_of, tables.window.days) == (dt.date(2020, 1, 31), 31)


@pytest.mark.parametrize(
    "day", ["2020-01-01 23:30:00+01:00", "1577917800000", "1577917800", "20200101T233000Z"]
)
def test_a_zone_in_the_data_is_stated(shop: Shop, day: str) -> None:
    with open_tables(shop(f"customer_id,date,amount\na,{day},5\n", timezone=SHANGHAI)) as tables:
        assert "date: moments carry a zone; days are cut in Asia/Shanghai." in map(str, tables.stated)


def test_moments_without_zone_state_none(shop: Shop) -> None:
    with open_tables(shop("customer_id,date,amount\na,2020-01-01 23:30:00,5\n")) as tables:
        assert not [one for one in tables.stated if one.message == "zone"]
