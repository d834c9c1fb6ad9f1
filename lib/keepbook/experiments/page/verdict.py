"""What to do about a retention strategy, and why: the facts of which the decision speaks."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from keepbook.experiments.page.facts import (
    Facts,
    alike,
    always_valid,
    amount,
    as_stated,
    cash,
    earned,
    loss,
    margin_needed,
)
from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.verdict import Verdict
from keepbook.page.elements import Decision
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
from keepbook.unit import Unit

say = catalogue("experiments")
KINDS = {"roll-out": "good", "stop": "bad", "keep-running": "wait", "redesign": "broken"}
OUT_OF_REACH = 10  # times the units there are, from which on nobody runs a test again


def decision(found: Facts, made: Verdict) -> Decision:
    """The decision and its reason, readable in ten seconds."""
    facts = _verdict(made) | _design(found, made) | _split(found.ratio) | _money(found, made)
    facts |= {"harms": joined(say("harm", **harm) for harm in _harms(found, made))}
    kind = "wait" if made.ground in ("no-cost", "no-money") else KINDS[made.action]
    return Decision(say("decision", **facts), plain(say("decision.reason", **facts)), kind)


def undecided(reason: str) -> Decision:
    """There is no verdict, and why."""
    return Decision(say("no-decision"), reason, "wait")


def _verdict(made: Verdict) -> dict[str, Any]:
    return {
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
    }


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
    unit, row = found.unit, found.money[found.money["variant"] == made.variant].iloc[0]
    row = row if made.final else always_valid(row)
    less = value_format("money", None, row["total"])
    margin = margin_needed(row, unit) if made.action == "roll-out" else {"margin": None}
    return (
        margin
        | _evidence(row, unit)
        | {
            "profit": amount(row, "profit", unit, signed=True),
            "profit_known": not math.isnan(row["profit"]),
            "pays": row["profit"] > 0,
            "alike": alike(row),
            "gain": amount(row, "gain", unit),
            "gains": row["gain"] > 0,
            "earned": earned(unit),
            "customers": number(row["customers"]),
            "total": amount(row, "total", unit),
            "lost": cash(-row["total"], unit),
            "lost_limits": interval(-row["total_upper"], -row["total_lower"], less),
        }
    )


def _evidence(row: pd.Series, unit: Unit) -> dict[str, Any]:
    """What the profit was held against."""
    lower, upper = row["decision_lower"], row["decision_upper"]
    return {
        "chance": chance(row["chance"]),
        "loss": loss(row, "loss_rolled_out", unit),
        "loss_kept": loss(row, "loss_kept", unit),
        "max_loss": cash(row["max_loss"], unit),
        "always_valid": interval(lower, upper, value_format("money", None, row["profit"])),
        "holds_zero": bool(lower <= 0 <= upper),
    }


def _harms(found: Facts, made: Verdict) -> list[Mapping[str, str]]:
    """What the guardrails of the verdict did, each in the direction that is the worse one for it."""
    if not made.guardrails or found.effects is None:
        return []
    better = dict(zip(found.effects["metric"], found.effects["better"], strict=True))
    extent = "more" if made.ground == "guardrail" else "less" if made.needed else "seems"
    return [
        {"extent": extent, "better": better[name], "metric": metric_name(name)} for name in made.guardrails
    ]
