"""PostgreSQL, by its own driver: one read-only transaction, its lines streamed as the server sends them.

COPY hands over any type as text, in constant memory. The types of the columns are the server's word; what
has no equal in the engine stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pyarrow.csv as pc

from keepbook.errors import DataError
from keepbook.reading.columns import distinct
from keepbook.reading.databases.requests import DatabaseRequest, filled, relation
from keepbook.reading.faults import PLACEHOLDER
from keepbook.reading.locate import resolved

if TYPE_CHECKING:
    import psycopg

SQL = "PostgreSQL"
CHUNK = 4 * 1024**2  # bytes of lines held in Python at a time
# A password may hold any sign but @ and /, which stand in it encoded: no part of it is taken for a host.
URL = re.compile(r"postgres(?:ql)?(?:\+\w+)?(://(?:[^@/]*@)?[^@]*)", re.IGNORECASE | re.DOTALL)
DEFAULTS = {
    "application_name": "keepbook",
    "connect_timeout": "10",
    "keepalives_idle": "30",  # a server that vanishes is noticed within a minute, not after two hours
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
TYPES = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), "BIGINT"),
    **dict.fromkeys(("float4", "float8"), "DOUBLE"),
    **{"bool": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ"},
}
WIDE = "DECIMAL(38, 12)"  # for numbers of no stated size
TABLES = """
SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
"""
SETTINGS = "SELECT set_config('TimeZone', %s, true), set_config('DateStyle', 'ISO', true)"


def from_postgres(request: DatabaseRequest, engine: ibis.BaseBackend) -> ibis.Table:
    """The lines of a table, view or query."""
    with _session(request) as session:
        import psycopg

        types: dict[str, str] = {}
        try:
            query = request.query
            if not query:
                there = session.execute(TABLES).fetchall()
                query = f"SELECT * FROM {relation(request.source.table, there)}"
            types = _types_of(query, session, request)
            with session.cursor().copy(f"COPY (\n{query}\n) TO STDOUT (FORMAT csv)") as lines:
                return filled(request.table, types, _chunks(lines, list(types)), engine)
        except psycopg.Error as fault:
            raise _broken(fault, request, parsed=bool(types)) from None


@contextmanager
def _session(request: DatabaseRequest) -> Iterator[psycopg.Connection]:
    """A transaction that cannot write, sees one state of the data, and cuts days where the unit does."""
    try:
        import psycopg
        from psycopg.conninfo import make_conninfo
    except ImportError:  # also where the driver is, but not PostgreSQL's own library
        what, expected = "No driver for PostgreSQL is installed.", "the package psycopg with its library"
        raise request.as_error(what, expected, "pip install 'psycopg[binary]'") from None
    parameters = DEFAULTS | _parameters(request) | {"client_encoding": "utf8"}
    try:
        session = psycopg.connect(make_conninfo("", **parameters))
    except psycopg.Error as fault:
        raise _refused(fault, request) from None
    with closing(session):
        session.read_only, session.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ
        session.execute(SETTINGS, [request.unit.timezone])
        yield session


def _parameters(request: DatabaseRequest) -> dict[str, str]:
    """What the URL says, its parts decoded."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    url = URL.fullmatch(resolved(request.part, request.where))
    try:
        given = conninfo_to_dict(f"postgresql{url[1]}") if url else {"port": "none"}
    except psycopg.ProgrammingError:  # its text may hold any part of the URL
        raise _no_url(request) from None
    given = {name: str(value) for name, value in given.items()}
    if re.search("[^0-9,]", given.get("port", "")):
        raise _no_url(request)
    return given


def _types_of(query: str, session: psycopg.Connection, request: DatabaseRequest) -> dict[str, str]:
    """Column → type of the engine. The server parses the query, as one statement, and runs nothing."""
    from psycopg import errors, pq

    parsed = session.pgconn.prepare(b"", query.encode())
    if parsed.status != pq.ExecStatus.COMMAND_OK:
        raise errors.error_from_result(parsed, encoding="utf-8")
    found = session.pgconn.describe_prepared(b"")
    if not found.nfields:
        raise request.wrong_query(OTHER, SQL)
    names, types = [], []
    for i in range(found.nfields):
        names.append((found.fname(i) or b"").decode())
        known = session.adapters.types.get(found.ftype(i))
        name = known.name if known and known.oid == found.ftype(i) else ""  # a list goes by its items' name
        types.append(_decimal(found.fmod(i)) if name == "numeric" else TYPES.get(name, "VARCHAR"))
    return dict(zip(distinct(names), types, strict=True))


def _decimal(modifier: int) -> str:
    """numeric(12, 2) as a type of the engine; PostgreSQL packs both numbers into one, less 4."""
    digits, scale = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
    return f"DECIMAL({digits}, {scale})" if 0 <= scale <= digits <= 38 else WIDE


def _chunks(copy: psycopg.Copy, names: list[str]) -> Iterator[pa.Table]:
    lines = bytearray()
    for line in copy:
        lines += line
        if len(lines) >= CHUNK:
            yield _texts(lines, names)
            lines = bytearray()
    if lines:
        yield _texts(lines, names)


def _texts(lines: bytearray, names: list[str]) -> pa.Table:
    """CSV as PostgreSQL writes it: nothing between two commas is missing, two quotes are empty text."""
    read = pc.ReadOptions(column_names=names, block_size=len(lines) + 1, use_threads=False)
    parse = pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
    missing = {"null_values": [""], "strings_can_be_null": True, "quoted_strings_can_be_null": False}
    convert = pc.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), **missing)
    return pc.read_csv(pa.BufferReader(lines), read, parse, convert)


OTHER = "does something other than read"
SERVER = "a PostgreSQL server that accepts connections"
FORM = "postgres://user:${PASSWORD}@host:5432/name"
REFUSALS = {  # what driver and server say → what, expected, do
    "password authentication failed": (
        "The server refuses the user or the password.",
        "a user the server knows, and that user's password",
        "Check the user in {place}{password}.",
    ),
    "no password supplied": (
        "The server asks for a password.",
        FORM,
        "Write ${{PASSWORD}} behind the user in {place}, and set that variable.",
    ),
    "failed to resolve host": (
        "This machine does not know the host of the database.",
        SERVER,
        "Correct the host in {place}; if it is right, check the network.",
    ),
    "Connection refused": (
        "No server answers at the host and port of the database.",
        SERVER,
        "Check host and port in {place}, and that the server is running.",
    ),
    "timeout expired": (
        "The database does not answer in time.",
        SERVER,
        "Check host, port and firewalls; a slow server gets a minute with ?connect_timeout=60 in {place}.",
    ),
    r'database ".*" does not exist': (
        "The server has no database of that name.",
        FORM,
        "Correct the name at the end of {place}.",
    ),
    "": (
        "The database cannot be opened: {text}.",
        SERVER,
        "Check {place}, and that the server lets this user in from this machine.",
    ),
}
NO_READING = ("25006", "42601")  # what was parsed wants to write, or is nothing COPY reads from


def _no_url(request: DatabaseRequest) -> DataError:
    what = "The URL of the database (postgres://…) cannot be understood."
    if not request.is_secret:
        return request.as_error(what, FORM, "Correct `source`.")
    return request.as_error(
        what,
        "postgres://user:password@host:5432/name, where the password has %40 for @, %2F for / and %25 for %",
        f"Correct {request.part}, or write {FORM} as `source`: a password of its own may hold any sign.",
    )


def _refused(fault: psycopg.Error, request: DatabaseRequest) -> DataError:
    text = request.inline(fault).removeprefix("connection failed: ")
    what, expected, do = next(words for sign, words in REFUSALS.items() if re.search(sign, text))
    place = request.part if request.is_secret else "`source`"
    names = " and ".join(f"${{{name}}}" for name in PLACEHOLDER.findall(request.part))
    password = f", and the value of {names}" if names else ", and its password"
    if request.is_secret:
        password = " and the password, where % is written %25"
    do = do.format(place=place, password=password)
    return request.as_error(what.format(text=text), expected, do)


def _broken(fault: psycopg.Error, request: DatabaseRequest, *, parsed: bool) -> DataError:
    """What went wrong between the first question and the last line."""
    import psycopg

    said = request.inline(fault)
    if fault.sqlstate == psycopg.errors.InsufficientPrivilege.sqlstate:
        do = "Have its owner GRANT SELECT on the table, and USAGE on its schema, to the user of the URL."
        return request.as_error(f"The user may not read this: {said}.", "the right to read it", do)
    if isinstance(fault, psycopg.OperationalError):
        what = f"The database broke off while it was read: {said}."
        expected = "all lines or none: half of them would give wrong numbers"
        do = "Run again when the server is up; if it ends long queries, ask for more time or read less."
        return request.as_error(what, expected, do)
    if parsed and fault.sqlstate in NO_READING:
        return request.wrong_query(OTHER, SQL)
    return request.wrong_query(f"is wrong{_line_of(fault, request)}: {said}", SQL, fault.diag.message_hint)


def _line_of(fault: psycopg.Error, request: DatabaseRequest) -> str:
    """The line in a query of several, where the server names one."""
    at, query = int(fault.diag.statement_position or 0), request.query or ""
    return f" in line {query[:at].count(chr(10)) + 1}" if at and "\n" in query else ""
