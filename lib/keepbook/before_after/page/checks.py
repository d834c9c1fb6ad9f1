"""How far to trust it, in sentences: each check, the claim, and what is to be known of who was counted."""

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
    return say(f"check-{check.replace('_', '-')}", **facts)


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


def claim(result: BeforeAfter) -> str:
    """What may be said of a finding, and what not."""
    unit = result.change.comparison_unit
    return say("claim", compared=result.compared, unit=unit, year_before=result.year_before)


def notes(result: BeforeAfter) -> list[str]:
    """How customers and periods were chosen, whom that leaves out, and what is missing."""
    asked, facts, starts = result.change, facts_of(result), result.periods["start"]
    ages, size = result.ages, result.groups.set_index("group")
    late = day(starts.iloc[-1 if ages else 0])
    left_out = {"newer": size["newer"].sum(), **size["customers"].reindex(OUTSIDE, fill_value=0)}
    said = [say("note-who", first=day(starts.iloc[0]), **facts)]
    said += [say("note-left-out", n=int(n), group=name, first=late) for name, n in left_out.items() if n]
    if facts["before"] < asked.periods_before:
        said.append(say("note-fewer-before", asked=asked.periods_before, **facts))
    if facts["after"] < asked.after:
        said.append(say("note-fewer-after", asked=asked.after, **facts))
    if asked.treated:
        said.append(say("note-groups-today"))
    if asked.cluster and ages:
        said.append(say("note-no-clusters"))
    said += [say("note-last-line", last=day(last)) for last in result.last_lines]
    if asked.period == "month" and ages:
        said.append(say("note-month", days=number(result.periods["days"].mean(), 1)))
    if asked.cost is None:
        said.append(say("note-no-cost"))
    return said
