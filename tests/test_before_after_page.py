"""What is said of a change that was not assigned at random: numbers by hand, and no more than they carry."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from before_after_data import UNIT, WEEKS, alone, by_hand, compared, groups
from bs4 import BeautifulSoup
from scipy import stats

from keepbook.before_after import BeforeAfter
from keepbook.before_after.analysis import BeforeAfterAnalysis
from keepbook.before_after.checks import LEVEL_TOLERANCE
from keepbook.before_after.page import tables
from keepbook.before_after.page.checks import check_sentence, notes
from keepbook.before_after.page.facts import decision, findings, in_words, no_decision, tiles
from keepbook.before_after.verdict import gap_share
from keepbook.errors import NotEnoughData
from keepbook.page import html as fragments
from keepbook.page.elements import Table
from keepbook.results import Missing, is_missing

GAIN = groups(gain=2)
REASON = NotEnoughData("Not shown: no change.")


def verdict(result: BeforeAfter, unit: Any = UNIT) -> tuple[str, str, str]:
    return tuple(decision(result, unit))


def said(result: BeforeAfter, unit: Any = UNIT, truth: dict[str, float] | None = None) -> str:
    return fragments.plain("\n".join(findings(result, unit, truth)))


def without(result: BeforeAfter, check: str, holds: str, metric: str = "revenue") -> BeforeAfter:
    """The result, had a check come out otherwise."""
    own = (result.checks["check"] == check) & (result.checks["metric"] == metric)
    checks = result.checks.assign(holds=result.checks["holds"].mask(own, holds))
    return replace(result, checks=checks)


def welch(panels: Any, times: float = 1.0, less: float = 0.0) -> list[float]:
    """The effect and its limits from every customer's own change, by scipy."""
    changes = [p[:, WEEKS:].mean(axis=1) - p[:, :WEEKS].mean(axis=1) for p in panels]
    limits = stats.ttest_ind(*changes, equal_var=False).confidence_interval(0.95)
    return [times * x - less for x in (changes[0].mean() - changes[1].mean(), limits.low, limits.high)]


# ── the verdict ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_gain_beyond_its_cost_looks_worth_keeping() -> None:
    label, reason, kind = verdict(compared(GAIN, cost=0.2))
    value, lower, upper = welch(GAIN, less=0.2)
    assert (label, kind) == ("Looks worth keeping", "good")
    assert reason.startswith(
        f"Those who got it brought {value:.2f} EUR [{lower:.2f}, {upper:.2f}] more revenue a "
        "customer and week than was to be expected without it, its cost of 0.20 EUR taken off. Before, both "
        "groups moved alike"
    )
    assert "not drawn by lot" in reason
    assert len(reason.split()) < 65, "ten seconds"


def test_the_same_gain_below_its_cost_does_not() -> None:
    label, reason, kind = verdict(compared(GAIN, cost=4.0))
    value, lower, upper = welch(GAIN, less=4.0)
    assert (label, kind) == ("Does not look worth keeping", "bad")
    assert f"brought {-value:.2f} EUR [{-upper:.2f}, {-lower:.2f}] less revenue" in reason


def test_a_margin_counts_margin() -> None:
    unit = SimpleNamespace(currency="EUR", alpha=0.05, margin=0.5)
    strong = groups(gain=4)
    label, reason, _kind = verdict(compared(strong, margin=0.5, cost=0.2), unit)
    value, lower, upper = welch(strong, times=0.5, less=0.2)
    assert label == "Looks worth keeping"
    assert f"brought {value:.2f} EUR [{lower:.2f}, {upper:.2f}] more margin a customer and week" in reason
    assert "No margin is stated" not in said(compared(strong, margin=0.5, cost=0.2), unit)


@pytest.mark.parametrize(("seed", "label"), [(1, "Cannot be told"), (3, "No gain to be seen")])
def test_around_zero_nothing_is_claimed(seed: int, label: str) -> None:
    panels = groups(seed=seed)
    assert (welch(panels)[0] > 0) == (label == "Cannot be told")
    found, reason, kind = verdict(compared(panels, cost=0.0))
    assert (found, kind) == (label, "wait")
    assert reason.endswith("Chance alone could make that: the interval holds zero.")


def test_without_cost_or_money_only_a_gain_is_seen() -> None:
    label, reason, kind = verdict(compared(GAIN))
    assert (label, kind) == ("Gain seen, cost not stated", "wait")
    assert "neither its cost nor a margin" in reason
    orders = replace(compared(GAIN, metrics=("orders", "retained")))
    up = orders.effects.assign(effect=0.2, ci_lower=0.1, ci_upper=0.3)
    label, reason, kind = verdict(replace(orders, effects=up))
    assert (label, kind) == ("Gain seen, money not compared", "wait")
    assert "brought 0.20 [0.10, 0.30] more orders a customer and week" in reason
    assert "`revenue` is not among the metrics" in reason


@pytest.mark.parametrize(
    ("gain", "label"), [(8.0, "May be worth keeping"), (-8.0, "May not be worth keeping")]
)
def test_against_a_trend_it_is_never_more_than_may_be(gain: float, label: str) -> None:
    found, reason, kind = verdict(alone(gain=gain, each=40, cost=0.1))
    assert (found, kind) == (label, "wait")
    assert "There is nobody to compare with" in reason
    assert reason.startswith("Customers 1 to 6 weeks after their first purchase brought")
    assert "In each period these are others, and of older customers it says nothing." in reason
    assert len(reason.split()) < 75, "ten seconds"


def test_who_is_counted_without_a_comparison_group() -> None:
    """Twelve come a week, from 30 weeks before the date on: ages 1 … 6 count.

    In 10 + 6 weeks they are the customers of 6 + 15 weeks, from the date on those of 6 + 5.
    """
    result = alone(gain=8.0, cost=0.1)
    text = said(result)
    assert text.startswith(
        "In each week those are counted who first bought 1 to 6 weeks before, so each holds others, 252 "
        "customers in all; of older customers it says nothing. What they bring is held against the trend "
        "before 2024-01-01: 10 weeks before it and 6 weeks from it on."
    )
    assert "for all 132 who count from that day on, over 6 weeks, +" in text
    assert "same customers" not in text + verdict(result)[1] and "own trend" not in text
    whole = {tile.name: tile for tile in tiles(result, UNIT)}["profit_total"]
    assert whole.definition == (
        "The same, of 132 customers from 2024-01-01 on, each in those weeks that are 1 to 6 weeks after the "
        "first purchase: 432 weeks of customers."
    )
    assert whole.value == pytest.approx(432 * result.money["profit"].iloc[0])
    assert "count in one week at least" in tables.groups_table(result).caption


def test_too_little_to_compare_is_said() -> None:
    assert tuple(no_decision(REASON)) == ("Cannot be told", "Not shown: no change.", "wait")
    short = NotEnoughData("Eight periods are needed.", do="Leave `before` out.")
    assert no_decision(short).reason == "Eight periods are needed. Leave `before` out."
    missing: Any = Missing(REASON)
    analysis = BeforeAfterAnalysis(SimpleNamespace(simulated=False, margin=1.0, alpha=0.05), None, missing)  # type: ignore[arg-type]
    assert analysis.findings == [] and analysis.tiles == []
    assert tuple(analysis.decision) == ("Cannot be told", "Not shown: no change.", "wait")
    for name in ("comparison", "verdict", "levels", "effects_table", "checks_table", "placebo_table"):
        assert is_missing(getattr(analysis, name)) and str(getattr(analysis, name)) == "Not shown: no change."


# ── checks that forbid a verdict ────────────────────────────────────────────────────────────────────────


def test_groups_that_were_parting_before_cannot_be_told() -> None:
    result = compared(groups(drift=1.5), cost=0.1)
    label, reason, kind = verdict(result)
    assert (label, kind) == ("Cannot be told", "broken")
    assert "did not move alike (p < 0.001)" in reason
    assert tiles(result, UNIT) == []
    text = said(result)
    assert "an effect of the change it is not" in text
    assert "pays" not in text and "were to be expected" not in text, "no number is offered"


@pytest.mark.parametrize("check", ["pre_trend", "placebo", "trend"])
def test_each_check_forbids_it_and_is_named(check: str) -> None:
    result = compared(GAIN, cost=0.2)
    label, reason, kind = verdict(without(result, check, "no"))
    assert (label, kind) == ("Cannot be told", "broken")
    assert check_sentence(without(result, check, "no"), check, "revenue") in reason
    assert verdict(without(result, check, "no", "orders"))[0] == "Looks worth keeping"


def test_a_past_that_cannot_be_tried_carries_nothing() -> None:
    result = compared(GAIN, cost=0.2)
    half = without(result, "pre_trend", "open")
    assert verdict(half)[0] == "Looks worth keeping"
    assert "moved alike" not in verdict(half)[1]
    assert verdict(without(half, "placebo", "open"))[::2] == ("Cannot be told", "broken")


@pytest.mark.parametrize(("clusters", "label"), [(6, "Cannot be told"), (12, "Looks worth keeping")])
def test_few_clusters_carry_nothing(clusters: int, label: str) -> None:
    found, reason, _kind = verdict(compared(groups(gain=3), clusters=clusters, cost=0.1))
    assert found == label
    assert ("by shop, and one group has only 6" in reason) == (clusters == 6)


def test_who_was_chosen_for_buying_little_would_have_bought_more_anyway() -> None:
    """Two below the others before, one of them made good: coming nearer explains all of it."""
    label, reason, kind = verdict(compared(groups(gain=2, treated=6, n=300), cost=0.1))
    assert (label, kind) == ("Cannot be told", "broken")
    assert re.search(r"stood \d\d % below the comparison\. Chosen for that", reason)
    beyond = verdict(compared(groups(gain=12, treated=6, n=300), cost=0.1))
    assert beyond[0] == "Looks worth keeping", "coming nearer does not overtake"
    above = verdict(compared(groups(gain=3, treated=14, n=300), cost=0.1))
    assert above[0] == "Looks worth keeping", "coming nearer would have made it smaller"
    assert re.search(r"they stood \d\d % above the comparison", above[1])


def test_levels_that_cannot_be_told_forbid_nothing_by_themselves() -> None:
    """150 a group: too few to say that both were alike within a tenth, though little was between them."""
    result = compared(GAIN, cost=0.2)
    row = result.effects.iloc[0]
    assert result.credibility("levels", "revenue") == "open" and gap_share(dict(row)) < LEVEL_TOLERANCE
    assert verdict(result)[0] == "Looks worth keeping"
    assert "within 10 %, cannot be told: the treated stood" in said(result)
    gone = result.effects.assign(proportional_lower=-1.0)
    assert verdict(replace(result, effects=gone))[0] == "Looks worth keeping", "what is between them is small"
    wide = gone.assign(gap_before=0.12 * row["comparison_before"])
    label, reason, _kind = verdict(replace(result, effects=wide))
    assert label == "Cannot be told" and "in proportion instead of in amount" in reason
    assert verdict(replace(result, effects=wide.assign(proportional_lower=0.1)))[0] == "Looks worth keeping"


def test_a_finding_that_is_only_there_in_amount_is_none() -> None:
    """Both groups a fifth above before: twice as much money where twice as much was spent."""
    label, reason, kind = verdict(compared(groups(treated=20, comparison=10, common=(4, 2), n=400), cost=0.1))
    assert (label, kind) == ("Cannot be told", "broken")
    assert "in proportion instead of in amount" in reason


def test_a_comparison_that_bought_nothing_before_breaks_nothing() -> None:
    """Its level is 0, of which no gap is a share."""
    treated, comparison = groups(gain=2)
    comparison[:, :WEEKS] = 0.0
    result = compared((treated, comparison), cost=0.1)
    assert result.credibility("levels", "revenue") == "open" and gap_share(result.deciding) == float("inf")
    label, reason, _kind = verdict(result)
    assert label and "inf" not in reason and "nan" not in reason.lower()
    assert "cannot be told" in said(result)


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def test_sentences_hold_the_numbers() -> None:
    hand, (value, lower, upper) = by_hand(GAIN), welch(GAIN)
    text = said(compared(GAIN, cost=0.2))
    assert text.startswith(
        "150 customers who got it (got: yes) are compared with 150 who did not (all others): over 6 weeks "
        "before 2024-01-01 and 6 weeks from it on, the same customers throughout."
    )
    assert (
        f"Revenue a customer and week: {hand['after']:.2f} EUR from 2024-01-01 on, where "
        f"{hand['expected']:.2f} EUR were to be expected without the change. The difference is "
        f"+{value:.2f} EUR [+{lower:.2f}, +{upper:.2f}], +{hand['effect'] / hand['expected']:.1%}"
    ).replace("%", " %") in text
    assert f"over 6 weeks, +{900 * value:.0f} EUR [+{900 * lower:.0f}, +{900 * upper:,.0f}]" in text
    assert f"+{value - 0.2:.2f} EUR [+{lower - 0.2:.2f}, +{upper - 0.2:.2f}] of revenue is left" in text
    least, most = 0.2 / upper, 0.2 / lower
    assert f"from a margin of {0.2 / value:.0%} [{least:.0%}, {most:.0%}] on".replace("%", " %") in text


def test_what_would_undo_it() -> None:
    gap = GAIN[0][:, :WEEKS].mean(axis=0) - GAIN[1][:, :WEEKS].mean(axis=0)
    largest, nearest = abs(pd.Series(gap).diff()).max(), welch(GAIN)[1]
    text = said(compared(GAIN, cost=0.2))
    assert f"moved the gap between the groups by {nearest:.2f} EUR for good from 2024-01-01 on" in text
    assert f"That is {nearest / largest:.0%} of the largest move".replace("%", " %") in text
    assert f"before, {largest:.2f} EUR, chance included" in text
    assert "What would undo it" not in said(compared(groups(), cost=0.2)), "there is nothing to undo"


def test_the_weaker_claim_is_spelled_out() -> None:
    assert "Customers were not drawn by lot. The finding holds if" in said(compared(GAIN))
    lone = said(alone(gain=8.0, cost=0.1))
    assert "There is no comparison group: the finding is against the trend of earlier customers" in lone
    assert "Less than a year lies before the change, so a season cannot be told" in lone
    assert "if the trend would have gone on, it pays with" in lone
    falling = said(compared(groups(gain=-3)))
    assert "No cost is stated" not in falling, "a loss is a loss at any cost"
    for text in (said(compared(GAIN, cost=0.2)), lone, verdict(compared(GAIN, cost=0.2))[1]):
        assert not re.search(r"experiment|A/B|significan|winner|proved", text, re.IGNORECASE)


def test_other_metrics_and_their_failed_checks() -> None:
    result = compared(GAIN, cost=0.2)
    assert re.search(r"Orders a customer and week 0\.\d\d where 0\.\d\d were to be expected", said(result))
    assert "not to be believed" not in said(result)
    broken = said(without(result, "placebo", "no", "retained"))
    assert "What is said of share who buy in a week is not to be believed" in broken


def test_truth_is_told_of_months_alone() -> None:
    truth = {"orders": 0.5, "revenue": 5.3, "margin": 1.0}
    weekly = compared(GAIN)
    assert "In truth" not in said(weekly, truth=truth)
    monthly = replace(weekly, change=weekly.change.model_copy(update={"period": "month"}))
    told = said(monthly, truth=truth)
    assert (
        "In truth, which is known of simulated data: revenue a customer and month +5.30 EUR; orders" in told
    )
    frame = tables.effects_table(monthly, UNIT, truth).frame
    assert list(frame["in truth"]) == ["+5.30", "+0.5000", "–"]  # in as many digits as the effect
    assert "in truth" not in tables.effects_table(weekly, UNIT, truth).columns


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"tier": "gold"}, "tier: gold"),
        ({"tier": ("gold", "plus"), "shop": {"not": "web"}}, "tier: gold or plus; shop: not web"),
        ({"age": {"from": 30, "to": 40}, "vip": True}, "age: from 30 to 40; vip: true"),
        ({"name": {"like": "C%"}}, "name: like C%"),
        ({"name": {"not": {"like": "{0}"}}}, "name: not like {0}"),
    ],
)
def test_conditions_in_words(conditions: dict[str, Any], words: str) -> None:
    assert in_words(conditions) == words


def test_hostile_names_are_escaped() -> None:
    evil = "<script>alert(1)</script>{0}{name}"
    result = compared(GAIN, cost=0.2)
    asked = result.change.model_copy(update={"treated": {evil: evil}, "title": evil})
    result = replace(result, change=asked)
    page = fragments.sentences([*findings(result, UNIT), verdict(result)[1]])
    assert evil in BeautifulSoup(page, "html.parser").get_text()
    assert "<script" not in page
    table = tables.groups_table(result).html()
    text = " ".join(BeautifulSoup(table, "html.parser").get_text().split())
    assert "<script" not in table and evil in text


# ── tiles and tables ────────────────────────────────────────────────────────────────────────────────────


def test_tiles_carry_money_and_lifts() -> None:
    value, lower, upper = welch(GAIN, less=0.2)
    made = {tile.name: tile for tile in tiles(compared(GAIN, cost=0.2), UNIT)}
    assert list(made) == ["profit_each", "profit_total", "lift_revenue", "lift_orders"]
    each, whole = made["profit_each"], made["profit_total"]
    assert (each.value, each.ci_lower, each.ci_upper) == pytest.approx((value, lower, upper))
    assert (whole.value, whole.ci_lower) == pytest.approx((900 * value, 900 * lower))
    assert made["lift_revenue"].kind == "percent"
    unstated = tiles(compared(GAIN), UNIT)
    assert unstated[0].name == "gain_each" and "not stated" in unstated[0].definition
    bare = tiles(compared(GAIN, metrics=("orders", "retained")), UNIT)
    assert [tile.name for tile in bare] == ["lift_orders", "lift_retained"]
    assert all(tile.definition for tile in [*made.values(), *bare])


def table(made: Table) -> pd.DataFrame:
    """What is saved: what is shown, and the numbers beside it."""
    frame = made.frame if made.data is None else made.data
    assert set(made.columns) <= set(frame.columns) and not frame.columns.duplicated().any()
    return frame


def test_tables_show_what_the_sentences_say() -> None:
    result, hand = compared(GAIN, clusters=12, cost=0.2), by_hand(GAIN)
    effects = table(tables.effects_table(result, UNIT))
    assert effects["before → after"].iloc[0] == f"{hand['before']:.2f} → {hand['after']:.2f}"
    assert effects["expected"].iloc[0] == f"{hand['expected']:.2f}"
    assert effects["ci_lower"].iloc[0] == result.effects["ci_lower"].iloc[0], "numbers lie beside"
    checks = table(tables.checks_table(result))
    assert list(checks["check"]) == [
        "✓ alike before the date",
        "✓ earlier dates",
        "? trend carried on",
        "? levels before",
        "✓ enough clusters",
    ]
    found = checks["what was found"]
    assert found.iloc[1].endswith("finds no effect on revenue. (orders ✓, share who buy ✓)")
    assert found.iloc[2].endswith("could make the effect on revenue."), "others have no effect to be undone"
    assert "smaller group has 12" in found.iloc[4]
    placebo = table(tables.placebo_table(result, UNIT))
    assert list(placebo["date"]) == ["2023-11-27", "2023-12-04", "2023-12-11", "2023-12-18", "2023-12-25"]
    known = result.placebo[result.placebo["metric"] == "orders"]["pvalue"]
    assert list(placebo["p, orders"]) == list(known)
    people = table(tables.groups_table(result))
    assert list(people["take part"]) == [150, 150] and list(people["clusters"]) == [12, 12]
    assert "clusters" not in table(tables.groups_table(compared(GAIN)))
    money = table(tables.money_table(result, UNIT))
    assert list(money["per"]) == ["a customer and week", "a customer, in all periods", "all who got it"]
    assert list(money["its cost"]) == ["0.20", "1.20", "180"]
    assert len(table(tables.notes_table(result))) == len(notes(result))


def test_checks_of_what_does_not_decide_stand_in_brackets() -> None:
    result = compared(groups(), clusters=12, cost=0.2)
    trend = result.checks.iloc[[0]].assign(check="trend", metric="orders", holds="no")
    added = replace(result, checks=pd.concat([result.checks, trend], ignore_index=True))
    checks = table(tables.checks_table(added)).set_index("check")["what was found"]
    assert checks[" trend carried on"] == "There is no effect on revenue to be undone. (orders ✗)"


def test_tables_of_a_change_for_all() -> None:
    result = alone(gain=8.0)
    assert "comparison" not in table(tables.effects_table(result, UNIT))
    robust = table(tables.robust_table(result, UNIT))
    assert {"in the first period", "more each period"} <= set(robust) and "in proportion" not in robust
    people = table(tables.groups_table(result))
    assert people["who"].iloc[0] == "1 to 6 weeks after their first purchase"
    assert people["group"].iloc[0] == "all" and people["left out"].isna().iloc[0]
    assert list(table(tables.checks_table(result))["check"]) == [
        "✓ straight before the date",
        "✓ earlier dates",
    ]
    assert "straight before, p" in robust
    money = table(tables.money_table(result, UNIT))
    assert list(money["per"]) == ["a customer and week", "all who count from the date on"]
    assert money["pays with"].isna().all()
