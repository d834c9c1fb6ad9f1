"""What a book opens: rows of customers and purchases, some customers alone, units side by side."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import keepbook as kb
from keepbook.book import Book
from keepbook.errors import DataError, KeepbookError, UnitFileError
from keepbook.tables import Rows
from keepbook.unit import Unit

LINES = """customer_id,date,amount,coupon
a,2024-01-05,10,SPRING
a,2024-02-10,20,
b,2024-01-08,5,
b,2024-03-03,6,SPRING
c,2024-01-09,7,
c,2024-02-15,3,
d,2024-02-20,4,SPRING
e,2024-02-21,-2,
"""
CUSTOMERS = "customer_id,region\na,north\nb,north\nc,south\nd,\n"
ARMS = "experiment,customer_id,variant,assigned_at\n" + "".join(
    f"call,{who},{arm},2024-02-01\n" for who, arm in zip("abc", ("no", "yes", "yes"), strict=True)
)


@pytest.fixture
def opened(home: Path, shop: Callable[..., Unit], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Book]:
    """Four customers who buy from January to March and one who only brings back, opened."""
    monkeypatch.setenv("KEEPBOOK_HOME", str(home))

    def open_(**settings: Any) -> Book:
        shop(LINES, as_of="2024-03-31", transactions={"attributes": ["coupon"]}, **settings)
        return kb.open("shop")

    return open_


def who(rows: Rows) -> str:
    return "".join(sorted(rows.to_pandas()["customer_id"]))


def write_deli(home: Path, title: str) -> None:
    (home / "deli.csv").write_text("customer_id,date,amount\nx,2024-01-05,5\nx,2024-02-05,5\n", "utf-8")
    (home / "params" / "deli.yaml").write_text(
        f"unit: deli\ntitle: {title}\nas_of: 2024-03-31\ntransactions: {{source: deli.csv}}\n", "utf-8"
    )


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────


def test_customers_are_those_of_the_table_with_what_orders_carry(opened: Callable[..., Book]) -> None:
    customers = opened(customers=CUSTOMERS).customers
    assert customers.columns == ("customer_id", "region", "first_coupon", "any_coupon")
    assert who(customers) == "abcd"
    assert who(customers.filter(region="north", first_coupon="SPRING")) == "a"


def test_without_a_customers_table_they_are_those_who_bought(home: Path, opened: Callable[..., Book]) -> None:
    assert who(opened().customers.filter(any_coupon="SPRING")) == "abd"
    (home / "lines.csv").write_text(LINES.replace(",coupon", ",note"), encoding="utf-8")
    (home / "params" / "shop.yaml").write_text("unit: shop\ntransactions: {source: lines.csv}\n", "utf-8")
    customers = kb.open("shop").customers
    assert customers.columns == ("customer_id",)
    assert who(customers) == "abcd", "each once, and nobody who only brought back"


def test_purchases_are_ranked_by_money(opened: Callable[..., Book]) -> None:
    purchases = opened().purchases
    assert len(purchases) == 8
    assert purchases.top(2).to_pandas()["amount"].astype(float).tolist() == [20, 10]


def test_what_a_book_gave_works_without_the_book(home: Path, opened: Callable[..., Book]) -> None:
    opened(customers=CUSTOMERS)
    write_deli(home, "Deli")
    rows = kb.open("shop").customers, kb.open("shop").filter(region="north").customers
    cohorts, deli = kb.open("shop").cohorts, kb.open("shop").comparison_unit("deli")
    gc.collect()
    assert [who(one) for one in rows] == ["abcd", "ab"]
    assert cohorts.retention.customers == 4
    assert deli is not None and deli.purchases.count().to_pandas() == 2


def test_the_engine_goes_with_the_last_that_needs_it(opened: Callable[..., Book]) -> None:
    shop = opened()
    engine, customers = weakref.ref(shop.tables.purchases.get_backend()), shop.customers
    del shop
    gc.collect()
    assert engine() is not None and len(customers) == 4
    del customers
    gc.collect()
    assert engine() is None


def test_closing_a_book_closes_what_it_gave(opened: Callable[..., Book]) -> None:
    shop = opened()
    customers = shop.customers
    shop.close()
    with pytest.raises(Exception, match="(?i)clos|connect"):
        customers.to_pandas()


# ── some customers alone ────────────────────────────────────────────────────────────────────────────────


def returned(book: Book) -> list[tuple[str, ...]]:
    """Period, cohorts, customers at risk and those who bought in it, by period."""
    return [row[:4] for row in book.cohorts.average_table.texts()]


def test_numbers_of_a_filtered_book_are_those_of_its_customers(opened: Callable[..., Book]) -> None:
    """All: of three of January two buy in February and one in March, the one of February in March not.

    In the north: two of January, of whom one buys in February, the other one in March.
    """
    shop = opened(customers=CUSTOMERS)
    north = shop.filter(region="north")
    assert [row[2:] for row in returned(shop)] == [("4", "4"), ("4", "2"), ("3", "1")]
    assert [row[2:] for row in returned(north)] == [("2", "2"), ("2", "1"), ("2", "1")]
    assert (who(north.customers), who(north.purchases)) == ("ab", "aabb")
    assert float(north.purchases.to_pandas()["amount"].sum()) == 10 + 20 + 5 + 6
    assert float(shop.purchases.to_pandas()["amount"].sum()) == 53, "the unit itself stays whole"
    assert north.cohorts.money_adds_up.left == north.cohorts.money_adds_up.right == 20 + 6
    assert north.tables.window == shop.tables.window and north.tables.ledger is shop.tables.ledger


@pytest.mark.parametrize(
    ("conditions", "chosen"),
    [
        ({"first_coupon": "SPRING"}, "ad"),
        ({"any_coupon": "SPRING"}, "abd"),
        ({"any_coupon": "SPRING", "region": ["north", "south"]}, "ab"),
        ({"region": {"not": "north"}}, "cd"),
        ({"customer_id": {"from": "c"}}, "cd"),
    ],
)
def test_conditions_are_those_of_a_unit_file(
    opened: Callable[..., Book], conditions: dict[str, Any], chosen: str
) -> None:
    some = opened(customers=CUSTOMERS).filter(**conditions)
    assert who(some.customers) == chosen == "".join(sorted({*who(some.purchases)}))
    assert some.cohorts.retention.customers == len(chosen)


def test_a_filtered_book_is_filtered_again(opened: Callable[..., Book]) -> None:
    shop = opened(customers=CUSTOMERS)
    one = shop.filter(region="north").filter(first_coupon="SPRING")
    assert who(one.customers) == "a" and one.cohorts.retention.customers == 1
    assert shop.cohorts.retention.customers == 4


def test_conditions_that_cannot_be_met(opened: Callable[..., Book]) -> None:
    shop = opened(customers=CUSTOMERS)
    with pytest.raises(DataError, match="There is no column 'regoin'") as absent:
        shop.filter(regoin="north")
    assert absent.value.expected == "did you mean 'region'?"
    with pytest.raises(UnitFileError, match="Unknown key 'above'"):
        shop.filter(region={"above": 3})
    with pytest.raises(DataError, match="No customer meets the conditions") as nobody:
        shop.filter(region="nort")
    assert nobody.value.where == "region: 'nort'"


def test_experiments_are_not_counted_with_some_customers_alone(opened: Callable[..., Book]) -> None:
    settings = {"assignments": ARMS, "experiments": [{"name": "call", "title": "A call", "control": "no"}]}
    shop = opened(customers=CUSTOMERS, **settings)
    assert shop.experiment().entry.name == "call"
    north = shop.filter(region="north")
    assert "A call" not in north.close().html, "a page of its own"
    with pytest.raises(KeepbookError) as refused:
        north.experiment("call")
    assert str(refused.value) == (
        "Experiments are counted with all customers of their arms.\n"
        "  expected: the whole unit\n"
        "  do:       Ask the unit itself; for whom a strategy works, `segments` of the experiment tell."
    )
    assert "A call" in shop.close().html


# ── units side by side ──────────────────────────────────────────────────────────────────────────────────


def test_units_of_the_same_title_go_by_their_names(home: Path, opened: Callable[..., Book]) -> None:
    opened(title="Shop")
    write_deli(home, "Shop")
    both = kb.compare("shop", "deli")
    assert list(both.books) == ["shop", "deli"] and repr(both) == "shop · deli"
    assert both.cohorts.curves.data["unit"].unique().tolist() == ["shop", "deli"]
    assert {book.unit.title for book in both.books.values()} == {"Shop"}
