"""Who stays, in sentences and key figures."""

from functools import partial
from typing import Any

import pandas as pd

from keepbook.cohorts import Projection, Retention
from keepbook.cohorts.page.facts import (
    Change,
    Worth,
    after_first,
    estimated,
    level_facts,
    named_periods,
    projection_facts,
    reached,
)
from keepbook.page.elements import Finding, Tile
from keepbook.stats.intervals import difference
from keepbook.text import (
    age_name,
    calendar_name,
    catalogue,
    cohort_name,
    estimate,
    interval,
    money,
    number,
    period_name,
    points,
    short_format,
    within_sentence,
)
from keepbook.unit import Unit

say = catalogue("cohorts")
tile = partial(Tile.of, say)
TOO_WIDE = 0.5  # an interval of a share that says nothing


def findings(
    result: Retention, churn: pd.DataFrame, projected: Projection | None, unit: Unit
) -> list[Finding]:
    """Who stays and what that is worth; then the rest, what most money hangs on first."""
    worth = Worth.of(result)
    rest = [_trend(result, worth, unit), _still(result), _lost(churn, unit), _ahead(projected, result)]
    found = [one for one in rest if one]
    return [_headline(result, worth, unit), *sorted(found, key=lambda one: -(one.stake or 0))]


def _headline(result: Retention, worth: Worth | None, unit: Unit) -> Finding:
    period, first = period_name(result.choices), after_first(result).head(1)
    if first.empty:
        return Finding(say("headline", share=None, age=None, gain=None, period=period))
    row = first.iloc[0]
    facts = {"share": estimated(row, row.retention), "age": age_name(result.choices, row.label)}
    stake = worth.a_year if worth else None
    return Finding(say("headline", gain=_short_money(stake, unit), period=period, **facts), stake)


def _short_money(amount: float | None, unit: Unit) -> str | None:
    """In the two digits that arithmetic on a few cohorts can carry."""
    if amount is None:
        return None
    return short_format("money", unit.currency, amount, amount / 2, 2 * amount)(amount)


def _trend(result: Retention, worth: Worth | None, unit: Unit) -> Finding | None:
    """Do newer cohorts return more than older ones?"""
    change = Change.of(result, 1)
    if change is None:
        return None
    verdict, first = change.verdict, reached(result, 1)
    stake = abs(change.value) * 100 * worth.a_year if worth and verdict != "same" else None
    before_data = verdict == "less" and bool(result.left_out > 0 or result.cohorts["warm_up"].any())
    text = say(
        "trend",
        verdict=verdict,
        change=estimate(points(change.value), interval(change.lower, change.upper, points)),
        age=age_name(result.choices, first["label"].iloc[0]),
        since=cohort_name(change.since, result.choices.period),
        gain=_short_money(stake, unit),
        before_data=before_data,
    )
    return Finding(text, stake, warns=verdict == "less" and not before_data)


def _still(result: Retention) -> Finding | None:
    """Who is there at the last age that many customers reached, and whether the curve still falls."""
    named = named_periods(result, fewest=1)
    if len(named) < 2:
        return None
    last = named.iloc[-1]
    facts = {"share": estimated(last, last.retention), "age": age_name(result.choices, last.label)}
    return Finding(say("still", **facts, **level_facts(result, last)))


def _lost(churn: pd.DataFrame, unit: Unit) -> Finding | None:
    if churn.empty or not churn["at_start"].iloc[-1]:
        return None
    last = churn.iloc[-1]
    net = "more" if last.gained > last.lost else "fewer" if last.gained < last.lost else "same"
    when, share = within_sentence(last.period_start, unit.cohort_period), estimated(last, last.churn)
    return Finding(say("lost", when=when, share=share, days=unit.churn_after, net=net))


def _ahead(projected: Projection | None, result: Retention) -> Finding | None:
    if projected is None or not projected.curve["projected"].any():
        return None
    last = projected.curve.iloc[-1]
    if last.ci_upper - last.ci_lower > TOO_WIDE:
        return None
    return Finding(say("ahead", share=estimated(last, last.fitted), **projection_facts(projected, result)))


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def tiles(result: Retention, bridge: pd.DataFrame, churn: pd.DataFrame, unit: Unit) -> list[Tile]:
    """First and later retention, customers lost, and net revenue retention, each against what came before."""
    after = after_first(result)
    later = [age for age in (6, 3) if (after["period"] == age).any()][:1]
    shown = after[after["period"].isin([1, *later])]
    found = [_retention_tile(row, result, unit) for row in shown.itertuples()]
    facts = {"period": calendar_name(unit.cohort_period), "days": unit.churn_after}
    if len(churn):
        found.append(_lost_tile(churn, unit, facts))
    rates = bridge.dropna(subset=["nrr"])
    if len(rates):  # without a change: neighbouring rates share a period, and the season lies between them
        last = rates.iloc[-1]
        facts |= {"when": _when(last.period_start, unit)}
        look = {"headline": True, "history": tuple(rates["nrr"]), "evidence": "revenue_bridge"}
        found.append(tile("tile-nrr", facts, "nrr", last[["nrr", "nrr_ci_lower", "nrr_ci_upper"]], **look))
    return found


def _when(start: pd.Timestamp, unit: Unit) -> str:
    return cohort_name(start, unit.cohort_period)


def _retention_tile(row: Any, result: Retention, unit: Unit) -> Tile:
    choices, change, worth = result.choices, Change.of(result, row.period), Worth.of(result)
    kind = choices.rule if choices.rule == "on_or_after" else "several" if "–" in row.label else "one"
    facts = {"age": age_name(choices, row.label), "kind": kind, "label": row.label}
    facts |= {"clock": choices.clock, "period": choices.period}
    look: dict[str, Any] = {}
    if change:
        look |= {"change": change.value, "change_lower": change.lower, "change_upper": change.upper}
        look |= {"compared": say("tile-retention.compared")}
    if choices.average == "pooled":
        look["basis"] = say("tile-retention.basis", active=number(row.active), size=number(row.size))
    if row.period == 1 and worth:
        more = {"gain": money(worth.gain, unit.currency), "each": money(worth.each, unit.currency)}
        look["caveat"] = say("tile-retention.worth", size=number(worth.size), **facts, **more)
    return tile(
        "tile-retention",
        facts,
        f"retention_{choices.period}_{row.label}",
        (row.retention, row.ci_lower, row.ci_upper),
        headline=row.period == 1,
        history=tuple(reached(result, row.period)["retention"]),
        evidence="retention_average",
        **look,
    )


def _lost_tile(churn: pd.DataFrame, unit: Unit, facts: dict[str, Any]) -> Tile:
    last, rates = churn.iloc[-1], churn[["churn", "ci_lower", "ci_upper"]].to_numpy(float)
    facts = facts | {"week": unit.cohort_period == "week", "when": _when(last.period_start, unit)}
    look: dict[str, Any] = {}
    if len(rates) > 1:
        lower, upper = difference(tuple(rates[-1]), tuple(rates[-2]))
        look = {"change": rates[-1][0] - rates[-2][0], "change_lower": lower, "change_upper": upper}
        look["compared"] = say("tile-churn.compared", **facts)
    return tile(
        "tile-churn",
        facts,
        "logo_churn",
        rates[-1],
        basis=say("tile-churn.basis", lost=number(last.lost), start=number(last.at_start)),
        history=tuple(churn["churn"]),
        rising_is_good=False,
        evidence="logo_churn",
        **look,
    )
