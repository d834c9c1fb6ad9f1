"""A model, and figures that rest on it, only where the data carry them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

import ibis.expr.types as ir
import numpy as np

from keepbook.clv.base import Base
from keepbook.clv.checks import Gate, gates, model_gates
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.clv.processes.fitters import PROCESSES
from keepbook.clv.processes.process import Process
from keepbook.clv.validation.evaluation import Evaluation, evaluate
from keepbook.errors import NotEnoughData
from keepbook.text import _, number

T = TypeVar("T")

FEWEST_DRAWS = 100  # that the weighted ones must be worth, for the ends of an interval to be known


class Stopped(NotEnoughData):
    """A gate stops: no figure may be printed.

    Attributes
    ----------
    gates : all that were asked.
    """

    gates: tuple[Gate, ...] = ()

    @classmethod
    def by(cls, asked: list[Gate]) -> Stopped:
        """The sentence that stands wherever a figure would; the findings hold the numbers."""
        names = ", ".join(gate.name for gate in asked if gate.stops)
        stopped = cls(_("Not shown: the data cannot carry it ({names}).").format(names=names))
        stopped.gates = tuple(asked)
        return stopped


def sound(base: Base) -> Base:
    """The base itself, where no gate stops.

    Raises
    ------
    Stopped : one does, and no figure may be printed.
    """
    return _unless_stopped(base, gates(base))


def examine(purchases: ir.Table, base: Base) -> Evaluation:
    """`evaluate` on the past of a sound base."""
    return evaluate(purchases, base.window, base.choices)


def fit(base: Base, evaluation: Evaluation | NotEnoughData | None = None) -> CustomerModel:
    """`fit_model`, where neither the base nor the fitted model is stopped by a gate.

    With `auto`, where the likeliest model has no fit that holds, the next likeliest that has one.

    Raises
    ------
    Stopped : the base is, or every model.
    """
    first = fit_model(sound(base), evaluation)
    try:
        return _held(base, first)
    except Stopped as stopped:
        for process in _next_likeliest(base, first):
            choices = replace(base.choices, model=process.key)
            other = fit_model(replace(base, choices=choices), evaluation)
            with suppress(Stopped):
                return _held(base, other)
        raise stopped


def _held(base: Base, model: CustomerModel) -> CustomerModel:
    return _unless_stopped(model, all_gates(base, model))


def _next_likeliest(base: Base, model: CustomerModel) -> list[Process]:
    """The other processes, likeliest first; none where the unit's file names one."""
    if base.choices.model != "auto":
        return []
    known = model.comparison.set_index("model")[["holdout_log_likelihood", "log_likelihood"]].fillna(-np.inf)
    others = [process for process in PROCESSES if process is not model.process]
    return sorted(others, key=lambda process: tuple(known.loc[process.label]), reverse=True)


def all_gates(base: Base, model: CustomerModel | NotEnoughData) -> list[Gate]:
    """The gates of a base and, once it was looked at, of its model."""
    if isinstance(model, Stopped):
        return list(model.gates)
    if isinstance(model, NotEnoughData):
        return gates(base)
    return gates(base) + model_gates(base, model) + _worth_of_draws(model) + _likeliest(base, model)


def _worth_of_draws(model: CustomerModel) -> list[Gate]:
    """Draws that are all but one and the same make no interval, and not even hold the estimate."""
    effective = min(p.effective for p in (model.posterior, model.spend.posterior) if p is not None)
    if effective >= FEWEST_DRAWS:
        return []
    return [
        Gate(
            name=_("Different draws"),
            passed=False,
            stops=True,
            measured=number(effective),
            needed=_("at least {n}").format(n=number(FEWEST_DRAWS)),
            follows=_("The data leave the parameters so open that no interval can be given."),
        )
    ]


def _likeliest(base: Base, model: CustomerModel) -> list[Gate]:
    """With `auto`, whether the likeliest model is the one that is shown."""
    held = model.comparison.dropna(subset=["holdout_log_likelihood"])
    if base.choices.model != "auto" or held.empty:
        return []
    best = str(held.loc[held["holdout_log_likelihood"].idxmax(), "model"])
    if best == model.process.label:
        return []
    text = _("{best} gave held-out purchases a higher probability, but no fit of it to all data holds.")
    return [
        Gate(
            name=_("Likeliest model"),
            passed=True,  # it is no fault of the data, but it should be known
            stops=False,
            measured=model.process.label,
            needed=best,
            follows=text.format(best=best),
        )
    ]


def _unless_stopped(what: T, asked: list[Gate]) -> T:
    if any(gate.stops for gate in asked):
        raise Stopped.by(asked)
    return what
