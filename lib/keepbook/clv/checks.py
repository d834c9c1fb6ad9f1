"""What the data cannot carry: each condition with its number, its bound and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.model import CustomerModel
from keepbook.clv.patterns import Patterns
from keepbook.clv.processes.fitting import Fit
from keepbook.clv.processes.posterior import MAX_KHAT, Posterior
from keepbook.clv.rfm import DAYS
from keepbook.clv.spend_assumptions import dependence, drift
from keepbook.stats.requirements import BUYERS, HISTORY, INTERVALS, QUIET, REPEATERS
from keepbook.text import catalogue, day, estimate, interval, listed, number, percent

say = catalogue("clv")
MIN_DAYS, MIN_PERIODS = 28, 8  # of history; in fewer, T takes but a few values
MAX_CORRELATION = 0.1  # below which frequency says next to nothing of spend: 1 % of its variance
MAX_DRIFT = 0.05  # of spend: a year's inflation or two
MAX_FREE_SHARE = 0.05  # of repeat buyers
MIN_KEPT_SHARE = 0.5  # of revenue, after returns
MIN_EFFECTIVE_DRAWS = 100  # that the weighted ones must be worth, for the ends of an interval to be known
LIKELIEST = "likeliest-model"


@dataclass(frozen=True)
class Check:
    """One condition that figures rest on.

    Attributes
    ----------
    key : of its sentences in the catalogue, `check-<key>`.
    passed : the data meet it.
    stops : it is not met, and no figure may be printed at all; otherwise figures stand with this said.
    facts : what its sentences state.
    """

    key: str
    passed: bool
    stops: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What is asked."""
        return say(f"check-{self.key}", **self.facts)

    @property
    def measured(self) -> str:
        """The number found, in words."""
        return say(f"check-{self.key}.measured", **self.facts)

    @property
    def needed(self) -> str:
        """Its bound, in words."""
        return say(f"check-{self.key}.needed", **self.facts)

    @property
    def follows(self) -> str:
        """What not meeting it means for the figures; empty where it is met and there is nothing to know."""
        if self.passed and self.key != LIKELIEST:
            return ""
        return say(f"check-{self.key}.follows", **self.facts)


def base_checks(base: Base) -> list[Check]:
    """What can be asked of a customer base before any model is fitted.

    Returns
    -------
    Checks in the order of a reader's questions: enough, long enough, recent, repeated, different, paid for,
    kept, how far ahead, spend independent of frequency, spend steady.
    """
    if not base.customers:
        return [_check("nobody", False, stops=True)]
    asked = [_customers(base), _history(base), _latest_order(base), _repeat_buyers(base)]
    asked += [_three_times(base), _differences(base), _priced(base), _returns(base), _horizon(base)]
    return [*asked, _independent(base), _steady(base)]


def model_checks(model: CustomerModel) -> list[Check]:
    """What can be asked of a fitted model: a summit inside the range, and draws that describe it."""
    spend = model.spend
    asked = [_summit("purchase", model.fit), _draws("purchase", model.posterior)]
    if spend.fit is None or spend.posterior is None:
        asked.append(_check("no-spend-model", False, why=spend.why, least=spend.least))
    else:
        asked += [_summit("spend", spend.fit), _draws("spend", spend.posterior)]
    return asked


def typical_interval(patterns: Patterns) -> float:
    """Median over repeat buyers of their mean time between purchases, in time units; missing without any."""
    again = patterns.frequency > 0
    if not again.any():
        return float("nan")
    gap, n = (patterns.recency / np.maximum(patterns.frequency, 1))[again], patterns.customers[again]
    order = np.argsort(gap)
    return float(gap[order][np.searchsorted(n[order].cumsum(), n.sum() / 2)])


def _check(key: str, passed: bool, *, stops: bool = False, **facts: Any) -> Check:
    return Check(key, bool(passed), bool(stops and not passed), facts)


# ── the base ────────────────────────────────────────────────────────────────────────────────────────────


def _customers(base: Base) -> Check:
    return _check("customers", base.customers >= BUYERS, n=base.customers, least=BUYERS)


def _history(base: Base) -> Check:
    """Below two typical times between purchases, or in a few time units, hardly a second one is seen."""
    days, unit = base.window.days, DAYS[base.choices.time_unit]
    typical = typical_interval(base.patterns) * unit
    wanted = max(HISTORY, round(np.nan_to_num(typical) * INTERVALS))
    least = max(MIN_DAYS, MIN_PERIODS * unit, round(np.nan_to_num(typical) * INTERVALS / 2))
    return _check(
        "history",
        days >= wanted,
        stops=days < least,
        n=days,
        gap=number(typical) if np.isfinite(typical) else None,
        weeks=days // unit if unit > 1 else None,
        wanted=wanted,
        too_short=days < least,
        least=least,
        days_would_do=unit > 1 and days >= max(MIN_DAYS, MIN_PERIODS),
    )


def _latest_order(base: Base) -> Check:
    last = pd.Timestamp(base.rfm["last"].max().to_pandas()).date()
    silent = (base.window.as_of - last).days
    return _check("latest-order", silent <= QUIET, silent=silent, last=day(last), most=QUIET)


def _repeat_buyers(base: Base) -> Check:
    facts = {"repeaters": base.repeaters, "customers": base.customers, "least": REPEATERS}
    return _check("repeat-buyers", base.repeaters >= REPEATERS, stops=True, **facts)


def _three_times(base: Base) -> Check:
    return _check("three-times", base.loyal > 0, n=base.loyal, least=1)


def _differences(base: Base) -> Check:
    """Models tell customers apart by how they differ; where nobody does, they are all one."""
    return _check("differences", len(base.patterns) > 1, stops=True, patterns=len(base.patterns), least=2)


def _priced(base: Base) -> Check:
    share = base.unspendable / base.repeaters if base.repeaters else 0.0
    nothing = base.repeaters > 0 and base.unspendable == base.repeaters
    return _check(
        "priced",
        share <= MAX_FREE_SHARE,
        stops=nothing,
        free=base.unspendable,
        repeaters=base.repeaters,
        share=percent(share),
        most=percent(MAX_FREE_SHARE, 0),
        nothing=nothing,
    )


def _returns(base: Base) -> Check:
    nothing = base.kept_share <= 0
    facts = {"share": percent(base.kept_share), "least": percent(MIN_KEPT_SHARE, 0), "nothing": nothing}
    return _check("returns", base.kept_share >= MIN_KEPT_SHARE, stops=nothing, **facts)


def _horizon(base: Base) -> Check:
    choices, seen = base.choices, base.window.days
    ahead = round(choices.ahead(base.window.as_of, choices.months) * DAYS[choices.time_unit])
    return _check("horizon", ahead <= seen, months=choices.months, ahead=ahead, seen=seen)


def _independent(base: Base) -> Check:
    """Gamma-Gamma takes what a purchase is worth as independent of how often a customer buys."""
    r, lower, upper = dependence(base.pairs, base.choices.alpha)
    limits = interval(lower, upper, lambda value: number(value, 2))
    found = estimate(number(r, 2), limits) if np.isfinite(r) else None
    passed = not np.isfinite(r) or abs(r) < MAX_CORRELATION or lower <= 0 <= upper
    return _check("independent", passed, found=found, most=number(MAX_CORRELATION, 1), more=bool(r > 0))


def _steady(base: Base) -> Check:
    """A purchase is worth the mean of the whole past; where that moved, the newest third says by how much."""
    change, lower, upper = drift(base.activity, base.choices.alpha)
    known = bool(np.isfinite(change))
    return _check(
        "steady",
        not known or abs(change) < MAX_DRIFT or lower <= 0 <= upper,
        change=_signed(change) if known else None,
        limits=interval(lower, upper, _signed),
        most=percent(MAX_DRIFT, 0),
        more=bool(change > 0),
    )


def _signed(change: float) -> str:
    return f"{'+' if change >= 0 else ''}{percent(change)}"


# ── the model ───────────────────────────────────────────────────────────────────────────────────────────


def _summit(model: str, fit: Fit) -> Check:
    """A likelihood that has no summit in some direction."""
    names = listed(map(str, fit.boundary)) or None
    if not fit.converged:
        return _check("no-summit", False, stops=True, model=model)
    return _check("summit", not names, model=model, open=names)


def _draws(model: str, posterior: Posterior) -> Check:
    passed = posterior.khat <= MAX_KHAT
    return _check("draws", passed, model=model, k=number(posterior.khat, 2), most=number(MAX_KHAT, 1))


def draw_checks(model: CustomerModel) -> list[Check]:
    """Draws that are all but one and the same make no interval, and not even hold the estimate."""
    effective = min(p.effective for p in (model.posterior, model.spend.posterior) if p is not None)
    if effective >= MIN_EFFECTIVE_DRAWS:
        return []
    return [_check("different-draws", False, stops=True, found=number(effective), least=MIN_EFFECTIVE_DRAWS)]


def choice_checks(base: Base, model: CustomerModel) -> list[Check]:
    """With `auto`, whether the likeliest model is the one that is shown."""
    held_out = model.comparison.dropna(subset=["holdout_log_likelihood"])
    if base.choices.model != "auto" or held_out.empty:
        return []
    best = str(held_out.loc[held_out["holdout_log_likelihood"].idxmax(), "model"])
    if best == model.process.label:
        return []
    # Passed: it is no fault of the data, but it should be known.
    return [_check(LIKELIEST, True, model=model.process.label, best=best)]
