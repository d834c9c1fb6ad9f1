"""What a book hands over of a change: results that stand, or the reason why there are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from before_after_data import WEEKS, groups, shop_of

from keepbook.book import Book
from keepbook.errors import UnitFileError
from keepbook.results import is_missing

NOT_SHOWN = "Not shown: what a change brought. It needs `before_after` in the unit file."
CHANGES = """before_after:
  - {{name: shipping, treated: {{got: "yes"}}, {periods}}}
  - {{name: abroad, comparison_unit: deli, {periods}}}
"""
SOURCES = "transactions: {source: data/sales.csv}\ncustomers: {source: data/people.csv}\n"
PERIODS = f"date: 2024-01-01, period: week, before: {WEEKS}, after: {WEEKS}"
PARTS = ("comparison", "verdict", "levels", "event_study", "placebo", "effects_table", "checks_table")
SUMS = ("money_adds_up", "effect_adds_up", "customers_add_up")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two units with the same customers; the first knows who got it, and has no change yet."""
    rows, people = shop_of(groups(gain=2, n=60))
    for folder in ("params", "data"):
        (tmp_path / folder).mkdir()
    lines = rows.rename(columns={"customer": "customer_id", "money": "amount"}).drop(columns="bought")
    lines.to_csv(tmp_path / "data" / "sales.csv", index=False)
    customers = [f"{name},{got}" for name, got in zip(people["customer_id"], people["got"], strict=True)]
    (tmp_path / "data" / "people.csv").write_text("\n".join(["customer_id,got", *customers]), "utf-8")
    for unit in ("shop", "deli"):
        (tmp_path / "params" / f"{unit}.yaml").write_text(f"unit: {unit}\n{SOURCES}", encoding="utf-8")
    monkeypatch.delenv("KEEPBOOK_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def changed(home: Path) -> Path:
    with (home / "params" / "shop.yaml").open("a", encoding="utf-8") as file:
        file.write(CHANGES.format(periods=PERIODS))
    return home


def test_without_a_change_every_result_says_so(home: Path) -> None:
    book = Book("shop")
    analysis = book.before_after()
    for name in (*PARTS, *SUMS):
        found = getattr(analysis, name)
        assert is_missing(found) and str(found) == NOT_SHOWN
    assert tuple(analysis.decision) == ("Cannot be told", NOT_SHOWN, "wait", None)
    assert analysis.findings == [] and analysis.tiles == []
    assert "It needs <code>before_after</code> in the unit file." in analysis._repr_html_()


def test_a_change_is_taken_by_its_name_and_its_sums_agree(changed: Path) -> None:
    book = Book("shop")
    analysis = book.before_after()
    assert analysis.change.name == "shipping" and analysis.comparison.compared
    for name in SUMS:
        identity = getattr(analysis, name)
        assert identity.left == pytest.approx(identity.right, abs=0.005)
    who = "60 customers who got it were compared with 60 who did not, the same in all weeks."
    assert who in analysis.findings and len(analysis.findings) <= 6
    assert analysis.decision.stake == analysis.findings[0].stake  # type: ignore[attr-defined]
    assert [tile.name for tile in analysis.tiles][:2] == ["gain_total", "lift_revenue"]
    assert analysis.verdict.choice == "cost-open"
    assert analysis.truth is None, "nothing is simulated"
    with pytest.raises(UnitFileError, match="There is no change 'shiping'"):
        book.before_after("shiping")


def test_another_unit_is_handed_over_with_the_change(changed: Path) -> None:
    """The same customers on both sides: no effect, and all of them count twice."""
    book = Book("shop")
    analysis = book.before_after("abroad")
    assert analysis.sister is not None
    assert analysis.comparison.effects["effect"].abs().max() == pytest.approx(0, abs=1e-9)
    assert analysis.customers_add_up.left == analysis.customers_add_up.right == 240
    assert analysis.money_adds_up.left == pytest.approx(analysis.money_adds_up.right)
