"""Amounts of money as a page of an experiment writes them, and the margin from which they pay."""

from functools import partial
from typing import Any

import pandas as pd

from keepbook.page.effects import Row, limits_of
from keepbook.page.elements import cash
from keepbook.plotting.marks import short
from keepbook.text import catalogue, change_format, estimate, interval, percent, value_format
from keepbook.unit import Unit

say = catalogue("experiments")
LONGEST_ARM = 30  # signs of an arm's name in a sentence


def money_facts(row: Row, unit: Unit, signed: str) -> dict[str, Any]:
    """What a treatment adds, costs and leaves.

    Parameters
    ----------
    signed : the amount that is said to be against the control: `gain` or `profit`.
    """
    amounts = {name: amount(row, name, unit, name == signed) for name in ("gain", "profit", "total")}
    return amounts | {
        "variant": short(row["variant"], LONGEST_ARM),
        "gains": row["gain"] > 0,
        "revenue": unit.margin == 1,
        "costed": pd.notna(row["profit"]),
        "cost": cash(row["cost"], unit.currency),
        "customers": int(row["customers"]),
        "alike": pd.notna(row["profit"]) and not row["error"] > 0,  # so chance cannot be told
        **_margin_needed(row, unit),
    }


def amount(row: Row, name: str, unit: Unit, signed: bool = False) -> str:
    """`1.70 EUR (1.20–2.30)`; without limits where chance cannot be told."""
    written = change_format if signed else value_format
    value = written("money", unit.currency, row[name])(row[name])
    if not row[f"{name}_lower"] < row[f"{name}_upper"]:
        return value
    return estimate(value, limits_of(row, name, written("money", None, row[name])))


def loss(row: Row, name: str, unit: Unit) -> str:
    """An expected loss, beside the one that is allowed."""
    if row[name] < row["max_loss"] / 20:
        return say("next-to-nothing")
    return value_format("money", unit.currency, row["max_loss"])(row[name])


def as_stated(share: float) -> str:
    """`95 %`, `98.8 %`: a share that a person stated, of a confidence or a margin."""
    return percent(share, 0 if f"{share:.3f}".endswith("0") else 1)


def _margin_needed(row: Row, unit: Unit) -> dict[str, Any]:
    """Without a margin all revenue counts as earned; from which margin on it pays, if from any."""
    if unit.margin < 1 or not row["gain"] > 0 or not row["cost"] > 0:
        return {"margin": None, "least": None}
    least, _best, worst = margins_needed(row, unit)
    state = "never" if least > 1 else "bounded" if worst <= 1 else "open"
    return {"margin": state, "least": margin_text(row, unit)}


def margins_needed(row: Row, unit: Unit) -> tuple[float, float, float]:
    """The margin from which on a treatment pays, at best and at worst; infinite where it never may."""
    cost = row["cost"] * unit.margin  # gains are of the unit's own margin
    gains = (row[name] for name in ("gain", "gain_upper", "gain_lower"))
    least, best, worst = (cost / gain if gain > 0 else float("inf") for gain in gains)
    return least, best, worst


def margin_text(row: Row, unit: Unit) -> str:
    """`18 % (12–45 %)`, and `18 % (≥ 12 %)` where it may not pay at any margin."""
    least, best, worst = margins_needed(row, unit)
    show = partial(percent, digits=0 if least >= 0.1 else 1)
    return estimate(show(least), interval(best, worst if worst <= 1 else float("inf"), show))


def total_of(row: Row, name: str) -> tuple[float, float, float]:
    """An amount a customer and its limits → of all customers whom it would reach."""
    value, lower, upper = (float(row[f"{name}{end}"] * row["customers"]) for end in ("", "_lower", "_upper"))
    return value, lower, upper
