"""`keepbook init`: from the export of a shop to a unit that runs, in one command and at most one edit."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xlsxwriter
import yaml

from keepbook import cli
from keepbook.params import Unit, load_unit
from keepbook.recognition import drafted, written
from keepbook.simulate import simulate
from keepbook.tables import open_tables

Keepbook = Callable[..., tuple[int, str, str]]
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
EXPORTS = yaml.safe_load((Path(__file__).parent / "headers.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def keepbook(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Keepbook:
    """`keepbook` with these arguments, in an empty project: exit code, stdout, stderr. Never a traceback."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def purchases(unit: Unit) -> dict[tuple[str, str], float]:
    """(customer, day) → net amount."""
    with open_tables(unit) as tables:
        rows = tables.purchases.to_pandas()
    return {(str(r.customer_id), str(r.date)[:10]): round(float(r.amount), 2) for r in rows.itertuples()}


def write_csv(path: Path, rows: list[list[Any]], encoding: str = "utf-8", delimiter: str = ",") -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


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


# ── what is left to a person ────────────────────────────────────────────────────────────────────────────


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
    draft = drafted("acme", home, {"transactions": {"source": "x.csv"}})
    assert draft.settings["currency"] == ("USD", "from the column Currency")
    assert draft.tables["transactions"].keys["where"] == {"Currency": "USD"}
    assert draft.unsure == (
        "There are several currencies (2 lines in USD, 1 lines in EUR): this unit takes USD; make one unit "
        "for each other.",
    )


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


def look_at(home: Path, columns: str, rows: str) -> tuple[str, ...]:
    """What `init` asks a person to look at in a small export."""
    (home / "x.csv").write_text(f"{columns}\n{rows}", encoding="utf-8")
    return drafted("acme", home, {"transactions": {"source": "x.csv"}}).unsure


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


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_there_is_not_written_over(keepbook: Keepbook, home: Path) -> None:
    (home / "o.csv").write_text("Customer ID,Order Date,Total\n1,2023-01-15,5\n")
    path = home / "params" / "acme.yaml"
    path.write_text("unit: acme\n# precious\n")
    code, out, err = keepbook("init", "acme", "--from", "o.csv")
    assert (code, out) == (2, "")
    assert err == (
        "There is a unit 'acme' already.\n"
        "  where:    params/acme.yaml\n"
        "  expected: a new name\n"
        "  do:       Choose another name, or add --force to write over it; the old file is kept as .bak.\n"
    )
    assert "precious" in path.read_text()
    assert keepbook("init", "acme", "--from", "o.csv", "--force")[0] == 0
    assert "precious" in (home / "params" / "acme.yaml.bak").read_text()
    assert load_unit("acme", home).transactions.source == "o.csv"


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (("con", "--from", "o.csv"), "'unit' cannot be the text 'con'."),
        (("acme", "--from", "nix.csv"), "There is no file at 'nix.csv'."),
        (("acme", "--from", "o.csv", "--preset", "zoho_deal"), "There is no preset 'zoho_deal'."),
        (
            ("acme", "--from", "o.csv", "--preset", "zoho_deals"),
            "The preset zoho_deals does not fit: the export has no column for date.",
        ),
        (("acme", "--from", "o.csv", "--timezone", "Shanghai"), "'timezone' cannot be the text 'Shanghai'."),
        (("acme", "--from", "o.csv", "--set", "encoding"), "'encoding' is no setting."),
        (("acme", "--from", "o.csv", "--set", "encodign=gbk"), "Unknown key 'encodign'."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_written(
    keepbook: Keepbook, home: Path, arguments: tuple[str, ...], first: str
) -> None:
    (home / "o.csv").write_text("Customer ID,Order Date,Total\n1,2023-01-15,5\n")
    code, out, err = keepbook("init", *arguments)
    assert (code, out, err.splitlines()[0]) == (2, "", first)
    assert "  do: " in err
    assert list((home / "params").iterdir()) == []


def test_hostile_names_and_values_stay_comments_and_text(keepbook: Keepbook, home: Path) -> None:
    """Column names and values land in YAML comments, on a terminal, and as YAML text."""
    name, value = "Total [red]\x1b[31m: #", "1\x1b]0;x\x07"
    write_csv(
        home / "o.csv", [["Customer: {a}", "Order Date", name], [f"{value}\nunit: evil", "2023-01-15", "5"]]
    )
    code, out, err = keepbook("init", "acme", "--from", "o.csv", "--set", "decimal=.")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    text = (home / "params" / "acme.yaml").read_text(encoding="utf-8")
    assert "\nunit: evil" not in text
    assert load_unit("acme", home).transactions.columns["customer_id"] == "Customer: {a}"


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
    draft = drafted("acme", home, sources)
    (home / "params" / "acme.yaml").write_text(written(draft), encoding="utf-8")
    load_unit("acme", home)


# ── the real thing ──────────────────────────────────────────────────────────────────────────────────────


def online_retail(shared_data: Path, lines: int | None) -> list[list[Any]]:
    table = pq.read_table(shared_data / "online_retail_ii.parquet")
    table = table.slice(0, lines) if lines else table
    return [table.column_names, *map(list, zip(*(c.to_pylist() for c in table.columns), strict=True))]


def as_gbk(rows: list[list[Any]], folder: Path) -> str:
    """As Excel in China saves it: GBK, days unpadded and year first; £ is not in it."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(rows[0])
    for row in rows[1:]:
        day = row[4]
        out.writerow([*row[:4], f"{day.year}/{day.month}/{day.day} {day.hour}:{day.minute:02}", *row[5:]])
    (folder / "retail.csv").write_bytes(text.getvalue().encode("gb18030"))
    return "retail.csv"


def as_excel(rows: list[list[Any]], folder: Path) -> str:
    book = xlsxwriter.Workbook(
        str(folder / "retail.xlsx"), {"constant_memory": True, "default_date_format": "d/m/yy"}
    )
    sheets = [book.add_worksheet("Year 2009-2010"), book.add_worksheet("Year 2010-2011")]
    half = min(525_461, len(rows) // 2)
    for sheet, part in zip(sheets, (rows[1 : half + 1], rows[half + 1 :]), strict=True):
        sheet.write(0, 0, "Online Retail II: all transactions of a UK wholesaler")
        sheet.write_row(2, 0, rows[0])
        for i, row in enumerate(part, 3):
            for j, value in enumerate(row):
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(i, j, value)
                elif value is not None:
                    sheet.write(i, j, value)
    book.close()
    return "retail.xlsx"


@pytest.mark.parametrize("form", [as_gbk, as_excel])
@pytest.mark.parametrize("lines", [40_000, pytest.param(None, marks=pytest.mark.slow)])
def test_online_retail_from_its_export_to_its_report(
    keepbook: Keepbook, home: Path, shared_data: Path, form: Callable[..., str], lines: int | None
) -> None:
    """One init, no edit, one run; the same money as the typed table holds."""
    rows = online_retail(shared_data, lines)
    shutil.copytree(NOTEBOOKS, home / "notebooks", ignore=shutil.ignore_patterns(".*"))
    code, out, err = keepbook("init", "acme", "--from", form(rows, home), "--currency", "GBP")
    assert (code, err) == (0, "")
    code, out, err = keepbook("check", "acme")
    assert (code, err) == (0, "")
    assert keepbook("run", "acme")[0] == 0
    made = json.loads((home / "reports/acme/2_cohort_retention/key_figures.json").read_text(encoding="utf-8"))
    assert made["lines"]["in"] == len(rows) - 1
    money = sum(round(row[3] * row[5], 4) for row in rows[1:])
    assert made["amount"]["in"] == pytest.approx(money, abs=0.01)
    if lines is None:
        known = {"exact duplicate": 34_335, "no customer": 235_151}
        if form is as_excel:  # the sheets overlap by nine days
            known = {"in several files": 22_523, "exact duplicate": 34_335 - 22_523, "no customer": 235_151}
        with open_tables(load_unit("acme", home)) as tables:
            left = dict(tables.ledger.entries[["rule", "rows"]].itertuples(index=False))
        assert {rule: left[rule] for rule in known} == known
