"""What a retention strategy did and what to do about it, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from keepbook.charts import change, equals, metric_name, shown
from keepbook.errors import NotEnoughData
from keepbook.params import Unit
from keepbook.words import _, chance, day, interval, number, percent, plural

if TYPE_CHECKING:  # sentences need no statistics, and their packages take long to load
    from keepbook.experiments import SampleRatio, Study, Verdict

SURE = 0.05  # corrected p below which a goal counts as moved
KINDS = {"roll out": "good", "stop": "bad", "keep running": "wait", "redesign": "broken"}
LABELS = {
    "roll out": _("Roll out"),
    "stop": _("Stop"),
    "keep running": _("Keep running"),
    "redesign": _("Redesign"),
}


WHY = {  # ground, and whether the planned end is reached → why
    ("earns", True): _(
        "For {customers} customers that is {total} {limits}; a wrong roll-out is expected to lose {loss} a "
        "customer, at most {most} is allowed."
    ),
    ("earns", False): _(
        "The planned end is not reached, yet the interval that allows looking at any time, {any}, lies above "
        "zero. For {customers} customers it is {total} {limits}."
    ),
    ("loses", True): _("Rolled out to {customers} customers it would cost {total} {limits}."),
    ("loses", False): _("Even the interval that allows looking at any time, {any}, lies below zero."),
    ("nothing to gain", True): _(
        "There is nothing to gain: going without it is expected to lose {kept} a customer, {most} is allowed."
    ),
    ("too early", False): _(
        "That is not settled: the interval that allows looking before the planned end is {any}. If the "
        "effect stays what it is, {needed} will settle it."
    ),
}
OPEN = {
    True: _(
        "That settles nothing: going without it may lose {kept} a customer, rolling out {loss}, {most} is "
        "allowed."
    ),
    False: _(
        "No planned end is stated (`ends`) or it is not reached, so only the interval that allows looking at "
        "any time counts, {any}, and it holds zero."
    ),
}


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


class Decision(NamedTuple):
    """The decision as the page shows it: label, reason, and kind (`good`, `bad`, `wait` or `broken`)."""

    label: str
    reason: str
    kind: str


def first_goal(effects: pd.DataFrame | NotEnoughData) -> tuple[str, str]:
    """Name and kind of the first goal; empty where nothing is known."""
    if isinstance(effects, NotEnoughData):
        return "", "number"
    row = effects[effects["role"] == "goal"].iloc[0]
    return str(row["metric"]), str(row["kind"])


# ── the decision ────────────────────────────────────────────────────────────────────────────────────────


def decision(found: Strategy, unit: Unit) -> Decision:
    """The decision and its reason, readable in ten seconds."""
    if isinstance(found.verdict, NotEnoughData):
        return Decision(_("No decision yet"), found.verdict.what, "wait")
    made = found.verdict
    label = LABELS[made.action]
    if made.action == "keep running" and made.until:
        label = _("Keep running until {day}").format(day=day(made.until))
    elif made.action == "roll out":
        label = _("Roll out {variant}").format(variant=made.variant)
    return Decision(label, _reason(found, made, unit), KINDS[made.action])


def _reason(found: Strategy, made: Verdict, unit: Unit) -> str:
    if made.ground == "broken split":
        return _broken(found)
    if made.ground == "no money":
        return _("No metric of this experiment speaks of money; map `revenue` for a decision about it.")
    assert isinstance(found.money, pd.DataFrame)
    row = found.money[found.money["variant"] == made.variant].iloc[0]
    if made.ground == "guardrail":
        names = ", ".join(metric_name(name) for name in made.guardrails)
        return _("{variant} harms what it must not: {names} falls by more than its margin. {earns}").format(
            variant=made.variant, names=names, earns=_earns(row, unit)
        )
    if made.ground == "no cost":
        text = _(
            "What {variant} costs is not stated (`cost`). It adds {gain} {limits} of margin a customer "
            "before "
            "cost: it pays if treating one costs less."
        )
        return text.format(variant=made.variant, gain=_cash(row["gain"], unit), limits=_limits(row, "gain"))
    reason = f"{_earns(row, unit)} {_why(row, made, unit)}"
    return f"{reason} {_margin(row, unit)}".rstrip() if made.action == "roll out" else reason


def _broken(found: Strategy) -> str:
    assert not isinstance(found.ratio, NotEnoughData)
    arms = found.ratio.arms
    text = _(
        "The split is broken: {counts} where {shares} was intended (p {p}). What shifted customers may have "
        "shifted outcomes, so no difference between the arms is to be believed. Find where customers were "
        "lost, "
        "then run it again."
    )
    return text.format(
        counts=" : ".join(number(n) for n in arms["customers"]),
        shares=" : ".join(percent(share, 0) for share in arms["expected_share"]),
        p=equals(found.ratio.srm_pvalue),
    )


def _cash(value: float, unit: Unit) -> str:
    return shown("money", unit.currency, value)(value)


def _limits(row: pd.Series, name: str) -> str:
    return interval(row[f"{name}_lower"], row[f"{name}_upper"], shown("money", None, row[name]))


def _earns(row: pd.Series, unit: Unit) -> str:
    text = _(
        "After its cost, {variant} brings {profit} {limits} a customer against the control: it pays with a "
        "probability of {chance}."
    )
    show = change("money", unit.currency, row["profit"])
    return text.format(
        variant=row["variant"],
        profit=show(row["profit"]),
        limits=_limits(row, "profit"),
        chance=chance(row["chance"]),
    )


def _why(row: pd.Series, made: Verdict, unit: Unit) -> str:
    """What the evidence was held against."""
    facts = {
        "customers": number(row["customers"]),
        "total": _cash(row["total"], unit),
        "limits": _limits(row, "total"),
        "loss": shown("money", unit.currency, row["max_loss"])(row["loss_rolled_out"]),
        "kept": shown("money", unit.currency, row["max_loss"])(row["loss_kept"]),
        "most": _cash(row["max_loss"], unit),
        "any": interval(row["any_lower"], row["any_upper"], shown("money", None, row["profit"])),
        "guarded": ", ".join(metric_name(name) for name in made.guardrails),
        "needed": plural(made.needed or 0, _("customer"), _("customers")),
    }
    return _sentence(made).format(**facts)


def _sentence(made: Verdict) -> str:
    """The sentence of a ground; of one that is not settled, with what would settle it."""
    if (made.ground, made.final) in WHY:
        return WHY[made.ground, made.final]
    if made.ground == "guardrail open":
        if not made.needed:
            return _("But {guarded} seems to fall by more than its margin allows.")
        return _(
            "But it is not shown that {guarded} falls by less than its margin; about {needed} would show it."
        )
    settled = _("About {needed} would settle it, if the effect is what it seems.")
    if not made.needed:
        settled = _("An effect as small as this one seems is beyond any test of reasonable size.")
    return f"{OPEN[made.final]} {settled}"


# ── findings ────────────────────────────────────────────────────────────────────────────────────────────


def strategy_findings(found: Strategy, unit: Unit) -> list[str]:
    """Design and counts, split, goals, money, truth."""
    if isinstance(found.study, NotEnoughData):
        return [found.study.what]
    assert not isinstance(found.ratio, NotEnoughData)
    sentences = [_design(found), _split(found)]
    if isinstance(found.effects, NotEnoughData):
        return [*sentences, found.effects.what]
    if not found.ratio.broken:
        sentences += [_goals(found, found.effects, unit), _guardrails(found.effects)]
        sentences += [] if isinstance(found.money, NotEnoughData) else _gains(found.money, unit)
    return [sentence for sentence in [*sentences, _truth(found, unit)] if sentence]


def _design(found: Strategy) -> str:
    assert not isinstance(found.study, NotEnoughData)
    study, intake = found.study, found.study.intake
    units = _("clusters") if study.clustered else _("customers")
    arms = ", ".join(f"{name} {number(n)}" for name, n in study.counts.items())
    if intake is None:
        return _("{n} customers in a ready table: {arms}.").format(n=number(study.customers), arms=arms)
    text = _(
        "{n} customers were assigned from {first} to {last} ({units} drawn by lot: {arms}); {mature} have "
        "been "
        "followed for all of {days} and count."
    )
    said = text.format(
        n=number(intake.arms["assigned"].sum()),
        first=day(intake.first),
        last=day(intake.last),
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
    if found.ratio.broken:
        return _(
            "No effect is stated, for the split is broken; the sections below show it for who looks for why."
        )
    return _("The split is as intended (sample-ratio check, p {p}).").format(p=equals(found.ratio.srm_pvalue))


def _goals(found: Strategy, effects: pd.DataFrame, unit: Unit) -> str:
    """Every goal with its effect, interval and corrected p."""
    assert not isinstance(found.study, NotEnoughData)
    goals = effects[effects["role"] == "goal"]
    several = len(found.study.treatments) > 1
    parts = [_effect(row, unit, several) for row in goals.to_dict("records")]
    text = _("{effects}.")
    if len(goals) > 1:
        text = _("{effects} (p corrected for {n} comparisons).")
    said = text.format(effects="; ".join(parts), n=number(len(goals)))
    return said[:1].upper() + said[1:]


def _effect(row: dict, unit: Unit, several: bool) -> str:
    show = change(row["kind"], unit.currency, row["effect"])
    bare = change(row["kind"], None, row["effect"])
    text = _("{metric}{of}: {treatment} against {control}, {effect} {limits}, p {p}")
    value = shown(row["kind"], unit.currency, row["control"])
    if row["pvalue_adjusted"] != row["pvalue_adjusted"]:
        text = _(
            "{metric}{of}: {treatment} against {control}; all values are alike, so chance cannot be told"
        )
    return text.format(
        metric=metric_name(row["metric"]),
        of=f" ({row['variant']})" if several else "",
        treatment=value(row["treatment"]),
        control=value(row["control"]),
        effect=show(row["effect"]),
        limits=interval(row["ci_lower"], row["ci_upper"], bare),
        p=equals(row["pvalue_adjusted"]),
    )


def _guardrails(effects: pd.DataFrame) -> str:
    said = {
        "yes": _("{metric} is unharmed (by less than {margin})"),
        "no": _("{metric} is harmed by more than {margin}"),
        "open": _("whether {metric} is harmed by {margin} or more is open"),
    }
    rows = effects[effects["role"] == "guardrail"]
    parts = [
        said[row.holds].format(metric=metric_name(row.metric), margin=percent(row.margin, 0))
        for row in rows.itertuples()
    ]
    return _("Guardrails: {parts}.").format(parts="; ".join(parts)) if parts else ""


def _gains(earned: pd.DataFrame, unit: Unit) -> list[str]:
    """What every treatment adds, costs and leaves."""
    rows = [row for _i, row in earned.iterrows()]
    return [f"{_gain(row, unit)} {_margin(row, unit)}".rstrip() for row in rows]


def _gain(row: pd.Series, unit: Unit) -> str:
    text = _(
        "Treated with {variant}, a customer brings {gain} {limits} of {earned} against the control{most}."
    )
    said = text.format(
        variant=row["variant"],
        gain=change("money", unit.currency, row["gain"])(row["gain"]),
        limits=_limits(row, "gain"),
        earned=_("revenue") if unit.margin == 1 else _("margin"),
        most=_(", which is the most it may cost") if row["gain"] > 0 else "",
    )
    if row["profit"] != row["profit"]:
        return said
    text = _(
        "It costs {cost}, which leaves {profit} {limits}, or {total} {total_limits} for {customers} "
        "customers."
    )
    return f"{said} " + text.format(
        cost=_cash(row["cost"], unit),
        profit=_cash(row["profit"], unit),
        limits=_limits(row, "profit"),
        total=_cash(row["total"], unit),
        total_limits=_limits(row, "total"),
        customers=number(row["customers"]),
    )


def _margin(row: pd.Series, unit: Unit) -> str:
    """Without a margin all revenue counts as earned; from which margin on it pays."""
    if unit.margin < 1 or not row["gain"] > 0 or not row["cost"] > 0:
        return ""
    least, low, high = (row["cost"] / row[name] for name in ("gain", "gain_upper", "gain_lower"))
    text = _("No `margin` is set, so revenue counts in full: it pays from a margin of {least} {limits} on.")
    limits = interval(low, high if 0 < high < 1 else 1.0, lambda value: percent(value, 0))
    return text.format(least=percent(min(least, 1.0), 0), limits=limits)


def _truth(found: Strategy, unit: Unit) -> str:
    if not isinstance(found.truth, dict) or not isinstance(found.effects, pd.DataFrame):
        return ""
    kinds = dict(zip(found.effects["metric"], found.effects["kind"], strict=True))
    known = {name: value for name, value in found.truth.items() if name in kinds}
    if known and not any(known.values()):
        return _("In truth, which is known of simulated data, it does nothing.")
    parts = [f"{metric_name(n)} {change(kinds[n], unit.currency, v)(v)}" for n, v in known.items()]
    text = _("In truth, which is known of simulated data: {parts}.")
    return text.format(parts="; ".join(parts)) if parts else ""
