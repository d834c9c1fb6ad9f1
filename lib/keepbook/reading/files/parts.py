"""Each kind of file as parts that the engine can read: where they lie, and which columns they have."""

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from keepbook.errors import DataError
from keepbook.reading.files.dialect import Dialect, told_apart
from keepbook.reading.files.json import text_of_json
from keepbook.reading.files.kinds import dialect_in
from keepbook.reading.files.sheets import sheets_of
from keepbook.reading.files.texts import text_file
from keepbook.reading.stated import Stated, stated
from keepbook.unit import Source

SIGNS = {"\t": "tab", " ": "blank"}
MAX_LISTED = 200  # characters of a list of names


@dataclass(frozen=True)
class FilePart:
    """A file, or a sheet of one, that holds lines of the table.

    Attributes
    ----------
    path : where the engine reads it.
    names : its columns.
    dialect : of a CSV file; None where every field of `path` is a column already (Parquet).
    stated : how the file was read.
    """

    path: Path
    names: tuple[str, ...]
    dialect: Dialect | None
    stated: Stated


def csv_part(file: Path, source: Source, wanted: Collection[str], folder: Path) -> FilePart:
    """A CSV file, as it is or as a copy in UTF-8."""
    text = text_file(file, source.encoding)
    dialect = dialect_in(text, wanted, source.delimiter, source.header)
    names = names_of(dialect.names, source, file)
    sign = SIGNS.get(dialect.delimiter, repr(dialect.delimiter))
    how = stated("csv", encoding=text.encoding, sign=sign, header=_header(dialect.skipped))
    return FilePart(text.plain(dialect.skipped, folder), names, dialect, how)


def _header(skipped: int) -> str:
    """The line of the column names, where it is not the first."""
    return str(skipped + 1) if skipped else "none"


def sheet_parts(file: Path, source: Source, wanted: Collection[str], folder: Path) -> list[FilePart]:
    """The sheets of an Excel file that hold the table."""
    sheets, aside = sheets_of(
        file, folder, sheet=source.sheet, header=source.header, names=source.names, wanted=wanted
    )
    left = "yes" if aside else "no"
    return [
        FilePart(
            one.path,
            one.names,
            None,
            stated("sheet", title=repr(one.title), header=_header(one.skipped), left=left, aside=aside),
        )
        for one in sheets
    ]


def json_part(file: Path, source: Source, wanted: Collection[str], folder: Path) -> FilePart:
    """A JSON file, written anew as columns of text."""
    path = Path(tempfile.mkdtemp(dir=folder), file.name)
    return FilePart(path, text_of_json(text_file(file, source.encoding), path, wanted), None, stated("json"))


def names_of(first: Sequence[str], source: Source, file: Path) -> tuple[str, ...]:
    """The names of a file's columns: those the unit file gives, else those of its first line."""
    if source.names and len(source.names) != len(first):
        there = f"{len(first)} column{'s' * (len(first) != 1)}"
        raise DataError(
            f"`names` has {len(source.names)} names, but {file.name} has {there}.",
            expected=f"{len(first)} name{'s' * (len(first) != 1)}",
            do="Name every column, in order.",
        )
    return tuple(source.names or told_apart(first if source.header else [""] * len(first)))


# ── Parquet ─────────────────────────────────────────────────────────────────────────────────────────────


def parquet_parts(files: list[Path]) -> list[FilePart]:
    """Parquet files, as they are.

    Raises
    ------
    DataError : one is damaged, or their columns differ in type.
    """
    _check_types(files)
    return [FilePart(file, tuple(_schema(file).names), None, stated("parquet")) for file in files]


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


def _check_types(files: list[Path]) -> None:
    """Parquet files side by side: the engine would cast to the first one's types without a word."""
    if len(files) < 2:
        return
    first = _schema(files[0])
    for file in files[1:]:
        own = _schema(file)
        for name in own.names:
            here, there = own.field(name).type, first.field(name).type if name in first.names else None
            if there is not None and here != there:
                raise DataError(
                    f"The column '{name}' is {here} in {file.name}, but {there} in {files[0].name}.",
                    expected="one type in all files",
                    do="Write the files alike, or convert the column in each.",
                )


def listed(names: Sequence[str]) -> str:
    """Names of columns for a message, cut where they would fill the screen."""
    text = ", ".join(map(repr, names))
    return text if len(text) <= MAX_LISTED else f"{text[:MAX_LISTED]}…"
