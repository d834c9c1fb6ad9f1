"""`keepbook init` makes a unit that reads the same shop, whichever system exported it."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml
from init_data import Keepbook, purchases, write_csv

from keepbook.drafting.draft import draft_unit, unit_file_text
from keepbook.simulate import simulate
from keepbook.unit import load_unit

EXPORTS = yaml.safe_load((Path(__file__).parent / "headers.yaml").read_text(encoding="utf-8"))


# ── the same shop, exported by different systems ────────────────────────────────────────────────────────

SHOP = simulate(60, dt.date(2023, 1, 1), 400, 7).transactions.to_pandas()


def clean() -> list[tuple[str, dt.date, float, str]]:
    """Customer, day, amount, order of the simulated shop's sound purchases."""
    rows = SHOP.dropna(subset=["customer_id"]).drop_duplicates()
    rows = rows[(rows["amount"] > 0)]
    days = rows["date"].map(
        lambda day: day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day)[:10])
    )
    return [
        (str(who), day, round(float(money), 2), f"O{i:05}")
        for i, (who, day, money) in enumerate(zip(rows["customer_id"], days, rows["amount"], strict=True))
    ]


def expected() -> dict[tuple[str, str], float]:
    total: dict[tuple[str, str], float] = {}
    for who, day, money, _ in clean():
        total[who, str(day)] = round(total.get((who, str(day)), 0) + money, 2)
    return total


def german(folder: Path) -> str:
    head = ["Kundennummer", "Rechnungsdatum", "Rechnungsnummer", "Gesamtbetrag", "Währung"]
    rows = [
        [w, f"{d:%d.%m.%Y}", o, f"{m:,.2f} €".translate(str.maketrans(",.", ".,")), "EUR"]
        for w, d, m, o in clean()
    ]
    write_csv(folder / "rechnungen.csv", [["Rechnungen 2023"], [], head, *rows], "cp1252", ";")
    return "rechnungen.csv"


def american(folder: Path) -> str:
    rows = [[o, w, f"{d:%-m/%-d/%y} 1:05 PM", f"${m:,.2f}", "paid"] for w, d, m, o in clean()]
    write_csv(folder / "orders.csv", [["Order #", "Customer ID", "Order Date", "Total", "Status"], *rows])
    return "orders.csv"


def chinese(folder: Path) -> str:
    rows = [[o, w, f"{d.year}年{d.month}月{d.day}日", f"¥{m:,.2f}", "已完成"] for w, d, m, o in clean()]
    write_csv(
        folder / "订单.csv", [["订单编号", "客户编号", "下单日期", "实付金额", "订单状态"], *rows], "gb18030"
    )
    return "订单.csv"


def fxiaoke(folder: Path) -> str:
    """Milliseconds of midnight in China, amounts as text, as its API answers."""
    china = dt.timezone(dt.timedelta(hours=8))
    moment = {
        d: int(dt.datetime(d.year, d.month, d.day, tzinfo=china).timestamp() * 1000) for _, d, _, _ in clean()
    }
    data = [
        {"_id": o, "account_id": w, "order_time": moment[d], "order_amount": f"{m:.2f}", "order_status": "7",
         "life_status": "normal", "owner": ["1001"]}
        for w, d, m, o in clean()
    ]  # fmt: skip
    answer = {"errorCode": 0, "data": {"total": len(data), "dataList": data}}
    (folder / "orders.json").write_text(json.dumps(answer), encoding="utf-8")
    return "orders.json"


def zoho(folder: Path) -> str:
    head = ["id", "Account_Name", "Invoice_Date", "Invoice_Number", "Grand_Total", "Status", "Currency"]
    rows = [[str(i), w, str(d), o, str(m), "Sent", "EUR"] for i, (w, d, m, o) in enumerate(clean())]
    write_csv(folder / "Invoices.csv", [head, *rows, ["x", "a", "2023-01-01", "X", "99999", "Void", "EUR"]])
    return "Invoices.csv"


def excel(folder: Path) -> str:
    """A title, merged cells, a blank row, true dates; a sheet of notes behind."""
    book = xlsxwriter.Workbook(str(folder / "export.xlsx"), {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Sales")
    sheet.merge_range(0, 0, 0, 4, "All sales, exported for Ms Example")
    sheet.write_row(2, 0, ["Invoice", "Customer", "Date", "Quantity", "Unit price"])
    for i, (who, day, money, order) in enumerate(clean(), 3):
        sheet.write_row(i, 0, [order, who])
        sheet.write_datetime(i, 2, dt.datetime(day.year, day.month, day.day, 9, 30))
        sheet.write_row(i, 3, [2, money / 2])
    book.add_worksheet("Notes").write_column(0, 0, ["Notes", "nothing to see"])
    book.close()
    return "export.xlsx"


@pytest.mark.parametrize("export", [german, american, chinese, fxiaoke, zoho, excel])
def test_an_export_becomes_a_unit_that_reads_the_same_shop(
    keepbook: Keepbook, home: Path, export: Callable[[Path], str]
) -> None:
    code, out, err = keepbook("init", "acme", "--from", export(home))
    assert (code, err) == (0, "")
    assert "Next: keepbook check acme" in out
    assert purchases(load_unit("acme", home)) == expected()


def test_a_database_becomes_a_unit(keepbook: Keepbook, home: Path) -> None:
    base = sqlite3.connect(home / "shop.db")
    base.execute("CREATE TABLE orders (customer_id TEXT, ordered_at TEXT, total REAL, order_id TEXT)")
    base.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", [(w, str(d), m, o) for w, d, m, o in clean()])
    base.execute("CREATE TABLE people (customer_id TEXT, tier TEXT)")
    base.executemany("INSERT INTO people VALUES (?, 'gold')", {(who,) for who, *_ in clean()})
    base.commit()
    base.close()
    code, _, err = keepbook("init", "acme", "--from", "sqlite://shop.db")
    assert (code, err.splitlines()[0]) == (2, "The database needs a `table` or a `query`.")
    code, _, err = keepbook("init", "acme", "--from", "sqlite://shop.db", "--set", "table=orders")
    assert (code, err) == (0, "")
    assert purchases(load_unit("acme", home)) == expected()
    both = ("--from", "sqlite://shop.db", "--customers", "sqlite://shop.db")
    code, _, err = keepbook("init", "b", *both, "--set", "table=orders", "--set", "customers.table=people")
    assert (code, err) == (0, "")


# ── small exports ───────────────────────────────────────────────────────────────────────────────────────


def test_the_page_and_the_file_of_a_small_export(keepbook: Keepbook, home: Path) -> None:
    (home / "orders.csv").write_bytes(
        "Bestellungen\n\nKundennr;Bestelldatum;Betrag;Status\n"
        "7;31.12.2023;1.234,50 €;bezahlt\n8;02.01.2024;12,00 €;storniert\n".encode("cp1252")
    )
    code, out, err = keepbook("init", "acme", "--from", "orders.csv", "--currency", "EUR")
    assert (code, err) == (0, "")
    assert [line.rstrip() for line in out.splitlines()] == [
        "✓ transactions: orders.csv",
        "  1 file: cp1252, fields separated by ';', column names in line 3.",
        "  Bestelldatum: day before month, such as '31.12.2023'.",
        "  Betrag: decimals behind ',', such as '12,00 €'.",
        "",
        "  taken for    column        such as                 and its values",
        "  customer_id  Kundennr      7, 8                    2 different in 2 lines",
        "  date         Bestelldatum  31.12.2023, 02.01.2024  100% are days",
        "  amount       Betrag        1.234,50 €, 12,00 €     100% are numbers",
        "",
        "! Lines whose Status is storniert count as cancelled; bezahlt do not.",
        "",
        f"Wrote {home}/params/acme.yaml",
        "Next: keepbook check acme",
    ]
    assert (home / "params" / "acme.yaml").read_text(encoding="utf-8").splitlines() == [
        "# yaml-language-server: $schema=unit.schema.json",
        "unit: acme",
        "currency: EUR                      # as given",
        "# as_of: 2024-12-31                # last day of observation; left out, the last day in the data",
        "",
        "transactions:",
        "  # look: Lines whose Status is storniert count as cancelled; bezahlt do not.",
        "  source: orders.csv",
        "  # 1 file: cp1252, fields separated by ';', column names in line 3.",
        "  # Bestelldatum: day before month, such as '31.12.2023'.",
        "  # Betrag: decimals behind ',', such as '12,00 €'.",
        "  columns:",
        "    customer_id: Kundennr          # such as 7, 8",
        "    date: Bestelldatum             # such as 31.12.2023, 02.01.2024",
        "    amount: Betrag                 # such as 1.234,50 €, 12,00 €",
        "  cancelled:",
        "    Status: [storniert]",
    ]


def test_customers_come_along(keepbook: Keepbook, home: Path) -> None:
    (home / "o.csv").write_text("Customer ID,Order Date,Total\n1,2023-01-15,5\n2,2023-01-20,6\n")
    people = "".join(
        f"{n},2022-01-{n:02},{'gold' if n % 2 else 'blue'},x{n}@example.com\n" for n in range(1, 9)
    )
    (home / "p.csv").write_text(f"Customer ID,Registered At,Tier,Email\n{people}")
    code, _, err = keepbook("init", "acme", "--from", "o.csv", "--customers", "p.csv")
    assert (code, err) == (0, "")
    unit = load_unit("acme", home, retention_by="tier")
    assert unit.customers is not None
    assert unit.customers.columns == {
        "customer_id": "Customer ID",
        "acquired_on": "Registered At",
        "tier": "Tier",
    }


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export["name"])
def test_every_export_of_the_exam_becomes_a_file_that_loads(home: Path, export: dict[str, Any]) -> None:
    write_csv(home / "x.csv", [export["columns"], *export["rows"]])
    table = export["kind"]
    sources = (
        {"transactions": {"source": "x.csv"}}
        if table == "transactions"
        else {
            "transactions": {"source": "x.csv"},
            "customers": {"source": "x.csv"},
        }
    )
    draft = draft_unit("acme", home, sources)
    (home / "params" / "acme.yaml").write_text(unit_file_text(draft), encoding="utf-8")
    load_unit("acme", home)
