"""Sources: where a table comes from, how its files are read, and which lines belong to a unit."""

import codecs
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic_core import CoreSchema

from keepbook.errors import suggestion
from keepbook.unit.conditions import Condition
from keepbook.unit.faults import (
    Fault,
    Schema,
    bare,
    faultless,
    passwords,
    problem,
    quoted,
    suggested,
    unknown_key,
)
from keepbook.unit.scalars import ZONE_WORDS, Counting, Day, Model, Text, Whole, Zone, say, words

SIMULATE = "simulate"
VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
DATABASE = re.compile(rf"duckdb:|[a-z][a-z0-9+]*://|{VARIABLE}$", re.IGNORECASE)  # a variable may hold a URL
SECRET = re.compile(rf"{VARIABLE}(@.*)?")
PASSWORD_FAULT = Fault(
    (),
    "a password is written out in the source",
    "the name of an environment variable instead, such as ${DB_PASSWORD}",
    "set that variable, write its name, and change the password if this file was shared",
)
DATE_FORMS = {
    "ymd": "2011-03-05, 2011/3/5, 20110305 or 2011年3月5日",
    "dmy": "05/03/2011 or 5.3.11 for the fifth of March",
    "mdy": "03/05/2011 or 3-5-11 for the fifth of March",
    "named": "5 Mar 2011 or March 5, 2011",
    "epoch": "seconds since 1970 in UTC",
    "epoch_ms": "milliseconds since 1970 in UTC",
    "excel": "day numbers of a spreadsheet, such as 40607",
}
EUROPEAN = ("cp1252", "latin-1", "cp1250", "cp1251")
ENCODINGS = ("utf-8", "utf-16", "gb18030", "gbk", "big5", "shift_jis", *EUROPEAN)


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


def _encoding(name: str) -> str:
    """The codec's own name; what is no encoding of text is refused."""
    try:
        codec = codecs.lookup(name)
        codec.decode(b"")[0].encode()
        return codec.name
    except (LookupError, AttributeError, UnicodeError, ValueError):
        raise problem(Fault(do=suggested(name.lower(), ENCODINGS))) from None


def _header(value: Any) -> Any:
    """A truth value or the number of a line; in one step, as a union would tell a fault per branch."""
    if isinstance(value, bool) or (isinstance(value, int) and value >= 1):
        return value
    raise problem(Fault())


TableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
NamedSources = Annotated[
    dict[TableName, Text], Field(min_length=1, json_schema_extra={"additionalProperties": False})
]
SourceText = Annotated[Text | NamedSources, WrapValidator(_one_or_named)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Header = Annotated[
    bool | int,
    BeforeValidator(_header),
    Field(json_schema_extra={"type": ["boolean", "integer"], "minimum": 1}),
]
Delimiter = Annotated[str, Field(pattern=r"^([^A-Za-z0-9\"'. \r\n-]|tab)$")]
DateForm = Annotated[str, Field(pattern=f"%|^({'|'.join(DATE_FORMS)})$")]
Conditions = dict[str, Condition]


class Simulation(Model):
    """Settings of the simulator, for a unit whose source is `simulate`."""

    customers: Counting = 4000
    start: Day = dt.date(2023, 1, 1)
    days: Annotated[int, Field(ge=1, le=36_500)] = 730
    seed: Whole = 1
    experiments: bool = False
    names: dict[str, Text] = {}
    price_level: Annotated[float, Field(gt=0)] = 1.0


class Source(Model):
    """Where a table comes from, and how its columns are read.

    Subclasses, one per canonical table, say which columns the table has: `known` are the canonical names,
    `required` those it cannot do without, and `more` whether any other name is allowed. Columns of `instead`,
    when all are mapped, make the last required one.
    """

    known: ClassVar[tuple[str, ...]] = ()
    required: ClassVar[tuple[str, ...]] = ()
    instead: ClassVar[tuple[str, ...]] = ()
    more: ClassVar[bool] = False

    source: SourceText
    format: Literal["csv", "text", "excel", "json", "parquet"] | None = None
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    sheet: Text | None = None
    table: Text | None = None
    query: Text | None = None
    header: Header = True
    names: tuple[Text, ...] | None = None
    decimal: Literal[".", ","] | None = None
    date_format: DateForm | None = None
    timezone: Zone | None = Field(default=None, json_schema_extra=words(ZONE_WORDS))
    columns: dict[str, Text] = {}
    where: Conditions = {}
    cancelled: Conditions | None = None
    exclude: dict[str, Conditions] = {}
    simulate: Simulation | None = None

    @field_validator("table")
    @classmethod
    def _table_in_database(cls, table: str | None, info: ValidationInfo) -> str | None:
        source = info.data.get("source")
        if table is not None and isinstance(source, str) and not DATABASE.match(source):
            what = "the source is no database, and only a database has tables"
            raise problem(Fault((), what, None, "remove the key table"))
        return table

    @field_validator("query")
    @classmethod
    def _query_where_needed(cls, query: str | None, info: ValidationInfo) -> str | None:
        if query is None and isinstance(info.data.get("source"), dict):
            what = "several sources are named, but no query joins them"
            raise problem(Fault((), what, None, "add the key query"))
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
        wanted = columns | cls._own_names(columns)
        if cls.more:
            faults = [*faults_of_capitals(columns, {name.casefold(): name for name in cls.known})]
        else:
            faults = [unknown_key((name,), cls.known) for name in columns if name not in cls.known]
        faults += cls._mapped_twice(columns, wanted)
        return faultless(columns, [*faults, *faults_of_names(wanted, names_given(info))])

    @field_validator("simulate")
    @classmethod
    def _simulate_where_simulated(cls, value: Simulation | None, info: ValidationInfo) -> Simulation | None:
        if value is not None and info.data.get("source", SIMULATE) != SIMULATE:
            what = "the source is not simulated"
            raise problem(Fault((), what, "source: simulate", "remove the key simulate"))
        return value

    @classmethod
    def _mapped_twice(cls, columns: dict[str, str], wanted: dict[str, str]) -> Iterator[Fault]:
        """One source column behind two names, the second perhaps because it was left out of `columns`."""
        users: dict[str, str] = {}
        for name, own in wanted.items():
            if own in users:
                what = f"the column {quoted(own)} is used twice, for {bare(users[own])} and for {bare(name)}"
                at = name if name in columns else users[own]
                yield Fault((at,), what, None, "map each of them to a column of its own")
            users.setdefault(own, name)

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
        schema = super().__get_pydantic_json_schema__(core, handler)
        column = {"type": "string", "pattern": r"\S", **words("the name of a column of the source")}
        table = cls.__name__.lower()
        meant = {name: {**column, "description": say(f"column-{table}-{name}")} for name in cls.known}
        more = cls.more and {**column, "description": say(f"column-{table}-more")}
        schema["properties"]["columns"] |= {"properties": meant, "additionalProperties": more}
        return schema

    def named_sources(self) -> dict[str, str]:
        """Name in a query → source; a single one is called `source`."""
        return self.source if isinstance(self.source, dict) else {"source": self.source}

    def simulation(self) -> Simulation:
        """The simulator's settings, or its defaults."""
        return self.simulate or Simulation()


# ── faults that columns and attributes share ────────────────────────────────────────────────────────────


def faults_of_capitals(names: Iterable[str], seen: dict[str, str]) -> Iterator[Fault]:
    """Names that the engine would not tell from another; `seen`, by case-folded name, takes up the others."""
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            what = f"{quoted(name)} differs from {quoted(other)} in capital letters only"
            yield Fault((name,), what, None, "give it another name")


def names_given(info: ValidationInfo) -> tuple[str, ...]:
    """Names of the source's columns, where the unit file has them and no query makes others."""
    return () if info.data.get("query") else info.data.get("names") or ()


def faults_of_names(columns: Mapping[str, str], names: tuple[str, ...]) -> Iterator[Fault]:
    """Columns that `names` does not hold; none where there are no `names`."""
    for name, own in columns.items():
        if names and own not in names:
            what = f"{quoted(name)} is read from the column {quoted(own)}, which names does not hold"
            yield Fault((name,), what, None, str(suggestion(own, map(bare, names))))
