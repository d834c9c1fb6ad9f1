"""From which margin on a strategy pays: the verdict at every share of revenue that may be earned."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.effects import study_effects
from keepbook.experiments.money import study_money
from keepbook.experiments.study import Study
from keepbook.experiments.verdict import Verdict, study_verdict
from keepbook.stats.moments import Moments
from keepbook.text import catalogue

say = catalogue("experiments")
STEP = 0.01  # of the margins that are tried
_OF_MONEY = {"margin", "profit"}  # metrics that are others at another margin


class AtMargin(NamedTuple):
    """What would be decided at a margin.

    Attributes
    ----------
    study : with outcomes at this margin. effects, money, verdict : as `study_effects`, `study_money` and
        `study_verdict` find them there.
    """

    study: Study
    effects: pd.DataFrame
    money: pd.DataFrame
    verdict: Verdict

    @property
    def margin(self) -> float:
        """Share of revenue that is earned."""
        return self.study.unit.margin


def by_margin(study: Study, effects: pd.DataFrame, as_of: dt.date) -> list[AtMargin]:
    """The same evidence at every margin from 1 % to 100 % and at the unit's own, in rising order.

    Nothing is decided otherwise than at the unit's own margin: each time it is `study_verdict`.

    Parameters
    ----------
    effects : as `study_effects` at the unit's own margin.

    Raises
    ------
    NotEnoughData : the split is broken, no cost is stated, or margins do not come from revenue.
    """
    if study.ratio.failed:
        raise NotEnoughData(say("no-effect-shown"))
    if "margin" not in study.moments:
        raise NotEnoughData(say("no-money-metric"))
    if study_money(study)["profit"].isna().any():
        raise NotEnoughData(say("no-cost-known"))
    if not _comes_from_revenue(study):
        raise NotEnoughData(say("no-margin-to-set"))
    own = study.unit.margin
    tried = {round(share, 6): share for share in (*np.arange(STEP, 1 + STEP / 2, STEP).tolist(), own)}
    return [_at(study, effects, tried[share], as_of) for share in sorted(tried)]


def at_margin(study: Study, margin: float) -> Study:
    """The study as if another share of revenue were earned: exact, since margins are a share of revenue."""
    times = margin / study.unit.margin
    seen: dict[int, Moments] = {}  # metrics of one table share their moments
    moments = {
        metric: {name: seen.setdefault(id(arm), _scaled(arm, times)) for name, arm in arms.items()}
        for metric, arms in study.moments.items()
    }
    made = replace(study, unit=study.unit.model_copy(update={"margin": margin}), moments=moments)
    made.__dict__["ratio"] = study.ratio  # of the same customers
    return made


def _at(study: Study, effects: pd.DataFrame, margin: float, as_of: dt.date) -> AtMargin:
    there = study if margin == study.unit.margin else at_margin(study, margin)
    if _OF_MONEY & there.experiment.metrics.keys():
        effects = study_effects(there)
    money = study_money(there)
    return AtMargin(there, effects, money, study_verdict(there, effects, money, as_of))


def _comes_from_revenue(study: Study) -> bool:
    """Whether margins are revenue times the unit's margin; a ready table may bring its own."""
    revenue, margin = (study.moments.get(name, {}) for name in ("revenue", "margin"))
    if study.intake is None and "profit" in study.moments or not revenue:
        return False
    return revenue.keys() == margin.keys() and all(
        np.isclose(_mean(margin, name, "margin"), study.unit.margin * _mean(revenue, name, "revenue"))
        for name in margin
    )


def _mean(arms: Mapping[str, Moments], name: str, column: str) -> float:
    return float(arms[name].mean[arms[name].at(column)])


def _scaled(arm: Moments, times: float) -> Moments:
    """With margins so many times as large; profit, which is margin less a customer's own cost, follows."""
    if "margin" not in arm.names:
        return arm
    way, at = np.eye(len(arm.names)), arm.at("margin")
    way[at, at] = times
    if "profit" in arm.names:
        way[arm.at("profit"), at] = times - 1
    return replace(arm, mean=way @ arm.mean, cov=way @ arm.cov @ way.T)
