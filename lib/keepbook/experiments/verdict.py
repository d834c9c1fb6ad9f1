"""What to do: roll out, stop, keep running (until when), or redesign."""

import datetime as dt
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from keepbook.experiments.study import Study
from keepbook.stats.always_valid import STEADY, half_width
from keepbook.stats.bayes import chance_to_win, expected_loss
from keepbook.stats.power import LONGEST_TEST
from keepbook.tables.intake import Intake
from keepbook.unit import Experiment

Action = Literal["roll-out", "stop", "keep-running", "redesign"]
Ground = Literal[
    "broken-split",
    "drift",
    "guardrail",
    "guardrail-open",
    "earns",
    "loses",
    "nothing-to-gain",
    "too-early",
    "too-few",
    "no-cost",
    "no-money",
]
MAX_TIMES = 1000  # times the customers there are; beyond it nobody runs a test
LIKELY = float(norm.ppf(0.8))  # the number needed settles it with a chance of 80 %, if the effect is as seen
MAX_QUIET = 30  # days without an assignment after which enrolment is over


@dataclass(frozen=True)
class Verdict:
    """The decision on one experiment.

    Attributes
    ----------
    action : what to do.
    ground : why.
    variant : the arm it is about; None where it is about all.
    final : whether the planned end is reached, so that the evidence counts as it stands; else only the
        always-valid interval does, since others may have looked before.
    guardrails : metrics whose guardrail is broken (`ground` is `guardrail`), or is still open.
    needed : customers in all arms, or clusters where these were drawn, that would settle it in four of five
        tests, if the effect is what it seems; None where no number would within reason.
    until : the last day to assign customers on, as planned, else at the present rate; None where enough are.
    decide_on : the day they are followed up.
    asked : the confidence that was asked for, shared among the treatments.
    few : whether so few customers carry the money that its interval cannot be relied on; before the end it
        then does not count.
    """

    action: Action
    ground: Ground
    variant: str | None
    final: bool
    guardrails: tuple[str, ...] = ()
    needed: int | None = None
    until: dt.date | None = None
    decide_on: dt.date | None = None
    asked: float = field(default=math.nan, compare=False)
    few: bool = field(default=False, compare=False)


def study_verdict(study: Study, effects: pd.DataFrame, money: pd.DataFrame | None, as_of: dt.date) -> Verdict:
    """The decision, the same for everybody who looks at the same evidence.

    A split that is broken, or drifted while customers were assigned, decides alone. Of several treatments the
    one with the highest profit is judged: of those that can be rolled out, else of those that harm no
    guardrail. All share the confidence asked for and the level of a guardrail (Bonferroni). Before the
    planned end only the always-valid interval counts, and not even that while too few customers carry the
    money. What is settled neither way goes on as planned, or while customers come, and is designed anew when
    the number needed is out of reach. A ready table's experiment is over where its end was planned.

    Parameters
    ----------
    effects : as `study_effects`. money : as `study_money`; None where no metric speaks of money.
    """
    experiment, intake = study.experiment, study.intake
    if study.ratio.failed:
        return Verdict("redesign", "broken-split" if study.ratio.broken else "drift", None, False)
    final = _over(experiment, intake, as_of)
    if money is None:
        return Verdict("redesign", "no-money", None, final)
    asked = 1 - (1 - experiment.confidence) / len(money)
    guards = effects[effects["role"] == "guardrail"]
    guards = guards.assign(state=guards["holds" if final else "holds_always_valid"])
    one = _chosen([_judged(row, guards, asked, final) for _i, row in money.iterrows()])
    variant = str(one.money["variant"])
    few = bool(one.money["carriers"] < STEADY)
    made = partial(Verdict, variant=variant, final=final, asked=asked, few=few)
    if one.harmed:
        return made("stop", "guardrail", guardrails=one.harmed)
    if math.isnan(one.money["profit"]):
        return made("redesign", "no-cost")
    if one.rolls_out:
        return made("roll-out", "earns")
    if one.ground in ("loses", "nothing-to-gain"):
        return made("stop", one.ground)
    n = int(effects["n_control"].max() + effects.groupby("variant")["n_treatment"].max().sum())
    if intake is not None and intake.arms["clusters"].notna().all():
        n = int(intake.arms["clusters"].sum())
    waiting = made("redesign", "guardrail-open" if one.ground else "too-few", guardrails=one.open)
    if one.ground:
        own = guards[(guards["variant"] == variant) & (guards["state"] == "open")].to_dict("records")
        more = max(_times_for_guardrail(row, study.unit.alpha / len(money)) for row in own)
    else:
        more = _times_for_money(one.money, asked, at_the_end=experiment.ends is not None)
    return _unsettled(waiting, n, more, intake, as_of)


class _Judged(NamedTuple):
    """One treatment: its row of money, what that settles, and guardrails that it harms or leaves open."""

    money: pd.Series
    ground: Ground | None
    harmed: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def rolls_out(self) -> bool:
        return self.ground == "earns" and not self.harmed and not self.open

    @property
    def earned(self) -> float:
        return float(self.money["gain"] if math.isnan(self.money["profit"]) else self.money["profit"])


def _judged(money: pd.Series, guards: pd.DataFrame, asked: float, final: bool) -> _Judged:
    own = guards[guards["variant"] == money["variant"]]
    harmed, open_ = (tuple(own.loc[own["state"] == state, "metric"]) for state in ("no", "open"))
    counts = not math.isnan(money["profit"]) and (final or money["carriers"] >= STEADY)
    return _Judged(money, _settled(money, asked, final) if counts else None, harmed, open_)


def _chosen(treatments: list[_Judged]) -> _Judged:
    """The one that earns most: of those to roll out, else of those that harm nothing, else of all."""
    fit = [one for one in treatments if one.rolls_out]
    harmless = [one for one in treatments if not one.harmed]
    return max(fit or harmless or treatments, key=lambda one: one.earned)


def _settled(money: pd.Series, asked: float, final: bool) -> Ground | None:
    """As `_at_one_look`; before the end by the always-valid interval alone, one-sided with its confidence."""
    profit, error = float(money["profit"]), float(money["error"])
    if not error > 0:
        return None
    if final:
        return _at_one_look(profit, error, money["max_loss"], asked)
    reach = half_width(error, money["n"], money["planned"], 2 * (1 - asked))
    return "earns" if profit > reach else "loses" if profit < -reach else None


def _at_one_look(profit: ArrayLike, error: ArrayLike, max_loss: float, asked: float) -> Any:
    """What the evidence settles; None where it is not enough. Of arrays, an array."""
    chance, loss = chance_to_win(profit, error), expected_loss(profit, error)
    grounds = {
        "earns": (chance >= asked) & (loss.rolled_out <= max_loss),
        "loses": chance <= 1 - asked,
        "nothing-to-gain": loss.kept <= max_loss,
    }
    found = np.select([*grounds.values()], [*map(str, grounds)], "")
    return found if found.shape else str(found) or None


def _times_for_money(money: pd.Series, asked: float, *, at_the_end: bool) -> float:
    """How many times the customers would settle it in four of five tests, if the effect is what it seems."""
    profit, error = float(money["profit"]), float(money["error"])
    if not error > 0:
        return math.inf
    times = np.geomspace(1.0, MAX_TIMES, 700)
    narrower = error / times**0.5
    unlucky = LIKELY * narrower
    if at_the_end:
        ends = (profit - unlucky, profit + unlucky)
        low, high = (_at_one_look(end, narrower, money["max_loss"], asked) for end in ends)
        enough = (low == "earns") | np.isin(high, ["loses", "nothing-to-gain"])
    else:
        half = half_width(narrower, money["n"] * times, money["planned"], 2 * (1 - asked))
        enough = (abs(profit) - unlucky > half) & (money["carriers"] * times >= STEADY)
    return float(times[enough.argmax()]) if enough.any() else math.inf


def _times_for_guardrail(row: Mapping[Hashable, Any], alpha: float) -> float:
    """How many times the customers would show it unharmed in four of five tests, if it is as it seems."""
    sign = 1 if row["better"] == "higher" else -1
    allowed = 1 - sign * row["margin"]
    room = sign * (row["treatment"] - allowed * row["control"])
    error = np.hypot(row["error_treatment"], allowed * row["error_control"])
    reach = (float(norm.ppf(1 - alpha)) + LIKELY) * error
    return float((reach / room) ** 2) if room > 0 else math.inf


def _over(experiment: Experiment, intake: Intake | None, as_of: dt.date) -> bool:
    """The end was planned and kept to, and everybody assigned until then is followed up."""
    if experiment.ends is None or as_of < experiment.ends:
        return False
    return intake is None or (intake.last <= experiment.ends and intake.complete_on <= as_of)


def _unsettled(made: Verdict, n: int, times: float, intake: Intake | None, as_of: dt.date) -> Verdict:
    """Goes on as planned, or while customers come and the number needed is within reach; else anew."""
    anew = replace(made, needed=math.ceil(n * times) if times <= MAX_TIMES else None)
    if intake is None or made.final:
        return anew
    early: Ground = "too-early" if made.ground == "too-few" else made.ground
    on = replace(anew, action="keep-running", ground=early)
    ends, tail = intake.experiment.ends, intake.complete_on - intake.last
    if ends and intake.last > ends:
        ends = None  # it was not kept to
    if ends and ends <= as_of:  # all that is left is to follow up
        return replace(on, decide_on=intake.complete_on)
    if anew.needed is None or (as_of - intake.last).days > MAX_QUIET and intake.complete_on <= as_of:
        return anew
    last = _assigned(intake, times)
    if (last + tail - as_of).days > LONGEST_TEST:
        return anew
    if ends:
        return replace(on, until=ends, decide_on=ends + tail)
    soon = as_of + dt.timedelta(days=1)
    return replace(on, until=last if last > as_of else None, decide_on=max(last + tail, soon))


def _assigned(intake: Intake, times: float) -> dt.date:
    """When so many times the customers of now are assigned, if they go on coming as they came."""
    assigned, mature = int(intake.arms["assigned"].sum()), intake.mature
    rate = assigned / ((intake.last - intake.first).days + 1)
    more = min(max(times * mature - assigned, 0) / rate, 36_500)
    return intake.last + dt.timedelta(days=math.ceil(more))
