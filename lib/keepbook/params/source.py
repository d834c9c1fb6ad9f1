"""Sources: where a table comes from, and which columns the canonical tables have."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic_core import CoreSchema

from keepbook.errors import nearest
from keepbook.params.conditions import Condition
from keepbook.params.faults import Fault, Schema, bare, passwords, problem, quoted, unknown_key
from keepbook.params.scalars import ZONE_WORDS, Counting, Day, Model, Text, Whole, Zone, words

SIMULATE = "simulate"
DATABASE = re.compile(r"duckdb:|[a-z][a-z0-9+]*://", re.IGNORECASE)
SECRET = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}(@.*)?")


def _one_or_named(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """One fault where the union would report one per branch, and no password written out."""
    try:
        source: str | dict[str, str] = validate(value)
    except ValidationError:
        raise problem(Fault()) from None
    for text in source.values() if isinstance(source, dict) else (source,):
        if not all(SECRET.fullmatch(password) for password in passwords(text)):
            raise problem(PASSWORD_FAULT)
    return source


SOURCE = (
    "a path, package:NAME/path, duckdb:FILE, a database URL, simulate, or several of them by name for a query"
)
PASSWORD_FAULT = Fault(
    (),
    "a password is written out in the source",
    "the name of an environment variable instead, such as ${DB_PASSWORD}",
    "set that variable, write its name, and change the password if this file was shared",
)
TableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
SourceText = Annotated[
    Text
    | Annotated[
        dict[TableName, Text], Field(min_length=1, json_schema_extra={"additionalProperties": False})
    ],
    WrapValidator(_one_or_named),
    Field(json_schema_extra=words(SOURCE)),
]
Conditions = dict[str, Condition]


class Simulation(Model):
    """Settings of the simulator, for a unit whose source is `simulate`."""

    customers: Counting = Field(
        default=4000, title="Customers", description="Customers acquired within the window."
    )
    start: Day = Field(default=dt.date(2023, 1, 1), title="Start", description="First day of the window.")
    days: Annotated[int, Field(ge=1, le=36_500)] = Field(
        default=730, title="Days", description="Length of the window."
    )
    seed: Whole = Field(default=1, title="Seed", description="The same seed gives the same rows.")


class Source(Model):
    """Where a table comes from, and how its columns are read.

    Subclasses, one per canonical table, say which columns the table has: `known` maps each canonical name
    to its meaning, `required` are those it cannot do without, and `more` says what any other name means
    (empty: no other name is allowed).
    """

    known: ClassVar[dict[str, str]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    more: ClassVar[str] = ""

    source: SourceText = Field(title="Source", description=f"Where the rows come from: {SOURCE}.")
    format: Literal["csv", "text", "parquet"] | None = Field(
        default=None,
        title="Format",
        description="How a file is read; left out, its suffix says. text: white-space columns.",
    )
    table: Text | None = Field(default=None, title="Table", description="Table inside a database.")
    query: Text | None = Field(
        default=None,
        title="Query",
        description="SQL run in the engine; tables are called as in source, a single one is called source.",
    )
    header: bool = Field(
        default=True, title="Header", description="Whether the first line holds the column names."
    )
    names: tuple[Text, ...] | None = Field(
        default=None,
        title="Names",
        description="Names of the source's columns, in order, where its first line does not hold them.",
        json_schema_extra=words("a list of different column names"),
    )
    date_format: Annotated[str, Field(pattern="%")] | None = Field(
        default=None,
        title="Date format",
        description="How dates are written, as a strptime pattern, such as %Y%m%d. Left out: ISO.",
        json_schema_extra=words("a strptime pattern such as %Y%m%d or %d.%m.%Y"),
    )
    timezone: Zone | None = Field(
        default=None,
        title="Time zone",
        description="Zone of date-times that carry none; left out, the unit's.",
        json_schema_extra=words(ZONE_WORDS),
    )
    columns: dict[str, Text] = Field(
        default={},
        title="Columns",
        description="Canonical name: name in the source. A name left out stands for itself.",
        json_schema_extra=words("lines such as date: InvoiceDate"),
    )
    where: Conditions = Field(
        default={}, title="Where", description="Only lines that meet every condition belong to the unit."
    )
    cancelled: Conditions | None = Field(
        default=None, title="Cancelled", description="Lines that meet every condition are cancellations."
    )
    exclude: dict[str, Conditions] = Field(
        default={},
        title="Exclude",
        description="Rule name: conditions. Lines that meet them are left out and counted.",
    )
    simulate: Simulation | None = Field(
        default=None, title="Simulate", description="Settings of the simulator, where source is simulate."
    )

    @field_validator("table")
    @classmethod
    def _table_in_database(cls, table: str | None, info: ValidationInfo) -> str | None:
        source = info.data.get("source")
        if table is not None and isinstance(source, str) and not DATABASE.match(source):
            raise problem(
                Fault(
                    (),
                    "the source is no database, and only a database has tables",
                    None,
                    "remove the key table",
                )
            )
        return table

    @field_validator("query")
    @classmethod
    def _query_where_needed(cls, query: str | None, info: ValidationInfo) -> str | None:
        source = info.data.get("source")
        if query is None and isinstance(source, dict):
            raise problem(
                Fault((), "several sources are named, but no query joins them", do="add the key query")
            )
        return query

    @field_validator("names")
    @classmethod
    def _names_differ(cls, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if names is not None and (not names or len(set(names)) < len(names)):
            raise problem(Fault())
        return names

    @field_validator("columns")
    @classmethod
    def _columns_fit(cls, columns: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        names = None if info.data.get("query") else info.data.get("names")
        faults = [*cls._unknown(columns), *cls._mapped_twice(columns), *cls._not_there(columns, names or ())]
        if faults:
            raise problem(*faults)
        return columns

    @field_validator("simulate")
    @classmethod
    def _simulate_where_simulated(cls, value: Simulation | None, info: ValidationInfo) -> Simulation | None:
        if value is not None and info.data.get("source", SIMULATE) != SIMULATE:
            raise problem(
                Fault((), "the source is not simulated", "source: simulate", "remove the key simulate")
            )
        return value

    @classmethod
    def _unknown(cls, columns: dict[str, str]) -> Iterator[Fault]:
        if cls.known and not cls.more:
            yield from (unknown_key((name,), cls.known) for name in columns if name not in cls.known)

    @classmethod
    def _mapped_twice(cls, columns: dict[str, str]) -> Iterator[Fault]:
        """One source column behind two names, the second perhaps because it was left out of `columns`."""
        users: dict[str, str] = {}
        for name, own in (columns | cls._own_names(columns)).items():
            if own in users:
                what = f"the column {quoted(own)} is used twice, for {bare(users[own])} and for {bare(name)}"
                at = name if name in columns else users[own]
                yield Fault((at,), what, None, "map each of them to a column of its own")
            users.setdefault(own, name)

    @classmethod
    def _not_there(cls, columns: dict[str, str], names: tuple[str, ...]) -> Iterator[Fault]:
        """Columns that `names` does not hold."""
        for name, own in (columns | cls._own_names(columns)).items():
            if names and own not in names:
                what = f"{quoted(name)} is read from the column {quoted(own)}, which names does not hold"
                yield Fault((name,), what, None, nearest(own, map(bare, names)))

    @classmethod
    def _own_names(cls, columns: dict[str, str]) -> dict[str, str]:
        """Required columns that are not mapped stand for themselves."""
        return {name: name for name in cls.required if name not in columns}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        """The canonical columns of the table, with their meaning."""
        schema = handler.resolve_ref_schema(handler(core))
        column = {"type": "string", "pattern": r"\S", **words("the name of a column of the source")}
        schema["properties"]["columns"] |= {
            "properties": {name: {**column, "description": text} for name, text in cls.known.items()},
            "additionalProperties": {**column, "description": cls.more} if cls.more else False,
        }
        return schema

    def named_sources(self) -> dict[str, str]:
        """Name in a query → source; a single one is called `source`."""
        return self.source if isinstance(self.source, dict) else {"source": self.source}

    def simulation(self) -> Simulation:
        """The simulator's settings, or its defaults."""
        return self.simulate or Simulation()


# ── canonical tables ────────────────────────────────────────────────────────────────────────────────────


class Transactions(Source):
    """Transactions: one line or one order per row."""

    required = ("customer_id", "date", "amount")
    known = {
        "customer_id": "Who bought.",
        "date": "When, as a day or a date-time.",
        "amount": "Money of the line or order; negative for money given back.",
        "order_id": "Order the line belongs to.",
        "category": "What was bought.",
        "cost": "What the goods cost the shop.",
        "channel": "Where it was bought.",
    }


class Customers(Source):
    """Customers: one customer per row."""

    required = ("customer_id",)
    known = {
        "customer_id": "The customer, as in transactions.",
        "acquired_on": "Day the customer was won.",
        "acquisition_cost": "What winning the customer cost.",
    }
    more = "A segment column; its name is yours to choose."


class Costs(Source):
    """Costs: one period, or one period and channel, per row."""

    required = ("period", "marketing_cost", "sales_cost")
    known = {
        "period": "A day in the period the costs belong to.",
        "marketing_cost": "Money spent on marketing.",
        "sales_cost": "Money spent on sales.",
        "channel": "Channel the costs belong to.",
        "servicing_cost": "Money spent on serving customers.",
        "leads": "Number of leads won.",
    }


class Surveys(Source):
    """Surveys: one response per row."""

    required = ("customer_id", "date")
    known = {
        "customer_id": "Who answered.",
        "date": "When.",
        "nps": "Likelihood to recommend, 0 to 10.",
        "comment": "Free text.",
    }
    more = "A satisfaction score; its name is yours to choose."


class Interactions(Source):
    """Interactions: one contact with the service per row."""

    required = ("customer_id", "opened_at")
    known = {
        "customer_id": "Who got in touch.",
        "opened_at": "When.",
        "first_response_at": "When the first answer went out.",
        "closed_at": "When the matter was closed.",
        "kind": "What it was about.",
        "channel": "How the customer got in touch.",
        "is_complaint": "Whether it was a complaint.",
    }


class Assignments(Source):
    """Assignments: one customer in one experiment per row."""

    required = ("experiment", "customer_id", "variant", "assigned_at")
    known = {
        "experiment": "Name of the experiment.",
        "customer_id": "Who was assigned.",
        "variant": "To which arm.",
        "assigned_at": "When.",
        "cluster": "What was randomised, where not the customer: shop or sales owner.",
    }
