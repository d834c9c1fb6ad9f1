"""Tables of experiments: assignments, ready outcomes and totals, as they are read and what is refused."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from keepbook.errors import DataError
from keepbook.params import Unit
from keepbook.simulate import simulate
from keepbook.tables import Tables, fingerprint, open_tables

Shop = Callable[..., Unit]
LINES = "customer_id,date,amount\n1,2024-01-01,5\n2,2024-02-01,5\n"
HEAD = "experiment,customer_id,variant,assigned_at\n"
WINBACK = {"name": "winback", "control": "none"}
TWO = HEAD + "winback,1,none,2024-01-03\nwinback,2,voucher,2024-01-04\n"


def unit_of(shop: Shop, home: Path, content: str | bytes, name: str = "arms.csv", **settings: Any) -> Unit:
    (home / name).write_bytes(content.encode() if isinstance(content, str) else content)
    keys = {key: settings.pop(key) for key in ("columns", "where", "exclude", "timezone") if key in settings}
    lines = settings.pop("lines", LINES)
    experiments = settings.pop("experiments", [WINBACK])
    zone = {"timezone": settings.pop("unit_zone")} if "unit_zone" in settings else {}
    return shop(lines, assignments={"source": name, **keys}, experiments=experiments, **zone, **settings)


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
def refused(shop: Shop, home: Path) -> Callable[..., str]:
    """`refused(content, **settings)`: what is told instead."""

    def message(content: str | bytes, **settings: Any) -> str:
        with pytest.raises(DataError) as error, open_tables(unit_of(shop, home, content, **settings)):
            pass
        return str(error.value)

    return message


@pytest.fixture
def stated(shop: Shop, home: Path) -> Callable[..., list[str]]:
    """`stated(content, **settings)`: how the table was read."""

    def sentences(content: str | bytes, **settings: Any) -> list[str]:
        with open_tables(unit_of(shop, home, content, **settings)) as tables:
            said = [line for line in tables.stated if line.startswith("assignments: ")]
        return [line.removeprefix("assignments: ") for line in said]

    return sentences


Read = Callable[..., pd.DataFrame]
Refused = Callable[..., str]
Stated = Callable[..., list[str]]


def told(what: str, expected: str, do: str, table: str = "assignments") -> str:
    return f"{what}\n  where:    params/shop.yaml, {table}\n  expected: {expected}\n  do:       {do}"


# ── assignments ─────────────────────────────────────────────────────────────────────────────────────────


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
            "row 200 'X9'." in tables.stated
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


LOAD = TWO.replace("_at\n", "_at,x\n").replace("03\n", "03,{}\n").replace("04\n", "04,{}\n")
MEND = "Correct them, or leave such lines out with `where:`."
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a cost that is none": (
        LOAD.format("much", "1.50"),
        {"columns": {"cost": "x"}},
        told("Numbers in 'x' cannot be read: row 1 'much'.", "a number, or blank where none is known", MEND),
    ),
    "a cost below zero": (
        LOAD.format("1.50", "-0.01"),
        {"columns": {"cost": "x"}},
        told("Numbers in 'x' are below zero: row 2 '-0.01'.", "what it cost, from 0", MEND),
    ),
    "an outcome that is none": (
        LOAD.format("yes", "1"),
        {"columns": {"own": "x"}},
        told("Numbers in 'x' cannot be read: row 1 'yes'.", "a number, or blank where none is known", MEND),
    ),
    "an endless outcome": (
        LOAD.format("1", "inf"),
        {"columns": {"own": "x"}},
        told("Numbers in 'x' cannot be read: row 2 'inf'.", "a number, or blank where none is known", MEND),
    ),
    "a day of exposure that is none": (
        LOAD.format("2024-01-05", "soon"),
        {"columns": {"exposed_at": "x"}},
        told(
            "Days in 'x' cannot be read: row 2 'soon'.",
            "a day, or blank where the customer never met the treatment",
            MEND,
        ),
    ),
    "a column that is not there": (
        TWO,
        {"columns": {"cost": "Cost"}},
        told(
            "The source lacks the column 'Cost' for cost.",
            "one of the columns there are: 'experiment', 'customer_id', 'variant', 'assigned_at'",
            "Map it under `columns:` in the unit file.",
        ),
    ),
    "no line": (
        HEAD + ",,,\n",
        {},
        told(
            "No line of the table can be used: 1 of 1 lines left out, without an experiment: row 1 blank.",
            "lines with an experiment, a customer, an arm and a readable day",
            "Check `columns:` and `where:` of the table in the unit file.",
        ),
    ),
    "another experiment": (
        TWO.replace("winback", "win_back"),
        {},
        told(
            "The assignments table holds no line of the experiment 'winback'.",
            "one of the experiments there are: 'win_back' (2 lines)",
            "Did you mean 'win_back'? Write the same name in both, or bring those of the table into one form "
            "with a `query:`.",
        ),
    ),
    "an experiment whose lines are of no use": (
        TWO + "banner,1,a,\nbanner,2,,2024-01-04\nbanner,3,b,\n",
        {"experiments": [{"name": "banner", "control": "a"}]},
        told(
            "No line of the experiment 'banner' can be used; left out are those without a readable day (2), "
            "without an arm (1).",
            "lines with an experiment, a customer, an arm and a readable day",
            "Correct them, or remove the experiment from the unit file.",
        ),
    ),
    "an arm that split does not name": (
        TWO + "winback,3,vouchr,2024-01-04\n",
        {"experiments": [{**WINBACK, "split": {"none": 1, "voucher": 1}}]},
        told(
            "'vouchr' (1 line) is an arm of the experiment 'winback' that `split` does not name.",
            "one of 'none', 'voucher'",
            "Did you mean 'voucher'? Name it in `split` and say its weight, or correct it in the table; "
            "`where:` leaves lines out.",
        ),
    ),
    "an arm of split without a line": (
        TWO,
        {"experiments": [{**WINBACK, "split": {"none": 1, "voucher": 1, "call": 1}}]},
        told(
            "No line is in the arm 'call' of the experiment 'winback', which `split` names.",
            "one of the arms there are: 'none' (1 line), 'voucher' (1 line)",
            "Correct `split`, or the arms in the table.",
        ),
    ),
    "a control that is not there": (
        TWO,
        {"experiments": [{**WINBACK, "control": "None"}]},
        told(
            "No line is in the arm 'None' of the experiment 'winback', which `control` names.",
            "one of the arms there are: 'none' (1 line), 'voucher' (1 line)",
            "Did you mean 'none'? Correct `control`, or the arms in the table.",
        ),
    ),
    "a cost of an arm that is not there": (
        TWO,
        {"experiments": [{**WINBACK, "cost": {"vouchers": 1}}]},
        told(
            "No line is in the arm 'vouchers' of the experiment 'winback', which `cost` names.",
            "one of the arms there are: 'none' (1 line), 'voucher' (1 line)",
            "Did you mean 'voucher'? Correct `cost`, or the arms in the table.",
        ),
    ),
    "one arm": (
        TWO.replace("voucher", "none"),
        {},
        told(
            "All lines of the experiment 'winback' are in the arm 'none'.",
            "a second arm to compare it with",
            "Check `where:` and what `variant` is mapped to under `columns:`.",
        ),
    ),
    "customers for arms": (
        HEAD + "".join(f"winback,{i},c{i:03},2024-01-03\n" for i in range(60)),
        {"experiments": [{**WINBACK, "control": "c000"}]},
        told(
            "The table holds more than 50 arms of the experiment 'winback', such as 'c000'.",
            "a few arms, such as control and voucher",
            "Check what `variant` is mapped to under `columns:`.",
        ),
    ),
    "strangers": (
        TWO.replace(",1,", ",K-1,").replace(",2,", ",K-2,"),
        {},
        told(
            "No customer of the assignments has bought: 'K-1' there, '1' in transactions.",
            "customer numbers written alike in both tables",
            "Check `columns:` of both tables, or bring the numbers into one form with a `query:`.",
        ),
    ),
    "days that can be read in two ways": (
        TWO.replace("2024-01-03", "03/04/2024").replace("2024-01-04", "05/06/2024"),
        {},
        told(
            "Days in 'assigned_at' can be read with the day or the month first: row 1 '03/04/2024' and row 2 "
            "'05/06/2024'.",
            "one order that the days themselves prove, or that the unit file names",
            "Add `date_format: dmy` (day first) or `date_format: mdy` (month first) to the source.",
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_assignments_is_told(refused: Refused, case: str) -> None:
    content, settings, message = REFUSED[case]
    assert refused(content, **settings) == message


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
        changes=[{"name": "fee", "date": "2024-01-05", "treated": {"Shop": "a"}}],
    )
    with open_tables(unit) as tables:
        assert tables.customers is not None
        assert set(tables.customers.columns) == {"customer_id", "tier", "Region", "Shop"}


# ── outcomes and totals ─────────────────────────────────────────────────────────────────────────────────


def ready(shop: Shop, kind: str, keys: dict[str, Any], metrics: dict[str, Any], **more: Any) -> Unit:
    return shop(
        LINES, experiments=[{"name": "mail", "control": "none", "metrics": metrics, kind: keys, **more}]
    )


def test_hillstrom(shop: Shop, shared_data: Path) -> None:
    """Counts and sums as published for the e-mail test of 64,000 customers."""
    names = {"variant": "segment", **{name: name for name in ("visit", "conversion", "spend")}}
    source = {"source": str(shared_data / "hillstrom.parquet"), "columns": names}
    metrics = {"visit": "goal", "conversion": "goal", "spend": "goal"}
    with open_tables(ready(shop, "outcomes", source, metrics, control="No E-Mail")) as tables:
        each = tables.outcomes["mail"]
        assert {
            name: str(kind) for name, kind in each.schema().items() if name != "variant"
        } == dict.fromkeys(metrics, "float64")
        sums = {name: each[name].sum() for name in metrics}
        found = each.group_by("variant").agg(n=each.count(), **sums).to_pandas().set_index("variant")
        assert "outcomes of mail: 64,000 customers in 3 arms." in tables.stated
        assert tables.assignments is None
    assert found.loc["No E-Mail"].tolist() == pytest.approx([21_306, 2_262, 122, 13_908.33])
    assert found.loc["Mens E-Mail"].tolist() == pytest.approx([21_307, 3_894, 267, 30_311.69])
    assert found.loc["Womens E-Mail"].tolist() == pytest.approx([21_387, 3_238, 189, 23_038.11])


def test_outcomes_are_missing_where_blank(shop: Shop, home: Path) -> None:
    (home / "o.csv").write_text("variant,spend\nnone,1.5\nmail,\n,7\nmail,2\n")
    source = {"source": "o.csv", "columns": {"spend": "spend"}}
    with open_tables(ready(shop, "outcomes", source, {"spend": "goal"})) as tables:
        found = tables.outcomes["mail"].to_pandas().sort_values(["variant", "spend"])
        assert found["spend"].fillna(-1).tolist() == [2, -1, 1.5]
        assert "outcomes of mail: 1 of 4 lines left out, without an arm: row 3 blank." in tables.stated


def test_outcomes_in_a_database(shop: Shop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name under which an experiment's source is known holds blanks, which SQL must survive."""
    with sqlite3.connect(home / "marketing-db-77.sqlite") as database:
        database.execute("CREATE TABLE mails (arm TEXT, eur REAL)")
        database.executemany("INSERT INTO mails VALUES (?, ?)", [("none", 1), ("mail", 2), ("mail", 4)])
    monkeypatch.setenv("MARKETING", "marketing-db-77")
    source = {"source": "sqlite://${MARKETING}.sqlite", "columns": {"variant": "arm", "spend": "eur"}}
    for keys in ({"table": "mails"}, {"query": "SELECT * FROM mails WHERE eur > 0"}):
        unit = ready(shop, "outcomes", {**source, **keys}, {"spend": "goal"})
        with open_tables(unit) as tables:
            assert tables.outcomes["mail"].spend.sum().to_pandas() == 7
            assert tables.fingerprint is None
    unit = ready(shop, "outcomes", {**source, "table": "mail"}, {"spend": "goal"})
    with pytest.raises(DataError) as error, open_tables(unit):
        pass
    assert "marketing-db-77" not in str(error.value)
    assert error.value.where is not None
    assert error.value.where.startswith("params/shop.yaml, outcomes of mail")


def test_outcomes_by_a_query(shop: Shop, home: Path) -> None:
    (home / "o.csv").write_text("variant,spend\nnone,1\nmail,2\nmail,3\n")
    query = "SELECT variant, spend::double * 2 AS spend FROM source"
    source = {"source": "o.csv", "query": query, "columns": {"spend": "spend"}}
    with open_tables(ready(shop, "outcomes", source, {"spend": "goal"})) as tables:
        assert tables.outcomes["mail"].spend.sum().to_pandas() == 12
    source["query"] = "SELECT x FROM source"
    with pytest.raises(DataError, match="The `query` of 'outcomes of mail' is wrong"):
        open_tables(ready(shop, "outcomes", source, {"spend": "goal"})).__enter__()


WHERE = "outcomes of mail"
OUTCOMES = {
    "variant,spend\nnone,1\nmail,much\n": told(
        "Numbers in 'spend' cannot be read: row 2 'much'.",
        "a number, or blank where none is known",
        MEND,
        WHERE,
    ),
    "variant,spend\nnone,1\nNone,2\n": told(
        "'None' (1 line) is an arm of the experiment 'mail' that `split` does not name.",
        "one of 'none', 'mail'",
        "Did you mean 'none'? Name it in `split` and say its weight, or correct it in the table; `where:` "
        "leaves lines out.",
        WHERE,
    ),
    "variant,spend\n,1\n": told(
        "No line of the table can be used: 1 of 1 lines left out, without an arm: row 1 blank.",
        "lines with an arm",
        "Check `columns:` and `where:` of the table in the unit file.",
        WHERE,
    ),
    "segment,spend\nnone,1\n": told(
        "The source lacks the column 'variant' for variant.",
        "one of the columns there are: 'segment', 'spend'",
        "Map it under `columns:` in the unit file.",
        WHERE,
    ),
}


@pytest.mark.parametrize("content", OUTCOMES)
def test_what_cannot_be_outcomes_is_told(shop: Shop, home: Path, content: str) -> None:
    (home / "o.csv").write_text(content)
    source = {"source": "o.csv", "columns": {"spend": "spend"}}
    unit = ready(shop, "outcomes", source, {"spend": "goal"}, split={"none": 1, "mail": 1})
    with pytest.raises(DataError) as error, open_tables(unit):
        pass
    assert str(error.value) == OUTCOMES[content]


SUMS = "variant,metric,n,sum,sum_squares\n"
GROWTHBOOK = SUMS + "none,revenue,3407,1396.87,52377.9767\nmail,revenue,3461,2422.7,134698.29\n"


def totals(shop: Shop, home: Path, content: str, **keys: Any) -> Tables:
    (home / "t.csv").write_text(content)
    with open_tables(ready(shop, "totals", {"source": "t.csv", **keys}, {"revenue": "goal"})) as tables:
        return tables


def test_totals(shop: Shop, home: Path) -> None:
    """Built-in names are welcome: they are names of lines here."""
    tables = totals(shop, home, GROWTHBOOK + "mail,visits,3461,20,20\n,,1,1,1\n")
    found = tables.totals["mail"]
    assert list(found.columns) == ["variant", "metric", "n", "sum", "sum_squares"]
    assert found.to_numpy().tolist() == [
        ["mail", "revenue", 3461, 2422.7, 134698.29],
        ["mail", "visits", 3461, 20, 20],
        ["none", "revenue", 3407, 1396.87, 52377.9767],
    ]
    assert (str(found["n"].dtype), str(found["sum"].dtype)) == ("int64", "float64")
    assert "totals of mail: 1 of 4 lines left out, without an arm: row 4 blank." in tables.stated


TOTALS = {
    SUMS + "none,revenue,3,3,3\nmail,revenue,3,,3\n": told(
        "The total of 'revenue' in the arm 'mail' lacks a number.",
        "n, sum and sum_squares in every line",
        "Correct it in the table.",
        "totals of mail",
    ),
    SUMS + "none,revenue,0,0,0\nmail,revenue,3,3,3\n": told(
        "The total of 'revenue' in the arm 'none' has an n that is no number of customers.",
        "a whole number from 1",
        "Correct it in the table.",
        "totals of mail",
    ),
    SUMS + "none,revenue,2.5,0,0\nmail,revenue,3,3,3\n": told(
        "The total of 'revenue' in the arm 'none' has an n that is no number of customers.",
        "a whole number from 1",
        "Correct it in the table.",
        "totals of mail",
    ),
    SUMS + "none,revenue,4,8,15.9\nmail,revenue,3,3,3\n": told(
        "The total of 'revenue' in the arm 'none' has a sum of squares that is too small for its sum.",
        "the sum of the squares of all values, not the square of their sum or a variance",
        "Correct it in the table.",
        "totals of mail",
    ),
    SUMS + "none,revenue,4,8,16\nmail,revenue,3,3,3\nnone,revenue,4,8,16\n": told(
        "The total of 'revenue' in the arm 'none' is given twice.",
        "one line per variant and metric",
        "Add the lines up by variant and metric with a `query:`.",
        "totals of mail",
    ),
    SUMS + "none,revenue,4,8,16\nmail,visits,3,3,3\n": told(
        "There is no total of the metric 'revenue' in the arm 'mail'.",
        "a line for every arm and every metric of the experiment",
        "Add it, or correct `metrics`: those there are: revenue, visits.",
        "totals of mail",
    ),
    SUMS + "none,Revenue,4,8,16\nmail,Revenue,3,3,3\n": told(
        "There is no total of the metric 'revenue' in the arm 'mail'.",
        "a line for every arm and every metric of the experiment",
        "Did you mean 'Revenue'? Add it, or correct `metrics`: those there are: Revenue.",
        "totals of mail",
    ),
    SUMS + "none,revenue,4,8,16\n": told(
        "All lines of the experiment 'mail' are in the arm 'none'.",
        "a second arm to compare it with",
        "Check `where:` and what `variant` is mapped to under `columns:`.",
        "totals of mail",
    ),
    SUMS + "none,revenue,four,8,16\nmail,revenue,3,3,3\n": told(
        "Numbers in 'n' cannot be read: row 1 'four'.",
        "a number, or blank where none is known",
        MEND,
        "totals of mail",
    ),
    "variant,metric,n,sum\nnone,revenue,4,8\n": told(
        "The source lacks the column 'sum_squares' for sum_squares.",
        "one of the columns there are: 'variant', 'metric', 'n', 'sum'",
        "Map it under `columns:` in the unit file.",
        "totals of mail",
    ),
}


@pytest.mark.parametrize("content", TOTALS)
def test_what_cannot_be_totals_is_told(shop: Shop, home: Path, content: str) -> None:
    with pytest.raises(DataError) as error:
        totals(shop, home, content)
    assert str(error.value) == TOTALS[content]


def test_many_lines_are_no_totals(shop: Shop, home: Path) -> None:
    with pytest.raises(DataError, match="more than 10,000 lines"):
        totals(shop, home, SUMS + "none,revenue,4,8,16\n" * 10_001)


# ── simulated ───────────────────────────────────────────────────────────────────────────────────────────


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
