"""Files as tables of the engine: Parquet as it is, all others with every field as text.

How a file is laid out is told by its first lines, and stated. After them nothing is guessed: no line is
skipped, shifted or read as another type without a word; one that does not fit the columns is an error that
names it.
"""

from pathlib import Path

import ibis

from keepbook.errors import DataError
from keepbook.reading.files.kinds import is_zip, kind_of_file, unpacked
from keepbook.reading.files.parts import (
    PART,
    csv_parts,
    how_read,
    json_parts,
    one_table,
    parquet_parts,
    text_view,
)
from keepbook.reading.files.sheets import sheet_parts
from keepbook.reading.stated import Stated
from keepbook.unit import Source

READERS = {"csv": csv_parts, "excel": sheet_parts, "json": json_parts}


def view_of_files(
    files: list[Path], source: Source, alias: str, folder: Path, engine: ibis.BaseBackend
) -> tuple[Stated, ...]:
    """The files' lines as a view called `alias`; what is stated about the files.

    Copies are kept in `folder` for as long as the engine is open.
    """
    wanted = _columns_named(source)
    files = [one for file in files for one in (unpacked(file, folder) if is_zip(file) else [file])]
    kinds = sorted({source.format or kind_of_file(file, source, wanted) for file in files})
    if len(kinds) > 1:
        raise DataError(
            f"The files are of several kinds: {', '.join(kinds)}.",
            expected="one kind of file",
            do="Name the files by a pattern such as data/*.parquet.",
        )
    if kinds == ["text"]:
        return text_view(files, source, alias, folder, engine)
    if kinds == ["parquet"]:
        parts = parquet_parts(files)
    else:
        parts = [part for file in files for part in READERS[kinds[0]](file, source, wanted, folder)]
    engine.create_view(alias, one_table(parts, source, wanted, engine), overwrite=True)
    return how_read(parts, source)


def _columns_named(source: Source) -> set[str]:
    """The columns that the unit file says are there; none where a query makes them."""
    if source.query:
        return set()
    conditions = [source.where, source.cancelled or {}, *source.exclude.values()]
    return {*source.wanted.values(), *source.carried.values()}.union(*conditions)
