"""A model, and figures that rest on it, only where the data carry them."""

from __future__ import annotations

import ibis.expr.types as ir

from keepbook.clv.base import Base
from keepbook.clv.evaluation import Evaluation, evaluate
from keepbook.clv.gates import Gate, gates, model_gates
from keepbook.clv.model import CustomerModel, fit_model
from keepbook.errors import NotEnoughData
from keepbook.words import _


def sound(base: Base) -> Base:
    """The base itself, where no gate stops.

    Raises
    ------
    NotEnoughData : one does, and no figure may be printed.
    """
    _stop(gates(base))
    return base


def examine(purchases: ir.Table, base: Base) -> Evaluation:
    """`evaluate` on the past of a sound base."""
    return evaluate(purchases, base.window, base.choices)


def fit(base: Base, evaluation: Evaluation | NotEnoughData | None = None) -> CustomerModel:
    """`fit_model`, where neither the base nor the fitted model is stopped by a gate.

    Raises
    ------
    NotEnoughData : one of them is.
    """
    model = fit_model(sound(base), evaluation)
    _stop(model_gates(base, model))
    return model


def all_gates(base: Base, model: CustomerModel | NotEnoughData) -> list[Gate]:
    """The gates of a base and, once there is one, of its model."""
    return gates(base) + (model_gates(base, model) if isinstance(model, CustomerModel) else [])


def _stop(asked: list[Gate]) -> None:
    """One short sentence, for it stands wherever a figure would; the findings hold the numbers."""
    names = [gate.name for gate in asked if gate.stops]
    if names:
        text = _("Not shown: the data cannot carry it ({gates}).")
        raise NotEnoughData(text.format(gates=", ".join(names)))
