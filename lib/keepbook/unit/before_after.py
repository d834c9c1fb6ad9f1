"""A change: something introduced on a day, compared before and after, with or without others to compare."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from keepbook.unit.faults import Fault, faultless
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

TREATED_WORDS = "conditions on columns of the customers table, such as {tier: gold}"
BEFORE, BEFORE_ALONE = 6, 12  # periods before a change, with and without somebody to compare with

Chosen = Annotated[Conditions, Field(min_length=1)]
Compared = Annotated[tuple[ChangeMetric, ...], SOME, EACH_ONCE, Field(json_schema_extra={"minItems": 1})]


class Change(Model):
    """Something introduced on a day, for all customers or for some that nobody drew by lot."""

    model_config = ConfigDict(json_schema_extra=never_both("comparison", "comparison_unit"))

    name: UnitName
    title: Title = ""
    question: Text | None = None
    date: Day
    treated: Chosen | None = Field(default=None, json_schema_extra=words(TREATED_WORDS))
    comparison: Chosen | None = Field(default=None, json_schema_extra=words(TREATED_WORDS))
    comparison_unit: UnitName | None = None
    period: Literal["week", "month"] = "month"
    before: Annotated[int, Field(ge=2)] | None = None
    after: Counting = 6
    cluster: Text | None = None
    metrics: Compared = ("revenue", "orders", "retained")
    cost: Money | None = None

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
        return faultless(self, faults)

    @property
    def is_alone(self) -> bool:
        """Whether there is nobody to compare with: it came for all, and no other unit is named."""
        return self.treated is None and self.comparison_unit is None

    @property
    def periods_before(self) -> int:
        """Periods before the date that are asked for: as given, else what suits the way of comparing."""
        return self.before or (BEFORE_ALONE if self.is_alone else BEFORE)
