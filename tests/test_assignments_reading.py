"""Assignments as they are read: every line is kept or counted; customers and days are those of the unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from assignments_data import HEAD, LINES, LOAD, TWO, WINBACK, Shop, told, unit_of

from keepbook.errors import DataError
from keepbook.reading.locate import fingerprint
from keepbook.simulate import simulate
from keepbook.tables import open_tables


def with_days(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].dt.date for name in frame if name.endswith("ed_on")})


@pytest.fixture
def read(shop: Shop, home: Path) -> Callable[..., pd.DataFrame]:
    """`read(content, **settings)`: the assignments of a unit whose table is this file."""

    def assignments(content: str | bytes, **settings: Any) -> pd.DataFrame:
        with open_tables(unit_of(shop, home, content, **settings)) as tables:
            assert tables.assignments is not None
            frame = tables.assignments.to_pandas()
        columns = ["experiment", "customer_id", "variant"]
        return with_days(frame).sort_values([*columns, "assigned_on"], ignore_index=True)

    return assignments


@pytest.fixture
def stated(shop: Shop, home: Path) -> Callable[..., list[str]]:
    """`stated(content, **settings)`: how the table was read."""

    def sentences(content: str | bytes, **settings: Any) -> list[str]:
        with open_tables(unit_of(shop, home, content, **settings)) as tables:
            said = [str(one) for one in tables.stated if one.table == "assignments"]
        return [line.removeprefix("assignments: ") for line in said]

    return sentences


Read = Callable[..., pd.DataFrame]
Stated = Callable[..., list[str]]


def test_a_unit_without_experiments_has_none(shop: Shop) -> None:
    with open_tables(shop(LINES)) as tables:
        assert tables.assignments is None
        assert (tables.outcomes, tables.totals) == ({}, {})


def test_every_line_is_kept(read: Read) -> None:
    """Repeated lines and customers in two arms too: the experiment judges them, and counts them."""
    found = read(TWO + "winback,2,none,2024-01-04\nwinback,2,voucher,2024-01-04\nother,9,x,2024-01-09\n")
    assert list(found.columns) == ["experiment", "customer_id", "variant", "assigned_on"]
    assert found.to_numpy().tolist() == [
        ["other", "9", "x", dt.date(2024, 1, 9)],
        ["winback", "1", "none", dt.date(2024, 1, 3)],
        ["winback", "2", "none", dt.date(2024, 1, 4)],
        ["winback", "2", "voucher", dt.date(2024, 1, 4)],
        ["winback", "2", "voucher", dt.date(2024, 1, 4)],
    ]


def test_optional_columns(read: Read) -> None:
    found = read(
        "experiment,customer_id,variant,assigned_at,Shop,met,spent,calls,clicked\n"
        "winback,1,none,2024-01-03,Kiel,,0,2,False\n"
        "winback,2,voucher,2024-01-04,,2024-01-05,1.25,,true\n",
        columns={"cluster": "Shop", "exposed_at": "met", "cost": "spent", "calls": "calls", "hit": "clicked"},
    )
    assert found["cluster"].fillna("").tolist() == ["Kiel", ""]
    assert found["exposed_on"].tolist()[1] == dt.date(2024, 1, 5)
    assert pd.isna(found["exposed_on"].tolist()[0])
    assert [str(cost) for cost in found["cost"]] == ["0.0000", "1.2500"]  # money is exact
    assert found["calls"].fillna(-1).tolist() == [2, -1]
    assert found["hit"].tolist() == [0, 1]
    assert {str(found[name].dtype) for name in ("calls", "hit")} == {"float64"}


def test_columns_that_are_not_mapped_stay_away(read: Read) -> None:
    """A cost that somebody's export happens to hold is not that of the treatment."""
    content = LOAD.replace("_at,x", "_at,cost").format(9, 8)
    assert list(read(content).columns) == ["experiment", "customer_id", "variant", "assigned_on"]


@pytest.mark.parametrize(
    ("written", "zone", "own", "day"),
    [
        ("2024-01-03T20:00:00Z", "Asia/Shanghai", None, dt.date(2024, 1, 4)),
        ("2024-01-03T20:00:00+08:00", "Asia/Shanghai", None, dt.date(2024, 1, 3)),
        ("2024-01-03T20:00:00-05:00", "Europe/Berlin", None, dt.date(2024, 1, 4)),
        ("2024-01-03 20:00:00", "Asia/Shanghai", None, dt.date(2024, 1, 3)),
        ("2024-01-03 20:00:00", "Asia/Shanghai", "UTC", dt.date(2024, 1, 4)),
        ("1517328000000", "Asia/Shanghai", None, dt.date(2018, 1, 31)),
        ("1517328000000", "UTC", None, dt.date(2018, 1, 30)),
        ("31.01.2024", "UTC", None, dt.date(2024, 1, 31)),
        ("2024-01-03", "America/New_York", "Asia/Shanghai", dt.date(2024, 1, 3)),
    ],
)
def test_days_are_those_of_the_unit(
    read: Read, written: str, zone: str, own: str | None, day: dt.date
) -> None:
    content = f"experiment,customer_id,variant,assigned_at,met\nwinback,1,none,{written},{written}\n"
    content += f"winback,2,voucher,{written},\n"
    settings = {"timezone": own} if own else {}
    found = read(content, unit_zone=zone, columns={"exposed_at": "met"}, **settings)
    assert found["assigned_on"].tolist() == [day, day]
    assert found["exposed_on"].tolist()[0] == day


def test_a_zone_is_stated(stated: Stated) -> None:
    content = TWO.replace("2024-01-03", "2024-01-03T20:00:00Z").replace("2024-01-04", "2024-01-04T20:00:00Z")
    assert "assigned_at: moments carry a zone; days are cut in Asia/Shanghai." in stated(
        content, unit_zone="Asia/Shanghai"
    )


def parquet(home: Path, frame: pd.DataFrame) -> bytes:
    frame.to_parquet(home / "made.parquet")
    return (home / "made.parquet").read_bytes()


NUMBERS = pd.DataFrame({"customer_id": [1, 2], "date": ["2024-01-01", "2024-02-01"], "amount": [5, 6]})
TEXTS = NUMBERS.assign(customer_id=["a1", "b2"])


@pytest.mark.parametrize(
    ("bought", "assigned", "found"),
    [
        ([1, 2], ["1", "7"], [1, 7]),
        ([1, 2], [1.0, 7.0], [1, 7]),
        ([1, 2], [" 1 ", "7.0"], [1, 7]),
        (["1", "2"], [1, 7], ["1", "7"]),
        (["1", "2"], [1.0, 7.0], ["1", "7"]),
        (["a@b.de", "2"], ["A@B.de", "x"], ["a@b.de", "x"]),
    ],
)
def test_customers_are_called_as_in_transactions(
    shop: Shop, home: Path, bought: list[Any], assigned: list[Any], found: list[Any]
) -> None:
    NUMBERS.assign(customer_id=bought).to_parquet(home / "lines.parquet")
    arms = {"experiment": "winback", "customer_id": assigned, "variant": ["none", "voucher"]}
    pd.DataFrame({**arms, "assigned_at": dt.date(2024, 1, 3)}).to_parquet(home / "arms.parquet")
    unit = shop(
        transactions={"source": "lines.parquet"},
        assignments={"source": "arms.parquet"},
        experiments=[WINBACK],
    )
    with open_tables(unit) as tables:
        assert tables.assignments is not None
        assert tables.assignments.customer_id.type() == tables.purchases.customer_id.type()
        assert sorted(tables.assignments.customer_id.to_pandas().tolist()) == sorted(found)


def test_arms_that_are_numbers_or_truth_values(shop: Shop, home: Path) -> None:
    for arms, control in (([0, 1], "0"), ([0.0, 1.0], "0"), ([False, True], "false")):
        frame = {
            "experiment": 7,
            "customer_id": ["1", "2"],
            "variant": arms,
            "assigned_at": dt.date(2024, 1, 3),
        }
        content = parquet(home, pd.DataFrame(frame))
        named = [{"name": "7", "control": control}]
        with open_tables(unit_of(shop, home, content, "arms.parquet", experiments=named)) as tables:
            assert tables.assignments is not None
            assert control in tables.assignments.variant.to_pandas().tolist()


def test_numbers_that_have_their_types(shop: Shop, home: Path) -> None:
    frame = pd.DataFrame(
        {
            "experiment": "winback",
            "customer_id": ["1", "2", "3"],
            "variant": ["none", "voucher", "voucher"],
            "assigned_at": pd.to_datetime(["2024-01-03 23:59", "2024-01-04 00:00", "2024-01-04 00:01"]),
            "cost": [0.0, 1.5, np.nan],
            "spend": [np.nan, 2.5, -1.0],
            "hit": [True, False, True],
        }
    )
    names = {name: name for name in ("cost", "spend", "hit")}
    unit = unit_of(shop, home, parquet(home, frame), "arms.parquet", columns=names)
    with open_tables(unit) as tables:
        assert tables.assignments is not None
        found = with_days(tables.assignments.order_by("customer_id").to_pandas())
        missing = tables.assignments.spend.isnull().sum().to_pandas()
    assert found["assigned_on"].tolist() == [dt.date(2024, 1, 3), dt.date(2024, 1, 4), dt.date(2024, 1, 4)]
    assert found["cost"].astype(float).fillna(-1).tolist() == [0, 1.5, -1]
    assert found["spend"].fillna(9).tolist() == [9, 2.5, -1]
    assert missing == 1  # what is no number is missing, or sums would be no number either
    assert found["hit"].tolist() == [1, 0, 1]


def test_lines_that_cannot_be_used_are_counted(stated: Stated, read: Read) -> None:
    content = TWO + (
        ",3,none,2024-01-03\n"
        "winback,,none,2024-01-03\n"
        ",,,\n"
        "winback,4,,2024-01-03\n"
        "winback,5,none,2024-13-03\n"
        "winback,6,none,\n"
        "winback,7,voucher,2024-01-05\n"
    )
    assert stated(content)[1:] == [
        "2 of 9 lines left out, without an experiment: row 3 blank, row 5 blank.",
        "1 of 9 lines left out, without a customer: row 4 blank.",
        "1 of 9 lines left out, without an arm: row 6 blank.",
        "2 of 9 lines left out, without a readable day: row 7 '2024-13-03', row 8 blank.",
        "3 lines of 1 experiment; 2 of 3 customers have bought at some time.",
    ]
    assert read(content)["customer_id"].tolist() == ["1", "2", "7"]


def test_where_and_exclude(stated: Stated) -> None:
    """The numbers of lines are those of the lines that belong to the unit."""
    content = TWO.replace("assigned_at\n", "assigned_at,staff,land\n").replace("01-03\n", "01-03,no,DE\n")
    content = content.replace("01-04\n", "01-04,no,DE\n") + "winback,1,voucher,2024-01-04,yes,DE\n"
    content += "winback,3,voucher,x,yes,FR\n"
    said = stated(content, where={"land": "DE"}, exclude={"our own": {"staff": "yes"}})
    assert said[1:] == [
        "1 of 4 lines do not meet `where` and belong to no count below.",
        "1 of 3 lines left out, as 'our own': row 3 'yes'.",
        "2 lines of 1 experiment; 2 of 2 customers have bought at some time.",
    ]


def test_a_few_odd_customer_numbers_are_left_out(shop: Shop, home: Path) -> None:
    NUMBERS.to_parquet(home / "lines.parquet")
    rows = [f"winback,{i},{'none' if i % 2 else 'voucher'},2024-01-03\n" for i in range(1, 200)]
    (home / "arms.csv").write_text(HEAD + "".join(rows) + "winback,X9,none,2024-01-03\n")
    unit = shop(
        transactions={"source": "lines.parquet"}, assignments={"source": "arms.csv"}, experiments=[WINBACK]
    )
    with open_tables(unit) as tables:
        assert (
            "assignments: 1 of 200 lines left out, with a customer number unlike those of transactions: "
            "row 200 'X9'." in map(str, tables.stated)
        )
    (home / "arms.csv").write_text(HEAD + "".join(rows[:100]) + "winback,X9,none,2024-01-03\n" * 2)
    with pytest.raises(DataError) as error, open_tables(unit):
        pass
    assert str(error.value) == told(
        "2 of 102 customer numbers in 'customer_id' are written unlike those of transactions: "
        "row 101 'X9', row 102 'X9'.",
        "whole numbers, such as 1",
        "Check `columns:` of both tables, or bring the numbers into one form with a `query:`.",
    )


def test_assignments_belong_to_the_fingerprint(shop: Shop, home: Path) -> None:
    unit = unit_of(shop, home, TWO)
    before = fingerprint(unit)
    (home / "arms.csv").write_text(TWO + "winback,3,voucher,2024-01-04\n")
    assert fingerprint(unit) != before


def test_a_query_may_make_the_lines(read: Read, shop: Shop, home: Path) -> None:
    (home / "arms.csv").write_text("wer,gruppe,am\n1,A,2024-01-03\n2,B,2024-01-04\n")
    query = (
        "SELECT 'winback' AS experiment, wer AS customer_id, am AS assigned_at, "
        "CASE gruppe WHEN 'A' THEN 'none' ELSE 'voucher' END AS variant FROM source"
    )
    unit = shop(LINES, assignments={"source": "arms.csv", "query": query}, experiments=[WINBACK])
    with open_tables(unit) as tables:
        assert tables.assignments is not None
        assert sorted(tables.assignments.variant.to_pandas()) == ["none", "voucher"]


def test_strangers_may_have_outcomes_of_their_own(read: Read) -> None:
    """Where nothing is counted from transactions, nobody needs to be found in them."""
    named = [{**WINBACK, "metrics": {"own": "goal"}}]
    content = LOAD.format("1", "0").replace(",1,", ",K-1,").replace(",2,", ",K-2,")
    assert read(content, columns={"own": "x"}, experiments=named)["own"].tolist() == [1, 0]


def test_columns_of_customers_that_experiments_name_are_there(shop: Shop, home: Path) -> None:
    (home / "people.csv").write_text("customer_id,Region,Shop,Tier\n1,N,a,x\n2,S,b,y\n")
    (home / "arms.csv").write_text(TWO)
    unit = shop(
        LINES,
        customers={"source": "people.csv", "columns": {"tier": "Tier"}},
        assignments={"source": "arms.csv"},
        experiments=[{**WINBACK, "segments": ["Region", "tier", "cohort"]}],
        before_after=[{"name": "fee", "date": "2024-01-05", "treated": {"Shop": "a"}}],
    )
    with open_tables(unit) as tables:
        assert tables.customers is not None
        assert set(tables.customers.columns) == {"customer_id", "tier", "Region", "Shop"}


def test_simulated_assignments(shop: Shop) -> None:
    """As the simulator made them, whose tables are told apart by nobody but the engine."""
    made = simulate(400, dt.date(2023, 1, 1), 500, 3, True).assignments.to_pandas()
    name = made["experiment"].iloc[0]
    control = made.loc[made["experiment"] == name, "variant"].iloc[0]
    unit = shop(
        transactions={
            "source": "simulate",
            "simulate": {
                "customers": 400,
                "start": "2023-01-01",
                "days": 500,
                "seed": 3,
                "experiments": True,
            },
        },
        assignments={"source": "simulate", "columns": {"cluster": "cluster", "cost": "cost"}},
        experiments=[{"name": name, "control": control}],
    )
    with open_tables(unit) as tables:
        assert tables.assignments is not None
        found = tables.assignments.to_pandas()
    assert len(found) == len(made)
    counts = made.groupby(["experiment", "variant"]).size()
    assert found.groupby(["experiment", "variant"]).size().equals(counts)
    assert float(found["cost"].astype(float).sum()) == pytest.approx(float(made["cost"].astype(float).sum()))
