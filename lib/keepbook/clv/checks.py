"""What the data cannot carry: each condition with its number and bound, and models only where all hold."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.model import CustomerModel, dependence, drift, fit_model
from keepbook.clv.processes.fitters import PROCESSES
from keepbook.clv.processes.fitting import Fit
from keepbook.clv.processes.posterior import MAX_KHAT, Posterior
from keepbook.clv.rfm import DAYS, Patterns
from keepbook.clv.validation.evaluation import Evaluation
from keepbook.errors import NotEnoughData
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
    """One condition that figures rest on."""

    key: str  # of its sentences in the catalogue, `check-<key>`
    passed: bool  # the data meet it
    # It is not met, and no figure may be printed at all; otherwise figures stand with this said.
    stops: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)  # what its sentences state

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


class ChecksFailed(NotEnoughData):
    """A check stops: no figure may be printed."""

    checks: Sequence[Check] = ()  # all that were made


def checked(base: Base) -> Base:
    """The base itself, where no check of it stops; `ChecksFailed` where one does."""
    _unless_stopped(base_checks(base))
    return base


def fit(base: Base, evaluation: Evaluation | None = None) -> CustomerModel:
    """`fit_model`, where no check of the base or of the fitted model stops; `ChecksFailed` otherwise.

    With `auto`, where the likeliest model has no fit that passes, the next likeliest that has one.
    """
    first = fit_model(checked(base), evaluation)
    try:
        _unless_stopped(all_checks(base, first))
        return first
    except ChecksFailed as failed:
        for key in _next_likeliest(base, first):
            other = fit_model(replace(base, choices=replace(base.choices, model=key)), evaluation)
            with suppress(ChecksFailed):
                _unless_stopped(all_checks(base, other))
                return other
        raise failed


def _next_likeliest(base: Base, model: CustomerModel) -> list[str]:
    """Keys of the other processes, likeliest first; none where the unit's file names one."""
    if base.choices.model != "auto":
        return []
    known = model.comparison.set_index("model")[["holdout_log_likelihood", "log_likelihood"]].fillna(-np.inf)
    others = [process for process in PROCESSES if process is not model.process]
    others.sort(key=lambda process: tuple(known.loc[process.label]), reverse=True)
    return [process.key for process in others]


def _unless_stopped(checks: list[Check]) -> None:
    """The sentence stands wherever a figure would; the findings hold the numbers."""
    if stopped := [check.name for check in checks if check.stops]:
        failed = ChecksFailed(say("stopped", checks=listed(stopped)))
        failed.checks = checks
        raise failed


def all_checks(base: Base, model: CustomerModel | NotEnoughData) -> list[Check]:
    """The checks of a base and, once one was fitted, of its model; of none, why it stopped."""
    if isinstance(model, ChecksFailed):
        return list(model.checks)
    if isinstance(model, NotEnoughData):
        return base_checks(base)
    return [*base_checks(base), *model_checks(model), *draw_checks(model), *choice_checks(base, model)]


def _check(key: str, passed: bool, *, stops: bool = False, **facts: Any) -> Check:
    return Check(key, bool(passed), bool(stops and not passed), facts)


def base_checks(base: Base) -> list[Check]:
    """What can be asked of a customer base before any model is fitted, as a reader would ask."""
    n, loyal, patterns = base.customers, base.loyal, len(base.patterns)
    if not n:
        return [_check("nobody", False, stops=True)]
    enough = _check("customers", n >= BUYERS, n=n, least=BUYERS)
    again = {"repeaters": base.repeaters, "customers": n, "least": REPEATERS}
    repeated = _check("repeat-buyers", base.repeaters >= REPEATERS, stops=True, **again)
    thrice = _check("three-times", loyal > 0, n=loyal, least=1)
    # Models tell customers apart by how they differ; where nobody does, they are all one.
    differ = _check("differences", patterns > 1, stops=True, patterns=patterns, least=2)
    first = [enough, _history(base), _latest_order(base), repeated, thrice, differ]
    return [*first, _priced(base), _returns(base), _horizon(base), _independent(base), _steady(base)]


def typical_interval(patterns: Patterns) -> float:
    """Median over repeat buyers of their mean time between purchases, in time units; missing without any."""
    again = patterns.frequency > 0
    if not again.any():
        return float("nan")
    gap, n = (patterns.recency / np.maximum(patterns.frequency, 1))[again], patterns.customers[again]
    order = np.argsort(gap)
    return float(gap[order][np.searchsorted(n[order].cumsum(), n.sum() / 2)])


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


def _priced(base: Base) -> Check:
    share = base.unspendable / base.repeaters if base.repeaters else 0.0
    nothing = base.repeaters > 0 and base.unspendable == base.repeaters
    facts = {"free": base.unspendable, "repeaters": base.repeaters, "share": percent(share)}
    passed, most = share <= MAX_FREE_SHARE, percent(MAX_FREE_SHARE, 0)
    return _check("priced", passed, stops=nothing, nothing=nothing, most=most, **facts)


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


def model_checks(model: CustomerModel) -> list[Check]:
    """What can be asked of a fitted model: a summit inside the range, and draws that describe it."""
    spend = model.spend
    asked = [_summit("purchase", model.fit), _draws("purchase", model.posterior)]
    if spend.fit is None or spend.posterior is None:
        return [*asked, _check("no-spend-model", False, why=spend.why, least=spend.least)]
    return [*asked, _summit("spend", spend.fit), _draws("spend", spend.posterior)]


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
