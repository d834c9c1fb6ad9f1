"""The settings of a unit file: every one with its type, default, bounds and help."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from keepbook.unit.faults import Fault, Schema, problem
from keepbook.unit.priors import PRIOR_OF_MODEL, Prior, Process
from keepbook.unit.scalars import Counting, Day, Model, Text, UnitName, Whole, Zone, words

BRACKET_WORDS = "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7"
DISCOUNT_WORDS = "a yearly share, at least 0 and below 1: 10 % is 0.10"
MARGIN_WORDS = "a share of revenue, above 0 and at most 1: 30 % is 0.30"
BRACKETS_WITH_RULE: Schema = {
    "if": {"properties": {"return_rule": {"const": "bracket"}}, "required": ["return_rule"]},
    "then": {"required": ["brackets"], "properties": {"brackets": {"type": "array"}}},
    "else": {"properties": {"brackets": {"type": "null"}}},
}
TOGETHER: Schema = {**BRACKETS_WITH_RULE, "allOf": PRIOR_OF_MODEL}


class Settings(Model):
    """What a unit file says besides its sources and its lists."""

    unit: UnitName = Field(title="Unit", description="Name of the unit: the file's own name without .yaml.")
    title: Text = Field(
        default="",
        title="Title",
        description="How reports call the unit; left out, its name.",
        json_schema_extra={"type": ["string", "null"]},
    )
    about: str | None = Field(
        default=None, title="About", description="What the unit is, in a sentence or two."
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = Field(
        default=None,
        title="Currency",
        description="ISO 4217 code of every amount.",
        json_schema_extra=words("three capital letters such as USD"),
    )
    timezone: Zone = Field(
        default="UTC", title="Time zone", description="Zone in which a day begins and ends, by its IANA name."
    )
    as_of: Day | None = Field(
        default=None,
        title="As of",
        description="Last day of observation; left out, the last day in the data.",
    )

    returns: Literal["net", "gross"] = Field(
        default="net",
        title="Returns",
        description="net: a cancelled order is no purchase and its money is subtracted; gross: both stand.",
    )
    duplicates: Literal["drop", "keep"] = Field(
        default="drop", title="Duplicates", description="What becomes of a line that repeats another exactly."
    )
    overlaps: Literal["drop", "keep"] = Field(
        default="drop",
        title="Overlaps",
        description="What becomes of lines that an earlier file or sheet of the source holds too.",
    )
    zero_amounts: Literal["drop", "keep"] = Field(
        default="drop",
        title="Zero amounts",
        description="Whether a line of no money is left out, or is a purchase all the same (a free item).",
    )

    cohort_period: Literal["week", "month", "quarter"] = Field(
        default="month", title="Cohort period", description="Length of a cohort and of a period after it."
    )
    clock: Literal["calendar", "rolling"] = Field(
        default="calendar",
        title="Clock",
        description="Periods of the calendar, or periods counted from each customer's own first purchase.",
    )
    return_rule: Literal["on", "on_or_after", "bracket"] = Field(
        default="on",
        title="Return rule",
        description="Who counts as retained: active 'on' the period, then or later, or within a bracket.",
    )
    brackets: tuple[Counting, ...] | None = Field(
        default=None,
        title="Brackets",
        description="Edges for return_rule bracket: where each bracket begins, and where the last one ends.",
        json_schema_extra=words(BRACKET_WORDS),
    )
    average: Literal["pooled", "simple"] = Field(
        default="pooled",
        title="Average",
        description="Average over cohorts: weighted by their size, or each alike.",
    )
    warm_up: Whole = Field(
        default=1,
        title="Warm-up",
        description="First periods of the data whose new customers may in truth be old ones.",
    )
    warm_up_cohorts: Literal["flag", "exclude"] = Field(
        default="flag",
        title="Warm-up cohorts",
        description="Whether cohorts of the warm-up are marked or left out.",
    )
    churn_after: Counting = Field(
        default=90,
        title="Churn after",
        description="Days without a purchase after which a customer counts as gone.",
    )
    retention_by: Text | None = Field(
        default=None,
        title="Retention by",
        description="Column of the customers table that retention is split by.",
    )
    horizon: Annotated[int, Field(ge=0, le=60)] = Field(
        default=6, title="Horizon", description="Periods that curves are projected ahead."
    )

    time_unit: Literal["day", "week"] = Field(
        default="day",
        title="Time unit",
        description="Grain at which purchases are counted for CLV; those of one day, or week, count once.",
    )
    model: Process = Field(
        default="auto",
        title="Model",
        description="Purchase process behind CLV; auto: the one that foretells held-out purchases best.",
    )
    value_months: Annotated[int, Field(ge=1, le=60)] = Field(
        default=12, title="Value months", description="Months ahead for which customers' value is counted."
    )
    discount_rate: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.10,
        title="Discount rate",
        description="Yearly share by which later money is worth less; 0.10 is 10 %.",
        json_schema_extra=words(DISCOUNT_WORDS),
    )
    margin: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1.0,
        title="Margin",
        description="Share of revenue that is earned; at 1, value is revenue and called so.",
        json_schema_extra=words(MARGIN_WORDS),
    )
    prior: Prior = Field(
        default=None,
        title="Prior",
        description="What is held likely of the model's parameters; left out, the data alone decide.",
    )

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = Field(
        default=0.05, title="Alpha", description="Significance level; 0.05 gives 95 % intervals."
    )
    seed: Whole = Field(
        default=1, title="Seed", description="Start of the random numbers; the same seed, the same result."
    )

    @field_validator("title", mode="before")
    @classmethod
    def _title_or_name(cls, title: Any, info: ValidationInfo) -> Any:
        return info.data.get("unit", "?") if title in (None, "") else title

    @field_validator("brackets")
    @classmethod
    def _brackets_with_their_rule(
        cls, brackets: tuple[int, ...] | None, info: ValidationInfo
    ) -> tuple[int, ...] | None:
        rule = info.data.get("return_rule")
        if brackets is None and rule == "bracket":
            do = "add the key brackets, or choose the return_rule 'on' or 'on_or_after'"
            raise problem(
                Fault((), "'return_rule' is 'bracket', but 'brackets' is missing", BRACKET_WORDS, do)
            )
        if brackets is not None and rule in ("on", "on_or_after"):
            do = "remove brackets, or write return_rule: bracket"
            raise problem(Fault((), f"'brackets' is given, but 'return_rule' is '{rule}'", None, do))
        if brackets is not None and (len(brackets) < 2 or list(brackets) != sorted(set(brackets))):
            raise problem(Fault((), f"'brackets' cannot be {list(brackets)}", BRACKET_WORDS))
        return brackets
