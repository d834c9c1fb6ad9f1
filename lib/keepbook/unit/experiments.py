"""An experiment: arms that customers were put into at random, what is counted, and what it costs."""

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from keepbook.errors import suggestion
from keepbook.unit.faults import Fault, Loc, Schema, cannot_be, problem, quoted
from keepbook.unit.layout import SIMULATE
from keepbook.unit.metrics import METRICS_WORDS, USUAL, Metrics
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
    words,
)
from keepbook.unit.source import Source

BUILT_IN_SEGMENTS = {
    "cohort": "Quarter of the first purchase.",
    "rfm": "Tier by recency, frequency and money at assignment.",
}

SPLIT_WORDS = "two or more arms with a weight above 0: {control: 1, voucher: 1}"
COST_WORDS = "money from 0 per treated customer, for all alike or by arm: 1.5, or {voucher: 1.5, call: 6}"
ARM_COST_WORDS = "money from 0 per treated customer"
CONFIDENCE_WORDS = "a probability above 0.5 and below 1: 95 % is 0.95"


class Outcomes(Source):
    """Outcomes of an experiment that are there already: one customer per row."""

    required = ("variant",)
    known = {"variant": "The arm the customer was in."}
    more = "An outcome of your own, as a number; its name is yours to choose."


class Totals(Source):
    """Outcomes of an experiment, added up: one variant and metric per row."""

    required = ("variant", "metric", "n", "sum", "sum_squares")
    known = {
        "variant": "The arm.",
        "metric": "Name of the metric, as under metrics.",
        "n": "Number of customers in the arm.",
        "sum": "Sum of the metric over them.",
        "sum_squares": "Sum of its squares over them.",
    }


def _cost(value: Any) -> Any:
    """One fault per wrong cost, where the union would report one per branch."""
    if isinstance(value, dict) and value:
        wrong = {arm: one for arm, one in value.items() if not _is_money(one)}
        faults = [Fault((arm,), cannot_be((arm,), one), ARM_COST_WORDS) for arm, one in wrong.items()]
    else:
        faults = [] if value is None or _is_money(value) else [Fault()]
    if faults:
        raise problem(*faults)
    return value


def _is_money(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0


ARMS_COST: Schema = {"additionalProperties": {"type": "number", "minimum": 0}, "minProperties": 1}
Cost = Annotated[
    Money | dict[str, Money] | None,
    BeforeValidator(_cost),
    Field(json_schema_extra={**ARMS_COST, **words(COST_WORDS)}),
]


class Experiment(Model):
    """One experiment: customers were put into arms by lot."""

    model_config = ConfigDict(json_schema_extra=never_both("outcomes", "totals"))

    name: UnitName = Field(title="Name", description="Name of the experiment, as in the assignments table.")
    title: Title = Field(
        default="", title="Title", description="How reports call the experiment; left out, its name."
    )
    question: Text | None = Field(
        default=None, title="Question", description="What the experiment is to answer, in a sentence."
    )
    control: Text = Field(title="Control", description="The arm that all others are compared with.")
    split: Annotated[dict[str, Annotated[float, Field(gt=0)]], Field(min_length=2)] | None = Field(
        default=None,
        title="Split",
        description="Arm: its weight in the draw. Left out, the arms that are found, all alike.",
        json_schema_extra=words(SPLIT_WORDS),
    )
    outcome_days: Counting = Field(
        default=60, title="Outcome days", description="Days after assignment in which outcomes count."
    )
    pre_days: Whole = Field(
        default=90,
        title="Pre-period days",
        description="Days before assignment whose purchases sharpen the comparison; 0: none.",
    )
    first_day: Literal["same", "next"] = Field(
        default="same",
        title="First day",
        description="Whether outcomes count from the day of assignment on, or from the next.",
    )
    ends: Day | None = Field(
        default=None,
        title="Ends",
        description="Planned last day of assignment; left out, one may have looked at any time.",
    )
    planned: Counting = Field(
        default=5000,
        title="Planned",
        description="Customers in all arms that were planned: there the interval that allows looking at any "
        "time is tightest. To be fixed before the first look.",
    )
    metrics: Metrics = Field(
        default=USUAL, title="Metrics", description="Metric: what it is for. At least one is a goal."
    )
    cost: Cost = Field(
        default=None, title="Cost", description="Money that treating one customer costs, or that by arm."
    )
    max_loss: Annotated[float, Field(gt=0)] | None = Field(
        default=None,
        title="Largest loss",
        description="What a roll-out may lose per customer, weighed by how likely it is to lose; "
        "left out, 1 % of what a customer of the better arm brings.",
    )
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = Field(
        default=0.95,
        title="Confidence",
        description="How probable a profit must be for a roll-out.",
        json_schema_extra=words(CONFIDENCE_WORDS),
    )
    rollout_to: Counting | None = Field(
        default=None,
        title="Roll-out to",
        description="Customers the strategy would reach; left out, as many as in the experiment.",
    )
    segments: Annotated[tuple[Text, ...], EACH_ONCE] = Field(
        default=(),
        title="Segments",
        description="Columns of the customers table to look into; cohort and rfm are built in.",
    )
    outcomes: Outcomes | None = Field(
        default=None,
        title="Outcomes",
        description="Outcomes that are there already, one customer per row, instead of assignments.",
    )
    totals: Totals | None = Field(
        default=None,
        title="Totals",
        description="Outcomes that are added up already, one variant and metric per row.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if faults := [*self._ready_made(), *self._arms(), *self._goals()]:
            raise problem(*faults)
        return self

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
                hint = suggestion(name, own)
                do = str(hint) if hint.name else f"add {name} under outcomes.columns, or remove it"
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
