"""The parts of a source as one table of the engine."""

from collections import Counter
from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from keepbook.errors import DataError
from keepbook.reading.files.parts import MAX_LISTED, FilePart, listed
from keepbook.reading.locate import GLOB
from keepbook.reading.stated import Stated, stated
from keepbook.unit import Source

PART = "keepbook part"  # column of ours: which file or sheet a line is from


def one_table(
    parts: list[FilePart], source: Source, wanted: Collection[str], engine: ibis.BaseBackend
) -> ir.Table:
    """All lines with the columns that every part has; with several parts, PART tells them apart.

    A query gets the columns that any part has, missing where one has them not: it knows what to do.
    """
    common = [name for name in parts[0].names if all(name in part.names for part in parts)]
    for part in parts:
        if lacking := [name for name in part.names if name in wanted and name not in common]:
            raise _not_alike(lacking[0], parts)
    if source.query:
        common = list(dict.fromkeys(name for part in parts for name in part.names))
    if not common:
        raise _not_alike(parts[0].names[0], parts)
    alike: dict[tuple[object, ...], list[FilePart]] = {}
    for part in parts:
        d = part.dialect
        alike.setdefault((part.names, d and (d.delimiter, d.quote, d.escape)), []).append(part)
    several = len(parts) > 1 and not source.query
    tables = [_read(group, source, several, engine) for group in alike.values()]
    columns = [*common, *([PART] if several else [])]
    whole = [
        table.mutate(**{name: ibis.null("string") for name in columns if name not in table.columns}).select(
            columns
        )
        for table in tables
    ]
    return ibis.union(*whole) if whole[1:] else whole[0]


def _read(group: list[FilePart], source: Source, several: bool, engine: ibis.BaseBackend) -> ir.Table:
    """Parts of one layout as one table."""
    paths = [GLOB.sub(r"[\g<0>]", str(part.path)) for part in group]  # the engine, too, knows patterns
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


def _not_alike(column: str, parts: list[FilePart]) -> DataError:
    without = next(part for part in parts if column not in part.names)
    return DataError(
        f"The column '{column}' is missing in {without.path.name} ({without.stated}).",
        expected=f"the columns that the other files have; this one has {listed(without.names)}",
        do="Rename the column in that file, or leave the file out of `source`.",
    )


def how_read(parts: list[FilePart], source: Source) -> tuple[Stated, ...]:
    """One fact per way of reading, with the number of files."""
    counts = Counter(part.stated for part in parts)
    lines = tuple(stated("files", n=n, how=how) for how, n in counts.items())
    common = set.intersection(*(set(part.names) for part in parts))
    aside = sorted({name for part in parts for name in part.names} - common)
    if aside and not source.query:
        lines += (stated("columns-aside", columns=", ".join(aside)[:MAX_LISTED]),)
    return lines
