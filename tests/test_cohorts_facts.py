"""Sentences and key figures of who stays: they say what the tables hold."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from cohort_data import ROWS, WINDOW, many_of, purchases_of

from keepbook.cohorts import Choices, Retention, logo_churn, retention, revenue_bridge
from keepbook.cohorts.page.facts import Change, Worth, level_facts, named_periods
from keepbook.cohorts.page.findings import _lost, _trend, findings, tiles
from keepbook.page.elements import Finding
from keepbook.page.html import plain
from keepbook.text import BOLD, language

SHOP: Any = SimpleNamespace(cohort_period="month", churn_after=20, currency="EUR")


@pytest.fixture(scope="module")
def result() -> Retention:
    return retention(purchases_of(ROWS, "charts"), WINDOW, Choices(warm_up=1))


def sentences(result: Retention) -> list[Finding]:
    churn = logo_churn(purchases_of(ROWS, "charts"), WINDOW, churn_after=20)
    return findings(result, churn, None, SHOP)


def cells(active: list[int], size: int = 1000, **more: Any) -> pd.DataFrame:
    """Month 1 of cohorts from January on."""
    cohorts = pd.date_range("2024-01-01", periods=len(active), freq="MS")
    rows = {"cohort": cohorts, "period": 1, "label": "1", "size": size, "active": active}
    rows |= {"complete": True, "warm_up": False, "revenue": 1.0, "mark": 0}
    frame = pd.DataFrame(rows | more)
    return frame.assign(retention=frame["active"] / frame["size"])


def test_findings_say_what_the_tables_hold(result: Retention) -> None:
    """Month 1: 3 of 6 return (50 %); month 2: 1 of 4 (25 %)."""
    headline, still, lost = map(plain, sentences(result))
    # 3 customers of two cohorts, who brought 80 EUR: 3 × 1 % × 26.67 EUR a cohort, 12 cohorts a year
    assert headline.startswith("50 % (") and ") of new customers come back in month 1" in headline
    assert headline.endswith("one more point adds about 9.60 EUR a year.")
    assert still.startswith("25 % (") and ") still buy in month 2" in still
    assert lost.startswith("In 2024-03, ") and "bought nothing for 20 days" in lost


def test_the_first_finding_carries_the_money_that_hangs_on_it(result: Retention) -> None:
    worth = Worth.of(result)
    assert worth is not None
    assert worth.gain == pytest.approx(3 * 0.01 * 80 / 3)
    assert sentences(result)[0].stake == worth.a_year == pytest.approx(12 * worth.gain)
    quarters = Worth.of(replace(result, choices=Choices(period="quarter")))
    assert quarters is not None and quarters.a_year == pytest.approx(4 * quarters.gain)


def test_nothing_is_promised_where_no_new_customers_come() -> None:
    """As at CDNOW, whose three cohorts were followed for a year and a half."""
    rows = [row for row in ROWS if row[0] in "abcd"]  # January's alone, seen until April
    assert Worth.of(retention(purchases_of(rows, "closed"), WINDOW)) is None
    assert Worth.of(retention(purchases_of(ROWS, "charts"), WINDOW, Choices(rule="on_or_after"))) is None


def test_estimates_before_their_intervals_are_emphasised(result: Retention) -> None:
    for sentence in sentences(result):
        assert sentence.count(BOLD) == 1 and "(" in sentence


def test_left_out_customers_are_told() -> None:
    from keepbook.cohorts.page.figures import heatmap

    choices = Choices(warm_up=1, exclude_warm_up=True)
    later = retention(purchases_of(ROWS, "charts"), WINDOW, choices)
    assert "Left out: 4 customers of the first months" in heatmap(later).caption


def test_trend_is_called_clear_only_beyond_chance(result: Retention) -> None:
    def trend(active: list[int], **choices: Any) -> Finding | None:
        changed = replace(result, cells=cells(active), choices=Choices(**choices))
        return _trend(changed, Worth(1.0, 100.0, 1.0, 12.0), SHOP)

    newer, older, same = trend([200, 200, 300, 300]), trend([300, 300, 200, 200]), trend([200, 210, 205, 209])
    assert plain(str(newer)).startswith("Cohorts since 2024-03 come back more often: +10.0 pp (")
    assert plain(str(older)).startswith("Cohorts since 2024-03 come back less often: −10.0 pp (")
    assert plain(str(same)) == "There is no clear change between earlier cohorts and those since 2024-03."
    # ten points at 12 EUR each
    assert newer is not None and newer.stake == pytest.approx(120) and "about 120 EUR a year" in newer
    assert same is not None and same.stake is None
    older_customers = "older cohorts still hold customers of before the data begin"
    assert older_customers in str(older) and older_customers not in newer, "the first cohort is flagged"
    assert trend([200, 200, 300, 300], rule="on_or_after") is None, "older ones have had longer"
    assert trend([200, 300, 300]) is None, "three cohorts are too few"


def test_a_fall_beyond_doubt_warns(result: Retention) -> None:
    """Not one that older customers of before the data begin may make."""

    def warns(active: list[int], flagged: bool) -> bool:
        cohorts = result.cohorts.assign(warm_up=flagged)
        found = _trend(
            replace(result, cells=cells(active), cohorts=cohorts), Worth(1.0, 100.0, 1.0, 12.0), SHOP
        )
        assert found is not None
        return found.warns

    assert warns([300, 300, 200, 200], flagged=False)
    assert not warns([300, 300, 200, 200], flagged=True)
    assert not warns([200, 200, 300, 300], flagged=False) and not warns([200, 210, 205, 209], flagged=False)


def test_findings_stand_in_the_order_of_the_money_on_them(result: Retention) -> None:
    falling = replace(result, cells=cells([300, 300, 200, 200]), average=result.average)
    churn = logo_churn(purchases_of(ROWS, "charts"), WINDOW, churn_after=20)
    found = findings(falling, churn, None, SHOP)
    assert "come back in" in found[0], "who stays comes first"
    stakes = [one.stake or 0 for one in found[1:]]
    assert stakes == sorted(stakes, reverse=True) and stakes[0] > 0


@pytest.mark.parametrize(("gained", "said"), [(9, "More were"), (3, "Fewer were"), (5, "As many were")])
def test_losses_are_set_against_gains(gained: int, said: str) -> None:
    churn = pd.DataFrame(
        {"period_start": [pd.Timestamp("2024-03-01")], "at_start": 50, "lost": 5, "gained": gained}
        | {"churn": 0.1, "ci_lower": 0.04, "ci_upper": 0.21}
    )
    assert said in str(_lost(churn, SHOP))
    assert _lost(churn.assign(at_start=0), SHOP) is None, "nobody was there to be lost"


def test_small_numbers_are_never_named_in_a_title() -> None:
    """Month 2 is of 80 customers, month 1 of 180."""
    rows = many_of({"a": (80, ("2024-01-05", "2024-02-05")), "b": (100, ("2024-02-05",))})
    seen = retention(purchases_of(rows, "few"), WINDOW)
    assert seen.average["size"].tolist() == [180, 180, 80]
    assert named_periods(seen)["period"].tolist() == [1]
    assert named_periods(seen, fewest=1)["period"].tolist() == [1, 2]


def test_a_curve_is_called_flat_by_the_same_cohorts_alone(result: Retention) -> None:
    """January's cohort alone reaches month 4. It had 400, 90, 88 and 80: flat since month 2."""
    seen = [cells([400, 700]), cells([90, 600]).assign(period=2, label="2")]
    seen += [cells([active]).assign(period=age, label=str(age)) for age, active in ((3, 88), (4, 80))]
    falling = replace(result, cells=pd.concat(seen))
    last = pd.Series({"period": 4, "active": 80, "size": 1000})
    assert level_facts(falling, last) == {"slow": True, "from": "month 2"}
    last["active"] = 76  # below 85 % of 90
    assert level_facts(falling, last)["slow"] is False
    last["active"] = 340
    assert level_facts(falling, last)["from"] == "month 1", "from the first month on"


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def test_tiles_carry_interval_counts_and_definition(result: Retention) -> None:
    purchases = purchases_of(ROWS, "charts")
    bridge, churn = revenue_bridge(purchases, WINDOW), logo_churn(purchases, WINDOW, churn_after=20)
    shown = {tile.name: tile for tile in tiles(result, bridge, churn, SHOP)}
    first = shown["retention_month_1"]
    assert (first.value, first.change) == (0.5, None), "two cohorts are too few to compare"
    assert first.ci_lower is not None and first.ci_lower < 0.5 < (first.ci_upper or 0)
    assert (first.label, first.basis) == ("Come back in month 1", "3 of 6 customers")
    assert "One point more in month 1 would bring 1 EUR a cohort: 3 new customers, 27 EUR" in first.caveat
    assert first.history == (0.5, 0.5)
    lost = shown["logo_churn"]
    assert lost.label == "Lost in 2024-03"
    assert lost.basis == f"{churn['lost'].iloc[-1]} of {churn['at_start'].iloc[-1]} customers"
    assert shown["nrr"].value == pytest.approx(60 / 140)
    assert shown["nrr"].change is None, "neighbouring rates share a period"
    assert all(tile.definition and tile.evidence for tile in shown.values())
    assert [tile.name for tile in shown.values() if tile.headline] == ["retention_month_1", "nrr"]


def test_simple_averages_have_no_counts_behind_them() -> None:
    """The mean of two cohorts' shares is not the share of their customers."""
    simple = retention(purchases_of(ROWS, "charts"), WINDOW, Choices(average="simple"))
    (first,) = tiles(simple, pd.DataFrame({"nrr": []}), pd.DataFrame(), SHOP)
    assert first.basis == ""


def test_labels_fit_their_tiles_however_it_is_counted() -> None:
    rules = (("on", ()), ("on_or_after", ()), ("bracket", (1, 2, 4, 13)))
    for (rule, brackets), period, clock in itertools.product(
        rules, ("week", "month", "quarter"), ("calendar", "rolling")
    ):
        rows = [(who, day.replace(year=2022), money, bought) for who, day, money, bought in ROWS] + [*ROWS]
        choices = Choices(rule=rule, brackets=brackets, period=period, clock=clock)  # type: ignore[arg-type]
        counted = retention(purchases_of(rows, "labels"), WINDOW, choices)
        shop: Any = SimpleNamespace(cohort_period=period, churn_after=20, currency="EUR")
        purchases = purchases_of(rows, "labels")
        churn = logo_churn(purchases, WINDOW, churn_after=20, period=period)  # type: ignore[arg-type]
        bridge = revenue_bridge(purchases, WINDOW, period=period)  # type: ignore[arg-type]
        for tag in ("en", "zh"):
            with language(tag):
                labels = [tile.label for tile in tiles(counted, bridge, churn, shop)]
            assert labels and max(map(len, labels)) <= 28, labels


def test_a_change_is_of_newer_cohorts_against_older_ones(result: Retention) -> None:
    change = Change.of(replace(result, cells=cells([200, 200, 300, 300])), 1)
    assert change is not None
    assert (change.value, change.since) == (pytest.approx(0.1), pd.Timestamp("2024-03-01"))
    assert change.lower < 0.1 < change.upper and change.verdict == "more"
