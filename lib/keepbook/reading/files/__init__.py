"""Files as tables of the engine: Parquet as it is, all others with every field as text.

How a file is laid out is told by its first lines, and stated. After them nothing is guessed: no line is
skipped, shifted or read as another type without a word; one that does not fit the columns is an error that
names it.
"""

from collections.abc import Collection
from pathlib import Path

import ibis

from keepbook.errors import DataError
from keepbook.reading.files.archives import unpacked
from keepbook.reading.files.kinds import is_zip, kind_of_file
from keepbook.reading.files.parts import csv_part, json_part, parquet_parts, sheet_parts
from keepbook.reading.files.union import PART, how_read, one_table
from keepbook.reading.files.whitespace import text_view
from keepbook.reading.stated import Stated
from keepbook.unit import Source

__all__ = ["PART", "view_of_files"]


def view_of_files(
    files: list[Path],
    source: Source,
    alias: str,
    wanted: Collection[str],
    folder: Path,
    engine: ibis.BaseBackend,
) -> tuple[Stated, ...]:
    """The files' lines as a view called `alias`; what is stated about the files.

    Parameters
    ----------
    wanted : column names of which it is known that they should be there.
    folder : where copies may be kept for as long as the engine is open.

    Raises
    ------
    DataError : the files are of several kinds, no data, empty, or have no columns in common.
    """
    files = [one for file in files for one in (unpacked(file, folder) if is_zip(file) else [file])]
    kinds = sorted({source.format or kind_of_file(file, source, wanted) for file in files})
    if len(kinds) > 1:
        raise DataError(
            f"The files are of several kinds: {', '.join(kinds)}.",
            expected="one kind of file",
            do="Name the files by a pattern such as data/*.parquet.",
        )
    match kinds[0]:
        case "parquet":
            parts = parquet_parts(files)
        case "text":
            return text_view(files, source, alias, folder, engine)
        case "excel":
            parts = [sheet for file in files for sheet in sheet_parts(file, source, wanted, folder)]
        case "json":
            parts = [json_part(file, source, wanted, folder) for file in files]
        case _:
            parts = [csv_part(file, source, wanted, folder) for file in files]
    engine.create_view(alias, one_table(parts, source, wanted, engine), overwrite=True)
    return how_read(parts, source)
