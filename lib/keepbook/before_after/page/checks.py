"""How far to trust it, in sentences: each check, the claim, and what is to be known of who was counted."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from keepbook.before_after import BeforeAfter
from keepbook.before_after.checks import LEVEL_TOLERANCE, least_clusters, uneven
from keepbook.before_after.panel import OUTSIDE
from keepbook.page.effects import signed_percent
from keepbook.text import catalogue, currency_suffix, day, interval, number, p_equals, percent
from keepbook.unit import Unit

say = catalogue("before_after")
CHECKS = ("pre_trend", "placebo", "trend", "levels", "clusters")


def facts_of(result: BeforeAfter, unit: Unit | None = None) -> dict[str, Any]:
    """What any sentence of a comparison may speak of."""
    asked, after = result.change, int(result.periods["is_after"].sum())
    facts: dict[str, Any] = {"compared": result.compared, "ages": result.ages, "period": asked.period}
    facts |= {"date": day(asked.date), "before": len(result.periods) - after, "after": after}
    if unit is not None:
        facts |= {"level": percent(1 - unit.alpha, 0), "currency": currency_suffix(unit.currency)}
        facts |= {"margin": percent(unit.margin, 0), "margin_stated": unit.margin != 1}
    return facts


def check_sentence(result: BeforeAfter, check: str, metric: str = "") -> str:
    """What a check found; empty where it was not made.

    Parameters
    ----------
    metric : empty for `clusters`, which is of all metrics.
    """
    rows = result.checks[(result.checks["check"] == check) & (result.checks["metric"] == metric)]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    facts = _clusters(result) if check == "clusters" else _numbers(row)
    facts |= {"holds": row["holds"], "metric": metric, "compared": result.compared}
    told = [say(f"check-{check.replace('_', '-')}", **facts)]
    if check == "levels" and row["holds"] == "no" and _against(result, metric):
        told.append(say("levels-against"))
    return say("between-sentences").join(told)


def _against(result: BeforeAfter, metric: str) -> bool:
    """Whether coming nearer to the comparison would have worked against the effect."""
    row = result.effects.set_index("metric").loc[metric]
    return bool(row["effect"] * row["gap_before"] > 0)


def _numbers(row: pd.Series) -> dict[str, Any]:
    dates, whole = row["dates"] if pd.notna(row["dates"]) else 0, partial(signed_percent, digits=0)
    return {
        "p": p_equals(row["pvalue"]),
        "dates": int(dates),
        "date": day(row["date"]) if dates else None,
        "tolerance": percent(LEVEL_TOLERANCE, 0),
        "share": percent(abs(row["share"]), 0),
        "above": row["share"] > 0,
        "limits": interval(row["lower"], row["upper"], whole) if pd.notna(row["lower"]) else None,
    }


def _clusters(result: BeforeAfter) -> dict[str, Any]:
    """Of the group whose clusters count least."""
    least = least_clusters(result.groups)
    assert least is not None
    return {
        "uneven": uneven(least),
        "column": result.change.cluster,
        "n": int(least["clusters"]),
        "largest": percent(least["largest"], 0),
        "effective": number(least["effective"], 1),
    }


def checks_line(result: BeforeAfter) -> str:
    """How each check came out for the metric that decides, in a few words each."""
    facts, decides = facts_of(result), result.deciding["metric"]
    facts |= {"column": result.change.cluster}
    parts = []
    for check in CHECKS:
        if holds := result.credibility(check) or result.credibility(check, decides):
            mark = say("check-mark", holds=holds)
            parts.append(f"{mark} {say('check-line', check=check, **facts)}")
    return say("between-checks").join(parts)


def notes(result: BeforeAfter) -> list[tuple[str, str]]:
    """How customers and periods were chosen, whom that leaves out, what is missing: about what, and what."""
    return [*_of_customers(result), *_of_periods(result)]


def _of_customers(result: BeforeAfter) -> Iterator[tuple[str, str]]:
    asked, facts, starts = result.change, facts_of(result), result.periods["start"]
    size, about = result.groups.set_index("group"), say("note-about", about="customers")
    late = day(starts.iloc[-1 if result.ages else 0])
    left_out = {"newer": size["newer"].sum(), **size["customers"].reindex(OUTSIDE, fill_value=0)}
    yield about, say("note-who", first=day(starts.iloc[0]), **facts)
    for name, n in left_out.items():
        if n:
            yield about, say("note-left-out", n=int(n), group=name, first=late)
    if asked.treated:
        yield about, say("note-groups-today")


def _of_periods(result: BeforeAfter) -> Iterator[tuple[str, str]]:
    asked, facts, about = result.change, facts_of(result), say("note-about", about="periods")
    if facts["before"] < asked.periods_before:
        yield about, say("note-fewer-before", asked=asked.periods_before, **facts)
    if facts["after"] < asked.after:
        yield about, say("note-fewer-after", asked=asked.after, **facts)
    for last in result.last_lines:
        yield about, say("note-last-line", last=day(last))
    if asked.period == "month" and result.ages:
        yield about, say("note-month", days=number(result.periods["days"].mean(), 1))
    if asked.cluster and result.ages:
        yield say("note-about", about="intervals"), say("note-no-clusters")
    if asked.cost is None:
        yield say("note-about", about="money"), say("note-no-cost")
