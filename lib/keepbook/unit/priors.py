"""A prior: what is held likely of a model's parameters before the data are seen."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from keepbook.unit.faults import Fault, Schema, problem, unknown_key
from keepbook.unit.scalars import Model, words

Process = Literal["auto", "bg_nbd", "mbg_nbd", "pareto_nbd"]
Positive = Annotated[float, Field(gt=0)]

SPEND = {  # Gamma-Gamma stands beside each of them
    "p": "Gamma-Gamma: how alike one customer's purchases are.",
    "q": "Gamma-Gamma: how alike the customers' mean spends are.",
    "gamma": "Gamma-Gamma: scale of spend, in money.",
}
PARAMETERS = {
    "r": "How alike the customers' purchase rates are.",
    "alpha": "Scale of the purchase rates, in time units.",
    "a": "BG/NBD and MBG/NBD: first shape of the chance to leave after a purchase.",
    "b": "BG/NBD and MBG/NBD: second shape of the chance to leave after a purchase.",
    "s": "Pareto/NBD: how alike the customers' rates of leaving are.",
    "beta": "Pareto/NBD: scale of the rates of leaving, in time units.",
    **SPEND,
}
OF_MODEL = {
    "bg_nbd": ("r", "alpha", "a", "b"),
    "mbg_nbd": ("r", "alpha", "a", "b"),
    "pareto_nbd": ("r", "alpha", "s", "beta"),
}
PRIOR_WORDS = "lines such as r: {median: 0.5, log_sd: 1}"
PARAMETER_WORDS = "{median: …, log_sd: …}: about two thirds lie within a factor e^log_sd of the median"


class ParameterPrior(Model):
    """A log-normal prior of one parameter."""

    median: Positive = Field(title="Median", description="The parameter is as likely above as below it.")
    log_sd: Positive = Field(
        title="Log SD",
        description="Standard deviation of its logarithm: 0.7 is within a factor of 2, two times in three.",
    )


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
    if faults:
        raise problem(*faults)
    return prior


Prior = Annotated[
    dict[str, Annotated[ParameterPrior, Field(json_schema_extra=words(PARAMETER_WORDS))]] | None,
    BeforeValidator(_of_the_model),
    Field(json_schema_extra=words(PRIOR_WORDS)),
]
PRIOR_SCHEMA: Schema = {  # beside what pydantic makes of the type
    "additionalProperties": False,
    "properties": {
        name: {"$ref": "#/$defs/ParameterPrior", "title": name, "description": text, **words(PARAMETER_WORDS)}
        for name, text in PARAMETERS.items()
    },
}
PRIOR_OF_MODEL: list[Schema] = [
    {
        "if": {"properties": {"model": {"const": model}}, "required": ["model"]},
        "then": {"properties": {"prior": {"propertyNames": {"enum": [*names, *SPEND]}}}},
    }
    for model, names in OF_MODEL.items()
]
