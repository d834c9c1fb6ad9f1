"""The costs table: however it is written, one row per period and channel; what cannot be read is told."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from keepbook.errors import DataError
from keepbook.reading.locate import fingerprint
from keepbook.simulate import PRICES, simulate
from keepbook.tables import open_tables
from keepbook.unit import Unit, load_unit

Shop = Callable[..., Unit]
LINES = "customer_id,date,amount\na,2024-01-01,5\nb,2024-02-01,5\n"
COLUMNS = ["period", "last_day", "channel", "marketing_cost", "sales_cost", "servicing_cost", "leads"]
DO = "Correct them, or leave lines out that are no costs, such as totals, with `where:`."
MONTH = "a day, a month such as 2024-01, or a quarter such as 2024-Q1"
SPENT = "what was spent, as a number from 0"


def unit_of(shop: Shop, home: Path, content: str | bytes, name: str = "costs.csv", **keys: Any) -> Unit:
    (home / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return shop(LINES, costs={"source": name, **keys})


@pytest.fixture
def read(shop: Shop, home: Path) -> Callable[..., pd.DataFrame]:
    """`read(content, **keys)`: the costs of a unit whose costs are this file."""

    def costs(content: str | bytes, name: str = "costs.csv", **keys: Any) -> pd.DataFrame:
        with open_tables(unit_of(shop, home, content, name, **keys)) as tables:
            assert tables.costs is not None
            assert list(tables.costs.columns) == COLUMNS
            return tables.costs

    return costs


@pytest.fixture
def refused(shop: Shop, home: Path) -> Callable[..., str]:
    """`refused(content, **keys)`: what is told instead."""

    def message(content: str | bytes, **keys: Any) -> str:
        with pytest.raises(DataError) as error, open_tables(unit_of(shop, home, content, **keys)):
            pass
        return str(error.value)

    return message


Read = Callable[..., pd.DataFrame]
Refused = Callable[..., str]


def told(what: str, expected: str, do: str = DO) -> str:
    return f"{what}\n  where:    params/shop.yaml, costs\n  expected: {expected}\n  do:       {do}"


def days(column: pd.Series) -> list[str]:
    assert column.dtype == "datetime64[s]"
    return list(column.dt.strftime("%Y-%m-%d"))


# ── what is read ────────────────────────────────────────────────────────────────────────────────────────


def test_a_unit_without_costs_has_none(shop: Shop) -> None:
    with open_tables(shop(LINES)) as tables:
        assert tables.costs is None


def test_one_row_per_period_and_channel(read: Read) -> None:
    costs = read(
        "period,channel,marketing_cost,sales_cost,servicing_cost,leads\n"
        "2024-02, web ,20,2,1,7\n"
        "2024-01,web,10.50,1,0,5\n"
        "2024-01,,3,,,\n"
        "2024-01,app,4,0,9,0\n"
    )
    assert days(costs["period"]) == ["2024-01-01"] * 3 + ["2024-02-01"]
    assert days(costs["last_day"]) == ["2024-01-31"] * 3 + ["2024-02-29"]
    assert costs["channel"].fillna("none").tolist() == ["app", "web", "none", "web"]
    assert costs["channel"].isna().tolist() == [False, False, True, False]
    assert costs["marketing_cost"].tolist() == [4, 10.5, 3, 20]
    assert costs["sales_cost"].tolist() == [0, 1, 0, 2]
    assert costs["servicing_cost"].tolist() == [9, 0, 0, 1]
    assert costs["leads"].fillna(-1).tolist() == [0, 5, -1, 7]
    assert {str(costs[name].dtype) for name in COLUMNS[3:]} == {"float64"}


@pytest.mark.parametrize("cost", ["marketing_cost", "sales_cost", "servicing_cost"])
def test_one_column_of_costs_is_enough(read: Read, cost: str) -> None:
    costs = read("Month,Spent\n2024-01,10\n2024-02,20\n", columns={"period": "Month", cost: "Spent"})
    assert costs[cost].tolist() == [10, 20]
    others = {"marketing_cost", "sales_cost", "servicing_cost"} - {cost}
    assert not costs[list(others)].to_numpy().any()
    assert costs[["channel", "leads"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("january", "february"),
    [
        ("2024-01", "2024-02"),
        ("2024-1", "2024-2"),
        ("2024/01", "2024/02"),
        ("01/2024", "02/2024"),
        ("1.2024", "2.2024"),
        ("202401", "202402"),
        ("2024年1月", "2024年2月"),
        ("Jan 2024", "Feb 2024"),
        ("January 2024", "February 2024"),
        ("Jan-24", "Feb-24"),
        ("2024-01-01", "2024-02-01"),
        ("2024-01-31", "2024-02-29"),
        ("31.01.2024", "29.02.2024"),
        ("1/31/2024", "2/29/2024"),
        ("20240115", "20240203"),
        ("2024-01-01 00:00:00", "2024-02-01 00:00:00"),
        ("31 Jan 2024", "29 Feb 2024"),
        ("45292", "45323"),
    ],
)
def test_months_however_they_are_written(read: Read, january: str, february: str) -> None:
    costs = read(f"period,marketing_cost\n{january},10\n{february},20\n")
    assert days(costs["period"]) == ["2024-01-01", "2024-02-01"]
    assert days(costs["last_day"]) == ["2024-01-31", "2024-02-29"]
    assert costs["marketing_cost"].tolist() == [10, 20]


@pytest.mark.parametrize(
    "periods",
    [
        ["2024-Q1", "2024-Q2", "2025-Q1"],
        ["2024 Q1", "2024 Q2", "2025 Q1"],
        ["Q1 2024", "Q2 2024", "Q1 2025"],
        ["2024q1", "2024q2", "2025q1"],
        ["2024-01", "2024-04", "2025-01"],
        ["2024-03-31", "2024-06-30", "2025-03-31"],
    ],
)
def test_quarters(read: Read, periods: list[str]) -> None:
    costs = read("period,sales_cost\n" + "".join(f"{period},1\n" for period in periods))
    assert days(costs["period"]) == ["2024-01-01", "2024-04-01", "2025-01-01"]
    assert days(costs["last_day"]) == ["2024-03-31", "2024-06-30", "2025-03-31"]


@pytest.mark.parametrize(
    ("periods", "last_days"),
    [
        (["2024-01-05", "2024-01-12", "2024-01-26"], ["2024-01-11", "2024-01-18", "2024-02-01"]),
        (["2024-01-05", "2024-01-06", "2024-01-26"], ["2024-01-05", "2024-01-06", "2024-01-26"]),
        (["2024-05-20"], ["2024-05-31"]),
        (["2024-01-01", "2024-03-01", "2024-04-01"], ["2024-01-31", "2024-03-31", "2024-04-30"]),
    ],
    ids=["weeks", "days", "one month", "months with a gap"],
)
def test_periods_by_how_their_days_lie(read: Read, periods: list[str], last_days: list[str]) -> None:
    costs = read("period,sales_cost\n" + "".join(f"{period},1\n" for period in periods))
    assert days(costs["last_day"]) == last_days


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1250.5", 1250.5),
        ('"1,250.50"', 1250.5),
        ("€ 12.00", 12),
        ("1'250.00", 1250),
        ("0", 0),
        ("", 0),
        ("-", 0),
        ("n/a", 0),
    ],
)
def test_money_however_it_is_written(read: Read, written: str, meant: float) -> None:
    costs = read(f"period,marketing_cost\n2024-01,{written}\n2024-02,3.25\n")
    assert costs["marketing_cost"].tolist() == [meant, 3.25]


def test_a_file_of_a_german_spreadsheet(read: Read) -> None:
    content = "Monat;Werbung;Vertrieb;Kanal\n01.2024;1.250,50;10,00;Läden\n02.2024;0,99;10,00;Läden\n"
    names = {
        "period": "Monat",
        "marketing_cost": "Werbung",
        "sales_cost": "Vertrieb",
        "channel": "Kanal",
    }
    costs = read(content.encode("cp1252"), columns=names, encoding="cp1252")
    assert costs["marketing_cost"].tolist() == [1250.5, 0.99]
    assert costs["channel"].unique().tolist() == ["Läden"]


def test_a_file_of_a_chinese_desktop(read: Read) -> None:
    content = (
        "月份,渠道,市场费用,销售费用\n" + "2024年1月,抖音,1000,50\n2024年2月,微信小程序商城,2000,60\n" * 1
    )
    names = {"period": "月份", "channel": "渠道", "marketing_cost": "市场费用", "sales_cost": "销售费用"}
    costs = read(content.encode("gb18030"), columns=names, encoding="gb18030")
    assert days(costs["period"]) == ["2024-01-01", "2024-02-01"]
    assert costs["channel"].tolist() == ["抖音", "微信小程序商城"]


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_days_and_numbers_that_have_their_types(read: Read, tmp_path: Path, kind: str) -> None:
    frame = pd.DataFrame(
        {"period": pd.to_datetime(["2024-01-31", "2024-02-29"]), "sales_cost": [1.5, np.nan], "leads": [3, 4]}
    )
    path = tmp_path / f"made.{kind}"
    frame.to_excel(path, index=False) if kind == "xlsx" else frame.to_parquet(path)
    costs = read(path.read_bytes(), f"costs.{kind}")
    assert days(costs["period"]) == ["2024-01-01", "2024-02-01"]
    assert costs["sales_cost"].tolist() == [1.5, 0]
    assert costs["leads"].tolist() == [3, 4]


def test_whole_numbers_may_be_months(read: Read, tmp_path: Path) -> None:
    pd.DataFrame({"period": [202401, 202402], "sales_cost": [1, 2]}).to_parquet(tmp_path / "made.parquet")
    costs = read((tmp_path / "made.parquet").read_bytes(), "costs.parquet")
    assert days(costs["period"]) == ["2024-01-01", "2024-02-01"]


def test_lines_that_hold_nothing_are_no_lines(read: Read) -> None:
    costs = read("period,channel,sales_cost\n2024-01,web,1\n,,\n,web,\n2024-02,web,2\n")
    assert costs["sales_cost"].tolist() == [1, 2]


def test_totals_are_left_out_by_where(read: Read) -> None:
    content = "period,sales_cost\n2024-01,1\n2024-02,2\nTotal,3\n"
    costs = read(content, where={"period": {"not": "Total"}})
    assert costs["sales_cost"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "where",
    [
        {"from": dt.date(2024, 2, 1), "to": dt.date(2024, 3, 31)},
        ["2024-02", "2024-03"],
        [202402, 202403],
        {"not": {"like": "2024-01%"}},
        {"not": "2024-01"},
        {"not": ["01/2024", "2024-04"]},
    ],
    ids=str,
)
def test_periods_are_chosen_as_months_or_by_days(read: Read, where: Any) -> None:
    content = "period,sales_cost\n2024-01,1\n2024-02,2\n2024-03,3\n"
    assert read(content, where={"period": where})["sales_cost"].tolist() == [2, 3]


def test_several_lines_of_a_period_are_added_up_by_a_query(read: Read) -> None:
    content = "day,cost\n2024-01-03,1\n2024-01-20,2\n2024-02-01,4\n"
    query = (
        "SELECT strftime(CAST(day AS DATE), '%Y-%m') AS period, sum(cost::double) AS sales_cost "
        "FROM source GROUP BY 1"
    )
    assert read(content, query=query)["sales_cost"].tolist() == [3, 4]


def test_how_it_was_read_is_stated(shop: Shop, home: Path) -> None:
    content = "period;sales_cost\n31.01.2024;1,50\n29.02.2024;2,50\n"
    with open_tables(unit_of(shop, home, content)) as tables:
        stated = [str(one) for one in tables.stated if one.table == "costs"]
    assert "costs: period: day before month, such as '31.01.2024'." in stated
    assert stated[-1] == "costs: 2 months, 2024-01-01 to 2024-02-29."


def test_other_costs_are_other_data(shop: Shop, home: Path) -> None:
    unit = unit_of(shop, home, "period,sales_cost\n2024-01,1\n")
    before = fingerprint(unit)
    (home / "costs.csv").write_text("period,sales_cost\n2024-01,2\n")
    assert before != fingerprint(unit)


def test_segments_called_like_columns_of_costs_stay_text(shop: Shop) -> None:
    """03/04/2024 and 1,234 would be asked about if they were days or numbers."""
    customers = 'customer_id,period,leads\na,03/04/2024,"1,234"\nb,03/05/2024,"1,235"\n'
    with open_tables(shop(LINES, customers=customers)) as tables:
        assert tables.customers is not None
        found = tables.customers.order_by("customer_id").to_pandas()
    assert found["period"].tolist() == ["03/04/2024", "03/05/2024"]
    assert found["leads"].tolist() == ["1,234", "1,235"]


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────

REFUSED = {
    "period,sales_cost\n2024-01,5\n2024-02,-5\n": told(
        "Numbers in 'sales_cost' are below zero: row 2 '-5'.", SPENT
    ),
    "period,sales_cost\n2024-01,(5.00)\n2024-02,5.00\n": told(
        "Numbers in 'sales_cost' are below zero: row 1 '(5.00)'.", SPENT
    ),
    "period,sales_cost,leads\n2024-01,5,-1\n": told(
        "Numbers in 'leads' are below zero: row 1 '-1'.", "a count from 0"
    ),
    "period,sales_cost\n2024-01,5\n2024-02,much\n2024-03,more\n": told(
        "Numbers in 'sales_cost' cannot be read: row 2 'much', row 3 'more'.", SPENT
    ),
    "period,sales_cost\n2024-01,5\n,5\n2024-03,5\n": told(
        "Lines of costs have no period in 'period': row 2 blank.", MONTH
    ),
    "period,sales_cost\n2024-01,5\n2024-13,5\n": told(
        "Periods in 'period' cannot be read: row 2 '2024-13'.", MONTH
    ),
    "period,sales_cost\n2024-01,5\nTotal,5\n": told(
        "Periods in 'period' cannot be read: row 2 'Total'.", MONTH
    ),
    "period,channel,sales_cost\n2024-01,web,5\n2024-02,web,5\n2024-01, web,6\n": told(
        "Several lines give the costs of the month of 2024-01-01 and the channel 'web'.",
        "one line per period, or per period and channel",
        "Map `channel` if they are of different ones, or add them up with a `query:`.",
    ),
    "period,sales_cost\n2024-01-31,5\n2024-01-31,5\n": told(
        "Several lines give the costs of the month of 2024-01-01.",
        "one line per period, or per period and channel",
        "Map `channel` if they are of different ones, or add them up with a `query:`.",
    ),
    "month,sales_cost\n2024-01,5\n": told(
        "The source lacks the column 'period' for period.",
        "one of the columns there are: 'month', 'sales_cost'",
        "Map it under `columns:` in the unit file.",
    ),
    "period,channel,leads\n2024-01,web,5\n": told(
        "The costs table has no column of costs.",
        "at least one of marketing_cost, sales_cost, servicing_cost",
        "Map one under `columns:` in the unit file.",
    ),
    "period,sales_cost\n,\n": told(
        "The costs table holds no line.",
        "a line per period, or per period and channel",
        "Check `source:` and `where:` of costs, or remove the key costs.",
    ),
    "period,sales_cost\n03/04/2024,5\n05/06/2024,5\n": told(
        "Days in 'period' can be read with the day or the month first: row 1 '03/04/2024' and row 2 "
        "'05/06/2024'.",
        "one order that the days themselves prove, or that the unit file names",
        "Add `date_format: dmy` (day first) or `date_format: mdy` (month first) to the source.",
    ),
}


@pytest.mark.parametrize("content", REFUSED, ids=lambda content: content.splitlines()[-1])
def test_what_cannot_be_costs_is_told(refused: Refused, content: str) -> None:
    assert refused(content) == REFUSED[content]


def test_a_mapped_column_must_be_there(refused: Refused) -> None:
    content = "period,sales_cost\n2024-01,5\n"
    assert refused(content, columns={"marketing_cost": "Ads"}) == told(
        "The source lacks the column 'Ads' for marketing_cost.",
        "one of the columns there are: 'period', 'sales_cost'",
        "Map it under `columns:` in the unit file.",
    )


def test_another_currency_is_told(shop: Shop, home: Path) -> None:
    (home / "costs.csv").write_text("period,sales_cost\n2024-01,€5.00\n2024-02,€6.00\n", encoding="utf-8")
    unit = shop(LINES, currency="USD", costs={"source": "costs.csv"})
    with pytest.raises(DataError, match="EUR") as error, open_tables(unit):
        pass
    assert error.value.where == "params/shop.yaml, costs"


# ── simulated costs ─────────────────────────────────────────────────────────────────────────────────────


def test_costs_left_the_rest_of_the_simulation_as_it_was() -> None:
    """Hashes of the rows that the simulator made before it made costs."""
    made = simulate(4000, dt.date(2023, 1, 1), 731, seed=1)
    marks = [
        hashlib.sha256(table.to_pandas().to_csv(index=False).encode()).hexdigest()[:16]
        for table in (made.transactions, made.customers)
    ]
    assert marks == ["1be63a12e68adfff", "eb3bc88ec1c955e8"]


def test_simulated_costs_are_their_prices_times_customers_and_orders() -> None:
    """Counted anew from the rows: over many customers the noise of a month averages out."""
    made = simulate(60_000, dt.date(2023, 1, 15), 700, seed=3)
    costs, rows = made.costs.to_pandas(), made.transactions.to_pandas().drop_duplicates()
    rows = rows.dropna(subset="customer_id")
    paid = rows.groupby("order_id")["amount"].agg(["sum", "max"])
    rows = rows[
        rows["order_id"].isin(paid.index[(paid["sum"] > 0.005) & (paid["max"] > 0)]) & (rows["amount"] > 0)
    ]
    first = rows.sort_values(["date", "order_id"], kind="stable").drop_duplicates("customer_id")
    won, bought = first.groupby("channel").size(), rows.groupby("channel").size()
    assert won.sum() == 60_000
    assert costs["period"].min() == dt.date(2023, 1, 1)
    assert len(costs) == 24 * 3
    total = costs.drop(columns="period").groupby("channel").sum()
    for channel, price in PRICES.items():
        # 24 months with a noise of 10 % each leave 2 %; more, as late months weigh more. Three of those.
        assert total.loc[channel, "marketing_cost"] / won[channel] == pytest.approx(
            price.marketing_cost, rel=0.08
        )
        assert total.loc[channel, "sales_cost"] / won[channel] == pytest.approx(price.sales_cost, rel=0.08)
        assert total.loc[channel, "servicing_cost"] / bought[channel] == pytest.approx(
            price.servicing_cost, rel=0.08
        )
        assert total.loc[channel, "leads"] / won[channel] == pytest.approx(price.leads, rel=0.03)


def test_simulated_costs_are_seeded() -> None:
    one, same, other = (simulate(300, dt.date(2024, 1, 1), 90, seed).costs for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)
    assert isinstance(one, pa.Table)


def test_the_demo_has_costs() -> None:
    unit = load_unit("demo", Path(__file__).parents[1])
    with open_tables(unit) as tables:
        assert tables.costs is not None
        assert len(tables.costs) == 24 * len(PRICES)
        assert set(tables.costs["channel"]) == set(PRICES)
        assert tables.costs["leads"].notna().all()
