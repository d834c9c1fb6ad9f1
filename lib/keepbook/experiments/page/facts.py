"""What a strategy did: the facts that its findings and key figures state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook.experiments.page.amounts import LONGEST_ARM, amount, money_facts, total_of
from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.study import Study
from keepbook.experiments.verdict import Verdict
from keepbook.page.effects import Row, difference
from keepbook.page.elements import Finding
from keepbook.plotting.marks import short
from keepbook.text import (
    catalogue,
    chance,
    change_format,
    listed,
    metric_name,
    percent,
    value_format,
)

say = catalogue("experiments")
MAX_FINDINGS, MAX_GOALS = 6, 2
LONGEST_TITLE = 60  # signs of an experiment's title in its decision


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
    def level(self) -> str:
        """Of the intervals that are shown."""
        return percent(1 - self.study.unit.alpha, 0)

    @property
    def margin_unset(self) -> bool:
        """Whether all revenue counts as earned, which is no profit."""
        return bool(self.study.unit.margin == 1)

    @property
    def counting(self) -> pd.DataFrame:
        """Effects, their intervals those that count."""
        effects = self.effects
        assert effects is not None
        if not self.early:
            return effects
        limits = {"ci_lower": "always_valid_lower", "ci_upper": "always_valid_upper"}
        limits |= {f"lift_{side}": f"always_valid_lift_{side}" for side in ("lower", "upper")}
        return effects.assign(**{shown: effects[known] for shown, known in limits.items()})

    @property
    def goals(self) -> pd.DataFrame:
        """Effects on the goals; of several treatments those of the one that is decided on come first."""
        goals = self.counting[self.counting["role"] == "goal"]
        decided = self.verdict.variant if self.verdict else None
        return goals.iloc[(goals["variant"] != decided).argsort(kind="stable")]

    @property
    def money_rows(self) -> list[Row]:
        """What every treatment earns, the intervals those that count."""
        if self.money is None:
            return []
        return (_always_valid(self.money) if self.early else self.money).to_dict("records")

    @property
    def decided_on(self) -> Row | None:
        """Money of the treatment that the verdict is about, which need not be the one that earns most."""
        rows, variant = self.money_rows, self.verdict.variant if self.verdict else None
        own = [row for row in rows if row["variant"] == variant]
        return own[0] if own else max(rows, key=lambda row: row["gain"], default=None)

    @property
    def guardrail_state(self) -> str:
        """Which of a guardrail's states counts: before the planned end the one that is always valid."""
        return "holds_always_valid" if self.early else "holds"

    def moved(self, row: Row) -> int:
        """Whether a metric moved beyond chance: 1 for the better, −1 for the worse, 0 for not."""
        good = 1 if row["better"] == "higher" else -1
        if self.early:
            beyond = row["ci_lower"] > 0 or row["ci_upper"] < 0
        else:
            p = row["pvalue"] if pd.isna(row["pvalue_adjusted"]) else row["pvalue_adjusted"]
            beyond = p < self.study.unit.alpha
        return 0 if not beyond else good if row["effect"] > 0 else -good


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


def findings(found: Facts, stake: float | None = None) -> list[str]:
    """Money, goals, guardrails, the best of several, who counted, and the truth of simulated data.

    Parameters
    ----------
    stake : money a year that hangs on the decision, and so on what it earns.
    """
    if found.effects is None:
        return [_who(found)]
    told = [] if found.ratio.failed else [*_of_money(found, stake), *_of_effects(found, found.effects)]
    return [*told, _who(found), *_truth(found, found.effects)][:MAX_FINDINGS]


def _of_money(found: Facts, stake: float | None) -> Iterator[str]:
    """What it brings to all whom it would reach: in profit where that is known, else before its cost."""
    row = found.decided_on
    if row is None:
        return
    unit, known = found.study.unit, pd.notna(row["profit"]) and not found.margin_unset
    value, lower, upper = total_of(row, "profit" if known else "gain")
    brings = value >= 0
    if not brings:
        value, lower, upper = -value, -upper, -lower
    total = amount({"all": value, "all_lower": lower, "all_upper": upper}, "all", unit)
    facts = money_facts(row, unit, signed="") | {"brings": brings, "amount": total, "profit_known": known}
    facts |= {"sure": lower > 0, "yearly": found.study.experiment.rollout_to is not None}
    yield Finding(say("money", **facts, several=found.several), stake)


def _of_effects(found: Facts, effects: pd.DataFrame) -> Iterator[str]:
    """Goals, guardrails, and which of several treatments leaves most."""
    goals = found.goals.drop_duplicates(["metric"])[:MAX_GOALS]
    yield from (_goal(row, found) for row in goals.to_dict("records"))
    yield from _guardrails(found, effects)
    yield from _best(found, effects)


def _who(found: Facts) -> str:
    """How many took part and count, and whether they fell into the arms as intended."""
    study, intake = found.study, found.study.intake
    if intake is None:
        return say("who-ready", n=study.customers, failed=found.ratio.failed)
    n, mature = int(intake.arms["assigned"].sum()), intake.mature
    facts = {"n": n, "mature": mature, "all": n == mature, "days": study.experiment.outcome_days}
    return say("who", clustered=study.clustered, failed=found.ratio.failed, **facts)


def _goal(row: Row, found: Facts) -> str:
    """A goal: whether it moved, by how much, and to what."""
    show = value_format(row["kind"], found.study.unit.currency, row["control"])
    state = "moved" if found.moved(row) else "open"
    if pd.isna(row["effect"]):
        state = "unknown"
    elif pd.isna(row["pvalue"]):
        state = "alike"
    text = say(
        "goal",
        state=state,
        early=found.early,
        treatment=show(observed(row, "treatment")),
        effect=difference(row, currency=found.study.unit.currency),
        **named(row, found.several),
    )
    return capitalised(text)


def named(row: Row, several: bool) -> dict[str, Any]:
    """What a row is about: a metric and, of several treatments, the variant."""
    metric, variant = short(metric_name(row["metric"])), short(row["variant"], LONGEST_ARM)
    return {"metric": metric, "several": several, "variant": variant}


def observed(row: Row, arm: str) -> float:
    """A metric in an arm as it was, not adjusted by the time before."""
    value = row[f"{arm}_observed"]
    return float(value if value == value else row[arm])


def capitalised(text: str) -> str:
    """A sentence that begins with a name."""
    return text[:1].upper() + text[1:]


def _guardrails(found: Facts, effects: pd.DataFrame) -> Iterator[str]:
    """Which guardrails hold, of the treatment that is decided on."""
    variant = found.verdict.variant if found.verdict else None
    rows = effects[(effects["role"] == "guardrail") & (effects["variant"] == (variant or effects["variant"]))]
    parts = []
    for state, own in rows.groupby(found.guardrail_state, sort=False):
        names = listed(short(metric_name(name)) for name in own["metric"].unique())
        parts.append(say("guardrail", state=str(state), metrics=names))
    if parts:
        yield capitalised(say("guardrails", parts=say("list-semicolon").join(parts)))


def _best(found: Facts, effects: pd.DataFrame) -> Iterator[str]:
    """Which of several treatments leaves most; and why, where the decision is about another one."""
    rows = found.money_rows
    if not rows or not rows[0]["best"] >= 0:
        return
    first = max(rows, key=lambda row: row["profit"])
    decided = found.verdict.variant if found.verdict else None
    guards = effects.loc[effects["variant"] == first["variant"], found.guardrail_state]
    yield say(
        "best",
        decided_on=decided in (None, first["variant"]),
        decided=None if decided is None else short(decided, LONGEST_ARM),
        held_up=guards.isin(["no", "open"]).any(),
        earns=first["profit"] > 0,
        n=str(len(rows)),
        variant=short(first["variant"], LONGEST_ARM),
        chance=chance(first["best"]),
    )


def _truth(found: Facts, effects: pd.DataFrame) -> Iterator[str]:
    """What a strategy truly does to the first goal; that of every metric stands in the table."""
    rows = {row["metric"]: row for row in effects.to_dict("records")}
    known = {name: value for name, value in (found.truth or {}).items() if name in rows}
    if not known:
        return
    goals = [name for name in known if rows[name]["role"] == "goal"]
    name = next((name for name in goals if known[name]), next(iter(known)))
    effect = change_format(rows[name]["kind"], found.study.unit.currency, known[name])(known[name])
    yield say("truth", nothing=not any(known.values()), metric=metric_name(name), effect=effect)
