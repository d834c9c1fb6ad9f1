"""What was tried to keep customers: experiments, with arms drawn by lot, and changes, without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from keepbook.errors import suggestion
from keepbook.unit.faults import Fault, Loc, Schema, cannot_be, problem, quoted
from keepbook.unit.layout import SIMULATE
from keepbook.unit.metrics import METRICS_WORDS, USUAL, Metrics
from keepbook.unit.scalars import Counting, Day, Model, Text, UnitName, Whole, words
from keepbook.unit.source import Conditions, Source

ChangeMetric = Literal["revenue", "orders", "retained"]

BUILT_IN_SEGMENTS = {
    "cohort": "Quarter of the first purchase.",
    "rfm": "Tier by recency, frequency and money at assignment.",
}
CHANGE_METRICS: tuple[ChangeMetric, ...] = ("revenue", "orders", "retained")

SPLIT_WORDS = "two or more arms with a weight above 0: {control: 1, voucher: 1}"
COST_WORDS = "money from 0 per treated customer, for all alike or by arm: 1.5, or {voucher: 1.5, call: 6}"
ARM_COST_WORDS = "money from 0 per treated customer"
CONFIDENCE_WORDS = "a probability above 0.5 and below 1: 95 % is 0.95"
TREATED_WORDS = "conditions on columns of the customers table, such as {tier: gold}"
BEFORE, BEFORE_ALONE = 6, 12  # periods before a change, with and without somebody to compare with

Money = Annotated[float, Field(ge=0)]


# ── experiments ─────────────────────────────────────────────────────────────────────────────────────────


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


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [i for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise problem(*(Fault((i,), f"{quoted(names[i])} is given twice", None, "keep one") for i in twice))
    return names


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    """Its own check, as pydantic would count only the valid ones."""
    if not names:
        raise problem(Fault())
    return names


def _title(title: Any, info: ValidationInfo) -> Any:
    return info.data.get("name", "?") if title in (None, "") else title


SOME = AfterValidator(_some)
EACH_ONCE = AfterValidator(_each_once)
Title = Annotated[Text, BeforeValidator(_title), Field(json_schema_extra={"type": ["string", "null"]})]
ARMS_COST: Schema = {"additionalProperties": {"type": "number", "minimum": 0}, "minProperties": 1}
Cost = Annotated[
    Money | dict[str, Money] | None,
    BeforeValidator(_cost),
    Field(json_schema_extra={**ARMS_COST, **words(COST_WORDS)}),
]


def _never_both(*names: str) -> Schema:
    given = {"type": ["object", "string"]}
    return {"not": {"properties": dict.fromkeys(names, given), "required": list(names)}}


class Experiment(Model):
    """One experiment: customers were put into arms by lot."""

    model_config = ConfigDict(json_schema_extra=_never_both("outcomes", "totals"))

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


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────

Chosen = Annotated[Conditions, Field(min_length=1)]


class Change(Model):
    """Something introduced on a day, for all customers or for some that nobody drew by lot."""

    model_config = ConfigDict(json_schema_extra=_never_both("comparison", "comparison_unit"))

    name: UnitName = Field(title="Name", description="Name of the change.")
    title: Title = Field(
        default="", title="Title", description="How reports call the change; left out, its name."
    )
    question: Text | None = Field(
        default=None, title="Question", description="What is to be answered, in a sentence."
    )
    date: Day = Field(title="Date", description="First day of the change.")
    treated: Chosen | None = Field(
        default=None,
        title="Treated",
        description="Customers whom it concerns; left out, all.",
        json_schema_extra=words(TREATED_WORDS),
    )
    comparison: Chosen | None = Field(
        default=None,
        title="Comparison",
        description="Customers to compare with; left out, all who are not treated.",
        json_schema_extra=words(TREATED_WORDS),
    )
    comparison_unit: UnitName | None = Field(
        default=None,
        title="Comparison unit",
        description="Unit whose customers to compare with, instead of others of this unit.",
    )
    period: Literal["week", "month"] = Field(
        default="month", title="Period", description="Length of the periods that are compared."
    )
    before: Annotated[int, Field(ge=2)] | None = Field(
        default=None,
        title="Before",
        description=(
            f"Whole periods before the change; left out, {BEFORE}. Where neither treated nor comparison_unit "
            f"is given, at least 8 are needed; left out, {BEFORE_ALONE}, or as many as there are."
        ),
    )
    after: Counting = Field(
        default=6, title="After", description="Whole periods from the change on; fewer where data end before."
    )
    cluster: Text | None = Field(
        default=None,
        title="Cluster",
        description="Column of the customers table whose customers share their ups and downs, e.g. shop.",
    )
    metrics: Annotated[tuple[ChangeMetric, ...], SOME, EACH_ONCE] = Field(
        default=CHANGE_METRICS,
        title="Metrics",
        description="What is compared, per customer and period; retained: share of customers who buy in it.",
        json_schema_extra=words(f"a list of some of {', '.join(CHANGE_METRICS)}") | {"minItems": 1},
    )
    cost: Money | None = Field(
        default=None, title="Cost", description="Money per treated customer and period."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = []
        if self.comparison and self.comparison_unit:
            what = "'comparison' and 'comparison_unit' are both given"
            faults.append(Fault(("comparison_unit",), what, None, "keep one of them"))
        if self.comparison and not self.treated:
            what = "'comparison' is given, but 'treated' is missing"
            do = "add the key treated, or remove comparison"
            faults.append(Fault(("comparison",), what, TREATED_WORDS, do))
        elif self.comparison == self.treated and self.treated:
            what = "'comparison' and 'treated' are the same customers"
            faults.append(Fault(("comparison",), what, None, "correct one of them"))
        if faults:
            raise problem(*faults)
        return self

    @property
    def is_alone(self) -> bool:
        """Whether there is nobody to compare with: it came for all, and no other unit is named."""
        return self.treated is None and self.comparison_unit is None

    @property
    def periods_before(self) -> int:
        """Periods before the date that are asked for: as given, else what suits the way of comparing."""
        return self.before or (BEFORE_ALONE if self.is_alone else BEFORE)
