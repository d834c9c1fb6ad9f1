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
from keepbook.reading.files.cells import Row, cell_text, write_text_table
from keepbook.reading.files.dialect import MAX_RECORDS, header_row, no_such_line, told_apart
from keepbook.reading.files.kinds import check_size, members_of
from keepbook.reading.files.parts import FilePart, header_line
from keepbook.reading.stated import stated
from keepbook.unit import Source

PANIC = "PanicException"  # what the reader, written in Rust, raises where it trips: no Exception to Python
YES_OR_NO = {True: "yes", False: "no"}


@dataclass(frozen=True)
class Sheet:
    """A sheet that holds a table: its rows as Parquet, and how many were skipped above names or data."""

    title: str
    names: tuple[str, ...]
    skipped: int
    rows: int
    path: Path


def sheet_parts(file: Path, source: Source, wanted: Collection[str], folder: Path) -> list[FilePart]:
    """The sheets that hold the table: those with all columns that are wanted, or else with the columns of the
    longest one; where the unit file names a sheet, it alone.
    """
    with _opened(file) as book:
        seen = {one.name: one.visible == SheetVisibleEnum.Visible for one in book.sheets_metadata}
        if source.sheet is not None and source.sheet not in seen:
            raise DataError(
                f"{file.name} has no sheet {source.sheet!r:.60}.",
                expected=str(suggestion(source.sheet, seen)),
                do="Correct `sheet:` in the unit file.",
            )
        tables = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        found = []
        for title in [source.sheet] if source.sheet else [title for title in tables if seen[title]]:
            rows = (tuple(map(cell_text, row)) for row in book.get_sheet_by_name(title).iter_rows())
            table = _table(title, rows, Path(tempfile.mkdtemp(dir=folder), file.name), source, wanted)
            found += [table] if table else []
    if not found:
        raise _no_table(file, source.names, source.header)
    main = max(found, key=lambda one: (len(set(one.names) & set(wanted)), one.rows))
    alike = [one for one in found if set(one.names) == set(main.names)]
    if wanted and set(wanted) <= set(main.names):
        alike = [one for one in found if set(wanted) <= set(one.names)]
    titles = [one.title for one in alike]
    left = [title for title in seen if title not in titles and not source.sheet]
    aside = tuple(stated("sheet-aside", title=repr(one), hidden=YES_OR_NO[not seen[one]]) for one in left)
    parts, any_left = [], YES_OR_NO[bool(aside)]
    for one in alike:
        header = header_line(one.skipped)
        how = stated("sheet", title=repr(one.title), header=header, left=any_left, aside=aside)
        parts.append(FilePart(one.path, one.names, None, how))
    return parts


def _table(
    title: str, rows: Iterator[Row], path: Path, source: Source, wanted: Collection[str]
) -> Sheet | None:
    """A sheet's data written down; None where it holds no table, or not one with the given names."""
    header, given = source.header, source.names
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
    """The workbook, whatever the file's suffix says; an error where it is damaged anywhere."""
    check_size(file, members_of(file))
    try:
        yield _book(file)
    except BaseException as fault:
        torn = isinstance(fault, OSError) and not fault.errno  # and not a disk that is full
        if not (torn or isinstance(fault, CalamineError) or type(fault).__name__ == PANIC):
            raise
        locked = isinstance(fault, PasswordError)
        raise DataError(
            f"{file.name} is {'protected by a password' if locked else 'no Excel file, or damaged'}.",
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
