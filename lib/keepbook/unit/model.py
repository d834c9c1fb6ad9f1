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
from keepbook.text import ENGLISH, language
from keepbook.unit.before_after import Change
from keepbook.unit.canonical import Assignments, Costs, Customers, Interactions, Surveys, Transactions
from keepbook.unit.conditions import CONDITION_SCHEMA
from keepbook.unit.cross_checks import faults_of_changes, faults_of_customers, faults_of_experiments
from keepbook.unit.experiments import BUILT_IN_SEGMENTS, Experiment, metrics_schema
from keepbook.unit.faults import Fault, Schema, faultless, problem, unknown_key
from keepbook.unit.settings import TOGETHER, Settings, prior_schema
from keepbook.unit.source import SIMULATE, Source

TABLES = ("transactions", "customers", "costs", "surveys", "interactions", "assignments")
EMPTY = BeforeValidator(lambda value: () if value is None else value)  # a key whose items are commented out
LIST_OR_NULL = Field(json_schema_extra={"type": ["array", "null"]})


class Unit(Settings):
    """One business unit: its settings and its sources."""

    model_config = ConfigDict(title="Keepbook unit file", json_schema_extra=TOGETHER)

    transactions: Transactions
    customers: Customers | None = None
    costs: Costs | None = None
    surveys: Surveys | None = None
    interactions: Interactions | None = None
    assignments: Assignments | None = None

    experiments: Annotated[tuple[Experiment, ...], EMPTY, LIST_OR_NULL] = ()
    before_after: Annotated[tuple[Change, ...], EMPTY, LIST_OR_NULL] = ()

    _path: Path = PrivateAttr()
    _home: Path = PrivateAttr()
    _file_hash: str = PrivateAttr()

    @field_validator("customers")
    @classmethod
    def _customers_fit(cls, customers: Customers | None, info: ValidationInfo) -> Customers | None:
        return faultless(customers, faults_of_customers(customers, info.data))

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
        return faultless(experiments, faults_of_experiments(experiments, info.data))

    @field_validator("before_after")
    @classmethod
    def _before_after_fits(cls, changes: tuple[Change, ...], info: ValidationInfo) -> tuple[Change, ...]:
        return faultless(changes, faults_of_changes(changes, info.data))

    @model_validator(mode="after")
    def _no_known_column_misspelt(self) -> Self:
        """A column of assignments that no experiment counts is perhaps meant to be another."""
        counted = {name for experiment in self.experiments for name in experiment.metrics}
        own = self.assignments.columns.keys() - counted if self.assignments else ()
        known = Assignments.known
        close = [name for name in own if name not in known and suggestion(name, known).name]
        return faultless(self, (unknown_key(("assignments", "columns", name), known) for name in close))

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
def unit_schema(tag: str = ENGLISH) -> Schema:
    """JSON schema (draft 2020-12) of a unit file, for editors and the words of messages; only to be read.

    In English, as are the messages, unless another language is named.
    """
    with language(tag):
        schema = Unit.model_json_schema()
        schema["properties"]["prior"] |= prior_schema()
        schema["$defs"]["Experiment"]["properties"]["metrics"] |= metrics_schema()
    schema["$defs"]["Condition"] = CONDITION_SCHEMA
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
