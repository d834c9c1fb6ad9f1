"""The face for analysts: results once, reasons carried along, customers to rank and to filter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE, buys, purchases_of
from test_clv_views import AS_OF, ROWS, WINDOW

from keepbook import clv
from keepbook.clv.analysis import ClvAnalysis
from keepbook.errors import KeepbookError, NotEnoughData
from keepbook.page.elements import Chart, Table
from keepbook.results import is_missing

UNIT: Any = SimpleNamespace(
    unit="shop", currency="EUR", alpha=0.05, simulated=False, cohort_period="month", prior=None, seed=1,
    time_unit="day", model="mbg_nbd", value_months=6, discount_rate=0.1, margin=0.4,
)  # fmt: skip
PARTS = [
    name
    for name, part in vars(ClvAnalysis).items()
    if not name.startswith("_") and hasattr(part, "measure") and name != "customers"
]


def analysis(rows: list[Any], name: str, customers: pd.DataFrame | None = None) -> ClvAnalysis:
    if customers is not None:
        ENGINE.con.register("rows", pa.Table.from_pandas(customers))
        ENGINE.raw_sql(f"CREATE OR REPLACE TABLE {name}_customers AS SELECT * FROM rows")
    tables: Any = SimpleNamespace(
        purchases=purchases_of(rows, name),
        window=WINDOW,
        customers=None if customers is None else ENGINE.table(f"{name}_customers"),
        costs=None,
    )
    return ClvAnalysis(UNIT, tables)


@pytest.fixture(scope="module")
def shop() -> ClvAnalysis:
    ids = sorted({row[0] for row in ROWS})
    regions = ["north" if int(one[1:]) % 3 else "south" for one in ids]
    return analysis(ROWS, "face", pd.DataFrame({"customer_id": ids, "region": regions, "decile": "own"}))


def test_every_part_of_the_page_is_there_or_says_why(shop: ClvAnalysis) -> None:
    absent = {name for name in PARTS if is_missing(getattr(shop, name))}
    assert absent == {"cost_table"}
    assert "needs the table `costs`" in str(shop.cost_table)
    for name in PARTS:
        part = getattr(shop, name)
        if isinstance(part, Chart | Table):
            assert part.html()


def test_what_adds_up(shop: ClvAnalysis) -> None:
    for name in ("values_add_up", "customers_add_up", "cohorts_add_up", "spend_adds_up"):
        identity = getattr(shop, name)
        assert identity.left == pytest.approx(identity.right, rel=1e-9)


def test_one_stop_is_the_reason_of_everything(tmp_path: Path) -> None:
    once = analysis([row for n in range(600) for row in buys(f"c{n}", "2023-02-01")], "face_once")
    for name in set(PARTS) - {"findings", "tiles", "checks_table"}:
        assert "Not shown: the data cannot carry it (Repeat buyers, Differences)." in str(getattr(once, name))
    assert once.findings[0].startswith("What 600 customers will bring cannot be said yet")
    assert once.tiles == []
    assert any(check.stops for check in once.checks) and once.checks_table.frame.shape[0] == len(once.checks)
    with pytest.raises(NotEnoughData, match="the data cannot carry it"):
        once.alive_path("c1")


def test_scores_carry_the_columns_of_the_customers_table(shop: ClvAnalysis) -> None:
    """A column that both have is the scores' own; without a customers table the scores stand alone."""
    joined = clv.with_attributes(shop.scores, shop.tables.customers).to_pandas()
    assert len(joined) == shop.base.customers
    assert set(joined["region"]) == {"north", "south"}
    assert joined["decile"].between(1, 10).all()
    assert list(clv.with_attributes(shop.scores, None).columns) == list(shop.scores.columns)


def test_customers_are_ranked_filtered_and_saved(shop: ClvAnalysis, tmp_path: Path) -> None:
    by_hand = clv.with_attributes(shop.scores, shop.tables.customers).to_pandas()
    north = by_hand[by_hand["region"] == "north"].sort_values("clv", ascending=False)
    top = shop.customers.top(20, region="north").to_pandas()
    assert list(top["customer_id"]) == list(north["customer_id"])[:20]
    saved = shop.customers.filter(p_alive={"to": 0.3}).to_csv(tmp_path / "win_back.csv")
    rows = pd.read_csv(saved or tmp_path / "win_back.csv")
    assert set(rows["customer_id"]) == set(by_hand.loc[by_hand["p_alive"] <= 0.3, "customer_id"])


def test_p_alive_of_one_customer_is_drawn(shop: ClvAnalysis) -> None:
    first = shop.scores.order_by(ibis.desc("clv")).limit(1).to_pandas().iloc[0]
    chart = shop.alive_path(first.customer_id)
    assert chart.data["p_alive"].iloc[-1] == pytest.approx(first.p_alive)
    assert chart.data["date"].iloc[-1].date() == AS_OF == dt.date(2024, 6, 30)
    with pytest.raises(KeepbookError, match="There is no customer 'nobody'"):
        shop.alive_path("nobody")


def test_it_says_what_it_is(shop: ClvAnalysis) -> None:
    assert repr(shop) == "keepbook.clv of shop"
