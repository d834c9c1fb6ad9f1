"""What may be said of keeping a change, in a few words, and why: readable in ten seconds."""

from typing import Any

import pandas as pd

from keepbook.before_after import BeforeAfter, Verdict, verdict_of
from keepbook.before_after.checks import Row, least_clusters
from keepbook.before_after.page.checks import facts_of
from keepbook.before_after.page.facts import KINDS, amount, money_name, reckoned, stake, turned
from keepbook.before_after.verdict import gap_share
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Decision
from keepbook.plotting.marks import short
from keepbook.text import catalogue, day, number, percent
from keepbook.unit import Change, Unit

say = catalogue("before_after")
LONGEST_TITLE = 60  # signs


def decision(result: BeforeAfter, unit: Unit) -> Decision:
    """What may be said of keeping the change, and the money that hangs on it; the rule is `verdict_of`."""
    verdict = verdict_of(result)
    facts = facts_of(result, unit) | _decisive(result, verdict, unit) | _failure(result, verdict)
    facts |= {"choice": verdict.choice, "title": title_of(result.change)}
    return Decision(say("decision", **facts), say("decision.reason", **facts), verdict.kind, stake(result))


def no_decision(reason: NotEnoughData, change: Change | None = None) -> Decision:
    """What is decided where nothing could be compared."""
    why = say("between-sentences").join(filter(None, [reason.what, reason.do]))
    title = title_of(change) if change else None
    return Decision(say("decision", choice="untold", title=title), why, "wait")


def title_of(change: Change) -> str:
    """What was introduced, short enough for a decision."""
    return short(change.title or change.name.replace("_", " "), LONGEST_TITLE)


def _decisive(result: BeforeAfter, verdict: Verdict, unit: Unit) -> dict[str, Any]:
    """What decides, as so much more or so much less."""
    row = result.deciding
    metric, is_money = row["metric"], row["metric"] == "revenue"
    own = (dict(result.money.iloc[0]), money_name(result)) if is_money else (row, "effect", "ci")
    figure = reckoned(result, *own)
    more = verdict.value >= 0
    return {
        "metric": metric,
        "amount": amount(figure if more else turned(figure), KINDS[row["kind"]], unit.currency),
        "more": more,
        "above": more,
        "varies": bool(verdict.lower <= verdict.upper),
        "chance": verdict.choice in ("no-gain", "untold"),
        "cost": is_money and bool(result.change.cost),
        "pays": "open" if verdict.choice in ("cost-open", "money-open") else "known",
        "unlike": _apart(row) if result.credibility("levels", metric) == "no" else None,
        "unlike_above": row["gap_before"] > 0,
    }


def _apart(row: Row) -> str:
    """How far the groups were apart before the date."""
    return percent(gap_share(row), 0)


def _failure(result: BeforeAfter, verdict: Verdict) -> dict[str, Any]:
    """Which check fails, and its number."""
    checks, metric = result.checks, result.deciding["metric"]
    tried = checks[(checks["check"] == "placebo") & (checks["metric"] == metric)]["date"]
    least = least_clusters(result.groups)
    return {
        "failure": verdict.failure or None,
        "date": day(tried.iloc[0]) if len(tried) and pd.notna(tried.iloc[0]) else day(result.change.date),
        "column": short(result.change.cluster or ""),
        "effective": number(least["effective"], 1) if least else None,
        "share": _apart(result.deciding),
    }
