"""An experiment: arms that customers were put into at random, what is counted, and what it costs."""

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from keepbook.errors import suggestion
from keepbook.unit.canonical import Outcomes, Totals
from keepbook.unit.faults import Fault, Loc, Schema, cannot_be, faultless, problem, quoted, suggested
from keepbook.unit.scalars import (
    EACH_ONCE,
    Counting,
    Day,
    Model,
    Money,
    Text,
    Title,
    UnitName,
    Whole,
    never_both,
    say,
    words,
)
from keepbook.unit.source import SIMULATE

# ── metrics: what is counted, what it is for, and when it counts as harmed ──────────────────────────────

Role = Literal["goal", "guardrail", "diagnostic"]
Kind = Literal["share", "number", "money", "days"]
Better = Literal["higher", "lower"]
ROLES: tuple[Role, ...] = ("goal", "guardrail", "diagnostic")

BUILT_IN: dict[str, Kind] = {  # metrics that are built in: counted from transactions
    "retained": "share",
    "orders": "number",
    "revenue": "money",
    "margin": "money",
    "average_order_value": "money",
    "days_to_purchase": "days",
}
OURS = frozenset(  # what tables of experiments call their own columns; an own metric is called otherwise
    {"assigned_on", "exposed_on", "begins", "ends", "opens", "is_mature", "lines", "arms", "rule", "several"}
    | {"profit", "bought_on", "pre_retained", "pre_orders", "pre_revenue", "segment", "cohort", "rfm", "size"}
    | {"waited", "ahead"}
)
USUAL: Any = {"retained": "goal", "revenue": "goal"} | dict.fromkeys(
    ("orders", "average_order_value", "days_to_purchase"), "diagnostic"
)
METRIC_WORDS = "goal or diagnostic, or {role: guardrail, margin: 0.05}"
METRICS_WORDS = "lines such as retained: goal"
MARGIN_WORDS = "a share of the control's value, above 0 and at most 1: 5 % is 0.05"


class Metric(Model):
    """What a metric is for, and when it counts as harmed."""

    model_config = ConfigDict(
        json_schema_extra={
            "type": ["object", "string"],
            "pattern": "^(goal|diagnostic)$",
            "if": {"properties": {"role": {"const": "guardrail"}}, "required": ["role"]},
            "then": {"properties": {"margin": {"type": "number"}}, "required": ["margin"]},
            "else": {"properties": {"margin": {"type": "null"}}},
            **words(METRIC_WORDS),
        }
    )

    role: Role
    margin: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, json_schema_extra=words(MARGIN_WORDS)
    )
    better: Better = "higher"

    @model_validator(mode="after")
    def _margin_of_guardrail(self) -> Self:
        if self.role == "guardrail" and self.margin is None:
            what = "'role' is 'guardrail', but 'margin' is missing"
            raise problem(Fault(("margin",), what, MARGIN_WORDS, "add margin: 0.05 for 5 %"))
        if self.role != "guardrail" and self.margin is not None:
            what = f"'margin' is given, but 'role' is '{self.role}'"
            raise problem(Fault(("margin",), what, None, "remove margin, or write role: guardrail"))
        return self


def _metrics(value: Any) -> Any:
    """`retained: goal` → `retained: {role: goal, better: higher}`."""
    if not isinstance(value, dict):
        return value
    faults, whole = [], {}
    for name, one in value.items():
        if one == "guardrail":
            what = f"the guardrail {quoted(name)} has no margin"
            do = f"write {name}: {{role: guardrail, margin: 0.05}} for 5 %"
            faults.append(Fault((name,), what, MARGIN_WORDS, do))
        elif isinstance(one, str) and one not in ROLES:
            faults.append(Fault((name,), cannot_be((name,), one), METRIC_WORDS, suggested(one, ROLES)))
        else:
            usual = {"better": "lower" if name == "days_to_purchase" else "higher"}
            given = {"role": one} if isinstance(one, str) else one
            whole[name] = usual | given if isinstance(given, dict) else given
    return faultless(whole, faults)


Metrics = Annotated[
    dict[str, Metric], BeforeValidator(_metrics), Field(json_schema_extra=words(METRICS_WORDS))
]


def metrics_schema() -> Schema:
    """What stands beside that which pydantic makes of the type: the metrics that are built in."""
    one = {"$ref": "#/$defs/Metric"}
    meant = {name: {**one, "title": name, "description": say(f"built-in-{name}")} for name in BUILT_IN}
    return {"properties": meant}


# ── costs, and the experiment ───────────────────────────────────────────────────────────────────────────

BUILT_IN_SEGMENTS = ("cohort", "rfm")  # quarter of the first purchase; tier at assignment
ARM_COST_WORDS = "money from 0 per treated customer"


def _cost(value: Any) -> Any:
    """One fault per wrong cost, where the union would report one per branch."""
    if isinstance(value, dict) and value:
        wrong = {arm: one for arm, one in value.items() if not _is_money(one)}
        faults = [Fault((arm,), cannot_be((arm,), one), ARM_COST_WORDS) for arm, one in wrong.items()]
    else:
        faults = [] if value is None or _is_money(value) else [Fault()]
    return faultless(value, faults)


def _is_money(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0


ARMS_COST: Schema = {"additionalProperties": {"type": "number", "minimum": 0}, "minProperties": 1}
Cost = Annotated[Money | dict[str, Money] | None, BeforeValidator(_cost), Field(json_schema_extra=ARMS_COST)]
Split = Annotated[dict[str, Annotated[float, Field(gt=0)]], Field(min_length=2)]


class Experiment(Model):
    """One experiment: customers were put into arms by lot."""

    model_config = ConfigDict(json_schema_extra=never_both("outcomes", "totals"))

    name: UnitName
    title: Title = ""
    question: Text | None = None
    control: Text
    split: Split | None = None
    outcome_days: Counting = 60
    pre_days: Whole = 90
    first_day: Literal["same", "next"] = "same"
    ends: Day | None = None
    planned: Counting = 5000
    metrics: Metrics = USUAL
    cost: Cost = None
    max_loss: Annotated[float, Field(gt=0)] | None = None
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    rollout_to: Counting | None = None
    segments: Annotated[tuple[Text, ...], EACH_ONCE] = ()
    outcomes: Outcomes | None = None
    totals: Totals | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        return faultless(self, [*self._ready_made(), *self._arms(), *self._goals()])

    def _ready_made(self) -> Iterator[Fault]:
        """What can be asked of a table of outcomes or totals."""
        key = "outcomes" if self.outcomes else "totals"
        table = self.outcomes or self.totals
        if self.outcomes and self.totals:
            yield Fault(("totals",), "'outcomes' and 'totals' are both given", None, "keep one of them")
        if table and table.source == SIMULATE:
            do = "simulate the assignments instead"
            yield Fault((key, "source"), f"{key} are not simulated", "a source of your own", do)
        if table and self.segments:
            what = f"'segments' needs customers, and '{key}' names none"
            yield Fault(("segments",), what, None, "remove the key segments")
        if table and "metrics" not in self.model_fields_set:
            do = f"add the key metrics, and name what '{key}' holds"
            yield Fault(("metrics",), "'metrics' is missing", METRICS_WORDS, do)
        elif self.outcomes:
            yield from self._no_column(self.outcomes.columns.keys() - {"variant"})

    def _no_column(self, own: Iterable[str]) -> Iterator[Fault]:
        for name in self.metrics:
            if name not in own:
                what = f"'outcomes' maps no column {quoted(name)}"
                do = suggested(name, own) or f"add {name} under outcomes.columns, or remove it"
                yield Fault(("metrics", name), what, None, do)

    def _arms(self) -> Iterator[Fault]:
        """Every arm that is named is one of `split`; where costs go by arm, none of them is forgotten."""
        split, cost = self.split or {}, self.cost if isinstance(self.cost, dict) else {}
        named: dict[Loc, str] = {("control",): self.control} | {("cost", arm): arm for arm in cost}
        for loc, arm in named.items():
            if split and arm not in split:
                yield Fault(loc, f"{quoted(arm)} is no arm of 'split'", None, str(suggestion(arm, split)))
        for arm in split:
            if cost and arm not in cost and arm != self.control:
                what = f"'cost' says nothing of the arm {quoted(arm)}"
                yield Fault(("cost",), what, None, f"add {arm}: 0 if it costs nothing")

    def _goals(self) -> Iterator[Fault]:
        if not self.goals:
            what = "no metric has the role goal"
            yield Fault(("metrics",), what, METRICS_WORDS, "give the metric that decides the role goal")

    @property
    def goals(self) -> tuple[str, ...]:
        """Names of the metrics that decide."""
        return tuple(name for name, metric in self.metrics.items() if metric.role == "goal")

    @property
    def is_ready_made(self) -> bool:
        """Whether outcomes come from a table of their own, and not from assignments and transactions."""
        return self.outcomes is not None or self.totals is not None

    def cost_of(self, variant: str) -> float | None:
        """Money that one customer of an arm costs; None where the unit file does not say. The control: 0."""
        nothing = 0.0 if variant == self.control else None
        if isinstance(self.cost, dict):
            return self.cost.get(variant, nothing)
        return self.cost if variant != self.control else nothing
