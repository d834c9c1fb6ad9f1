"""What data hold and what is odd about them: counted by hand, found where planted, else nothing."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE, Row, buys, purchases_of, shops, table_of
from conftest import REPOSITORY, write_unit
from hypothesis import given, settings
from hypothesis import strategies as st

from keepbook import intervals
from keepbook.cohorts import Choices, retention
from keepbook.params import Unit, load_unit
from keepbook.readiness import EPOCH, Readiness, readiness
from keepbook.simulate import simulate, stream_lines
from keepbook.tables import Ledger, Tables, Window, open_tables

D = dt.date
DAY = dt.timedelta(days=1)
EMPTY = Ledger(
    pd.DataFrame({"rule": [], "rows": [], "amount": [], "matched": []}),
    0,
    0,
    *[Decimal(0)] * 2,
    0,
    Decimal(0),
)
UNITS = sorted(path.stem for path in (REPOSITORY / "params").glob("*.yaml"))


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    home = tmp_path_factory.mktemp("home")
    (home / "params").mkdir()
    return write_unit(home, "customer_id,date,amount\n")


def looked_at(
    purchases: ir.Table, first: dt.date, as_of: dt.date, unit: Unit, today: dt.date | None = None
) -> Readiness:
    return readiness(Tables(purchases, None, EMPTY, Window(first, as_of), None), unit, today=today)


def look(
    rows: list[Row], unit: Unit, as_of: dt.date | None = None, today: dt.date | None = None
) -> Readiness:
    first = min(day for _, day, _, bought in rows if bought)
    last = as_of or max(day for _, day, *_ in rows)
    return looked_at(purchases_of(rows, "ready"), first, last, unit, today)


def with_settings(unit: Unit, **changed: Any) -> Unit:
    return unit.model_copy(update=changed)


# ── counted by hand ─────────────────────────────────────────────────────────────────────────────────────

FEW = [
    *buys("a", "2024-01-05", "2024-01-20", "2024-02-03"),
    *buys("b", "2024-01-07", "2024-02-26"),
    *buys("c", "2024-02-10", "2024-03-20"),
    ("d", D(2024, 2, 12), -5.0, False),  # gave back, and never bought
    *buys("e", "2024-02-29"),
]


def test_a_small_unit_counted_by_hand(unit: Unit) -> None:
    found = look(FEW, with_settings(unit, churn_after=30), D(2024, 3, 31))
    assert (found.customers, found.orders, found.amount) == (4, 8, 75.0)
    assert (found.repeaters, found.loyal) == (3, 1)
    assert found.interval == 39, "the median of 29/2 (a), 50 (b) and 39 (c) days"
    assert found.months == 2, "January began on the 5th"
    assert found.quiet == 11, "20 to 31 March"
    assert (found.kept, found.lost) == (1, 3), (
        "a, b, c and e bought from 1 February to 1 March; c again later"
    )
    assert found.active == 1
    assert found.negative == (1, -5.0)
    # Weeks of 1 January (a, b), 5 February (c), 26 February (e); quarters: the next one is not over.
    assert found.cohorts["month"] == (2, 2.0) and found.cohorts["week"] == (3, 1.0)
    assert found.cohorts["quarter"][0] == 0 and np.isnan(found.cohorts["quarter"][1])
    assert (found.odd, found.accounts, found.ahead) == ((), (), 0)


def test_one_time_buyers_with_wilsons_limits(unit: Unit) -> None:
    share, low, high = look(FEW, unit).one_time
    assert share == 0.25, "e alone"
    assert (round(low, 4), round(high, 4)) == (0.0456, 0.6994), "Wilson for 1 of 4, after Wilson (1927)"
    rows = [row for i in range(12) for row in buys(f"c{i}", "2024-01-05", "2024-02-05")]
    share, low, high = look(rows, unit).one_time
    assert (share, low, round(high, 4)) == (0, 0, 0.2425), "0 of 12: Wilson"


def test_nothing_after_the_last_day_counts(unit: Unit) -> None:
    later = [*FEW, *buys("a", "2024-05-01"), *buys("z", "2024-06-01"), ("b", D(2024, 6, 2), -99.0, False)]
    assert look(later, unit, D(2024, 3, 31)) == replace(
        look(FEW, unit, D(2024, 3, 31)), cohorts=look(later, unit, D(2024, 3, 31)).cohorts
    )


def test_a_single_purchase(unit: Unit) -> None:
    found = look(buys("a", "2024-01-05"), unit)
    assert (found.customers, found.orders, found.repeaters, found.odd) == (1, 1, 0, ())
    assert np.isnan(found.interval) and found.cohorts["month"][0] == 0


@pytest.mark.parametrize(
    ("start", "as_of", "months"),
    [
        (D(2024, 1, 1), D(2024, 1, 30), 0),
        (D(2024, 1, 1), D(2024, 1, 31), 1),
        (D(2024, 1, 2), D(2024, 2, 29), 1),
        (D(2023, 12, 31), D(2024, 3, 15), 2),
        (D(1969, 11, 1), D(1970, 2, 28), 4),
    ],
)
def test_complete_months(start: dt.date, as_of: dt.date, months: int, unit: Unit) -> None:
    assert look([("a", start, 1.0, True)], unit, as_of).months == months


def test_who_is_kept_or_lost_by_the_day(unit: Unit) -> None:
    """31 March less 30 days is 1 March: the span before it is 31 January, excluded, to 1 March, included."""
    rows = [
        *buys("too early", "2024-01-31", "2024-03-02"),
        *buys("first day, kept", "2024-02-01", "2024-03-02"),
        *buys("last day, lost", "2024-03-01"),
        *buys("new", "2024-03-31"),
    ]
    found = look(rows, with_settings(unit, churn_after=30))
    assert (found.kept, found.lost, found.active) == (1, 1, 3)


def test_orders_after_today(unit: Unit) -> None:
    rows = buys("a", "2024-03-01", "2024-03-02", "2024-03-03", "2024-03-09")
    assert look(rows, unit, today=D(2024, 3, 1)).ahead == 2, "the 2nd may be today elsewhere"
    assert look(rows, unit, today=D(2024, 3, 9)).ahead == 0
    assert look(rows, unit).ahead == 0, "nobody said what day it is"


# ── what must hold for any data ─────────────────────────────────────────────────────────────────────────


@settings(max_examples=30, deadline=None)
@given(shop=shops(), alpha=st.sampled_from([0.05, 0.1]))
def test_counts_agree_with_pandas(shop: tuple[list[Row], dt.date, dt.date], alpha: float, unit: Unit) -> None:
    rows, _first, as_of = shop
    found = look(rows, with_settings(unit, alpha=alpha), as_of)
    frame = pd.DataFrame(rows, columns=["customer", "day", "money", "bought"])
    seen = frame[frame["day"] <= as_of]
    days = seen[seen["bought"]].groupby("customer")["day"].agg(["count", "min", "max"])
    assert (found.customers, found.orders) == (len(days), days["count"].sum())
    assert (found.repeaters, found.loyal) == ((days["count"] > 1).sum(), (days["count"] > 2).sum())
    assert found.one_time[0] == (days["count"] == 1).mean()
    limits = intervals.wilson((days["count"] == 1).sum(), len(days), alpha)
    assert found.one_time[1:] == pytest.approx(limits, abs=1e-12)
    assert found.amount == pytest.approx(seen["money"].sum(), abs=0.01)
    edge = as_of - unit.churn_after * DAY
    bought = seen[seen["bought"]]
    after = set(bought.loc[bought["day"] > edge, "customer"])
    span = (bought["day"] > edge - unit.churn_after * DAY) & (bought["day"] <= edge)
    before = set(bought.loc[span, "customer"])
    assert (found.active, found.kept, found.lost) == (len(after), len(before & after), len(before - after))


CHOICES = st.fixed_dictionaries(
    {
        "cohort_period": st.sampled_from(["week", "month", "quarter"]),
        "clock": st.sampled_from(["calendar", "rolling"]),
        "brackets": st.sampled_from([None, (1, 2), (1, 3, 4), (2, 4)]),
        "warm_up": st.integers(0, 2),
        "warm_up_cohorts": st.sampled_from(["flag", "exclude"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(shop=shops(), chosen=CHOICES)
def test_cohorts_are_those_the_notebook_shows(
    shop: tuple[list[Row], dt.date, dt.date], chosen: dict[str, Any], unit: Unit
) -> None:
    rows, first, as_of = shop
    rule = "bracket" if chosen["brackets"] else "on"
    chosen_unit = with_settings(unit, return_rule=rule, **chosen)
    complete, size = look(rows, chosen_unit, as_of).cohorts[chosen["cohort_period"]]
    choices = replace(Choices.of(chosen_unit), exclude_warm_up=False)
    cells = retention(purchases_of(rows, "ready"), Window(first, as_of), choices).cells
    if chosen["warm_up_cohorts"] == "exclude":
        cells = cells[~cells["warm_up"]]
    over = cells[(cells["period"] == 1) & cells["complete"]]
    assert complete == len(over)
    assert size == over["size"].median() or (np.isnan(size) and over.empty)


# ── a shop to plant things in: every day of 2023 and 2024, by day and customer ──────────────────────────────

BEGIN, LENGTH = D(2023, 1, 2), 700


def shop_of(seed: int = 1, customers: int = 1000, days: int = LENGTH, begin: dt.date = BEGIN) -> pd.DataFrame:
    """Clean simulated purchases, one row per customer and day: customer, day (number from `begin`), money."""
    lines = simulate(customers=customers, start=begin, days=days, seed=seed).transactions.to_pandas()
    lines = lines[lines["customer_id"].notna() & (lines["amount"] > 0)]
    day = (pd.to_datetime(lines["date"]) - pd.Timestamp(begin)).dt.days
    frame = pd.DataFrame({"customer": lines["customer_id"], "day": day, "money": lines["amount"]})
    return frame.groupby(["customer", "day"], as_index=False).sum()


def table(frame: pd.DataFrame, begin: dt.date = BEGIN) -> ir.Table:
    day = pa.array((frame["day"] + (begin - EPOCH).days).to_numpy("int32"), pa.int32()).cast(pa.date32())
    rows = {
        "customer_id": frame["customer"],
        "date": day,
        "money": frame["money"],
        "bought": [True] * len(frame),
    }
    return table_of(pa.table(rows), "ready")


def look_at(
    frame: pd.DataFrame,
    unit: Unit,
    *,
    as_of: int | None = None,
    begin: dt.date = BEGIN,
    today: dt.date | None = None,
) -> Readiness:
    first = begin + int(frame["day"].min()) * DAY
    last = begin + int(frame["day"].max() if as_of is None else as_of) * DAY
    return looked_at(table(frame, begin), first, last, unit, today)


def added(frame: pd.DataFrame, customer: str, days: Any, money: float = 40.0) -> pd.DataFrame:
    more = pd.DataFrame({"customer": customer, "day": days, "money": money})
    return pd.concat([frame, more]).drop_duplicates(["customer", "day"], ignore_index=True)


def moved(frame: pd.DataFrame, share: float, to: int, seed: int = 1) -> pd.DataFrame:
    """That share of the customers enters on one day: what they bought before is forgotten."""
    names = frame["customer"].unique()
    chosen = frame["customer"].isin(np.random.default_rng(seed).choice(names, int(share * len(names)), False))
    entry = pd.DataFrame({"customer": frame.loc[chosen, "customer"].unique(), "day": to, "money": 40.0})
    kept = frame[~chosen | (frame["day"] > to)]
    return pd.concat([kept, entry], ignore_index=True)


def without(frame: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    return frame[~frame["day"].between(first, last)]


def kinds(found: Readiness) -> list[str]:
    return [odd.kind for odd in found.odd]


# ── what is planted is found ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [7, 14, 60])
def test_a_planted_gap_is_found(length: int, unit: Unit) -> None:
    for seed in range(1, 6):
        shop = shop_of(seed)
        found = look_at(without(shop, 300, 300 + length - 1), unit)
        assert kinds(found) == ["gap"]
        gap = found.odd[0]
        assert (gap.first, gap.last, gap.days) == (BEGIN + 300 * DAY, BEGIN + (299 + length) * DAY, length)
        missing = shop["day"].between(300, 299 + length).sum()
        assert missing / 2 < gap.usual < 2 * missing


def test_two_gaps_are_two(unit: Unit) -> None:
    found = look_at(without(without(shop_of(), 200, 220), 400, 430), unit)
    assert [(odd.kind, odd.days) for odd in found.odd] == [("gap", 21), ("gap", 31)]


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_planted_day_of_migration_is_found(share: float, unit: Unit) -> None:
    for seed in range(1, 6):
        found = look_at(moved(shop_of(seed), share, 200, seed), unit)
        assert kinds(found) == ["new"]
        assert found.odd[0].first == found.odd[0].last == BEGIN + 200 * DAY
        assert found.odd[0].share == pytest.approx(share, abs=0.02)


def test_many_customers_on_the_first_day_are_found(unit: Unit) -> None:
    found = look_at(moved(shop_of(), 0.3, 0), unit)
    assert kinds(found) == ["new"] and found.odd[0].first == found.window.start


def test_a_panel_that_begins_amid_business_has_no_day_of_migration(unit: Unit) -> None:
    """In running business old customers turn up day by day, most of them in the first days."""
    found = look_at(shop_of(customers=4000).query("day >= 400"), unit)
    assert found.odd == ()


@pytest.mark.parametrize("far", [-20_000, -500, -60, 60, 500, 30_000])
def test_a_planted_far_date_is_found(far: int, unit: Unit) -> None:
    for seed in range(1, 4):
        shop = shop_of(seed)
        edge = shop["day"].min() if far < 0 else shop["day"].max()
        found = look_at(added(shop, "C000007", [edge + far]), unit)
        assert kinds(found) == ["far"]
        assert (found.odd[0].apart, found.odd[0].count) == (far, 1)
        assert found.odd[0].first == found.odd[0].last == BEGIN + int(edge + far) * DAY


def test_default_dates_of_many_customers_are_far(unit: Unit) -> None:
    """One day, though it holds a fifth of all first purchases."""
    shop = moved(shop_of(), 0.2, 0)
    entered = shop["day"] == 0
    shop.loc[entered, "day"] = (D(1970, 1, 1) - BEGIN).days
    found = look_at(shop, unit)
    assert kinds(found) == ["far"] and found.odd[0].first == D(1970, 1, 1)
    assert found.odd[0].count == entered.sum()


def test_far_dates_on_both_sides_and_a_gap_between(unit: Unit) -> None:
    shop = added(without(shop_of(), 300, 330), "C000007", [-9000, -8000, 20_000])
    found = look_at(shop, unit)
    assert [(odd.kind, odd.apart) for odd in found.odd] == [("far", -8000), ("far", 20_000 - 699), ("gap", 0)]
    assert found.odd[0].count == 2 and found.odd[0].days == 1001


def test_a_far_date_after_today_is_told_once(unit: Unit) -> None:
    shop = added(shop_of(), "C000007", [9000])
    today = BEGIN + 690 * DAY
    late = (shop["day"].between(692, 699)).sum()
    found = look_at(shop, unit, today=today)
    assert (kinds(found), found.ahead) == (["far"], late)


@pytest.mark.parametrize("silent", [7, 31])
def test_an_export_that_stopped_is_found(silent: int, unit: Unit) -> None:
    for seed in range(1, 6):
        shop = shop_of(seed)
        found = look_at(shop[shop["day"] <= 699 - silent], unit, as_of=699)
        assert kinds(found) == ["end"]
        assert (found.odd[0].first, found.odd[0].count) == (BEGIN + (700 - silent) * DAY, 0)


def test_a_thin_last_week_is_found(unit: Unit) -> None:
    shop = shop_of(customers=4000)
    late = shop["day"] >= 693
    found = look_at(shop[~late | (shop.index % 10 == 0)], unit)
    assert kinds(found) == ["end"]
    assert found.odd[0].count == (late & (shop.index % 10 == 0)).sum() and found.odd[0].days == 7


def test_a_lull_in_the_last_week_is_none(unit: Unit) -> None:
    shop = shop_of(customers=4000)
    assert look_at(shop[(shop["day"] < 693) | (shop.index % 5 < 2)], unit).odd == ()


def test_a_mistyped_amount_is_found(unit: Unit) -> None:
    shop = shop_of()
    shop.loc[1000, "money"] = shop["money"].sum()
    found = look_at(shop, unit)
    assert kinds(found) == ["money"] and found.odd[0].share > 0.5
    assert found.odd[0].first == BEGIN + int(shop.loc[1000, "day"]) * DAY


def test_a_day_of_many_orders_is_found(unit: Unit) -> None:
    """An import that dated a tenth of all orders, of old customers, on one day."""
    shop = shop_of()
    again = shop[shop.duplicated("customer")].drop_duplicates("customer").head(len(shop) // 10)
    shop.loc[again.index, "day"] = 500
    found = look_at(shop.drop_duplicates(["customer", "day"]), unit)
    assert kinds(found) == ["orders"] and found.odd[0].first == BEGIN + 500 * DAY


# ── customers who may be many ───────────────────────────────────────────────────────────────────────────


def test_a_guest_account_is_found_whatever_its_name(unit: Unit) -> None:
    for seed in range(1, 6):
        shop = added(shop_of(seed), "C424242", np.arange(0, LENGTH), 300.0)
        (account,) = look_at(shop, unit).accounts
        assert (account.customer, account.days, account.placeholder) == ("C424242", LENGTH, False)
        assert account.share_of_days == 1
        assert account.share_of_money == pytest.approx(300 * LENGTH / shop["money"].sum())


def test_half_of_all_money_with_one_customer_is_found(unit: Unit) -> None:
    shop = shop_of()
    whole = shop["money"].sum()
    (account,) = look_at(added(shop, "big", np.arange(100, 200), whole / 100), unit).accounts
    assert account.customer == "big" and account.share_of_money == pytest.approx(0.5)
    assert look_at(added(shop, "big", np.arange(100, 200), whole / 400), unit).accounts == (), "a fifth"


def test_among_few_customers_one_may_be_large(unit: Unit) -> None:
    """Of 20 customers one with half of the money is business as usual; with nine tenths it is not."""
    rows = [row for i in range(19) for row in buys(f"c{i}", "2024-01-05", "2024-02-05")]
    assert look([*rows, *buys("big", "2024-01-07", amount=380.0)], unit).accounts == ()
    (account,) = look([*rows, *buys("big", "2024-01-07", amount=3420.0)], unit).accounts
    assert (account.customer, account.share_of_money) == ("big", 0.9)


PLACEHOLDERS = """guest|Guest|GUEST_USER|guest-12|guest checkout|guest@shop.example|unknown|Unbekannt|test
|Test 3|Walk-in|walkin customer|Laufkunde|anonymous|dummy|cash|散客|匿名用户|测试|-1|noreply@shop.example
|00000000-0000-0000-0000-000000000000"""
PEOPLE = """Gastón|Gastl|Testa|Cashman|Unknown Pleasures Ltd|guesthouse|0|1|9999|11111|12345|-17|-|anonymousse
|C000000|John Test|test.er@shop.example|客户服务有限公司|100000000"""


@pytest.mark.parametrize("name", PLACEHOLDERS.replace("\n", "").split("|"))
def test_names_of_nobody_are_found(name: str, unit: Unit) -> None:
    found = look([*FEW, *buys(name, "2024-02-01")], unit)
    assert [(account.customer, account.placeholder) for account in found.accounts] == [(name, True)]


@pytest.mark.parametrize("name", PEOPLE.replace("\n", "").split("|"))
def test_names_of_somebody_are_not(name: str, unit: Unit) -> None:
    assert look([*FEW, *buys(name, "2024-02-01")], unit).accounts == ()


@pytest.mark.parametrize("name", ["0", "9999", "12345"])
def test_a_number_is_a_placeholder_when_it_buys_like_many(name: str, unit: Unit) -> None:
    (account,) = look_at(added(shop_of(), name, np.arange(0, 700, 3)), unit).accounts
    assert (account.customer, account.placeholder) == (name, True)


def test_numbers_as_keys(unit: Unit) -> None:
    """Keys of the engine's integers: -1 is a placeholder, 0 of a numbering from 0 is not."""
    shop = shop_of()
    shop["customer"] = shop["customer"].str[1:].astype(int) - 1
    assert look_at(shop, unit).accounts == ()
    (account,) = look_at(added(shop, -1, [5]), unit).accounts  # type: ignore[arg-type]
    assert (account.customer, account.placeholder) == ("-1", True)


def test_negative_totals_count_where_they_matter(unit: Unit) -> None:
    rows = [row for i in range(200) for row in buys(f"c{i}", "2024-01-05")]
    assert look([*rows, ("c1", D(2024, 1, 9), -10.01, False)], unit).negative is None, "one of 200, one cent"
    assert look([*rows, ("c1", D(2024, 1, 9), -90.0, False)], unit).negative == (1, -80.0), "4 % of the money"
    three = [(f"c{i}", D(2024, 1, 9), -10.01, False) for i in range(3)]
    count, money = look([*rows, *three], unit).negative or (0, 0)
    assert (count, round(money, 2)) == (3, -0.03), "1.5 % of the customers"


# ── all is well: nothing is said ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("customers", "days"), [(60, 365), (400, 200), (1500, 731)])
def test_clean_simulated_data_raise_no_alarm(customers: int, days: int, unit: Unit) -> None:
    for seed in range(100, 108):
        found = look_at(shop_of(seed, customers, days), unit, today=D(2026, 1, 1))
        assert (found.odd, found.accounts, found.negative, found.ahead) == ((), (), None, 0)


def by_day(orders: Any, begin: dt.date = BEGIN) -> pd.DataFrame:
    """So many orders on each day, of customers who come in turn; a quarter of the orders are first ones."""
    day = np.repeat(np.arange(len(orders)), orders)
    number = np.arange(len(day))
    customer = np.where(number % 4 == 0, number, np.random.default_rng(0).integers(0, number + 1) // 4 * 4)
    frame = pd.DataFrame({"customer": [f"K{i}" for i in customer], "day": day, "money": 50.0})
    return frame.drop_duplicates(["customer", "day"], ignore_index=True)


def rhythms() -> dict[str, Any]:
    """Businesses with a rhythm of their own: name → expected orders of 800 days from 2 January 2023."""
    day = np.arange(800)
    date = pd.DatetimeIndex(np.datetime64(BEGIN) + day)
    weekday, year_end = date.day_of_week, (date.month == 12) & (date.day > 23)
    summer = date.month.isin([7, 8])
    noise = np.random.default_rng(3)
    easter = np.isin(date.strftime("%m-%d"), ["04-07", "04-08", "04-09", "04-10"]) & (date.year == 2023)
    return {
        "closed on Sundays": 12 * (weekday < 6),
        "open Tuesday to Thursday": 20 * np.isin(weekday, [1, 2, 3]),
        "three orders a week": 0.6 * (weekday < 5),
        "one order a month": np.full(800, 1 / 30),
        "dated on the first of the month": 200 * (date.day == 1),
        "closed over Christmas and Easter": 30 * ~year_end * ~easter,
        "closed every July and August": 30 * ~summer,
        "a strong season": 30 * np.exp(1.2 * np.sin(day / 58)),
        "bunches": 8 * noise.gamma(2, 0.5, 800),
        "week-end sales": 10 * (1 + 4 * (weekday > 4)),
        "black fridays": 30 * (1 + 8 * ((date.month == 11) & (date.day > 23) & (date.day < 28))),
        "campaign weeks": 4 * np.repeat(noise.gamma(0.25, 4, 115), 7)[:800],
        "every second Friday": 30 * (day % 14 == 4),
        "a pilot before the opening": np.where(day < 150, 0.3, 40),
        "a sale of four days": np.where((day > 399) & (day < 404), 800, 10),
        "growing tenfold": 5 * np.exp(day / 350),
        "winding down": 40 * np.exp(-day / 120),
    }


@pytest.mark.parametrize("name", rhythms())
def test_a_rhythm_of_ones_own_is_no_oddity(name: str, unit: Unit) -> None:
    for seed in range(4):
        orders = np.random.default_rng(seed).poisson(rhythms()[name])
        assert look_at(by_day(orders), unit).odd == ()


def test_a_closing_that_comes_back_is_a_season_and_one_that_does_not_is_a_gap(unit: Unit) -> None:
    orders = np.full(1000, 20)
    orders[200:214] = 0
    assert kinds(look_at(by_day(orders), unit)) == ["gap"]
    orders[200 + 372 : 214 + 372] = 0  # Spring Festival moves by some days
    assert look_at(by_day(orders), unit).odd == ()
    moved_on = orders.copy()
    moved_on[572:586], moved_on[700:714] = 20, 0  # the other one falls in another season
    assert kinds(look_at(by_day(moved_on), unit)) == ["gap", "gap"]


def test_business_over_new_year_makes_missing_days_odd(unit: Unit) -> None:
    """The turn of the year counts as closed only for who does not sell then."""
    begin, orders = D(2022, 1, 3), np.full(1092, 30)  # to 29 December 2024
    closes = orders.copy()
    date = pd.DatetimeIndex(np.datetime64(begin) + np.arange(1092))
    closes[(date.month == 12) & (date.day > 23)] = 0
    stopped = orders.copy()
    stopped[date >= "2024-12-24"] = 0
    assert look_at(by_day(closes), unit, begin=begin, as_of=1091).odd == ()
    assert kinds(look_at(by_day(stopped), unit, begin=begin, as_of=1091)) == ["end"]


@pytest.mark.parametrize("name", UNITS)
def test_sample_units_raise_no_alarm(name: str) -> None:
    unit = load_unit(name, REPOSITORY)
    with open_tables(unit) as tables:
        found = readiness(tables, unit, today=D(2026, 1, 1))
    assert (found.odd, found.accounts, found.negative, found.ahead) == ((), (), None, 0)
    assert found.amount == pytest.approx(float(tables.ledger.amount_kept))


def test_sample_units_raise_no_alarm_wherever_their_data_end(unit: Unit) -> None:
    """Every tenth day of the florist, who has Valentine's Day and no purchase on some days."""
    florist = load_unit("floral", REPOSITORY)
    with open_tables(florist) as tables:
        bought = tables.purchases.filter(tables.purchases.is_purchase)
        frame = bought.select("customer_id", "date", money=bought.amount.cast("float64")).to_pandas()
    frame["day"] = (pd.to_datetime(frame["date"]) - pd.Timestamp(D(2017, 1, 1))).dt.days
    frame = frame.rename(columns={"customer_id": "customer"}).drop(columns="date")
    for end in range(60, 365, 10):
        assert look_at(frame[frame["day"] <= end], unit, as_of=end, begin=D(2017, 1, 1)).odd == ()


def test_a_handful_of_purchases_has_no_rhythm(unit: Unit) -> None:
    rows = [*buys("a", "2024-01-05"), *buys("b", *[f"2024-03-{day:02}" for day in range(1, 11)])]
    assert look(rows, unit, D(2024, 6, 30)).odd == ()


# ── what may not matter ─────────────────────────────────────────────────────────────────────────────────

PLANTED = {
    "nothing": lambda shop: shop,
    "gap": lambda shop: without(shop, 300, 320),
    "migration": lambda shop: moved(shop, 0.2, 200),
    "far": lambda shop: added(shop, "C000007", [5000]),
    "guest": lambda shop: added(shop, "guest", np.arange(600)),
    "end": lambda shop: shop[shop["day"] < 680],
}


def shifted(found: Readiness, days: int) -> Readiness:
    by = days * DAY
    window = Window(found.window.start + by, found.window.as_of + by)
    odd = tuple(replace(one, first=one.first + by, last=one.last + by) for one in found.odd)
    return replace(found, window=window, odd=odd)


@pytest.mark.parametrize("name", PLANTED)
def test_another_calendar_with_the_same_days_changes_no_verdict(name: str, unit: Unit) -> None:
    """After 28 years weekdays and leap years are the same; before 1970 too."""
    shop = PLANTED[name](shop_of())
    here = look_at(shop, unit, as_of=max(699, shop["day"].max()))
    for days in (10_227, -3 * 10_227):
        there = look_at(shop, unit, as_of=max(699, shop["day"].max()), begin=BEGIN + days * DAY)
        assert there == shifted(here, days)


@settings(max_examples=12, deadline=None)
@given(name=st.sampled_from(sorted(PLANTED)), weeks=st.integers(-4, 4), seed=st.integers(1, 3))
def test_a_shift_by_weeks_changes_nothing_odd(name: str, weeks: int, seed: int, unit: Unit) -> None:
    shop, begin = PLANTED[name](shop_of(seed)), BEGIN + weeks * 7 * DAY
    here, there = look_at(shop, unit, as_of=None), look_at(shop, unit, as_of=None, begin=begin)
    assert kinds(there) == kinds(here)
    assert [odd.first for odd in there.odd] == [odd.first + weeks * 7 * DAY for odd in here.odd]
    assert (there.accounts, there.one_time, there.interval) == (here.accounts, here.one_time, here.interval)


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(sorted(PLANTED)), times=st.sampled_from([0.01, 100.0, 7.0]), seed=st.integers(0, 99)
)
def test_currency_names_and_order_of_lines_change_no_verdict(
    name: str, times: float, seed: int, unit: Unit
) -> None:
    shop = PLANTED[name](shop_of())
    here = look_at(shop, unit)
    other = shop.sample(frac=1, random_state=seed).assign(money=shop["money"] * times)
    other["customer"] = other["customer"].map(lambda name: name if name == "guest" else f"é{name[::-1]}")
    there = look_at(other, unit)
    assert there.odd == here.odd
    assert [a.days for a in there.accounts] == [a.days for a in here.accounts]
    assert there.amount == pytest.approx(here.amount * times, rel=1e-3)
    assert (there.cohorts, there.kept, there.lost) == (here.cohorts, here.kept, here.lost)


def test_dates_at_the_ends_of_the_calendar(unit: Unit) -> None:
    """Far beyond the years pandas counts in nanoseconds."""
    shop = shop_of(customers=300)
    ends = [(D(1, 1, 1) - BEGIN).days, (D(9999, 12, 31) - BEGIN).days]
    found = look_at(added(shop, "C000007", ends), unit)
    assert [(odd.kind, odd.first) for odd in found.odd] == [("far", D(1, 1, 1)), ("far", D(9999, 12, 31))]


def test_a_million_lines_take_seconds(tmp_path: Path, unit: Unit) -> None:
    folder = stream_lines(tmp_path / "lines", 1_000_000)
    ENGINE.raw_sql(
        f"""
        CREATE OR REPLACE TABLE million AS
        SELECT customer_id, CAST(date AS DATE) AS date, CAST(sum(amount) AS DECIMAL(18, 4)) AS amount,
               CAST(sum(amount) AS DECIMAL(18, 4)) AS gross, true AS is_purchase
        FROM '{folder}/*.parquet' GROUP BY 1, 2
        """
    )
    started = time.perf_counter()
    found = looked_at(ENGINE.table("million"), D(2022, 1, 1), D(2024, 6, 30), unit)
    seconds = time.perf_counter() - started
    assert seconds < 3
    assert (found.odd, found.accounts) == ((), ())
    assert found.customers > 20_000
