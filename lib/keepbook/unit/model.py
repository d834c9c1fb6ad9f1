"""The unit file as a whole: every setting with its type, default, bounds and help."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from keepbook.errors import suggestion
from keepbook.unit.conditions import CONDITION_SCHEMA
from keepbook.unit.cross_checks import changes_beside, experiments_beside
from keepbook.unit.experiments import BUILT_IN_SEGMENTS, Change, Experiment
from keepbook.unit.faults import Fault, Schema, problem, quoted, unknown_key
from keepbook.unit.layout import SIMULATE
from keepbook.unit.metrics import METRICS_SCHEMA
from keepbook.unit.priors import PRIOR_OF_MODEL, PRIOR_SCHEMA, Prior, Process
from keepbook.unit.scalars import Counting, Day, Model, Text, UnitName, Whole, Zone, words
from keepbook.unit.source import Assignments, Costs, Customers, Interactions, Source, Surveys, Transactions

TABLES = ("transactions", "customers", "costs", "surveys", "interactions", "assignments")
BRACKET_WORDS = "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7"
DISCOUNT_WORDS = "a yearly share, at least 0 and below 1: 10 % is 0.10"
MARGIN_WORDS = "a share of revenue, above 0 and at most 1: 30 % is 0.30"
BRACKETS_WITH_RULE: Schema = {
    "if": {"properties": {"return_rule": {"const": "bracket"}}, "required": ["return_rule"]},
    "then": {"required": ["brackets"], "properties": {"brackets": {"type": "array"}}},
    "else": {"properties": {"brackets": {"type": "null"}}},
}
TOGETHER: Schema = {**BRACKETS_WITH_RULE, "allOf": PRIOR_OF_MODEL}
EMPTY = BeforeValidator(lambda value: () if value is None else value)  # a key whose items are commented out
LISTED: Schema = words("a list of blocks, each of which begins with '- name:'") | {"type": ["array", "null"]}


class Unit(Model):
    """One business unit: its settings and its sources."""

    model_config = ConfigDict(title="Keepbook unit file", json_schema_extra=TOGETHER)

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

    transactions: Transactions = Field(title="Transactions", description="Who bought when, and for how much.")
    customers: Customers | None = Field(
        default=None, title="Customers", description="Who the customers are, and their segments."
    )
    costs: Costs | None = Field(
        default=None, title="Costs", description="What acquiring and serving customers cost."
    )
    surveys: Surveys | None = Field(
        default=None, title="Surveys", description="What customers answered when asked."
    )
    interactions: Interactions | None = Field(
        default=None,
        title="Interactions",
        description="Contacts with the service, and how fast they were answered.",
    )
    assignments: Assignments | None = Field(
        default=None, title="Assignments", description="Which customer was in which arm of which experiment."
    )

    experiments: Annotated[tuple[Experiment, ...], EMPTY] = Field(
        default=(),
        title="Experiments",
        description="What was tried on customers drawn by lot.",
        json_schema_extra=LISTED,
    )
    changes: Annotated[tuple[Change, ...], EMPTY] = Field(
        default=(),
        title="Changes",
        description="What was introduced on a day, for customers that nobody drew by lot.",
        json_schema_extra=LISTED,
    )

    _path: Path = PrivateAttr()
    _home: Path = PrivateAttr()
    _file_hash: str = PrivateAttr()

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

    @field_validator("customers")
    @classmethod
    def _customers_for_split(cls, customers: Customers | None, info: ValidationInfo) -> Customers | None:
        by = info.data.get("retention_by")
        if by is not None and customers is None:
            raise problem(
                Fault(
                    (),
                    f"'retention_by' is {quoted(by)}, but there is no customers table",
                    None,
                    "add the key customers, or remove retention_by",
                )
            )
        return customers

    @field_validator("customers", "costs", "surveys", "interactions", "assignments")
    @classmethod
    def _simulated_together(cls, table: Source | None, info: ValidationInfo) -> Source | None:
        transactions: Transactions | None = info.data.get("transactions")
        if not table or not transactions or table.source != SIMULATE:
            return table
        if transactions.source != SIMULATE:
            what, do = "only this table is simulated", "simulate transactions too, or neither"
            raise problem(Fault(("source",), what, None, do))
        if info.field_name == "assignments" and not transactions.simulation().experiments:
            do = "write experiments: true under transactions.simulate"
            raise problem(Fault(("source",), "the simulated shop runs no experiments", None, do))
        return table

    @field_validator("experiments")
    @classmethod
    def _experiments_fit(
        cls, experiments: tuple[Experiment, ...], info: ValidationInfo
    ) -> tuple[Experiment, ...]:
        if {"assignments", "customers"} <= info.data.keys():  # else they are wrong themselves
            beside = experiments_beside(experiments, info.data["assignments"], info.data["customers"])
            if faults := [*beside]:
                raise problem(*faults)
        return experiments

    @field_validator("changes")
    @classmethod
    def _changes_fit(cls, changes: tuple[Change, ...], info: ValidationInfo) -> tuple[Change, ...]:
        if "customers" in info.data:
            beside = changes_beside(changes, info.data.get("unit", ""), info.data["customers"])
            if faults := [*beside]:
                raise problem(*faults)
        return changes

    @model_validator(mode="after")
    def _no_known_column_misspelt(self) -> Self:
        """A column of assignments that no experiment counts is perhaps meant to be another."""
        counted = {name for experiment in self.experiments for name in experiment.metrics}
        own = self.assignments.columns.keys() - counted if self.assignments else ()
        known = Assignments.known
        close = [name for name in own if name not in known and suggestion(name, known).name]
        if close:
            raise problem(*(unknown_key(("assignments", "columns", name), known) for name in close))
        return self

    @property
    def sources(self) -> dict[str, Source]:
        """Table → source, for the tables the unit has; `outcomes of NAME` for those of an experiment."""
        tables = {name: getattr(self, name) for name in TABLES}
        for one in self.experiments:
            tables |= {f"outcomes of {one.name}": one.outcomes, f"totals of {one.name}": one.totals}
        return {name: source for name, source in tables.items() if source is not None}

    @property
    def columns_of_customers(self) -> list[str]:
        """Columns of the customers table that settings name; some may be under `customers.columns` too."""
        named = [self.retention_by] if self.retention_by else []
        for experiment in self.experiments:
            named += [name for name in experiment.segments if name not in BUILT_IN_SEGMENTS]
        for change in self.changes:
            named += [*(change.treated or ()), *(change.comparison or ())]
            named += [change.cluster] if change.cluster else []
        return list(dict.fromkeys(named))

    @property
    def simulated(self) -> bool:
        """Whether the unit is simulated: every page about it says so."""
        return self.transactions.source == SIMULATE

    @property
    def path(self) -> Path:
        """The unit file."""
        return self._path

    @property
    def home(self) -> Path:
        """The folder that holds `params/`; relative sources start there."""
        return self._home

    @property
    def file_hash(self) -> str:
        """SHA-256 of the unit file's bytes, in hex."""
        return self._file_hash


@cache
def unit_schema() -> Schema:
    """JSON schema (draft 2020-12) of a unit file, for editors and the words of messages; only to be read."""
    schema = Unit.model_json_schema()
    schema["$defs"]["Condition"] = CONDITION_SCHEMA
    schema["properties"]["prior"] |= PRIOR_SCHEMA
    schema["$defs"]["Experiment"]["properties"]["metrics"] |= METRICS_SCHEMA
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
