"""What to do about a retention strategy, and why: the facts of which the decision speaks."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from keepbook.experiments.page.amounts import LONGEST_ARM, as_stated, loss, money_facts
from keepbook.experiments.page.facts import LONGEST_TITLE, Facts
from keepbook.experiments.sample_ratio import SampleRatio
from keepbook.experiments.verdict import Verdict
from keepbook.page.effects import limits_of
from keepbook.page.elements import Columns, Decision, Table, cash
from keepbook.page.html import Html, as_drawn, plain, said
from keepbook.plotting.marks import short
from keepbook.text import (
    catalogue,
    chance,
    day,
    interval,
    joined,
    listed,
    metric_name,
    number,
    p_equals,
    percent,
    value_format,
)

say = catalogue("experiments")
KINDS = {"roll-out": "good", "stop": "bad", "keep-running": "wait", "redesign": "wait"}
OUT_OF_REACH = 10  # times the units there are, from which on nobody runs a test again


def decision(found: Facts, made: Verdict) -> Decision:
    """The decision and its reason, readable in ten seconds, and the money that hangs on it."""
    facts = _facts(found, made)
    reason = plain(say("do.reason", **facts))
    return Decision(say("decision", **facts), reason, kind_of(found, made), stake(found, made))


def kind_of(found: Facts, made: Verdict) -> str:
    """What a decision means: `good`, `bad`, `wait` or, where nothing can be believed, `broken`."""
    if found.ratio.failed:
        return "broken"
    return "wait" if asks_for_margin(found, made) else KINDS[made.action]


def asks_for_margin(found: Facts, made: Verdict) -> bool:
    """Whether it pays only because all revenue counts as earned, as no margin is set."""
    row = found.decided_on
    return made.ground == "earns" and found.margin_unset and row is not None and row["cost"] > 0


def what_to_do(found: Facts, made: Verdict) -> str:
    """The decision without the name of what it is about, and as if the margin were the unit's own."""
    return say("do", **_facts(found, made) | {"ask_margin": False})


def stake(found: Facts, made: Verdict) -> float | None:
    """Money a year that hangs on the decision.

    It is the profit of all whom the strategy would reach in a year: what a roll-out brings, what stopping
    avoids losing, and what waiting leaves open, whichever way it goes. Without a stated cost it is what is
    added before that; without a margin, revenue. None where it is not stated how many they are
    (`rollout_to`), no money is measured, or no number is to be believed.
    """
    row = found.decided_on
    if found.ratio.failed or row is None or found.study.experiment.rollout_to is None:
        return None
    total = float(row["gain"] * row["customers"] if pd.isna(row["profit"]) else row["total"])
    if made.action == "roll-out":
        return max(total, 0.0)
    return max(-total, 0.0) if made.action == "stop" else abs(total)


def _facts(found: Facts, made: Verdict) -> dict[str, Any]:
    facts = _design(found, made) | _split(found.ratio) | _money(found, made)
    return facts | {
        "action": made.action,
        "ground": made.ground,
        "variant": made.variant and short(made.variant, LONGEST_ARM),
        "final": made.final,
        "until": made.until and day(made.until),
        "decide": made.decide_on and day(made.decide_on),
        "few": made.few and made.final,
        "asked": as_stated(made.asked),
        "both": as_stated(2 * made.asked - 1),
        "needed": _three_digits(made.needed or 0),
        "harms": _harms(found, made),
        "guarded": listed(short(metric_name(name)) for name in made.guardrails),
        "ask_margin": asks_for_margin(found, made),
        "worse": _worse(found, made),
    }


def _worse(found: Facts, made: Verdict) -> str | None:
    """The goals that the treatment of the verdict made worse, beyond chance."""
    if found.effects is None:
        return None
    rows = found.goals[found.goals["variant"] == made.variant].to_dict("records")
    return listed(short(metric_name(row["metric"])) for row in rows if found.moved(row) < 0) or None


def _three_digits(n: int) -> int:
    """Rounded up: no more of it is known."""
    whole = 10 ** max(len(str(n)) - 3, 0)
    return -(-n // whole) * whole


def _design(found: Facts, made: Verdict) -> dict[str, Any]:
    experiment, units = found.study.experiment, found.study.counts.values()
    return {
        "title": short(experiment.title or experiment.name, LONGEST_TITLE),
        "split_stated": bool(experiment.split),
        "clustered": found.study.clustered,
        "several": found.several,
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
    worst = arms.loc[(arms["share"] - arms["expected_share"]).abs().idxmax()]
    return {
        "counts": " : ".join(number(n) for n in arms["customers"]),
        "shares": " : ".join(percent(share, 0) for share in arms["expected_share"]),
        "off": short(worst["variant"], LONGEST_ARM),
        "share": percent(worst["share"], 0 if abs(worst["share"] - worst["expected_share"]) > 0.02 else 1),
        "intended": percent(worst["expected_share"], 0),
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
        "may_lose": not row["profit_lower"] > 0,
        "clear": row["profit_lower"] > 0 or row["profit_upper"] < 0,
        "lost": cash(-row["total"], unit.currency),
        "lost_limits": interval(-row["total_upper"], -row["total_lower"], less),
        "chance": chance(row["chance"]),
        "chance_lost": chance(1 - row["chance"]),
        "loss": loss(row, "loss_rolled_out", unit),
        "loss_kept": loss(row, "loss_kept", unit),
        "max_loss": cash(row["max_loss"], unit.currency),
        "always_valid": limits_of(row, "decision", value_format("money", None, row["profit"])),
        "holds_zero": row["decision_lower"] <= 0 <= row["decision_upper"],
        "loss_best": loss(row, "loss_best", unit) if row["loss_best"] == row["loss_best"] else None,
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


# ── for analysts ────────────────────────────────────────────────────────────────────────────────────────


def basis_table(found: Facts, made: Verdict) -> Table:
    """How the decision was made, step by step."""
    rows = list(_basis(_facts(found, made)))
    heads, texts = zip(*rows, strict=True)
    says = [Html(said(text), text) for text in texts]  # names of settings stand in it as code
    columns: Columns = {say("basis.step"): (list(heads), str), say("basis.says"): (says, as_drawn)}
    return Table(columns, say("basis.caption"), wrap=True)


def _basis(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a step is called, and what it says; a step that says nothing is left out."""
    ground = facts["ground"]
    told = {"evidence": say("evidence", **facts)}
    if ground not in ("broken-split", "drift", "no-money", "no-cost", "guardrail") and not facts["alike"]:
        told["rule"] = say("why", **facts)
        told["caution"] = say("few-carry", **facts)
        told["when"] = say("when", **facts)
    if facts.get("costed"):
        told["margin"] = say("margin-needed", **facts)
        told["best"] = "" if facts["loss_best"] is None else say("best-loss", **facts)
    yield from ((say(f"basis.{step}"), plain(text).strip()) for step, text in told.items() if text.strip())
