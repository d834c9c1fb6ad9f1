"""What a retention strategy did, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.text import (
    _,
    chance,
    change_format,
    day,
    interval,
    metric_name,
    number,
    p_equals,
    percent,
    plural,
    value_format,
)
from keepbook.unit import Unit

if TYPE_CHECKING:  # sentences need no statistics, and their packages take long to load
    from keepbook.experiments import SampleRatio, Study, Verdict

ALIKE = _("All values are alike, so chance cannot be told.")


@dataclass(frozen=True)
class Strategy:
    """All that the findings speak of; what the data cannot carry is there as its reason.

    Attributes
    ----------
    study, ratio, effects, money, verdict : as `experiments` gives them. truth : metric → true effect, of a
        simulated unit.
    """

    study: Study | NotEnoughData
    ratio: SampleRatio | NotEnoughData
    effects: pd.DataFrame | NotEnoughData
    money: pd.DataFrame | NotEnoughData
    verdict: Verdict | NotEnoughData
    truth: dict[str, float] | NotEnoughData | None = None


def first_goal(effects: pd.DataFrame | NotEnoughData) -> tuple[str, str]:
    """Name and kind of the first goal; empty where nothing is known."""
    if isinstance(effects, NotEnoughData):
        return "", "number"
    row = effects[effects["role"] == "goal"].iloc[0]
    return str(row["metric"]), str(row["kind"])


# ── findings ────────────────────────────────────────────────────────────────────────────────────────────


def strategy_findings(found: Strategy, unit: Unit) -> list[str]:
    """Design and counts, split, goals, money, truth."""
    if isinstance(found.study, NotEnoughData):
        return [found.study.what]
    assert not isinstance(found.ratio, NotEnoughData)
    sentences = [_design(found), _split(found)]
    if isinstance(found.effects, NotEnoughData):
        return [*sentences, found.effects.what]
    if not found.ratio.unsound:
        sentences += [_goals(found, found.effects, unit), _guardrails(found.effects, state_column(found))]
        sentences += [] if isinstance(found.money, NotEnoughData) else _gains(found, found.money, unit)
    return [sentence for sentence in [*sentences, _truth(found, unit)] if sentence]


def _design(found: Strategy) -> str:
    assert not isinstance(found.study, NotEnoughData)
    study, intake = found.study, found.study.intake
    units = _("clusters") if study.clustered else _("customers")
    arms = ", ".join(f"{name} {number(n)}" for name, n in study.counts.items())
    if intake is None:
        return _("{n} customers in a ready table: {arms}.").format(n=number(study.customers), arms=arms)
    text = _(
        "{n} customers were assigned {when} ({units} drawn by lot: {arms}); {mature} have "
        "been followed for all of {days} and count."
    )
    when = _("on {first}") if intake.first == intake.last else _("from {first} to {last}")
    said = text.format(
        n=number(intake.arms["assigned"].sum()),
        when=when.format(first=day(intake.first), last=day(intake.last)),
        units=units,
        arms=arms,
        mature=number(intake.mature),
        days=plural(study.experiment.outcome_days, _("day"), _("days")),
    )
    if intake.left_out:
        gone = plural(intake.left_out, _("customer"), _("customers"))
        said += " " + _("Left out: {n}, see below.").format(n=gone)
    return said


def _split(found: Strategy) -> str:
    assert not isinstance(found.ratio, NotEnoughData)
    if found.ratio.unsound:
        return _("No effect is stated, for the split is not sound; the sections below show it nevertheless.")
    return _("The split is as intended (sample-ratio check, p {p}).").format(
        p=p_equals(found.ratio.srm_pvalue)
    )


def _goals(found: Strategy, effects: pd.DataFrame, unit: Unit) -> str:
    """Every goal with its effect, interval and corrected p."""
    assert not isinstance(found.study, NotEnoughData)
    early = still_running(found.verdict)
    goals = as_it_counts(effects[effects["role"] == "goal"], early)
    several = len(found.study.treatments) > 1
    parts = [_effect(row, unit, several, early) for row in goals.to_dict("records")]
    notes = []
    if (goals["plain_effect"].notna() & goals["pvalue"].notna()).any():
        notes.append(_("effects adjusted by what customers did before"))
    if early:
        notes.append(_("intervals that hold however often one looks"))
    elif len(goals) > 1:
        notes.append(_("p corrected for {n} comparisons").format(n=number(len(goals))))
    said = "; ".join(parts) + (f" ({', '.join(notes)})." if notes else ".")
    return said[:1].upper() + said[1:]


def still_running(verdict: Verdict | NotEnoughData) -> bool:
    """Whether only intervals count that hold however often one looks."""
    return not isinstance(verdict, NotEnoughData) and not verdict.final


def as_it_counts(effects: pd.DataFrame, early: bool) -> pd.DataFrame:
    """The same, its intervals those that count."""
    if not early:
        return effects
    return effects.assign(ci_lower=effects["any_lower"], ci_upper=effects["any_upper"])


def as_money_counts(row: pd.Series, early: bool) -> pd.Series:
    """A row of money, its intervals those that count."""
    if not early:
        return row
    made = row.copy()
    for side in ("lower", "upper"):
        made[f"profit_{side}"] = row[f"wide_{side}"]
        made[f"gain_{side}"] = row[f"wide_{side}"] + row["cost"]  # not told where no cost is
        made[f"total_{side}"] = row[f"wide_{side}"] * row["customers"]
    return made


def _effect(row: dict, unit: Unit, several: bool, early: bool) -> str:
    show = change_format(row["kind"], unit.currency, row["effect"])
    bare = change_format(row["kind"], None, row["effect"])
    text = _("{metric}{of}: {treatment} against {control}, {effect} {limits}")
    text += "" if early else _(", p {p}")
    value = value_format(row["kind"], unit.currency, row["control"])
    if row["effect"] != row["effect"]:
        text = _("{metric}{of}: not compared, for an arm has too few values of it")
    elif row["pvalue_adjusted"] != row["pvalue_adjusted"]:
        text = _(
            "{metric}{of}: {treatment} against {control}; all values are alike, so chance cannot be told"
        )
    return text.format(
        metric=metric_name(row["metric"]),
        of=f" ({row['variant']})" if several else "",
        treatment=value(level_of(row, "treatment")),
        control=value(level_of(row, "control")),
        effect=show(row["effect"]),
        limits=interval(row["ci_lower"], row["ci_upper"], bare),
        p=p_equals(row["pvalue_adjusted"]),
    )


def level_of(row: dict, arm: str) -> float:
    """A metric in an arm as it was seen, not adjusted by the time before."""
    seen = row[f"{arm}_seen"]
    return float(seen if seen == seen else row[arm])


def state_column(found: Strategy) -> str:
    """Which of a guardrail's states counts: before the planned end the one that allows looking any time."""
    over = isinstance(found.verdict, NotEnoughData) or found.verdict.final
    return "holds" if over else "holds_any"


def _guardrails(effects: pd.DataFrame, state: str) -> str:
    said = {
        "yes": _("{metric}{of} is unharmed (by less than {margin})"),
        "no": _("{metric}{of} is harmed by more than {margin}"),
        "open": _("whether {metric}{of} is harmed by {margin} or more is open"),
    }
    rows = effects[effects["role"] == "guardrail"].to_dict("records")
    several = effects["variant"].nunique() > 1
    parts = [
        said[row[state]].format(
            metric=metric_name(row["metric"]),
            of=f" ({row['variant']})" if several else "",
            margin=level(row["margin"]),
        )
        for row in rows
    ]
    return _("Guardrails: {parts}.").format(parts="; ".join(parts)) if parts else ""


def _gains(found: Strategy, earned: pd.DataFrame, unit: Unit) -> list[str]:
    """What every treatment adds, costs and leaves; and which of several leaves most."""
    rows = [as_money_counts(row, still_running(found.verdict)) for _i, row in earned.iterrows()]
    said = [f"{_gain(row, unit)} {margin_needed(row, unit)}".rstrip() for row in rows]
    return [*said, _most(found, rows, unit)]


def _most(found: Strategy, rows: list[pd.Series], unit: Unit) -> str:
    """Which of several treatments leaves most; and why, where the decision is about another one."""
    if not rows[0]["best"] >= 0:
        return ""
    first = max(rows, key=lambda row: row["profit"])
    decided = None if isinstance(found.verdict, NotEnoughData) else found.verdict.variant
    if decided not in (None, first["variant"]):
        text = _("{variant} seems to earn more than {decided}, but that is not settled.")
        if _held_up(found, first["variant"]):
            text = _("{variant} seems to earn more than {decided}, but a guardrail of it is harmed or open.")
        return text.format(variant=first["variant"], decided=decided)
    text = _("Of the {n} treatments {variant} loses least with a probability of {chance}.")
    if first["profit"] > 0:
        text = _(
            "Of the {n} treatments {variant} earns most with a probability of {chance}; to take it instead "
            "of the one that truly does is expected to lose {loss} a customer. The best of several owes part "
            "of its lead to luck: expect somewhat less."
        )
    loss = loss_of(first, "loss_best", unit)
    return text.format(n=len(rows), variant=first["variant"], chance=chance(first["best"]), loss=loss)


def _held_up(found: Strategy, variant: str) -> bool:
    """Whether a guardrail of a treatment is harmed, or open."""
    assert isinstance(found.effects, pd.DataFrame)
    own = found.effects[found.effects["variant"] == variant]
    return bool(own[state_column(found)].isin(["no", "open"]).any())


def _gain(row: pd.Series, unit: Unit) -> str:
    text = _(
        "Treated with {variant}, a customer brings {gain}{limits} of {earned} against the control{most}."
    )
    said = text.format(
        variant=row["variant"],
        gain=change_format("money", unit.currency, row["gain"])(row["gain"]),
        limits=limits_of(row, "gain"),
        earned=earned_of(unit),
        most=_(", which is the most it may cost") if row["gain"] > 0 else "",
    )
    if row["profit"] != row["profit"]:
        return said
    text = _("It costs {cost}, which leaves {profit}{limits}, or {total}{total_limits} for {customers}.")
    said += " " + text.format(
        cost=cash_of(row["cost"], unit),
        profit=cash_of(row["profit"], unit),
        limits=limits_of(row, "profit"),
        total=cash_of(row["total"], unit),
        total_limits=limits_of(row, "total"),
        customers=plural(row["customers"], _("customer"), _("customers")),
    )
    return f"{said} {ALIKE}" if alike(row) else said


def _truth(found: Strategy, unit: Unit) -> str:
    if not isinstance(found.truth, dict) or not isinstance(found.effects, pd.DataFrame):
        return ""
    kinds = dict(zip(found.effects["metric"], found.effects["kind"], strict=True))
    known = {name: value for name, value in found.truth.items() if name in kinds}
    if known and not any(known.values()):
        return _("In truth, which is known of simulated data, it does nothing.")
    parts = [f"{metric_name(n)} {change_format(kinds[n], unit.currency, v)(v)}" for n, v in known.items()]
    text = _("In truth, which is known of simulated data: {parts}.")
    return text.format(parts="; ".join(parts)) if parts else ""


# ── money, of which the decision speaks too ─────────────────────────────────────────────────────────────


def cash_of(value: float, unit: Unit) -> str:
    """An amount in the unit's currency."""
    return value_format("money", unit.currency, value)(value)


def limits_of(row: pd.Series, name: str) -> str:
    """` [1.20, 2.30]`, to stand behind an amount; nothing where chance cannot be told."""
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    return f" {interval(lower, upper, value_format('money', None, row[name]))}" if lower < upper else ""


def loss_of(row: pd.Series, name: str, unit: Unit) -> str:
    """An expected loss, beside the one that is allowed."""
    if row[name] < row["max_loss"] / 20:
        return _("next to nothing")
    return value_format("money", unit.currency, row["max_loss"])(row[name])


def level(share: float) -> str:
    """`95 %`, `98.8 %`: a stated share, of an interval, a confidence or a margin."""
    return percent(share, 0 if f"{share:.3f}".endswith("0") else 1)


def alike(row: pd.Series) -> bool:
    """Whether nothing varies in what a treatment earns, so that chance cannot be told."""
    return bool(row["profit"] == row["profit"] and not row["error"] > 0)


def earned_of(unit: Unit) -> str:
    """What the money of an experiment is called."""
    return _("revenue") if unit.margin == 1 else _("margin")


def margin_needed(row: pd.Series, unit: Unit) -> str:
    """Without a margin all revenue counts as earned; from which margin on it pays, if from any."""
    if unit.margin < 1 or not row["gain"] > 0 or not row["cost"] > 0:
        return ""
    least, best, worst = (row["cost"] / row[name] for name in ("gain", "gain_upper", "gain_lower"))
    if least > 1:
        return _("No `margin` is set, so revenue counts in full, and even so it costs more than it adds.")
    text = _("No `margin` is set, so revenue counts in full: it pays from a margin of {least} {limits} on.")
    if not 0 < worst <= 1:
        text = _(
            "No `margin` is set, so revenue counts in full: it pays from a margin of {least} on, at best of "
            "{best}; it may not pay at any margin."
        )
    limits = interval(best, worst, lambda value: percent(value, 0))
    return text.format(least=percent(least, 0), best=percent(best, 0), limits=limits)
