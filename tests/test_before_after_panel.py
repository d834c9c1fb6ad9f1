"""Who takes part in a before/after comparison, and when: against pandas, and by hand on small tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from before_after_panels import DATE, averages, change, rows_of, tables, weeks
from hypothesis import given, settings
from hypothesis import strategies as st

from keepbook.before_after.panel import METRICS, panel_of
from keepbook.before_after.periods import edge, periods_of
from keepbook.errors import DataError, NotEnoughData
from keepbook.reading.conditions import meets
from keepbook.tables import Tables

# ─────────────────────────────────────────────────────────────────────────────────────────────────── when


GOLD = {"treated": {"tier": "gold"}}


def test_periods_count_from_the_date() -> None:
    found = periods_of(
        change(**GOLD, before=3, after=2, period="month", date=dt.date(2024, 1, 31)),
        dt.date(2023, 1, 1),
        dt.date(2024, 12, 31),
    )
    days = ["2023-10-31", "2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]
    assert [f"{day}" for day in found.edges] == days
    assert found.numbers.tolist() == [-3, -2, -1, 0, 1] and found.before == 3 and found.after == 2
    assert found.days.tolist() == [30, 31, 31, 29, 31]
    frame = found.frame()
    assert frame["is_after"].tolist() == [False] * 3 + [True] * 2
    assert frame["end"].iloc[2] == pd.Timestamp("2024-01-30")


@pytest.mark.parametrize(
    ("start", "as_of", "before", "after"),
    [
        ("2023-12-10", "2024-01-21", 3, 3),  # 2023-12-11 begins a day after the data; 2024-01-21 ends a week
        ("2023-12-11", "2024-01-20", 2, 2),  # nobody can be known before the first day of the data
        ("2023-01-01", "2024-12-31", 4, 4),
    ],
)
def test_only_whole_periods_count(start: str, as_of: str, before: int, after: int) -> None:
    window = (dt.date.fromisoformat(start), dt.date.fromisoformat(as_of))
    found = periods_of(change(**GOLD, before=4, after=4), *window)
    assert (found.before, found.after) == (before, after)
    assert found.edges[found.before] == DATE


def test_too_few_periods_say_so() -> None:
    with pytest.raises(NotEnoughData) as caught:
        periods_of(change(**GOLD, before=4), dt.date(2023, 12, 20), dt.date(2024, 12, 31))
    assert str(caught.value) == (
        "Two whole weeks before 2024-01-01 are needed, and customers known before them; data begin on "
        "2023-12-20."
    )
    with pytest.raises(
        NotEnoughData,
        match="No whole period from 2024-01-01 on has been observed yet; data end on 2024-01-06",
    ):
        periods_of(change(), dt.date(2023, 1, 1), dt.date(2024, 1, 6))


# ──────────────────────────────────────────────────────────────────────────────────────────────────── who


def by_hand(
    rows: pd.DataFrame, labels: pd.Series, edges: tuple[dt.date, ...]
) -> dict[str, dict[str, np.ndarray]]:
    """group → metric → one row per customer who takes part, one column per period; counted with pandas."""
    bought = rows[rows["bought"]]
    first = bought.groupby("customer")["date"].min()
    known = first.index[first < pd.Timestamp(edges[0])]
    cut = pd.cut(rows["date"], pd.to_datetime(list(edges)), right=False, labels=False)
    inside = rows.assign(k=cut).dropna(subset="k")
    found: dict[str, dict[str, np.ndarray]] = {}
    for group in ("treated", "comparison"):
        who = [name for name in known if labels.get(name) == group]
        own = inside[inside["customer"].isin(who)]
        wide = {
            "revenue": own.pivot_table(index="customer", columns="k", values="money", aggfunc="sum"),
            "orders": own.assign(n=own["bought"] * 1.0).pivot_table(
                index="customer", columns="k", values="n", aggfunc="sum"
            ),
        }
        wide = {
            m: w.reindex(index=who, columns=range(len(edges) - 1)).fillna(0).to_numpy()
            for m, w in wide.items()
        }
        found[group] = wide | {"retained": (wide["orders"] > 0) * 1.0}
    return found


def random_rows(seed: int, period: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Customers with purchases and returns around the date, one row per customer and day."""
    rng = np.random.default_rng(seed)
    n = 70
    names = np.array([f"C{i:02d}" for i in range(n)])
    span = 7 if period == "week" else 31
    who = rng.integers(0, n, 900)
    offset = rng.integers(-7 * span, 5 * span, 900)
    rows = pd.DataFrame(
        {"customer": names[who], "date": pd.Timestamp(DATE) + pd.to_timedelta(offset, unit="D")}
    )
    rows["bought"] = rng.random(900) < 0.9
    rows["money"] = np.where(rows["bought"], 1, -1) * rng.integers(1, 9000, 900) / 100
    rows = rows.drop_duplicates(["customer", "date"], ignore_index=True)
    listed = rng.random(n) < 0.9
    tier = rng.choice(["gold", "plus", None], n, p=[0.5, 0.4, 0.1])
    shop = rng.choice(["a", "b", "c", "d", "e", None], n, p=[0.2, 0.2, 0.2, 0.2, 0.15, 0.05])
    return rows, {"customer_id": names[listed], "tier": tier[listed], "shop": shop[listed]}


@pytest.mark.parametrize("period", ["week", "month"])
@pytest.mark.parametrize("seed", range(3))
def test_moments_are_those_of_the_customers(seed: int, period: str) -> None:
    rows, people = random_rows(seed, period)
    asked = change(treated={"tier": "gold"}, before=4, after=3, period=period, date=dt.date(2024, 1, 9))
    there = tables(rows, people)
    periods = periods_of(asked, there.window.start, there.window.as_of)
    panel = panel_of(there, asked, periods)
    tier = pd.Series(people["tier"], people["customer_id"])
    labels = pd.Series(np.where(tier == "gold", "treated", "comparison"), tier.index)
    for group, metrics in by_hand(rows, labels, periods.edges).items():
        for metric, wide in metrics.items():
            found, expected = panel.averages[metric][group], averages(wide)
            assert found.customers == found.units == expected.customers
            np.testing.assert_allclose(found.mean, expected.mean, atol=1e-9)
            np.testing.assert_allclose(found.cov, expected.cov, atol=1e-9)


@pytest.mark.parametrize("seed", range(2))
def test_moments_of_clusters(seed: int) -> None:
    rows, people = random_rows(seed, "week")
    asked = change(treated={"tier": "gold"}, comparison={"tier": "plus"}, cluster="shop", before=4, after=3)
    there = tables(rows, people)
    periods = periods_of(asked, there.window.start, there.window.as_of)
    panel = panel_of(there, asked, periods)
    frame = pd.DataFrame(people).set_index("customer_id").dropna(subset="shop")
    labels = frame["tier"].map({"gold": "treated", "plus": "comparison"})
    bought = rows[rows["bought"]].groupby("customer")["date"].min()
    known = list(bought.index[bought < pd.Timestamp(periods.edges[0])])
    for group, metrics in by_hand(rows, labels, periods.edges).items():
        shop = frame["shop"].reindex([name for name in known if labels.get(name) == group]).to_numpy()
        size = pd.Series(shop).value_counts()
        row = panel.groups.set_index("group").loc[group]
        assert (row["clusters"], row["largest"]) == (len(size), size.max() / size.sum())
        assert row["effective"] == pytest.approx(size.sum() ** 2 / (size**2).sum())
        for metric, wide in metrics.items():
            found, expected = panel.averages[metric][group], averages(wide, shop)
            assert (found.customers, found.units) == (expected.customers, pytest.approx(expected.units))
            np.testing.assert_allclose(found.cov, expected.cov, atol=1e-9)
            assert found.scores is not None and list(found.scores.index) == sorted(set(shop))


def test_every_buyer_is_in_one_row() -> None:
    rows, people = random_rows(5, "week")
    asked = change(treated={"tier": "gold"}, comparison={"tier": "plus"}, cluster="shop", before=4)
    there = tables(rows, people)
    groups = panel_of(there, asked, weeks(4, 3)).groups.set_index("group")
    assert set(groups.index) == {"treated", "comparison", "neither", "unlisted", "unclustered"}
    assert groups[["customers", "newer"]].to_numpy().sum() == rows.loc[rows["bought"], "customer"].nunique()
    unlisted = set(rows.loc[rows["bought"], "customer"]) - set(people["customer_id"])
    assert groups.loc["unlisted", ["customers", "newer"]].sum() == len(unlisted) > 0


def test_who_came_later_takes_no_part() -> None:
    """40 known long before; the 41st first buys on the first day of the panel, the 42nd the day before."""
    panel = np.ones((40, 4))
    rows = rows_of(panel, [f"C{i:02d}" for i in range(40)], 2)
    first = pd.Timestamp(weeks(2, 2).edges[0])
    more = pd.DataFrame({"customer": ["late", "early"], "date": [first, first - pd.Timedelta(days=1)]})
    rows = pd.concat([rows, more.assign(money=1000.0, bought=True)])
    people = {"customer_id": rows["customer"].unique()}
    people["tier"] = np.where(np.arange(42) % 2, "gold", "plus")  # "late" is plus, "early" is gold
    found = panel_of(tables(rows, people), change(treated={"tier": "gold"}), weeks(2, 2))
    groups = found.groups.set_index("group")
    assert groups["customers"].to_dict() == {"treated": 21, "comparison": 20}
    assert groups["newer"].to_dict() == {"treated": 0, "comparison": 1}
    assert found.averages["revenue"]["comparison"].mean.tolist() == [1.0] * 4
    assert found.averages["revenue"]["treated"].mean == pytest.approx([20 / 21] * 4)  # "early" is silent


def test_a_sister_units_customers_are_for_comparison() -> None:
    ours = tables(rows_of(np.full((30, 4), 2.0), [f"A{i}" for i in range(30)], 2), name="ours")
    theirs = tables(rows_of(np.full((25, 4), 3.0), [f"A{i}" for i in range(25)], 2), name="theirs")
    found = panel_of(ours, change(comparison_unit="deli"), weeks(2, 2), theirs)
    assert found.groups.set_index("group")["customers"].to_dict() == {"treated": 30, "comparison": 25}
    means = {group: one.mean.tolist() for group, one in found.averages["revenue"].items()}
    assert means == {"treated": [2.0] * 4, "comparison": [3.0] * 4}


# ───────────────────────────────────────────────────────────────────────────────────────────── conditions

PEOPLE = {
    "customer_id": ["a", "b", "c", "d"],
    "tier": ["gold", "Gold", None, "plus"],
    "score": ["9", "10.5", "007", None],
    "since": ["2023-01-31", "2023-02-01", None, "2024-12-31"],
    "vip": ["true", "false", None, "TRUE"],
}


def listed(people: dict[str, Any]) -> Tables:
    return tables(rows_of(np.ones((4, 4)), ["a", "b", "c", "d"], 2), people)


@pytest.mark.parametrize(
    ("conditions", "who"),
    [
        ({"tier": "gold"}, "a"),
        ({"tier": ["gold", "plus"]}, "ad"),
        ({"tier": {"not": "gold"}}, "bcd"),
        ({"tier": {"not": ["gold", "plus"]}}, "bc"),
        ({"tier": {"like": "%old"}}, "ab"),
        ({"score": 7}, "c"),
        ({"score": {"from": 9}}, "ab"),
        ({"score": {"from": 8, "to": 10}}, "a"),
        ({"score": "007"}, "c"),
        ({"since": {"from": dt.date(2023, 2, 1)}}, "bd"),
        ({"since": dt.date(2023, 1, 31)}, "a"),
        ({"vip": True}, "ad"),
        ({"tier": {"like": "%old"}, "score": {"to": 9.5}}, "a"),
    ],
)
def test_conditions(conditions: dict[str, Any], who: str) -> None:
    people = listed(PEOPLE).customers
    assert people is not None
    parsed = change(treated=conditions).treated
    assert parsed is not None
    met = people.filter(meets(people, parsed)).order_by("customer_id").customer_id.to_pandas()
    assert "".join(met) == who


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"teir": "gold"}, "The customers table has no column 'teir', which a change names."),
        (
            {"tier": 7},
            "The column 'tier' of the customers table holds 'Gold', which a change compares with 7.",
        ),
        ({"score": dt.date(2024, 1, 1)}, "holds '007', which a change compares with 2024-01-01"),
    ],
)
def test_conditions_that_do_not_fit(conditions: dict[str, Any], said: str) -> None:
    people = listed(PEOPLE).customers
    assert people is not None
    with pytest.raises(DataError) as caught:
        meets(people, change(treated=conditions).treated or {})
    assert said in str(caught.value) and caught.value.do
    if "teir" in conditions:
        assert "did you mean 'tier'?" in str(caught.value)


def test_overlapping_groups_are_an_error() -> None:
    there = listed(PEOPLE)
    asked = change(treated={"tier": ["gold", "plus"]}, comparison={"tier": ["plus", "Gold"]})
    with pytest.raises(DataError) as caught:
        panel_of(there, asked, weeks(2, 2))
    assert caught.value.what == "1 customer is in both groups; the first is 'd'."


def test_too_few_customers_or_clusters_or_no_table_say_so() -> None:
    with pytest.raises(NotEnoughData) as caught:
        panel_of(listed(PEOPLE), change(treated={"tier": "gold"}), weeks(2, 2))
    assert (
        str(caught.value)
        == "The treated group has 1 customer who had bought before 2023-12-18; 20 are needed."
    )
    without = tables(rows_of(np.ones((4, 4)), ["a", "b", "c", "d"], 2))
    with pytest.raises(NotEnoughData, match="needs the customers table"):
        panel_of(without, change(treated={"tier": "gold"}), weeks(2, 2))
    names = [f"C{i}" for i in range(60)]
    people = {"customer_id": names, "tier": ["gold", "plus"] * 30, "shop": list("abc") * 20}
    there = tables(rows_of(np.ones((60, 4)), names, 2), people)
    with pytest.raises(NotEnoughData) as caught:
        panel_of(there, change(treated={"tier": "gold"}, cluster="shop"), weeks(2, 2))
    assert str(caught.value) == "The treated group has 3 clusters (shop); 4 are needed."


@settings(max_examples=30, deadline=None)
@given(
    st.dates(dt.date(2019, 1, 1), dt.date(2025, 1, 1)), st.integers(1, 14), st.sampled_from(["week", "month"])
)
def test_edges_follow_each_other_whatever_the_date(date: dt.date, count: int, period: str) -> None:
    edges = [edge(date, k, period) for k in range(-count, count + 1)]
    lengths = {(b - a).days for a, b in zip(edges, edges[1:], strict=False)}
    assert edges[count] == date and lengths <= ({7} if period == "week" else {28, 29, 30, 31})
    assert set(METRICS) == {"revenue", "orders", "retained"}
