"""What customers are worth, in sentences, ending in what a new one may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from keepbook.clv.page.customer_figures import share_held
from keepbook.clv.page.figures import earned, latest_cost, shortfall, worth
from keepbook.clv.page.validation_figures import off_by, span
from keepbook.errors import NotEnoughData
from keepbook.page.elements import cash, counted
from keepbook.text import _, interval, number, percent, plural
from keepbook.unit import Unit

if TYPE_CHECKING:  # sentences need no model, and its packages take long to load
    from keepbook.clv import Base, CustomerModel, Evaluation, Gate, Newcomer, Truth
    from keepbook.clv.validation.ranking import Winner

CARE = 3  # conditions not met that are told at the top; the table holds all
SPOKEN = 3  # milestones that a sentence can hold
NO_PLAN = 0.5  # a total that was off by so much
EXAMPLE = 0.3  # a margin to reckon with where the unit has none


@dataclass(frozen=True)
class Worth:
    """All that the findings speak of; what the data cannot carry is there as its reason.

    Attributes
    ----------
    base, model, gates, evaluation, outlook, newcomer, truth : as `clv` gives them. active : as `clv.active`.
    held : as `clv.concentration`. seen : as `clv.newcomers`. cost : as `clv.acquisition_cost`.
    """

    base: Base
    model: CustomerModel | NotEnoughData
    gates: list[Gate]
    evaluation: Evaluation | NotEnoughData
    outlook: pd.DataFrame | NotEnoughData
    active: tuple[float, float, float] | NotEnoughData
    held: pd.DataFrame | NotEnoughData
    newcomer: Newcomer | NotEnoughData
    seen: pd.DataFrame | NotEnoughData
    cost: pd.DataFrame | NotEnoughData
    truth: Truth | NotEnoughData | None


def value_findings(found: Worth, unit: Unit) -> list[str]:
    """What is not met, what is coming, how far to trust it, who holds it, what a new customer may cost."""
    if isinstance(found.model, NotEnoughData):
        return [*_stopped(found, unit), *_care(found)]
    sentences = [_coming(found, unit), _trust(found), _holders(found), _method(found)]
    return [s for s in [*_care(found), *sentences, _decision(found, unit)] if s]


def _stopped(found: Worth, unit: Unit) -> list[str]:
    """What was asked for cannot be said; what is missing is."""
    base = found.base
    text = _("What {customers} will bring cannot be said yet; so far they have brought {money}.")
    customers = plural(base.customers, _("customer"), _("customers"))
    sentences = [text.format(customers=customers, money=cash(base.spend_to_date, unit.currency))]
    lacks = _("{name}: {measured}; needed: {needed}. {follows}")
    return sentences + [
        lacks.format(name=gate.name, measured=gate.measured, needed=gate.needed, follows=gate.follows)
        for gate in found.gates
        if gate.stops
    ]


def _care(found: Worth) -> list[str]:
    """Conditions that are not met and do not stop."""
    failed = [gate for gate in found.gates if not gate.passed and not gate.stops]
    text = _("Read with care: {follows} ({name}: {measured}; needed: {needed}.)")
    if isinstance(found.model, NotEnoughData):
        text = _("Nor is this met: {name}: {measured}; needed: {needed}. {follows}")
    said = [
        text.format(follows=gate.follows, name=gate.name, measured=gate.measured, needed=gate.needed)
        for gate in failed[:CARE]
    ]
    if len(failed) > CARE:
        names = ", ".join(gate.name for gate in failed[CARE:])
        said.append(_("Nor are these met: {names}; see the conditions below.").format(names=names))
    return said


def _spoken(frame: pd.DataFrame) -> pd.DataFrame:
    """The milestones that a sentence names: the first, a year or the one before the last, and the last."""
    if len(frame) <= SPOKEN:
        return frame
    middle = frame[frame["months"] == 12] if frame["months"].iloc[-1] > 12 else frame.iloc[[-2]]
    return pd.concat([frame.head(1), middle, frame.tail(1)])


def _coming(found: Worth, unit: Unit) -> str:
    """What today's customers will buy and bring; of a simulated unit, what they do in truth."""
    assert isinstance(found.outlook, pd.DataFrame)
    text = _("{times} times for {money} within {months}")
    parts = [
        text.format(
            months=plural(row.months, _("month"), _("months")),
            times=counted(row.purchases, row.purchases_lower, row.purchases_upper),
            money=cash(row.value, unit.currency, row.value_lower, row.value_upper),
        )
        for row in _spoken(found.outlook).itertuples()
    ]
    text = _("Today's {customers} will buy {parts} ({worth}).")
    said = text.format(
        customers=plural(found.base.customers, _("customer"), _("customers")),
        parts=_listed(parts),
        worth=worth(found.base.choices),
    )
    if found.truth is None or isinstance(found.truth, NotEnoughData):
        return said
    last = found.truth.outlook.iloc[-1]
    text = _("In truth, which is known of simulated data, it is {money} in {months}.")
    if last.purchases == last.purchases:
        text = _("In truth, which is known of simulated data, it is {times} times and {money} in {months}.")
    truth = text.format(
        times=number(last.purchases),
        money=cash(last.value, unit.currency),
        months=plural(int(last.months), _("month"), _("months")),
    )
    return f"{said} {truth}"


def _listed(parts: list[str]) -> str:
    """`a, b and c`"""
    if len(parts) < 2:
        return "".join(parts)
    return _("{parts} and {last}").format(parts=", ".join(parts[:-1]), last=parts[-1])


def _trust(found: Worth) -> str:
    """How the model did on the unit's own past, and what that says of the intervals."""
    assert not isinstance(found.model, NotEnoughData) and isinstance(found.outlook, pd.DataFrame)
    if isinstance(found.evaluation, NotEnoughData):
        return _("How far to trust this cannot be tested yet: {why}").format(why=found.evaluation.what)
    label, methods = found.model.process.label, found.evaluation.methods
    own = methods[methods["method"] == label].sort_values("cut", ascending=False)
    if own.empty:
        return _("How far to trust this is open: {model} could not be tried on the past.").format(model=label)
    cuts = found.evaluation.cuts.set_index("cut").loc[own["cut"].unique()]
    money, counts = (own[own["target"] == target]["bias"] for target in ("spend", "purchases"))
    text = _(
        "Tried on the past, {days} days ahead from {cuts}, the total of revenue was {money}, that of "
        "purchases {counts}."
    )
    said = text.format(
        days=number((cuts["end"] - cuts.index).dt.days.iloc[0]),
        cuts=plural(len(cuts), _("cut-off"), _("cut-offs (latest first)")),
        money=_offs(money),
        counts=_offs(counts),
    )
    return " ".join([said, _verdict(money, found.outlook), _held(found)]).strip()


def _offs(biases: pd.Series) -> str:
    """`5 %, 19 % and 12 % too low`; each with its own direction where they differ."""
    each = [off_by(bias, 0) for bias in biases]
    same = {text.partition("% ")[2] for text in each}
    if len(each) > 1 and len(same) == 1 and same != {""}:
        each = [percent(abs(bias), 0) for bias in biases]
        return f"{_listed(each)} {same.pop()}"
    return _listed(each)


def _verdict(biases: pd.Series, outlook: pd.DataFrame) -> str:
    """Whether the intervals of the totals are wide enough for what was seen."""
    last, worst = outlook.iloc[-1], float(biases.abs().max())
    half = (last.value_upper - last.value_lower) / 2 / last.value if last.value > 0 else 0.0
    if round(worst, 2) <= round(half, 2):
        return _("The intervals above are as wide as that.")
    text = _("The intervals above (±{half}) hold chance, not this: plan totals with ±{worst}.")
    if worst > NO_PLAN:
        text = _(
            "The intervals above (±{half}) hold chance, not this: totals are an order of magnitude, no plan."
        )
    return text.format(half=percent(half, 0), worst=percent(worst, 0))


def _held(found: Worth) -> str:
    """How often the widest intervals of single customers held."""
    assert not isinstance(found.model, NotEnoughData) and not isinstance(found.evaluation, NotEnoughData)
    coverage = found.evaluation.coverage
    rows = coverage[coverage["method"] == found.model.process.label]
    if rows.empty:
        return ""
    widest = rows[rows["level"] == rows["level"].max()]
    text = _("Single customers' {level} intervals held what happened for {share} of them.")
    return text.format(
        level=percent(widest["level"].iloc[0], 0),
        share=span(widest["covered"].min(), widest["covered"].max()),
    )


def _holders(found: Worth) -> str:
    """How many are still active, who holds the value, and how well that was foreseen."""
    assert isinstance(found.held, pd.DataFrame) and isinstance(found.active, tuple)
    assert not isinstance(found.model, NotEnoughData)
    share, lower, upper = found.active
    text = _(
        "{share} {limits} of the customers are expected to be still active{but}. The most valuable tenth "
        "({n}) hold {top} of the value ahead, the lower half {low}."
    )
    but = _(" (BG/NBD counts whoever bought once as active)") if found.model.process.key == "bg_nbd" else ""
    said = text.format(
        share=percent(share, 0),
        limits=interval(lower, upper, lambda value: percent(value, 0)),
        but=but,
        n=plural(round(found.base.customers / 10), _("customer"), _("customers")),
        top=percent(share_held(found.held, 0.1), 0),
        low=percent(1 - share_held(found.held, 0.5), 0),
    )
    if isinstance(found.evaluation, NotEnoughData):
        return said
    methods, label = found.evaluation.methods, found.model.process.label
    own = methods[(methods["method"] == label) & (methods["target"] == "spend")]
    if own.empty:
        return said
    text = _("Tried on the past, the tenth named beforehand then spent {share} of all.")
    return f"{said} {text.format(share=span(own['top_decile'].min(), own['top_decile'].max(), 0))}"


def _method(found: Worth) -> str:
    """Which method came nearest, by how much, and whether the simple formula would do."""
    if isinstance(found.evaluation, NotEnoughData) or isinstance(found.model, NotEnoughData):
        return ""
    money, counts = found.evaluation.winners["spend"], found.evaluation.winners["purchases"]
    text = _(
        "Of {n} methods {winner} came nearest to what each customer spent; the next, {second}, errs "
        "{margin} {limits} more{chance}."
    )
    parts = [
        text.format(
            winner=_named(money.method),
            n=number(len(money.compared)),
            second=_named(money.runner_up),
            margin=percent(money.margin),
            limits=interval(money.margin_lower, money.margin_upper),
            chance="" if money.margin_lower > 0 else _(" (may be chance)"),
        )
    ]
    if counts.method != money.method:
        parts.append(_("To how often they bought it was {winner}.").format(winner=_named(counts.method)))
    parts.append(_simple(money))
    if found.model.process.label != money.method:
        text = _("Shown here is {model}, {why}.")
        parts.append(text.format(model=found.model.process.label, why=_chosen(found)))
    return " ".join(part for part in parts if part)


def _named(method: str) -> str:
    """A method within a sentence: those that are no names of models, as what they do."""
    known = {
        _("historical formula"): _("the historical formula"),
        _("same as last period"): _("the last period repeated"),
    }
    return known.get(method, method)


def _chosen(found: Worth) -> str:
    if found.base.choices.model != "auto":
        return _("as the unit's file asks")
    return _("which gave what happened the highest probability of the models whose fit holds")


def _simple(money: Winner) -> str:
    """Whether the historical formula is as good for money."""
    if money.simple_margin == 0 and money.simple_lower == 0:
        return _("So no model is better than the simple formula here (order value × rate × lifetime).")
    verdict = _("The simple formula (order value × rate × lifetime) is as good")
    if not money.simple_is_as_good:
        verdict = _("The simple formula (order value × rate × lifetime) is clearly worse")
    text = _("{verdict}: it errs {margin} {limits} more, and its total was {off} (the nearest: {best}).")
    return text.format(
        verdict=verdict,
        margin=percent(money.simple_margin),
        limits=interval(money.simple_lower, money.simple_upper),
        off=off_by(money.simple_bias, 0),
        best=off_by(money.bias, 0),
    )


def _decision(found: Worth, unit: Unit) -> str:
    """What a new customer is worth, and so what acquisition may cost."""
    assert not isinstance(found.newcomer, NotEnoughData)
    one, currency, choices = found.newcomer, unit.currency, found.base.choices
    text = _("A new customer brings {value} of {earned} within {months}, {first} of it at once.")
    parts = [
        text.format(
            value=cash(one.value, currency, one.lower, one.upper),
            earned=earned(choices),
            months=plural(one.months, _("month"), _("months")),
            first=cash(one.first, currency),
        )
    ]
    cap, doubted = _cap(found)
    parts += doubted
    limit = _("So winning one may cost at most {cap}, all costs counted.")
    if choices.margin == 1:
        limit = _(
            "So winning one may cost at most {cap} times your margin, all costs counted: {at} if that is "
            "{example} (`margin` in the unit file)."
        )
    at = cash(cap * EXAMPLE, currency)
    parts.append(limit.format(cap=cash(cap, currency), example=percent(EXAMPLE, 0), at=at))
    return " ".join([*parts, _against_cost(found, unit, cap)]).strip()


def _cap(found: Worth) -> tuple[float, list[str]]:
    """What a new customer is worth to reckon with: no more than those who came lately bear out."""
    assert not isinstance(found.newcomer, NotEnoughData)
    value = found.newcomer.value
    last = shortfall(None if isinstance(found.seen, NotEnoughData) else found.seen)
    if last is None:
        return value, []
    text = _(
        "But those who came since {since} brought {ratio} of what the model says in their first {months}: "
        "customers of the first days may have been so long before, or newcomers are of another kind. Reckon "
        "with {ratio} of it."
    )
    ratio = last.seen / last.expected
    said = text.format(
        since=f"{last.since:%Y-%m-%d}",
        ratio=percent(ratio, 0),
        months=plural(last.months, _("month"), _("months")),
    )
    return value * ratio, [said]


def _against_cost(found: Worth, unit: Unit, cap: float) -> str:
    """What one costs today."""
    cost = latest_cost(None if isinstance(found.cost, NotEnoughData) else found.cost)
    if cost is None:
        return ""
    if found.base.choices.margin == 1:
        text = _("Today one costs {cost}: it takes a margin of {least} to earn that back within the time.")
        return text.format(cost=cash(cost, unit.currency), least=percent(cost / cap, 0) if cap > 0 else "–")
    text = _("Today one costs {cost}: that is earned back {times} times.")
    if cost > cap:
        text = _("Today one costs {cost}, more than that: each new customer loses {loss}.")
    return text.format(
        cost=cash(cost, unit.currency),
        times=number(cap / cost, 1) if cost > 0 else "–",
        loss=cash(cost - cap, unit.currency),
    )
