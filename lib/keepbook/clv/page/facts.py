"""What customers are worth: the facts that its findings and tiles state."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from keepbook.clv.page.terms import about, latest_cost, roughly, terms_of
from keepbook.page.elements import Finding, Tile, cash
from keepbook.results import is_missing, known
from keepbook.text import MISSING, catalogue, day, number, percent

if TYPE_CHECKING:  # sentences need no model, and its packages take long to load
    from keepbook.clv import Check, PastErrors
    from keepbook.clv.analysis import ClvAnalysis

say = catalogue("clv")
MAX_FINDINGS = 6
YEAR = 365.25  # days
EXAMPLE_MARGIN = 0.3  # to reckon with where the unit has none
LEAST_LOWER_HALF = 1e-3  # of all value, for a customer of the lower half to be a measure of the best
VALUE, PURCHASES = ([name, f"{name}_lower", f"{name}_upper"] for name in ("value", "purchases"))


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def tiles(clv: ClvAnalysis) -> list[Tile]:
    """Value and purchases of the base, what its best tenth holds, and the value of a new customer."""
    if is_missing(clv.model):
        return []
    last, chance = clv.reckoned.iloc[-1], clv.outlook.iloc[-1]
    errors, less = known(clv.past_errors), clv.newcomer_shortfall
    terms = terms_of(clv.choices) | {"unit": clv.choices.time_unit}
    tile: Any = partial(Tile.of, say, facts=terms)
    money: Any = {"kind": "money", "headline": True}
    wider = {
        name: errors is not None and bool(last[f"{name}_lower"] < chance[f"{name}_lower"])
        for name in ("value", "purchases")
    }
    spent, bought = _basis(errors, wider["value"]), _basis(errors, wider["purchases"], first=False)
    wide = clv.reckoned_newcomer.lower < clv.new_customer.lower
    new = _basis(errors, wide, first=False) if less is None else say("basis-lowered")
    return [
        tile("tile-value", name="base_value", estimate=last[VALUE], basis=spent, evidence="outlook", **money),
        tile(
            "tile-purchases",
            name="base_purchases",
            estimate=last[PURCHASES],
            kind="number",
            basis=bought,
            evidence="forecast",
        ),
        *_top_tenth(clv, terms),
        tile(
            "tile-new-customer",
            name="new_customer_value",
            estimate=clv.reckoned_newcomer,
            basis=new,
            evidence="new_customer",
            **money,
        ),
    ]


def _basis(errors: PastErrors | None, wider: bool, first: bool = True) -> str:
    """Where a range comes from, but for chance; how far forecasts erred is said once."""
    if errors is None:
        return say("basis-untested")
    if not wider:
        return ""
    return (
        say("basis-past", worst=percent(errors.worst, 0), rough=errors.is_rough)
        if first
        else say("basis-also")
    )


def _top_tenth(clv: ClvAnalysis, terms: dict[str, Any]) -> list[Tile]:
    """What the best tenth holds; nothing where nobody is worth anything."""
    tenth = clv.top_tenth
    if not tenth.value:
        return []
    label, definition = say("tile-top-tenth", **terms), say("tile-top-tenth.definition", **terms)
    made = Tile("top_tenth_share", label, tenth.value, definition, evidence="concentration")
    if not np.isfinite(tenth.lower):
        return [replace(made, basis=say("basis-untested"))]
    return [replace(made, ci_lower=tenth.lower, ci_upper=tenth.upper, basis=say("basis-tenth"))]


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def findings(clv: ClvAnalysis) -> list[str]:
    """What is coming first, what makes it doubtful next; then the rest, by the money that hangs on it."""
    if is_missing(clv.model):
        money = cash(clv.base.spend_to_date, clv.unit.currency)
        stops = [say("check-stops", **_words(check)) for check in clv.checks if check.stops]
        return [say("too-little", n=clv.base.customers, money=money), *stops]
    rest = [*_lowered(clv), *_may_cost(clv), *_holders(clv)]
    rest.sort(key=lambda finding: finding.stake or 0.0, reverse=True)
    trust = _trust(clv)
    room = MAX_FINDINGS - 1 - len(trust) - len(rest)
    return [_ahead(clv), *trust, *_failed_checks(clv.checks, room), *rest]


def _words(check: Check) -> dict[str, str]:
    return {name: getattr(check, name) for name in ("name", "measured", "needed", "follows")}


def _ahead(clv: ClvAnalysis) -> Finding:
    """What today's customers will bring."""
    last = clv.reckoned.iloc[-1]
    value, lower, upper = map(float, last[VALUE])
    amount = about(value, lower, upper, clv.unit.currency)
    text = say("ahead", n=clv.base.customers, amount=amount, **terms_of(clv.choices))
    return Finding(text, _yearly(clv, last.value))


def _yearly(clv: ClvAnalysis, amount: float) -> float:
    return float(amount) * 12 / clv.choices.months


def _trust(clv: ClvAnalysis) -> list[Finding]:
    """What the range alone does not say of how the model did on the unit's own past; nothing is also fine."""
    errors = known(clv.past_errors)
    if errors is None:
        return [Finding(say("untested"))]
    stake = _yearly(clv, clv.reckoned.iloc[-1].value) * errors.worst
    if errors.is_rough:
        return [Finding(say("rough"), stake)]
    way = errors.one_sided
    return [Finding(say("one-sided", way=way, n=len(errors.cuts)), stake)] if way else []


def _failed_checks(checks: list[Check], room: int) -> list[Finding]:
    """What follows from conditions that are not met, as far as there is room; the table holds all."""
    failed = [check for check in checks if not check.passed and not check.stops]
    told = failed if len(failed) <= room else failed[: room - 1]
    sentences = [say("read-with-care", follows=check.follows) for check in told]
    if more := len(failed) - len(told):
        sentences.append(say("more-checks", n=more, told=len(told)))
    return [Finding(one) for one in sentences]


def _per_year(clv: ClvAnalysis) -> float:
    """New customers a year, if as many keep coming as of late."""
    made = known(clv.forecast)
    return made.new_per_day * YEAR if made is not None else 0.0


def _lowered(clv: ClvAnalysis) -> list[Finding]:
    """That newcomers bring less than the model says, where they do."""
    less = clv.newcomer_shortfall
    if less is None:
        return []
    missed = _yearly(clv, clv.new_customer.value - clv.reckoned_newcomer.value) * _per_year(clv)
    return [Finding(say("lowered", since=day(less.since), ratio=percent(less.ratio, 0)), missed or None)]


def _may_cost(clv: ClvAnalysis) -> list[Finding]:
    """What winning a customer may cost, held against what it costs today where that is known."""
    worth, currency, margin = clv.reckoned_newcomer.value, clv.unit.currency, clv.choices.margin
    cost, earned = latest_cost(known(clv.acquisition_cost)), margin != 1
    if cost is None:
        cap = worth if earned else worth * EXAMPLE_MARGIN
        facts: dict[str, Any] = {"against": "none" if earned else "example", "cap": roughly(cap, currency)}
        facts["example"] = percent(EXAMPLE_MARGIN, 0)
        each = cap
    elif not earned:
        least = percent(cost / worth, 0) if worth > 0 else MISSING
        facts, each = {"against": "margin", "least": least}, cost
    elif cost > worth:
        facts, each = {"against": "loss", "loss": roughly(cost - worth, currency)}, cost - worth
    else:
        times = number(worth / cost, 1) if cost > 0 else MISSING
        facts, each = {"against": "earned", "times": times}, worth - cost
    facts["cost"] = None if cost is None else roughly(cost, currency)
    loses = facts["against"] == "loss"
    return [Finding(say("may-cost", **facts), each * _per_year(clv) or None, warns=loses)]


def _holders(clv: ClvAnalysis) -> list[Finding]:
    """How much more one of the best is worth than one of the lower half; nothing where they are alike."""
    top, lower = clv.top_tenth.value, clv.lower_half
    if lower < LEAST_LOWER_HALF or (times := round(top / 0.1 / (lower / 0.5))) < 2:
        return []
    text = say("holders", n=round(clv.base.customers / 10), times=times)
    return [Finding(text, _yearly(clv, clv.reckoned.iloc[-1].value * top))]
