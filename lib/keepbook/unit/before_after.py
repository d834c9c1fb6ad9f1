"""A change: something introduced on a day, compared before and after, with or without others to compare."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from keepbook.unit.faults import Fault, problem
from keepbook.unit.scalars import (
    EACH_ONCE,
    SOME,
    Counting,
    Day,
    Model,
    Money,
    Text,
    Title,
    UnitName,
    never_both,
    words,
)
from keepbook.unit.source import Conditions

ChangeMetric = Literal["revenue", "orders", "retained"]

CHANGE_METRICS: tuple[ChangeMetric, ...] = ("revenue", "orders", "retained")
TREATED_WORDS = "conditions on columns of the customers table, such as {tier: gold}"
BEFORE, BEFORE_ALONE = 6, 12  # periods before a change, with and without somebody to compare with

Chosen = Annotated[Conditions, Field(min_length=1)]


class Change(Model):
    """Something introduced on a day, for all customers or for some that nobody drew by lot."""

    model_config = ConfigDict(json_schema_extra=never_both("comparison", "comparison_unit"))

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
