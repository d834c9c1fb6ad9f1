"""Metrics of an experiment: what is counted, what it is for, and when it counts as harmed."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from keepbook.errors import suggestion
from keepbook.unit.faults import Fault, Schema, cannot_be, problem, quoted
from keepbook.unit.scalars import Model, words

Role = Literal["goal", "guardrail", "diagnostic"]
Kind = Literal["share", "number", "money", "days"]
Better = Literal["higher", "lower"]
ROLES: tuple[Role, ...] = ("goal", "guardrail", "diagnostic")

BUILT_IN = {  # metrics that are counted from transactions
    "retained": "Share of customers who buy within the outcome days.",
    "orders": "Days with a purchase, per customer, within the outcome days.",
    "revenue": "Money per customer within the outcome days, net of returns.",
    "margin": "Revenue times the unit's margin.",
    "average_order_value": "Revenue per order: that of all customers of an arm by their orders.",
    "days_to_purchase": "Days until the next purchase, counted up to the outcome days.",
}
KINDS: dict[str, Kind] = {
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
LOWER_IS_BETTER = ("days_to_purchase",)

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

    role: Role = Field(
        title="Role",
        description="goal: decides; guardrail: must not get worse by its margin; diagnostic: is shown.",
    )
    margin: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None,
        title="Margin",
        description="Share of the control's value by which a guardrail may at most be worse.",
        json_schema_extra=words(MARGIN_WORDS),
    )
    better: Better = Field(
        default="higher",
        title="Better",
        description="Which way is good; left out, higher, and lower for days_to_purchase.",
    )

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
            hint = suggestion(one, ROLES)
            close = str(hint) if hint.name else None
            faults.append(Fault((name,), cannot_be((name,), one), METRIC_WORDS, close))
        else:
            usual = {"better": "lower" if name in LOWER_IS_BETTER else "higher"}
            given = {"role": one} if isinstance(one, str) else one
            whole[name] = usual | given if isinstance(given, dict) else given
    if faults:
        raise problem(*faults)
    return whole


Metrics = Annotated[
    dict[str, Metric], BeforeValidator(_metrics), Field(json_schema_extra=words(METRICS_WORDS))
]
METRICS_SCHEMA: Schema = {  # beside what pydantic makes of the type
    "properties": {
        name: {"$ref": "#/$defs/Metric", "title": name, "description": text}
        for name, text in BUILT_IN.items()
    },
}
USUAL: Any = {
    "retained": "goal",
    "revenue": "goal",
    "orders": "diagnostic",
    "average_order_value": "diagnostic",
    "days_to_purchase": "diagnostic",
}
