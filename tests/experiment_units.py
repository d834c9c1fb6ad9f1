"""One experiment of a small unit, measured from its files: what tests of experiments look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook import experiments as ex
from keepbook.tables import Tables
from keepbook.tables.intake import Intake
from keepbook.unit import Unit

Shop = Callable[..., Unit]
HEAD = "customer_id,date,amount\n"
ARMS = "experiment,customer_id,variant,assigned_at"
LAST = "last,2024-06-30,1\n"  # the last observed day


@dataclass
class Found:
    """One experiment of a unit, measured."""

    tables: Tables
    study: ex.Study

    @property
    def intake(self) -> Intake:
        assert self.study.intake is not None
        return self.study.intake

    def each(self) -> pd.DataFrame:
        """Outcomes, one row per customer."""
        assert self.study.each is not None
        return self.study.each.to_pandas().set_index("customer_id")

    def ledger(self) -> dict[str, tuple[float, int]]:
        """Rule → customers (-1 where they are none of their own), lines."""
        rows = self.intake.ledger.fillna(-1).itertuples(index=False)
        return {rule: (customers, lines) for rule, customers, lines in rows}

    def effect(self, metric: str) -> pd.Series:
        frame = ex.study_effects(self.study)
        return frame[frame["metric"] == metric].iloc[0]


def measured(unit: Unit, tables: Tables, name: str) -> Found:
    named = next(one for one in unit.experiments if one.name == name)
    return Found(tables, ex.study_of(tables, unit, named))


def many(name: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "control": "none", "outcome_days": 30, "pre_days": 20, **keys}
