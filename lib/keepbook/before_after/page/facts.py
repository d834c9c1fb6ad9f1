"""What a change did that was not assigned at random: the facts of findings, decision and key figures."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from keepbook.before_after import BeforeAfter, Verdict, verdict_of
from keepbook.before_after.checks import Row
from keepbook.before_after.page.checks import check_sentence, claim, facts_of
from keepbook.before_after.verdict import failed_check, gap_share
from keepbook.errors import NotEnoughData
from keepbook.page import effects
from keepbook.page.elements import Decision, Tile, cash
from keepbook.text import (
    catalogue,
    chance,
    change_format,
    day,
    estimate,
    interval,
    joined,
    number,
    percent,
    value_format,
)
from keepbook.unit import Unit

say = catalogue("before_after")
MAX_TILES = 4

Truth = dict[str, float] | None


def findings(result: BeforeAfter, unit: Unit, truth: Truth = None) -> list[str]:
    """Who was compared, the effects, money, checks, what would undo it, the claim, the truth.

    Parameters
    ----------
    truth : metric → true effect per customer and month, of a simulated unit.
    """
    row, rest = result.deciding, _others(result)
    held, doubts = _held(result, row), _doubts(result, row)
    if failed_check(result):
        told = [held, doubts, say("no-effect")]
    else:
        told = [_effect(result, row, unit), _effects(result, rest), _money(result, row, unit)]
        told += [held, doubts, _elsewhere(result, rest), _undone(result, row, unit)]
    told = [_compared(result), *told, claim(result), _truth(result, unit, truth)]
    return [sentence for sentence in told if sentence]


def _others(result: BeforeAfter) -> list[Row]:
    """The metrics that do not decide."""
    return [row for row in result.effects.to_dict("records") if row["metric"] != result.deciding["metric"]]


def _compared(result: BeforeAfter) -> str:
    """Who is compared with whom, and when."""
    size, facts = result.groups.set_index("group")["customers"], facts_of(result)
    if not result.compared:
        return say("series", n=int(size["all"]), **facts)
    who = {group: members(result, group) for group in ("treated", "comparison")}
    return say("compared", n=int(size["treated"]), others=int(size["comparison"]), **who, **facts)


def members(result: BeforeAfter, group: str) -> str:
    """Who is in a group, as the unit file says: `region: north or east`."""
    asked = result.change
    if result.ages:
        return say("of-ages", ages=result.ages, period=asked.period)
    if group == "treated":
        return say("who-treated", conditions=in_words(asked.treated))
    return say("who-comparison", unit=asked.comparison_unit, conditions=in_words(asked.comparison))


def in_words(conditions: Mapping[str, Any] | None) -> str | None:
    """Conditions of the unit file for a reader: `region: north or east; tier: not gold`; None without any."""
    stated = (conditions or {}).items()
    parts = [say("condition", column=column, value=_value(value)) for column, value in stated]
    return say("between-parts").join(parts) or None


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return say("condition-or").join(map(_value, value))
    if isinstance(value, dict):
        return say("condition-all").join(say(f"condition-{key}", x=_value(one)) for key, one in value.items())
    if isinstance(value, bool):
        return say("condition-bool", value=value)
    return day(value) if isinstance(value, dt.date) else str(value)


# ── how much ────────────────────────────────────────────────────────────────────────────────────────────


def numbers(row: Row, currency: str | None = None) -> dict[str, str]:
    """What a metric was, what it was expected to be, and the difference."""
    show = value_format(row["kind"], currency, row["treated_after"])
    return {
        "metric": row["metric"],
        "seen": show(row["treated_after"]),
        "expected": show(row["counterfactual"]),
        "effect": effects.difference(row, currency=currency),
    }


def _effect(result: BeforeAfter, row: Row, unit: Unit) -> str:
    more: dict[str, str | None] = {"lift": None, "total": None}
    if row["kind"] != "share":
        total = effects.difference(row, "total", "total", unit.currency, near=100)
        more = {"lift": _lift(row), "total": total}
    customers = number(result.customers) if result.ages else None
    return say("effect", customers=customers, **more, **numbers(row, unit.currency), **facts_of(result))


def _lift(row: Row) -> str | None:
    """Against what was to be expected; missing limits are left out."""
    if pd.isna(row["lift"]):
        return None
    lift, limits = effects.signed_percent(row["lift"]), effects.limits_of(row, "lift", effects.signed_percent)
    return lift if pd.isna(row["lift_lower"]) else estimate(lift, limits)


def _effects(result: BeforeAfter, rest: list[Row]) -> str:
    facts = facts_of(result)
    parts = [say("other-effect", first=row is rest[0], **numbers(row), **facts) for row in rest]
    return say("other-effects", parts=say("between-parts").join(parts)) if parts else ""


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────


def _money(result: BeforeAfter, row: Row, unit: Unit) -> str:
    each, total = result.money.assign(kind="money").iloc[[0, -1]].to_dict("records")
    cost, currency = result.change.cost, unit.currency
    if row["metric"] != "revenue" or (cost is None and not each["gain"] > 0):
        return ""
    needed = None  # the margin from which on it pays, where that is known to be below all of the revenue
    if cost and row["ci_lower"] > cost:
        needed = effects.break_even(cost, row, "effect", "ci")
    return say(
        "money",
        stated=cost is not None,
        gain=cash(each["gain"], currency, each["gain_lower"], each["gain_upper"]),
        cost=cash(each["cost"], currency),
        profit=effects.difference(each, "profit", "profit", currency),
        total=effects.difference(total, "profit", "profit", currency),
        chance=chance(each["chance"]),
        needed=needed,
        **facts_of(result, unit),
    )


# ── how far to trust it ─────────────────────────────────────────────────────────────────────────────────


def _held(result: BeforeAfter, row: Row) -> str:
    """Whether it could be caught out: the two checks that any comparison has."""
    return _together([check_sentence(result, check, row["metric"]) for check in ("pre_trend", "placebo")])


def _doubts(result: BeforeAfter, row: Row) -> str:
    """The other checks, where they do not hold."""
    checks = [("clusters", ""), ("trend", row["metric"]), ("levels", row["metric"])]
    told = [check_sentence(result, *one) for one in checks if result.credibility(*one) in ("no", "open")]
    if result.credibility("levels", row["metric"]) == "no" and row["effect"] * row["gap_before"] > 0:
        told.append(say("levels-against"))
    return _together(told)


def _together(sentences: list[str]) -> str:
    return say("between-sentences").join(filter(None, sentences))


def _elsewhere(result: BeforeAfter, rest: list[Row]) -> str:
    """Checks that fail for the other metrics."""
    failed = [
        say("metric-per-period", metric=row["metric"], period=result.change.period)
        for row in rest
        if "no" in (result.credibility(check, row["metric"]) for check in ("pre_trend", "placebo"))
    ]
    return say("others-fail", metrics=joined(failed)) if failed else ""


def _undone(result: BeforeAfter, row: Row, unit: Unit) -> str:
    """How large something else would have to be."""
    if not row["ci_lower"] * row["ci_upper"] > 0 or not row["breakdown"] > 0:
        return ""
    nearest = min(abs(row["ci_lower"]), abs(row["ci_upper"]))
    show = change_format(row["kind"], unit.currency, nearest)
    largest = show(nearest / row["breakdown"]).lstrip("+")
    times = percent(row["breakdown"], 0)
    return say("undone", nearest=show(nearest).lstrip("+"), largest=largest, times=times, **facts_of(result))


def _truth(result: BeforeAfter, unit: Unit, truth: Truth) -> str:
    known = comparable_truth(result, truth)
    parts = []
    for row in result.effects.itertuples():
        if row.metric in known:
            value = change_format(row.kind, unit.currency, known[row.metric])(known[row.metric])
            parts.append(say("truth-part", metric=row.metric, period="month", value=value))
    return say("truth", parts=say("between-parts").join(parts)) if parts else ""


def comparable_truth(result: BeforeAfter, truth: Truth) -> dict[str, float]:
    """The true effects, where they are known of periods like those compared: they are per month."""
    return truth if truth and result.change.period == "month" else {}


# ── the decision and key figures ────────────────────────────────────────────────────────────────────────


def decision(result: BeforeAfter, unit: Unit) -> Decision:
    """What may be said of keeping the change, readable in ten seconds; the rule is that of `verdict_of`."""
    verdict, row, cost = verdict_of(result), result.deciding, result.change.cost
    metric = row["metric"]
    facts = facts_of(result, unit) | _decisive(verdict, row, unit)
    facts |= {
        "choice": verdict.choice,
        "failure": verdict.failure or None,
        "check": check_sentence(result, verdict.failure, "" if verdict.failure == "clusters" else metric),
        "metric": metric,
        "cost": cash(cost, unit.currency) if cost and metric == "revenue" else None,
        "pays": "open" if cost is None and row["effect"] > 0 else "known",
        "levels": result.credibility("levels", metric),
        "pre_trend": result.credibility("pre_trend", metric),
        "share": percent(gap_share(row), 0),
        "above": row["gap_before"] > 0,
    }
    return Decision(say("decision", **facts), say("decision.reason", **facts), verdict.kind)


def _decisive(verdict: Verdict, row: Row, unit: Unit) -> dict[str, Any]:
    """What decides, as so much more or so much less."""
    value, lower, upper, more = verdict.value, verdict.lower, verdict.upper, verdict.value >= 0
    if not more:
        value, lower, upper = -value, -upper, -lower
    near = 1.0 if row["kind"] == "share" else value  # points have one decimal here
    show, limits = (change_format(row["kind"], one, near) for one in (unit.currency, None))
    return {
        "value": show(value).lstrip("+"),
        "limits": interval(lower, upper, limits).replace("+", ""),
        "more": more,
        "varies": lower <= upper,
    }


def no_decision(reason: NotEnoughData) -> Decision:
    """What is decided where nothing could be compared."""
    why = say("between-sentences").join(filter(None, [reason.what, reason.do]))
    return Decision(say("decision", choice="untold"), why, "wait")


def tiles(result: BeforeAfter, unit: Unit) -> list[Tile]:
    """Money a customer and period and of all, what decides and the next metric; none where a check fails."""
    if failed_check(result):
        return []
    decides, facts = result.deciding, facts_of(result, unit)
    made = []
    if decides["metric"] == "revenue":
        stated = result.change.cost is not None
        name = "profit" if stated else "gain"
        facts |= {"n": result.customers, "times": number(result.customer_periods), "cost_stated": stated}
        for basis, at in (("each", 0), ("total", -1)):
            shown = {"label": say(f"tile-{basis}", **facts), "kind": "money"}
            shown["definition"] = say(f"tile-{basis}.definition", **facts)
            made.append(effects.tile(result.money.iloc[at], name, name, name=f"{name}_{basis}", **shown))
    for row in [decides, *_others(result)][: MAX_TILES - len(made)]:
        if pd.notna(row["lift"]):
            label = say("tile-lift", metric=row["metric"])
            definition = say("tile-lift.definition", metric=row["metric"], period=result.change.period)
            named = f"lift_{row['metric']}"
            made.append(effects.tile(row, "lift", "lift", name=named, label=label, definition=definition))
    return made
