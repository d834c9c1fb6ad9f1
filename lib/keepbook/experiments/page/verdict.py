"""What to do about a retention strategy, and why: the facts of which the decision speaks."""

from typing import Any

from keepbook.experiments.page.facts import Facts, as_stated, loss, money_facts
from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.verdict import Verdict
from keepbook.page.effects import limits_of
from keepbook.page.elements import Decision, cash
from keepbook.page.html import plain
from keepbook.text import (
    catalogue,
    chance,
    day,
    interval,
    joined,
    metric_name,
    number,
    p_equals,
    percent,
    value_format,
)

say = catalogue("experiments")
KINDS = {"roll-out": "good", "stop": "bad", "keep-running": "wait", "redesign": "broken"}
OUT_OF_REACH = 10  # times the units there are, from which on nobody runs a test again


def decision(found: Facts, made: Verdict) -> Decision:
    """The decision and its reason, readable in ten seconds."""
    facts = _design(found, made) | _split(found.ratio) | _money(found, made)
    facts |= {
        "action": made.action,
        "ground": made.ground,
        "variant": made.variant,
        "final": made.final,
        "until": made.until and day(made.until),
        "decide": made.decide_on and day(made.decide_on),
        "few": made.few and made.final,
        "asked": as_stated(made.asked),
        "both": as_stated(2 * made.asked - 1),
        "needed": _three_digits(made.needed or 0),
        "harms": _harms(found, made),
    }
    kind = "wait" if made.ground in ("no-cost", "no-money") else KINDS[made.action]
    return Decision(say("decision", **facts), plain(say("decision.reason", **facts)), kind)


def _three_digits(n: int) -> int:
    """Rounded up: no more of it is known."""
    whole = 10 ** max(len(str(n)) - 3, 0)
    return -(-n // whole) * whole


def _design(found: Facts, made: Verdict) -> dict[str, Any]:
    experiment, units = found.study.experiment, found.study.counts.values()
    return {
        "split_stated": bool(experiment.split),
        "clustered": found.study.clustered,
        "treatments": len(found.study.treatments),
        "own": as_stated(experiment.confidence),
        "end_planned": experiment.ends is not None,
        "as_planned": made.until is not None and made.until == experiment.ends,
        "in_reach": bool(made.needed) and (made.needed or 0) <= OUT_OF_REACH * sum(units),
        "uneven": min(units) < 0.5 * max(units),
    }


def _split(ratio: SampleRatio) -> dict[str, str]:
    arms = ratio.arms
    least = max(arms["customers"].min(), 1)
    weights = zip(arms["variant"], arms["customers"], strict=True)
    example = ", ".join(f"{name}: {max(round(n / least), 1)}" for name, n in weights)
    return {
        "counts": " : ".join(number(n) for n in arms["customers"]),
        "shares": " : ".join(percent(share, 0) for share in arms["expected_share"]),
        "p_split": p_equals(ratio.srm_pvalue),
        "p_drift": p_equals(ratio.drift_pvalue),
        "apart": percent(ratio.drift_apart, 0),
        "example": f"{{{example}}}",
    }


def _money(found: Facts, made: Verdict) -> dict[str, Any]:
    """What the treatment of the verdict earns; nothing where the verdict is about none."""
    if found.money is None or made.variant is None:
        return {}
    unit = found.study.unit
    row = next(row for row in found.money_rows if row["variant"] == made.variant)
    less = value_format("money", None, row["total"])
    return money_facts(row, unit, signed="profit") | {
        "pays": row["profit"] > 0,
        "lost": cash(-row["total"], unit.currency),
        "lost_limits": interval(-row["total_upper"], -row["total_lower"], less),
        "chance": chance(row["chance"]),
        "loss": loss(row, "loss_rolled_out", unit),
        "loss_kept": loss(row, "loss_kept", unit),
        "max_loss": cash(row["max_loss"], unit.currency),
        "always_valid": limits_of(row, "decision", value_format("money", None, row["profit"])),
        "holds_zero": row["decision_lower"] <= 0 <= row["decision_upper"],
    }


def _harms(found: Facts, made: Verdict) -> str:
    """What the guardrails of the verdict did, each in the direction that is the worse one for it."""
    if found.effects is None:
        return ""
    better = dict(zip(found.effects["metric"], found.effects["better"], strict=True))
    extent = "more" if made.ground == "guardrail" else "less" if made.needed else "seems"
    return joined(
        say("harm", extent=extent, better=better[name], metric=metric_name(name)) for name in made.guardrails
    )
