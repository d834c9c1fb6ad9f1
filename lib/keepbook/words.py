"""Every word and number a reader sees passes through here: gettext and one formatter."""

from __future__ import annotations

import datetime as dt
import gettext
import math
from collections.abc import Callable

_ = gettext.translation("keepbook", fallback=True).gettext

MISSING = "–"


def number(value: float | None, digits: int = 0) -> str:
    """`12345.6` → `12,346`; missing → `–`."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:,.{digits}f}".replace("-", "−")
    return text if any(digit in text for digit in "123456789") else text.removeprefix("−")


def percent(value: float | None, digits: int = 1) -> str:
    """Share → per cent: `0.1234` → `12.3 %`."""
    text = number(None if value is None else value * 100, digits)
    return text if text == MISSING else f"{text} %"


def chance(value: float | None) -> str:
    """Probability: `0.97` → `97 %`, `0.9968` → `99.7 %`, and never all of it: `> 99.9 %`."""
    if value is None or not math.isfinite(value):
        return MISSING
    if not 0.001 <= value <= 0.999:
        return f"> {percent(0.999)}" if value > 0.5 else f"< {percent(0.001)}"
    return percent(value, 0 if 0.01 <= value <= 0.99 else 1)


def pvalue(value: float | None) -> str:
    """`0.0213` → `0.021`; below a thousandth `< 0.001`."""
    return "< 0.001" if value is not None and value < 0.001 else number(value, 3)


def equals(value: float | None) -> str:
    """`= 0.021`, `< 0.001`: a p-value behind the word."""
    text = pvalue(value)
    return text if text.startswith("<") else f"= {text}"


def points(value: float | None, digits: int = 1) -> str:
    """Difference of two shares in percentage points, signed."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{'+' if value >= 0 else ''}{number(value * 100, digits)} pp"


def money(value: float | None, currency: str | None = None, digits: int = 0) -> str:
    """Amount with its currency code behind it: `1,234 USD`."""
    text = number(value, digits)
    return text if text == MISSING or not currency else f"{text} {currency}"


def day(value: dt.date | None) -> str:
    """ISO day."""
    return MISSING if value is None else f"{value:%Y-%m-%d}"


def interval(lower: float, upper: float, show: Callable[[float], str] = percent) -> str:
    """`[12.0 %, 13.1 %]`"""
    return f"[{show(lower)}, {show(upper)}]"


def plural(count: int, one: str, many: str) -> str:
    """`1 cohort`, `2 cohorts`."""
    return f"{number(count)} {one if count == 1 else many}"
