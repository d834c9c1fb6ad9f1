"""A model, and figures that rest on it, only where the data pass their checks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np

from keepbook.clv.base import Base
from keepbook.clv.checks import Check, base_checks, choice_checks, draw_checks, model_checks
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.clv.processes.fitters import PROCESSES
from keepbook.clv.processes.process import Process
from keepbook.clv.validation.evaluation import Evaluation
from keepbook.errors import NotEnoughData
from keepbook.text import catalogue, listed

say = catalogue("clv")


class ChecksFailed(NotEnoughData):
    """A check stops: no figure may be printed.

    Attributes
    ----------
    checks : all that were made.
    """

    checks: tuple[Check, ...] = ()

    @classmethod
    def of(cls, checks: list[Check]) -> ChecksFailed:
        """The sentence that stands wherever a figure would; the findings hold the numbers."""
        failed = cls(say("stopped", checks=listed(check.name for check in checks if check.stops)))
        failed.checks = tuple(checks)
        return failed


def checked(base: Base) -> Base:
    """The base itself, where no check of it stops.

    Raises
    ------
    ChecksFailed : one does, and no figure may be printed.
    """
    _unless_stopped(base_checks(base))
    return base


def fit(base: Base, evaluation: Evaluation | None = None) -> CustomerModel:
    """`fit_model`, where no check of the base or of the fitted model stops.

    With `auto`, where the likeliest model has no fit that passes, the next likeliest that has one.

    Raises
    ------
    ChecksFailed : for the base, or for every model.
    """
    first = fit_model(checked(base), evaluation)
    try:
        return _checked_model(base, first)
    except ChecksFailed as failed:
        for process in _next_likeliest(base, first):
            choices = replace(base.choices, model=process.key)
            other = fit_model(replace(base, choices=choices), evaluation)
            with suppress(ChecksFailed):
                return _checked_model(base, other)
        raise failed


def all_checks(base: Base, model: CustomerModel | NotEnoughData) -> list[Check]:
    """The checks of a base and, once one was fitted, of its model; of none, why it stopped."""
    if isinstance(model, ChecksFailed):
        return list(model.checks)
    if isinstance(model, NotEnoughData):
        return base_checks(base)
    return [*base_checks(base), *model_checks(model), *draw_checks(model), *choice_checks(base, model)]


def _checked_model(base: Base, model: CustomerModel) -> CustomerModel:
    _unless_stopped(all_checks(base, model))
    return model


def _next_likeliest(base: Base, model: CustomerModel) -> list[Process]:
    """The other processes, likeliest first; none where the unit's file names one."""
    if base.choices.model != "auto":
        return []
    known = model.comparison.set_index("model")[["holdout_log_likelihood", "log_likelihood"]].fillna(-np.inf)
    others = [process for process in PROCESSES if process is not model.process]
    return sorted(others, key=lambda process: tuple(known.loc[process.label]), reverse=True)


def _unless_stopped(checks: list[Check]) -> None:
    if any(check.stops for check in checks):
        raise ChecksFailed.of(checks)
