"""The page of `keepbook check`: its exact text, every sentence, and text from data that stays text."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import ibis
import pandas as pd
import pytest
from rich.console import Console

from conftest import write_unit
from keepbook.console.answers import answers
from keepbook.console.check import remarks, show
from keepbook.quality import Account, Anomaly, Readiness
from keepbook.reading.stated import Stated, stated
from keepbook.tables import Ledger, Tables, Window
from keepbook.unit import Unit

D = dt.date
LEDGER = Ledger(
    entries=pd.DataFrame(
        [
            ("no customer", 1, Decimal("7.50"), 1),
            ("no readable date", 2, Decimal("3.00"), 2),
        ],
        columns=["rule", "rows", "amount", "matched"],
    ),
    rows_in=1203,
    rows_kept=1200,
    amount_in=Decimal("30010.50"),
    amount_kept=Decimal("30000.00"),
    returns_rows=0,
    returns_amount=Decimal(0),
)
GOOD = Readiness(
    customers=800,
    orders=1150,
    amount=30000.0,
    window=Window(D(2023, 1, 1), D(2024, 6, 30)),
    months=18,
    one_time=(0.62, 0.5858, 0.653),
    anomalies=(),
    ahead=0,
    accounts=(),
    negative=None,
    cohorts={"week": (70, 11.0), "month": (16, 100.0), "quarter": (5, 140.0)},
    repeaters=304,
    loyal=40,
    interval=61.4,
    quiet=3,
    active=250,
    kept=120,
    lost=130,
)


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    home = tmp_path_factory.mktemp("home")
    (home / "params").mkdir()
    return write_unit(
        home,
        "Customer,Ordered,Total\n",
        title="Acme",
        currency="EUR",
        transactions={"columns": {"customer_id": "Customer", "date": "Ordered", "amount": "Total"}},
    )


PARQUET = stated("files", n=1, how=stated("parquet"))


def tables(
    stated: tuple[Stated, ...] = (),
    examples: Mapping[str, tuple[Any, ...]] | None = None,
    ledger: Ledger = LEDGER,
) -> Tables:
    nothing = ibis.table({"customer_id": "string"}, name="never_read")
    return Tables(nothing, None, ledger, GOOD.window, None, stated, examples or {})


def printed(found: Readiness, unit: Unit, read: Tables | None = None, width: int = 80, **how: Any) -> str:
    out = io.StringIO()
    show(found, read or tables(), unit, console=Console(file=out, width=width, highlight=False, **how))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def said(found: Readiness, unit: Unit, stated: tuple[Stated, ...] = ()) -> list[str]:
    return remarks(found, tables(stated), unit)


def answer(analysis: str, unit: Unit, **changed: Any) -> tuple[str, str]:
    found = {a.analysis: (a.carries, a.why) for a in answers(replace(GOOD, **changed), unit)}
    return found[analysis]


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_a_small_unit(unit: Unit) -> None:
    read = tables(
        (
            stated("files", n=1, how=stated("csv", encoding="gb18030", sign="';'", header="none")),
            stated("day-form", column="Ordered", form="dmy", example="'31.12.2023'"),
        ),
        {"no readable date": ("row 17 'soon'", "row 30 '31.13.2023'")},
    )
    gap = Anomaly("gap", D(2024, 3, 4), D(2024, 3, 24), usual=44.6)
    assert (
        printed(replace(GOOD, anomalies=(gap,)), unit, read)
        == """\
✓ Acme
  800 customers, 1,150 orders (one per customer and day), 30,000 EUR
  2023-01-01 to 2024-06-30 (18 months)

How it was read
  ·  1 file: gb18030, fields separated by ';'.
  ·  Ordered: day before month, such as '31.12.2023'.

  Lines of the source         lines      amount
  left out: no customer           1       8 EUR
  left out: no readable date      2       3 EUR
    row 17 'soon'
    row 30 '31.13.2023'
  kept                        1,200  30,000 EUR
  all                         1,203  30,010 EUR

To look at
  !  No purchase from 2024-03-04 to 2024-03-24 (21 days), where 45 orders would
     be usual. If the business was not closed, lines are missing and customers
     look lost: export them again.
  ·  62.0 % (58.6–65.3 %) of the customers are one-time buyers: they bought on
     one day, be it the last.

What the data would carry
  Cohort retention  yes  16 cohorts with a complete next month; 100 customers in
                         a typical one: shares to ± 9.8 points.
  Customer value    yes  304 of 800 customers bought again, typically 61 days
                         apart; 547 days of data.
  Scorecard         yes  18 complete months.
  Churn warning     yes  Of 250 customers active 180 to 90 days before the end,
                         130 did not come back.
  Strategies        no   It takes `assignments`. Two halves of the 250 customers
                         of the last 90 days would show a difference of 17.7
                         points.
  Feedback          no   It takes `surveys` or `interactions`.

Tables that are missing, and what each would add
  customers     who they are: retention by segment, region or owner
  costs         what was spent: the cost of a new customer and its return
  surveys       what they said: satisfaction beside retention
  interactions  when they called: response times beside retention
  assignments   who was offered what: which strategy works

"""
    )


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, unit: Unit) -> None:
    odd = tuple(
        Anomaly(kind, D(2024, 1, 1), D(2024, 1, 1), 99, 1, 0.5, 40) for kind in ("far", "new", "money")
    )
    page = printed(replace(GOOD, anomalies=odd, ahead=3, negative=(3, -9.0)), unit, width=width)
    assert max(map(len, page.split("\n"))) <= width
    assert printed(GOOD, unit).count("\n") <= 45


def test_nothing_odd_is_said_to_be_so(unit: Unit) -> None:
    page = printed(GOOD, unit)
    assert "To look at\n  ✓  Nothing stands out.\n  ·  62.0 %" in page
    assert "How it was read" not in page, "nothing is known of it"


def test_simulated_data_say_so(unit: Unit) -> None:
    source = unit.transactions.model_copy(update={"source": "simulate"})
    assert printed(GOOD, unit.model_copy(update={"transactions": source})).startswith(
        "✓ Acme (simulated data)\n"
    )


def test_tables_that_are_there_are_not_missing(unit: Unit) -> None:
    there = unit.model_copy(update={"surveys": unit.transactions, "assignments": unit.transactions})
    page = printed(GOOD, there)
    missing = page[page.index("Tables that are missing") :]
    assert re.findall(r"^  (\w+)", missing, re.MULTILINE) == ["customers", "costs", "interactions"]


def test_data_of_some_days(unit: Unit) -> None:
    found = replace(GOOD, window=Window(D(2024, 6, 1), D(2024, 6, 30)))
    assert "  2024-06-01 to 2024-06-30 (30 days)\n" in printed(found, unit)
    one = replace(GOOD, customers=1, orders=1, window=Window(D(2024, 6, 1), D(2024, 6, 1)))
    assert "  1 customer, 1 order (one per customer and day)" in printed(one, unit)
    assert "(1 day)" in printed(one, unit)


def test_ways_of_reading_are_told_once(unit: Unit) -> None:
    assert printed(GOOD, unit, tables((PARQUET, PARQUET))).count("Parquet") == 1


# ── text from data is text ──────────────────────────────────────────────────────────────────────────────

HOSTILE = "[red]x[/red] \x1b[2J\x07 \u202egnp.exe :smile: a\nb\tc"
SAFE = "[red]x[/red] �[2J� �gnp.exe :smile: a b c"


def test_hostile_text_is_shown_and_does_nothing(unit: Unit) -> None:
    name = unit.model_copy(update={"title": HOSTILE})
    ledger = replace(LEDGER, entries=LEDGER.entries.replace("no customer", HOSTILE))
    read = tables((stated("columns-aside", columns=HOSTILE),), {"no readable date": (HOSTILE,)}, ledger)
    account = Account(HOSTILE, 9, 0.1, 0.1, False)
    page = printed(replace(GOOD, accounts=(account,)), name, read, width=300, force_terminal=True)
    plain = re.sub(r" +$", "", re.sub(r"\x1b\[[\d;]*m", "", page), flags=re.MULTILINE)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", plain)
    assert plain.startswith(f"✓ {SAFE}\n")
    assert f"left aside: {SAFE}.\n" in plain and f"left out: {SAFE}  " in plain and f"    {SAFE}\n" in plain
    assert f"Customer '{SAFE[:30]}" in plain, "and cut"


def test_braces_of_data_are_no_placeholders(unit: Unit) -> None:
    """Sentences are made with str.format."""
    columns = unit.transactions.model_copy(update={"columns": {"customer_id": "{0} {x}", "date": "{y}"}})
    wild = unit.model_copy(update={"transactions": columns})
    (sentence,) = said(replace(GOOD, accounts=(Account("{days}", 9, 0.1, 0.1, True),)), wild)
    assert '`exclude: {no person: {"{0} {x}": "{days}"}}`' in sentence and "Customer '{days}'" in sentence


def test_a_long_name_is_cut_and_not_put_into_a_setting(unit: Unit) -> None:
    (sentence,) = said(replace(GOOD, accounts=(Account("x" * 500, 9, 0.1, 0.1, False),)), unit)
    assert f"'{'x' * 39}…'" in sentence and "`exclude` leaves it out" in sentence


def test_secrets_stay_hidden(unit: Unit) -> None:
    out = io.StringIO()
    read = tables((stated("columns-aside", columns="hunter2"),), {"no readable date": ("row 1 'hunter2'",)})
    show(GOOD, read, unit, lambda text: text.replace("hunter2", "${PW}"), Console(file=out, width=80))
    assert "hunter2" not in out.getvalue() and out.getvalue().count("${PW}") == 2


# ── what to look at ─────────────────────────────────────────────────────────────────────────────────────

SENTENCES = [
    (
        Anomaly("far", D(1970, 1, 1), D(1970, 1, 1), 12, 0, 0.0104, -19_358),
        "12 orders lie on 1970-01-01, 19,358 days before all others: the time between looks empty. Programs "
        "write this day where they know none. If that is wrong, `exclude: {wrong date: {Ordered: "
        "1970-01-01}}` under `transactions` leaves it out.",
    ),
    (
        Anomaly("far", D(2107, 3, 1), D(2107, 3, 4), 1, 0, 0.001, 30_000),
        "1 order lies on 2107-03-01 to 2107-03-04, 30,000 days after all others: the time between looks "
        "empty. If that is wrong, `as_of: 2025-01-09` leaves it out.",
    ),
    (
        Anomaly("far", D(2022, 1, 5), D(2022, 2, 5), 2, 0, 0.001, -90),
        "2 orders lie on 2022-01-05 to 2022-02-05, 90 days before all others: the time between looks empty. "
        "If that is wrong, `exclude: {wrong date: {Ordered: {from: 2022-01-05, to: 2022-02-05}}}` under "
        "`transactions` leaves it out.",
    ),
    (
        Anomaly("end", D(2024, 6, 11), D(2024, 6, 30), 0, 41.7),
        "No order after 2024-06-10, though the data count up to 2024-06-30; 42 would be usual. If the export "
        "stopped there, or more is to come, set `as_of: 2024-06-10`; else customers look lost.",
    ),
    (
        Anomaly("end", D(2024, 6, 24), D(2024, 6, 30), 5, 63),
        "Only 5 orders after 2024-06-23, though the data count up to 2024-06-30; 63 would be usual. If the "
        "export stopped there, or more is to come, set `as_of: 2024-06-23`; else customers look lost.",
    ),
    (
        Anomaly("new", D(2023, 9, 1), D(2023, 9, 1), 240, 0.5, 0.3),
        "240 customers (30.0 %) first appear on 2023-09-01; around it less than 1 a day. If customers were "
        "moved into a new system then, they are older: add their earlier purchases.",
    ),
    (
        Anomaly("new", D(2023, 1, 1), D(2023, 1, 1), 240, 3, 0.3),
        "240 customers (30.0 %) first appear on 2023-01-01; around it 3 a day. They may be older than the "
        "data: `warm_up_cohorts: exclude` keeps them out of the cohorts.",
    ),
    (
        Anomaly("orders", D(2000, 1, 1), D(2000, 1, 1), 115, 2, 0.1),
        "115 customers bought on 2000-01-01 (10.0 % of all orders); around it 2 a day. Programs write this "
        "day where they know none. If it was no sale, the date may be wrong; `exclude: {wrong date: "
        "{Ordered: 2000-01-01}}` under `transactions` leaves it out.",
    ),
    (
        Anomaly("money", D(2023, 9, 1), D(2023, 9, 1), 25_000, 55, 0.83),
        "25,000 EUR (83.0 % of all money) came in on 2023-09-01; around it a day brings 55 EUR. Look for "
        "amounts that are mistyped or in another currency.",
    ),
]


@pytest.mark.parametrize(("odd", "sentence"), SENTENCES, ids=[f"{o.kind}-{o.first}" for o, _ in SENTENCES])
def test_each_odd_day_has_its_sentence(odd: Anomaly, sentence: str, unit: Unit) -> None:
    assert said(replace(GOOD, anomalies=(odd,)), unit) == [sentence]


def test_the_worst_comes_first_and_three_of_a_kind_suffice(unit: Unit) -> None:
    gaps = tuple(Anomaly("gap", D(2023, m, 1), D(2023, m, 20), usual=m) for m in range(1, 8))
    far = Anomaly("far", D(2107, 3, 1), D(2107, 3, 1), 1, 0, 0.001, 30_000)
    sentences = said(replace(GOOD, anomalies=(*gaps, far), ahead=2), unit)
    assert sentences[0].startswith("2 orders are dated after today.")
    assert sentences[1].startswith("1 order lies on 2107-03-01")
    assert [s[:27] for s in sentences[2:5]] == [f"No purchase from 2023-0{m}-01" for m in (7, 6, 5)]
    assert sentences[5:] == ["And 4 more like the last."]


def test_accounts_that_may_be_many(unit: Unit) -> None:
    busy, guest, number = (
        Account("4711", 700, 0.98, 0.123, False),
        Account('Guest "x"', 9, 0.01, 0.02, True),
        Account("-1", 1, 0.001, 0.0, True),
    )
    assert said(replace(GOOD, accounts=(busy, guest, number)), unit) == [
        "Customer '4711' bought on 700 days (98.0 % of all days) and holds 12.3 % of the money. If many "
        "people stand behind it, `exclude: {no person: {Customer: 4711}}` under `transactions` leaves it "
        "out.",
        "Customer 'Guest \"x\"' looks like a placeholder, not a person: 9 days with a purchase, 2.0 % of the "
        'money. `exclude: {no person: {Customer: "Guest \\"x\\""}}` under `transactions` leaves it out.',
        "Customer '-1' looks like a placeholder, not a person: 1 day with a purchase, 0.0 % of the money. "
        "`exclude: {no person: {Customer: -1}}` under `transactions` leaves it out.",
    ]


def test_money_below_zero(unit: Unit) -> None:
    assert said(replace(GOOD, negative=(12, -345.6)), unit) == [
        "12 customers gave back more than they paid, together −346 EUR. If these are no returns of what was "
        "bought before the data begin, look at the signs of the amounts."
    ]


def test_hardly_anybody_buys_twice(unit: Unit) -> None:
    assert said(replace(GOOD, one_time=(0.998, 0.992, 1.0)), unit) == [
        "Hardly anybody buys twice: is `customer_id` perhaps the number of the order?"
    ]
    assert said(replace(GOOD, one_time=(0.995, 0.98, 1.0)), unit) == [], "by the lower limit"


def test_no_currency(unit: Unit) -> None:
    assert said(GOOD, unit.model_copy(update={"currency": None})) == [
        "No currency is set. Add it to the unit file, e.g. `currency: EUR`."
    ]


@pytest.mark.parametrize(
    ("found", "zoned"),
    [
        (stated("zone", column="Ordered", zone="UTC"), True),
        (stated("day-form", column="Ordered", form="ymd", example="'2020/06/03'"), False),
        (stated("columns-aside", columns="time zone, offset"), False),
    ],
)
def test_zones_of_times_need_a_zone_of_the_unit(found: Stated, zoned: bool, unit: Unit, home: Any) -> None:
    wanted = ["Times carry a zone, and days are cut in UTC. Set `timezone` to the shop's own."]
    assert said(GOOD, unit, (found,)) == (wanted if zoned else [])
    chosen = write_unit(home, "customer_id,date,amount\n", currency="EUR", timezone="UTC")
    assert said(GOOD, chosen, (found,)) == [], "the unit file says so itself"


# ── what the data would carry ────────────────────────────────────────────────────────────────────────────


def test_retention_by_number_and_size_of_cohorts(unit: Unit) -> None:
    def months(n: int, size: float, **others: Any) -> dict[str, Any]:
        return {"cohorts": {"week": (0, 0.0), "month": (n, size), "quarter": (0, 0.0), **others}}

    assert answer("retention", unit, **months(4, 100.0))[0] == "yes"
    assert answer("retention", unit, **months(3, 900.0)) == (
        "care",
        "3 cohorts with a complete next month; 900 customers in a typical one: shares to ± 3.3 points. It "
        "takes 4 cohorts of 100.",
    )
    assert answer("retention", unit, **months(9, 99.0))[0] == "care"
    assert answer("retention", unit, **months(0, float("nan"))) == (
        "no",
        "No cohort has a complete month after its first. It takes 4 cohorts of 100.",
    )
    advice = answer("retention", unit, **months(12, 40.0, quarter=(4, 120.0)))[1]
    assert advice.endswith("`cohort_period: quarter` gives 4 cohorts of about 120.")
    weekly = months(2, 900.0, week=(11, 200.0))
    assert "week" not in answer("retention", unit, **weekly)[1], "most buy after 61 days"
    advice = answer("retention", unit, interval=20.0, **weekly)[1]
    assert advice.endswith("`cohort_period: week` gives 11 cohorts of about 200.")


@pytest.mark.parametrize(
    ("changed", "carries", "needs"),
    [
        ({}, "yes", ""),
        ({"customers": 499}, "care", " It takes 500 customers."),
        ({"quiet": 31}, "care", " It takes a purchase in the last 30 days."),
        ({"loyal": 0}, "care", " It takes some who bought three times."),
        ({"repeaters": 29}, "no", " It takes 30 who bought again."),
        ({"interval": 136.0}, "yes", ""),
        ({"interval": 140.0}, "care", " It takes 560 days."),
        ({"interval": 280.0}, "no", " It takes 1,120 days."),
        ({"interval": float("nan"), "repeaters": 0}, "no", " It takes 30 who bought again."),
        ({"window": Window(D(2024, 1, 3), D(2024, 6, 30)), "interval": 20.0}, "yes", ""),
        (
            {"window": Window(D(2024, 1, 4), D(2024, 6, 30)), "interval": 20.0},
            "care",
            " It takes 180 days.",
        ),
    ],
)
def test_customer_value(changed: dict[str, Any], carries: str, needs: str, unit: Unit) -> None:
    found, why = answer("value", unit, **changed)
    assert found == carries
    assert why.partition("days of data.")[2] == needs


@pytest.mark.parametrize(("months", "carries"), [(2, "no"), (3, "care"), (12, "care"), (13, "yes")])
def test_scorecard(months: int, carries: str, unit: Unit) -> None:
    found, why = answer("scorecard", unit, months=months)
    assert found == carries
    assert why == f"{months} complete months" + (
        "." if carries == "yes" else "; comparing one with the year before takes 13."
    )


@pytest.mark.parametrize(
    ("kept", "lost", "carries"),
    [(100, 100, "yes"), (99, 900, "care"), (900, 20, "care"), (19, 900, "no"), (0, 0, "no")],
)
def test_churn_warning(kept: int, lost: int, carries: str, unit: Unit) -> None:
    found, why = answer("warning", unit, kept=kept, lost=lost)
    assert found == carries
    more = "" if carries == "yes" else " It takes 100 who did, and 100 who did not."
    counted = f"Of {kept + lost} customers active 180 to 90 days before the end, {lost} did not come back."
    assert why == counted + more


@pytest.mark.parametrize(
    ("active", "carries", "points"),
    [(3136, "yes", "5.0"), (3135, "care", "5.0"), (196, "care", "20.0"), (195, "no", "20.1")],
)
def test_strategies(active: int, carries: str, points: str, unit: Unit) -> None:
    """Two groups of n/2: 2.8 · √(¼ · 4/n), the usual formula at a share of one half."""
    assigned = unit.model_copy(update={"assignments": unit.transactions})
    found, why = answer("strategies", assigned, active=active)
    assert found == carries and why.endswith(f"would show a difference of {points} points.")
    found, why = answer("strategies", unit, active=active)
    assert found == "no" and why.startswith("It takes `assignments`.")


def test_feedback(unit: Unit) -> None:
    assert answer("feedback", unit)[0] == "no"
    there = unit.model_copy(update={"surveys": unit.transactions, "interactions": unit.transactions})
    found, why = answer("feedback", there)
    assert found == "yes" and "surveys and interactions; this check does not look into them" in why


def test_wrong_dates_make_everything_timed_doubtful(unit: Unit) -> None:
    far = Anomaly("far", D(2107, 3, 1), D(2107, 3, 1), 1, 0, 0.001, 30_000)
    for changed in ({"anomalies": (far,)}, {"ahead": 1}):
        found = answers(replace(GOOD, **changed), unit)
        assert [a.carries for a in found] == ["care"] * 4 + ["no", "no"]
        assert [a.why.endswith("Mend the dates first.") for a in found] == [True] * 5 + [False]
    gap = Anomaly("gap", D(2024, 3, 4), D(2024, 3, 24), usual=44.6)
    assert answers(replace(GOOD, anomalies=(gap,)), unit) == answers(GOOD, unit)
