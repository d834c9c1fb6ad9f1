"""Whether groups were alike before a change, as far as chance tells; and what a short past hides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from before_after_data import UNIT, alone, compared, groups
from before_after_panels import change, shop, weeks
from test_before_after_did import allowance, pair_of

from keepbook.before_after import did
from keepbook.before_after.checks import checks_of, past_error
from keepbook.before_after.page.checks import check_sentence
from keepbook.before_after.page.facts import findings
from keepbook.before_after.periods import Periods, edge

NOTHING = pd.DataFrame({"metric": [], "pvalue": []})
GROUPS = pd.DataFrame({"clusters": [np.nan]})
COMPARED = compared(groups(n=40))


def levels_of(row: dict[str, Any]) -> tuple[str, str]:
    """How the check of levels comes out, and its sentence."""
    frame = pd.DataFrame([{"metric": "revenue", **row}])
    found = replace(COMPARED, checks=checks_of(frame, NOTHING, GROUPS, 0.05))
    return found.credibility("levels", "revenue"), check_sentence(found, "levels", "revenue")


@pytest.mark.parametrize(
    ("gap", "lower", "upper", "holds", "words"),
    [
        (0.1, -0.4, 0.6, "yes", "both groups were alike in revenue, within 10 % even with chance."),
        (0.1, -0.4, 1.4, "open", "cannot be told: the treated stood 1 % above the comparison (−4 to +14 %)."),
        (0.9, 0.5, 1.3, "open", "the treated stood 9 % above the comparison (+5 to +13 %)."),
        (-1.5, -3.2, 0.2, "open", "the treated stood 15 % below the comparison (−32 to +2 %)."),
        (-1.5, -2.2, -0.8, "no", "revenue of the treated was 15 % below that of the comparison."),
        (2.5, 1.0, 4.0, "no", "revenue of the treated was 25 % above that of the comparison."),
        (0.0, np.nan, np.nan, "open", "alike in revenue before the date cannot be told."),
    ],
)
def test_alike_only_where_the_whole_interval_is(
    gap: float, lower: float, upper: float, holds: str, words: str
) -> None:
    """The comparison stands at 10."""
    effect = {"ci_lower": -1.0, "ci_upper": 1.0, "effect": 0.0, "pre_trend_pvalue": 0.5}
    before = {"gap_before": gap, "gap_before_lower": lower, "gap_before_upper": upper}
    found, sentence = levels_of({"comparison_before": 10.0} | effect | before)
    assert found == holds and words in sentence


def shares(runs: int, customers: int, gap: float, seed: int) -> pd.Series:
    """How often the check of levels says what, of groups truly so far apart."""
    rng, periods, seen = np.random.default_rng(seed), weeks(6, 6), []
    for _ in range(runs):
        treated, comparison = shop(rng, customers, 12) * (1 + gap), shop(rng, customers, 12)
        seen.append(levels_of(did.effect_row(pair_of(treated, comparison), periods, 0.05))[0])
    return pd.Series(seen).value_counts(normalize=True).reindex(["yes", "open", "no"], fill_value=0.0)


def test_groups_a_quarter_apart_are_not_called_alike() -> None:
    """200 customers a group; an interval of 95 % that misses the truth on one side does so in 2.5 %."""
    found = shares(200, 200, 0.25, seed=1)
    assert found["yes"] < 0.025 + allowance(200, 0.025)


@pytest.mark.parametrize(("treated", "holds"), [(10.0, "yes"), (12.5, "no"), (7.5, "no")])
def test_of_many_customers_it_can_be_told(treated: float, holds: str) -> None:
    """2,000 a group: the gap's standard error is 1.3 % of a level of 5."""
    for seed in range(5):
        panels = groups(treated=treated, n=2000, seed=seed)
        assert levels_of(did.effect_row(pair_of(*panels), weeks(6, 6), 0.05))[0] == holds


@pytest.mark.slow
@pytest.mark.parametrize("customers", [200, 1000, 5000, 20_000])
@pytest.mark.parametrize("gap", [0.101, 0.25, -0.101, -0.25])
def test_who_is_apart_is_seldom_called_alike(customers: int, gap: float) -> None:
    """2.5 %, and a little for the error of the comparison itself, of which the gap is a share."""
    found = shares(1000 if customers < 20_000 else 200, customers, gap, seed=customers)
    print(customers, gap, found.to_dict())
    assert found["yes"] < 0.03 + allowance(1000 if customers < 20_000 else 200, 0.03)


@pytest.mark.parametrize(("count", "period"), [(12, "month"), (52, "week"), (51, "week"), (11, "month")])
def test_less_than_a_year_hides_a_season(count: int, period: str) -> None:
    asked = change(period=period)
    periods = Periods(tuple(edge(asked.date, k, period) for k in range(-count, 4)), count)
    assert periods.year_before == (count in (12, 52))


def test_a_season_is_a_doubt_of_a_trend_alone() -> None:
    season, lone = "Less than a year lies before the change: a season cannot be told from an effect.", alone()
    assert season in " ".join(findings(replace(lone, year_before=False), UNIT))
    assert season not in " ".join(findings(replace(lone, year_before=True), UNIT))
    assert season not in " ".join(findings(replace(COMPARED, year_before=False), UNIT))


# ── errors at earlier dates ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("effects", "reach", "pvalues", "times"),
    [
        ([1.0, -2.0], [4.0, 4.0], [0.5, 0.3], 1.0),  # each of its intervals holds zero
        ([1.0, -6.0], [4.0, 4.0], [0.5, 0.01], 1.5),
        ([3.0, -6.0], [1.0, 4.0], [0.01, 0.01], 3.0),
        ([1.0, -6.0], [4.0, 4.0], [0.5, np.nan], 1.0),  # what could not be tried says nothing
        ([], [], [], 1.0),
    ],
)
def test_intervals_reach_as_far_as_errors_at_earlier_dates(
    effects: list[float], reach: list[float], pvalues: list[float], times: float
) -> None:
    values = pd.Series(effects, dtype=float)
    limits = {"ci_lower": values - reach, "ci_upper": values + reach}
    tried = pd.DataFrame({"metric": "revenue", "effect": values, "pvalue": pvalues, **limits})
    other = tried.assign(metric="orders", effect=100.0)
    assert past_error(pd.concat([tried, other]), "revenue") == pytest.approx(times)
