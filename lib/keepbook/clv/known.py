"""The known truth of a simulated unit, where all that it takes is at hand."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.truth import true_new_customer, true_outlook
from keepbook.params import Unit
from keepbook.simulate import TIERS
from keepbook.tables import Tables


@dataclass(frozen=True)
class Truth:
    """What estimates of a simulated unit are held against.

    Attributes
    ----------
    outlook : one row per milestone, as `true_outlook`; purchases are missing where the unit counts weeks, for
        the truth counts days. new_customer : value over the horizon.
    """

    outlook: pd.DataFrame
    new_customer: float


def truth_of(unit: Unit, tables: Tables, base: Base) -> Truth | None:
    """None where the unit is not simulated, or its customers table does not tell their tiers."""
    people = tables.customers
    if not unit.simulated or people is None or "tier" not in people.columns:
        return None
    if not set(people.select("tier").distinct().to_pandas()["tier"]) <= set(TIERS):
        return None
    outlook = true_outlook(base, tables.purchases, people)
    if base.choices.time_unit != "day":
        outlook["purchases"] = float("nan")
    return Truth(outlook, true_new_customer(base))
