"""Files as tables of the engine: Parquet as it is, CSV and white-space text with every field as text.

Nothing is guessed from the content beyond the first line, so no line is skipped, shifted or read as another
type without a word: a line that does not fit the columns is an error that names it.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import TextIO, cast

import ibis
import ibis.expr.datatypes as dt
import pyarrow.parquet as pq

from keepbook.errors import DataError
from keepbook.params import Source
from keepbook.tables.locate import GLOB, kind_of

DELIMITERS = ",;\t|"
LONGEST_LINE = 2_000_000  # characters, as in DuckDB


def view_of_files(files: list[Path], source: Source, alias: str, engine: ibis.BaseBackend) -> ibis.Table:
    """The files' lines as a view called `alias`.

    Raises
    ------
    DataError : the files are of several kinds, no text, empty, or do not agree on their columns.
    """
    kinds = sorted({source.format or kind_of(file) or "csv" for file in files})
    if len(kinds) > 1:
        raise DataError(
            f"The files are of several kinds: {', '.join(kinds)}.",
            expected="one kind of file",
            do="Name the files by a pattern such as data/*.parquet.",
        )
    paths = [GLOB.sub(r"[\g<0>]", str(file)) for file in files]  # the engine, too, knows patterns
    if kinds == ["parquet"]:
        _agree_on_types(files)
        return engine.read_parquet(paths, table_name=alias)
    read = _text_view if kinds == ["text"] else _csv_view
    return read(files, paths, source, alias, engine)


def _agree_on_types(files: list[Path]) -> None:
    """Parquet files side by side: the engine would cast to the first one's types without a word."""
    if len(files) < 2:
        return
    first = pq.read_schema(files[0])
    for file in files[1:]:
        own = pq.read_schema(file)
        for name in own.names:
            here, there = own.field(name).type, first.field(name).type if name in first.names else None
            if there is not None and here != there:
                raise DataError(
                    f"The column '{name}' is {here} in {file.name}, but {there} in {files[0].name}.",
                    expected="one type in all files",
                    do="Write the files alike, or convert the column in each.",
                )


def _csv_view(
    files: list[Path], paths: list[str], source: Source, alias: str, engine: ibis.BaseBackend
) -> ibis.Table:
    delimiter = max(DELIMITERS, key=lambda sign: len(_first_record(files[0], sign)))
    names = _agreed_names(files, source, delimiter)
    return engine.read_csv(
        paths,
        table_name=alias,
        columns=dict.fromkeys(names, "VARCHAR"),
        header=source.header,
        delim=delimiter,
        quote='"',
        escape='"',
        auto_detect=False,
    )


@ibis.udf.scalar.builtin(name="error")
def _stop(message: str) -> dt.Array[str]:
    """Ends the query with this message."""


def _text_view(
    files: list[Path], paths: list[str], source: Source, alias: str, engine: ibis.BaseBackend
) -> ibis.Table:
    """Columns separated by any run of white space."""
    names = _agreed_names(files, source, None)
    lines = engine.read_csv(
        paths,
        table_name=f"{alias}_lines",
        columns={"line": "VARCHAR"},
        header=source.header,
        delim="\x01",
        quote="",
        escape="",
        auto_detect=False,
    )
    lines = lines.mutate(line=lines.line.strip()).filter(lambda t: t.line != "")
    fields = lines.line.re_split(r"\s+")
    broken = ibis.literal(f"a line does not have {len(names)} fields: '") + lines.line.substr(0, 80) + "'"
    whole = (fields.length() == len(names)).ifelse(fields, _stop(broken))
    split = lines.select(fields=whole)
    columns = {name: split.fields[i] for i, name in enumerate(names)}
    return engine.create_view(alias, split.select(**columns), overwrite=True)


# ── the first line ──────────────────────────────────────────────────────────────────────────────────────


def _agreed_names(files: list[Path], source: Source, delimiter: str | None) -> list[str]:
    """The column names, which every file must have in the same order."""
    names: list[str] = []
    for file in files:
        first = _first_record(file, delimiter)
        own = _names(first, source, file)
        if names and own != names:
            raise DataError(
                f"{file.name} does not have the columns of {files[0].name}.",
                expected=", ".join(map(repr, names)),
                do=f"Make the files alike; {file.name} has {', '.join(map(repr, own))}.",
            )
        names = own
    return names


def _names(first: list[str], source: Source, file: Path) -> list[str]:
    if not any(first):
        raise DataError(f"The first line of {file.name} is blank.", do="Delete it.")
    if source.names and len(source.names) != len(first):
        raise DataError(
            f"`names` has {len(source.names)} names, but {file.name} has {len(first)} columns.",
            expected=f"{len(first)} names",
            do="Name every column, in order.",
        )
    if source.names:
        return list(source.names)
    names = [name.strip() if source.header else "" for name in first]
    names = [name or f"column{i}" for i, name in enumerate(names)]
    often = Counter(name.casefold() for name in names)
    return [f"{name} ({i})" if often[name.casefold()] > 1 else name for i, name in enumerate(names)]


def _first_record(file: Path, delimiter: str | None) -> list[str]:
    """The fields of a file's first line; delimiter None: white space.

    Raises
    ------
    DataError : the file is empty or no text.
    """
    try:
        with _opened(file) as text:
            pieces = iter(lambda: text.readline(LONGEST_LINE), "")
            first = next(pieces, "")
            if "\x00" in first:
                raise _not_text(file)
            if not first:
                raise DataError(
                    f"{file.name} is empty.", expected="a first line and data", do="Export it again."
                )
            if delimiter is None:
                return first.split()
            return next(csv.reader(chain([first], pieces), delimiter=delimiter))
    except UnicodeDecodeError:
        raise _not_text(file) from None
    except csv.Error:  # a field without end: not this delimiter
        return []


def _opened(file: Path) -> TextIO:
    if file.suffix.lower() == ".gz":
        return cast(TextIO, gzip.open(file, "rt", encoding="utf-8-sig", newline=""))
    return file.open(encoding="utf-8-sig", newline="")


def _not_text(file: Path) -> DataError:
    return DataError(
        f"{file.name} is not UTF-8 text.",
        expected="a CSV or white-space text file in UTF-8, or a Parquet file called .parquet",
        do="Save it as CSV in UTF-8, or correct `source` or `format`.",
    )
