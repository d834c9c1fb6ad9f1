"""Purchases and revenue of the base, period by period: what was, what the model says was, what comes."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Base, activity, customer_base
from keepbook.clv.model import CustomerModel, fit_model, interval
from keepbook.clv.processes.gamma_gamma import mean_spend
from keepbook.clv.rfm import DAYS, Floats, TimeUnit
from keepbook.clv.value import total_ahead
from keepbook.errors import NotEnoughData
from keepbook.tables import Window
from keepbook.text import catalogue, day

say = catalogue("clv")
Period = Literal["week", "month"]
FREQUENCY = {"week": "W-SUN", "month": "M"}
WHOLE_WEEKS = {"week": 7, "month": 28}
RECENT_DAYS = 90  # whose new customers say how many come
PARAMETER_DRAWS, CHANCE_DRAWS = 64, 16  # for new customers
HISTORY_PER_BACKTEST = 3  # the history holds a backtest's horizon so many times
MIN_REPEATERS = 30  # to fit on


@dataclass(frozen=True)
class Forecast:
    """A base's purchases over time.

    Attributes
    ----------
    past : one row per calendar period: period_start, actual and fitted (repeat purchases of all customers
        known by then; the model saw these data).
    ahead : one row per calendar period from the day after the end of observation: period_start, period_end,
        complete (a whole period), purchases, purchases_lower, purchases_upper, revenue, revenue_lower,
        revenue_upper (net of returns, of today's customers), new_customers, new_purchases (first ones
        included), new_revenue, new_revenue_lower, new_revenue_upper (of customers still to come, if as many
        come as lately).
    new_per_day : customers still to come, the mean of the last `recent_days`.
    """

    period: Period
    past: pd.DataFrame
    ahead: pd.DataFrame
    new_per_day: float
    recent_days: int


@dataclass(frozen=True)
class Backtest:
    """The same forecast as it would have been made on a day of the past.

    Attributes
    ----------
    cut : the last day known to it.
    periods : one row per calendar period after the cut, of customers known there: period_start, period_end,
        complete, actual, predicted, lower, upper (repeat purchases).
    """

    period: Period
    cut: dt.date
    periods: pd.DataFrame


def forecast(base: Base, model: CustomerModel, period: Period = "month") -> Forecast:
    """The unit's purchases, past and ahead."""
    end = base.window.as_of
    later = (pd.Timestamp(end) + pd.DateOffset(months=base.choices.months)).date()
    recent = min(RECENT_DAYS, base.window.days)
    since = pd.Timestamp(end) - pd.Timedelta(days=recent)
    per_day = float(base.activity.loc[base.activity["date"] > since, "new"].sum()) / recent
    spans = spans_between(end, later, period, base.choices.time_unit)
    ahead = pd.concat([spans, _today(base, model, spans), _new(base, model, spans, per_day)], axis=1)
    return Forecast(period, past(base, model, period), ahead, per_day, recent)


def spans_between(after: dt.date, until: dt.date, period: Period, time_unit: TimeUnit) -> pd.DataFrame:
    """The periods from the day after one day to another, the first and last cut to them, one row each:
    period_start, period_end (both inclusive), complete.

    They are of the calendar, or, where purchases are counted by weeks that end on the weekday of `after`,
    four such weeks or one: other periods would cut weeks in two.
    """
    days = pd.date_range(pd.Timestamp(after) + pd.Timedelta(days=1), until)
    if time_unit == "week":
        length = pd.Timedelta(days=WHOLE_WEEKS[period])
        start = pd.date_range(days[0], days[-1], freq=length)
        end = start + length - pd.Timedelta(days=1)
    else:
        whole = pd.period_range(days[0], days[-1], freq=FREQUENCY[period])
        start, end = whole.start_time.normalize(), whole.end_time.normalize()
    frame = pd.DataFrame({"period_start": start, "period_end": end})
    frame["complete"] = (start >= days[0]) & (end <= days[-1])
    frame["period_start"] = frame["period_start"].clip(lower=days[0])
    frame["period_end"] = frame["period_end"].clip(upper=days[-1])
    return frame


def _moments(base: Base, spans: pd.DataFrame) -> Floats:
    """Time units from the end of observation to the end of each period."""
    ahead = (spans["period_end"] - pd.Timestamp(base.window.as_of)).dt.days
    return ahead.to_numpy(float) / DAYS[base.choices.time_unit]


def _today(base: Base, model: CustomerModel, spans: pd.DataFrame) -> pd.DataFrame:
    """What today's customers bring per period, with intervals."""
    drawn, choices = total_ahead(base, model, _moments(base, spans)), base.choices
    frame = pd.DataFrame(index=spans.index)
    for kind, (name, factor) in enumerate({"purchases": 1.0, "revenue": base.kept_share}.items()):
        draws = drawn.draws(kind, choices.seed + kind, per_period=True) * factor
        frame[name] = np.diff(drawn.estimate[kind], prepend=0.0) * factor
        frame[f"{name}_lower"], frame[f"{name}_upper"] = interval(draws, choices.alpha)
    return frame


def _new(base: Base, model: CustomerModel, spans: pd.DataFrame, per_day: float) -> pd.DataFrame:
    """What customers still to come bring per period, if their number is Poisson at a steady rate."""
    moments, rate = _moments(base, spans), per_day * DAYS[base.choices.time_unit]
    came = rate * np.diff(moments, prepend=0.0)
    grid = np.linspace(0, moments[-1], 200)

    def repeats(params: Floats) -> Floats:
        """Repeat purchases per period of all who came by then: ∫ rate · E[X(u)] du, in increments."""
        each = model.process.expected_new(params, grid)
        summed = np.concatenate([[0.0], np.cumsum((each[1:] + each[:-1]) / 2 * np.diff(grid))])
        return np.diff(rate * np.interp(moments, grid, summed), prepend=0.0)

    worth, kept, first = mean_spend(model.spend.params), base.kept_share, came * base.first_spend
    means = [first + repeats(params) * mean_spend(spend) for params, spend in model.draws(PARAMETER_DRAWS)]
    bought = repeats(model.params)
    revenue = first + bought * worth
    # The second moment of repeat purchases, as of a customer who never leaves: a little too wide.
    wide = (1 + 1 / model.params[0]) * bought**2 / np.maximum(np.cumsum(came), 1e-12)
    variance = came * base.first_spend**2 + (bought + wide) * worth**2
    rng = np.random.default_rng(base.choices.seed)
    noise = rng.standard_normal((PARAMETER_DRAWS, CHANCE_DRAWS, len(came)))
    draws = np.array(means)[:, None] + noise * np.sqrt(variance)
    lower, upper = interval(draws.reshape(-1, len(came)), base.choices.alpha)
    columns = {"new_customers": came, "new_purchases": came + bought, "new_revenue": revenue * kept}
    sides = {"new_revenue_lower": lower.clip(0) * kept, "new_revenue_upper": upper * kept}
    return pd.DataFrame(columns | sides, index=spans.index)


def past(base: Base, model: CustomerModel, period: Period) -> pd.DataFrame:
    """Repeat purchases per calendar period, as `Forecast.past`: the tracking plot."""
    window, unit = base.window, base.choices.time_unit
    before = window.start - dt.timedelta(days=1)
    if unit == "week":  # its weeks end on the weekday of as_of
        before -= dt.timedelta(days=(before - window.as_of).days % WHOLE_WEEKS[period])
    spans = spans_between(before, window.as_of, period, unit)
    entered = base.activity[base.activity["new"] > 0]
    age = (spans["period_end"].to_numpy()[:, None] - entered["date"].to_numpy()) / np.timedelta64(1, "D")
    age = np.clip(age, 0, None) / DAYS[unit]
    grid = np.arange(np.ceil(age.max()) + 1)
    expected = np.interp(age, grid, model.process.expected_new(model.params, grid))
    spans["actual"] = _per_span(base.activity, spans)
    spans["fitted"] = np.diff(expected @ entered["new"].to_numpy(float), prepend=0.0)
    return spans


def _per_span(activity: pd.DataFrame, spans: pd.DataFrame) -> Floats:
    """Repeat purchases of each period."""
    ends = np.searchsorted(activity["date"], spans["period_end"], side="right")
    starts = np.searchsorted(activity["date"], spans["period_start"], side="left")
    summed = np.concatenate([[0.0], activity["returning"].cumsum()])
    return summed[ends] - summed[starts]


def backtest(purchases: ir.Table, base: Base, model: CustomerModel, period: Period = "month") -> Backtest:
    """The forecast as it would have been made one horizon ago, or a third of the history ago."""
    window, choices = base.window, base.choices
    ago = (pd.Timestamp(window.as_of) - pd.DateOffset(months=choices.months)).date()
    cut = max(ago, window.as_of - dt.timedelta(days=window.days // HISTORY_PER_BACKTEST))
    known = replace(choices, model=model.process.key)
    if (window.as_of - cut).days < 2 * DAYS[choices.time_unit]:
        raise NotEnoughData(say("no-backtest-history"))
    then = customer_base(purchases, Window(window.start, cut), known)
    if then.repeaters < MIN_REPEATERS:
        raise NotEnoughData(say("no-backtest-repeaters", cut=day(cut), n=MIN_REPEATERS))
    spans = spans_between(cut, window.as_of, period, choices.time_unit)
    predicted = _today(then, fit_model(then), spans)
    followed = activity(purchases, cut, choices.time_unit, window.as_of)
    spans["actual"] = _per_span(followed, spans)
    names = {"purchases": "predicted", "purchases_lower": "lower", "purchases_upper": "upper"}
    return Backtest(period, cut, spans.join(predicted.rename(columns=names)[list(names.values())]))
