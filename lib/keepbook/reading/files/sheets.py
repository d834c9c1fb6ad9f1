"""Excel files (xlsx, xls, xlsb, ods): their sheets as tables of text, the titles above them skipped.

What nobody sees, a hidden sheet, is not read unless the unit file names it: it is often an older state.
"""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from keepbook.errors import DataError, suggestion
from keepbook.reading.files.archives import check_size, members_of
from keepbook.reading.files.cells import Row, cell_text, write_text_table
from keepbook.reading.files.dialect import MAX_RECORDS, header_row, no_such_line, told_apart
from keepbook.reading.stated import Stated, stated

PANIC = "PanicException"  # what the reader, written in Rust, raises where it trips: no Exception to Python


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
) -> tuple[list[Sheet], tuple[Stated, ...]]:
    """The sheets that hold the table, and those left aside.

    These are the sheets with all columns that are wanted, or else with the columns of the longest one.

    Parameters
    ----------
    sheet : the only one to read; None = all that belong together.
    names, header : as in the unit file.
    wanted : column names of which it is known that they should be there.

    Raises
    ------
    DataError : the file cannot be read, or has no such sheet, or no table.
    """
    with _opened(file) as book:
        seen = {one.name: one.visible == SheetVisibleEnum.Visible for one in book.sheets_metadata}
        if sheet is not None and sheet not in seen:
            raise DataError(
                f"{file.name} has no sheet {sheet!r:.60}.",
                expected=str(suggestion(sheet, seen)),
                do="Correct `sheet:` in the unit file.",
            )
        tables = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        found = []
        for title in [sheet] if sheet else [title for title in tables if seen[title]]:
            rows = (tuple(map(cell_text, row)) for row in book.get_sheet_by_name(title).iter_rows())
            path = Path(tempfile.mkdtemp(dir=folder), file.name)
            table = _table(title, rows, path, header, names, wanted)
            found += [table] if table else []
    if not found:
        raise _no_table(file, names, header)
    main = max(found, key=lambda one: (len(set(one.names) & set(wanted)), one.rows))
    kept = [one for one in found if _belongs(set(one.names), set(main.names), set(wanted))]
    aside = [title for title in seen if title not in [one.title for one in kept] and not sheet]
    return kept, tuple(
        stated("sheet-aside", title=repr(title), hidden=_yes(not seen[title])) for title in aside
    )


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _belongs(names: set[str], main: set[str], wanted: set[str]) -> bool:
    return names == main or bool(wanted and wanted <= names)


def _table(
    title: str,
    rows: Iterator[Row],
    path: Path,
    header: bool | int,
    given: Sequence[str] | None,
    wanted: Collection[str],
) -> Sheet | None:
    """A sheet's data written down; None where it holds no table, or not one with the given names."""
    head = list(islice(rows, MAX_RECORDS))
    filled = [i for i, row in enumerate(head) if any(row)]
    if not filled:
        return None
    if header is True:
        first = filled[header_row([[cell or "" for cell in head[i]] for i in filled], wanted)]
    else:
        first = header - 1 if header else filled[0]
        if first >= len(head):
            return None
    fields = [cell or "" for cell in head[first]] if header else [""] * len(head[first])
    while fields and not given and not fields[-1].strip() and not any(row[len(fields) - 1] for row in head):
        fields.pop()  # columns that only look used
    if given and len(given) != len(fields):
        return None
    names = tuple(given or told_apart(fields))
    data = chain(head[first + bool(header) :], rows)
    count = write_text_table(path, names, (row[: len(names)] for row in data if any(row)))
    return Sheet(title, names, first, count, path) if count else None


@contextmanager
def _opened(file: Path) -> Iterator[CalamineWorkbook]:
    """The workbook, whatever the file's suffix says.

    Raises
    ------
    DataError : it is none, is damaged anywhere, or is locked.
    """
    check_size(file, members_of(file))
    try:
        yield _book(file)
    except BaseException as fault:
        torn = isinstance(fault, OSError) and not fault.errno  # and not a disk that is full
        if not (torn or isinstance(fault, CalamineError) or type(fault).__name__ == PANIC):
            raise
        locked = isinstance(fault, PasswordError)
        raise DataError(
            f"{file.name} is protected by a password."
            if locked
            else f"{file.name} is no Excel file, or damaged.",
            expected="an Excel file (xlsx, xls, xlsb or ods) that opens without a password",
            do="Open it in a spreadsheet program and save it again, as xlsx or as CSV in UTF-8.",
        ) from None


def _book(file: Path) -> CalamineWorkbook:
    """The suffix tells the kind; where it misleads the content does, which does not tell of locks."""
    try:
        return CalamineWorkbook.from_path(str(file))
    except PasswordError:
        raise
    except CalamineError:
        with file.open("rb") as content:
            return CalamineWorkbook.from_filelike(content)


def _no_table(file: Path, names: Sequence[str] | None, header: bool | int) -> DataError:
    if names:
        return DataError(
            f"No sheet of {file.name} has {len(names)} columns, as many as `names` has names.",
            expected="a name for every column, in order, and data below",
            do="Correct `names:`, or say which sheet it is with `sheet:`.",
        )
    if header > 1:
        return no_such_line(file, header)
    return DataError(
        f"{file.name} holds no table.", expected="a sheet with column names and data", do="Export it again."
    )
