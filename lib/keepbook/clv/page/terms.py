"""How value, errors and methods are spoken of, in findings, figures and tables alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from keepbook.text import catalogue, estimate, interval, percent, short_format

if TYPE_CHECKING:  # words need no model, and its packages take long to load
    from keepbook.clv import Choices

say = catalogue("clv")


def terms_of(choices: Choices) -> dict[str, Any]:
    """The facts behind `{ value }`, `{ earned }` and `{ horizon }`, and the level of intervals."""
    rate = choices.discount_rate
    digits = 0 if round(rate * 100, 6).is_integer() else 1
    return {
        "margin": choices.margin != 1,
        "rate": percent(rate, digits) if rate else None,
        "months": choices.months,
        "level": percent(1 - choices.alpha, 0),
    }


def about(value: float, lower: float, upper: float, currency: str | None) -> str:
    """Money as a sentence has it, in the digits that its range leaves: `640K EUR (550–740K)`."""
    show, bare = (short_format("money", one, value, lower, upper) for one in (currency, None))
    return estimate(show(value), interval(lower, upper, bare))


def roughly(value: float, currency: str | None = None) -> str:
    """Money that rests on an estimate, in two digits: `70 EUR`."""
    return short_format("money", currency, value, 0.0, value)(value)


def direction(bias: float, digits: int = 1) -> str:
    """`high` or `low`; `right` where it rounds to nothing."""
    if not np.isfinite(bias) or round(abs(bias), digits + 2) == 0:
        return "right"
    return "high" if bias > 0 else "low"


def off_by(bias: float, digits: int = 1) -> str:
    """`2.3 % too high`, `right` where it rounds to nothing."""
    return say("off-by", way=direction(bias, digits), n=percent(abs(bias), digits))


def span(low: float, high: float, digits: int = 1) -> str:
    """`94.1 %`, or `92.0 % to 94.1 %` where they differ."""
    least, most = percent(low, digits), percent(high, digits)
    return least if least == most else say("span", low=least, high=most)


def method_name(method: str, message: str = "method-name") -> str:
    """What a method of prediction is called; `method-in-sentence` what it does."""
    return say(message, method=method.replace(" ", "-"), name=method)


def latest_cost(cost: pd.DataFrame | None) -> float | None:
    """Cost of a new customer in the latest period that has one."""
    known = cost["cac"].dropna() if cost is not None and len(cost) else pd.Series(dtype=float)
    return float(known.iloc[-1]) if len(known) else None
