"""`keepbook init` leaves to a person what an export does not tell, and says what to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from init_data import Keepbook, purchases

from keepbook.drafting.draft import draft_unit
from keepbook.unit import load_unit

# ── to decide ───────────────────────────────────────────────────────────────────────────────────────────


def test_days_that_allow_two_orders_are_left_to_decide(keepbook: Keepbook, home: Path) -> None:
    (home / "orders.csv").write_text("customer_id,date,amount\na,03/04/2023,5\nb,05/06/2023,6\n")
    code, out, _ = keepbook("init", "acme", "--from", "orders.csv")
    assert code == 1
    assert "Days in 'date' can be read with the day or the month first: row 1 '03/04/2023'" in out
    assert "Decide what is marked there, then: keepbook check acme" in out
    path = home / "params" / "acme.yaml"
    text = path.read_text(encoding="utf-8")
    decide = next(line for line in text.splitlines() if line.lstrip().startswith("# date_format: dmy"))
    path.write_text(text.replace(decide, "  date_format: mdy"), encoding="utf-8")  # the one edit
    assert purchases(load_unit("acme", home)) == {("a", "2023-03-04"): 5.0, ("b", "2023-05-06"): 6.0}


def test_a_column_that_nothing_tells_is_left_to_name(keepbook: Keepbook, home: Path) -> None:
    (home / "x.csv").write_text("alpha,beta,Order Date\nk1,5.20,2023-01-01\nk2,6.10,2023-01-02\n")
    code, out, _ = keepbook("init", "acme", "--from", "x.csv")
    assert code == 1
    assert "No column was recognised for customer_id: name it in the file." in out
    path = home / "params" / "acme.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("    # customer_id: …", "    customer_id: alpha").replace(
        "    # amount: …", "    amount: beta"
    )
    path.write_text(text, encoding="utf-8")
    assert purchases(load_unit("acme", home)) == {("k1", "2023-01-01"): 5.2, ("k2", "2023-01-02"): 6.1}


def test_several_currencies_become_one_unit_each(home: Path) -> None:
    rows = "a,2023-01-01,5,USD\nb,2023-01-02,6,USD\nc,2023-01-03,7,EUR\n"
    (home / "x.csv").write_text(f"Customer ID,Order Date,Total,Currency\n{rows}")
    draft = draft_unit("acme", home, {"transactions": {"source": "x.csv"}})
    assert draft.settings["currency"] == ("USD", "from the column Currency")
    assert draft.tables["transactions"].keys["where"] == {"Currency": "USD"}
    assert draft.unsure == (
        "There are several currencies (2 lines in USD, 1 lines in EUR): this unit takes USD; make one unit "
        "for each other.",
    )


# ── to look at ──────────────────────────────────────────────────────────────────────────────────────────


def look_at(home: Path, columns: str, rows: str) -> tuple[str, ...]:
    """What `init` asks a person to look at in a small export."""
    (home / "x.csv").write_text(f"{columns}\n{rows}", encoding="utf-8")
    return draft_unit("acme", home, {"transactions": {"source": "x.csv"}}).unsure


def test_refunded_orders_are_cancelled_and_the_other_statuses_named(home: Path) -> None:
    rows = "".join(
        f"{n},2023-01-{n:02},5.50,{status}\n"
        for n, status in enumerate(
            ["paid", "Refunded", "fully refunded", "unreturned", "partially refunded"], 1
        )
    )
    (looked,) = look_at(home, "Customer ID,Order Date,Total,Status", rows)
    assert looked == (
        "Lines whose Status is Refunded or fully refunded count as cancelled; paid, partially refunded, "
        "unreturned do not."
    )


def test_kinds_of_documents_are_to_look_at(home: Path) -> None:
    rows = "".join(f"{n},2023-01-{n:02},5.50,{'Gutschrift' if n == 3 else 'Rechnung'}\n" for n in range(1, 8))
    (looked,) = look_at(home, "Customer ID,Order Date,Total,Belegart", rows)
    assert looked == (
        "Belegart holds Gutschrift: if such lines are no sales, leave them out with "
        "exclude: {no sale: {Belegart: [Gutschrift]}}."
    )


def test_an_orders_total_on_each_of_its_lines(home: Path, keepbook: Keepbook) -> None:
    rows = "".join(f"O{n},{n % 5},2023-01-{n:02},{n}.50,item {i}\n" for n in range(1, 13) for i in range(2))
    (looked,) = look_at(home, "Order ID,Customer ID,Order Date,Total,Item", rows)
    assert looked.startswith("Total is the same on all lines of an order (12 orders with several lines)")
    query = looked.partition("query: ")[2]
    assert keepbook("init", "acme", "--from", "x.csv", "--set", f"query={query}")[0] == 0
    assert sum(purchases(load_unit("acme", home)).values()) == sum(n + 0.5 for n in range(1, 13))


def test_prices_that_differ_within_an_order_are_no_total(home: Path) -> None:
    rows = "".join(f"O{n},{n % 5},2023-01-{n:02},{n + i}.50,x\n" for n in range(1, 13) for i in range(2))
    assert look_at(home, "Order ID,Customer ID,Order Date,Total,Item", rows) == ()


@pytest.mark.parametrize(("column", "unit"), [("total_cents", "cents"), ("订单金额(万元)", "万元")])
def test_other_units_of_money(home: Path, column: str, unit: str) -> None:
    looked = look_at(home, f"Customer ID,Order Date,{column}", "1,2023-01-01,1250\n2,2023-01-02,990\n")
    assert any(words.startswith(f"{column} is perhaps in units of {unit}: ") for words in looked)
