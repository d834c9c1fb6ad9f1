"""What customers are worth: the facts that its findings and tiles state."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from keepbook.clv.page.customer_figures import share_held
from keepbook.clv.page.terms import direction, latest_cost, method_name, off_by, shortfall, span, terms_of
from keepbook.page.elements import Tile, cash, counted
from keepbook.results import is_missing, known
from keepbook.text import MISSING, catalogue, day, estimate, interval, joined, listed, number, percent

if TYPE_CHECKING:  # sentences need no model, and its packages take long to load
    from keepbook.clv import Check, CustomerModel, Evaluation, Truth
    from keepbook.clv.analysis import ClvAnalysis

say = catalogue("clv")
MAX_CHECKS = 3  # not met, that are told at the top; the table holds all
MAX_MILESTONES = 3  # in one sentence
MAX_PLANNABLE_ERROR = 0.5  # of a total
EXAMPLE_MARGIN = 0.3  # to reckon with where the unit has none
VALUE, PURCHASES = ([name, f"{name}_lower", f"{name}_upper"] for name in ("value", "purchases"))
whole_percent = partial(percent, digits=0)


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def tiles(clv: ClvAnalysis) -> list[Tile]:
    """Value and purchases of the base, the share still active, and the value of a new customer."""
    if is_missing(clv.model):
        return []
    last, model, new = clv.outlook.iloc[-1], clv.model.process, clv.new_customer
    facts = {"model": model.label, "once_active": model.key == "bg_nbd", "unit": clv.choices.time_unit}
    less = shortfall(known(clv.newcomers))
    caveat = say("tile-new-customer.caveat", ratio=percent(less.ratio, 0)) if less else ""
    tile = partial(Tile.of, say, facts=facts | terms_of(clv.choices))
    look: Any = {"kind": "money", "headline": True}
    each = (new.value, new.lower, new.upper)
    return [
        tile("tile-value", name="base_value", estimate=last[VALUE], **look),
        tile("tile-purchases", name="base_purchases", estimate=last[PURCHASES], kind="number"),
        tile("tile-active", name="active_share", estimate=clv.active_share),
        tile("tile-new-customer", name="new_customer_value", estimate=each, caveat=caveat, **look),
    ]


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def findings(clv: ClvAnalysis) -> list[str]:
    """What is not met, what is coming, how far to trust it, who holds it, what a new customer may cost."""
    if is_missing(clv.model):
        money = cash(clv.base.spend_to_date, clv.unit.currency)
        stops = [say("check-stops", **_words(check)) for check in clv.checks if check.stops]
        too_little = say("too-little", n=clv.base.customers, money=money)
        return [too_little, *stops, *_failed_checks(clv.checks, figures=False)]
    sentences = [_ahead(clv, known(clv.truth)), _trust(clv), _holders(clv, known(clv.evaluation))]
    if not is_missing(clv.evaluation):
        sentences.append(_method(clv.evaluation, clv.model, clv.choices.model))
    return [*_failed_checks(clv.checks, figures=True), *sentences, _new_customer(clv)]


def _words(check: Check) -> dict[str, str]:
    return {name: getattr(check, name) for name in ("name", "measured", "needed", "follows")}


def _failed_checks(checks: list[Check], figures: bool) -> list[str]:
    """Conditions that are not met and do not stop."""
    failed = [check for check in checks if not check.passed and not check.stops]
    told = [say("check-failed", figures=figures, **_words(check)) for check in failed[:MAX_CHECKS]]
    if len(failed) > MAX_CHECKS:
        told.append(say("checks-failed", names=listed(check.name for check in failed[MAX_CHECKS:])))
    return told


def milestones_told(frame: pd.DataFrame) -> pd.DataFrame:
    """The milestones that a sentence names: the first, a year or the one before the last, and the last."""
    if len(frame) <= MAX_MILESTONES:
        return frame
    middle = frame[frame["months"] == 12] if frame["months"].iloc[-1] > 12 else frame.iloc[[-2]]
    return pd.concat([frame.head(1), middle, frame.tail(1)])


def _enumerated(parts: list[str]) -> str:
    """`a, b and c`"""
    return joined([listed(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _ahead(clv: ClvAnalysis, truth: Truth | None) -> str:
    """What today's customers will buy and bring; of a simulated unit, what they do in truth."""
    currency, parts = clv.unit.currency, []
    for _i, row in milestones_told(clv.outlook).iterrows():
        value, lower, upper = row[VALUE]
        times, money = counted(*row[PURCHASES]), cash(value, currency, lower, upper)
        parts.append(say("ahead-part", months=int(row.months), times=times, money=money))
    facts = terms_of(clv.choices) | {"true_value": None}
    if truth is not None:
        last = truth.outlook.iloc[-1]
        facts |= {"months": int(last.months), "true_value": cash(last.value, currency)}
        facts["true_purchases"] = number(last.purchases) if last.purchases == last.purchases else None
    return say("ahead", n=clv.base.customers, parts=_enumerated(parts), **facts)


def _trust(clv: ClvAnalysis) -> str:
    """How the model did on the unit's own past, and what that says of the intervals."""
    if is_missing(clv.evaluation):
        return say("untested", why=clv.evaluation.reason.what)
    model, evaluation = clv.model.process.label, clv.evaluation
    own = evaluation.methods[evaluation.methods["method"] == model].sort_values("cut", ascending=False)
    if own.empty:
        return say("untried", model=model)
    cuts = evaluation.cuts.set_index("cut").loc[own["cut"].unique()]
    money, purchases = (own[own["target"] == target]["bias"] for target in ("spend", "purchases"))
    return say(
        "trust",
        days=int((cuts["end"] - cuts.index).dt.days.iloc[0]),
        cuts=len(cuts),
        money=_off_by_each(money),
        purchases=_off_by_each(purchases),
        **_verdict(money, clv.outlook),
        **_covered(evaluation.coverage[evaluation.coverage["method"] == model]),
    )


def _off_by_each(biases: pd.Series) -> str:
    """`5 %, 19 % and 12 % too low`; each with its own direction where they differ."""
    ways = {direction(bias, 0) for bias in biases}
    if len(ways) == 1 and "right" not in ways:
        return say("off-by", way=ways.pop(), n=_enumerated([percent(abs(bias), 0) for bias in biases]))
    return _enumerated([off_by(bias, 0) for bias in biases])


def _verdict(biases: pd.Series, outlook: pd.DataFrame) -> dict[str, str]:
    """Whether the intervals of the totals are wide enough for what was seen."""
    last, worst = outlook.iloc[-1], float(biases.abs().max())
    half = (last.value_upper - last.value_lower) / 2 / last.value if last.value > 0 else 0.0
    verdict = "no-plan" if worst > MAX_PLANNABLE_ERROR else "plan"
    if round(worst, 2) <= round(half, 2):
        verdict = "wide"
    return {"verdict": verdict, "half": percent(half, 0), "worst": percent(worst, 0)}


def _covered(coverage: pd.DataFrame) -> dict[str, str | None]:
    """How often the widest intervals of single customers held."""
    if coverage.empty:
        return {"covered": None}
    widest = coverage[coverage["level"] == coverage["level"].max()]
    covered = span(widest["covered"].min(), widest["covered"].max())
    return {"covered": covered, "level": percent(widest["level"].iloc[0], 0)}


def _holders(clv: ClvAnalysis, evaluation: Evaluation | None) -> str:
    """How many are still active, who holds the value, and how well that was foreseen."""
    share, lower, upper = clv.active_share
    process, tried = clv.model.process, None
    if evaluation is not None:
        methods = evaluation.methods
        own = methods[(methods["method"] == process.label) & (methods["target"] == "spend")]["top_decile"]
        tried = span(own.min(), own.max(), 0) if len(own) else None
    return say(
        "holders",
        active=estimate(percent(share, 0), interval(lower, upper, whole_percent)),
        once_active=process.key == "bg_nbd",
        n=round(clv.base.customers / 10),
        top=percent(share_held(clv.concentration, 0.1), 0),
        low=percent(1 - share_held(clv.concentration, 0.5), 0),
        tried=tried,
    )


def _method(evaluation: Evaluation, model: CustomerModel, asked: str) -> str:
    """Which method came nearest, by how much, and whether the simple formula would do."""
    money, counts, shown = evaluation.best["spend"], evaluation.best["purchases"], model.process.label
    named = partial(method_name, message="method-in-sentence")
    simple = "as-good" if money.simple_is_as_good else "worse"
    if money.simple_margin == 0 and money.simple_lower == 0:
        simple = "best"
    limits = interval(money.simple_lower, money.simple_upper)
    return say(
        "method",
        n=len(money.compared),
        best=named(money.method),
        second=named(money.runner_up),
        margin=estimate(percent(money.margin), interval(money.margin_lower, money.margin_upper)),
        chance=not money.margin_lower > 0,
        counts=named(counts.method) if counts.method != money.method else None,
        simple=simple,
        simple_margin=estimate(percent(money.simple_margin), limits),
        simple_off=off_by(money.simple_bias, 0),
        best_off=off_by(money.bias, 0),
        shown=shown if shown != money.method else None,
        chosen="likeliest" if asked == "auto" else "asked",
    )


def _new_customer(clv: ClvAnalysis) -> str:
    """What a new customer is worth, and so what acquisition may cost: no more than newcomers bear out."""
    one, currency, less = clv.new_customer, clv.unit.currency, shortfall(known(clv.newcomers))
    cap = one.value * less.ratio if less else one.value
    facts: dict[str, Any] = {"since": None}
    if less:
        facts = {"since": day(less.since), "ratio": percent(less.ratio, 0), "followed": less.months}
    return say(
        "new-customer",
        **terms_of(clv.choices) | {"months": one.months},
        value=cash(one.value, currency, one.lower, one.upper),
        first=cash(one.first, currency),
        cap=cash(cap, currency),
        example_cap=cash(cap * EXAMPLE_MARGIN, currency),
        example=percent(EXAMPLE_MARGIN, 0),
        **facts,
        **_against_cost(latest_cost(known(clv.acquisition_cost)), cap, clv.choices.margin, currency),
    )


def _against_cost(cost: float | None, cap: float, margin: float, currency: str | None) -> dict[str, Any]:
    """What one costs today, held against what one may cost."""
    if cost is None:
        return {"against": None}
    return {
        "against": "margin" if margin == 1 else "loss" if cost > cap else "earned",
        "cost": cash(cost, currency),
        "least": percent(cost / cap, 0) if cap > 0 else MISSING,
        "loss": cash(cost - cap, currency),
        "times": number(cap / cost, 1) if cost > 0 else MISSING,
    }
