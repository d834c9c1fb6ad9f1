"""The unit file as a whole: its settings, its sources, and what was tried on its customers."""

from functools import cache
from pathlib import Path
from typing import Annotated, Self

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
from keepbook.unit.before_after import Change
from keepbook.unit.canonical import Assignments, Costs, Customers, Interactions, Surveys, Transactions
from keepbook.unit.conditions import CONDITION_SCHEMA
from keepbook.unit.cross_checks import faults_of_changes, faults_of_experiments
from keepbook.unit.experiments import BUILT_IN_SEGMENTS, Experiment
from keepbook.unit.faults import Fault, Schema, problem, quoted, unknown_key
from keepbook.unit.layout import SIMULATE
from keepbook.unit.metrics import METRICS_SCHEMA
from keepbook.unit.priors import PRIOR_SCHEMA
from keepbook.unit.scalars import words
from keepbook.unit.settings import TOGETHER, Settings
from keepbook.unit.source import Source

TABLES = ("transactions", "customers", "costs", "surveys", "interactions", "assignments")
EMPTY = BeforeValidator(lambda value: () if value is None else value)  # a key whose items are commented out
LIST_OF_BLOCKS: Schema = words("a list of blocks, each of which begins with '- name:'") | {
    "type": ["array", "null"]
}


class Unit(Settings):
    """One business unit: its settings and its sources."""

    model_config = ConfigDict(title="Keepbook unit file", json_schema_extra=TOGETHER)

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
        json_schema_extra=LIST_OF_BLOCKS,
    )
    before_after: Annotated[tuple[Change, ...], EMPTY] = Field(
        default=(),
        title="Before and after",
        description="What was introduced on a day, for customers that nobody drew by lot.",
        json_schema_extra=LIST_OF_BLOCKS,
    )

    _path: Path = PrivateAttr()
    _home: Path = PrivateAttr()
    _file_hash: str = PrivateAttr()

    @field_validator("customers")
    @classmethod
    def _customers_for_split(cls, customers: Customers | None, info: ValidationInfo) -> Customers | None:
        by, transactions = info.data.get("retention_by"), info.data.get("transactions")
        from_orders = transactions.by_customer if transactions else ()
        if by is not None and customers is None and by not in from_orders:
            raise problem(
                Fault(
                    (),
                    f"'retention_by' is {quoted(by)}, but there is no customers table",
                    None,
                    "add the key customers, or remove retention_by",
                )
            )
        return customers

    @field_validator("customers")
    @classmethod
    def _no_name_of_orders(cls, customers: Customers | None, info: ValidationInfo) -> Customers | None:
        """An attribute of orders that is listed gives no column a name that the customers table has."""
        transactions: Transactions | None = info.data.get("transactions")
        if customers is None or transactions is None:
            return customers
        own = {
            name.casefold(): (key, name)
            for key in ("columns", "attributes")
            for name in getattr(customers, key)
        }
        listed = [
            name for name in transactions.by_customer if name.split("_", 1)[1] in transactions.attributes
        ]
        if taken := [own[name.casefold()] for name in listed if name.casefold() in own]:
            what = "{} is made of an attribute of transactions, and a column of customers too"
            do = "give one of them another name"
            raise problem(*(Fault(loc, what.format(quoted(loc[-1])), None, do) for loc in taken))
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
            tables = info.data["assignments"], info.data["customers"], info.data.get("transactions")
            if faults := [*faults_of_experiments(experiments, *tables)]:
                raise problem(*faults)
        return experiments

    @field_validator("before_after")
    @classmethod
    def _before_after_fits(cls, changes: tuple[Change, ...], info: ValidationInfo) -> tuple[Change, ...]:
        if "customers" not in info.data:  # then it is wrong itself
            return changes
        tables = info.data["customers"], info.data.get("transactions")
        if faults := [*faults_of_changes(changes, info.data.get("unit", ""), *tables)]:
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
        """Columns of the customers' source that settings name; some may be under `customers.columns` too."""
        named = [self.retention_by] if self.retention_by else []
        for experiment in self.experiments:
            named += [name for name in experiment.segments if name not in BUILT_IN_SEGMENTS]
        for change in self.before_after:
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
