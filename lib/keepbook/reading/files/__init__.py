"""Files as tables of the engine: Parquet as it is, all others with every field as text.

How a file is laid out is told by its first lines, and stated. After them nothing is guessed: no line is
skipped, shifted or read as another type without a word; one that does not fit the columns is an error that
names it.
"""

from __future__ import annotations

import re
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
from keepbook.reading.files.archives import members_of, unpacked
from keepbook.reading.files.dialect import Dialect, dialect_of, no_such_line, told_apart
from keepbook.reading.files.json import text_of_json
from keepbook.reading.files.sheets import sheets_of
from keepbook.reading.files.texts import TextFile, binary, text_file
from keepbook.reading.locate import GLOB, kind_of
from keepbook.text import plural
from keepbook.unit import Source

PART = "keepbook part"  # column of ours: which file or sheet a line is from
SHOWN = 200  # characters of a list of names
SIGNS = {"\t": "a tab", " ": "a blank"}
NOT_DATA = {  # what a file begins with → what it is
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"<": "a web page or XML, whatever its name says",
    b"SQLite format 3": "an SQLite database: write sqlite:// before its path",
    b"\x1f\x8b": "packed with gzip, but its name does not end in .gz",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard",
    b"\xfd7zXZ": "packed with xz",
    b"BZh91AY": "packed with bzip2",
}
OBJECTS = re.compile(rb'(?:\[\s*)?\{\s*"')
TEXT = re.compile(rb"\xff\xfe|\xfe\xff|[\t\r\n\x20-\xff]*$")


@dataclass(frozen=True)
class Piece:
    """A file, or a sheet of one, that holds lines of the table.

    Attributes
    ----------
    path : where the engine reads it.
    names : its columns.
    dialect : of a CSV file; None where every field of `path` is a column already (Parquet).
    stated : how the file was read, for people.
    """

    path: Path
    names: tuple[str, ...]
    dialect: Dialect | None
    stated: str


def view_of_files(
    files: list[Path],
    source: Source,
    alias: str,
    wanted: Collection[str],
    folder: Path,
    engine: ibis.BaseBackend,
) -> tuple[str, ...]:
    """The files' lines as a view called `alias`; what is stated about the files.

    Parameters
    ----------
    wanted : column names of which it is known that they should be there.
    folder : where copies may be kept for as long as the engine is open.

    Raises
    ------
    DataError : the files are of several kinds, no data, empty, or have no columns in common.
    """
    files = [one for file in files for one in (unpacked(file, folder) if _is_zip(file) else [file])]
    kinds = sorted({source.format or _kind(file, source, wanted) for file in files})
    if len(kinds) > 1:
        raise DataError(
            f"The files are of several kinds: {', '.join(kinds)}.",
            expected="one kind of file",
            do="Name the files by a pattern such as data/*.parquet.",
        )
    match kinds[0]:
        case "parquet":
            _agree_on_types(files)
            pieces = [Piece(file, tuple(_schema(file).names), None, "Parquet") for file in files]
        case "text":
            return _text_view(files, source, alias, folder, engine)
        case "excel":
            pieces = [sheet for file in files for sheet in _sheets(file, source, wanted, folder)]
        case "json":
            pieces = [_dump(file, source, wanted, folder) for file in files]
        case _:
            pieces = [_csv(file, source, wanted, folder) for file in files]
    engine.create_view(alias, _one_table(pieces, source, wanted, engine), overwrite=True)
    return _stated(pieces, source)


# ── what kind of file ───────────────────────────────────────────────────────────────────────────────────


def _is_zip(file: Path) -> bool:
    inside = {one.filename for one in members_of(file)}
    if not inside:
        return kind_of(file) == "zip"
    return not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & inside


def _kind(file: Path, source: Source, wanted: Collection[str]) -> str:
    """What a file is: by its first bytes where they tell, else by its suffix."""
    with binary(file) as content:
        head = content.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "excel"
    if what := next((what for sign, what in NOT_DATA.items() if head.startswith(sign)), None):
        raise DataError(
            f"{file.name} is {what}.",
            expected="a CSV, text, Excel, JSON or Parquet file, or a zip of such",
            do="Export it again as CSV or Excel, or correct `source`.",
        )
    kind = kind_of(file)
    if kind in ("csv", "parquet", "json"):
        return "json" if kind == "csv" and OBJECTS.match(head) else kind
    if kind == "excel" and not TEXT.match(head):  # else a text that only calls itself xls
        return kind
    if head.startswith((b"{", b"[")):
        return "json"
    text = text_file(file, source.encoding)
    fields = _dialect(text, wanted, source.delimiter, source.header).names
    apart = _first_line(text.head())  # by white space
    fewer = len(set(wanted) & set(fields)) < len(set(wanted) & set(apart))
    return "text" if kind == "text" and (fewer or len(fields) < 2) else "csv"


def _first_line(head: str) -> list[str]:
    return next(filter(None, map(str.split, head.splitlines())))


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


def _agree_on_types(files: list[Path]) -> None:
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


# ── each kind as pieces ─────────────────────────────────────────────────────────────────────────────────


def _csv(file: Path, source: Source, wanted: Collection[str], folder: Path) -> Piece:
    text = text_file(file, source.encoding)
    dialect = _dialect(text, wanted, source.delimiter, source.header)
    names = _names(dialect.names, source, file)
    stated = f"{text.encoding}, fields separated by {SIGNS.get(dialect.delimiter, dialect.delimiter)!r}"
    return Piece(text.plain(dialect.skipped, folder), names, dialect, stated + _header_place(dialect.skipped))


def _dialect(text: TextFile, wanted: Collection[str], delimiter: str | None, header: bool | int) -> Dialect:
    try:
        return dialect_of(text.head(), wanted, delimiter, header)
    except LookupError:
        raise (text.empty() if isinstance(header, bool) else no_such_line(text.path, header)) from None


def _header_place(skipped: int) -> str:
    return f", column names in line {skipped + 1}" if skipped else ""


def _sheets(file: Path, source: Source, wanted: Collection[str], folder: Path) -> list[Piece]:
    sheets, aside = sheets_of(
        file, folder, sheet=source.sheet, header=source.header, names=source.names, wanted=wanted
    )
    left = f" (not the sheets {', '.join(aside)})" if aside else ""
    return [
        Piece(one.path, one.names, None, f"sheet {one.title!r}{_header_place(one.skipped)}{left}")
        for one in sheets
    ]


def _dump(file: Path, source: Source, wanted: Collection[str], folder: Path) -> Piece:
    path = Path(tempfile.mkdtemp(dir=folder), file.name)
    return Piece(path, text_of_json(text_file(file, source.encoding), path, wanted), None, "JSON")


def _names(first: Sequence[str], source: Source, file: Path) -> tuple[str, ...]:
    if source.names and len(source.names) != len(first):
        there = plural(len(first), "column", "columns")
        raise DataError(
            f"`names` has {len(source.names)} names, but {file.name} has {there}.",
            expected=plural(len(first), "name", "names"),
            do="Name every column, in order.",
        )
    return tuple(source.names or told_apart(first if source.header else [""] * len(first)))


# ── pieces as one table ─────────────────────────────────────────────────────────────────────────────────


def _one_table(
    pieces: list[Piece], source: Source, wanted: Collection[str], engine: ibis.BaseBackend
) -> ir.Table:
    """All lines with the columns that every piece has; with several pieces, PART tells them apart.

    A query gets the columns that any piece has, missing where one has them not: it knows what to do.
    """
    common = [name for name in pieces[0].names if all(name in piece.names for piece in pieces)]
    for piece in pieces:
        if lacking := [name for name in piece.names if name in wanted and name not in common]:
            raise _not_alike(lacking[0], pieces)
    if source.query:
        common = list(dict.fromkeys(name for piece in pieces for name in piece.names))
    if not common:
        raise _not_alike(pieces[0].names[0], pieces)
    alike: dict[tuple[object, ...], list[Piece]] = {}
    for piece in pieces:
        d = piece.dialect
        alike.setdefault((piece.names, d and (d.delimiter, d.quote, d.escape)), []).append(piece)
    several = len(pieces) > 1 and not source.query
    tables = [_read(group, source, several, engine) for group in alike.values()]
    columns = [*common, *([PART] if several else [])]
    whole = [
        table.mutate(**{name: ibis.null("string") for name in columns if name not in table.columns}).select(
            columns
        )
        for table in tables
    ]
    return ibis.union(*whole) if whole[1:] else whole[0]


def _read(group: list[Piece], source: Source, several: bool, engine: ibis.BaseBackend) -> ir.Table:
    """Pieces of one layout as one table."""
    paths = [GLOB.sub(r"[\g<0>]", str(piece.path)) for piece in group]  # the engine, too, knows patterns
    part = {"filename": PART} if several else {}
    dialect = group[0].dialect
    if dialect is None:
        return engine.read_parquet(paths, **part)
    return engine.read_csv(
        paths,
        columns=dict.fromkeys(group[0].names, "VARCHAR"),
        header=source.header is not False,
        delim=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        auto_detect=False,
        **part,
    )


def _not_alike(column: str, pieces: list[Piece]) -> DataError:
    without = next(piece for piece in pieces if column not in piece.names)
    return DataError(
        f"The column '{column}' is missing in {without.path.name} ({without.stated}).",
        expected=f"the columns that the other files have; this one has {_listed(without.names)}",
        do="Rename the column in that file, or leave the file out of `source`.",
    )


def _listed(names: Sequence[str]) -> str:
    """Names of columns for a message, cut where they would fill the screen."""
    text = ", ".join(map(repr, names))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _stated(pieces: list[Piece], source: Source) -> tuple[str, ...]:
    """One sentence per way of reading, with the number of files."""
    counts = Counter(piece.stated for piece in pieces)
    lines = tuple(f"{plural(n, 'file', 'files')}: {stated}." for stated, n in counts.items())
    common = set.intersection(*(set(piece.names) for piece in pieces))
    aside = sorted({name for piece in pieces for name in piece.names} - common)
    if aside and not source.query:
        lines += (f"Columns that only some files have are left aside: {', '.join(aside)[:SHOWN]}.",)
    return lines


# ── columns separated by white space ────────────────────────────────────────────────────────────────────


@ibis.udf.scalar.builtin(name="error")
def _stop(message: str) -> dt.Array[str]:
    """Ends the query with this message."""


def _text_view(
    files: list[Path], source: Source, alias: str, folder: Path, engine: ibis.BaseBackend
) -> tuple[str, ...]:
    """Columns separated by any run of white space; every file must have the same."""
    texts = [text_file(file, source.encoding) for file in files]
    heads = [_names(_first_line(t.head()), source, t.path) for t in texts]
    for text, names in zip(texts, heads, strict=True):
        if names != heads[0]:
            raise DataError(
                f"{text.path.name} does not have the columns of {texts[0].path.name}.",
                expected=_listed(heads[0]),
                do=f"Make the files alike; {text.path.name} has {_listed(names)}.",
            )
    lines = engine.read_csv(
        [GLOB.sub(r"[\g<0>]", str(text.plain(0, folder))) for text in texts],
        columns={"line": "VARCHAR"},
        header=source.header is not False,
        delim="\x01",
        quote="",
        escape="",
        auto_detect=False,
    )
    lines = lines.mutate(line=lines.line.strip()).filter(lambda t: t.line != "")
    fields = lines.line.re_split(r"\s+")
    broken = ibis.literal(f"a line does not have {len(heads[0])} fields: '") + lines.line.substr(0, 80) + "'"
    whole = (fields.length() == len(heads[0])).ifelse(fields, _stop(broken))
    split = lines.select(fields=whole)
    engine.create_view(
        alias, split.select(**{name: split.fields[i] for i, name in enumerate(heads[0])}), overwrite=True
    )
    stated = Counter(f"{text.encoding}, columns separated by white space" for text in texts)
    return tuple(f"{plural(n, 'file', 'files')}: {how}." for how, n in stated.items())
