"""What to do: roll out, stop, keep running (until when), or redesign."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

from keepbook.experiments.assigned import Intake
from keepbook.experiments.inference.bayes import chance_to_win, expected_loss
from keepbook.experiments.inference.sequential import half_width
from keepbook.experiments.soundness import SampleRatio
from keepbook.params import Experiment

Action = Literal["roll out", "stop", "keep running", "redesign"]
Ground = Literal[
    "broken split",
    "guardrail",
    "guardrail open",
    "earns",
    "loses",
    "nothing to gain",
    "too early",
    "too few",
    "no cost",
    "no money",
]
HOPELESS = 1000  # times the customers there are; beyond it nobody runs a test
UNEVEN, STEADY = 1 / 3, 1000  # share of the larger arm, and customers: see inference.sequential
LONGEST = 366  # days that a test may still take; later it is better designed anew
QUIET = 30  # days without an assignment after which enrolment is over


class Rule(NamedTuple):
    """When the evidence is enough: from the unit file, stated before the data are seen."""

    confidence: float
    max_loss: float

    def settled(self, effect: float, error: float) -> Ground | None:
        """`earns`, `loses`, `nothing to gain`, or None where the evidence is not enough."""
        chance, loss = float(chance_to_win(effect, error)), expected_loss(effect, error)
        if chance >= self.confidence and loss.rolled_out <= self.max_loss:
            return "earns"
        if chance <= 1 - self.confidence:
            return "loses"
        return "nothing to gain" if loss.kept <= self.max_loss else None

    @property
    def looks(self) -> float:
        """Level of the always-valid interval that asks for the same confidence on either side."""
        return 2 * (1 - self.confidence)

    def times(self, money: pd.Series, *, at_the_end: bool) -> float:
        """How many times the customers would settle it, if the effect stays what it is; infinite for none.

        Parameters
        ----------
        at_the_end : whether one look will decide; else the always-valid interval has to.
        """
        profit, error = float(money["profit"]), float(money["error"])
        for times in np.geomspace(1.0, HOPELESS, 700) if error > 0 else ():
            narrower = error / times**0.5
            n, planned = money["n"] * times, money["planned"]
            if at_the_end and self.settled(profit, narrower):
                return float(times)
            if not at_the_end and abs(profit) > half_width(narrower, n, planned, self.looks):
                return float(times)
        return math.inf


@dataclass(frozen=True)
class Verdict:
    """The decision on one experiment.

    Attributes
    ----------
    action : what to do. ground : why. variant : the arm it is about; None where it is about all.
    final : whether the planned end is reached, so that the evidence counts as it stands; else only the
        always-valid interval does, since others may have looked before.
    guardrails : metrics whose guardrail is broken (`ground` is `guardrail`), or is still open.
    needed : customers in all arms, or clusters where these were drawn, that would settle it, if the effect
        stays what it is now; None where no number would within reason. until : the day they would be
        followed up, at the present rate.
    """

    action: Action
    ground: Ground
    variant: str | None
    final: bool
    guardrails: tuple[str, ...] = ()
    needed: int | None = None
    until: dt.date | None = None


def rule_of(experiment: Experiment, money: pd.Series) -> Rule:
    """The decision rule of the unit file, its loss in money per customer."""
    return Rule(experiment.confidence, float(money["max_loss"]))


def decide(
    experiment: Experiment,
    ratio: SampleRatio,
    effects: pd.DataFrame,
    money: pd.DataFrame | None,
    as_of: dt.date,
    intake: Intake | None = None,
    alpha: float = 0.05,
) -> Verdict:
    """The decision, the same for everybody who looks at the same evidence.

    A broken split decides alone. Of several treatments that harm no guardrail the one with the highest profit
    is judged, with the confidence asked for shared among them (Bonferroni). Before the planned end only the
    always-valid interval counts, and not even that while the arms are very uneven and small. What is settled
    neither way goes on while customers come, and is designed anew when the number needed is out of reach.

    Parameters
    ----------
    effects : as `effects_of`. money : as `money_of`; None where no metric speaks of money. intake : None
        for a ready table, whose experiment is over where its end was planned. alpha : of a guardrail's
        one-sided test.
    """
    if ratio.broken:
        return Verdict("redesign", "broken split", None, False)
    final = _over(experiment, intake, as_of)
    if money is None:
        return Verdict("redesign", "no money", None, final)
    guards = effects[effects["role"] == "guardrail"]
    holds = guards["holds" if final else "holds_any"]
    harmful = money["variant"].isin(guards.loc[holds == "no", "variant"])
    possible = money if harmful.all() else money[~harmful]
    best = possible.loc[possible["profit"].fillna(possible["gain"]).idxmax()]
    variant = str(best["variant"])
    own = guards[guards["variant"] == variant].assign(state=holds)
    broken, open_ = (tuple(own.loc[own["state"] == state, "metric"]) for state in ("no", "open"))
    if broken:
        return Verdict("stop", "guardrail", variant, final, broken)
    if math.isnan(best["profit"]):
        return Verdict("redesign", "no cost", variant, final)
    shared = experiment.confidence if len(money) == 1 else 1 - (1 - experiment.confidence) / len(money)
    rule = rule_of(experiment, best)._replace(confidence=shared)
    ground = _settled(rule, best, final) if final or _steady(effects, variant) else None
    if ground == "earns" and not open_:
        return Verdict("roll out", "earns", variant, final)
    if ground == "loses" or ground == "nothing to gain":
        return Verdict("stop", ground, variant, final)
    n = int(effects["n_control"].max() + effects.groupby("variant")["n_treatment"].max().sum())
    if intake is not None and intake.arms["clusters"].notna().all():
        n = int(intake.arms["clusters"].sum())
    if ground == "earns":
        more = max(_times_for_guardrail(row, alpha) for row in own[own["state"] == "open"].to_dict("records"))
        return _unsettled("guardrail open", variant, final, open_, n, more, intake, as_of)
    more = rule.times(best, at_the_end=experiment.ends is not None)
    return _unsettled("too few", variant, final, open_, n, more, intake, as_of)


def _steady(effects: pd.DataFrame, variant: str) -> bool:
    """Whether the always-valid interval holds already: with very uneven arms of few customers it does not."""
    counts = effects.loc[effects["variant"] == variant, ["n_control", "n_treatment"]].max()
    return bool(counts.min() >= STEADY or counts.min() >= UNEVEN * counts.max())


def _times_for_guardrail(row: Mapping[Hashable, Any], alpha: float) -> float:
    """How many times the customers would show a guardrail unharmed, if it stays where it is."""
    sign = 1 if row["better"] == "higher" else -1
    allowed = 1 - sign * row["margin"]
    room = sign * (row["treatment"] - allowed * row["control"])
    reach = float(norm.ppf(1 - alpha)) * np.hypot(row["error_treatment"], allowed * row["error_control"])
    return float((reach / room) ** 2) if room > 0 else math.inf


def _settled(rule: Rule, money: pd.Series, final: bool) -> Ground | None:
    """As `Rule.settled`; before the end by the always-valid interval alone, one-sided with its confidence."""
    profit, error = float(money["profit"]), float(money["error"])
    if not error > 0:
        return None
    if final:
        return rule.settled(profit, error)
    reach = half_width(error, money["n"], money["planned"], rule.looks)
    return "earns" if profit > reach else "loses" if profit < -reach else None


def _over(experiment: Experiment, intake: Intake | None, as_of: dt.date) -> bool:
    """The end was planned and kept to, and everybody assigned until then is followed up."""
    if experiment.ends is None or intake is None:
        return experiment.ends is not None
    return intake.last <= experiment.ends <= as_of and intake.complete_on <= as_of


def _unsettled(
    ground: Ground,
    variant: str,
    final: bool,
    guardrails: tuple[str, ...],
    n: int,
    times: float,
    intake: Intake | None,
    as_of: dt.date,
) -> Verdict:
    """Goes on while customers come and the number needed is within reach; else it is designed anew."""
    needed = math.ceil(n * times) if times <= HOPELESS else None
    anew = Verdict("redesign", ground, variant, final, guardrails, needed)
    if intake is None or final or needed is None:
        return anew
    if (as_of - intake.last).days > QUIET and intake.complete_on <= as_of:
        return anew
    until = _followed_up(intake, times)
    if (until - as_of).days > LONGEST:
        return replace(anew, until=until)
    early: Ground = "too early" if ground == "too few" else ground
    return replace(anew, action="keep running", ground=early, until=max(until, _planned(intake, as_of)))


def _planned(intake: Intake, as_of: dt.date) -> dt.date:
    """The day the experiment is over as planned; where no end is planned, the next day."""
    ends, tail = intake.experiment.ends, intake.complete_on - intake.last
    return ends + tail if ends else as_of + dt.timedelta(days=1)


def _followed_up(intake: Intake, times: float) -> dt.date:
    """When so many times the customers of now are followed up, if they go on coming as they came."""
    assigned, mature = int(intake.arms["assigned"].sum()), intake.mature
    rate = assigned / ((intake.last - intake.first).days + 1)
    more = min(max(times * mature - assigned, 0) / rate, 36_500)
    return intake.complete_on + dt.timedelta(days=math.ceil(more))
