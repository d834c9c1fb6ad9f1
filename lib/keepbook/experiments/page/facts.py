"""What a strategy did: the facts that its findings state."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.study import Study
from keepbook.experiments.verdict import Verdict
from keepbook.text import (
    catalogue,
    chance,
    change_format,
    day,
    estimate,
    interval,
    listed,
    metric_name,
    p_equals,
    percent,
    value_format,
)
from keepbook.unit import Unit

say = catalogue("experiments")
Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Facts:
    """What is known of an experiment.

    Attributes
    ----------
    study : the experiment, measured.
    ratio : the sample-ratio check.
    effects, money, verdict : as the analysis has them; None where the data cannot carry them.
    truth : metric → true effect, of a simulated unit.
    """

    study: Study
    ratio: SampleRatio
    effects: pd.DataFrame | None
    money: pd.DataFrame | None
    verdict: Verdict | None
    truth: Mapping[str, float] | None = None

    @property
    def unit(self) -> Unit:
        """The unit's settings."""
        return self.study.unit

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
    def money_rows(self) -> list[pd.Series]:
        """What every treatment earns, the intervals those that count."""
        rows = [] if self.money is None else [row for _i, row in self.money.iterrows()]
        return [always_valid(row) for row in rows] if self.early else rows

    @property
    def guardrail_state(self) -> str:
        """Which of a guardrail's states counts: before the planned end the one that is always valid."""
        return "holds_always_valid" if self.early else "holds"


def always_valid(row: pd.Series) -> pd.Series:
    """A row of money with the intervals that hold however often one looks."""
    made = row.copy()
    for side in ("lower", "upper"):
        profit = row[f"always_valid_{side}"]
        made[f"profit_{side}"] = profit
        made[f"gain_{side}"] = profit + row["cost"]  # missing where no cost is stated
        made[f"total_{side}"] = profit * row["customers"]
    return made


# ── findings ────────────────────────────────────────────────────────────────────────────────────────────


def findings(found: Facts) -> list[str]:
    """Design and counts, split, goals, guardrails, money, truth."""
    sentences = [_design(found.study), _split(found.ratio)]
    if found.effects is None:
        return sentences
    if not found.ratio.failed:
        sentences += [_goals(found), _guardrails(found, found.effects)]
        sentences += [_gain(row, found.unit) for row in found.money_rows] + [_best(found)]
    return [sentence for sentence in [*sentences, _truth(found, found.effects)] if sentence]


def _design(study: Study) -> str:
    intake = study.intake
    arms = listed(say("arm-count", variant=name, n=n) for name, n in study.counts.items())
    if intake is None:
        return say("design-ready", n=study.customers, arms=arms)
    return say(
        "design",
        n=int(intake.arms["assigned"].sum()),
        one_day=intake.first == intake.last,
        first=day(intake.first),
        last=day(intake.last),
        clustered=study.clustered,
        arms=arms,
        mature=intake.mature,
        days=study.experiment.outcome_days,
        left=intake.left_out,
    )


def _split(ratio: SampleRatio) -> str:
    return say("split", failed=ratio.failed, p=p_equals(ratio.srm_pvalue))


def _goals(found: Facts) -> str:
    """Every goal with its effect, interval and corrected p."""
    goals = found.goals
    counting = "early" if found.early else "corrected" if len(goals) > 1 else "once"
    adjusted = bool((goals["plain_effect"].notna() & goals["pvalue"].notna()).any())
    effects = say("list-semicolon").join(_effect(row, found) for row in goals.to_dict("records"))
    return capitalised(say("goals", effects=effects, adjusted=adjusted, counting=counting, n=len(goals)))


def _effect(row: Row, found: Facts) -> str:
    currency = found.unit.currency
    value = value_format(row["kind"], currency, row["control"])
    change = change_format(row["kind"], currency, row["effect"])(row["effect"])
    limits = change_format(row["kind"], None, row["effect"])
    tested = "early" if found.early else "once"
    unknown, alike = row["effect"] != row["effect"], row["pvalue_adjusted"] != row["pvalue_adjusted"]
    return say(
        "goal",
        state="unknown" if unknown else "alike" if alike else tested,
        metric=metric_name(row["metric"]),
        several=found.several,
        variant=row["variant"],
        treatment=value(observed(row, "treatment")),
        control=value(observed(row, "control")),
        effect=estimate(change, interval(row["ci_lower"], row["ci_upper"], limits)),
        p=p_equals(row["pvalue_adjusted"]),
    )


def observed(row: Row, arm: str) -> float:
    """A metric in an arm as it was, not adjusted by the time before."""
    value = row[f"{arm}_observed"]
    return float(value if value == value else row[arm])


def capitalised(text: str) -> str:
    """A sentence that begins with a name."""
    return text[:1].upper() + text[1:]


def _guardrails(found: Facts, effects: pd.DataFrame) -> str:
    rows = effects[effects["role"] == "guardrail"].to_dict("records")
    if not rows:
        return ""
    several = effects["variant"].nunique() > 1
    parts = [
        say(
            "guardrail",
            state=row[found.guardrail_state],
            metric=metric_name(row["metric"]),
            several=several,
            variant=row["variant"],
            margin=as_stated(row["margin"]),
        )
        for row in rows
    ]
    return say("guardrails", parts=say("list-semicolon").join(parts))


def _gain(row: pd.Series, unit: Unit) -> str:
    """What a treatment adds, costs and leaves."""
    return say(
        "gain",
        variant=row["variant"],
        gain=amount(row, "gain", unit, signed=True),
        gains=row["gain"] > 0,
        earned=earned(unit),
        costed=row["profit"] == row["profit"],
        cost=cash(row["cost"], unit),
        profit=amount(row, "profit", unit),
        total=amount(row, "total", unit),
        customers=int(row["customers"]),
        alike=alike(row),
        **margin_needed(row, unit),
    )


def _best(found: Facts) -> str:
    """Which of several treatments leaves most; and why, where the decision is about another one."""
    rows = found.money_rows
    if not rows or not rows[0]["best"] >= 0:
        return ""
    first = max(rows, key=lambda row: row["profit"])
    decided = found.verdict.variant if found.verdict else None
    return say(
        "best",
        decided_on=decided in (None, first["variant"]),
        decided=decided,
        held_up=_held_up(found, first["variant"]),
        earns=first["profit"] > 0,
        n=str(len(rows)),
        variant=first["variant"],
        chance=chance(first["best"]),
        loss=loss(first, "loss_best", found.unit),
    )


def _held_up(found: Facts, variant: str) -> bool:
    """Whether a guardrail of a treatment is harmed, or open."""
    assert found.effects is not None
    own = found.effects[found.effects["variant"] == variant]
    return bool(own[found.guardrail_state].isin(["no", "open"]).any())


def _truth(found: Facts, effects: pd.DataFrame) -> str:
    kinds = dict(zip(effects["metric"], effects["kind"], strict=True))
    known = {name: value for name, value in (found.truth or {}).items() if name in kinds}
    written = {n: change_format(kinds[n], found.unit.currency, value)(value) for n, value in known.items()}
    parts = [say("true-effect", metric=metric_name(n), effect=effect) for n, effect in written.items()]
    nothing = not any(known.values())
    return say("truth", nothing=nothing, parts=say("list-semicolon").join(parts)) if known else ""


# ── money, of which the decision speaks too ─────────────────────────────────────────────────────────────


def cash(value: float, unit: Unit) -> str:
    """An amount in the unit's currency."""
    return value_format("money", unit.currency, value)(value)


def amount(row: Row | pd.Series, name: str, unit: Unit, signed: bool = False) -> str:
    """`1.70 EUR [1.20, 2.30]`; without limits where chance cannot be told."""
    written = change_format if signed else value_format
    value = written("money", unit.currency, row[name])(row[name])
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    limits = interval(lower, upper, value_format("money", None, row[name]))
    return estimate(value, limits) if lower < upper else value


def loss(row: pd.Series, name: str, unit: Unit) -> str:
    """An expected loss, beside the one that is allowed."""
    if row[name] < row["max_loss"] / 20:
        return say("next-to-nothing")
    return value_format("money", unit.currency, row["max_loss"])(row[name])


def as_stated(share: float) -> str:
    """`95 %`, `98.8 %`: a share that a person stated, of a confidence or a margin."""
    return percent(share, 0 if f"{share:.3f}".endswith("0") else 1)


def alike(row: pd.Series) -> bool:
    """Whether nothing varies in what a treatment earns, so that chance cannot be told."""
    return bool(row["profit"] == row["profit"] and not row["error"] > 0)


def earned(unit: Unit) -> str:
    """What the money of an experiment is called."""
    return say("earned", revenue=unit.margin == 1)


def margin_needed(row: pd.Series, unit: Unit) -> dict[str, Any]:
    """Without a margin all revenue counts as earned; from which margin on it pays, if from any."""
    if unit.margin < 1 or not row["gain"] > 0 or not row["cost"] > 0:
        return {"margin": None, "least": None, "at_best": None}
    least, best, worst = (row["cost"] / row[name] for name in ("gain", "gain_upper", "gain_lower"))
    bounded = 0 < worst <= 1
    limits = interval(best, worst, lambda value: percent(value, 0))
    return {
        "margin": "never" if least > 1 else "bounded" if bounded else "open",
        "least": estimate(percent(least, 0), limits) if bounded else percent(least, 0),
        "at_best": percent(best, 0),
    }
