"""The figure to reckon with: what the model says, corrected by newcomers, as unsure as its past forecasts.

The rule of what tiles, titles and findings show stands here, and nowhere else:

1. A total's range is so wide that, laid around the forecast at each cut-off of the unit's own past, it would
   have held what followed; and never narrower than the model's own interval, which holds chance and the doubt
   about parameters.
2. Where newcomers brought clearly less than the model says, a new customer counts for their share of it.
3. A share that was tried on the past has a range that holds what followed there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from keepbook.clv.forecast import Forecast
from keepbook.clv.new_customers import NewCustomerValue
from keepbook.clv.validation.evaluation import Evaluation
from keepbook.errors import NotEnoughData
from keepbook.text import catalogue

say = catalogue("clv")
ROUGH_FROM = 1.5  # a factor of past errors from which on a total is an order of magnitude, and no plan
MAX_SHARE = 0.9  # of what the model says of a new customer, for newcomers to bring less
MIN_ONE_SIDED = 2  # forecasts that erred in one direction, to speak of it


class Reckoned(NamedTuple):
    """An estimate and its range."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class PastErrors:
    """How far the model's totals were off on the unit's own past.

    Attributes
    ----------
    cuts : one row per cut-off, newest first: cut, end (last day predicted), money_error and purchases_error
        (forecast over what followed, less 1).
    """

    cuts: pd.DataFrame

    @property
    def days(self) -> int:
        """How far ahead was predicted."""
        newest = self.cuts.iloc[0]
        return int((newest.end - newest.cut).days)

    @property
    def worst(self) -> float:
        """The largest error of the money, a share of what followed."""
        return float(self.cuts["money_error"].abs().max())

    @property
    def money_factor(self) -> float:
        """`factor` of the money."""
        return factor(self.cuts["money_error"])

    @property
    def purchases_factor(self) -> float:
        """`factor` of the purchases."""
        return factor(self.cuts["purchases_error"])

    @property
    def is_rough(self) -> bool:
        """Whether totals of money are an order of magnitude only."""
        return self.money_factor > ROUGH_FROM

    @property
    def one_sided(self) -> str | None:
        """`low` or `high`, where all forecasts of money erred so, by a per cent or more; else None."""
        money = self.cuts["money_error"].round(2)
        if len(money) < MIN_ONE_SIDED:
            return None
        return "low" if (money < 0).all() else "high" if (money > 0).all() else None


def factor(errors: pd.Series) -> float:
    """The least factor by which forecasts must be multiplied and divided to hold all that followed.

    Parameters
    ----------
    errors : forecast over what followed, less 1; missing ones are left out.

    >>> round(factor(pd.Series([0.05, -0.14])), 3)  # 0.86 of what followed: that lay at 1.163
    1.163
    >>> factor(pd.Series([0.25])), factor(pd.Series([-1.0])), factor(pd.Series([np.nan]))
    (1.25, inf, 1.0)
    """
    ratio = 1 + errors.dropna().to_numpy(float)
    with np.errstate(divide="ignore"):
        both = np.maximum(ratio, 1 / ratio.clip(min=0))
    return float(both.max(initial=1.0))


def past_errors(evaluation: Evaluation, method: str) -> PastErrors:
    """Errors of a method's totals at each cut-off; NotEnoughData where it could not be tried."""
    own = evaluation.methods[evaluation.methods["method"] == method]
    known = own.dropna(subset=["bias"]).pivot(index="cut", columns="target", values="bias")
    if not {"spend", "purchases"} <= set(known.columns):
        raise NotEnoughData(say("untried"))
    cuts = evaluation.cuts[["cut", "end"]].merge(known, left_on="cut", right_index=True)
    named = cuts.rename(columns={"spend": "money_error", "purchases": "purchases_error"})
    return PastErrors(named.sort_values("cut", ascending=False, ignore_index=True))


def widened(frame: pd.DataFrame, errors: PastErrors | None) -> pd.DataFrame:
    """Totals ahead with ranges no narrower than past errors.

    Parameters
    ----------
    frame : columns of purchases and money with their `_lower` and `_upper`, as `outlook` and
        `Forecast.ahead` have them. errors : None, where nothing could be tried: as it is.
    """
    if errors is None:
        return frame
    factors = {"purchases": errors.purchases_factor}
    factors |= dict.fromkeys(("revenue", "value", "new_revenue"), errors.money_factor)
    made = frame.copy()
    for name in [one for one in factors if one in frame]:
        made[f"{name}_lower"] = np.minimum(frame[f"{name}_lower"], frame[name] / factors[name])
        with np.errstate(invalid="ignore"):  # nothing at all ahead, times an endless factor
            most = np.nan_to_num(frame[name] * factors[name], nan=0.0, posinf=np.inf)
        made[f"{name}_upper"] = np.maximum(frame[f"{name}_upper"], most)
    return made


def reckoned_forecast(made: Forecast, errors: PastErrors | None) -> Forecast:
    """The forecast, its ranges as wide as past errors of totals; single periods may swing more."""
    return replace(made, ahead=widened(made.ahead, errors))


@dataclass(frozen=True)
class Shortfall:
    """How far newcomers stay behind what the model says of a new customer, in revenue.

    Attributes
    ----------
    ratio, lower, upper : seen over expected, with its interval.
    months : after the first purchase. since : from which day on they first bought.
    """

    ratio: float
    lower: float
    upper: float
    months: int
    since: pd.Timestamp


def shortfall(newcomers: pd.DataFrame | None) -> Shortfall | None:
    """At the last milestone at which newcomers brought clearly less than the model says; None without one."""
    if newcomers is None or newcomers.empty:
        return None
    seen, expected = newcomers["seen"], newcomers["expected"]
    less = newcomers[(expected > newcomers["seen_upper"]) & (seen < MAX_SHARE * expected)]
    if less.empty:
        return None
    last = less.iloc[-1]
    ratio, lower, upper = (float(last[name] / last.expected) for name in ("seen", "seen_lower", "seen_upper"))
    return Shortfall(ratio, lower, upper, int(last.months), last.get("since", pd.NaT))


def reckoned_newcomer(
    one: NewCustomerValue, less: Shortfall | None, errors: PastErrors | None = None
) -> Reckoned:
    """What to reckon with of a new customer: lowered to what newcomers bear out, its range as unsure as both
    their mean and past forecasts."""
    ratio, least, most = (less.ratio, less.lower, less.upper) if less else (1.0, 1.0, 1.0)
    value, wide = one.value * ratio, errors.money_factor if errors else 1.0
    lower = min(one.lower * ratio, one.value * least, value / wide)
    return Reckoned(value, lower, max(one.upper * ratio, one.value * most, value * wide))


def reckoned_curve(curve: pd.DataFrame, reckoned: Reckoned) -> pd.DataFrame:
    """How the value to reckon with grows, month by month, as `cumulative_value`.

    The first purchase is known; what is corrected, and what past errors leave open, grows with what follows.
    """
    first, end = float(curve["value"].iloc[0]), float(curve["value"].iloc[-1])
    scale = reckoned.value / end if end > 0 else 1.0
    if first < end and first <= reckoned.value:
        later = (curve["value"] - first) / (end - first)
        value = first + later * (reckoned.value - first)
    else:  # newcomers bring less than a first purchase is worth: that, too, is lowered
        later, value = curve["months"] / curve["months"].max(), curve["value"] * scale
    below = np.maximum((curve["value"] - curve["lower"]) * scale, later * (reckoned.value - reckoned.lower))
    above = np.maximum((curve["upper"] - curve["value"]) * scale, later * (reckoned.upper - reckoned.value))
    return curve.assign(value=value, lower=value - below, upper=value + above)


def tenth_in_the_past(evaluation: Evaluation, method: str, share: float) -> Reckoned:
    """The share of value that the best tenth of the customers holds, with the least and the most that a tenth
    named beforehand then spent."""
    methods = evaluation.methods
    own = methods[(methods["method"] == method) & (methods["target"] == "spend")]["top_decile"].dropna()
    lower, upper = (float(own.min()), float(own.max())) if len(own) else (np.nan, np.nan)
    return Reckoned(share, min(lower, share), max(upper, share))
