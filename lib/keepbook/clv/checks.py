"""What the data cannot carry: each doubt with its number, its bound and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.model import CustomerModel
from keepbook.clv.patterns import Patterns
from keepbook.clv.processes.fitting import Fit
from keepbook.clv.processes.posterior import RELIABLE, Posterior
from keepbook.clv.rfm import DAYS
from keepbook.stats import intervals
from keepbook.stats.requirements import BUYERS, HISTORY, INTERVALS, QUIET, REPEATERS
from keepbook.text import _, day, interval, number, percent, plural

FEWEST_DAYS, FEWEST_PERIODS = 28, 8  # of history; in fewer, T takes but a few values
DEPENDENT = 0.1  # correlation below which frequency says next to nothing of spend: 1 % of its variance
DRIFT = 0.05  # a year's inflation or two
FREE = 0.05  # of repeat buyers
LEFT = 0.5  # of revenue, after returns


@dataclass(frozen=True)
class Gate:
    """One condition that figures rest on.

    Attributes
    ----------
    name : what is asked. passed : whether the data meet it.
    stops : it is not met, and no figure may be printed at all; otherwise figures stand with this said.
    measured, needed : the number found and its bound, in words.
    follows : what not meeting it means for the figures; empty where it is met.
    """

    name: str
    passed: bool
    stops: bool
    measured: str
    needed: str
    follows: str


def gates(base: Base) -> list[Gate]:
    """What can be asked of a customer base before any model is fitted.

    Returns
    -------
    Gates in the order of a reader's questions: enough, long enough, recent, repeated, different, paid for,
    kept, how far ahead, spend independent of frequency, spend steady.
    """
    if not base.customers:
        return [_gate(_("Customers"), False, "0", "1", _("There is nobody to speak of."), stops=True)]
    asked = [_buyers(base), _history(base), _quiet(base), _repeaters(base), _loyal(base), _alike(base)]
    return asked + [_paid(base), _returned(base), _horizon(base), _dependent(base), _drifting(base)]


def model_gates(base: Base, model: CustomerModel) -> list[Gate]:
    """What can be asked of a fitted model: a summit inside the range, and draws that describe it."""
    spend = model.spend
    asked = [
        _boundary(_("Purchase model"), model.fit),
        _draws(_("Draws of the purchase model"), model.posterior),
    ]
    if spend.fit is None or spend.posterior is None:
        text = _("Every purchase counts as the mean of all; customers differ only in how often they buy.")
        asked.append(_gate(_("Spend model"), False, spend.why, _("a fit"), text))
        return asked
    return asked + [
        _boundary(_("Spend model"), spend.fit),
        _draws(_("Draws of the spend model"), spend.posterior),
    ]


def _gate(name: str, passed: bool, measured: str, needed: str, follows: str, *, stops: bool = False) -> Gate:
    return Gate(name, bool(passed), bool(stops and not passed), measured, needed, "" if passed else follows)


def _buyers(base: Base) -> Gate:
    text = _("The parameters rest on few customers; read the intervals, not the estimates.")
    found = plural(base.customers, _("customer"), _("customers"))
    return _gate(_("Customers"), base.customers >= BUYERS, found, _at_least(BUYERS), text)


def _history(base: Base) -> Gate:
    """Below two typical times between purchases, or in a few time units, hardly a second one is seen."""
    days, unit = base.window.days, DAYS[base.choices.time_unit]
    typical = typical_interval(base.patterns) * unit
    wanted = max(HISTORY, round(np.nan_to_num(typical) * INTERVALS))
    least = max(FEWEST_DAYS, FEWEST_PERIODS * unit, round(np.nan_to_num(typical) * INTERVALS / 2))
    measured = plural(days, _("day"), _("days"))
    if np.isfinite(typical):
        measured += _(", purchases typically {n} days apart").format(n=number(typical))
    if unit > 1:
        measured += _(", {n} whole weeks").format(n=number(days // unit))
    text = _("Who will come back has hardly had the time to: figures far ahead rest on the model alone.")
    needed = _("at least {n} days").format(n=number(wanted))
    stops = days < least
    if stops:
        text = _("A model takes {n} days or more.").format(n=number(least))
        if unit > 1 and days >= max(FEWEST_DAYS, FEWEST_PERIODS):
            text += " " + _("`time_unit: day` asks for less than weeks do.")
    return _gate(_("History"), days >= wanted, measured, needed, text, stops=stops)


def typical_interval(patterns: Patterns) -> float:
    """Median over repeat buyers of their mean time between purchases, in time units; missing without any."""
    again = patterns.frequency > 0
    if not again.any():
        return float("nan")
    gap, n = (patterns.recency / np.maximum(patterns.frequency, 1))[again], patterns.customers[again]
    order = np.argsort(gap)
    return float(gap[order][np.searchsorted(n[order].cumsum(), n.sum() / 2)])


def _quiet(base: Base) -> Gate:
    last = pd.Timestamp(base.rfm["last"].max().to_pandas()).date()
    silent = (base.window.as_of - last).days
    text = _(
        "If lines are missing after {last}, everybody looks quieter than they are: then set `as_of` to it."
    )
    needed = _("at most {n} days").format(n=number(QUIET))
    found = _("{n} days, since {last}").format(n=number(silent), last=day(last))
    return _gate(_("Latest order"), silent <= QUIET, found, needed, text.format(last=day(last)))


def _repeaters(base: Base) -> Gate:
    found = _("{n} of {customers} customers bought again")
    if base.repeaters:
        text = _("So few cannot tell how purchase rates differ and when customers leave.")
    else:
        text = _("Nobody bought twice: nothing tells a customer who will return from one who will not.")
    measured = found.format(n=number(base.repeaters), customers=number(base.customers))
    enough = base.repeaters >= REPEATERS
    return _gate(_("Repeat buyers"), enough, measured, _at_least(REPEATERS), text, stops=True)


def _loyal(base: Base) -> Gate:
    text = _("Nobody bought three times: how regular anybody is cannot be seen.")
    found = plural(base.loyal, _("customer"), _("customers"))
    return _gate(_("Customers who bought three times"), base.loyal > 0, found, _at_least(1), text)


def _alike(base: Base) -> Gate:
    """Models tell customers apart by how they differ; where nobody does, they are all one."""
    text = _("All customers bought alike, on the same days of their time: no model can tell them apart.")
    found = plural(len(base.patterns), _("pattern of purchases"), _("patterns of purchases"))
    return _gate(_("Differences"), len(base.patterns) > 1, found, _at_least(2), text, stops=True)


def _paid(base: Base) -> Gate:
    share = base.unspendable / base.repeaters if base.repeaters else 0.0
    nothing = base.repeaters > 0 and base.unspendable == base.repeaters
    text = _("The spend model is fitted without them, and they are expected to go on paying nothing.")
    if nothing:
        text = _("No repeat purchase cost anything: there is no money to predict. Check the amounts.")
    counts = {"n": number(base.unspendable), "all": number(base.repeaters), "share": percent(share)}
    found = _("{n} of {all} repeat buyers ({share}) paid nothing").format(**counts)
    needed = _("at most {n}").format(n=percent(FREE, 0))
    return _gate(_("Purchases with a price"), share <= FREE, found, needed, text, stops=nothing)


def _returned(base: Base) -> Gate:
    text = _(
        "Most of what is sold comes back; value is what is left, and rests on returns staying as they are."
    )
    if base.kept_share <= 0:
        text = _("Returns take away all that was bought: no value is left to predict. Check the amounts.")
    found = _("{n} of revenue is left after returns").format(n=percent(base.kept_share))
    needed = _("at least {n}").format(n=percent(LEFT, 0))
    enough = base.kept_share >= LEFT
    return _gate(_("Returns"), enough, found, needed, text, stops=base.kept_share <= 0)


def _horizon(base: Base) -> Gate:
    choices, seen = base.choices, base.window.days
    ahead = round(choices.ahead(base.window.as_of, choices.months) * DAYS[choices.time_unit])
    text = _("Beyond {n} days ahead figures carry a shape on that nobody has seen here.")
    months = plural(choices.months, _("month"), _("months"))
    found = _("{months} ahead, {days}").format(months=months, days=plural(round(ahead), _("day"), _("days")))
    needed = _("at most the {days} of history").format(days=plural(seen, _("day"), _("days")))
    return _gate(_("Horizon"), ahead <= seen, found, needed, text.format(n=number(seen)))


def _dependent(base: Base) -> Gate:
    """Gamma-Gamma takes what a purchase is worth as independent of how often a customer buys."""
    name, needed = _("Spend independent of frequency"), _("within ±{n}").format(n=number(DEPENDENT, 1))
    r, lower, upper = dependence(base.pairs, base.choices.alpha)
    if not np.isfinite(r):
        return _gate(name, True, _("too few to tell"), needed, "")
    if r > 0:
        text = _("Who buys more often spends more each time: the best customers are worth more than stated.")
    else:
        text = _("Who buys more often spends less each time: the best customers are worth less than stated.")
    found = _("correlation {r} {limits}").format(
        r=number(r, 2), limits=interval(lower, upper, lambda value: number(value, 2))
    )
    return _gate(name, abs(r) < DEPENDENT or lower <= 0 <= upper, found, needed, text)


def dependence(pairs: pd.DataFrame, alpha: float = 0.05) -> tuple[float, float, float]:
    """Correlation of frequency and mean spend among repeat buyers, and its interval.

    Of money, not of its logarithm: the logarithm of a mean over few purchases is lower than that of one over
    many, so that it correlates with frequency where spend does not. On Fisher's z scale, with a standard
    error that holds whatever the distribution is, and is never below Fisher's for a normal one.

    Parameters
    ----------
    pairs : one row per distinct frequency and monetary_value with customers, as `spend_pairs`.

    Returns
    -------
    Correlation, lower, upper; missing where there are fewer than four customers, or either does not vary.

    Source: J. H. Steiger & A. R. Hakstian (1982), The asymptotic distribution of elements of a correlation
    matrix, British Journal of Mathematical and Statistical Psychology 35, 208–215 (the standard error).
    """
    x, m, n = (pairs[name].to_numpy(float) for name in ("frequency", "monetary_value", "customers"))
    total = n.sum()
    if total < 4 or np.ptp(x) == 0 or np.ptp(m) <= 1e-9 * np.abs(m).max():
        return float("nan"), float("nan"), float("nan")
    a, b = (v - np.average(v, weights=n) for v in (x, m))
    a, b = (v / np.sqrt(np.average(v**2, weights=n)) for v in (a, b))
    r = float(np.clip(np.average(a * b, weights=n), -1 + 1e-12, 1 - 1e-12))
    influence = a * b - r / 2 * (a**2 + b**2)
    free = np.sqrt(np.average(influence**2, weights=n) / total) / (1 - r**2)
    half = intervals.z_of(alpha) * max(float(free), (total - 3) ** -0.5)
    return r, float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


def _drifting(base: Base) -> Gate:
    """A purchase is worth the mean of the whole past; where that moved, the newest third says by how much."""
    name, needed = _("Steady spend"), _("within ±{n}").format(n=percent(DRIFT, 0))
    change, lower, upper = drift(base.activity, base.choices.alpha)
    if not np.isfinite(change):
        return _gate(name, True, _("too few repeat purchases to tell"), needed, "")
    if change > 0:
        text = _(
            "Purchases have come to be worth more than the mean that is carried on: value is understated."
        )
    else:
        text = _(
            "Purchases have come to be worth less than the mean that is carried on: value is overstated."
        )
    found = _("{change} per repeat purchase {limits}, newest against oldest third of the time")
    measured = found.format(change=_signed(change), limits=interval(lower, upper, _signed))
    return _gate(name, abs(change) < DRIFT or lower <= 0 <= upper, measured, needed, text)


def drift(activity: pd.DataFrame, alpha: float = 0.05) -> tuple[float, float, float]:
    """Relative change of the mean gross money of a repeat purchase, newest against oldest third of the time.

    The interval takes time units as independent (`intervals.ratio` for each third, put together on the log
    scale).

    Parameters
    ----------
    activity : one row per time unit, as `Base.activity`: date, returning, repeat_spend.

    Returns
    -------
    Change (0.1: ten per cent more), lower, upper; missing where a third has fewer than 30 repeat purchases,
        or they cost nothing.
    """
    dates = activity["date"]
    third = (dates.max() - dates.min()) / 3
    thirds = [activity[dates <= dates.min() + third], activity[dates > dates.max() - third]]
    logs = []
    for part in thirds:
        y, x = (part[name].to_numpy(float) for name in ("repeat_spend", "returning"))
        if x.sum() < REPEATERS or y.sum() <= 0:
            return float("nan"), float("nan"), float("nan")
        limits = intervals.ratio(y.sum(), x.sum(), (y**2).sum(), (x**2).sum(), (y * x).sum(), alpha)
        low, high = (float(np.log(limit)) for limit in limits)
        logs.append((float(np.log(y.sum() / x.sum())), low, high))
    old, new = logs
    lower, upper = intervals.difference(new, old)
    return float(np.expm1(new[0] - old[0])), float(np.expm1(lower)), float(np.expm1(upper))


def _boundary(name: str, fit: Fit) -> Gate:
    """A likelihood that has no summit in some direction."""
    if not fit.converged:
        text = _("The search for the likeliest parameters did not end: figures are not to be relied on.")
        return _gate(name, False, _("no summit found"), _("a summit"), text, stops=True)
    open_ = ", ".join(map(str, fit.boundary))
    text = _("The data leave {names} open: customers differ less than the model can say, or never leave.")
    found = _("{names} open").format(names=open_) if open_ else _("a summit inside the range")
    return _gate(name, not open_, found, _("a summit inside the range"), text.format(names=open_))


def _draws(name: str, posterior: Posterior) -> Gate:
    text = _("Intervals of these parameters, and of what rests on them, may be too narrow.")
    found = _("k̂ {k}").format(k=number(posterior.khat, 2))
    needed = _("at most {n}").format(n=number(RELIABLE, 1))
    return _gate(name, posterior.khat <= RELIABLE, found, needed, text)


def _at_least(least: int) -> str:
    return _("at least {n}").format(n=number(least))


def _signed(change: float) -> str:
    return f"{'+' if change >= 0 else ''}{percent(change)}"
