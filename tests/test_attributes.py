"""What orders and customers carry: by hand, by brute force, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_data import Shop
from unit_files import SIMULATED, load, message, told

from keepbook.cohorts import retention_by
from keepbook.errors import DataError
from keepbook.experiments.segments import NEVER, SEGMENT, with_segment
from keepbook.reading.conditions import meets
from keepbook.tables import open_tables
from keepbook.unit import Unit

BY_HAND = """customer_id,date,amount,order_id,channel,discount
ann,2024-01-05,10,9,web,no
ann,2024-01-05,20,10,app,SUMMER
ann,2024-02-01,5,11,store,
bob,2024-01-07,8,12, ,A + B
bob,2024-01-07,-8,12,web,A + B
bob,2024-03-01,3,13,web,
eve,2024-01-09,4,14,,no
eve,2024-01-10,4,15,app,no
eve,2024-01-10,4,15,app,no
fay,2024-01-11,-4,16,store,no
"""


def carried(unit: Unit) -> dict[str, tuple[Any, ...]]:
    """Customer → first and any of the channel, then of the discount; None where it is missing."""
    with open_tables(unit) as tables:
        assert tables.customers is not None
        frame = tables.customers.to_pandas()
    columns = ["first_channel", "any_channel", "first_discount", "any_discount"]
    rows = frame[columns].astype(object).where(frame[columns].notna(), None)
    return dict(zip(frame["customer_id"], map(tuple, rows.to_numpy().tolist()), strict=True))


def test_by_hand(shop: Shop) -> None:
    """Order 9 comes before 10, whatever letters say; bob's first order was returned, fay bought nothing."""
    found = carried(shop(BY_HAND, transactions={"attributes": ["discount"]}))
    assert found == {
        "ann": ("web", "app + store + web", "no", "SUMMER + no"),
        "bob": ("web", "web", None, None),
        "eve": (None, "app", "no", "no"),
    }


def test_the_first_value_of_the_first_day(shop: Shop) -> None:
    lines = (
        "customer_id,date,amount,order_id,channel\n"
        "a,2024-01-01,1,1,\na,2024-01-01,1,2,web\na,2024-01-01,1,2,app\n"  # order 1 says nothing
        "b,2024-01-01,1,,web\nb,2024-01-01,1,7,store\n"  # a number before none
    )
    with open_tables(shop(lines)) as tables:
        assert tables.customers is not None
        frame = tables.customers.order_by("customer_id").to_pandas()
    assert frame["first_channel"].tolist() == ["app", "store"]


def test_without_attributes_there_are_none(shop: Shop) -> None:
    with open_tables(shop("customer_id,date,amount\na,2024-01-01,1\n")) as tables:
        assert tables.attributes is None and tables.customers is None


def test_money_and_truth_are_text(shop: Shop) -> None:
    lines = "customer_id,date,amount,rebate,is_gift\na,2024-01-01,1,2.50,true\n"
    with open_tables(
        shop(lines, transactions={"attributes": {"off": "rebate", "gift": "is_gift"}})
    ) as tables:
        assert tables.customers is not None
        row = tables.customers.to_pandas().iloc[0]
    assert (row["first_off"], row["first_gift"]) == ("2.50", "true")


def test_the_customers_table_is_joined_and_keeps_its_own_names(shop: Shop) -> None:
    unit = shop(
        BY_HAND,
        customers="customer_id,first_channel,Tier\nann,fair,gold\nzoe,fair,\n",
        retention_by="first_channel",
    )
    with open_tables(unit) as tables:
        assert tables.customers is not None
        frame = tables.customers.order_by("customer_id").to_pandas().set_index("customer_id")
    assert frame["first_channel"].tolist() == ["fair", "fair"]
    assert frame.loc["ann", "any_channel"] == "app + store + web" and pd.isna(frame.loc["zoe", "any_channel"])


def test_attributes_of_customers(shop: Shop, home: Path) -> None:
    (home / "who.csv").write_text("customer_id,Region\na,north\nb,\n")
    table = {"source": "who.csv", "attributes": {"region": "Region"}}
    with open_tables(shop("customer_id,date,amount\na,2024-01-01,1\n", customers=table)) as tables:
        assert tables.customers is not None
        frame = tables.customers.order_by("customer_id").to_pandas()
    assert list(frame.columns) == ["customer_id", "region"] and frame["customer_id"].tolist() == ["a", "b"]
    assert frame["region"].tolist()[0] == "north" and pd.isna(frame["region"].tolist()[1])


def test_retention_by_the_first_order(shop: Shop) -> None:
    """Two of web's three come back in February, none of the app's two."""
    first = [("a", "web"), ("b", "web"), ("c", "web"), ("d", "app"), ("e", "app")]
    lines = "customer_id,date,amount,channel\n" + "".join(f"{w},2024-01-05,1,{c}\n" for w, c in first)
    lines += "a,2024-02-01,1,app\nb,2024-02-01,1,app\na,2024-03-31,1,web\n"
    unit = shop(lines, retention_by="first_channel")
    with open_tables(unit) as tables:
        found = retention_by(tables.purchases, tables.customers, unit.retention_by, tables.window).curves
    after = found[found["period"] == 1].set_index("segment")
    assert after[["size", "active"]].to_dict("index") == {
        "web": {"size": 3, "active": 2},
        "app": {"size": 2, "active": 0},
    }


def test_experiments_know_only_orders_before_the_assignment(shop: Shop) -> None:
    """ann bought by web before, with the app on the day; bob only later; eve before, without a word."""
    lines = (
        "customer_id,date,amount,channel\nann,2024-01-05,1,web\nann,2024-02-01,1,app\n"
        "bob,2024-03-01,1,web\neve,2024-01-01,1,\neve,2024-03-02,1,app\n"
    )
    trial = {"name": "trial", "control": "none", "segments": ["first_channel", "any_channel"]}
    arms = "experiment,customer_id,variant,assigned_at\ntrial,ann,none,2024-02-01\n"
    with open_tables(shop(lines, assignments=arms, experiments=[trial]), experiments=False) as tables:
        each = tables.purchases.select("customer_id").distinct().mutate(assigned_on=dt.date(2024, 2, 1))
        made = {
            name: with_segment(each, name, tables).to_pandas() for name in ("first_channel", "any_channel")
        }
    for frame in made.values():
        found = frame.set_index("customer_id")[SEGMENT]
        assert found["ann"] == "web" and found["bob"] == NEVER and pd.isna(found["eve"])


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ("web", {"ann", "bob"}),
        (["store", "app"], {"ann", "eve"}),
        ({"not": "web"}, {"eve"}),
        ({"like": "sto%"}, {"ann"}),
    ],
)
def test_a_condition_on_any_order_means_one_of_them(shop: Shop, condition: Any, who: set[str]) -> None:
    with open_tables(shop(BY_HAND)) as tables:
        assert tables.customers is not None
        found = tables.customers.filter(meets(tables.customers, {"any_channel": condition}))
        assert set(found.to_pandas()["customer_id"]) == who


def test_a_value_that_holds_the_sign_between_values(shop: Shop) -> None:
    lines = "customer_id,date,amount,channel\na,2024-01-01,1,x + y\nb,2024-01-01,1,x\n"
    with open_tables(shop(lines)) as tables:
        assert tables.customers is not None
        for wanted, who in (("x + y", ["a"]), ("x", ["b"])):
            found = tables.customers.filter(meets(tables.customers, {"any_channel": wanted}))
            assert found.to_pandas()["customer_id"].tolist() == who


def test_two_hundred_values_are_no_fault(shop: Shop) -> None:
    lines = "customer_id,date,amount,coupon\n" + "".join(
        f"c{i % 9},2024-01-{1 + i % 28:02},1,k{i:03}\n" for i in range(200)
    )
    unit = shop(lines, transactions={"attributes": ["coupon"]}, retention_by="any_coupon")
    with open_tables(unit) as tables:
        assert tables.customers is not None
        joined = tables.customers.to_pandas()["any_coupon"].str.split(" + ", regex=False)
    assert sorted(joined.explode()) == [f"k{i:03}" for i in range(200)]


ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(1, 5),
        st.sampled_from([-3, 0, 2, 3]),
        st.sampled_from(["", "1", "2", "10"]),
        st.sampled_from(["", "x", "y", "z + z"]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, net=st.booleans())
def test_by_brute_force(rows: list[Any], net: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Orders by hand: what is cleaned away, which orders are none, and every customer in one segment."""
    rows = [*rows, ("zed", 1, 1, "99", "x")]  # somebody buys something
    home = tmp_path_factory.mktemp("home")
    (home / "params").mkdir()
    text = "".join(f"{w},2024-01-0{d},{m},{o},{v}\n" for w, d, m, o, v in rows)
    (home / "lines.csv").write_text("customer_id,date,amount,order_id,kind\n" + text)
    content = "unit: demo\ntransactions: {source: lines.csv, attributes: [kind]}\n"
    unit = load(home, content + f"returns: {'net' if net else 'gross'}\n")
    with open_tables(unit) as tables:
        assert tables.customers is not None
        frame = tables.customers.to_pandas().set_index("customer_id")
        buyers = tables.purchases.filter(tables.purchases.is_purchase).customer_id.nunique().to_pandas()
    once = [row for row in dict.fromkeys(rows) if row[2] != 0]
    orders = defaultdict(list)
    for row in once:
        if row[3]:
            orders[row[0], row[3]].append(row[2])
    void = {
        key for key, money in orders.items() if net and min(money) < 0 and sum(money) <= 0 and max(money) > 0
    }
    kept = [row for row in once if row[2] > 0 and (row[0], row[3]) not in void]
    assert len(frame) == buyers == len({row[0] for row in kept})
    for who in frame.index:
        own = [row for row in kept if row[0] == who]
        first = min(row[1] for row in own)
        values = [(len(row[3]) or 9, row[3], row[4]) for row in own if row[1] == first and row[4]]
        expected = (min(values)[2] if values else None, {row[4].replace(" + ", "+") for row in own if row[4]})
        made = frame.loc[who, "any_kind"]
        found = set() if pd.isna(made) else set(made.split(" + "))
        assert (
            None if pd.isna(frame.loc[who, "first_kind"]) else frame.loc[who, "first_kind"],
            found,
        ) == expected


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────

LINES = "unit: demo\ntransactions:\n  source: a.csv\n  attributes: "


@pytest.mark.parametrize(
    ("attributes", "error"),
    [
        (
            "{Amount: x}",
            told(
                "'Amount' is a column of its own: 'amount'.",
                ", line 4, transactions.attributes.Amount",
                do="Map it under columns, or give the attribute another name.",
            ),
        ),
        (
            "{a: x, A: y}",
            told(
                "'A' differs from 'a' in capital letters only.",
                ", line 4, transactions.attributes.A",
                do="Give it another name.",
            ),
        ),
        (
            "[code, code]",
            told("'code' is given twice.", ", line 4, transactions.attributes item 2", do="Keep one."),
        ),
        (
            "code",
            told(
                "'attributes' cannot be the text 'code'.",
                ", line 4, transactions.attributes",
                "a list of columns, or lines such as discount: DiscountCode",
            ),
        ),
    ],
)
def test_wrong_attributes(home: Path, attributes: str, error: str) -> None:
    assert message(home, f"{LINES}{attributes}\n") == error


def test_a_name_of_orders_that_customers_have(home: Path) -> None:
    text = f"{LINES}[code]\ncustomers: {{source: b.csv, columns: {{First_code: c}}}}\n"
    assert message(home, text) == told(
        "'First_code' is made of an attribute of transactions, and a column of customers too.",
        ", line 5, customers.columns.First_code",
        do="Give one of them another name.",
    )


def test_who_is_treated_is_known_on_the_day(home: Path) -> None:
    text = SIMULATED + "before_after:\n  - {name: a, date: 2024-01-01, treated: {any_channel: web}}\n"
    assert message(home, text) == told(
        "'any_channel' looks at all orders, those after the change too.",
        ", line 5, before_after item 1.treated.any_channel",
        do="Use first_channel, or a column of the customers table.",
    )
    assert load(home, text.replace("any_", "first_")).before_after


def test_other_tables_carry_none(home: Path) -> None:
    assert (
        "unknown key 'attributes'"
        in message(
            home, "unit: demo\ntransactions: {source: a.csv}\ncosts: {source: b.csv, attributes: [x]}\n"
        ).lower()
    )


@pytest.mark.parametrize("table", ["transactions", "customers"])
def test_a_column_that_is_not_there(shop: Shop, home: Path, table: str) -> None:
    lines = "customer_id,date,amount\na,2024-01-01,1\n"
    (home / "who.csv").write_text("customer_id,x\na,1\n")
    keys = {"attributes": ["code"]} | ({"source": "who.csv"} if table == "customers" else {})
    with pytest.raises(DataError) as error, open_tables(shop(lines, **{table: keys})):
        pass
    assert error.value.what == "The source lacks the column 'code' for the attribute code."
    assert error.value.do == "Correct it under `attributes:` in the unit file."
