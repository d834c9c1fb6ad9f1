"""Each kind of file as parts that the engine can read, and the parts of a source as one table."""

import tempfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from keepbook.errors import DataError
from keepbook.reading.files.cells import text_of_json
from keepbook.reading.files.dialect import Dialect, told_apart
from keepbook.reading.files.kinds import dialect_in, first_line
from keepbook.reading.files.texts import text_file
from keepbook.reading.locate import GLOB
from keepbook.reading.stated import Stated, stated
from keepbook.unit import Source

PART = "keepbook part"  # column of ours: which file or sheet a line is from
SIGNS = {"\t": "tab", " ": "blank"}
MAX_LISTED = 200  # characters of a list of names


@dataclass(frozen=True)
class FilePart:
    """A file, or a sheet of one, that holds lines of the table; a dialect has CSV, but not Parquet."""

    path: Path
    names: tuple[str, ...]
    dialect: Dialect | None
    stated: Stated


def csv_parts(file: Path, source: Source, wanted: Collection[str], folder: Path) -> list[FilePart]:
    """A CSV file, as it is or as a copy in UTF-8."""
    text = text_file(file, source.encoding)
    dialect = dialect_in(text, source, wanted)
    names = _names_of(dialect.names, source, file)
    sign = SIGNS.get(dialect.delimiter, repr(dialect.delimiter))
    how = stated("csv", encoding=text.encoding, sign=sign, header=header_line(dialect.skipped))
    return [FilePart(text.plain(dialect.skipped, folder), names, dialect, how)]


def header_line(skipped: int) -> str:
    """The line of the column names, where it is not the first."""
    return str(skipped + 1) if skipped else "none"


def json_parts(file: Path, source: Source, wanted: Collection[str], folder: Path) -> list[FilePart]:
    """A JSON file, written anew as columns of text."""
    path = Path(tempfile.mkdtemp(dir=folder), file.name)
    names = text_of_json(text_file(file, source.encoding), path, wanted)
    return [FilePart(path, names, None, stated("json"))]


def _names_of(first: Sequence[str], source: Source, file: Path) -> tuple[str, ...]:
    """The names of a file's columns: those the unit file gives, else those of its first line."""
    s = "s" * (len(first) != 1)
    if source.names and len(source.names) != len(first):
        raise DataError(
            f"`names` has {len(source.names)} names, but {file.name} has {len(first)} column{s}.",
            expected=f"{len(first)} name{s}",
            do="Name every column, in order.",
        )
    return tuple(source.names or told_apart(first if source.header else [""] * len(first)))


def parquet_parts(files: list[Path]) -> list[FilePart]:
    """Parquet files, as they are: the engine would cast to the first one's types without a word."""
    schemas = [_schema(file) for file in files]
    first = schemas[0]
    for file, schema in zip(files[1:], schemas[1:], strict=True):
        for name in schema.names:
            here, there = schema.field(name).type, first.field(name).type if name in first.names else None
            if there is not None and here != there:
                raise DataError(
                    f"The column '{name}' is {here} in {file.name}, but {there} in {files[0].name}.",
                    expected="one type in all files",
                    do="Write the files alike, or convert the column in each.",
                )
    how = stated("parquet")
    return [FilePart(file, tuple(own.names), None, how) for file, own in zip(files, schemas, strict=True)]


def _schema(file: Path) -> pa.Schema:
    try:
        schema = pq.read_schema(file)
        _ = schema.names  # they, too, may be damaged
        return schema
    except (pa.ArrowException, UnicodeDecodeError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno:
            raise
        raise DataError(
            f"{file.name} is no whole Parquet file.", expected="a Parquet file", do="Write it again."
        ) from None


def one_table(
    parts: list[FilePart], source: Source, wanted: Collection[str], engine: ibis.BaseBackend
) -> ir.Table:
    """All lines with the columns that every part has; with several parts, PART tells them apart.

    A query gets the columns that any part has, missing where one has them not: it knows what to do.
    """
    every = list(dict.fromkeys(name for part in parts for name in part.names))
    common = [name for name in every if all(name in part.names for part in parts)]
    if lacking := [name for name in every if name in wanted and name not in common]:
        raise _not_alike(lacking[0], parts)
    columns = every if source.query else common
    if not columns:
        raise _not_alike(parts[0].names[0], parts)
    alike: dict[tuple[object, ...], list[FilePart]] = {}
    for part in parts:
        d = part.dialect
        alike.setdefault((part.names, d and (d.delimiter, d.quote, d.escape)), []).append(part)
    several = len(parts) > 1 and not source.query
    columns += [PART] if several else []
    tables = [_read(group, source, columns, engine) for group in alike.values()]
    return ibis.union(*tables) if tables[1:] else tables[0]


def _read(group: list[FilePart], source: Source, columns: list[str], engine: ibis.BaseBackend) -> ir.Table:
    """Parts of one layout as one table, with missing values in the columns that they lack."""
    paths = [_literally(part.path) for part in group]
    part = {"filename": PART} if PART in columns else {}
    dialect = group[0].dialect
    if dialect is None:
        table = engine.read_parquet(paths, **part)
    else:
        signs = {"delim": dialect.delimiter, "quote": dialect.quote, "escape": dialect.escape}
        fields = dict.fromkeys(group[0].names, "VARCHAR")
        header = source.header is not False
        table = engine.read_csv(paths, columns=fields, header=header, auto_detect=False, **signs, **part)
    lacking = {name: ibis.null("string") for name in columns if name not in table.columns}
    return table.mutate(**lacking).select(columns)


def _literally(path: Path) -> str:
    """A path for the engine, which, too, knows patterns."""
    return GLOB.sub(r"[\g<0>]", str(path))


def _not_alike(column: str, parts: list[FilePart]) -> DataError:
    without = next(part for part in parts if column not in part.names)
    return DataError(
        f"The column '{column}' is missing in {without.path.name} ({without.stated}).",
        expected=f"the columns that the other files have; this one has {_listed(without.names)}",
        do="Rename the column in that file, or leave the file out of `source`.",
    )


def _listed(names: Sequence[str]) -> str:
    """Names of columns for a message, cut where they would fill the screen."""
    text = ", ".join(map(repr, names))
    return text if len(text) <= MAX_LISTED else f"{text[:MAX_LISTED]}…"


def how_read(parts: list[FilePart], source: Source) -> tuple[Stated, ...]:
    """One fact per way of reading, with the number of files."""
    lines = _counted([part.stated for part in parts])
    common = set.intersection(*(set(part.names) for part in parts))
    aside = sorted({name for part in parts for name in part.names} - common)
    if aside and not source.query:
        lines += (stated("columns-aside", columns=", ".join(aside)[:MAX_LISTED]),)
    return lines


def _counted(ways: list[Stated]) -> tuple[Stated, ...]:
    return tuple(stated("files", n=n, how=how) for how, n in Counter(ways).items())


@ibis.udf.scalar.builtin(name="error")
def _stop(message: str) -> dt.Array[str]:
    """Ends the query with this message."""


def text_view(
    files: list[Path], source: Source, alias: str, folder: Path, engine: ibis.BaseBackend
) -> tuple[Stated, ...]:
    """Columns separated by any run of white space; every file must have the same."""
    texts = [text_file(file, source.encoding) for file in files]
    heads = [_names_of(first_line(t.head()), source, t.path) for t in texts]
    for text, names in zip(texts, heads, strict=True):
        if names != heads[0]:
            raise DataError(
                f"{text.path.name} does not have the columns of {texts[0].path.name}.",
                expected=_listed(heads[0]),
                do=f"Make the files alike; {text.path.name} has {_listed(names)}.",
            )
    paths = [_literally(text.plain(0, folder)) for text in texts]
    whole = {"columns": {"line": "VARCHAR"}, "delim": "\x01", "quote": "", "escape": "", "auto_detect": False}
    read = engine.read_csv(paths, header=source.header is not False, **whole)
    lines = read.mutate(line=read.line.strip()).filter(lambda t: t.line != "")
    fields = lines.line.re_split(r"\s+")
    broken = ibis.literal(f"a line does not have {len(heads[0])} fields: '") + lines.line.substr(0, 80) + "'"
    split = lines.select(fields=(fields.length() == len(heads[0])).ifelse(fields, _stop(broken)))
    columns = {name: split.fields[i] for i, name in enumerate(heads[0])}
    engine.create_view(alias, split.select(**columns), overwrite=True)
    return _counted([stated("white-space", encoding=text.encoding) for text in texts])
