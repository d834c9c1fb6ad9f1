"""Customers who may be many are found, by what they buy or what they are called; people are not."""

from __future__ import annotations

import numpy as np
import pytest
from cohort_data import buys
from quality_data import FEW, LENGTH, D, added, look, look_at, shop_of

from keepbook.unit import Unit


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
