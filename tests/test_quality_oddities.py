"""What is planted is found and nothing else: gaps, migrations, far dates, thin ends, mistyped amounts."""

from __future__ import annotations

import pytest
from quality_data import BEGIN, DAY, D, added, kinds, look_at, moved, shop_of, without

from keepbook.unit import Unit


@pytest.mark.parametrize("length", [7, 14, 60])
def test_a_planted_gap_is_found(length: int, unit: Unit) -> None:
    for seed in range(1, 6):
        shop = shop_of(seed)
        found = look_at(without(shop, 300, 300 + length - 1), unit)
        assert kinds(found) == ["gap"]
        gap = found.anomalies[0]
        assert (gap.first, gap.last, gap.days) == (BEGIN + 300 * DAY, BEGIN + (299 + length) * DAY, length)
        missing = shop["day"].between(300, 299 + length).sum()
        assert missing / 2 < gap.usual < 2 * missing


def test_two_gaps_are_two(unit: Unit) -> None:
    found = look_at(without(without(shop_of(), 200, 220), 400, 430), unit)
    assert [(odd.kind, odd.days) for odd in found.anomalies] == [("gap", 21), ("gap", 31)]


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_planted_day_of_migration_is_found(share: float, unit: Unit) -> None:
    for seed in range(1, 6):
        found = look_at(moved(shop_of(seed), share, 200, seed), unit)
        assert kinds(found) == ["new"]
        assert found.anomalies[0].first == found.anomalies[0].last == BEGIN + 200 * DAY
        assert found.anomalies[0].share == pytest.approx(share, abs=0.02)


def test_many_customers_on_the_first_day_are_found(unit: Unit) -> None:
    found = look_at(moved(shop_of(), 0.3, 0), unit)
    assert kinds(found) == ["new"] and found.anomalies[0].first == found.window.start


def test_a_panel_that_begins_amid_business_has_no_day_of_migration(unit: Unit) -> None:
    """In running business old customers turn up day by day, most of them in the first days."""
    found = look_at(shop_of(customers=4000).query("day >= 400"), unit)
    assert found.anomalies == ()


@pytest.mark.parametrize("far", [-20_000, -500, -60, 60, 500, 30_000])
def test_a_planted_far_date_is_found(far: int, unit: Unit) -> None:
    for seed in range(1, 4):
        shop = shop_of(seed)
        edge = shop["day"].min() if far < 0 else shop["day"].max()
        found = look_at(added(shop, "C000007", [edge + far]), unit)
        assert kinds(found) == ["far"]
        assert (found.anomalies[0].apart, found.anomalies[0].count) == (far, 1)
        assert found.anomalies[0].first == found.anomalies[0].last == BEGIN + int(edge + far) * DAY


def test_default_dates_of_many_customers_are_far(unit: Unit) -> None:
    """One day, though it holds a fifth of all first purchases."""
    shop = moved(shop_of(), 0.2, 0)
    entered = shop["day"] == 0
    shop.loc[entered, "day"] = (D(1970, 1, 1) - BEGIN).days
    found = look_at(shop, unit)
    assert kinds(found) == ["far"] and found.anomalies[0].first == D(1970, 1, 1)
    assert found.anomalies[0].count == entered.sum()


def test_far_dates_on_both_sides_and_a_gap_between(unit: Unit) -> None:
    shop = added(without(shop_of(), 300, 330), "C000007", [-9000, -8000, 20_000])
    found = look_at(shop, unit)
    assert [(odd.kind, odd.apart) for odd in found.anomalies] == [
        ("far", -8000),
        ("far", 20_000 - 699),
        ("gap", 0),
    ]
    assert found.anomalies[0].count == 2 and found.anomalies[0].days == 1001


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
        assert (found.anomalies[0].first, found.anomalies[0].count) == (BEGIN + (700 - silent) * DAY, 0)


def test_a_thin_last_week_is_found(unit: Unit) -> None:
    shop = shop_of(customers=4000)
    late = shop["day"] >= 693
    found = look_at(shop[~late | (shop.index % 10 == 0)], unit)
    assert kinds(found) == ["end"]
    assert found.anomalies[0].count == (late & (shop.index % 10 == 0)).sum() and found.anomalies[0].days == 7


def test_a_lull_in_the_last_week_is_none(unit: Unit) -> None:
    shop = shop_of(customers=4000)
    assert look_at(shop[(shop["day"] < 693) | (shop.index % 5 < 2)], unit).anomalies == ()


def test_a_mistyped_amount_is_found(unit: Unit) -> None:
    shop = shop_of()
    shop.loc[1000, "money"] = shop["money"].sum()
    found = look_at(shop, unit)
    assert kinds(found) == ["money"] and found.anomalies[0].share > 0.5
    assert found.anomalies[0].first == BEGIN + int(shop.loc[1000, "day"]) * DAY


def test_a_day_of_many_orders_is_found(unit: Unit) -> None:
    """An import that dated a tenth of all orders, of old customers, on one day."""
    shop = shop_of()
    again = shop[shop.duplicated("customer")].drop_duplicates("customer").head(len(shop) // 10)
    shop.loc[again.index, "day"] = 500
    found = look_at(shop.drop_duplicates(["customer", "day"]), unit)
    assert kinds(found) == ["orders"] and found.anomalies[0].first == BEGIN + 500 * DAY


def test_dates_at_the_ends_of_the_calendar(unit: Unit) -> None:
    """Far beyond the years pandas counts in nanoseconds."""
    shop = shop_of(customers=300)
    ends = [(D(1, 1, 1) - BEGIN).days, (D(9999, 12, 31) - BEGIN).days]
    found = look_at(added(shop, "C000007", ends), unit)
    assert [(odd.kind, odd.first) for odd in found.anomalies] == [
        ("far", D(1, 1, 1)),
        ("far", D(9999, 12, 31)),
    ]
