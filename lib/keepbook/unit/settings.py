"""The settings of a unit file: every one with its type, default and bounds, and how they go together."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from keepbook.unit.faults import Fault, Schema, faultless, problem, unknown_key
from keepbook.unit.scalars import (
    Counting,
    Day,
    Language,
    Model,
    Text,
    Title,
    UnitName,
    Whole,
    Zone,
    say,
    words,
)

BRACKET_WORDS = "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7"

# ── what is held likely of the model's parameters before the data are seen ──────────────────────────────

Process = Literal["auto", "bg_nbd", "mbg_nbd", "pareto_nbd"]
Positive = Annotated[float, Field(gt=0)]

SPEND = ("p", "q", "gamma")  # Gamma-Gamma stands beside each of them
OF_MODEL = {
    "bg_nbd": ("r", "alpha", "a", "b"),
    "mbg_nbd": ("r", "alpha", "a", "b"),
    "pareto_nbd": ("r", "alpha", "s", "beta"),
}
PARAMETERS = ("r", "alpha", "a", "b", "s", "beta", *SPEND)
PARAMETER_WORDS = "{median: …, log_sd: …}: about two thirds lie within a factor e^log_sd of the median"


class ParameterPrior(Model):
    """A log-normal prior of one parameter."""

    median: Positive
    log_sd: Positive


def names_of(model: str) -> list[str]:
    """The parameters of a purchase process and of spend; of all processes where the name is none of them."""
    return [*OF_MODEL[model], *SPEND] if model in OF_MODEL else list(PARAMETERS)


def _of_the_model(prior: Any, info: ValidationInfo) -> Any:
    """Every parameter is one that the chosen model, or that of spend, has; told before what is said of it."""
    if not isinstance(prior, dict):
        return prior
    model = str(info.data.get("model", "auto"))
    own = names_of(model)
    faults = [unknown_key((name,), own) for name in prior if name not in PARAMETERS]
    for name in prior:
        if name in PARAMETERS and name not in own:
            has = f"{', '.join(OF_MODEL[model])}; of spend {', '.join(SPEND)}"
            others = " or ".join(other for other, names in OF_MODEL.items() if name in names)
            do = f"remove it, or write model: {others}"
            faults.append(Fault((name,), f"'model' is '{model}', which has no parameter '{name}'", has, do))
    return faultless(prior, faults)


Prior = Annotated[
    dict[str, Annotated[ParameterPrior, Field(json_schema_extra=words(PARAMETER_WORDS))]] | None,
    BeforeValidator(_of_the_model),
]


def prior_schema() -> Schema:
    """What stands beside that which pydantic makes of the type: each parameter with its meaning."""
    one = {"$ref": "#/$defs/ParameterPrior"}
    meant = {
        name: {**one, "title": name, "description": say(f"parameter-{name}"), **words(PARAMETER_WORDS)}
        for name in PARAMETERS
    }
    return {"additionalProperties": False, "properties": meant}


# ── all settings ────────────────────────────────────────────────────────────────────────────────────────

TOGETHER: Schema = {  # what no key says by itself: brackets belong to their rule, parameters to their model
    "if": {"properties": {"return_rule": {"const": "bracket"}}, "required": ["return_rule"]},
    "then": {"required": ["brackets"], "properties": {"brackets": {"type": "array"}}},
    "else": {"properties": {"brackets": {"type": "null"}}},
    "allOf": [
        {
            "if": {"properties": {"model": {"const": model}}, "required": ["model"]},
            "then": {"properties": {"prior": {"propertyNames": {"enum": [*names, *SPEND]}}}},
        }
        for model, names in OF_MODEL.items()
    ],
}


class Settings(Model):
    """What a unit file says besides its sources and its lists."""

    unit: UnitName
    title: Title = ""
    about: str | None = None
    language: Language | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    timezone: Zone = "UTC"
    as_of: Day | None = None

    returns: Literal["net", "gross"] = "net"
    duplicates: Literal["drop", "keep"] = "drop"
    overlaps: Literal["drop", "keep"] = "drop"
    zero_amounts: Literal["drop", "keep"] = "drop"

    cohort_period: Literal["week", "month", "quarter"] = "month"
    clock: Literal["calendar", "rolling"] = "calendar"
    return_rule: Literal["on", "on_or_after", "bracket"] = "on"
    brackets: tuple[Counting, ...] | None = Field(default=None, json_schema_extra=words(BRACKET_WORDS))
    average: Literal["pooled", "simple"] = "pooled"
    warm_up: Whole = 1
    warm_up_cohorts: Literal["flag", "exclude"] = "flag"
    churn_after: Counting = 90
    retention_by: Text | None = None
    horizon: Annotated[int, Field(ge=0, le=60)] = 6

    time_unit: Literal["day", "week"] = "day"
    model: Process = "auto"
    value_months: Annotated[int, Field(ge=1, le=60)] = 12
    discount_rate: Annotated[float, Field(ge=0, lt=1)] = 0.10
    margin: Annotated[float, Field(gt=0, le=1)] = 1.0
    prior: Prior = None

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    seed: Whole = 1

    @field_validator("brackets")
    @classmethod
    def _brackets_with_their_rule(
        cls, brackets: tuple[int, ...] | None, info: ValidationInfo
    ) -> tuple[int, ...] | None:
        rule = info.data.get("return_rule")
        if brackets is None and rule == "bracket":
            what = "'return_rule' is 'bracket', but 'brackets' is missing"
            do = "add the key brackets, or choose the return_rule 'on' or 'on_or_after'"
            raise problem(Fault((), what, BRACKET_WORDS, do))
        if brackets is not None and rule in ("on", "on_or_after"):
            do = "remove brackets, or write return_rule: bracket"
            raise problem(Fault((), f"'brackets' is given, but 'return_rule' is '{rule}'", None, do))
        if brackets is not None and (len(brackets) < 2 or list(brackets) != sorted(set(brackets))):
            raise problem(Fault((), f"'brackets' cannot be {list(brackets)}", BRACKET_WORDS))
        return brackets
