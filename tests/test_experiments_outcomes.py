"""From files to figures: who counts, on which days, with how much money, by hand and by brute force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE, Row, purchases_of, shops
from experiment_data import experiment
from experiment_units import ARMS, HEAD, LAST, Found, Shop, many, measured
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from conftest import write_unit
from keepbook import experiments as ex
from keepbook.experiments.effects import time_to_purchase
from keepbook.stats import survival
from keepbook.tables import Tables, Window, open_tables
from keepbook.tables.follow_up import followed, life_table, outcomes_of
from keepbook.tables.intake import taken_in, with_arms

# ── one unit of many small experiments ──────────────────────────────────────────────────────────────────

RULES = """\
rules,a1,none,2024-03-01,,,
rules,a2,voucher,2024-03-01,,,
rules,a2,voucher,2024-03-05,,,
rules,a3,none,2024-03-01,,,
rules,a3,voucher,2024-03-02,,,
rules,a4,voucher,2024-03-01,,2024-02-28,
rules,a5,voucher,2024-03-01,,2024-03-01,
rules,a6,none,2024-07-01,,,
rules,a7,none,2024-06-30,,,
rules,a8,voucher,2024-06-01,,,
rules,a9,voucher,2024-06-02,,,
rules,b1,none,2024-03-01,,,
rules,b1,voucher,2024-07-02,,2024-01-01,
rules,b2,none,2024-03-03,,,
rules,b2,none,2024-03-03,,,
rules,b2,none,2024-03-04,,,
"""
SHOPS = """\
shops,c1,none,2024-03-01,north,,
shops,c2,voucher,2024-03-02,north,,
shops,c3,none,2024-03-01,east,,
shops,c4,none,2024-03-01,east,,
shops,c4,voucher,2024-03-01,east,,
shops,c5,voucher,2024-03-01,west,,
shops,c6,voucher,2024-03-01,west,,
shops,c7,voucher,2024-03-01,,,
shops,c8,voucher,2024-03-01,,,
shops,c9,none,2024-03-01,south,,
shops,d1,none,2024-06-29,late,,
shops,d2,none,2024-07-09,west,,
"""
EDGES = "".join(
    f"{name},{customer},{variant},2024-03-01,,,\n"
    for name in ("same_day", "next_day", "no_before")
    for customer, variant in {"e1": "none", "e2": "voucher", "e3": "none", "e4": "voucher"}.items()
)
OWN = """\
calls,f1,none,2024-03-01,,,1
calls,f2,none,2024-03-01,,,
calls,f3,none,2024-03-01,,,5
calls,f4,voucher,2024-03-01,,,0
calls,f5,voucher,2024-03-01,,,2
calls,f6,voucher,2024-03-01,,,7
"""
# money in powers of two tells which days were counted
E1 = {
    "2024-02-09": 1,  # 21 days before the assignment
    "2024-02-10": 2,  # 20 days before
    "2024-02-29": 4,
    "2024-03-01": 8,  # the day of assignment
    "2024-03-30": 16,  # the 30th day, that of assignment counted in
    "2024-03-31": 32,
    "2024-04-01": 64,
}
BOUGHT = "".join(f"e1,{day},{money}\n" for day, money in E1.items()) + (
    "e2,2024-02-01,100\ne2,2024-03-05,50\ne2,2024-03-05,25\ne2,2024-03-10,-20\ne2,2024-03-31,-7\n"
    "e3,2024-02-15,9\ne3,2024-03-07,-15\n"
    "e4,2024-05-05,3\n"
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Found]]:
    home = tmp_path_factory.mktemp("outcomes")
    (home / "params").mkdir()
    unit = write_unit(
        home,
        HEAD + BOUGHT + LAST,
        margin=0.5,
        assignments=f"{ARMS},cluster,exposed_at,calls\n" + RULES + SHOPS + EDGES + OWN,
        experiments=[
            many("rules"),
            many("shops"),
            many("same_day"),
            many("next_day", first_day="next"),
            many("no_before", pre_days=0),
            many("calls", metrics={"calls": "goal", "revenue": "diagnostic"}),
        ],
    )
    with open_tables(unit) as tables:
        yield cache(lambda name: measured(unit, tables, name))


def test_every_rule_of_the_intake(found: Callable[[str], Found]) -> None:
    made = found("rules")
    assert made.ledger() == {
        "several-arms": (1, 2),  # a3
        "exposed": (1, 1),  # a4; a5 met it on the day itself
        "too-late": (1, 2),  # a6; a line of b1, which says nothing of the time before
        "repeated": (-1, 3),  # a2 once more, b2 twice more
        "counted": (8, 8),
    }
    assert made.intake.ledger["rule"].iloc[-1] == "counted"
    assert made.intake.ledger["lines"].sum() == made.intake.lines == 16
    assert made.intake.left_out == 3
    people = made.intake.customers.to_pandas().set_index("customer_id")
    assert sorted(people.index) == ["a1", "a2", "a5", "a7", "a8", "a9", "b1", "b2"]
    assert people["assigned_on"].dt.day.loc[["a2", "b2"]].tolist() == [1, 3]  # the first line counts
    assert (made.intake.first, made.intake.last) == (dt.date(2024, 3, 1), dt.date(2024, 6, 30))
    assert made.intake.complete_on == dt.date(2024, 7, 29)  # 30 days from 30 June on


def test_only_complete_follow_up_counts(found: Callable[[str], Found]) -> None:
    """30 days from 1 June end on 30 June, the last day of the data; from 2 June they do not."""
    made = found("rules")
    arms = made.intake.arms.set_index("variant")
    assert list(arms.index) == ["none", "voucher"]
    assert arms["assigned"].tolist() == [4, 4]
    assert arms["mature"].tolist() == [3, 3]
    assert sorted(made.each().index) == ["a1", "a2", "a5", "a8", "b1", "b2"]
    assert made.study.counts == {"none": 4, "voucher": 4}  # the split is that of all who were drawn


def test_clusters_in_several_arms_are_left_out_whole(found: Callable[[str], Found]) -> None:
    """c4 alone is in several arms, not its shop; c7 and c8 have no shop and are clusters of one."""
    made = found("shops")
    assert made.ledger() == {
        "several-arms": (1, 2),  # c4
        "too-late": (1, 1),  # d2, which leaves its shop whole
        "shared-cluster": (2, 2),  # c1 and c2, north
        "no-cluster": (2, 2),  # c7 and c8
        "counted": (5, 5),
    }
    arms = made.intake.arms.set_index("variant")
    assert arms["assigned"].tolist() == [3, 2]
    assert arms["mature"].tolist() == [2, 2]
    assert arms["clusters"].tolist() == [2, 1]  # east, south; west
    assert made.study.clustered
    assert made.study.counts == {"none": 2, "voucher": 1}


def test_edges_of_the_outcome_days_and_of_the_time_before(found: Callable[[str], Found]) -> None:
    e1 = found("same_day").each().loc["e1"]
    assert e1["revenue"] == 8 + 16
    assert e1["pre_revenue"] == 2 + 4
    assert (e1["orders"], e1["pre_orders"], e1["retained"], e1["pre_retained"]) == (2, 2, 1, 1)
    assert e1["days_to_purchase"] == 0
    assert e1["margin"] == 12  # half of revenue


def test_first_day_next_moves_the_outcome_days_by_one(found: Callable[[str], Found]) -> None:
    """The day of assignment counts nowhere then."""
    e1 = found("next_day").each().loc["e1"]
    assert e1["revenue"] == 16 + 32
    assert e1["pre_revenue"] == 2 + 4
    assert e1["days_to_purchase"] == 29


def test_no_time_before(found: Callable[[str], Found]) -> None:
    made = found("no_before")
    assert not [name for name in made.each().columns if name.startswith("pre_")]
    assert ex.study_balance(made.study).empty
    assert made.effect("revenue")["reduction"] == 0


def test_money_is_net_and_a_return_is_no_purchase(found: Callable[[str], Found]) -> None:
    each = found("same_day").each()
    assert each.loc["e2", "revenue"] == 50 + 25 - 20  # the return of 31 March comes too late
    assert each.loc["e2", "orders"] == 1  # a day with two lines; the day of the return is none
    assert each.loc["e2", "days_to_purchase"] == 4
    assert each.loc["e3", "revenue"] == -15
    assert each.loc["e3", ["orders", "retained"]].tolist() == [0, 0]
    assert each.loc["e3", ["pre_revenue", "pre_retained"]].tolist() == [9, 1]
    assert found("next_day").each().loc["e2", "revenue"] == 50 + 25 - 20 - 7


def test_who_did_not_buy_in_the_outcome_days_has_zeros(found: Callable[[str], Found]) -> None:
    """e4 first bought later; the customers of `rules` and `shops` never did."""
    zeros = ["orders", "revenue", "margin", "retained", "pre_orders", "pre_revenue", "pre_retained"]
    assert (found("same_day").each().loc["e4", zeros] == 0).all()
    assert found("same_day").each().loc["e4", "days_to_purchase"] == 30
    assert found("next_day").each().loc["e4", "days_to_purchase"] == 31
    assert (found("rules").each()[zeros] == 0).all(axis=None)


def test_effects_of_a_handful_of_customers(found: Callable[[str], Found]) -> None:
    """e1 and e3 against e2 and e4: 24 and -15 against 55 and 0."""
    made = found("no_before")
    known = ttest_ind([55, 0], [24, -15], equal_var=False)
    effect = made.effect("revenue")
    assert (effect["control"], effect["treatment"], effect["effect"]) == pytest.approx((4.5, 27.5, 23))
    assert effect["pvalue"] == pytest.approx(known.pvalue)
    assert ex.revenue_by_arm(made.study) == ex.revenue_of_purchases(made.study, made.tables) == 64
    order = made.effect("average_order_value")
    assert (order["control"], order["treatment"]) == pytest.approx((9 / 2, 55 / 1))


def test_own_outcomes_count_where_they_are_known(found: Callable[[str], Found]) -> None:
    """f2's calls are not known: it is no zero, and counts in revenue all the same."""
    made = found("calls")
    assert made.intake.own == ("calls",)
    calls, revenue = made.effect("calls"), made.effect("revenue")
    assert (calls["n_control"], calls["n_treatment"]) == (2, 3)
    assert (calls["control"], calls["treatment"]) == (3, 3)
    assert calls["kind"] == "number"
    assert (revenue["n_control"], revenue["n_treatment"]) == (3, 3)


def test_columns_of_other_experiments_are_no_columns_of_this_one(found: Callable[[str], Found]) -> None:
    """Only `shops` was drawn by cluster, and only `calls` has calls."""
    assert "cluster" not in found("rules").each().columns
    assert found("rules").intake.own == ()
    assert not found("calls").study.clustered


# ── days are those of the unit ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "assigned_on", "before", "after"),
    [
        ("UTC", dt.date(2024, 3, 1), 1, 2 + 4 + 8),
        ("Asia/Shanghai", dt.date(2024, 3, 2), 1 + 2, 4 + 8 + 16),
        ("America/New_York", dt.date(2024, 3, 1), 0, 1 + 2 + 4 + 8),
    ],
)
def test_days_are_cut_in_the_zone_of_the_unit(
    shop: Shop, zone: str, assigned_on: dt.date, before: float, after: float
) -> None:
    """Assigned at 23:30 UTC, the next morning in Shanghai; two outcome days, two days before."""
    moments = {
        1: "2024-03-01T02:00:00Z" if zone == "America/New_York" else "2024-02-29T12:00:00Z",
        2: "2024-03-01T12:00:00Z",
        4: "2024-03-01T17:00:00Z",  # 1 o'clock of the 2nd in Shanghai
        8: "2024-03-02T15:59:00Z",  # a minute to midnight there
        16: "2024-03-03T15:59:00Z",  # the same of the 3rd: the second outcome day there alone
        32: "2024-03-03T16:00:00Z",
    }
    if zone == "America/New_York":
        moments[1] = "2024-03-01T05:00:00Z"  # midnight there
    lines = "".join(f"x,{moment},{money}\n" for money, moment in moments.items())
    unit = shop(
        HEAD + lines + "last,2024-03-31T00:00:00Z,1\n",
        timezone=zone,
        assignments=f"{ARMS}\ne,x,none,2024-03-01T23:30:00Z\ne,y,voucher,2024-03-01T23:30:00Z\n",
        experiments=[{"name": "e", "control": "none", "outcome_days": 2, "pre_days": 2}],
    )
    with open_tables(unit) as tables:
        each = measured(unit, tables, "e").each()
    assert each["assigned_on"].dt.date.tolist() == [assigned_on, assigned_on]
    assert each.loc["x", ["pre_revenue", "revenue"]].tolist() == [before, after]


# ── against a brute-force computation ───────────────────────────────────────────────────────────────────


def by_hand(
    rows: list[Row], who: dict[str, tuple[str, dt.date]], as_of: dt.date, days: int, pre: int, first: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outcomes and life table, one customer and one day at a time."""
    made: dict[str, tuple[float, ...]] = {}
    ends: list[tuple[str, int, bool]] = []
    for customer, (variant, day) in who.items():
        own = {date: (money, bought) for name, date, money, bought in rows if name == customer}
        after = [day + dt.timedelta(days=first + i) for i in range(days)]
        before = [day - dt.timedelta(days=1 + i) for i in range(pre)]
        bought = [date for date in after if date <= as_of and own.get(date, (0, False))[1]]
        followed = [date for date in after if date <= as_of]
        ended = bought[0] if bought else followed[-1] if followed else as_of
        ends.append((variant, (ended - day).days, bool(bought)))
        if after[-1] <= as_of:
            revenue, past = (sum(own.get(date, (0, 0))[0] for date in span) for span in (after, before))
            orders = sum(own.get(date, (0, False))[1] for date in before)
            wait = (bought[0] - day).days if bought else days + first
            made[customer] = (len(bought), revenue, wait, orders, past)
    columns = ["orders", "revenue", "days_to_purchase", "pre_orders", "pre_revenue"]
    life = pd.DataFrame(ends, columns=["variant", "day", "bought"])
    counts = life.groupby(["variant", "day"])["bought"].agg(["sum", "size"])
    counts["censored"] = counts["size"] - counts["sum"]
    frame = pd.DataFrame.from_dict(made, orient="index", columns=columns)
    return frame, counts.rename(columns={"sum": "events"})[["events", "censored"]].astype("int64")


@st.composite
def trials(draw: st.DrawFn) -> tuple[list[Row], dict[str, tuple[str, dt.date]], dt.date, int, int, str]:
    rows, start, _as_of = draw(shops(days=60))
    who = {
        f"C{i}": ("none" if i % 2 else "voucher", start + dt.timedelta(days=draw(st.integers(-5, 60))))
        for i in range(draw(st.integers(2, 8)))
    }
    as_of = max(day for _variant, day in who.values()) + dt.timedelta(days=draw(st.integers(0, 30)))
    days, pre = draw(st.integers(1, 25)), draw(st.integers(0, 40))
    rows = [row for row in rows if row[1] <= as_of]
    if not rows:
        rows = [("one", as_of, 5.0, True)]
    return rows, who, as_of, days, pre, draw(st.sampled_from(["same", "next"]))


@settings(max_examples=25, deadline=None)
@given(trials())
def test_outcomes_and_life_table_by_brute_force(trial: Any) -> None:
    rows, who, as_of, days, pre, first_day = trial
    purchases = purchases_of(rows, "tried")
    lines = pa.table(
        {
            "experiment": ["voucher"] * len(who),
            "customer_id": list(who),
            "variant": [variant for variant, _ in who.values()],
            "assigned_on": [day for _, day in who.values()],
        }
    )
    ENGINE.con.register("rows", lines)
    ENGINE.raw_sql("CREATE OR REPLACE TABLE tried_arms AS SELECT * FROM rows")
    tables = Tables(
        purchases,
        None,
        None,  # type: ignore[arg-type]
        Window(min(day for _, day, *_ in rows), as_of),
        None,
        assignments=ENGINE.table("tried_arms"),
    )
    named = experiment(outcome_days=days, pre_days=pre, first_day=first_day)
    intake = with_arms(taken_in(tables, named))
    each, life = by_hand(rows, who, as_of, days, pre, int(first_day == "next"))
    assert intake.mature == len(each)
    seen = followed(intake, purchases)
    found_life = life_table(intake, seen, as_of).set_index(["variant", "day"])
    pd.testing.assert_frame_equal(found_life.astype("int64"), life, check_names=False)
    made = outcomes_of(intake, seen, 0.5).to_pandas().set_index("customer_id").sort_index()
    assert sorted(made.index) == sorted(each.index)
    names = [name for name in each.columns if pre or not name.startswith("pre_")]
    for name in names if len(each) else ():
        assert made[name].tolist() == pytest.approx(each.sort_index()[name].tolist(), abs=1e-6), name
    assert (made["margin"] == made["revenue"] * 0.5).all()
    assert (made["retained"] == (made["orders"] > 0)).all()


def test_waiting_without_anybody_censored_is_the_mean_of_days(found: Callable[[str], Found]) -> None:
    """All of `same_day` are followed to the end, so both ways of counting days must agree."""
    for name in ("same_day", "next_day"):
        made = found(name)
        means = time_to_purchase(made.study).means.iloc[0]
        assert means["effect"] == pytest.approx(made.effect("days_to_purchase")["effect"])
        assert means["error"] == pytest.approx(made.effect("days_to_purchase")["error"])
        assert made.study.life is not None
        assert survival.curves(made.study.life)["at_risk"].max() == 2
