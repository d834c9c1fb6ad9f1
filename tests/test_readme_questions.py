"""The questions of the README, asked as they stand there."""

from __future__ import annotations

import ast
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import keepbook as kb
from conftest import REPOSITORY
from keepbook.page.elements import Decision
from keepbook.page.heat_table import HeatTable
from keepbook.tables.rows import Rows

ACME = """unit: acme
transactions:
  source: data/orders.csv
  columns: {customer_id: Customer, date: Ordered, amount: Total, order_id: Order}
  attributes: {discount: DiscountCode}
"""
MAX_LINES = 3  # of an answer, `import keepbook as kb` and the unit among them


def orders(customers: int = 300) -> pd.DataFrame:
    """Who began with a discount code returns half as often as the others."""
    draw, rows = random.Random(7), []
    for n in range(customers):
        began = n % 2 == 0
        first = pd.Timestamp("2024-01-01") + pd.Timedelta(days=draw.randrange(150))
        days = [0] + [30 * month for month in range(1, 6) if draw.random() < (0.2 if began else 0.4)]
        for day in days:
            code = "WELCOME10" if began and day == 0 else ""
            rows.append((f"K{n:03}", first + pd.Timedelta(days=day), 20.0, len(rows), code))
    return pd.DataFrame(rows, columns=["Customer", "Ordered", "Total", "Order", "DiscountCode"])


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The names that an answer may use, in a project that has the units of the README."""
    home = tmp_path_factory.mktemp("project")
    for folder in ("params", "data"):
        (home / folder).mkdir()
    for unit in ("demo", "floral", "deli"):
        text = (REPOSITORY / "params" / f"{unit}.yaml").read_text(encoding="utf-8")
        (home / "params" / f"{unit}.yaml").write_text(text, encoding="utf-8")
    (home / "params" / "acme.yaml").write_text(ACME, encoding="utf-8")
    orders().to_csv(home / "data" / "orders.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEEPBOOK_HOME", str(home))
        patch.chdir(home)
        yield {"kb": kb, "shop": kb.open("demo"), "home": home}


def section() -> str:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    return readme.partition("## If you explore")[2].partition("\n## ")[0]


def answer(question: str, asked: dict[str, Any]) -> Any:
    """What the README's line answers to a question."""
    found = re.search(rf"^\| {re.escape(question)} \| `(.*)` \|$", section(), re.MULTILINE)
    assert found, f"the README does not ask: {question}"
    assert len(found[1].splitlines()) <= MAX_LINES - 2
    return eval(found[1], {name: asked[name] for name in ("kb", "shop")})


def test_the_first_lines_run(asked: dict[str, Any]) -> None:
    block = re.search(r"```python\n(.*?)```", section(), re.DOTALL)
    assert block
    *setup, heatmap, outlook, decision = ast.parse(block[1]).body
    names: dict[str, Any] = {}
    exec(compile(ast.Module(setup, []), "README", "exec"), names)
    shown = [eval(ast.unparse(line), names) for line in (heatmap, outlook, decision)]
    assert [type(one) for one in shown] == [HeatTable, pd.DataFrame, Decision]


def test_customers_whose_first_order_had_a_discount(asked: dict[str, Any]) -> None:
    chart = answer("Do customers whose first order had a discount code stay?", asked)
    assert isinstance(chart, HeatTable) and 'class="kb-s' in chart._repr_html_()
    first = orders().sort_values("Ordered").groupby("Customer").first()
    began = {name for name, row in first.iterrows() if row["DiscountCode"]}
    assert chart.data.loc[chart.data["period"] == 0, "size"].sum() == len(began) == 150
    others = kb.open("acme").filter(first_discount={"not": {"like": "_%"}})
    assert len(others.customers) == 150, "a blank is no code, and meets no condition but a `not`"


def test_the_most_valuable_of_a_region(asked: dict[str, Any]) -> None:
    rows = answer("Who are the 20 most valuable customers of a region?", asked)
    assert isinstance(rows, Rows) and len(rows) == 20
    frame = rows.to_pandas()
    assert set(frame["region"]) == {"north"} and frame["clv"].is_monotonic_decreasing
    everybody = asked["shop"].clv.customers.to_pandas()
    assert frame["clv"].min() >= everybody.loc[everybody["region"] == "north", "clv"].nlargest(21).iloc[-1]


def test_weekly_cohorts_of_one_channel(asked: dict[str, Any]) -> None:
    chart = answer("What do weekly cohorts of one channel look like?", asked)
    customers = asked["shop"].customers.filter(first_channel="app")
    assert chart.data.loc[chart.data["period"] == 0, "size"].sum() == len(customers)
    assert set(chart.data["cohort"].dt.day_of_week) == {0}, "weeks begin on a Monday"


def test_two_units_in_one_chart(asked: dict[str, Any]) -> None:
    chart = answer("How do two units compare?", asked)
    assert set(chart.data["unit"]) == {"Floral", "Deli"}
    assert all(svg.count("Floral") and svg.count("Deli") for svg in chart.drawing)


def test_a_win_back_list(asked: dict[str, Any]) -> None:
    answer("Whom to win back?", asked)
    written = pd.read_csv(asked["home"] / "win_back.csv")
    everybody = asked["shop"].clv.customers.to_pandas()
    assert len(written) == (everybody["p_alive"] <= 0.3).sum() > 0
    assert (written["p_alive"] <= 0.3).all() and written["clv"].is_monotonic_decreasing


def test_one_customer_over_time(asked: dict[str, Any]) -> None:
    chart = answer("When did this customer go quiet?", asked)
    path = chart.data
    known = asked["shop"].clv.customers.filter(customer_id="C000002").to_pandas()
    assert path.iloc[-1]["p_alive"] == pytest.approx(known["p_alive"].iloc[0], abs=1e-9)


def test_a_book_shows_what_there_is() -> None:
    assert {"open", "compare", "language"} <= set(dir(kb))
    shop = kb.open("demo")
    assert {"cohorts", "clv", "planning", "experiment", "before_after", "customers"} <= set(dir(shop))
    for analysis in (shop.cohorts, shop.clv, shop.planning):
        assert "Attributes" in (type(analysis).__doc__ or ""), "a docstring names what there is"


def test_nothing_heavy_is_loaded_by_the_import(tmp_path: Path) -> None:
    code = "import sys, keepbook; print([m for m in ('pandas', 'matplotlib', 'ibis') if m in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert made.stdout.strip() == "[]", made.stderr
