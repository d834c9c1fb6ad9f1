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
from keepbook.before_after.page.checks import check_sentence, checks_line, notes
from keepbook.before_after.page.decision import decision, no_decision
from keepbook.before_after.page.facts import findings, in_words, tiles
from keepbook.before_after.verdict import gap_share
from keepbook.errors import NotEnoughData
from keepbook.page import html as fragments
from keepbook.page.elements import Table
from keepbook.results import Missing, is_missing

GAIN = groups(gain=2)
HALF: Any = SimpleNamespace(currency="EUR", alpha=0.05, margin=0.5)
REASON = NotEnoughData("Not shown: no change.")


def verdict(result: BeforeAfter, unit: Any = UNIT) -> tuple[str, str, str]:
    made = decision(result, unit)
    return made.label, fragments.plain(made.reason), made.kind


def said(result: BeforeAfter, unit: Any = UNIT, truth: dict[str, float] | None = None) -> str:
    return fragments.plain("\n".join(findings(result, unit, truth)))


def whole_page(result: BeforeAfter, unit: Any = UNIT) -> str:
    """The decision, and all findings."""
    return " ".join([*verdict(result, unit)[:2], said(result, unit)])


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


def in_euros(value: float, lower: float, upper: float) -> str:
    """Small money, whose cents count: `1.08 EUR (0.39–1.76)`."""
    return f"{value:.2f} EUR ({lower:.2f}–{upper:.2f})"


def two_digits(value: float) -> str:
    """As a key figure is written: `6,900`, `12K`."""
    rounded = float(f"{value:.2g}")
    return f"{rounded / 1000:.0f}K" if rounded >= 10_000 else f"{rounded:,.0f}"


# ── the verdict ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_gain_beyond_its_cost_is_kept_for_now() -> None:
    label, reason, kind = verdict(compared(GAIN, cost=0.2))
    assert (label, kind) == ("shipping: keep for now", "good")
    assert reason == (
        f"Customers who got it brought {in_euros(*welch(GAIN, less=0.2))} more revenue a week than expected, "
        "after cost. They were not randomised: another cause would look the same."
    )


def test_the_same_gain_below_its_cost_is_not() -> None:
    label, reason, kind = verdict(compared(GAIN, cost=4.0))
    value, lower, upper = welch(GAIN, less=4.0)
    assert (label, kind) == ("shipping: better end it", "bad")
    assert f"brought {in_euros(-value, -upper, -lower)} less revenue a week than expected" in reason


def test_a_margin_counts_margin() -> None:
    strong = groups(gain=4)
    result = compared(strong, margin=0.5, cost=0.2)
    label, reason, _kind = verdict(result, HALF)
    assert label == "shipping: keep for now"
    assert f"brought {in_euros(*welch(strong, times=0.5, less=0.2))} more margin a week" in reason
    assert "not set" not in said(result, HALF)
    assert "If the comparison is fair, it pays with a probability of > 99.9 %." in said(result, HALF)


@pytest.mark.parametrize(("seed", "choice"), [(1, "cannot be told"), (3, "no gain seen")])
def test_around_zero_nothing_is_claimed(seed: int, choice: str) -> None:
    panels = groups(seed=seed)
    assert (welch(panels)[0] > 0) == (choice == "cannot be told")
    label, reason, kind = verdict(compared(panels, cost=0.0))
    assert (label, kind) == (f"shipping: {choice}", "wait")
    assert "than expected: chance alone could make that. They were not randomised" in reason
    assert "Over a year" not in said(compared(panels, cost=0.0))


def test_without_cost_or_money_only_a_gain_is_seen() -> None:
    label, reason, kind = verdict(compared(GAIN))
    assert (label, kind) == ("shipping: a gain; state its cost", "wait")
    assert reason.endswith("They were not randomised, and neither its cost nor your margin is known.")
    assert "randomised, and its cost is not known." in verdict(compared(GAIN, margin=0.5), HALF)[1]
    orders = replace(compared(GAIN, metrics=("orders", "retained")))
    up = orders.effects.assign(effect=0.2, ci_lower=0.1, ci_upper=0.3)
    label, reason, kind = verdict(replace(orders, effects=up))
    assert (label, kind) == ("shipping: a gain, but not yet in money", "wait")
    assert "brought 0.20 (0.10–0.30) more orders a week than expected" in reason
    assert "revenue was not compared" in reason


def test_a_share_lies_above_or_below() -> None:
    shares = compared(GAIN, metrics=("retained",))
    for effect, lower, upper, words in (
        (0.031, 0.012, 0.058, "lay 3 pp (1–6 pp) above what was expected."),
        (-0.031, -0.058, -0.012, "lay 3 pp (1–6 pp) below what was expected."),
        (0.01, -0.02, 0.04, "lay 1 pp (−2 to +4 pp) above what was expected: chance alone could make that."),
    ):
        moved = shares.effects.assign(effect=effect, ci_lower=lower, ci_upper=upper)
        assert words in verdict(replace(shares, effects=moved))[1]


@pytest.mark.parametrize(
    ("gain", "choice"), [(8.0, "keep for now, and test it"), (-8.0, "test before ending it")]
)
def test_against_a_trend_it_is_never_more_than_for_now(gain: float, choice: str) -> None:
    result = alone(gain=gain, each=40, cost=0.1)
    label, reason, kind = verdict(result)
    assert (label, kind) == (f"shipping: {choice}", "wait")
    assert reason.startswith("Recent customers brought")
    assert reason.endswith(
        "There is nobody to compare with: a season, or anything else that began then, looks the same."
    )
    assert "of older ones it says nothing" in said(result)


def test_who_is_counted_without_a_comparison_group() -> None:
    """Twelve come a week, from 30 weeks before the date on: ages 1 … 6 count.

    In 10 + 6 weeks they are the customers of 6 + 15 weeks, from the date on those of 6 + 5.
    """
    result = alone(gain=8.0, cost=0.1)
    text = said(result)
    assert "132 customers count, up to 6 weeks after their first purchase; of older ones" in text
    assert "same" not in text and "own trend" not in text
    whole = {tile.name: tile for tile in tiles(result, UNIT)}["profit_total"]
    assert whole.definition == (
        "The revenue that came in beyond what was expected without the change, of 132 customers from "
        "2024-01-01 on, each in those weeks that are 1 to 6 weeks after the first purchase: 432 weeks of "
        "customers."
    )
    assert whole.value == pytest.approx(432 * result.money["profit"].iloc[0])
    assert "count in one week at least" in tables.groups_table(result).caption


def test_too_little_to_compare_is_said() -> None:
    assert tuple(no_decision(REASON)) == ("Cannot be told", "Not shown: no change.", "wait", None)
    named = no_decision(REASON, compared(GAIN).change)
    assert named.label == "shipping: cannot be told"
    short = NotEnoughData("Eight periods are needed.", do="Leave `before` out.")
    assert no_decision(short).reason == "Eight periods are needed. Leave `before` out."
    missing: Any = Missing(REASON)
    analysis = BeforeAfterAnalysis(SimpleNamespace(simulated=False, margin=1.0, alpha=0.05), None, missing)  # type: ignore[arg-type]
    assert analysis.findings == [] and analysis.tiles == []
    assert tuple(analysis.decision) == ("Cannot be told", "Not shown: no change.", "wait", None)
    for name in ("comparison", "verdict", "levels", "effects_table", "checks_table", "checks_line"):
        assert is_missing(getattr(analysis, name)) and str(getattr(analysis, name)) == "Not shown: no change."


# ── checks that forbid a verdict ────────────────────────────────────────────────────────────────────────


def test_groups_that_were_parting_before_cannot_be_told() -> None:
    result = compared(groups(drift=1.5), cost=0.1)
    label, reason, kind = verdict(result)
    assert (label, kind) == ("shipping: cannot be told", "broken")
    assert "Before the change, revenue of the two groups did not move alike." in reason
    assert "neither a gain nor a loss is to be believed" in reason
    assert "did not move alike (p < 0.001)" in check_sentence(result, "pre_trend", "revenue")
    assert tiles(result, UNIT) == []
    text = said(result)
    assert "it is not an effect of the change" in text
    assert "pays" not in text and "expected" not in text and "year" not in text, "no number is offered"


FAILED = {
    "pre_trend": "Before the change, revenue of the two groups did not move alike.",
    "placebo": "when nothing was introduced, the same comparison finds an effect too.",
    "trend": "The drift that was there before the change, carried on, undoes the effect.",
}


@pytest.mark.parametrize("check", list(FAILED))
def test_each_check_forbids_it_and_is_named(check: str) -> None:
    result = compared(GAIN, cost=0.2)
    label, reason, kind = verdict(without(result, check, "no"))
    assert (label, kind) == ("shipping: cannot be told", "broken")
    assert FAILED[check] in reason
    assert verdict(without(result, check, "no", "orders"))[0] == "shipping: keep for now"


def test_a_past_that_cannot_be_tried_carries_nothing() -> None:
    result = compared(GAIN, cost=0.2)
    half = without(result, "pre_trend", "open")
    assert verdict(half)[0] == "shipping: keep for now"
    assert verdict(without(half, "placebo", "open"))[::2] == ("shipping: cannot be told", "broken")


@pytest.mark.parametrize(
    ("clusters", "label"), [(6, "shipping: cannot be told"), (12, "shipping: keep for now")]
)
def test_few_clusters_carry_nothing(clusters: int, label: str) -> None:
    found, reason, _kind = verdict(compared(groups(gain=3), clusters=clusters, cost=0.1))
    assert found == label
    assert ("Too few clusters (shop) were compared: one group counts as 6.0" in reason) == (clusters == 6)


def test_who_was_chosen_for_buying_little_would_have_bought_more_anyway() -> None:
    """Two below the others before, one of them made good: coming nearer explains all of it."""
    label, reason, kind = verdict(compared(groups(gain=2, treated=6, n=300), cost=0.1))
    assert (label, kind) == ("shipping: cannot be told", "broken")
    assert re.search(r"stood \d\d % below the others; chosen for that, they would have come nearer", reason)
    beyond = verdict(compared(groups(gain=12, treated=6, n=300), cost=0.1))
    assert beyond[0] == "shipping: keep for now", "coming nearer does not overtake"
    above = verdict(compared(groups(gain=3, treated=14, n=300), cost=0.1))
    assert above[0] == "shipping: keep for now", "coming nearer would have made it smaller"
    assert re.search(r"not randomised and stood \d\d % above the others before", above[1])


def test_levels_that_cannot_be_told_forbid_nothing_by_themselves() -> None:
    """150 a group: too few to say that both were alike within a tenth, though little was between them."""
    result = compared(GAIN, cost=0.2)
    row = result.effects.iloc[0]
    assert result.credibility("levels", "revenue") == "open" and gap_share(dict(row)) < LEVEL_TOLERANCE
    assert verdict(result)[0] == "shipping: keep for now"
    assert "Whether both groups were alike before cannot be told." in said(result)
    assert "within 10 %, cannot be told: the treated stood" in check_sentence(result, "levels", "revenue")
    gone = result.effects.assign(proportional_lower=-1.0)
    assert verdict(replace(result, effects=gone))[0] == "shipping: keep for now", (
        "what is between them is small"
    )
    wide = gone.assign(gap_before=0.12 * row["comparison_before"])
    label, reason, _kind = verdict(replace(result, effects=wide))
    assert (
        label == "shipping: cannot be told" and "if the others' change carries over in proportion" in reason
    )
    assert (
        verdict(replace(result, effects=wide.assign(proportional_lower=0.1)))[0] == "shipping: keep for now"
    )


def test_a_finding_that_is_only_there_in_amount_is_none() -> None:
    """Both groups a fifth above before: twice as much money where twice as much was spent."""
    label, reason, kind = verdict(compared(groups(treated=20, comparison=10, common=(4, 2), n=400), cost=0.1))
    assert (label, kind) == ("shipping: cannot be told", "broken")
    assert "if the others' change carries over in proportion" in reason


def test_a_comparison_that_bought_nothing_before_breaks_nothing() -> None:
    """Its level is 0, of which no gap is a share."""
    treated, comparison = groups(gain=2)
    comparison[:, :WEEKS] = 0.0
    result = compared((treated, comparison), cost=0.1)
    assert result.credibility("levels", "revenue") == "open" and gap_share(result.deciding) == float("inf")
    label, reason, _kind = verdict(result)
    assert label and "inf" not in reason and "nan" not in reason.lower()
    assert "cannot be told" in check_sentence(result, "levels", "revenue")


def test_a_failing_check_hangs_on_what_the_change_costs() -> None:
    """No gain is believed; what is spent on it in a year is known: 6 weeks of 150 customers, 0.10 each."""
    made = decision(compared(groups(drift=1.5), cost=0.1), UNIT)
    assert made.stake == pytest.approx(0.1 * 150 * 6 * 365.25 / 42)
    assert decision(compared(groups(drift=1.5)), UNIT).stake is None


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def test_findings_hold_the_numbers() -> None:
    result = compared(GAIN, cost=0.2)
    profit, (value, lower, upper) = welch(GAIN, less=0.2), welch(GAIN)
    lines = fragments.plain("\n".join(findings(result, UNIT))).split("\n")
    year = [150 * 6 * one * 365.25 / 42 for one in profit]
    written = [two_digits(one) for one in year]
    assert lines[0] == (
        f"Over a year that would bring {written[0]} EUR ({written[1]}–{written[2]}), if it goes on like this."
    )
    least, needed, most = (f"{0.2 / one:.0%}".removesuffix("%") for one in (upper, value, lower))
    assert lines[1] == f"It pays if your margin is above {needed} % ({least}–{most} %). You have not set one."
    assert "150 customers who got it were compared with 150 who did not, the same in all weeks." in lines
    stakes = [getattr(finding, "stake", None) for finding in findings(result, UNIT)]
    assert stakes[0] == pytest.approx(year[0]) and decision(result, UNIT).stake == pytest.approx(year[0])
    assert stakes[1:] == [None] * (len(lines) - 1)


def test_a_loss_is_one_in_a_year_too() -> None:
    result = compared(GAIN, cost=4.0)
    year = 150 * 6 * welch(GAIN, less=4.0)[0] * 365.25 / 42
    assert said(result).startswith(f"Over a year that would cost {two_digits(-year)} EUR (")
    assert decision(result, UNIT).stake == pytest.approx(-year)
    assert "You have not set a margin, so revenue counts as if all of it were earned." in said(result)


def test_what_it_may_cost_where_its_cost_is_not_stated() -> None:
    text = said(compared(GAIN))
    assert f"It pays if it costs less than {in_euros(*welch(GAIN))} a customer and week, times your" in text
    assert "It pays if it costs" not in said(compared(groups(gain=-3))), "a loss is a loss at any cost"


def test_ranges_reach_as_far_as_errors_at_earlier_dates() -> None:
    """At one of them the comparison erred by twice its interval: so may it at the true one."""
    result = compared(GAIN, cost=0.2)
    row = result.placebo["metric"] == "revenue"
    reach = (result.placebo["ci_upper"] - result.placebo["ci_lower"]) / 2
    worst = result.placebo["effect"].mask(
        row & (result.placebo["date"] == result.placebo["date"].min()), 2 * reach
    )
    erred = replace(result, placebo=result.placebo.assign(effect=worst))
    value, lower, upper = welch(GAIN, less=0.2)
    wide = (value, value - 2 * (value - lower), value + 2 * (upper - value))
    whole = tiles(erred, UNIT)[0]
    limits = (whole.value / 900, whole.ci_lower / 900, whole.ci_upper / 900)  # type: ignore[operator]
    assert limits == pytest.approx(wide)
    assert whole.basis == "as wide as errors at earlier dates"
    text = f"{wide[0]:.2f} EUR (−{-wide[1]:.2f} to {wide[2]:.2f})"
    assert text in verdict(erred)[1], "the decision speaks of the same range"


def test_what_would_undo_it() -> None:
    gap = GAIN[0][:, :WEEKS].mean(axis=0) - GAIN[1][:, :WEEKS].mean(axis=0)
    largest, nearest = abs(pd.Series(gap).diff()).max(), welch(GAIN)[1]
    column = tables.robust_table(compared(GAIN, cost=0.2), UNIT).frame["undone by"]
    assert column.iloc[0] == f"{nearest:.2f} ({nearest / largest:.2f} × {largest:.2f})"
    assert set(tables.robust_table(compared(groups(), cost=0.2), UNIT).frame["undone by"]) == {"–"}


def test_the_weaker_claim_is_spelled_out() -> None:
    assert "They were not randomised" in whole_page(compared(GAIN))
    lone = alone(gain=8.0, cost=0.1)
    assert "There is nobody to compare with" in whole_page(lone)
    assert "Less than a year lies before the change: a season cannot be told" in whole_page(lone)
    assert "If the trend would have gone on, it pays with" in said(lone, HALF)
    for result in (compared(GAIN, cost=0.2), lone):
        assert not re.search(r"A/B|significan|winner|proved", whole_page(result), re.IGNORECASE)


def test_how_unlike_they_were_is_said_once() -> None:
    """In the decision; where that says what is not known instead, among the findings."""
    above = groups(gain=3, treated=14, n=300)
    known, open_ = compared(above, cost=0.1), compared(above)
    assert "above the others before" in verdict(known)[1] and "stood" not in said(known)
    assert "stood" not in verdict(open_)[1]
    assert re.search(r"Before the change, those who got it stood \d\d % above the others\.", said(open_))


def test_customers_of_whom_nothing_is_known_are_told() -> None:
    result = compared(GAIN)
    row = {"group": "unlisted", "customers": 1200, "newer": 34}
    more = replace(result, groups=pd.concat([result.groups, pd.DataFrame([row])], ignore_index=True))
    assert "Left out: 1,234 customers of whom we do not know whether they got it." in said(more)
    assert "do not know" not in said(result)


def test_a_drift_too_slow_to_be_seen_is_told() -> None:
    drift = "A slow drift that we could not see might explain this result."
    result = compared(GAIN, cost=0.2)
    assert result.credibility("trend", "revenue") == "open" and drift in said(result)
    assert drift not in said(without(result, "trend", "yes"))


def test_other_metrics_and_their_failed_checks() -> None:
    result = compared(GAIN, cost=0.2)
    effects = result.effects.set_index("metric")
    share = effects.loc["retained"]
    expected = f"share who buy {100 * share['effect']:+.1f} pp ({100 * share['ci_lower']:.1f} to "
    assert expected.replace("-", "−") in said(result)
    assert "Each week, against what was expected: orders a customer +" in said(result)
    assert "not to be believed" not in said(result)
    broken = said(without(result, "placebo", "no", "retained"))
    assert "What is said of the share who buy is not to be believed: a check fails." in broken


def test_a_page_says_no_more_than_six_things_none_of_them_long() -> None:
    """Six findings at most; of twenty words and two numbers a sentence, ranges and periods apart."""
    monthly = compared(GAIN, cost=0.2)
    asked = monthly.change.model_copy(update={"period": "month", "title": "Free shipping"})
    results = [
        (replace(monthly, change=asked), {"revenue": 5.3}),
        (compared(GAIN), None),
        (compared(groups(drift=1.5), cost=0.1), None),
        (compared(groups(seed=3), cost=0.0), None),
        (compared(groups(gain=2, treated=6, n=300), cost=0.1), None),
        (compared(groups(gain=3, treated=14, n=300), cost=0.1), None),
        (alone(gain=8.0, cost=0.1), None),
        (alone(gain=-8.0, each=40), None),
    ]
    for result, truth in results:
        made = decision(result, UNIT)
        assert len(made.label.split()) <= 12 and len(re.findall(r"[.:] ?[A-Z]|\.$", made.reason)) <= 3
        told = [fragments.plain(one) for one in [made.reason, *findings(result, UNIT, truth)]]
        assert len(told) <= 7
        for sentence in re.split(r"(?<=\.) (?=[A-Z\d])", " ".join(told)):
            bare = re.sub(r"\([^)]*\)", "", sentence)
            assert len(re.findall(r"[A-Za-z][\w'-]*", bare)) <= 20, sentence
            assert len(re.findall(r"\d[\d.,]*", re.sub(r"\d+ (weeks|months)|\d{4}-\d\d-\d\d", "", bare))) <= 2
            assert "`" not in sentence


def test_truth_is_told_of_months_alone() -> None:
    truth = {"orders": 0.5, "revenue": 5.3, "margin": 1.0}
    weekly = compared(GAIN)
    assert "In truth" not in said(weekly, truth=truth)
    monthly = replace(weekly, change=weekly.change.model_copy(update={"period": "month"}))
    told = said(monthly, truth=truth)
    assert "In truth, known of simulated data, revenue changed by +5.30 EUR a customer and month." in told
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
    page = decision(result, UNIT).html() + fragments.sentences(findings(result, UNIT))
    assert evil in BeautifulSoup(page, "html.parser").get_text()
    assert "<script" not in page
    long = replace(result, change=asked.model_copy(update={"title": "x" * 200 + "\n\u202e"}))
    assert decision(long, UNIT).label == "x" * 59 + "…: keep for now"
    table = tables.groups_table(result).html()
    text = " ".join(BeautifulSoup(table, "html.parser").get_text().split())
    assert "<script" not in table and evil in text


# ── tiles and tables ────────────────────────────────────────────────────────────────────────────────────


def test_tiles_carry_money_and_lifts() -> None:
    value, lower, upper = welch(GAIN, less=0.2)
    made = {tile.name: tile for tile in tiles(compared(GAIN, cost=0.2), UNIT)}
    assert list(made) == ["profit_total", "lift_revenue", "lift_orders"]
    whole = made["profit_total"]
    assert (whole.value, whole.ci_lower, whole.ci_upper) == pytest.approx(
        (900 * value, 900 * lower, 900 * upper)
    )
    hand, lift = by_hand(GAIN), made["lift_revenue"]
    assert lift.kind == "percent" and lift.value == pytest.approx(hand["effect"] / hand["expected"])
    assert [(tile.label, tile.basis) for tile in made.values()] == [
        ("Gain in 6 weeks", "after cost"),
        ("Lift in revenue", ""),
        ("Lift in orders", ""),
    ]
    half = tiles(compared(GAIN, margin=0.5, cost=0.2), HALF)
    assert half[0].label == "Profit in 6 weeks", "a profit only where a margin is set"
    assert half[0].definition.startswith("The margin that came in beyond what was expected")
    unstated = tiles(compared(GAIN), UNIT)
    assert unstated[0].name == "gain_total" and unstated[0].basis == "before cost"
    bare = tiles(compared(GAIN, metrics=("orders", "retained")), UNIT)
    assert [tile.name for tile in bare] == ["lift_orders", "lift_retained"]
    all_of_them = [*made.values(), *half, *unstated, *bare]
    assert all(tile.definition for tile in all_of_them)
    assert {tile.evidence for tile in all_of_them} == {"money", "effects"}
    assert max(len(tile.label) for tile in all_of_them) <= 28


def table(made: Table) -> pd.DataFrame:
    """What is shown."""
    assert made.data is None or not made.data.columns.duplicated().any()
    return made.frame


def test_tables_show_what_the_sentences_say() -> None:
    result, hand = compared(GAIN, clusters=12, cost=0.2), by_hand(GAIN)
    effects = tables.effects_table(result, UNIT)
    shown = table(effects)
    assert shown["expected"].iloc[0] == f"{hand['expected']:.2f}"
    assert shown["seen"].iloc[0] == f"{hand['after']:.2f}"
    lift = f"{100 * hand['effect'] / hand['expected']:+.0f} %"
    assert shown["against expected"].iloc[0].text.startswith(lift)
    assert lift in BeautifulSoup(effects.html(), "html.parser").get_text()
    assert effects.data is not None and effects.data["ci_lower"].equals(result.effects["ci_lower"])
    courses = table(tables.courses_table(result, UNIT))
    assert courses["before → after"].iloc[0] == f"{hand['before']:.2f} → {hand['after']:.2f}"
    assert courses["p"].iloc[0] == result.effects["pvalue"].iloc[0]
    assert checks_line(result) == (
        "✓ moved alike before · ✓ nothing at earlier dates · ? no slow drift · ? alike in level before · "
        "✓ enough clusters (shop)"
    )
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
    assert "comparison" not in table(tables.courses_table(result, UNIT))
    assert checks_line(result) == "✓ straight before · ✓ nothing at earlier dates"
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
    assert list(money) == ["per", "revenue added, EUR"], "no cost is stated: nothing is said of what is left"
    assert "before its cost, which is not stated" in tables.money_table(result, UNIT).caption
