"""How a source is laid out: where it is, how its files are read, how it writes days and amounts."""

import codecs
import re
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from keepbook.unit.faults import Fault, cannot_be, passwords, problem
from keepbook.unit.scalars import ZONE_WORDS, Model, Text, Zone, words

SIMULATE = "simulate"
VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
DATABASE = re.compile(rf"duckdb:|[a-z][a-z0-9+]*://|{VARIABLE}$", re.IGNORECASE)  # a variable may hold a URL
SECRET = re.compile(rf"{VARIABLE}(@.*)?")


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
DATE_FORMS = {
    "ymd": "2011-03-05, 2011/3/5, 20110305 or 2011年3月5日",
    "dmy": "05/03/2011 or 5.3.11 for the fifth of March",
    "mdy": "03/05/2011 or 3-5-11 for the fifth of March",
    "named": "5 Mar 2011 or March 5, 2011",
    "epoch": "seconds since 1970 in UTC",
    "epoch_ms": "milliseconds since 1970 in UTC",
    "excel": "day numbers of a spreadsheet, such as 40607",
}
DATE_WORDS = f"one of {', '.join(DATE_FORMS)}, or a strptime pattern such as %Y%m%d"
DELIMITER = r"^([^A-Za-z0-9\"'. \r\n-]|tab)$"
HEADER_WORDS = "true, false, or the number of the line that holds the column names"
ENCODING_WORDS = "an encoding such as utf-8, gb18030, utf-16 or cp1252"
ENCODINGS = (
    "utf-8",
    "utf-16",
    "gb18030",
    "gbk",
    "big5",
    "shift_jis",
    "cp1252",
    "latin-1",
    "cp1250",
    "cp1251",
)


def _encoding(name: str) -> str:
    """The codec's own name; what is no encoding of text is refused."""
    try:
        codec = codecs.lookup(name)
        codec.decode(b"")[0].encode()
        return codec.name
    except (LookupError, AttributeError, UnicodeError, ValueError):
        close = get_close_matches(name.lower(), ENCODINGS, n=1)
        do = f"did you mean '{close[0]}'?" if close else None
        raise problem(Fault((), cannot_be(("encoding",), name), ENCODING_WORDS, do)) from None


def _header(value: Any) -> Any:
    """A truth value or the number of a line; in one step, as a union would tell a fault per branch."""
    if isinstance(value, bool) or (isinstance(value, int) and value >= 1):
        return value
    raise problem(Fault())


Encoding = Annotated[str, AfterValidator(_encoding)]
Header = Annotated[bool | int, BeforeValidator(_header)]


class Layout(Model):
    """Where a source is, and how it writes lines, days and amounts."""

    source: SourceText = Field(title="Source", description=f"Where the rows come from: {SOURCE}.")
    format: Literal["csv", "text", "excel", "json", "parquet"] | None = Field(
        default=None,
        title="Format",
        description="How a file is read; left out, the file itself tells. text: white-space columns.",
    )
    encoding: Encoding | None = Field(
        default=None,
        title="Encoding",
        description="How a text file writes its letters; left out, its bytes tell.",
        json_schema_extra=words(ENCODING_WORDS),
    )
    delimiter: Annotated[str, Field(pattern=DELIMITER)] | None = Field(
        default=None,
        title="Delimiter",
        description="The sign between the fields of a CSV file; left out, its first lines tell.",
        json_schema_extra=words("one sign such as ; or |, or the word tab"),
    )
    sheet: Text | None = Field(
        default=None,
        title="Sheet",
        description="Sheet of an Excel file; left out, all sheets with the columns of the longest one.",
        json_schema_extra=words("the name of one sheet"),
    )
    table: Text | None = Field(default=None, title="Table", description="Table inside a database.")
    query: Text | None = Field(
        default=None,
        title="Query",
        description="SQL run in the engine; tables are called as in source, a single one is called source.",
    )
    header: Header = Field(
        default=True,
        title="Header",
        description="Whether there is a line of column names, or its number; titles above it are skipped.",
        json_schema_extra=words(HEADER_WORDS) | {"type": ["boolean", "integer"], "minimum": 1},
    )
    names: tuple[Text, ...] | None = Field(
        default=None,
        title="Names",
        description="Names of the source's columns, in order, where its first line does not hold them.",
        json_schema_extra=words("a list of different column names"),
    )
    decimal: Literal[".", ","] | None = Field(
        default=None,
        title="Decimal sign",
        description="The sign before the decimals of amounts in text; left out, the amounts tell.",
    )
    date_format: Annotated[str, Field(pattern=f"%|^({'|'.join(DATE_FORMS)})$")] | None = Field(
        default=None,
        title="Date format",
        description=f"How dates are written: {DATE_WORDS}. Left out, the dates tell.",
        json_schema_extra=words(DATE_WORDS),
    )
    timezone: Zone | None = Field(
        default=None,
        title="Time zone",
        description="Zone of date-times that carry none; left out, the unit's.",
        json_schema_extra=words(ZONE_WORDS),
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
