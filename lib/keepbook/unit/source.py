"""Sources: where a table comes from, how its columns are read, and which lines belong to a unit."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
)
from pydantic_core import CoreSchema

from keepbook.errors import suggestion
from keepbook.unit.conditions import Condition
from keepbook.unit.faults import Fault, Schema, bare, problem, quoted, unknown_key
from keepbook.unit.layout import SIMULATE, Layout
from keepbook.unit.scalars import Counting, Day, Model, Text, Whole, words

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
    experiments: bool = Field(
        default=False,
        title="Experiments",
        description="Whether the shop also runs experiments and a policy change, whose orders are added.",
    )


class Source(Layout):
    """Where a table comes from, and how its columns are read.

    Subclasses, one per canonical table, say which columns the table has: `known` maps each canonical name
    to its meaning, `required` are those it cannot do without, and `more` says what any other name means
    (empty: no other name is allowed). Columns of `instead`, when all are mapped, make the last required one.
    """

    known: ClassVar[dict[str, str]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    instead: ClassVar[tuple[str, ...]] = ()
    more: ClassVar[str] = ""

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

    @field_validator("columns")
    @classmethod
    def _columns_fit(cls, columns: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        names = None if info.data.get("query") else info.data.get("names")
        faults = [*cls._unknown(columns), *cls._alike(columns), *cls._mapped_twice(columns)]
        faults += cls._not_there(columns, names or ())
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
    def _alike(cls, columns: dict[str, str]) -> Iterator[Fault]:
        """Names of one's own that the engine would not tell from another."""
        seen = {name.casefold(): name for name in cls.known} if cls.more else {}
        for name in columns if cls.more else ():
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                what = f"{quoted(name)} differs from {quoted(other)} in capital letters only"
                yield Fault((name,), what, None, "give it another name")

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
                yield Fault((name,), what, None, str(suggestion(own, map(bare, names))))

    @classmethod
    def _own_names(cls, columns: dict[str, str]) -> dict[str, str]:
        """Required columns that are not mapped stand for themselves."""
        required = cls.required[:-1] if cls._made(columns) else cls.required
        return {name: name for name in required if name not in columns}

    @classmethod
    def _made(cls, columns: dict[str, str]) -> bool:
        """Whether the last required column is made of others."""
        return bool(cls.instead) and cls.required[-1] not in columns and set(cls.instead) <= columns.keys()

    def is_made(self, name: str) -> bool:
        """Whether a canonical column is to be made of the columns of `instead`."""
        return name == self.required[-1] and self._made(self.columns)

    @property
    def wanted(self) -> dict[str, str]:
        """Canonical name → column of the source, for every column that must be there."""
        return self.columns | self._own_names(self.columns)

    @property
    def carried(self) -> dict[str, str]:
        """Attribute → column of the source; empty for a table that carries none."""
        return {}

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
