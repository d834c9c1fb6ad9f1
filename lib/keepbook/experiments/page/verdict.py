"""What to do about a retention strategy, and why, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from keepbook.errors import NotEnoughData
from keepbook.experiments.page.findings import (
    ALIKE,
    Strategy,
    alike,
    as_money_counts,
    cash_of,
    earned_of,
    level,
    limits_of,
    loss_of,
    margin_needed,
)
from keepbook.page.elements import Decision
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

if TYPE_CHECKING:  # see findings.strategy
    from keepbook.experiments import Verdict

KINDS = {"roll out": "good", "stop": "bad", "keep running": "wait", "redesign": "broken"}
LABELS = {  # ground → what to do
    "earns": _("Roll out {variant}"),
    "loses": _("Stop: it loses money"),
    "nothing to gain": _("Stop: there is too little to gain"),
    "guardrail": _("Stop: it does harm"),
    "broken split": _("Redesign: the split is broken"),
    "drift": _("Redesign: the arms' shares changed"),
    "too few": _("Redesign: too small to tell"),
    "guardrail open": _("Redesign: harm is not ruled out"),
    "no cost": _("State the cost first"),
    "no money": _("No money is measured"),
}
WHY = {  # ground, and whether the planned end is reached → why
    ("earns", True): _(
        "For {customers} customers that is {total}{limits}. What rolling out may lose, weighed by how likely "
        "that is, comes to {loss} a customer; {most} is allowed (`max_loss`)."
    ),
    ("earns", False): _(
        "{end}, yet the interval that allows looking at any time, {any}, lies above zero. For {customers} "
        "customers it is {total}{limits}."
    ),
    ("loses", True): _("Rolled out to {customers} customers it would lose {lost}{lost_limits}."),
    ("loses", False): _("Even the interval that allows looking at any time, {any}, lies below zero."),
    ("nothing to gain", True): _(
        "What going without it may lose, weighed by how likely that is, comes to {kept} a customer; {most} "
        "is allowed (`max_loss`)."
    ),
    ("too early", False): _(
        "That is not settled: the interval that allows looking at any time is {any}. If the effect is what "
        "it seems, {needed} settle it with a chance of 80 %."
    ),
}
GUARDED = {  # whether any number of customers would show it
    True: _("But it is not shown that {harms}; about {needed} would show it with a chance of 80 %."),
    False: _("But {harms}."),
}
OPEN = _(
    "That settles nothing: {asked} is asked for, and going without it may lose {kept} a customer where "
    "{most} is allowed (`max_loss`)."
)
LOOKED = _("{end}, so only the interval that allows looking at any time counts, {any}, and {state}.")
HOPELESS = 10  # times the units there are, from which on nobody runs a test again
HARM = {  # how far a guardrail went, and which way is better → what it did
    ("more", "higher"): _("{metric} falls by more than its margin"),
    ("more", "lower"): _("{metric} rises by more than its margin"),
    ("less", "higher"): _("{metric} falls by less than its margin"),
    ("less", "lower"): _("{metric} rises by less than its margin"),
    ("seems", "higher"): _("{metric} seems to fall by more than its margin allows"),
    ("seems", "lower"): _("{metric} seems to rise by more than its margin allows"),
}


def decision(found: Strategy, unit: Unit) -> Decision:
    """The decision and its reason, readable in ten seconds."""
    if isinstance(found.verdict, NotEnoughData):
        return Decision(_("No decision yet"), found.verdict.what, "wait")
    made = found.verdict
    label = _label(found, made)
    kind = "wait" if made.ground in ("no cost", "no money") else KINDS[made.action]
    return Decision(label, _reason(found, made, unit), kind)


def _label(found: Strategy, made: Verdict) -> str:
    """What to do."""
    if made.action == "keep running" and made.until:
        return _("Keep running until {day}").format(day=day(made.until))
    if made.action == "keep running" and made.decide_on:
        return _("Wait until {day}").format(day=day(made.decide_on))
    if made.ground == "broken split" and not _split_stated(found):
        return _("State the split, or find what broke it")
    if made.ground == "nothing to gain" and isinstance(found.money, pd.DataFrame):
        row = found.money[found.money["variant"] == made.variant].iloc[0]
        return _("Stop: it does not pay") if row["profit"] <= 0 else LABELS[made.ground]
    return LABELS[made.ground].replace("{variant}", str(made.variant))


def _split_stated(found: Strategy) -> bool:
    return not isinstance(found.study, NotEnoughData) and bool(found.study.experiment.split)


def _reason(found: Strategy, made: Verdict, unit: Unit) -> str:
    if made.ground == "broken split":
        return _broken(found)
    if made.ground == "drift":
        return _drifted(found)
    if made.ground == "no money":
        return _("No metric of this experiment speaks of money; map `revenue` for a decision about it.")
    assert isinstance(found.money, pd.DataFrame)
    row = as_money_counts(found.money[found.money["variant"] == made.variant].iloc[0], not made.final)
    if made.ground == "guardrail":
        text = _("{variant} harms what it must not: {harms}.").format(
            variant=made.variant, harms=_harms(found, made, "more")
        )
        return text if math.isnan(row["profit"]) else f"{text} {_earns(row, unit)}"
    if made.ground == "no cost":
        return _before_cost(row, unit)
    if alike(row):
        return f"{_earns(row, unit)} {ALIKE}"
    reason = f"{_earns(row, unit)} {_why(found, row, made, unit)}"
    reason += f" {_few(found)}" if made.few and made.final else ""
    reason += f" {_when(found, made)}" if made.decide_on else ""
    return f"{reason} {margin_needed(row, unit)}".rstrip() if made.action == "roll out" else reason


def _harms(found: Strategy, made: Verdict, far: str) -> str:
    """What the guardrails of the verdict did, each in the direction that is the worse one for it."""
    assert isinstance(found.effects, pd.DataFrame)
    better = dict(zip(found.effects["metric"], found.effects["better"], strict=True))
    return _(" and ").join(
        HARM[far, better[name]].format(metric=metric_name(name)) for name in made.guardrails
    )


def _before_cost(row: pd.Series, unit: Unit) -> str:
    text = _(
        "What {variant} costs is not stated (`cost`). It adds {gain}{limits} of {earned} a customer before "
        "cost: it pays if treating one costs less."
    )
    if not row["gain"] > 0:
        text = _(
            "What {variant} costs is not stated (`cost`), but it adds nothing: even before cost a customer "
            "brings {gain}{limits} of {earned} against the control."
        )
    return text.format(
        variant=row["variant"],
        gain=cash_of(row["gain"], unit),
        limits=limits_of(row, "gain"),
        earned=earned_of(unit),
    )


def _broken(found: Strategy) -> str:
    assert not isinstance(found.ratio, NotEnoughData)
    arms = found.ratio.arms
    text = _(
        "The split is broken: {counts} where {shares} was intended (p {p}). What shifted customers may have "
        "shifted outcomes, so no difference between the arms is to be believed. Find where customers were "
        "lost, then run it again."
    )
    if not _split_stated(found):
        text = _(
            "No `split` is stated, so arms of the same size were supposed, and {counts} are not (p {p}). If "
            "they were drawn otherwise, write it, e.g. `split: {example}`. Else customers were lost or "
            "doubled, or an arm is misspelt, and no difference between the arms is to be believed."
        )
    return text.format(
        counts=" : ".join(number(n) for n in arms["customers"]),
        shares=" : ".join(percent(share, 0) for share in arms["expected_share"]),
        p=p_equals(found.ratio.srm_pvalue),
        example="{" + ", ".join(f"{name}: {n}" for name, n in _example(found).items()) + "}",
    )


def _example(found: Strategy) -> dict[str, int]:
    """A split in small whole numbers, near the one that was found."""
    assert not isinstance(found.ratio, NotEnoughData)
    arms = found.ratio.arms.set_index("variant")["customers"]
    least = max(arms.min(), 1)
    return {str(name): max(round(n / least), 1) for name, n in arms.items()}


def _drifted(found: Strategy) -> str:
    assert not isinstance(found.ratio, NotEnoughData)
    text = _(
        "The arms' shares changed while customers were assigned (p {p}): {share} of an arm would have had to "
        "come at another time. Whatever changed meanwhile, a season or growth, looks like an effect. Look at "
        "a time with one share (`where` under `assignments`), or give each share an experiment of its own."
    )
    return text.format(p=p_equals(found.ratio.drift_pvalue), share=percent(found.ratio.drift_apart, 0))


def _few(found: Strategy) -> str:
    text = _("Few {units} carry this money, so its interval is less sure than it says.")
    return text.format(units=_units(found)[1])


def _when(found: Strategy, made: Verdict) -> str:
    """Until when to assign customers, and when to decide."""
    assert made.decide_on is not None and not isinstance(found.study, NotEnoughData)
    text = _("Enough are assigned: decide on {then}, when all are followed up.")
    if made.until and made.until == found.study.experiment.ends:
        text = _("Go on assigning until {until}, as planned, and decide on {then}, when all are followed up.")
    elif made.until:
        text = _("Go on assigning until {until}, and decide on {then}, when all are followed up.")
    return text.format(until=day(made.until), then=day(made.decide_on))


def _earns(row: pd.Series, unit: Unit) -> str:
    text = _(
        "After its cost, {variant} brings {profit}{limits} a customer against the control: it pays with a "
        "probability of {chance}."
    )
    if alike(row):
        text = _("After its cost, {variant} brings {profit} a customer against the control.")
    show = change_format("money", unit.currency, row["profit"])
    return text.format(
        variant=row["variant"],
        profit=show(row["profit"]),
        limits=limits_of(row, "profit"),
        chance=chance(row["chance"]),
    )


def _why(found: Strategy, row: pd.Series, made: Verdict, unit: Unit) -> str:
    """What the evidence was held against."""
    less = value_format("money", None, row["total"])
    facts = {
        "customers": number(row["customers"]),
        "total": cash_of(row["total"], unit),
        "limits": limits_of(row, "total"),
        "lost": cash_of(-row["total"], unit),
        "lost_limits": f" {interval(-row['total_upper'], -row['total_lower'], less)}",
        "loss": loss_of(row, "loss_rolled_out", unit),
        "kept": loss_of(row, "loss_kept", unit),
        "most": cash_of(row["max_loss"], unit),
        "any": interval(row["any_lower"], row["any_upper"], value_format("money", None, row["profit"]))
        + _(" ({both}: {asked} to either side)").format(
            both=level(2 * made.asked - 1), asked=level(made.asked)
        ),
        "asked": _asked(found, made),
        "end": _end(found),
        "harms": _harms(found, made, "less" if made.needed else "seems"),
        "needed": _needed(found, made),
    }
    if (made.ground, made.final) in WHY:
        return WHY[made.ground, made.final].format(**facts)
    if made.ground == "guardrail open":
        return GUARDED[bool(made.needed)].format(**facts)
    settled = _("About {needed} would settle it with a chance of 80 %, if the effect is what it seems.")
    if not made.needed or made.needed > HOPELESS * _there(found):
        settled = _(
            "An effect as small as this one seems is beyond any test of reasonable size: try something "
            "bolder, and see the page of the next test."
        )
    elif _uneven(found):
        settled += " " + _("Arms of the same size would take fewer.")
    return f"{OPEN if made.final else _looked(row)} {settled}".format(**facts)


def _asked(found: Strategy, made: Verdict) -> str:
    """How probable a profit must be."""
    assert not isinstance(found.study, NotEnoughData)
    own, treatments = found.study.experiment.confidence, len(found.study.treatments)
    if treatments == 1:
        return _("a probability of {asked}").format(asked=level(made.asked))
    text = _("a probability of {asked} ({own} shared among {n} treatments)")
    return text.format(asked=level(made.asked), own=level(own), n=treatments)


def _end(found: Strategy) -> str:
    """Why it is not the planned end."""
    assert not isinstance(found.study, NotEnoughData)
    if found.study.experiment.ends is None:
        return _("No planned end is stated (`ends`)")
    return _("The planned end is not reached")


def _needed(found: Strategy, made: Verdict) -> str:
    """How many customers, or clusters where those were drawn."""
    return plural(_rounded(made.needed or 0), *_units(found))


def _rounded(n: int) -> int:
    """Three digits: no more of it is known."""
    whole = 10 ** max(len(str(n)) - 3, 0)
    return -(-n // whole) * whole


def _units(found: Strategy) -> tuple[str, str]:
    """What was drawn by lot: one, and many."""
    clustered = not isinstance(found.study, NotEnoughData) and found.study.clustered
    return (_("cluster"), _("clusters")) if clustered else (_("customer"), _("customers"))


def _there(found: Strategy) -> int:
    """Units that were drawn."""
    assert not isinstance(found.study, NotEnoughData)
    return sum(found.study.counts.values())


def _uneven(found: Strategy) -> bool:
    assert not isinstance(found.study, NotEnoughData)
    return min(found.study.counts.values()) < 0.5 * max(found.study.counts.values())


def _looked(row: pd.Series) -> str:
    """Before the end; an interval without zero does not count while few carry the money."""
    holds = row["any_lower"] <= 0 <= row["any_upper"]
    state = (
        _("it holds zero") if holds else _("it cannot be relied on while so few customers carry the money")
    )
    return LOOKED.replace("{state}", state)
