"""Whether a change looks worth keeping, in words: weaker ones than of an experiment."""

from typing import Any

import pandas as pd

from keepbook.before_after import BeforeAfter, Verdict, verdict_of
from keepbook.before_after.checks import Row
from keepbook.before_after.page.checks import check_sentence
from keepbook.before_after.verdict import DECISIVE, gap_share
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Decision
from keepbook.text import catalogue, interval, percent, points, value_format
from keepbook.unit import Unit

say = catalogue("before_after")


def decision(result: BeforeAfter, unit: Unit) -> Decision:
    """What may be said of keeping the change, readable in ten seconds; the rule is that of `verdict_of`."""
    verdict = verdict_of(result)
    reason = say("decision-failed", check=_failure(result, verdict)) if verdict.failure else ""
    if verdict.choice in ("untold", "no-gain") and not verdict.failure:
        reason = _open(result, verdict, unit)
    return Decision(
        say("decision", choice=verdict.choice), reason or _reason(result, verdict, unit), verdict.kind
    )


def no_decision(reason: NotEnoughData) -> Decision:
    """What is decided where nothing could be compared."""
    why = say("between-sentences").join(filter(None, [reason.what, reason.do]))
    return Decision(say("decision", choice="untold"), why, "wait")


def _failure(result: BeforeAfter, verdict: Verdict) -> str:
    row = result.deciding
    if verdict.failure in DECISIVE:
        return check_sentence(result, verdict.failure, "" if verdict.failure == "clusters" else row["metric"])
    return say(f"failure-{verdict.failure}", **_gap(row))


def _gap(row: Row) -> dict[str, Any]:
    """How far apart the groups stood before the date, as facts."""
    if pd.isna(row["gap_before"]):
        return {}
    return {"share": percent(gap_share(row), 0), "above": row["gap_before"] > 0}


def _reason(result: BeforeAfter, verdict: Verdict, unit: Unit) -> str:
    sentences = [_effect(result, verdict, unit), _pays(result, unit), _caution(result)]
    return say("between-sentences").join(filter(None, sentences))


def _effect(result: BeforeAfter, verdict: Verdict, unit: Unit) -> str:
    """The finding in a sentence, after its cost where that is known."""
    row, asked = result.deciding, result.change
    value, lower, upper, more = verdict.value, verdict.lower, verdict.upper, verdict.value >= 0
    if not more:
        value, lower, upper = -value, -upper, -lower
    is_share = row["kind"] == "share"
    values = points if is_share else value_format(row["kind"], unit.currency, value)
    limits = points if is_share else value_format(row["kind"], None, value)
    cost = asked.cost if row["metric"] == "revenue" else None
    return say(
        "decision-effect",
        ages=result.ages,
        period=asked.period,
        metric=row["metric"],
        value=values(value).lstrip("+"),
        limits=interval(lower, upper, lambda one: limits(one).lstrip("+")),
        more=more,
        margin_stated=unit.margin != 1,
        cost=value_format("money", unit.currency, cost)(cost) if cost else None,
    )


def _pays(result: BeforeAfter, unit: Unit) -> str:
    """Why it is not known whether that pays; empty where it is."""
    row, stated = result.deciding, result.change.cost is not None
    if row["metric"] == "revenue" and (stated or not row["effect"] > 0):
        return ""
    lacks = "revenue" if row["metric"] != "revenue" else "cost-and-margin" if unit.margin == 1 else "cost"
    return say("decision-pays", lacks=lacks)


def _caution(result: BeforeAfter) -> str:
    """Why it is no more than a look; first how unlike the groups were."""
    row, before = result.deciding, "unknown"
    if not result.compared:
        return say("decision-caution-trend")
    if result.credibility("levels", row["metric"]) == "no":
        before = "unlike"
    elif result.credibility("pre_trend", row["metric"]) == "yes":
        before = "alike"
    return say("decision-caution", before=before, **_gap(row))


def _open(result: BeforeAfter, verdict: Verdict, unit: Unit) -> str:
    if not verdict.lower <= verdict.upper:
        return say("decision-nothing-varies")
    return say("between-sentences").join([_effect(result, verdict, unit), say("decision-chance")])
