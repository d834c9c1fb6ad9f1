"""What this page calls metrics, groups and conditions."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from keepbook.before_after import BeforeAfter
from keepbook.text import catalogue, day

say = catalogue("before_after")


def metric_per_period(metric: str, period: str) -> str:
    """`revenue a customer and month`: a metric with what it is counted per."""
    return say("metric-per-period", metric=metric, period=period)


def short_name(metric: str) -> str:
    """`revenue`: a metric where what it is counted per is said already."""
    return say("short-name", metric=metric)


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
    parts = [
        say("condition", column=column, value=_value(value)) for column, value in (conditions or {}).items()
    ]
    return say("between-parts").join(parts) or None


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return say("condition-or").join(map(_value, value))
    if isinstance(value, dict):
        return say("condition-all").join(say(f"condition-{key}", x=_value(one)) for key, one in value.items())
    if isinstance(value, bool):
        return say("condition-bool", value=value)
    return day(value) if isinstance(value, dt.date) else str(value)
