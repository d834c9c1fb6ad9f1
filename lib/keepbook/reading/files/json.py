"""JSON: dumps of web interfaces, as a list of objects, one object per line, or wrapped in an answer."""

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from keepbook.errors import DataError
from keepbook.reading.files.cells import number_text, whole, write_text_table
from keepbook.reading.files.dialect import told_apart
from keepbook.reading.files.texts import TextFile

MAX_DEPTH = 4  # objects inside objects that become columns of their own


def text_of_json(file: TextFile, path: Path, wanted: Collection[str]) -> tuple[str, ...]:
    """The file's objects as Parquet: one row each, every column text.

    An object inside an object gives columns such as `Account.name`; a list of one value gives that value, any
    other list its JSON text.

    Parameters
    ----------
    path : where the Parquet goes.
    wanted : column names of which it is known that they should be there.

    Returns
    -------
    tuple of str : the column names, in the order in which they appear.

    Raises
    ------
    DataError : it is empty or no JSON, or holds no objects.
    """
    file.head()  # or it is empty
    names: dict[str, None] = {}
    for record in _records(file, wanted):
        names |= dict.fromkeys(record)
    if not names:
        raise DataError(
            f"{file.path.name} holds no objects.", expected="a list of JSON objects", do="Export it again."
        )
    columns = told_apart([whole(name) for name in names])
    write_text_table(path, columns, (tuple(map(record.get, names)) for record in _records(file, wanted)))
    return columns


def _records(file: TextFile, wanted: Collection[str]) -> Iterator[dict[str, str | None]]:
    for number, entry in enumerate(_objects(file, wanted), 1):
        if not isinstance(entry, dict):
            raise DataError(
                f"Entry {number} of {file.path.name} is no object: {json.dumps(entry)[:60]}.",
                expected="objects such as {…} only",
                do="Export it again, or correct `source`.",
            )
        yield dict(_fields(entry, "", 1))


def _objects(file: TextFile, wanted: Collection[str]) -> Iterable[Any]:
    """One by one where each stands on a line of its own, so that a long dump need not fit into memory."""
    with file.text() as text:
        lines = (line for line in text if not line.isspace())
        first, second = next(lines, ""), next(lines, "")
    try:
        if second and isinstance(_parsed(first), dict):
            return _lines(file)
    except (ValueError, RecursionError):
        pass
    with file.text() as text:
        try:
            return _table_in(_parsed(text.read()), wanted)
        except (ValueError, RecursionError) as fault:
            raise _no_json(file, fault) from None


def _lines(file: TextFile) -> Iterator[Any]:
    with file.text() as text:
        for number, line in enumerate(text, 1):
            if not line.isspace():
                try:
                    entry = _parsed(line)
                except (ValueError, RecursionError) as fault:
                    raise _no_json(file, fault, number) from None
                yield entry


def _parsed(text: str) -> Any:
    """Numbers stay the digits they are."""
    return json.loads(
        text.lstrip("\ufeff"), parse_int=str, parse_float=number_text, parse_constant=lambda _: None
    )


def _table_in(root: Any, wanted: Collection[str]) -> list[Any]:
    """The list of objects; inside an answer such as {"data": {"list": […]}} the one with most wanted keys."""
    if isinstance(root, list):
        return root
    if not isinstance(root, dict):
        return [root]
    found: list[list[Any]] = [[root]]
    layer = [root]
    for _ in range(MAX_DEPTH):
        values = [value for one in layer for value in one.values()]
        found += [
            value for value in values if isinstance(value, list) and value and isinstance(value[0], dict)
        ]
        layer = [value for value in values if isinstance(value, dict)]
    return max(found[1:], key=lambda one: (len(set(wanted) & set(one[0])), len(one)), default=found[0])


def _fields(entry: dict[str, Any], above: str, depth: int) -> Iterator[tuple[str, str | None]]:
    for key, value in entry.items():
        if isinstance(value, dict) and value and depth < MAX_DEPTH:
            yield from _fields(value, f"{above}{key}.", depth + 1)
            continue
        if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict | list):
            value = value[0]
        if isinstance(value, bool | dict | list):
            value = json.dumps(value, ensure_ascii=False)
        yield f"{above}{key}", value or None


def _no_json(file: TextFile, fault: Exception, line: int | None = None) -> DataError:
    if line is None and isinstance(fault, json.JSONDecodeError):
        line = fault.lineno
    return DataError(
        f"Line {line} of {file.path.name} is no JSON." if line else f"{file.path.name} is no JSON.",
        expected="a list of JSON objects, or one object per line",
        do="Export it again: is it whole? If it is no JSON, correct `source` or `format`.",
    )
