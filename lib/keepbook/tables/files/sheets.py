"""Excel files (xlsx, xls, xlsb, ods): their sheets as tables of text, the titles above them skipped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from keepbook.errors import DataError, nearest
from keepbook.tables.files.cells import Row, cell_text, write_text_table
from keepbook.tables.files.dialect import SEEN, header_row, told_apart


@dataclass(frozen=True)
class Sheet:
    """A sheet that holds a table.

    Attributes
    ----------
    skipped : rows above its column names, or above its data where it has none.
    rows : rows of the sheet.
    path : its data as Parquet, every column as text.
    """

    title: str
    names: tuple[str, ...]
    skipped: int
    rows: int
    path: Path


def sheets_of(
    file: Path,
    folder: Path,
    *,
    sheet: str | None,
    header: bool | int,
    names: Sequence[str] | None,
    wanted: Collection[str],
) -> tuple[list[Sheet], list[str]]:
    """The sheets with the columns of the longest one, and the titles of those left aside.

    Parameters
    ----------
    sheet : the only one to read; None = all that belong together.
    names, header : as in the unit file.
    wanted : column names of which it is known that they should be there.

    Raises
    ------
    DataError : the file cannot be read, or has no such sheet, or no table.
    """
    try:
        book = CalamineWorkbook.from_path(str(file))
    except CalamineError as fault:
        raise _unreadable(file, fault) from None
    if sheet is not None and sheet not in book.sheet_names:
        raise DataError(
            f"{file.name} has no sheet {sheet!r:.60}.",
            expected=nearest(sheet, book.sheet_names),
            do="Correct `sheet:` in the unit file.",
        )
    titles = [sheet] if sheet else book.sheet_names
    found = []
    for i, title in enumerate(titles):
        rows = (tuple(map(cell_text, row)) for row in book.get_sheet_by_name(title).iter_rows())
        table = _table(title, rows, folder / f"{file.stem}-{i}.parquet", header, names, wanted)
        found += [table] if table else []
    if not found:
        raise DataError(
            f"{file.name} holds no table.",
            expected="a sheet with column names and data",
            do="Export it again.",
        )
    main = max(found, key=lambda one: (len(set(one.names) & set(wanted)), one.rows))
    kept = [one for one in found if set(one.names) == set(main.names)]
    return kept, [title for title in titles if title not in [one.title for one in kept]]


def _table(
    title: str,
    rows: Iterator[Row],
    path: Path,
    header: bool | int,
    given: Sequence[str] | None,
    wanted: Collection[str],
) -> Sheet | None:
    """A sheet's data written down; None where it holds no table."""
    head = list(islice(rows, SEEN))
    filled = [i for i, row in enumerate(head) if any(row)]
    if not filled:
        return None
    if header is True:
        first = filled[header_row([[cell or "" for cell in head[i]] for i in filled], wanted)]
    else:
        first = min(header - 1, len(head) - 1) if header else filled[0]
    fields = [cell or "" for cell in head[first]] if header else [""] * len(head[first])
    while fields and not given and not fields[-1].strip() and not any(row[len(fields) - 1] for row in head):
        fields.pop()  # columns that only look used
    names = tuple(given) if given and len(given) == len(fields) else told_apart(fields)
    data = chain(head[first + bool(header) :], rows)
    count = write_text_table(path, names, (row[: len(names)] for row in data if any(row)))
    return Sheet(title, names, first, count, path) if count else None


def _unreadable(file: Path, fault: Exception) -> DataError:
    locked = "password" in str(fault).lower() or "encrypt" in str(fault).lower()
    return DataError(
        f"{file.name} is protected by a password."
        if locked
        else f"{file.name} is no Excel file, or damaged.",
        expected="an Excel file (xlsx, xls, xlsb or ods) that opens without a password",
        do="Open it in a spreadsheet program and save it again, as xlsx or as CSV in UTF-8.",
    )
