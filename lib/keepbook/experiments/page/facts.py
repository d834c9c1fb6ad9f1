"""What a strategy did: the facts that its findings and key figures state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.study import Study
from keepbook.experiments.verdict import Verdict
from keepbook.page.effects import Row, break_even, difference, limits_of
from keepbook.page.elements import cash
from keepbook.text import (
    catalogue,
    chance,
    change_format,
    day,
    estimate,
    listed,
    metric_name,
    p_equals,
    percent,
    value_format,
)
from keepbook.unit import Unit

say = catalogue("experiments")


@dataclass(frozen=True)
class Facts:
    """What is known of an experiment."""

    study: Study  # the experiment, measured
    ratio: SampleRatio  # the sample-ratio check
    effects: pd.DataFrame | None  # as the analysis has them; None where the data cannot carry them
    money: pd.DataFrame | None
    verdict: Verdict | None
    truth: Mapping[str, float] | None = None  # metric → true effect, of a simulated unit

    @property
    def several(self) -> bool:
        """Whether there are several treatments."""
        return len(self.study.treatments) > 1

    @property
    def early(self) -> bool:
        """Whether it still runs, so that only intervals count that hold however often one looks."""
        return self.verdict is not None and not self.verdict.final

    @property
    def goals(self) -> pd.DataFrame:
        """Effects on the goals, their intervals those that count."""
        effects = self.effects
        assert effects is not None
        goals = effects[effects["role"] == "goal"]
        if not self.early:
            return goals
        return goals.assign(ci_lower=goals["always_valid_lower"], ci_upper=goals["always_valid_upper"])

    @property
    def money_rows(self) -> list[Row]:
        """What every treatment earns, the intervals those that count."""
        if self.money is None:
            return []
        return (_always_valid(self.money) if self.early else self.money).to_dict("records")

    @property
    def guardrail_state(self) -> str:
        """Which of a guardrail's states counts: before the planned end the one that is always valid."""
        return "holds_always_valid" if self.early else "holds"


def _always_valid(money: pd.DataFrame) -> pd.DataFrame:
    """The same with the intervals that hold however often one looks."""
    made = money.copy()
    for side in ("lower", "upper"):
        profit = money[f"always_valid_{side}"]
        made[f"profit_{side}"] = profit
        made[f"gain_{side}"] = profit + money["cost"]  # missing where no cost is stated
        made[f"total_{side}"] = profit * money["customers"]
    return made


# ── findings ────────────────────────────────────────────────────────────────────────────────────────────


def findings(found: Facts) -> list[str]:
    """Design and counts, split, goals, guardrails, money, truth."""
    ratio, unit = found.ratio, found.study.unit
    sentences = [_design(found.study), say("split", failed=ratio.failed, p=p_equals(ratio.srm_pvalue))]
    if found.effects is None:
        return sentences
    if not ratio.failed:
        sentences += [_goals(found), _guardrails(found, found.effects)]
        sentences += [say("gain", **money_facts(row, unit, signed="gain")) for row in found.money_rows]
        sentences.append(_best(found, found.effects))
    return [sentence for sentence in [*sentences, _truth(found, found.effects)] if sentence]


def _design(study: Study) -> str:
    intake = study.intake
    arms = listed(say("arm-count", variant=name, n=n) for name, n in study.counts.items())
    if intake is None:
        return say("design-ready", n=study.customers, arms=arms)
    who = {"n": int(intake.arms["assigned"].sum()), "mature": intake.mature, "left": intake.left_out}
    when = {"first": day(intake.first), "last": day(intake.last), "one_day": intake.first == intake.last}
    days = study.experiment.outcome_days
    return say("design", arms=arms, clustered=study.clustered, days=days, **who, **when)


def _goals(found: Facts) -> str:
    """Every goal with its effect, interval and corrected p."""
    goals = found.goals
    counting = "early" if found.early else "corrected" if len(goals) > 1 else "once"
    adjusted = bool((goals["plain_effect"].notna() & goals["pvalue"].notna()).any())
    effects = say("list-semicolon").join(_effect(row, found) for row in goals.to_dict("records"))
    return capitalised(say("goals", effects=effects, adjusted=adjusted, counting=counting, n=len(goals)))


def _effect(row: Row, found: Facts) -> str:
    show = value_format(row["kind"], found.study.unit.currency, row["control"])
    state = "early" if found.early else "once"
    if pd.isna(row["pvalue_adjusted"]):
        state = "unknown" if pd.isna(row["effect"]) else "alike"
    return say(
        "goal",
        state=state,
        treatment=show(observed(row, "treatment")),
        control=show(observed(row, "control")),
        effect=difference(row, currency=found.study.unit.currency),
        p=p_equals(row["pvalue_adjusted"]),
        **named(row, found.several),
    )


def named(row: Row, several: bool) -> dict[str, Any]:
    """What a row is about: a metric and, of several treatments, the variant."""
    return {"metric": metric_name(row["metric"]), "several": several, "variant": row["variant"]}


def observed(row: Row, arm: str) -> float:
    """A metric in an arm as it was, not adjusted by the time before."""
    value = row[f"{arm}_observed"]
    return float(value if value == value else row[arm])


def capitalised(text: str) -> str:
    """A sentence that begins with a name."""
    return text[:1].upper() + text[1:]


def _guardrails(found: Facts, effects: pd.DataFrame) -> str:
    several, parts = effects["variant"].nunique() > 1, []
    for row in effects[effects["role"] == "guardrail"].to_dict("records"):
        state, margin = row[found.guardrail_state], as_stated(row["margin"])
        parts.append(say("guardrail", state=state, margin=margin, **named(row, several)))
    return say("guardrails", parts=say("list-semicolon").join(parts)) if parts else ""


def _best(found: Facts, effects: pd.DataFrame) -> str:
    """Which of several treatments leaves most; and why, where the decision is about another one."""
    rows = found.money_rows
    if not rows or not rows[0]["best"] >= 0:
        return ""
    first = max(rows, key=lambda row: row["profit"])
    decided = found.verdict.variant if found.verdict else None
    guards = effects.loc[effects["variant"] == first["variant"], found.guardrail_state]
    return say(
        "best",
        decided_on=decided in (None, first["variant"]),
        decided=decided,
        held_up=guards.isin(["no", "open"]).any(),
        earns=first["profit"] > 0,
        n=str(len(rows)),
        variant=first["variant"],
        chance=chance(first["best"]),
        loss=loss(first, "loss_best", found.study.unit),
    )


def _truth(found: Facts, effects: pd.DataFrame) -> str:
    kinds = dict(zip(effects["metric"], effects["kind"], strict=True))
    known = {name: value for name, value in (found.truth or {}).items() if name in kinds}
    parts = []
    for name, value in known.items():
        effect = change_format(kinds[name], found.study.unit.currency, value)(value)
        parts.append(say("true-effect", metric=metric_name(name), effect=effect))
    nothing = not any(known.values())
    return say("truth", nothing=nothing, parts=say("list-semicolon").join(parts)) if known else ""


# ── money, of which the decision speaks too ─────────────────────────────────────────────────────────────


def money_facts(row: Row, unit: Unit, signed: str) -> dict[str, Any]:
    """What a treatment adds, costs and leaves.

    Parameters
    ----------
    signed : the amount that is said to be against the control: `gain` or `profit`.
    """
    amounts = {name: amount(row, name, unit, name == signed) for name in ("gain", "profit", "total")}
    return amounts | {
        "variant": row["variant"],
        "gains": row["gain"] > 0,
        "revenue": unit.margin == 1,
        "costed": pd.notna(row["profit"]),
        "cost": cash(row["cost"], unit.currency),
        "customers": int(row["customers"]),
        "alike": pd.notna(row["profit"]) and not row["error"] > 0,  # so chance cannot be told
        **_margin_needed(row, unit),
    }


def amount(row: Row, name: str, unit: Unit, signed: bool = False) -> str:
    """`1.70 EUR [1.20, 2.30]`; without limits where chance cannot be told."""
    written = change_format if signed else value_format
    value = written("money", unit.currency, row[name])(row[name])
    if not row[f"{name}_lower"] < row[f"{name}_upper"]:
        return value
    return estimate(value, limits_of(row, name, value_format("money", None, row[name])))


def loss(row: Row, name: str, unit: Unit) -> str:
    """An expected loss, beside the one that is allowed."""
    if row[name] < row["max_loss"] / 20:
        return say("next-to-nothing")
    return value_format("money", unit.currency, row["max_loss"])(row[name])


def as_stated(share: float) -> str:
    """`95 %`, `98.8 %`: a share that a person stated, of a confidence or a margin."""
    return percent(share, 0 if f"{share:.3f}".endswith("0") else 1)


def _margin_needed(row: Row, unit: Unit) -> dict[str, str | None]:
    """Without a margin all revenue counts as earned; from which margin on it pays, if from any."""
    if unit.margin < 1 or not row["gain"] > 0 or not row["cost"] > 0:
        return {"margin": None}
    least, best, worst = (row["cost"] / row[name] for name in ("gain", "gain_upper", "gain_lower"))
    bounded = 0 < worst <= 1
    with_limits = break_even(row["cost"], row, "gain", "gain")
    return {
        "margin": "never" if least > 1 else "bounded" if bounded else "open",
        "least": with_limits if bounded else percent(least, 0),
        "at_best": percent(best, 0),
    }
